//! What a terminal says that it has taken since its last end of day, without IO. Source: ZVT protocol, PA00P015,
//! chapters 2.15 (end of day) and 8 (BMP 60, individual totals).

use serde::{Deserialize, Serialize};

use super::field::{from_bcd, to_bcd};
use super::{Receipts, Transaction};
use crate::lamp::Cause;

/// What becomes of an end of day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayEnd {
    /// The terminal has handed its day in.
    Done(Day),
    /// Nothing was handed in, and nothing that could have done it was sent.
    NotSent(Cause),
    /// Nothing was handed in: the terminal will not.
    Refused {
        /// Of chapter 10 of the specification; 9C: please wait, 77: not possible.
        code: u8,
    },
    /// The request may have arrived and no clear answer came. Asked once more, the terminal hands in what is left: it
    /// doubles nothing, but what it said of the first time is lost.
    Unknown(Cause),
}

impl DayEnd {
    /// For a log.
    pub const fn name(&self) -> &'static str {
        match self {
            DayEnd::Done(_) => "done",
            DayEnd::NotSent(_) => "not sent",
            DayEnd::Refused { .. } => "refused",
            DayEnd::Unknown(_) => "unknown",
        }
    }
}

/// A day that was handed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Day {
    /// All of it, in the smallest unit of the currency; none when the terminal does not say.
    pub total: Option<u64>,
    /// By kind of card, in the specification's order; empty when the terminal does not say.
    pub cards: Vec<CardTotal>,
    /// Terminal id.
    pub terminal: Option<u32>,
    /// What the terminal prints about it.
    pub receipts: Receipts,
}

/// What one kind of card has paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardTotal {
    /// Which.
    pub kind: CardClass,
    /// In the smallest unit of the currency.
    pub total: u64,
}

/// The kinds of cards that a terminal adds up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardClass {
    /// girocard.
    Girocard,
    /// JCB.
    Jcb,
    /// Mastercard, which the specification still calls Eurocard.
    Mastercard,
    /// American Express.
    Amex,
    /// Visa.
    Visa,
    /// Diners Club.
    Diners,
    /// All others, Interac among them.
    Other,
}

impl CardClass {
    /// In the order of the specification.
    pub const ALL: [CardClass; 7] = [
        CardClass::Girocard,
        CardClass::Jcb,
        CardClass::Mastercard,
        CardClass::Amex,
        CardClass::Visa,
        CardClass::Diners,
        CardClass::Other,
    ];

    /// Of a card type as BMP 8A has it.
    pub(super) const fn of(card_type: u8) -> CardClass {
        match card_type {
            0x05 => CardClass::Girocard,
            0x06 => CardClass::Mastercard,
            0x08 => CardClass::Amex,
            0x0a | 0x0b => CardClass::Visa,
            0x0c => CardClass::Diners,
            0x0e => CardClass::Jcb,
            _ => CardClass::Other,
        }
    }
}

impl Day {
    /// What the terminal has said of it: the last thing that it said about an amount counts.
    pub(super) fn of(told: Vec<Transaction>, receipts: Receipts) -> Day {
        let terminal = told.iter().rev().find_map(|told| told.terminal);
        let last =
            told.into_iter().rev().find(|told| told.amount.is_some() || told.totals.is_some());
        let last = last.unwrap_or_default();
        Day { total: last.amount, cards: last.totals.unwrap_or_default(), terminal, receipts }
    }
}

/// First and last receipt number.
const RECEIPTS: usize = 4;
/// How many payments, and their sum.
const ONE: usize = 7;

/// BMP 60. None when it is cut short, or a digit is not one.
pub(super) fn read(content: &[u8]) -> Option<Vec<CardTotal>> {
    let sums = content.get(RECEIPTS..)?;
    if sums.len() < ONE * CardClass::ALL.len() {
        return None;
    }
    let totals = CardClass::ALL.into_iter().zip(sums.chunks_exact(ONE));
    totals.map(|(kind, sum)| Some(CardTotal { kind, total: from_bcd(&sum[1..])? })).collect()
}

/// BMP 60 of receipts `first` to `last`, with how many payments each kind of card has made.
pub(super) fn write(first: u16, last: u16, sums: &[(CardClass, u8, u64)]) -> Vec<u8> {
    let mut content = [to_bcd::<2>(first.into()), to_bcd::<2>(last.into())].concat();
    for kind in CardClass::ALL {
        let found = sums.iter().find(|sum| sum.0 == kind);
        let (_, count, total) = found.copied().unwrap_or((kind, 0, 0));
        content.push(count);
        content.extend(to_bcd::<6>(total));
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_stand_in_the_order_of_the_specification() {
        let sums = [(CardClass::Visa, 2, 25_00), (CardClass::Other, 12, 123_456)];
        let content = write(9_998, 3, &sums);
        assert_eq!(content.len(), 53);
        assert_eq!(content[..4], [0x99, 0x98, 0x00, 0x03]);
        assert_eq!(content[32..39], [0x02, 0x00, 0x00, 0x00, 0x00, 0x25, 0x00]);
        let read = read(&content).unwrap();
        let shown: Vec<_> = read.iter().filter(|sum| sum.total > 0).collect();
        assert_eq!(
            shown,
            [
                &CardTotal { kind: CardClass::Visa, total: 25_00 },
                &CardTotal { kind: CardClass::Other, total: 123_456 }
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_is_absent() {
        let whole = write(1, 2, &[(CardClass::Amex, 1, 5_00)]);
        assert_eq!(read(&whole[..52]), None);
        assert_eq!(read(&[]), None);
        let mut no_digit = whole.clone();
        no_digit[30] = 0xaa;
        assert_eq!(read(&no_digit), None);
        assert!(read(&[&whole[..], &[0; 3]].concat()).is_some(), "what comes after is left");
    }
}
