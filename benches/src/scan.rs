//! From a scan to a priced and taxed line on disk, with 100,000 SKUs.

use std::time::Instant;

use comptoir_domain::cart::VoidReason;
use comptoir_till::{cart, database};
use rusqlite::params;

use crate::{Line, Times, catalogue, ratio, row};

const SCANS: usize = 3_000;
/// Lines of one cart before the next customer.
const LINES: usize = 20;

pub fn run() {
    let count = 100_000;
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("engine");
    let (mut till, cashier) = catalogue::store(&home, count);
    till.db().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let copy = folder.path().join("raw.db");
    std::fs::copy(home.join("till.db"), &copy).unwrap();
    let mut raw = database::open(&copy).unwrap();
    raw.execute("INSERT OR IGNORE INTO cart (id, opened_at) VALUES (zeroblob(16), 0)", []).unwrap();

    let (mut engine, mut floor) = (Vec::new(), Vec::new());
    for n in 0..SCANS {
        let code = catalogue::gtin(n * 7_919 % count);
        let begun = Instant::now();
        cart::scan(&mut till, cashier, &code).unwrap();
        engine.push(begun.elapsed());

        let number: i64 = code.parse().unwrap();
        let begun = Instant::now();
        let tx = raw.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
        let (sku, en, fr, price): (String, String, String, i64) = tx
            .prepare_cached(
                "SELECT code, name_en, name_fr, price FROM gtin JOIN sku ON sku.id = gtin.sku JOIN product ON product.id = sku.product
                 JOIN price ON price.sku = sku.code WHERE gtin = ?1",
            )
            .unwrap()
            .query_row([number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .unwrap();
        tx.prepare_cached("INSERT INTO cart_line (cart, line, sku, name_en, name_fr, quantity, unit, price, tax_category, list_price)
             VALUES (zeroblob(16), ?1, ?2, ?3, ?4, 1000, 'each', ?5, 'standard', ?5)")
            .unwrap()
            .execute(params![n, sku, en, fr, price])
            .unwrap();
        tx.commit().unwrap();
        floor.push(begun.elapsed());
        if n % LINES == LINES - 1 {
            cart::void_cart(&mut till, cashier, VoidReason::Other).unwrap();
            raw.execute("DELETE FROM cart_line", []).unwrap();
        }
    }
    let (engine, floor) = (Times::new(engine), Times::new(floor));
    row(Line {
        work: "scan → priced and taxed line, 100,000 SKUs".into(),
        took: engine.show(),
        floor: floor.show(),
        ratio: ratio(engine.median(), floor.median()),
        at_most: "2×, p99 2 ms",
    });
}
