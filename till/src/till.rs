//! [`Till`]: an open store at one register, and [`Tx`], the transaction in which a use case asks,
//! decides and records.

use std::cell::Cell;
use std::path::Path;

use comptoir_domain::cart::Cart;
use comptoir_domain::catalog::Department;
use comptoir_domain::compliance::Rules;
use comptoir_domain::ids::OperatorId;
use comptoir_domain::store::{Settings, Store};
use comptoir_domain::tax::{TaxRate, TaxTable};
use comptoir_sync::documents::{ActorId, Run, actor};
use comptoir_sync::entry::DeviceId;
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::trust::{EpochReason, EpochStarted, PreviousEpoch};
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::home::{Home, WriterLock};
use crate::{
    compliance, database, documents, home, journal, operators, orders, payments, store, tax,
    training,
};

/// Which till this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The company.
    pub tenant: String,
    /// Code of the store.
    pub store: String,
    /// The selling position.
    pub register: u32,
    /// The device, by its key.
    pub device: DeviceId,
    /// Raised when the device starts anew.
    pub epoch: u32,
}

/// Where the time comes from.
pub type Clock = Box<dyn Fn() -> i64 + Send>;

/// Where the chance in an id comes from: eighty bits.
pub type Chance = Box<dyn Fn() -> [u8; 10] + Send>;

/// An open store at one register. One thread at a time works with it.
pub struct Till {
    pub(crate) db: Connection,
    pub(crate) key: SigningKey,
    pub(crate) secret: [u8; 32],
    identity: Identity,
    clock: Clock,
    chance: Option<Chance>,
    /// Which run of the program this is, as the author of documents.
    run: Run,
    store: Store,
    pub(crate) settings: Settings,
    zone: TimeZone,
    taxes: TaxTable,
    rules: Rules,
    /// What the open cart was before each of its last changes.
    undo: Vec<Cart>,
    grown: Option<Grown>,
    home: Home,
    _lock: WriterLock,
}

/// What a new store is made of.
#[derive(Debug, Clone)]
pub struct NewStore {
    /// The company: 1 to 16 letters, digits, `-`.
    pub tenant: String,
    /// The store; its `register` is this till's.
    pub store: Store,
    /// The row of departments; import adds to it.
    pub departments: Vec<Department>,
}

impl Till {
    /// Makes a store in `folder` and opens it.
    pub fn init(folder: &Path, new: &NewStore) -> Result<Till> {
        store::check(new)?;
        let home = Home::new(folder)?;
        let lock = home.lock()?;
        let (db, identity) = begin_store(&home, &new.tenant, &new.store.code, new.store.register)?;
        let mut till = Till::in_the_making(db, home, identity, new.store.clone(), lock)?;
        let tx = till.begin()?;
        let started = tx.epoch_started(EpochReason::Initialised, None);
        tx.record(&Fact::EpochStarted(started), None)?;
        documents::change_settings(&tx, &new.store, &new.departments, None)?;
        operators::add_console(&tx)?;
        tx.commit()?;
        till.finish()
    }

    /// A till over [`Home::unfinished`], for what has to be recorded before it can be opened.
    pub(crate) fn in_the_making(
        db: Connection,
        home: Home,
        identity: Identity,
        store: Store,
        lock: WriterLock,
    ) -> Result<Till> {
        Ok(Till {
            db,
            key: home.signing_key()?,
            secret: home.store_secret()?,
            identity,
            clock: Box::new(system_clock),
            chance: None,
            run: drawn()?,
            zone: zone(&store)?,
            store,
            settings: Settings::default(),
            taxes: tax::table(),
            rules: compliance::rules(),
            undo: Vec::new(),
            grown: None,
            home,
            _lock: lock,
        })
    }

    /// The till is made: puts it where it is found, and opens it.
    pub(crate) fn finish(self) -> Result<Till> {
        self.db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;")?;
        let Till { db, home, _lock: lock, .. } = self;
        db.close().map_err(|(_, error)| error)?;
        let unfinished = home.unfinished();
        std::fs::rename(&unfinished, home.database()).map_err(Error::file(&unfinished))?;
        drop(lock);
        Till::open(home.folder())
    }

    /// Opens the store in `folder` for selling.
    pub fn open(folder: &Path) -> Result<Till> {
        Till::open_at(folder, Box::new(system_clock))
    }

    /// [`Till::open`] with another clock.
    pub fn open_at(folder: &Path, clock: Clock) -> Result<Till> {
        let mut till = Till::open_as_it_was(folder, clock, None)?;
        if till.training().is_some() {
            let path = folder.display().to_string();
            return Err(home::Refusal::TrainingCopy { path }.into());
        }
        payments::terminal_check::recover(&mut till)?;
        journal::again::recover(&mut till)?;
        training::recover(&mut till)?;
        Ok(till)
    }

