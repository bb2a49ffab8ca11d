//! What approved attempts are worth: the card payments of a cart until its sale spends them, the refunds of a return
//! until its fact has them, and what the terminal printed about either.

use comptoir_domain::ids::{CartId, ReturnId};
use comptoir_domain::money::Money;
use comptoir_domain::orders::returns::Refund;
use comptoir_domain::payments::{CardTender, Refusal, TenderType};
use rusqlite::{Connection, Row, params};

use super::{CardState, is_refused, read_card, unsettled};
use crate::error::Result;
use crate::till::{Tx, utc};

/// The card payments of a cart that is not sold: approved, and not taken back.
pub fn tenders(tx: &Tx<'_>, cart: CartId) -> Result<Vec<CardTender>> {
    let mut select = tx.prepare_cached(
        "SELECT id, approved, ended_at, card, number, authorisation, trace, receipt, terminal FROM card_attempt AS paid
         WHERE cart = ?1 AND sale IS NULL AND kind = 'payment' AND state = 'approved'
             AND NOT EXISTS (SELECT 1 FROM card_attempt AS back WHERE back.of = paid.id AND back.state = 'approved')
         ORDER BY id",
    )?;
    let read = |row: &Row<'_>| {
        Ok(CardTender {
            attempt: row.get(0)?,
            amount: Money::new(row.get(1)?, tx.store.currency),
            approved_at: utc(row.get(2)?),
            card: read_card(row, 3)?,
        })
    };
    Ok(select.query_map([cart.0.into_bytes()], read)?.collect::<rusqlite::Result<_>>()?)
}

/// What the terminal gave back for a return that is not completed.
pub(crate) fn refunds(tx: &Tx<'_>, id: ReturnId) -> Result<Vec<Refund>> {
    let mut select = tx.prepare_cached(
        "SELECT approved, tender, card, number, authorisation, trace, receipt, terminal FROM card_attempt
         WHERE cart = ?1 AND sale IS NULL AND kind <> 'payment' AND state = 'approved' ORDER BY id",
    )?;
    let read = |row: &Row<'_>| {
        Ok(Refund {
            kind: TenderType::Card,
            amount: Money::new(row.get(0)?, tx.store.currency),
            tender: row.get(1)?,
            card: Some(read_card(row, 2)?),
        })
    };
    Ok(select.query_map([id.0.into_bytes()], read)?.collect::<rusqlite::Result<_>>()?)
}

/// Whether the terminal was asked to give money back for a return and did not.
pub(crate) fn refund_failed(tx: &Tx<'_>, id: ReturnId) -> Result<bool> {
    let select = "SELECT 1 FROM card_attempt WHERE cart = ?1 AND sale IS NULL AND kind <> 'payment'
        AND state IN ('declined', 'cancelled', 'not_sent')";
    Ok(tx.prepare_cached(select)?.exists([id.0.into_bytes()])?)
}

/// Whether the terminal was asked to undo what the sale's `tender` paid and will not.
pub(crate) fn reversal_refused(tx: &Tx<'_>, id: ReturnId, tender: u32) -> Result<bool> {
    let mut select = tx.prepare_cached(
        "SELECT state, code FROM card_attempt WHERE cart = ?1 AND tender = ?2 AND kind = 'reversal' AND sale IS NULL",
    )?;
    let read =
        |row: &Row<'_>| Ok(is_refused(CardState::parse(&row.get::<_, String>(0)?), row.get(1)?));
    let tried = select.query_map(params![id.0.into_bytes(), tender], read)?;
    Ok(tried.collect::<rusqlite::Result<Vec<bool>>>()?.contains(&true))
}

/// Refuses while nobody knows whether this cart is paid.
pub(crate) fn check_settled(tx: &Tx<'_>, cart: CartId) -> Result<()> {
    match unsettled(tx)? {
        Some(open) if open.cart == cart => Err(Refusal::CardUnsettled.into()),
        _ => Ok(()),
    }
}

/// Refuses to forget a cart that a card has paid for, or may have.
pub(crate) fn check_unpaid(tx: &Tx<'_>, cart: CartId) -> Result<()> {
    check_settled(tx, cart)?;
    if tenders(tx, cart)?.is_empty() { Ok(()) } else { Err(Refusal::CardTendered.into()) }
}

/// The card payments of a cart are those of its sale from now on, the refunds of a return those of its fact.
pub(crate) fn spend(tx: &Tx<'_>, cart: CartId, sale: i64) -> Result<()> {
    tx.prepare_cached(
        "UPDATE card_attempt SET sale = ?2, put_away = 1 WHERE cart = ?1 AND sale IS NULL",
    )?
    .execute(params![cart.0.into_bytes(), sale])?;
    Ok(())
}

/// What the terminal printed about one card payment or refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slips {
    /// For the customer.
    pub customer: Vec<String>,
    /// For the shop; nothing when nobody has to sign. A terminal that does not say whether somebody has to may mean that
    /// they do.
    pub merchant: Vec<String>,
}

/// What the terminal printed about the payments of a sale or the refunds of a return, by its place in the journal. Of
/// what was taken back before the sale, nothing. It is kept where it was paid and nowhere else.
pub(crate) fn slips(db: &Connection, entry: i64) -> Result<Vec<Slips>> {
    let mut select = db.prepare_cached(
        "SELECT customer_slip, iif(to_sign IS 0, NULL, merchant_slip) FROM card_attempt AS done
         WHERE sale = ?1 AND state = 'approved' AND of IS NULL
             AND NOT EXISTS (SELECT 1 FROM card_attempt AS back WHERE back.of = done.id AND back.state = 'approved')
         ORDER BY id",
    )?;
    let lines = |text: Option<String>| {
        text.map(|text| text.lines().map(str::to_owned).collect()).unwrap_or_default()
    };
    let read =
        |row: &Row<'_>| Ok(Slips { customer: lines(row.get(0)?), merchant: lines(row.get(1)?) });
    Ok(select.query_map([entry], read)?.collect::<rusqlite::Result<_>>()?)
}
