//! The open basket: lines, quantities, voids, and what it comes to.

use serde::Serialize;
use ts_rs::TS;

use crate::catalog::{self, Charge, Item};
use crate::compliance::{self, AgeCheck, AgeProof, Allowance, Cannabis};
use crate::ids::{CartId, OperatorId};
use crate::money::{Currency, Money};
use crate::operators::Role;
use crate::orders::exchange::Exchange;
use crate::payments::{self, CardTender, CashDue};
use crate::pricing::{self, Given, Limits, PriceReason};
use crate::quantity::{Quantity, Unit};
use crate::tax::{self, TaxCategory, TaxLine, TaxRate};
use crate::text::Text;

/// Lines that one cart holds at most.
pub const MOST_LINES: u32 = 999;
/// Characters of a note.
pub const MOST_NOTE: usize = 200;

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
    /// It was added a moment ago, and the adding was undone.
    Undone,
    /// The customer is not old enough for it, or cannot show it.
    AgeRefused,
}

impl VoidReason {
    /// All of them; the position is how facts store it, so new ones go at the end.
    pub const ALL: [VoidReason; 7] = [
        VoidReason::CustomerChangedMind,
        VoidReason::WrongItem,
        VoidReason::WrongQuantity,
        VoidReason::Damaged,
        VoidReason::Other,
        VoidReason::Undone,
        VoidReason::AgeRefused,
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
    /// Of one unit, as sold.
    pub price: Money,
    /// Of one unit, as the catalogue had it.
    pub list_price: Money,
    /// Why the two differ, when somebody made them.
    pub price_reason: Option<PriceReason>,
    /// Taken off the whole line.
    pub discount: Option<Given>,
    /// Its part of what is taken off the cart.
    #[serde(skip)]
    pub share: Money,
    /// Who approved the price or the discount, where the operator may not do it alone.
    #[serde(skip)]
    pub approved_by: Option<OperatorId>,
    /// What has to be known of this line.
    pub note: Option<String>,
    /// Decides the taxes.
    #[serde(skip)]
    pub tax_category: TaxCategory,
    /// Shown as `19+`.
    pub minimum_age: Option<u8>,
    /// What one unit counts against the possession limit.
    #[serde(skip)]
    pub cannabis: Option<Cannabis>,
    /// Removed before completion, and why.
    pub voided: Option<VoidReason>,
    /// The line that this is paid along with, as a deposit is: it follows whatever happens to that one.
    pub of: Option<u32>,
}

impl Line {
    /// `quantity` of `item` at its price.
    pub fn new(line: u32, item: Item, price: Money, quantity: Quantity) -> Line {
        Line {
            line,
            sku: item.sku,
            name: item.name,
            quantity,
            unit: item.unit,
            price,
            list_price: price,
            price_reason: None,
            discount: None,
            share: Money::zero(price.currency()),
            approved_by: None,
            note: None,
            tax_category: item.tax_category,
            minimum_age: item.minimum_age,
            cannabis: item.cannabis,
            voided: None,
            of: None,
        }
    }

    /// Whether it is sold.
    pub fn is_live(&self) -> bool {
        self.voided.is_none()
    }

    /// Whether it is sold, and for itself.
    pub fn is_goods(&self) -> bool {
        self.is_live() && self.of.is_none()
    }

    /// What the catalogue asks for it: list price times quantity, rounded once.
    pub fn list_amount(&self) -> Money {
        self.list_price.times(self.quantity)
    }

    /// Price times quantity, rounded once, minus the line's discount; also of a voided line.
    pub fn reduced(&self) -> Money {
        let amount = self.price.times(self.quantity);
        amount - self.discount.map_or(Money::zero(amount.currency()), |off| off.discount.of(amount))
    }

    /// What is sold: [`Line::reduced`] minus its part of the cart's discount; nothing for a voided
    /// line.
    pub fn amount(&self) -> Money {
        if self.voided.is_some() {
            Money::zero(self.price.currency())
        } else {
            self.reduced() - self.share
        }
    }

