//! Somebody who asks over the API, with nothing in between.

#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test file uses its part of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::net::SocketAddr;

use comptoir_head_office::http::api::keys::{Scope, make};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::house::House;

pub struct Caller {
    pub address: SocketAddr,
    pub key: String,
}

impl Caller {
    pub async fn new(house: &House, scopes: &[Scope], per_minute: u32) -> Caller {
        let address = house.serve().await;
        let key = make(&house.office, &house.tenant, "test", scopes, per_minute).await.unwrap();
        Caller { address, key }
    }

    pub async fn all(house: &House) -> Caller {
        Caller::new(house, &Scope::ALL, 10_000).await
    }

    pub async fn ask(&self, request: &str, more: &str, body: &str) -> (u16, String, Value) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = format!(
            "{request} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {}\r\n{more}content-length: {}\r\n\r\n{body}",
            self.key,
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let value: Value = serde_json::from_str(body).unwrap_or(Value::Null);
        if status >= 400 {
            assert!(head.contains("application/problem+json"), "{answer}");
            assert_eq!(value["status"], status);
        }
        (status, head.to_owned(), value)
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, _, value) = self.ask(&format!("GET {path}"), "", "").await;
        assert_eq!(status, 200, "{path}: {value}");
        value
    }

    pub async fn kind(&self, request: &str) -> (u16, String) {
        let (status, _, value) = self.ask(request, "", "").await;
        (status, value["kind"].as_str().unwrap().to_owned())
    }

    pub async fn post(&self, path: &str, name: &str, body: &str) -> (u16, Value) {
        let more = format!("idempotency-key: {name}\r\n");
        let (status, _, value) = self.ask(&format!("POST {path}"), &more, body).await;
        (status, value)
    }

    /// Every item of a list, page by page.
    pub async fn pages(&self, path: &str) -> Vec<Value> {
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("{path}{cursor}")).await;
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }
}
