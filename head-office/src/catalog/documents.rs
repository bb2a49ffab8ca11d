//! Documents as rows: what each says, whatever its kind. Products are rows like all others, beside tables of their own
//! that leave out what nobody here asks for by field. Prices are not: their table says all that their documents do, and
//! a bucket of them is written anew with every batch of an import, which would cost as much again as all products.

use comptoir_sync::documents::{Fields, Kind};
use comptoir_sync::entry::Scope;
use serde_json::{Map, Value as Json};

use super::conflicts::json;
use super::{Name, Said};
use crate::rows::{rows, words};

/// The store that alone holds documents of a kind that are written there; none if every store holds them.
pub(super) fn holder(kind: Kind, store: &str) -> Option<String> {
    (kind.scope() == Scope::Store).then(|| store.to_owned())
}

/// The row of a document, if it has one.
pub(super) fn row((document, kind, store): &Name, said: &Said) -> Option<DocumentRow> {
    (*kind != Kind::Prices).then(|| DocumentRow {
        document: *document,
        kind: i16::from(kind.number()),
        store: store.clone(),
        position: said.position,
        says: says(&said.fields).to_string(),
    })
}

/// What a document says: map → field → words, a whole number, yes or no.
fn says(fields: &Fields) -> Json {
    let mut says = Map::new();
    for (map, key, value) in fields.all() {
        let of_map = says.entry(map).or_insert_with(|| Map::new().into());
        if let Json::Object(of_map) = of_map {
            of_map.insert(words(key), json(value));
        }
    }
    says.into()
}

rows!(DocumentRow, Documents, "document",
    "ON CONFLICT (tenant_id, document, kind, store) DO UPDATE SET position = excluded.position, says = excluded.says", {
    document: uuid::Uuid = "uuid",
    kind: i16 = "smallint",
    store: Option<String> = "text",
    position: i64 = "bigint",
    says: String = "jsonb",
});

#[cfg(test)]
mod tests {
    use super::*;
    use comptoir_sync::documents::Value;

    #[test]
    fn what_postgresql_has_no_place_for_is_said_otherwise() {
        let mut fields = Fields::default();
        fields.set("customer", "na\0me", Some(Value::Text("Am\0élie \\u0000".into())));
        fields.set("customer", "archived", Some(Value::Flag(true)));
        fields.set("name", "en", Some(Value::Int(i64::MIN)));
        let expected = serde_json::json!({
            "customer": { "na\u{fffd}me": "Am\u{fffd}élie \\u0000", "archived": true },
            "name": { "en": i64::MIN },
        });
        assert_eq!(says(&fields), expected);
        assert_eq!(says(&Fields::default()), serde_json::json!({}));
    }
}
