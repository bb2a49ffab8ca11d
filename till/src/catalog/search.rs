//! Search as you type: prefixes in any order, accents folded, names in both languages, SKU, GTIN
//! and PLU, the most sold first.
//!
//! Ranking every match is what makes common words slow. So the few thousand SKUs that sell stand in
//! a small index in the order of their rank, where the first matches are the most sold ones; the
//! large index is only asked for enough to fill the list. What is gathered is put in order by what
//! was sold up to now.

use std::collections::BTreeMap;

use comptoir_domain::catalog::{Product, Sku, Tile};
use comptoir_domain::gs1::Gtin;
use comptoir_domain::money::Currency;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use ts_rs::TS;

use super::read_tile;
use crate::error::Result;
use crate::till::Till;

/// SKUs in the index of what sells.
const POPULAR: i64 = 5_000;
/// Matches that are gathered from each index before they are put in order.
const GATHERED: usize = 64;
/// Open goods that are offered for what is not in the catalogue.
const OPEN_GOODS: i64 = 12;

/// A SKU that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Hit {
    /// As on the shelf.
    #[serde(flatten)]
    #[ts(flatten)]
    pub tile: Tile,
    /// Its first GTIN, as 14 digits.
    pub gtin: Option<Gtin14>,
}

/// A GTIN in what goes to the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct Gtin14(pub Gtin);

/// The SKUs that match all words of `text`, the most sold first.
pub fn search(db: &Connection, text: &str, limit: usize, currency: Currency) -> Result<Vec<Hit>> {
    let Some(query) = query(text) else { return Ok(Vec::new()) };
    let exact = super::resolve(db, text.trim()).ok();
    let mut found: Vec<(bool, i64, usize, i64)> = Vec::new();
    let mut gather = |select: &str| -> Result<()> {
        let mut select = db.prepare_cached(select)?;
        let mut rows = select.query(params![query, GATHERED.max(limit)])?;
        while let Some(row) = rows.next()? {
            let (id, code, sold): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            if found.iter().all(|(_, _, _, known)| *known != id) {
                found.push((exact.as_deref() != Some(code.as_str()), -sold, found.len(), id));
            }
        }
        Ok(())
    };
    gather(
        "SELECT sku.id, sku.code, coalesce(stock.sold, 0) FROM popular_search JOIN sku ON sku.code = popular_search.sku
         JOIN product ON product.id = sku.product AND NOT archived LEFT JOIN stock ON stock.sku = sku.code
         WHERE popular_search MATCH ?1 LIMIT ?2",
    )?;
    gather(
        "SELECT sku.id, sku.code, coalesce(stock.sold, 0) FROM sku_search CROSS JOIN sku ON sku.id = sku_search.rowid
         LEFT JOIN stock ON stock.sku = sku.code WHERE sku_search MATCH ?1 LIMIT ?2",
    )?;
    found.sort_unstable();
    let mut hits = Vec::with_capacity(limit.min(found.len()));
    for (.., id) in found {
        if hits.len() == limit {
            break;
        }
        hits.extend(hit(db, id, currency)?);
    }
    Ok(hits)
}

