//! The store's settings: a document, projected to one row and the row of departments.

use comptoir_domain::catalog::Department;
use comptoir_domain::gs1::price_barcode::PriceBarcodes;
use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::Currency;
use comptoir_domain::operators::Permission;
use comptoir_domain::payments::limits::CashLimits;
use comptoir_domain::pricing::{Limits, Percent};
use comptoir_domain::store::{self, ReceiptLanguage, Region, Settings, Store};
use comptoir_domain::text::{Language, Text};
use comptoir_sync::documents::{Fields, settings};
use jiff::tz::TimeZone;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::till::{Identity, NewStore, Till};
use crate::{documents, operators};

/// Why a store cannot be set up like this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "StoreRefusal")]
pub enum Refusal {
    /// Codes are part of receipt numbers.
    #[error("{code:?} cannot be a store's code: use 2 to 8 capitals and digits")]
    BadStoreCode {
        /// As given.
        code: String,
    },
    /// Tenants are part of every key.
    #[error("{code:?} cannot be a tenant's code: use 1 to 16 letters, digits and -")]
    BadTenantCode {
        /// As given.
        code: String,
    },
    /// Registers are part of receipt numbers.
    #[error("registers are numbered from 1 to 999")]
    BadRegister {
        /// As given.
        register: u32,
    },
    /// A store has a name, and speaks a language.
    #[error("a store has a name and a language")]
    NameMissing,
    /// The time zone is not in the IANA database.
    #[error("there is no time zone {name:?}")]
    UnknownTimeZone {
        /// As given.
        name: String,
    },
}

/// Checks what a new store is made of.
pub fn check(new: &NewStore) -> Result<()> {
    let is_code = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if !(1..=16).contains(&new.tenant.len()) || !new.tenant.bytes().all(is_code) {
        return Err(Refusal::BadTenantCode { code: new.tenant.clone() }.into());
    }
    if !store::is_well_formed_code(&new.store.code) {
        return Err(Refusal::BadStoreCode { code: new.store.code.clone() }.into());
    }
    if !(1..=999).contains(&new.store.register) {
        return Err(Refusal::BadRegister { register: new.store.register }.into());
    }
    check_store(&new.store)
}

fn check_store(store: &Store) -> Result<()> {
    if store.name.trim().is_empty() || store.languages.is_empty() {
        return Err(Refusal::NameMissing.into());
    }
    if TimeZone::get(&store.time_zone).is_err() {
        return Err(Refusal::UnknownTimeZone { name: store.time_zone.clone() }.into());
    }
    Ok(())
}

/// The store of this till.
pub fn load(db: &Connection, identity: &Identity) -> Result<Store> {
    let document = settings::id(&identity.tenant, &identity.store);
    let row = |row: &rusqlite::Row<'_>| -> rusqlite::Result<_> {
        let text = |n| row.get::<_, String>(n);
        Ok((text(0)?, text(1)?, text(2)?, text(3)?, text(4)?, text(5)?, text(6)?))
    };
    let (name, address, region, currency, languages, tax_numbers, time_zone) = db
        .prepare_cached(
            "SELECT name, address, region, currency, languages, tax_numbers, time_zone FROM store WHERE document = ?1",
        )?
        .query_row([document.into_bytes()], row)?;
    let lines = |text: String| text.lines().map(str::to_owned).collect();
    let unknown = |what: &str| Error::Broken(format!("the store's {what} is not known"));
    Ok(Store {
        code: identity.store.clone(),
        name,
        address: lines(address),
        region: Region::parse(&region).ok_or_else(|| unknown("region"))?,
        register: identity.register,
        currency: Currency::from_code(&currency).ok_or_else(|| unknown("currency"))?,
        languages: languages.split_whitespace().filter_map(Language::from_code).collect(),
        tax_numbers: lines(tax_numbers),
        time_zone,
    })
}

/// How the store of this till sells.
pub fn settings(db: &Connection, identity: &Identity) -> Result<Settings> {
    let document = settings::id(&identity.tenant, &identity.store);
    let select = "SELECT price_barcodes, miscellaneous, return_days, limit_cashier, limit_supervisor,
            receipt_language, receipt_foot_en, receipt_foot_fr, paid_in_alone, paid_out_alone, paid_out_supervisor,
            safe_drop_alone, no_sales_alone, cash_back_alone
        FROM store WHERE document = ?1";
    let usual = Limits::default();
    let percent = |hundredths, usual| Percent::limit(hundredths).unwrap_or(usual);
    let row = |row: &rusqlite::Row<'_>| {
        let settings = Settings {
            price_barcodes: PriceBarcodes::default(),
            miscellaneous: row.get(1)?,
            return_days: row.get(2)?,
            limits: Limits {
                cashier: percent(row.get(3)?, usual.cashier),
                supervisor: percent(row.get(4)?, usual.supervisor),
            },
            receipt: ReceiptLanguage::parse(&row.get::<_, String>(5)?),
            receipt_foot: Text { en: row.get(6)?, fr: row.get(7)? },
            cash: CashLimits {
                paid_in: row.get(8)?,
                paid_out: row.get(9)?,
                paid_out_supervisor: row.get(10)?,
                safe_drop: row.get(11)?,
                no_sales: row.get(12)?,
                cash_back: row.get(13)?,
            },
        };
        Ok((row.get::<_, String>(0)?, settings))
    };
    let (price_barcodes, mut settings) =
        db.prepare_cached(select)?.query_row([document.into_bytes()], row)?;
    for setting in price_barcodes.lines() {
        let read = settings.price_barcodes.set(setting);
        read.map_err(|error| Error::Broken(format!("the store's price barcodes: {error}")))?;
    }
    Ok(settings)
}

