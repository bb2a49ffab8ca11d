//! The REST API: keys and scopes, pages, POSTs that are carried out once, companies apart.

mod ask;
mod house;

use std::collections::BTreeSet;
use std::time::Duration;

use ask::Caller;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use comptoir_head_office::http::api::keys::Scope;
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::orders::SaleCompleted;
use futures_util::StreamExt;
use house::House;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

#[tokio::test]
async fn a_key_is_for_what_it_is_for_and_no_more_often() {
    let house = House::new().await;
    let caller = Caller::new(&house, &[Scope::ReadSales], 3).await;
    let nobody = Caller { address: caller.address, key: "comptoir_0000".into() };
    assert_eq!(nobody.kind("GET /api/v1/sales").await, (401, "key_missing".into()));
    caller.get("/api/v1/sales").await;
    assert_eq!(caller.kind("GET /api/v1/stores").await, (403, "scope_missing".into()));
    assert_eq!(caller.kind("DELETE /api/v1/sales").await, (405, "not_allowed".into()));
    caller.get("/api/v1/reports/days").await;
    let (status, head, _) = caller.ask("GET /api/v1/sales", "", "").await;
    assert!(status == 429 && head.contains("retry-after: "), "{head}");
    assert!(
        !house
            .text("SELECT string_agg(encode(key, 'escape'), '') FROM api_key")
            .await
            .contains(&caller.key)
    );
    let mut tx = house.office.database.of_tenant("ACME").await.unwrap();
    sqlx::query("UPDATE api_key SET revoked_at = 1").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(caller.kind("GET /api/v1/sales").await, (401, "key_missing".into()));
}

#[tokio::test]
async fn keys_are_made_and_revoked_and_who_did_so_is_told() {
    let house = House::new().await;
    let caller = Caller::all(&house).await;
    let body = |scopes: &[&str]| json!({ "name": "till report", "scopes": scopes }).to_string();
    let (status, made) =
        caller.post("/api/v1/keys", "1", &body(&["sales:read", "keys:write"])).await;
    assert_eq!(status, 201, "{made}");
    let other = Caller { address: caller.address, key: made["key"].as_str().unwrap().to_owned() };
    other.get("/api/v1/sales").await;
    assert_eq!(other.kind("GET /api/v1/keys").await, (403, "scope_missing".into()));
    // Nobody gives what they do not have.
    let (status, said) = other.post("/api/v1/keys", "2", &body(&["stores:write"])).await;
    assert_eq!((status, &said["kind"]), (403, &json!("scope_missing")));
    for (body, field) in [
        (json!({ "name": " ", "scopes": ["sales:read"] }), "name"),
        (json!({ "name": "x", "scopes": [] }), "scopes"),
        (json!({ "name": "x", "scopes": ["everything"] }), "scopes"),
        (json!({ "name": "x", "scopes": ["sales:read"], "per_minute": 0 }), "per_minute"),
    ] {
        let name = body.to_string().replace(['"', '{', '}', ' '], "");
        let (status, said) = caller.post("/api/v1/keys", &name, &body.to_string()).await;
        assert_eq!((status, &said["field"]), (422, &json!(field)), "{body} {said}");
    }
    let all = caller.get("/api/v1/keys").await;
    let names: Vec<&Value> =
        all["items"].as_array().unwrap().iter().map(|key| &key["name"]).collect();
    assert_eq!((names.len(), all["items"][0]["scopes"].as_array().unwrap().len()), (2, 2), "{all}");
    assert!(!all.to_string().contains(&other.key));
    let revoke = format!("/api/v1/keys/{}/revoke", made["id"].as_str().unwrap());
    assert_eq!(caller.post(&revoke, "3", "").await.0, 200);
    assert_eq!(other.kind("GET /api/v1/sales").await, (401, "key_missing".into()));
    assert_eq!(caller.post(&revoke, "4", "").await.0, 200, "again is nothing new");

    let told = caller.pages("/api/v1/audit?limit=1").await;
    let whats: Vec<&str> = told.iter().map(|deed| deed["what"].as_str().unwrap()).collect();
    assert_eq!(whats, ["key.revoked", "key.made", "key.made", "tenant.founded"]);
    assert_eq!((&told[0]["who_kind"], &told[0]["who"]), (&json!("key"), &json!("test")));
    assert_eq!((&told[2]["who_kind"], &told[2]["who"]), (&json!("command"), &json!("")));
    assert_eq!(told[0]["details"]["name"], "till report");
    let of_one = format!("/api/v1/audit?limit=9&subject={}", made["id"].as_str().unwrap());
    assert_eq!(caller.pages(&of_one).await.len(), 2);
    assert_eq!(caller.pages("/api/v1/audit?limit=9&what=tenant.founded").await.len(), 1);
    let mut db = house::superuser(house.owner.get_database().unwrap()).await;
    for statement in ["UPDATE audit SET who = 'nobody'", "DELETE FROM audit"] {
        sqlx::query(statement).execute(&mut db).await.unwrap_err();
    }
    let tenant = caller.get("/api/v1/tenant").await;
    assert_eq!(
        (&tenant["tenant"], tenant["scopes"].as_array().unwrap().len()),
        (&json!("ACME"), Scope::ALL.len())
    );
}

