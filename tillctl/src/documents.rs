//! Promotions, customers, places on shelves and count sheets: a file with one JSON object a line goes in, and `list`
//! prints what goes in again.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use comptoir_domain::cart;
use comptoir_domain::customers::Customer;
use comptoir_domain::ids::{CountSheetId, CustomerId, PromotionId};
use comptoir_domain::inventory::{CountSheet, Refusal};
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::pricing::Discount;
use comptoir_domain::promotions::{self as promotion, Promotion as Kept};
use comptoir_domain::quantity::Quantity;
use comptoir_domain::shelf::Place;
use comptoir_domain::text::{Language, Text};
use comptoir_till::error::{Error, Result};
use comptoir_till::inventory::count_sheets;
use comptoir_till::till::Till;
use comptoir_till::{customers, operators, promotions, shelf};
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Data, Done, Outcome, print};

/// A file of objects, and the store.
#[derive(Args)]
pub(crate) struct Save {
    /// One object a line, or - for stdin. What has the id of one that is kept is said of that one from now on.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    store: Data,
}

#[derive(Subcommand)]
pub(crate) enum Promotion {
    /// Keep promotions: {"name":{"en":…,"fr":…},"offer":{"offer":"off","discount":"20%"},"skus":[…]}.
    Save(Save),
    /// Every promotion, those that are offered first.
    List {
        #[command(flatten)]
        store: Data,
    },
}

#[derive(Subcommand)]
pub(crate) enum Buyer {
    /// Keep customers: {"name":…,"phone":…,"email":…,"language":"en"|"fr","note":…}.
    Save(Save),
    /// Every customer by name, those that are archived last.
    List {
        #[command(flatten)]
        store: Data,
    },
}

#[derive(Subcommand)]
pub(crate) enum Shelf {
    /// Say where goods stand: {"sku":…,"at":"A3-2","facings":4}; without a place, they stand nowhere.
    Save(Save),
    /// Every SKU that has a place, by place.
    List {
        #[command(flatten)]
        store: Data,
    },
}

