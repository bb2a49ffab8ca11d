//! What was put aside: seen, tried again, rewritten, discarded; settled once, and kept.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod ask;
mod house;
mod shop;
mod wire;

use ask::Caller;
use automerge::Change;
use comptoir_domain::catalog::Product;
use comptoir_domain::tax::TaxCategory;
use comptoir_domain::text::Text;
use comptoir_link::enrolment;
use comptoir_sync::documents::prices::{self, Price};
use comptoir_sync::documents::{
    Document, DocumentChange, DocumentsChanged, Kind, actor, first_change, product,
};
use comptoir_sync::entry::DeviceId;
use comptoir_sync::facts::Fact;
use ed25519_dalek::SigningKey;
use house::{Device, House, WALL, superuser};
use serde_json::{Value, json};
use shop::{Shop, clock, enrolled};
use wire::Wire;

const QUARANTINE: &str = "/api/v1/quarantine";

async fn act(caller: &Caller, id: &Value, what: &str, name: &str, body: &str) -> (u16, Value) {
    caller.post(&format!("{QUARANTINE}/{}/{what}", id.as_str().unwrap()), name, body).await
}

fn changed(id: uuid::Uuid, kind: Kind, change: Vec<u8>) -> Fact {
    let changes = vec![DocumentChange { document: id.into(), kind, change }];
    Fact::DocumentsChanged(DocumentsChanged { changes, role: None })
}

fn tea() -> Product {
    Product {
        id: product::id("ACME", "TEA"),
        name: Text::new("Tea", "Thé"),
        department: "drinks".into(),
        tax_category: TaxCategory::standard(),
        minimum_age: None,
        archived: false,
        open_price: false,
        drawing: String::new(),
        cannabis: None,
        skus: Default::default(),
    }
}

#[tokio::test]
async fn an_entry_is_taken_once_it_can_be_believed() {
    let house = House::new().await;
    let caller = Caller::all(&house).await;
    let carrier = house.till("YOW1", 1).await;
    let mut late = Device::new("ACME", "YOW1", 2);
    late.sell();
    house.take(&carrier, late.written.clone()).await;
    let aside = caller.pages(&format!("{QUARANTINE}?limit=1")).await;
    assert_eq!(aside.len(), 2);
    assert!(aside.iter().all(|one| one["came_from"] == carrier.id().to_string()));
    assert!(aside.iter().all(|one| one["reason"]["kind"] == "unknown_device"), "{aside:?}");
    let of = |seq: &str| aside.iter().find(|one| one["seq"] == seq).unwrap()["id"].clone();
    let (first, second) = (of("1"), of("2"));
    let whole = caller.get(&format!("{QUARANTINE}/{}", second.as_str().unwrap())).await;
    assert_eq!(whole["entry"]["kind"], "sale_completed");
    assert!(whole["entry"]["fact"].as_str().unwrap().contains("total: 1017"), "{whole}");

    let early = act(&caller, &first, "retry", "1", "").await;
    assert_eq!((early.0, &early.1["taken"]), (200, &json!(false)), "{early:?}");
    house.enrol(&late).await;
    assert_eq!(
        act(&caller, &first, "retry", "2", "").await,
        (200, json!({"taken": true, "reason": null}))
    );
    assert_eq!(house.number("SELECT count(*) FROM entry").await, 1);
    let (status, said) = act(&caller, &first, "retry", "3", "").await;
    assert_eq!((status, &said["kind"], &said["state"]), (409, &json!("settled"), &json!("taken")));
    assert_eq!(act(&caller, &second, "rewrite", "4", "").await.1["kind"], "nothing_to_rewrite");

    let discard = r#"{"reason": "a test of ours"}"#;
    let (status, said) = act(&caller, &second, "discard", "5", discard).await;
    assert_eq!((status, &said["state"]), (200, &json!("discarded")), "{said}");
    assert_eq!(
        (&said["settled_by"], &said["settled_why"]),
        (&json!("test"), &json!("a test of ours"))
    );
    assert_eq!(act(&caller, &second, "discard", "5", discard).await.0, 200, "answered as before");
    assert_eq!(act(&caller, &second, "discard", "6", discard).await.1["kind"], "settled");
    assert_eq!(caller.pages(&format!("{QUARANTINE}?limit=1")).await.len(), 0);
    assert_eq!(caller.pages(&format!("{QUARANTINE}?limit=1&state=all")).await.len(), 2);
    // It is sent again, as a till does that knows nothing of it.
    house.take(&carrier, late.written.clone()).await;
    assert_eq!(house.number("SELECT count(*) FROM quarantine").await, 2, "and kept once");
    let told = "SELECT count(*) FROM audit WHERE what LIKE 'quarantine.%' AND who = 'test'";
    assert_eq!(house.number(told).await, 2);

    let database = house.owner.get_database().unwrap();
    let mut db = superuser(database).await;
    for statement in
        ["DELETE FROM quarantine", "UPDATE quarantine SET state = 'open', settled_at = NULL"]
    {
        sqlx::query(statement).execute(&mut db).await.unwrap_err();
    }
}

