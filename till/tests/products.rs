//! The catalogue as its manager edits it: product by product, and what prices were before.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;

use comptoir_domain::money::Currency;
use comptoir_domain::quantity::Unit;
use comptoir_domain::text::Text;
use comptoir_till::catalog::products::{self, ProductDraft, SkuDraft};
use comptoir_till::catalog::shelf::{self, Shelf};
use comptoir_till::error::{Error, Result};
use shop::{Shop, cad, refusal};

fn tea() -> ProductDraft {
    ProductDraft {
        name: Text::new("Black tea 100 g", "Thé noir 100 g"),
        department: "grocery".into(),
        tax_category: "zero_rated".into(),
        minimum_age: None,
        archived: false,
        open_price: false,
        drawing: "box".into(),
        cannabis_class: None,
        skus: vec![SkuDraft {
            code: "TEA-1".into(),
            unit: Unit::Each,
            gtins: vec!["0062345000060".into()],
            plus: vec![],
            net_weight: String::new(),
            price: "8.50".into(),
            cost: "4.10".into(),
            charges: vec![],
        }],
    }
}

fn save(shop: &mut Shop, of: Option<&str>, draft: &ProductDraft) -> Result<()> {
    products::save(&mut shop.till, shop.manager, of, draft)
}

fn listed(shop: &Shop, text: &str, shelf: Shelf) -> Vec<String> {
    let page = shelf::list(shop.till.db(), Currency::CAD, text, shelf, None, 50).unwrap();
    page.rows.into_iter().map(|row| row.sku).collect()
}

#[test]
fn a_product_is_added_edited_and_archived() {
    let mut shop = Shop::selling();
    save(&mut shop, None, &tea()).unwrap();
    assert_eq!(shop.scan("062345000060").unwrap().lines[0].line.name.en, "Black tea 100 g");
    assert_eq!(listed(&shop, "noir", Shelf::Active), ["TEA-1"]);

    let mut view = products::view(&shop.till, "TEA-1").unwrap();
    assert_eq!(view.draft.skus[0].gtins, ["00062345000060"]);
    shop.wait_minutes(60);
    view.draft.skus[0].price = "8,95 $".into();
    view.draft.name.en = "Black tea 100 g, loose".into();
    save(&mut shop, Some("TEA-1"), &view.draft).unwrap();
    let view = products::view(&shop.till, "TEA-1").unwrap();
    let prices: Vec<_> = view
        .prices
        .iter()
        .map(|change| (change.price, change.at.as_str(), change.by.as_str()))
        .collect();
    assert_eq!(
        prices,
        [
            (Some(cad("8.95")), "2025-11-20T20:07:00Z", "Manager"),
            (Some(cad("8.50")), "2025-11-20T19:07:00Z", "Manager"),
        ]
    );
    assert_eq!(view.draft.name.en, "Black tea 100 g, loose");
    assert_eq!(view.draft.skus[0].cost, "4.10", "what was not touched stays");

    let archived = ProductDraft { archived: true, ..view.draft };
    save(&mut shop, Some("TEA-1"), &archived).unwrap();
    assert_eq!(listed(&shop, "", Shelf::Archived), ["TEA-1"]);
    assert_eq!(listed(&shop, "noir", Shelf::Archived), ["TEA-1"]);
    assert!(!listed(&shop, "", Shelf::Active).contains(&"TEA-1".to_owned()));
    assert_eq!(refusal(shop.scan("062345000060")), "archived");
    assert!(shop.verify().ok);
}

#[test]
fn another_size_is_a_sku_of_the_same_product() {
    let mut shop = Shop::selling();
    let mut draft = tea();
    draft.skus.push(SkuDraft {
        code: "TEA-2".into(),
        gtins: vec![],
        price: "19.00".into(),
        ..draft.skus[0].clone()
    });
    save(&mut shop, None, &draft).unwrap();
    let view = products::view(&shop.till, "TEA-2").unwrap();
    let codes: Vec<&str> = view.draft.skus.iter().map(|sku| sku.code.as_str()).collect();
    assert_eq!(codes, ["TEA-1", "TEA-2"]);
    // a draft of one size leaves the other alone
    let one = ProductDraft { skus: vec![view.draft.skus[1].clone()], ..view.draft };
    save(&mut shop, Some("TEA-2"), &one).unwrap();
    assert_eq!(products::view(&shop.till, "TEA-1").unwrap().draft.skus.len(), 2);
}

