//! Goods that come back for others.

use std::sync::Arc;

use comptoir_domain::cart::CartView;
use comptoir_domain::ids::{CartId, ReturnId, SaleId};
use comptoir_till::orders::exchange;
use comptoir_till::orders::returns::ReturnRequest;
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use crate::cards::{CardView, Cards};
use crate::desk::{Desk, amount};
use crate::failure::Answer;
use crate::orders::{self, SaleDone};
use crate::pricing::{Approval, approved};
use crate::returns::{self, ReturnDone, WantedLine, wanted};

/// How far an exchange is: completed, or a card is being given its money.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Exchanged {
    Completed { sale: Box<SaleDone>, back: Box<ReturnDone> },
    Card { card: CardView },
}

/// Says what comes back for the cart in hand.
#[tauri::command(async)]
pub(crate) fn begin_exchange(
    desk: State<'_, Arc<Desk>>,
    id: ReturnId,
    sale: SaleId,
    lines: Vec<WantedLine>,
    reason: String,
    approval: Option<Approval>,
) -> Answer<CartView> {
    desk.sell(|till, operator| {
        let (lines, approver) = (wanted(lines)?, approved(till, approval)?);
        let reason = Some(reason);
        let request = ReturnRequest { id, sale, lines, reason, approver, cash_instead: false };
        exchange::begin_exchange(till, operator.id, &request)
    })
}

/// Nothing comes back for the cart in hand after all.
#[tauri::command(async)]
pub(crate) fn leave_exchange(desk: State<'_, Arc<Desk>>) -> Answer<CartView> {
    desk.sell(|till, operator| exchange::leave_exchange(till, operator.id))
}

/// Completes the return and the sale as one, or has the terminal give the next card its money first.
#[tauri::command(async, rename_all = "snake_case")]
pub(crate) fn complete_exchange(
    desk: State<'_, Arc<Desk>>,
    cart: CartId,
    total: String,
    cash: String,
    cash_instead: bool,
    approval: Option<Approval>,
) -> Answer<Exchanged> {
    let (shown, cash, approver, due) = desk.signed_in(|till, operator| {
        let (shown, cash) = (amount(till, &total)?, amount(till, &cash)?);
        let approver = approved(till, approval)?;
        let due = match cash_instead {
            true => None,
            false => exchange::refund_due(till, operator.id, cart, shown, approver)?,
        };
        Ok((shown, cash, approver, due))
    })?;
    if let Some(request) = due
        && let Some(card) = Cards::refund(&desk, &request)?
    {
        return Ok(Exchanged::Card { card });
    }
    let done = desk.signed_in(|till, operator| {
        let by = operator.id;
        let (sale, back) =
            exchange::complete_exchange(till, by, cart, shown, cash, approver, cash_instead)?;
        let (sale, back) = (orders::done(till, &sale)?, returns::done(till, &back)?);
        Ok(Exchanged::Completed { sale: Box::new(sale), back: Box::new(back) })
    });
    desk.drivers.wake();
    done
}
