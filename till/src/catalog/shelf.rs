//! The catalogue as a list: a shelf from its first to its last SKU, or what is found on it, in pages.

use comptoir_domain::money::{Currency, Money};
use comptoir_domain::quantity::{Quantity, Unit};
use comptoir_domain::text::Text;
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::search;
use crate::error::Result;

/// Which products are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Shelf {
    /// What is sold.
    Active,
    /// What is no longer sold.
    Archived,
}

/// A SKU in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ProductRow {
    /// SKU code.
    pub sku: String,
    /// Name of the product.
    pub name: Text,
    /// Price of one unit; none when it is keyed at the counter, or not known.
    pub price: Option<Money>,
    /// Its price is keyed at the counter.
    pub open_price: bool,
    /// Piece or weight.
    pub unit: Unit,
    /// By the books; less than nothing when more was sold than was ever received.
    pub on_hand: Quantity,
    /// Shown as `19+`.
    pub minimum_age: Option<u8>,
    /// Name of one of the two-ink drawings.
    pub drawing: String,
    /// Pigment of its department.
    pub pigment: String,
    /// No longer sold.
    pub archived: bool,
    /// Where the next page begins.
    #[serde(skip)]
    #[ts(skip)]
    place: i64,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ProductPage {
    /// In the order in which they came into the catalogue; what has exactly the code that was looked for stands first.
    pub rows: Vec<ProductRow>,
    /// Where the next page begins; none when this was the last.
    pub next: Option<i64>,
    /// SKUs on the whole shelf; those that were found, where something was looked for.
    pub count: u64,
}

/// A page of the products on a shelf: those that match `text`, or all, from `after` on.
pub fn list(
    db: &Connection,
    currency: Currency,
    text: &str,
    shelf: Shelf,
    after: Option<i64>,
    limit: usize,
) -> Result<ProductPage> {
    match (text.trim(), shelf) {
        ("", _) => on_shelf(db, currency, shelf, after, limit),
        (text, Shelf::Active) => matching(db, currency, text, after, limit),
        (text, Shelf::Archived) => archived(db, currency, text, after, limit),
    }
}

/// SKUs on a shelf: the archived ones are few and have an index, all others are the rest.
const COUNTED: &str = "SELECT iif(?1, gone, every - gone) FROM
    (SELECT count(*) AS gone FROM product JOIN sku ON sku.product = product.id WHERE archived = 1),
    (SELECT count(*) AS every FROM sku)";

