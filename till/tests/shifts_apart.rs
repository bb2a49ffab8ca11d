//! A register that goes back in time, or runs twice, and changes shifts before it hears of the others: every shift and
//! every closing stands, with its sales, at every till, whatever comes first.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod neighbours;
mod shop;

use comptoir_domain::ids::{OperatorId, ShiftId};
use comptoir_domain::orders::Sale;
use comptoir_domain::payments::CashMove;
use comptoir_sync::replication::vector::Vector;
use comptoir_till::orders;
use comptoir_till::payments::{self, drawer, report};
use comptoir_till::reporting::{Books, Period};
use comptoir_till::till::Till;
use comptoir_till::{cart, trust};
use jiff::civil::date;
use neighbours::{missing, proven, pull, second};
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
fn books(till: &Till) -> Vec<Vec<Vec<Value>>> {
    [
        "SELECT id, register, number, opened_at, float, closed_at, closed_by, z_number, counted, expected, note FROM shift ORDER BY id",
        "SELECT shift.id, shift_closing.z_number, shift_closing.closed_at, shift_closing.counted, epoch FROM shift_closing
             JOIN shift ON shift.entry = shift ORDER BY 1, 2, 3, 4, 5",
        "SELECT shift.id, epoch, shift_epoch.number FROM shift_epoch JOIN shift ON shift.entry = shift ORDER BY 1, 2",
        "SELECT sale.id, shift.id, total FROM sale JOIN shift ON shift.entry = shift ORDER BY 1",
        "SELECT cash_movement.id, shift.id, amount FROM cash_movement JOIN shift ON shift.entry = shift ORDER BY 1",
        "SELECT problem FROM unprojected",
    ]
    .map(|select| rows(till, select))
    .into()
}

/// The till in a folder, with a clock so many minutes ahead of the shop's.
fn open(folder: &std::path::Path, now: i64, minutes: i64) -> Till {
    Till::open_at(folder, Box::new(move || now + minutes * MINUTE)).unwrap()
}

/// A copy of the disk of a till that runs.
fn copied(shop: &Shop, name: &str) -> std::path::PathBuf {
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

fn close(till: &mut Till, cashier: OperatorId, counted: &str) -> u64 {
    payments::close_shift(till, cashier, cad(counted)).unwrap().number.unwrap()
}

fn open_next(till: &mut Till, cashier: OperatorId) -> (u64, ShiftId) {
    let shift = payments::open_shift(till, cashier, cad("100.00")).unwrap();
    (shift.number, shift.id)
}

fn current(till: &Till) -> Option<ShiftId> {
    let register = till.identity().register;
    payments::open_shift_of(till.db(), register).unwrap().map(|shift| shift.id)
}

#[test]
fn a_restored_till_that_changes_shifts_before_it_hears_keeps_both_of_one_number() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let (now, cashier, manager) = (shop.till.now(), shop.cashier, shop.manager);
    let backup = shop.folder.path().join("backup.db");
    trust::backup::backup(&shop.home(), &backup, &mut |_, _| {}).unwrap();
    let first = current(&shop.till).unwrap();
    shop.wait_minutes(10);
    let lost = shop.sell(&["CAN"]);
    assert_eq!(close(&mut shop.till, cashier, "110.17"), 1);
    let (number, evening) = open_next(&mut shop.till, cashier);
    assert_eq!(number, 2);
    shop.sell(&["COF"]);
    pull(&mut second, &shop.till);

    let home = shop.home();
    let Shop { till, folder, .. } = shop;
    drop(till);
    trust::backup::restore(&backup, &home).unwrap();
    let mut restored = open(&home, now, 30);
    sell(&mut restored, cashier, "LOAF");
    assert_eq!(close(&mut restored, cashier, "106.50"), 1, "it does not know of the other Z");
    let (number, again) = open_next(&mut restored, cashier);
    assert_eq!(number, 2, "nor of the other shift");
    let sold = sell(&mut restored, cashier, "LOAF");

    pull(&mut restored, &second);
    pull(&mut second, &restored);
    assert_eq!(books(&restored), books(&second));
    for till in [&mut restored, &mut second] {
        assert_eq!(rows(till, "SELECT 1 FROM unprojected").len(), 0);
        assert_eq!(rows(till, "SELECT 1 FROM shift WHERE register = 1").len(), 3);
        assert_eq!(orders::find(till.db(), lost.id).unwrap().shift, first);
        assert_eq!(orders::find(till.db(), sold.id).unwrap().shift, again);
        proven(till);
    }
    // The first shift was closed twice; the count that came first stands, and what was sold later is in its sums.
    let z = report::of_number(&mut restored, manager, 1, None).unwrap();
    assert_eq!((z.counted, z.sales, z.total), (Some(cad("110.17")), 2, cad("16.66")));
    let shifts = Books::open(&restored, manager).unwrap().shifts(10).unwrap();
    let listed: Vec<_> =
        shifts.iter().map(|row| (row.shift, row.id, row.opened_at.as_str())).collect();
    assert_eq!(
        listed,
        [
            (2, again, "2025-11-20 14:37"),
            (2, evening, "2025-11-20 14:17"),
            (1, first, "2025-11-20 14:07")
        ]
    );
    for (id, total) in [(None, "6.49"), (Some(again), "6.49"), (Some(evening), "13.99")] {
        let report = report::of_number(&mut restored, manager, 2, id).unwrap();
        assert_eq!(report.total, cad(total), "{id:?}");
        let period = Period::Shift { shift: 2, id };
        let sales = Books::open(&restored, manager).unwrap().sales(period).unwrap();
        assert_eq!((sales.sales, sales.total), (1, cad(total)), "{id:?}");
    }

    // What another history left open is closed after its own, by the same drawer.
    assert_eq!(current(&restored), Some(again));
    assert_eq!(close(&mut restored, cashier, "106.50"), 2);
    assert_eq!(current(&restored), Some(evening));
    sell(&mut restored, cashier, "LOAF");
    assert_eq!(close(&mut restored, cashier, "120.48"), 3);
    assert_eq!(current(&restored), None);
    assert_eq!(open_next(&mut restored, cashier).0, 3);
    pull(&mut second, &restored);
    assert_eq!(books(&restored), books(&second));
    proven(&restored);
    proven(&second);
    drop(folder);
}

