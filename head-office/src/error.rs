//! What can go wrong. A refusal is for whoever asked; all else is for the log.

use comptoir_sync::documents::ChangeError;
use comptoir_sync::entry::EntryError;

/// The result of nearly everything here.
pub type Result<T> = std::result::Result<T, Error>;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// PostgreSQL failed, is not there, or does not take a row.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// An entry of the log cannot be read.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// A change of a document cannot be read.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// A fact says what no table can show.
    #[error("it cannot be shown: {0}")]
    Unshowable(String),
    /// The program is not set up as it has to be: what is wrong, and what to do about it.
    #[error("{0}")]
    SetUp(String),
    /// The database is of another program, or was changed by hand.
    #[error("the database cannot be used: {0}")]
    Broken(String),
}

impl Error {
    /// Whether the rows are at fault and not the database: what PostgreSQL calls a data exception or
    /// an integrity constraint violation (classes 22 and 23 of its appendix A).
    pub fn is_about_data(&self) -> bool {
        match self {
            Error::Database(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| code.starts_with("22") || code.starts_with("23"))
            }
            Error::Database(_) | Error::SetUp(_) | Error::Broken(_) => false,
            Error::Entry(_) | Error::Change(_) | Error::Unshowable(_) => true,
        }
    }
}

/// A task was lost: it panicked, or the program ends.
impl From<tokio::task::JoinError> for Error {
    fn from(error: tokio::task::JoinError) -> Error {
        Error::Broken(format!("a task was lost: {error}"))
    }
}
