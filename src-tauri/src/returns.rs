//! Goods that come back: with their receipt, without it, or the whole of the last sale at once.

use std::sync::Arc;

use comptoir_domain::ids::{OperatorId, ReturnId, SaleId};
use comptoir_domain::money::Money;
use comptoir_domain::orders::returns::{Return, Wanted};
use comptoir_domain::payments::{ChangePart, TenderType, change_parts};
use comptoir_domain::pricing;
use comptoir_hardware::printer::layout::Profile;
use comptoir_till::error::{Error, Result};
use comptoir_till::orders::blind::{self, BlindLine as Line, BlindRequest};
use comptoir_till::orders::quote::{self, RefundPart, ReturnQuote};
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::outbox::preview::PaperLine;
use comptoir_till::outbox::{self, JobState, ReceiptJobs};
use comptoir_till::till::{Till, utc};
use serde::{Deserialize, Serialize};
use tauri::State;
use ts_rs::TS;

use crate::cards::{CardView, Cards};
use crate::cart::parse;
use crate::desk::Desk;
use crate::failure::Answer;
use crate::pricing::{Approval, approved};

/// A line that comes back, as the window sends it.
#[derive(Debug, Deserialize)]
pub(crate) struct WantedLine {
    line: u32,
    quantity: String,
    wasted: bool,
}

/// A line that comes back without its receipt, as the window sends it.
#[derive(Debug, Deserialize, TS)]
pub(crate) struct BlindLine {
    sku: String,
    quantity: String,
    /// None is the catalogue's.
    #[ts(type = "Money | null")]
    price: Option<String>,
    wasted: bool,
}

/// A completed return as the window shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ReturnDone {
    id: ReturnId,
    receipt: String,
    /// None without a receipt.
    sale_receipt: Option<String>,
    total: Money,
    rounding: Money,
    refunds: Vec<RefundPart>,
    /// The cash that goes back.
    change_parts: Vec<ChangePart>,
    paper: Vec<PaperLine>,
    /// Characters on one line of the paper.
    columns: u8,
    /// RFC 3339, UTC.
    completed_at: String,
    receipt_job: JobState,
    drawer_job: JobState,
}

/// How far a return is: completed, or a card is being given its money.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Refunded {
    Completed { done: ReturnDone },
    Card { card: CardView },
}

/// A return with its paper and the state of its jobs.
pub(crate) fn done(till: &Till, back: &Return) -> Result<ReturnDone> {
    let db = till.db();
    let gone = || Error::Broken(format!("the return {} is not in the journal", back.receipt));
    let entry = returns::entry_of(db, back.id)?.ok_or_else(gone)?;
    let profile = Profile::default();
    let ReceiptJobs { receipt_job, drawer_job } = outbox::receipt_jobs(db, entry)?;
    let cash = back.refunds.iter().filter(|refund| refund.kind == TenderType::Cash);
    let cash = Money::sum(cash.map(|refund| refund.amount), back.total.currency());
    Ok(ReturnDone {
        id: back.id,
        receipt: back.receipt.clone(),
        sale_receipt: back.of.as_ref().map(|of| of.receipt.clone()),
        total: back.total,
        rounding: back.rounding,
        refunds: quote::parts(db, back)?,
        change_parts: change_parts(cash),
        paper: outbox::preview::lines(&outbox::receipt(till, entry, false, None)?, &profile),
        columns: profile.columns,
        completed_at: utc(back.completed_at),
        receipt_job,
        drawer_job,
    })
}

/// The lines that the window sent.
pub(crate) fn wanted(lines: Vec<WantedLine>) -> Result<Vec<Wanted>> {
    let one = |WantedLine { line, quantity, wasted }| {
        Ok(Wanted { line, quantity: parse(&quantity)?, wasted })
    };
    lines.into_iter().map(one).collect()
}

