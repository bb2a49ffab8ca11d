//! A catalogue of any size, and what importing it costs.

use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::store::{Region, Store};
use comptoir_domain::text::Language;
use comptoir_till::catalog::import::{self, Mapping};
use comptoir_till::home::Home;
use comptoir_till::till::{NewStore, Till};
use comptoir_till::{database, operators, payments};
use rusqlite::params;

use crate::{Line, ratio, row, show};

const KINDS: [&str; 12] = [
    "Organic",
    "Red",
    "White",
    "Dark",
    "Light",
    "Smoked",
    "Aged",
    "Fresh",
    "Dry",
    "Sweet",
    "Sparkling",
    "Roasted",
];
const GOODS: [&str; 16] = [
    "apple",
    "bread",
    "coffee",
    "cheese",
    "wine",
    "cider",
    "candle",
    "soap",
    "tea",
    "honey",
    "syrup",
    "jam",
    "lager",
    "chips",
    "chocolate",
    "milk",
];
const BONNES: [&str; 16] = [
    "pomme",
    "pain",
    "café",
    "fromage",
    "vin",
    "cidre",
    "bougie",
    "savon",
    "thé",
    "miel",
    "sirop",
    "confiture",
    "blonde",
    "croustilles",
    "chocolat",
    "lait",
];

/// GTIN of the `n`th article.
pub fn gtin(n: usize) -> String {
    let body = format!("0627{n:07}");
    let check = comptoir_domain::gs1::check_digit(&body);
    format!("{body}{check}")
}

/// A file of `count` articles.
pub fn csv(count: usize) -> String {
    let mut file = String::from("sku,name,name_fr,gtin,department,price,cost,unit,tax_category\n");
    for n in 0..count {
        let (kind, good, bonne) = (KINDS[n % 12], GOODS[n / 12 % 16], BONNES[n / 12 % 16]);
        let (dollars, cents) = (n % 90 + 1, n % 100);
        let _ = writeln!(
            file,
            "S{n:07},{kind} {good} {n} maison,{bonne} {n} {kind} maison,{},dept {},{dollars}.{cents:02},{}.50,each,standard",
            gtin(n),
            n % 20,
            dollars / 2,
        );
    }
    file
}

/// A store in Ontario with `count` articles and an open shift.
pub fn store(folder: &Path, count: usize) -> (Till, OperatorId) {
    let mut till = empty_store(folder);
    let console = operators::console(till.db()).unwrap();
    import::import_bytes(&mut till, console, csv(count).as_bytes(), &Mapping::default()).unwrap();
    payments::open_shift(&mut till, console, Money::new(20_000, Currency::CAD)).unwrap();
    (till, console)
}

/// A store with `count` articles as rows without a journal: quickly made, for reading only.
pub fn filled_store(folder: &Path, count: usize) -> Till {
    drop(empty_store(folder));
    raw(&Home::existing(folder).unwrap().database(), &csv(count));
    Till::open(folder).unwrap()
}

fn empty_store(folder: &Path) -> Till {
    let store = Store {
        code: "YOW1".into(),
        name: "Bench".into(),
        address: Vec::new(),
        region: Region::ON,
        register: 1,
        currency: Currency::CAD,
        languages: vec![Language::En],
        tax_numbers: Vec::new(),
        time_zone: "America/Toronto".into(),
    };
    Till::init(folder, &NewStore { tenant: "ACME".into(), store, departments: Vec::new() }).unwrap()
}

/// Import of 100,000 rows against raw inserts of the same rows and words.
pub fn run() {
    let count = 100_000;
    let folder = tempfile::tempdir().unwrap();
    let file = csv(count);
    let mut till = empty_store(&folder.path().join("engine"));
    let console = operators::console(till.db()).unwrap();
    let begun = Instant::now();
    let (outcome, _) =
        import::import_bytes(&mut till, console, file.as_bytes(), &Mapping::default()).unwrap();
    let took = begun.elapsed();
    assert_eq!(outcome.added, count as u64);

    let begun = Instant::now();
    raw(&folder.path().join("raw.db"), &file);
    let floor = begun.elapsed();
    let begun = Instant::now();
    let (again, _) =
        import::import_bytes(&mut till, console, file.as_bytes(), &Mapping::default()).unwrap();
    let unchanged = begun.elapsed();
    assert_eq!(again.unchanged, count as u64);
    row(Line {
        work: "import of 100,000 rows".into(),
        took: show(took),
        floor: show(floor),
        ratio: ratio(took, floor),
        at_most: "6×",
    });
    row(Line {
        work: "the same file again".into(),
        took: show(unchanged),
        floor: show(floor),
        ratio: ratio(unchanged, floor),
        at_most: "",
    });
}

/// The rows of the catalogue and their words, written with nothing around it.
fn raw(path: &Path, file: &str) {
    let mut db = database::open(path).unwrap();
    let rows: Vec<Vec<&str>> = file.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let mut id = 0_i64;
    for batch in rows.chunks(1_000) {
        let tx = db.transaction().unwrap();
        for row in batch {
            id += 1;
            let [sku, name, name_fr, gtin, department, price, cost, ..] = row[..] else {
                panic!("nine columns")
            };
            let minor = |text: &str| Money::parse(text, Currency::CAD).unwrap().minor();
            let number: i64 = gtin.parse().unwrap();
            let document: [u8; 16] =
                u128::to_be_bytes(id as u128 * 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            tx.prepare_cached("INSERT INTO product (id, document, name_en, name_fr, department, tax_category, archived, drawing) VALUES (?1, ?2, ?3, ?4, ?5, 'standard', 0, 'box')")
                .unwrap()
                .execute(params![id, document, name, name_fr, department])
                .unwrap();
            tx.prepare_cached(
                "INSERT INTO sku (id, product, code, unit) VALUES (?1, ?1, ?2, 'each')",
            )
            .unwrap()
            .execute(params![id, sku])
            .unwrap();
            tx.prepare_cached("INSERT INTO gtin (gtin, sku) VALUES (?1, ?2)")
                .unwrap()
                .execute(params![number, id])
                .unwrap();
            tx.prepare_cached("INSERT INTO price (sku, price, cost) VALUES (?1, ?2, ?3)")
                .unwrap()
                .execute(params![sku, minor(price), minor(cost)])
                .unwrap();
            let words = format!("{name} {name_fr} {sku} {number} ");
            tx.prepare_cached("INSERT INTO sku_search (rowid, words) VALUES (?1, ?2)")
                .unwrap()
                .execute(params![id, words])
                .unwrap();
        }
        tx.commit().unwrap();
    }
}
