//! The catalogue: what a code names, what a shelf shows, and the rows of product documents.

pub mod import;
pub mod products;
pub mod search;
pub mod shelf;

use std::collections::{BTreeMap, BTreeSet};

use comptoir_domain::catalog::{CannabisClass, Charge, Item, Product, Refusal, Sku, Tile};
use comptoir_domain::compliance::Goods;
use comptoir_domain::gs1::price_barcode::{Embedded, Value};
use comptoir_domain::gs1::{self, Code, CodeError, Gtin};
use comptoir_domain::ids::ProductId;
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::quantity::{Quantity, Unit};
use comptoir_domain::tax::TaxCategory;
use comptoir_domain::text::Text;
use comptoir_sync::documents::prices::Price;
use comptoir_sync::facts::orders::cannabis;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::till::Tx;

/// Tiles that a department or the favourites show at most; the rest is found by searching.
pub const MOST_TILES: usize = 96;

/// What a code names, and what it says of the one piece that it sticks on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// SKU code.
    pub sku: String,
    /// Said by the code itself.
    pub carried: Option<Carried>,
}

impl Named {
    /// A SKU of which nothing more is said.
    pub fn bare(sku: &str) -> Named {
        Named { sku: sku.to_owned(), carried: None }
    }
}

/// What a code says of its piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// How much it weighs.
    Weight(Quantity),
    /// What it costs, printed by the shop's own scale.
    Price(Money),
}

/// What a scan, a PLU or a typed code names. A code of the catalogue is what the catalogue says; only
/// then is it one of the shop's own, read by the store's layouts.
pub fn named(tx: &Tx<'_>, raw: &str) -> Result<Named> {
    let refused = match resolve(tx, raw) {
        Ok(sku) => {
            let weight = gs1::read(raw).ok().and_then(|code| gs1::net_weight(&code));
            return Ok(Named { sku, carried: weight.map(Carried::Weight) });
        }
        Err(refused @ Error::Refused(_)) => refused,
        Err(fault) => return Err(fault),
    };
    let Ok(Code::Gtin(gtin, _)) = gs1::read(raw) else { return Err(refused) };
    let embedded = tx.settings.price_barcodes.read(gtin);
    let embedded = embedded.map_err(|_| Refusal::BadPriceCheck { code: raw.to_owned() })?;
    let Some(Embedded { item, value }) = embedded else { return Err(refused) };
    // A PLU has fewer digits than the scale has room for.
    let sku = match by_code(tx, &item)? {
        Some(sku) => Some(sku),
        None => by_code(tx, item.trim_start_matches('0'))?,
    };
    // Nothing is what scales print that have nothing to say, such as a price of too many digits.
    let carried = match value {
        Value::Weight(grams) if grams > 0 => {
            Some(Carried::Weight(Quantity::from_thousandths(grams)))
        }
        Value::Price(minor) if minor > 0 => {
            Some(Carried::Price(Money::new(minor, tx.store.currency)))
        }
        _ => None,
    };
    Ok(Named { sku: sku.ok_or(refused)?, carried })
}

/// The SKU that a scan, a PLU or a typed code names by itself.
pub fn resolve(db: &Connection, raw: &str) -> Result<String> {
    let unknown = |code: &str| Refusal::UnknownCode { code: code.to_owned() };
    let code = match gs1::read(raw) {
        Ok(Code::Gtin(gtin, _)) => return Ok(by_gtin(db, gtin)?.ok_or_else(|| unknown(raw))?),
        Ok(Code::Plain(code)) => code,
        Err(CodeError::BadCheckDigit { code, .. }) => {
            return Err(Refusal::BadCheckDigit { code }.into());
        }
        Err(_) => return Err(unknown(raw).into()),
    };
    if let Some(sku) = by_code(db, &code)? {
        return Ok(sku);
    }
    // A UPC that lost its leading zeros on the way.
    if let Ok(gtin) = Gtin::parse(&code)
        && let Some(sku) = by_gtin(db, gtin)?
    {
        return Ok(sku);
    }
    Err(unknown(&code).into())
}

/// All that a cart line needs of a SKU, with what is paid along with it.
pub fn item(tx: &Tx<'_>, sku: &str) -> Result<Item> {
    let mut item = bare_item(tx, sku)?;
    let mut select = tx.prepare_cached(
        "SELECT charge, each FROM sku_charge JOIN sku ON sku.id = sku_charge.sku WHERE code = ?1 ORDER BY charge",
    )?;
    let mut rows = select.query([sku])?;
    while let Some(row) = rows.next()? {
        let (charge, each): (String, u32) = (row.get(0)?, row.get(1)?);
        let charged = bare_item(tx, &charge)?;
        // Archiving it is how a fee ends.
        if charged.archived {
            continue;
        }
        let price = charged.price.ok_or(Refusal::NoPrice { sku: charge })?;
        item.charges.push(Charge { item: charged, price, each });
    }
    Ok(item)
}

