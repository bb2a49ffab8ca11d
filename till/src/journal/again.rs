//! Saying again what this till wrote where it ran twice. A copy of its disk, or a disk that went back in time, writes a
//! second history of one epoch, and nobody who holds the one takes in the other. Each half begins an epoch of its own
//! and says in it, entry by entry as they were signed, all that it wrote since the histories parted: so every till
//! comes to show both. An entry is shown once, by whatever comes first: its own chain or what says it again.

use comptoir_sync::entry::{Chain, DeviceId, Entry, Hash, MOST_BYTES, NO_HASH, Scope, Sealed};
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::said_again::SaidAgain;
use comptoir_sync::replication::message::Fork;
use rusqlite::{Connection, params};

use super::Shown;
use crate::error::{Error, Result};
use crate::inventory::Moved;
use crate::payments;
use crate::till::{Identity, Till, Tx};
use crate::trust::enrolment;

/// What a carrier adds to the entry that it carries is less, in bytes.
const MOST_CARRIER: usize = 1_024;

/// Shows what an entry says again, unless it is shown.
pub(super) fn project(
    db: &Connection,
    id: i64,
    carrier: &Entry,
    said: &SaidAgain,
    sealed: &Sealed,
    moved: &mut Moved,
) -> Result<()> {
    let refused = |why: String| Error::Broken(why);
    let key = enrolment::key_of(db, DeviceId(carrier.device))?
        .ok_or_else(|| refused("nobody knows the key of its device".into()))?;
    let (entry, fact) = said.open(carrier, &key).map_err(|why| refused(why.to_string()))?;
    let place = said.place_in(&sealed.bytes);
    let place = place.ok_or_else(|| refused("what it says again is not where it ends".into()))?;
    let shown = stands_before(db, id, &entry, &said.entry)? || was_said(db, &entry, &said.entry)?;
    db.prepare_cached(
        "INSERT OR IGNORE INTO said_again (entry, device, epoch, scope, seq, signature) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        id,
        entry.device,
        entry.epoch,
        entry.scope.number(),
        entry.seq,
        said.entry.signature
    ])?;
    if shown {
        return hide(db, id);
    }
    let body = place + said.entry.bytes.len().saturating_sub(entry.body.len());
    let (entry, fact, bytes) = (&entry, &fact, &sealed.bytes);
    let of_branch = |branch| Shown { id, branch, entry, fact, bytes, body };
    db.prepare_cached("SAVEPOINT said_again")?.execute([])?;
    let mut shows = super::show(db, &of_branch(carrier.epoch), moved);
    if shows.as_ref().is_err_and(Error::is_a_conflict) {
        // An epoch that says two other histories again uses some numbers twice.
        db.prepare_cached("ROLLBACK TO said_again")?.execute([])?;
        shows = super::show(db, &of_branch(branch_of(&said.entry)), moved);
    }
    db.prepare_cached("RELEASE said_again")?.execute([])?;
    shows
}

/// A number for the history of an entry that is no epoch's, out of the entry itself.
fn branch_of(sealed: &Sealed) -> u32 {
    let [a, b, c, d, ..] = sealed.hash();
    u32::from_be_bytes([a, b, c, d]) | 1 << 31
}

/// Whether an entry was said again, so that it is shown already.
pub(super) fn was_said(db: &Connection, entry: &Entry, sealed: &Sealed) -> Result<bool> {
    let select = "SELECT EXISTS (SELECT 1 FROM said_again
        WHERE device = ?1 AND epoch = ?2 AND scope = ?3 AND seq = ?4 AND signature = ?5)";
    asked(db, select, entry, sealed)
}

/// Whether an entry stands in the chain that it belongs to, and came before the one with this id.
fn stands_before(db: &Connection, id: i64, entry: &Entry, sealed: &Sealed) -> Result<bool> {
    let select = "SELECT EXISTS (SELECT 1 FROM journal
        WHERE chain = (SELECT id FROM chain WHERE device = ?1 AND epoch = ?2 AND scope = ?3) AND seq = ?4 AND signature = ?5
          AND id < ?6)";
    let Entry { device, epoch, scope, seq, .. } = entry;
    let place = params![device, epoch, scope.number(), seq, sealed.signature, id];
    Ok(db.prepare_cached(select)?.query_row(place, |row| row.get(0))?)
}

