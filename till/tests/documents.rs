//! What several people edit apart: each keeps what they wrote, and where they wrote different things into one field
//! somebody decides, once for all.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod neighbours;
mod shop;

use std::collections::{BTreeMap, BTreeSet};

use comptoir_domain::customers::{self, Customer};
use comptoir_domain::ids::{CustomerId, OperatorId, PromotionId};
use comptoir_domain::inventory;
use comptoir_domain::pricing::{Discount, Percent};
use comptoir_domain::promotions::{self, Offer, Promotion};
use comptoir_domain::quantity::Quantity;
use comptoir_domain::shelf::Place;
use comptoir_domain::text::{Language, Text};
use comptoir_sync::documents::prices::Price;
use comptoir_till::catalog::products;
use comptoir_till::conflicts::{self, Undecided};
use comptoir_till::documents::Edits;
use comptoir_till::error::{Error, Refusal};
use comptoir_till::inventory::count_sheets;
use comptoir_till::till::Till;
use comptoir_till::{cart, customers as kept_customers, promotions as kept_promotions, shelf};
use neighbours::{proven, pull, second};
use shop::{Shop, cad};
use uuid::Uuid;

/// Two registers, each of which knows what the other wrote.
fn exchange(shop: &mut Shop, second: &mut Till) {
    pull(second, &shop.till);
    pull(&mut shop.till, second);
}

fn refused<T>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        Err(fault) => panic!("{fault}"),
        Ok(_) => panic!("it was done"),
    }
}

fn set_price(till: &mut Till, manager: OperatorId, price: &str) {
    let mut draft = products::view(till, "LOAF").unwrap().draft;
    draft.skus[0].price = price.to_owned();
    products::save(till, manager, Some("LOAF"), &draft).unwrap();
}

fn price(till: &Till) -> String {
    products::view(till, "LOAF").unwrap().draft.skus[0].price.clone()
}

fn only(till: &mut Till) -> Undecided {
    let mut all = conflicts::list(till).unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[test]
fn two_new_prices_for_one_sku_are_shown_and_settled_by_a_choice() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let manager = shop.manager;
    set_price(&mut second, manager, "6.99");
    set_price(&mut shop.till, manager, "5.99");
    exchange(&mut shop, &mut second);

    let (one, other) = (only(&mut shop.till), only(&mut second));
    assert_eq!(one, other, "both registers say the same");
    assert_eq!(
        (one.kind.as_str(), one.sku.as_deref(), one.field.map.as_str()),
        ("prices", Some("LOAF"), "price")
    );
    assert_eq!(one.name.as_ref().unwrap().en, "Sourdough loaf 680 g");
    let values: BTreeSet<_> =
        one.values.iter().map(|one| (one.money.unwrap().minor(), one.register)).collect();
    assert_eq!(values, BTreeSet::from([(599, Some(1)), (699, Some(2))]));
    let shown = one.values[0].money.unwrap();
    for till in [&mut shop.till, &mut second] {
        let cart = cart::scan(till, shop.cashier, "LOAF").unwrap();
        assert_eq!(cart.lines[0].line.price, shown, "what is shown first is what is sold at");
    }

    // The one that is shown already is chosen: nothing changes but that it is decided.
    let refusal = refused(conflicts::settle(&mut second, shop.cashier, &one.field, "599"));
    assert!(matches!(refusal, Refusal::Operators(_)), "{refusal:?}");
    let shown = one.values[0].value.clone();
    conflicts::settle(&mut second, manager, &one.field, &shown).unwrap();
    assert_eq!(conflicts::count(second.db()).unwrap(), 0);
    exchange(&mut shop, &mut second);
    assert_eq!(conflicts::list(&mut shop.till).unwrap(), []);
    let refusal = refused(conflicts::settle(&mut shop.till, manager, &one.field, &shown));
    assert_eq!(refusal, Refusal::Conflict(conflicts::Refusal::AlreadyDecided));
    proven(&shop.till);
    proven(&second);
}

