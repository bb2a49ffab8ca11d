//! How a person settled a card attempt, found by its cart or its return; and what was there before it could be found.

use comptoir_sync::facts::Fact;
use comptoir_sync::facts::orders::CardSettled;
use rusqlite::{Connection, params};

use crate::error::Result;
use crate::{compliance, journal};

/// The row of a settlement.
pub(crate) fn project(db: &Connection, id: i64, fact: &CardSettled) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO card_settlement (entry, cart, kind, amount, moved, approved_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        id,
        fact.cart.0,
        fact.kind,
        fact.amount,
        fact.moved,
        fact.approved_by.map(|approver| approver.0),
    ])?;
    Ok(())
}

/// Makes settlements and age refusals that were there before their carts were kept findable, once.
pub(crate) fn read_older(db: &Connection) -> Result<()> {
    if !db.prepare("SELECT 1 FROM setting WHERE key = 'read_settlements'")?.exists([])? {
        return Ok(());
    }
    let tx = db.unchecked_transaction()?;
    // What was recorded since has its row already.
    tx.execute_batch("DELETE FROM card_settlement; DELETE FROM age_refusal;")?;
    // The name of a kind stands in the bytes of its entry; few others hold it, and those are passed over.
    let mut select = tx.prepare(
        "SELECT id FROM journal WHERE instr(entry, CAST('card_settled' AS BLOB)) > 0
             OR instr(entry, CAST('age_refused' AS BLOB)) > 0",
    )?;
    for entry in select.query_map([], |row| row.get(0))? {
        let entry = entry?;
        match journal::read_fact(&tx, entry)?.1 {
            Fact::CardSettled(fact) => project(&tx, entry, &fact)?,
            Fact::AgeRefused(fact) => compliance::project_age_refused(&tx, entry, &fact)?,
            _ => {}
        }
    }
    drop(select);
    tx.execute("DELETE FROM setting WHERE key = 'read_settlements'", [])?;
    Ok(tx.commit()?)
}
