//! Facts about goods that come back. Amounts are positive, in minor units of the currency that the body states
//! once; quantities are thousandths.

use comptoir_domain::ids::{OperatorId, ReturnId, SaleId, ShiftId};
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::orders::returns::{OfSale, Refund, Return, ReturnLine};
use comptoir_domain::quantity::{Quantity, Unit};
use comptoir_domain::tax::TaxCategory;
use comptoir_domain::text::Text;
use minicbor::{Decode, Encode};

use super::Id;
use super::orders::{SaleCard, SaleTax, currency, tender_type};
use crate::entry::EntryError;

/// Goods of a sale came back, and money went back for them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ReturnCompleted {
    /// Its own.
    #[n(0)]
    pub id: Id,
    /// What was sold; none when it came back without its receipt.
    #[n(1)]
    pub sale: Option<Id>,
    /// Its receipt number.
    #[n(2)]
    pub sale_receipt: Option<String>,
    /// Register, part of the receipt number.
    #[n(3)]
    pub register: u32,
    /// Number of the receipt in the register's epoch, of one sequence with the sales.
    #[n(4)]
    pub number: u64,
    /// The shift it counts in.
    #[n(5)]
    pub shift: Id,
    /// Milliseconds since 1970 UTC.
    #[n(6)]
    pub completed_at: i64,
    /// Minutes east of UTC at the counter.
    #[n(7)]
    pub utc_offset_minutes: i16,
    /// ISO 4217.
    #[n(8)]
    pub currency: String,
    /// What came back.
    #[n(9)]
    pub lines: Vec<ReturnedLine>,
    /// At the rates of the sale; without one, of the day.
    #[n(10)]
    pub taxes: Vec<SaleTax>,
    /// Before tax.
    #[n(11)]
    pub subtotal: i64,
    /// With tax.
    #[n(12)]
    pub total: i64,
    /// Given back minus total.
    #[n(13)]
    pub rounding: i64,
    /// What was given back.
    #[n(14)]
    pub refunds: Vec<Refunded>,
    /// Who took the goods back.
    #[n(15)]
    pub operator: Id,
    /// `{store}{register}-{epoch}-{n}`.
    #[n(16)]
    pub receipt: String,
    /// Who approved it, where the operator might not do it alone.
    #[n(17)]
    pub approved_by: Option<Id>,
    /// Why, if somebody said; `post_void` when the whole sale was taken back at once.
    #[n(18)]
    pub reason: Option<String>,
    /// The sale that some of it, or all, pays for.
    #[n(19)]
    pub exchange: Option<Id>,
    /// The key that makes it safe to repeat; before it was written down, that was the id. Two halves of a till that ran twice
    /// may have carried out one request each.
    #[n(20)]
    pub request: Option<Id>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ReturnedLine {
    /// Its number in the sale; without one, in the return.
    #[n(0)]
    pub line: u32,
    /// SKU code.
    #[n(1)]
    pub sku: String,
    /// English name as sold.
    #[n(2)]
    pub name_en: String,
    /// French name as sold; none when it is the English one.
    #[n(3)]
    pub name_fr: Option<String>,
    /// Thousandths.
    #[n(4)]
    pub quantity: i64,
    /// Whether it is sold by weight (kg).
    #[n(5)]
    pub by_weight: bool,
    /// Its part of what the line was sold for.
    #[n(6)]
    pub amount: i64,
    /// Tax category; none is `standard`.
    #[n(7)]
    pub tax_category: Option<String>,
    /// It cannot be sold again.
    #[n(8)]
    pub wasted: bool,
    /// Of one unit, where no sale says it.
    #[n(9)]
    pub price: Option<i64>,
    /// The line that it was paid along with, as a deposit is.
    #[n(10)]
    pub of: Option<u32>,
}

/// Money given back.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Refunded {
    /// `cash`, `card`, `exchange`.
    #[n(0)]
    pub kind: String,
    /// How much.
    #[n(1)]
    pub amount: i64,
    /// Place of the tender in the sale that it takes back; none for cash.
    #[n(2)]
    pub tender: Option<u32>,
    /// Of the card that it went to.
    #[n(3)]
    pub card: Option<SaleCard>,
}

