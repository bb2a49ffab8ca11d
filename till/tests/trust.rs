//! The books can be believed: any change of a journal entry or of a projected row is found and
//! named; a backup is one moment, and a restored till uses no number twice.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod neighbours;
mod shop;

use std::collections::BTreeSet;

use comptoir_domain::cart::VoidReason;
use comptoir_domain::customers::Customer;
use comptoir_domain::ids::{CustomerId, PromotionId, ReturnId};
use comptoir_domain::orders::returns::Wanted;
use comptoir_domain::payments::CashMove;
use comptoir_domain::payments::limits::CashLimits;
use comptoir_domain::pricing::{Discount, Percent, PriceReason};
use comptoir_domain::promotions::{Offer, Promotion};
use comptoir_domain::quantity::Quantity;
use comptoir_domain::shelf::Place;
use comptoir_domain::store::Settings;
use comptoir_domain::text::{Language, Text};
use comptoir_hardware::terminal::simulator::Simulator;
use comptoir_hardware::terminal::totals::{CardClass, CardTotal, Day, DayEnd};
use comptoir_till::cart::park;
use comptoir_till::inventory::count_sheets;
use comptoir_till::orders::blind::{self, BlindLine, BlindRequest};
use comptoir_till::orders::exchange;
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::payments::{Count, drawer, hand_in, hand_over, terminal_check};
use comptoir_till::till::Till;
use comptoir_till::trust::verify::verify;
use comptoir_till::trust::{self, backup};
use comptoir_till::{
    cart, compliance, customers, operators, orders, payments, pricing, promotions, shelf, store,
    training,
};
use neighbours::halves::{find_out, halves, settle};
use neighbours::{proven, pull, second};
use rusqlite::Connection;
use shop::{Shop, cad};
use uuid::Uuid;

/// A shop in which every projected table has rows.
fn eventful() -> Shop {
    with_terminal_checks(true)
}