#[tokio::test]
async fn a_gap_is_retried_once_it_is_filled() {
    let house = House::new().await;
    let caller = Caller::all(&house).await;
    let mut till = house.till("YOW1", 1).await;
    let (before, writer) = (tea(), actor(till.id(), till.epoch, None));
    let id = before.id.0;
    let first = first_change(Kind::Product, &product::fields(&before), writer.clone(), WALL);
    let edit = |wanted: &Product| {
        let mut document = Document::load(Kind::Product, [&first[..]]).unwrap();
        let (known, wanted) = (product::fields(&before), product::fields(wanted));
        document.edit(&known, &wanted, writer.clone(), WALL).unwrap()
    };
    let second = edit(&Product { name: Text::new("Green tea", "Thé"), ..before.clone() });
    let aged = edit(&Product { minimum_age: Some(18), ..before.clone() });
    // As if the second had been the one before it, which is not here.
    let mut third = Change::from_bytes(aged).unwrap().decode();
    (third.seq, third.hash) = (3, None);
    let third = Change::from(third).raw_bytes().to_vec();

    till.write(&changed(id, Kind::Product, first.clone()));
    till.write(&changed(id, Kind::Product, third));
    house.take(&till, till.written.clone()).await;
    let aside = caller.pages(&format!("{QUARANTINE}?limit=5")).await;
    assert_eq!(aside.len(), 1);
    let one = &aside[0];
    assert_eq!(
        (&one["kind"], &one["reason"]["kind"]),
        (&json!("change"), &json!("wrong_seq")),
        "{one}"
    );
    assert_eq!((&one["document"], &one["document_kind"]), (&json!(id), &json!("product")));
    assert_eq!((&one["store"], &one["register"]), (&json!("YOW1"), &json!(1)));
    let early = act(&caller, &one["id"], "retry", "1", "").await;
    assert_eq!((early.0, &early.1["taken"]), (200, &json!(false)), "{early:?}");

    till.write(&changed(id, Kind::Product, second));
    house.take(&till, vec![till.written.last().unwrap().clone()]).await;
    let path = format!("/api/v1/products/{id}");
    assert_eq!(caller.get(&path).await["minimum_age"], Value::Null);
    let now = act(&caller, &one["id"], "retry", "2", "").await;
    assert_eq!(now, (200, json!({"taken": true, "reason": null})));
    let said = caller.get(&path).await;
    assert_eq!((&said["name_en"], &said["minimum_age"]), (&json!("Green tea"), &json!(18)));
    let settled = caller.get(&format!("{QUARANTINE}/{}", one["id"].as_str().unwrap())).await;
    assert_eq!((&settled["state"], &settled["settled_by_kind"]), (&json!("taken"), &json!("key")));
    assert_eq!(act(&caller, &one["id"], "retry", "3", "").await.0, 409);
}

