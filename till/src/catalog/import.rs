//! Import of products from any CSV file through a column mapping.
//!
//! The whole file is read and checked first; what cannot be taken is told with line, column, value
//! and reason and changes nothing. What is left is compared with the catalogue, so that the same
//! file again changes nothing, and written in batches, each one entry of the journal.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use comptoir_domain::catalog::{CannabisClass, Department, Product, Sku};
use comptoir_domain::gs1::{CodeError, Gtin};
use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::quantity::{Quantity, Unit};
use comptoir_domain::store::Region;
use comptoir_domain::tax::TaxCategory;
use comptoir_domain::text::Text;
use comptoir_sync::documents::prices::{self, Price};
use comptoir_sync::documents::product;
use serde::Serialize;
use ts_rs::TS;

use crate::catalog;
use crate::documents::{self, Edits};
use crate::error::{Error, Result};
use crate::operators;
use crate::store;
use crate::till::Till;

/// Rows in one entry of the journal.
const BATCH: usize = 1_000;

/// Fields that a column can be mapped to.
pub const FIELDS: [&str; 15] = [
    "sku",
    "name",
    "name_fr",
    "gtin",
    "plu",
    "department",
    "price",
    "cost",
    "unit",
    "tax_category",
    "age_restricted",
    "archived",
    "drawing",
    "cannabis_class",
    "net_weight",
];

/// How a file is read.
#[derive(Debug, Clone, Default)]
pub struct Mapping {
    /// Field → name of its column. A field that is not named takes the column of its own name, if
    /// there is one.
    pub columns: BTreeMap<String, String>,
    /// Field → value where the column is missing or empty.
    pub defaults: BTreeMap<String, String>,
}

/// What came of it: `read = added + updated + unchanged + rejected`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, TS)]
pub struct Outcome {
    /// Rows of the file, without its head.
    pub read: u64,
    /// New SKUs.
    pub added: u64,
    /// SKUs of which something changed.
    pub updated: u64,
    /// SKUs that were so already.
    pub unchanged: u64,
    /// Rows that were not taken.
    pub rejected: u64,
}

/// How the bytes of the file were understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// UTF-16, by its byte order mark.
    Utf16,
    /// Not UTF-8; read as Windows-1252, which is what spreadsheets here write.
    Windows1252,
}

/// One thing wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reject {
    /// Line of the file on which the row begins, the head being line 1.
    pub line: u64,
    /// Name of the column in the file.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// Nothing where something must be.
    #[error("missing: fill it in, or give a default")]
    Missing,
    /// The last digit of a GTIN does not follow from the others.
    #[error("wrong check digit: it should end in {expected}; compare with the package")]
    BadCheckDigit {
        /// What it ought to be.
        expected: u8,
    },
    /// Not a GTIN.
    #[error("not a GTIN: it has 6 to 14 digits")]
    NotAGtin,
    /// Another SKU has this GTIN.
    #[error("this GTIN belongs to SKU {sku} already: correct one of the two")]
    GtinTaken {
        /// Whose it is.
        sku: String,
    },
    /// The SKU stands on an earlier line.
    #[error("this SKU stands on line {first} already: keep one of the two")]
    DuplicateSku {
        /// The earlier line.
        first: u64,
    },
    /// Not an amount.
    #[error("not a price: write it as 12.34")]
    BadAmount,
    /// Not each or kg.
    #[error("not a unit: write each or kg")]
    BadUnit,
    /// Not in the tax table.
    #[error("not a tax category: use one of {known}")]
    UnknownTaxCategory {
        /// All of them.
        known: String,
    },
    /// Not an age, yes or no.
    #[error("not an age: write 18, 19, 21, yes or no")]
    BadAge,
    /// Not yes or no.
    #[error("neither yes nor no")]
    BadFlag,
    /// Not in Schedule 3.
    #[error(
        "not a cannabis class: use dried, fresh, solid, non_solid, beverage, concentrate or seed"
    )]
    UnknownCannabisClass,
    /// Not a weight in grams.
    #[error("not a weight: write grams as 3.5")]
    BadWeight,
    /// Characters that cannot be what was meant.
    #[error("unreadable characters: save the file as UTF-8 and import it again")]
    Unreadable,
    /// Longer than any name or code.
    #[error("too long: at most {most} characters")]
    TooLong {
        /// How long it may be.
        most: usize,
    },
    /// More or fewer columns than the head.
    #[error("{found} columns where the head has {expected}: look for a stray quote or separator")]
    WrongColumns {
        /// Columns of the head.
        expected: usize,
        /// Columns of this row.
        found: usize,
    },
}

