//! X and Z: the totals of a shift.

use comptoir_domain::ids::{OperatorId, ShiftId};
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::orders::receipt_number;
use comptoir_domain::payments::Refusal;
use comptoir_domain::reporting::{Report, ReportKind, ReportTax, TenderTotal, XReport};
use comptoir_domain::text::Text;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::drawer::Moved;
use super::{Shift, find, hand_in, hand_over, open_shift_of, terminal_check};
use crate::error::{Error, Result};
use crate::operators::{self, Operator};
use crate::outbox::{self, Job};
use crate::till::{Till, Tx, local_minute};

/// Totals so far; changes nothing. Who may not see reports counts the drawer blind, and has them without its cash.
pub fn x_report(till: &mut Till, operator: OperatorId) -> Result<XReport> {
    let tx = till.begin_reading()?;
    operators::check(&tx, operator, Permission::KeepDrawer)?;
    let shift = open_shift_of(&tx, tx.identity.register)?.ok_or(Refusal::NoOpenShift)?;
    let Operator { name, role, .. } = operators::find(&tx, operator)?;
    let x = of(&tx, &shift, &name)?;
    Ok(match role.may(Permission::SeeReports) {
        true => XReport::Whole(Box::new(x)),
        false => XReport::Blind(Box::new(x.blind())),
    })
}

/// The Z taken last on this register.
pub fn last_z(till: &mut Till) -> Result<Option<Report>> {
    let register = till.identity().register;
    let select = "SELECT entry FROM shift WHERE register = ?1 AND closed_at IS NOT NULL
        ORDER BY z_number DESC, closed_at DESC, id LIMIT 1";
    let last =
        till.db().prepare_cached(select)?.query_row([register], |row| row.get(0)).optional()?;
    last.map(|entry| of_shift(till, entry)).transpose()
}

/// Prints the X of the open shift as the operator may see it, or the last Z again when none is open.
pub fn print(till: &mut Till, operator: OperatorId) -> Result<i64> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::KeepDrawer)?;
    let register = tx.identity.register;
    let job = match open_shift_of(&tx, register)? {
        Some(shift) if operators::find(&tx, operator)?.role.may(Permission::SeeReports) => {
            Job::PrintReport { shift: shift.entry }
        }
        Some(shift) => Job::PrintBlindReport { shift: shift.entry },
        None => {
            let select = "SELECT entry FROM shift WHERE register = ?1 ORDER BY z_number DESC, closed_at DESC, id LIMIT 1";
            let last =
                tx.prepare_cached(select)?.query_row([register], |row| row.get(0)).optional()?;
            Job::PrintDuplicate { of: last.ok_or(Refusal::NoOpenShift)? }
        }
    };
    let job = outbox::push(&tx, &job)?;
    tx.commit()?;
    Ok(job)
}

/// X or Z of a shift of this register, by its number; `id` says which, where it may be one of several.
pub fn of_number(
    till: &mut Till,
    reader: OperatorId,
    shift: u64,
    id: Option<ShiftId>,
) -> Result<Report> {
    operators::check(till.db(), reader, Permission::SeeReports)?;
    let entry = entry_of(till.db(), till.identity().register, shift, id)?;
    of_shift(till, entry)
}

/// Prints the Z of a closed shift again, marked as a duplicate; the X of one that is open.
pub fn print_number(
    till: &mut Till,
    reader: OperatorId,
    shift: u64,
    id: Option<ShiftId>,
) -> Result<i64> {
    let tx = till.begin()?;
    operators::check(&tx, reader, Permission::SeeReports)?;
    let entry = entry_of(&tx, tx.identity.register, shift, id)?;
    let job = match find(&tx, entry)?.closed {
        Some(_) => Job::PrintDuplicate { of: entry },
        None => Job::PrintReport { shift: entry },
    };
    let job = outbox::push(&tx, &job)?;
    tx.commit()?;
    Ok(job)
}

/// The place of a shift's opening in the journal. Of several with one number it is that with `id`, or the last one.
pub(crate) fn entry_of(
    db: &Connection,
    register: u32,
    shift: u64,
    id: Option<ShiftId>,
) -> Result<i64> {
    let select =
        "SELECT entry FROM shift WHERE register = ?1 AND number = ?2 AND (?3 IS NULL OR id = ?3)
        ORDER BY opened_at DESC, id LIMIT 1";
    let id = id.map(|id| id.0.into_bytes());
    let entry = db
        .prepare_cached(select)?
        .query_row(params![register, shift, id], |row| row.get(0))
        .optional()?;
    Ok(entry.ok_or(Refusal::UnknownShift { shift })?)
}

