//! Opening SQLite the way the shop needs it: durable before the receipt prints, readable while
//! somebody sells.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::Result;

/// Pages of a copy that are written together: whatever there is.
const ALL_AT_ONCE: i32 = i32::MAX;

mod migrations {
    refinery::embed_migrations!("../migrations/till");
}

/// Opens for writing, and brings the schema up to date.
pub fn open(path: &Path) -> Result<Connection> {
    let mut db = Connection::open(path)?;
    // FULL: a commit is on the disk when it returns, so a sale outlives a power cut. Temporary files stay files: a
    // savepoint's journal in memory is walked from its beginning by every statement, which made an entry of a thousand
    // products take seconds.
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
         PRAGMA cache_size = -16000;",
    )?;
    migrate(&mut db)?;
    prepare(&db)?;
    Ok(db)
}

/// Opens for reading beside a writer.
pub fn open_reader(path: &Path) -> Result<Connection> {
    let db = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    prepare(&db)?;
    Ok(db)
}

/// Opens beside a writer for notes that may be lost with the power: what it writes is on disk when something is that
/// must not be lost.
pub fn open_beside(path: &Path) -> Result<Connection> {
    let db = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    db.execute_batch("PRAGMA synchronous = NORMAL;")?;
    prepare(&db)?;
    Ok(db)
}

/// Whether an older version of the program wrote this schema, and nobody has brought it up to date yet.
pub fn is_older(db: &Connection) -> Result<bool> {
    let select = "SELECT max(version) FROM refinery_schema_history";
    let version: i64 = db.query_row(select, [], |row| row.get(0))?;
    let runner = migrations::migrations::runner();
    let newest =
        runner.get_migrations().iter().map(|migration| i64::from(migration.version())).max();
    Ok(newest.is_some_and(|newest| version < newest))
}

/// An empty database of the same schema in memory, for what can be thrown away. Others of this process can open it
/// by its name.
pub struct Scratch {
    name: String,
    /// The first connection; with it the database goes.
    pub db: Connection,
}

impl Scratch {
    /// A new one.
    pub fn new() -> Result<Scratch> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let name = format!("file:/scratch-{}?vfs=memdb", MADE.fetch_add(1, Ordering::Relaxed));
        let mut db = Connection::open(&name)?;
        db.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -256000;",
        )?;
        migrate(&mut db)?;
        prepare(&db)?;
        Ok(Scratch { name, db })
    }

    /// Another connection, which reads what the first has committed.
    pub fn beside(&self) -> Result<Connection> {
        let db = Connection::open(&self.name)?;
        prepare(&db)?;
        Ok(db)
    }
}

/// A migration may make a table anew that others refer to, so nothing is followed before all are done.
fn migrate(db: &mut Connection) -> Result<()> {
    db.execute_batch("PRAGMA foreign_keys = OFF;")?;
    if db.prepare("SELECT 1 FROM sqlite_schema")?.exists([])? {
        migrations::migrations::runner().run(db)?;
        return Ok(());
    }
    copy_schema(db)
}

/// Makes of an empty database, which nobody else has open, what all migrations make of it. They run once a process: for
/// each, SQLite reads again what there is so far, and that takes longer than everything else in a new database.
fn copy_schema(db: &mut Connection) -> Result<()> {
    static MADE: Mutex<Option<Connection>> = Mutex::new(None);
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if made.is_none() {
        let mut first = Connection::open_in_memory()?;
        first.execute_batch("PRAGMA foreign_keys = OFF;")?;
        migrations::migrations::runner().run(&mut first)?;
        *made = Some(first);
    }
    if let Some(made) = &*made {
        Backup::new(made, db)?.run_to_completion(ALL_AT_ONCE, Duration::ZERO, None)?;
    }
    Ok(())
}

