//! Card payments through every fault of the terminal and every moment at which the program can die: no card is
//! charged without its sale, and no sale is paid without its card.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;
mod terminals;

use std::sync::atomic::{AtomicU32, Ordering};

use comptoir_domain::cart::VoidReason;
use comptoir_domain::ids::ReturnId;
use comptoir_domain::money::Money;
use comptoir_domain::orders::Sale;
use comptoir_domain::orders::returns::Wanted;
use comptoir_domain::payments::TenderType;
use comptoir_domain::quantity::Quantity;
use comptoir_domain::text::{Language, Text};
use comptoir_hardware::printer::layout::{Profile, preview, to_text};
use comptoir_hardware::terminal::attempt::Kind;
use comptoir_hardware::terminal::driver::Terminal;
use comptoir_hardware::terminal::simulator::{Asked, Break, Point, Simulator};
use comptoir_till::cart::{self, park};
use comptoir_till::error::Result;
use comptoir_till::operators::approve;
use comptoir_till::orders::receipt::{Receipt, Tongues};
use comptoir_till::orders::refunds;
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::payments;
use comptoir_till::payments::card::{self, CardAttempt, CardState};
use shop::{Shop, cad, patient, prepared, refusal};
use terminals::{Killed, each, over_each_line, settled, taken, terminal, troubles};

fn ask_for(shop: &mut Shop, amount: &str) -> Result<u64> {
    let cart = cart::show(&mut shop.till).unwrap();
    card::may_pay(&mut shop.till, shop.cashier, cart.id, cart.total, cad(amount))
}

/// Prepares, stores, carries out and keeps; dies where it is told to. The terminal is in trouble once it is asked.
fn attempt(
    mut shop: Shop,
    mut terminal: Terminal,
    kind: Kind,
    minor: u64,
    of: Option<i64>,
    killed: Killed,
    trouble: impl FnOnce(),
) -> Shop {
    let cart = cart::show(&mut shop.till).unwrap().id;
    let prepared = prepared(&mut terminal, kind, minor);
    let id = card::begin(&mut shop.till, shop.cashier, cart, of, &prepared).unwrap();
    assert_eq!(refusal(shop.pay(None)), "card_unsettled", "not while the terminal is at work");
    if killed == Killed::BeforeAsking {
        return shop.restart();
    }
    trouble();
    let outcome = terminal.carry_out(&prepared, &mut |_| {});
    if killed.is_unheard() {
        return shop.restart();
    }
    card::end::finish(&mut shop.till, id, outcome).unwrap();
    shop
}

fn by_card(sale: &Sale) -> i64 {
    let cards = sale.tenders.iter().filter(|tender| tender.kind == TenderType::Card);
    cards.map(|tender| tender.amount.minor()).sum()
}

fn on_cart(shop: &mut Shop) -> i64 {
    let cart = cart::show(&mut shop.till).unwrap();
    cart.tenders.iter().map(|tender| tender.amount.minor()).sum()
}

#[test]
fn a_payment_ends_well_whatever_happens() {
    over_each_line(|plugged_in| {
        each(troubles(), plugged_in, |simulator, (story, faults, killed)| {
            let before = taken(simulator);
            let mut shop = Shop::selling();
            shop.scan("CAN").unwrap();
            let minor = ask_for(&mut shop, "10.17").unwrap();
            let asked = terminal(simulator);
            let trouble = || simulator.set(|set| *set = faults);
            let shop = attempt(shop, asked, Kind::Payment, minor, None, killed, trouble);
            let mut shop = settled(shop, simulator, killed, |simulator| taken(simulator) - before);
            let charged = i64::try_from(taken(simulator) - before).unwrap();
            assert_eq!(on_cart(&mut shop), charged, "{story}");
            // What is missing is paid in cash, and the books say the same as the terminal.
            let sale = shop.pay(None).unwrap();
            assert_eq!(by_card(&sale), charged, "{story}");
            assert!(sale.adds_up(), "{story}");
            let z = payments::close_shift(&mut shop.till, shop.cashier, cad("200.00")).unwrap();
            let card = z.tenders.iter().find(|tender| tender.tender == "card");
            assert_eq!(card.map_or(0, |card| card.amount.minor()), charged, "{story}");
            assert!(shop.verify().ok, "{story}");
        });
    });
}

