//! Exchange: what comes back pays for what is taken, to the cent, in one moment, whatever happens in between.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;

use comptoir_domain::cart::VoidReason;
use comptoir_domain::ids::ReturnId;
use comptoir_domain::money::Money;
use comptoir_domain::orders::Sale;
use comptoir_domain::orders::returns::{Return, Wanted};
use comptoir_domain::quantity::Quantity;
use comptoir_domain::text::Language;
use comptoir_hardware::printer::layout::{Profile, preview, to_text};
use comptoir_hardware::terminal::attempt::Kind;
use comptoir_hardware::terminal::simulator::{Answer, Asked, Simulator};
use comptoir_till::cart::{self, park};
use comptoir_till::devices::{self, Class};
use comptoir_till::error::Result;
use comptoir_till::operators::{Approver, approve};
use comptoir_till::orders::Numbered;
use comptoir_till::orders::exchange::{self, complete_exchange};
use comptoir_till::orders::refunds;
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::orders::view::sale_view;
use comptoir_till::payments::{self, card, paper};
use comptoir_till::{inventory, orders, outbox};
use shop::{Shop, cad, refusal};
use uuid::Uuid;

fn request(n: u128, sale: &Sale, lines: &[u32]) -> ReturnRequest {
    let wanted = |line: &u32| {
        let sold = sale.lines.iter().find(|sold| sold.line == *line);
        let quantity = sold.map_or(Quantity::ONE, |sold| sold.quantity);
        Wanted { line: *line, quantity, wasted: false }
    };
    ReturnRequest {
        id: ReturnId(Uuid::from_u128(n)),
        sale: sale.id,
        lines: lines.iter().map(wanted).collect(),
        reason: Some("wrong_item".into()),
        approver: None,
        cash_instead: false,
    }
}

/// Says what comes back for the cart in hand, and scans what is taken.
fn begin(shop: &mut Shop, n: u128, sale: &Sale, lines: &[u32], taken: &[&str]) {
    exchange::begin_exchange(&mut shop.till, shop.cashier, &request(n, sale, lines)).unwrap();
    for code in taken {
        shop.scan(code).unwrap();
    }
}

fn complete_with(
    shop: &mut Shop,
    cash: &str,
    approver: Option<Approver>,
    cash_instead: bool,
) -> Result<(Sale, Return)> {
    let cart = cart::show(&mut shop.till).unwrap();
    let (till, cashier) = (&mut shop.till, shop.cashier);
    complete_exchange(till, cashier, cart.id, cart.total, cad(cash), approver, cash_instead)
}

fn complete(shop: &mut Shop, cash: &str) -> Result<(Sale, Return)> {
    complete_with(shop, cash, None, false)
}

fn shown(sale: &Sale, back: &Return) -> String {
    let tenders = sale.tenders.iter().map(|one| format!("{} {}", one.kind.as_str(), one.amount));
    let refunds = back.refunds.iter().map(|one| format!("{} {}", one.kind.as_str(), one.amount));
    let (tenders, refunds): (Vec<_>, Vec<_>) = (tenders.collect(), refunds.collect());
    format!("{} -> {} | {}", back.total, refunds.join(" "), tenders.join(" "))
}

fn receipt(shop: &Shop, number: &str) -> String {
    let (till, db) = (&shop.till, shop.till.db());
    let entry = match orders::find_numbered(db, till.store(), number).unwrap() {
        Numbered::Return(back) => returns::entry_of(db, back.id).unwrap().unwrap(),
        Numbered::Sale(sale) => orders::entry_of(db, sale.id).unwrap(),
    };
    let paper = outbox::receipt(till, entry, false, Some(Language::En)).unwrap();
    to_text(&preview(&paper, &Profile::default()))
}

