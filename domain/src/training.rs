//! Training: selling for practice in a copy of the store that is thrown away. Which training it is, is in the epoch of
//! all that is written in it, and so in its receipt numbers: nothing of it can be taken for something real.

use serde::Serialize;
use ts_rs::TS;

use crate::money::Money;

/// Epochs from here on are trainings. Real ones begin with 1 and grow by 1 whenever a device starts anew.
const FIRST_EPOCH: u32 = 1 << 31;

/// Why nobody trains, or why something is not done while somebody does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "TrainingRefusal")]
pub enum Refusal {
    /// It would be thrown away with the training, or reach out of it.
    #[error("not while training: what is changed now would be thrown away")]
    NotInTraining,
    /// Training has begun already.
    #[error("this register is training already")]
    TrainingAlready,
    /// Nobody is training.
    #[error("nobody is training at this register")]
    NoTraining,
    /// Somebody practised: nothing was sold for it.
    #[error("{receipt} is a training receipt: nothing was sold for it")]
    TrainingReceipt {
        /// As it was read.
        receipt: String,
    },
}

/// What was thrown away at the end of a training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Practised {
    /// Completed sales.
    pub sales: u64,
    /// Completed returns, voided sales among them.
    pub returns: u64,
    /// What the sales came to, with tax.
    pub sold: Money,
}

/// The epoch of a register's training, numbered from 1.
pub const fn epoch_of(training: u32) -> u32 {
    FIRST_EPOCH.saturating_add(training)
}

/// The number of the training that an epoch is of; none of a real one.
pub const fn training_of(epoch: u32) -> Option<u32> {
    epoch.checked_sub(FIRST_EPOCH)
}

/// An epoch as it stands in a receipt number: `2`, or `T7` for the seventh training.
pub fn written(epoch: u32) -> String {
    match training_of(epoch) {
        Some(training) => format!("T{training}"),
        None => epoch.to_string(),
    }
}

/// The epoch that [`written`] wrote.
pub fn read(text: &str) -> Option<u32> {
    match text.strip_prefix('T') {
        Some(training) => training.parse().ok().and_then(|number| FIRST_EPOCH.checked_add(number)),
        None => text.parse().ok().filter(|epoch| training_of(*epoch).is_none()),
    }
}

/// Whether a receipt number, of whatever store, was given out in a training.
pub fn is_of_training(receipt: &str) -> bool {
    let receipt = receipt.trim().to_uppercase();
    let mut parts = receipt.rsplit('-');
    let number = parts.next().is_some_and(|number| number.parse::<u64>().is_ok());
    number && parts.next().and_then(read).and_then(training_of).is_some() && parts.next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::{receipt_number, register_of};

    #[test]
    fn a_training_receipt_is_told_from_a_real_one() {
        let (real, practised) =
            (receipt_number("YOW1", 2, 3, 41), receipt_number("YOW1", 2, epoch_of(3), 41));
        assert_eq!((real.as_str(), practised.as_str()), ("YOW12-3-41", "YOW12-T3-41"));
        assert_eq!(register_of(&practised, "YOW1"), Some(2));
        for (receipt, of_training) in [
            (real.as_str(), false),
            (practised.as_str(), true),
            (" yow12-t3-41 ", true),
            ("A-B1-T1-1", true),
            ("T1-1", false),
            ("YOW12-T3-", false),
            ("YOW12-T-1", false),
            ("YOW12-2147483651-41", false),
            ("TEA-T-SHIRT", false),
            ("", false),
        ] {
            assert_eq!(is_of_training(receipt), of_training, "{receipt}");
        }
    }

    #[test]
    fn an_epoch_is_read_as_it_was_written() {
        for epoch in [1, 2, 4_711, epoch_of(1), epoch_of(4_711)] {
            assert_eq!(read(&written(epoch)), Some(epoch));
        }
        assert_eq!(training_of(epoch_of(7)), Some(7));
        assert_eq!(read("2147483655"), None, "as a number it would be taken for a real one");
    }
}
