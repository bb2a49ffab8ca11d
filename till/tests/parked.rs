//! A cart parked at one register goes on at another, and at one only: whoever takes it first has it, and where two
//! took it apart, both are told.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod neighbours;
mod shop;

use comptoir_domain::cart::{CartView, Refusal, TakenTwice, VoidReason};
use comptoir_domain::compliance::AgeProof;
use comptoir_domain::pricing::{Discount, Given, PriceReason};
use comptoir_till::cart::park::{self, ParkedCart};
use comptoir_till::error::Error;
use comptoir_till::till::Till;
use comptoir_till::{cart, compliance, orders, pricing, trust};
use neighbours::{proven, pull, second};
use shop::{Shop, cad};

fn parked(till: &mut Till) -> Vec<ParkedCart> {
    park::parked(till).unwrap()
}

fn only(till: &mut Till) -> ParkedCart {
    let mut parked = parked(till);
    assert_eq!(parked.len(), 1, "{parked:?}");
    parked.remove(0)
}

/// What the customer would see of a cart.
fn seen(cart: &CartView) -> impl PartialEq + std::fmt::Debug + use<> {
    let CartView { lines, taxes, total, note, discount, age_to_check, .. } = cart.clone();
    (lines, taxes, total, note, discount, age_to_check)
}

fn refusal(result: Result<CartView, Error>) -> Refusal {
    match result {
        Err(Error::Refused(comptoir_till::error::Refusal::Cart(refusal))) => refusal,
        other => panic!("{other:?}"),
    }
}

/// A cart of some of everything at register 1, parked; what it looked like before.
fn full_cart_parked(shop: &mut Shop) -> CartView {
    for code in ["LOAF", "COF", "COF"] {
        shop.scan(code).unwrap();
    }
    let cashier = shop.cashier;
    cart::void_line(&mut shop.till, cashier, 1, VoidReason::Damaged).unwrap();
    cart::set_note(&mut shop.till, cashier, Some(2), "ground").unwrap();
    cart::set_note(&mut shop.till, cashier, None, "blue hat").unwrap();
    let before = cart::show(&mut shop.till).unwrap();
    park::park(&mut shop.till, cashier, "Blue hat").unwrap();
    before
}

#[test]
fn a_cart_parked_at_one_register_is_resumed_at_another_and_nowhere_else() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let before = full_cart_parked(&mut shop);
    let taken = pull(&mut second, &shop.till);
    assert!(taken.carts && !taken.documents);

    let waits = only(&mut second);
    assert_eq!(
        (waits.name.as_str(), waits.register, waits.total),
        ("Blue hat", Some(1), before.total)
    );
    assert_eq!(only(&mut shop.till).register, None);
    assert_eq!(cart::show(&mut second).unwrap().parked, 1);

    let resumed = park::resume(&mut second, shop.cashier, waits.id).unwrap();
    assert_eq!(seen(&resumed), seen(&before));
    assert_ne!(resumed.id, before.id, "two tills that took it apart make two sales");
    assert_eq!((resumed.parked, resumed.taken_twice), (0, None));
    let again = park::resume(&mut second, shop.cashier, waits.id).unwrap();
    assert_eq!(again.id, resumed.id, "pressed twice");

    let here = only(&mut shop.till);
    pull(&mut shop.till, &second);
    assert_eq!(parked(&mut shop.till), []);
    assert_eq!(cart::show(&mut shop.till).unwrap().parked, 0);
    let gone = park::resume(&mut shop.till, shop.cashier, here.id);
    assert_eq!(refusal(gone), Refusal::TakenElsewhere { register: 2 });

    let sale =
        orders::complete_sale(&mut second, shop.cashier, resumed.id, Some(resumed.total), None);
    assert_eq!(sale.unwrap().note.as_deref(), Some("blue hat"));
    pull(&mut shop.till, &second);
    proven(&shop.till);
    proven(&second);
}