/// X adds up, what was exchanged cancels, and the books can be believed.
fn books_hold(shop: &mut Shop, expected: &str) {
    let x = shop.x();
    let of = |totals: &[comptoir_domain::reporting::TenderTotal]| {
        let exchange = totals.iter().find(|total| total.tender == "exchange");
        exchange.map_or(cad("0.00"), |total| total.amount)
    };
    assert_eq!(of(&x.tenders), of(&x.refunds));
    assert_eq!((x.adds_up(), x.expected), (true, cad(expected)));
    let verdict = shop.verify();
    assert!(verdict.ok, "{verdict:?}");
}

#[test]
fn goods_pay_for_others_and_the_rest_is_paid_or_goes_back() {
    // 10.17 of a candle, 13.99 of coffee, 6.49 of a loaf
    for (sold, taken, cash, expected, change, drawer) in [
        (
            "CAN",
            "COF",
            "5.00",
            "10.17 -> exchange 10.17 | exchange 10.17 cash 5.00",
            "1.20",
            "213.95",
        ),
        (
            "COF",
            "LOAF",
            "0.00",
            "13.99 -> exchange 6.49 cash 7.50 | exchange 6.49",
            "0.00",
            "206.50",
        ),
        ("CAN", "CAN", "0.00", "10.17 -> exchange 10.17 | exchange 10.17", "0.00", "210.15"),
        (
            "CAN",
            "LOAF",
            "0.00",
            "10.17 -> exchange 6.49 cash 3.70 | exchange 6.49",
            "0.00",
            "206.45",
        ),
    ] {
        let mut shop = Shop::selling();
        let sale = shop.sell(&[sold]);
        begin(&mut shop, 1, &sale, &[1], &[taken]);
        let view = cart::show(&mut shop.till).unwrap();
        let attached = view.exchange.clone().unwrap();
        assert_eq!(attached.used, attached.credit.min(view.total), "{sold} for {taken}");
        assert_eq!(attached.credit, attached.used + attached.refund);
        assert_eq!(view.rest, view.total - attached.used);
        let (new, back) = complete(&mut shop, cash).unwrap();
        assert_eq!(shown(&new, &back), expected, "{sold} for {taken}");
        assert_eq!(new.change, cad(change));
        assert_eq!((back.receipt.as_str(), new.receipt.as_str()), ("RDC1-1-2", "RDC1-1-3"));
        assert_eq!(back.exchange, Some(new.id));
        let left = inventory::on_hand(shop.till.db(), Some(sold)).unwrap()[0].on_hand.to_string();
        assert_eq!(left, if sold == taken { "-1" } else { "0" }, "{sold} for {taken}");
        let view = cart::show(&mut shop.till).unwrap();
        assert!(view.lines.is_empty() && view.exchange.is_none(), "the next customer's cart");
        books_hold(&mut shop, drawer);
    }
}

#[test]
fn asking_twice_is_one_exchange() {
    let mut shop = Shop::selling();
    let sale = shop.sell(&["CAN"]);
    begin(&mut shop, 1, &sale, &[1], &["LOAF"]);
    let cart = cart::show(&mut shop.till).unwrap();
    let first = complete(&mut shop, "0.00").unwrap();
    let mut shop = shop.restart();
    let (till, cashier) = (&mut shop.till, shop.cashier);
    let again = complete_exchange(till, cashier, cart.id, cart.total, cad("9.00"), None, false);
    assert_eq!(again.unwrap(), first);
    exchange::begin_exchange(till, cashier, &request(1, &sale, &[1])).unwrap();
    assert!(cart::show(till).unwrap().exchange.is_none(), "it is done");
    books_hold(&mut shop, "206.45");
}

