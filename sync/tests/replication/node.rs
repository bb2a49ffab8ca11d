//! A node as simple as one can be: journals in memory, a disk that can go back in time, and the
//! driver that a session asks for.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_sync::acceptance::{self, Device, Known, Received, Verdict};
use comptoir_sync::documents::DocumentsChanged;
use comptoir_sync::entry::{self, Chain, DeviceId, Entry, Hash, NO_HASH, Scope, Sealed};
use comptoir_sync::facts::operators::SignedIn;
use comptoir_sync::facts::trust::{EpochReason, EpochStarted};
use comptoir_sync::facts::{Fact, Id};
use comptoir_sync::replication::event::{Event, Logged};
use comptoir_sync::replication::message::{Cursor, Fork, Held, HeldReason, Page};
use comptoir_sync::replication::vector::{ChainHead, Head, Node as Me, Site};
use ed25519_dalek::SigningKey;

pub(crate) const TENANT: &str = "ACME";

/// What a crash leaves and a backup holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    pub(crate) chains: BTreeMap<Chain, Vec<(Hash, Sealed)>>,
    pub(crate) log: Vec<(Chain, u64)>,
    pub(crate) log_id: u128,
    pub(crate) cursor: Option<Cursor>,
    pub(crate) frozen: BTreeSet<Chain>,
    pub(crate) epoch: u32,
}

impl Disk {
    pub(crate) fn head(&self, chain: &Chain) -> Head {
        let entries = self.chains.get(chain).map_or(&[][..], Vec::as_slice);
        entries
            .last()
            .map_or(Head::NONE, |(hash, _)| Head { seq: entries.len() as u64, hash: *hash })
    }

    fn append(&mut self, chain: Chain, seq: u64, hash: Hash, sealed: Sealed) {
        let entries = self.chains.entry(chain).or_default();
        assert_eq!(entries.len() as u64 + 1, seq, "an entry is stored once, in its place");
        entries.push((hash, sealed));
        self.log.push((chain, seq));
    }
}

pub(crate) struct Node {
    pub(crate) site: Site,
    pub(crate) key: SigningKey,
    pub(crate) disk: Disk,
    pub(crate) devices: BTreeMap<DeviceId, Device>,
    /// Chains held back because their epoch is not known yet.
    waiting: BTreeSet<Chain>,
    /// Raised by every crash: what was asked of the disk before it is never answered.
    pub(crate) boot: u32,
    /// Its disk went back in time: words given before that are void.
    pub(crate) restored: bool,
    /// When the disk is done with what it was asked for.
    pub(crate) busy_until: u64,
}

/// What a page came to.
pub(crate) struct Stored {
    pub(crate) grew: Vec<Chain>,
    pub(crate) readied: Vec<Chain>,
    pub(crate) answer: Event,
}

impl Node {
    pub(crate) fn new(site: Site, number: u8) -> Node {
        let key = SigningKey::from_bytes(&[number + 1; 32]);
        let disk = Disk { log_id: 1, ..Disk::default() };
        let (devices, waiting) = (BTreeMap::new(), BTreeSet::new());
        Node { site, key, disk, devices, waiting, boot: 0, restored: false, busy_until: 0 }
    }

    pub(crate) fn device(&self) -> DeviceId {
        DeviceId::of(&self.key.verifying_key())
    }

    pub(crate) fn me(&self) -> Me {
        let (device, epoch) = (self.device(), self.disk.epoch);
        Me { tenant: TENANT.into(), site: self.site.clone(), device, epoch }
    }

    pub(crate) fn store_of(&self, device: DeviceId) -> String {
        self.devices[&device].site.store().unwrap_or_default().to_owned()
    }

    pub(crate) fn chain(&self, scope: Scope) -> Chain {
        Chain { device: self.device(), epoch: self.disk.epoch, scope }
    }

    /// A new epoch, above every one of its own that it knows of.
    pub(crate) fn begin_epoch(&mut self, wall: i64) -> Chain {
        let own = self.disk.chains.keys().filter(|chain| chain.device == self.device());
        self.disk.epoch = own.map(|chain| chain.epoch).max().unwrap_or(0).max(self.disk.epoch) + 1;
        self.write(
            &Fact::EpochStarted(EpochStarted {
                public_key: self.key.verifying_key().to_bytes(),
                register: 1,
                reason: EpochReason::Restored,
                previous: None,
            }),
            wall,
            |_| {},
        )
    }

