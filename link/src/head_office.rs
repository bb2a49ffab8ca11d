//! The line to head office: a WebSocket at `/sync/v1/session` of its URL, through whatever stands
//! before it. The device proves itself by answering a challenge, so that a proxy may end the TLS.

use std::io;
use std::sync::Arc;

use comptoir_sync::replication::frame::MOST_FRAME_BYTES;
use comptoir_sync::replication::proof::{self, Use};
use comptoir_till::trust::membership::Refusal;
use ed25519_dalek::SigningKey;
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::frames::Line;

/// Where head office is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    host: String,
    port: u16,
    tls: bool,
    /// Without the last slash.
    base: String,
}

impl Office {
    /// Reads a URL: `https://office.example`, and `http://` of this machine only.
    pub fn parse(url: &str) -> Result<Office, Refusal> {
        let unreadable = || Refusal::BadOfficeUrl { url: url.to_owned() };
        let read = reqwest::Url::parse(url.trim()).map_err(|_| unreadable())?;
        let host = read.host_str().ok_or_else(unreadable)?.to_owned();
        let port = read.port_or_known_default().ok_or_else(unreadable)?;
        let tls = match read.scheme() {
            "https" => true,
            "http" if ["localhost", "127.0.0.1", "[::1]"].contains(&host.as_str()) => false,
            "http" => return Err(Refusal::PlainOfficeUrl { url: url.to_owned() }),
            _ => return Err(unreadable()),
        };
        let base = url.trim().trim_end_matches('/').to_owned();
        Ok(Office { host, port, tls, base })
    }

    /// The URL of something below it.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Dials, and proves who is there. What head office logs of this line carries `correlation`.
    pub async fn dial(
        &self,
        tls: Arc<ClientConfig>,
        key: &SigningKey,
        correlation: &str,
    ) -> io::Result<Line> {
        let host = self.host.trim_matches(['[', ']']);
        let stream = TcpStream::connect((host, self.port)).await?;
        stream.set_nodelay(true)?;
        if !self.tls {
            return self.greet(stream, key, correlation).await;
        }
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let stream = TlsConnector::from(tls).connect(name, stream).await?;
        self.greet(stream, key, correlation).await
    }

    async fn greet<S>(&self, stream: S, key: &SigningKey, correlation: &str) -> io::Result<Line>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let url = self.at("/sync/v1/session").replacen("http", "ws", 1);
        let mut request = url.into_client_request().map_err(io::Error::other)?;
        let correlation = HeaderValue::from_str(correlation).map_err(io::Error::other)?;
        request.headers_mut().insert("x-correlation-id", correlation);
        let config = WebSocketConfig::default()
            .max_message_size(Some(MOST_FRAME_BYTES))
            .max_frame_size(Some(MOST_FRAME_BYTES));
        let (socket, _) = client_async_with_config(request, stream, Some(config))
            .await
            .map_err(io::Error::other)?;
        let mut line = Line::over_web_socket(socket);
        let closed = || io::Error::new(io::ErrorKind::UnexpectedEof, "head office hung up");
        let challenge = line.incoming.next().await.ok_or_else(closed)??;
        let challenge = challenge
            .try_into()
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "this is not head office"))?;
        line.outgoing.send(proof::prove(key, Use::Session, &challenge).encode()).await?;
        Ok(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_spoken_to_in_the_open() {
        for (url, good) in [
            ("https://office.example", true),
            ("https://office.example/comptoir/", true),
            ("http://127.0.0.1:8080", true),
            ("http://localhost:8080", true),
            ("http://office.example", false),
            ("http://192.168.1.4", false),
            ("ftp://office.example", false),
            ("office.example", false),
            ("", false),
        ] {
            assert_eq!(Office::parse(url).is_ok(), good, "{url}");
        }
        let office = Office::parse("https://office.example/comptoir/").unwrap();
        assert_eq!(
            office.at("/sync/v1/session"),
            "https://office.example/comptoir/sync/v1/session"
        );
    }
}
