//! The companies of every seed, each with head office: one has three registers of a store and one of another, the other
//! two of a store that is called the same, on the same network. Made once, closed, and copied for each seed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use comptoir_domain::money::{Currency, Money};
use comptoir_domain::operators::Role;
use comptoir_domain::store::{Region, Store};
use comptoir_domain::text::Language;
use comptoir_sync::acceptance::Device;
use comptoir_sync::enrolment::{Enrolled as Answer, Papers};
use comptoir_sync::entry::{Chain, DeviceId, Scope, Sealed};
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::trust::DeviceEnrolled;
use comptoir_sync::replication::message::Page;
use comptoir_sync::replication::vector::{Site, Vector};
use comptoir_till::catalog::import::{self, Mapping};
use comptoir_till::journal::receive;
use comptoir_till::till::{NewStore, Till};
use comptoir_till::trust::enrolment::{self, Enrolled};
use comptoir_till::trust::joining::{Invitation, Joining};
use comptoir_till::trust::membership;
use comptoir_till::{operators, payments};
use ed25519_dalek::SigningKey;

use crate::machine::{BASE, Machine};
use crate::node::{Node, TENANT};
use crate::world::Random;

/// What is sold: pieces, goods by weight, goods for grown-ups, taxed and not.
const GOODS: &str = "\
sku,name,name_fr,gtin,plu,department,price,cost,unit,tax_category,age_restricted
LOAF,Sourdough loaf 680 g,Pain au levain 680 g,062345000015,,Bakery,6.49,3.10,each,zero_rated,
BAN,Bananas,Bananes,,4011,Produce,1.74,0.90,kg,zero_rated,
COF,Canal Roast coffee 340 g,Café Canal 340 g,062345000022,,Grocery,13.99,8.00,each,zero_rated,
LAGER,Bytown Lager 6 × 355 mL,Blonde Bytown 6 × 355 mL,062345000046,,Drinks > Beer,15.50,9.20,each,standard,19
CAN,Beeswax candle,Bougie en cire d'abeille,062345000053,,Home,9.00,4.00,each,standard,
";

/// The other company.
pub(crate) const OTHER: &str = "OTHER";

/// Where each till stands.
const PLACES: [(&str, &str, u32); 6] = [
    (TENANT, "RDC", 1),
    (TENANT, "RDC", 2),
    (TENANT, "RDC", 3),
    (TENANT, "YUL", 1),
    (OTHER, "RDC", 1),
    (OTHER, "RDC", 2),
];

/// Of whom there are fewer than of these: what makes the key of a register that joins in the middle, and its position.
const NEWCOMER: usize = 90;
const NEW_REGISTER: u32 = 9;

/// The folders to copy, and head offices as they begin.
pub(crate) struct Company {
    folder: tempfile::TempDir,
    offices: [Node; 2],
}

impl Company {
    pub(crate) fn new() -> Company {
        let folder = tempfile::Builder::new().prefix("comptoir-").tempdir_in(scratch()).unwrap();
        let mut tills: Vec<Till> = Vec::new();
        for (number, (tenant, store, register)) in PLACES.into_iter().enumerate() {
            let place = folder.path().join(number.to_string());
            give_key(&place, number);
            let there = |till: &&Till| {
                (&*till.identity().tenant, &*till.identity().store) == (tenant, store)
            };
            let till = match tills.iter().find(there) {
                None => first_of(&place, tenant, store),
                Some(first) => with_shift(joined(&place, first, vec![in_store(first)], register)),
            };
            tills.push(till);
        }
        let of = tills.iter().filter(|till| till.identity().tenant == TENANT).count();
        let others = tills.split_off(of);
        let offices = [founded(TENANT, 0, tills), founded(OTHER, 1, others)];
        Company { folder, offices }
    }

