//! A terminal in every kind of trouble, for stories of money that moves once.
#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test file uses its part of it")]

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use comptoir_domain::money::{Currency, Money};
use comptoir_hardware::terminal::Password;
use comptoir_hardware::terminal::driver::{Options, Terminal};
use comptoir_hardware::terminal::link::Timing;
use comptoir_hardware::terminal::simulator::{Answer, Asked, Break, Faults, Point, Simulator};
use comptoir_till::operators::approve;
use comptoir_till::payments::card::{self, CardState};

use crate::shop::{DEADLINE, Shop};

/// When the program dies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Killed {
    Never,
    /// The attempt is stored, the terminal not yet asked.
    BeforeAsking,
    /// The terminal has ended, and that is not yet stored.
    BeforeKnowing,
    /// How it ended is stored, and nothing came of it yet.
    BeforeSelling,
    /// The terminal was asked what became of it, and its answer is not yet stored.
    WhileSettling,
    /// The terminal cannot tell what became of it, and no person has said so yet.
    WhileDoubtful,
}

impl Killed {
    /// Whether the terminal was at work, and its end never heard of.
    pub fn is_unheard(self) -> bool {
        matches!(self, Killed::BeforeKnowing | Killed::WhileSettling | Killed::WhileDoubtful)
    }
}

/// A terminal that is not waited for long: whatever takes longer becomes unknown, and is settled like that.
pub fn terminal(simulator: &Simulator) -> Terminal {
    let options = Options::new(Password::ZEROS, 124);
    let moment = Duration::from_secs(1);
    let line = Timing { acknowledge: moment, tries: 2, ..options.line };
    let options = Options { reply: moment, silence: moment, line, ..options };
    Terminal::new(simulator.address(), options)
}

/// The terminal is well again, and asked until it answers; what it cannot tell is looked up in its journal. The program
/// dies once on the way where it is told to.
pub fn settled(
    mut shop: Shop,
    simulator: &Simulator,
    mut killed: Killed,
    moved: impl Fn(&Simulator) -> u64,
) -> Shop {
    simulator.set(|faults| *faults = Faults::default());
    if killed == Killed::BeforeSelling {
        shop = shop.restart();
    }
    let mut asked = terminal(simulator);
    let deadline = Instant::now() + DEADLINE;
    while Instant::now() < deadline {
        let Some(open) = card::unsettled(shop.till.db()).unwrap() else { return shop };
        if open.state == CardState::Doubtful {
            if killed == Killed::WhileDoubtful {
                killed = Killed::Never;
                shop = shop.restart();
                continue;
            }
            let approver = approve(&mut shop.till, shop.supervisor, "3333").unwrap();
            let moved = i64::try_from(moved(simulator)).unwrap();
            let moved = (moved > 0).then(|| Money::new(moved, Currency::CAD));
            card::end::settle_by_hand(&mut shop.till, shop.cashier, Some(approver), moved).unwrap();
            return shop;
        }
        match asked.settle(&open.attempt) {
            Ok(_) if killed == Killed::WhileSettling => {
                killed = Killed::Never;
                drop(asked);
                shop = shop.restart();
                asked = terminal(simulator);
            }
            Ok(verdict) => card::end::settle(&mut shop.till, open.id, verdict).unwrap(),
            Err(refusal) => card::end::still_unknown(&mut shop.till, open.id, &refusal).unwrap(),
        }
    }
    panic!("never settled: {:?}", card::unsettled(shop.till.db()));
}

pub fn on_tcp() -> Simulator {
    Simulator::on_tcp(0).expect("a free port")
}

/// Tells something of a terminal on the network, and of one on a serial line.
pub fn over_each_line(tell: impl Fn(fn() -> Simulator)) {
    tell(on_tcp);
    #[cfg(unix)]
    tell(|| Simulator::on_pty().expect("a free line"));
}

