//! What is sold: product → SKU → GTINs and PLU.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::compliance::Cannabis;
use crate::gs1::Gtin;
use crate::ids::ProductId;
use crate::money::{Money, divide_half_up};
use crate::quantity::{Quantity, Unit};
use crate::store::Settings;
use crate::tax::TaxCategory;
use crate::text::Text;

/// Characters of a name that is keyed at the counter.
pub const MOST_NAME: usize = 40;

/// What a thing is, as the catalogue knows it. Prices are not part of it: they are dated and listed
/// by SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Derived from its first SKU, so that two tills that import the same row mean the same product.
    pub id: ProductId,
    /// English and French name, as on tile and receipt.
    pub name: Text,
    /// Id of its department.
    pub department: String,
    /// Decides which taxes apply.
    pub tax_category: TaxCategory,
    /// Sold only to people of this age and above.
    pub minimum_age: Option<u8>,
    /// No longer sold; kept for the sales that name it.
    pub archived: bool,
    /// Without a price of its own: it is keyed at the counter.
    pub open_price: bool,
    /// Name of the drawing that stands for it.
    pub drawing: String,
    /// Class under Schedule 3 of the Cannabis Act.
    pub cannabis: Option<CannabisClass>,
    /// What is sold and stocked, by SKU code.
    pub skus: BTreeMap<String, Sku>,
}

/// The sellable, stocked unit of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sku {
    /// Sold by piece or by weight.
    pub unit: Unit,
    /// Codes that scan as this SKU.
    pub gtins: BTreeSet<Gtin>,
    /// Codes that are keyed in, such as the 4011 of bananas.
    pub plus: BTreeSet<String>,
    /// Net content in milligrams, where a rule needs it.
    pub net_milligrams: Option<u32>,
    /// What is paid along with each piece, such as a deposit: SKUs of their own, so many of each.
    pub charges: BTreeMap<String, u32>,
}

/// What is paid along with a SKU, such as a deposit or an eco fee: an article of its own, with its own price and taxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The article; nothing is paid along with it in turn.
    pub item: Item,
    /// Price of one.
    pub price: Money,
    /// How many go with one piece.
    pub each: u32,
}

/// Charges of one kind that one piece carries at most: a pallet of cans.
pub const MOST_CHARGES: u32 = 9_999;

/// Charges as a file or a field says them, `DEPOSIT*6; ECO`: SKUs, and how many of each when it is not one. None
/// when that cannot be read.
pub fn read_charges(text: &str) -> Option<BTreeMap<String, u32>> {
    let mut charges = BTreeMap::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (sku, each) = part.rsplit_once('*').unwrap_or((part, "1"));
        let (sku, each) = (sku.trim(), each.trim().parse().ok()?);
        let good = !sku.is_empty() && (1..=MOST_CHARGES).contains(&each);
        if !good || charges.insert(sku.to_owned(), each).is_some() {
            return None;
        }
    }
    Some(charges)
}

/// As [`read_charges`] reads them.
pub fn write_charges(charges: &BTreeMap<String, u32>) -> String {
    charges.iter().map(charge_text).collect::<Vec<String>>().join("; ")
}

/// One of them.
pub fn charge_text((sku, each): (&String, &u32)) -> String {
    if *each == 1 { sku.clone() } else { format!("{sku}*{each}") }
}

/// Cannabis Act, Schedule 3, column 1 (as amended by SOR/2022-252).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CannabisClass {
    /// Dried cannabis.
    Dried,
    /// Fresh cannabis.
    Fresh,
    /// Solids containing cannabis.
    Solid,
    /// Non-solids other than beverages.
    NonSolid,
    /// Beverages.
    Beverage,
    /// Concentrates.
    Concentrate,
    /// Plant seeds.
    Seed,
}

impl CannabisClass {
    /// All of them.
    pub const ALL: [CannabisClass; 7] = [
        CannabisClass::Dried,
        CannabisClass::Fresh,
        CannabisClass::Solid,
        CannabisClass::NonSolid,
        CannabisClass::Beverage,
        CannabisClass::Concentrate,
        CannabisClass::Seed,
    ];

