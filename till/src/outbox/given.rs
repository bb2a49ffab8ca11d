//! Jobs that are given to a neighbour's printer because this one cannot print. A job leaves what prints
//! here in the transaction that draws its token, before anything is said to anybody; from then on only
//! the neighbour's answer or a person ends it, and nothing of it is printed here by itself.

use comptoir_domain::ids::OperatorId;
use comptoir_domain::operators::Permission;
use comptoir_sync::entry::DeviceId;
use comptoir_sync::replication::paper::{
    Asked, How, JobAt, JobId, MOST_DOCUMENT_BYTES, PrintJob, Why, Wish,
};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use ts_rs::TS;

use super::{JobKind, Queued, Refusal};
use crate::error::{Error, Result};
use crate::till::Till;
use crate::{operators, training};

/// What a neighbour said of a job that it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "JobThere")]
pub enum There {
    /// Nothing yet.
    Asked,
    /// It waits there for the printer.
    Waiting,
    /// It is being printed there.
    Printing,
    /// Perhaps on paper there: a person has to look.
    Unknown,
    /// It is printed there.
    Printed,
    /// It is not printed there: it prints here again.
    Back,
}

/// A job that is at a neighbour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct GivenTo {
    /// The neighbour's device.
    pub device: String,
    /// Its register.
    pub register: u32,
    /// What it said.
    pub there: There,
    /// It was asked to give the job back, and has not answered.
    pub asked_back: bool,
}

/// Why a neighbour did not take a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NotTaken {
    /// It was asked back.
    GivenBack,
    /// Its printer cannot print either.
    PrinterStopped,
    /// It has no printer.
    NoPrinter,
    /// Too many wait there already.
    Full,
    /// It cannot print what this till lays out: one of the two is older.
    CannotPrintIt,
    /// It does not believe this till.
    NotBelieved,
}

/// What became of what was given together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Giving {
    /// Its number.
    pub giving: i64,
    /// To which register.
    pub register: u32,
    /// How many jobs.
    pub jobs: u64,
    /// How many of them it has taken.
    pub taken: u64,
    /// How many are printed.
    pub printed: u64,
    /// How many ask for a person.
    pub unknown: u64,
    /// How many came back.
    pub back: u64,
    /// Why the last of those came back.
    pub why: Option<NotTaken>,
}

/// What has to be said to a neighbour.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ToSay {
    /// Jobs that it has not answered for, in their order.
    pub print: Vec<PrintJob>,
    /// What is wanted of those that it has.
    pub ask: Vec<Asked>,
}

/// Gives a neighbour every job that would print by itself, in their order. A test page stays: it tries this printer.
/// Answers how many were given; they are on disk as such when it returns.
pub fn give(till: &mut Till, by: OperatorId, to: DeviceId, register: u32) -> Result<usize> {
    operators::check(till.db(), by, Permission::Reprint)?;
    training::check_none(till.db())?;
    let mut papers = Vec::new();
    for queued in waiting(till.db())? {
        let paper = super::paper_of(till, &queued, None)?;
        let document =
            serde_json::to_string(&paper).map_err(|error| Error::Broken(error.to_string()))?;
        // What nobody would take stays.
        if document.len() <= MOST_DOCUMENT_BYTES {
            let name = super::name_of(till, &queued.kind, queued.subject)?;
            papers.push((queued.job, JobKind::of(&queued.kind).word(), name, document));
        }
    }
    if papers.is_empty() {
        return Err(Refusal::NothingToGive.into());
    }
    let given = papers.len();
    let tx = till.begin()?;
    // What ended is told of until there is something newer, which has a number of its own.
    let giving: i64 =
        tx.query_row("SELECT coalesce(max(giving), 0) + 1 FROM given_job", [], |row| row.get(0))?;
    tx.execute("DELETE FROM given_job WHERE job IS NULL AND wish <> 'forget'", [])?;
    for (job, what, name, document) in papers {
        let token = tx.new_id();
        tx.prepare_cached(
            "INSERT INTO given_job (token, job, device, register, giving, what, name, document)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            token.as_bytes(),
            job,
            to.0,
            register,
            giving,
            what,
            name,
            document
        ])?;
        super::set(&tx, job, "given", None)?;
    }
    tx.commit()?;
    Ok(given)
}

