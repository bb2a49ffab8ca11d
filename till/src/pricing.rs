//! Prices and discounts changed at the counter, within what the operator may do or on the word of
//! who may.

use comptoir_domain::cart::{Cart, CartView, Line};
use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::Money;
use comptoir_domain::pricing::{Discount, Given, PriceReason};
use serde::Serialize;
use ts_rs::TS;

use crate::cart::{authorised, change, permitted, quote};
use crate::catalog;
use crate::error::Result;
use crate::operators::Approver;
use crate::till::{Till, Tx};

/// What a price or a discount would come to, for whoever has to approve it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "ChangeQuote")]
pub struct Quote {
    /// The line, or all goods before tax.
    pub amount: Money,
    /// What that is less than the catalogue asks, or than the lines come to; less than nothing where it is more.
    pub off: Money,
    /// The same in whole percent, halves up; none of nothing.
    pub percent: Option<i32>,
    /// The cart's total with tax.
    pub total: Money,
}

/// Sells a line at another price of one unit. That of an open item was keyed by the cashier, who may
/// key it again.
pub fn set_price(
    till: &mut Till,
    cashier: OperatorId,
    approver: Option<Approver>,
    line: u32,
    price: Money,
    reason: PriceReason,
) -> Result<CartView> {
    let approved_by = approver.map(Approver::id);
    change(till, cashier, |tx, cart| {
        authorised(tx, cashier, priced(tx, cart, line, price, reason, approved_by)?)
    })
}

/// Takes something off a line, or off the whole cart; none takes an earlier discount away.
pub fn set_discount(
    till: &mut Till,
    cashier: OperatorId,
    approver: Option<Approver>,
    line: Option<u32>,
    discount: Option<Given>,
) -> Result<CartView> {
    let approved_by = approver.map(Approver::id);
    change(till, cashier, |tx, cart| match line {
        Some(line) => authorised(tx, cashier, cart.discount_line(line, discount, approved_by)?),
        None => {
            cart.discount(discount, approved_by);
            permitted(tx, cashier, approved_by, cart.needs(tx.settings.limits))
        }
    })
}

/// What the cart comes to with a line at another price. Nothing is changed.
pub fn quote_price(till: &mut Till, cashier: OperatorId, line: u32, price: Money) -> Result<Quote> {
    let cart = quote(till, cashier, |tx, cart| {
        priced(tx, cart, line, price, PriceReason::Other, None).map(drop)
    })?;
    Ok(Quote::of(&cart, Some(line)))
}

/// What the cart comes to with something taken off a line, or off all of it. Nothing is changed.
pub fn quote_discount(
    till: &mut Till,
    cashier: OperatorId,
    line: Option<u32>,
    discount: Option<Discount>,
) -> Result<Quote> {
    let given = discount.map(|discount| Given { discount, reason: PriceReason::Other });
    let cart = quote(till, cashier, |_, cart| {
        match line {
            Some(line) => drop(cart.discount_line(line, given, None)?),
            None => cart.discount(given, None),
        }
        Ok(())
    })?;
    Ok(Quote::of(&cart, line))
}

fn priced<'cart>(
    tx: &Tx<'_>,
    cart: &'cart mut Cart,
    line: u32,
    price: Money,
    reason: PriceReason,
    approved_by: Option<OperatorId>,
) -> Result<&'cart Line> {
    let sku = cart.lines.iter().find(|known| known.line == line).map(|line| line.sku.as_str());
    let open = sku.map_or(Ok(false), |sku| catalog::has_open_price(tx, sku))?;
    Ok(match open && price.minor() > 0 {
        true => cart.key_price(line, price)?,
        false => cart.set_price(line, price, reason, approved_by)?,
    })
}

impl Quote {
    fn of(cart: &CartView, line: Option<u32>) -> Quote {
        let one = line.and_then(|line| cart.lines.iter().find(|one| one.line.line == line));
        let goods = (cart.subtotal + cart.discount_amount, cart.subtotal);
        let (list, amount) = one.map_or(goods, |one| (one.list_amount, one.amount));
        let off = list - amount;
        let percent = |list: i64| (off.minor() * 200 + list).div_euclid(list * 2);
        let percent =
            (list.minor() > 0).then(|| percent(list.minor())).and_then(|n| n.try_into().ok());
        Quote { amount, off, percent, total: cart.total }
    }
}