fn prepare(db: &Connection) -> Result<()> {
    // Otherwise SQLite, as it is built here, compiles a cached statement again whenever a bound value
    // might suggest another plan: most of what a lookup would take.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.execute_batch("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;")?;
    db.busy_timeout(Duration::from_secs(5))?;
    db.set_prepared_statement_cache_capacity(128);
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    /// What a savepoint holds may be large, and is not kept in memory.
    #[test]
    fn the_journal_of_a_savepoint_is_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let db = open(&folder.path().join("till.db")).unwrap();
        let store: i64 = db.query_row("PRAGMA temp_store", [], |row| row.get(0)).unwrap();
        assert_ne!(store, 2, "in memory");
    }

    /// Whether it is made by the migrations or copied from what they made, a new store keeps its promises on the disk.
    #[test]
    fn a_new_database_is_durable_and_up_to_date() {
        let folder = tempfile::tempdir().unwrap();
        let schema = |db: &Connection| -> Vec<String> {
            let mut select = db.prepare("SELECT sql FROM sqlite_schema ORDER BY 1").unwrap();
            let rows = select.query_map([], |row| row.get::<_, Option<String>>(0)).unwrap();
            rows.filter_map(rusqlite::Result::unwrap).collect()
        };
        let mut migrated = Connection::open_in_memory().unwrap();
        migrations::migrations::runner().run(&mut migrated).unwrap();
        for name in ["first.db", "second.db"] {
            let path = folder.path().join(name);
            let db = open(&path).unwrap();
            let journal: String =
                db.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
            assert_eq!(journal, "wal");
            db.execute_batch("CREATE TABLE kept (n); DROP TABLE kept;").unwrap();
            drop(db);
            let db = open(&path).unwrap();
            assert!(!is_older(&db).unwrap());
            assert_eq!(schema(&db), schema(&migrated));
            assert!(!db.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap());
        }
    }

    /// A lookup runs as it was compiled, whatever it looks for.
    #[test]
    fn a_cached_statement_is_compiled_once() {
        let db = Scratch::new().unwrap().db;
        let select = "SELECT code FROM gtin JOIN sku ON sku.id = gtin.sku JOIN product ON product.id = sku.product
            WHERE gtin = ?1 ORDER BY archived, sku.id LIMIT 1";
        let mut statement = db.prepare(select).unwrap();
        for gtin in 0..10 {
            assert!(!statement.exists([gtin]).unwrap());
        }
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }

    /// Returns of a store from before there were any without a receipt are kept, and what refers to them.
    #[test]
    fn returns_of_an_older_store_are_kept() {
        let mut db = Connection::open_in_memory().unwrap();
        let before = refinery::Target::Version(8);
        migrations::migrations::runner().set_target(before).run(&mut db).unwrap();
        db.execute_batch(
            "INSERT INTO chain VALUES (1, randomblob(16), 1, 0, 4, zeroblob(32), 0);
             INSERT INTO journal SELECT value, 1, value, x'00', zeroblob(64) FROM json_each('[1, 2, 3, 4]');
             INSERT INTO shift (entry, id, register, number, opened_at, opened_by, float) VALUES (1, randomblob(16), 1, 1, 0, x'', 0);
             INSERT INTO sale VALUES (2, zeroblob(16), randomblob(16), 1, 1, 1, 1, 0, 0, 900, 900, 0, 900, 0);
             INSERT INTO return_sale VALUES (3, randomblob(16), zeroblob(16), 1, 1, 2, 1, 0, 0, 900, 900, 0, 900, NULL, 'Stale');
             INSERT INTO return_line VALUES (3, 0, 1, 'CAN', 1000, 900, 1);
             INSERT INTO return_tax VALUES (3, 'HST', 900, 0);
             INSERT INTO return_tender VALUES (3, 0, 'cash', 900, NULL, NULL, NULL, NULL);
             INSERT INTO reprint VALUES (4, 2, 3);",
        )
        .unwrap();
        migrate(&mut db).unwrap();
        prepare(&db).unwrap();
        let kept = "SELECT reason || sku || code || type || reprint.entry FROM return_sale
            JOIN return_line USING (return_sale) JOIN return_tax USING (return_sale) JOIN return_tender USING (return_sale)
            JOIN reprint ON returned = return_sale.entry WHERE exchange IS NULL AND price IS NULL AND gift IS NULL";
        let kept = kept.replace(
            "FROM return_sale",
            "FROM (SELECT *, entry AS return_sale FROM return_sale) AS return_sale",
        );
        let kept: String = db.query_row(&kept, [], |row| row.get(0)).unwrap();
        assert_eq!(kept, "StaleCANHSTcash4");
        assert!(!db.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap());
        let twice = db.execute("INSERT INTO sale VALUES (4, randomblob(16), randomblob(16), 1, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0)", []);
        assert!(twice.unwrap_err().to_string().contains("of a return"), "its guards are there");
        let orphan = db.execute("INSERT INTO return_tax VALUES (2, 'HST', 0, 0)", []);
        assert!(orphan.is_err(), "and what it is referred to by");
        assert!(
            db.prepare("SELECT 1 FROM setting WHERE key = 'read_notes'")
                .unwrap()
                .exists([])
                .unwrap()
        );
    }

    /// A store of the first schema is found by the words it had.
    #[test]
    fn an_older_store_is_brought_up_to_date() {
        let mut db = Connection::open_in_memory().unwrap();
        let first = refinery::Target::Version(1);
        migrations::migrations::runner().set_target(first).run(&mut db).unwrap();
        db.execute_batch(
            "INSERT INTO product VALUES (1, randomblob(16), 'House coffee', 'Café maison', 'd', 'standard', NULL, 0, 'box', NULL),
                 (2, randomblob(16), 'Old coffee', 'Café d''antan', 'd', 'standard', NULL, 1, 'box', NULL);
             INSERT INTO sku VALUES (7, 1, 'COF', 'each', NULL), (8, 2, 'OLD', 'each', NULL);
             INSERT INTO gtin VALUES (623450000012, 7);",
        )
        .unwrap();
        migrate(&mut db).unwrap();
        for (words, expected) in
            [("cafe maison", vec![7]), ("623450", vec![7]), ("cof", vec![7]), ("antan", vec![])]
        {
            let query =
                words.split(' ').map(|word| format!("{word}*")).collect::<Vec<_>>().join(" AND ");
            let mut select =
                db.prepare("SELECT rowid FROM sku_search WHERE sku_search MATCH ?1").unwrap();
            let found: rusqlite::Result<Vec<i64>> =
                select.query_map([query], |row| row.get(0)).unwrap().collect();
            assert_eq!(found.unwrap(), expected, "{words}");
        }
    }

    /// Neither checks nor indexes make SQLite build a table of its own for a row that a sale writes.
    #[test]
    fn a_row_of_a_sale_is_checked_by_comparing() {
        let db = Scratch::new().unwrap().db;
        let written = [
            "journal",
            "sale",
            "sale_line",
            "sale_tax",
            "sale_tender",
            "stock_movement",
            "stock",
            "outbox",
        ];
        for table in written {
            let columns = db.prepare(&format!("SELECT * FROM {table}")).unwrap().column_count();
            let values = vec!["NULL"; columns].join(", ");
            let mut explain =
                db.prepare(&format!("EXPLAIN INSERT INTO {table} VALUES ({values})")).unwrap();
            let steps = explain.query_map([], |row| row.get::<_, String>(1)).unwrap();
            for step in steps {
                assert_ne!(step.unwrap(), "OpenEphemeral", "{table}");
            }
        }
    }

    /// What waits to be printed is found by the index of what waits.
    #[test]
    fn waiting_jobs_are_found_without_looking_at_those_done() {
        let db = Scratch::new().unwrap().db;
        let plan: String = db
            .query_row(
                "EXPLAIN QUERY PLAN SELECT id FROM outbox WHERE state = 'waiting' ORDER BY id LIMIT 1",
                [],
                |row| row.get(3),
            )
            .unwrap();
        assert!(plan.contains("outbox_open"), "{plan}");
    }
}
