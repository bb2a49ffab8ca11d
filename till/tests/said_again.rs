//! A register that runs twice: what each half wrote in the epoch that they shared reaches every till, once, whatever
//! comes first, and whoever brings it.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod neighbours;
mod shop;

use std::path::{Path, PathBuf};

use comptoir_domain::ids::OperatorId;
use comptoir_domain::orders::Sale;
use comptoir_domain::orders::returns::Wanted;
use comptoir_domain::payments::CashMove;
use comptoir_sync::entry::{self, Chain, Entry, Scope, Sealed};
use comptoir_sync::facts::Fact;
use comptoir_sync::replication::vector::Vector;
use comptoir_till::catalog::products;
use comptoir_till::journal::receive::{self, Taken};
use comptoir_till::orders::find::{Sought, find_sales};
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::orders::view::sale_view;
use comptoir_till::payments::{self, drawer};
use comptoir_till::reporting::{Books, Period};
use comptoir_till::till::Till;
use comptoir_till::{cart, conflicts, journal, orders};
use jiff::civil::date;
use neighbours::{key, missing, proven, pull, second};
use rusqlite::types::Value;
use shop::{Shop, cad};

const MINUTE: i64 = 60_000;

fn rows(till: &Till, select: &str) -> Vec<Vec<Value>> {
    let mut select = till.db().prepare(select).unwrap();
    let columns = select.column_count();
    let rows = select.query_map([], |row| (0..columns).map(|n| row.get(n)).collect()).unwrap();
    rows.map(|row| row.unwrap()).collect()
}

/// What has to be the same at every till, without the numbers by which one disk knows its rows.
const BOOKS: [&str; 16] = [
    "SELECT sale.id, sale.register, epoch, sale.number, shift.id, total, tendered, change FROM sale
             JOIN shift ON shift.entry = shift ORDER BY 1",
    "SELECT sale.id, line, sku, quantity, amount FROM sale_line JOIN sale ON sale.entry = sale ORDER BY 1, 2",
    "SELECT sale.id, sale_tax.code, amount FROM sale_tax JOIN sale ON sale.entry = sale ORDER BY 1, 2",
    "SELECT sale.id, type, amount FROM sale_tender JOIN sale ON sale.entry = sale ORDER BY 1, n",
    "SELECT return_sale.id, sale, register, epoch, number, refunded FROM return_sale ORDER BY 1",
    "SELECT sku, on_hand, sold FROM stock ORDER BY 1",
    "SELECT sku, kind, quantity FROM stock_movement ORDER BY 1, 2, 3",
    "SELECT id, register, number, closed_at, z_number, counted, expected FROM shift ORDER BY id",
    "SELECT shift.id, epoch, shift_epoch.number FROM shift_epoch JOIN shift ON shift.entry = shift ORDER BY 1, 2",
    "SELECT shift.id, epoch, shift_closing.z_number, shift_closing.counted FROM shift_closing
             JOIN shift ON shift.entry = shift ORDER BY 1, 2, 3, 4",
    "SELECT cash_movement.id, shift.id, amount FROM cash_movement JOIN shift ON shift.entry = shift ORDER BY 1",
    "SELECT count(*) FROM cart_void",
    "SELECT sku, price FROM price ORDER BY 1",
    "SELECT document, count(*) FROM document_change GROUP BY 1 ORDER BY 1",
    "SELECT hex(document), problem FROM refused_change",
    "SELECT problem FROM unprojected",
];

/// That two tills show the same.
fn agree(one: &Till, other: &Till) {
    for select in BOOKS {
        assert_eq!(rows(one, select), rows(other, select), "{select}");
    }
}

fn open(folder: &Path, now: i64) -> Till {
    Till::open_at(folder, Box::new(move || now)).unwrap()
}

/// A copy of the disk of a till that runs.
fn copied(shop: &Shop, name: &str) -> PathBuf {
    let to = shop.folder.path().join(name);
    std::fs::create_dir_all(&to).unwrap();
    for file in ["till.db", "till.db-wal", "device.key", "store.secret", "epoch"] {
        let from = shop.home().join(file);
        if from.exists() {
            std::fs::copy(from, to.join(file)).unwrap();
        }
    }
    to
}

