//! A till that begins anew, because its disk went back in time: what it writes from then on stands beside what it wrote
//! before, and neither hides the other.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod neighbours;
mod shop;

use comptoir_till::till::Till;
use comptoir_till::{cart, orders, trust};
use neighbours::{proven, pull, second};
use shop::Shop;

fn count(till: &Till, table: &str) -> i64 {
    let select = format!("SELECT count(*) FROM {table}");
    till.db().query_row(&select, [], |row| row.get(0)).unwrap()
}

#[test]
fn a_cart_that_is_sold_again_after_a_restore_is_a_second_sale_at_every_till() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    shop.scan("CAN").unwrap();
    let backup = shop.folder.path().join("backup.db");
    trust::backup::backup(&shop.home(), &backup, &mut |_, _| {}).unwrap();
    let sold = shop.pay(None).unwrap();
    pull(&mut second, &shop.till);

    let (home, cashier) = (shop.home(), shop.cashier);
    let Shop { till, folder, .. } = shop;
    drop(till);
    trust::backup::restore(&backup, &home).unwrap();
    let mut restored = Till::open(&home).unwrap();
    // The cart of the backup is in hand, and nobody was there to say that it was sold.
    let view = cart::show(&mut restored).unwrap();
    let again =
        orders::complete_sale(&mut restored, cashier, view.id, Some(view.total), None).unwrap();
    assert_eq!((again.cart, again.receipt.as_str()), (sold.cart, "RDC1-2-1"));
    pull(&mut restored, &second);
    pull(&mut second, &restored);
    for till in [&restored, &second] {
        assert_eq!((count(till, "sale"), count(till, "unprojected")), (2, 0));
        assert_eq!(orders::find(till.db(), sold.id).unwrap().total, sold.total);
        assert_eq!(orders::find(till.db(), again.id).unwrap().total, again.total);
        proven(till);
    }
    // Asked once more, the cart answers a sale that it was.
    let answer =
        orders::complete_sale(&mut restored, cashier, view.id, Some(view.total), None).unwrap();
    assert_eq!(answer.id, again.id);
    drop(folder);
}

#[test]
fn an_epoch_begins_whole_or_not_at_all() {
    let mut shop = Shop::selling();
    let mut second = second(&mut shop);
    let no_room = "CREATE TEMP TRIGGER no_room BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no room'); END";
    shop.till.db().execute_batch(no_room).unwrap();
    shop.till.renew_epoch(4).unwrap_err();
    shop.till.db().execute_batch("DROP TRIGGER no_room").unwrap();
    assert_eq!(shop.till.identity().epoch, 1);
    let mut shop = shop.restart();
    assert_eq!(shop.till.identity().epoch, 1, "also after a restart");
    assert_eq!(shop.sell(&["CAN"]).receipt, "RDC1-1-1");
    assert_eq!(pull(&mut second, &shop.till).held, [], "others take in what it sells");

    shop.till.renew_epoch(4).unwrap();
    assert!(shop.till.identity().epoch > 5, "an epoch that could not be begun is never used");
    let receipt = shop.sell(&["CAN"]).receipt;
    assert_eq!(receipt, format!("RDC1-{}-1", shop.till.identity().epoch));
    assert_eq!(pull(&mut second, &shop.till).held, []);
    assert_eq!(count(&second, "sale"), 2);
    proven(&second);
}
