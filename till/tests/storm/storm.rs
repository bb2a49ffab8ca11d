//! One seed: a company, a network that does its worst, what people do meanwhile, and what goes wrong beside that.

use std::fmt::Arguments;
use std::path::{Path, PathBuf};

use comptoir_sync::entry::Scope;
use uuid::Uuid;

use crate::company::{Company, scratch};
use crate::host::Host;
use crate::machine::{BASE, Machine};
use crate::model::{Fate, Model};
use crate::node::Disk;
use crate::place::Place;
use crate::terminal::Terminal;
use crate::world::{Random, World};

pub(crate) const MINUTE: u64 = 60_000;
const YEAR: i64 = 365 * 24 * 60 * 60 * 1_000;

/// What a seed makes happen, two of them in most, beside the bad network, the crashes and the power that goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
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
    /// One, two, or none, and whom each is about.
    troubles: Vec<(Trouble, usize)>,
    /// Whom the first is about.
    pub(crate) victim: usize,
    /// The nodes that are tills.
    pub(crate) tills: Vec<usize>,
    /// The one that runs on a copy of the victim's disk.
    pub(crate) clone: Option<usize>,
    /// Whether what happens is told on the way.
    aloud: bool,
    told: u64,
    /// What only a newer till understands: the company and store that wrote it, and who has to hold it.
    pub(crate) newer: Vec<(String, Scope)>,
    /// The till that was stolen, and what was sold at it since.
    pub(crate) stolen: Option<(usize, Vec<Uuid>)>,
    pub(crate) folder: tempfile::TempDir,
}

impl Storm {
    pub(crate) fn new(company: &Company, seed: u64, aloud: bool) -> Storm {
        let mut places = vec![0, 1];
        places.extend((seed % 2 == 1).then_some(2));
        places.extend(seed.is_multiple_of(3).then_some(3));
        let mut others = vec![4];
        others.extend((seed % 5 < 2).then_some(5));
        let first = match seed % 11 {
            0 => Some(Trouble::Restored),
            1 => Some(Trouble::RolledBack),
            2 => Some(Trouble::Cloned),
            3 => Some(Trouble::Full),
            4 => Some(Trouble::Slow),
            5 => Some(Trouble::Clocks),
            6 | 7 => Some(Trouble::Hostile),
            8 => Some(Trouble::Newer),
            9 => Some(Trouble::OfficeRestored),
            _ => None,
        };
        let second = match seed / 11 % 8 {
            0 => Some(Trouble::Full),
            1 => Some(Trouble::Slow),
            2 => Some(Trouble::Clocks),
            3 => Some(Trouble::Hostile),
            4 => Some(Trouble::Newer),
            5 => Some(Trouble::OfficeRestored),
            _ => None,
        };
        let folder = tempfile::Builder::new().prefix("comptoir-").tempdir_in(scratch()).unwrap();
        let (mut nodes, mut tills) = (Vec::new(), Vec::new());
        for (office, machines) in company.copy(folder.path(), seed, [&places, &others]) {
            nodes.push(Place::Office(Box::new(office)));
            tills.extend(nodes.len()..nodes.len() + machines.len());
            nodes.extend(machines.into_iter().map(|machine| Place::Till(Box::new(machine))));
        }
        let terminals = (0..).map(Terminal::new).take(nodes.len()).collect();
        let mut world = World::new(seed, Random(seed), nodes);
        let place = world.random.below(tills.len() as u64) as usize;
        let victim = tills[place];
        // Somebody else, so that what the one wrote is not gone with the disk of the other.
        let next = 1 + world.random.below(tills.len() as u64 - 1) as usize;
        let other = tills[(place + next) % tills.len()];
        let mut troubles: Vec<(Trouble, usize)> =
            first.map(|one| (one, victim)).into_iter().collect();
        troubles.extend(second.filter(|two| first != Some(*two)).map(|two| (two, other)));
        Storm {
            world,
            model: Model::default(),
            terminals,
            troubles,
            victim,
            tills,
            clone: None,
            aloud,
            told: 0,
            newer: Vec::new(),
            stolen: None,
            folder,
        }
    }

    pub(crate) fn has(&self, trouble: Trouble) -> bool {
        self.whom(trouble).is_some()
    }

    fn whom(&self, trouble: Trouble) -> Option<usize> {
        self.troubles.iter().find(|(one, _)| *one == trouble).map(|(_, whom)| *whom)
    }

    pub(crate) fn some_till(&mut self) -> usize {
        self.tills[self.world.random.below(self.tills.len() as u64) as usize]
    }

