//! Shifts, reports, stock and search.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use comptoir_domain::money::Money;
use comptoir_domain::payments::Refusal;
use comptoir_domain::reporting::XReport;
use comptoir_domain::text::Language;
use comptoir_till::catalog::search::search as find;
use comptoir_till::error::Error;
use comptoir_till::reporting::csv::csv;
use comptoir_till::reporting::{Books, Period};
use comptoir_till::till::Till;
use comptoir_till::{inventory, operators, payments};
use jiff::civil::Date;
use serde_json::json;

use crate::store::read_pin;
use crate::{Data, Done, Outcome, print};

pub(crate) fn open(store: &Data, float: &str) -> Outcome {
    let mut till = Till::open(&store.data)?;
    let by = operators::console(till.db())?;
    let float = amount(&till, float)?;
    let shift = payments::open_shift(&mut till, by, float)?;
    print(&json!({ "shift": shift.number, "id": shift.id, "float": float }))?;
    Ok(Done::Wholly)
}

pub(crate) fn close(store: &Data, counted: &str) -> Outcome {
    let mut till = Till::open(&store.data)?;
    let by = operators::console(till.db())?;
    let counted = amount(&till, counted)?;
    print(&payments::close_shift(&mut till, by, counted)?)?;
    Ok(Done::Wholly)
}

pub(crate) fn hand_over(store: &Data, counted: &str, to: &str) -> Outcome {
    let pin = read_pin()?;
    let mut till = Till::open(&store.data)?;
    let by = operators::console(till.db())?;
    let counted = amount(&till, counted)?;
    let to = operators::find_named(till.db(), to)?.id;
    let to = operators::approve(&mut till, to, &pin)?;
    let (done, _) = payments::hand_over::hand_over(&mut till, by, to, counted)?;
    print(&done)?;
    Ok(Done::Wholly)
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// Totals of the open shift so far.
    X,
    /// The Z taken last.
    Z,
    /// What a day or a shift sold: by hour, department, tender, tax and operator.
    Sales,
}

#[derive(Args)]
pub(crate) struct Report {
    kind: Kind,
    #[command(flatten)]
    store: Data,
    /// Of `sales`: a day of the counter's calendar, such as 2025-11-20; without it, today.
    #[arg(long, value_name = "DATE")]
    day: Option<Date>,
    /// Of `sales`: a shift of this register, by its number; the last one, where it was given twice.
    #[arg(long, value_name = "N", conflicts_with = "day")]
    shift: Option<u64>,
    /// Of `sales`: write it to this file as CSV as well.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

impl Report {
    pub(crate) fn run(self) -> Outcome {
        let mut till = Till::open(&self.store.data)?;
        let by = operators::console(till.db())?;
        match self.kind {
            Kind::X => match payments::report::x_report(&mut till, by)? {
                XReport::Whole(report) => print(&report)?,
                XReport::Blind(report) => print(&report)?,
            },
            Kind::Z => match payments::report::last_z(&mut till)? {
                Some(report) => print(&report)?,
                None => {
                    eprintln!("tillctl: no shift of this register was closed yet");
                    return Ok(Done::Partly);
                }
            },
            Kind::Sales => {
                let today = till.today();
                let period = match self.shift {
                    Some(shift) => Period::Shift { shift, id: None },
                    None => Period::Day { day: self.day.unwrap_or(today) },
                };
                let report = Books::open(&till, by)?.sales(period)?;
                if let Some(path) = &self.csv {
                    let language = till.store().languages.first().copied().unwrap_or(Language::En);
                    std::fs::write(path, csv(&report, language)?).map_err(Error::file(path))?;
                }
                print(&report)?;
            }
        }
        Ok(Done::Wholly)
    }
}

pub(crate) fn stock(store: &Data, sku: Option<&str>) -> Outcome {
    let till = Till::open(&store.data)?;
    for row in inventory::on_hand(till.db(), sku)? {
        print(&row)?;
    }
    Ok(Done::Wholly)
}

pub(crate) fn search(store: &Data, text: &str, limit: usize) -> Outcome {
    let till = Till::open(&store.data)?;
    for hit in find(till.db(), text, limit, till.store().currency)? {
        print(&hit)?;
    }
    Ok(Done::Wholly)
}

/// An amount in the store's currency.
pub(crate) fn amount(till: &Till, text: &str) -> Result<Money, Error> {
    Money::parse(text, till.store().currency)
        .map_err(|_| Refusal::BadAmount { text: text.to_owned() }.into())
}
