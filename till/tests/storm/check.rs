//! What must hold once the storm is over: the books of every till and of head office against what people were told.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_domain::ids::{ReturnId, ShiftId};
use comptoir_sync::entry::{Entry, Scope};
use comptoir_sync::facts::Fact;
use comptoir_till::journal::receive;
use comptoir_till::till::Till;
use comptoir_till::trust::verify::verify;
use rusqlite::params;
use rusqlite::types::Value;
use uuid::Uuid;

use crate::model::{Fate, Told, shop};
use crate::node::Node;
use crate::place::Place;
use crate::storm::{Storm, Trouble};

/// A receipt as the books have it: its number, total, money.
type Booked = (String, i64, i64);
/// A closing: its shift, its Z, what was counted.
type Z = (ShiftId, u64, i64);
/// Every receipt in some books, by the id of its sale or return; more than one under one id is wrong.
type Books = BTreeMap<Uuid, Vec<Booked>>;

impl Storm {
    pub(crate) fn check(&self) {
        self.check_receipts();
        self.check_stolen();
        self.check_sums();
        self.check_cards();
        self.check_numbers();
        self.check_shifts();
        self.check_places();
        self.check_replicas();
        self.check_returns();
        self.check_newer();
        self.prove();
    }

    /// Those that nobody stole.
    fn tills(&self) -> impl Iterator<Item = (usize, &Till)> {
        let thief = self.stolen.as_ref().map(|(thief, _)| *thief);
        let nodes = self.world.nodes.iter().enumerate();
        let nodes = nodes.filter(move |(node, _)| Some(*node) != thief);
        nodes.filter_map(|(node, place)| Some((node, place.as_till()?.till())))
    }

    fn offices(&self) -> impl Iterator<Item = &Node> {
        self.world.nodes.iter().filter_map(Place::as_office)
    }

    /// Every receipt that was handed over is in every book of its store and at head office, once and as it was told;
    /// and there is no other.
    fn check_receipts(&self) {
        let seed = self.world.seed;
        let offices = self.offices().map(|office| (office.tenant, self.booked_at_office(office)));
        let offices: BTreeMap<&str, Books> = offices.collect();
        for (node, till) in self.tills() {
            let booked = booked(till);
            let (shop, office) = (shop(till), &offices[&*till.identity().tenant]);
            for told in self.model.all().filter(|told| told.shop == shop) {
                // What only a disk had that went back in time may have been under way.
                let must = told.fate == Fate::Sure;
                let found = booked.get(&told.id).map(Vec::as_slice).unwrap_or_default();
                let as_told = (told.receipt.clone(), told.total, told.money);
                assert!(found.len() <= 1, "seed {seed}: till {node} has {} twice", told.receipt);
                assert!(
                    !must || found == [as_told.clone()],
                    "seed {seed}: till {node} has {found:?} for {told:?}"
                );
                let there = office.get(&told.id).map(Vec::as_slice).unwrap_or_default();
                assert!(
                    !must || there == [as_told],
                    "seed {seed}: head office has {there:?} for {told:?}"
                );
            }
            let known: BTreeSet<Uuid> =
                self.model.all().filter(|told| told.shop == shop).map(|told| told.id).collect();
            for (id, receipt) in &booked {
                assert!(
                    known.contains(id),
                    "seed {seed}: nobody was handed {receipt:?} of till {node}"
                );
            }
        }
    }

