//! A network that does its worst between hosts, and time. Everything follows from one seed.

use std::collections::BTreeMap;

use comptoir_sync::entry::Chain;
use comptoir_sync::replication::dialer::Dialer;
use comptoir_sync::replication::event::{Effect, Event};
use comptoir_sync::replication::message::Page;
use comptoir_sync::replication::session::Session;
use comptoir_sync::replication::vector::Site;

use crate::host::Host;

/// splitmix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// What is going to happen.
pub(crate) enum Do {
    Dial(usize),
    Deliver { line: usize, side: usize, frame: Vec<u8> },
    HangUp { line: usize, side: usize },
    Tell { line: usize, side: usize, boot: u32, event: Event },
    Read { line: usize, side: usize, boot: u32, effect: Effect },
    Keep { line: usize, side: usize, boot: u32, page: Page },
}

/// A pair of nodes of which the first dials the second.
struct Pair {
    nodes: [usize; 2],
    dialer: Dialer,
    line: Option<usize>,
}

/// One connection, as each side sees it.
pub(crate) struct Line {
    pair: usize,
    pub(crate) sessions: [Option<Session>; 2],
    /// When the last frame to each side arrives: the order is kept unless a storm is on.
    pub(crate) busy_until: [u64; 2],
    /// Nothing reaches this side any more, and nobody says so.
    deaf: [bool; 2],
    /// Its ends are of two companies.
    pub(crate) strange: bool,
}

/// What the world keeps of a host beside the host itself.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Desk {
    /// Raised by every crash: what was asked of the disk before it is never answered.
    pub(crate) boot: u32,
    /// When the disk is done with what it was asked for.
    pub(crate) busy_until: u64,
}

pub(crate) struct World<H> {
    pub(crate) seed: u64,
    pub(crate) random: Random,
    pub(crate) now: u64,
    pub(crate) nodes: Vec<H>,
    pub(crate) desks: Vec<Desk>,
    pub(crate) storm: bool,
    /// Messages sent, pings and pongs apart.
    pub(crate) messages: u64,
    pub(crate) pings: u64,
    /// A hash of everything sent, in order.
    pub(crate) trace: u64,
    pairs: Vec<Pair>,
    pub(crate) lines: Vec<Line>,
    /// Nothing that the first sends reaches the second until then, whatever is dialled, and nobody says so.
    walls: Vec<(usize, usize, u64)>,
    /// How often somebody of another company was refused.
    pub(crate) refused: u64,
    plan: BTreeMap<(u64, u64), Do>,
    planned: u64,
}

impl<H: Host> World<H> {
    /// Neighbours are joined with each other, and everybody with head office.
    pub(crate) fn new(seed: u64, random: Random, nodes: Vec<H>) -> World<H> {
        let mut world = World {
            seed,
            random,
            now: 0,
            nodes: Vec::new(),
            desks: Vec::new(),
            storm: true,
            messages: 0,
            pings: 0,
            trace: 0,
            pairs: Vec::new(),
            lines: Vec::new(),
            walls: Vec::new(),
            refused: 0,
            plan: BTreeMap::new(),
            planned: 0,
        };
        for node in nodes {
            world.add(node);
        }
        world
    }

    /// Another host; it dials those that are there.
    pub(crate) fn add(&mut self, node: H) {
        let (one, me) = (self.nodes.len(), node.me());
        for other in 0..one {
            let site = self.nodes[other].me().site;
            if me.site == site || site == Site::HeadOffice {
                let dialer = Dialer::new(me.device, &other.to_string(), self.now);
                self.pairs.push(Pair { nodes: [one, other], dialer, line: None });
                self.plan(self.now, Do::Dial(self.pairs.len() - 1));
            }
        }
        self.nodes.push(node);
        self.desks.push(Desk::default());
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = [usize; 2]> + '_ {
        self.pairs.iter().map(|pair| pair.nodes)
    }

    /// Lets everything happen that is due until `until`.
    pub(crate) fn run(&mut self, until: u64) {
        while let Some((&(at, order), _)) = self.plan.first_key_value()
            && at <= until
        {
            let happens = self.plan.remove(&(at, order)).unwrap();
            self.now = self.now.max(at);
            self.happen(happens);
        }
        self.now = until;
    }

    /// Every connection of a node drops, and what its disk was asked for is never answered.
    pub(crate) fn crash(&mut self, node: usize) {
        self.desks[node].boot += 1;
        self.nodes[node].crash();
        self.drop_lines(node);
    }

    /// A connection is cut for one side, or turns deaf without a word.
    pub(crate) fn cut(&mut self) {
        let line = self.random.below(self.lines.len().max(1) as u64) as usize;
        let side = self.random.below(2) as usize;
        if let Some(cut) = self.lines.get_mut(line) {
            match self.random.one_in(2) {
                true => cut.deaf[side] = true,
                false => self.hang_up(line, side),
            }
        }
    }

    /// For minutes nothing goes one way, while what goes the other way arrives: between two nodes, or from one to all
    /// others, or from all others to one.
    pub(crate) fn partition(&mut self) -> (usize, Option<usize>) {
        let pair = self.random.below(self.pairs.len() as u64) as usize;
        let [mut from, mut to] = self.pairs[pair].nodes;
        if self.random.one_in(2) {
            (from, to) = (to, from);
        }
        let until = self.now + 60_000 * (1 + self.random.below(6));
        let others = 0..self.nodes.len();
        match self.random.below(4) {
            0 => self.walls.extend(others.map(|other| (from, other, until))),
            1 => self.walls.extend(others.map(|other| (other, from, until))),
            _ => {
                self.walls.push((from, to, until));
                return (from, Some(to));
            }
        }
        (from, None)
    }

