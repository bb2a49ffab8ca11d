//! The open cart.

use std::sync::Arc;

use comptoir_domain::cart::{CartView, Refusal, VoidReason};
use comptoir_domain::quantity::Quantity;
use comptoir_till::cart;
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

fn parse(text: &str) -> Result<Quantity> {
    Ok(text.parse().map_err(|_| Refusal::BadQuantity { text: text.to_owned() })?)
}
