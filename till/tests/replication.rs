//! Tills of one store take in each other's entries: the same books at each, whatever the order; what is not to be
//! believed is put aside, and nothing else waits for it.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod neighbours;
mod shop;

use std::collections::BTreeMap;

use comptoir_domain::ids::ReturnId;
use comptoir_domain::orders::Sale;
use comptoir_domain::orders::returns::Wanted;
use comptoir_domain::quantity::Quantity;
use comptoir_hardware::printer::layout::{Profile, preview, to_text};
use comptoir_sync::acceptance::{self, Received};
use comptoir_sync::documents::{ChangeError, DocumentChange};
use comptoir_sync::entry::{Chain, Entry, Scope, Sealed, hash};
use comptoir_sync::facts::Fact;
use comptoir_sync::replication::message::HeldReason;
use comptoir_sync::replication::vector::{Site, Vector};
use comptoir_till::catalog::products::{self, ProductDraft};
use comptoir_till::journal::receive;
use comptoir_till::operators::Change;
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::orders::{twice, view};
use comptoir_till::till::Till;
use comptoir_till::trust::enrolment::{self, Enrolled};
use comptoir_till::trust::joining::Joining;
use comptoir_till::trust::verify::verify;
use comptoir_till::{cart, demo, operators, orders, outbox, store};
use neighbours::{invitation, key, missing, proven, pull, second};
use rusqlite::params;
use rusqlite::types::Value;
use shop::{Shop, cad};

fn sell(till: &mut Till, shop: &Shop, code: &str) -> Sale {
    cart::scan(till, shop.cashier, code).unwrap();
    let cart = cart::show(till).unwrap();
    orders::complete_sale(till, shop.cashier, cart.id, Some(cart.total), None).unwrap()
}

/// Rows that are the same at every till, without the numbers by which one disk knows them.
fn books(till: &Till) -> Vec<Vec<Value>> {
    let mut books = Vec::new();
    for select in [
        "SELECT id, register, epoch, number, completed_at, day, subtotal, total, rounding, tendered, change FROM sale ORDER BY id",
        "SELECT sale.id, line, sku, quantity, price, amount FROM sale_line JOIN sale ON sale.entry = sale ORDER BY 1, 2",
        "SELECT id, sale, register, number, total, refunded FROM return_sale ORDER BY id",
        "SELECT id, register, number, opened_at, float, closed_at, z_number FROM shift ORDER BY id",
        "SELECT sku, on_hand, sold FROM stock ORDER BY sku",
        "SELECT code, name_en, name_fr, price FROM sku JOIN product ON product.id = product LEFT JOIN price ON price.sku = code ORDER BY 1",
        "SELECT id, name, role, pin_hash, active FROM operator ORDER BY id",
        "SELECT id, register, epoch FROM device ORDER BY id",
        "SELECT device, epoch, scope, seq, head FROM chain ORDER BY 1, 2, 3",
    ] {
        let mut select = till.db().prepare(select).unwrap();
        let columns = select.column_count();
        let rows = select.query_map([], |row| (0..columns).map(|n| row.get(n)).collect()).unwrap();
        books.extend(rows.map(|row| row.unwrap()));
    }
    books
}

/// Entries of a till that says something else in them, chained and signed by it all the same.
fn rewritten(till: &Till, page: Vec<Sealed>, change: impl Fn(&mut Fact)) -> Vec<Sealed> {
    rewritten_entries(till, page, |entry| {
        let mut fact = Fact::read(entry).unwrap();
        change(&mut fact);
        entry.body = fact.encode();
    })
}

fn rewritten_entries(
    till: &Till,
    page: Vec<Sealed>,
    mut change: impl FnMut(&mut Entry),
) -> Vec<Sealed> {
    let key = key(till);
    let mut heads = BTreeMap::new();
    let rewrite = |sealed: Sealed| {
        let mut entry = Entry::read(&sealed.bytes).unwrap();
        change(&mut entry);
        entry.prev = heads.get(&entry.chain()).copied().unwrap_or(entry.prev);
        let sealed = entry.seal(&key);
        heads.insert(entry.chain(), sealed.hash());
        sealed
    };
    page.into_iter().map(rewrite).collect()
}

