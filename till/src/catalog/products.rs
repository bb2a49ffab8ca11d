//! The catalogue as its manager sees it: one product after the other, with its codes, its price and what the price
//! was before.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_domain::catalog::{self, CannabisClass, Product, Sku, charge_text, read_charges};
use comptoir_domain::gs1::{CodeError, Gtin};
use comptoir_domain::ids::{OperatorId, ProductId};
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::operators::Permission;
use comptoir_domain::quantity::{Quantity, Unit};
use comptoir_domain::tax::TaxCategory;
use comptoir_domain::text::Text;
use comptoir_sync::documents::prices::{self, Price};
use comptoir_sync::documents::{ChangeError, Document, Kind, product};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::import::Reason;
use super::import::read::{Rulebook, amount, milligrams};
use super::search;
use super::{by_gtin, find_product, has_price};
use crate::documents::{Edits, PRICE_LIST};
use crate::error::{Error, Result};
use crate::till::{Till, utc};
use crate::{journal, operators};

/// Prices of one SKU that are told.
const MOST_PRICES: usize = 50;

/// A product as it is edited. Prices are of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProductDraft {
    /// English and French name.
    pub name: Text,
    /// Id of its department.
    pub department: String,
    /// Decides which taxes apply.
    pub tax_category: String,
    /// Sold only to people of this age and above.
    pub minimum_age: Option<u8>,
    /// No longer sold.
    pub archived: bool,
    /// Its price is keyed at the counter.
    pub open_price: bool,
    /// Name of its drawing.
    pub drawing: String,
    /// `dried`, `beverage`, …
    pub cannabis_class: Option<String>,
    /// What is sold of it.
    pub skus: Vec<SkuDraft>,
}

/// A SKU as it is edited: numbers as they are typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SkuDraft {
    /// SKU code.
    pub code: String,
    /// Piece or weight.
    pub unit: Unit,
    /// As printed below their bars.
    pub gtins: Vec<String>,
    /// Keyed codes.
    pub plus: Vec<String>,
    /// Net content in grams.
    pub net_weight: String,
    /// Before tax.
    pub price: String,
    /// What the store pays.
    pub cost: String,
    /// What is paid along with each piece, such as deposits: a SKU, or `DEPOSIT*6` for six of it.
    pub charges: Vec<String>,
}

/// A product as it is, and what its prices were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ProductView {
    /// As it can be edited.
    pub draft: ProductDraft,
    /// The newest first.
    pub prices: Vec<PriceChange>,
}

/// A price from then on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PriceChange {
    /// Of which SKU.
    pub sku: String,
    /// RFC 3339, UTC.
    pub at: String,
    /// Name of who set it.
    pub by: String,
    /// Of one unit.
    pub price: Option<Money>,
    /// What the store pays.
    pub cost: Option<Money>,
}

/// Why a product is not saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "ProductRefusal")]
pub enum Refusal {
    /// A field says what it cannot.
    #[error("{}{field}: {reason}", sku.as_ref().map(|sku| format!("{sku}, ")).unwrap_or_default())]
    BadField {
        /// The SKU that it is of, where it is known; none for what is of the whole product.
        sku: Option<String>,
        /// As a column of an import is called.
        field: String,
        /// What was typed.
        value: String,
        /// What is wrong with it.
        reason: Reason,
    },
    /// Another product has this SKU.
    #[error("there is a product with the SKU {sku} already")]
    SkuExists {
        /// SKU code.
        sku: String,
    },
}

/// The product of a SKU.
pub fn view(till: &Till, sku: &str) -> Result<ProductView> {
    let (db, currency) = (till.db(), till.store().currency);
    let unknown = || catalog::Refusal::UnknownSku { sku: sku.to_owned() };
    let (product, _) = find_product(db, sku)?.ok_or_else(unknown)?;
    let mut skus = Vec::new();
    let mut history = Vec::new();
    for (code, sku) in &product.skus {
        let price = find_product(db, code)?.map_or(Price::default(), |(_, price)| price);
        skus.push(SkuDraft::new(code, sku, price, currency));
        history.extend(price_changes(till, code)?);
    }
    history.sort_by(|one, other| other.at.cmp(&one.at));
    history.truncate(MOST_PRICES);
    let draft = ProductDraft {
        name: product.name,
        department: product.department,
        tax_category: product.tax_category.0,
        minimum_age: product.minimum_age,
        archived: product.archived,
        open_price: product.open_price,
        drawing: product.drawing,
        cannabis_class: product.cannabis.map(|class| class.as_str().to_owned()),
        skus,
    };
    Ok(ProductView { draft, prices: history })
}

