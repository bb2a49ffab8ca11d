//! What head office takes in: judged, kept once, and shown as rows.

mod house;

use comptoir_head_office::database::migrate;
use comptoir_head_office::devices;
use comptoir_head_office::journal::{self, Most};
use comptoir_sync::documents::{self, Document, DocumentChange, DocumentsChanged, Fields, Kind};
use comptoir_sync::entry::{Scope, hash};
use comptoir_sync::facts::shifts::{ShiftClosed, ShiftOpened};
use comptoir_sync::facts::{Fact, Id};
use comptoir_sync::replication::message::HeldReason;
use comptoir_sync::replication::vector::Site;
use house::{Device, House, WALL, empty, superuser};
use sqlx::{Connection, PgConnection};
use std::collections::BTreeMap;

const ALL: Most = Most { entries: 500, bytes: 1 << 20 };

#[tokio::test]
async fn a_day_of_two_registers_is_kept_and_shown() {
    let house = House::new().await;
    let (mut one, mut two) = (house.till("YOW1", 1).await, house.till("YOW1", 2).await);
    let sale = one.sell();
    let back = one.back(&sale);
    one.write(&Fact::ReturnCompleted(Box::new(back)));
    two.sell();
    for till in [&one, &two] {
        let taken = house.take(till, till.written.clone()).await;
        assert_eq!((taken.held.len(), taken.forks.len()), (0, 0));
        assert_eq!(taken.new, till.written.len() as u64);
    }
    for (select, expected) in [
        ("SELECT count(*) FROM entry", 5),
        ("SELECT position FROM log_head", 5),
        ("SELECT sum(total)::bigint FROM sale", 2_034),
        ("SELECT sum(amount)::bigint FROM sale_line", 1_800),
        ("SELECT sum(amount)::bigint FROM sale_tax", 234),
        ("SELECT sum(amount)::bigint FROM sale_tender", 4_000),
        ("SELECT sum(refunded)::bigint FROM return_sale", 450),
        ("SELECT count(*) FROM return_line WHERE wasted", 1),
        ("SELECT on_hand FROM stock WHERE sku = 'LOAF'", -2_000),
        ("SELECT sold FROM stock WHERE sku = 'BUN'", 10_000),
        ("SELECT sum(quantity)::bigint FROM stock_movement WHERE sku = 'LOAF'", -2_000),
        ("SELECT count(*) FROM receipt", 3),
        ("SELECT count(*) FROM unprojected", 0),
    ] {
        assert_eq!(house.number(select).await, expected, "{select}");
    }
    assert_eq!(house.text("SELECT min(day)::text FROM sale").await, "2025-11-21");
}

#[tokio::test]
async fn what_comes_twice_is_kept_once() {
    let house = House::new().await;
    let mut till = house.till("YOW1", 1).await;
    till.sell();
    house.take(&till, till.written.clone()).await;
    let again = house.take(&till, till.written.clone()).await;
    assert_eq!((again.new, again.held.len(), again.position), (0, 0, None));
    assert_eq!(again.have.first().map(|at| at.head.seq), Some(2));
    // What is known and what is new come in one page, as after a lost acknowledgement.
    till.sell();
    let both = house.take(&till, till.written.clone()).await;
    assert_eq!((both.new, both.position), (1, Some(3)));
    assert_eq!(house.number("SELECT count(*) FROM sale").await, 2);
}

#[tokio::test]
async fn a_tampered_entry_waits_alone_and_the_true_one_takes_its_place() {
    let house = House::new().await;
    let (mut one, mut two) = (house.till("YOW1", 1).await, house.till("YOW1", 2).await);
    one.sell();
    two.sell();
    let mut page = [one.written.clone(), two.written.clone()].concat();
    let end = page[1].bytes.len() - 1;
    page[1].bytes[end] ^= 1;
    let taken = house.take(&one, page).await;
    let held: Vec<_> = taken.held.iter().map(|held| (held.seq, held.reason)).collect();
    assert_eq!(held, [(2, HeldReason::BadSignature)]);
    assert_eq!(taken.new, 3, "the other register's entries flow on");
    assert_eq!(house.text("SELECT reason FROM quarantine").await, "BadSignature");
    house.take(&one, one.written.clone()).await;
    assert_eq!(house.number("SELECT count(*) FROM sale").await, 2);
    house.take(&two, vec![]).await;
    assert_eq!(house.number("SELECT count(*) FROM quarantine").await, 1, "another hash: it stays");
}

