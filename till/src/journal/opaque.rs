//! Entries that only a newer version understands: noted, so that the version that does can show them.

use comptoir_sync::facts::Fact;
use rusqlite::{Connection, params};

use super::{read_fact, rebuild};
use crate::error::Result;
use crate::till::read_identity;

/// Notes an entry that is not understood.
pub(super) fn project(db: &Connection, id: i64) -> Result<()> {
    db.prepare_cached("INSERT INTO opaque (entry) VALUES (?1)")?.execute(params![id])?;
    Ok(())
}

/// Shows what an older version could not. It may stand in the journal before what that has shown, and change how that is
/// shown, so all tables are made anew.
pub(crate) fn read_again(db: &Connection) -> Result<()> {
    let mut select = db.prepare("SELECT entry FROM opaque ORDER BY entry")?;
    let kept: Vec<i64> =
        select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    drop(select);
    // What cannot be read although its kind is known is noted by making the tables anew, and not looked at again.
    let is_opaque = |id: &i64| matches!(read_fact(db, *id), Ok((_, Fact::Opaque { .. })));
    if kept.iter().all(is_opaque) {
        return Ok(());
    }
    tracing::info!("what an older version could not show is shown");
    rebuild::rebuild(db, &read_identity(db)?)
}
