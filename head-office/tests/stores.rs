//! How stores and devices stand, as the API tells it: who is connected, what waits, what day it is.

mod ask;
mod house;
mod wire;

use std::time::Duration;

use ask::Caller;
use comptoir_domain::money::Currency;
use comptoir_domain::store::{Region, Store};
use comptoir_head_office::office::wall;
use comptoir_sync::documents::{
    DocumentChange, DocumentsChanged, Kind, actor, first_change, settings,
};
use comptoir_sync::entry::{NO_HASH, Scope};
use comptoir_sync::facts::Fact;
use comptoir_sync::replication::message::{Ack, Message, Waiting};
use comptoir_sync::replication::vector::{ChainHead, Head};
use house::{Device, House, WALL, another, serve};
use serde_json::{Value, json};
use wire::{Wire, hello};

/// Asks until what is answered is as it should be: what a connection does is noted beside it.
async fn until(caller: &Caller, store: &str, reached: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..6_000 {
        let devices = caller.get(&format!("/api/v1/stores/{store}/devices")).await;
        if reached(&devices["items"]) {
            return devices["items"].clone();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never so: {}", caller.get(&format!("/api/v1/stores/{store}/devices")).await);
}

#[tokio::test]
async fn a_device_shows_whether_it_is_there_and_what_waits() {
    let house = House::new().await;
    let caller = Caller::all(&house).await;
    let elsewhere = serve(another(&house.owner).await).await;
    let from_elsewhere = Caller { address: elsewhere, key: caller.key.clone() };
    let (mut one, mut two) = (house.till("YOW1", 1).await, house.till("YOW1", 2).await);
    one.sell();
    one.sell();
    let before = until(&caller, "YOW1", |items| items.as_array().unwrap().len() == 2).await;
    let nothing = |field: &str| before[0][field].is_null();
    assert!(["last_contact", "clock_skew", "waiting", "unread", "seq"].into_iter().all(nothing));
    assert_eq!((&before[0]["register"], &before[0]["online"]), (&json!(1), &json!(false)));

    let mut wire = Wire::prove(caller.address, &one).await;
    let head = Head { seq: 3, hash: NO_HASH };
    let have = vec![ChainHead { chain: one.chain(Scope::Store), head }];
    let Message::Hello(mut word) = hello(&one, have, None) else { unreachable!() };
    word.waiting = Some(Waiting { entries: 3, oldest: Some(WALL - 1_000) });
    wire.send(Message::Hello(word)).await;
    assert!(matches!(wire.receive().await, Some(Message::Hello(_))));
    let there = until(&caller, "YOW1", |items| items[0]["waiting"] == 3).await;
    assert_eq!(
        (&there[0]["online"], &there[0]["oldest_waiting"]),
        (&json!(true), &json!(WALL - 1_000))
    );
    assert!(there[0]["clock_skew"].as_i64().unwrap() < -60_000, "its clock stands in 2025");
    assert!(wall() - there[0]["last_contact"].as_i64().unwrap() < 60_000);
    let seen = until(&from_elsewhere, "YOW1", |items| items[0]["online"] == true).await;
    assert_eq!(seen[1]["online"], false, "another process says so too, and only of this one");

    // What came is no longer waiting, one by one.
    wire.push(one.written[..2].to_vec()).await;
    wire.ack().await;
    let there = until(&caller, "YOW1", |items| items[0]["waiting"] == 1).await;
    assert_eq!(there[0]["oldest_waiting"], WALL - 1_000);
    wire.push(one.written[2..].to_vec()).await;
    wire.ack().await;
    let there = until(&caller, "YOW1", |items| items[0]["waiting"] == 0).await;
    assert_eq!((&there[0]["oldest_waiting"], &there[0]["seq"]), (&Value::Null, &json!(3)));
    assert_eq!(there[0]["epoch"], 1);

    // What it has read is noted as it says so.
    two.sell();
    two.write(&Fact::DocumentsChanged(DocumentsChanged { changes: vec![], role: None }));
    house.take(&two, two.written.clone()).await;
    one.sell();
    wire.push(vec![one.written[3].clone()]).await;
    let mut read = None;
    while read.is_none() {
        if let Some(Message::Page(page)) = wire.receive().await {
            read = page.cursor.filter(|_| !page.entries.is_empty());
        }
    }
    wire.send(Message::Ack(Ack { cursor: read, ..Ack::default() })).await;
    until(&caller, "YOW1", |items| items[0]["unread"] == 0).await;
    two.write(&Fact::DocumentsChanged(DocumentsChanged { changes: vec![], role: None }));
    two.sell();
    house.take(&two, two.written[two.written.len() - 2..].to_vec()).await;
    until(&caller, "YOW1", |items| items[0]["unread"] == 1).await;
    drop(wire);
    until(&from_elsewhere, "YOW1", |items| items[0]["online"] == false).await;
}

#[tokio::test]
async fn a_store_counts_its_own_day() {
    let house = House::new().await;
    let caller = Caller::all(&house).await;
    let mut till = house.till("YOW1", 1).await;
    // Never the day that it is in Greenwich, nor anywhere near midnight.
    let now = jiff::Timestamp::from_millisecond(wall()).unwrap().to_zoned(jiff::tz::TimeZone::UTC);
    let (zone, minutes) = if now.hour() < 11 { ("Etc/GMT+12", -720) } else { ("Etc/GMT-14", 840) };
    let store = Store {
        code: "YOW1".into(),
        name: "Ottawa".into(),
        address: vec![],
        region: Region::ON,
        register: 1,
        currency: Currency::CAD,
        languages: vec![],
        tax_numbers: vec![],
        time_zone: zone.into(),
    };
    let writer = actor(till.id(), till.epoch, None);
    let change = first_change(Kind::Settings, &settings::fields(&store, &[]), writer, WALL);
    let document = settings::id("ACME", "YOW1").into();
    let changes = vec![DocumentChange { document, kind: Kind::Settings, change }];
    till.write(&Fact::DocumentsChanged(DocumentsChanged { changes, role: None }));
    till.sell();
    let mut sale = till.sale();
    (sale.completed_at, sale.utc_offset_minutes) = (wall(), minutes);
    till.write(&Fact::SaleCompleted(Box::new(sale.clone())));
    let mut back = till.back(&sale);
    (back.completed_at, back.utc_offset_minutes) = (wall(), minutes);
    till.write(&Fact::ReturnCompleted(Box::new(back)));
    house.take(&till, till.written.clone()).await;
    let stores = caller.get("/api/v1/stores").await;
    let (own, other) = (&stores["items"][0], &stores["items"][1]);
    assert_eq!((&own["time_zone"], &own["currency"]), (&json!(zone), &json!("CAD")));
    let there = now.with_time_zone(jiff::tz::TimeZone::get(zone).unwrap()).date().to_string();
    assert_ne!(there, now.date().to_string());
    assert_eq!(
        own["today"],
        json!({"day": there, "sales": 1, "total": 1_017, "returns": 1, "returned": 452}),
        "without the sale of last year"
    );
    assert_eq!((&other["time_zone"], &other["today"]["sales"]), (&Value::Null, &json!(0)));
    assert_eq!(own["devices"][0]["device"], till.id().to_string());
    assert_eq!(other["devices"], json!([]));
    assert_eq!(caller.kind("GET /api/v1/stores/NOWHERE/devices").await.0, 404);
}

#[tokio::test]
async fn a_copied_till_hears_that_its_chain_is_frozen() {
    let house = House::new().await;
    let address = house.serve().await;
    let mut one = house.till("YOW1", 1).await;
    let mut copy = Device::with_key("ACME", "YOW1", 1, one.key.clone());
    one.sell();
    let mut other = copy.sale();
    other.total += 1;
    other.rounding -= 1;
    copy.write(&Fact::SaleCompleted(Box::new(other)));
    assert_ne!(one.written[1], copy.written[1]);
    let (mut first, _) = Wire::greet(address, &one, vec![], None).await;
    first.push(one.written.clone()).await;
    assert!(first.ack().await.held.is_empty());
    let (mut second, _) = Wire::greet(address, &copy, vec![], None).await;
    second.push(copy.written.clone()).await;
    let chain = one.chain(Scope::Store);
    let froze = async |wire: &mut Wire| loop {
        let ack = wire.ack().await;
        if ack.held.iter().any(|held| held.chain == chain) {
            return;
        }
    };
    froze(&mut second).await;
    // Whoever brought nothing wrong hears it too, at once and whenever it calls again.
    froze(&mut first).await;
    drop(first);
    let (mut again, _) = Wire::greet(address, &one, vec![], None).await;
    froze(&mut again).await;
    // And so does whoever looks after the stores.
    let stores = Caller::all(&house).await.get("/api/v1/stores").await;
    assert!(stores["items"][0]["devices"][0]["forked_at"].is_i64(), "{stores}");
}
