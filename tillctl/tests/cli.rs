//! `tillctl` as a shop's scripts use it: arguments in, JSON lines out, exit codes.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod store;

use comptoir_till::till::Till;
use comptoir_till::{operators, orders};
use serde_json::{Value, json};
use store::{Store, lines, start};

#[test]
fn a_day_on_the_command_line() {
    let store = Store::with_goods();
    let opened = store.run(&["shift", "open", "--float", "200.00"]);
    assert_eq!((opened.code, opened.line()["shift"].clone()), (0, json!(1)));

    let baskets = "\
{\"basket\":\"B-1\",\"lines\":[{\"sku\":\"CAN\",\"quantity\":\"2\"},{\"gtin\":\"062345000015\"}]}
{\"basket\":\"B-2\",\"lines\":[{\"sku\":\"CAN\"}],\"tenders\":[{\"type\":\"cash\",\"amount\":\"10.00\"}]}

{\"basket\":\"B-3\",\"lines\":[{\"sku\":\"CAN\",\"price\":\"1.99\"}],\"tenders\":[{\"type\":\"cash\",\"amount\":\"20.00\"}]}
{\"basket\":\"B-1\",\"lines\":[{\"sku\":\"CAN\"}]}
not json
{\"basket\":\"B-4\",\"lines\":[{\"sku\":\"NONE\"}]}
{\"basket\":\"B-5\",\"lines\":[]}
{\"basket\":\"B-6\",\"lines\":[{\"sku\":\"CAN\",\"quantity\":\"x\"}]}
{\"basket\":\"B-7\",\"lines\":[{\"sku\":\"CAN\"}],\"tenders\":[{\"type\":\"shells\",\"amount\":\"9\"}]}
{\"basket\":\"B-8\",\"operator\":\"nobody\",\"lines\":[{\"sku\":\"CAN\"}]}
";
    let sold = store.run_with(&["sell", "--baskets", "-"], baskets);
    assert_eq!(sold.code, 2, "some were refused");
    let out = sold.lines();
    assert_eq!(out[0]["total"], "26.83");
    assert_eq!(
        (&out[0]["subtotal"], &out[0]["taxes"], &out[0]["rounding"]),
        (&json!("24.49"), &json!([{"code": "HST", "amount": "2.34"}]), &json!("0.02"))
    );
    assert_eq!(
        out[1],
        json!({"basket": "B-2", "refused": {"kind": "underpaid", "due": "10.15", "tendered": "10.00"}, "line": 2})
    );
    assert_eq!((&out[2]["change"], &out[2]["receipt"]), (&json!("17.75"), &json!("RDC1-1-2")));
    assert_eq!(
        (&out[3]["sale"], &out[3]["receipt"]),
        (&out[0]["sale"], &json!("RDC1-1-1")),
        "sold before, sold once"
    );
    let kinds: Vec<&Value> = out[4..].iter().map(|line| &line["refused"]["kind"]).collect();
    assert_eq!(
        kinds,
        [
            "bad_basket",
            "unknown_sku",
            "empty_cart",
            "bad_quantity",
            "unknown_tender",
            "unknown_operator"
        ]
    );
    assert_eq!(out[4]["line"], 6, "blank lines are counted");

    let stock = store.run(&["stock", "--sku", "CAN"]).line();
    assert_eq!(stock, json!({"sku": "CAN", "on_hand": "-3", "sold": "3"}));
    assert_eq!(store.run(&["search", "bougie"]).line()["sku"], "CAN");

    let x = store.run(&["report", "x"]).line();
    assert_eq!(
        (&x["sales"], &x["total"], &x["rounding"]),
        (&json!(2), &json!("29.08"), &json!("0.02"))
    );
    let z = store.run(&["shift", "close", "--counted", "229.10"]).line();
    assert_eq!(
        (&z["kind"], &z["number"], &z["over_short"], &z["expected"]),
        (&json!("z"), &json!(1), &json!("0.00"), &json!("229.10"))
    );
    assert_eq!(store.run(&["report", "z"]).line(), z, "the same Z again");
    assert_eq!(store.run(&["shift", "close", "--counted", "0.00"]).code, 1);

    let verdict = store.run(&["verify"]);
    assert_eq!((verdict.code, verdict.line()["ok"].clone()), (0, json!(true)));
}

#[test]
fn a_receipt_in_every_format() {
    let store = Store::with_goods();
    store.run(&["shift", "open", "--float", "0.00"]);
    let sold = store.run_with(
        &["sell", "--baskets", "-"],
        "{\"basket\":\"1\",\"lines\":[{\"sku\":\"BAN\",\"quantity\":\"1.245\"}]}",
    );
    let receipt = sold.line()["receipt"].as_str().unwrap().to_owned();
    let show = |format: &[&str]| store.run(&[&["sale", &receipt, "--format"], format].concat());
    assert_eq!(show(&["json"]).line()["lines"][0]["amount"], "2.17");
    assert!(String::from_utf8(show(&["text"]).out).unwrap().contains("1.245 kg @ 1.74/kg"));
    assert!(
        String::from_utf8(show(&["text", "--lang", "fr"]).out)
            .unwrap()
            .contains("1,245 kg à 1,74/kg")
    );
    assert!(show(&["escpos"]).out.starts_with(b"\x1b@"));

    let png = store.folder.path().join("receipt.png");
    std::fs::write(&png, show(&["png"]).out).unwrap();
    let read = std::process::Command::new("zbarimg").args(["--quiet", "--raw"]).arg(&png).output();
    let read = read.expect("zbarimg (Debian: zbar-tools) reads the barcode back");
    assert_eq!(String::from_utf8(read.stdout).unwrap().trim(), receipt);
    assert_eq!(store.run(&["sale", "RDC1-1-999"]).line()["refused"]["kind"], "unknown_sale");
}

#[test]
fn import_prints_counts_and_keeps_rejects() {
    let store = Store::new();
    let file = store.folder.path().join("goods.csv");
    std::fs::write(&file, "code,title,amount\nA,Tea,1.00\nB,Jam,x\n").unwrap();
    let import = [
        "import",
        "products",
        file.to_str().unwrap(),
        "--map",
        "sku=code",
        "--map",
        "name=title",
        "--map",
        "price=amount",
    ];
    let imported = store.run(&import);
    assert_eq!(
        imported.line(),
        json!({"read": 2, "added": 1, "updated": 0, "unchanged": 0, "rejected": 1})
    );
    assert_eq!(imported.code, 2);
    let rejects =
        std::fs::read_to_string(store.folder.path().join("goods.csv.rejects.csv")).unwrap();
    assert_eq!(
        rejects,
        "line,sku,column,value,reason\n3,B,amount,x,not a price: write it as 12.34\n"
    );
}

#[test]
fn a_second_writer_waits_and_is_told_who_holds_the_store() {
    let store = Store::with_goods();
    store.run(&["shift", "open", "--float", "0.00"]);
    let mut first = store.spawn(&["sell", "--baskets", "-"]);
    let mut out = lines(&mut first);
    first.send("{\"basket\":\"1\",\"lines\":[{\"sku\":\"CAN\"}]}\n");
    assert!(out.next().unwrap().contains("receipt"), "the first one holds the store now");
    let second = store.run(&["report", "x"]);
    assert_eq!((second.code, second.line()["refused"]["kind"].clone()), (1, json!("store_in_use")));
    assert!(
        second.err.contains("tillctl") && second.err.contains(&format!("process {}", first.id())),
        "{}",
        second.err
    );
    // Reading beside a writer is no trouble.
    assert_eq!(store.run(&["verify"]).code, 0);
    assert_eq!(
        store.run(&["backup", "--to", store.folder.path().join("b.db").to_str().unwrap()]).code,
        0
    );
    first.finish();
    assert_eq!(store.run(&["report", "x"]).code, 0);
}

#[test]
fn backup_and_restore() {
    let store = Store::with_goods();
    store.run(&["shift", "open", "--float", "0.00"]);
    let basket = |n: u32| format!("{{\"basket\":\"{n}\",\"lines\":[{{\"sku\":\"CAN\"}}]}}");
    store.run_with(&["sell", "--baskets", "-"], &basket(1));
    let file = store.folder.path().join("backup.db");
    assert_eq!(store.run(&["backup", "--to", file.to_str().unwrap()]).code, 0);
    store.run_with(&["sell", "--baskets", "-"], &basket(2));
    let restored = store.run(&["restore", file.to_str().unwrap()]);
    assert_eq!((restored.code, restored.line()["epoch"].clone()), (0, json!(2)));
    let sold =
        store.run_with(&["sell", "--baskets", "-"], &format!("{}\n{}", basket(1), basket(2)));
    let receipts: Vec<Value> = sold.lines().iter().map(|line| line["receipt"].clone()).collect();
    assert_eq!(receipts, ["RDC1-1-1", "RDC1-2-1"], "what the backup knew is not sold again");
    assert_eq!(store.run(&["verify"]).code, 0);
}

#[test]
fn secrets_are_for_their_owner_only() {
    let store = Store::new();
    #[cfg(unix)]
    for name in ["device.key", "store.secret"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(store.data().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let added =
        store.run_with(&["operator", "add", "--name", "Counter 1", "--role", "cashier"], "1111\n");
    assert_eq!(added.line()["initials"], "C1");
    assert_eq!(store.run(&["operator", "list"]).line()["name"], "Counter 1");
    let set =
        store.run_with(&["operator", "set", "Counter 1", "--role", "manager", "--pin"], "2468");
    assert_eq!((set.code, &set.line()["role"]), (0, &json!("manager")));
    let last = store.run(&["operator", "set", "Counter 1", "--leave"]);
    assert_eq!(last.line()["refused"]["kind"], "last_manager");
    assert_eq!(
        store.run_with(&["operator", "add", "--name", "X", "--role", "cashier"], "12").line()["refused"]
            ["kind"],
        "bad_pin"
    );
}

#[test]
fn devices_are_set_and_taken_away() {
    let store = Store::new();
    let set = store.run(&["device", "set", "printer", "tcp://127.0.0.1:9100"]);
    assert_eq!(set.line(), json!({"device": "printer", "address": "tcp://127.0.0.1:9100"}));
    assert_eq!(store.run(&["device", "list"]).lines()[1]["address"], Value::Null);
    assert_eq!(store.run(&["device", "set", "printer"]).line()["address"], Value::Null);
    assert_ne!(store.run(&["device", "set", "printer", "somewhere"]).code, 0);
}

#[test]
fn a_store_is_made_once_and_named_well() {
    let store = Store::new();
    let init = |folder: &str, code: &str| {
        store.raw(&[
            "init",
            "--data",
            folder,
            "--tenant",
            "ACME",
            "--store",
            code,
            "--name",
            "X",
            "--region",
            "ON",
            "--register",
            "1",
        ])
    };
    assert_eq!(
        init(store.data().to_str().unwrap(), "RDC").line()["refused"]["kind"],
        "store_exists"
    );
    let other = store.folder.path().join("other");
    assert_eq!(
        init(other.to_str().unwrap(), "lower case").line()["refused"]["kind"],
        "bad_store_code"
    );
    assert_eq!(
        store.raw(&["report", "x", "--data", other.to_str().unwrap()]).line()["refused"]["kind"],
        "no_store"
    );
}

#[test]
fn discounts_in_baskets() {
    let store = Store::with_goods();
    store.run(&["shift", "open", "--float", "200.00"]);
    let baskets = "\
{\"basket\":\"D-1\",\"lines\":[{\"sku\":\"CAN\",\"discount\":\"10%\"}]}
{\"basket\":\"D-2\",\"lines\":[{\"sku\":\"CAN\",\"price\":\"8.00\"},{\"sku\":\"CAN\"}],\"discount\":\"1.00\"}
{\"basket\":\"D-3\",\"lines\":[{\"sku\":\"CAN\",\"discount\":\"a tenth\"}]}
{\"basket\":\"D-4\",\"lines\":[{\"sku\":\"CAN\",\"price\":\"eight\"}]}
";
    let sold = store.run_with(&["sell", "--baskets", "-"], baskets);
    let out = sold.lines();
    assert_eq!((&out[0]["subtotal"], &out[0]["total"]), (&json!("8.10"), &json!("9.15")));
    assert_eq!((&out[1]["subtotal"], &out[1]["total"]), (&json!("16.00"), &json!("18.08")));
    assert_eq!(out[2]["refused"], json!({"kind": "bad_discount", "text": "a tenth"}));
    assert_eq!(out[3]["refused"], json!({"kind": "bad_price", "text": "eight"}));
    let paper = store.run(&["sale", "RDC1-1-2", "--format", "text", "--lang", "fr"]).out;
    let paper = String::from_utf8(paper).unwrap();
    for expected in ["Prix courant 9,00", "Rabais", "-1,00", "16,00"] {
        assert!(paper.contains(expected), "{expected}: {paper}");
    }
    assert_eq!(store.run(&["verify"]).line()["ok"], json!(true));
}

#[test]
fn a_cart_is_parked_and_resumed() {
    let store = Store::with_goods();
    assert_eq!(store.run(&["park", "Blue coat"]).line()["refused"]["kind"], "empty_cart");
    let scanned = store.run(&["scan", "062345000053"]).line();
    assert_eq!((&scanned["total"], &scanned["lines"][0]["sku"]), (&json!("10.17"), &json!("CAN")));
    assert_eq!(store.run(&["scan", "NONE"]).line()["refused"]["kind"], "unknown_code");
    let parked = store.run(&["park", "Blue coat"]).line();
    assert_eq!((&parked["name"], &parked["total"]), (&json!("Blue coat"), &json!("10.17")));
    assert_eq!(store.run(&["park"]).line(), parked);
    assert_eq!(store.run(&["resume", "Red coat"]).code, 1);
    let resumed = store.run(&["resume", "Blue coat"]).line();
    assert_eq!((&resumed["total"], &resumed["lines"][0]["sku"]), (&parked["total"], &json!("CAN")));
    assert_eq!(store.run(&["park"]).lines().len(), 0);
}

#[test]
fn a_store_says_what_its_scales_print() {
    let store = Store::with_goods();
    let show = || store.run(&["settings", "show"]).line();
    let usual = json!({
        "price_barcodes": {"02": "2|IIIII|V|PPPP|C"}, "miscellaneous": false, "return_days": 30,
        "cash": {
            "paid_in": "500.00", "paid_out": "50.00", "paid_out_supervisor": null, "safe_drop": null, "no_sales": 10,
            "cash_back": null,
        },
    });
    assert_eq!(show(), usual);
    let set = ["settings", "set", "--price-barcode"];
    let bad = store.run(&[&set[..], &["21=21|IIIII|PPP|C"]].concat());
    assert_eq!(bad.code, 2);
    assert!(
        bad.err.contains("\"PPP\" has 3 digits: a price or a weight has 4 or 5"),
        "{}",
        bad.err
    );
    assert_eq!(show(), usual, "nothing changed");
    let said =
        store.run(&[&set[..], &["02=none", "--price-barcode", "28=28|IIIII|WWWWW|C"]].concat());
    assert_eq!(said.line()["price_barcodes"], json!({"28": "28|IIIII|WWWWW|C"}));
    assert_eq!(show(), said.line());
    store.run(&["settings", "set", "--price-barcode", "02=2|IIIII|V|PPPP|C"]);

    store.run(&["shift", "open", "--float", "0.00"]);
    let baskets = "\
{\"basket\":\"L-1\",\"lines\":[{\"gtin\":\"2804011012452\"},{\"gtin\":\"204011702179\"}]}
{\"basket\":\"L-2\",\"lines\":[{\"gtin\":\"204011802176\"}]}
";
    let out = store.run_with(&["sell", "--baskets", "-"], baskets).lines();
    assert_eq!((&out[0]["subtotal"], &out[0]["taxes"]), (&json!("4.34"), &json!([])));
    assert_eq!(out[1]["refused"], json!({"kind": "bad_price_check", "code": "204011802176"}));
    assert_eq!(
        store.run(&["stock"]).line(),
        json!({"sku": "BAN", "on_hand": "-2.492", "sold": "2.492"})
    );
    assert_eq!(store.run(&["verify"]).line()["ok"], json!(true));
}

#[test]
fn a_store_says_what_cash_moves_without_approval() {
    let store = Store::with_goods();
    let set = |said: &[&str]| store.run(&[&["settings", "set"], said].concat());
    let said = set(&["--paid-in", "none", "--paid-out", "20.00", "--paid-out-supervisor", "200"]);
    assert_eq!(said.line()["cash"]["paid_in"], Value::Null);
    let said = set(&["--safe-drop", "300.00", "--no-sales", "3", "--cash-back", "40.00"]);
    let now = json!({
        "paid_in": null, "paid_out": "20.00", "paid_out_supervisor": "200.00", "safe_drop": "300.00", "no_sales": 3,
        "cash_back": "40.00",
    });
    assert_eq!(said.line()["cash"], now);
    for wrong in [["--paid-in", "much"], ["--paid-out", "none"], ["--no-sales", "often"]] {
        assert_ne!(set(&wrong).code, 0, "{wrong:?}");
    }
    assert_eq!(store.run(&["settings", "show"]).line()["cash"], now, "nothing changed");
    assert_eq!(store.run(&["verify"]).line()["ok"], json!(true));
}

#[test]
fn open_prices_in_baskets() {
    let store = Store::with_goods();
    let file = store.folder.path().join("open.csv");
    std::fs::write(&file, "sku,name,open_price\nMISC,Miscellaneous,yes\n").unwrap();
    assert_eq!(store.run(&["import", "products", file.to_str().unwrap()]).code, 0);
    assert_eq!(store.run(&["product", "MISC"]).line()["open_price"], json!(true));
    store.run(&["shift", "open", "--float", "0.00"]);
    let baskets = "\
{\"basket\":\"M-1\",\"lines\":[{\"sku\":\"MISC\",\"price\":\"4.00\"}]}
{\"basket\":\"M-2\",\"lines\":[{\"sku\":\"MISC\"}]}
{\"basket\":\"M-3\",\"lines\":[{\"sku\":\"MISC\",\"price\":\"4.00\",\"name\":\"Old chair\"}]}
{\"basket\":\"M-4\",\"lines\":[{\"sku\":\"CAN\",\"price\":\"4.00\",\"name\":\"Old chair\"}]}
{\"basket\":\"M-5\",\"lines\":[{\"sku\":\"MISC\",\"name\":\"Old chair\"}]}
";
    let out = store.run_with(&["sell", "--baskets", "-"], baskets).lines();
    assert_eq!(out[0]["total"], "4.52");
    let kinds: Vec<&Value> = out[1..].iter().map(|line| &line["refused"]["kind"]).collect();
    assert_eq!(kinds, ["price_required", "no_miscellaneous", "fixed_price", "bad_basket"]);

    let set = store.run(&["settings", "set", "--miscellaneous", "yes"]);
    assert_eq!(set.line()["miscellaneous"], json!(true));
    let out = store.run_with(&["sell", "--baskets", "-"], baskets).lines();
    assert_eq!(out[2]["receipt"], "RDC1-1-2");
    let paper = store.run(&["sale", "RDC1-1-2", "--format", "text"]).out;
    assert!(String::from_utf8(paper).unwrap().contains("Old chair"));
    assert_eq!(store.run(&["verify"]).line()["ok"], json!(true));
}

#[test]
fn goods_come_back() {
    let store = Store::with_goods();
    store.run(&["shift", "open", "--float", "200.00"]);
    let baskets = "\
{\"basket\":\"R-1\",\"lines\":[{\"sku\":\"CAN\",\"quantity\":\"2\"},{\"sku\":\"BAN\",\"quantity\":\"1.245\"},{\"sku\":\"CAN\"}]}
{\"basket\":\"R-2\",\"lines\":[{\"sku\":\"LOAF\"}]}
";
    store.run_with(&["sell", "--baskets", "-"], baskets);
    let id = "00000000-0000-0000-0000-000000000001";
    let back = |lines: &[&str], more: &[&str]| {
        let lines = lines.iter().flat_map(|line| ["--line", line]);
        let args: Vec<&str> =
            ["return", "--receipt", "RDC1-1-1"].into_iter().chain(lines).collect();
        store.run(&[&args[..], more].concat())
    };
    let first = back(&["CAN=1", "BAN=0.4"], &["--reason", "Burnt", "--id", id]);
    assert_eq!(
        first.line(),
        json!({
            "return": first.line()["return"], "receipt": "RDC1-1-3", "sale": first.line()["sale"], "subtotal": "9.70",
            "taxes": [{"code": "HST", "amount": "1.17"}], "total": "10.87", "rounding": "-0.02",
            "refunds": [{"type": "cash", "amount": "10.85", "card": null}],
        })
    );
    assert_eq!(back(&["CAN=1"], &["--id", id]).line(), first.line(), "the same id is one return");
    let second = back(&["CAN=2"], &["--waste"]).line();
    assert_eq!((&second["total"], &second["receipt"]), (&json!("20.34"), &json!("RDC1-1-4")));
    let shown = store.run(&["sale", "RDC1-1-4"]).line();
    let lines: Vec<&Value> =
        shown["lines"].as_array().unwrap().iter().map(|line| &line["line"]).collect();
    assert_eq!((lines, &shown["sale_receipt"]), (vec![&json!(1), &json!(3)], &json!("RDC1-1-1")));
    let paper = store.run(&["sale", "RDC1-1-3", "--format", "text", "--lang", "fr"]).out;
    assert!(String::from_utf8(paper).unwrap().contains("RETOUR"));
    for (lines, refused) in [
        (&["CAN=1"][..], json!({"kind": "more_than_sold", "sku": "CAN", "left": "0"})),
        (&["BAN=0.9"], json!({"kind": "more_than_sold", "sku": "BAN", "left": "0.845"})),
        (&["LOAF=1"], json!({"kind": "more_than_sold", "sku": "LOAF", "left": "0"})),
        (&["BAN=much"], json!({"kind": "bad_quantity", "text": "BAN=much"})),
        (&["BAN"], json!({"kind": "bad_quantity", "text": "BAN"})),
        (&["BAN=0"], json!({"kind": "bad_quantity", "text": "0"})),
    ] {
        let ran = back(lines, &[]);
        assert_eq!((ran.code, &ran.line()["refused"]), (1, &refused));
    }
    let void = |receipt: &str| store.run(&["void-sale", "--receipt", receipt]).line();
    assert_eq!(void("RDC1-1-1")["refused"]["kind"], "not_last_sale");
    assert_eq!(void("RDC1-1-2")["total"], "6.49");
    assert_eq!(void("RDC1-1-9")["refused"]["kind"], "unknown_sale");
    let stock = |sku: &str| store.run(&["stock", "--sku", sku]).line()["on_hand"].clone();
    assert_eq!(
        (stock("CAN"), stock("BAN"), stock("LOAF")),
        (json!("-2"), json!("-0.845"), json!("0"))
    );
    let x = store.run(&["report", "x"]).line();
    assert_eq!((&x["returns"], &x["returned"]), (&json!(3), &json!("37.70")));
    assert_eq!(store.run(&["verify"]).code, 0);
}

#[test]
fn a_card_gets_its_money_back() {
    let store = Store::with_goods();
    store.run(&["shift", "open", "--float", "200.00"]);
    let terminal = |answer: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tillctl"));
        command.args(["simulate", "terminal", "--answer", answer]);
        let mut terminal = start(command);
        let told: Value = serde_json::from_str(&lines(&mut terminal).next().unwrap()).unwrap();
        store.run(&["device", "set", "terminal", told["address"].as_str().unwrap()]);
        terminal
    };
    let approving = terminal("approve");
    let basket = "{\"basket\":\"1\",\"lines\":[{\"sku\":\"CAN\",\"quantity\":\"2\"}],\"tenders\":[{\"type\":\"card\"}]}";
    assert_eq!(store.run_with(&["sell", "--baskets", "-"], basket).line()["total"], "20.34");
    let back = |more: &[&str]| {
        let args = ["return", "--receipt", "RDC1-1-1", "--line", "CAN=1"];
        store.run(&[&args, more].concat())
    };
    let refunds = back(&[]).line()["refunds"].clone();
    assert_eq!((&refunds[0]["type"], &refunds[0]["amount"]), (&json!("card"), &json!("10.17")));
    assert_eq!(refunds[1], Value::Null, "no cash");
    approving.finish();

    let declining = terminal("decline");
    assert_eq!(back(&["--cash-instead"]).line()["refused"]["kind"], "card_refund_first");
    let declined = back(&[]);
    let refused = declined.line()["refused"].clone();
    assert_eq!((declined.code, &refused["kind"]), (2, &json!("card_not_refunded")));
    let id = refused["return"].as_str().unwrap().to_owned();
    let cash = back(&["--cash-instead", "--id", &id]).line();
    assert_eq!(
        (&cash["refunds"][0]["amount"], &cash["rounding"]),
        (&json!("10.15"), &json!("-0.02"))
    );
    declining.finish();
    assert_eq!(store.run(&["verify"]).code, 0);
}

#[test]
fn a_drawer_is_handed_over_by_the_pin_of_who_takes_it() {
    let store = Store::with_goods();
    let add = ["operator", "add", "--name", "Counter 1", "--role", "cashier"];
    assert_eq!(store.run_with(&add, "1111\n").code, 0);
    let hand_over = ["shift", "hand-over", "--counted", "198.50", "--to", "Counter 1"];
    let refused = |input: &str| store.run_with(&hand_over, input).line()["refused"]["kind"].clone();
    assert_eq!(refused("1111\n"), "no_open_shift");
    store.run(&["shift", "open", "--float", "200.00"]);
    assert_eq!(refused("0000\n"), "wrong_pin");
    let done = store.run_with(&hand_over, "1111\n");
    assert_eq!(done.code, 0, "{}", done.err);
    let line = done.line();
    assert_eq!(
        (&line["to"], &line["expected"], &line["over_short"], &line["part"]),
        (&json!("Counter 1"), &json!("200.00"), &json!("-1.50"), &json!("-1.50"))
    );
    let z = store.run(&["shift", "close", "--counted", "200.00"]).line();
    assert_eq!(z["over_short"], "0.00");
    assert_eq!(
        z["parts"],
        json!([{"operator": "tillctl", "over_short": "-1.50"}, {"operator": "Counter 1", "over_short": "1.50"}])
    );
}

#[test]
fn a_till_that_takes_part_nowhere_says_so() {
    let store = Store::with_goods();
    let status = store.run(&["sync", "status"]);
    assert_eq!(status.code, 0);
    let line = status.line();
    assert_eq!(
        (&line["head_office"], &line["waiting"], &line["neighbours"]),
        (&Value::Null, &json!(0), &json!([]))
    );
    let set = store.run(&["sync", "neighbours", "192.168.1.21", "192.168.1.22:7711"]);
    assert_eq!(set.line()["neighbours"], json!(["192.168.1.21", "192.168.1.22:7711"]));
    let refused = store.run(&["sync", "neighbours", "no address"]);
    assert_eq!(refused.line()["refused"]["kind"], "bad_neighbour");
    let once = store.run(&["sync", "--once"]);
    assert_eq!((once.code, once.lines().len()), (2, 3), "two neighbours, and no certificate");
    assert_eq!(store.run(&["sync", "neighbours"]).line()["neighbours"], json!([]));
    let once = store.run(&["sync", "--once"]);
    assert_eq!((once.code, once.line()["waiting"].clone()), (0, json!(0)), "nobody to ask");
    let enrol = |url| {
        let answer = store.run(&["enrol", "--head-office", url, "--code", "7F3K-9QXZ"]);
        (answer.code, answer.line()["refused"]["kind"].clone())
    };
    assert_eq!(enrol("http://office.example"), (1, json!("plain_office_url")));
    assert_eq!(enrol("http://127.0.0.1:1"), (1, json!("office_unreachable")));
}

#[test]
fn what_waits_for_the_printer_is_listed_and_given_only_to_a_register_of_the_store() {
    let store = Store::with_goods();
    store.run(&["shift", "open", "--float", "200.00"]);
    let baskets = r#"{"basket":"B-1","lines":[{"sku":"CAN"}]}"#;
    let sold = store.run_with(&["sell", "--baskets", "-"], baskets);
    let receipt = sold.line()["receipt"].clone();
    // A script that sells prints nothing by itself.
    let mut till = Till::open(&store.data()).unwrap();
    let (by, sale) = (operators::console(till.db()).unwrap(), orders::last(till.db()).unwrap());
    orders::print_again(&mut till, by, sale.unwrap().id).unwrap();
    drop(till);
    let waits = |store: &Store| {
        let rows = store.run(&["jobs"]).lines();
        let receipts = rows.iter().filter(|row| row["what"] == "duplicate");
        receipts.map(|row| (row["name"].clone(), row["state"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(waits(&store), [(receipt.clone(), json!("waiting"))]);
    let given = store.run(&["jobs", "give", "--to", "2"]);
    assert_eq!(
        (given.code, &given.line()["refused"]["kind"]),
        (1, &json!("neighbour_cannot_print"))
    );
    for args in [&["jobs", "take-back", "1"][..], &["jobs", "settle", "1", "--came-out"]] {
        let refused = store.run(args);
        assert_eq!((refused.code, &refused.line()["refused"]["kind"]), (1, &json!("no_such_job")));
    }
    assert_eq!(waits(&store), [(receipt, json!("waiting"))]);
}

/// What `list` prints is what `save` takes in, and a line that is refused keeps nobody else's out.
#[test]
fn promotions_customers_and_places_are_kept_from_files() {
    let store = Store::with_goods();
    let save = |what: &str, file: &str| store.run_with(&[what, "save", "-"], file);
    let list = |what: &str| store.run(&[what, "list"]).lines();
    let kinds = |lines: &[Value]| -> Vec<(String, u64)> {
        let refused = lines.iter().filter(|line| line["refused"].is_object());
        let kind = |line: &Value| line["refused"]["kind"].as_str().unwrap().to_owned();
        refused.map(|line| (kind(line), line["line"].as_u64().unwrap())).collect()
    };
    let promotions = "\
{\"name\":{\"en\":\"Three for five\",\"fr\":\"Trois pour cinq\"},\"offer\":{\"offer\":\"bundle\",\"pieces\":3,\"price\":\"5.00\"},\"skus\":[\"CAN\"]}
{\"name\":{\"en\":\"Sale\",\"fr\":\"\"},\"offer\":{\"offer\":\"off\",\"discount\":\"20%\"},\"skus\":[\"CAN\"]}

{\"name\":{\"en\":\"Sale\",\"fr\":\"Solde\"},\"offer\":{\"offer\":\"off\",\"discount\":\"much\"},\"skus\":[\"CAN\"]}
{\"name\":{\"en\":\"Sale\",\"fr\":\"Solde\"},\"offer\":{\"offer\":\"bundle\",\"pieces\":2,\"price\":\"x\"},\"skus\":[\"CAN\"]}
{\"name\":{\"en\":\"Sale\",\"fr\":\"Solde\"},\"offer\":{\"offer\":\"off\",\"discount\":\"20%\"},\"departments\":[\"Bakery\"],\"until\":\"2030-01-31\"}
{\"title\":\"Sale\"}
";
    let saved = save("promotion", promotions);
    assert_eq!(saved.code, 2, "some were refused");
    let refused = ["promotion_name_required", "bad_discount", "bad_bundle", "bad_line"];
    let refused = refused.map(str::to_owned).into_iter().zip([2, 4, 5, 7]);
    assert_eq!(kinds(&saved.lines()), refused.collect::<Vec<_>>());
    let kept = list("promotion");
    assert_eq!(kept.len(), 2);
    assert_eq!(
        (&kept[0]["until"], &kept[0]["departments"], &kept[1]["offer"]["price"]),
        (&json!("2030-01-31"), &json!(["Bakery"]), &json!("5.00"))
    );
    let mut archived = kept[1].clone();
    archived["archived"] = json!(true);
    let again = save("promotion", &format!("{}\n{archived}\n", kept[0]));
    assert_eq!((again.code, again.lines()), (0, vec![kept[0].clone(), archived.clone()]));
    assert_eq!(list("promotion"), [kept[0].clone(), archived]);

    let long = "x".repeat(101);
    let customers = format!(
        "{{\"name\":\"Amélie\",\"phone\":\"1\"}}\n{{\"name\":\" \"}}\n{{\"name\":\"A\",\"note\":\"{long}\"}}\n"
    );
    let saved = save("customer", &customers);
    let refused = [("customer_name_required".to_owned(), 2), ("bad_customer_field".to_owned(), 3)];
    assert_eq!((saved.code, kinds(&saved.lines())), (2, refused.to_vec()));
    let kept = list("customer");
    assert_eq!((kept.len(), &kept[0]["name"]), (1, &json!("Amélie")));
    let renamed = kept[0].to_string().replace("Amélie", "Amélie Roy");
    assert_eq!(save("customer", &renamed).code, 0);
    assert_eq!(list("customer")[0]["name"], "Amélie Roy");

    let places = "{\"sku\":\"CAN\",\"at\":\"A3-2\",\"facings\":4}\n{\"sku\":\"LOAF\",\"at\":\" \"}\n{\"sku\":\"BAN\",\"at\":\"B1\"}\n";
    let saved = save("shelf", places);
    assert_eq!((saved.code, kinds(&saved.lines())), (2, vec![("bad_place".to_owned(), 2)]));
    let stand = [
        json!({"sku": "CAN", "at": "A3-2", "facings": 4}),
        json!({"sku": "BAN", "at": "B1", "facings": null}),
    ];
    assert_eq!(list("shelf"), stand);
    assert_eq!(save("shelf", "{\"sku\":\"CAN\"}").code, 0);
    assert_eq!(list("shelf"), [stand[1].clone()]);
    assert_eq!(store.run(&["verify"]).line()["ok"], json!(true));
}

#[test]
fn what_is_counted_stands_on_a_sheet_until_it_is_closed() {
    let store = Store::with_goods();
    let count = |args: &[&str]| store.run(&[&["count"], args].concat());
    let refused = |args: &[&str]| {
        let ran = count(args);
        assert_eq!(ran.code, 1);
        ran.line()["refused"]["kind"].as_str().unwrap().to_owned()
    };
    let sheet = count(&["begin", "Cold room"]).line();
    count(&["write", "Cold room", "CAN", "12"]);
    count(&["write", "Cold room", "CAN", "11"]);
    count(&["write", "Cold room", "LOAF", "3"]);
    let id = sheet["id"].as_str().unwrap();
    let written = count(&["write", id, "BAN", "1.25"]).line();
    assert_eq!(written["counted"], json!({"BAN": "1.25", "CAN": "11", "LOAF": "3"}));
    let written = count(&["write", "Cold room", "LOAF", "none"]).line();
    assert_eq!(written["counted"], json!({"BAN": "1.25", "CAN": "11"}));
    for (args, kind) in [
        (["write", "Cold room", "CAN", "many"], "bad_quantity"),
        (["write", "Cold room", "NONE", "1"], "unknown_sku"),
        (["write", "Warm room", "CAN", "1"], "unknown_sheet"),
    ] {
        assert_eq!(refused(&args), kind, "{args:?}");
    }
    assert_eq!(refused(&["begin", " "]), "bad_sheet_name");
    assert_eq!(count(&["close", "Cold room"]).line()["closed"], json!(true));
    assert_eq!(refused(&["write", id, "CAN", "1"]), "sheet_closed");
    assert_eq!(refused(&["close", "Cold room"]), "unknown_sheet");
    let sheets = count(&["list"]).lines();
    assert_eq!((sheets.len(), &sheets[0]["counted"]), (1, &written["counted"]));
    assert_eq!(store.run(&["stock"]).lines(), [] as [Value; 0], "nothing moves");
}