#[tokio::test]
async fn what_could_not_be_believed_yet_leaves_quarantine_when_it_is() {
    let house = House::new().await;
    let mut till = Device::new("ACME", "YOW1", 1);
    till.sell();
    let stranger = house.take(&till, till.written.clone()).await;
    assert_eq!(stranger.held.first().map(|held| held.reason), Some(HeldReason::UnknownDevice));
    let open = "SELECT count(*) FROM quarantine WHERE state = 'open'";
    let there = house.number(open).await;
    assert!(there > 0);
    house.enrol(&till).await;
    house.take(&till, till.written.clone()).await;
    assert_eq!(house.number(open).await, 0);
    let taken =
        "SELECT count(*) FROM quarantine WHERE state = 'taken' AND settled_by_kind = 'device'";
    assert_eq!(house.number(taken).await, there, "it is kept");
    assert_eq!(house.number("SELECT count(*) FROM sale").await, 1);
}

#[tokio::test]
async fn an_epoch_that_begins_in_a_page_is_known_to_the_rest_of_it() {
    let house = House::new().await;
    let mut till = house.till("YOW1", 1).await;
    let nothing = comptoir_sync::documents::DocumentsChanged { changes: vec![], role: None };
    let change = Fact::DocumentsChanged(nothing);
    till.write(&change);
    let alone = house.take(&till, vec![till.written[1].clone()]).await;
    assert_eq!(alone.held.first().map(|held| held.reason), Some(HeldReason::UnknownDevice));
    let taken = house.take(&till, till.written.clone()).await;
    assert_eq!((taken.new, taken.held.len()), (2, 0));
}

/// A register that began anew opens a second shift under one number, and closes the first once more.
#[tokio::test]
async fn of_two_closings_the_earlier_one_stands_and_both_shifts_of_a_number_do() {
    for first in [1, 2] {
        let house = House::new().await;
        let mut till = house.till("YOW1", 1).await;
        let opened = |id: u8, number, opened_at| {
            let (id, currency) = (Id([id; 16]), "CAD".to_owned());
            Fact::ShiftOpened(ShiftOpened {
                id,
                number,
                register: 1,
                float: 0,
                currency,
                opened_at,
            })
        };
        let closed = |counted, closed_at| {
            Fact::ShiftClosed(ShiftClosed {
                id: Id([1; 16]),
                z_number: 1,
                counted,
                expected: 100,
                sales: 0,
                total: 0,
                rounding: 0,
                tendered: 0,
                change: 0,
                pieces: None,
                note: None,
                returns: None,
                returned: None,
                returned_rounding: None,
                refunded: None,
                closed_at,
            })
        };
        till.write(&opened(1, 1, None));
        till.write(&closed(100, None));
        till.write(&opened(2, 2, None));
        let one = std::mem::take(&mut till.written);
        till.go_on_in(2);
        till.write(&opened(1, 1, Some(WALL)));
        till.write(&closed(90, Some(WALL - 60_000)));
        till.write(&opened(3, 2, None));
        let other = std::mem::take(&mut till.written);
        let pages = if first == 1 { [one, other] } else { [other, one] };
        for page in pages {
            let taken = house.take(&till, page).await;
            assert_eq!((taken.held.len(), taken.forks.len()), (0, 0));
        }
        for (select, expected) in [
            ("SELECT count(*) FROM shift", 3),
            ("SELECT count(*) FROM shift WHERE number = 2 AND closed_at IS NULL", 2),
            ("SELECT counted FROM shift WHERE number = 1", 90),
            ("SELECT opened_at - closed_at FROM shift WHERE number = 1", 60_000),
        ] {
            assert_eq!(house.number(select).await, expected, "{first} first: {select}");
        }
    }
}