    /// The least role that may sell this line at its price and discount. What a label says is asked
    /// as the list price is: only what is taken off it is anybody's decision.
    pub fn needs(&self, limits: Limits) -> Role {
        let by_label = self.price_reason == Some(PriceReason::Label);
        let asked = if by_label { self.price } else { self.list_price }.times(self.quantity);
        let as_asked = (by_label || self.price_reason.is_none()) && self.discount.is_none();
        if as_asked { Role::Cashier } else { limits.needs(asked, self.reduced()) }
    }

    /// Whether one more of `item` at `price` counts on this line instead of making a new one.
    pub fn takes_one_more(&self, item: &Item, price: Money) -> bool {
        self.is_goods()
            && self.unit == Unit::Each
            && self.sku == item.sku
            && self.name == item.name
            && self.price == price
            && self.price_reason.is_none()
            && self.discount.is_none()
            && self.note.is_none()
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
    /// Taken off all lines together.
    pub discount: Option<Given>,
    /// Who approved that, where the operator may not do it alone.
    pub approved_by: Option<OperatorId>,
    /// What has to be known of this customer's cart.
    pub note: Option<String>,
    /// Somebody made sure that the customer is old enough.
    pub age_check: Option<AgeCheck>,
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
    /// A deposit or a fee: it goes with the goods.
    #[error("line {line} is paid along with line {of}: change that one")]
    PaidAlong {
        /// The line asked for.
        line: u32,
        /// The goods that it goes with.
        of: u32,
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
    /// Longer than a line of paper can carry, or with control characters in it.
    #[error("a note has at most {most} characters")]
    BadNote {
        /// [`MOST_NOTE`].
        most: usize,
    },
    /// Nothing was done to this cart that can be undone.
    #[error("there is nothing to undo")]
    NothingToUndo,
    /// A parked cart has to be found again.
    #[error("give the cart a name")]
    NameRequired,
    /// No cart is parked under this id: it was resumed or voided.
    #[error("this cart is not parked any more")]
    UnknownCart,
    /// Another till was faster.
    #[error("this cart was taken in hand at register {register}")]
    TakenElsewhere {
        /// Where it is now.
        register: u32,
    },
}

impl Cart {
    /// A cart without lines.
    pub fn empty(id: CartId) -> Cart {
        Cart {
            id,
            lines: Vec::new(),
            selected: None,
            discount: None,
            approved_by: None,
            note: None,
            age_check: None,
        }
    }

    /// Whether nothing would be sold.
    pub fn is_empty(&self) -> bool {
        self.lines.iter().all(|line| line.voided.is_some())
    }

    /// Adds `quantity` of `item`; pieces of the line touched last are counted up rather than
    /// repeated. Answers the line that changed.
    pub fn add(
        &mut self,
        mut item: Item,
        price: Money,
        quantity: Quantity,
    ) -> Result<&Line, Refusal> {
        if !quantity.is_positive() {
            return Err(Refusal::BadQuantity { text: quantity.to_string() });
        }
        let last = self.lines.iter().rposition(|line| line.takes_one_more(&item, price));
        let place = match last {
            Some(place) if Some(self.lines[place].line) == self.selected => {
                let bad = || Refusal::BadQuantity { text: quantity.to_string() };
                let sum = self.lines[place].quantity.checked_add(quantity).ok_or_else(bad)?;
                self.count(place, sum)?;
                place
            }
            _ => {
                let number = self.lines.last().map_or(1, |line| line.line + 1);
                let charges = std::mem::take(&mut item.charges);
                let lines = (number..).zip(&charges).last().map_or(number, |(last, _)| last + 1);
                if lines > MOST_LINES {
                    return Err(Refusal::TooManyLines { most: MOST_LINES });
                }
                let charges = charges.into_iter().zip(number + 1..);
                let charges = charges
                    .map(|(charge, line)| charged(charge, line, number, quantity))
                    .collect::<Result<Vec<Line>, Refusal>>()?;
                self.lines.push(Line::new(number, item, price, quantity));
                self.lines.extend(charges);
                self.place(number)?
            }
        };
        self.selected = Some(self.lines[place].line);
        self.share_discount();
        Ok(&self.lines[place])
    }

    /// Adds what a label of the shop's own scale asks `printed` for, on a line of its own that comes
    /// to exactly that. Where today's price of a kilogram cannot, the label was printed at another:
    /// the line has the price that can, and the label as the reason.
    pub fn add_labelled(&mut self, item: Item, printed: Money) -> Result<&Line, RefusalOfLine> {
        let (price, quantity) = item.labelled(printed)?;
        let list_price = item.price.unwrap_or(price);
        self.selected = None;
        let number = self.add(item, list_price, quantity)?.line;
        let line = self.open_line(number)?;
        line.price_reason = (price != list_price).then_some(PriceReason::Label);
        line.price = price;
        Ok(self.touched(number)?)
    }

    /// Sets the quantity of a line; what a label asked for another is asked as listed.
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
        // A label is of the piece that it sticks on, and of no other quantity.
        if line.price_reason == Some(PriceReason::Label) {
            (line.price, line.price_reason) = (line.list_price, None);
        }
        let place = self.place(number)?;
        self.count(place, quantity)?;
        Ok(self.touched(number)?)
    }

    /// Counts a line anew, and what is paid along with it.
    fn count(&mut self, place: usize, quantity: Quantity) -> Result<(), Refusal> {
        let bad = || Refusal::BadQuantity { text: quantity.to_string() };
        let (number, before) = (self.lines[place].line, self.lines[place].quantity);
        let mut counted = Vec::new();
        for (n, line) in self.lines.iter().enumerate().filter(|(_, line)| line.of == Some(number)) {
            let each = line.quantity.thousandths() / before.thousandths();
            counted.push((n, quantity.checked_times(each).ok_or_else(bad)?));
        }
        self.lines[place].quantity = quantity;
        for (n, quantity) in counted {
            self.lines[n].quantity = quantity;
        }
        Ok(())
    }

    /// Sells a line at another price of one unit.
    pub fn set_price(
        &mut self,
        number: u32,
        price: Money,
        reason: PriceReason,
        approved_by: Option<OperatorId>,
    ) -> Result<&Line, Refusal> {
        // Only a label speaks for itself; whoever repeats its reason for another price is asked why.
        let reason = if reason == PriceReason::Label { PriceReason::Other } else { reason };
        let line = self.open_line(number)?;
        line.price_reason = (price != line.list_price).then_some(reason);
        line.price = price;
        line.approved_by = approved_by;
        self.touched(number)
    }

    /// Keys the price of an open item again: that is its list price too, and nobody's reduction.
    pub fn key_price(&mut self, number: u32, price: Money) -> Result<&Line, Refusal> {
        let line = self.open_line(number)?;
        (line.price, line.list_price, line.price_reason) = (price, price, None);
        self.touched(number)
    }

    /// Takes something off a line, or nothing any more.
    pub fn discount_line(
        &mut self,
        number: u32,
        discount: Option<Given>,
        approved_by: Option<OperatorId>,
    ) -> Result<&Line, Refusal> {
        let line = self.open_line(number)?;
        line.discount = discount;
        line.approved_by = approved_by;
        self.touched(number)
    }

    /// Takes something off all lines together, or nothing any more.
    pub fn discount(&mut self, discount: Option<Given>, approved_by: Option<OperatorId>) {
        self.discount = discount;
        self.approved_by = discount.and(approved_by);
        self.share_discount();
    }

    /// Notes something on a line, or on the cart; an empty note takes it away.
    pub fn set_note(&mut self, number: Option<u32>, note: &str) -> Result<(), Refusal> {
        let note = note.trim();
        if note.chars().count() > MOST_NOTE || note.chars().any(char::is_control) {
            return Err(Refusal::BadNote { most: MOST_NOTE });
        }
        let note = (!note.is_empty()).then(|| note.to_owned());
        match number {
            Some(number) => self.open_line(number)?.note = note,
            None => self.note = note,
        }
        Ok(())
    }

    /// Takes the cart back to what it was `before`. A line that came since is not forgotten but
    /// voided as undone.
    pub fn undo(&mut self, before: Cart) {
        for line in &mut self.lines {
            match before.lines.iter().find(|known| known.line == line.line) {
                Some(known) => line.clone_from(known),
                None if line.voided.is_none() => line.voided = Some(VoidReason::Undone),
                None => {}
            }
        }
        let Cart { selected, discount, approved_by, note, .. } = before;
        (self.selected, self.discount, self.approved_by, self.note) =
            (selected, discount, approved_by, note);
        self.share_discount();
    }

    /// The least role that may give the cart's discount.
    pub fn needs(&self, limits: Limits) -> Role {
        let before = self.reduced();
        limits.needs(before, before - self.discount_amount())
    }

    /// What is taken off all lines together.
    pub fn discount_amount(&self) -> Money {
        let reduced = self.reduced();
        self.discount.map_or(Money::zero(reduced.currency()), |given| given.discount.of(reduced))
    }

    /// Divides the cart's discount over its lines, so that each is taxed at what it is sold for.
    /// Every change of the cart does it; whoever puts a cart together does it last.
    pub fn share_discount(&mut self) {
        let reduced: Vec<Money> =
            self.lines.iter().filter(|line| line.is_goods()).map(Line::reduced).collect();
        let mut shares = pricing::divide(self.discount_amount(), &reduced).into_iter();
        for line in &mut self.lines {
            let nothing = Money::zero(line.price.currency());
            line.share = if line.is_goods() { shares.next().unwrap_or(nothing) } else { nothing };
        }
    }

    /// The sum of the goods before the cart's discount; what is paid along with them is never reduced.
    fn reduced(&self) -> Money {
        let goods = self.lines.iter().filter(|line| line.is_goods());
        let currency = self.lines.first().map_or(Currency::CAD, |line| line.price.currency());
        Money::sum(goods.map(Line::reduced), currency)
    }

    /// What is paid along with the goods: deposits and fees, before tax.
    pub fn charges(&self, currency: Currency) -> Money {
        let along = self.lines.iter().filter(|line| line.is_live() && line.of.is_some());
        Money::sum(along.map(Line::amount), currency)
    }

    /// After lines were voided: what was paid along with them goes too.
    fn select_last(&mut self) {
        let void = |line: &Line| Some((line.line, line.voided?));
        let voided: Vec<(u32, VoidReason)> = self.lines.iter().filter_map(void).collect();
        for line in self.lines.iter_mut().filter(|line| line.is_live()) {
            let gone = voided.iter().find(|(number, _)| line.of == Some(*number));
            line.voided = gone.map(|(_, reason)| *reason);
        }
        let goods = |line: &&Line| line.is_goods();
        self.selected = self.lines.iter().rev().find(goods).map(|line| line.line);
        self.share_discount();
    }

    fn touched(&mut self, number: u32) -> Result<&Line, Refusal> {
        self.selected = Some(number);
        self.share_discount();
        Ok(self.open_line(number)?)
    }

    /// Voids a line; it stays visible until the sale is paid.
    pub fn void_line(&mut self, number: u32, reason: VoidReason) -> Result<&Line, Refusal> {
        self.open_line(number)?.voided = Some(reason);
        self.select_last();
        self.lines
            .iter()
            .find(|line| line.line == number)
            .ok_or(Refusal::NoSuchLine { line: number })
    }

    /// The age that is still to be made sure of; none when that was done or nothing asks for it.
    pub fn age_to_check(&self) -> Option<u8> {
        let live = self.lines.iter().filter(|line| line.voided.is_none());
        let age = live.filter_map(|line| line.minimum_age).max()?;
        self.age_check.is_none_or(|check| check.age < age).then_some(age)
    }

    /// Somebody made sure that the customer is old enough for all that is in the cart now.
    pub fn check_age(
        &mut self,
        proof: AgeProof,
        by: OperatorId,
    ) -> Result<(), compliance::Refusal> {
        let age = self.age_to_check().ok_or(compliance::Refusal::NoAgeToCheck)?;
        self.age_check = Some(AgeCheck { age, proof, by });
        Ok(())
    }

    /// The customer is not old enough: takes out what asks for an age. Answers what that was.
    pub fn refuse_age(&mut self) -> Result<(u8, Vec<Line>), compliance::Refusal> {
        let age = self.age_to_check().ok_or(compliance::Refusal::NoAgeToCheck)?;
        let mut refused = Vec::new();
        for line in &mut self.lines {
            if line.voided.is_none() && line.minimum_age.is_some() {
                refused.push(line.clone());
                line.voided = Some(VoidReason::AgeRefused);
            }
        }
        self.age_check = None;
        self.select_last();
        Ok((age, refused))
    }

    /// What of the possession limit the cart uses up; none where nothing counts against it.
    pub fn allowance(&self, limit: u32) -> Option<Allowance> {
        let live = self.lines.iter().filter(|line| line.voided.is_none());
        let counted = live.filter_map(|line| Some((line.line, line.cannabis?, line.quantity)));
        Allowance::of(counted, limit)
    }

    /// What the cart comes to at `rates`.
    pub fn totals(&self, rates: &[TaxRate], currency: Currency) -> Totals {
        totals(&self.lines, rates, currency)
    }

    fn open_line(&mut self, number: u32) -> Result<&mut Line, Refusal> {
        let place = self.place(number)?;
        Ok(&mut self.lines[place])
    }

    /// Where a line is that can be changed.
    fn place(&self, number: u32) -> Result<usize, Refusal> {
        let open = |line: &Line| line.line == number && line.is_live();
        let place = self.lines.iter().position(open).ok_or(Refusal::NoSuchLine { line: number })?;
        match self.lines[place].of {
            Some(of) => Err(Refusal::PaidAlong { line: number, of }),
            None => Ok(place),
        }
    }
}

/// The line of what is paid along with `quantity` of line `of`.
fn charged(charge: Charge, line: u32, of: u32, quantity: Quantity) -> Result<Line, Refusal> {
    let Charge { item, price, each } = charge;
    let counted = quantity.checked_times(i64::from(each));
    let counted = counted.ok_or_else(|| Refusal::BadQuantity { text: quantity.to_string() })?;
    Ok(Line { of: Some(of), ..Line::new(line, item, price, counted) })
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
    /// The goods before tax.
    pub subtotal: Money,
    /// What is paid along with them before tax: deposits and fees.
    pub charges: Money,
    /// One per tax.
    pub taxes: Vec<TaxLine>,
    /// With tax.
    pub total: Money,
    /// What comes back for it, which pays first.
    pub exchange: Option<Exchange>,
    /// Cards that have paid for a part of it, or for all.
    pub tenders: Vec<CardTender>,
    /// What they leave; less than nothing when goods went out of the cart after a card had paid for them.
    pub rest: Money,
    /// What that is in cash.
    pub cash: CashDue,
    /// The line touched last.
    pub selected: Option<u32>,
    /// Taken off all lines together.
    pub discount: Option<Given>,
    /// What that comes to; the subtotal is after it.
    pub discount_amount: Money,
    /// What has to be known of this customer's cart.
    pub note: Option<String>,
    /// The age that is still to be made sure of.
    pub age_to_check: Option<u8>,
    /// What of the possession limit it uses up.
    pub allowance: Option<Allowance>,
    /// Carts that wait under a name.
    pub parked: u32,
    /// Whether the last change can be undone.
    pub can_undo: bool,
    /// It was parked, and another till took it in hand as well.
    pub taken_twice: Option<TakenTwice>,
}

/// A parked cart that two tills took in hand while they did not see each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct TakenTwice {
    /// The other one.
    pub register: u32,
    /// It was taken here first.
    pub first: bool,
}

/// A line as the window shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "CartLine")]
pub struct LineView {
    /// As it stands in the cart.
    #[serde(flatten)]
    #[ts(flatten)]
    pub line: Line,
    /// What the catalogue asks for it.
    pub list_amount: Money,
    /// At its price and discount, before the cart's; what it would have been for a voided line.
    pub amount: Money,
    /// Letters of the taxes that apply; empty when none.
    pub tax_letters: String,
}

impl CartView {
    /// The cart with all that is computed of it, when `parked` others wait.
    #[expect(clippy::too_many_arguments, reason = "each is asked of another table")]
    pub fn new(
        cart: &Cart,
        rates: &[TaxRate],
        currency: Currency,
        exchange: Option<Exchange>,
        tenders: Vec<CardTender>,
        possession_limit: Option<u32>,
        parked: u32,
        can_undo: bool,
    ) -> CartView {
        let Totals { subtotal, taxes, total } = cart.totals(rates, currency);
        let charges = cart.charges(currency);
        let by_card = Money::sum(tenders.iter().map(|tender| tender.amount), currency);
        let used = exchange.as_ref().map_or(Money::zero(currency), |exchange| exchange.used);
        let rest = total - used - by_card;
        CartView {
            id: cart.id,
            lines: cart.lines.iter().map(|line| LineView::new(line, rates)).collect(),
            subtotal: subtotal - charges,
            charges,
            taxes,
            total,
            cash: payments::cash(rest.max(Money::zero(currency))),
            exchange,
            tenders,
            rest,
            selected: cart.selected,
            discount: cart.discount,
            discount_amount: Money::new(cart.discount_amount().minor(), currency),
            note: cart.note.clone(),
            age_to_check: cart.age_to_check(),
            allowance: possession_limit.and_then(|limit| cart.allowance(limit)),
            parked,
            can_undo,
            taken_twice: None,
        }
    }
}

impl LineView {
    fn new(line: &Line, rates: &[TaxRate]) -> LineView {
        LineView {
            line: line.clone(),
            list_amount: line.list_amount(),
            amount: line.reduced(),
            tax_letters: tax::letters(&line.tax_category, rates),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn item(sku: &str, unit: Unit) -> Item {
        Item {
            sku: sku.into(),
            name: Text::new(sku, sku),
            unit,
            price: Some(Money::new(450, Currency::CAD)),
            open_price: false,
            tax_category: TaxCategory::standard(),
            minimum_age: None,
            cannabis: None,
            archived: false,
            charges: Vec::new(),
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

    #[test]
    fn a_label_needs_nobodys_approval_but_what_is_taken_off_it_does() {
        let cad = |minor| Money::new(minor, Currency::CAD);
        let ten = |hundredths| given(Some(hundredths));
        let mut cart = Cart::empty(CartId(Uuid::nil()));
        scan(&mut cart, "TEA");
        for (printed, discount, reason, amount, needs) in [
            (450, None, None, 450, Role::Cashier),
            (120, None, Some(PriceReason::Label), 120, Role::Cashier),
            (900, None, Some(PriceReason::Label), 900, Role::Cashier),
            (120, ten(1_000), Some(PriceReason::Label), 108, Role::Cashier),
            (120, ten(2_000), Some(PriceReason::Label), 96, Role::Supervisor),
        ] {
            let line = cart.add_labelled(item("TEA", Unit::Each), cad(printed)).unwrap().line;
            let line = cart.discount_line(line, discount, None).unwrap();
            assert_eq!(
                (line.price_reason, line.amount(), line.needs(Limits::default())),
                (reason, cad(amount), needs),
                "{printed}"
            );
        }
        let line = cart.set_price(3, cad(1), PriceReason::Label, None).unwrap();
        assert_eq!(line.needs(Limits::default()), Role::Manager, "only a label is a label");
        let ham = cart.add_labelled(item("HAM", Unit::Kg), cad(1)).unwrap().line;
        let line = cart.set_quantity(ham, Quantity::ONE).unwrap();
        assert_eq!((line.price_reason, line.amount()), (None, cad(450)), "of its own weight");
        assert_eq!(shown(&cart), "1:1×TEA 2:1×TEA 3:1×TEA 4:1×TEA 5:1×TEA 6:1×TEA 7:1×HAM ");
    }

    /// A change of a cart, for trying many.
    #[derive(Debug, Clone)]
    enum Step {
        Add(i64),
        Quantity(u32, i64),
        Price(u32, i64),
        Line(u32, Option<i64>),
        Whole(Option<i64>),
        Void(u32),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let line = 1u32..6;
        let share = proptest::option::of(1i64..=10_000);
        let step = prop_oneof![
            3 => (1i64..100_000).prop_map(Step::Add),
            1 => (line.clone(), 1i64..9).prop_map(|(line, n)| Step::Quantity(line, n * 1_000)),
            1 => (line.clone(), 0i64..100_000).prop_map(|(line, minor)| Step::Price(line, minor)),
            1 => (line.clone(), share.clone()).prop_map(|(line, share)| Step::Line(line, share)),
            1 => share.prop_map(Step::Whole),
            1 => line.prop_map(Step::Void),
        ];
        proptest::collection::vec(step, 1..30)
    }

    fn given(share: Option<i64>) -> Option<Given> {
        let discount = pricing::Discount::Percent(pricing::Percent::from_hundredths(share?)?);
        Some(Given { discount, reason: PriceReason::Other })
    }

    fn take(cart: &mut Cart, step: &Step) {
        let cad = |minor| Money::new(minor, Currency::CAD);
        match *step {
            Step::Add(minor) => {
                let new = Item { price: Some(cad(minor)), ..item("TEA", Unit::Each) };
                cart.add(new, cad(minor), Quantity::ONE).map(|_| ()).unwrap_or_default();
            }
            Step::Quantity(line, thousandths) => {
                let quantity = Quantity::from_thousandths(thousandths);
                cart.set_quantity(line, quantity).map(|_| ()).unwrap_or_default();
            }
            Step::Price(line, minor) => cart
                .set_price(line, cad(minor), PriceReason::Other, None)
                .map(|_| ())
                .unwrap_or_default(),
            Step::Line(line, share) => {
                cart.discount_line(line, given(share), None).map(|_| ()).unwrap_or_default();
            }
            Step::Whole(share) => cart.discount(given(share), None),
            Step::Void(line) => {
                cart.void_line(line, VoidReason::Other).map(|_| ()).unwrap_or_default();
            }
        }
    }

    proptest! {
        /// Whatever is done to a cart: its discount is divided to the cent, no line is sold for less
        /// than nothing, and the lines are the subtotal.
        #[test]
        fn a_discount_is_always_all_of_it(steps in steps()) {
            let mut cart = Cart::empty(CartId(Uuid::nil()));
            for step in &steps {
                take(&mut cart, step);
                let shares = Money::sum(cart.lines.iter().map(|line| line.share), Currency::CAD);
                prop_assert_eq!(shares.minor(), cart.discount_amount().minor());
                prop_assert!(cart.lines.iter().all(|line| !line.amount().is_negative()));
                let lines = Money::sum(cart.lines.iter().map(Line::amount), Currency::CAD);
                prop_assert_eq!(cart.totals(&[], Currency::CAD).subtotal, lines);
            }
        }

        /// Undoing every change, the last first, ends with nothing to pay, and every line that was
        /// ever added is still to be seen.
        #[test]
        fn undo_goes_all_the_way_back(steps in steps()) {
            let mut cart = Cart::empty(CartId(Uuid::nil()));
            let mut before = Vec::new();
            for step in &steps {
                before.push(cart.clone());
                take(&mut cart, step);
            }
            let added = cart.lines.len();
            for earlier in before.into_iter().rev() {
                let expected = earlier.totals(&[], Currency::CAD);
                cart.undo(earlier);
                prop_assert_eq!(cart.totals(&[], Currency::CAD), expected);
            }
            prop_assert_eq!(cart.lines.len(), added);
            prop_assert!(cart.is_empty());
        }
    }
}
