//! Prices, discounts, notes, undo and parked carts: what a cashier may do alone, and on whose word.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;

use comptoir_domain::cart::{CartView, VoidReason};
use comptoir_domain::money::Currency;
use comptoir_domain::pricing::{Discount, Given, PriceReason};
use comptoir_domain::quantity::Quantity;
use comptoir_domain::store::Settings;
use comptoir_till::cart::park;
use comptoir_till::catalog::search;
use comptoir_till::error::Result;
use comptoir_till::operators::{Approver, approve};
use comptoir_till::{cart, operators, orders, payments, pricing, store};
use shop::{Shop, cad, refusal};

fn off(text: &str) -> Option<Given> {
    let discount = Discount::parse(text, Currency::CAD).unwrap();
    Some(Given { discount, reason: PriceReason::Courtesy })
}

fn price(shop: &mut Shop, approver: Option<Approver>, line: u32, price: &str) -> Result<CartView> {
    let reason = PriceReason::Damaged;
    pricing::set_price(&mut shop.till, shop.cashier, approver, line, cad(price), reason)
}

fn discount(
    shop: &mut Shop,
    approver: Option<Approver>,
    line: Option<u32>,
    discount: Option<Given>,
) -> Result<CartView> {
    pricing::set_discount(&mut shop.till, shop.cashier, approver, line, discount)
}

fn amounts(cart: &CartView) -> Vec<String> {
    cart.lines.iter().map(|line| line.amount.to_string()).collect()
}

#[test]
fn a_cashier_goes_as_far_as_the_limit_and_a_supervisor_further() {
    let mut shop = Shop::selling();
    shop.scan("COF").unwrap();
    // list 13.99; a tenth of it may go, half of it on a supervisor's word, more on a manager's
    for (to, alone, supervised) in [
        ("13.99", true, true),
        ("12.59", true, true),
        ("12.58", false, true),
        ("6.99", false, true),
        ("6.98", false, false),
        ("0.00", false, false),
        ("14.00", false, true),
    ] {
        let result = price(&mut shop, None, 1, to);
        assert_eq!(result.is_ok(), alone, "{to} alone");
        if !alone {
            assert_eq!(refusal(result), "approval_required", "{to}");
        }
        let approver = approve(&mut shop.till, shop.supervisor, "3333").unwrap();
        assert_eq!(price(&mut shop, Some(approver), 1, to).is_ok(), supervised, "{to} supervised");
        let approver = approve(&mut shop.till, shop.manager, "4444").unwrap();
        let cart = price(&mut shop, Some(approver), 1, to).unwrap();
        assert_eq!((cart.total, cart.lines[0].list_amount), (cad(to), cad("13.99")), "{to}");
    }
}

#[test]
fn who_approved_is_in_the_sale_and_its_receipt_says_what_was_taken_off() {
    let mut shop = Shop::selling();
    shop.scan("COF").unwrap();
    shop.scan("CAN").unwrap();
    let approver = approve(&mut shop.till, shop.supervisor, "3333").unwrap();
    price(&mut shop, Some(approver), 1, "10.00").unwrap();
    discount(&mut shop, None, Some(2), off("10%")).unwrap();
    let cart = discount(&mut shop, None, None, off("1.00")).unwrap();
    // 10.00 + 8.10 − 1.00 divided 0.55 and 0.45; HST on what the candle is sold for
    assert_eq!(amounts(&cart), ["10.00", "8.10"]);
    assert_eq!((cart.subtotal, cart.taxes[0].taxable), (cad("17.10"), cad("7.65")));
    cart::set_note(&mut shop.till, shop.cashier, Some(1), "dented tin").unwrap();
    cart::set_note(&mut shop.till, shop.cashier, None, "pick-up at five").unwrap();

    // All of it is still there after a crash.
    let mut shop = shop.restart();
    let sale = shop.pay(None).unwrap();
    let again = orders::find(shop.till.db(), sale.id).unwrap();
    assert_eq!(again, sale);
    assert_eq!(again.lines[0].approved_by, Some(shop.supervisor));
    assert_eq!(again.lines[0].note.as_deref(), Some("dented tin"));
    assert_eq!(again.lines[0].price_reason, Some(PriceReason::Damaged));
    assert_eq!((again.lines[0].share, again.lines[1].share), (cad("0.55"), cad("0.45")));
    assert_eq!(again.note.as_deref(), Some("pick-up at five"));
    assert_eq!(again.subtotal, cad("17.10"));
    let reductions = shop.till.db().query_row(
        "SELECT group_concat(reduction ORDER BY line) FROM sale_line",
        [],
        |row| row.get::<_, String>(0),
    );
    assert_eq!(reductions.unwrap(), "454,135");
    assert!(shop.verify().ok);
}

