//! Finding sales and returns in the journal by whatever somebody knows of them, the newest first. Every way to
//! find is answered by an index, in the order of the journal, so that a page costs the same however old the store.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::operators::Permission;
use comptoir_domain::orders::{Sale, returns as rule};
use comptoir_domain::payments::{CardProof, TenderType};
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::orders::SaleCompleted;
use jiff::civil::Date;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{read_number, returns};
use crate::catalog::{self, search};
use crate::error::{Error, Result};
use crate::till::{Till, Tx, utc};
use crate::{journal, operators};

/// Rows of one page at most.
const MOST_FOUND: usize = 100;

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Sought {
    /// Receipt number, amount, last four digits of a card, SKU or GTIN, words of a note; nothing finds everything.
    pub text: String,
    /// First day at the counter.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
    /// Sales alone, or returns.
    pub kind: Option<FoundKind>,
    /// Only what stands before this entry of the journal.
    pub before: Option<i64>,
    /// Rows of the page.
    pub limit: usize,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FoundKind {
    /// Goods that were sold.
    Sale,
    /// Goods that came back.
    Return,
}

/// How much of a sale has come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Returned {
    /// Nothing.
    None,
    /// Some of it.
    Part,
    /// All of it.
    All,
}

/// What a text was found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Matched {
    /// The receipt number, whole or its running number.
    Receipt,
    /// The total.
    Amount,
    /// The last four digits of a card.
    Card,
    /// A SKU, by its code or one that scans as it.
    Sku,
    /// Words of the customer's note.
    Note,
}

/// A sale or a return, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FoundSale {
    /// Place in the journal; where the next page goes on.
    #[ts(type = "number")]
    pub entry: i64,
    /// Which of both.
    pub kind: FoundKind,
    /// Receipt number.
    pub receipt: String,
    /// RFC 3339, UTC.
    pub at: String,
    /// Name of who completed it.
    pub operator: String,
    /// Lines that are not voided.
    pub lines: usize,
    /// With tax; more than nothing for both.
    pub total: Money,
    /// Each means of payment once; of a return, how the money went back.
    pub tenders: Vec<TenderType>,
    /// Last four digits of its first card.
    pub card_number: Option<String>,
    /// Of a sale.
    pub returned: Returned,
    /// Noted on the customer's cart.
    pub note: Option<String>,
    /// What the text was found in.
    pub matched: Option<Matched>,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FoundSales {
    /// The newest first.
    pub found: Vec<FoundSale>,
    /// Whether there are older ones.
    pub more: bool,
}

/// Sales and returns that match, the newest first.
pub fn find_sales(till: &mut Till, operator: OperatorId, sought: &Sought) -> Result<FoundSales> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::ReadJournal)?;
    let limit = sought.limit.clamp(1, MOST_FOUND);
    let Some(span) = Span::of(&tx, sought, limit + 1)? else {
        return Ok(FoundSales { found: Vec::new(), more: false });
    };
    let mut places = BTreeMap::new();
    for Asked { matched, keys, ways } in asked(&tx, sought)? {
        for way in ways.iter().filter(|way| sought.kind.is_none_or(|kind| kind == way.kind)) {
            for entry in span.ask(&tx, way, &keys)? {
                places.entry(Reverse(entry)).or_insert((way.kind, matched));
            }
        }
    }
    let more = places.len() > limit;
    let found =
        places.into_iter().take(limit).map(|(Reverse(entry), (kind, matched))| match kind {
            FoundKind::Sale => found_sale(&tx, entry, matched),
            FoundKind::Return => found_return(&tx, entry, matched),
        });
    Ok(FoundSales { found: found.collect::<Result<_>>()?, more })
}

/// One way to find something. `?6` and on are what it is found by.
struct Way {
    kind: FoundKind,
    /// Ends with the head, so that the planner begins with what is looked for.
    from: &'static str,
    /// Where the entry stands that the index is in the order of.
    entry: &'static str,
    which: &'static str,
}

const fn sale(from: &'static str, entry: &'static str, which: &'static str) -> Way {
    Way { kind: FoundKind::Sale, from, entry, which }
}

const fn back(from: &'static str, entry: &'static str, which: &'static str) -> Way {
    Way { kind: FoundKind::Return, from, entry, which }
}

