//! The floor of whoever takes sales in: the same rows, copied straight into the same PostgreSQL, page by page.
#![allow(dead_code, unreachable_pub, reason = "each bench uses its part of it")]

use std::time::{Duration, Instant};

use comptoir_head_office::database::migrate;
use futures_util::TryStreamExt;
use sqlx::postgres::PgPoolCopyExt;

use crate::house::Lasting;

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

/// The rows of each page of a push, table by table.
pub type Pages = Vec<Vec<(&'static str, Vec<u8>)>>;

/// What is at the positions from the first to the last, in pages of so many.
pub async fn rows(from: &str, (first, last): (i64, i64), page_of: usize) -> Pages {
    let from = sqlx::PgPool::connect(from).await.unwrap();
    let mut pages = Vec::new();
    let mut at = first;
    while at <= last {
        let range = format!("{at} AND {}", at + page_of as i64 - 1);
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
        at += page_of as i64;
    }
    pages
}

/// Copies the rows into a database of its own, a transaction a page.
pub async fn floor(cluster: &Lasting, name: &str, pages: &Pages) -> Duration {
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
