//! Facts about goods that come back. Amounts are positive, in minor units of the currency that the body states
//! once; quantities are thousandths.

use comptoir_domain::ids::{OperatorId, ReturnId, SaleId, ShiftId};
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::orders::returns::{Refund, Return, ReturnLine};
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
    /// The key that makes it safe to repeat.
    #[n(0)]
    pub id: Id,
    /// What was sold.
    #[n(1)]
    pub sale: Id,
    /// Its receipt number.
    #[n(2)]
    pub sale_receipt: String,
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
    /// At the rates of the sale.
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
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ReturnedLine {
    /// Its number in the sale.
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
}

/// Money given back.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Refunded {
    /// `cash`, `card`.
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
    pub fn new(back: &Return, register: u32, number: u64) -> ReturnCompleted {
        ReturnCompleted {
            id: back.id.0.into(),
            sale: back.sale.0.into(),
            sale_receipt: back.sale_receipt.clone(),
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
        }
    }

    /// The return of a fact.
    pub fn to_return(&self) -> Result<Return, EntryError> {
        let currency = currency(&self.currency)?;
        let money = |minor| Money::new(minor, currency);
        Ok(Return {
            id: ReturnId(self.id.into()),
            sale: SaleId(self.sale.into()),
            sale_receipt: self.sale_receipt.clone(),
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
        }
    }

    fn to_line(&self, currency: Currency) -> ReturnLine {
        ReturnLine {
            line: self.line,
            sku: self.sku.clone(),
            name: Text::new(&self.name_en, self.name_fr.as_ref().unwrap_or(&self.name_en)),
            quantity: Quantity::from_thousandths(self.quantity),
            unit: if self.by_weight { Unit::Kg } else { Unit::Each },
            amount: Money::new(self.amount, currency),
            tax_category: self.tax_category.clone().map_or_else(TaxCategory::standard, TaxCategory),
            wasted: self.wasted,
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
