//! Prices changed at the counter: another price, a discount on a line or on the cart, and how much
//! of that each role may do alone.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use ts_rs::TS;

use crate::money::{Currency, Money, divide_half_up, parse_decimal};
use crate::operators::Role;

/// A share in hundredths of a per cent, above nothing and at most all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(u32);

impl Percent {
    /// All of it.
    pub const ALL: Percent = Percent(10_000);

    /// `hundredths` of a per cent; none outside 0.01 to 100.
    pub fn from_hundredths(hundredths: i64) -> Option<Percent> {
        let hundredths = u32::try_from(hundredths).ok()?;
        (1..=Percent::ALL.0).contains(&hundredths).then_some(Percent(hundredths))
    }

    /// As [`Percent::from_hundredths`], of what somebody may do alone: which may be nothing at all.
    pub fn limit(hundredths: i64) -> Option<Percent> {
        if hundredths == 0 { Some(Percent(0)) } else { Percent::from_hundredths(hundredths) }
    }

    /// Reads such a limit: `0%`, `12.5%`.
    pub fn parse_limit(text: &str) -> Result<Percent, Refusal> {
        let hundredths =
            text.trim().strip_suffix('%').and_then(|text| parse_decimal(text.trim(), 2));
        let bad = || Refusal::BadDiscount { text: text.to_owned() };
        hundredths.and_then(Percent::limit).ok_or_else(bad)
    }

    /// For storage.
    pub const fn hundredths(self) -> i64 {
        self.0 as i64
    }
}

/// What is taken off a line or a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, TS)]
#[ts(type = "string")]
pub enum Discount {
    /// A share: `10%`.
    Percent(Percent),
    /// So much, but never more than there is: `5.00`.
    Amount(Money),
}

impl Discount {
    /// Reads `10%`, `12.5%` or `5.00`.
    pub fn parse(text: &str, currency: Currency) -> Result<Discount, Refusal> {
        let bad = || Refusal::BadDiscount { text: text.to_owned() };
        match text.trim().strip_suffix('%') {
            Some(percent) => {
                let hundredths = parse_decimal(percent.trim(), 2).ok_or_else(bad)?;
                Percent::from_hundredths(hundredths).map(Discount::Percent).ok_or_else(bad)
            }
            None => match Money::parse(text, currency) {
                Ok(amount) if amount.minor() > 0 => Ok(Discount::Amount(amount)),
                _ => Err(bad()),
            },
        }
    }

    /// What it takes off `amount`: half a cent or more rounded up, never more than `amount`.
    pub fn of(self, amount: Money) -> Money {
        match self {
            Discount::Percent(percent) => {
                let exact = i128::from(amount.minor()) * i128::from(percent.0);
                let all = i128::from(Percent::ALL.0);
                Money::new(divide_half_up(exact, all), amount.currency())
            }
            Discount::Amount(off) => off.min(amount),
        }
    }
}

impl fmt::Display for Discount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Discount::Percent(Percent(hundredths)) => {
                write!(f, "{}", hundredths / 100)?;
                match hundredths % 100 {
                    0 => {}
                    part if part % 10 == 0 => write!(f, ".{}", part / 10)?,
                    part => write!(f, ".{part:02}")?,
                }
                f.write_str("%")
            }
            Discount::Amount(amount) => amount.fmt(f),
        }
    }
}

impl Serialize for Discount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Why a price was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PriceReason {
    /// The shelf says another price.
    ShelfPrice,
    /// Another shop sells it for less.
    PriceMatch,
    /// The goods are not what they were.
    Damaged,
    /// The customer was put out, or is a good one.
    Courtesy,
    /// Somebody who works here.
    Staff,
    /// Something else.
    Other,
    /// The label says so that the shop's own scale printed; nobody at the counter chose it.
    Label,
}

impl PriceReason {
    /// All of them; the position is how facts store it, so new ones go at the end.
    pub const ALL: [PriceReason; 7] = [
        PriceReason::ShelfPrice,
        PriceReason::PriceMatch,
        PriceReason::Damaged,
        PriceReason::Courtesy,
        PriceReason::Staff,
        PriceReason::Other,
        PriceReason::Label,
    ];
}

/// A discount that was given, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Given {
    /// How much.
    pub discount: Discount,
    /// Why.
    pub reason: PriceReason,
}

/// What a role may take off without approval; a manager may take off all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A cashier.
    pub cashier: Percent,
    /// A supervisor.
    pub supervisor: Percent,
}

impl Default for Limits {
    /// Ten per cent, and half.
    fn default() -> Limits {
        Limits { cashier: Percent(1_000), supervisor: Percent(5_000) }
    }
}

impl Limits {
    /// The least role that may sell for `after` what is listed at `before`. To ask for more than the
    /// list says is never a cashier's own decision.
    pub fn needs(self, before: Money, after: Money) -> Role {
        if after > before {
            return Role::Supervisor;
        }
        // As a discount of that share would be rounded: 10% of 13.99 is 1.40.
        let within = |most: Percent| before - after <= Discount::Percent(most).of(before);
        match () {
            () if within(self.cashier) => Role::Cashier,
            () if within(self.supervisor) => Role::Supervisor,
            () => Role::Manager,
        }
    }
}

