//! The dated tax rates that ship with the program, as data.

use comptoir_domain::tax::TaxTable;

/// Every category and rate. Rates that were announced but are not yet in force are in it as well.
pub fn table() -> TaxTable {
    serde_json::from_str(include_str!("../data/taxes-ca.json"))
        .expect("the tax table that ships is checked by a test")
}

#[cfg(test)]
mod tests {
    use comptoir_domain::money::{Currency, Money};
    use comptoir_domain::rules::{self, Rule};
    use comptoir_domain::store::Region;
    use comptoir_domain::tax::{self, TaxCategory};
    use jiff::civil::date;

    use super::*;
    use crate::compliance;

    fn taxes(region: Region, day: jiff::civil::Date, category: &str, price: &str) -> String {
        let category = TaxCategory(category.into());
        let amount = Money::parse(price, Currency::CAD).unwrap();
        let lines = tax::tax_lines(
            [(&category, amount)].into_iter(),
            &table().in_force(region, day),
            Currency::CAD,
        );
        lines
            .iter()
            .map(|line| format!("{} {}", line.code, line.amount))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Canada Revenue Agency, "GST/HST calculator (and rates)"; the provinces' own pages for PST, RST and QST.
    #[test]
    fn every_region_has_its_rates() {
        let today = date(2025, 11, 20);
        for (region, expected) in [
            (Region::ON, "HST 13.00"),
            (Region::NB, "HST 15.00"),
            (Region::NL, "HST 15.00"),
            (Region::PE, "HST 15.00"),
            (Region::NS, "HST 14.00"),
            (Region::QC, "GST 5.00 QST 9.98"),
            (Region::BC, "GST 5.00 PST 7.00"),
            (Region::MB, "GST 5.00 RST 7.00"),
            (Region::SK, "GST 5.00 PST 6.00"),
            (Region::AB, "GST 5.00"),
            (Region::YT, "GST 5.00"),
            (Region::NT, "GST 5.00"),
            (Region::NU, "GST 5.00"),
        ] {
            assert_eq!(taxes(region, today, "standard", "100.00"), expected, "{region:?}");
            assert_eq!(taxes(region, today, "zero_rated", "100.00"), "", "{region:?}");
            assert_eq!(taxes(region, today, "exempt", "100.00"), "", "{region:?}");
        }
    }

    /// CRA Notice 342: Nova Scotia lowers its rate on 2025-04-01; the sale's date decides.
    #[test]
    fn nova_scotia_before_and_after() {
        assert_eq!(taxes(Region::NS, date(2025, 3, 31), "standard", "100.00"), "HST 15.00");
        assert_eq!(taxes(Region::NS, date(2025, 4, 1), "standard", "100.00"), "HST 14.00");
    }

    /// Books, children's goods: only the federal part, and where it is harmonised at 5 % as well.
    #[test]
    fn gst_only() {
        for region in [Region::ON, Region::QC, Region::BC, Region::AB] {
            assert_eq!(
                taxes(region, date(2025, 11, 20), "gst_only", "100.00"),
                "GST 5.00",
                "{region:?}"
            );
        }
    }

    /// What the first run and the settings show of a region, dated and with who publishes it.
    #[test]
    fn the_rules_of_a_region_are_told_as_of_a_day() {
        let told = |region, day| {
            let told = rules::in_force(region, day, &table(), &compliance::rules());
            let told: Vec<String> = told
                .iter()
                .map(|told| {
                    let rule = match &told.rule {
                        Rule::Tax { code, percent, .. } => format!("{code} {percent}"),
                        Rule::CashRounding { coin } => format!("cash {coin}"),
                        Rule::MinimumAge { goods, age, .. } => format!("{goods:?} {age}"),
                        Rule::PossessionLimit { grams } => format!("{grams} g"),
                    };
                    format!("{rule} from {} ({})", told.from, told.source.en)
                })
                .collect();
            told.join("\n")
        };
        assert_eq!(
            told(Region::QC, date(2025, 11, 20)),
            "GST 5 from 2008-01-01 (Canada Revenue Agency)
QST 9.975 from 2013-01-01 (Revenu Québec)
cash 0.05 from 2013-02-04 (Department of Finance)
Alcohol 18 from 1990-01-01 (Québec)
Cannabis 21 from 2020-01-01 (Québec)
30 g from 2018-10-17 (Cannabis Act, Schedule 3)"
        );
        assert_eq!(
            told(Region::NS, date(2012, 1, 1)),
            "HST 15 from 2010-07-01 (Canada Revenue Agency)
GST 5 from 2008-01-01 (Canada Revenue Agency)
Alcohol 19 from 1990-01-01 (Nova Scotia)"
        );
    }
}