const EVERYTHING: [Way; 2] =
    [sale("sale AS head", "head.entry", "1"), back("return_sale AS head", "head.entry", "1")];

const BY_RECEIPT: [Way; 2] = {
    const WHICH: &str = "register = ?6 AND epoch = ?7 AND number = ?8";
    [sale("sale AS head", "head.entry", WHICH), back("return_sale AS head", "head.entry", WHICH)]
};

const BY_RUNNING_NUMBER: [Way; 2] = {
    const WHICH: &str = "register = ?6 AND epoch IN (SELECT epoch FROM chain) AND number = ?7";
    [sale("sale AS head", "head.entry", WHICH), back("return_sale AS head", "head.entry", WHICH)]
};

const BY_AMOUNT: [Way; 2] = [
    sale("sale AS head", "head.entry", "total = ?6"),
    back("return_sale AS head", "head.entry", "total = ?6"),
];

const BY_CARD: [Way; 2] = [
    sale(
        "sale_tender CROSS JOIN sale AS head ON head.entry = sale_tender.sale",
        "sale_tender.sale",
        "sale_tender.number = ?6",
    ),
    back(
        "return_tender CROSS JOIN return_sale AS head ON head.entry = return_tender.return_sale",
        "return_tender.return_sale",
        "return_tender.number = ?6",
    ),
];

const BY_SKU: [Way; 2] = [
    sale(
        "sale_line CROSS JOIN sale AS head ON head.entry = sale_line.sale",
        "sale_line.sale",
        "sku = ?6 AND voided IS NULL",
    ),
    back(
        "return_line CROSS JOIN return_sale AS head ON head.entry = return_line.return_sale",
        "return_line.return_sale",
        "sku = ?6",
    ),
];

const BY_NOTE: [Way; 1] = [sale(
    "note_search CROSS JOIN sale AS head ON head.entry = note_search.rowid",
    "note_search.rowid",
    "note_search MATCH ?6",
)];

impl Way {
    fn sql(&self) -> String {
        let Way { from, entry, which, .. } = self;
        // Two lines of one SKU, or two payments by one card, are one sale.
        let once = if *entry == "head.entry" { "" } else { "DISTINCT" };
        format!(
            "SELECT {once} {entry} FROM {from} WHERE {which} AND {entry} < ?1 AND {entry} >= ?2 AND day BETWEEN ?3 AND ?4
             ORDER BY {entry} DESC LIMIT ?5"
        )
    }
}

/// One reading of what is looked for.
struct Asked {
    matched: Option<Matched>,
    keys: Vec<Value>,
    ways: &'static [Way],
}

/// All that the text may mean, the surest first.
fn asked(tx: &Tx<'_>, sought: &Sought) -> Result<Vec<Asked>> {
    let text = sought.text.trim();
    if text.is_empty() {
        return Ok(vec![Asked { matched: None, keys: Vec::new(), ways: &EVERYTHING }]);
    }
    let mut asked = Vec::new();
    let mut ask = |matched, keys, ways| asked.push(Asked { matched: Some(matched), keys, ways });
    let is_digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some((register, epoch, number)) = read_number(tx.store, text) {
        let keys = [register, epoch, number].map(Value::from).to_vec();
        ask(Matched::Receipt, keys, &BY_RECEIPT[..]);
    }
    if let Some(number) = text.parse::<i64>().ok().filter(|_| is_digits) {
        let keys = [i64::from(tx.identity.register), number].map(Value::from).to_vec();
        ask(Matched::Receipt, keys, &BY_RUNNING_NUMBER[..]);
    }
    if let Some(amount) = read_amount(text, tx.store.currency) {
        ask(Matched::Amount, vec![amount.minor().into()], &BY_AMOUNT[..]);
    }
    let number = text.trim_start_matches(['*', '•', '·', ' ']);
    if number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit()) {
        ask(Matched::Card, vec![number.to_owned().into()], &BY_CARD[..]);
    }
    for sku in skus(tx, text)? {
        ask(Matched::Sku, vec![sku.into()], &BY_SKU[..]);
    }
    if let Some(words) = search::query(text) {
        ask(Matched::Note, vec![words.into()], &BY_NOTE[..]);
    }
    Ok(asked)
}

