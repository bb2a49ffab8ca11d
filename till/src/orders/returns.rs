//! Returns: goods of a sale come back, and what was paid for them goes back the way it came. The journal says
//! what came back before, so that no number of returns gives back more than was sold.

use comptoir_domain::ids::{OperatorId, ReturnId, SaleId};
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::orders::approval::{self, ApprovalReason};
use comptoir_domain::orders::returns::{
    self, Back, Circumstances, Goods, OfSale, POST_VOID, Return, Wanted,
};
use comptoir_domain::orders::{Refusal, Sale, receipt_number};
use comptoir_domain::payments::{self as money, TenderType};
use comptoir_domain::tax::TaxRate;
use comptoir_sync::entry::Entry;
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::orders::ReceiptReprinted;
use comptoir_sync::facts::returns::ReturnCompleted;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, params};

use super::complete_sale::next_number;
use super::{exchange, refunds};
use crate::cart::permitted;
use crate::error::{Error, Result};
use crate::operators::{self, Approver};
use crate::outbox::{self, Job};
use crate::payments;
use crate::till::{Till, Tx};
use crate::{journal, orders};

/// Characters of a reason.
const MOST_REASON: usize = 120;

/// Goods that somebody brings back.
#[derive(Debug, Clone)]
pub struct ReturnRequest {
    /// Makes it safe to repeat.
    pub id: ReturnId,
    /// What was sold.
    pub sale: SaleId,
    /// Of which lines how much, to stock or wasted.
    pub lines: Vec<Wanted>,
    /// Why, if somebody says.
    pub reason: Option<String>,
    /// Who approves what the operator may not do alone; once a card was refunded, it is approved.
    pub approver: Option<Approver>,
    /// The terminal gave back nothing: what a card paid goes back in cash, which a supervisor approves.
    pub cash_instead: bool,
}

/// Takes goods back for the money that was paid for them. Safe to call twice with the same id: the second call
/// answers the first one's return.
pub fn complete_return(
    till: &mut Till,
    operator: OperatorId,
    request: &ReturnRequest,
) -> Result<Return> {
    let tx = till.begin()?;
    if let Some(back) = find(&tx, request.id)? {
        return Ok(back);
    }
    operators::check(&tx, operator, Permission::Return)?;
    if exchange::by_id(&tx, request.id)?.is_some() {
        return Err(Refusal::ExchangePending.into());
    }
    record(tx, operator, request)
}

/// Takes back all that is left of the sale that was completed last in the open shift.
pub fn void_sale(
    till: &mut Till,
    operator: OperatorId,
    approver: Option<Approver>,
    id: ReturnId,
    sale: SaleId,
    cash_instead: bool,
) -> Result<Return> {
    let tx = till.begin()?;
    if let Some(back) = find(&tx, id)? {
        return Ok(back);
    }
    let request = voiding(&tx, operator, approver, id, sale)?;
    record(tx, operator, &ReturnRequest { cash_instead, ..request })
}

/// What voiding a sale asks for; refuses any but the last one of the open shift. What was begun as that, or done,
/// stays that, whatever was sold since.
pub fn voiding(
    tx: &Tx<'_>,
    operator: OperatorId,
    approver: Option<Approver>,
    id: ReturnId,
    sale: SaleId,
) -> Result<ReturnRequest> {
    let begun = refunds::unfinished(tx)?.filter(|begun| begun.id == id);
    let approved_by = begun.as_ref().and_then(|begun| begun.approved_by);
    let approved_by = approver.map(Approver::id).or(approved_by);
    permitted(tx, operator, approved_by, Permission::VoidSale.needs())?;
    let reason = Some(POST_VOID.to_owned());
    if find(tx, id)?.is_some() {
        let lines = Vec::new();
        return Ok(ReturnRequest { id, sale, lines, reason, approver, cash_instead: false });
    }
    if let Some(begun) = begun {
        let (sale, lines) = (begun.sale, begun.lines);
        return Ok(ReturnRequest { id, sale, lines, reason, approver, cash_instead: false });
    }
    payments::open_shift_of(tx, tx.identity.register)?.ok_or(money::Refusal::NoOpenShift)?;
    let sold = orders::find(tx, sale)?;
    if !super::view::is_last(tx, sale)? {
        return Err(Refusal::NotLastSale { receipt: sold.receipt }.into());
    }
    let lines = returns::left(&sold, &earlier(tx, sale)?);
    Ok(ReturnRequest { id, sale, lines, reason, approver, cash_instead: false })
}

