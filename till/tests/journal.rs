//! Looking into the journal: whatever somebody knows of a sale finds it, and what is shown of it is what is there.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;

use comptoir_domain::cart::VoidReason;
use comptoir_domain::ids::ReturnId;
use comptoir_domain::orders::Sale;
use comptoir_domain::orders::returns::Wanted;
use comptoir_domain::pricing::PriceReason;
use comptoir_domain::quantity::Quantity;
use comptoir_domain::text::Language;
use comptoir_hardware::printer::layout::{Profile, preview, to_text};
use comptoir_till::operators::approve;
use comptoir_till::orders::find::{FoundKind, FoundSales, Returned, Sought, find_sales};
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::orders::view::{sale_view, stored_at};
use comptoir_till::{cart, compliance, orders, outbox, payments, pricing};
use jiff::civil::{Date, date};
use shop::{Shop, cad, refusal};
use uuid::Uuid;

fn find(shop: &mut Shop, sought: &Sought) -> FoundSales {
    find_sales(&mut shop.till, shop.cashier, sought).unwrap()
}

fn text(text: &str) -> Sought {
    Sought { text: text.into(), limit: 20, ..Sought::default() }
}

/// `3:amount 1:receipt` are the numbers of the receipts and what was matched.
fn shown(found: &FoundSales) -> String {
    let one = |found: &comptoir_till::orders::find::FoundSale| {
        let number = found.receipt.rsplit('-').next().unwrap();
        let matched = serde_json::to_value(found.matched).unwrap();
        matched.as_str().map_or(number.to_owned(), |matched| format!("{number}:{matched}"))
    };
    found.found.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn bring_back(shop: &mut Shop, n: u128, sale: &Sale, lines: &[(u32, i64)]) -> String {
    let wanted = |(line, count): &(u32, i64)| Wanted {
        line: *line,
        quantity: Quantity::from_thousandths(count * 1_000),
        wasted: false,
    };
    let request = ReturnRequest {
        id: ReturnId(Uuid::from_u128(n)),
        sale: sale.id,
        lines: lines.iter().map(wanted).collect(),
        reason: Some("damaged".into()),
        approver: None,
        cash_instead: false,
    };
    returns::complete_return(&mut shop.till, shop.cashier, &request).unwrap().receipt
}

/// Receipts 1 to 5: a noted sale, one by card, one of a voided line, a return, a sale of tomorrow.
fn week() -> (Shop, Vec<Sale>) {
    let mut shop = Shop::selling();
    shop.scan("CAN").unwrap();
    shop.scan("CAN").unwrap();
    cart::set_note(&mut shop.till, shop.cashier, None, "Pour Élodie, to collect Friday").unwrap();
    let noted = shop.pay(None).unwrap();
    shop.wait_minutes(5);
    shop.scan("COF").unwrap();
    shop.charge("4.00");
    let by_card = shop.pay(None).unwrap();
    shop.wait_minutes(5);
    shop.scan("CAN").unwrap();
    cart::void_line(&mut shop.till, shop.cashier, 1, VoidReason::Damaged).unwrap();
    shop.scan("LOAF").unwrap();
    let voided = shop.pay(None).unwrap();
    bring_back(&mut shop, 1, &noted, &[(1, 1)]);
    shop.wait_minutes(24 * 60);
    let tomorrow = shop.sell(&["LOAF"]);
    (shop, vec![noted, by_card, voided, tomorrow])
}

#[test]
fn whatever_is_known_of_a_sale_finds_it() {
    let (mut shop, _) = week();
    for (what, expected) in [
        ("", "5 4 3 2 1"),
        ("RDC1-1-2", "2:receipt"),
        ("rdc1-1-4", "4:receipt"),
        ("RDC2-1-2", ""),
        ("3", "3:receipt"),
        ("4.00", ""),
        ("13.99", "2:amount"),
        ("$6.49", "5:amount 3:amount"),
        ("6,49 $", "5:amount 3:amount"),
        ("10.17", "4:amount"),
        ("14:06", "1:time"),
        ("14 h 06", "1:time"),
        ("2:06 pm", "1:time"),
        ("14:02", "1:time"),
        ("14:01", ""),
        ("2:06 am", ""),
        ("14h17", "5:time 4:time 3:time 2:time"),
        ("1234", "2:card"),
        ("**** 1234", "2:card"),
        ("LOAF", "5:sku 3:sku"),
        ("062345000053", "4:sku 1:sku"),
        ("can", "4:sku 1:sku"),
        ("elodie", "1:note"),
        ("fri coll", "1:note"),
        ("friday monday", ""),
        ("nothing of the kind", ""),
    ] {
        assert_eq!(shown(&find(&mut shop, &text(what))), expected, "{what:?}");
    }
    assert!(shop.verify().ok);
}

#[test]
fn a_row_says_what_it_was() {
    let (mut shop, sales) = week();
    bring_back(&mut shop, 2, &sales[0], &[(1, 1)]);
    let found = find(&mut shop, &text("")).found;
    let row = |number: usize| &found[found.len() - number];
    let short = |number: usize| {
        let row = row(number);
        let tenders: Vec<&str> = row.tenders.iter().map(|kind| kind.as_str()).collect();
        let kind = if row.kind == FoundKind::Sale { "sale" } else { "return" };
        format!("{kind} {} {} {}", row.lines, row.total, tenders.join("+"))
    };
    assert_eq!(short(1), "sale 1 20.34 cash");
    assert_eq!(short(2), "sale 1 13.99 card+cash");
    assert_eq!(short(3), "sale 1 6.49 cash");
    assert_eq!(short(4), "return 1 10.17 cash");
    assert_eq!(row(1).returned, Returned::All);
    assert_eq!((row(3).returned, row(4).returned), (Returned::None, Returned::None));
    assert_eq!(row(1).note.as_deref(), Some("Pour Élodie, to collect Friday"));
    assert_eq!(row(2).card_number.as_deref(), Some("1234"));
    assert_eq!(
        (row(1).operator.as_str(), row(1).at.as_str()),
        ("Counter 1", "2025-11-20T19:07:00Z")
    );
    assert!(row(1).matched.is_none());
}

#[test]
fn days_and_kinds_narrow_it_down() {
    let (mut shop, _) = week();
    let (first, second) = (date(2025, 11, 20), date(2025, 11, 21));
    let on = |text: &str, from: Option<Date>, to: Option<Date>, kind: Option<FoundKind>| Sought {
        text: text.into(),
        from,
        to,
        kind,
        limit: 20,
        before: None,
    };
    for (sought, expected) in [
        (on("", Some(first), Some(first), None), "4 3 2 1"),
        (on("", Some(second), None, None), "5"),
        (on("", None, Some(first), Some(FoundKind::Return)), "4"),
        (on("", None, None, Some(FoundKind::Sale)), "5 3 2 1"),
        (on("", Some(date(2024, 1, 1)), Some(date(2024, 12, 31)), None), ""),
        (on("LOAF", Some(first), Some(first), None), "3:sku"),
        (on("14:17", Some(first), Some(first), None), "4:time 3:time 2:time"),
        (on("14:17", None, None, Some(FoundKind::Return)), "4:time"),
        (on("can", None, None, Some(FoundKind::Return)), "4:sku"),
    ] {
        assert_eq!(shown(&find(&mut shop, &sought)), expected, "{sought:?}");
    }
}

/// Sold at 14:07 in winter, and at the same minute in UTC in summer, when the counter's clock is an hour ahead.
#[test]
fn a_time_is_that_of_the_counter_in_summer_and_in_winter() {
    let mut shop = Shop::selling();
    shop.sell(&["LOAF"]);
    shop.wait_minutes(200 * 24 * 60);
    shop.sell(&["LOAF"]);
    for (what, expected) in [("14:07", "1:time"), ("15:07", "2:time"), ("13:07", "")] {
        assert_eq!(shown(&find(&mut shop, &text(what))), expected, "{what}");
    }
}

#[test]
fn pages_follow_each_other_without_gap_or_repetition() {
    let mut shop = Shop::selling();
    for n in 0..7 {
        // Two lines of one SKU are one sale.
        shop.scan("CAN").unwrap();
        shop.scan("LOAF").unwrap();
        shop.scan("CAN").unwrap();
        if n % 2 == 0 {
            cart::set_note(&mut shop.till, shop.cashier, None, "Regular").unwrap();
        }
        shop.pay(None).unwrap();
    }
    for (what, expected) in [("", 7), ("CAN", 7), ("regular", 4), ("26.83", 7)] {
        let mut seen = Vec::new();
        let mut sought = Sought { limit: 3, ..text(what) };
        loop {
            let page = find(&mut shop, &sought);
            seen.extend(page.found.iter().map(|found| found.entry));
            sought.before = page.found.last().map(|found| found.entry);
            assert_eq!(page.more, seen.len() < expected, "{what:?}");
            if !page.more {
                break;
            }
        }
        assert_eq!(seen.len(), expected, "{what:?}");
        assert!(seen.is_sorted_by(|newer, older| newer > older), "{what:?}: {seen:?}");
    }
}

#[test]
fn a_number_that_may_mean_several_things_finds_all_of_them() {
    let mut shop = Shop::selling();
    shop.import("sku,name,price\n2,Two,2.00\n");
    for _ in 0..2 {
        shop.sell(&["CAN"]);
    }
    shop.sell(&["2"]);
    let sold = Sought { limit: 20, ..text("2") };
    assert_eq!(shown(&find(&mut shop, &sold)), "3:sku 2:receipt");
}

#[test]
fn notes_of_an_older_store_are_found() {
    let (shop, _) = week();
    // As the migration leaves a store that had sales before.
    let db = shop.till.db();
    db.execute_batch(
        "DELETE FROM note_search; INSERT INTO setting (key, value) VALUES ('read_notes', 'yes')",
    )
    .unwrap();
    let mut shop = shop.restart();
    assert_eq!(shown(&find(&mut shop, &text("collect"))), "1:note");
    assert!(shop.verify().ok);
    let mut shop = shop.restart();
    assert_eq!(shown(&find(&mut shop, &text("collect"))), "1:note");
}

#[test]
fn a_sale_is_shown_with_all_that_is_known_of_it() {
    let (mut shop, sales) = week();
    let view = |shop: &mut Shop, receipt: &str| sale_view(&mut shop.till, shop.cashier, receipt);
    orders::reprint(&mut shop.till, shop.supervisor, "RDC1-1-1").unwrap();
    let sale = view(&mut shop, "RDC1-1-1").unwrap();
    assert_eq!((sale.kind, sale.id), (FoundKind::Sale, sales[0].id.to_string()));
    let line = &sale.lines[0];
    let quantities = [line.quantity, line.returned, line.left].map(|one| one.to_string());
    assert_eq!((quantities, line.amount), (["2", "1", "1"].map(str::to_owned), cad("18.00")));
    assert_eq!((line.tax_letters.as_str(), line.drawing.as_str()), ("H", "box"));
    let returns: Vec<_> = sale.returns.iter().map(|back| back.receipt.as_str()).collect();
    assert_eq!(returns, ["RDC1-1-4"]);
    let facts: Vec<_> = sale
        .facts
        .iter()
        .map(|fact| (fact.kind.as_str(), fact.operator.as_deref().unwrap_or_default()))
        .collect();
    let expected = [
        ("sale_completed", "Counter 1"),
        ("return_completed", "Counter 1"),
        ("receipt_reprinted", "Supervisor"),
    ];
    assert_eq!(facts, expected);
    assert!(sale.facts.iter().all(|fact| fact.hash.len() == 16 && fact.device.len() == 8));
    assert!(!sale.may_void, "it is not the last one");
    assert_eq!(sale.stored.disk.as_deref(), Some("2025-11-20T19:07:00Z"));
    assert!(sale.paper.iter().any(|line| line.text.contains("RIDEAU CORNER")));

    let voided = view(&mut shop, "RDC1-1-3").unwrap();
    let left: Vec<_> = voided.lines.iter().map(|line| line.left.to_string()).collect();
    assert_eq!(
        (left, voided.lines[0].voided),
        (vec!["0".into(), "1".into()], Some(VoidReason::Damaged))
    );
    assert!(view(&mut shop, "rdc1-1-5").unwrap().may_void, "the last sale of the shift");

    let back = view(&mut shop, "RDC1-1-4").unwrap();
    assert_eq!((back.kind, back.of.as_deref()), (FoundKind::Return, Some("RDC1-1-1")));
    assert_eq!(
        (back.total, back.tenders[0].amount, back.change),
        (cad("10.17"), cad("10.15"), cad("0.00"))
    );
    assert_eq!((back.lines[0].price, back.lines[0].amount), (cad("9.00"), cad("9.00")));
    assert_eq!(back.facts.len(), 2, "the sale and the return");
    assert_eq!(refusal(view(&mut shop, "RDC1-1-9")), "unknown_sale");
    payments::close_shift(&mut shop.till, shop.cashier, cad("200.00")).unwrap();
    assert!(!view(&mut shop, "RDC1-1-5").unwrap().may_void, "its shift is closed");
}

/// Somebody who writes for long, as an import does, holds nobody up who looks.
#[test]
fn looking_waits_for_nobody_who_writes() {
    let (mut shop, sales) = week();
    let writer = rusqlite::Connection::open(shop.till.home().database()).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    shop.till.db().busy_timeout(std::time::Duration::ZERO).unwrap();
    assert_eq!(shown(&find(&mut shop, &text(&sales[0].receipt))), "1:receipt");
    sale_view(&mut shop.till, shop.cashier, &sales[0].receipt).unwrap();
    assert!(shop.scan("LOAF").is_err(), "writing would have to wait");
}

/// What happened to a cart before it was sold is told with its sale, and of no other.
#[test]
fn what_happened_to_the_cart_of_a_sale_is_told() {
    let mut shop = Shop::selling();
    let other = shop.sell(&["LOAF"]);
    shop.scan("LAGER").unwrap();
    shop.scan("CAN").unwrap();
    compliance::refuse_age(&mut shop.till, shop.cashier).unwrap();
    shop.charge_settled_by_hand("4.00", Some("4.00"));
    shop.charge_settled_by_hand("1.00", None);
    let sale = shop.pay(None).unwrap();
    let told = |shop: &mut Shop, sale: &Sale| -> Vec<String> {
        let view = sale_view(&mut shop.till, shop.cashier, &sale.receipt).unwrap();
        let one = |fact: comptoir_till::orders::view::FactView| {
            format!("{} {}", fact.kind, fact.approved_by.unwrap_or_default())
        };
        view.facts.into_iter().map(one).collect()
    };
    let expected =
        ["age_refused ", "card_settled Supervisor", "card_settled Supervisor", "sale_completed "];
    assert_eq!(told(&mut shop, &sale), expected);
    assert_eq!(told(&mut shop, &other), ["sale_completed "]);
    assert!(shop.verify().ok);
}

/// So is what became of the refund of a return.
#[test]
fn how_a_refund_was_settled_is_told_with_its_return() {
    let mut shop = Shop::selling();
    shop.scan("CAN").unwrap();
    shop.charge("10.17");
    let sale = shop.pay(Some("0.00")).unwrap();
    let request = ReturnRequest {
        id: ReturnId(Uuid::from_u128(7)),
        sale: sale.id,
        lines: vec![Wanted { line: 1, quantity: Quantity::ONE, wasted: false }],
        reason: None,
        approver: Some(approve(&mut shop.till, shop.supervisor, "3333").unwrap()),
        cash_instead: false,
    };
    shop.refund_settled_by_hand(&request);
    let back = returns::complete_return(&mut shop.till, shop.cashier, &request).unwrap();
    let view = sale_view(&mut shop.till, shop.cashier, &back.receipt).unwrap();
    let kinds: Vec<_> = view.facts.iter().map(|fact| fact.kind.as_str()).collect();
    assert_eq!(kinds, ["sale_completed", "card_settled", "return_completed"]);
    let stored = |id: &str| stored_at(shop.till.db(), id);
    assert_eq!(stored(&back.id.to_string()).unwrap(), view.stored);
    assert!(stored(&sale.id.to_string()).unwrap().disk.is_some());
    assert_eq!(refusal(stored(&Uuid::from_u128(8).to_string())), "unknown_sale");
    assert!(shop.verify().ok);
}

#[test]
fn a_gift_receipt_names_goods_and_no_price() {
    let mut shop = Shop::selling();
    shop.scan("CAN").unwrap();
    shop.scan("CAN").unwrap();
    cart::add(&mut shop.till, shop.cashier, "BAN", Some("1.245".parse().unwrap())).unwrap();
    shop.scan("LOAF").unwrap();
    cart::void_line(&mut shop.till, shop.cashier, 3, VoidReason::WrongItem).unwrap();
    shop.pay(None).unwrap();
    let gift = |shop: &mut Shop, lines: &[u32]| {
        let job = orders::print_gift(&mut shop.till, shop.cashier, "RDC1-1-1", lines)?;
        let entry = "SELECT subject FROM outbox WHERE id = ?1";
        Ok(shop.till.db().query_row(entry, [job], |row| row.get::<_, i64>(0))?)
    };
    let paper = |shop: &Shop, entry, duplicate, language| {
        let paper = outbox::receipt(&shop.till, entry, duplicate, Some(language)).unwrap();
        to_text(&preview(&paper, &Profile::default()))
    };
    let all = gift(&mut shop, &[]).unwrap();
    let text = paper(&shop, all, false, Language::En);
    assert_eq!(text, include_str!("gift-en.txt"), "\n{text}");
    let one = gift(&mut shop, &[1]).unwrap();
    let text = paper(&shop, one, true, Language::Fr);
    assert!(text.contains("REÇU-CADEAU") && text.contains("Bougie") && text.contains("DUPLICATA"));
    assert!(!text.contains("Bananes") && !text.contains("9,00"), "{text}");
    assert_eq!(refusal(gift(&mut shop, &[3])), "line_voided");
    assert_eq!(refusal(gift(&mut shop, &[4])), "unknown_line");
    let facts = sale_view(&mut shop.till, shop.cashier, "RDC1-1-1").unwrap().facts;
    assert_eq!(facts.len(), 3, "the sale and both papers");
    assert!(shop.verify().ok);
}

#[test]
fn who_approved_the_price_of_a_line_is_told() {
    let mut shop = Shop::selling();
    shop.scan("CAN").unwrap();
    let approver = approve(&mut shop.till, shop.supervisor, "3333").unwrap();
    let (till, cashier) = (&mut shop.till, shop.cashier);
    pricing::set_price(till, cashier, Some(approver), 1, cad("5.00"), PriceReason::Damaged)
        .unwrap();
    let sale = shop.pay(None).unwrap();
    let view = sale_view(&mut shop.till, shop.cashier, &sale.receipt).unwrap();
    assert_eq!(view.facts[0].approved_by.as_deref(), Some("Supervisor"));
}