#[test]
fn a_cart_resumed_where_it_was_parked_waits_nowhere_else() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    full_cart_parked(&mut shop);
    pull(&mut second, &shop.till);
    let there = only(&mut second);
    let here = only(&mut shop.till);
    park::resume(&mut shop.till, shop.cashier, here.id).unwrap();
    pull(&mut second, &shop.till);
    assert_eq!(parked(&mut second), []);
    let gone = park::resume(&mut second, shop.cashier, there.id);
    assert_eq!(refusal(gone), Refusal::TakenElsewhere { register: 1 });

    // Parked again, it is another cart that waits.
    park::park(&mut shop.till, shop.cashier, "Blue hat again").unwrap();
    pull(&mut second, &shop.till);
    let again = only(&mut second);
    assert_eq!(again.name, "Blue hat again");
    park::resume(&mut second, shop.cashier, again.id).unwrap();
    park::park(&mut second, shop.cashier, "Back").unwrap();
    pull(&mut shop.till, &second);
    let back = only(&mut shop.till);
    assert_eq!((back.name.as_str(), back.register), ("Back", Some(2)));
    park::resume(&mut shop.till, shop.cashier, back.id).unwrap();
    proven(&shop.till);
}

#[test]
fn two_registers_that_took_one_cart_apart_are_both_told_whose_it_is() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    full_cart_parked(&mut shop);
    pull(&mut second, &shop.till);
    let (here, there) = (only(&mut shop.till), only(&mut second));
    // The clock of register 2 stands where it stood when it joined; that of register 1 goes on.
    shop.wait_minutes(1);
    park::resume(&mut shop.till, shop.cashier, here.id).unwrap();
    park::resume(&mut second, shop.cashier, there.id).unwrap();

    pull(&mut second, &shop.till);
    pull(&mut shop.till, &second);
    let told = |till: &mut Till| cart::show(till).unwrap().taken_twice;
    assert_eq!(told(&mut second), Some(TakenTwice { register: 1, first: true }));
    assert_eq!(told(&mut shop.till), Some(TakenTwice { register: 2, first: false }));

    // Whoever voids it has another cart in hand, of which nobody is told anything.
    cart::void_cart(&mut shop.till, shop.cashier, VoidReason::Other).unwrap();
    assert_eq!(told(&mut shop.till), None);
    proven(&shop.till);
    proven(&second);
}

#[test]
fn prices_discounts_and_the_look_at_the_customer_travel_with_the_cart() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    shop.scan("LAGER").unwrap();
    compliance::check_age(&mut shop.till, shop.cashier, AgeProof::Document).unwrap();
    shop.scan("COF").unwrap();
    let off = Given { discount: Discount::Amount(cad("1.00")), reason: PriceReason::Other };
    pricing::set_discount(&mut shop.till, shop.manager, None, None, Some(off)).unwrap();
    let before = cart::show(&mut shop.till).unwrap();
    park::park(&mut shop.till, shop.cashier, "Lager").unwrap();
    pull(&mut second, &shop.till);
    let waits = only(&mut second);
    let resumed = park::resume(&mut second, shop.cashier, waits.id).unwrap();
    assert_eq!(seen(&resumed), seen(&before));
    assert_eq!(resumed.age_to_check, None);
    assert_eq!(resumed.discount_amount, cad("1.00"));
}

#[test]
fn a_till_restored_from_before_it_resumed_a_cart_has_it_in_hand_once() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    full_cart_parked(&mut shop);
    let backup = shop.folder.path().join("backup.db");
    trust::backup::backup(&shop.home(), &backup, &mut |_, _| {}).unwrap();
    let here = only(&mut shop.till);
    let resumed = park::resume(&mut shop.till, shop.cashier, here.id).unwrap();
    let total = Some(resumed.total);
    orders::complete_sale(&mut shop.till, shop.cashier, resumed.id, total, None).unwrap();
    pull(&mut second, &shop.till);

    let home = shop.home();
    let Shop { till, folder, .. } = shop;
    drop(till);
    trust::backup::restore(&backup, &home).unwrap();
    let mut restored = Till::open(&home).unwrap();
    assert_eq!(parked(&mut restored).len(), 1, "the backup does not know better");
    pull(&mut restored, &second);
    assert_eq!(parked(&mut restored), []);
    proven(&restored);
    drop(folder);
}
