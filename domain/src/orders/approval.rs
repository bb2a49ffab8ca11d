//! What does not come back on a cashier's word alone.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;
use ts_rs::TS;

use super::Sale;
use crate::operators::Role;

/// Why goods do not come back, or money does not go back, without somebody's approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalReason {
    /// Whoever sold it had to look at the customer's age.
    AgeRestricted,
    /// The store's days for returns have passed.
    Late,
    /// Nothing proves that it was sold here, or for how much.
    NoReceipt,
    /// The whole sale is taken back after it was completed.
    VoidSale,
    /// Cash goes back for what a card paid.
    CashInstead,
    /// More cash goes back than a cashier gives back alone.
    MuchCash,
}

impl ApprovalReason {
    /// The least role that may approve it.
    pub const fn needs(self) -> Role {
        match self {
            ApprovalReason::AgeRestricted
            | ApprovalReason::Late
            | ApprovalReason::NoReceipt
            | ApprovalReason::VoidSale
            | ApprovalReason::CashInstead
            | ApprovalReason::MuchCash => Role::Supervisor,
        }
    }
}

/// The least role that may approve all of `reasons`.
pub fn needs(reasons: &[ApprovalReason]) -> Role {
    reasons.iter().map(|reason| reason.needs()).max().unwrap_or(Role::Cashier)
}

/// The last day on which goods of `sale` come back without approval, in a store that gives customers so many days;
/// none when it gives them any number.
pub fn return_by(sale: &Sale, days: Option<u16>) -> Option<Date> {
    days.map(|days| sale.day().saturating_add(i64::from(days).days()))
}

/// Why these lines of `sale` do not come back `today` on a cashier's word alone.
pub fn reasons(
    sale: &Sale,
    lines: &[u32],
    return_by: Option<Date>,
    today: Date,
) -> Vec<ApprovalReason> {
    let restricted =
        |line: &u32| sale.lines.iter().any(|sold| sold.line == *line && sold.minimum_age.is_some());
    let mut reasons = Vec::new();
    if lines.iter().any(restricted) {
        reasons.push(ApprovalReason::AgeRestricted);
    }
    if return_by.is_some_and(|last| today > last) {
        reasons.push(ApprovalReason::Late);
    }
    reasons
}
