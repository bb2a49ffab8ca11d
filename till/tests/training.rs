//! Training: the real store is as it was, and says that there was one.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;

use std::path::PathBuf;

use comptoir_domain::cart::VoidReason;
use comptoir_domain::ids::ReturnId;
use comptoir_domain::money::Money;
use comptoir_domain::orders::Sale;
use comptoir_domain::orders::returns::Wanted;
use comptoir_domain::payments::CashMove;
use comptoir_domain::quantity::Quantity;
use comptoir_domain::store::{ReceiptLanguage, Settings};
use comptoir_domain::text::Language;
use comptoir_hardware::lamp::Cause;
use comptoir_hardware::printer::layout::Profile;
use comptoir_hardware::terminal::Outcome;
use comptoir_hardware::terminal::attempt::Kind;
use comptoir_hardware::terminal::simulator::Simulator;
use comptoir_hardware::transport::Address;
use comptoir_sync::entry::{DeviceId, Entry};
use comptoir_sync::facts::Fact;
use comptoir_till::catalog::import::import_bytes;
use comptoir_till::devices::{self, Class};
use comptoir_till::operators::{Approver, approve};
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::outbox::{self, Job, Work, given};
use comptoir_till::payments::{Count, card, drawer, hand_over};
use comptoir_till::reporting::{Books, Period};
use comptoir_till::till::Till;
use comptoir_till::training::{self, Practised};
use comptoir_till::trust::{backup, membership, verify};
use comptoir_till::{cart, operators, orders, payments, reporting, store};
use shop::{AFTERNOON, Shop, cad, prepared, refusal};

/// The copy that practice is in, on the shop's clock.
fn begin(shop: &mut Shop, approver: Option<Approver>) -> Till {
    training::begin_at(&mut shop.till, shop.cashier, approver, Box::new(|| AFTERNOON)).unwrap()
}

fn approved(shop: &mut Shop) -> Option<Approver> {
    Some(approve(&mut shop.till, shop.supervisor, "3333").unwrap())
}

fn trained(shop: &mut Shop) -> Till {
    let approver = approved(shop);
    begin(shop, approver)
}

fn sell(till: &mut Till, shop: &Shop, code: &str) -> Sale {
    cart::scan(till, shop.cashier, code).unwrap();
    pay(till, shop)
}

fn pay(till: &mut Till, shop: &Shop) -> Sale {
    let cart = cart::show(till).unwrap();
    orders::complete_sale(till, shop.cashier, cart.id, Some(cart.total), None).unwrap()
}

/// Every row of every table but those in which the training itself is said.
fn books(till: &Till) -> Vec<(String, Vec<String>)> {
    let names =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%STRICT%' ORDER BY name";
    let mut names = till.db().prepare(names).unwrap();
    let names: Vec<String> =
        names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let told = ["journal", "chain", "training", "training_end"];
    let names = names.into_iter().filter(|name| !told.contains(&name.as_str()));
    names.map(|name| (name.clone(), rows(till, &format!("SELECT * FROM {name}")))).collect()
}

fn rows(till: &Till, select: &str) -> Vec<String> {
    let mut select = till.db().prepare(select).unwrap();
    let columns = select.column_count();
    let row = |row: &rusqlite::Row<'_>| {
        let cells = (0..columns).map(|place| format!("{:?}", row.get_ref(place).unwrap()));
        Ok(cells.collect::<Vec<_>>().join(" "))
    };
    select.query_map([], row).unwrap().map(Result::unwrap).collect()
}

fn kinds_after(till: &Till, entry: i64) -> Vec<String> {
    let mut select = till.db().prepare("SELECT entry FROM journal WHERE id > ?1").unwrap();
    let kind = |bytes: Vec<u8>| Entry::read(&bytes).unwrap().kind;
    select.query_map([entry], |row| Ok(kind(row.get(0)?))).unwrap().map(Result::unwrap).collect()
}

fn last_entry(till: &Till) -> i64 {
    till.db().query_row("SELECT max(id) FROM journal", [], |row| row.get(0)).unwrap()
}

