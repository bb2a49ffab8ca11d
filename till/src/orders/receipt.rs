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
use comptoir_domain::text::{Language, Text};
use comptoir_hardware::printer::document::{Align, Document, Style};

use super::slips;
use crate::payments::card::spend::Slips;
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
    pub(crate) for_the_shop: &'static str,
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
    for_the_shop: "FOR THE SHOP",
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
    for_the_shop: "POUR LE COMMERCE",
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
    pub tongues: Tongues,
    /// What stands at the foot; none is thanks.
    pub foot: &'a Text,
    /// What the terminal printed about each card.
    pub slips: &'a [Slips],
    /// Whether it was printed before.
    pub duplicate: bool,
}

/// The languages of a receipt: names and numbers are in the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tongues {
    /// Of everything.
    pub first: Language,
    /// Beside it, where the words differ.
    pub second: Option<Language>,
}

impl Tongues {
    /// One language.
    pub const fn of(first: Language) -> Tongues {
        Tongues { first, second: None }
    }

    /// `Subtotal`, or `Subtotal / Sous-total`.
    pub(crate) fn both(self, word: impl Fn(Language) -> &'static str) -> String {
        let first = word(self.first);
        match self.second.map(word).filter(|second| *second != first) {
            Some(second) => format!("{first} / {second}"),
            None => first.to_owned(),
        }
    }

    /// A word that every receipt has.
    pub(crate) fn say(self, word: fn(&Words) -> &'static str) -> String {
        self.both(|language| word(words(language)))
    }

    /// Below a name, what it is in the second language.
    pub(super) fn second_name(self, paper: &mut Document, name: &Text) {
        let second = self.second.map(|language| name.get(language));
        if let Some(second) = second.filter(|second| *second != name.get(self.first)) {
            paper.text(format!("  {second}"));
        }
    }

    /// What stands at the foot: the store's own words, or thanks.
    pub(super) fn foot(self, paper: &mut Document, foot: &Text) {
        let said =
            std::iter::once(self.first).chain(self.second).map(|language| foot.get(language));
        let mut said: Vec<&str> = said.filter(|said| !said.is_empty()).collect();
        said.dedup();
        if said.is_empty() {
            said.push(words(self.first).thanks);
        }
        for line in said {
            paper.centred(line);
        }
    }
}