#[test]
fn a_payment_is_taken_back_whatever_happens() {
    over_each_line(|plugged_in| {
        let stories = troubles().filter(|(_, _, killed)| *killed != Killed::BeforeAsking);
        each(stories, plugged_in, |simulator, (story, faults, killed)| {
            let before = taken(simulator);
            let mut shop = Shop::selling();
            shop.scan("CAN").unwrap();
            shop.charge_at(simulator, "5.00");
            let paid = cart::show(&mut shop.till).unwrap().tenders[0].attempt;
            let (kind, minor) = card::may_take_back(&mut shop.till, shop.cashier, paid).unwrap();
            let asked = terminal(simulator);
            let trouble = || simulator.set(|set| *set = faults);
            let shop = attempt(shop, asked, kind, minor, Some(paid), killed, trouble);
            let moved = |simulator: &Simulator| before + minor - taken(simulator);
            let mut shop = settled(shop, simulator, killed, moved);
            let charged = i64::try_from(taken(simulator) - before).unwrap();
            assert_eq!(on_cart(&mut shop), charged, "{story}");
            assert_eq!(by_card(&shop.pay(None).unwrap()), charged, "{story}");
        });
    });
}

/// What the terminal has really given back to cards for goods, in cents.
fn refunded(simulator: &Simulator) -> u64 {
    let given = simulator.booked().into_iter().filter(|line| {
        matches!(line.asked, Asked::Refund { .. }) && line.transaction.is_approved()
    });
    given.map(|line| line.transaction.amount.unwrap_or_default()).sum()
}

#[test]
fn a_refund_ends_well_whatever_happens() {
    over_each_line(|plugged_in| {
        let stories = troubles().filter(|(_, _, killed)| *killed != Killed::BeforeAsking);
        each(stories, plugged_in, |simulator, (story, faults, killed)| {
            let mut shop = Shop::selling();
            shop.scan("CAN").unwrap();
            shop.charge_at(simulator, "10.17");
            let sale = shop.pay(Some("0.00")).unwrap();
            let before = refunded(simulator);
            let request = ReturnRequest {
                id: ReturnId(uuid::Uuid::from_u128(1)),
                sale: sale.id,
                lines: vec![Wanted { line: 1, quantity: Quantity::ONE, wasted: false }],
                reason: None,
                approver: Some(approve(&mut shop.till, shop.supervisor, "3333").unwrap()),
                cash_instead: true,
            };
            let mut terminal = terminal(simulator);
            let mut prepared = prepared(&mut terminal, Kind::Refund, 10_17);
            let id = refunds::begin(&mut shop.till, shop.cashier, &request, &mut prepared).unwrap();
            let early = returns::complete_return(&mut shop.till, shop.cashier, &request);
            assert_eq!(refusal(early), "card_unsettled", "{story}");
            simulator.set(|set| *set = faults);
            let outcome = terminal.carry_out(&prepared, &mut |_| {});
            drop(terminal);
            if killed.is_unheard() {
                shop = shop.restart();
            } else {
                card::end::finish(&mut shop.till, id, outcome).unwrap();
            }
            let moved = |simulator: &Simulator| refunded(simulator) - before;
            let mut shop = settled(shop, simulator, killed, moved);
            // What the terminal did not give back is paid out, and the books say the same as the terminal.
            let given = i64::try_from(refunded(simulator) - before).unwrap();
            let back = returns::complete_return(&mut shop.till, shop.cashier, &request).unwrap();
            let cards = back.refunds.iter().filter(|refund| refund.kind == TenderType::Card);
            assert_eq!(cards.map(|refund| refund.amount.minor()).sum::<i64>(), given, "{story}");
            assert!(back.adds_up() && shop.verify().ok, "{story}");
        });
    });
}

fn shown(shop: &Shop) -> Option<CardAttempt> {
    card::shown(shop.till.db(), shop.till.store().currency).unwrap()
}

