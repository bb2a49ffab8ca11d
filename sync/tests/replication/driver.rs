//! What a driver does for a session: carry frames, ask the disk, keep pages, listen to notices.

use comptoir_sync::replication::event::{Effect, Event};
use comptoir_sync::replication::message::{Message, Page};

use crate::host::{Host, Stored};
use crate::world::{Do, World};

impl<H: Host> World<H> {
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
        let boot = self.desks[node].boot;
        match effect {
            Effect::Send(message) => self.transmit(line, 1 - side, &message),
            Effect::Load { .. }
            | Effect::LoadLog { .. }
            | Effect::Compare(_)
            | Effect::Find { .. }
            | Effect::Regain(_) => {
                let at = self.now + self.random.below(20);
                self.plan(at, Do::Read { line, side, boot, effect });
            }
            Effect::Store(page) => {
                let slowness = self.nodes[node].slowness();
                let at = self.now.max(self.desks[node].busy_until) + 1;
                let at = at + self.random.below(200 + slowness);
                self.desks[node].busy_until = at;
                self.plan(at, Do::Keep { line, side, boot, page });
            }
            Effect::Wake(at) => self.plan(at, Do::Tell { line, side, boot, event: Event::Tick }),
            // No printers here.
            Effect::Hear(_) => {}
            Effect::Close(_) => self.hang_up(line, side),
            Effect::Report(notice) => H::notice(self, line, side, notice),
        }
    }

    pub(crate) fn read(&mut self, line: usize, side: usize, effect: Effect) {
        let now = self.now;
        let place = self.node(line, side);
        let node = &mut self.nodes[place];
        let event = match effect {
            Effect::Load { chain, after, most_entries, most_bytes } => Event::Loaded {
                chain,
                after,
                entries: node.load(&chain, after, most_entries, most_bytes),
            },
            Effect::LoadLog { cursor, most_entries, .. } => {
                let (entries, to, end) = node.load_log(cursor.position, most_entries);
                Event::LoadedLog { after: cursor.position, entries, to, end }
            }
            Effect::Compare(at) => Event::Lacks { chain: at.chain, known: node.lacking(at) },
            Effect::Find { chain, known, most_entries, most_bytes } => {
                let entries = node.find(&chain, &known, most_entries, most_bytes);
                Event::Found { chain, entries }
            }
            Effect::Regain(found) => {
                let chain = found.chain;
                let Some((grew, known)) = node.regain(found, now) else {
                    return self.hang_up(line, side);
                };
                self.grew(place, &grew);
                Event::Lacks { chain, known }
            }
            _ => return,
        };
        self.tell(line, side, event);
    }

    pub(crate) fn keep(&mut self, line: usize, side: usize, page: Page) {
        let (node, from) = (self.node(line, side), self.node(line, 1 - side));
        let (from, now) = (self.nodes[from].me().device, self.now);
        let Some(stored) = self.nodes[node].keep(page, from, now) else {
            return self.hang_up(line, side);
        };
        let Stored { grew, readied, frozen, answer } = stored;
        self.grew(node, &grew);
        self.tell(line, side, answer);
        for chain in readied {
            for (line, side) in self.lines_of(node) {
                self.tell(line, side, Event::Readied(chain));
            }
        }
        for chain in frozen {
            for (line, side) in self.lines_of(node) {
                let own = self.nodes[node].me().device == chain.device;
                if own || self.nodes[self.node(line, 1 - side)].me().device == chain.device {
                    self.tell(line, side, Event::Frozen(chain));
                }
            }
        }
    }

    /// A frame has come.
    pub(crate) fn hear(&mut self, line: usize, side: usize, frame: &[u8]) {
        let Ok(message) = Message::read(frame) else { return self.hang_up(line, side) };
        let (node, peer) = (self.node(line, side), self.node(line, 1 - side));
        let (peer, now) = (self.nodes[peer].me().device, self.now);
        let hello = matches!(message, Message::Hello(_));
        self.nodes[node].hears(peer, &message, now);
        self.tell(line, side, Event::Received(message));
        if hello {
            for chain in self.nodes[node].frozen(peer) {
                self.tell(line, side, Event::Frozen(chain));
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
        if self.lines[line].strange {
            let word = matches!(message, Message::Hello(_) | Message::Refused(_));
            assert!(word, "seed {}: another company is told {message:?}", self.seed);
            self.refused += u64::from(matches!(message, Message::Refused(_)));
        }
        if self.is_walled(line, to) || self.storm && self.random.one_in(25) {
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
}
