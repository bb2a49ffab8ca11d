//! Shifts and cash.

use std::sync::Arc;

use comptoir_domain::payments::{CashQuote, quote};
use comptoir_domain::reporting::Report;
use comptoir_till::{cart, payments};
use tauri::State;

use crate::desk::{AppState, Desk, amount};
use crate::failure::Answer;
use crate::simulators::Simulators;

#[tauri::command(async)]
pub(crate) fn open_shift(
    desk: State<'_, Arc<Desk>>,
    sims: State<'_, Option<Simulators>>,
    float: String,
) -> Answer<AppState> {
    desk.signed_in(|till, operator| {
        payments::open_shift(till, operator.id, amount(till, &float)?)
    })?;
    desk.app_state(sims.is_some())
}

#[tauri::command(async)]
pub(crate) fn x_report(desk: State<'_, Arc<Desk>>) -> Answer<Report> {
    desk.signed_in(|till, operator| payments::x_report(till, operator.id))
}

#[tauri::command(async)]
pub(crate) fn close_shift(desk: State<'_, Arc<Desk>>, counted: String) -> Answer<Report> {
    desk.signed_in(|till, operator| {
        payments::close_shift(till, operator.id, amount(till, &counted)?)
    })
}

#[tauri::command(async)]
pub(crate) fn cash_quote(desk: State<'_, Arc<Desk>>, tendered: String) -> Answer<CashQuote> {
    desk.till(|till| Ok(quote(cart::show(till)?.total, amount(till, &tendered)?)))
}
