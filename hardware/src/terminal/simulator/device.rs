//! What a simulated terminal remembers and what is wrong with it.

use std::time::Duration;

use crate::terminal::command::Command;
use crate::terminal::totals::CardClass;
use crate::terminal::{Card, Password, Transaction};

/// What is wrong with a terminal, or what its next customer does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// How payments, refunds and reversals end.
    pub answer: Answer,
    /// Refuses every command: please wait.
    pub busy: bool,
    /// Where the next transaction breaks off, and how. Happens once.
    pub breaks: Option<(Point, Break)>,
    /// When it breaks off before it was decided, the terminal goes on alone: the customer pays,
    /// and nobody is told.
    pub goes_on_alone: bool,
    /// Hears nothing and says nothing, although it is connected.
    pub silent: bool,
    /// Waits with its prompt for a card until this is taken back.
    pub held: bool,
    /// Ends a declined transaction with a completion, as if nothing had been wrong.
    pub completes_when_declined: bool,
    /// Ends an approved transaction with an abort.
    pub aborts_when_approved: bool,
    /// Waits so long before it says anything.
    pub slow: Option<Duration>,
    /// The checksum of the next frame it sends is wrong.
    pub damage_sent: bool,
    /// The checksum of the next frame it receives is wrong.
    pub damage_received: bool,
    /// The next acknowledgement (06) it sends does not arrive.
    pub lose_acknowledgement: bool,
    /// Not there: no port, connections are refused.
    pub unplugged: bool,
    /// Answers a status enquiry with this state; 00 is ready.
    pub state: u8,
    /// Commands that want a password are refused with any but this one; none: it takes any.
    pub password: Option<Password>,
    /// Whether customers have to sign, when it says so at all.
    pub signs: Option<bool>,
    /// Says nothing of a day's totals but what it prints.
    pub no_totals: bool,
}

/// How a transaction ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Answer {
    /// With the amount that was asked for.
    #[default]
    Approve,
    /// With this amount.
    ApproveAmount(u64),
    /// With this result code.
    Decline(u8),
    /// With this code of an abort, and without a status: 6C when the customer presses stop or no
    /// card comes.
    Abort(u8),
}

/// A moment in a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Point {
    /// The request was received, and not yet answered.
    BeforeReply,
    /// It was answered; the customer has not yet paid.
    AfterReply,
    /// It is decided and in the journal; the register was not told.
    BeforeStatus,
    /// The register was told; the conversation is not at its end.
    AfterStatus,
}

impl Point {
    /// In the order in which they come.
    pub const ALL: [Point; 4] =
        [Point::BeforeReply, Point::AfterReply, Point::BeforeStatus, Point::AfterStatus];
}

/// How a conversation breaks off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Break {
    /// The connection ends.
    Drop,
    /// [`Faults::silent`], until that is taken back.
    Silence,
    /// Bytes that mean nothing, then silence.
    Garbage,
    /// [`Faults::unplugged`], until that is taken back.
    Unplug,
}

/// What the register asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// To be known, with amounts in this currency.
    Registration(u16),
    /// To be paid.
    Payment {
        /// In the smallest unit of the currency.
        amount: u64,
        /// Number of ISO 4217.
        currency: u16,
    },
    /// To pay out.
    Refund {
        /// In the smallest unit of the currency.
        amount: u64,
        /// Number of ISO 4217.
        currency: u16,
    },
    /// To take back the payment with this receipt number.
    Reversal(u16),
    /// What the last transaction was.
    Repeat,
    /// To hand in the day.
    EndOfDay,
    /// How it is.
    Status,
    /// To stop.
    Abort,
}

impl From<&Command> for Asked {
    fn from(command: &Command) -> Asked {
        match *command {
            Command::Register { currency, .. } => Asked::Registration(currency),
            Command::Pay { amount, currency } => Asked::Payment { amount, currency },
            Command::Refund { amount, currency, .. } => Asked::Refund { amount, currency },
            Command::Reverse { receipt, .. } => Asked::Reversal(receipt),
            Command::Repeat => Asked::Repeat,
            Command::EndOfDay { .. } => Asked::EndOfDay,
            Command::Status => Asked::Status,
            Command::Abort => Asked::Abort,
        }
    }
}

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// What was done.
    pub asked: Asked,
    /// How it ended, as it is told to a register.
    pub transaction: Transaction,
    /// A later line took it back.
    pub reversed: bool,
}

