//! Carrying jobs out: one is taken, done by a device, and finished; what nobody can be sure of waits for a person.

use comptoir_domain::ids::OperatorId;
use comptoir_domain::operators::Permission;
use comptoir_domain::text::Language;
use comptoir_hardware::printer::document::Drawer;
use comptoir_hardware::printer::driver::Outcome;
use comptoir_hardware::printer::encode;
use comptoir_hardware::printer::layout::Profile;
use rusqlite::{Connection, OptionalExtension};

use super::{JobState, Queued, Refusal, given, paper_of, set, taken};
use crate::error::{Error, Result};
use crate::operators;
use crate::till::Till;

/// What the device is to do for a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Print these bytes.
    Print(Vec<u8>),
    /// Open this drawer.
    Kick(Drawer),
}

/// The oldest waiting job and what to do for it, marked as being done. The mark is on disk when
/// this returns, so that a crash from here on leaves the job in question and not lost or doubled.
pub fn take(
    till: &mut Till,
    profile: &Profile,
    language: Option<Language>,
) -> Result<Option<(i64, Work)>> {
    let select = "SELECT id, kind, subject, blind FROM outbox WHERE state = 'waiting'
        ORDER BY kind <> 'kick_drawer', id LIMIT 1";
    let next = till.db.prepare_cached(select)?.query_row([], Queued::of).optional()?;
    let Some(queued) = next else {
        return Ok(None);
    };
    let work = match queued.kind.as_str() {
        "kick_drawer" => Work::Kick(Drawer::First),
        _ => {
            let paper = paper_of(till, &queued, language)?;
            let bytes = encode::encode(&paper, profile)
                .map_err(|error| Error::Broken(format!("receipt: {error}")))?;
            Work::Print(bytes)
        }
    };
    set(&till.db, queued.job, "printing", None)?;
    Ok(Some((queued.job, work)))
}

/// What became of a job.
pub fn finish(till: &Till, job: i64, outcome: Outcome) -> Result<JobState> {
    let kind: String =
        till.db.query_row("SELECT kind FROM outbox WHERE id = ?1", [job], |row| row.get(0))?;
    let state = match outcome {
        Outcome::Printed => JobState::Printed,
        Outcome::Sent => JobState::Sent,
        // A drawer that opens minutes later, with nobody there, is worse than one that stays shut.
        Outcome::Refused(_) | Outcome::Unknown(_) if kind == "kick_drawer" => JobState::Discarded,
        Outcome::Refused(_) => JobState::Waiting,
        Outcome::Unknown(_) => JobState::Unknown,
    };
    set(&till.db, job, state.as_str(), outcome.cause())?;
    Ok(state)
}

/// Settles a job in question, or one that is at a neighbour who does not answer: it came out, or it is printed again,
/// here, marked as a duplicate.
pub fn settle(till: &Till, operator: OperatorId, job: i64, came_out: bool) -> Result<()> {
    operators::check(&till.db, operator, Permission::Reprint)?;
    let update = match came_out {
        true => {
            "UPDATE outbox SET state = 'printed' WHERE id = ?1 AND (state = 'unknown' OR state = 'given')"
        }
        false => {
            "UPDATE outbox SET state = 'waiting',
                 kind = iif(kind IN ('print_receipt', 'print_report'), 'print_duplicate', kind)
             WHERE id = ?1 AND (state = 'unknown' OR state = 'given')"
        }
    };
    let tx = till.db.unchecked_transaction()?;
    if tx.execute(update, [job])? == 0 {
        return Err(Refusal::NoSuchJob { job }.into());
    }
    if !came_out {
        taken::again(&tx, job)?;
    }
    given::forget(&tx, job)?;
    tx.commit()?;
    Ok(())
}

/// After a start: what was being printed when the program stopped is in question.
pub fn recover(till: &Till) -> Result<()> {
    till.db.execute(
        "UPDATE outbox SET state = iif(kind = 'kick_drawer', 'discarded', 'unknown') WHERE state = 'printing'",
        [],
    )?;
    Ok(())
}

/// A printer that cannot print does not open the drawer either, and later is too late.
/// Answers whether there was one to open.
pub fn give_up_drawer(db: &Connection) -> Result<bool> {
    let given_up = db.execute(
        "UPDATE outbox SET state = 'discarded' WHERE kind = 'kick_drawer' AND state = 'waiting'",
        [],
    )?;
    Ok(given_up > 0)
}

/// An X that was not printed while its shift was open would come out as a second Z.
pub(crate) fn give_up_x(db: &Connection, shift: i64) -> Result<()> {
    db.prepare_cached(
        "UPDATE outbox SET state = 'discarded' WHERE kind = 'print_report' AND subject = ?1 AND state = 'waiting'",
    )?
    .execute([shift])?;
    Ok(())
}