/// The SKU that a text names, and the text itself: it may be a SKU that is no longer in the catalogue.
fn skus(tx: &Tx<'_>, text: &str) -> Result<Vec<String>> {
    let mut skus = vec![text.to_owned()];
    match catalog::named(tx, text) {
        Ok(named) if named.sku != text => skus.push(named.sku),
        Ok(_) | Err(Error::Refused(_)) => {}
        Err(fault) => return Err(fault),
    }
    Ok(skus)
}

/// An amount as people write one, more than nothing or nothing: `$1,234.50`, `1 234,5 $`, `CAD 12`.
fn read_amount(text: &str, currency: Currency) -> Option<Money> {
    let text = text.to_uppercase();
    let text = text.trim_start_matches(currency.code()).trim_end_matches(currency.code());
    let kept: String =
        text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '$' | '€')).collect();
    let (whole, fraction) = match kept.rsplit_once(['.', ',']) {
        // Three digits behind it are thousands.
        Some((_, behind)) if behind.len() == 3 => (kept.as_str(), ""),
        Some((whole, fraction)) => (whole, fraction),
        None => (kept.as_str(), ""),
    };
    let mut groups = whole.split(['.', ',']);
    let first = groups.next()?;
    if groups.clone().any(|group| group.len() != 3) || (groups.next().is_some() && first.len() > 3)
    {
        return None;
    }
    let whole = whole.replace(['.', ','], "");
    let amount = if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") };
    Money::parse(&amount, currency).ok().filter(|amount| !amount.is_negative())
}

/// Entries and days within which is looked.
struct Span {
    before: i64,
    first: i64,
    days: (i64, i64),
    limit: usize,
}

