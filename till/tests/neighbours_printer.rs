//! Print jobs that a till gives to its neighbour: two engines, word for word, with a crash between any two steps.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod neighbours;
mod shop;

use std::path::PathBuf;

use comptoir_domain::ids::OperatorId;
use comptoir_hardware::lamp::Cause;
use comptoir_hardware::printer::document::{Document, Drawer, Item};
use comptoir_hardware::printer::driver::{Options, Outcome, Printer as Driver};
use comptoir_hardware::printer::layout::Profile;
use comptoir_hardware::printer::simulator::Simulator;
use comptoir_sync::entry::DeviceId;
use comptoir_sync::replication::paper::{
    Asked, How, JobAt, MOST_DOCUMENT_BYTES, Paper, PrintJob, Printer, PrinterState, Why, Wish,
};
use comptoir_till::outbox::given::{self, NotTaken, There};
use comptoir_till::outbox::{self, JobKind, JobState, Jobs, Work, taken};
use comptoir_till::payments::{self, Count, report};
use comptoir_till::till::Till;
use comptoir_till::trust::enrolment::{neighbour_at, register_of, revoke};
use comptoir_till::{devices, orders};
use shop::{Shop, cad, refusal};

const READY: Printer = Printer { state: PrinterState::Ready };
const NO_PAPER: Printer = Printer { state: PrinterState::PaperOut };

/// Register 2 has no paper; register 1 has.
struct Two {
    shop: Shop,
    second: Option<Till>,
    folder: PathBuf,
    paper: Simulator,
    driver: Driver,
}

impl Two {
    fn new() -> Two {
        let mut shop = Shop::selling();
        let second = neighbours::second(&mut shop);
        neighbours::pull(&mut shop.till, &second);
        while let Some((job, _)) = outbox::take(&mut shop.till, &Profile::default(), None).unwrap()
        {
            outbox::finish(&shop.till, job, Outcome::Printed).unwrap();
        }
        outbox::give_up_drawer(second.db()).unwrap();
        let paper = Simulator::on_tcp(0).unwrap();
        let driver = Driver::new(paper.address(), Options::default());
        let folder = second.home().folder().to_owned();
        Two { shop, second: Some(second), folder, paper, driver }
    }

    fn second(&mut self) -> &mut Till {
        self.second.as_mut().unwrap()
    }

    /// A sale at register 2, whose receipt waits and whose drawer was given up.
    fn sells(&mut self) -> String {
        let cashier = self.shop.cashier;
        let second = self.second();
        comptoir_till::cart::scan(second, cashier, "LOAF").unwrap();
        let cart = comptoir_till::cart::show(second).unwrap();
        let sale = orders::complete_sale(second, cashier, cart.id, Some(cart.total), None).unwrap();
        outbox::give_up_drawer(second.db()).unwrap();
        sale.receipt
    }

    fn first_device(&self) -> DeviceId {
        self.shop.till.identity().device
    }

    fn cashier(&self) -> OperatorId {
        self.shop.cashier
    }

    fn gives(&mut self) -> usize {
        let (cashier, to) = (self.cashier(), self.first_device());
        given::give(self.second(), cashier, to, 1).unwrap()
    }

    /// What register 2 has to say, and what register 1 answers; the answer is lost unless `heard`.
    fn talk(&mut self, printer: Printer, heard: bool) -> Vec<JobAt> {
        let (to, from) = (self.first_device(), self.second().identity().device);
        let say = given::to_say(self.second().db(), to).unwrap();
        let mut answers = taken::take_in(&mut self.shop.till, from, printer, &say.print).unwrap();
        answers.extend(taken::asked(&mut self.shop.till, from, &say.ask).unwrap());
        if heard {
            given::heard(self.second(), to, &answers).unwrap();
        }
        answers
    }

    /// Register 1 tells what became of what it was given, without being asked.
    fn tells(&mut self) {
        let (to, from) = (self.first_device(), self.second().identity().device);
        let jobs = taken::of(self.shop.till.db(), from).unwrap();
        given::heard(self.second(), to, &jobs).unwrap();
    }

    /// Register 1 prints one job.
    fn prints(&mut self) -> Option<JobState> {
        let taken = outbox::take(&mut self.shop.till, &Profile::default(), None).unwrap();
        let (job, Work::Print(bytes)) = taken? else { panic!("no drawer of a neighbour opens") };
        let outcome = self.driver.print(&bytes).unwrap();
        Some(outbox::finish(&self.shop.till, job, outcome).unwrap())
    }

