//! One session against the words of another node, step by step.

use super::event::{CloseReason, Effect, Event, Logged, Notice};
use super::message::{
    Ack, Cursor, Fork, Held, HeldReason, Hello, MOST_PAGE_BYTES, Message, PROTOCOL, Page, Refusal,
};
use super::paper::{Asked, Printer, Wish, Word};
use super::session::{Peer, Session};
use super::vector::{ChainHead, Head, Node, Site};
use crate::entry::{self, Chain, DeviceId, Scope, Sealed};

const WALL: i64 = 1_763_650_000_000;
const ME: DeviceId = DeviceId([1; 16]);
const PEER: DeviceId = DeviceId([2; 16]);
const LOG: u128 = 7;

fn store() -> Site {
    Site::Store("YOW1".into())
}

fn chain(device: u8) -> Chain {
    Chain { device: DeviceId([device; 16]), epoch: 1, scope: Scope::Store }
}

fn head(seq: u64) -> Head {
    Head { seq, hash: [seq as u8; 32] }
}

fn at(device: u8, seq: u64) -> ChainHead {
    ChainHead { chain: chain(device), head: head(seq) }
}

fn sealed(length: usize) -> Sealed {
    Sealed { bytes: vec![0; length], signature: [0; 64] }
}

fn hello(have: Vec<ChainHead>) -> Hello {
    Hello {
        oldest: PROTOCOL,
        newest: PROTOCOL,
        tenant: "ACME".into(),
        store: Some("YOW1".into()),
        device: PEER.0,
        epoch: 1,
        wall: WALL,
        have,
        cursor: None,
        waiting: None,
        wants: None,
        answers: None,
    }
}

fn session(site: Site) -> Session {
    let me = Node { tenant: "ACME".into(), site, device: ME, epoch: 1 };
    Session::new(me, Peer { device: PEER, site: store(), refused: None })
}

fn grew(device: u8, seq: u64) -> Event {
    Event::Grew { chain: chain(device), store: "YOW1".into(), head: head(seq) }
}

/// A session that holds chains of these lengths by devices 10, 11, … and has been greeted.
fn open(lengths: &[u64], hello: Hello) -> (Session, Vec<Effect>) {
    let mut session = session(store());
    for (device, seq) in (10..).zip(lengths) {
        session.handle(grew(device, *seq), 0);
    }
    session.handle(Event::Connected { wall: WALL, cursor: None }, 0);
    let effects = session.handle(Event::Received(Message::Hello(Box::new(hello))), 0);
    (session, effects)
}

/// The devices whose chains are asked for, and from where.
fn loads(effects: &[Effect]) -> Vec<(u8, u64)> {
    let load = |effect: &Effect| match effect {
        Effect::Load { chain, after, .. } => Some((chain.device.0[0], *after)),
        _ => None,
    };
    effects.iter().filter_map(load).collect()
}

fn pages(effects: &[Effect]) -> Vec<&Page> {
    let page = |effect: &'_ Effect| matches!(effect, Effect::Send(Message::Page(_)));
    let pages = effects.iter().filter(|effect| page(effect));
    pages
        .filter_map(|effect| match effect {
            Effect::Send(Message::Page(page)) => Some(page),
            _ => None,
        })
        .collect()
}

fn loaded(session: &mut Session, device: u8, after: u64, entries: Vec<Sealed>) -> Vec<Effect> {
    session.handle(Event::Loaded { chain: chain(device), after, entries }, 0)
}

fn ack(have: Vec<ChainHead>, held: Vec<Held>) -> Event {
    Event::Received(Message::Ack(Ack { have, cursor: None, held }))
}

fn held(device: u8, seq: u64, reason: HeldReason) -> Held {
    Held { chain: chain(device), seq, reason }
}

