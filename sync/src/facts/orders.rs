//! Facts about selling. Amounts are minor units of the currency that the body states once;
//! quantities are thousandths.

use comptoir_domain::cart::{Line, VoidReason};
use comptoir_domain::catalog::CannabisClass;
use comptoir_domain::compliance::{AgeCheck, AgeProof, Cannabis};
use comptoir_domain::ids::{CartId, OperatorId, SaleId, ShiftId};
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::orders::Sale;
use comptoir_domain::payments::{CardProof, Tender, TenderType};
use comptoir_domain::pricing::{Discount, Given, PriceReason};
use comptoir_domain::quantity::{Quantity, Unit};
use comptoir_domain::tax::{TaxCategory, TaxLine};
use comptoir_domain::text::Text;
use minicbor::{Decode, Encode};

use super::Id;
use crate::entry::EntryError;

/// A cart became a sale.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SaleCompleted {
    /// UUIDv7.
    #[n(0)]
    pub id: Id,
    /// The cart it was.
    #[n(1)]
    pub cart: Id,
    /// Register, part of the receipt number.
    #[n(2)]
    pub register: u32,
    /// Number of the receipt in the register's epoch.
    #[n(3)]
    pub number: u64,
    /// The shift it counts in.
    #[n(4)]
    pub shift: Id,
    /// Milliseconds since 1970 UTC.
    #[n(5)]
    pub completed_at: i64,
    /// Minutes east of UTC at the counter.
    #[n(6)]
    pub utc_offset_minutes: i16,
    /// ISO 4217.
    #[n(7)]
    pub currency: String,
    /// As sold, the voided ones too.
    #[n(8)]
    pub lines: Vec<SaleLine>,
    /// One per tax.
    #[n(9)]
    pub taxes: Vec<SaleTax>,
    /// Before tax.
    #[n(10)]
    pub subtotal: i64,
    /// With tax.
    #[n(11)]
    pub total: i64,
    /// Cash due minus what it rounds.
    #[n(12)]
    pub rounding: i64,
    /// As given.
    #[n(13)]
    pub tenders: Vec<SaleTender>,
    /// Given back.
    #[n(14)]
    pub change: i64,
    /// Who completed it.
    #[n(15)]
    pub operator: Id,
    /// `{store}{register}-{epoch}-{n}`.
    #[n(16)]
    pub receipt: String,
    /// Taken off all lines together, `10%` or `5.00`; each line's part is in its `share`.
    #[n(17)]
    pub discount: Option<String>,
    /// Position in [`PriceReason::ALL`].
    #[n(18)]
    pub discount_reason: Option<u8>,
    /// Who approved it, where the operator might not do it alone.
    #[n(19)]
    pub approved_by: Option<Id>,
    /// Noted on the customer's cart.
    #[n(20)]
    pub note: Option<String>,
    /// Somebody made sure that the customer is old enough.
    #[n(21)]
    pub age_check: Option<AgeChecked>,
}

/// How it was made sure that a customer is old enough.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct AgeChecked {
    /// In years.
    #[n(0)]
    pub age: u8,
    /// Position in [`AgeProof::ALL`].
    #[n(1)]
    pub proof: u8,
    /// Who looked.
    #[n(2)]
    pub by: Id,
}

/// Goods were not sold to somebody who is not old enough, or could not show it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct AgeRefused {
    /// The cart they were taken out of.
    #[n(0)]
    pub cart: Id,
    /// In years.
    #[n(1)]
    pub age: u8,
    /// ISO 4217.
    #[n(2)]
    pub currency: String,
    /// What was not sold.
    #[n(3)]
    pub lines: Vec<SaleLine>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SaleLine {
    /// Its number in the cart.
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
    /// Of one unit.
    #[n(6)]
    pub price: i64,
    /// Price times quantity, rounded, minus discount and share; nothing when voided.
    #[n(7)]
    pub amount: i64,
    /// Tax category; none is `standard`.
    #[n(8)]
    pub tax_category: Option<String>,
    /// Where the law says so.
    #[n(9)]
    pub minimum_age: Option<u8>,
    /// Position in [`VoidReason::ALL`] when it was voided.
    #[n(10)]
    pub voided: Option<u8>,
    /// Of one unit in the catalogue, where it was sold at another price.
    #[n(11)]
    pub list_price: Option<i64>,
    /// Position in [`PriceReason::ALL`]: why.
    #[n(12)]
    pub price_reason: Option<u8>,
    /// Taken off the line, `10%` or `5.00`.
    #[n(13)]
    pub discount: Option<String>,
    /// Position in [`PriceReason::ALL`]: why.
    #[n(14)]
    pub discount_reason: Option<u8>,
    /// Its part of what is taken off all lines together.
    #[n(15)]
    pub share: Option<i64>,
    /// Who approved price or discount, where the operator might not do it alone.
    #[n(16)]
    pub approved_by: Option<Id>,
    /// Noted on the line.
    #[n(17)]
    pub note: Option<String>,
    /// Class under Schedule 3 of the Cannabis Act.
    #[n(18)]
    pub cannabis: Option<String>,
    /// Net content of one unit in milligrams, where it counts against the possession limit.
    #[n(19)]
    pub net_milligrams: Option<u32>,
    /// The line that it was paid along with, as a deposit is.
    #[n(20)]
    pub of: Option<u32>,
}

