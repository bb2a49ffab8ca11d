//! The drawer between opening and closing: cash that moves without a sale, and counting it.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;

use comptoir_domain::ids::OperatorId;
use comptoir_domain::payments::limits::CashLimits;
use comptoir_domain::payments::{CashMove, CountedPieces};
use comptoir_domain::reporting::XReport;
use comptoir_domain::store::Settings;
use comptoir_domain::text::Language;
use comptoir_hardware::lamp::Cause;
use comptoir_hardware::printer::driver::Outcome;
use comptoir_hardware::printer::layout::Profile;
use comptoir_till::error::Result;
use comptoir_till::operators::{Approver, approve};
use comptoir_till::outbox::{self, Work};
use comptoir_till::payments::{self, Count, drawer, hand_in, report};
use comptoir_till::store;
use shop::{Shop, cad, refusal};

fn moved(
    shop: &mut Shop,
    approver: Option<Approver>,
    what: CashMove,
    amount: &str,
    reason: &str,
) -> Result<()> {
    drawer::move_cash(&mut shop.till, shop.cashier, approver, what, cad(amount), reason)
}

#[test]
fn what_moves_is_expected_at_the_end() {
    let mut shop = Shop::selling();
    shop.sell(&["COF"]);
    moved(&mut shop, None, CashMove::PaidIn, "50.00", "Change from the bank").unwrap();
    moved(&mut shop, None, CashMove::PaidOut, "12.50", "Window cleaner").unwrap();
    moved(&mut shop, None, CashMove::SafeDrop, "100.00", "Full").unwrap();
    drawer::no_sale(&mut shop.till, shop.cashier, None, "Change for the bus").unwrap();
    let x = shop.x();
    assert_eq!(
        (x.paid_in, x.paid_out, x.safe_drops, x.no_sales),
        (cad("50.00"), cad("12.50"), cad("100.00"), 1)
    );
    // 200.00 + 14.00 + 50.00 − 12.50 − 100.00
    assert_eq!(x.expected, cad("151.50"));
    let z = payments::close_shift(&mut shop.till, shop.cashier, cad("150.00")).unwrap();
    assert_eq!((z.expected, z.over_short), (cad("151.50"), Some(cad("-1.50"))));
    assert!(shop.verify().ok);
    // the next shift begins with nothing of it
    payments::open_shift(&mut shop.till, shop.cashier, cad("100.00")).unwrap();
    let x = shop.x();
    assert_eq!((x.expected, x.paid_in, x.no_sales), (cad("100.00"), cad("0.00"), 0));
}

/// What cash did, and what it follows from: what was sold, of which 10.17 by card.
const CASH: [&str; 11] = [
    "24.16", "22.99", "1.17", "0.01", "20.00", "6.00", "200.00", "50.00", "12.50", "100.00",
    "151.50",
];

/// A shift in which all that can move has moved, by cash and by card.
fn busy() -> Shop {
    let mut shop = Shop::selling();
    shop.scan("COF").unwrap();
    shop.pay(Some("20.00")).unwrap();
    shop.scan("CAN").unwrap();
    shop.charge("10.17");
    shop.pay(Some("0.00")).unwrap();
    moved(&mut shop, None, CashMove::PaidIn, "50.00", "Change from the bank").unwrap();
    moved(&mut shop, None, CashMove::PaidOut, "12.50", "Window cleaner").unwrap();
    moved(&mut shop, None, CashMove::SafeDrop, "100.00", "Full").unwrap();
    shop
}

