//! Print jobs that one till gives to another, over real sockets with certificates on both sides, onto the paper of a
//! simulated printer.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod company;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use company::{Company, NOW, Register, acquaint, until};
use comptoir_hardware::printer::driver::{Options, Printer as Driver};
use comptoir_hardware::printer::layout::Profile;
use comptoir_hardware::printer::simulator::Simulator;
use comptoir_link::keeper::Keeper;
use comptoir_link::mesh::{Mesh, Options as Mesher};
use comptoir_link::paper;
use comptoir_sync::acceptance::Received;
use comptoir_sync::entry::DeviceId;
use comptoir_sync::replication::paper::{Printer, PrinterState, Word};
use comptoir_sync::replication::vector::Node;
use comptoir_till::error::{Error, Result};
use comptoir_till::journal::receive::Taken;
use comptoir_till::outbox::given::{self, NotTaken, There};
use comptoir_till::outbox::{self, JobState, Work};
use comptoir_till::till::Till;
use comptoir_till::trust::membership;
use comptoir_till::turns::Turns;

const READY: Printer = Printer { state: PrinterState::Ready };
const NO_PAPER: Printer = Printer { state: PrinterState::PaperOut };

/// A till whose printer somebody tends.
struct Tended {
    till: Arc<Turns<Till>>,
    printer: Mutex<Printer>,
    /// What is said about print jobs is on its disk, and the line is cut before the answer.
    cut: bool,
}

impl Keeper for Tended {
    fn node(&self) -> Node {
        Keeper::node(&*self.till)
    }

    fn keep(&self, from: DeviceId, entries: Vec<Received>) -> Result<(Taken, Vec<Received>)> {
        Keeper::keep(&*self.till, from, entries)
    }

    fn renew_epoch(&self, beyond: u32) -> Result<()> {
        Keeper::renew_epoch(&*self.till, beyond)
    }

    fn leave_epoch(&self, beyond: u32) -> Result<()> {
        Keeper::leave_epoch(&*self.till, beyond)
    }

    fn printer(&self) -> Printer {
        *self.printer.lock().unwrap()
    }

    fn hear(&self, from: DeviceId, word: Word) -> Result<Option<Word>> {
        let print = matches!(word, Word::Print(_));
        let heard = paper::hear(&mut self.till.lock_behind(), from, self.printer(), word)?;
        match self.cut && print {
            true => Err(Error::Broken("the line is cut".into())),
            false => Ok(heard.answer),
        }
    }

    fn speaks_of_paper(&self) -> bool {
        true
    }
}

fn tended(
    register: &mut Register,
    neighbours: &[SocketAddr],
    printer: Printer,
    cut: bool,
) -> Arc<Tended> {
    register.mesh = None;
    let till = register.till.clone();
    let tended = Arc::new(Tended { till, printer: Mutex::new(printer), cut });
    register.go_online_with(neighbours, || NOW, tended.clone());
    tended
}

/// Two registers, of which the second has a receipt that waits.
fn two(company: &Company) -> (Register, Register, String) {
    let one = company.first();
    let two = company.another(&one, 2);
    acquaint(&[&one, &two]);
    let sale = two.sell("410017002070");
    outbox::give_up_drawer(two.till().db()).unwrap();
    (one, two, sale.receipt)
}

fn device(register: &Register) -> DeviceId {
    register.till().identity().device
}

/// The neighbour as the mesh sees it: connected, and how its printer is.
fn sees(register: &Register, neighbour: DeviceId) -> Option<Option<Printer>> {
    let all = register.mesh.as_ref().unwrap().neighbours();
    all.into_iter().find(|one| one.device == neighbour).map(|one| one.printer)
}

fn gives(from: &Register, to: DeviceId) {
    let given = given::give(&mut from.till(), from.cashier, to, 1).unwrap();
    assert_eq!(given, 1);
    from.mesh.as_ref().unwrap().speak_of_paper();
}

