//! Making a store, its operators, and looking at a product.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use comptoir_domain::catalog;
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::operators::Role;
use comptoir_domain::store::{Region, Store};
use comptoir_domain::text::Language;
use comptoir_sync::documents::{self as document, Kind};
use comptoir_till::catalog::find_product;
use comptoir_till::demo;
use comptoir_till::documents;
use comptoir_till::error::Error;
use comptoir_till::operators::{self, Change};
use comptoir_till::till::{NewStore, Till};
use serde_json::{Value, json};

use crate::{Data, Done, Outcome, print};

#[derive(Args)]
pub(crate) struct Init {
    #[command(flatten)]
    store: Data,
    /// The company: 1 to 16 letters, digits and -.
    #[arg(long)]
    tenant: String,
    /// Code of the store, part of receipt numbers: 2 to 8 capitals and digits.
    #[arg(long = "store", value_name = "CODE")]
    code: String,
    /// Name over the door.
    #[arg(long)]
    name: String,
    /// Province or territory: ON, QC, BC, …
    #[arg(long, value_parser = region)]
    region: Region,
    /// Number of this selling position.
    #[arg(long)]
    register: u32,
    /// One line of the address; may be given several times.
    #[arg(long)]
    address: Vec<String>,
    /// A tax registration number as printed; may be given several times.
    #[arg(long)]
    tax_number: Vec<String>,
    /// Fill it with the demo's products and operators.
    #[arg(long)]
    demo: bool,
}

fn region(code: &str) -> Result<Region, String> {
    let codes = || Region::ALL.map(Region::code).join(", ");
    Region::parse(code).ok_or_else(|| format!("use one of {}", codes()))
}

impl Init {
    pub(crate) fn run(self) -> Outcome {
        let store = Store {
            code: self.code,
            name: self.name,
            address: self.address,
            region: self.region,
            register: self.register,
            currency: Currency::CAD,
            languages: self.region.languages().to_vec(),
            tax_numbers: self.tax_number,
            time_zone: self.region.time_zone().to_owned(),
        };
        let departments = if self.demo { demo::departments()? } else { Vec::new() };
        let mut till =
            Till::init(&self.store.data, &NewStore { tenant: self.tenant, store, departments })?;
        if self.demo {
            demo::fill(&mut till)?;
        }
        let (identity, store) = (till.identity(), till.store());
        print(&json!({
            "tenant": identity.tenant, "store": store.code, "name": store.name, "region": store.region,
            "register": store.register, "device": identity.device.to_string(), "epoch": identity.epoch,
        }))?;
        Ok(Done::Wholly)
    }
}

#[derive(Args)]
pub(crate) struct AddOperator {
    #[command(flatten)]
    store: Data,
    /// As shown on the tile and the receipt.
    #[arg(long)]
    name: String,
    /// cashier, supervisor or manager.
    #[arg(long, value_parser = role)]
    role: Role,
    /// en or fr.
    #[arg(long, default_value = "en", value_parser = language)]
    language: Language,
}

fn role(name: &str) -> Result<Role, String> {
    Role::parse(name).ok_or_else(|| "use cashier, supervisor or manager".to_owned())
}

pub(crate) fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "use en or fr".to_owned())
}

impl AddOperator {
    pub(crate) fn run(self) -> Outcome {
        let pin = read_pin()?;
        let mut till = Till::open(&self.store.data)?;
        let by = operators::console(till.db())?;
        print(&operators::add(&mut till, by, &self.name, self.role, self.language, &pin)?)?;
        Ok(Done::Wholly)
    }
}

#[derive(Args)]
pub(crate) struct SetOperator {
    /// Name or id.
    operator: String,
    #[command(flatten)]
    store: Data,
    /// A new name.
    #[arg(long, value_name = "NAME")]
    rename: Option<String>,
    /// cashier, supervisor or manager.
    #[arg(long, value_parser = role)]
    role: Option<Role>,
    /// en or fr.
    #[arg(long, value_parser = language)]
    language: Option<Language>,
    /// Read a new PIN from stdin.
    #[arg(long)]
    pin: bool,
    /// They have left: they cannot sign in any more.
    #[arg(long)]
    leave: bool,
}