/// The same; without what only a version since V19 records.
fn with_terminal_checks(checked: bool) -> Shop {
    let mut shop = Shop::selling();
    let sale = shop.sell(&["LOAF", "LAGER", "CAN"]);
    orders::print_again(&mut shop.till, shop.cashier, sale.id).unwrap();
    orders::print_gift(&mut shop.till, shop.cashier, &sale.receipt, &[]).unwrap();
    cart::set_note(&mut shop.till, shop.cashier, None, "To collect").unwrap();
    shop.scan("COF").unwrap();
    cart::void_line(&mut shop.till, shop.cashier, 1, VoidReason::WrongItem).unwrap();
    shop.scan("LOAF").unwrap();
    let approver = operators::approve(&mut shop.till, shop.supervisor, "3333").unwrap();
    let (line, price) = (2, cad("5.00"));
    pricing::set_price(
        &mut shop.till,
        shop.cashier,
        Some(approver),
        line,
        price,
        PriceReason::Damaged,
    )
    .unwrap();
    shop.charge("2.00");
    let by_card = shop.pay(None).unwrap();
    let mut settings = Settings { miscellaneous: true, ..Settings::default() };
    if checked {
        let (paid_in, safe_drop) = (Some(60_000), Some(70_000));
        let (paid_out_supervisor, cash_back) = (Some(80_000), Some(90_000));
        let usual = settings.cash;
        settings.cash = CashLimits { paid_in, safe_drop, paid_out_supervisor, cash_back, ..usual };
    }
    settings.price_barcodes.set("21=21|IIIII|WWWWW|C").unwrap();
    store::change(&mut shop.till, shop.manager, None, Some(settings)).unwrap();
    shop.import("sku,name,price,open_price,charges\nMISC,Miscellaneous,,yes,\nDEP,Deposit,0.10,,\nTIN,Tin,1.00,,DEP*2\n");
    let keyed = cart::Keyed { price: cad("4.00"), name: "Old chair".into() };
    cart::add_open(&mut shop.till, shop.cashier, "MISC", None, &keyed).unwrap();
    shop.pay(None).unwrap();
    shop.scan("LAGER").unwrap();
    compliance::refuse_age(&mut shop.till, shop.cashier).unwrap();
    shop.scan("CAN").unwrap();
    shop.charge_settled_by_hand("2.00", Some("2.00"));
    shop.pay(None).unwrap();
    shop.scan("COF").unwrap();
    cart::void_cart(&mut shop.till, shop.cashier, VoidReason::Other).unwrap();
    let _ = operators::sign_in(&mut shop.till, shop.cashier, "0000");
    let (what, amount) = (CashMove::PaidOut, cad("60.00"));
    let (till, cashier) = (&mut shop.till, shop.cashier);
    drawer::move_cash(till, cashier, Some(approver), what, amount, "Window cleaner").unwrap();
    drawer::no_sale(till, cashier, None, "Change for the bus").unwrap();
    if checked {
        drawer::no_sale(till, cashier, Some(approver), "Change for the bus").unwrap();
    }
    let count = Count { total: Some(cad("250.00")), note: "Coins wet".into(), ..Count::default() };
    hand_over::hand_over(till, cashier, approver, count.clone()).unwrap();
    // One that is refused, and one that is told.
    let ends = [DayEnd::Refused { code: 0x77 }, DayEnd::Done(day())];
    for end in ends.into_iter().filter(|_| checked) {
        let id = terminal_check::begin(till, cashier).unwrap();
        terminal_check::finish(till, id, &end).unwrap();
    }
    if checked {
        hand_in::hand_in(till, cashier, cad("249.00")).unwrap();
        let copy = training::begin(till, cashier, Some(approver)).unwrap();
        training::end(till, copy, Some(cashier)).unwrap();
    }
    payments::close_shift(till, cashier, count).unwrap();
    payments::open_shift(&mut shop.till, shop.cashier, cad("100.00")).unwrap();
    let wanted = |line, wasted| Wanted { line, quantity: Quantity::ONE, wasted };
    let request = ReturnRequest {
        id: ReturnId(uuid::Uuid::from_u128(1)),
        sale: sale.id,
        lines: vec![wanted(1, true), wanted(3, false)],
        reason: Some("Stale".into()),
        approver: Some(approver),
        cash_instead: false,
    };
    let back = returns::complete_return(&mut shop.till, shop.cashier, &request).unwrap();
    returns::print_again(&mut shop.till, shop.cashier, back.id).unwrap();
    let of_card = ReturnRequest {
        id: ReturnId(uuid::Uuid::from_u128(2)),
        sale: by_card.id,
        lines: vec![wanted(2, false)],
        ..request
    };
    shop.refund(&Simulator::on_tcp(0).unwrap(), &of_card);
    returns::complete_return(&mut shop.till, shop.cashier, &of_card).unwrap();
    let line = BlindLine { sku: "CAN".into(), quantity: Quantity::ONE, price: None, wasted: false };
    let id = ReturnId(uuid::Uuid::from_u128(3));
    let without =
        BlindRequest { id, lines: vec![line], reason: "Gift".into(), approver: Some(approver) };
    blind::complete(&mut shop.till, shop.cashier, &without).unwrap();
    let again = shop.sell(&["CAN"]);
    let id = ReturnId(uuid::Uuid::from_u128(4));
    let swap = ReturnRequest { id, sale: again.id, lines: vec![wanted(1, false)], ..of_card };
    exchange::begin_exchange(&mut shop.till, shop.cashier, &swap).unwrap();
    let cart = shop.scan("COF").unwrap();
    let (till, cashier, cash) = (&mut shop.till, shop.cashier, cad("20.00"));
    exchange::complete_exchange(till, cashier, cart.id, cart.total, cash, None, false).unwrap();
    shop
}

fn day() -> Day {
    let cards = vec![CardTotal { kind: CardClass::Visa, total: 4_00 }];
    Day { total: Some(4_00), cards, terminal: Some(52_500_041), ..Day::default() }
}