fn asked(db: &Connection, select: &str, entry: &Entry, sealed: &Sealed) -> Result<bool> {
    let Entry { device, epoch, scope, seq, .. } = entry;
    let place = params![device, epoch, scope.number(), seq, sealed.signature];
    Ok(db.prepare_cached(select)?.query_row(place, |row| row.get(0))?)
}

/// Notes that the tables show what an entry says by another one.
pub(super) fn hide(db: &Connection, id: i64) -> Result<()> {
    db.prepare_cached("INSERT OR IGNORE INTO hidden (entry) VALUES (?1)")?.execute([id])?;
    Ok(())
}

/// Says again what was left to be said when the program ended, or by an older version.
pub(crate) fn recover(till: &mut Till) -> Result<()> {
    let tx = till.begin()?;
    say_forked(&tx)?;
    tx.commit()
}

/// Says again all that this till wrote in former epochs behind the last entry that both of their histories hold, as far
/// as that is known; what was said already is not said twice.
pub(crate) fn say_forked(tx: &Tx<'_>) -> Result<()> {
    let (device, now) = (tx.identity.device, tx.identity.epoch);
    let mut select = tx.prepare_cached(
        "SELECT DISTINCT epoch FROM fork WHERE device = ?1 AND epoch < ?2 ORDER BY epoch",
    )?;
    let epochs: Vec<u32> = select
        .query_map(params![device.0, now], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for epoch in epochs {
        for id in written_apart(tx, device, epoch)? {
            say(tx, id)?;
        }
    }
    Ok(())
}

fn say(tx: &Tx<'_>, id: i64) -> Result<()> {
    let (sealed, entry, fact) = super::read_said(tx, id)?;
    if stands_said(tx, &entry, &sealed)? || !fits(&entry, &sealed) {
        return Ok(());
    }
    if let Some(shift) = fact.shift() {
        payments::rows::say_again(tx, shift)?;
    }
    tx.record(&Fact::again(entry.scope, sealed), None)?;
    Ok(())
}

/// Whether an entry leaves room for what carries it.
pub(super) fn fits(entry: &Entry, sealed: &Sealed) -> bool {
    let fits = sealed.bytes.len() + MOST_CARRIER <= MOST_BYTES;
    if !fits {
        tracing::error!(seq = entry.seq, "an entry is too large to be said again");
    }
    fits
}

/// Whether an entry stands in the history on this disk, which says by itself what has to be said of it again, or was
/// said again.
pub(super) fn is_said(db: &Connection, entry: &Entry, sealed: &Sealed) -> Result<bool> {
    Ok(stands_before(db, i64::MAX, entry, sealed)? || stands_said(db, entry, sealed)?)
}

/// Whether an entry is said again in an epoch that everybody takes in.
fn stands_said(db: &Connection, entry: &Entry, sealed: &Sealed) -> Result<bool> {
    let select = "SELECT EXISTS (SELECT 1 FROM said_again AS said JOIN journal ON journal.id = said.entry
            JOIN chain ON chain.id = journal.chain
        WHERE said.device = ?1 AND said.epoch = ?2 AND said.scope = ?3 AND said.seq = ?4 AND said.signature = ?5
          AND chain.epoch NOT IN (SELECT epoch FROM fork WHERE fork.device = ?1))";
    asked(db, select, entry, sealed)
}

/// Entries of an epoch of this till that the other history may not hold, in the order in which they were written.
fn written_apart(db: &Connection, device: DeviceId, epoch: u32) -> Result<Vec<i64>> {
    let common = common(db, device, epoch)?;
    let mut apart = Vec::new();
    for scope in [Scope::Store, Scope::Tenant] {
        let mut select = db.prepare_cached(
            "SELECT id, entry FROM journal WHERE chain = (SELECT id FROM chain WHERE device = ?1 AND epoch = ?2 AND scope = ?3)
             ORDER BY seq DESC",
        )?;
        let mut rows = select.query(params![device.0, epoch, scope.number()])?;
        while let Some(row) = rows.next()? {
            let entry = Entry::read(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)?;
            if entry.hlc <= common {
                break;
            }
            apart.push((entry.hlc, row.get(0)?));
        }
    }
    apart.sort_unstable();
    Ok(apart.into_iter().map(|(_, id)| id).collect())
}

