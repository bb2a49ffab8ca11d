//! Proving the books of 50,000 sales.

use std::time::Instant;

use comptoir_domain::cart::Cart;
use comptoir_domain::ids::CartId;
use comptoir_till::catalog;
use comptoir_till::orders::complete_sale::complete_basket;
use comptoir_till::trust::verify::verify;

use crate::{Line, catalogue, row, show};

const SALES: usize = 50_000;

pub fn run() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("engine");
    let (mut till, cashier) = catalogue::store(&home, 1_000);
    // Setting up may lose everything in a power cut; what is measured may not.
    till.db().execute_batch("PRAGMA synchronous = OFF").unwrap();
    for n in 0..SALES {
        let tx = till.begin().unwrap();
        let mut cart = Cart::empty(CartId(tx.new_id()));
        for line in 0..5 {
            let item =
                catalog::item(&tx, &format!("S{:07}", (n * 37 + line * 101) % 1_000)).unwrap();
            let (price, quantity) = item.sellable(None).unwrap();
            cart.add(item, price, quantity).unwrap();
        }
        complete_basket(&tx, cashier, cart, None).unwrap();
        tx.commit().unwrap();
    }
    drop(till);
    let begun = Instant::now();
    let verdict = verify(&home, &mut |_, _| {}).unwrap();
    let took = begun.elapsed();
    assert!(verdict.ok, "{verdict:?}");
    row(Line {
        work: format!("verify, {SALES} sales"),
        took: show(took),
        floor: String::new(),
        ratio: format!("{:.0} entries/s", verdict.entries as f64 / took.as_secs_f64()),
        at_most: "at least 20,000 entries/s",
    });
}