/// Open goods that are sold under a keyed name, the most sold first; none where the store does not let them.
pub fn miscellaneous(till: &Till) -> Result<Vec<Hit>> {
    if !till.settings().miscellaneous {
        return Ok(Vec::new());
    }
    let db = till.db();
    let mut select = db.prepare_cached(
        "SELECT sku.id FROM product JOIN sku ON sku.product = product.id LEFT JOIN stock ON stock.sku = sku.code
         WHERE open_price AND NOT archived ORDER BY coalesce(stock.sold, 0) DESC, sku.code LIMIT ?1",
    )?;
    let ids: Vec<i64> =
        select.query_map([OPEN_GOODS], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let hits = ids.into_iter().map(|id| hit(db, id, till.store().currency));
    Ok(hits.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// A SKU with a code that a scanner can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodsForScanning {
    /// As on the shelf.
    pub tile: Tile,
    /// As printed: 8, 12, 13 or 14 digits.
    pub gtin: String,
}

impl GoodsForScanning {
    /// The first `count` of the favourites that have a GTIN.
    pub fn first(
        db: &Connection,
        currency: Currency,
        count: usize,
    ) -> Result<Vec<GoodsForScanning>> {
        let mut goods = Vec::new();
        for tile in super::tiles(db, None, currency)? {
            let select = "SELECT min(gtin) FROM gtin JOIN sku ON sku.id = gtin.sku WHERE code = ?1";
            let gtin: Option<u64> =
                db.prepare_cached(select)?.query_row([&tile.sku], |row| row.get(0))?;
            if let Some(gtin) = gtin.filter(|_| goods.len() < count) {
                let digits = gtin.to_string().len();
                let width =
                    [8, 12, 13, 14].into_iter().find(|width| digits <= *width).unwrap_or(14);
                goods.push(GoodsForScanning { tile, gtin: format!("{gtin:0width$}") });
            }
        }
        Ok(goods)
    }
}

/// Puts the index of what sells in order by what was sold up to now. Takes some milliseconds, so it
/// is done between customers: when a shift opens or closes and when the store is opened.
pub fn refresh_popular(till: &mut Till) -> Result<()> {
    let tx = till.begin()?;
    tx.execute("DELETE FROM popular_search", [])?;
    tx.execute(
        &format!(
            "INSERT INTO popular_search (rowid, sku, words)
             SELECT row_number() OVER (), code, {WORDS} FROM
                 (SELECT sku AS best FROM stock WHERE sold > 0 ORDER BY sold DESC, sku LIMIT ?1)
                 JOIN sku ON sku.code = best JOIN product ON product.id = sku.product WHERE NOT archived"
        ),
        [POPULAR],
    )?;
    tx.commit()
}

const WORDS: &str = "name_en || ' ' || name_fr || ' ' || code || ' '
    || coalesce((SELECT group_concat(gtin, ' ') FROM gtin WHERE gtin.sku = sku.id), '') || ' '
    || coalesce((SELECT group_concat(plu, ' ') FROM plu WHERE plu.sku = sku.id), '')";

/// Changes of the large index. They are made after all rows of an entry: FTS5 writes out what it holds
/// at every savepoint, and statements on other tables set many.
#[derive(Debug, Default)]
pub struct Updates(BTreeMap<i64, Update>);

#[derive(Debug)]
struct Update {
    indexed_before: bool,
    words: Option<String>,
}

impl Updates {
    /// The words of a SKU; those of archived products are taken out.
    pub(super) fn index(&mut self, id: i64, new: bool, code: &str, sku: &Sku, product: &Product) {
        let words = (!product.archived).then(|| words(code, sku, product));
        self.set(id, !new, words);
    }

    /// A SKU that is gone.
    pub(super) fn forget(&mut self, id: i64) {
        self.set(id, true, None);
    }

    fn set(&mut self, id: i64, indexed_before: bool, words: Option<String>) {
        self.0.entry(id).or_insert(Update { indexed_before, words: None }).words = words;
    }

    /// Makes them.
    pub fn apply(self, db: &Connection) -> Result<()> {
        for (id, Update { indexed_before, words }) in self.0 {
            if indexed_before {
                db.prepare_cached("DELETE FROM sku_search WHERE rowid = ?1")?.execute([id])?;
            }
            if let Some(words) = words {
                db.prepare_cached("INSERT INTO sku_search (rowid, words) VALUES (?1, ?2)")?
                    .execute(params![id, words])?;
            }
        }
        Ok(())
    }
}

fn words(code: &str, sku: &Sku, product: &Product) -> String {
    let mut words = String::with_capacity(96);
    for part in [&product.name.en, &product.name.fr, code] {
        words.push_str(part);
        words.push(' ');
    }
    for gtin in &sku.gtins {
        words.push_str(&gtin.value().to_string());
        words.push(' ');
    }
    for plu in &sku.plus {
        words.push_str(plu);
        words.push(' ');
    }
    words
}

fn hit(db: &Connection, id: i64, currency: Currency) -> Result<Option<Hit>> {
    let select = format!("SELECT sku.code, name_en, name_fr, iif(open_price, NULL, price.price), unit, minimum_age, drawing,
            coalesce((SELECT pigment FROM department WHERE id = product.department), 'none'),
            (SELECT min(gtin) FROM gtin WHERE gtin.sku = sku.id)
        FROM sku JOIN product ON product.id = sku.product
        LEFT JOIN price ON price.sku = sku.code WHERE sku.id = ?1 AND {}", super::SELLABLE);
    let row = |row: &rusqlite::Row<'_>| {
        let gtin = row.get::<_, Option<u64>>(8)?.map(|value| Gtin14(Gtin::from_value(value)));
        Ok(Hit { tile: read_tile(row, currency)?, gtin })
    };
    Ok(db.prepare_cached(&select)?.query_row([id], row).optional()?)
}

/// What FTS5 is asked: every word as a prefix. A number that begins with zeros may be a GTIN, which
/// stands in the index without them.
pub(crate) fn query(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let prefix = |word: &str| match word.trim_start_matches('0') {
        bare if bare.len() >= 3
            && bare.len() < word.len()
            && word.bytes().all(|b| b.is_ascii_digit()) =>
        {
            format!("(\"{word}\"* OR \"{bare}\"*)")
        }
        _ => format!("\"{word}\"*"),
    };
    let query: Vec<String> = words.take(8).map(prefix).collect();
    (!query.is_empty()).then(|| query.join(" AND "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_prefixes() {
        for (text, expected) in [
            ("sour lo", Some("\"sour\"* AND \"lo\"*")),
            ("l'érable", Some("\"l\"* AND \"érable\"*")),
            ("0062345678901", Some("(\"0062345678901\"* OR \"62345678901\"*)")),
            ("0627", Some("(\"0627\"* OR \"627\"*)")),
            ("007", Some("\"007\"*")),
            ("\" OR *", Some("\"OR\"*")),
            ("  -- ", None),
        ] {
            assert_eq!(query(text).as_deref(), expected, "{text}");
        }
    }
}
