//! `verify`: every entry's bytes, chain and signature; every projected table rebuilt from the
//! journal and compared row by row; receipts and Z reports without gap; sums that hold.

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::thread::JoinHandle;

use comptoir_sync::entry::{Chain, DeviceId, Entry, Hash, Scope, Sealed, verify_batch};
use comptoir_sync::facts::Fact;
use ed25519_dalek::VerifyingKey;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};
use serde::Serialize;

use crate::database::Scratch;
use crate::error::{Error, Result};
use crate::home::Home;
use crate::inventory::Moved;
use crate::journal::Head;
use crate::journal::receive::project_foreign;
use crate::till::{Identity, Till, read_identity, write_identity};
use crate::trust::{enrolment, opening};
use crate::{database, journal};

/// Signatures that are checked together.
const BATCH: usize = 2_048;
/// Entries that are read ahead together.
const READ_AHEAD: usize = 128;
/// Every row of every index is looked for: with the 2 MB that SQLite begins with it would read the file many times.
const ROOMY: &str = "PRAGMA cache_size = -64000;";
/// After so many findings the rest is only counted.
const MOST_FINDINGS: usize = 100;

/// The tables that follow from the journal, each with the columns that order it; the largest first, so that two
/// threads that compare them end together.
pub(crate) const PROJECTIONS: &[(&str, &str)] = &[
    ("sale_line", "sale, line"),
    ("stock_movement", "entry, line, kind"),
    ("sale", "entry"),
    ("sale_tax", "sale, code"),
    ("sale_tender", "sale, n"),
    ("chain", "id"),
    ("device", "id"),
    ("operator", "id"),
    ("document_change", "document, entry, place"),
    ("store", "document"),
    ("department", "id"),
    ("product", "id"),
    ("sku", "id"),
    ("gtin", "gtin, sku"),
    ("plu", "plu, sku"),
    ("sku_charge", "sku, charge"),
    ("price", "sku"),
    ("shift", "entry"),
    ("shift_epoch", "shift, epoch"),
    ("shift_closing", "entry"),
    ("cart_void", "entry"),
    ("return_sale", "entry"),
    ("return_line", "return_sale, n"),
    ("return_tax", "return_sale, code"),
    ("return_tender", "return_sale, n"),
    ("return_request", "entry"),
    ("stock", "sku"),
    ("reprint", "entry"),
    ("age_refusal", "entry"),
    ("card_settlement", "entry"),
    ("cash_movement", "entry"),
    ("no_sale", "entry"),
    ("hand_over", "entry"),
    ("drawer_count", "entry"),
    ("terminal_check", "entry"),
    ("terminal_check_card", "terminal_check, kind"),
    ("training", "entry"),
    ("training_end", "entry"),
    ("unprojected", "entry"),
    ("refused_change", "entry, document, hash"),
    ("parked_cart", "document"),
    ("parked_cart_taken", "document, device"),
    ("promotion", "id"),
    ("promotion_goods", "promotion, kind, key"),
    ("customer", "id"),
    ("shelf_place", "sku"),
    ("count_sheet", "id"),
    ("count_line", "count_sheet, sku"),
    ("conflict", "document, map, key, n"),
    ("said_again", "entry"),
    ("hidden", "entry"),
];

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `journal`, or the table.
    pub place: String,
    /// Which entry or row.
    pub key: String,
    /// What is wrong with it.
    pub problem: String,
}

/// What was looked at, and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Verdict {
    /// Whether nothing was found.
    pub ok: bool,
    /// Entries of the journal.
    pub entries: u64,
    /// Chains.
    pub chains: u64,
    /// Rows of projections compared.
    pub rows: u64,
    /// Whether the store's history is still to come: of what others wrote, only what is here was looked at.
    pub history_is_coming: bool,
    /// The first hundred findings.
    pub findings: Vec<Finding>,
    /// All findings.
    pub found: u64,
}

