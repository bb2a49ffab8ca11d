//! What a file holds: its bytes, its columns, and what is wrong with its rows.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_domain::catalog::{CannabisClass, read_charges};
use comptoir_domain::compliance::Goods;
use comptoir_domain::gs1::{CodeError, Gtin};
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::quantity::{Quantity, Unit};
use comptoir_domain::tax::{TaxCategory, TaxTable};

use super::{
    Column, Encoding, FIELDS, FileProblem, Glance, Mapping, Outcome, Reason, Reject, guess,
};
use crate::till::Till;

/// What the rows of a file are checked against.
#[derive(Debug, Clone)]
pub struct Rulebook {
    pub(in crate::catalog) currency: Currency,
    /// The age that `yes` stands for.
    alcohol: Option<u8>,
    pub(in crate::catalog) taxes: TaxTable,
}

impl Rulebook {
    /// That of a store today.
    pub fn of(till: &Till) -> Rulebook {
        let (store, rules) = (till.store(), till.rules());
        Rulebook {
            currency: store.currency,
            alcohol: rules.minimum_age(Goods::Alcohol, store.region, till.today()),
            taxes: till.taxes().clone(),
        }
    }

    /// What prices are in.
    pub const fn currency(&self) -> Currency {
        self.currency
    }
}

/// What was found in a file, before anything is changed.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(super) rows: Vec<NewRow>,
    /// Rows read.
    pub read: u64,
    /// What is wrong, in the order of the file.
    pub rejects: Vec<Reject>,
    /// How its bytes were understood.
    pub encoding: Encoding,
}

impl Plan {
    /// What is known of it before anything is compared: rows read, and rows rejected.
    pub(super) fn outcome(&self) -> Outcome {
        let rejected: BTreeSet<u64> = self.rejects.iter().map(|reject| reject.line).collect();
        Outcome { read: self.read, rejected: rejected.len() as u64, ..Outcome::default() }
    }
}

/// A row that can be taken.
#[derive(Debug, Clone)]
pub(super) struct NewRow {
    pub(super) line: u64,
    pub(super) sku: String,
    pub(super) name: String,
    pub(super) name_fr: Option<String>,
    pub(super) gtins: Option<BTreeSet<Gtin>>,
    pub(super) gtin_column: String,
    pub(super) plus: Option<BTreeSet<String>>,
    pub(super) department: Option<String>,
    /// None where it is open.
    pub(super) price: Option<Money>,
    pub(super) cost: Option<Money>,
    pub(super) unit: Option<Unit>,
    pub(super) tax_category: Option<TaxCategory>,
    pub(super) minimum_age: Option<Option<u8>>,
    pub(super) archived: Option<bool>,
    pub(super) drawing: Option<String>,
    pub(super) cannabis: Option<CannabisClass>,
    pub(super) net_milligrams: Option<u32>,
    pub(super) charges: Option<BTreeMap<String, u32>>,
    pub(super) charges_column: String,
}

/// A file as text, with what separates its columns.
struct Sheet {
    text: String,
    encoding: Encoding,
    separator: u8,
}

impl Sheet {
    fn new(bytes: &[u8]) -> Sheet {
        let (text, encoding) = decode(bytes);
        let head = text.lines().next().unwrap_or_default();
        let count = |separator: u8| head.bytes().filter(|byte| *byte == separator).count();
        let most = [b',', b';', b'\t'].into_iter().max_by_key(|separator| count(*separator));
        let separator = most.filter(|most| count(*most) > count(b',')).unwrap_or(b',');
        Sheet { text, encoding, separator }
    }

    /// Its rows, and the names of its columns.
    fn open(&self) -> std::result::Result<(csv::Reader<&[u8]>, Vec<String>), FileProblem> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(self.separator)
            .flexible(true)
            .from_reader(self.text.as_bytes());
        match reader.headers() {
            Ok(head) if head.iter().any(|name| !name.trim().is_empty()) => {
                let head = head.iter().map(|name| name.trim().to_owned()).collect();
                Ok((reader, head))
            }
            _ => Err(FileProblem::EmptyFile),
        }
    }
}

