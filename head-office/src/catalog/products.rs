//! Products as head office adds and edits them, checked as a till checks them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use comptoir_domain::catalog::{Product, Sku};
use comptoir_domain::gs1::{CodeError, Gtin};
use comptoir_domain::ids::ProductId;
use comptoir_domain::money::Money;
use comptoir_domain::quantity::Unit;
use comptoir_domain::tax::{TaxCategory, TaxTable};
use comptoir_domain::text::Text;
use comptoir_sync::documents::prices::Price;
use comptoir_sync::documents::{Kind, product};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use sqlx::{PgConnection, Row};
use utoipa::ToSchema;
use uuid::Uuid;

use super::edit::{self, Edits};
use crate::error::Result;
use crate::settings;

/// Characters of a name, and of a code.
const MOST_NAME: usize = 120;
const MOST_CODE: usize = 40;

/// A product to be added, with its first SKU.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// As on tile and receipt.
    #[schema(min_length = 1, max_length = 120)]
    name_en: String,
    /// The English one, if there is none.
    #[schema(max_length = 120)]
    name_fr: Option<String>,
    /// Id of a department of a store.
    department: String,
    /// `standard`, `zero_rated`, …; `standard` if not said.
    tax_category: Option<String>,
    /// Sold only to people of this age and above.
    #[schema(minimum = 1, maximum = 99)]
    minimum_age: Option<i64>,
    /// Its price is keyed at the counter.
    #[serde(default)]
    open_price: bool,
    /// Its code.
    #[schema(min_length = 1, max_length = 40)]
    pub(crate) sku: String,
    /// `each` or `kg`; `each` if not said.
    unit: Option<String>,
    /// What scans as it, as printed below the bars.
    #[serde(default)]
    gtins: Vec<String>,
    /// What is keyed for it.
    #[serde(default)]
    plus: Vec<String>,
    /// Of one unit before tax, in minor units.
    #[schema(minimum = 0)]
    price: Option<i64>,
}

/// What a product is to say from now on; what is not named stays.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// As on tile and receipt.
    #[schema(min_length = 1, max_length = 120)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// The same in French.
    #[schema(min_length = 1, max_length = 120)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_fr: Option<String>,
    /// Id of a department of a store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// `standard`, `zero_rated`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<String>,
    /// Sold only to people of this age and above; null to everybody.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 99)]
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub minimum_age: Option<Option<i64>>,
    /// No longer sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
}

/// Why a product or a price is not saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// A field says what it cannot.
    #[error("{field}: {reason}")]
    BadField {
        /// As the request calls it.
        field: &'static str,
        /// What is wrong with it.
        reason: Reason,
    },
    /// A product has this SKU.
    #[error("there is a product with the SKU {sku} already")]
    SkuExists {
        /// SKU code.
        sku: String,
    },
    /// Nobody added such a product.
    #[error("there is no such product")]
    UnknownProduct,
    /// No product has this SKU.
    #[error("no product has this SKU")]
    UnknownSku,
    /// There is no such price list.
    #[error("there is no such price list")]
    UnknownPriceList,
    /// The price is not the one that was to be replaced.
    #[error("the price was changed meanwhile")]
    PriceChanged {
        /// What it is now, in minor units.
        price: Option<i64>,
    },
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// Nothing where something must be.
    #[error("it is missing")]
    Missing,
    /// Longer than any name or code.
    #[error("at most {most} characters")]
    TooLong {
        /// How long it may be.
        most: usize,
    },
    /// Characters that are no letters.
    #[error("characters that cannot be shown")]
    Unreadable,
    /// Not in the tax table.
    #[error("not a tax category")]
    UnknownTaxCategory {
        /// All of them.
        known: Vec<String>,
    },
    /// Of no store.
    #[error("not a department of any store")]
    UnknownDepartment {
        /// All of them.
        known: Vec<String>,
    },
    /// Not from 1 to 99.
    #[error("not an age")]
    BadAge,
    /// Neither `each` nor `kg`.
    #[error("neither each nor kg")]
    BadUnit,
    /// Not a GTIN.
    #[error("not a GTIN: it has 6 to 14 digits")]
    NotAGtin,
    /// The last digit of a GTIN does not follow from the others.
    #[error("wrong check digit: it should end in {expected}")]
    BadCheckDigit {
        /// What it ought to be.
        expected: u8,
    },
    /// Another SKU has this GTIN.
    #[error("the GTIN belongs to SKU {sku}")]
    GtinTaken {
        /// Whose it is.
        sku: String,
    },
    /// Below nothing, or beyond any price.
    #[error("not a price")]
    BadAmount,
    /// What is keyed at the counter and what the catalogue says cannot both be the price.
    #[error("its price is keyed at the counter")]
    PriceOfOpenItem,
}