impl SkuDraft {
    fn new(code: &str, sku: &Sku, price: Price, currency: Currency) -> SkuDraft {
        let money = |minor: Option<i64>| {
            minor.map(|minor| Money::new(minor, currency).to_string()).unwrap_or_default()
        };
        let grams = |milligrams: u32| Quantity::from_thousandths(i64::from(milligrams)).to_string();
        SkuDraft {
            code: code.to_owned(),
            unit: sku.unit,
            gtins: sku.gtins.iter().map(|gtin| gtin.to_string()).collect(),
            plus: sku.plus.iter().cloned().collect(),
            net_weight: sku.net_milligrams.map(grams).unwrap_or_default(),
            price: money(price.price),
            cost: money(price.cost),
            charges: sku.charges.iter().map(charge_text).collect(),
        }
    }
}

/// Adds a product, or makes the one that has the SKU `of` say what the draft says. SKUs that the draft does not name
/// stay.
pub fn save(till: &mut Till, by: OperatorId, of: Option<&str>, draft: &ProductDraft) -> Result<()> {
    let rules = Rulebook::of(till);
    let tx = till.begin()?;
    operators::check(&tx, by, Permission::EditCatalog)?;
    let known =
        of.map(|sku| find_product(&tx, sku)).transpose()?.flatten().map(|(product, _)| product);
    let first = draft.skus.first().map(|sku| sku.code.trim()).unwrap_or_default();
    let id =
        known.as_ref().map_or_else(|| product::id(&tx.identity.tenant, first), |known| known.id);
    let mut product = draft.product(&rules, id)?;
    let mut new_prices = BTreeMap::new();
    for sku in &draft.skus {
        let code = required("sku", &sku.code, 40)?;
        let elsewhere = find_product(&tx, &code)?
            .is_some_and(|(other, _)| other.id != product.id || known.is_none());
        if elsewhere || product.skus.contains_key(&code) {
            return Err(Refusal::SkuExists { sku: code }.into());
        }
        let read = sku.read(&rules, draft.open_price).and_then(|(sku, price)| {
            check_others(&tx, &code, &sku)?;
            Ok((sku, price))
        });
        let (sku, price) = read.map_err(|error| of_sku(&code, error))?;
        product.skus.insert(code.clone(), sku);
        new_prices.insert(code, price);
    }
    if product.skus.is_empty() {
        return Err(bad("sku", "", Reason::Missing));
    }
    for (code, sku) in known.map(|known| known.skus).unwrap_or_default() {
        product.skus.entry(code).or_insert(sku);
    }
    let mut edits = Edits::new(&tx);
    edits.product(&product)?;
    edits.prices(&new_prices)?;
    edits.record(Some(by))?;
    tx.commit()?;
    search::refresh_popular(till)
}

/// Refuses a GTIN that another SKU has, and deposits and fees that are no goods with a price.
fn check_others(db: &Connection, code: &str, sku: &Sku) -> Result<()> {
    for gtin in &sku.gtins {
        if let Some(sku) = by_gtin(db, *gtin)?.filter(|owner| *owner != code) {
            return Err(bad("gtin", &gtin.to_string(), Reason::GtinTaken { sku }));
        }
    }
    for charge in sku.charges.keys() {
        if *charge == code || !has_price(db, charge)? {
            return Err(bad("charges", charge, Reason::UnknownCharge { sku: charge.clone() }));
        }
    }
    Ok(())
}

impl ProductDraft {
    fn product(&self, rules: &Rulebook, id: ProductId) -> Result<Product> {
        let en = required("name", &self.name.en, 120)?;
        let fr = match self.name.fr.trim() {
            "" => en.clone(),
            french => fits("name_fr", french, 120)?,
        };
        let tax_category = TaxCategory(self.tax_category.clone());
        if !rules.taxes.knows(&tax_category) {
            let reason = Reason::not_a_tax_category(&rules.taxes);
            return Err(bad("tax_category", &self.tax_category, reason));
        }
        let class = self.cannabis_class.as_deref().filter(|class| !class.is_empty());
        let cannabis = class
            .map(|class| {
                CannabisClass::parse(class)
                    .ok_or_else(|| bad("cannabis_class", class, Reason::UnknownCannabisClass))
            })
            .transpose()?;
        if self.minimum_age.is_some_and(|age| !(1..=99).contains(&age)) {
            let age = self.minimum_age.unwrap_or_default().to_string();
            return Err(bad("age_restricted", &age, Reason::BadAge));
        }
        Ok(Product {
            id,
            name: Text { en, fr },
            department: self.department.clone(),
            tax_category,
            minimum_age: self.minimum_age,
            archived: self.archived,
            open_price: self.open_price,
            drawing: fits("drawing", &self.drawing, 40)?,
            cannabis,
            skus: BTreeMap::new(),
        })
    }
}