/// Changes the database behind the engine's back, past every guard of the schema.
fn tamper(shop: &Shop, sql: &str) {
    let db = Connection::open(shop.till.home().database()).unwrap();
    db.execute_batch(
        "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;
         DROP TRIGGER journal_is_final; DROP TRIGGER journal_is_kept; DROP TRIGGER sale_is_final; DROP TRIGGER return_is_final; DROP TRIGGER closed_shift_is_final; DROP TRIGGER closing_is_final; DROP TRIGGER hand_over_is_final; DROP TRIGGER terminal_check_is_final;",
    )
    .unwrap();
    db.execute_batch(sql).unwrap();
}

fn places(shop: &Shop) -> Vec<String> {
    let verdict = shop.verify();
    assert!(!verdict.ok);
    verdict.findings.into_iter().map(|finding| finding.place).collect()
}

#[test]
fn honest_books_have_no_finding() {
    let verdict = eventful().verify();
    assert_eq!(verdict.findings, []);
    assert!(
        verdict.ok && verdict.entries > 10 && verdict.chains == 2 && verdict.rows > 100,
        "{verdict:?}"
    );
}

/// Every column of every projected table, one at a time.
#[test]
fn a_changed_cell_of_any_projection_is_found_and_named() {
    let tables = [
        "chain",
        "device",
        "operator",
        "document_change",
        "store",
        "department",
        "product",
        "sku",
        "gtin",
        "plu",
        "sku_charge",
        "price",
        "shift",
        "shift_epoch",
        "shift_closing",
        "sale",
        "sale_line",
        "sale_tax",
        "sale_tender",
        "cart_void",
        "return_sale",
        "return_line",
        "return_tax",
        "return_tender",
        "return_request",
        "stock_movement",
        "stock",
        "reprint",
        "age_refusal",
        "card_settlement",
        "cash_movement",
        "no_sale",
        "hand_over",
        "drawer_count",
        "terminal_check",
        "terminal_check_card",
        "training",
        "training_end",
    ];
    let cells = changed_cells(&eventful().till, &tables);
    assert!(cells > 120, "only {cells} cells were changed");
}

/// Changes each column of each of these tables by itself, and sees that it is found. Answers how many that were.
fn changed_cells(honest: &Till, tables: &[&str]) -> usize {
    let mut cells = 0;
    for table in tables {
        let columns: Vec<(String, String)> = {
            let mut info = honest
                .db()
                .prepare(&format!("SELECT name, type FROM pragma_table_info('{table}')"))
                .unwrap();
            info.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
                .unwrap()
                .map(Result::unwrap)
                .collect()
        };
        for (column, kind) in columns {
            let filled: i64 = honest
                .db()
                .query_row(&format!("SELECT count({column}) FROM {table}"), [], |row| row.get(0))
                .unwrap();
            assert!(
                filled > 0
                    || ["cannabis", "net_milligrams", "locked_until"].contains(&column.as_str()),
                "no {table}.{column} to change"
            );
            if filled == 0 {
                continue;
            }
            let copy = tempfile::tempdir().unwrap();
            let file = copy.path().join("till.db");
            backup::backup(honest.home().folder(), &file, &mut |_, _| {}).unwrap();
            let db = Connection::open(&file).unwrap();
            db.execute_batch(
                "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; DROP TRIGGER sale_is_final; DROP TRIGGER return_is_final; DROP TRIGGER closed_shift_is_final; DROP TRIGGER closing_is_final; DROP TRIGGER hand_over_is_final; DROP TRIGGER terminal_check_is_final;",
            )
            .unwrap();
            let other = match kind.as_str() {
                "INTEGER" => format!("{column} + 1000"),
                "TEXT" => format!("{column} || 'x'"),
                _ => format!(
                    "CAST(substr({column}, 1, length({column}) - 1)
                       || iif(substr({column}, -1) = x'00', x'01', x'00') AS BLOB)"
                ),
            };
            let change = format!(
                "UPDATE {table} SET {column} = {other} WHERE {column} = (SELECT max({column}) FROM {table})"
            );
            let changed = db.execute(&change, []);
            // A guard that nothing switches off, such as a unique index, is as good as a finding.
            if changed.as_ref().is_ok_and(|rows| *rows > 0) {
                drop(db);
                let verdict = verify(copy.path(), &mut |_, _| {}).unwrap();
                assert!(
                    verdict.findings.iter().any(|finding| finding.place == *table),
                    "{change}: {verdict:?}"
                );
                cells += 1;
            }
        }
    }
    cells
}

