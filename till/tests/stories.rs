//! Stories over the engine: what a shop does in a day, and what must never happen to it.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;

use comptoir_domain::cart::{CartView, VoidReason};
use comptoir_domain::money::Money;
use comptoir_domain::operators::Role;
use comptoir_domain::store::Region;
use comptoir_hardware::printer::layout::{Profile, preview, to_text};
use comptoir_till::operators::Change;
use comptoir_till::{cart, operators, orders, outbox, payments};
use shop::{Shop, cad, refusal};

#[test]
fn a_sale_from_scan_to_receipt() {
    let mut shop = Shop::selling();
    shop.scan("]E00062345000015").unwrap();
    cart::add(&mut shop.till, shop.cashier, "BAN", Some("1.245".parse().unwrap())).unwrap();
    shop.scan("062345000046").unwrap();
    let view = shop.scan("062345000046").unwrap();
    assert_eq!(view.lines.len(), 3, "the same article in a row counts up");
    assert_eq!(
        (view.subtotal, view.total, view.cash.due),
        (cad("39.66"), cad("43.69"), cad("43.70"))
    );

    shop.look_at_the_customer();
    let sale = shop.pay(Some("50.00")).unwrap();
    assert_eq!(sale.receipt, "RDC1-1-1");
    assert_eq!((sale.change, sale.rounding), (cad("6.30"), cad("0.01")));
    assert!(
        cart::show(&mut shop.till).unwrap().lines.is_empty(),
        "the next customer has an empty cart"
    );
    assert_eq!(
        comptoir_till::inventory::on_hand(shop.till.db(), Some("LAGER")).unwrap()[0]
            .on_hand
            .to_string(),
        "-2"
    );

    let entry = orders::entry_of(shop.till.db(), sale.id).unwrap();
    let paper = outbox::receipt(&shop.till, entry, false, None).unwrap();
    let text = to_text(&preview(&paper, &Profile::default()));
    assert_eq!(text, include_str!("receipt-en.txt"), "\n{text}");
    assert!(shop.verify().ok);
}

#[test]
fn completing_twice_is_one_sale() {
    let mut shop = Shop::selling();
    let view = shop.scan("LOAF").unwrap();
    let complete = |shop: &mut Shop| {
        orders::complete_sale(&mut shop.till, shop.cashier, view.id, Some(view.total), None)
            .unwrap()
    };
    let first = complete(&mut shop);
    let mut shop = shop.restart();
    assert_eq!(complete(&mut shop), first);
    assert_eq!(shop.x().sales, 1);
}

#[test]
fn a_cart_outlives_the_program() {
    let mut shop = Shop::selling();
    shop.scan("LOAF").unwrap();
    shop.scan("COF").unwrap();
    let before = cart::void_line(&mut shop.till, shop.cashier, 1, VoidReason::WrongItem).unwrap();
    let mut shop = shop.restart();
    // What can be undone is only remembered while the program runs.
    assert_eq!(cart::show(&mut shop.till).unwrap(), CartView { can_undo: false, ..before });
}

#[test]
fn what_cannot_be_sold_is_refused_and_changes_nothing() {
    let mut shop = Shop::selling();
    shop.import("sku,name,price,archived\nOLD,Old tea,4.00,yes\n");
    let before = cart::show(&mut shop.till).unwrap();
    for (code, kind) in [
        ("4006381333932", "bad_check_digit"),
        ("4006381333931", "unknown_code"),
        ("nothing", "unknown_code"),
        ("4011", "quantity_required"),
        ("OLD", "archived"),
    ] {
        assert_eq!(refusal(shop.scan(code)), kind, "{code}");
    }
    assert_eq!(
        refusal(cart::add(&mut shop.till, shop.cashier, "LOAF", Some("1.5".parse().unwrap()))),
        "whole_quantity_only"
    );
    assert_eq!(refusal(shop.pay(None)), "empty_cart");
    assert_eq!(cart::show(&mut shop.till).unwrap(), before);
}

