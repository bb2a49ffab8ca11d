//! Why the books can be believed: proving them, keeping a copy, and going on from one.

pub mod backup;
pub mod enrolment;
pub mod joining;
pub mod membership;
pub mod opening;
pub mod verify;

use comptoir_sync::entry::Entry;
use comptoir_sync::facts::trust::EpochStarted;
use rusqlite::{Connection, params};

use crate::error::Result;

/// The row of a device: its key, its register, its latest epoch.
pub fn project_epoch(db: &Connection, entry: &Entry, fact: &EpochStarted) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO device (id, public_key, register, epoch) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET register = excluded.register, epoch = max(epoch, excluded.epoch)",
    )?
    .execute(params![entry.device, fact.public_key, fact.register, entry.epoch])?;
    Ok(())
}
