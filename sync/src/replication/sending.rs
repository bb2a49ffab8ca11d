//! The sending half of a session: what the other side lacks, what is on its way, what waits.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Bound;

use super::event::{CloseReason, Effect, Logged, Notice};
use super::message::{
    Ack, Cursor, Held, HeldReason, MOST_CHAINS, MOST_PAGE_BYTES, MOST_PAGE_ENTRIES, Message, Page,
};
use super::session::Session;
use super::vector::{ChainHead, Vector};
use crate::entry::{self, Chain, Scope, Sealed};

/// Pages that may be under way without an acknowledgement.
pub(super) const WINDOW: usize = 4;
/// So many entries of the log that the other side does not need are worth a page for their cursor.
const WORTH_A_CURSOR: u64 = 500;

/// What is known of the other side.
#[derive(Debug, Clone, Default)]
pub(super) struct Sending {
    /// Up to where each chain need not be sent: it is there, or on its way.
    sent: BTreeMap<Chain, u64>,
    /// What the other side says is on its disk.
    acked: Vector,
    /// Chains that wait.
    held: BTreeSet<Chain>,
    /// Chains with two histories: nothing behind this entry, the proof, is sent.
    frozen: BTreeMap<Chain, u64>,
    /// Chains that there is more of than was sent.
    pending: BTreeSet<Chain>,
    /// Chains that the disk was asked for, and from where.
    loading: BTreeMap<Chain, u64>,
    /// Whose turn it was last.
    last: Option<Chain>,
    pages: VecDeque<UnderWay>,
    log: Option<Log>,
}

/// A page that is not acknowledged yet.
#[derive(Debug, Clone)]
struct UnderWay {
    since: u64,
    /// Up to where each of its chains goes.
    chains: BTreeMap<Chain, u64>,
    cursor: Option<Cursor>,
}

/// Where head office stands in its log.
#[derive(Debug, Clone)]
struct Log {
    id: u128,
    /// Up to where it was read.
    read: u64,
    /// The last place told to the other side.
    told: u64,
    loading: bool,
    /// It grew since it was last asked for.
    grew: bool,
    ended: bool,
}

impl Sending {
    /// When the oldest page without an acknowledgement was sent.
    pub(super) fn oldest(&self) -> Option<u64> {
        self.pages.front().map(|page| page.since)
    }

    pub(super) fn log_grew(&mut self) {
        if let Some(log) = &mut self.log {
            (log.grew, log.ended) = (true, false);
        }
    }

    /// Chains that it keeps something about.
    #[cfg(test)]
    pub(super) fn remembers(&self) -> usize {
        self.sent.len().max(self.acked.iter().count()).max(self.held.len())
    }

    fn sent(&self, chain: &Chain) -> u64 {
        self.sent.get(chain).copied().unwrap_or(0)
    }

    fn is_under_way(&self) -> usize {
        let reading_log = self.log.as_ref().is_some_and(|log| log.loading);
        self.pages.len() + self.loading.len() + usize::from(reading_log)
    }

    /// Forgets what is under way of a chain that is not going to be acknowledged.
    fn give_up(&mut self, chain: &Chain) {
        for page in &mut self.pages {
            page.chains.remove(chain);
        }
        self.loading.remove(chain);
    }
}

impl Session {
    /// The other side holds `have` and has read head office's log up to `cursor`; with a log of
    /// its own, this side is head office.
    pub(super) fn begin_sending(
        &mut self,
        have: Vec<ChainHead>,
        cursor: Option<Cursor>,
        log: Option<Cursor>,
    ) {
        self.sending.log = log.map(|log| {
            let read = cursor.filter(|cursor| cursor.log == log.log).map_or(0, |at| at.position);
            let read = read.min(log.position);
            Log { id: log.log, read, told: read, loading: false, grew: false, ended: false }
        });
        for at in have {
            self.peer_has(at);
        }
        let chains: Vec<Chain> = self.mine.keys().copied().collect();
        for chain in chains {
            self.consider(chain);
        }
    }

