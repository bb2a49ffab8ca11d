//! Refunds to cards. The terminal gives the money back before the goods are taken back, so the return is kept
//! here before the terminal is asked, and can be completed after a crash.
//!
//! The order is always: [`may_refund`], then the driver's `prepare`, then [`begin`], then the driver's
//! `carry_out`, then `card::finish`; again until nothing is due; then `complete_return`. Once a card has its
//! money, no other return is begun or completed and the shift is not closed.

use comptoir_domain::ids::{CartId, OperatorId, ReturnId, SaleId};
use comptoir_domain::money::Money;
use comptoir_domain::operators::{Permission, Role};
use comptoir_domain::orders::Refusal;
use comptoir_domain::orders::returns::{self, CardDue, POST_VOID, Refund, Wanted};
use comptoir_domain::payments as money;
use comptoir_domain::quantity::Quantity;
use comptoir_hardware::terminal::attempt::{Attempt, Kind};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::returns::{Asked, ReturnRequest, ask, voiding};
use crate::cart::permitted;
use crate::devices::{self, Class};
use crate::error::{Error, Result};
use crate::operators::{self, Approver};
use crate::payments::{self, card};
use crate::till::{Till, Tx};

/// A return of which a card was refunded, or may have been, and whose goods are not taken back yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// Completing it under this id takes what was refunded.
    pub id: ReturnId,
    /// What was sold.
    pub sale: SaleId,
    /// Receipt number of the sale.
    pub receipt: String,
    /// What comes back.
    pub lines: Vec<Wanted>,
    /// Why.
    pub reason: Option<String>,
}

/// Refuses a refund that the terminal must not even be asked for; else says which is next, or that none is due.
pub fn may_refund(
    till: &mut Till,
    operator: OperatorId,
    request: &ReturnRequest,
) -> Result<Option<CardDue>> {
    let tx = till.begin()?;
    if super::returns::entry_of(&tx, request.id)?.is_some() {
        return Ok(None);
    }
    next_due(&tx, operator, &begun_as(&tx, request)?)
}

/// Stores the return and its next refund, which was prepared. Only then may it be carried out, once.
pub fn begin(
    till: &mut Till,
    operator: OperatorId,
    request: &ReturnRequest,
    attempt: &Attempt,
) -> Result<i64> {
    let tx = till.begin()?;
    let request = &begun_as(&tx, request)?;
    let due = next_due(&tx, operator, request)?.ok_or(money::Refusal::UnknownCardPayment)?;
    if attempt.kind != Kind::Refund || i64::try_from(attempt.amount) != Ok(due.amount.minor()) {
        return Err(Refusal::CardRefundFirst { amount: due.amount }.into());
    }
    let lines: Vec<(u32, i64, bool)> = request
        .lines
        .iter()
        .map(|one| (one.line, one.quantity.thousandths(), one.wasted))
        .collect();
    tx.prepare_cached("DELETE FROM begun_return")?.execute([])?;
    tx.prepare_cached(
        "INSERT INTO begun_return (id, sale, lines, reason, begun_at, begun_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        request.id.0.into_bytes(),
        request.sale.0.into_bytes(),
        serde_json::to_string(&lines).map_err(unreadable)?,
        request.reason,
        tx.wall,
        operator.0.into_bytes(),
    ])?;
    let id = card::store(&tx, operator, request.id.0, None, Some(due.tender), attempt)?;
    tx.commit()?;
    Ok(id)
}

/// The return that has to be completed before anything else comes back.
pub fn unfinished(db: &Connection) -> Result<Option<Unfinished>> {
    let select = "SELECT id, sale, lines, reason FROM begun_return WHERE EXISTS (
        SELECT 1 FROM card_attempt WHERE cart = begun_return.id AND kind = 'refund' AND sale IS NULL
            AND state IN ('asking', 'unknown', 'doubtful', 'approved'))";
    let read = |row: &Row<'_>| {
        let (id, sale) = (Uuid::from_bytes(row.get(0)?), Uuid::from_bytes(row.get(1)?));
        Ok((ReturnId(id), SaleId(sale), row.get::<_, String>(2)?, row.get(3)?))
    };
    let found = db.prepare_cached(select)?.query_row([], read).optional()?;
    let Some((id, sale, lines, reason)) = found else { return Ok(None) };
    let lines: Vec<(u32, i64, bool)> = serde_json::from_str(&lines).map_err(unreadable)?;
    let wanted = |(line, thousandths, wasted)| {
        let quantity = Quantity::from_thousandths(thousandths);
        Wanted { line, quantity, wasted }
    };
    let lines = lines.into_iter().map(wanted).collect();
    Ok(Some(Unfinished { id, sale, receipt: super::find(db, sale)?.receipt, lines, reason }))
}

