//! Who is connected, to whichever process; and what a device says of itself when it calls.

use std::time::Duration;

use comptoir_sync::entry::DeviceId;
use comptoir_sync::replication::message::Hello;
use sqlx::Postgres;
use sqlx::postgres::{PgArguments, PgPool};
use sqlx::query::Query;
use uuid::Uuid;

use crate::error::Result;
use crate::journal::stored;

/// A connection is kept fresh this often.
pub(crate) const FRESHEN_EVERY: Duration = Duration::from_secs(20);
/// What a device says and has read is noted after this long, so that a page each moment is no row each moment, and a call
/// that is over by then is noted once.
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

/// What a device says of itself when it calls.
#[derive(Debug)]
pub(crate) struct Told {
    epochs: Vec<i64>,
    scopes: Vec<i16>,
    seqs: Vec<i64>,
    /// When the oldest entry was written that waits, by its own clock.
    oldest: Option<i64>,
    /// How far its clock is ahead.
    skew: i64,
}

impl Told {
    /// Of its own chains, of what waits, and of the time.
    pub(crate) fn of(hello: &Hello, now: i64) -> Told {
        let mut told = Told {
            epochs: Vec::new(),
            scopes: Vec::new(),
            seqs: Vec::new(),
            oldest: hello.waiting.and_then(|waiting| waiting.oldest),
            skew: hello.wall.saturating_sub(now),
        };
        let own = hello.have.iter().filter(|at| at.chain.device.0 == hello.device);
        for at in own.take(MOST_TOLD) {
            told.epochs.push(i64::from(at.chain.epoch));
            told.scopes.push(i16::from(at.chain.scope.number()));
            told.seqs.push(stored(at.head.seq));
        }
        told
    }
}

impl Caller<'_> {
    /// It is connected, and said this since that was last noted.
    pub(crate) async fn is_here(self, db: &PgPool, told: Option<&Told>, now: i64) -> Result<()> {
        let here = match told {
            None => self.ask("SELECT device_here($1, $2, $3, $4, $5)", now),
            Some(told) => {
                let select = "SELECT device_here($1, $2, $3, $4, $5), device_told($1, $2, $4, $6, $7, $8, $9, $10)";
                say(self.ask(select, now), told)
            }
        };
        here.execute(db).await?;
        Ok(())
    }

    /// It ended, and said this since that was last noted; those that nobody kept fresh ended as well.
    pub(crate) async fn is_gone(self, db: &PgPool, told: Option<&Told>, now: i64) -> Result<()> {
        let stale = now - GONE_AFTER;
        let gone = match told {
            None => self.ask("SELECT device_gone($1, $2, $3, $4, $5, $6)", now).bind(stale),
            Some(told) => {
                let select = "SELECT device_gone($1, $2, $3, $4, $5, $11), device_told($1, $2, $4, $6, $7, $8, $9, $10)";
                say(self.ask(select, now), told).bind(stale)
            }
        };
        gone.execute(db).await?;
        Ok(())
    }

    /// With the first five of what is bound.
    fn ask<'q>(self, select: &'static str, now: i64) -> Query<'q, Postgres, PgArguments> {
        let asked = sqlx::query(select).bind(self.tenant.to_owned()).bind(self.device.0);
        asked.bind(self.session).bind(now).bind(self.read_to.map(stored))
    }
}

/// With the five after them.
fn say<'q>(
    asked: Query<'q, Postgres, PgArguments>,
    told: &Told,
) -> Query<'q, Postgres, PgArguments> {
    let said = asked.bind(told.epochs.clone()).bind(told.scopes.clone()).bind(told.seqs.clone());
    said.bind(told.oldest).bind(told.skew)
}
