//! The journal: every fact, once, in order. Recording appends and projects in one transaction, and
//! rebuilding projects the same entries with the same code.

pub mod again;
pub mod elsewhere;
pub mod lost;
pub(crate) mod opaque;
mod rebuild;
pub mod receive;

use comptoir_domain::ids::OperatorId;
use comptoir_sync::entry::{self, Chain, Entry, Hash, NO_HASH, Scope, Sealed};
use comptoir_sync::facts::Fact;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::{Error, Result};
use crate::inventory::Moved;
use crate::till::Tx;
use crate::trust::enrolment;
use crate::{compliance, documents, inventory, operators, orders, payments, training, trust};

/// Where a chain stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its row.
    pub id: i64,
    /// Of its last entry.
    pub seq: u64,
    /// Of its last entry.
    pub hash: Hash,
}

/// Appends a fact of this device, then projects it. Answers the entry's place in the journal. A shift that it counts in
/// is said before it, if this epoch has not said it yet.
pub fn record(tx: &Tx<'_>, fact: &Fact, operator: Option<OperatorId>) -> Result<i64> {
    if let Some(shift) = fact.shift() {
        payments::rows::say_again(tx, shift)?;
    }
    let (id, entry, sealed) = write(tx, fact, operator)?;
    let mut moved = Moved::default();
    project(tx, id, &entry, fact, &sealed, &mut moved)?;
    moved.keep(tx)?;
    Ok(id)
}

/// Says an entry of this device again. It may be one that the tables cannot show beside what they show already, as with
/// an entry of somebody else. Answers whether they do.
pub(crate) fn record_again(
    tx: &Tx<'_>,
    scope: Scope,
    said: Sealed,
    moved: &mut Moved,
) -> Result<bool> {
    let fact = Fact::again(scope, said);
    let (id, entry, sealed) = write(tx, &fact, None)?;
    receive::project_foreign(tx, id, &entry, &fact, &sealed, moved)
}

/// Appends a fact to the chain of this device.
fn write(tx: &Tx<'_>, fact: &Fact, operator: Option<OperatorId>) -> Result<(i64, Entry, Sealed)> {
    let (scope, identity) = (fact.scope(), tx.identity);
    let chain = Chain { device: identity.device, epoch: identity.epoch, scope };
    let head = head(tx, &chain)?;
    let entry = Entry {
        v: entry::VERSION,
        tenant: identity.tenant.clone(),
        store: identity.store.clone(),
        device: identity.device.0,
        epoch: identity.epoch,
        scope,
        seq: head.seq + 1,
        prev: head.hash,
        hlc: next_hlc(tx, tx.wall)?,
        wall: tx.wall,
        kind: fact.kind().to_owned(),
        kind_v: 1,
        operator: operator.map(|operator| operator.0.into_bytes()),
        body: fact.encode(),
    };
    let sealed = entry.seal(tx.key);
    let id = append(tx, &head, &entry, &sealed)?;
    tx.grows.set(true);
    Ok((id, entry, sealed))
}

/// Where a chain stands; a new chain begins with nothing.
pub fn head(db: &Connection, chain: &Chain) -> Result<Head> {
    let select = "SELECT id, seq, head FROM chain WHERE device = ?1 AND epoch = ?2 AND scope = ?3";
    let found = db
        .prepare_cached(select)?
        .query_row(params![chain.device.0, chain.epoch, chain.scope.number()], |row| {
            Ok(Head { id: row.get(0)?, seq: row.get(1)?, hash: row.get(2)? })
        })
        .optional()?;
    if let Some(head) = found {
        return Ok(head);
    }
    db.prepare_cached(
        "INSERT INTO chain (device, epoch, scope, seq, head, hlc) VALUES (?1, ?2, ?3, 0, ?4, 0)",
    )?
    .execute(params![chain.device.0, chain.epoch, chain.scope.number(), NO_HASH])?;
    Ok(Head { id: db.last_insert_rowid(), seq: 0, hash: NO_HASH })
}

/// Appends an entry that follows `head`.
pub fn append(db: &Connection, head: &Head, entry: &Entry, sealed: &Sealed) -> Result<i64> {
    entry.follows(head.seq, &head.hash)?;
    db.prepare_cached(
        "INSERT INTO journal (chain, seq, entry, signature) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![head.id, entry.seq, sealed.bytes, sealed.signature])?;
    let id = db.last_insert_rowid();
    db.prepare_cached("UPDATE chain SET seq = ?2, head = ?3, hlc = ?4 WHERE id = ?1")?
        .execute(params![head.id, entry.seq, sealed.hash(), entry.hlc.cast_signed()])?;
    Ok(id)
}

/// An entry as the tables show it.
pub(crate) struct Shown<'a> {
    /// What stands in the journal for it: itself, or what says it again.
    pub(crate) id: i64,
    /// Which history of its epoch it is of: 0 if that is the one that this journal holds, otherwise the epoch that
    /// says it again; where that says two of them, a number of its own for what comes under a number that is taken.
    pub(crate) branch: u32,
    pub(crate) entry: &'a Entry,
    pub(crate) fact: &'a Fact,
    /// The bytes in the journal, and where in them the body begins.
    pub(crate) bytes: &'a [u8],
    pub(crate) body: usize,
}

