//! What the disk of this till lost of its own. Where it went back in time and was written on, others hold another
//! history of an epoch, which no page brings back. The till asks for it, and says it again in its present epoch as it
//! does with the branch that it kept: so it shows what everybody shows.

use comptoir_sync::entry::{Chain, Entry, NO_HASH, Sealed};
use comptoir_sync::facts::Fact;
use comptoir_sync::replication::lost::{Found, MOST_KNOWN};
use comptoir_sync::replication::vector::{ChainHead, Head};
use rusqlite::{Connection, OptionalExtension, params};

use super::{again, receive};
use crate::error::Result;
use crate::inventory::Moved;
use crate::payments;
use crate::till::{Till, Tx, read_identity};

/// Ends of answers that one question names.
const MOST_ENDS: u32 = 16;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Regained {
    /// Entries that were said again.
    pub said: u64,
    /// Whether documents were changed: products, prices, settings.
    pub documents: bool,
    /// Whether carts were parked, or taken in hand again.
    pub carts: bool,
    /// What to ask for more with, if there is more.
    pub known: Option<Vec<Head>>,
}

/// Which entries of a chain of its own this till has, if whoever holds it up to `there` holds another history of a
/// former epoch that is not whole here.
pub fn lacking(db: &Connection, there: &ChainHead) -> Result<Option<Vec<Head>>> {
    let ChainHead { chain, head } = there;
    let me = read_identity(db)?;
    if chain.device != me.device || chain.epoch >= me.epoch || is_here(db, chain, head)? {
        return Ok(None);
    }
    let forked = db
        .prepare_cached("SELECT 1 FROM fork WHERE device = ?1 AND epoch = ?2")?
        .exists(params![chain.device.0, chain.epoch])?;
    if forked { Ok(Some(known(db, chain)?)) } else { Ok(None) }
}

/// Entries of a chain behind the last one of `known` that is in it, from its beginning if none is: no more than `most`
/// or than fit into `most_bytes` together, but one.
pub fn find(
    db: &Connection,
    chain: &Chain,
    known: &[Head],
    most: usize,
    most_bytes: usize,
) -> Result<Vec<Sealed>> {
    let mut last = 0;
    for head in known.iter().take(MOST_KNOWN) {
        if head.seq > last && stands(db, chain, head)? {
            last = head.seq;
        }
    }
    receive::page(db, chain, last, most, most_bytes)
}

impl Till {
    /// Says again what this till once wrote and its disk lost. What it did not write, or what does not follow what is
    /// known here, is left out with all behind it.
    pub fn regain(&mut self, found: &Found) -> Result<Regained> {
        let tx = self.begin()?;
        let mut regained = take_back(&tx, found)?;
        tx.commit()?;
        if regained.documents {
            self.look_at_settings()?;
        }
        if !found.more {
            regained.known = None;
        }
        Ok(regained)
    }
}

fn take_back(tx: &Tx<'_>, found: &Found) -> Result<Regained> {
    let (me, chain) = (tx.identity, &found.chain);
    let mut regained = Regained::default();
    if chain.device != me.device || chain.epoch >= me.epoch {
        return Ok(regained);
    }
    let mut last = None;
    let mut moved = Moved::default();
    for sealed in &found.entries {
        let Some(entry) = of_chain(tx, chain, sealed) else { break };
        let before = Head { seq: entry.seq.saturating_sub(1), hash: entry.prev };
        let follows = match last {
            Some(last) => last == before,
            None => before == Head::NONE || is_here(tx, chain, &before)?,
        };
        if !follows {
            tracing::warn!(%chain, seq = entry.seq, "what was lost comes with a gap");
            break;
        }
        last = Some(Head { seq: entry.seq, hash: sealed.hash() });
        say(tx, &entry, sealed, &mut moved, &mut regained)?;
    }
    moved.keep(tx)?;
    if let Some(last) = last {
        remember(tx, chain, &last)?;
        regained.known = Some(known(tx, chain)?);
    }
    Ok(regained)
}

/// The entry, if it is of this chain and this till signed it.
fn of_chain(tx: &Tx<'_>, chain: &Chain, sealed: &Sealed) -> Option<Entry> {
    let me = tx.identity;
    let read = Entry::read(&sealed.bytes).and_then(|entry| {
        sealed.verify(&entry, &tx.key.verifying_key())?;
        Ok(entry)
    });
    match read {
        Ok(entry)
            if entry.chain() == *chain
                && (&entry.tenant, &entry.store) == (&me.tenant, &me.store) =>
        {
            Some(entry)
        }
        Ok(entry) => {
            tracing::warn!(%chain, other = %entry.chain(), "what was lost is of another chain");
            None
        }
        Err(error) => {
            tracing::warn!(%chain, %error, "what was lost cannot be believed");
            None
        }
    }
}

