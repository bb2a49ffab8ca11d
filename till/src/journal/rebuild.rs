//! The tables anew, out of the journal: as they are when every entry is shown in the order in which it came here.

use comptoir_sync::entry::{Entry, Sealed};
use comptoir_sync::facts::Fact;
use rusqlite::{Connection, params};

use super::receive::project_foreign;
use crate::error::Result;
use crate::inventory::Moved;
use crate::till::Identity;
use crate::trust::opening;
use crate::trust::verify::PROJECTIONS;

/// What follows from the journal besides [`PROJECTIONS`].
const BESIDE: [&str; 3] = ["opaque", "sku_search", "note_search"];
/// Tables that others refer to, emptied after those: otherwise each row would be looked for in all of them.
const REFERRED_TO: [&str; 6] = ["return_sale", "sale", "terminal_check", "shift", "sku", "product"];

/// Empties every table that follows from the journal and shows all entries anew, in one transaction. No entry can stop
/// that: one that the tables cannot show is noted, whosoever it is.
pub(super) fn rebuild(db: &Connection, me: &Identity) -> Result<()> {
    let tx = db.unchecked_transaction()?;
    empty(&tx)?;
    opening::show_again(&tx, me, &tx)?;
    let mut moved = Moved::default();
    let mut select = tx.prepare("SELECT id, entry, signature FROM journal ORDER BY id")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (id, sealed) = (row.get(0)?, Sealed { bytes: row.get(1)?, signature: row.get(2)? });
        match Entry::read(&sealed.bytes).and_then(|entry| Ok((Fact::read(&entry)?, entry))) {
            Ok((fact, entry)) => {
                project_foreign(&tx, id, &entry, &fact, &sealed, &mut moved)?;
            }
            Err(problem) => {
                tx.prepare_cached("INSERT INTO unprojected (entry, problem) VALUES (?1, ?2)")?
                    .execute(params![id, problem.to_string()])?;
            }
        }
    }
    drop(rows);
    drop(select);
    moved.keep(&tx)?;
    Ok(tx.commit()?)
}

/// Chains stay: entries refer to them, and how far they are is no matter of what is shown.
fn empty(db: &Connection) -> Result<()> {
    let first = PROJECTIONS.iter().map(|(table, _)| *table).chain(BESIDE);
    let first = first.filter(|table| *table != "chain" && !REFERRED_TO.contains(table));
    db.execute_batch("PRAGMA defer_foreign_keys = ON;")?;
    for table in first.chain(REFERRED_TO) {
        db.execute(&format!("DELETE FROM {table}"), [])?;
    }
    db.execute_batch("PRAGMA defer_foreign_keys = OFF;")?;
    Ok(())
}
