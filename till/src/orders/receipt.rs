//! The receipt of a sale, laid out once for paper, window and text.

use comptoir_domain::cart::Line;
use comptoir_domain::money::Money;
use comptoir_domain::orders::Sale;
use comptoir_domain::payments::{CardProof, TenderType};
use comptoir_domain::pricing::{Discount, Given};
use comptoir_domain::quantity::{Quantity, Unit};
use comptoir_domain::store::Store;
use comptoir_domain::tax;
use comptoir_domain::tax::{TaxLine, TaxRate};
use comptoir_domain::text::Language;
use comptoir_hardware::printer::document::{Align, Document, Style};

use crate::till::local_minute;

/// Words on a receipt.
pub(crate) struct Words {
    pub(crate) receipt: &'static str,
    pub(crate) register: &'static str,
    pub(crate) served_by: &'static str,
    pub(crate) subtotal: &'static str,
    pub(crate) on: &'static str,
    pub(crate) total: &'static str,
    pub(crate) cash: &'static str,
    pub(crate) card: &'static str,
    authorisation: &'static str,
    pub(crate) cash_rounding: &'static str,
    pub(crate) change: &'static str,
    pub(crate) duplicate: &'static str,
    pub(crate) thanks: &'static str,
    pub(crate) at: &'static str,
    pub(crate) regular: &'static str,
    pub(crate) discount: &'static str,
    pub(crate) gift: &'static str,
    pub(crate) exchange: &'static str,
}

const ENGLISH: Words = Words {
    receipt: "Receipt",
    register: "Register",
    served_by: "Served by",
    subtotal: "Subtotal",
    on: "on",
    total: "TOTAL",
    cash: "Cash",
    card: "Card",
    authorisation: "Authorisation",
    cash_rounding: "Cash rounding",
    change: "Change",
    duplicate: "DUPLICATE",
    thanks: "Thank you · Merci",
    at: "@",
    regular: "Regular",
    discount: "Discount",
    gift: "GIFT RECEIPT",
    exchange: "Exchange",
};

const FRENCH: Words = Words {
    receipt: "Reçu",
    register: "Caisse",
    served_by: "Servi par",
    subtotal: "Sous-total",
    on: "sur",
    total: "TOTAL",
    cash: "Comptant",
    card: "Carte",
    authorisation: "Autorisation",
    cash_rounding: "Arrondi",
    change: "Monnaie",
    duplicate: "DUPLICATA",
    thanks: "Merci · Thank you",
    at: "à",
    regular: "Prix courant",
    discount: "Rabais",
    gift: "REÇU-CADEAU",
    exchange: "Échange",
};

/// Characters up to which quantity and price stand beside the name.
const DETAIL_FITS: usize = 34;

/// What a receipt is made of besides the sale.
pub struct Receipt<'a> {
    /// Head of the receipt.
    pub store: &'a Store,
    /// The sale.
    pub sale: &'a Sale,
    /// Name of who completed it.
    pub served_by: &'a str,
    /// The rates of the sale's day, for the letters behind the lines.
    pub rates: &'a [TaxRate],
    /// Of the words.
    pub language: Language,
    /// Whether it was printed before.
    pub duplicate: bool,
}