#[test]
fn two_registers_hold_the_same_books_after_a_day_apart() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    for code in ["LOAF", "COF", "LOAF"] {
        shop.sell(&[code]);
        sell(&mut second, &shop, code);
    }
    shop.import("sku,name,price\nNEW,New at register 1,3.00\n");
    let taken = pull(&mut shop.till, &second);
    assert_eq!((taken.held.len(), taken.forks.len()), (0, 0));
    pull(&mut second, &shop.till);
    assert_eq!(books(&shop.till), books(&second));
    assert_eq!(sell(&mut second, &shop, "NEW").total, cad("3.39"));
    assert_eq!(pull(&mut shop.till, &second).new, 1);
    assert_eq!(pull(&mut shop.till, &second).new, 0);
    proven(&shop.till);
    proven(&second);
}

#[test]
fn the_order_in_which_pages_come_does_not_matter() {
    let mut shop = Shop::selling();
    let mut other = second(&mut shop);
    pull(&mut shop.till, &other);
    for code in ["LOAF", "COF"] {
        sell(&mut other, &shop, code);
    }
    let page = missing(&other, &receive::vector(shop.till.db()).unwrap());
    let (last, rest) = page.split_last().unwrap();
    let early = shop.till.receive(vec![last.clone()]).unwrap();
    assert_eq!(early.held.first().map(|held| held.reason), Some(HeldReason::Gap));
    assert_eq!(early.new, 0);
    shop.till.receive(rest.iter().chain(rest).cloned().collect()).unwrap();
    shop.till.receive(page.clone()).unwrap();
    shop.till.receive(page).unwrap();
    pull(&mut other, &shop.till);
    assert_eq!(books(&shop.till), books(&other));
    proven(&shop.till);
}

/// Somebody at the counter waits all the time: each entry is a transaction of its own, and nothing else changes.
#[test]
fn a_page_is_taken_in_bit_by_bit_while_somebody_waits() {
    let mut shop = Shop::selling();
    let mut other = second(&mut shop);
    for code in ["LOAF", "COF", "LOAF"] {
        sell(&mut other, &shop, code);
    }
    let mut page = missing(&other, &receive::vector(shop.till.db()).unwrap());
    page[3].signature[0] ^= 1;
    let entries = page.len();
    let mut left: Vec<Received> = page.into_iter().filter_map(acceptance::read).collect();
    let (mut new, mut turns, mut held) = (0, 0, Vec::new());
    while !left.is_empty() {
        let before = left.len();
        let (taken, rest) = shop.till.receive_until(left, None, &|| true).unwrap();
        assert_eq!(rest.len(), before - 1);
        assert_eq!(taken.have.len(), 1, "what it has is said of the chain that it looked at");
        (new, turns, left) = (new + taken.new, turns + 1, rest);
        held.extend(taken.held.into_iter().map(|held| (held.seq, held.reason)));
    }
    assert_eq!((new, turns), (3, entries));
    assert_eq!(held[0], (4, HeldReason::BadSignature));
    assert!(held[1..].iter().all(|(_, reason)| *reason == HeldReason::Gap), "{held:?}");
    pull(&mut shop.till, &other);
    pull(&mut other, &shop.till);
    assert_eq!(books(&shop.till), books(&other));
    proven(&shop.till);
}

fn coffee_back(sale: &Sale, n: u8) -> ReturnRequest {
    ReturnRequest {
        id: ReturnId(uuid::Uuid::from_bytes([n; 16])),
        sale: sale.id,
        lines: vec![Wanted { line: 1, quantity: Quantity::from_thousandths(1_000), wasted: false }],
        reason: Some("changed_mind".into()),
        approver: None,
        cash_instead: false,
    }
}

