//! Carts that wait under a name while another customer is served.

use comptoir_domain::cart::{Cart, CartView, Refusal, TakenTwice, VoidReason};
use comptoir_domain::ids::{CartId, OperatorId};
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::payments;
use comptoir_sync::documents::parked_cart::{self, Parked, Taken};
use comptoir_sync::documents::{Fields, Kind};
use comptoir_sync::entry::DeviceId;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

use super::{close, in_hand_now, open, record_void, rows, view};
use crate::documents::{self, Edits};
use crate::error::Result;
use crate::operators;
use crate::orders::exchange;
use crate::payments::card;
use crate::till::{Till, Tx, utc};

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
    /// The register where it was parked, if that is another.
    pub register: Option<u32>,
}

/// Parks the open cart under `name` and begins an empty one. Any till of the store may take it in hand again; but not
/// one that goods come back for, which stays at this register.
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
    let document = exchange::view(&tx, &cart)?.is_none().then(|| tx.new_id());
    tx.prepare_cached(
        "UPDATE cart SET parked_as = ?2, parked_at = ?3, parked_by = ?4, document = ?5 WHERE id = ?1",
    )?
    .execute(params![
        cart.id.0.into_bytes(),
        name,
        tx.wall,
        cashier.0.into_bytes(),
        document.map(Uuid::into_bytes),
    ])?;
    if let Some(document) = document {
        let register = tx.identity.register;
        let parked = Parked { cart, name, at: tx.wall, by: cashier, register };
        let mut edits = Edits::new(&tx);
        edits.parked_cart(document, &parked)?;
        edits.record(Some(cashier))?;
    }
    in_hand_now(tx)
}

/// The carts that wait, the longest waiting first: those of the store, and those that only this register has.
pub fn parked(till: &mut Till) -> Result<Vec<ParkedCart>> {
    let tx = till.begin_reading()?;
    let mut select = tx.prepare_cached(
        "SELECT parked_cart.document, cart.id, parked_cart.parked_at
         FROM parked_cart LEFT JOIN cart ON cart.document = parked_cart.document WHERE taken = 0
         UNION ALL SELECT NULL, id, parked_at FROM cart WHERE parked_as IS NOT NULL AND document IS NULL
         ORDER BY 3, 1, 2",
    )?;
    let mut rows = select.query([])?;
    let mut parked = Vec::new();
    while let Some(row) = rows.next()? {
        let (document, cart) = (uuid(row, 0)?, uuid(row, 1)?);
        let waits = match (document, cart) {
            (_, Some(cart)) => here(&tx, cart)?.map(|(parked, document)| named(parked, document)),
            (Some(document), None) => elsewhere(&tx, document)?,
            (None, None) => None,
        };
        parked.extend(waits.map(|waits| listed(&tx, waits)).transpose()?);
    }
    Ok(parked)
}

fn listed(tx: &Tx<'_>, parked: Parked) -> Result<ParkedCart> {
    let Parked { cart, name, at, by, register } = parked;
    let lines = cart.lines.iter().filter(|line| line.is_goods()).count();
    let by = tx
        .prepare_cached("SELECT name FROM operator WHERE id = ?1")?
        .query_row([by.0.into_bytes()], |row| row.get(0))
        .optional()?;
    Ok(ParkedCart {
        id: cart.id,
        name,
        lines: u32::try_from(lines).unwrap_or(u32::MAX),
        total: cart.totals(&tx.rates, tx.store.currency).total,
        parked_at: utc(at),
        by: by.unwrap_or_default(),
        register: (register != tx.identity.register).then_some(register),
    })
}

