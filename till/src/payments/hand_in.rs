//! The count of a drawer, handed in to close its shift or to hand it over: blind until then. What is over or short is
//! told once it is, so that it can be explained; whoever counts again after that leaves both counts in the journal.

use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::payments::hand_over::parts;
use comptoir_domain::reporting::{CountFound, DrawerCount};
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::shifts::DrawerCounted;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Count, Shift, hand_over, report, shift_to_count};
use crate::error::Result;
use crate::operators;
use crate::till::{Till, Tx, local_minute};

/// Hands a count in, and answers what is over or short. The same count once more, with nothing between, is no other.
pub fn hand_in(
    till: &mut Till,
    operator: OperatorId,
    count: impl Into<Count>,
) -> Result<CountFound> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::KeepDrawer)?;
    let shift = shift_to_count(&tx)?;
    let counted = count.into().checked(tx.store.currency)?;
    let name = operators::find(&tx, operator)?.name;
    let expected = report::of(&tx, &shift, &name)?.expected;
    let before = hand_over::rows(&tx, &shift)?;
    let last = "SELECT counted, expected FROM drawer_count WHERE shift = ?1 AND entry > ?2
         ORDER BY entry DESC LIMIT 1";
    let since = before.last().map_or(shift.entry, |last| last.entry);
    let last: Option<(i64, i64)> = tx
        .prepare_cached(last)?
        .query_row([shift.entry, since], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if last != Some((counted.total.minor(), expected.minor())) {
        let fact = DrawerCounted {
            shift: shift.id.0.into(),
            at: tx.wall,
            counted: counted.total.minor(),
            expected: expected.minor(),
            currency: tx.store.currency.code().to_owned(),
            pieces: counted.pieces,
        };
        tx.record(&Fact::DrawerCounted(fact), Some(operator))?;
    }
    let at = local_minute(tx.wall, tx.utc_offset_minutes);
    let over_short = counted.total - expected;
    let money = |minor| Money::new(minor, tx.store.currency);
    let found = before.iter().map(|done| money(done.counted - done.expected)).chain([over_short]);
    let part = parts(found).pop().unwrap_or(over_short);
    let count = DrawerCount { at, counted: counted.total, expected, over_short };
    tx.commit()?;
    Ok(CountFound { count, part })
}

/// The counts that were handed in, and with which the drawer was neither handed over nor its shift closed.
pub(super) fn earlier(tx: &Tx<'_>, shift: &Shift) -> Result<Vec<DrawerCount>> {
    let mut select = tx.prepare_cached(
        "SELECT entry, at, counted, expected FROM drawer_count WHERE shift = ?1 ORDER BY entry",
    )?;
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    let mut counts = select
        .query_map([shift.entry], read)?
        .collect::<rusqlite::Result<Vec<(i64, i64, i64, i64)>>>()?;
    let handed_over =
        hand_over::rows(tx, shift)?.into_iter().map(|done| (done.entry, done.counted));
    let closed = shift.closed.iter().map(|closed| (i64::MAX, closed.counted));
    let mut since = shift.entry;
    for (entry, used) in handed_over.chain(closed) {
        let last = counts.iter().rposition(|count| (since..entry).contains(&count.0));
        if let Some(last) = last.filter(|last| counts[*last].2 == used) {
            counts.remove(last);
        }
        since = entry;
    }
    let money = |minor| Money::new(minor, tx.store.currency);
    let shown = |(_, at, counted, expected)| DrawerCount {
        at: local_minute(at, tx.utc_offset_minutes),
        counted: money(counted),
        expected: money(expected),
        over_short: money(counted - expected),
    };
    Ok(counts.into_iter().map(shown).collect())
}

/// The row of a count.
pub(crate) fn project(db: &Connection, entry: i64, fact: &DrawerCounted) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO drawer_count (entry, shift, at, counted, expected)
         VALUES (?1, (SELECT entry FROM shift WHERE id = ?2), ?3, ?4, ?5)",
    )?
    .execute(params![entry, fact.shift.0, fact.at, fact.counted, fact.expected])?;
    Ok(())
}