/// Proves a store's books while others may be selling: what is sold meanwhile is left out.
/// `progress` is told entries done and entries in all. A store that an older version of the program wrote is brought
/// up to date first.
pub fn verify(folder: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Verdict> {
    let home = Home::existing(folder)?;
    let mut db = database::open_reader(&home.database())?;
    if database::is_older(&db).unwrap_or(false) {
        drop(Till::open(folder)?);
        db = database::open_reader(&home.database())?;
    }
    let mut verdict = Verdict::default();
    // A damaged file can break any question asked of it; that too is a finding.
    if let Err(error) = run(&db, &mut verdict, progress) {
        verdict.find("database", "", &error.to_string());
    }
    verdict.ok = verdict.found == 0;
    Ok(verdict)
}

fn run(db: &Connection, verdict: &mut Verdict, progress: &mut dyn FnMut(u64, u64)) -> Result<()> {
    let second = same_moment(db)?;
    verdict.history_is_coming = opening::history_is_coming(db)?;
    let identity = read_identity(db)?;
    let path = db.path().unwrap_or_default().to_owned();
    let tables =
        std::thread::spawn(move || check_tables(&database::open_reader(Path::new(&path))?));
    // What a row may hold is checked on the kept rows, and that the rebuilt ones are the same.
    let scratch = Scratch::new()?;
    scratch
        .db
        .execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; BEGIN;")?;
    drop_finders(&scratch.db)?;
    write_identity(&scratch.db, &identity)?;
    let walked = walk(db, second, &scratch.db, &identity, verdict, progress);
    verdict.take(joined(tables)?);
    let second = walked?;
    scratch.db.execute_batch("COMMIT")?;
    let beside = scratch.beside()?;
    let next = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&next);
    let others = std::thread::spawn(move || {
        let mut verdict = Verdict::default();
        compare_next(&second, &beside, &mut verdict, &theirs)?;
        Ok(verdict)
    });
    compare_next(db, &scratch.db, verdict, &next)?;
    compare(db, &scratch.db, verdict, "journal", "id, chain, seq", "id")?;
    compare_search(db, &scratch.db, verdict, "sku_search", "SKU")?;
    compare_search(db, &scratch.db, verdict, "note_search", "sale")?;
    verdict.take(joined(others)?);
    Ok(())
}

/// Begins to read, and answers another reader that sees the same: nothing was recorded between the two.
fn same_moment(db: &Connection) -> Result<Connection> {
    let second = database::open_reader(Path::new(db.path().unwrap_or_default()))?;
    loop {
        let last = |db: &Connection| -> Result<Option<i64>> {
            db.execute_batch(&format!("BEGIN; PRAGMA temp_store = MEMORY; {ROOMY}"))?;
            Ok(db.query_row("SELECT max(id) FROM journal", [], |row| row.get(0))?)
        };
        if last(db)? == last(&second)? {
            return Ok(second);
        }
        for db in [db, &second] {
            db.execute_batch("ROLLBACK")?;
        }
    }
}

fn joined(thread: JoinHandle<Result<Verdict>>) -> Result<Verdict> {
    thread.join().map_err(|_| Error::Broken("a part of the proof panicked".into()))?
}

/// Indexes that only find something for people need not be kept while the tables are rebuilt.
fn drop_finders(scratch: &Connection) -> Result<()> {
    let mut select = scratch
        .prepare("SELECT name FROM sqlite_master WHERE type = 'index' AND name GLOB 'find_*'")?;
    let names: Vec<String> =
        select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for name in names {
        scratch.execute_batch(&format!("DROP INDEX {name}"))?;
    }
    Ok(())
}

/// What the tables say by themselves; on a thread of its own, beside the walk through the journal.
fn check_tables(db: &Connection) -> Result<Verdict> {
    let mut verdict = Verdict::default();
    db.execute_batch(ROOMY)?;
    check_file(db, &mut verdict)?;
    check_numbers(db, &mut verdict)?;
    check_sums(db, &mut verdict)?;
    Ok(verdict)
}