/// Journal, then paper and drawer.
fn record(tx: Tx<'_>, operator: OperatorId, request: &ReturnRequest) -> Result<Return> {
    let (back, entry) = write(&tx, operator, request, None)?;
    hand_over(&tx, &back, entry)?;
    tx.commit()?;
    super::log_completed(back.id, &back.receipt);
    Ok(back)
}

/// The drawer opens for the cash, and the receipt is printed.
pub(super) fn hand_over(tx: &Tx<'_>, back: &Return, entry: i64) -> Result<()> {
    if back.refunds.iter().any(|refund| refund.kind == TenderType::Cash) {
        outbox::push(tx, &Job::KickDrawer { cause: entry })?;
    }
    outbox::push(tx, &Job::PrintReceipt { sale: entry })?;
    Ok(())
}

/// Journal, and with it lines, taxes, refunds and stock. What the cart in hand takes of it in exchange pays for
/// `exchange`.
pub(super) fn write(
    tx: &Tx<'_>,
    operator: OperatorId,
    request: &ReturnRequest,
    exchange: Option<SaleId>,
) -> Result<(Return, i64)> {
    let standing = refunds::standing(tx, request)?;
    let Standing { request, approved_by, .. } = &standing;
    let asked = ask(tx, request)?;
    permit(tx, operator, &standing, &asked.sale)?;
    permit_cash(tx, operator, *approved_by, &asked)?;
    let cards = refunds::given(tx, operator, request, &asked)?;
    let reason = request.reason.as_deref();
    let of = Some(OfSale::new(&asked.sale));
    let exchange = exchange.map(|sale| (sale, asked.used));
    let kept = Kept { request: request.id, of, goods: asked.goods, back: Back { exchange, cards } };
    let (back, entry) = keep(tx, operator, kept, *approved_by, reason)?;
    refunds::spend(tx, request.id, entry)?;
    exchange::forget(tx, request.sale)?;
    Ok((back, entry))
}

/// What comes back, and how it is paid for.
pub(super) struct Kept {
    pub(super) request: ReturnId,
    pub(super) of: Option<OfSale>,
    pub(super) goods: Goods,
    pub(super) back: Back,
}

/// The fact of a return, in the open shift and under the next receipt number.
pub(super) fn keep(
    tx: &Tx<'_>,
    operator: OperatorId,
    kept: Kept,
    approved_by: Option<OperatorId>,
    reason: Option<&str>,
) -> Result<(Return, i64)> {
    let register = tx.identity.register;
    let shift = payments::open_shift_of(tx, register)?.ok_or(money::Refusal::NoOpenShift)?;
    let number = next_number(tx, register, tx.identity.epoch)?;
    let circumstances = Circumstances {
        id: ReturnId(tx.new_id()),
        receipt: receipt_number(&tx.identity.store, register, tx.identity.epoch, number),
        shift: shift.id,
        operator,
        completed_at: tx.wall,
        utc_offset_minutes: tx.utc_offset_minutes,
        approved_by,
        reason: reason.and_then(why),
    };
    let back = Return::complete(kept.of, kept.goods, kept.back, circumstances);
    if !back.adds_up() {
        return Err(Error::Broken(format!("the return {} does not add up", back.receipt)));
    }
    let fact = ReturnCompleted::new(&back, Some(kept.request), register, number);
    let entry = tx.record(&Fact::ReturnCompleted(Box::new(fact)), Some(operator))?;
    Ok((back, entry))
}

/// A request, and who has approved it: now, or before a card was refunded for it.
pub(super) struct Standing {
    pub(super) request: ReturnRequest,
    pub(super) approved_by: Option<OperatorId>,
    /// The day on which it was begun: what was in time then is not too late after midnight, when a card has paid.
    pub(super) begun_on: Date,
}

/// Refuses goods that neither this operator nor who approved it may take back.
pub(super) fn permit(
    tx: &Tx<'_>,
    operator: OperatorId,
    Standing { request, approved_by, begun_on }: &Standing,
    sale: &Sale,
) -> Result<()> {
    let lines: Vec<u32> = request.lines.iter().map(|one| one.line).collect();
    let mut reasons = reasons(tx, sale, &lines, *begun_on);
    if request.reason.as_deref() == Some(POST_VOID) {
        reasons.push(ApprovalReason::VoidSale);
    }
    permitted(tx, operator, *approved_by, approval::needs(&reasons))
}

