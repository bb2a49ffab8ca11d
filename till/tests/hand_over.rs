//! A drawer passed on inside a shift: counted, blind, and proven by the PIN of who takes it.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;

use comptoir_domain::ids::ReturnId;
use comptoir_domain::operators::Role;
use comptoir_domain::orders::returns::Wanted;
use comptoir_domain::payments::{CashMove, CountedPieces};
use comptoir_domain::quantity::Quantity;
use comptoir_domain::reporting::{HandOver, Report};
use comptoir_domain::text::Language;
use comptoir_hardware::printer::layout::Profile;
use comptoir_hardware::terminal::attempt::Kind;
use comptoir_hardware::terminal::simulator::Simulator;
use comptoir_sync::facts::Fact;
use comptoir_till::cart::park;
use comptoir_till::error::Result;
use comptoir_till::operators::{Operator, approve};
use comptoir_till::orders::exchange;
use comptoir_till::orders::refunds;
use comptoir_till::orders::returns::ReturnRequest;
use comptoir_till::payments::card;
use comptoir_till::payments::hand_in::hand_in;
use comptoir_till::payments::hand_over::{hand_over, holder, print_again};
use comptoir_till::payments::{self, Count, drawer, report};
use comptoir_till::reporting::{Books, Period};
use comptoir_till::{cart, devices, journal, operators, outbox};
use shop::{Shop, cad, refusal};

/// The cashier hands the drawer to the supervisor.
fn to_supervisor(shop: &mut Shop, counted: &str) -> Result<HandOver> {
    with_pin(shop, "3333", cad(counted))
}

fn with_pin(shop: &mut Shop, pin: &str, count: impl Into<Count>) -> Result<HandOver> {
    let (from, to) = (shop.cashier, shop.supervisor);
    let to = approve(&mut shop.till, to, pin)?;
    hand_over(&mut shop.till, from, to, count).map(|(done, _)| done)
}

fn parts(report: &Report) -> Vec<String> {
    let found = |part: Option<_>| {
        part.map_or("–".into(), |amount: comptoir_domain::money::Money| amount.to_string())
    };
    report
        .parts
        .iter()
        .map(|part| format!("{} {}", part.operator, found(part.over_short)))
        .collect()
}

fn last_kinds(shop: &Shop, most: usize) -> Vec<String> {
    let mut select =
        shop.till.db().prepare("SELECT id FROM journal ORDER BY id DESC LIMIT ?1").unwrap();
    let ids: Vec<i64> =
        select.query_map([most], |row| row.get(0)).unwrap().map(|id| id.unwrap()).collect();
    ids.iter()
        .rev()
        .map(|id| journal::read_fact(shop.till.db(), *id).unwrap().1.kind().to_owned())
        .collect()
}

#[test]
fn three_operators_have_one_drawer_and_each_answers_for_a_part() {
    let mut shop = Shop::selling();
    shop.sell(&["COF"]); // 214.00 expected
    let done = to_supervisor(&mut shop, "212.50").unwrap();
    assert_eq!((done.from.as_str(), done.to.as_str()), ("Counter 1", "Supervisor"));
    assert_eq!(
        (done.expected, done.counted, done.over_short),
        (cad("214.00"), cad("212.50"), cad("-1.50"))
    );
    assert_eq!((done.part, done.at.as_str()), (cad("-1.50"), "2025-11-20 14:07"));

    shop.wait_minutes(90);
    shop.sell(&["LOAF"]); // 6.50 more
    let (out, amount) = (CashMove::SafeDrop, cad("100.00"));
    drawer::move_cash(&mut shop.till, shop.supervisor, None, out, amount, "Full").unwrap();
    // 120.50 by the books, as if nobody had counted, and two dollars too much since then
    let manager = approve(&mut shop.till, shop.manager, "4444").unwrap();
    let (done, now) = hand_over(&mut shop.till, shop.supervisor, manager, cad("121.00")).unwrap();
    assert_eq!(
        (done.expected, done.over_short, done.part),
        (cad("120.50"), cad("0.50"), cad("2.00"))
    );
    assert_eq!((done.at.as_str(), now.id), ("2025-11-20 15:37", shop.manager));

    let so_far = shop.x();
    assert_eq!((so_far.shift, so_far.expected), (1, cad("120.50")), "never rebased");
    assert_eq!(parts(&so_far), ["Counter 1 -1.50", "Supervisor 2.00", "Manager –"]);
    let z = payments::close_shift(&mut shop.till, shop.manager, cad("120.25")).unwrap();
    assert_eq!((z.expected, z.over_short), (cad("120.50"), Some(cad("-0.25"))));
    assert_eq!(parts(&z), ["Counter 1 -1.50", "Supervisor 2.00", "Manager -0.75"]);
    assert_eq!(z.hand_overs.len(), 2);
    assert!(z.adds_up());
    assert_eq!(report::last_z(&mut shop.till).unwrap().unwrap(), z, "the same Z again");
    assert!(shop.verify().ok);

    // the next shift has nothing of it
    payments::open_shift(&mut shop.till, shop.cashier, cad("100.00")).unwrap();
    let next = shop.x();
    assert_eq!((next.hand_overs.len(), next.parts.len()), (0, 0));
}