/// One tax.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SaleTax {
    /// `HST`.
    #[n(0)]
    pub code: String,
    /// Its letter.
    #[n(1)]
    pub letter: String,
    /// Per cent, decimal.
    #[n(2)]
    pub percent: String,
    /// As printed in English.
    #[n(3)]
    pub name_en: String,
    /// As printed in French.
    #[n(4)]
    pub name_fr: String,
    /// What it falls on.
    #[n(5)]
    pub taxable: i64,
    /// The tax.
    #[n(6)]
    pub amount: i64,
}

/// One tender.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SaleTender {
    /// `cash`, `card`, `exchange`.
    #[n(0)]
    pub kind: String,
    /// As given.
    #[n(1)]
    pub amount: i64,
    /// Of the card, when it was one.
    #[n(2)]
    pub card: Option<SaleCard>,
}

/// What is kept of a card payment.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SaleCard {
    /// As the terminal calls it.
    #[n(0)]
    pub name: Option<String>,
    /// Last four digits.
    #[n(1)]
    pub number: Option<String>,
    /// Authorisation code of the bank.
    #[n(2)]
    pub authorisation: Option<String>,
    /// Trace number of the terminal.
    #[n(3)]
    pub trace: Option<u32>,
    /// Receipt number of the terminal.
    #[n(4)]
    pub receipt: Option<u16>,
    /// Terminal id.
    #[n(5)]
    pub terminal: Option<u32>,
}

/// A person compared with the terminal's own journal, and said what a card was charged.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct CardSettled {
    /// The cart that was to be paid, or the return that was to be refunded.
    #[n(0)]
    pub cart: Id,
    /// `payment`, `reversal`, `refund`.
    #[n(1)]
    pub kind: String,
    /// What was asked for.
    #[n(2)]
    pub amount: i64,
    /// ISO 4217.
    #[n(3)]
    pub currency: String,
    /// What was really moved; none when nothing was.
    #[n(4)]
    pub moved: Option<i64>,
    /// Who approved that it be taken so, where the operator might not do it alone.
    #[n(5)]
    pub approved_by: Option<Id>,
}

/// A cart was removed before completion.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct CartVoided {
    /// Which.
    #[n(0)]
    pub cart: Id,
    /// The shift it happened in, if one was open.
    #[n(1)]
    pub shift: Option<Id>,
    /// Position in [`VoidReason::ALL`].
    #[n(2)]
    pub reason: u8,
    /// ISO 4217.
    #[n(3)]
    pub currency: String,
    /// What was in it.
    #[n(4)]
    pub lines: Vec<SaleLine>,
}

/// A receipt was printed again, marked as a duplicate, or a gift receipt was.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ReceiptReprinted {
    /// Of which sale; none when goods came back without their receipt.
    #[n(0)]
    pub sale: Option<Id>,
    /// Of which return, when it was that one's receipt.
    #[n(1)]
    pub returned: Option<Id>,
    /// The lines on it, when it was a gift receipt: names without prices.
    #[n(2)]
    pub gift: Option<Vec<u32>>,
}

impl SaleCompleted {
    /// The fact of a sale at `register` with receipt `number`.
    pub fn new(sale: &Sale, register: u32, number: u64) -> SaleCompleted {
        SaleCompleted {
            id: sale.id.0.into(),
            cart: sale.cart.0.into(),
            register,
            number,
            shift: sale.shift.0.into(),
            completed_at: sale.completed_at,
            utc_offset_minutes: sale.utc_offset_minutes,
            currency: sale.total.currency().code().to_owned(),
            lines: sale.lines.iter().map(SaleLine::new).collect(),
            taxes: sale.taxes.iter().map(SaleTax::new).collect(),
            subtotal: sale.subtotal.minor(),
            total: sale.total.minor(),
            rounding: sale.rounding.minor(),
            tenders: sale.tenders.iter().map(SaleTender::new).collect(),
            change: sale.change.minor(),
            operator: sale.operator.0.into(),
            receipt: sale.receipt.clone(),
            discount: sale.discount.map(|given| given.discount.to_string()),
            discount_reason: sale.discount.map(|given| price_number(given.reason)),
            approved_by: sale.approved_by.map(|operator| operator.0.into()),
            note: sale.note.clone(),
            age_check: sale.age_check.map(|check| AgeChecked {
                age: check.age,
                proof: age_proof_number(check.proof),
                by: check.by.0.into(),
            }),
        }
    }

