//! The printer driver against the simulator, over TCP and over a pseudo-terminal, through every
//! fault.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use comptoir_hardware::lamp::{Cause, Lamp};
use comptoir_hardware::printer::document::{Document, Drawer};
use comptoir_hardware::printer::driver::{Options, Outcome, Printer};
use comptoir_hardware::printer::encode::encode;
use comptoir_hardware::printer::layout::{Profile, preview, to_text};
use comptoir_hardware::printer::simulator::Simulator;
use comptoir_hardware::printer::status::Status;
use comptoir_hardware::transport::memory;

/// Much longer than anything takes; only a failure waits so long.
const DEADLINE: Duration = Duration::from_secs(20);

/// Runs a story on both kinds of connection.
fn both(story: impl Fn(Simulator)) {
    story(Simulator::on_tcp(0).expect("a free port"));
    #[cfg(unix)]
    story(Simulator::on_pty().expect("a pseudo-terminal"));
}

fn options() -> Options {
    Options {
        reply: Duration::from_secs(5),
        write: Duration::from_secs(10),
        confirm: DEADLINE,
        connect: Duration::from_secs(5),
        ..Options::default()
    }
}

/// For stories in which silence is what happens.
fn impatient() -> Options {
    Options { reply: Duration::from_millis(150), confirm: Duration::from_millis(300), ..options() }
}

fn driver(simulator: &Simulator) -> Printer {
    Printer::new(simulator.address(), options())
}

fn receipt(lines: usize) -> Document {
    let mut document = Document::new();
    document.centred("RIDEAU CORNER").rule();
    for n in 1..=lines {
        document.columns(format!("Crème brûlée n° {n}"), "4,50 €");
    }
    document.rule().partial_cut();
    document
}

fn job(lines: usize) -> Vec<u8> {
    encode(&receipt(lines), &Profile::default()).expect("a document")
}

fn text(lines: usize) -> String {
    to_text(&preview(&receipt(lines), &Profile::default()))
}

#[test]
fn a_receipt_is_printed_and_reads_as_its_preview() {
    both(|simulator| {
        let mut printer = driver(&simulator);
        assert_eq!(printer.status().unwrap(), Status::Ready);
        assert_eq!(printer.lamp().unwrap(), (Lamp::Ready, None));
        assert_eq!(printer.print(&job(20)).unwrap(), Outcome::Printed);
        assert_eq!(printer.print(&job(3)).unwrap(), Outcome::Printed);
        let slips = simulator.slips();
        assert_eq!(slips.iter().map(|slip| slip.text()).collect::<Vec<_>>(), [text(20), text(3)]);
    });
}

#[test]
fn the_drawer_opens_by_itself_and_with_a_receipt() {
    both(|simulator| {
        let mut printer = driver(&simulator);
        assert_eq!(printer.kick_drawer(Drawer::First).unwrap(), Outcome::Printed);
        assert_eq!(simulator.kicks(), 1);
        let with_kick = encode(
            Document::new().text("Change 15.65").drawer_kick().partial_cut(),
            &Profile::default(),
        );
        assert_eq!(printer.print(&with_kick.unwrap()).unwrap(), Outcome::Printed);
        assert_eq!(
            (simulator.kicks(), simulator.slips().len()),
            (2, 1),
            "the cut after a kick is not swallowed"
        );
    });
}

#[test]
fn nothing_is_sent_to_a_printer_that_says_it_cannot_print() {
    both(|simulator| {
        let mut printer = driver(&simulator);
        simulator.set(|faults| faults.paper_out = true);
        assert_eq!(printer.status().unwrap(), Status::PaperOut);
        assert_eq!(printer.print(&job(1)).unwrap(), Outcome::Refused(Cause::PaperOut));
        simulator.set(|faults| (faults.paper_out, faults.cover_open) = (false, true));
        assert_eq!(printer.print(&job(1)).unwrap(), Outcome::Refused(Cause::CoverOpen));
        simulator.set(|faults| faults.cover_open = false);
        assert_eq!(simulator.paper().text(), "");
        assert_eq!(printer.print(&job(1)).unwrap(), Outcome::Printed);
    });
}

#[test]
fn a_low_roll_prints_and_says_so() {
    both(|simulator| {
        let mut printer = driver(&simulator);
        simulator.set(|faults| faults.near_end = true);
        assert_eq!(printer.lamp().unwrap(), (Lamp::Attention, Some(Cause::PaperLow)));
        assert_eq!(printer.print(&job(1)).unwrap(), Outcome::Printed);
    });
}

#[test]
fn paper_runs_out_in_the_middle_and_the_rest_comes_with_the_new_roll() {
    both(|simulator| {
        let mut printer = driver(&simulator);
        simulator.set(|faults| faults.paper_out_after_lines = Some(5));
        assert_eq!(printer.print(&job(20)).unwrap(), Outcome::Unknown(Cause::PaperOut));
        assert_eq!(simulator.paper().text().lines().count(), 5);
        assert_eq!(printer.print(&job(1)).unwrap(), Outcome::Refused(Cause::PaperOut));
        simulator.set(|faults| faults.paper_out = false);
        assert_eq!(printer.wait_for_rest(DEADLINE), Outcome::Printed);
        assert_eq!(simulator.slips().len(), 1);
        assert_eq!(simulator.slips()[0].text(), text(20));
    });
}

