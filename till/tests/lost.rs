//! A disk that went back in time and was written on in the same epoch: what it lost, and others hold, comes back to it.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod neighbours;
mod shop;

use comptoir_sync::entry::{Chain, Entry, Scope, Sealed};
use comptoir_sync::replication::lost::Found;
use comptoir_sync::replication::vector::{ChainHead, Head, Vector};
use comptoir_till::journal::lost::{self, Regained};
use comptoir_till::journal::receive;
use comptoir_till::orders;
use comptoir_till::orders::view::sale_view;
use comptoir_till::till::Till;
use neighbours::halves::{
    agree, bring_back, copied, find_out, halves, open, rows, sell, send_all, settle,
};
use neighbours::{missing, proven, pull};
use rusqlite::types::Value;
use shop::Shop;

/// As a session does: compares what `by` holds, and asks for what of it is missing, `most` entries at a time.
fn regain(till: &mut Till, by: &Till, most: usize) -> u64 {
    let mut said = 0;
    for there in receive::vector(by.db()).unwrap().iter() {
        let mut known = lost::lacking(till.db(), &there).unwrap();
        while let Some(heads) = known {
            let back = till.regain(&found(by, &there, &heads, most)).unwrap();
            (said, known) = (said + back.said, back.known);
        }
    }
    said
}

fn found(by: &Till, there: &ChainHead, known: &[Head], most: usize) -> Found {
    let entries = lost::find(by.db(), &there.chain, known, most, usize::MAX).unwrap();
    let last = entries.last().map_or(0, |last| Entry::read(&last.bytes).unwrap().seq);
    Found { chain: there.chain, entries, more: last < there.head.seq }
}

/// Whether anything of what `by` holds would be asked for.
fn lacks(till: &Till, by: &Till) -> bool {
    let there = receive::vector(by.db()).unwrap();
    there.iter().any(|at| lost::lacking(till.db(), &at).unwrap().is_some())
}

/// A shop's till whose disk went back in time: `left` alone holds what was written before that, and the till has found
/// out and begun another epoch.
fn back_in_time(shop: &mut Shop) -> Till {
    let (mut left, gone) = halves(shop);
    pull(&mut left, &gone);
    drop(gone);
    assert_eq!(send_all(&mut left, &shop.till).forks.len(), 1);
    send_all(&mut shop.till, &left);
    assert!(!lacks(&shop.till, &left), "nothing of an epoch that it writes itself");
    shop.till.leave_epoch(1).unwrap();
    pull(&mut left, &shop.till);
    left
}

fn count(till: &Till, table: &str) -> usize {
    rows(till, &format!("SELECT 1 FROM {table}")).len()
}

#[test]
fn what_a_disk_lost_comes_back_to_it_and_is_found_and_taken_back() {
    let mut shop = Shop::selling();
    let mut left = back_in_time(&mut shop);
    let ids = |till: &Till| rows(till, "SELECT hex(id) FROM sale ORDER BY 1");
    let lost: Vec<_> = ids(&left).into_iter().filter(|id| !ids(&shop.till).contains(id)).collect();
    assert_eq!((lost.len(), count(&shop.till, "sale")), (2, 3));
    assert!(regain(&mut shop.till, &left, 500) > 5);
    pull(&mut left, &shop.till);
    agree(&left, &shop.till);
    for till in [&left, &shop.till] {
        assert_eq!((count(till, "sale"), count(till, "unprojected")), (5, 0));
        proven(till);
    }
    // Yesterday's receipt is at the counter again.
    let [Value::Text(id)] = &lost[1][..] else { panic!("{lost:?}") };
    let sale = orders::find_by_receipt(shop.till.db(), shop.till.store(), id).unwrap();
    assert_eq!(sale_view(&mut shop.till, shop.manager, id).unwrap().id, sale.id.to_string());
    bring_back(&mut shop.till, shop.cashier, &sale);
    pull(&mut left, &shop.till);
    agree(&left, &shop.till);
    // It is whole, and stays so: nothing is asked for, and nothing said twice.
    let entries = count(&shop.till, "journal");
    assert!(!lacks(&shop.till, &left));
    let now = shop.till.now();
    let folder = shop.home();
    let Shop { till, folder: kept, .. } = shop;
    drop(till);
    let mut till = open(&folder, now);
    assert!(!lacks(&till, &left));
    assert_eq!(regain(&mut till, &left, 500), 0);
    assert_eq!(count(&till, "journal"), entries);
    drop(kept);
}

#[test]
fn what_comes_in_pieces_goes_on_where_it_was_cut() {
    let mut shop = Shop::selling();
    let mut left = back_in_time(&mut shop);
    let mut till = shop.till;
    let mut said = 0;
    for there in receive::vector(left.db()).unwrap().iter() {
        let mut asked = 0;
        while let Some(known) = lost::lacking(till.db(), &there).unwrap() {
            let piece = found(&left, &there, &known, 1);
            said += till.regain(&piece).unwrap().said;
            // The answer was kept, and the line cut: it comes once more.
            assert_eq!(till.regain(&piece).unwrap().said, 0);
            let (folder, now) = (till.home().folder().to_owned(), till.now());
            drop(till);
            till = open(&folder, now);
            asked += 1;
            assert!(asked <= 1 + there.head.seq, "it gets nowhere");
        }
    }
    assert!(said > 5);
    pull(&mut left, &till);
    agree(&left, &till);
    proven(&till);
}