impl SkuDraft {
    fn read(&self, rules: &Rulebook, open_price: bool) -> Result<(Sku, Price)> {
        let mut gtins = BTreeSet::new();
        for code in self.gtins.iter().map(|code| code.trim()).filter(|code| !code.is_empty()) {
            let gtin = Gtin::parse(code).map_err(|error| match error {
                CodeError::BadCheckDigit { expected, .. } => {
                    bad("gtin", code, Reason::BadCheckDigit { expected })
                }
                _ => bad("gtin", code, Reason::NotAGtin),
            })?;
            gtins.insert(gtin);
        }
        let money = |field: &str, text: &str| match text.trim() {
            "" => Ok(None),
            text => amount(text, rules.currency)
                .map(|money| Some(money.minor()))
                .ok_or_else(|| bad(field, text, Reason::BadAmount)),
        };
        let price = money("price", &self.price)?;
        match (open_price, price) {
            (true, Some(_)) => return Err(bad("price", &self.price, Reason::PriceOfOpenItem)),
            (false, None) => return Err(bad("price", "", Reason::Missing)),
            _ => {}
        }
        let net_milligrams = match self.net_weight.trim() {
            "" => None,
            text => {
                Some(milligrams(text).ok_or_else(|| bad("net_weight", text, Reason::BadWeight))?)
            }
        };
        let plus = self.plus.iter().map(|plu| plu.trim().to_owned());
        let plus = plus.filter(|plu| !plu.is_empty()).collect();
        let text = self.charges.join("; ");
        let charges = read_charges(&text)
            .filter(|charges| charges.is_empty() || self.unit == Unit::Each)
            .ok_or_else(|| bad("charges", &text, Reason::BadCharges))?;
        let sku = Sku { unit: self.unit, gtins, plus, net_milligrams, charges };
        Ok((sku, Price { price, cost: money("cost", &self.cost)? }))
    }
}

fn bad(field: &str, value: &str, reason: Reason) -> Error {
    Refusal::BadField { sku: None, field: field.to_owned(), value: value.to_owned(), reason }.into()
}

/// The same refusal, told of a SKU.
fn of_sku(code: &str, error: Error) -> Error {
    match error {
        Error::Refused(crate::error::Refusal::Product(Refusal::BadField {
            field,
            value,
            reason,
            ..
        })) => Refusal::BadField { sku: Some(code.to_owned()), field, value, reason }.into(),
        other => other,
    }
}

fn fits(field: &str, text: &str, most: usize) -> Result<String> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(bad(field, text, Reason::Unreadable));
    }
    if text.chars().count() > most {
        return Err(bad(field, text, Reason::TooLong { most }));
    }
    Ok(text.to_owned())
}

fn required(field: &str, text: &str, most: usize) -> Result<String> {
    let text = fits(field, text, most)?;
    if text.is_empty() { Err(bad(field, "", Reason::Missing)) } else { Ok(text) }
}

/// What the journal says of the price of a SKU, in its order.
fn price_changes(till: &Till, sku: &str) -> Result<Vec<PriceChange>> {
    let (db, currency) = (till.db(), till.store().currency);
    let document = prices::id(&till.identity().tenant, PRICE_LIST, prices::bucket(sku));
    let mut select = db.prepare_cached(
        "SELECT DISTINCT entry FROM document_change WHERE document = ?1 ORDER BY entry",
    )?;
    let entries: Vec<i64> = select
        .query_map([document.into_bytes()], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut bucket = Document::new(Kind::Prices);
    let mut last = Price::default();
    let mut changes = Vec::new();
    // Those of several devices may have come in another order than they were made in.
    let mut waiting: Vec<Vec<u8>> = Vec::new();
    for id in entries {
        let (entry, fact) = journal::read_fact(db, id)?;
        let Some(fact) = fact.documents() else { continue };
        let new = fact.changes.iter().filter(|change| Uuid::from(change.document) == document);
        waiting.extend(new.map(|change| change.change.clone()));
        while let before = waiting.len()
            && before > 0
        {
            waiting.retain(|change| bucket.take(change) == Err(ChangeError::MissingDependency));
            if waiting.len() == before {
                break;
            }
        }
        let now = prices::read(&bucket.fields()).get(sku).copied().unwrap_or_default();
        if now == last {
            continue;
        }
        last = now;
        let by = entry.operator.map(|id| OperatorId(Uuid::from_bytes(id)));
        let by = by.and_then(|by| operators::find(db, by).ok()).map(|by| by.name);
        let money = |minor: Option<i64>| minor.map(|minor| Money::new(minor, currency));
        changes.push(PriceChange {
            sku: sku.to_owned(),
            at: utc(entry.wall),
            by: by.unwrap_or_default(),
            price: money(now.price),
            cost: money(now.cost),
        });
    }
    Ok(changes)
}
