//! How the store sells and what it says of itself; where the register's devices are, and trying them.

use std::sync::Arc;

use comptoir_domain::catalog::Refusal as CatalogRefusal;
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::payments::limits::CashLimits;
use comptoir_domain::pricing::{Discount, Limits, Percent};
use comptoir_domain::rules::{self, DatedRule};
use comptoir_domain::store::{ReceiptLanguage, Settings, Store};
use comptoir_domain::text::{Language, Text};
use comptoir_hardware::printer::layout::Profile;
use comptoir_hardware::transport::{Address, serial_ports};
use comptoir_till::devices::{self, Class};
use comptoir_till::error::{Error, Result};
use comptoir_till::outbox::preview::PaperLine;
use comptoir_till::outbox::{self, JobRow};
use comptoir_till::till::Till;
use comptoir_till::{operators, orders, store};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tauri::State;
use ts_rs::TS;

use crate::desk::{AppState, Desk, amount};
use crate::devices::Drivers;
use crate::failure::Answer;
use crate::simulators::Simulators;

/// How the store sells, as it is edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub(crate) struct SettingsDraft {
    /// What scales print inside EAN-13s: `02=2|IIIII|V|PPPP|C`.
    price_barcodes: Vec<String>,
    /// Whether open items may be sold under a keyed name.
    miscellaneous: bool,
    /// Days on which goods come back without approval; none is any number.
    return_days: Option<u16>,
    /// What a cashier may take off a price alone: `10%`.
    discount_cashier: String,
    /// What a supervisor may.
    discount_supervisor: String,
    /// What a cashier pays in alone; none is any amount.
    paid_in_alone: Option<String>,
    /// What a cashier pays out alone.
    paid_out_alone: String,
    /// What a supervisor pays out alone; none is any amount.
    paid_out_supervisor: Option<String>,
    /// What a cashier takes to the safe alone; none is any amount.
    safe_drop_alone: Option<String>,
    /// How often a cashier opens the drawer without a sale in one shift; none is any number.
    no_sales_alone: Option<u32>,
    /// What a cashier gives back in cash alone; none is any amount.
    cash_back_alone: Option<String>,
    /// What receipts are printed in; none is the store's first language.
    receipt: Option<ReceiptLanguage>,
    /// What stands at their foot; none of it is thanks.
    receipt_foot: Text,
}

/// What the store says of itself, as it is edited.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub(crate) struct StoreDraft {
    name: String,
    address: Vec<String>,
    tax_numbers: Vec<String>,
    languages: Vec<Language>,
    time_zone: String,
}

/// A receipt as it would come out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ReceiptPreview {
    paper: Vec<PaperLine>,
    /// Characters on one line of the paper.
    columns: u8,
}

/// Where a device is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct DeviceAt {
    kind: Class,
    /// `tcp://192.168.1.50:9100`, `serial:/dev/ttyUSB0?baud=38400`; none while there is none.
    address: Option<String>,
    /// Of the terminal: whether a password was set for it. Which, is told to nobody.
    password: bool,
}

/// What can be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeviceTest {
    Printer,
    Drawer,
}

#[tauri::command(async)]
pub(crate) fn settings(desk: State<'_, Arc<Desk>>) -> Answer<SettingsDraft> {
    desk.signed_in(|till, _| Ok(SettingsDraft::of(till)))
}

/// Saves what the store says of itself, how it sells, or both at once.
#[tauri::command(async)]
pub(crate) fn save_settings(
    desk: State<'_, Arc<Desk>>,
    sims: State<'_, Option<Simulators>>,
    store: Option<StoreDraft>,
    settings: Option<SettingsDraft>,
) -> Answer<AppState> {
    desk.signed_in(|till, manager| {
        let store = store.map(|draft| draft.read(till));
        let settings = settings.map(|draft| draft.read(till)).transpose()?;
        store::change(till, manager.id, store, settings)
    })?;
    desk.app_state(sims.is_some())
}

/// The dated rules that the store goes by on a day; without one, today.
#[tauri::command(async)]
pub(crate) fn rules_on(desk: State<'_, Arc<Desk>>, day: Option<Date>) -> Answer<Vec<DatedRule>> {
    desk.till(|till| {
        let day = day.unwrap_or(till.today());
        Ok(rules::in_force(till.store().region, day, till.taxes(), till.rules()))
    })
}

/// The last sale's receipt as it would come out; a test page while there is no sale.
#[tauri::command(async)]
pub(crate) fn receipt_preview(
    desk: State<'_, Arc<Desk>>,
    receipt: Option<ReceiptLanguage>,
    foot: Text,
) -> Answer<ReceiptPreview> {
    let profile = Profile::default();
    let document = desk.signed_in(|till, _| match orders::last(till.db())? {
        Some(sale) => {
            let entry = orders::entry_of(till.db(), sale.id)?;
            outbox::receipt_in(till, entry, receipt, &foot)
        }
        None => Ok(devices::test_page(till.store(), outbox::tongues(till, receipt).first)),
    })?;
    Ok(ReceiptPreview {
        paper: outbox::preview::lines(&document, &profile),
        columns: profile.columns,
    })
}

#[tauri::command(async)]
pub(crate) fn device_addresses(desk: State<'_, Arc<Desk>>) -> Answer<Vec<DeviceAt>> {
    desk.addresses()
}

