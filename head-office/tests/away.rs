//! The line between the program and its database: cut, or dumb, and back again.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod ask;
mod house;
mod shop;

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use ask::Caller;
use serde_json::json;
use shop::{Shop, enrolled};

/// What a line does with what comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Carries,
    /// Whoever comes is sent away, and whoever was there is gone.
    Refuses,
    /// Whoever comes is let in, and nobody is ever answered.
    SaysNothing,
}

/// A line to the database that a test has in its hand.
struct Line {
    address: SocketAddr,
    state: Arc<Mutex<(Does, Vec<TcpStream>)>>,
}

impl Line {
    fn to(database: SocketAddr) -> Line {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new((Does::Carries, Vec::new())));
        let held = state.clone();
        thread::spawn(move || {
            for here in listener.incoming().map_while(Result::ok) {
                let mut state = held.lock().unwrap();
                if state.0 == Does::Refuses {
                    continue;
                }
                let there = TcpStream::connect(database).unwrap();
                for (from, to) in [(&here, &there), (&there, &here)] {
                    carry(from.try_clone().unwrap(), to.try_clone().unwrap(), held.clone());
                }
                state.1.extend([here, there]);
            }
        });
        Line { address, state }
    }

    fn now(&self, does: Does) {
        let mut state = self.state.lock().unwrap();
        state.0 = does;
        // What was swallowed is missed by whoever waits for it.
        if does != Does::SaysNothing {
            for stream in state.1.drain(..) {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, state: Arc<Mutex<(Does, Vec<TcpStream>)>>) {
    thread::spawn(move || {
        let mut bytes = [0; 16_384];
        while let Ok(length @ 1..) = from.read(&mut bytes) {
            if state.lock().unwrap().0 == Does::Carries && to.write_all(&bytes[..length]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
}

#[test]
fn it_is_not_ready_while_its_database_is_away_and_goes_on_when_it_is_back() {
    let mut shop = Shop::new();
    let database = format!("127.0.0.1:{}", shop.options.get_port());
    let line = Line::to(database.parse().unwrap());
    shop.database = shop.database.replace(&database, &line.address.to_string());
    assert!(shop.database.contains(&line.address.to_string()));
    let server = shop.serve("127.0.0.1:0");
    let (one, tenant, _) = enrolled(&shop, &server, &shop.folder.path().join("1"));
    let caller = Caller { address: server.address, key: String::new() };
    let ask = |path: &str| shop.runtime.block_on(caller.ask(&format!("GET {path}"), "", ""));
    let until_ready = |wanted: u16| {
        let begun = Instant::now();
        loop {
            let (status, _, said) = ask("/ready");
            if status == wanted {
                return said;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "it stays {status}: {said}");
        }
    };
    let sales = "SELECT count(*) FROM sale";
    for (n, away) in [(1, Does::Refuses), (2, Does::SaysNothing), (3, Does::Refuses)] {
        until_ready(200);
        line.now(away);
        let said = until_ready(503);
        assert_eq!((&said["kind"], &said["status"]), (&json!("not_ready"), &json!(503)), "{said}");
        assert_eq!(ask("/health").0, 200, "it runs all the same");
        one.sell(1);
        line.now(Does::Carries);
        until_ready(200);
        one.sync();
        assert_eq!(shop.number(&tenant, sales), n);
    }
    assert!(one.is_proven());
    server.stop();
}