/// Refuses while a card has money for goods that are not taken back yet.
pub(crate) fn check_finished(db: &Connection) -> Result<()> {
    match unfinished(db)? {
        Some(Unfinished { id, receipt, .. }) => {
            Err(Refusal::ReturnUnfinished { receipt, id }.into())
        }
        None => Ok(()),
    }
}

/// The request as it was begun, once a card was refunded for it: what the money was for comes back.
pub(super) fn begun_as(tx: &Tx<'_>, request: &ReturnRequest) -> Result<ReturnRequest> {
    match unfinished(tx)? {
        Some(Unfinished { id, sale, lines, reason, .. }) if id == request.id => {
            Ok(ReturnRequest { sale, lines, reason, ..request.clone() })
        }
        Some(_) => check_finished(tx).map(|()| request.clone()),
        None => Ok(request.clone()),
    }
}

/// What went back to cards. Cash for what a card paid is refused, unless the terminal did not give it back and a
/// supervisor says so.
pub(super) fn given(
    tx: &Tx<'_>,
    operator: OperatorId,
    request: &ReturnRequest,
    asked: &Asked,
) -> Result<Vec<Refund>> {
    card::check_settled(tx, CartId(request.id.0))?;
    let (dues, given) = dues(tx, request.id, asked)?;
    if let Some(due) = dues.first() {
        let tried = card::refund_failed(tx, request.id)?;
        let may = request.cash_instead && (tried || !devices::is_set_up(tx, Class::Terminal)?);
        if !may {
            return Err(Refusal::CardRefundFirst { amount: due.amount }.into());
        }
        permitted(tx, operator, request.approver.map(Approver::id), Role::Supervisor)?;
    }
    let back = Money::sum(given.iter().map(|refund| refund.amount), asked.goods.total.currency());
    if back > asked.goods.total {
        return Err(Error::Broken(format!("cards were refunded {back} of {}", asked.goods.total)));
    }
    Ok(given)
}

/// The refunds of a return are those of its fact from now on.
pub(super) fn spend(tx: &Tx<'_>, id: ReturnId, entry: i64) -> Result<()> {
    card::spend(tx, CartId(id.0), entry)?;
    tx.prepare_cached("DELETE FROM begun_return WHERE id = ?1")?.execute([id.0.into_bytes()])?;
    Ok(())
}

fn next_due(tx: &Tx<'_>, operator: OperatorId, request: &ReturnRequest) -> Result<Option<CardDue>> {
    operators::check(tx, operator, Permission::Return)?;
    payments::open_shift_of(tx, tx.identity.register)?.ok_or(money::Refusal::NoOpenShift)?;
    if card::unsettled(tx)?.is_some() {
        return Err(money::Refusal::CardUnsettled.into());
    }
    if request.reason.as_deref() == Some(POST_VOID) && unfinished(tx)?.is_none() {
        voiding(tx, operator, request.approver, request.id, request.sale)?;
    }
    let (dues, _) = dues(tx, request.id, &ask(tx, request)?)?;
    Ok(dues.into_iter().next())
}

/// What cards still have to be given, and what they were given already.
fn dues(tx: &Tx<'_>, id: ReturnId, asked: &Asked) -> Result<(Vec<CardDue>, Vec<Refund>)> {
    let given = card::refunds(tx, id)?;
    let mut dues = returns::card_dues(&asked.sale, &asked.earlier, asked.goods.total);
    for due in &mut dues {
        let to_it = given.iter().filter(|refund| refund.tender == Some(due.tender));
        due.amount -= Money::sum(to_it.map(|refund| refund.amount), due.amount.currency());
    }
    dues.retain(|due| due.amount.minor() > 0);
    Ok((dues, given))
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::Broken(format!("a return that was begun cannot be written or read: {error}"))
}