/// Serial ports of this machine, as addresses.
#[tauri::command(async)]
pub(crate) fn find_devices(desk: State<'_, Arc<Desk>>) -> Answer<Vec<String>> {
    desk.signed_in(|_, _| Ok(serial_ports()))
}

/// A device is elsewhere from now on, or there is none. The terminal's password stays as it is when none is given; an
/// empty one is that of the factory.
#[tauri::command(async)]
pub(crate) fn set_device(
    desk: State<'_, Arc<Desk>>,
    kind: Class,
    address: Option<String>,
    password: Option<String>,
) -> Answer<Vec<DeviceAt>> {
    let address: Option<Address> = match &address {
        Some(text) => {
            let bad = |_| devices::Refusal::BadAddress { text: text.clone() };
            Some(text.trim().parse().map_err(bad).map_err(Error::from)?)
        }
        None => None,
    };
    desk.signed_in(|till, operator| {
        // Before anything: what is refused leaves the terminal where it is.
        operators::check(till.db(), operator.id, Permission::SetUpDevices)?;
        if kind == Class::Terminal {
            if let Some(password) = &password {
                devices::set_password(till, operator.id, password)?;
            }
            let terminal =
                address.clone().map(|address| devices::terminal(till, address)).transpose()?;
            desk.cards.set(terminal)?;
        }
        devices::set_address(till, operator.id, kind, address.as_ref())
    })?;
    let moved = Drivers::set(&desk, kind, address);
    moved.map_err(|source| Error::File { path: kind.as_str().to_owned(), source })?;
    desk.addresses()
}

/// Prints a test page, or opens the drawer.
#[tauri::command(async)]
pub(crate) fn test_device(desk: State<'_, Arc<Desk>>, device: DeviceTest) -> Answer<Vec<JobRow>> {
    let jobs = desk.signed_in(|till, operator| {
        devices::test(till, operator.id, device == DeviceTest::Drawer)?;
        outbox::list(till)
    });
    desk.drivers.wake();
    jobs
}

/// What is not printed yet.
#[tauri::command(async)]
pub(crate) fn job_list(desk: State<'_, Arc<Desk>>) -> Answer<Vec<JobRow>> {
    desk.signed_in(|till, _| outbox::list(till))
}

impl Desk {
    fn addresses(&self) -> Answer<Vec<DeviceAt>> {
        let set = self.till(|till| devices::has_password(till))?;
        let at = |kind| {
            let password = set && kind == Class::Terminal;
            DeviceAt { kind, address: self.drivers.address(kind), password }
        };
        Ok(vec![at(Class::Printer), at(Class::Scanner), at(Class::Terminal)])
    }
}

impl StoreDraft {
    fn read(self, till: &Till) -> Store {
        let kept = |lines: Vec<String>| -> Vec<String> {
            let lines = lines.into_iter().map(|line| line.trim().to_owned());
            lines.filter(|line| !line.is_empty()).collect()
        };
        Store {
            name: self.name.trim().to_owned(),
            address: kept(self.address),
            tax_numbers: kept(self.tax_numbers),
            languages: self.languages,
            time_zone: self.time_zone,
            ..till.store().clone()
        }
    }
}

impl SettingsDraft {
    fn of(till: &Till) -> SettingsDraft {
        let settings = till.settings();
        let layouts = settings.price_barcodes.settings();
        let percent = |percent| Discount::Percent(percent).to_string();
        let money = |minor| Money::new(minor, till.store().currency).to_string();
        let cash = settings.cash;
        SettingsDraft {
            price_barcodes: layouts.map(|(prefix, layout)| format!("{prefix}={layout}")).collect(),
            miscellaneous: settings.miscellaneous,
            return_days: settings.return_days,
            discount_cashier: percent(settings.limits.cashier),
            discount_supervisor: percent(settings.limits.supervisor),
            paid_in_alone: cash.paid_in.map(money),
            paid_out_alone: money(cash.paid_out),
            paid_out_supervisor: cash.paid_out_supervisor.map(money),
            safe_drop_alone: cash.safe_drop.map(money),
            no_sales_alone: cash.no_sales,
            cash_back_alone: cash.cash_back.map(money),
            receipt: settings.receipt,
            receipt_foot: settings.receipt_foot.clone(),
        }
    }

    fn read(self, till: &Till) -> Result<Settings> {
        let minor = |text: &String| Ok::<_, Error>(amount(till, text)?.minor().max(0));
        let most = |text: &Option<String>| text.as_ref().map(minor).transpose();
        let mut settings = Settings {
            miscellaneous: self.miscellaneous,
            return_days: self.return_days,
            limits: Limits {
                cashier: Percent::parse_limit(&self.discount_cashier)?,
                supervisor: Percent::parse_limit(&self.discount_supervisor)?,
            },
            cash: CashLimits {
                paid_in: most(&self.paid_in_alone)?,
                paid_out: minor(&self.paid_out_alone)?,
                paid_out_supervisor: most(&self.paid_out_supervisor)?,
                safe_drop: most(&self.safe_drop_alone)?,
                no_sales: self.no_sales_alone,
                cash_back: most(&self.cash_back_alone)?,
            },
            receipt: self.receipt,
            receipt_foot: self.receipt_foot,
            ..Settings::default()
        };
        for setting in &self.price_barcodes {
            let read = settings.price_barcodes.set(setting);
            read.map_err(|_| CatalogRefusal::BadPriceBarcode { text: setting.clone() })?;
        }
        Ok(settings)
    }
}