    /// The name in files and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            CannabisClass::Dried => "dried",
            CannabisClass::Fresh => "fresh",
            CannabisClass::Solid => "solid",
            CannabisClass::NonSolid => "non_solid",
            CannabisClass::Beverage => "beverage",
            CannabisClass::Concentrate => "concentrate",
            CannabisClass::Seed => "seed",
        }
    }

    /// The class of a name.
    pub fn parse(name: &str) -> Option<CannabisClass> {
        CannabisClass::ALL.into_iter().find(|class| class.as_str() == name)
    }
}

/// A SKU with all that a cart line needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// SKU code.
    pub sku: String,
    /// Name of the product.
    pub name: Text,
    /// Piece or weight.
    pub unit: Unit,
    /// Price of one unit; a SKU without one cannot be sold, unless its price is open.
    pub price: Option<Money>,
    /// Without a price of its own: it is keyed at the counter, by whoever sells.
    pub open_price: bool,
    /// Decides the taxes.
    pub tax_category: TaxCategory,
    /// 18, 19 or 21 where the law says so.
    pub minimum_age: Option<u8>,
    /// What it counts against the possession limit.
    pub cannabis: Option<Cannabis>,
    /// No longer sold.
    pub archived: bool,
    /// What is paid along with each piece.
    pub charges: Vec<Charge>,
}

/// A branch of the department tree, as the window shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Department {
    /// Stable id, such as `bakery`.
    pub id: String,
    /// The department that it is a part of; none at the top.
    #[serde(default)]
    pub parent: Option<String>,
    /// Full name.
    pub name: Text,
    /// At most 15 characters, for the row of departments.
    pub short: Text,
    /// Name of the pigment that its drawings are printed in.
    pub pigment: String,
}

/// A SKU as the shelf shows it: drawing above, label below.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Tile {
    /// SKU code.
    pub sku: String,
    /// Name of the product.
    pub name: Text,
    /// Price of one unit; none when it is keyed at the counter.
    pub price: Option<Money>,
    /// Piece or weight.
    pub unit: Unit,
    /// Shown as `19+`.
    pub minimum_age: Option<u8>,
    /// Name of one of the two-ink drawings.
    pub drawing: String,
    /// Pigment of its department.
    pub pigment: String,
}

/// What the engine says instead of finding a thing to sell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "CatalogRefusal")]
pub enum Refusal {
    /// Nothing in the catalogue has this code.
    #[error("nothing in the catalogue has the code {code}")]
    UnknownCode {
        /// What was read.
        code: String,
    },
    /// Misread or mistyped.
    #[error("the check digit of {code} is wrong: scan or type it again")]
    BadCheckDigit {
        /// What was read.
        code: String,
    },
    /// The price or weight that a scale printed inside was misread, or was never right.
    #[error("the price inside {code} cannot be right: key the price or weigh it")]
    BadPriceCheck {
        /// What was read.
        code: String,
    },
    /// There is no such SKU.
    #[error("there is no SKU {sku}")]
    UnknownSku {
        /// The SKU asked for.
        sku: String,
    },
    /// Known, but no longer sold.
    #[error("{sku} is archived")]
    Archived {
        /// The SKU asked for.
        sku: String,
    },
    /// Known, but without a price.
    #[error("{sku} has no price")]
    NoPrice {
        /// The SKU asked for.
        sku: String,
    },
    /// Its price is keyed at the counter, and none was.
    #[error("{sku} has an open price: key it")]
    PriceRequired {
        /// The SKU asked for.
        sku: String,
        /// Its name, for the question.
        name: Text,
    },
    /// A price was keyed for what has one of its own.
    #[error("{sku} has a price of its own: change it on its line")]
    FixedPrice {
        /// The SKU asked for.
        sku: String,
    },
    /// Open items keep the name that the catalogue has for them.
    #[error("this store sells nothing under a keyed name")]
    NoMiscellaneous,
    /// Not how a scale prints a price or a weight.
    #[error("{text:?} is no layout of a price barcode")]
    BadPriceBarcode {
        /// As typed.
        text: String,
    },
    /// Sold by weight, and no weight was given.
    #[error("{sku} is sold by weight: say how much")]
    QuantityRequired {
        /// The SKU asked for.
        sku: String,
        /// Its name, for the question.
        name: Text,
    },
    /// A part of a piece was asked for.
    #[error("{sku} is sold by the piece")]
    WholeQuantityOnly {
        /// The SKU asked for.
        sku: String,
    },
}

