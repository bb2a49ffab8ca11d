//! What comes back from a script: without a receipt, late, and when the terminal is gone.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod store;

use serde_json::{Value, json};
use store::{Store, lines, start};

#[test]
fn goods_come_back_without_a_receipt() {
    let store = Store::with_goods();
    store.run(&["shift", "open", "--float", "200.00"]);
    let id = "00000000-0000-0000-0000-000000000001";
    let back = |more: &[&str]| {
        let args = ["return", "--without-receipt", "--reason", "Gift"];
        store.run(&[&args[..], more].concat())
    };
    let first = back(&["--line", "CAN=2@8.50", "--line", "BAN=0.4", "--id", id]);
    assert_eq!(
        first.line(),
        json!({
            "return": first.line()["return"], "receipt": "RDC1-1-1", "sale": null, "subtotal": "17.70",
            "taxes": [{"code": "HST", "amount": "2.21"}], "total": "19.91", "rounding": "-0.01",
            "refunds": [{"type": "cash", "amount": "19.90", "card": null}],
        })
    );
    assert_eq!(
        back(&["--line", "CAN=1", "--id", id]).line(),
        first.line(),
        "the same id is one return"
    );
    for (line, kind) in [
        ("CAN=1@9.01", "price_above_list"),
        ("CAN=1@-1", "bad_price"),
        ("CAN@9", "bad_quantity"),
        ("GONE=1", "unknown_sku"),
    ] {
        let ran = back(&["--line", line]);
        assert_eq!((ran.code, &ran.line()["refused"]["kind"]), (1, &json!(kind)), "{line}");
    }
    let silent = store.run(&["return", "--without-receipt", "--line", "CAN=1"]);
    assert_eq!(silent.code, 2, "somebody says why");
    assert_eq!(store.run(&["return", "--line", "CAN=1"]).code, 2, "a receipt, or none");
    let paper = store.run(&["sale", "RDC1-1-1", "--format", "text"]).out;
    assert!(String::from_utf8(paper).unwrap().contains("Without receipt"));
    let shown = store.run(&["sale", "RDC1-1-1"]).line();
    assert_eq!(
        (&shown["sale_receipt"], &shown["lines"][0]["price"]),
        (&Value::Null, &json!("8.50"))
    );
    let x = store.run(&["report", "x"]).line();
    assert_eq!((&x["returns"], &x["expected"]), (&json!(1), &json!("180.10")));
    assert_eq!(store.run(&["verify"]).code, 0);
}

#[test]
fn a_store_says_how_long_goods_come_back() {
    let store = Store::with_goods();
    let days = |days: &str| store.run(&["settings", "set", "--return-days", days]);
    assert_eq!(days("14").line()["return_days"], json!(14));
    assert_eq!(days("none").line()["return_days"], Value::Null);
    assert_eq!(days("some").code, 2);
    assert_eq!(store.run(&["settings", "show"]).line()["return_days"], Value::Null);
    assert_eq!(days("30").line()["return_days"], json!(30));
    assert_eq!(store.run(&["verify"]).code, 0);
}

/// A terminal that cannot even be asked does not keep a customer from their money.
#[test]
fn cash_goes_back_when_the_terminal_is_gone() {
    let store = Store::with_goods();
    store.run(&["shift", "open", "--float", "200.00"]);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tillctl"));
    command.args(["simulate", "terminal"]);
    let mut terminal = start(command);
    let told: Value = serde_json::from_str(&lines(&mut terminal).next().unwrap()).unwrap();
    store.run(&["device", "set", "terminal", told["address"].as_str().unwrap()]);
    let basket =
        "{\"basket\":\"1\",\"lines\":[{\"sku\":\"CAN\"}],\"tenders\":[{\"type\":\"card\"}]}";
    assert_eq!(store.run_with(&["sell", "--baskets", "-"], basket).line()["total"], "10.17");
    terminal.finish();
    let back = |more: &[&str]| {
        let args = ["return", "--receipt", "RDC1-1-1", "--line", "CAN=1"];
        store.run(&[&args, more].concat())
    };
    assert_eq!(back(&["--cash-instead"]).line()["refused"]["kind"], "card_refund_first");
    let gone = back(&[]);
    let refused = gone.line()["refused"].clone();
    let state = &refused["card"]["state"];
    assert_eq!(
        (gone.code, &refused["kind"], state),
        (2, &json!("card_not_refunded"), &json!("not_sent"))
    );
    let id = refused["return"].as_str().unwrap().to_owned();
    let cash = back(&["--cash-instead", "--id", &id]).line();
    assert_eq!(cash["refunds"][0]["amount"], "10.15");
    assert_eq!(store.run(&["verify"]).code, 0);
}
