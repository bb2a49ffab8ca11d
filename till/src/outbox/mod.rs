//! The outbox: what has to happen in the world, queued with what causes it and carried out
//! afterwards. A job is marked before its first byte goes out; what a crash or a printer leaves
//! unproven becomes *unknown* and is printed again only when a person says so.

use comptoir_domain::ids::{OperatorId, SaleId};
use comptoir_domain::operators::Permission;
use comptoir_domain::store::ReceiptLanguage;
use comptoir_domain::text::{Language, Text};
use comptoir_hardware::lamp::Cause;
use comptoir_hardware::printer::document::{Document, Drawer};
use comptoir_hardware::printer::driver::Outcome;
use comptoir_hardware::printer::encode;
use comptoir_hardware::printer::layout::Profile;
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::orders::ReceiptReprinted;
use comptoir_sync::replication::paper::Paper;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use ts_rs::TS;

use crate::error::{Error, Result};
use crate::orders::gift_receipt::GiftReceipt;
use crate::orders::receipt::{Receipt, Tongues};
use crate::orders::return_receipt::ReturnReceipt;
use crate::orders::returns;
use crate::payments::hand_over;
use crate::reporting::Subject;
use crate::till::Till;
use crate::till::utc;
use crate::{devices, journal, operators, orders, payments, reporting};

pub mod given;
pub mod preview;
pub mod taken;

use given::{GivenTo, There};

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

impl JobKind {
    fn of(kind: &str) -> JobKind {
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
    const fn word(self) -> &'static str {
        match self {
            JobKind::Duplicate => "duplicate",
            JobKind::Report => "report",
            JobKind::Sales => "sales",
            JobKind::Receipt | JobKind::Test | JobKind::Drawer => "receipt",
        }
    }

    fn of_word(word: &str) -> JobKind {
        match word {
            "duplicate" => JobKind::Duplicate,
            "report" => JobKind::Report,
            "sales" => JobKind::Sales,
            _ => JobKind::Receipt,
        }
    }

    /// As it is told to a neighbour.
    const fn paper(self) -> Paper {
        match self {
            JobKind::Duplicate => Paper::Duplicate,
            JobKind::Report => Paper::Report,
            JobKind::Sales => Paper::Sales,
            JobKind::Receipt | JobKind::Test | JobKind::Drawer => Paper::Receipt,
        }
    }

    /// What only a newer till prints is marked like a receipt when it is printed again.
    const fn of_paper(paper: Paper) -> JobKind {
        match paper {
            Paper::Duplicate => JobKind::Duplicate,
            Paper::Report => JobKind::Report,
            Paper::Sales => JobKind::Sales,
            Paper::Receipt | Paper::Other(_) => JobKind::Receipt,
        }
    }
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

/// What the device is to do for a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Print these bytes.
    Print(Vec<u8>),
    /// Open this drawer.
    Kick(Drawer),
}

/// Queues a job in the transaction that causes it.
pub fn push(tx: &crate::till::Tx<'_>, job: &Job) -> Result<i64> {
    let (kind, subject) = match *job {
        Job::PrintReceipt { sale } => ("print_receipt", sale),
        Job::PrintDuplicate { of } => ("print_duplicate", of),
        Job::PrintReport { shift } => ("print_report", shift),
        // what it is about tells it from an X or a Z
        Job::PrintHandOver { hand_over } => ("print_report", hand_over),
        Job::PrintShiftSales { shift } => ("print_shift_sales", shift),
        Job::PrintDaySales { day } => ("print_day_sales", reporting::number_of(day)),
        Job::PrintTest => ("print_test", 0),
        Job::KickDrawer { cause } => ("kick_drawer", cause),
    };
    tx.prepare_cached("INSERT INTO outbox (kind, subject, created_at) VALUES (?1, ?2, ?3)")?
        .execute(params![kind, subject, tx.wall])?;
    Ok(tx.last_insert_rowid())
}

/// The oldest waiting job and what to do for it, marked as being done. The mark is on disk when
/// this returns, so that a crash from here on leaves the job in question and not lost or doubled.
pub fn take(
    till: &mut Till,
    profile: &Profile,
    language: Option<Language>,
) -> Result<Option<(i64, Work)>> {
    let select = "SELECT id, kind, subject FROM outbox WHERE state = 'waiting'
        ORDER BY kind <> 'kick_drawer', id LIMIT 1";
    let row = |row: &rusqlite::Row<'_>| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
    };
    let Some((id, kind, subject)) =
        till.db.prepare_cached(select)?.query_row([], row).optional()?
    else {
        return Ok(None);
    };
    let work = match kind.as_str() {
        "kick_drawer" => Work::Kick(Drawer::First),
        kind => {
            let paper = paper_of(till, kind, subject, language)?;
            let bytes = encode::encode(&paper, profile)
                .map_err(|error| Error::Broken(format!("receipt: {error}")))?;
            Work::Print(bytes)
        }
    };
    set(&till.db, id, "printing", None)?;
    Ok(Some((id, work)))
}

