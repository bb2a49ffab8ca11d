//! The card terminal's own totals beside ours: at the close of a shift, or later when it could not be asked then.
//!
//! The order is always: [`begin`], then the driver's `end_of_day`, then [`finish`]. What was begun is stored before the
//! terminal is asked, so that a crash leaves it known as unknown; a close never waits for it. A terminal hands each
//! payment in once, so asking again doubles nothing: what it tells in one shift adds up.

use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::payments::Refusal;
use comptoir_domain::reporting::{CheckOutcome, TerminalCard, TerminalCheck};
use comptoir_hardware::terminal::totals::{CardTotal, Day, DayEnd};
use comptoir_sync::facts::shifts::{TerminalCard as CardSum, TerminalChecked};
use comptoir_sync::facts::{Fact, Id};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::{Shift, card, open_shift_of};
use crate::error::{Error, Result};
use crate::till::{Till, Tx, local_minute};
use crate::{cart as carts, operators, orders};

/// Stores that the terminal is going to be asked to hand its day in. Only then may it be, once.
pub fn begin(till: &mut Till, operator: OperatorId) -> Result<i64> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::KeepDrawer)?;
    check_idle(&tx)?;
    // After it a payment can neither be found again nor undone.
    if card::unsettled(&tx)?.is_some() {
        return Err(Refusal::CardUnsettled.into());
    }
    orders::refunds::check_finished(&tx)?;
    if let Some(open) = carts::find(&tx, tx.store.currency)?
        && !card::spend::tenders(&tx, open.id)?.is_empty()
    {
        return Err(Refusal::CardTendered.into());
    }
    let shift = subject(&tx)?.ok_or(Refusal::NoOpenShift)?;
    tx.prepare_cached("INSERT INTO day_attempt (shift, asked_at, asked_by) VALUES (?1, ?2, ?3)")?
        .execute(params![shift.id.0.into_bytes(), tx.wall, operator.0.into_bytes()])?;
    let id = tx.last_insert_rowid();
    tx.commit()?;
    Ok(id)
}

/// Refuses while the terminal is at the end of its day.
pub(crate) fn check_idle(db: &Connection) -> Result<()> {
    match asking(db)? {
        Some(_) => Err(Refusal::TerminalBusy.into()),
        None => Ok(()),
    }
}

/// Keeps what became of it, as a fact and, where it printed something, as its slip.
pub fn finish(till: &mut Till, id: i64, end: &DayEnd) -> Result<()> {
    let tx = till.begin()?;
    let begun = asking(&tx)?.filter(|begun| begun.id == id);
    let begun = begun.ok_or_else(|| Error::Broken(format!("end of day {id} is over already")))?;
    record(&tx, &begun, end)?;
    tx.commit()
}

/// Nobody is asking the terminal any more when the program starts: what became of it is unknown.
pub(crate) fn recover(till: &mut Till) -> Result<()> {
    if asking(till.db())?.is_none() {
        return Ok(());
    }
    let tx = till.begin()?;
    if let Some(begun) = asking(&tx)? {
        record(&tx, &begun, &DayEnd::Unknown(comptoir_hardware::lamp::Cause::Disconnected))?;
    }
    tx.commit()
}

/// How the shift stands that the terminal would be asked about now: the open one, or one before it that it still owes
/// an answer. None when there was no shift yet.
pub fn shown(till: &mut Till, operator: OperatorId) -> Result<Option<TerminalCheck>> {
    let tx = till.begin_reading()?;
    operators::check(&tx, operator, Permission::KeepDrawer)?;
    let Some(shift) = subject(&tx)? else { return Ok(None) };
    let nothing = || TerminalCheck {
        outcome: CheckOutcome::NotAsked,
        at: None,
        ours: Money::zero(tx.store.currency),
        told: None,
        difference: None,
        partial: false,
        cards: Vec::new(),
        terminal: None,
        code: None,
    };
    Ok(Some(of_shift(&tx, &shift)?.unwrap_or_else(nothing)))
}