#[test]
fn what_is_not_its_own_or_does_not_follow_is_not_taken() {
    let mut shop = Shop::selling();
    let mut left = back_in_time(&mut shop);
    let chain = Chain { device: shop.till.identity().device, epoch: 1, scope: Scope::Store };
    let there = ChainHead { chain, head: receive::vector(left.db()).unwrap().head(&chain) };
    let known = lost::lacking(shop.till.db(), &there).unwrap().unwrap();
    let good = found(&left, &there, &known, 500);
    let with = |change: &dyn Fn(&mut Vec<Sealed>)| {
        let mut entries = good.entries.clone();
        change(&mut entries);
        Found { entries, ..good.clone() }
    };
    let theirs = Chain { device: left.identity().device, ..chain };
    let others = receive::page(left.db(), &theirs, 0, 500, usize::MAX).unwrap();
    let present = Chain { epoch: shop.till.identity().epoch, ..chain };
    let before = count(&shop.till, "journal");
    for bad in [
        with(&|entries| entries[0].signature[5] ^= 1),
        with(&|entries| entries[0].bytes[40] ^= 1),
        with(&|entries| entries.retain(|sealed| *sealed == *good.entries.last().unwrap())),
        with(&|entries| *entries = others.clone()),
        with(&|entries| *entries = vec![Sealed { bytes: vec![0x80], signature: [0; 64] }]),
        with(&Vec::clear),
        Found { chain: theirs, entries: others.clone(), more: true },
        Found { chain: present, ..good.clone() },
    ] {
        assert_eq!(shop.till.regain(&bad).unwrap(), Regained::default());
    }
    assert_eq!(count(&shop.till, "journal"), before);
    // What stands before something bad is taken, and the rest asked for again.
    let cut = with(&|entries| entries.last_mut().unwrap().signature[5] ^= 1);
    let back = shop.till.regain(&cut).unwrap();
    assert!(back.said > 0 && lacks(&shop.till, &left));
    regain(&mut shop.till, &left, 500);
    pull(&mut left, &shop.till);
    agree(&left, &shop.till);
    proven(&shop.till);
}

/// One epoch says two histories of another, with the same numbers, to a till that holds neither of them.
#[test]
fn two_histories_that_one_epoch_says_again_are_both_shown() {
    for first in [true, false] {
        let mut shop = Shop::selling();
        let (mut left, gone) = halves(&mut shop);
        let mut later = open(&copied(&left, "later"), shop.till.now());
        pull(&mut left, &gone);
        send_all(&mut left, &shop.till);
        send_all(&mut shop.till, &left);
        shop.till.leave_epoch(1).unwrap();
        regain(&mut shop.till, &left, 500);
        let of_epoch = |till: &Till, shared: bool| -> Vec<Sealed> {
            let all = missing(till, &Vector::default());
            let epoch = |sealed: &Sealed| Entry::read(&sealed.bytes).unwrap().epoch;
            all.into_iter().filter(|sealed| (epoch(sealed) == 1) == shared).collect()
        };
        assert_eq!(later.receive(of_epoch(&shop.till, false)).unwrap().held, []);
        // But for what both histories have in common.
        assert_eq!((count(&later, "sale"), count(&later, "unprojected")), (4, 0));
        assert_eq!(count(&later, "hidden"), 0, "all of it is new there");
        proven(&later);
        let from = if first { &left } else { &shop.till };
        assert!(later.receive(of_epoch(from, true)).unwrap().new > 0);
        pull(&mut left, &shop.till);
        agree(&later, &left);
        for till in [&later, &left, &shop.till] {
            assert_eq!((count(till, "sale"), count(till, "unprojected")), (5, 0));
            proven(till);
        }
    }
}

/// Both halves run: what the one says for the other comes twice, and is shown once.
#[test]
fn a_branch_that_both_halves_say_again_is_shown_once() {
    for early in [true, false] {
        let mut shop = Shop::selling();
        let (mut left, mut clone) = halves(&mut shop);
        pull(&mut left, &clone);
        if early {
            // The other half has not heard of anything yet.
            send_all(&mut left, &shop.till);
            send_all(&mut shop.till, &left);
            shop.till.leave_epoch(1).unwrap();
            assert!(regain(&mut shop.till, &left, 500) > 0);
        }
        find_out(&mut left, &mut shop.till, &mut clone);
        settle([&mut left, &mut shop.till, &mut clone]);
        // Who hears the other half say it by itself has nothing to say.
        let said = [regain(&mut clone, &shop.till, 500), regain(&mut shop.till, &clone, 500)];
        assert_eq!(said, [0, 0]);
        assert!(!lacks(&clone, &shop.till) && !lacks(&shop.till, &clone));
        settle([&mut left, &mut shop.till, &mut clone]);
        agree(&left, &shop.till);
        agree(&left, &clone);
        for till in [&left, &shop.till, &clone] {
            assert_eq!((count(till, "sale"), count(till, "unprojected")), (5, 0));
            proven(till);
        }
    }
}

/// What the disk lost of its next epoch, too, is in part what that had said again.
#[test]
fn what_a_lost_epoch_had_said_again_is_said_by_the_entries_inside() {
    let mut shop = Shop::selling();
    let mut left = back_in_time(&mut shop);
    let image = copied(&shop.till, "image");
    assert!(regain(&mut shop.till, &left, 500) > 0);
    shop.sell(&["LOAF"]);
    pull(&mut left, &shop.till);
    // Its disk goes back once more, and is written on before anybody is met.
    let mut till = open(&image, shop.till.now() + 60_000);
    sell(&mut till, shop.cashier, "COF");
    assert!(!send_all(&mut left, &till).forks.is_empty());
    send_all(&mut till, &left);
    till.leave_epoch(2).unwrap();
    assert!(regain(&mut till, &left, 500) > 0);
    pull(&mut left, &till);
    agree(&left, &till);
    for till in [&left, &till] {
        assert_eq!((count(till, "sale"), count(till, "unprojected")), (7, 0));
        proven(till);
    }
    assert!(!lacks(&till, &left));
}
