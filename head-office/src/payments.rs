//! Shifts and the cash that moves in them, as rows.

use comptoir_sync::entry::Entry;
use comptoir_sync::facts::shifts::{CashMoved, ShiftClosed, ShiftOpened};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::journal::stored;
use crate::rows::{rows, words};

/// Rows of a page. A shift is closed in a chain that opened it, or said before that it was opened, so opening them all
/// first keeps the order.
#[derive(Default)]
pub(crate) struct Rows {
    opened: Shifts,
    closed: Vec<Closed>,
    moved: CashMovements,
}

struct Closed {
    shift: Uuid,
    at: i64,
    z_number: i64,
    counted: i64,
    expected: i64,
    note: Option<String>,
}

impl Rows {
    pub(crate) fn opened(&mut self, entry: &Entry, fact: &ShiftOpened) {
        self.opened.push(ShiftRow {
            shift: fact.id.into(),
            store: entry.store.clone(),
            register: i64::from(fact.register),
            number: stored(fact.number),
            opened_at: fact.opened_at.unwrap_or(entry.wall),
            currency: words(&fact.currency),
            float: fact.float,
        });
    }

    pub(crate) fn closed(&mut self, entry: &Entry, fact: &ShiftClosed) {
        self.closed.push(Closed {
            shift: fact.id.into(),
            at: fact.closed_at.unwrap_or(entry.wall),
            z_number: stored(fact.z_number),
            counted: fact.counted,
            expected: fact.expected,
            note: fact.note.as_deref().map(words),
        });
    }

    pub(crate) fn moved(&mut self, entry: &Entry, fact: &CashMoved) {
        self.moved.push(CashRow {
            id: fact.id.into(),
            shift: fact.shift.into(),
            kind: words(&fact.kind),
            amount: fact.amount,
            currency: words(&fact.currency),
            reason: words(&fact.reason),
            moved_at: entry.wall,
        });
    }

    pub(crate) async fn insert(self, db: &mut PgConnection, tenant: &str) -> Result<()> {
        self.opened.insert(db, tenant).await?;
        for closed in self.closed {
            // A register that runs twice may close one shift twice: the earlier closing stands, whichever comes first.
            sqlx::query(
                "UPDATE shift SET closed_at = $3, z_number = $4, counted = $5, expected = $6, note = $7
                 WHERE tenant_id = $1 AND shift = $2 AND (closed_at IS NULL
                     OR ($3, $4, $5, $6, coalesce($7, '') COLLATE \"C\")
                         < (closed_at, z_number, counted, expected, coalesce(note, '') COLLATE \"C\"))",
            )
            .bind(tenant)
            .bind(closed.shift)
            .bind(closed.at)
            .bind(closed.z_number)
            .bind(closed.counted)
            .bind(closed.expected)
            .bind(closed.note)
            .execute(&mut *db)
            .await?;
        }
        self.moved.insert(db, tenant).await?;
        Ok(())
    }
}

rows!(ShiftRow, Shifts, "shift", "ON CONFLICT DO NOTHING", {
    shift: Uuid = "uuid",
    store: String = "text",
    register: i64 = "bigint",
    number: i64 = "bigint",
    opened_at: i64 = "bigint",
    currency: String = "text",
    float: i64 = "bigint",
});

rows!(CashRow, CashMovements, "cash_movement", "ON CONFLICT DO NOTHING", {
    id: Uuid = "uuid",
    shift: Uuid = "uuid",
    kind: String = "text",
    amount: i64 = "bigint",
    currency: String = "text",
    reason: String = "text",
    moved_at: i64 = "bigint",
});
