//! Totals of a shift: X so far, Z once; and who and what made them.

pub mod sales;

use serde::Serialize;
use ts_rs::TS;

use crate::money::Money;
use crate::payments::TenderType;
use crate::text::Text;

/// X reads, Z closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ReportKind {
    /// Totals so far; changes nothing.
    X,
    /// The closing, numbered, once.
    Z,
}

/// What one means of payment took, or gave back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TenderTotal {
    /// `cash`.
    pub tender: String,
    /// Times it was offered.
    pub count: u64,
    /// As given, before change.
    pub amount: Money,
}

/// What one tax took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ReportTax {
    /// `HST`.
    pub code: String,
    /// As printed.
    pub name: Text,
    /// Sum of the tax lines of the sales.
    pub amount: Money,
}

/// A drawer that was counted and passed on inside a shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct HandOver {
    /// Place in the journal.
    #[ts(type = "number")]
    pub entry: i64,
    /// Local time, `2025-11-20 14:07`.
    pub at: String,
    /// Name of who counted it and gave it up.
    pub from: String,
    /// Name of who has it since.
    pub to: String,
    /// Cash found.
    pub counted: Money,
    /// Cash by the books at that moment.
    pub expected: Money,
    /// Counted minus expected: all since the shift was opened.
    pub over_short: Money,
    /// Of that, what came since the hand-over before.
    pub part: Money,
    /// Said with the count.
    pub note: Option<String>,
}

/// A count of the drawer that was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DrawerCount {
    /// Local time, `2025-11-20 21:04`.
    pub at: String,
    /// Cash found.
    pub counted: Money,
    /// Cash by the books at that moment.
    pub expected: Money,
    /// Counted minus expected.
    pub over_short: Money,
}

/// What a count found that was just handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CountFound {
    /// The count, against all since the shift was opened.
    pub count: DrawerCount,
    /// Of what it is over or short, what came since the drawer was handed over the last time.
    pub part: Money,
}

/// One operator's time at a drawer that was handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DrawerPart {
    /// Name of who had it.
    pub operator: String,
    /// What their time left over or short; none while they have it.
    pub over_short: Option<Money>,
}

/// What became of asking the card terminal for its totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// Nobody asked it.
    NotAsked,
    /// It is at work.
    Asking,
    /// It has handed its day in and said what it came to.
    Told,
    /// It has handed its day in and did not say what it came to.
    Untold,
    /// It could not be asked.
    NotReached,
    /// It will not.
    Refused,
    /// It may have handed its day in: no answer came.
    Unknown,
}

/// What one kind of card has paid, as the terminal adds it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TerminalCard {
    /// `visa`, `mastercard`, `amex`, `jcb`, `diners`, `girocard`, `other`.
    pub kind: String,
    /// How much.
    pub amount: Money,
}

/// The card payments of a shift beside what the terminal says of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TerminalCheck {
    /// Of the last time that it was asked.
    pub outcome: CheckOutcome,
    /// Local time, `2025-11-20 21:05`; none when nobody asked.
    pub at: Option<String>,
    /// Given by cards, minus what cards were given back, by our books.
    pub ours: Money,
    /// By the terminal's: the sum of every time that it told.
    pub told: Option<Money>,
    /// Told minus ours; none unless it told when it was asked last.
    pub difference: Option<Money>,
    /// It has handed something in before without saying what, so that what it told may not be all.
    pub partial: bool,
    /// Of what it told, what each kind of card has.
    pub cards: Vec<TerminalCard>,
    /// Terminal id.
    pub terminal: Option<u32>,
    /// Of the terminal, when it refused.
    pub code: Option<u8>,
}

impl TerminalCheck {
    /// Whether anything is left to ask: nobody has, or what it said is not known.
    pub const fn is_open(&self) -> bool {
        !matches!(self.outcome, CheckOutcome::Told | CheckOutcome::Untold | CheckOutcome::Asking)
    }
}

