//! The card terminal driver against the simulator, over TCP and over a pseudo-terminal, through
//! every fault.

use std::time::{Duration, Instant};

use comptoir_hardware::lamp::{Cause, Lamp};
use comptoir_hardware::terminal::attempt::{Attempt, Kind, Last, Verdict};
use comptoir_hardware::terminal::command::{Command, REGISTER_PRINTS};
use comptoir_hardware::terminal::driver::{Options, Terminal};
use comptoir_hardware::terminal::link::{Framing, Link, Timing};
use comptoir_hardware::terminal::message::Message;
use comptoir_hardware::terminal::simulator::{Answer, Asked, Break, Faults, Point, Simulator};
use comptoir_hardware::terminal::totals::{CardClass, CardTotal, DayEnd};
use comptoir_hardware::terminal::{Outcome, Password, Progress, Refusal};
use comptoir_hardware::transport::{self, Address, memory};

/// Much longer than anything takes; only a failure waits so long.
const DEADLINE: Duration = Duration::from_secs(60);
const CAD: u16 = 124;
const ASKED: u64 = 10_00;
const PAYMENT: Asked = Asked::Payment { amount: ASKED, currency: CAD };

/// Runs a story on both kinds of connection.
fn both(story: impl Fn(Simulator)) {
    story(Simulator::on_tcp(0).expect("a free port"));
    #[cfg(unix)]
    story(Simulator::on_pty().expect("a pseudo-terminal"));
}

fn password() -> Password {
    Password::new(123_456).expect("six digits")
}

fn options() -> Options {
    Options {
        connect: Duration::from_secs(20),
        reply: Duration::from_secs(20),
        silence: DEADLINE,
        ..Options::new(password(), CAD)
    }
}

/// For stories in which silence is what happens.
fn impatient() -> Options {
    Options {
        reply: Duration::from_secs(2),
        silence: Duration::from_secs(2),
        line: Timing { acknowledge: Duration::from_millis(400), ..options().line },
        ..options()
    }
}

fn driver(simulator: &Simulator) -> Terminal {
    Terminal::new(simulator.address(), options())
}

/// Asks until there is an answer: a terminal that was silent or away takes a moment to come back.
fn until_answered<T>(mut ask: impl FnMut() -> Result<T, Refusal>) -> Result<T, Refusal> {
    let deadline = Instant::now() + DEADLINE;
    loop {
        match ask() {
            Err(Refusal::NoAnswer { .. }) if Instant::now() < deadline => {}
            answer => return answer,
        }
    }
}

fn prepare(terminal: &mut Terminal) -> Attempt {
    until_answered(|| terminal.prepare(Kind::Payment, ASKED)).expect("a terminal that answers")
}

fn pay(terminal: &mut Terminal) -> Outcome {
    let attempt = prepare(terminal);
    terminal.carry_out(&attempt, &mut |_| {})
}

fn payments(simulator: &Simulator) -> usize {
    simulator.asked().iter().filter(|asked| **asked == PAYMENT).count()
}

/// An outcome as the tables write it.
fn in_short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Approved(approval) => format!("approved {}", approval.amount),
        Outcome::Declined { code, .. } => format!("declined {code:02X}"),
        Outcome::Cancelled => "cancelled".into(),
        Outcome::NotSent(Refusal::Refused { code }) => format!("refused {code:02X}"),
        Outcome::NotSent(Refusal::NoAnswer { cause }) => format!("no answer: {cause:?}"),
        Outcome::NotSent(refusal) => format!("{refusal:?}"),
        Outcome::Unknown(cause) => format!("unknown: {cause:?}"),
    }
}

fn verdict_in_short(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Approved(approval) => format!("approved {}", approval.amount),
        Verdict::Declined { code } => format!("declined {code:02X}"),
        Verdict::NothingDone => "nothing done".into(),
        Verdict::Doubtful { transaction } => {
            let amount = transaction.as_ref().and_then(|told| told.amount);
            format!("doubtful {}", amount.unwrap_or_default())
        }
    }
}

