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

use rusqlite::Connection;

use super::read::{NewRow, Plan};
use super::{Outcome, Reason, Reject};
use crate::documents::{self, Edits};
use crate::error::Result;
use crate::till::Till;
use crate::{catalog, operators, store};

/// Rows in one entry of the journal.
const BATCH: usize = 1_000;

/// A file on its way into the catalogue, batch by batch, so that somebody can sell in between.
#[derive(Debug)]
pub struct Import {
    by: OperatorId,
    rows: Vec<NewRow>,
    /// Rows that were gone through.
    done: usize,
    departments: Ids,
    claimed: BTreeMap<Gtin, String>,
    outcome: Outcome,
    rejects: Vec<Reject>,
    priced: BTreeSet<String>,
}

impl Import {
    /// Adds the departments that the rows name and the store does not have; no product yet.
    pub fn begin(till: &mut Till, by: OperatorId, plan: Plan) -> Result<Import> {
        operators::check(&till.db, by, Permission::EditCatalog)?;
        let outcome = plan.outcome();
        let Plan { mut rows, rejects, .. } = plan;
        let (all, departments) = departments(&till.db, &rows)?;
        if let Some(all) = all {
            let store = till.store().clone();
            let tx = till.begin()?;
            documents::change_settings(&tx, &store, &all, Some(by))?;
            tx.commit()?;
        }
        // Rows whose prices lie in one bucket are written together, so that each bucket is written once.
        rows.sort_by_cached_key(|row| (prices::bucket(&row.sku), row.line));
        let (claimed, priced) = (BTreeMap::new(), priced(&rows));
        Ok(Import { by, rows, done: 0, departments, claimed, outcome, rejects, priced })
    }

    /// Writes one batch, an entry of the journal; false when none was left.
    pub fn step(&mut self, till: &mut Till) -> Result<bool> {
        let until = self.rows.len().min(self.done + BATCH);
        let batch = &mut self.rows[self.done..until];
        if batch.is_empty() {
            return Ok(false);
        }
        // Within a batch, products are made in the order of the file.
        batch.sort_by_key(|row| row.line);
        let tx = till.begin()?;
        let mut edits = Edits::new(&tx);
        let mut new_prices = BTreeMap::new();
        for row in &*batch {
            if let Some(reject) = cannot_be(&tx, row, &mut self.claimed, &self.priced)? {
                self.rejects.push(reject);
                self.outcome.rejected += 1;
                continue;
            }
            let known = catalog::find_product(&tx, &row.sku)?;
            let (product, price) =
                row.merged(&tx.identity.tenant, known.as_ref(), &self.departments);
            match &known {
                None => self.outcome.added += 1,
                Some(known) if known.0 == product && known.1 == price => {
                    self.outcome.unchanged += 1;
                    continue;
                }
                Some(_) => self.outcome.updated += 1,
            }
            if known.as_ref().is_none_or(|known| known.0 != product) {
                edits.product(&product)?;
            }
            if known.map_or(Price::default(), |known| known.1) != price {
                new_prices.insert(row.sku.clone(), price);
            }
        }
        edits.prices(&new_prices)?;
        edits.record(Some(self.by))?;
        tx.commit()?;
        self.done = until;
        Ok(true)
    }

    /// Rows done, and rows in all.
    pub fn progress(&self) -> (u64, u64) {
        (self.done as u64, self.rows.len() as u64)
    }

    /// What came of it, and what was not taken.
    pub fn finish(mut self, till: &mut Till) -> Result<(Outcome, Vec<Reject>)> {
        self.rejects.sort_by_key(|reject| reject.line);
        catalog::search::refresh_popular(till)?;
        Ok((self.outcome, self.rejects))
    }
}

/// The SKUs that charges of the rows may name: those of the file that have a price.
pub(super) fn priced(rows: &[NewRow]) -> BTreeSet<String> {
    let some = rows.iter().any(|row| row.charges.is_some());
    let priced = rows.iter().filter(|row| some && row.price.is_some());
    priced.map(|row| row.sku.clone()).collect()
}

/// What of a row contradicts the catalogue or the rest of the file.
pub(super) fn cannot_be(
    db: &Connection,
    row: &NewRow,
    claimed: &mut BTreeMap<Gtin, String>,
    priced: &BTreeSet<String>,
) -> Result<Option<Reject>> {
    for sku in row.charges.iter().flat_map(BTreeMap::keys) {
        if *sku == row.sku || !(priced.contains(sku) || catalog::has_price(db, sku)?) {
            let (column, value) = (row.charges_column.clone(), sku.clone());
            let reason = Reason::UnknownCharge { sku: sku.clone() };
            let sku = Some(row.sku.clone());
            return Ok(Some(Reject { line: row.line, sku, column, value, reason }));
        }
    }
    taken_gtin(db, row, claimed)
}

fn taken_gtin(
    db: &Connection,
    row: &NewRow,
    claimed: &mut BTreeMap<Gtin, String>,
) -> Result<Option<Reject>> {
    for gtin in row.gtins.iter().flatten() {
        let owner = match claimed.get(gtin) {
            Some(sku) => Some(sku.clone()),
            None => catalog::by_gtin(db, *gtin)?,
        };
        if let Some(sku) = owner.filter(|sku| *sku != row.sku) {
            let (column, value) = (row.gtin_column.clone(), gtin.to_string());
            let (reason, sku) = (Reason::GtinTaken { sku }, Some(row.sku.clone()));
            return Ok(Some(Reject { line: row.line, sku, column, value, reason }));
        }
    }
    claimed.extend(row.gtins.iter().flatten().map(|gtin| (*gtin, row.sku.clone())));
    Ok(None)
}

/// Ids of departments by the names that rows have for them.
pub(super) type Ids = BTreeMap<String, String>;

/// The id of each department that the rows name; and all departments, when some of them are new.
pub(super) fn departments(
    db: &Connection,
    rows: &[NewRow],
) -> Result<(Option<Vec<Department>>, Ids)> {
    let mut departments = store::departments(db)?;
    let before = departments.len();
    let mut ids = BTreeMap::new();
    for name in rows.iter().filter_map(|row| row.department.as_deref()) {
        if !ids.contains_key(name) {
            let id = department(&mut departments, name);
            ids.insert(name.to_owned(), id);
        }
    }
    Ok(((departments.len() > before).then_some(departments), ids))
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
    pub(super) fn merged(
        &self,
        tenant: &str,
        known: Option<&(Product, Price)>,
        departments: &Ids,
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
        if let Some(charges) = &self.charges {
            sku.charges.clone_from(charges);
        }
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
    Sku {
        unit: Unit::Each,
        gtins: Default::default(),
        plus: Default::default(),
        net_milligrams: None,
        charges: Default::default(),
    }
}