    fn slips(&self) -> Vec<String> {
        self.paper.slips().iter().map(|slip| slip.text().to_owned()).collect()
    }

    /// Both programs are killed and started again.
    fn crash(mut self) -> Two {
        self.second = None;
        self.shop = self.shop.restart();
        let now = self.shop.till.now();
        let second = Till::open_at(&self.folder, Box::new(move || now)).unwrap();
        for till in [&self.shop.till, &second] {
            outbox::recover(till).unwrap();
        }
        self.second = Some(second);
        self
    }

    fn there(&mut self) -> Vec<(JobState, Option<There>)> {
        let jobs = outbox::list(self.second()).unwrap();
        jobs.into_iter().map(|job| (job.state, job.given.map(|given| given.there))).collect()
    }

    fn jobs(&mut self) -> Jobs {
        outbox::jobs(self.second()).unwrap()
    }
}

#[test]
fn what_waits_is_printed_at_the_neighbours_in_its_order_and_says_whose_it_is() {
    let mut two = Two::new();
    let receipts = [two.sells(), two.sells(), two.sells()];
    let manager = two.shop.manager;
    devices::test(two.second(), manager, false).unwrap();
    assert_eq!(two.gives(), 3, "a test page tries this printer, and no other");
    assert_eq!(two.there()[0], (JobState::Given, Some(There::Asked)));
    assert_eq!(two.jobs().waiting, 1);
    two.talk(READY, true);
    assert_eq!(two.there()[2], (JobState::Given, Some(There::Waiting)));
    let rows = outbox::list(&two.shop.till).unwrap();
    let shown = |row: &outbox::JobRow| (row.what, row.name.clone(), row.from);
    assert_eq!(shown(&rows[0]), (JobKind::Receipt, receipts[0].clone(), Some(2)));
    for _ in &receipts {
        assert_eq!(two.prints(), Some(JobState::Printed));
    }
    assert_eq!(two.prints(), None);
    two.tells();
    assert_eq!(two.there(), [(JobState::Waiting, None)], "the test page");
    let slips = two.slips();
    for (slip, receipt) in slips.iter().zip(&receipts) {
        assert!(slip.contains(receipt) && !slip.contains("DUPLICATE"), "{slip}");
        let foot = slip.trim_end().lines().last().unwrap().trim();
        assert_eq!(foot, "Printed for register 2");
    }
    let giving = given::last(two.second().db()).unwrap().unwrap();
    assert_eq!((giving.register, giving.jobs, giving.printed, giving.back), (1, 3, 3, 0));
    let kept: i64 = two
        .second()
        .db()
        .query_row("SELECT count(document) FROM given_job", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, 0, "what is printed is kept nowhere but in the journal");
    assert_eq!(two.paper.kicks(), 0);
}

/// Whatever is lost, and whoever is killed between any two steps, one receipt comes out once.
#[test]
fn a_job_is_printed_once_whoever_crashes_whenever() {
    for crash_at in 0..6 {
        let mut two = Two::new();
        let receipt = two.sells();
        let mut step = 0;
        let mut perhaps = |two: Two| -> Two {
            let crashes = step == crash_at;
            step += 1;
            if crashes { two.crash() } else { two }
        };
        two = perhaps(two);
        two.gives();
        two = perhaps(two);
        two.talk(READY, false);
        two = perhaps(two);
        assert_eq!(two.there(), [(JobState::Given, Some(There::Asked))], "at {crash_at}");
        let here = outbox::take(two.second(), &Profile::default(), None).unwrap();
        assert_eq!(here, None, "never printed here by itself");
        two.talk(READY, false);
        two.talk(READY, true);
        two = perhaps(two);
        assert_eq!(two.prints(), Some(JobState::Printed));
        two = perhaps(two);
        two.talk(READY, true);
        two.tells();
        two = perhaps(two);
        assert_eq!(two.there(), [], "at {crash_at}");
        assert_eq!(two.prints(), None);
        assert_eq!(two.slips().len(), 1, "at {crash_at}");
        assert!(two.slips()[0].contains(&receipt));
        neighbours::proven(two.second());
    }
}

