//! What a receiver checks before it believes an entry: the same at a till and at head office, what
//! is cheap first. Nothing is refused for what it says about the business; a fact that is signed,
//! chained and readable stands.

pub mod access;
pub mod change;

use std::collections::BTreeMap;

use ed25519_dalek::VerifyingKey;

use crate::entry::{self, Chain, DeviceId, Entry, Hash, NO_HASH, Scope, Sealed, verify_batch};
use crate::facts::Fact;
use crate::replication::message::{Fork, Held, HeldReason};
use crate::replication::vector::{Head, Node, Site};

/// A clock further ahead than this is flagged, in milliseconds: a day, for a wrong time zone is no
/// wrong clock.
const FAR_AHEAD: i64 = 24 * 60 * 60 * 1_000;

/// What is known of the device that wrote an entry.
#[derive(Debug, Clone)]
pub struct Device {
    /// Its key.
    pub key: VerifyingKey,
    /// Where it is enrolled.
    pub site: Site,
    /// The newest epoch that it began; 0 if none.
    pub epoch: u32,
    /// If it was revoked: the last good entry of each chain, 0 of all others.
    pub last_good: Option<BTreeMap<Chain, u64>>,
}

/// What is known of the chain that a run belongs to.
#[derive(Debug, Clone)]
pub struct Known {
    /// Who writes it, if that is known.
    pub device: Option<Device>,
    /// Its last entry on disk.
    pub head: Head,
    /// Hashes of its entries on disk, at least at the places of the run.
    pub hashes: BTreeMap<u64, Hash>,
    /// Two histories of it were found.
    pub frozen: bool,
}

/// An entry of a run, read and not believed yet.
#[derive(Debug, Clone)]
pub struct Received {
    /// What it says.
    pub entry: Entry,
    /// As it came, and as it is kept.
    pub sealed: Sealed,
    /// SHA-256 of its bytes.
    pub hash: Hash,
    /// A key that signed it, if that was asked already: see [`check_signatures`].
    pub signed_by: Option<VerifyingKey>,
}

/// What becomes of an entry.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It goes on disk.
    New {
        /// What it says; opaque if only a newer device writes that.
        fact: Box<Fact>,
        /// Its device's clock runs far ahead: shown and reported, never refused.
        far_ahead: bool,
    },
    /// It is on disk.
    Known,
    /// The one before it is not here: asked for again.
    Early,
    /// Its chain has two histories, both signed.
    Fork(Fork),
    /// It is not taken in.
    Quarantine(HeldReason),
}

impl Verdict {
    /// What the sender is told, if its chain has to wait.
    pub fn holds_back(&self, chain: Chain, seq: u64) -> Option<Held> {
        let reason = match self {
            Verdict::New { .. } | Verdict::Known => return None,
            Verdict::Early => HeldReason::Gap,
            Verdict::Fork(_) => HeldReason::Fork,
            Verdict::Quarantine(reason) => *reason,
        };
        Some(Held { chain, seq, reason })
    }
}

/// The entries of a page by chain, in their order. What cannot be read has no chain and is left out:
/// the one that it belongs to shows a gap.
pub fn runs(page: Vec<Sealed>) -> BTreeMap<Chain, Vec<Received>> {
    by_chain(page.into_iter().filter_map(read))
}

/// Reads what came, believing nothing; none of what is no entry.
pub fn read(sealed: Sealed) -> Option<Received> {
    let entry = Entry::read(&sealed.bytes).ok()?;
    Some(Received { entry, hash: sealed.hash(), sealed, signed_by: None })
}

/// Entries that were read, by chain, in their order.
pub fn by_chain(entries: impl IntoIterator<Item = Received>) -> BTreeMap<Chain, Vec<Received>> {
    let mut runs: BTreeMap<Chain, Vec<Received>> = BTreeMap::new();
    for received in entries {
        runs.entry(received.entry.chain()).or_default().push(received);
    }
    runs
}

/// Asks of each entry whether `key` signed it, and keeps the answer: [`accept`] need not ask again if that is the
/// key of the device then. It needs nothing but the entries, so it can be done beside whoever holds the tables.
pub fn check_signatures(entries: &mut [Received], key: &VerifyingKey) {
    let (hashes, signatures): (Vec<Hash>, Vec<[u8; 64]>) =
        entries.iter().map(|received| (received.hash, received.sealed.signature)).unzip();
    let all = entries.len() > 1 && verify_batch(&hashes, &signatures, key);
    for received in entries {
        if all || received.sealed.verify(&received.entry, key).is_ok() {
            received.signed_by = Some(*key);
        }
    }
}

/// Judges the entries of one chain, in order, at `me`, whose clock says `wall` (milliseconds since
/// 1970 UTC). Each is judged as if those before it that are new were on disk.
pub fn accept(me: &Node, known: &Known, run: &[Received], wall: i64) -> Vec<Verdict> {
    let places = places(me, known, run);
    let signed = signed(known, run, &places);
    let mut stopped = false;
    let mut frozen = false;
    let judge = |((received, place), signed): ((&Received, Place), bool)| {
        let verdict = match place {
            Place::Settled(verdict) => verdict,
            _ if frozen => Verdict::Quarantine(HeldReason::Fork),
            Place::Next if stopped => Verdict::Early,
            // What it is chained to was not signed, so it proves nothing.
            Place::Forked(fork) if stopped && fork.seq > known.head.seq => Verdict::Early,
            _ if !signed => Verdict::Quarantine(HeldReason::BadSignature),
            Place::Forked(fork) => Verdict::Fork(fork),
            Place::Next => fact(received, wall),
        };
        stopped |= !matches!(verdict, Verdict::New { .. } | Verdict::Known);
        frozen |= matches!(verdict, Verdict::Fork(_));
        verdict
    };
    run.iter().zip(places).zip(signed).map(judge).collect()
}