#[test]
fn a_payment_is_approved_with_everything_that_belongs_to_it() {
    both(|simulator| {
        let mut terminal = driver(&simulator);
        assert!(matches!(pay(&mut terminal), Outcome::Approved(_)));

        let attempt = prepare(&mut terminal);
        let mut seen = Vec::new();
        let outcome = terminal.carry_out(&attempt, &mut |progress| seen.push(progress));
        assert_eq!(seen, [Progress::InsertCard, Progress::Authorising]);
        let Outcome::Approved(approval) = outcome else { panic!("{outcome:?}") };
        assert_eq!(approval.amount, ASKED);
        let told = &approval.transaction;
        assert_eq!(
            (told.result, told.amount, told.currency, told.trace, told.receipt, told.terminal),
            (Some(0), Some(ASKED), Some(CAD), Some(999_999), Some(9_999), Some(52_500_041))
        );
        assert_eq!(told.authorisation.as_deref(), Some("A00001"));
        assert_eq!(told.card.number.as_deref(), Some("************1234"));
        assert_eq!((told.card.kind, told.card.name.as_deref()), (Some(0x0a), Some("VISA CREDIT")));
        assert_eq!(approval.receipts.customer, ["  CUSTOMER COPY", "TOTAL 10.00", "APPROVED"]);
        assert_eq!(approval.receipts.merchant, ["  MERCHANT COPY", "TOTAL 10.00", "APPROVED"]);
        assert_eq!(approval.receipts.other, ["PLEASE RETAIN"]);

        // The numbers begin anew, and the next payment is told from this one all the same.
        assert_eq!(terminal.settle(&attempt).unwrap(), Verdict::Approved(Box::new(approval)));
        let Outcome::Approved(next) = pay(&mut terminal) else { panic!("not approved") };
        assert_eq!((next.transaction.trace, next.transaction.receipt), (Some(1), Some(1)));
        assert_eq!(
            simulator.asked()[..4],
            [Asked::Registration(CAD), Asked::Status, Asked::Repeat, PAYMENT],
            "it registers once and asks before it pays"
        );
        assert_eq!((simulator.booked().len(), payments(&simulator)), (3, 3));
    });
}

/// A fault, what carrying out a payment says then, and what a register that was started again
/// says of it when the fault is over.
struct Case {
    name: String,
    fault: Box<dyn Fn(&mut Faults) + Send>,
    outcome: &'static str,
    verdict: &'static str,
}

fn case(
    name: &str,
    fault: impl Fn(&mut Faults) + Send + 'static,
    outcome: &'static str,
    verdict: &'static str,
) -> Case {
    Case { name: name.into(), fault: Box::new(fault), outcome, verdict }
}

fn cases() -> Vec<Case> {
    let answer = |answer| move |faults: &mut Faults| faults.answer = answer;
    let mut cases = vec![
        case("none", |_| {}, "approved 1000", "approved 1000"),
        case("declined", answer(Answer::Decline(0x05)), "declined 05", "declined 05"),
        case(
            "declined and completed",
            |faults| {
                (faults.answer, faults.completes_when_declined) = (Answer::Decline(0x05), true);
            },
            "declined 05",
            "declined 05",
        ),
        case(
            "approved and aborted",
            |faults| faults.aborts_when_approved = true,
            "unknown: Failed",
            "approved 1000",
        ),
        case("stop pressed", answer(Answer::Abort(0x6c)), "cancelled", "nothing done"),
        case("not readable", answer(Answer::Abort(0x64)), "declined 64", "nothing done"),
        case("a part", answer(Answer::ApproveAmount(6_00)), "approved 600", "doubtful 600"),
        case("a tip", answer(Answer::ApproveAmount(11_50)), "approved 1150", "doubtful 1150"),
        case("nothing", answer(Answer::ApproveAmount(0)), "unknown: Failed", "doubtful 0"),
        case("busy", |faults| faults.busy = true, "refused 9C", "nothing done"),
        case("silent", |faults| faults.silent = true, "unknown: Silent", "nothing done"),
        case(
            "unplugged",
            |faults| faults.unplugged = true,
            "no answer: Disconnected",
            "nothing done",
        ),
        case(
            "declined, and nobody is told",
            |faults| {
                faults.answer = Answer::Decline(0x33);
                faults.breaks = Some((Point::BeforeStatus, Break::Drop));
            },
            "unknown: Disconnected",
            "declined 33",
        ),
        case(
            "declined, and the end is missing",
            |faults| {
                faults.answer = Answer::Decline(0x33);
                faults.breaks = Some((Point::AfterStatus, Break::Drop));
            },
            "unknown: Disconnected",
            "declined 33",
        ),
    ];
    for point in Point::ALL {
        for (how, outcome) in [
            (Break::Drop, "unknown: Disconnected"),
            (Break::Unplug, "unknown: Disconnected"),
            (Break::Silence, "unknown: Silent"),
            (Break::Garbage, "unknown: Silent"),
        ] {
            for alone in [false, true] {
                let decided = matches!(point, Point::BeforeStatus | Point::AfterStatus);
                cases.push(Case {
                    name: format!("{how:?} {point:?}, alone {alone}"),
                    fault: Box::new(move |faults| {
                        (faults.breaks, faults.goes_on_alone) = (Some((point, how)), alone);
                    }),
                    outcome,
                    verdict: if decided || alone { "approved 1000" } else { "nothing done" },
                });
            }
        }
    }
    cases
}

