//! Facts about training: that there was one, and how much was practised. Nothing that was practised is a fact.

use minicbor::{Decode, Encode};

use super::Id;

/// Somebody began to practise at a register, in a copy of its store. Who, is the operator of the entry.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct TrainingBegan {
    /// UUIDv7.
    #[n(0)]
    pub id: Id,
    /// The selling position.
    #[n(1)]
    pub register: u32,
    /// Numbered from 1 per register; stands in the receipt numbers of the training.
    #[n(2)]
    pub number: u32,
    /// Who approved it, where the operator might not begin one alone.
    #[n(3)]
    pub approved_by: Option<Id>,
}

/// A training was ended, or found unended when the program started. Who ended it is the operator of the entry, if
/// somebody was signed in.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct TrainingEnded {
    /// Which.
    #[n(0)]
    pub id: Id,
    /// Sales that were completed in it; none where that cannot be read any more.
    #[n(1)]
    pub sales: Option<u64>,
    /// Returns that were completed in it.
    #[n(2)]
    pub returns: Option<u64>,
    /// What those sales came to, in minor units.
    #[n(3)]
    pub sold: Option<i64>,
    /// ISO 4217.
    #[n(4)]
    pub currency: String,
}