/// Asks the neighbour to give a job back. It comes back if nothing of it was sent to the printer there.
pub fn take_back(till: &Till, by: OperatorId, job: i64) -> Result<()> {
    operators::check(till.db(), by, Permission::Reprint)?;
    let update = "UPDATE given_job SET wish = 'back' WHERE job = ?1 AND there <> 'unknown'";
    if till.db().execute(update, [job])? == 0 {
        return Err(Refusal::NoSuchJob { job }.into());
    }
    Ok(())
}

/// A person settled a job that is at a neighbour, who is to do nothing more about it.
pub(super) fn forget(db: &Connection, job: i64) -> Result<()> {
    db.prepare_cached(
        "UPDATE given_job SET job = NULL, document = NULL, wish = 'forget' WHERE job = ?1",
    )?
    .execute([job])?;
    Ok(())
}

/// What has to be said to a neighbour as of now: all of it may be said again.
pub fn to_say(db: &Connection, to: DeviceId) -> Result<ToSay> {
    let mut select = db.prepare_cached(
        "SELECT token, what, name, document, there, wish FROM given_job
         WHERE device = ?1 AND (job IS NOT NULL OR wish = 'forget') ORDER BY giving, job",
    )?;
    let mut rows = select.query([to.0])?;
    let mut say = ToSay::default();
    while let Some(row) = rows.next()? {
        let (id, document): (JobId, Option<String>) = (row.get(0)?, row.get(3)?);
        let (there, wish): (String, String) = (row.get(4)?, row.get(5)?);
        match (wish.as_str(), document) {
            ("print", Some(document)) if there == "asked" => {
                let what = JobKind::of_word(&row.get::<_, String>(1)?).paper();
                say.print.push(PrintJob { id, what, name: row.get(2)?, document });
            }
            (wish, _) => say.ask.push(Asked { id, wish: wish_of(wish) }),
        }
    }
    Ok(say)
}

/// A neighbour says how far jobs are that it was given. Answers whether that was news.
pub fn heard(till: &mut Till, from: DeviceId, jobs: &[JobAt]) -> Result<bool> {
    let tx = till.begin()?;
    let mut news = false;
    for job in jobs {
        news |= heard_of(&tx, from, job)?;
    }
    tx.commit()?;
    Ok(news)
}

fn heard_of(db: &Connection, from: DeviceId, at: &JobAt) -> Result<bool> {
    let select = "SELECT job, there, wish FROM given_job WHERE token = ?1 AND device = ?2";
    let found = db
        .prepare_cached(select)?
        .query_row(params![at.id, from.0], |row| {
            Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })
        .optional()?;
    let Some((job, there, wish)) = found else { return Ok(false) };
    let Some(job) = job else {
        // Whoever settled it here wants to hear nothing but that it is put away there.
        if wish == "forget" && matches!(at.how, How::Printed | How::Sent | How::NotHere) {
            db.prepare_cached("DELETE FROM given_job WHERE token = ?1")?.execute([at.id])?;
        }
        return Ok(false);
    };
    match at.how {
        How::Waiting => they_say(db, at.id, &there, "waiting"),
        How::Printing => they_say(db, at.id, &there, "printing"),
        // It was there and is not any more: its disk went back in time. Nobody knows what was printed.
        How::Unheard if there == "asked" => Ok(false),
        How::Unknown | How::Unheard => they_say(db, at.id, &there, "unknown"),
        How::Printed | How::Sent => {
            let done = if at.how == How::Printed { "printed" } else { "sent" };
            super::set(db, job, done, None)?;
            ended(db, at.id, "printed", None)
        }
        How::NotHere => {
            let state = if comes_too_late(db, job, at.id)? { "discarded" } else { "waiting" };
            super::set(db, job, state, None)?;
            ended(db, at.id, "back", at.why)
        }
        How::Other(_) => Ok(false),
    }
}

/// Whoever has a job needs its document no more; one that may be on paper does not come back by being asked for.
fn they_say(db: &Connection, token: JobId, before: &str, there: &str) -> Result<bool> {
    db.prepare_cached(
        "UPDATE given_job SET there = ?2, document = NULL,
             wish = iif(?2 = 'unknown' AND wish = 'back', 'print', wish)
         WHERE token = ?1",
    )?
    .execute(params![token, there])?;
    Ok(before != there)
}

