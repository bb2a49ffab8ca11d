//! A node as simple as one can be: journals in memory, a disk that can go back in time, and the
//! driver that a session asks for.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_sync::acceptance::{self, Device, Known, Received, Verdict};
use comptoir_sync::documents::DocumentsChanged;
use comptoir_sync::entry::{self, Chain, DeviceId, Entry, Hash, NO_HASH, Scope, Sealed};
use comptoir_sync::facts::operators::SignedIn;
use comptoir_sync::facts::trust::{EpochReason, EpochStarted};
use comptoir_sync::facts::{Fact, Id};
use comptoir_sync::replication::event::{Event, Logged, Notice};
use comptoir_sync::replication::lost::{self, Found};
use comptoir_sync::replication::message::{Cursor, Fork, Held, HeldReason, Page};
use comptoir_sync::replication::session::Peer;
use comptoir_sync::replication::vector::{ChainHead, Head, Node as Me, Site};
use ed25519_dalek::SigningKey;

use crate::host::{Host, Stored};
use crate::world::World;

pub(crate) const TENANT: &str = "ACME";
/// When it all begins, milliseconds since 1970 UTC.
const WALL: i64 = 1_763_650_000_000;

/// What a crash leaves and a backup holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    pub(crate) chains: BTreeMap<Chain, Vec<(Hash, Sealed)>>,
    pub(crate) log: Vec<(Chain, u64)>,
    pub(crate) log_id: u128,
    pub(crate) cursor: Option<Cursor>,
    pub(crate) frozen: BTreeSet<Chain>,
    /// What came back of another history of its own chains: each entry by the one before it.
    pub(crate) regained: BTreeMap<Chain, BTreeMap<(u64, Hash), Hash>>,
    pub(crate) epoch: u32,
}

impl Disk {
    pub(crate) fn head(&self, chain: &Chain) -> Head {
        let entries = self.chains.get(chain).map_or(&[][..], Vec::as_slice);
        entries
            .last()
            .map_or(Head::NONE, |(hash, _)| Head { seq: entries.len() as u64, hash: *hash })
    }

    /// Whether an entry of a chain is here, of whichever history.
    pub(crate) fn knows(&self, chain: &Chain, head: &Head) -> bool {
        let at = usize::try_from(head.seq).unwrap().checked_sub(1);
        let stands = at.and_then(|at| self.chains.get(chain)?.get(at));
        stands.is_some_and(|(hash, _)| *hash == head.hash)
            || self
                .regained
                .get(chain)
                .is_some_and(|back| back.values().any(|hash| *hash == head.hash))
    }

    fn append(&mut self, chain: Chain, seq: u64, hash: Hash, sealed: Sealed) {
        let entries = self.chains.entry(chain).or_default();
        assert_eq!(entries.len() as u64 + 1, seq, "an entry is stored once, in its place");
        entries.push((hash, sealed));
        self.log.push((chain, seq));
    }
}

#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) tenant: &'static str,
    pub(crate) site: Site,
    pub(crate) key: SigningKey,
    pub(crate) disk: Disk,
    pub(crate) devices: BTreeMap<DeviceId, Device>,
    /// Chains held back because their epoch is not known yet.
    waiting: BTreeSet<Chain>,
    /// What it was told to be on another's disk; with it, by its hash, what stands before it.
    pub(crate) durable: BTreeSet<(Chain, u64, Hash)>,
    /// How far its clock is ahead, in milliseconds.
    ahead: i64,
    /// Its disk went back in time: words given before that are void.
    pub(crate) restored: bool,
}

impl Node {
    /// Nodes that know each other, and have each begun an epoch.
    pub(crate) fn all(sites: Vec<Site>) -> Vec<Node> {
        let mut nodes: Vec<Node> =
            sites.into_iter().zip(0..).map(|(site, number)| Node::new(site, number)).collect();
        let device = |node: &Node| Device {
            key: node.key.verifying_key(),
            site: node.site.clone(),
            epoch: 0,
            last_good: None,
        };
        let devices: BTreeMap<DeviceId, Device> =
            nodes.iter().map(|node| (node.device(), device(node))).collect();
        for node in &mut nodes {
            node.devices = devices.clone();
            node.begin_epoch(WALL);
        }
        nodes
    }

