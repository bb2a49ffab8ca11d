//! Where this till's devices are. They belong to the register and not to the store, so they are not
//! facts.

use comptoir_domain::ids::OperatorId;
use comptoir_domain::operators::Permission;
use comptoir_domain::store::Store;
use comptoir_domain::text::Language;
use comptoir_hardware::printer::document::{Align, Document, Style};
use comptoir_hardware::terminal::Password;
use comptoir_hardware::terminal::driver::{Options, Terminal};
use comptoir_hardware::transport::Address;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::{Error, Result};
use crate::operators;
use crate::outbox::{self, Job};
use crate::till::Till;

/// What a device is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
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

/// Why a device cannot be set up like this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "DeviceRefusal")]
pub enum Refusal {
    /// Neither a port nor a socket.
    #[error("{text:?} is no address: write tcp://HOST:PORT or serial:PORT?baud=N")]
    BadAddress {
        /// As typed.
        text: String,
    },
    /// More than six digits, or something else than digits. What was typed is not repeated.
    #[error("a terminal's password has up to six digits")]
    BadPassword,
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

/// A card terminal at an address, asked in the store's currency and with the password that was set for it, else with
/// the one that terminals leave the factory with.
pub fn terminal(till: &Till, address: Address) -> Result<Terminal> {
    let password = password(&till.db)?.unwrap_or(Password::ZEROS);
    Ok(Terminal::new(address, Options::new(password, till.store().currency.number())))
}

/// Whether a password was set for the card terminal. Which, is shown to nobody.
pub fn has_password(till: &Till) -> Result<bool> {
    Ok(password(&till.db)?.is_some())
}

/// Sets the password of the card terminal: up to six digits; nothing is the one that it left the factory with.
pub fn set_password(till: &Till, by: OperatorId, text: &str) -> Result<()> {
    operators::check(till.db(), by, Permission::SetUpDevices)?;
    let text = text.trim();
    if text.is_empty() {
        till.db.execute("DELETE FROM setting WHERE key = ?1", [PASSWORD])?;
        return Ok(());
    }
    read_password(text).ok_or(Refusal::BadPassword)?;
    till.db.execute(
        "INSERT OR REPLACE INTO setting (key, value) VALUES (?1, ?2)",
        params![PASSWORD, text],
    )?;
    Ok(())
}

const PASSWORD: &str = "terminal_password";

fn password(db: &Connection) -> Result<Option<Password>> {
    let select = "SELECT value FROM setting WHERE key = ?1";
    let text: Option<String> = db.query_row(select, [PASSWORD], |row| row.get(0)).optional()?;
    let unreadable = || Error::Broken("the password of the card terminal cannot be read".into());
    text.map(|text| read_password(&text).ok_or_else(unreadable)).transpose()
}

fn read_password(text: &str) -> Option<Password> {
    let digits = text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok().and_then(Password::new)).flatten()
}

/// A page that shows what the printer can: accents, sizes, bars and the cut.
pub fn test_page(store: &Store, language: Language) -> Document {
    let (title, note) = match language {
        Language::En => ("TEST PAGE", "If all of this can be read, the printer is well set up."),
        Language::Fr => ("PAGE D’ESSAI", "Si tout ceci se lit, l’imprimante est bien réglée."),
    };
    let mut paper = Document::new();
    paper.styled(store.name.to_uppercase(), Style::BOLD_DOUBLE, Align::Centre);
    paper.styled(title, Style::BOLD_DOUBLE, Align::Centre);
    paper.blank();
    paper.text("àâäçéèêëîïôöùûüÿ ÀÂÇÉÈÊËÎÏÔÙÛ « » 12,34 $");
    paper.columns("1234567890", "1234567890");
    paper.rule();
    paper.text(note);
    paper.barcode(format!("{}{}", store.code, store.register));
    paper.partial_cut();
    paper
}

/// Queues a test page for the printer, or the drawer to open.
pub fn test(till: &mut Till, by: OperatorId, drawer: bool) -> Result<()> {
    let tx = till.begin()?;
    operators::check(&tx, by, Permission::SetUpDevices)?;
    let job = if drawer { Job::KickDrawer { cause: 0 } } else { Job::PrintTest };
    outbox::push(&tx, &job)?;
    tx.commit()
}

/// Says where a device is, or that there is none.
pub fn set_address(
    till: &Till,
    by: OperatorId,
    class: Class,
    address: Option<&Address>,
) -> Result<()> {
    operators::check(till.db(), by, Permission::SetUpDevices)?;
    match address {
        Some(address) => till.db.execute(
            "INSERT OR REPLACE INTO setting (key, value) VALUES (?1, ?2)",
            params![class.as_str(), address.to_string()],
        )?,
        None => till.db.execute("DELETE FROM setting WHERE key = ?1", [class.as_str()])?,
    };
    Ok(())
}
