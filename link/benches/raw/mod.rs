//! The floor of a till that takes sales in: raw SQLite writing the same rows, page by page.
#![allow(dead_code, unreachable_pub, reason = "each bench uses its part of it")]

use std::path::Path;
use std::time::{Duration, Instant};

use comptoir_sync::replication::message::MOST_PAGE_ENTRIES;
use comptoir_till::database;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// Every table that a page of sales writes, and its column that names the entry.
const TABLES: [(&str, &str); 6] = [
    ("journal", "id"),
    ("sale", "entry"),
    ("sale_line", "sale"),
    ("sale_tax", "sale"),
    ("sale_tender", "sale"),
    ("stock_movement", "entry"),
];

/// Writes the rows that the till wrote into a copy of its tables as they were before, page by page.
pub fn write_again(from: &Connection, (before, sales): (i64, usize), raw: &Path) -> Duration {
    let mut raw = database::open(raw).unwrap();
    let last = before + sales as i64 + 10;
    let mut pages = Vec::new();
    let mut at = before + 1;
    while at <= last {
        let to = at + MOST_PAGE_ENTRIES as i64 - 1;
        let rows = |(table, column): (&'static str, &str)| {
            let of = format!("SELECT * FROM {table} WHERE {column} BETWEEN {at} AND {to}");
            (table, rows(from, &of))
        };
        pages.push(TABLES.map(rows));
        at = to + 1;
    }
    let stock = rows(from, "SELECT * FROM stock");
    let chains = rows(from, "SELECT * FROM chain");
    let begun = Instant::now();
    for page in pages {
        let tx = raw.transaction().unwrap();
        write(&tx, "chain", &chains);
        for (table, rows) in &page {
            write(&tx, table, rows);
        }
        write(&tx, "stock", &stock);
        tx.commit().unwrap();
    }
    begun.elapsed()
}

fn rows(db: &Connection, select: &str) -> Vec<Vec<Value>> {
    let mut select = db.prepare(select).unwrap();
    let columns = select.column_count();
    let rows = select.query_map([], |row| (0..columns).map(|n| row.get(n)).collect()).unwrap();
    rows.map(Result::unwrap).collect()
}

fn write(db: &Connection, table: &str, rows: &[Vec<Value>]) {
    let Some(first) = rows.first() else { return };
    let places = vec!["?"; first.len()].join(", ");
    let insert = match table {
        "chain" | "stock" => format!("INSERT OR REPLACE INTO {table} VALUES ({places})"),
        _ => format!("INSERT INTO {table} VALUES ({places})"),
    };
    let mut insert = db.prepare_cached(&insert).unwrap();
    for row in rows {
        insert.execute(params_from_iter(row)).unwrap();
    }
}