/// The register that a receipt is of: another till may print it, too.
pub(crate) fn register_of(receipt: &str, store: &Store) -> u32 {
    comptoir_domain::orders::register_of(receipt, &store.code).unwrap_or(store.register)
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
        slips::customer(&mut paper, self.slips);
        self.foot(&mut paper);
        slips::merchant(&mut paper, self.slips, self.tongues, &self.sale.receipt, self.duplicate);
        paper
    }

    fn head(&self, paper: &mut Document) {
        let (words, sale, store) = (self.words(), self.sale, self.store);
        letterhead(paper, store);
        if self.duplicate {
            paper.styled(
                format!("*** {} ***", self.tongues.say(|words| words.duplicate)),
                Style::BOLD_DOUBLE,
                Align::Centre,
            );
            paper.blank();
        }
        paper.columns(
            format!("{} {}", words.receipt, sale.receipt),
            local_minute(sale.completed_at, sale.utc_offset_minutes),
        );
        paper.columns(
            format!("{} {}", words.register, register_of(&sale.receipt, store)),
            format!("{} {}", words.served_by, self.served_by),
        );
        paper.rule();
    }

    fn line(&self, paper: &mut Document, line: &Line) {
        let language = self.tongues.first;
        let name = line.name.get(language);
        let letters = tax::letters(&line.tax_category, self.rates);
        let amount = format!("{} {letters:<3}", plain(line.reduced(), language));
        let (at, price) = (self.words().at, plain(line.price, language));
        let detail = match line.unit {
            Unit::Kg => {
                let weight = decimal(&line.quantity.to_string(), language);
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
        self.tongues.second_name(paper, &line.name);
        if line.list_price > line.price {
            let list = plain(line.list_price, language);
            paper.text(format!("  {} {list}", self.tongues.say(|words| words.regular)));
        }
        if let Some(given) = line.discount {
            let off = plain(line.reduced() - line.price.times(line.quantity), language);
            paper.text(format!("  {} {off}", self.discount(given)));
        }
    }

    fn totals(&self, paper: &mut Document) {
        let (tongues, sale) = (self.tongues, self.sale);
        let language = tongues.first;
        let amount = |amount: Money| format!("{}    ", plain(amount, language));
        if let Some(given) = sale.discount {
            let shares = sale.lines.iter().map(|line| -line.share);
            let off = Money::sum(shares, sale.total.currency());
            paper.columns(self.discount(given), amount(off));
        }
        paper.columns(tongues.say(|words| words.subtotal), amount(sale.subtotal));
        for line in &sale.taxes {
            paper.columns(tax_name(line, line.taxable, tongues), amount(line.amount));
        }
        paper.rule();
        // Two trailing spaces of double width are four columns: the amounts end on one vertical.
        paper.columns_styled(
            tongues.say(|words| words.total),
            format!("{}  ", signed(sale.total, language)),
            Style::BOLD_DOUBLE,
        );
        paper.rule();
        if !sale.rounding.is_zero() {
            paper.columns(tongues.say(|words| words.cash_rounding), amount(sale.rounding));
        }
        for tender in &sale.tenders {
            match (&tender.card, tender.kind) {
                (Some(proof), _) => card(paper, tongues, None, proof, amount(tender.amount)),
                (None, TenderType::Exchange) => {
                    paper.columns(tongues.say(|words| words.exchange), amount(tender.amount));
                }
                (None, _) => {
                    paper.columns(tongues.say(|words| words.cash), amount(tender.amount));
                }
            }
        }
        if sale.tenders.iter().any(|tender| tender.kind == TenderType::Cash) {
            paper.columns(tongues.say(|words| words.change), amount(sale.change));
        }
    }

    /// `Discount 10%`; of an amount the figure beside it says enough.
    fn discount(&self, given: Given) -> String {
        let (word, language) = (self.tongues.say(|words| words.discount), self.tongues.first);
        match given.discount {
            Discount::Percent(_) => {
                let percent = decimal(&given.discount.to_string(), language);
                match language {
                    Language::En => format!("{word} {percent}"),
                    Language::Fr => format!("{word} {}", percent.replace('%', "\u{a0}%")),
                }
            }
            Discount::Amount(_) => word,
        }
    }

    fn foot(&self, paper: &mut Document) {
        paper.blank();
        paper.barcode(&self.sale.receipt);
        paper.blank();
        self.tongues.foot(paper, self.foot);
        paper.partial_cut();
    }

    const fn words(&self) -> &'static Words {
        words(self.tongues.first)
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
    tongues: Tongues,
    what: Option<String>,
    card: &CardProof,
    amount: String,
) {
    let words = words(tongues.first);
    let name = card.name.as_deref().unwrap_or_default();
    let number = card.number.as_deref().map(|last| format!("**** {last}")).unwrap_or_default();
    let (what, kind) = (what.unwrap_or_default(), tongues.say(|words| words.card));
    let parts = [&what, &kind, name, &number].map(|part: &str| part);
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

/// `HST 13% on 9.00`, or `HST / TVH 13% on 9.00`.
pub(super) fn tax_name(line: &TaxLine, taxable: Money, tongues: Tongues) -> String {
    let language = tongues.first;
    let second = tongues.second.map(|second| line.name.get(second));
    let name = match second.filter(|second| *second != line.name.get(language)) {
        Some(second) => format!("{} / {second}", line.name.get(language)),
        None => line.name.get(language).to_owned(),
    };
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
