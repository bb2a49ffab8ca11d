//! The card terminal's own totals beside ours: whatever happens on the way, a shift is closed, its Z says what is known,
//! and nothing that was handed in is counted twice.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;
mod terminals;

use std::time::Instant;

use comptoir_domain::ids::ReturnId;
use comptoir_domain::orders::returns::Wanted;
use comptoir_domain::quantity::Quantity;
use comptoir_domain::reporting::{CheckOutcome, Report, TerminalCheck};
use comptoir_domain::text::Language;
use comptoir_hardware::printer::layout::{Profile, preview, to_text};
use comptoir_hardware::terminal::attempt::Kind;
use comptoir_hardware::terminal::driver::Terminal;
use comptoir_hardware::terminal::simulator::{Answer, Asked, Break, Faults, Point, Simulator};
use comptoir_hardware::terminal::totals::DayEnd;
use comptoir_hardware::terminal::{Outcome, Password};
use comptoir_till::operators::approve;
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::payments::{self, card, paper, report, terminal_check};
use comptoir_till::trust::backup;
use comptoir_till::{cart, devices, outbox};
use shop::{DEADLINE, Shop, cad, patient, refusal};
use terminals::{Killed, each, on_tcp, terminal};

/// A candle for a card, and one for cash.
fn sold(simulator: &Simulator) -> Shop {
    let mut shop = Shop::selling();
    shop.scan("CAN").unwrap();
    shop.charge_at(simulator, "10.17");
    shop.pay(None).unwrap();
    shop.sell(&["CAN"]);
    shop
}

/// Waited for as long as it takes, but where silence is what happens.
fn asked(simulator: &Simulator) -> Terminal {
    let faults = simulator.faults();
    let breaks = matches!(faults.breaks, Some((_, Break::Silence | Break::Garbage)));
    let silent = breaks || faults.silent || faults.damage_sent;
    if silent { terminal(simulator) } else { patient(simulator) }
}

/// Stores, asks and keeps; dies where it is told to.
fn check(mut shop: Shop, simulator: &Simulator, killed: Killed) -> Shop {
    let id = terminal_check::begin(&mut shop.till, shop.cashier).unwrap();
    if killed == Killed::BeforeAsking {
        return shop.restart();
    }
    let end = asked(simulator).end_of_day();
    if killed == Killed::BeforeKnowing {
        return shop.restart();
    }
    terminal_check::finish(&mut shop.till, id, &end).unwrap();
    shop
}

/// Until the terminal can be reached again.
fn told(mut shop: Shop, simulator: &Simulator) -> Shop {
    simulator.set(|faults| *faults = Faults::default());
    let deadline = Instant::now() + DEADLINE;
    while Instant::now() < deadline {
        shop = check(shop, simulator, Killed::Never);
        let shown = terminal_check::shown(&mut shop.till, shop.cashier).unwrap().unwrap();
        if shown.outcome == CheckOutcome::Told {
            return shop;
        }
    }
    panic!("it never tells");
}

fn closed(shop: &mut Shop) -> Report {
    payments::close_shift(&mut shop.till, shop.cashier, cad("210.15")).unwrap()
}

fn checked(shop: &mut Shop) -> TerminalCheck {
    let z = report::last_z(&mut shop.till).unwrap().unwrap();
    z.terminal.unwrap()
}

fn on_paper(shop: &Shop, z: &Report, language: Language) -> String {
    let document = paper::document(shop.till.store(), z, &[], language, false);
    to_text(&preview(&document, &Profile::default()))
}

fn ends(simulator: &Simulator) -> usize {
    simulator.asked().iter().filter(|asked| **asked == Asked::EndOfDay).count()
}