/// Everything that waits for the printer, as text in its order.
fn printed(till: &mut Till) -> Vec<String> {
    let mut printed = Vec::new();
    while let Some((job, work)) = outbox::take(till, &Profile::default(), None).unwrap() {
        match work {
            Work::Print(bytes) => printed.push(readable(&bytes)),
            Work::Kick(_) => printed.push("the drawer opens".to_owned()),
        }
        outbox::finish(till, job, comptoir_hardware::printer::driver::Outcome::Printed).unwrap();
    }
    printed
}

/// What of a printer's bytes can be read.
fn readable(bytes: &[u8]) -> String {
    bytes
        .iter()
        .filter(|byte| byte.is_ascii_graphic() || **byte == b' ' || **byte == b'\n')
        .map(|byte| char::from(*byte))
        .collect()
}

#[test]
fn what_is_practised_leaves_the_store_as_it_was() {
    let mut shop = Shop::selling();
    let real = shop.sell(&["LOAF", "CAN"]);
    printed(&mut shop.till);
    let approver = approved(&mut shop);
    let (before, entry) = (books(&shop.till), last_entry(&shop.till));
    let x = shop.x();

    let mut copy = begin(&mut shop, approver);
    let practised = sell(&mut copy, &shop, "CAN");
    assert_eq!(practised.receipt, "RDC1-T1-1");
    let wanted = |line| Wanted { line, quantity: Quantity::ONE, wasted: false };
    let request = |sale: &Sale, n, line| ReturnRequest {
        id: ReturnId(uuid::Uuid::from_u128(n)),
        sale: sale.id,
        lines: vec![wanted(line)],
        reason: None,
        approver: None,
        cash_instead: false,
    };
    let back = returns::complete_return(&mut copy, shop.cashier, &request(&practised, 1, 1));
    assert_eq!(back.unwrap().receipt, "RDC1-T1-2");
    returns::complete_return(&mut copy, shop.cashier, &request(&real, 2, 1)).unwrap();
    let last = sell(&mut copy, &shop, "LOAF");
    returns::void_sale(
        &mut copy,
        shop.supervisor,
        None,
        ReturnId(uuid::Uuid::from_u128(3)),
        last.id,
        false,
    )
    .unwrap();
    cart::scan(&mut copy, shop.cashier, "COF").unwrap();
    cart::void_cart(&mut copy, shop.cashier, VoidReason::Other).unwrap();
    drawer::no_sale(&mut copy, shop.supervisor, None, "Change").unwrap();
    drawer::move_cash(&mut copy, shop.supervisor, None, CashMove::PaidOut, cad("20.00"), "Ice")
        .unwrap();
    payments::close_shift(&mut copy, shop.cashier, cad("180.00")).unwrap();
    payments::open_shift(&mut copy, shop.cashier, cad("100.00")).unwrap();
    assert!(verify::verify(copy.home().folder(), &mut |_, _| {}).unwrap().ok);

    let done = training::end(&mut shop.till, copy, Some(shop.cashier)).unwrap();
    assert_eq!(done, Practised { sales: 2, returns: 3, sold: practised.total + last.total });
    for (table, before) in before.into_iter().zip(books(&shop.till)) {
        assert_eq!(table, before);
    }
    assert_eq!(shop.x(), x);
    assert_eq!(kinds_after(&shop.till, entry), ["training_began", "training_ended"]);
    assert_eq!(shop.sell(&["LOAF"]).receipt, "RDC1-1-2", "the numbers go on without a gap");
    assert!(shop.verify().ok);
    assert!(!shop.home().join("training").exists());
}

