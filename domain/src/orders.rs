//! Completing a sale: the one place where goods, taxes, money and change are put together.

pub mod approval;
pub mod blind;
pub mod exchange;
pub mod returns;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::Serialize;
use ts_rs::TS;

use crate::cart::{self, Cart, Line, Totals};
use crate::compliance::AgeCheck;
use crate::ids::{CartId, OperatorId, ReturnId, SaleId, ShiftId};
use crate::money::{Currency, Money};
use crate::payments::{self, Offered, Paid, Tender, TenderType};
use crate::pricing::Given;
use crate::quantity::Quantity;
use crate::tax::{TaxLine, TaxRate};
use crate::training;

/// A final record: goods sold, taxes, what was paid and given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sale {
    /// UUIDv7 of the till.
    pub id: SaleId,
    /// The cart it was; completing that cart again answers this sale.
    pub cart: CartId,
    /// `{store}{register}-{epoch}-{n}`, gapless per register and epoch.
    pub receipt: String,
    /// The shift it counts in.
    pub shift: ShiftId,
    /// Who completed it.
    pub operator: OperatorId,
    /// Milliseconds since 1970 UTC.
    pub completed_at: i64,
    /// The counter's clock then, in minutes east of UTC.
    pub utc_offset_minutes: i16,
    /// As sold, the voided ones too.
    pub lines: Vec<Line>,
    /// Before tax.
    pub subtotal: Money,
    /// One per tax, at the rates of the day.
    pub taxes: Vec<TaxLine>,
    /// With tax.
    pub total: Money,
    /// Cash due minus what it rounds; nothing when no cash was given.
    pub rounding: Money,
    /// As given.
    pub tenders: Vec<Tender>,
    /// Given back, in cash.
    pub change: Money,
    /// Taken off all lines together; each line's part is in its amount.
    pub discount: Option<Given>,
    /// Who approved that.
    pub approved_by: Option<OperatorId>,
    /// Noted on the customer's cart.
    pub note: Option<String>,
    /// Somebody made sure that the customer is old enough.
    pub age_check: Option<AgeCheck>,
}

/// One of those that have one receipt number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Alike {
    /// Of the sale, or of the return.
    pub id: String,
    /// When it was completed: RFC 3339, UTC.
    pub at: String,
    /// With tax.
    pub total: Money,
}

fn told(either: &[Alike]) -> String {
    let one = |Alike { id, at, total }: &Alike| format!("{id} ({at}, {total})");
    either.iter().map(one).collect::<Vec<_>>().join(" or ")
}

/// What a use case of selling or returning says instead of doing it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "OrdersRefusal")]
pub enum Refusal {
    /// There is no sale with this receipt number.
    #[error("there is no sale {receipt}")]
    UnknownSale {
        /// The number asked for.
        receipt: String,
    },
    /// There is no sale with this receipt number here, but the store's history is still coming to this register.
    #[error("the sale {receipt} may still be coming: the store's history is not all here")]
    SaleStillComing {
        /// The number asked for.
        receipt: String,
    },
    /// Two receipts have this number, for their register ran twice: an id tells them apart.
    #[error("more than one receipt has the number {receipt}; give an id instead: {}", told(either))]
    TwoOfOneNumber {
        /// The number asked for.
        receipt: String,
        /// All that have it.
        either: Vec<Alike>,
    },
    /// Nothing was named, or all of the sale has come back already.
    #[error("there is nothing to return")]
    NothingToReturn,
    /// More than was sold, less what has come back already.
    #[error("only {left} of {sku} can come back")]
    MoreThanSold {
        /// SKU code.
        sku: String,
        /// Sold and not yet returned.
        left: Quantity,
    },
    /// The line was removed before the sale was completed.
    #[error("line {line} was voided: it was not sold")]
    LineVoided {
        /// Of the sale.
        line: u32,
    },
    /// The sale has no such line.
    #[error("the sale has no line {line}")]
    UnknownLine {
        /// As asked for.
        line: u32,
    },
    /// A sale can be voided only as long as it is the last one of the open shift.
    #[error("{receipt} is not the last sale of this shift: return its goods instead")]
    NotLastSale {
        /// Receipt number of the sale.
        receipt: String,
    },
    /// What a card paid goes back to a card before the goods are taken back.
    #[error("{amount} has to go back to a card first")]
    CardRefundFirst {
        /// Not yet given back by the terminal.
        amount: Money,
    },
    /// A card was given money back for goods of this sale: that return is completed first.
    #[error("a card was refunded for goods of {receipt}: complete that return first")]
    ReturnUnfinished {
        /// Receipt number of the sale.
        receipt: String,
        /// Of the return.
        id: ReturnId,
    },
    /// Goods come back for what is in the cart: both are completed together.
    #[error("goods come back for this cart: complete the exchange, or leave it")]
    ExchangePending,
    /// No goods come back for what is in the cart.
    #[error("nothing comes back for this cart")]
    NothingToExchange,
    /// Without a receipt nobody is given more than the goods cost today.
    #[error("{sku} costs {most}: it does not come back for more")]
    PriceAboveList {
        /// SKU code.
        sku: String,
        /// What the catalogue asks for one unit.
        most: Money,
    },
}

