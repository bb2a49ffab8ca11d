//! The program is killed while it sells, and the disk fills up while it sells. What was acknowledged
//! is there, once; what was not can be sold again; numbers have no gap; the books verify.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::{Value, json};
use store::{Store, lines, start};

fn basket(n: usize) -> String {
    format!(
        "{{\"basket\":\"B-{n}\",\"lines\":[{{\"sku\":\"CAN\"}},{{\"sku\":\"LOAF\",\"quantity\":\"{}\"}}]}}\n",
        n % 5 + 1
    )
}

/// A walk of numbers that looks random and is the same every time (xorshift).
fn walk(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

/// Sells every basket once more and checks that the acknowledged ones answer as they did.
fn check(store: &Store, acknowledged: &BTreeMap<String, Value>, baskets: usize) {
    let all: String = (0..baskets).map(basket).collect();
    let again = store.run_with(&["sell", "--baskets", "-"], &all);
    assert_eq!(again.code, 0, "{}", again.err);
    let mut receipts = BTreeSet::new();
    for line in again.lines() {
        let name = line["basket"].as_str().unwrap();
        if let Some(before) = acknowledged.get(name) {
            assert_eq!(before, &line, "an acknowledged sale answers the same");
        }
        receipts.insert(
            line["receipt"].as_str().unwrap().rsplit('-').next().unwrap().parse::<usize>().unwrap(),
        );
    }
    assert_eq!(
        receipts,
        (1..=baskets).collect(),
        "each basket is one sale, and receipts have no gap"
    );
    let verdict = store.run(&["verify"]);
    assert_eq!(verdict.line()["findings"], json!([]));
    assert_eq!(store.run(&["report", "x"]).line()["sales"], json!(baskets));
}

#[test]
fn kill_9_at_random_points_while_selling() {
    let store = Store::with_goods();
    store.run(&["shift", "open", "--float", "0.00"]);
    let mut acknowledged = BTreeMap::new();
    let (mut seed, mut next) = (0x5eed_c0de_u64, 0);
    for round in 0..25 {
        let mut running = store.spawn(&["sell", "--baskets", "-"]);
        let mut out = lines(&mut running);
        // All at once, so that the kill falls anywhere in a sale and not only between two.
        let ahead = 40;
        let sent = (next..next + ahead).map(basket).collect::<String>();
        running.send(&sent);
        for _ in 0..walk(&mut seed) % 12 {
            let line: Value = serde_json::from_str(&out.next().unwrap()).unwrap();
            acknowledged.insert(line["basket"].as_str().unwrap().to_owned(), line);
        }
        for _ in 0..walk(&mut seed) % 200_000 {
            std::hint::spin_loop();
        }
        running.kill();
        // What was said between the last look and the kill was acknowledged as well.
        for line in out {
            if let Ok(line) = serde_json::from_str::<Value>(&line) {
                acknowledged.insert(line["basket"].as_str().unwrap().to_owned(), line);
            }
        }
        next = acknowledged.len();
        assert_eq!(store.run(&["verify"]).code, 0, "round {round}");
    }
    assert!(acknowledged.len() > 50, "only {} sales were acknowledged", acknowledged.len());
    check(&store, &acknowledged, next + 40);
}

/// The largest file that the program may write is bounded, so writing fails in the middle of a sale
/// as it does on a full disk.
#[cfg(unix)]
#[test]
fn a_disk_that_fills_up_while_selling() {
    let store = Store::with_goods();
    store.run(&["shift", "open", "--float", "0.00"]);
    let program = env!("CARGO_BIN_EXE_tillctl");
    let size = std::fs::metadata(store.data().join("till.db")).unwrap().len();
    let blocks = size / 512 + 300;
    let script =
        format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" sell --baskets - --data \"$1\"");
    let mut command = Command::new("bash");
    command.args(["-c", &script, program]).arg(store.data());
    let mut running = start(command);
    let out = lines(&mut running);
    let baskets = 2_000;
    let sent: String = (0..baskets).map(basket).collect();
    let feeder = std::thread::spawn(move || {
        running.send(&sent);
        running.finish()
    });
    let acknowledged: BTreeMap<String, Value> = out
        .map(|line| serde_json::from_str::<Value>(&line).unwrap())
        .map(|line| (line["basket"].as_str().unwrap().to_owned(), line))
        .collect();
    assert_eq!(feeder.join().unwrap(), 1, "the program says that it could not go on");
    assert!(
        !acknowledged.is_empty() && acknowledged.len() < baskets,
        "{} sales before the disk was full",
        acknowledged.len()
    );
    check(&store, &acknowledged, baskets);
}