/// However the disk answers, the beginning of an epoch is on its way before the device's other chain, which would be held
/// back without it.
#[test]
fn nothing_overtakes_the_beginning_of_its_epoch() {
    let mut session = session(store());
    let tenant = Chain { scope: Scope::Tenant, ..chain(10) };
    session.handle(grew(10, 2), 0);
    session.handle(Event::Grew { chain: tenant, store: "YOW1".into(), head: head(1) }, 0);
    session.handle(Event::Connected { wall: WALL, cursor: None }, 0);
    let greeted = Event::Received(Message::Hello(Box::new(hello(vec![]))));
    let asked = |effects: &[Effect]| -> Vec<Chain> {
        let load = |effect: &Effect| match effect {
            Effect::Load { chain, .. } => Some(*chain),
            _ => None,
        };
        effects.iter().filter_map(load).collect()
    };
    assert_eq!(asked(&session.handle(greeted, 0)), [chain(10)]);
    let effects = loaded(&mut session, 10, 0, vec![sealed(1), sealed(1)]);
    assert_eq!((pages(&effects).len(), asked(&effects)), (1, vec![tenant]));
    // A receiver that has the beginning already gets both at once.
    let (mut session, _) = open(&[], hello(vec![]));
    session
        .handle(Event::Received(Message::Ack(Ack { have: vec![at(10, 1)], ..Ack::default() })), 0);
    session.handle(grew(10, 2), 0);
    let effects =
        session.handle(Event::Grew { chain: tenant, store: "YOW1".into(), head: head(1) }, 0);
    assert_eq!(asked(&effects), [tenant]);
}

/// A new till asks for what every store holds first, and has all that it asked for although there is more.
#[test]
fn only_what_is_wanted_is_sent_and_waited_for() {
    let tenant = Chain { scope: Scope::Tenant, ..chain(10) };
    let both = [at(10, 9), ChainHead { chain: tenant, head: head(1) }];
    let mut sender = session(store());
    sender.handle(grew(10, 9), 0);
    sender.handle(Event::Grew { chain: tenant, store: "YOW1".into(), head: head(1) }, 0);
    sender.handle(Event::Connected { wall: WALL, cursor: None }, 0);
    let hello_of = |wants| Hello { wants, ..hello(vec![]) };
    let greeted = Message::Hello(Box::new(hello_of(Some(Scope::Tenant))));
    let effects = sender.handle(Event::Received(greeted), 0);
    let asked: Vec<&Chain> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Load { chain, .. } => Some(chain),
            _ => None,
        })
        .collect();
    assert_eq!(asked, [&tenant], "the other chain is not wanted, nor waited for");
    for (wants, settled) in [(Some(Scope::Tenant), true), (None, false)] {
        let mut receiver = session(store()).wanting(wants);
        let effects = receiver.handle(Event::Connected { wall: WALL, cursor: None }, 0);
        let says = |effect: &Effect| match effect {
            Effect::Send(Message::Hello(hello)) => hello.wants == wants,
            _ => false,
        };
        assert!(effects.iter().any(says));
        let theirs = Message::Hello(Box::new(hello(both.to_vec())));
        receiver.handle(Event::Received(theirs), 0);
        assert!(!receiver.is_settled(), "the wanted chain is not here yet");
        let others = both.iter().filter(|at| at.chain != tenant).map(|at| at.head.seq);
        let others: u64 = if settled { 0 } else { others.sum() };
        assert_eq!(receiver.to_come(), 1 + others, "only what is wanted is waited for");
        let here = Event::Grew { chain: tenant, store: "YOW1".into(), head: head(1) };
        receiver.handle(here, 0);
        assert_eq!((receiver.is_settled(), receiver.to_come()), (settled, others));
    }
}

#[test]
fn who_gets_no_session_is_told_why() {
    let refused = |change: &dyn Fn(&mut Hello), peer: Option<Refusal>| {
        let me = Node { tenant: "ACME".into(), site: store(), device: ME, epoch: 1 };
        let mut session = Session::new(me, Peer { device: PEER, site: store(), refused: peer });
        session.handle(Event::Connected { wall: WALL, cursor: None }, 0);
        let mut hello = hello(vec![]);
        change(&mut hello);
        let effects = session.handle(Event::Received(Message::Hello(Box::new(hello))), 0);
        match effects.as_slice() {
            [Effect::Send(Message::Refused(told)), Effect::Close(CloseReason::Refusing(why))] => {
                assert_eq!(told, why);
                Some(*why)
            }
            _ => None,
        }
    };
    assert_eq!(refused(&|_| {}, None), None);
    type Greeting<'a> = (&'a dyn Fn(&mut Hello), Option<Refusal>);
    let greetings: [Greeting<'_>; 7] = [
        (&|hello| hello.tenant = "EVIL".into(), Some(Refusal::OtherTenant)),
        (&|hello| hello.device = ME.0, Some(Refusal::Clone)),
        (&|hello| hello.device = [9; 16], Some(Refusal::NotEnrolled)),
        (&|hello| hello.store = Some("YYC1".into()), Some(Refusal::NotEnrolled)),
        (&|hello| hello.newest = 0, Some(Refusal::TooOld)),
        (&|hello| hello.oldest = PROTOCOL + 1, Some(Refusal::TooNew)),
        (&|hello| hello.newest = PROTOCOL + 9, None),
    ];
    for (change, refusal) in greetings {
        assert_eq!(refused(change, None), refusal);
    }
    assert_eq!(refused(&|_| {}, Some(Refusal::Revoked)), Some(Refusal::Revoked));
}