/// Waits until nobody is there any more. The name of a line is gone before the line is.
fn until_gone(simulator: &Simulator) {
    let deadline = Instant::now() + DEADLINE;
    while !simulator.is_gone() {
        assert!(Instant::now() < deadline, "it does not go away");
        std::thread::yield_now();
    }
}

fn play(case: &Case, simulator: &Simulator) {
    let mut terminal = Terminal::new(simulator.address(), impatient());
    let earlier = prepare(&mut terminal);
    assert!(matches!(terminal.carry_out(&earlier, &mut |_| {}), Outcome::Approved(_)));
    let attempt = prepare(&mut terminal);
    let stored = serde_json::to_string(&attempt).expect("an attempt is text");

    simulator.set(&case.fault);
    if simulator.faults().unplugged {
        until_gone(simulator);
    }
    let outcome = terminal.carry_out(&attempt, &mut |_| {});
    assert_eq!(in_short(&outcome), case.outcome, "{}", case.name);
    simulator.set(|faults| *faults = Faults::default());

    // All of this is forgotten, and only what was stored is left.
    drop(terminal);
    let mut terminal = driver(simulator);
    let attempt: Attempt = serde_json::from_str(&stored).expect("what was stored");
    for _ in 0..2 {
        let verdict =
            until_answered(|| terminal.settle(&attempt)).expect("a terminal that answers");
        assert_eq!(verdict_in_short(&verdict), case.verdict, "{}", case.name);
    }
    let approved = simulator.booked().iter().filter(|line| line.transaction.is_approved()).count();
    let told = matches!(outcome, Outcome::Approved(_)) || !case.verdict.starts_with("nothing");
    assert!(approved <= 1 + usize::from(told), "{}: paid and not known of", case.name);
    assert!(payments(simulator) <= 2, "{}: asked again", case.name);
    // And the terminal can be used again.
    assert_eq!(in_short(&pay(&mut terminal)), "approved 1000", "{}", case.name);
}

fn play_all(simulator: fn() -> Simulator) {
    // What most of them do is wait.
    std::thread::scope(|scope| {
        for case in cases() {
            scope.spawn(move || play(&case, &simulator()));
        }
    });
}

#[test]
fn every_fault_has_its_outcome_over_tcp() {
    play_all(|| Simulator::on_tcp(0).expect("a free port"));
}

#[cfg(unix)]
#[test]
fn every_fault_has_its_outcome_over_a_serial_line() {
    play_all(|| Simulator::on_pty().expect("a pseudo-terminal"));
}

#[cfg(unix)]
#[test]
fn what_is_damaged_on_the_line_is_repeated_and_paid_once() {
    for (name, fault) in [
        ("damage sent", (|faults| faults.damage_sent = true) as fn(&mut Faults)),
        ("damage received", |faults| faults.damage_received = true),
        ("lost acknowledgement", |faults| faults.lose_acknowledgement = true),
        // Sent again before the terminal has said anything.
        ("lost acknowledgement, slow", |faults| {
            faults.lose_acknowledgement = true;
            faults.slow = Some(Duration::from_millis(1_500));
        }),
    ] {
        let simulator = Simulator::on_pty().unwrap();
        let line = Timing { acknowledge: Duration::from_secs(1), ..options().line };
        let mut terminal = Terminal::new(simulator.address(), Options { line, ..options() });
        let attempt = prepare(&mut terminal);
        simulator.set(fault);
        let outcome = terminal.carry_out(&attempt, &mut |_| {});
        assert_eq!(in_short(&outcome), "approved 1000", "{name}");
        let left = simulator.faults();
        assert!(!left.damage_sent && !left.damage_received && !left.lose_acknowledgement);
        assert_eq!((payments(&simulator), simulator.booked().len()), (1, 1), "{name}");
    }
}

#[test]
fn a_slow_terminal_is_waited_for() {
    both(|simulator| {
        let mut terminal = driver(&simulator);
        simulator.set(|faults| faults.slow = Some(Duration::from_millis(100)));
        assert_eq!(in_short(&pay(&mut terminal)), "approved 1000");
    });
}

