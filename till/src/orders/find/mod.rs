//! Finding sales and returns in the journal by whatever somebody knows of them, the newest first. Every way to
//! find is answered by an index, in the order of the journal, so that a page costs the same however old the store.

pub(crate) mod notes;
mod times;
mod ways;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::orders::{Sale, returns as rule};
use comptoir_domain::payments::{CardProof, TenderType};
use jiff::civil::Date;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use self::ways::{Asked, Way, asked};
use super::returns;
use crate::error::Result;
use crate::operators;
use crate::till::{Till, utc};

/// Rows of one page at most.
const MOST_FOUND: usize = 100;

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Sought {
    /// Receipt number, amount, time of day, last four digits of a card, SKU or GTIN, words of a note; nothing finds everything.
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
    /// The time of day, give or take five minutes.
    Time,
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
    /// Of the sale, or of the return: two may have one number.
    pub id: String,
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
    let zone = till.zone();
    let tx = till.begin_reading()?;
    operators::check(&tx, operator, Permission::ReadJournal)?;
    let limit = sought.limit.clamp(1, MOST_FOUND);
    let Some(span) = Span::of(&tx, sought, limit + 1)? else {
        return Ok(FoundSales { found: Vec::new(), more: false });
    };
    let mut places = BTreeMap::new();
    for Asked { matched, keys, ways } in asked(&tx, &zone, &sought.text)? {
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
        id: sale.id.to_string(),
        at: utc(sale.completed_at),
        operator: operators::name_of(db, sale.operator)?,
        lines: sale.lines.iter().filter(|line| line.is_goods()).count(),
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
        id: back.id.to_string(),
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
