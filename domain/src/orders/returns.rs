//! Goods that come back, and the money that goes back for them. Amounts and taxes are taken as differences of
//! cumulative sums, so that any number of returns gives back what was paid, to the cent, and never more.

use jiff::civil::Date;
use serde::Serialize;
use ts_rs::TS;

use crate::cart::{self, Line};
use crate::catalog;
use crate::ids::{OperatorId, ReturnId, SaleId, ShiftId};
use crate::money::Money;
use crate::orders::{Refusal, Sale, local_day};
use crate::payments::{CardProof, TenderType, cash_due};
use crate::quantity::{Quantity, Unit};
use crate::tax::{TaxCategory, TaxLine, TaxRate};
use crate::text::Text;

/// Why a sale is voided after it was completed: the reason in the fact of its return.
pub const POST_VOID: &str = "post_void";

/// Goods of a sale that came back: a final record. All amounts are positive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Return {
    /// UUIDv7, or what a script derives from its own key.
    pub id: ReturnId,
    /// What was sold; none when it came back without its receipt.
    pub of: Option<OfSale>,
    /// Of the return, numbered with the sales: `{store}{register}-{epoch}-{n}`.
    pub receipt: String,
    /// The shift it counts in.
    pub shift: ShiftId,
    /// Who took the goods back.
    pub operator: OperatorId,
    /// Milliseconds since 1970 UTC.
    pub completed_at: i64,
    /// The counter's clock then, in minutes east of UTC.
    pub utc_offset_minutes: i16,
    /// What came back.
    pub lines: Vec<ReturnLine>,
    /// Before tax.
    pub subtotal: Money,
    /// At the rates of the sale; without one, of the day.
    pub taxes: Vec<TaxLine>,
    /// With tax.
    pub total: Money,
    /// Given back minus total: of the cash only.
    pub rounding: Money,
    /// What was given back.
    pub refunds: Vec<Refund>,
    /// Who approved what the operator may not do alone.
    pub approved_by: Option<OperatorId>,
    /// Why, if somebody said.
    pub reason: Option<String>,
    /// The sale that some of it, or all, pays for.
    pub exchange: Option<SaleId>,
}

/// The sale that goods were of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfSale {
    /// Which.
    pub id: SaleId,
    /// Its receipt number.
    pub receipt: String,
}

/// One row of a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnLine {
    /// Number of the line in the sale; without one, of the return.
    pub line: u32,
    /// SKU code.
    pub sku: String,
    /// As sold.
    pub name: Text,
    /// How many, or how much.
    pub quantity: Quantity,
    /// Of what.
    pub unit: Unit,
    /// Of one unit, where no sale says it.
    pub price: Option<Money>,
    /// Its part of what the line was sold for.
    pub amount: Money,
    /// Decided the taxes.
    pub tax_category: TaxCategory,
    /// It cannot be sold again.
    pub wasted: bool,
    /// The line that it was paid along with, as a deposit is.
    pub of: Option<u32>,
}

/// Money given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Out of the drawer, to a card, or for other goods.
    pub kind: TenderType,
    /// How much.
    pub amount: Money,
    /// Place of the tender in the sale that it takes back; none for cash.
    pub tender: Option<u32>,
    /// Of the card that it went to.
    pub card: Option<CardProof>,
}

/// What somebody brings back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "ReturnWanted")]
pub struct Wanted {
    /// Number of the line in the sale.
    pub line: u32,
    /// How many, or how much.
    pub quantity: Quantity,
    /// It cannot be sold again.
    pub wasted: bool,
}

/// Goods and what they come to, before anything is given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goods {
    /// What comes back.
    pub lines: Vec<ReturnLine>,
    /// Before tax.
    pub subtotal: Money,
    /// At the rates of the sale.
    pub taxes: Vec<TaxLine>,
    /// With tax.
    pub total: Money,
}