    /// The sale of a fact.
    pub fn to_sale(&self) -> Result<Sale, EntryError> {
        let currency = currency(&self.currency)?;
        let money = |minor| Money::new(minor, currency);
        Ok(Sale {
            id: SaleId(self.id.into()),
            cart: CartId(self.cart.into()),
            receipt: self.receipt.clone(),
            shift: ShiftId(self.shift.into()),
            operator: OperatorId(self.operator.into()),
            completed_at: self.completed_at,
            utc_offset_minutes: self.utc_offset_minutes,
            lines: self
                .lines
                .iter()
                .map(|line| line.to_line(currency))
                .collect::<Result<_, _>>()?,
            subtotal: money(self.subtotal),
            taxes: self.taxes.iter().map(|tax| tax.to_line(currency)).collect::<Result<_, _>>()?,
            total: money(self.total),
            rounding: money(self.rounding),
            tenders: self
                .tenders
                .iter()
                .map(|tender| tender.to_tender(currency))
                .collect::<Result<_, _>>()?,
            change: money(self.change),
            discount: given(self.discount.as_deref(), self.discount_reason, currency)?,
            approved_by: self.approved_by.map(|id| OperatorId(id.into())),
            note: self.note.clone(),
            age_check: self.age_check.as_ref().map(|check| AgeCheck {
                age: check.age,
                proof: age_proof(check.proof),
                by: OperatorId(check.by.into()),
            }),
        })
    }
}

impl SaleLine {
    /// The fact of a line.
    pub fn new(line: &Line) -> SaleLine {
        let standard = TaxCategory::standard();
        SaleLine {
            line: line.line,
            sku: line.sku.clone(),
            name_en: line.name.en.clone(),
            name_fr: (line.name.fr != line.name.en).then(|| line.name.fr.clone()),
            quantity: line.quantity.thousandths(),
            by_weight: line.unit == Unit::Kg,
            price: line.price.minor(),
            amount: line.amount().minor(),
            tax_category: (line.tax_category != standard).then(|| line.tax_category.0.clone()),
            minimum_age: line.minimum_age,
            voided: line.voided.map(void_number),
            list_price: (line.list_price != line.price).then(|| line.list_price.minor()),
            price_reason: line.price_reason.map(price_number),
            discount: line.discount.map(|given| given.discount.to_string()),
            discount_reason: line.discount.map(|given| price_number(given.reason)),
            share: (!line.share.is_zero()).then(|| line.share.minor()),
            approved_by: line.approved_by.map(|operator| operator.0.into()),
            note: line.note.clone(),
            cannabis: line.cannabis.map(|goods| goods.class.as_str().to_owned()),
            net_milligrams: line.cannabis.map(|goods| goods.net_milligrams),
            of: line.of,
        }
    }

    /// What the catalogue asked for it minus what it was sold for; nothing for a voided line.
    pub fn reduction(&self) -> i64 {
        if self.voided.is_some() {
            return 0;
        }
        // The currency does not matter: the amount is only multiplied and rounded.
        let list = Money::new(self.list_price.unwrap_or(self.price), Currency::CAD);
        list.times(Quantity::from_thousandths(self.quantity)).minor() - self.amount
    }

    /// The line of a fact.
    pub(crate) fn to_line(&self, currency: Currency) -> Result<Line, EntryError> {
        Ok(Line {
            line: self.line,
            sku: self.sku.clone(),
            name: Text::new(&self.name_en, self.name_fr.as_ref().unwrap_or(&self.name_en)),
            quantity: Quantity::from_thousandths(self.quantity),
            unit: if self.by_weight { Unit::Kg } else { Unit::Each },
            price: Money::new(self.price, currency),
            tax_category: self.tax_category.clone().map_or_else(TaxCategory::standard, TaxCategory),
            minimum_age: self.minimum_age,
            voided: self.voided.map(void_reason),
            list_price: Money::new(self.list_price.unwrap_or(self.price), currency),
            price_reason: self.price_reason.map(price_reason),
            discount: given(self.discount.as_deref(), self.discount_reason, currency)?,
            share: Money::new(self.share.unwrap_or_default(), currency),
            approved_by: self.approved_by.map(|id| OperatorId(id.into())),
            note: self.note.clone(),
            cannabis: cannabis(self.cannabis.as_deref(), self.net_milligrams),
            of: self.of,
        })
    }
}

