//! Exchange: goods come back and pay for what is in the cart. What comes back is kept with the cart until both are
//! completed in one transaction: the return, then the sale.
//!
//! What of it goes back to cards goes first, by way of [`refunds`], each durable before the terminal is asked.

use comptoir_domain::cart::{Cart, CartView};
use comptoir_domain::ids::{CartId, OperatorId, ReturnId, SaleId};
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::orders::exchange::{self as rule, Exchange};
use comptoir_domain::orders::returns::{Return, Wanted};
use comptoir_domain::orders::{Refusal, Sale};
use comptoir_domain::payments::{self as money, TenderType};
use rusqlite::{Connection, OptionalExtension, Params, Row, params};
use uuid::Uuid;

use super::complete_sale::{self, find_ready};
use super::refunds::{self, read_lines, write_lines};
use super::returns::{self, ReturnRequest, Standing};
use crate::cart::in_hand_now;
use crate::error::Result;
use crate::operators::{self, Approver};
use crate::outbox::{self, Job};
use crate::payments::{self, card};
use crate::till::{Till, Tx};

/// What comes back for a cart that is not sold yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attached {
    pub(super) cart: CartId,
    /// Of the return that it becomes.
    pub(super) id: ReturnId,
    pub(super) sale: SaleId,
    pub(super) lines: Vec<Wanted>,
    pub(super) reason: Option<String>,
    pub(super) approved_by: Option<OperatorId>,
    /// When it was said of the cart in hand, or the cart was resumed: milliseconds since 1970 UTC.
    pub(super) begun_at: i64,
}

/// Says what comes back for the cart in hand; what was said before is forgotten.
pub fn begin_exchange(
    till: &mut Till,
    operator: OperatorId,
    request: &ReturnRequest,
) -> Result<CartView> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::Sell)?;
    operators::check(&tx, operator, Permission::Return)?;
    payments::open_shift_of(&tx, tx.identity.register)?.ok_or(money::Refusal::NoOpenShift)?;
    if returns::find(&tx, request.id)?.is_some() {
        return in_hand_now(tx);
    }
    refunds::check_finished(&tx)?;
    let (sale, ..) = returns::look_up(&tx, request.sale, &request.lines, None)?;
    let approved_by = request.approver.map(Approver::id);
    let standing = Standing { request: request.clone(), approved_by, begun_on: tx.today };
    returns::permit(&tx, operator, &standing, &sale)?;
    let cart = crate::cart::open(&tx)?.id;
    tx.prepare_cached("DELETE FROM exchange WHERE cart = ?1 OR id = ?2")?
        .execute(params![cart.0.into_bytes(), request.id.0.into_bytes()])?;
    tx.prepare_cached(
        "INSERT INTO exchange (cart, id, sale, lines, reason, approved_by, begun_at, begun_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        cart.0.into_bytes(),
        request.id.0.into_bytes(),
        request.sale.0.into_bytes(),
        write_lines(&request.lines)?,
        request.reason,
        approved_by.map(|approver| approver.0.into_bytes()),
        tx.wall,
        operator.0.into_bytes(),
    ])?;
    in_hand_now(tx)
}

/// Nothing comes back for the cart in hand after all. What a card was given for it is not forgotten.
pub fn leave_exchange(till: &mut Till, operator: OperatorId) -> Result<CartView> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::Sell)?;
    let cart = crate::cart::open(&tx)?.id;
    by_cart(&tx, cart)?.ok_or(Refusal::NothingToExchange)?;
    check_free(&tx, cart)?;
    tx.prepare_cached("DELETE FROM exchange WHERE cart = ?1")?.execute([cart.0.into_bytes()])?;
    in_hand_now(tx)
}

