//! Jobs as whoever tends the printer sees them: what is not done, what it is and how it is called.

use comptoir_sync::replication::paper::Paper;
use rusqlite::OptionalExtension;
use serde::Serialize;
use ts_rs::TS;

use super::given::{self, GivenTo, There};
use super::{JobState, taken};
use crate::error::Result;
use crate::payments::hand_over;
use crate::till::{Till, utc};
use crate::{orders, reporting};

/// Jobs that are not done.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, TS)]
pub struct Jobs {
    /// Print by themselves once the printer can.
    pub waiting: u64,
    /// Ask whether they came out.
    pub unknown: Vec<UnknownJob>,
}

/// A job that may have been printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct UnknownJob {
    /// Its number.
    pub job: i64,
    /// Receipt number of its sale or return, `Z 12`, or who handed over to whom.
    pub receipt: String,
}

/// A job as whoever tends the printer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct JobRow {
    /// Its number.
    pub job: i64,
    /// What it is.
    pub what: JobKind,
    /// A receipt number, `Z 12`, a day, or who handed over to whom; empty where there is nothing to name.
    pub name: String,
    /// How far it is.
    pub state: JobState,
    /// What was the matter when it was tried.
    pub cause: Option<String>,
    /// When it was queued: RFC 3339, UTC.
    pub at: String,
    /// The neighbour that it was given to.
    pub given: Option<GivenTo>,
    /// The register that gave it to this one.
    pub from: Option<u32>,
}

/// What a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// A receipt.
    Receipt,
    /// A receipt, a Z or the slip of a hand-over again.
    Duplicate,
    /// An X, a Z, or the slip of a hand-over.
    Report,
    /// What a day or shift sold.
    Sales,
    /// A test page.
    Test,
    /// The drawer.
    Drawer,
}

/// Jobs that are not done.
pub fn jobs(till: &Till) -> Result<Jobs> {
    let waiting = "SELECT count(*) FROM outbox WHERE (state = 'waiting' OR state = 'printing') AND kind <> 'kick_drawer'";
    let waiting = till.db.prepare_cached(waiting)?.query_row([], |row| row.get::<_, i64>(0))?;
    let in_question = list(till)?.into_iter().filter(|job| {
        let there = job.given.as_ref().map(|given| given.there);
        job.state == JobState::Unknown || there == Some(There::Unknown)
    });
    let unknown = in_question.map(|row| UnknownJob { job: row.job, receipt: row.name }).collect();
    Ok(Jobs { waiting: waiting.unsigned_abs(), unknown })
}

/// What is not done yet, the oldest first.
pub fn list(till: &Till) -> Result<Vec<JobRow>> {
    let mut select = till.db.prepare_cached(
        "SELECT id, kind, subject, state, cause, created_at FROM outbox
         WHERE state = 'waiting' OR state = 'printing' OR state = 'unknown' OR state = 'given' ORDER BY id",
    )?;
    let mut rows = select.query([])?;
    let mut jobs = Vec::new();
    while let Some(row) = rows.next()? {
        let (job, kind, subject): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let state: String = row.get(3)?;
        let (what, name, from) = match kind.as_str() {
            "print_taken" => taken::name_of(&till.db, subject)?,
            kind => (JobKind::of(kind), name_of(till, kind, subject)?, None),
        };
        jobs.push(JobRow {
            job,
            what,
            name,
            state: JobState::parse(&state).unwrap_or(JobState::Unknown),
            cause: row.get(4)?,
            at: utc(row.get(5)?),
            given: given::given_to(&till.db, job)?,
            from,
        });
    }
    Ok(jobs)
}

/// What a job is about: a receipt number, `Z 12`, a day, who handed over to whom; nothing for a test and for a drawer.
pub(super) fn name_of(till: &Till, kind: &str, subject: i64) -> Result<String> {
    let z = "SELECT coalesce('Z ' || z_number, 'X') FROM shift WHERE entry = ?1";
    let of_shift = || till.db.prepare_cached(z)?.query_row([subject], |row| row.get(0)).optional();
    Ok(match kind {
        "kick_drawer" | "print_test" => String::new(),
        "print_day_sales" => reporting::day_of(subject)?.to_string(),
        _ => match of_shift()? {
            Some(report) => report,
            None => match hand_over::name_of(&till.db, subject)? {
                Some(names) => names,
                None => orders::receipt_of(&till.db, subject)?,
            },
        },
    })
}

impl JobKind {
    pub(super) fn of(kind: &str) -> JobKind {
        match kind {
            "print_receipt" => JobKind::Receipt,
            "print_duplicate" => JobKind::Duplicate,
            "print_report" => JobKind::Report,
            "print_day_sales" | "print_shift_sales" => JobKind::Sales,
            "print_test" => JobKind::Test,
            _ => JobKind::Drawer,
        }
    }

    /// Its name in the tables of what was given and taken.
    pub(super) const fn word(self) -> &'static str {
        match self {
            JobKind::Duplicate => "duplicate",
            JobKind::Report => "report",
            JobKind::Sales => "sales",
            JobKind::Receipt | JobKind::Test | JobKind::Drawer => "receipt",
        }
    }

    pub(super) fn of_word(word: &str) -> JobKind {
        match word {
            "duplicate" => JobKind::Duplicate,
            "report" => JobKind::Report,
            "sales" => JobKind::Sales,
            _ => JobKind::Receipt,
        }
    }

    /// As it is told to a neighbour.
    pub(super) const fn paper(self) -> Paper {
        match self {
            JobKind::Duplicate => Paper::Duplicate,
            JobKind::Report => Paper::Report,
            JobKind::Sales => Paper::Sales,
            JobKind::Receipt | JobKind::Test | JobKind::Drawer => Paper::Receipt,
        }
    }

    /// What only a newer till prints is marked like a receipt when it is printed again.
    pub(super) const fn of_paper(paper: Paper) -> JobKind {
        match paper {
            Paper::Duplicate => JobKind::Duplicate,
            Paper::Report => JobKind::Report,
            Paper::Sales => JobKind::Sales,
            Paper::Receipt | Paper::Other(_) => JobKind::Receipt,
        }
    }
}
