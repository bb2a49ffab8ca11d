//! Words of customers' notes. They stand in an index of their own and not in a table: the note itself is in the fact.

use comptoir_sync::facts::Fact;
use comptoir_sync::facts::orders::SaleCompleted;
use rusqlite::{Connection, params};

use crate::error::Result;
use crate::journal;

/// The words by which the note of a sale is found.
pub(crate) fn index_note(db: &Connection, entry: i64, fact: &SaleCompleted) -> Result<()> {
    if let Some(note) = &fact.note {
        db.prepare_cached("INSERT INTO note_search (rowid, words) VALUES (?1, ?2)")?
            .execute(params![entry, note])?;
    }
    Ok(())
}

/// Makes the notes of sales that were there before their words were kept findable, once.
pub(crate) fn read_older_notes(db: &Connection) -> Result<()> {
    if !db.prepare("SELECT 1 FROM setting WHERE key = 'read_notes'")?.exists([])? {
        return Ok(());
    }
    let tx = db.unchecked_transaction()?;
    // What was sold since has them already.
    tx.execute("DELETE FROM note_search", [])?;
    let mut select = tx.prepare("SELECT entry FROM sale")?;
    for entry in select.query_map([], |row| row.get(0))? {
        let entry = entry?;
        if let Fact::SaleCompleted(fact) = journal::read_fact(&tx, entry)?.1 {
            index_note(&tx, entry, &fact)?;
        }
    }
    drop(select);
    tx.execute("DELETE FROM setting WHERE key = 'read_notes'", [])?;
    Ok(tx.commit()?)
}
