//! Shifts, reports, stock and search.

use comptoir_domain::money::Money;
use comptoir_domain::payments::Refusal;
use comptoir_till::catalog::search::search as find;
use comptoir_till::error::Error;
use comptoir_till::till::Till;
use comptoir_till::{inventory, operators, payments};
use serde_json::json;

use crate::{Data, Done, Outcome, ReportKind, print};

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

pub(crate) fn report(store: &Data, kind: ReportKind) -> Outcome {
    let mut till = Till::open(&store.data)?;
    let by = operators::console(till.db())?;
    let report = match kind {
        ReportKind::X => Some(payments::report::x_report(&mut till, by)?),
        ReportKind::Z => payments::report::last_z(&mut till)?,
    };
    match report {
        Some(report) => print(&report)?,
        None => {
            eprintln!("tillctl: no shift of this register was closed yet");
            return Ok(Done::Partly);
        }
    }
    Ok(Done::Wholly)
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