#[test]
fn two_cards_and_cash_pay_one_sale() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut shop = Shop::selling();
    shop.scan("CAN").unwrap();
    shop.charge_at(&simulator, "3.00");
    shop.charge_at(&simulator, "2.00");
    let cart = cart::show(&mut shop.till).unwrap();
    assert_eq!((cart.total, cart.rest, cart.cash.due), (cad("10.17"), cad("5.17"), cad("5.15")));
    assert_eq!(refusal(ask_for(&mut shop, "5.18")), "card_exceeds_due");
    assert_eq!(refusal(ask_for(&mut shop, "0.00")), "bad_amount");
    assert_eq!(refusal(shop.pay(Some("5.00"))), "underpaid");
    let sale = shop.pay(Some("20.00")).unwrap();
    assert_eq!((sale.rounding, sale.change), (cad("-0.02"), cad("14.85")));
    let x = shop.x();
    let tenders: Vec<_> =
        x.tenders.iter().map(|one| (one.tender.as_str(), one.count, one.amount)).collect();
    assert_eq!(tenders, [("card", 2, cad("5.00")), ("cash", 1, cad("20.00"))]);
    assert_eq!(x.expected, cad("205.15"), "cards are not in the drawer");
    assert_eq!(shown(&shop), None, "what was sold is put away");
    let paper = paper(&shop, &sale);
    assert!(paper.contains("Card VISA CREDIT **** 1234"), "{paper}");
    assert!(paper.contains("Authorisation A0000"), "{paper}");
    assert!(paper.contains("Change"), "{paper}");
}

fn paper(shop: &Shop, sale: &Sale) -> String {
    let receipt = Receipt {
        store: shop.till.store(),
        sale,
        served_by: "Counter 1",
        rates: &[],
        tongues: Tongues::of(Language::En),
        foot: &Text::default(),
        slips: &[],
        duplicate: false,
    };
    to_text(&preview(&receipt.document(), &Profile::default()))
}

#[test]
fn a_sale_by_card_alone_is_not_rounded_and_leaves_the_drawer_shut() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut shop = Shop::selling();
    shop.scan("CAN").unwrap();
    shop.charge_at(&simulator, "10.17");
    let sale = shop.pay(Some("0.00")).unwrap();
    assert_eq!((sale.tenders.len(), sale.rounding, sale.change), (1, cad("0.00"), cad("0.00")));
    let entry = comptoir_till::orders::entry_of(shop.till.db(), sale.id).unwrap();
    let drawer = comptoir_till::outbox::receipt_state(shop.till.db(), entry, true).unwrap();
    assert_eq!(drawer, None);
    assert!(!paper(&shop, &sale).contains("Change"));
}

#[test]
fn a_cart_that_a_card_has_paid_for_is_not_forgotten() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut shop = Shop::selling();
    shop.scan("CAN").unwrap();
    shop.charge_at(&simulator, "10.17");
    let Shop { till, cashier, .. } = &mut shop;
    assert_eq!(refusal(cart::void_cart(till, *cashier, VoidReason::WrongItem)), "card_tendered");
    assert_eq!(refusal(park::park(till, *cashier, "later")), "card_tendered");
    // Without its goods the money is still there, and is not paid out in cash.
    cart::void_line(till, *cashier, 1, VoidReason::WrongItem).unwrap();
    shop.scan("LOAF").unwrap();
    assert_eq!(refusal(shop.pay(None)), "card_exceeds_due");
    let paid = cart::show(&mut shop.till).unwrap().tenders[0].attempt;
    let (kind, minor) = card::may_take_back(&mut shop.till, shop.cashier, paid).unwrap();
    let terminal = patient(&simulator);
    let mut shop = attempt(shop, terminal, kind, minor, Some(paid), Killed::Never, || {});
    assert_eq!(shown(&shop).unwrap().state, CardState::Approved);
    assert_eq!(shop.pay(None).unwrap().tenders[0].kind, TenderType::Cash);
    assert_eq!(taken(&simulator), 0);
    let again = card::may_take_back(&mut shop.till, shop.cashier, paid);
    assert_eq!(refusal(again), "unknown_card_payment");
}