/// What documents say of promotions, customers, shelves, counts and parked carts, and what two wrote apart.
#[test]
fn a_changed_cell_of_what_documents_say_is_found_and_named() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let supervisor = shop.supervisor;
    let percent = Percent::from_hundredths(1_000).unwrap();
    let offers = [
        Offer::Off { discount: Discount::Percent(percent) },
        Offer::Bundle { pieces: 3, price: cad("15.00") },
    ];
    for offer in offers {
        let promotion = Promotion {
            id: PromotionId(Uuid::now_v7()),
            name: Text::new("Bread week", "Semaine du pain"),
            offer,
            from: "2025-11-17".parse().ok(),
            until: "2025-11-23".parse().ok(),
            skus: BTreeSet::from(["LOAF".to_owned()]),
            departments: BTreeSet::new(),
            archived: false,
        };
        promotions::save(&mut shop.till, shop.manager, &promotion).unwrap();
    }
    let customer = Customer {
        id: CustomerId(Uuid::now_v7()),
        name: "Order 12".into(),
        phone: "613 555 0100".into(),
        email: "order12@example.org".into(),
        language: Some(Language::Fr),
        note: "calls first".into(),
        archived: false,
    };
    customers::save(&mut shop.till, shop.cashier, &customer).unwrap();
    let place = Some(Place { at: "A3-2".into(), facings: Some(4) });
    shelf::arrange(&mut shop.till, supervisor, &[("LOAF".to_owned(), place)].into()).unwrap();
    let sheet = count_sheets::begin(&mut shop.till, supervisor, "Bread wall").unwrap();
    shop.scan("LOAF").unwrap();
    park::park(&mut shop.till, shop.cashier, "Blue coat").unwrap();
    pull(&mut second, &shop.till);
    let waiting = park::parked(&mut second).unwrap();
    park::resume(&mut second, shop.cashier, waiting[0].id).unwrap();
    for (till, pieces) in [(&mut shop.till, 12_000), (&mut second, 13_000)] {
        let pieces = Some(Quantity::from_thousandths(pieces));
        count_sheets::count(till, supervisor, sheet.id, "LOAF", pieces).unwrap();
    }
    pull(&mut shop.till, &second);
    proven(&shop.till);
    let tables = [
        "parked_cart",
        "parked_cart_taken",
        "promotion",
        "promotion_goods",
        "customer",
        "shelf_place",
        "count_sheet",
        "count_line",
        "conflict",
    ];
    assert!(changed_cells(&shop.till, &tables) > 35);
    tamper(
        &shop,
        "INSERT INTO refused_change SELECT max(id), zeroblob(16), zeroblob(32), 'x' FROM journal;
         INSERT INTO unprojected SELECT max(id), 'x' FROM journal",
    );
    assert_eq!(places(&shop), ["unprojected", "refused_change"]);
}

