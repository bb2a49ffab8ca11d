//! Goods that a neighbour takes back while a card is being refunded for them, or while they are to pay for a cart.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod neighbours;
mod shop;

use comptoir_domain::ids::ReturnId;
use comptoir_domain::orders::Sale;
use comptoir_domain::orders::returns::Wanted;
use comptoir_domain::quantity::Quantity;
use comptoir_hardware::lamp::Cause;
use comptoir_hardware::terminal::attempt::{Attempt, Kind, Verdict};
use comptoir_hardware::terminal::{Approval, Outcome, Receipts, Transaction};
use comptoir_till::error::Result;
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::orders::{exchange, quote, refunds, twice};
use comptoir_till::payments::card;
use comptoir_till::till::Till;
use comptoir_till::{cart, orders};
use neighbours::{pull, second};
use shop::{Shop, refusal};
use uuid::Uuid;

fn request(n: u128, sale: &Sale) -> ReturnRequest {
    let lines = vec![Wanted { line: 1, quantity: Quantity::ONE, wasted: false }];
    let (id, reason) = (ReturnId(Uuid::from_u128(n)), Some("wrong_item".into()));
    ReturnRequest { id, sale: sale.id, lines, reason, approver: None, cash_instead: false }
}

fn attempt(kind: Kind, amount: u64) -> Attempt {
    Attempt { kind, amount, currency: 124, before: None }
}

fn approval(amount: u64, trace: u32) -> Approval {
    let transaction = Transaction {
        result: Some(0),
        amount: Some(amount),
        currency: Some(124),
        trace: Some(trace),
        receipt: u16::try_from(trace).ok(),
        terminal: Some(1),
        ..Transaction::default()
    };
    Approval { amount, transaction, receipts: Receipts::default() }
}

/// A candle for 10.17, paid by card.
fn sold_by_card(shop: &mut Shop) -> Sale {
    shop.scan("CAN").unwrap();
    let view = cart::show(&mut shop.till).unwrap();
    let (till, cashier) = (&mut shop.till, shop.cashier);
    let minor = card::may_pay(till, cashier, view.id, view.total, view.total).unwrap();
    let pays = attempt(Kind::Payment, minor);
    let id = card::begin(till, cashier, view.id, None, &pays).unwrap();
    card::end::finish(till, id, Outcome::Approved(approval(minor, 1))).unwrap();
    orders::complete_sale(till, cashier, view.id, Some(view.total), None).unwrap()
}

fn agree(shop: &mut Shop, second: &mut Till) {
    pull(second, &shop.till);
    pull(&mut shop.till, second);
}

/// The neighbour has no terminal, and gives cash on a manager's word.
fn taken_back_at(second: &mut Till, shop: &Shop, sale: &Sale) {
    let cash = ReturnRequest { cash_instead: true, ..request(99, sale) };
    returns::complete_return(second, shop.manager, &cash).unwrap();
}

/// What a terminal was asked for and nobody heard the end of.
fn asked_and_unknown(shop: &mut Shop, request: &ReturnRequest) -> i64 {
    let due = refunds::may_refund(&mut shop.till, shop.cashier, request).unwrap().unwrap();
    let mut gives = attempt(Kind::Refund, due.amount.minor().unsigned_abs());
    let id = refunds::begin(&mut shop.till, shop.cashier, request, &mut gives).unwrap();
    card::end::finish(&mut shop.till, id, Outcome::Unknown(Cause::Offline)).unwrap();
    id
}

fn gave_it(shop: &mut Shop, id: i64) {
    let verdict = Verdict::Approved(Box::new(approval(10_17, 2)));
    card::end::settle(&mut shop.till, id, verdict).unwrap();
}

