//! Stores, the codes that devices enrol with, and the devices.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use comptoir_sync::entry::DeviceId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use utoipa::{IntoParams, ToSchema};

use super::ask::{Asked, Named, Page, cursor, hex, limit, page, read, to_hex};
use super::keys::{Caller, Scope};
use super::once::once;
use crate::enrolment::{self, CODE_LIVES};
use crate::http::State as House;
use crate::http::problem::{Body, Problem};
use crate::office::wall;
use crate::tenants;

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Part {
    /// At most so many.
    #[param(minimum = 1, maximum = 500)]
    pub(super) limit: Option<u32>,
    /// `next` of the page before.
    pub(super) cursor: Option<String>,
}

/// A site of the company.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Store {
    /// Its code, as receipts begin: capitals and digits, up to 12.
    #[schema(pattern = "^[A-Z0-9]{1,12}$")]
    store: String,
    /// In words.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
}

/// Every store, by code.
#[utoipa::path(get, path = "/api/v1/stores", params(Part), responses((status = 200, body = Page<Store>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(part): Asked<Part>,
) -> Result<Json<Page<Store>>, Problem> {
    caller.may(Scope::ReadStores)?;
    let (limit, after) = (limit(part.limit)?, cursor::<String>(part.cursor.as_deref())?);
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let select = "SELECT store, name FROM store WHERE tenant_id = $1 AND ($2::text IS NULL OR store > $2) ORDER BY store LIMIT $3 + 1";
    let rows = sqlx::query(select)
        .bind(&caller.tenant)
        .bind(after)
        .bind(limit)
        .fetch_all(&mut *tx)
        .await?;
    let store = |row: &PgRow| Ok(Store { store: row.try_get(0)?, name: row.try_get(1)? });
    let stores = rows.iter().map(store).collect::<Result<Vec<_>, sqlx::Error>>()?;
    Ok(page(stores, limit, |store| store.store.clone()))
}

/// Adds a store, or names it anew.
#[utoipa::path(post, path = "/api/v1/stores", request_body = Store, params(("Idempotency-Key" = String, Header)), responses((status = 201, body = Store), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn add(
    State(house): State<Arc<House>>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.may(Scope::WriteStores)?;
    let store: Store = read(&body)?;
    let is_plain = |code: &str| {
        (1..=12).contains(&code.len())
            && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    if !is_plain(&store.store) || store.name.trim().is_empty() || store.name.len() > 200 {
        return Err(Problem::invalid("a store has a code of capitals and digits, and a name"));
    }
    let asked = format!("add {} {}", store.store, store.name);
    once(&house.office, &caller, &headers, asked, async |db| {
        tenants::add_store(db, &caller.tenant, &store.store, &store.name, wall()).await?;
        Ok((StatusCode::CREATED, json!(store)))
    })
    .await
}

/// A code with which one device may enrol.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Code {
    /// Shown once.
    code: String,
    /// Milliseconds since 1970 UTC.
    expires_at: i64,
}

/// Makes a code with which one device may enrol in a store, within the hour.
#[utoipa::path(post, path = "/api/v1/stores/{store}/codes", params(("store" = String, Path), ("Idempotency-Key" = String, Header)), responses((status = 201, body = Code), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn make_code(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named(store): Named<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Scope::WriteStores)?;
    let office = &house.office;
    once(office, &caller, &headers, format!("code {store}"), async |db: &mut PgConnection| {
        let select = "SELECT EXISTS (SELECT 1 FROM store WHERE tenant_id = $1 AND store = $2)";
        let there = sqlx::query_scalar(select).bind(&caller.tenant).bind(&store);
        if !there.fetch_one(&mut *db).await? {
            return Err(Problem::new(StatusCode::NOT_FOUND, "not_found", "there is no such store"));
        }
        let now = wall();
        let code = enrolment::write_code(db, office, &caller.tenant, &store, now).await?;
        Ok((StatusCode::CREATED, json!(Code { code, expires_at: now + CODE_LIVES })))
    })
    .await
}

/// A till, or head office itself.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Device {
    /// 32 hexadecimal digits.
    device: String,
    /// None of head office itself.
    store: Option<String>,
    /// The selling position.
    register: Option<i64>,
    /// When it was enrolled.
    enrolled_at: i64,
    /// When it was revoked, if it was.
    revoked_at: Option<i64>,
    /// When it was last heard of.
    last_contact: Option<i64>,
    /// Its clock minus head office's, in milliseconds, if it was ever wrong.
    clock_skew: Option<i64>,
}

/// Every device, those that were revoked too.
#[utoipa::path(get, path = "/api/v1/devices", params(Part), responses((status = 200, body = Page<Device>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn devices(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(part): Asked<Part>,
) -> Result<Json<Page<Device>>, Problem> {
    caller.may(Scope::ReadStores)?;
    let limit = limit(part.limit)?;
    let after = cursor::<String>(part.cursor.as_deref())?;
    let after = after.as_deref().map(hex::<16>).transpose()?;
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let select = "SELECT device, store, register, enrolled_at, revoked_at, last_contact, clock_skew FROM device
                  WHERE tenant_id = $1 AND ($2::bytea IS NULL OR device > $2) ORDER BY device LIMIT $3 + 1";
    let rows = sqlx::query(select)
        .bind(&caller.tenant)
        .bind(after)
        .bind(limit)
        .fetch_all(&mut *tx)
        .await?;
    let device = |row: &PgRow| {
        Ok(Device {
            device: to_hex(row.try_get(0)?),
            store: row.try_get(1)?,
            register: row.try_get(2)?,
            enrolled_at: row.try_get(3)?,
            revoked_at: row.try_get(4)?,
            last_contact: row.try_get(5)?,
            clock_skew: row.try_get(6)?,
        })
    };
    let devices = rows.iter().map(device).collect::<Result<Vec<_>, sqlx::Error>>()?;
    Ok(page(devices, limit, |device| device.device.clone()))
}

/// A device takes part no longer. Doing so again changes nothing.
#[utoipa::path(post, path = "/api/v1/devices/{device}/revoke", params(("device" = String, Path), ("Idempotency-Key" = String, Header)), responses((status = 200), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn revoke(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named(device): Named<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Scope::WriteStores)?;
    let office = &house.office;
    let id = DeviceId(hex(&device)?);
    once(office, &caller, &headers, format!("revoke {device}"), async |_| {
        enrolment::revoke(office, &caller.tenant, id, wall()).await??;
        Ok((StatusCode::OK, json!({ "revoked": true })))
    })
    .await
}
