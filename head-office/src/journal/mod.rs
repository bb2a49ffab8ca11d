//! The log: every entry of a company's devices, once, in the order in which it came here.

mod again;
pub mod ingest;
mod project;
pub mod record;
mod standing;

use std::collections::BTreeMap;

use comptoir_sync::entry::{Chain, DeviceId, Entry, Hash, Sealed};
use comptoir_sync::facts::Fact;
use comptoir_sync::replication::event::Logged;
use comptoir_sync::replication::message::Cursor;
use comptoir_sync::replication::session::Peer;
use comptoir_sync::replication::vector::{Head, Site};
use futures_util::TryStreamExt;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor, Row};
use uuid::Uuid;

use crate::devices::{number, peer_of, scope};
use crate::error::Result;

/// An entry that has its place in the log.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) position: i64,
    pub(crate) entry: Entry,
    pub(crate) fact: Box<Fact>,
    pub(crate) hash: Hash,
    /// Which history of its epoch it is of: 0 if that is the one that stands in its chain, otherwise the epoch that says
    /// it again; where that says two of them, a number of its own for what comes under a number that is taken.
    pub(crate) branch: u32,
}

impl Placed {
    fn branch(&self) -> u32 {
        self.branch
    }

    /// A number for its history that is no epoch's, out of the entry itself.
    fn branch_of_its_own(&self) -> u32 {
        let [a, b, c, d, ..] = self.hash;
        u32::from_be_bytes([a, b, c, d]) | 1 << 31
    }
}

/// A chain that is longer now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// The chain.
    pub chain: Chain,
    /// The store that writes it; empty at head office.
    pub store: String,
    /// Its last entry.
    pub head: Head,
}

/// A device that has proven itself.
#[derive(Debug)]
pub struct Called {
    /// Its company.
    pub tenant: String,
    /// Where it stands, and whether it gets a session.
    pub peer: Peer,
    /// The chains of its company, and the end of the log; none if it gets no session.
    pub known: Option<(Vec<Growth>, Cursor)>,
    /// Its own chains of which two histories were found.
    pub frozen: Vec<Chain>,
}

/// Chains that grew behind `position`, and the end of the log at that moment: one turn to the database.
pub async fn grown(
    db: impl PgExecutor<'_>,
    tenant: &str,
    position: u64,
) -> Result<(Vec<Growth>, Cursor)> {
    let select =
        "SELECT device, epoch, scope, store, seq, head, log, log_end FROM chains_grown($1, $2)";
    let rows = sqlx::query(select).bind(tenant).bind(stored(position)).fetch_all(db).await?;
    read_grown(&rows)
}

/// Whose device it is that has proven itself, whether it gets a session, and all chains of its company with the end of
/// the log, for one that gets one: one turn to the database. None of a device that nobody enrolled.
pub async fn called(db: impl PgExecutor<'_>, device: DeviceId) -> Result<Option<Called>> {
    let select = "SELECT device, epoch, scope, store, seq, head, log, log_end, tenant_id, stands, revoked, frozen FROM device_called($1)";
    let rows = sqlx::query(select).bind(device.0).fetch_all(db).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let (tenant, peer) = peer_of(first, device, 8)?;
    let known = if peer.refused.is_none() { Some(read_grown(&rows)?) } else { None };
    let is_frozen = |row: &&PgRow| row.get::<Option<bool>, _>(11).unwrap_or_default();
    let frozen = rows.iter().filter(is_frozen).map(chain).collect::<Result<_>>()?;
    Ok(Some(Called { tenant, peer, known, frozen }))
}

fn read_grown(rows: &[PgRow]) -> Result<(Vec<Growth>, Cursor)> {
    let first = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    let log = first.try_get::<Uuid, _>(6)?.as_u128();
    let end = Cursor { log, position: number(first.try_get(7)?)? };
    let mut grown = Vec::new();
    for row in rows {
        // Where no chain grew the log's end stands alone.
        if row.try_get::<Option<i64>, _>(4)?.is_some() {
            let head = Head { seq: number(row.try_get(4)?)?, hash: row.try_get(5)? };
            grown.push(Growth { chain: chain(row)?, store: row.try_get(3)?, head });
        }
    }
    Ok((grown, end))
}

/// The end of the log.
pub async fn end(db: &mut PgConnection, tenant: &str) -> Result<Cursor> {
    let row = sqlx::query("SELECT log, position FROM log_head WHERE tenant_id = $1")
        .bind(tenant)
        .fetch_one(db)
        .await?;
    Ok(Cursor { log: row.try_get::<Uuid, _>(0)?.as_u128(), position: number(row.try_get(1)?)? })
}

/// How much is read at once.
#[derive(Debug, Clone, Copy)]
pub struct Most {
    /// Entries, at least one.
    pub entries: usize,
    /// Bytes of all of them, but for the first.
    pub bytes: usize,
}