/// The return whose next card refund is due before the exchange can be completed, if one is. Refuses what could
/// not be completed afterwards.
pub fn refund_due(
    till: &mut Till,
    operator: OperatorId,
    cart: CartId,
    shown: Money,
    approver: Option<Approver>,
) -> Result<Option<ReturnRequest>> {
    let tx = till.begin()?;
    if super::find_by_cart(&tx, cart)?.is_some() {
        return Ok(None);
    }
    let request = find_request(&tx, &find_ready(&tx, cart, Some(shown))?)?;
    let request = ReturnRequest { approver, ..request };
    drop(tx);
    Ok(refunds::may_refund(till, operator, &request)?.map(|_| request))
}

/// Completes the return and the sale of the cart in hand as one. Safe to call twice with the same cart: the second
/// call answers what the first one did.
pub fn complete_exchange(
    till: &mut Till,
    operator: OperatorId,
    cart: CartId,
    shown: Money,
    cash: Money,
    approver: Option<Approver>,
    cash_instead: bool,
) -> Result<(Sale, Return)> {
    let tx = till.begin()?;
    if let Some(sale) = super::find_by_cart(&tx, cart)? {
        let back = paying_for(&tx, sale.id)?.ok_or(Refusal::NothingToExchange)?;
        return Ok((sale, back));
    }
    operators::check(&tx, operator, Permission::Return)?;
    let open = find_ready(&tx, cart, Some(shown))?;
    let request = ReturnRequest { approver, cash_instead, ..find_request(&tx, &open)? };
    let id = SaleId(tx.new_id());
    let (back, back_entry) = returns::write(&tx, operator, &request, Some(id))?;
    let used = back.refunds.iter().find(|refund| refund.kind == TenderType::Exchange);
    let used = used.map(|refund| refund.amount);
    let (sale, entry) = complete_sale::record(&tx, operator, id, open, used, Some(cash))?;
    crate::cart::close(&tx, cart)?;
    let refunded = back.refunds.iter().any(|refund| refund.kind == TenderType::Cash);
    if refunded || sale.tenders.iter().any(|tender| tender.kind == TenderType::Cash) {
        outbox::push(&tx, &Job::KickDrawer { cause: if refunded { back_entry } else { entry } })?;
    }
    outbox::push(&tx, &Job::PrintReceipt { sale: back_entry })?;
    outbox::push(&tx, &Job::PrintReceipt { sale: entry })?;
    tx.commit()?;
    super::log_completed(back.id, &back.receipt);
    super::log_completed(sale.id, &sale.receipt);
    Ok((sale, back))
}

/// What comes back for a cart, and what of it pays for it.
pub(crate) fn view(tx: &Tx<'_>, cart: &Cart) -> Result<Option<Exchange>> {
    let Some(attached) = by_cart(tx, cart.id)? else { return Ok(None) };
    let known = refunds::known(tx, attached.id)?;
    let (sale, _, goods) = returns::look_up(tx, attached.sale, &attached.lines, known)?;
    let used = used_for(tx, cart, attached.id, goods.total)?;
    Ok(Some(Exchange::new(&sale, &goods, used)))
}

/// What of the return `id`, which comes to `credit`, pays for the cart in hand; nothing when it is no exchange.
pub(super) fn used(tx: &Tx<'_>, id: ReturnId, credit: Money) -> Result<Money> {
    let Some(attached) = by_id(tx, id)? else { return Ok(Money::zero(credit.currency())) };
    let open = crate::cart::find(tx, credit.currency())?.filter(|cart| cart.id == attached.cart);
    let open = open.ok_or(comptoir_domain::cart::Refusal::CartChanged)?;
    used_for(tx, &open, id, credit)
}

fn used_for(tx: &Tx<'_>, cart: &Cart, id: ReturnId, credit: Money) -> Result<Money> {
    let sum = |amounts: &mut dyn Iterator<Item = Money>| Money::sum(amounts, credit.currency());
    let total = cart.totals(&tx.rates, credit.currency()).total;
    let paid = sum(&mut card::spend::tenders(tx, cart.id)?.into_iter().map(|tender| tender.amount));
    let refunded = sum(&mut card::spend::refunds(tx, id)?.into_iter().map(|refund| refund.amount));
    Ok(rule::used(credit, refunded, total, paid))
}

