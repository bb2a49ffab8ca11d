//! Completing a sale of five lines, durable and signed, against raw SQLite writing the same rows and
//! bytes with the same pragmas; and what a sale weighs on disk.

use std::time::Instant;

use comptoir_till::{cart, database, orders};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::{Line, Times, catalogue, ratio, row};

const SALES: usize = 2_000;

pub fn run() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("engine");
    let (mut till, cashier) = catalogue::store(&home, 10_000);
    let copy = folder.path().join("raw.db");
    till.db().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    std::fs::copy(home.join("till.db"), &copy).unwrap();
    let mut raw = database::open(&copy).unwrap();
    let size = |db: &Connection| -> u64 {
        db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        db.query_row("SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)", [], |row| row.get(0)).unwrap()
    };
    let before = size(till.db());

    let (mut engine, mut floor) = (Vec::new(), Vec::new());
    for n in 0..SALES {
        for line in 0..5 {
            let sku = format!("S{:07}", (n * 37 + line * 1_009) % 10_000);
            cart::add(&mut till, cashier, &sku, None).unwrap();
        }
        let view = cart::show(&mut till).unwrap();
        let cart_rows = rows(till.db(), "cart", "1");
        let line_rows = rows(till.db(), "cart_line", "1");

        let begun = Instant::now();
        orders::complete_sale(&mut till, cashier, view.id, Some(view.total), None).unwrap();
        engine.push(begun.elapsed());

        let written = written(till.db());
        let setup = raw.transaction().unwrap();
        write(&setup, &[cart_rows, line_rows]);
        setup.commit().unwrap();
        let begun = Instant::now();
        let tx = raw.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
        write(&tx, &written);
        tx.prepare_cached("DELETE FROM cart").unwrap().execute([]).unwrap();
        tx.commit().unwrap();
        floor.push(begun.elapsed());
        // The jobs are done, as they are when a printer is there.
        for db in [till.db(), &raw] {
            db.execute("UPDATE outbox SET state = 'printed'", []).unwrap();
        }
    }
    let grown = (size(till.db()) - before) as f64 / SALES as f64;
    let (engine, floor) = (Times::new(engine), Times::new(floor));
    row(Line {
        work: "complete_sale, 5 lines, cash".into(),
        took: engine.show(),
        floor: floor.show(),
        ratio: ratio(engine.median(), floor.median()),
        at_most: "1.3×",
    });
    row(Line {
        work: "disk of a 5-line sale".into(),
        took: format!("{grown:.0} B"),
        floor: String::new(),
        ratio: String::new(),
        at_most: "2 kB",
    });
}

/// A table and rows of it.
type Rows = (&'static str, Vec<Vec<Value>>);

/// Every row that the last sale wrote.
fn written(db: &Connection) -> Vec<Rows> {
    let entry: i64 = db.query_row("SELECT max(entry) FROM sale", [], |row| row.get(0)).unwrap();
    let of = |column: &str| format!("{column} = {entry}");
    let skus = format!("sku IN (SELECT sku FROM sale_line WHERE sale = {entry})");
    vec![
        rows(db, "journal", &of("id")),
        rows(db, "chain", &format!("id = (SELECT chain FROM journal WHERE id = {entry})")),
        rows(db, "sale", &of("entry")),
        rows(db, "sale_line", &of("sale")),
        rows(db, "sale_tax", &of("sale")),
        rows(db, "sale_tender", &of("sale")),
        rows(db, "stock_movement", &of("entry")),
        rows(db, "stock", &skus),
        rows(db, "outbox", &of("subject")),
    ]
}

fn rows(db: &Connection, table: &'static str, filter: &str) -> Rows {
    let mut select = db.prepare_cached(&format!("SELECT * FROM {table} WHERE {filter}")).unwrap();
    let columns = select.column_count();
    let rows = select.query_map([], |row| (0..columns).map(|n| row.get(n)).collect()).unwrap();
    (table, rows.map(Result::unwrap).collect())
}

fn write(db: &Connection, tables: &[Rows]) {
    for (table, rows) in tables {
        let Some(first) = rows.first() else { continue };
        let places = vec!["?"; first.len()].join(", ");
        let verb = match *table {
            "chain" => {
                // An update of its row, as the engine does it: replacing it would touch the index.
                let sql = "UPDATE chain SET seq = ?2, head = ?3, hlc = ?4 WHERE id = ?1";
                let row = &rows[0];
                db.prepare_cached(sql)
                    .unwrap()
                    .execute((&row[0], &row[4], &row[5], &row[6]))
                    .unwrap();
                continue;
            }
            "stock" => "INSERT OR REPLACE",
            _ => "INSERT",
        };
        let mut insert =
            db.prepare_cached(&format!("{verb} INTO {table} VALUES ({places})")).unwrap();
        for row in rows {
            insert.execute(params_from_iter(row)).unwrap();
        }
    }
}
