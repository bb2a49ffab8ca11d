//! How head office grows: the same 10,000 sales from one company, from ten, a hundred, a thousand, each with a store and
//! a till of its own, at most sixteen tills at once; and what it costs a till to call when there is nothing new, against
//! one HTTP request. The program is in a process of its own, its PostgreSQL as well, with every commit on disk. Printed,
//! not judged: nothing here passes or fails by the clock.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::float_arithmetic,
    reason = "it measures, and nobody calls it"
)]

#[path = "../tests/house/mod.rs"]
mod house;
mod program;
#[path = "../tests/wire/mod.rs"]
mod wire;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use comptoir_head_office::database::migrate;
use comptoir_head_office::devices::{self, Enrolled};
use comptoir_head_office::enrolment::found;
use comptoir_head_office::office::wall;
use comptoir_head_office::tenants;
use comptoir_link::head_office::Office;
use comptoir_link::tls::towards_head_office;
use comptoir_sync::replication::frame::{pack, unpack};
use comptoir_sync::replication::message::{Cursor, Message};
use comptoir_sync::replication::vector::{ChainHead, Site};
use futures_util::{SinkExt, StreamExt};
use house::{Device, Lasting, lasting};
use program::{Program, Tls, five_lines, median, office};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use wire::{Wire, hello};

const SALES: usize = 10_000;
const COMPANIES: [usize; 4] = [1, 10, 100, 1_000];
const AT_ONCE: usize = 16;
const PAGE: usize = 500;
const CALLS: usize = 300;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let cluster = lasting();
    println!(
        "| companies | {SALES} sales taken in | sales a second | memory of the server | on disk, with its journal |\n|---|---|---|---|---|"
    );
    let mut called = Vec::new();
    for companies in COMPANIES {
        let name = format!("growth_{companies}");
        let url = cluster.make(&name);
        let tills = set_up(&url, companies).await;
        let program = Program::serve(&url);
        let took = push(program.address, &tills).await;
        let (memory, size) = (program.memory(), size(&cluster, &name).await);
        let rate = SALES as f64 / took.as_secs_f64();
        println!("| {companies} | {took:.2?} | {rate:.0} | {memory} MB | {size} MB |");
        if companies == 1 {
            let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
            let tls = Tls::new(folder.path());
            let secured = tls.serve(&url);
            let (have, cursor) = all_of(program.address, &tills[0]).await;
            for (how, address, authority) in [
                ("over TLS", secured.address, Some(&*tls.authority)),
                ("in the clear", program.address, None),
            ] {
                let (call, request) = calls(address, authority, &tills[0], &have, cursor).await;
                called.push((how, call, request));
            }
        }
    }
    println!("\n| work | took | floor | ratio | at most |\n|---|---|---|---|---|");
    for (how, called, asked) in called {
        let ratio = called.as_secs_f64() / asked.as_secs_f64();
        println!(
            "| a till calls {how} and there is nothing new, median of {CALLS} | {called:.2?} | {asked:.2?} one HTTP request | {ratio:.2} | 3 |"
        );
    }
}

/// Companies with a till each, and what they have sold.
async fn set_up(url: &str, companies: usize) -> Vec<Device> {
    migrate(&url.parse().unwrap()).await.unwrap();
    let office = office(url).await;
    let mut tills = Vec::new();
    for number in 0..companies {
        let tenant = format!("C{number}");
        found(&office, &tenant, &tenant, wall()).await.unwrap();
        let mut tx = office.database.of_tenant(&tenant).await.unwrap();
        tenants::add_store(&mut tx, &tenant, "S1", "Shop", wall()).await.unwrap();
        let mut till = Device::new(&tenant, "S1", 1);
        let enrolled = Enrolled {
            key: till.key.verifying_key(),
            site: Site::Store("S1".into()),
            register: Some(1),
        };
        devices::enrol(&mut tx, &tenant, &enrolled, wall()).await.unwrap();
        tx.commit().await.unwrap();
        (0..SALES / companies).for_each(|_| five_lines(&mut till));
        tills.push(till);
    }
    office.database.close().await;
    tills
}

async fn push(address: SocketAddr, tills: &[Device]) -> Duration {
    let begun = Instant::now();
    futures_util::stream::iter(tills)
        .for_each_concurrent(AT_ONCE, |till| async move {
            let (mut wire, _) = Wire::greet(address, till, vec![], None).await;
            for page in till.written.chunks(PAGE) {
                wire.push(page.to_vec()).await;
                assert!(wire.ack().await.held.is_empty());
            }
        })
        .await;
    begun.elapsed()
}

/// What head office has of a till that pushed everything.
async fn all_of(address: SocketAddr, till: &Device) -> (Vec<ChainHead>, Option<Cursor>) {
    let (_, hello) = Wire::greet(address, till, vec![], None).await;
    assert!(hello.cursor.is_some_and(|cursor| cursor.position >= SALES as u64));
    (hello.have, hello.cursor)
}

/// A till that has everything calls as tills do, and both say that there is nothing new; an HTTP request on a line of its
/// own. Every line is a new one, and nothing of its handshake is known from one before.
async fn calls(
    address: SocketAddr,
    authority: Option<&str>,
    till: &Device,
    have: &[ChainHead],
    cursor: Option<Cursor>,
) -> (Duration, Duration) {
    let scheme = if authority.is_some() { "https" } else { "http" };
    let office = Office::parse(&format!("{scheme}://localhost:{}", address.port())).unwrap();
    let config = || Arc::new(towards_head_office(authority, None, wall).unwrap());
    let (mut called, mut asked) = (Vec::new(), Vec::new());
    for _ in 0..CALLS {
        let (tls, hello) = (config(), pack(&hello(till, have.to_vec(), cursor)));
        let begun = Instant::now();
        let mut line = office.dial(tls, &till.key, "a-call").await.unwrap();
        line.outgoing.send(hello).await.unwrap();
        let answer = line.incoming.next().await.unwrap().unwrap();
        called.push(begun.elapsed());
        let Ok(Message::Hello(hello)) = unpack(&answer) else { panic!("not greeted") };
        assert_eq!((hello.have.len(), hello.cursor), (have.len(), cursor));

        let tls = TlsConnector::from(config());
        let begun = Instant::now();
        let stream = TcpStream::connect(("localhost", address.port())).await.unwrap();
        if authority.is_some() {
            ask(tls.connect("localhost".try_into().unwrap(), stream).await.unwrap()).await;
        } else {
            ask(stream).await;
        }
        asked.push(begun.elapsed());
    }
    (median(called), median(asked))
}

async fn ask(mut line: impl AsyncRead + AsyncWrite + Unpin) {
    let request = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    line.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

async fn size(cluster: &Lasting, name: &str) -> i64 {
    let db = sqlx::PgPool::connect(&cluster.superuser(name)).await.unwrap();
    let bytes: i64 = sqlx::query_scalar("SELECT pg_database_size(current_database())")
        .fetch_one(&db)
        .await
        .unwrap();
    bytes / 1_000_000
}
