//! How the store sells.

use std::collections::BTreeMap;

use clap::Args;
use comptoir_domain::gs1::price_barcode::PriceBarcodes;
use comptoir_till::till::Till;
use comptoir_till::{operators, store};
use serde_json::json;

use crate::{Data, Done, Outcome, print};

#[derive(Args)]
pub(crate) struct Set {
    #[command(flatten)]
    store: Data,
    /// What scales print inside EAN-13s of a prefix: 02=2|IIIII|V|PPPP|C, 21=21|IIIII|WWWWW|C or
    /// 02=none. I is the item, P its price in cents, W its weight in grams, D in decagrams, V proves
    /// them, C is the check digit. May be given several times.
    #[arg(long, value_name = "PREFIX=LAYOUT", value_parser = price_barcode)]
    price_barcode: Vec<String>,
    /// Whether open items may be sold under a name keyed at the counter.
    #[arg(long, value_name = "YES|NO", value_parser = yes_or_no)]
    miscellaneous: Option<bool>,
    /// Days after that of the sale on which goods come back without approval; none is any number.
    #[arg(long, value_name = "N|none", value_parser = days_or_none)]
    return_days: Option<Days>,
}

#[derive(Clone, Copy)]
struct Days(Option<u16>);

fn days_or_none(text: &str) -> Result<Days, String> {
    let days = if text == "none" { Ok(None) } else { text.parse().map(Some) };
    days.map(Days).map_err(|_| "use a number of days, or none".to_owned())
}

fn price_barcode(text: &str) -> Result<String, String> {
    let read = PriceBarcodes::default().set(text);
    read.map(|()| text.to_owned()).map_err(|error| error.to_string())
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("use yes or no".to_owned()),
    }
}

impl Set {
    pub(crate) fn run(self) -> Outcome {
        let mut till = Till::open(&self.store.data)?;
        let by = operators::console(till.db())?;
        let mut settings = till.settings().clone();
        for setting in &self.price_barcode {
            // Proven when the arguments were read.
            let _ = settings.price_barcodes.set(setting);
        }
        settings.miscellaneous = self.miscellaneous.unwrap_or(settings.miscellaneous);
        if let Some(Days(days)) = self.return_days {
            settings.return_days = days;
        }
        store::change(&mut till, by, None, Some(settings))?;
        tell(&till)
    }
}

pub(crate) fn show(store: &Data) -> Outcome {
    tell(&Till::open(&store.data)?)
}

fn tell(till: &Till) -> Outcome {
    let settings = till.settings();
    let layouts = settings.price_barcodes.layouts();
    let layouts: BTreeMap<String, String> =
        layouts.map(|layout| (layout.prefix().to_string(), layout.to_string())).collect();
    print(&json!({
        "price_barcodes": layouts, "miscellaneous": settings.miscellaneous, "return_days": settings.return_days,
    }))?;
    Ok(Done::Wholly)
}
