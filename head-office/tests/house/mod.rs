//! A head office to test: a real PostgreSQL, one for each test program and a database for each test, and devices that
//! write what tills write.

#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test file uses its part of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../../../xtask/src/postgres.rs"]
mod postgres;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use comptoir_head_office::database::{Database, migrate};
use comptoir_head_office::devices::{self, Enrolled};
use comptoir_head_office::http::office::pages::Pages;
use comptoir_head_office::journal::ingest::{Delivery, Taken, ingest};
use comptoir_head_office::listen::Plain;
use comptoir_head_office::office::Office;
use comptoir_head_office::vault::Vault;
use comptoir_head_office::{enrolment, http, tenants};
use comptoir_sync::entry::{Chain, DeviceId, Entry, Hash, NO_HASH, Scope, Sealed, VERSION};
use comptoir_sync::facts::orders::{SaleCompleted, SaleLine, SaleTax, SaleTender};
use comptoir_sync::facts::returns::{Refunded, ReturnCompleted, ReturnedLine};
use comptoir_sync::facts::trust::{EpochReason, EpochStarted};
use comptoir_sync::facts::{Fact, Id};
use comptoir_sync::replication::vector::Site;
use ed25519_dalek::SigningKey;
use postgres::{Cluster, Then};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::net::TcpListener;
use uuid::Uuid;

/// 21 November 2025, 17:00 in Ottawa.
pub const WALL: i64 = 1_763_762_400_000;
/// To the database, at most.
pub const CONNECTIONS: u32 = 8;
const OWNER: &str = "comptoir_owner";

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("postgres-{}", std::process::id()));
        let cluster = Cluster::start(&folder, Then::Remove).unwrap();
        // Tests that begin together would make the owner at once.
        cluster.database(OWNER, "first").unwrap();
        cluster
    })
}

/// A company in a database of its own.
pub struct House {
    pub office: Arc<Office>,
    pub owner: PgConnectOptions,
    pub tenant: String,
}

pub async fn superuser(database: &str) -> PgConnection {
    PgConnection::connect(&cluster().url(database)).await.unwrap()
}

/// A new database that belongs to somebody who is no superuser.
pub async fn empty() -> PgConnectOptions {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    cluster().database(OWNER, &name).unwrap();
    cluster().url_of(OWNER, &name).parse().unwrap()
}

impl House {
    /// `ACME` with the stores `YOW1` and `YYC1`.
    pub async fn new() -> House {
        let owner = empty().await;
        migrate(&owner).await.unwrap();
        let house = House { office: another(&owner).await, owner, tenant: "ACME".into() };
        house.add_tenant("ACME").await;
        house
    }