/// A till asks its own cashier before anything is written. One that did not, or was made not to, finds nobody who takes it
/// in.
#[test]
fn what_its_writer_may_not_change_is_put_aside_by_everybody_else() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let before = price(&second);
    for (by, cents) in [(shop.cashier, 1), (shop.supervisor, 2)] {
        let tx = shop.till.begin().unwrap();
        let mut edits = Edits::new(&tx);
        let price = Price { price: Some(cents), cost: None };
        edits.prices(&BTreeMap::from([("LOAF".to_owned(), price)])).unwrap();
        edits.record(Some(by)).unwrap();
        tx.commit().unwrap();
    }
    exchange(&mut shop, &mut second);
    let refused = "SELECT group_concat(problem, '; ') FROM refused_change";
    let refused: String = second.db().query_row(refused, [], |row| row.get(0)).unwrap();
    assert_eq!(refused.matches("writes into price, which its writer may not").count(), 2);
    assert_eq!(price(&second), before);
    set_price(&mut second, shop.manager, "6.99");
    assert_eq!(price(&second), "6.99", "and the manager's next price is taken");
}

#[test]
fn a_conflict_that_two_settle_apart_is_one_again_and_then_none() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    set_price(&mut shop.till, shop.manager, "5.99");
    set_price(&mut second, shop.manager, "6.99");
    exchange(&mut shop, &mut second);
    let field = only(&mut shop.till).field;
    conflicts::settle(&mut shop.till, shop.manager, &field, "599").unwrap();
    conflicts::settle(&mut second, shop.manager, &field, "699").unwrap();
    exchange(&mut shop, &mut second);
    assert_eq!(only(&mut shop.till), only(&mut second));
    conflicts::settle(&mut shop.till, shop.manager, &field, "699").unwrap();
    exchange(&mut shop, &mut second);
    for till in [&mut shop.till, &mut second] {
        assert_eq!(conflicts::list(till).unwrap(), []);
        assert_eq!(price(till), "6.99");
        proven(till);
    }
}

#[test]
fn two_counts_of_one_shelf_are_both_seen() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let supervisor = shop.supervisor;
    let sheet = count_sheets::begin(&mut shop.till, supervisor, "Bread wall").unwrap();
    exchange(&mut shop, &mut second);
    let pieces = |n: i64| Some(Quantity::from_thousandths(n * 1_000));
    count_sheets::count(&mut shop.till, supervisor, sheet.id, "LOAF", pieces(12)).unwrap();
    count_sheets::count(&mut second, supervisor, sheet.id, "LOAF", pieces(13)).unwrap();
    count_sheets::count(&mut second, supervisor, sheet.id, "COF", pieces(4)).unwrap();
    exchange(&mut shop, &mut second);

    let seen = only(&mut shop.till);
    assert_eq!((seen.kind.as_str(), seen.sku.as_deref()), ("count_sheet", Some("LOAF")));
    let values: BTreeSet<_> = seen.values.iter().map(|one| one.value.as_str()).collect();
    assert_eq!(values, BTreeSet::from(["12000", "13000"]));
    conflicts::settle(&mut shop.till, supervisor, &seen.field, "13000").unwrap();
    count_sheets::close(&mut shop.till, supervisor, sheet.id).unwrap();
    exchange(&mut shop, &mut second);
    let there = count_sheets::find(second.db(), sheet.id).unwrap().unwrap();
    assert!(there.closed);
    let counted = BTreeMap::from([
        ("COF".to_owned(), pieces(4).unwrap()),
        ("LOAF".to_owned(), pieces(13).unwrap()),
    ]);
    assert_eq!(there.counted, counted);
    let refusal = refused(count_sheets::count(&mut second, supervisor, sheet.id, "COF", None));
    assert_eq!(refusal, Refusal::Inventory(inventory::Refusal::SheetClosed));
    proven(&second);
}

