//! Who stands at the ends of the network: head office in memory, and tills on their disks, which do what the driver of
//! a real line does.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_sync::acceptance::{Received, check_signatures, read};
use comptoir_sync::entry::{Chain, DeviceId, Entry, Sealed};
use comptoir_sync::replication::event::{Event, Logged, Notice};
use comptoir_sync::replication::lost::Found;
use comptoir_sync::replication::message::{Cursor, Fork, Held, HeldReason, Message, Page, Waiting};
use comptoir_sync::replication::session::Peer;
use comptoir_sync::replication::vector::{ChainHead, Head, Node as Me, Site};
use comptoir_till::error::{Error, Result};
use comptoir_till::journal::{elsewhere, lost, receive};
use comptoir_till::till::Till;
use comptoir_till::trust::{enrolment, membership};
use rusqlite::ErrorCode;

use crate::host::{Host, Stored};
use crate::machine::Machine;
use crate::node::Node;
use crate::world::World;

/// Epochs that a copied till may leave out, so that its copy leaves out as many with little luck.
const MOST_EPOCHS_LEFT_OUT: u64 = 1_000;

pub(crate) enum Place {
    Office(Box<Node>),
    Till(Box<Machine>),
}

impl Place {
    pub(crate) fn machine(&mut self) -> &mut Machine {
        match self {
            Place::Till(machine) => machine,
            Place::Office(_) => panic!("head office sells nothing"),
        }
    }

    pub(crate) fn as_till(&self) -> Option<&Machine> {
        match self {
            Place::Till(machine) => Some(machine),
            Place::Office(_) => None,
        }
    }

    pub(crate) fn as_office(&self) -> Option<&Node> {
        match self {
            Place::Office(node) => Some(node),
            Place::Till(_) => None,
        }
    }
}

impl Host for Place {
    fn me(&self) -> Me {
        match self {
            Place::Office(node) => node.me(),
            Place::Till(machine) => {
                let identity = machine.till().identity();
                Me {
                    tenant: identity.tenant.clone(),
                    site: Site::Store(identity.store.clone()),
                    device: identity.device,
                    epoch: identity.epoch,
                }
            }
        }
    }

    fn wall(&self, now: u64) -> i64 {
        match self {
            Place::Office(node) => node.wall(now),
            Place::Till(machine) => machine.wall(now),
        }
    }

    fn peer(&self, device: DeviceId, site: &Site) -> Peer {
        match self {
            Place::Office(node) => node.peer(device, site),
            Place::Till(machine) => {
                let (site, refused) = enrolment::standing(machine.beside(), device).unwrap();
                Peer { device, site, refused }
            }
        }
    }

    fn heads(&self) -> Vec<(Chain, String, Head)> {
        match self {
            Place::Office(node) => node.heads(),
            Place::Till(machine) => {
                let chains = elsewhere::chains(machine.beside()).unwrap();
                chains.into_iter().map(|here| (here.at.chain, here.store, here.at.head)).collect()
            }
        }
    }

    fn cursor(&self, peer: &Site) -> Option<Cursor> {
        match self {
            Place::Office(node) => node.cursor(peer),
            Place::Till(_) if peer.store().is_some() => None,
            Place::Till(machine) => membership::cursor(machine.beside()).unwrap(),
        }
    }

    fn load(&self, chain: &Chain, after: u64, most: usize, most_bytes: usize) -> Vec<Sealed> {
        match self {
            Place::Office(node) => node.load(chain, after, most, most_bytes),
            Place::Till(machine) => {
                receive::page(machine.beside(), chain, after, most, most_bytes).unwrap()
            }
        }
    }

    fn load_log(&self, after: u64, most: usize) -> (Vec<Logged>, u64, bool) {
        match self {
            Place::Office(node) => node.load_log(after, most),
            Place::Till(_) => panic!("only head office keeps a log"),
        }
    }

    fn keep(&mut self, page: Page, from: DeviceId, now: u64) -> Option<Stored> {
        match self {
            Place::Office(node) => node.keep(page, from, now),
            Place::Till(machine) => keep(machine, page, from, now),
        }
    }

    fn lacking(&self, there: ChainHead) -> Option<Vec<Head>> {
        lost::lacking(self.as_till()?.beside(), &there).unwrap()
    }

    fn find(&self, chain: &Chain, known: &[Head], most: usize, most_bytes: usize) -> Vec<Sealed> {
        match self {
            Place::Office(node) => node.find(chain, known, most, most_bytes),
            Place::Till(machine) => {
                lost::find(machine.beside(), chain, known, most, most_bytes).unwrap()
            }
        }
    }

    fn regain(&mut self, found: Found, now: u64) -> Option<(Vec<Chain>, Option<Vec<Head>>)> {
        let machine = self.machine();
        let regained = match machine.work(now, |till| till.regain(&found)) {
            Ok(regained) => regained,
            Err(error) if machine.full && is_full(&error) => return None,
            Err(error) => panic!("what was lost cannot be taken back: {error}"),
        };
        Some((own_chains(machine), regained.known))
    }

    fn waiting(&self) -> Option<Waiting> {
        let (entries, oldest) = elsewhere::waiting(self.as_till()?.beside()).unwrap();
        Some(Waiting { entries, oldest })
    }

    fn frozen(&self, device: DeviceId) -> Vec<Chain> {
        match self {
            Place::Office(node) => {
                let of = |chain: &&Chain| chain.device == device;
                node.disk.frozen.iter().filter(of).copied().collect()
            }
            Place::Till(machine) => receive::frozen(machine.beside(), device).unwrap(),
        }
    }

