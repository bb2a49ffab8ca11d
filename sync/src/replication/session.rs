//! One connection between two nodes: greeting, taking in, liveness. What is sent is in `sending`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::event::{CloseReason, Effect, Event, Notice};
use super::lost::Lost;
use super::message::{
    Ack, Cursor, Fork, Held, HeldReason, Hello, Message, OLDEST_PROTOCOL, PROTOCOL, Page, Refusal,
    Waiting,
};
use super::paper::Word;
use super::sending::Sending;
use super::vector::{ChainHead, Head, Node, Site};
use crate::entry::{Chain, DeviceId, Entry, Scope};

/// How long the other side may take for its first word, in milliseconds.
const GREET_WITHIN: u64 = 20_000;
/// After this long without a word the other side is asked whether it is there.
const PING_AFTER: u64 = 30_000;
/// After this long without a word it is not: the longest that one page takes on a bad line.
const SILENT_AFTER: u64 = 180_000;
/// A page that is not acknowledged for so long was lost.
const ANSWER_WITHIN: u64 = 300_000;
/// Pages that the other side may have under way; more is a flood.
const MOST_STORING: usize = 2 * super::sending::WINDOW;
/// Words about paper that may wait for an answer; more is a flood.
const MOST_HEARING: usize = 64;
/// A clock that is further off than this is told, in milliseconds.
const MOST_SKEW: i64 = 2 * 60 * 1_000;

/// What the transport and the device table know of the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The device of its certificate.
    pub device: DeviceId,
    /// Where that device is enrolled.
    pub site: Site,
    /// Why it gets no session, if it gets none.
    pub refused: Option<Refusal>,
}

/// A chain on this disk.
#[derive(Debug, Clone)]
pub(super) struct Local {
    pub(super) store: String,
    pub(super) head: Head,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Greeting { since: u64, wall: i64 },
    Open,
    Closed,
}

/// The state of one connection. Times are milliseconds of a clock that only goes forward.
#[derive(Debug, Clone)]
pub struct Session {
    pub(super) me: Node,
    pub(super) peer: Peer,
    pub(super) mine: BTreeMap<Chain, Local>,
    pub(super) sending: Sending,
    pub(super) lost: Lost,
    pub(super) effects: Vec<Effect>,
    state: State,
    own_cursor: Option<Cursor>,
    waiting: Option<Waiting>,
    /// Cursors of the pages that the disk has not answered for.
    storing: VecDeque<Option<Cursor>>,
    /// Words about paper that were not answered for.
    hearing: usize,
    behind: BTreeSet<Chain>,
    heard_at: u64,
    pinged: bool,
    wake: Option<u64>,
    /// Chains of which two histories were proven.
    forked: BTreeSet<Chain>,
    /// Chains of the other side that are not taken in here.
    refusing: BTreeSet<Chain>,
    /// The only chains that are wanted here for now.
    wants: Option<Scope>,
    /// The only chains that the other side wants for now.
    pub(super) wanted: Option<Scope>,
    pub(super) useful: bool,
}

impl Session {
    /// A session of `me` with `peer`, not connected yet. A device that begins a new epoch closes its
    /// sessions and begins new ones.
    pub fn new(me: Node, peer: Peer) -> Session {
        Session {
            me,
            peer,
            mine: BTreeMap::new(),
            sending: Sending::default(),
            lost: Lost::default(),
            effects: Vec::new(),
            state: State::New,
            own_cursor: None,
            waiting: None,
            storing: VecDeque::new(),
            hearing: 0,
            behind: BTreeSet::new(),
            heard_at: 0,
            pinged: false,
            wake: None,
            forked: BTreeSet::new(),
            refusing: BTreeSet::new(),
            wants: None,
            wanted: None,
            useful: false,
        }
    }

    /// Asks the other side for chains of one scope only. It settles when those are here.
    pub fn wanting(self, wants: Option<Scope>) -> Session {
        Session { wants, ..self }
    }

    /// Whether anything was taken in or acknowledged: the next dial need not wait for long.
    pub fn was_useful(&self) -> bool {
        self.useful
    }