/// What has to go back to one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardDue {
    /// Place of the tender in the sale.
    pub tender: u32,
    /// How much.
    pub amount: Money,
    /// Of the card that paid.
    pub card: Option<CardProof>,
    /// All that it paid, and the terminal's receipt number of it: by that the terminal can undo the payment.
    pub reverses: Option<u16>,
}

/// How what came back is paid for, as far as not in cash.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Back {
    /// The sale that it pays for, and with how much.
    pub exchange: Option<(SaleId, Money)>,
    /// What cards were given.
    pub cards: Vec<Refund>,
}

/// Ids and time that the till supplies.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// Of the return.
    pub id: ReturnId,
    /// Next receipt number.
    pub receipt: String,
    /// The open shift.
    pub shift: ShiftId,
    /// Who takes the goods back.
    pub operator: OperatorId,
    /// Milliseconds since 1970 UTC.
    pub completed_at: i64,
    /// Minutes east of UTC.
    pub utc_offset_minutes: i16,
    /// Who approved it.
    pub approved_by: Option<OperatorId>,
    /// Why.
    pub reason: Option<String>,
}

/// Why goods cannot come back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReturnRefusal {
    /// For the sale's sake.
    #[error(transparent)]
    Orders(#[from] Refusal),
    /// For the quantity's sake.
    #[error(transparent)]
    Cart(#[from] cart::Refusal),
    /// For the article's sake.
    #[error(transparent)]
    Catalog(#[from] catalog::Refusal),
}

/// What is left of each line of a sale, the whole sale when nothing came back yet.
pub fn left(sale: &Sale, earlier: &[Return]) -> Vec<Wanted> {
    let lines = sale.lines.iter().filter(|line| line.is_goods());
    let left = lines.map(|line| Wanted {
        line: line.line,
        quantity: left_of(line, earlier.iter().flat_map(|back| &back.lines)),
        wasted: false,
    });
    left.filter(|wanted| wanted.quantity.is_positive()).collect()
}

/// What `wanted` comes to after `earlier` returns of the same sale. `rates` are those of the sale's day: they
/// say which tax falls on what, the sale itself says how much.
pub fn goods(
    sale: &Sale,
    earlier: &[Return],
    wanted: &[Wanted],
    rates: &[TaxRate],
) -> Result<Goods, ReturnRefusal> {
    let mut lines: Vec<ReturnLine> = Vec::new();
    for one in &with_charges(sale, wanted) {
        let before = earlier.iter().flat_map(|back| &back.lines).chain(&lines);
        let line = line_of(sale, one, before)?;
        lines.push(line);
    }
    if lines.is_empty() {
        return Err(Refusal::NothingToReturn.into());
    }
    let currency = sale.total.currency();
    let taxes = taxes(sale, earlier, &lines, rates);
    let subtotal = Money::sum(lines.iter().map(|line| line.amount), currency);
    let total = subtotal + Money::sum(taxes.iter().map(|tax| tax.amount), currency);
    Ok(Goods { lines, subtotal, taxes, total })
}

/// What was paid along with goods comes back with them.
fn with_charges(sale: &Sale, wanted: &[Wanted]) -> Vec<Wanted> {
    let mut all = Vec::new();
    for one in wanted {
        let Some(sold) = sale.lines.iter().find(|sold| sold.line == one.line) else {
            all.push(*one);
            continue;
        };
        if sold.of.is_some() {
            continue;
        }
        all.push(*one);
        for along in sale.lines.iter().filter(|line| line.is_live() && line.of == Some(one.line)) {
            let each = along.quantity.thousandths() / sold.quantity.thousandths();
            let quantity = one.quantity.checked_times(each).unwrap_or(along.quantity);
            all.push(Wanted { line: along.line, quantity, wasted: one.wasted });
        }
    }
    all
}

/// What of `total` goes back to cards: to each at most what it paid and was not yet given back, the first first.
pub fn card_dues(sale: &Sale, earlier: &[Return], total: Money) -> Vec<CardDue> {
    let currency = total.currency();
    let given = earlier.iter().flat_map(|back| &back.refunds);
    let mut rest = total;
    let cards = (0..).zip(&sale.tenders).filter(|(_, tender)| tender.kind == TenderType::Card);
    let due = cards.filter_map(|(tender, paid)| {
        let to_it = given.clone().filter(|refund| refund.tender == Some(tender));
        let kept = paid.amount - Money::sum(to_it.map(|refund| refund.amount), currency);
        let amount = kept.min(rest);
        rest -= amount;
        let card = paid.card.clone();
        let whole = card.as_ref().filter(|_| amount == paid.amount);
        let reverses = whole.and_then(|card| card.receipt);
        (!amount.is_zero()).then_some(CardDue { tender, amount, card, reverses })
    });
    due.collect()
}

/// How `total` goes back: for other goods, to the cards that were given theirs, and in cash what they leave. Cash is
/// rounded to the smallest coin, as when it was taken; the second answer is by how much.
pub fn give_back(total: Money, exchanged: Money, cards: Vec<Refund>) -> (Vec<Refund>, Money) {
    let plain = |kind, amount| Refund { kind, amount, tender: None, card: None };
    let mut refunds = Vec::new();
    if !exchanged.is_zero() {
        refunds.push(plain(TenderType::Exchange, exchanged));
    }
    refunds.extend(cards);
    let rest = total - Money::sum(refunds.iter().map(|refund| refund.amount), total.currency());
    let cash = cash_due(rest);
    if refunds.is_empty() || !cash.is_zero() {
        refunds.push(plain(TenderType::Cash, cash));
    }
    (refunds, cash - rest)
}

impl OfSale {
    /// Of which sale something is.
    pub fn new(sale: &Sale) -> OfSale {
        OfSale { id: sale.id, receipt: sale.receipt.clone() }
    }
}

impl Return {
    /// Takes goods back for what cards and other goods are given for them, and cash for what those leave.
    pub fn complete(
        of: Option<OfSale>,
        goods: Goods,
        back: Back,
        circumstances: Circumstances,
    ) -> Return {
        let Goods { lines, subtotal, taxes, total } = goods;
        let exchanged = back.exchange.map_or(Money::zero(total.currency()), |(_, amount)| amount);
        let (refunds, rounding) = give_back(total, exchanged, back.cards);
        let exchange = back.exchange.map(|(sale, _)| sale);
        let Circumstances {
            id,
            receipt,
            shift,
            operator,
            completed_at,
            utc_offset_minutes,
            approved_by,
            reason,
        } = circumstances;
        let back = Return {
            id,
            of,
            receipt,
            shift,
            operator,
            completed_at,
            utc_offset_minutes,
            lines,
            subtotal,
            taxes,
            total,
            rounding,
            refunds,
            approved_by,
            reason,
            exchange,
        };
        debug_assert!(back.adds_up());
        back
    }

    /// The day at the counter on which the goods came back.
    pub fn day(&self) -> Date {
        local_day(self.completed_at, self.utc_offset_minutes)
    }

    /// Sum of refunds = total + rounding, and total = subtotal + taxes = lines + taxes.
    pub fn adds_up(&self) -> bool {
        let currency = self.total.currency();
        let refunded = Money::sum(self.refunds.iter().map(|refund| refund.amount), currency);
        let lines = Money::sum(self.lines.iter().map(|line| line.amount), currency);
        let taxes = Money::sum(self.taxes.iter().map(|tax| tax.amount), currency);
        let negative = self.refunds.iter().any(|refund| refund.amount.is_negative());
        refunded == self.total + self.rounding
            && self.subtotal == lines
            && self.total == lines + taxes
            && !negative
    }
}

/// One line that comes back, after what came back of it `before`.
fn line_of<'a>(
    sale: &Sale,
    wanted: &Wanted,
    before: impl Iterator<Item = &'a ReturnLine> + Clone,
) -> Result<ReturnLine, ReturnRefusal> {
    let Wanted { line, quantity, wasted } = *wanted;
    let sold = sale.lines.iter().find(|sold| sold.line == line);
    let sold = sold.ok_or(Refusal::UnknownLine { line })?;
    if sold.voided.is_some() {
        return Err(Refusal::LineVoided { line }.into());
    }
    if !quantity.is_positive() {
        return Err(cart::Refusal::BadQuantity { text: quantity.to_string() }.into());
    }
    if sold.unit == Unit::Each && !quantity.is_whole() {
        return Err(catalog::Refusal::WholeQuantityOnly { sku: sold.sku.clone() }.into());
    }
    let left = left_of(sold, before.clone());
    if quantity > left {
        return Err(Refusal::MoreThanSold { sku: sold.sku.clone(), left }.into());
    }
    let of_it = before.filter(|back| back.line == line);
    let given = Money::sum(of_it.map(|back| back.amount), sold.price.currency());
    let back = sold.quantity.thousandths() - left.thousandths() + quantity.thousandths();
    let cumulative = sold.amount().part(Quantity::from_thousandths(back), sold.quantity);
    Ok(ReturnLine {
        line,
        sku: sold.sku.clone(),
        name: sold.name.clone(),
        quantity,
        unit: sold.unit,
        price: None,
        amount: cumulative - given,
        tax_category: sold.tax_category.clone(),
        wasted,
        of: sold.of,
    })
}

/// Sold of a line and not among what came back.
fn left_of<'a>(sold: &Line, back: impl Iterator<Item = &'a ReturnLine>) -> Quantity {
    let of_it = back.filter(|back| back.line == sold.line);
    let gone: i64 = of_it.map(|back| back.quantity.thousandths()).sum();
    Quantity::from_thousandths(sold.quantity.thousandths() - gone)
}

