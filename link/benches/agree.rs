//! What it costs tills to agree over the shop's network, with certificates on both sides: 10,000 sales of five lines
//! taken in by a till that was away, against raw SQLite writing the same rows, in turns; how long somebody at its
//! counter waits meanwhile; a sale on the wire; a parked cart and a changed price until the other till has them. Printed, not judged: nothing here passes or fails by the clock.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::float_arithmetic,
    reason = "it measures, and nobody calls it"
)]

#[path = "../tests/company/mod.rs"]
mod company;
mod raw;

use std::time::{Duration, Instant};

use company::{Company, Register, acquaint, until};
use comptoir_domain::cart::VoidReason;
use comptoir_domain::operators::Role;
use comptoir_sync::entry::Scope;
use comptoir_sync::replication::frame::pack;
use comptoir_sync::replication::message::{MOST_PAGE_BYTES, MOST_PAGE_ENTRIES, Message, Page};
use comptoir_sync::replication::vector::Vector;
use comptoir_till::cart::{self, park};
use comptoir_till::catalog::products;
use comptoir_till::journal::receive;
use comptoir_till::{database, operators, orders};
use raw::write_again;
use rusqlite::Connection;

const SALES: usize = 10_000;
const ROUNDS: usize = 200;
/// How often catching up and its floor are measured, one after the other.
const TURNS: usize = 3;

fn main() {
    let company = Company::new();
    let mut one = company.first();
    let mut two = company.another(&one, 2);
    acquaint(&[&one, &two]);
    let codes = codes(&one);
    let (mut times, mut floors, mut packed) = (Vec::new(), Vec::new(), 0);
    for round in 0..TURNS {
        let raw = company.folder.path().join(format!("raw-{round}.db"));
        let copy = "VACUUM INTO ?1";
        two.till().db().execute(copy, [raw.to_str().unwrap()]).unwrap();
        let before = last_entry(&two);
        eprintln!("{SALES} sales …");
        (0..SALES).for_each(|n| sell(&one, &codes, n));
        packed = on_the_wire(&one);
        one.go_online(&[]);
        let address = one.address();
        let all = one.vector();
        // Not by the till itself: that would be somebody at its counter.
        let aside = database::open_reader(&two.folder.join("till.db")).unwrap();
        let begun = Instant::now();
        two.go_online(&[address]);
        until("the second till has them", || has(&aside, &all));
        times.push(begun.elapsed());
        (one.mesh, two.mesh) = (None, None);
        floors.push(write_again(two.till().db(), (before, SALES), &raw));
    }
    let (took, floor) = (median(&mut times), median(&mut floors));
    let ratio = took.as_secs_f64() / floor.as_secs_f64();
    println!("| work | took | floor | ratio | at most |\n|---|---|---|---|---|");
    println!(
        "| a second till catches up on {SALES} sales of 5 lines | {took:.2?} | {floor:.2?} raw | {ratio:.2}× | 3× |"
    );
    println!("| a 5-line sale on the wire, packed | {} B | | | 450 B |", packed / SALES);

    eprintln!("{SALES} sales …");
    (0..SALES).for_each(|n| sell(&one, &codes, n));
    one.go_online(&[]);
    two.go_online(&[one.address()]);
    show("a scan at a till that catches up", scan_meanwhile(&two, &one, &codes), "");

    let parked: Vec<Duration> = (0..ROUNDS).map(|n| park_and_see(&one, &two, &codes, n)).collect();
    show("a cart parked on one till until another lists it", parked, "p99 300 ms");
    let priced: Vec<Duration> = (0..ROUNDS).map(|n| price_and_see(&one, &two, n)).collect();
    show("a price changed at one till until another sells at it", priced, "p99 1 s");
}