#[test]
fn both_papers_say_so() {
    let mut shop = Shop::selling();
    let sale = shop.sell(&["CAN", "LOAF"]);
    begin(&mut shop, 1, &sale, &[1], &["COF"]);
    complete(&mut shop, "4.00").unwrap();
    let (back, new) = (receipt(&shop, "RDC1-1-2"), receipt(&shop, "RDC1-1-3"));
    assert_eq!(back, include_str!("exchange-return-en.txt"), "\n{back}");
    assert_eq!(new, include_str!("exchange-sale-en.txt"), "\n{new}");
    let printed: i64 = shop
        .till
        .db()
        .query_row("SELECT count(*) FROM outbox WHERE kind = 'print_receipt'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(printed, 3, "of the first sale, of the return, and of the second sale");
    let x = shop.x();
    let x = to_text(&preview(
        &paper::document(shop.till.store(), &x, &[], Language::Fr, false),
        &Profile::default(),
    ));
    assert!(x.contains("Échange × 1") && x.contains("Remboursement Échange × 1"), "{x}");
    let facts = |shop: &mut Shop, number: &str| {
        sale_view(&mut shop.till, shop.cashier, number).unwrap().facts.len()
    };
    assert_eq!(facts(&mut shop, "RDC1-1-3"), 2, "the sale and what came back for it");
    assert_eq!(facts(&mut shop, "RDC1-1-2"), 3, "the return and both sales");
}

#[test]
fn what_cannot_be_exchanged_is_refused_and_changes_nothing() {
    let mut shop = Shop::selling();
    let sale = shop.sell(&["CAN", "LAGER"]);
    let other = shop.sell(&["COF"]);
    let cashier = shop.cashier;
    assert_eq!(refusal(exchange::leave_exchange(&mut shop.till, cashier)), "nothing_to_exchange");
    shop.scan("LOAF").unwrap();
    assert_eq!(refusal(complete(&mut shop, "10.00")), "nothing_to_exchange");
    let wine = exchange::begin_exchange(&mut shop.till, cashier, &request(1, &sale, &[2]));
    assert_eq!(refusal(wine), "approval_required", "somebody looked at the customer's age");
    let more = exchange::begin_exchange(&mut shop.till, cashier, &request(1, &sale, &[3]));
    assert_eq!(refusal(more), "unknown_line");
    begin(&mut shop, 1, &sale, &[1], &[]);
    assert_eq!(refusal(shop.pay(None)), "exchange_pending");
    let alone = returns::complete_return(&mut shop.till, cashier, &request(1, &sale, &[1]));
    assert_eq!(refusal(alone), "exchange_pending", "not without its cart");
    let short = complete(&mut shop, "-1.00");
    assert_eq!(refusal(short), "underpaid");
    cart::void_line(&mut shop.till, cashier, 1, VoidReason::WrongItem).unwrap();
    assert_eq!(refusal(complete(&mut shop, "0.00")), "empty_cart");
    let closed = payments::close_shift(&mut shop.till, cashier, cad("200.00"));
    assert_eq!(refusal(closed), "exchange_pending");
    assert!(exchange::leave_exchange(&mut shop.till, cashier).unwrap().exchange.is_none());

    begin(&mut shop, 2, &sale, &[1], &["LOAF"]);
    begin(&mut shop, 3, &other, &[1], &[]);
    let view = cart::show(&mut shop.till).unwrap();
    assert_eq!(view.exchange.unwrap().receipt, other.receipt, "what was said last");
    let approver = Some(approve(&mut shop.till, shop.supervisor, "3333").unwrap());
    let lager = ReturnRequest { approver, ..request(4, &sale, &[2]) };
    exchange::begin_exchange(&mut shop.till, cashier, &lager).unwrap();
    let (_, back) = complete(&mut shop, "0.00").unwrap();
    assert_eq!(back.approved_by, Some(shop.supervisor), "once is enough");
    assert!(shop.verify().ok);
}

#[test]
fn a_parked_cart_keeps_its_exchange_and_a_voided_one_does_not() {
    let mut shop = Shop::selling();
    let (sale, other) = (shop.sell(&["CAN"]), shop.sell(&["COF"]));
    let cashier = shop.cashier;
    begin(&mut shop, 1, &sale, &[1], &["LOAF"]);
    let id = cart::show(&mut shop.till).unwrap().id;
    assert!(park::park(&mut shop.till, cashier, "Blue coat").unwrap().exchange.is_none());
    begin(&mut shop, 2, &other, &[1], &[]);
    let taken = park::resume(&mut shop.till, cashier, id);
    assert_eq!(refusal(taken), "exchange_pending", "what comes back is not forgotten silently");
    shop.scan("CAN").unwrap();
    cart::void_cart(&mut shop.till, cashier, VoidReason::Other).unwrap();
    let mut shop = shop.restart();
    let view = park::resume(&mut shop.till, cashier, id).unwrap();
    assert_eq!(view.exchange.unwrap().receipt, sale.receipt);
    park::park(&mut shop.till, cashier, "Blue coat").unwrap();

    // The goods come back another way: what waited for them begins again.
    returns::complete_return(&mut shop.till, cashier, &request(3, &sale, &[1])).unwrap();
    assert!(park::resume(&mut shop.till, cashier, id).unwrap().exchange.is_none());
    shop.pay(None).unwrap();
    assert!(shop.verify().ok);
}

/// Sold for 16.66: 4.00 and 2.00 by card, the rest in cash.
fn sold_by_two_cards(shop: &mut Shop) -> Sale {
    shop.scan("CAN").unwrap();
    shop.scan("LOAF").unwrap();
    shop.charge("4.00");
    shop.charge("2.00");
    shop.pay(None).unwrap()
}

/// Cards are given what is due to them, until nothing is or the terminal does not.
fn give_back(shop: &mut Shop, simulator: &Simulator, most: usize) {
    let mut terminal = devices::terminal(&shop.till, simulator.address()).unwrap();
    for _ in 0..most {
        let cart = cart::show(&mut shop.till).unwrap();
        let (till, cashier) = (&mut shop.till, shop.cashier);
        let due = exchange::refund_due(till, cashier, cart.id, cart.total, None).unwrap();
        let Some(request) = due else { return };
        let due = refunds::may_refund(till, cashier, &request).unwrap().unwrap();
        let minor = due.amount.minor().unsigned_abs();
        let mut prepared = terminal.prepare(Kind::Refund, minor).unwrap();
        let id = refunds::begin(till, cashier, &request, &mut prepared).unwrap();
        let outcome = terminal.carry_out(&prepared, &mut |_| {});
        card::end::finish(till, id, outcome).unwrap();
    }
}

fn given_back(simulator: &Simulator) -> Vec<u64> {
    let booked = simulator.booked().into_iter();
    let refunds = booked.filter(|line| {
        matches!(line.asked, Asked::Refund { .. }) && line.transaction.is_approved()
    });
    refunds.map(|line| line.transaction.amount.unwrap_or_default()).collect()
}

#[test]
fn what_is_left_goes_back_to_cards_first() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut shop = Shop::selling();
    let sale = sold_by_two_cards(&mut shop);
    begin(&mut shop, 1, &sale, &[1, 2], &["LOAF"]);
    assert_eq!(refusal(complete(&mut shop, "0.00")), "card_refund_first");
    give_back(&mut shop, &simulator, 9);
    let (new, back) = complete(&mut shop, "0.00").unwrap();
    let expected = "16.66 -> exchange 6.49 card 4.00 card 2.00 cash 4.15 | exchange 6.49";
    assert_eq!(shown(&new, &back), expected);
    assert_eq!(given_back(&simulator), [4_00, 2_00]);
    books_hold(&mut shop, "206.50");
}

