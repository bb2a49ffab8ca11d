//! Whatever people edit, as its documents say it: for kinds that have no addresses of their own, and for whoever keeps
//! up with what is changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use comptoir_sync::documents::{Kind, settings};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Row;
use sqlx::postgres::PgRow;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::ask::{Asked, Page, cursor, limit, page};
use super::keys::{Caller, Scope};
use crate::http::State as House;
use crate::http::problem::{Body, Problem};

/// Which of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// What they are. The scope of the key has to fit: `catalog:read` for `product`, `promotion`, `shelf` and
    /// `count_sheet`; `stores:read` for `settings`; `sales:read` for `parked_cart`; `customers:read` for `customer`.
    #[param(pattern = "^(product|settings|parked_cart|count_sheet|promotion|customer|shelf)$")]
    kind: String,
    /// What this store holds: its own, and what every store holds. Of settings, its own.
    store: Option<String>,
    /// At most so many.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A document, and what it says.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Document {
    document: Uuid,
    /// As asked for.
    kind: String,
    /// The store that alone holds it; null if every store does.
    store: Option<String>,
    /// The place in the log of the entry that last changed it.
    position: i64,
    /// By map and field: words, a whole number, yes or no. Amounts are minor units, quantities thousandths.
    says: BTreeMap<String, BTreeMap<String, Value>>,
}

/// What a key has to be for that reads documents of a kind.
const fn scope(kind: Kind) -> Scope {
    match kind {
        Kind::Product | Kind::Prices | Kind::Promotion | Kind::Shelf | Kind::CountSheet => {
            Scope::ReadCatalog
        }
        Kind::Settings => Scope::ReadStores,
        Kind::ParkedCart => Scope::ReadSales,
        Kind::Customer => Scope::ReadCustomers,
    }
}

/// Documents of one kind, in the order in which they were last changed; one that is changed comes again behind the
/// others. Where several wrote one field apart it says the value that is shown first, and `/api/v1/conflicts` has all.
#[utoipa::path(get, path = "/api/v1/documents", params(Which), responses((status = 200, body = Page<Document>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Page<Document>>, Problem> {
    // Prices have addresses of their own, which say all of them.
    let mut kinds = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Prices);
    let kind = kinds.find(|kind| kind.name() == which.kind);
    let kind = kind.ok_or_else(|| Problem::invalid("there are no documents of this kind"))?;
    caller.may(scope(kind))?;
    let limit = limit(which.limit)?;
    let (position, after) = cursor::<(i64, Uuid)>(which.cursor.as_deref())?.unzip();
    let of_store = which.store.as_deref().filter(|_| kind == Kind::Settings);
    let select = "SELECT document, store, position, says::text FROM document
         WHERE tenant_id = $1 AND kind = $2 AND ($3::bigint IS NULL OR (position, document) > ($3, $4))
           AND ($5::text IS NULL OR coalesce(store, $5) = $5) AND ($6::uuid IS NULL OR document = $6)
         ORDER BY position, document LIMIT $7 + 1";
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let rows = sqlx::query(select)
        .bind(&caller.tenant)
        .bind(i16::from(kind.number()))
        .bind(position)
        .bind(after)
        .bind(&which.store)
        .bind(of_store.map(|store| settings::id(&caller.tenant, store)))
        .bind(limit)
        .fetch_all(&mut *tx)
        .await?;
    let document = |row: &PgRow| {
        Ok(Document {
            document: row.try_get(0)?,
            kind: kind.name().to_owned(),
            store: row.try_get(1)?,
            position: row.try_get(2)?,
            says: serde_json::from_str(row.try_get(3)?).unwrap_or_default(),
        })
    };
    let documents = rows.iter().map(document).collect::<Result<Vec<_>, sqlx::Error>>()?;
    Ok(page(documents, limit, |one| (one.position, one.document)))
}
