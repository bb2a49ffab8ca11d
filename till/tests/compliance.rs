//! What has to be made sure of before goods are handed over: ages, and the possession limit.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;

use comptoir_domain::cart::VoidReason;
use comptoir_domain::compliance::AgeProof;
use comptoir_domain::store::Region;
use comptoir_till::{cart, compliance, orders, payments};
use shop::{GOODS, Shop, cad, refusal};

const CANNABIS: &str = "\
sku,name,price,tax_category,cannabis_class,net_weight
DRIED,Dried 7 g,39.95,standard,dried,7
DRINK,Drink 355 mL,5.95,standard,beverage,355
";

fn shop_in(region: Region) -> Shop {
    let mut shop = Shop::in_region(region);
    shop.import(GOODS);
    shop.import(CANNABIS);
    payments::open_shift(&mut shop.till, shop.cashier, cad("200.00")).unwrap();
    shop
}

#[test]
fn somebody_looks_at_the_customer_once_for_a_cart() {
    let mut shop = shop_in(Region::ON);
    assert_eq!(shop.scan("LOAF").unwrap().age_to_check, None);
    let nothing = compliance::check_age(&mut shop.till, shop.cashier, AgeProof::Document);
    assert_eq!(refusal(nothing), "no_age_to_check");
    assert_eq!(shop.scan("LAGER").unwrap().age_to_check, Some(19));
    assert_eq!(refusal(shop.pay(None)), "age_check_required");
    let cart = compliance::check_age(&mut shop.till, shop.cashier, AgeProof::LooksOlder).unwrap();
    assert_eq!(cart.age_to_check, None);
    // that it was done cannot be undone: undo takes back what came before it, and asks nothing anew
    let cart = cart::undo(&mut shop.till, shop.cashier).unwrap();
    assert_eq!(cart.lines[1].line.voided, Some(VoidReason::Undone));
    shop.scan("LAGER").unwrap();
    // more of the kind asks nothing more, nor does a crash
    assert_eq!(shop.scan("LAGER").unwrap().age_to_check, None);
    let mut shop = shop.restart();
    let sale = shop.pay(None).unwrap();
    let check = orders::find(shop.till.db(), sale.id).unwrap().age_check.unwrap();
    assert_eq!((check.age, check.proof, check.by), (19, AgeProof::LooksOlder, shop.cashier));
    // the next customer is another one
    assert_eq!(shop.scan("LAGER").unwrap().age_to_check, Some(19));
    assert!(shop.verify().ok);
}

#[test]
fn a_higher_age_asks_again() {
    let mut shop = shop_in(Region::QC);
    shop.scan("LAGER").unwrap();
    compliance::check_age(&mut shop.till, shop.cashier, AgeProof::Document).unwrap();
    assert_eq!(shop.scan("DRIED").unwrap().age_to_check, Some(21));
    assert_eq!(refusal(shop.pay(None)), "age_check_required");
    compliance::check_age(&mut shop.till, shop.cashier, AgeProof::Document).unwrap();
    shop.pay(None).unwrap();
}

#[test]
fn what_is_refused_is_taken_out_and_recorded() {
    let mut shop = shop_in(Region::ON);
    for code in ["LOAF", "LAGER", "DRIED"] {
        shop.scan(code).unwrap();
    }
    let cart = compliance::refuse_age(&mut shop.till, shop.cashier).unwrap();
    let voided: Vec<_> = cart.lines.iter().map(|line| line.line.voided).collect();
    assert_eq!(voided, [None, Some(VoidReason::AgeRefused), Some(VoidReason::AgeRefused)]);
    assert_eq!((cart.age_to_check, cart.subtotal), (None, cad("6.49")));
    let refused = shop.till.db().query_row("SELECT age, lines FROM age_refusal", [], |row| {
        Ok((row.get::<_, u8>(0)?, row.get::<_, u32>(1)?))
    });
    assert_eq!(refused.unwrap(), (19, 2));
    shop.pay(None).unwrap();
    assert!(shop.verify().ok);
}

#[test]
fn the_possession_limit_is_shown_and_holds() {
    let mut shop = shop_in(Region::ON);
    assert_eq!(shop.scan("LOAF").unwrap().allowance, None);
    for _ in 0..4 {
        shop.scan("DRIED").unwrap();
    }
    let allowance = shop.scan("DRINK").unwrap().allowance.unwrap();
    assert_eq!((allowance.used.as_str(), allowance.left.as_str()), ("28.63", "1.37"));
    assert_eq!((allowance.percent, allowance.over), (96, None));
    shop.scan("DRIED").unwrap();
    compliance::check_age(&mut shop.till, shop.cashier, AgeProof::Document).unwrap();
    let cart = cart::show(&mut shop.till).unwrap();
    assert_eq!(cart.allowance.unwrap().over, Some(4), "the last of its lines");
    assert_eq!(refusal(shop.pay(None)), "over_possession_limit");
    cart::void_line(&mut shop.till, shop.cashier, 4, VoidReason::CustomerChangedMind).unwrap();
    shop.pay(None).unwrap();
}
