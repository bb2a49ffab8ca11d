//! What a device lost of its own. A disk that went back in time, and on which was written on, holds another history of
//! its epoch than everybody else, and no page brings the first one back: nobody takes in two. So a device asks whoever
//! holds another history of a chain of its own for the entries behind the last one that both know, one answer at a
//! time, and its disk says them again.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};

use super::event::Effect;
use super::message::{MOST_CHAINS, MOST_PAGE_BYTES, MOST_PAGE_ENTRIES, Message, at_most};
use super::sending::Room;
use super::session::Session;
use super::vector::{ChainHead, Head};
use crate::entry::{Chain, Entry, Sealed};

/// Entries that one question names.
pub const MOST_KNOWN: usize = 64;
/// A question that is not answered for so long, in milliseconds, is asked again.
pub(super) const ASK_AGAIN_AFTER: u64 = 300_000;

/// Which entries do you hold of this chain of mine?
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Seek {
    /// The chain.
    #[n(0)]
    pub chain: Chain,
    /// Entries of it that the asker has, of whichever history: what is behind the last one of them is wanted, and the
    /// whole chain if none of them is in it.
    #[cbor(n(1), decode_with = "at_most::<_, MOST_KNOWN, _>")]
    pub known: Vec<Head>,
}

/// The answer to [`Seek`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Found {
    /// The chain.
    #[n(0)]
    pub chain: Chain,
    /// Its entries behind the last known one, in order.
    #[cbor(n(1), decode_with = "at_most::<_, MOST_PAGE_ENTRIES, _>")]
    pub entries: Vec<Sealed>,
    /// Whether the chain goes on behind them.
    #[n(2)]
    pub more: bool,
}

/// How far that is in one session.
#[derive(Debug, Clone, Default)]
pub(super) struct Lost {
    /// Whether the other side answers.
    answers: bool,
    /// This device's own chains as the other side says that it holds them.
    there: BTreeMap<Chain, Head>,
    /// Those that the disk has not been asked about.
    next: BTreeSet<Chain>,
    /// The one that is being asked for.
    sought: Option<Sought>,
    /// The disk reads an answer for the other side.
    finding: bool,
}

#[derive(Debug, Clone)]
struct Sought {
    chain: Chain,
    /// The last entry that came.
    upto: u64,
    /// Since when the other side has the question, and what that named; none while the disk has its turn.
    asked: Option<(u64, Vec<Head>)>,
}

impl Lost {
    /// Whether nothing is sought, nor to be compared.
    pub(super) fn is_idle(&self) -> bool {
        self.sought.is_none() && self.next.is_empty()
    }

    /// When the question is asked again.
    pub(super) fn ask_again_at(&self) -> Option<u64> {
        let (since, _) = self.sought.as_ref()?.asked.as_ref()?;
        Some(since.saturating_add(ASK_AGAIN_AFTER))
    }
}

impl Session {
    /// The other side says how long a chain of this device is on its disk, or sends of it.
    pub(super) fn note_own(&mut self, at: ChainHead) {
        let there = &mut self.lost.there;
        let room = there.len() < MOST_CHAINS || there.contains_key(&at.chain);
        if at.chain.device == self.me.device && room {
            there.insert(at.chain, at.head);
        }
    }

    /// Both sides have said hello: chains of former epochs are compared, if the other side answers questions.
    pub(super) fn compare_former(&mut self, answers: bool) {
        self.lost.answers = answers;
        let epoch = self.me.epoch;
        self.compare(|chain| chain.epoch < epoch);
    }

    /// The epoch of this chain has two histories, or this device has begun another one: what is its own is compared.
    pub(super) fn compare_own(&mut self, chain: Chain) {
        if chain.device == self.me.device {
            self.compare(|_| true);
        }
    }

    fn compare(&mut self, which: impl Fn(&Chain) -> bool) {
        if !self.lost.answers || self.me.site.store().is_none() {
            return;
        }
        let other = |(chain, head): &(&Chain, &Head)| which(chain) && self.head(chain) != **head;
        let others: Vec<Chain> =
            self.lost.there.iter().filter(other).map(|(chain, _)| *chain).collect();
        self.lost.next.extend(others);
    }

