//! Fields that were written apart: seen with all their values, and settled by choosing one.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use comptoir_sync::documents::{Kind, settings};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::ask::{Asked, Page, cursor, limit, page, read};
use super::keys::{Caller, Scope};
use super::once::{Written, once};
use crate::audit::What;
use crate::catalog::conflicts::{self, Choice};
use crate::catalog::edit::Edits;
use crate::http::State as House;
use crate::http::problem::{Body, Problem};
use crate::office::wall;

/// Which of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// At most so many.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A field that somebody has to decide.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Undecided {
    document: Uuid,
    /// Of what kind the document is: `product`, `prices`, `settings`, `promotion` or `customer`.
    kind: String,
    /// The map in it: `name`, `price`, …
    map: String,
    /// The key in that: `en`, a SKU, …
    key: String,
    /// The store whose settings it is of.
    store: Option<String>,
    /// The SKU that it is about, if it is about one.
    sku: Option<String>,
    /// What is sold as that.
    name_en: Option<String>,
    name_fr: Option<String>,
    /// Each value, the one that is shown first.
    values: Vec<WrittenApart>,
}

/// One of the values.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct WrittenApart {
    /// Words, a whole number, yes or no.
    value: serde_json::Value,
    /// Where it was written; null at head office, and of a device that nobody enrolled.
    store: Option<String>,
    /// At which selling position.
    register: Option<i64>,
    /// It was written at head office.
    head_office: bool,
}

const COLUMNS: &str = "SELECT conflict.document, conflict.kind, map, key, coalesce(about.sku, CASE WHEN conflict.kind = $2 THEN key END), name_en, name_fr,
    (SELECT json_agg(json_build_object('value', coalesce(to_json(words), to_json(number), to_json(flag)), 'store', device.store,
         'register', device.register, 'head_office', device.device IS NOT NULL AND device.store IS NULL) ORDER BY n)::text
     FROM conflict AS one LEFT JOIN device USING (tenant_id, device)
     WHERE (one.tenant_id, one.document, one.kind, one.map, one.key) = (conflict.tenant_id, conflict.document, conflict.kind, conflict.map, conflict.key))
    FROM conflict LEFT JOIN LATERAL (
        SELECT sku, name_en, name_fr FROM sku JOIN product USING (tenant_id, product)
        WHERE sku.tenant_id = $1 AND conflict.kind = $2 AND sku = conflict.key
        UNION ALL
        SELECT sku, name_en, name_fr FROM product LEFT JOIN sku USING (tenant_id, product)
        WHERE product.tenant_id = $1 AND conflict.kind = $3 AND product.product = conflict.document
        ORDER BY sku LIMIT 1) AS about ON true
    WHERE conflict.tenant_id = $1 AND n = 0";

/// Every field that was written apart, with different values, and that nobody has decided yet; those of customers only
/// for who may read customers.
#[utoipa::path(get, path = "/api/v1/conflicts", params(Which), responses((status = 200, body = Page<Undecided>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Page<Undecided>>, Problem> {
    caller.may(Scope::ReadCatalog)?;
    let limit = limit(which.limit)?;
    let after = cursor::<(Uuid, String, String)>(which.cursor.as_deref())?;
    let (document, map, key) = match after {
        Some((document, map, key)) => (Some(document), Some(map), Some(key)),
        None => (None, None, None),
    };
    let select = format!(
        "{COLUMNS} AND ($4::uuid IS NULL OR (conflict.document, map, key) > ($4, $5, $6))
           AND ($8 OR conflict.kind <> $9)
         ORDER BY conflict.document, map, key LIMIT $7 + 1"
    );
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let rows = sqlx::query(sqlx::AssertSqlSafe(select)).bind(&caller.tenant);
    let rows = rows.bind(number(Kind::Prices)).bind(number(Kind::Product)).bind(document);
    let rows = rows.bind(map).bind(key).bind(limit);
    let rows = rows.bind(caller.may(Scope::ReadCustomers).is_ok()).bind(number(Kind::Customer));
    let rows = rows.fetch_all(&mut *tx).await?;
    let mut fields = rows.iter().map(undecided).collect::<Result<Vec<_>, sqlx::Error>>()?;
    if fields.iter().any(|one| one.kind == Kind::Settings.name()) {
        let stores = stores(&mut tx, &caller.tenant).await?;
        for one in &mut fields {
            one.store = stores.get(&one.document).cloned();
        }
    }
    Ok(page(fields, limit, |one| (one.document, one.map.clone(), one.key.clone())))
}

/// Decides that a field says one of the values that were written; one of a customer takes a key that reads customers.
/// Tills that are connected hear of it within moments.
#[utoipa::path(post, path = "/api/v1/conflicts/settle", request_body = Choice, params(("Idempotency-Key" = String, Header)), responses((status = 200, body = Choice), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn settle(
    State(house): State<Arc<House>>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.may(Scope::WriteCatalog)?;
    let (office, choice) = (&house.office, read::<Choice>(&body)?);
    let me = office.identity(&caller.tenant).await?;
    let asked = format!("settle {}", String::from_utf8_lossy(&body));
    once(office, &caller, &headers, asked, async |db| {
        let mut edits = Edits::begin(db, &me, wall()).await?;
        let settled = conflicts::settle(db, &mut edits, &choice).await??;
        if settled.kind == Kind::Customer {
            caller.may(Scope::ReadCustomers)?;
        }
        let taken = edits.record(db, office.process).await?;
        let Choice { document, map, key, value } = &choice;
        let subject = match settled.kind {
            Kind::Prices => key.clone(),
            _ => document.to_string(),
        };
        let details = json!({ "kind": settled.kind.name(), "map": map, "key": key, "values": settled.values, "is": value });
        caller.notes(db, What::ConflictSettled, &subject, details).await?;
        Ok(Written::new(StatusCode::OK, &choice).grew(taken))
    })
    .await
}

/// The settings of which store a document is.
async fn stores(
    db: &mut PgConnection,
    tenant: &str,
) -> Result<BTreeMap<Uuid, String>, sqlx::Error> {
    let select = "SELECT store FROM store WHERE tenant_id = $1";
    let stores: Vec<String> = sqlx::query_scalar(select).bind(tenant).fetch_all(db).await?;
    Ok(stores.into_iter().map(|store| (settings::id(tenant, &store), store)).collect())
}

fn undecided(row: &PgRow) -> Result<Undecided, sqlx::Error> {
    let number: i16 = row.try_get(1)?;
    let kind = u8::try_from(number).ok().and_then(Kind::from_number);
    Ok(Undecided {
        document: row.try_get(0)?,
        kind: kind.map_or_else(|| number.to_string(), |kind| kind.name().to_owned()),
        map: row.try_get(2)?,
        key: row.try_get(3)?,
        store: None,
        sku: row.try_get(4)?,
        name_en: row.try_get(5)?,
        name_fr: row.try_get(6)?,
        values: serde_json::from_str(row.try_get(7)?).unwrap_or_default(),
    })
}

fn number(kind: Kind) -> i16 {
    i16::from(kind.number())
}
