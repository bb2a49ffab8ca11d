//! What a file would change, before it changes anything.

use std::collections::BTreeMap;

use comptoir_domain::catalog::Product;
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::text::Text;
use comptoir_sync::documents::prices::Price;
use rusqlite::Connection;
use serde::Serialize;
use ts_rs::TS;

use super::read::{NewRow, Plan};
use super::write::{cannot_be, departments, priced};
use super::{Outcome, Reject};
use crate::catalog;
use crate::error::Result;

/// Rows of each sort that are told; the others are only counted.
const MOST_TOLD: usize = 200;

/// What a file would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Preview {
    /// Rows by what would become of them.
    pub outcome: Outcome,
    /// What would not be taken, in the order of the file.
    pub rejects: Vec<Reject>,
    /// The first rows that would add something.
    pub additions: Vec<RowChange>,
    /// The first rows that would change something.
    pub updates: Vec<RowChange>,
}

/// What one row would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RowChange {
    /// Of the file, the head being line 1.
    pub line: u64,
    /// SKU code.
    pub sku: String,
    /// As it would be.
    pub name: Text,
    /// Price of one unit until now.
    pub price_before: Option<Money>,
    /// Price of one unit, as it would be.
    pub price: Option<Money>,
    /// Names of the fields that would be different.
    pub fields: Vec<String>,
}

/// Compares a file with the catalogue. `tenant` names the products that it would add.
pub fn preview(db: &Connection, tenant: &str, currency: Currency, plan: Plan) -> Result<Preview> {
    let mut outcome = plan.outcome();
    let Plan { rows, mut rejects, .. } = plan;
    let (_, departments) = departments(db, &rows)?;
    let (mut additions, mut updates) = (Vec::new(), Vec::new());
    let (mut claimed, priced) = (BTreeMap::new(), priced(&rows));
    for row in &rows {
        if let Some(reject) = cannot_be(db, row, &mut claimed, &priced)? {
            rejects.push(reject);
            outcome.rejected += 1;
            continue;
        }
        let known = catalog::find_product(db, &row.sku)?;
        let (product, price) = row.merged(tenant, known.as_ref(), &departments);
        let (count, told) = match &known {
            None => (&mut outcome.added, &mut additions),
            Some(known) if known.0 == product && known.1 == price => {
                outcome.unchanged += 1;
                continue;
            }
            Some(_) => (&mut outcome.updated, &mut updates),
        };
        *count += 1;
        if told.len() < MOST_TOLD {
            told.push(change(row, known.as_ref(), &product, price, currency));
        }
    }
    rejects.sort_by_key(|reject| reject.line);
    Ok(Preview { outcome, rejects, additions, updates })
}

fn change(
    row: &NewRow,
    known: Option<&(Product, Price)>,
    product: &Product,
    price: Price,
    currency: Currency,
) -> RowChange {
    let money = |minor: Option<i64>| minor.map(|minor| Money::new(minor, currency));
    RowChange {
        line: row.line,
        sku: row.sku.clone(),
        name: product.name.clone(),
        price_before: known.and_then(|(_, before)| money(before.price)),
        price: money(price.price),
        fields: known.map(|known| differences(&row.sku, known, product, price)).unwrap_or_default(),
    }
}

fn differences(
    code: &str,
    (before, price_before): &(Product, Price),
    after: &Product,
    price: Price,
) -> Vec<String> {
    let (old, new) = (before.skus.get(code), after.skus.get(code));
    let differs = [
        ("name", before.name.en != after.name.en),
        ("name_fr", before.name.fr != after.name.fr),
        ("gtin", old.map(|sku| &sku.gtins) != new.map(|sku| &sku.gtins)),
        ("plu", old.map(|sku| &sku.plus) != new.map(|sku| &sku.plus)),
        ("department", before.department != after.department),
        ("price", price_before.price != price.price),
        ("open_price", before.open_price != after.open_price),
        ("cost", price_before.cost != price.cost),
        ("unit", old.map(|sku| sku.unit) != new.map(|sku| sku.unit)),
        ("tax_category", before.tax_category != after.tax_category),
        ("age_restricted", before.minimum_age != after.minimum_age),
        ("archived", before.archived != after.archived),
        ("drawing", before.drawing != after.drawing),
        ("cannabis_class", before.cannabis != after.cannabis),
        ("net_weight", old.map(|sku| sku.net_milligrams) != new.map(|sku| sku.net_milligrams)),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field.to_owned()).collect()
}
