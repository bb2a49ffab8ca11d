//! What the law asks before goods are handed over: ages by region and date, and the public
//! possession limit for cannabis.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::catalog::CannabisClass;
use crate::ids::OperatorId;
use crate::quantity::Quantity;
use crate::store::Region;

/// Goods for which a region sets an age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Goods {
    /// Beer, wine, spirits.
    Alcohol,
    /// Cannabis and what contains it.
    Cannabis,
}

/// The age for some goods in one region, for one span of dates.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AgeRule {
    /// What is sold.
    pub goods: Goods,
    /// Where.
    pub region: Region,
    /// In years.
    pub minimum_age: u8,
    /// First day.
    pub valid_from: Date,
    /// Last day; none while it is in force.
    pub valid_to: Option<Date>,
}

/// The possession limit, for one span of dates.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PossessionLimit {
    /// In grams of dried cannabis or its equivalent.
    pub grams: u32,
    /// First day.
    pub valid_from: Date,
    /// Last day; none while it is in force.
    pub valid_to: Option<Date>,
}

/// All dated rules, as data.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Rules {
    /// Of every region.
    pub ages: Vec<AgeRule>,
    /// Of the country.
    pub possession: Vec<PossessionLimit>,
    /// Whoever looks younger than this is asked for proof.
    pub ask_under: u8,
}

impl Rules {
    /// The age for `goods` in `region` on `date`; none where there is no rule.
    pub fn minimum_age(&self, goods: Goods, region: Region, date: Date) -> Option<u8> {
        let in_force = |rule: &&AgeRule| {
            rule.goods == goods
                && rule.region == region
                && rule.valid_from <= date
                && rule.valid_to.is_none_or(|last| date <= last)
        };
        self.ages.iter().find(in_force).map(|rule| rule.minimum_age)
    }

    /// The possession limit on `date`; none where there is none.
    pub fn possession_limit(&self, date: Date) -> Option<u32> {
        let in_force = |limit: &&PossessionLimit| {
            limit.valid_from <= date && limit.valid_to.is_none_or(|last| date <= last)
        };
        self.possession.iter().find(in_force).map(|limit| limit.grams)
    }
}

/// How it was made sure that somebody is old enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AgeProof {
    /// They look older than the age below which one has to ask.
    LooksOlder,
    /// They showed a document.
    Document,
}

impl AgeProof {
    /// All of them; the position is how facts store it, so new ones go at the end.
    pub const ALL: [AgeProof; 2] = [AgeProof::LooksOlder, AgeProof::Document];
}

/// Somebody made sure that the customer is old enough; once for a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgeCheck {
    /// In years: enough for everything up to it.
    pub age: u8,
    /// How.
    pub proof: AgeProof,
    /// Who looked.
    pub by: OperatorId,
}

/// What a piece of goods counts against the possession limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cannabis {
    /// Class under Schedule 3.
    pub class: CannabisClass,
    /// Net content of one unit; of no account for seeds.
    pub net_milligrams: u32,
}

/// Grams of dried cannabis that goods are equivalent to, exactly.
///
/// Cannabis Act, Schedule 3 (as amended by SOR/2022-252): one gram of dried cannabis is 5 g of fresh,
/// 15 g of solids, 70 g of non-solids other than beverages, 570 g of beverages, 0.25 g of concentrates
/// or one seed. 3,990 is a multiple of 5, 15, 70 and 570, so a sum of parts has no remainder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Equivalent(i128);

/// Parts in one gram: 3,990 to a milligram, of a thousandth of a unit.
const PARTS_PER_GRAM: i128 = 3_990 * 1_000 * 1_000;

impl Equivalent {
    /// Of whole grams.
    pub const fn grams(grams: u32) -> Equivalent {
        Equivalent(grams as i128 * PARTS_PER_GRAM)
    }

    /// Of `quantity` units of goods.
    pub fn of(goods: Cannabis, quantity: Quantity) -> Equivalent {
        let milligrams = i128::from(goods.net_milligrams);
        let parts = match goods.class {
            CannabisClass::Dried => milligrams * 3_990,
            CannabisClass::Fresh => milligrams * 3_990 / 5,
            CannabisClass::Solid => milligrams * 3_990 / 15,
            CannabisClass::NonSolid => milligrams * 3_990 / 70,
            CannabisClass::Beverage => milligrams * 3_990 / 570,
            CannabisClass::Concentrate => milligrams * 3_990 * 4,
            CannabisClass::Seed => 3_990 * 1_000,
        };
        Equivalent(parts * i128::from(quantity.thousandths()))
    }

    fn hundredths(self, up: bool) -> i128 {
        let hundredth = PARTS_PER_GRAM / 100;
        let more = if up { hundredth - 1 } else { 0 };
        (self.0 + more).div_euclid(hundredth)
    }
}

