use super::*;

fn device(n: u8) -> ActorId {
    actor(DeviceId([n; 16]), 1, None)
}

fn fields(puts: &[(&'static str, &str, &str)]) -> Fields {
    let mut fields = Fields::default();
    for (map, key, text) in puts {
        fields.set_text(map, key, text);
    }
    fields
}

fn edit(document: &mut Document, n: u8, wanted: &Fields) -> Option<Vec<u8>> {
    document.edit(&Fields::default(), wanted, device(n), 1_763_650_000_000)
}

/// The genesis is part of the format: documents written elsewhere stand on exactly these changes.
#[test]
fn every_kind_has_one_genesis_for_ever() {
    let heads = Kind::ALL.map(|kind| genesis(kind).hash.to_string());
    assert_eq!(
        heads,
        [
            "979cba55c70a1f81839e455a2cf149146e12b845887bd33f936ad7663ca983e0",
            "2746e7fa7988825a98ed74b3938d8504f1bac307aef5fb5921c93eb701b4f577",
            "c666797c94468f4a73c9f4a5e11bf20c2c71de8b302f689cf627a16ccadd10ca",
            "b9a020ea76e813d023829bbd15cd8e34690f14755c0c823e0e9bdfd05dd7b655",
            "876d50458d7a9fb7e9a0c79f25b6337221b97f577b3ed378b52da68ff1281d4f",
            "814e7a500f30b041e131c688c9c6501c7886a36d11e62c3400d739202fac051e",
            "a19386b6f039c00b9f82985d9b5240540b1575441655712ae42e482ec045314b",
            "0359d29ff3e6966087034393be934a9462854fcdcb0d36315228e695e1b2e844",
        ]
    );
}

#[test]
fn fields_that_two_managers_edit_apart_are_both_kept() {
    let first =
        edit(&mut Document::new(Kind::Product), 1, &fields(&[("name", "en", "Tea")])).unwrap();
    let wanted = fields(&[("name", "fr", "Thé"), ("sku", "TEA", "each")]);
    let second = edit(&mut Document::new(Kind::Product), 2, &wanted).unwrap();
    for order in [[&first, &second], [&second, &first]] {
        let merged = Document::load(Kind::Product, order.map(Vec::as_slice)).unwrap().fields();
        assert_eq!(
            (merged.text("name", "en"), merged.text("name", "fr"), merged.text("sku", "TEA")),
            ("Tea", "Thé", "each")
        );
    }
}

#[test]
fn an_edit_leaves_alone_what_it_does_not_know() {
    let mut document = Document::new(Kind::Product);
    edit(
        &mut document,
        1,
        &fields(&[
            ("name", "en", "Tea"),
            ("product", "from_the_future", "x"),
            ("gtin", "1", "TEA"),
        ]),
    );
    let known = fields(&[("name", "en", "Tea"), ("gtin", "1", "TEA")]);
    document.edit(&known, &fields(&[("name", "en", "Green tea")]), device(1), 0).unwrap();
    assert_eq!(
        document.fields(),
        fields(&[("name", "en", "Green tea"), ("product", "from_the_future", "x")])
    );
    assert_eq!(
        edit(&mut document, 1, &fields(&[("name", "en", "Green tea")])),
        None,
        "nothing to change, no change"
    );
}

#[test]
fn the_short_way_and_automerge_agree() {
    let mut wanted =
        fields(&[("name", "en", "Tea"), ("name", "fr", "Thé"), ("gtin", "00036000291452", "TEA")]);
    wanted.set("product", "minimum_age", Some(Value::Int(19)));
    wanted.set("product", "archived", Some(Value::Flag(true)));
    let change = first_change(Kind::Product, &wanted, device(1), 1_763_650_000_000);
    let mut document = Document::load(Kind::Product, [change.as_slice()]).unwrap();
    assert_eq!(document.fields(), wanted);
    assert_eq!(fields_after_first(Kind::Product, &change), Ok(Some(wanted.clone())));

    let renamed = fields(&[("name", "en", "Green tea")]);
    let second = edit(&mut document, 1, &renamed).unwrap();
    assert_eq!(fields_after_first(Kind::Product, &second), Err(ChangeError::MissingDependency));

    let by_automerge = edit(&mut Document::new(Kind::Product), 1, &wanted).unwrap();
    assert_eq!(by_automerge, change, "the same bytes");
}

#[test]
fn changes_that_do_not_fit_are_refused_before_automerge_sees_them() {
    let mut document = Document::new(Kind::Product);
    let first = edit(&mut document, 1, &fields(&[("name", "en", "Tea")])).unwrap();
    let second = edit(&mut document, 1, &fields(&[("name", "en", "Green tea")])).unwrap();
    let load =
        |changes: &[&[u8]]| Document::load(Kind::Product, changes.iter().copied()).map(|_| ());

    assert_eq!(load(&[&first, &second]), Ok(()));
    assert_eq!(load(&[&second]), Err(ChangeError::MissingDependency));
    assert_eq!(load(&[&first, &first]), Err(ChangeError::WrongSeq { expected: 2, found: 1 }));
    assert!(matches!(load(&[b"garbage"]), Err(ChangeError::Unreadable(_))));
    assert!(matches!(load(&[&vec![0; MOST_CHANGE_BYTES + 1]]), Err(ChangeError::TooLarge(_))));
    for place in 0..first.len() {
        let mut forged = first.clone();
        forged[place] ^= 0x40;
        assert!(load(&[&forged]).is_err(), "byte {place}");
        assert!(fields_after_first(Kind::Product, &forged).is_err(), "byte {place}");
    }
}