    /// What the other side says is on its disk.
    pub(super) fn told_of(&self) -> impl Iterator<Item = ChainHead> + '_ {
        self.sending.acked.iter()
    }

    /// Whether nothing is to be sent, nor on its way.
    pub(super) fn has_sent_all(&self) -> bool {
        let Sending { pages, loading, pending, log, .. } = &self.sending;
        pages.is_empty()
            && loading.is_empty()
            && pending.is_empty()
            && log.as_ref().is_none_or(|log| log.ended)
    }

    /// Puts a chain among those with something to send, or takes it out.
    pub(super) fn consider(&mut self, chain: Chain) {
        let wants = self.mine.get(&chain).is_some_and(|local| {
            self.peer.site.may_hold(&chain, &local.store)
                && self.is_wanted(&chain)
                && !self.sending.held.contains(&chain)
                && self.sending.sent(&chain) < self.upto(&chain)
        });
        if wants {
            self.sending.pending.insert(chain);
        } else {
            self.sending.pending.remove(&chain);
        }
    }

    /// Whether the other side asked for chains like this one.
    fn is_wanted(&self, chain: &Chain) -> bool {
        self.wanted.is_none_or(|wanted| chain.scope == wanted)
    }

    /// The last entry of a chain that may be sent.
    fn upto(&self, chain: &Chain) -> u64 {
        self.sending.frozen.get(chain).copied().unwrap_or(self.head(chain).seq)
    }

    /// Asks the disk for what is sent next, as far as the window allows.
    pub(super) fn send_more(&mut self) {
        while self.sending.is_under_way() < WINDOW {
            if let Some(log) = self.sending.log.as_mut().filter(|log| log.loading || !log.ended) {
                if !log.loading {
                    (log.loading, log.grew) = (true, false);
                    let cursor = Cursor { log: log.id, position: log.read };
                    self.effects.push(Effect::LoadLog {
                        cursor,
                        most_entries: MOST_PAGE_ENTRIES,
                        most_bytes: MOST_PAGE_BYTES,
                    });
                }
                return;
            }
            let Some(chain) = self.next_chain() else {
                return;
            };
            self.sending.last = Some(chain);
            let after = self.sending.sent(&chain);
            self.sending.loading.insert(chain, after);
            let most =
                usize::try_from(self.upto(&chain).saturating_sub(after)).unwrap_or(usize::MAX);
            self.effects.push(Effect::Load {
                chain,
                after,
                most_entries: most.min(MOST_PAGE_ENTRIES),
                most_bytes: MOST_PAGE_BYTES,
            });
        }
    }

    /// Whose turn it is: the next in order that is not being read, so that a long chain does not
    /// starve the others.
    fn next_chain(&self) -> Option<Chain> {
        let Sending { pending, loading, last, .. } = &self.sending;
        let behind = last.map_or(Bound::Unbounded, Bound::Excluded);
        let in_turn = pending.range((behind, Bound::Unbounded)).chain(pending.iter());
        in_turn
            .copied()
            .find(|chain| !loading.contains_key(chain) && !self.overtakes_its_epoch(chain))
    }

    /// Whether it would arrive before the beginning of its epoch, which its device's other chain says and of which
    /// nothing was sent yet: it would not be believed.
    fn overtakes_its_epoch(&self, chain: &Chain) -> bool {
        let begins = Chain { scope: Scope::Store, ..*chain };
        chain.scope == Scope::Tenant
            && self.sending.pending.contains(&begins)
            && self.sending.sent(&begins) == 0
    }

    pub(super) fn loaded(&mut self, chain: Chain, after: u64, entries: Vec<Sealed>, now: u64) {
        if self.sending.loading.get(&chain) != Some(&after) {
            return;
        }
        self.sending.loading.remove(&chain);
        if self.sending.sent(&chain) == after {
            let most = usize::try_from(self.upto(&chain).saturating_sub(after));
            let mut room = Room::default();
            let fits = |sealed: &Sealed| room.takes(sealed);
            let nothing = entries.is_empty();
            let entries: Vec<Sealed> =
                entries.into_iter().take(most.unwrap_or(usize::MAX)).take_while(fits).collect();
            if entries.is_empty() {
                let reason = if nothing { HeldReason::Gap } else { HeldReason::Oversized };
                return self.hold(Held { chain, seq: after + 1, reason });
            }
            let to = after + entries.len() as u64;
            self.sending.sent.insert(chain, to);
            let more = to < self.upto(&chain);
            self.send_page(Page { entries, cursor: None, more }, [(chain, to)].into(), now);
        }
        self.consider(chain);
    }

    pub(super) fn loaded_log(
        &mut self,
        after: u64,
        entries: Vec<Logged>,
        to: u64,
        end: bool,
        now: u64,
    ) {
        match &mut self.sending.log {
            Some(log) if log.loading && log.read == after => log.loading = false,
            _ => return,
        }
        let (mut to, mut end) = (to.max(after), end);
        let (mut page, mut chains, mut room) = (Vec::new(), BTreeMap::new(), Room::default());
        for Logged { position, chain, seq, store, sealed } in entries {
            if !self.is_next(&chain, seq, &store) {
                continue;
            }
            if sealed.bytes.len() > entry::MOST_BYTES {
                self.hold(Held { chain, seq, reason: HeldReason::Oversized });
                continue;
            }
            if !room.takes(&sealed) {
                (to, end) = (position.saturating_sub(1), false);
                break;
            }
            self.sending.sent.insert(chain, seq);
            self.consider(chain);
            chains.insert(chain, seq);
            page.push(sealed);
        }
        let Some(log) = &mut self.sending.log else {
            return;
        };
        (log.read, log.ended) = (to, end && !log.grew);
        if !page.is_empty() || (log.ended && to - log.told >= WORTH_A_CURSOR) {
            log.told = to;
            let cursor = Some(Cursor { log: log.id, position: to });
            self.send_page(Page { entries: page, cursor, more: !end }, chains, now);
        }
    }

    /// Whether an entry of the log is what the other side lacks next.
    fn is_next(&self, chain: &Chain, seq: u64, store: &str) -> bool {
        self.peer.site.may_hold(chain, store)
            && self.is_wanted(chain)
            && seq.checked_sub(1) == Some(self.sending.sent(chain))
            && !self.sending.held.contains(chain)
            && !self.sending.frozen.contains_key(chain)
    }

    fn send_page(&mut self, page: Page, chains: BTreeMap<Chain, u64>, now: u64) {
        let cursor = page.cursor;
        self.sending.pages.push_back(UnderWay { since: now, chains, cursor });
        self.send(Message::Page(page));
    }

    /// The chain waits: the other side does not take it in, or the disk has nothing fit to send.
    fn hold(&mut self, held: Held) {
        let chain = held.chain;
        if self.mine.contains_key(&chain) && self.sending.held.insert(chain) {
            self.report(Notice::HeldBack { peer: self.peer.device, held });
        }
        self.consider(chain);
    }

    /// The other side sent this entry, so it has it.
    pub(super) fn is_there(&mut self, chain: Chain, seq: u64) {
        if self.is_one_too_many(&chain) {
            return;
        }
        if !self.sending.frozen.contains_key(&chain) && seq > self.sending.sent(&chain) {
            self.sending.sent.insert(chain, seq);
            self.consider(chain);
        }
    }

    /// Two histories of a chain: the other side gets the entry that proves it, and nothing behind
    /// it. False if that was known.
    pub(super) fn freeze(&mut self, chain: Chain, seq: u64) -> bool {
        if self.sending.frozen.contains_key(&chain) {
            return false;
        }
        self.sending.give_up(&chain);
        self.sending.held.remove(&chain);
        self.sending.frozen.insert(chain, seq);
        self.sending.sent.insert(chain, seq.saturating_sub(1));
        self.consider(chain);
        true
    }

    /// The other side says how long a chain is on its disk.
    fn peer_has(&mut self, at: ChainHead) {
        let ChainHead { chain, head } = at;
        if self.is_one_too_many(&chain) {
            return;
        }
        self.note_behind(chain, head.seq);
        self.note_own(at);
        let mine = self.head(&chain);
        if head.seq > 0 && head.seq == mine.seq && head.hash != mine.hash {
            // Its word alone proves nothing; but what it answers to the entry here does.
            self.freeze(chain, head.seq);
            return;
        }
        if self.sending.acked.raise(chain, head) && head.seq <= mine.seq {
            self.useful |= self.sending.pages.iter().any(|page| page.chains.contains_key(&chain));
            self.report(Notice::Durable { peer: self.peer.device, chain, head });
        }
        self.is_there(chain, head.seq);
    }

    /// A chain that nobody here has heard of, after thousands of others: forgetting it may cost
    /// sending an entry to where it came from.
    fn is_one_too_many(&self, chain: &Chain) -> bool {
        !self.mine.contains_key(chain) && self.sending.sent.len() >= MOST_CHAINS
    }

    pub(super) fn acked(&mut self, ack: &Ack) {
        for at in &ack.have {
            self.peer_has(*at);
            let waits = ack.held.iter().any(|held| held.chain == at.chain);
            if !waits && self.sending.held.remove(&at.chain) {
                self.sending.sent.insert(at.chain, self.sending.acked.head(&at.chain).seq);
                self.consider(at.chain);
            }
        }
        for held in &ack.held {
            let lost = held.reason == HeldReason::Gap && !self.sending.held.contains(&held.chain);
            if lost {
                return self.close(CloseReason::Lost);
            }
            self.sending.give_up(&held.chain);
            self.hold(held.clone());
            if held.reason == HeldReason::Fork {
                self.compare_own(held.chain);
            }
        }
        let Sending { pages, acked, frozen, .. } = &mut self.sending;
        pages.retain_mut(|page| {
            // How long the other history is says nothing about whether the proof arrived: who takes it in
            // holds the chain back, and that was looked at above.
            let missing =
                |chain: &Chain, to: u64| frozen.contains_key(chain) || acked.head(chain).seq < to;
            page.chains.retain(|chain, to| missing(chain, *to));
            let read = page.cursor.is_none_or(|cursor| ack.cursor >= Some(cursor));
            !(page.chains.is_empty() && read)
        });
    }
}

/// What still fits into a page.
#[derive(Default)]
pub(super) struct Room {
    entries: usize,
    bytes: usize,
}

impl Room {
    /// Makes room for an entry if there is any: always for the first that may be sent at all.
    pub(super) fn takes(&mut self, sealed: &Sealed) -> bool {
        let bytes = self.bytes + sealed.bytes.len();
        let first = self.entries == 0 && bytes <= entry::MOST_BYTES;
        let fits = first || (self.entries < MOST_PAGE_ENTRIES && bytes <= MOST_PAGE_BYTES);
        if fits {
            (self.entries, self.bytes) = (self.entries + 1, bytes);
        }
        fits
    }
}
