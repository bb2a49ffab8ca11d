//! Facts about a drawer's accountable periods. Amounts are minor units of the store's currency.

use minicbor::{Decode, Encode};

use super::Id;

/// A drawer was opened for business.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ShiftOpened {
    /// UUIDv7.
    #[n(0)]
    pub id: Id,
    /// Numbered from 1 per register.
    #[n(1)]
    pub number: u64,
    /// The selling position.
    #[n(2)]
    pub register: u32,
    /// Opening cash.
    #[n(3)]
    pub float: i64,
    /// ISO 4217.
    #[n(4)]
    pub currency: String,
    /// When it was opened, where an epoch says again what an earlier one said: milliseconds since 1970 UTC.
    #[n(5)]
    pub opened_at: Option<i64>,
}

/// A drawer was counted and closed. The totals are those of the Z, for reading; they follow from
/// the sales and are checked against them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ShiftClosed {
    /// Which.
    #[n(0)]
    pub id: Id,
    /// Number of the Z, gapless per register until a till of it begins anew.
    #[n(1)]
    pub z_number: u64,
    /// Cash found.
    #[n(2)]
    pub counted: i64,
    /// Cash by the books.
    #[n(3)]
    pub expected: i64,
    /// Completed sales.
    #[n(4)]
    pub sales: u64,
    /// Sum of their totals.
    #[n(5)]
    pub total: i64,
    /// Sum of their cash rounding.
    #[n(6)]
    pub rounding: i64,
    /// Sum of what was tendered.
    #[n(7)]
    pub tendered: i64,
    /// Sum of the change given.
    #[n(8)]
    pub change: i64,
    /// Pieces counted, where they were.
    #[n(9)]
    pub pieces: Option<Vec<Pieces>>,
    /// Said at closing.
    #[n(10)]
    pub note: Option<String>,
    /// Completed returns.
    #[n(11)]
    pub returns: Option<u64>,
    /// Sum of their totals.
    #[n(12)]
    pub returned: Option<i64>,
    /// Sum of their cash rounding.
    #[n(13)]
    pub returned_rounding: Option<i64>,
    /// Sum of what was given back.
    #[n(14)]
    pub refunded: Option<i64>,
    /// When it was closed, where an epoch says again what an earlier one said: milliseconds since 1970 UTC.
    #[n(15)]
    pub closed_at: Option<i64>,
}

/// Pieces of one value.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Pieces {
    /// Face value.
    #[n(0)]
    pub value: i64,
    /// How many.
    #[n(1)]
    pub pieces: u32,
}

/// A count of the drawer was handed in, to close the shift with it. What it is over or short by is told then; whoever
/// counts again hands in another.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct DrawerCounted {
    /// The shift.
    #[n(0)]
    pub shift: Id,
    /// When: milliseconds since 1970 UTC.
    #[n(1)]
    pub at: i64,
    /// Cash found.
    #[n(2)]
    pub counted: i64,
    /// Cash by the books.
    #[n(3)]
    pub expected: i64,
    /// ISO 4217.
    #[n(4)]
    pub currency: String,
    /// Pieces counted, where they were.
    #[n(5)]
    pub pieces: Option<Vec<Pieces>>,
}

/// Cash moved without a sale.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct CashMoved {
    /// UUIDv7.
    #[n(0)]
    pub id: Id,
    /// The shift it counts in.
    #[n(1)]
    pub shift: Id,
    /// `paid_in`, `paid_out`, `safe_drop`.
    #[n(2)]
    pub kind: String,
    /// Positive.
    #[n(3)]
    pub amount: i64,
    /// ISO 4217.
    #[n(4)]
    pub currency: String,
    /// Why.
    #[n(5)]
    pub reason: String,
    /// Who approved it, where the operator might not do it alone.
    #[n(6)]
    pub approved_by: Option<Id>,
}

/// The drawer was opened without a sale.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct DrawerOpened {
    /// The shift it counts in.
    #[n(0)]
    pub shift: Id,
    /// Why.
    #[n(1)]
    pub reason: String,
    /// Who approved it, where the operator might not do it alone.
    #[n(2)]
    pub approved_by: Option<Id>,
}

/// A drawer was counted and passed on inside an open shift. What is expected of it stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ShiftHandedOver {
    /// UUIDv7.
    #[n(0)]
    pub id: Id,
    /// The shift it is in.
    #[n(1)]
    pub shift: Id,
    /// Who counted it and gave it up.
    #[n(2)]
    pub from: Id,
    /// Who has it since, proven by PIN.
    #[n(3)]
    pub to: Id,
    /// Cash found.
    #[n(4)]
    pub counted: i64,
    /// Pieces counted, where they were.
    #[n(5)]
    pub pieces: Option<Vec<Pieces>>,
    /// Cash by the books at that moment.
    #[n(6)]
    pub expected: i64,
    /// When: milliseconds since 1970 UTC.
    #[n(7)]
    pub at: i64,
    /// Said with the count.
    #[n(8)]
    pub note: Option<String>,
}

/// The card terminal was asked to hand its day in and to say what it came to.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct TerminalChecked {
    /// UUIDv7.
    #[n(0)]
    pub id: Id,
    /// The shift it is compared with.
    #[n(1)]
    pub shift: Id,
    /// When it was asked: milliseconds since 1970 UTC.
    #[n(2)]
    pub asked_at: i64,
    /// When it was known what became of it: milliseconds since 1970 UTC.
    #[n(3)]
    pub at: i64,
    /// `told`; `untold`: handed in, and no total said; `not_reached`; `refused`; `unknown`: perhaps handed in.
    #[n(4)]
    pub outcome: String,
    /// ISO 4217.
    #[n(5)]
    pub currency: String,
    /// What the terminal has taken since it handed a day in last.
    #[n(6)]
    pub total: Option<i64>,
    /// Of that, what each kind of card has.
    #[n(7)]
    pub cards: Vec<TerminalCard>,
    /// Terminal id.
    #[n(8)]
    pub terminal: Option<u32>,
    /// Of the terminal, when it refused.
    #[n(9)]
    pub code: Option<u8>,
}

/// What one kind of card has paid at a terminal.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct TerminalCard {
    /// `visa`, `mastercard`, `amex`, `jcb`, `diners`, `girocard`, `other`.
    #[n(0)]
    pub kind: String,
    /// Positive.
    #[n(1)]
    pub total: i64,
}