#[test]
fn a_payment_is_stopped_by_the_register() {
    both(|simulator| {
        let mut terminal = driver(&simulator);
        let stop = terminal.stop();
        simulator.set(|faults| faults.held = true);
        let attempt = prepare(&mut terminal);
        let paying = std::thread::spawn(move || {
            let outcome = terminal.carry_out(&attempt, &mut |_| {});
            (outcome, terminal, attempt)
        });
        assert!(simulator.wait_for(DEADLINE, |asked| asked.contains(&PAYMENT)));
        stop.ask();
        let (outcome, mut terminal, attempt) = paying.join().unwrap();
        assert_eq!(outcome, Outcome::Cancelled);
        assert!(simulator.asked().contains(&Asked::Abort));
        assert!(simulator.booked().is_empty());

        simulator.set(|faults| faults.held = false);
        assert_eq!(in_short(&terminal.carry_out(&attempt, &mut |_| {})), "cancelled");
        assert_eq!(payments(&simulator), 1, "stopped before it was sent");
        assert_eq!(in_short(&pay(&mut terminal)), "approved 1000", "the wish was about the other");
    });
}

#[test]
fn a_terminal_that_waits_too_long_is_told_to_stop() {
    both(|simulator| {
        let mut terminal = Terminal::new(
            simulator.address(),
            Options { silence: Duration::from_millis(500), ..options() },
        );
        let attempt = prepare(&mut terminal);
        simulator.set(|faults| faults.held = true);
        assert_eq!(terminal.carry_out(&attempt, &mut |_| {}), Outcome::Cancelled);
        assert!(simulator.asked().contains(&Asked::Abort));
        assert!(simulator.booked().is_empty());
    });
}

#[test]
fn an_attempt_is_carried_out_once() {
    both(|simulator| {
        let mut terminal = driver(&simulator);
        pay(&mut terminal);
        let attempt = prepare(&mut terminal);
        assert_eq!(in_short(&terminal.carry_out(&attempt, &mut |_| {})), "approved 1000");
        assert_eq!(terminal.carry_out(&attempt, &mut |_| {}), Outcome::NotSent(Refusal::Changed));
        drop(terminal);
        let mut after_a_restart = driver(&simulator);
        let outcome = until_answered(|| match after_a_restart.carry_out(&attempt, &mut |_| {}) {
            Outcome::NotSent(refusal @ Refusal::NoAnswer { .. }) => Err(refusal),
            outcome => Ok(outcome),
        });
        assert_eq!(outcome, Ok(Outcome::NotSent(Refusal::Changed)));
        assert_eq!(payments(&simulator), 2);
    });
}

#[test]
fn a_register_that_died_while_the_terminal_waited_finds_nothing_done() {
    both(|simulator| {
        let mut terminal = driver(&simulator);
        pay(&mut terminal);
        let attempt = prepare(&mut terminal);
        drop(terminal);
        simulator.set(|faults| faults.held = true);
        let framing = match simulator.address() {
            Address::Tcp { .. } => Framing::Stream,
            Address::Serial { .. } => Framing::Serial,
        };
        let wire = transport::open(&simulator.address(), DEADLINE).unwrap();
        let mut link = Link::new(wire, framing, options().line);
        let register =
            Command::Register { password: password(), config: REGISTER_PRINTS, currency: CAD };
        link.send(&register.encode()).unwrap();
        assert_eq!(Message::parse(&link.receive(DEADLINE).unwrap()), Message::Acknowledged);
        assert!(matches!(Message::parse(&link.receive(DEADLINE).unwrap()), Message::Completed(_)));
        link.send(&Message::Acknowledged.encode()).unwrap();
        link.send(&Command::Pay { amount: ASKED, currency: CAD }.encode()).unwrap();
        assert_eq!(Message::parse(&link.receive(DEADLINE).unwrap()), Message::Acknowledged);
        drop(link);

        let mut terminal = driver(&simulator);
        let verdict = until_answered(|| terminal.settle(&attempt)).unwrap();
        assert_eq!(verdict, Verdict::NothingDone);
        simulator.set(|faults| faults.held = false);
        assert_eq!(in_short(&pay(&mut terminal)), "approved 1000");
        assert_eq!(simulator.booked().len(), 2);
    });
}

