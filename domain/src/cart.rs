//! The open basket: lines, quantities, voids, and what it comes to.

use serde::Serialize;
use ts_rs::TS;

use crate::catalog::{self, Item};
use crate::ids::CartId;
use crate::money::{Currency, Money};
use crate::payments::{self, CashDue};
use crate::quantity::{Quantity, Unit};
use crate::tax::{self, TaxCategory, TaxLine, TaxRate};
use crate::text::Text;

/// Lines that one cart holds at most.
pub const MOST_LINES: u32 = 999;

/// Why a line or a cart was removed before completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VoidReason {
    /// The customer decided otherwise.
    CustomerChangedMind,
    /// Another article was meant.
    WrongItem,
    /// Another quantity was meant.
    WrongQuantity,
    /// The goods cannot be sold as they are.
    Damaged,
    /// Something else.
    Other,
}

impl VoidReason {
    /// All of them; the position is how facts store it, so new ones go at the end.
    pub const ALL: [VoidReason; 5] = [
        VoidReason::CustomerChangedMind,
        VoidReason::WrongItem,
        VoidReason::WrongQuantity,
        VoidReason::Damaged,
        VoidReason::Other,
    ];
}

/// One row of a cart or a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Line {
    /// Numbered from 1 in the order of entry; never reused within a cart.
    pub line: u32,
    /// SKU code.
    pub sku: String,
    /// As sold, whatever the catalogue says later.
    pub name: Text,
    /// How many, or how much.
    pub quantity: Quantity,
    /// Of what.
    pub unit: Unit,
    /// Of one unit.
    pub price: Money,
    /// Decides the taxes.
    #[serde(skip)]
    pub tax_category: TaxCategory,
    /// Shown as `19+`.
    pub minimum_age: Option<u8>,
    /// Removed before completion, and why.
    pub voided: Option<VoidReason>,
}

impl Line {
    /// Price times quantity, rounded once; nothing for a voided line.
    pub fn amount(&self) -> Money {
        if self.voided.is_some() {
            Money::zero(self.price.currency())
        } else {
            self.price.times(self.quantity)
        }
    }

    /// Whether one more of `item` at `price` counts on this line instead of making a new one.
    pub fn takes_one_more(&self, item: &Item, price: Money) -> bool {
        self.voided.is_none()
            && self.unit == Unit::Each
            && self.sku == item.sku
            && self.price == price
    }
}

/// An open basket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cart {
    /// Becomes the key that makes completing it safe to repeat.
    pub id: CartId,
    /// In the order of entry.
    pub lines: Vec<Line>,
    /// The line touched last.
    pub selected: Option<u32>,
}

/// What lines come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Totals {
    /// Before tax.
    pub subtotal: Money,
    /// One per tax.
    pub taxes: Vec<TaxLine>,
    /// With tax, before cash rounding.
    pub total: Money,
}

/// What the engine says instead of changing the cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "CartRefusal")]
pub enum Refusal {
    /// The cart has no line to sell.
    #[error("the cart is empty")]
    EmptyCart,
    /// There is no such line, or it is voided.
    #[error("the cart has no line {line}")]
    NoSuchLine {
        /// The line asked for.
        line: u32,
    },
    /// More lines than a receipt can carry.
    #[error("a cart holds {most} lines: complete this sale and start another")]
    TooManyLines {
        /// [`MOST_LINES`].
        most: u32,
    },
    /// Not a quantity, or not one that a line can have.
    #[error("{text:?} is not a quantity")]
    BadQuantity {
        /// As typed.
        text: String,
    },
    /// The window showed another cart or total than the engine has.
    #[error("the cart has changed: look at it again")]
    CartChanged,
}

impl Cart {
    /// A cart without lines.
    pub fn empty(id: CartId) -> Cart {
        Cart { id, lines: Vec::new(), selected: None }
    }

    /// Whether nothing would be sold.
    pub fn is_empty(&self) -> bool {
        self.lines.iter().all(|line| line.voided.is_some())
    }