#[test]
fn promotions_customers_and_shelves_are_edited_apart_and_read_the_same() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let promotion = Promotion {
        id: PromotionId(Uuid::now_v7()),
        name: Text::new("Bread week", "Semaine du pain"),
        offer: Offer::Off { discount: Discount::Percent(Percent::from_hundredths(1_000).unwrap()) },
        from: "2025-11-17".parse().ok(),
        until: "2025-11-23".parse().ok(),
        skus: BTreeSet::from(["LOAF".to_owned()]),
        departments: BTreeSet::new(),
        archived: false,
    };
    let customer = Customer {
        id: CustomerId(Uuid::now_v7()),
        name: "Order 12".into(),
        phone: "613 555 0100".into(),
        email: String::new(),
        language: Some(Language::Fr),
        note: String::new(),
        archived: false,
    };
    kept_promotions::save(&mut shop.till, shop.manager, &promotion).unwrap();
    kept_customers::save(&mut shop.till, shop.cashier, &customer).unwrap();
    let place = |at: &str, facings| Some(Place { at: at.into(), facings });
    let places = BTreeMap::from([
        ("LOAF".to_owned(), place("A3-2", Some(4))),
        ("COF".to_owned(), place("B1", None)),
    ]);
    shelf::arrange(&mut shop.till, shop.supervisor, &places).unwrap();
    exchange(&mut shop, &mut second);

    // Each changes another field of the same document.
    let longer = Promotion { until: "2025-11-30".parse().ok(), ..promotion.clone() };
    kept_promotions::save(&mut shop.till, shop.manager, &longer).unwrap();
    let bundle = Offer::Bundle { pieces: 3, price: cad("15.00") };
    let cheaper = Promotion {
        offer: bundle,
        skus: ["LOAF".to_owned(), "COF".to_owned()].into(),
        ..promotion
    };
    kept_promotions::save(&mut second, shop.manager, &cheaper).unwrap();
    kept_customers::save(
        &mut second,
        shop.cashier,
        &Customer { note: "calls first".into(), ..customer.clone() },
    )
    .unwrap();
    kept_customers::save(
        &mut shop.till,
        shop.cashier,
        &Customer { email: "order12@example.org".into(), ..customer.clone() },
    )
    .unwrap();
    shelf::arrange(
        &mut second,
        shop.supervisor,
        &[("LOAF".to_owned(), place("A4", Some(2)))].into(),
    )
    .unwrap();
    shelf::arrange(&mut shop.till, shop.supervisor, &[("COF".to_owned(), None)].into()).unwrap();
    exchange(&mut shop, &mut second);

    let currency = shop.till.store().currency;
    for till in [&shop.till, &second] {
        assert_eq!(
            kept_promotions::list(till.db(), currency).unwrap(),
            [Promotion { until: longer.until, ..cheaper.clone() }]
        );
        assert_eq!(
            kept_customers::list(till.db()).unwrap(),
            [Customer {
                note: "calls first".into(),
                email: "order12@example.org".into(),
                ..customer.clone()
            }]
        );
        assert_eq!(
            shelf::list(till.db()).unwrap(),
            [("LOAF".to_owned(), place("A4", Some(2)).unwrap())]
        );
        assert_eq!(conflicts::count(till.db()).unwrap(), 0);
        proven(till);
    }
}

#[test]
fn what_a_role_may_not_edit_and_what_makes_no_sense_is_refused() {
    let mut shop = Shop::selling();
    let (cashier, supervisor, manager) = (shop.cashier, shop.supervisor, shop.manager);
    let nobody = Customer {
        id: CustomerId(Uuid::now_v7()),
        name: " ".into(),
        phone: String::new(),
        email: String::new(),
        language: None,
        note: String::new(),
        archived: false,
    };
    let refusal = refused(kept_customers::save(&mut shop.till, cashier, &nobody));
    assert_eq!(refusal, Refusal::Customer(customers::Refusal::CustomerNameRequired));
    let promotion = Promotion {
        id: PromotionId(Uuid::now_v7()),
        name: Text::new("Two", "Deux"),
        offer: Offer::Bundle { pieces: 1, price: cad("1.00") },
        from: None,
        until: None,
        skus: BTreeSet::from(["LOAF".to_owned()]),
        departments: BTreeSet::new(),
        archived: false,
    };
    let refusal = refused(kept_promotions::save(&mut shop.till, manager, &promotion));
    assert_eq!(refusal, Refusal::Promotion(promotions::Refusal::BadBundle));
    let refusal = refused(kept_promotions::save(&mut shop.till, supervisor, &promotion));
    assert!(matches!(refusal, Refusal::Operators(_)), "{refusal:?}");
    let refusal = refused(count_sheets::begin(&mut shop.till, cashier, "Bread wall"));
    assert!(matches!(refusal, Refusal::Operators(_)), "{refusal:?}");
    let refusal = refused(count_sheets::begin(&mut shop.till, supervisor, "  "));
    assert!(matches!(refusal, Refusal::Inventory(inventory::Refusal::BadSheetName { .. })));
    let long = Place { at: "x".repeat(41), facings: None };
    let refusal = refused(shelf::arrange(
        &mut shop.till,
        supervisor,
        &[("LOAF".to_owned(), Some(long))].into(),
    ));
    assert!(matches!(refusal, Refusal::Shelf(_)), "{refusal:?}");
}
