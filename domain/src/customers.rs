//! People who buy, as far as they want to be known.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::CustomerId;
use crate::text::Language;

/// Characters of a name, an address or a number.
pub const MOST_TEXT: usize = 100;

/// A customer. Nothing of it is needed for a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Which.
    pub id: CustomerId,
    /// As the customer is called.
    pub name: String,
    /// As the customer gave it.
    pub phone: String,
    /// As the customer gave it.
    pub email: String,
    /// Of letters and receipts; none is the store's first.
    pub language: Option<Language>,
    /// What has to be known at the counter.
    pub note: String,
    /// No longer a customer, or asked to be forgotten.
    pub archived: bool,
}

/// Why a customer is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "CustomerRefusal")]
pub enum Refusal {
    /// There is nothing to find the customer by.
    #[error("a customer needs a name")]
    CustomerNameRequired,
    /// Longer than [`MOST_TEXT`], or with control characters in it.
    #[error("{field} has at most {most} characters, and none that are not printed")]
    BadCustomerField {
        /// Which.
        field: &'static str,
        /// [`MOST_TEXT`].
        most: usize,
    },
}

impl Customer {
    /// Refuses what cannot be shown or found again.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.name.trim().is_empty() {
            return Err(Refusal::CustomerNameRequired);
        }
        let fields = [
            ("name", &self.name),
            ("phone", &self.phone),
            ("email", &self.email),
            ("note", &self.note),
        ];
        for (field, text) in fields {
            if text.chars().count() > MOST_TEXT || text.chars().any(char::is_control) {
                return Err(Refusal::BadCustomerField { field, most: MOST_TEXT });
            }
        }
        Ok(())
    }
}