/// Refuses to give back more cash than this operator, or who approved it, may.
pub(super) fn permit_cash(
    tx: &Tx<'_>,
    operator: OperatorId,
    approved_by: Option<OperatorId>,
    asked: &Asked,
) -> Result<()> {
    let owed = asked.goods.total - asked.used;
    let dues = returns::card_dues(&asked.sale, &asked.earlier, owed);
    let cards = Money::sum(dues.into_iter().map(|due| due.amount), owed.currency());
    if tx.settings.cash.may_give_back(money::cash_due(owed - cards)) {
        return Ok(());
    }
    permitted(tx, operator, approved_by, ApprovalReason::MuchCash.needs())
}

/// Why these lines of a sale do not come back on that day on a cashier's word alone.
pub(super) fn reasons(tx: &Tx<'_>, sale: &Sale, lines: &[u32], day: Date) -> Vec<ApprovalReason> {
    let return_by = approval::return_by(sale, tx.settings.return_days);
    approval::reasons(sale, lines, return_by, day)
}

/// What the books say to a request.
pub(super) struct Asked {
    pub(super) sale: Sale,
    pub(super) earlier: Vec<Return>,
    pub(super) goods: Goods,
    /// What of it pays for the cart in hand.
    pub(super) used: Money,
}

pub(super) fn ask(tx: &Tx<'_>, request: &ReturnRequest) -> Result<Asked> {
    let known = refunds::known(tx, request.id)?;
    let (sale, earlier, goods) = look_up(tx, request.sale, &request.lines, known)?;
    let used = exchange::used(tx, request.id, goods.total)?;
    Ok(Asked { sale, earlier, goods, used })
}

/// A sale, what came back of it up to the entry `known`, and what the rest of it comes to.
pub(super) fn look_up(
    tx: &Tx<'_>,
    sale: SaleId,
    wanted: &[Wanted],
    known: Option<i64>,
) -> Result<(Sale, Vec<Return>, Goods)> {
    let sale = orders::find(tx, sale)?;
    let earlier = earlier_to(tx, sale.id, known)?;
    let goods = returns::goods(&sale, &earlier, wanted, &rates_of(tx, &sale))?;
    Ok((sale, earlier, goods))
}

/// What falls on what: the rates of the day on which the sale was completed.
pub(super) fn rates_of(tx: &Tx<'_>, sale: &Sale) -> Vec<TaxRate> {
    tx.taxes.in_force(tx.store.region, sale.day())
}

pub(super) fn why(reason: &str) -> Option<String> {
    let kept = reason.trim().chars().filter(|c| !c.is_control()).take(MOST_REASON);
    Some(kept.collect()).filter(|reason: &String| !reason.is_empty())
}

/// What came back of a sale, in the order of the journal.
pub fn earlier(db: &Connection, sale: SaleId) -> Result<Vec<Return>> {
    earlier_to(db, sale, None)
}

fn earlier_to(db: &Connection, sale: SaleId, known: Option<i64>) -> Result<Vec<Return>> {
    let mut select = db.prepare_cached(
        "SELECT entry FROM return_sale WHERE sale = ?1 AND (?2 IS NULL OR entry <= ?2) ORDER BY entry",
    )?;
    let entries: Vec<i64> = select
        .query_map(params![sale.0.into_bytes(), known], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    entries.into_iter().map(|entry| load(db, entry)).collect()
}

/// A return by its id, or by that of the request that it carried out, if it was completed.
pub fn find(db: &Connection, id: ReturnId) -> Result<Option<Return>> {
    entry_of(db, id)?.map(|entry| load(db, entry)).transpose()
}

/// The place of a return in the journal, by its id or by that of the request that it carried out, if it was completed.
pub fn entry_of(db: &Connection, id: ReturnId) -> Result<Option<i64>> {
    let select = "SELECT entry FROM return_sale WHERE id = ?1
        UNION ALL SELECT entry FROM return_request WHERE request = ?1 ORDER BY entry LIMIT 1";
    Ok(db.prepare_cached(select)?.query_row([id.0.into_bytes()], |row| row.get(0)).optional()?)
}

/// The return of an entry, as its fact says.
pub fn load(db: &Connection, entry: i64) -> Result<Return> {
    match journal::read_fact(db, entry)?.1 {
        Fact::ReturnCompleted(fact) => Ok(fact.to_return()?),
        other => {
            Err(Error::Broken(format!("entry {entry} is a {} and not a return", other.kind())))
        }
    }
}

/// Queues the receipt of a return to be printed again, marked as a duplicate; that it was is a fact.
pub fn print_again(till: &mut Till, operator: OperatorId, id: ReturnId) -> Result<i64> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::Reprint)?;
    let unknown = || Refusal::UnknownSale { receipt: id.to_string() };
    let entry = entry_of(&tx, id)?.ok_or_else(unknown)?;
    let sale = load(&tx, entry)?.of.map(|of| of.id.0.into());
    let fact = ReceiptReprinted { sale, returned: Some(id.0.into()), gift: None };
    tx.record(&Fact::ReceiptReprinted(fact), Some(operator))?;
    let job = outbox::push(&tx, &Job::PrintDuplicate { of: entry })?;
    tx.commit()?;
    Ok(job)
}

