//! Goods that come back: never more than was sold, for exactly what was paid, and the books still add up.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;

use comptoir_domain::ids::ReturnId;
use comptoir_domain::money::Money;
use comptoir_domain::orders::Sale;
use comptoir_domain::orders::returns::{Return, Wanted};
use comptoir_domain::pricing::{Discount, Given, Percent, PriceReason};
use comptoir_domain::store::Region;
use comptoir_domain::text::Language;
use comptoir_hardware::printer::layout::{Profile, preview, to_text};
use comptoir_till::error::Result;
use comptoir_till::operators::approve;
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::payments::{self, paper, report};
use comptoir_till::{cart, inventory, outbox, pricing};
use shop::{Shop, cad, refusal};
use uuid::Uuid;

fn id(n: u128) -> ReturnId {
    ReturnId(Uuid::from_u128(n))
}

/// `1:2 3:0.5!` is two of line 1 to stock and a half of line 3 to be wasted.
fn wanted(lines: &str) -> Vec<Wanted> {
    let one = |one: &str| {
        let (line, quantity) = one.split_once(':').unwrap();
        Wanted {
            line: line.parse().unwrap(),
            quantity: quantity.trim_end_matches('!').parse().unwrap(),
            wasted: quantity.ends_with('!'),
        }
    };
    lines.split_whitespace().map(one).collect()
}

fn request(n: u128, sale: &Sale, lines: &str) -> ReturnRequest {
    ReturnRequest {
        id: id(n),
        sale: sale.id,
        lines: wanted(lines),
        reason: Some("Wrong size".into()),
        approver: None,
        cash_instead: false,
    }
}

fn bring_back(shop: &mut Shop, n: u128, sale: &Sale, lines: &str) -> Result<Return> {
    returns::complete_return(&mut shop.till, shop.cashier, &request(n, sale, lines))
}

fn shown(back: &Return) -> String {
    let taxes: Vec<String> =
        back.taxes.iter().map(|tax| format!("{} {}", tax.code, tax.amount)).collect();
    let refunds: Vec<String> = back
        .refunds
        .iter()
        .map(|refund| format!("{} {}", refund.kind.as_str(), refund.amount))
        .collect();
    format!("{} {} = {} -> {}", back.subtotal, taxes.join(" "), back.total, refunds.join(" "))
}

fn on_hand(shop: &Shop, sku: &str) -> String {
    inventory::on_hand(shop.till.db(), Some(sku)).unwrap()[0].on_hand.to_string()
}

fn receipt(shop: &Shop, back: &Return, duplicate: bool, language: Language) -> String {
    let entry = returns::entry_of(shop.till.db(), back.id).unwrap().unwrap();
    let paper = outbox::receipt(&shop.till, entry, duplicate, Some(language)).unwrap();
    to_text(&preview(&paper, &Profile::default()))
}

#[test]
fn a_candle_comes_back_whole() {
    let mut shop = Shop::selling();
    let sale = shop.sell(&["CAN", "LOAF"]);
    let back = bring_back(&mut shop, 1, &sale, "1:1").unwrap();
    assert_eq!(shown(&back), "9.00 HST 1.17 = 10.17 -> cash 10.15");
    assert_eq!((back.receipt.as_str(), back.rounding), ("RDC1-1-2", cad("-0.02")));
    assert_eq!((on_hand(&shop, "CAN"), on_hand(&shop, "LOAF")), ("0".into(), "-1".into()));
    assert_eq!(shop.sell(&["LOAF"]).receipt, "RDC1-1-3", "sales and returns are one sequence");
    let entry = returns::entry_of(shop.till.db(), back.id).unwrap().unwrap();
    for drawer in [false, true] {
        assert!(outbox::receipt_state(shop.till.db(), entry, drawer).unwrap().is_some());
    }
    assert!(shop.verify().ok);
}

#[test]
fn the_paper_of_a_return() {
    let mut shop = Shop::selling();
    let sale = shop.sell(&["CAN", "CAN", "LOAF"]);
    let back = bring_back(&mut shop, 1, &sale, "1:2 2:1!").unwrap();
    let text = receipt(&shop, &back, false, Language::En);
    assert_eq!(text, include_str!("return-en.txt"), "\n{text}");
    returns::print_again(&mut shop.till, shop.cashier, back.id).unwrap();
    let text = receipt(&shop, &back, true, Language::Fr).replace('\u{a0}', " ");
    for words in ["RETOUR", "DUPLICATA", "Du reçu", "-18,00 H", "Remboursement Comptant", "-26,85"]
    {
        assert!(text.contains(words), "{words} in\n{text}");
    }
    assert!(shop.verify().ok);
}

