//! The device's end of a line, with nothing in between: it says what the test wants said.

#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test file uses its part of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::net::SocketAddr;
use std::time::Duration;

use comptoir_sync::entry::Sealed;
use comptoir_sync::replication::frame::{pack, unpack};
use comptoir_sync::replication::message::{
    Ack, Cursor, Hello, Message, OLDEST_PROTOCOL, PROTOCOL, Page,
};
use comptoir_sync::replication::proof::{Use, prove};
use comptoir_sync::replication::vector::ChainHead;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::house::{Device, WALL};

/// Far longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Wire(WebSocketStream<TcpStream>);

impl Wire {
    /// Dials; nothing is proven yet.
    pub async fn dial(address: SocketAddr) -> (Wire, [u8; 32]) {
        let stream = TcpStream::connect(address).await.unwrap();
        let url = format!("ws://{address}/sync/v1/session");
        let mut wire = Wire(client_async(url, stream).await.unwrap().0);
        let challenge = wire.raw().await.unwrap();
        (wire, challenge.try_into().unwrap())
    }

    /// Dials as a device.
    pub async fn prove(address: SocketAddr, device: &Device) -> Wire {
        let (mut wire, challenge) = Wire::dial(address).await;
        wire.send_raw(prove(&device.key, Use::Session, &challenge).encode()).await;
        wire
    }

    /// Dials and says hello as a device that has `have` and has read up to `cursor`; answers what
    /// head office has.
    pub async fn greet(
        address: SocketAddr,
        device: &Device,
        have: Vec<ChainHead>,
        cursor: Option<Cursor>,
    ) -> (Wire, Hello) {
        let mut wire = Wire::prove(address, device).await;
        wire.send(hello(device, have, cursor)).await;
        match wire.receive().await {
            Some(Message::Hello(hello)) => (wire, *hello),
            other => panic!("{other:?}"),
        }
    }

    pub async fn send(&mut self, message: Message) {
        self.send_raw(pack(&message)).await;
    }

    pub async fn send_raw(&mut self, bytes: Vec<u8>) {
        // What it says may be of no interest any more.
        let _ = self.0.send(Frame::Binary(bytes.into())).await;
    }

    pub async fn push(&mut self, entries: Vec<Sealed>) {
        self.send(Message::Page(Page { entries, cursor: None, more: false })).await;
    }

    /// What comes next; none once the line is closed.
    pub async fn receive(&mut self) -> Option<Message> {
        self.raw().await.map(|bytes| unpack(&bytes).unwrap())
    }

    /// The next acknowledgement; pages are acknowledged on the way, as if they were kept.
    pub async fn ack(&mut self) -> Ack {
        loop {
            match self.receive().await {
                Some(Message::Ack(ack)) => return ack,
                Some(Message::Page(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next page.
    pub async fn page(&mut self) -> Page {
        loop {
            match self.receive().await {
                Some(Message::Page(page)) => return page,
                Some(Message::Ack(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    async fn raw(&mut self) -> Option<Vec<u8>> {
        loop {
            match timeout(PATIENCE, self.0.next()).await.unwrap() {
                Some(Ok(Frame::Binary(bytes))) => return Some(bytes.to_vec()),
                Some(Ok(Frame::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }
}

pub fn hello(device: &Device, have: Vec<ChainHead>, cursor: Option<Cursor>) -> Message {
    Message::Hello(Box::new(Hello {
        oldest: OLDEST_PROTOCOL,
        newest: PROTOCOL,
        tenant: device.tenant.clone(),
        store: Some(device.store.clone()),
        device: device.id().0,
        epoch: device.epoch,
        wall: WALL,
        have,
        cursor,
        waiting: None,
        wants: None,
        answers: Some(true),
    }))
}