    /// Whether both sides have said hello and hold the same, but for chains that wait, and nothing is
    /// on its way, nor sought.
    pub fn is_settled(&self) -> bool {
        self.state == State::Open
            && self.storing.is_empty()
            && self.has_sent_all()
            && !self.lacks_any()
            && self.lost.is_idle()
    }

    /// The newest epoch of this device that the other side has heard of.
    pub fn own_epoch_there(&self) -> u32 {
        let own = self.told_of().filter(|at| at.chain.device == self.me.device);
        own.map(|at| at.chain.epoch).max().unwrap_or(0)
    }

    /// How many entries the other side has that are wanted and not here yet, as far as it is known.
    pub fn to_come(&self) -> u64 {
        let missing = |at: ChainHead| at.head.seq.saturating_sub(self.head(&at.chain).seq);
        self.wanted_of().map(missing).fold(0, u64::saturating_add)
    }

    /// Whether print jobs may be spoken of: the other side is another till of this one's store, and has greeted.
    pub fn speaks_of_paper(&self) -> bool {
        self.state == State::Open
            && self.me.site.store().is_some()
            && self.me.site == self.peer.site
    }

    fn lacks_any(&self) -> bool {
        self.wanted_of()
            .any(|at| at.head.seq > self.head(&at.chain).seq && !self.refusing.contains(&at.chain))
    }

