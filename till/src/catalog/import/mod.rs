//! Import of products from any CSV file through a column mapping.
//!
//! The whole file is read and checked first; what cannot be taken is told with line, column, value
//! and reason and changes nothing. What is left is compared with the catalogue, so that the same
//! file again changes nothing, and written in batches, each one entry of the journal.

mod guess;
pub mod preview;
pub mod read;
pub mod write;

use std::collections::BTreeMap;
use std::path::Path;

use comptoir_domain::ids::OperatorId;
use comptoir_domain::tax::TaxTable;
use serde::Serialize;
use ts_rs::TS;

use self::read::{Plan, Rulebook, plan};
use self::write::Import;
use crate::error::{Error, Result};
use crate::till::Till;

/// Fields that a column can be mapped to.
pub const FIELDS: [&str; 17] = [
    "sku",
    "name",
    "name_fr",
    "gtin",
    "plu",
    "department",
    "price",
    "open_price",
    "cost",
    "unit",
    "tax_category",
    "age_restricted",
    "archived",
    "drawing",
    "cannabis_class",
    "net_weight",
    "charges",
];

/// How a file is read.
#[derive(Debug, Clone, Default)]
pub struct Mapping {
    /// Field → name of its column. A field that is not named takes the column of its own name, if
    /// there is one; one that is named with nothing takes none.
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

/// A file as it looks, before anybody says which column is what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Glance {
    /// How its bytes were understood.
    pub encoding: Encoding,
    /// Between columns.
    pub separator: char,
    /// Without the head.
    pub rows: u64,
    /// In the order of the file.
    pub columns: Vec<Column>,
    /// Field → the column that its name suggests.
    pub proposed: BTreeMap<String, String>,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Column {
    /// As the head calls it.
    pub name: String,
    /// The first values in it.
    pub samples: Vec<String>,
}

/// How the bytes of the file were understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Reject {
    /// Line of the file on which the row begins, the head being line 1.
    pub line: u64,
    /// SKU of the row, where it has one.
    pub sku: Option<String>,
    /// Name of the column in the file.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "RejectReason")]
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
    /// What is keyed at the counter and what the catalogue says cannot both be the price.
    #[error(
        "an open price is keyed at the counter: leave this empty, or write no as its open_price"
    )]
    PriceOfOpenItem,
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
    /// Not SKUs and how many of each, or not of something sold by the piece.
    #[error(
        "not deposits or fees: write their SKUs and how many go with a piece, as DEPOSIT*6; ECO"
    )]
    BadCharges,
    /// What is to be paid along with it does not exist, or has no price of its own.
    #[error("there is no SKU {sku} with a price: add the deposit or fee to the catalogue first")]
    UnknownCharge {
        /// As named.
        sku: String,
    },
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

impl Reason {
    pub(in crate::catalog) fn not_a_tax_category(taxes: &TaxTable) -> Reason {
        let known: Vec<&str> =
            taxes.categories.iter().map(|category| category.0.as_str()).collect();
        Reason::UnknownTaxCategory { known: known.join(", ") }
    }
}

/// Why a file is not imported at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "ImportRefusal")]
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
    FieldUnmapped {
        /// Which.
        field: String,
    },
    /// Nothing in it.
    #[error("the file is empty")]
    EmptyFile,
    /// No file was chosen, or the one chosen was imported already.
    #[error("choose a file first")]
    NoFile,
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
    let plan = plan(&Rulebook::of(till), &bytes, mapping)?;
    let encoding = plan.encoding;
    let (outcome, rejects) = whole(till, by, plan, progress)?;
    Ok((outcome, rejects, encoding))
}

/// Imports the bytes of a file, without progress.
pub fn import_bytes(
    till: &mut Till,
    by: OperatorId,
    bytes: &[u8],
    mapping: &Mapping,
) -> Result<(Outcome, Vec<Reject>)> {
    let plan = plan(&Rulebook::of(till), bytes, mapping)?;
    whole(till, by, plan, &mut |_, _| {})
}

fn whole(
    till: &mut Till,
    by: OperatorId,
    plan: Plan,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(Outcome, Vec<Reject>)> {
    let mut import = Import::begin(till, by, plan)?;
    while import.step(till)? {
        let (done, all) = import.progress();
        progress(done, all);
    }
    import.finish(till)
}

/// What was rejected, as a file beside the one that was imported.
pub fn rejects_csv(rejects: &[Reject]) -> Result<String> {
    let unwritable =
        |error: csv::Error| Error::Broken(format!("the rejects cannot be written: {error}"));
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record(["line", "sku", "column", "value", "reason"]).map_err(unwritable)?;
    for Reject { line, sku, column, value, reason } in rejects {
        let sku = sku.as_deref().unwrap_or_default();
        let row = [&line.to_string(), sku, column, value, &reason.to_string()];
        file.write_record(row).map_err(unwritable)?;
    }
    let bytes = file.into_inner().map_err(|error| unwritable(error.into_error().into()))?;
    String::from_utf8(bytes).map_err(|error| Error::Broken(error.to_string()))
}