/// What can be said without asking the signature.
#[derive(Debug, Clone, PartialEq)]
enum Place {
    Settled(Verdict),
    Next,
    Forked(Fork),
}

fn places(me: &Node, known: &Known, run: &[Received]) -> Vec<Place> {
    let mut head = known.head;
    let mut next = |received: &Received| {
        if received.entry.seq == head.seq && received.hash == head.hash {
            return Place::Settled(Verdict::Known);
        }
        let place = place(me, known, head, received);
        if place == Place::Next {
            head = Head { seq: received.entry.seq, hash: received.hash };
        }
        place
    };
    run.iter().map(&mut next).collect()
}

fn place(me: &Node, known: &Known, head: Head, received: &Received) -> Place {
    let Received { entry, sealed, hash, .. } = received;
    let (chain, seq) = (entry.chain(), entry.seq);
    let here = known.hashes.get(&seq);
    let quarantine = |reason| Place::Settled(Verdict::Quarantine(reason));
    if sealed.bytes.len() > entry::MOST_BYTES {
        return quarantine(HeldReason::Oversized);
    }
    if here == Some(hash) {
        return Place::Settled(Verdict::Known);
    }
    if let Err(reason) = belongs(me, known, head, entry) {
        return quarantine(reason);
    }
    let fork = |seq, mine, theirs| Place::Forked(Fork { chain, seq, mine, theirs });
    match here {
        Some(mine) => fork(seq, *mine, *hash),
        None if seq == 0 || (seq == 1 && entry.prev != NO_HASH) => {
            quarantine(HeldReason::Unreadable)
        }
        None if seq == head.seq + 1 && entry.prev != head.hash => {
            fork(head.seq, head.hash, entry.prev)
        }
        None if known.frozen => quarantine(HeldReason::Fork),
        None if seq != head.seq + 1 => Place::Settled(Verdict::Early),
        None if (chain.device, chain.epoch) == (me.device, me.epoch) => {
            quarantine(HeldReason::Behind)
        }
        None => Place::Next,
    }
}

/// Whether the device may write this entry, whatever it says.
fn belongs(me: &Node, known: &Known, head: Head, entry: &Entry) -> Result<(), HeldReason> {
    let device = known.device.as_ref().ok_or(HeldReason::UnknownDevice)?;
    if DeviceId::of(&device.key) != DeviceId(entry.device) {
        return Err(HeldReason::UnknownDevice);
    }
    if head == Head::NONE && !epoch_is_known(me, device, entry) {
        return Err(HeldReason::UnknownDevice);
    }
    let chain = entry.chain();
    if let Some(last_good) = &device.last_good
        && entry.seq > last_good.get(&chain).copied().unwrap_or(0)
    {
        return Err(HeldReason::Revoked);
    }
    let store = device.site.store().unwrap_or_default();
    if entry.tenant != me.tenant || entry.store != store || !me.site.may_hold(&chain, store) {
        return Err(HeldReason::WrongPlace);
    }
    match Fact::scope_of(&entry.kind) {
        Some(scope) if scope != entry.scope => Err(HeldReason::WrongScope),
        _ => Ok(()),
    }
}

/// A device begins an epoch by saying so in its store's chain. Another store never sees that, and
/// takes the first entry for the tenant for it. What comes before the beginning may belong to one:
/// it is early, and asked for again.
fn epoch_is_known(me: &Node, device: &Device, entry: &Entry) -> bool {
    let begins = match entry.scope {
        Scope::Store => entry.seq > 1 || entry.kind == "epoch_started",
        Scope::Tenant => !me.site.may_hold(
            &Chain { scope: Scope::Store, ..entry.chain() },
            device.site.store().unwrap_or_default(),
        ),
    };
    entry.epoch > 0 && (entry.epoch <= device.epoch || begins)
}

/// Which of the entries that need it are signed: all at once, or one by one if they are not.
fn signed(known: &Known, run: &[Received], places: &[Place]) -> Vec<bool> {
    let Some(device) = &known.device else {
        return vec![false; run.len()];
    };
    let asked = |place: &Place| !matches!(place, Place::Settled(_));
    let is_known = |received: &Received| received.signed_by == Some(device.key);
    let (hashes, signatures): (Vec<Hash>, Vec<[u8; 64]>) = run
        .iter()
        .zip(places)
        .filter(|(received, place)| asked(place) && !is_known(received))
        .map(|(received, _)| (received.hash, received.sealed.signature))
        .unzip();
    let all = hashes.len() > 1 && verify_batch(&hashes, &signatures, &device.key);
    let verify = |received: &Received| received.sealed.verify(&received.entry, &device.key).is_ok();
    let check = |(received, place): (&Received, &Place)| {
        asked(place) && (all || is_known(received) || verify(received))
    };
    run.iter().zip(places).map(check).collect()
}

fn fact(received: &Received, wall: i64) -> Verdict {
    match Fact::read(&received.entry) {
        Ok(fact) => {
            let far_ahead = received.entry.wall.saturating_sub(wall) > FAR_AHEAD;
            Verdict::New { fact: Box::new(fact), far_ahead }
        }
        Err(_) => Verdict::Quarantine(HeldReason::Unreadable),
    }
}

#[cfg(test)]
mod tests;