/// Brings every table that follows from the journal up to date with one entry; but `stock`, of which `moved` is told.
/// What an entry says again that was shown already, and the other way round, is shown once.
pub fn project(
    db: &Connection,
    id: i64,
    entry: &Entry,
    fact: &Fact,
    sealed: &Sealed,
    moved: &mut Moved,
) -> Result<()> {
    if let Some(said) = fact.said_again() {
        return again::project(db, id, entry, said, sealed, moved);
    }
    if again::was_said(db, entry, sealed)? {
        return again::hide(db, id);
    }
    let body = sealed.bytes.len().saturating_sub(entry.body.len());
    show(db, &Shown { id, branch: 0, entry, fact, bytes: &sealed.bytes, body }, moved)
}

/// Rows of an entry that is not shown yet.
fn show(db: &Connection, shown: &Shown<'_>, moved: &mut Moved) -> Result<()> {
    let Shown { id, branch, entry, fact, .. } = *shown;
    match fact {
        Fact::EpochStarted(fact) => trust::project_epoch(db, entry, fact),
        Fact::OperatorSaved(fact) => operators::project_saved(db, entry, fact),
        Fact::SignedIn(fact) => operators::project_signed_in(db, fact),
        Fact::SignInFailed(fact) => operators::project_failed(db, fact),
        Fact::ApprovalGiven(fact) => operators::project_approval(db, fact),
        Fact::SignedOut(_) => Ok(()),
        Fact::Opaque { .. } => opaque::project(db, id),
        Fact::DocumentsChanged(fact) | Fact::StoreDocumentsChanged(fact) => {
            documents::project(db, shown, fact)
        }
        Fact::ShiftOpened(fact) => payments::rows::project_opened(db, id, entry, branch, fact),
        Fact::ShiftClosed(fact) => payments::rows::project_closed(db, id, entry, branch, fact),
        Fact::CashMoved(fact) => payments::drawer::project_moved(db, id, fact),
        Fact::DrawerOpened(fact) => payments::drawer::project_opened(db, id, fact),
        Fact::ShiftHandedOver(fact) => payments::hand_over::project(db, id, fact),
        Fact::DrawerCounted(fact) => payments::hand_in::project(db, id, fact),
        Fact::TerminalChecked(fact) => payments::terminal_check::project(db, id, fact),
        Fact::SaleCompleted(fact) => {
            orders::project_completed(db, id, entry, branch, fact)?;
            inventory::project_sold(db, id, fact)
        }
        Fact::ReturnCompleted(fact) => {
            orders::returns::project_completed(db, id, entry, branch, fact)?;
            inventory::project_returned(db, id, fact)
        }
        Fact::TrainingBegan(fact) => training::project_began(db, id, entry, fact),
        Fact::TrainingEnded(fact) => training::project_ended(db, id, fact),
        Fact::CardSettled(fact) => payments::settlements::project(db, id, fact),
        Fact::CartVoided(fact) => orders::project_cart_voided(db, id, fact),
        Fact::AgeRefused(fact) => compliance::project_age_refused(db, id, fact),
        Fact::ReceiptReprinted(fact) => orders::project_reprinted(db, id, fact),
        Fact::DeviceEnrolled(fact) => enrolment::project_enrolled(db, entry, fact),
        Fact::DeviceRevoked(fact) => enrolment::project_revoked(db, entry, fact),
        Fact::SaidAgain(_) | Fact::SaidAgainToAll(_) => {
            Err(Error::Broken("what is said again is shown by the entry inside".into()))
        }
    }?;
    moved.add(fact);
    Ok(())
}

/// One entry as it is kept.
pub(crate) fn read_sealed(db: &Connection, id: i64) -> Result<Sealed> {
    let select = "SELECT entry, signature FROM journal WHERE id = ?1";
    let read = |row: &Row<'_>| Ok(Sealed { bytes: row.get(0)?, signature: row.get(1)? });
    Ok(db.prepare_cached(select)?.query_row([id], read)?)
}

/// What one entry of the journal says; of one that says another again, that other.
pub fn read_fact(db: &Connection, id: i64) -> Result<(Entry, Fact)> {
    let (_, entry, fact) = read_said(db, id)?;
    Ok((entry, fact))
}

/// The same, with the entry as it was signed.
pub(crate) fn read_said(db: &Connection, id: i64) -> Result<(Sealed, Entry, Fact)> {
    let sealed = read_sealed(db, id)?;
    let entry = Entry::read(&sealed.bytes)?;
    match Fact::read(&entry)? {
        Fact::SaidAgain(said) | Fact::SaidAgainToAll(said) => {
            let entry = Entry::read(&said.entry.bytes)?;
            let fact = Fact::read(&entry)?;
            Ok((said.entry, entry, fact))
        }
        fact => Ok((sealed, entry, fact)),
    }
}

/// The hybrid logical clock: never behind the wall, never behind anything seen.
fn next_hlc(db: &Connection, wall: i64) -> Result<u64> {
    let last: i64 = db
        .prepare_cached("SELECT coalesce(max(hlc), 0) FROM chain")?
        .query_row([], |row| row.get(0))?;
    let by_wall = u64::try_from(wall).unwrap_or(0) << 16;
    Ok(by_wall.max(last.cast_unsigned() + 1))
}
