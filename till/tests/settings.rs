//! What a store decides for itself, and what follows from it at the counter.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;

use comptoir_domain::payments::CashMove;
use comptoir_domain::pricing::{Discount, Given, Limits, Percent, PriceReason};
use comptoir_domain::store::{ReceiptLanguage, Settings, Store};
use comptoir_domain::text::{Language, Text};
use comptoir_hardware::printer::layout::{Profile, preview, to_text};
use comptoir_till::outbox::{self, JobKind};
use comptoir_till::payments::drawer;
use comptoir_till::reporting::{self, Period};
use comptoir_till::{devices, orders, pricing, store};
use jiff::civil::date;
use shop::{Shop, cad, refusal};

fn decide(shop: &mut Shop, change: impl FnOnce(&mut Settings)) {
    let mut settings = shop.till.settings().clone();
    change(&mut settings);
    store::change(&mut shop.till, shop.manager, None, Some(settings)).unwrap();
}

#[test]
fn roles_may_what_the_store_lets_them() {
    let mut shop = Shop::selling();
    shop.scan("COF").unwrap();
    let twenty = Discount::Percent(Percent::from_hundredths(2_000).unwrap());
    let given = Given { discount: twenty, reason: PriceReason::Courtesy };
    let discount = |shop: &mut Shop| {
        let cashier = shop.cashier;
        pricing::set_discount(&mut shop.till, cashier, None, Some(1), Some(given))
    };
    assert_eq!(refusal(discount(&mut shop)), "approval_required");
    let cashier = Percent::from_hundredths(2_500).unwrap();
    decide(&mut shop, |settings| settings.limits = Limits { cashier, ..settings.limits });
    discount(&mut shop).unwrap();
    let mut shop = shop.restart();
    assert_eq!(shop.till.settings().limits.cashier, cashier, "it is kept");
    // what was allowed when it was given is asked again when it is sold
    decide(&mut shop, |settings| settings.limits = Limits::default());
    assert_eq!(refusal(shop.pay(None)), "approval_required");

    // a cashier may also be allowed nothing at all
    let cashier = Percent::parse_limit("0%").unwrap();
    decide(&mut shop, |settings| settings.limits = Limits { cashier, ..settings.limits });
    let mut shop = shop.restart();
    assert_eq!(shop.till.settings().limits.cashier, cashier, "nothing is kept too");
    let (till, cashier) = (&mut shop.till, shop.cashier);
    pricing::set_discount(till, cashier, None, Some(1), None).unwrap();
    let cent = Discount::Amount(cad("0.01"));
    let cent = Given { discount: cent, reason: PriceReason::Courtesy };
    let alone = pricing::set_discount(till, cashier, None, Some(1), Some(cent));
    assert_eq!(refusal(alone), "approval_required");
    shop.pay(None).unwrap();

    let pay_out = |shop: &mut Shop| {
        let (cashier, amount) = (shop.cashier, cad("60.00"));
        drawer::move_cash(&mut shop.till, cashier, None, CashMove::PaidOut, amount, "Courier")
    };
    assert_eq!(refusal(pay_out(&mut shop)), "approval_required");
    decide(&mut shop, |settings| settings.cash.paid_out = 6_000);
    pay_out(&mut shop).unwrap();
    let cashier = shop.cashier;
    let settings = shop.till.settings().clone();
    assert_eq!(
        refusal(store::change(&mut shop.till, cashier, None, Some(settings))),
        "not_allowed"
    );
    assert!(shop.verify().ok);
}

#[test]
fn a_receipt_in_both_languages_with_the_stores_own_words() {
    let mut shop = Shop::selling();
    decide(&mut shop, |settings| {
        settings.receipt = Some(ReceiptLanguage::Both);
        settings.receipt_foot = Text::new("Come again", "À bientôt");
    });
    let sale = shop.sell(&["LAGER", "COF"]);
    let entry = orders::entry_of(shop.till.db(), sale.id).unwrap();
    let paper = |shop: &Shop| {
        let paper = outbox::receipt(&shop.till, entry, false, None).unwrap();
        to_text(&preview(&paper, &Profile::default()))
    };
    let text = paper(&shop);
    assert_eq!(text, include_str!("receipt-both.txt"), "\n{text}");
    for (language, word) in [(ReceiptLanguage::Fr, "Sous-total"), (ReceiptLanguage::En, "Subtotal")]
    {
        decide(&mut shop, |settings| settings.receipt = Some(language));
        assert!(paper(&shop).contains(&format!("\n{word} ")), "{}", paper(&shop));
    }
}

