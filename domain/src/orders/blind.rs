//! Goods that come back without their receipt: at what they cost today, or less.

use super::Refusal;
use super::approval::ApprovalReason;
use super::returns::{Goods, ReturnLine, ReturnRefusal};
use crate::cart::{self, MOST_LINES};
use crate::catalog::{self, Item};
use crate::money::{Currency, Money};
use crate::quantity::{Quantity, Unit};
use crate::tax::{self, TaxRate};

/// What somebody brings back without a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlindWanted {
    /// As the catalogue has it.
    pub item: Item,
    /// How many, or how much.
    pub quantity: Quantity,
    /// For how much a unit; none is what the catalogue asks.
    pub price: Option<Money>,
    /// It cannot be sold again.
    pub wasted: bool,
}

/// What `wanted` comes to at the catalogue's prices, or less, and today's `rates`. What would be paid along with it
/// comes back too.
pub fn goods(
    wanted: &[BlindWanted],
    rates: &[TaxRate],
    currency: Currency,
) -> Result<Goods, ReturnRefusal> {
    if wanted.is_empty() {
        return Err(Refusal::NothingToReturn.into());
    }
    if u32::try_from(wanted.len()).map_or(true, |lines| lines > MOST_LINES) {
        return Err(cart::Refusal::TooManyLines { most: MOST_LINES }.into());
    }
    let lines = (1..).zip(wanted).map(|(line, one)| line_of(line, one));
    let mut lines: Vec<ReturnLine> = lines.collect::<Result<_, _>>()?;
    for (of, one) in (1..).zip(wanted) {
        for charge in &one.item.charges {
            let line = lines.last().map_or(1, |last| last.line + 1);
            let each = one.quantity.checked_times(i64::from(charge.each));
            let bad = || cart::Refusal::BadQuantity { text: one.quantity.to_string() };
            let along = BlindWanted {
                item: charge.item.clone(),
                quantity: each.ok_or_else(bad)?,
                price: Some(charge.price),
                wasted: one.wasted,
            };
            lines.push(ReturnLine { of: Some(of), ..line_of(line, &along)? });
        }
    }
    let subtotal = Money::sum(lines.iter().map(|line| line.amount), currency);
    let amounts = lines.iter().map(|line| (&line.tax_category, line.amount));
    let taxes = tax::tax_lines(amounts, rates, currency);
    let total = subtotal + Money::sum(taxes.iter().map(|tax| tax.amount), currency);
    Ok(Goods { lines, subtotal, taxes, total })
}

/// Why it does not come back on a cashier's word alone.
pub fn reasons(wanted: &[BlindWanted]) -> Vec<ApprovalReason> {
    let restricted = wanted.iter().any(|one| one.item.minimum_age.is_some());
    let age = restricted.then_some(ApprovalReason::AgeRestricted);
    [ApprovalReason::NoReceipt].into_iter().chain(age).collect()
}

fn line_of(line: u32, wanted: &BlindWanted) -> Result<ReturnLine, ReturnRefusal> {
    let BlindWanted { item, quantity, price, wasted } = wanted;
    if !quantity.is_positive() {
        return Err(cart::Refusal::BadQuantity { text: quantity.to_string() }.into());
    }
    if item.unit == Unit::Each && !quantity.is_whole() {
        return Err(catalog::Refusal::WholeQuantityOnly { sku: item.sku.clone() }.into());
    }
    let price = price_of(item, *price)?;
    Ok(ReturnLine {
        line,
        sku: item.sku.clone(),
        name: item.name.clone(),
        quantity: *quantity,
        unit: item.unit,
        price: Some(price),
        amount: price.times(*quantity),
        tax_category: item.tax_category.clone(),
        wasted: *wasted,
        of: None,
    })
}

fn price_of(item: &Item, price: Option<Money>) -> Result<Money, ReturnRefusal> {
    let sku = || item.sku.clone();
    match (item.price, price) {
        (Some(most), Some(price)) if price > most => {
            Err(Refusal::PriceAboveList { sku: sku(), most }.into())
        }
        (Some(_), Some(price)) => Ok(price),
        (Some(list), None) => Ok(list),
        (None, Some(price)) if item.open_price => Ok(price),
        (None, None) if item.open_price => {
            Err(catalog::Refusal::PriceRequired { sku: sku(), name: item.name.clone() }.into())
        }
        (None, _) => Err(catalog::Refusal::NoPrice { sku: sku() }.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Region;
    use crate::tax::TaxCategory;
    use crate::text::Text;

    fn cad(minor: i64) -> Money {
        Money::new(minor, Currency::CAD)
    }

    fn rates() -> Vec<TaxRate> {
        vec![TaxRate {
            code: "HST".into(),
            letter: 'H',
            region: Region::ON,
            percent: "13".parse().unwrap(),
            valid_from: jiff::civil::date(2010, 7, 1),
            valid_to: None,
            categories: vec![TaxCategory::standard()],
            name: Text::new("HST", "TVH"),
        }]
    }

    fn wanted(unit: Unit, list: Option<i64>, thousandths: i64, price: Option<i64>) -> BlindWanted {
        let item = Item {
            sku: "TEA".into(),
            name: Text::new("Tea", "Thé"),
            unit,
            price: list.map(cad),
            open_price: list.is_none(),
            tax_category: TaxCategory::standard(),
            minimum_age: None,
            cannabis: None,
            archived: false,
            charges: Vec::new(),
        };
        let quantity = Quantity::from_thousandths(thousandths);
        BlindWanted { item, quantity, price: price.map(cad), wasted: false }
    }

    #[test]
    fn nobody_is_given_more_than_the_goods_cost_today() {
        for (unit, list, thousandths, price, expected) in [
            (Unit::Each, Some(9_00), 2_000, None, Ok("18.00 + 2.34")),
            (Unit::Each, Some(9_00), 2_000, Some(9_00), Ok("18.00 + 2.34")),
            (Unit::Each, Some(9_00), 1_000, Some(5_00), Ok("5.00 + 0.65")),
            (Unit::Each, Some(9_00), 1_000, Some(0), Ok("0.00 + 0.00")),
            (Unit::Kg, Some(1_74), 1_245, None, Ok("2.17 + 0.28")),
            (Unit::Each, None, 1_000, Some(40_00), Ok("40.00 + 5.20")),
            (Unit::Each, Some(9_00), 1_000, Some(9_01), Err("TEA costs 9.00")),
            (Unit::Each, None, 1_000, None, Err("TEA")),
            (Unit::Each, Some(9_00), 500, None, Err("TEA")),
            (Unit::Each, Some(9_00), 0, None, Err("quantity")),
        ] {
            let wanted = wanted(unit, list, thousandths, price);
            match (goods(&[wanted], &rates(), Currency::CAD), expected) {
                (Ok(goods), Ok(expected)) => {
                    let shown = format!("{} + {}", goods.subtotal, goods.total - goods.subtotal);
                    assert_eq!(shown, expected);
                }
                (Err(refusal), Err(words)) => {
                    assert!(refusal.to_string().contains(words), "{refusal}");
                }
                (other, expected) => panic!("{expected:?}: {other:?}"),
            }
        }
        let nothing = goods(&[], &rates(), Currency::CAD);
        assert_eq!(nothing, Err(Refusal::NothingToReturn.into()));
    }
}