impl ReturnCompleted {
    /// The fact of a return at `register` with receipt `number`.
    pub fn new(
        back: &Return,
        request: Option<ReturnId>,
        register: u32,
        number: u64,
    ) -> ReturnCompleted {
        ReturnCompleted {
            id: back.id.0.into(),
            sale: back.of.as_ref().map(|sale| sale.id.0.into()),
            sale_receipt: back.of.as_ref().map(|sale| sale.receipt.clone()),
            register,
            number,
            shift: back.shift.0.into(),
            completed_at: back.completed_at,
            utc_offset_minutes: back.utc_offset_minutes,
            currency: back.total.currency().code().to_owned(),
            lines: back.lines.iter().map(ReturnedLine::new).collect(),
            taxes: back.taxes.iter().map(SaleTax::new).collect(),
            subtotal: back.subtotal.minor(),
            total: back.total.minor(),
            rounding: back.rounding.minor(),
            refunds: back.refunds.iter().map(Refunded::new).collect(),
            operator: back.operator.0.into(),
            receipt: back.receipt.clone(),
            approved_by: back.approved_by.map(|operator| operator.0.into()),
            reason: back.reason.clone(),
            exchange: back.exchange.map(|sale| sale.0.into()),
            request: request.map(|request| request.0.into()),
        }
    }

    /// The return of a fact.
    pub fn to_return(&self) -> Result<Return, EntryError> {
        let currency = currency(&self.currency)?;
        let money = |minor| Money::new(minor, currency);
        Ok(Return {
            id: ReturnId(self.id.into()),
            of: self.sale.map(|id| OfSale {
                id: SaleId(id.into()),
                receipt: self.sale_receipt.clone().unwrap_or_default(),
            }),
            receipt: self.receipt.clone(),
            shift: ShiftId(self.shift.into()),
            operator: OperatorId(self.operator.into()),
            completed_at: self.completed_at,
            utc_offset_minutes: self.utc_offset_minutes,
            lines: self.lines.iter().map(|line| line.to_line(currency)).collect(),
            subtotal: money(self.subtotal),
            taxes: self.taxes.iter().map(|tax| tax.to_line(currency)).collect::<Result<_, _>>()?,
            total: money(self.total),
            rounding: money(self.rounding),
            refunds: self
                .refunds
                .iter()
                .map(|refund| refund.to_refund(currency))
                .collect::<Result<_, _>>()?,
            approved_by: self.approved_by.map(|id| OperatorId(id.into())),
            reason: self.reason.clone(),
            exchange: self.exchange.map(|id| SaleId(id.into())),
        })
    }
}

impl ReturnedLine {
    fn new(line: &ReturnLine) -> ReturnedLine {
        let standard = TaxCategory::standard();
        ReturnedLine {
            line: line.line,
            sku: line.sku.clone(),
            name_en: line.name.en.clone(),
            name_fr: (line.name.fr != line.name.en).then(|| line.name.fr.clone()),
            quantity: line.quantity.thousandths(),
            by_weight: line.unit == Unit::Kg,
            amount: line.amount.minor(),
            tax_category: (line.tax_category != standard).then(|| line.tax_category.0.clone()),
            wasted: line.wasted,
            price: line.price.map(Money::minor),
            of: line.of,
        }
    }

    fn to_line(&self, currency: Currency) -> ReturnLine {
        ReturnLine {
            line: self.line,
            sku: self.sku.clone(),
            name: Text::new(&self.name_en, self.name_fr.as_ref().unwrap_or(&self.name_en)),
            quantity: Quantity::from_thousandths(self.quantity),
            unit: if self.by_weight { Unit::Kg } else { Unit::Each },
            price: self.price.map(|minor| Money::new(minor, currency)),
            amount: Money::new(self.amount, currency),
            tax_category: self.tax_category.clone().map_or_else(TaxCategory::standard, TaxCategory),
            wasted: self.wasted,
            of: self.of,
        }
    }
}

