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
#[path = "../tests/wire/mod.rs"]
mod wire;

use std::time::{Duration, Instant};

use comptoir_head_office::database::migrate;
use comptoir_head_office::enrolment::{enrol, found, make_code};
use comptoir_head_office::office::wall;
use comptoir_head_office::tenants;
use comptoir_sync::enrolment::Request;
use futures_util::TryStreamExt;
use house::{Device, Lasting, lasting};
use program::{Program, five_lines, median, office};
use sqlx::postgres::PgPoolCopyExt;
use wire::Wire;

const SALES: usize = 10_000;
const PAGE: usize = 500;
const WINDOW: usize = 4;
const ROUNDS: usize = 5;

/// Every table that a page of sales writes, and which of its rows are of positions $1 to $2.
const TABLES: &[(&str, &str)] = &[
    ("entry", "SELECT * FROM entry WHERE position BETWEEN {}"),
    ("receipt", "SELECT * FROM receipt WHERE position BETWEEN {}"),
    ("sale", "SELECT * FROM sale WHERE position BETWEEN {}"),
    (
        "sale_line",
        "SELECT sale_line.* FROM sale_line JOIN sale ON sale.id = sale WHERE position BETWEEN {}",
    ),
    (
        "sale_tax",
        "SELECT sale_tax.* FROM sale_tax JOIN sale ON sale.id = sale WHERE position BETWEEN {}",
    ),
    (
        "sale_tender",
        "SELECT sale_tender.* FROM sale_tender JOIN sale ON sale.id = sale WHERE position BETWEEN {}",
    ),
    ("stock_movement", "SELECT * FROM stock_movement WHERE position BETWEEN {}"),
];

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let cluster = lasting();
    let till = till_with_sales();
    // The first push is thrown away but for its rows: they are what the floor copies.
    let (_, memory_before, memory_after) = work(&cluster, "first", &till).await;
    let pages = rows(&cluster.superuser("first")).await;
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

/// The rows of each page of a push, table by table.
type Pages = Vec<Vec<(&'static str, Vec<u8>)>>;

async fn rows(from: &str) -> Pages {
    let from = sqlx::PgPool::connect(from).await.unwrap();
    let mut pages = Vec::new();
    let last = SALES as i64 + 2;
    let mut at = 1;
    while at <= last {
        let range = format!("{at} AND {}", at + PAGE as i64 - 1);
        let mut page = Vec::new();
        for (table, select) in TABLES {
            let copy = format!("COPY ({}) TO STDOUT (FORMAT binary)", select.replace("{}", &range));
            let mut stream = from.copy_out_raw(&copy).await.unwrap();
            let mut rows = Vec::new();
            while let Some(bytes) = stream.try_next().await.unwrap() {
                rows.extend_from_slice(&bytes);
            }
            page.push((*table, rows));
        }
        pages.push(page);
        at += PAGE as i64;
    }
    pages
}

/// Copies the rows into a database of its own, a transaction a page.
async fn floor(cluster: &Lasting, name: &str, pages: &Pages) -> Duration {
    migrate(&cluster.make(name).parse().unwrap()).await.unwrap();
    let to = sqlx::PgPool::connect(&cluster.superuser(name)).await.unwrap();
    let mut db = to.acquire().await.unwrap();
    let begun = Instant::now();
    for page in pages {
        sqlx::raw_sql("BEGIN").execute(&mut *db).await.unwrap();
        for (table, rows) in page {
            let mut copy =
                db.copy_in_raw(&format!("COPY {table} FROM STDIN (FORMAT binary)")).await.unwrap();
            copy.send(rows.as_slice()).await.unwrap();
            copy.finish().await.unwrap();
        }
        sqlx::raw_sql("COMMIT").execute(&mut *db).await.unwrap();
    }
    begun.elapsed()
}
