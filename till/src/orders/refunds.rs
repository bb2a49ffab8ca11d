//! Refunds to cards. The terminal gives the money back before the goods are taken back, so the return is kept
//! here before the terminal is asked, and can be completed after a crash.
//!
//! The order is always: [`may_refund`], then the driver's `prepare` of [`what`] is due, then [`begin`], then the
//! driver's `carry_out`, then `card::end::finish`; again until nothing is due; then `complete_return`. A sale that is
//! voided has its payments undone by the terminal; one that the terminal will not undo is refunded. Once a card has its
//! money, no other return is begun or completed and the shift is not closed.

use comptoir_domain::ids::{CartId, OperatorId, ReturnId, SaleId};
use comptoir_domain::money::Money;
use comptoir_domain::operators::{Permission, Role};
use comptoir_domain::orders::returns::{self, CardDue, POST_VOID, Refund, Wanted};
use comptoir_domain::orders::{Refusal, local_day};
use comptoir_domain::payments as money;
use comptoir_domain::quantity::Quantity;
use comptoir_hardware::terminal::attempt::{Attempt, Kind};
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

use super::exchange;
use super::returns::{Asked, ReturnRequest, Standing, ask, permit, permit_cash, voiding};
use crate::cart::permitted;
use crate::devices::{self, Class};
use crate::error::{Error, Result};
use crate::operators::{self, Approver};
use crate::payments::{self, card};
use crate::till::{Till, Tx};

/// A return of which a card was refunded, or may have been, and whose goods are not taken back yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "UnfinishedReturn")]
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
    /// Who approved it before a card was refunded.
    #[serde(skip)]
    pub approved_by: Option<OperatorId>,
    /// When the first card was asked for it: milliseconds since 1970 UTC.
    #[serde(skip)]
    pub begun_at: i64,
}

impl Unfinished {
    /// The day at the counter on which it was begun.
    pub(super) fn day(&self, tx: &Tx<'_>) -> Date {
        local_day(self.begun_at, tx.utc_offset_minutes)
    }
}

/// What the terminal is asked for.
pub fn what(due: &CardDue) -> Kind {
    due.reverses.map_or(Kind::Refund, Kind::Reversal)
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
    next_due(&tx, operator, &standing(&tx, request)?)
}

/// Stores the return and its next refund, which was prepared. Only then may it be carried out, once. At another
/// terminal than the card paid at, or one whose day has ended since, a payment cannot be undone: it is refunded there.
pub fn begin(
    till: &mut Till,
    operator: OperatorId,
    request: &ReturnRequest,
    attempt: &mut Attempt,
) -> Result<i64> {
    let tx = till.begin()?;
    let standing = standing(&tx, request)?;
    let due = next_due(&tx, operator, &standing)?.ok_or(money::Refusal::UnknownCardPayment)?;
    let Standing { request, approved_by, .. } = standing;
    if attempt.kind != what(&due) || i64::try_from(attempt.amount) != Ok(due.amount.minor()) {
        return Err(Refusal::CardRefundFirst { amount: due.amount }.into());
    }
    if !remembers(attempt, &due) {
        attempt.kind = Kind::Refund;
    }
    let known = match known(&tx, request.id)? {
        Some(known) => known,
        None => tx.query_row("SELECT max(id) FROM journal", [], |row| row.get(0))?,
    };
    let begun = unfinished(&tx)?.filter(|begun| begun.id == request.id);
    let begun_at = begun.map_or(tx.wall, |begun| begun.begun_at);
    tx.prepare_cached("DELETE FROM begun_return")?.execute([])?;
    tx.prepare_cached(
        "INSERT INTO begun_return (id, sale, lines, reason, begun_at, begun_by, approved_by, known)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        request.id.0.into_bytes(),
        request.sale.0.into_bytes(),
        write_lines(&request.lines)?,
        request.reason,
        begun_at,
        operator.0.into_bytes(),
        approved_by.map(|approver| approver.0.into_bytes()),
        known,
    ])?;
    let id = card::store(&tx, operator, request.id.0, None, Some(due.tender), attempt)?;
    tx.commit()?;
    Ok(id)
}

