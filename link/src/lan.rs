//! Lines between the tills of a company on the shop's network: TLS with a certificate on both sides.

use std::io;
use std::net::SocketAddr;

use comptoir_sync::entry::DeviceId;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::frames::Line;
use crate::tls::{Identity, device_of, stands_in};

/// The port that tills listen on.
pub const PORT: u16 = 7710;

/// Who showed themselves at the other end, by the certificate of its company's authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Whose key it is.
    pub device: DeviceId,
    /// The certificate says that the device stands in the store that was asked about.
    pub of_store: bool,
}

/// Listens where it should, or on any other port while another till on this computer has that one:
/// neighbours are told the port with the address, and this till can always call them.
pub async fn bind(listen: SocketAddr) -> io::Result<TcpListener> {
    match TcpListener::bind(listen).await {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            tracing::info!(%listen, "taken by another program; listening on another port");
            TcpListener::bind((listen.ip(), 0)).await
        }
        bound => bound,
    }
}

/// Dials a neighbour, perhaps of `store`: `192.168.1.21` or `192.168.1.21:7710`.
pub async fn dial(identity: &Identity, address: &str, store: &str) -> io::Result<(Shown, Line)> {
    let stream = match address.parse::<SocketAddr>() {
        Ok(address) => TcpStream::connect(address).await?,
        Err(_) if address.contains(':') => TcpStream::connect(address).await?,
        Err(_) => TcpStream::connect((address, PORT)).await?,
    };
    stream.set_nodelay(true)?;
    // Whoever it is, its company's authority signed its key; a name it has none.
    let name = ServerName::try_from("till").map_err(io::Error::other)?;
    let stream = TlsConnector::from(identity.dial.clone()).connect(name, stream).await?;
    let shown = shown(stream.get_ref().1.peer_certificates(), store)?;
    Ok((shown, Line::over_bytes(stream)))
}

/// Takes a call, perhaps of somebody in `store`.
pub async fn answer(
    identity: &Identity,
    stream: TcpStream,
    store: &str,
) -> io::Result<(Shown, Line)> {
    stream.set_nodelay(true)?;
    let stream = TlsAcceptor::from(identity.listen.clone()).accept(stream).await?;
    let shown = shown(stream.get_ref().1.peer_certificates(), store)?;
    Ok((shown, Line::over_bytes(stream)))
}

fn shown(certificates: Option<&[CertificateDer<'_>]>, store: &str) -> io::Result<Shown> {
    let shown = certificates.and_then(|all| {
        let certificate = all.first()?;
        let (device, _) = device_of(certificate)?;
        Some(Shown { device, of_store: stands_in(certificate, store) })
    });
    let none = || io::Error::new(io::ErrorKind::InvalidData, "a certificate of no device");
    shown.ok_or_else(none)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_tills_on_one_computer_listen_on_two_ports() {
        let one = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let taken = one.local_addr().unwrap();
        let two = bind(taken).await.unwrap();
        assert_ne!(two.local_addr().unwrap().port(), taken.port());
        assert_eq!(two.local_addr().unwrap().ip(), taken.ip());
    }
}