    /// Adds `quantity` of `item`; pieces of the line touched last are counted up rather than
    /// repeated. Answers the line that changed.
    pub fn add(&mut self, item: Item, price: Money, quantity: Quantity) -> Result<&Line, Refusal> {
        if !quantity.is_positive() {
            return Err(Refusal::BadQuantity { text: quantity.to_string() });
        }
        let last = self.lines.iter().rposition(|line| line.takes_one_more(&item, price));
        let place = match last {
            Some(place) if Some(self.lines[place].line) == self.selected => {
                let sum = self.lines[place].quantity.checked_add(quantity);
                self.lines[place].quantity =
                    sum.ok_or_else(|| Refusal::BadQuantity { text: quantity.to_string() })?;
                place
            }
            _ => {
                let number = self.lines.last().map_or(1, |line| line.line + 1);
                if number > MOST_LINES {
                    return Err(Refusal::TooManyLines { most: MOST_LINES });
                }
                self.lines.push(Line {
                    line: number,
                    sku: item.sku,
                    name: item.name,
                    quantity,
                    unit: item.unit,
                    price,
                    tax_category: item.tax_category,
                    minimum_age: item.minimum_age,
                    voided: None,
                });
                self.lines.len() - 1
            }
        };
        self.selected = Some(self.lines[place].line);
        Ok(&self.lines[place])
    }

    /// Sets the quantity of a line.
    pub fn set_quantity(
        &mut self,
        number: u32,
        quantity: Quantity,
    ) -> Result<&Line, RefusalOfLine> {
        if !quantity.is_positive() {
            return Err(Refusal::BadQuantity { text: quantity.to_string() }.into());
        }
        let line = self.open_line(number)?;
        if line.unit == Unit::Each && !quantity.is_whole() {
            return Err(catalog::Refusal::WholeQuantityOnly { sku: line.sku.clone() }.into());
        }
        line.quantity = quantity;
        self.selected = Some(number);
        Ok(self.open_line(number)?)
    }

    /// Voids a line; it stays visible until the sale is paid.
    pub fn void_line(&mut self, number: u32, reason: VoidReason) -> Result<&Line, Refusal> {
        self.open_line(number)?.voided = Some(reason);
        self.selected =
            self.lines.iter().rev().find(|line| line.voided.is_none()).map(|line| line.line);
        self.lines
            .iter()
            .find(|line| line.line == number)
            .ok_or(Refusal::NoSuchLine { line: number })
    }

    /// What the cart comes to at `rates`.
    pub fn totals(&self, rates: &[TaxRate], currency: Currency) -> Totals {
        totals(&self.lines, rates, currency)
    }

    fn open_line(&mut self, number: u32) -> Result<&mut Line, Refusal> {
        let open = |line: &&mut Line| line.line == number && line.voided.is_none();
        self.lines.iter_mut().find(open).ok_or(Refusal::NoSuchLine { line: number })
    }
}

