//! Stock: the sum of movements. Below nothing is allowed, and shown.

use std::collections::BTreeMap;

use comptoir_sync::entry::Entry;
use comptoir_sync::facts::orders::SaleCompleted;
use comptoir_sync::facts::returns::ReturnCompleted;
use sqlx::PgConnection;

use crate::error::{Error, Result};
use crate::orders::day;
use crate::rows::{rows, words};

/// Movements of a page, and what they come to.
#[derive(Default)]
pub(crate) struct Rows {
    movements: Movements,
    sums: BTreeMap<(String, String), Sum>,
}

#[derive(Default)]
struct Sum {
    on_hand: i64,
    sold: i64,
}

impl Rows {
    /// Each line that was not voided leaves the shelf; deposits and fees lie on none.
    pub(crate) fn sold(
        &mut self,
        position: i64,
        entry: &Entry,
        fact: &SaleCompleted,
    ) -> Result<()> {
        let day = day(fact.completed_at, fact.utc_offset_minutes)?;
        for (n, line) in (0..).zip(&fact.lines) {
            if line.voided.is_none() && line.of.is_none() {
                self.moved(
                    &day,
                    position,
                    n,
                    &entry.store,
                    &line.sku,
                    "sold",
                    negative(line.quantity)?,
                )?;
            }
        }
        Ok(())
    }

    /// What comes back is on the shelf again, unless it is wasted at once.
    pub(crate) fn returned(
        &mut self,
        position: i64,
        entry: &Entry,
        fact: &ReturnCompleted,
    ) -> Result<()> {
        let day = day(fact.completed_at, fact.utc_offset_minutes)?;
        for (n, line) in (0..).zip(&fact.lines) {
            if line.of.is_none() {
                self.moved(&day, position, n, &entry.store, &line.sku, "returned", line.quantity)?;
                if line.wasted {
                    let gone = negative(line.quantity)?;
                    self.moved(&day, position, n, &entry.store, &line.sku, "wasted", gone)?;
                }
            }
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "the columns of one row")]
    fn moved(
        &mut self,
        day: &str,
        position: i64,
        n: i64,
        store: &str,
        sku: &str,
        kind: &str,
        quantity: i64,
    ) -> Result<()> {
        let (store, sku) = (store.to_owned(), words(sku));
        let sum = self.sums.entry((store.clone(), sku.clone())).or_default();
        sum.on_hand = sum.on_hand.checked_add(quantity).ok_or_else(beyond)?;
        if kind == "sold" {
            sum.sold = sum.sold.checked_sub(quantity).ok_or_else(beyond)?;
        }
        let (day, kind) = (day.to_owned(), kind.to_owned());
        self.movements.push(MovementRow { day, position, n, store, sku, kind, quantity });
        Ok(())
    }

    pub(crate) async fn insert(self, db: &mut PgConnection, tenant: &str) -> Result<()> {
        let mut stock = Stock::default();
        for ((store, sku), Sum { on_hand, sold }) in self.sums {
            stock.push(StockRow { store, sku, on_hand, sold });
        }
        self.movements.insert(db, tenant).await?;
        stock.insert(db, tenant).await?;
        Ok(())
    }
}

fn negative(quantity: i64) -> Result<i64> {
    quantity.checked_neg().ok_or_else(beyond)
}

fn beyond() -> Error {
    Error::Unshowable("quantities beyond all counting".into())
}

rows!(MovementRow, Movements, "stock_movement", "", {
    day: String = "date",
    position: i64 = "bigint",
    n: i64 = "bigint",
    store: String = "text",
    sku: String = "text",
    kind: String = "text",
    quantity: i64 = "bigint",
});

rows!(StockRow, Stock, "stock",
    "ON CONFLICT (tenant_id, store, sku) DO UPDATE SET on_hand = stock.on_hand + excluded.on_hand, sold = stock.sold + excluded.sold", {
    store: String = "text",
    sku: String = "text",
    on_hand: i64 = "bigint",
    sold: i64 = "bigint",
});
