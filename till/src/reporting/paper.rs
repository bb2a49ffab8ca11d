//! What a shift or a day sold, on the receipt printer.

use comptoir_domain::money::Money;
use comptoir_domain::payments::TenderType;
use comptoir_domain::reporting::sales::{OperatorRow, SalesReport, Traded};
use comptoir_domain::store::Store;
use comptoir_domain::text::{Language, Text};
use comptoir_hardware::printer::document::{Align, Document, Style};

use crate::orders::receipt::{self, plain};

struct Words {
    title: &'static str,
    sales: &'static str,
    average: &'static str,
    returns: &'static str,
    net: &'static str,
    hours: &'static str,
    departments: &'static str,
    tenders: &'static str,
    taxes: &'static str,
    operators: &'static str,
    voided: &'static str,
    reduced: &'static str,
    no_sales: &'static str,
    paid_out: &'static str,
    reprints: &'static str,
    over_short: &'static str,
    trainings: &'static str,
    trainings_approved: &'static str,
    practised: &'static str,
}

const ENGLISH: Words = Words {
    title: "SALES",
    sales: "Sales",
    average: "Average",
    returns: "Returns",
    net: "NET",
    hours: "By hour",
    departments: "By department, before tax",
    tenders: "By tender",
    taxes: "By tax",
    operators: "By operator",
    voided: "voided",
    reduced: "reduced",
    no_sales: "no sales",
    paid_out: "paid out",
    reprints: "reprints",
    over_short: "over/short",
    trainings: "trainings",
    trainings_approved: "trainings approved",
    practised: "practice sales",
};

const FRENCH: Words = Words {
    title: "VENTES",
    sales: "Ventes",
    average: "Moyenne",
    returns: "Retours",
    net: "NET",
    hours: "Par heure",
    departments: "Par rayon, avant taxes",
    tenders: "Par mode de paiement",
    taxes: "Par taxe",
    operators: "Par personne",
    voided: "annulé",
    reduced: "réduit",
    no_sales: "ouvertures sans vente",
    paid_out: "sorties",
    reprints: "réimpressions",
    over_short: "écart",
    trainings: "formations",
    trainings_approved: "formations autorisées",
    practised: "ventes d’exercice",
};

/// The report as it is printed. `of` says which shift or day.
pub fn document(store: &Store, of: &str, report: &SalesReport, language: Language) -> Document {
    let words = match language {
        Language::En => &ENGLISH,
        Language::Fr => &FRENCH,
    };
    let shared = receipt::words(language);
    let amount = |amount: Money| plain(amount, language);
    let mut paper = Document::new();
    paper.styled(store.name.to_uppercase(), Style::BOLD_DOUBLE, Align::Centre);
    paper.styled(words.title, Style::BOLD_DOUBLE, Align::Centre);
    paper.blank();
    paper.columns(format!("{} {}", shared.register, store.register), of);
    paper.rule();
    paper.columns(format!("{} × {}", words.sales, report.sales), amount(report.total));
    paper.columns(format!("{} × {}", words.returns, report.returns), amount(-report.returned));
    paper.columns_styled(words.net, amount(report.net), Style::BOLD);
    paper.columns(words.average, amount(report.average));
    let part = |paper: &mut Document, title: &str, rows: Vec<(String, Traded)>| {
        if rows.is_empty() {
            return;
        }
        paper.rule();
        paper.columns_styled(title, "", Style::BOLD);
        for (name, traded) in rows {
            paper.columns(format!("{name} × {}", traded.count), amount(traded.net));
        }
    };
    let hour = |hour: u8| match language {
        Language::En => format!("{hour:02}:00"),
        Language::Fr => format!("{hour} h"),
    };
    let tender = |tender: TenderType| match tender {
        TenderType::Cash => shared.cash,
        TenderType::Card => shared.card,
        TenderType::Exchange => shared.exchange,
    };
    let rows = report.hours.iter().map(|row| (hour(row.hour), row.traded)).collect();
    part(&mut paper, words.hours, rows);
    let name = |name: &Text| name.get(language).to_owned();
    let rows = report.departments.iter().map(|row| (name(&row.name), row.traded)).collect();
    part(&mut paper, words.departments, rows);
    let rows = report.tenders.iter().map(|row| (tender(row.tender).to_owned(), row.traded));
    part(&mut paper, words.tenders, rows.collect());
    let rows = report.taxes.iter().map(|row| (name(&row.name), row.traded)).collect();
    part(&mut paper, words.taxes, rows);
    let rows = report.operators.iter().map(|row| (row.name.clone(), row.traded)).collect();
    part(&mut paper, words.operators, rows);
    for operator in &report.operators {
        if let Some(signs) = signs(words, operator, language) {
            paper.text(format!("{}: {signs}", operator.name));
        }
    }
    paper.rule();
    paper.feed(1);
    paper.partial_cut();
    paper
}

/// `voided 2 (18.00), no sales 1`; none when there is nothing to say.
fn signs(words: &Words, operator: &OperatorRow, language: Language) -> Option<String> {
    let amount = |amount: Money| plain(amount, language);
    let voids = operator.voided_lines + operator.voided_carts + operator.voided_sales;
    let counted = |word: &str, count: u64, of: Option<Money>| {
        let of = of.map(|of| format!(" ({})", amount(of))).unwrap_or_default();
        (count > 0).then(|| format!("{word} {count}{of}"))
    };
    let sum = |word: &str, of: Money| (!of.is_zero()).then(|| format!("{word} {}", amount(of)));
    let signs = [
        counted(words.voided, voids, Some(operator.voided)),
        counted(words.reduced, operator.reduced_lines, Some(operator.reduced)),
        counted(words.no_sales, operator.no_sales, None),
        sum(words.paid_out, operator.paid_out),
        counted(words.reprints, operator.reprints, None),
        sum(words.over_short, operator.over_short),
        counted(words.trainings, operator.trainings, None),
        counted(words.trainings_approved, operator.trainings_approved, None),
        counted(words.practised, operator.practised, None),
    ];
    let signs: Vec<String> = signs.into_iter().flatten().collect();
    (!signs.is_empty()).then(|| signs.join(", "))
}