/// Ids and time that the till supplies; the rule makes none of its own.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// New id of the sale.
    pub id: SaleId,
    /// Next receipt number.
    pub receipt: String,
    /// The open shift.
    pub shift: ShiftId,
    /// Who completes.
    pub operator: OperatorId,
    /// Milliseconds since 1970 UTC.
    pub completed_at: i64,
    /// Minutes east of UTC.
    pub utc_offset_minutes: i16,
}

/// Why a cart cannot become a sale.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompletionRefusal {
    /// For the cart's sake.
    #[error(transparent)]
    Cart(#[from] cart::Refusal),
    /// For the money's sake.
    #[error(transparent)]
    Payments(#[from] payments::Refusal),
}

impl Sale {
    /// Turns a cart into a sale, for what was offered for it.
    pub fn complete(
        cart: Cart,
        rates: &[TaxRate],
        currency: Currency,
        offered: Offered,
        circumstances: Circumstances,
    ) -> Result<Sale, CompletionRefusal> {
        if cart.is_empty() {
            return Err(cart::Refusal::EmptyCart.into());
        }
        let Totals { subtotal, taxes, total } = cart.totals(rates, currency);
        let Paid { tenders, rounding, change } = payments::pay(total, offered)?;
        let Circumstances { id, receipt, shift, operator, completed_at, utc_offset_minutes } =
            circumstances;
        let sale = Sale {
            id,
            cart: cart.id,
            receipt,
            shift,
            operator,
            completed_at,
            utc_offset_minutes,
            lines: cart.lines,
            subtotal,
            taxes,
            total,
            rounding,
            tenders,
            change,
            discount: cart.discount,
            approved_by: cart.approved_by,
            note: cart.note,
            age_check: cart.age_check,
        };
        debug_assert!(sale.adds_up());
        Ok(sale)
    }

    /// Sum of tenders − change = total + rounding, and total = subtotal + taxes = lines + taxes.
    pub fn adds_up(&self) -> bool {
        let currency = self.total.currency();
        let tendered = Money::sum(self.tenders.iter().map(|tender| tender.amount), currency);
        let lines = Money::sum(self.lines.iter().map(Line::amount), currency);
        let taxes = Money::sum(self.taxes.iter().map(|tax| tax.amount), currency);
        tendered - self.change == self.total + self.rounding
            && self.subtotal == lines
            && self.total == lines + taxes
    }

    /// The day at the counter on which it was completed.
    pub fn day(&self) -> Date {
        local_day(self.completed_at, self.utc_offset_minutes)
    }

    /// Cash that stays in the drawer: given minus change.
    pub fn cash_kept(&self) -> Money {
        let cash = self.tenders.iter().filter(|tender| tender.kind == TenderType::Cash);
        Money::sum(cash.map(|tender| tender.amount), self.total.currency()) - self.change
    }
}

/// The counter's calendar day of a moment, in milliseconds since 1970 UTC.
pub fn local_day(at: i64, utc_offset_minutes: i16) -> Date {
    let local = at + i64::from(utc_offset_minutes) * 60_000;
    Offset::UTC.to_datetime(Timestamp::from_millisecond(local).unwrap_or_default()).date()
}

/// The receipt number of the `n`th sale of a register in its epoch, which says of a training that it is one.
pub fn receipt_number(store: &str, register: u32, epoch: u32, n: u64) -> String {
    format!("{store}{register}-{}-{n}", training::written(epoch))
}

/// The register that gave out a receipt number of a store.
pub fn register_of(receipt: &str, store: &str) -> Option<u32> {
    receipt.strip_prefix(store)?.split('-').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::catalog::Item;
    use crate::quantity::{Quantity, Unit};
    use crate::store::Region;
    use crate::tax::TaxCategory;
    use crate::text::Text;

    fn cad(minor: i64) -> Money {
        Money::new(minor, Currency::CAD)
    }

    fn gst(percent: &str) -> TaxRate {
        TaxRate {
            code: "GST".into(),
            letter: 'G',
            region: Region::AB,
            percent: percent.parse().unwrap(),
            valid_from: jiff::civil::date(2013, 1, 1),
            valid_to: None,
            categories: vec![TaxCategory::standard()],
            name: Text::new("GST", "TPS"),
        }
    }

    fn sell(
        prices: &[(i64, i64)],
        percent: &str,
        cash: Option<i64>,
    ) -> Result<Sale, CompletionRefusal> {
        let tea = |price| Item {
            sku: "TEA".into(),
            name: Text::new("Tea", "Thé"),
            unit: Unit::Kg,
            price: Some(cad(price)),
            open_price: false,
            tax_category: TaxCategory::standard(),
            minimum_age: None,
            cannabis: None,
            archived: false,
            charges: Vec::new(),
        };
        let mut cart = Cart::empty(CartId(Uuid::nil()));
        for ((price, thousandths), line) in prices.iter().zip(1..) {
            let quantity = Quantity::from_thousandths(*thousandths);
            cart.lines.push(Line::new(line, tea(*price), cad(*price), quantity));
        }
        let circumstances = Circumstances {
            id: SaleId(Uuid::nil()),
            receipt: receipt_number("YOW1", 1, 1, 1),
            shift: ShiftId(Uuid::nil()),
            operator: OperatorId(Uuid::nil()),
            completed_at: 0,
            utc_offset_minutes: -300,
        };
        Sale::complete(
            cart,
            &[gst(percent)],
            Currency::CAD,
            Offered { cash: cash.map(cad), ..Offered::default() },
            circumstances,
        )
    }

    #[test]
    fn a_receipt_says_which_register_gave_it_out() {
        let receipt = receipt_number("YOW1", 12, 3, 4_711);
        assert_eq!(register_of(&receipt, "YOW1"), Some(12));
        assert_eq!(register_of(&receipt, "YYC1"), None);
        assert_eq!(register_of("YOW1", "YOW1"), None);
    }

    #[test]
    fn sales_in_cash() {
        // prices, rate -> total, cash due, given -> change
        for (prices, percent, total, given, rounding, change) in [
            (&[(183, 1_000), (286, 1_000)][..], "5", 492, Some(500), -2, 10),
            (&[(68_993, 1_000)][..], "12", 77_272, Some(80_000), -2, 2_730),
            (&[(450, 1_000)][..], "5", 473, None, 2, 0),
            (&[(2, 1_000)][..], "5", 2, None, -2, 0),
        ] {
            let sale = sell(prices, percent, given).unwrap();
            assert_eq!(
                (sale.total, sale.rounding, sale.change),
                (cad(total), cad(rounding), cad(change))
            );
        }
    }

    #[test]
    fn too_little_money_is_refused() {
        assert_eq!(
            sell(&[(900, 1_000)], "5", Some(940)),
            Err(payments::Refusal::Underpaid { due: cad(945), tendered: cad(940) }.into())
        );
        assert_eq!(sell(&[], "5", None), Err(cart::Refusal::EmptyCart.into()));
    }

    proptest! {
        #[test]
        fn every_sale_adds_up(
            prices in proptest::collection::vec((0i64..100_000, 1i64..20_000), 1..40),
            percent in prop_oneof![Just("5"), Just("13"), Just("15"), Just("9.975"), Just("0")],
            extra in 0i64..100_000,
        ) {
            let due = sell(&prices, percent, None).unwrap().cash_kept();
            let sale = sell(&prices, percent, Some(due.minor() + extra)).unwrap();
            prop_assert!(sale.adds_up());
            prop_assert_eq!(sale.change, cad(extra));
            prop_assert_eq!(sale.cash_kept(), due);
        }
    }
}