/// The taxes of the sale on all that has come back, minus those given back already. The last of the goods brings
/// each of them to what the sale had.
fn taxes(sale: &Sale, earlier: &[Return], lines: &[ReturnLine], rates: &[TaxRate]) -> Vec<TaxLine> {
    let currency = sale.total.currency();
    let all = earlier.iter().flat_map(|back| &back.lines).chain(lines);
    let everything = sale
        .lines
        .iter()
        .filter(|line| line.voided.is_none())
        .all(|line| !left_of(line, all.clone()).is_positive());
    let tax = |tax: &TaxLine| {
        let rate = rates.iter().find(|rate| rate.code == tax.code);
        let falls_on =
            |line: &&ReturnLine| rate.is_some_and(|rate| rate.covers(&line.tax_category));
        let on = |lines: &mut dyn Iterator<Item = &ReturnLine>| {
            Money::sum(lines.filter(falls_on).map(|line| line.amount), currency)
        };
        let given = earlier.iter().flat_map(|back| &back.taxes);
        let given = given.filter(|back| back.code == tax.code).map(|back| back.amount);
        let cumulative = tax.on(on(&mut all.clone())).min(tax.amount);
        let cumulative = if everything { tax.amount } else { cumulative };
        let amount = cumulative - Money::sum(given, currency);
        let taxed = lines.iter().any(|line| falls_on(&line)) || !amount.is_zero();
        let taxable = on(&mut lines.iter());
        taxed.then(|| TaxLine { taxable, amount, ..tax.clone() })
    };
    sale.taxes.iter().filter_map(tax).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::cart::{Cart, VoidReason};
    use crate::catalog::Item;
    use crate::ids::CartId;
    use crate::money::Currency;
    use crate::orders;
    use crate::payments::{CardTender, Offered};
    use crate::pricing::{Discount, Given, Percent, PriceReason};
    use crate::store::Region;

    fn cad(minor: i64) -> Money {
        Money::new(minor, Currency::CAD)
    }

    /// Quebec's two taxes.
    fn rates() -> Vec<TaxRate> {
        let rate = |code: &str, percent: &str, categories: &[&str]| TaxRate {
            code: code.into(),
            letter: code.chars().next().unwrap(),
            region: Region::QC,
            percent: percent.parse().unwrap(),
            valid_from: jiff::civil::date(2013, 1, 1),
            valid_to: None,
            categories: categories.iter().map(|name| TaxCategory((*name).into())).collect(),
            name: Text::new(code, code),
        };
        vec![rate("GST", "5", &["standard", "gst_only"]), rate("QST", "9.975", &["standard"])]
    }

    /// Of (price, quantity in thousandths, tax category), with a discount on all and what cards paid.
    fn sold(lines: &[(i64, i64, &str)], percent_off: i64, cards: &[i64]) -> Sale {
        let mut cart = Cart::empty(CartId(Uuid::nil()));
        for ((price, thousandths, category), n) in lines.iter().zip(1..) {
            let item = Item {
                sku: format!("S{n}"),
                name: Text::new("Tea", "Thé"),
                unit: if thousandths % 1_000 == 0 { Unit::Each } else { Unit::Kg },
                price: Some(cad(*price)),
                tax_category: TaxCategory((*category).into()),
                minimum_age: None,
                cannabis: None,
                open_price: false,
                archived: false,
                charges: Vec::new(),
            };
            let quantity = Quantity::from_thousandths(*thousandths);
            cart.lines.push(Line::new(n, item, cad(*price), quantity));
        }
        if let Some(percent) = Percent::from_hundredths(percent_off * 100) {
            let discount = Discount::Percent(percent);
            cart.discount(Some(Given { discount, reason: PriceReason::Other }), None);
        }
        let card = |minor: &i64| CardTender {
            attempt: 0,
            amount: cad(*minor),
            card: CardProof::default(),
            approved_at: String::new(),
        };
        let circumstances = orders::Circumstances {
            id: SaleId(Uuid::nil()),
            receipt: "YOW1-1-1".into(),
            shift: ShiftId(Uuid::nil()),
            operator: OperatorId(Uuid::nil()),
            completed_at: 0,
            utc_offset_minutes: -300,
        };
        let cards = cards.iter().map(card).collect();
        let offered = Offered { cards, ..Offered::default() };
        Sale::complete(cart, &rates(), Currency::CAD, offered, circumstances).unwrap()
    }

    /// Returns `wanted`, each card getting what it is due.
    fn bring_back(
        sale: &Sale,
        earlier: &[Return],
        wanted: &[(u32, i64)],
    ) -> Result<Return, ReturnRefusal> {
        let wanted: Vec<Wanted> = wanted
            .iter()
            .map(|(line, thousandths)| Wanted {
                line: *line,
                quantity: Quantity::from_thousandths(*thousandths),
                wasted: false,
            })
            .collect();
        let goods = goods(sale, earlier, &wanted, &rates())?;
        let cards = card_dues(sale, earlier, goods.total).into_iter();
        let cards = cards.map(|CardDue { tender, amount, card, .. }| Refund {
            kind: TenderType::Card,
            amount,
            tender: Some(tender),
            card,
        });
        let circumstances = Circumstances {
            id: ReturnId(Uuid::nil()),
            receipt: "YOW1-1-2".into(),
            shift: ShiftId(Uuid::nil()),
            operator: OperatorId(Uuid::nil()),
            completed_at: 0,
            utc_offset_minutes: -300,
            approved_by: None,
            reason: None,
        };
        let back = Back { cards: cards.collect(), exchange: None };
        Ok(Return::complete(Some(OfSale::new(sale)), goods, back, circumstances))
    }

    fn shown(back: &Return) -> String {
        let lines: Vec<String> = back.lines.iter().map(|line| line.amount.to_string()).collect();
        let taxes: Vec<String> =
            back.taxes.iter().map(|tax| format!("{} {}", tax.code, tax.amount)).collect();
        let refunds: Vec<String> = back
            .refunds
            .iter()
            .map(|refund| format!("{} {}", refund.kind.as_str(), refund.amount))
            .collect();
        let (lines, taxes, refunds) = (lines.join(" "), taxes.join(" "), refunds.join(" "));
        format!("{lines} + {taxes} = {} -> {refunds}", back.total)
    }

    #[test]
    fn what_comes_back_piece_by_piece_adds_up() {
        let one_by_one = [
            "3.33 + GST 0.17 QST 0.33 = 3.83 -> cash 3.85",
            "3.34 + GST 0.16 QST 0.34 = 3.84 -> cash 3.85",
            "3.33 + GST 0.17 QST 0.33 = 3.83 -> cash 3.85",
        ];
        let mixed = [
            "3.33 + GST 0.17 QST 0.33 = 3.83 -> card 3.83",
            "3.34 + GST 0.16 QST 0.34 = 3.84 -> card 1.17 card 2.00 cash 0.65",
            "3.33 + GST 0.17 QST 0.33 = 3.83 -> cash 3.85",
        ];
        // 3 × 3.34 minus 0.02: three pieces for 10.00, and two taxes that do not divide evenly either.
        for (cards, expected) in [(&[][..], one_by_one), (&[5_00, 2_00][..], mixed)] {
            let mut sale = sold(&[(10_00, 1_000, "standard")], 0, cards);
            sale.lines[0].quantity = Quantity::from_thousandths(3_000);
            sale.lines[0].price = cad(3_34);
            sale.lines[0].share = cad(2);
            let mut earlier = Vec::new();
            for expected in expected {
                let back = bring_back(&sale, &earlier, &[(1, 1_000)]).unwrap();
                assert_eq!(shown(&back), expected);
                earlier.push(back);
            }
            assert!(left(&sale, &earlier).is_empty());
        }
    }

    #[test]
    fn goods_come_back_at_what_they_were_sold_for() {
        let lines = [(9_00, 2_000, "standard"), (1_74, 1_245, "gst_only"), (6_49, 1_000, "exempt")];
        let sale = sold(&lines, 10, &[]);
        assert_eq!(sale.total, cad(26_52));
        for (wanted, expected) in [
            (&[(1, 1_000)][..], "8.10 + GST 0.41 QST 0.81 = 9.32 -> cash 9.30"),
            (&[(2, 245)][..], "0.38 + GST 0.02 = 0.40 -> cash 0.40"),
            (&[(3, 1_000)][..], "5.84 +  = 5.84 -> cash 5.85"),
            (
                &[(1, 2_000), (2, 1_245), (3, 1_000)][..],
                "16.20 1.95 5.84 + GST 0.91 QST 1.62 = 26.52 -> cash 26.50",
            ),
        ] {
            let back = bring_back(&sale, &[], wanted).unwrap();
            assert_eq!(shown(&back), expected, "{wanted:?}");
        }
    }

    #[test]
    fn what_was_not_sold_does_not_come_back() {
        let mut sale = sold(&[(9_00, 2_000, "standard"), (1_74, 1_245, "standard")], 0, &[]);
        let mut voided = sale.lines[0].clone();
        (voided.line, voided.voided) = (3, Some(VoidReason::WrongItem));
        sale.lines.push(voided);
        let earlier = [bring_back(&sale, &[], &[(1, 1_000)]).unwrap()];
        let left = |sku: &str, thousandths| {
            let left = Quantity::from_thousandths(thousandths);
            ReturnRefusal::from(Refusal::MoreThanSold { sku: sku.into(), left })
        };
        let bad = |text: &str| cart::Refusal::BadQuantity { text: text.into() }.into();
        for (wanted, refused) in [
            (&[][..], Refusal::NothingToReturn.into()),
            (&[(4, 1_000)][..], Refusal::UnknownLine { line: 4 }.into()),
            (&[(3, 1_000)][..], Refusal::LineVoided { line: 3 }.into()),
            (&[(1, 0)][..], bad("0")),
            (&[(1, -1_000)][..], bad("-1")),
            (&[(1, 500)][..], catalog::Refusal::WholeQuantityOnly { sku: "S1".into() }.into()),
            (&[(1, 2_000)][..], left("S1", 1_000)),
            (&[(1, 1_000), (1, 1_000)][..], left("S1", 0)),
            (&[(2, 1_246)][..], left("S2", 1_245)),
        ] {
            assert_eq!(bring_back(&sale, &earlier, wanted), Err(refused), "{wanted:?}");
        }
    }

    fn category() -> impl Strategy<Value = &'static str> {
        prop_oneof![Just("standard"), Just("gst_only"), Just("exempt")]
    }

    proptest! {
        /// Whatever is sold and in whatever steps it comes back: each step adds up, nothing goes back that was
        /// not paid, and the last step brings every line, tax and card to what the sale had.
        #[test]
        fn returns_give_back_the_sale(
            lines in proptest::collection::vec((0i64..100_000, 1i64..9_000, category()), 1..8),
            percent_off in 0i64..=100,
            cards in proptest::collection::vec(0i64..=100, 0..3),
            steps in proptest::collection::vec((0usize..8, 1i64..5_000), 0..20),
        ) {
            let total = sold(&lines, percent_off, &[]).total.minor();
            let mut rest = total;
            let cards: Vec<i64> = cards.iter().map(|share| {
                let amount = rest * share / 100;
                rest -= amount;
                amount
            }).filter(|amount| *amount > 0).collect();
            let sale = sold(&lines, percent_off, &cards);
            let mut earlier: Vec<Return> = Vec::new();
            let partly = steps.iter().map(Some).chain([None]);
            for step in partly {
                let left = left(&sale, &earlier);
                let wanted = match step {
                    Some((line, thousandths)) => {
                        let Some(one) = left.get(line % left.len().max(1)) else { break };
                        let whole = sale.lines[one.line as usize - 1].unit == Unit::Each;
                        let thousandths = if whole { (thousandths / 1_000 + 1) * 1_000 } else { *thousandths };
                        vec![(one.line, thousandths.min(one.quantity.thousandths()))]
                    }
                    None => left.iter().map(|one| (one.line, one.quantity.thousandths())).collect(),
                };
                if wanted.is_empty() {
                    break;
                }
                let back = bring_back(&sale, &earlier, &wanted).unwrap();
                prop_assert!(back.adds_up());
                prop_assert!(back.lines.iter().all(|line| !line.amount.is_negative()));
                prop_assert!(back.taxes.iter().all(|tax| !tax.amount.is_negative()));
                earlier.push(back);
                let so_far = Money::sum(earlier.iter().map(|back| back.total), Currency::CAD);
                prop_assert!(so_far <= sale.total);
            }
            let refunds = || earlier.iter().flat_map(|back| &back.refunds);
            let sum = |amounts: &mut dyn Iterator<Item = Money>| Money::sum(amounts, Currency::CAD);
            prop_assert!(left(&sale, &earlier).is_empty());
            prop_assert_eq!(sum(&mut earlier.iter().map(|back| back.total)), sale.total);
            prop_assert_eq!(sum(&mut earlier.iter().map(|back| back.subtotal)), sale.subtotal);
            for tax in &sale.taxes {
                let back = earlier.iter().flat_map(|back| &back.taxes).filter(|back| back.code == tax.code);
                prop_assert_eq!(sum(&mut back.map(|tax| tax.amount)), tax.amount);
            }
            for (n, card) in (0..).zip(cards) {
                let to_it = refunds().filter(|refund| refund.tender == Some(n));
                prop_assert_eq!(sum(&mut to_it.map(|refund| refund.amount)), cad(card));
            }
        }
    }
}
