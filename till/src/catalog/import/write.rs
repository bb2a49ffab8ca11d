//! What the rows of a file change, written in batches.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_domain::catalog::{Department, Product, Sku};
use comptoir_domain::gs1::Gtin;
use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::quantity::Unit;
use comptoir_domain::tax::TaxCategory;
use comptoir_domain::text::Text;
use comptoir_sync::documents::prices::{self, Price};
use comptoir_sync::documents::product;

use super::read::{NewRow, Plan};
use super::{Outcome, Reason, Reject};
use crate::documents::{self, Edits};
use crate::error::Result;
use crate::till::{Till, Tx};
use crate::{catalog, operators, store};

/// Rows in one entry of the journal.
const BATCH: usize = 1_000;

/// Writes what a plan holds.
pub(super) fn write(
    till: &mut Till,
    by: OperatorId,
    mut plan: Plan,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(Outcome, Vec<Reject>)> {
    operators::check(&till.db, by, Permission::EditCatalog)?;
    let rejected_lines: BTreeSet<u64> = plan.rejects.iter().map(|reject| reject.line).collect();
    let mut outcome =
        Outcome { read: plan.read, rejected: rejected_lines.len() as u64, ..Outcome::default() };
    let departments = departments(till, by, &plan.rows)?;

    // Rows whose prices lie in one bucket are written together, so that each bucket is written once.
    plan.rows.sort_by_cached_key(|row| (prices::bucket(&row.sku), row.line));
    let all = plan.rows.len() as u64;
    let mut claimed: BTreeMap<Gtin, String> = BTreeMap::new();
    let mut done = 0;
    for batch in plan.rows.chunks_mut(BATCH) {
        // Within a batch, products are made in the order of the file.
        batch.sort_by_key(|row| row.line);
        let tx = till.begin()?;
        let mut edits = Edits::new(&tx);
        let mut new_prices = BTreeMap::new();
        for row in &*batch {
            if let Some(reject) = taken_gtin(&tx, row, &mut claimed)? {
                plan.rejects.push(reject);
                outcome.rejected += 1;
                continue;
            }
            let known = catalog::find_product(&tx, &row.sku)?;
            let (product, price) = row.merged(&tx.identity.tenant, known.as_ref(), &departments);
            match &known {
                None => outcome.added += 1,
                Some(known) if known.0 == product && known.1 == price => {
                    outcome.unchanged += 1;
                    continue;
                }
                Some(_) => outcome.updated += 1,
            }
            if known.as_ref().is_none_or(|known| known.0 != product) {
                edits.product(&product)?;
            }
            if known.map_or(Price::default(), |known| known.1) != price {
                new_prices.insert(row.sku.clone(), price);
            }
        }
        edits.prices(&new_prices)?;
        edits.record(Some(by))?;
        tx.commit()?;
        done += batch.len() as u64;
        progress(done, all);
    }
    plan.rejects.sort_by_key(|reject| reject.line);
    catalog::search::refresh_popular(till)?;
    Ok((outcome, plan.rejects))
}

fn taken_gtin(
    tx: &Tx<'_>,
    row: &NewRow,
    claimed: &mut BTreeMap<Gtin, String>,
) -> Result<Option<Reject>> {
    for gtin in row.gtins.iter().flatten() {
        let owner = match claimed.get(gtin) {
            Some(sku) => Some(sku.clone()),
            None => catalog::by_gtin(tx, *gtin)?,
        };
        if let Some(sku) = owner.filter(|sku| *sku != row.sku) {
            let (column, value) = (row.gtin_column.clone(), gtin.to_string());
            return Ok(Some(Reject {
                line: row.line,
                column,
                value,
                reason: Reason::GtinTaken { sku },
            }));
        }
    }
    claimed.extend(row.gtins.iter().flatten().map(|gtin| (*gtin, row.sku.clone())));
    Ok(None)
}

/// Adds the departments that the rows name and the store does not have; answers the id of each name.
fn departments(
    till: &mut Till,
    by: OperatorId,
    rows: &[NewRow],
) -> Result<BTreeMap<String, String>> {
    let mut departments = store::departments(&till.db)?;
    let before = departments.len();
    let mut ids = BTreeMap::new();
    for name in rows.iter().filter_map(|row| row.department.as_deref()) {
        if ids.contains_key(name) {
            continue;
        }
        let id = department(&mut departments, name);
        ids.insert(name.to_owned(), id);
    }
    if departments.len() > before {
        let store = till.store().clone();
        let tx = till.begin()?;
        documents::change_settings(&tx, &store, &departments, Some(by))?;
        tx.commit()?;
    }
    Ok(ids)
}

/// The id of the department that `path` names, such as `Drinks > Juice`; what is missing is added.
fn department(departments: &mut Vec<Department>, path: &str) -> String {
    let parts: Vec<&str> = path.split('>').map(str::trim).filter(|part| !part.is_empty()).collect();
    let mut parent: Option<String> = None;
    for (depth, name) in parts.iter().enumerate() {
        let (id, lower) = (slug(&parts[..=depth].join(" ")), name.to_lowercase());
        let is = |d: &&Department| {
            d.id == id
                || d.parent == parent
                    && (d.name.en.to_lowercase() == lower || d.name.fr.to_lowercase() == lower)
        };
        let found = departments.iter().find(is).map(|d| d.id.clone());
        parent = Some(found.unwrap_or_else(|| {
            let short: String = name.chars().take(15).collect();
            departments.push(Department {
                id: id.clone(),
                parent: parent.clone(),
                name: Text::new(*name, *name),
                short: Text::new(short.trim(), short.trim()),
                pigment: "none".into(),
            });
            id.clone()
        }));
    }
    parent.unwrap_or_default()
}

fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars() {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

impl NewRow {
    /// The product as it is to be: what the row says, and for the rest what it was.
    fn merged(
        &self,
        tenant: &str,
        known: Option<&(Product, Price)>,
        departments: &BTreeMap<String, String>,
    ) -> (Product, Price) {
        let department = self.department.as_ref().and_then(|name| departments.get(name)).cloned();
        let (mut product, mut price) =
            known.cloned().unwrap_or_else(|| (self.blank(tenant), Price::default()));
        let sku = product.skus.entry(self.sku.clone()).or_insert_with(blank_sku);
        if let Some(gtins) = &self.gtins {
            sku.gtins.clone_from(gtins);
        }
        if let Some(plus) = &self.plus {
            sku.plus.clone_from(plus);
        }
        sku.unit = self.unit.unwrap_or(sku.unit);
        sku.net_milligrams = self.net_milligrams.or(sku.net_milligrams);
        product.name.en.clone_from(&self.name);
        match &self.name_fr {
            Some(french) => product.name.fr.clone_from(french),
            None if known.is_none() => product.name.fr.clone_from(&self.name),
            None => {}
        }
        product.department = department.unwrap_or(product.department);
        product.tax_category = self.tax_category.clone().unwrap_or(product.tax_category);
        product.minimum_age = self.minimum_age.unwrap_or(product.minimum_age);
        product.archived = self.archived.unwrap_or(product.archived);
        product.drawing = self.drawing.clone().unwrap_or(product.drawing);
        product.cannabis = self.cannabis.or(product.cannabis);
        product.open_price = self.price.is_none();
        price.price = self.price.map(Money::minor);
        price.cost = self.cost.map(Money::minor).or(price.cost);
        (product, price)
    }

    fn blank(&self, tenant: &str) -> Product {
        Product {
            id: product::id(tenant, &self.sku),
            name: Text::default(),
            department: String::new(),
            tax_category: TaxCategory::standard(),
            minimum_age: None,
            archived: false,
            open_price: false,
            drawing: "box".into(),
            cannabis: None,
            skus: BTreeMap::new(),
        }
    }
}

fn blank_sku() -> Sku {
    Sku { unit: Unit::Each, gtins: BTreeSet::new(), plus: BTreeSet::new(), net_milligrams: None }
}
