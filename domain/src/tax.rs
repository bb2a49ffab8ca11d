//! Sales tax: dated rates as data, one rounding per tax per sale.

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize, Serializer};
use ts_rs::TS;

use crate::money::{Currency, Money, divide_half_up};
use crate::store::Region;
use crate::text::Text;

/// How a product is taxed: `standard`, `zero_rated`, `exempt`, `gst_only`, … A category is known
/// when the rates of the region name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct TaxCategory(pub String);

impl TaxCategory {
    /// The category of a product that says nothing else.
    pub fn standard() -> TaxCategory {
        TaxCategory("standard".to_owned())
    }
}

/// One tax, in one region, at one rate, for one span of dates.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TaxRate {
    /// `GST`, `HST`, `PST`, `QST`, `RST`.
    pub code: String,
    /// The letter that stands behind the lines it is on.
    pub letter: char,
    /// Where it is levied.
    pub region: Region,
    /// Per cent, exact.
    pub percent: Decimal,
    /// First day.
    pub valid_from: Date,
    /// Last day; none while it is in force.
    pub valid_to: Option<Date>,
    /// Tax categories that it covers.
    pub categories: Vec<TaxCategory>,
    /// As printed.
    pub name: Text,
}

/// All dated rates, and the tax categories that products may have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TaxTable {
    /// Categories that a product may have, also those on which no tax falls.
    pub categories: Vec<TaxCategory>,
    /// Every rate, past, present and announced.
    pub rates: Vec<TaxRate>,
}

impl TaxTable {
    /// The rates in force in `region` on `date`, in the order of the table.
    pub fn in_force(&self, region: Region, date: Date) -> Vec<TaxRate> {
        let in_force = |rate: &&TaxRate| {
            rate.region == region
                && rate.valid_from <= date
                && rate.valid_to.is_none_or(|last| date <= last)
        };
        self.rates.iter().filter(in_force).cloned().collect()
    }

    /// Whether a product may have this category.
    pub fn knows(&self, category: &TaxCategory) -> bool {
        self.categories.contains(category)
    }
}

impl TaxRate {
    /// Whether the tax falls on a product of `category`.
    pub fn covers(&self, category: &TaxCategory) -> bool {
        self.categories.contains(category)
    }

    /// The tax on `taxable`, half a cent or more rounded up (Revenu Québec, "Calculating the taxes").
    pub fn on(&self, taxable: Money) -> Money {
        percent_of(self.percent, taxable)
    }
}

fn percent_of(percent: Decimal, taxable: Money) -> Money {
    let per_hundred_thousandth = (percent * Decimal::from(1_000)).normalize();
    debug_assert!(per_hundred_thousandth.is_integer(), "a rate has at most three decimals");
    let numerator = i128::from(taxable.minor()) * per_hundred_thousandth.to_i128().unwrap_or(0);
    Money::new(divide_half_up(numerator, 100_000), taxable.currency())
}

/// One tax of one sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TaxLine {
    /// `HST`.
    pub code: String,
    /// `H`.
    pub letter: String,
    /// As printed.
    pub name: Text,
    /// Per cent, as a decimal string without trailing zeros.
    #[serde(serialize_with = "plain_decimal")]
    #[ts(type = "string")]
    pub rate: Decimal,
    /// What it falls on.
    pub taxable: Money,
    /// The tax.
    pub amount: Money,
}

impl TaxLine {
    /// This tax on a part of what it falls on, at the rate that it had.
    pub fn on(&self, taxable: Money) -> Money {
        percent_of(self.rate, taxable)
    }
}

fn plain_decimal<S: Serializer>(rate: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&rate.normalize())
}

/// The taxes on amounts of given categories: summed per tax, then rounded once. A tax that covers
/// none of the amounts has no line.
pub fn tax_lines<'a>(
    amounts: impl Iterator<Item = (&'a TaxCategory, Money)> + Clone,
    rates: &[TaxRate],
    currency: Currency,
) -> Vec<TaxLine> {
    let line = |rate: &TaxRate| {
        let mut covered = amounts.clone().filter(|(category, _)| rate.covers(category)).peekable();
        covered.peek()?;
        let taxable = Money::sum(covered.map(|(_, amount)| amount), currency);
        Some(TaxLine {
            code: rate.code.clone(),
            letter: rate.letter.to_string(),
            name: rate.name.clone(),
            rate: rate.percent,
            taxable,
            amount: rate.on(taxable),
        })
    };
    rates.iter().filter_map(line).collect()
}

/// The letters of the taxes that fall on `category`, such as `H` or `GQ`.
pub fn letters(category: &TaxCategory, rates: &[TaxRate]) -> String {
    rates.iter().filter(|rate| rate.covers(category)).map(|rate| rate.letter).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rate(code: &str, percent: &str) -> TaxRate {
        TaxRate {
            code: code.into(),
            letter: code.chars().next().unwrap(),
            region: Region::QC,
            percent: percent.parse().unwrap(),
            valid_from: Date::constant(2013, 1, 1),
            valid_to: None,
            categories: vec![TaxCategory::standard()],
            name: Text::new(code, code),
        }
    }

    fn taxes(prices: &[&str], rates: &[TaxRate]) -> Vec<String> {
        let standard = TaxCategory::standard();
        let prices: Vec<Money> =
            prices.iter().map(|price| Money::parse(price, Currency::CAD).unwrap()).collect();
        tax_lines(prices.iter().map(|price| (&standard, *price)), rates, Currency::CAD)
            .iter()
            .map(|line| line.amount.to_string())
            .collect()
    }

    /// Revenu Québec, "Calculating the taxes": both taxes on the price before tax.
    #[test]
    fn quebec() {
        let quebec = [rate("GST", "5"), rate("QST", "9.975")];
        assert_eq!(taxes(&["100.00"], &quebec), ["5.00", "9.98"]);
        assert_eq!(taxes(&["0.04"], &quebec), ["0.00", "0.00"]);
    }

    /// One rounding per tax per sale: 0.02 where rounding each line would make 0.03.
    #[test]
    fn several_items_are_taxed_on_their_total() {
        assert_eq!(taxes(&["0.10", "0.10", "0.10"], &[rate("GST", "5")]), ["0.02"]);
        assert_eq!(taxes(&["1.83", "2.86"], &[rate("GST", "5")]), ["0.23"]);
        assert_eq!(taxes(&["689.93"], &[rate("GST", "5"), rate("PST", "7")]), ["34.50", "48.30"]);
    }

    #[test]
    fn a_tax_that_covers_nothing_has_no_line() {
        let exempt = TaxCategory("exempt".into());
        let amounts = [(&exempt, Money::new(500, Currency::CAD))];
        assert!(tax_lines(amounts.into_iter(), &[rate("GST", "5")], Currency::CAD).is_empty());
    }

    proptest! {
        #[test]
        fn a_refund_takes_back_exactly_the_tax(minor in 0..=Money::MOST_MINOR) {
            let rate = rate("QST", "9.975");
            prop_assert_eq!(rate.on(Money::new(-minor, Currency::CAD)), -rate.on(Money::new(minor, Currency::CAD)));
        }

        #[test]
        fn the_tax_is_within_half_a_cent_of_exact(minor in 0..=Money::MOST_MINOR) {
            let tax = rate("QST", "9.975").on(Money::new(minor, Currency::CAD)).minor();
            let off = i128::from(tax) * 100_000 - i128::from(minor) * 9_975;
            prop_assert!((-50_000..=50_000).contains(&off));
        }
    }
}
