//! Real tills and the program in a process of its own, its PostgreSQL as well, with every commit on disk on both sides:
//! 10,000 sales of five lines from one till to head office, against the same rows copied straight into the same
//! PostgreSQL; another till that takes them in from there, against raw SQLite writing the same rows; and a price that is
//! set over the API until a connected till sells at it. Printed, not judged: nothing here passes or fails by the clock.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::float_arithmetic,
    reason = "it measures, and nobody calls it"
)]

#[path = "../tests/house/mod.rs"]
mod house;
mod program;
#[path = "../../link/benches/raw/mod.rs"]
mod raw;
mod straight;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use comptoir_domain::cart::VoidReason;
use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::Money;
use comptoir_domain::operators::Role;
use comptoir_head_office::database::migrate;
use comptoir_head_office::enrolment::{found, make_code};
use comptoir_head_office::http::api::keys::{Scope, make};
use comptoir_head_office::office::wall;
use comptoir_head_office::tenants;
use comptoir_link::enrolment::{Ticket, ask, join, take_up};
use comptoir_link::keeper::Keeper;
use comptoir_link::mesh::{Mesh, Options};
use comptoir_till::till::Till;
use comptoir_till::turns::{Turn, Turns};
use comptoir_till::{cart, demo, operators, orders, payments};
use house::{Lasting, lasting};
use program::{Program, median, office};
use raw::write_again;
use straight::{floor, rows};
use tokio::runtime::Runtime;

const SALES: usize = 10_000;
const ROUNDS: usize = 3;
const PAGE: usize = 500;
const PRICES: usize = 200;

/// A till that others may look at while it agrees.
struct Register {
    till: Arc<Turns<Till>>,
    folder: PathBuf,
    cashier: OperatorId,
}

fn main() {
    let runtime = Runtime::new().unwrap();
    let cluster = lasting();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (url, key, one) = first(&runtime, &cluster, &folder.path().join("one"));
    let program = Program::serve(&url);
    let ticket =
        |code| Ticket { url: format!("http://{}", program.address), code, authority: None };
    {
        let mut till = one.till();
        let ticket = ticket(code(&runtime, &url));
        let existing = till.existing().unwrap();
        let answer = ask(&ticket, till.key(), Some(existing), wall).unwrap();
        take_up(&mut till, &ticket, &answer).unwrap();
    }
    one.agree();
    let place = folder.path().join("two");
    let two = join(&place, &ticket(code(&runtime, &url)), wall, Box::new(|_, _| {})).unwrap();
    let two = Register::new(two);
    two.agree();
    one.agree();
    let codes = codes(&one);

    let (mut pushes, mut copies, mut pulls, mut raws) = (vec![], vec![], vec![], vec![]);
    for round in 0..ROUNDS {
        eprintln!("{SALES} sales …");
        (0..SALES).for_each(|n| one.sell(&codes, n));
        let before = runtime.block_on(position(&cluster));
        let begun = Instant::now();
        one.agree();
        pushes.push(begun.elapsed());
        let after = runtime.block_on(position(&cluster));
        let pages = runtime.block_on(rows(&cluster.superuser("tills"), (before + 1, after), PAGE));
        copies.push(runtime.block_on(floor(&cluster, &format!("floor_{round}"), &pages)));

        let raw = folder.path().join(format!("raw-{round}.db"));
        two.till().db().execute("VACUUM INTO ?1", [raw.to_str().unwrap()]).unwrap();
        let before: i64 = two.number("SELECT max(id) FROM journal");
        let begun = Instant::now();
        two.agree();
        pulls.push(begun.elapsed());
        assert_eq!(two.number("SELECT count(*) FROM sale") as usize, (round + 1) * SALES);
        raws.push(write_again(two.till().db(), (before, SALES), &raw));
    }
    println!("| work | took | floor | ratio | at most |\n|---|---|---|---|---|");
    for (what, work, floor, of, most) in [
        ("a till pushes", pushes, copies, "copied straight", 2),
        ("another till takes in from head office", pulls, raws, "raw SQLite", 3),
    ] {
        let (work, floor) = (median(work), median(floor));
        let ratio = work.as_secs_f64() / floor.as_secs_f64();
        println!(
            "| {what} {SALES} sales of 5 lines | {work:.2?} | {floor:.2?} {of} | {ratio:.2}× | {most}× |"
        );
    }
    let mut priced = prices(&two, program.address, &key, &codes[0]);
    priced.sort_unstable();
    let at = |hundredths: usize| priced[(priced.len() - 1) * hundredths / 100];
    println!(
        "| a price set in the office until a connected till sells at it | {:.1?} median, {:.1?} p99 | | | p99 1 s |",
        at(50),
        at(99)
    );
    println!("| most memory of the server | {} MB | | | 200 MB |", program.memory());
}

