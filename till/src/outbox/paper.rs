//! What is printed for a job, laid out: receipts, reports, slips, the test page.

use comptoir_domain::ids::SaleId;
use comptoir_domain::store::ReceiptLanguage;
use comptoir_domain::text::{Language, Text};
use comptoir_hardware::printer::document::Document;
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::orders::ReceiptReprinted;
use rusqlite::{Connection, Row};

use super::taken;
use crate::error::Result;
use crate::orders::gift_receipt::GiftReceipt;
use crate::orders::receipt::{Receipt, Tongues};
use crate::orders::return_receipt::ReturnReceipt;
use crate::orders::returns;
use crate::payments::hand_over;
use crate::reporting::Subject;
use crate::till::Till;
use crate::{devices, journal, operators, orders, payments, reporting, training};

/// The receipt of a sale or a return, or a gift receipt, as a document. Without a language, in those of the store.
pub fn receipt(
    till: &Till,
    entry: i64,
    duplicate: bool,
    language: Option<Language>,
) -> Result<Document> {
    let settings = till.settings();
    let tongues = language.map_or_else(|| tongues(till, settings.receipt), Tongues::of);
    Ok(marked(till, laid_out(till, entry, duplicate, tongues, &settings.receipt_foot)?))
}

/// The receipt of a sale as it would be in other languages and with other words at its foot.
pub fn receipt_in(
    till: &Till,
    entry: i64,
    receipt: Option<ReceiptLanguage>,
    foot: &Text,
) -> Result<Document> {
    Ok(marked(till, laid_out(till, entry, false, tongues(till, receipt), foot)?))
}

/// What receipts are printed in, here.
pub fn tongues(till: &Till, receipt: Option<ReceiptLanguage>) -> Tongues {
    let first = first_language(till);
    match receipt {
        None => Tongues::of(first),
        Some(ReceiptLanguage::En) => Tongues::of(Language::En),
        Some(ReceiptLanguage::Fr) => Tongues::of(Language::Fr),
        Some(ReceiptLanguage::Both) => {
            let second = if first == Language::En { Language::Fr } else { Language::En };
            Tongues { first, second: Some(second) }
        }
    }
}

/// A job for the printer, as it was queued.
pub(super) struct Queued {
    /// Its number.
    pub(super) job: i64,
    /// What it is, as the table has it.
    pub(super) kind: String,
    /// What it is about.
    pub(super) subject: i64,
    /// An X without what leads to the cash in the drawer.
    blind: bool,
}

impl Queued {
    /// Of a row `id, kind, subject, blind`.
    pub(super) fn of(row: &Row<'_>) -> rusqlite::Result<Queued> {
        Ok(Queued { job: row.get(0)?, kind: row.get(1)?, subject: row.get(2)?, blind: row.get(3)? })
    }
}

/// What is printed for a job.
pub(super) fn paper_of(
    till: &mut Till,
    queued: &Queued,
    language: Option<Language>,
) -> Result<Document> {
    let paper = unmarked(till, queued, language)?;
    Ok(marked(till, paper))
}

/// Whatever a training prints says so.
fn marked(till: &Till, paper: Document) -> Document {
    match till.training() {
        Some(_) => training::mark(paper, first_language(till)),
        None => paper,
    }
}

fn unmarked(till: &mut Till, queued: &Queued, language: Option<Language>) -> Result<Document> {
    let own = language.unwrap_or(first_language(till));
    let subject = queued.subject;
    match queued.kind.as_str() {
        "print_day_sales" => return reporting::sheet(till, Subject::Day(subject), own),
        "print_shift_sales" => return reporting::sheet(till, Subject::Shift(subject), own),
        "print_test" => return Ok(devices::test_page(till.store(), own)),
        "print_taken" => {
            let tongues =
                language.map_or_else(|| tongues(till, till.settings().receipt), Tongues::of);
            return taken::paper(&till.db, subject, tongues);
        }
        _ => {}
    }
    let duplicate = queued.kind == "print_duplicate";
    if hand_over::name_of(&till.db, subject)?.is_some() {
        let (shift, done) = hand_over::load(till, subject)?;
        return Ok(payments::paper::hand_over_slip(till.store(), shift, &done, own, duplicate));
    }
    if !is_shift(&till.db, subject)? {
        let settings = till.settings();
        let tongues = language.map_or_else(|| tongues(till, settings.receipt), Tongues::of);
        return laid_out(till, subject, duplicate, tongues, &settings.receipt_foot);
    }
    let report = payments::report::of_shift(till, subject)?;
    if queued.blind {
        let report = report.blind();
        return Ok(payments::paper::blind_document(till.store(), &report, own, duplicate));
    }
    let slips = payments::terminal_check::slips(&till.db, subject)?;
    Ok(payments::paper::document(till.store(), &report, &slips, own, duplicate))
}

fn laid_out(
    till: &Till,
    entry: i64,
    duplicate: bool,
    tongues: Tongues,
    foot: &Text,
) -> Result<Document> {
    let store = till.store();
    let rates = |at: i64| {
        let day = crate::till::local(at, &till.zone()).date();
        till.taxes().in_force(store.region, day)
    };
    if is_return(&till.db, entry)? {
        let back = &returns::load(&till.db, entry)?;
        let rates = &match &back.of {
            Some(of) => rates(orders::find(&till.db, of.id)?.completed_at),
            None => rates(back.completed_at),
        };
        let served_by = &operators::name_of(&till.db, back.operator)?;
        let slips = &payments::card::spend::slips(&till.db, entry)?;
        let receipt = ReturnReceipt { store, back, served_by, rates, tongues, slips, duplicate };
        return Ok(receipt.document());
    }
    if let Fact::ReceiptReprinted(ReceiptReprinted {
        sale: Some(sale), gift: Some(lines), ..
    }) = journal::read_fact(&till.db, entry)?.1
    {
        let sale = &orders::find(&till.db, SaleId(sale.into()))?;
        return Ok(GiftReceipt { store, sale, lines: &lines, tongues, foot, duplicate }.document());
    }
    let sale = &orders::load(&till.db, entry)?;
    let (served_by, rates) =
        (&operators::name_of(&till.db, sale.operator)?, &rates(sale.completed_at));
    let slips = &payments::card::spend::slips(&till.db, entry)?;
    Ok(Receipt { store, sale, served_by, rates, tongues, foot, slips, duplicate }.document())
}

fn first_language(till: &Till) -> Language {
    till.store().languages.first().copied().unwrap_or(Language::En)
}

fn is_shift(db: &Connection, entry: i64) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM shift WHERE entry = ?1")?.exists([entry])?)
}

fn is_return(db: &Connection, entry: i64) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM return_sale WHERE entry = ?1")?.exists([entry])?)
}
