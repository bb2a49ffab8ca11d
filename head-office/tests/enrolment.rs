//! How devices come to take part, over HTTP: codes, places, secrets, certificates, renewal.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod house;

use std::net::SocketAddr;
use std::time::Duration;

use comptoir_head_office::enrolment::make_code;
use comptoir_head_office::office::wall;
use comptoir_sync::enrolment::{Enrolled, Existing, Former, Papers, Request, store_name};
use comptoir_sync::entry::{DeviceId, Entry};
use comptoir_sync::facts::Fact;
use comptoir_sync::replication::proof::{Use, prove};
use ed25519_dalek::SigningKey;
use house::{House, another, serve};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::rustls::client::danger::ServerCertVerifier;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, client::WebPkiServerVerifier};

fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

async fn code(house: &House, store: &str) -> String {
    make_code(&house.office, "ACME", store, wall()).await.unwrap()
}

/// Status, head and body of an answer.
async fn ask(address: SocketAddr, request: &str, body: &[u8]) -> (u16, String, Vec<u8>) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let head = format!(
        "{request} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_lowercase(), answer[end + 4..].to_vec())
}

async fn enrol(address: SocketAddr, request: &Request) -> Result<Enrolled, String> {
    let (status, head, body) = ask(address, "POST /enrol/v1", &request.encode()).await;
    if status == 200 {
        assert!(head.contains("content-type: application/cbor"), "{head}");
        return Ok(Enrolled::read(&body).unwrap());
    }
    assert!(head.contains("content-type: application/problem+json"), "{head}");
    let problem: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(problem["status"], status);
    assert!(!problem["title"].as_str().unwrap().is_empty());
    Err(problem["kind"].as_str().unwrap().to_owned())
}

fn existing(store: &str, register: u32) -> Existing {
    Existing {
        tenant: "ACME".into(),
        store: store.into(),
        register,
        epoch: 1,
        secret: [5; 32],
        former: vec![],
    }
}

#[tokio::test]
async fn registers_get_their_places_and_the_stores_secret() {
    let house = House::new().await;
    let address = house.serve().await;
    let first = Request::new(&code(&house, "YOW1").await, &key(1), Some(existing("YOW1", 1)));
    let one = enrol(address, &first).await.unwrap();
    assert_eq!(
        (one.tenant.as_str(), one.store.as_str(), one.register, one.epoch),
        ("ACME", "YOW1", 1, 0)
    );
    let second =
        Request::new(&code(&house, "YOW1").await.to_lowercase().replace('-', " "), &key(2), None);
    let two = enrol(address, &second).await.unwrap();
    assert_eq!((two.register, two.secret), (2, one.secret));
    let brought = Existing { secret: [6; 32], ..existing("YYC1", 1) };
    let elsewhere = Request::new(&code(&house, "YYC1").await, &key(3), Some(brought));
    let three = enrol(address, &elsewhere).await.unwrap();
    assert_eq!((three.store.as_str(), three.register), ("YYC1", 1));
    assert_ne!(three.secret, one.secret);
    // The answer was lost: the same device with the same code gets the same again, at any process.
    let other = serve(another(&house.owner).await).await;
    let again = enrol(other, &second).await.unwrap();
    assert_eq!((again.register, again.secret), (two.register, two.secret));
    assert_eq!(house.number("SELECT count(*) FROM entry").await, 3, "one fact for each device");
    // A register that is gone is nobody's number again, for receipts are numbered by it.
    let device = DeviceId::of(&key(2).verifying_key());
    comptoir_head_office::revocation::revoke(&house.office, "ACME", device, wall())
        .await
        .unwrap()
        .unwrap();
    let next =
        enrol(address, &Request::new(&code(&house, "YOW1").await, &key(4), None)).await.unwrap();
    assert_eq!(next.register, 3);
    let sealed = house.text("SELECT min(encode(sealed, 'hex')) FROM store_secret").await;
    let plain: String = one.secret.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(!sealed.contains(&plain), "it is not in the database as it is");
}