#[test]
fn the_z_has_what_the_terminal_says_beside_what_we_say() {
    for simulator in [Simulator::on_tcp(0).unwrap(), Simulator::on_pty().unwrap()] {
        let mut shop = check(sold(&simulator), &simulator, Killed::Never);
        let z = closed(&mut shop);
        let check = z.terminal.clone().unwrap();
        assert_eq!(check.outcome, CheckOutcome::Told);
        assert_eq!((check.ours, check.told), (cad("10.17"), Some(cad("10.17"))));
        assert_eq!(check.difference, Some(cad("0.00")));
        assert_eq!((check.terminal, check.partial), (Some(52_500_041), false));
        let cards: Vec<_> = check.cards.iter().map(|card| (&card.kind[..], card.amount)).collect();
        assert_eq!(cards, [("visa", cad("10.17"))]);

        let said = on_paper(&shop, &z, Language::En);
        for line in ["Card terminal", "T 52500041", "By the terminal", "  Visa", "DIFFERENCE"] {
            assert!(said.contains(line), "{line}: {said}");
        }
        let said = on_paper(&shop, &z, Language::Fr);
        assert!(said.contains("Selon le terminal") && said.contains("DIFFÉRENCE"), "{said}");
        // What the terminal prints itself comes with the Z, and with its duplicate.
        for duplicate in [false, true] {
            if duplicate {
                report::print(&mut shop.till, shop.cashier).unwrap();
            } else {
                report::print_number(&mut shop.till, shop.manager, 1, None).unwrap();
            }
        }
        let entry = shop.till.db().query_row("SELECT max(entry) FROM shift", [], |row| row.get(0));
        let slips = terminal_check_slips(&shop, entry.unwrap());
        assert_eq!(slips, [["END OF DAY", "TRANSACTIONS 1", "TOTAL 10.17"]]);
        assert!(shop.verify().ok);
    }
}

/// The lines that a Z is printed with.
fn terminal_check_slips(shop: &Shop, shift: i64) -> Vec<Vec<String>> {
    let select = "SELECT slip FROM day_attempt JOIN terminal_check USING (entry)
        WHERE terminal_check.shift = ?1 ORDER BY day_attempt.id";
    let mut select = shop.till.db().prepare(select).unwrap();
    let slips = select.query_map([shift], |row| row.get::<_, String>(0)).unwrap();
    slips.map(|slip| slip.unwrap().lines().map(str::to_owned).collect()).collect()
}

/// Every way in which the end of a day can go wrong, and what is known then.
fn cases() -> Vec<(String, Faults, CheckOutcome)> {
    let but = |change: fn(&mut Faults)| {
        let mut faults = Faults::default();
        change(&mut faults);
        faults
    };
    let mut cases = vec![
        ("none".to_owned(), Faults::default(), CheckOutcome::Told),
        ("no totals".into(), but(|faults| faults.no_totals = true), CheckOutcome::Untold),
        ("busy".into(), but(|faults| faults.busy = true), CheckOutcome::NotReached),
        ("unplugged".into(), but(|faults| faults.unplugged = true), CheckOutcome::NotReached),
        ("silent".into(), but(|faults| faults.silent = true), CheckOutcome::NotReached),
        (
            "not possible".into(),
            but(|faults| faults.answer = Answer::Abort(0x77)),
            CheckOutcome::Refused,
        ),
        (
            "another password".into(),
            but(|faults| faults.password = Password::new(1)),
            CheckOutcome::NotReached,
        ),
        (
            "damaged answers".into(),
            but(|faults| faults.damage_sent = true),
            CheckOutcome::NotReached,
        ),
    ];
    for point in Point::ALL {
        for how in [Break::Drop, Break::Silence, Break::Garbage, Break::Unplug] {
            for goes_on_alone in [false, true] {
                let faults =
                    Faults { breaks: Some((point, how)), goes_on_alone, ..Faults::default() };
                let name = format!("{how:?} at {point:?}, alone: {goes_on_alone}");
                cases.push((name, faults, CheckOutcome::Unknown));
            }
        }
    }
    cases
}