/// What a till that ran twice said again, and which rows show it, is proven like all else.
#[test]
fn a_changed_row_about_what_is_said_again_is_found_and_named() {
    let mut shop = Shop::selling();
    let (mut left, mut clone) = halves(&mut shop);
    pull(&mut left, &shop.till);
    find_out(&mut left, &mut shop.till, &mut clone);
    settle([&mut left, &mut shop.till, &mut clone]);
    proven(&left);
    assert_eq!(changed_cells(&left, &["said_again", "hidden"]), 7);
    for (sql, place) in [
        ("DELETE FROM said_again WHERE entry = (SELECT max(entry) FROM said_again)", "said_again"),
        ("DELETE FROM said_again WHERE entry IN (SELECT entry FROM hidden)", "said_again"),
        (
            "INSERT INTO said_again SELECT (SELECT min(entry) FROM sale), device, epoch, scope, seq, signature
             FROM said_again LIMIT 1",
            "said_again",
        ),
        ("DELETE FROM hidden WHERE entry = (SELECT min(entry) FROM hidden)", "hidden"),
        ("INSERT INTO hidden SELECT min(entry) FROM sale", "hidden"),
    ] {
        let copy = tempfile::tempdir().unwrap();
        let file = copy.path().join("till.db");
        backup::backup(left.home().folder(), &file, &mut |_, _| {}).unwrap();
        let changed = Connection::open(&file).unwrap().execute(sql, []).unwrap();
        assert!(changed > 0, "{sql}");
        let verdict = verify(copy.path(), &mut |_, _| {}).unwrap();
        assert!(verdict.findings.iter().any(|found| found.place == place), "{sql}: {verdict:?}");
    }
}

/// A row that is taken away or added is found as well.
#[test]
fn a_missing_or_added_row_is_found_and_named() {
    for (sql, place) in [
        ("DELETE FROM sale_line WHERE line = 1", "sale_line"),
        ("DELETE FROM return_line WHERE n = 1", "return_line"),
        ("UPDATE return_line SET quantity = 3000 WHERE n = 1", "return_line"),
        (
            "UPDATE return_tender SET amount = amount + 100 WHERE type = 'exchange';
             UPDATE return_sale SET refunded = refunded + 100, rounding = rounding + 100 WHERE exchange IS NOT NULL",
            "return_sale",
        ),
        ("DELETE FROM hand_over", "hand_over"),
        ("DELETE FROM terminal_check_card", "terminal_check_card"),
        ("DELETE FROM stock WHERE sku = 'LOAF'", "stock"),
        ("INSERT INTO price VALUES ('FREE', 0, 0)", "price"),
        ("INSERT INTO sku_search (rowid, words) VALUES (99, 'ghost')", "sku_search"),
        ("DELETE FROM sku_search WHERE rowid = 1", "sku_search"),
        ("INSERT INTO note_search (rowid, words) VALUES (99, 'ghost')", "note_search"),
        ("DELETE FROM note_search", "note_search"),
        ("DELETE FROM journal WHERE id = (SELECT max(id) FROM journal)", "chain"),
        ("DELETE FROM journal WHERE id = 3", "journal"),
    ] {
        let shop = eventful();
        tamper(&shop, sql);
        let found = places(&shop);
        assert!(found.iter().any(|found| found == place), "{sql}: {found:?}");
    }
}

#[test]
fn any_flipped_byte_of_a_journal_entry_is_found_and_named() {
    let honest = eventful();
    let last: i64 =
        honest.till.db().query_row("SELECT max(id) FROM journal", [], |row| row.get(0)).unwrap();
    let sale: i64 =
        honest.till.db().query_row("SELECT min(entry) FROM sale", [], |row| row.get(0)).unwrap();
    for entry in [1, sale, last] {
        let copy = tempfile::tempdir().unwrap();
        let file = copy.path().join("till.db");
        std::fs::copy(snapshot(&honest), &file).unwrap();
        let db = Connection::open(&file).unwrap();
        db.execute_batch("DROP TRIGGER journal_is_final").unwrap();
        let mut bytes: Vec<u8> = db
            .query_row("SELECT entry FROM journal WHERE id = ?1", [entry], |row| row.get(0))
            .unwrap();
        for place in 0..bytes.len() {
            let write = |bytes: &[u8]| {
                let update = "UPDATE journal SET entry = ?1 WHERE id = ?2";
                db.execute(update, rusqlite::params![bytes, entry]).unwrap();
            };
            bytes[place] ^= 0x20;
            write(&bytes);
            let verdict = verify(copy.path(), &mut |_, _| {}).unwrap();
            let named = verdict.findings.iter().any(|finding| {
                finding.place == "journal" && finding.key == format!("entry {entry}")
            });
            assert!(named, "byte {place} of entry {entry}: {verdict:?}");
            bytes[place] ^= 0x20;
            write(&bytes);
        }
        assert!(verify(copy.path(), &mut |_, _| {}).unwrap().ok);
    }
}