/// SQLite's own idea of the file: pages, and indexes against their tables.
fn check_file(db: &Connection, verdict: &mut Verdict) -> Result<()> {
    let mut select = db.prepare("PRAGMA integrity_check(100)")?;
    for problem in select.query_map([], |row| row.get::<_, String>(0))? {
        let problem = problem?;
        if problem != "ok" {
            verdict.find("database", "", &problem);
        }
    }
    Ok(())
}

/// An entry as the journal keeps it, and what it says.
struct Found {
    id: i64,
    sealed: Sealed,
    hash: Hash,
    said: Result<(Entry, Fact)>,
}

/// Reads the journal a few entries at a time, on a thread of its own; what cannot even be read is a finding.
fn read_journal(db: &Connection, read: &SyncSender<Vec<Found>>) -> Result<Verdict> {
    let mut verdict = Verdict::default();
    let mut select = db.prepare("SELECT id, entry, signature FROM journal ORDER BY id")?;
    let mut rows = select.query([])?;
    let mut found = Vec::with_capacity(READ_AHEAD);
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        verdict.entries += 1;
        let signature: std::result::Result<[u8; 64], _> = row.get(2);
        let (Ok(bytes), Ok(signature)) = (row.get::<_, Vec<u8>>(1), signature) else {
            verdict.find(
                "journal",
                &format!("entry {id}"),
                "entry or signature has the wrong form",
            );
            continue;
        };
        let sealed = Sealed { bytes, signature };
        let hash = sealed.hash();
        let said = Entry::read(&sealed.bytes)
            .map_err(Error::from)
            .and_then(|entry| Fact::read(&entry).map(|fact| (entry, fact)).map_err(Error::from));
        found.push(Found { id, sealed, hash, said });
        if found.len() == READ_AHEAD {
            let full = std::mem::replace(&mut found, Vec::with_capacity(READ_AHEAD));
            if read.send(full).is_err() {
                break;
            }
        }
    }
    let _ = read.send(found);
    Ok(verdict)
}

