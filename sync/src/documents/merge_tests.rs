use super::*;
use crate::documents::{Fields, actor};
use crate::entry::DeviceId;

const TEA: DeviceId = DeviceId([1; 16]);
const COFFEE: DeviceId = DeviceId([2; 16]);

fn fields(puts: &[(&'static str, &str, &str)]) -> Fields {
    let mut fields = Fields::default();
    for (map, key, text) in puts {
        fields.set_text(map, key, text);
    }
    fields
}

fn edit(document: &mut Document, device: DeviceId, name: &str) -> Vec<u8> {
    let wanted = fields(&[("name", "en", name)]);
    document.edit(&Fields::default(), &wanted, actor(device, 1, None), 0).unwrap()
}

/// `length` names in a row, each change on top of the one before.
fn names(length: usize) -> Vec<Vec<u8>> {
    let mut document = Document::new(Kind::Product);
    (0..length).map(|n| edit(&mut document, TEA, &format!("Tea {n}"))).collect()
}

fn slices(changes: &[Vec<u8>]) -> Vec<&[u8]> {
    changes.iter().map(Vec::as_slice).collect()
}

#[test]
fn changes_come_in_any_order() {
    let changes = names(6);
    let mut backwards = slices(&changes);
    backwards.reverse();
    let mut merged = Document::merge(Kind::Product, &backwards);
    assert_eq!((merged.waiting, merged.refused), (vec![], vec![]));
    assert_eq!(merged.document.fields().text("name", "en"), "Tea 5");
    let mut in_order = Document::load(Kind::Product, slices(&changes)).unwrap();
    assert_eq!(merged.document.save(), in_order.save());
}

#[test]
fn what_stands_on_something_missing_waits_for_it() {
    let changes = names(5);
    let mut here = slices(&changes);
    let missing = here.remove(2);
    let merged = Document::merge(Kind::Product, &here);
    assert_eq!((merged.waiting, merged.refused), (vec![2, 3], vec![]));
    assert_eq!(merged.document.fields().text("name", "en"), "Tea 1");
    here.push(missing);
    let merged = Document::merge(Kind::Product, &here);
    assert_eq!((merged.waiting, merged.document.fields().text("name", "en")), (vec![], "Tea 4"));
}

#[test]
fn one_bad_change_stops_no_other() {
    let first = names(1);
    let mut here = Document::load(Kind::Product, slices(&first)).unwrap();
    let by_coffee = edit(&mut here, COFFEE, "Coffee");
    let mut damaged = names(2).remove(1);
    damaged[20] ^= 1;
    let again = first[0].clone();
    let merged =
        Document::merge(Kind::Product, &[&first[0], &damaged, b"garbage", &by_coffee, &again]);
    let refused: Vec<usize> = merged.refused.iter().map(|(place, _)| *place).collect();
    assert_eq!((refused, merged.waiting), (vec![1, 2], vec![]));
    assert_eq!(merged.document.fields().text("name", "en"), "Coffee");
}

#[test]
fn a_document_is_as_it_was_after_a_change_that_it_does_not_take() {
    let changes = names(3);
    let mut document = Document::load(Kind::Product, slices(&changes[..1])).unwrap();
    let before = document.save();
    assert_eq!(document.take(&changes[2]), Err(ChangeError::MissingDependency));
    assert!(document.take(b"garbage").is_err());
    assert_eq!(document.save(), before);
    assert_eq!(document.take(&changes[1]), Ok(()));
    assert_eq!(document.fields().text("name", "en"), "Tea 1");
}

#[test]
fn a_panic_is_a_reason_like_any_other() {
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let caught: Result<(), ChangeError> = guarded(|| panic!("as Automerge does"));
    std::panic::set_hook(quiet);
    assert_eq!(caught, Err(ChangeError::Panicked));
}

#[test]
fn what_two_devices_say_apart_is_shown() {
    let first = names(1);
    let apart = |device, puts: &[(&'static str, &str, &str)]| {
        let mut document = Document::load(Kind::Product, slices(&first)).unwrap();
        let known = Fields::default();
        document.edit(&known, &fields(puts), actor(device, 1, None), 0).unwrap()
    };
    let tea = apart(TEA, &[("name", "en", "Green tea"), ("name", "fr", "Thé")]);
    let coffee = apart(COFFEE, &[("name", "en", "Coffee"), ("name", "fr", "Thé")]);
    for order in [[&first[0], &tea, &coffee], [&first[0], &coffee, &tea]] {
        let mut document = Document::merge(Kind::Product, &order.map(Vec::as_slice)).document;
        let conflicts = document.conflicts();
        let shown = Value::Text(document.fields().text("name", "en").to_owned());
        assert_eq!(conflicts.len(), 1, "both say the same in French: {conflicts:?}");
        assert_eq!((conflicts[0].map, conflicts[0].key.as_str()), ("name", "en"));
        assert_eq!(conflicts[0].values[0].0, shown);
        let mut values = conflicts[0].values.clone();
        values.sort_by_key(|(_, device)| *device);
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(values, [(text("Green tea"), TEA), (text("Coffee"), COFFEE)]);
        edit(&mut document, TEA, "Green coffee");
        assert_eq!(document.conflicts(), [], "whoever writes again decides");
    }
}