/// The terminal's totals of a shift beside ours; none when no card has paid in it and nobody has asked.
pub(super) fn of_shift(tx: &Tx<'_>, shift: &Shift) -> Result<Option<TerminalCheck>> {
    let money = |minor| Money::new(minor, tx.store.currency);
    let asked = rows(tx, shift.entry)?;
    let (cards, net) = by_card(tx, shift.entry)?;
    let at_work = asking(tx)?.is_some_and(|begun| begun.shift == shift.id.0);
    let Some(last) = asked.last() else {
        let outcome = if at_work { CheckOutcome::Asking } else { CheckOutcome::NotAsked };
        return Ok((cards > 0 || at_work).then(|| TerminalCheck {
            outcome,
            at: None,
            ours: money(net),
            told: None,
            difference: None,
            partial: false,
            cards: Vec::new(),
            terminal: None,
            code: None,
        }));
    };
    let outcome = if at_work { CheckOutcome::Asking } else { last.outcome };
    let told: Vec<i64> = asked.iter().filter_map(|row| row.total).collect();
    let sum = (!told.is_empty()).then(|| told.iter().sum::<i64>());
    let untold = |row: &Asked| matches!(row.outcome, CheckOutcome::Unknown | CheckOutcome::Untold);
    Ok(Some(TerminalCheck {
        outcome,
        at: Some(local_minute(last.at, tx.utc_offset_minutes)),
        ours: money(net),
        told: sum.map(money),
        difference: sum.filter(|_| outcome == CheckOutcome::Told).map(|sum| money(sum - net)),
        partial: asked[..asked.len() - 1].iter().any(untold),
        cards: told_cards(tx, shift.entry)?,
        terminal: last.terminal,
        code: last.code,
    }))
}

/// What the terminal printed about the ends of its days in a shift.
pub(crate) fn slips(db: &Connection, shift: i64) -> Result<Vec<Vec<String>>> {
    let select = "SELECT slip FROM day_attempt JOIN terminal_check USING (entry)
        WHERE terminal_check.shift = ?1 AND slip IS NOT NULL ORDER BY day_attempt.id";
    let mut select = db.prepare_cached(select)?;
    let read = |row: &Row<'_>| Ok(row.get::<_, String>(0)?.lines().map(str::to_owned).collect());
    Ok(select.query_map([shift], read)?.collect::<rusqlite::Result<_>>()?)
}

/// The rows of a check.
pub(crate) fn project(db: &Connection, entry: i64, fact: &TerminalChecked) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO terminal_check (entry, id, shift, asked_at, at, outcome, total, terminal, code)
         VALUES (?1, ?2, (SELECT entry FROM shift WHERE id = ?3), ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        entry,
        fact.id.0,
        fact.shift.0,
        fact.asked_at,
        fact.at,
        fact.outcome,
        fact.total,
        fact.terminal,
        fact.code,
    ])?;
    let mut insert = db.prepare_cached(
        "INSERT INTO terminal_check_card (terminal_check, kind, total) VALUES (?1, ?2, ?3)",
    )?;
    for card in &fact.cards {
        insert.execute(params![entry, card.kind, card.total])?;
    }
    Ok(())
}

/// An end of day that the terminal is at.
struct Begun {
    id: i64,
    shift: Uuid,
    asked_at: i64,
    asked_by: OperatorId,
}

/// One time that the terminal was asked.
struct Asked {
    outcome: CheckOutcome,
    at: i64,
    total: Option<i64>,
    terminal: Option<u32>,
    code: Option<u8>,
}

fn asking(db: &Connection) -> Result<Option<Begun>> {
    let select = "SELECT id, shift, asked_at, asked_by FROM day_attempt WHERE entry IS NULL";
    let read = |row: &Row<'_>| {
        Ok(Begun {
            id: row.get(0)?,
            shift: Uuid::from_bytes(row.get(1)?),
            asked_at: row.get(2)?,
            asked_by: OperatorId(Uuid::from_bytes(row.get(3)?)),
        })
    };
    Ok(db.prepare_cached(select)?.query_row([], read).optional()?)
}

/// The shift that the terminal's totals are of. Until a card has paid in the open one, they are of the one before it, if
/// that was not told.
fn subject(tx: &Tx<'_>) -> Result<Option<Shift>> {
    let register = tx.identity.register;
    let open = open_shift_of(tx, register)?;
    if let Some(open) = &open
        && (by_card(tx, open.entry)?.0 > 0 || !rows(tx, open.entry)?.is_empty())
    {
        return Ok(Some(open.clone()));
    }
    let select = "SELECT entry FROM shift WHERE register = ?1 AND closed_at IS NOT NULL ORDER BY entry DESC LIMIT 1";
    let last = tx.prepare_cached(select)?.query_row([register], |row| row.get(0)).optional()?;
    let last = last.map(|entry| super::find(tx, entry)).transpose()?;
    let owed = match &last {
        Some(last) => of_shift(tx, last)?.is_some_and(|check| check.is_open()),
        None => false,
    };
    Ok(if owed { last } else { open.or(last) })
}