/// All of a shelf.
fn on_shelf(
    db: &Connection,
    currency: Currency,
    shelf: Shelf,
    after: Option<i64>,
    limit: usize,
) -> Result<ProductPage> {
    let archived = shelf == Shelf::Archived;
    let count: i64 = db.prepare_cached(COUNTED)?.query_row([archived], |row| row.get(0))?;
    let select = format!("{ROW} WHERE archived = ?1 AND sku.id > ?2 ORDER BY sku.id LIMIT ?3");
    let rows = db
        .prepare_cached(&select)?
        .query_map(params![archived, after.unwrap_or(0), one_more(limit)], |row| {
            read_row(row, currency)
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(ProductPage::new(rows, limit, count))
}

/// What is sold and matches all words; what is exactly that code stands first.
fn matching(
    db: &Connection,
    currency: Currency,
    text: &str,
    after: Option<i64>,
    limit: usize,
) -> Result<ProductPage> {
    let Some(query) = search::query(text) else {
        return Ok(ProductPage::new(Vec::new(), limit, 0));
    };
    let mut by_code = db.prepare_cached(&format!("{ROW} WHERE sku.code = ?1 AND NOT archived"))?;
    let exact = super::resolve(db, text).ok();
    let exact = exact.map(|code| by_code.query_row([code], |row| read_row(row, currency)));
    let exact = exact.and_then(std::result::Result::ok);
    let known = exact.as_ref().map_or(0, |row| row.place);
    let others: i64 = db
        .prepare_cached(
            "SELECT count(*) FROM sku_search WHERE sku_search MATCH ?1 AND rowid <> ?2",
        )?
        .query_row(params![query, known], |row| row.get(0))?;
    let mut by_id = db.prepare_cached(&format!("{ROW} WHERE sku.id = ?1"))?;
    let rows = db
        .prepare_cached(FOUND)?
        .query_map(params![query, after.unwrap_or(0), known, one_more(limit)], |row| {
            by_id.query_row([row.get::<_, i64>(0)?], |row| read_row(row, currency))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut page = ProductPage::new(rows, limit, others + i64::from(exact.is_some()));
    if after.is_none() {
        page.rows.splice(0..0, exact);
    }
    Ok(page)
}

/// What is no longer sold stands in no index of words.
fn archived(
    db: &Connection,
    currency: Currency,
    text: &str,
    after: Option<i64>,
    limit: usize,
) -> Result<ProductPage> {
    let like = format!("%{}%", text.replace(['%', '_', '\\'], " ").to_lowercase());
    let fits = "archived AND (lower(name_en) LIKE ?1 OR lower(name_fr) LIKE ?1 OR lower(sku.code) LIKE ?1)";
    let count: i64 = db
        .prepare_cached(&format!(
            "SELECT count(*) FROM product JOIN sku ON sku.product = product.id WHERE {fits}"
        ))?
        .query_row([&like], |row| row.get(0))?;
    let rows = db
        .prepare_cached(&format!("{ROW} WHERE {fits} AND sku.id > ?2 ORDER BY sku.id LIMIT ?3"))?
        .query_map(params![like, after.unwrap_or(0), one_more(limit)], |row| {
            read_row(row, currency)
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(ProductPage::new(rows, limit, count))
}

/// The index of words answers in the order of the catalogue, from anywhere on.
const FOUND: &str =
    "SELECT rowid FROM sku_search WHERE sku_search MATCH ?1 AND rowid > ?2 AND rowid <> ?3
    ORDER BY rowid LIMIT ?4";

/// One row more than is shown tells whether there are more.
fn one_more(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)
}

impl ProductPage {
    fn new(mut rows: Vec<ProductRow>, limit: usize, count: i64) -> ProductPage {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| row.place);
        ProductPage { rows, next, count: count.unsigned_abs() }
    }
}

const ROW: &str = "SELECT sku.code, name_en, name_fr, iif(open_price, NULL, price.price), open_price, unit,
        coalesce(stock.on_hand, 0), minimum_age, drawing,
        coalesce((SELECT pigment FROM department WHERE id = product.department), 'none'), archived, sku.id
    FROM sku CROSS JOIN product ON product.id = sku.product
    LEFT JOIN price ON price.sku = sku.code LEFT JOIN stock ON stock.sku = sku.code";

fn read_row(row: &Row<'_>, currency: Currency) -> rusqlite::Result<ProductRow> {
    Ok(ProductRow {
        sku: row.get(0)?,
        name: Text { en: row.get(1)?, fr: row.get(2)? },
        price: row.get::<_, Option<i64>>(3)?.map(|minor| Money::new(minor, currency)),
        open_price: row.get(4)?,
        unit: Unit::parse(&row.get::<_, String>(5)?).unwrap_or(Unit::Each),
        on_hand: Quantity::from_thousandths(row.get(6)?),
        minimum_age: row.get(7)?,
        drawing: row.get(8)?,
        pigment: row.get(9)?,
        archived: row.get(10)?,
        place: row.get(11)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Scratch;

    /// A page of what is found costs what it shows, however many there are.
    #[test]
    fn nobody_looks_at_every_product_to_count_them() {
        let db = Scratch::new().unwrap().db;
        let mut explain = db.prepare(&format!("EXPLAIN QUERY PLAN {COUNTED}")).unwrap();
        let plan: Vec<String> = explain
            .query_map([false], |row| row.get(3))
            .unwrap()
            .collect::<rusqlite::Result<_>>()
            .unwrap();
        let scanned = |step: &&String| step.starts_with("SCAN") && !step.contains("(subquery");
        let scans: Vec<&String> = plan.iter().filter(scanned).collect();
        assert!(scans.iter().all(|step| step.contains("COVERING INDEX")), "{plan:?}");
        assert!(plan.iter().any(|step| step.contains("archived_product")), "{plan:?}");
    }

    #[test]
    fn what_is_found_is_not_sorted() {
        let db = Scratch::new().unwrap().db;
        let mut explain = db.prepare(&format!("EXPLAIN QUERY PLAN {FOUND}")).unwrap();
        let plan: Vec<String> = explain
            .query_map(params!["thing*", 7, 0, 61], |row| row.get(3))
            .unwrap()
            .collect::<rusqlite::Result<_>>()
            .unwrap();
        assert!(plan.iter().all(|step| !step.contains("TEMP B-TREE")), "{plan:?}");
        assert!(plan[0].contains("VIRTUAL TABLE INDEX"), "{plan:?}");
    }
}