/// Reversed already.
pub(super) const ALREADY_REVERSED: u8 = 0xb4;
/// No such payment.
pub(super) const REVERSAL_NOT_POSSIBLE: u8 = 0xb5;

/// The memory of a terminal. Outlives connections.
#[derive(Debug, Default)]
pub(super) struct Device {
    pub(super) faults: Faults,
    pub(super) asked: Vec<Asked>,
    pub(super) booked: Vec<Booked>,
    /// Handed in already.
    pub(super) closed: usize,
}

/// What a day comes to.
pub(super) struct DaySums {
    /// Lines of the journal.
    pub(super) lines: usize,
    /// Payments less what went back.
    pub(super) net: i64,
    /// Receipt numbers.
    pub(super) first: u16,
    pub(super) last: u16,
    /// Kind, how many, and their sum.
    pub(super) cards: Vec<(CardClass, u8, i64)>,
}

/// Terminal id.
pub(super) const ID: u32 = 52_500_041;
/// A terminal that has seen some days.
const FIRST_TRACE: u32 = 999_998;
/// The highest receipt number is 9999, after which comes 1.
const FIRST_RECEIPT: u32 = 9_998;

impl Device {
    /// Decides a transaction and puts it into the journal; an abort code when there is none.
    pub(super) fn book(
        &mut self,
        asked: Asked,
        amount: u64,
        currency: u16,
    ) -> Result<Transaction, u8> {
        let (result, amount) = match self.faults.answer {
            Answer::Approve => (0, amount),
            Answer::ApproveAmount(amount) => (0, amount),
            Answer::Decline(code) => (code, amount),
            Answer::Abort(code) => return Err(code),
        };
        let approved = result == 0;
        if let (Asked::Reversal(receipt), true) = (asked, approved) {
            self.payment(receipt)?.reversed = true;
        }
        let nth = u32::try_from(self.booked.len()).unwrap_or_default();
        let transaction = Transaction {
            result: Some(result),
            amount: Some(amount),
            currency: Some(currency),
            trace: Some((FIRST_TRACE + nth - 1) % 999_999 + 1),
            receipt: u16::try_from((FIRST_RECEIPT + nth - 1) % 9_999 + 1).ok(),
            terminal: Some(ID),
            card: Card {
                number: Some("************1234".into()),
                kind: Some(0x0a),
                name: Some("VISA CREDIT".into()),
            },
            authorisation: approved.then(|| format!("A{nth:05}")),
            to_sign: self.faults.signs.filter(|_| approved),
            totals: None,
        };
        self.booked.push(Booked { asked, transaction: transaction.clone(), reversed: false });
        Ok(transaction)
    }

    /// What today comes to, payments less what went back, and what each kind of card has of it; then the day is over.
    pub(super) fn close(&mut self) -> DaySums {
        let today = &self.booked[self.closed..];
        let receipt = |line: Option<&Booked>| line.and_then(|line| line.transaction.receipt);
        let (first, last) = (receipt(today.first()), receipt(today.last()));
        let moved = today.iter().filter(|line| line.transaction.is_approved() && !line.reversed);
        let mut sums = DaySums {
            lines: today.len(),
            net: 0,
            first: first.unwrap_or_default(),
            last: last.unwrap_or_default(),
            cards: Vec::new(),
        };
        for line in moved {
            let amount = i64::try_from(line.transaction.amount.unwrap_or_default());
            let amount = match line.asked {
                Asked::Payment { .. } => amount.unwrap_or_default(),
                Asked::Refund { .. } => -amount.unwrap_or_default(),
                _ => continue,
            };
            sums.net += amount;
            let kind = CardClass::of(line.transaction.card.kind.unwrap_or_default());
            match sums.cards.iter_mut().find(|sum| sum.0 == kind) {
                Some(sum) => (sum.1, sum.2) = (sum.1.saturating_add(1), sum.2 + amount),
                None => sums.cards.push((kind, 1, amount)),
            }
        }
        self.closed = self.booked.len();
        sums
    }

    /// A payment of today that can be taken back.
    pub(super) fn payment(&mut self, receipt: u16) -> Result<&mut Booked, u8> {
        let today = self.booked.iter_mut().skip(self.closed);
        let found = today.rev().find(|line| {
            line.transaction.receipt == Some(receipt)
                && matches!(line.asked, Asked::Payment { .. })
                && line.transaction.is_approved()
        });
        match found {
            Some(line) if line.reversed => Err(ALREADY_REVERSED),
            Some(line) => Ok(line),
            None => Err(REVERSAL_NOT_POSSIBLE),
        }
    }
}