#[test]
fn a_payment_is_taken_back_once_and_a_refund_is_paid() {
    both(|simulator| {
        let mut terminal = driver(&simulator);
        let Outcome::Approved(paid) = pay(&mut terminal) else { panic!("not approved") };
        let receipt = paid.transaction.receipt.unwrap();
        let mut reverse = |receipt| {
            let attempt = terminal.prepare(Kind::Reversal(receipt), ASKED).unwrap();
            in_short(&terminal.carry_out(&attempt, &mut |_| {}))
        };
        assert_eq!(reverse(receipt - 1), "declined B5");
        assert_eq!(reverse(receipt), "approved 1000");
        assert_eq!(reverse(receipt), "declined B4");

        // Nobody is told of the refund.
        let attempt = terminal.prepare(Kind::Refund, 3_00).unwrap();
        simulator.set(|faults| faults.breaks = Some((Point::BeforeStatus, Break::Drop)));
        let outcome = terminal.carry_out(&attempt, &mut |_| {});
        assert_eq!(in_short(&outcome), "unknown: Disconnected");
        let verdict = until_answered(|| terminal.settle(&attempt)).unwrap();
        assert_eq!(verdict_in_short(&verdict), "approved 300");
        let asked: Vec<_> = simulator.booked().iter().map(|line| line.asked).collect();
        let refund = Asked::Refund { amount: 3_00, currency: CAD };
        assert_eq!(asked, [PAYMENT, Asked::Reversal(receipt), refund]);
        assert!(simulator.booked()[0].reversed);
    });
}

#[test]
fn the_day_is_handed_in() {
    both(|simulator| {
        let mut terminal = driver(&simulator);
        pay(&mut terminal);
        let attempt = prepare(&mut terminal);
        let DayEnd::Done(day) = terminal.end_of_day() else { panic!("not handed in") };
        assert_eq!((day.total, day.terminal), (Some(ASKED), Some(52_500_041)));
        let visa = CardTotal { kind: CardClass::Visa, total: ASKED };
        assert_eq!(day.cards.len(), CardClass::ALL.len());
        assert_eq!(day.cards.iter().filter(|sum| sum.total > 0).collect::<Vec<_>>(), [&visa]);
        assert_eq!(day.receipts.other, ["END OF DAY", "TRANSACTIONS 1", "TOTAL 10.00"]);
        assert_eq!(terminal.last().unwrap(), Last::Untold { code: 0x83 });
        assert_eq!(
            terminal.carry_out(&attempt, &mut |_| {}),
            Outcome::NotSent(Refusal::Changed),
            "it is not known any more whether it was done"
        );
        assert_eq!(terminal.settle(&attempt), Ok(Verdict::Doubtful { transaction: None }));
        simulator.set(|faults| faults.busy = true);
        assert_eq!(terminal.end_of_day(), DayEnd::Refused { code: 0x9c });
    });
}

/// An end of day in short: what it came to, and whether the terminal has really handed it in.
fn day_in_short(end: &DayEnd) -> String {
    match end {
        DayEnd::Done(day) => format!("done {:?}", day.total),
        DayEnd::NotSent(cause) => format!("not sent: {cause:?}"),
        DayEnd::Refused { code } => format!("refused {code:02X}"),
        DayEnd::Unknown(cause) => format!("unknown: {cause:?}"),
    }
}

#[test]
fn an_end_of_day_that_breaks_off_is_asked_for_again_and_doubles_nothing() {
    both(|simulator| {
        for point in Point::ALL {
            for how in [Break::Drop, Break::Silence, Break::Unplug] {
                for alone in [false, true] {
                    simulator.set(|faults| *faults = Faults::default());
                    let mut terminal = Terminal::new(simulator.address(), impatient());
                    pay(&mut terminal);
                    simulator.set(|faults| {
                        (faults.breaks, faults.goes_on_alone) = (Some((point, how)), alone);
                    });
                    let first = day_in_short(&terminal.end_of_day());
                    let cause = if how == Break::Silence { "Silent" } else { "Disconnected" };
                    let story = format!("{how:?} at {point:?}, alone: {alone}");
                    assert_eq!(first, format!("unknown: {cause}"), "{story}");
                    simulator.set(|faults| *faults = Faults::default());
                    let again = || match terminal.end_of_day() {
                        DayEnd::NotSent(cause) => Err(Refusal::NoAnswer { cause }),
                        end => Ok(day_in_short(&end)),
                    };
                    let decided = matches!(point, Point::BeforeStatus | Point::AfterStatus);
                    let left = if decided || alone { 0 } else { ASKED };
                    assert_eq!(until_answered(again), Ok(format!("done Some({left})")), "{story}");
                }
            }
        }
    });
}