    pub(crate) fn new(site: Site, number: u8) -> Node {
        let key = SigningKey::from_bytes(&[number + 1; 32]);
        let disk = Disk { log_id: 1, ..Disk::default() };
        Node {
            tenant: TENANT,
            site,
            key,
            disk,
            devices: BTreeMap::new(),
            waiting: BTreeSet::new(),
            durable: BTreeSet::new(),
            ahead: 60_000 * i64::from(number),
            restored: false,
        }
    }

    pub(crate) fn device(&self) -> DeviceId {
        DeviceId::of(&self.key.verifying_key())
    }

    pub(crate) fn store_of(&self, device: DeviceId) -> String {
        self.devices[&device].site.store().unwrap_or_default().to_owned()
    }

    /// What it names when it asks for another history of a chain of its own.
    fn heads_of(&self, chain: &Chain) -> Vec<Head> {
        let back = self.disk.regained.get(chain).into_iter().flatten();
        let mut heads: Vec<Head> = back.map(|(&(seq, _), &hash)| Head { seq, hash }).collect();
        let entries = self.disk.chains.get(chain).into_iter().flatten();
        heads.extend((1..).zip(entries).map(|(seq, (hash, _))| Head { seq, hash: *hash }));
        heads.sort_unstable_by_key(|head| std::cmp::Reverse(head.seq));
        heads.truncate(lost::MOST_KNOWN);
        heads
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
                let nothing = DocumentsChanged { changes: Vec::new(), role: None };
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

    pub(crate) fn write(&mut self, fact: &Fact, wall: i64, spoil: impl Fn(&mut Sealed)) -> Chain {
        let chain = self.chain(fact.scope());
        let head = self.disk.head(&chain);
        let body = match fact {
            Fact::Opaque { .. } => vec![7; entry::MOST_BYTES],
            fact => fact.encode(),
        };
        let entry = Entry {
            v: entry::VERSION,
            tenant: self.tenant.into(),
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
        let frozen = forks.iter().map(|fork| fork.chain).collect();
        Stored { grew, readied, frozen, answer: Event::Stored { have, held, forks } }
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
}

impl Host for Node {
    fn me(&self) -> Me {
        let (device, epoch) = (self.device(), self.disk.epoch);
        Me { tenant: self.tenant.into(), site: self.site.clone(), device, epoch }
    }

    /// Each node's clock is off by its own minute.
    fn wall(&self, now: u64) -> i64 {
        WALL.saturating_add_unsigned(now) + self.ahead
    }

    fn peer(&self, device: DeviceId, site: &Site) -> Peer {
        Peer { device, site: site.clone(), refused: None }
    }

    fn heads(&self) -> Vec<(Chain, String, Head)> {
        let chains = self.disk.chains.keys();
        chains.map(|at| (*at, self.store_of(at.device), self.disk.head(at))).collect()
    }

    fn cursor(&self, _: &Site) -> Option<Cursor> {
        match self.site {
            Site::HeadOffice => {
                Some(Cursor { log: self.disk.log_id, position: self.disk.log.len() as u64 })
            }
            Site::Store(_) => self.disk.cursor,
        }
    }

    fn load(&self, chain: &Chain, after: u64, most: usize, _: usize) -> Vec<Sealed> {
        let entries = self.disk.chains.get(chain).map_or(&[][..], Vec::as_slice);
        let behind = entries.iter().skip(usize::try_from(after).unwrap());
        behind.take(most).map(|(_, sealed)| sealed.clone()).collect()
    }

    fn load_log(&self, after: u64, most: usize) -> (Vec<Logged>, u64, bool) {
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

    fn lacking(&self, there: ChainHead) -> Option<Vec<Head>> {
        let ChainHead { chain, head } = there;
        let former = chain.device == self.device() && chain.epoch < self.disk.epoch;
        let frozen = self.disk.frozen.contains(&chain);
        (former && frozen && !self.disk.knows(&chain, &head)).then(|| self.heads_of(&chain))
    }

    fn find(&self, chain: &Chain, known: &[Head], most: usize, most_bytes: usize) -> Vec<Sealed> {
        let entries = self.disk.chains.get(chain).map_or(&[][..], Vec::as_slice);
        let stands = |head: &&Head| {
            let at = usize::try_from(head.seq).unwrap().checked_sub(1);
            at.and_then(|at| entries.get(at)).is_some_and(|(hash, _)| *hash == head.hash)
        };
        let last = known.iter().filter(stands).map(|head| head.seq).max();
        self.load(chain, last.unwrap_or(0), most, most_bytes)
    }

    fn regain(&mut self, found: Found, _: u64) -> Option<(Vec<Chain>, Option<Vec<Head>>)> {
        let chain = found.chain;
        for sealed in &found.entries {
            let entry = Entry::read(&sealed.bytes).unwrap();
            sealed.verify(&entry, &self.key.verifying_key()).unwrap();
            assert_eq!(entry.chain(), chain);
            let before = Head { seq: entry.seq - 1, hash: entry.prev };
            assert!(before == Head::NONE || self.disk.knows(&chain, &before), "a gap");
            let head = Head { seq: entry.seq, hash: sealed.hash() };
            if !self.disk.knows(&chain, &head) {
                let back = self.disk.regained.entry(chain).or_default();
                back.insert((entry.seq, entry.prev), head.hash);
            }
        }
        Some((Vec::new(), found.more.then(|| self.heads_of(&chain))))
    }

    fn keep(&mut self, page: Page, _: DeviceId, now: u64) -> Option<Stored> {
        let wall = self.wall(now);
        Some(self.store(page, wall))
    }

    fn notice(world: &mut World<Node>, line: usize, side: usize, notice: Notice) {
        let node = world.node(line, side);
        match notice {
            Notice::Durable { peer, chain, head } => is_durable(world, node, peer, chain, head),
            Notice::Behind { chain, .. } => start_anew(world, node, chain),
            Notice::Fork(fork) => start_anew(world, node, fork.chain),
            Notice::HeldBack { .. } | Notice::ClockSkew { .. } => {}
        }
    }

    fn crash(&mut self) {
        self.waiting.clear();
    }
}

/// The other side's word is held against its disk.
fn is_durable(world: &mut World<Node>, node: usize, peer: DeviceId, chain: Chain, head: Head) {
    let at = |disk: &Disk| -> Option<(Hash, Sealed)> {
        disk.chains.get(&chain)?.get(usize::try_from(head.seq).ok()?.checked_sub(1)?).cloned()
    };
    let there = world.nodes.iter().find(|node| node.device() == peer).unwrap();
    let here = at(&world.nodes[node].disk);
    if here.as_ref().is_none_or(|(hash, _)| *hash != head.hash) {
        return; // The word is about another history.
    }
    let seed = world.seed;
    let on_disk = at(&there.disk).is_some_and(|(hash, _)| hash == head.hash);
    assert!(
        on_disk || there.restored,
        "seed {seed}: {chain} {} was acknowledged too early",
        head.seq
    );
    world.nodes[node].durable.insert((chain, head.seq, head.hash));
}

/// A device that learns that it was copied begins a newer epoch, and its connections anew.
fn start_anew(world: &mut World<Node>, node: usize, chain: Chain) {
    let me = world.nodes[node].me();
    if (chain.device, chain.epoch) == (me.device, me.epoch) {
        let wall = world.nodes[node].wall(world.now);
        world.nodes[node].begin_epoch(wall);
        world.drop_lines(node);
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
