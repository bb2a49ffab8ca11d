//! Where goods stand in a store.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Characters of a place.
pub const MOST_PLACE: usize = 40;

/// Where a SKU stands, and how broad.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// As it is written on the fixture: `A3-2`, aisle, bay and shelf as the store names them.
    pub at: String,
    /// Pieces side by side; none where nobody said.
    pub facings: Option<u16>,
}

/// Why a place is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "ShelfRefusal")]
pub enum Refusal {
    /// Empty, too long, or with control characters in it.
    #[error("a place is one to {most} printed characters")]
    BadPlace {
        /// [`MOST_PLACE`].
        most: usize,
    },
}

impl Place {
    /// Refuses what could not stand on a fixture.
    pub fn check(&self) -> Result<(), Refusal> {
        let length = self.at.chars().count();
        if self.at.trim().is_empty() || length > MOST_PLACE || self.at.chars().any(char::is_control)
        {
            return Err(Refusal::BadPlace { most: MOST_PLACE });
        }
        Ok(())
    }
}
