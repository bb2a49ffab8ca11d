//! How bytes reach a device: a serial port, a TCP socket, or a pair in memory.

pub mod memory;
#[cfg(unix)]
pub(crate) mod pty;
mod serial;
pub(crate) mod socket;
pub(crate) mod tcp;

use std::fmt;
use std::io;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Where a device is. Written `tcp://127.0.0.1:9100` or `serial:/dev/ttyUSB0?baud=38400`, and
/// serialised as that text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Address {
    /// A serial port, eight data bits, no parity, one stop bit, no flow control.
    Serial {
        /// `/dev/serial/by-id/…`, `/dev/ttyUSB0`, `COM3`. A path by id survives replugging.
        path: String,
        /// Bits per second.
        baud: u32,
    },
    /// A TCP socket, 9100 for most printers.
    Tcp {
        /// Name or address, without brackets for IPv6.
        host: String,
        /// Port.
        port: u16,
    },
}

/// A connection to a device, with a timeout on everything.
pub trait Transport: Send {
    /// Writes what fits, at least one byte, and says how many.
    ///
    /// # Errors
    /// [`Error::TimedOut`] when the device takes nothing in time, [`Error::Gone`] when it left.
    fn write(&mut self, bytes: &[u8], timeout: Duration) -> Result<usize, Error>;

    /// Reads what is there, at least one byte, and says how many.
    ///
    /// # Errors
    /// [`Error::TimedOut`] when nothing arrives in time, [`Error::Gone`] when the device left.
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, Error>;

    /// Writes everything in chunks. `timeout` is for each chunk, not for the whole.
    ///
    /// # Errors
    /// [`Cut`] says how many bytes went out before the error.
    fn write_all(&mut self, bytes: &[u8], timeout: Duration) -> Result<(), Cut> {
        let mut written = 0;
        while written < bytes.len() {
            let chunk = &bytes[written..bytes.len().min(written + CHUNK)];
            written += self.write(chunk, timeout).map_err(|error| Cut { written, error })?;
        }
        Ok(())
    }
}

/// Bytes handed over at once. A receipt printer has a receive buffer of 4 KiB, some of 256 bytes.
const CHUNK: usize = 256;

/// A write that did not reach its end.
#[derive(Debug, thiserror::Error)]
#[error("{written} bytes were written before: {error}")]
pub struct Cut {
    /// Bytes that were accepted.
    pub written: usize,
    /// Why the rest was not.
    pub error: Error,
}

/// What goes wrong with a connection.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing moved in time; the connection still stands.
    #[error("timed out")]
    TimedOut,
    /// The device is not there, or left: end of file, EIO, broken pipe, reset, refused. Open it
    /// again later.
    #[error("the device is gone: {0}")]
    Gone(#[source] io::Error),
    /// The device cannot be opened and trying again will not help: no permission, bad address.
    #[error("the device cannot be used: {0}")]
    Unusable(#[source] io::Error),
}

/// The serial ports of this machine, as addresses; none where they cannot be listed.
pub fn serial_ports() -> Vec<String> {
    let ports = serialport::available_ports().unwrap_or_default();
    ports.into_iter().map(|port| format!("serial:{}", port.port_name)).collect()
}

/// Opens a connection; for TCP each resolved address is given `timeout`.
///
/// # Errors
/// [`Error::Gone`] when nothing is there, [`Error::Unusable`] when it may not be opened.
pub fn open(address: &Address, timeout: Duration) -> Result<Box<dyn Transport>, Error> {
    Ok(match address {
        Address::Serial { path, baud } => Box::new(serial::Serial::open(path, *baud)?),
        Address::Tcp { host, port } => Box::new(tcp::Tcp::connect(host, *port, timeout)?),
    })
}

/// Sorts an IO error into "nothing yet" and "left".
fn sort(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => {
            Error::TimedOut
        }
        _ => Error::Gone(error),
    }
}

/// A zero read or write: the other side closed.
fn closed() -> Error {
    Error::Gone(io::ErrorKind::UnexpectedEof.into())
}

/// A text that is not an [`Address`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a device address: {0}")]
pub struct BadAddress(String);

const DEFAULT_BAUD: u32 = 9_600;

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let bad = || BadAddress(text.to_owned());
        if let Some(rest) = text.strip_prefix("tcp://") {
            let (host, port) = rest.trim_end_matches('/').rsplit_once(':').ok_or_else(bad)?;
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let port = port.parse().map_err(|_| bad())?;
            if host.is_empty() {
                return Err(bad());
            }
            return Ok(Address::Tcp { host: host.to_owned(), port });
        }
        let rest = text.strip_prefix("serial:").ok_or_else(bad)?;
        let (path, baud) = match rest.split_once("?baud=") {
            Some((path, baud)) => (path, baud.parse().map_err(|_| bad())?),
            None => (rest, DEFAULT_BAUD),
        };
        if path.is_empty() || baud == 0 {
            return Err(bad());
        }
        Ok(Address::Serial { path: path.to_owned(), baud })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Serial { path, baud } => write!(f, "serial:{path}?baud={baud}"),
            Address::Tcp { host, port } if host.contains(':') => write!(f, "tcp://[{host}]:{port}"),
            Address::Tcp { host, port } => write!(f, "tcp://{host}:{port}"),
        }
    }
}

impl TryFrom<String> for Address {
    type Error = BadAddress;

    fn try_from(text: String) -> Result<Self, BadAddress> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written_as_text() {
        for text in [
            "tcp://127.0.0.1:9100",
            "tcp://printer.local:9100",
            "tcp://[::1]:9100",
            "serial:/dev/ttyUSB0?baud=38400",
            "serial:COM3?baud=9600",
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.to_string(), text);
            let json = serde_json::to_string(&address).unwrap();
            assert_eq!(json, format!("{text:?}"));
            assert_eq!(serde_json::from_str::<Address>(&json).unwrap(), address);
        }
        assert_eq!(
            "serial:/dev/ttyS0".parse(),
            Ok(Address::Serial { path: "/dev/ttyS0".into(), baud: 9_600 })
        );
        for text in [
            "",
            "tcp://",
            "tcp://host",
            "tcp://host:99999",
            "serial:",
            "serial:/dev/x?baud=fast",
            "usb:1",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
