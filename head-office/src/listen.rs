//! The program's address, in the clear behind a proxy, or with TLS where no proxy ends it: rustls with ring. What is said
//! goes out at once: to wait for more to send, until what was sent is acknowledged, costs a session 40 ms a message.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{Receiver, channel};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

use crate::error::{Error, Result};

/// A handshake takes no longer than this.
const SHAKE_WITHIN: Duration = Duration::from_secs(10);
/// Connections that are ready and wait to be taken.
const BACKLOG: usize = 64;

/// Certificate and key, PEM.
pub fn config(certificate: &Path, key: &Path) -> Result<ServerConfig> {
    let broken = |path: &Path, why: String| Error::SetUp(format!("{}: {why}", path.display()));
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|why| broken(certificate, why.to_string()))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|why| broken(key, why.to_string()))?;
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map(|builder| builder.with_no_client_auth())
        .and_then(|builder| builder.with_single_cert(certificates, private))
        .map_err(|why| broken(certificate, why.to_string()))
}

/// Connections in the clear.
pub struct Plain(pub TcpListener);

impl Listener for Plain {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        let (stream, from) = Listener::accept(&mut self.0).await;
        without_delay(&stream);
        (stream, from)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Sends small messages at once.
fn without_delay(stream: &TcpStream) {
    if let Err(why) = stream.set_nodelay(true) {
        tracing::debug!(%why, "a connection that may be slow");
    }
}

/// Connections whose handshake is done. A slow one holds up nobody.
pub struct Secured {
    ready: Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl Secured {
    /// Accepts from `listener` from now on.
    pub fn new(listener: TcpListener, config: ServerConfig) -> Result<Secured> {
        let address = listener.local_addr().map_err(|why| Error::Broken(why.to_string()))?;
        let (accepted, ready) = channel(BACKLOG);
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            while !accepted.is_closed() {
                let (stream, from) = match listener.accept().await {
                    Ok(connection) => connection,
                    Err(why) => {
                        tracing::warn!(%why, "a connection was not accepted");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        continue;
                    }
                };
                without_delay(&stream);
                let (acceptor, accepted) = (acceptor.clone(), accepted.clone());
                tokio::spawn(async move {
                    let shaken = tokio::time::timeout(SHAKE_WITHIN, acceptor.accept(stream)).await;
                    if let Ok(Ok(stream)) = shaken {
                        let _ = accepted.send((stream, from)).await;
                    }
                });
            }
        });
        Ok(Secured { ready, address })
    }
}

impl Listener for Secured {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn dialled() -> (TcpListener, TcpStream) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let dialled = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (listener, dialled)
    }

    #[tokio::test]
    async fn nothing_waits_for_more_to_send() {
        let (listener, _dialled) = dialled().await;
        let (stream, _) = Plain(listener).accept().await;
        assert!(stream.nodelay().unwrap());

        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = certificate.self_signed(&key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let [pem, private] = ["tls.pem", "tls.key"].map(|name| folder.path().join(name));
        std::fs::write(&pem, certificate.pem()).unwrap();
        std::fs::write(&private, key.serialize_pem()).unwrap();
        let (listener, dialled) = dialled().await;
        let mut secured = Secured::new(listener, config(&pem, &private).unwrap()).unwrap();
        let known = comptoir_link::tls::towards_head_office(
            Some(&certificate.pem()),
            None,
            crate::office::wall,
        );
        let connector = tokio_rustls::TlsConnector::from(Arc::new(known.unwrap()));
        let name = "localhost".try_into().unwrap();
        let (connected, (stream, _)) =
            tokio::join!(connector.connect(name, dialled), secured.accept());
        connected.unwrap();
        assert!(stream.get_ref().0.nodelay().unwrap());
    }
}
