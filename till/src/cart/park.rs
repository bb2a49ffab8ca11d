//! Carts that wait under a name while another customer is served.

use comptoir_domain::cart::{Cart, CartView, Refusal, VoidReason};
use comptoir_domain::ids::{CartId, OperatorId};
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::payments;
use rusqlite::{Connection, params};
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

use super::{close, in_hand_now, open, record_void, rows, view};
use crate::error::Result;
use crate::operators;
use crate::orders::exchange;
use crate::payments::card;
use crate::till::{Till, utc};

/// Characters of a name.
const MOST_NAME: usize = 40;

/// A cart that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ParkedCart {
    /// Which.
    pub id: CartId,
    /// What it was called.
    pub name: String,
    /// Lines that are not voided.
    pub lines: u32,
    /// With tax, at the rates of today.
    pub total: Money,
    /// RFC 3339, UTC.
    pub parked_at: String,
    /// Name of who parked it.
    pub by: String,
}

/// Parks the open cart under `name` and begins an empty one.
pub fn park(till: &mut Till, cashier: OperatorId, name: &str) -> Result<CartView> {
    let tx = till.begin()?;
    operators::check(&tx, cashier, Permission::Sell)?;
    let cart = open(&tx)?;
    if cart.is_empty() {
        return Err(Refusal::EmptyCart.into());
    }
    card::spend::check_unpaid(&tx, cart.id)?;
    exchange::check_free(&tx, cart.id)?;
    let name: String = name.trim().chars().filter(|c| !c.is_control()).take(MOST_NAME).collect();
    if name.is_empty() {
        return Err(Refusal::NameRequired.into());
    }
    tx.prepare_cached(
        "UPDATE cart SET parked_as = ?2, parked_at = ?3, parked_by = ?4 WHERE id = ?1",
    )?
    .execute(params![cart.id.0.into_bytes(), name, tx.wall, cashier.0.into_bytes()])?;
    in_hand_now(tx)
}

/// The carts that wait, the longest waiting first.
pub fn parked(till: &mut Till) -> Result<Vec<ParkedCart>> {
    let tx = till.begin()?;
    let mut select = tx.prepare_cached(
        "SELECT cart.id, parked_as, parked_at, coalesce(operator.name, '') FROM cart LEFT JOIN operator ON operator.id = parked_by
         WHERE parked_as IS NOT NULL ORDER BY parked_at, cart.id",
    )?;
    let mut rows = select.query([])?;
    let mut parked = Vec::new();
    while let Some(row) = rows.next()? {
        let id = CartId(Uuid::from_bytes(row.get(0)?));
        let Some(cart) = rows::find_parked(&tx, id, tx.store.currency)? else { continue };
        let lines = cart.lines.iter().filter(|line| line.is_goods()).count();
        parked.push(ParkedCart {
            id,
            name: row.get(1)?,
            lines: u32::try_from(lines).unwrap_or(u32::MAX),
            total: cart.totals(&tx.rates, tx.store.currency).total,
            parked_at: utc(row.get(2)?),
            by: row.get(3)?,
        });
    }
    Ok(parked)
}

/// Takes a parked cart in hand again; the one in hand must be empty.
pub fn resume(till: &mut Till, cashier: OperatorId, cart: CartId) -> Result<CartView> {
    let tx = till.begin()?;
    operators::check(&tx, cashier, Permission::Sell)?;
    let in_hand = open(&tx)?;
    if in_hand.id == cart {
        return view(&tx, &in_hand);
    }
    if !in_hand.is_empty() {
        return Err(payments::Refusal::CartNotEmpty.into());
    }
    exchange::check_none(&tx, in_hand.id)?;
    let resumed: Cart =
        rows::find_parked(&tx, cart, tx.store.currency)?.ok_or(Refusal::UnknownCart)?;
    if !in_hand.lines.is_empty() {
        // Only voided lines are left in it: they are kept as those of a voided cart are.
        let reason = in_hand.lines.iter().rev().find_map(|line| line.voided);
        record_void(&tx, cashier, &in_hand, reason.unwrap_or(VoidReason::Other))?;
    }
    close(&tx, in_hand.id)?;
    tx.prepare_cached(
        "UPDATE cart SET parked_as = NULL, parked_at = NULL, parked_by = NULL WHERE id = ?1",
    )?
    .execute([resumed.id.0.into_bytes()])?;
    in_hand_now(tx)
}

/// How many carts wait.
pub(super) fn count(db: &Connection) -> Result<u32> {
    let select = "SELECT count(*) FROM cart WHERE parked_as IS NOT NULL";
    Ok(db.prepare_cached(select)?.query_row([], |row| row.get(0))?)
}
