//! A sales report as a file for spreadsheets: one row per part, amounts with a point, no words but names.

use comptoir_domain::reporting::sales::{OperatorRow, SalesReport, Traded};
use comptoir_domain::text::Language;

use crate::error::{Error, Result};

const HEAD: [&str; 22] = [
    "section",
    "key",
    "name",
    "count",
    "sold",
    "returned",
    "net",
    "returns",
    "voided_sales",
    "voided_lines",
    "voided_carts",
    "voided",
    "reduced_lines",
    "reduced",
    "no_sales",
    "paid_out",
    "reprints",
    "age_refusals",
    "over_short",
    "trainings",
    "trainings_approved",
    "practised",
];

/// The report as CSV (RFC 4180, UTF-8), names in `language`.
pub fn csv(report: &SalesReport, language: Language) -> Result<String> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let mut write = |row: Vec<String>| writer.write_record(row).map_err(unwritable);
    write(HEAD.map(str::to_owned).to_vec())?;
    let all = Traded {
        count: report.sales,
        sold: report.total,
        returned: report.returned,
        net: report.net,
    };
    let mut total = row("total", "", "", all);
    total[7] = report.returns.to_string();
    write(total)?;
    for hour in &report.hours {
        write(row("hour", &format!("{:02}", hour.hour), "", hour.traded))?;
    }
    for department in &report.departments {
        let key = department.department.as_deref().unwrap_or("");
        write(row("department", key, department.name.get(language), department.traded))?;
    }
    for tender in &report.tenders {
        write(row("tender", tender.tender.as_str(), "", tender.traded))?;
    }
    for tax in &report.taxes {
        write(row("tax", &tax.code, tax.name.get(language), tax.traded))?;
    }
    for operator in &report.operators {
        write(of_operator(operator))?;
    }
    let bytes = writer.into_inner().map_err(|error| unwritable(error.into_error().into()))?;
    String::from_utf8(bytes).map_err(|error| Error::Broken(error.to_string()))
}

fn row(section: &str, key: &str, name: &str, traded: Traded) -> Vec<String> {
    let Traded { count, sold, returned, net } = traded;
    let mut row = vec![section.to_owned(), key.to_owned(), name.to_owned(), count.to_string()];
    row.extend([sold, returned, net].map(|amount| amount.to_string()));
    row.resize(HEAD.len(), String::new());
    row
}

fn of_operator(operator: &OperatorRow) -> Vec<String> {
    let id = operator.operator.to_string();
    let mut row = row("operator", &id, &operator.name, operator.traded);
    let signs = [
        operator.returns.to_string(),
        operator.voided_sales.to_string(),
        operator.voided_lines.to_string(),
        operator.voided_carts.to_string(),
        operator.voided.to_string(),
        operator.reduced_lines.to_string(),
        operator.reduced.to_string(),
        operator.no_sales.to_string(),
        operator.paid_out.to_string(),
        operator.reprints.to_string(),
        operator.age_refusals.to_string(),
        operator.over_short.to_string(),
        operator.trainings.to_string(),
        operator.trainings_approved.to_string(),
        operator.practised.to_string(),
    ];
    row.splice(7.., signs);
    row
}

fn unwritable(error: ::csv::Error) -> Error {
    Error::Broken(format!("the report cannot be written: {error}"))
}
