//! Money: an exact amount in the smallest unit of its currency, and the one place where a
//! fraction of that unit is rounded.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Serialize, Serializer};
use ts_rs::TS;

use crate::quantity::Quantity;

/// A currency that a store can trade in (ISO 4217).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize, TS,
)]
#[ts(type = "string")]
pub enum Currency {
    /// Canadian dollar.
    CAD,
    /// United States dollar.
    USD,
    /// Euro.
    EUR,
}

impl Currency {
    /// Digits after the decimal point.
    pub const fn digits(self) -> u32 {
        match self {
            Currency::CAD | Currency::USD | Currency::EUR => 2,
        }
    }

    /// The ISO 4217 code.
    pub const fn code(self) -> &'static str {
        match self {
            Currency::CAD => "CAD",
            Currency::USD => "USD",
            Currency::EUR => "EUR",
        }
    }

    /// The number of ISO 4217, as card terminals have it.
    pub const fn number(self) -> u16 {
        match self {
            Currency::CAD => 124,
            Currency::USD => 840,
            Currency::EUR => 978,
        }
    }

    /// The currency of an ISO 4217 code, if it is one that is known here.
    pub fn from_code(code: &str) -> Option<Currency> {
        [Currency::CAD, Currency::USD, Currency::EUR]
            .into_iter()
            .find(|currency| currency.code() == code)
    }

    const fn scale(self) -> i64 {
        10_i64.pow(self.digits())
    }
}

/// An amount in minor units (cents) of one currency.
///
/// Amounts of different currencies never meet: adding them is a programming fault and panics.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, TS)]
#[ts(type = "string")]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// The text is not an amount of money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an amount")]
pub struct BadAmount(pub String);

impl Money {
    /// The largest amount that may be typed, such as what a drawer was counted at: 99,999,999,999.99.
    pub const MOST_MINOR: i64 = 9_999_999_999_999;
    /// The largest price of one unit: 9,999,999.99. Bounds the sum of a cart of the most lines at the
    /// largest quantity far inside an `i64`.
    pub const MOST_PRICE_MINOR: i64 = 999_999_999;

    /// `minor` units of `currency`.
    pub const fn new(minor: i64, currency: Currency) -> Money {
        Money { minor, currency }
    }

    /// Nothing, in `currency`.
    pub const fn zero(currency: Currency) -> Money {
        Money { minor: 0, currency }
    }

    /// Minor units, for storage.
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency of the amount.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether the amount is exactly nothing.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Whether the amount is below nothing.
    pub const fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// Reads a decimal string with a point: `12`, `12.5`, `12.34`, `-0.02`. More digits than the
    /// currency has, thousands separators, signs such as `$` and amounts above
    /// [`Money::MOST_MINOR`] are refused rather than guessed at.
    pub fn parse(text: &str, currency: Currency) -> Result<Money, BadAmount> {
        let bad = || BadAmount(text.to_owned());
        let minor = parse_decimal(text, currency.digits()).ok_or_else(bad)?;
        if minor.abs() > Self::MOST_MINOR {
            return Err(bad());
        }
        Ok(Money { minor, currency })
    }

    /// Reads a price of one unit: as [`Money::parse`], not negative and at most
    /// [`Money::MOST_PRICE_MINOR`].
    pub fn parse_price(text: &str, currency: Currency) -> Result<Money, BadAmount> {
        let price = Money::parse(text, currency)?;
        let fits = (0..=Self::MOST_PRICE_MINOR).contains(&price.minor);
        if fits { Ok(price) } else { Err(BadAmount(text.to_owned())) }
    }

    /// This price times a quantity, half a cent or more rounded away from zero: the one rounding
    /// of a line.
    pub fn times(self, quantity: Quantity) -> Money {
        let exact = i128::from(self.minor) * i128::from(quantity.thousandths());
        Money { minor: divide_half_up(exact, 1_000), currency: self.currency }
    }

    /// The part of this amount that `part` is of `whole`, half a cent or more rounded away from zero. All of
    /// it for the whole, so parts that are taken as differences of this add up to it. `whole` is positive.
    pub fn part(self, part: Quantity, whole: Quantity) -> Money {
        let exact = i128::from(self.minor) * i128::from(part.thousandths());
        let minor = divide_half_up(exact, i128::from(whole.thousandths()));
        Money { minor, currency: self.currency }
    }

    fn with(self, other: Money, what: fn(i64, i64) -> Option<i64>) -> Money {
        assert_eq!(
            self.currency, other.currency,
            "amounts of two currencies cannot be put together"
        );
        let minor = what(self.minor, other.minor).expect("bounded amounts cannot overflow");
        Money { minor, currency: self.currency }
    }
}

/// `numerator / denominator` to the nearest integer, a half rounded away from zero. The
/// denominator is positive.
pub(crate) fn divide_half_up(numerator: i128, denominator: i128) -> i64 {
    let half = denominator / 2;
    let adjusted = if numerator < 0 { numerator - half } else { numerator + half };
    i64::try_from(adjusted / denominator).expect("bounded amounts cannot overflow")
}

