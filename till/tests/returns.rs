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
use comptoir_hardware::terminal::attempt::Kind;
use comptoir_hardware::terminal::simulator::{Answer, Asked, Simulator};
use comptoir_till::devices::{self, Class};
use comptoir_till::error::Result;
use comptoir_till::operators::approve;
use comptoir_till::orders::refunds;
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::orders::view;
use comptoir_till::outbox::JobState;
use comptoir_till::payments::{self, card, paper};
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
    let jobs = |shop: &Shop| {
        let jobs = view::receipt_jobs(shop.till.db(), &back.id.to_string()).unwrap();
        (jobs.receipt_job, jobs.drawer_job)
    };
    assert_eq!(jobs(&shop), (JobState::Waiting, JobState::Waiting));
    assert!(outbox::give_up_drawer(shop.till.db()).unwrap());
    assert_eq!(jobs(&shop), (JobState::Waiting, JobState::Discarded));
    assert!(!outbox::give_up_drawer(shop.till.db()).unwrap(), "it is given up once");
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
        let x = shop.x();
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
    assert_eq!(shop.x().returns, 1);
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
        let paper = paper::document(shop.till.store(), &z, &[], language, false);
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

/// A candle for 10.17: 4.00 and 2.00 by card, the rest in cash.
fn sold_by_two_cards(shop: &mut Shop) -> Sale {
    shop.scan("CAN").unwrap();
    shop.scan("LOAF").unwrap();
    shop.charge("4.00");
    shop.charge("2.00");
    shop.pay(None).unwrap()
}

fn given_back(simulator: &Simulator) -> Vec<u64> {
    let booked = simulator.booked().into_iter();
    let refunds = booked.filter(|line| {
        matches!(line.asked, Asked::Refund { .. }) && line.transaction.is_approved()
    });
    refunds.map(|line| line.transaction.amount.unwrap_or_default()).collect()
}

#[test]
fn each_card_gets_back_what_it_paid_and_cash_the_rest() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut shop = Shop::selling();
    let sale = sold_by_two_cards(&mut shop);
    assert_eq!((sale.total, sale.cash_kept()), (cad("16.66"), cad("10.65")));
    for (n, lines, expected, given) in [
        (1, "2:1", "6.49  = 6.49 -> card 4.00 card 2.00 cash 0.50", &[4_00, 2_00][..]),
        (2, "1:1", "9.00 HST 1.17 = 10.17 -> cash 10.15", &[4_00, 2_00][..]),
    ] {
        let request = request(n, &sale, lines);
        shop.refund(&simulator, &request);
        let back = returns::complete_return(&mut shop.till, shop.cashier, &request).unwrap();
        assert_eq!(shown(&back), expected);
        assert_eq!(given_back(&simulator), given);
        if n == 1 {
            let text = receipt(&shop, &back, false, Language::En);
            assert!(text.contains("Refund Card VISA CREDIT **** 1234"), "{text}");
        }
    }
    let z = payments::close_shift(&mut shop.till, shop.cashier, cad("200.00")).unwrap();
    let refunds: Vec<_> =
        z.refunds.iter().map(|one| (one.tender.as_str(), one.count, one.amount)).collect();
    assert_eq!(refunds, [("card", 2, cad("6.00")), ("cash", 2, cad("10.65"))]);
    assert_eq!(z.expected, cad("200.00"), "all the cash that came in went back");
    assert!(z.adds_up() && shop.verify().ok);
}

#[test]
fn what_a_card_paid_goes_back_in_cash_only_when_the_terminal_did_not_give_it() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut shop = Shop::selling();
    devices::set_address(&shop.till, shop.supervisor, Class::Terminal, Some(&simulator.address()))
        .unwrap();
    let sale = sold_by_two_cards(&mut shop);
    let request = request(1, &sale, "1:1");
    let approver = Some(approve(&mut shop.till, shop.supervisor, "3333").unwrap());
    let in_cash = ReturnRequest { approver, cash_instead: true, ..request.clone() };
    let complete =
        |shop: &mut Shop, request| returns::complete_return(&mut shop.till, shop.cashier, request);
    assert_eq!(refusal(complete(&mut shop, &request)), "card_refund_first");
    assert_eq!(refusal(complete(&mut shop, &in_cash)), "card_refund_first", "it was not asked yet");
    simulator.set(|faults| faults.answer = Answer::Decline(0x05));
    shop.refund(&simulator, &request);
    assert!(given_back(&simulator).is_empty());
    assert_eq!(refunds::unfinished(shop.till.db()).unwrap(), None, "nothing was given");
    assert_eq!(refusal(complete(&mut shop, &request)), "card_refund_first");
    let alone = ReturnRequest { approver: None, ..in_cash.clone() };
    assert_eq!(refusal(complete(&mut shop, &alone)), "approval_required");
    let back = complete(&mut shop, &in_cash).unwrap();
    assert_eq!(shown(&back), "9.00 HST 1.17 = 10.17 -> cash 10.15");
    assert_eq!(back.approved_by, Some(shop.supervisor));
    assert!(shop.verify().ok);
}