    /// Opens the copy of a store that a training is in.
    pub(crate) fn open_copy(folder: &Path, clock: Clock) -> Result<Till> {
        Till::open_as_it_was(folder, clock, None)
    }

    /// Nothing is recorded: an epoch that begins has another first entry. `anew` is who it is from now on, if that is
    /// not what the database says.
    fn open_as_it_was(folder: &Path, clock: Clock, anew: Option<Identity>) -> Result<Till> {
        let home = Home::existing(folder)?;
        let lock = home.lock()?;
        let db = database::open(&home.database())?;
        let key = home.signing_key()?;
        let identity = anew.map_or_else(|| read_identity(&db), Ok)?;
        if identity.device != DeviceId::of(&key.verifying_key()) {
            return Err(Error::Broken(
                "the key in this folder is not the one that this store was written with: use `tillctl restore`".into(),
            ));
        }
        payments::card::end::recover(&db)?;
        orders::find::notes::read_older_notes(&db)?;
        payments::settlements::read_older(&db)?;
        operators::read_older(&db)?;
        payments::rows::read_older(&db)?;
        orders::returns::read_older(&db)?;
        payments::drawer::read_older(&db)?;
        journal::opaque::read_again(&db)?;
        documents::judge_again(&db)?;
        let store = store::load(&db, &identity)?;
        let settings = store::settings(&db, &identity)?;
        let secret = home.store_secret()?;
        let zone = zone(&store)?;
        Ok(Till {
            db,
            key,
            secret,
            identity,
            clock,
            chance: None,
            run: drawn()?,
            store,
            settings,
            zone,
            taxes: tax::table(),
            rules: compliance::rules(),
            undo: Vec::new(),
            grown: None,
            home,
            _lock: lock,
        })
    }

    /// Begins the next epoch after the database was restored from a backup.
    pub(crate) fn begin_epoch(folder: &Path, previous: &Identity) -> Result<Identity> {
        let home = Home::existing(folder)?;
        let key = home.signing_key()?;
        let device = DeviceId::of(&key.verifying_key());
        let epoch = home.highest_epoch()?.max(previous.epoch) + 1;
        home.remember_epoch(epoch)?;
        let identity = Identity { device, epoch, ..previous.clone() };
        let clock = Box::new(system_clock);
        Till::open_as_it_was(folder, clock, Some(identity.clone()))?.go_on_from(previous, false)?;
        Ok(identity)
    }

    /// Begins an epoch above `beyond`: others know more of this till's own than it does, for its disk went back in
    /// time. What it writes from now on is nothing that they have already.
    pub fn renew_epoch(&mut self, beyond: u32) -> Result<()> {
        self.begin_next(beyond, false)
    }

    /// The same where others say that this till's epoch has two histories: a copy of it runs.
    pub fn leave_epoch(&mut self, beyond: u32) -> Result<()> {
        self.begin_next(beyond, true)
    }

    fn begin_next(&mut self, beyond: u32, forked: bool) -> Result<()> {
        let previous = self.identity.clone();
        let epoch = self.home.highest_epoch()?.max(previous.epoch).max(beyond) + 1;
        self.home.remember_epoch(epoch)?;
        self.identity = Identity { epoch, ..previous.clone() };
        let begun = self.go_on_from(&previous, forked);
        if begun.is_err() {
            self.identity = previous;
        }
        begun
    }

    /// The first word of an epoch, which one it follows, that it is begun, and what others do not take in of former
    /// ones: all or nothing, for others take in nothing of an epoch without its first word.
    fn go_on_from(&mut self, previous: &Identity, forked: bool) -> Result<()> {
        let tx = self.begin()?;
        write_identity(&tx, tx.identity)?;
        let seq: Option<u64> = tx
            .prepare_cached("SELECT seq FROM chain WHERE device = ?1 AND epoch = ?2 AND scope = 0")?
            .query_row(params![previous.device.0, previous.epoch], |row| row.get(0))
            .optional()?;
        if forked {
            journal::again::claim_fork(&tx, previous.device, previous.epoch)?;
        }
        let (device, epoch) = (previous.device.0, previous.epoch);
        let previous = PreviousEpoch { device, epoch, seq: seq.unwrap_or(0) };
        let started = tx.epoch_started(EpochReason::Restored, Some(previous));
        tx.record(&Fact::EpochStarted(started), None)?;
        journal::again::say_forked(&tx)?;
        tx.commit()
    }

    /// Tells `grown` whenever the journal has grown, on the thread that made it grow.
    pub fn tell(&mut self, grown: Grown) {
        self.grown = Some(grown);
    }