#[test]
fn a_discount_beyond_the_limit_is_refused_however_it_comes_about() {
    let mut shop = Shop::selling();
    shop.scan("CAN").unwrap();
    cart::set_quantity(&mut shop.till, shop.cashier, 1, Quantity::from_thousandths(10_000))
        .unwrap();
    discount(&mut shop, None, Some(1), off("9.00")).unwrap();
    // 9.00 off ten candles is a tenth; off one it is all of it
    let one = cart::set_quantity(&mut shop.till, shop.cashier, 1, Quantity::ONE);
    assert_eq!(refusal(one), "approval_required");
    discount(&mut shop, None, Some(1), None).unwrap();

    shop.scan("COF").unwrap();
    discount(&mut shop, None, None, off("10.00")).unwrap();
    cart::void_line(&mut shop.till, shop.cashier, 1, VoidReason::CustomerChangedMind).unwrap();
    assert_eq!(refusal(shop.pay(None)), "approval_required", "10.00 off 13.99");
    let approver = approve(&mut shop.till, shop.manager, "4444").unwrap();
    discount(&mut shop, Some(approver), None, off("10.00")).unwrap();
    let sale = shop.pay(None).unwrap();
    assert_eq!((sale.subtotal, sale.approved_by), (cad("3.99"), Some(shop.manager)));
}

#[test]
fn a_wrong_pin_approves_nothing_and_locks_as_at_signing_in() {
    let mut shop = Shop::selling();
    for tries_left in [4, 3, 2, 1] {
        let wrong = approve(&mut shop.till, shop.supervisor, "0000").unwrap_err().to_string();
        assert!(wrong.contains(&tries_left.to_string()), "{wrong}");
    }
    approve(&mut shop.till, shop.supervisor, "3333").unwrap();
    for _ in 0..4 {
        assert_eq!(refusal(approve(&mut shop.till, shop.supervisor, "0000")), "wrong_pin");
    }
    assert_eq!(refusal(approve(&mut shop.till, shop.supervisor, "0000")), "locked_out");
    assert_eq!(refusal(approve(&mut shop.till, shop.supervisor, "3333")), "locked_out");
    assert_eq!(refusal(operators::sign_in(&mut shop.till, shop.supervisor, "3333")), "locked_out");
}

#[test]
fn undo_goes_back_step_by_step_and_an_addition_leaves_a_trace() {
    let mut shop = Shop::selling();
    let nothing = cart::undo(&mut shop.till, shop.cashier);
    assert_eq!(refusal(nothing), "nothing_to_undo");
    shop.scan("COF").unwrap();
    shop.scan("CAN").unwrap();
    cart::set_quantity(&mut shop.till, shop.cashier, 2, Quantity::from_thousandths(3_000)).unwrap();
    discount(&mut shop, None, None, off("5%")).unwrap();
    cart::void_line(&mut shop.till, shop.cashier, 1, VoidReason::WrongItem).unwrap();

    let mut undo = || cart::undo(&mut shop.till, shop.cashier).unwrap();
    assert_eq!(undo().lines[0].line.voided, None);
    let cart = undo();
    assert_eq!((cart.discount, cart.lines[1].line.quantity.to_string()), (None, "3".into()));
    assert_eq!(undo().lines[1].line.quantity, Quantity::ONE);
    let cart = undo();
    assert_eq!(cart.lines[1].line.voided, Some(VoidReason::Undone));
    assert!(cart.can_undo);
    assert_eq!(cart.subtotal, cad("13.99"));
    let sale = shop.pay(None).unwrap();
    assert_eq!(sale.lines[1].voided, Some(VoidReason::Undone));
    assert_eq!(refusal(cart::undo(&mut shop.till, shop.cashier)), "nothing_to_undo");
}

