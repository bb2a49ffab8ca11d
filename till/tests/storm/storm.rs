//! One seed: a company, a network that does its worst, what people do meanwhile, and what goes wrong beside that.

use std::fmt::Arguments;
use std::path::PathBuf;

use comptoir_sync::entry::Scope;

use crate::company::{Company, scratch};
use crate::machine::BASE;
use crate::model::{Fate, Model};
use crate::node::Disk;
use crate::place::Place;
use crate::terminal::Terminal;
use crate::world::{Random, World};

const MINUTE: u64 = 60_000;
const YEAR: i64 = 365 * 24 * 60 * 60 * 1_000;

/// What a seed makes happen beside the bad network, the crashes and the power that goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    None,
    /// A till is restored from a backup, and knows it.
    Restored,
    /// A disk goes back in time, and nobody knows it.
    RolledBack,
    /// Two copies of one till run at once.
    Cloned,
    /// A disk has no room for a while.
    Full,
    /// A disk takes long.
    Slow,
    /// Clocks are years off, in either direction.
    Clocks,
    /// Somebody sends what they should not, and a till writes changes that nobody can take in.
    Hostile,
    /// A till is newer than all others.
    Newer,
    /// Head office is restored from a backup: a new log.
    OfficeRestored,
}

pub(crate) struct Storm {
    pub(crate) world: World<Place>,
    pub(crate) model: Model,
    /// The card terminal beside each till.
    pub(crate) terminals: Vec<Terminal>,
    pub(crate) trouble: Trouble,
    /// Whom the trouble is about.
    pub(crate) victim: usize,
    /// Whether what happens is told on the way.
    aloud: bool,
    told: u64,
    /// What only a newer till understands: the store that wrote it, and who has to hold it.
    pub(crate) newer: Vec<(String, Scope)>,
    _folder: tempfile::TempDir,
}

impl Storm {
    pub(crate) fn new(company: &Company, seed: u64, aloud: bool) -> Storm {
        let mut places = vec![0, 1];
        places.extend((seed % 2 == 1).then_some(2));
        places.extend(seed.is_multiple_of(3).then_some(3));
        let trouble = match seed % 11 {
            0 => Trouble::Restored,
            1 => Trouble::RolledBack,
            2 => Trouble::Cloned,
            3 => Trouble::Full,
            4 => Trouble::Slow,
            5 => Trouble::Clocks,
            6 | 7 => Trouble::Hostile,
            8 => Trouble::Newer,
            9 => Trouble::OfficeRestored,
            _ => Trouble::None,
        };
        let folder = tempfile::Builder::new().prefix("comptoir-").tempdir_in(scratch()).unwrap();
        let (office, machines) = company.copy(folder.path(), seed, &places);
        let mut nodes = vec![Place::Office(Box::new(office))];
        nodes.extend(machines.into_iter().map(|machine| Place::Till(Box::new(machine))));
        let mut world = World::new(seed, Random(seed), nodes);
        let victim = 1 + world.random.below(places.len() as u64) as usize;
        Storm {
            world,
            model: Model::default(),
            terminals: (0..).map(Terminal::new).take(1 + places.len()).collect(),
            trouble,
            victim,
            aloud,
            told: 0,
            newer: Vec::new(),
            _folder: folder,
        }
    }