#[test]
fn a_card_that_has_its_money_keeps_the_exchange_through_a_power_cut() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut shop = Shop::selling();
    let sale = sold_by_two_cards(&mut shop);
    let cashier = shop.cashier;
    begin(&mut shop, 1, &sale, &[1, 2], &["LOAF"]);
    give_back(&mut shop, &simulator, 1);
    let mut shop = shop.restart();
    assert_eq!(given_back(&simulator), [4_00]);
    let begun = refunds::unfinished(shop.till.db()).unwrap();
    assert_eq!(begun.unwrap().id, request(1, &sale, &[1]).id);
    let alone = refunds::unfinished_alone(shop.till.db()).unwrap();
    assert_eq!(alone, None, "it is finished with its cart");
    for (what, refused) in [
        ("leave", refusal(exchange::leave_exchange(&mut shop.till, cashier))),
        ("park", refusal(park::park(&mut shop.till, cashier, "Blue coat"))),
        ("void", refusal(cart::void_cart(&mut shop.till, cashier, VoidReason::Other))),
        ("another", {
            let other = request(2, &sale, &[1]);
            refusal(exchange::begin_exchange(&mut shop.till, cashier, &other))
        }),
    ] {
        assert_eq!(refused, "return_unfinished", "{what}");
    }
    // What the card has is not taken again: the coffee is paid with what is left of the credit, and cash.
    shop.scan("COF").unwrap();
    let view = cart::show(&mut shop.till).unwrap();
    let attached = view.exchange.unwrap();
    assert_eq!(
        (attached.used, attached.refund, view.rest),
        (cad("12.66"), cad("4.00"), cad("7.82"))
    );
    give_back(&mut shop, &simulator, 9);
    let (new, back) = complete(&mut shop, "7.80").unwrap();
    let expected = "16.66 -> exchange 12.66 card 4.00 | exchange 12.66 cash 7.80";
    assert_eq!(shown(&new, &back), expected);
    assert_eq!(given_back(&simulator), [4_00], "the other card's money paid for the coffee");
    books_hold(&mut shop, "218.45");
}

