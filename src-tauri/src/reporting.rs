//! Reports of shifts and days, on screen and as a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use comptoir_domain::ids::ShiftId;
use comptoir_domain::reporting::Report;
use comptoir_domain::reporting::sales::SalesReport;
use comptoir_domain::text::Language;
use comptoir_till::error::{Error, Result};
use comptoir_till::outbox::{self, Jobs};
use comptoir_till::reporting::csv::csv;
use comptoir_till::reporting::{Books, Period, ShiftRow};
use comptoir_till::{payments, training};
use jiff::civil::Date;
use serde::Serialize;
use tauri::{AppHandle, Manager, Runtime, State};
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Answer;

/// Shifts that are offered for a report.
const MOST_SHIFTS: u32 = 200;

/// What can be reported on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ReportPeriods {
    /// The day at the counter, `2025-11-20`.
    #[ts(type = "string")]
    today: Date,
    /// The last shifts of this register, the last one first.
    shifts: Vec<ShiftRow>,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct Written {
    /// Where it is.
    path: String,
}

impl Written {
    pub(crate) fn at(path: &Path) -> Written {
        Written { path: path.display().to_string() }
    }
}

impl Desk {
    /// The books, for whoever is signed in and may read them. Nobody else waits for what is read in them.
    fn books(&self) -> Answer<(Books, Language)> {
        self.signed_in(|till, reader| Ok((Books::open(till, reader.id)?, reader.language)))
    }
}

#[tauri::command(async)]
pub(crate) fn report_periods(desk: State<'_, Arc<Desk>>) -> Answer<ReportPeriods> {
    let (books, _) = desk.books()?;
    let today = desk.till(|till| Ok(till.today()))?;
    Ok(ReportPeriods { today, shifts: books.shifts(MOST_SHIFTS)? })
}

#[tauri::command(async)]
pub(crate) fn sales_report(desk: State<'_, Arc<Desk>>, period: Period) -> Answer<SalesReport> {
    Ok(desk.books()?.0.sales(period)?)
}

/// Writes a report to the user's documents.
#[tauri::command(async)]
pub(crate) fn export_report<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Arc<Desk>>,
    period: Period,
) -> Answer<Written> {
    let (books, language) = desk.books()?;
    let text = csv(&books.sales(period)?, language)?;
    let name = match period {
        // Two shifts of one number, of registers that were apart, are two files.
        Period::Shift { shift, id } => {
            let rows = books.shifts(MOST_SHIFTS)?;
            let row = rows.iter().find(|row| id.map_or(row.shift == shift, |id| row.id == id));
            let opened = row.map(|row| row.opened_at.replace([' ', ':'], "-")).unwrap_or_default();
            format!("sales-shift-{shift}-{opened}.csv")
        }
        Period::Day { day } => format!("sales-{day}.csv"),
    };
    let path = exports(&app, &desk)?.join(name);
    std::fs::write(&path, text).map_err(Error::file(&path))?;
    Ok(Written::at(&path))
}

/// Prints what a day or a shift sold.
#[tauri::command(async)]
pub(crate) fn print_sales(desk: State<'_, Arc<Desk>>, period: Period) -> Answer<Jobs> {
    let jobs = desk.signed_in(|till, reader| {
        comptoir_till::reporting::print(till, reader.id, period)?;
        outbox::jobs(till)
    });
    desk.drivers.wake();
    jobs
}

/// X or Z of any shift of this register.
#[tauri::command(async)]
pub(crate) fn shift_report(desk: State<'_, Arc<Desk>>, shift: u64, id: ShiftId) -> Answer<Report> {
    desk.signed_in(|till, reader| payments::report::of_number(till, reader.id, shift, Some(id)))
}

/// Prints the Z of a shift again, marked as a duplicate, or the X of the open one.
#[tauri::command(async)]
pub(crate) fn print_shift(desk: State<'_, Arc<Desk>>, shift: u64, id: ShiftId) -> Answer<Jobs> {
    let jobs = desk.signed_in(|till, reader| {
        payments::report::print_number(till, reader.id, shift, Some(id))?;
        outbox::jobs(till)
    });
    desk.drivers.wake();
    jobs
}

/// Where files for people go: their documents, or the store's folder where there are none. What is practised goes nowhere.
pub(crate) fn exports<R: Runtime>(app: &AppHandle<R>, desk: &Desk) -> Result<PathBuf> {
    training::check_none(desk.lock().till.db())?;
    let documents = app.path().document_dir().ok().filter(|documents| documents.is_dir());
    let folder = match documents {
        Some(documents) => documents.join("Comptoir"),
        None => desk.lock().till.home().folder().join("exports"),
    };
    std::fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
    Ok(folder)
}