    /// What happened, in order, is part of what a replay has to repeat.
    pub(crate) fn trace(&mut self, what: Arguments<'_>) {
        let line = format!("{:>9} {what}", self.world.now);
        for byte in line.bytes() {
            self.told = (self.told ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        if self.aloud {
            println!("{line}");
        }
    }

    /// A number that stands for all that happened.
    pub(crate) fn fingerprint(&self) -> (u64, u64, u64) {
        (self.told, self.world.trace, self.world.messages)
    }

    /// Some minutes of selling in a storm, and the time it takes afterwards.
    pub(crate) fn live(&mut self) {
        self.bustle(MINUTE);
        if self.goes_back_in_time() && self.world.random.one_in(2) {
            self.wait_with_a_cart(self.victim);
        }
        let before = self.remember();
        let office = self.world.nodes[0].as_office().map(|node| node.disk.clone());
        self.bustle(3 * MINUTE);
        if let (Trouble::OfficeRestored, Place::Office(node), Some(disk)) =
            (self.trouble, &mut self.world.nodes[0], office)
        {
            let epoch = node.disk.epoch;
            node.disk = Disk { log_id: 2, epoch, ..disk };
            node.restored = true;
            node.begin_epoch(BASE);
            self.world.crash(0);
        }
        self.strike(before);
        self.bustle(5 * MINUTE);
        self.relieve();
        self.world.heal();
        self.close_up();
        self.world.run(self.world.now + 30 * MINUTE);
    }

    /// Whether a till writes again what it wrote before, or two write as one.
    pub(crate) fn goes_back_in_time(&self) -> bool {
        matches!(self.trouble, Trouble::Restored | Trouble::RolledBack | Trouble::Cloned)
    }

    fn remember(&mut self) -> Option<PathBuf> {
        let machine = self.world.nodes[self.victim].machine();
        match self.trouble {
            Trouble::Restored => Some(machine.back_up()),
            Trouble::RolledBack => Some(machine.image()),
            _ => None,
        }
    }

    fn strike(&mut self, before: Option<PathBuf>) {
        let victim = self.victim;
        match (self.trouble, before) {
            (Trouble::Restored, Some(backup)) => {
                self.world.crash(victim);
                self.world.nodes[victim].machine().restore(&backup);
                self.disk_is_gone();
            }
            (Trouble::RolledBack, Some(image)) => {
                self.world.crash(victim);
                self.world.nodes[victim].machine().roll_back(&image);
                self.disk_is_gone();
            }
            (Trouble::Cloned, _) => {
                let clone = self.world.nodes[victim].machine().copied();
                let number = u32::try_from(self.world.nodes.len()).unwrap();
                self.world.add(Place::Till(Box::new(clone)));
                self.terminals.push(Terminal::new(number));
            }
            (Trouble::Full, _) => self.world.nodes[victim].machine().set_full(true),
            (Trouble::Slow, _) => self.world.nodes[victim].machine().slowness = 30_000,
            (Trouble::Clocks, _) => {
                for node in 1..self.world.nodes.len() {
                    let years = self.world.random.below(21).cast_signed() - 10;
                    self.world.nodes[node].machine().ahead = years * YEAR;
                }
            }
            _ => {}
        }
        let trouble = self.trouble;
        self.trace(format_args!("till {victim} is struck: {trouble:?}"));
        // Some sell on, or close, before they hear from anybody.
        if self.goes_back_in_time() {
            if self.world.random.one_in(2) {
                self.change_shifts_at_once(victim);
            }
            for _ in 0..self.world.random.below(3) {
                self.sell_at_once(victim);
            }
            if self.trouble == Trouble::Cloned {
                let clone = self.world.nodes.len() - 1;
                if self.world.random.one_in(2) {
                    self.change_shifts_at_once(clone);
                }
                for _ in 0..self.world.random.below(3) {
                    self.sell_at_once(clone);
                }
            }
        }
    }

    /// What only the disk had that went back in time, nobody can have. What anybody else had then is nobody's loss.
    fn disk_is_gone(&mut self) {
        let (receipts, closed) = self.held_elsewhere(self.victim);
        for told in self.model.sales.values_mut().chain(self.model.returns.values_mut()) {
            if told.by == self.victim && !receipts.contains(&told.id) {
                told.fate = Fate::DiskGone;
            }
        }
        for one in self.model.closed.iter_mut().filter(|one| one.by == self.victim) {
            if !closed.contains(&(one.shift, one.z, one.counted)) {
                one.fate = Fate::DiskGone;
            }
        }
    }

    fn relieve(&mut self) {
        for place in &mut self.world.nodes[1..] {
            let machine = place.machine();
            machine.set_full(false);
            machine.slowness = 0;
            machine.ahead = 0;
        }
    }

    /// People work, lines drop, programs end and the power goes until `until`.
    fn bustle(&mut self, until: u64) {
        while self.world.now < until {
            let step = 1 + self.world.random.below(12_000);
            self.world.run((self.world.now + step).min(until));
            let tills = self.world.nodes.len() as u64 - 1;
            let node = 1 + self.world.random.below(tills) as usize;
            match self.trouble {
                Trouble::Hostile => match self.world.random.below(6) {
                    0 => self.write_bad_changes(self.victim),
                    1..4 => self.attack(),
                    _ => {}
                },
                Trouble::Newer if self.world.random.one_in(3) => {
                    self.write_what_is_newer(self.victim);
                }
                _ => {}
            }
            match self.world.random.below(14) {
                0..10 => self.somebody_works(node),
                10..12 => self.world.cut(),
                12 => self.lose_power(node),
                _ => {
                    self.world.crash(node);
                    self.world.nodes[node].machine().restart();
                    self.trace(format_args!("till {node} is started again"));
                }
            }
        }
    }

    pub(crate) fn lose_power(&mut self, node: usize) {
        let full = self.world.nodes[node].machine().full;
        self.world.crash(node);
        let Place::Till(machine) = &mut self.world.nodes[node] else { return };
        machine.lose_power(&mut self.world.random);
        machine.set_full(full);
        self.trace(format_args!("till {node} loses its power"));
    }
}