/// Why a file is not imported at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    /// A mapped column is not in the file.
    #[error("there is no column {column:?}; the file has {}", .columns.join(", "))]
    UnknownColumn {
        /// As mapped.
        column: String,
        /// Those of the file.
        columns: Vec<String>,
    },
    /// A field that does not exist is mapped.
    #[error("there is no field {field:?}; the fields are {}", FIELDS.join(", "))]
    UnknownField {
        /// As mapped.
        field: String,
    },
    /// A field that every row needs has neither column nor default.
    #[error("the field {field} has no column: map it with --map {field}=COLUMN")]
    Unmapped {
        /// Which.
        field: String,
    },
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
}

/// What was found in a file, before anything is changed.
#[derive(Debug, Clone)]
pub struct Plan {
    rows: Vec<NewRow>,
    /// Rows read.
    pub read: u64,
    /// What is wrong, in the order of the file.
    pub rejects: Vec<Reject>,
    /// How its bytes were understood.
    pub encoding: Encoding,
}

/// A row that can be taken.
#[derive(Debug, Clone)]
struct NewRow {
    line: u64,
    sku: String,
    name: String,
    name_fr: Option<String>,
    gtins: Option<BTreeSet<Gtin>>,
    gtin_column: String,
    plus: Option<BTreeSet<String>>,
    department: Option<String>,
    price: Money,
    cost: Option<Money>,
    unit: Option<Unit>,
    tax_category: Option<TaxCategory>,
    minimum_age: Option<Option<u8>>,
    archived: Option<bool>,
    drawing: Option<String>,
    cannabis: Option<CannabisClass>,
    net_milligrams: Option<u32>,
}