#[test]
fn a_store_moves_but_stays_itself() {
    let mut shop = Shop::selling();
    let moved = Store {
        name: "Canal Corner".into(),
        address: vec!["2 Canal Walk".into()],
        code: "XXX".into(),
        region: comptoir_domain::store::Region::QC,
        register: 9,
        languages: vec![Language::Fr],
        ..shop.till.store().clone()
    };
    store::change(&mut shop.till, shop.manager, Some(moved.clone()), None).unwrap();
    let mut shop = shop.restart();
    let now = shop.till.store();
    assert_eq!((now.name.as_str(), now.code.as_str(), now.register), ("Canal Corner", "RDC", 1));
    assert_eq!(now.region, comptoir_domain::store::Region::ON);
    assert_eq!(store::departments(shop.till.db()).unwrap().len(), 6, "departments stay");
    for broken in
        [Store { name: " ".into(), ..moved.clone() }, Store { languages: vec![], ..moved.clone() }]
    {
        let refused = store::change(&mut shop.till, shop.manager, Some(broken), None);
        assert_eq!(refusal(refused), "name_missing");
    }
    let nowhere = Store { time_zone: "Moon/Crater".into(), ..moved };
    let refused = store::change(&mut shop.till, shop.manager, Some(nowhere), None);
    assert_eq!(refusal(refused), "unknown_time_zone");
    assert!(shop.verify().ok);
}

/// A day's report is printed like any other paper, and a test page; neither is a duplicate of anything.
#[test]
fn reports_and_test_pages_are_jobs() {
    let mut shop = Shop::selling();
    shop.sell(&["CAN"]);
    let take = |shop: &mut Shop| outbox::take(&mut shop.till, &Profile::default(), None).unwrap();
    while let Some((job, _)) = take(&mut shop) {
        let outcome = comptoir_hardware::printer::driver::Outcome::Printed;
        outbox::finish(&shop.till, job, outcome).unwrap();
    }
    let (supervisor, day) = (shop.supervisor, date(2025, 11, 20));
    reporting::print(&mut shop.till, supervisor, Period::Day { day }).unwrap();
    reporting::print(&mut shop.till, supervisor, Period::Shift { shift: 1, id: None }).unwrap();
    devices::test(&mut shop.till, supervisor, false).unwrap();
    let told: Vec<_> =
        outbox::list(&shop.till).unwrap().into_iter().map(|row| (row.what, row.name)).collect();
    assert_eq!(
        told,
        [
            (JobKind::Sales, "2025-11-20".into()),
            (JobKind::Sales, "X".into()),
            (JobKind::Test, String::new()),
        ]
    );
    // cut off in the middle: it is printed again as what it is
    let (job, _) = take(&mut shop).unwrap();
    let shop = shop.restart();
    outbox::recover(&shop.till).unwrap();
    outbox::settle(&shop.till, shop.cashier, job, false).unwrap();
    assert_eq!(outbox::list(&shop.till).unwrap()[0].what, JobKind::Sales);
    let mut shop = shop;
    let cashier = shop.cashier;
    let refused = reporting::print(&mut shop.till, cashier, Period::Day { day });
    assert_eq!(refusal(refused), "not_allowed");
    assert_eq!(refusal(devices::test(&mut shop.till, cashier, true)), "not_allowed");
}

/// What is saved together is kept together, or not at all.
#[test]
fn what_is_wrong_with_one_part_keeps_the_other_back() {
    let mut shop = Shop::selling();
    let entries = |shop: &Shop| -> i64 {
        let select = "SELECT count(*) FROM journal";
        shop.till.db().query_row(select, [], |row| row.get(0)).unwrap()
    };
    let before = entries(&shop);
    let settings = Settings { return_days: Some(7), ..shop.till.settings().clone() };
    let called = Store { name: "Rideau Corner North".into(), ..shop.till.store().clone() };
    let nameless = Store { name: String::new(), ..called.clone() };
    let (manager, cashier) = (shop.manager, shop.cashier);
    let both = Some(settings.clone());
    let refused = store::change(&mut shop.till, manager, Some(nameless), both.clone());
    assert_eq!(refusal(refused), "name_missing");
    let refused = store::change(&mut shop.till, cashier, Some(called.clone()), both.clone());
    assert_eq!(refusal(refused), "not_allowed");
    assert_eq!(entries(&shop), before, "nothing is kept");
    assert_ne!(shop.till.settings(), &settings);

    store::change(&mut shop.till, manager, Some(called.clone()), both).unwrap();
    let shop = shop.restart();
    assert_eq!((shop.till.store(), shop.till.settings()), (&called, &settings));
    assert!(shop.verify().ok);
}