fn sell(till: &mut Till, cashier: OperatorId, code: &str) -> Sale {
    let view = cart::scan(till, cashier, code).unwrap();
    orders::complete_sale(till, cashier, view.id, Some(view.total), None).unwrap()
}

fn bring_back(till: &mut Till, cashier: OperatorId, sale: &Sale) {
    let line = &sale.lines[0];
    let request = ReturnRequest {
        id: comptoir_domain::ids::ReturnId(till.begin().unwrap().new_id()),
        sale: sale.id,
        lines: vec![Wanted { line: line.line, quantity: line.quantity, wasted: false }],
        reason: Some("changed_mind".into()),
        approver: None,
        cash_instead: false,
    };
    returns::complete_return(till, cashier, &request).unwrap();
}

fn ask(till: &mut Till, manager: OperatorId, code: &str, price: &str) {
    let mut draft = products::view(till, code).unwrap().draft;
    draft.skus[0].price = price.into();
    products::save(till, manager, Some(code), &draft).unwrap();
}

/// All that a till holds, to somebody who may know all of it.
fn send_all(to: &mut Till, from: &Till) -> Taken {
    to.receive(missing(from, &Vector::default())).unwrap()
}

/// Both halves of a till have written in one epoch; `left` knows nothing of it yet.
fn halves(shop: &mut Shop) -> (Till, Till) {
    let left = second(shop);
    pull(&mut shop.till, &left);
    let (cashier, manager) = (shop.cashier, shop.manager);
    let before = shop.sell(&["CAN"]);
    let mut clone = open(&copied(shop, "clone"), shop.till.now() + 20 * MINUTE);
    // One and the same number of a receipt, of a shift, of a Z, for another thing.
    sell(&mut clone, cashier, "LOAF");
    ask(&mut clone, manager, "LOAF", "7.25");
    bring_back(&mut clone, cashier, &before);
    drawer::move_cash(&mut clone, manager, None, CashMove::PaidOut, cad("2.00"), "Stamps").unwrap();
    payments::close_shift(&mut clone, cashier, cad("98.00")).unwrap();
    payments::open_shift(&mut clone, cashier, cad("50.00")).unwrap();
    sell(&mut clone, cashier, "CAN");
    shop.wait_minutes(10);
    shop.sell(&["COF"]);
    payments::close_shift(&mut shop.till, cashier, cad("114.00")).unwrap();
    payments::open_shift(&mut shop.till, cashier, cad("100.00")).unwrap();
    shop.sell(&["COF", "CAN"]);
    (left, clone)
}

/// Each half hears of the other, and begins an epoch of its own.
fn find_out(left: &mut Till, first: &mut Till, clone: &mut Till) {
    let forks = |taken: Taken| taken.forks.len();
    assert!(forks(send_all(left, first)) + forks(send_all(left, clone)) > 0);
    send_all(first, clone);
    send_all(clone, first);
    first.renew_epoch(1).unwrap();
    clone.renew_epoch(7).unwrap();
}

fn settle(tills: [&mut Till; 3]) {
    let [one, two, three] = tills;
    for _ in 0..2 {
        pull(one, two);
        pull(one, three);
        pull(two, one);
        pull(three, one);
    }
}

