//! What one change does to the fields of its document, without the document: for a person who looks at a change that
//! was put aside.

use automerge::legacy::{Key, ObjectId, OpType};

use super::change::{guarded, parse};
use super::{ChangeError, Kind, Value, genesis_actor};

/// A field that a change sets, or takes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// The map.
    pub map: &'static str,
    /// The field.
    pub key: String,
    /// What it says from then on; nothing if the field is taken out.
    pub value: Option<Value>,
}

/// What a change that can be read sets, in its order, wherever it belongs. What it does besides, such as making maps of
/// its own, is left out.
pub fn sets(kind: Kind, bytes: &[u8]) -> Result<Vec<Set>, ChangeError> {
    let change = parse(bytes)?;
    let operations = guarded(|| Ok(change.decode().operations))?;
    let mut sets = Vec::new();
    for operation in operations {
        let (ObjectId::Id(object), Key::Map(key)) = (&operation.obj, &operation.key) else {
            continue;
        };
        let place = usize::try_from(object.0).ok().and_then(|place| place.checked_sub(1));
        let map = place.and_then(|place| kind.maps().get(place));
        let Some(map) = map.filter(|_| object.1 == genesis_actor()) else { continue };
        let value = match &operation.action {
            OpType::Put(value) => match Value::of_scalar(value) {
                Some(value) => Some(value),
                None => continue,
            },
            OpType::Delete => None,
            _ => continue,
        };
        sets.push(Set { map, key: key.to_string(), value });
    }
    Ok(sets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::{Document, Fields, actor};
    use crate::entry::DeviceId;

    #[test]
    fn a_change_is_told_without_its_document() {
        let by = |number| actor(DeviceId([number; 16]), 1, None);
        let mut document = Document::new(Kind::Product);
        let mut before = Fields::default();
        before.set_text("name", "en", "Tea");
        before.set("product", "archived", Some(Value::Flag(true)));
        document.edit(&Fields::default(), &before, by(1), 0).unwrap();
        let mut after = Fields::default();
        after.set_text("name", "en", "Green tea");
        after.set("product", "minimum_age", Some(Value::Int(18)));
        let change = document.edit(&before, &after, by(2), 0).unwrap();
        let mut said = sets(Kind::Product, &change).unwrap();
        said.sort_by(|one, other| one.key.cmp(&other.key));
        let set = |map, key: &str, value| Set { map, key: key.to_owned(), value };
        assert_eq!(
            said,
            [
                set("product", "archived", None),
                set("name", "en", Some(Value::Text("Green tea".into()))),
                set("product", "minimum_age", Some(Value::Int(18))),
            ]
        );
        assert!(sets(Kind::Product, b"garbage").is_err());
        let prices = sets(Kind::Prices, &change).unwrap();
        assert!(prices.iter().all(|set| ["price", "cost"].contains(&set.map)), "{prices:?}");
    }
}