#[test]
fn a_wrong_clock_is_told_and_refuses_nothing() {
    let mut far_off = hello(vec![]);
    far_off.wall = WALL - 121_000;
    let (_, effects) = open(&[1], far_off);
    let skew = Notice::ClockSkew { peer: PEER, millis: -121_000 };
    assert_eq!(effects[0], Effect::Report(skew));
    assert_eq!(loads(&effects), [(10, 0)], "and everything flows");
}

#[test]
fn chains_take_turns_and_the_window_bounds_them() {
    let (mut session, effects) = open(&[5_000, 1, 1, 1, 1, 1], hello(vec![]));
    assert_eq!(loads(&effects), [(10, 0), (11, 0), (12, 0), (13, 0)]);
    let effects = loaded(&mut session, 10, 0, vec![sealed(100); 500]);
    assert_eq!(loads(&effects), [], "the page is under way in its place");
    let effects = session.handle(ack(vec![at(10, 500)], vec![]), 0);
    assert_eq!(loads(&effects), [(14, 0)], "the long chain waits for its turn");
}

#[test]
fn pages_hold_a_mebibyte_or_one_larger_entry() {
    let (mut session, _) = open(&[3], hello(vec![]));
    let half = MOST_PAGE_BYTES / 2 + 1;
    let effects = loaded(&mut session, 10, 0, vec![sealed(half), sealed(half), sealed(half)]);
    assert_eq!((pages(&effects)[0].entries.len(), pages(&effects)[0].more), (1, true));
    let effects = loaded(&mut session, 10, 1, vec![sealed(2 * MOST_PAGE_BYTES), sealed(1)]);
    assert_eq!(pages(&effects)[0].entries.len(), 1);
    let effects = loaded(&mut session, 10, 2, vec![sealed(entry::MOST_BYTES + 1)]);
    let why = Notice::HeldBack { peer: PEER, held: held(10, 3, HeldReason::Oversized) };
    assert_eq!(effects[0], Effect::Report(why));
    assert_eq!((pages(&effects).len(), loads(&effects).len()), (0, 0));
}

#[test]
fn an_acknowledgement_is_the_durability_tick() {
    let (mut session, _) = open(&[3], hello(vec![at(10, 1)]));
    loaded(&mut session, 10, 1, vec![sealed(9), sealed(9)]);
    assert!(!session.was_useful());
    let effects = session.handle(ack(vec![at(10, 3)], vec![]), 0);
    let durable = Notice::Durable { peer: PEER, chain: chain(10), head: head(3) };
    assert_eq!(effects, [Effect::Report(durable)]);
    assert_eq!(session.handle(ack(vec![at(10, 3)], vec![]), 0), [], "once");
    assert!(session.was_useful());
}

#[test]
fn a_chain_that_waits_is_sent_again_when_its_receiver_says_so() {
    let (mut session, _) = open(&[2, 1], hello(vec![]));
    loaded(&mut session, 10, 0, vec![sealed(9), sealed(9)]);
    loaded(&mut session, 11, 0, vec![sealed(9)]);
    let waits = held(10, 2, HeldReason::UnknownDevice);
    let effects = session.handle(ack(vec![at(10, 1)], vec![waits.clone()]), 0);
    assert!(effects.contains(&Effect::Report(Notice::HeldBack { peer: PEER, held: waits })));
    assert_eq!(loads(&session.handle(grew(10, 3), 0)), [], "more of the same changes nothing");
    assert_eq!(loads(&session.handle(grew(11, 2), 0)), [(11, 1)], "the others flow");
    assert_eq!(loads(&session.handle(ack(vec![at(10, 1)], vec![]), 0)), [(10, 1)]);
}