fn bare_item(tx: &Tx<'_>, sku: &str) -> Result<Item> {
    let select = "SELECT code, name_en, name_fr, unit, price.price, tax_category, minimum_age, archived, cannabis, net_milligrams, open_price
        FROM sku JOIN product ON product.id = sku.product LEFT JOIN price ON price.sku = sku.code WHERE code = ?1";
    let currency = tx.store.currency;
    let found =
        tx.prepare_cached(select)?.query_row([sku], |row| read_item(row, currency)).optional()?;
    let mut item = found.ok_or_else(|| Refusal::UnknownSku { sku: sku.to_owned() })?;
    if item.cannabis.is_some() {
        let age = tx.rules.minimum_age(Goods::Cannabis, tx.store.region, tx.today);
        item.minimum_age = item.minimum_age.max(age);
    }
    Ok(item)
}

/// Whether there is such a SKU, with a price of its own.
pub fn has_price(db: &Connection, sku: &str) -> Result<bool> {
    let select = "SELECT 1 FROM sku JOIN product ON product.id = sku.product JOIN price ON price.sku = sku.code
        WHERE code = ?1 AND price.price IS NOT NULL AND NOT open_price";
    Ok(db.prepare_cached(select)?.exists([sku])?)
}

/// Whether the price of a SKU is keyed at the counter.
pub fn has_open_price(db: &Connection, sku: &str) -> Result<bool> {
    let select =
        "SELECT open_price FROM sku JOIN product ON product.id = sku.product WHERE code = ?1";
    let open = db.prepare_cached(select)?.query_row([sku], |row| row.get(0)).optional()?;
    Ok(open.unwrap_or(false))
}

/// The tiles of a department, or of what sells most.
pub fn tiles(db: &Connection, department: Option<&str>, currency: Currency) -> Result<Vec<Tile>> {
    let mut tiles = Vec::new();
    let mut gather = |sql: &str, params: &[&dyn rusqlite::ToSql]| -> Result<()> {
        let mut select = db.prepare_cached(&format!("{sql} LIMIT {MOST_TILES}"))?;
        for tile in select.query_map(params, |row| read_tile(row, currency))? {
            let tile: Tile = tile?;
            if tiles.len() < MOST_TILES && tiles.iter().all(|known: &Tile| known.sku != tile.sku) {
                tiles.push(tile);
            }
        }
        Ok(())
    };
    match department {
        Some(department) => {
            for branch in branch(db, department)? {
                let of = format!(
                    "WHERE product.department = ?1 AND NOT archived AND {SELLABLE} ORDER BY product.id"
                );
                gather(&format!("{TILE} {of}"), &[&branch])?;
            }
        }
        None => {
            let sold = format!(
                "JOIN popular_search ON popular_search.sku = sku.code WHERE NOT archived AND {SELLABLE} ORDER BY popular_search.rowid"
            );
            gather(&format!("{TILE_OF_SOLD} {sold}"), &[])?;
            gather(&format!("{TILE} WHERE NOT archived AND {SELLABLE} ORDER BY product.id"), &[])?;
        }
    }
    Ok(tiles)
}