    /// What the other side holds of the chains that are wanted here.
    fn wanted_of(&self) -> impl Iterator<Item = ChainHead> + '_ {
        self.told_of().filter(|at| self.wants.is_none_or(|wants| at.chain.scope == wants))
    }

    /// Takes in what happened; answers what to do, in this order.
    pub fn handle(&mut self, event: Event, now: u64) -> Vec<Effect> {
        match (self.state, event) {
            (State::Closed, _) => {}
            (_, Event::Closed) => self.state = State::Closed,
            (_, Event::Grew { chain, store, head }) => self.grew(chain, store, head),
            (State::New, Event::Waits(waiting)) => self.waiting = Some(waiting),
            (State::New, Event::Connected { wall, cursor }) => self.greet(wall, cursor, now),
            (State::New, _) | (_, Event::Connected { .. } | Event::Waits(_)) => {}
            (state, Event::Received(message)) => self.received(state, message, now),
            (_, Event::Tick) => self.tick(now),
            (State::Greeting { .. }, _) => {}
            (_, Event::Loaded { chain, after, entries }) => {
                self.loaded(chain, after, entries, now);
            }
            (_, Event::LoadedLog { after, entries, to, end }) => {
                self.loaded_log(after, entries, to, end, now);
            }
            (_, Event::Stored { have, held, forks }) => self.stored(have, held, &forks),
            (_, Event::Readied(chain)) => self.readied(chain),
            (_, Event::Frozen(chain)) => self.frozen(chain),
            (_, Event::Lacks { chain, known }) => self.lacks(chain, known, now),
            (_, Event::Found { chain, entries }) => self.answer(chain, entries),
            (_, Event::Say(word)) => self.say(word),
            (_, Event::Heard(answer)) => {
                self.hearing = self.hearing.saturating_sub(1);
                answer.into_iter().for_each(|word| self.say(word));
            }
        }
        if self.state == State::Open {
            self.send_more();
            self.look_back();
        }
        self.ask_for_wake();
        std::mem::take(&mut self.effects)
    }

    pub(super) fn close(&mut self, reason: CloseReason) {
        self.state = State::Closed;
        self.effects.push(Effect::Close(reason));
    }

    pub(super) fn report(&mut self, notice: Notice) {
        self.effects.push(Effect::Report(notice));
    }

    pub(super) fn send(&mut self, message: Message) {
        self.effects.push(Effect::Send(message));
    }

    /// The last entry of a chain on this disk.
    pub(super) fn head(&self, chain: &Chain) -> Head {
        self.mine.get(chain).map_or(Head::NONE, |local| local.head)
    }

    fn grew(&mut self, chain: Chain, store: String, head: Head) {
        if head.seq > self.head(&chain).seq {
            if self.mine.insert(chain, Local { store, head }).is_none() {
                self.compare_own(chain);
            }
            self.sending.log_grew();
            self.consider(chain);
        }
    }

    fn greet(&mut self, wall: i64, cursor: Option<Cursor>, now: u64) {
        let may_hold =
            |(chain, local): &(&Chain, &Local)| self.peer.site.may_hold(chain, &local.store);
        let have = self.mine.iter().filter(may_hold);
        let have = have.map(|(chain, local)| ChainHead { chain: *chain, head: local.head });
        let hello = Hello {
            oldest: OLDEST_PROTOCOL,
            newest: PROTOCOL,
            tenant: self.me.tenant.clone(),
            store: self.me.site.store().map(str::to_owned),
            device: self.me.device.0,
            epoch: self.me.epoch,
            wall,
            have: have.take(super::message::MOST_CHAINS).collect(),
            cursor,
            waiting: self.waiting,
            wants: self.wants,
            answers: Some(true),
        };
        (self.own_cursor, self.heard_at) = (cursor, now);
        self.state = State::Greeting { since: now, wall };
        self.send(Message::Hello(Box::new(hello)));
    }

    fn received(&mut self, state: State, message: Message, now: u64) {
        (self.heard_at, self.pinged) = (now, false);
        match (state, message) {
            (_, Message::Refused(reason)) => self.close(CloseReason::Refused(reason)),
            (State::Greeting { since, wall }, Message::Hello(hello)) => {
                let now_wall = wall.saturating_add_unsigned(now.saturating_sub(since));
                self.greeted(*hello, now_wall);
            }
            (State::Open, Message::Page(page)) => self.page(page),
            (State::Open, Message::Ack(ack)) => self.acked(&ack),
            (State::Open, Message::Paper(word)) => self.hear(word),
            (State::Open, Message::Seek(seek)) => self.sought(seek),
            (State::Open, Message::Found(found)) => self.found(found),
            (_, Message::Ping) => self.send(Message::Pong),
            // A repetition, or a word before the first: whoever needs an answer asks again.
            _ => {}
        }
    }

    fn greeted(&mut self, hello: Hello, wall: i64) {
        if let Some(reason) = self.refuses(&hello) {
            self.send(Message::Refused(reason));
            return self.close(CloseReason::Refusing(reason));
        }
        self.state = State::Open;
        let millis = hello.wall.saturating_sub(wall);
        if millis.saturating_abs() > MOST_SKEW {
            self.report(Notice::ClockSkew { peer: self.peer.device, millis });
        }
        let log = self.own_cursor.filter(|_| self.me.site == Site::HeadOffice);
        self.wanted = hello.wants;
        self.begin_sending(hello.have, hello.cursor, log);
        self.compare_former(hello.answers == Some(true));
    }

    fn refuses(&self, hello: &Hello) -> Option<Refusal> {
        let newest = hello.newest.min(PROTOCOL);
        let is_peer =
            hello.device == self.peer.device.0 && hello.store.as_deref() == self.peer.site.store();
        match () {
            () if hello.newest < OLDEST_PROTOCOL => Some(Refusal::TooOld),
            () if newest < hello.oldest => Some(Refusal::TooNew),
            () if hello.tenant != self.me.tenant => Some(Refusal::OtherTenant),
            () if hello.device == self.me.device.0 => Some(Refusal::Clone),
            () if self.peer.refused.is_some() => self.peer.refused,
            () if !is_peer => Some(Refusal::NotEnrolled),
            () => None,
        }
    }

    fn page(&mut self, page: Page) {
        if self.storing.len() >= MOST_STORING {
            return self.close(CloseReason::Flooded);
        }
        for sealed in &page.entries {
            let Ok(entry) = Entry::read(&sealed.bytes) else { continue };
            let (chain, seq) = (entry.chain(), entry.seq);
            self.is_there(chain, seq);
            if chain.device == self.me.device {
                self.note_own(ChainHead { chain, head: Head { seq, hash: sealed.hash() } });
            }
        }
        self.storing.push_back(page.cursor);
        self.effects.push(Effect::Store(page));
    }

    fn say(&mut self, word: Word) {
        if self.speaks_of_paper() {
            self.send(Message::Paper(word));
        }
    }

    fn hear(&mut self, word: Word) {
        if !self.speaks_of_paper() {
            return;
        }
        if self.hearing >= MOST_HEARING {
            return self.close(CloseReason::Flooded);
        }
        self.hearing += 1;
        self.effects.push(Effect::Hear(word));
    }

    fn stored(&mut self, have: Vec<ChainHead>, mut held: Vec<Held>, forks: &[Fork]) {
        let Some(cursor) = self.storing.pop_front() else {
            return;
        };
        self.useful |= held.len() < have.len() || cursor.is_some();
        self.refusing.extend(held.iter().map(|held| held.chain));
        // A copy of this device wrote on since the other side greeted.
        for behind in held.iter().filter(|held| held.reason == HeldReason::Behind) {
            self.note_behind(behind.chain, behind.seq);
        }
        for fork in forks {
            held.retain(|held| held.chain != fork.chain);
            held.push(Held { chain: fork.chain, seq: fork.seq, reason: HeldReason::Fork });
            // What the other side said may have frozen it already; this is the proof.
            self.freeze(fork.chain, fork.seq);
            self.compare_own(fork.chain);
            if self.forked.insert(fork.chain) {
                self.report(Notice::Fork(*fork));
            }
        }
        self.send(Message::Ack(Ack { have, cursor, held }));
    }

    fn readied(&mut self, chain: Chain) {
        self.refusing.remove(&chain);
        let have = vec![ChainHead { chain, head: self.head(&chain) }];
        self.send(Message::Ack(Ack { have, ..Ack::default() }));
    }

    fn frozen(&mut self, chain: Chain) {
        if chain.device == self.me.device {
            return self.compare_own(chain);
        }
        let head = self.head(&chain);
        let held = vec![Held { chain, seq: head.seq + 1, reason: HeldReason::Fork }];
        self.send(Message::Ack(Ack { have: vec![ChainHead { chain, head }], held, cursor: None }));
    }

    /// Tells, once for each chain, that the other side knows more of this device's own.
    pub(super) fn note_behind(&mut self, chain: Chain, theirs: u64) {
        let mine = self.head(&chain).seq;
        let own = (chain.device, chain.epoch) == (self.me.device, self.me.epoch);
        if own && theirs > mine && self.behind.insert(chain) {
            self.report(Notice::Behind { chain, mine, theirs });
        }
    }

    fn tick(&mut self, now: u64) {
        let silent = now.saturating_sub(self.heard_at);
        if self.state == State::Open {
            self.ask_again(now);
        }
        match self.state {
            State::Greeting { since, .. } if now >= since.saturating_add(GREET_WITHIN) => {
                self.close(CloseReason::Silent);
            }
            State::Open if silent >= SILENT_AFTER => self.close(CloseReason::Silent),
            State::Open if self.lost_at().is_some_and(|at| now >= at) => {
                self.close(CloseReason::Lost);
            }
            State::Open if silent >= PING_AFTER && !self.pinged => {
                self.pinged = true;
                self.send(Message::Ping);
            }
            _ => {}
        }
    }

    fn lost_at(&self) -> Option<u64> {
        self.sending.oldest().map(|at| at.saturating_add(ANSWER_WITHIN))
    }

    fn ask_for_wake(&mut self) {
        let wake = match self.state {
            State::Greeting { since, .. } => Some(since.saturating_add(GREET_WITHIN)),
            State::Open => {
                let after = if self.pinged { SILENT_AFTER } else { PING_AFTER };
                let at = self.heard_at.saturating_add(after);
                [self.lost_at(), self.lost.ask_again_at()].into_iter().flatten().chain([at]).min()
            }
            State::New | State::Closed => None,
        };
        if let (Some(at), true) = (wake, wake != self.wake) {
            self.effects.push(Effect::Wake(at));
        }
        self.wake = wake;
    }
}