#[test]
fn nothing_goes_on_while_a_payment_is_unknown() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut shop = Shop::selling();
    shop.scan("CAN").unwrap();
    // A terminal that has done something before can tell what came after.
    shop.charge_at(&simulator, "3.00");
    shop.pay(Some("10.00")).unwrap();
    shop.scan("CAN").unwrap();
    let minor = ask_for(&mut shop, "10.17").unwrap();
    let terminal = patient(&simulator);
    let mut shop =
        attempt(shop, terminal, Kind::Payment, minor, None, Killed::BeforeKnowing, || {});
    let seen = shown(&shop).unwrap();
    assert_eq!((seen.state, seen.amount), (CardState::Unknown, cad("10.17")));
    let Shop { till, cashier, .. } = &mut shop;
    assert_eq!(refusal(card::put_away(till)), "card_unsettled");
    assert_eq!(refusal(park::park(till, *cashier, "later")), "card_unsettled");
    assert_eq!(refusal(cart::void_cart(till, *cashier, VoidReason::WrongItem)), "card_unsettled");
    assert_eq!(refusal(ask_for(&mut shop, "1.00")), "card_unsettled");
    // Goods can be taken off, but not the shift closed over it.
    cart::void_line(&mut shop.till, shop.cashier, 1, VoidReason::WrongItem).unwrap();
    let closed = payments::close_shift(&mut shop.till, shop.cashier, cad("200.00"));
    assert_eq!(refusal(closed), "card_unsettled");
    // A cashier cannot say alone what became of it.
    let alone = card::end::settle_by_hand(&mut shop.till, shop.cashier, None, None);
    assert_eq!(refusal(alone), "approval_required");
    let mut shop = settled(shop, &simulator, Killed::Never, |_| panic!("the terminal knows"));
    assert_eq!(taken(&simulator), 3_00 + 10_17);
    assert_eq!(on_cart(&mut shop), 10_17);
}

/// A terminal that has done nothing before has nothing to compare with: only a person can say what became of it.
#[test]
fn what_only_a_person_can_tell_is_told_after_the_program_died() {
    over_each_line(|plugged_in| {
        for goes_on_alone in [true, false] {
            let simulator = plugged_in();
            let mut shop = Shop::selling();
            shop.scan("CAN").unwrap();
            let minor = ask_for(&mut shop, "10.17").unwrap();
            let terminal = patient(&simulator);
            let trouble = || {
                simulator.set(|faults| {
                    faults.breaks = Some((Point::AfterReply, Break::Drop));
                    faults.goes_on_alone = goes_on_alone;
                });
            };
            let dies = Killed::WhileDoubtful;
            let shop = attempt(shop, terminal, Kind::Payment, minor, None, dies, trouble);
            let asked = AtomicU32::new(0);
            let mut shop = settled(shop, &simulator, dies, |simulator| {
                asked.fetch_add(1, Ordering::Relaxed);
                taken(simulator)
            });
            assert_eq!(asked.into_inner(), 1, "a person was asked, once");
            let charged = i64::try_from(taken(&simulator)).unwrap();
            assert_eq!(charged, if goes_on_alone { 10_17 } else { 0 });
            assert_eq!(by_card(&shop.pay(None).unwrap()), charged);
            assert!(shop.verify().ok);
        }
    });
}

#[test]
fn the_terminal_is_asked_only_for_what_is_due_of_a_cart_that_may_be_sold() {
    let mut shop = Shop::selling();
    let nothing = cart::show(&mut shop.till).unwrap();
    let Shop { till, cashier, .. } = &mut shop;
    let asked = card::may_pay(till, *cashier, nothing.id, nothing.total, cad("1.00"));
    assert_eq!(refusal(asked), "cart_changed");
    shop.scan("LAGER").unwrap();
    assert_eq!(refusal(ask_for(&mut shop, "1.00")), "age_check_required");
    shop.look_at_the_customer();
    let cart = cart::show(&mut shop.till).unwrap();
    let stale = cart.total - Money::new(1, cart.total.currency());
    let asked = card::may_pay(&mut shop.till, shop.cashier, cart.id, stale, cad("1.00"));
    assert_eq!(refusal(asked), "cart_changed");
    assert_eq!(ask_for(&mut shop, "17.52").unwrap(), 17_52);
}