/// Takes a parked cart in hand again; the one in hand must be empty. Others of the store are told that it is taken.
pub fn resume(till: &mut Till, cashier: OperatorId, cart: CartId) -> Result<CartView> {
    let tx = till.begin()?;
    operators::check(&tx, cashier, Permission::Sell)?;
    let in_hand = open(&tx)?;
    if in_hand.id == cart || document_of(&tx, in_hand.id)? == Some(cart.0) {
        return view(&tx, &in_hand);
    }
    if !in_hand.is_empty() {
        return Err(payments::Refusal::CartNotEmpty.into());
    }
    exchange::check_none(&tx, in_hand.id)?;
    let parked_here = here(&tx, cart.0)?;
    let parked_elsewhere = if parked_here.is_none() { untaken(&tx, cart.0)? } else { None };
    if parked_here.is_none() && parked_elsewhere.is_none() {
        return Err(gone(&tx, cart)?.into());
    }
    if !in_hand.lines.is_empty() {
        // Only voided lines are left in it: they are kept as those of a voided cart are.
        let reason = in_hand.lines.iter().rev().find_map(|line| line.voided);
        record_void(&tx, cashier, &in_hand, reason.unwrap_or(VoidReason::Other))?;
    }
    close(&tx, in_hand.id)?;
    match (parked_here, parked_elsewhere) {
        (Some((parked, document)), _) => {
            let cart = parked.cart.id;
            tx.prepare_cached(
                "UPDATE cart SET parked_as = NULL, parked_at = NULL, parked_by = NULL WHERE id = ?1",
            )?
            .execute([cart.0.into_bytes()])?;
            exchange::begin_again(&tx, cart)?;
            if let Some(document) = document {
                take(&tx, cashier, document, cart)?;
            }
        }
        (None, Some(parked)) => {
            let document = cart.0;
            let cart = Cart { id: CartId(tx.new_id()), ..parked.cart };
            tx.prepare_cached("INSERT INTO cart (id, opened_at, document) VALUES (?1, ?2, ?3)")?
                .execute(params![cart.id.0.into_bytes(), tx.wall, document.into_bytes()])?;
            rows::save(&tx, &cart, None)?;
            take(&tx, cashier, document, cart.id)?;
        }
        (None, None) => {}
    }
    in_hand_now(tx)
}

