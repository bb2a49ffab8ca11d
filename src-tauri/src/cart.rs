//! The open cart.

use std::sync::Arc;

use comptoir_domain::cart::{CartView, Refusal, VoidReason};
use comptoir_domain::ids::CartId;
use comptoir_domain::money::Money;
use comptoir_domain::pricing;
use comptoir_domain::quantity::Quantity;
use comptoir_till::cart::park::{self, ParkedCart};
use comptoir_till::cart::{self, Keyed};
use comptoir_till::error::Result;
use tauri::State;

use crate::desk::Desk;
use crate::failure::Answer;

#[tauri::command(async)]
pub(crate) fn scan(desk: State<'_, Arc<Desk>>, code: String) -> Answer<CartView> {
    desk.sell(|till, cashier| cart::scan(till, cashier.id, &code))
}

#[tauri::command(async)]
pub(crate) fn add(
    desk: State<'_, Arc<Desk>>,
    sku: String,
    quantity: Option<String>,
) -> Answer<CartView> {
    desk.sell(|till, cashier| {
        cart::add(till, cashier.id, &sku, quantity.as_deref().map(parse).transpose()?)
    })
}

#[tauri::command(async)]
pub(crate) fn add_open(
    desk: State<'_, Arc<Desk>>,
    sku: String,
    quantity: Option<String>,
    price: String,
    name: String,
) -> Answer<CartView> {
    desk.sell(|till, cashier| {
        let quantity = quantity.as_deref().map(parse).transpose()?;
        let price = Money::parse_price(&price, till.store().currency)
            .map_err(|_| pricing::Refusal::BadPrice { text: price })?;
        cart::add_open(till, cashier.id, &sku, quantity, &Keyed { price, name })
    })
}

#[tauri::command(async)]
pub(crate) fn set_quantity(
    desk: State<'_, Arc<Desk>>,
    line: u32,
    quantity: String,
) -> Answer<CartView> {
    desk.sell(|till, cashier| cart::set_quantity(till, cashier.id, line, parse(&quantity)?))
}

#[tauri::command(async)]
pub(crate) fn void_line(
    desk: State<'_, Arc<Desk>>,
    line: u32,
    reason: VoidReason,
) -> Answer<CartView> {
    desk.sell(|till, cashier| cart::void_line(till, cashier.id, line, reason))
}

#[tauri::command(async)]
pub(crate) fn void_cart(desk: State<'_, Arc<Desk>>, reason: VoidReason) -> Answer<CartView> {
    desk.sell(|till, cashier| cart::void_cart(till, cashier.id, reason))
}

#[tauri::command(async)]
pub(crate) fn set_note(
    desk: State<'_, Arc<Desk>>,
    line: Option<u32>,
    note: String,
) -> Answer<CartView> {
    desk.sell(|till, cashier| cart::set_note(till, cashier.id, line, &note))
}

#[tauri::command(async)]
pub(crate) fn undo(desk: State<'_, Arc<Desk>>) -> Answer<CartView> {
    desk.sell(|till, cashier| cart::undo(till, cashier.id))
}

#[tauri::command(async)]
pub(crate) fn park(desk: State<'_, Arc<Desk>>, name: String) -> Answer<CartView> {
    desk.sell(|till, cashier| park::park(till, cashier.id, &name))
}

#[tauri::command(async)]
pub(crate) fn parked(desk: State<'_, Arc<Desk>>) -> Answer<Vec<ParkedCart>> {
    desk.signed_in(|till, _| park::parked(till))
}

#[tauri::command(async)]
pub(crate) fn resume(desk: State<'_, Arc<Desk>>, cart: CartId) -> Answer<CartView> {
    desk.sell(|till, cashier| park::resume(till, cashier.id, cart))
}

/// A quantity as the window sends it.
pub(crate) fn parse(text: &str) -> Result<Quantity> {
    Ok(text.parse().map_err(|_| Refusal::BadQuantity { text: text.to_owned() })?)
}