/// Reads an optional sign, digits and at most `digits` decimals into an integer of the last decimal.
pub(crate) fn parse_decimal(text: &str, digits: u32) -> Option<i64> {
    let text = text.trim();
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let point_without_digits = unsigned.contains('.') && fraction.is_empty();
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || point_without_digits || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let decimals = u32::try_from(fraction.len()).ok()?;
    if decimals > digits {
        return None;
    }
    let fraction: i64 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let whole: i64 = whole.parse().ok()?;
    whole
        .checked_mul(10_i64.pow(digits))?
        .checked_add(fraction * 10_i64.pow(digits - decimals))?
        .checked_mul(sign)
}

impl Add for Money {
    type Output = Money;
    fn add(self, other: Money) -> Money {
        self.with(other, i64::checked_add)
    }
}

impl Sub for Money {
    type Output = Money;
    fn sub(self, other: Money) -> Money {
        self.with(other, i64::checked_sub)
    }
}

impl Neg for Money {
    type Output = Money;
    fn neg(self) -> Money {
        Money { minor: -self.minor, currency: self.currency }
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        *self = *self + other;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Money) {
        *self = *self - other;
    }
}

impl Money {
    /// The sum of amounts that are all in `currency`; nothing for no amounts.
    pub fn sum(amounts: impl IntoIterator<Item = Money>, currency: Currency) -> Money {
        amounts.into_iter().fold(Money::zero(currency), Money::add)
    }
}

/// Only for amounts known to be non-empty; use [`Money::sum`] otherwise.
impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(mut amounts: I) -> Money {
        let first = amounts.next().expect("a sum without amounts has no currency");
        amounts.fold(first, Money::add)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scale, digits) =
            (self.currency.scale().unsigned_abs(), self.currency.digits() as usize);
        let (sign, minor) = (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs());
        write!(f, "{sign}{}.{:0digits$}", minor / scale, minor % scale)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} {}", self.currency.code())
    }
}

/// As a decimal string, so that no reader ever makes a float of it. The currency is stated once by
/// what the amount belongs to.
impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cad(minor: i64) -> Money {
        Money::new(minor, Currency::CAD)
    }

    #[test]
    fn amounts_are_read_exactly_or_refused() {
        for (text, minor) in [
            ("12", 1200),
            ("12.5", 1250),
            ("12.34", 1234),
            ("0.05", 5),
            ("-0.02", -2),
            (" 7.00 ", 700),
            ("99999999999.99", 9_999_999_999_999),
        ] {
            assert_eq!(Money::parse(text, Currency::CAD), Ok(cad(minor)), "{text}");
        }
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "1.234",
            "1,234.00",
            "$1",
            "1e3",
            "--1",
            "+1",
            "1 2",
            "100000000000.00",
            "٣",
            "99999999999999999999",
        ] {
            assert!(Money::parse(text, Currency::CAD).is_err(), "{text}");
        }
    }

    #[test]
    fn a_price_has_a_limit_of_its_own() {
        assert_eq!(Money::parse_price("9999999.99", Currency::CAD), Ok(cad(999_999_999)));
        for text in ["10000000.00", "-0.01", "x"] {
            assert!(Money::parse_price(text, Currency::CAD).is_err(), "{text}");
        }
    }

    #[test]
    fn a_line_rounds_half_a_cent_up_once() {
        for (price, quantity, amount) in [
            (174, "1.245", 217),
            (1000, "0.0005", 0),
            (10, "0.05", 1),
            (10, "0.049", 0),
            (-174, "1.245", -217),
            (-10, "0.05", -1),
            (333, "3", 999),
        ] {
            if let Ok(quantity) = quantity.parse::<Quantity>() {
                assert_eq!(cad(price).times(quantity), cad(amount), "{price} × {quantity}");
            }
        }
    }

    #[test]
    fn amounts_are_shown_as_decimal_strings() {
        for (minor, text) in
            [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (123_456, "1234.56"), (-100, "-1.00")]
        {
            assert_eq!(cad(minor).to_string(), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(minor in -Money::MOST_MINOR..=Money::MOST_MINOR) {
            prop_assert_eq!(Money::parse(&cad(minor).to_string(), Currency::CAD), Ok(cad(minor)));
        }

        #[test]
        fn reading_never_panics(text in ".*") {
            let _ = Money::parse(&text, Currency::CAD);
        }

        #[test]
        fn a_return_mirrors_its_sale(price in 0..=Money::MOST_MINOR, thousandths in 0..=Quantity::MOST_THOUSANDTHS) {
            let quantity = Quantity::from_thousandths(thousandths);
            prop_assert_eq!(cad(-price).times(quantity), -cad(price).times(quantity));
        }
    }
}
