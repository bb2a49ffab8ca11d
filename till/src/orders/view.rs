//! One sale or return with all that is known of it: its paper, what came back, and its facts in the journal.

use std::collections::BTreeSet;

use comptoir_domain::cart::VoidReason;
use comptoir_domain::ids::{OperatorId, SaleId};
use comptoir_domain::money::Money;
use comptoir_domain::operators::{Permission, Role};
use comptoir_domain::orders::approval;
use comptoir_domain::orders::returns::{self as rule, Return, ReturnLine};
use comptoir_domain::orders::{Refusal, Sale};
use comptoir_domain::payments::Tender;
use comptoir_domain::quantity::{Quantity, Unit};
use comptoir_domain::tax::{self, TaxLine, TaxRate};
use comptoir_domain::text::Text;
use comptoir_hardware::printer::layout::Profile;
use comptoir_sync::facts::Fact;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use ts_rs::TS;

use super::find::FoundKind;
use super::quote::more_than;
use super::{Numbered, returns, twice};
use crate::error::Result;
use crate::journal;
use crate::journal::elsewhere::{self, StoredAt};
use crate::outbox::preview::PaperLine;
use crate::outbox::{self, ReceiptJobs};
use crate::till::{Till, Tx, utc};
use crate::{catalog, operators, payments};

/// A line of a sale, and what came back of it; or a line that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SoldLine {
    /// Its number in the sale.
    pub line: u32,
    /// SKU code.
    pub sku: String,
    /// As sold.
    pub name: Text,
    /// Of the quantities.
    pub unit: Unit,
    /// Of one unit, as sold.
    pub price: Money,
    /// Sold; of a return, what came back.
    pub quantity: Quantity,
    /// What came back of it; nothing, of a return.
    pub returned: Quantity,
    /// What can still come back.
    pub left: Quantity,
    /// After all discounts, of the whole line.
    pub amount: Money,
    /// Letters of the taxes that apply.
    pub tax_letters: String,
    /// Sold only to people of this age and above.
    pub minimum_age: Option<u8>,
    /// Name of one of the two-ink drawings.
    pub drawing: String,
    /// Pigment of its department.
    pub pigment: String,
    /// Removed before completion, and why.
    pub voided: Option<VoidReason>,
    /// The line that it was paid along with, as a deposit is; it comes back with that one.
    pub of: Option<u32>,
    /// Noted on the line.
    pub note: Option<String>,
    /// The least role that may take it back alone, when that is more than the one who asks.
    pub needs: Option<Role>,
}

/// An entry of the journal that concerns a sale or a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FactView {
    /// Place in the journal.
    #[ts(type = "number")]
    pub entry: i64,
    /// Place in its chain.
    #[ts(type = "number")]
    pub seq: u64,
    /// Of the chain.
    pub epoch: u32,
    /// The first eight hexadecimal digits of the device's id.
    pub device: String,
    /// Of the fact.
    pub kind: String,
    /// RFC 3339, UTC.
    pub at: String,
    /// Name of whose it is.
    pub operator: Option<String>,
    /// Names of who approved it, or something in it.
    pub approved_by: Option<String>,
    /// The first sixteen hexadecimal digits of its hash.
    pub hash: String,
}

/// Something that came back of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ReturnNote {
    /// Of the return.
    pub id: String,
    /// Receipt number.
    pub receipt: String,
    /// RFC 3339, UTC.
    pub at: String,
    /// With tax.
    pub total: Money,
}

