//! Search as you type, also for the words that half the catalogue has.

use std::time::Instant;

use comptoir_domain::money::Currency;
use comptoir_till::catalog::search::{refresh_popular, search};

use crate::{Line, Times, catalogue, row};

/// What somebody types, key by key.
const TYPED: [&str; 12] = [
    "maison",
    "organic apple",
    "apple organic",
    "café maison",
    "cafe roasted",
    "maison red wine",
    "chocolate dark 11",
    "croustilles s0000",
    "S0000123",
    "0627000123",
    "627000123",
    "zzz",
];

pub fn run() {
    for (count, at_most) in [(100_000, "p99 5 ms"), (1_000_000, "p99 30 ms")] {
        let folder = tempfile::tempdir().unwrap();
        let mut till = catalogue::filled_store(&folder.path().join("engine"), count);
        // Twenty thousand of them have been sold, the same for every run.
        let sold = (0..20_000_usize).map(|n| n * 7_919 % count);
        let tx = till.begin().unwrap();
        for (n, sku) in sold.enumerate() {
            tx.prepare_cached(
                "INSERT OR REPLACE INTO stock (sku, on_hand, sold) VALUES (?1, 0, ?2)",
            )
            .unwrap()
            .execute((format!("S{sku:07}"), n as i64 * 1_000))
            .unwrap();
        }
        tx.commit().unwrap();
        refresh_popular(&mut till).unwrap();
        let mut times = Vec::new();
        let mut slowest = (std::time::Duration::ZERO, "");
        for round in 0..20 {
            for text in TYPED {
                for (end, letter) in text.char_indices() {
                    let typed = &text[..end + letter.len_utf8()];
                    let begun = Instant::now();
                    let hits = search(till.db(), typed, 20, Currency::CAD).unwrap();
                    let took = begun.elapsed();
                    assert!(typed != text || hits.is_empty() == (text == "zzz"), "{typed}");
                    if round > 0 {
                        times.push(took);
                        slowest = slowest.max((took, typed));
                    }
                }
            }
        }
        let times = Times::new(times);
        row(Line {
            work: format!("search as you type, {count} SKUs"),
            took: times.show(),
            floor: String::new(),
            ratio: format!("slowest {:?}", slowest.1),
            at_most,
        });
    }
}