/// Tells every story to its end. A terminal in trouble is mostly waited for: several stories are told at a time, none of
/// them to a terminal that another is told to.
pub fn each<S: Send>(
    stories: impl IntoIterator<Item = S>,
    plugged_in: impl Fn() -> Simulator + Sync,
    tell: impl Fn(&Simulator, S) + Sync,
) {
    const AT_A_TIME: usize = 6;
    let stories: Vec<S> = stories.into_iter().collect();
    assert!(!stories.is_empty(), "nothing to tell");
    let left = Mutex::new(stories.into_iter());
    let next = || left.lock().expect("no story is told while it is held").next();
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                let simulator = plugged_in();
                while let Some(story) = next() {
                    tell(&simulator, story);
                }
            });
        }
    });
}

/// Every fault, with every moment at which the program can die meanwhile: where the terminal was not asked, it could not
/// fail. What comes after depends on whether its end was heard of, and not on how the line broke.
pub fn troubles() -> impl Iterator<Item = (String, Faults, Killed)> {
    let killed = [
        Killed::Never,
        Killed::BeforeAsking,
        Killed::BeforeKnowing,
        Killed::BeforeSelling,
        Killed::WhileSettling,
        Killed::WhileDoubtful,
    ];
    faults().into_iter().flat_map(move |(name, faults)| {
        let drops = faults.breaks.is_some_and(|(_, how)| how == Break::Drop);
        let one_of_its_kind = name == "none" || (drops && faults.goes_on_alone);
        killed
            .into_iter()
            .filter(|killed| match killed {
                Killed::Never | Killed::BeforeKnowing => true,
                Killed::BeforeAsking => name == "none",
                Killed::BeforeSelling | Killed::WhileSettling | Killed::WhileDoubtful => {
                    one_of_its_kind
                }
            })
            .map(|killed| (format!("{name}, killed: {killed:?}"), faults.clone(), killed))
            .collect::<Vec<_>>()
    })
}

/// What the terminal has really taken, in cents.
pub fn taken(simulator: &Simulator) -> u64 {
    let paid = simulator.booked().into_iter().filter(|line| {
        matches!(line.asked, Asked::Payment { .. })
            && line.transaction.is_approved()
            && !line.reversed
    });
    paid.map(|line| line.transaction.amount.unwrap_or_default()).sum()
}

/// Every way in which a transaction can go wrong.
pub fn faults() -> Vec<(String, Faults)> {
    let but = |change: fn(&mut Faults)| {
        let mut faults = Faults::default();
        change(&mut faults);
        faults
    };
    let mut all = vec![
        ("none".to_owned(), Faults::default()),
        ("declined".to_owned(), but(|faults| faults.answer = Answer::Decline(0x05))),
        ("stopped".to_owned(), but(|faults| faults.answer = Answer::Abort(0x6c))),
        ("for a part".to_owned(), but(|faults| faults.answer = Answer::ApproveAmount(4_00))),
        ("approved, then aborted".to_owned(), but(|faults| faults.aborts_when_approved = true)),
        (
            "declined, then completed".to_owned(),
            but(|faults| {
                faults.answer = Answer::Decline(0x05);
                faults.completes_when_declined = true;
            }),
        ),
        ("busy".to_owned(), but(|faults| faults.busy = true)),
        ("unplugged".to_owned(), but(|faults| faults.unplugged = true)),
        ("damaged answers".to_owned(), but(|faults| faults.damage_sent = true)),
        ("damaged questions".to_owned(), but(|faults| faults.damage_received = true)),
        ("a lost acknowledgement".to_owned(), but(|faults| faults.lose_acknowledgement = true)),
    ];
    for point in Point::ALL {
        for how in [Break::Drop, Break::Silence, Break::Garbage, Break::Unplug] {
            for goes_on_alone in [false, true] {
                let faults =
                    Faults { breaks: Some((point, how)), goes_on_alone, ..Faults::default() };
                let alone = if goes_on_alone { ", and goes on alone" } else { "" };
                all.push((format!("{how:?} at {point:?}{alone}"), faults));
            }
        }
    }
    all
}
