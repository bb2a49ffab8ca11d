//! Products and prices edited over the API of the program as it is run, and sold by real tills.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod ask;
mod house;
mod shop;

use std::sync::Arc;
use std::time::{Duration, Instant};

use ask::Caller;
use comptoir_domain::operators::Role;
use comptoir_link::keeper::Keeper;
use comptoir_link::mesh::{Mesh, Options};
use comptoir_till::catalog::products::{ProductDraft, save, view};
use comptoir_till::{cart, conflicts, operators, orders};
use serde_json::{Value, json};
use shop::{Register, Server, Shop, clock, enrolled};

const PRICES: &str = "/api/v1/price-lists/base/prices";

struct Office {
    shop: Shop,
    server: Server,
    one: Register,
    tenant: String,
    caller: Caller,
}

impl Office {
    /// A till of the demo, enrolled, and head office knows what it knows.
    fn new() -> Office {
        let shop = Shop::new();
        let server = shop.serve("127.0.0.1:0");
        let (one, tenant, _) = enrolled(&shop, &server, &shop.folder.path().join("1"));
        one.sync();
        let key = shop.run(&["key", "add", &tenant, "the test", "--per-minute", "100000"]).unwrap();
        let caller = Caller { address: server.address, key };
        Office { shop, server, one, tenant, caller }
    }

    fn get(&self, path: &str) -> Value {
        self.shop.runtime.block_on(self.caller.get(path))
    }

    fn send(&self, request: &str, body: &Value) -> (u16, Value) {
        let name = format!("idempotency-key: {}\r\n", uuid::Uuid::new_v4());
        let (status, _, value) =
            self.shop.runtime.block_on(self.caller.ask(request, &name, &body.to_string()));
        (status, value)
    }

    fn number(&self, select: &'static str) -> i64 {
        self.shop.number(&self.tenant, select)
    }

    /// The id of the product of a SKU.
    fn product(&self, sku: &str) -> String {
        let price = self.get(&format!("{PRICES}?sku={sku}"));
        price["items"][0]["product"].as_str().unwrap().to_owned()
    }
}