#[test]
fn what_register_1_sold_comes_back_at_register_2_and_only_once() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let sale = shop.sell(&["COF"]);
    pull(&mut second, &shop.till);
    let entry = orders::entry_of(second.db(), sale.id).unwrap();
    let paper = outbox::receipt(&second, entry, false, None).unwrap();
    let text = to_text(&preview(&paper, &Profile::default()));
    assert!(text.contains("Register 1 "), "{text}");
    let request = |n| coffee_back(&sale, n);
    returns::complete_return(&mut second, shop.cashier, &request(1)).unwrap();
    pull(&mut shop.till, &second);
    let again = returns::complete_return(&mut shop.till, shop.cashier, &request(2));
    assert_eq!(shop::refusal(again), "more_than_sold", "register 1 knows of it");
    assert_eq!(books(&shop.till), books(&second));
    proven(&shop.till);
    proven(&second);
}

/// Registers that do not see each other cannot know; both are told once they do.
#[test]
fn what_came_back_at_two_registers_apart_is_told_at_both() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let cashier = shop.cashier;
    let (sale, other) = (shop.sell(&["COF", "COF"]), shop.sell(&["COF"]));
    pull(&mut second, &shop.till);
    // One of two came back here and one there, which is as it should be; the single one came back at both.
    for (till, n) in [(&mut shop.till, 1), (&mut second, 2)] {
        returns::complete_return(till, cashier, &coffee_back(&sale, n)).unwrap();
        returns::complete_return(till, cashier, &coffee_back(&other, n + 2)).unwrap();
        assert_eq!(twice::list(till, cashier).unwrap(), [], "nobody can know");
    }
    pull(&mut second, &shop.till);
    pull(&mut shop.till, &second);
    for till in [&mut shop.till, &mut second] {
        let told = twice::list(till, cashier).unwrap();
        let [one] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(
            (&one.receipt, one.too_much, one.returns.len()),
            (&other.receipt, cad("13.99"), 2)
        );
        let now = till.now();
        assert_eq!(twice::count(till.db(), now).unwrap(), 1);
        assert_eq!(twice::count(till.db(), now + 31 * 24 * 3_600_000).unwrap(), 0, "it was told");
        for (receipt, too_much) in [(&sale.receipt, None), (&other.receipt, Some(cad("13.99")))] {
            assert_eq!(view::sale_view(till, cashier, receipt).unwrap().too_much, too_much);
        }
        let found = verify(till.home().folder(), &mut |_, _| {}).unwrap().findings;
        let [finding] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(finding.problem, "more came back than was sold");
    }
    assert_eq!(books(&shop.till), books(&second));
}

#[test]
fn two_managers_edit_one_product_apart() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let manager = shop.manager;
    let edit = |till: &mut Till, change: fn(&mut ProductDraft)| {
        let mut draft = products::view(till, "COF").unwrap().draft;
        change(&mut draft);
        products::save(till, manager, Some("COF"), &draft).unwrap();
    };
    edit(&mut shop.till, |draft| draft.name.en = "Canal Roast, whole beans".into());
    edit(&mut second, |draft| draft.skus[0].price = "14.49".into());
    edit(&mut second, |draft| draft.name.fr = "Café Canal en grains".into());
    let page = missing(&second, &receive::vector(shop.till.db()).unwrap());
    pull(&mut second, &shop.till);
    shop.till.receive(page).unwrap();
    assert_eq!(books(&shop.till), books(&second));
    let product = products::view(&shop.till, "COF").unwrap().draft;
    assert_eq!(
        (product.name.en.as_str(), product.name.fr.as_str(), product.skus[0].price.as_str()),
        ("Canal Roast, whole beans", "Café Canal en grains", "14.49"),
    );
    proven(&shop.till);
    proven(&second);
}