#[tokio::test]
async fn a_fork_freezes_its_epoch() {
    let house = House::new().await;
    let mut till = house.till("YOW1", 1).await;
    let mut copy = Device::new("ACME", "YOW1", 1);
    till.sell();
    copy.sale();
    copy.sell();
    house.take(&till, till.written.clone()).await;
    let taken = house.take(&copy, copy.written.clone()).await;
    assert_eq!(taken.forks.iter().map(|fork| fork.seq).collect::<Vec<_>>(), [2]);
    till.sell();
    let taken = house.take(&till, till.written.clone()).await;
    assert_eq!(
        (taken.new, taken.held.first().map(|held| held.reason)),
        (0, Some(HeldReason::Fork))
    );
    assert_eq!(house.number("SELECT count(*) FROM fork").await, 1);
    assert_eq!(house.number("SELECT count(*) FROM sale").await, 1);
}

/// Both halves of a register that ran twice went on from one receipt number, and say in their next epochs what they
/// wrote in the one that they shared.
#[tokio::test]
async fn what_both_halves_of_a_register_wrote_is_shown_once_whatever_comes_first() {
    for order in [[0, 1, 2, 3], [1, 3, 0, 2], [2, 3, 1, 0], [3, 2, 0, 1], [3, 1, 2, 0]] {
        let house = House::new().await;
        let mut one = house.till("YOW1", 1).await;
        let mut two = Device::new("ACME", "YOW1", 1);
        let mut again = Vec::new();
        one.sell();
        let mut other = two.sale();
        other.id = Id([77; 16]);
        two.write(&Fact::SaleCompleted(Box::new(other.clone())));
        let back = two.back(&other);
        two.write(&Fact::ReturnCompleted(Box::new(back)));
        let histories = [&mut one, &mut two].map(|half| std::mem::take(&mut half.written));
        for (half, epoch, history) in [(&mut one, 2, &histories[0]), (&mut two, 9, &histories[1])] {
            half.go_on_in(epoch);
            // Too much is said of what both hold.
            for sealed in history {
                half.write(&Fact::again(Scope::Store, sealed.clone()));
            }
            again.push(half.written.clone());
        }
        let [first, second] = histories;
        let pages = [first, second, again.remove(0), again.remove(0)];
        for page in order {
            house.take(&one, pages[page].clone()).await;
        }
        for (select, expected) in [
            ("SELECT count(*) FROM sale", 2),
            ("SELECT count(*) FROM sale WHERE epoch = 1 AND number = 1", 2),
            ("SELECT sum(amount)::bigint FROM sale_line", 1_800),
            ("SELECT sum(amount)::bigint FROM sale_tender", 4_000),
            ("SELECT count(*) FROM return_sale", 1),
            ("SELECT count(*) FROM receipt", 3),
            ("SELECT on_hand FROM stock WHERE sku = 'LOAF'", -2_000),
            ("SELECT sold FROM stock WHERE sku = 'LOAF'", 2_000),
            ("SELECT count(*) FROM said_again", 5),
            ("SELECT count(*) FROM unprojected", 0),
        ] {
            assert_eq!(house.number(select).await, expected, "{order:?}: {select}");
        }
        // What another device wrote it cannot say again, and that stops nothing.
        let stranger = Device::new("ACME", "YOW1", 2);
        two.written.clear();
        two.write(&Fact::again(Scope::Store, stranger.written[0].clone()));
        let mut last = two.sale();
        last.id = Id([78; 16]);
        two.write(&Fact::SaleCompleted(Box::new(last)));
        let taken = house.take(&two, two.written.clone()).await;
        assert_eq!((taken.new, taken.held), (2, vec![]));
        assert_eq!(house.number("SELECT count(*) FROM unprojected").await, 1);
        assert_eq!(house.number("SELECT count(*) FROM sale").await, 3);
    }
}

