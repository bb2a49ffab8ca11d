//! The outbox: what has to happen in the world, queued with what causes it and carried out
//! afterwards. A job is marked before its first byte goes out; what a crash or a printer leaves
//! unproven becomes *unknown* and is printed again only when a person says so.

use comptoir_hardware::lamp::Cause;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use ts_rs::TS;

use crate::error::{Error, Result};
use crate::reporting;
use crate::till::{Till, Tx};

mod carry_out;
pub mod given;
mod paper;
pub mod preview;
mod rows;
pub mod taken;

pub(crate) use carry_out::give_up_x;
pub use carry_out::{Work, finish, give_up_drawer, recover, settle, take};
use paper::{Queued, paper_of};
pub use paper::{receipt, receipt_in, tongues};
use rows::name_of;
pub use rows::{JobKind, JobRow, Jobs, UnknownJob, jobs, list};

/// What has to be done. Sales, returns and gift receipts are named by their place in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// The first receipt of a sale or a return, or a gift receipt.
    PrintReceipt {
        /// Which.
        sale: i64,
    },
    /// A further one, or a further Z, marked as a duplicate.
    PrintDuplicate {
        /// Of which sale, return, shift or hand-over.
        of: i64,
    },
    /// The X of an open shift, the Z of a closed one.
    PrintReport {
        /// Of which.
        shift: i64,
    },
    /// The X of an open shift for whoever counts its drawer blind.
    PrintBlindReport {
        /// Of which.
        shift: i64,
    },
    /// The slip of a drawer that was handed over.
    PrintHandOver {
        /// Place of the hand-over in the journal.
        hand_over: i64,
    },
    /// What a shift sold.
    PrintShiftSales {
        /// Place of its opening in the journal.
        shift: i64,
    },
    /// What a day sold.
    PrintDaySales {
        /// Which.
        day: Date,
    },
    /// A page that shows what the printer can.
    PrintTest,
    /// The cash drawer opens.
    KickDrawer {
        /// For which entry: a sale, a return, cash that moves, or no sale.
        cause: i64,
    },
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Nothing was sent yet.
    Waiting,
    /// Being sent.
    Printing,
    /// The printer confirmed it.
    Printed,
    /// Sent to a printer that confirms nothing.
    Sent,
    /// Perhaps on paper: a person has to look.
    Unknown,
    /// Given up.
    Discarded,
    /// Given to a neighbour's printer.
    Given,
}

/// Why a job cannot be settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "OutboxRefusal")]
pub enum Refusal {
    /// There is no such job, or it is not in question.
    #[error("there is no print job {job} in question")]
    NoSuchJob {
        /// As asked for.
        job: i64,
    },
    /// Nothing waits that a neighbour could print.
    #[error("nothing waits to be printed")]
    NothingToGive,
    /// No neighbour that could print is connected under that name.
    #[error("that neighbour cannot print now")]
    NeighbourCannotPrint,
}

/// Queues a job in the transaction that causes it. The drawer, with real cash in it, stays shut in a training: nothing is
/// queued then, and the answer is no job's number.
pub fn push(tx: &Tx<'_>, job: &Job) -> Result<i64> {
    if tx.identity.training().is_some() && matches!(job, Job::KickDrawer { .. }) {
        return Ok(0);
    }
    let (kind, subject) = match *job {
        Job::PrintReceipt { sale } => ("print_receipt", sale),
        Job::PrintDuplicate { of } => ("print_duplicate", of),
        Job::PrintReport { shift } | Job::PrintBlindReport { shift } => ("print_report", shift),
        // what it is about tells it from an X or a Z
        Job::PrintHandOver { hand_over } => ("print_report", hand_over),
        Job::PrintShiftSales { shift } => ("print_shift_sales", shift),
        Job::PrintDaySales { day } => ("print_day_sales", reporting::number_of(day)),
        Job::PrintTest => ("print_test", 0),
        Job::KickDrawer { cause } => ("kick_drawer", cause),
    };
    let blind = matches!(job, Job::PrintBlindReport { .. });
    tx.prepare_cached(
        "INSERT INTO outbox (kind, subject, blind, created_at) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![kind, subject, blind, tx.wall])?;
    Ok(tx.last_insert_rowid())
}

/// How far the receipt of a sale or of a return is, and the opening of the drawer for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct ReceiptJobs {
    /// The receipt's.
    pub receipt_job: JobState,
    /// The drawer's.
    pub drawer_job: JobState,
}

/// How far what was queued for an entry is. Without jobs it was made by a script, or long ago: nothing waits for it.
pub fn receipt_jobs(db: &Connection, entry: i64) -> Result<ReceiptJobs> {
    let state =
        |drawer| Ok::<_, Error>(receipt_state(db, entry, drawer)?.unwrap_or(JobState::Printed));
    Ok(ReceiptJobs { receipt_job: state(false)?, drawer_job: state(true)? })
}

/// How far the receipt of a sale is: that of the job queued last.
pub fn receipt_state(db: &Connection, sale: i64, drawer: bool) -> Result<Option<JobState>> {
    let select = "SELECT state FROM outbox WHERE subject = ?1 AND (kind = 'kick_drawer') = ?2 ORDER BY id DESC LIMIT 1";
    let state: Option<String> =
        db.prepare_cached(select)?.query_row(params![sale, drawer], |row| row.get(0)).optional()?;
    Ok(state.and_then(|state| JobState::parse(&state)))
}

/// The sale or return that a job is about, if it is about one.
pub fn sale_of(db: &Connection, job: i64) -> Result<Option<i64>> {
    let select = "SELECT subject FROM outbox WHERE id = ?1 AND (EXISTS (SELECT 1 FROM sale WHERE entry = subject)
        OR EXISTS (SELECT 1 FROM return_sale WHERE entry = subject))";
    Ok(db.prepare_cached(select)?.query_row([job], |row| row.get(0)).optional()?)
}

/// Forgets jobs that were done before the open shift began.
pub fn sweep(till: &Till) -> Result<()> {
    till.db.execute(
        "DELETE FROM outbox WHERE state IN ('printed', 'sent', 'discarded')
         AND created_at < coalesce((SELECT max(opened_at) FROM shift), 0)",
        [],
    )?;
    Ok(())
}

impl JobState {
    const ALL: [JobState; 7] = [
        JobState::Waiting,
        JobState::Printing,
        JobState::Printed,
        JobState::Sent,
        JobState::Unknown,
        JobState::Discarded,
        JobState::Given,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            JobState::Waiting => "waiting",
            JobState::Printing => "printing",
            JobState::Printed => "printed",
            JobState::Sent => "sent",
            JobState::Unknown => "unknown",
            JobState::Discarded => "discarded",
            JobState::Given => "given",
        }
    }

    fn parse(name: &str) -> Option<JobState> {
        JobState::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

fn set(db: &Connection, job: i64, state: &str, cause: Option<Cause>) -> Result<()> {
    let cause = cause.map(|cause| format!("{cause:?}"));
    db.prepare_cached("UPDATE outbox SET state = ?2, cause = ?3 WHERE id = ?1")?
        .execute(params![job, state, cause])?;
    Ok(())
}