impl Register {
    fn new(mut till: Till) -> Register {
        let all = operators::list(till.db()).unwrap();
        let cashier = all.into_iter().find(|one| one.role == Role::Manager).unwrap().id;
        let float = Money::zero(till.store().currency);
        payments::open_shift(&mut till, cashier, float).unwrap();
        let folder = till.home().folder().to_owned();
        Register { till: Arc::new(Turns::new(till)), folder, cashier }
    }

    fn till(&self) -> Turn<'_, Till> {
        self.till.lock()
    }

    fn mesh(
        &self,
        made: fn(
            Arc<dyn Keeper>,
            ed25519_dalek::SigningKey,
            &Options,
        ) -> comptoir_till::error::Result<Mesh>,
    ) -> Mesh {
        let database = self.folder.join("till.db");
        let options = Options { database, listen: None, discover: false, clock: wall };
        let key = self.till().key().clone();
        let keeper: Arc<dyn Keeper> = self.till.clone();
        made(keeper, key, &options).unwrap()
    }

    /// Until both hold the same.
    fn agree(&self) {
        assert_eq!(self.mesh(Mesh::quiet).once(), []);
    }

    fn sell(&self, codes: &[String], n: usize) {
        let mut till = self.till();
        for line in 0..5 {
            let code = &codes[(n * 7 + line * 13) % codes.len()];
            cart::add(&mut till, self.cashier, code, None).unwrap();
        }
        let view = cart::show(&mut till).unwrap();
        orders::complete_sale(&mut till, self.cashier, view.id, Some(view.total), None).unwrap();
    }

    fn number(&self, select: &str) -> i64 {
        self.till().db().query_row(select, [], |row| row.get(0)).unwrap()
    }
}

/// A company with its first till, which sells already, and a key of the API.
fn first(runtime: &Runtime, cluster: &Lasting, folder: &Path) -> (String, String, Register) {
    let till = demo::init(folder).unwrap();
    let (tenant, store) = (till.identity().tenant.clone(), till.identity().store.clone());
    let url = cluster.make("tills");
    let key = runtime.block_on(async {
        migrate(&url.parse().unwrap()).await.unwrap();
        let office = office(&url).await;
        found(&office, &tenant, &tenant, wall()).await.unwrap();
        let mut tx = office.database.of_tenant(&tenant).await.unwrap();
        tenants::add_store(&mut tx, &tenant, &store, &store, wall()).await.unwrap();
        tx.commit().await.unwrap();
        let key = make(&office, &tenant, "bench", &Scope::ALL, 100_000).await.unwrap();
        office.database.close().await;
        key
    });
    (url, key, Register::new(till))
}

fn code(runtime: &Runtime, url: &str) -> String {
    let place = demo::new_store().unwrap();
    runtime.block_on(async {
        let office = office(url).await;
        let code = make_code(&office, &place.tenant, &place.store.code, wall()).await.unwrap();
        office.database.close().await;
        code
    })
}

async fn position(cluster: &Lasting) -> i64 {
    let db = sqlx::PgPool::connect(&cluster.superuser("tills")).await.unwrap();
    sqlx::query_scalar("SELECT max(position) FROM entry").fetch_one(&db).await.unwrap()
}

fn codes(register: &Register) -> Vec<String> {
    let till = register.till();
    let select = "SELECT code FROM sku JOIN product ON product.id = sku.product JOIN price ON price.sku = code
         WHERE unit = 'each' AND minimum_age IS NULL AND archived = 0 AND cannabis IS NULL AND price IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM sku_charge WHERE sku_charge.sku = sku.id) ORDER BY code";
    let mut select = till.db().prepare(select).unwrap();
    select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// How long each price takes from the request over the API until the till sells at it.
fn prices(register: &Register, address: SocketAddr, key: &str, sku: &str) -> Vec<Duration> {
    let mesh = register.mesh(Mesh::start);
    let set = |n: usize| {
        let price = 100 + n as i64;
        let begun = Instant::now();
        put(address, key, sku, price);
        while sells_at(register, sku) != price {
            std::thread::sleep(Duration::from_millis(1));
        }
        begun.elapsed()
    };
    // The first finds out whether the till is connected.
    let times = (0..=PRICES).map(set).skip(1).collect();
    drop(mesh);
    times
}

fn sells_at(register: &Register, sku: &str) -> i64 {
    let mut till = register.till();
    let cart = cart::add(&mut till, register.cashier, sku, None).unwrap();
    cart::void_cart(&mut till, register.cashier, VoidReason::Other).unwrap();
    cart.lines[0].line.price.minor()
}

fn put(address: SocketAddr, key: &str, sku: &str, price: i64) {
    let body = format!("{{\"price\":{price}}}");
    let mut line = TcpStream::connect(address).unwrap();
    let head = format!(
        "PUT /api/v1/price-lists/base/prices/{sku} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    line.write_all((head + &body).as_bytes()).unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
