//! Another register of a store: it takes in what others hold, and is opened once it knows the store.

use std::path::Path;

use comptoir_sync::acceptance::{self, Received};
use comptoir_sync::enrolment::SignedOpening;
use comptoir_sync::entry::Sealed;
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::trust::EpochReason;
use comptoir_sync::replication::vector::Vector;
use ed25519_dalek::VerifyingKey;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use crate::error::Result;
use crate::home::{self, Home, WriterLock};
use crate::journal::receive::{self, Taken};
use crate::store;
use crate::till::{Identity, Till, begin_store, system_clock};
use crate::trust::enrolment::{Enrolled, enrol};
use crate::trust::opening::{self, Unusable};

/// No store is called that. What every store holds is judged as another one would, which never sees how a device of
/// this one begins an epoch.
const ELSEWHERE: &str = "?";

/// What a new register is told by those who are there already.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The company.
    pub tenant: String,
    /// Code of the store.
    pub store: String,
    /// The selling position that nobody else has.
    pub register: u32,
    /// The secret that PINs are keyed with.
    pub secret: [u8; 32],
    /// Devices whose entries are believed.
    pub others: Vec<Enrolled>,
}

/// A register that is about to join.
pub struct Joining {
    db: Connection,
    key: VerifyingKey,
    identity: Identity,
    home: Home,
    lock: WriterLock,
    /// Only what every store holds is taken in.
    documents_first: bool,
}

impl Joining {
    /// Begins in an empty folder: the device makes its key itself.
    pub fn begin(folder: &Path, invitation: &Invitation) -> Result<Joining> {
        let home = Home::new(folder)?;
        let lock = home.lock()?;
        home.take_store_secret(&invitation.secret)?;
        let Invitation { tenant, store, register, .. } = invitation;
        let (db, identity) = begin_store(&home, tenant, store, *register)?;
        // What is lost with the power is begun anew; all of it is on the disk before the register opens.
        db.execute_batch("PRAGMA synchronous = NORMAL;")?;
        for other in &invitation.others {
            enrol(&db, other)?;
        }
        let key = home.signing_key()?.verifying_key();
        Ok(Joining { db, key, identity, home, lock, documents_first: false })
    }

    /// From now on only what every store of the company holds is taken in, and later all again: what the store itself
    /// wrote may come once the register sells.
    pub const fn take_documents_first(&mut self, first: bool) {
        self.documents_first = first;
    }

    /// Keeps what head office says of the store, if the store and its operators are known by it and by the documents
    /// that are here.
    pub fn open_by(
        &mut self,
        signed: &SignedOpening,
        head_office: &VerifyingKey,
    ) -> Result<std::result::Result<(), Unusable>> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let kept = opening::keep(&tx, &self.identity, signed, head_office)?;
        if kept.is_ok() {
            tx.commit()?;
        }
        Ok(kept)
    }

    /// Whether the documents that are here say what the store is.
    pub fn knows_store(&self) -> bool {
        store::load(&self.db, &self.identity).is_ok()
    }

    /// The key by which others will know it.
    pub const fn key(&self) -> VerifyingKey {
        self.key
    }

    /// Which till it is going to be.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Its tables.
    pub const fn db(&self) -> &Connection {
        &self.db
    }

    /// What it holds so far.
    pub fn vector(&self) -> Result<Vector> {
        receive::vector(&self.db)
    }

    /// Takes in a page.
    pub fn receive(&mut self, page: Vec<Sealed>) -> Result<Taken> {
        self.take_in(page.into_iter().filter_map(acceptance::read).collect())
    }

    /// Takes in what was read of a page.
    pub fn take_in(&mut self, page: Vec<Received>) -> Result<Taken> {
        let elsewhere = Identity { store: ELSEWHERE.to_owned(), ..self.identity.clone() };
        let me = if self.documents_first { &elsewhere } else { &self.identity };
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let (taken, _) = receive::receive(&tx, me, system_clock(), (page, None), &|| false)?;
        tx.commit()?;
        Ok(taken)
    }

    /// Opens the register, if it knows its store by now and nobody else is this register.
    pub fn finish(self) -> Result<Till> {
        let Joining { db, identity, home, lock, .. } = self;
        let store = store::load(&db, &identity)
            .map_err(|_| home::Refusal::StoreUnknown { store: identity.store.clone() })?;
        let taken: Option<bool> = db
            .query_row("SELECT 1 FROM device WHERE register = ?1", [identity.register], |row| {
                row.get(0)
            })
            .optional()?;
        if taken.is_some() {
            return Err(home::Refusal::RegisterTaken { register: identity.register }.into());
        }
        let mut till = Till::in_the_making(db, home, identity, store, lock)?;
        let tx = till.begin()?;
        let started = tx.epoch_started(EpochReason::Initialised, None);
        tx.record(&Fact::EpochStarted(started), None)?;
        tx.commit()?;
        till.finish()
    }
}