/// Refuses to sell a cart, or to close the shift over one, for which goods come back.
pub(crate) fn check_none(db: &Connection, cart: CartId) -> Result<()> {
    match by_cart(db, cart)? {
        Some(_) => Err(Refusal::ExchangePending.into()),
        None => Ok(()),
    }
}

/// Refuses to forget what comes back for a cart once a card has money for it.
pub(crate) fn check_free(db: &Connection, cart: CartId) -> Result<()> {
    let Some(attached) = by_cart(db, cart)? else { return Ok(()) };
    match refunds::unfinished(db)? {
        Some(begun) if begun.id == attached.id => refunds::check_finished(db),
        _ => Ok(()),
    }
}

/// Something came back of a sale: whatever carts were waiting to take of it begin again. Not the one for which a card has
/// money already, or may have. Answers whether any was waiting.
pub(crate) fn forget(db: &Connection, sale: SaleId) -> Result<bool> {
    let begun = refunds::unfinished(db)?.map(|begun| begun.id.0.into_bytes());
    let gone = db
        .prepare_cached("DELETE FROM exchange WHERE sale = ?1 AND id IS NOT ?2")?
        .execute(params![sale.0.into_bytes(), begun])?;
    Ok(gone > 0)
}

/// A parked cart is in hand again: what comes back for it may be late by now.
pub(crate) fn begin_again(tx: &Tx<'_>, cart: CartId) -> Result<()> {
    tx.prepare_cached("UPDATE exchange SET begun_at = ?2 WHERE cart = ?1")?
        .execute(params![cart.0.into_bytes(), tx.wall])?;
    Ok(())
}

/// What comes back for a cart.
pub(crate) fn by_cart(db: &Connection, cart: CartId) -> Result<Option<Attached>> {
    attached(db, "cart = ?1", [cart.0.into_bytes()])
}

/// What becomes the return `id` with its cart.
pub(super) fn by_id(db: &Connection, id: ReturnId) -> Result<Option<Attached>> {
    attached(db, "id = ?1", [id.0.into_bytes()])
}

fn attached(db: &Connection, which: &str, key: impl Params) -> Result<Option<Attached>> {
    let select = format!(
        "SELECT cart, id, sale, lines, reason, approved_by, begun_at FROM exchange WHERE {which}"
    );
    let row = |row: &Row<'_>| {
        let id = |n| row.get(n).map(Uuid::from_bytes);
        let approver: Option<[u8; 16]> = row.get(5)?;
        let attached = Attached {
            cart: CartId(id(0)?),
            id: ReturnId(id(1)?),
            sale: SaleId(id(2)?),
            lines: Vec::new(),
            reason: row.get(4)?,
            approved_by: approver.map(|id| OperatorId(Uuid::from_bytes(id))),
            begun_at: row.get(6)?,
        };
        Ok((attached, row.get::<_, String>(3)?))
    };
    let found = db.prepare_cached(&select)?.query_row(key, row).optional()?;
    let Some((attached, lines)) = found else { return Ok(None) };
    Ok(Some(Attached { lines: read_lines(&lines)?, ..attached }))
}

fn find_request(db: &Connection, cart: &Cart) -> Result<ReturnRequest> {
    let Attached { id, sale, lines, reason, .. } =
        by_cart(db, cart.id)?.ok_or(Refusal::NothingToExchange)?;
    if cart.is_empty() {
        return Err(comptoir_domain::cart::Refusal::EmptyCart.into());
    }
    Ok(ReturnRequest { id, sale, lines, reason, approver: None, cash_instead: false })
}

/// The return that paid for a sale.
fn paying_for(db: &Connection, sale: SaleId) -> Result<Option<Return>> {
    let select = "SELECT entry FROM return_sale WHERE exchange = ?1";
    let entry =
        db.prepare_cached(select)?.query_row([sale.0.into_bytes()], |row| row.get(0)).optional()?;
    entry.map(|entry| returns::load(db, entry)).transpose()
}