#[test]
fn carts_wait_under_a_name_and_are_resumed_once() {
    let mut shop = Shop::selling();
    assert_eq!(refusal(park::park(&mut shop.till, shop.cashier, "Blue coat")), "empty_cart");
    shop.scan("COF").unwrap();
    assert_eq!(refusal(park::park(&mut shop.till, shop.cashier, "  ")), "name_required");
    discount(&mut shop, None, None, off("10%")).unwrap();
    let cart = park::park(&mut shop.till, shop.cashier, " Blue coat ").unwrap();
    assert_eq!((cart.lines.len(), cart.parked, cart.can_undo), (0, 1, false));
    shop.scan("CAN").unwrap();
    shop.wait_minutes(1);
    park::park(&mut shop.till, shop.cashier, "Phone").unwrap();
    // somebody else is served in between
    shop.sell(&["LOAF"]);

    let mut shop = shop.restart();
    let parked = park::parked(&mut shop.till).unwrap();
    let shown: Vec<_> =
        parked.iter().map(|cart| (cart.name.as_str(), cart.lines, cart.by.as_str())).collect();
    assert_eq!(shown, [("Blue coat", 1, "Counter 1"), ("Phone", 1, "Counter 1")]);
    assert_eq!(parked[0].total, cad("12.59"));

    shop.scan("LOAF").unwrap();
    let busy = park::resume(&mut shop.till, shop.cashier, parked[0].id);
    assert_eq!(refusal(busy), "cart_not_empty");
    shop.pay(None).unwrap();
    // what was only voided lines is kept as a voided cart
    shop.scan("COF").unwrap();
    cart::void_line(&mut shop.till, shop.cashier, 1, VoidReason::WrongItem).unwrap();
    let cart = park::resume(&mut shop.till, shop.cashier, parked[0].id).unwrap();
    let voided = "SELECT count(*) FROM cart_void";
    let voided = shop.till.db().query_row(voided, [], |row| row.get::<_, u32>(0));
    assert_eq!(voided.unwrap(), 1);
    assert_eq!((cart.total, cart.parked), (cad("12.59"), 1));
    // asked twice, it is simply there
    assert_eq!(park::resume(&mut shop.till, shop.cashier, parked[0].id).unwrap(), cart);
    shop.pay(None).unwrap();
    let gone = park::resume(&mut shop.till, shop.cashier, parked[0].id);
    assert_eq!(refusal(gone), "unknown_cart");

    // A parked cart does not hold up the end of the day, and is there in the morning.
    payments::close_shift(&mut shop.till, shop.cashier, cad("0.00")).unwrap();
    assert_eq!(park::parked(&mut shop.till).unwrap().len(), 1);
    assert!(shop.verify().ok);
}

#[test]
fn notes_are_short_and_plain() {
    let mut shop = Shop::selling();
    shop.scan("COF").unwrap();
    for (note, kept) in [("a".repeat(200), true), ("a".repeat(201), false), ("a\nb".into(), false)]
    {
        let result = cart::set_note(&mut shop.till, shop.cashier, Some(1), &note);
        assert_eq!(result.is_ok(), kept, "{}", note.len());
    }
    let cart = cart::set_note(&mut shop.till, shop.cashier, Some(1), " ").unwrap();
    assert_eq!(cart.lines[0].line.note, None);
}

const OPEN: &str = "\
sku,name,name_fr,plu,price,open_price,department,tax_category
MISC,Miscellaneous,Divers,9000,,yes,Grocery,standard
SHOE,Shoe repair,Cordonnerie,9100,,yes,Services,exempt
";

fn add_open(shop: &mut Shop, sku: &str, price: &str, name: &str) -> Result<CartView> {
    let keyed = cart::Keyed { price: cad(price), name: name.into() };
    cart::add_open(&mut shop.till, shop.cashier, sku, None, &keyed)
}