#[test]
fn what_is_rewritten_is_sold_on_a_till() {
    let shop = Shop::new();
    let server = shop.serve("127.0.0.1:0");
    let (one, tenant, store) = enrolled(&shop, &server, &shop.folder.path().join("1"));
    one.sync();
    let key = shop.run(&["key", "add", &tenant, "the test"]).unwrap();
    let caller = Caller { address: server.address, key };
    let select = "SELECT sku FROM price WHERE price > 0 ORDER BY sku LIMIT 1";
    let sku: String = one.till().db().query_row(select, [], |row| row.get(0)).unwrap();
    let price = || -> i64 {
        let select = "SELECT price FROM price WHERE sku = ?1";
        one.till().db().query_row(select, [&sku], |row| row.get(0)).unwrap()
    };
    let was = price();
    // Another register, whose program writes changes as if they were somebody else's.
    let key = SigningKey::from_bytes(&[8; 32]);
    let answer =
        enrolment::ask(&shop.ticket(&server, (&tenant, &store)), &key, None, clock).unwrap();
    let mut broken = Device::with_key(&tenant, &store, answer.register, key);
    let bucket = prices::id(&tenant, "base", prices::bucket(&sku));
    for price in [Some(777), Some(-5)] {
        let fields = prices::fields([(sku.as_str(), Price { price, cost: None })]);
        let change = first_change(Kind::Prices, &fields, actor(DeviceId([1; 16]), 1, None), WALL);
        broken.write(&changed(bucket, Kind::Prices, change));
    }
    broken.write(&changed(bucket, Kind::Prices, b"nothing that anybody can read".to_vec()));
    shop.runtime.block_on(async {
        let (mut wire, _) = Wire::greet(server.address, &broken, vec![], None).await;
        wire.push(broken.written.clone()).await;
        assert!(wire.ack().await.held.is_empty(), "the entries are fine");
        let aside = caller.pages(&format!("{QUARANTINE}?limit=2")).await;
        assert_eq!(aside.len(), 3, "{aside:?}");
        let ids: Vec<&Value> = aside.iter().rev().map(|one| &one["id"]).collect();
        let whole = caller.get(&format!("{QUARANTINE}/{}", ids[0].as_str().unwrap())).await;
        assert_eq!(whole["reason"]["kind"], "foreign_actor");
        assert_eq!(
            whole["sets"],
            json!([{"document": bucket, "map": "price", "key": sku, "value": 777}])
        );
        let refused = act(&caller, ids[0], "retry", "1", "").await;
        assert_eq!((refused.0, &refused.1["taken"]), (200, &json!(false)), "{refused:?}");
        let (status, said) = act(&caller, ids[0], "rewrite", "2", "").await;
        assert_eq!((status, &said["state"]), (200, &json!("rewritten")), "{said}");
        let field = |document: uuid::Uuid, map: &str, value: i64| {
            json!({ "fields": [{"document": document, "map": map, "key": sku, "value": value}] })
                .to_string()
        };
        for (id, body, kind) in [
            (ids[1], String::new(), "bad_field"),
            (ids[2], String::new(), "no_fields"),
            (ids[1], field(bucket, "price", -1), "bad_field"),
            (ids[1], field(bucket, "nowhere", 1), "bad_field"),
            (ids[1], field(uuid::Uuid::nil(), "price", 1), "bad_field"),
        ] {
            let name = format!("{}-{}", id.as_str().unwrap(), body.len());
            let (status, said) = act(&caller, id, "rewrite", &name, &body).await;
            assert_eq!((status, &said["kind"]), (422, &json!(kind)), "{body} {said}");
        }
    });
    one.sync();
    assert_eq!(price(), 777);
    one.sell(1);
    shop.runtime.block_on(async {
        let open = caller.pages(&format!("{QUARANTINE}?limit=9")).await;
        let garbage = open.iter().find(|one| one["reason"]["kind"] == "unreadable").unwrap();
        let body = json!({ "fields": [{"document": bucket, "map": "price", "key": sku, "value": was + 1}] });
        let (status, said) = act(&caller, &garbage["id"], "rewrite", "named", &body.to_string()).await;
        assert_eq!((status, &said["state"]), (200, &json!("rewritten")), "{said}");
    });
    one.sync();
    assert_eq!(price(), was + 1);
    let sold = "SELECT count(*) FROM sale_line WHERE price = 777 AND sku = ?1";
    let sold: i64 = one.till().db().query_row(sold, [&sku], |row| row.get(0)).unwrap();
    assert_eq!(sold, 1, "what was sold between the two");
    assert!(one.is_proven());
    server.stop();
}