impl Span {
    /// None when nothing was sold on those days.
    fn of(db: &Connection, sought: &Sought, limit: usize) -> Result<Option<Span>> {
        let before = sought.before.unwrap_or(i64::MAX);
        let days = (
            sought.from.map_or(i64::MIN, super::day_number),
            sought.to.map_or(i64::MAX, super::day_number),
        );
        if sought.from.is_none() && sought.to.is_none() {
            return Ok(Some(Span { before, first: 0, days, limit }));
        }
        // Reading on from the newest would read all that was sold since.
        let select = "SELECT min(entry), max(entry) FROM (SELECT entry, day FROM sale UNION ALL SELECT entry, day FROM return_sale)
            WHERE day BETWEEN ?1 AND ?2";
        let (first, last): (Option<i64>, Option<i64>) = db
            .prepare_cached(select)?
            .query_row(params![days.0, days.1], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (Some(first), Some(last)) = (first, last) else { return Ok(None) };
        Ok(Some(Span { before: before.min(last + 1), first, days, limit }))
    }

    fn ask(&self, db: &Connection, way: &Way, keys: &[Value]) -> Result<Vec<i64>> {
        let limit = i64::try_from(self.limit).unwrap_or(i64::MAX);
        let span = [self.before, self.first, self.days.0, self.days.1, limit].map(Value::from);
        let mut select = db.prepare_cached(&way.sql())?;
        let rows = select.query_map(params_from_iter(span.iter().chain(keys)), |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

fn found_sale(db: &Connection, entry: i64, matched: Option<Matched>) -> Result<FoundSale> {
    let sale = super::load(db, entry)?;
    let tenders = sale.tenders.iter().map(|tender| (tender.kind, tender.card.as_ref()));
    let (tenders, card_number) = in_short(tenders);
    Ok(FoundSale {
        entry,
        kind: FoundKind::Sale,
        at: utc(sale.completed_at),
        operator: operators::name_of(db, sale.operator)?,
        lines: sale.lines.iter().filter(|line| line.voided.is_none()).count(),
        total: sale.total,
        tenders,
        card_number,
        returned: returned(&sale, &returns::earlier(db, sale.id)?),
        note: sale.note,
        receipt: sale.receipt,
        matched,
    })
}

fn found_return(db: &Connection, entry: i64, matched: Option<Matched>) -> Result<FoundSale> {
    let back = returns::load(db, entry)?;
    let refunds = back.refunds.iter().map(|refund| (refund.kind, refund.card.as_ref()));
    let (tenders, card_number) = in_short(refunds);
    Ok(FoundSale {
        entry,
        kind: FoundKind::Return,
        at: utc(back.completed_at),
        operator: operators::name_of(db, back.operator)?,
        lines: back.lines.len(),
        total: back.total,
        tenders,
        card_number,
        returned: Returned::None,
        note: None,
        receipt: back.receipt,
        matched,
    })
}

/// Each means of payment once, and the last four digits of the first card.
fn in_short<'a>(
    paid: impl Iterator<Item = (TenderType, Option<&'a CardProof>)> + Clone,
) -> (Vec<TenderType>, Option<String>) {
    let mut kinds = Vec::new();
    for (kind, _) in paid.clone() {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let number = paid.filter_map(|(_, card)| card?.number.clone()).next();
    (kinds, number)
}

/// How much of a sale has come back in `earlier` returns.
pub(super) fn returned(sale: &Sale, earlier: &[rule::Return]) -> Returned {
    if earlier.is_empty() {
        Returned::None
    } else if rule::left(sale, earlier).is_empty() {
        Returned::All
    } else {
        Returned::Part
    }
}

/// The words by which the note of a sale is found.
pub(super) fn index_note(db: &Connection, entry: i64, fact: &SaleCompleted) -> Result<()> {
    if let Some(note) = &fact.note {
        db.prepare_cached("INSERT INTO note_search (rowid, words) VALUES (?1, ?2)")?
            .execute(params![entry, note])?;
    }
    Ok(())
}

/// Makes the notes of sales that were there before their words were kept findable, once.
pub(crate) fn read_older_notes(db: &Connection) -> Result<()> {
    if !db.prepare("SELECT 1 FROM setting WHERE key = 'read_notes'")?.exists([])? {
        return Ok(());
    }
    let tx = db.unchecked_transaction()?;
    // What was sold since has them already.
    tx.execute("DELETE FROM note_search", [])?;
    let mut select = tx.prepare("SELECT entry FROM sale")?;
    for entry in select.query_map([], |row| row.get(0))? {
        let entry = entry?;
        if let Fact::SaleCompleted(fact) = journal::read_fact(&tx, entry)?.1 {
            index_note(&tx, entry, &fact)?;
        }
    }
    drop(select);
    tx.execute("DELETE FROM setting WHERE key = 'read_notes'", [])?;
    Ok(tx.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database;

    #[test]
    fn amounts_as_people_write_them() {
        for (text, minor) in [
            ("12", Some(12_00)),
            ("$12.5", Some(12_50)),
            ("12,50 $", Some(12_50)),
            ("$1,234.50", Some(123_450)),
            ("1\u{a0}234,50\u{a0}$", Some(123_450)),
            ("1.234,50", Some(123_450)),
            ("1,234", Some(123_400)),
            ("1,234,567", Some(123_456_700)),
            ("CAD 12.05", Some(12_05)),
            ("12.05cad", Some(12_05)),
            ("0", Some(0)),
            ("-3.00", None),
            ("12,34,50", None),
            ("1234,567.00", None),
            ("12.3456", None),
            ("TEA", None),
            ("1,", Some(1_00)),
            (".", None),
            ("$", None),
        ] {
            let read = read_amount(text, Currency::CAD);
            assert_eq!(read.map(Money::minor), minor, "{text}");
        }
    }

    /// Whatever is looked for, an index leads to it in the order of the journal: nothing is read through, and
    /// nothing is gathered before the first row comes out.
    #[test]
    fn every_way_to_find_is_answered_by_an_index() {
        let db = database::scratch(None).unwrap();
        let all = [
            &EVERYTHING[..],
            &BY_RECEIPT,
            &BY_RUNNING_NUMBER,
            &BY_AMOUNT,
            &BY_CARD,
            &BY_SKU,
            &BY_NOTE,
        ];
        for way in all.into_iter().flatten() {
            let sql = way.sql();
            let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let mut rows = plan.raw_query();
            let mut steps = Vec::new();
            while let Some(row) = rows.next().unwrap() {
                steps.push(row.get::<_, String>(3).unwrap());
            }
            for step in &steps {
                let led = step.starts_with("SEARCH")
                    || step.contains("VIRTUAL TABLE INDEX")
                    || step.contains("SUBQUERY")
                    // the chains of a store are few, and so are the receipts of one number
                    || step.starts_with("SCAN chain")
                    || (way.which.contains("chain") && step.contains("B-TREE"));
                assert!(led, "{sql}\n{steps:#?}");
            }
        }
    }
}