#[test]
fn a_card_that_has_its_money_is_not_forgotten() {
    for (name, settles) in [("the terminal tells", true), ("a person tells", false)] {
        let simulator = Simulator::on_tcp(0).unwrap();
        let mut shop = Shop::selling();
        let sale = sold_by_two_cards(&mut shop);
        let other = shop.sell(&["CAN"]);
        let mut terminal = devices::terminal(&shop.till, simulator.address()).unwrap();
        if settles {
            // A terminal that has done something before can tell what came after.
            let first = terminal.prepare(Kind::Payment, 1_00).unwrap();
            terminal.carry_out(&first, &mut |_| {});
        }
        let asked = request(1, &sale, "1:1");
        let mut prepared = terminal.prepare(Kind::Refund, 4_00).unwrap();
        refunds::begin(&mut shop.till, shop.cashier, &asked, &mut prepared).unwrap();
        terminal.carry_out(&prepared, &mut |_| {});
        let mut shop = shop.restart();

        let complete = |shop: &mut Shop, n, sale: &Sale, lines| bring_back(shop, n, sale, lines);
        assert_eq!(refusal(complete(&mut shop, 1, &sale, "1:1")), "card_unsettled", "{name}");
        let open = card::unsettled(shop.till.db()).unwrap().unwrap();
        let verdict = terminal.settle(&open.attempt).unwrap();
        card::end::settle(&mut shop.till, open.id, verdict).unwrap();
        terminal.close();
        if !settles {
            let approver = Some(approve(&mut shop.till, shop.supervisor, "3333").unwrap());
            let moved = Some(cad("4.00"));
            card::end::settle_by_hand(&mut shop.till, shop.cashier, approver, moved).unwrap();
        }
        let begun = refunds::unfinished(shop.till.db()).unwrap().unwrap();
        assert_eq!((begun.id, begun.lines), (asked.id, asked.lines.clone()), "{name}");
        assert_eq!(refusal(complete(&mut shop, 2, &other, "1:1")), "return_unfinished", "{name}");
        let closed = payments::close_shift(&mut shop.till, shop.cashier, cad("200.00"));
        assert_eq!(refusal(closed), "return_unfinished", "{name}");
        let early = complete(&mut shop, 1, &sale, "1:1");
        assert_eq!(refusal(early), "card_refund_first", "{name}: the other card waits");
        shop.refund(&simulator, &asked);
        let back = complete(&mut shop, 1, &sale, "2:1").unwrap();
        let expected = "9.00 HST 1.17 = 10.17 -> card 4.00 card 2.00 cash 4.15";
        assert_eq!(shown(&back), expected, "{name}: what the money was for");
        assert_eq!(given_back(&simulator), [4_00, 2_00], "{name}");
        complete(&mut shop, 2, &other, "1:1").unwrap();
        assert!(shop.verify().ok, "{name}");
    }
}

#[test]
fn a_sale_that_a_card_paid_is_voided() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut shop = Shop::selling();
    let sale = sold_by_two_cards(&mut shop);
    let approver = Some(approve(&mut shop.till, shop.supervisor, "3333").unwrap());
    let cashier = shop.cashier;
    let request =
        returns::voiding(&shop.till.begin().unwrap(), cashier, approver, id(1), sale.id).unwrap();
    let alone = ReturnRequest { approver: None, ..request.clone() };
    let alone = returns::complete_return(&mut shop.till, cashier, &alone);
    assert_eq!(refusal(alone), "approval_required");
    // This terminal is another one than took the payments: it knows nothing of them to undo, and pays them out.
    shop.refund(&simulator, &request);
    assert_eq!(given_back(&simulator), [4_00], "of the second it is asked, and says no");
    shop.refund(&simulator, &request);
    // The cards have their money: a sale that came in between does not hold it up, and who approved need not again.
    shop.sell(&["LOAF"]);
    let back = returns::void_sale(&mut shop.till, cashier, None, id(1), sale.id, false).unwrap();
    assert_eq!(back.approved_by, Some(shop.supervisor));
    assert_eq!((back.total, back.reason.as_deref()), (sale.total, Some("post_void")));
    assert_eq!(given_back(&simulator), [4_00, 2_00]);
    assert!(shop.verify().ok);
}