fn snapshot(shop: &Shop) -> std::path::PathBuf {
    let file = shop.folder.path().join("snapshot.db");
    if !file.exists() {
        backup::backup(&shop.home(), &file, &mut |_, _| {}).unwrap();
    }
    file
}

#[test]
fn a_forged_signature_and_a_swapped_place_are_found() {
    for (sql, place) in [
        ("UPDATE journal SET signature = zeroblob(64) WHERE id = 5", "journal"),
        ("UPDATE journal SET seq = seq + 1000 WHERE id = (SELECT max(id) FROM journal)", "journal"),
        (
            "UPDATE journal SET chain = 3 - chain WHERE id = (SELECT max(id) FROM journal)",
            "journal",
        ),
    ] {
        let shop = eventful();
        tamper(&shop, sql);
        assert!(places(&shop).iter().any(|found| found == place), "{sql}");
    }
}

#[test]
fn a_damaged_file_is_a_finding_and_not_a_crash() {
    let shop = eventful();
    let file = snapshot(&shop);
    let mut bytes = std::fs::read(&file).unwrap();
    for place in (4_096..bytes.len()).step_by(997) {
        bytes[place] ^= 0xff;
    }
    let copy = tempfile::tempdir().unwrap();
    std::fs::write(copy.path().join("till.db"), &bytes).unwrap();
    assert!(!verify(copy.path(), &mut |_, _| {}).unwrap().ok);
}

/// The first thing after an update may be the nightly proof.
#[test]
fn books_of_an_older_version_are_proven_too() {
    let Shop { till, folder, .. } = with_terminal_checks(false);
    let home = till.home().folder().to_owned();
    drop(till);
    // As before V16.
    let db = Connection::open(home.join("till.db")).unwrap();
    db.execute_batch(
        "CREATE TRIGGER hand_over_is_in_an_open_shift BEFORE INSERT ON hand_over BEGIN SELECT 1; END;
         DROP TRIGGER taken_job_follows;
         DROP TABLE taken_job;
         DROP TABLE given_job;
         DROP TABLE drawer_count;
         DROP TABLE training;
         DROP TABLE training_end;
         DROP TABLE return_request;
         ALTER TABLE begun_return DROP COLUMN known;
         ALTER TABLE outbox DROP COLUMN blind;
         ALTER TABLE no_sale DROP COLUMN approved_by;
         ALTER TABLE store DROP COLUMN cash_back_alone;
         ALTER TABLE store DROP COLUMN no_sales_alone;
         ALTER TABLE store DROP COLUMN safe_drop_alone;
         ALTER TABLE store DROP COLUMN paid_out_supervisor;
         ALTER TABLE store DROP COLUMN paid_in_alone;
         DROP TABLE regained;
         DROP TABLE said_again;
         DROP TABLE hidden;
         DROP TABLE shift_epoch;
         DROP TABLE shift_closing;
         DROP TABLE opening;
         DROP TABLE promotion;
         DROP TABLE promotion_goods;
         DROP TABLE customer;
         DROP TABLE shelf_place;
         DROP TABLE count_sheet;
         DROP TABLE count_line;
         DROP TABLE conflict;
         DROP TABLE parked_cart;
         DROP TABLE parked_cart_taken;
         ALTER TABLE cart DROP COLUMN document;
         DROP TABLE opaque;
         DROP TABLE contact;
         DROP TABLE elsewhere;
         DROP TABLE membership;
         DROP TABLE neighbour_address;
         DROP TABLE day_attempt;
         DROP TABLE terminal_check_card;
         DROP TABLE terminal_check;
         DROP INDEX card_attempt_of_sale;
         ALTER TABLE card_attempt DROP COLUMN customer_slip;
         ALTER TABLE card_attempt DROP COLUMN merchant_slip;
         ALTER TABLE card_attempt DROP COLUMN to_sign;
         ALTER TABLE operator DROP COLUMN written_by;
         ALTER TABLE operator DROP COLUMN written;
         DROP INDEX archived_product;
         DROP TABLE last_good;
         DROP TABLE enrolled;
         DROP TABLE fork;
         DROP TABLE quarantine;
         DROP TABLE unprojected;
         DROP TABLE refused_change;
         DROP TABLE card_settlement;
         DROP INDEX age_refusal_of_cart;
         ALTER TABLE age_refusal DROP COLUMN cart;
         DELETE FROM refinery_schema_history WHERE version >= 16;",
    )
    .unwrap();
    drop(db);
    let verdict = verify(&home, &mut |_, _| {}).unwrap();
    assert!(verdict.ok, "{verdict:?}");
    drop(folder);
}