/// A disk that went back in time and was written on has its next epoch say both histories, of which the log holds
/// neither, or the beginning of one: the same receipt numbers come twice out of one epoch.
#[tokio::test]
async fn two_histories_that_one_epoch_says_again_are_both_shown() {
    for (held, at_once) in [(0, true), (0, false), (2, true), (3, false)] {
        let house = House::new().await;
        let mut one = house.till("YOW1", 1).await;
        let mut two = Device::new("ACME", "YOW1", 1);
        let mut id = 70;
        for half in [&mut one, &mut two] {
            for _ in 0..3 {
                let mut sale = half.sale();
                id += 1;
                sale.id = Id([id; 16]);
                half.write(&Fact::SaleCompleted(Box::new(sale)));
            }
        }
        let histories = [&mut one, &mut two].map(|half| std::mem::take(&mut half.written));
        house.take(&one, histories[0][..held].to_vec()).await;
        one.go_on_in(2);
        for sealed in histories.concat() {
            one.write(&Fact::again(Scope::Store, sealed));
        }
        let size = if at_once { one.written.len() } else { 1 };
        for page in one.written.chunks(size) {
            let taken = house.take(&one, page.to_vec()).await;
            assert_eq!((taken.new, taken.held), (size as u64, vec![]));
        }
        for (select, expected) in [
            ("SELECT count(*) FROM sale WHERE epoch = 1", 6),
            ("SELECT count(DISTINCT id) FROM receipt", 6),
            ("SELECT count(*) FROM receipt WHERE number = 3", 2),
            ("SELECT sold FROM stock WHERE sku = 'LOAF'", 6_000),
            ("SELECT count(*) FROM unprojected", 0),
        ] {
            assert_eq!(house.number(select).await, expected, "{held} {at_once}: {select}");
        }
    }
}

#[tokio::test]
async fn nobody_writes_who_was_revoked() {
    let house = House::new().await;
    let mut till = house.till("YOW1", 1).await;
    till.sell();
    house.take(&till, till.written.clone()).await;
    let mut tx = house.office.database.of_tenant("ACME").await.unwrap();
    let last_good = BTreeMap::from([(till.chain(Scope::Store), 2)]);
    devices::revoke(&mut tx, "ACME", till.id(), &last_good, WALL).await.unwrap();
    tx.commit().await.unwrap();
    till.sell();
    let taken = house.take(&till, till.written.clone()).await;
    assert_eq!(
        (taken.new, taken.held.first().map(|held| held.reason)),
        (0, Some(HeldReason::Revoked))
    );
    let (tenant, peer) = devices::peer(&house.office.database, till.id()).await.unwrap().unwrap();
    assert_eq!((tenant.as_str(), peer.refused.is_some()), ("ACME", true));
}

#[tokio::test]
async fn what_the_tables_cannot_show_is_noted_and_stops_nothing() {
    let house = House::new().await;
    let mut till = house.till("YOW1", 1).await;
    let first = till.sell();
    let spoil = |change: &dyn Fn(&mut comptoir_sync::facts::orders::SaleCompleted),
                 till: &mut Device| {
        let mut sale = till.sale();
        change(&mut sale);
        till.write(&Fact::SaleCompleted(Box::new(sale)));
    };
    spoil(&|sale| sale.number = 1, &mut till);
    spoil(&|sale| sale.id = first.id, &mut till);
    spoil(&|sale| sale.total += 1, &mut till);
    spoil(&|sale| sale.completed_at = i64::MAX, &mut till);
    spoil(&|sale| sale.taxes[0].percent = "a lot".into(), &mut till);
    spoil(&|sale| sale.lines[1].line = 1, &mut till);
    spoil(&|sale| sale.tenders[0].amount = i64::MAX, &mut till);
    till.write_as("from_the_future\0", Scope::Store, vec![0x80]);
    let mut last = till.sale();
    last.lines[0].name_en = "a\0loaf".into();
    till.write(&Fact::SaleCompleted(Box::new(last)));
    let taken = house.take(&till, till.written.clone()).await;
    assert_eq!((taken.new, taken.held.len()), (11, 0));
    assert_eq!(house.number("SELECT count(*) FROM sale").await, 2);
    assert_eq!(house.number("SELECT count(*) FROM unprojected").await, 7);
    assert_eq!(house.number("SELECT on_hand FROM stock WHERE sku = 'LOAF'").await, -2_000);
    assert_eq!(house.number("SELECT max(position) FROM unprojected").await, 9);
}

