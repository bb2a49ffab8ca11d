//! A sale that a card paid is voided where it was paid: the terminal undoes the payment, whatever happens on the way,
//! and what it will not undo is refunded.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;
mod terminals;

use comptoir_domain::ids::ReturnId;
use comptoir_domain::orders::Sale;
use comptoir_domain::orders::returns::Return;
use comptoir_domain::payments::TenderType;
use comptoir_hardware::terminal::attempt::Kind;
use comptoir_hardware::terminal::simulator::{Answer, Asked, Faults, Simulator};
use comptoir_till::operators::approve;
use comptoir_till::orders::refunds;
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::payments::card::{self, CardAttempt, CardKind, CardState};
use comptoir_till::{cart, payments};
use shop::{Shop, cad, prepared, refusal};
use terminals::{Killed, each, over_each_line, settled, terminal, troubles};

/// A candle, paid by one card after the other at this terminal.
fn sold(simulator: &Simulator, amounts: &[&str]) -> (Shop, Sale) {
    let mut shop = Shop::selling();
    shop.scan("CAN").unwrap();
    for amount in amounts {
        shop.charge_at(simulator, amount);
    }
    let sale = shop.pay(Some("20.00")).unwrap();
    (shop, sale)
}

fn voiding(shop: &mut Shop, sale: &Sale) -> ReturnRequest {
    let approver = Some(approve(&mut shop.till, shop.supervisor, "3333").unwrap());
    let id = ReturnId(uuid::Uuid::from_u128(1));
    let tx = shop.till.begin().unwrap();
    returns::voiding(&tx, shop.cashier, approver, id, sale.id).unwrap()
}

fn void(shop: &mut Shop, request: &ReturnRequest) -> comptoir_till::error::Result<Return> {
    let (id, sale) = (request.id, request.sale);
    returns::void_sale(&mut shop.till, shop.cashier, request.approver, id, sale, false)
}

/// What the terminal has really moved back, in cents: payments undone, and money paid out.
fn moved_back(simulator: &Simulator) -> u64 {
    let back = simulator.booked().into_iter().filter(|line| {
        matches!(line.asked, Asked::Reversal(_) | Asked::Refund { .. })
            && line.transaction.is_approved()
    });
    back.map(|line| line.transaction.amount.unwrap_or_default()).sum()
}

fn asked_for(simulator: &Simulator) -> Vec<&'static str> {
    let name = |asked: Asked| match asked {
        Asked::Reversal(_) => Some("reversal"),
        Asked::Refund { .. } => Some("refund"),
        _ => None,
    };
    simulator.asked().into_iter().filter_map(name).collect()
}

fn by_card(back: &Return) -> i64 {
    let cards = back.refunds.iter().filter(|refund| refund.kind == TenderType::Card);
    cards.map(|refund| refund.amount.minor()).sum()
}

fn shown(shop: &Shop) -> CardAttempt {
    card::shown(shop.till.db(), shop.till.store().currency).unwrap().unwrap()
}

#[test]
fn a_payment_is_undone_whatever_happens() {
    over_each_line(|plugged_in| {
        each(troubles(), plugged_in, |simulator, (story, faults, killed)| {
            let (mut shop, sale) = sold(simulator, &["10.17"]);
            let before = moved_back(simulator);
            let request = voiding(&mut shop, &sale);
            let mut terminal = terminal(simulator);
            let due = refunds::may_refund(&mut shop.till, shop.cashier, &request).unwrap().unwrap();
            let what = refunds::what(&due);
            assert!(matches!(what, Kind::Reversal(_)), "{story}");
            let mut prepared = prepared(&mut terminal, what, 10_17);
            let id = refunds::begin(&mut shop.till, shop.cashier, &request, &mut prepared).unwrap();
            assert_eq!(prepared.kind, what, "{story}");
            assert_eq!(refusal(void(&mut shop, &request)), "card_unsettled", "{story}");
            if killed == Killed::BeforeAsking {
                shop = shop.restart();
            } else {
                simulator.set(|set| *set = faults.clone());
                let outcome = terminal.carry_out(&prepared, &mut |_| {});
                if killed.is_unheard() {
                    shop = shop.restart();
                } else {
                    card::end::finish(&mut shop.till, id, outcome).unwrap();
                }
            }
            drop(terminal);
            let moved = |simulator: &Simulator| moved_back(simulator) - before;
            let mut shop = settled(shop, simulator, killed, moved);
            // What is still due is asked for again, or refunded where the terminal will not undo it.
            for _ in 0..3 {
                shop.refund(simulator, &request);
            }
            let back = void(&mut shop, &request).unwrap();
            let moved = i64::try_from(moved_back(simulator) - before).unwrap();
            assert_eq!((by_card(&back), moved), (10_17, 10_17), "{story}");
            assert!(back.adds_up() && shop.verify().ok, "{story}");
        });
    });
}