fn project_request(db: &Connection, id: i64, fact: &ReturnCompleted) -> Result<()> {
    if let Some(request) = fact.request {
        db.prepare_cached("INSERT INTO return_request (entry, request) VALUES (?1, ?2)")?
            .execute(params![id, request.0])?;
    }
    Ok(())
}

/// Makes the requests findable of returns that came from newer tills before this one could read them, once.
pub(crate) fn read_older(db: &Connection) -> Result<()> {
    if !db.prepare("SELECT 1 FROM setting WHERE key = 'read_requests'")?.exists([])? {
        return Ok(());
    }
    let tx = db.unchecked_transaction()?;
    tx.execute("DELETE FROM return_request", [])?;
    let mut select = tx.prepare("SELECT entry FROM return_sale")?;
    for entry in select.query_map([], |row| row.get(0))? {
        let entry = entry?;
        if let Fact::ReturnCompleted(fact) = journal::read_fact(&tx, entry)?.1 {
            project_request(&tx, entry, &fact)?;
        }
    }
    drop(select);
    tx.execute("DELETE FROM setting WHERE key = 'read_requests'", [])?;
    Ok(tx.commit()?)
}

/// Rows of a return: head, request, lines, taxes, refunds.
pub fn project_completed(
    db: &Connection,
    id: i64,
    entry: &Entry,
    branch: u32,
    fact: &ReturnCompleted,
) -> Result<()> {
    let refunded: i64 = fact.refunds.iter().map(|refund| refund.amount).sum();
    let day = orders::day(fact.completed_at, fact.utc_offset_minutes);
    db.prepare_cached(
        "INSERT INTO return_sale (entry, id, sale, register, epoch, number, shift, completed_at, day, subtotal, total,
             rounding, refunded, approved_by, reason, exchange, branch)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT entry FROM shift WHERE id = ?7), ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,
             ?16, ?17)",
    )?
    .execute(params![
        id,
        fact.id.0,
        fact.sale.map(|sale| sale.0),
        fact.register,
        entry.epoch,
        fact.number,
        fact.shift.0,
        fact.completed_at,
        day,
        fact.subtotal,
        fact.total,
        fact.rounding,
        refunded,
        fact.approved_by.map(|approver| approver.0),
        fact.reason,
        fact.exchange.map(|sale| sale.0),
        branch,
    ])?;
    project_request(db, id, fact)?;
    let mut insert = db.prepare_cached(
        "INSERT INTO return_line (return_sale, n, line, sku, quantity, amount, wasted, price)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (n, line) in fact.lines.iter().enumerate() {
        insert.execute(params![
            id,
            n,
            line.line,
            line.sku,
            line.quantity,
            line.amount,
            line.wasted,
            line.price,
        ])?;
    }
    let mut insert = db.prepare_cached(
        "INSERT INTO return_tax (return_sale, code, taxable, amount) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for tax in &fact.taxes {
        insert.execute(params![id, tax.code, tax.taxable, tax.amount])?;
    }
    let mut insert = db.prepare_cached(
        "INSERT INTO return_tender (return_sale, n, type, amount, tender, card, number, authorisation)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (n, refund) in fact.refunds.iter().enumerate() {
        let card = refund.card.as_ref();
        insert.execute(params![
            id,
            n,
            refund.kind,
            refund.amount,
            refund.tender,
            card.and_then(|card| card.name.as_ref()),
            card.and_then(|card| card.number.as_ref()),
            card.and_then(|card| card.authorisation.as_ref()),
        ])?;
    }
    Ok(())
}