    /// Asks the disk about the next chain, when nothing else is asked for.
    pub(super) fn look_back(&mut self) {
        if self.lost.sought.is_some() {
            return;
        }
        let Some(chain) = self.lost.next.pop_first() else { return };
        let Some(&head) = self.lost.there.get(&chain) else { return };
        self.lost.sought = Some(Sought { chain, upto: 0, asked: None });
        self.effects.push(Effect::Compare(ChainHead { chain, head }));
    }

    /// The disk says what it has of a chain, if something of it is at the other side alone.
    pub(super) fn lacks(&mut self, chain: Chain, known: Option<Vec<Head>>, now: u64) {
        let waits = |sought: &&mut Sought| sought.chain == chain && sought.asked.is_none();
        let Some(sought) = self.lost.sought.as_mut().filter(waits) else { return };
        let Some(known) = known else {
            self.lost.sought = None;
            return;
        };
        sought.asked = Some((now, known.clone()));
        self.send(Message::Seek(Seek { chain, known }));
    }

    /// Asks once more what was not answered: the question was lost, or the answer.
    pub(super) fn ask_again(&mut self, now: u64) {
        if self.lost.ask_again_at().is_none_or(|at| now < at) {
            return;
        }
        let Some(Sought { chain, asked: Some((since, known)), .. }) = &mut self.lost.sought else {
            return;
        };
        *since = now;
        let question = Seek { chain: *chain, known: known.clone() };
        self.send(Message::Seek(question));
    }

    /// An answer. One that brings nothing further ends the asking; one that came before is a repetition.
    pub(super) fn found(&mut self, found: Found) {
        let waits = |sought: &&mut Sought| sought.chain == found.chain && sought.asked.is_some();
        let Some(sought) = self.lost.sought.as_mut().filter(waits) else { return };
        let last = found.entries.last().and_then(|last| Entry::read(&last.bytes).ok());
        match last.map(|last| last.seq) {
            None => self.lost.sought = None,
            Some(last) if last <= sought.upto => {}
            Some(last) => {
                (sought.upto, sought.asked) = (last, None);
                self.effects.push(Effect::Regain(found));
            }
        }
    }

    /// The other side asks for entries of its own device, which it may hold.
    pub(super) fn sought(&mut self, seek: Seek) {
        let Seek { chain, known } = seek;
        let own = chain.device == self.peer.device;
        let here = self.mine.get(&chain);
        let may_hold = here.is_some_and(|here| self.peer.site.may_hold(&chain, &here.store));
        // A second question while the first is being read is a repetition.
        if !own || !may_hold || self.lost.finding {
            return;
        }
        self.lost.finding = true;
        self.effects.push(Effect::Find {
            chain,
            known,
            most_entries: MOST_PAGE_ENTRIES,
            most_bytes: MOST_PAGE_BYTES,
        });
    }