/// Keeps that the terminal could not be asked for the next refund: it was tried.
pub fn not_asked(till: &mut Till, operator: OperatorId, request: &ReturnRequest) -> Result<()> {
    let tx = till.begin()?;
    if let Some(due) = next_due(&tx, operator, &standing(&tx, request)?)? {
        card::store_not_asked(&tx, operator, request.id, &due, what(&due))?;
    }
    tx.commit()
}

/// The return that has to be completed before anything else comes back.
pub fn unfinished(db: &Connection) -> Result<Option<Unfinished>> {
    let select =
        "SELECT id, sale, lines, reason, approved_by, begun_at FROM begun_return WHERE EXISTS (
        SELECT 1 FROM card_attempt WHERE cart = begun_return.id AND sale IS NULL
            AND state IN ('asking', 'unknown', 'doubtful', 'approved'))";
    let read = |row: &Row<'_>| {
        let (id, sale) = (Uuid::from_bytes(row.get(0)?), Uuid::from_bytes(row.get(1)?));
        let approver: Option<[u8; 16]> = row.get(4)?;
        let approver = approver.map(|id| OperatorId(Uuid::from_bytes(id)));
        let begun = Unfinished {
            id: ReturnId(id),
            sale: SaleId(sale),
            receipt: String::new(),
            lines: Vec::new(),
            reason: row.get(3)?,
            approved_by: approver,
            begun_at: row.get(5)?,
        };
        Ok((begun, row.get::<_, String>(2)?))
    };
    let found = db.prepare_cached(select)?.query_row([], read).optional()?;
    let Some((begun, lines)) = found else { return Ok(None) };
    let receipt = super::find(db, begun.sale)?.receipt;
    Ok(Some(Unfinished { receipt, lines: read_lines(&lines)?, ..begun }))
}

/// The last entry that was here when a card was first asked for this return, if one has its money or may have it. What
/// came back elsewhere since does not count against it: it is completed all the same, and both are reported.
pub(super) fn known(db: &Connection, id: ReturnId) -> Result<Option<i64>> {
    match unfinished(db)? {
        Some(begun) if begun.id == id => {
            let select = "SELECT known FROM begun_return WHERE id = ?1";
            Ok(db.prepare_cached(select)?.query_row([id.0.into_bytes()], |row| row.get(0))?)
        }
        _ => Ok(None),
    }
}