/// What was done, or why not.
pub type Answer<T> = Result<std::result::Result<T, Refusal>>;

/// Adds a product; answers its id.
pub async fn add(db: &mut PgConnection, edits: &mut Edits<'_>, draft: &Draft) -> Answer<Uuid> {
    let tenant = edits.tenant().to_owned();
    let (code, sku, price) = match sku(draft) {
        Ok(read) => read,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let wanted = Patch {
        name_en: Some(draft.name_en.clone()),
        name_fr: draft.name_fr.clone().filter(|name| !name.trim().is_empty()),
        department: Some(draft.department.clone()),
        tax_category: Some(draft.tax_category.clone().unwrap_or_else(|| "standard".into())),
        minimum_age: Some(draft.minimum_age),
        archived: None,
    };
    let id = product::id(&tenant, &code);
    let taken = "SELECT EXISTS (SELECT 1 FROM sku WHERE tenant_id = $1 AND sku = $2)
                 OR EXISTS (SELECT 1 FROM document_change WHERE tenant_id = $1 AND document = $3)";
    let taken = sqlx::query_scalar(taken).bind(&tenant).bind(&code).bind(id.0);
    if taken.fetch_one(&mut *db).await? {
        return Ok(Err(Refusal::SkuExists { sku: code }));
    }
    for gtin in &sku.gtins {
        if let Some(sku) = owner(db, &tenant, *gtin).await? {
            return Ok(Err(bad("gtins", Reason::GtinTaken { sku })));
        }
    }
    let mut product = nothing(id);
    (product.open_price, product.skus) = (draft.open_price, BTreeMap::from([(code.clone(), sku)]));
    let product = match patched(db, &tenant, product, &wanted).await? {
        Ok(product) => product,
        Err(refusal) => return Ok(Err(refusal)),
    };
    edits.product(db, &product).await?;
    if let Some(price) = price {
        edits.price(db, &code, Price { price: Some(price), cost: None }).await?;
    }
    Ok(Ok(id.0))
}

/// Makes a product say something else; answers what it said before where that is another.
pub async fn change(
    db: &mut PgConnection,
    edits: &mut Edits<'_>,
    id: Uuid,
    patch: &Patch,
) -> Answer<Value> {
    let tenant = edits.tenant().to_owned();
    let there = "SELECT EXISTS (SELECT 1 FROM product WHERE tenant_id = $1 AND product = $2)";
    if !sqlx::query_scalar(there).bind(&tenant).bind(id).fetch_one(&mut *db).await? {
        return Ok(Err(Refusal::UnknownProduct));
    }
    let before = product::read(id, &edit::fields(db, &tenant, id, Kind::Product).await?);
    let product = match patched(db, &tenant, before.clone(), patch).await? {
        Ok(product) => product,
        Err(refusal) => return Ok(Err(refusal)),
    };
    edits.product(db, &product).await?;
    Ok(Ok(difference(&before, &product)))
}

/// A product that says nothing yet.
fn nothing(id: ProductId) -> Product {
    Product {
        id,
        name: Text::new("", ""),
        department: String::new(),
        tax_category: TaxCategory::standard(),
        minimum_age: None,
        archived: false,
        open_price: false,
        drawing: String::new(),
        cannabis: None,
        skus: BTreeMap::new(),
    }
}

async fn patched(
    db: &mut PgConnection,
    tenant: &str,
    mut product: Product,
    patch: &Patch,
) -> Answer<Product> {
    let department = patch.department.as_deref().map(str::trim);
    if let Some(department) = department.filter(|one| *one != product.department)
        && let Err(refusal) = check_department(db, tenant, department).await?
    {
        return Ok(Err(refusal));
    }
    let change = || -> std::result::Result<Product, Refusal> {
        if let Some(name) = &patch.name_en {
            product.name.en = required("name_en", name, MOST_NAME)?;
        }
        match &patch.name_fr {
            Some(name) => product.name.fr = required("name_fr", name, MOST_NAME)?,
            None if product.name.fr.is_empty() => product.name.fr.clone_from(&product.name.en),
            None => {}
        }
        if let Some(department) = department {
            department.clone_into(&mut product.department);
        }
        if let Some(category) = &patch.tax_category {
            let category = TaxCategory(category.clone());
            if !TAXES.knows(&category) {
                let known = TAXES.categories.iter().map(|one| one.0.clone()).collect();
                return Err(bad("tax_category", Reason::UnknownTaxCategory { known }));
            }
            product.tax_category = category;
        }
        if let Some(age) = patch.minimum_age {
            let read = |age: i64| u8::try_from(age).ok().filter(|age| (1..=99).contains(age));
            product.minimum_age = match age {
                Some(age) => Some(read(age).ok_or_else(|| bad("minimum_age", Reason::BadAge))?),
                None => None,
            };
        }
        product.archived = patch.archived.unwrap_or(product.archived);
        Ok(product)
    };
    Ok(change())
}

/// Refuses a department that no store has.
async fn check_department(db: &mut PgConnection, tenant: &str, department: &str) -> Answer<()> {
    if department.is_empty() {
        return Ok(Err(bad("department", Reason::Missing)));
    }
    let used = "SELECT EXISTS (SELECT 1 FROM product WHERE tenant_id = $1 AND department = $2)";
    if sqlx::query_scalar(used).bind(tenant).bind(department).fetch_one(&mut *db).await? {
        return Ok(Ok(()));
    }
    let stores = settings::of_stores(db, tenant, None).await?;
    let all = stores.into_values().flat_map(|store| store.departments);
    let known: BTreeSet<String> = all.map(|department| department.id).collect();
    if known.contains(department) {
        return Ok(Ok(()));
    }
    let known = known.into_iter().collect();
    Ok(Err(bad("department", Reason::UnknownDepartment { known })))
}

fn sku(draft: &Draft) -> std::result::Result<(String, Sku, Option<i64>), Refusal> {
    let code = required("sku", &draft.sku, MOST_CODE)?;
    let mut gtins = BTreeSet::new();
    for digits in draft.gtins.iter().map(|digits| digits.trim()) {
        let gtin = Gtin::parse(digits).map_err(|error| match error {
            CodeError::BadCheckDigit { expected, .. } => {
                bad("gtins", Reason::BadCheckDigit { expected })
            }
            _ => bad("gtins", Reason::NotAGtin),
        })?;
        gtins.insert(gtin);
    }
    let plus = draft.plus.iter().map(|plu| required("plus", plu, MOST_CODE));
    let unit = match draft.unit.as_deref() {
        None | Some("each") => Unit::Each,
        Some("kg") => Unit::Kg,
        Some(_) => return Err(bad("unit", Reason::BadUnit)),
    };
    let price = draft.price.map(|price| check_price("price", price)).transpose()?;
    match (draft.open_price, price) {
        (true, Some(_)) => return Err(bad("price", Reason::PriceOfOpenItem)),
        (false, None) => return Err(bad("price", Reason::Missing)),
        _ => {}
    }
    let plus = plus.collect::<std::result::Result<_, Refusal>>()?;
    let sku = Sku { unit, gtins, plus, net_milligrams: None, charges: BTreeMap::new() };
    Ok((code, sku, price))
}

/// Refuses what no price can be.
pub(super) fn check_price(field: &'static str, price: i64) -> std::result::Result<i64, Refusal> {
    let fits = (0..=Money::MOST_PRICE_MINOR).contains(&price);
    if fits { Ok(price) } else { Err(bad(field, Reason::BadAmount)) }
}

pub(super) const fn bad(field: &'static str, reason: Reason) -> Refusal {
    Refusal::BadField { field, reason }
}

async fn owner(db: &mut PgConnection, tenant: &str, gtin: Gtin) -> Result<Option<String>> {
    let select = "SELECT sku FROM sku WHERE tenant_id = $1 AND $2 = ANY (string_to_array(gtins, ' ')) LIMIT 1";
    let row = sqlx::query(select).bind(tenant).bind(gtin.to_string()).fetch_optional(db).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// What `after` says otherwise: each field with what it was and what it is.
fn difference(before: &Product, after: &Product) -> Value {
    let said = |product: &Product| {
        json!({
            "name_en": product.name.en,
            "name_fr": product.name.fr,
            "department": product.department,
            "tax_category": product.tax_category.0,
            "minimum_age": product.minimum_age,
            "archived": product.archived,
        })
    };
    let (before, after) = (said(before), said(after));
    let mut changed = serde_json::Map::new();
    for (field, was) in before.as_object().into_iter().flatten() {
        let is = &after[field];
        if was != is {
            changed.insert(field.clone(), json!({ "was": was, "is": is }));
        }
    }
    Value::Object(changed)
}

fn required(field: &'static str, text: &str, most: usize) -> std::result::Result<String, Refusal> {
    let text = text.trim();
    match () {
        () if text.is_empty() => Err(bad(field, Reason::Missing)),
        () if text.chars().any(char::is_control) => Err(bad(field, Reason::Unreadable)),
        () if text.chars().count() > most => Err(bad(field, Reason::TooLong { most })),
        () => Ok(text.to_owned()),
    }
}

/// A field that is there, whatever it says: `null` is something else than nothing.
fn said<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// The tax categories that tills know.
static TAXES: LazyLock<TaxTable> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../till/data/taxes-ca.json"))
        .expect("the tax table that ships is checked by a test")
});