fn there(register: &Register) -> Vec<(JobState, Option<There>)> {
    let jobs = outbox::list(&register.till()).unwrap();
    jobs.into_iter().map(|job| (job.state, job.given.map(|given| given.there))).collect()
}

/// Prints all that waits.
fn prints(register: &Register, driver: &mut Driver) {
    loop {
        let taken = outbox::take(&mut register.till(), &Profile::default(), None).unwrap();
        let Some((job, work)) = taken else { break };
        let outcome = match work {
            Work::Print(bytes) => driver.print(&bytes),
            Work::Kick(drawer) => driver.kick_drawer(drawer),
        };
        outbox::finish(&register.till(), job, outcome.unwrap()).unwrap();
    }
    register.mesh.as_ref().unwrap().speak_of_paper();
}

#[test]
fn a_receipt_is_printed_at_the_neighbours_and_its_own_till_hears_of_it() {
    let company = Company::new();
    let (mut one, mut two, receipt) = two(&company);
    let tends = tended(&mut one, &[], NO_PAPER, false);
    tended(&mut two, &[one.address()], NO_PAPER, false);
    let first = device(&one);
    until("the neighbour says that it has no paper", || sees(&two, first) == Some(Some(NO_PAPER)));
    *tends.printer.lock().unwrap() = READY;
    one.mesh.as_ref().unwrap().speak_of_paper();
    until("and that it has some", || sees(&two, first) == Some(Some(READY)));
    gives(&two, first);
    until("the neighbour has it", || there(&two) == [(JobState::Given, Some(There::Waiting))]);
    let paper = Simulator::on_tcp(0).unwrap();
    let mut driver = Driver::new(paper.address(), Options::default());
    prints(&one, &mut driver);
    until("it is told that it is printed", || there(&two).is_empty());
    assert_eq!(paper.slips().len(), 1);
    let text = paper.slips()[0].text().to_owned();
    assert!(text.contains(&receipt) && text.contains("Printed for register 2"), "{text}");
    one.mesh = None;
    until("the neighbour is gone", || sees(&two, first).is_none());
}

#[test]
fn who_has_no_paper_either_says_so_and_the_receipt_waits_here() {
    let company = Company::new();
    let (mut one, mut two, _) = two(&company);
    tended(&mut one, &[], NO_PAPER, false);
    tended(&mut two, &[one.address()], NO_PAPER, false);
    let first = device(&one);
    until("they are connected", || sees(&two, first).flatten().is_some());
    gives(&two, first);
    until("it came back", || there(&two) == [(JobState::Waiting, None)]);
    let giving = given::last(two.till().db()).unwrap().unwrap();
    assert_eq!((giving.back, giving.why), (1, Some(NotTaken::PrinterStopped)));
}

#[test]
fn an_answer_that_is_lost_is_asked_for_again_and_one_receipt_comes_out() {
    let company = Company::new();
    let (mut one, mut two, _) = two(&company);
    tended(&mut one, &[], READY, true);
    tended(&mut two, &[one.address()], NO_PAPER, false);
    let first = device(&one);
    until("they are connected", || sees(&two, first).flatten().is_some());
    gives(&two, first);
    until("the neighbour has it", || {
        !outbox::list(&one.till()).unwrap().iter().all(|job| job.from.is_none())
    });
    assert_eq!(there(&two), [(JobState::Given, Some(There::Asked))]);
    let paper = Simulator::on_tcp(0).unwrap();
    let mut driver = Driver::new(paper.address(), Options::default());
    prints(&one, &mut driver);
    // Both are switched off and come back; what was told on the old line is told on no other.
    (one.mesh, two.mesh) = (None, None);
    let (mut one, mut two) = (reopened(one), reopened(two));
    outbox::recover(&one.till()).unwrap();
    tended(&mut one, &[], READY, false);
    tended(&mut two, &[one.address()], NO_PAPER, false);
    until("it is told that it is printed", || there(&two).is_empty());
    prints(&one, &mut driver);
    assert_eq!(paper.slips().len(), 1);
}