#[tokio::test]
async fn products_are_shown_as_their_documents_say_whatever_is_beside_them() {
    let house = House::new().await;
    let mut till = house.till("YOW1", 1).await;
    let actor = || documents::actor(till.id(), 1, None);
    let change = |name: &str, skus: &[&str]| {
        let mut fields = Fields::default();
        fields.set_text("name", "en", name);
        skus.iter().for_each(|sku| fields.set_text("sku", sku, "each"));
        let document = documents::document_id("ACME", Kind::Product, name);
        let change = documents::first_change(Kind::Product, &fields, actor(), WALL);
        (document, DocumentChange { document: document.into(), kind: Kind::Product, change })
    };
    let (good_id, good) = change("Loaf", &["LOAF"]);
    // Two codes that are one as PostgreSQL can write them, garbage, and a change of somebody else.
    let (_, twin) = change("Twin", &["a\0", "a\u{fffd}"]);
    let garbage = DocumentChange { change: vec![7; 90], ..good.clone() };
    let mut foreign = change("Foreign", &["F"]).1;
    let mut fields = Fields::default();
    fields.set_text("name", "en", "Foreign");
    let other = documents::actor(house.till("YOW1", 2).await.id(), 1, None);
    foreign.change = documents::first_change(Kind::Product, &fields, other, WALL);
    let changes = vec![garbage, twin, foreign, good.clone()];
    till.write(&Fact::DocumentsChanged(DocumentsChanged { changes, role: None }));
    let taken = house.take(&till, till.written.clone()).await;
    assert_eq!((taken.new, taken.held.len()), (2, 0));
    assert_eq!(house.text("SELECT string_agg(sku, ' ') FROM sku").await, "LOAF");
    assert_eq!(house.number("SELECT count(*) FROM refused_change").await, 2);
    assert_eq!(house.number("SELECT count(*) FROM document_change").await, 2);
    // A second change stands on the first, and comes alone.
    let mut document = Document::load(Kind::Product, [&good.change[..]]).unwrap();
    let known = document.fields();
    let mut wanted = known.clone();
    wanted.set_text("name", "fr", "Miche");
    let edit = document.edit(&known, &wanted, documents::actor(till.id(), 1, None), WALL).unwrap();
    let changes =
        vec![DocumentChange { document: good_id.into(), kind: Kind::Product, change: edit }];
    let last = till.write(&Fact::DocumentsChanged(DocumentsChanged { changes, role: None }));
    house.take(&till, vec![last]).await;
    let names = house.text("SELECT name_en || ' ' || name_fr FROM product WHERE name_en = 'Loaf'");
    assert_eq!(names.await, "Loaf Miche");
}

/// Head office judges as every till of the company does.
#[tokio::test]
async fn what_its_writer_may_not_change_is_put_aside() {
    let house = House::new().await;
    let mut till = house.till("YOW1", 1).await;
    let change = |document, kind, map, key: &str| {
        let mut fields = Fields::default();
        fields.set_text(map, key, "Loaf");
        let actor = documents::actor(till.id(), 1, None);
        let change = documents::first_change(kind, &fields, actor, WALL);
        vec![DocumentChange { document, kind, change }]
    };
    let product = |n| change(Id([n; 16]), Kind::Product, "name", "en");
    let settings = |store| {
        let id = documents::settings::id("ACME", store);
        change(id.into(), Kind::Settings, "store", "name")
    };
    let said = |changes, role| DocumentsChanged { changes, role };
    let cashiers = said(product(1), Some(0));
    let managers = said(product(2), Some(2));
    let nobodys = said(product(3), Some(77));
    let own = said(settings("YOW1"), Some(2));
    let of_others = said(settings("YYC1"), Some(2));
    let hidden = said(product(4), Some(2));
    for changed in [cashiers, managers, nobodys, own, of_others] {
        till.write(&Fact::DocumentsChanged(changed));
    }
    till.write(&Fact::StoreDocumentsChanged(hidden));
    let taken = house.take(&till, till.written.clone()).await;
    assert_eq!((taken.new, taken.held.len()), (7, 0), "the entries stand");
    let reasons = "SELECT string_agg(reason, ' ' ORDER BY reason) FROM refused_change";
    assert_eq!(house.text(reasons).await, "not_allowed not_allowed other_store wrong_scope");
    assert_eq!(house.number("SELECT count(*) FROM document_change").await, 2);
}

