//! X, Z and the slip of a hand-over on paper.

use comptoir_domain::money::Money;
use comptoir_domain::reporting::{
    BlindReport, CheckOutcome, HandOver, Report, ReportKind, TerminalCheck,
};
use comptoir_domain::store::Store;
use comptoir_domain::text::Language;
use comptoir_hardware::printer::document::{Align, Document, Style};

use crate::orders::receipt::{self, plain};

/// Words on a report that are not on a receipt as well.
struct Words {
    shift: &'static str,
    opened: &'static str,
    closed: &'static str,
    by: &'static str,
    receipts: &'static str,
    sales: &'static str,
    returns: &'static str,
    returned: &'static str,
    refund: &'static str,
    voided_lines: &'static str,
    voided_carts: &'static str,
    no_sales: &'static str,
    float: &'static str,
    paid_in: &'static str,
    paid_out: &'static str,
    safe_drops: &'static str,
    expected: &'static str,
    blind: &'static str,
    counted: &'static str,
    counted_before: &'static str,
    over_short: &'static str,
    note: &'static str,
    hand_over: &'static str,
    from: &'static str,
    to: &'static str,
    parts: &'static str,
    part: &'static str,
    not_counted: &'static str,
    terminal: &'static str,
    ours: &'static str,
    theirs: &'static str,
    terminal_difference: &'static str,
    other_cards: &'static str,
    not_asked: &'static str,
    asking: &'static str,
    untold: &'static str,
    not_reached: &'static str,
    refused: &'static str,
    unknown: &'static str,
    partial: &'static str,
    terminal_slip: &'static str,
}

const ENGLISH: Words = Words {
    shift: "Shift",
    opened: "Opened",
    closed: "Closed",
    by: "By",
    receipts: "Receipts",
    sales: "Sales",
    returns: "Returns",
    returned: "RETURNED",
    refund: "Refund",
    voided_lines: "Voided lines",
    voided_carts: "Voided carts",
    no_sales: "No sales",
    float: "Float",
    paid_in: "Paid in",
    paid_out: "Paid out",
    safe_drops: "Safe drops",
    expected: "Expected in drawer",
    blind: "Without sales and cash: counted blind.",
    counted: "Counted",
    counted_before: "Counted before",
    over_short: "OVER/SHORT",
    note: "Note",
    hand_over: "Hand-over",
    from: "From",
    to: "To",
    parts: "Over/short by operator",
    part: "Of this part",
    not_counted: "not counted",
    terminal: "Card terminal",
    ours: "By our books",
    theirs: "By the terminal",
    terminal_difference: "DIFFERENCE",
    other_cards: "Other cards",
    not_asked: "not asked",
    asking: "no answer yet",
    untold: "Handed in. It told no total.",
    not_reached: "Could not be reached.",
    refused: "Refused, code",
    unknown: "No answer. Perhaps handed in.",
    partial: "Not all of it is known: an answer before was lost.",
    terminal_slip: "From the terminal",
};

const FRENCH: Words = Words {
    shift: "Quart",
    opened: "Ouvert",
    closed: "Fermé",
    by: "Par",
    receipts: "Reçus",
    sales: "Ventes",
    returns: "Retours",
    returned: "RETOURNÉ",
    refund: "Remboursement",
    voided_lines: "Lignes annulées",
    voided_carts: "Paniers annulés",
    no_sales: "Ouvertures sans vente",
    float: "Fonds de caisse",
    paid_in: "Entrées de caisse",
    paid_out: "Sorties de caisse",
    safe_drops: "Dépôts au coffre",
    expected: "Attendu au tiroir",
    blind: "Sans ventes ni comptant : comptage à l’aveugle.",
    counted: "Compté",
    counted_before: "Compté avant",
    over_short: "ÉCART",
    note: "Note",
    hand_over: "Remise de caisse",
    from: "De",
    to: "À",
    parts: "Écart par personne",
    part: "De cette partie",
    not_counted: "pas compté",
    terminal: "Terminal de paiement",
    ours: "Selon la caisse",
    theirs: "Selon le terminal",
    terminal_difference: "DIFFÉRENCE",
    other_cards: "Autres cartes",
    not_asked: "pas interrogé",
    asking: "pas encore de réponse",
    untold: "Lot remis, total non communiqué.",
    not_reached: "Impossible à joindre.",
    refused: "Refus, code",
    unknown: "Sans réponse. Lot peut-être remis.",
    partial: "Total incomplet : une réponse s’est perdue.",
    terminal_slip: "Du terminal",
};

