//! Devices: where each stands, and how it stops taking part.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use comptoir_sync::entry::DeviceId;
use serde::Serialize;
use serde_json::json;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use utoipa::ToSchema;

use super::ask::{Asked, Named, Page, cursor, hex, limit, page, to_hex};
use super::keys::{Caller, Scope};
use super::once::{Written, once};
use super::stores::Part;
use crate::http::State as House;
use crate::http::problem::{Body, Problem};
use crate::hub::News;
use crate::office::wall;
use crate::presence::GONE_AFTER;
use crate::revocation;

/// A till, or head office itself.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Device {
    /// 32 hexadecimal digits.
    device: String,
    /// None of head office itself.
    store: Option<String>,
    /// The selling position.
    register: Option<i64>,
    /// Whether it is a key that its register had before, as before it was restored.
    former: bool,
    /// When it was enrolled.
    enrolled_at: i64,
    /// When it was revoked, if it was.
    revoked_at: Option<i64>,
    /// Whether it is connected.
    online: bool,
    /// When it was last heard of; null if it never was.
    last_contact: Option<i64>,
    /// Its clock minus head office's when it last called, in milliseconds; null if it never did.
    clock_skew: Option<i64>,
    /// The epoch that it writes.
    epoch: Option<i64>,
    /// The last entry of its store's chain that is here.
    seq: Option<i64>,
    /// Entries of its own that it had when it last called and that are not here yet; null if it never called. What it
    /// wrote after it was last heard of is not known.
    waiting: Option<i64>,
    /// When the oldest of what waited was written, by its clock; null if nothing waits, or it did not say.
    oldest_waiting: Option<i64>,
    /// When an epoch of it last turned out to have two histories: its disk went back in time, or a copy of it runs; null if
    /// none ever did.
    forked_at: Option<i64>,
    /// Entries for every store, such as products and prices, that others wrote and that it has not read yet, up to a
    /// thousand; null if it never said how far it is. None is unread at a till that sells at today's prices.
    unread: Option<i64>,
}

const COLUMNS: &str = "SELECT device, store, register, former, enrolled_at, revoked_at,
        EXISTS (SELECT 1 FROM presence WHERE presence.tenant_id = device.tenant_id AND presence.device = device.device AND seen_at > $2),
        last_contact, clock_skew, last.epoch, last.seq,
        CASE WHEN told_at IS NOT NULL THEN coalesce(waits.entries, 0) END,
        CASE WHEN waits.entries > 0 THEN oldest_waiting END,
        CASE WHEN read_to IS NOT NULL THEN (SELECT count(*) FROM (SELECT 1 FROM entry JOIN chain USING (tenant_id, chain)
            WHERE entry.tenant_id = device.tenant_id AND entry.position > read_to AND entry.scope = 1 AND chain.device <> device.device
            LIMIT 1000) AS unread) END,
        (SELECT max(found_at) FROM fork WHERE fork.tenant_id = device.tenant_id AND fork.device = device.device)
    FROM device
    LEFT JOIN LATERAL (SELECT epoch, seq FROM chain
        WHERE chain.tenant_id = device.tenant_id AND chain.device = device.device AND scope = 0 ORDER BY epoch DESC LIMIT 1) AS last ON true
    LEFT JOIN LATERAL (SELECT sum(greatest(told.seq - coalesce(chain.seq, 0), 0))::bigint AS entries
        FROM told LEFT JOIN chain USING (tenant_id, device, epoch, scope)
        WHERE told.tenant_id = device.tenant_id AND told.device = device.device) AS waits ON true
    WHERE device.tenant_id = $1";

/// Every device, those that were revoked too.
#[utoipa::path(get, path = "/api/v1/devices", params(Part), responses((status = 200, body = Page<Device>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(part): Asked<Part>,
) -> Result<Json<Page<Device>>, Problem> {
    caller.may(Scope::ReadStores)?;
    let limit = limit(part.limit)?;
    let after = cursor::<String>(part.cursor.as_deref())?;
    let after = after.as_deref().map(hex::<16>).transpose()?;
    let select =
        format!("{COLUMNS} AND ($3::bytea IS NULL OR device > $3) ORDER BY device LIMIT $4 + 1");
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let rows = asked(&select, &caller.tenant).bind(after).bind(limit).fetch_all(&mut *tx).await?;
    let devices = rows.iter().map(device).collect::<Result<Vec<_>, sqlx::Error>>()?;
    Ok(page(devices, limit, |device| device.device.clone()))
}

/// The devices of one store, those that were revoked too.
#[utoipa::path(get, path = "/api/v1/stores/{store}/devices", params(("store" = String, Path)), responses((status = 200, body = Page<Device>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn of_store(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named(store): Named<String>,
) -> Result<Json<Page<Device>>, Problem> {
    caller.may(Scope::ReadStores)?;
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let select = "SELECT EXISTS (SELECT 1 FROM store WHERE tenant_id = $1 AND store = $2)";
    let there = sqlx::query_scalar(select).bind(&caller.tenant).bind(&store);
    if !there.fetch_one(&mut *tx).await? {
        return Err(Problem::new(StatusCode::NOT_FOUND, "not_found", "there is no such store"));
    }
    let mut devices = of_stores(&mut tx, &caller.tenant, std::slice::from_ref(&store)).await?;
    Ok(Json(Page { items: devices.remove(&store).unwrap_or_default(), next: None }))
}

/// The devices of stores, by register.
pub(super) async fn of_stores(
    db: &mut PgConnection,
    tenant: &str,
    stores: &[String],
) -> Result<BTreeMap<String, Vec<Device>>, sqlx::Error> {
    let select =
        format!("{COLUMNS} AND store = ANY ($3) ORDER BY register, former, enrolled_at, device");
    let rows = asked(&select, tenant).bind(stores).fetch_all(db).await?;
    let mut all: BTreeMap<String, Vec<Device>> = BTreeMap::new();
    for row in &rows {
        let device = device(row)?;
        all.entry(device.store.clone().unwrap_or_default()).or_default().push(device);
    }
    Ok(all)
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
    let me = office.identity(&caller.tenant).await?;
    once(office, &caller, &headers, format!("revoke {device}"), async |db| {
        let taken = revocation::write(db, office, &me, id, wall()).await??;
        let done = Written::new(StatusCode::OK, json!({ "revoked": true }));
        let Some(taken) = taken else { return Ok(done) };
        revocation::note(db, &caller.tenant, &caller.who, id).await?;
        Ok(done.grew(Some(taken)).tells(News::Revoked(id)))
    })
    .await
}

fn asked<'q>(
    select: &str,
    tenant: &'q str,
) -> sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments> {
    let select = sqlx::AssertSqlSafe(select.to_owned());
    sqlx::query(select).bind(tenant).bind(wall() - GONE_AFTER)
}

fn device(row: &PgRow) -> Result<Device, sqlx::Error> {
    Ok(Device {
        device: to_hex(row.try_get(0)?),
        store: row.try_get(1)?,
        register: row.try_get(2)?,
        former: row.try_get(3)?,
        enrolled_at: row.try_get(4)?,
        revoked_at: row.try_get(5)?,
        online: row.try_get(6)?,
        last_contact: row.try_get(7)?,
        clock_skew: row.try_get(8)?,
        epoch: row.try_get(9)?,
        seq: row.try_get(10)?,
        waiting: row.try_get(11)?,
        oldest_waiting: row.try_get(12)?,
        unread: row.try_get(13)?,
        forked_at: row.try_get(14)?,
    })
}