#[test]
fn what_both_halves_wrote_is_at_every_till_whatever_comes_first() {
    for clone_first in [false, true] {
        let mut shop = Shop::selling();
        let (mut left, mut clone) = halves(&mut shop);
        if clone_first {
            pull(&mut left, &clone);
        } else {
            pull(&mut left, &shop.till);
        }
        find_out(&mut left, &mut shop.till, &mut clone);
        settle([&mut left, &mut shop.till, &mut clone]);
        agree(&left, &shop.till);
        agree(&left, &clone);
        let day = Period::Day { day: date(2025, 11, 20) };
        for till in [&left, &shop.till, &clone] {
            assert_eq!(rows(till, "SELECT 1 FROM sale").len(), 5, "none is lost, none is double");
            assert_eq!(rows(till, "SELECT 1 FROM unprojected").len(), 0);
            let twice = "SELECT 1 FROM sale WHERE register = 1 AND epoch = 1 AND number = 2";
            assert_eq!(rows(till, twice).len(), 2, "two receipts of one number");
            let stock = "SELECT sku, sold FROM stock ORDER BY sku";
            let sold = [("CAN", 3_000), ("COF", 2_000), ("LOAF", 1_000)]
                .map(|(sku, sold)| vec![Value::Text(sku.into()), Value::Integer(sold)]);
            assert_eq!(rows(till, stock), sold);
            let report = Books::open(till, shop.manager).unwrap().sales(day).unwrap();
            assert_eq!(report.sales, 5);
            proven(till);
        }
        // Each of them goes on, and what is said is said once.
        sell(&mut clone, shop.cashier, "LOAF");
        pull(&mut left, &clone);
        agree(&left, &clone);
        let entries = "SELECT 1 FROM journal";
        let said = rows(&clone, entries).len();
        send_all(&mut clone, &left);
        clone.renew_epoch(20).unwrap();
        assert_eq!(rows(&clone, entries).len(), said + 1, "nothing but the beginning");
    }
}

/// Two people change one product, each at one half of a till that runs twice and in the epoch that both write.
#[test]
fn what_both_halves_changed_of_one_document_is_kept_at_every_till() {
    let mut shop = Shop::selling();
    let mut left = second(&mut shop);
    pull(&mut shop.till, &left);
    let mut clone = open(&copied(&shop, "clone"), shop.till.now() + MINUTE);
    let manager = shop.manager;
    let mut draft = products::view(&shop.till, "LOAF").unwrap().draft;
    draft.name.fr = "Pain de ménage".into();
    products::save(&mut shop.till, manager, Some("LOAF"), &draft).unwrap();
    ask(&mut shop.till, manager, "LOAF", "7.00");
    let mut draft = products::view(&clone, "LOAF").unwrap().draft;
    draft.name.en = "Country loaf".into();
    products::save(&mut clone, manager, Some("LOAF"), &draft).unwrap();
    ask(&mut clone, manager, "LOAF", "7.25");
    pull(&mut left, &shop.till);
    find_out(&mut left, &mut shop.till, &mut clone);
    settle([&mut left, &mut shop.till, &mut clone]);
    for till in [&left, &shop.till, &clone] {
        agree(&left, till);
        assert_eq!(rows(till, "SELECT 1 FROM refused_change").len(), 0);
        let name = products::view(till, "LOAF").unwrap().draft.name;
        assert_eq!((&*name.en, &*name.fr), ("Country loaf", "Pain de ménage"));
        proven(till);
    }
    // Two prices of one SKU are for somebody to decide, as of any two tills.
    let undecided = conflicts::list(&mut left).unwrap();
    let [price] = &undecided[..] else { panic!("{undecided:?}") };
    assert_eq!(price.values.len(), 2);
    conflicts::settle(&mut left, manager, &price.field, &price.values[1].value).unwrap();
    settle([&mut left, &mut shop.till, &mut clone]);
    for till in [&left, &shop.till, &clone] {
        agree(&left, till);
        assert_eq!(conflicts::count(till.db()).unwrap(), 0);
    }
}