/// Says an entry again, or the one that it says again itself, unless it stands in its chain or was said again.
fn say(
    tx: &Tx<'_>,
    entry: &Entry,
    sealed: &Sealed,
    moved: &mut Moved,
    regained: &mut Regained,
) -> Result<()> {
    let chain = entry.chain();
    let inner = match Fact::read(entry) {
        Ok(Fact::SaidAgain(said) | Fact::SaidAgainToAll(said)) => {
            let opened = said.open(entry, &tx.key.verifying_key());
            opened.map(|(entry, fact)| (entry, fact, said.entry)).map_err(|why| why.to_string())
        }
        Ok(fact) => Ok((entry.clone(), fact, sealed.clone())),
        Err(error) => Err(error.to_string()),
    };
    let (entry, fact, sealed) = match inner {
        Ok(inner) => inner,
        Err(why) => {
            tracing::warn!(%chain, seq = entry.seq, why, "what was lost cannot be said again");
            return Ok(());
        }
    };
    if again::is_said(tx, &entry, &sealed)? || !again::fits(&entry, &sealed) {
        return Ok(());
    }
    if let Some(shift) = fact.shift() {
        payments::rows::say_again(tx, shift)?;
    }
    regained.said += 1;
    if super::record_again(tx, entry.scope, sealed, moved)? {
        regained.documents |= matches!(fact, Fact::DocumentsChanged(_));
        regained.carts |= matches!(fact, Fact::StoreDocumentsChanged(_));
    }
    Ok(())
}

/// The other history is whole up to here.
fn remember(db: &Connection, chain: &Chain, last: &Head) -> Result<()> {
    let Chain { device, epoch, scope } = chain;
    db.prepare_cached(
        "INSERT OR IGNORE INTO regained (device, epoch, scope, seq, hash) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![device.0, epoch, scope.number(), last.seq, last.hash])?;
    Ok(())
}

/// Entries of a chain that are here: ends of answers out of other histories, and of the one on this disk its last entry and
/// others before it, ever further apart, so that whoever holds another history finds one near the last common one.
fn known(db: &Connection, chain: &Chain) -> Result<Vec<Head>> {
    let Chain { device, epoch, scope } = chain;
    let mut select = db.prepare_cached(
        "SELECT seq, hash FROM regained WHERE device = ?1 AND epoch = ?2 AND scope = ?3 ORDER BY seq DESC LIMIT ?4",
    )?;
    let place = params![device.0, epoch, scope.number(), MOST_ENDS];
    let rows = select.query_map(place, |row| Ok(Head { seq: row.get(0)?, hash: row.get(1)? }))?;
    let mut known: Vec<Head> = rows.collect::<rusqlite::Result<_>>()?;
    let length = db
        .prepare_cached("SELECT seq FROM chain WHERE device = ?1 AND epoch = ?2 AND scope = ?3")?
        .query_row(params![device.0, epoch, scope.number()], |row| row.get::<_, u64>(0))
        .optional()?;
    let (mut seq, mut step) = (length.unwrap_or(0), 1);
    while seq > 0 && known.len() < MOST_KNOWN {
        if let Some(sealed) = receive::at(db, chain, seq)? {
            known.push(Head { seq, hash: sealed.hash() });
        }
        seq = seq.saturating_sub(step);
        step *= 2;
    }
    Ok(known)
}

/// Whether an entry is in the history on this disk, or in one that came back whole up to there.
fn is_here(db: &Connection, chain: &Chain, head: &Head) -> Result<bool> {
    let Chain { device, epoch, scope } = chain;
    let back = db
        .prepare_cached(
            "SELECT 1 FROM regained WHERE device = ?1 AND epoch = ?2 AND scope = ?3 AND hash = ?4",
        )?
        .exists(params![device.0, epoch, scope.number(), head.hash])?;
    Ok(back || stands(db, chain, head)?)
}

fn stands(db: &Connection, chain: &Chain, head: &Head) -> Result<bool> {
    let here = receive::at(db, chain, head.seq)?.map_or(NO_HASH, |sealed| sealed.hash());
    Ok(here == head.hash && head.seq > 0)
}