/// A sale or a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SaleView {
    /// Which of both.
    pub kind: FoundKind,
    /// Of the sale, or of the return.
    pub id: String,
    /// Receipt number.
    pub receipt: String,
    /// RFC 3339, UTC.
    pub completed_at: String,
    /// Where it was completed.
    pub register: u32,
    /// Name of who completed it.
    pub operator: String,
    /// As sold, or what came back.
    pub lines: Vec<SoldLine>,
    /// Before tax.
    pub subtotal: Money,
    /// One per tax.
    pub taxes: Vec<TaxLine>,
    /// With tax.
    pub total: Money,
    /// Of the cash.
    pub rounding: Money,
    /// What was given; of a return, given back.
    pub tenders: Vec<Tender>,
    /// Given back, in cash.
    pub change: Money,
    /// Noted on the customer's cart.
    pub note: Option<String>,
    /// Why it came back.
    pub reason: Option<String>,
    /// Its receipt.
    pub paper: Vec<PaperLine>,
    /// Characters on one line of the paper.
    pub columns: u8,
    /// What came back of the sale.
    pub returns: Vec<ReturnNote>,
    /// What of that is more than was sold, before tax: registers that did not see each other took the same goods back.
    pub too_much: Option<Money>,
    /// Of a return: receipt number of its sale.
    pub of: Option<String>,
    /// Of a return: id of its sale.
    pub of_sale: Option<String>,
    /// The last day, `YYYY-MM-DD`, on which it comes back without approval.
    pub return_by: Option<String>,
    /// That day has passed.
    pub late: bool,
    /// It is the last sale of the open shift, and nothing of it came back.
    pub may_void: bool,
    /// In the order of the journal.
    pub facts: Vec<FactView>,
    /// Where it is kept safe.
    pub stored: StoredAt,
}

/// A sale or a return by its receipt number, or by its id, for whoever asks.
pub fn sale_view(till: &mut Till, operator: OperatorId, receipt: &str) -> Result<SaleView> {
    let tx = till.begin_reading()?;
    operators::check(&tx, operator, Permission::ReadJournal)?;
    let (entry, mut view) = match super::find_numbered(&tx, tx.store, receipt)? {
        Numbered::Return(back) => of_return(&tx, &back)?,
        Numbered::Sale(sale) => of_sale(&tx, operator, *sale)?,
    };
    drop(tx);
    let profile = Profile::default();
    view.paper = outbox::preview::lines(&outbox::receipt(till, entry, false, None)?, &profile);
    view.columns = profile.columns;
    Ok(view)
}

/// Where a sale or a return is safe by now, by its id.
pub fn stored_at(db: &Connection, id: &str) -> Result<StoredAt> {
    let entry = entry_named(db, id)?;
    elsewhere::of(db, entry, journal::read_fact(db, entry)?.0.wall)
}

/// How far the receipt of a sale or of a return is, and its drawer, by its id.
pub fn receipt_jobs(db: &Connection, id: &str) -> Result<ReceiptJobs> {
    outbox::receipt_jobs(db, entry_named(db, id)?)
}

fn entry_named(db: &Connection, id: &str) -> Result<i64> {
    let unknown = || Refusal::UnknownSale { receipt: id.to_owned() };
    let id: SaleId = id.parse().map_err(|_| unknown())?;
    let select = "SELECT entry FROM sale WHERE id = ?1
         UNION ALL SELECT entry FROM return_sale WHERE id = ?1";
    let entry: Option<i64> =
        db.prepare_cached(select)?.query_row([id.0.into_bytes()], |row| row.get(0)).optional()?;
    Ok(entry.ok_or_else(unknown)?)
}

/// Whether a sale is the last one of the open shift.
pub(super) fn is_last(tx: &Tx<'_>, sale: SaleId) -> Result<bool> {
    let Some(shift) = payments::open_shift_of(tx, tx.identity.register)? else { return Ok(false) };
    let last: Option<i64> = tx
        .prepare_cached("SELECT max(entry) FROM sale WHERE entry > ?1 AND shift = ?1")?
        .query_row([shift.entry], |row| row.get(0))?;
    Ok(last == Some(super::entry_of(tx, sale)?))
}

