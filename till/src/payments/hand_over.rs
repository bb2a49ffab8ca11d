//! A drawer is counted and passed on inside an open shift. What is expected of it goes on as if nobody had counted, so
//! that the shift's own over/short stays what it is, and each operator's part of it is the difference of two counts.

use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::operators::Permission;
use comptoir_domain::payments::{Refusal, hand_over};
use comptoir_domain::reporting::{DrawerPart, HandOver};
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::operators::{SignedIn, SignedOut};
use comptoir_sync::facts::shifts::ShiftHandedOver;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::{Count, Shift, find, report, shift_to_count};
use crate::error::{Error, Result};
use crate::operators::{self, Approver, Operator};
use crate::outbox::{self, Job};
use crate::till::{Till, Tx, local_minute};

/// Hands the drawer over with what was counted, from who is signed in to who proved by PIN that they take it. They are
/// signed in from then on, and the other is not. Answers the hand-over, and who has the drawer now.
pub fn hand_over(
    till: &mut Till,
    from: OperatorId,
    to: Approver,
    count: impl Into<Count>,
) -> Result<(HandOver, Operator)> {
    let tx = till.begin()?;
    operators::check(&tx, from, Permission::KeepDrawer)?;
    let shift = shift_to_count(&tx)?;
    let to = operators::find(&tx, to.id())?;
    if to.id == from {
        return Err(Refusal::SameOperator.into());
    }
    operators::check(&tx, to.id, Permission::KeepDrawer)?;
    let counted = count.into().checked(tx.store.currency)?;
    let expected = report::of(&tx, &shift, "")?.expected;
    let fact = ShiftHandedOver {
        id: tx.new_id().into(),
        shift: shift.id.0.into(),
        from: from.0.into(),
        to: to.id.0.into(),
        counted: counted.total.minor(),
        pieces: counted.pieces,
        expected: expected.minor(),
        at: tx.wall,
        note: counted.note,
    };
    let entry = tx.record(&Fact::ShiftHandedOver(fact), Some(from))?;
    tx.record(&Fact::SignedOut(SignedOut { operator: from.0.into() }), Some(from))?;
    tx.record(&Fact::SignedIn(SignedIn { operator: to.id.0.into() }), Some(to.id))?;
    if counted.print {
        outbox::push(&tx, &Job::PrintHandOver { hand_over: entry })?;
    }
    let done = of_shift(&tx, &shift)?.pop();
    let done = done.ok_or_else(|| Error::Broken("the hand-over is not there".into()))?;
    tx.commit()?;
    Ok((done, to))
}

/// Prints the slip of a hand-over again, marked as a duplicate. Who keeps a drawer may of the open shift, who sees
/// reports of any.
pub fn print_again(till: &mut Till, operator: OperatorId, entry: i64) -> Result<i64> {
    let tx = till.begin()?;
    let shift = shift_of(&tx, entry)?.ok_or(Refusal::UnknownHandOver)?;
    let open = find(&tx, shift)?.closed.is_none();
    let needed = if open { Permission::KeepDrawer } else { Permission::SeeReports };
    operators::check(&tx, operator, needed)?;
    let job = outbox::push(&tx, &Job::PrintDuplicate { of: entry })?;
    tx.commit()?;
    Ok(job)
}

fn shift_of(db: &Connection, entry: i64) -> Result<Option<i64>> {
    let select = "SELECT shift FROM hand_over WHERE entry = ?1";
    Ok(db.prepare_cached(select)?.query_row([entry], |row| row.get(0)).optional()?)
}

/// Each hand-over of a shift, in order.
pub(super) fn of_shift(tx: &Tx<'_>, shift: &Shift) -> Result<Vec<HandOver>> {
    let money = |minor| Money::new(minor, tx.store.currency);
    let rows = rows(tx, shift)?;
    let parts = hand_over::parts(rows.iter().map(|row| money(row.counted - row.expected)));
    let shown = |(row, part): (Counted, Money)| {
        Ok(HandOver {
            entry: row.entry,
            at: local_minute(row.at, tx.utc_offset_minutes),
            from: operators::name_of(tx, row.from)?,
            to: operators::name_of(tx, row.to)?,
            counted: money(row.counted),
            expected: money(row.expected),
            over_short: money(row.counted - row.expected),
            part,
            note: row.note,
        })
    };
    rows.into_iter().zip(parts).map(shown).collect()
}