/// The report as it is printed, with what the terminal printed of its own; `duplicate` when it was printed before.
pub fn document(
    store: &Store,
    report: &Report,
    slips: &[Vec<String>],
    language: Language,
    duplicate: bool,
) -> Document {
    let words = words(language);
    let shared = receipt::words(language);
    let mut paper = Document::new();
    let title = match (report.kind, report.number) {
        (ReportKind::Z, Some(number)) => format!("Z {number}"),
        _ => "X".to_owned(),
    };
    head(&mut paper, store, &title, duplicate.then_some(shared.duplicate));
    of_shift(&mut paper, store, report.shift, language);
    paper.columns(words.opened, &report.opened_at);
    if let Some(closed) = &report.closed_at {
        paper.columns(words.closed, closed);
    }
    paper.columns(words.by, &report.operator);
    if let (Some(first), Some(last)) = (&report.first_receipt, &report.last_receipt) {
        paper.columns(words.receipts, format!("{first} … {last}"));
    }
    paper.rule();
    let Report { sales, returns, voided_lines, voided_carts, no_sales, .. } = *report;
    counts(&mut paper, words, [sales, returns, voided_lines, voided_carts, no_sales]);
    paper.rule();
    let amount = |amount: Money| plain(amount, language);
    paper.columns(shared.subtotal, amount(report.subtotal));
    for tax in &report.taxes {
        paper.columns(tax.name.get(language), amount(tax.amount));
    }
    paper.columns_styled(shared.total, amount(report.total), Style::BOLD);
    if report.returns > 0 {
        for tax in &report.returned_taxes {
            paper.columns(tax.name.get(language), amount(-tax.amount));
        }
        paper.columns_styled(words.returned, amount(-report.returned), Style::BOLD);
    }
    paper.columns(shared.cash_rounding, amount(report.rounding));
    paper.rule();
    for tender in &report.tenders {
        let what = format!("{} × {}", name_of(&tender.tender, language), tender.count);
        paper.columns(what, amount(tender.amount));
    }
    paper.columns(shared.change, amount(-report.change));
    for refund in &report.refunds {
        let name = name_of(&refund.tender, language);
        let what = format!("{} {name} × {}", words.refund, refund.count);
        paper.columns(what, amount(-refund.amount));
    }
    paper.columns(words.float, amount(report.float));
    for (what, moved) in [
        (words.paid_in, report.paid_in),
        (words.paid_out, -report.paid_out),
        (words.safe_drops, -report.safe_drops),
    ] {
        if !moved.is_zero() {
            paper.columns(what, amount(moved));
        }
    }
    paper.columns_styled(words.expected, amount(report.expected), Style::BOLD);
    if let (Some(counted), Some(difference)) = (report.counted, report.over_short) {
        for count in &report.earlier_counts {
            paper.columns(words.counted_before, amount(count.counted));
        }
        paper.columns(words.counted, amount(counted));
        paper.rule();
        paper.columns_styled(words.over_short, amount(difference), Style::BOLD);
    }
    explained(&mut paper, words, report.note.as_deref());
    if let Some(check) = &report.terminal {
        terminal(&mut paper, words, check, amount);
    }
    hand_overs(&mut paper, words, report, amount);
    for slip in slips {
        paper.rule();
        paper.columns_styled(words.terminal_slip, "", Style::BOLD);
        for line in slip {
            paper.text(line);
        }
    }
    paper.rule();
    paper.feed(1);
    paper.partial_cut();
    paper
}