#[tokio::test]
async fn a_device_cannot_fill_the_disk_with_what_nobody_believes() {
    let house = House::new().await;
    let till = house.till("YOW1", 1).await;
    let mut stranger = Device::new("ACME", "YYC1", 9);
    for _ in 0..4 {
        for _ in 0..399 {
            stranger.write(&Fact::SignedIn(comptoir_sync::facts::operators::SignedIn {
                operator: Id([1; 16]),
            }));
        }
        let page = std::mem::take(&mut stranger.written);
        house.take(&till, page).await;
    }
    assert!(house.number("SELECT count(*) FROM quarantine").await <= 1_000);
}

#[tokio::test]
async fn the_log_is_read_by_those_who_may() {
    let house = House::new().await;
    let (mut ottawa, mut calgary) = (house.till("YOW1", 1).await, house.till("YYC1", 1).await);
    ottawa.sell();
    calgary.sell();
    house.take(&ottawa, ottawa.written.clone()).await;
    house.take(&calgary, calgary.written.clone()).await;
    let mut tx = house.office.database.of_tenant("ACME").await.unwrap();
    let nothing = BTreeMap::new();
    let site = |store: &str| Site::Store(store.into());
    let read = journal::behind(&mut tx, "ACME", &site("YYC1"), &nothing, 0, ALL).await.unwrap();
    assert_eq!((read.entries.len(), read.to, read.end), (2, 4, true));
    assert!(read.entries.iter().all(|logged| logged.store == "YYC1"));
    let office =
        journal::behind(&mut tx, "ACME", &Site::HeadOffice, &nothing, 1, ALL).await.unwrap();
    let places: Vec<u64> = office.entries.iter().map(|logged| logged.position).collect();
    assert_eq!(places, [2, 3, 4]);
    // What it brought itself is passed over, and one entry is read even if it is too large.
    let brought = BTreeMap::from([(calgary.chain(Scope::Store), 1)]);
    let small = Most { entries: 500, bytes: 1 };
    let rest = journal::behind(&mut tx, "ACME", &site("YYC1"), &brought, 0, small).await.unwrap();
    assert_eq!(rest.entries.iter().map(|logged| logged.seq).collect::<Vec<_>>(), [2]);
    let one = Most { entries: 1, bytes: 1 << 20 };
    let stretch = journal::behind(&mut tx, "ACME", &site("YYC1"), &nothing, 0, one).await.unwrap();
    assert_eq!((stretch.entries.len(), stretch.to, stretch.end), (1, 3, false));
    let chain = ottawa.chain(Scope::Store);
    let entries = journal::of_chain(&mut tx, "ACME", &chain, 1, ALL).await.unwrap();
    assert_eq!(
        entries.iter().map(|entry| hash(&entry.bytes)).collect::<Vec<_>>(),
        [ottawa.written[1].hash()]
    );
    let (grown, end) = journal::grown(&mut *tx, "ACME", 2).await.unwrap();
    assert_eq!((grown.len(), grown[0].chain, end.position), (1, calgary.chain(Scope::Store), 4));
}

