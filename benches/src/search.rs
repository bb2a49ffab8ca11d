//! Search as you type, also for the words that half the catalogue has.

use std::time::Instant;

use comptoir_domain::money::Currency;
use comptoir_till::catalog::search::{refresh_popular, search};

use crate::{Line, Times, catalogue};

const TYPED: [&str; 24] = [
    "m",
    "ma",
    "mai",
    "maison",
    "o",
    "or",
    "org",
    "organic",
    "organic a",
    "organic apple",
    "apple organic",
    "caf",
    "café",
    "cafe maison",
    "maison red wine",
    "w",
    "wi",
    "wine",
    "s00",
    "S0000123",
    "0627000",
    "627000123",
    "zzz",
    "red apple 1",
];

pub fn run(lines: &mut Vec<Line>) {
    for (count, at_most) in [(100_000, "p99 5 ms"), (1_000_000, "p99 30 ms")] {
        let folder = tempfile::tempdir().unwrap();
        let (mut till, _) = catalogue::store(&folder.path().join("engine"), count);
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
        for round in 0..50 {
            for text in TYPED {
                let begun = Instant::now();
                let hits = search(till.db(), text, 20, Currency::CAD).unwrap();
                let took = begun.elapsed();
                assert!(text == "zzz" || !hits.is_empty() || count < 1_000_000, "{text}");
                if round > 0 {
                    times.push(took);
                    slowest = slowest.max((took, text));
                }
            }
        }
        let times = Times::new(times);
        lines.push(Line {
            work: format!("search as you type, {count} SKUs"),
            took: times.show(),
            floor: String::new(),
            ratio: format!("slowest {:?}", slowest.1),
            at_most,
        });
    }
}
