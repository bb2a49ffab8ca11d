//! Who did what, and the company itself.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::postgres::PgRow;
use utoipa::{IntoParams, ToSchema};

use super::ask::{Asked, Page, cursor, limit, page};
use super::keys::{Caller, Scope};
use crate::http::State as House;
use crate::http::problem::{Body, Problem};
use crate::journal;

/// Which deeds.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Done to this: a store, a device, a product, a SKU, …
    subject: Option<String>,
    /// Of this kind: `price.set`, …
    what: Option<String>,
    /// At most so many.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Something that somebody did.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Deed {
    /// Its number; later ones are higher.
    id: i64,
    at: i64,
    /// A `key`, a `person`, a `device`, or the `command` line.
    who_kind: String,
    /// Their name; none of the command line.
    who: String,
    /// `price.set`, `device.revoked`, …
    what: String,
    /// What it was done to.
    subject: String,
    /// What of it.
    #[schema(value_type = Object)]
    details: serde_json::Value,
}

/// Who did what, the newest first.
#[utoipa::path(get, path = "/api/v1/audit", params(Which), responses((status = 200, body = Page<Deed>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Page<Deed>>, Problem> {
    caller.may(Scope::ReadAudit)?;
    let (limit, after) = (limit(which.limit)?, cursor::<i64>(which.cursor.as_deref())?);
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let select = "SELECT id, at, who_kind, who, what, subject, details::text FROM audit
                  WHERE tenant_id = $1 AND ($2::bigint IS NULL OR id < $2)
                    AND ($3::text IS NULL OR subject = $3) AND ($4::text IS NULL OR what = $4)
                  ORDER BY id DESC LIMIT $5 + 1";
    let rows = sqlx::query(select).bind(&caller.tenant).bind(after).bind(which.subject);
    let rows = rows.bind(which.what).bind(limit).fetch_all(&mut *tx).await?;
    let deed = |row: &PgRow| {
        Ok(Deed {
            id: row.try_get(0)?,
            at: row.try_get(1)?,
            who_kind: row.try_get(2)?,
            who: row.try_get(3)?,
            what: row.try_get(4)?,
            subject: row.try_get(5)?,
            details: serde_json::from_str(row.try_get(6)?).unwrap_or_default(),
        })
    };
    let deeds = rows.iter().map(deed).collect::<Result<Vec<_>, sqlx::Error>>()?;
    Ok(page(deeds, limit, |deed| deed.id))
}

/// The company that a key is of.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tenant {
    /// As its journals name it.
    tenant: String,
    /// In words.
    name: String,
    created_at: i64,
    /// Where its log ends.
    position: u64,
    /// What the caller may do here.
    scopes: Vec<&'static str>,
}

/// The company.
#[utoipa::path(get, path = "/api/v1/tenant", responses((status = 200, body = Tenant), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn tenant(
    State(house): State<Arc<House>>,
    caller: Caller,
) -> Result<Json<Tenant>, Problem> {
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let select = "SELECT name, created_at FROM tenant WHERE tenant_id = $1";
    let row = sqlx::query(select).bind(&caller.tenant).fetch_one(&mut *tx).await?;
    let position = journal::end(&mut tx, &caller.tenant).await?.position;
    let scopes = Scope::ALL.into_iter().filter(|scope| caller.may(*scope).is_ok());
    let scopes = scopes.map(Scope::name).collect();
    let (name, created_at) = (row.try_get(0)?, row.try_get(1)?);
    Ok(Json(Tenant { tenant: caller.tenant, name, created_at, position, scopes }))
}
