//! How the store sells.

use std::collections::BTreeMap;

use clap::Args;
use comptoir_domain::gs1::price_barcode::PriceBarcodes;
use comptoir_domain::money::Money;
use comptoir_domain::payments::Refusal;
use comptoir_domain::payments::limits::CashLimits;
use comptoir_till::error::Error;
use comptoir_till::till::Till;
use comptoir_till::{operators, store};
use serde_json::json;

use crate::report::amount;
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
    /// What a cashier pays in without approval.
    #[arg(long, value_name = "AMOUNT|none")]
    paid_in: Option<String>,
    /// What a cashier pays out without approval.
    #[arg(long, value_name = "AMOUNT")]
    paid_out: Option<String>,
    /// What a supervisor pays out without a manager's approval.
    #[arg(long, value_name = "AMOUNT|none")]
    paid_out_supervisor: Option<String>,
    /// What a cashier takes to the safe without approval.
    #[arg(long, value_name = "AMOUNT|none")]
    safe_drop: Option<String>,
    /// How often a cashier opens the drawer without a sale in one shift, without approval.
    #[arg(long, value_name = "N|none", value_parser = times_or_none)]
    no_sales: Option<Times>,
    /// What a cashier gives back in cash for goods that come back, without approval.
    #[arg(long, value_name = "AMOUNT|none")]
    cash_back: Option<String>,
}

#[derive(Clone, Copy)]
struct Times(Option<u32>);

fn times_or_none(text: &str) -> Result<Times, String> {
    let times = if text == "none" { Ok(None) } else { text.parse().map(Some) };
    times.map(Times).map_err(|_| "use a number, or none".to_owned())
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
        settings.cash = self.cash(&till, settings.cash)?;
        store::change(&mut till, by, None, Some(settings))?;
        tell(&till)
    }
}

impl Set {
    /// The limits of cash with what is said of them.
    fn cash(&self, till: &Till, now: CashLimits) -> Result<CashLimits, Error> {
        let minor = |text: &str| match amount(till, text)? {
            amount if amount.is_negative() => {
                Err(Error::from(Refusal::BadAmount { text: text.to_owned() }))
            }
            amount => Ok(amount.minor()),
        };
        let most = |said: &Option<String>, now| match said.as_deref() {
            None => Ok(now),
            Some("none") => Ok(None),
            Some(text) => minor(text).map(Some),
        };
        Ok(CashLimits {
            paid_in: most(&self.paid_in, now.paid_in)?,
            paid_out: self.paid_out.as_deref().map_or(Ok(now.paid_out), minor)?,
            paid_out_supervisor: most(&self.paid_out_supervisor, now.paid_out_supervisor)?,
            safe_drop: most(&self.safe_drop, now.safe_drop)?,
            no_sales: self.no_sales.map_or(now.no_sales, |Times(times)| times),
            cash_back: most(&self.cash_back, now.cash_back)?,
        })
    }
}

pub(crate) fn show(store: &Data) -> Outcome {
    tell(&Till::open(&store.data)?)
}

fn tell(till: &Till) -> Outcome {
    let settings = till.settings();
    let (cash, currency) = (settings.cash, till.store().currency);
    let money = |minor| Money::new(minor, currency);
    let layouts = settings.price_barcodes.layouts();
    let layouts: BTreeMap<String, String> =
        layouts.map(|layout| (layout.prefix().to_string(), layout.to_string())).collect();
    print(&json!({
        "price_barcodes": layouts, "miscellaneous": settings.miscellaneous, "return_days": settings.return_days,
        "cash": {
            "paid_in": cash.paid_in.map(money), "paid_out": money(cash.paid_out),
            "paid_out_supervisor": cash.paid_out_supervisor.map(money), "safe_drop": cash.safe_drop.map(money),
            "no_sales": cash.no_sales, "cash_back": cash.cash_back.map(money),
        },
    }))?;
    Ok(Done::Wholly)
}