#[test]
fn a_shift_closes_whatever_the_terminal_does_and_it_can_be_asked_again() {
    let dies = [Killed::Never, Killed::BeforeAsking, Killed::BeforeKnowing];
    let stories = dies.into_iter().flat_map(|killed| {
        cases().into_iter().map(move |(name, faults, outcome)| (name, faults, outcome, killed))
    });
    each(stories, on_tcp, |simulator, (name, faults, outcome, killed)| {
        let story = format!("{name}, killed: {killed:?}");
        let shop = sold(simulator);
        simulator.set(|set| *set = faults.clone());
        let mut shop = check(shop, simulator, killed);
        let outcome = if killed == Killed::Never { outcome } else { CheckOutcome::Unknown };
        let z = closed(&mut shop);
        let check = z.terminal.clone().unwrap();
        // Too busy to say how it is, it says so: that is a refusal like any other.
        let refused = [CheckOutcome::NotReached, CheckOutcome::Refused];
        let same = check.outcome == outcome || (name == "busy" && refused.contains(&check.outcome));
        assert!(same, "{story}: {check:?}");
        assert_eq!(check.ours, cad("10.17"), "{story}");
        assert_eq!(check.difference.is_some(), outcome == CheckOutcome::Told, "{story}");
        on_paper(&shop, &z, Language::Fr);

        // Later, from another place: it belongs to the shift that still owes it, and what is told is told once.
        let told_once = check.told.is_some();
        let mut shop = told(shop, simulator);
        let check = checked(&mut shop);
        assert_eq!(check.outcome, CheckOutcome::Told, "{story}");
        let sum = check.told.unwrap();
        assert!(sum == cad("10.17") || (check.partial && sum.is_zero()), "{story}: {check:?}");
        if told_once {
            assert_eq!((sum, check.partial), (cad("10.17"), false), "{story}");
        }
        assert!(shop.verify().ok, "{story}");
    });
}

#[test]
fn a_difference_is_said() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut shop = sold(&simulator);
    // Paid at the terminal behind the register's back.
    let mut by_itself = patient(&simulator);
    let attempt = by_itself.prepare(Kind::Payment, 5_00).unwrap();
    assert!(matches!(by_itself.carry_out(&attempt, &mut |_| {}), Outcome::Approved(_)));
    drop(by_itself);
    shop = check(shop, &simulator, Killed::Never);
    let check = closed(&mut shop).terminal.unwrap();
    assert_eq!((check.told, check.difference), (Some(cad("15.17")), Some(cad("5.00"))));
}

#[test]
fn what_is_told_in_one_shift_adds_up() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut shop = check(sold(&simulator), &simulator, Killed::Never);
    shop.scan("CAN").unwrap();
    shop.charge_at(&simulator, "10.17");
    shop.pay(None).unwrap();
    let shown = terminal_check::shown(&mut shop.till, shop.cashier).unwrap().unwrap();
    assert_eq!(shown.difference, Some(cad("-10.17")), "it has taken more since");
    shop = check(shop, &simulator, Killed::Never);
    let z = payments::close_shift(&mut shop.till, shop.cashier, cad("210.15")).unwrap();
    let check = z.terminal.unwrap();
    assert_eq!((check.told, check.difference), (Some(cad("20.34")), Some(cad("0.00"))));
    assert_eq!(check.cards.len(), 1);
    assert!(shop.verify().ok);
}

#[test]
fn what_went_back_to_a_card_is_taken_off_on_both_sides() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut shop = Shop::selling();
    shop.scan("CAN").unwrap();
    shop.scan("CAN").unwrap();
    shop.charge_at(&simulator, "20.34");
    let sale = shop.pay(None).unwrap();
    let request = ReturnRequest {
        id: ReturnId(uuid::Uuid::from_u128(1)),
        sale: sale.id,
        lines: vec![Wanted { line: sale.lines[0].line, quantity: Quantity::ONE, wasted: false }],
        reason: None,
        approver: Some(approve(&mut shop.till, shop.supervisor, "3333").unwrap()),
        cash_instead: false,
    };
    shop.refund(&simulator, &request);
    assert_eq!(refusal(terminal_check::begin(&mut shop.till, shop.cashier)), "return_unfinished");
    returns::complete_return(&mut shop.till, shop.cashier, &request).unwrap();
    shop = check(shop, &simulator, Killed::Never);
    let check = closed(&mut shop).terminal.unwrap();
    assert_eq!((check.ours, check.difference), (cad("10.17"), Some(cad("0.00"))));
}

