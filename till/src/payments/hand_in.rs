//! The count of a drawer, handed in to close its shift: blind until then. What is over or short is told once it is, so
//! that it can be explained; whoever counts again after that leaves both counts in the journal.

use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::reporting::DrawerCount;
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::shifts::DrawerCounted;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Count, Shift, report, shift_to_count};
use crate::error::Result;
use crate::operators;
use crate::till::{Till, Tx, local_minute};

/// Hands a count in, and answers what is over or short. The same count once more, with nothing between, is no other.
pub fn hand_in(
    till: &mut Till,
    operator: OperatorId,
    count: impl Into<Count>,
) -> Result<DrawerCount> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::KeepDrawer)?;
    let shift = shift_to_count(&tx)?;
    let counted = count.into().checked(tx.store.currency)?;
    let name = operators::find(&tx, operator)?.name;
    let expected = report::of(&tx, &shift, &name)?.expected;
    let last =
        "SELECT counted, expected FROM drawer_count WHERE shift = ?1 ORDER BY entry DESC LIMIT 1";
    let last: Option<(i64, i64)> = tx
        .prepare_cached(last)?
        .query_row([shift.entry], |row| Ok((row.get(0)?, row.get(1)?)))
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
    tx.commit()?;
    let over_short = counted.total - expected;
    Ok(DrawerCount { at, counted: counted.total, expected, over_short })
}

/// The counts that were handed in and not closed with: of an open shift all of them.
pub(super) fn earlier(tx: &Tx<'_>, shift: &Shift) -> Result<Vec<DrawerCount>> {
    let mut select = tx.prepare_cached(
        "SELECT at, counted, expected FROM drawer_count WHERE shift = ?1 ORDER BY entry",
    )?;
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let mut counts = select
        .query_map([shift.entry], read)?
        .collect::<rusqlite::Result<Vec<(i64, i64, i64)>>>()?;
    if let (Some(closed), Some(last)) = (&shift.closed, counts.last())
        && closed.counted == last.1
    {
        counts.pop();
    }
    let money = |minor| Money::new(minor, tx.store.currency);
    let shown = |(at, counted, expected)| DrawerCount {
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
