//! Jobs that neighbours gave to this till's printer. One is taken once, by its token, in the transaction
//! that queues it; what was answered about it is remembered after it is printed or refused, so that
//! whoever asks again hears the same and nothing comes out twice.

use comptoir_domain::text::Language;
use comptoir_hardware::printer::document::{Align, Document, Item, Style};
use comptoir_hardware::printer::encode;
use comptoir_hardware::printer::layout::Profile;
use comptoir_sync::entry::DeviceId;
use comptoir_sync::replication::paper::{
    Asked, How, JobAt, JobId, MOST_DOCUMENT_BYTES, PrintJob, Printer, Why, Wish,
};
use comptoir_sync::replication::vector::Site;
use rusqlite::{Connection, OptionalExtension, params};

use super::JobKind;
use crate::error::{Error, Result};
use crate::orders::receipt::Tongues;
use crate::till::{Till, Tx};
use crate::trust::enrolment;

/// Jobs of neighbours that may wait here: more than a shop prints while somebody changes a roll.
const MOST_WAITING: u64 = 100;
/// Jobs that are remembered after they ended.
const MOST_REMEMBERED: i64 = 10_000;
/// A longer name is cut: it is shown, and nothing else.
const MOST_NAME: usize = 60;

/// Takes in jobs of a neighbour, as far as this till's printer can print. Answers for each how far it is, as it is on
/// disk when this returns; one that was answered before is answered the same.
pub fn take_in(
    till: &mut Till,
    from: DeviceId,
    printer: Printer,
    jobs: &[PrintJob],
) -> Result<Vec<JobAt>> {
    let tx = till.begin()?;
    let mut answers = Vec::with_capacity(jobs.len());
    for job in jobs {
        if let Some(known) = known(&tx, from, job.id)? {
            answers.push(known);
            continue;
        }
        match refuses(&tx, from, printer, job)? {
            None => {
                let id = remember(&tx, from, job, "waiting", None)?;
                tx.prepare_cached(
                    "INSERT INTO outbox (kind, subject, created_at) VALUES ('print_taken', ?1, ?2)",
                )?
                .execute(params![-id, tx.wall])?;
                answers.push(JobAt { id: job.id, how: How::Waiting, why: None });
            }
            Some(why) => {
                // A word that is late finds it refused, too.
                remember(&tx, from, job, "discarded", Some(why))?;
                answers.push(JobAt { id: job.id, how: How::NotHere, why: Some(why) });
            }
        }
    }
    let newest: Option<i64> =
        tx.query_row("SELECT max(id) FROM taken_job", [], |row| row.get(0))?;
    tx.execute(
        "DELETE FROM taken_job WHERE id <= ?1 AND document IS NULL",
        [newest.unwrap_or(0) - MOST_REMEMBERED],
    )?;
    tx.commit()?;
    Ok(answers)
}

/// Does what a neighbour wants of jobs that it gave, and says how far they are.
pub fn asked(till: &mut Till, from: DeviceId, jobs: &[Asked]) -> Result<Vec<JobAt>> {
    let tx = till.begin()?;
    let mut answers = Vec::with_capacity(jobs.len());
    for Asked { id, wish } in jobs {
        let known = known(&tx, from, *id)?;
        let stops = match (wish, known.map(|known| known.how)) {
            (Wish::GiveBack, None | Some(How::Waiting)) => true,
            (Wish::Forget, None | Some(How::Waiting | How::Unknown)) => true,
            (_, None) => {
                answers.push(JobAt { id: *id, how: How::Unheard, why: None });
                continue;
            }
            _ => false,
        };
        if stops {
            stop(&tx, from, *id)?;
            let back = Some(Why::GivenBack);
            answers.push(JobAt { id: *id, how: How::NotHere, why: back });
        } else {
            answers.extend(known);
        }
    }
    tx.commit()?;
    Ok(answers)
}

