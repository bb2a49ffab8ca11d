//! Goods that come back without their receipt: for what they cost today or less, in cash, on a supervisor's word.

use comptoir_domain::ids::{OperatorId, ReturnId};
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::orders::approval;
use comptoir_domain::orders::blind::{self, BlindWanted};
use comptoir_domain::orders::returns::{Back, Return};
use comptoir_domain::payments::Refusal;
use comptoir_domain::quantity::Quantity;

use super::quote::{self, ReturnQuote};
use super::refunds;
use super::returns::{self, Kept, why};
use crate::cart::permitted;
use crate::error::Result;
use crate::operators::Approver;
use crate::till::{Till, Tx};
use crate::{catalog, operators};

/// One row of what somebody brings back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlindLine {
    /// SKU code.
    pub sku: String,
    /// How many, or how much.
    pub quantity: Quantity,
    /// For how much a unit; none is what the catalogue asks.
    pub price: Option<Money>,
    /// It cannot be sold again.
    pub wasted: bool,
}

/// Goods that somebody brings back without their receipt.
#[derive(Debug, Clone)]
pub struct BlindRequest {
    /// Makes it safe to repeat.
    pub id: ReturnId,
    /// What comes back.
    pub lines: Vec<BlindLine>,
    /// Why.
    pub reason: String,
    /// Who approves it.
    pub approver: Option<Approver>,
}

/// What they come to, and who has to approve it. Changes nothing.
pub fn quote(till: &mut Till, operator: OperatorId, lines: &[BlindLine]) -> Result<ReturnQuote> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::Return)?;
    let wanted = wanted(&tx, lines)?;
    let goods = blind::goods(&wanted, &tx.rates, tx.store.currency)?;
    quote::of(&tx, operator, goods, Vec::new(), blind::reasons(&wanted))
}

/// Takes them back. Safe to call twice with the same id: the second call answers the first one's return.
pub fn complete(till: &mut Till, operator: OperatorId, request: &BlindRequest) -> Result<Return> {
    let tx = till.begin()?;
    if let Some(back) = returns::find(&tx, request.id)? {
        return Ok(back);
    }
    operators::check(&tx, operator, Permission::Return)?;
    refunds::check_finished(&tx)?;
    let reason = why(&request.reason).ok_or(Refusal::ReasonRequired)?;
    let wanted = wanted(&tx, &request.lines)?;
    let goods = blind::goods(&wanted, &tx.rates, tx.store.currency)?;
    let approved_by = request.approver.map(Approver::id);
    permitted(&tx, operator, approved_by, approval::needs(&blind::reasons(&wanted)))?;
    let kept = Kept { request: request.id, of: None, goods, back: Back::default() };
    let (back, entry) = returns::keep(&tx, operator, kept, approved_by, Some(&reason))?;
    returns::hand_over(&tx, &back, entry)?;
    tx.commit()?;
    super::log_completed(back.id, &back.receipt);
    Ok(back)
}

fn wanted(tx: &Tx<'_>, lines: &[BlindLine]) -> Result<Vec<BlindWanted>> {
    let one = |line: &BlindLine| {
        let BlindLine { sku, quantity, price, wasted } = line;
        let item = catalog::item(tx, sku)?;
        Ok(BlindWanted { item, quantity: *quantity, price: *price, wasted: *wasted })
    };
    lines.iter().map(one).collect()
}