#[test]
fn an_open_price_is_keyed_by_who_sells() {
    let mut shop = Shop::selling();
    shop.import(OPEN);
    for code in ["9000", "MISC"] {
        assert_eq!(refusal(shop.scan(code)), "price_required", "{code}");
    }
    for (sku, price, name, kind) in [
        ("MISC", "0.00", "", "price_required"),
        ("CAN", "4.00", "", "fixed_price"),
        ("MISC", "4.00", "Old chair", "no_miscellaneous"),
        ("NONE", "4.00", "", "unknown_sku"),
    ] {
        assert_eq!(refusal(add_open(&mut shop, sku, price, name)), kind, "{sku} {price} {name}");
    }
    add_open(&mut shop, "MISC", "4.00", "").unwrap();
    add_open(&mut shop, "MISC", "4.00", " ").unwrap();
    add_open(&mut shop, "SHOE", "1250.00", "").unwrap();
    // Keyed wrongly, keyed again: still nobody's reduction. What is taken off it is one.
    let cart = price(&mut shop, None, 2, "12.50").unwrap();
    assert_eq!(amounts(&cart), ["8.00", "12.50"]);
    assert_eq!((cart.lines[1].line.price_reason, cart.lines[1].list_amount), (None, cad("12.50")));
    assert_eq!(refusal(price(&mut shop, None, 2, "0.00")), "approval_required");
    assert_eq!(refusal(discount(&mut shop, None, Some(2), off("50%"))), "approval_required");
    let sale = shop.pay(None).unwrap();
    assert_eq!((sale.subtotal, sale.total), (cad("20.50"), cad("21.54")));
    assert!(shop.verify().ok);
}

#[test]
fn a_miscellaneous_item_is_sold_by_name_where_the_store_lets_it() {
    let mut shop = Shop::selling();
    shop.import(OPEN);
    let offered = |shop: &Shop| -> Vec<String> {
        search::miscellaneous(&shop.till).unwrap().into_iter().map(|hit| hit.tile.sku).collect()
    };
    assert!(offered(&shop).is_empty());
    let settings = Settings { miscellaneous: true, ..Settings::default() };
    store::change(&mut shop.till, shop.manager, None, Some(settings)).unwrap();
    let mut shop = shop.restart();
    assert_eq!(offered(&shop), ["MISC", "SHOE"]);
    add_open(&mut shop, "MISC", "4.00", " Old chair ").unwrap();
    add_open(&mut shop, "MISC", "4.00", "Lamp").unwrap();
    add_open(&mut shop, "MISC", "4.00", "Lamp").unwrap();
    add_open(&mut shop, "MISC", "4.00", "").unwrap();
    let sale = shop.pay(None).unwrap();
    let lines = orders::find(shop.till.db(), sale.id).unwrap().lines;
    let sold: Vec<String> = lines
        .iter()
        .map(|line| format!("{} {} {}", line.quantity, line.sku, line.name.en))
        .collect();
    assert_eq!(sold, ["1 MISC Old chair", "2 MISC Lamp", "1 MISC Miscellaneous"]);
    assert!(shop.verify().ok);
}

/// Whoever approves sees what it comes to before saying yes, and the cart stays as it is meanwhile.
#[test]
fn a_change_is_quoted_before_it_is_approved() {
    let mut shop = Shop::selling();
    shop.scan("COF").unwrap();
    let before = shop.scan("CAN").unwrap();
    let [cashier, manager] = [shop.cashier, shop.manager];
    for (to, off, percent) in [("3.25", "10.74", 77), ("13.99", "0.00", 0), ("15.00", "-1.01", -7)]
    {
        let quote = pricing::quote_price(&mut shop.till, cashier, 1, cad(to)).unwrap();
        assert_eq!(
            (quote.amount, quote.off, quote.percent),
            (cad(to), cad(off), Some(percent)),
            "{to}"
        );
        assert_eq!(cart::show(&mut shop.till).unwrap(), before, "{to} is only asked for");
        let approver = approve(&mut shop.till, manager, "4444").unwrap();
        let there = price(&mut shop, Some(approver), 1, to).unwrap();
        assert_eq!((there.lines[0].amount, there.total), (quote.amount, quote.total), "{to}");
        assert_eq!(cart::undo(&mut shop.till, cashier).unwrap().total, before.total);
    }
    for line in [Some(2), None] {
        let asked = off("50%").unwrap().discount;
        let quote = pricing::quote_discount(&mut shop.till, cashier, line, Some(asked)).unwrap();
        assert_eq!(quote.percent, Some(50), "{line:?}");
        let approver = approve(&mut shop.till, manager, "4444").unwrap();
        let there = discount(&mut shop, Some(approver), line, off("50%")).unwrap();
        assert_eq!(
            (there.total, quote.off),
            (quote.total, line.map_or(there.discount_amount, |_| quote.amount))
        );
        cart::undo(&mut shop.till, cashier).unwrap();
    }
    let gone = pricing::quote_price(&mut shop.till, cashier, 9, cad("1.00"));
    assert_eq!(refusal(gone), "no_such_line");
}
