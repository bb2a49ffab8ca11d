//! Frames on a line: whole, in order, bounded. On the shop's network a length of four bytes stands
//! before each; to head office each is a WebSocket message.

use std::io;
use std::pin::Pin;

use comptoir_sync::replication::frame::MOST_FRAME_BYTES;
use futures_util::stream::SplitSink;
use futures_util::{Sink, SinkExt, Stream, StreamExt, TryStreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{self, Bytes, Message};
use tokio_util::codec::{Framed, LengthDelimitedCodec};

/// Frames that come.
pub type Incoming = Pin<Box<dyn Stream<Item = io::Result<Vec<u8>>> + Send>>;
/// Frames that go.
pub type Outgoing = Pin<Box<dyn Sink<Vec<u8>, Error = io::Error> + Send>>;

/// Both directions of a line.
pub struct Line {
    /// What comes.
    pub incoming: Incoming,
    /// What goes.
    pub outgoing: Outgoing,
}

impl Line {
    /// A line over bytes.
    pub fn over_bytes(bytes: impl AsyncRead + AsyncWrite + Send + 'static) -> Line {
        let codec = LengthDelimitedCodec::builder().max_frame_length(MOST_FRAME_BYTES).new_codec();
        let framed = Framed::new(bytes, codec);
        let (outgoing, incoming): (SplitSink<_, Bytes>, _) = StreamExt::split(framed);
        Line {
            incoming: Box::pin(incoming.map_ok(|frame| frame.to_vec())),
            outgoing: Box::pin(
                outgoing.with(|frame: Vec<u8>| async { Ok::<_, io::Error>(frame.into()) }),
            ),
        }
    }

    /// A line over a WebSocket.
    pub fn over_web_socket<S>(socket: WebSocketStream<S>) -> Line
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (outgoing, incoming) = socket.split();
        let binary = |message: Result<Message, tungstenite::Error>| async {
            match message {
                Ok(Message::Binary(frame)) => Some(Ok(frame.to_vec())),
                Ok(_) => None,
                Err(error) => Some(Err(io::Error::other(error))),
            }
        };
        let wrap =
            |frame: Vec<u8>| async { Ok::<_, tungstenite::Error>(Message::Binary(frame.into())) };
        Line {
            incoming: Box::pin(incoming.filter_map(binary)),
            outgoing: Box::pin(outgoing.with(wrap).sink_map_err(io::Error::other)),
        }
    }
}
