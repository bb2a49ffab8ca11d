//! Shifts: opening a drawer with a float, X at any time, counting and the Z.

use comptoir_domain::ids::{OperatorId, ShiftId};
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::orders::receipt_number;
use comptoir_domain::payments::Refusal;
use comptoir_domain::reporting::{Report, ReportKind, ReportTax, TenderTotal};
use comptoir_domain::text::Text;
use comptoir_sync::entry::Entry;
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::shifts::{ShiftClosed, ShiftOpened};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::till::{Till, Tx, local_minute};
use crate::{catalog, operators};

/// A shift as the tables have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Which.
    pub id: ShiftId,
    /// Place of its opening in the journal.
    pub entry: i64,
    /// Numbered from 1 per register.
    pub number: u64,
    /// Milliseconds since 1970 UTC.
    pub opened_at: i64,
    /// Who opened it.
    pub opened_by: OperatorId,
    /// Opening cash, in minor units.
    pub float: i64,
    /// Closing, when it is closed.
    pub closed: Option<Closing>,
}

/// How a shift was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// Milliseconds since 1970 UTC.
    pub at: i64,
    /// Number of the Z.
    pub z_number: u64,
    /// Cash found, in minor units.
    pub counted: i64,
    /// Cash by the books, in minor units.
    pub expected: i64,
}

/// Opens the register's drawer with `float` in it.
pub fn open_shift(till: &mut Till, operator: OperatorId, float: Money) -> Result<Shift> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::KeepDrawer)?;
    let register = tx.identity.register;
    if open_shift_of(&tx, register)?.is_some() {
        return Err(Refusal::ShiftAlreadyOpen.into());
    }
    if float.is_negative() {
        return Err(Refusal::BadAmount { text: float.to_string() }.into());
    }
    let number =
        next(&tx, "SELECT coalesce(max(number), 0) + 1 FROM shift WHERE register = ?1", register)?;
    let fact = ShiftOpened {
        id: tx.new_id().into(),
        number,
        register,
        float: float.minor(),
        currency: float.currency().code().to_owned(),
    };
    tx.record(&Fact::ShiftOpened(fact), Some(operator))?;
    let shift = open_shift_of(&tx, register)?
        .ok_or_else(|| Error::Broken("the shift that was opened is not there".into()))?;
    tx.commit()?;
    catalog::search::refresh_popular(till)?;
    Ok(shift)
}

/// Totals so far; changes nothing.
pub fn x_report(till: &mut Till, operator: OperatorId) -> Result<Report> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::KeepDrawer)?;
    let shift = open_shift_of(&tx, tx.identity.register)?.ok_or(Refusal::NoOpenShift)?;
    report(&tx, &shift, &operators::find(&tx, operator)?.name)
}

/// Closes the shift with what was counted, and takes its Z: numbered, once.
pub fn close_shift(till: &mut Till, operator: OperatorId, counted: Money) -> Result<Report> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::KeepDrawer)?;
    let register = tx.identity.register;
    let shift = open_shift_of(&tx, register)?.ok_or(Refusal::NoOpenShift)?;
    if crate::cart::find(&tx, tx.store.currency)?.is_some_and(|cart| !cart.is_empty()) {
        return Err(Refusal::CartNotEmpty.into());
    }
    if counted.is_negative() {
        return Err(Refusal::BadAmount { text: counted.to_string() }.into());
    }
    let name = operators::find(&tx, operator)?.name;
    let x = report(&tx, &shift, &name)?;
    let sums = Sums::of(&tx, &shift)?;
    let fact = ShiftClosed {
        id: shift.id.0.into(),
        z_number: next(
            &tx,
            "SELECT coalesce(max(z_number), 0) + 1 FROM shift WHERE register = ?1",
            register,
        )?,
        counted: counted.minor(),
        expected: x.expected.minor(),
        sales: sums.sales,
        total: sums.total,
        rounding: sums.rounding,
        tendered: sums.tendered,
        change: sums.change,
    };
    tx.record(&Fact::ShiftClosed(fact), Some(operator))?;
    let z = report(&tx, &find(&tx, shift.entry)?, &name)?;
    tx.commit()?;
    catalog::search::refresh_popular(till)?;
    Ok(z)
}

/// The Z taken last on this register.
pub fn last_z(till: &mut Till) -> Result<Option<Report>> {
    let tx = till.begin()?;
    let select = "SELECT entry, closed_by FROM shift WHERE register = ?1 AND closed_at IS NOT NULL ORDER BY z_number DESC LIMIT 1";
    let found = tx
        .prepare_cached(select)?
        .query_row([tx.identity.register], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 16]>(1)?))
        })
        .optional()?;
    let Some((entry, closed_by)) = found else { return Ok(None) };
    let name =
        operators::find(&tx, OperatorId(Uuid::from_bytes(closed_by))).map(|operator| operator.name);
    report(&tx, &find(&tx, entry)?, &name.unwrap_or_default()).map(Some)
}

/// The open shift of a register.
pub fn open_shift_of(db: &Connection, register: u32) -> Result<Option<Shift>> {
    let select = format!("{SHIFT} WHERE register = ?1 AND closed_at IS NULL");
    Ok(db.prepare_cached(&select)?.query_row([register], read_shift).optional()?)
}

fn find(db: &Connection, entry: i64) -> Result<Shift> {
    Ok(db.prepare_cached(&format!("{SHIFT} WHERE entry = ?1"))?.query_row([entry], read_shift)?)
}