#[test]
fn a_page_that_was_lost_ends_the_connection() {
    let (mut session, _) = open(&[2], hello(vec![]));
    loaded(&mut session, 10, 0, vec![sealed(9)]);
    let gap = ack(vec![], vec![held(10, 2, HeldReason::Gap)]);
    assert_eq!(session.handle(gap, 0), [Effect::Close(CloseReason::Lost)]);
    let (mut session, _) = open(&[2], hello(vec![]));
    loaded(&mut session, 10, 0, vec![sealed(9)]);
    session.handle(Event::Received(Message::Pong), 290_000);
    assert!(!session.handle(Event::Tick, 299_999).contains(&Effect::Close(CloseReason::Lost)));
    assert_eq!(session.handle(Event::Tick, 300_000), [Effect::Close(CloseReason::Lost)]);
    assert_eq!(session.handle(Event::Tick, 900_000), [], "what is closed says nothing");
}

#[test]
fn who_says_nothing_is_asked_once_and_left() {
    let (mut session, effects) = open(&[], hello(vec![]));
    assert_eq!(effects, [Effect::Wake(30_000)]);
    let effects = session.handle(Event::Tick, 30_000);
    assert_eq!(effects, [Effect::Send(Message::Ping), Effect::Wake(180_000)]);
    assert_eq!(session.handle(Event::Tick, 31_000), []);
    let effects = session.handle(Event::Received(Message::Pong), 32_000);
    assert_eq!(effects, [Effect::Wake(62_000)]);
    assert_eq!(session.handle(Event::Tick, 212_000), [Effect::Close(CloseReason::Silent)]);
    let mut ungreeted = self::session(store());
    ungreeted.handle(Event::Connected { wall: WALL, cursor: None }, 0);
    assert_eq!(ungreeted.handle(Event::Tick, 20_000), [Effect::Close(CloseReason::Silent)]);
}

#[test]
fn a_flood_is_not_drunk() {
    let (mut session, _) = open(&[], hello(vec![]));
    let page = Page { entries: vec![sealed(1)], cursor: None, more: true };
    let page = Event::Received(Message::Page(page));
    for _ in 0..8 {
        assert!(matches!(session.handle(page.clone(), 0)[0], Effect::Store(_)));
    }
    assert_eq!(session.handle(page, 0), [Effect::Close(CloseReason::Flooded)]);
}

#[test]
fn who_knows_more_of_my_own_chain_tells_me_that_i_am_behind() {
    let mine = ChainHead { chain: chain(1), head: head(9) };
    let mut session = session(store());
    session.handle(grew(1, 4), 0);
    session.handle(Event::Connected { wall: WALL, cursor: None }, 0);
    let greeting = Event::Received(Message::Hello(Box::new(hello(vec![mine]))));
    let behind = Notice::Behind { chain: chain(1), mine: 4, theirs: 9 };
    assert_eq!(session.handle(greeting, 0)[0], Effect::Report(behind));
    assert_eq!(session.handle(ack(vec![mine], vec![]), 0), [], "once");
}

/// A copy of this device wrote on after the greeting: the entry itself is the first word of it.
#[test]
fn an_entry_of_my_own_chain_that_i_never_wrote_tells_me_that_i_am_behind() {
    let mut session = session(store());
    session.handle(grew(1, 4), 0);
    session.handle(Event::Connected { wall: WALL, cursor: None }, 0);
    let mine = ChainHead { chain: chain(1), head: head(4) };
    session.handle(Event::Received(Message::Hello(Box::new(hello(vec![mine])))), 0);
    let page = Page { entries: vec![sealed(5)], cursor: None, more: false };
    session.handle(Event::Received(Message::Page(page)), 0);
    let held = vec![held(1, 5, HeldReason::Behind)];
    let stored = Event::Stored { have: vec![mine], held, forks: vec![] };
    let behind = Notice::Behind { chain: chain(1), mine: 4, theirs: 5 };
    let effects = session.handle(stored, 0);
    assert!(effects.contains(&Effect::Report(behind)), "{effects:?}");
}