    /// Receipts and closings that are somewhere else than at a till.
    pub(crate) fn held_elsewhere(&self, victim: usize) -> (BTreeSet<Uuid>, BTreeSet<Z>) {
        let office = self.offices().flat_map(|office| self.booked_at_office(office));
        let mut receipts: BTreeSet<Uuid> = office.map(|(id, _)| id).collect();
        let mut closed = BTreeSet::new();
        for (_, fact) in self.offices().flat_map(facts_at) {
            if let Fact::ShiftClosed(fact) = fact {
                closed.insert((ShiftId(Uuid::from_bytes(fact.id.0)), fact.z_number, fact.counted));
            }
        }
        for (_, till) in self.tills().filter(|(node, _)| *node != victim) {
            receipts.extend(booked(till).into_keys());
            let select = "SELECT shift.id, shift_closing.z_number, shift_closing.counted
                FROM shift_closing JOIN shift ON shift.entry = shift";
            let mut select = till.db().prepare(select).unwrap();
            let rows = select.query_map([], |row| {
                Ok((ShiftId(Uuid::from_bytes(row.get(0)?)), row.get(1)?, row.get(2)?))
            });
            closed.extend(rows.unwrap().map(|row| row.unwrap()));
        }
        (receipts, closed)
    }

    /// Sales and returns in a head office's journal.
    fn booked_at_office(&self, office: &Node) -> Books {
        let mut booked = Books::new();
        for (entry, fact) in facts_at(office) {
            match fact {
                Fact::SaleCompleted(fact) => {
                    let tendered: i64 = fact.tenders.iter().map(|tender| tender.amount).sum();
                    let row = (fact.receipt.clone(), fact.total, tendered - fact.change);
                    booked.entry(Uuid::from_bytes(fact.id.0)).or_default().push(row);
                }
                Fact::ReturnCompleted(fact) => {
                    let refunded = fact.refunds.iter().map(|refund| refund.amount).sum();
                    let receipt =
                        format!("{}{}-{}-{}", entry.store, fact.register, entry.epoch, fact.number);
                    let row = (receipt, fact.total, refunded);
                    booked.entry(Uuid::from_bytes(fact.id.0)).or_default().push(row);
                }
                _ => {}
            }
        }
        booked
    }

    /// What was sold at a till that was stolen is nowhere but there.
    fn check_stolen(&self) {
        let seed = self.world.seed;
        let Some((thief, sales)) = &self.stolen else { return };
        for office in self.offices() {
            let booked = self.booked_at_office(office);
            let there = sales.iter().find(|sale| booked.contains_key(sale));
            assert_eq!(there, None, "seed {seed}: of till {thief} at head office");
        }
        for (node, till) in self.tills() {
            let booked = booked(till);
            let there = sales.iter().find(|sale| booked.contains_key(sale));
            assert_eq!(there, None, "seed {seed}: of till {thief} at till {node}");
        }
    }

