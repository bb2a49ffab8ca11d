//! How long a new till of a large store takes from its one-time code to its first sale, and until the store's history
//! is there as well: 100,000 SKUs that were imported, 50,000 sales of five lines. The program is in a process of its own
//! behind TLS, its PostgreSQL as well, with every commit on disk; the bytes are counted between the two. Printed, not
//! judged: nothing here passes or fails by the clock. With a folder named, the store is made there once and used again.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::float_arithmetic,
    reason = "it measures, and nobody calls it"
)]

#[path = "../tests/house/mod.rs"]
mod house;
mod program;

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use comptoir_domain::money::Money;
use comptoir_domain::operators::Role;
use comptoir_head_office::database::migrate;
use comptoir_head_office::enrolment::{found, make_code};
use comptoir_head_office::office::wall;
use comptoir_head_office::tenants;
use comptoir_link::enrolment::{Ticket, ask, join, take_up};
use comptoir_link::keeper::Keeper;
use comptoir_link::mesh::{Mesh, Options};
use comptoir_till::catalog::import::{self, Mapping};
use comptoir_till::till::Till;
use comptoir_till::turns::Turns;
use comptoir_till::{cart, demo, operators, orders, payments};
use house::lasting_in;
use program::{Program, Tls, median, office};

const SKUS: usize = 100_000;
const SALES: usize = 50_000;
const LINES: usize = 5;
const ROUNDS: usize = 3;
const DATABASE: &str = "joined";

/// What one new till took.
struct Took {
    first_entries: Duration,
    sold: Duration,
    all: Duration,
    bytes_to_sell: u64,
    bytes: u64,
    steps: usize,
}

fn main() {
    let named = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let folder = named.map_or_else(
        || {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("join");
            let _ = std::fs::remove_dir_all(&folder);
            folder
        },
        PathBuf::from,
    );
    std::fs::create_dir_all(&folder).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let cluster = lasting_in(&folder.join("postgres"));
    let url = cluster.make(DATABASE);
    let tls = Tls::new(&folder);
    let counted = Arc::new(AtomicU64::new(0));
    let first = folder.join("first");
    let made = folder.join("made");
    let shop = |program: &Program| Shop {
        url: url.clone(),
        address: counting(program.address, counted.clone()),
        authority: tls.authority.clone(),
    };
    if !made.exists() {
        runtime.block_on(migrate(&url.parse().unwrap())).unwrap();
        let program = tls.serve(&url);
        fill(&runtime, &shop(&program), &first);
        std::fs::write(&made, []).unwrap();
    }
    let program = tls.serve(&url);
    let shop = shop(&program);
    let mut rounds = Vec::new();
    println!("| round | first entries | first sale | all of the history | steps of progress |");
    println!("|---|---|---|---|---|");
    for round in 1..=ROUNDS {
        let took = one_more(&runtime, &shop, &counted);
        println!(
            "| {round} | {:.2?} | {:.2?} | {:.2?} | {} |",
            took.first_entries, took.sold, took.all, took.steps
        );
        rounds.push(took);
    }
    let of = |time: fn(&Took) -> Duration| median(rounds.iter().map(time).collect());
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    println!("\n| work | took | at most |\n|---|---|---|");
    println!(
        "| a new till with {SKUS} SKUs and {SALES} sales in the store, from code to first sale | {:.2?}, {:.1} MB | 15 s |",
        of(|took| took.sold),
        megabytes(rounds[0].bytes_to_sell)
    );
    println!(
        "| until all of the store's history is there | {:.2?}, {:.1} MB | |",
        of(|took| took.all),
        megabytes(rounds[0].bytes)
    );
    println!("| most memory of the program | {} MB | |", program.memory());
}

/// Head office as tills see it.
struct Shop {
    url: String,
    address: SocketAddr,
    authority: String,
}

impl Shop {
    fn ticket(&self, runtime: &tokio::runtime::Runtime, tenant: &str, store: &str) -> Ticket {
        let code = runtime.block_on(async {
            let office = office(&self.url).await;
            let code = make_code(&office, tenant, store, wall()).await.unwrap();
            office.database.close().await;
            code
        });
        let url = format!("https://localhost:{}", self.address.port());
        Ticket { url, code, authority: Some(self.authority.clone()) }
    }
}

/// The store's first register imports a catalogue, sells, and brings all of it to head office.
fn fill(runtime: &tokio::runtime::Runtime, shop: &Shop, folder: &Path) {
    let _ = std::fs::remove_dir_all(folder);
    let mut till = demo::init(folder).unwrap();
    // What is made here may be made again.
    till.db().execute_batch("PRAGMA synchronous = OFF").unwrap();
    let (tenant, store) = (till.identity().tenant.clone(), till.identity().store.clone());
    runtime.block_on(async {
        let office = office(&shop.url).await;
        found(&office, &tenant, &tenant, wall()).await.unwrap();
        let mut tx = office.database.of_tenant(&tenant).await.unwrap();
        tenants::add_store(&mut tx, &tenant, &store, &store, wall()).await.unwrap();
        tx.commit().await.unwrap();
        office.database.close().await;
    });
    eprintln!("{SKUS} SKUs …");
    let console = operators::console(till.db()).unwrap();
    let (outcome, _) =
        import::import_bytes(&mut till, console, csv().as_bytes(), &Mapping::default()).unwrap();
    assert_eq!(outcome.added, SKUS as u64);
    let cashier = manager(&till);
    let float = Money::zero(till.store().currency);
    payments::open_shift(&mut till, cashier, float).unwrap();
    for n in 0..SALES {
        if n % 10_000 == 0 {
            eprintln!("{n} of {SALES} sales …");
        }
        for line in 0..LINES {
            cart::add(&mut till, cashier, &sku((n * 7_919 + line * 15_487) % SKUS), None).unwrap();
        }
        let view = cart::show(&mut till).unwrap();
        orders::complete_sale(&mut till, cashier, view.id, Some(view.total), None).unwrap();
    }
    eprintln!("to head office …");
    let ticket = shop.ticket(runtime, &tenant, &store);
    let existing = till.existing().unwrap();
    let answer = ask(&ticket, till.key(), Some(existing), wall).unwrap();
    take_up(&mut till, &ticket, &answer).unwrap();
    all(till);
}

