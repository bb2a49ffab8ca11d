//! Goods that come back, and sales that are voided, from a script.

use clap::Args;
use comptoir_domain::cart;
use comptoir_domain::ids::{OperatorId, ReturnId};
use comptoir_domain::orders::returns::{self as rule, Return as Completed, Wanted};
use comptoir_domain::orders::{Refusal, Sale};
use comptoir_domain::quantity::Quantity;
use comptoir_till::error::Result;
use comptoir_till::operators;
use comptoir_till::orders::returns::ReturnRequest;
use comptoir_till::orders::{self, returns};
use comptoir_till::payments::card::CardAttempt;
use comptoir_till::till::{Till, local_minute};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Data, Done, Outcome, card, print};

#[derive(Args)]
pub(crate) struct Return {
    #[command(flatten)]
    store: Data,
    /// Receipt number of the sale.
    #[arg(long)]
    receipt: String,
    /// SKU and how many, or how much in kg; may be given several times.
    #[arg(long = "line", value_name = "SKU=QTY", required = true)]
    lines: Vec<String>,
    /// It cannot be sold again: nothing goes back to stock.
    #[arg(long)]
    waste: bool,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    how: How,
}

#[derive(Args)]
pub(crate) struct VoidSale {
    #[command(flatten)]
    store: Data,
    /// Receipt number of the sale: the last one of the open shift.
    #[arg(long)]
    receipt: String,
    #[command(flatten)]
    how: How,
}

#[derive(Args)]
struct How {
    /// Makes it safe to repeat: the same id is one return.
    #[arg(long, value_name = "UUID")]
    id: Option<Uuid>,
    /// The terminal gave back nothing: what a card paid goes back in cash.
    #[arg(long)]
    cash_instead: bool,
}

impl How {
    fn id(&self, till: &mut Till) -> Result<ReturnId> {
        Ok(ReturnId(match self.id {
            Some(id) => id,
            None => till.begin()?.new_id(),
        }))
    }
}

impl Return {
    pub(crate) fn run(self) -> Outcome {
        let mut till = Till::open(&self.store.data)?;
        let console = operators::console(till.db())?;
        let sale = orders::find_by_receipt(till.db(), till.store(), &self.receipt)?;
        let id = self.how.id(&mut till)?;
        if let Some(back) = returns::find(till.db(), id)? {
            return completed(&back);
        }
        let mut left = rule::left(&sale, &returns::earlier(till.db(), sale.id)?);
        let mut lines = Vec::new();
        for text in &self.lines {
            let (sku, quantity) = read(text)?;
            take(&sale, &mut left, sku, quantity, self.waste, &mut lines)?;
        }
        let request = ReturnRequest {
            id,
            sale: sale.id,
            lines,
            reason: self.reason,
            approver: None,
            cash_instead: self.how.cash_instead,
        };
        if let Some(card) = give_back(&mut till, console, &request)? {
            return not_refunded(id, &card);
        }
        completed(&returns::complete_return(&mut till, console, &request)?)
    }
}

impl VoidSale {
    pub(crate) fn run(self) -> Outcome {
        let mut till = Till::open(&self.store.data)?;
        let console = operators::console(till.db())?;
        let sale = orders::find_by_receipt(till.db(), till.store(), &self.receipt)?.id;
        let id = self.how.id(&mut till)?;
        if let Some(back) = returns::find(till.db(), id)? {
            return completed(&back);
        }
        let cash_instead = self.how.cash_instead;
        let request = returns::voiding(&till.begin()?, console, None, id, sale)?;
        let request = ReturnRequest { cash_instead, ..request };
        if let Some(card) = give_back(&mut till, console, &request)? {
            return not_refunded(id, &card);
        }
        completed(&returns::void_sale(&mut till, console, None, id, sale, cash_instead)?)
    }
}