/// X of an open shift, Z of a closed one. Refuses to answer when it does not add up.
fn report(tx: &Tx<'_>, shift: &Shift, operator: &str) -> Result<Report> {
    let currency = tx.store.currency;
    let money = |minor| Money::new(minor, currency);
    let sums = Sums::of(tx, shift)?;
    let receipt = |sale: Option<(u32, u64)>| {
        sale.map(|(epoch, number)| {
            receipt_number(&tx.identity.store, tx.identity.register, epoch, number)
        })
    };
    let closed = shift.closed.as_ref();
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
        taxes: taxes(tx, shift)?,
        total: money(sums.total),
        rounding: money(sums.rounding),
        tenders: tenders(tx, shift)?,
        change: money(sums.change),
        float: money(shift.float),
        expected: money(
            closed.map_or(shift.float + sums.cash - sums.change, |closed| closed.expected),
        ),
        counted: closed.map(|closed| money(closed.counted)),
        over_short: closed.map(|closed| money(closed.counted - closed.expected)),
        first_receipt: receipt(sums.first),
        last_receipt: receipt(sums.last),
    };
    if report.adds_up() {
        Ok(report)
    } else {
        Err(Error::Broken(format!("shift {} does not add up", shift.number)))
    }
}

/// Sums over the sales of one shift. They lie behind its opening in the journal, so only those
/// rows are read.
struct Sums {
    sales: u64,
    subtotal: i64,
    total: i64,
    rounding: i64,
    tendered: i64,
    cash: i64,
    change: i64,
    voided_lines: u64,
    voided_carts: u64,
    first: Option<(u32, u64)>,
    last: Option<(u32, u64)>,
}

impl Sums {
    fn of(db: &Connection, shift: &Shift) -> Result<Sums> {
        let sums = "SELECT count(*), coalesce(sum(subtotal), 0), coalesce(sum(total), 0), coalesce(sum(rounding), 0),
            coalesce(sum(tendered), 0), coalesce(sum(change), 0), min(entry), max(entry)
            FROM sale WHERE entry > ?1 AND shift = ?1";
        let row = |row: &Row<'_>| {
            let sums = Sums {
                sales: row.get(0)?,
                subtotal: row.get(1)?,
                total: row.get(2)?,
                rounding: row.get(3)?,
                tendered: row.get(4)?,
                cash: 0,
                change: row.get(5)?,
                voided_lines: 0,
                voided_carts: 0,
                first: None,
                last: None,
            };
            Ok((sums, row.get::<_, Option<i64>>(6)?, row.get::<_, Option<i64>>(7)?))
        };
        let (mut sums, first, last) = db.prepare_cached(sums)?.query_row([shift.entry], row)?;
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
        let number = |entry: Option<i64>| -> Result<Option<(u32, u64)>> {
            let select = "SELECT epoch, number FROM sale WHERE entry = ?1";
            Ok(db
                .prepare_cached(select)?
                .query_row([entry], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?)
        };
        (sums.first, sums.last) = (number(first)?, number(last)?);
        Ok(sums)
    }
}

fn taxes(tx: &Tx<'_>, shift: &Shift) -> Result<Vec<ReportTax>> {
    let mut select = tx.prepare_cached(
        "SELECT code, sum(amount) FROM sale JOIN sale_tax ON sale_tax.sale = sale.entry
         WHERE entry > ?1 AND shift = ?1 GROUP BY code ORDER BY code",
    )?;
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

fn tenders(tx: &Tx<'_>, shift: &Shift) -> Result<Vec<TenderTotal>> {
    let mut select = tx.prepare_cached(
        "SELECT type, count(*), sum(amount) FROM sale JOIN sale_tender ON sale_tender.sale = sale.entry
         WHERE entry > ?1 AND shift = ?1 GROUP BY type ORDER BY type",
    )?;
    let row = |row: &Row<'_>| {
        Ok(TenderTotal {
            tender: row.get(0)?,
            count: row.get(1)?,
            amount: Money::new(row.get(2)?, tx.store.currency),
        })
    };
    Ok(select.query_map([shift.entry], row)?.collect::<rusqlite::Result<_>>()?)
}

/// The row of an opening.
pub fn project_opened(db: &Connection, id: i64, entry: &Entry, fact: &ShiftOpened) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO shift (entry, id, register, number, opened_at, opened_by, float) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![id, fact.id.0, fact.register, fact.number, entry.wall, entry.operator.unwrap_or_default(), fact.float])?;
    Ok(())
}

/// The row of a closing.
pub fn project_closed(db: &Connection, entry: &Entry, fact: &ShiftClosed) -> Result<()> {
    db.prepare_cached(
        "UPDATE shift SET closed_at = ?2, closed_by = ?3, z_number = ?4, counted = ?5, expected = ?6 WHERE id = ?1",
    )?
    .execute(params![
        fact.id.0,
        entry.wall,
        entry.operator.unwrap_or_default(),
        fact.z_number,
        fact.counted,
        fact.expected
    ])?;
    Ok(())
}

const SHIFT: &str = "SELECT entry, id, number, opened_at, opened_by, float, closed_at, z_number, counted, expected FROM shift";

fn read_shift(row: &Row<'_>) -> rusqlite::Result<Shift> {
    let closed = match row.get::<_, Option<i64>>(6)? {
        Some(at) => {
            Some(Closing { at, z_number: row.get(7)?, counted: row.get(8)?, expected: row.get(9)? })
        }
        None => None,
    };
    Ok(Shift {
        entry: row.get(0)?,
        id: ShiftId(Uuid::from_bytes(row.get(1)?)),
        number: row.get(2)?,
        opened_at: row.get(3)?,
        opened_by: OperatorId(Uuid::from_bytes(row.get(4)?)),
        float: row.get(5)?,
        closed,
    })
}

fn next(db: &Connection, select: &str, register: u32) -> Result<u64> {
    Ok(db.prepare_cached(select)?.query_row([register], |row| row.get(0))?)
}
