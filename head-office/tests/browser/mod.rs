//! A browser on a page of head office: what it sends with each request, and the session that it keeps.

#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test file uses its part of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::net::SocketAddr;

use comptoir_head_office::people::{self, New, Role};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::house::{House, WALL};

pub const OWN: &str = "a good long one";
pub const OURS: &str =
    "host: localhost\r\nsec-fetch-site: same-origin\r\ncontent-type: application/json\r\n";

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub value: Value,
}

impl Answer {
    pub fn cookie(&self) -> String {
        let line = self.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        line.split(';').next().unwrap().to_owned()
    }

    pub fn kind(&self) -> (u16, &str) {
        (self.status, self.value["kind"].as_str().unwrap_or_default())
    }
}

pub async fn send(to: SocketAddr, request: &str, head: &str, body: &str) -> Answer {
    let mut stream = TcpStream::connect(to).await.unwrap();
    let length = body.len();
    let request = format!(
        "{request} HTTP/1.1\r\nconnection: close\r\n{head}content-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let value = serde_json::from_str(body).unwrap_or(Value::Null);
    Answer { status, head: head.to_owned(), value }
}

/// A browser on a page of head office.
pub struct Browser {
    pub address: SocketAddr,
    pub cookie: String,
}

impl Browser {
    pub async fn sign_in(address: SocketAddr, sign_in: &str, password: &str) -> Answer {
        let body = json!({ "sign_in": sign_in, "password": password }).to_string();
        send(address, "POST /office/v1/sign-in", OURS, &body).await
    }

    pub async fn of(address: SocketAddr, sign_in: &str) -> Browser {
        let answer = Browser::sign_in(address, sign_in, OWN).await;
        assert_eq!(answer.status, 200, "{}", answer.value);
        Browser { address, cookie: answer.cookie() }
    }

    pub async fn ask(&self, request: &str, body: &str) -> Answer {
        self.ask_with(request, OURS, body).await
    }

    pub async fn ask_with(&self, request: &str, head: &str, body: &str) -> Answer {
        let head = format!("{head}cookie: {}\r\n", self.cookie);
        send(self.address, request, &head, body).await
    }
}

pub async fn add(house: &House, tenant: &str, sign_in: &str, role: Role) -> Uuid {
    let mut tx = house.office.database.of_tenant(tenant).await.unwrap();
    let new = New { sign_in, name: "Amélie Roy", role, password: Some(OWN) };
    let (person, _) =
        people::add(&mut tx, &house.office, tenant, new, WALL).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    person.person
}