    /// Money, taxes and stock of a store are those of the receipts.
    fn check_sums(&self) {
        let seed = self.world.seed;
        for (node, till) in self.tills() {
            let booked = booked(till);
            let here = |told: &&Told| told.shop == shop(till) && booked.contains_key(&told.id);
            let sales = || self.model.sales.values().filter(here);
            let returns = || self.model.returns.values().filter(here);
            let sum = |select: &str| -> i64 {
                till.db().query_row(select, [], |row| row.get(0)).unwrap()
            };
            for (what, expected, select) in [
                (
                    "totals",
                    sales().map(|told| told.total).sum::<i64>(),
                    "SELECT coalesce(sum(total), 0) FROM sale",
                ),
                (
                    "money",
                    sales().map(|told| told.money).sum(),
                    "SELECT coalesce(sum(tendered - change), 0) FROM sale",
                ),
                (
                    "roundings",
                    sales().map(|told| told.rounding).sum(),
                    "SELECT coalesce(sum(rounding), 0) FROM sale",
                ),
                (
                    "taxes",
                    sales().map(|told| told.taxes).sum(),
                    "SELECT coalesce(sum(amount), 0) FROM sale_tax",
                ),
                (
                    "returned",
                    returns().map(|told| told.total).sum(),
                    "SELECT coalesce(sum(total), 0) FROM return_sale",
                ),
                (
                    "refunds",
                    returns().map(|told| told.money).sum(),
                    "SELECT coalesce(sum(refunded), 0) FROM return_sale",
                ),
                (
                    "taxes back",
                    returns().map(|told| told.taxes).sum(),
                    "SELECT coalesce(sum(amount), 0) FROM return_tax",
                ),
            ] {
                assert_eq!(sum(select), expected, "seed {seed}: {what} at till {node}");
            }
            let mut shelf: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
            for (sku, quantity, _) in sales().flat_map(|told| &told.goods) {
                let moved = shelf.entry(sku).or_default();
                *moved = (moved.0 - quantity, moved.1 + quantity);
            }
            for told in returns() {
                for (sku, quantity, _) in &told.goods {
                    let moved = shelf.entry(sku).or_default();
                    moved.0 += if told.wasted { 0 } else { *quantity };
                }
            }
            let mut select = till.db().prepare("SELECT sku, on_hand, sold FROM stock").unwrap();
            let rows = select.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))));
            let stock: BTreeMap<String, (i64, i64)> =
                rows.unwrap().map(|row| row.unwrap()).collect();
            let shelf: BTreeMap<String, (i64, i64)> =
                shelf.into_iter().map(|(sku, moved)| (sku.to_owned(), moved)).collect();
            assert_eq!(stock, shelf, "seed {seed}: stock at till {node}");
        }
    }

    /// No card was charged without a sale, and none was sold on without its charge; refunds the same.
    fn check_cards(&self) {
        let seed = self.world.seed;
        for (node, _) in self.tills() {
            // A disk that went back in time has forgotten what its terminal did, or has it twice.
            if self.goes_back_in_time() && (node == self.victim || Some(node) == self.clone) {
                continue;
            }
            let of_sales = self.model.sales.values().filter(|told| told.by == node);
            let of_returns = self.model.returns.values().filter(|told| told.by == node);
            let taken: i64 = of_sales.map(|told| told.by_card).sum();
            let given: i64 = of_returns.map(|told| told.by_card).sum();
            let moved = self.terminals[node].balance();
            assert_eq!(taken - given, moved, "seed {seed}: the card terminal of till {node}");
        }
    }

    /// Receipts of each register and epoch are numbered from 1 without gap; by both halves, where it ran twice.
    fn check_numbers(&self) {
        let seed = self.world.seed;
        for (node, till) in self.tills() {
            let select = "SELECT register, epoch, number FROM sale UNION SELECT register, epoch, number FROM return_sale
                ORDER BY 1, 2, 3";
            let mut select = till.db().prepare(select).unwrap();
            let rows = select.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)));
            let mut numbers: BTreeMap<(u32, u32), Vec<u64>> = BTreeMap::new();
            for (series, number) in rows.unwrap().map(|row| row.unwrap()) {
                numbers.entry(series).or_default().push(number);
            }
            for (series, numbers) in numbers {
                let all: Vec<u64> = (1..=numbers.len() as u64).collect();
                assert_eq!(
                    numbers, all,
                    "seed {seed}: register and epoch {series:?} at till {node}"
                );
            }
        }
    }

    /// Every receipt counts in the shift that it was handed over in, the sums of shifts are those of their receipts,
    /// and every Z that was taken is there: the earliest of a shift's stands.
    fn check_shifts(&self) {
        let seed = self.world.seed;
        for (node, till) in self.tills() {
            let shifts = shifts(till);
            let mut sums: BTreeMap<ShiftId, (usize, i64)> = BTreeMap::new();
            for told in self.model.all() {
                let Some(shift) = shifts.get(&told.id) else { continue };
                assert_eq!(*shift, told.shift, "seed {seed}: till {node}: {}", told.receipt);
                let back = self.model.returns.contains_key(&ReturnId(told.id));
                let sum = sums.entry(told.shift).or_default();
                *sum = (sum.0 + 1, sum.1 + if back { -told.money } else { told.money });
            }
            let select = "SELECT id, (SELECT count(*) FROM sale WHERE shift = shift.entry) + (SELECT count(*) FROM return_sale WHERE shift = shift.entry),
                (SELECT coalesce(sum(tendered - change), 0) FROM sale WHERE shift = shift.entry)
                - (SELECT coalesce(sum(refunded), 0) FROM return_sale WHERE shift = shift.entry) FROM shift";
            let mut select = till.db().prepare(select).unwrap();
            let kept = select.query_map([], |row| {
                Ok((ShiftId(Uuid::from_bytes(row.get(0)?)), (row.get(1)?, row.get(2)?)))
            });
            let kept = kept.unwrap().map(|row| row.unwrap()).filter(|(_, (count, _))| *count > 0);
            let kept: BTreeMap<ShiftId, (usize, i64)> = kept.collect();
            assert_eq!(kept, sums, "seed {seed}: sums of shifts at till {node}");

            let shop = shop(till);
            for closed in self.model.closed.iter().filter(|closed| closed.shop == shop) {
                let must = closed.fate == Fate::Sure;
                let select = "SELECT count(*) FROM shift_closing JOIN shift ON shift.entry = shift
                    WHERE shift.id = ?1 AND shift_closing.z_number = ?2 AND shift_closing.counted = ?3";
                let id = closed.shift.0.into_bytes();
                let there: i64 = till
                    .db()
                    .query_row(select, params![id, closed.z, closed.counted], |row| row.get(0))
                    .unwrap();
                assert!(there > 0 || !must, "seed {seed}: till {node} has no {closed:?}");
            }
            let earliest = "SELECT hex(id), closed_at, (SELECT min(closed_at) FROM shift_closing WHERE shift = shift.entry) FROM shift";
            for row in rows(till, earliest) {
                assert_eq!(row[1], row[2], "seed {seed}: till {node}: the closing of {:?}", row[0]);
            }
        }
    }

    /// No till holds what is another store's or another company's, and no head office what is another company's; who
    /// calls there is refused.
    fn check_places(&self) {
        let seed = self.world.seed;
        for office in self.offices() {
            for (_, sealed) in office.disk.chains.values().flatten() {
                let tenant = Entry::read(&sealed.bytes).unwrap().tenant;
                assert_eq!(tenant, office.tenant, "seed {seed}: at head office");
            }
        }
        assert!(self.world.refused > 0, "seed {seed}: nobody was refused by another company");
        for (node, till) in self.tills() {
            let identity = till.identity();
            for entry in entries(till) {
                let here = entry.scope == Scope::Tenant || entry.store == identity.store;
                assert!(
                    here && entry.tenant == identity.tenant,
                    "seed {seed}: till {node} holds {entry:?}"
                );
            }
        }
    }

    /// Tills of one store hold the same chains and show the same. Of an epoch with two histories they hold the one or
    /// the other, and show both.
    fn check_replicas(&self) {
        let seed = self.world.seed;
        let forked = self.anything_frozen();
        if forked && !self.has(Trouble::Cloned) && !self.has(Trouble::RolledBack) {
            return;
        }
        let tills: Vec<(usize, &Till)> = self.tills().collect();
        for (place, (node, till)) in tills.iter().enumerate() {
            for (other, neighbour) in &tills[..place] {
                if shop(till) == shop(neighbour) {
                    let books = BOOKS.iter().filter(|select| !forked || **select != CHAINS);
                    for select in books {
                        let (mut one, mut two) = (rows(till, select), rows(neighbour, select));
                        let (here, there) = (one.clone(), two.clone());
                        one.retain(|row| !there.contains(row));
                        two.retain(|row| !here.contains(row));
                        assert_eq!(one, two, "seed {seed}: tills {node} and {other}: {select}");
                    }
                }
            }
        }
        if forked {
            for (node, till) in tills.into_iter().filter(|_| !self.has(Trouble::Hostile)) {
                let refused = rows(till, "SELECT problem FROM refused_change");
                assert!(refused.is_empty(), "seed {seed}: till {node}: {refused:?}");
            }
            return;
        }
        for (node, till) in tills {
            let office = self.world.nodes[self.office_of(node)].as_office().unwrap();
            for at in receive::vector(till.db()).unwrap().iter() {
                let there = office.disk.head(&at.chain);
                assert_eq!(
                    at.head, there,
                    "seed {seed}: {} at till {node} and head office",
                    at.chain
                );
            }
        }
    }

    fn anything_frozen(&self) -> bool {
        let forks = |till: &Till| !rows(till, "SELECT 1 FROM fork").is_empty();
        self.tills().any(|(_, till)| forks(till))
            || self.offices().any(|office| !office.disk.frozen.is_empty())
    }

    /// No more comes back than was sold, unless tills that knew nothing of each other took it back.
    fn check_returns(&self) {
        let seed = self.world.seed;
        for (id, sale) in &self.model.sales {
            let backs: Vec<&Told> =
                self.model.returns.values().filter(|back| back.of == Some(*id)).collect();
            let by: BTreeSet<usize> = backs.iter().map(|back| back.by).collect();
            for (sku, sold) in sums(&sale.goods) {
                let back: i64 =
                    backs.iter().filter_map(|back| sums(&back.goods).get(sku).copied()).sum();
                // A disk that went back in time has forgotten what came back before.
                let forgot = self.goes_back_in_time() && by.contains(&self.victim);
                let apart = by.len() > 1 || forgot;
                assert!(
                    back <= sold || apart,
                    "seed {seed}: {back} of {sold} {sku} of {}",
                    sale.receipt
                );
            }
        }
    }

    /// What only a newer till understands is kept and relayed.
    fn check_newer(&self) {
        let seed = self.world.seed;
        for (node, till) in self.tills() {
            let (here, company) = (shop(till), format!("{}/", till.identity().tenant));
            let kept = rows(till, "SELECT entry FROM opaque").len();
            let newer = self.newer.iter().filter(|(of, _)| of.starts_with(&company));
            let may_hold = newer.filter(|(of, scope)| *of == here || *scope == Scope::Tenant);
            assert_eq!(kept, may_hold.count(), "seed {seed}: till {node}");
        }
    }

    /// Every till proves its own books.
    fn prove(&self) {
        let seed = self.world.seed;
        for (node, place) in self.world.nodes.iter().enumerate() {
            if let Some(machine) = place.as_till() {
                let verdict = verify(machine.folder(), &mut |_, _| {}).unwrap();
                // What came back twice, at tills that knew nothing of each other, is reported.
                let mut findings = verdict.findings;
                findings.retain(|finding| finding.place != "return_line");
                assert_eq!(findings, [], "seed {seed}: till {node}");
                let unshown = rows(machine.till(), "SELECT problem FROM unprojected");
                assert!(unshown.is_empty(), "seed {seed}: till {node}: {unshown:?}");
            }
        }
    }
}