/// Makes the store be called and stand elsewhere, and sell by other settings, from now on: both or neither; what is
/// not given stays. Its code, region and register stay too: receipts and taxes hang on them.
pub fn change(
    till: &mut Till,
    by: OperatorId,
    store: Option<Store>,
    settings: Option<Settings>,
) -> Result<()> {
    let tx = till.begin()?;
    operators::check(&tx, by, Permission::ChangeSettings)?;
    let store = store.map(|store| Store {
        code: tx.store.code.clone(),
        region: tx.store.region,
        register: tx.store.register,
        currency: tx.store.currency,
        ..store
    });
    if let Some(store) = &store {
        check_store(store)?;
        documents::change_settings(&tx, store, &departments(&tx)?, Some(by))?;
    }
    if let Some(settings) = &settings {
        documents::change_how_it_sells(&tx, settings, by)?;
    }
    tx.commit()?;
    if let Some(settings) = settings {
        till.settings = settings;
    }
    store.map_or(Ok(()), |store| till.take_store(store))
}

/// The departments in the order of the row.
pub fn departments(db: &Connection) -> Result<Vec<Department>> {
    let mut select = db
        .prepare_cached("SELECT id, name_en, name_fr, short_en, short_fr, pigment, parent FROM department ORDER BY place, id")?;
    let row = |row: &rusqlite::Row<'_>| {
        Ok(Department {
            id: row.get(0)?,
            name: Text { en: row.get(1)?, fr: row.get(2)? },
            short: Text { en: row.get(3)?, fr: row.get(4)? },
            pigment: row.get(5)?,
            parent: row.get(6)?,
        })
    };
    Ok(select.query_map([], row)?.collect::<rusqlite::Result<_>>()?)
}

/// Rows of a settings document. Register and code are not part of it: they belong to the till.
pub fn project(db: &Connection, document: Uuid, fields: &Fields) -> Result<()> {
    let Some(store) = settings::read_store(fields, "", 0) else { return Ok(()) };
    let Settings {
        price_barcodes,
        miscellaneous,
        return_days,
        limits,
        cash,
        receipt,
        receipt_foot,
    } = settings::read_settings(fields);
    let price_barcodes: Vec<String> =
        price_barcodes.settings().map(|(prefix, layout)| format!("{prefix}={layout}")).collect();
    let languages: Vec<&str> = store.languages.iter().map(|language| language.code()).collect();
    db.prepare_cached(
        "INSERT OR REPLACE INTO store
             (document, name, address, region, currency, languages, tax_numbers, time_zone, price_barcodes, miscellaneous,
              return_days, limit_cashier, limit_supervisor, receipt_language, receipt_foot_en, receipt_foot_fr,
              paid_in_alone, paid_out_alone, paid_out_supervisor, safe_drop_alone, no_sales_alone, cash_back_alone)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
    )?
    .execute(params![
        document.into_bytes(),
        store.name,
        store.address.join("\n"),
        store.region.code(),
        store.currency.code(),
        languages.join(" "),
        store.tax_numbers.join("\n"),
        store.time_zone,
        price_barcodes.join("\n"),
        miscellaneous,
        return_days,
        limits.cashier.hundredths(),
        limits.supervisor.hundredths(),
        receipt.map_or("", ReceiptLanguage::as_str),
        receipt_foot.en,
        receipt_foot.fr,
        cash.paid_in,
        cash.paid_out,
        cash.paid_out_supervisor,
        cash.safe_drop,
        cash.no_sales,
        cash.cash_back,
    ])?;
    // The row of departments is this store's own; others are known by their name and address only.
    let own: Option<(String, String)> = db
        .prepare_cached("SELECT tenant, store FROM identity")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if own.is_some_and(|(tenant, store)| settings::id(&tenant, &store) != document) {
        return Ok(());
    }
    db.execute("DELETE FROM department", [])?;
    let mut insert = db.prepare_cached(
        "INSERT INTO department (id, parent, place, name_en, name_fr, short_en, short_fr, pigment)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (place, department) in (0_i64..).zip(settings::read_departments(fields)) {
        let Department { id, parent, name, short, pigment } = department;
        insert
            .execute(params![id, parent, place, name.en, name.fr, short.en, short.fr, pigment])?;
    }
    Ok(())
}