/// `CAN=2`, `BAN=0.4`. What is behind the last `=` is the quantity: a SKU may have one in it.
fn read(text: &str) -> Result<(&str, Quantity)> {
    let bad = || cart::Refusal::BadQuantity { text: text.to_owned() };
    let (sku, quantity) = text.rsplit_once('=').ok_or_else(bad)?;
    Ok((sku, quantity.parse().map_err(|_| bad())?))
}

/// Takes `quantity` of a SKU from the lines that have it, in their order.
fn take(
    sale: &Sale,
    left: &mut [Wanted],
    sku: &str,
    quantity: Quantity,
    wasted: bool,
    lines: &mut Vec<Wanted>,
) -> Result<()> {
    if !quantity.is_positive() {
        return Err(cart::Refusal::BadQuantity { text: quantity.to_string() }.into());
    }
    let is_it = |number: u32| sale.lines.iter().any(|line| line.line == number && line.sku == sku);
    let (mut wanted, mut found) = (quantity.thousandths(), 0);
    for one in left.iter_mut().filter(|one| is_it(one.line)) {
        let has = one.quantity.thousandths();
        let part = has.min(wanted);
        (wanted, found) = (wanted - part, found + has);
        one.quantity = Quantity::from_thousandths(has - part);
        if part > 0 {
            lines.push(Wanted {
                line: one.line,
                quantity: Quantity::from_thousandths(part),
                wasted,
            });
        }
    }
    if wanted > 0 {
        let left = Quantity::from_thousandths(found);
        return Err(Refusal::MoreThanSold { sku: sku.to_owned(), left }.into());
    }
    Ok(())
}

/// Unless cash is to be given instead, which the engine allows after the terminal was asked.
fn give_back(
    till: &mut Till,
    console: OperatorId,
    request: &ReturnRequest,
) -> Result<Option<CardAttempt>> {
    if request.cash_instead { Ok(None) } else { card::refund(till, console, request) }
}

/// Nothing came back; with the same id it can be tried again, or given in cash.
fn not_refunded(id: ReturnId, card: &CardAttempt) -> Outcome {
    let refused = json!({ "kind": "card_not_refunded", "return": id, "card": card });
    print(&json!({ "refused": refused }))?;
    Ok(Done::Partly)
}

fn completed(back: &Completed) -> Outcome {
    let taxes: Vec<Value> =
        back.taxes.iter().map(|tax| json!({ "code": tax.code, "amount": tax.amount })).collect();
    print(&json!({
        "return": back.id, "receipt": back.receipt, "sale": back.sale, "subtotal": back.subtotal, "taxes": taxes,
        "total": back.total, "rounding": back.rounding, "refunds": refunds(back),
    }))?;
    Ok(Done::Wholly)
}

fn refunds(back: &Completed) -> Vec<Value> {
    let refund = |refund: &rule::Refund| json!({ "type": refund.kind, "amount": refund.amount, "card": refund.card });
    back.refunds.iter().map(refund).collect()
}

/// All of it, as `tillctl sale` shows it.
pub(crate) fn as_json(back: &Completed) -> Value {
    let line = |line: &rule::ReturnLine| {
        json!({
            "line": line.line, "sku": line.sku, "name": line.name, "quantity": line.quantity, "unit": line.unit,
            "amount": line.amount, "tax_category": line.tax_category, "wasted": line.wasted,
        })
    };
    let lines: Vec<Value> = back.lines.iter().map(line).collect();
    json!({
        "return": back.id, "receipt": back.receipt, "sale": back.sale, "sale_receipt": back.sale_receipt,
        "shift": back.shift, "operator": back.operator,
        "completed_at": local_minute(back.completed_at, back.utc_offset_minutes),
        "currency": back.total.currency(), "lines": lines, "subtotal": back.subtotal, "taxes": back.taxes,
        "total": back.total, "rounding": back.rounding, "refunds": refunds(back), "reason": back.reason,
        "approved_by": back.approved_by,
    })
}