    fn hears(&mut self, peer: DeviceId, message: &Message, now: u64) {
        if let (Place::Till(machine), Message::Hello(hello)) = (self, message) {
            let wall = machine.wall(now);
            let ahead = hello.wall.saturating_sub(wall);
            // A full disk has no room for notes either.
            let _ = elsewhere::met(machine.beside(), peer, wall, ahead);
        }
    }

    fn notice(world: &mut World<Place>, line: usize, side: usize, notice: Notice) {
        let node = world.node(line, side);
        let now = world.now;
        let Place::Till(machine) = &mut world.nodes[node] else { return };
        match notice {
            Notice::Durable { peer, chain, head } => {
                let _ = elsewhere::note(machine.beside(), peer, &chain, head, machine.wall(now));
            }
            Notice::Behind { .. } => begin_epoch(world, line, side, 0, Till::renew_epoch),
            Notice::Fork(fork) => forked(world, line, side, fork.chain),
            Notice::HeldBack { held, .. } if held.reason == HeldReason::Fork => {
                forked(world, line, side, held.chain);
            }
            Notice::HeldBack { .. } | Notice::ClockSkew { .. } => {}
        }
    }

    fn crash(&mut self) {
        if let Place::Office(node) = self {
            node.crash();
        }
    }

    fn slowness(&self) -> u64 {
        self.as_till().map_or(0, |machine| machine.slowness)
    }
}

/// A page is read and its signatures checked; then it is taken in, in as many transactions as somebody at the counter
/// makes of it.
fn keep(machine: &mut Machine, page: Page, from: DeviceId, now: u64) -> Option<Stored> {
    let heads: Vec<(Chain, Head)> = page.entries.iter().filter_map(sent).collect();
    let cursor = page.cursor;
    let mut entries: Vec<Received> = page.entries.into_iter().filter_map(read).collect();
    for received in &mut entries {
        let device = DeviceId(received.entry.device);
        if let Some(key) = receive::key_of(machine.beside(), device).unwrap() {
            check_signatures(std::slice::from_mut(received), &key);
        }
    }
    let (mut have, mut held, mut forks) = (BTreeMap::new(), Vec::<Held>::new(), Vec::<Fork>::new());
    while !entries.is_empty() {
        let chance = machine.chance();
        let stop = move || chance.lock().unwrap().one_in(6);
        let (taken, left) =
            match machine.work(now, |till| till.receive_until(entries, Some(from), &stop)) {
                Ok(taken) => taken,
                Err(error) if machine.full && is_full(&error) => return None,
                Err(error) => panic!("a page cannot be taken in: {error}"),
            };
        entries = left;
        have.extend(taken.have.into_iter().map(|at| (at.chain, at)));
        for one in taken.held {
            if !held.iter().any(|other| other.chain == one.chain) {
                held.push(one);
            }
        }
        forks.extend(taken.forks);
    }
    let wall = machine.wall(now);
    let mut noted = Ok(());
    for (chain, head) in heads {
        noted = noted.and(elsewhere::note(machine.beside(), from, &chain, head, wall));
    }
    if let Some(cursor) = cursor {
        noted = noted.and(membership::read_to(machine.beside(), cursor));
    }
    match noted {
        Ok(()) => {}
        Err(error) if machine.full && is_full(&error) => return None,
        Err(error) => panic!("a note cannot be kept: {error}"),
    }
    let frozen = forks.iter().map(|fork| fork.chain).collect();
    // What proves that it runs twice has a till say something of its own.
    let grew: BTreeSet<Chain> = have.keys().copied().chain(own_chains(machine)).collect();
    Some(Stored {
        grew: grew.into_iter().collect(),
        readied: Vec::new(),
        frozen,
        answer: Event::Stored { have: have.into_values().collect(), held, forks },
    })
}

fn own_chains(machine: &Machine) -> Vec<Chain> {
    let me = machine.till().identity().device;
    let chains = elsewhere::chains(machine.beside()).unwrap().into_iter();
    chains.map(|here| here.at.chain).filter(|chain| chain.device == me).collect()
}

fn sent(sealed: &Sealed) -> Option<(Chain, Head)> {
    let entry = Entry::read(&sealed.bytes).ok()?;
    Some((entry.chain(), Head { seq: entry.seq, hash: sealed.hash() }))
}

/// Whether a disk had no room.
pub(crate) fn is_full(error: &Error) -> bool {
    matches!(error, Error::Database(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull))
}

/// Two machines write as one device: this one begins another epoch, by chance not the one that the other begins.
fn forked(world: &mut World<Place>, line: usize, side: usize, chain: Chain) {
    let me = world.nodes[world.node(line, side)].me();
    if (chain.device, chain.epoch) == (me.device, me.epoch) {
        let left_out = world.random.below(MOST_EPOCHS_LEFT_OUT);
        let beyond = me.epoch + u32::try_from(left_out).unwrap();
        begin_epoch(world, line, side, beyond, Till::leave_epoch);
    }
}

/// What the session of this line knows of the till is over.
fn begin_epoch(
    world: &mut World<Place>,
    line: usize,
    side: usize,
    beyond: u32,
    begin: fn(&mut Till, u32) -> Result<()>,
) {
    let (node, now) = (world.node(line, side), world.now);
    let Some(session) = &world.lines[line].sessions[side] else { return };
    let beyond = session.own_epoch_there().max(beyond);
    let machine = world.nodes[node].machine();
    match machine.work(now, |till| begin(till, beyond)) {
        Ok(()) => {}
        Err(error) if machine.full && is_full(&error) => return world.hang_up(line, side),
        Err(error) => panic!("no epoch can be begun: {error}"),
    }
    let chains: Vec<Chain> =
        world.nodes[node].heads().into_iter().map(|(chain, ..)| chain).collect();
    world.hang_up(line, side);
    world.grew(node, &chains);
}