/// The card has its money: that is a fact, and the books say so, here and at the neighbour.
fn both_stand(shop: &mut Shop, second: &mut Till) {
    agree(shop, second);
    for till in [&mut shop.till, second] {
        let select = "SELECT count(*), sum(refunded) FROM return_sale WHERE sale IS NOT NULL";
        let found: (u32, i64) =
            till.db().query_row(select, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        // Cash is rounded to five cents.
        assert_eq!(found, (2, 10_17 + 10_15));
        assert_eq!(twice::list(till, shop.manager).unwrap().len(), 1, "and it is reported");
    }
    assert!(refunds::unfinished(shop.till.db()).unwrap().is_none());
}

#[test]
fn a_return_whose_card_has_its_money_is_completed_whatever_came_back_elsewhere() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let sale = sold_by_card(&mut shop);
    agree(&mut shop, &mut second);
    let wanted = request(1, &sale);
    let asked = asked_and_unknown(&mut shop, &wanted);
    taken_back_at(&mut second, &shop, &sale);
    agree(&mut shop, &mut second);
    gave_it(&mut shop, asked);
    let (till, cashier) = (&mut shop.till, shop.cashier);
    let quoted = quote::quote_return(till, cashier, sale.id, &wanted.lines).unwrap();
    assert_eq!(quoted.total, sale.total);
    let back = returns::complete_return(till, cashier, &wanted).unwrap();
    assert_eq!(back.total, sale.total);
    both_stand(&mut shop, &mut second);
}

/// No money has moved: then they came back once, and nobody is held up.
#[test]
fn a_return_whose_card_has_nothing_yields_to_the_one_elsewhere() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let sale = sold_by_card(&mut shop);
    agree(&mut shop, &mut second);
    let wanted = request(1, &sale);
    let asked = asked_and_unknown(&mut shop, &wanted);
    taken_back_at(&mut second, &shop, &sale);
    agree(&mut shop, &mut second);
    card::end::settle(&mut shop.till, asked, Verdict::NothingDone).unwrap();
    let refused: Result<_> = returns::complete_return(&mut shop.till, shop.cashier, &wanted);
    assert_eq!(refusal(refused), "more_than_sold");
    let other = sold_by_card(&mut shop);
    let asked = asked_and_unknown(&mut shop, &request(2, &other));
    gave_it(&mut shop, asked);
    returns::complete_return(&mut shop.till, shop.cashier, &request(2, &other)).unwrap();
}

#[test]
fn a_cart_goes_on_without_what_a_neighbour_took_back() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let sale = sold_by_card(&mut shop);
    agree(&mut shop, &mut second);
    let (till, cashier) = (&mut shop.till, shop.cashier);
    exchange::begin_exchange(till, cashier, &request(1, &sale)).unwrap();
    let view = shop.scan("COF").unwrap();
    assert!(view.exchange.is_some());
    taken_back_at(&mut second, &shop, &sale);
    pull(&mut second, &shop.till);
    let taken = pull(&mut shop.till, &second);
    assert!(taken.carts, "whoever shows the cart looks at it again");
    let view = cart::show(&mut shop.till).unwrap();
    assert_eq!((view.exchange, view.rest), (None, view.total));
    orders::complete_sale(&mut shop.till, cashier, view.id, Some(view.total), None).unwrap();
}

#[test]
fn an_exchange_for_which_a_card_has_money_is_completed_all_the_same() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let sale = sold_by_card(&mut shop);
    agree(&mut shop, &mut second);
    let (till, cashier) = (&mut shop.till, shop.cashier);
    exchange::begin_exchange(till, cashier, &request(1, &sale)).unwrap();
    // A loaf for 6.49: 3.68 of the 10.17 go back to the card.
    let view = shop.scan("LOAF").unwrap();
    let wanted = exchange::refund_due(&mut shop.till, cashier, view.id, view.total, None);
    let wanted = wanted.unwrap().unwrap();
    let asked = asked_and_unknown(&mut shop, &wanted);
    taken_back_at(&mut second, &shop, &sale);
    agree(&mut shop, &mut second);
    let verdict = Verdict::Approved(Box::new(approval(3_68, 2)));
    card::end::settle(&mut shop.till, asked, verdict).unwrap();
    let view = cart::show(&mut shop.till).unwrap();
    assert!(view.exchange.is_some());
    let (till, nothing) = (&mut shop.till, view.rest);
    let (sold, back) =
        exchange::complete_exchange(till, cashier, view.id, view.total, nothing, None, false)
            .unwrap();
    assert_eq!((sold.total.minor(), back.total), (6_49, sale.total));
    both_stand(&mut shop, &mut second);
}
