//! The first start: a folder without a store, or a store in which nobody can sign in yet.

use std::path::PathBuf;
use std::sync::Arc;

use comptoir_domain::money::Currency;
use comptoir_domain::rules::{self, DatedRule};
use comptoir_domain::store::{Region, Store};
use comptoir_domain::text::{Language, Text};
use comptoir_link::enrolment::{self, Ticket};
use comptoir_till::error::{Error, Result};
use comptoir_till::till::{NewStore, Till};
use comptoir_till::{compliance, home, operators, tax};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tauri::{AppHandle, Emitter, Manager, Runtime, State};
use ts_rs::TS;

use crate::desk::{Desk, Opened};
use crate::failure::Answer;
use crate::link::clock;
use crate::simulators::Simulators;
use crate::{Found, failure};

/// Where a store is made that is not there yet.
pub(crate) struct Setup {
    pub(crate) folder: PathBuf,
}

/// What the assistant has to ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct SetupState {
    /// Where the store will be.
    folder: String,
    /// The store that is there, when only its manager is missing.
    store: Option<Store>,
    /// Where a store can be.
    regions: Vec<RegionChoice>,
}

/// A place for a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct RegionChoice {
    region: Region,
    name: Text,
    /// IANA, the usual one first.
    time_zones: Vec<String>,
    /// The one of most customers first.
    languages: Vec<Language>,
}

/// What the assistant learnt.
#[derive(Debug, Clone, Deserialize, TS)]
pub(crate) struct StoreToOpen {
    /// The company: 1 to 16 letters, digits and -.
    tenant: String,
    /// 2 to 8 capitals and digits.
    code: String,
    name: String,
    address: Vec<String>,
    region: Region,
    register: u32,
    /// The first one is that of receipts.
    languages: Vec<Language>,
    tax_numbers: Vec<String>,
    time_zone: String,
}

/// Who runs the store.
#[derive(Debug, Clone, Deserialize, TS)]
pub(crate) struct FirstManager {
    name: String,
    language: Language,
    pin: String,
}

/// What has to be set up before anybody can sign in; none when all is there.
#[tauri::command(async)]
pub(crate) fn setup<R: Runtime>(
    app: AppHandle<R>,
    at: State<'_, Setup>,
) -> Answer<Option<SetupState>> {
    let store = match app.try_state::<Arc<Desk>>() {
        Some(desk) => {
            let manned = desk.till(|till| operators::anybody(till.db()))?;
            if manned {
                return Ok(None);
            }
            Some(desk.till(|till| Ok(till.store().clone()))?)
        }
        None => None,
    };
    let regions = Region::ALL.into_iter().map(|region| RegionChoice {
        region,
        name: region.name(),
        time_zones: region.time_zones().iter().map(|&zone| zone.to_owned()).collect(),
        languages: region.languages().to_vec(),
    });
    let folder = at.folder.display().to_string();
    Ok(Some(SetupState { folder, store, regions: regions.collect() }))
}

/// The dated rules that a region brings, as of today.
#[tauri::command(async)]
pub(crate) fn region_rules(region: Region) -> Answer<Vec<DatedRule>> {
    let today = jiff::Zoned::now().date();
    Ok(rules::in_force(region, today, &tax::table(), &compliance::rules()))
}

/// Makes the store with its first manager, and opens it.
#[tauri::command(async)]
pub(crate) fn open_store<R: Runtime>(
    app: AppHandle<R>,
    at: State<'_, Setup>,
    store: StoreToOpen,
    manager: FirstManager,
) -> Answer<Opened> {
    nothing_open(&app, &at)?;
    operators::check_new(&manager.name, &manager.pin)?;
    let mut till = Till::init(&at.folder, &store.into_new_store())?;
    operators::add_first_manager(&mut till, &manager.name, manager.language, &manager.pin)?;
    take_up(&app, Found::new(till, None)?)
}

/// Adds the manager of a store that has none.
#[tauri::command(async)]
pub(crate) fn add_first_manager(
    desk: State<'_, Arc<Desk>>,
    sims: State<'_, Option<Simulators>>,
    manager: FirstManager,
) -> Answer<Opened> {
    desk.till(|till| {
        operators::add_first_manager(till, &manager.name, manager.language, &manager.pin)
    })?;
    desk.opened(sims.is_some())
}

/// Opens the demo store beside where the store would be, with its devices.
#[tauri::command(async)]
pub(crate) fn open_demo<R: Runtime>(app: AppHandle<R>, at: State<'_, Setup>) -> Answer<Opened> {
    nothing_open(&app, &at)?;
    take_up(&app, crate::open_demo_in(&at.folder.with_file_name("comptoir-demo"))?)
}

/// Joins a store that sells already, by a one-time code of its head office, and opens this new register of it.
#[tauri::command(async)]
pub(crate) fn join_store<R: Runtime>(
    app: AppHandle<R>,
    at: State<'_, Setup>,
    url: String,
    code: String,
) -> Answer<Opened> {
    nothing_open(&app, &at)?;
    let ticket = Ticket { url: url.trim().to_owned(), code, authority: None };
    let (folder, telling) = (at.folder.clone(), app.clone());
    let progress = move |entries: u64, of: u64| {
        let _ = telling.emit("joining", json!({ "entries": entries, "of": of }));
    };
    // It waits for head office: on a thread of its own, for those of the window must not.
    let joined =
        std::thread::spawn(move || enrolment::join(&folder, &ticket, clock, Box::new(progress)));
    let till = joined.join().map_err(|_| Error::Broken("joining was cut short".into()))??;
    take_up(&app, Found::new(till, None)?)
}

/// Refuses to open a second store in one window.
fn nothing_open<R: Runtime>(app: &AppHandle<R>, at: &Setup) -> Result<()> {
    match app.try_state::<Arc<Desk>>() {
        Some(_) => Err(home::Refusal::StoreExists { path: at.folder.display().to_string() }.into()),
        None => Ok(()),
    }
}

fn take_up<R: Runtime>(app: &AppHandle<R>, found: Found) -> Answer<Opened> {
    let Found { desk, simulators } = found;
    let opened = desk.opened(simulators.is_some());
    app.manage(Arc::clone(&desk));
    app.manage(simulators);
    crate::start(app, &desk).map_err(failure::of_window)?;
    opened
}

impl StoreToOpen {
    fn into_new_store(self) -> NewStore {
        let lines = |lines: Vec<String>| -> Vec<String> {
            let lines = lines.into_iter().map(|line| line.trim().to_owned());
            lines.filter(|line| !line.is_empty()).collect()
        };
        let store = Store {
            code: self.code,
            name: self.name.trim().to_owned(),
            address: lines(self.address),
            region: self.region,
            register: self.register,
            currency: Currency::CAD,
            languages: self.languages,
            tax_numbers: lines(self.tax_numbers),
            time_zone: self.time_zone,
        };
        NewStore { tenant: self.tenant, store, departments: Vec::new() }
    }
}

impl Found {
    pub(crate) fn new(till: Till, simulators: Option<Simulators>) -> Result<Found> {
        let desk = Desk::of(till, simulators.as_ref())?;
        Ok(Found { desk: Arc::new(desk), simulators })
    }
}
