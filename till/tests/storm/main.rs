//! Shops in a storm, from a seed: real tills on real files that sell, take back, park and edit, a head office, and a
//! network, disks and clocks that do their worst. `cargo xtask simulate --seeds N` runs many, `--seed S` one of them
//! again with what happens in it, exactly as it happened.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod cards;
mod check;
mod comings;
mod company;
mod counter;
#[path = "../../../sync/tests/replication/driver.rs"]
mod driver;
#[path = "../../../sync/tests/replication/host.rs"]
mod host;
mod hostile;
mod machine;
mod model;
#[path = "../../../sync/tests/replication/node.rs"]
#[expect(dead_code, reason = "the simulation of the protocol alone uses more of it")]
mod node;
mod place;
mod storm;
mod terminal;
#[path = "../../../sync/tests/replication/world.rs"]
#[expect(dead_code, reason = "the simulation of the protocol alone uses more of it")]
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use company::Company;
use storm::Storm;

/// Seeds of a test, unless `SEEDS` says otherwise.
const SEEDS: u64 = 200;

fn survives(company: &Company, seed: u64, aloud: bool) {
    let mut storm = Storm::new(company, seed, aloud);
    storm.live();
    storm.check();
}

#[test]
fn shops_keep_their_books_in_any_storm() {
    let asked = |name| std::env::var(name).ok().map(|number| number.parse::<u64>().unwrap());
    let company = Company::new();
    if let Some(seed) = asked("SEED") {
        return survives(&company, seed, true);
    }
    let first = asked("FROM").unwrap_or(0);
    let last = first + asked("SEEDS").unwrap_or(SEEDS);
    let next = AtomicU64::new(first);
    let failed: Vec<u64> = std::thread::scope(|scope| {
        let work = || {
            let mut failed = Vec::new();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= last {
                    return failed;
                }
                if catch_unwind(AssertUnwindSafe(|| survives(&company, seed, false))).is_err() {
                    failed.push(seed);
                }
            }
        };
        let workers: Vec<_> = (0..cores()).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(failed.is_empty(), "seeds that fail: {failed:?}");
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Two companies that were made apart: nothing but the seed decides what happens.
#[test]
fn a_seed_replays_exactly() {
    let companies = [Company::new(), Company::new()];
    for seed in [1, 3] {
        let [one, two] = companies.each_ref().map(|company| {
            let mut storm = Storm::new(company, seed, false);
            storm.live();
            storm.fingerprint()
        });
        assert_eq!(one, two, "seed {seed}");
    }
}
