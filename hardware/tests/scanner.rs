//! The scanner driver against the simulator, over TCP and over a pseudo-terminal.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use comptoir_hardware::lamp::{Cause, Lamp};
use comptoir_hardware::scanner::driver::{Event, Options, Scanner};
use comptoir_hardware::scanner::simulator::{Simulator, Terminator};

const DEADLINE: Duration = Duration::from_secs(20);
const READY: Event = Event::Lamp(Lamp::Ready, None);
const GONE: Event = Event::Lamp(Lamp::Offline, Some(Cause::Disconnected));

fn both(story: impl Fn(Simulator)) {
    story(Simulator::on_tcp(0).expect("a free port"));
    #[cfg(unix)]
    story(Simulator::on_pty().expect("a pseudo-terminal"));
}

fn listen(simulator: &Simulator) -> (Scanner, Events) {
    let (sender, events) = channel();
    // Every read counts here; duplicates are tested without a clock.
    let options = Options {
        duplicate_window: Duration::ZERO,
        reopen: Duration::from_millis(20),
        ..Options::default()
    };
    let scanner = Scanner::listen(simulator.address(), options, move |event| {
        sender.send(event).expect("somebody listens");
    });
    (scanner.expect("a thread"), Events(events))
}

struct Events(Receiver<Event>);

impl Events {
    fn next(&self) -> Event {
        self.0.recv_timeout(DEADLINE).expect("an event in time")
    }

    fn next_scan(&self) -> (Option<String>, String) {
        match self.next() {
            Event::Scan(scan) => (scan.aim.map(String::from), scan.data),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn codes_arrive_with_any_prefix_and_line_end_and_in_pieces() {
    both(|simulator| {
        let (_scanner, events) = listen(&simulator);
        assert_eq!(events.next(), READY);
        for terminator in [Terminator::Cr, Terminator::Lf, Terminator::CrLf, Terminator::None] {
            for (prefix, aim) in [("", None), ("]E0", Some("]E0")), ("\u{2}]C1", Some("]C1"))] {
                for piece in [None, Some(1), Some(5)] {
                    simulator.set(|setup| {
                        (setup.prefix, setup.terminator, setup.piece) =
                            (prefix.into(), terminator, piece);
                    });
                    let code = "01095011010209171719050810ABCD1234\u{1d}2110";
                    simulator.scan(code);
                    assert_eq!(
                        events.next_scan(),
                        (aim.map(String::from), code.to_owned()),
                        "{terminator:?}"
                    );
                }
            }
        }
    });
}

#[test]
fn noise_between_codes_is_not_a_code() {
    both(|simulator| {
        let (_scanner, events) = listen(&simulator);
        assert_eq!(events.next(), READY);
        simulator.send(b"\r\n\0\x02\x03\r\r");
        simulator.scan("4006381333931");
        assert_eq!(events.next_scan(), (None, "4006381333931".to_owned()));
    });
}

#[test]
fn a_scanner_is_heard_again_after_it_was_unplugged() {
    both(|simulator| {
        let (_scanner, events) = listen(&simulator);
        assert_eq!(events.next(), READY);
        simulator.scan("A");
        assert_eq!(events.next_scan().1, "A");
        simulator.unplug();
        assert_eq!(events.next(), GONE);
        simulator.plug_in();
        assert_eq!(events.next(), READY);
        simulator.scan("B");
        assert_eq!(events.next_scan().1, "B");
    });
}

#[test]
fn a_scanner_held_on_a_code_reads_it_once() {
    both(|simulator| {
        let (sender, events) = channel();
        let options = Options { duplicate_window: DEADLINE, ..Options::default() };
        let _scanner = Scanner::listen(simulator.address(), options, move |event| {
            sender.send(event).expect("somebody listens");
        })
        .unwrap();
        let events = Events(events);
        assert_eq!(events.next(), READY);
        (0..5).for_each(|_| simulator.scan("A"));
        simulator.scan("B");
        assert_eq!(events.next_scan().1, "A");
        assert_eq!(events.next_scan().1, "B");
    });
}

#[test]
fn a_scanner_that_is_not_there_is_shown_as_gone_and_can_be_given_up() {
    let (sender, events) = channel();
    let address = "serial:/dev/no-such-port?baud=9600".parse().unwrap();
    let scanner = Scanner::listen(address, Options::default(), move |event| {
        sender.send(event).expect("somebody listens");
    })
    .unwrap();
    assert_eq!(Events(events).next(), GONE);
    drop(scanner);
}