#[test]
fn books_are_proven_while_somebody_sells() {
    let mut shop = eventful();
    let folder = shop.folder.path().join("store");
    let before = shop.verify().entries;
    let mut sold = 0;
    let verdict = verify(&folder, &mut |_, _| {
        shop.sell(&["LOAF", "COF"]);
        sold += 1;
    })
    .unwrap();
    assert!(verdict.ok && sold > 0, "{verdict:?}");
    assert_eq!(verdict.entries, before, "what is sold meanwhile is left out");
    assert!(shop.verify().ok && shop.verify().entries > before);
}

#[test]
fn a_backup_is_taken_while_selling_and_restored_into_a_new_epoch() {
    let mut shop = Shop::selling();
    shop.sell(&["LOAF"]);
    shop.sell(&["CAN"]);
    let file = shop.folder.path().join("monday.db");
    backup::backup(&shop.home(), &file, &mut |_, _| {}).unwrap();
    let lost = shop.sell(&["LAGER"]);
    assert_eq!(lost.receipt, "RDC1-1-3");
    assert_eq!(trust::began_again(shop.till.db(), shop.till.identity()).unwrap(), None);

    let home = shop.home();
    let Shop { till, folder: _folder, cashier, .. } = shop;
    drop(till);
    let (identity, kept) = backup::restore(&file, &home).unwrap();
    assert_eq!(identity.epoch, 2);
    assert!(kept.unwrap().exists(), "what was there is kept");
    let mut till = Till::open(&home).unwrap();
    let view = cart::scan(&mut till, cashier, "CAN").unwrap();
    let sale = orders::complete_sale(&mut till, cashier, view.id, None, None).unwrap();
    assert_eq!(sale.receipt, "RDC1-2-1", "no receipt number is used twice");
    assert!(trust::began_again(till.db(), till.identity()).unwrap().is_some(), "and it is said");
    assert!(
        operators::sign_in(&mut till, cashier, "1111").is_ok(),
        "PINs still work on the same machine"
    );
    drop(till);

    // The same backup once more: another epoch again, for the second one has been written in.
    let (identity, _) = backup::restore(&file, &home).unwrap();
    assert_eq!(identity.epoch, 3);
    let verdict = verify(&home, &mut |_, _| {}).unwrap();
    assert_eq!(verdict.findings, []);
    assert_eq!(verdict.chains, 3, "store and tenant of the first epoch, store of the third");
}

#[test]
fn a_damaged_backup_is_not_restored() {
    let shop = eventful();
    let file = snapshot(&shop);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 6_000].fill(0x55);
    std::fs::write(&file, bytes).unwrap();
    let home = shop.home();
    drop(shop.till);
    assert!(backup::restore(&file, &home).is_err());
    assert!(Till::open(&home).is_ok(), "the store is as it was");
}