impl Item {
    /// The price and quantity at which this can go into a cart, or why it cannot.
    pub fn sellable(&self, quantity: Option<Quantity>) -> Result<(Money, Quantity), Refusal> {
        let sku = || self.sku.clone();
        if self.archived {
            return Err(Refusal::Archived { sku: sku() });
        }
        let price = self.price.ok_or_else(|| match self.open_price {
            true => Refusal::PriceRequired { sku: sku(), name: self.name.clone() },
            false => Refusal::NoPrice { sku: sku() },
        })?;
        match (self.unit, quantity) {
            (Unit::Each, None) => Ok((price, Quantity::ONE)),
            (Unit::Each, Some(quantity)) if !quantity.is_whole() => {
                Err(Refusal::WholeQuantityOnly { sku: sku() })
            }
            (Unit::Kg, None) => {
                Err(Refusal::QuantityRequired { sku: sku(), name: self.name.clone() })
            }
            (_, Some(quantity)) => Ok((price, quantity)),
        }
    }

    /// An open item at the price that was keyed for it, and under the name if one was keyed too.
    pub fn keyed(mut self, price: Money, name: &str, settings: &Settings) -> Result<Item, Refusal> {
        if !self.open_price {
            return Err(Refusal::FixedPrice { sku: self.sku });
        }
        // To give away is a discount, which has its limit.
        if price.minor() <= 0 {
            return Err(Refusal::PriceRequired { sku: self.sku, name: self.name });
        }
        let name: String =
            name.trim().chars().filter(|c| !c.is_control()).take(MOST_NAME).collect();
        if !name.is_empty() {
            if !settings.miscellaneous {
                return Err(Refusal::NoMiscellaneous);
            }
            self.name = Text::new(&name, &name);
        }
        self.price = Some(price);
        Ok(self)
    }

