//! Goods that come back, and sales that are voided, from a script.

use clap::Args;
use comptoir_domain::cart;
use comptoir_domain::ids::{OperatorId, ReturnId};
use comptoir_domain::money::Money;
use comptoir_domain::orders::returns::{self as rule, Return as Completed, Wanted};
use comptoir_domain::orders::{Refusal, Sale};
use comptoir_domain::pricing;
use comptoir_domain::quantity::Quantity;
use comptoir_till::error::Result;
use comptoir_till::operators;
use comptoir_till::orders::blind::{self, BlindLine, BlindRequest};
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
    /// Receipt number of the sale, or its id where two have that number.
    #[arg(long, required_unless_present = "without_receipt")]
    receipt: Option<String>,
    /// Nobody has it: what comes back is paid for at today's prices, or less, in cash.
    #[arg(long, conflicts_with_all = ["receipt", "cash_instead"], requires = "reason")]
    without_receipt: bool,
    /// SKU and how many, or how much in kg, and without a receipt for how much a unit; may be given several times.
    #[arg(long = "line", value_name = "SKU=QTY[@PRICE]", required = true)]
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
    /// Receipt number of the sale, or its id: the last one of the open shift.
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
        let id = self.how.id(&mut till)?;
        if let Some(back) = returns::find(till.db(), id)? {
            return completed(&back);
        }
        let Some(receipt) = &self.receipt else { return self.blind(&mut till, console, id) };
        let sale = orders::find_by_receipt(till.db(), till.store(), receipt)?;
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

    fn blind(self, till: &mut Till, console: OperatorId, id: ReturnId) -> Outcome {
        let (wasted, currency) = (self.waste, till.store().currency);
        let line = |text: &String| {
            let (line, price) = match text.rsplit_once('@') {
                Some((line, price)) if line.contains('=') => (line, Some(price)),
                _ => (text.as_str(), None),
            };
            let (sku, quantity) = read(line)?;
            let bad = |price: &str| pricing::Refusal::BadPrice { text: price.to_owned() };
            let price =
                price.map(|price| Money::parse_price(price, currency).map_err(|_| bad(price)));
            Ok(BlindLine { sku: sku.to_owned(), quantity, price: price.transpose()?, wasted })
        };
        let lines = self.lines.iter().map(line).collect::<Result<_>>()?;
        let reason = self.reason.unwrap_or_default();
        let request = BlindRequest { id, lines, reason, approver: None };
        completed(&blind::complete(till, console, &request)?)
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
        "return": back.id, "receipt": back.receipt, "sale": back.of.as_ref().map(|of| of.id), "subtotal": back.subtotal, "taxes": taxes,
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
            "price": line.price, "amount": line.amount, "tax_category": line.tax_category, "wasted": line.wasted,
        })
    };
    let lines: Vec<Value> = back.lines.iter().map(line).collect();
    json!({
        "return": back.id, "receipt": back.receipt, "sale": back.of.as_ref().map(|of| of.id),
        "sale_receipt": back.of.as_ref().map(|of| &of.receipt), "exchange": back.exchange,
        "shift": back.shift, "operator": back.operator,
        "completed_at": local_minute(back.completed_at, back.utc_offset_minutes),
        "currency": back.total.currency(), "lines": lines, "subtotal": back.subtotal, "taxes": back.taxes,
        "total": back.total, "rounding": back.rounding, "refunds": refunds(back), "reason": back.reason,
        "approved_by": back.approved_by,
    })
}