/// What a file looks like, before anybody says which column is what.
pub fn glance(bytes: &[u8]) -> std::result::Result<Glance, FileProblem> {
    let sheet = Sheet::new(bytes);
    let (mut reader, head) = sheet.open()?;
    let mut columns: Vec<Column> =
        head.into_iter().map(|name| Column { name, samples: Vec::new() }).collect();
    let mut record = csv::StringRecord::new();
    let mut rows = 0;
    while reader.read_record(&mut record).unwrap_or(false) {
        rows += 1;
        for (column, value) in columns.iter_mut().zip(&record) {
            let value = value.trim();
            if column.samples.len() < SAMPLES && !value.is_empty() {
                column.samples.push(value.chars().take(SAMPLE).collect());
            }
        }
    }
    let separator = char::from(sheet.separator);
    let proposed = guess::columns(columns.iter().map(|column| column.name.as_str()));
    Ok(Glance { encoding: sheet.encoding, separator, rows, columns, proposed })
}

/// Values of a column that are shown.
const SAMPLES: usize = 3;
/// Characters of one that are shown.
const SAMPLE: usize = 40;

/// Reads and checks a file.
pub fn plan(
    rules: &Rulebook,
    bytes: &[u8],
    mapping: &Mapping,
) -> std::result::Result<Plan, FileProblem> {
    let sheet = Sheet::new(bytes);
    let (mut reader, head) = sheet.open()?;
    let (text, encoding) = (&sheet.text, sheet.encoding);
    let columns = Columns::new(&head, mapping)?;
    let mut plan = Plan { rows: Vec::new(), read: 0, rejects: Vec::new(), encoding };
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    let mut record = csv::StringRecord::new();
    let mut lines = Lines { text: text.as_bytes(), place: 0, line: 1 };
    while reader.read_record(&mut record).unwrap_or(false) {
        plan.read += 1;
        let line = record.position().map_or(0, |position| lines.at(position.byte()));
        let mut row = Row { columns: &columns, record: &record, line, rejects: Vec::new() };
        match row.check(rules, &mut seen) {
            Some(new) if row.rejects.is_empty() => plan.rows.push(new),
            _ => plan.rejects.append(&mut row.rejects),
        }
    }
    Ok(plan)
}

/// Counts lines up to a place, each call further on: the reader's own count is one short after
/// `\r\n`.
struct Lines<'a> {
    text: &'a [u8],
    place: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which the record that begins at byte `start` stands.
    fn at(&mut self, start: u64) -> u64 {
        let start = usize::try_from(start).unwrap_or(usize::MAX).min(self.text.len());
        let breaks =
            self.text[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let until = start + breaks;
        let newlines = self.text[self.place..until].iter().filter(|byte| **byte == b'\n').count();
        self.line += newlines as u64;
        self.place = until;
        self.line
    }
}

/// Which column each field is in.
struct Columns {
    places: BTreeMap<&'static str, (usize, String)>,
    defaults: BTreeMap<String, String>,
    count: usize,
}

impl Columns {
    fn new(head: &[String], mapping: &Mapping) -> std::result::Result<Columns, FileProblem> {
        let known = |field: &&String| FIELDS.contains(&field.as_str());
        if let Some(field) =
            mapping.columns.keys().chain(mapping.defaults.keys()).find(|field| !known(field))
        {
            return Err(FileProblem::UnknownField { field: field.clone() });
        }
        let mut places = BTreeMap::new();
        for field in FIELDS {
            let mapped = mapping.columns.get(field);
            let name = mapped.map_or(field, String::as_str);
            if name.is_empty() {
                continue;
            }
            match head.iter().position(|column| column.eq_ignore_ascii_case(name)) {
                Some(place) => {
                    places.insert(field, (place, head[place].clone()));
                }
                None if mapped.is_some() => {
                    return Err(FileProblem::UnknownColumn {
                        column: name.to_owned(),
                        columns: head.to_vec(),
                    });
                }
                None => {}
            }
        }
        let given = |field| places.contains_key(field) || mapping.defaults.contains_key(field);
        for (field, instead) in [("sku", None), ("name", None), ("price", Some("open_price"))] {
            if !given(field) && !instead.is_some_and(given) {
                return Err(FileProblem::FieldUnmapped { field: field.to_owned() });
            }
        }
        Ok(Columns { places, defaults: mapping.defaults.clone(), count: head.len() })
    }
}

/// A row being checked.
struct Row<'a> {
    columns: &'a Columns,
    record: &'a csv::StringRecord,
    line: u64,
    rejects: Vec<Reject>,
}

