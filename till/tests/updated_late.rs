//! A till that was updated late: what others said again of an epoch that was written twice came to it before it
//! understood that, and it shows it after its update as every other till does.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod neighbours;
mod shop;

use std::collections::BTreeMap;
use std::path::PathBuf;

use comptoir_domain::ids::ReturnId;
use comptoir_domain::payments::limits::CashLimits;
use comptoir_domain::quantity::Quantity;
use comptoir_domain::store::Settings;
use comptoir_sync::entry::{DeviceId, Entry, Sealed};
use comptoir_sync::facts::Fact;
use comptoir_sync::replication::vector::Vector;
use comptoir_till::operators::approve;
use comptoir_till::orders::blind::{self, BlindLine, BlindRequest};
use comptoir_till::payments::drawer;
use comptoir_till::reporting::{Books, Period};
use comptoir_till::till::Till;
use comptoir_till::{orders, store};
use ed25519_dalek::SigningKey;
use jiff::civil::date;
use neighbours::halves::{agree, copied, find_out, halves, open, rows, sell, settle};
use neighbours::{key, missing, proven, pull};
use rusqlite::{Connection, params};
use shop::Shop;
use uuid::Uuid;

/// What came to a till before it understood what is said again is shown after its update, and as every other till
/// shows it; also what only makes sense with it.
#[test]
fn what_an_older_till_kept_of_it_is_shown_after_its_update() {
    for newest_first in [false, true] {
        let mut shop = Shop::selling();
        let (mut left, mut clone) = halves(&mut shop);
        let older = open(&copied(&left, "older"), shop.till.now());
        find_out(&mut left, &mut shop.till, &mut clone);
        // Sold in the epoch that both wrote, printed again in the one that says so.
        let sold = orders::last(clone.db()).unwrap().unwrap();
        orders::print_again(&mut clone, shop.cashier, sold.id).unwrap();
        sell(&mut clone, shop.cashier, "LOAF");
        let first = of_epoch(&shop.till, true);
        let newer = [of_epoch(&clone, false), of_epoch(&shop.till, false)];
        let pages = match newest_first {
            true => newer.into_iter().chain([first]).collect(),
            false => [first].into_iter().chain(newer).collect(),
        };
        let older = taken_in_by_an_older_till(older, &key(&clone), pages);
        let kept = Connection::open(older.join("till.db")).unwrap();
        let count = |select: &str| kept.query_row(select, [], |row| row.get::<_, i64>(0)).unwrap();
        assert!(count("SELECT count(*) FROM opaque") > 10);
        assert_eq!(count("SELECT count(*) FROM sale"), 4, "of the one half, and the newest");
        drop(kept);

        let mut updated = open(&older, shop.till.now());
        assert_eq!(rows(&updated, "SELECT 1 FROM opaque").len(), 0);
        assert_eq!(rows(&updated, "SELECT 1 FROM unprojected").len(), 0);
        settle([&mut left, &mut shop.till, &mut clone]);
        pull(&mut updated, &left);
        agree(&updated, &left);
        proven(&updated);
        let day = Period::Day { day: date(2025, 11, 20) };
        let report = Books::open(&updated, shop.manager).unwrap().sales(day).unwrap();
        assert_eq!(report.sales, 6);
    }
}

/// What came from newer tills and had no place in the tables yet is there after the update, as if it came then.
#[test]
fn what_newer_tills_said_of_limits_approvals_and_requests_is_shown_after_the_update() {
    let mut shop = Shop::selling();
    let cash = CashLimits { paid_in: Some(7_000), no_sales: Some(0), ..CashLimits::default() };
    let settings = Settings { cash, ..shop.till.settings().clone() };
    store::change(&mut shop.till, shop.manager, None, Some(settings)).unwrap();
    let supervisor = approve(&mut shop.till, shop.supervisor, "3333").unwrap();
    drawer::no_sale(&mut shop.till, shop.cashier, Some(supervisor), "Change").unwrap();
    let line = BlindLine { sku: "CAN".into(), quantity: Quantity::ONE, price: None, wasted: false };
    let request = BlindRequest {
        id: ReturnId(Uuid::from_u128(1)),
        lines: vec![line],
        reason: "Gift".into(),
        approver: Some(supervisor),
    };
    let back = blind::complete(&mut shop.till, shop.cashier, &request).unwrap();
    let db = Connection::open(shop.till.home().database()).unwrap();
    // As before V30.
    db.execute_batch(
        "DROP INDEX find_sale_by_minute; DROP INDEX find_return_by_minute;
         DROP TABLE drawer_count; DROP TABLE training; DROP TABLE training_end; DROP TABLE return_request; ALTER TABLE begun_return DROP COLUMN known;
         ALTER TABLE outbox DROP COLUMN blind; ALTER TABLE no_sale DROP COLUMN approved_by;
         ALTER TABLE store DROP COLUMN cash_back_alone; ALTER TABLE store DROP COLUMN no_sales_alone;
         ALTER TABLE store DROP COLUMN safe_drop_alone; ALTER TABLE store DROP COLUMN paid_out_supervisor;
         ALTER TABLE store DROP COLUMN paid_in_alone;
         DELETE FROM refinery_schema_history WHERE version >= 30;",
    )
    .unwrap();
    drop(db);
    let mut shop = shop.restart();
    assert_eq!(shop.till.settings().cash, cash);
    let again = blind::complete(&mut shop.till, shop.cashier, &request).unwrap();
    assert_eq!(again.id, back.id, "the same request is one return");
    assert_eq!(rows(&shop.till, "SELECT 1 FROM no_sale WHERE approved_by IS NOT NULL").len(), 1);
    proven(&shop.till);
}