#[test]
fn both_sides_of_a_fork_get_the_entry_that_proves_it() {
    let other = ChainHead { chain: chain(10), head: Head { seq: 5, hash: [99; 32] } };
    let (mut by_word, effects) = open(&[5], hello(vec![other]));
    assert_eq!(loads(&effects), [(10, 4)], "its word is answered by the entry, not believed");
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Report(_))));
    loaded(&mut by_word, 10, 4, vec![sealed(9)]);
    let effects = by_word.handle(grew(10, 8), 0);
    assert_eq!(loads(&effects), [], "nothing behind it is sent");

    let (mut by_proof, _) = open(&[5], hello(vec![at(10, 5)]));
    let page = Page { entries: vec![sealed(1)], cursor: None, more: false };
    by_proof.handle(Event::Received(Message::Page(page.clone())), 0);
    let fork = Fork { chain: chain(10), seq: 3, mine: [3; 32], theirs: [99; 32] };
    let stored = Event::Stored { have: vec![at(10, 5)], held: vec![], forks: vec![fork] };
    let effects = by_proof.handle(stored.clone(), 0);
    assert_eq!(effects[0], Effect::Report(Notice::Fork(fork)));
    let told = held(10, 3, HeldReason::Fork);
    assert!(matches!(&effects[1], Effect::Send(Message::Ack(ack)) if ack.held == [told]));
    assert_eq!(loads(&effects), [(10, 2)]);
    by_proof.handle(Event::Received(Message::Page(page)), 0);
    let again = by_proof.handle(stored, 0);
    assert!(matches!(again[..], [Effect::Send(Message::Ack(_))]), "told once: {again:?}");
}

/// Head office with a log of `length` entries of device 10, greeted by a till.
fn head_office(length: u64, hello: Hello) -> (Session, Vec<Effect>) {
    let mut session = session(Site::HeadOffice);
    session.handle(grew(10, length), 0);
    let cursor = Some(Cursor { log: LOG, position: length });
    session.handle(Event::Connected { wall: WALL, cursor }, 0);
    let effects = session.handle(Event::Received(Message::Hello(Box::new(hello))), 0);
    (session, effects)
}

fn log(from: u64, to: u64) -> Vec<Logged> {
    let logged = |seq| Logged {
        position: seq,
        chain: chain(10),
        seq,
        store: "YOW1".into(),
        sealed: sealed(9),
    };
    (from..=to).map(logged).collect()
}

fn read_from(effects: &[Effect]) -> Option<u64> {
    effects.iter().find_map(|effect| match effect {
        Effect::LoadLog { cursor, .. } => Some(cursor.position),
        _ => None,
    })
}

#[test]
fn head_office_sends_from_the_cursor_and_leaves_out_what_is_there() {
    let mut greeting = hello(vec![at(10, 6)]);
    greeting.cursor = Some(Cursor { log: LOG, position: 4 });
    let (mut session, effects) = head_office(9, greeting);
    assert_eq!(read_from(&effects), Some(4));
    let event = Event::LoadedLog { after: 4, entries: log(5, 9), to: 9, end: true };
    let effects = session.handle(event, 0);
    let page = pages(&effects)[0];
    let cursor = Some(Cursor { log: LOG, position: 9 });
    assert_eq!((page.entries.len(), page.cursor, page.more), (3, cursor, false));
    assert_eq!(read_from(&effects), None, "the log has ended");
    assert_eq!(read_from(&session.handle(grew(10, 10), 0)), Some(9));
}

#[test]
fn another_log_is_read_from_its_beginning() {
    let mut greeting = hello(vec![]);
    greeting.cursor = Some(Cursor { log: LOG + 1, position: 4 });
    assert_eq!(read_from(&head_office(9, greeting).1), Some(0));
}

#[test]
fn what_the_log_has_passed_follows_by_vector() {
    let mut greeting = hello(vec![at(10, 2)]);
    greeting.cursor = Some(Cursor { log: LOG, position: 9 });
    let (mut session, effects) = head_office(9, greeting);
    assert_eq!((read_from(&effects), loads(&effects)), (Some(9), vec![]));
    let end = Event::LoadedLog { after: 9, entries: vec![], to: 9, end: true };
    assert_eq!(loads(&session.handle(end, 0)), [(10, 2)]);
}

#[test]
fn a_cursor_alone_is_told_when_it_is_worth_it() {
    let told = |length| {
        let (mut session, _) = head_office(length, hello(vec![at(10, length)]));
        let event = Event::LoadedLog { after: 0, entries: log(1, length), to: length, end: true };
        pages(&session.handle(event, 0)).len()
    };
    assert_eq!((told(499), told(500)), (0, 1));
}