/// The clock of the last entry of which it is known that both histories hold it; 0 of none. A disk is copied as it
/// stands, so whatever this till wrote before that, in whichever chain, is in both as well.
fn common(db: &Connection, device: DeviceId, epoch: u32) -> Result<u64> {
    // Whoever proved the fork holds the other history of that chain, and has said up to where it held the same as this
    // till; of the device's other chain it may hold this one. What came back to this disk once it had begun a newer
    // epoch, the other half may have written.
    let mut select = db.prepare_cached(
        "SELECT journal.entry FROM (
             SELECT scope, common AS seq FROM fork WHERE device = ?1 AND epoch = ?2 AND common IS NOT NULL
             UNION ALL SELECT elsewhere.scope, elsewhere.seq FROM fork JOIN elsewhere
                 ON peer = proven_by AND elsewhere.device = fork.device AND elsewhere.epoch = fork.epoch
                 AND elsewhere.scope = fork.scope
             WHERE fork.device = ?1 AND fork.epoch = ?2) AS both
         JOIN chain ON chain.device = ?1 AND chain.epoch = ?2 AND chain.scope = both.scope
         JOIN journal ON journal.chain = chain.id AND journal.seq = both.seq
         WHERE journal.id < (SELECT min(later.id) FROM journal AS later WHERE later.seq = 1 AND later.chain IN (
             SELECT id FROM chain WHERE device = ?1 AND epoch > ?2))",
    )?;
    let mut rows = select.query(params![device.0, epoch])?;
    let mut last = 0;
    while let Some(row) = rows.next()? {
        let entry = Entry::read(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?;
        last = last.max(entry.hlc);
    }
    Ok(last)
}

/// What `said` proves to the till `me`: of the epoch that it writes, that another half runs, which has begun a newer one;
/// of a former one, that it had two histories. Answers the fork, and the last entry that both hold, as far as that can
/// be told.
pub(super) fn other_half(
    db: &Connection,
    me: &Identity,
    said: &SaidAgain,
) -> Result<Option<(Fork, Option<u64>)>> {
    let entry = Entry::read(&said.entry.bytes)?;
    let chain = entry.chain();
    if chain.device != me.device || chain.epoch > me.epoch {
        return Ok(None);
    }
    let theirs = said.entry.hash();
    let here = super::receive::at(db, &chain, entry.seq)?.map(|sealed| sealed.hash());
    // What is the same proves nothing: the other half may have taken it in from here.
    if here == Some(theirs) || (here.is_none() && chain.epoch < me.epoch) {
        return Ok(None);
    }
    let common = last_before(db, &chain, &entry)?;
    let mine = here.unwrap_or(NO_HASH);
    Ok(Some((Fork { chain, seq: entry.seq, mine, theirs }, common)))
}

/// Somebody says that the epoch of this till has two histories, and has not proven it. Whoever says that may hold the
/// one or the other: what everybody who was met holds is taken for common until it is known better.
pub(crate) fn claim_fork(tx: &Tx<'_>, device: DeviceId, epoch: u32) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO fork (device, epoch, scope, seq, mine, theirs, found_at, common)
         SELECT chain.device, chain.epoch, chain.scope, chain.seq, head, zeroblob(32), ?3, (SELECT min(elsewhere.seq) FROM elsewhere
             WHERE elsewhere.device = chain.device AND elsewhere.epoch = chain.epoch AND elsewhere.scope = chain.scope)
         FROM chain WHERE chain.device = ?1 AND chain.epoch = ?2 AND chain.scope = 0
             AND NOT EXISTS (SELECT 1 FROM fork WHERE fork.device = ?1 AND fork.epoch = ?2)",
    )?
    .execute(params![device.0, epoch, tx.wall])?;
    Ok(())
}

/// The entry before `entry` in its chain, if this disk holds the one that it follows.
pub(super) fn last_before(db: &Connection, chain: &Chain, entry: &Entry) -> Result<Option<u64>> {
    let before = entry.seq.saturating_sub(1);
    let here: Hash = match super::receive::at(db, chain, before)? {
        Some(sealed) => sealed.hash(),
        None => NO_HASH,
    };
    Ok((here == entry.prev).then_some(before))
}