#[test]
fn a_payment_in_hand_is_not_handed_in() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut shop = Shop::selling();
    shop.scan("CAN").unwrap();
    shop.charge_at(&simulator, "5.00");
    let (till, cashier) = (&mut shop.till, shop.cashier);
    assert_eq!(refusal(terminal_check::begin(till, cashier)), "card_tendered");
    shop.pay(Some("20.00")).unwrap();
    shop.scan("CAN").unwrap();
    let open = cart::show(&mut shop.till).unwrap();
    let mut driver = patient(&simulator);
    let prepared = driver.prepare(Kind::Payment, 5_00).unwrap();
    let (till, cashier) = (&mut shop.till, shop.cashier);
    let id = card::begin(till, cashier, open.id, None, &prepared).unwrap();
    assert_eq!(refusal(terminal_check::begin(till, cashier)), "card_unsettled");
    let outcome = driver.carry_out(&prepared, &mut |_| {});
    card::end::finish(till, id, outcome).unwrap();
    shop.pay(Some("20.00")).unwrap();
    // And it does one thing at a time.
    let id = terminal_check::begin(&mut shop.till, shop.cashier).unwrap();
    let again = terminal_check::begin(&mut shop.till, shop.cashier);
    assert_eq!(refusal(again), "terminal_busy");
    let z = payments::close_shift(&mut shop.till, shop.cashier, cad("200.00")).unwrap();
    assert_eq!(z.terminal.unwrap().outcome, CheckOutcome::Asking, "a close does not wait");
    terminal_check::finish(&mut shop.till, id, &driver.end_of_day()).unwrap();
    let told = checked(&mut shop);
    assert_eq!((told.outcome, told.difference), (CheckOutcome::Told, Some(cad("0.00"))));
    assert!(terminal_check::finish(&mut shop.till, id, &driver.end_of_day()).is_err(), "once");
    assert_eq!(ends(&simulator), 2);
}

#[test]
fn a_shift_without_cards_says_nothing_of_a_terminal_and_owes_nothing() {
    let mut shop = Shop::selling();
    shop.sell(&["CAN"]);
    let z = closed(&mut shop);
    assert_eq!(z.terminal, None);
    assert!(!on_paper(&shop, &z, Language::En).contains("terminal"));
    let shown = terminal_check::shown(&mut shop.till, shop.cashier).unwrap().unwrap();
    assert_eq!(shown.outcome, CheckOutcome::NotAsked);
}

#[test]
fn a_shift_that_owes_an_answer_gets_it_until_a_card_pays_in_the_next() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut shop = sold(&simulator);
    let z = closed(&mut shop);
    assert_eq!(z.terminal.as_ref().unwrap().outcome, CheckOutcome::NotAsked);
    assert!(on_paper(&shop, &z, Language::En).contains("not asked"));
    payments::open_shift(&mut shop.till, shop.cashier, cad("200.00")).unwrap();
    shop.sell(&["CAN"]);
    shop = check(shop, &simulator, Killed::Never);
    assert_eq!(checked(&mut shop).difference, Some(cad("0.00")), "of the shift before");
    shop.scan("CAN").unwrap();
    shop.charge_at(&simulator, "10.17");
    shop.pay(None).unwrap();
    let shown = terminal_check::shown(&mut shop.till, shop.cashier).unwrap().unwrap();
    assert_eq!((shown.outcome, shown.ours), (CheckOutcome::NotAsked, cad("10.17")));
}

#[test]
fn a_backup_taken_while_the_terminal_was_asked_begins_its_epoch_with_its_beginning() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut shop = sold(&simulator);
    terminal_check::begin(&mut shop.till, shop.cashier).unwrap();
    let file = shop.folder.path().join("monday.db");
    backup::backup(&shop.home(), &file, &mut |_, _| {}).unwrap();
    let home = shop.home();
    let Shop { till, folder: _folder, .. } = shop;
    drop(till);
    backup::restore(&file, &home).unwrap();
    let till = comptoir_till::till::Till::open(&home).unwrap();
    let outcome = "SELECT outcome FROM terminal_check";
    let outcome: String = till.db().query_row(outcome, [], |row| row.get(0)).unwrap();
    assert_eq!(outcome, "unknown");
    let verdict = comptoir_till::trust::verify::verify(&home, &mut |_, _| {}).unwrap();
    assert_eq!(verdict.findings, []);
}

