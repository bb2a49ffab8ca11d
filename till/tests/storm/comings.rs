//! Who comes and who goes: a register that joins in the middle, and one that is stolen.

use std::collections::BTreeSet;

use comptoir_domain::ids::SaleId;
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::trust::{DeviceRevoked, LastGood};

use crate::company::newcomer;
use crate::host::Host;
use crate::place::Place;
use crate::storm::{MINUTE, Storm};

impl Storm {
    /// Another register joins the store of some till, by what that till holds; head office says so to the others, who
    /// hear of it when they hear from there.
    pub(crate) fn somebody_joins(&mut self) {
        let first = self.some_till();
        let office = self.office_of(first);
        let (chance, now) = (self.world.random.next(), self.world.now);
        let folder = self.folder.path().join("newcomer");
        let mut there = self.world.nodes[office].as_office().unwrap().clone();
        let by = self.world.nodes[first].as_till().unwrap().till();
        let wall = there.wall(now);
        let (machine, told) = newcomer(&folder, by, &mut there, chance, wall);
        self.world.nodes[office] = Place::Office(Box::new(there));
        self.world.grew(office, &[told]);
        let node = self.add(machine);
        self.trace(format_args!("till {node} joins by what till {first} holds"));
        self.change_shifts_at_once(node);
    }

    /// A till is stolen once all is quiet, and head office revokes it, by what it has of it. What is sold at it after
    /// the others heard of that nobody takes in.
    pub(crate) fn a_till_is_stolen(&mut self) {
        let thief = self.some_till();
        if thief == self.victim || Some(thief) == self.clone {
            return;
        }
        let (office, now) = (self.office_of(thief), self.world.now);
        let device = self.world.nodes[thief].me().device;
        let Place::Office(there) = &mut self.world.nodes[office] else { return };
        let own = there.disk.chains.keys().filter(|chain| chain.device == device);
        let last = |chain| LastGood { chain, seq: there.disk.head(&chain).seq };
        let last_good: Vec<LastGood> = own.map(|chain| last(*chain)).collect();
        let believed = last_good.iter().map(|last| (last.chain, last.seq)).collect();
        there.devices.get_mut(&device).unwrap().last_good = Some(believed);
        let wall = there.wall(now);
        let fact = Fact::DeviceRevoked(DeviceRevoked { device: device.0, last_good });
        let told = there.write(&fact, wall, |_| {});
        self.world.grew(office, &[told]);
        self.trace(format_args!("till {thief} is stolen"));
        self.world.run(self.world.now + 5 * MINUTE);

        let before: BTreeSet<SaleId> = self.model.sales.keys().copied().collect();
        for _ in 0..3 {
            self.sell_at_once(thief);
        }
        let is_new = |sale: &SaleId| !before.contains(sale);
        let since = self.model.sales.keys().filter(|sale| is_new(sale)).map(|sale| sale.0);
        self.stolen = Some((thief, since.collect()));
        self.model.sales.retain(|sale, _| !is_new(sale));
    }
}