/// Imports a file. `progress` is told rows done and rows in all, after each batch.
pub fn import(
    till: &mut Till,
    by: OperatorId,
    file: &Path,
    mapping: &Mapping,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(Outcome, Vec<Reject>, Encoding)> {
    let bytes = std::fs::read(file).map_err(Error::file(file))?;
    let plan = read(till, &bytes, mapping)
        .map_err(|problem| Error::Broken(format!("{}: {problem}", file.display())))?;
    let encoding = plan.encoding;
    let (outcome, rejects) = write(till, by, plan, progress)?;
    Ok((outcome, rejects, encoding))
}

/// Imports the bytes of a file, without progress.
pub fn import_bytes(
    till: &mut Till,
    by: OperatorId,
    bytes: &[u8],
    mapping: &Mapping,
) -> Result<(Outcome, Vec<Reject>)> {
    let plan = read(till, bytes, mapping).map_err(|problem| Error::Broken(problem.to_string()))?;
    write(till, by, plan, &mut |_, _| {})
}

/// Reads and checks a file.
pub fn read(
    till: &Till,
    bytes: &[u8],
    mapping: &Mapping,
) -> std::result::Result<Plan, FileProblem> {
    let (text, encoding) = decode(bytes);
    let head = text.lines().next().unwrap_or_default();
    let count = |separator: char| head.matches(separator).count();
    let separator =
        [',', ';', '\t'].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(',');
    let separator = if count(separator) > count(',') { separator } else { ',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .flexible(true)
        .from_reader(text.as_bytes());
    let head: Vec<String> = match reader.headers() {
        Ok(head) if head.iter().any(|name| !name.trim().is_empty()) => {
            head.iter().map(|name| name.trim().to_owned()).collect()
        }
        _ => return Err(FileProblem::Empty),
    };
    let columns = Columns::new(&head, mapping)?;
    let mut plan = Plan { rows: Vec::new(), read: 0, rejects: Vec::new(), encoding };
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    let mut record = csv::StringRecord::new();
    let mut lines = Lines { text: text.as_bytes(), place: 0, line: 1 };
    while reader.read_record(&mut record).unwrap_or(false) {
        plan.read += 1;
        let line = record.position().map_or(0, |position| lines.at(position.byte()));
        let mut row = Row { columns: &columns, record: &record, line, rejects: Vec::new() };
        match row.check(till, &mut seen) {
            Some(new) if row.rejects.is_empty() => plan.rows.push(new),
            _ => plan.rejects.append(&mut row.rejects),
        }
    }
    Ok(plan)
}

/// Counts lines up to a place, each call further on: the reader's own count is one short after
/// `\r\n`.
struct Lines<'a> {
    text: &'a [u8],
    place: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which the record that begins at byte `start` stands.
    fn at(&mut self, start: u64) -> u64 {
        let start = usize::try_from(start).unwrap_or(usize::MAX).min(self.text.len());
        let breaks =
            self.text[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let until = start + breaks;
        let newlines = self.text[self.place..until].iter().filter(|byte| **byte == b'\n').count();
        self.line += newlines as u64;
        self.place = until;
        self.line
    }
}

/// Writes what a plan holds.
fn write(
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
            if known.is_none_or(|known| known.1 != price) {
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
    tx: &crate::till::Tx<'_>,
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
        price.price = Some(self.price.minor());
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
            drawing: "box".into(),
            cannabis: None,
            skus: BTreeMap::new(),
        }
    }
}

fn blank_sku() -> Sku {
    Sku { unit: Unit::Each, gtins: BTreeSet::new(), plus: BTreeSet::new(), net_milligrams: None }
}

/// Which column each field is in.
struct Columns {
    places: BTreeMap<&'static str, (usize, String)>,
    defaults: BTreeMap<String, String>,
    count: usize,
}

impl Columns {
    fn new(head: &[String], mapping: &Mapping) -> std::result::Result<Columns, FileProblem> {
        let known = |field: &&String| FIELDS.contains(&field.as_str());
        if let Some(field) =
            mapping.columns.keys().chain(mapping.defaults.keys()).find(|field| !known(field))
        {
            return Err(FileProblem::UnknownField { field: field.clone() });
        }
        let mut places = BTreeMap::new();
        for field in FIELDS {
            let mapped = mapping.columns.get(field);
            let name = mapped.map_or(field, String::as_str);
            match head.iter().position(|column| column.eq_ignore_ascii_case(name)) {
                Some(place) => {
                    places.insert(field, (place, head[place].clone()));
                }
                None if mapped.is_some() => {
                    return Err(FileProblem::UnknownColumn {
                        column: name.to_owned(),
                        columns: head.to_vec(),
                    });
                }
                None => {}
            }
        }
        for field in ["sku", "name", "price"] {
            if !places.contains_key(field) && !mapping.defaults.contains_key(field) {
                return Err(FileProblem::Unmapped { field: field.to_owned() });
            }
        }
        Ok(Columns { places, defaults: mapping.defaults.clone(), count: head.len() })
    }
}

/// A row being checked.
struct Row<'a> {
    columns: &'a Columns,
    record: &'a csv::StringRecord,
    line: u64,
    rejects: Vec<Reject>,
}

