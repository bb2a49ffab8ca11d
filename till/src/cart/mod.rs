//! The open cart of this register. Every change is on disk before it is shown, so the cart is still
//! there after a crash.

pub mod park;
mod rows;

use comptoir_domain::cart::{Cart, CartView, Line, Refusal, VoidReason};
use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::Money;
use comptoir_domain::operators::{Permission, Role};
use comptoir_domain::pricing;
use comptoir_domain::quantity::{Quantity, Unit};
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::orders::{CartVoided, SaleLine, void_number};

pub(crate) use self::rows::{close, find, open};
use crate::catalog::{Carried, Named};
use crate::error::Result;
use crate::orders::exchange;
use crate::payments::{self, card};
use crate::till::{Till, Tx};
use crate::{catalog, operators};

/// Changes that can be undone.
const MOST_UNDO: usize = 50;

/// The open cart as it stands; an empty one when nothing has been scanned.
pub fn show(till: &mut Till) -> Result<CartView> {
    in_hand_now(till.begin()?)
}

/// Adds what a code names: a scan, a PLU, a SKU. Goods by weight whose code carries weight or price
/// need no scale.
pub fn scan(till: &mut Till, cashier: OperatorId, code: &str) -> Result<CartView> {
    change(till, cashier, |tx, cart| {
        put(tx, cart, &catalog::named(tx, code)?, None, None)?;
        Ok(())
    })
}

/// Adds a SKU; weighed goods need their weight.
pub fn add(
    till: &mut Till,
    cashier: OperatorId,
    sku: &str,
    quantity: Option<Quantity>,
) -> Result<CartView> {
    change(till, cashier, |tx, cart| {
        put(tx, cart, &Named::bare(sku), quantity, None)?;
        Ok(())
    })
}

/// What is keyed of an open item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyed {
    /// Of one unit.
    pub price: Money,
    /// What it is sold as; nothing, as the catalogue calls it.
    pub name: String,
}

/// Adds an open item at the price that was keyed for it, which needs nobody's approval.
pub fn add_open(
    till: &mut Till,
    cashier: OperatorId,
    sku: &str,
    quantity: Option<Quantity>,
    keyed: &Keyed,
) -> Result<CartView> {
    change(till, cashier, |tx, cart| {
        put(tx, cart, &Named::bare(sku), quantity, Some(keyed))?;
        Ok(())
    })
}

/// Sets the quantity of a line.
pub fn set_quantity(
    till: &mut Till,
    cashier: OperatorId,
    line: u32,
    quantity: Quantity,
) -> Result<CartView> {
    change(till, cashier, |tx, cart| {
        let changed = cart.set_quantity(line, quantity)?;
        authorised(tx, cashier, changed)
    })
}

/// Voids a line; it stays visible, and goes into the sale's fact with its reason.
pub fn void_line(
    till: &mut Till,
    cashier: OperatorId,
    line: u32,
    reason: VoidReason,
) -> Result<CartView> {
    change(till, cashier, |_, cart| {
        cart.void_line(line, reason)?;
        Ok(())
    })
}

/// Voids the whole cart, which is a fact, and begins an empty one.
pub fn void_cart(till: &mut Till, cashier: OperatorId, reason: VoidReason) -> Result<CartView> {
    let tx = till.begin()?;
    operators::check(&tx, cashier, Permission::Sell)?;
    let cart = open(&tx)?;
    if cart.lines.is_empty() {
        return Err(Refusal::EmptyCart.into());
    }
    record_void(&tx, cashier, &cart, reason)?;
    close(&tx, cart.id)?;
    in_hand_now(tx)
}

fn record_void(tx: &Tx<'_>, cashier: OperatorId, cart: &Cart, reason: VoidReason) -> Result<()> {
    let shift = payments::open_shift_of(tx, tx.identity.register)?;
    let fact = CartVoided {
        cart: cart.id.0.into(),
        shift: shift.map(|shift| shift.id.0.into()),
        reason: void_number(reason),
        currency: tx.store.currency.code().to_owned(),
        lines: cart.lines.iter().map(SaleLine::new).collect(),
    };
    tx.record(&Fact::CartVoided(fact), Some(cashier))?;
    Ok(())
}

/// Notes something on a line, or on the cart; an empty note takes it away.
pub fn set_note(
    till: &mut Till,
    cashier: OperatorId,
    line: Option<u32>,
    note: &str,
) -> Result<CartView> {
    change(till, cashier, |_, cart| Ok(cart.set_note(line, note)?))
}

/// Takes the cart back to what it was before the last change, up to the last fifty.
pub fn undo(till: &mut Till, cashier: OperatorId) -> Result<CartView> {
    let tx = till.begin()?;
    operators::check(&tx, cashier, Permission::Sell)?;
    let mut cart = open(&tx)?;
    let before = tx.undo.pop().filter(|before| before.id == cart.id);
    cart.undo(before.ok_or(Refusal::NothingToUndo)?);
    save(tx, &cart, None)
}

