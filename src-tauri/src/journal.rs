//! Looking into the journal, and printing from it again.

use std::sync::Arc;

use comptoir_till::journal::elsewhere::StoredAt;
use comptoir_till::orders;
use comptoir_till::orders::find::{FoundKind, FoundSales, Sought, find_sales as find};
use comptoir_till::orders::twice::{self, TakenBackTwice};
use comptoir_till::orders::view::{self, SaleView};
use comptoir_till::outbox::{self, Jobs, ReceiptJobs};
use jiff::civil::Date;
use tauri::State;

use crate::desk::Desk;
use crate::failure::Answer;

#[tauri::command(async)]
pub(crate) fn find_sales(
    desk: State<'_, Arc<Desk>>,
    text: String,
    from: Option<Date>,
    to: Option<Date>,
    kind: Option<FoundKind>,
    before: Option<i64>,
    limit: usize,
) -> Answer<FoundSales> {
    let sought = Sought { text, from, to, kind, before, limit };
    desk.signed_in(|till, operator| find(till, operator.id, &sought))
}

#[tauri::command(async)]
pub(crate) fn sale_view(desk: State<'_, Arc<Desk>>, receipt: String) -> Answer<SaleView> {
    desk.signed_in(|till, operator| view::sale_view(till, operator.id, &receipt))
}

/// Where a sale or a return is safe by now.
#[tauri::command(async)]
pub(crate) fn stored_at(desk: State<'_, Arc<Desk>>, id: String) -> Answer<StoredAt> {
    desk.till(|till| view::stored_at(till.db(), &id))
}

/// How far the receipt of a sale or of a return is, and its drawer.
#[tauri::command(async)]
pub(crate) fn receipt_jobs(desk: State<'_, Arc<Desk>>, id: String) -> Answer<ReceiptJobs> {
    desk.till(|till| view::receipt_jobs(till.db(), &id))
}

/// Sales of which more came back than was sold.
#[tauri::command(async)]
pub(crate) fn taken_back_twice(desk: State<'_, Arc<Desk>>) -> Answer<Vec<TakenBackTwice>> {
    desk.signed_in(|till, operator| twice::list(till, operator.id))
}

/// Prints the receipt of a sale or a return again, marked as a duplicate.
#[tauri::command(async)]
pub(crate) fn reprint(desk: State<'_, Arc<Desk>>, receipt: String) -> Answer<Jobs> {
    let jobs = desk.signed_in(|till, operator| {
        orders::reprint(till, operator.id, &receipt)?;
        outbox::jobs(till)
    });
    desk.drivers.wake();
    jobs
}

/// Prints names and quantities without prices, of some lines of a sale or of all.
#[tauri::command(async)]
pub(crate) fn gift_receipt(
    desk: State<'_, Arc<Desk>>,
    receipt: String,
    lines: Vec<u32>,
) -> Answer<Jobs> {
    let jobs = desk.signed_in(|till, operator| {
        orders::print_gift(till, operator.id, &receipt, &lines)?;
        outbox::jobs(till)
    });
    desk.drivers.wake();
    jobs
}
