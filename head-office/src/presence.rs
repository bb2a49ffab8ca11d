//! Who is connected, to whichever process; and what a device says of itself when it calls.

use std::time::Duration;

use comptoir_sync::entry::{Chain, DeviceId};
use comptoir_sync::replication::message::Hello;
use sqlx::Postgres;
use sqlx::postgres::{PgArguments, PgPool};
use sqlx::query::Query;
use uuid::Uuid;

use crate::error::Result;
use crate::journal::{chain, stored};

/// A connection is kept fresh this often.
pub(crate) const FRESHEN_EVERY: Duration = Duration::from_secs(20);
/// What a device has read is noted after this long, so that a page each moment is no row each moment.
pub(crate) const NOTE_AFTER: Duration = Duration::from_millis(300);
/// A connection that was not kept fresh for so long is gone, in milliseconds.
pub const GONE_AFTER: i64 = 60 * 1_000;
/// Chains of its own that are kept of what a device says.
const MOST_TOLD: usize = 200;

/// One line of a device.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) device: DeviceId,
    /// Names the connection.
    pub(crate) session: Uuid,
    /// How far it has read the log.
    pub(crate) read_to: Option<u64>,
}

impl Caller<'_> {
    /// It is connected.
    pub(crate) async fn is_here(self, db: &PgPool, now: i64) -> Result<()> {
        self.ask("SELECT device_here($1, $2, $3, $4, $5)", now).execute(db).await?;
        Ok(())
    }

    /// It ended; those that nobody kept fresh ended as well.
    pub(crate) async fn is_gone(self, db: &PgPool, now: i64) -> Result<()> {
        let gone = self.ask("SELECT device_gone($1, $2, $3, $4, $5, $6)", now);
        gone.bind(now - GONE_AFTER).execute(db).await?;
        Ok(())
    }

    /// It is connected, and says this of its own chains, of what waits, and of the time; answers its chains of which two
    /// histories were found.
    pub(crate) async fn says(self, db: &PgPool, hello: &Hello, now: i64) -> Result<Vec<Chain>> {
        let own = hello.have.iter().filter(|at| at.chain.device == self.device).take(MOST_TOLD);
        let (mut epochs, mut scopes, mut seqs) = (Vec::new(), Vec::new(), Vec::new());
        for at in own {
            epochs.push(i64::from(at.chain.epoch));
            scopes.push(i16::from(at.chain.scope.number()));
            seqs.push(stored(at.head.seq));
        }
        let select =
            "SELECT device, epoch, scope FROM device_said($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let said = self.ask(select, now).bind(epochs).bind(scopes).bind(seqs);
        let said = said
            .bind(hello.waiting.and_then(|waiting| waiting.oldest))
            .bind(hello.wall.saturating_sub(now));
        said.fetch_all(db).await?.iter().map(chain).collect()
    }

    /// With the first five of what is bound.
    fn ask<'q>(self, select: &'static str, now: i64) -> Query<'q, Postgres, PgArguments> {
        let asked = sqlx::query(select).bind(self.tenant.to_owned()).bind(self.device.0);
        asked.bind(self.session).bind(now).bind(self.read_to.map(stored))
    }
}