#[test]
fn it_is_noted_who_began_who_approved_and_how_much_was_practised() {
    let mut shop = Shop::selling();
    let mut copy = trained(&mut shop);
    sell(&mut copy, &shop, "CAN");
    sell(&mut copy, &shop, "LOAF");
    training::end(&mut shop.till, copy, None).unwrap();
    let supervisor = shop.supervisor;
    let copy = training::begin(&mut shop.till, supervisor, None).unwrap();
    training::end(&mut shop.till, copy, Some(supervisor)).unwrap();

    let books = Books::open(&shop.till, shop.manager).unwrap();
    let day = Period::Day { day: shop.till.today() };
    for period in [day, Period::Shift { shift: 1, id: None }] {
        let report = books.sales(period).unwrap();
        let signs = |who| {
            let row = report.operators.iter().find(|row| row.operator == who).unwrap();
            (row.trainings, row.trainings_approved, row.practised)
        };
        assert_eq!(signs(shop.cashier), (1, 0, 2));
        assert_eq!(signs(shop.supervisor), (1, 1, 0));
        assert_eq!(report.sales, 0);
    }
    let numbers = rows(&shop.till, "SELECT number FROM training ORDER BY entry");
    assert_eq!(numbers, ["Integer(1)", "Integer(2)"]);
}

/// Before the first shift of a day nobody would look for it otherwise.
#[test]
fn a_training_without_an_open_shift_is_in_the_day() {
    let mut shop = Shop::new();
    let copy = trained(&mut shop);
    training::end(&mut shop.till, copy, None).unwrap();
    let books = Books::open(&shop.till, shop.manager).unwrap();
    let report = books.sales(Period::Day { day: shop.till.today() }).unwrap();
    assert_eq!(report.operators.iter().map(|row| row.trainings).sum::<u64>(), 1);
}

#[test]
fn a_cashier_needs_approval_and_a_supervisor_none() {
    let mut shop = Shop::selling();
    let (cashier, supervisor) = (shop.cashier, shop.supervisor);
    let alone = training::begin(&mut shop.till, cashier, None).map(|_| ());
    assert_eq!(refusal(alone), "approval_required");
    let another = approve(&mut shop.till, cashier, "1111").unwrap();
    let another = training::begin(&mut shop.till, cashier, Some(another)).map(|_| ());
    assert_eq!(refusal(another), "approval_required");
    let mut copy = training::begin(&mut shop.till, supervisor, None).unwrap();
    let again = training::begin(&mut copy, supervisor, None).map(|_| ());
    assert_eq!(refusal(again), "training_already");
    assert!(
        kinds_after(&shop.till, 0).iter().filter(|kind| *kind == "training_began").count() == 1
    );
}

#[test]
fn nothing_begins_while_something_is_in_hand() {
    let mut shop = Shop::selling();
    let begin =
        |shop: &mut Shop| training::begin(&mut shop.till, shop.supervisor, None).map(|_| ());
    shop.scan("LOAF").unwrap();
    assert_eq!(refusal(begin(&mut shop)), "cart_not_empty");
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut terminal = devices::terminal(&shop.till, simulator.address()).unwrap();
    let cart = cart::show(&mut shop.till).unwrap();
    card::may_pay(&mut shop.till, shop.cashier, cart.id, cart.total, cart.total).unwrap();
    let asked = prepared(&mut terminal, Kind::Payment, cart.total.minor().unsigned_abs());
    let id = card::begin(&mut shop.till, shop.cashier, cart.id, None, &asked).unwrap();
    card::end::finish(&mut shop.till, id, Outcome::Unknown(Cause::Disconnected)).unwrap();
    assert!(begin(&mut shop).is_err(), "its card is unknown");
    let approver = approved(&mut shop);
    card::end::settle_by_hand(&mut shop.till, shop.cashier, approver, None).unwrap();
    cart::void_cart(&mut shop.till, shop.cashier, VoidReason::Other).unwrap();

    let id = payments::terminal_check::begin(&mut shop.till, shop.cashier).unwrap();
    assert_eq!(refusal(begin(&mut shop)), "terminal_busy");
    let told = comptoir_hardware::terminal::totals::DayEnd::Refused { code: 0x77 };
    payments::terminal_check::finish(&mut shop.till, id, &told).unwrap();
    begin(&mut shop).unwrap();
    let said = kinds_after(&shop.till, 0).iter().filter(|kind| *kind == "training_began").count();
    assert_eq!(said, 1, "what was refused is not noted");
}

