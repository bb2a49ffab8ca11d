//! How a device stops taking part.

use std::sync::Arc;

use comptoir_sync::entry::{DeviceId, Scope};
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::trust::{DeviceRevoked, LastGood};
use serde_json::json;
use sqlx::{PgConnection, Row};

use crate::audit::{self, What, Who};
use crate::devices;
use crate::enrolment::{Answer, Refusal, known};
use crate::error::Result;
use crate::hub::News;
use crate::journal;
use crate::journal::ingest::{Taken, hold};
use crate::journal::record::record;
use crate::office::{Identity, Office};

/// A device takes part no longer: what is here of it is believed, and nothing behind that. Everybody is told by a
/// fact that head office signs.
pub async fn revoke(office: &Office, tenant: &str, device: DeviceId, wall: i64) -> Answer<()> {
    let me = office.identity(tenant).await?;
    let mut tx = office.database.of_tenant(tenant).await?;
    let done = write(&mut tx, office, &me, device, wall).await?;
    let taken = match done {
        Ok(Some(taken)) => taken,
        Ok(None) => return Ok(Ok(())),
        Err(refusal) => return Ok(Err(refusal)),
    };
    note(&mut tx, tenant, &Who::CommandLine, device).await?;
    tx.commit().await?;
    office.hub.tell(tenant, News::Grew(Arc::new(taken.grew)));
    office.hub.tell(tenant, News::Revoked(device));
    Ok(Ok(()))
}

/// The same within a transaction of the company; nothing of a device that was revoked before.
pub async fn write(
    db: &mut PgConnection,
    office: &Office,
    me: &Identity,
    device: DeviceId,
    wall: i64,
) -> Answer<Option<Taken>> {
    let tenant = me.node.tenant.as_str();
    hold(db, tenant).await?;
    match known(db, tenant, device).await? {
        None => return Ok(Err(Refusal::NotEnrolled)),
        Some(known) if known.store.is_none() => return Ok(Err(Refusal::KeyInUse)),
        Some(known) if known.revoked => return Ok(Ok(None)),
        Some(_) => {}
    }
    let (chains, _) = journal::grown(&mut *db, tenant, 0).await?;
    let own = chains.into_iter().filter(|growth| growth.chain.device == device);
    let last_good: Vec<LastGood> =
        own.map(|growth| LastGood { chain: growth.chain, seq: growth.head.seq }).collect();
    let believed = last_good.iter().map(|last| (last.chain, last.seq)).collect();
    devices::revoke(db, tenant, device, &believed, wall).await?;
    let fact = Fact::DeviceRevoked(DeviceRevoked { device: device.0, last_good });
    debug_assert_eq!(fact.scope(), Scope::Tenant);
    Ok(Ok(Some(record(db, me, vec![fact], wall, office.process).await?)))
}

/// Writes down who revoked a device.
pub async fn note(db: &mut PgConnection, tenant: &str, who: &Who, device: DeviceId) -> Result<()> {
    let select = "SELECT store, register FROM device WHERE tenant_id = $1 AND device = $2";
    let row = sqlx::query(select).bind(tenant).bind(device.0).fetch_one(&mut *db).await?;
    let (store, register): (Option<String>, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
    let details = json!({ "store": store, "register": register });
    audit::note(db, tenant, who, What::DeviceRevoked, &device.to_string(), &details).await
}