impl SaleTax {
    pub(super) fn new(tax: &TaxLine) -> SaleTax {
        SaleTax {
            code: tax.code.clone(),
            letter: tax.letter.clone(),
            percent: tax.rate.normalize().to_string(),
            name_en: tax.name.en.clone(),
            name_fr: tax.name.fr.clone(),
            taxable: tax.taxable.minor(),
            amount: tax.amount.minor(),
        }
    }

    pub(super) fn to_line(&self, currency: Currency) -> Result<TaxLine, EntryError> {
        Ok(TaxLine {
            code: self.code.clone(),
            letter: self.letter.clone(),
            name: Text::new(&self.name_en, &self.name_fr),
            rate: self.percent.parse().map_err(|_| unreadable("tax rate", &self.percent))?,
            taxable: Money::new(self.taxable, currency),
            amount: Money::new(self.amount, currency),
        })
    }
}

impl SaleTender {
    fn new(tender: &Tender) -> SaleTender {
        SaleTender {
            kind: tender.kind.as_str().to_owned(),
            amount: tender.amount.minor(),
            card: tender.card.clone().map(SaleCard::new),
        }
    }

    fn to_tender(&self, currency: Currency) -> Result<Tender, EntryError> {
        let kind = tender_type(&self.kind)?;
        let card = self.card.clone().map(SaleCard::into_proof);
        Ok(Tender { kind, amount: Money::new(self.amount, currency), card })
    }
}

impl SaleCard {
    pub(super) fn new(card: CardProof) -> SaleCard {
        let CardProof { name, number, authorisation, trace, receipt, terminal } = card;
        SaleCard { name, number, authorisation, trace, receipt, terminal }
    }

    pub(super) fn into_proof(self) -> CardProof {
        let SaleCard { name, number, authorisation, trace, receipt, terminal } = self;
        CardProof { name, number, authorisation, trace, receipt, terminal }
    }
}

/// The means of payment of a name.
pub(super) fn tender_type(name: &str) -> Result<TenderType, EntryError> {
    TenderType::parse(name).ok_or_else(|| unreadable("tender", name))
}

/// How a reason is stored.
pub fn void_number(reason: VoidReason) -> u8 {
    place_in(&VoidReason::ALL, reason)
}

/// The reason of a number; one that a newer till knows counts as `other`.
pub fn void_reason(number: u8) -> VoidReason {
    VoidReason::ALL.get(usize::from(number)).copied().unwrap_or(VoidReason::Other)
}

/// How a reason is stored.
pub fn price_number(reason: PriceReason) -> u8 {
    place_in(&PriceReason::ALL, reason)
}

/// The reason of a number; one that a newer till knows counts as `other`.
pub fn price_reason(number: u8) -> PriceReason {
    PriceReason::ALL.get(usize::from(number)).copied().unwrap_or(PriceReason::Other)
}

/// The discount of what is stored of it.
pub fn given(
    discount: Option<&str>,
    reason: Option<u8>,
    currency: Currency,
) -> Result<Option<Given>, EntryError> {
    let Some(text) = discount else { return Ok(None) };
    let discount = Discount::parse(text, currency).map_err(|_| unreadable("discount", text))?;
    Ok(Some(Given { discount, reason: reason.map_or(PriceReason::Other, price_reason) }))
}

/// What goods count against the possession limit, of what is stored of it.
pub fn cannabis(class: Option<&str>, net_milligrams: Option<u32>) -> Option<Cannabis> {
    let class = CannabisClass::parse(class?)?;
    Some(Cannabis { class, net_milligrams: net_milligrams.unwrap_or_default() })
}

/// How a proof of age is stored.
pub fn age_proof_number(proof: AgeProof) -> u8 {
    place_in(&AgeProof::ALL, proof)
}

/// The proof of a number; one that a newer till knows counts as a document.
pub fn age_proof(number: u8) -> AgeProof {
    AgeProof::ALL.get(usize::from(number)).copied().unwrap_or(AgeProof::Document)
}

fn place_in<T: PartialEq>(all: &[T], one: T) -> u8 {
    let place = all.iter().position(|known| *known == one);
    place.and_then(|place| u8::try_from(place).ok()).unwrap_or(u8::MAX)
}

pub(crate) fn currency(code: &str) -> Result<Currency, EntryError> {
    Currency::from_code(code).ok_or_else(|| unreadable("currency", code))
}

pub(super) fn unreadable(what: &str, text: &str) -> EntryError {
    EntryError::Unreadable(format!("{what} {text:?} is not known"))
}
