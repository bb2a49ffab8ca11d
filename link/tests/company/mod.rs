//! A company for stories: its authority, head office's key, and the tills of the demo's store.
#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test file uses its part of it")]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::Money;
use comptoir_domain::orders::Sale;
use comptoir_link::keeper::Keeper;
use comptoir_link::mesh::{Mesh, Options};
use comptoir_link::tls::Clock;
use comptoir_sync::enrolment::{Enrolled as Answer, Papers, store_name};
use comptoir_sync::entry::{DeviceId, Entry, NO_HASH, Sealed, VERSION};
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::trust::DeviceEnrolled;
use comptoir_sync::replication::vector::{Site, Vector};
use comptoir_till::journal::receive;
use comptoir_till::till::Till;
use comptoir_till::trust::enrolment::{self, Enrolled};
use comptoir_till::trust::joining::{Invitation, Joining};
use comptoir_till::trust::membership;
use comptoir_till::turns::{Turn, Turns};
use comptoir_till::{cart, demo, operators, orders, payments};
use ed25519_dalek::{SigningKey, VerifyingKey};
use rcgen::{
    BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, PKCS_ED25519, PublicKeyData,
    SignatureAlgorithm,
};

const DAY: i64 = 24 * 60 * 60 * 1_000;
/// 2025-11-20: when everything happens.
pub const NOW: i64 = 1_763_665_620_000;

pub struct Company {
    pub folder: tempfile::TempDir,
    params: CertificateParams,
    key: KeyPair,
    head_office: SigningKey,
}

pub struct Register {
    pub till: Arc<Turns<Till>>,
    pub mesh: Option<Mesh>,
    pub cashier: OperatorId,
    pub folder: PathBuf,
}

struct PublicKey(VerifyingKey);

impl PublicKeyData for PublicKey {
    fn der_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ED25519
    }
}

impl Company {
    pub fn new() -> Company {
        let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let head_office = SigningKey::from_bytes(&[9; 32]);
        Company { folder: tempfile::tempdir().unwrap(), params, key, head_office }
    }

    /// Certificates of ninety days in a store, of which those of a later register began later.
    pub fn papers(&self, key: VerifyingKey, register: u32, store: &str) -> Papers {
        let from = NOW - DAY * (85 - 20 * i64::from(register));
        let until = from + 90 * DAY;
        let at = |time: i64| {
            rcgen::date_time_ymd(1970, 1, 1) + Duration::from_millis(time.unsigned_abs())
        };
        let mut params = CertificateParams::new(vec![store_name(store)]).unwrap();
        (params.not_before, params.not_after) = (at(from), at(until));
        let issuer = Issuer::from_params(&self.params, &self.key);
        Papers {
            certificate: params.signed_by(&PublicKey(key), &issuer).unwrap().der().to_vec(),
            authority: self.params.self_signed(&self.key).unwrap().der().to_vec(),
            from,
            until,
        }
    }

    /// The answer that head office would give to a till.
    pub fn answer(&self, till: &Till) -> Answer {
        let identity = till.identity();
        Answer {
            tenant: identity.tenant.clone(),
            store: identity.store.clone(),
            register: identity.register,
            epoch: identity.epoch,
            secret: till.home().store_secret().unwrap(),
            head_office: self.head_office.verifying_key().to_bytes(),
            papers: self.papers(till.key().verifying_key(), identity.register, &identity.store),
            opening: None,
        }
    }

    /// Head office's first word: that a till takes part.
    pub fn welcome(&self, till: &Till) -> Sealed {
        let identity = till.identity();
        let public_key = till.key().verifying_key().to_bytes();
        let (store, register) = (identity.store.clone(), identity.register);
        let fact = Fact::DeviceEnrolled(DeviceEnrolled { public_key, store, register });
        let entry = Entry {
            v: VERSION,
            tenant: identity.tenant.clone(),
            store: String::new(),
            device: DeviceId::of(&self.head_office.verifying_key()).0,
            epoch: 1,
            scope: fact.scope(),
            seq: 1,
            prev: NO_HASH,
            hlc: 0,
            wall: NOW,
            kind: fact.kind().to_owned(),
            kind_v: 1,
            operator: None,
            body: fact.encode(),
        };
        entry.seal(&self.head_office)
    }

    /// The demo's first register.
    pub fn first(&self) -> Register {
        let till = demo::init(&self.folder.path().join("1")).unwrap();
        self.register(till)
    }