/// A return of which a card has its money and whose goods are not back yet.
#[test]
fn nothing_begins_while_a_return_is_half_done() {
    let mut shop = Shop::selling();
    shop.scan("CAN").unwrap();
    shop.charge("10.17");
    let sale = shop.pay(None).unwrap();
    let request = ReturnRequest {
        id: ReturnId(uuid::Uuid::from_u128(1)),
        sale: sale.id,
        lines: vec![Wanted { line: 1, quantity: Quantity::ONE, wasted: false }],
        reason: None,
        approver: None,
        cash_instead: false,
    };
    shop.refund(&Simulator::on_tcp(0).unwrap(), &request);
    let half = training::begin(&mut shop.till, shop.supervisor, None).map(|_| ());
    assert_eq!(refusal(half), "return_unfinished");
    returns::complete_return(&mut shop.till, shop.cashier, &request).unwrap();
    training::begin(&mut shop.till, shop.supervisor, None).unwrap();
}

#[test]
fn every_slip_says_at_both_ends_of_each_part_that_it_is_none() {
    let mut shop = Shop::selling();
    for receipt in
        [Some(ReceiptLanguage::En), Some(ReceiptLanguage::Fr), Some(ReceiptLanguage::Both)]
    {
        let settings = Settings { receipt, ..shop.till.settings().clone() };
        store::change(&mut shop.till, shop.manager, None, Some(settings)).unwrap();
        let mut copy = trained(&mut shop);
        let simulator = Simulator::on_tcp(0).unwrap();
        simulator.set(|faults| faults.signs = Some(true));
        cart::scan(&mut copy, shop.cashier, "CAN").unwrap();
        pay_by_card(&mut copy, &shop, &simulator);
        let sale = pay(&mut copy, &shop);
        orders::print_again(&mut copy, shop.cashier, sale.id).unwrap();
        orders::print_gift(&mut copy, shop.cashier, &sale.receipt, &[]).unwrap();
        let cash = sell(&mut copy, &shop, "LOAF");
        returns::void_sale(
            &mut copy,
            shop.supervisor,
            None,
            ReturnId(uuid::Uuid::from_u128(9)),
            cash.id,
            false,
        )
        .unwrap();
        payments::report::print(&mut copy, shop.supervisor).unwrap();
        payments::report::print(&mut copy, shop.cashier).unwrap();
        let taker = approve(&mut copy, shop.supervisor, "3333").unwrap();
        let count = Count { total: Some(cad("200.00")), print: true, ..Count::default() };
        hand_over::hand_over(&mut copy, shop.cashier, taker, count.clone()).unwrap();
        let day = copy.today();
        reporting::print(&mut copy, shop.manager, Period::Day { day }).unwrap();
        let slips = printed(&mut copy);
        payments::close_shift(&mut copy, shop.cashier, count).unwrap();
        let tx = copy.begin().unwrap();
        outbox::push(&tx, &Job::PrintTest).unwrap();
        tx.commit().unwrap();
        let slips: Vec<String> = slips.into_iter().chain(printed(&mut copy)).collect();
        // receipt with the shop's slip, duplicate with it, gift, receipt, void, X, blind X, hand-over, day, Z, test
        assert_eq!(slips.len(), 11, "{slips:#?}");
        for slip in &slips {
            // partial cut
            let parts: Vec<&str> = slip.split("VB").collect();
            for part in parts.iter().filter(|part| part.len() > 40) {
                let said = |word: &str| part.matches(word).count();
                assert_eq!((said("TRAINING"), said("FORMATION")), (2, 2), "{part}");
                assert!(said("Nothing was really sold.") == 1 && said("Rien n") == 1, "{part}");
            }
        }
        assert!(slips[0].matches("TRAINING").count() == 4, "the shop's slip says so as well");
        assert!(!slips.iter().any(|slip| slip.contains("the drawer opens")));
        let window =
            outbox::receipt(&copy, orders::entry_of(copy.db(), sale.id).unwrap(), false, None);
        let window = format!("{:?}", window.unwrap());
        assert_eq!(window.matches("TRAINING").count(), 4, "as the window draws it");
        training::end(&mut shop.till, copy, None).unwrap();
        let real = shop.sell(&["LOAF"]);
        let entry = orders::entry_of(shop.till.db(), real.id).unwrap();
        let paper = format!("{:?}", outbox::receipt(&shop.till, entry, false, None).unwrap());
        assert!(!paper.contains("TRAINING") && !paper.contains("FORMATION"), "{paper}");
    }
}