/// What a head office's journal says, each thing once.
fn facts_at(office: &Node) -> Vec<(Entry, Fact)> {
    let mut shown = BTreeSet::new();
    let mut facts = Vec::new();
    for (_, sealed) in office.disk.chains.values().flatten() {
        let carrier = Entry::read(&sealed.bytes).unwrap();
        let said = Fact::read(&carrier).unwrap();
        let sealed = said.said_again().map_or(sealed, |said| &said.entry);
        if shown.insert(sealed.hash()) {
            let entry = Entry::read(&sealed.bytes).unwrap();
            let fact = Fact::read(&entry).unwrap();
            facts.push((entry, fact));
        }
    }
    facts
}

/// Tables that are the same at every till of a store, without the numbers by which one disk knows them.
const BOOKS: [&str; 14] = [
    "SELECT id, register, epoch, number, completed_at, day, subtotal, total, rounding, tendered, change FROM sale ORDER BY id",
    "SELECT sale.id, line, sku, quantity, price, amount FROM sale_line JOIN sale ON sale.entry = sale ORDER BY 1, 2",
    "SELECT id, sale, register, epoch, number, total, refunded FROM return_sale ORDER BY id",
    "SELECT id, register, number, opened_at, opened_by, float, closed_at, closed_by, z_number, counted, expected FROM shift ORDER BY id",
    "SELECT shift.id, shift_closing.closed_at, shift_closing.z_number, shift_closing.counted, epoch
        FROM shift_closing JOIN shift ON shift.entry = shift ORDER BY 1, 2, 3, 4, 5",
    "SELECT shift.id, epoch, shift_epoch.number FROM shift_epoch JOIN shift ON shift.entry = shift ORDER BY 1, 2",
    "SELECT cash_movement.id, shift.id, amount FROM cash_movement JOIN shift ON shift.entry = shift ORDER BY 1",
    "SELECT sku, on_hand, sold FROM stock ORDER BY sku",
    "SELECT code, name_en, name_fr, price FROM sku JOIN product ON product.id = product LEFT JOIN price ON price.sku = code ORDER BY 1",
    "SELECT id, name, role, active FROM operator ORDER BY id",
    "SELECT id, register, epoch FROM device ORDER BY id",
    "SELECT document, taken FROM parked_cart ORDER BY 1",
    "SELECT hex(document), map, key, count(*) FROM conflict GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    CHAINS,
];