#[test]
fn of_two_changes_of_an_operator_the_one_written_last_stands() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let (manager, cashier) = (shop.manager, shop.cashier);
    let rename = |till: &mut Till, name: &str| {
        let change = Change { name: Some(name.to_owned()), ..Change::default() };
        operators::change(till, manager, cashier, change).unwrap();
    };
    pull(&mut shop.till, &second);
    rename(&mut second, "Counter 9");
    let earlier = missing(&second, &receive::vector(shop.till.db()).unwrap());
    // Written later than the other's, by the clocks that count on from what was seen.
    for name in ["Counter 3", "Counter 2"] {
        rename(&mut shop.till, name);
    }
    shop.till.receive(earlier).unwrap();
    pull(&mut second, &shop.till);
    for till in [&shop.till, &second] {
        assert_eq!(operators::name_of(till.db(), cashier).unwrap(), "Counter 2");
        proven(till);
    }
}

fn count(till: &Till, table: &str) -> i64 {
    let select = format!("SELECT count(*) FROM {table}");
    till.db().query_row(&select, [], |row| row.get(0)).unwrap()
}

/// Two versions behind: what a newer till writes is kept as it came, and relayed.
#[test]
fn what_only_a_newer_till_understands_is_kept_and_relayed() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let before = receive::vector(shop.till.db()).unwrap();
    sell(&mut second, &shop, "LOAF");
    sell(&mut second, &shop, "COF");
    let mut sales = 0;
    let page = rewritten_entries(&second, missing(&second, &before), |entry| {
        if entry.kind == "sale_completed" {
            sales += 1;
            match sales {
                1 => entry.kind_v = 2,
                _ => entry.kind = "sale_sent_to_the_moon".into(),
            }
        }
    });
    let taken = shop.till.receive(page.clone()).unwrap();
    assert_eq!((taken.new, taken.held.len()), (page.len() as u64, 0));
    assert_eq!((count(&shop.till, "opaque"), count(&shop.till, "sale")), (2, 0));
    assert_eq!(missing(&shop.till, &before), page, "as it was signed");
    proven(&shop.till);
    let folder = shop.till.home().folder().to_owned();
    drop(shop.till);
    let till = Till::open(&folder).unwrap();
    assert_eq!((count(&till, "opaque"), count(&till, "sale")), (2, 0), "not understood yet");
}

/// The version that understands an entry shows it, though it was taken in by one that did not.
#[test]
fn what_an_older_version_kept_is_shown_by_the_one_that_understands_it() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    pull(&mut shop.till, &second);
    let before = receive::vector(shop.till.db()).unwrap();
    sell(&mut second, &shop, "LOAF");
    let sale = missing(&second, &before).pop().unwrap();
    let entry = Entry::read(&sale.bytes).unwrap();
    assert_eq!(entry.kind, "sale_completed");
    // What an older version does with it: the journal, and a note that it is not understood.
    let db = shop.till.db();
    let chain: i64 = db
        .query_row(
            "SELECT id FROM chain WHERE device = ?1 AND epoch = ?2 AND scope = 0",
            params![entry.device, entry.epoch],
            |row| row.get(0),
        )
        .unwrap();
    db.execute(
        "INSERT INTO journal (chain, seq, entry, signature) VALUES (?1, ?2, ?3, ?4)",
        params![chain, entry.seq, sale.bytes, sale.signature],
    )
    .unwrap();
    db.execute("INSERT INTO opaque (entry) VALUES (?1)", [db.last_insert_rowid()]).unwrap();
    db.execute(
        "UPDATE chain SET seq = ?2, head = ?3, hlc = ?4 WHERE id = ?1",
        params![chain, entry.seq, sale.hash(), entry.hlc.cast_signed()],
    )
    .unwrap();
    assert_eq!(count(&shop.till, "sale"), 0);
    let folder = shop.till.home().folder().to_owned();
    drop(shop.till);
    let till = Till::open(&folder).unwrap();
    assert_eq!((count(&till, "opaque"), count(&till, "sale")), (0, 1));
    assert_eq!(books(&till), books(&second));
    proven(&till);
}