/// The report of a shift as it is now.
pub(crate) fn of_shift(till: &mut Till, entry: i64) -> Result<Report> {
    let tx = till.begin_reading()?;
    let shift = find(&tx, entry)?;
    let by = shift.closed.as_ref().map_or(shift.opened_by, |closed| closed.by);
    let name = operators::find(&tx, by).map(|operator| operator.name).unwrap_or_default();
    of(&tx, &shift, &name)
}

/// X of an open shift, Z of a closed one. Refuses to answer when it does not add up.
pub(super) fn of(tx: &Tx<'_>, shift: &Shift, operator: &str) -> Result<Report> {
    let currency = tx.store.currency;
    let money = |minor| Money::new(minor, currency);
    let sums = Sums::of(tx, shift)?;
    let moved = Moved::of(tx, shift)?;
    let receipt = |sale: Option<(u32, u64)>| {
        sale.map(|(epoch, number)| {
            receipt_number(&tx.identity.store, tx.identity.register, epoch, number)
        })
    };
    let closed = shift.closed.as_ref();
    let hand_overs = hand_over::of_shift(tx, shift)?;
    let report = Report {
        kind: if closed.is_some() { ReportKind::Z } else { ReportKind::X },
        number: closed.map(|closed| closed.z_number),
        shift: shift.number,
        opened_at: local_minute(shift.opened_at, tx.utc_offset_minutes),
        closed_at: closed.map(|closed| local_minute(closed.at, tx.utc_offset_minutes)),
        operator: operator.to_owned(),
        sales: sums.sales,
        voided_lines: sums.voided_lines,
        voided_carts: sums.voided_carts,
        subtotal: money(sums.subtotal),
        taxes: taxes(tx, shift, SALE_TAXES)?,
        total: money(sums.total),
        returns: sums.returns,
        returned_taxes: taxes(tx, shift, RETURN_TAXES)?,
        returned: money(sums.returned),
        rounding: money(sums.rounding - sums.returned_rounding),
        tenders: tenders(tx, shift, TENDERS)?,
        change: money(sums.change),
        refunds: tenders(tx, shift, REFUNDS)?,
        float: money(shift.float),
        paid_in: money(moved.paid_in),
        paid_out: money(moved.paid_out),
        safe_drops: money(moved.safe_drops),
        no_sales: moved.no_sales,
        expected: money(
            closed.map_or(shift.float + sums.cash_kept() + moved.in_drawer(), |closed| {
                closed.expected
            }),
        ),
        counted: closed.map(|closed| money(closed.counted)),
        over_short: closed.map(|closed| money(closed.counted - closed.expected)),
        note: closed.and_then(|closed| closed.note.clone()),
        earlier_counts: hand_in::earlier(tx, shift)?,
        terminal: terminal_check::of_shift(tx, shift)?,
        parts: if hand_overs.is_empty() { Vec::new() } else { hand_over::shown_parts(tx, shift)? },
        hand_overs,
        first_receipt: receipt(sums.first),
        last_receipt: receipt(sums.last),
    };
    if report.adds_up() {
        Ok(report)
    } else {
        Err(Error::Broken(format!("shift {} does not add up", shift.number)))
    }
}

/// Sums over the sales and returns of one shift. They lie behind its opening in the journal, so only those
/// rows are read.
pub(super) struct Sums {
    pub(super) sales: u64,
    pub(super) subtotal: i64,
    pub(super) total: i64,
    pub(super) rounding: i64,
    pub(super) tendered: i64,
    pub(super) cash: i64,
    pub(super) change: i64,
    pub(super) returns: u64,
    pub(super) returned: i64,
    pub(super) returned_rounding: i64,
    pub(super) refunded: i64,
    pub(super) cash_refunded: i64,
    pub(super) voided_lines: u64,
    pub(super) voided_carts: u64,
    pub(super) first: Option<(u32, u64)>,
    pub(super) last: Option<(u32, u64)>,
}