#[test]
fn money_that_is_too_little_or_a_total_that_moved_is_refused() {
    let mut shop = Shop::selling();
    let view = shop.scan("CAN").unwrap();
    assert_eq!(view.cash.due, cad("10.15"));
    assert_eq!(refusal(shop.pay(Some("10.10"))), "underpaid");
    let stale =
        orders::complete_sale(&mut shop.till, shop.cashier, view.id, Some(cad("9.00")), None);
    assert_eq!(refusal(stale), "cart_changed");
    assert_eq!(shop.pay(Some("10.15")).unwrap().change, cad("0.00"));
}

#[test]
fn nothing_is_sold_without_a_shift() {
    let mut shop = Shop::new();
    shop.import(shop::GOODS);
    shop.scan("LOAF").unwrap();
    assert_eq!(refusal(shop.pay(None)), "no_open_shift");
}

#[test]
fn a_shift_from_float_to_z() {
    let mut shop = Shop::selling();
    assert_eq!(
        refusal(payments::open_shift(&mut shop.till, shop.cashier, cad("1.00"))),
        "shift_already_open"
    );
    shop.sell(&["LOAF"]);
    shop.sell(&["CAN", "LAGER"]);
    shop.scan("COF").unwrap();
    assert_eq!(
        refusal(payments::close_shift(&mut shop.till, shop.cashier, cad("200.00"))),
        "cart_not_empty"
    );
    cart::void_cart(&mut shop.till, shop.cashier, VoidReason::CustomerChangedMind).unwrap();

    let x = shop.x();
    assert_eq!(x, shop.x(), "an X changes nothing");
    let z = payments::close_shift(&mut shop.till, shop.cashier, cad("230.00")).unwrap();
    assert_eq!((z.number, z.sales, z.voided_carts), (Some(1), 2, 1));
    assert_eq!((z.total, z.rounding, z.expected), (cad("34.18"), cad("0.02"), cad("234.20")));
    assert_eq!(z.over_short, Some(cad("-4.20")));
    assert_eq!(
        (z.first_receipt.as_deref(), z.last_receipt.as_deref()),
        (Some("RDC1-1-1"), Some("RDC1-1-2"))
    );
    assert!(z.adds_up());

    assert_eq!(
        refusal(payments::close_shift(&mut shop.till, shop.cashier, cad("0.00"))),
        "no_open_shift"
    );
    assert_eq!(payments::report::last_z(&mut shop.till).unwrap().map(|z| z.number), Some(Some(1)));
    payments::open_shift(&mut shop.till, shop.cashier, cad("200.00")).unwrap();
    let sale = shop.sell(&["LOAF"]);
    assert_eq!(sale.receipt, "RDC1-1-3", "receipts are numbered on over shifts");
    assert!(shop.verify().ok);
}

#[test]
fn quebec_prints_two_taxes_and_no_combined_rate() {
    let mut shop = Shop::in_region(Region::QC);
    shop.import("sku,name,name_fr,price\nX,Candle,Bougie,100.00\n");
    payments::open_shift(&mut shop.till, shop.cashier, cad("0.00")).unwrap();
    let sale = shop.sell(&["X"]);
    assert_eq!(sale.total, cad("114.98"));
    let entry = orders::entry_of(shop.till.db(), sale.id).unwrap();
    let paper =
        outbox::receipt(&shop.till, entry, false, Some(comptoir_domain::text::Language::Fr))
            .unwrap();
    let text = to_text(&preview(&paper, &Profile::default()));
    for words in [
        "TPS 5 % sur 100,00",
        "TVQ 9,975 % sur 100,00",
        "5,00",
        "9,98",
        "114,98",
        "Arrondi",
        "Comptant",
    ] {
        assert!(text.replace('\u{a0}', " ").contains(words), "{words} in\n{text}");
    }
    for forbidden in ["14,975", "14,97 ", "9,97 "] {
        assert!(!text.contains(forbidden), "{forbidden} in\n{text}");
    }
}