/// The X of whoever counts the drawer blind; `duplicate` when it was printed before.
pub fn blind_document(
    store: &Store,
    report: &BlindReport,
    language: Language,
    duplicate: bool,
) -> Document {
    let words = words(language);
    let shared = receipt::words(language);
    let amount = |amount: Money| plain(amount, language);
    let mut paper = Document::new();
    head(&mut paper, store, "X", duplicate.then_some(shared.duplicate));
    of_shift(&mut paper, store, report.shift, language);
    paper.columns(words.opened, &report.opened_at);
    paper.columns(words.by, &report.operator);
    if let (Some(first), Some(last)) = (&report.first_receipt, &report.last_receipt) {
        paper.columns(words.receipts, format!("{first} … {last}"));
    }
    paper.rule();
    let BlindReport { sales, returns, voided_lines, voided_carts, no_sales, .. } = *report;
    counts(&mut paper, words, [sales, returns, voided_lines, voided_carts, no_sales]);
    paper.rule();
    for tender in &report.tenders {
        let what = format!("{} × {}", name_of(&tender.tender, language), tender.count);
        paper.columns(what, tender.amount.map(amount).unwrap_or_default());
    }
    for refund in &report.refunds {
        let name = name_of(&refund.tender, language);
        let what = format!("{} {name} × {}", words.refund, refund.count);
        paper.columns(what, refund.amount.map(|given| amount(-given)).unwrap_or_default());
    }
    paper.text(words.blind);
    if let Some(check) = &report.terminal {
        terminal(&mut paper, words, check, amount);
    }
    for passed in &report.hand_overs {
        paper.rule();
        paper.columns_styled(words.hand_over, &passed.at, Style::BOLD);
        paper.columns(words.from, &passed.from);
        paper.columns(words.to, &passed.to);
    }
    paper.rule();
    paper.feed(1);
    paper.partial_cut();
    paper
}

/// Whose shift it is.
fn of_shift(paper: &mut Document, store: &Store, shift: u64, language: Language) {
    paper.columns(
        format!("{} {}", receipt::words(language).register, store.register),
        format!("{} {shift}", words(language).shift),
    );
}

/// Sales, returns, voided lines, voided carts and no sales.
fn counts(paper: &mut Document, words: &Words, counts: [u64; 5]) {
    let names =
        [words.sales, words.returns, words.voided_lines, words.voided_carts, words.no_sales];
    for (name, count) in names.into_iter().zip(counts) {
        paper.columns(name, count.to_string());
    }
}

/// A means of payment as it is printed.
fn name_of(tender: &str, language: Language) -> &str {
    let shared = receipt::words(language);
    match tender {
        "cash" => shared.cash,
        "card" => shared.card,
        "exchange" => shared.exchange,
        other => other,
    }
}

/// What the card terminal says beside what we say, or why it has not.
fn terminal(
    paper: &mut Document,
    words: &Words,
    check: &TerminalCheck,
    amount: impl Fn(Money) -> String,
) {
    paper.rule();
    paper.columns_styled(words.terminal, check.at.as_deref().unwrap_or_default(), Style::BOLD);
    if let Some(id) = check.terminal {
        paper.columns("", format!("T {id:08}"));
    }
    paper.columns(words.ours, amount(check.ours));
    if let Some(told) = check.told {
        paper.columns(words.theirs, amount(told));
    }
    for card in &check.cards {
        paper.columns(format!("  {}", card_name(&card.kind, words)), amount(card.amount));
    }
    if let Some(difference) = check.difference {
        paper.columns_styled(words.terminal_difference, amount(difference), Style::BOLD);
    }
    let code = check.code.unwrap_or_default();
    match check.outcome {
        CheckOutcome::Told => {}
        CheckOutcome::NotAsked => {
            paper.columns(words.theirs, words.not_asked);
        }
        CheckOutcome::Asking => {
            paper.columns(words.theirs, words.asking);
        }
        CheckOutcome::Untold => {
            paper.text(words.untold);
        }
        CheckOutcome::NotReached => {
            paper.text(words.not_reached);
        }
        CheckOutcome::Refused => {
            paper.text(format!("{} {code:02X}", words.refused));
        }
        CheckOutcome::Unknown => {
            paper.text(words.unknown);
        }
    }
    if check.partial {
        paper.text(words.partial);
    }
}

