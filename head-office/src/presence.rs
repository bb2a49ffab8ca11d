//! Who is connected, to whichever process; and what a device says of itself when it calls.

use std::time::Duration;

use comptoir_sync::entry::DeviceId;
use comptoir_sync::replication::message::Hello;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::journal::stored;

/// A connection is kept fresh this often.
pub(crate) const FRESHEN_EVERY: Duration = Duration::from_secs(20);
/// What a device has read is noted after this long, so that a page each moment is no row each moment.
pub(crate) const NOTE_AFTER: Duration = Duration::from_millis(300);
/// A connection that was not kept fresh for so long is gone, in milliseconds.
pub const GONE_AFTER: i64 = 60 * 1_000;
/// Chains of its own that are kept of what a device says.
const MOST_TOLD: usize = 200;

/// A device is connected, and has read the log this far.
pub(crate) async fn here(
    db: &mut PgConnection,
    tenant: &str,
    device: DeviceId,
    session: Uuid,
    now: i64,
    read_to: Option<u64>,
) -> Result<()> {
    sqlx::query(
        "WITH here AS (
             INSERT INTO presence (tenant_id, device, session, since, seen_at) VALUES ($1, $2, $3, $4, $4)
             ON CONFLICT (tenant_id, device, session) DO UPDATE SET seen_at = excluded.seen_at)
         UPDATE device SET last_contact = $4, read_to = coalesce($5, read_to) WHERE tenant_id = $1 AND device = $2",
    )
    .bind(tenant)
    .bind(device.0)
    .bind(session)
    .bind(now)
    .bind(read_to.map(stored))
    .execute(db)
    .await?;
    Ok(())
}

/// A connection ended, and its device has read the log this far; those that nobody kept fresh ended as well.
pub(crate) async fn gone(
    db: &mut PgConnection,
    tenant: &str,
    device: DeviceId,
    session: Uuid,
    now: i64,
    read_to: Option<u64>,
) -> Result<()> {
    sqlx::query(
        "WITH gone AS (
             DELETE FROM presence WHERE tenant_id = $1 AND device = $2 AND (session = $3 OR seen_at < $4))
         UPDATE device SET last_contact = $5, read_to = coalesce($6, read_to) WHERE tenant_id = $1 AND device = $2",
    )
    .bind(tenant)
    .bind(device.0)
    .bind(session)
    .bind(now - GONE_AFTER)
    .bind(now)
    .bind(read_to.map(stored))
    .execute(db)
    .await?;
    Ok(())
}

/// Keeps what a device says of its own chains, of what waits, and of the time. Each call replaces what the one before said.
pub(crate) async fn told(
    db: &mut PgConnection,
    tenant: &str,
    device: DeviceId,
    hello: &Hello,
    now: i64,
) -> Result<()> {
    let own = hello.have.iter().filter(|at| at.chain.device == device).take(MOST_TOLD);
    let (mut epochs, mut scopes, mut seqs) = (Vec::new(), Vec::new(), Vec::new());
    for at in own {
        epochs.push(i64::from(at.chain.epoch));
        scopes.push(i16::from(at.chain.scope.number()));
        seqs.push(stored(at.head.seq));
    }
    sqlx::query(
        "WITH said AS (
             SELECT epoch, scope, max(seq) AS seq FROM unnest($3::bigint[], $4::smallint[], $5::bigint[]) AS said (epoch, scope, seq)
             GROUP BY epoch, scope),
         gone AS (
             DELETE FROM told WHERE tenant_id = $1 AND device = $2 AND (epoch, scope) NOT IN (SELECT epoch, scope FROM said))
         INSERT INTO told (tenant_id, device, epoch, scope, seq) SELECT $1, $2, epoch, scope, seq FROM said
         ON CONFLICT (tenant_id, device, epoch, scope) DO UPDATE SET seq = excluded.seq WHERE told.seq <> excluded.seq",
    )
    .bind(tenant)
    .bind(device.0)
    .bind(epochs)
    .bind(scopes)
    .bind(seqs)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "UPDATE device SET told_at = $3, oldest_waiting = $4, clock_skew = $5 WHERE tenant_id = $1 AND device = $2",
    )
    .bind(tenant)
    .bind(device.0)
    .bind(now)
    .bind(hello.waiting.and_then(|waiting| waiting.oldest))
    .bind(hello.wall.saturating_sub(now))
    .execute(db)
    .await?;
    Ok(())
}
