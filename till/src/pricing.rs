//! Prices and discounts changed at the counter, within what the operator may do or on the word of
//! who may.

use comptoir_domain::cart::CartView;
use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::Money;
use comptoir_domain::pricing::{Given, PriceReason};

use crate::cart::{authorised, change, permitted};
use crate::catalog;
use crate::error::Result;
use crate::operators::Approver;
use crate::till::Till;

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
    change(till, cashier, |tx, cart| {
        let sku = cart.lines.iter().find(|known| known.line == line).map(|line| line.sku.as_str());
        let open = sku.map_or(Ok(false), |sku| catalog::has_open_price(tx, sku))?;
        let changed = match open && price.minor() > 0 {
            true => cart.key_price(line, price)?,
            false => cart.set_price(line, price, reason, approver.map(Approver::id))?,
        };
        authorised(tx, cashier, changed)
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