/// One more till: from its code to its first sale, and on until it has all.
fn one_more(runtime: &tokio::runtime::Runtime, shop: &Shop, counted: &Arc<AtomicU64>) -> Took {
    let place = demo::new_store().unwrap();
    let ticket = shop.ticket(runtime, &place.tenant, &place.store.code);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let steps = Arc::new(Mutex::new(Vec::new()));
    counted.store(0, Ordering::Relaxed);
    let begun = Instant::now();
    let progress = {
        let steps = steps.clone();
        Box::new(move |here, of| steps.lock().unwrap().push((begun.elapsed(), here, of)))
    };
    let mut till = join(&folder.path().join("till"), &ticket, wall, progress).unwrap();
    let cashier = manager(&till);
    let float = Money::zero(till.store().currency);
    payments::open_shift(&mut till, cashier, float).unwrap();
    let n = SKUS / 2;
    cart::scan(&mut till, cashier, &gtin(n)).unwrap();
    let view = cart::show(&mut till).unwrap();
    assert_eq!(view.lines[0].line.price.minor(), price(n));
    let sold = orders::complete_sale(&mut till, cashier, view.id, Some(view.total), None);
    assert_eq!(sold.unwrap().lines.len(), 1);
    let (sold, bytes_to_sell) = (begun.elapsed(), counted.load(Ordering::Relaxed));
    let folder = all(till);
    let (all, bytes) = (begun.elapsed(), counted.load(Ordering::Relaxed));
    let db = comptoir_till::database::open_reader(&folder.join("till.db")).unwrap();
    let count = |select: &str| db.query_row(select, [], |row| row.get::<_, u64>(0)).unwrap();
    assert!(count("SELECT count(*) FROM sale") > SALES as u64);
    assert!(count("SELECT count(*) FROM sku") >= SKUS as u64);
    let steps = steps.lock().unwrap();
    Took { first_entries: steps[1].0, sold, all, bytes_to_sell, bytes, steps: steps.len() }
}

/// Agrees with head office; answers the till's folder.
fn all(till: Till) -> PathBuf {
    let (folder, key) = (till.home().folder().to_owned(), till.key().clone());
    let options =
        Options { database: till.home().database(), listen: None, discover: false, clock: wall };
    let keeper: Arc<dyn Keeper> = Arc::new(Turns::new(till));
    let mesh = Mesh::quiet(keeper, key, &options).unwrap();
    assert_eq!(mesh.once(), []);
    folder
}

fn manager(till: &Till) -> comptoir_domain::ids::OperatorId {
    let all = operators::list(till.db()).unwrap();
    all.into_iter().find(|operator| operator.role == Role::Manager).unwrap().id
}

fn sku(n: usize) -> String {
    format!("J{n:07}")
}

fn gtin(n: usize) -> String {
    let body = format!("0628{n:07}");
    let check = comptoir_domain::gs1::check_digit(&body);
    format!("{body}{check}")
}

/// Of a SKU, in cents.
fn price(n: usize) -> i64 {
    ((n % 90 + 1) * 100 + n % 100) as i64
}

/// A catalogue in English and French, as its columns are called here.
fn csv() -> String {
    let kinds = ["Organic", "Red", "Dark", "Smoked", "Aged", "Fresh", "Dry", "Roasted"];
    let goods = ["apple", "bread", "coffee", "cheese", "cider", "candle", "soap", "tea", "honey"];
    let biens = ["pomme", "pain", "café", "fromage", "cidre", "bougie", "savon", "thé", "miel"];
    let mut file = String::from("sku,name,name_fr,gtin,department,price,cost,unit,tax_category\n");
    for n in 0..SKUS {
        let (kind, good, bien) = (kinds[n % 8], goods[n / 8 % 9], biens[n / 8 % 9]);
        let (sku, gtin, cents) = (sku(n), gtin(n), price(n));
        let _ = writeln!(
            file,
            "{sku},{kind} {good} {n} house,{bien} {n} {kind} maison,{gtin},dept {},{}.{:02},{}.50,each,standard",
            n % 20,
            cents / 100,
            cents % 100,
            cents / 200,
        );
    }
    file
}

/// Where to call instead of `to`, so that every byte is counted.
fn counting(to: SocketAddr, counted: Arc<AtomicU64>) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for near in listener.incoming() {
            let (near, far) = (near.unwrap(), TcpStream::connect(to).unwrap());
            for line in [&near, &far] {
                line.set_nodelay(true).unwrap();
            }
            let (back, away) = (near.try_clone().unwrap(), far.try_clone().unwrap());
            let (there, here) = (counted.clone(), counted.clone());
            std::thread::spawn(move || carry(near, far, &there));
            std::thread::spawn(move || carry(away, back, &here));
        }
    });
    address
}

fn carry(mut from: TcpStream, mut to: TcpStream, counted: &AtomicU64) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        counted.fetch_add(read as u64, Ordering::Relaxed);
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
