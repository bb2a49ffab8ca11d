//! Something that moves money, and how to find out later whether it did.

use serde::{Deserialize, Serialize};

use super::conversation::{End, Told};
use super::message::Completion;
use super::{Approval, Outcome, Receipts, Refusal, STOPPED, Transaction};
use crate::lamp::Cause;

/// Something that moves money, as it must be stored before it is carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// What is to be done.
    pub kind: Kind,
    /// In the smallest unit of the currency; for a reversal, what was paid.
    pub amount: u64,
    /// Number of ISO 4217: 124 is CAD.
    pub currency: u16,
    /// The terminal's last transaction before this. None when it had nothing to tell, as one
    /// fresh from the factory or after an end of day may: then there is nothing to compare with,
    /// and what is unknown afterwards is for a person to settle.
    pub before: Option<Mark>,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Take a payment.
    Payment,
    /// Pay out to a card.
    Refund,
    /// Take back the payment with this receipt number, before the end of its day.
    Reversal(u16),
}

/// The numbers by which a terminal tells its transactions apart. They go up by themselves and
/// begin anew at their end, so they are compared for being the same, not for being higher.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mark {
    /// Trace number.
    pub trace: Option<u32>,
    /// Receipt number.
    pub receipt: Option<u16>,
    /// Terminal id: a terminal that was exchanged knows nothing of the other's transactions.
    pub terminal: Option<u32>,
}

/// What the terminal remembers of its last transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Last {
    /// This one.
    Told(Box<Transaction>, Receipts),
    /// It will not say.
    Untold {
        /// Of chapter 10 of the specification.
        code: u8,
    },
}

/// What became of an attempt, as far as the terminal's memory tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It was done.
    Approved(Box<Approval>),
    /// It came to an end and was not done.
    Declined {
        /// Of chapter 10 of the specification.
        code: u8,
    },
    /// It left no trace: the terminal says that it is idle, and its last transaction is the one
    /// before.
    NothingDone,
    /// The terminal remembers something that cannot be told apart from the attempt, or nothing.
    /// A person compares with the terminal's own journal.
    Doubtful {
        /// What it remembers: perhaps ours for a part of the amount, perhaps somebody else's.
        transaction: Option<Box<Transaction>>,
    },
}

/// Twelve digits.
const MOST: u64 = 999_999_999_999;

impl Attempt {
    /// Compares what the terminal remembers now with this attempt. Only to be asked of an idle
    /// terminal to which nothing was sent since.
    pub fn judge(&self, last: Last) -> Verdict {
        let (transaction, receipts) = match last {
            Last::Told(transaction, receipts) => (transaction, receipts),
            Last::Untold { .. } => return Verdict::Doubtful { transaction: None },
        };
        let mark = transaction.mark();
        match self.before {
            Some(before) if before == mark => return Verdict::NothingDone,
            Some(before) if before.terminal == mark.terminal => {}
            // Nobody knows whether what it remembers was there before.
            _ => return Verdict::Doubtful { transaction: Some(transaction) },
        }
        match transaction.result {
            _ if transaction.amount != Some(self.amount) => {}
            Some(0) if self.can_be(&transaction) => {
                let (amount, transaction) = (self.amount, *transaction);
                return Verdict::Approved(Box::new(Approval { amount, transaction, receipts }));
            }
            Some(code @ 1..) => return Verdict::Declined { code },
            _ => {}
        }
        Verdict::Doubtful { transaction: Some(transaction) }
    }

    /// An approval that can be of this attempt is of some amount, in our currency, has a receipt
    /// number, which the totals of a day have not, and is not the transaction before.
    fn can_be(&self, told: &Transaction) -> bool {
        told.is_approved()
            && told.amount.is_some_and(|amount| amount > 0)
            && told.currency.is_none_or(|currency| currency == self.currency)
            && told.receipt.is_some()
            && self.before != Some(told.mark())
    }

    pub(super) fn check_amount(&self) -> Result<(), Refusal> {
        if (1..=MOST).contains(&self.amount) {
            Ok(())
        } else {
            Err(Refusal::Amount { amount: self.amount })
        }
    }
}

