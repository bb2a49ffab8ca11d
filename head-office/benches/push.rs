//! What it costs to take sales in: 10,000 of five lines, pushed over a WebSocket to the program in a process of its own,
//! against the same rows copied straight into the same PostgreSQL, page by page, each page one transaction. Both with
//! every commit on disk, each into a database of its own, in turn and turn about: what else the machine does falls on both.
//! Printed, not judged: nothing here passes or fails by the clock.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::float_arithmetic,
    reason = "it measures, and nobody calls it"
)]

#[path = "../tests/house/mod.rs"]
mod house;
mod program;
mod straight;
#[path = "../tests/wire/mod.rs"]
mod wire;

use std::time::{Duration, Instant};

use comptoir_head_office::database::migrate;
use comptoir_head_office::enrolment::{enrol, found, make_code};
use comptoir_head_office::office::wall;
use comptoir_head_office::tenants;
use comptoir_sync::enrolment::Request;
use house::{Device, Lasting, lasting};
use program::{Program, five_lines, median, office};
use straight::{floor, rows};
use wire::Wire;

const SALES: usize = 10_000;
const PAGE: usize = 500;
const WINDOW: usize = 4;
const ROUNDS: usize = 5;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let cluster = lasting();
    let till = till_with_sales();
    // The first push is thrown away but for its rows: they are what the floor copies.
    let (_, memory_before, memory_after) = work(&cluster, "first", &till).await;
    let pages = rows(&cluster.superuser("first"), (1, SALES as i64 + 2), PAGE).await;
    let (mut works, mut floors) = (Vec::new(), Vec::new());
    println!("| round | push | copied straight | ratio |\n|---|---|---|---|");
    for round in 1..=ROUNDS {
        let name = |what: &str| format!("{what}_{round}");
        if round % 2 == 0 {
            works.push(work(&cluster, &name("work"), &till).await.0);
            floors.push(floor(&cluster, &name("floor"), &pages).await);
        } else {
            floors.push(floor(&cluster, &name("floor"), &pages).await);
            works.push(work(&cluster, &name("work"), &till).await.0);
        }
        let (work, floor) = (works[round - 1], floors[round - 1]);
        println!("| {round} | {work:.2?} | {floor:.2?} | {:.2} |", ratio(work, floor));
    }
    let ratios = works.iter().zip(&floors).map(|(work, floor)| ratio(*work, *floor)).collect();
    let (work, floor, ratio) = (median(works), median(floors), median(ratios));
    let bytes: usize = till.written.iter().map(|sealed| sealed.bytes.len() + 64).sum();
    println!("\n| work | took | floor | ratio | at most |\n|---|---|---|---|---|");
    println!(
        "| push of {SALES} sales of 5 lines, medians of {ROUNDS} rounds | {work:.2?} | {floor:.2?} copied straight | {ratio:.2} | 2 |"
    );
    println!(
        "| memory of the server while it takes them in | {memory_after} MB at its highest | {memory_before} MB before | | 200 MB |"
    );
    println!("| entries, not packed | {} B a sale | | | |", bytes / till.written.len());
}

fn ratio(work: Duration, floor: Duration) -> f64 {
    work.as_secs_f64() / floor.as_secs_f64()
}

fn till_with_sales() -> Device {
    let mut till = Device::new("ACME", "YOW1", 1);
    for _ in 0..SALES {
        five_lines(&mut till);
    }
    till
}

/// Pushes all sales to the program with a database of its own; answers how long it took, and the most memory that the
/// program ever had before and after, in megabytes.
async fn work(cluster: &Lasting, name: &str, till: &Device) -> (Duration, u64, u64) {
    let url = cluster.make(name);
    migrate(&url.parse().unwrap()).await.unwrap();
    let office = office(&url).await;
    found(&office, "ACME", "Acme", wall()).await.unwrap();
    let mut tx = office.database.of_tenant("ACME").await.unwrap();
    tenants::add_store(&mut tx, "ACME", "YOW1", "Ottawa", wall()).await.unwrap();
    tx.commit().await.unwrap();
    let code = make_code(&office, "ACME", "YOW1", wall()).await.unwrap();
    let existing = comptoir_sync::enrolment::Existing {
        tenant: "ACME".into(),
        store: "YOW1".into(),
        register: 1,
        epoch: 1,
        secret: [5; 32],
        former: vec![],
    };
    enrol(&office, &Request::new(&code, &till.key, Some(existing)), wall()).await.unwrap().unwrap();
    office.database.close().await;

    let server = Program::serve(&url);
    let (mut wire, _) = Wire::greet(server.address, till, vec![], None).await;
    let before = server.memory();
    let took = push(&mut wire, till).await;
    (took, before, server.memory())
}

async fn push(wire: &mut Wire, till: &Device) -> Duration {
    let begun = Instant::now();
    let mut under_way = 0;
    for page in till.written.chunks(PAGE) {
        if under_way == WINDOW {
            wire.ack().await;
            under_way -= 1;
        }
        wire.push(page.to_vec()).await;
        under_way += 1;
    }
    for _ in 0..under_way {
        assert!(wire.ack().await.held.is_empty());
    }
    begun.elapsed()
}