/// One hand-over with the number of its shift, by its place in the journal.
pub(crate) fn load(till: &mut Till, entry: i64) -> Result<(u64, HandOver)> {
    let tx = till.begin()?;
    let missing = || Error::Broken(format!("the hand-over {entry} is not there"));
    let shift = find(&tx, shift_of(&tx, entry)?.ok_or_else(missing)?)?;
    let done = of_shift(&tx, &shift)?.into_iter().find(|done| done.entry == entry);
    Ok((shift.number, done.ok_or_else(missing)?))
}

/// Who gave a drawer up and who took it, when the entry is a hand-over: `Counter 1 – Counter 2`.
pub(crate) fn name_of(db: &Connection, entry: i64) -> Result<Option<String>> {
    let select = "SELECT one.name || ' – ' || other.name FROM hand_over
         JOIN operator AS one ON one.id = from_operator JOIN operator AS other ON other.id = to_operator
         WHERE entry = ?1";
    Ok(db.prepare_cached(select)?.query_row([entry], |row| row.get(0)).optional()?)
}

/// Who has the drawer of a shift, or had it when the shift was closed.
pub fn holder(db: &Connection, shift: &Shift) -> Result<OperatorId> {
    Ok(rows(db, shift)?.last().map_or(shift.opened_by, |last| last.to))
}

/// One operator's time at a drawer.
pub(crate) struct Part {
    /// Who had it.
    pub(crate) operator: OperatorId,
    /// When it was counted, and what it was over or short by; none while they have it.
    pub(crate) counted: Option<(i64, Money)>,
}

/// Each operator's time at the drawer of a shift, in order. Somebody else may count: a part is of who has the drawer.
pub(crate) fn parts(db: &Connection, shift: &Shift, currency: Currency) -> Result<Vec<Part>> {
    let rows = rows(db, shift)?;
    let counts = rows.iter().map(|row| (row.at, row.counted - row.expected));
    let closing = shift.closed.iter().map(|closed| (closed.at, closed.counted - closed.expected));
    let (at, found): (Vec<i64>, Vec<i64>) = counts.chain(closing).unzip();
    let found = hand_over::parts(found.into_iter().map(|minor| Money::new(minor, currency)));
    let mut counted = at.into_iter().zip(found);
    let holders = std::iter::once(shift.opened_by).chain(rows.iter().map(|row| row.to));
    Ok(holders.map(|operator| Part { operator, counted: counted.next() }).collect())
}

/// The same by name.
pub(super) fn shown_parts(tx: &Tx<'_>, shift: &Shift) -> Result<Vec<DrawerPart>> {
    let shown = |part: Part| {
        let operator = operators::name_of(tx, part.operator)?;
        Ok(DrawerPart { operator, over_short: part.counted.map(|(_, over_short)| over_short) })
    };
    parts(tx, shift, tx.store.currency)?.into_iter().map(shown).collect()
}

/// A row; amounts are minor units.
pub(super) struct Counted {
    pub(super) entry: i64,
    from: OperatorId,
    to: OperatorId,
    at: i64,
    pub(super) counted: i64,
    pub(super) expected: i64,
    note: Option<String>,
}

/// The rows of a shift, in order.
pub(super) fn rows(db: &Connection, shift: &Shift) -> Result<Vec<Counted>> {
    let mut select = db.prepare_cached(
        "SELECT from_operator, to_operator, at, counted, expected, note, entry FROM hand_over
         WHERE entry > ?1 AND shift = ?1 ORDER BY entry",
    )?;
    let row = |row: &Row<'_>| {
        let operator = |n| row.get(n).map(|id| OperatorId(Uuid::from_bytes(id)));
        Ok(Counted {
            from: operator(0)?,
            to: operator(1)?,
            at: row.get(2)?,
            counted: row.get(3)?,
            expected: row.get(4)?,
            note: row.get(5)?,
            entry: row.get(6)?,
        })
    };
    Ok(select.query_map([shift.entry], row)?.collect::<rusqlite::Result<_>>()?)
}

/// The row of a hand-over.
pub fn project(db: &Connection, id: i64, fact: &ShiftHandedOver) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO hand_over (entry, id, shift, from_operator, to_operator, at, counted, expected, note)
         VALUES (?1, ?2, (SELECT entry FROM shift WHERE id = ?3), ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        id,
        fact.id.0,
        fact.shift.0,
        fact.from.0,
        fact.to.0,
        fact.at,
        fact.counted,
        fact.expected,
        fact.note,
    ])?;
    Ok(())
}