/// X or Z of a shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Report {
    /// X or Z.
    pub kind: ReportKind,
    /// Gapless per register; none on an X.
    pub number: Option<u64>,
    /// Number of the shift on this register.
    pub shift: u64,
    /// Local time, `2025-11-20 09:02`.
    pub opened_at: String,
    /// Local time; none on an X.
    pub closed_at: Option<String>,
    /// Who took the report.
    pub operator: String,
    /// Completed sales.
    pub sales: u64,
    /// Lines removed before completion.
    pub voided_lines: u64,
    /// Carts removed before completion.
    pub voided_carts: u64,
    /// Before tax.
    pub subtotal: Money,
    /// One per tax.
    pub taxes: Vec<ReportTax>,
    /// With tax.
    pub total: Money,
    /// Completed returns. Subtotal, taxes and total are of the sales alone.
    pub returns: u64,
    /// One per tax that went back.
    pub returned_taxes: Vec<ReportTax>,
    /// What came back, with tax.
    pub returned: Money,
    /// Cash rounding of the sales, minus that of the returns.
    pub rounding: Money,
    /// One per means of payment.
    pub tenders: Vec<TenderTotal>,
    /// Given back.
    pub change: Money,
    /// Given back for what came back, one per means of payment.
    pub refunds: Vec<TenderTotal>,
    /// Opening cash.
    pub float: Money,
    /// Brought to the drawer without a sale.
    pub paid_in: Money,
    /// Paid out of the drawer.
    pub paid_out: Money,
    /// Taken out of the drawer into the safe.
    pub safe_drops: Money,
    /// Times the drawer was opened without a sale.
    pub no_sales: u64,
    /// Cash by the books: float + cash given − change − cash refunds + paid in − paid out − safe drops.
    pub expected: Money,
    /// Cash found; none on an X.
    pub counted: Option<Money>,
    /// Counted minus expected.
    pub over_short: Option<Money>,
    /// Said at closing.
    pub note: Option<String>,
    /// Counts that were handed in before the one that closed it; of an open shift all.
    pub earlier_counts: Vec<DrawerCount>,
    /// The card terminal's totals beside ours; none when no card has paid and nobody has asked.
    pub terminal: Option<TerminalCheck>,
    /// Each time the drawer was handed over, in order.
    pub hand_overs: Vec<HandOver>,
    /// Each operator's time at the drawer, in order; nothing without a hand-over. They add up to over/short.
    pub parts: Vec<DrawerPart>,
    /// Of the shift.
    pub first_receipt: Option<String>,
    /// Of the shift.
    pub last_receipt: Option<String>,
}

/// An X as whoever asks for it may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "shown", rename_all = "snake_case")]
pub enum XReport {
    /// All of it.
    Whole(Box<Report>),
    /// Without what leads to the cash in the drawer.
    Blind(Box<BlindReport>),
}

/// An X for whoever counts the drawer blind. What was sold minus what other means of payment took is the cash, so
/// that neither is in it what was sold nor what cash did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct BlindReport {
    /// Number of the shift on this register.
    pub shift: u64,
    /// Local time, `2025-11-20 09:02`.
    pub opened_at: String,
    /// Who took the report.
    pub operator: String,
    /// Completed sales.
    pub sales: u64,
    /// Completed returns.
    pub returns: u64,
    /// Lines removed before completion.
    pub voided_lines: u64,
    /// Carts removed before completion.
    pub voided_carts: u64,
    /// Times the drawer was opened without a sale.
    pub no_sales: u64,
    /// One per means of payment.
    pub tenders: Vec<BlindTender>,
    /// Given back for what came back, one per means of payment.
    pub refunds: Vec<BlindTender>,
    /// The card terminal's totals beside ours; none when no card has paid and nobody has asked.
    pub terminal: Option<TerminalCheck>,
    /// Each time the drawer was handed over, in order.
    pub hand_overs: Vec<Passed>,
    /// Of the shift.
    pub first_receipt: Option<String>,
    /// Of the shift.
    pub last_receipt: Option<String>,
}

/// What one means of payment took, or gave back, beside a drawer that is counted blind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct BlindTender {
    /// `cash`.
    pub tender: String,
    /// Times it was offered.
    pub count: u64,
    /// How much; none of cash.
    pub amount: Option<Money>,
}

/// A drawer that was passed on, without what was in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Passed {
    /// Local time, `2025-11-20 14:07`.
    pub at: String,
    /// Name of who gave it up.
    pub from: String,
    /// Name of who has it since.
    pub to: String,
}

impl Report {
    /// The report without what leads to the cash in the drawer.
    pub fn blind(self) -> BlindReport {
        let tender = |TenderTotal { tender, count, amount }: TenderTotal| {
            let amount = (tender != TenderType::Cash.as_str()).then_some(amount);
            BlindTender { tender, count, amount }
        };
        let passed = |HandOver { at, from, to, .. }: HandOver| Passed { at, from, to };
        BlindReport {
            shift: self.shift,
            opened_at: self.opened_at,
            operator: self.operator,
            sales: self.sales,
            returns: self.returns,
            voided_lines: self.voided_lines,
            voided_carts: self.voided_carts,
            no_sales: self.no_sales,
            tenders: self.tenders.into_iter().map(tender).collect(),
            refunds: self.refunds.into_iter().map(tender).collect(),
            terminal: self.terminal,
            hand_overs: self.hand_overs.into_iter().map(passed).collect(),
            first_receipt: self.first_receipt,
            last_receipt: self.last_receipt,
        }
    }

    /// Sum of tenders − change − refunds = sum of totals − returned totals + rounding; total = subtotal + taxes; the
    /// operators' parts are what the shift is over or short by.
    pub fn adds_up(&self) -> bool {
        let currency = self.total.currency();
        let sum = |totals: &[TenderTotal]| {
            Money::sum(totals.iter().map(|tender| tender.amount), currency)
        };
        let taxes = Money::sum(self.taxes.iter().map(|tax| tax.amount), currency);
        let kept = sum(&self.tenders) - self.change - sum(&self.refunds);
        let parts = Money::sum(self.parts.iter().filter_map(|part| part.over_short), currency);
        kept == self.total - self.returned + self.rounding
            && self.total == self.subtotal + taxes
            && (self.parts.is_empty() || self.over_short.is_none_or(|all| parts == all))
    }
}
