//! What a command answers when it does not do what it was asked.

use comptoir_till::error::{Error, Refusal};
use serde::Serialize;
use ts_rs::TS;

/// A refusal goes to the window as it is; a fault goes to the log, and to the window as a reference
/// that finds it there.
#[derive(Debug, Serialize, TS)]
#[serde(untagged)]
#[ts(rename = "Refusal")]
pub(crate) enum Failure {
    /// Not done, and why.
    Refused(Refusal),
    /// Something broke.
    Fault(Fault),
}

/// Something broke.
#[derive(Debug, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Fault {
    /// Told in the log under this reference.
    Fault {
        /// Eight characters to read out over the telephone.
        reference: String,
    },
}

/// What a command answers.
pub(crate) type Answer<T> = Result<T, Failure>;

/// A window or a driver that could not be put up.
pub(crate) fn of_window(error: Box<dyn std::error::Error>) -> Failure {
    Error::Broken(error.to_string()).into()
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        match error {
            Error::Refused(refusal) => Failure::Refused(refusal),
            fault => {
                let reference: String =
                    uuid::Uuid::new_v4().simple().to_string().chars().take(8).collect();
                tracing::error!(reference, error = %fault, "a command failed");
                Failure::Fault(Fault::Fault { reference })
            }
        }
    }
}