/// A till without a window gives its jobs, and hears of them, whenever it calls; what is asked back comes back.
#[test]
fn a_till_that_calls_once_hands_its_jobs_on_and_hears_what_became_of_them() {
    let company = Company::new();
    let (mut one, two, receipt) = two(&company);
    tended(&mut one, &[], READY, false);
    let first = device(&one);
    let address = one.address().to_string();
    membership::set_neighbours(&mut two.till(), std::slice::from_ref(&address)).unwrap();
    let calls = || {
        let database = two.folder.join("till.db");
        let options = Mesher { database, listen: None, discover: false, clock: || NOW };
        let key = two.till().key().clone();
        let mesh = Mesh::quiet(two.till.clone(), key, &options).unwrap();
        let failed = mesh.once();
        assert!(failed.iter().all(|(place, _)| *place != address), "{failed:?}");
    };
    given::give(&mut two.till(), two.cashier, first, 1).unwrap();
    calls();
    assert_eq!(there(&two), [(JobState::Given, Some(There::Waiting))]);
    calls();
    assert_eq!(there(&two), [(JobState::Given, Some(There::Waiting))], "nobody has printed it");
    let paper = Simulator::on_tcp(0).unwrap();
    let mut driver = Driver::new(paper.address(), Options::default());
    prints(&one, &mut driver);
    calls();
    assert_eq!(there(&two), []);
    assert_eq!(paper.slips().len(), 1);
    assert!(paper.slips()[0].text().contains(&receipt));
    // One that is wanted back before anybody printed it.
    two.sell("410017002070");
    outbox::give_up_drawer(two.till().db()).unwrap();
    given::give(&mut two.till(), two.cashier, first, 1).unwrap();
    calls();
    let job = outbox::list(&two.till()).unwrap()[0].job;
    given::take_back(&two.till(), two.cashier, job).unwrap();
    calls();
    assert_eq!(there(&two), [(JobState::Waiting, None)]);
    prints(&one, &mut driver);
    assert_eq!(paper.slips().len(), 1);
}

#[test]
fn a_till_that_does_not_know_these_words_is_given_nothing_and_agrees_all_the_same() {
    /// It hears nothing of paper and says nothing of it: as before there were these words.
    struct Older(Arc<Turns<Till>>);
    impl Keeper for Older {
        fn node(&self) -> Node {
            Keeper::node(&*self.0)
        }
        fn keep(&self, from: DeviceId, entries: Vec<Received>) -> Result<(Taken, Vec<Received>)> {
            Keeper::keep(&*self.0, from, entries)
        }
        fn renew_epoch(&self, beyond: u32) -> Result<()> {
            Keeper::renew_epoch(&*self.0, beyond)
        }
        fn leave_epoch(&self, beyond: u32) -> Result<()> {
            Keeper::leave_epoch(&*self.0, beyond)
        }
    }
    let company = Company::new();
    let (mut one, mut two, _) = two(&company);
    let older = Arc::new(Older(one.till.clone()));
    one.go_online_with(&[], || NOW, older);
    tended(&mut two, &[one.address()], NO_PAPER, false);
    let first = device(&one);
    until("it is connected, and says nothing of its printer", || sees(&two, first) == Some(None));
    gives(&two, first);
    one.sell("410017002070");
    until("both hold the same", || one.vector() == two.vector());
    assert_eq!(there(&two), [(JobState::Given, Some(There::Asked))]);
    let job = outbox::list(&two.till()).unwrap()[0].job;
    // It is updated; what was asked back meanwhile comes back.
    given::take_back(&two.till(), two.cashier, job).unwrap();
    tended(&mut one, &[two.address()], READY, false);
    until("it came back", || there(&two) == [(JobState::Waiting, None)]);
    assert!(outbox::list(&one.till()).unwrap().iter().all(|job| job.from.is_none()));
}

fn reopened(register: Register) -> Register {
    register.with_clock(|| NOW)
}