/// A department and all that are parts of it.
fn branch(db: &Connection, department: &str) -> Result<Vec<String>> {
    let mut select = db.prepare_cached(
        "WITH RECURSIVE branch (id) AS
             (VALUES (?1) UNION SELECT department.id FROM department JOIN branch ON department.parent = branch.id)
         SELECT id FROM branch",
    )?;
    Ok(select.query_map([department], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

const TILE: &str = "SELECT sku.code, name_en, name_fr, iif(open_price, NULL, price.price), unit, minimum_age, drawing,
    coalesce((SELECT pigment FROM department WHERE id = product.department), 'none')
    FROM product CROSS JOIN sku ON sku.product = product.id
    LEFT JOIN price ON price.sku = sku.code";

const TILE_OF_SOLD: &str =
    "SELECT sku.code, name_en, name_fr, iif(open_price, NULL, price.price), unit, minimum_age, drawing,
    coalesce((SELECT pigment FROM department WHERE id = product.department), 'none')
    FROM sku JOIN product ON product.id = sku.product
    LEFT JOIN price ON price.sku = sku.code";

/// What can be sold: it has a price, or is one that is keyed.
pub(crate) const SELLABLE: &str = "(open_price OR price.price IS NOT NULL)";

/// Drawing and pigment of a SKU; those of a box without a department for one that is gone.
pub fn drawing_of(db: &Connection, sku: &str) -> Result<(String, String)> {
    let select = "SELECT drawing, coalesce((SELECT pigment FROM department WHERE id = product.department), 'none')
        FROM sku JOIN product ON product.id = sku.product WHERE code = ?1";
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let found = db.prepare_cached(select)?.query_row([sku], row).optional()?;
    Ok(found.unwrap_or_else(|| ("box".to_owned(), "none".to_owned())))
}

/// A product and its SKUs' prices as the tables have them.
pub fn find_product(db: &Connection, sku: &str) -> Result<Option<(Product, Price)>> {
    let select = "SELECT document, name_en, name_fr, department, tax_category, minimum_age, archived, drawing, cannabis,
            product.id, price.price, price.cost, open_price
        FROM sku JOIN product ON product.id = sku.product LEFT JOIN price ON price.sku = sku.code WHERE code = ?1";
    let row = |row: &Row<'_>| {
        let product = Product {
            id: ProductId(Uuid::from_bytes(row.get(0)?)),
            name: Text { en: row.get(1)?, fr: row.get(2)? },
            department: row.get(3)?,
            tax_category: TaxCategory(row.get(4)?),
            minimum_age: row.get(5)?,
            archived: row.get(6)?,
            open_price: row.get(12)?,
            drawing: row.get(7)?,
            cannabis: row.get::<_, Option<String>>(8)?.and_then(|name| CannabisClass::parse(&name)),
            skus: BTreeMap::new(),
        };
        Ok((product, row.get::<_, i64>(9)?, Price { price: row.get(10)?, cost: row.get(11)? }))
    };
    let Some((mut product, id, price)) =
        db.prepare_cached(select)?.query_row([sku], row).optional()?
    else {
        return Ok(None);
    };
    let mut skus =
        db.prepare_cached("SELECT id, code, unit, net_milligrams FROM sku WHERE product = ?1")?;
    let mut rows = skus.query([id])?;
    while let Some(row) = rows.next()? {
        let (id, code, unit): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let sku = Sku {
            unit: Unit::parse(&unit).unwrap_or(Unit::Each),
            gtins: codes(db, "SELECT gtin FROM gtin WHERE sku = ?1", id, |row| {
                row.get(0).map(Gtin::from_value)
            })?,
            plus: codes(db, "SELECT plu FROM plu WHERE sku = ?1", id, |row| row.get(0))?,
            net_milligrams: row.get(3)?,
            charges: db
                .prepare_cached("SELECT charge, each FROM sku_charge WHERE sku = ?1")?
                .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?,
        };
        product.skus.insert(code, sku);
    }
    Ok(Some((product, price)))
}

/// The SKU that has a GTIN; of several, one that is still sold.
pub fn by_gtin(db: &Connection, gtin: Gtin) -> Result<Option<String>> {
    let select = "SELECT code FROM gtin JOIN sku ON sku.id = gtin.sku JOIN product ON product.id = sku.product
        WHERE gtin = ?1 ORDER BY archived, sku.id LIMIT 1";
    Ok(db
        .prepare_cached(select)?
        .query_row([gtin.value().cast_signed()], |row| row.get(0))
        .optional()?)
}

/// The SKU of a code or of a PLU, as typed or in capitals.
fn by_code(db: &Connection, code: &str) -> Result<Option<String>> {
    let select = "SELECT code FROM sku WHERE code IN (?1, upper(?1))
        UNION ALL SELECT code FROM plu JOIN sku ON sku.id = plu.sku JOIN product ON product.id = sku.product
            WHERE plu = ?1 AND NOT archived
        LIMIT 1";
    Ok(db.prepare_cached(select)?.query_row([code], |row| row.get(0)).optional()?)
}

/// Rows of a product document: the product, its SKUs, their codes and what finds them.
pub fn project_product(
    db: &Connection,
    product: &Product,
    found: &mut search::Updates,
) -> Result<()> {
    let Product {
        name,
        department,
        tax_category,
        minimum_age,
        archived,
        open_price,
        drawing,
        cannabis,
        ..
    } = product;
    let id: i64 = db
        .prepare_cached(
            "INSERT INTO product
                 (document, name_en, name_fr, department, tax_category, minimum_age, archived, drawing, cannabis, open_price)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (document) DO UPDATE SET name_en = excluded.name_en, name_fr = excluded.name_fr,
                 department = excluded.department, tax_category = excluded.tax_category,
                 minimum_age = excluded.minimum_age, archived = excluded.archived, drawing = excluded.drawing,
                 cannabis = excluded.cannabis, open_price = excluded.open_price
             RETURNING id",
        )?
        .query_row(
            params![
                product.id.0.into_bytes(),
                name.en,
                name.fr,
                department,
                tax_category.0,
                minimum_age,
                archived,
                drawing,
                cannabis.map(CannabisClass::as_str),
                open_price,
            ],
            |row| row.get(0),
        )?;
    let mut known: BTreeMap<String, i64> = db
        .prepare_cached("SELECT code, id FROM sku WHERE product = ?1")?
        .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (code, sku) in &product.skus {
        let before = known.remove(code);
        let sku_id = project_sku(db, id, before, code, sku)?;
        found.index(sku_id, before.is_none(), code, sku, product);
    }
    for gone in known.into_values() {
        found.forget(gone);
        db.prepare_cached("DELETE FROM sku WHERE id = ?1")?.execute([gone])?;
    }
    Ok(())
}

fn project_sku(
    db: &Connection,
    product: i64,
    before: Option<i64>,
    code: &str,
    sku: &Sku,
) -> Result<i64> {
    let id: i64 = db
        .prepare_cached(
            "INSERT INTO sku (product, code, unit, net_milligrams) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (code) DO UPDATE SET product = excluded.product, unit = excluded.unit,
                 net_milligrams = excluded.net_milligrams
             RETURNING id",
        )?
        .query_row(params![product, code, sku.unit.as_str(), sku.net_milligrams], |row| {
            row.get(0)
        })?;
    if before.is_some() {
        db.prepare_cached("DELETE FROM gtin WHERE sku = ?1")?.execute([id])?;
        db.prepare_cached("DELETE FROM plu WHERE sku = ?1")?.execute([id])?;
        db.prepare_cached("DELETE FROM sku_charge WHERE sku = ?1")?.execute([id])?;
    }
    for gtin in &sku.gtins {
        db.prepare_cached("INSERT OR IGNORE INTO gtin (gtin, sku) VALUES (?1, ?2)")?
            .execute(params![gtin.value().cast_signed(), id])?;
    }
    for plu in &sku.plus {
        db.prepare_cached("INSERT OR IGNORE INTO plu (plu, sku) VALUES (?1, ?2)")?
            .execute(params![plu, id])?;
    }
    for (charge, each) in &sku.charges {
        db.prepare_cached("INSERT INTO sku_charge (sku, charge, each) VALUES (?1, ?2, ?3)")?
            .execute(params![id, charge, each])?;
    }
    Ok(id)
}

/// Rows of a bucket of prices.
pub fn project_prices(db: &Connection, prices: &BTreeMap<String, Price>) -> Result<()> {
    let mut upsert = db.prepare_cached(
        "INSERT INTO price (sku, price, cost) VALUES (?1, ?2, ?3)
         ON CONFLICT (sku) DO UPDATE SET price = excluded.price, cost = excluded.cost
             WHERE price IS NOT excluded.price OR cost IS NOT excluded.cost",
    )?;
    for (sku, Price { price, cost }) in prices {
        upsert.execute(params![sku, price, cost])?;
    }
    Ok(())
}

fn codes<T: Ord>(
    db: &Connection,
    select: &str,
    sku: i64,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<BTreeSet<T>> {
    Ok(db
        .prepare_cached(select)?
        .query_map([sku], |row| read(row))?
        .collect::<rusqlite::Result<_>>()?)
}

fn read_item(row: &Row<'_>, currency: Currency) -> rusqlite::Result<Item> {
    let open_price: bool = row.get(10)?;
    // It may have had a price before.
    let price = row.get::<_, Option<i64>>(4)?.filter(|_| !open_price);
    Ok(Item {
        sku: row.get(0)?,
        name: Text { en: row.get(1)?, fr: row.get(2)? },
        unit: read_unit(row, 3)?,
        price: price.map(|minor| Money::new(minor, currency)),
        open_price,
        tax_category: TaxCategory(row.get(5)?),
        minimum_age: row.get(6)?,
        cannabis: cannabis(row.get::<_, Option<String>>(8)?.as_deref(), row.get(9)?),
        archived: row.get(7)?,
        charges: Vec::new(),
    })
}

fn read_tile(row: &Row<'_>, currency: Currency) -> rusqlite::Result<Tile> {
    Ok(Tile {
        sku: row.get(0)?,
        name: Text { en: row.get(1)?, fr: row.get(2)? },
        price: row.get::<_, Option<i64>>(3)?.map(|minor| Money::new(minor, currency)),
        unit: read_unit(row, 4)?,
        minimum_age: row.get(5)?,
        drawing: row.get(6)?,
        pigment: row.get(7)?,
    })
}

fn read_unit(row: &Row<'_>, column: usize) -> rusqlite::Result<Unit> {
    let unit: String = row.get(column)?;
    Ok(Unit::parse(&unit).unwrap_or(Unit::Each))
}