fn of_sale(tx: &Tx<'_>, operator: OperatorId, sale: Sale) -> Result<(i64, SaleView)> {
    let entry = super::entry_of(tx, sale.id)?;
    let earlier = returns::earlier(tx, sale.id)?;
    let rates = returns::rates_of(tx, &sale);
    let left = rule::left(&sale, &earlier);
    let line = |sold: &comptoir_domain::cart::Line| {
        let (drawing, pigment) = catalog::drawing_of(tx, &sold.sku)?;
        let left = left.iter().find(|one| one.line == sold.line).map(|one| one.quantity);
        let left = left.unwrap_or(Quantity::ZERO);
        let came = if !sold.is_goods() {
            Quantity::ZERO
        } else {
            Quantity::from_thousandths(sold.quantity.thousandths() - left.thousandths())
        };
        Ok(SoldLine {
            line: sold.line,
            sku: sold.sku.clone(),
            name: sold.name.clone(),
            unit: sold.unit,
            price: sold.price,
            quantity: sold.quantity,
            returned: came,
            left,
            amount: sold.amount(),
            tax_letters: tax::letters(&sold.tax_category, &rates),
            minimum_age: sold.minimum_age,
            drawing,
            pigment,
            voided: sold.voided,
            of: sold.of,
            note: sold.note.clone(),
            needs: more_than(tx, operator, &returns::reasons(tx, &sale, &[sold.line], tx.today))?,
        })
    };
    let return_by = approval::return_by(&sale, tx.settings.return_days);
    let view = SaleView {
        kind: FoundKind::Sale,
        id: sale.id.to_string(),
        completed_at: utc(sale.completed_at),
        register: register_of(tx, "sale", entry)?,
        operator: operators::name_of(tx, sale.operator)?,
        lines: sale.lines.iter().map(line).collect::<Result<_>>()?,
        may_void: earlier.is_empty() && is_last(tx, sale.id)?,
        returns: earlier.iter().map(ReturnNote::of).collect(),
        too_much: twice::too_much(tx, tx.store.currency, sale.id)?,
        facts: facts(tx, entry)?,
        stored: elsewhere::of(tx, entry, sale.completed_at)?,
        receipt: sale.receipt,
        subtotal: sale.subtotal,
        taxes: sale.taxes,
        total: sale.total,
        rounding: sale.rounding,
        tenders: sale.tenders,
        change: sale.change,
        note: sale.note,
        reason: None,
        paper: Vec::new(),
        columns: 0,
        of: None,
        of_sale: None,
        return_by: return_by.map(|last| last.to_string()),
        late: return_by.is_some_and(|last| tx.today > last),
    };
    Ok((entry, view))
}

fn of_return(tx: &Tx<'_>, back: &Return) -> Result<(i64, SaleView)> {
    let gone = || Refusal::UnknownSale { receipt: back.receipt.clone() };
    let entry = returns::entry_of(tx, back.id)?.ok_or_else(gone)?;
    let sale = back.of.as_ref().map(|of| super::find(tx, of.id)).transpose()?;
    let rates = match &sale {
        Some(sale) => returns::rates_of(tx, sale),
        None => tx.taxes.in_force(tx.store.region, back.day()),
    };
    let lines = back.lines.iter().map(|line| returned_line(tx, line, sale.as_ref(), &rates));
    let tenders = back.refunds.iter().map(|refund| Tender {
        kind: refund.kind,
        amount: refund.amount,
        card: refund.card.clone(),
    });
    let view = SaleView {
        kind: FoundKind::Return,
        id: back.id.to_string(),
        receipt: back.receipt.clone(),
        completed_at: utc(back.completed_at),
        register: register_of(tx, "return_sale", entry)?,
        operator: operators::name_of(tx, back.operator)?,
        lines: lines.collect::<Result<_>>()?,
        subtotal: back.subtotal,
        taxes: back.taxes.clone(),
        total: back.total,
        rounding: back.rounding,
        tenders: tenders.collect(),
        change: Money::zero(back.total.currency()),
        note: None,
        reason: back.reason.clone(),
        paper: Vec::new(),
        columns: 0,
        returns: Vec::new(),
        too_much: None,
        of: back.of.as_ref().map(|of| of.receipt.clone()),
        of_sale: back.of.as_ref().map(|of| of.id.to_string()),
        return_by: None,
        late: false,
        may_void: false,
        facts: facts(tx, entry)?,
        stored: elsewhere::of(tx, entry, back.completed_at)?,
    };
    Ok((entry, view))
}

