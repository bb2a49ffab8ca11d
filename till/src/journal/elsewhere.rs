//! Where else entries are on disk: what other devices said of the chains that they hold.

use comptoir_sync::entry::{Chain, DeviceId, hash};
use comptoir_sync::replication::vector::{ChainHead, Head};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use ts_rs::TS;

use crate::error::Result;
use crate::till::utc;

/// A clock that is further off than this is shown, in milliseconds.
const MOST_SKEW: i64 = 2 * 60 * 1_000;

/// Where an entry is safe, and since when: RFC 3339, UTC.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, TS)]
pub struct StoredAt {
    /// On the disk of this till.
    pub disk: Option<String>,
    /// On another till of the store.
    pub neighbour: Option<String>,
    /// At head office.
    pub head_office: Option<String>,
}

/// A chain on this disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainHere {
    /// The chain and its last entry.
    pub at: ChainHead,
    /// Code of the store that writes it; empty if head office does.
    pub store: String,
}

/// Every chain on this disk.
pub fn chains(db: &Connection) -> Result<Vec<ChainHere>> {
    let mut select = db.prepare_cached(
        "SELECT chain.device, epoch, scope, seq, head,
            CASE WHEN enrolled.device IS NULL THEN (SELECT store FROM identity) ELSE coalesce(enrolled.store, '') END
         FROM chain LEFT JOIN enrolled ON enrolled.device = chain.device WHERE seq > 0",
    )?;
    let rows = select.query_map([], |row| {
        let chain = super::receive::chain_of(row)?;
        let at = ChainHead { chain, head: Head { seq: row.get(3)?, hash: row.get(4)? } };
        Ok(ChainHere { at, store: row.get(5)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// `peer` says that it has a chain on its disk up to `head`. It is believed where the entry there is the one here.
pub fn note(db: &Connection, peer: DeviceId, chain: &Chain, head: Head, wall: i64) -> Result<()> {
    let entry: Option<Vec<u8>> = db
        .prepare_cached(
            "SELECT entry FROM journal
             WHERE chain = (SELECT id FROM chain WHERE device = ?1 AND epoch = ?2 AND scope = ?3) AND seq = ?4",
        )?
        .query_row(params![chain.device.0, chain.epoch, chain.scope.number(), head.seq], |row| {
            row.get(0)
        })
        .optional()?;
    if entry.is_none_or(|entry| hash(&entry) != head.hash) {
        return Ok(());
    }
    db.prepare_cached(
        "INSERT INTO elsewhere (peer, device, epoch, scope, seq, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO UPDATE SET seq = excluded.seq, at = excluded.at WHERE excluded.seq > seq",
    )?
    .execute(params![
        peer.0,
        chain.device.0,
        chain.epoch,
        chain.scope.number(),
        head.seq,
        wall
    ])?;
    Ok(())
}

/// Where an entry of the journal is, that was written at `wall`.
pub fn of(db: &Connection, entry: i64, wall: i64) -> Result<StoredAt> {
    let mut select = db.prepare_cached(
        "SELECT enrolled.store IS NULL, min(at) FROM journal
         JOIN chain ON chain.id = journal.chain
         JOIN elsewhere ON elsewhere.device = chain.device AND elsewhere.epoch = chain.epoch
            AND elsewhere.scope = chain.scope AND elsewhere.seq >= journal.seq
         JOIN enrolled ON enrolled.device = elsewhere.peer
         WHERE journal.id = ?1 GROUP BY 1",
    )?;
    let mut rows = select.query([entry])?;
    let mut stored = StoredAt { disk: Some(utc(wall)), ..StoredAt::default() };
    while let Some(row) = rows.next()? {
        let at = Some(utc(row.get(1)?));
        if row.get(0)? {
            stored.head_office = at;
        } else {
            stored.neighbour = at;
        }
    }
    Ok(stored)
}

/// Entries of this store's registers that head office does not have, and the wall clock of the oldest.
pub fn waiting(db: &Connection) -> Result<(u64, Option<i64>)> {
    let select = "SELECT coalesce(sum(chain.seq - coalesce(elsewhere.seq, 0)), 0), min((
            SELECT journal.id FROM journal WHERE journal.chain = chain.id AND journal.seq = coalesce(elsewhere.seq, 0) + 1))
         FROM chain LEFT JOIN elsewhere ON elsewhere.peer = (SELECT head_office FROM membership)
            AND elsewhere.device = chain.device AND elsewhere.epoch = chain.epoch AND elsewhere.scope = chain.scope
         WHERE chain.device <> (SELECT head_office FROM membership) AND chain.seq > coalesce(elsewhere.seq, 0)";
    let (count, oldest): (u64, Option<i64>) =
        db.prepare_cached(select)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let wall = match oldest {
        Some(entry) => Some(super::read_fact(db, entry)?.0.wall),
        None => None,
    };
    Ok((count, wall))
}

/// Another device, when it was last met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Contact {
    /// The device.
    pub device: String,
    /// Whether it is head office.
    pub head_office: bool,
    /// RFC 3339, UTC, by this till's clock.
    pub at: String,
    /// Its clock minus this one's, in milliseconds.
    pub ahead: i64,
}

/// Everybody who was met.
pub fn contacts(db: &Connection) -> Result<Vec<Contact>> {
    let mut select = db.prepare(
        "SELECT peer, at, ahead, store IS NULL FROM contact JOIN enrolled ON device = peer ORDER BY at DESC",
    )?;
    let rows = select.query_map([], |row| {
        Ok(Contact {
            device: DeviceId(row.get(0)?).to_string(),
            head_office: row.get(3)?,
            at: utc(row.get(1)?),
            ahead: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A clock that this one differs from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct ClockOff {
    /// How far it was ahead of this one when they last met, in milliseconds.
    #[ts(type = "number")]
    pub ahead: i64,
    /// It is head office's; otherwise that of the store's other tills.
    pub head_office: bool,
}

/// What clock this one differs from, if that is worth a warning: head office's, if they ever met, or the middle one of
/// the store's tills; of two tills each is told of the other's.
pub fn clock_off(db: &Connection) -> Result<Option<ClockOff>> {
    let office: Option<i64> = db
        .prepare_cached("SELECT ahead FROM contact JOIN membership ON head_office = peer")?
        .query_row([], |row| row.get(0))
        .optional()?;
    let (ahead, head_office) = match office {
        Some(ahead) => (ahead, true),
        None => {
            let mut select = db.prepare_cached("SELECT ahead FROM contact")?;
            let mut all: Vec<i64> =
                select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            if all.len() > 1 {
                all.push(0);
            }
            all.sort_unstable();
            (all.get(all.len() / 2).copied().unwrap_or(0), false)
        }
    };
    Ok((ahead.abs() > MOST_SKEW).then_some(ClockOff { ahead, head_office }))
}

/// There was contact with another device, whose clock was `ahead` milliseconds ahead of this one.
pub fn met(db: &Connection, peer: DeviceId, wall: i64, ahead: i64) -> Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO contact (peer, at, ahead) VALUES (?1, ?2, ?3)")?
        .execute(params![peer.0, wall, ahead])?;
    Ok(())
}