/// One change of the open cart, which can be undone.
pub(crate) fn change(
    till: &mut Till,
    cashier: OperatorId,
    change: impl FnOnce(&Tx<'_>, &mut Cart) -> Result<()>,
) -> Result<CartView> {
    let tx = till.begin()?;
    operators::check(&tx, cashier, Permission::Sell)?;
    let mut cart = open(&tx)?;
    let before = cart.clone();
    change(&tx, &mut cart)?;
    save(tx, &cart, Some(before))
}

/// The open cart as it would be with a change. Nothing is kept.
pub(crate) fn quote(
    till: &mut Till,
    cashier: OperatorId,
    change: impl FnOnce(&Tx<'_>, &mut Cart) -> Result<()>,
) -> Result<CartView> {
    let tx = till.begin()?;
    operators::check(&tx, cashier, Permission::Sell)?;
    let mut cart = open(&tx)?;
    change(&tx, &mut cart)?;
    view(&tx, &cart)
}

/// Refuses a price or discount of a line that neither this cashier nor who approved it may give.
pub(crate) fn authorised(tx: &Tx<'_>, cashier: OperatorId, line: &Line) -> Result<()> {
    let needs = line.needs(tx.settings.limits);
    permitted(tx, cashier, line.approved_by, needs)
}

/// Refuses what neither this cashier nor who approved it may do.
pub(crate) fn permitted(
    tx: &Tx<'_>,
    cashier: OperatorId,
    approved_by: Option<OperatorId>,
    needs: Role,
) -> Result<()> {
    if needs == Role::Cashier || operators::find(tx, cashier)?.role >= needs {
        return Ok(());
    }
    match approved_by.map(|approver| operators::find(tx, approver)) {
        Some(Ok(approver)) if approver.role >= needs => Ok(()),
        _ => Err(pricing::Refusal::ApprovalRequired { needs }.into()),
    }
}

/// Puts into a cart what a code names: so much of it as is said, else as the code carries, else one.
/// Answers the number of its line.
pub fn put(
    tx: &Tx<'_>,
    cart: &mut Cart,
    named: &Named,
    quantity: Option<Quantity>,
    keyed: Option<&Keyed>,
) -> Result<u32> {
    let mut item = catalog::item(tx, &named.sku)?;
    if let Some(Keyed { price, name }) = keyed {
        item = item.keyed(*price, name, tx.settings)?;
    }
    let weight = match named.carried {
        Some(Carried::Price(printed)) if quantity.is_none() && keyed.is_none() => {
            return Ok(cart.add_labelled(item, printed)?.line);
        }
        Some(Carried::Weight(weight)) if item.unit == Unit::Kg => Some(weight),
        _ => None,
    };
    let (price, quantity) = item.sellable(quantity.or(weight))?;
    Ok(cart.add(item, price, quantity)?.line)
}

/// Keeps what is different from `before`, so that it is there after a crash and can be undone.
fn save(mut tx: Tx<'_>, cart: &Cart, before: Option<Cart>) -> Result<CartView> {
    rows::save(&tx, cart, before.as_ref())?;
    let undo = &mut tx.undo;
    // That somebody looked at the customer is no change that could be taken back.
    let changed = |before: &Cart| {
        (&before.lines, before.discount, &before.note) != (&cart.lines, cart.discount, &cart.note)
    };
    if let Some(before) = before.filter(changed) {
        undo.retain(|other| other.id == cart.id);
        if undo.len() == MOST_UNDO {
            undo.remove(0);
        }
        undo.push(before);
    }
    let view = view(&tx, cart)?;
    tx.commit()?;
    Ok(view)
}

/// Commits, and answers the open cart as it is then; a new one when there was none left.
pub(crate) fn in_hand_now(tx: Tx<'_>) -> Result<CartView> {
    let cart = open(&tx)?;
    let view = view(&tx, &cart)?;
    tx.commit()?;
    Ok(view)
}

fn view(tx: &Tx<'_>, cart: &Cart) -> Result<CartView> {
    let can_undo = tx.undo.last().is_some_and(|before| before.id == cart.id);
    let limit = tx.rules.possession_limit(tx.today);
    let tenders = card::spend::tenders(tx, cart.id)?;
    let exchange = exchange::view(tx, cart)?;
    let parked = park::count(tx)?;
    let (rates, currency) = (&tx.rates, tx.store.currency);
    let view = CartView::new(cart, rates, currency, exchange, tenders, limit, parked, can_undo);
    Ok(CartView { taken_twice: park::taken_twice(tx, tx.identity.device, cart.id)?, ..view })
}