#[test]
fn who_takes_it_is_signed_in_and_who_gave_it_is_not() {
    let mut shop = Shop::selling();
    let pieces = vec![CountedPieces { value: 2_000, loose: 10, rolls: 0 }];
    let count = Count { pieces, note: " Till key stays ".into(), ..Count::default() };
    let done = with_pin(&mut shop, "3333", count).unwrap();
    assert_eq!(done.note.as_deref(), Some("Till key stays"));
    assert_eq!(
        last_kinds(&shop, 4),
        ["approval_given", "shift_handed_over", "signed_out", "signed_in"]
    );
    let entry: i64 =
        shop.till.db().query_row("SELECT entry FROM hand_over", [], |row| row.get(0)).unwrap();
    let (by, Fact::ShiftHandedOver(fact)) = journal::read_fact(shop.till.db(), entry).unwrap()
    else {
        panic!("no hand-over")
    };
    assert_eq!(by.operator, Some(shop.cashier.0.into_bytes()));
    assert_eq!((fact.counted, fact.expected), (20_000, 20_000));
    assert_eq!(
        fact.pieces.unwrap().iter().map(|one| (one.value, one.pieces)).collect::<Vec<_>>(),
        [(2_000, 10)]
    );
    let shift = payments::open_shift_of(shop.till.db(), 1).unwrap().unwrap();
    assert_eq!((shift.number, shift.opened_by), (1, shop.cashier), "the same shift");
    assert_eq!(holder(shop.till.db(), &shift).unwrap(), shop.supervisor);
}

#[test]
fn nothing_is_handed_over_while_something_is_in_hand() {
    let mut shop = Shop::selling();
    let coffee = shop.sell(&["COF"]);
    shop.scan("LOAF").unwrap();
    assert_eq!(refusal(to_supervisor(&mut shop, "214.00")), "cart_not_empty");
    park::park(&mut shop.till, shop.cashier, "Later").unwrap();

    let back = ReturnRequest {
        id: ReturnId(uuid::Uuid::from_u128(1)),
        sale: coffee.id,
        lines: vec![Wanted { line: 1, quantity: Quantity::ONE, wasted: false }],
        reason: None,
        approver: None,
        cash_instead: false,
    };
    exchange::begin_exchange(&mut shop.till, shop.cashier, &back).unwrap();
    assert_eq!(refusal(to_supervisor(&mut shop, "214.00")), "exchange_pending");
    exchange::leave_exchange(&mut shop.till, shop.cashier).unwrap();

    // a card was asked, and nobody knows what became of it
    shop.scan("CAN").unwrap();
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut terminal = devices::terminal(&shop.till, simulator.address()).unwrap();
    let open = cart::show(&mut shop.till).unwrap();
    let minor =
        card::may_pay(&mut shop.till, shop.cashier, open.id, open.total, open.total).unwrap();
    let prepared = terminal.prepare(Kind::Payment, minor).unwrap();
    let id = card::begin(&mut shop.till, shop.cashier, open.id, None, &prepared).unwrap();
    assert_eq!(refusal(to_supervisor(&mut shop, "214.00")), "cart_not_empty");
    let outcome = terminal.carry_out(&prepared, &mut |_| {});
    card::end::finish(&mut shop.till, id, outcome).unwrap();
    drop(terminal);
    let by_card = shop.pay(Some("0.00")).unwrap();

    // a return was begun: its card has the money, and the goods are not taken back yet
    let begun = ReturnRequest { id: ReturnId(uuid::Uuid::from_u128(2)), sale: by_card.id, ..back };
    shop.refund(&simulator, &begun);
    assert!(refunds::unfinished_alone(shop.till.db()).unwrap().is_some());
    assert_eq!(refusal(to_supervisor(&mut shop, "214.00")), "return_unfinished");
    comptoir_till::orders::returns::complete_return(&mut shop.till, shop.cashier, &begun).unwrap();
    let done = to_supervisor(&mut shop, "214.00").unwrap();
    assert_eq!(done.over_short, cad("0.00"));
    assert!(shop.verify().ok);
}

