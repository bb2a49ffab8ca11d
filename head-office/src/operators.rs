//! The people of a store, as rows: without what their PIN is known by.

use std::collections::BTreeMap;

use comptoir_sync::entry::{Entry, Sealed};
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::operators::OperatorSaved;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::error::Result;
use crate::rows::{rows, words};

/// Of each operator of a store the entry that was written last, as its device signed it.
pub async fn written_last(db: &mut PgConnection, tenant: &str, store: &str) -> Result<Vec<Sealed>> {
    let rows = sqlx::query(
        "SELECT bytes, signature FROM entry
         WHERE tenant_id = $1 AND store = $2 AND kind = 'operator_saved' ORDER BY position",
    )
    .bind(tenant)
    .bind(store)
    .fetch_all(db)
    .await?;
    let mut last: BTreeMap<[u8; 16], (u64, [u8; 16], Sealed)> = BTreeMap::new();
    for row in rows {
        let sealed = Sealed { bytes: row.try_get(0)?, signature: row.try_get(1)? };
        let said = Entry::read(&sealed.bytes).map(|entry| (Fact::read(&entry), entry));
        let Ok((Ok(Fact::OperatorSaved(fact)), entry)) = said else { continue };
        let known = last.get(&fact.id.0);
        if known.is_none_or(|(hlc, device, _)| (*hlc, *device) <= (entry.hlc, entry.device)) {
            last.insert(fact.id.0, (entry.hlc, entry.device, sealed));
        }
    }
    Ok(last.into_values().map(|(_, _, sealed)| sealed).collect())
}

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
