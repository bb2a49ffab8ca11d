//! Entries from elsewhere: a neighbour or head office. What is signed, chained and readable is kept and projected by
//! the same code as our own; what is not is put aside with its reason, and nothing else waits for it.

use std::collections::BTreeMap;

use comptoir_domain::ids::SaleId;
use comptoir_sync::acceptance::{self, Known, Received, Verdict, accept, by_chain};
use comptoir_sync::entry::{Chain, DeviceId, Entry, Hash, Scope, Sealed, hash};
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::returns::ReturnCompleted;
use comptoir_sync::replication::message::{Fork, Held, HeldReason};
use comptoir_sync::replication::vector::{ChainHead, Head, Node, Site, Vector};
use ed25519_dalek::VerifyingKey;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{again, append, head, project};
use crate::error::{Error, Result};
use crate::inventory::Moved;
use crate::orders::exchange;
use crate::till::{Identity, Till};
use crate::trust::enrolment;

/// What became of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Taken {
    /// The last entry on disk of every chain of the page.
    pub have: Vec<ChainHead>,
    /// Chains that wait, each at the first entry that was not taken.
    pub held: Vec<Held>,
    /// Chains with two histories.
    pub forks: Vec<Fork>,
    /// Entries that are new.
    pub new: u64,
    /// Whether documents were changed: products, prices, settings.
    pub documents: bool,
    /// Whether carts were parked, or taken in hand again, or what was to pay for one came back elsewhere.
    pub carts: bool,
    /// Devices that take part from now on: what they wrote is believed.
    pub enrolled: Vec<DeviceId>,
}

impl Till {
    /// Takes in a page of whoever it is: all that can be is on disk when this returns.
    pub fn receive(&mut self, page: Vec<Sealed>) -> Result<Taken> {
        let page = page.into_iter().filter_map(acceptance::read).collect();
        Ok(self.receive_until(page, None, &|| false)?.0)
    }

    /// Takes in entries that another device brought, in one transaction: all of them, or as many as there are until
    /// `stop` says that somebody waits, but always one. Answers the others, too.
    pub fn receive_until(
        &mut self,
        page: Vec<Received>,
        from: Option<DeviceId>,
        stop: &dyn Fn() -> bool,
    ) -> Result<(Taken, Vec<Received>)> {
        let tx = self.begin()?;
        let (taken, left) = receive(&tx, tx.identity, tx.wall, (page, from), stop)?;
        tx.grows.set(taken.new > 0);
        let own_former = |fork: &Fork| {
            fork.chain.device == tx.identity.device && fork.chain.epoch < tx.identity.epoch
        };
        if taken.forks.iter().any(own_former) {
            again::say_forked(&tx)?;
        }
        tx.commit()?;
        if taken.documents {
            self.look_at_settings()?;
        }
        Ok((taken, left))
    }
}

/// Takes in a page, and of whom it is, within a transaction of the till `me`, whose clock says `wall`: up to where
/// `stop` says so, and at least one entry. Answers what is left of it.
pub fn receive(
    db: &Connection,
    me: &Identity,
    wall: i64,
    (page, from): (Vec<Received>, Option<DeviceId>),
    stop: &dyn Fn() -> bool,
) -> Result<(Taken, Vec<Received>)> {
    let node = Node {
        tenant: me.tenant.clone(),
        site: Site::Store(me.store.clone()),
        device: me.device,
        epoch: me.epoch,
    };
    let mut taken = Taken::default();
    let mut moved = Moved::default();
    let (mut left, mut begun) = (Vec::new(), false);
    for (chain, mut run) in in_order(db, by_chain(page))? {
        if !left.is_empty() || (begun && stop()) {
            left.append(&mut run);
            continue;
        }
        let known = known(db, me, &chain, &run)?;
        let verdicts = accept(&node, &known, &run, wall);
        let mut stands = known.head;
        for (place, verdict) in verdicts.into_iter().enumerate() {
            if begun && stop() {
                left = run.split_off(place);
                break;
            }
            begun = true;
            let received = &run[place];
            if let Some(held) = verdict.holds_back(chain, received.entry.seq)
                && !taken.held.iter().any(|other| other.chain == chain)
            {
                taken.held.push(held);
            }
            match verdict {
                Verdict::New { fact, .. } => {
                    let shown = keep(db, received, &fact, &mut moved)?;
                    stands = Head { seq: received.entry.seq, hash: received.hash };
                    taken.new += 1;
                    match *fact {
                        Fact::DocumentsChanged(_) => taken.documents = true,
                        Fact::StoreDocumentsChanged(_) => taken.carts = true,
                        Fact::ReturnCompleted(back) => taken.carts |= came_back(db, &back)?,
                        Fact::DeviceEnrolled(fact) if shown => {
                            taken.enrolled.push(enrolment::device_of(&fact.public_key)?);
                        }
                        Fact::SaidAgain(said) | Fact::SaidAgainToAll(said) if shown => {
                            let carried = acceptance::read(said.entry.clone());
                            match carried.map(|carried| Fact::read(&carried.entry)) {
                                Some(Ok(Fact::DocumentsChanged(_))) => taken.documents = true,
                                Some(Ok(Fact::StoreDocumentsChanged(_))) => taken.carts = true,
                                Some(Ok(Fact::ReturnCompleted(back))) => {
                                    taken.carts |= came_back(db, &back)?;
                                }
                                _ => {}
                            }
                            if let Some((fork, common)) = again::other_half(db, me, &said)? {
                                // Whoever relays that need not hold the other history.
                                if freeze(db, &fork, wall, None, common)? {
                                    taken.forks.push(fork);
                                }
                            }
                        }
                        _ => {}
                    }
                }
                Verdict::Fork(fork) => {
                    let common = match fork.seq == received.entry.seq {
                        true => again::last_before(db, &chain, &received.entry)?,
                        false => None,
                    };
                    freeze(db, &fork, wall, from, common)?;
                    taken.forks.push(fork);
                }
                Verdict::Quarantine(reason) => put_aside(db, received, reason, wall)?,
                Verdict::Known | Verdict::Early => {}
            }
        }
        taken.have.push(ChainHead { chain, head: stands });
    }
    moved.keep(db)?;
    Ok((taken, left))
}

