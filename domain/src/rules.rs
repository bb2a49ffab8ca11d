//! The dated rules that a store's region brings, as one list for whoever wants to see what the till goes by.

use jiff::civil::{Date, date};
use rust_decimal::Decimal;
use serde::Serialize;
use ts_rs::TS;

use crate::compliance::{Goods, Rules};
use crate::money::{Currency, Money};
use crate::payments;
use crate::store::Region;
use crate::tax::{TaxCategory, TaxRate, TaxTable};
use crate::text::Text;

/// One thing that the till goes by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Rule {
    /// A sales tax.
    Tax {
        /// `HST`.
        code: String,
        /// As printed.
        name: Text,
        /// Per cent, as a decimal string without trailing zeros.
        #[ts(type = "string")]
        percent: Decimal,
        /// Tax categories that it falls on.
        #[ts(type = "Array<string>")]
        categories: Vec<TaxCategory>,
    },
    /// Cash is rounded to the smallest coin.
    CashRounding {
        /// Its value.
        coin: Money,
    },
    /// Nobody younger may buy it.
    MinimumAge {
        /// What.
        goods: Goods,
        /// In years.
        age: u8,
        /// Whoever looks younger than this is asked for proof.
        ask_under: u8,
    },
    /// What one customer may carry.
    PossessionLimit {
        /// In grams of dried cannabis or its equivalent.
        grams: u32,
    },
}

/// A rule with the days on which it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DatedRule {
    /// What it says.
    #[serde(flatten)]
    pub rule: Rule,
    /// First day.
    #[ts(type = "string")]
    pub from: Date,
    /// Last day; none while no end is known.
    #[ts(type = "string | null")]
    pub to: Option<Date>,
    /// Who publishes it.
    pub source: Text,
}

/// The one-cent coin was withdrawn on this day, and cash rounded from then on.
const NO_MORE_CENTS: Date = date(2013, 2, 4);

/// What is in force in `region` on `day`.
pub fn in_force(region: Region, day: Date, taxes: &TaxTable, rules: &Rules) -> Vec<DatedRule> {
    let tax = |rate: TaxRate| DatedRule {
        source: publisher(region, &rate.code),
        from: rate.valid_from,
        to: rate.valid_to,
        rule: Rule::Tax {
            code: rate.code,
            name: rate.name,
            percent: rate.percent.normalize(),
            categories: rate.categories,
        },
    };
    let mut found: Vec<DatedRule> = taxes.in_force(region, day).into_iter().map(tax).collect();
    if day >= NO_MORE_CENTS {
        found.push(DatedRule {
            rule: Rule::CashRounding {
                coin: Money::new(payments::smallest_coin(Currency::CAD), Currency::CAD),
            },
            from: NO_MORE_CENTS,
            to: None,
            source: Text::new("Department of Finance", "Ministère des Finances"),
        });
    }
    let on = |from: Date, to: Option<Date>| from <= day && to.is_none_or(|last| day <= last);
    for rule in rules.ages.iter().filter(|rule| rule.region == region) {
        if on(rule.valid_from, rule.valid_to) {
            found.push(DatedRule {
                rule: Rule::MinimumAge {
                    goods: rule.goods,
                    age: rule.minimum_age,
                    ask_under: rules.ask_under,
                },
                from: rule.valid_from,
                to: rule.valid_to,
                source: region.name(),
            });
        }
    }
    for limit in rules.possession.iter().filter(|limit| on(limit.valid_from, limit.valid_to)) {
        found.push(DatedRule {
            rule: Rule::PossessionLimit { grams: limit.grams },
            from: limit.valid_from,
            to: limit.valid_to,
            source: Text::new("Cannabis Act, Schedule 3", "Loi sur le cannabis, annexe 3"),
        });
    }
    found
}

fn publisher(region: Region, code: &str) -> Text {
    match (code, region) {
        ("GST" | "HST", _) => Text::new("Canada Revenue Agency", "Agence du revenu du Canada"),
        ("QST", _) => Text::new("Revenu Québec", "Revenu Québec"),
        _ => region.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is flattened into one object must not have the name of another field.
    #[test]
    fn a_rule_and_its_dates_are_one_object() {
        let rule = DatedRule {
            rule: Rule::CashRounding { coin: Money::new(5, Currency::CAD) },
            from: NO_MORE_CENTS,
            to: Some(date(2040, 12, 31)),
            source: Text::default(),
        };
        let object = serde_json::to_value(rule).unwrap();
        for (key, value) in [
            ("rule", "cash_rounding"),
            ("coin", "0.05"),
            ("from", "2013-02-04"),
            ("to", "2040-12-31"),
        ] {
            assert_eq!(object[key], value, "{key}");
        }
    }
}