/// A change of a line can be refused for the line's or for the article's sake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefusalOfLine {
    /// The line's.
    #[error(transparent)]
    Cart(#[from] Refusal),
    /// The article's.
    #[error(transparent)]
    Catalog(#[from] catalog::Refusal),
}

/// Subtotal, taxes and total of the lines that are not voided.
pub fn totals(lines: &[Line], rates: &[TaxRate], currency: Currency) -> Totals {
    let sold = lines.iter().filter(|line| line.voided.is_none());
    let subtotal = Money::sum(sold.clone().map(Line::amount), currency);
    let taxes =
        tax::tax_lines(sold.map(|line| (&line.tax_category, line.amount())), rates, currency);
    let total = subtotal + Money::sum(taxes.iter().map(|line| line.amount), currency);
    Totals { subtotal, taxes, total }
}

/// A cart as the window shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "Cart")]
pub struct CartView {
    /// The cart.
    pub id: CartId,
    /// In the order of entry.
    pub lines: Vec<LineView>,
    /// Before tax.
    pub subtotal: Money,
    /// One per tax.
    pub taxes: Vec<TaxLine>,
    /// With tax.
    pub total: Money,
    /// What it is in cash.
    pub cash: CashDue,
    /// The line touched last.
    pub selected: Option<u32>,
}

/// A line as the window shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "CartLine")]
pub struct LineView {
    /// As it stands in the cart.
    #[serde(flatten)]
    #[ts(flatten)]
    pub line: Line,
    /// Price times quantity; what it would have been for a voided line.
    pub amount: Money,
    /// Letters of the taxes that apply; empty when none.
    pub tax_letters: String,
}

impl CartView {
    /// The cart with all that is computed of it.
    pub fn new(cart: &Cart, rates: &[TaxRate], currency: Currency) -> CartView {
        let Totals { subtotal, taxes, total } = cart.totals(rates, currency);
        CartView {
            id: cart.id,
            lines: cart.lines.iter().map(|line| LineView::new(line, rates)).collect(),
            subtotal,
            taxes,
            total,
            cash: payments::cash(total),
            selected: cart.selected,
        }
    }
}

impl LineView {
    fn new(line: &Line, rates: &[TaxRate]) -> LineView {
        LineView {
            line: line.clone(),
            amount: line.price.times(line.quantity),
            tax_letters: tax::letters(&line.tax_category, rates),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn item(sku: &str, unit: Unit) -> Item {
        Item {
            sku: sku.into(),
            name: Text::new(sku, sku),
            unit,
            price: Some(Money::new(450, Currency::CAD)),
            tax_category: TaxCategory::standard(),
            minimum_age: None,
            archived: false,
        }
    }

    fn scan(cart: &mut Cart, sku: &str) {
        let item = item(sku, Unit::Each);
        let (price, quantity) = item.sellable(None).unwrap();
        cart.add(item, price, quantity).unwrap();
    }

    fn shown(cart: &Cart) -> String {
        cart.lines
            .iter()
            .map(|line| format!("{}:{}×{} ", line.line, line.quantity, line.sku))
            .collect()
    }

    #[test]
    fn the_same_article_in_a_row_counts_up() {
        let mut cart = Cart::empty(CartId(Uuid::nil()));
        for sku in ["TEA", "TEA", "JAM", "TEA"] {
            scan(&mut cart, sku);
        }
        assert_eq!(shown(&cart), "1:2×TEA 2:1×JAM 3:1×TEA ");
    }

    #[test]
    fn a_voided_line_stays_and_costs_nothing() {
        let mut cart = Cart::empty(CartId(Uuid::nil()));
        scan(&mut cart, "TEA");
        scan(&mut cart, "JAM");
        cart.void_line(1, VoidReason::WrongItem).unwrap();
        assert_eq!(cart.totals(&[], Currency::CAD).total, Money::new(450, Currency::CAD));
        assert_eq!(cart.void_line(1, VoidReason::Other), Err(Refusal::NoSuchLine { line: 1 }));
        scan(&mut cart, "TEA");
        assert_eq!(
            shown(&cart),
            "1:1×TEA 2:1×JAM 3:1×TEA ",
            "the number of a voided line is not reused"
        );
    }

    #[test]
    fn quantities_that_no_line_can_have_are_refused() {
        let mut cart = Cart::empty(CartId(Uuid::nil()));
        scan(&mut cart, "TEA");
        for text in ["0", "-1"] {
            assert!(matches!(
                cart.set_quantity(1, text.parse().unwrap()),
                Err(RefusalOfLine::Cart(Refusal::BadQuantity { .. }))
            ));
        }
        assert!(matches!(
            cart.set_quantity(1, "1.5".parse().unwrap()),
            Err(RefusalOfLine::Catalog(catalog::Refusal::WholeQuantityOnly { .. }))
        ));
        assert_eq!(
            cart.set_quantity(1, "12".parse().unwrap()).unwrap().amount(),
            Money::new(5_400, Currency::CAD)
        );
    }

    #[test]
    fn weighed_goods_ask_for_a_weight() {
        let bananas = item("BAN", Unit::Kg);
        assert!(matches!(bananas.sellable(None), Err(catalog::Refusal::QuantityRequired { .. })));
        assert!(bananas.sellable(Some("1.245".parse().unwrap())).is_ok());
    }
}
