//! Stock: the sum of movement facts. Below nothing is allowed, and shown.

use comptoir_domain::quantity::Quantity;
use comptoir_sync::facts::orders::SaleCompleted;
use comptoir_sync::facts::returns::ReturnCompleted;
use rusqlite::{Connection, params};
use serde::Serialize;

use crate::error::Result;

/// What there is of one SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OnHand {
    /// SKU code.
    pub sku: String,
    /// Physically here; below nothing when more was sold than was ever received.
    pub on_hand: Quantity,
    /// Ever sold.
    pub sold: Quantity,
}

/// On hand of every SKU that ever moved, or of one.
pub fn on_hand(db: &Connection, sku: Option<&str>) -> Result<Vec<OnHand>> {
    let mut select = db.prepare_cached(
        "SELECT sku, on_hand, sold FROM stock WHERE ?1 IS NULL OR sku = ?1 ORDER BY sku",
    )?;
    let row = |row: &rusqlite::Row<'_>| {
        let quantity = |n| row.get(n).map(Quantity::from_thousandths);
        Ok(OnHand { sku: row.get(0)?, on_hand: quantity(1)?, sold: quantity(2)? })
    };
    Ok(select.query_map([sku], row)?.collect::<rusqlite::Result<_>>()?)
}

/// Movements of a sale: each line that was not voided leaves the shelf; deposits and fees lie on none.
pub fn project_sold(db: &Connection, id: i64, fact: &SaleCompleted) -> Result<()> {
    let mut movement = db.prepare_cached(
        "INSERT INTO stock_movement (entry, line, sku, kind, quantity) VALUES (?1, ?2, ?3, 'sold', ?4)",
    )?;
    for line in fact.lines.iter().filter(|line| line.voided.is_none() && line.of.is_none()) {
        movement.execute(params![id, line.line, line.sku, -line.quantity])?;
        keep_sum(db, &line.sku, -line.quantity, line.quantity)?;
    }
    Ok(())
}

/// Adds a movement to what is kept of its SKU. Not one upsert: on a table without rowids SQLite opens
/// a table of its own for each, which took longer than all else that a line writes.
fn keep_sum(db: &Connection, sku: &str, on_hand: i64, sold: i64) -> Result<()> {
    let kept = db
        .prepare_cached("UPDATE stock SET on_hand = on_hand + ?2, sold = sold + ?3 WHERE sku = ?1")?
        .execute(params![sku, on_hand, sold])?;
    if kept == 0 {
        db.prepare_cached("INSERT INTO stock (sku, on_hand, sold) VALUES (?1, ?2, ?3)")?
            .execute(params![sku, on_hand, sold])?;
    }
    Ok(())
}

/// Movements of a return: what comes back is on the shelf again, unless it is wasted at once.
pub fn project_returned(db: &Connection, id: i64, fact: &ReturnCompleted) -> Result<()> {
    let mut movement = db.prepare_cached(
        "INSERT INTO stock_movement (entry, line, sku, kind, quantity) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    // Numbered by their place: a line of the sale may come back in part to stock and in part to be wasted.
    for (n, line) in fact.lines.iter().enumerate().filter(|(_, line)| line.of.is_none()) {
        movement.execute(params![id, n, line.sku, "returned", line.quantity])?;
        if line.wasted {
            movement.execute(params![id, n, line.sku, "wasted", -line.quantity])?;
        } else {
            keep_sum(db, &line.sku, line.quantity, 0)?;
        }
    }
    Ok(())
}
