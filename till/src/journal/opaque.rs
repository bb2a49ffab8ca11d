//! Entries that only a newer version understands: noted, so that the version that does can show them.

use comptoir_sync::entry::{Entry, Sealed};
use comptoir_sync::facts::Fact;
use rusqlite::{Connection, params};

use super::receive::project_foreign;
use crate::error::Result;
use crate::inventory::Moved;

/// Notes an entry that is not understood.
pub(super) fn project(db: &Connection, id: i64) -> Result<()> {
    db.prepare_cached("INSERT INTO opaque (entry) VALUES (?1)")?.execute([id])?;
    Ok(())
}

/// Shows what an older version could not: its entries stand in the journal already.
pub(crate) fn read_again(db: &Connection) -> Result<()> {
    let mut select = db.prepare(
        "SELECT opaque.entry, journal.entry, signature FROM opaque JOIN journal ON journal.id = opaque.entry ORDER BY 1",
    )?;
    let kept = select.query_map([], |row| {
        Ok((row.get(0)?, Sealed { bytes: row.get(1)?, signature: row.get(2)? }))
    })?;
    let kept: Vec<(i64, Sealed)> = kept.collect::<rusqlite::Result<_>>()?;
    drop(select);
    let tx = db.unchecked_transaction()?;
    let mut moved = Moved::default();
    for (id, sealed) in kept {
        let entry = Entry::read(&sealed.bytes)?;
        let fact = Fact::read(&entry)?;
        if matches!(fact, Fact::Opaque { .. }) {
            continue;
        }
        tx.execute("DELETE FROM opaque WHERE entry = ?1", params![id])?;
        project_foreign(&tx, id, &entry, &fact, &sealed, &mut moved)?;
    }
    moved.keep(&tx)?;
    Ok(tx.commit()?)
}