#[test]
fn what_cannot_be_is_told_with_its_field() {
    let mut shop = Shop::selling();
    let sku = |change: fn(&mut SkuDraft)| {
        let mut draft = tea();
        change(&mut draft.skus[0]);
        draft
    };
    let product = |change: fn(&mut ProductDraft)| {
        let mut draft = tea();
        change(&mut draft);
        draft
    };
    for (draft, field, kind) in [
        (product(|it| it.name.en = " ".into()), "name", "missing"),
        (product(|it| it.tax_category = "luxury".into()), "tax_category", "unknown_tax_category"),
        (
            product(|it| it.cannabis_class = Some("smoke".into())),
            "cannabis_class",
            "unknown_cannabis_class",
        ),
        (product(|it| it.minimum_age = Some(0)), "age_restricted", "bad_age"),
        (product(|it| it.skus.clear()), "sku", "missing"),
        (product(|it| it.open_price = true), "price", "price_of_open_item"),
        (sku(|it| it.code = String::new()), "sku", "missing"),
        (sku(|it| it.price = String::new()), "price", "missing"),
        (sku(|it| it.price = "about 5".into()), "price", "bad_amount"),
        (sku(|it| it.cost = "x".into()), "cost", "bad_amount"),
        (sku(|it| it.gtins = vec!["0062345000061".into()]), "gtin", "bad_check_digit"),
        (sku(|it| it.gtins = vec!["tea".into()]), "gtin", "not_a_gtin"),
        (sku(|it| it.gtins = vec!["062345000015".into()]), "gtin", "gtin_taken"),
        (sku(|it| it.net_weight = "heavy".into()), "net_weight", "bad_weight"),
    ] {
        let Err(Error::Refused(refused)) = save(&mut shop, None, &draft) else {
            panic!("{field} is not refused");
        };
        let refused = serde_json::to_value(refused).unwrap();
        assert_eq!(
            (&refused["kind"], &refused["field"], &refused["reason"]["kind"]),
            (&"bad_field".into(), &field.into(), &kind.into())
        );
        let of_sku = ["price", "cost", "gtin", "net_weight"].contains(&field);
        assert_eq!(refused["sku"].as_str(), of_sku.then_some("TEA-1"), "{field}");
    }
    let loaf = sku(|it| it.code = "LOAF".into());
    assert_eq!(refusal(save(&mut shop, None, &loaf)), "sku_exists");
    let mut twice = tea();
    twice.skus.push(twice.skus[0].clone());
    assert_eq!(refusal(save(&mut shop, None, &twice)), "sku_exists");
    let cashier = shop.cashier;
    assert_eq!(refusal(products::save(&mut shop.till, cashier, None, &tea())), "not_allowed");
    assert!(listed(&shop, "tea", Shelf::Active).is_empty(), "nothing was kept");
}

#[test]
fn a_long_list_comes_in_pages() {
    let mut shop = Shop::new();
    let mut file = "sku,name,price\n".to_owned();
    for n in 0..25 {
        file.push_str(&format!("S{n:02},Thing {n},1.00\n"));
    }
    shop.import(&file);
    let page =
        |after| shelf::list(shop.till.db(), Currency::CAD, "", Shelf::Active, after, 10).unwrap();
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = page(after);
        assert_eq!(page.count, 25);
        seen.extend(page.rows.iter().map(|row| row.sku.clone()));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let all: Vec<String> = (0..25).map(|n| format!("S{n:02}")).collect();
    assert_eq!(seen, all);
}

/// What is found comes in pages to its end as well, and is counted; a code that is exactly it stands first.
#[test]
fn what_is_found_comes_in_pages() {
    let mut shop = Shop::new();
    let mut file = "sku,name,price,archived\n".to_owned();
    for n in 0..25 {
        let archived = if n % 5 == 4 { "yes" } else { "no" };
        file.push_str(&format!("S{n:02},Thing {n},1.00,{archived}\n"));
    }
    file.push_str("OTHER,Something else,1.00,no\nTHING,The last one,1.00,no\n");
    shop.import(&file);
    let found = |text: &str, shelf| {
        let (mut after, mut seen) = (None, Vec::new());
        loop {
            let page = shelf::list(shop.till.db(), Currency::CAD, text, shelf, after, 6).unwrap();
            seen.extend(page.rows.iter().map(|row| row.sku.clone()));
            after = page.next;
            if after.is_none() {
                assert_eq!(page.count, seen.len() as u64, "{text}: as many as are told");
                return seen;
            }
        }
    };
    let things = |archived| {
        let is_it = move |n: &i32| (n % 5 == 4) == archived;
        (0..25).filter(is_it).map(|n| format!("S{n:02}")).collect::<Vec<_>>()
    };
    let mut expected = things(false);
    expected.insert(0, "THING".into());
    assert_eq!(found("thing", Shelf::Active), expected);
    assert_eq!(found("thing", Shelf::Archived), things(true));
    assert_eq!(found("S07", Shelf::Active), ["S07"]);
    assert!(found("nothing of the kind", Shelf::Active).is_empty());
    assert!(found("--", Shelf::Active).is_empty());
}
