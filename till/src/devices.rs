//! Where this till's devices are. They belong to the register and not to the store, so they are not
//! facts.

use comptoir_hardware::terminal::Password;
use comptoir_hardware::terminal::driver::{Options, Terminal};
use comptoir_hardware::transport::Address;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use ts_rs::TS;

use crate::error::{Error, Result};
use crate::till::Till;

/// What a device is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Receipt printer, with the drawer behind it.
    Printer,
    /// Barcode scanner on a serial line; a keyboard wedge needs no address.
    Scanner,
    /// Card terminal.
    Terminal,
}

impl Class {
    /// The name in commands and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Class::Printer => "printer",
            Class::Scanner => "scanner",
            Class::Terminal => "terminal",
        }
    }
}

/// Where a device is; none while it was not set up.
pub fn address(till: &Till, class: Class) -> Result<Option<Address>> {
    let select = "SELECT value FROM setting WHERE key = ?1";
    let text: Option<String> =
        till.db.query_row(select, [class.as_str()], |row| row.get(0)).optional()?;
    let unreadable = |text: &str| {
        Error::Broken(format!("the address {text:?} of the {} cannot be read", class.as_str()))
    };
    text.map(|text| text.parse().map_err(|_| unreadable(&text))).transpose()
}

/// Whether it is known where a device is.
pub(crate) fn is_set_up(db: &Connection, class: Class) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM setting WHERE key = ?1")?.exists([class.as_str()])?)
}

/// A card terminal at an address, asked in the store's currency. Its password is the one that terminals
/// leave the factory with.
pub fn terminal(till: &Till, address: Address) -> Terminal {
    Terminal::new(address, Options::new(Password::ZEROS, till.store().currency.number()))
}

/// Says where a device is, or that there is none.
pub fn set_address(till: &Till, class: Class, address: Option<&Address>) -> Result<()> {
    match address {
        Some(address) => till.db.execute(
            "INSERT OR REPLACE INTO setting (key, value) VALUES (?1, ?2)",
            params![class.as_str(), address.to_string()],
        )?,
        None => till.db.execute("DELETE FROM setting WHERE key = ?1", [class.as_str()])?,
    };
    Ok(())
}