    /// Copies of all, for one seed: each head office with those of its tills that take part.
    pub(crate) fn copy(
        &self,
        to: &Path,
        seed: u64,
        places: [&[usize]; 2],
    ) -> Vec<(Node, Vec<Machine>)> {
        let mut chance = Random(seed ^ 0x5eed);
        let mut machine = |place: &usize| {
            let folder = to.join(place.to_string());
            copy_folder(&self.folder.path().join(place.to_string()), &folder);
            Machine::open(folder, chance.next())
        };
        let of = self.offices.iter().zip(places);
        of.map(|(office, places)| (office.clone(), places.iter().map(&mut machine).collect()))
            .collect()
    }
}

/// Head office of tills that know each other: the stores know each other's goods, each register what its neighbours know,
/// head office everything.
fn founded(tenant: &'static str, number: u8, mut tills: Vec<Till>) -> Node {
    let mut office = Node::new(Site::HeadOffice, number);
    office.tenant = tenant;
    let own = in_office(&office);
    office.devices.insert(office.device(), device(&own));
    office.begin_epoch(BASE);
    let enrolled: Vec<Enrolled> = tills.iter().map(in_store).collect();
    for one in &enrolled {
        office.devices.insert(DeviceId::of(&one.key), device(one));
    }
    for till in &tills {
        take_part(till, &office, &enrolled);
    }
    for _ in 0..2 {
        for one in 0..tills.len() {
            for other in (0..tills.len()).filter(|other| *other != one) {
                let neighbours = tills[one].identity().store == tills[other].identity().store;
                let mut page = missing(&tills[other], &receive::vector(tills[one].db()).unwrap());
                page.retain(|sealed| neighbours || scope(sealed) == Scope::Tenant);
                let taken = tills[one].receive(page).unwrap();
                assert_eq!((taken.held, taken.forks), (vec![], vec![]));
            }
        }
    }
    for till in &tills {
        for entry in missing(till, &Vector::default()) {
            office.store(Page { entries: vec![entry], cursor: None, more: false }, BASE);
        }
    }
    office
}

/// Another register of a store that sells: it joins by what one of its tills holds, and head office tells the others.
pub(crate) fn newcomer(
    folder: &Path,
    first: &Till,
    office: &mut Node,
    chance: u64,
    wall: i64,
) -> (Machine, Chain) {
    give_key(folder, NEWCOMER);
    let enrolled = |device: &Device| Enrolled { key: device.key, site: device.site.clone() };
    let tills = office.devices.values().filter(|device| device.site.store().is_some());
    let everybody: Vec<Enrolled> = tills.map(enrolled).collect();
    let till = joined(folder, first, everybody.clone(), NEW_REGISTER);
    let new = in_store(&till);
    let (store, register) = (till.identity().store.clone(), till.identity().register);
    office.devices.insert(DeviceId::of(&new.key), device(&new));
    let public_key = new.key.to_bytes();
    let enrolled = Fact::DeviceEnrolled(DeviceEnrolled { public_key, store, register });
    let told = office.write(&enrolled, wall, |_| {});
    take_part(&till, office, &everybody);
    drop(till);
    (Machine::open(folder.to_owned(), chance), told)
}

fn in_office(office: &Node) -> Enrolled {
    Enrolled { key: office.key.verifying_key(), site: Site::HeadOffice }
}

fn device(enrolled: &Enrolled) -> Device {
    Device { key: enrolled.key, site: enrolled.site.clone(), epoch: 0, last_good: None }
}

fn take_part(till: &Till, office: &Node, enrolled: &[Enrolled]) {
    for other in enrolled.iter().filter(|other| other.key != till.key().verifying_key()) {
        enrolment::enrol(till.db(), other).unwrap();
    }
    membership::join(till.db(), "http://127.0.0.1:1", None, &answer(office, till)).unwrap();
}

/// Memory rather than a disk, where there is that: what a disk forgets is played out by the storm itself.
pub(crate) fn scratch() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { std::env::temp_dir() }
}

/// The files of a till that is not open, or that is to be as it stands now.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for name in ["till.db", "till.db-wal", "device.key", "store.secret", "epoch"] {
        if from.join(name).exists() {
            fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }
}

/// The keys of a till are the same in every run: what is replayed is chained and signed as it was.
fn give_key(folder: &Path, number: usize) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("device.key"), [u8::try_from(number).unwrap() + 101; 32]).unwrap();
}