#[test]
fn the_terminals_password_is_used_and_shown_to_nobody() {
    let simulator = Simulator::on_tcp(0).unwrap();
    simulator.set(|faults| faults.password = Password::new(4_711));
    let mut shop = Shop::selling();
    let refused =
        |text: &str, shop: &Shop| refusal(devices::set_password(&shop.till, shop.manager, text));
    assert_eq!(refused("1234567", &shop), "bad_password");
    assert_eq!(refused("12a4", &shop), "bad_password");
    let by_cashier = devices::set_password(&shop.till, shop.cashier, "4711");
    assert_eq!(refusal(by_cashier), "not_allowed");
    let by_setting = |shop: &Shop| devices::terminal(&shop.till, simulator.address()).unwrap();
    let ask = |shop: &Shop| by_setting(shop).end_of_day();
    assert!(matches!(ask(&shop), DayEnd::NotSent(_)), "it left the factory with another");
    devices::set_password(&shop.till, shop.manager, "004711").unwrap();
    assert!(devices::has_password(&shop.till).unwrap());
    assert!(matches!(ask(&shop), DayEnd::Done(_)));
    shop = shop.restart();
    assert!(matches!(ask(&shop), DayEnd::Done(_)));
    shop.scan("CAN").unwrap();
    shop.charge_by(by_setting(&shop), "10.17");
    devices::set_password(&shop.till, shop.manager, "").unwrap();
    assert!(!devices::has_password(&shop.till).unwrap());
    assert!(matches!(ask(&shop), DayEnd::NotSent(_)));
}

/// What is on paper for the last entry of a kind.
fn receipt_of(shop: &Shop, table: &str, duplicate: bool) -> String {
    let select = format!("SELECT max(entry) FROM {table}");
    let entry = shop.till.db().query_row(&select, [], |row| row.get(0)).unwrap();
    let document = outbox::receipt(&shop.till, entry, duplicate, Some(Language::En)).unwrap();
    to_text(&preview(&document, &Profile::default()))
}

#[test]
fn what_the_terminal_prints_comes_with_the_receipt() {
    let simulator = Simulator::on_tcp(0).unwrap();
    for (signs, for_the_shop) in [(Some(false), false), (Some(true), true), (None, true)] {
        simulator.set(|faults| faults.signs = signs);
        let mut shop = Shop::selling();
        shop.scan("CAN").unwrap();
        // A payment that was taken back leaves nothing on the receipt.
        shop.charge_at(&simulator, "4.00");
        let paid = cart::show(&mut shop.till).unwrap().tenders[0].attempt;
        let (kind, minor) = card::may_take_back(&mut shop.till, shop.cashier, paid).unwrap();
        let mut driver = patient(&simulator);
        let prepared = driver.prepare(kind, minor).unwrap();
        let open = cart::show(&mut shop.till).unwrap();
        let begun = card::begin(&mut shop.till, shop.cashier, open.id, Some(paid), &prepared);
        let outcome = driver.carry_out(&prepared, &mut |_| {});
        drop(driver);
        card::end::finish(&mut shop.till, begun.unwrap(), outcome).unwrap();
        shop.charge_at(&simulator, "3.00");
        let sale = shop.pay(Some("20.00")).unwrap();
        for duplicate in [false, true] {
            let said = receipt_of(&shop, "sale", duplicate);
            assert_eq!(said.matches("CUSTOMER COPY").count(), 1, "{said}");
            assert_eq!(said.matches("TOTAL 3.00").count(), 1 + usize::from(for_the_shop), "{said}");
            assert!(!said.contains("TOTAL 4.00"), "{said}");
            assert_eq!(said.contains("FOR THE SHOP"), for_the_shop, "{said}");
            assert_eq!(said.contains("SIGNATURE"), signs == Some(true), "{said}");
            let marks = 1 + usize::from(for_the_shop);
            let marks = if duplicate { marks } else { 0 };
            assert_eq!(said.matches("DUPLICATE").count(), marks, "{said}");
        }
        let request = ReturnRequest {
            id: ReturnId(uuid::Uuid::from_u128(1)),
            sale: sale.id,
            lines: vec![Wanted { line: 1, quantity: Quantity::ONE, wasted: false }],
            reason: None,
            approver: Some(approve(&mut shop.till, shop.supervisor, "3333").unwrap()),
            cash_instead: false,
        };
        shop.refund(&simulator, &request);
        returns::complete_return(&mut shop.till, shop.cashier, &request).unwrap();
        let said = receipt_of(&shop, "return_sale", false);
        assert_eq!(said.matches("CUSTOMER COPY").count(), 1, "{said}");
        // What only this till knows is not in the books, and they are proven without it.
        assert!(shop.verify().ok);
    }
}