/// What is sold, what comes back in how many returns, and what each of them gives back.
#[test]
fn goods_come_back_in_any_number_of_returns() {
    struct Story {
        sold: &'static [&'static str],
        percent_off: i64,
        steps: &'static [(&'static str, &'static str)],
    }
    for Story { sold, percent_off, steps } in [
        Story {
            sold: &["CAN", "CAN", "CAN"],
            percent_off: 0,
            steps: &[
                ("1:1", "9.00 HST 1.17 = 10.17 -> cash 10.15"),
                ("1:2", "18.00 HST 2.34 = 20.34 -> cash 20.35"),
            ],
        },
        // 27.00 minus 7 %: 25.11, three times 8.37; 3.26 of tax in three parts
        Story {
            sold: &["CAN", "CAN", "CAN"],
            percent_off: 7,
            steps: &[
                ("1:1", "8.37 HST 1.09 = 9.46 -> cash 9.45"),
                ("1:1!", "8.37 HST 1.09 = 9.46 -> cash 9.45"),
                ("1:1", "8.37 HST 1.08 = 9.45 -> cash 9.45"),
            ],
        },
        Story {
            sold: &["BAN", "CAN"],
            percent_off: 0,
            steps: &[
                ("1:0.4", "0.70  = 0.70 -> cash 0.70"),
                ("1:0.4 2:1", "9.69 HST 1.17 = 10.86 -> cash 10.85"),
                ("1:0.445", "0.78  = 0.78 -> cash 0.80"),
            ],
        },
    ] {
        let mut shop = Shop::selling();
        for sku in sold {
            let weight = (*sku == "BAN").then(|| "1.245".parse().unwrap());
            cart::add(&mut shop.till, shop.cashier, sku, weight).unwrap();
        }
        if let Some(percent) = Percent::from_hundredths(percent_off * 100) {
            let approver = Some(approve(&mut shop.till, shop.supervisor, "3333").unwrap());
            let discount = Discount::Percent(percent);
            let given = Some(Given { discount, reason: PriceReason::Damaged });
            pricing::set_discount(&mut shop.till, shop.cashier, approver, None, given).unwrap();
        }
        let sale = shop.pay(None).unwrap();
        let mut returned = cad("0.00");
        for ((lines, expected), n) in steps.iter().zip(1..) {
            let back = bring_back(&mut shop, n, &sale, lines).unwrap();
            assert_eq!(&shown(&back), expected, "{lines}");
            returned += back.total;
        }
        assert_eq!(returned, sale.total, "all of it is what was paid");
        assert_eq!(refusal(bring_back(&mut shop, 99, &sale, "1:1")), "more_than_sold");
        let x = report::x_report(&mut shop.till, shop.cashier).unwrap();
        assert_eq!((x.returned, x.returns), (sale.total, steps.len() as u64));
        assert!(x.adds_up() && shop.verify().ok);
    }
}

#[test]
fn quebec_gives_both_taxes_back() {
    let mut shop = Shop::in_region(Region::QC);
    shop.import("sku,name,name_fr,price\nX,Candle,Bougie,33.33\n");
    payments::open_shift(&mut shop.till, shop.cashier, cad("200.00")).unwrap();
    let sale = shop.sell(&["X", "X", "X"]);
    assert_eq!(sale.total, cad("114.96"));
    for (n, expected) in [
        (1, "33.33 GST 1.67 QST 3.32 = 38.32 -> cash 38.30"),
        (2, "33.33 GST 1.66 QST 3.33 = 38.32 -> cash 38.30"),
        (3, "33.33 GST 1.67 QST 3.32 = 38.32 -> cash 38.30"),
    ] {
        assert_eq!(shown(&bring_back(&mut shop, n, &sale, "1:1").unwrap()), expected);
    }
    let z = payments::close_shift(&mut shop.till, shop.cashier, cad("200.00")).unwrap();
    let taxes: Vec<Money> = z.returned_taxes.iter().map(|tax| tax.amount).collect();
    assert_eq!(taxes, [cad("5.00"), cad("9.97")]);
    assert!(shop.verify().ok);
}

