//! What a driver does for a session: carry frames, ask the disk, keep pages, listen to notices.

use comptoir_sync::entry::{Chain, DeviceId, Hash, Sealed};
use comptoir_sync::replication::event::{Effect, Event, Notice};
use comptoir_sync::replication::message::{Message, Page};
use comptoir_sync::replication::vector::Head;

use crate::node::{Disk, Stored};
use crate::world::{Do, World};

impl World {
    pub(crate) fn tell(&mut self, line: usize, side: usize, event: Event) {
        let now = self.now;
        let Some(session) = &mut self.lines[line].sessions[side] else {
            return;
        };
        for effect in session.handle(event, now) {
            self.carry_out(line, side, effect);
        }
    }

    fn carry_out(&mut self, line: usize, side: usize, effect: Effect) {
        let node = self.node(line, side);
        let boot = self.nodes[node].boot;
        match effect {
            Effect::Send(message) => self.transmit(line, 1 - side, &message),
            Effect::Load { .. } | Effect::LoadLog { .. } => {
                let at = self.now + self.random.below(20);
                self.plan(at, Do::Read { line, side, boot, effect });
            }
            Effect::Store(page) => {
                let at = self.now.max(self.nodes[node].busy_until) + 1 + self.random.below(200);
                self.nodes[node].busy_until = at;
                self.plan(at, Do::Keep { line, side, boot, page });
            }
            Effect::Wake(at) => self.plan(at, Do::Tell { line, side, boot, event: Event::Tick }),
            Effect::Close(_) => self.hang_up(line, side),
            Effect::Report(notice) => self.notice(node, notice),
        }
    }

    pub(crate) fn read(&mut self, line: usize, side: usize, effect: Effect) {
        let node = &self.nodes[self.node(line, side)];
        let event = match effect {
            Effect::Load { chain, after, most_entries, .. } => {
                Event::Loaded { chain, after, entries: node.load(&chain, after, most_entries) }
            }
            Effect::LoadLog { cursor, most_entries, .. } => {
                let (entries, to, end) = node.load_log(cursor.position, most_entries);
                Event::LoadedLog { after: cursor.position, entries, to, end }
            }
            _ => return,
        };
        self.tell(line, side, event);
    }

    pub(crate) fn keep(&mut self, line: usize, side: usize, page: Page) {
        let node = self.node(line, side);
        let wall = self.wall(node);
        let Stored { grew, readied, answer } = self.nodes[node].store(page, wall);
        for chain in grew {
            self.grew(node, chain);
        }
        self.tell(line, side, answer);
        for chain in readied {
            for (line, side) in self.lines_of(node) {
                self.tell(line, side, Event::Readied(chain));
            }
        }
    }

    fn transmit(&mut self, line: usize, to: usize, message: &Message) {
        let frame = message.encode();
        match message {
            Message::Ping | Message::Pong => self.pings += 1,
            _ => self.messages += 1,
        }
        let length = frame.len() as u64;
        self.trace = (self.trace ^ self.now ^ length << 20).wrapping_mul(0x0100_0000_01b3);
        if self.storm && self.random.one_in(25) {
            return;
        }
        let copies = if self.storm && self.random.one_in(25) { 2 } else { 1 };
        for _ in 0..copies {
            let mut at = self.now + 1 + self.random.below(80);
            if !self.storm || !self.random.one_in(20) {
                at = at.max(self.lines[line].busy_until[to]);
                self.lines[line].busy_until[to] = at;
            }
            self.plan(at, Do::Deliver { line, side: to, frame: frame.clone() });
        }
    }

    fn notice(&mut self, node: usize, notice: Notice) {
        match notice {
            Notice::Durable { peer, chain, head } => self.is_durable(node, peer, chain, head),
            Notice::Behind { chain, .. } => self.start_anew(node, chain),
            Notice::Fork(fork) => self.start_anew(node, fork.chain),
            Notice::HeldBack { .. } | Notice::ClockSkew { .. } => {}
        }
    }

    /// The other side's word is held against its disk.
    fn is_durable(&mut self, node: usize, peer: DeviceId, chain: Chain, head: Head) {
        let at = |disk: &Disk| -> Option<(Hash, Sealed)> {
            disk.chains.get(&chain)?.get(usize::try_from(head.seq).ok()?.checked_sub(1)?).cloned()
        };
        let there = self.nodes.iter().find(|node| node.device() == peer).unwrap();
        let here = at(&self.nodes[node].disk);
        if here.as_ref().is_none_or(|(hash, _)| *hash != head.hash) {
            return; // The word is about another history.
        }
        let seed = self.seed;
        let on_disk = at(&there.disk).is_some_and(|(hash, _)| hash == head.hash);
        let restored = self.restored(peer);
        assert!(
            on_disk || restored,
            "seed {seed}: {chain} {} was acknowledged too early",
            head.seq
        );
        self.durable.insert((chain, head.seq, head.hash));
    }

    fn restored(&self, device: DeviceId) -> bool {
        self.nodes.iter().any(|node| node.device() == device && node.restored)
    }

    /// A device that learns that it was copied begins a newer epoch, and its connections anew.
    fn start_anew(&mut self, node: usize, chain: Chain) {
        let me = self.nodes[node].me();
        if (chain.device, chain.epoch) == (me.device, me.epoch) {
            let wall = self.wall(node);
            self.nodes[node].begin_epoch(wall);
            self.drop_lines(node);
        }
    }
}