#[test]
fn a_late_word_about_a_printed_job_prints_nothing_also_when_the_outbox_has_forgotten_it() {
    let mut two = Two::new();
    two.sells();
    two.gives();
    let (to, from) = (two.first_device(), two.second().identity().device);
    let late = given::to_say(two.second().db(), to).unwrap().print;
    two.talk(READY, true);
    two.prints();
    two.tells();
    two.shop.wait_minutes(60);
    let total = Count { total: Some(cad("200.00")), ..Count::default() };
    let cashier = two.cashier();
    payments::close_shift(&mut two.shop.till, cashier, total).unwrap();
    two.shop.wait_minutes(60);
    payments::open_shift(&mut two.shop.till, cashier, cad("200.00")).unwrap();
    outbox::sweep(&two.shop.till).unwrap();
    let again = taken::take_in(&mut two.shop.till, from, READY, &late).unwrap();
    assert_eq!(again[0].how, How::Printed);
    assert_eq!(two.prints(), None);
    // And nobody else learns of it, or takes it over.
    let stranger = DeviceId([9; 16]);
    let heard = taken::take_in(&mut two.shop.till, stranger, READY, &late).unwrap();
    assert_eq!((heard[0].how, heard[0].why), (How::NotHere, Some(Why::NotBelieved)));
}

#[test]
fn what_the_neighbour_does_not_take_waits_here_again_and_it_is_said_why() {
    let refused = |two: &mut Two, printer, change: &dyn Fn(&mut PrintJob)| {
        two.sells();
        two.gives();
        let (to, from) = (two.first_device(), two.second().identity().device);
        let mut say = given::to_say(two.second().db(), to).unwrap().print;
        say.iter_mut().for_each(change);
        let answers = taken::take_in(&mut two.shop.till, from, printer, &say).unwrap();
        // The word that was sent before finds it refused, too.
        let late = taken::take_in(&mut two.shop.till, from, READY, &say).unwrap();
        assert_eq!(answers, late);
        given::heard(two.second(), to, &answers).unwrap();
        assert!(two.there().iter().all(|row| *row == (JobState::Waiting, None)));
        given::last(two.second().db()).unwrap().unwrap()
    };
    let mut two = Two::new();
    let kick = serde_json::to_string(&Document {
        items: vec![Item::DrawerKick { drawer: Drawer::First }],
    })
    .unwrap();
    let kicks = |job: &mut PrintJob| job.document = kick.clone();
    let large = |job: &mut PrintJob| job.document = " ".repeat(MOST_DOCUMENT_BYTES + 1);
    let future = |job: &mut PrintJob| job.document = r#"[{"item":"hologram"}]"#.into();
    let mut jobs = 0;
    for (printer, change, why) in [
        (NO_PAPER, &(|_: &mut PrintJob| {}) as &dyn Fn(&mut PrintJob), NotTaken::PrinterStopped),
        (Printer::NONE, &|_: &mut PrintJob| {}, NotTaken::NoPrinter),
        (READY, &kicks, NotTaken::CannotPrintIt),
        (READY, &large, NotTaken::CannotPrintIt),
        (READY, &future, NotTaken::CannotPrintIt),
    ] {
        jobs += 1;
        let giving = refused(&mut two, printer, change);
        assert_eq!((giving.jobs, giving.back, giving.why), (jobs, jobs, Some(why)));
    }
    assert_eq!(two.prints(), None);
    let device = two.second().identity().device;
    revoke(two.shop.till.db(), device, &Default::default()).unwrap();
    assert_eq!(refused(&mut two, READY, &|_| {}).why, Some(NotTaken::NotBelieved));
    assert_eq!(two.jobs().waiting, 6, "nothing is lost");
}

/// Whoever looks at the outcome knows by the number that it is another one.
#[test]
fn each_giving_has_a_number_of_its_own() {
    let mut two = Two::new();
    let mut numbers = Vec::new();
    for _ in 0..3 {
        two.sells();
        two.gives();
        two.talk(READY, true);
        assert_eq!(two.prints(), Some(JobState::Printed));
        two.tells();
        let giving = given::last(two.second().db()).unwrap().unwrap();
        assert_eq!((giving.jobs, giving.printed), (1, 1), "of this one alone");
        numbers.push(giving.giving);
    }
    assert_eq!(numbers, [1, 2, 3]);
}

