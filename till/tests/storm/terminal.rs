//! A card terminal and the bank behind it: what was moved, whatever the till heard of it.

use comptoir_hardware::lamp::Cause;
use comptoir_hardware::terminal::attempt::{Attempt, Kind, Last, Mark, Verdict};
use comptoir_hardware::terminal::{Approval, Card, Outcome, Receipts, Refusal, Transaction};

use crate::world::Random;

/// The number of ISO 4217 of CAD.
const CAD: u16 = 124;
/// Not honoured.
const DECLINED: u8 = 0x05;

pub(crate) struct Terminal {
    number: u32,
    last: Option<Transaction>,
    moved: Vec<Moved>,
}

/// Money that the bank has moved.
struct Moved {
    /// What the terminal had done last when it was asked: no two attempts have the same.
    before: Option<Mark>,
    kind: Kind,
    cents: u64,
}

impl Terminal {
    pub(crate) fn new(number: u32) -> Terminal {
        Terminal { number, last: None, moved: Vec::new() }
    }

    pub(crate) fn prepare(&self, kind: Kind, amount: u64) -> Attempt {
        Attempt { kind, amount, currency: CAD, before: self.mark() }
    }

    fn mark(&self) -> Option<Mark> {
        self.last.as_ref().map(Transaction::mark)
    }

    /// What was prepared is done, or not, and the till hears of it, or not.
    pub(crate) fn carry_out(&mut self, attempt: &Attempt, random: &mut Random) -> Outcome {
        assert_eq!(attempt.before, self.mark(), "nothing happens between the two");
        let offline = Cause::Offline;
        match random.below(10) {
            0 => return Outcome::NotSent(Refusal::NoAnswer { cause: offline }),
            1 => return Outcome::Unknown(offline),
            _ => {}
        }
        if random.one_in(6) {
            self.done(attempt, DECLINED, attempt.amount);
            return match random.one_in(2) {
                true => Outcome::Unknown(offline),
                false => Outcome::Declined { code: DECLINED, receipts: Receipts::default() },
            };
        }
        // A card may have no more than a part of it.
        let part = attempt.kind == Kind::Payment && attempt.amount > 1 && random.one_in(6);
        let amount = if part { 1 + random.below(attempt.amount - 1) } else { attempt.amount };
        let transaction = self.done(attempt, 0, amount);
        self.moved.push(Moved { before: attempt.before, kind: attempt.kind, cents: amount });
        match random.one_in(4) {
            true => Outcome::Unknown(offline),
            false => {
                Outcome::Approved(Approval { amount, transaction, receipts: Receipts::default() })
            }
        }
    }

    fn done(&mut self, attempt: &Attempt, result: u8, amount: u64) -> Transaction {
        let trace = 1 + self.last.as_ref().and_then(|last| last.trace).unwrap_or(0);
        let card = Card { number: Some("************4242".to_owned()), ..Card::default() };
        let transaction = Transaction {
            result: Some(result),
            amount: Some(amount),
            currency: Some(attempt.currency),
            trace: Some(trace),
            receipt: u16::try_from(trace).ok(),
            terminal: Some(self.number),
            card,
            ..Transaction::default()
        };
        self.last.insert(transaction).clone()
    }

    /// What it remembers of an attempt that nobody heard the end of.
    pub(crate) fn judge(&self, attempt: &Attempt) -> Verdict {
        attempt.judge(match self.last.clone() {
            Some(last) => Last::Told(Box::new(last), Receipts::default()),
            None => Last::Untold { code: 0x83 },
        })
    }

    /// What a person finds in its own journal of an attempt, in cents.
    pub(crate) fn in_its_journal(&self, attempt: &Attempt) -> Option<u64> {
        let found = |moved: &&Moved| (moved.before, moved.kind) == (attempt.before, attempt.kind);
        self.moved.iter().find(found).map(|moved| moved.cents)
    }

    /// What the shop has of all that, in cents.
    pub(crate) fn balance(&self) -> i64 {
        let signed = |moved: &Moved| match moved.kind {
            Kind::Payment => moved.cents.cast_signed(),
            Kind::Refund | Kind::Reversal(_) => -moved.cents.cast_signed(),
        };
        self.moved.iter().map(signed).sum()
    }
}