#[test]
fn a_day_is_what_was_paid_less_what_went_back() {
    both(|simulator| {
        let mut terminal = driver(&simulator);
        let Outcome::Approved(undone) = pay(&mut terminal) else { panic!("not approved") };
        pay(&mut terminal);
        pay(&mut terminal);
        let receipt = undone.transaction.receipt.unwrap();
        for (kind, amount) in [(Kind::Reversal(receipt), ASKED), (Kind::Refund, 2_50)] {
            let attempt = terminal.prepare(kind, amount).unwrap();
            assert!(matches!(terminal.carry_out(&attempt, &mut |_| {}), Outcome::Approved(_)));
        }
        assert_eq!(day_in_short(&terminal.end_of_day()), "done Some(1750)");
        simulator.set(|faults| faults.no_totals = true);
        pay(&mut terminal);
        let DayEnd::Done(day) = terminal.end_of_day() else { panic!("not handed in") };
        assert_eq!((day.total, day.cards.len(), day.receipts.other.len()), (None, 0, 2));
        simulator.set(|faults| faults.answer = Answer::Abort(0x77));
        assert_eq!(terminal.end_of_day(), DayEnd::Refused { code: 0x77 });
    });
}

#[test]
fn a_wrong_password_moves_nothing() {
    both(|simulator| {
        simulator.set(|faults| faults.password = Password::new(654_321));
        let mut terminal = driver(&simulator);
        assert_eq!(day_in_short(&terminal.end_of_day()), "not sent: Failed");
        let refused = terminal.prepare(Kind::Payment, ASKED);
        assert_eq!(refused, Err(Refusal::NoAnswer { cause: Cause::Failed }));
        assert_eq!(simulator.booked(), []);

        // Known by the time that it counts: registered with, and changed since.
        simulator.set(|faults| faults.password = Some(password()));
        pay(&mut terminal);
        simulator.set(|faults| faults.password = Password::new(654_321));
        assert_eq!(day_in_short(&terminal.end_of_day()), "refused 83");
        let attempt = terminal.prepare(Kind::Refund, ASKED).unwrap();
        let outcome = terminal.carry_out(&attempt, &mut |_| {});
        assert_eq!(in_short(&outcome), "declined 83");
        assert_eq!(simulator.booked().len(), 1);
    });
}

#[test]
fn whether_the_customer_signs_comes_with_the_approval() {
    both(|simulator| {
        let mut terminal = driver(&simulator);
        for (signs, lines) in [(None, 3), (Some(false), 3), (Some(true), 4)] {
            simulator.set(|faults| faults.signs = signs);
            let Outcome::Approved(approval) = pay(&mut terminal) else { panic!("not approved") };
            assert_eq!(approval.transaction.to_sign, signs);
            assert_eq!(approval.receipts.merchant.len(), lines);
        }
    });
}

#[test]
fn a_terminal_without_a_past_leaves_the_first_question_to_a_person() {
    both(|simulator| {
        let mut terminal = driver(&simulator);
        let attempt = prepare(&mut terminal);
        assert_eq!(attempt.before, None);
        simulator.set(|faults| faults.breaks = Some((Point::BeforeStatus, Break::Drop)));
        let outcome = terminal.carry_out(&attempt, &mut |_| {});
        assert_eq!(in_short(&outcome), "unknown: Disconnected");
        let verdict = until_answered(|| terminal.settle(&attempt)).unwrap();
        assert_eq!(verdict_in_short(&verdict), "doubtful 1000");
    });
}

#[test]
fn the_lamp_shows_how_it_is() {
    both(|simulator| {
        let mut terminal = Terminal::new(simulator.address(), impatient());
        let mut until = |fault: fn(&mut Faults), lamp, cause| {
            simulator.set(|faults| *faults = Faults::default());
            simulator.set(fault);
            let deadline = Instant::now() + DEADLINE;
            while terminal.lamp() != (lamp, cause) {
                assert!(Instant::now() < deadline, "never {lamp:?} {cause:?}");
            }
        };
        until(|_| {}, Lamp::Ready, None);
        until(|faults| faults.busy = true, Lamp::Busy, Some(Cause::Busy));
        until(|faults| faults.state = 0x9c, Lamp::Busy, Some(Cause::Busy));
        until(|faults| faults.state = 0xc2, Lamp::Stopped, Some(Cause::Failed));
        until(|faults| faults.silent = true, Lamp::Offline, Some(Cause::Silent));
        until(|faults| faults.unplugged = true, Lamp::Offline, Some(Cause::Disconnected));
        until(|_| {}, Lamp::Ready, None);
    });
}

#[test]
fn an_amount_that_cannot_be_asked_for_is_refused() {
    both(|simulator| {
        let mut terminal = driver(&simulator);
        for amount in [0, 1_000_000_000_000] {
            let refusal = Refusal::Amount { amount };
            assert_eq!(terminal.prepare(Kind::Payment, amount), Err(refusal.clone()));
            let attempt = Attempt { amount, ..prepare(&mut terminal) };
            let outcome = terminal.carry_out(&attempt, &mut |_| {});
            assert_eq!(outcome, Outcome::NotSent(refusal));
        }
        assert_eq!(payments(&simulator), 0);
    });
}

