//! What a text may mean, and the index that answers each of its readings.

use comptoir_domain::money::{Currency, Money};
use jiff::tz::TimeZone;
use rusqlite::types::Value;

use super::times::{around, read_time};
use super::{FoundKind, Matched};
use crate::catalog::{self, search};
use crate::error::{Error, Result};
use crate::orders::numbered;
use crate::till::Tx;

/// One way to find something. `?6` and on are what it is found by.
pub(super) struct Way {
    pub(super) kind: FoundKind,
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

const BY_TIME: [Way; 2] = {
    // The same minute in UTC is another one at the counter after the clock was put forward or back.
    const WHICH: &str = "completed_at / 60000 % 1440 = ?6 AND EXISTS
        (SELECT 1 FROM json_each(?7) WHERE completed_at >= value ->> 0 AND completed_at < value ->> 1)";
    [sale("sale AS head", "head.entry", WHICH), back("return_sale AS head", "head.entry", WHICH)]
};

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
    /// Entries before `?1` and from `?2` on, of the days from `?3` to `?4`, the newest first, `?5` at most.
    pub(super) fn sql(&self) -> String {
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
pub(super) struct Asked {
    pub(super) matched: Option<Matched>,
    pub(super) keys: Vec<Value>,
    pub(super) ways: &'static [Way],
}

/// All that the text may mean, the surest first.
pub(super) fn asked(tx: &Tx<'_>, zone: &TimeZone, text: &str) -> Result<Vec<Asked>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(vec![Asked { matched: None, keys: Vec::new(), ways: &EVERYTHING }]);
    }
    let mut asked = Vec::new();
    let mut ask = |matched, keys, ways| asked.push(Asked { matched: Some(matched), keys, ways });
    let is_digits = text.bytes().all(|b| b.is_ascii_digit());
    if let Some((register, epoch, number)) = numbered::read(tx.store, text) {
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
    if let Some(minute) = read_time(text) {
        for (minute, spans) in around(zone, tx.wall, minute) {
            ask(Matched::Time, vec![minute.into(), spans.into()], &BY_TIME[..]);
        }
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

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

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
        let db = database::Scratch::new().unwrap().db;
        for (ways, index) in [
            (&EVERYTHING[..], "INTEGER PRIMARY KEY"),
            (&BY_RECEIPT, "(register=? AND epoch=? AND number=?"),
            (&BY_RUNNING_NUMBER, "(register=? AND epoch=? AND number=?"),
            (&BY_AMOUNT, "_by_total (total=? AND rowid"),
            (&BY_TIME, "_by_minute (<expr>=? AND rowid"),
            (&BY_CARD, "_by_card (number=?"),
            (&BY_SKU, "_by_sku (sku=?"),
            (&BY_NOTE, "VIRTUAL TABLE INDEX"),
        ] {
            for way in ways {
                leads(&db, way, index);
            }
        }
    }

    fn leads(db: &Connection, way: &Way, index: &str) {
        let sql = way.sql();
        let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let mut rows = plan.raw_query();
        let mut steps = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            steps.push(row.get::<_, String>(3).unwrap());
        }
        assert!(steps[0].contains(index), "{sql}\n{steps:#?}");
        for step in &steps {
            let led = step.starts_with("SEARCH")
                || step.contains("VIRTUAL TABLE INDEX")
                || step.contains("SUBQUERY")
                // the chains of a store are few, and so are the receipts of one number
                || step.starts_with("SCAN chain")
                || (way.which.contains("epoch") && step.contains("B-TREE"));
            assert!(led, "{sql}\n{steps:#?}");
        }
    }
}
