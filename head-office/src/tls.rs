//! TLS in front of the program's addresses, where no proxy ends it: rustls with ring.

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
