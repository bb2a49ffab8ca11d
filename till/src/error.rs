//! What a use case answers when it does not do what it was asked: a refusal, which a person can act
//! on, or a fault, which they cannot.

use comptoir_domain::{
    cart, catalog, compliance, customers, inventory, orders, payments, pricing, promotions, shelf,
    training,
};
use comptoir_sync::documents::ChangeError;
use comptoir_sync::entry::EntryError;
use serde::Serialize;
use ts_rs::TS;

use crate::catalog::{import, products};
use crate::trust::membership;
use crate::{conflicts, devices, home, operators, outbox, store};

/// Any refusal of any area. In JSON it is the area's own object, told apart by `kind`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(untagged)]
#[ts(rename = "EngineRefusal")]
#[error(transparent)]
pub enum Refusal {
    /// Of the cart.
    Cart(#[from] cart::Refusal),
    /// Of the catalogue.
    Catalog(#[from] catalog::Refusal),
    /// Of what the law asks.
    Compliance(#[from] compliance::Refusal),
    /// Of prices and discounts.
    Pricing(#[from] pricing::Refusal),
    /// Of money and shifts.
    Payments(#[from] payments::Refusal),
    /// Of sales.
    Orders(#[from] orders::Refusal),
    /// Of signing in and permissions.
    Operators(#[from] operators::Refusal),
    /// Of the outbox.
    Outbox(#[from] outbox::Refusal),
    /// Of opening or setting up a store.
    Home(#[from] home::Refusal),
    /// Of the store's settings.
    Store(#[from] store::Refusal),
    /// Of a file that is to be imported.
    Import(#[from] import::FileProblem),
    /// Of setting up a device.
    Device(#[from] devices::Refusal),
    /// Of a product that is edited.
    Product(#[from] products::Refusal),
    /// Of taking part at a head office.
    Membership(#[from] membership::Refusal),
    /// Of promotions.
    Promotion(#[from] promotions::Refusal),
    /// Of customers.
    Customer(#[from] customers::Refusal),
    /// Of the shelves.
    Shelf(#[from] shelf::Refusal),
    /// Of counting.
    Inventory(#[from] inventory::Refusal),
    /// Of deciding between what was written apart.
    Conflict(#[from] conflicts::Refusal),
    /// Of training.
    Training(#[from] training::Refusal),
}

/// A refusal or a fault.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not done, and why; nothing has changed.
    #[error(transparent)]
    Refused(Refusal),
    /// SQLite failed: disk full, file gone, rule of the schema broken.
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
    /// The schema could not be brought up to date.
    #[error("migration: {0}")]
    Migration(#[from] refinery::Error),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The journal says something that cannot be.
    #[error("journal: {0}")]
    Journal(#[from] EntryError),
    /// A document says something that cannot be.
    #[error("document: {0}")]
    Document(#[from] ChangeError),
    /// Something that was thought impossible; the text is for the log.
    #[error("{0}")]
    Broken(String),
}

impl<R: Into<Refusal>> From<R> for Error {
    fn from(refusal: R) -> Error {
        Error::Refused(refusal.into())
    }
}

impl From<cart::RefusalOfLine> for Error {
    fn from(refusal: cart::RefusalOfLine) -> Error {
        match refusal {
            cart::RefusalOfLine::Cart(refusal) => refusal.into(),
            cart::RefusalOfLine::Catalog(refusal) => refusal.into(),
        }
    }
}

impl From<orders::CompletionRefusal> for Error {
    fn from(refusal: orders::CompletionRefusal) -> Error {
        match refusal {
            orders::CompletionRefusal::Cart(refusal) => refusal.into(),
            orders::CompletionRefusal::Payments(refusal) => refusal.into(),
        }
    }
}

impl From<orders::returns::ReturnRefusal> for Error {
    fn from(refusal: orders::returns::ReturnRefusal) -> Error {
        match refusal {
            orders::returns::ReturnRefusal::Orders(refusal) => refusal.into(),
            orders::returns::ReturnRefusal::Cart(refusal) => refusal.into(),
            orders::returns::ReturnRefusal::Catalog(refusal) => refusal.into(),
        }
    }
}

impl Error {
    /// A fault of a file.
    pub fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.display().to_string();
        move |source| Error::File { path, source }
    }

    /// Whether a rule of the schema was broken: that is about what was written, and not about the till.
    pub(crate) fn is_a_conflict(&self) -> bool {
        let broken = Some(rusqlite::ErrorCode::ConstraintViolation);
        matches!(self, Error::Database(error) if error.sqlite_error_code() == broken)
    }
}

/// What use cases answer.
pub type Result<T> = std::result::Result<T, Error>;
