//! Webhooks: one of each event is told to a real receiver that fails first, signed, once; what nobody takes is given up;
//! nothing leads inside; a process that is killed loses nothing.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod ask;
mod house;
mod shop;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ask::Caller;
use comptoir_head_office::database::Database;
use comptoir_head_office::enrolment::{enrol, make_code};
use comptoir_head_office::office::{Office, wall};
use comptoir_head_office::revocation::revoke;
use comptoir_head_office::vault::Vault;
use comptoir_head_office::webhooks::Event;
use comptoir_head_office::webhooks::address::Reach;
use comptoir_head_office::webhooks::courier::{Manner, run, signature};
use comptoir_sync::documents::prices::{self, Price};
use comptoir_sync::documents::{
    DocumentChange, DocumentsChanged, Fields, Kind, actor, first_change, product,
};
use comptoir_sync::enrolment::{Existing, Request};
use comptoir_sync::facts::Fact;
use house::{Device, House, WALL};
use serde_json::{Value, json};
use shop::{Shop, enrolled};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One request as it came.
#[derive(Debug, Clone)]
struct Told {
    head: String,
    body: String,
}

impl Told {
    fn header(&self, name: &str) -> String {
        let line =
            self.head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
        line.unwrap_or_else(|| panic!("no {name} in {}", self.head))[name.len() + 1..]
            .trim()
            .to_owned()
    }

