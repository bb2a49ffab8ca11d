//! Baskets paid by card at a terminal: charged once whatever happens, and not at all without their sale.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod store;

use std::process::Command;
use std::time::Duration;

use comptoir_hardware::terminal::Password;
use comptoir_hardware::terminal::simulator::{Answer, Asked, Break, Point, Simulator};
use serde_json::{Value, json};
use store::Store;

/// Much longer than anything takes; only a failure waits so long.
const DEADLINE: Duration = Duration::from_secs(60);

fn open(simulator: &Simulator) -> Store {
    let store = Store::with_goods();
    assert_eq!(store.run(&["shift", "open", "--float", "100.00"]).code, 0);
    let address = simulator.address().to_string();
    assert_eq!(store.run(&["device", "set", "terminal", &address]).code, 0);
    store
}

fn sell(store: &Store, name: &str, tenders: &Value) -> Value {
    // 9.00 and 13 % of it
    let basket = json!({ "basket": name, "lines": [{ "sku": "CAN" }], "tenders": tenders });
    store.run_with(&["sell", "--baskets", "-"], &format!("{basket}\n")).line()
}

/// What the terminal has really taken, in cents.
fn taken(simulator: &Simulator) -> u64 {
    let paid = simulator.booked().into_iter().filter(|line| {
        matches!(line.asked, Asked::Payment { .. })
            && line.transaction.is_approved()
            && !line.reversed
    });
    paid.map(|line| line.transaction.amount.unwrap_or_default()).sum()
}

#[test]
fn baskets_are_paid_by_card_and_cash() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let store = open(&simulator);
    for (name, tenders, rounding, change, charged) in [
        ("card", json!([{ "type": "card" }]), "0.00", "0.00", 10_17),
        (
            "split",
            json!([{ "type": "card", "amount": "5.00" }, { "type": "cash", "amount": "6.00" }]),
            "-0.02",
            "0.85",
            5_00,
        ),
        (
            "rest by card",
            json!([{ "type": "cash", "amount": "5.00" }, { "type": "card" }]),
            "0.00",
            "0.00",
            5_17,
        ),
        (
            "two cards",
            json!([{ "type": "card", "amount": "4.00" }, { "type": "card" }]),
            "0.00",
            "0.00",
            10_17,
        ),
    ] {
        let before = taken(&simulator);
        let sold = sell(&store, name, &tenders);
        assert_eq!(sold["total"], "10.17", "{sold}");
        assert_eq!(
            (&sold["rounding"], &sold["change"]),
            (&json!(rounding), &json!(change)),
            "{name}"
        );
        assert_eq!(taken(&simulator) - before, charged, "{name}");
        assert_eq!(sell(&store, name, &tenders), sold, "asked again, it is the same sale");
        assert_eq!(taken(&simulator) - before, charged, "and nothing more is charged");
    }
    let x = store.run(&["report", "x"]).line();
    assert_eq!(x["tenders"][0], json!({ "tender": "card", "count": 5, "amount": "30.51" }));
    assert_eq!(store.run(&["verify"]).code, 0);
}

#[test]
fn what_is_not_paid_is_not_sold_and_what_is_not_sold_is_not_charged() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let store = open(&simulator);
    let card = json!([{ "type": "card" }]);
    for (answer, state) in [
        (Answer::Decline(0x05), "declined"),
        (Answer::Abort(0x6c), "cancelled"),
        (Answer::ApproveAmount(4_00), "approved"),
    ] {
        simulator.set(|faults| faults.answer = answer);
        let refused = &sell(&store, "b", &card)["refused"];
        assert_eq!(
            (&refused["kind"], &refused["card"]["state"]),
            (&json!("card_not_charged"), &json!(state))
        );
        assert_eq!(taken(&simulator), 0, "a part that was charged is taken back");
    }
    simulator.set(|faults| faults.answer = Answer::Approve);
    for (tenders, kind) in [
        (json!([{ "type": "card", "amount": "11.00" }]), "card_exceeds_due"),
        (
            json!([{ "type": "card", "amount": "5.00" }, { "type": "cash", "amount": "4.00" }]),
            "underpaid",
        ),
        (json!([{ "type": "card" }, { "type": "card" }]), "bad_basket"),
        (json!([{ "type": "card", "amount": "-1.00" }]), "bad_amount"),
        (json!([{ "type": "cash", "amount": "50.00" }, { "type": "card" }]), "bad_amount"),
    ] {
        assert_eq!(sell(&store, "b", &tenders)["refused"]["kind"], kind);
    }
    assert_eq!(taken(&simulator), 0);
    assert_eq!(sell(&store, "b", &card)["total"], "10.17");
    assert_eq!(taken(&simulator), 10_17);
}

/// A terminal on the network, and one on a serial line.
fn on_each_line() -> Vec<Simulator> {
    let on_tcp = Simulator::on_tcp(0).unwrap();
    #[cfg(unix)]
    return vec![on_tcp, Simulator::on_pty().unwrap()];
    #[cfg(not(unix))]
    vec![on_tcp]
}

#[test]
fn a_kill_9_while_the_card_is_charged() {
    for simulator in on_each_line() {
        killed_while_charging(&simulator);
    }
}