/// A receipt number that was given twice is asked about, and an id tells which of both is meant.
#[test]
fn two_receipts_of_one_number_are_told_apart() {
    let mut shop = Shop::selling();
    let (mut left, mut clone) = halves(&mut shop);
    pull(&mut left, &shop.till);
    find_out(&mut left, &mut shop.till, &mut clone);
    settle([&mut left, &mut shop.till, &mut clone]);
    let manager = shop.manager;
    for till in [&mut left, &mut shop.till, &mut clone] {
        let by =
            |till: &Till, receipt: &str| orders::find_by_receipt(till.db(), till.store(), receipt);
        assert_eq!(shop::refusal(by(till, "RDC1-1-2")), "two_of_one_number");
        assert_eq!(shop::refusal(orders::reprint(till, manager, "RDC1-1-2")), "two_of_one_number");
        let sought = Sought { text: "RDC1-1-2".into(), limit: 20, ..Sought::default() };
        let found = find_sales(till, manager, &sought).unwrap().found;
        let mut skus = Vec::new();
        for row in &found {
            assert_eq!(row.receipt, "RDC1-1-2");
            let sale = by(till, &row.id).unwrap();
            assert_eq!((sale.id.to_string(), sale.total), (row.id.clone(), row.total));
            assert_eq!(sale_view(till, manager, &row.id).unwrap().id, row.id);
            skus.push(sale.lines[0].sku.clone());
        }
        skus.sort();
        assert_eq!(skus, ["COF", "LOAF"]);
        // The one half sold under a number under which the other gave goods back: as a sale there is one of it.
        assert_eq!(by(till, "RDC1-1-3").unwrap().lines.len(), 2);
        assert_eq!(shop::refusal(sale_view(till, manager, "RDC1-1-3")), "two_of_one_number");
        let back = sale_view(till, manager, "RDC1-1-1").unwrap();
        let [note] = &back.returns[..] else { panic!("{:?}", back.returns) };
        assert_eq!(note.receipt, "RDC1-1-3");
        assert_eq!(sale_view(till, manager, &note.id).unwrap().of_sale, Some(back.id));
        assert_eq!(shop::refusal(by(till, &note.id)), "unknown_sale", "a return is no sale");
    }
}

/// A till that hears of the new epochs before it hears of the old one, and then of the old one.
#[test]
fn what_is_said_again_and_then_comes_by_itself_is_shown_once() {
    let mut shop = Shop::selling();
    let (mut left, mut clone) = halves(&mut shop);
    let later = left.home().folder().with_file_name("later");
    std::fs::create_dir_all(&later).unwrap();
    for file in ["till.db", "till.db-wal", "device.key", "store.secret", "epoch"] {
        std::fs::copy(left.home().folder().join(file), later.join(file)).unwrap();
    }
    let mut later = open(&later, shop.till.now());
    find_out(&mut left, &mut shop.till, &mut clone);
    let of_epoch = |till: &Till, first: bool| -> Vec<Sealed> {
        let all = missing(till, &Vector::default());
        let epoch = |sealed: &Sealed| Entry::read(&sealed.bytes).unwrap().epoch;
        all.into_iter().filter(|sealed| (epoch(sealed) == 1) == first).collect()
    };
    for till in [&clone, &shop.till] {
        assert_eq!(later.receive(of_epoch(till, false)).unwrap().held, []);
    }
    assert_eq!(rows(&later, "SELECT 1 FROM hidden").len(), 0, "all of it is new");
    proven(&later);
    let taken = later.receive(of_epoch(&shop.till, true)).unwrap();
    assert!(taken.new > 0 && taken.held.is_empty());
    assert!(!rows(&later, "SELECT 1 FROM hidden").is_empty(), "it was shown before");
    settle([&mut later, &mut shop.till, &mut clone]);
    agree(&later, &shop.till);
    proven(&later);
    let day = Period::Day { day: date(2025, 11, 20) };
    let report = Books::open(&later, shop.manager).unwrap().sales(day).unwrap();
    assert_eq!(report.sales, 5, "a report reads no entry twice");
}