impl Row<'_> {
    fn check(&mut self, till: &Till, seen: &mut BTreeMap<String, u64>) -> Option<NewRow> {
        if self.record.len() != self.columns.count {
            let reason =
                Reason::WrongColumns { expected: self.columns.count, found: self.record.len() };
            let reject =
                Reject { line: self.line, column: String::new(), value: String::new(), reason };
            self.rejects.push(reject);
            return None;
        }
        let currency = till.store().currency;
        let sku = self.required("sku", 40)?;
        let first = *seen.entry(sku.clone()).or_insert(self.line);
        if first != self.line {
            self.reject("sku", Reason::DuplicateSku { first });
        }
        let name = self.required("name", 120);
        let price = self.required("price", 40).and_then(|text| {
            self.parsed("price", &text, |text| amount(text, currency), Reason::BadAmount)
        });
        let new = NewRow {
            line: self.line,
            sku,
            name: name.unwrap_or_default(),
            name_fr: self.text("name_fr", 120),
            gtins: self.gtins(),
            gtin_column: self.column("gtin"),
            plus: self.text("plu", 200).map(|text| {
                text.split(';')
                    .map(|plu| plu.trim().to_owned())
                    .filter(|plu| !plu.is_empty())
                    .collect()
            }),
            department: self.text("department", 60),
            price: price.unwrap_or(Money::zero(currency)),
            cost: self.value("cost", |text| amount(text, currency), Reason::BadAmount),
            unit: self.value("unit", Unit::parse, Reason::BadUnit),
            tax_category: self.tax_category(till),
            minimum_age: self.value(
                "age_restricted",
                |text| age(text, till.store().region),
                Reason::BadAge,
            ),
            archived: self.value("archived", flag, Reason::BadFlag),
            drawing: self.text("drawing", 40),
            cannabis: self.value(
                "cannabis_class",
                CannabisClass::parse,
                Reason::UnknownCannabisClass,
            ),
            net_milligrams: self.value("net_weight", milligrams, Reason::BadWeight),
        };
        price.map(|_| new)
    }

    fn gtins(&mut self) -> Option<BTreeSet<Gtin>> {
        let text = self.text("gtin", 400)?;
        let mut gtins = BTreeSet::new();
        for code in text.split(';').map(str::trim).filter(|code| !code.is_empty()) {
            match Gtin::parse(code) {
                Ok(gtin) => {
                    gtins.insert(gtin);
                }
                Err(CodeError::BadCheckDigit { expected, .. }) => {
                    self.reject("gtin", Reason::BadCheckDigit { expected })
                }
                Err(_) => self.reject("gtin", Reason::NotAGtin),
            }
        }
        Some(gtins)
    }

    fn tax_category(&mut self, till: &Till) -> Option<TaxCategory> {
        let category = TaxCategory(self.text("tax_category", 40)?.to_lowercase());
        if till.taxes().knows(&category) {
            return Some(category);
        }
        let known: Vec<&str> =
            till.taxes().categories.iter().map(|category| category.0.as_str()).collect();
        self.reject("tax_category", Reason::UnknownTaxCategory { known: known.join(", ") });
        None
    }

    fn value<T>(
        &mut self,
        field: &'static str,
        parse: impl Fn(&str) -> Option<T>,
        reason: Reason,
    ) -> Option<T> {
        let text = self.text(field, 40)?;
        self.parsed(field, &text, parse, reason)
    }

    fn parsed<T>(
        &mut self,
        field: &'static str,
        text: &str,
        parse: impl Fn(&str) -> Option<T>,
        reason: Reason,
    ) -> Option<T> {
        let parsed = parse(text);
        if parsed.is_none() {
            self.reject(field, reason);
        }
        parsed
    }

    fn required(&mut self, field: &'static str, most: usize) -> Option<String> {
        let text = self.text(field, most);
        if text.is_none() && self.rejects.iter().all(|reject| reject.column != self.column(field)) {
            self.reject(field, Reason::Missing);
        }
        text
    }

    /// The text of a field, or its default; none when both are empty.
    fn text(&mut self, field: &'static str, most: usize) -> Option<String> {
        let text = self.raw(field);
        let text = match text.trim() {
            "" => self.columns.defaults.get(field)?.trim().to_owned(),
            text => text.to_owned(),
        };
        // Control characters and U+FFFD are what a wrong encoding leaves behind.
        if text.chars().any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER) {
            self.reject(field, Reason::Unreadable);
            return None;
        }
        if text.chars().count() > most {
            self.reject(field, Reason::TooLong { most });
            return None;
        }
        (!text.is_empty()).then_some(text)
    }

    fn raw(&self, field: &str) -> &str {
        self.columns
            .places
            .get(field)
            .and_then(|(place, _)| self.record.get(*place))
            .unwrap_or_default()
    }

    fn column(&self, field: &str) -> String {
        self.columns.places.get(field).map_or_else(|| field.to_owned(), |(_, name)| name.clone())
    }

    fn reject(&mut self, field: &'static str, reason: Reason) {
        let value = match self.raw(field).trim() {
            "" => self.columns.defaults.get(field).cloned().unwrap_or_default(),
            value => value.to_owned(),
        };
        let (line, column) = (self.line, self.column(field));
        self.rejects.push(Reject { line, column, value, reason });
    }
}

