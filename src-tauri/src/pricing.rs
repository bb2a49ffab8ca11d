//! Prices and discounts changed at the counter.

use std::sync::Arc;

use comptoir_domain::cart::CartView;
use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::Money;
use comptoir_domain::pricing::{Discount, Given, PriceReason, Refusal};
use comptoir_till::error::Result;
use comptoir_till::operators::{self, Approver};
use comptoir_till::pricing::{self, Quote};
use comptoir_till::till::Till;
use serde::Deserialize;
use tauri::State;
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Answer;

/// Somebody's word, proven by PIN, for one thing.
#[derive(Deserialize, TS)]
pub(crate) struct Approval {
    operator: OperatorId,
    pin: String,
}

impl Approval {
    /// The proof, if the PIN is right.
    pub(crate) fn prove(self, till: &mut Till) -> Result<Approver> {
        operators::approve(till, self.operator, &self.pin)
    }
}

#[tauri::command(async)]
pub(crate) fn set_price(
    desk: State<'_, Arc<Desk>>,
    line: u32,
    price: String,
    reason: PriceReason,
    approval: Option<Approval>,
) -> Answer<CartView> {
    desk.sell(|till, cashier| {
        let price = read_price(till, price)?;
        let approver = approved(till, approval)?;
        pricing::set_price(till, cashier.id, approver, line, price, reason)
    })
}

#[tauri::command(async)]
pub(crate) fn set_discount(
    desk: State<'_, Arc<Desk>>,
    line: Option<u32>,
    discount: Option<String>,
    reason: PriceReason,
    approval: Option<Approval>,
) -> Answer<CartView> {
    desk.sell(|till, cashier| {
        let given = match discount {
            Some(text) => {
                Some(Given { discount: Discount::parse(&text, till.store().currency)?, reason })
            }
            None => None,
        };
        let approver = approved(till, approval)?;
        pricing::set_discount(till, cashier.id, approver, line, given)
    })
}

#[tauri::command(async)]
pub(crate) fn quote_price(desk: State<'_, Arc<Desk>>, line: u32, price: String) -> Answer<Quote> {
    desk.signed_in(|till, cashier| {
        let price = read_price(till, price)?;
        pricing::quote_price(till, cashier.id, line, price)
    })
}

#[tauri::command(async)]
pub(crate) fn quote_discount(
    desk: State<'_, Arc<Desk>>,
    line: Option<u32>,
    discount: Option<String>,
) -> Answer<Quote> {
    desk.signed_in(|till, cashier| {
        let currency = till.store().currency;
        let discount = discount.map(|text| Discount::parse(&text, currency)).transpose()?;
        pricing::quote_discount(till, cashier.id, line, discount)
    })
}

/// A price as the window sends it.
fn read_price(till: &Till, text: String) -> Result<Money> {
    let price = Money::parse_price(&text, till.store().currency);
    Ok(price.map_err(|_| Refusal::BadPrice { text })?)
}

/// The word that was given, if it was and its PIN is right.
pub(crate) fn approved(till: &mut Till, approval: Option<Approval>) -> Result<Option<Approver>> {
    approval.map(|approval| approval.prove(till)).transpose()
}