/// Walks the journal: chain and place here, reading ahead and signatures on other threads, and the
/// projections of every entry into the scratch database. Answers the reader it was given.
fn walk(
    db: &Connection,
    ahead: Connection,
    scratch: &Connection,
    identity: &Identity,
    verdict: &mut Verdict,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Connection> {
    let all = db
        .query_row("SELECT count(*) FROM journal", [], |row| row.get::<_, i64>(0))?
        .unsigned_abs();
    let (to_check, signatures) = mpsc::sync_channel::<Batch>(16);
    let checker = std::thread::spawn(move || {
        signatures.into_iter().flat_map(Batch::forged).collect::<Vec<i64>>()
    });
    let (read, entries) = mpsc::sync_channel(16);
    let reader = std::thread::spawn(move || {
        let verdict = read_journal(&ahead, &read);
        (ahead, verdict)
    });
    let mut keys = BTreeMap::new();
    for other in enrolment::all(db)? {
        enrolment::enrol(scratch, &other)?;
        keys.insert(DeviceId::of(&other.key).0, other.key);
    }
    let enrolled: BTreeSet<[u8; 16]> = keys.keys().copied().collect();
    if let Err(error) = opening::show_again(db, identity, scratch) {
        verdict.find("opening", "", &error.to_string());
    }
    let mut heads: BTreeMap<Chain, Standing> = BTreeMap::new();
    let mut batches: BTreeMap<[u8; 16], Batch> = BTreeMap::new();
    let mut moved = Moved::default();
    let mut done: u64 = 0;

    let mut insert = scratch.prepare(
        "INSERT INTO journal (id, chain, seq, entry, signature) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for Found { id, sealed, hash, said } in entries.into_iter().flatten() {
        done += 1;
        if done.is_multiple_of(1_000) {
            progress(done, all);
        }
        let outcome = said.and_then(|(entry, fact)| {
            let chain = entry.chain();
            let here = chain.scope == Scope::Tenant || entry.store == identity.store;
            if entry.tenant != identity.tenant || !here {
                return Err(Error::Broken("it belongs to another store".into()));
            }
            let standing = match heads.entry(chain) {
                Slot::Occupied(slot) => slot.into_mut(),
                Slot::Vacant(slot) => {
                    slot.insert(Standing { head: journal::head(scratch, &chain)?, hlc: 0 })
                }
            };
            let Head { id: chain_id, seq, hash: head } = standing.head.clone();
            // The chain goes on from here even when this entry does not fit, so that one wrong
            // entry is one finding.
            *standing =
                Standing { head: Head { id: chain_id, seq: entry.seq, hash }, hlc: entry.hlc };
            entry.follows(seq, &head)?;
            let key = key_of(&mut keys, &entry, &fact)?;
            let batch = batches.entry(entry.device).or_insert_with(|| Batch::new(key));
            batch.push(id, hash, sealed.signature);
            if batch.ids.len() >= BATCH {
                let full = std::mem::replace(batch, Batch::new(key));
                to_check
                    .send(full)
                    .map_err(|_| Error::Broken("the checker of signatures stopped".into()))?;
            }
            // Only changes of documents are read again from the journal.
            let kept: &[u8] = match fact.documents().is_some() || fact.said_again().is_some() {
                true => &sealed.bytes,
                false => &[],
            };
            insert.execute(params![id, chain_id, entry.seq, kept, sealed.signature])?;
            // What a disk had lost may be nothing that can be shown beside what was written since.
            if enrolled.contains(&entry.device) || fact.said_again().is_some() {
                project_foreign(scratch, id, &entry, &fact, &sealed, &mut moved)?;
            } else {
                journal::project(scratch, id, &entry, &fact, &sealed, &mut moved)?;
            }
            Ok(())
        });
        if let Err(error) = outcome {
            verdict.find("journal", &format!("entry {id}"), &error.to_string());
        }
    }
    moved.keep(scratch)?;
    for Standing { head, hlc } in heads.values() {
        scratch
            .prepare_cached("UPDATE chain SET seq = ?2, head = ?3, hlc = ?4 WHERE id = ?1")?
            .execute(params![head.id, head.seq, head.hash, hlc.cast_signed()])?;
    }
    for batch in batches.into_values() {
        let _ = to_check.send(batch);
    }
    drop(to_check);
    let forged =
        checker.join().map_err(|_| Error::Broken("the checker of signatures panicked".into()))?;
    for id in forged {
        verdict.find("journal", &format!("entry {id}"), "the signature does not fit the entry");
    }
    let (ahead, unread) =
        reader.join().map_err(|_| Error::Broken("the reader of the journal panicked".into()))?;
    let unread = unread?;
    verdict.entries = unread.entries;
    verdict.take(unread);
    verdict.chains = heads.len() as u64;
    progress(all, all);
    Ok(ahead)
}

/// Where a chain stands during the walk; written down once at its end.
struct Standing {
    head: Head,
    hlc: u64,
}

/// The key of an entry's device: told by the first entry of its chain, and bound to it by its hash.
fn key_of(
    keys: &mut BTreeMap<[u8; 16], VerifyingKey>,
    entry: &Entry,
    fact: &Fact,
) -> Result<VerifyingKey> {
    if let Fact::EpochStarted(started) = fact {
        let bad = |_| Error::Broken("its public key is none".into());
        let key = VerifyingKey::from_bytes(&started.public_key).map_err(bad)?;
        if DeviceId::of(&key) != DeviceId(entry.device) {
            return Err(comptoir_sync::entry::EntryError::WrongDevice.into());
        }
        keys.insert(entry.device, key);
    }
    keys.get(&entry.device)
        .copied()
        .ok_or_else(|| Error::Broken("no entry before it tells the key of its device".into()))
}

/// Signatures of one device, to be checked together.
struct Batch {
    key: VerifyingKey,
    ids: Vec<i64>,
    hashes: Vec<Hash>,
    signatures: Vec<[u8; 64]>,
}

impl Batch {
    fn new(key: VerifyingKey) -> Batch {
        Batch { key, ids: Vec::new(), hashes: Vec::new(), signatures: Vec::new() }
    }

    fn push(&mut self, id: i64, hash: Hash, signature: [u8; 64]) {
        self.ids.push(id);
        self.hashes.push(hash);
        self.signatures.push(signature);
    }

    /// The entries whose signature does not fit.
    fn forged(self) -> Vec<i64> {
        if self.ids.is_empty() || verify_batch(&self.hashes, &self.signatures, &self.key) {
            return Vec::new();
        }
        let fits =
            |n: &usize| verify_batch(&self.hashes[*n..=*n], &self.signatures[*n..=*n], &self.key);
        (0..self.ids.len()).filter(|n| !fits(n)).map(|n| self.ids[n]).collect()
    }
}

/// Compares the tables that no other thread has taken yet.
fn compare_next(
    db: &Connection,
    scratch: &Connection,
    verdict: &mut Verdict,
    next: &AtomicUsize,
) -> Result<()> {
    while let Some((table, order)) = PROJECTIONS.get(next.fetch_add(1, Ordering::Relaxed)) {
        compare(db, scratch, verdict, table, "*", order)?;
    }
    Ok(())
}

/// Compares one table with its rebuilt twin, row by row in the order of its key.
fn compare(
    db: &Connection,
    scratch: &Connection,
    verdict: &mut Verdict,
    table: &str,
    columns: &str,
    order: &str,
) -> Result<()> {
    let sql = format!("SELECT {columns} FROM {table} ORDER BY {order}");
    let (mut kept, mut rebuilt) = (db.prepare(&sql)?, scratch.prepare(&sql)?);
    let names: Vec<String> = kept.column_names().map(str::to_owned).collect();
    let key: Vec<usize> =
        order.split(", ").filter_map(|name| names.iter().position(|known| known == name)).collect();
    let (mut kept, mut rebuilt) = (kept.query([])?, rebuilt.query([])?);
    let (mut left, mut right) = (kept.next()?, rebuilt.next()?);
    loop {
        use std::cmp::Ordering::{Equal, Greater, Less};
        let order = match (left, right) {
            (None, None) => return Ok(()),
            (Some(_), None) => Less,
            (None, Some(_)) => Greater,
            (Some(left), Some(right)) => by_key(left, right, &key)?,
        };
        match (order, left, right) {
            (Equal, Some(left), Some(right)) => {
                verdict.rows += 1;
                for (n, name) in names.iter().enumerate() {
                    let (is, ought) = (left.get_ref(n)?, right.get_ref(n)?);
                    if is != ought {
                        verdict.find(
                            table,
                            &describe(left, &key)?,
                            &format!("{name} is {} and ought to be {}", show(is), show(ought)),
                        );
                    }
                }
            }
            (Less, Some(left), _) => {
                verdict.find(table, &describe(left, &key)?, "does not follow from the journal")
            }
            (_, _, Some(right)) => verdict.find(
                table,
                &describe(right, &key)?,
                "follows from the journal and is missing",
            ),
            _ => {}
        }
        if order != Greater {
            left = kept.next()?;
        }
        if order != Less {
            right = rebuilt.next()?;
        }
    }
}

fn by_key(left: &Row<'_>, right: &Row<'_>, key: &[usize]) -> Result<std::cmp::Ordering> {
    for n in key {
        let order = match (left.get_ref(*n)?, right.get_ref(*n)?) {
            (ValueRef::Integer(a), ValueRef::Integer(b)) => a.cmp(&b),
            (ValueRef::Text(a), ValueRef::Text(b)) | (ValueRef::Blob(a), ValueRef::Blob(b)) => {
                a.cmp(b)
            }
            _ => std::cmp::Ordering::Equal,
        };
        if order.is_ne() {
            return Ok(order);
        }
    }
    Ok(std::cmp::Ordering::Equal)
}

fn describe(row: &Row<'_>, key: &[usize]) -> Result<String> {
    let parts: std::result::Result<Vec<String>, rusqlite::Error> =
        key.iter().map(|n| row.get_ref(*n).map(show)).collect();
    Ok(parts?.join(" "))
}

fn show(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "nothing".into(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => format!("{:?}", String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// The words that find each `what`, term by term.
fn compare_search(
    db: &Connection,
    scratch: &Connection,
    verdict: &mut Verdict,
    table: &str,
    what: &str,
) -> Result<()> {
    for db in [db, scratch] {
        db.execute_batch(&format!(
            "CREATE VIRTUAL TABLE temp.{table}_words USING fts5vocab('main', '{table}', 'instance');"
        ))?;
    }
    let sql = format!("SELECT term, doc FROM temp.{table}_words");
    let (mut kept, mut rebuilt) = (db.prepare(&sql)?, scratch.prepare(&sql)?);
    let (mut kept, mut rebuilt) = (kept.query([])?, rebuilt.query([])?);
    loop {
        match (kept.next()?, rebuilt.next()?) {
            (None, None) => return Ok(()),
            (Some(left), Some(right)) => {
                let (is, ought) = (word(left)?, word(right)?);
                verdict.rows += 1;
                if is != ought {
                    let problem = format!(
                        "finds {what} {} where the journal says {:?} finds {what} {}",
                        is.1, ought.0, ought.1
                    );
                    verdict.find(table, &format!("{:?}", is.0), &problem);
                    return Ok(());
                }
            }
            (Some(row), None) => {
                verdict.find(table, &word(row)?.0, "does not follow from the journal");
                return Ok(());
            }
            (None, Some(row)) => {
                verdict.find(table, &word(row)?.0, "follows from the journal and is missing");
                return Ok(());
            }
        }
    }
}

fn word(row: &Row<'_>) -> Result<(String, i64)> {
    Ok((row.get(0)?, row.get(1)?))
}

/// Receipts and Z reports are numbered from 1 without gap.
fn check_numbers(db: &Connection, verdict: &mut Verdict) -> Result<()> {
    for (place, sql) in [
        (
            "sale",
            // Both halves of a till that ran twice went on from one number. Of a chain that is still to come, what was said
            // again of it may be here before.
            "SELECT register || '-' || epoch, count(DISTINCT number), max(number)
             FROM (SELECT register, epoch, number FROM sale UNION ALL SELECT register, epoch, number FROM return_sale)
             WHERE (register, epoch) NOT IN (SELECT device.register, said.epoch FROM said_again AS said
                 JOIN device ON device.id = said.device WHERE said.seq > 1 + coalesce((
                 SELECT max(known.seq) FROM (
                     SELECT chain.seq FROM chain WHERE chain.device = said.device AND chain.epoch = said.epoch AND chain.scope = said.scope
                     UNION ALL SELECT before.seq FROM said_again AS before WHERE before.device = said.device
                         AND before.epoch = said.epoch AND before.scope = said.scope AND before.seq < said.seq) AS known), 0))
             GROUP BY register, epoch",
        ),
        (
            // Of a register that began anew, the one or other Z may stand in a history that is elsewhere.
            "shift",
            "SELECT register, count(*), max(z_number) FROM shift_closing GROUP BY register
             HAVING register NOT IN (SELECT register FROM shift_epoch
                 GROUP BY register HAVING count(DISTINCT epoch) > 1 OR count(number) < count(*))",
        ),
    ] {
        let mut select = db.prepare(sql)?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let (count, highest): (i64, i64) = (row.get(1)?, row.get(2)?);
            if count != highest {
                let problem = format!("{count} numbers are used and the highest is {highest}");
                verdict.find(place, &show(row.get_ref(0)?), &problem);
            }
        }
    }
    Ok(())
}

/// Sum of tenders − change − refunds = sum of totals − returned totals + rounding, for each shift and each day;
/// and for each sale and return its tenders, taxes and lines. Rounding of a return counts against it. What goods that
/// came back paid for others is what those were paid with.
fn check_sums(db: &Connection, verdict: &mut Verdict) -> Result<()> {
    for (place, sql) in [
        ("sale", "SELECT entry FROM sale WHERE tendered - change <> total + rounding"),
        (
            "sale",
            "SELECT entry FROM sale WHERE tendered <> (SELECT coalesce(sum(amount), 0) FROM sale_tender WHERE sale = entry)
             OR subtotal <> (SELECT coalesce(sum(amount), 0) FROM sale_line WHERE sale = entry)
             OR total - subtotal <> (SELECT coalesce(sum(amount), 0) FROM sale_tax WHERE sale = entry)",
        ),
        (
            "return_sale",
            "SELECT entry FROM return_sale WHERE refunded <> total + rounding
             OR refunded <> (SELECT coalesce(sum(amount), 0) FROM return_tender WHERE return_sale = entry)
             OR subtotal <> (SELECT coalesce(sum(amount), 0) FROM return_line WHERE return_sale = entry)
             OR total - subtotal <> (SELECT coalesce(sum(amount), 0) FROM return_tax WHERE return_sale = entry)",
        ),
        (
            "return_line",
            "SELECT hex(return_sale.sale) || ' ' || return_line.line FROM return_line
             JOIN return_sale ON return_sale.entry = return_line.return_sale JOIN sale ON sale.id = return_sale.sale
             JOIN sale_line ON sale_line.sale = sale.entry AND sale_line.line = return_line.line
             GROUP BY return_sale.sale, return_line.line
             HAVING sum(return_line.quantity) > min(sale_line.quantity) OR sum(return_line.amount) > min(sale_line.amount)",
        ),
        (
            "return_sale",
            "SELECT return_sale.entry FROM return_sale LEFT JOIN sale ON sale.id = exchange WHERE exchange IS NOT NULL
             AND (SELECT coalesce(sum(amount), 0) FROM return_tender WHERE return_sale = return_sale.entry AND type = 'exchange')
             <> (SELECT coalesce(sum(amount), 0) FROM sale_tender WHERE sale = sale.entry AND type = 'exchange')",
        ),
        (
            "shift",
            "SELECT shift FROM (SELECT shift, amount FROM sale JOIN sale_tender ON sale_tender.sale = sale.entry AND type = 'exchange'
                 UNION ALL SELECT shift, -amount FROM return_sale JOIN return_tender ON return_sale = entry AND type = 'exchange')
             GROUP BY shift HAVING sum(amount) <> 0",
        ),
        (
            "shift",
            "SELECT shift FROM (SELECT shift, tendered - change AS kept, total + rounding AS owed FROM sale
                 UNION ALL SELECT shift, -refunded, -total - rounding FROM return_sale)
             GROUP BY shift HAVING sum(kept) <> sum(owed)",
        ),
        (
            "day",
            "SELECT day FROM (SELECT day, tendered - change AS kept, total + rounding AS owed FROM sale
                 UNION ALL SELECT day, -refunded, -total - rounding FROM return_sale)
             GROUP BY day HAVING sum(kept) <> sum(owed)",
        ),
    ] {
        let mut select = db.prepare(sql)?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            // Registers that did not see each other may each have taken the same goods back.
            let problem = match place {
                "return_line" => "more came back than was sold",
                _ => "does not add up",
            };
            verdict.find(place, &show(row.get_ref(0)?), problem);
        }
    }
    Ok(())
}

impl Verdict {
    /// What another thread found.
    fn take(&mut self, other: Verdict) {
        self.rows += other.rows;
        self.found += other.found;
        self.findings.extend(other.findings);
        self.findings.truncate(MOST_FINDINGS);
    }

    fn find(&mut self, place: &str, key: &str, problem: &str) {
        self.found += 1;
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(Finding {
                place: place.into(),
                key: key.into(),
                problem: problem.into(),
            });
        }
    }
}