#[test]
fn the_answer_to_an_old_job_is_not_taken_for_a_new_one() {
    both(|simulator| {
        let confirm = Duration::from_millis(400);
        let mut printer = Printer::new(simulator.address(), Options { confirm, ..options() });
        simulator.set(|faults| faults.held = true);
        assert_eq!(printer.print(&job(2)).unwrap(), Outcome::Unknown(Cause::Busy));
        assert_eq!(printer.print(&job(3)).unwrap(), Outcome::Unknown(Cause::Busy));
        // The first job is printed and answered; paper runs out in the second.
        simulator.set(|faults| {
            (faults.held, faults.paper_out_after_lines) = (false, Some(5 + 2));
        });
        assert_eq!(printer.wait_for_rest(DEADLINE), Outcome::Unknown(Cause::PaperOut));
        assert_eq!(simulator.slips().len(), 1);
        simulator.set(|faults| faults.paper_out = false);
        assert_eq!(printer.wait_for_rest(DEADLINE), Outcome::Printed);
        assert_eq!(simulator.slips().len(), 2);
    });
}

#[test]
fn an_old_job_that_finished_by_itself_leaves_nothing_owed() {
    both(|simulator| {
        let mut printer = driver(&simulator);
        simulator.set(|faults| faults.paper_out_after_lines = Some(2));
        assert_eq!(printer.print(&job(3)).unwrap(), Outcome::Unknown(Cause::PaperOut));
        simulator.set(|faults| faults.paper_out = false);
        assert!(simulator.wait_for(DEADLINE, |view| view.slips() == 1));
        assert_eq!(printer.print(&job(1)).unwrap(), Outcome::Printed);
        assert_eq!(simulator.slips().len(), 2);
    });
}

#[test]
fn the_cover_is_opened_in_the_middle() {
    both(|simulator| {
        let mut printer = driver(&simulator);
        simulator.set(|faults| faults.held = true);
        let printing = std::thread::spawn(move || (printer.print(&job(2)), printer));
        assert!(simulator.wait_for(DEADLINE, |view| view.waiting() > 100));
        simulator.set(|faults| (faults.cover_open, faults.held) = (true, false));
        let (outcome, mut printer) = printing.join().unwrap();
        assert_eq!(outcome.unwrap(), Outcome::Unknown(Cause::CoverOpen));
        simulator.set(|faults| faults.cover_open = false);
        assert_eq!(printer.wait_for_rest(DEADLINE), Outcome::Printed);
    });
}

#[test]
fn a_jammed_cutter_is_freed_and_cleared() {
    both(|simulator| {
        let mut printer = driver(&simulator);
        simulator.set(|faults| faults.cutter_jammed = true);
        assert_eq!(printer.status().unwrap(), Status::CutterError);
        assert_eq!(printer.print(&job(1)).unwrap(), Outcome::Refused(Cause::CutterJammed));
        simulator.set(|faults| faults.cutter_jammed = false);
        assert_eq!(
            printer.status().unwrap(),
            Status::CutterError,
            "the error stays until it is cleared"
        );
        assert_eq!(
            printer.print(&job(1)).unwrap(),
            Outcome::Printed,
            "which a new job does by itself"
        );
        simulator.set(|faults| faults.cutter_jammed = true);
        simulator.set(|faults| faults.cutter_jammed = false);
        assert_eq!(printer.recover().unwrap(), Status::Ready);
    });
}

#[test]
fn a_silent_printer_is_refused_before_and_unknown_after() {
    both(|simulator| {
        let mut printer = Printer::new(simulator.address(), impatient());
        simulator.set(|faults| faults.silent = true);
        assert_eq!(printer.status().unwrap(), Status::Silent);
        assert_eq!(printer.print(&job(1)).unwrap(), Outcome::Refused(Cause::Silent));
        assert_eq!(simulator.paper().text(), "");

        simulator.set(|faults| (faults.silent, faults.held) = (false, true));
        let confirm = Duration::from_secs(3);
        drop(printer);
        let mut printer = Printer::new(simulator.address(), Options { confirm, ..options() });
        let printing = std::thread::spawn(move || printer.print(&job(1)));
        assert!(simulator.wait_for(DEADLINE, |view| view.waiting() > 100));
        simulator.set(|faults| (faults.silent, faults.held) = (true, false));
        assert_eq!(printing.join().unwrap().unwrap(), Outcome::Unknown(Cause::Silent));
        assert!(
            simulator.wait_for(DEADLINE, |view| view.slips() == 1),
            "it was printed all the same"
        );
    });
}

#[test]
fn a_printer_that_cannot_be_read_back_is_trusted_and_not_believed() {
    both(|simulator| {
        simulator.set(|faults| faults.silent = true);
        let mut printer =
            Printer::new(simulator.address(), Options { reads_back: false, ..options() });
        assert_eq!(printer.status().unwrap(), Status::Unknown);
        assert_eq!(printer.lamp().unwrap(), (Lamp::Unknown, Some(Cause::CannotBeRead)));
        assert_eq!(printer.print(&job(1)).unwrap(), Outcome::Sent);
        assert!(simulator.wait_for(DEADLINE, |view| view.slips() == 1));
    });
}