/// A SKU of the demo that is sold by the piece, and its price at the till.
fn some_sku(one: &Register) -> (String, i64) {
    let select = "SELECT price.sku, price FROM price JOIN sku ON sku.code = price.sku
                  WHERE price > 0 AND unit = 'each' ORDER BY price.sku LIMIT 1";
    one.till().db().query_row(select, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

fn price_at(one: &Register, sku: &str) -> Option<i64> {
    let select = "SELECT price FROM price WHERE sku = ?1";
    one.till().db().query_row(select, [sku], |row| row.get(0)).unwrap_or_default()
}

/// The manager of a till makes a product say something else.
fn edit_at(one: &Register, sku: &str, change: impl FnOnce(&mut ProductDraft)) {
    let mut till = one.till();
    let mut draft = view(&till, sku).unwrap().draft;
    change(&mut draft);
    let all = operators::list(till.db()).unwrap();
    let manager = all.iter().find(|one| one.role == Role::Manager).unwrap().id;
    save(&mut till, manager, Some(sku), &draft).unwrap();
}

/// What one piece of a SKU is sold for.
fn sold_for(one: &Register, sku: &str) -> i64 {
    let mut till = one.till();
    let cashier = operators::list(till.db()).unwrap()[0].id;
    cart::scan(&mut till, cashier, sku).unwrap();
    let cart = cart::show(&mut till).unwrap();
    let price = cart.lines.iter().find(|view| view.line.sku == sku).unwrap().line.price.minor();
    orders::complete_sale(&mut till, cashier, cart.id, Some(cart.total), None).unwrap();
    price
}

#[test]
fn a_connected_till_sells_at_what_the_office_says() {
    let office = Office::new();
    let one = &office.one;
    let (sku, before) = some_sku(one);
    let options =
        Options { database: one.folder.join("till.db"), listen: None, discover: false, clock };
    let (keeper, key): (Arc<dyn Keeper>, _) = (one.till.clone(), one.till().key().clone());
    let mesh = Mesh::start(keeper, key, &options).unwrap();
    let until = |reached: &dyn Fn() -> bool| {
        let begun = Instant::now();
        while !reached() {
            assert!(begun.elapsed() < Duration::from_secs(60), "it never reaches the till");
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    let put = format!("PUT {PRICES}/{sku}");
    let (status, said) = office.send(&put, &json!({ "price": before + 111, "replaces": before }));
    assert_eq!((status, &said["price"]), (200, &json!(before + 111)), "{said}");
    until(&|| price_at(one, &sku) == Some(before + 111));
    assert_eq!(sold_for(one, &sku), before + 111);

    let department = office.get("/api/v1/products?limit=1")["items"][0]["department"].clone();
    let new = json!({ "name_en": "Paper bag", "name_fr": "Sac en papier", "department": department,
                      "sku": "BAG", "gtins": ["036000291452"], "price": 25 });
    let (status, added) = office.send("POST /api/v1/products", &new);
    assert_eq!((status, &added["skus"][0]["price"]), (201, &json!(25)), "{added}");
    until(&|| price_at(one, "BAG") == Some(25));
    assert_eq!(sold_for(one, "BAG"), 25);

    let of_bag = format!("PATCH /api/v1/products/{}", added["product"].as_str().unwrap());
    let (status, archived) = office.send(&of_bag, &json!({ "archived": true }));
    assert_eq!((status, &archived["archived"]), (200, &json!(true)), "{archived}");
    until(&|| {
        let mut till = one.till();
        let cashier = operators::list(till.db()).unwrap()[0].id;
        cart::scan(&mut till, cashier, "BAG").is_err()
    });
    drop(mesh);
    one.sync();
    assert!(one.is_proven());
    assert_eq!(office.number("SELECT count(*) FROM refused_change"), 0);
    // Nothing new is nothing: no entry, and nobody is said to have done anything.
    let (entries, deeds) = ("SELECT count(*) FROM entry", "SELECT count(*) FROM audit");
    let there = (office.number(entries), office.number(deeds));
    assert_eq!(office.send(&of_bag, &json!({ "archived": true })).0, 200);
    assert_eq!(office.send(&put, &json!({ "price": before + 111 })).0, 200);
    assert_eq!((office.number(entries), office.number(deeds)), there);
    let set = "SELECT count(*) FROM audit WHERE what = 'price.set' AND who_kind = 'key' AND who = 'the test'
               AND (details->>'is')::bigint - (details->>'was')::bigint = 111";
    assert_eq!(office.number(set), 1);
    office.server.stop();
}

#[test]
fn what_till_and_office_change_apart_both_stands() {
    let office = Office::new();
    let one = &office.one;
    let (sku, price) = some_sku(one);
    let id = office.product(&sku);
    edit_at(one, &sku, |draft| draft.name.fr = "Le nom du comptoir".into());
    let (status, _) = office.send(&format!("PUT {PRICES}/{sku}"), &json!({ "price": price + 5 }));
    assert_eq!(status, 200);
    let patch = json!({ "name_en": "The office's name", "minimum_age": 19 });
    let (status, said) = office.send(&format!("PATCH /api/v1/products/{id}"), &patch);
    assert_eq!((status, &said["minimum_age"]), (200, &json!(19)), "{said}");
    one.sync();
    let there = office.get(&format!("/api/v1/products/{id}"));
    let here = view(&one.till(), &sku).unwrap().draft;
    assert_eq!(
        (&there["name_en"], &there["name_fr"], &there["minimum_age"]),
        (&json!("The office's name"), &json!("Le nom du comptoir"), &json!(19))
    );
    assert_eq!(
        (here.name.en.as_str(), here.name.fr.as_str(), here.minimum_age),
        ("The office's name", "Le nom du comptoir", Some(19))
    );
    assert_eq!(price_at(one, &sku), Some(price + 5));
    let (status, said) =
        office.send(&format!("PATCH /api/v1/products/{id}"), &json!({ "minimum_age": null }));
    assert_eq!((status, &said["minimum_age"]), (200, &Value::Null), "{said}");
    assert_eq!(said["name_fr"], "Le nom du comptoir");
    assert!(one.is_proven());
}

#[test]
fn what_was_written_apart_is_shown_with_all_its_values_and_settled_once() {
    let office = Office::new();
    let (one, settle) = (&office.one, "POST /api/v1/conflicts/settle");
    let (sku, _) = some_sku(one);
    let id = office.product(&sku);
    edit_at(one, &sku, |draft| {
        draft.skus.iter_mut().find(|one| one.code == sku).unwrap().price = "47.11".into();
        draft.name.fr = "Le nom du comptoir".into();
    });
    let (status, _) = office.send(&format!("PUT {PRICES}/{sku}"), &json!({ "price": 4_242 }));
    assert_eq!(status, 200);
    let named = json!({ "name_fr": "Le nom du siège" });
    assert_eq!(office.send(&format!("PATCH /api/v1/products/{id}"), &named).0, 200);
    let listed = || office.shop.runtime.block_on(office.caller.pages("/api/v1/conflicts?limit=1"));
    assert_eq!(listed(), [] as [Value; 0], "head office has not heard of the till's yet");
    one.sync();

    let apart = listed();
    assert_eq!(apart.len(), 2, "{apart:?}");
    let of = |kind: &str| apart.iter().find(|field| field["kind"] == kind).unwrap();
    let store = one.till().identity().store.clone();
    for (kind, map, key, here, there) in [
        ("prices", "price", sku.as_str(), json!(4_711), json!(4_242)),
        ("product", "name", "fr", json!("Le nom du comptoir"), json!("Le nom du siège")),
    ] {
        let field = of(kind);
        assert_eq!((&field["map"], &field["key"]), (&json!(map), &json!(key)), "{field}");
        assert_eq!((&field["sku"], &field["store"]), (&json!(sku), &Value::Null), "{field}");
        assert!(field["name_en"].is_string(), "{field}");
        let written = [
            json!({ "value": here, "store": store, "register": 1, "head_office": false }),
            json!({ "value": there, "store": null, "register": null, "head_office": true }),
        ];
        let values = field["values"].as_array().unwrap();
        assert!(values.len() == 2 && written.iter().all(|one| values.contains(one)), "{field}");
    }
    let shown = &office.get(&format!("{PRICES}?sku={sku}"))["items"][0]["price"];
    assert_eq!((shown, shown.as_i64()), (&of("prices")["values"][0]["value"], price_at(one, &sku)));

    let choice = |field: &Value, value: &Value| json!({ "document": field["document"], "map": field["map"], "key": field["key"], "value": value });
    let other = &of("prices")["values"][1]["value"];
    let chosen = choice(of("prices"), other);
    let add = |tenant: &str, more: &[&str]| {
        let key = office.shop.run(&[&["key", "add", tenant, "another"], more].concat()).unwrap();
        Caller { address: office.server.address, key }
    };
    let ask = |caller: &Caller, body: &Value| {
        let body = body.to_string();
        let post = caller.post("/api/v1/conflicts/settle", "once", &body);
        let (status, said) = office.shop.runtime.block_on(post);
        (status, said["kind"].as_str().unwrap_or_default().to_owned())
    };
    let reader = add(&office.tenant, &["--scope", "catalog:read"]);
    assert_eq!(ask(&reader, &chosen), (403, "scope_missing".into()));
    office.shop.run(&["tenant", "add", "OTHER", "Another company"]).unwrap();
    let stranger = add("OTHER", &[]);
    let seen = office.shop.runtime.block_on(stranger.get("/api/v1/conflicts"));
    assert_eq!(seen["items"], json!([]));
    let decided = (409, "already_decided".to_owned());
    assert_eq!(ask(&stranger, &chosen), decided);
    assert_eq!(
        ask(&office.caller, &choice(of("prices"), &json!(4_800))),
        decided,
        "nobody wrote it"
    );

    let (status, said) = office.send(settle, &chosen);
    assert_eq!((status, &said), (200, &chosen));
    assert_eq!(listed().len(), 1, "the name is still to be decided");
    assert_eq!(&office.get(&format!("{PRICES}?sku={sku}"))["items"][0]["price"], other);
    assert_eq!(ask(&office.caller, &chosen), decided, "it is decided once");
    let name = choice(of("product"), &json!("Le nom du comptoir"));
    assert_eq!(office.send(settle, &name).0, 200);
    assert_eq!(listed(), [] as [Value; 0]);
    one.sync();
    assert_eq!(price_at(one, &sku), other.as_i64());
    assert_eq!(view(&one.till(), &sku).unwrap().draft.name.fr, "Le nom du comptoir");
    assert_eq!(conflicts::count(one.till().db()).unwrap(), 0);
    assert!(one.is_proven());
    let told = "SELECT count(*) FROM audit WHERE what = 'conflict.settled' AND who = 'the test'
                AND details->'values' @> jsonb_build_array(details->'is')";
    assert_eq!(office.number(told), 2);
}

#[test]
fn processes_that_edit_at_once_stand_on_each_other() {
    let office = Office::new();
    let other = office.shop.serve("127.0.0.1:0");
    let (sku, _) = some_sku(&office.one);
    let prices = 1_001..=1_040;
    office.shop.runtime.block_on(async {
        let all = prices.clone().map(|price: i64| {
            let address = if price % 2 == 0 { office.server.address } else { other.address };
            let caller = Caller { address, key: office.caller.key.clone() };
            let put = format!("PUT {PRICES}/{sku}");
            tokio::spawn(async move {
                caller.ask(&put, "", &json!({ "price": price }).to_string()).await.0
            })
        });
        for one in all.collect::<Vec<_>>() {
            assert_eq!(one.await.unwrap(), 200);
        }
    });
    assert_eq!(office.number("SELECT count(*) FROM audit WHERE what = 'price.set'"), 40);
    assert_eq!(office.number("SELECT count(*) FROM refused_change"), 0);
    let last = "SELECT (details->>'is')::bigint FROM audit WHERE what = 'price.set' ORDER BY id DESC LIMIT 1";
    office.one.sync();
    assert_eq!(price_at(&office.one, &sku), Some(office.number(last)));
    let one_after_the_other = "SELECT count(*) FROM audit AS a JOIN audit AS b ON a.details->'is' = b.details->'was' WHERE a.what = 'price.set'";
    assert_eq!(office.number(one_after_the_other), 39, "each replaced what another had set");
}

#[test]
fn what_cannot_be_is_refused_by_its_field() {
    let office = Office::new();
    let (sku, price) = some_sku(&office.one);
    let product = office.product(&sku);
    let path = format!("PATCH /api/v1/products/{product}");
    let put = format!("PUT {PRICES}/{sku}");
    let add = "POST /api/v1/products".to_owned();
    let department = office.get(&format!("/api/v1/products/{product}"))["department"].clone();
    let new = |field: &str, value: Value| {
        let mut new =
            json!({ "name_en": "New", "department": department, "sku": "NEW", "price": 1 });
        new[field] = value;
        new
    };
    for (request, body, field, reason) in [
        (&path, json!({ "name_en": " " }), "name_en", "missing"),
        (&path, json!({ "name_fr": "x".repeat(121) }), "name_fr", "too_long"),
        (&path, json!({ "name_fr": "a\u{7}" }), "name_fr", "unreadable"),
        (&path, json!({ "department": "nowhere" }), "department", "unknown_department"),
        (&path, json!({ "tax_category": "none" }), "tax_category", "unknown_tax_category"),
        (&path, json!({ "minimum_age": 0 }), "minimum_age", "bad_age"),
        (&path, json!({ "minimum_age": 300 }), "minimum_age", "bad_age"),
        (&put, json!({ "price": -1 }), "price", "bad_amount"),
        (&put, json!({ "price": 1, "cost": 1_000_000_000 }), "cost", "bad_amount"),
        (&add, new("sku", json!("")), "sku", "missing"),
        (&add, new("price", Value::Null), "price", "missing"),
        (&add, new("open_price", json!(true)), "price", "price_of_open_item"),
        (&add, new("unit", json!("mile")), "unit", "bad_unit"),
        (&add, new("gtins", json!(["036000291453"])), "gtins", "bad_check_digit"),
        (&add, new("gtins", json!(["tea"])), "gtins", "not_a_gtin"),
    ] {
        let (status, said) = office.send(request, &body);
        assert_eq!((status, &said["kind"]), (422, &json!("bad_field")), "{body}: {said}");
        assert_eq!(
            (&said["field"], &said["reason"]["kind"]),
            (&json!(field), &json!(reason)),
            "{said}"
        );
    }
    let nobody = "00000000-0000-0000-0000-000000000000";
    for (request, body, status, kind) in [
        (&format!("PATCH /api/v1/products/{nobody}"), json!({}), 404, "unknown_product"),
        (&format!("PUT {PRICES}/NOWHERE"), json!({ "price": 1 }), 404, "unknown_sku"),
        (
            &format!("PUT /api/v1/price-lists/other/prices/{sku}"),
            json!({ "price": 1 }),
            404,
            "unknown_price_list",
        ),
        (&put, json!({ "price": 1, "replaces": price + 1 }), 409, "price_changed"),
        (&add, new("sku", json!(sku)), 409, "sku_exists"),
        (&path, json!({ "nme": "x" }), 400, "invalid"),
        (&put, json!({}), 400, "invalid"),
    ] {
        let (got, said) = office.send(request, &body);
        assert_eq!((got, &said["kind"]), (status, &json!(kind)), "{request} {body}: {said}");
    }
    let reads = office
        .shop
        .run(&["key", "add", &office.tenant, "reader", "--scope", "catalog:read"])
        .unwrap();
    let reader = Caller { address: office.server.address, key: reads };
    let kind = office.shop.runtime.block_on(reader.kind(&put));
    assert_eq!(kind, (403, "scope_missing".into()));
    assert_eq!(office.number("SELECT count(*) FROM audit WHERE who_kind = 'key'"), 0);
    let found = office.get(&format!("/api/v1/products?q={}", &sku[..2]));
    assert!(found["items"].as_array().unwrap().iter().any(|one| one["product"] == json!(product)));
    assert_eq!(
        office.get("/api/v1/products?q=%25%25")["items"],
        json!([]),
        "a percent sign is itself"
    );
    let list = &office.get("/api/v1/price-lists")["items"][0];
    assert_eq!((&list["list"], &list["currency"]), (&json!("base"), &json!("CAD")));
}
