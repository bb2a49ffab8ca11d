//! Cash that moves without a sale, and a drawer that is opened without one: each with its reason.

use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::payments::{CashMove, Refusal};
use comptoir_sync::documents::Kind;
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::shifts::{CashMoved, DrawerOpened};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::{Shift, open_shift_of};
use crate::cart::permitted;
use crate::error::Result;
use crate::operators::{self, Approver};
use crate::outbox::{self, Job};
use crate::till::{Till, Tx};
use crate::{documents, journal, store};

/// Characters of a reason.
const MOST_REASON: usize = 120;

/// Moves cash into or out of the open shift's drawer, and opens it.
pub fn move_cash(
    till: &mut Till,
    operator: OperatorId,
    approver: Option<Approver>,
    what: CashMove,
    amount: Money,
    reason: &str,
) -> Result<()> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::KeepDrawer)?;
    let shift = open_shift(&tx)?;
    if amount.minor() <= 0 {
        return Err(Refusal::BadAmount { text: amount.to_string() }.into());
    }
    let reason = why(reason)?;
    let approved_by = approver.map(Approver::id);
    permitted(&tx, operator, approved_by, tx.settings.cash.needs(what, amount))?;
    let fact = CashMoved {
        id: tx.new_id().into(),
        shift: shift.id.0.into(),
        kind: what.as_str().to_owned(),
        amount: amount.minor(),
        currency: amount.currency().code().to_owned(),
        reason,
        approved_by: approved_by.map(|approver| approver.0.into()),
    };
    let entry = tx.record(&Fact::CashMoved(fact), Some(operator))?;
    outbox::push(&tx, &Job::KickDrawer { cause: entry })?;
    tx.commit()
}

/// Opens the drawer without a sale.
pub fn no_sale(
    till: &mut Till,
    operator: OperatorId,
    approver: Option<Approver>,
    reason: &str,
) -> Result<()> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::KeepDrawer)?;
    let shift = open_shift(&tx)?;
    let reason = why(reason)?;
    let approved_by = approver.map(Approver::id);
    let needs = tx.settings.cash.no_sale_needs(opened_alone(&tx, &shift)?);
    permitted(&tx, operator, approved_by, needs)?;
    let approved_by = approved_by.map(|approver| approver.0.into());
    let fact = DrawerOpened { shift: shift.id.0.into(), reason, approved_by };
    let entry = tx.record(&Fact::DrawerOpened(fact), Some(operator))?;
    outbox::push(&tx, &Job::KickDrawer { cause: entry })?;
    tx.commit()
}

fn open_shift(tx: &Tx<'_>) -> Result<Shift> {
    Ok(open_shift_of(tx, tx.identity.register)?.ok_or(Refusal::NoOpenShift)?)
}

/// How often the drawer of a shift was opened without a sale and without approval.
fn opened_alone(db: &Connection, shift: &Shift) -> Result<u64> {
    let select =
        "SELECT count(*) FROM no_sale WHERE entry > ?1 AND shift = ?1 AND approved_by IS NULL";
    Ok(db.prepare_cached(select)?.query_row([shift.entry], |row| row.get(0))?)
}

fn why(reason: &str) -> Result<String> {
    let reason: String =
        reason.trim().chars().filter(|c| !c.is_control()).take(MOST_REASON).collect();
    if reason.is_empty() { Err(Refusal::ReasonRequired.into()) } else { Ok(reason) }
}

/// What moved in a shift without a sale, in minor units.
#[derive(Default)]
pub(super) struct Moved {
    pub(super) paid_in: i64,
    pub(super) paid_out: i64,
    pub(super) safe_drops: i64,
    pub(super) no_sales: u64,
}

impl Moved {
    pub(super) fn of(db: &Connection, shift: &Shift) -> Result<Moved> {
        let sum = |what: CashMove| -> Result<i64> {
            let select = "SELECT coalesce(sum(amount), 0) FROM cash_movement WHERE entry > ?1 AND shift = ?1 AND kind = ?2";
            Ok(db
                .prepare_cached(select)?
                .query_row(params![shift.entry, what.as_str()], |row| row.get(0))?)
        };
        let no_sales = "SELECT count(*) FROM no_sale WHERE entry > ?1 AND shift = ?1";
        Ok(Moved {
            paid_in: sum(CashMove::PaidIn)?,
            paid_out: sum(CashMove::PaidOut)?,
            safe_drops: sum(CashMove::SafeDrop)?,
            no_sales: db.prepare_cached(no_sales)?.query_row([shift.entry], |row| row.get(0))?,
        })
    }

    /// What the drawer has more of it.
    pub(super) const fn in_drawer(&self) -> i64 {
        self.paid_in - self.paid_out - self.safe_drops
    }
}

/// The row of a movement.
pub fn project_moved(db: &Connection, id: i64, fact: &CashMoved) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO cash_movement (entry, id, shift, kind, amount, reason, approved_by)
         VALUES (?1, ?2, (SELECT entry FROM shift WHERE id = ?3), ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        id,
        fact.id.0,
        fact.shift.0,
        fact.kind,
        fact.amount,
        fact.reason,
        fact.approved_by.map(|approver| approver.0)
    ])?;
    Ok(())
}

/// Shows what newer tills have said of limits and approvals before this one could read it, once.
pub(crate) fn read_older(db: &Connection) -> Result<()> {
    if !db.prepare("SELECT 1 FROM setting WHERE key = 'read_cash'")?.exists([])? {
        return Ok(());
    }
    let tx = db.unchecked_transaction()?;
    let mut select = tx.prepare("SELECT document FROM store")?;
    let stores: Vec<[u8; 16]> =
        select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    drop(select);
    for document in stores.into_iter().map(Uuid::from_bytes) {
        store::project(&tx, document, &documents::fields(&tx, document, Kind::Settings)?)?;
    }
    let mut select = tx.prepare("SELECT entry FROM no_sale")?;
    for entry in select.query_map([], |row| row.get(0))? {
        let entry: i64 = entry?;
        if let Fact::DrawerOpened(DrawerOpened { approved_by: Some(by), .. }) =
            journal::read_fact(&tx, entry)?.1
        {
            tx.execute(
                "UPDATE no_sale SET approved_by = ?2 WHERE entry = ?1",
                params![entry, by.0],
            )?;
        }
    }
    drop(select);
    tx.execute("DELETE FROM setting WHERE key = 'read_cash'", [])?;
    Ok(tx.commit()?)
}

/// The row of a drawer that was opened.
pub fn project_opened(db: &Connection, id: i64, fact: &DrawerOpened) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO no_sale (entry, shift, reason, approved_by)
         VALUES (?1, (SELECT entry FROM shift WHERE id = ?2), ?3, ?4)",
    )?
    .execute(params![
        id,
        fact.shift.0,
        fact.reason,
        fact.approved_by.map(|approver| approver.0)
    ])?;
    Ok(())
}