    /// Another register, which knows what `first` knows, and each the other.
    pub fn another(&self, first: &Register, register: u32) -> Register {
        let folder = self.folder.path().join(register.to_string());
        let mut joining = {
            let first = first.till();
            let invitation = Invitation {
                tenant: first.identity().tenant.clone(),
                store: first.identity().store.clone(),
                register,
                secret: first.home().store_secret().unwrap(),
                others: enrolment::all(first.db())
                    .unwrap()
                    .into_iter()
                    .chain([in_store(&first)])
                    .collect(),
            };
            Joining::begin(&folder, &invitation).unwrap()
        };
        let page = missing(&first.till(), &joining.vector().unwrap());
        joining.receive(page).unwrap();
        let till = joining.finish().unwrap();
        self.register(till)
    }

    fn register(&self, mut till: Till) -> Register {
        membership::join(till.db(), "http://127.0.0.1:1", None, &self.answer(&till)).unwrap();
        let cashier = operators::list(till.db()).unwrap()[0].id;
        let float = Money::zero(till.store().currency);
        payments::open_shift(&mut till, cashier, float).unwrap();
        let folder = till.home().folder().to_owned();
        Register { till: Arc::new(Turns::new(till)), mesh: None, cashier, folder }
    }
}

/// Every register believes every other.
pub fn acquaint(registers: &[&Register]) {
    for one in registers {
        for other in registers {
            if one.folder != other.folder {
                let other = in_store(&other.till());
                enrolment::enrol(one.till().db(), &other).unwrap();
            }
        }
    }
}

pub fn in_store(till: &Till) -> Enrolled {
    let site = Site::Store(till.identity().store.clone());
    Enrolled { key: till.key().verifying_key(), site }
}

/// All entries that one disk holds and another does not.
pub fn missing(from: &Till, vector: &Vector) -> Vec<Sealed> {
    let mut all = Vec::new();
    for held in receive::vector(from.db()).unwrap().iter() {
        let after = vector.head(&held.chain).seq;
        all.extend(receive::page(from.db(), &held.chain, after, usize::MAX, usize::MAX).unwrap());
    }
    all
}

impl Register {
    pub fn till(&self) -> Turn<'_, Till> {
        self.till.lock()
    }

    pub fn sell(&self, code: &str) -> Sale {
        let mut till = self.till();
        cart::scan(&mut till, self.cashier, code).unwrap();
        let cart = cart::show(&mut till).unwrap();
        orders::complete_sale(&mut till, self.cashier, cart.id, Some(cart.total), None).unwrap()
    }

    /// Opens the till anew with another clock.
    pub fn with_clock(self, clock: Clock) -> Register {
        let Register { till, mesh, cashier, folder } = self;
        drop((till, mesh));
        let till = Till::open_at(&folder, Box::new(clock)).unwrap();
        Register { till: Arc::new(Turns::new(till)), mesh: None, cashier, folder }
    }

    /// Takes part from now on, dialling these.
    pub fn go_online(&mut self, neighbours: &[SocketAddr]) {
        self.go_online_at(neighbours, || NOW);
    }

    pub fn go_online_at(&mut self, neighbours: &[SocketAddr], clock: Clock) {
        let keeper: Arc<dyn Keeper> = self.till.clone();
        self.go_online_with(neighbours, clock, keeper);
    }

    /// As whoever keeps the till.
    pub fn go_online_with(
        &mut self,
        neighbours: &[SocketAddr],
        clock: Clock,
        keeper: Arc<dyn Keeper>,
    ) {
        let addresses: Vec<String> = neighbours.iter().map(SocketAddr::to_string).collect();
        membership::set_neighbours(&mut self.till(), &addresses).unwrap();
        let options = Options {
            database: Path::new(&self.folder).join("till.db"),
            listen: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
            discover: false,
            clock,
        };
        let key = self.till().key().clone();
        let mesh = Mesh::start(keeper, key, &options).unwrap();
        self.till().tell(Box::new(mesh.grown()));
        self.mesh = Some(mesh);
    }

    pub fn address(&self) -> SocketAddr {
        let mesh = self.mesh.as_ref().unwrap();
        until("the till listens", || mesh.listening().is_some());
        mesh.listening().unwrap()
    }

    pub fn vector(&self) -> Vector {
        receive::vector(self.till().db()).unwrap()
    }
}

/// Waits for something that happens by itself; whoever waits in vain is stuck, not slow.
pub fn until(what: &str, happened: impl Fn() -> bool) {
    let begun = Instant::now();
    while !happened() {
        assert!(begun.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
