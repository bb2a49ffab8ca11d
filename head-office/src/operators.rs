//! The people of a store, as rows: without what their PIN is known by.

use std::collections::BTreeMap;

use comptoir_sync::entry::Entry;
use comptoir_sync::facts::operators::OperatorSaved;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::rows::{rows, words};

/// The operators of a page; a later one replaces an earlier one.
#[derive(Default)]
pub(crate) struct Rows(BTreeMap<(String, Uuid), OperatorRow>);

impl Rows {
    pub(crate) fn saved(&mut self, entry: &Entry, fact: &OperatorSaved) {
        let row = OperatorRow {
            store: entry.store.clone(),
            operator: fact.id.into(),
            name: words(&fact.name),
            role: words(&fact.role),
            language: words(&fact.language),
            active: fact.active,
        };
        self.0.insert((row.store.clone(), row.operator), row);
    }

    pub(crate) async fn insert(self, db: &mut PgConnection, tenant: &str) -> Result<()> {
        let mut operators = Operators::default();
        for row in self.0.into_values() {
            operators.push(row);
        }
        operators.insert(db, tenant).await?;
        Ok(())
    }
}

rows!(OperatorRow, Operators, "operator",
    "ON CONFLICT (tenant_id, store, operator) DO UPDATE SET name = excluded.name, role = excluded.role, language = excluded.language, active = excluded.active", {
    store: String = "text",
    operator: Uuid = "uuid",
    name: String = "text",
    role: String = "text",
    language: String = "text",
    active: bool = "boolean",
});