/// The same, unless it belongs to the exchange of a cart, which is completed with its cart.
pub fn unfinished_alone(db: &Connection) -> Result<Option<Unfinished>> {
    let Some(begun) = unfinished(db)? else { return Ok(None) };
    Ok(exchange::by_id(db, begun.id)?.is_none().then_some(begun))
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

/// The request as it was begun, once a card was refunded for it: what the money was for comes back, and who
/// approved that need not do it again.
pub(super) fn standing(tx: &Tx<'_>, request: &ReturnRequest) -> Result<Standing> {
    let approver = request.approver.map(Approver::id);
    let attached = exchange::by_id(tx, request.id)?;
    let attached_on =
        attached.as_ref().map(|begun| local_day(begun.begun_at, tx.utc_offset_minutes));
    match unfinished(tx)? {
        Some(begun) if begun.id == request.id => {
            let begun_on = attached_on.unwrap_or_else(|| begun.day(tx));
            let Unfinished { sale, lines, reason, approved_by, .. } = begun;
            let request = ReturnRequest { sale, lines, reason, ..request.clone() };
            Ok(Standing { request, approved_by: approver.or(approved_by), begun_on })
        }
        Some(_) => Err(check_finished(tx).err().unwrap_or_else(|| Refusal::NothingToReturn.into())),
        None => Ok(Standing {
            request: request.clone(),
            approved_by: approver.or(attached.and_then(|begun| begun.approved_by)),
            begun_on: attached_on.unwrap_or(tx.today),
        }),
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
    card::spend::check_settled(tx, CartId(request.id.0))?;
    let (dues, given) = dues(tx, request.id, asked)?;
    if let Some(due) = dues.first() {
        let tried = card::spend::refund_failed(tx, request.id)?;
        let may = request.cash_instead && (tried || !devices::is_set_up(tx, Class::Terminal)?);
        if !may {
            return Err(Refusal::CardRefundFirst { amount: due.amount }.into());
        }
        permitted(tx, operator, request.approver.map(Approver::id), Role::Supervisor)?;
    }
    let owed = asked.goods.total - asked.used;
    let back = Money::sum(given.iter().map(|refund| refund.amount), owed.currency());
    if back > owed {
        return Err(Error::Broken(format!("cards were refunded {back} of {owed}")));
    }
    Ok(given)
}

/// The refunds of a return are those of its fact from now on.
pub(super) fn spend(tx: &Tx<'_>, id: ReturnId, entry: i64) -> Result<()> {
    card::spend::spend(tx, CartId(id.0), entry)?;
    tx.prepare_cached("DELETE FROM begun_return WHERE id = ?1")?.execute([id.0.into_bytes()])?;
    Ok(())
}

fn next_due(tx: &Tx<'_>, operator: OperatorId, standing: &Standing) -> Result<Option<CardDue>> {
    let Standing { request, approved_by, .. } = standing;
    operators::check(tx, operator, Permission::Return)?;
    payments::open_shift_of(tx, tx.identity.register)?.ok_or(money::Refusal::NoOpenShift)?;
    if card::unsettled(tx)?.is_some() {
        return Err(money::Refusal::CardUnsettled.into());
    }
    if request.reason.as_deref() == Some(POST_VOID) && unfinished(tx)?.is_none() {
        voiding(tx, operator, request.approver, request.id, request.sale)?;
    }
    let asked = ask(tx, request)?;
    permit(tx, operator, standing, &asked.sale)?;
    permit_cash(tx, operator, *approved_by, &asked)?;
    let (dues, _) = dues(tx, request.id, &asked)?;
    let Some(mut due) = dues.into_iter().next() else { return Ok(None) };
    let voids = request.reason.as_deref() == Some(POST_VOID);
    if !voids || card::spend::reversal_refused(tx, request.id, due.tender)? {
        due.reverses = None;
    }
    Ok(Some(due))
}

/// Whether the terminal that was asked can know the payment: receipt numbers are its own, and those of one day.
fn remembers(attempt: &Attempt, due: &CardDue) -> bool {
    let paid_at = due.card.as_ref().and_then(|card| card.terminal);
    attempt.before.is_some_and(|last| paid_at.is_none() || last.terminal == paid_at)
}

/// What cards still have to be given, and what they were given already.
fn dues(tx: &Tx<'_>, id: ReturnId, asked: &Asked) -> Result<(Vec<CardDue>, Vec<Refund>)> {
    let given = card::spend::refunds(tx, id)?;
    let mut dues = returns::card_dues(&asked.sale, &asked.earlier, asked.goods.total - asked.used);
    for due in &mut dues {
        let to_it = given.iter().filter(|refund| refund.tender == Some(due.tender));
        let to_it = Money::sum(to_it.map(|refund| refund.amount), due.amount.currency());
        if !to_it.is_zero() {
            (due.amount, due.reverses) = (due.amount - to_it, None);
        }
    }
    dues.retain(|due| due.amount.minor() > 0);
    Ok((dues, given))
}

/// Lines of a return that is not completed, as they are kept.
pub(super) fn write_lines(lines: &[Wanted]) -> Result<String> {
    let lines: Vec<(u32, i64, bool)> =
        lines.iter().map(|one| (one.line, one.quantity.thousandths(), one.wasted)).collect();
    serde_json::to_string(&lines).map_err(unreadable)
}

/// What [`write_lines`] wrote.
pub(super) fn read_lines(text: &str) -> Result<Vec<Wanted>> {
    let lines: Vec<(u32, i64, bool)> = serde_json::from_str(text).map_err(unreadable)?;
    let wanted = |(line, thousandths, wasted)| {
        let quantity = Quantity::from_thousandths(thousandths);
        Wanted { line, quantity, wasted }
    };
    Ok(lines.into_iter().map(wanted).collect())
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::Broken(format!("a return that was begun cannot be written or read: {error}"))
}