#[test]
fn what_is_wasted_does_not_go_back_on_the_shelf() {
    let mut shop = Shop::selling();
    let sale = shop.sell(&["CAN", "CAN", "CAN"]);
    bring_back(&mut shop, 1, &sale, "1:1 1:1!").unwrap();
    assert_eq!(on_hand(&shop, "CAN"), "-2");
    let moved: i64 = shop
        .till
        .db()
        .query_row("SELECT sum(quantity) FROM stock_movement WHERE sku = 'CAN'", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(moved, -2_000, "on hand is the sum of the movements");
}

#[test]
fn asking_twice_is_one_return() {
    let mut shop = Shop::selling();
    let sale = shop.sell(&["CAN", "CAN"]);
    let first = bring_back(&mut shop, 1, &sale, "1:1").unwrap();
    let mut shop = shop.restart();
    assert_eq!(bring_back(&mut shop, 1, &sale, "1:1").unwrap(), first);
    assert_eq!(bring_back(&mut shop, 1, &sale, "1:2").unwrap(), first, "whatever is asked now");
    assert_eq!(report::x_report(&mut shop.till, shop.cashier).unwrap().returns, 1);
}

#[test]
fn what_cannot_come_back_is_refused_and_changes_nothing() {
    let mut shop = Shop::selling();
    shop.scan("CAN").unwrap();
    shop.scan("LOAF").unwrap();
    let reason = comptoir_domain::cart::VoidReason::WrongItem;
    cart::void_line(&mut shop.till, shop.cashier, 2, reason).unwrap();
    let sale = shop.pay(None).unwrap();
    let before = shop.verify().entries;
    for (lines, kind) in [
        ("", "nothing_to_return"),
        ("1:2", "more_than_sold"),
        ("1:1 1:1!", "more_than_sold"),
        ("1:0.5", "whole_quantity_only"),
        ("1:0", "bad_quantity"),
        ("1:-1", "bad_quantity"),
        ("2:1", "line_voided"),
        ("3:1", "unknown_line"),
    ] {
        assert_eq!(refusal(bring_back(&mut shop, 1, &sale, lines)), kind, "{lines}");
    }
    let none = ReturnRequest {
        sale: comptoir_domain::ids::SaleId(Uuid::nil()),
        ..request(1, &sale, "1:1")
    };
    let none = returns::complete_return(&mut shop.till, shop.cashier, &none);
    assert_eq!(refusal(none), "unknown_sale");
    assert_eq!(shop.verify().entries, before);
    payments::close_shift(&mut shop.till, shop.cashier, cad("200.00")).unwrap();
    assert_eq!(refusal(bring_back(&mut shop, 1, &sale, "1:1")), "no_open_shift");
}

#[test]
fn a_sale_of_yesterday_comes_back_in_the_shift_of_today() {
    let mut shop = Shop::selling();
    let sale = shop.sell(&["CAN"]);
    payments::close_shift(&mut shop.till, shop.cashier, cad("210.15")).unwrap();
    shop.wait_minutes(24 * 60);
    payments::open_shift(&mut shop.till, shop.cashier, cad("100.00")).unwrap();
    shop.sell(&["LOAF"]);
    bring_back(&mut shop, 1, &sale, "1:1").unwrap();
    let z = payments::close_shift(&mut shop.till, shop.cashier, cad("96.35")).unwrap();
    assert_eq!((z.total, z.returned, z.rounding), (cad("6.49"), cad("10.17"), cad("0.03")));
    assert_eq!((z.expected, z.over_short), (cad("96.35"), Some(cad("0.00"))));
    assert_eq!((z.refunds[0].count, z.refunds[0].amount), (1, cad("10.15")));
    assert_eq!(z.last_receipt.as_deref(), Some("RDC1-1-3"));
    assert!(z.adds_up() && shop.verify().ok);
    for (language, words) in [
        (Language::En, ["Returns", "RETURNED", "-10.17", "Refund Cash", "-10.15"]),
        (Language::Fr, ["Retours", "RETOURNÉ", "-10,17", "Remboursement Comptant", "-10,15"]),
    ] {
        let paper = paper::document(shop.till.store(), &z, language, false);
        let text = to_text(&preview(&paper, &Profile::default()));
        for words in words {
            assert!(text.contains(words), "{words} in\n{text}");
        }
    }
}

#[test]
fn only_the_last_sale_of_the_shift_is_voided_and_only_with_approval() {
    let mut shop = Shop::selling();
    let first = shop.sell(&["CAN"]);
    let last = shop.sell(&["CAN", "LOAF"]);
    let Shop { till, cashier, supervisor, .. } = &mut shop;
    let alone = returns::void_sale(till, *cashier, None, id(1), last.id, false);
    assert_eq!(refusal(alone), "approval_required");
    let approver = Some(approve(till, *supervisor, "3333").unwrap());
    let wrong = returns::void_sale(till, *cashier, approver, id(1), first.id, false);
    assert_eq!(refusal(wrong), "not_last_sale");
    let back = returns::void_sale(till, *cashier, approver, id(1), last.id, false).unwrap();
    assert_eq!((back.total, back.reason.as_deref()), (last.total, Some("post_void")));
    assert_eq!(back.approved_by, Some(*supervisor));
    assert_eq!(returns::void_sale(till, *cashier, approver, id(1), last.id, false).unwrap(), back);
    let again = returns::void_sale(till, *cashier, approver, id(2), last.id, false);
    assert_eq!(refusal(again), "nothing_to_return");
    payments::close_shift(till, *cashier, cad("200.00")).unwrap();
    payments::open_shift(till, *cashier, cad("200.00")).unwrap();
    let late = returns::void_sale(till, *cashier, approver, id(3), first.id, false);
    assert_eq!(refusal(late), "not_last_sale");
    assert!(receipt(&shop, &back, false, Language::En).contains("VOIDED SALE"));
    assert!(shop.verify().ok);
}

#[test]
fn what_a_card_paid_does_not_go_back_in_cash_by_itself() {
    let mut shop = Shop::selling();
    shop.scan("CAN").unwrap();
    shop.charge("4.00");
    let sale = shop.pay(None).unwrap();
    assert_eq!(refusal(bring_back(&mut shop, 1, &sale, "1:1")), "card_refund_first");
}