    /// The disk has read what the other side asked for.
    pub(super) fn answer(&mut self, chain: Chain, entries: Vec<Sealed>) {
        if !std::mem::take(&mut self.lost.finding) {
            return;
        }
        let mut room = Room::default();
        let entries: Vec<Sealed> =
            entries.into_iter().take_while(|sealed| room.takes(sealed)).collect();
        let last = entries.last().and_then(|last| Entry::read(&last.bytes).ok());
        let more = last.is_some_and(|last| last.seq < self.head(&chain).seq);
        self.send(Message::Found(Found { chain, entries, more }));
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::super::event::Event;
    use super::super::message::{Hello, PROTOCOL};
    use super::super::session::Peer;
    use super::super::vector::{Node, Site};
    use super::*;
    use crate::entry::{DeviceId, NO_HASH, Scope, VERSION};

    fn key(n: u8) -> SigningKey {
        SigningKey::from_bytes(&[n; 32])
    }

    fn device(n: u8) -> DeviceId {
        DeviceId::of(&key(n).verifying_key())
    }

    fn chain(n: u8, epoch: u32) -> Chain {
        Chain { device: device(n), epoch, scope: Scope::Store }
    }

    fn head(seq: u64, hash: u8) -> Head {
        Head { seq, hash: [hash; 32] }
    }

    fn entries(seqs: std::ops::RangeInclusive<u64>) -> Vec<Sealed> {
        let entry = |seq| Entry {
            v: VERSION,
            tenant: "ACME".into(),
            store: "YOW1".into(),
            device: device(1).0,
            epoch: 1,
            scope: Scope::Store,
            seq,
            prev: NO_HASH,
            hlc: seq,
            wall: 0,
            kind: "signed_out".into(),
            kind_v: 1,
            operator: None,
            body: vec![0x80],
        };
        seqs.map(|seq| entry(seq).seal(&key(1))).collect()
    }

    /// A session of device 1, which writes epoch 2, with device 2, which holds epoch 1 up to `there`; and what it does
    /// once it has greeted.
    fn greeted(there: Head) -> (Session, Vec<Effect>) {
        greeted_by(there, Some(true))
    }

    fn greeted_by(there: Head, answers: Option<bool>) -> (Session, Vec<Effect>) {
        let site = Site::Store("YOW1".into());
        let me = Node { tenant: "ACME".into(), site: site.clone(), device: device(1), epoch: 2 };
        let peer = Peer { device: device(2), site, refused: None };
        let mut session = Session::new(me, peer);
        for (chain, head) in [(chain(1, 1), head(5, 1)), (chain(2, 1), head(3, 1))] {
            session.handle(Event::Grew { chain, store: "YOW1".into(), head }, 0);
        }
        session.handle(Event::Connected { wall: 0, cursor: None }, 0);
        let have = [(chain(1, 1), there), (chain(1, 2), head(1, 1)), (chain(2, 1), head(9, 1))];
        let hello = Hello {
            oldest: PROTOCOL,
            newest: PROTOCOL,
            tenant: "ACME".into(),
            store: Some("YOW1".into()),
            device: device(2).0,
            epoch: 1,
            wall: 0,
            have: have.map(|(chain, head)| ChainHead { chain, head }).to_vec(),
            cursor: None,
            waiting: None,
            wants: None,
            answers,
        };
        let effects = session.handle(Event::Received(Message::Hello(Box::new(hello))), 0);
        (session, effects)
    }

    fn compared(effects: &[Effect]) -> Vec<ChainHead> {
        let compare = |effect: &Effect| match effect {
            Effect::Compare(at) => Some(*at),
            _ => None,
        };
        effects.iter().filter_map(compare).collect()
    }

    fn asked(effects: &[Effect]) -> Vec<&Seek> {
        let seek = |effect: &'_ Effect| matches!(effect, Effect::Send(Message::Seek(_)));
        let seeks = effects.iter().filter(|effect| seek(effect));
        seeks
            .filter_map(|effect| match effect {
                Effect::Send(Message::Seek(seek)) => Some(seek),
                _ => None,
            })
            .collect()
    }

    fn lacks(session: &mut Session, known: Option<Vec<Head>>, now: u64) -> Vec<Effect> {
        session.handle(Event::Lacks { chain: chain(1, 1), known }, now)
    }

    fn answered(session: &mut Session, entries: Vec<Sealed>, more: bool) -> Vec<Effect> {
        let found = Found { chain: chain(1, 1), entries, more };
        session.handle(Event::Received(Message::Found(found)), 0)
    }

    fn regains(effects: &[Effect]) -> bool {
        effects.iter().any(|effect| matches!(effect, Effect::Regain(_)))
    }

    #[test]
    fn a_former_chain_of_its_own_that_is_another_there_is_asked_for_answer_by_answer() {
        let (mut session, effects) = greeted(head(7, 9));
        let at = ChainHead { chain: chain(1, 1), head: head(7, 9) };
        assert_eq!(compared(&effects), [at], "none of others, and not the epoch that it writes");
        let known = vec![head(5, 1), head(4, 1)];
        let effects = lacks(&mut session, Some(known.clone()), 0);
        assert_eq!(asked(&effects), [&Seek { chain: chain(1, 1), known: known.clone() }]);
        assert!(regains(&answered(&mut session, entries(5..=6), true)));
        // It came before: nothing is done a second time, and the next question stands.
        assert!(!regains(&answered(&mut session, entries(5..=6), true)));
        assert_eq!(asked(&lacks(&mut session, Some(known.clone()), 0)).len(), 1);
        assert!(!regains(&answered(&mut session, entries(5..=6), true)));
        assert!(regains(&answered(&mut session, entries(7..=7), false)));
        assert_eq!(asked(&lacks(&mut session, None, 0)).len(), 0);
        // A fork that is proven later has it look once more.
        let effects = session.handle(Event::Frozen(chain(1, 1)), 0);
        assert_eq!(compared(&effects), [at]);
        assert_eq!(asked(&lacks(&mut session, Some(known), 0)).len(), 1);
        assert!(!regains(&answered(&mut session, vec![], false)), "there is nothing");
        assert_eq!(asked(&lacks(&mut session, Some(vec![]), 0)).len(), 0, "nobody is asked");
    }

    #[test]
    fn nothing_is_asked_for_that_is_the_same_here_nor_of_an_older_node() {
        let (_, effects) = greeted(head(5, 1));
        assert_eq!(compared(&effects), []);
        let (mut session, effects) = greeted_by(head(7, 9), None);
        assert_eq!(compared(&effects), []);
        assert_eq!(compared(&session.handle(Event::Frozen(chain(1, 1)), 0)), []);
    }

    #[test]
    fn a_question_that_was_lost_is_asked_again() {
        let (mut session, _) = greeted(head(7, 9));
        lacks(&mut session, Some(vec![]), 1_000);
        for round in 1..4 {
            let at = 1_000 + round * ASK_AGAIN_AFTER;
            session.handle(Event::Received(Message::Ping), at - 1);
            assert_eq!(asked(&session.handle(Event::Tick, at - 1)).len(), 0);
            assert_eq!(asked(&session.handle(Event::Tick, at)).len(), 1);
        }
    }

    #[test]
    fn only_the_device_itself_is_answered_and_one_question_at_a_time() {
        let (mut session, _) = greeted(head(5, 1));
        let mut seek = |chain: Chain| {
            let seek = Seek { chain, known: vec![head(1, 1)] };
            let effects = session.handle(Event::Received(Message::Seek(seek)), 0);
            effects.iter().any(|effect| matches!(effect, Effect::Find { .. }))
        };
        assert!(!seek(chain(1, 1)), "of another device");
        assert!(!seek(chain(2, 7)), "of which there is nothing");
        assert!(seek(chain(2, 1)));
        assert!(!seek(chain(2, 1)), "a repetition");
        let found = Event::Found { chain: chain(2, 1), entries: entries(2..=2) };
        let effects = session.handle(found.clone(), 0);
        let answer = Found { chain: chain(2, 1), entries: entries(2..=2), more: true };
        assert_eq!(effects[0], Effect::Send(Message::Found(answer)));
        assert_eq!(session.handle(found, 0), [], "nobody asked");
    }

    /// What is too much for one answer waits for the next question.
    #[test]
    fn an_answer_is_no_longer_than_a_page() {
        let (mut session, _) = greeted(head(5, 1));
        let seek = Seek { chain: chain(2, 1), known: vec![] };
        session.handle(Event::Received(Message::Seek(seek)), 0);
        let large = Sealed { bytes: vec![0; MOST_PAGE_BYTES / 2], signature: [0; 64] };
        let found = Event::Found { chain: chain(2, 1), entries: vec![large; 3] };
        let effects = session.handle(found, 0);
        let Effect::Send(Message::Found(found)) = &effects[0] else { panic!("{effects:?}") };
        assert_eq!(found.entries.len(), 2);
    }
}