/// How far the jobs of a neighbour are that have not ended, and those that ended last.
pub fn of(db: &Connection, from: DeviceId) -> Result<Vec<JobAt>> {
    let mut select = db.prepare_cached(
        "SELECT token, state, why FROM taken_job WHERE device = ?1 ORDER BY id DESC LIMIT ?2",
    )?;
    let rows = select.query_map(params![from.0, 2 * MOST_WAITING], at)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The register whose job it is, and how it is called.
pub(super) fn name_of(db: &Connection, subject: i64) -> Result<(JobKind, String, Option<u32>)> {
    let select = "SELECT what, name, register FROM taken_job LEFT JOIN device ON device.id = taken_job.device
        WHERE taken_job.id = -?1";
    let (what, name, register): (String, String, Option<u32>) = db
        .prepare_cached(select)?
        .query_row([subject], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok((JobKind::of_word(&what), name, register))
}

/// A person has it printed again: from then on it is marked.
pub(super) fn again(db: &Connection, job: i64) -> Result<()> {
    db.prepare_cached(
        "UPDATE taken_job SET again = 1
         WHERE id = (SELECT -subject FROM outbox WHERE id = ?1 AND kind = 'print_taken')",
    )?
    .execute([job])?;
    Ok(())
}

/// What is printed for a neighbour's job: its document, which says at its foot whose it is.
pub(super) fn paper(db: &Connection, subject: i64, tongues: Tongues) -> Result<Document> {
    let (what, _, register) = name_of(db, subject)?;
    let select = "SELECT document, again FROM taken_job WHERE id = -?1";
    let (document, again): (Option<String>, bool) =
        db.prepare_cached(select)?.query_row([subject], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let document = document.as_deref().and_then(|text| read(text).ok());
    let mut paper =
        document.ok_or_else(|| Error::Broken("a neighbour's print job has no document".into()))?;
    if again && matches!(what, JobKind::Receipt | JobKind::Report) {
        let mark = format!("*** {} ***", tongues.say(|words| words.duplicate));
        paper.items.insert(0, styled(mark, Style::BOLD_DOUBLE));
    }
    if let Some(register) = register {
        let whose = |language| match language {
            Language::En => "Printed for register",
            Language::Fr => "Imprimé pour la caisse",
        };
        let foot = styled(format!("{} {register}", tongues.both(whose)), Style::NORMAL);
        let is_cut = |item: &Item| matches!(item, Item::PartialCut | Item::FullCut);
        let end = paper.items.iter().rposition(is_cut).unwrap_or(paper.items.len());
        paper.items.insert(end, foot);
    }
    Ok(paper)
}

fn styled(text: String, style: Style) -> Item {
    Item::Text { text, style, align: Align::Centre }
}

/// Why a job is not taken.
fn refuses(tx: &Tx<'_>, from: DeviceId, printer: Printer, job: &PrintJob) -> Result<Option<Why>> {
    let believed = (Site::Store(tx.identity.store.clone()), None);
    if enrolment::standing(tx, from)? != believed {
        return Ok(Some(Why::NotBelieved));
    }
    if let Some(why) = printer.refuses() {
        return Ok(Some(why));
    }
    if job.document.len() > MOST_DOCUMENT_BYTES {
        return Ok(Some(Why::TooLarge));
    }
    if read(&job.document).is_err() {
        return Ok(Some(Why::Unreadable));
    }
    let select = "SELECT count(*) FROM taken_job
        WHERE state = 'waiting' OR state = 'printing' OR state = 'unknown'";
    let waiting: u64 = tx.prepare_cached(select)?.query_row([], |row| row.get(0))?;
    Ok((waiting >= MOST_WAITING).then_some(Why::Full))
}

/// A document that this till's printer can print, and that does nothing but print.
fn read(text: &str) -> std::result::Result<Document, ()> {
    let document: Document = serde_json::from_str(text).map_err(|_| ())?;
    let kicks = |item: &Item| matches!(item, Item::DrawerKick { .. });
    let prints = encode::encode(&document, &Profile::default()).is_ok();
    if prints && !document.items.iter().any(kicks) { Ok(document) } else { Err(()) }
}

fn known(db: &Connection, from: DeviceId, token: JobId) -> Result<Option<JobAt>> {
    let select = "SELECT token, state, why, device FROM taken_job WHERE token = ?1";
    let found = db.prepare_cached(select)?.query_row([token], |row| {
        let device: [u8; 16] = row.get(3)?;
        Ok(match device == from.0 {
            true => at(row)?,
            // A token is drawn by one till: nobody else learns what became of it.
            false => JobAt { id: token, how: How::NotHere, why: Some(Why::NotBelieved) },
        })
    });
    Ok(found.optional()?)
}

fn at(row: &rusqlite::Row<'_>) -> rusqlite::Result<JobAt> {
    let state: String = row.get(1)?;
    let how = match state.as_str() {
        "waiting" => How::Waiting,
        "printing" => How::Printing,
        "printed" => How::Printed,
        "sent" => How::Sent,
        "unknown" => How::Unknown,
        _ => How::NotHere,
    };
    Ok(JobAt { id: row.get(0)?, how, why: row.get::<_, Option<u32>>(2)?.map(Why::numbered) })
}

fn remember(
    tx: &Tx<'_>,
    from: DeviceId,
    job: &PrintJob,
    state: &str,
    why: Option<Why>,
) -> Result<i64> {
    let document = why.is_none().then_some(&job.document);
    let name: String =
        job.name.chars().filter(|letter| !letter.is_control()).take(MOST_NAME).collect();
    tx.prepare_cached(
        "INSERT INTO taken_job (token, device, what, name, document, state, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        job.id,
        from.0,
        JobKind::of_paper(job.what).word(),
        name,
        document,
        state,
        why.map(Why::number)
    ])?;
    Ok(tx.last_insert_rowid())
}

/// Nothing of the job is printed from now on, also if it comes only later.
fn stop(tx: &Tx<'_>, from: DeviceId, token: JobId) -> Result<()> {
    let back = Why::GivenBack.number();
    tx.prepare_cached(
        "INSERT INTO taken_job (token, device, what, name, state) VALUES (?1, ?2, 'receipt', '', 'discarded')
         ON CONFLICT (token) DO NOTHING",
    )?
    .execute(params![token, from.0])?;
    tx.prepare_cached(
        "UPDATE outbox SET state = 'discarded' WHERE kind = 'print_taken'
            AND subject = (SELECT -id FROM taken_job WHERE token = ?1)",
    )?
    .execute([token])?;
    tx.prepare_cached("UPDATE taken_job SET why = ?2 WHERE token = ?1")?
        .execute(params![token, back])?;
    Ok(())
}
