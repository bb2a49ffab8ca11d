//! Facts about people who sign in.

use minicbor::{Decode, Encode};

use super::Id;

/// An operator as of now; a later one replaces it whole.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct OperatorSaved {
    /// Who.
    #[n(0)]
    pub id: Id,
    /// As shown on the tile and the receipt.
    #[n(1)]
    pub name: String,
    /// `cashier`, `supervisor`, `manager`.
    #[n(2)]
    pub role: String,
    /// Preferred language, ISO 639-1.
    #[n(3)]
    pub language: String,
    /// argon2id of the PIN in PHC format, keyed with the store secret; none for an operator that
    /// cannot sign in at the counter.
    #[n(4)]
    pub pin_hash: Option<String>,
    /// Whether they may still sign in.
    #[n(5)]
    pub active: bool,
}

/// A PIN was right.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SignedIn {
    /// Who.
    #[n(0)]
    pub operator: Id,
}

/// A PIN was wrong.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SignInFailed {
    /// Whose name it was tried on.
    #[n(0)]
    pub operator: Id,
    /// Wrong PINs in a row, this one counted.
    #[n(1)]
    pub wrong: u32,
    /// Until when the name is locked, milliseconds since 1970 UTC.
    #[n(2)]
    pub locked_until: Option<i64>,
}

/// Somebody left the counter.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SignedOut {
    /// Who.
    #[n(0)]
    pub operator: Id,
}

/// Somebody approved, by PIN, what another operator may not do alone. What was approved is in the
/// fact of that.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ApprovalGiven {
    /// Whose PIN it was.
    #[n(0)]
    pub approver: Id,
}