fn record(tx: &Tx<'_>, begun: &Begun, end: &DayEnd) -> Result<()> {
    let (outcome, day, code) = match end {
        DayEnd::Done(day) if day.total.is_some() => (CheckOutcome::Told, Some(day), None),
        DayEnd::Done(day) => (CheckOutcome::Untold, Some(day), None),
        DayEnd::NotSent(_) => (CheckOutcome::NotReached, None, None),
        DayEnd::Refused { code } => (CheckOutcome::Refused, None, Some(*code)),
        DayEnd::Unknown(_) => (CheckOutcome::Unknown, None, None),
    };
    let total = day.and_then(|day| day.total).and_then(|total| i64::try_from(total).ok());
    let told = total.is_some() || outcome != CheckOutcome::Told;
    let fact = TerminalChecked {
        id: tx.new_id().into(),
        shift: Id::from(begun.shift),
        asked_at: begun.asked_at,
        at: tx.wall,
        outcome: name(if told { outcome } else { CheckOutcome::Untold }).to_owned(),
        currency: tx.store.currency.code().to_owned(),
        total,
        cards: day.map(card_sums).unwrap_or_default(),
        terminal: day.and_then(|day| day.terminal),
        code,
    };
    let entry = tx.record(&Fact::TerminalChecked(fact), Some(begun.asked_by))?;
    let printed = day.map(|day| &day.receipts);
    let lines = printed.into_iter().flat_map(|said| [&said.merchant, &said.other, &said.customer]);
    let lines: Vec<&str> = lines.flatten().map(String::as_str).collect();
    tx.prepare_cached("UPDATE day_attempt SET entry = ?2, slip = ?3 WHERE id = ?1")?
        .execute(params![begun.id, entry, (!lines.is_empty()).then(|| lines.join("\n"))])?;
    Ok(())
}

fn card_sums(day: &Day) -> Vec<CardSum> {
    let sum = |card: &CardTotal| {
        let kind = serde_json::to_value(card.kind).ok()?.as_str()?.to_owned();
        let total = i64::try_from(card.total).ok().filter(|total| *total > 0)?;
        Some(CardSum { kind, total })
    };
    day.cards.iter().filter_map(sum).collect()
}

const fn name(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::Told => "told",
        CheckOutcome::Untold => "untold",
        CheckOutcome::NotReached => "not_reached",
        CheckOutcome::Refused => "refused",
        CheckOutcome::Unknown | CheckOutcome::NotAsked | CheckOutcome::Asking => "unknown",
    }
}

fn outcome_of(name: &str) -> CheckOutcome {
    match name {
        "told" => CheckOutcome::Told,
        "untold" => CheckOutcome::Untold,
        "not_reached" => CheckOutcome::NotReached,
        "refused" => CheckOutcome::Refused,
        _ => CheckOutcome::Unknown,
    }
}

/// Each time that the terminal was asked about a shift, in order.
fn rows(db: &Connection, shift: i64) -> Result<Vec<Asked>> {
    let mut select = db.prepare_cached(
        "SELECT outcome, at, total, terminal, code FROM terminal_check WHERE shift = ?1 ORDER BY entry",
    )?;
    let read = |row: &Row<'_>| {
        Ok(Asked {
            outcome: outcome_of(&row.get::<_, String>(0)?),
            at: row.get(1)?,
            total: row.get(2)?,
            terminal: row.get(3)?,
            code: row.get(4)?,
        })
    };
    Ok(select.query_map([shift], read)?.collect::<rusqlite::Result<_>>()?)
}

fn told_cards(tx: &Tx<'_>, shift: i64) -> Result<Vec<TerminalCard>> {
    let mut select = tx.prepare_cached(
        "SELECT kind, sum(terminal_check_card.total) FROM terminal_check
         JOIN terminal_check_card ON terminal_check = entry WHERE shift = ?1
         GROUP BY kind ORDER BY 2 DESC, kind",
    )?;
    let read = |row: &Row<'_>| {
        Ok(TerminalCard { kind: row.get(0)?, amount: Money::new(row.get(1)?, tx.store.currency) })
    };
    Ok(select.query_map([shift], read)?.collect::<rusqlite::Result<_>>()?)
}

/// How often cards have paid or were given money back in a shift, and what is left of it.
fn by_card(db: &Connection, shift: i64) -> Result<(i64, i64)> {
    let select = "SELECT count(*), coalesce(sum(amount), 0) FROM (
             SELECT amount FROM sale JOIN sale_tender ON sale_tender.sale = sale.entry AND type = 'card'
             WHERE entry > ?1 AND shift = ?1
             UNION ALL
             SELECT -amount FROM return_sale JOIN return_tender ON return_sale = entry AND type = 'card'
             WHERE entry > ?1 AND shift = ?1)";
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    Ok(db.prepare_cached(select)?.query_row([shift], read)?)
}
