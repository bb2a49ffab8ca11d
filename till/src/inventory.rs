//! Stock: the sum of movement facts. Below nothing is allowed, and shown.

pub mod count_sheets;

use std::collections::BTreeMap;

use comptoir_domain::quantity::Quantity;
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::orders::{SaleCompleted, SaleLine};
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
    for line in fact.lines.iter().filter(|line| leaves_shelf(line)) {
        movement.execute(params![id, line.line, line.sku, -line.quantity])?;
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
        }
    }
    Ok(())
}

fn leaves_shelf(line: &SaleLine) -> bool {
    line.voided.is_none() && line.of.is_none()
}

/// What facts move on the shelves, SKU by SKU, before it is kept in `stock`: of one fact as it is recorded, of a
/// whole journal when the books are proven.
#[derive(Debug, Default)]
pub struct Moved(BTreeMap<String, Sum>);

#[derive(Debug, Default)]
struct Sum {
    on_hand: i64,
    sold: i64,
}

impl Moved {
    /// Adds what a fact moves, if it moves anything.
    pub fn add(&mut self, fact: &Fact) {
        match fact {
            Fact::SaleCompleted(fact) => {
                for line in fact.lines.iter().filter(|line| leaves_shelf(line)) {
                    let sum = self.of(&line.sku);
                    sum.on_hand -= line.quantity;
                    sum.sold += line.quantity;
                }
            }
            Fact::ReturnCompleted(fact) => {
                for line in fact.lines.iter().filter(|line| line.of.is_none() && !line.wasted) {
                    self.of(&line.sku).on_hand += line.quantity;
                }
            }
            _ => {}
        }
    }

    fn of(&mut self, sku: &str) -> &mut Sum {
        self.0.entry(sku.to_owned()).or_default()
    }

    /// Adds it all to `stock`. Not by upserts: on a table without rowids SQLite opens a table of its own for each,
    /// which took longer than all else that a line writes.
    pub fn keep(self, db: &Connection) -> Result<()> {
        for (sku, Sum { on_hand, sold }) in self.0 {
            let kept = db
                .prepare_cached(
                    "UPDATE stock SET on_hand = on_hand + ?2, sold = sold + ?3 WHERE sku = ?1",
                )?
                .execute(params![sku, on_hand, sold])?;
            if kept == 0 {
                db.prepare_cached("INSERT INTO stock (sku, on_hand, sold) VALUES (?1, ?2, ?3)")?
                    .execute(params![sku, on_hand, sold])?;
            }
        }
        Ok(())
    }
}