#[tokio::test]
async fn the_books_are_read_in_pages_each_row_once() {
    let house = House::new().await;
    let (mut one, mut other) = (house.till("YOW1", 1).await, house.till("YYC1", 1).await);
    let first = one.sell();
    for _ in 0..4 {
        one.sell();
    }
    let back = one.back(&first);
    one.write(&Fact::ReturnCompleted(Box::new(back.clone())));
    other.sell();
    house.take(&one, one.written.clone()).await;
    house.take(&other, other.written.clone()).await;
    let caller = Caller::all(&house).await;

    let sales = caller.pages("/api/v1/sales?limit=2").await;
    let ids: BTreeSet<&str> = sales.iter().map(|sale| sale["id"].as_str().unwrap()).collect();
    assert_eq!((sales.len(), ids.len()), (6, 6));
    assert_eq!(caller.pages("/api/v1/sales?limit=2&store=YYC1").await.len(), 1);
    assert_eq!(caller.pages("/api/v1/sales?from=2025-11-22").await.len(), 0);
    assert_eq!(caller.pages("/api/v1/sales?to=2025-11-21").await.len(), 6);

    let whole = caller.get(&format!("/api/v1/sales/{}", uuid::Uuid::from(first.id))).await;
    assert_eq!((&whole["receipt"], &whole["total"]), (&json!("YOW11-1-1"), &json!(1_017)));
    assert_eq!(
        whole["lines"][1],
        json!({"line": 2, "sku": "BUN", "name_en": "BUN of the day", "quantity": 5_000, "price": 100, "amount": 500, "voided": false})
    );
    assert_eq!(
        whole["taxes"][0],
        json!({"code": "HST", "percent": "13", "taxable": 900, "amount": 117})
    );
    assert_eq!(whole["tenders"][0], json!({"kind": "cash", "amount": 2_000, "number": null}));

    let returns = caller.pages("/api/v1/returns?limit=1").await;
    assert_eq!(returns.len(), 1);
    assert_eq!(
        (&returns[0]["receipt"], &returns[0]["sale"]),
        (&json!(back.receipt), &json!(uuid::Uuid::from(first.id)))
    );
    assert_eq!(caller.pages("/api/v1/returns?store=YYC1").await.len(), 0);
    let path = format!("/api/v1/returns/{}", returns[0]["id"].as_str().unwrap());
    let whole = caller.get(&path).await;
    assert_eq!(whole["total"].as_i64(), Some(back.total));
    assert_eq!(whole["lines"].as_array().unwrap().len(), back.lines.len());
    let refunded: i64 = whole["refunds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["amount"].as_i64().unwrap())
        .sum();
    assert_eq!(refunded, back.total + back.rounding);
    let nowhere = format!("GET /api/v1/returns/{}", uuid::Uuid::nil());
    assert_eq!(caller.kind(&nowhere).await.0, 404);

    let days = caller.pages("/api/v1/reports/days?limit=1").await;
    assert_eq!(
        days,
        [
            json!({"day": "2025-11-21", "store": "YOW1", "currency": "CAD", "sales": 5, "total": 5_085, "returns": 1, "returned": 452}),
            json!({"day": "2025-11-21", "store": "YYC1", "currency": "CAD", "sales": 1, "total": 1_017, "returns": 0, "returned": 0}),
        ]
    );
    let stock = caller.pages("/api/v1/inventory?limit=3").await;
    assert_eq!(
        (stock.len(), &stock[1]["sku"], &stock[1]["on_hand"]),
        (4, &json!("LOAF"), &json!(-5_000))
    );
    assert_eq!(caller.pages("/api/v1/stores?limit=1").await.len(), 2);
    assert_eq!(caller.pages("/api/v1/devices?limit=2").await.len(), 3);
    let journal = caller.pages("/api/v1/journal?limit=3").await;
    let bytes: Vec<String> = one
        .written
        .iter()
        .chain(&other.written)
        .map(|sealed| STANDARD.encode(&sealed.bytes))
        .collect();
    assert_eq!(
        journal.iter().map(|entry| entry["bytes"].as_str().unwrap()).collect::<Vec<_>>(),
        bytes
    );
}

#[tokio::test]
async fn goods_that_came_back_twice_are_told() {
    let house = House::new().await;
    let (mut one, mut other) = (house.till("YOW1", 1).await, house.till("YOW1", 2).await);
    let (once, twice) = (one.sell(), one.sell());
    let path = "/api/v1/reports/taken-back-twice?limit=1";
    let caller = Caller::all(&house).await;
    let back = |till: &mut house::Device, sale: &SaleCompleted| {
        let back = till.back(sale);
        till.write(&Fact::ReturnCompleted(Box::new(back)));
    };
    // The second register did not see the first: its return comes before the sale is known here.
    back(&mut other, &twice);
    house.take(&other, other.written.clone()).await;
    assert_eq!(caller.pages(path).await, [] as [Value; 0]);
    back(&mut one, &once);
    back(&mut one, &twice);
    house.take(&one, one.written.clone()).await;

    let [told] = &caller.pages(path).await[..] else { panic!("one sale came back twice") };
    let id = uuid::Uuid::from(twice.id);
    assert_eq!(
        (&told["id"], &told["receipt"], &told["too_much"]),
        (&json!(id), &json!("YOW11-1-2"), &json!(400))
    );
    let of = |value: &Value| -> Vec<(String, i64)> {
        let one = |back: &Value| {
            (back["receipt"].as_str().unwrap().to_owned(), back["total"].as_i64().unwrap())
        };
        value["returns"].as_array().unwrap().iter().map(one).collect()
    };
    let mut returns = of(told);
    returns.sort();
    assert_eq!(returns, [("YOW11-1-4".to_owned(), 452), ("YOW12-1-1".to_owned(), 452)]);
    let whole = caller.get(&format!("/api/v1/sales/{id}")).await;
    assert_eq!((&whole["too_much"], of(&whole).len()), (&json!(400), 2));
    let whole = caller.get(&format!("/api/v1/sales/{}", uuid::Uuid::from(once.id))).await;
    assert_eq!((&whole["too_much"], of(&whole).len()), (&json!(0), 1));
    for (query, found) in [
        ("&store=YOW1", 1),
        ("&store=YYC1", 0),
        ("&from=2025-11-22", 0),
        ("&from=2025-11-21&to=2025-11-21", 1),
    ] {
        assert_eq!(caller.pages(&format!("{path}{query}")).await.len(), found, "{query}");
    }
}

#[tokio::test]
async fn what_is_asked_wrong_is_refused_and_nothing_fails() {
    let house = House::new().await;
    let caller = Caller::all(&house).await;
    for path in [
        "/api/v1/sales?limit=0",
        "/api/v1/sales?limit=501",
        "/api/v1/sales?limit=x",
        "/api/v1/sales?cursor=x",
        "/api/v1/sales?cursor=eyJhIjoxfQ",
        "/api/v1/sales?from=yesterday",
        "/api/v1/sales?store=%00",
        "/api/v1/sales/x",
        "/api/v1/devices?cursor=ImFiIg",
        "/api/v1/inventory?store=a%00b",
        "/api/v1/products?q=%00",
        "/api/v1/quarantine?state=lost",
        "/api/v1/quarantine?cursor=MQ",
        "/api/v1/price-lists/base/prices?sku=%00",
        "/api/v1/conflicts?cursor=MQ",
        "/api/v1/reports/days?cursor=WyJ4IiwieSIsInoiXQ",
    ] {
        assert_eq!(caller.kind(&format!("GET {path}")).await, (400, "invalid".into()), "{path}");
    }
    let nothing = "/api/v1/sales/00000000-0000-0000-0000-000000000000";
    assert_eq!(caller.kind(&format!("GET {nothing}")).await, (404, "not_found".into()));
    for (path, body, status) in [
        ("/api/v1/stores", "{", 400),
        ("/api/v1/stores", r#"{"store":"a b","name":"x"}"#, 400),
        ("/api/v1/stores", r#"{"store":"A","name":"x\u0000"}"#, 400),
        ("/api/v1/stores", r#"{"store":"A","name":"x","more":1}"#, 400),
        ("/api/v1/stores/NOWHERE/codes", "", 404),
        ("/api/v1/devices/zz/revoke", "", 400),
        ("/api/v1/devices/00000000000000000000000000000000/revoke", "", 403),
        ("/api/v1/quarantine/00/retry", "", 404),
        ("/api/v1/quarantine/entry-1/discard", r#"{"reason":" "}"#, 400),
    ] {
        let (got, value) =
            caller.post(path, &format!("{path}{body}").replace(['{', '"', ' '], ""), body).await;
        assert_eq!(got, status, "{path} {body}: {value}");
    }
}

#[tokio::test]
async fn a_post_is_carried_out_once() {
    let house = House::new().await;
    let caller = Caller::all(&house).await;
    assert_eq!(
        caller.kind("POST /api/v1/stores/YOW1/codes").await,
        (400, "idempotency_key_missing".into())
    );
    let race = (0..5).map(|_| {
        let caller = Caller { address: caller.address, key: caller.key.clone() };
        tokio::spawn(async move { caller.post("/api/v1/stores/YOW1/codes", "one", "").await })
    });
    let mut codes = BTreeSet::new();
    for one in race.collect::<Vec<_>>() {
        let (status, value) = one.await.unwrap();
        assert_eq!(status, 201);
        codes.insert(value["code"].as_str().unwrap().to_owned());
    }
    assert_eq!((codes.len(), house.number("SELECT count(*) FROM enrolment_code").await), (1, 1));
    let kept = house.text("SELECT encode(answer, 'escape') FROM answered").await;
    assert!(!kept.contains(codes.first().unwrap()), "what is shown once is not kept readable");
    let (status, value) = caller.post("/api/v1/stores/YYC1/codes", "one", "").await;
    assert_eq!((status, &value["kind"]), (422, &json!("idempotency_key_reused")));
    let added = caller.post("/api/v1/stores", "two", r#"{"store":"YUL1","name":"Montréal"}"#).await;
    assert_eq!(added, (201, json!({"store": "YUL1", "name": "Montréal"})));
    assert_eq!(caller.pages("/api/v1/stores?limit=9").await.len(), 3);
}

#[tokio::test]
async fn companies_do_not_see_each_other() {
    let mut house = House::new().await;
    let mut till = house.till("YOW1", 1).await;
    let sale = till.sell();
    house.take(&till, till.written.clone()).await;
    house.add_tenant("OTHER").await;
    house.tenant = "OTHER".into();
    let other = Caller::all(&house).await;
    for path in [
        "sales?",
        "journal?",
        "inventory?",
        "products?",
        "quarantine?state=all&",
        "conflicts?",
        "reports/days?",
        "price-lists/base/prices?",
    ] {
        assert_eq!(
            other.pages(&format!("/api/v1/{path}limit=9")).await,
            Vec::<Value>::new(),
            "{path}"
        );
    }
    let path = format!("/api/v1/sales/{}", uuid::Uuid::from(sale.id));
    assert_eq!(other.kind(&format!("GET {path}")).await.0, 404);
    let revoke = format!("/api/v1/devices/{}/revoke", till.id());
    assert_eq!(other.post(&revoke, "x", "").await.0, 403);
}

#[tokio::test]
async fn sales_are_told_as_they_come_in() {
    let house = House::new().await;
    let caller = Caller::all(&house).await;
    let mut till = house.till("YOW1", 1).await;
    let before = till.sell();
    house.take(&till, till.written.clone()).await;
    let connect = async |key: &str, path: &str| {
        let mut request = format!("ws://{}{path}", caller.address).into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
        let stream = TcpStream::connect(caller.address).await.unwrap();
        client_async(request, stream).await.map(|(socket, _)| socket)
    };
    let mut now = connect(&caller.key, "/api/v1/live").await.unwrap();
    let mut all = connect(&caller.key, "/api/v1/live?cursor=MA&limit=1").await.unwrap();
    let receipt = async |socket: &mut WebSocketStream<TcpStream>| {
        let said = timeout(Duration::from_secs(60), socket.next()).await.unwrap().unwrap().unwrap();
        let sale: Value = serde_json::from_str(said.to_text().unwrap()).unwrap();
        sale["receipt"].as_str().unwrap().to_owned()
    };
    assert_eq!(receipt(&mut all).await, before.receipt, "from the cursor on");
    for _ in 0..3 {
        let sale = till.sell();
        house.take(&till, vec![till.written.last().unwrap().clone()]).await;
        assert_eq!(receipt(&mut now).await, sale.receipt, "nothing that was there before");
        assert_eq!(receipt(&mut all).await, sale.receipt);
    }
    assert!(connect("comptoir_0000", "/api/v1/live").await.is_err());
    assert_eq!(caller.kind("GET /api/v1/live").await, (400, "invalid".into()));
}

#[tokio::test]
async fn everything_that_is_documented_is_there() {
    let house = House::new().await;
    let caller = Caller::all(&house).await;
    let document = caller.get("/api/v1/openapi.json").await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 34);
    let mut asked = 0;
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().unwrap() {
            assert!(operation["responses"]["4XX"].is_object(), "{method} {path}");
            assert!(
                !operation["summary"].as_str().unwrap_or_default().is_empty(),
                "{method} {path}"
            );
            if method == "get" && !path.contains('{') && path != "/api/v1/live" {
                let kind = if path == "/api/v1/documents" { "?kind=promotion" } else { "" };
                caller.get(&format!("{path}{kind}")).await;
                asked += 1;
            }
        }
    }
    assert_eq!(asked, 17);
}