#[tokio::test]
async fn a_register_that_sells_already_brings_its_place_along() {
    let house = House::new().await;
    let address = house.serve().await;
    let former = Former { key: key(9).verifying_key().to_bytes(), register: 4 };
    let brought = Existing { former: vec![former], ..existing("YOW1", 4) };
    let request = Request::new(&code(&house, "YOW1").await, &key(1), Some(brought));
    let one = enrol(address, &request).await.unwrap();
    assert_eq!((one.register, one.secret), (4, [5; 32]));
    let facts = house.number("SELECT count(*) FROM entry WHERE kind = 'device_enrolled'").await;
    assert_eq!(facts, 2, "the key before it was restored, and the one since");
    let joined =
        enrol(address, &Request::new(&code(&house, "YOW1").await, &key(2), None)).await.unwrap();
    assert_eq!((joined.register, joined.secret), (5, [5; 32]));
    for (n, brought, refused) in [
        (3, existing("YOW1", 4), "register_taken"),
        (3, Existing { secret: [6; 32], ..existing("YOW1", 7) }, "other_secret"),
        (3, existing("YYC1", 7), "other_store"),
        (3, Existing { tenant: "OTHER".into(), ..existing("YOW1", 7) }, "other_tenant"),
    ] {
        let request = Request::new(&code(&house, "YOW1").await, &key(n), Some(brought));
        assert_eq!(enrol(address, &request).await.unwrap_err(), refused);
    }
    // Restored once more: it has a new key, and is still itself.
    let former = Former { key: key(1).verifying_key().to_bytes(), register: 4 };
    let restored = Existing { former: vec![former], ..existing("YOW1", 4) };
    let request = Request::new(&code(&house, "YOW1").await, &key(7), Some(restored));
    assert_eq!(enrol(address, &request).await.unwrap().register, 4);
    assert_eq!(
        house.number("SELECT count(*) FROM device WHERE register = 4 AND NOT former").await,
        1
    );
}

#[tokio::test]
async fn a_new_register_needs_somebody_to_join() {
    let house = House::new().await;
    let address = house.serve().await;
    let new = Request::new(&code(&house, "YOW1").await, &key(1), None);
    assert_eq!(enrol(address, &new).await.unwrap_err(), "store_empty");
    assert_eq!(house.number("SELECT count(*) FROM device WHERE store IS NOT NULL").await, 0);
    let first = Some(existing("YOW1", 1));
    enrol(address, &Request::new(&code(&house, "YOW1").await, &key(2), first)).await.unwrap();
    assert_eq!(enrol(address, &new).await.unwrap().register, 2, "its code was not used up");
}

#[tokio::test]
async fn a_code_is_good_for_one_device_and_one_hour() {
    let house = House::new().await;
    let address = house.serve().await;
    let good = code(&house, "YOW1").await;
    enrol(address, &Request::new(&good, &key(1), Some(existing("YOW1", 1)))).await.unwrap();
    assert_eq!(enrol(address, &Request::new(&good, &key(2), None)).await.unwrap_err(), "code_used");
    let late = make_code(&house.office, "ACME", "YOW1", wall() - 60 * 60 * 1_000).await.unwrap();
    assert_eq!(
        enrol(address, &Request::new(&late, &key(2), None)).await.unwrap_err(),
        "code_expired"
    );
    let mut forged = Request::new(&code(&house, "YOW1").await, &key(2), None);
    forged.key = key(3).verifying_key().to_bytes();
    assert_eq!(enrol(address, &forged).await.unwrap_err(), "not_signed");
    let stored =
        house.text("SELECT string_agg(encode(code, 'escape'), ' ') FROM enrolment_code").await;
    assert!(!stored.contains(&good.replace('-', "")), "no code can be read there");
    let (status, _, _) = ask(address, "POST /enrol/v1", b"rubbish").await;
    assert_eq!(status, 400);
    let (status, _, _) = ask(address, "POST /enrol/v1", &vec![0; 100_000]).await;
    assert_eq!(status, 413);
}

