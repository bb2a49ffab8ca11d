//! Completing a sale, its receipt, and printing again.

use std::sync::Arc;

use comptoir_domain::ids::{CartId, SaleId};
use comptoir_domain::money::Money;
use comptoir_domain::orders::Sale;
use comptoir_domain::payments::{ChangePart, Tender, change_parts};
use comptoir_hardware::printer::layout::Profile;
use comptoir_till::error::Result;
use comptoir_till::orders;
use comptoir_till::outbox::preview::PaperLine;
use comptoir_till::outbox::{self, JobState, Jobs, ReceiptJobs};
use comptoir_till::till::Till;
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use crate::desk::{Desk, amount};
use crate::failure::Answer;

/// A completed sale as the window shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct SaleDone {
    sale: SaleId,
    receipt: String,
    total: Money,
    cash_due: Money,
    tendered: Money,
    tenders: Vec<Tender>,
    rounding: Money,
    change: Money,
    change_parts: Vec<ChangePart>,
    paper: Vec<PaperLine>,
    /// Characters on one line of the paper.
    columns: u8,
    /// RFC 3339, UTC.
    completed_at: String,
    receipt_job: JobState,
    drawer_job: JobState,
}

/// A sale with its paper and the state of its jobs.
pub(crate) fn done(till: &Till, sale: &Sale) -> Result<SaleDone> {
    let entry = orders::entry_of(till.db(), sale.id)?;
    let profile = Profile::default();
    let paper = outbox::receipt(till, entry, false, None)?;
    let ReceiptJobs { receipt_job, drawer_job } = outbox::receipt_jobs(till.db(), entry)?;
    Ok(SaleDone {
        sale: sale.id,
        receipt: sale.receipt.clone(),
        total: sale.total,
        cash_due: sale.total + sale.rounding,
        tendered: Money::sum(
            sale.tenders.iter().map(|tender| tender.amount),
            sale.total.currency(),
        ),
        tenders: sale.tenders.clone(),
        rounding: sale.rounding,
        change: sale.change,
        change_parts: change_parts(sale.change),
        paper: outbox::preview::lines(&paper, &profile),
        columns: profile.columns,
        completed_at: jiff::Timestamp::from_millisecond(sale.completed_at)
            .unwrap_or_default()
            .to_string(),
        receipt_job,
        drawer_job,
    })
}

#[tauri::command(async)]
pub(crate) fn complete_sale(
    desk: State<'_, Arc<Desk>>,
    cart: CartId,
    total: String,
    cash: String,
) -> Answer<SaleDone> {
    let done = desk.signed_in(|till, cashier| {
        let (shown, cash) = (amount(till, &total)?, amount(till, &cash)?);
        let sale = orders::complete_sale(till, cashier.id, cart, Some(shown), Some(cash))?;
        done(till, &sale)
    });
    desk.drivers.wake();
    done
}

#[tauri::command(async)]
pub(crate) fn print_again(desk: State<'_, Arc<Desk>>, sale: SaleId) -> Answer<Jobs> {
    let jobs = desk.signed_in(|till, operator| {
        orders::print_again(till, operator.id, sale)?;
        outbox::jobs(till)
    });
    desk.drivers.wake();
    jobs
}

#[tauri::command(async, rename_all = "snake_case")]
pub(crate) fn settle_job(desk: State<'_, Arc<Desk>>, job: i64, came_out: bool) -> Answer<Jobs> {
    let jobs = desk.signed_in(|till, operator| {
        outbox::settle(till, operator.id, job, came_out)?;
        outbox::jobs(till)
    });
    desk.drivers.wake();
    desk.links.speak_of_paper();
    jobs
}