/// What is printed for a job.
fn paper_of(
    till: &mut Till,
    kind: &str,
    subject: i64,
    language: Option<Language>,
) -> Result<Document> {
    let own = language.unwrap_or(first_language(till));
    match kind {
        "print_day_sales" => return reporting::sheet(till, Subject::Day(subject), own),
        "print_shift_sales" => return reporting::sheet(till, Subject::Shift(subject), own),
        "print_test" => return Ok(devices::test_page(till.store(), own)),
        "print_taken" => {
            let tongues =
                language.map_or_else(|| tongues(till, till.settings().receipt), Tongues::of);
            return taken::paper(&till.db, subject, tongues);
        }
        _ => {}
    }
    let duplicate = kind == "print_duplicate";
    if hand_over::name_of(&till.db, subject)?.is_some() {
        let (shift, done) = hand_over::load(till, subject)?;
        return Ok(payments::paper::hand_over_slip(till.store(), shift, &done, own, duplicate));
    }
    if !is_shift(&till.db, subject)? {
        return receipt(till, subject, duplicate, language);
    }
    let report = payments::report::of_shift(till, subject)?;
    let slips = payments::terminal_check::slips(&till.db, subject)?;
    Ok(payments::paper::document(till.store(), &report, &slips, own, duplicate))
}

fn is_shift(db: &Connection, entry: i64) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM shift WHERE entry = ?1")?.exists([entry])?)
}

/// What receipts are printed in, here.
pub fn tongues(till: &Till, receipt: Option<ReceiptLanguage>) -> Tongues {
    let first = first_language(till);
    match receipt {
        None => Tongues::of(first),
        Some(ReceiptLanguage::En) => Tongues::of(Language::En),
        Some(ReceiptLanguage::Fr) => Tongues::of(Language::Fr),
        Some(ReceiptLanguage::Both) => {
            let second = if first == Language::En { Language::Fr } else { Language::En };
            Tongues { first, second: Some(second) }
        }
    }
}

fn first_language(till: &Till) -> Language {
    till.store().languages.first().copied().unwrap_or(Language::En)
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

/// After a start: what was being printed when the program stopped is in question.
pub fn recover(till: &Till) -> Result<()> {
    till.db.execute(
        "UPDATE outbox SET state = iif(kind = 'kick_drawer', 'discarded', 'unknown') WHERE state = 'printing'",
        [],
    )?;
    Ok(())
}

/// A printer that cannot print does not open the drawer either, and later is too late.
pub fn give_up_drawer(till: &Till) -> Result<()> {
    till.db.execute(
        "UPDATE outbox SET state = 'discarded' WHERE kind = 'kick_drawer' AND state = 'waiting'",
        [],
    )?;
    Ok(())
}

/// An X that was not printed while its shift was open would come out as a second Z.
pub(crate) fn give_up_x(db: &Connection, shift: i64) -> Result<()> {
    db.prepare_cached(
        "UPDATE outbox SET state = 'discarded' WHERE kind = 'print_report' AND subject = ?1 AND state = 'waiting'",
    )?
    .execute([shift])?;
    Ok(())
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
fn name_of(till: &Till, kind: &str, subject: i64) -> Result<String> {
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

/// The receipt of a sale or a return, or a gift receipt, as a document. Without a language, in those of the store.
pub fn receipt(
    till: &Till,
    entry: i64,
    duplicate: bool,
    language: Option<Language>,
) -> Result<Document> {
    let settings = till.settings();
    let tongues = language.map_or_else(|| tongues(till, settings.receipt), Tongues::of);
    laid_out(till, entry, duplicate, tongues, &settings.receipt_foot)
}

/// The receipt of a sale as it would be in other languages and with other words at its foot.
pub fn receipt_in(
    till: &Till,
    entry: i64,
    receipt: Option<ReceiptLanguage>,
    foot: &Text,
) -> Result<Document> {
    laid_out(till, entry, false, tongues(till, receipt), foot)
}

fn laid_out(
    till: &Till,
    entry: i64,
    duplicate: bool,
    tongues: Tongues,
    foot: &Text,
) -> Result<Document> {
    let store = till.store();
    let rates = |at: i64| {
        let day = crate::till::local(at, &till.zone()).date();
        till.taxes().in_force(store.region, day)
    };
    if is_return(&till.db, entry)? {
        let back = &returns::load(&till.db, entry)?;
        let rates = &match &back.of {
            Some(of) => rates(orders::find(&till.db, of.id)?.completed_at),
            None => rates(back.completed_at),
        };
        let served_by = &operators::name_of(&till.db, back.operator)?;
        let slips = &payments::card::spend::slips(&till.db, entry)?;
        let receipt = ReturnReceipt { store, back, served_by, rates, tongues, slips, duplicate };
        return Ok(receipt.document());
    }
    if let Fact::ReceiptReprinted(ReceiptReprinted {
        sale: Some(sale), gift: Some(lines), ..
    }) = journal::read_fact(&till.db, entry)?.1
    {
        let sale = &orders::find(&till.db, SaleId(sale.into()))?;
        return Ok(GiftReceipt { store, sale, lines: &lines, tongues, foot, duplicate }.document());
    }
    let sale = &orders::load(&till.db, entry)?;
    let (served_by, rates) =
        (&operators::name_of(&till.db, sale.operator)?, &rates(sale.completed_at));
    let slips = &payments::card::spend::slips(&till.db, entry)?;
    Ok(Receipt { store, sale, served_by, rates, tongues, foot, slips, duplicate }.document())
}

fn is_return(db: &Connection, entry: i64) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM return_sale WHERE entry = ?1")?.exists([entry])?)
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