    /// Head office of a till's company.
    pub(crate) fn office_of(&self, node: usize) -> usize {
        let tenant = self.world.nodes[node].me().tenant;
        let is_it = |place: &Place| place.as_office().is_some_and(|office| office.tenant == tenant);
        self.world.nodes.iter().position(is_it).unwrap()
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
        let of = self.whom(Trouble::OfficeRestored).map(|whom| self.office_of(whom));
        let office = of.and_then(|of| Some((of, self.world.nodes[of].as_office()?.disk.clone())));
        self.bustle(3 * MINUTE);
        if let Some((of, disk)) = office
            && let Place::Office(node) = &mut self.world.nodes[of]
        {
            let epoch = node.disk.epoch;
            node.disk = Disk { log_id: 2, epoch, ..disk };
            node.restored = true;
            node.begin_epoch(BASE);
            self.world.crash(of);
            self.trace(format_args!("head office {of} is restored from a backup"));
        }
        for (trouble, whom) in self.troubles.clone() {
            self.strike(trouble, whom, before.as_deref());
        }
        if self.world.seed % 4 == 1 {
            self.somebody_joins();
        }
        self.bustle(5 * MINUTE);
        self.relieve();
        self.world.heal();
        self.close_up();
        self.world.run(self.world.now + 30 * MINUTE);
        if self.world.seed % 8 == 3 {
            self.a_till_is_stolen();
            self.world.run(self.world.now + 20 * MINUTE);
        }
    }

    /// Whether a till writes again what it wrote before, or two write as one.
    pub(crate) fn goes_back_in_time(&self) -> bool {
        [Trouble::Restored, Trouble::RolledBack, Trouble::Cloned]
            .into_iter()
            .any(|one| self.has(one))
    }

    fn remember(&mut self) -> Option<PathBuf> {
        let (restored, rolled_back) = (self.has(Trouble::Restored), self.has(Trouble::RolledBack));
        let machine = self.world.nodes[self.victim].machine();
        if restored {
            return Some(machine.back_up());
        }
        rolled_back.then(|| machine.image())
    }

    fn strike(&mut self, trouble: Trouble, victim: usize, before: Option<&Path>) {
        match (trouble, before) {
            (Trouble::Restored, Some(backup)) => {
                self.world.crash(victim);
                self.world.nodes[victim].machine().restore(backup);
                self.disk_is_gone();
            }
            (Trouble::RolledBack, Some(image)) => {
                self.world.crash(victim);
                self.world.nodes[victim].machine().roll_back(image);
                self.disk_is_gone();
            }
            (Trouble::Cloned, _) => {
                let clone = self.world.nodes[victim].machine().copied();
                self.clone = Some(self.add(clone));
            }
            (Trouble::Full, _) => self.world.nodes[victim].machine().set_full(true),
            (Trouble::Slow, _) => self.world.nodes[victim].machine().slowness = 30_000,
            (Trouble::Clocks, _) => {
                for node in self.tills.clone() {
                    let years = self.world.random.below(21).cast_signed() - 10;
                    self.world.nodes[node].machine().ahead = years * YEAR;
                }
            }
            _ => {}
        }
        self.trace(format_args!("till {victim} is struck: {trouble:?}"));
        // Some sell on, or close, before they hear from anybody.
        if matches!(trouble, Trouble::Restored | Trouble::RolledBack | Trouble::Cloned) {
            if self.world.random.one_in(2) {
                self.change_shifts_at_once(victim);
            }
            for _ in 0..self.world.random.below(3) {
                self.sell_at_once(victim);
            }
            if let Some(clone) = self.clone {
                if self.world.random.one_in(2) {
                    self.change_shifts_at_once(clone);
                }
                for _ in 0..self.world.random.below(3) {
                    self.sell_at_once(clone);
                }
            }
        }
    }

    /// Another machine is put on the network.
    pub(crate) fn add(&mut self, machine: Machine) -> usize {
        let node = self.world.nodes.len();
        self.world.add(Place::Till(Box::new(machine)));
        self.terminals.push(Terminal::new(u32::try_from(node).unwrap()));
        self.tills.push(node);
        node
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
        for node in self.tills.clone() {
            let machine = self.world.nodes[node].machine();
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
            let node = self.some_till();
            for (trouble, whom) in self.troubles.clone() {
                match trouble {
                    Trouble::Hostile => match self.world.random.below(6) {
                        0 => self.write_bad_changes(whom),
                        1..4 => self.attack(),
                        _ => {}
                    },
                    Trouble::Newer if self.world.random.one_in(3) => self.write_what_is_newer(whom),
                    _ => {}
                }
            }
            match self.world.random.below(15) {
                0..10 => self.somebody_works(node),
                10..12 => self.world.cut(),
                12 => self.lose_power(node),
                13 => {
                    let (from, to) = self.world.partition();
                    self.trace(format_args!("between {from} and {to:?} nothing goes one way"));
                }
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