impl Row<'_> {
    fn check(&mut self, rules: &Rulebook, seen: &mut BTreeMap<String, u64>) -> Option<NewRow> {
        if self.record.len() != self.columns.count {
            let reason =
                Reason::WrongColumns { expected: self.columns.count, found: self.record.len() };
            let (line, column) = (self.line, String::new());
            self.rejects.push(Reject { line, sku: None, column, value: String::new(), reason });
            return None;
        }
        let Rulebook { currency, alcohol, .. } = *rules;
        let sku = self.required("sku", 40)?;
        let first = *seen.entry(sku.clone()).or_insert(self.line);
        if first != self.line {
            self.reject("sku", Reason::DuplicateSku { first });
        }
        let name = self.required("name", 120);
        let open = self.value("open_price", flag, Reason::BadFlag) == Some(true);
        if open && !self.raw("price").trim().is_empty() {
            self.reject("price", Reason::PriceOfOpenItem);
        }
        let price = if open { None } else { self.required("price", 40) }.and_then(|text| {
            self.parsed("price", &text, |text| amount(text, currency), Reason::BadAmount)
        });
        let new = NewRow {
            line: self.line,
            sku,
            name: name.unwrap_or_default(),
            name_fr: self.text("name_fr", 120),
            gtins: self.gtins(),
            gtin_column: self.column("gtin"),
            plus: self.text("plu", 200).map(|text| {
                text.split(';')
                    .map(|plu| plu.trim().to_owned())
                    .filter(|plu| !plu.is_empty())
                    .collect()
            }),
            department: self.text("department", 60),
            price,
            cost: self.value("cost", |text| amount(text, currency), Reason::BadAmount),
            unit: self.value("unit", Unit::parse, Reason::BadUnit),
            tax_category: self.tax_category(rules),
            minimum_age: self.value("age_restricted", |text| age(text, alcohol), Reason::BadAge),
            archived: self.value("archived", flag, Reason::BadFlag),
            drawing: self.text("drawing", 40),
            cannabis: self.value(
                "cannabis_class",
                CannabisClass::parse,
                Reason::UnknownCannabisClass,
            ),
            net_milligrams: self.value("net_weight", milligrams, Reason::BadWeight),
            charges: self.charges(),
            charges_column: self.column("charges"),
        };
        (open || price.is_some()).then_some(new)
    }

    fn gtins(&mut self) -> Option<BTreeSet<Gtin>> {
        let text = self.text("gtin", 400)?;
        let mut gtins = BTreeSet::new();
        for code in text.split(';').map(str::trim).filter(|code| !code.is_empty()) {
            match Gtin::parse(code) {
                Ok(gtin) => {
                    gtins.insert(gtin);
                }
                Err(CodeError::BadCheckDigit { expected, .. }) => {
                    self.reject("gtin", Reason::BadCheckDigit { expected })
                }
                Err(_) => self.reject("gtin", Reason::NotAGtin),
            }
        }
        Some(gtins)
    }

    fn charges(&mut self) -> Option<BTreeMap<String, u32>> {
        let text = self.text("charges", 200)?;
        let by_weight = self.text("unit", 40).and_then(|unit| Unit::parse(&unit)) == Some(Unit::Kg);
        let parse = |text: &str| read_charges(text).filter(|_| !by_weight);
        self.parsed("charges", &text, parse, Reason::BadCharges)
    }

    fn tax_category(&mut self, rules: &Rulebook) -> Option<TaxCategory> {
        let category = TaxCategory(self.text("tax_category", 40)?.to_lowercase());
        if rules.taxes.knows(&category) {
            return Some(category);
        }
        self.reject("tax_category", Reason::not_a_tax_category(&rules.taxes));
        None
    }

    fn value<T>(
        &mut self,
        field: &'static str,
        parse: impl Fn(&str) -> Option<T>,
        reason: Reason,
    ) -> Option<T> {
        let text = self.text(field, 40)?;
        self.parsed(field, &text, parse, reason)
    }

    fn parsed<T>(
        &mut self,
        field: &'static str,
        text: &str,
        parse: impl Fn(&str) -> Option<T>,
        reason: Reason,
    ) -> Option<T> {
        let parsed = parse(text);
        if parsed.is_none() {
            self.reject(field, reason);
        }
        parsed
    }

    fn required(&mut self, field: &'static str, most: usize) -> Option<String> {
        let text = self.text(field, most);
        if text.is_none() && self.rejects.iter().all(|reject| reject.column != self.column(field)) {
            self.reject(field, Reason::Missing);
        }
        text
    }

    /// The text of a field, or its default; none when both are empty.
    fn text(&mut self, field: &'static str, most: usize) -> Option<String> {
        let text = self.raw(field);
        let text = match text.trim() {
            "" => self.columns.defaults.get(field)?.trim().to_owned(),
            text => text.to_owned(),
        };
        // Control characters and U+FFFD are what a wrong encoding leaves behind.
        if text.chars().any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER) {
            self.reject(field, Reason::Unreadable);
            return None;
        }
        if text.chars().count() > most {
            self.reject(field, Reason::TooLong { most });
            return None;
        }
        (!text.is_empty()).then_some(text)
    }

    fn raw(&self, field: &str) -> &str {
        self.columns
            .places
            .get(field)
            .and_then(|(place, _)| self.record.get(*place))
            .unwrap_or_default()
    }

    fn column(&self, field: &str) -> String {
        self.columns.places.get(field).map_or_else(|| field.to_owned(), |(_, name)| name.clone())
    }

    fn reject(&mut self, field: &'static str, reason: Reason) {
        let value = match self.raw(field).trim() {
            "" => self.columns.defaults.get(field).cloned().unwrap_or_default(),
            value => value.to_owned(),
        };
        let (line, column) = (self.line, self.column(field));
        let sku = Some(self.raw("sku").trim().to_owned()).filter(|sku| !sku.is_empty());
        self.rejects.push(Reject { line, sku, column, value, reason });
    }
}