/// Whether a cart in hand was to take goods in exchange that somebody else took back.
fn came_back(db: &Connection, back: &ReturnCompleted) -> Result<bool> {
    let sale = back.sale.map(|sale| SaleId(sale.into()));
    Ok(sale.map(|sale| exchange::forget(db, sale)).transpose()?.unwrap_or(false))
}

/// The key of a device, if anybody here has heard of it.
pub fn key_of(db: &Connection, device: DeviceId) -> Result<Option<VerifyingKey>> {
    let select = "SELECT public_key FROM enrolled WHERE device = ?1";
    let found: Option<[u8; 32]> =
        db.prepare_cached(select)?.query_row([device.0], |row| row.get(0)).optional()?;
    found.as_ref().map(enrolment::key).transpose()
}

/// What head office says comes first: it says whose entries are believed.
fn in_order(
    db: &Connection,
    runs: BTreeMap<Chain, Vec<Received>>,
) -> Result<Vec<(Chain, Vec<Received>)>> {
    let (mut first, mut others) = (Vec::new(), Vec::new());
    for (chain, run) in runs {
        let of =
            if enrolment::is_head_office(db, chain.device)? { &mut first } else { &mut others };
        of.push((chain, run));
    }
    first.append(&mut others);
    Ok(first)
}

/// Every chain on this disk, and its last entry.
pub fn vector(db: &Connection) -> Result<Vector> {
    let mut select =
        db.prepare_cached("SELECT device, epoch, scope, seq, head FROM chain WHERE seq > 0")?;
    let rows = select.query_map([], |row| {
        let chain = chain_of(row)?;
        Ok(ChainHead { chain, head: Head { seq: row.get(3)?, hash: row.get(4)? } })
    })?;
    Ok(rows.collect::<rusqlite::Result<Vector>>()?)
}

/// The chain of a row that begins with its device, epoch and scope.
pub(super) fn chain_of(row: &Row<'_>) -> rusqlite::Result<Chain> {
    let scope = Scope::from_number(row.get(2)?);
    Ok(Chain { device: DeviceId(row.get(0)?), epoch: row.get(1)?, scope })
}

/// Chains of a device of which two histories were found.
pub fn frozen(db: &Connection, device: DeviceId) -> Result<Vec<Chain>> {
    let mut select =
        db.prepare_cached("SELECT device, epoch, scope FROM fork WHERE device = ?1")?;
    let rows = select.query_map([device.0], chain_of)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Entries of a chain behind `after`, in order: at least one if there is any, and no more than `most` or than fit into
/// `most_bytes` together.
pub fn page(
    db: &Connection,
    chain: &Chain,
    after: u64,
    most: usize,
    most_bytes: usize,
) -> Result<Vec<Sealed>> {
    let mut select = db.prepare_cached(
        "SELECT entry, signature FROM journal
         WHERE chain = (SELECT id FROM chain WHERE device = ?1 AND epoch = ?2 AND scope = ?3) AND seq > ?4
         ORDER BY seq LIMIT ?5",
    )?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut rows =
        select.query(params![chain.device.0, chain.epoch, chain.scope.number(), after, most])?;
    let (mut page, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let sealed = Sealed { bytes: row.get(0)?, signature: row.get(1)? };
        bytes += sealed.bytes.len();
        if bytes > most_bytes && !page.is_empty() {
            break;
        }
        page.push(sealed);
    }
    Ok(page)
}

/// The entry at a place of a chain, if it is on this disk.
pub(super) fn at(db: &Connection, chain: &Chain, seq: u64) -> Result<Option<Sealed>> {
    if seq == 0 {
        return Ok(None);
    }
    Ok(page(db, chain, seq - 1, 1, usize::MAX)?.pop())
}

fn known(db: &Connection, me: &Identity, chain: &Chain, run: &[Received]) -> Result<Known> {
    let found = db
        .prepare_cached(
            "SELECT id, seq, head FROM chain WHERE device = ?1 AND epoch = ?2 AND scope = ?3",
        )?
        .query_row(params![chain.device.0, chain.epoch, chain.scope.number()], |row| {
            Ok((row.get::<_, i64>(0)?, Head { seq: row.get(1)?, hash: row.get(2)? }))
        })
        .optional()?;
    let (id, head) = found.unwrap_or((0, Head::NONE));
    let frozen = db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM fork WHERE device = ?1 AND epoch = ?2)")?
        .query_row(params![chain.device.0, chain.epoch], |row| row.get(0))?;
    Ok(Known {
        device: enrolment::device(db, me, chain.device)?,
        head,
        hashes: hashes(db, id, head.seq, run)?,
        frozen,
    })
}

