//! Shifts and cash.

use std::sync::Arc;

use comptoir_domain::money::Money;
use comptoir_domain::payments::{
    CashMove, CashQuote, CountedPieces, Denomination, Tally, quote, safe_drop, tally,
};
use comptoir_domain::reporting::{CountFound, HandOver, Report, XReport};
use comptoir_till::outbox::{self, Jobs};
use comptoir_till::payments::{Count, drawer};
use comptoir_till::{cart, payments};
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use crate::desk::{AppState, Desk, amount};
use crate::failure::Answer;
use crate::pricing::{Approval, approved};
use crate::simulators::Simulators;

/// A count so far, and what it leaves for the safe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct CountSoFar {
    #[serde(flatten)]
    tally: Tally,
    /// What the drawer began with, and begins with again.
    float: Money,
    /// What is counted above that.
    safe_drop: Money,
}

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
pub(crate) fn x_report(desk: State<'_, Arc<Desk>>) -> Answer<XReport> {
    desk.signed_in(|till, operator| payments::report::x_report(till, operator.id))
}

/// Closes with what was counted by note and coin, and prints the Z.
#[tauri::command(async)]
pub(crate) fn close_shift(
    desk: State<'_, Arc<Desk>>,
    pieces: Vec<CountedPieces>,
    note: String,
) -> Answer<Report> {
    let count = Count { pieces, note, total: None, print: true };
    let z = desk.signed_in(|till, operator| payments::close_shift(till, operator.id, count))?;
    desk.drivers.wake();
    Ok(z)
}

/// Hands a count of the drawer in, and answers what is over or short: next the shift is closed or the drawer handed over
/// with it, or it is counted again.
#[tauri::command(async)]
pub(crate) fn hand_in(
    desk: State<'_, Arc<Desk>>,
    pieces: Vec<CountedPieces>,
) -> Answer<CountFound> {
    let count = Count { pieces, ..Count::default() };
    desk.signed_in(|till, operator| payments::hand_in::hand_in(till, operator.id, count))
}

/// A drawer that was handed over, and the till for whoever has it now.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct HandedOver {
    hand_over: HandOver,
    state: AppState,
}

/// Hands the drawer over with what was counted by note and coin, and prints the slip. Who takes it is signed in then.
#[tauri::command(async)]
pub(crate) fn hand_over(
    desk: State<'_, Arc<Desk>>,
    sims: State<'_, Option<Simulators>>,
    pieces: Vec<CountedPieces>,
    note: String,
    to: Approval,
) -> Answer<HandedOver> {
    let count = Count { pieces, note, total: None, print: true };
    let (hand_over, operator) = desk.signed_in(|till, from| {
        let to = to.prove(till)?;
        payments::hand_over::hand_over(till, from.id, to, count)
    })?;
    desk.arrive(Some(operator));
    desk.drivers.wake();
    Ok(HandedOver { hand_over, state: desk.app_state(sims.is_some())? })
}

/// Prints the slip of a hand-over again, marked as a duplicate.
#[tauri::command(async)]
pub(crate) fn print_hand_over(desk: State<'_, Arc<Desk>>, entry: i64) -> Answer<Jobs> {
    let jobs = desk.signed_in(|till, operator| {
        payments::hand_over::print_again(till, operator.id, entry)?;
        outbox::jobs(till)
    });
    desk.drivers.wake();
    jobs
}

/// Prints the X, or the last Z again.
#[tauri::command(async)]
pub(crate) fn print_report(desk: State<'_, Arc<Desk>>) -> Answer<Jobs> {
    let jobs = desk.signed_in(|till, operator| {
        payments::report::print(till, operator.id)?;
        outbox::jobs(till)
    });
    desk.drivers.wake();
    jobs
}

/// What `pieces` come to, while they are being counted.
#[tauri::command(async)]
pub(crate) fn count(desk: State<'_, Arc<Desk>>, pieces: Vec<CountedPieces>) -> Answer<CountSoFar> {
    desk.till(|till| {
        let tally = tally(&pieces, till.store().currency)?;
        let shift = payments::open_shift_of(till.db(), till.identity().register)?;
        let float = Money::new(shift.map_or(0, |shift| shift.float), till.store().currency);
        Ok(CountSoFar { safe_drop: safe_drop(tally.total, float), float, tally })
    })
}

#[tauri::command(async)]
pub(crate) fn denominations(desk: State<'_, Arc<Desk>>) -> Answer<Vec<Denomination>> {
    desk.till(|till| Ok(comptoir_domain::payments::denominations(till.store().currency)))
}

#[tauri::command(async)]
pub(crate) fn move_cash(
    desk: State<'_, Arc<Desk>>,
    what: CashMove,
    amount: String,
    reason: String,
    approval: Option<Approval>,
) -> Answer<()> {
    desk.signed_in(|till, operator| {
        let amount = crate::desk::amount(till, &amount)?;
        let approver = approved(till, approval)?;
        drawer::move_cash(till, operator.id, approver, what, amount, &reason)
    })?;
    desk.drivers.wake();
    Ok(())
}

#[tauri::command(async)]
pub(crate) fn no_sale(
    desk: State<'_, Arc<Desk>>,
    reason: String,
    approval: Option<Approval>,
) -> Answer<()> {
    desk.signed_in(|till, operator| {
        let approver = approved(till, approval)?;
        drawer::no_sale(till, operator.id, approver, &reason)
    })?;
    desk.drivers.wake();
    Ok(())
}

#[tauri::command(async)]
pub(crate) fn cash_quote(desk: State<'_, Arc<Desk>>, tendered: String) -> Answer<CashQuote> {
    desk.till(|till| Ok(quote(cart::show(till)?.rest, amount(till, &tendered)?)))
}