#[test]
fn no_more_is_taken_than_a_shop_can_want() {
    let mut two = Two::new();
    let from = two.second().identity().device;
    let job = |n: u8| PrintJob {
        id: [n; 16],
        what: Paper::Other(9),
        name: "x\u{7}".repeat(500),
        document: "[]".into(),
    };
    let jobs: Vec<PrintJob> = (1..=101).map(job).collect();
    let answers = taken::take_in(&mut two.shop.till, from, READY, &jobs).unwrap();
    assert!(answers[..100].iter().all(|answer| answer.how == How::Waiting));
    assert_eq!(answers[100].why, Some(Why::Full));
    let name = &outbox::list(&two.shop.till).unwrap()[0].name;
    assert_eq!(name, &"x".repeat(60));
}

#[test]
fn a_job_comes_back_as_long_as_nothing_of_it_was_printed() {
    let mut two = Two::new();
    two.sells();
    two.sells();
    two.gives();
    let (cashier, to) = (two.cashier(), two.first_device());
    let late = given::to_say(two.second().db(), to).unwrap().print;
    let ids: Vec<i64> = outbox::list(two.second()).unwrap().iter().map(|row| row.job).collect();
    // One that it has, one that it has not heard of: the word about it is on its way.
    let from = two.second().identity().device;
    let answers = taken::take_in(&mut two.shop.till, from, READY, &late[..1]).unwrap();
    given::heard(two.second(), to, &answers).unwrap();
    for job in &ids {
        given::take_back(two.second(), cashier, *job).unwrap();
    }
    let asked = |two: &mut Two| {
        let rows = outbox::list(two.second()).unwrap();
        rows.iter().filter(|row| row.given.as_ref().is_some_and(|given| given.asked_back)).count()
    };
    assert_eq!(asked(&mut two), 2);
    let mut two = two.crash();
    assert_eq!(asked(&mut two), 2, "what was asked back is on disk");
    two.talk(READY, false);
    two.talk(READY, true);
    assert_eq!(two.there(), [(JobState::Waiting, None); 2]);
    let answers = taken::take_in(&mut two.shop.till, from, READY, &late).unwrap();
    assert!(answers.iter().all(|answer| answer.how == How::NotHere), "{answers:?}");
    assert_eq!(two.prints(), None, "the late word prints nothing");
    let (_, work) = outbox::take(two.second(), &Profile::default(), None).unwrap().unwrap();
    let Work::Print(bytes) = work else { panic!("a receipt") };
    two.driver.print(&bytes).unwrap();
    assert!(!two.slips()[0].contains("DUPLICATE") && !two.slips()[0].contains("Printed for"));
    // Given again it is another job.
    two.gives();
    two.talk(READY, true);
    assert_eq!(two.prints(), Some(JobState::Printed));
}

#[test]
fn one_that_is_printed_does_not_come_back() {
    let mut two = Two::new();
    two.sells();
    two.gives();
    two.talk(READY, true);
    let cashier = two.cashier();
    let job = outbox::list(two.second()).unwrap()[0].job;
    given::take_back(two.second(), cashier, job).unwrap();
    two.prints();
    two.talk(READY, true);
    assert_eq!(two.there(), []);
    assert_eq!(two.slips().len(), 1);
    assert_eq!(refusal(given::take_back(two.second(), cashier, job)), "no_such_job");
}

#[test]
fn one_that_stopped_midway_over_there_asks_at_both_and_comes_out_again_marked() {
    for settled_there in [true, false] {
        let mut two = Two::new();
        two.sells();
        two.gives();
        two.talk(READY, true);
        let cashier = two.cashier();
        let job = outbox::list(two.second()).unwrap()[0].job;
        given::take_back(two.second(), cashier, job).unwrap();
        let (there, _) =
            outbox::take(&mut two.shop.till, &Profile::default(), None).unwrap().unwrap();
        outbox::finish(&two.shop.till, there, Outcome::Unknown(Cause::PaperOut)).unwrap();
        two.talk(READY, true);
        assert_eq!(two.there(), [(JobState::Given, Some(There::Unknown))]);
        assert_eq!(two.jobs().unknown.len(), 1);
        assert_eq!(outbox::jobs(&two.shop.till).unwrap().unknown.len(), 1);
        assert_eq!(refusal(given::take_back(two.second(), cashier, job)), "no_such_job");
        let mut two = two.crash();
        if settled_there {
            outbox::settle(&two.shop.till, cashier, there, false).unwrap();
            assert_eq!(two.prints(), Some(JobState::Printed));
        } else {
            outbox::settle(two.second(), cashier, job, false).unwrap();
            two.talk(READY, true);
            assert_eq!(two.prints(), None, "it is put away there");
            assert!(outbox::jobs(&two.shop.till).unwrap().unknown.is_empty());
            let to = two.first_device();
            let say = given::to_say(two.second().db(), to).unwrap();
            assert_eq!(say, Default::default());
            two.gives();
            two.talk(READY, true);
            assert_eq!(two.prints(), Some(JobState::Printed));
        }
        two.tells();
        assert_eq!(two.there(), []);
        let slips = two.slips();
        assert_eq!(slips.len(), 1);
        assert!(slips[0].contains("*** DUPLICATE ***"), "{}", slips[0]);
    }
}