/// `12.34`, and as spreadsheets write it: `$12.34`, `1,234.50`, `12,34`, `12,34 $`.
pub(in crate::catalog) fn amount(text: &str, currency: Currency) -> Option<Money> {
    let plain: String =
        text.chars().filter(|c| !matches!(c, '$' | ' ' | '\u{a0}' | '\u{202f}')).collect();
    let plain = match (plain.contains('.'), plain.rsplit_once(',')) {
        (true, _) if thousands_are_grouped(&plain) => plain.replace(',', ""),
        (false, Some((whole, cents))) if cents.len() <= 2 && !whole.contains(',') => {
            format!("{whole}.{cents}")
        }
        _ => plain,
    };
    Money::parse_price(&plain, currency).ok()
}

fn thousands_are_grouped(text: &str) -> bool {
    let whole = text.split('.').next().unwrap_or_default();
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3)
}

/// An age, or whether there is one: `yes` means the age of the region for alcohol.
fn age(text: &str, alcohol: Option<u8>) -> Option<Option<u8>> {
    match flag(text) {
        Some(true) => alcohol.map(Some),
        Some(false) => Some(None),
        None => {
            text.trim_end_matches('+').parse().ok().filter(|age| (1..=99).contains(age)).map(Some)
        }
    }
}

fn flag(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" | "oui" | "o" | "vrai" | "1" => Some(true),
        "no" | "n" | "false" | "non" | "faux" | "0" => Some(false),
        _ => None,
    }
}

/// A weight in grams, such as `3.5` or `3.5 g`.
pub(in crate::catalog) fn milligrams(grams: &str) -> Option<u32> {
    let quantity: Quantity = grams.trim_end_matches(['g', ' ', '\u{a0}']).parse().ok()?;
    u32::try_from(quantity.thousandths()).ok().filter(|milligrams| *milligrams > 0)
}

/// UTF-8 with or without mark, UTF-16 by its mark, else Windows-1252. In a file that is partly
/// UTF-8, the parts that are not become U+FFFD, and their rows are rejected.
fn decode(bytes: &[u8]) -> (String, Encoding) {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
        let name = if encoding == encoding_rs::UTF_8 { Encoding::Utf8Bom } else { Encoding::Utf16 };
        return (text.into_owned(), name);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), Encoding::Utf8),
        Err(_) if has_utf8_letters(bytes) => {
            (String::from_utf8_lossy(bytes).into_owned(), Encoding::Utf8)
        }
        Err(_) => {
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
            (text.into_owned(), Encoding::Windows1252)
        }
    }
}

fn has_utf8_letters(bytes: &[u8]) -> bool {
    bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii())
}
