//! `GET /sync/v1/session`: a WebSocket. The first message is a challenge of 32 bytes, the second the device's proof,
//! every other one a frame.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message as Frame, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use comptoir_sync::entry::DeviceId;
use comptoir_sync::replication::frame::{self, MOST_FRAME_BYTES};
use comptoir_sync::replication::message::Message;
use comptoir_sync::replication::proof::{Proof, Use};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;
use tracing::Instrument;

use super::State as House;
use crate::error::Result;
use crate::metrics::add;
use crate::office::Office;
use crate::replication::{Call, MOST_WAITING};
use crate::vault::random;

/// A device proves itself within this time.
const PROVE_WITHIN: Duration = Duration::from_secs(20);
/// A frame is sent within this time, or nobody takes it.
const SEND_WITHIN: Duration = Duration::from_secs(120);

/// Begins a session.
pub(super) async fn begin(State(house): State<Arc<House>>, upgrade: WebSocketUpgrade) -> Response {
    let office = house.office.clone();
    let span = tracing::Span::current();
    upgrade.max_message_size(MOST_FRAME_BYTES).max_frame_size(MOST_FRAME_BYTES).on_upgrade(
        move |socket| {
            let sessions = office.sessions.clone();
            sessions.track_future(serve(office, socket).instrument(span))
        },
    )
}

async fn serve(office: Arc<Office>, socket: WebSocket) {
    if let Err(error) = converse(&office, socket).await {
        add(&office.metrics.faults_total, 1);
        tracing::error!(%error, "a session failed");
    }
}

async fn converse(office: &Arc<Office>, mut socket: WebSocket) -> Result<()> {
    let Some(device) = prove(&mut socket).await? else {
        add(&office.metrics.sessions_refused_total, 1);
        return Ok(());
    };
    let refused = match Call::answer(office, device).await? {
        Ok(call) => {
            let (tenant, site) = (call.tenant(), call.site());
            let span = tracing::info_span!("session", %device, tenant, ?site);
            let (sink, stream) = socket.split();
            let (to_session, incoming) = channel(1);
            let (outgoing, from_session) = channel(MOST_WAITING);
            let reading = tokio::spawn(read(office.clone(), stream, to_session));
            let writing = tokio::spawn(write(office.clone(), sink, from_session));
            add(&office.metrics.sessions_total, 1);
            office.metrics.sessions.fetch_add(1, Ordering::Relaxed);
            let ended = call.drive(incoming, outgoing).instrument(span).await;
            office.metrics.sessions.fetch_sub(1, Ordering::Relaxed);
            // The session's end of the line is dropped: what was said is still sent, then it is closed.
            let _ = writing.await;
            reading.abort();
            tracing::info!(%device, ?ended, "a session ended");
            return ended.map(|_| ());
        }
        Err(refused) => refused,
    };
    tracing::warn!(%device, ?refused, "no session");
    add(&office.metrics.sessions_refused_total, 1);
    let _ = socket.send(Frame::Binary(frame::pack(&Message::Refused(refused)).into())).await;
    let _ = socket.send(Frame::Close(None)).await;
    Ok(())
}

/// The device that answers the challenge; none if it does not.
async fn prove(socket: &mut WebSocket) -> Result<Option<DeviceId>> {
    let mut challenge = [0; 32];
    random(&mut challenge)?;
    if socket.send(Frame::Binary(challenge.to_vec().into())).await.is_err() {
        return Ok(None);
    }
    let Ok(Some(Ok(Frame::Binary(answer)))) = timeout(PROVE_WITHIN, socket.recv()).await else {
        return Ok(None);
    };
    let proof = Proof::read(&answer).ok();
    let key = proof.and_then(|proof| proof.check(Use::Session, &challenge));
    Ok(key.map(|key| DeviceId::of(&key)))
}

/// Reads frames as fast as the session takes them.
async fn read(office: Arc<Office>, mut stream: SplitStream<WebSocket>, session: Sender<Message>) {
    while let Some(Ok(frame)) = stream.next().await {
        let bytes = match frame {
            Frame::Binary(bytes) => bytes,
            Frame::Ping(_) | Frame::Pong(_) => continue,
            Frame::Close(_) | Frame::Text(_) => return,
        };
        add(&office.metrics.received_bytes_total, bytes.len() as u64);
        let message = match frame::unpack(&bytes) {
            Ok(message) => message,
            Err(error) => {
                tracing::warn!(%error, "a frame cannot be read");
                return;
            }
        };
        if session.send(message).await.is_err() {
            return;
        }
    }
}

/// Sends what the session says, until it is over.
async fn write(
    office: Arc<Office>,
    mut sink: SplitSink<WebSocket, Frame>,
    mut session: Receiver<Message>,
) {
    while let Some(message) = session.recv().await {
        let bytes = frame::pack(&message);
        add(&office.metrics.sent_bytes_total, bytes.len() as u64);
        match timeout(SEND_WITHIN, sink.send(Frame::Binary(bytes.into()))).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return,
        }
    }
    let _ = timeout(SEND_WITHIN, sink.close()).await;
}
