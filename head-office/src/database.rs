//! PostgreSQL: connections that may do no more than the application must, one tenant per transaction, and
//! migrations that run once however many processes start.

use std::time::Duration;

use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection, PgConnection, Postgres, Transaction};

use crate::error::{Error, Result};

/// The role that all work is done as; the migrations make it.
const ROLE: &str = "SET ROLE comptoir_application";
/// Whoever migrates holds this advisory lock: the first eight bytes of "comptoir".
const MIGRATING: i64 = i64::from_be_bytes(*b"comptoir");
/// A connection that nobody used for longer is asked whether it is still there before it is used again.
const ASK_AFTER: Duration = Duration::from_secs(1);
/// How long whoever asks whether it is there waits for its answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);
/// Until the transaction ends.
const SET: &str = "SELECT set_config($1, $2, true)";

macro_rules! migrations {
    ($($name:literal,)*) => {
        &[$(($name, include_str!(concat!("../../migrations/head-office/", $name, ".sql"))),)*]
    };
}

/// Each once, in this order, and never changed afterwards.
const MIGRATIONS: &[(&str, &str)] = migrations![
    "0001_journal",
    "0002_projections",
    "0003_tenants_apart",
    "0004_trust",
    "0005_api",
    "0006_people",
    "0007_audit",
    "0008_presence",
    "0009_quarantine",
    "0010_webhooks",
    "0011_keys",
    "0012_opening",
    "0013_said_again",
    "0014_conflicts",
    "0015_documents",
    "0016_one_turn",
    "0017_short_calls",
];

/// Connections to the database.
#[derive(Debug, Clone)]
pub struct Database {
    pool: PgPool,
}

impl Database {
    /// Opens up to `most` connections. Whoever `options` name has to be, or be a member of,
    /// `comptoir_application`.
    pub async fn open(options: PgConnectOptions, most: u32) -> Result<Database> {
        let options = options.application_name("comptoir-head-office");
        let pool = PgPoolOptions::new()
            .max_connections(most)
            .after_connect(|connection, _| {
                Box::pin(async move { sqlx::query(ROLE).execute(connection).await.map(|_| ()) })
            })
            .test_before_acquire(false)
            .before_acquire(|connection, used| {
                Box::pin(async move {
                    if used.idle_for > ASK_AFTER {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(options)
            .await?;
        Ok(Database { pool })
    }

    /// All connections, for what is no transaction.
    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Whether it answers, within moments: of one that is away, or says nothing, one hears otherwise after half a minute.
    pub async fn is_there(&self) -> bool {
        let asked = sqlx::query("SELECT 1").execute(&self.pool);
        tokio::time::timeout(ANSWERS_WITHIN, asked).await.is_ok_and(|answer| answer.is_ok())
    }

    /// Waits until all is done, and closes every connection.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// A transaction that sees and writes the rows of one tenant, and of nobody else.
    pub async fn of_tenant(&self, tenant: &str) -> Result<Transaction<'static, Postgres>> {
        self.begin("comptoir.tenant", tenant).await
    }

    /// A transaction that sees what may be seen of a code, keyed, that somebody shows: whose it is.
    pub async fn of_code(&self, code: &[u8; 32]) -> Result<Transaction<'static, Postgres>> {
        self.of_shown("comptoir.code", code).await
    }

    /// A transaction that sees what may be seen of an API key, keyed, that somebody shows.
    pub async fn of_api_key(&self, key: &[u8; 32]) -> Result<Transaction<'static, Postgres>> {
        self.of_shown("comptoir.api_key", key).await
    }

    /// A transaction that sees what may be seen of a session, keyed, that a browser shows: whose it is.
    pub async fn of_session(&self, token: &[u8; 32]) -> Result<Transaction<'static, Postgres>> {
        self.of_shown("comptoir.session", token).await
    }

    /// A transaction that sees which companies have something to be delivered.
    pub async fn of_courier(&self) -> Result<Transaction<'static, Postgres>> {
        self.begin("comptoir.courier", "yes").await
    }

    /// A transaction that sees of which companies there are documents that no row shows yet.
    pub async fn of_unshown(&self) -> Result<Transaction<'static, Postgres>> {
        self.begin("comptoir.unshown", "yes").await
    }

    async fn of_shown(
        &self,
        name: &'static str,
        shown: &[u8],
    ) -> Result<Transaction<'static, Postgres>> {
        let mut tx = self.pool.begin().await?;
        let set = "SELECT set_config($1, encode($2, 'hex'), true)";
        sqlx::query(set).bind(name).bind(shown).execute(&mut *tx).await?;
        Ok(tx)
    }

    /// A transaction in which `name` is `value`.
    async fn begin(
        &self,
        name: &'static str,
        value: &str,
    ) -> Result<Transaction<'static, Postgres>> {
        let mut tx = self.pool.begin().await?;
        sqlx::query(SET).bind(name).bind(value).execute(&mut *tx).await?;
        Ok(tx)
    }

    /// Makes the partitions of a month, `YYYY-MM-DD` of any day in it.
    pub async fn make_month(&self, day: &str) -> Result<()> {
        sqlx::query("SELECT make_month($1::date)").bind(day).execute(&self.pool).await?;
        Ok(())
    }
}

/// Brings the schema up to date as its owner. Others that start at the same time wait.
pub async fn migrate(owner: &PgConnectOptions) -> Result<()> {
    let options = owner.clone().options([("client_min_messages", "warning")]);
    let mut db = PgConnection::connect_with(&options).await?;
    sqlx::query("SELECT pg_advisory_lock($1)").bind(MIGRATING).execute(&mut db).await?;
    sqlx::query(
        "CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, sha256 bytea NOT NULL, at timestamptz NOT NULL DEFAULT now())",
    )
    .execute(&mut db)
    .await?;
    for (name, sql) in MIGRATIONS {
        let digest = Sha256::digest(sql.as_bytes());
        let done: Option<Vec<u8>> =
            sqlx::query_scalar("SELECT sha256 FROM migration WHERE name = $1")
                .bind(name)
                .fetch_optional(&mut db)
                .await?;
        match done {
            Some(done) if done == digest[..] => continue,
            Some(_) => return Err(Error::Broken(format!("migration {name} is another one here"))),
            None => {}
        }
        let mut tx = db.begin().await?;
        sqlx::raw_sql(*sql).execute(&mut *tx).await?;
        sqlx::query("INSERT INTO migration (name, sha256) VALUES ($1, $2)")
            .bind(name)
            .bind(&digest[..])
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        tracing::info!(name, "migrated");
    }
    // The lock goes with the connection.
    db.close().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn every_migration_is_carried_out_in_its_order() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations/head-office");
        let name = |file: std::io::Result<fs::DirEntry>| {
            file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()
        };
        let mut files: Vec<String> = fs::read_dir(folder).unwrap().map(name).collect();
        files.sort();
        let names: Vec<&str> = MIGRATIONS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, files);
    }
}
