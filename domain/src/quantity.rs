//! Quantity: how many, or how much by weight, in thousandths.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use ts_rs::TS;

use crate::money::parse_decimal;

/// A count or a weight in kilograms, in thousandths of the unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, TS)]
#[ts(type = "string")]
pub struct Quantity(i64);

/// What a quantity counts.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Pieces: whole numbers only.
    Each,
    /// Kilograms, to the gram.
    Kg,
}

impl Unit {
    /// The name in files and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Unit::Each => "each",
            Unit::Kg => "kg",
        }
    }

    /// The unit of a name, in any case; a few common spellings are understood.
    pub fn parse(text: &str) -> Option<Unit> {
        match text.trim().to_lowercase().as_str() {
            "each" | "ea" | "unit" | "pc" | "pce" | "un" | "unité" => Some(Unit::Each),
            "kg" | "kilogram" | "kilogramme" => Some(Unit::Kg),
            _ => None,
        }
    }
}

/// The text is not a quantity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a quantity")]
pub struct BadQuantity(pub String);

impl Quantity {
    /// Nothing.
    pub const ZERO: Quantity = Quantity(0);
    /// One.
    pub const ONE: Quantity = Quantity(1_000);
    /// The largest quantity of a line: 99,999.999.
    pub const MOST_THOUSANDTHS: i64 = 99_999_999;

    /// From thousandths of the unit, as stored.
    pub const fn from_thousandths(thousandths: i64) -> Quantity {
        Quantity(thousandths)
    }

    /// Thousandths of the unit, for storage.
    pub const fn thousandths(self) -> i64 {
        self.0
    }

    /// Whether nothing is left after the point.
    pub const fn is_whole(self) -> bool {
        self.0 % 1_000 == 0
    }

    /// Whether there is something at all.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// The sum, unless it goes past the largest quantity of a line.
    pub fn checked_add(self, other: Quantity) -> Option<Quantity> {
        let sum = self.0.checked_add(other.0)?;
        (sum.abs() <= Self::MOST_THOUSANDTHS).then_some(Quantity(sum))
    }

    /// So many times as much, unless it goes past the largest quantity of a line.
    pub fn checked_times(self, times: i64) -> Option<Quantity> {
        let product = self.0.checked_mul(times)?;
        (product.abs() <= Self::MOST_THOUSANDTHS).then_some(Quantity(product))
    }
}

impl FromStr for Quantity {
    type Err = BadQuantity;

    /// Reads a decimal string of at most three decimals: `2`, `1.245`.
    fn from_str(text: &str) -> Result<Quantity, BadQuantity> {
        match parse_decimal(text, 3) {
            Some(thousandths) if thousandths.abs() <= Self::MOST_THOUSANDTHS => {
                Ok(Quantity(thousandths))
            }
            _ => Err(BadQuantity(text.to_owned())),
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, thousandths) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let (whole, fraction) = (thousandths / 1_000, thousandths % 1_000);
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let decimals = format!("{fraction:03}");
        write!(f, "{sign}{whole}.{}", decimals.trim_end_matches('0'))
    }
}

impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// As a decimal string, like money.
impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_read_and_show() {
        for (text, thousandths, shown) in [
            ("2", 2_000, "2"),
            ("1.245", 1_245, "1.245"),
            ("0.50", 500, "0.5"),
            ("-1.5", -1_500, "-1.5"),
        ] {
            let quantity: Quantity = text.parse().unwrap();
            assert_eq!(
                (quantity.thousandths(), quantity.to_string().as_str()),
                (thousandths, shown)
            );
        }
        for text in ["", "1.2345", "a", "100000", "1,5"] {
            assert!(text.parse::<Quantity>().is_err(), "{text}");
        }
    }
}