    pub async fn add_tenant(&self, tenant: &str) {
        enrolment::found(&self.office, tenant, tenant, WALL).await.unwrap();
        let mut tx = self.office.database.of_tenant(tenant).await.unwrap();
        for store in ["YOW1", "YYC1"] {
            tenants::add_store(&mut tx, tenant, store, store, WALL).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// Serves on the loopback, until the test ends.
    pub async fn serve(&self) -> SocketAddr {
        serve(self.office.clone()).await
    }

    /// Register `register` of a store, enrolled and with its first entry written.
    pub async fn till(&self, store: &str, register: u32) -> Device {
        let device = Device::new(&self.tenant, store, register);
        self.enrol(&device).await;
        device
    }

    pub async fn enrol(&self, device: &Device) {
        let mut tx = self.office.database.of_tenant(&device.tenant).await.unwrap();
        let enrolled = Enrolled {
            key: device.key.verifying_key(),
            site: Site::Store(device.store.clone()),
            register: Some(device.register),
        };
        devices::enrol(&mut tx, &device.tenant, &enrolled, WALL).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn take(&self, from: &Device, page: Vec<Sealed>) -> Taken {
        let me = self.office.identity(&self.tenant).await.unwrap();
        let (from, process) = (from.id(), Uuid::nil());
        let delivery = Delivery { me: &me.node, from, page, wall: WALL, process };
        ingest(&self.office.database, delivery).await.unwrap()
    }

    /// One number out of the tables of the company.
    pub async fn number(&self, select: &'static str) -> i64 {
        let mut tx = self.office.database.of_tenant(&self.tenant).await.unwrap();
        sqlx::query_scalar(select).fetch_one(&mut *tx).await.unwrap()
    }

    pub async fn text(&self, select: &'static str) -> String {
        let mut tx = self.office.database.of_tenant(&self.tenant).await.unwrap();
        sqlx::query_scalar(select).fetch_one(&mut *tx).await.unwrap()
    }
}

/// A process of head office at a database that is there already.
pub async fn another(owner: &PgConnectOptions) -> Arc<Office> {
    let database = Database::open(owner.clone(), CONNECTIONS).await.unwrap();
    Arc::new(Office::new(database, Vault::new(&[7; 32])))
}

/// Serves on the loopback, until the test ends.
pub async fn serve(office: Arc<Office>) -> SocketAddr {
    serve_pages(office, None).await
}

/// The same, with the office pages.
pub async fn serve_pages(office: Arc<Office>, pages: Option<Pages>) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(office.clone().listen());
    let app =
        http::router(office, false, pages).into_make_service_with_connect_info::<http::Client>();
    tokio::spawn(async move { axum::serve(Plain(listener), app).await });
    address
}

/// A device that writes a journal.
pub struct Device {
    pub key: SigningKey,
    pub tenant: String,
    pub store: String,
    pub register: u32,
    pub epoch: u32,
    heads: [(u64, Hash); 2],
    receipts: u64,
    pub written: Vec<Sealed>,
}

impl Device {
    /// Its first entry says that its epoch begins.
    pub fn new(tenant: &str, store: &str, register: u32) -> Device {
        let mut seed = [0; 32];
        for (place, byte) in format!("{tenant}/{store}/{register}").bytes().enumerate() {
            seed[place % 32] ^= byte.rotate_left((place / 32) as u32);
        }
        Device::with_key(tenant, store, register, SigningKey::from_bytes(&seed))
    }

    pub fn with_key(tenant: &str, store: &str, register: u32, key: SigningKey) -> Device {
        let mut device = Device {
            key,
            tenant: tenant.into(),
            store: store.into(),
            register,
            epoch: 1,
            heads: [(0, NO_HASH); 2],
            receipts: 0,
            written: Vec::new(),
        };
        device.begin_epoch();
        device
    }

    pub fn begin_epoch(&mut self) {
        let public_key = self.key.verifying_key().to_bytes();
        let (register, reason) = (self.register, EpochReason::Initialised);
        self.write(&Fact::EpochStarted(EpochStarted {
            public_key,
            register,
            reason,
            previous: None,
        }));
    }

    /// Begins another epoch: its chains begin anew.
    pub fn go_on_in(&mut self, epoch: u32) {
        self.epoch = epoch;
        self.heads = [(0, NO_HASH); 2];
        self.begin_epoch();
    }

    pub fn id(&self) -> DeviceId {
        DeviceId::of(&self.key.verifying_key())
    }

    pub fn chain(&self, scope: Scope) -> Chain {
        Chain { device: self.id(), epoch: self.epoch, scope }
    }

    pub fn write(&mut self, fact: &Fact) -> Sealed {
        self.write_as(fact.kind(), fact.scope(), fact.encode())
    }

    pub fn write_as(&mut self, kind: &str, scope: Scope, body: Vec<u8>) -> Sealed {
        let (seq, prev) = self.heads[usize::from(scope.number())];
        let entry = Entry {
            v: VERSION,
            tenant: self.tenant.clone(),
            store: self.store.clone(),
            device: self.id().0,
            epoch: self.epoch,
            scope,
            seq: seq + 1,
            prev,
            hlc: seq + 1,
            wall: WALL,
            kind: kind.to_owned(),
            kind_v: 1,
            operator: None,
            body,
        };
        let sealed = entry.seal(&self.key);
        self.heads[usize::from(scope.number())] = (entry.seq, sealed.hash());
        self.written.push(sealed.clone());
        sealed
    }

    /// One loaf for 4.00 and five of something else for 1.00 each, with 13 % on top, paid in cash.
    pub fn sale(&mut self) -> SaleCompleted {
        self.receipts += 1;
        let line = |line, sku: &str, thousandths, price, amount| SaleLine {
            line,
            sku: sku.into(),
            name_en: format!("{sku} of the day"),
            name_fr: None,
            quantity: thousandths,
            by_weight: false,
            price,
            amount,
            tax_category: None,
            minimum_age: None,
            voided: None,
            list_price: None,
            price_reason: None,
            discount: None,
            discount_reason: None,
            share: None,
            approved_by: None,
            note: None,
            cannabis: None,
            net_milligrams: None,
            of: None,
        };
        let tax = SaleTax {
            code: "HST".into(),
            letter: "H".into(),
            percent: "13".into(),
            name_en: "HST".into(),
            name_fr: "TVH".into(),
            taxable: 900,
            amount: 117,
        };
        SaleCompleted {
            id: self.name(1),
            cart: self.name(2),
            register: self.register,
            number: self.receipts,
            shift: self.name(3),
            completed_at: WALL,
            utc_offset_minutes: -300,
            currency: "CAD".into(),
            lines: vec![line(1, "LOAF", 1_000, 400, 400), line(2, "BUN", 5_000, 100, 500)],
            taxes: vec![tax],
            subtotal: 900,
            total: 1_017,
            rounding: -2,
            tenders: vec![SaleTender { kind: "cash".into(), amount: 2_000, card: None }],
            change: 985,
            operator: Id([4; 16]),
            receipt: format!("{}{}-{}-{}", self.store, self.register, self.epoch, self.receipts),
            discount: None,
            discount_reason: None,
            approved_by: None,
            note: None,
            age_check: None,
        }
    }

    /// The loaf of a sale comes back, and is thrown away.
    pub fn back(&mut self, sale: &SaleCompleted) -> ReturnCompleted {
        self.receipts += 1;
        let line = ReturnedLine {
            line: 1,
            sku: "LOAF".into(),
            name_en: "LOAF of the day".into(),
            name_fr: None,
            quantity: 1_000,
            by_weight: false,
            amount: 400,
            tax_category: None,
            wasted: true,
            price: None,
            of: None,
        };
        ReturnCompleted {
            id: self.name(5),
            sale: Some(sale.id),
            sale_receipt: Some(sale.receipt.clone()),
            register: self.register,
            number: self.receipts,
            shift: sale.shift,
            completed_at: WALL,
            utc_offset_minutes: -300,
            currency: "CAD".into(),
            lines: vec![line],
            taxes: vec![SaleTax { taxable: 400, amount: 52, ..sale.taxes[0].clone() }],
            subtotal: 400,
            total: 452,
            rounding: -2,
            refunds: vec![Refunded { kind: "cash".into(), amount: 450, tender: None, card: None }],
            operator: Id([4; 16]),
            receipt: format!("{}{}-{}-{}", self.store, self.register, self.epoch, self.receipts),
            approved_by: None,
            reason: None,
            exchange: None,
            request: None,
        }
    }

    pub fn sell(&mut self) -> SaleCompleted {
        let sale = self.sale();
        self.write(&Fact::SaleCompleted(Box::new(sale.clone())));
        sale
    }

    /// An id that nobody else makes, and the same in every run.
    fn name(&self, what: u8) -> Id {
        let mut id = self.id().0;
        id[0] = what;
        id[8..].copy_from_slice(&self.receipts.to_be_bytes());
        Id(id)
    }
}

/// The URL of a database that a test made.
pub fn url(options: &PgConnectOptions) -> String {
    cluster().url_of(OWNER, options.get_database().unwrap())
}

/// A cluster that keeps what it is told, as a real one does.
pub struct Lasting(Cluster);

pub fn lasting() -> Lasting {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("postgres-lasting");
    let _ = std::fs::remove_dir_all(&folder);
    lasting_in(&folder)
}

/// The same in a folder that may hold one already.
pub fn lasting_in(folder: &Path) -> Lasting {
    Lasting(Cluster::start(folder, Then::Keep).unwrap())
}

impl Lasting {
    /// The URL of a new database.
    pub fn make(&self, name: &str) -> String {
        self.0.database(OWNER, name).unwrap();
        self.0.url_of(OWNER, name)
    }

    /// The superuser's URL of a database.
    pub fn superuser(&self, name: &str) -> String {
        self.0.url(name)
    }
}