fn killed_while_charging(simulator: &Simulator) {
    let store = open(simulator);
    let card = json!([{ "type": "card" }]);
    sell(&store, "first", &card);
    for (round, point) in Point::ALL.into_iter().enumerate() {
        let name = format!("killed {round}");
        let before = taken(simulator);
        let asked = simulator.asked().len();
        // The customer pays, and the register is killed before it hears of it.
        simulator.set(|faults| {
            faults.held = true;
            faults.breaks = Some((point, Break::Drop));
            faults.goes_on_alone = true;
        });
        let mut running = store.spawn(&["sell", "--baskets", "-"]);
        let basket = json!({ "basket": name, "lines": [{ "sku": "CAN" }], "tenders": card });
        assert!(running.send(&format!("{basket}\n")));
        let paying =
            |all: &[Asked]| all.iter().skip(asked).any(|one| matches!(one, Asked::Payment { .. }));
        assert!(simulator.wait_for(DEADLINE, paying), "the terminal was asked");
        running.kill();
        simulator.set(|faults| *faults = Default::default());
        let sold = sell(&store, &name, &card);
        assert_eq!(sold["total"], "10.17", "{point:?}: {sold}");
        assert_eq!(taken(simulator) - before, 10_17, "{point:?}: charged once");
    }
    let settled = store.run(&["card", "settle"]);
    assert_eq!((settled.code, settled.line()), (0, json!({ "card": null })));
    assert_eq!(store.run(&["report", "x"]).line()["sales"], 5);
    assert_eq!(store.run(&["verify"]).code, 0);
}

/// What the terminal has really given back, in cents.
fn refunded(simulator: &Simulator) -> u64 {
    let given = simulator.booked().into_iter().filter(|line| {
        matches!(line.asked, Asked::Refund { .. }) && line.transaction.is_approved()
    });
    given.map(|line| line.transaction.amount.unwrap_or_default()).sum()
}

#[test]
fn a_kill_9_while_the_card_is_given_its_money_back() {
    for simulator in on_each_line() {
        killed_while_refunding(&simulator);
    }
}

fn killed_while_refunding(simulator: &Simulator) {
    let store = open(simulator);
    for (round, point) in Point::ALL.into_iter().enumerate() {
        let sold = sell(&store, &format!("sold {round}"), &json!([{ "type": "card" }]));
        let receipt = sold["receipt"].as_str().unwrap();
        let id = format!("00000000-0000-0000-0000-00000000000{round}");
        let back = ["return", "--receipt", receipt, "--line", "CAN=1", "--id", &id];
        let before = refunded(simulator);
        let asked = simulator.asked().len();
        simulator.set(|faults| {
            faults.held = true;
            faults.breaks = Some((point, Break::Drop));
            faults.goes_on_alone = true;
        });
        let running = store.spawn(&back);
        let refunding =
            |all: &[Asked]| all.iter().skip(asked).any(|one| matches!(one, Asked::Refund { .. }));
        assert!(simulator.wait_for(DEADLINE, refunding), "the terminal was asked");
        running.kill();
        simulator.set(|faults| *faults = Default::default());
        let done = store.run(&back).line();
        assert_eq!(done["refunds"][0]["amount"], "10.17", "{point:?}: {done}");
        assert_eq!(refunded(simulator) - before, 10_17, "{point:?}: given back once");
        assert_eq!(store.run(&back).line(), done, "{point:?}: the same return again");
        assert_eq!(refunded(simulator) - before, 10_17, "{point:?}: and nothing more");
    }
    let x = store.run(&["report", "x"]).line();
    assert_eq!((&x["returns"], &x["expected"]), (&json!(4), &json!("100.00")));
    assert_eq!(store.run(&["verify"]).code, 0);
}

#[test]
fn a_simulated_terminal_of_the_command_line() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let store = open(&simulator);
    let mut simulate = Command::new(env!("CARGO_BIN_EXE_tillctl"));
    simulate.args(["simulate", "terminal", "--answer", "decline"]);
    let mut running = store::start(simulate);
    let line = store::lines(&mut running).next().unwrap();
    let address =
        serde_json::from_str::<Value>(&line).unwrap()["address"].as_str().unwrap().to_owned();
    store.run(&["device", "set", "terminal", &address]);
    let refused = sell(&store, "b", &json!([{ "type": "card" }]));
    assert_eq!(refused["refused"]["card"]["state"], "declined");
    assert_eq!(running.finish(), 0);
    let gone = sell(&store, "b", &json!([{ "type": "card" }]));
    assert_eq!(gone["refused"]["kind"], "terminal_silent");
    store.run(&["device", "set", "terminal"]);
    let missing = sell(&store, "b", &json!([{ "type": "card" }]));
    assert_eq!(missing["refused"]["kind"], "terminal_missing");
}

#[test]
fn a_terminal_with_a_password_hands_its_day_in() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let store = open(&simulator);
    sell(&store, "card", &json!([{ "type": "card" }]));
    simulator.set(|faults| faults.password = Password::new(123_456));

    let refused = store.run(&["card", "end-of-day"]);
    assert_eq!(refused.code, 2);
    assert_ne!(refused.line()["terminal"]["outcome"], "told");
    let wrong = store.run_with(&["device", "password"], "1234567\n");
    assert_eq!(wrong.line()["refused"]["kind"], "bad_password");
    let set = store.run_with(&["device", "password"], "123456\n");
    assert_eq!((set.code, &set.line()["password"]), (0, &json!(true)));

    let day = store.run(&["card", "end-of-day"]);
    let told = &day.line()["terminal"];
    assert_eq!((day.code, &told["outcome"]), (0, &json!("told")), "{told}");
    assert_eq!((&told["ours"], &told["told"]), (&json!("10.17"), &json!("10.17")));
}