fn pay_by_card(till: &mut Till, shop: &Shop, simulator: &Simulator) {
    let mut terminal = devices::terminal(till, simulator.address()).unwrap();
    let cart = cart::show(till).unwrap();
    let minor = card::may_pay(till, shop.cashier, cart.id, cart.total, cart.total).unwrap();
    let asked = prepared(&mut terminal, Kind::Payment, minor);
    let id = card::begin(till, shop.cashier, cart.id, None, &asked).unwrap();
    let outcome = terminal.carry_out(&asked, &mut |_| {});
    card::end::finish(till, id, outcome).unwrap();
}

/// A duplicate of a real receipt that is printed in a training would be taken for the receipt.
#[test]
fn a_training_prints_no_bars_of_something_real() {
    let mut shop = Shop::selling();
    let real = shop.sell(&["LOAF"]);
    let mut copy = trained(&mut shop);
    let practised = sell(&mut copy, &shop, "LOAF");
    let bars = |sale: &Sale| {
        let entry = orders::entry_of(copy.db(), sale.id).unwrap();
        let paper = outbox::receipt(&copy, entry, true, Some(Language::En)).unwrap();
        format!("{paper:?}").contains("Barcode")
    };
    assert_eq!((bars(&real), bars(&practised)), (false, true));
}

#[test]
fn what_waits_for_the_printer_stays_with_the_store() {
    let mut shop = Shop::selling();
    shop.sell(&["LOAF"]);
    let waits = |till: &Till, kind: &str| {
        let state = format!("SELECT 1 FROM outbox WHERE state = 'waiting' AND kind = '{kind}'");
        rows(till, &state).len()
    };
    assert_eq!((waits(&shop.till, "print_receipt"), waits(&shop.till, "kick_drawer")), (1, 1));
    let mut copy = trained(&mut shop);
    assert_eq!(printed(&mut copy), Vec::<String>::new());
    training::end(&mut shop.till, copy, None).unwrap();
    // A drawer that opens when the training is over opens for nobody.
    assert_eq!((waits(&shop.till, "print_receipt"), waits(&shop.till, "kick_drawer")), (1, 0));
    assert_eq!(printed(&mut shop.till).len(), 1);
}

/// Otherwise somebody could go on trying PINs by ending one training after the other.
#[test]
fn a_name_that_is_locked_in_a_training_stays_locked() {
    for crash in [false, true] {
        let mut shop = Shop::selling();
        let mut copy = trained(&mut shop);
        for _ in 0..4 {
            let wrong = operators::sign_in(&mut copy, shop.manager, "0000").map(|_| ());
            assert_eq!(refusal(wrong), "wrong_pin");
        }
        assert_eq!(
            refusal(operators::sign_in(&mut copy, shop.manager, "0000").map(|_| ())),
            "locked_out"
        );
        operators::sign_in(&mut copy, shop.cashier, "1111").unwrap();
        if crash {
            drop(copy);
            shop = shop.restart();
        } else {
            training::end(&mut shop.till, copy, None).unwrap();
        }
        let right = operators::sign_in(&mut shop.till, shop.manager, "4444").map(|_| ());
        assert_eq!(refusal(right), "locked_out");
        operators::sign_in(&mut shop.till, shop.cashier, "1111").unwrap();
        let mut next = trained(&mut shop);
        let there = operators::sign_in(&mut next, shop.manager, "4444").map(|_| ());
        assert_eq!(refusal(there), "locked_out");
        assert!(shop.verify().ok);
    }
}