fn codes(register: &Register) -> Vec<String> {
    let till = register.till();
    let select = "SELECT code FROM sku JOIN product ON product.id = sku.product JOIN price ON price.sku = code
         WHERE unit = 'each' AND minimum_age IS NULL AND archived = 0 AND cannabis IS NULL
         AND NOT EXISTS (SELECT 1 FROM sku_charge WHERE sku_charge.sku = sku.id) ORDER BY code";
    let mut select = till.db().prepare(select).unwrap();
    select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn sell(register: &Register, codes: &[String], n: usize) {
    let mut till = register.till();
    for line in 0..5 {
        let code = &codes[(n * 7 + line * 13) % codes.len()];
        cart::add(&mut till, register.cashier, code, None).unwrap();
    }
    let view = cart::show(&mut till).unwrap();
    orders::complete_sale(&mut till, register.cashier, view.id, Some(view.total), None).unwrap();
}

/// Whether a disk holds all of that, whatever else.
fn has(db: &Connection, all: &Vector) -> bool {
    let here = receive::vector(db).unwrap();
    all.iter().all(|at| here.head(&at.chain) == at.head)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Scans at a till until it has all that another has: how long each took, with waiting for the till.
fn scan_meanwhile(register: &Register, other: &Register, codes: &[String]) -> Vec<Duration> {
    let all = other.vector();
    let mut times = Vec::new();
    while !has(register.till().db(), &all) {
        let begun = Instant::now();
        let mut till = register.till();
        cart::add(&mut till, register.cashier, &codes[times.len() % codes.len()], None).unwrap();
        drop(till);
        times.push(begun.elapsed());
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut till = register.till();
    cart::void_cart(&mut till, register.cashier, VoidReason::Other).unwrap();
    times
}

/// Bytes of all pages of the till's own last sales as they travel.
fn on_the_wire(register: &Register) -> usize {
    let till = register.till();
    let vector = receive::vector(till.db()).unwrap();
    let me = till.identity();
    let own = vector
        .iter()
        .find(|held| held.chain.device == me.device && held.chain.scope == Scope::Store)
        .unwrap();
    let (mut bytes, mut after) = (0, own.head.seq - SALES as u64);
    while after < own.head.seq {
        let page = receive::page(till.db(), &own.chain, after, MOST_PAGE_ENTRIES, MOST_PAGE_BYTES);
        let entries = page.unwrap();
        after += entries.len() as u64;
        bytes += pack(&Message::Page(Page { entries, cursor: None, more: true })).len();
    }
    bytes
}

fn last_entry(register: &Register) -> i64 {
    let till = register.till();
    till.db().query_row("SELECT max(id) FROM journal", [], |row| row.get(0)).unwrap()
}

fn park_and_see(one: &Register, two: &Register, codes: &[String], n: usize) -> Duration {
    let mut till = one.till();
    cart::add(&mut till, one.cashier, &codes[n % codes.len()], None).unwrap();
    let begun = Instant::now();
    park::park(&mut till, one.cashier, &format!("Cart {n}")).unwrap();
    drop(till);
    let listed = loop {
        let parked = park::parked(&mut two.till()).unwrap();
        if let Some(cart) = parked.first() {
            break cart.id;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let took = begun.elapsed();
    let mut there = two.till();
    park::resume(&mut there, two.cashier, listed).unwrap();
    cart::void_cart(&mut there, two.cashier, VoidReason::Other).unwrap();
    drop(there);
    until("the first till knows that it is taken", || two.vector() == one.vector());
    took
}

fn price_and_see(one: &Register, two: &Register, n: usize) -> Duration {
    let sku = codes(one).swap_remove(0);
    let mut till = one.till();
    let of_role = |operator: &operators::Operator| operator.role == Role::Manager;
    let manager = operators::list(till.db()).unwrap().into_iter().find(of_role).unwrap().id;
    let mut draft = products::view(&till, &sku).unwrap().draft;
    let place = draft.skus.iter().position(|one| one.code == sku).unwrap();
    draft.skus[place].price = format!("{}.{:02}", 1 + n / 100, n % 100);
    let begun = Instant::now();
    products::save(&mut till, manager, Some(&sku), &draft).unwrap();
    drop(till);
    loop {
        let mut there = two.till();
        let cart = cart::add(&mut there, two.cashier, &sku, None).unwrap();
        let price = cart.lines[0].line.price.minor();
        cart::void_cart(&mut there, two.cashier, VoidReason::Other).unwrap();
        if price == (100 + n) as i64 {
            return begun.elapsed();
        }
        drop(there);
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn show(work: &str, mut times: Vec<Duration>, at_most: &str) {
    times.sort_unstable();
    let at = |hundredths: usize| times[(times.len() - 1) * hundredths / 100];
    println!("| {work} | {:.1?} median, {:.1?} p99 | | | {at_most} |", at(50), at(99));
}
