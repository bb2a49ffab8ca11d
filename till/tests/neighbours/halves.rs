//! A register that runs twice: a copy of its disk goes on selling, and so does the disk itself.

use std::path::{Path, PathBuf};

use comptoir_domain::ids::OperatorId;
use comptoir_domain::orders::Sale;
use comptoir_domain::orders::returns::Wanted;
use comptoir_domain::payments::CashMove;
use comptoir_sync::replication::vector::Vector;
use comptoir_till::catalog::products;
use comptoir_till::journal::receive::Taken;
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::payments::{self, drawer};
use comptoir_till::till::Till;
use comptoir_till::{cart, orders};
use rusqlite::types::Value;

use super::{missing, pull, second};
use crate::shop::{Shop, cad};

const MINUTE: i64 = 60_000;

pub fn open(folder: &Path, now: i64) -> Till {
    Till::open_at(folder, Box::new(move || now)).unwrap()
}

/// A copy of the disk of a till that runs, beside it.
pub fn copied(till: &Till, name: &str) -> PathBuf {
    let to = till.home().folder().with_file_name(name);
    std::fs::create_dir_all(&to).unwrap();
    for file in ["till.db", "till.db-wal", "device.key", "store.secret", "epoch"] {
        let from = till.home().folder().join(file);
        if from.exists() {
            std::fs::copy(from, to.join(file)).unwrap();
        }
    }
    to
}

pub fn sell(till: &mut Till, cashier: OperatorId, code: &str) -> Sale {
    let view = cart::scan(till, cashier, code).unwrap();
    orders::complete_sale(till, cashier, view.id, Some(view.total), None).unwrap()
}

pub fn bring_back(till: &mut Till, cashier: OperatorId, sale: &Sale) {
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

pub fn ask(till: &mut Till, manager: OperatorId, code: &str, price: &str) {
    let mut draft = products::view(till, code).unwrap().draft;
    draft.skus[0].price = price.into();
    products::save(till, manager, Some(code), &draft).unwrap();
}

/// All that a till holds, to somebody who may know all of it.
pub fn send_all(to: &mut Till, from: &Till) -> Taken {
    to.receive(missing(from, &Vector::default())).unwrap()
}

/// Both halves of a till have written in one epoch; `left` knows nothing of it yet.
pub fn halves(shop: &mut Shop) -> (Till, Till) {
    let left = second(shop);
    pull(&mut shop.till, &left);
    let (cashier, manager) = (shop.cashier, shop.manager);
    let before = shop.sell(&["CAN"]);
    let mut clone = open(&copied(&shop.till, "clone"), shop.till.now() + 20 * MINUTE);
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
pub fn find_out(left: &mut Till, first: &mut Till, clone: &mut Till) {
    let forks = |taken: Taken| taken.forks.len();
    assert!(forks(send_all(left, first)) + forks(send_all(left, clone)) > 0);
    send_all(first, clone);
    send_all(clone, first);
    first.renew_epoch(1).unwrap();
    clone.renew_epoch(7).unwrap();
}

pub fn settle(tills: [&mut Till; 3]) {
    let [one, two, three] = tills;
    for _ in 0..2 {
        pull(one, two);
        pull(one, three);
        pull(two, one);
        pull(three, one);
    }
}

pub fn rows(till: &Till, select: &str) -> Vec<Vec<Value>> {
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
pub fn agree(one: &Till, other: &Till) {
    for select in BOOKS {
        assert_eq!(rows(one, select), rows(other, select), "{select}");
    }
}