fn of_epoch(till: &Till, first: bool) -> Vec<Sealed> {
    let all = missing(till, &Vector::default());
    let epoch = |sealed: &Sealed| Entry::read(&sealed.bytes).unwrap().epoch;
    all.into_iter().filter(|sealed| (epoch(sealed) == 1) == first).collect()
}

/// Takes pages in as a till does that knows nothing of what is said again: under a kind that nobody knows while they
/// come, as they were signed when it ends, with the tables of before V28. Answers its folder.
fn taken_in_by_an_older_till(mut till: Till, key: &SigningKey, pages: Vec<Vec<Sealed>>) -> PathBuf {
    let of_both = DeviceId::of(&key.verifying_key());
    let mut heads = BTreeMap::new();
    for page in &pages {
        let entries = page.iter().map(|sealed| Entry::read(&sealed.bytes).unwrap());
        let unknown = entries.filter(|entry| entry.device == of_both.0).map(|mut entry| {
            if Fact::read(&entry).unwrap().said_again().is_some() {
                entry.kind = "drone_landed".into();
            }
            entry.prev = heads.get(&entry.chain()).copied().unwrap_or(entry.prev);
            let sealed = entry.seal(key);
            heads.insert(entry.chain(), sealed.hash());
            sealed
        });
        let taken = till.receive(unknown.collect()).unwrap();
        assert_eq!(taken.held, []);
    }
    let folder = till.home().folder().to_owned();
    drop(till);
    let db = Connection::open(folder.join("till.db")).unwrap();
    let guard = "SELECT sql FROM sqlite_master WHERE name = 'journal_is_final'";
    let guard: String = db.query_row(guard, [], |row| row.get(0)).unwrap();
    db.execute_batch("DROP TRIGGER journal_is_final").unwrap();
    for sealed in pages.iter().flatten() {
        let Entry { device, epoch, scope, seq, .. } = Entry::read(&sealed.bytes).unwrap();
        db.execute(
            "UPDATE journal SET entry = ?5, signature = ?6 WHERE seq = ?4
                 AND chain = (SELECT id FROM chain WHERE device = ?1 AND epoch = ?2 AND scope = ?3)",
            params![device, epoch, scope.number(), seq, sealed.bytes, sealed.signature],
        )
        .unwrap();
        db.execute(
            "UPDATE chain SET head = ?5 WHERE device = ?1 AND epoch = ?2 AND scope = ?3 AND seq = ?4",
            params![device, epoch, scope.number(), seq, sealed.hash()],
        )
        .unwrap();
    }
    db.execute_batch(&guard).unwrap();
    db.execute_batch(
        "DROP TABLE drawer_count; DROP TABLE training; DROP TABLE training_end; DROP TABLE return_request; ALTER TABLE begun_return DROP COLUMN known;
         ALTER TABLE outbox DROP COLUMN blind; ALTER TABLE no_sale DROP COLUMN approved_by;
         ALTER TABLE store DROP COLUMN cash_back_alone; ALTER TABLE store DROP COLUMN no_sales_alone;
         ALTER TABLE store DROP COLUMN safe_drop_alone; ALTER TABLE store DROP COLUMN paid_out_supervisor;
         ALTER TABLE store DROP COLUMN paid_in_alone; DROP TABLE regained; DROP TABLE said_again; DROP TABLE hidden;
         ALTER TABLE fork DROP COLUMN proven_by; ALTER TABLE fork DROP COLUMN common;
         DELETE FROM refinery_schema_history WHERE version >= 28;",
    )
    .unwrap();
    folder
}