#[test]
fn a_card_that_paid_before_is_not_paid_twice() {
    let mut shop = Shop::selling();
    let sale = shop.sell(&["CAN"]);
    shop.scan("COF").unwrap();
    shop.charge("10.00");
    begin(&mut shop, 1, &sale, &[1], &[]);
    let view = cart::show(&mut shop.till).unwrap();
    let attached = view.exchange.unwrap();
    assert_eq!(
        (attached.used, attached.refund, view.rest),
        (cad("3.99"), cad("6.18"), cad("0.00"))
    );
    let (new, back) = complete(&mut shop, "0.00").unwrap();
    assert_eq!(shown(&new, &back), "10.17 -> exchange 3.99 cash 6.20 | exchange 3.99 card 10.00");
    books_hold(&mut shop, "203.95");
}

#[test]
fn a_card_pays_what_the_goods_leave() {
    let mut shop = Shop::selling();
    let sale = shop.sell(&["CAN"]);
    begin(&mut shop, 1, &sale, &[1], &["COF"]);
    let cart = cart::show(&mut shop.till).unwrap();
    let (till, cashier) = (&mut shop.till, shop.cashier);
    let more = card::may_pay(till, cashier, cart.id, cart.total, cad("3.83"));
    assert_eq!(refusal(more), "card_exceeds_due");
    shop.charge("3.82");
    let (new, back) = complete(&mut shop, "0.00").unwrap();
    assert_eq!(shown(&new, &back), "10.17 -> exchange 10.17 | exchange 10.17 card 3.82");
    books_hold(&mut shop, "210.15");
}

#[test]
fn cash_for_a_card_needs_a_supervisor_and_a_terminal_that_did_not() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut shop = Shop::selling();
    devices::set_address(&shop.till, shop.supervisor, Class::Terminal, Some(&simulator.address()))
        .unwrap();
    let sale = sold_by_two_cards(&mut shop);
    begin(&mut shop, 1, &sale, &[1, 2], &["LOAF"]);
    let approver = Some(approve(&mut shop.till, shop.supervisor, "3333").unwrap());
    let early = complete_with(&mut shop, "0.00", approver, true);
    assert_eq!(refusal(early), "card_refund_first", "the terminal was not asked");
    simulator.set(|faults| faults.answer = Answer::Decline(0x05));
    give_back(&mut shop, &simulator, 1);
    assert_eq!(refusal(complete_with(&mut shop, "0.00", None, true)), "approval_required");
    let (new, back) = complete_with(&mut shop, "0.00", approver, true).unwrap();
    assert_eq!(shown(&new, &back), "16.66 -> exchange 6.49 cash 10.15 | exchange 6.49");
    let nothing: Money = back.total + back.rounding - cad("16.64");
    assert!(nothing.is_zero(), "only the cash is rounded");
    assert!(shop.verify().ok);
}