#[test]
fn a_training_receipt_is_told_in_the_real_store() {
    let mut shop = Shop::selling();
    let mut copy = trained(&mut shop);
    let practised = sell(&mut copy, &shop, "LOAF");
    assert_eq!(
        orders::find_by_receipt(copy.db(), copy.store(), "rdc1-t1-1").unwrap().id,
        practised.id
    );
    training::end(&mut shop.till, copy, None).unwrap();
    let found = orders::find_by_receipt(shop.till.db(), shop.till.store(), &practised.receipt);
    assert_eq!(refusal(found.map(|_| ())), "training_receipt");
    let viewed = orders::view::sale_view(&mut shop.till, shop.cashier, "RDC1-T1-1").map(|_| ());
    assert_eq!(refusal(viewed), "training_receipt");
    let unknown = orders::view::sale_view(&mut shop.till, shop.cashier, "RDC1-1-99").map(|_| ());
    assert_eq!(refusal(unknown), "unknown_sale");

    let mut next = trained(&mut shop);
    assert_eq!(sell(&mut next, &shop, "LOAF").receipt, "RDC1-T2-1", "never given out twice");
}

#[test]
fn what_is_meant_to_stay_or_reaches_out_is_not_done_in_a_training() {
    let mut shop = Shop::selling();
    let mut copy = trained(&mut shop);
    let manager = shop.manager;
    let address: Address = "tcp://127.0.0.1:9".parse().unwrap();
    let settings = Some(Settings::default());
    for (what, refused) in [
        ("settings", refusal(store::change(&mut copy, manager, None, settings))),
        (
            "a device",
            refusal(devices::set_address(&copy, manager, Class::Terminal, Some(&address))),
        ),
        ("a password", refusal(devices::set_password(&copy, manager, "1234"))),
        ("a test", refusal(devices::test(&mut copy, manager, true))),
        (
            "people",
            refusal(
                operators::add(
                    &mut copy,
                    manager,
                    "Zoe",
                    comptoir_domain::operators::Role::Cashier,
                    Language::En,
                    "7777",
                )
                .map(|_| ()),
            ),
        ),
        ("a neighbour's printer", refusal(given::give(&mut copy, manager, DeviceId([7; 16]), 2))),
        ("enrolment", refusal(copy.existing().map(|_| ()))),
        ("neighbours", refusal(membership::set_neighbours(&mut copy, &[]))),
    ] {
        assert_eq!(refused, "not_in_training", "{what}");
    }
    let goods = b"sku,name,price
A,Tea,1.00
";
    let import = import_bytes(&mut copy, manager, goods, &Default::default()).map(|_| ());
    assert_eq!(refusal(import), "not_in_training");
    assert_eq!(devices::address(&copy, Class::Terminal).unwrap(), None);
}

/// The copy knows neither the terminal nor head office, and its key is not the store's.
#[test]
fn the_copy_knows_nobody() {
    let mut shop = Shop::selling();
    let (manager, address) = (shop.manager, "tcp://127.0.0.1:20007".parse::<Address>().unwrap());
    devices::set_address(&shop.till, manager, Class::Terminal, Some(&address)).unwrap();
    devices::set_password(&shop.till, manager, "123456").unwrap();
    membership::set_neighbours(&mut shop.till, &["192.168.1.21".into()]).unwrap();
    shop.till
        .db()
        .execute(
            "INSERT INTO membership (one, url, head_office, certificate, authority, valid_from, valid_until)
             VALUES (1, 'https://office.example', zeroblob(16), x'00', x'00', 0, 0)",
            [],
        )
        .unwrap();
    let copy = trained(&mut shop);
    assert_eq!(devices::address(&copy, Class::Terminal).unwrap(), None);
    assert!(!devices::has_password(&copy).unwrap());
    assert_eq!(membership::load(copy.db()).unwrap(), None);
    assert_eq!(membership::neighbours(copy.db()).unwrap(), Vec::<String>::new());
    assert_ne!(copy.identity().device, shop.till.identity().device);
    assert_eq!((copy.training(), shop.till.training()), (Some(1), None));
    assert!(membership::load(shop.till.db()).unwrap().is_some());
}

