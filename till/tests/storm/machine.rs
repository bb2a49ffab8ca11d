//! A till on its disk: the real engine over real files, with a clock that is set from outside, a power that can go
//! and a disk that can be full.

use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use comptoir_domain::ids::OperatorId;
use comptoir_till::till::{Chance, Till};
use comptoir_till::trust::backup;
use comptoir_till::{database, operators};
use rusqlite::Connection;

use crate::company::copy_folder;
use crate::world::Random;

/// When it all begins, milliseconds since 1970 UTC: 2025-11-20 14:07 in Ottawa.
pub(crate) const BASE: i64 = 1_763_665_620_000;

pub(crate) struct Machine {
    /// What its folders are named after.
    name: PathBuf,
    folder: PathBuf,
    /// Raised whenever the files are those of a disk that lost its power.
    life: u32,
    open: Option<Open>,
    clock: Arc<AtomicI64>,
    chance: Arc<Mutex<Random>>,
    /// How far its clock is ahead, in milliseconds.
    pub(crate) ahead: i64,
    /// Bytes of the write-ahead log that are on the disk for sure.
    synced: u64,
    /// There is no room for another page.
    pub(crate) full: bool,
    /// Milliseconds that its disk may take longer than others.
    pub(crate) slowness: u64,
}

/// The connections of a program that runs.
struct Open {
    till: Till,
    /// Beside the till, for notes that may be lost with the power.
    beside: Connection,
    cashier: OperatorId,
    manager: OperatorId,
}

impl Machine {
    pub(crate) fn open(folder: PathBuf, chance: u64) -> Machine {
        let mut machine = Machine {
            name: folder.clone(),
            folder,
            life: 0,
            open: None,
            clock: Arc::new(AtomicI64::new(BASE)),
            chance: Arc::new(Mutex::new(Random(chance))),
            ahead: 0,
            synced: 0,
            full: false,
            slowness: 0,
        };
        machine.start();
        machine
    }

    fn start(&mut self) {
        let clock = Arc::clone(&self.clock);
        let clock = Box::new(move || clock.load(Ordering::Relaxed));
        let mut till = Till::open_at(&self.folder, clock).unwrap();
        till.draw_ids_from(drawn_from(Arc::clone(&self.chance)));
        let beside = database::open_beside(&till.home().database()).unwrap();
        let named = |name| operators::find_named(till.db(), name).unwrap().id;
        let (cashier, manager) = (named("Counter"), named("Manager"));
        self.open = Some(Open { till, beside, cashier, manager });
        self.full = false;
        self.synced = self.log_length();
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn till(&self) -> &Till {
        &self.open.as_ref().unwrap().till
    }

    pub(crate) fn beside(&self) -> &Connection {
        &self.open.as_ref().unwrap().beside
    }

    pub(crate) fn cashier(&self) -> OperatorId {
        self.open.as_ref().unwrap().cashier
    }

    pub(crate) fn manager(&self) -> OperatorId {
        self.open.as_ref().unwrap().manager
    }

    /// Where its chance comes from.
    pub(crate) fn chance(&self) -> Arc<Mutex<Random>> {
        Arc::clone(&self.chance)
    }

    pub(crate) fn wall(&self, now: u64) -> i64 {
        BASE.saturating_add_unsigned(now) + self.ahead
    }

    /// Somebody works with the till at a moment; what it commits is on the disk.
    pub(crate) fn work<T>(&mut self, now: u64, work: impl FnOnce(&mut Till) -> T) -> T {
        let done = self.work_unsynced(now, work);
        self.synced = self.log_length();
        done
    }

    /// The same, and then the power goes: how much of what was written is on the disk is left to chance.
    pub(crate) fn work_unsynced<T>(&mut self, now: u64, work: impl FnOnce(&mut Till) -> T) -> T {
        self.clock.store(self.wall(now), Ordering::Relaxed);
        work(&mut self.open.as_mut().unwrap().till)
    }

    /// The program ends and starts again.
    pub(crate) fn restart(&mut self) {
        self.open = None;
        self.start();
    }

    /// The power goes: of what was not synced a part is there, or none, or rubbish in its place.
    pub(crate) fn lose_power(&mut self, random: &mut Random) {
        let length = self.log_length();
        let kept = self.synced + random.below(length.saturating_sub(self.synced) + 1);
        let rubbish = random.one_in(2);
        let next = self.next_folder();
        copy_folder(&self.folder, &next);
        if let Ok(mut log) = OpenOptions::new().write(true).open(next.join("till.db-wal")) {
            if rubbish && kept < length {
                log.seek(SeekFrom::Start(kept)).unwrap();
                let bytes: Vec<u8> =
                    (kept..length).map(|_| random.next().to_le_bytes()[0]).collect();
                log.write_all(&bytes).unwrap();
            } else {
                log.set_len(kept).unwrap();
            }
        }
        self.live_in(next);
    }

    /// Copies the books while the shop sells.
    pub(crate) fn back_up(&self) -> PathBuf {
        let file = self.name.with_extension("backup");
        backup::backup(&self.folder, &file, &mut |_, _| {}).unwrap();
        file
    }

    /// The books of a backup, by somebody who knows what they do.
    pub(crate) fn restore(&mut self, backup: &Path) {
        self.open = None;
        backup::restore(backup, &self.folder).unwrap();
        self.start();
    }

    /// The whole disk as it stands, to go back to or to run elsewhere.
    pub(crate) fn image(&self) -> PathBuf {
        let image = self.name.with_extension("image");
        copy_folder(&self.folder, &image);
        image
    }

    /// Another machine with a copy of this disk, which runs beside it.
    pub(crate) fn copied(&mut self) -> Machine {
        let folder = self.name.join("clone");
        copy_folder(&self.folder, &folder);
        let chance = self.chance.lock().unwrap().next();
        Machine::open(folder, chance)
    }

    /// The disk goes back in time, and nobody knows it.
    pub(crate) fn roll_back(&mut self, image: &Path) {
        let next = self.next_folder();
        copy_folder(image, &next);
        self.live_in(next);
    }

    /// Nothing more fits on the disk, or there is room again.
    pub(crate) fn set_full(&mut self, full: bool) {
        let open = self.open.as_ref().unwrap();
        for db in [open.till.db(), &open.beside] {
            let pages: i64 = db.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
            let most = if full { pages } else { 1_073_741_823 };
            db.query_row(&format!("PRAGMA max_page_count = {most}"), [], |_| Ok(())).unwrap();
        }
        self.full = full;
    }

    fn next_folder(&mut self) -> PathBuf {
        self.life += 1;
        self.name.with_extension(format!("life-{}", self.life))
    }

    fn live_in(&mut self, folder: PathBuf) {
        self.open = None;
        self.folder = folder;
        self.start();
    }

    fn log_length(&self) -> u64 {
        fs::metadata(self.folder.join("till.db-wal")).map_or(0, |file| file.len())
    }
}

/// Chance that comes from a seed.
pub(crate) fn drawn_from(random: Arc<Mutex<Random>>) -> Chance {
    Box::new(move || {
        let mut random = random.lock().unwrap();
        let (first, second) = (random.next().to_le_bytes(), random.next().to_le_bytes());
        let mut chance = [0; 10];
        chance[..8].copy_from_slice(&first);
        chance[8..].copy_from_slice(&second[..2]);
        chance
    })
}
