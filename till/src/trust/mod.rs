//! Why the books can be believed: proving them, keeping a copy, and going on from one.

pub mod backup;
pub mod enrolment;
pub mod joining;
pub mod membership;
pub mod opening;
pub mod verify;

use comptoir_sync::entry::{Chain, Entry, Scope};
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::trust::{EpochReason, EpochStarted};
use rusqlite::{Connection, params};

use crate::error::Result;
use crate::journal::receive;
use crate::till::Identity;

/// The row of a device: its key, its register, its latest epoch.
pub fn project_epoch(db: &Connection, entry: &Entry, fact: &EpochStarted) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO device (id, public_key, register, epoch) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET register = excluded.register, epoch = max(epoch, excluded.epoch)",
    )?
    .execute(params![entry.device, fact.public_key, fact.register, entry.epoch])?;
    Ok(())
}

/// When this till began its epoch, milliseconds since 1970 UTC, if it began it because it was restored, its disk went back
/// in time, or a copy of it runs.
pub fn began_again(db: &Connection, identity: &Identity) -> Result<Option<i64>> {
    let chain = Chain { device: identity.device, epoch: identity.epoch, scope: Scope::Store };
    let first = receive::page(db, &chain, 0, 1, usize::MAX)?.pop();
    let Some(first) = first.map(|sealed| Entry::read(&sealed.bytes)).transpose()? else {
        return Ok(None);
    };
    let again = match Fact::read(&first)? {
        Fact::EpochStarted(started) => started.reason == EpochReason::Restored,
        _ => false,
    };
    Ok(again.then_some(first.wall))
}