/// Two machines write as one till, and each closes the shift that was open when it was copied.
#[test]
fn of_two_closings_the_earlier_one_stands_whichever_comes_first() {
    for its_own_first in [true, false] {
        let mut shop = Shop::selling();
        let (mut left, now) = (second(&mut shop), shop.till.now());
        let cashier = shop.cashier;
        let mut clone = open(&copied(&shop, "clone"), now, 20);
        clone.renew_epoch(1).unwrap();
        // By the clocks, the clone closes later.
        sell(&mut clone, cashier, "CAN");
        close(&mut clone, cashier, "110.17");
        let (_, at_clone) = open_next(&mut clone, cashier);
        sell(&mut clone, cashier, "LOAF");
        drawer::move_cash(&mut clone, shop.manager, None, CashMove::PaidOut, cad("2.00"), "Stamps")
            .unwrap();
        shop.wait_minutes(10);
        shop.sell(&["COF"]);
        close(&mut shop.till, cashier, "114.00");
        let (_, at_first) = open_next(&mut shop.till, cashier);
        shop.sell(&["LOAF"]);

        let (one, other) = if its_own_first { (&shop.till, &clone) } else { (&clone, &shop.till) };
        pull(&mut left, one);
        pull(&mut left, other);
        pull(&mut clone, &left);
        pull(&mut shop.till, &left);
        assert_eq!(books(&left), books(&shop.till), "its own first: {its_own_first}");
        assert_eq!(books(&left), books(&clone), "its own first: {its_own_first}");
        let select = "SELECT counted, count(*) FROM shift JOIN sale ON sale.shift = shift.entry
            WHERE shift.register = 1 AND shift.number = 1 AND shift.closed_at IS NOT NULL GROUP BY shift.entry";
        for till in [&left, &clone, &shop.till] {
            let expected = vec![Value::Integer(11_400), Value::Integer(2)];
            assert_eq!(rows(till, select), [expected]);
            assert_eq!(rows(till, "SELECT 1 FROM shift_closing").len(), 2, "no count is lost");
            assert_eq!(rows(till, "SELECT 1 FROM unprojected").len(), 0);
            proven(till);
        }
        assert_eq!((current(&shop.till), current(&clone)), (Some(at_first), Some(at_clone)));
    }
}

/// The clone opens a shift where the other history of its epoch stands elsewhere: what it sells in the next epoch is
/// shown by tills that cannot hold the opening.
#[test]
fn a_shift_that_was_opened_in_a_history_of_its_own_is_said_again_in_the_next_epoch() {
    let mut shop = Shop::selling();
    let (mut left, now, cashier) = (second(&mut shop), shop.till.now(), shop.cashier);
    let mut clone = open(&copied(&shop, "clone"), now, 20);
    shop.sell(&["COF"]);
    pull(&mut left, &shop.till);
    close(&mut clone, cashier, "100.00");
    let (number, at_clone) = open_next(&mut clone, cashier);
    let page = missing(&clone, &Vector::default());
    assert_eq!(left.receive(page).unwrap().forks.len(), 1, "two histories of one epoch");
    clone.renew_epoch(1).unwrap();
    let sold = sell(&mut clone, cashier, "LOAF");
    assert_eq!((number, sold.shift), (2, at_clone));
    assert_eq!(pull(&mut left, &clone).new, 3, "a beginning, the shift, the sale");
    sell(&mut clone, cashier, "LOAF");
    assert_eq!(pull(&mut left, &clone).new, 1, "it is said once");
    let opened = "SELECT hex(id), number, opened_at, opened_by, float, closed_at FROM shift WHERE number = 2";
    assert_eq!(rows(&left, opened), rows(&clone, opened));
    let sold = "SELECT count(*), sum(total) FROM sale JOIN shift ON shift.entry = shift WHERE shift.number = 2";
    assert_eq!(rows(&left, sold), [vec![Value::Integer(2), Value::Integer(12_98)]]);
    assert_eq!(rows(&left, "SELECT 1 FROM unprojected").len(), 0);
    assert_eq!(close(&mut clone, cashier, "112.98"), 2);
    pull(&mut left, &clone);
    assert_eq!(rows(&left, opened), rows(&clone, opened));
    proven(&left);
    proven(&clone);
}

/// Tills of one store sell at the same time: a shift is its own sales, and a day has every sale once.
#[test]
fn a_report_of_a_shift_is_not_of_its_neighbours_and_a_day_has_every_sale_once() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let (cashier, manager) = (shop.cashier, shop.manager);
    shop.sell(&["CAN"]);
    sell(&mut second, cashier, "COF");
    pull(&mut shop.till, &second);
    shop.sell(&["LOAF"]);
    pull(&mut second, &shop.till);
    let day = Period::Day { day: date(2025, 11, 20) };
    let shift = Period::Shift { shift: 1, id: None };
    for (till, own) in [(&shop.till, (2, "16.66")), (&second, (1, "13.99"))] {
        for (period, (sales, total)) in [(day, (3, "30.65")), (shift, own)] {
            let report = Books::open(till, manager).unwrap().sales(period).unwrap();
            assert_eq!((report.sales, report.total), (sales, cad(total)), "{period:?}");
        }
    }
}