fn returned_line(
    tx: &Tx<'_>,
    line: &ReturnLine,
    sale: Option<&Sale>,
    rates: &[TaxRate],
) -> Result<SoldLine> {
    let sold = sale.and_then(|sale| sale.lines.iter().find(|sold| sold.line == line.line));
    let (drawing, pigment) = catalog::drawing_of(tx, &line.sku)?;
    Ok(SoldLine {
        line: line.line,
        sku: line.sku.clone(),
        name: line.name.clone(),
        unit: line.unit,
        price: line.price.or(sold.map(|sold| sold.price)).unwrap_or(line.amount),
        quantity: line.quantity,
        returned: Quantity::ZERO,
        left: Quantity::ZERO,
        amount: line.amount,
        tax_letters: tax::letters(&line.tax_category, rates),
        minimum_age: sold.and_then(|sold| sold.minimum_age),
        drawing,
        pigment,
        voided: None,
        of: line.of,
        note: None,
        needs: None,
    })
}

impl ReturnNote {
    pub(super) fn of(back: &Return) -> ReturnNote {
        let (receipt, total) = (back.receipt.clone(), back.total);
        ReturnNote { id: back.id.to_string(), receipt, at: utc(back.completed_at), total }
    }
}

fn register_of(db: &Connection, table: &str, entry: i64) -> Result<u32> {
    let select = format!("SELECT register FROM {table} WHERE entry = ?1");
    Ok(db.prepare_cached(&select)?.query_row([entry], |row| row.get(0))?)
}

/// The facts that concern a sale or a return: itself, what it is of or came back of it, what it was exchanged for,
/// receipts printed since, and what happened to its cart: goods refused for an age, cards settled by a person.
fn facts(db: &Connection, entry: i64) -> Result<Vec<FactView>> {
    let mut select = db.prepare_cached(
        "SELECT ?1 AS entry
         UNION SELECT return_sale.entry FROM sale JOIN return_sale ON return_sale.sale = sale.id WHERE sale.entry = ?1
         UNION SELECT sale.entry FROM return_sale JOIN sale ON sale.id = return_sale.sale WHERE return_sale.entry = ?1
         UNION SELECT return_sale.entry FROM sale JOIN return_sale ON exchange = sale.id WHERE sale.entry = ?1
         UNION SELECT sale.entry FROM return_sale JOIN sale ON sale.id = exchange WHERE return_sale.entry = ?1
         UNION SELECT entry FROM reprint WHERE sale = ?1
         UNION SELECT entry FROM reprint WHERE returned = ?1
         UNION SELECT card_settlement.entry FROM sale JOIN card_settlement USING (cart) WHERE sale.entry = ?1
         UNION SELECT card_settlement.entry FROM return_sale JOIN card_settlement ON cart = id WHERE return_sale.entry = ?1
         UNION SELECT card_settlement.entry FROM return_request JOIN card_settlement ON cart = request WHERE return_request.entry = ?1
         UNION SELECT age_refusal.entry FROM sale JOIN age_refusal USING (cart) WHERE sale.entry = ?1
         ORDER BY entry",
    )?;
    let entries: Vec<i64> =
        select.query_map(params![entry], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    entries.into_iter().map(|entry| fact(db, entry)).collect()
}

fn fact(db: &Connection, id: i64) -> Result<FactView> {
    let (sealed, entry, fact) = journal::read_said(db, id)?;
    let approvers: BTreeSet<[u8; 16]> = match fact {
        Fact::SaleCompleted(fact) => {
            let of_lines = fact.lines.iter().filter_map(|line| line.approved_by);
            of_lines.chain(fact.approved_by).map(|id| id.0).collect()
        }
        Fact::ReturnCompleted(fact) => fact.approved_by.map(|id| id.0).into_iter().collect(),
        Fact::CardSettled(fact) => fact.approved_by.map(|id| id.0).into_iter().collect(),
        _ => BTreeSet::new(),
    };
    let name = |id: [u8; 16]| operators::name_of(db, OperatorId(uuid::Uuid::from_bytes(id)));
    let approvers: Vec<String> = approvers.into_iter().map(name).collect::<Result<_>>()?;
    Ok(FactView {
        entry: id,
        seq: entry.seq,
        epoch: entry.epoch,
        device: hex(&entry.device[..4]),
        kind: entry.kind.clone(),
        at: utc(entry.wall),
        operator: entry.operator.map(name).transpose()?,
        approved_by: (!approvers.is_empty()).then(|| approvers.join(", ")),
        hash: hex(&sealed.hash()[..8]),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