#[test]
fn another_store_has_its_own_departments() {
    let mut shop = Shop::selling();
    let before = store::departments(shop.till.db()).unwrap();
    let folder = shop.folder.path().join("other");
    let mut new = demo::new_store().unwrap();
    (new.tenant, new.store.code) = ("ACME".into(), "YUL1".into());
    let other = Till::init(&folder, &new).unwrap();
    assert_ne!(store::departments(other.db()).unwrap(), before);
    let site = Site::Store(other.identity().store.clone());
    enrolment::enrol(shop.till.db(), &Enrolled { key: key(&other).verifying_key(), site }).unwrap();
    let mut page = missing(&other, &Vector::default());
    page.retain(|sealed| Entry::read(&sealed.bytes).unwrap().scope == Scope::Tenant);
    let taken = shop.till.receive(page).unwrap();
    assert_eq!((taken.held, taken.documents), (vec![], true));
    assert_eq!(store::departments(shop.till.db()).unwrap(), before);
    assert_eq!(shop.till.store().name, "Rideau Corner");
    proven(&shop.till);
}

#[test]
fn a_bad_change_of_a_document_stops_none_beside_it() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    pull(&mut shop.till, &second);
    let mut draft = products::view(&second, "COF").unwrap().draft;
    (draft.name.en, draft.skus[0].price) = ("Canal Roast, whole beans".into(), "14.49".into());
    products::save(&mut second, shop.manager, Some("COF"), &draft).unwrap();
    let page = missing(&second, &receive::vector(shop.till.db()).unwrap());
    let page = rewritten(&second, page, |fact| {
        if let Fact::DocumentsChanged(fact) = fact {
            let bad = DocumentChange { change: vec![7; 200], ..fact.changes[0].clone() };
            fact.changes.insert(0, bad.clone());
            fact.changes.push(bad);
        }
    });
    let taken = shop.till.receive(page).unwrap();
    assert_eq!((taken.new, taken.held.len()), (1, 0));
    let product = products::view(&shop.till, "COF").unwrap().draft;
    assert_eq!(
        (product.name.en.as_str(), product.skus[0].price.as_str()),
        ("Canal Roast, whole beans", "14.49")
    );
    let refused = "SELECT count(*) FROM refused_change";
    let refused: i64 = shop.till.db().query_row(refused, [], |row| row.get(0)).unwrap();
    assert_eq!(refused, 1);
    proven(&shop.till);
}

/// To an older version a change that names its run is by another author than its entry.
#[test]
fn a_change_that_an_older_version_put_aside_is_taken_in_by_the_one_that_understands_it() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    pull(&mut shop.till, &second);
    let price = "SELECT price FROM price WHERE sku = 'COF'";
    let price = |till: &Till| till.db().query_row(price, [], |row| row.get::<_, i64>(0)).unwrap();
    let before = price(&shop.till);
    let mut draft = products::view(&second, "COF").unwrap().draft;
    draft.skus[0].price = "14.49".into();
    products::save(&mut second, shop.manager, Some("COF"), &draft).unwrap();
    let page = missing(&second, &receive::vector(shop.till.db()).unwrap());
    let [sealed] = &page[..] else { panic!("{}", page.len()) };
    let fact = Fact::read(&Entry::read(&sealed.bytes).unwrap()).unwrap();
    let Fact::DocumentsChanged(fact) = fact else { panic!("{fact:?}") };
    let [DocumentChange { document, change, .. }] = &fact.changes[..] else { panic!("{fact:?}") };
    shop.till.receive(page.clone()).unwrap();
    // What an older version does with it.
    let db = shop.till.db();
    let entry: i64 = db.query_row("SELECT max(id) FROM journal", [], |row| row.get(0)).unwrap();
    db.execute("DELETE FROM document_change WHERE entry = ?1", [entry]).unwrap();
    db.execute("UPDATE price SET price = ?1 WHERE sku = 'COF'", [before]).unwrap();
    db.execute(
        "INSERT INTO refused_change (entry, document, hash, problem) VALUES (?1, ?2, ?3, ?4)",
        params![entry, document.0, hash(change), ChangeError::ForeignActor.to_string()],
    )
    .unwrap();
    let folder = shop.till.home().folder().to_owned();
    drop(shop.till);
    let till = Till::open(&folder).unwrap();
    assert_eq!((count(&till, "refused_change"), price(&till)), (0, 1_449));
    assert_eq!(books(&till), books(&second));
    proven(&till);
}

