//! A bucket of places on the shelves of a store, with the SKUs of one bucket of prices.

use std::collections::BTreeMap;

use comptoir_domain::shelf::Place;
use uuid::Uuid;

use super::{Fields, Kind, Value, document_id};

/// `place`: SKU → as written on the fixture · `facings`: SKU → pieces side by side.
pub(super) const MAPS: [&str; 2] = ["place", "facings"];

/// The document of a bucket of the shelves of `store`; see [`super::prices::bucket`].
pub fn id(tenant: &str, store: &str, bucket: u16) -> Uuid {
    document_id(tenant, Kind::Shelf, &format!("{store}/{bucket}"))
}

/// Every SKU of the bucket with its place.
pub fn read(fields: &Fields) -> BTreeMap<String, Place> {
    let facings =
        |sku: &str| fields.int("facings", sku).and_then(|facings| u16::try_from(facings).ok());
    let place = |(sku, value): (&str, &Value)| match value {
        Value::Text(at) => Some((sku.to_owned(), Place { at: at.clone(), facings: facings(sku) })),
        _ => None,
    };
    fields.of("place").filter_map(place).collect()
}

/// The fields of places; a SKU without one stands nowhere.
pub fn fields<'a>(places: impl IntoIterator<Item = (&'a str, Option<&'a Place>)>) -> Fields {
    let mut fields = Fields::default();
    for (sku, place) in places {
        fields.set_text("place", sku, place.map_or("", |place| &place.at));
        let facings = place.and_then(|place| place.facings);
        fields.set("facings", sku, facings.map(|facings| Value::Int(i64::from(facings))));
    }
    fields
}