/// The half whose history everybody holds hears of the other one by what that says again.
#[test]
fn a_half_that_only_hears_what_the_other_says_again_begins_an_epoch_too() {
    let mut shop = Shop::selling();
    let (mut left, mut clone) = halves(&mut shop);
    pull(&mut left, &shop.till);
    assert_eq!(send_all(&mut clone, &left).forks.len(), 1);
    clone.renew_epoch(7).unwrap();
    let of_clone = missing(&clone, &receive::vector(shop.till.db()).unwrap());
    let newer = |sealed: &Sealed| Entry::read(&sealed.bytes).unwrap().epoch > 1;
    let taken = shop.till.receive(of_clone.into_iter().filter(newer).collect()).unwrap();
    let own = shop.till.identity().device;
    assert!(taken.forks.iter().any(|fork| (fork.chain.device, fork.chain.epoch) == (own, 1)));
    // As whoever drives the session does then.
    shop.till.renew_epoch(20).unwrap();
    let first = "SELECT min(said_again.seq) <= 1 + common FROM said_again JOIN fork USING (device, epoch, scope) WHERE scope = 0";
    assert_eq!(rows(&shop.till, first), [[Value::Integer(1)]], "from where they parted");
    settle([&mut left, &mut shop.till, &mut clone]);
    agree(&left, &shop.till);
    agree(&left, &clone);
    proven(&shop.till);
}

/// Appends what no till of ours says to its own chain, as another program would.
fn say(till: &mut Till, fact: &Fact) -> Sealed {
    let (key, wall) = (key(till), till.now());
    let tx = till.begin().unwrap();
    let identity = tx.identity.clone();
    let chain = Chain { device: identity.device, epoch: identity.epoch, scope: Scope::Store };
    let head = journal::head(&tx, &chain).unwrap();
    let entry = Entry {
        v: entry::VERSION,
        tenant: identity.tenant,
        store: identity.store,
        device: identity.device.0,
        epoch: identity.epoch,
        scope: Scope::Store,
        seq: head.seq + 1,
        prev: head.hash,
        hlc: u64::MAX >> 8,
        wall,
        kind: fact.kind().to_owned(),
        kind_v: 1,
        operator: None,
        body: fact.encode(),
    };
    let sealed = entry.seal(&key);
    journal::append(&tx, &head, &entry, &sealed).unwrap();
    tx.commit().unwrap();
    sealed
}

#[test]
fn what_a_device_may_not_say_again_is_shown_nowhere_and_holds_nothing_up() {
    let mut shop = Shop::selling();
    let mut liar = second(&mut shop);
    pull(&mut shop.till, &liar);
    shop.sell(&["CAN"]);
    pull(&mut liar, &shop.till);
    sell(&mut liar, shop.cashier, "COF");
    let last = |till: &Till, epoch: u32| {
        let device = till.identity().device;
        let chain = Chain { device, epoch, scope: Scope::Store };
        let at = receive::vector(till.db()).unwrap().head(&chain).seq;
        receive::page(till.db(), &chain, at - 1, 1, usize::MAX).unwrap().remove(0)
    };
    let (sold, theirs) = (last(&liar, 1), last(&shop.till, 1));
    liar.renew_epoch(1).unwrap();
    let mut unsigned = sold.clone();
    unsigned.signature[3] ^= 1;
    let mut other = Entry::read(&sold.bytes).unwrap();
    (other.seq, other.epoch) = (other.seq + 40, 2);
    let own_epoch = other.seal(&key(&liar));
    let nested = say(&mut liar, &Fact::again(Scope::Store, unsigned));
    for carried in [theirs, own_epoch, nested, Sealed { bytes: vec![0x80], signature: [0; 64] }] {
        say(&mut liar, &Fact::again(Scope::Store, carried));
    }
    let taken = pull(&mut shop.till, &liar);
    assert_eq!((taken.held, taken.forks), (vec![], vec![]));
    assert_eq!(rows(&shop.till, "SELECT 1 FROM unprojected").len(), 5);
    assert_eq!(rows(&shop.till, "SELECT 1 FROM said_again").len(), 0);
    assert_eq!(rows(&shop.till, "SELECT 1 FROM sale").len(), 2);
    // What it says again that everybody holds already changes nothing.
    say(&mut liar, &Fact::again(Scope::Store, sold));
    sell(&mut liar, shop.cashier, "LOAF");
    pull(&mut shop.till, &liar);
    assert_eq!(rows(&shop.till, "SELECT 1 FROM hidden").len(), 1);
    assert_eq!(rows(&shop.till, "SELECT 1 FROM sale").len(), 3);
    proven(&shop.till);
}