#[tokio::test]
async fn tenants_do_not_see_each_other_and_nobody_sees_without_one() {
    let mut house = House::new().await;
    let mut till = house.till("YOW1", 1).await;
    till.sell();
    house.take(&till, till.written.clone()).await;
    house.add_tenant("OTHER").await;
    let mut db = PgConnection::connect_with(&house.owner).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
         AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'migration'",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert!(tables.len() > 25, "{tables:?}");
    let open: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
         AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'migration'
         AND NOT (relrowsecurity AND relforcerowsecurity
                  AND EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'of_tenant'))",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert_eq!(open, Vec::<String>::new(), "tables without row-level security");
    let rows = async |db: &mut PgConnection, table: &str| -> i64 {
        let select = format!("SELECT count(*) FROM {table}");
        sqlx::query_scalar(sqlx::AssertSqlSafe(select)).fetch_one(db).await.unwrap()
    };
    // Not even their owner sees a row, for it is forced; nor does the application.
    for role in ["RESET ROLE", "SET ROLE comptoir_application"] {
        sqlx::raw_sql(role).execute(&mut db).await.unwrap();
        for table in &tables {
            assert_eq!(rows(&mut db, table).await, 0, "{role}: {table}");
        }
    }
    // A call that says of whom it is sees that company, and says it for nobody after it.
    for asked in
        ["SELECT count(*) FROM chains_grown('ACME', 0)", "SELECT count(*) FROM device_shown($1)"]
    {
        let count = sqlx::query_scalar(asked);
        let count = if asked.contains('$') { count.bind(till.id().0) } else { count };
        let seen: i64 = count.fetch_one(&mut db).await.unwrap();
        assert!(seen > 0, "{asked}");
        for table in &tables {
            assert_eq!(rows(&mut db, table).await, 0, "{asked}: {table}");
        }
    }
    let mut other = house.office.database.of_tenant("OTHER").await.unwrap();
    for table in ["entry", "chain", "sale", "sale_line", "receipt", "stock"] {
        assert_eq!(rows(&mut other, table).await, 0, "{table}");
    }
    assert_eq!(rows(&mut other, "device").await, 1);
    let forged = sqlx::query(
        "INSERT INTO stock (tenant_id, store, sku, on_hand, sold) VALUES ('ACME', 'YOW1', 'X', 1, 0)",
    );
    let refused = forged.execute(&mut *other).await.unwrap_err().to_string();
    assert!(refused.contains("row-level security"), "{refused}");
    // Partitions have no policy of their own: they cannot be asked at all.
    let mut acme = house.office.database.of_tenant("ACME").await.unwrap();
    let aside = sqlx::query("SELECT 1 FROM entry_0").execute(&mut *acme).await.unwrap_err();
    assert!(aside.to_string().contains("permission denied"), "{aside}");
    let mut acme = house.office.database.of_tenant("ACME").await.unwrap();
    let edit = sqlx::query("UPDATE entry SET kind = 'x'").execute(&mut *acme).await.unwrap_err();
    assert!(edit.to_string().contains("permission denied"), "{edit}");
    // Somebody else's device writes into its own company only.
    house.tenant = "OTHER".into();
    let taken = house.take(&till, till.written.clone()).await;
    assert_eq!(
        (taken.new, taken.held.first().map(|held| held.reason)),
        (0, Some(HeldReason::UnknownDevice))
    );
}

#[tokio::test]
async fn a_month_is_made_at_any_time_and_takes_its_rows_along() {
    let house = House::new().await;
    let mut till = house.till("YOW1", 1).await;
    till.sell();
    house.take(&till, till.written.clone()).await;
    for _ in 0..2 {
        house.office.database.make_month("2025-11-30").await.unwrap();
    }
    till.sell();
    house.take(&till, till.written.clone()).await;
    assert_eq!(house.number("SELECT count(*) FROM sale_line").await, 4);
    let name = house.owner.get_database().unwrap();
    let mut db = superuser(name).await;
    for (select, expected) in [
        ("SELECT count(*) FROM sale_line_2025_11", 4_i64),
        ("SELECT count(*) FROM sale_line_other", 0),
        ("SELECT count(*) FROM pg_class WHERE relname LIKE '%_2025_11' AND relkind = 'r'", 9),
    ] {
        let rows: i64 = sqlx::query_scalar(select).fetch_one(&mut db).await.unwrap();
        assert_eq!(rows, expected, "{select}");
    }
}

#[tokio::test]
async fn processes_that_start_together_migrate_once() {
    let owner = empty().await;
    let all = (0..4).map(|_| {
        let owner = owner.clone();
        tokio::spawn(async move { migrate(&owner).await })
    });
    for one in all.collect::<Vec<_>>() {
        one.await.unwrap().unwrap();
    }
    let mut db = PgConnection::connect_with(&owner).await.unwrap();
    sqlx::raw_sql("UPDATE migration SET sha256 = '\\x00' WHERE name = '0001_journal'")
        .execute(&mut db)
        .await
        .unwrap();
    let refused = migrate(&owner).await.unwrap_err().to_string();
    assert!(refused.contains("0001_journal"), "{refused}");
}