    /// The price of one unit and the quantity that come to the `printed` price of a label: one piece,
    /// or so many grams as that buys. A gram may cost more than a cent, so that no weight comes to the
    /// printed price when the price has changed since; then the price of the kilogram gives way, for
    /// the label is what the customer was promised and the weight is what leaves the stock.
    pub fn labelled(&self, printed: Money) -> Result<(Money, Quantity), Refusal> {
        if self.unit == Unit::Each {
            return match self.sellable(None) {
                Ok(_) | Err(Refusal::PriceRequired { .. }) => Ok((printed, Quantity::ONE)),
                Err(refusal) => Err(refusal),
            };
        }
        let (list, _) = self.sellable(Some(Quantity::ONE))?;
        let no_price = || Refusal::NoPrice { sku: self.sku.clone() };
        if list.minor() <= 0 {
            return Err(no_price());
        }
        let exact = i128::from(printed.minor()) * 1_000;
        let bought =
            divide_half_up(exact, list.minor().into()).clamp(1, Quantity::MOST_THOUSANDTHS);
        let at_list = (list, Quantity::from_thousandths(bought));
        // Of a kilogram or less, some price comes to every amount: the search ends there.
        let others = (1..=bought).rev().map(|grams| {
            let price = Money::new(divide_half_up(exact, grams.into()), printed.currency());
            (price, Quantity::from_thousandths(grams))
        });
        let comes_to_it = |(price, weight): &(Money, Quantity)| price.times(*weight) == printed;
        std::iter::once(at_list).chain(others).find(comes_to_it).ok_or_else(no_price)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    fn cad(minor: i64) -> Money {
        Money::new(minor, Currency::CAD)
    }

    fn item(unit: Unit, price: Option<i64>) -> Item {
        Item {
            sku: "HAM".into(),
            name: Text::new("Ham", "Jambon"),
            unit,
            price: price.map(cad),
            open_price: false,
            tax_category: TaxCategory::standard(),
            minimum_age: None,
            cannabis: None,
            archived: false,
            charges: Vec::new(),
        }
    }

    #[test]
    fn a_label_says_what_a_piece_costs() {
        for (unit, list, printed, expected) in [
            (Unit::Each, Some(500), 437, Ok((437, 1_000))),
            (Unit::Each, None, 437, Err("no_price")),
            (Unit::Kg, Some(174), 217, Ok((174, 1_247))),
            (Unit::Kg, Some(3_499), 1_211, Ok((3_499, 346))),
            (Unit::Kg, Some(3_499), 1_210, Ok((3_497, 346))),
            (Unit::Kg, Some(3_499), 1, Ok((1_000, 1))),
            (Unit::Kg, Some(3_499), 99_999, Ok((3_500, 28_571))),
            (Unit::Kg, Some(0), 217, Err("no_price")),
            (Unit::Kg, None, 217, Err("no_price")),
        ] {
            let sold = item(unit, list).labelled(cad(printed));
            let said = match &sold {
                Ok((price, quantity)) => Ok((price.minor(), quantity.thousandths())),
                Err(Refusal::NoPrice { .. }) => Err("no_price"),
                Err(_) => Err("another"),
            };
            assert_eq!(said, expected, "{unit:?} {list:?} {printed}");
        }
    }

    #[test]
    fn an_open_price_is_keyed_and_a_name_where_the_store_lets_it() {
        let (strict, lax) =
            (Settings::default(), Settings { miscellaneous: true, ..Settings::default() });
        let fixed = item(Unit::Each, Some(500));
        let open = Item { open_price: true, ..item(Unit::Each, None) };
        for (item, price, name, settings, expected) in [
            (&open, 400, "", &strict, Ok((400, "Ham"))),
            (&open, 400, "  ", &strict, Ok((400, "Ham"))),
            (&open, 400, " Old\u{7} chair ", &lax, Ok((400, "Old chair"))),
            (&open, 400, "Old chair", &strict, Err(Refusal::NoMiscellaneous)),
            (
                &open,
                0,
                "",
                &lax,
                Err(Refusal::PriceRequired { sku: "HAM".into(), name: open.name.clone() }),
            ),
            (&fixed, 400, "", &lax, Err(Refusal::FixedPrice { sku: "HAM".into() })),
        ] {
            let keyed = item.clone().keyed(cad(price), name, settings);
            let keyed = keyed.map(|item| (item.sellable(None), item.name.en));
            let expected =
                expected.map(|(minor, name)| (Ok((cad(minor), Quantity::ONE)), name.to_owned()));
            assert_eq!(keyed, expected, "{price} {name:?}");
        }
        assert!(matches!(open.sellable(None), Err(Refusal::PriceRequired { .. })));
        assert_eq!(open.labelled(cad(437)), Ok((cad(437), Quantity::ONE)), "the label keys it");
    }

    proptest! {
        /// Price times quantity is the printed price to the cent, whatever the catalogue says today;
        /// and a scale that weighs to the gram at today's price is believed to the gram.
        #[test]
        fn a_label_is_sold_at_what_it_says(
            list in 1i64..100_000, printed in 1i64..100_000, grams in 1i64..30_000,
        ) {
            let (price, quantity) = item(Unit::Kg, Some(list)).labelled(cad(printed)).unwrap();
            prop_assert_eq!(price.times(quantity), cad(printed));
            prop_assert!(quantity.is_positive());

            let weighed = cad(list).times(Quantity::from_thousandths(grams));
            prop_assume!(weighed.minor() > 0);
            let (price, _) = item(Unit::Kg, Some(list)).labelled(weighed).unwrap();
            prop_assert_eq!(price, cad(list));
        }
    }
}
