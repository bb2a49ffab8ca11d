//! The open cart of this register. Every change is on disk before it is shown, so the cart is still
//! there after a crash.

use comptoir_domain::cart::{Cart, CartView, Line, Refusal, VoidReason};
use comptoir_domain::ids::{CartId, OperatorId};
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::operators::Permission;
use comptoir_domain::quantity::{Quantity, Unit};
use comptoir_domain::tax::TaxCategory;
use comptoir_domain::text::Text;
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::orders::{CartVoided, SaleLine, void_number, void_reason};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::error::Result;
use crate::till::{Till, Tx};
use crate::{catalog, operators, payments};

/// The open cart as it stands; an empty one when nothing has been scanned.
pub fn show(till: &mut Till) -> Result<CartView> {
    let tx = till.begin()?;
    let cart = open(&tx)?;
    let view = view(&tx, &cart);
    tx.commit()?;
    Ok(view)
}

/// Adds what a code names: a scan, a PLU, a SKU.
pub fn scan(till: &mut Till, cashier: OperatorId, code: &str) -> Result<CartView> {
    let tx = till.begin()?;
    let sku = catalog::resolve(&tx, code)?;
    add_item(tx, cashier, &sku, None)
}

/// Adds a SKU; weighed goods need their weight.
pub fn add(
    till: &mut Till,
    cashier: OperatorId,
    sku: &str,
    quantity: Option<Quantity>,
) -> Result<CartView> {
    add_item(till.begin()?, cashier, sku, quantity)
}

/// Sets the quantity of a line.
pub fn set_quantity(
    till: &mut Till,
    cashier: OperatorId,
    line: u32,
    quantity: Quantity,
) -> Result<CartView> {
    let tx = till.begin()?;
    operators::check(&tx, cashier, Permission::Sell)?;
    let mut cart = open(&tx)?;
    let changed = cart.set_quantity(line, quantity)?.clone();
    finish(tx, &cart, &changed)
}

/// Voids a line; it stays visible, and goes into the sale's fact with its reason.
pub fn void_line(
    till: &mut Till,
    cashier: OperatorId,
    line: u32,
    reason: VoidReason,
) -> Result<CartView> {
    let tx = till.begin()?;
    operators::check(&tx, cashier, Permission::Sell)?;
    let mut cart = open(&tx)?;
    let changed = cart.void_line(line, reason)?.clone();
    finish(tx, &cart, &changed)
}

/// Voids the whole cart, which is a fact, and begins an empty one.
pub fn void_cart(till: &mut Till, cashier: OperatorId, reason: VoidReason) -> Result<CartView> {
    let tx = till.begin()?;
    operators::check(&tx, cashier, Permission::Sell)?;
    let cart = open(&tx)?;
    if cart.lines.is_empty() {
        return Err(Refusal::EmptyCart.into());
    }
    let shift = payments::open_shift_of(&tx, tx.identity.register)?;
    let fact = CartVoided {
        cart: cart.id.0.into(),
        shift: shift.map(|shift| shift.id.0.into()),
        reason: void_number(reason),
        currency: tx.store.currency.code().to_owned(),
        lines: cart.lines.iter().map(SaleLine::new).collect(),
    };
    tx.record(&Fact::CartVoided(fact), Some(cashier))?;
    close(&tx, cart.id)?;
    let cart = open(&tx)?;
    let view = view(&tx, &cart);
    tx.commit()?;
    Ok(view)
}

fn add_item(
    tx: Tx<'_>,
    cashier: OperatorId,
    sku: &str,
    quantity: Option<Quantity>,
) -> Result<CartView> {
    operators::check(&tx, cashier, Permission::Sell)?;
    let item = catalog::item(&tx, sku)?;
    let (price, quantity) = item.sellable(quantity)?;
    let mut cart = open(&tx)?;
    let changed = cart.add(item, price, quantity)?.clone();
    finish(tx, &cart, &changed)
}

fn finish(tx: Tx<'_>, cart: &Cart, changed: &Line) -> Result<CartView> {
    save_line(&tx, cart, changed)?;
    let view = view(&tx, cart);
    tx.commit()?;
    Ok(view)
}

fn view(tx: &Tx<'_>, cart: &Cart) -> CartView {
    CartView::new(cart, &tx.rates, tx.store.currency)
}

/// The open cart, made when there is none.
pub(crate) fn open(tx: &Tx<'_>) -> Result<Cart> {
    if let Some(cart) = find(tx, tx.store.currency)? {
        return Ok(cart);
    }
    let id = CartId(tx.new_id());
    tx.prepare_cached("INSERT INTO cart (id, opened_at) VALUES (?1, ?2)")?
        .execute(params![id.0.into_bytes(), tx.wall])?;
    Ok(Cart::empty(id))
}

/// The open cart, if there is one with an id.
pub(crate) fn find(db: &Connection, currency: Currency) -> Result<Option<Cart>> {
    let select = "SELECT id, selected FROM cart ORDER BY opened_at, id LIMIT 1";
    let head = db
        .prepare_cached(select)?
        .query_row([], |row| Ok((row.get::<_, [u8; 16]>(0)?, row.get(1)?)))
        .optional()?;
    let Some((id, selected)) = head else { return Ok(None) };
    let mut select = db.prepare_cached(
        "SELECT line, sku, name_en, name_fr, quantity, unit, price, tax_category, minimum_age, voided
         FROM cart_line WHERE cart = ?1 ORDER BY line",
    )?;
    let lines =
        select.query_map([id], |row| read_line(row, currency))?.collect::<rusqlite::Result<_>>()?;
    Ok(Some(Cart { id: CartId(Uuid::from_bytes(id)), lines, selected }))
}

/// Forgets a cart that became a sale or was voided.
pub(crate) fn close(tx: &Tx<'_>, cart: CartId) -> Result<()> {
    tx.prepare_cached("DELETE FROM cart WHERE id = ?1")?.execute([cart.0.into_bytes()])?;
    Ok(())
}

fn save_line(tx: &Tx<'_>, cart: &Cart, line: &Line) -> Result<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO cart_line
             (cart, line, sku, name_en, name_fr, quantity, unit, price, tax_category, minimum_age, voided)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        cart.id.0.into_bytes(),
        line.line,
        line.sku,
        line.name.en,
        line.name.fr,
        line.quantity.thousandths(),
        line.unit.as_str(),
        line.price.minor(),
        line.tax_category.0,
        line.minimum_age,
        line.voided.map(void_number),
    ])?;
    tx.prepare_cached("UPDATE cart SET selected = ?2 WHERE id = ?1 AND selected IS NOT ?2")?
        .execute(params![cart.id.0.into_bytes(), cart.selected])?;
    Ok(())
}

fn read_line(row: &rusqlite::Row<'_>, currency: Currency) -> rusqlite::Result<Line> {
    let unit: String = row.get(5)?;
    Ok(Line {
        line: row.get(0)?,
        sku: row.get(1)?,
        name: Text { en: row.get(2)?, fr: row.get(3)? },
        quantity: Quantity::from_thousandths(row.get(4)?),
        unit: Unit::parse(&unit).unwrap_or(Unit::Each),
        price: Money::new(row.get(6)?, currency),
        tax_category: TaxCategory(row.get(7)?),
        minimum_age: row.get(8)?,
        voided: row.get::<_, Option<u8>>(9)?.map(void_reason),
    })
}
