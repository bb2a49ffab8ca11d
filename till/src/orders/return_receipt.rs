//! The receipt of a return: what came back, below nothing, and how the money went back.

use comptoir_domain::money::Money;
use comptoir_domain::orders::returns::{POST_VOID, Return, ReturnLine};
use comptoir_domain::payments::TenderType;
use comptoir_domain::quantity::{Quantity, Unit};
use comptoir_domain::store::Store;
use comptoir_domain::tax::{self, TaxRate};
use comptoir_domain::text::Language;
use comptoir_hardware::printer::document::{Align, Document, Style};

use super::receipt::{self, Tongues, card, decimal, plain, signed, tax_name};
use super::slips;
use crate::payments::card::spend::Slips;
use crate::till::local_minute;

/// Words on the receipt of a return that are not on a sale's as well.
struct Words {
    heading: &'static str,
    voided: &'static str,
    of: &'static str,
    without: &'static str,
    exchange: &'static str,
    refund: &'static str,
    reason: &'static str,
}

const ENGLISH: Words = Words {
    heading: "RETURN",
    voided: "VOIDED SALE",
    of: "Of receipt",
    without: "Without receipt",
    exchange: "For other goods",
    refund: "Refund",
    reason: "Reason",
};

const FRENCH: Words = Words {
    heading: "RETOUR",
    voided: "VENTE ANNULÉE",
    of: "Du reçu",
    without: "Sans reçu",
    exchange: "Contre d’autres articles",
    refund: "Remboursement",
    reason: "Raison",
};

/// What the receipt is made of besides the return.
pub struct ReturnReceipt<'a> {
    /// Head of the receipt.
    pub store: &'a Store,
    /// The return.
    pub back: &'a Return,
    /// Name of who completed it.
    pub served_by: &'a str,
    /// The rates of the day of the sale, or without one of the return, for the letters behind the lines.
    pub rates: &'a [TaxRate],
    /// Of the words.
    pub tongues: Tongues,
    /// What the terminal printed about each card.
    pub slips: &'a [Slips],
    /// Whether it was printed before.
    pub duplicate: bool,
}

impl ReturnReceipt<'_> {
    /// The paper, from head to cut.
    pub fn document(&self) -> Document {
        let mut paper = Document::new();
        self.head(&mut paper);
        for line in &self.back.lines {
            self.line(&mut paper, line);
        }
        paper.rule();
        self.totals(&mut paper);
        slips::customer(&mut paper, self.slips);
        paper.blank();
        paper.barcode(&self.back.receipt);
        paper.blank();
        paper.partial_cut();
        slips::merchant(&mut paper, self.slips, self.tongues, &self.back.receipt, self.duplicate);
        paper
    }

    fn head(&self, paper: &mut Document) {
        let language = self.tongues.first;
        let (words, shared) = (self.words(), receipt::words(language));
        let (back, store) = (self.back, self.store);
        receipt::letterhead(paper, store);
        let post_void = back.reason.as_deref() == Some(POST_VOID);
        let heading = self.say(|words| if post_void { words.voided } else { words.heading });
        paper.styled(heading, Style::BOLD_DOUBLE, Align::Centre);
        if self.duplicate {
            let duplicate = format!("*** {} ***", self.tongues.say(|words| words.duplicate));
            paper.styled(duplicate, Style::BOLD_DOUBLE, Align::Centre);
        }
        paper.blank();
        paper.columns(
            format!("{} {}", shared.receipt, back.receipt),
            local_minute(back.completed_at, back.utc_offset_minutes),
        );
        paper.columns(
            format!("{} {}", shared.register, receipt::register_of(&back.receipt, store)),
            format!("{} {}", shared.served_by, self.served_by),
        );
        match &back.of {
            Some(of) => paper.columns(words.of, &of.receipt),
            None => paper.text(words.without),
        };
        if let Some(reason) = back.reason.as_deref().filter(|_| !post_void) {
            paper.text(format!("{} {}", words.reason, said(reason, language)));
        }
        paper.rule();
    }

    fn line(&self, paper: &mut Document, line: &ReturnLine) {
        let language = self.tongues.first;
        let name = line.name.get(language);
        let letters = tax::letters(&line.tax_category, self.rates);
        let amount = format!("{} {letters:<3}", plain(-line.amount, language));
        let quantity = decimal(&line.quantity.to_string(), language);
        let detail = match line.unit {
            Unit::Kg => format!("  {quantity} kg"),
            Unit::Each if line.quantity != Quantity::ONE => format!("  × {quantity}"),
            Unit::Each => String::new(),
        };
        paper.columns(format!("{name}{detail}"), amount);
        self.tongues.second_name(paper, &line.name);
    }

    fn totals(&self, paper: &mut Document) {
        let (tongues, back) = (self.tongues, self.back);
        let language = tongues.first;
        let amount = |amount: Money| format!("{}    ", plain(-amount, language));
        paper.columns(tongues.say(|words| words.subtotal), amount(back.subtotal));
        for line in &back.taxes {
            let taxable = -line.taxable;
            paper.columns(tax_name(line, taxable, tongues), amount(line.amount));
        }
        paper.rule();
        paper.columns_styled(
            tongues.say(|words| words.total),
            format!("{}  ", signed(-back.total, language)),
            Style::BOLD_DOUBLE,
        );
        paper.rule();
        if !back.rounding.is_zero() {
            paper.columns(tongues.say(|words| words.cash_rounding), amount(back.rounding));
        }
        for refund in &back.refunds {
            let (given, what) = (amount(refund.amount), self.say(|words| words.refund));
            match (&refund.card, refund.kind) {
                (Some(proof), _) => card(paper, tongues, Some(what), proof, given),
                (None, TenderType::Exchange) => {
                    paper.columns(self.say(|words| words.exchange), given);
                }
                (None, _) => {
                    let cash = tongues.say(|words| words.cash);
                    paper.columns(format!("{what} {cash}"), given);
                }
            }
        }
    }

    fn say(&self, word: impl Fn(&'static Words) -> &'static str) -> String {
        self.tongues.both(|language| word(words(language)))
    }

    const fn words(&self) -> &'static Words {
        words(self.tongues.first)
    }
}

/// A reason as it is chosen by its key, in words; any other as it was typed.
fn said(reason: &str, language: Language) -> &str {
    let (english, french) = match reason {
        "changed_mind" => ("Changed mind", "Changement d’avis"),
        "damaged" => ("Damaged", "Endommagé"),
        "wrong_item" => ("Wrong item", "Mauvais article"),
        "recall" => ("Recall", "Rappel"),
        typed => (typed, typed),
    };
    if language == Language::Fr { french } else { english }
}

const fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &ENGLISH,
        Language::Fr => &FRENCH,
    }
}