#[test]
fn when_the_neighbour_is_gone_it_is_printed_here_marked_and_never_there() {
    let mut two = Two::new();
    two.sells();
    two.gives();
    two.talk(READY, false);
    let cashier = two.cashier();
    let job = outbox::list(two.second()).unwrap()[0].job;
    outbox::settle(two.second(), cashier, job, false).unwrap();
    let two = two.crash();
    let mut two = two;
    let (_, work) = outbox::take(two.second(), &Profile::default(), None).unwrap().unwrap();
    let Work::Print(bytes) = work else { panic!("a receipt") };
    two.driver.print(&bytes).unwrap();
    assert!(two.slips()[0].contains("DUPLICATE"));
    two.talk(READY, true);
    assert_eq!(two.prints(), None, "it hears of it as soon as it is back");
}

#[test]
fn a_neighbour_that_lost_its_memory_leaves_the_job_in_question() {
    let mut two = Two::new();
    two.sells();
    two.gives();
    two.talk(READY, true);
    two.shop.till.db().execute_batch("DELETE FROM taken_job; DELETE FROM outbox;").unwrap();
    two.talk(READY, true);
    assert_eq!(two.there(), [(JobState::Given, Some(There::Unknown))]);
}

#[test]
fn an_x_that_comes_back_after_the_close_is_given_up() {
    let mut two = Two::new();
    let cashier = two.cashier();
    report::print(two.second(), cashier).unwrap();
    assert_eq!(two.gives(), 1);
    let count = Count { total: Some(cad("100.00")), ..Count::default() };
    payments::close_shift(two.second(), cashier, count).unwrap();
    two.talk(NO_PAPER, true);
    assert_eq!(two.there(), [], "it would come out as a second Z");
}

#[test]
fn only_who_may_print_again_gives_and_only_what_is_there_is_told() {
    let mut two = Two::new();
    let (to, cashier) = (two.first_device(), two.cashier());
    assert_eq!(refusal(given::give(two.second(), cashier, to, 1)), "nothing_to_give");
    two.sells();
    let nobody = OperatorId(Default::default());
    assert!(given::give(two.second(), nobody, to, 1).is_err());
    two.gives();
    // Another device says that it printed it.
    let id = given::to_say(two.second().db(), to).unwrap().print[0].id;
    let printed = [JobAt { id, how: How::Printed, why: None }];
    given::heard(two.second(), DeviceId([9; 16]), &printed).unwrap();
    assert_eq!(two.there(), [(JobState::Given, Some(There::Asked))]);
    let from = two.second().identity().device;
    let unheard = [Asked { id: [1; 16], wish: Wish::Tell }];
    let answer = taken::asked(&mut two.shop.till, from, &unheard).unwrap();
    assert_eq!(answer[0].how, How::Unheard);
}

#[test]
fn a_neighbour_is_found_by_its_register() {
    let mut two = Two::new();
    let (first, second) = (two.first_device(), two.second().identity().device);
    assert_eq!(neighbour_at(two.second().db(), 1).unwrap(), Some(first));
    assert_eq!(register_of(two.second().db(), first).unwrap(), Some(1));
    assert_eq!(neighbour_at(two.second().db(), 2).unwrap(), None, "that is this one");
    assert_eq!(neighbour_at(two.second().db(), 3).unwrap(), None);
    assert_eq!(neighbour_at(two.shop.till.db(), 2).unwrap(), Some(second));
    revoke(two.shop.till.db(), second, &Default::default()).unwrap();
    assert_eq!(neighbour_at(two.shop.till.db(), 2).unwrap(), None);
}