#[test]
fn what_a_crash_leaves_is_thrown_away_and_noted_at_the_next_start() {
    let mut shop = Shop::selling();
    let mut copy = trained(&mut shop);
    let total = sell(&mut copy, &shop, "CAN").total;
    drop(copy);
    let left: PathBuf = shop.home().join("training");
    assert!(left.join("till.db").exists());
    let entry = last_entry(&shop.till);

    let mut shop = shop.restart();
    assert!(!left.exists());
    assert_eq!(shop.till.training(), None);
    assert_eq!(kinds_after(&shop.till, entry), ["training_ended"]);
    let ended = rows(&shop.till, "SELECT sales, returns, sold FROM training_end");
    assert_eq!(ended, [format!("Integer(1) Integer(0) Integer({})", total.minor())]);

    // Only half of a copy is there: how much was practised is not known.
    let copy = trained(&mut shop);
    drop(copy);
    std::fs::write(left.join("till.db"), b"half of it").unwrap();
    let shop = shop.restart();
    assert!(!left.exists());
    assert_eq!(rows(&shop.till, "SELECT sales FROM training_end").pop().unwrap(), "Null");
    let entry = last_entry(&shop.till);
    assert_eq!(kinds_after(&shop.restart().till, entry), Vec::<String>::new(), "once");
}

#[test]
fn a_copy_is_neither_opened_nor_restored_as_a_store() {
    let mut shop = Shop::selling();
    let copy = trained(&mut shop);
    let folder = copy.home().folder().to_owned();
    let file = shop.folder.path().join("copy.db");
    backup::backup(&folder, &file, &mut |_, _| {}).unwrap();
    drop(copy);
    assert_eq!(refusal(Till::open(&folder).map(|_| ())), "training_copy");
    let elsewhere = shop.folder.path().join("elsewhere");
    assert_eq!(refusal(backup::restore(&file, &elsewhere).map(|_| ())), "training_copy");
    assert!(!elsewhere.exists());
}

/// Who finds the facts of a training is told by their fields.
#[test]
fn the_facts_say_all_of_it() {
    let mut shop = Shop::selling();
    let copy = trained(&mut shop);
    training::end(&mut shop.till, copy, Some(shop.cashier)).unwrap();
    let last = last_entry(&shop.till);
    let read = |entry| comptoir_till::journal::read_fact(shop.till.db(), entry).unwrap();
    let (entry, Fact::TrainingBegan(began)) = read(last - 1) else { panic!("no beginning") };
    assert_eq!(entry.operator, Some(shop.cashier.0.into_bytes()));
    assert_eq!(began.approved_by.map(|by| by.0), Some(shop.supervisor.0.into_bytes()));
    assert_eq!((began.register, began.number), (1, 1));
    let (_, Fact::TrainingEnded(ended)) = read(last) else { panic!("no end") };
    assert_eq!((ended.id, ended.sales, ended.sold), (began.id, Some(0), Some(0)));
    let nothing = Money::zero(shop.till.store().currency);
    assert_eq!(ended.currency, nothing.currency().code());
}

/// A training whose end could not be written is not given the sales of the next one.
#[test]
fn what_was_practised_counts_for_its_own_training() {
    let mut shop = Shop::selling();
    let mut unsaid = trained(&mut shop);
    sell(&mut unsaid, &shop, "CAN");
    drop(unsaid);
    let mut copy = trained(&mut shop);
    sell(&mut copy, &shop, "CAN");
    sell(&mut copy, &shop, "LOAF");
    training::end(&mut shop.till, copy, None).unwrap();
    let select = "SELECT number, sales FROM training JOIN training_end ON training = training.id ORDER BY number";
    assert_eq!(rows(&shop.till, select), ["Integer(1) Null", "Integer(2) Integer(2)"]);
}
