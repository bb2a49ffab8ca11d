//! A register that runs twice: what each half wrote in the epoch that they shared reaches every till, once, whatever
//! comes first, and whoever brings it.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod neighbours;
mod shop;

use comptoir_sync::entry::{self, Chain, Entry, Scope, Sealed};
use comptoir_sync::facts::Fact;
use comptoir_sync::replication::vector::Vector;
use comptoir_till::catalog::products;
use comptoir_till::journal::receive;
use comptoir_till::orders::find::{Sought, find_sales};
use comptoir_till::orders::view::sale_view;
use comptoir_till::reporting::{Books, Period};
use comptoir_till::till::Till;
use comptoir_till::{conflicts, journal, orders};
use jiff::civil::date;
use neighbours::halves::{
    agree, ask, copied, find_out, halves, open, rows, sell, send_all, settle,
};
use neighbours::{key, missing, proven, pull, second};
use rusqlite::types::Value;
use shop::Shop;

const MINUTE: i64 = 60_000;

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
    let mut clone = open(&copied(&shop.till, "clone"), shop.till.now() + MINUTE);
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
    let mut later = open(&copied(&left, "later"), shop.till.now());
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