#[tokio::test]
async fn nobody_finds_a_code_by_trying() {
    let house = House::new().await;
    let address = house.serve().await;
    let good = Request::new(&code(&house, "YOW1").await, &key(1), None);
    for n in 0..10 {
        let wrong = Request::new(&format!("00000-0000{n}"), &key(1), None);
        assert_eq!(enrol(address, &wrong).await.unwrap_err(), "code_unknown");
    }
    assert_eq!(
        enrol(address, &good).await.unwrap_err(),
        "too_many_tries",
        "not even with a good one"
    );
}

#[tokio::test]
async fn two_devices_race_for_one_code() {
    let house = House::new().await;
    let address = house.serve().await;
    let code = code(&house, "YOW1").await;
    let race = (1..=6).map(|n| {
        let request = Request::new(&code, &key(n), Some(existing("YOW1", u32::from(n))));
        tokio::spawn(async move { enrol(address, &request).await })
    });
    let mut won = 0;
    for one in race.collect::<Vec<_>>() {
        match one.await.unwrap() {
            Ok(_) => won += 1,
            Err(kind) => assert_eq!(kind, "code_used"),
        }
    }
    assert_eq!(
        (won, house.number("SELECT count(*) FROM device WHERE store IS NOT NULL").await),
        (1, 1)
    );
}

/// Whether a TLS stack that knows nothing but the authority lets these papers in, as either side.
fn is_trusted(papers: &Papers, name: &str, at: i64) -> bool {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(papers.authority.clone())).unwrap();
    let (roots, provider) =
        (std::sync::Arc::new(roots), std::sync::Arc::new(ring::default_provider()));
    let at = UnixTime::since_unix_epoch(std::time::Duration::from_millis(at.unsigned_abs()));
    let certificate = CertificateDer::from(papers.certificate.clone());
    let servers = WebPkiServerVerifier::builder_with_provider(roots.clone(), provider.clone())
        .build()
        .unwrap();
    let clients = WebPkiClientVerifier::builder_with_provider(roots, provider).build().unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    servers.verify_server_cert(&certificate, &[], &name, &[], at).is_ok()
        && clients.verify_client_cert(&certificate, &[], at).is_ok()
}

#[tokio::test]
async fn certificates_are_of_the_devices_own_key_and_are_renewed() {
    let house = House::new().await;
    let address = house.serve().await;
    let brought = Some(existing("YOW1", 1));
    let request = Request::new(&code(&house, "YOW1").await, &key(1), brought);
    let papers = enrol(address, &request).await.unwrap().papers;
    let name = DeviceId::of(&key(1).verifying_key()).to_string();
    let (day, now) = (24 * 60 * 60 * 1_000, wall());
    assert!(papers.from <= now && papers.until > now + 89 * day && papers.until < now + 91 * day);
    assert!(is_trusted(&papers, &name, now));
    assert!(!is_trusted(&papers, "somebody.else", now));
    assert!(is_trusted(&papers, &store_name("YOW1"), now));
    assert!(!is_trusted(&papers, &store_name("YYC1"), now));
    assert!(!is_trusted(&papers, &name, now + 91 * day));
    let public = key(1).verifying_key().to_bytes();
    assert!(papers.certificate.windows(32).any(|part| part == public));
    house.add_tenant("OTHER").await;
    let other = house.office.identity("OTHER").await.unwrap();
    let foreign = Papers { authority: other.authority.clone(), ..papers.clone() };
    assert!(!is_trusted(&foreign, &name, now), "another company's authority");

    let renew = async |key: &SigningKey, purpose| {
        let (_, _, challenge) = ask(address, "POST /enrol/v1/challenge", b"").await;
        let challenge: [u8; 32] = challenge.try_into().unwrap();
        let proof = prove(key, purpose, &challenge).encode();
        let (status, _, body) =
            ask(address, "POST /enrol/v1/renew", &[&challenge[..], &proof].concat()).await;
        (status == 200).then(|| Papers::read(&body).unwrap())
    };
    let renewed = renew(&key(1), Use::Renewal).await.unwrap();
    assert!(is_trusted(&renewed, &name, now) && is_trusted(&renewed, &store_name("YOW1"), now));
    assert_ne!(renewed.certificate, papers.certificate);
    assert_eq!(renew(&key(1), Use::Session).await, None, "a proof for something else");
    assert_eq!(renew(&key(2), Use::Renewal).await, None, "nobody's key");
    let own = [3; 32];
    let proof = prove(&key(1), Use::Renewal, &own).encode();
    let (status, _, _) = ask(address, "POST /enrol/v1/renew", &[&own[..], &proof].concat()).await;
    assert_eq!(status, 400, "a challenge that nobody gave out");
    let device = DeviceId::of(&key(1).verifying_key());
    comptoir_head_office::revocation::revoke(&house.office, "ACME", device, now)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(renew(&key(1), Use::Renewal).await, None, "a device that was revoked");
}

