//! What stores say of themselves: their settings are documents that their managers write.

use std::collections::BTreeMap;

use comptoir_domain::catalog::Department;
use comptoir_domain::store::Store;
use comptoir_sync::documents::merge::Merged;
use comptoir_sync::documents::{Document, Kind, settings};
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::error::Result;

/// A store's own word.
#[derive(Debug, Clone)]
pub struct Says {
    /// What it is; none of a store of which nothing has come yet.
    pub store: Option<Store>,
    /// In the order of their row.
    pub departments: Vec<Department>,
}

/// What the stores of a company, or those that are named, say of themselves.
pub async fn of_stores(
    db: &mut PgConnection,
    tenant: &str,
    named: Option<&[String]>,
) -> Result<BTreeMap<String, Says>> {
    let select =
        "SELECT store FROM store WHERE tenant_id = $1 AND ($2::text[] IS NULL OR store = ANY ($2))";
    let stores: Vec<String> =
        sqlx::query_scalar(select).bind(tenant).bind(named).fetch_all(&mut *db).await?;
    let ids: BTreeMap<Uuid, String> =
        stores.into_iter().map(|store| (settings::id(tenant, &store), store)).collect();
    let rows = sqlx::query(
        "SELECT document, change FROM document_change
         WHERE tenant_id = $1 AND document = ANY ($2) AND kind = $3 ORDER BY document, position, n",
    )
    .bind(tenant)
    .bind(ids.keys().copied().collect::<Vec<Uuid>>())
    .bind(i16::from(Kind::Settings.number()))
    .fetch_all(db)
    .await?;
    let mut changes: BTreeMap<Uuid, Vec<Vec<u8>>> = BTreeMap::new();
    for row in rows {
        changes.entry(row.try_get(0)?).or_default().push(row.try_get(1)?);
    }
    let merge = move || {
        let says = |(id, store): (Uuid, String)| {
            let changes = changes.remove(&id).unwrap_or_default();
            let all: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
            let Merged { document, .. } = Document::merge(Kind::Settings, &all);
            let fields = document.fields();
            let says = Says {
                // Which register it is, is of no store.
                store: settings::read_store(&fields, &store, 0),
                departments: settings::read_departments(&fields),
            };
            (store, says)
        };
        ids.into_iter().map(says).collect()
    };
    Ok(tokio::task::spawn_blocking(merge).await?)
}
