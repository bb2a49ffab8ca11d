use ed25519_dalek::SigningKey;

use super::*;
use crate::facts::operators::SignedIn;
use crate::facts::trust::{EpochReason, EpochStarted};
use crate::facts::{Fact, Id};

const WALL: i64 = 1_763_650_000_000;

fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

fn receiver() -> Node {
    let device = DeviceId::of(&key(9).verifying_key());
    Node { tenant: "ACME".into(), site: Site::Store("YOW1".into()), device, epoch: 1 }
}

fn known(key: &SigningKey, head: Head) -> Known {
    let site = Site::Store("YOW1".into());
    let device = Device { key: key.verifying_key(), site, epoch: 1, last_good: None };
    Known { device: Some(device), head, hashes: BTreeMap::new(), frozen: false }
}

fn entry(key: &SigningKey, seq: u64, prev: Hash) -> Entry {
    let fact = match seq {
        1 => Fact::EpochStarted(EpochStarted {
            public_key: key.verifying_key().to_bytes(),
            register: 1,
            reason: EpochReason::Initialised,
            previous: None,
        }),
        _ => Fact::SignedIn(SignedIn { operator: Id([seq as u8; 16]) }),
    };
    Entry {
        v: entry::VERSION,
        tenant: "ACME".into(),
        store: "YOW1".into(),
        device: DeviceId::of(&key.verifying_key()).0,
        epoch: 1,
        scope: Scope::Store,
        seq,
        prev,
        hlc: seq,
        wall: WALL,
        kind: fact.kind().to_owned(),
        kind_v: 1,
        operator: None,
        body: fact.encode(),
    }
}

fn receive(sealed: Sealed) -> Received {
    read(sealed).unwrap()
}

/// A chain of `length` entries.
fn chain(key: &SigningKey, length: u64) -> Vec<Received> {
    let mut prev = NO_HASH;
    let mut next = |seq| {
        let received = receive(entry(key, seq, prev).seal(key));
        prev = received.hash;
        received
    };
    (1..=length).map(&mut next).collect()
}

fn head(received: &Received) -> Head {
    Head { seq: received.entry.seq, hash: received.hash }
}

/// Each verdict as a word.
fn words(known: &Known, run: &[Received]) -> Vec<String> {
    let word = |verdict: Verdict| match verdict {
        Verdict::New { far_ahead: false, .. } => "new".to_owned(),
        Verdict::New { .. } => "new, far ahead".to_owned(),
        Verdict::Known => "known".to_owned(),
        Verdict::Early => "early".to_owned(),
        Verdict::Fork(fork) => format!("fork at {}", fork.seq),
        Verdict::Quarantine(reason) => format!("{reason:?}"),
    };
    accept(&receiver(), known, run, WALL).into_iter().map(word).collect()
}

/// The verdict on one second entry, changed and signed again, and on what is known of its device.
fn one(change: impl Fn(&mut Entry), know: impl Fn(&mut Known)) -> String {
    let writer = key(1);
    let first = &chain(&writer, 1)[0];
    let mut second = entry(&writer, 2, first.hash);
    change(&mut second);
    let mut known = known(&writer, head(first));
    know(&mut known);
    words(&known, &[receive(second.seal(&writer))]).remove(0)
}

#[test]
fn a_chain_is_taken_in_once() {
    let writer = key(1);
    let run = chain(&writer, 5);
    assert_eq!(words(&known(&writer, Head::NONE), &run), ["new"; 5]);
    assert_eq!(words(&known(&writer, Head::NONE), &run[1..]), ["early"; 4]);
    let mut known = known(&writer, head(&run[4]));
    known.hashes = run.iter().map(|received| (received.entry.seq, received.hash)).collect();
    assert_eq!(words(&known, &run), ["known"; 5]);
}

#[test]
fn an_entry_that_comes_twice_in_a_page_is_taken_once() {
    let writer = key(1);
    let run = chain(&writer, 2);
    let run = [run[0].clone(), run[0].clone(), run[1].clone()];
    assert_eq!(words(&known(&writer, Head::NONE), &run), ["new", "known", "new"]);
}

#[test]
fn what_stands_behind_a_bad_entry_waits() {
    let writer = key(1);
    let mut run = chain(&writer, 4);
    run[1].sealed.signature[5] ^= 1;
    let verdicts = words(&known(&writer, Head::NONE), &run);
    assert_eq!(verdicts, ["new", "BadSignature", "early", "early"]);
}

#[test]
fn who_signed_is_asked_once_and_of_the_right_key() {
    let (writer, other) = (key(1), key(2));
    let known = known(&writer, Head::NONE);
    let mut run = chain(&writer, 4);
    run[2].sealed.signature[5] ^= 1;
    check_signatures(&mut run, &other.verifying_key());
    assert!(run.iter().all(|received| received.signed_by.is_none()), "another's key signed none");
    assert_eq!(words(&known, &run), ["new", "new", "BadSignature", "early"], "so it is asked then");
    check_signatures(&mut run, &writer.verifying_key());
    let signed: Vec<bool> = run.iter().map(|received| received.signed_by.is_some()).collect();
    assert_eq!(signed, [true, true, false, true]);
    assert_eq!(words(&known, &run), ["new", "new", "BadSignature", "early"]);
    run.iter_mut().for_each(|received| received.signed_by = Some(other.verifying_key()));
    assert_eq!(words(&known, &run), ["new", "new", "BadSignature", "early"], "that is not its key");
}