/// Of an epoch with two histories every till holds the one or the other.
const CHAINS: &str = "SELECT device, epoch, scope, seq, head FROM chain ORDER BY 1, 2, 3";

fn rows(till: &Till, select: &str) -> Vec<Vec<Value>> {
    let mut select = till.db().prepare(select).unwrap();
    let columns = select.column_count();
    let rows = select.query_map([], |row| (0..columns).map(|n| row.get(n)).collect()).unwrap();
    rows.map(|row| row.unwrap()).collect()
}

fn entries(till: &Till) -> Vec<Entry> {
    let mut select = till.db().prepare("SELECT entry FROM journal").unwrap();
    let entries = select.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    entries.map(|bytes| Entry::read(&bytes.unwrap()).unwrap()).collect()
}

/// Receipts of sales and returns in the tables of a till.
fn booked(till: &Till) -> Books {
    let store = till.identity().store.clone();
    let select = "SELECT id, register, epoch, number, total, tendered - change FROM sale
        UNION ALL SELECT id, register, epoch, number, total, refunded FROM return_sale";
    let mut select = till.db().prepare(select).unwrap();
    let rows = select.query_map([], |row| {
        let (register, epoch, number): (u32, u32, u64) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let receipt = format!("{store}{register}-{epoch}-{number}");
        Ok((Uuid::from_bytes(row.get(0)?), (receipt, row.get(4)?, row.get(5)?)))
    });
    let mut booked = Books::new();
    for (id, row) in rows.unwrap().map(|row| row.unwrap()) {
        booked.entry(id).or_default().push(row);
    }
    booked
}

/// The shift of every receipt in the tables of a till.
fn shifts(till: &Till) -> BTreeMap<Uuid, ShiftId> {
    let select = "SELECT sale.id, shift.id FROM sale JOIN shift ON shift.entry = shift
        UNION ALL SELECT return_sale.id, shift.id FROM return_sale JOIN shift ON shift.entry = shift";
    let mut select = till.db().prepare(select).unwrap();
    let rows = select.query_map([], |row| {
        Ok((Uuid::from_bytes(row.get(0)?), ShiftId(Uuid::from_bytes(row.get(1)?))))
    });
    rows.unwrap().map(|row| row.unwrap()).collect()
}

/// Thousandths of each SKU.
fn sums(goods: &[(String, i64, i64)]) -> BTreeMap<&str, i64> {
    let mut sums = BTreeMap::new();
    for (sku, quantity, _) in goods {
        *sums.entry(sku.as_str()).or_default() += quantity;
    }
    sums
}
