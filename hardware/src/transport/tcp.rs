//! TCP.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use super::{Error, Transport, closed, sort};

pub(crate) struct Tcp(TcpStream);

impl From<TcpStream> for Tcp {
    fn from(stream: TcpStream) -> Self {
        Tcp(stream)
    }
}

impl Tcp {
    pub(super) fn connect(host: &str, port: u16, timeout: Duration) -> Result<Tcp, Error> {
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        // A name that does not resolve is treated as absent: the network may be down.
        for address in (host, port).to_socket_addrs().map_err(Error::Gone)? {
            match TcpStream::connect_timeout(&address, timeout) {
                Ok(stream) => {
                    stream.set_nodelay(true).map_err(Error::Gone)?;
                    return Ok(Tcp(stream));
                }
                Err(error) => last = error,
            }
        }
        Err(Error::Gone(last))
    }
}

impl Transport for Tcp {
    fn write(&mut self, bytes: &[u8], timeout: Duration) -> Result<usize, Error> {
        self.0.set_write_timeout(Some(at_least_1ms(timeout))).map_err(Error::Gone)?;
        match self.0.write(bytes).map_err(sort)? {
            0 if !bytes.is_empty() => Err(closed()),
            n => Ok(n),
        }
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, Error> {
        self.0.set_read_timeout(Some(at_least_1ms(timeout))).map_err(Error::Gone)?;
        match self.0.read(buffer).map_err(sort)? {
            0 => Err(closed()),
            n => Ok(n),
        }
    }
}

/// A socket takes a timeout of zero for "for ever".
fn at_least_1ms(timeout: Duration) -> Duration {
    timeout.max(Duration::from_millis(1))
}