#[test]
fn a_void_moves_no_money_to_a_card_that_was_only_asked() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let (mut shop, sale) = sold(&simulator, &["3.00", "2.00"]);
    let request = voiding(&mut shop, &sale);
    shop.refund(&simulator, &request);
    let back = void(&mut shop, &request).unwrap();
    assert_eq!((by_card(&back), back.refunds.len()), (5_00, 3));
    assert_eq!(asked_for(&simulator), ["reversal", "reversal"], "nothing is paid out");
    assert!(shop.verify().ok);
}

#[test]
fn what_the_terminal_will_not_undo_is_refunded_next() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let (mut shop, sale) = sold(&simulator, &["10.17"]);
    let request = voiding(&mut shop, &sale);
    simulator.set(|faults| faults.answer = Answer::Decline(0xb5));
    shop.refund(&simulator, &request);
    let seen = shown(&shop);
    assert_eq!(
        (seen.kind, seen.state, seen.code),
        (CardKind::Reversal, CardState::Declined, Some(0xb5))
    );
    assert!(seen.of_return && seen.refund_next);
    // The refusal is remembered, also by a program that was started again.
    let mut shop = shop.restart();
    assert_eq!(refusal(void(&mut shop, &request)), "card_refund_first");
    simulator.set(|faults| *faults = Faults::default());
    shop.refund(&simulator, &request);
    assert_eq!(asked_for(&simulator), ["reversal", "refund"]);
    assert_eq!(by_card(&void(&mut shop, &request).unwrap()), 10_17);
    assert!(shop.verify().ok);
}

#[test]
fn what_was_stopped_is_undone_when_asked_again() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let (mut shop, sale) = sold(&simulator, &["10.17"]);
    let request = voiding(&mut shop, &sale);
    simulator.set(|faults| faults.answer = Answer::Abort(0x6c));
    shop.refund(&simulator, &request);
    assert_eq!((shown(&shop).state, shown(&shop).refund_next), (CardState::Cancelled, false));
    simulator.set(|faults| *faults = Faults::default());
    shop.refund(&simulator, &request);
    assert_eq!(asked_for(&simulator), ["reversal", "reversal"]);
    assert_eq!(by_card(&void(&mut shop, &request).unwrap()), 10_17);
}

/// Receipt numbers are those of one terminal and one of its days: under the same number another may have paid.
#[test]
fn a_terminal_that_cannot_know_the_payment_is_not_asked_to_undo_it() {
    let (mut shop, sale) = sold(&Simulator::on_tcp(0).unwrap(), &["10.17"]);
    let other = Simulator::on_tcp(0).unwrap();
    let request = voiding(&mut shop, &sale);
    shop.refund(&other, &request);
    assert_eq!(asked_for(&other), ["refund"]);
    assert_eq!(shown(&shop).kind, CardKind::Refund);
    assert_eq!(by_card(&void(&mut shop, &request).unwrap()), 10_17);
}

#[test]
fn goods_that_come_back_are_refunded_and_not_undone() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let (mut shop, sale) = sold(&simulator, &["10.17"]);
    let request = ReturnRequest { reason: None, ..voiding(&mut shop, &sale) };
    shop.refund(&simulator, &request);
    assert_eq!(asked_for(&simulator), ["refund"]);
    returns::complete_return(&mut shop.till, shop.cashier, &request).unwrap();
}

#[test]
fn a_shift_stays_open_until_a_void_that_was_begun_is_done() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let (mut shop, sale) = sold(&simulator, &["10.17"]);
    let request = voiding(&mut shop, &sale);
    shop.refund(&simulator, &request);
    let closed = payments::close_shift(&mut shop.till, shop.cashier, cad("200.00"));
    assert_eq!(refusal(closed), "return_unfinished");
    assert_eq!(refunds::unfinished(shop.till.db()).unwrap().unwrap().id, request.id);
    assert!(cart::show(&mut shop.till).unwrap().tenders.is_empty(), "it is not of a cart");
    void(&mut shop, &request).unwrap();
    payments::close_shift(&mut shop.till, shop.cashier, cad("200.00")).unwrap();
}
