//! A card terminal spoken to in ZVT, over a serial line or TCP.
//!
//! Money can move without anybody being told: the line drops after the bank has said yes. So a
//! till goes through an [`Attempt`](attempt::Attempt):
//!
//! 1. [`Terminal::prepare`](driver::Terminal::prepare) asks the terminal for its last transaction
//!    and puts its numbers into the attempt, as the mark *before*.
//! 2. The till stores the attempt where a crash cannot lose it.
//! 3. [`Terminal::carry_out`](driver::Terminal::carry_out) sends it, once. Only
//!    [`Outcome::Unknown`] leaves a question.
//! 4. After that, or after a crash between 2 and 3,
//!    [`Terminal::settle`](driver::Terminal::settle) asks the terminal for its last transaction
//!    again and compares: [`Attempt::judge`](attempt::Attempt::judge). Until it has, nothing else may be sent to this
//!    terminal, an end of day included: what comes after would hide the attempt.
//!
//! Of a card nothing is kept but its last four digits, its type and name, the authorisation code
//! and the receipt lines. Source: ZVT protocol, PA00P015.

pub mod apdu;
pub mod attempt;
pub mod command;
mod conversation;
pub mod driver;
pub mod field;
pub mod frame;
pub mod link;
pub mod message;
pub mod simulator;
pub mod totals;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::lamp::Cause;

/// What becomes of an attempt that was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The terminal says that it is done. Compare the amount with the one asked for.
    Approved(Approval),
    /// The terminal says that it was not done: the bank, the card or the terminal said no.
    Declined {
        /// Of chapter 10 of the specification: up to 63 hexadecimal from the bank, above from the
        /// terminal.
        code: u8,
        /// What the terminal prints about it.
        receipts: Receipts,
    },
    /// Nothing was done: somebody pressed stop, the register stopped it, or no card came in time.
    /// The protocol has one code (6C) for the three.
    Cancelled,
    /// Nothing was done, and nothing that could be done was sent. Safe to try again.
    NotSent(Refusal),
    /// The request may have arrived and no clear answer came. The money may have moved or may
    /// yet: neither done nor to be repeated before [`settle`](driver::Terminal::settle) has told.
    Unknown(Cause),
}

/// A transaction that the terminal has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// What was really moved, in the smallest unit of the currency. Less than what was asked for
    /// when the card had no more; more when a tip was added at the terminal.
    pub amount: u64,
    /// What the terminal says of it.
    pub transaction: Transaction,
    /// What the terminal prints about it.
    pub receipts: Receipts,
}

/// Why nothing was sent, or nothing was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// The terminal cannot be reached or does not answer.
    #[error("the terminal does not answer: {cause:?}")]
    NoAnswer {
        /// What is the matter with it.
        cause: Cause,
    },
    /// The terminal will not: it is at work, not set up, or cannot do this.
    #[error("the terminal refuses with {code:02X}")]
    Refused {
        /// Of chapter 10 of the specification; 9C: please wait.
        code: u8,
    },
    /// The terminal has done something since the attempt was prepared: it may have been this
    /// attempt. Settle it.
    #[error("the terminal has done something since the attempt was prepared")]
    Changed,
    /// Nothing, or more than twelve digits.
    #[error("a terminal cannot be asked for an amount of {amount}")]
    Amount {
        /// In the smallest unit of the currency.
        amount: u64,
    },
}

/// What a terminal says of a transaction. What it does not say, or not so that it can be
/// understood, is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// 00: done. Anything else: not done.
    pub result: Option<u8>,
    /// In the smallest unit of the currency.
    pub amount: Option<u64>,
    /// Number of ISO 4217.
    pub currency: Option<u16>,
    /// Trace number.
    pub trace: Option<u32>,
    /// Receipt number, by which it can be reversed.
    pub receipt: Option<u16>,
    /// Terminal id.
    pub terminal: Option<u32>,
    /// What may be kept of the card.
    pub card: Card,
    /// Authorisation code of the bank.
    pub authorisation: Option<String>,
    /// Whether the customer has to sign.
    pub to_sign: Option<bool>,
    /// Of an end of day: what each kind of card has paid.
    pub totals: Option<Vec<totals::CardTotal>>,
}

/// What may be kept of a card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Last four digits, the others as `*`.
    pub number: Option<String>,
    /// Card type, of the specification's list: 05 girocard, 06 Mastercard, 0A Visa.
    pub kind: Option<u8>,
    /// As the terminal calls it.
    pub name: Option<String>,
}

/// Lines that the terminal wants printed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipts {
    /// For the customer.
    pub customer: Vec<String>,
    /// For the shop, to be signed and kept when it says so.
    pub merchant: Vec<String>,
    /// For whom, the terminal does not say.
    pub other: Vec<String>,
}

/// Lines that are longer or more than any terminal's are cut.
const MOST_LINES: usize = 200;
const MOST_CHARACTERS: usize = 64;
/// Digits in a row that may be those of a card.
const CARD_DIGITS: usize = 13;

/// Whom a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// The customer.
    Customer,
    /// The shop.
    Merchant,
    /// Not said.
    Unsaid,
}