    /// Whether what goes to this side of a line is lost.
    pub(crate) fn is_walled(&self, line: usize, to: usize) -> bool {
        let (from, to) = (self.node(line, 1 - to), self.node(line, to));
        let wall = |wall: &(usize, usize, u64)| (wall.0, wall.1) == (from, to) && wall.2 > self.now;
        self.walls.iter().any(wall)
    }

    /// The network is as it should be from now on; what was deaf stays so until somebody notices.
    pub(crate) fn heal(&mut self) {
        self.storm = false;
        self.walls.clear();
        for pair in 0..self.pairs.len() {
            let now = self.now;
            self.pairs[pair].dialer.network_is_back(now);
            let at = self.pairs[pair].dialer.at();
            self.plan(at, Do::Dial(pair));
        }
    }

    pub(crate) fn plan(&mut self, at: u64, what: Do) {
        self.planned += 1;
        self.plan.insert((at, self.planned), what);
    }

    fn happen(&mut self, what: Do) {
        match what {
            Do::Dial(pair) => self.dial(pair),
            Do::Deliver { line, side, frame } => {
                if !self.lines[line].deaf[side] {
                    self.hear(line, side, &frame);
                }
            }
            Do::HangUp { line, side } => self.hang_up(line, side),
            Do::Tell { line, side, boot, event } => {
                if self.is_up(line, side, boot) {
                    self.tell(line, side, event);
                }
            }
            Do::Read { line, side, boot, effect } => {
                if self.is_up(line, side, boot) {
                    self.read(line, side, effect);
                }
            }
            Do::Keep { line, side, boot, page } => {
                if self.is_up(line, side, boot) {
                    self.keep(line, side, page);
                }
            }
        }
    }

    pub(crate) fn node(&self, line: usize, side: usize) -> usize {
        self.pairs[self.lines[line].pair].nodes[side]
    }

    fn is_up(&self, line: usize, side: usize, boot: u32) -> bool {
        self.desks[self.node(line, side)].boot == boot
    }

    fn dial(&mut self, pair: usize) {
        let now = self.now;
        let connected =
            self.pairs[pair].line.is_some_and(|line| self.lines[line].sessions[0].is_some());
        if connected || self.pairs[pair].dialer.at() > now {
            return;
        }
        if self.storm && self.random.one_in(3) {
            return self.dial_again(pair, false);
        }
        if let Some(old) = self.pairs[pair].line {
            self.lines[old].sessions[1] = None;
        }
        let line = self.lines.len();
        let nodes = self.pairs[pair].nodes;
        let strange = self.nodes[nodes[0]].me().tenant != self.nodes[nodes[1]].me().tenant;
        let session = |side: usize| {
            let (me, other) = (&self.nodes[nodes[side]], self.nodes[nodes[1 - side]].me());
            Some(Session::new(me.me(), me.peer(other.device, &other.site)))
        };
        let sessions = [session(0), session(1)];
        let (busy_until, deaf) = ([0; 2], [false; 2]);
        self.lines.push(Line { pair, sessions, busy_until, deaf, strange });
        self.pairs[pair].line = Some(line);
        for side in [0, 1] {
            self.connected(line, side);
        }
    }

    fn connected(&mut self, line: usize, side: usize) {
        let (node, other) = (self.node(line, side), self.node(line, 1 - side));
        for (chain, store, head) in self.nodes[node].heads() {
            self.tell(line, side, Event::Grew { chain, store, head });
        }
        if let Some(waiting) = self.nodes[node].waiting() {
            self.tell(line, side, Event::Waits(waiting));
        }
        let cursor = self.nodes[node].cursor(&self.nodes[other].me().site);
        let wall = self.nodes[node].wall(self.now);
        self.tell(line, side, Event::Connected { wall, cursor });
    }

    /// A node's sessions are told of these chains.
    pub(crate) fn grew(&mut self, node: usize, chains: &[Chain]) {
        let mut heads = self.nodes[node].heads();
        heads.retain(|(chain, ..)| chains.contains(chain));
        for (chain, store, head) in heads {
            for (line, side) in self.lines_of(node) {
                self.tell(line, side, Event::Grew { chain, store: store.clone(), head });
            }
        }
    }

    pub(crate) fn lines_of(&self, node: usize) -> Vec<(usize, usize)> {
        let lines = self.pairs.iter().filter_map(|pair| pair.line.map(|line| (line, pair.nodes)));
        lines
            .filter_map(|(line, nodes)| {
                Some((line, nodes.iter().position(|other| *other == node)?))
            })
            .collect()
    }

    pub(crate) fn drop_lines(&mut self, node: usize) {
        for (line, side) in self.lines_of(node) {
            self.hang_up(line, side);
        }
    }

    /// One side is gone; the other one hears of it, unless a storm swallows that.
    pub(crate) fn hang_up(&mut self, line: usize, side: usize) {
        let Some(mut session) = self.lines[line].sessions[side].take() else {
            return;
        };
        session.handle(Event::Closed, self.now);
        let useful = session.was_useful();
        if side == 0 {
            self.dial_again(self.lines[line].pair, useful);
        }
        if !self.is_walled(line, 1 - side) && (!self.storm || !self.random.one_in(3)) {
            let at = self.now + 1 + self.random.below(50);
            self.plan(at, Do::HangUp { line, side: 1 - side });
        }
    }

    fn dial_again(&mut self, pair: usize, useful: bool) {
        let now = self.now;
        let dialer = &mut self.pairs[pair].dialer;
        match useful {
            true => dialer.ended(now),
            false => dialer.failed(now),
        }
        let at = dialer.at();
        self.plan(at, Do::Dial(pair));
    }
}