fn blind_lines(till: &Till, lines: Vec<BlindLine>) -> Result<Vec<Line>> {
    let one = |BlindLine { sku, quantity, price, wasted }| {
        let currency = till.store().currency;
        let read = |text: String| {
            let price = Money::parse_price(&text, currency);
            price.map_err(|_| pricing::Refusal::BadPrice { text })
        };
        let price = price.map(read).transpose()?;
        Ok(Line { sku, quantity: parse(&quantity)?, price, wasted })
    };
    lines.into_iter().map(one).collect()
}

/// What these lines come to, and where the money would go.
#[tauri::command(async)]
pub(crate) fn quote_return(
    desk: State<'_, Arc<Desk>>,
    sale: SaleId,
    lines: Vec<WantedLine>,
) -> Answer<ReturnQuote> {
    desk.signed_in(|till, operator| quote::quote_return(till, operator.id, sale, &wanted(lines)?))
}

/// Takes goods back, or has the terminal give the next card its money first.
#[tauri::command(async, rename_all = "snake_case")]
pub(crate) fn refund(
    desk: State<'_, Arc<Desk>>,
    id: ReturnId,
    sale: SaleId,
    lines: Vec<WantedLine>,
    reason: String,
    approval: Option<Approval>,
    cash_instead: bool,
) -> Answer<Refunded> {
    let request = desk.signed_in(|till, _| {
        let (lines, approver) = (wanted(lines)?, approved(till, approval)?);
        Ok(ReturnRequest { id, sale, lines, reason: Some(reason), approver, cash_instead })
    })?;
    give_back(&desk, &request, |till, operator| returns::complete_return(till, operator, &request))
}

/// Takes the last sale back whole, or has the terminal give the next card its money first.
#[tauri::command(async, rename_all = "snake_case")]
pub(crate) fn void_sale(
    desk: State<'_, Arc<Desk>>,
    id: ReturnId,
    sale: SaleId,
    approval: Option<Approval>,
    cash_instead: bool,
) -> Answer<Refunded> {
    let request = desk.signed_in(|till, operator| {
        let approver = approved(till, approval)?;
        let request = returns::voiding(&till.begin()?, operator.id, approver, id, sale)?;
        Ok(ReturnRequest { cash_instead, ..request })
    })?;
    give_back(&desk, &request, |till, operator| {
        returns::void_sale(till, operator, request.approver, id, sale, cash_instead)
    })
}

fn give_back(
    desk: &Arc<Desk>,
    request: &ReturnRequest,
    complete: impl FnOnce(&mut Till, OperatorId) -> Result<Return>,
) -> Answer<Refunded> {
    if let Some(card) = Cards::refund(desk, request)? {
        return Ok(Refunded::Card { card });
    }
    let done = desk.signed_in(|till, operator| {
        let back = complete(till, operator.id)?;
        done(till, &back)
    })?;
    desk.drivers.wake();
    Ok(Refunded::Completed { done })
}

/// What goods come to without their receipt.
#[tauri::command(async)]
pub(crate) fn quote_blind(
    desk: State<'_, Arc<Desk>>,
    lines: Vec<BlindLine>,
) -> Answer<ReturnQuote> {
    desk.signed_in(|till, operator| {
        let lines = blind_lines(till, lines)?;
        blind::quote(till, operator.id, &lines)
    })
}

/// Takes goods back without their receipt, in cash.
#[tauri::command(async)]
pub(crate) fn refund_blind(
    desk: State<'_, Arc<Desk>>,
    id: ReturnId,
    lines: Vec<BlindLine>,
    reason: String,
    approval: Option<Approval>,
) -> Answer<ReturnDone> {
    let done = desk.signed_in(|till, operator| {
        let (lines, approver) = (blind_lines(till, lines)?, approved(till, approval)?);
        let request = BlindRequest { id, lines, reason, approver };
        let back = blind::complete(till, operator.id, &request)?;
        done(till, &back)
    });
    desk.drivers.wake();
    done
}