    /// Something that happens in the shop.
    pub(crate) fn sell(&mut self, scope: Scope, nonce: u64, wall: i64) -> Chain {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&nonce.to_be_bytes());
        match scope {
            Scope::Store => {
                self.write(&Fact::SignedIn(SignedIn { operator: Id(id) }), wall, |_| {})
            }
            Scope::Tenant => {
                let nothing = DocumentsChanged { changes: Vec::new() };
                self.write(&Fact::DocumentsChanged(nothing), wall, |_| {})
            }
        }
    }

    /// Writes what nobody may take in: with a signature that does not fit, or far too long.
    pub(crate) fn misbehave(&mut self, oversized: bool, wall: i64) -> Chain {
        match oversized {
            true => self.write(&Fact::Opaque { kind: "hoax".into() }, wall, |_| {}),
            false => {
                let fact = Fact::SignedIn(SignedIn { operator: Id([0; 16]) });
                self.write(&fact, wall, |sealed| sealed.signature[9] ^= 1)
            }
        }
    }

    fn write(&mut self, fact: &Fact, wall: i64, spoil: impl Fn(&mut Sealed)) -> Chain {
        let chain = self.chain(fact.scope());
        let head = self.disk.head(&chain);
        let body = match fact {
            Fact::Opaque { .. } => vec![7; entry::MOST_BYTES],
            fact => fact.encode(),
        };
        let entry = Entry {
            v: entry::VERSION,
            tenant: TENANT.into(),
            store: self.site.store().unwrap_or_default().to_owned(),
            device: chain.device.0,
            epoch: chain.epoch,
            scope: chain.scope,
            seq: head.seq + 1,
            prev: head.hash,
            hlc: head.seq,
            wall,
            kind: fact.kind().to_owned(),
            kind_v: 1,
            operator: None,
            body,
        };
        let mut sealed = entry.seal(&self.key);
        spoil(&mut sealed);
        self.disk.append(chain, entry.seq, sealed.hash(), sealed);
        chain
    }

    pub(crate) fn load(&self, chain: &Chain, after: u64, most: usize) -> Vec<Sealed> {
        let entries = self.disk.chains.get(chain).map_or(&[][..], Vec::as_slice);
        let behind = entries.iter().skip(usize::try_from(after).unwrap());
        behind.take(most).map(|(_, sealed)| sealed.clone()).collect()
    }

    pub(crate) fn load_log(&self, after: u64, most: usize) -> (Vec<Logged>, u64, bool) {
        let from = usize::try_from(after).unwrap();
        let logged = |(place, (chain, seq)): (usize, &(Chain, u64))| Logged {
            position: place as u64 + 1,
            chain: *chain,
            seq: *seq,
            store: self.store_of(chain.device),
            sealed: self.disk.chains[chain][usize::try_from(seq - 1).unwrap()].1.clone(),
        };
        let entries: Vec<Logged> =
            self.disk.log.iter().enumerate().skip(from).take(most).map(logged).collect();
        let to = after + entries.len() as u64;
        (entries, to, to == self.disk.log.len() as u64)
    }

    /// Checks and keeps a page; from here on it survives a crash.
    pub(crate) fn store(&mut self, page: Page, wall: i64) -> Stored {
        let (mut have, mut held, mut forks) = (Vec::new(), Vec::new(), Vec::new());
        let mut grew = Vec::new();
        for (chain, run) in acceptance::runs(page.entries) {
            if self.take_in(chain, run, wall, &mut held, &mut forks) {
                grew.push(chain);
            }
            have.push(ChainHead { chain, head: self.disk.head(&chain) });
        }
        self.disk.cursor = page.cursor.or(self.disk.cursor);
        self.disk.frozen.extend(forks.iter().map(|fork| fork.chain));
        let readied = self.readied();
        Stored { grew, readied, answer: Event::Stored { have, held, forks } }
    }

    fn take_in(
        &mut self,
        chain: Chain,
        run: Vec<Received>,
        wall: i64,
        held: &mut Vec<Held>,
        forks: &mut Vec<Fork>,
    ) -> bool {
        let verdicts = acceptance::accept(&self.me(), &self.known(&chain, &run), &run, wall);
        let mut grew = false;
        let mut waits = false;
        for (verdict, Received { entry, sealed, hash, .. }) in verdicts.into_iter().zip(run) {
            match verdict.holds_back(chain, entry.seq) {
                Some(why) if !waits => {
                    waits = true;
                    if why.reason == HeldReason::UnknownDevice {
                        self.waiting.insert(chain);
                    }
                    held.push(why);
                }
                _ => {}
            }
            match verdict {
                Verdict::New { .. } => {
                    self.disk.append(chain, entry.seq, hash, sealed);
                    grew = true;
                }
                Verdict::Fork(fork) => forks.push(fork),
                Verdict::Known | Verdict::Early | Verdict::Quarantine(_) => {}
            }
        }
        grew
    }

    fn known(&self, chain: &Chain, run: &[Received]) -> Known {
        let newest = |device: &Device| {
            let own = self.disk.chains.keys().filter(|known| known.device == chain.device);
            let epoch = own.map(|known| known.epoch).max().unwrap_or(0);
            Device { epoch, ..device.clone() }
        };
        let entries = self.disk.chains.get(chain).map_or(&[][..], Vec::as_slice);
        let at = |seq: u64| Some((seq, entries.get(usize::try_from(seq).ok()?.checked_sub(1)?)?.0));
        let hashes = run.iter().filter_map(|received| at(received.entry.seq));
        Known {
            device: self.devices.get(&chain.device).map(newest),
            head: self.disk.head(chain),
            hashes: hashes.collect(),
            frozen: self.disk.frozen.contains(chain),
        }
    }

    /// Chains whose epoch has become known.
    fn readied(&mut self) -> Vec<Chain> {
        let began = |chain: &Chain| {
            let store_chain = Chain { scope: Scope::Store, ..*chain };
            self.disk.head(&store_chain) != Head::NONE && store_chain != *chain
        };
        let ready: Vec<Chain> = self.waiting.iter().filter(|chain| began(chain)).copied().collect();
        self.waiting.retain(|chain| !ready.contains(chain));
        ready
    }

    /// The power went: what was not on disk is gone, and so is what was only in memory.
    pub(crate) fn crash(&mut self) {
        self.boot += 1;
        self.waiting.clear();
    }
}

/// Whether two nodes hold a chain with another hash at the same place.
pub(crate) fn differ(one: &Disk, other: &Disk, chain: &Chain) -> bool {
    let hashes = |disk: &Disk| -> Vec<Hash> {
        disk.chains.get(chain).into_iter().flatten().map(|(hash, _)| *hash).collect()
    };
    let (one, other) = (hashes(one), hashes(other));
    debug_assert!(one.first() != Some(&NO_HASH));
    one.iter().zip(&other).any(|(one, other)| one != other)
}