#[test]
fn a_connection_in_memory_that_says_nothing_or_ends_is_no_answer() {
    let (ours, theirs) = memory::pair();
    let mut terminal = Terminal::over(Box::new(ours), Framing::Serial, impatient());
    let no_answer = |cause| Err(Refusal::NoAnswer { cause });
    assert_eq!(terminal.prepare(Kind::Payment, ASKED), no_answer(Cause::Silent));
    drop(theirs);
    assert_eq!(terminal.prepare(Kind::Payment, ASKED), no_answer(Cause::Disconnected));
}

/// The `zvt` crate is somebody else's cash register, over TCP only.
mod another_register {
    use tokio::net::TcpStream;
    use tokio_stream::StreamExt;
    use zvt::packets::{CompletionData, Registration, StatusEnquiry, StatusInformation, tlv};
    use zvt::packets::{PrintTextBlock, ReceiptPrintoutCompletion};
    use zvt::sequences::{self, AuthorizationResponse, RegistrationResponse, Sequence};
    // Its derive macros name the crate that it is built from.
    use zvt::{self as zvt_builder, Zvt, ZvtEnum, ZvtParser, encoding, length};

    use super::*;

    #[derive(Debug, PartialEq, Zvt)]
    #[zvt_control_field(class = 0x06, instr = 0x01)]
    struct Authorization {
        #[zvt_bmp(number = 0x04, length = length::Fixed<6>, encoding = encoding::Bcd)]
        amount: Option<usize>,
        #[zvt_bmp(number = 0x49, length = length::Fixed<2>, encoding = encoding::Bcd)]
        currency: Option<usize>,
    }

    #[derive(Debug, ZvtEnum)]
    enum StateResponse {
        State(ReceiptPrintoutCompletion),
    }

    /// Its own status enquiry expects no state in the end of it.
    struct StateEnquiry;

    impl Sequence for StateEnquiry {
        type Input = StatusEnquiry;
        type Output = StateResponse;
    }

    /// It has no sequence for 06 01: the request is written by hand, the answers are read by it.
    async fn pay(wire: &mut TcpStream, amount: usize) -> Vec<AuthorizationResponse> {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        use zvt::ZvtSerializer;

        let request = Authorization { amount: Some(amount), currency: Some(CAD.into()) };
        wire.write_all(&request.zvt_serialize()).await.expect("a connection");
        let mut answers = Vec::new();
        let mut acknowledged = false;
        loop {
            let mut head = [0; 3];
            wire.read_exact(&mut head).await.expect("a connection");
            assert_ne!(head[2], 0xff, "no message of this story is long");
            let mut packet = head.to_vec();
            packet.resize(3 + usize::from(head[2]), 0);
            wire.read_exact(&mut packet[3..]).await.expect("a connection");
            if !acknowledged {
                assert_eq!(packet, [0x80, 0x00, 0x00]);
                acknowledged = true;
                continue;
            }
            let answer = AuthorizationResponse::zvt_parse(&packet).expect("a message it knows");
            wire.write_all(&zvt::packets::Ack {}.zvt_serialize()).await.expect("a connection");
            let ends = matches!(
                answer,
                AuthorizationResponse::CompletionData(_) | AuthorizationResponse::Abort(_)
            );
            answers.push(answer);
            if ends {
                return answers;
            }
        }
    }

    async fn at(simulator: &Simulator) -> TcpStream {
        let Address::Tcp { host, port } = simulator.address() else { panic!("not TCP") };
        TcpStream::connect((&host[..], port)).await.expect("a connection")
    }