/// What an attempt has come to, when the terminal has ended it.
pub(super) fn conclude(attempt: &Attempt, told: Told) -> Outcome {
    let Told { end, mut transactions, receipts } = told;
    let last = transactions.pop();
    if let Some(last) = &last
        && transactions.iter().any(|earlier| earlier.result != last.result)
    {
        return Outcome::Unknown(Cause::Failed);
    }
    let result = last.as_ref().and_then(|last| last.result);
    match (end, result) {
        (End::Refused(code), _) => Outcome::NotSent(Refusal::Refused { code }),
        (End::Completed(Completion { result: None | Some(0), .. }), Some(0)) => {
            match last.filter(|last| attempt.can_be(last)) {
                Some(transaction) => Outcome::Approved(Approval {
                    amount: transaction.amount.unwrap_or_default(),
                    transaction,
                    receipts,
                }),
                None => Outcome::Unknown(Cause::Failed),
            }
        }
        // It says that it was done and that it was not.
        (End::Aborted(_) | End::Completed(_), Some(0)) => Outcome::Unknown(Cause::Failed),
        (End::Aborted(STOPPED), None) | (_, Some(STOPPED)) => Outcome::Cancelled,
        (End::Aborted(code), None) | (_, Some(code)) => Outcome::Declined { code, receipts },
        // It came to an end and does not say to which.
        (End::Completed(_), None) => Outcome::Unknown(Cause::Failed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: Mark = Mark { trace: Some(8), receipt: Some(3), terminal: Some(1) };
    const COMPLETED: End = End::Completed(Completion { result: None, state: None });

    fn attempt() -> Attempt {
        let (kind, before) = (Kind::Payment, Some(BEFORE));
        Attempt { kind, amount: 10_00, currency: 124, before }
    }

    fn told(result: u8) -> Transaction {
        Transaction {
            result: Some(result),
            amount: Some(10_00),
            currency: Some(124),
            trace: Some(9),
            receipt: Some(4),
            terminal: Some(1),
            ..Transaction::default()
        }
    }

    #[test]
    fn only_a_clear_answer_is_an_answer() {
        let unknown = "Unknown";
        let ends = |code| End::Completed(Completion { result: Some(code), state: None });
        let but = |change: fn(&mut Transaction)| {
            let mut transaction = told(0);
            change(&mut transaction);
            vec![transaction]
        };
        for (name, transactions, end, outcome) in [
            ("approved and completed", vec![told(0)], COMPLETED, "Approved"),
            ("approved twice the same", vec![told(0), told(0)], COMPLETED, "Approved"),
            ("approved, and the end says so too", vec![told(0)], ends(0), "Approved"),
            ("approved, and the end says no", vec![told(0)], ends(5), unknown),
            ("approved and aborted", vec![told(0)], End::Aborted(0x6c), unknown),
            ("approved, then declined", vec![told(0), told(5)], COMPLETED, unknown),
            ("declined, then approved", vec![told(5), told(0)], COMPLETED, unknown),
            ("completed, and nothing said", vec![], COMPLETED, unknown),
            ("completed with 00, and nothing said", vec![], ends(0), unknown),
            ("no result", but(|t| t.result = None), COMPLETED, unknown),
            ("no amount", but(|t| t.amount = None), COMPLETED, unknown),
            ("no receipt number", but(|t| t.receipt = None), COMPLETED, unknown),
            ("another currency", but(|t| t.currency = Some(978)), COMPLETED, unknown),
            ("no currency", but(|t| t.currency = None), COMPLETED, "Approved"),
            ("a part", but(|t| t.amount = Some(1)), COMPLETED, "Approved"),
            (
                "the transaction before",
                but(|t| (t.trace, t.receipt) = (BEFORE.trace, BEFORE.receipt)),
                COMPLETED,
                unknown,
            ),
            ("declined and completed", vec![told(5)], COMPLETED, "Declined"),
            ("declined, and the end says 00", vec![told(5)], ends(0), "Declined"),
            ("declined and aborted", vec![told(5)], End::Aborted(5), "Declined"),
            ("aborted", vec![], End::Aborted(0x64), "Declined"),
            ("stopped", vec![], End::Aborted(0x6c), "Cancelled"),
            ("stopped, with a status", vec![told(0x6c)], End::Aborted(0x6c), "Cancelled"),
            ("refused", vec![], End::Refused(0x9c), "NotSent"),
        ] {
            let told = Told { end, transactions, receipts: Receipts::default() };
            let concluded = format!("{:?}", conclude(&attempt(), told));
            assert!(concluded.starts_with(outcome), "{name}: {concluded}");
        }
    }

    #[test]
    fn the_memory_of_the_terminal_is_compared_with_the_attempt() {
        let but = |change: fn(&mut Transaction)| {
            let mut transaction = told(0);
            change(&mut transaction);
            Last::Told(Box::new(transaction), Receipts::default())
        };
        let doubtful = "Doubtful";
        for (name, last, verdict) in [
            ("ours", but(|_| {}), "Approved"),
            ("ours, declined", but(|t| t.result = Some(5)), "Declined { code: 5 }"),
            (
                "the one before",
                but(|t| (t.trace, t.receipt) = (BEFORE.trace, BEFORE.receipt)),
                "NothingDone",
            ),
            ("the same receipt in another trace", but(|t| t.receipt = BEFORE.receipt), "Approved"),
            ("another amount", but(|t| t.amount = Some(9_99)), doubtful),
            ("another amount, declined", but(|t| (t.amount, t.result) = (None, Some(5))), doubtful),
            ("another currency", but(|t| t.currency = Some(978)), doubtful),
            ("another terminal", but(|t| t.terminal = Some(2)), doubtful),
            ("no result", but(|t| t.result = None), doubtful),
            ("the totals of a day", but(|t| t.receipt = None), doubtful),
            ("nothing", Last::Untold { code: 0x83 }, doubtful),
        ] {
            let judged = format!("{:?}", attempt().judge(last));
            assert!(judged.starts_with(verdict), "{name}: {judged}");
        }
        let fresh = Attempt { before: None, ..attempt() };
        let judged = format!("{:?}", fresh.judge(but(|_| {})));
        assert!(judged.starts_with(doubtful), "nobody knows what was there before: {judged}");
    }
}
