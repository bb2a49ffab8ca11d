//! What came and was not believed: seen, tried again, discarded.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use comptoir_sync::entry::{DeviceId, Sealed};
use serde::Serialize;
use serde_json::json;
use sqlx::Row;
use sqlx::postgres::PgRow;
use utoipa::ToSchema;

use super::ask::{Asked, Named, Page, cursor, hex, limit, page, to_hex};
use super::keys::{Caller, Scope};
use super::once::once;
use super::stores::Part;
use crate::http::State as House;
use crate::http::problem::{Body, Problem};
use crate::hub::News;
use crate::journal::ingest::{Delivery, ingest};
use crate::office::{Office, wall};

/// An entry that was put aside.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Aside {
    /// The device that the entry says wrote it; 32 hexadecimal digits.
    device: String,
    /// SHA-256 of the entry; 64 hexadecimal digits.
    hash: String,
    epoch: i64,
    /// Its place in its chain, as it says.
    seq: String,
    /// Why it was not believed.
    reason: String,
    /// The device that brought it, which was proven.
    came_from: String,
    came_at: i64,
    /// Its length in bytes.
    length: i32,
}

/// Everything that was put aside.
#[utoipa::path(get, path = "/api/v1/quarantine", params(Part), responses((status = 200, body = Page<Aside>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(part): Asked<Part>,
) -> Result<Json<Page<Aside>>, Problem> {
    caller.may(Scope::ReadQuarantine)?;
    let limit = limit(part.limit)?;
    let (device, hash) = match cursor::<(String, String)>(part.cursor.as_deref())? {
        Some((device, hash)) => (Some(hex::<16>(&device)?), Some(hex::<32>(&hash)?)),
        None => (None, None),
    };
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let select = "SELECT device, hash, epoch, seq::text, reason, came_from, came_at, length(bytes) FROM quarantine
                  WHERE tenant_id = $1 AND ($2::bytea IS NULL OR (device, hash) > ($2, $3)) ORDER BY device, hash LIMIT $4 + 1";
    let rows = sqlx::query(select).bind(&caller.tenant).bind(device).bind(hash).bind(limit);
    let rows = rows.fetch_all(&mut *tx).await?;
    let aside = |row: &PgRow| {
        Ok(Aside {
            device: to_hex(row.try_get(0)?),
            hash: to_hex(row.try_get(1)?),
            epoch: row.try_get(2)?,
            seq: row.try_get(3)?,
            reason: row.try_get(4)?,
            came_from: to_hex(row.try_get(5)?),
            came_at: row.try_get(6)?,
            length: row.try_get(7)?,
        })
    };
    let asides = rows.iter().map(aside).collect::<Result<Vec<_>, sqlx::Error>>()?;
    Ok(page(asides, limit, |aside| (aside.device.clone(), aside.hash.clone())))
}

/// What came of trying again.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tried {
    /// Whether the entry is in the log now.
    taken: bool,
    /// If not: why it still waits.
    reason: Option<String>,
}

/// Takes an entry in, if it can be believed by now.
#[utoipa::path(post, path = "/api/v1/quarantine/{device}/{hash}/retry", params(("device" = String, Path), ("hash" = String, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = Tried), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn retry(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named((device, hash)): Named<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Scope::WriteQuarantine)?;
    let (device_id, digest) = (hex::<16>(&device)?, hex::<32>(&hash)?);
    let office = &house.office;
    once(office, &caller, &headers, format!("retry {device} {hash}"), async |db| {
        let select = "SELECT bytes, signature, came_from FROM quarantine WHERE tenant_id = $1 AND device = $2 AND hash = $3";
        let found = sqlx::query(select).bind(&caller.tenant).bind(device_id).bind(digest);
        let row = found.fetch_optional(db).await?.ok_or_else(gone)?;
        let sealed = Sealed { bytes: row.try_get(0)?, signature: row.try_get(1)? };
        let tried = take_in(office, &caller.tenant, sealed, DeviceId(row.try_get(2)?)).await?;
        Ok((StatusCode::OK, json!(tried)))
    })
    .await
}

async fn take_in(
    office: &Office,
    tenant: &str,
    sealed: Sealed,
    from: DeviceId,
) -> Result<Tried, Problem> {
    let me = office.identity(tenant).await?;
    let (page, process) = (vec![sealed], office.process);
    let delivery = Delivery { me: &me.node, from, page, wall: wall(), process };
    let taken = ingest(&office.database, delivery).await?;
    if !taken.grew.is_empty() {
        office.hub.tell(tenant, News::Grew(Arc::new(taken.grew)));
    }
    let reason = taken.held.first().map(|held| format!("{:?}", held.reason));
    Ok(Tried { taken: reason.is_none(), reason })
}

/// Discards an entry. If it is sent again, it is judged again.
#[utoipa::path(post, path = "/api/v1/quarantine/{device}/{hash}/discard", params(("device" = String, Path), ("hash" = String, Path), ("Idempotency-Key" = String, Header)), responses((status = 200), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn discard(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named((device, hash)): Named<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Scope::WriteQuarantine)?;
    let (device_id, digest) = (hex::<16>(&device)?, hex::<32>(&hash)?);
    once(&house.office, &caller, &headers, format!("discard {device} {hash}"), async |db| {
        let delete = "DELETE FROM quarantine WHERE tenant_id = $1 AND device = $2 AND hash = $3";
        let delete = sqlx::query(delete).bind(&caller.tenant).bind(device_id).bind(digest);
        if delete.execute(db).await?.rows_affected() == 0 {
            return Err(gone());
        }
        tracing::info!(tenant = caller.tenant, device, hash, "an entry was discarded");
        Ok((StatusCode::OK, json!({ "discarded": true })))
    })
    .await
}

fn gone() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "there is no such entry aside")
}
