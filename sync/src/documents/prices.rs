//! A bucket of a price list: about a hundredth part of a thousand prices, so that neither one
//! document per price nor one for all has to be loaded to change one.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Fields, Kind, Value, document_id};

/// `price` and `cost`: SKU → minor units.
pub(super) const MAPS: [&str; 2] = ["price", "cost"];

/// Buckets of a price list; a catalogue of 100,000 SKUs has about 100 in each.
pub const BUCKETS: u16 = 1_024;

/// Price and cost of one SKU, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Price {
    /// Of one unit, before tax.
    pub price: Option<i64>,
    /// What the store pays.
    pub cost: Option<i64>,
}

/// The bucket that a SKU's price lies in.
pub fn bucket(sku: &str) -> u16 {
    let digest = Sha256::digest(sku.as_bytes());
    u16::from_be_bytes([digest[0], digest[1]]) % BUCKETS
}

/// The document of a bucket of the price list `list`.
pub fn id(tenant: &str, list: &str, bucket: u16) -> Uuid {
    document_id(tenant, Kind::Prices, &format!("{list}/{bucket}"))
}

/// Every SKU of the bucket with its price.
pub fn read(fields: &Fields) -> BTreeMap<String, Price> {
    let mut prices = BTreeMap::<String, Price>::new();
    for (sku, value) in fields.of("price") {
        prices.entry(sku.to_owned()).or_default().price = int(value);
    }
    for (sku, value) in fields.of("cost") {
        prices.entry(sku.to_owned()).or_default().cost = int(value);
    }
    prices
}

/// The fields of prices.
pub fn fields<'a>(prices: impl IntoIterator<Item = (&'a str, Price)>) -> Fields {
    let mut fields = Fields::default();
    for (sku, Price { price, cost }) in prices {
        fields.set("price", sku, price.map(Value::Int));
        fields.set("cost", sku, cost.map(Value::Int));
    }
    fields
}

fn int(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        _ => None,
    }
}
