//! Printer trouble never touches a sale: the real driver against the simulated printer, over TCP.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;

use std::time::Duration;

use comptoir_hardware::printer::driver::{Options, Outcome, Printer};
use comptoir_hardware::printer::layout::Profile;
use comptoir_hardware::printer::simulator::{Faults, Simulator};
use comptoir_till::orders;
use comptoir_till::outbox::{self, JobState, Work};
use comptoir_till::payments::{self, Count, report};
use shop::{Shop, cad, refusal};

const PATIENCE: Duration = Duration::from_secs(20);

struct Counter {
    shop: Shop,
    paper: Simulator,
    printer: Printer,
}

fn counter() -> Counter {
    let paper = Simulator::on_tcp(0).unwrap();
    let options =
        Options { connect: PATIENCE, reply: PATIENCE, confirm: PATIENCE, ..Options::default() };
    Counter { shop: Shop::selling(), printer: Printer::new(paper.address(), options), paper }
}

impl Counter {
    /// Carries out one job.
    fn drain_one(&mut self) -> Option<JobState> {
        let (job, work) = outbox::take(&mut self.shop.till, &Profile::default(), None).unwrap()?;
        let outcome = match work {
            Work::Print(bytes) => self.printer.print(&bytes),
            Work::Kick(drawer) => self.printer.kick_drawer(drawer),
        };
        Some(outbox::finish(&self.shop.till, job, outcome.unwrap()).unwrap())
    }

    fn text(&self) -> String {
        self.paper.slips().iter().map(|slip| slip.text().to_owned()).collect()
    }
}

#[test]
fn the_z_is_printed_once_and_again_as_a_duplicate() {
    let mut counter = counter();
    counter.shop.sell(&["LOAF"]);
    let (till, cashier) = (&mut counter.shop.till, counter.shop.cashier);
    report::print(till, cashier).unwrap();
    let count = Count { total: Some(cad("206.00")), print: true, ..Count::default() };
    payments::close_shift(till, cashier, count).unwrap();
    while counter.drain_one().is_some() {}
    report::print(&mut counter.shop.till, cashier).unwrap();
    assert_eq!(counter.drain_one(), Some(JobState::Printed));
    let slips: Vec<String> =
        counter.paper.slips().iter().map(|slip| slip.text().to_owned()).collect();
    // the receipt, the Z, and the Z again; the X that did not come out in time is given up
    assert_eq!(slips.len(), 3);
    for (slip, duplicate) in [(&slips[1], false), (&slips[2], true)] {
        for expected in ["Z 1", "OVER/SHORT", "-0.50", "206.50"] {
            assert!(slip.contains(expected), "{expected}: {slip}");
        }
        assert_eq!(slip.contains("DUPLICATE"), duplicate, "{slip}");
    }
}

#[test]
fn the_drawer_opens_and_the_receipt_prints() {
    let mut counter = counter();
    let sale = counter.shop.sell(&["LOAF"]);
    assert_eq!(counter.drain_one(), Some(JobState::Printed), "the drawer first");
    assert_eq!(counter.paper.kicks(), 1);
    assert_eq!(counter.drain_one(), Some(JobState::Printed));
    assert_eq!(counter.drain_one(), None);
    assert!(counter.text().contains(&sale.receipt) && !counter.text().contains("DUPLICATE"));

    orders::print_again(&mut counter.shop.till, counter.shop.cashier, sale.id).unwrap();
    assert_eq!(counter.drain_one(), Some(JobState::Printed));
    assert!(counter.text().contains("DUPLICATE"));
}

#[test]
fn without_paper_the_sale_stands_and_the_receipt_waits() {
    let mut counter = counter();
    counter.paper.set(|faults| faults.paper_out = true);
    let sale = counter.shop.sell(&["LOAF"]);
    assert_eq!(
        counter.drain_one(),
        Some(JobState::Discarded),
        "a drawer that opens later is worse than one that stays shut"
    );
    assert_eq!(counter.drain_one(), Some(JobState::Waiting));
    assert_eq!(outbox::jobs(&counter.shop.till).unwrap().waiting, 1);
    counter.shop.sell(&["CAN"]);

    counter.paper.set(|faults| *faults = Faults::default());
    while counter.drain_one().is_some() {}
    assert!(counter.paper.wait_for(PATIENCE, |view| view.slips() == 2));
    assert!(
        counter.text().contains(&sale.receipt)
            && counter.text().contains("RDC1-1-2")
            && !counter.text().contains("DUPLICATE")
    );
    assert!(counter.shop.verify().ok);
}

#[test]
fn a_job_cut_off_is_in_question_until_somebody_looks() {
    let mut counter = counter();
    counter.shop.sell(&["LOAF"]);
    counter.drain_one();
    counter.paper.set(|faults| faults.cut_off_after = Some(200));
    assert_eq!(counter.drain_one(), Some(JobState::Unknown));
    let jobs = outbox::jobs(&counter.shop.till).unwrap();
    assert_eq!((jobs.waiting, jobs.unknown[0].receipt.as_str()), (0, "RDC1-1-1"));
    assert_eq!(counter.drain_one(), None, "never printed again by itself");

    let (cashier, job) = (counter.shop.cashier, jobs.unknown[0].job);
    outbox::settle(&counter.shop.till, cashier, job, false).unwrap();
    assert_eq!(refusal(outbox::settle(&counter.shop.till, cashier, job, false)), "no_such_job");
    assert_eq!(counter.drain_one(), Some(JobState::Printed));
    assert!(counter.text().contains("DUPLICATE"));
}

#[test]
fn a_silent_printer_leaves_the_job_in_question_and_yes_settles_it() {
    let mut counter = counter();
    counter.shop.sell(&["LOAF"]);
    counter.drain_one();
    let (job, work) =
        outbox::take(&mut counter.shop.till, &Profile::default(), None).unwrap().unwrap();
    let Work::Print(bytes) = work else { panic!("a receipt") };
    let moment = Duration::from_millis(300);
    let options = Options { reply: moment, confirm: moment, ..Options::default() };
    counter.printer = Printer::new(counter.paper.address(), options);
    counter.paper.set(|faults| faults.silent = true);
    let outcome = counter.printer.print(&bytes).unwrap();
    let state = outbox::finish(&counter.shop.till, job, outcome).unwrap();
    if let Outcome::Unknown(_) = outcome {
        assert_eq!(state, JobState::Unknown);
        outbox::settle(&counter.shop.till, counter.shop.cashier, job, true).unwrap();
        assert!(outbox::jobs(&counter.shop.till).unwrap().unknown.is_empty());
    } else {
        assert_eq!(state, JobState::Waiting, "{outcome:?}: nothing was sent");
    }
}

#[test]
fn a_crash_while_printing_leaves_the_job_in_question() {
    let mut counter = counter();
    counter.shop.sell(&["LOAF"]);
    for _ in 0..2 {
        outbox::take(&mut counter.shop.till, &Profile::default(), None).unwrap().unwrap();
    }
    let shop = counter.shop.restart();
    outbox::recover(&shop.till).unwrap();
    let jobs = outbox::jobs(&shop.till).unwrap();
    assert_eq!((jobs.waiting, jobs.unknown.len()), (0, 1), "the receipt asks; the drawer does not");
}