#[test]
fn a_connection_that_breaks_in_the_middle_leaves_the_job_unknown() {
    both(|simulator| {
        let mut printer = driver(&simulator);
        assert_eq!(printer.status().unwrap(), Status::Ready);
        // Four questions of three bytes come before the job.
        simulator.set(|faults| faults.cut_off_after = Some(12 + 100));
        assert_eq!(printer.print(&job(200)).unwrap(), Outcome::Unknown(Cause::Disconnected));
        assert!(simulator.slips().is_empty());
        simulator.tear_off();
        let deadline = Instant::now() + DEADLINE;
        while printer.status().unwrap() == Status::Disconnected {
            assert!(Instant::now() < deadline, "the printer came back and was not found");
        }
        assert_eq!(printer.print(&job(2)).unwrap(), Outcome::Printed);
        assert_eq!(simulator.slips()[0].text(), text(2));
    });
}

#[test]
fn a_printer_that_is_switched_off_and_on_is_opened_again() {
    both(|simulator| {
        let mut printer = driver(&simulator);
        assert_eq!(printer.print(&job(1)).unwrap(), Outcome::Printed);
        simulator.set(|faults| faults.power_off = true);
        let deadline = Instant::now() + DEADLINE;
        while printer.status().unwrap() != Status::Disconnected {
            assert!(Instant::now() < deadline, "the printer is off and still answers");
        }
        assert_eq!(printer.lamp().unwrap(), (Lamp::Offline, Some(Cause::Disconnected)));
        assert_eq!(printer.print(&job(1)).unwrap(), Outcome::Refused(Cause::Disconnected));
        simulator.set(|faults| faults.power_off = false);
        let deadline = Instant::now() + DEADLINE;
        while printer.status().unwrap() != Status::Ready {
            assert!(Instant::now() < deadline, "the printer is on again and was not found");
        }
        assert_eq!(printer.print(&job(1)).unwrap(), Outcome::Printed);
        assert_eq!(simulator.slips().len(), 2);
    });
}

#[test]
fn a_slow_printer_is_waited_for_and_answers_meanwhile() {
    both(|simulator| {
        let mut printer = Printer::new(
            simulator.address(),
            Options { confirm: Duration::from_millis(200), ..options() },
        );
        simulator.set(|faults| faults.bytes_per_second = NonZeroU32::new(1));
        assert_eq!(printer.print(&job(5)).unwrap(), Outcome::Unknown(Cause::Busy));
        assert_eq!(
            printer.status().unwrap(),
            Status::Ready,
            "real-time questions are answered at once"
        );
        simulator.set(|faults| faults.bytes_per_second = NonZeroU32::new(4_000));
        assert_eq!(printer.wait_for_rest(DEADLINE), Outcome::Printed);
        assert_eq!(simulator.slips()[0].text(), text(5));
    });
}

#[test]
fn a_long_job_waits_for_room_in_the_buffer() {
    both(|simulator| {
        let mut printer = driver(&simulator);
        simulator.set(|faults| faults.held = true);
        let printing = std::thread::spawn(move || printer.print(&job(500)));
        assert!(simulator.wait_for(DEADLINE, |view| view.waiting() >= 4_000));
        simulator.set(|faults| faults.held = false);
        assert_eq!(printing.join().unwrap().unwrap(), Outcome::Printed);
        assert_eq!(simulator.slips()[0].text(), text(500));
    });
}

#[cfg(unix)]
#[test]
fn a_printer_that_stops_taking_bytes_is_stalled_or_says_why() {
    for (automatic_status, cause) in [(false, Cause::Stalled), (true, Cause::PaperOut)] {
        let simulator = Simulator::on_pty().unwrap();
        let options = Options { automatic_status, write: Duration::from_secs(2), ..options() };
        let mut printer = Printer::new(simulator.address(), options);
        simulator.set(|faults| faults.paper_out_after_lines = Some(5));
        // More than the printer and the terminal have room for together.
        assert_eq!(printer.print(&job(4_000)).unwrap(), Outcome::Unknown(cause));
    }
}

#[test]
fn a_port_that_is_not_there_is_disconnected() {
    let mut printer =
        Printer::new("serial:/dev/no-such-port?baud=9600".parse().unwrap(), options());
    assert_eq!(printer.status().unwrap(), Status::Disconnected);
    assert_eq!(printer.print(b"x").unwrap(), Outcome::Refused(Cause::Disconnected));
}

#[test]
fn a_connection_in_memory_that_ends_is_disconnected() {
    let (ours, theirs) = memory::pair();
    let mut printer = Printer::over(Box::new(ours), impatient());
    assert_eq!(printer.status().unwrap(), Status::Silent);
    drop(theirs);
    assert_eq!(printer.print(b"x").unwrap(), Outcome::Refused(Cause::Disconnected));
}