#[test]
fn whoever_counts_blind_reads_an_x_without_its_cash() {
    let mut shop = busy();
    let XReport::Blind(x) = report::x_report(&mut shop.till, shop.cashier).unwrap() else {
        panic!("a cashier sees all of it");
    };
    assert_eq!((x.sales, x.tenders.len(), x.no_sales), (2, 2, 0));
    let amounts: Vec<_> =
        x.tenders.iter().map(|one| (&one.tender[..], one.count, one.amount)).collect();
    assert_eq!(amounts, [("card", 1, Some(cad("10.17"))), ("cash", 1, None)]);
    let told = serde_json::to_string(&XReport::Blind(x)).unwrap();
    for amount in CASH {
        assert!(!told.contains(amount), "{amount}: {told}");
    }
    let whole = serde_json::to_string(&shop.x()).unwrap();
    for amount in CASH {
        assert!(whole.contains(amount), "{amount}: {whole}");
    }
    // once it is counted, it is said
    let z = payments::close_shift(&mut shop.till, shop.cashier, cad("151.50")).unwrap();
    assert_eq!((z.expected, z.over_short), (cad("151.50"), Some(cad("0.00"))));
}

/// The X that somebody has printed, in `language`.
fn printed(shop: &mut Shop, by: OperatorId, language: Language) -> String {
    while outbox::take(&mut shop.till, &Profile::default(), None).unwrap().is_some() {}
    report::print(&mut shop.till, by).unwrap();
    out(shop, language)
}