impl SetOperator {
    pub(crate) fn run(self) -> Outcome {
        let pin = if self.pin { Some(read_pin()?) } else { None };
        let mut till = Till::open(&self.store.data)?;
        let by = operators::console(till.db())?;
        let who = operators::find_named(till.db(), &self.operator)?.id;
        let change = Change {
            name: self.rename,
            role: self.role,
            language: self.language,
            pin,
            active: self.leave.then_some(false),
        };
        operators::change(&mut till, by, who, change)?;
        list_operators(&till)
    }
}

pub(crate) fn read_pin() -> Result<String, Error> {
    let mut pin = String::new();
    let read = std::io::stdin().take(64).read_to_string(&mut pin);
    read.map_err(|source| Error::File { path: "stdin".into(), source })?;
    Ok(pin.trim().to_owned())
}

pub(crate) fn operators(store: &Data) -> Outcome {
    list_operators(&Till::open(&store.data)?)
}

fn list_operators(till: &Till) -> Outcome {
    for operator in operators::list(till.db())? {
        print(&operator)?;
    }
    Ok(Done::Wholly)
}

#[derive(Args)]
pub(crate) struct Product {
    /// SKU code.
    sku: String,
    #[command(flatten)]
    store: Data,
    /// How to show it.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// Where an Automerge file goes.
    #[arg(long, required_if_eq("format", "automerge"))]
    to: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Documents {
    #[command(flatten)]
    store: Data,
    /// The folder that their Automerge files go into.
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
}

impl Documents {
    /// Each as a file, and what it says as a line.
    pub(crate) fn run(self) -> Outcome {
        let till = Till::open(&self.store.data)?;
        std::fs::create_dir_all(&self.to).map_err(Error::file(&self.to))?;
        for (document, kind) in documents::all(till.db())? {
            let file = self.to.join(format!("{document}.automerge"));
            let bytes = documents::automerge_file(till.db(), document, kind)?;
            std::fs::write(&file, bytes).map_err(Error::file(&file))?;
            let mut says: BTreeMap<&str, BTreeMap<String, Value>> = BTreeMap::new();
            for (map, key, value) in documents::fields(till.db(), document, kind)?.all() {
                let value = match value {
                    document::Value::Text(text) => json!(text),
                    document::Value::Int(number) => json!(number),
                    document::Value::Flag(flag) => json!(flag),
                };
                says.entry(map).or_default().insert(key.to_owned(), value);
            }
            print(
                &json!({ "document": document, "kind": kind.name(), "file": file, "says": says }),
            )?;
        }
        Ok(Done::Wholly)
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Json,
    Automerge,
}

impl Product {
    pub(crate) fn run(self) -> Outcome {
        let till = Till::open(&self.store.data)?;
        let unknown = || Error::from(catalog::Refusal::UnknownSku { sku: self.sku.clone() });
        let (product, price) = find_product(till.db(), &self.sku)?.ok_or_else(unknown)?;
        if let (Format::Automerge, Some(to)) = (self.format, &self.to) {
            let bytes = documents::automerge_file(till.db(), product.id.0, Kind::Product)?;
            std::fs::write(to, bytes).map_err(Error::file(to))?;
        }
        let money =
            |minor: Option<i64>| minor.map(|minor| Money::new(minor, till.store().currency));
        let sku = product.skus.get(&self.sku);
        print(&json!({
            "sku": self.sku, "product": product.id, "name": product.name, "department": product.department,
            "tax_category": product.tax_category, "minimum_age": product.minimum_age, "archived": product.archived,
            "open_price": product.open_price,
            "drawing": product.drawing, "cannabis_class": product.cannabis,
            "unit": sku.map(|sku| sku.unit),
            "gtin": sku.map(|sku| sku.gtins.iter().collect::<Vec<_>>()),
            "plu": sku.map(|sku| sku.plus.iter().collect::<Vec<_>>()),
            "price": money(price.price), "cost": money(price.cost),
        }))?;
        Ok(Done::Wholly)
    }
}
