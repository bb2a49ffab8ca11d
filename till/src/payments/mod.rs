//! Shifts: opening a drawer with a float, X at any time, counting and the Z. What is counted is found out in one way,
//! also when a drawer is handed over.

pub mod card;
pub mod drawer;
pub mod hand_in;
pub mod hand_over;
pub mod paper;
pub mod report;
pub mod rows;
pub mod settlements;
pub mod terminal_check;

use comptoir_domain::ids::{OperatorId, ShiftId};
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::operators::Permission;
use comptoir_domain::payments::{CountedPieces, Refusal, tally};
use comptoir_domain::reporting::Report;
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::shifts::{Pieces, ShiftClosed, ShiftOpened};
use rusqlite::{Connection, OptionalExtension, Row};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::outbox::{self, Job};
use crate::till::{Till, Tx};
use crate::{catalog, operators, orders};

/// A shift as the tables have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Which.
    pub id: ShiftId,
    /// Place of its opening in the journal.
    pub entry: i64,
    /// Numbered from 1 per register; two have one number where tills of the register were apart.
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
    /// By whom.
    pub by: OperatorId,
    /// Number of the Z.
    pub z_number: u64,
    /// Cash found, in minor units.
    pub counted: i64,
    /// Cash by the books, in minor units.
    pub expected: i64,
    /// Said at closing.
    pub note: Option<String>,
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
        opened_at: None,
    };
    tx.record(&Fact::ShiftOpened(fact), Some(operator))?;
    let shift = open_shift_of(&tx, register)?
        .ok_or_else(|| Error::Broken("the shift that was opened is not there".into()))?;
    tx.commit()?;
    catalog::search::refresh_popular(till)?;
    Ok(shift)
}

/// What was found in the drawer.
#[derive(Debug, Clone, Default)]
pub struct Count {
    /// In all.
    pub total: Option<Money>,
    /// By note and coin, when it was counted so; then the total follows from it.
    pub pieces: Vec<CountedPieces>,
    /// What has to be known of it.
    pub note: String,
    /// Whether the Z, or the slip of a hand-over, goes to the printer.
    pub print: bool,
}

impl From<Money> for Count {
    fn from(total: Money) -> Count {
        Count { total: Some(total), ..Count::default() }
    }
}

/// What a count comes to, as facts have it.
struct Counted {
    total: Money,
    pieces: Option<Vec<Pieces>>,
    note: Option<String>,
    print: bool,
}

impl Count {
    fn checked(self, currency: Currency) -> Result<Counted> {
        let tally = tally(&self.pieces, currency)?;
        let total = self.total.unwrap_or(tally.total);
        if total.is_negative() {
            return Err(Refusal::BadAmount { text: total.to_string() }.into());
        }
        let counted = |(value, pieces)| Pieces { value, pieces };
        let pieces = tally.pieces.into_iter().map(counted).collect();
        Ok(Counted {
            total,
            pieces: Some(pieces).filter(|pieces: &Vec<_>| !pieces.is_empty()),
            note: Some(self.note.trim().to_owned()).filter(|note| !note.is_empty()),
            print: self.print,
        })
    }
}

/// The open shift, once its drawer can be counted: nothing is in hand, and nothing is unfinished.
fn shift_to_count(tx: &Tx<'_>) -> Result<Shift> {
    let shift = open_shift_of(tx, tx.identity.register)?.ok_or(Refusal::NoOpenShift)?;
    check_nothing_in_hand(tx)?;
    Ok(shift)
}

/// Refuses while something is in hand or unfinished: goods in the cart or for it, a card payment, a return that a card
/// has its money for.
pub(crate) fn check_nothing_in_hand(tx: &Tx<'_>) -> Result<()> {
    if let Some(cart) = crate::cart::find(tx, tx.store.currency)? {
        if !cart.is_empty() {
            return Err(Refusal::CartNotEmpty.into());
        }
        orders::exchange::check_none(tx, cart.id)?;
    }
    if card::unsettled(tx)?.is_some() {
        return Err(Refusal::CardUnsettled.into());
    }
    orders::refunds::check_finished(tx)
}

/// Closes the shift with what was counted, and takes its Z: numbered, once.
pub fn close_shift(
    till: &mut Till,
    operator: OperatorId,
    count: impl Into<Count>,
) -> Result<Report> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::KeepDrawer)?;
    let register = tx.identity.register;
    let shift = shift_to_count(&tx)?;
    let counted = count.into().checked(tx.store.currency)?;
    let name = operators::find(&tx, operator)?.name;
    let x = report::of(&tx, &shift, &name)?;
    let sums = report::Sums::of(&tx, &shift)?;
    let fact = ShiftClosed {
        id: shift.id.0.into(),
        z_number: next(
            &tx,
            "SELECT coalesce(max(z_number), 0) + 1 FROM shift_closing WHERE register = ?1",
            register,
        )?,
        counted: counted.total.minor(),
        expected: x.expected.minor(),
        sales: sums.sales,
        total: sums.total,
        rounding: sums.rounding,
        tendered: sums.tendered,
        change: sums.change,
        pieces: counted.pieces,
        note: counted.note,
        returns: Some(sums.returns),
        returned: Some(sums.returned),
        returned_rounding: Some(sums.returned_rounding),
        refunded: Some(sums.refunded),
        closed_at: None,
    };
    tx.record(&Fact::ShiftClosed(fact), Some(operator))?;
    outbox::give_up_x(&tx, shift.entry)?;
    if counted.print {
        outbox::push(&tx, &Job::PrintReport { shift: shift.entry })?;
    }
    let z = report::of(&tx, &find(&tx, shift.entry)?, &name)?;
    tx.commit()?;
    catalog::search::refresh_popular(till)?;
    Ok(z)
}

/// The open shift of a register. Where tills of it opened several apart, the one that this till's epoch knows comes
/// before one that another left open, and the last one first.
pub fn open_shift_of(db: &Connection, register: u32) -> Result<Option<Shift>> {
    let select = format!(
        "{SHIFT} WHERE register = ?1 AND closed_at IS NULL
         ORDER BY EXISTS (SELECT 1 FROM shift_epoch WHERE shift = shift.entry AND branch = 0 AND epoch = (SELECT epoch FROM identity)) DESC,
             opened_at DESC, id LIMIT 1"
    );
    Ok(db.prepare_cached(&select)?.query_row([register], read_shift).optional()?)
}

pub(crate) fn find(db: &Connection, entry: i64) -> Result<Shift> {
    Ok(db.prepare_cached(&format!("{SHIFT} WHERE entry = ?1"))?.query_row([entry], read_shift)?)
}

const SHIFT: &str = "SELECT entry, id, number, opened_at, opened_by, float, closed_at, z_number, counted, expected, note, closed_by FROM shift";

fn read_shift(row: &Row<'_>) -> rusqlite::Result<Shift> {
    let closed = match row.get::<_, Option<i64>>(6)? {
        Some(at) => Some(Closing {
            at,
            z_number: row.get(7)?,
            counted: row.get(8)?,
            expected: row.get(9)?,
            note: row.get(10)?,
            by: OperatorId(Uuid::from_bytes(row.get(11)?)),
        }),
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