impl std::ops::Add for Equivalent {
    type Output = Equivalent;
    fn add(self, other: Equivalent) -> Equivalent {
        Equivalent(self.0 + other.0)
    }
}

/// How much of the possession limit goods use up, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Allowance {
    /// Grams used, rounded up to two decimals.
    pub used: String,
    /// Grams left, rounded down; `0.00` beyond the limit.
    pub left: String,
    /// Grams allowed.
    pub limit: u32,
    /// Hundredths of the limit used, rounded up.
    pub percent: u32,
    /// The line that goes past the limit.
    pub over: Option<u32>,
}

impl Allowance {
    /// Of numbered lines of goods, in their order; none where no line counts.
    pub fn of(
        lines: impl IntoIterator<Item = (u32, Cannabis, Quantity)>,
        limit: u32,
    ) -> Option<Allowance> {
        let most = Equivalent::grams(limit);
        let mut sum: Option<Equivalent> = None;
        let mut over = None;
        for (line, goods, quantity) in lines {
            let with = sum.unwrap_or_default() + Equivalent::of(goods, quantity);
            if with > most && over.is_none() {
                over = Some(line);
            }
            sum = Some(with);
        }
        let sum = sum?;
        let left = Equivalent((most.0 - sum.0).max(0));
        let percent = if most.0 == 0 { 0 } else { (sum.0 * 100 + most.0 - 1) / most.0 };
        let shown = |hundredths: i128| format!("{}.{:02}", hundredths / 100, hundredths % 100);
        Some(Allowance {
            used: shown(sum.hundredths(true)),
            left: shown(left.hundredths(false)),
            limit,
            percent: u32::try_from(percent).unwrap_or(u32::MAX),
            over,
        })
    }
}

/// What the engine says instead of handing goods over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "ComplianceRefusal")]
pub enum Refusal {
    /// Somebody has to look at the customer first.
    #[error("make sure that the customer is {age} or older")]
    AgeCheckRequired {
        /// In years.
        age: u8,
    },
    /// More cannabis than one may carry.
    #[error("{used} g of {limit} g: take line {line} out")]
    OverPossessionLimit {
        /// Grams of dried cannabis or its equivalent, rounded up.
        used: String,
        /// Grams allowed.
        limit: u32,
        /// The line that goes past it.
        line: u32,
    },
    /// Nothing in the cart asks for an age.
    #[error("nothing in the cart asks for an age")]
    NoAgeToCheck,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goods(class: CannabisClass, net_milligrams: u32) -> Cannabis {
        Cannabis { class, net_milligrams }
    }

    fn units(n: i64) -> Quantity {
        Quantity::from_thousandths(n * 1_000)
    }

    /// Cannabis Act, Schedule 3, as amended by SOR/2022-252.
    #[test]
    fn carts_at_the_limit() {
        use CannabisClass::{Beverage, Concentrate, Dried, Fresh, NonSolid, Seed, Solid};
        let of = |class, net, n| (goods(class, net), units(n));
        for (cart, used, left, over) in [
            (vec![of(Beverage, 355_000, 48)], "29.90", "0.10", None),
            (vec![of(Beverage, 355_000, 49)], "30.52", "0.00", Some(1)),
            (
                vec![
                    of(Dried, 3_500, 1),
                    of(Solid, 90_000, 1),
                    of(Concentrate, 1_000, 1),
                    of(Beverage, 355_000, 6),
                    of(Seed, 0, 10),
                ],
                "27.24",
                "2.76",
                None,
            ),
            (vec![of(Concentrate, 7_500, 1)], "30.00", "0.00", None),
            (vec![of(Seed, 0, 30), of(Dried, 100, 1)], "30.10", "0.00", Some(2)),
            (vec![of(Fresh, 150_000, 1)], "30.00", "0.00", None),
            (vec![of(NonSolid, 70_001, 30)], "30.01", "0.00", Some(1)),
            (vec![of(Dried, 1, 1)], "0.01", "29.99", None),
        ] {
            let lines = (1..).zip(cart).map(|(line, (goods, quantity))| (line, goods, quantity));
            let allowance = Allowance::of(lines, 30).unwrap();
            assert_eq!(
                (allowance.used.as_str(), allowance.left.as_str(), allowance.over),
                (used, left, over)
            );
        }
        assert_eq!(Allowance::of([], 30), None);
    }

    #[test]
    fn nine_tenths_of_the_limit_are_ninety_per_cent() {
        for (milligrams, percent) in [(26_999, 90), (27_000, 90), (27_001, 91), (60_000, 200)] {
            let line = (1, goods(CannabisClass::Dried, milligrams), units(1));
            assert_eq!(Allowance::of([line], 30).unwrap().percent, percent, "{milligrams}");
        }
    }
}
