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
}

/// A drawer was counted and closed. The totals are those of the Z, for reading; they follow from
/// the sales and are checked against them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ShiftClosed {
    /// Which.
    #[n(0)]
    pub id: Id,
    /// Number of the Z, gapless per register.
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
}