fn out(shop: &mut Shop, language: Language) -> String {
    let taken = outbox::take(&mut shop.till, &Profile::default(), Some(language)).unwrap();
    let Some((job, Work::Print(bytes))) = taken else { panic!("no paper: {taken:?}") };
    outbox::finish(&shop.till, job, Outcome::Unknown(Cause::Disconnected)).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn an_x_on_paper_is_as_blind_as_on_the_screen() {
    let mut shop = busy();
    let (cashier, supervisor) = (shop.cashier, shop.supervisor);
    for (language, said) in [(Language::En, "counted blind"), (Language::Fr, "comptage")] {
        let amounts = CASH.map(|amount| match language {
            Language::En => amount.to_owned(),
            Language::Fr => amount.replace('.', ","),
        });
        let blind = printed(&mut shop, cashier, language);
        assert!(blind.contains(said), "{said}: {blind}");
        for amount in &amounts {
            assert!(!blind.contains(amount), "{amount}: {blind}");
        }
        let whole = printed(&mut shop, supervisor, language);
        assert!(!whole.contains(said), "{said}: {whole}");
        for amount in &amounts {
            assert!(whole.contains(amount), "{amount}: {whole}");
        }
    }
    // nor does one tell more that nobody saw come out, and that is printed again
    let blind = printed(&mut shop, cashier, Language::En);
    let waiting = outbox::jobs(&shop.till).unwrap().unknown;
    let job = waiting.last().unwrap().job;
    outbox::settle(&shop.till, cashier, job, false).unwrap();
    let again = out(&mut shop, Language::En);
    assert!(again.contains("DUPLICATE") && again.contains("counted blind"), "{again}");
    assert!(!again.contains("151.50"), "{again}");
    assert_eq!(blind.matches("counted blind").count(), 1);
}

#[test]
fn much_is_paid_out_on_approval_only_and_always_with_a_reason() {
    let mut shop = Shop::selling();
    for (what, amount, reason, expected) in [
        (CashMove::PaidOut, "50.00", "Courier", None),
        (CashMove::PaidOut, "50.01", "Courier", Some("approval_required")),
        (CashMove::SafeDrop, "150.00", "Full", None),
        (CashMove::PaidIn, "500.00", "Bank", None),
        (CashMove::PaidIn, "0.00", "Bank", Some("bad_amount")),
        (CashMove::PaidIn, "-5.00", "Bank", Some("bad_amount")),
        (CashMove::PaidOut, "5.00", "  ", Some("reason_required")),
    ] {
        let result = moved(&mut shop, None, what, amount, reason);
        match expected {
            None => result.unwrap(),
            Some(kind) => assert_eq!(refusal(result), kind, "{what:?} {amount}"),
        }
    }
    let approver = approve(&mut shop.till, shop.supervisor, "3333").unwrap();
    moved(&mut shop, Some(approver), CashMove::PaidOut, "80.00", "Courier").unwrap();
    let unsaid = drawer::no_sale(&mut shop.till, shop.cashier, None, "");
    assert_eq!(refusal(unsaid), "reason_required");
    payments::close_shift(&mut shop.till, shop.cashier, cad("0.00")).unwrap();
    let closed = moved(&mut shop, None, CashMove::PaidIn, "5.00", "Bank");
    assert_eq!(refusal(closed), "no_open_shift");
}

fn decide(shop: &mut Shop, cash: CashLimits) {
    let settings = Settings { cash, ..shop.till.settings().clone() };
    store::change(&mut shop.till, shop.manager, None, Some(settings)).unwrap();
}

/// Who approved what moved or was opened last, as the tables have it.
fn approved_by(shop: &Shop, table: &str) -> Option<OperatorId> {
    let select = format!("SELECT approved_by FROM {table} ORDER BY entry DESC LIMIT 1");
    let id: Option<[u8; 16]> = shop.till.db().query_row(&select, [], |row| row.get(0)).unwrap();
    id.map(|id| OperatorId(uuid::Uuid::from_bytes(id)))
}

#[test]
fn each_way_of_cash_has_the_limit_that_the_store_gives_it() {
    let mut shop = Shop::selling();
    let usual = moved(&mut shop, None, CashMove::PaidIn, "500.01", "Bank");
    assert_eq!(refusal(usual), "approval_required", "a store that says nothing has one, too");
    let limits = CashLimits {
        paid_in: Some(10_000),
        paid_out_supervisor: Some(8_000),
        safe_drop: Some(20_000),
        ..CashLimits::default()
    };
    decide(&mut shop, limits);
    let mut shop = shop.restart();
    assert_eq!(shop.till.settings().cash, limits, "it is kept");
    let supervisor = approve(&mut shop.till, shop.supervisor, "3333").unwrap();
    let manager = approve(&mut shop.till, shop.manager, "4444").unwrap();
    for (what, alone, more) in [
        (CashMove::PaidIn, "100.00", "100.01"),
        (CashMove::PaidOut, "50.00", "50.01"),
        (CashMove::SafeDrop, "200.00", "200.01"),
    ] {
        moved(&mut shop, None, what, alone, "Bank").unwrap();
        assert_eq!(approved_by(&shop, "cash_movement"), None);
        assert_eq!(refusal(moved(&mut shop, None, what, more, "Bank")), "approval_required");
        moved(&mut shop, Some(supervisor), what, more, "Bank").unwrap();
        assert_eq!(approved_by(&shop, "cash_movement"), Some(supervisor.id()), "{what:?}");
    }
    let much = moved(&mut shop, Some(supervisor), CashMove::PaidOut, "80.01", "Courier");
    assert_eq!(refusal(much), "approval_required", "a supervisor has a limit, too");
    moved(&mut shop, Some(manager), CashMove::PaidOut, "80.01", "Courier").unwrap();
    assert!(shop.verify().ok);
}

#[test]
fn a_drawer_is_opened_so_often_in_a_shift_without_approval() {
    let mut shop = Shop::selling();
    decide(&mut shop, CashLimits { no_sales: Some(2), ..CashLimits::default() });
    let open = |shop: &mut Shop, approver| {
        drawer::no_sale(&mut shop.till, shop.cashier, approver, "Change for the bus")
    };
    for _ in 0..2 {
        open(&mut shop, None).unwrap();
    }
    assert_eq!(refusal(open(&mut shop, None)), "approval_required");
    let supervisor = approve(&mut shop.till, shop.supervisor, "3333").unwrap();
    open(&mut shop, Some(supervisor)).unwrap();
    assert_eq!(approved_by(&shop, "no_sale"), Some(supervisor.id()));
    assert_eq!(refusal(open(&mut shop, None)), "approval_required", "for that one time");
    drawer::no_sale(&mut shop.till, shop.supervisor, None, "Looked at it").unwrap();
    assert_eq!(shop.x().no_sales, 4);
    payments::close_shift(&mut shop.till, shop.cashier, cad("200.00")).unwrap();
    payments::open_shift(&mut shop.till, shop.cashier, cad("200.00")).unwrap();
    open(&mut shop, None).unwrap();
    assert!(shop.verify().ok);
}

#[test]
fn a_drawer_is_counted_by_note_and_coin() {
    let mut shop = Shop::selling();
    let of = |value, loose, rolls| CountedPieces { value, loose, rolls };
    // 4 × 20.00 + 10 × 5.00 + two rolls of toonies and 8 + 11 × 0.05
    let pieces = vec![of(2_000, 4, 0), of(500, 10, 0), of(200, 8, 2), of(5, 11, 0)];
    let wrong = Count { pieces: vec![of(1, 7, 0)], ..Count::default() };
    assert_eq!(
        refusal(payments::close_shift(&mut shop.till, shop.cashier, wrong)),
        "bad_amount",
        "there are no pennies"
    );
    let count = Count { pieces, note: " Coins wet ".into(), ..Count::default() };
    let z = payments::close_shift(&mut shop.till, shop.cashier, count).unwrap();
    assert_eq!(z.counted, Some(cad("246.55")));
    assert_eq!((z.over_short, z.note.as_deref()), (Some(cad("46.55")), Some("Coins wet")));
    assert_eq!(report::last_z(&mut shop.till).unwrap().unwrap(), z, "the same Z again");
    assert!(shop.verify().ok);
}

#[test]
fn a_count_that_is_handed_in_is_explained_and_stays() {
    let mut shop = Shop::selling();
    let counts = |shop: &Shop| {
        let select = "SELECT count(*) FROM drawer_count";
        shop.till.db().query_row(select, [], |row| row.get::<_, u64>(0)).unwrap()
    };
    let hand_in = |shop: &mut Shop, amount: &str| {
        let found = hand_in::hand_in(&mut shop.till, shop.cashier, cad(amount)).unwrap().count;
        (found.expected.to_string(), found.over_short.to_string())
    };
    assert_eq!(hand_in(&mut shop, "180.00"), ("200.00".into(), "-20.00".into()));
    assert_eq!(hand_in(&mut shop, "180.00"), ("200.00".into(), "-20.00".into()));
    assert_eq!(counts(&shop), 1, "the same count, with nothing between, is no other");
    assert_eq!(hand_in(&mut shop, "199.95").1, "-0.05");
    moved(&mut shop, None, CashMove::PaidIn, "5.00", "Change").unwrap();
    assert_eq!(hand_in(&mut shop, "199.95"), ("205.00".into(), "-5.05".into()));
    assert_eq!(counts(&shop), 3);

    let count = Count { total: Some(cad("199.95")), note: "Short".into(), ..Count::default() };
    let z = payments::close_shift(&mut shop.till, shop.cashier, count).unwrap();
    assert_eq!((z.over_short, z.note.as_deref()), (Some(cad("-5.05")), Some("Short")));
    let earlier: Vec<String> =
        z.earlier_counts.iter().map(|count| count.counted.to_string()).collect();
    assert_eq!(earlier, ["180.00", "199.95"], "the last one is what it was closed with");
    assert_eq!(report::last_z(&mut shop.till).unwrap().unwrap(), z);
    let nothing = hand_in::hand_in(&mut shop.till, shop.cashier, cad("1.00"));
    assert_eq!(refusal(nothing), "no_open_shift");
    payments::open_shift(&mut shop.till, shop.cashier, cad("200.00")).unwrap();
    let nobody = OperatorId(uuid::Uuid::nil());
    assert!(hand_in::hand_in(&mut shop.till, nobody, cad("1.00")).is_err());
    assert!(shop.x().earlier_counts.is_empty(), "of a shift its own");
    assert!(shop.verify().ok);
}