/// `whole` divided over `amounts` in proportion, to the cent: the parts sum up to it exactly. What
/// is left after rounding down goes to the largest remainders, the first of equals first.
pub fn divide(whole: Money, amounts: &[Money]) -> Vec<Money> {
    let currency = whole.currency();
    let sum = i128::from(Money::sum(amounts.iter().copied(), currency).minor());
    if sum == 0 {
        return vec![Money::zero(currency); amounts.len()];
    }
    let exact = |amount: &Money| i128::from(whole.minor()) * i128::from(amount.minor());
    let down = |amount: &Money| i64::try_from(exact(amount).div_euclid(sum)).unwrap_or_default();
    let mut parts: Vec<i64> = amounts.iter().map(down).collect();
    let left = whole.minor() - parts.iter().sum::<i64>();
    let mut by_remainder: Vec<usize> = (0..amounts.len()).collect();
    by_remainder.sort_by_key(|place| -exact(&amounts[*place]).rem_euclid(sum));
    for place in by_remainder.into_iter().take(usize::try_from(left).unwrap_or_default()) {
        parts[place] += 1;
    }
    parts.into_iter().map(|minor| Money::new(minor, currency)).collect()
}

/// Why a price is not changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "PricingRefusal")]
pub enum Refusal {
    /// Neither a share nor an amount.
    #[error("{text:?} is not a discount: write 10% or 5.00")]
    BadDiscount {
        /// As typed.
        text: String,
    },
    /// Not a price.
    #[error("{text:?} is not a price: write it as 12.34")]
    BadPrice {
        /// As typed.
        text: String,
    },
    /// More than this operator may do alone.
    #[error("this needs the approval of a {}", needs.as_str())]
    ApprovalRequired {
        /// The least role that may approve it.
        needs: Role,
    },
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cad(minor: i64) -> Money {
        Money::new(minor, Currency::CAD)
    }

    #[test]
    fn discounts_are_read_and_written() {
        for (text, expected) in [
            ("10%", Some(("10%", 100))),
            (" 12.5 %", Some(("12.5%", 125))),
            ("33.33%", Some(("33.33%", 333))),
            ("100%", Some(("100%", 1_000))),
            ("5.00", Some(("5.00", 500))),
            ("25", Some(("25.00", 1_000))),
            ("0%", None),
            ("100.01%", None),
            ("0", None),
            ("-1", None),
            ("1.005", None),
            ("%", None),
            ("ten", None),
        ] {
            let read = Discount::parse(text, Currency::CAD).ok();
            let shown =
                read.map(|discount| (discount.to_string(), discount.of(cad(1_000)).minor()));
            assert_eq!(
                shown,
                expected.map(|(text, off): (&str, i64)| (text.to_owned(), off)),
                "{text}"
            );
        }
    }

    #[test]
    fn half_a_cent_off_is_a_cent_off() {
        for (amount, percent, off) in [(1_05, 1_000, 11), (1_04, 1_000, 10), (3, 5_000, 2)] {
            let discount = Discount::Percent(Percent::from_hundredths(percent).unwrap());
            assert_eq!(discount.of(cad(amount)), cad(off), "{amount} at {percent}");
        }
    }

    #[test]
    fn each_role_has_its_limit() {
        for (before, after, needs) in [
            (1_000, 1_000, Role::Cashier),
            (1_000, 900, Role::Cashier),
            (1_000, 899, Role::Supervisor),
            (1_000, 500, Role::Supervisor),
            (1_000, 499, Role::Manager),
            (1_000, 0, Role::Manager),
            (1_000, 1_001, Role::Supervisor),
            (1_399, 1_259, Role::Cashier),
            (1_399, 1_258, Role::Supervisor),
            (0, 0, Role::Cashier),
        ] {
            assert_eq!(Limits::default().needs(cad(before), cad(after)), needs, "{before} {after}");
        }
    }

    #[test]
    fn a_whole_is_divided_to_the_cent() {
        for (whole, amounts, parts) in [
            (100, &[100, 100, 100][..], &[34, 33, 33][..]),
            (10, &[999, 1], &[10, 0]),
            (5, &[0, 0], &[0, 0]),
            (2, &[1, 1, 2], &[1, 0, 1]),
        ] {
            let amounts: Vec<Money> = amounts.iter().copied().map(cad).collect();
            let parts: Vec<Money> = parts.iter().copied().map(cad).collect();
            assert_eq!(divide(cad(whole), &amounts), parts, "{whole}");
        }
    }

    proptest! {
        #[test]
        fn the_parts_are_the_whole_and_none_is_more_than_it_may_be(
            amounts in proptest::collection::vec(0i64..10_000_000, 1..60),
            share in 0i64..=10_000,
        ) {
            let amounts: Vec<Money> = amounts.into_iter().map(cad).collect();
            let sum = Money::sum(amounts.iter().copied(), Currency::CAD);
            let whole = cad(divide_half_up(i128::from(sum.minor()) * i128::from(share), 10_000));
            let parts = divide(whole, &amounts);
            prop_assert_eq!(Money::sum(parts.iter().copied(), Currency::CAD), whole);
            for (part, amount) in parts.iter().zip(&amounts) {
                prop_assert!(part.minor() >= 0 && part <= amount);
            }
        }
    }
}
