//! Goods that come back for others: one customer, one moment, a return and a sale.

use serde::Serialize;
use ts_rs::TS;

use super::Sale;
use super::returns::{Goods, ReturnLine};
use crate::money::Money;
use crate::quantity::{Quantity, Unit};
use crate::text::Text;

/// What comes back for a cart, and what of it pays for the cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Exchange {
    /// Receipt number of the sale that the goods come from.
    pub receipt: String,
    /// What comes back.
    pub lines: Vec<ExchangeLine>,
    /// What that comes to, with tax.
    pub credit: Money,
    /// What of it pays for the cart.
    pub used: Money,
    /// What goes back to the customer, cards that have their money already included.
    pub refund: Money,
}

/// One row of what comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ExchangeLine {
    /// As sold.
    pub name: Text,
    /// How many, or how much.
    pub quantity: Quantity,
    /// Of what.
    pub unit: Unit,
    /// Its part of what the line was sold for, before tax.
    pub amount: Money,
    /// It cannot be sold again.
    pub wasted: bool,
}

impl Exchange {
    /// `goods` of `sale`, of which `used` pays for the cart.
    pub fn new(sale: &Sale, goods: &Goods, used: Money) -> Exchange {
        let line = |line: &ReturnLine| ExchangeLine {
            name: line.name.clone(),
            quantity: line.quantity,
            unit: line.unit,
            amount: line.amount,
            wasted: line.wasted,
        };
        Exchange {
            receipt: sale.receipt.clone(),
            lines: goods.lines.iter().map(line).collect(),
            credit: goods.total,
            used,
            refund: goods.total - used,
        }
    }
}