fn card_name<'a>(kind: &'a str, words: &Words) -> &'a str {
    match kind {
        "visa" => "Visa",
        "mastercard" => "Mastercard",
        "amex" => "American Express",
        "jcb" => "JCB",
        "diners" => "Diners Club",
        "girocard" => "girocard",
        "other" => words.other_cards,
        newer => newer,
    }
}

/// Each hand-over of the shift, and each operator's part of what it is over or short by.
fn hand_overs(
    paper: &mut Document,
    words: &Words,
    report: &Report,
    amount: impl Fn(Money) -> String,
) {
    for done in &report.hand_overs {
        paper.rule();
        paper.columns_styled(words.hand_over, &done.at, Style::BOLD);
        paper.columns(words.from, &done.from);
        paper.columns(words.to, &done.to);
        paper.columns(words.counted, amount(done.counted));
        paper.columns(words.over_short, amount(done.over_short));
        explained(paper, words, done.note.as_deref());
    }
    if report.parts.is_empty() {
        return;
    }
    paper.rule();
    paper.columns_styled(words.parts, "", Style::BOLD);
    for part in &report.parts {
        let found = part.over_short.map_or_else(|| words.not_counted.to_owned(), &amount);
        paper.columns(&part.operator, found);
    }
}

/// The slip of a hand-over in shift number `shift`; `duplicate` when it was printed before.
pub fn hand_over_slip(
    store: &Store,
    shift: u64,
    done: &HandOver,
    language: Language,
    duplicate: bool,
) -> Document {
    let words = words(language);
    let shared = receipt::words(language);
    let amount = |amount: Money| plain(amount, language);
    let mut paper = Document::new();
    head(&mut paper, store, words.hand_over, duplicate.then_some(shared.duplicate));
    of_shift(&mut paper, store, shift, language);
    paper.columns("", &done.at);
    paper.columns(words.from, &done.from);
    paper.columns(words.to, &done.to);
    paper.rule();
    paper.columns(words.expected, amount(done.expected));
    paper.columns(words.counted, amount(done.counted));
    paper.columns_styled(words.over_short, amount(done.over_short), Style::BOLD);
    if done.part != done.over_short {
        paper.columns(words.part, amount(done.part));
    }
    explained(&mut paper, words, done.note.as_deref());
    paper.rule();
    paper.feed(1);
    paper.partial_cut();
    paper
}

/// Why a count is over or short, if anybody said so.
fn explained(paper: &mut Document, words: &Words, note: Option<&str>) {
    if let Some(note) = note {
        paper.text(format!("{}: {note}", words.note));
    }
}

fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &ENGLISH,
        Language::Fr => &FRENCH,
    }
}

/// Whose paper it is, and what; `duplicate` is the word for one that was printed before.
fn head(paper: &mut Document, store: &Store, title: &str, duplicate: Option<&str>) {
    paper.styled(store.name.to_uppercase(), Style::BOLD_DOUBLE, Align::Centre);
    paper.styled(title, Style::BOLD_DOUBLE, Align::Centre);
    if let Some(duplicate) = duplicate {
        paper.styled(format!("*** {duplicate} ***"), Style::BOLD_DOUBLE, Align::Centre);
    }
    paper.blank();
}