#[derive(Subcommand)]
pub(crate) enum Count {
    /// Begin a count sheet.
    Begin {
        /// What is counted.
        name: String,
        #[command(flatten)]
        store: Data,
    },
    /// Write what was counted of a SKU, in the place of what was counted before.
    Write {
        /// Name or id of a sheet that is open.
        sheet: String,
        /// SKU.
        sku: String,
        /// How many, or how much in kg; none takes it off the sheet.
        quantity: String,
        #[command(flatten)]
        store: Data,
    },
    /// Nobody writes on the sheet any more.
    Close {
        /// Name or id of a sheet that is open.
        sheet: String,
        #[command(flatten)]
        store: Data,
    },
    /// Every sheet, those that are written on first, the newest first.
    List {
        #[command(flatten)]
        store: Data,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PromotionLine {
    id: Option<PromotionId>,
    name: Text,
    offer: Offer,
    from: Option<Date>,
    until: Option<Date>,
    #[serde(default)]
    skus: Vec<String>,
    #[serde(default)]
    departments: Vec<String>,
    #[serde(default)]
    archived: bool,
}

#[derive(Deserialize)]
#[serde(tag = "offer", rename_all = "snake_case", deny_unknown_fields)]
enum Offer {
    Off { discount: String },
    Bundle { pieces: u32, price: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CustomerLine {
    id: Option<CustomerId>,
    name: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    email: String,
    language: Option<Language>,
    #[serde(default)]
    note: String,
    #[serde(default)]
    archived: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceLine {
    sku: String,
    at: Option<String>,
    facings: Option<u16>,
}

impl Promotion {
    pub(crate) fn run(self) -> Outcome {
        match self {
            Promotion::Save(save) => save.each(|till, line: PromotionLine| {
                let promotion = line.read(till)?;
                promotions::save(till, operators::console(till.db())?, &promotion)?;
                Ok(Some(json!(promotion)))
            }),
            Promotion::List { store } => {
                let till = Till::open(&store.data)?;
                list(&promotions::list(till.db(), till.store().currency)?)
            }
        }
    }
}

impl PromotionLine {
    fn read(self, till: &mut Till) -> Result<Kept> {
        Ok(Kept {
            id: PromotionId(id(till, self.id.map(|id| id.0))?),
            name: self.name,
            offer: self.offer.read(till.store().currency)?,
            from: self.from,
            until: self.until,
            skus: self.skus.into_iter().collect(),
            departments: self.departments.into_iter().collect(),
            archived: self.archived,
        })
    }
}

impl Offer {
    fn read(self, currency: Currency) -> Result<promotion::Offer> {
        match self {
            Offer::Off { discount } => {
                Ok(promotion::Offer::Off { discount: Discount::parse(&discount, currency)? })
            }
            Offer::Bundle { pieces, price } => {
                let bad = |_| promotion::Refusal::BadBundle;
                let price = Money::parse(&price, currency).map_err(bad)?;
                Ok(promotion::Offer::Bundle { pieces, price })
            }
        }
    }
}

impl Buyer {
    pub(crate) fn run(self) -> Outcome {
        match self {
            Buyer::Save(save) => save.each(|till, line: CustomerLine| {
                let customer = Customer {
                    id: CustomerId(id(till, line.id.map(|id| id.0))?),
                    name: line.name,
                    phone: line.phone,
                    email: line.email,
                    language: line.language,
                    note: line.note,
                    archived: line.archived,
                };
                customers::save(till, operators::console(till.db())?, &customer)?;
                Ok(Some(json!(customer)))
            }),
            Buyer::List { store } => list(&customers::list(Till::open(&store.data)?.db())?),
        }
    }
}

impl Shelf {
    pub(crate) fn run(self) -> Outcome {
        match self {
            Shelf::Save(save) => {
                let mut places = BTreeMap::new();
                let done = save.each(|_, line: PlaceLine| {
                    let place = line.at.map(|at| Place { at, facings: line.facings });
                    place.as_ref().map_or(Ok(()), Place::check)?;
                    places.insert(line.sku, place);
                    Ok(None)
                })?;
                // However many there are, each of their documents is edited once.
                let mut till = Till::open(&save.store.data)?;
                let console = operators::console(till.db())?;
                shelf::arrange(&mut till, console, &places)?;
                for (sku, place) in &places {
                    print(&said(sku, place.as_ref()))?;
                }
                Ok(done)
            }
            Shelf::List { store } => {
                for (sku, place) in shelf::list(Till::open(&store.data)?.db())? {
                    print(&said(&sku, Some(&place)))?;
                }
                Ok(Done::Wholly)
            }
        }
    }
}

fn said(sku: &str, place: Option<&Place>) -> Value {
    let facings = place.and_then(|place| place.facings);
    json!({ "sku": sku, "at": place.map(|place| &place.at), "facings": facings })
}

impl Count {
    pub(crate) fn run(self) -> Outcome {
        let with = |store: Data, work: &dyn Fn(&mut Till) -> Result<CountSheet>| {
            print(&work(&mut Till::open(&store.data)?)?)?;
            Ok(Done::Wholly)
        };
        match self {
            Count::Begin { name, store } => with(store, &|till| {
                count_sheets::begin(till, operators::console(till.db())?, &name)
            }),
            Count::Write { sheet, sku, quantity, store } => with(store, &|till| {
                let bad = |_| cart::Refusal::BadQuantity { text: quantity.clone() };
                let none = quantity == "none";
                let quantity = (!none).then(|| quantity.parse::<Quantity>().map_err(bad));
                let console = operators::console(till.db())?;
                count_sheets::count(till, console, open(till, &sheet)?, &sku, quantity.transpose()?)
            }),
            Count::Close { sheet, store } => with(store, &|till| {
                let console = operators::console(till.db())?;
                count_sheets::close(till, console, open(till, &sheet)?)
            }),
            Count::List { store } => list(&count_sheets::list(Till::open(&store.data)?.db())?),
        }
    }
}

/// A sheet by its id, or by its name if it is open.
fn open(till: &Till, named: &str) -> Result<CountSheetId> {
    if let Ok(id) = named.parse() {
        return Ok(id);
    }
    let sheets = count_sheets::list(till.db())?;
    let found = sheets.iter().find(|sheet| !sheet.closed && sheet.name == named);
    Ok(found.map(|sheet| sheet.id).ok_or(Refusal::UnknownSheet)?)
}

impl Save {
    /// Does something with each line of the file, and says what came of it, if that is known yet, or why it was refused.
    fn each<T: DeserializeOwned>(
        &self,
        mut work: impl FnMut(&mut Till, T) -> Result<Option<Value>>,
    ) -> Outcome {
        let mut till = Till::open(&self.store.data)?;
        let mut done = Done::Wholly;
        for (line, number) in input(&self.file)?.split(b'\n').zip(1_u64..) {
            let line = line.map_err(Error::file(&self.file))?;
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let refused = match serde_json::from_slice::<T>(&line) {
                Ok(object) => match work(&mut till, object) {
                    Ok(None) => continue,
                    Ok(Some(said)) => {
                        print(&said)?;
                        continue;
                    }
                    Err(Error::Refused(refusal)) => json!(refusal),
                    Err(fault) => return Err(fault),
                },
                Err(error) => json!({ "kind": "bad_line", "message": error.to_string() }),
            };
            done = Done::Partly;
            print(&json!({ "refused": refused, "line": number }))?;
        }
        Ok(done)
    }
}

fn input(file: &Path) -> Result<Box<dyn BufRead>> {
    if file.as_os_str() == "-" {
        return Ok(Box::new(BufReader::new(std::io::stdin())));
    }
    Ok(Box::new(BufReader::new(std::fs::File::open(file).map_err(Error::file(file))?)))
}

/// The id that a line names, or a new one.
fn id(till: &mut Till, named: Option<Uuid>) -> Result<Uuid> {
    match named {
        Some(id) => Ok(id),
        None => Ok(till.begin()?.new_id()),
    }
}

fn list(all: &[impl serde::Serialize]) -> Outcome {
    for one in all {
        print(one)?;
    }
    Ok(Done::Wholly)
}