/// What of `credit` pays for a cart that comes to `total`. What cards have paid for the cart, and what cards were
/// given back of the credit, is done and not done again.
pub fn used(credit: Money, refunded: Money, total: Money, paid: Money) -> Money {
    let nothing = Money::zero(credit.currency());
    (credit - refunded).min(total - paid).max(nothing)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::cart::{Cart, Line};
    use crate::catalog::Item;
    use crate::ids::{CartId, OperatorId, ReturnId, SaleId, ShiftId};
    use crate::money::Currency;
    use crate::orders::returns::{self, Back, CardDue, OfSale, Refund, Return, Wanted};
    use crate::orders::{Circumstances, Sale};
    use crate::payments::{CardProof, CardTender, Offered, TenderType};
    use crate::store::Region;
    use crate::tax::{TaxCategory, TaxRate};

    fn cad(minor: i64) -> Money {
        Money::new(minor, Currency::CAD)
    }

    fn rates() -> Vec<TaxRate> {
        vec![TaxRate {
            code: "QST".into(),
            letter: 'Q',
            region: Region::QC,
            percent: "9.975".parse().unwrap(),
            valid_from: jiff::civil::date(2013, 1, 1),
            valid_to: None,
            categories: vec![TaxCategory::standard()],
            name: Text::new("QST", "TVQ"),
        }]
    }

    fn cart(lines: &[(i64, i64)]) -> Cart {
        let mut cart = Cart::empty(CartId(Uuid::nil()));
        for ((price, thousandths), n) in lines.iter().zip(1..) {
            let item = Item {
                sku: format!("S{n}"),
                name: Text::new("Tea", "Thé"),
                unit: Unit::Kg,
                price: Some(cad(*price)),
                tax_category: TaxCategory::standard(),
                minimum_age: None,
                cannabis: None,
                open_price: false,
                archived: false,
                charges: Vec::new(),
            };
            let quantity = Quantity::from_thousandths(*thousandths);
            cart.lines.push(Line::new(n, item, cad(*price), quantity));
        }
        cart
    }

    fn cards(amounts: &[Money]) -> Vec<CardTender> {
        let card = |amount: &Money| CardTender {
            attempt: 0,
            amount: *amount,
            card: CardProof::default(),
            approved_at: String::new(),
        };
        amounts.iter().filter(|amount| !amount.is_zero()).map(card).collect()
    }

    fn complete(cart: Cart, offered: Offered) -> Sale {
        let circumstances = Circumstances {
            id: SaleId(Uuid::nil()),
            receipt: "YOW1-1-1".into(),
            shift: ShiftId(Uuid::nil()),
            operator: OperatorId(Uuid::nil()),
            completed_at: 0,
            utc_offset_minutes: -300,
        };
        Sale::complete(cart, &rates(), Currency::CAD, offered, circumstances).unwrap()
    }

    fn percent(amount: Money, percent: i64) -> Money {
        cad(amount.minor() * percent / 100)
    }

    proptest! {
        /// Whatever was sold, comes back and is taken, and whichever part cards paid or were given on the way: both
        /// records add up, what was exchanged cancels, nobody pays and is paid at once, and only cash is rounded.
        #[test]
        fn sums_hold_for_any_exchange(
            sold in proptest::collection::vec((0i64..50_000, 1i64..5_000), 1..5),
            taken in proptest::collection::vec((0i64..50_000, 1i64..5_000), 1..5),
            paid_by_card in 0i64..=100,
            comes_back in 1i64..=100,
            before in 0i64..=100,
            refunded_early in 0i64..=100,
            by_card in 0i64..=100,
            extra in 0i64..10_000,
        ) {
            let total = cart(&sold).totals(&rates(), Currency::CAD).total;
            let first = Offered { cards: cards(&[percent(total, paid_by_card)]), ..Offered::default() };
            let sale = complete(cart(&sold), first);
            let wanted: Vec<Wanted> = sale.lines.iter().map(|line| {
                let part = (line.quantity.thousandths() * comes_back / 100).max(1);
                let quantity = Quantity::from_thousandths(part);
                Wanted { line: line.line, quantity, wasted: false }
            }).collect();
            let goods = returns::goods(&sale, &[], &wanted, &rates()).unwrap();
            let credit = goods.total;

            let cart = cart(&taken);
            let total = cart.totals(&rates(), Currency::CAD).total;
            let paid = percent(total, before);
            // A card may have been given its money for a cart that was cheaper then.
            let owed = credit - used(credit, cad(0), total, paid);
            let most = returns::card_dues(&sale, &[], credit).first().map_or(cad(0), |due| due.amount);
            let early = percent(most, refunded_early).max(owed.min(most));
            let used = used(credit, early, total, paid);
            let owed = credit - used;
            prop_assert!(early <= owed);

            let due = |due: CardDue| Refund {
                kind: TenderType::Card,
                amount: due.amount.max(early).min(owed),
                tender: Some(due.tender),
                card: due.card,
            };
            let given: Vec<Refund> = returns::card_dues(&sale, &[], owed).into_iter().map(due).collect();
            let id = SaleId(Uuid::nil());
            let back = Return::complete(
                Some(OfSale::new(&sale)),
                goods,
                Back { exchange: Some((id, used)), cards: given },
                returns::Circumstances {
                    id: ReturnId(Uuid::nil()),
                    receipt: "YOW1-1-2".into(),
                    shift: ShiftId(Uuid::nil()),
                    operator: OperatorId(Uuid::nil()),
                    completed_at: 0,
                    utc_offset_minutes: -300,
                    approved_by: None,
                    reason: None,
                },
            );
            let rest = total - used - paid;
            let late = percent(rest, by_card);
            let due = crate::payments::cash_due(rest - late);
            let new = complete(cart, Offered {
                exchange: Some(used),
                cards: cards(&[paid, late]),
                cash: Some(due + cad(extra)),
            });

            prop_assert!(back.adds_up() && new.adds_up());
            let of = |kind: TenderType| {
                let refunds = back.refunds.iter().filter(|refund| refund.kind == kind);
                let tenders = new.tenders.iter().filter(|tender| tender.kind == kind);
                (
                    Money::sum(refunds.map(|refund| refund.amount), Currency::CAD),
                    Money::sum(tenders.map(|tender| tender.amount), Currency::CAD),
                )
            };
            prop_assert_eq!(of(TenderType::Exchange), (used, used));
            prop_assert_eq!(new.change, cad(extra));
            let (cash_out, cash_in) = of(TenderType::Cash);
            prop_assert!(cash_out.is_zero() || (cash_in - new.change).is_zero());
            let cards = of(TenderType::Card);
            prop_assert_eq!(
                (cash_in - new.change + cards.1) - (cash_out + cards.0),
                total - credit + new.rounding - back.rounding
            );
            prop_assert!(back.rounding.minor().abs() <= 2 && new.rounding.minor().abs() <= 2);
        }
    }
}
