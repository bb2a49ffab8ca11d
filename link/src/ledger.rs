//! [`Ledger`]: connections of its own to the till's database. One reads what is sent; the other notes what others
//! say: small rows that nobody at the counter waits for, and that may be lost with the power. Noting waits for
//! whoever writes just then, reading never does.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use comptoir_sync::entry::{Chain, DeviceId, Sealed};
use comptoir_sync::replication::message::{Cursor, Refusal, Waiting};
use comptoir_sync::replication::paper::JobAt;
use comptoir_sync::replication::vector::{ChainHead, Head, Site};
use comptoir_till::database;
use comptoir_till::error::Result;
use comptoir_till::journal::elsewhere::{self, ChainHere};
use comptoir_till::journal::{lost, receive};
use comptoir_till::outbox::given::{self, ToSay};
use comptoir_till::outbox::taken;
use comptoir_till::trust::membership::{self, Membership};
use comptoir_till::trust::{enrolment, opening};
use ed25519_dalek::VerifyingKey;
use rusqlite::Connection;

/// Reads the journal and notes what others say.
pub struct Ledger {
    reading: Mutex<Connection>,
    noting: Mutex<Connection>,
}

impl Ledger {
    /// Opens a till's database beside its writer.
    pub fn open(database: &Path) -> Result<Ledger> {
        let noting = Mutex::new(database::open_beside(database)?);
        Ok(Ledger { reading: Mutex::new(database::open_reader(database)?), noting })
    }

    fn db(&self) -> MutexGuard<'_, Connection> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn notes(&self) -> MutexGuard<'_, Connection> {
        self.noting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key of a device, if anybody here has heard of it.
    pub fn key_of(&self, device: DeviceId) -> Result<Option<VerifyingKey>> {
        receive::key_of(&self.db(), device)
    }

    /// Every chain on this disk.
    pub fn chains(&self) -> Result<Vec<ChainHere>> {
        elsewhere::chains(&self.db())
    }

    /// Entries of a chain.
    pub fn load(
        &self,
        chain: &Chain,
        after: u64,
        most: usize,
        most_bytes: usize,
    ) -> Result<Vec<Sealed>> {
        receive::page(&self.db(), chain, after, most, most_bytes)
    }

    /// What is here of a chain of this till, if somebody who holds it up to there has what its disk lost.
    pub fn lacking(&self, there: &ChainHead) -> Result<Option<Vec<Head>>> {
        lost::lacking(&self.db(), there)
    }

    /// Entries of a chain behind the last of `known` that is in it.
    pub fn find(
        &self,
        chain: &Chain,
        known: &[Head],
        most: usize,
        most_bytes: usize,
    ) -> Result<Vec<Sealed>> {
        lost::find(&self.db(), chain, known, most, most_bytes)
    }

    /// What another device says of a chain.
    pub fn note(&self, peer: DeviceId, chain: &Chain, head: Head, wall: i64) -> Result<()> {
        elsewhere::note(&self.notes(), peer, chain, head, wall)
    }

    /// There was contact.
    pub fn met(&self, peer: DeviceId, wall: i64, ahead: i64) -> Result<()> {
        elsewhere::met(&self.notes(), peer, wall, ahead)
    }

    /// The till's place at head office.
    pub fn membership(&self) -> Result<Option<Membership>> {
        membership::load(&self.db())
    }

    /// New certificates.
    pub fn renew(&self, papers: &comptoir_sync::enrolment::Papers) -> Result<()> {
        membership::renew(&self.notes(), papers)
    }

    /// What of this store head office is not known to have.
    pub fn waiting(&self) -> Result<Waiting> {
        let (entries, oldest) = elsewhere::waiting(&self.db())?;
        Ok(Waiting { entries, oldest })
    }

    /// How far head office's log was read.
    pub fn cursor(&self) -> Result<Option<Cursor>> {
        membership::cursor(&self.db())
    }

    /// Head office's log was read so far.
    pub fn read_to(&self, cursor: Cursor) -> Result<()> {
        membership::read_to(&self.notes(), cursor)
    }

    /// All that head office has of the store is here.
    pub fn history_is_here(&self) -> Result<()> {
        opening::history_is_here(&self.notes())
    }

    /// Addresses that are dialled.
    pub fn neighbours(&self) -> Result<Vec<String>> {
        membership::neighbours(&self.db())
    }

    /// Chains of a device that have two histories.
    pub fn frozen(&self, device: DeviceId) -> Result<Vec<Chain>> {
        receive::frozen(&self.db(), device)
    }

    /// Where a device stands, and why it gets no session, if it gets none.
    pub fn standing(&self, device: DeviceId) -> Result<(Site, Option<Refusal>)> {
        enrolment::standing(&self.db(), device)
    }

    /// What has to be said to a neighbour about print jobs that it was given.
    pub fn given(&self, to: DeviceId) -> Result<ToSay> {
        given::to_say(&self.db(), to)
    }

    /// How far the print jobs of a neighbour are.
    pub fn taken(&self, from: DeviceId) -> Result<Vec<JobAt>> {
        taken::of(&self.db(), from)
    }
}
