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

/// Movements of a sale: each line that was not voided leaves the shelf.
pub fn project_sold(db: &Connection, id: i64, fact: &SaleCompleted) -> Result<()> {
    let mut movement = db.prepare_cached(
        "INSERT INTO stock_movement (entry, line, sku, kind, quantity) VALUES (?1, ?2, ?3, 'sold', ?4)",
    )?;
    let mut stock = db.prepare_cached(
        "INSERT INTO stock (sku, on_hand, sold) VALUES (?1, -?2, ?2)
         ON CONFLICT (sku) DO UPDATE SET on_hand = on_hand - ?2, sold = sold + ?2",
    )?;
    for line in fact.lines.iter().filter(|line| line.voided.is_none()) {
        movement.execute(params![id, line.line, line.sku, -line.quantity])?;
        stock.execute(params![line.sku, line.quantity])?;
    }
    Ok(())
}

/// Movements of a return: what comes back is on the shelf again, unless it is wasted at once.
pub fn project_returned(db: &Connection, id: i64, fact: &ReturnCompleted) -> Result<()> {
    let mut movement = db.prepare_cached(
        "INSERT INTO stock_movement (entry, line, sku, kind, quantity) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let mut stock = db.prepare_cached(
        "INSERT INTO stock (sku, on_hand, sold) VALUES (?1, ?2, 0)
         ON CONFLICT (sku) DO UPDATE SET on_hand = on_hand + ?2",
    )?;
    // Numbered by their place: a line of the sale may come back in part to stock and in part to be wasted.
    for (n, line) in fact.lines.iter().enumerate() {
        movement.execute(params![id, n, line.sku, "returned", line.quantity])?;
        if line.wasted {
            movement.execute(params![id, n, line.sku, "wasted", -line.quantity])?;
        } else {
            stock.execute(params![line.sku, line.quantity])?;
        }
    }
    Ok(())
}