impl Receipt<'_> {
    /// The paper, from head to cut.
    pub fn document(&self) -> Document {
        let mut paper = Document::new();
        self.head(&mut paper);
        for line in self.sale.lines.iter().filter(|line| line.voided.is_none()) {
            self.line(&mut paper, line);
        }
        paper.rule();
        self.totals(&mut paper);
        self.foot(&mut paper);
        paper
    }

    fn head(&self, paper: &mut Document) {
        let (words, sale, store) = (self.words(), self.sale, self.store);
        letterhead(paper, store);
        if self.duplicate {
            paper.styled(format!("*** {} ***", words.duplicate), Style::BOLD_DOUBLE, Align::Centre);
            paper.blank();
        }
        paper.columns(
            format!("{} {}", words.receipt, sale.receipt),
            local_minute(sale.completed_at, sale.utc_offset_minutes),
        );
        paper.columns(
            format!("{} {}", words.register, store.register),
            format!("{} {}", words.served_by, self.served_by),
        );
        paper.rule();
    }

    fn line(&self, paper: &mut Document, line: &Line) {
        let name = line.name.get(self.language);
        let letters = tax::letters(&line.tax_category, self.rates);
        let amount = format!("{} {letters:<3}", plain(line.reduced(), self.language));
        let (at, price) = (self.words().at, plain(line.price, self.language));
        let detail = match line.unit {
            Unit::Kg => {
                let weight = decimal(&line.quantity.to_string(), self.language);
                format!("{weight} kg {at} {price}/kg")
            }
            Unit::Each if line.quantity != Quantity::ONE => {
                format!("{} {at} {price}", line.quantity)
            }
            Unit::Each => String::new(),
        };
        let one_line = format!("{name}  {detail}");
        if one_line.chars().count() <= DETAIL_FITS {
            paper.columns(one_line.trim_end(), amount);
        } else {
            paper.columns(name, amount);
            if !detail.is_empty() {
                paper.text(format!("  {detail}"));
            }
        }
        if line.list_price > line.price {
            let list = plain(line.list_price, self.language);
            paper.text(format!("  {} {list}", self.words().regular));
        }
        if let Some(given) = line.discount {
            let off = plain(line.reduced() - line.price.times(line.quantity), self.language);
            paper.text(format!("  {} {off}", self.discount(given)));
        }
    }

    fn totals(&self, paper: &mut Document) {
        let (words, sale) = (self.words(), self.sale);
        let amount = |amount: Money| format!("{}    ", plain(amount, self.language));
        if let Some(given) = sale.discount {
            let shares = sale.lines.iter().map(|line| -line.share);
            let off = Money::sum(shares, sale.total.currency());
            paper.columns(self.discount(given), amount(off));
        }
        paper.columns(words.subtotal, amount(sale.subtotal));
        for line in &sale.taxes {
            paper.columns(tax_name(line, line.taxable, self.language), amount(line.amount));
        }
        paper.rule();
        // Two trailing spaces of double width are four columns: the amounts end on one vertical.
        paper.columns_styled(
            words.total,
            format!("{}  ", signed(sale.total, self.language)),
            Style::BOLD_DOUBLE,
        );
        paper.rule();
        if !sale.rounding.is_zero() {
            paper.columns(words.cash_rounding, amount(sale.rounding));
        }
        for tender in &sale.tenders {
            match (&tender.card, tender.kind) {
                (Some(proof), _) => card(paper, self.language, None, proof, amount(tender.amount)),
                (None, TenderType::Exchange) => {
                    paper.columns(words.exchange, amount(tender.amount));
                }
                (None, _) => {
                    paper.columns(words.cash, amount(tender.amount));
                }
            }
        }
        if sale.tenders.iter().any(|tender| tender.kind == TenderType::Cash) {
            paper.columns(words.change, amount(sale.change));
        }
    }

    /// `Discount 10%`; of an amount the figure beside it says enough.
    fn discount(&self, given: Given) -> String {
        let word = self.words().discount;
        match given.discount {
            Discount::Percent(_) => {
                let percent = decimal(&given.discount.to_string(), self.language);
                match self.language {
                    Language::En => format!("{word} {percent}"),
                    Language::Fr => format!("{word} {}", percent.replace('%', "\u{a0}%")),
                }
            }
            Discount::Amount(_) => word.to_owned(),
        }
    }

    fn foot(&self, paper: &mut Document) {
        paper.blank();
        paper.barcode(&self.sale.receipt);
        paper.blank();
        paper.centred(self.words().thanks);
        paper.partial_cut();
    }

    const fn words(&self) -> &'static Words {
        words(self.language)
    }
}

/// The store as every receipt begins with it.
pub(super) fn letterhead(paper: &mut Document, store: &Store) {
    paper.styled(store.name.to_uppercase(), Style::BOLD_DOUBLE, Align::Centre);
    for line in store.address.iter().chain(&store.tax_numbers) {
        paper.centred(line);
    }
    paper.blank();
}

/// `Card VISA ···· 4821`, and below it what a bank asks for when the payment is looked for.
pub(super) fn card(
    paper: &mut Document,
    language: Language,
    what: Option<&str>,
    card: &CardProof,
    amount: String,
) {
    let words = words(language);
    let name = card.name.as_deref().unwrap_or_default();
    let number = card.number.as_deref().map(|last| format!("**** {last}")).unwrap_or_default();
    let parts = [what.unwrap_or_default(), words.card, name, &number];
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    paper.columns(parts.collect::<Vec<_>>().join(" "), amount);
    let terminal = card.terminal.map(|id| format!("T {id:08}"));
    let trace = card.trace.map(|trace| format!("# {trace:06}"));
    let proof = card.authorisation.iter().map(|code| format!("{} {code}", words.authorisation));
    let proof: Vec<String> = proof.chain(terminal).chain(trace).collect();
    if !proof.is_empty() {
        paper.text(format!("  {}", proof.join("  ")));
    }
}

/// `HST 13% on 9.00`.
pub(super) fn tax_name(line: &TaxLine, taxable: Money, language: Language) -> String {
    let name = line.name.get(language);
    let percent = decimal(&line.rate.normalize().to_string(), language);
    let space = if language == Language::Fr { "\u{a0}" } else { "" };
    format!("{name} {percent}{space}% {} {}", words(language).on, plain(taxable, language))
}

/// The words of a language.
pub(crate) const fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &ENGLISH,
        Language::Fr => &FRENCH,
    }
}

/// An amount without sign of the currency: `1234.50`, `1 234,50`.
pub fn plain(amount: Money, language: Language) -> String {
    let text = amount.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, cents) = digits.split_once('.').unwrap_or((digits, ""));
    let separator = if language == Language::Fr { '\u{a0}' } else { ',' };
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    decimal(&format!("{sign}{grouped}.{cents}"), language)
}

/// With the sign of the currency: `$1,234.50`, `1 234,50 $`.
pub(super) fn signed(amount: Money, language: Language) -> String {
    match language {
        Language::En if amount.is_negative() => format!("-${}", plain(-amount, language)),
        Language::En => format!("${}", plain(amount, language)),
        Language::Fr => format!("{}\u{a0}$", plain(amount, language)),
    }
}

pub(super) fn decimal(text: &str, language: Language) -> String {
    match language {
        Language::En => text.to_owned(),
        Language::Fr => text.replace('.', ","),
    }
}
