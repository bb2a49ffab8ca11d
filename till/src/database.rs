//! Opening SQLite the way the shop needs it: durable before the receipt prints, readable while
//! somebody sells.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::Result;

mod migrations {
    refinery::embed_migrations!("../migrations/till");
}

/// Opens for writing, and brings the schema up to date.
pub fn open(path: &Path) -> Result<Connection> {
    let mut db = Connection::open(path)?;
    // FULL: a commit is on the disk when it returns, so a sale outlives a power cut.
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
         PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY;",
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

/// An empty database of the same schema, in memory or in `path`, for what can be thrown away.
pub fn scratch(path: Option<&Path>) -> Result<Connection> {
    let mut db = match path {
        Some(path) => Connection::open(path)?,
        None => Connection::open_in_memory()?,
    };
    db.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -64000;",
    )?;
    migrate(&mut db)?;
    prepare(&db)?;
    Ok(db)
}

fn migrate(db: &mut Connection) -> Result<()> {
    migrations::migrations::runner().run(db)?;
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

    /// A lookup runs as it was compiled, whatever it looks for.
    #[test]
    fn a_cached_statement_is_compiled_once() {
        let db = scratch(None).unwrap();
        let select = "SELECT code FROM gtin JOIN sku ON sku.id = gtin.sku JOIN product ON product.id = sku.product
            WHERE gtin = ?1 ORDER BY archived, sku.id LIMIT 1";
        let mut statement = db.prepare(select).unwrap();
        for gtin in 0..10 {
            assert!(!statement.exists([gtin]).unwrap());
        }
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
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
}