/// `12.34`, and as spreadsheets write it: `$12.34`, `1,234.50`, `12,34`, `12,34 $`.
fn amount(text: &str, currency: comptoir_domain::money::Currency) -> Option<Money> {
    let plain: String =
        text.chars().filter(|c| !matches!(c, '$' | ' ' | '\u{a0}' | '\u{202f}')).collect();
    let plain = match (plain.contains('.'), plain.rsplit_once(',')) {
        (true, _) if thousands_are_grouped(&plain) => plain.replace(',', ""),
        (false, Some((whole, cents))) if cents.len() <= 2 && !whole.contains(',') => {
            format!("{whole}.{cents}")
        }
        _ => plain,
    };
    Money::parse_price(&plain, currency).ok()
}

fn thousands_are_grouped(text: &str) -> bool {
    let whole = text.split('.').next().unwrap_or_default();
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3)
}

/// An age, or whether there is one: `yes` means the age of the region for alcohol.
fn age(text: &str, region: Region) -> Option<Option<u8>> {
    match flag(text) {
        Some(true) => {
            Some(Some(if matches!(region, Region::AB | Region::MB | Region::QC) { 18 } else { 19 }))
        }
        Some(false) => Some(None),
        None => {
            text.trim_end_matches('+').parse().ok().filter(|age| (1..=99).contains(age)).map(Some)
        }
    }
}

fn flag(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" | "oui" | "o" | "vrai" | "1" => Some(true),
        "no" | "n" | "false" | "non" | "faux" | "0" => Some(false),
        _ => None,
    }
}

fn milligrams(grams: &str) -> Option<u32> {
    let quantity: Quantity = grams.trim_end_matches(['g', ' ', '\u{a0}']).parse().ok()?;
    u32::try_from(quantity.thousandths()).ok().filter(|milligrams| *milligrams > 0)
}

/// UTF-8 with or without mark, UTF-16 by its mark, else Windows-1252. In a file that is partly
/// UTF-8, the parts that are not become U+FFFD, and their rows are rejected.
fn decode(bytes: &[u8]) -> (String, Encoding) {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
        let name = if encoding == encoding_rs::UTF_8 { Encoding::Utf8Bom } else { Encoding::Utf16 };
        return (text.into_owned(), name);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), Encoding::Utf8),
        Err(_) if has_utf8_letters(bytes) => {
            (String::from_utf8_lossy(bytes).into_owned(), Encoding::Utf8)
        }
        Err(_) => {
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
            (text.into_owned(), Encoding::Windows1252)
        }
    }
}

fn has_utf8_letters(bytes: &[u8]) -> bool {
    bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii())
}
