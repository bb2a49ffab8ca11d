//! Labels that the shop's own scale printed: what a code with a price or a weight inside is sold as.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;

use comptoir_domain::gs1::check_digit;
use comptoir_domain::gs1::price_barcode::value_check_digit;
use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::pricing::PriceReason;
use comptoir_till::error::Result;
use comptoir_till::{cart, inventory, orders, store};
use shop::{Shop, cad, refusal};

const COUNTER: &str = "\
sku,name,plu,gtin,price,unit,tax_category,archived
HAM,Smoked ham,4100,,34.99,kg,zero_rated,
BRIE,Brie,4200,,9.90,kg,zero_rated,
PIE,Tourtière,4300,,12.00,each,zero_rated,
04400,Olives,,,21.00,kg,zero_rated,
FREE,Bones,4500,,0.00,kg,zero_rated,
4600,Head cheese,,,8.00,kg,zero_rated,yes
GIFT,Hamper,,0204100100008,50.00,each,standard,
";

fn counter() -> Shop {
    let mut shop = Shop::selling();
    shop.import(COUNTER);
    shop
}

fn set(shop: &mut Shop, by: OperatorId, settings: &[&str]) -> Result<()> {
    let mut changed = shop.till.settings().clone();
    for setting in settings {
        changed.price_barcodes.set(setting).unwrap();
    }
    store::change(&mut shop.till, by, None, Some(changed))
}

/// `2|IIIII|V|PPPP|C`
fn label(plu: &str, cents: &str) -> String {
    let body = format!("2{plu:0>5}{}{cents}", value_check_digit(cents).unwrap());
    format!("{body}{}", check_digit(&body))
}

/// Quantity, unit price and amount of the last line, or the kind of the refusal.
fn sold(shop: &mut Shop, code: &str) -> String {
    match shop.scan(code) {
        Ok(cart) => {
            let last = cart.lines.last().unwrap();
            format!("{} at {} = {}", last.line.quantity, last.line.price, last.amount)
        }
        refused => refusal(refused),
    }
}

#[test]
fn what_a_label_says_is_what_is_paid() {
    let mut shop = counter();
    let misprinted = {
        let body = "20410092874";
        format!("{body}{}", check_digit(body))
    };
    for (code, expected) in [
        (label("4100", "1211"), "0.346 at 34.99 = 12.11"),
        (format!("0{}", label("4100", "1211")), "0.346 at 34.99 = 12.11"),
        (format!("]E00{}", label("4100", "1210")), "0.346 at 34.97 = 12.10"),
        (label("4200", "0421"), "0.425 at 9.90 = 4.21"),
        (label("4300", "1200"), "1 at 12.00 = 12.00"),
        (label("4300", "0850"), "1 at 8.50 = 8.50"),
        (label("4300", "0850"), "1 at 8.50 = 8.50"),
        (label("4300", "0000"), "1 at 12.00 = 12.00"),
        (label("4400", "1000"), "0.476 at 21.00 = 10.00"),
        (label("4200", "0000"), "quantity_required"),
        (label("4500", "0100"), "no_price"),
        (label("4600", "0100"), "archived"),
        (label("4700", "0100"), "unknown_code"),
        (misprinted, "bad_price_check"),
        ("0204100100008".into(), "1 at 50.00 = 50.00"),
        ("0204100100004".into(), "bad_check_digit"),
    ] {
        assert_eq!(sold(&mut shop, &code), expected, "{code}");
    }
    let cart = cart::show(&mut shop.till).unwrap();
    let amounts: Vec<_> = cart.lines.iter().map(|line| line.amount).collect();
    assert_eq!(amounts.len(), 10, "every label is a line of its own");
    assert_eq!(cart.subtotal, Money::sum(amounts, Currency::CAD));
}

#[test]
fn a_label_at_another_price_is_no_cashiers_decision_and_stays_in_the_books() {
    let mut shop = counter();
    for code in [label("4100", "1210"), label("4300", "0450")] {
        shop.scan(&code).unwrap();
    }
    let sale = shop.pay(None).unwrap();
    assert!(sale.lines.iter().all(|line| line.price_reason == Some(PriceReason::Label)));
    assert_eq!((sale.total, sale.lines[0].list_price), (cad("16.60"), cad("34.99")));
    let kept = orders::find(shop.till.db(), sale.id).unwrap();
    assert_eq!(kept.lines, sale.lines);
    let stock = inventory::on_hand(shop.till.db(), Some("HAM")).unwrap();
    assert_eq!(stock[0].on_hand.to_string(), "-0.346");
    let report = shop.x();
    assert_eq!(report.total, cad("16.60"));
    assert!(shop.verify().ok);
}

#[test]
fn a_store_says_what_its_prefixes_mean() {
    let mut shop = counter();
    let weight = {
        let body = "210410001245";
        format!("{body}{}", check_digit(body))
    };
    assert_eq!(sold(&mut shop, &weight), "unknown_code", "nothing was said of 21");
    let (cashier, manager) = (shop.cashier, shop.manager);
    assert_eq!(refusal(set(&mut shop, cashier, &["02=none"])), "not_allowed");
    set(&mut shop, manager, &["21=21|IIIII|WWWWW|C"]).unwrap();
    assert_eq!(sold(&mut shop, &weight), "1.245 at 34.99 = 43.56");
    set(&mut shop, manager, &["02=none"]).unwrap();
    assert_eq!(sold(&mut shop, &label("4100", "1211")), "unknown_code");

    let mut shop = shop.restart();
    let said: Vec<String> =
        shop.till.settings().price_barcodes.settings().map(|(_, layout)| layout).collect();
    assert_eq!(said, ["none", "21|IIIII|WWWWW|C"]);
    shop.import("sku,name,price,department\nNEW,New,1.00,Deli\n");
    assert!(shop.verify().ok, "a new department leaves what else was decided alone");
    set(&mut shop, manager, &["02=2|IIIII|V|PPPP|C"]).unwrap();
    assert_eq!(sold(&mut shop, &label("4100", "1211")), "0.346 at 34.99 = 12.11");
    assert!(shop.verify().ok);
}