#[test]
fn every_reason_to_hold_an_entry_back() {
    let fine = |_: &mut Known| {};
    let same = |_: &mut Entry| {};
    assert_eq!(one(same, fine), "new");
    assert_eq!(one(|e| e.body = vec![0; entry::MOST_BYTES], fine), "Oversized");
    assert_eq!(one(same, |known| known.device = None), "UnknownDevice");
    let not_its_key =
        |known: &mut Known| known.device.as_mut().unwrap().key = key(2).verifying_key();
    assert_eq!(one(same, not_its_key), "UnknownDevice");
    assert_eq!(one(|e| e.tenant = "EVIL".into(), fine), "WrongPlace");
    assert_eq!(one(|e| e.store = "YYC1".into(), fine), "WrongPlace");
    assert_eq!(one(|e| e.scope = Scope::Tenant, fine), "WrongScope");
    assert_eq!(one(|e| e.body = vec![0xff], fine), "Unreadable");
    assert_eq!(one(same, |known| known.frozen = true), "Fork");
    assert_eq!(one(|e| e.wall = WALL + 2 * FAR_AHEAD, fine), "new, far ahead");
    assert_eq!(one(|e| e.wall = 0, fine), "new", "a clock that stands still refuses nothing");
}

#[test]
fn what_only_a_newer_device_writes_stands() {
    assert_eq!(one(|e| e.kind = "drone_landed".into(), |_| {}), "new");
    let newer = |e: &mut Entry| (e.kind_v, e.body) = (9, vec![0xff]);
    assert_eq!(one(newer, |_| {}), "new", "a newer version of a kind is kept unread");
}

#[test]
fn a_revoked_device_keeps_what_was_good() {
    let last_good = |seq| {
        move |known: &mut Known| {
            let device = DeviceId::of(&key(1).verifying_key());
            let chain = Chain { device, epoch: 1, scope: Scope::Store };
            known.device.as_mut().unwrap().last_good = Some([(chain, seq)].into());
        }
    };
    assert_eq!(one(|_| {}, last_good(2)), "new");
    assert_eq!(one(|_| {}, last_good(1)), "Revoked");
    let all_bad = |known: &mut Known| {
        known.device.as_mut().unwrap().last_good = Some(BTreeMap::new());
    };
    assert_eq!(one(|_| {}, all_bad), "Revoked");
}

#[test]
fn an_epoch_begins_with_the_words_that_say_so() {
    let writer = key(1);
    let verdict = |change: &dyn Fn(&mut Entry)| {
        let mut first = entry(&writer, 1, NO_HASH);
        first.epoch = 2;
        change(&mut first);
        words(&known(&writer, Head::NONE), &[receive(first.seal(&writer))]).remove(0)
    };
    assert_eq!(verdict(&|_| {}), "new");
    assert_eq!(verdict(&|e| e.kind = "signed_in".into()), "UnknownDevice");
    assert_eq!(verdict(&|e| e.epoch = 0), "UnknownDevice", "there is no epoch 0");
    let tenant = |e: &mut Entry| (e.scope, e.kind) = (Scope::Tenant, "drone_landed".into());
    assert_eq!(verdict(&tenant), "UnknownDevice", "its store's chain has to come first");
    let mut run = chain(&writer, 3);
    let mut prev = NO_HASH;
    for received in &mut run {
        (received.entry.epoch, received.entry.prev) = (2, prev);
        *received = receive(received.entry.seal(&writer));
        prev = received.hash;
    }
    assert_eq!(words(&known(&writer, Head::NONE), &run), ["new"; 3], "begun by the first of them");
    let mut elsewhere = known(&writer, Head::NONE);
    elsewhere.device.as_mut().unwrap().site = Site::Store("YYC1".into());
    let mut first = entry(&writer, 1, NO_HASH);
    (first.epoch, first.store) = (2, "YYC1".into());
    tenant(&mut first);
    assert_eq!(
        words(&elsewhere, &[receive(first.seal(&writer))]),
        ["new"],
        "never to be seen here"
    );
}

#[test]
fn two_histories_are_a_fork_when_both_are_signed() {
    let writer = key(1);
    let mine = chain(&writer, 3);
    let mut known = known(&writer, head(&mine[2]));
    known.hashes = mine.iter().map(|received| (received.entry.seq, received.hash)).collect();
    let mut other = entry(&writer, 3, mine[1].hash);
    other.wall += 1;
    let third = receive(other.seal(&writer));
    let fourth = receive(entry(&writer, 4, third.hash).seal(&writer));
    assert_eq!(words(&known, &[third.clone(), fourth.clone()]), ["fork at 3", "Fork"]);
    assert_eq!(words(&known, std::slice::from_ref(&fourth)), ["fork at 3"], "by what it follows");
    let mut forged = third.clone();
    forged.sealed.signature = fourth.sealed.signature;
    assert_eq!(words(&known, &[forged]), ["BadSignature"], "a claim is no proof");
}

#[test]
fn a_forged_entry_makes_no_fork_of_the_true_one_behind_it() {
    let writer = key(1);
    let run = chain(&writer, 3);
    let mut other = entry(&writer, 2, run[0].hash);
    other.wall += 1;
    let forged = receive(other.seal(&key(2)));
    let verdicts = words(&known(&writer, head(&run[0])), &[forged, run[2].clone()]);
    assert_eq!(verdicts, ["BadSignature", "early"]);
}

#[test]
fn a_device_does_not_take_in_what_it_forgot_of_its_own_epoch() {
    let writer = key(9);
    let run = chain(&writer, 2);
    assert_eq!(words(&known(&writer, Head::NONE), &run), ["Behind", "early"]);
    let mut later = receiver();
    later.epoch = 2;
    let verdicts = accept(&later, &known(&writer, Head::NONE), &run, WALL);
    assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::New { .. })), "{verdicts:?}");
}