/// What a terminal is doing, for the cashier to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "progress", rename_all = "snake_case")]
pub enum Progress {
    /// It waits for a card.
    InsertCard,
    /// The customer is to look at it: to enter a PIN, to choose or to confirm.
    WatchPinPad,
    /// The PIN was wrong.
    WrongPin,
    /// It asks the bank.
    Authorising,
    /// It works.
    Wait,
    /// The card is to be taken out.
    RemoveCard,
    /// It approves. Nothing is certain before the outcome.
    Approving,
    /// It declines. Nothing is certain before the outcome.
    Declining,
    /// Something else.
    Other {
        /// Of the specification's list of intermediate states.
        code: u8,
    },
}

/// A password of the terminal, six digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(pub(crate) [u8; 3]);

impl Password {
    /// 000000.
    pub const ZEROS: Password = Password([0; 3]);

    /// None when it has more than six digits.
    pub fn new(digits: u32) -> Option<Password> {
        (digits < 1_000_000).then(|| Password(field::to_bcd(digits.into())))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Somebody pressed stop, or no card came.
pub(crate) const STOPPED: u8 = 0x6c;

/// A terminal that is at work refuses with this, and can be asked again.
pub const PLEASE_WAIT: u8 = 0x9c;

impl Transaction {
    /// The numbers that tell it from others.
    pub fn mark(&self) -> attempt::Mark {
        attempt::Mark { trace: self.trace, receipt: self.receipt, terminal: self.terminal }
    }

    /// The terminal says that it was done.
    pub fn is_approved(&self) -> bool {
        self.result == Some(0)
    }
}

impl Receipts {
    /// Takes lines in as they may be kept: of a card's number no more than its last four digits.
    fn add(&mut self, audience: Audience, lines: Vec<String>) {
        let part = match audience {
            Audience::Customer => &mut self.customer,
            Audience::Merchant => &mut self.merchant,
            Audience::Unsaid => &mut self.other,
        };
        let room = MOST_LINES.saturating_sub(part.len());
        part.extend(lines.iter().take(room).map(|line| keepable(line)));
    }
}

/// A line without the number of a card: digits, whatever divides them, that are as many as a card has.
fn keepable(line: &str) -> String {
    let mut characters: Vec<char> = line.chars().take(MOST_CHARACTERS).collect();
    let mut run: Vec<usize> = Vec::new();
    for place in 0..=characters.len() {
        match characters.get(place) {
            Some(c) if c.is_ascii_digit() => run.push(place),
            Some(' ' | '-') if characters.get(place + 1).is_some_and(char::is_ascii_digit) => {}
            _ => {
                if run.len() >= CARD_DIGITS {
                    let hidden = run.len() - 4;
                    run[..hidden].iter().for_each(|&digit| characters[digit] = '*');
                }
                run.clear();
            }
        }
    }
    characters.into_iter().collect()
}

impl Audience {
    fn from_number(number: u8) -> Audience {
        match number {
            1 => Audience::Merchant,
            2 => Audience::Customer,
            _ => Audience::Unsaid,
        }
    }

    fn number(self) -> u8 {
        match self {
            Audience::Merchant => 1,
            Audience::Customer => 2,
            Audience::Unsaid => 3,
        }
    }
}

impl Progress {
    fn from_code(code: u8) -> Progress {
        match code {
            0x0a => Progress::InsertCard,
            0x01 | 0x02 | 0x41 | 0xe0 => Progress::WatchPinPad,
            0x15 => Progress::WrongPin,
            0x04 => Progress::Authorising,
            0x0e | 0x17 => Progress::Wait,
            0x0b => Progress::RemoveCard,
            0x1b | 0x1c => Progress::Approving,
            0x1d => Progress::Declining,
            code => Progress::Other { code },
        }
    }

    fn code(self) -> u8 {
        match self {
            Progress::InsertCard => 0x0a,
            Progress::WatchPinPad => 0x01,
            Progress::WrongPin => 0x15,
            Progress::Authorising => 0x04,
            Progress::Wait => 0x17,
            Progress::RemoveCard => 0x0b,
            Progress::Approving => 0x1c,
            Progress::Declining => 0x1d,
            Progress::Other { code } => code,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_of_a_card_is_kept_from_a_receipt() {
        for (line, kept) in [
            ("4111111111111111", "************1111"),
            ("PAN 4111 1111 1111 1111 OK", "PAN **** **** **** 1111 OK"),
            ("4111-1111-1111-1111", "****-****-****-1111"),
            ("************1234", "************1234"),
            ("TID 52500041  TRACE 000042", "TID 52500041  TRACE 000042"),
            ("2025-11-20 14:07", "2025-11-20 14:07"),
            ("TOTAL 1234.56", "TOTAL 1234.56"),
        ] {
            let mut receipts = Receipts::default();
            receipts.add(Audience::Customer, vec![line.into()]);
            assert_eq!(receipts.customer, [kept]);
        }
    }

    #[test]
    fn a_terminal_that_prints_without_end_is_cut() {
        let mut receipts = Receipts::default();
        for _ in 0..300 {
            receipts.add(Audience::Unsaid, vec!["x".repeat(1_000)]);
        }
        assert_eq!((receipts.other.len(), receipts.other[0].len()), (200, 64));
    }
}
