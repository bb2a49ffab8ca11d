//! Shifts as rows. A shift belongs to its register, not to the till that opened it: a till that begins anew, or runs
//! twice, may go on with it, open another under the same number, or close it a second time. All of that stands, and
//! every till shows it the same in whatever order it hears of it.

use comptoir_domain::ids::OperatorId;
use comptoir_sync::entry::Entry;
use comptoir_sync::facts::shifts::{ShiftClosed, ShiftOpened};
use comptoir_sync::facts::{Fact, Id};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::Shift;
use crate::error::Result;
use crate::inventory::Moved;
use crate::journal;
use crate::journal::receive::project_foreign;
use crate::till::Tx;

/// The row of an opening; of one that is said again, that its epoch knows the shift.
pub fn project_opened(
    db: &Connection,
    id: i64,
    entry: &Entry,
    branch: u32,
    fact: &ShiftOpened,
) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO shift (entry, id, register, number, opened_at, opened_by, float) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (id) DO NOTHING",
    )?
    .execute(params![
        id,
        fact.id.0,
        fact.register,
        fact.number,
        fact.opened_at.unwrap_or(entry.wall),
        entry.operator.unwrap_or_default(),
        fact.float
    ])?;
    let number = fact.opened_at.is_none().then_some(fact.number);
    db.prepare_cached(
        "INSERT INTO shift_epoch (shift, epoch, branch, register, number)
         SELECT entry, ?2, ?3, register, ?4 FROM shift WHERE id = ?1",
    )?
    .execute(params![fact.id.0, entry.epoch, branch, number])?;
    Ok(())
}

/// The row of a closing. Of several the earliest stands for the shift: with the same clock, the one that sorts first.
pub fn project_closed(
    db: &Connection,
    id: i64,
    entry: &Entry,
    branch: u32,
    fact: &ShiftClosed,
) -> Result<()> {
    let epoch = fact.closed_at.is_none().then_some(entry.epoch);
    let known = db
        .prepare_cached(
            "INSERT INTO shift_closing (entry, shift, register, epoch, branch, z_number, closed_at, closed_by, counted, expected, note)
             SELECT ?1, entry, register, ?3, ?10, ?4, ?5, ?6, ?7, ?8, ?9 FROM shift WHERE id = ?2 AND entry < ?1",
        )?
        .execute(params![
            id,
            fact.id.0,
            epoch,
            fact.z_number,
            fact.closed_at.unwrap_or(entry.wall),
            entry.operator.unwrap_or_default(),
            fact.counted,
            fact.expected,
            fact.note,
            branch,
        ])?;
    if known > 0 {
        db.prepare_cached(
            "UPDATE shift SET (closed_at, closed_by, z_number, counted, expected, note) = (
                 SELECT closed_at, closed_by, z_number, counted, expected, note FROM shift_closing
                 WHERE shift = shift.entry
                 ORDER BY closed_at, z_number, counted, expected, coalesce(note, ''), closed_by LIMIT 1)
             WHERE id = ?1",
        )?
        .execute([fact.id.0])?;
    }
    Ok(())
}

/// Says again in the epoch of this till what it is about to record something of: others may hold this epoch, and not
/// the one in which the shift was opened.
pub(crate) fn say_again(tx: &Tx<'_>, shift: Id) -> Result<()> {
    let known = tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM shift_epoch WHERE shift = shift.entry AND epoch = ?2 AND branch = 0), entry FROM shift WHERE id = ?1",
        )?
        .query_row(params![shift.0, tx.identity.epoch], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((false, entry)) = known else { return Ok(()) };
    let Shift { number, opened_at, opened_by, float, .. } = super::find(tx, entry)?;
    let currency = tx.store.currency.code().to_owned();
    let register = tx.identity.register;
    let opened_at = Some(opened_at);
    let opened = ShiftOpened { id: shift, number, register, float, currency, opened_at };
    journal::record(tx, &Fact::ShiftOpened(opened), Some(opened_by))?;
    let closing =
        "SELECT shift_closing.entry, shift.closed_at, shift.closed_by FROM shift JOIN shift_closing
        ON shift_closing.shift = shift.entry AND shift_closing.closed_at = shift.closed_at
        AND shift_closing.z_number = shift.z_number WHERE shift.entry = ?1 LIMIT 1";
    let closing = tx
        .prepare_cached(closing)?
        .query_row([entry], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    if let Some((closing, at, by)) = closing
        && let Fact::ShiftClosed(fact) = journal::read_fact(tx, closing)?.1
    {
        let closed = ShiftClosed { closed_at: Some(at), ..fact };
        let by = OperatorId(Uuid::from_bytes(by));
        journal::record(tx, &Fact::ShiftClosed(closed), Some(by))?;
    }
    Ok(())
}

/// Keeps every closing that was there before more than one of a shift could be shown, and shows what could not be
/// shown of a register that opened two shifts under one number; once.
pub(crate) fn read_older(db: &Connection) -> Result<()> {
    if !db.prepare("SELECT 1 FROM setting WHERE key = 'read_closings'")?.exists([])? {
        return Ok(());
    }
    let tx = db.unchecked_transaction()?;
    // The name of a kind stands in the bytes of its entry; few others hold it, and those are passed over. What has no
    // row for another reason comes below.
    let mut select = tx.prepare(
        "SELECT id FROM journal WHERE instr(entry, CAST('shift_closed' AS BLOB)) > 0
             AND NOT EXISTS (SELECT 1 FROM unprojected WHERE unprojected.entry = journal.id)
             AND NOT EXISTS (SELECT 1 FROM shift_closing WHERE shift_closing.entry = journal.id) ORDER BY id",
    )?;
    for id in select.query_map([], |row| row.get(0))? {
        let id = id?;
        let (entry, fact) = journal::read_fact(&tx, id)?;
        if let Fact::ShiftClosed(fact) = fact {
            project_closed(&tx, id, &entry, 0, &fact)?;
        }
    }
    drop(select);
    let mut moved = Moved::default();
    let mut select = tx.prepare("SELECT entry FROM unprojected ORDER BY entry")?;
    let unshown: Vec<i64> =
        select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for id in unshown {
        let sealed = journal::read_sealed(&tx, id)?;
        let entry = Entry::read(&sealed.bytes)?;
        let fact = Fact::read(&entry)?;
        tx.execute("DELETE FROM unprojected WHERE entry = ?1", [id])?;
        project_foreign(&tx, id, &entry, &fact, &sealed, &mut moved)?;
    }
    drop(select);
    moved.keep(&tx)?;
    tx.execute("DELETE FROM setting WHERE key = 'read_closings'", [])?;
    Ok(tx.commit()?)
}