/// A store that has begun, with people and, if it is the first of its company, with goods.
fn first_of(folder: &Path, tenant: &str, code: &str) -> Till {
    let secret = tenant.as_bytes()[0] ^ code.as_bytes()[0];
    fs::write(folder.join("store.secret"), [secret; 32]).unwrap();
    let region = Region::ON;
    let store = Store {
        code: code.into(),
        name: format!("Store {code}"),
        address: vec!["1 Canal Walk".into()],
        region,
        register: 1,
        currency: Currency::CAD,
        languages: vec![Language::En, Language::Fr],
        tax_numbers: vec!["HST 000000000 RT0001".into()],
        time_zone: region.time_zone().into(),
    };
    let new = NewStore { tenant: tenant.into(), store, departments: Vec::new() };
    drop(Till::init(folder, &new).unwrap());
    let mut till = open(folder, &format!("{tenant}/{code}"));
    let console = operators::console(till.db()).unwrap();
    for (name, role, pin) in
        [("Counter", Role::Cashier, "1111"), ("Manager", Role::Manager, "4444")]
    {
        operators::add(&mut till, console, name, role, Language::En, pin).unwrap();
    }
    if code == PLACES[0].1 {
        let (_, rejects) =
            import::import_bytes(&mut till, console, GOODS.as_bytes(), &Mapping::default())
                .unwrap();
        assert_eq!(rejects, []);
    }
    with_shift(till)
}

fn joined(folder: &Path, first: &Till, others: Vec<Enrolled>, register: u32) -> Till {
    let tenant = first.identity().tenant.clone();
    let salt = format!("{tenant}/{register}");
    let invitation = Invitation {
        tenant,
        store: first.identity().store.clone(),
        register,
        secret: first.home().store_secret().unwrap(),
        others,
    };
    let mut joining = Joining::begin(folder, &invitation).unwrap();
    let page = missing(first, &joining.vector().unwrap());
    joining.receive(page).unwrap();
    drop(joining.finish().unwrap());
    open(folder, &salt)
}

fn open(folder: &Path, salt: &str) -> Till {
    let clock = AtomicI64::new(BASE - 60_000);
    let salt = salt.bytes().fold(0, |salt: u64, byte| salt.wrapping_mul(257) + u64::from(byte));
    let chance = Arc::new(std::sync::Mutex::new(Random(salt)));
    let mut till = Till::open_at(folder, Box::new(move || clock.load(Ordering::Relaxed))).unwrap();
    till.draw_ids_from(crate::machine::drawn_from(chance));
    till
}

fn with_shift(mut till: Till) -> Till {
    let cashier = operators::find_named(till.db(), "Counter").unwrap().id;
    let float = Money::parse("100.00", Currency::CAD).unwrap();
    payments::open_shift(&mut till, cashier, float).unwrap();
    till
}

fn in_store(till: &Till) -> Enrolled {
    let site = Site::Store(till.identity().store.clone());
    Enrolled { key: till.key().verifying_key(), site }
}

/// What head office would answer; nobody looks at the certificates here.
fn answer(office: &Node, till: &Till) -> Answer {
    let identity = till.identity();
    let papers = Papers { certificate: vec![], authority: vec![], from: 0, until: 0 };
    Answer {
        tenant: identity.tenant.clone(),
        store: identity.store.clone(),
        register: identity.register,
        epoch: identity.epoch,
        secret: till.home().store_secret().unwrap(),
        head_office: SigningKey::verifying_key(&office.key).to_bytes(),
        papers,
        opening: None,
    }
}

/// All entries that one disk holds and another does not, chain by chain.
pub(crate) fn missing(from: &Till, vector: &Vector) -> Vec<Sealed> {
    let mut all = Vec::new();
    for held in receive::vector(from.db()).unwrap().iter() {
        let after = vector.head(&held.chain).seq;
        all.extend(receive::page(from.db(), &held.chain, after, usize::MAX, usize::MAX).unwrap());
    }
    all
}

fn scope(sealed: &Sealed) -> Scope {
    comptoir_sync::entry::Entry::read(&sealed.bytes).unwrap().scope
}
