//! Completing a sale: the story that everything else is there for.

use comptoir_domain::cart::{self, Cart};
use comptoir_domain::compliance;
use comptoir_domain::ids::{CartId, OperatorId, SaleId};
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::orders::{Circumstances, Sale, receipt_number};
use comptoir_domain::payments::{Offered, Refusal, TenderType};
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::orders::SaleCompleted;
use rusqlite::Connection;

use super::{exchange, find_by_cart};
use crate::error::{Error, Result};
use crate::operators;
use crate::outbox::{self, Job};
use crate::payments::{self, card};
use crate::till::{Till, Tx};

/// Completes the sale of the open cart against the cards that were approved for it, and cash for what they
/// leave. Safe to call twice with the same cart: the second call answers the first one's sale. `shown` is
/// the total that the operator saw.
pub fn complete_sale(
    till: &mut Till,
    cashier: OperatorId,
    cart: CartId,
    shown: Option<Money>,
    cash: Option<Money>,
) -> Result<Sale> {
    let tx = till.begin()?;
    if let Some(sale) = find_by_cart(&tx, cart)? {
        return Ok(sale);
    }
    let open = find_ready(&tx, cart, shown)?;
    exchange::check_none(&tx, cart)?;
    let (sale, entry) = record(&tx, cashier, SaleId(tx.new_id()), open, None, cash)?;
    crate::cart::close(&tx, cart)?;
    if sale.tenders.iter().any(|tender| tender.kind == TenderType::Cash) {
        outbox::push(&tx, &Job::KickDrawer { cause: entry })?;
    }
    outbox::push(&tx, &Job::PrintReceipt { sale: entry })?;
    tx.commit()?;
    super::log_completed(sale.id, &sale.receipt);
    Ok(sale)
}

/// The cart in hand as the operator saw it, when nothing is left to be made sure of.
pub(super) fn find_ready(tx: &Tx<'_>, cart: CartId, shown: Option<Money>) -> Result<Cart> {
    let open = crate::cart::find(tx, tx.store.currency)?.filter(|open| open.id == cart);
    let open = open.ok_or(cart::Refusal::CartChanged)?;
    if shown.is_some_and(|shown| shown != open.totals(&tx.rates, tx.store.currency).total) {
        return Err(cart::Refusal::CartChanged.into());
    }
    if let Some(age) = open.age_to_check() {
        return Err(compliance::Refusal::AgeCheckRequired { age }.into());
    }
    Ok(open)
}

/// Completes a basket that was put together elsewhere, such as a script's: whoever did has seen the
/// customer, and nothing is printed.
pub fn complete_basket(
    tx: &Tx<'_>,
    cashier: OperatorId,
    basket: Cart,
    cash: Option<Money>,
) -> Result<Sale> {
    if let Some(sale) = find_by_cart(tx, basket.id)? {
        return Ok(sale);
    }
    Ok(record(tx, cashier, SaleId(tx.new_id()), basket, None, cash)?.0)
}

/// Journal, and with it lines, taxes, tenders and stock. `exchange` is what goods that come back pay of it.
pub(super) fn record(
    tx: &Tx<'_>,
    cashier: OperatorId,
    sale: SaleId,
    cart: Cart,
    exchange: Option<Money>,
    cash: Option<Money>,
) -> Result<(Sale, i64)> {
    operators::check(tx, cashier, Permission::Sell)?;
    for line in cart.lines.iter().filter(|line| line.is_goods()) {
        crate::cart::authorised(tx, cashier, line)?;
    }
    if cart.discount.is_some() {
        crate::cart::permitted(tx, cashier, cart.approved_by, cart.needs(tx.settings.limits))?;
    }
    crate::compliance::within_limit(tx, &cart)?;
    card::spend::check_settled(tx, cart.id)?;
    let (id, cards) = (cart.id, card::spend::tenders(tx, cart.id)?);
    let register = tx.identity.register;
    let shift = payments::open_shift_of(tx, register)?.ok_or(Refusal::NoOpenShift)?;
    let number = next_number(tx, register, tx.identity.epoch)?;
    let circumstances = Circumstances {
        id: sale,
        receipt: receipt_number(&tx.identity.store, register, tx.identity.epoch, number),
        shift: shift.id,
        operator: cashier,
        completed_at: tx.wall,
        utc_offset_minutes: tx.utc_offset_minutes,
    };
    let offered = Offered { exchange, cards, cash };
    let sale = Sale::complete(cart, &tx.rates, tx.store.currency, offered, circumstances)?;
    if !sale.adds_up() {
        return Err(Error::Broken(format!("the sale of {} does not add up", sale.cart)));
    }
    let fact = SaleCompleted::new(&sale, register, number);
    let entry = tx.record(&Fact::SaleCompleted(Box::new(fact)), Some(cashier))?;
    card::spend::spend(tx, id, entry)?;
    Ok((sale, entry))
}

/// One more than the last of a sale or a return: gapless, since it is taken in the transaction that uses it.
pub(super) fn next_number(db: &Connection, register: u32, epoch: u32) -> Result<u64> {
    let select = "SELECT 1 + max(
        (SELECT coalesce(max(number), 0) FROM sale WHERE register = ?1 AND epoch = ?2 AND branch = 0),
        (SELECT coalesce(max(number), 0) FROM return_sale WHERE register = ?1 AND epoch = ?2 AND branch = 0))";
    Ok(db.prepare_cached(select)?.query_row([register, epoch], |row| row.get(0))?)
}