    async fn story(simulator: &Simulator) {
        let mut wire = at(simulator).await;
        let registration =
            Registration { password: 123_456, config_byte: 0xbe, currency: Some(124), tlv: None };
        let answer = sequences::Registration::into_stream(&registration, &mut wire).next().await;
        let Some(Ok(RegistrationResponse::CompletionData(answer))) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(answer, CompletionData::default());

        let enquiry = StatusEnquiry { password: None, service_byte: None, tlv: None };
        let answer = StateEnquiry::into_stream(&enquiry, &mut wire).next().await;
        let Some(Ok(StateResponse::State(state))) = answer else { panic!("{answer:?}") };
        assert_eq!((&state.sw_version[..], state.terminal_status_code), ("", 0));

        let mut told = None;
        let mut printed = Vec::new();
        for answer in pay(&mut wire, 12_34).await {
            match answer {
                AuthorizationResponse::StatusInformation(status) => told = Some(status),
                AuthorizationResponse::PrintTextBlock(PrintTextBlock { tlv: Some(block) }) => {
                    printed.push(block);
                }
                AuthorizationResponse::Abort(abort) => panic!("{abort:?}"),
                _ => {}
            }
        }
        assert_eq!(
            told,
            Some(StatusInformation {
                result_code: Some(0),
                amount: Some(12_34),
                currency: Some(124),
                trace_number: Some(999_998),
                receipt_no: Some(9_998),
                terminal_id: Some(52_500_041),
                aid_authorization_attribute: Some("A00000".into()),
                zvt_card_type: Some(0x0a),
                card_name: Some("VISA CREDIT".into()),
                // Hidden digits, as it reads them.
                card_number: told.as_ref().and_then(|told| told.card_number),
                ..StatusInformation::default()
            })
        );
        let block = |receipt_type, copy: &str| tlv::PrintTextBlock {
            receipt_type: Some(receipt_type),
            lines: Some(tlv::TextLines {
                lines: vec![copy.into(), "TOTAL 12.34".into(), "APPROVED".into()],
                eol: None,
            }),
        };
        assert_eq!(printed, [block(1, "  MERCHANT COPY"), block(2, "  CUSTOMER COPY")]);

        simulator.set(|faults| faults.answer = Answer::Decline(0x33));
        let answers = pay(&mut wire, 1).await;
        let end = answers.last();
        assert!(
            matches!(end, Some(AuthorizationResponse::Abort(abort)) if abort.error == 0x33),
            "{end:?}"
        );
    }

    /// What it reads of an end of day is what the driver reads.
    #[test]
    fn it_hands_the_day_in() {
        use zvt::packets::{EndOfDay, NumAndTotal, SingleAmounts};
        use zvt::sequences::EndOfDayResponse;

        let simulator = Simulator::on_tcp(0).unwrap();
        let mut terminal = driver(&simulator);
        (0..12).for_each(|_| assert!(matches!(super::pay(&mut terminal), Outcome::Approved(_))));
        terminal.close();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let told = runtime.block_on(async {
            let mut wire = at(&simulator).await;
            let request = EndOfDay { password: 123_456 };
            let answers = sequences::EndOfDay::into_stream(&request, &mut wire);
            let answers = tokio::time::timeout(DEADLINE, answers.collect::<Vec<_>>());
            let told = answers.await.expect("an end").into_iter().find_map(|answer| match answer {
                Ok(EndOfDayResponse::StatusInformation(told)) => Some(told),
                _ => None,
            });
            told.expect("what the day came to")
        });
        assert_eq!((told.result_code, told.amount), (Some(0), Some(12_000)));
        let totals = SingleAmounts {
            receipt_no_start: 9_998,
            receipt_no_end: 10,
            visa: NumAndTotal { num: 12, total: 12_000 },
            ..SingleAmounts::default()
        };
        assert_eq!(told.single_amounts, Some(totals));
    }

    #[test]
    fn it_registers_asks_and_pays() {
        let simulator = Simulator::on_tcp(0).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            tokio::time::timeout(DEADLINE, story(&simulator)).await.expect("an end");
        });
        assert_eq!(
            simulator.asked(),
            [
                Asked::Registration(CAD),
                Asked::Status,
                Asked::Payment { amount: 12_34, currency: CAD },
                Asked::Payment { amount: 1, currency: CAD },
            ]
        );
    }

    /// Without the fields whose length is in digits, which it reads as terminals send them and
    /// writes otherwise.
    #[test]
    fn what_it_writes_is_understood() {
        use comptoir_hardware::terminal::apdu::Apdu;
        use zvt::ZvtSerializer;

        let bytes = StatusInformation {
            result_code: Some(0),
            amount: Some(25_00),
            currency: Some(978),
            time: Some(225_558),
            date: Some(405),
            receipt_no: Some(231),
            aid_authorization_attribute: Some("750071".into()),
            trace_number: Some(975),
            terminal_id: Some(52_523_535),
            expiry_date: Some(2_405),
            zvt_card_type: Some(6),
            zvt_card_type_id: Some(1),
            vu_number: Some("804011926      ".into()),
            ..StatusInformation::default()
        };
        let apdu = Apdu::decode(&bytes.zvt_serialize()).unwrap();
        let Message::Transaction(told) = Message::parse(&apdu) else { panic!("{apdu:?}") };
        assert_eq!(
            (told.result, told.amount, told.currency, told.trace, told.receipt, told.terminal),
            (Some(0), Some(25_00), Some(978), Some(975), Some(231), Some(52_523_535))
        );
        assert_eq!((told.authorisation.as_deref(), told.card.kind), (Some("750071"), Some(6)));
    }
}
