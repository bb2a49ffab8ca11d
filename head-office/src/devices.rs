//! Which devices a company has, where they stand, and until when their entries are believed.

use std::collections::BTreeMap;

use comptoir_sync::acceptance::Device;
use comptoir_sync::entry::{Chain, DeviceId, Scope};
use comptoir_sync::replication::message::Refusal;
use comptoir_sync::replication::session::Peer;
use comptoir_sync::replication::vector::Site;
use ed25519_dalek::VerifyingKey;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

use crate::database::Database;
use crate::error::{Error, Result};

/// A device as it is enrolled.
#[derive(Debug, Clone)]
pub struct Enrolled {
    /// Its key; its id follows from it.
    pub key: VerifyingKey,
    /// Where it stands.
    pub site: Site,
    /// The selling position, if it is one.
    pub register: Option<u32>,
}

/// From now on a device's entries are believed. Enrolling it again where it is changes nothing.
pub async fn enrol(
    db: &mut PgConnection,
    tenant: &str,
    enrolled: &Enrolled,
    now: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO device (tenant_id, device, public_key, store, register, enrolled_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, device) DO NOTHING",
    )
    .bind(tenant)
    .bind(DeviceId::of(&enrolled.key).0)
    .bind(enrolled.key.to_bytes())
    .bind(enrolled.site.store())
    .bind(enrolled.register.map(i64::from))
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// A device is no longer trusted: of each chain only what is in `last_good` is believed, of all
/// others nothing.
pub async fn revoke(
    db: &mut PgConnection,
    tenant: &str,
    device: DeviceId,
    last_good: &BTreeMap<Chain, u64>,
    now: i64,
) -> Result<()> {
    sqlx::query(
        "UPDATE device SET revoked_at = coalesce(revoked_at, $3) WHERE tenant_id = $1 AND device = $2",
    )
    .bind(tenant)
    .bind(device.0)
    .bind(now)
    .execute(&mut *db)
    .await?;
    for (chain, seq) in last_good.iter().filter(|(chain, _)| chain.device == device) {
        sqlx::query(
            "INSERT INTO last_good (tenant_id, device, epoch, scope, seq) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant_id, device, epoch, scope) DO UPDATE SET seq = excluded.seq",
        )
        .bind(tenant)
        .bind(device.0)
        .bind(i64::from(chain.epoch))
        .bind(i16::from(chain.scope.number()))
        .bind(i64::try_from(*seq).unwrap_or(i64::MAX))
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// Whose device it is that has proven itself, and whether it gets a session. None of a device that nobody enrolled.
pub async fn peer(database: &Database, device: DeviceId) -> Result<Option<(String, Peer)>> {
    let found = sqlx::query("SELECT tenant_id, store, revoked FROM device_shown($1)")
        .bind(device.0)
        .fetch_optional(database.pool())
        .await?;
    let Some(row) = found else { return Ok(None) };
    Ok(Some(peer_of(&row, device, 0)?))
}

/// The company, where it stands and whether it was revoked, in this order from column `first` on.
pub(crate) fn peer_of(row: &PgRow, device: DeviceId, first: usize) -> Result<(String, Peer)> {
    let refused = row.try_get::<bool, _>(first + 2)?.then_some(Refusal::Revoked);
    let site = site(row.try_get(first + 1)?);
    Ok((row.try_get(first)?, Peer { device, site, refused }))
}

/// What is known of the writers of entries, as acceptance asks it.
pub async fn writers(
    db: &mut PgConnection,
    tenant: &str,
    devices: &[DeviceId],
) -> Result<BTreeMap<DeviceId, Device>> {
    let ids: Vec<Vec<u8>> = devices.iter().map(|device| device.0.to_vec()).collect();
    let rows = sqlx::query(
        "SELECT device, public_key, store, revoked_at IS NOT NULL,
                (SELECT coalesce(max(epoch), 0) FROM chain
                 WHERE chain.tenant_id = device.tenant_id AND chain.device = device.device)
         FROM device WHERE tenant_id = $1 AND device = ANY($2)",
    )
    .bind(tenant)
    .bind(ids)
    .fetch_all(&mut *db)
    .await?;
    let mut writers = BTreeMap::new();
    for row in rows {
        let id = DeviceId(row.try_get(0)?);
        let last_good = if row.try_get(3)? { Some(last_good(db, tenant, id).await?) } else { None };
        let epoch = number(row.try_get(4)?)?;
        let (key, site) = (key(row.try_get(1)?)?, site(row.try_get(2)?));
        writers.insert(id, Device { key, site, epoch, last_good });
    }
    Ok(writers)
}

async fn last_good(
    db: &mut PgConnection,
    tenant: &str,
    device: DeviceId,
) -> Result<BTreeMap<Chain, u64>> {
    let select = "SELECT epoch, scope, seq FROM last_good WHERE tenant_id = $1 AND device = $2";
    let rows = sqlx::query(select).bind(tenant).bind(device.0).fetch_all(db).await?;
    let mut last_good = BTreeMap::new();
    for row in rows {
        let scope = scope(row.try_get(1)?);
        let chain = Chain { device, epoch: number(row.try_get(0)?)?, scope };
        last_good.insert(chain, number(row.try_get(2)?)?);
    }
    Ok(last_good)
}

/// Where a device stands, of what is stored of it.
pub(crate) fn site(store: Option<String>) -> Site {
    store.map_or(Site::HeadOffice, Site::Store)
}

/// A scope as it is stored.
pub(crate) fn scope(number: i16) -> Scope {
    Scope::from_number(u8::from(number != 0))
}

/// A number that is stored as a wider one.
pub(crate) fn number<T: TryFrom<i64>>(stored: i64) -> Result<T> {
    T::try_from(stored).map_err(|_| Error::Broken(format!("{stored} stands where it cannot")))
}

fn key(bytes: [u8; 32]) -> Result<VerifyingKey> {
    VerifyingKey::from_bytes(&bytes)
        .map_err(|_| Error::Broken("the key of an enrolled device is none".into()))
}
