//! Counting what is there.

use std::collections::BTreeMap;

use serde::Serialize;
use ts_rs::TS;

use crate::ids::{CountSheetId, OperatorId};
use crate::quantity::Quantity;

/// Characters of a sheet's name.
pub const MOST_NAME: usize = 40;

/// A list on which several people write what they count, each on a device of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountSheet {
    /// Which.
    pub id: CountSheetId,
    /// What is counted: `Cold room`.
    pub name: String,
    /// Milliseconds since 1970 UTC.
    pub opened_at: i64,
    /// Who began it.
    pub opened_by: OperatorId,
    /// Nobody writes on it any more.
    pub closed: bool,
    /// What was counted, by SKU. Of two counts of one SKU that were made apart it is the one that all devices agree
    /// on, until somebody decides.
    pub counted: BTreeMap<String, Quantity>,
}

/// Why a count is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "InventoryRefusal")]
pub enum Refusal {
    /// A sheet has to be found again.
    #[error("give the count sheet a name of at most {most} printed characters")]
    BadSheetName {
        /// [`MOST_NAME`].
        most: usize,
    },
    /// There is no such sheet.
    #[error("this count sheet is not known here")]
    UnknownSheet,
    /// It was closed.
    #[error("this count sheet is closed: begin another")]
    SheetClosed,
    /// Less than nothing cannot be counted.
    #[error("{quantity} cannot be counted")]
    BadCount {
        /// As given.
        quantity: Quantity,
    },
}
