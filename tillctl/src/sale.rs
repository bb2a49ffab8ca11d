//! One sale or return: as data, or as its receipt in text, ESC/POS or PNG.

use std::io::Write;

use clap::{Args, ValueEnum};
use comptoir_domain::orders::Sale as CompletedSale;
use comptoir_domain::text::Language;
use comptoir_hardware::printer::layout::{Profile, preview, to_text};
use comptoir_hardware::printer::{encode, simulator};
use comptoir_till::error::Error;
use comptoir_till::orders::{self, Numbered, returns as completed};
use comptoir_till::outbox;
use comptoir_till::till::{Till, local_minute};
use serde_json::{Value, json};

use crate::store::language;
use crate::{Data, Done, Outcome, print, returns};

#[derive(Args)]
pub(crate) struct Sale {
    /// Receipt number, or id where two have that number.
    receipt: String,
    #[command(flatten)]
    store: Data,
    /// How to show it.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// Of the receipt; the store's first otherwise.
    #[arg(long, value_parser = language)]
    lang: Option<Language>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Json,
    Text,
    Escpos,
    Png,
}

impl Sale {
    pub(crate) fn run(self) -> Outcome {
        let till = Till::open(&self.store.data)?;
        let (entry, data) = match orders::find_numbered(till.db(), till.store(), &self.receipt)? {
            Numbered::Return(back) => {
                (completed::entry_of(till.db(), back.id)?, returns::as_json(&back))
            }
            Numbered::Sale(sale) => (Some(orders::entry_of(till.db(), sale.id)?), as_json(&sale)),
        };
        let gone = || Error::Broken(format!("{} is not in the journal", self.receipt));
        let entry = entry.ok_or_else(gone)?;
        let profile = Profile::default();
        let paper = outbox::receipt(&till, entry, false, self.lang)?;
        let escpos =
            || encode::encode(&paper, &profile).map_err(|error| Error::Broken(error.to_string()));
        let file = |source| Error::File { path: "receipt".into(), source };
        match self.format {
            Format::Json => print(&data)?,
            Format::Text => write(to_text(&preview(&paper, &profile)).as_bytes())?,
            Format::Escpos => write(&escpos()?)?,
            Format::Png => write(&simulator::render(&escpos()?).to_png().map_err(file)?)?,
        }
        Ok(Done::Wholly)
    }
}

fn as_json(sale: &CompletedSale) -> Value {
    let lines: Vec<Value> = sale
        .lines
        .iter()
        .map(|line| {
            json!({
                "line": line.line, "sku": line.sku, "name": line.name, "quantity": line.quantity, "unit": line.unit,
                "price": line.price, "amount": line.amount(), "tax_category": line.tax_category,
                "minimum_age": line.minimum_age, "voided": line.voided,
            })
        })
        .collect();
    json!({
        "sale": sale.id, "receipt": sale.receipt, "cart": sale.cart, "shift": sale.shift, "operator": sale.operator,
        "completed_at": local_minute(sale.completed_at, sale.utc_offset_minutes),
        "currency": sale.total.currency(), "lines": lines, "subtotal": sale.subtotal, "taxes": sale.taxes,
        "total": sale.total, "rounding": sale.rounding, "tenders": sale.tenders, "change": sale.change,
    })
}

fn write(bytes: &[u8]) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(bytes).and_then(|()| out.flush());
    written.map_err(|source| Error::File { path: "stdout".into(), source })
}