fn ended(db: &Connection, token: JobId, there: &str, why: Option<Why>) -> Result<bool> {
    let why = why.map(|why| NotTaken::of(why).as_str());
    db.prepare_cached(
        "UPDATE given_job SET job = NULL, document = NULL, there = ?2, why = ?3, wish = 'print' WHERE token = ?1",
    )?
    .execute(params![token, there, why])?;
    Ok(true)
}

/// An X whose shift was closed meanwhile would come out as a second Z.
fn comes_too_late(db: &Connection, job: i64, token: JobId) -> Result<bool> {
    let select = "SELECT 1 FROM outbox JOIN given_job ON token = ?2 JOIN shift ON shift.entry = outbox.subject
        WHERE outbox.id = ?1 AND outbox.kind = 'print_report' AND name = 'X' AND shift.closed_at IS NOT NULL";
    Ok(db.prepare_cached(select)?.exists(params![job, token])?)
}

/// Where a job is that was given.
pub(super) fn given_to(db: &Connection, job: i64) -> Result<Option<GivenTo>> {
    let select = "SELECT device, register, there, wish FROM given_job WHERE job = ?1";
    let found = db.prepare_cached(select)?.query_row([job], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?))
    });
    let Some((device, register, there, wish)) = found.optional()? else { return Ok(None) };
    let device = DeviceId(device).to_string();
    Ok(Some(GivenTo { device, register, there: There::of(&there), asked_back: wish == "back" }))
}

/// What became of what was given last, and not settled by a person meanwhile.
pub fn last(db: &Connection) -> Result<Option<Giving>> {
    let select = "SELECT giving, register, count(*), sum(there <> 'asked' AND there <> 'back'), sum(there = 'printed'),
            sum(there = 'unknown'), sum(there = 'back'), max(why)
         FROM given_job WHERE wish <> 'forget' GROUP BY giving ORDER BY giving DESC LIMIT 1";
    let giving = db.prepare_cached(select)?.query_row([], |row| {
        Ok(Giving {
            giving: row.get(0)?,
            register: row.get(1)?,
            jobs: row.get(2)?,
            taken: row.get(3)?,
            printed: row.get(4)?,
            unknown: row.get(5)?,
            back: row.get(6)?,
            why: row.get::<_, Option<String>>(7)?.as_deref().and_then(NotTaken::parse),
        })
    });
    Ok(giving.optional()?)
}

/// What would print by itself, in its order.
fn waiting(db: &Connection) -> Result<Vec<Queued>> {
    let mut select = db.prepare_cached(
        "SELECT id, kind, subject, blind FROM outbox WHERE state = 'waiting'
            AND kind <> 'kick_drawer' AND kind <> 'print_test' AND kind <> 'print_taken' ORDER BY id",
    )?;
    let rows = select.query_map([], Queued::of)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn wish_of(wish: &str) -> Wish {
    match wish {
        "back" => Wish::GiveBack,
        "forget" => Wish::Forget,
        _ => Wish::Tell,
    }
}

impl There {
    fn of(there: &str) -> There {
        match there {
            "waiting" => There::Waiting,
            "printing" => There::Printing,
            "unknown" => There::Unknown,
            "printed" => There::Printed,
            "back" => There::Back,
            _ => There::Asked,
        }
    }
}

impl NotTaken {
    const ALL: [NotTaken; 6] = [
        NotTaken::GivenBack,
        NotTaken::PrinterStopped,
        NotTaken::NoPrinter,
        NotTaken::Full,
        NotTaken::CannotPrintIt,
        NotTaken::NotBelieved,
    ];

    const fn of(why: Why) -> NotTaken {
        match why {
            Why::GivenBack => NotTaken::GivenBack,
            Why::PrinterStopped => NotTaken::PrinterStopped,
            Why::NoPrinter => NotTaken::NoPrinter,
            Why::Full => NotTaken::Full,
            Why::TooLarge | Why::Unreadable | Why::Other(_) => NotTaken::CannotPrintIt,
            Why::NotBelieved => NotTaken::NotBelieved,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            NotTaken::GivenBack => "given_back",
            NotTaken::PrinterStopped => "printer_stopped",
            NotTaken::NoPrinter => "no_printer",
            NotTaken::Full => "full",
            NotTaken::CannotPrintIt => "cannot_print_it",
            NotTaken::NotBelieved => "not_believed",
        }
    }

    fn parse(name: &str) -> Option<NotTaken> {
        NotTaken::ALL.into_iter().find(|why| why.as_str() == name)
    }
}