#[test]
fn a_refund_that_is_at_the_terminal_is_waited_for() {
    let mut shop = Shop::selling();
    shop.scan("CAN").unwrap();
    shop.charge("10.17");
    let sale = shop.pay(Some("0.00")).unwrap();
    let request = ReturnRequest {
        id: ReturnId(uuid::Uuid::from_u128(1)),
        sale: sale.id,
        lines: vec![Wanted { line: 1, quantity: Quantity::ONE, wasted: false }],
        reason: None,
        approver: None,
        cash_instead: false,
    };
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut terminal = devices::terminal(&shop.till, simulator.address()).unwrap();
    let due = refunds::may_refund(&mut shop.till, shop.cashier, &request).unwrap().unwrap();
    let mut prepared = terminal.prepare(Kind::Refund, due.amount.minor().unsigned_abs()).unwrap();
    refunds::begin(&mut shop.till, shop.cashier, &request, &mut prepared).unwrap();
    assert_eq!(refusal(to_supervisor(&mut shop, "200.00")), "card_unsettled");
}

#[test]
fn who_may_take_a_drawer_and_who_may_give_it() {
    let mut shop = Shop::selling();
    let (cashier, supervisor) = (shop.cashier, shop.supervisor);
    let other = add(&mut shop, "Counter 2", Role::Cashier, "2222");
    let left = add(&mut shop, "Gone", Role::Manager, "9999");
    let change = operators::Change { active: Some(false), ..operators::Change::default() };
    operators::change(&mut shop.till, shop.manager, left.id, change).unwrap();
    let console = operators::console(shop.till.db()).unwrap();
    for (from, to, pin, expected) in [
        (cashier, cashier, "1111", Some("same_operator")),
        (cashier, supervisor, "0000", Some("wrong_pin")),
        (cashier, left.id, "9999", Some("unknown_operator")),
        (cashier, console, "0000", Some("wrong_pin")), // it has no PIN
        (left.id, supervisor, "3333", Some("unknown_operator")),
        (cashier, other.id, "2222", None), // a cashier keeps a drawer
        (other.id, supervisor, "3333", None),
        (supervisor, shop.manager, "4444", None),
        (shop.manager, cashier, "1111", None),
    ] {
        let till = &mut shop.till;
        let done = approve(till, to, pin).and_then(|to| hand_over(till, from, to, cad("200.00")));
        match expected {
            None => assert_eq!(done.unwrap().1.id, to),
            Some(kind) => assert_eq!(refusal(done), kind),
        }
    }
    assert_eq!(refusal(to_supervisor(&mut shop, "-1.00")), "bad_amount");
    payments::close_shift(&mut shop.till, cashier, cad("200.00")).unwrap();
    assert_eq!(refusal(to_supervisor(&mut shop, "200.00")), "no_open_shift");
}