#[tokio::test]
async fn every_store_learns_who_takes_part_from_what_head_office_signs() {
    let house = House::new().await;
    let address = house.serve().await;
    let brought = Some(existing("YOW1", 1));
    let request = Request::new(&code(&house, "YOW1").await, &key(1), brought);
    let enrolled = enrol(address, &request).await.unwrap();
    let mut tx = house.office.database.of_tenant("ACME").await.unwrap();
    let row: (Vec<u8>, Vec<u8>) =
        sqlx::query_as("SELECT bytes, signature FROM entry").fetch_one(&mut *tx).await.unwrap();
    let entry = Entry::read(&row.0).unwrap();
    let sealed =
        comptoir_sync::entry::Sealed { bytes: row.0, signature: row.1.try_into().unwrap() };
    let office = ed25519_dalek::VerifyingKey::from_bytes(&enrolled.head_office).unwrap();
    sealed.verify(&entry, &office).unwrap();
    assert_eq!(
        (entry.store.as_str(), entry.seq, entry.scope),
        ("", 1, comptoir_sync::entry::Scope::Tenant)
    );
    let Fact::DeviceEnrolled(fact) = Fact::read(&entry).unwrap() else { panic!("{}", entry.kind) };
    assert_eq!((fact.public_key, fact.store.as_str(), fact.register), (request.key, "YOW1", 1));
}

#[tokio::test]
async fn the_program_says_how_it_is() {
    let house = House::new().await;
    let address = house.serve().await;
    assert_eq!(ask(address, "GET /health", b"").await.0, 200);
    assert_eq!(ask(address, "GET /ready", b"").await.0, 200);
    let (_, head, body) = ask(address, "GET /metrics", b"").await;
    assert!(head.contains("text/plain") && head.contains("x-correlation-id: "));
    assert!(String::from_utf8(body).unwrap().contains("\ncomptoir_sessions 0\n"));
    let (status, _, body) = ask(address, "GET /nothing", b"").await;
    let problem: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, &problem["kind"]), (404, &Value::from("not_found")));
    house.office.stop.cancel();
    assert_eq!(ask(address, "GET /ready", b"").await.0, 503);
    assert_eq!(ask(address, "GET /health", b"").await.0, 200);
}

#[tokio::test]
async fn whoever_asks_whether_it_is_there_hears_before_work_gives_up() {
    let house = House::new().await;
    let database = &house.office.database;
    let mut at_work = Vec::new();
    for _ in 0..house::CONNECTIONS {
        at_work.push(database.of_tenant(&house.tenant).await.unwrap());
    }
    tokio::select! {
        biased;
        one_more = database.of_tenant(&house.tenant) => panic!("{:?}", one_more.map(|_| ())),
        there = database.is_there() => assert!(!there),
    }
    drop(at_work);
    let back = async { while !database.is_there().await {} };
    tokio::time::timeout(Duration::from_secs(60), back).await.unwrap();
}