    /// Draws the chance in new ids from `chance` instead of the system's randomness, so that what is done again comes
    /// out again.
    pub fn draw_ids_from(&mut self, chance: Chance) {
        let [run @ .., _, _] = chance();
        self.run = run;
        self.chance = Some(chance);
    }

    /// This device's key.
    pub const fn key(&self) -> &SigningKey {
        &self.key
    }

    /// Which till this is.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The store as of its settings.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// How the store sells.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The store is called or stands elsewhere from now on.
    pub(crate) fn take_store(&mut self, store: Store) -> Result<()> {
        self.zone = zone(&store)?;
        self.store = store;
        Ok(())
    }

    /// Somebody else may have changed the settings.
    pub(crate) fn look_at_settings(&mut self) -> Result<()> {
        self.settings = store::settings(&self.db, &self.identity)?;
        self.take_store(store::load(&self.db, &self.identity)?)
    }

    /// The store's folder.
    pub const fn home(&self) -> &Home {
        &self.home
    }

    /// The tables, for reading.
    pub const fn db(&self) -> &Connection {
        &self.db
    }

    /// The rates in force at the counter today.
    pub fn rates(&self) -> Vec<TaxRate> {
        self.rates_at((self.clock)())
    }

    /// The tax categories that products may have, and every rate.
    pub const fn taxes(&self) -> &TaxTable {
        &self.taxes
    }

    /// What the law asks before goods are handed over.
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The day at the counter.
    pub fn today(&self) -> Date {
        local(self.now(), &self.zone).date()
    }

    /// Milliseconds since 1970 UTC.
    pub fn now(&self) -> i64 {
        (self.clock)()
    }

    fn rates_at(&self, wall: i64) -> Vec<TaxRate> {
        self.taxes.in_force(self.store.region, local(wall, &self.zone).date())
    }

    /// The counter's time zone.
    pub fn zone(&self) -> TimeZone {
        self.zone.clone()
    }

    /// Begins a transaction. What it records is kept by [`Tx::commit`] and forgotten otherwise.
    pub fn begin(&mut self) -> Result<Tx<'_>> {
        self.transaction(TransactionBehavior::Immediate)
    }

    /// Begins a transaction that only reads: one moment of the store, for which nobody who writes has to wait or is
    /// waited for.
    pub fn begin_reading(&mut self) -> Result<Tx<'_>> {
        self.transaction(TransactionBehavior::Deferred)
    }

    fn transaction(&mut self, behavior: TransactionBehavior) -> Result<Tx<'_>> {
        let wall = (self.clock)();
        let rates = self.rates_at(wall);
        let utc_offset_minutes = offset_minutes(wall, &self.zone);
        let db = self.db.transaction_with_behavior(behavior)?;
        Ok(Tx {
            db,
            identity: &self.identity,
            key: &self.key,
            store: &self.store,
            settings: &self.settings,
            taxes: &self.taxes,
            rates,
            rules: &self.rules,
            today: local(wall, &self.zone).date(),
            wall,
            utc_offset_minutes,
            undo: &mut self.undo,
            chance: self.chance.as_ref(),
            run: self.run,
            grows: Cell::new(false),
            grown: self.grown.as_ref(),
        })
    }
}

/// Told whenever the journal has grown.
pub type Grown = Box<dyn Fn() + Send>;

/// One transaction: what it asks and records is one moment, kept whole or not at all.
pub struct Tx<'till> {
    db: rusqlite::Transaction<'till>,
    /// Which till this is.
    pub identity: &'till Identity,
    pub(crate) key: &'till SigningKey,
    /// The store as of its settings.
    pub store: &'till Store,
    /// How the store sells.
    pub settings: &'till Settings,
    /// All tax categories and rates.
    pub taxes: &'till TaxTable,
    /// The rates in force at the counter today.
    pub rates: Vec<TaxRate>,
    /// What the law asks before goods are handed over.
    pub rules: &'till Rules,
    /// The day at the counter.
    pub today: Date,
    /// Milliseconds since 1970 UTC.
    pub wall: i64,
    /// Minutes east of UTC at the counter.
    pub utc_offset_minutes: i16,
    pub(crate) undo: &'till mut Vec<Cart>,
    chance: Option<&'till Chance>,
    run: Run,
    /// Whether it adds to the journal, and who has to know.
    pub(crate) grows: Cell<bool>,
    grown: Option<&'till Grown>,
}

impl std::ops::Deref for Tx<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.db
    }
}