/// Entries of a chain behind `after`, in order.
pub async fn of_chain(
    db: &mut PgConnection,
    tenant: &str,
    chain: &Chain,
    after: u64,
    most: Most,
) -> Result<Vec<Sealed>> {
    let mut rows = sqlx::query(
        "SELECT bytes, signature FROM entry
         WHERE tenant_id = $1 AND seq > $5 AND chain =
             (SELECT chain FROM chain WHERE tenant_id = $1 AND device = $2 AND epoch = $3 AND scope = $4)
         ORDER BY seq LIMIT $6",
    )
    .bind(tenant)
    .bind(chain.device.0)
    .bind(i64::from(chain.epoch))
    .bind(i16::from(chain.scope.number()))
    .bind(stored(after))
    .bind(limit(most))
    .fetch(db);
    let (mut entries, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.try_next().await? {
        let sealed = Sealed { bytes: row.try_get(0)?, signature: row.try_get(1)? };
        bytes += sealed.bytes.len();
        if bytes > most.bytes && !entries.is_empty() {
            break;
        }
        entries.push(sealed);
    }
    Ok(entries)
}

/// The last of these entries that is in a chain; 0 if none is.
pub async fn last_of(
    db: &mut PgConnection,
    tenant: &str,
    chain: &Chain,
    known: &[Head],
) -> Result<u64> {
    let (seqs, hashes): (Vec<i64>, Vec<Vec<u8>>) =
        known.iter().map(|head| (stored(head.seq), head.hash.to_vec())).unzip();
    let row = sqlx::query(
        "SELECT coalesce(max(entry.seq), 0) FROM chain
         JOIN entry ON entry.tenant_id = chain.tenant_id AND entry.chain = chain.chain
         JOIN unnest($5::bigint[], $6::bytea[]) AS known (seq, hash) ON known.seq = entry.seq AND known.hash = entry.hash
         WHERE chain.tenant_id = $1 AND device = $2 AND epoch = $3 AND chain.scope = $4",
    )
    .bind(tenant)
    .bind(chain.device.0)
    .bind(i64::from(chain.epoch))
    .bind(i16::from(chain.scope.number()))
    .bind(seqs)
    .bind(hashes)
    .fetch_one(db)
    .await?;
    number(row.try_get(0)?)
}

/// A stretch of the log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stretch {
    /// What of it may be held there, and did not come from there.
    pub entries: Vec<Logged>,
    /// The last position that was looked at.
    pub to: u64,
    /// Whether the log ends there.
    pub end: bool,
}

/// The log behind `after` for a node at `site`, without what it brought itself: of each chain in `brought` all up to
/// that entry.
pub async fn behind(
    db: &mut PgConnection,
    tenant: &str,
    site: &Site,
    brought: &BTreeMap<Chain, u64>,
    after: u64,
    most: Most,
) -> Result<Stretch> {
    let end = end(db, tenant).await?.position;
    let (devices, (epochs, (scopes, seqs))): (Vec<_>, (Vec<_>, (Vec<_>, Vec<_>))) = brought
        .iter()
        .map(|(chain, seq)| {
            let scope = i16::from(chain.scope.number());
            (chain.device.0.to_vec(), (i64::from(chain.epoch), (scope, stored(*seq))))
        })
        .unzip();
    let mut rows = sqlx::query(
        "SELECT chain.device, chain.epoch, chain.scope, entry.store, entry.seq, entry.position,
                CASE WHEN brought.seq IS NULL THEN bytes END, signature
         FROM entry JOIN chain USING (tenant_id, chain)
         LEFT JOIN unnest($3::bytea[], $4::bigint[], $5::smallint[], $6::bigint[]) AS brought (device, epoch, scope, seq)
             ON brought.device = chain.device AND brought.epoch = chain.epoch AND brought.scope = chain.scope
                AND brought.seq >= entry.seq
         WHERE tenant_id = $1 AND entry.position > $2 AND entry.position <= $9
           AND (entry.scope = 1 OR $7::text IS NULL OR entry.store = $7)
         ORDER BY entry.position LIMIT $8",
    )
    .bind(tenant)
    .bind(stored(after))
    .bind(devices)
    .bind(epochs)
    .bind(scopes)
    .bind(seqs)
    .bind(site.store())
    .bind(limit(most))
    .bind(stored(end))
    .fetch(db);
    let mut stretch = Stretch { to: after, ..Stretch::default() };
    let (mut bytes, mut looked_at) = (0, 0);
    while let Some(row) = rows.try_next().await? {
        let position = number(row.try_get(5)?)?;
        if let Some(entry) = row.try_get::<Option<Vec<u8>>, _>(6)? {
            bytes += entry.len();
            if bytes > most.bytes && !stretch.entries.is_empty() {
                return Ok(stretch);
            }
            let sealed = Sealed { bytes: entry, signature: row.try_get(7)? };
            let (chain, seq, store) = (chain(&row)?, number(row.try_get(4)?)?, row.try_get(3)?);
            stretch.entries.push(Logged { position, chain, seq, store, sealed });
        }
        (stretch.to, looked_at) = (position, looked_at + 1);
    }
    if looked_at < most.entries {
        (stretch.to, stretch.end) = (end.max(after), true);
    }
    Ok(stretch)
}

/// The chain of a row that begins with device, epoch and scope.
pub(crate) fn chain(row: &PgRow) -> Result<Chain> {
    let device = DeviceId(row.try_get(0)?);
    Ok(Chain { device, epoch: number(row.try_get(1)?)?, scope: scope(row.try_get(2)?) })
}

/// A place in a log or chain as PostgreSQL holds it. What is beyond cannot be there.
pub(crate) fn stored(place: u64) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

fn limit(most: Most) -> i64 {
    i64::try_from(most.entries.max(1)).unwrap_or(i64::MAX)
}