#[test]
fn a_tampered_entry_waits_alone() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    sell(&mut second, &shop, "LOAF");
    let mut page = missing(&second, &receive::vector(shop.till.db()).unwrap());
    let place = page.len() - 1;
    let end = page[place].bytes.len() - 1;
    page[place].bytes[end] ^= 1;
    let taken = shop.till.receive(page).unwrap();
    assert_eq!(taken.held.len(), 1);
    let (kept, reason): (i64, String) = shop
        .till
        .db()
        .query_row("SELECT count(*), min(reason) FROM quarantine", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!((kept, reason.as_str()), (1, "BadSignature"));
    pull(&mut shop.till, &second);
    pull(&mut second, &shop.till);
    assert_eq!(books(&shop.till), books(&second), "the true one came after all");
}

#[test]
fn nobody_writes_who_is_not_enrolled_or_no_longer() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let device = second.identity().device;
    let store = Chain { device, epoch: 1, scope: Scope::Store };
    let good = receive::vector(second.db()).unwrap().head(&store).seq;
    pull(&mut shop.till, &second);
    enrolment::revoke(shop.till.db(), device, &BTreeMap::from([(store, good)])).unwrap();
    sell(&mut second, &shop, "LOAF");
    let taken = pull(&mut shop.till, &second);
    assert_eq!(taken.held.first().map(|held| held.reason), Some(HeldReason::Revoked));
    assert_eq!(taken.new, 0);
    let stranger = Shop::selling();
    let taken = pull(&mut shop.till, &stranger.till);
    assert!(taken.held.iter().all(|held| held.reason == HeldReason::UnknownDevice));
    assert_eq!(taken.new, 0);
    proven(&shop.till);
}

#[test]
fn a_fact_that_the_tables_cannot_show_is_noted_and_the_chain_goes_on() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let sale = shop.sell(&["LOAF"]);
    pull(&mut second, &shop.till);
    // Register 2 says of its next sale that it was register 1's, with a number that is used.
    sell(&mut second, &shop, "COF");
    let page = missing(&second, &receive::vector(shop.till.db()).unwrap());
    let page = rewritten(&second, page, |fact| {
        if let Fact::SaleCompleted(fact) = fact {
            (fact.register, fact.number) = (1, 1);
        }
    });
    let entries = page.len() as u64;
    let taken = shop.till.receive(page).unwrap();
    assert_eq!((taken.new, taken.held.len()), (entries, 0));
    let noted: i64 =
        shop.till.db().query_row("SELECT count(*) FROM unprojected", [], |row| row.get(0)).unwrap();
    assert_eq!(noted, 1);
    assert_eq!(sale.receipt, "RDC1-1-1");
    proven(&shop.till);
}

#[test]
fn a_register_is_not_taken_twice_nor_opened_before_it_knows_its_store() {
    let mut shop = Shop::selling();
    let joining = |shop: &Shop, name: &str, register| {
        Joining::begin(&shop.folder.path().join(name), &invitation(shop, register)).unwrap()
    };
    let refused = |joining: Joining| shop::refusal(joining.finish().map(|_| ()));
    assert!(refused(joining(&shop, "nothing", 2)).contains("store_unknown"));
    let mut again = joining(&shop, "nothing", 2);
    again.receive(missing(&shop.till, &again.vector().unwrap())).unwrap();
    proven(&again.finish().unwrap());
    shop.sell(&["LOAF"]);
    let mut taken = joining(&shop, "taken", 1);
    taken.receive(missing(&shop.till, &taken.vector().unwrap())).unwrap();
    assert!(refused(taken).contains("register_taken"));
}