    fn value(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// What a receiver answers to a request, by all that came before; nothing: it says nothing and hangs on.
type Answers = fn(&Told, &[Told]) -> Option<&'static str>;

#[derive(Clone)]
struct Receiver {
    address: SocketAddr,
    told: Arc<Mutex<Vec<Told>>>,
    answers: Arc<Mutex<Answers>>,
}

impl Receiver {
    async fn new(answers: Answers) -> Receiver {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (told, answers) = (Arc::default(), Arc::new(Mutex::new(answers)));
        let receiver = Receiver { address, told, answers };
        let accepting = receiver.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let receiver = accepting.clone();
                tokio::spawn(async move { receiver.serve(stream).await });
            }
        });
        receiver
    }

    async fn serve(&self, mut stream: TcpStream) {
        let mut bytes = Vec::new();
        let told = loop {
            let mut some = [0; 4_096];
            let Ok(read @ 1..) = stream.read(&mut some).await else { return };
            bytes.extend_from_slice(&some[..read]);
            let text = String::from_utf8(bytes.clone()).unwrap();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let told = Told { head: head.to_owned(), body: body.to_owned() };
            if told.body.len() >= told.header("content-length").parse().unwrap() {
                break told;
            }
        };
        let answer = {
            let (mut all, answers) = (self.told.lock().unwrap(), self.answers.lock().unwrap());
            let answer = answers(&told, &all);
            all.push(told);
            answer
        };
        match answer {
            Some(answer) => {
                let answer =
                    format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes()).await;
            }
            None => std::future::pending().await,
        }
    }

    fn url(&self) -> String {
        format!("http://{}/in", self.address)
    }

    fn all(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }

    async fn until(&self, reached: impl Fn(&[Told]) -> bool) -> Vec<Told> {
        for _ in 0..6_000 {
            let all = self.all();
            if reached(&all) {
                return all;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("never so: {:?}", self.all());
    }
}

const QUICK: Manner =
    Manner { reach: Reach::Private, first: 20, look_every: Duration::from_millis(10) };

/// A head office whose webhooks may lead to this machine.
async fn house() -> House {
    let mut house = House::new().await;
    house.office = another(&house).await;
    house
}

async fn another(house: &House) -> Arc<Office> {
    let database = Database::open(house.owner.clone(), 8).await.unwrap();
    Arc::new(Office::new(database, Vault::new(&[7; 32])).reaching(Reach::Private))
}

async fn hook(caller: &Caller, url: &str, events: &[&str]) -> (String, String) {
    let body = json!({ "url": url, "events": events }).to_string();
    let (status, said) = caller.post("/api/v1/webhooks", &format!("add {url}"), &body).await;
    assert_eq!(status, 201, "{said}");
    let text = |field: &str| said[field].as_str().unwrap().to_owned();
    (text("id"), text("secret"))
}

/// Asks until every delivery of a webhook is in one of these states.
async fn settled(caller: &Caller, id: &str, states: &[&str]) -> Vec<Value> {
    for _ in 0..6_000 {
        let all = caller.pages(&format!("/api/v1/webhooks/{id}/deliveries?limit=3")).await;
        let in_state = |one: &Value| states.contains(&one["state"].as_str().unwrap());
        if !all.is_empty() && all.iter().all(in_state) {
            return all;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never settled");
}

#[tokio::test]
async fn each_event_is_told_again_until_it_is_taken() {
    let house = house().await;
    let caller = Caller::all(&house).await;
    let receiver = Receiver::new(|told, before| {
        let id = told.header("comptoir-delivery");
        let again = before.iter().any(|told| told.header("comptoir-delivery") == id);
        Some(if again { "204 No Content" } else { "500 Internal Server Error" })
    })
    .await;
    let (id, secret) = hook(&caller, &receiver.url(), &[]).await;
    tokio::spawn(run(house.office.clone(), QUICK));

    let mut till = Device::new("ACME", "YOW1", 1);
    let code = make_code(&house.office, "ACME", "YOW1", wall()).await.unwrap();
    let existing = Existing {
        tenant: "ACME".into(),
        store: "YOW1".into(),
        register: 1,
        epoch: 1,
        secret: [5; 32],
        former: vec![],
    };
    let request = Request::new(&code, &till.key, Some(existing));
    enrol(&house.office, &request, wall()).await.unwrap().unwrap();
    let sale = till.sell();
    let back = till.back(&sale);
    till.write(&Fact::ReturnCompleted(Box::new(back)));
    let writer = actor(till.id(), till.epoch, None);
    let mut named = Fields::default();
    named.set_text("name", "en", "Tea");
    let price = prices::fields([("TEA", Price { price: Some(450), cost: None })]);
    let (tea, bucket) =
        (product::id("ACME", "TEA").0, prices::id("ACME", "base", prices::bucket("TEA")));
    let change = |document: uuid::Uuid, kind, change| DocumentChange {
        document: document.into(),
        kind,
        change,
    };
    till.write(&Fact::DocumentsChanged(DocumentsChanged {
        changes: vec![
            change(tea, Kind::Product, first_change(Kind::Product, &named, writer.clone(), WALL)),
            change(bucket, Kind::Prices, first_change(Kind::Prices, &price, writer, WALL)),
            change(tea, Kind::Product, b"garbage".to_vec()),
        ],
        role: None,
    }));
    house.take(&till, till.written.clone()).await;
    let mut copy = Device::with_key("ACME", "YOW1", 1, till.key.clone());
    let mut other = copy.sale();
    (other.total, other.rounding) = (other.total + 1, other.rounding - 1);
    copy.write(&Fact::SaleCompleted(Box::new(other)));
    let taken = house.take(&copy, copy.written.clone()).await;
    assert_eq!(taken.forks.len(), 1);
    revoke(&house.office, "ACME", till.id(), wall()).await.unwrap().unwrap();

    let deliveries = settled(&caller, &id, &["delivered"]).await;
    let names: BTreeSet<&str> =
        deliveries.iter().map(|one| one["event"].as_str().unwrap()).collect();
    assert_eq!(names, Event::ALL.iter().map(|event| event.name()).collect());
    assert_eq!(deliveries.len(), Event::ALL.len(), "one of each: {deliveries:?}");
    assert!(
        deliveries
            .iter()
            .all(|one| one["attempts"].as_i64() >= Some(2) && one["last_status"] == 204)
    );
    let all = receiver.all();
    let mut by_id: BTreeMap<String, Vec<&Told>> = BTreeMap::new();
    for told in &all {
        by_id.entry(told.header("comptoir-delivery")).or_default().push(told);
        let signed = told.header("comptoir-signature");
        let seconds = signed.strip_prefix("t=").unwrap().split(',').next().unwrap();
        assert_eq!(signed, signature(secret.as_bytes(), seconds.parse().unwrap(), &told.body));
        assert_ne!(signed, signature(b"another", seconds.parse().unwrap(), &told.body));
    }
    assert!(by_id.values().all(|tries| tries.len() == 2 && tries[0].body == tries[1].body));
    let data = |event: &str| {
        let told = all.iter().find(|told| told.header("comptoir-event") == event).unwrap();
        assert_eq!(
            (&told.value()["event"], &told.value()["tenant"]),
            (&json!(event), &json!("ACME"))
        );
        told.value()["data"].clone()
    };
    assert_eq!(data("sale.completed")["receipt"], sale.receipt);
    assert_eq!(data("refund.recorded")["sale"], json!(uuid::Uuid::from(sale.id)));
    assert_eq!(data("device.enrolled")["device"], till.id().to_string());
    assert_eq!(data("device.revoked")["device"], till.id().to_string());
    assert_eq!(data("device.forked"), json!({"device": till.id().to_string(), "epoch": 1}));
    assert_eq!(data("product.changed")["products"], json!([tea]));
    assert_eq!(data("price.changed")["prices"], json!([{"sku": "TEA", "price": 450}]));
    assert!(data("quarantine.added")["id"].as_str().unwrap().starts_with("change-"));
    let kept = house.text("SELECT string_agg(encode(sealed, 'escape'), '') FROM webhook").await;
    assert!(!kept.contains(&secret), "what is shown once is not kept readable");

    // Once it is taken out it is told nothing more.
    let (status, ..) = caller.ask(&format!("DELETE /api/v1/webhooks/{id}"), "", "").await;
    assert_eq!(status, 200);
    assert_eq!(caller.ask(&format!("DELETE /api/v1/webhooks/{id}"), "", "").await.0, 404);
    let mut other = house.till("YYC1", 1).await;
    other.sell();
    house.take(&other, other.written.clone()).await;
    let told = house.number("SELECT count(*) FROM delivery").await;
    assert_eq!(usize::try_from(told).unwrap(), Event::ALL.len());
    house.office.stop.cancel();
}

#[tokio::test]
async fn several_processes_tell_each_thing_once() {
    let house = house().await;
    let caller = Caller::all(&house).await;
    let receiver = Receiver::new(|_, _| Some("200 OK")).await;
    let (id, _) = hook(&caller, &receiver.url(), &["sale.completed"]).await;
    let mut till = house.till("YOW1", 1).await;
    for _ in 0..60 {
        till.sell();
    }
    house.take(&till, till.written.clone()).await;
    let others = [house.office.clone(), another(&house).await, another(&house).await];
    for office in &others {
        tokio::spawn(run(office.clone(), QUICK));
    }
    let deliveries = settled(&caller, &id, &["delivered"]).await;
    assert!(deliveries.len() == 60 && deliveries.iter().all(|one| one["attempts"] == 1));
    let ids: BTreeSet<String> =
        receiver.all().iter().map(|told| told.header("comptoir-delivery")).collect();
    assert_eq!((ids.len(), receiver.all().len()), (60, 60));
    others.iter().for_each(|office| office.stop.cancel());
}

#[tokio::test]
async fn what_nobody_takes_is_given_up_and_nobody_is_followed() {
    let house = house().await;
    let caller = Caller::all(&house).await;
    let elsewhere = Receiver::new(|_, _| Some("200 OK")).await;
    let receiver = Receiver::new(|_, _| Some("302 Found\r\nlocation: http://127.0.0.1:1/")).await;
    let (id, _) = hook(&caller, &receiver.url(), &["sale.completed"]).await;
    let mut till = house.till("YOW1", 1).await;
    till.sell();
    house.take(&till, till.written.clone()).await;
    tokio::spawn(run(house.office.clone(), QUICK));
    receiver.until(|all| all.len() >= 3).await;
    let waiting = caller.get(&format!("/api/v1/webhooks/{id}/deliveries")).await;
    assert_eq!(waiting["items"][0]["state"], "waiting");
    assert_eq!(house.number("SELECT count(*) FROM delivery WHERE state = 'waiting'").await, 1);
    let mut tx = house.office.database.of_tenant("ACME").await.unwrap();
    let three_days_ago = "UPDATE delivery SET made_at = made_at - 3 * 24 * 60 * 60 * 1000";
    sqlx::query(three_days_ago).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let given_up = settled(&caller, &id, &["given_up"]).await;
    assert_eq!((&given_up[0]["last_status"], &given_up[0]["next_at"]), (&json!(302), &Value::Null));
    assert!(given_up[0]["last_problem"].as_str().unwrap().contains("302"));
    assert!(elsewhere.all().is_empty());
    house.office.stop.cancel();
}

#[tokio::test]
async fn nothing_leads_inside_unless_it_was_set_up_so() {
    let house = House::new().await;
    let caller = Caller::all(&house).await;
    for url in [
        "http://127.0.0.1:1/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "http://hooks.example/",
        "hooks",
    ] {
        let body = json!({ "url": url }).to_string();
        let (status, said) = caller.post("/api/v1/webhooks", &url.replace('/', ""), &body).await;
        assert_eq!(
            (status, &said["kind"], &said["field"]),
            (422, &json!("bad_field"), &json!("url")),
            "{url}"
        );
    }
    let body = json!({ "url": "https://hooks.example/", "events": ["sale"] }).to_string();
    assert_eq!(caller.post("/api/v1/webhooks", "event", &body).await.1["field"], "events");
    // One that was added while it was allowed is not told any more once it is not.
    let receiver = Receiver::new(|_, _| Some("200 OK")).await;
    let mut lenient =
        House { tenant: "ACME".into(), owner: house.owner.clone(), office: another(&house).await };
    lenient.tenant = "ACME".into();
    let (id, _) = hook(&Caller::all(&lenient).await, &receiver.url(), &[]).await;
    let mut till = house.till("YOW1", 1).await;
    till.sell();
    house.take(&till, till.written.clone()).await;
    tokio::spawn(run(house.office.clone(), Manner { reach: Reach::Public, ..QUICK }));
    loop {
        let all = caller.get(&format!("/api/v1/webhooks/{id}/deliveries")).await;
        if all["items"][0]["attempts"].as_i64() >= Some(2) {
            assert!(
                all["items"][0]["last_problem"].as_str().unwrap().contains("not allowed"),
                "{all}"
            );
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(receiver.all().is_empty());
    house.office.stop.cancel();
}

#[test]
fn a_process_that_is_killed_loses_nothing() {
    let shop = Shop::new();
    let inside = |command: &mut std::process::Command| {
        command.env("COMPTOIR_WEBHOOKS_INSIDE", "true");
    };
    let server = shop.serve_with("127.0.0.1:0", inside);
    let (one, tenant, _) = enrolled(&shop, &server, &shop.folder.path().join("1"));
    let key = shop.run(&["key", "add", &tenant, "the test"]).unwrap();
    let caller = Caller { address: server.address, key };
    let receiver = shop.runtime.block_on(Receiver::new(|_, _| None));
    let (id, _) = shop.runtime.block_on(hook(&caller, &receiver.url(), &["sale.completed"]));
    one.sell(1);
    one.sync();
    // It is being told, and nothing has been answered.
    let told = shop.runtime.block_on(receiver.until(|all| !all.is_empty()));
    server.kill();
    *receiver.answers.lock().unwrap() = |_, _| Some("200 OK");
    let server = shop.serve_with("127.0.0.1:0", inside);
    let again = shop.runtime.block_on(receiver.until(|all| all.len() > 1));
    assert_eq!(again[1].body, told[0].body, "under the same name");
    let caller = Caller { address: server.address, ..caller };
    let deliveries = shop.runtime.block_on(settled(&caller, &id, &["delivered"]));
    assert_eq!((deliveries.len(), &deliveries[0]["attempts"]), (1, &json!(2)));
    server.stop();
}