#[test]
fn five_wrong_pins_lock_a_name_for_five_minutes() {
    let mut shop = Shop::new();
    let cashier = shop.cashier;
    let enter = |shop: &mut Shop, pin: &str| operators::sign_in(&mut shop.till, cashier, pin);
    for _ in 0..4 {
        assert_eq!(refusal(enter(&mut shop, "0000")), "wrong_pin");
    }
    assert_eq!(refusal(enter(&mut shop, "0000")), "locked_out");
    assert_eq!(refusal(enter(&mut shop, "1111")), "locked_out", "not even with the right PIN");
    shop.wait_minutes(6);
    assert_eq!(refusal(enter(&mut shop, "0000")), "wrong_pin");
    assert_eq!(enter(&mut shop, "1111").unwrap().name, "Counter 1");
    assert_eq!(operators::sign_in(&mut shop.till, shop.manager, "4444").unwrap().name, "Manager");
    let failures: i64 = count(&shop, "sign_in_failed");
    assert_eq!(failures, 6, "each wrong PIN is a fact");
}

#[test]
fn a_stolen_database_does_not_tell_a_pin() {
    let shop = Shop::new();
    let hash: String = shop
        .till
        .db()
        .query_row("SELECT pin_hash FROM operator WHERE name = 'Counter 1'", [], |row| row.get(0))
        .unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    // Without the secret beside the database, the right PIN does not verify.
    use argon2::password_hash::{PasswordHash, PasswordVerifier};
    let parsed = PasswordHash::new(&hash).unwrap();
    assert!(argon2::Argon2::default().verify_password(b"1111", &parsed).is_err());
}

#[test]
fn a_cashier_may_sell_and_not_change_the_catalogue() {
    let mut shop = Shop::selling();
    let import = |shop: &mut Shop, by| {
        let mapping = comptoir_till::catalog::import::Mapping::default();
        comptoir_till::catalog::import::import_bytes(
            &mut shop.till,
            by,
            b"sku,name,price\nA,B,1\n",
            &mapping,
        )
    };
    let (cashier, manager) = (shop.cashier, shop.manager);
    assert_eq!(refusal(import(&mut shop, cashier)), "not_allowed");
    let add = operators::add(
        &mut shop.till,
        cashier,
        "X",
        comptoir_domain::operators::Role::Manager,
        comptoir_domain::text::Language::En,
        "1234",
    );
    assert_eq!(refusal(add), "not_allowed");
    assert_eq!(import(&mut shop, manager).unwrap().0.added, 1);
}

#[test]
fn a_voided_line_is_in_the_sale_with_its_reason() {
    let mut shop = Shop::selling();
    shop.scan("LOAF").unwrap();
    shop.scan("CAN").unwrap();
    cart::void_line(&mut shop.till, shop.cashier, 2, VoidReason::Damaged).unwrap();
    let sale = shop.pay(None).unwrap();
    assert_eq!(sale.lines[1].voided, Some(VoidReason::Damaged));
    assert_eq!(sale.total, cad("6.49"));
    assert_eq!(shop.x().voided_lines, 1);
    assert!(comptoir_till::inventory::on_hand(shop.till.db(), Some("CAN")).unwrap().is_empty());
}

#[test]
fn the_books_of_a_thousand_random_sales_add_up() {
    let mut shop = Shop::selling();
    let mut total = cad("0.00");
    let mut kept = cad("0.00");
    // A fixed walk through the shelf: every mixture of the five articles comes up.
    for n in 0_u32..1_000 {
        let codes: Vec<&str> = ["LOAF", "COF", "LAGER", "CAN"]
            .into_iter()
            .enumerate()
            .filter(|(bit, _)| (n + 1) & (1 << bit) != 0)
            .map(|(_, code)| code)
            .collect();
        if codes.is_empty() {
            continue;
        }
        let sale = shop.sell(&codes);
        total += sale.total;
        kept += sale.cash_kept();
    }
    let x = shop.x();
    assert_eq!((x.total, x.expected), (total, kept + cad("200.00")));
    assert_eq!(x.rounding, kept - total);
    assert!(x.adds_up() && shop.verify().ok);
}

#[test]
fn the_clock_going_back_refuses_no_sale() {
    let mut shop = Shop::selling();
    shop.sell(&["LOAF"]);
    shop.wait_minutes(-60 * 24 * 365);
    assert_eq!(shop.sell(&["LOAF"]).receipt, "RDC1-1-2");
    assert!(shop.verify().ok);
}