impl Sums {
    pub(super) fn of(db: &Connection, shift: &Shift) -> Result<Sums> {
        let sums = "SELECT count(*), coalesce(sum(subtotal), 0), coalesce(sum(total), 0), coalesce(sum(rounding), 0),
            coalesce(sum(tendered), 0), coalesce(sum(change), 0)
            FROM sale WHERE entry > ?1 AND shift = ?1";
        let row = |row: &Row<'_>| {
            Ok(Sums {
                sales: row.get(0)?,
                subtotal: row.get(1)?,
                total: row.get(2)?,
                rounding: row.get(3)?,
                tendered: row.get(4)?,
                cash: 0,
                change: row.get(5)?,
                returns: 0,
                returned: 0,
                returned_rounding: 0,
                refunded: 0,
                cash_refunded: 0,
                voided_lines: 0,
                voided_carts: 0,
                first: None,
                last: None,
            })
        };
        let mut sums: Sums = db.prepare_cached(sums)?.query_row([shift.entry], row)?;
        let one = |select: &str| -> Result<i64> {
            Ok(db.prepare_cached(select)?.query_row([shift.entry], |row| row.get(0))?)
        };
        sums.cash = one(
            "SELECT coalesce(sum(amount), 0) FROM sale JOIN sale_tender ON sale_tender.sale = sale.entry AND type = 'cash'
             WHERE entry > ?1 AND shift = ?1",
        )?;
        let voided = one(
            "SELECT count(*) FROM sale JOIN sale_line ON sale_line.sale = sale.entry AND voided IS NOT NULL
             WHERE entry > ?1 AND shift = ?1",
        )?;
        sums.voided_lines = voided.unsigned_abs();
        sums.voided_carts =
            one("SELECT count(*) FROM cart_void WHERE entry > ?1 AND shift = ?1")?.unsigned_abs();
        let returned = "SELECT count(*), coalesce(sum(total), 0), coalesce(sum(rounding), 0), coalesce(sum(refunded), 0)
            FROM return_sale WHERE entry > ?1 AND shift = ?1";
        (sums.returns, sums.returned, sums.returned_rounding, sums.refunded) =
            db.prepare_cached(returned)?.query_row([shift.entry], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
        sums.cash_refunded = one(
            "SELECT coalesce(sum(amount), 0) FROM return_sale JOIN return_tender ON return_sale = entry AND type = 'cash'
             WHERE entry > ?1 AND shift = ?1",
        )?;
        let receipt = |order: &str| -> Result<Option<(u32, u64)>> {
            let select = format!(
                "SELECT epoch, number FROM (SELECT entry, epoch, number, shift FROM sale
                     UNION ALL SELECT entry, epoch, number, shift FROM return_sale)
                 WHERE entry > ?1 AND shift = ?1 ORDER BY entry {order} LIMIT 1"
            );
            let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
            Ok(db.prepare_cached(&select)?.query_row([shift.entry], row).optional()?)
        };
        (sums.first, sums.last) = (receipt("ASC")?, receipt("DESC")?);
        Ok(sums)
    }

    /// What the drawer has more of sales, and less of returns.
    const fn cash_kept(&self) -> i64 {
        self.cash - self.change - self.cash_refunded
    }
}

const SALE_TAXES: &str =
    "SELECT code, sum(amount) FROM sale JOIN sale_tax ON sale_tax.sale = sale.entry
    WHERE entry > ?1 AND shift = ?1 GROUP BY code ORDER BY code";
const RETURN_TAXES: &str =
    "SELECT code, sum(amount) FROM return_sale JOIN return_tax ON return_sale = entry
    WHERE entry > ?1 AND shift = ?1 GROUP BY code ORDER BY code";
const TENDERS: &str =
    "SELECT type, count(*), sum(amount) FROM sale JOIN sale_tender ON sale_tender.sale = sale.entry
    WHERE entry > ?1 AND shift = ?1 GROUP BY type ORDER BY type";
const REFUNDS: &str =
    "SELECT type, count(*), sum(amount) FROM return_sale JOIN return_tender ON return_sale = entry
    WHERE entry > ?1 AND shift = ?1 GROUP BY type ORDER BY type";

fn taxes(tx: &Tx<'_>, shift: &Shift, select: &str) -> Result<Vec<ReportTax>> {
    let mut select = tx.prepare_cached(select)?;
    let name = |code: &str| {
        tx.taxes.rates.iter().find(|rate| rate.code == code).map(|rate| rate.name.clone())
    };
    let row = |row: &Row<'_>| {
        let code: String = row.get(0)?;
        let name = name(&code).unwrap_or_else(|| Text::new(&code, &code));
        Ok(ReportTax { name, amount: Money::new(row.get(1)?, tx.store.currency), code })
    };
    Ok(select.query_map([shift.entry], row)?.collect::<rusqlite::Result<_>>()?)
}

fn tenders(tx: &Tx<'_>, shift: &Shift, select: &str) -> Result<Vec<TenderTotal>> {
    let mut select = tx.prepare_cached(select)?;
    let row = |row: &Row<'_>| {
        Ok(TenderTotal {
            tender: row.get(0)?,
            count: row.get(1)?,
            amount: Money::new(row.get(2)?, tx.store.currency),
        })
    };
    Ok(select.query_map([shift.entry], row)?.collect::<rusqlite::Result<_>>()?)
}