impl Tx<'_> {
    /// Keeps all that was recorded: on disk when it returns.
    pub fn commit(self) -> Result<()> {
        self.db.commit()?;
        if let Some(grown) = self.grown.filter(|_| self.grows.get()) {
            grown();
        }
        Ok(())
    }

    /// A new id that sorts by time.
    pub fn new_id(&self) -> Uuid {
        let millis = u64::try_from(self.wall).unwrap_or(0);
        if let Some(chance) = self.chance {
            return uuid::Builder::from_unix_timestamp_millis(millis, &chance()).into_uuid();
        }
        let nanos = u32::try_from(millis % 1_000).unwrap_or(0) * 1_000_000;
        Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, millis / 1_000, nanos))
    }

    /// The author of this till's changes of documents: a copy of its disk is opened by another run.
    pub(crate) fn author(&self) -> ActorId {
        actor(self.identity.device, self.identity.epoch, Some(self.run))
    }

    /// Records that `operator` did something, as the operator of the entry.
    pub fn record(&self, fact: &Fact, operator: Option<OperatorId>) -> Result<i64> {
        crate::journal::record(self, fact, operator)
    }

    pub(crate) fn epoch_started(
        &self,
        reason: EpochReason,
        previous: Option<PreviousEpoch>,
    ) -> EpochStarted {
        EpochStarted {
            public_key: self.key.verifying_key().to_bytes(),
            register: self.identity.register,
            reason,
            previous,
        }
    }
}

/// The counter's date and time of day at `wall`.
pub fn local(wall: i64, zone: &TimeZone) -> jiff::Zoned {
    Timestamp::from_millisecond(wall).unwrap_or_default().to_zoned(zone.clone())
}

/// `2025-11-20 14:07` at a given offset from UTC, as on receipts and in exports.
pub fn local_minute(wall: i64, utc_offset_minutes: i16) -> String {
    let local = wall + i64::from(utc_offset_minutes) * 60_000;
    let time = Timestamp::from_millisecond(local).unwrap_or_default();
    time.strftime("%Y-%m-%d %H:%M").to_string()
}

/// RFC 3339, as the window is told times.
pub fn utc(millis: i64) -> String {
    Timestamp::from_millisecond(millis).unwrap_or_default().to_string()
}

fn offset_minutes(wall: i64, zone: &TimeZone) -> i16 {
    i16::try_from(local(wall, zone).offset().seconds() / 60).unwrap_or(0)
}

fn drawn() -> Result<Run> {
    let mut run = Run::default();
    getrandom::fill(&mut run).map_err(|error| Error::Broken(format!("no randomness: {error}")))?;
    Ok(run)
}

fn zone(store: &Store) -> Result<TimeZone> {
    let unknown =
        |_| Error::from(store::Refusal::UnknownTimeZone { name: store.time_zone.clone() });
    TimeZone::get(&store.time_zone).map_err(unknown)
}

/// The machine's clock, milliseconds since 1970 UTC.
pub(crate) fn system_clock() -> i64 {
    Timestamp::now().as_millisecond()
}

/// Begins a database for this device as a register of a store, and the device's next epoch.
pub(crate) fn begin_store(
    home: &Home,
    tenant: &str,
    store: &str,
    register: u32,
) -> Result<(Connection, Identity)> {
    let epoch = home.highest_epoch()? + 1;
    home.remember_epoch(epoch)?;
    let identity = Identity {
        tenant: tenant.to_owned(),
        store: store.to_owned(),
        register,
        device: DeviceId::of(&home.signing_key()?.verifying_key()),
        epoch,
    };
    let unfinished = home.unfinished();
    let _ = std::fs::remove_file(&unfinished);
    let db = database::open(&unfinished)?;
    write_identity(&db, &identity)?;
    Ok((db, identity))
}

/// Says which till a database belongs to.
pub(crate) fn write_identity(db: &Connection, identity: &Identity) -> Result<()> {
    db.execute(
        "INSERT INTO identity (one, tenant, store, register, device, epoch) VALUES (1, ?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (one) DO UPDATE SET device = excluded.device, epoch = excluded.epoch",
        params![identity.tenant, identity.store, identity.register, identity.device.0, identity.epoch],
    )?;
    Ok(())
}

/// Which till a database belongs to.
pub fn read_identity(db: &Connection) -> Result<Identity> {
    let identity = db
        .query_row("SELECT tenant, store, register, device, epoch FROM identity", [], |row| {
            Ok(Identity {
                tenant: row.get(0)?,
                store: row.get(1)?,
                register: row.get(2)?,
                device: DeviceId(row.get(3)?),
                epoch: row.get(4)?,
            })
        })
        .optional()?;
    identity.ok_or_else(|| {
        home::Refusal::NoStore { path: db.path().unwrap_or_default().to_owned() }.into()
    })
}