/// Hashes of the entries that stand where those of a run belong.
fn hashes(db: &Connection, chain: i64, last: u64, run: &[Received]) -> Result<BTreeMap<u64, Hash>> {
    let mut select =
        db.prepare_cached("SELECT entry FROM journal WHERE chain = ?1 AND seq = ?2")?;
    let mut hashes = BTreeMap::new();
    for seq in run.iter().map(|received| received.entry.seq).filter(|seq| *seq <= last) {
        let entry: Option<Vec<u8>> =
            select.query_row(params![chain, seq], |row| row.get(0)).optional()?;
        hashes.extend(entry.map(|entry| (seq, hash(&entry))));
    }
    Ok(hashes)
}

/// An entry goes into the journal in any case; into the tables if they can show it, which is answered.
fn keep(db: &Connection, received: &Received, fact: &Fact, moved: &mut Moved) -> Result<bool> {
    let Received { entry, sealed, .. } = received;
    let id = append(db, &head(db, &entry.chain())?, entry, sealed)?;
    // It may have come before, when it could not be believed yet.
    db.prepare_cached("DELETE FROM quarantine WHERE device = ?1 AND epoch = ?2 AND hash = ?3")?
        .execute(params![entry.device, entry.epoch, received.hash])?;
    project_foreign(db, id, entry, fact, sealed, moved)
}

/// Projects an entry of somebody else; where the tables cannot show it, that is noted and false is answered.
pub fn project_foreign(
    db: &Connection,
    id: i64,
    entry: &Entry,
    fact: &Fact,
    sealed: &Sealed,
    moved: &mut Moved,
) -> Result<bool> {
    savepoint(db, "SAVEPOINT foreign_entry")?;
    let projected = match project(db, id, entry, fact, sealed, moved) {
        Ok(()) => true,
        Err(problem) if is_a_fault(&problem) => return Err(problem),
        Err(problem) => {
            savepoint(db, "ROLLBACK TO foreign_entry")?;
            db.prepare_cached("INSERT INTO unprojected (entry, problem) VALUES (?1, ?2)")?
                .execute(params![id, problem.to_string()])?;
            false
        }
    };
    savepoint(db, "RELEASE foreign_entry")?;
    Ok(projected)
}

/// Compiled once: there are two for every entry that comes.
fn savepoint(db: &Connection, statement: &str) -> Result<()> {
    db.prepare_cached(statement)?.execute([])?;
    Ok(())
}

/// Whether the till failed, and not the entry: a full disk says nothing about what somebody wrote.
fn is_a_fault(problem: &Error) -> bool {
    match problem {
        Error::Database(_) => !problem.is_a_conflict(),
        Error::File { .. } | Error::Migration(_) => true,
        Error::Refused(_) | Error::Journal(_) | Error::Document(_) | Error::Broken(_) => false,
    }
}

/// Two histories of a chain: `from` proved it, and `common` is the last entry that is in both, if that is known.
/// Answers whether that was not known. A proof takes the place of what was only said.
fn freeze(
    db: &Connection,
    fork: &Fork,
    wall: i64,
    from: Option<DeviceId>,
    common: Option<u64>,
) -> Result<bool> {
    let Fork { chain, seq, mine, theirs } = fork;
    let said = db
        .prepare_cached(
            "DELETE FROM fork WHERE device = ?1 AND epoch = ?2 AND theirs = zeroblob(32)",
        )?
        .execute(params![chain.device.0, chain.epoch])?;
    let proven = db
        .prepare_cached(
            "INSERT INTO fork (device, epoch, scope, seq, mine, theirs, found_at, proven_by, common)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT DO UPDATE SET common = excluded.common WHERE common IS NULL AND excluded.common IS NOT NULL",
        )?
        .execute(params![
            chain.device.0,
            chain.epoch,
            chain.scope.number(),
            seq,
            mine,
            theirs,
            wall,
            from.map(|from| from.0),
            common
        ])?;
    Ok(said + proven > 0)
}

fn put_aside(db: &Connection, received: &Received, reason: HeldReason, wall: i64) -> Result<()> {
    let (chain, seq) = (received.entry.chain(), received.entry.seq);
    db.prepare_cached(
        "INSERT OR IGNORE INTO quarantine (device, epoch, scope, seq, hash, reason, entry, signature, came_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        chain.device.0,
        chain.epoch,
        chain.scope.number(),
        seq,
        received.hash,
        format!("{reason:?}"),
        received.sealed.bytes,
        received.sealed.signature,
        wall
    ])?;
    Ok(())
}