#[test]
fn a_drawer_may_hold_more_than_any_price() {
    let mut shop = Shop::selling();
    let z = payments::close_shift(&mut shop.till, shop.cashier, cad("12381049.05")).unwrap();
    assert_eq!(z.over_short, Some(cad("12380849.05")));
}

#[test]
fn a_large_price_times_a_large_quantity_is_exact() {
    let mut shop = Shop::selling();
    shop.import("sku,name,price,tax_category\nBIG,Ring,9999999.99,exempt\n");
    shop.scan("BIG").unwrap();
    let view =
        cart::set_quantity(&mut shop.till, shop.cashier, 1, "99999".parse().unwrap()).unwrap();
    assert_eq!(view.total, Money::new(999_999_999 * 99_999, comptoir_domain::money::Currency::CAD));
}

fn count(shop: &Shop, kind: &str) -> i64 {
    let mut select = shop.till.db().prepare("SELECT id FROM journal").unwrap();
    let ids: Vec<i64> =
        select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let is = |id: &&i64| {
        comptoir_till::journal::read_fact(shop.till.db(), **id).unwrap().1.kind() == kind
    };
    i64::try_from(ids.iter().filter(is).count()).unwrap()
}

#[test]
fn goods_by_weight_whose_code_carries_it_need_no_scale() {
    let mut shop = Shop::selling();
    shop.import("sku,name,gtin,price,unit,tax_category\nCHEDDAR,Aged cheddar,09501101530003,23.90,kg,zero_rated\n");
    let cart = shop.scan("]e00109501101530003310300124515251120").unwrap();
    assert_eq!(
        (cart.lines[0].line.quantity.to_string().as_str(), cart.total),
        ("1.245", cad("29.76"))
    );
    assert_eq!(refusal(shop.scan("9501101530003")), "quantity_required");
}

#[test]
fn operators_change_and_leave_and_the_last_manager_stays() {
    let mut shop = Shop::selling();
    let change =
        |shop: &mut Shop, by, who, change| operators::change(&mut shop.till, by, who, change);
    let (cashier, supervisor, manager) = (shop.cashier, shop.supervisor, shop.manager);
    let leave = Change { active: Some(false), ..Change::default() };
    let demote = Change { role: Some(Role::Cashier), ..Change::default() };
    assert_eq!(refusal(change(&mut shop, supervisor, cashier, leave.clone())), "not_allowed");
    assert_eq!(refusal(change(&mut shop, manager, manager, leave.clone())), "last_manager");
    assert_eq!(refusal(change(&mut shop, manager, manager, demote.clone())), "last_manager");
    for (bad, kind) in [
        (Change { pin: Some("12".into()), ..Change::default() }, "bad_pin"),
        (Change { name: Some("  ".into()), ..Change::default() }, "bad_name"),
    ] {
        assert_eq!(refusal(change(&mut shop, manager, cashier, bad)), kind);
    }
    let promote = Change {
        name: Some(" Counter One ".into()),
        role: Some(Role::Manager),
        pin: Some("7777".into()),
        ..Change::default()
    };
    change(&mut shop, manager, cashier, promote).unwrap();
    assert_eq!(refusal(operators::sign_in(&mut shop.till, cashier, "1111")), "wrong_pin");
    let operator = operators::sign_in(&mut shop.till, cashier, "7777").unwrap();
    assert_eq!((operator.name.as_str(), operator.role), ("Counter One", Role::Manager));
    change(&mut shop, cashier, manager, leave).unwrap();
    assert_eq!(refusal(operators::sign_in(&mut shop.till, manager, "4444")), "unknown_operator");
    assert_eq!(operators::list(shop.till.db()).unwrap().len(), 2);
    // and back again
    let back = Change { active: Some(true), ..Change::default() };
    change(&mut shop, cashier, manager, back).unwrap();
    operators::sign_in(&mut shop.till, manager, "4444").unwrap();
    assert!(shop.verify().ok);
}