/// The cart in hand was taken at another till, too: the customer stands at one of them.
pub fn taken_twice(db: &Connection, me: DeviceId, cart: CartId) -> Result<Option<TakenTwice>> {
    let mut select = db.prepare_cached(
        "SELECT other.device, coalesce(device.register, 0)
         FROM parked_cart_taken AS own
         JOIN parked_cart_taken AS other ON other.document = own.document
         LEFT JOIN device ON device.id = other.device
         WHERE own.cart = ?1 ORDER BY other.at, other.device",
    )?;
    let takers: Vec<(DeviceId, u32)> = select
        .query_map([cart.0.into_bytes()], |row| Ok((DeviceId(row.get(0)?), row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let first = takers.first().is_some_and(|(device, _)| *device == me);
    let other = takers.into_iter().find(|(device, _)| *device != me);
    Ok(other.map(|(_, register)| TakenTwice { register, first }))
}

/// How many carts wait.
pub(super) fn count(db: &Connection) -> Result<u32> {
    let select = "SELECT (SELECT count(*) FROM parked_cart WHERE taken = 0)
        + (SELECT count(*) FROM cart WHERE parked_as IS NOT NULL AND document IS NULL)";
    Ok(db.prepare_cached(select)?.query_row([], |row| row.get(0))?)
}

/// Writes the rows of a parked cart. Whoever took it has it: it waits nowhere else any more.
pub(crate) fn project(db: &Connection, document: Uuid, fields: &Fields) -> Result<()> {
    let Some(parked) = parked_cart::read(fields) else { return Ok(()) };
    let takers = parked_cart::takers(fields);
    db.prepare_cached(
        "INSERT INTO parked_cart (document, parked_at, taken) VALUES (?1, ?2, ?3)
         ON CONFLICT (document) DO UPDATE SET taken = excluded.taken",
    )?
    .execute(params![document.into_bytes(), parked.at, !takers.is_empty()])?;
    for taken in &takers {
        db.prepare_cached(
            "INSERT OR REPLACE INTO parked_cart_taken (document, device, at, cart) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            document.into_bytes(),
            taken.device.0,
            taken.at,
            taken.cart.into_bytes()
        ])?;
    }
    if !takers.is_empty() {
        db.prepare_cached("DELETE FROM cart WHERE document = ?1 AND parked_as IS NOT NULL")?
            .execute([document.into_bytes()])?;
    }
    Ok(())
}

/// A cart that was parked at this register, by its own id or its document's, and that document.
fn here(tx: &Tx<'_>, id: Uuid) -> Result<Option<(Parked, Option<Uuid>)>> {
    let head = tx
        .prepare_cached(
            "SELECT id, parked_as, parked_at, parked_by, document FROM cart
             WHERE (id = ?1 OR document = ?1) AND parked_as IS NOT NULL",
        )?
        .query_row([id.into_bytes()], |row| {
            let (cart, by) = (uuid(row, 0)?.unwrap_or_default(), uuid(row, 3)?.unwrap_or_default());
            Ok((CartId(cart), row.get(1)?, row.get(2)?, OperatorId(by), uuid(row, 4)?))
        })
        .optional()?;
    let Some((cart, name, at, by, document)) = head else { return Ok(None) };
    let found = rows::find_parked(tx, cart, tx.store.currency)?;
    let register = tx.identity.register;
    Ok(found.map(|cart| (Parked { cart, name, at, by, register }, document)))
}

/// A parked cart under the id by which the whole store knows it.
fn named(parked: Parked, document: Option<Uuid>) -> Parked {
    let id = document.map_or(parked.cart.id, CartId);
    Parked { cart: Cart { id, ..parked.cart }, ..parked }
}

/// A cart that waits and was parked at another till; its document stands for it until it is taken.
fn elsewhere(tx: &Tx<'_>, document: Uuid) -> Result<Option<Parked>> {
    let fields = documents::fields(tx, document, Kind::ParkedCart)?;
    let parked = parked_cart::read(&fields);
    Ok(parked.map(|parked| Parked { cart: Cart { id: CartId(document), ..parked.cart }, ..parked }))
}

fn untaken(tx: &Tx<'_>, document: Uuid) -> Result<Option<Parked>> {
    let waits = tx
        .prepare_cached("SELECT 1 FROM parked_cart WHERE document = ?1 AND taken = 0")?
        .exists([document.into_bytes()])?;
    if waits { elsewhere(tx, document) } else { Ok(None) }
}

/// Why a cart cannot be had.
fn gone(tx: &Tx<'_>, cart: CartId) -> Result<Refusal> {
    let register: Option<u32> = tx
        .prepare_cached(
            "SELECT device.register FROM parked_cart_taken AS taken JOIN device ON device.id = taken.device
             WHERE document = ?1 AND device.id <> ?2 ORDER BY at, taken.device LIMIT 1",
        )?
        .query_row(params![cart.0.into_bytes(), tx.identity.device.0], |row| row.get(0))
        .optional()?;
    Ok(register.map_or(Refusal::UnknownCart, |register| Refusal::TakenElsewhere { register }))
}

fn take(tx: &Tx<'_>, cashier: OperatorId, document: Uuid, cart: CartId) -> Result<()> {
    let taken = Taken { at: tx.wall, device: tx.identity.device, cart: cart.0 };
    let mut edits = Edits::new(tx);
    edits.take(document, &taken)?;
    edits.record(Some(cashier))
}

/// The document by which the store knew a cart when it was parked.
fn document_of(tx: &Tx<'_>, cart: CartId) -> Result<Option<Uuid>> {
    let document = tx
        .prepare_cached("SELECT document FROM cart WHERE id = ?1")?
        .query_row([cart.0.into_bytes()], |row| uuid(row, 0))
        .optional()?;
    Ok(document.flatten())
}

fn uuid(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Uuid>> {
    let id: Option<[u8; 16]> = row.get(column)?;
    Ok(id.map(Uuid::from_bytes))
}