fn add(shop: &mut Shop, name: &str, role: Role, pin: &str) -> Operator {
    operators::add(&mut shop.till, shop.manager, name, role, Language::En, pin).unwrap()
}

#[test]
fn wrong_pins_change_nothing_and_lock_as_at_signing_in() {
    let mut shop = Shop::selling();
    for left in (1..5).rev() {
        assert_eq!(refusal(with_pin(&mut shop, "0000", cad("200.00"))), "wrong_pin", "{left}");
    }
    assert_eq!(refusal(with_pin(&mut shop, "0000", cad("200.00"))), "locked_out");
    assert_eq!(
        refusal(to_supervisor(&mut shop, "200.00")),
        "locked_out",
        "the right one comes too late"
    );
    assert_eq!(refusal(operators::sign_in(&mut shop.till, shop.supervisor, "3333")), "locked_out");
    assert!(!last_kinds(&shop, 100).contains(&"shift_handed_over".into()));
    assert!(!last_kinds(&shop, 100).contains(&"signed_out".into()));
    shop.sell(&["COF"]); // who was there still sells
    shop.wait_minutes(6);
    to_supervisor(&mut shop, "214.00").unwrap();
}

/// What is printed for the job that waits.
fn printed(shop: &mut Shop, language: Language) -> String {
    let (job, work) =
        outbox::take(&mut shop.till, &Profile::default(), Some(language)).unwrap().unwrap();
    let outbox::Work::Print(bytes) = work else { panic!("no paper") };
    outbox::finish(&shop.till, job, comptoir_hardware::printer::driver::Outcome::Printed).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn a_slip_is_printed_and_x_and_z_list_it() {
    let mut shop = Shop::selling();
    shop.sell(&["COF"]);
    while outbox::take(&mut shop.till, &Profile::default(), None).unwrap().is_some() {}
    let count = |total: &str| Count { total: Some(cad(total)), print: true, ..Count::default() };
    let note = "The drawer sticks";
    with_pin(&mut shop, "3333", Count { note: note.into(), ..count("212.50") }).unwrap();
    let waiting = &outbox::list(&shop.till).unwrap();
    assert_eq!(waiting.last().unwrap().name, "Counter 1 – Supervisor");
    let slip = printed(&mut shop, Language::En);
    for expected in ["Hand-over", "Counter 1", "Supervisor", "214.00", "212.50", "-1.50", note] {
        assert!(slip.contains(expected), "{expected}: {slip}");
    }
    // in question, it comes out again as a duplicate
    let manager = approve(&mut shop.till, shop.manager, "4444").unwrap();
    hand_over(&mut shop.till, shop.supervisor, manager, count("212.75")).unwrap();
    let (job, _) = outbox::take(&mut shop.till, &Profile::default(), None).unwrap().unwrap();
    outbox::recover(&shop.till).unwrap();
    outbox::settle(&shop.till, shop.cashier, job, false).unwrap();
    let slip = printed(&mut shop, Language::Fr);
    for expected in ["DUPLICATA", "Remise de caisse", "De cette partie", "-1,25", "0,25"] {
        assert!(slip.contains(expected), "{expected}: {slip}");
    }

    report::print(&mut shop.till, shop.manager).unwrap();
    let x = printed(&mut shop, Language::En);
    let z = payments::close_shift(&mut shop.till, shop.manager, count("214.00")).unwrap();
    assert_eq!(parts(&z), ["Counter 1 -1.50", "Supervisor 0.25", "Manager 1.25"]);
    let z = printed(&mut shop, Language::En);
    for (paper, last) in [(x, "not counted"), (z, "1.25")] {
        let parts = "Over/short by operator";
        for expected in ["Hand-over", "212.50", note, "212.75", parts, "0.25", last] {
            assert!(paper.contains(expected), "{expected}: {paper}");
        }
    }
}

#[test]
fn a_slip_is_printed_again_as_a_duplicate() {
    let mut shop = Shop::selling();
    let done = to_supervisor(&mut shop, "195.00").unwrap();
    while outbox::take(&mut shop.till, &Profile::default(), None).unwrap().is_some() {}
    print_again(&mut shop.till, shop.supervisor, done.entry).unwrap();
    let slip = printed(&mut shop, Language::En);
    for expected in ["DUPLICATE", "Hand-over", "Counter 1", "Supervisor", "195.00", "-5.00"] {
        assert!(slip.contains(expected), "{expected}: {slip}");
    }
    let unknown = print_again(&mut shop.till, shop.supervisor, done.entry - 1);
    assert_eq!(refusal(unknown), "unknown_hand_over");
    // Of a shift that is closed it is for who sees its Z.
    payments::close_shift(&mut shop.till, shop.supervisor, cad("195.00")).unwrap();
    let (cashier, manager) = (shop.cashier, shop.manager);
    assert_eq!(refusal(print_again(&mut shop.till, cashier, done.entry)), "not_allowed");
    print_again(&mut shop.till, manager, done.entry).unwrap();
}

#[test]
fn reports_say_what_each_operator_left_over_or_short() {
    let mut shop = Shop::selling();
    to_supervisor(&mut shop, "195.00").unwrap();
    shop.wait_minutes(12 * 60); // tomorrow
    payments::close_shift(&mut shop.till, shop.supervisor, cad("202.00")).unwrap();
    let found = |period| {
        let report = Books::open(&shop.till, shop.manager).unwrap().sales(period).unwrap();
        let row = |row: &comptoir_domain::reporting::sales::OperatorRow| {
            format!("{} {}", row.name, row.over_short)
        };
        report.operators.iter().map(row).collect::<Vec<_>>()
    };
    let day = |day| Period::Day { day: jiff::civil::date(2025, 11, day) };
    let mut all = found(Period::Shift { shift: 1, id: None });
    all.sort();
    assert_eq!(all, ["Counter 1 -5.00", "Supervisor 7.00"]);
    assert_eq!(found(day(20)), ["Counter 1 -5.00"]);
    assert_eq!(found(day(21)), ["Supervisor 7.00"]);
}

#[test]
fn a_count_is_explained_before_the_drawer_is_handed_over() {
    let mut shop = Shop::selling(); // a float of 200.00
    let found = |shop: &mut Shop, amount: &str| {
        let found = hand_in(&mut shop.till, shop.cashier, cad(amount)).unwrap();
        (found.count.over_short, found.part)
    };
    let earlier = |report: &Report| -> Vec<String> {
        report.earlier_counts.iter().map(|count| count.counted.to_string()).collect()
    };
    assert_eq!(found(&mut shop, "180.00"), (cad("-20.00"), cad("-20.00")));
    assert_eq!(found(&mut shop, "199.00"), (cad("-1.00"), cad("-1.00")));
    let note = "A loonie under the counter";
    let count = Count { total: Some(cad("199.00")), note: note.into(), ..Count::default() };
    let done = with_pin(&mut shop, "3333", count).unwrap();
    assert_eq!((done.part, done.note.as_deref()), (cad("-1.00"), Some(note)));
    assert_eq!(earlier(&shop.x()), ["180.00"], "the last one is what it was handed over with");

    // the same amount found again is a count of who has the drawer now, and says what is theirs
    assert_eq!(found(&mut shop, "199.00"), (cad("-1.00"), cad("0.00")));
    assert_eq!(earlier(&shop.x()), ["180.00", "199.00"]);
    assert_eq!(found(&mut shop, "199.50"), (cad("-0.50"), cad("0.50")));
    // handed over with something else than what was handed in
    let manager = approve(&mut shop.till, shop.manager, "4444").unwrap();
    hand_over(&mut shop.till, shop.supervisor, manager, cad("199.25")).unwrap();
    let z = payments::close_shift(&mut shop.till, shop.manager, cad("199.50")).unwrap();
    assert_eq!(earlier(&z), ["180.00", "199.00", "199.50"], "counts of before are no close's");
    assert_eq!(parts(&z), ["Counter 1 -1.00", "Supervisor 0.25", "Manager 0.25"]);
    assert_eq!(report::last_z(&mut shop.till).unwrap().unwrap(), z, "the same Z again");
    assert!(shop.verify().ok);
}
