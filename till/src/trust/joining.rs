//! Another register of a store: it takes in what others hold, and is opened once it knows the store.

use std::path::Path;

use comptoir_sync::entry::{DeviceId, Sealed};
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::trust::EpochReason;
use comptoir_sync::replication::vector::Vector;
use ed25519_dalek::SigningKey;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use crate::error::Result;
use crate::home::{self, Home, WriterLock};
use crate::journal::receive::{self, Taken};
use crate::till::{Identity, Till, system_clock, write_identity};
use crate::trust::enrolment::{Enrolled, enrol};
use crate::{database, store};

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
    key: SigningKey,
    identity: Identity,
    home: Home,
    lock: WriterLock,
}

impl Joining {
    /// Begins in an empty folder: the device makes its key itself.
    pub fn begin(folder: &Path, invitation: &Invitation) -> Result<Joining> {
        let home = Home::new(folder)?;
        let lock = home.lock()?;
        home.take_store_secret(&invitation.secret)?;
        let key = home.signing_key()?;
        let epoch = home.highest_epoch()? + 1;
        home.remember_epoch(epoch)?;
        let identity = Identity {
            tenant: invitation.tenant.clone(),
            store: invitation.store.clone(),
            register: invitation.register,
            device: DeviceId::of(&key.verifying_key()),
            epoch,
        };
        let db = database::open(&home.unfinished())?;
        write_identity(&db, &identity)?;
        for other in &invitation.others {
            enrol(&db, other)?;
        }
        Ok(Joining { db, key, identity, home, lock })
    }

    /// The key by which others will know it.
    pub fn key(&self) -> ed25519_dalek::VerifyingKey {
        self.key.verifying_key()
    }

    /// What it holds so far.
    pub fn vector(&self) -> Result<Vector> {
        receive::vector(&self.db)
    }

    /// Takes in a page.
    pub fn receive(&mut self, page: Vec<Sealed>) -> Result<Taken> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let taken = receive::receive(&tx, &self.identity, system_clock(), page)?;
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