impl Refunded {
    fn new(refund: &Refund) -> Refunded {
        Refunded {
            kind: refund.kind.as_str().to_owned(),
            amount: refund.amount.minor(),
            tender: refund.tender,
            card: refund.card.clone().map(SaleCard::new),
        }
    }

    fn to_refund(&self, currency: Currency) -> Result<Refund, EntryError> {
        Ok(Refund {
            kind: tender_type(&self.kind)?,
            amount: Money::new(self.amount, currency),
            tender: self.tender,
            card: self.card.clone().map(SaleCard::into_proof),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::encode;

    /// The first fields of a return, as they were written when every return had a sale.
    #[derive(Encode)]
    #[cbor(array)]
    struct Earlier {
        #[n(0)]
        id: Id,
        #[n(1)]
        sale: Id,
        #[n(2)]
        sale_receipt: String,
        #[n(3)]
        register: u32,
        #[n(4)]
        number: u64,
        #[n(5)]
        shift: Id,
        #[n(6)]
        completed_at: i64,
        #[n(7)]
        utc_offset_minutes: i16,
        #[n(8)]
        currency: String,
        #[n(9)]
        lines: Vec<EarlierLine>,
        #[n(10)]
        taxes: Vec<SaleTax>,
        #[n(11)]
        subtotal: i64,
        #[n(12)]
        total: i64,
        #[n(13)]
        rounding: i64,
        #[n(14)]
        refunds: Vec<Refunded>,
        #[n(15)]
        operator: Id,
        #[n(16)]
        receipt: String,
        #[n(17)]
        approved_by: Option<Id>,
        #[n(18)]
        reason: Option<String>,
    }

    #[derive(Encode)]
    #[cbor(array)]
    struct EarlierLine {
        #[n(0)]
        line: u32,
        #[n(1)]
        sku: String,
        #[n(2)]
        name_en: String,
        #[n(3)]
        name_fr: Option<String>,
        #[n(4)]
        quantity: i64,
        #[n(5)]
        by_weight: bool,
        #[n(6)]
        amount: i64,
        #[n(7)]
        tax_category: Option<String>,
        #[n(8)]
        wasted: bool,
    }

    #[test]
    fn returns_of_older_tills_are_read() {
        let line = EarlierLine {
            line: 1,
            sku: "CAN".into(),
            name_en: "Candle".into(),
            name_fr: None,
            quantity: 1_000,
            by_weight: false,
            amount: 900,
            tax_category: None,
            wasted: true,
        };
        let cash = Refunded { kind: "cash".into(), amount: 900, tender: None, card: None };
        let earlier = Earlier {
            id: Id([1; 16]),
            sale: Id([2; 16]),
            sale_receipt: "YOW1-1-1".into(),
            register: 1,
            number: 2,
            shift: Id([3; 16]),
            completed_at: 0,
            utc_offset_minutes: 0,
            currency: "CAD".into(),
            lines: vec![line],
            taxes: Vec::new(),
            subtotal: 900,
            total: 900,
            rounding: 0,
            refunds: vec![cash],
            operator: Id([4; 16]),
            receipt: "YOW1-1-2".into(),
            approved_by: None,
            reason: None,
        };
        let read: ReturnCompleted = minicbor::decode(&encode(&earlier)).unwrap();
        let back = read.to_return().unwrap();
        let of = back.of.clone().unwrap();
        assert_eq!((of.id.0.into_bytes(), of.receipt.as_str()), ([2; 16], "YOW1-1-1"));
        assert!(back.adds_up() && back.exchange.is_none() && back.lines[0].price.is_none());
        assert_eq!(ReturnCompleted::new(&back, None, 1, 2), read, "and written again as they were");

        let without = ReturnCompleted { sale: None, sale_receipt: None, ..read };
        let read: ReturnCompleted = minicbor::decode(&encode(&without)).unwrap();
        assert_eq!((read.to_return().unwrap().of, read), (None, without));
    }
}