#[test]
fn numbers_at_their_end_are_no_panic() {
    let endless = ChainHead { chain: chain(10), head: Head { seq: u64::MAX, hash: [9; 32] } };
    let (mut session, effects) = head_office(3, hello(vec![endless]));
    assert_eq!(read_from(&effects), Some(0));
    let event = Event::LoadedLog { after: 0, entries: log(1, 3), to: 3, end: true };
    assert_eq!(session.handle(event, u64::MAX), []);
    let beyond = Cursor { log: LOG, position: u64::MAX };
    let ack = Ack { have: vec![endless], cursor: Some(beyond), held: vec![] };
    session.handle(Event::Received(Message::Ack(ack)), u64::MAX);
    assert_eq!(loads(&session.handle(grew(11, u64::MAX), u64::MAX)), [], "the log comes first");
}

#[test]
fn chains_that_nobody_here_has_heard_of_are_not_remembered_without_end() {
    let (mut session, _) = open(&[1], hello(vec![]));
    for n in 0..200_u32 {
        let device = |place: u32| {
            let mut device = [0; 16];
            device[..4].copy_from_slice(&(n * 500 + place).to_be_bytes());
            DeviceId(device)
        };
        let unheard_of = |place| Chain { device: device(place), epoch: 1, scope: Scope::Tenant };
        let have = (0..500).map(|place| ChainHead { chain: unheard_of(place), head: head(1) });
        session.handle(ack(have.collect(), vec![held(99, 1, HeldReason::Revoked)]), 0);
    }
    assert!(session.sending.remembers() <= super::message::MOST_CHAINS);
    let effects = session.handle(grew(11, 1), 0);
    assert_eq!(loads(&effects), [(11, 0)], "what is here is sent all the same");
}

fn ask() -> Word {
    Word::Ask(vec![Asked { id: [8; 16], wish: Wish::Tell }])
}

fn hears(word: &Word) -> Vec<Effect> {
    vec![Effect::Hear(word.clone())]
}

#[test]
fn tills_of_one_store_speak_of_paper_once_they_have_greeted() {
    let mut before = session(store());
    before.handle(Event::Connected { wall: WALL, cursor: None }, 0);
    let printer = Word::Printer(Printer::NONE);
    assert_eq!(before.handle(Event::Say(printer.clone()), 0), [], "nobody has greeted");
    let (mut session, _) = open(&[], hello(vec![]));
    let said = session.handle(Event::Say(printer.clone()), 0);
    assert_eq!(said, [Effect::Send(Message::Paper(printer))]);
    let heard = session.handle(Event::Received(Message::Paper(ask())), 0);
    assert_eq!(heard, hears(&ask()));
    let answer = Word::Jobs(Vec::new());
    let answered = session.handle(Event::Heard(Some(answer.clone())), 0);
    assert_eq!(answered, [Effect::Send(Message::Paper(answer))]);
    assert!(session.is_settled(), "what is printed is nothing that both have to hold");
}

#[test]
fn nobody_but_a_till_of_the_store_is_heard_about_paper() {
    let elsewhere = || Site::Store("YYC1".into());
    for (me, peer) in
        [(Site::HeadOffice, store()), (store(), Site::HeadOffice), (store(), elsewhere())]
    {
        let me = Node { tenant: "ACME".into(), site: me, device: ME, epoch: 1 };
        let greeting = Hello { store: peer.store().map(str::to_owned), ..hello(vec![]) };
        let mut session = Session::new(me, Peer { device: PEER, site: peer, refused: None });
        session.handle(Event::Connected { wall: WALL, cursor: None }, 0);
        session.handle(Event::Received(Message::Hello(Box::new(greeting))), 0);
        assert_eq!(session.handle(Event::Say(ask()), 0), []);
        assert_eq!(session.handle(Event::Received(Message::Paper(ask())), 0), []);
    }
}

#[test]
fn words_about_paper_that_nobody_waits_for_an_answer_to_are_a_flood() {
    let (mut session, _) = open(&[], hello(vec![]));
    let heard = |session: &mut Session| session.handle(Event::Received(Message::Paper(ask())), 0);
    for _ in 0..64 {
        assert_eq!(heard(&mut session), hears(&ask()));
    }
    session.handle(Event::Heard(None), 0);
    assert_eq!(heard(&mut session), hears(&ask()), "one was answered");
    assert_eq!(heard(&mut session), [Effect::Close(CloseReason::Flooded)]);
}
