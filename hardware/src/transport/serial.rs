//! Serial ports and, on Unix, pseudo-terminals.

use std::io::{self, Read, Write};
use std::time::Duration;

use serialport::SerialPort;

use super::{Error, Transport, closed, sort};

#[cfg(unix)]
type Port = serialport::TTYPort;
#[cfg(windows)]
type Port = serialport::COMPort;

pub(super) struct Serial(Port);

impl Serial {
    pub(super) fn open(path: &str, baud: u32) -> Result<Serial, Error> {
        let builder = serialport::new(path, baud).timeout(Duration::from_millis(100));
        let mut port = Port::open(&builder).map_err(sort_open)?;
        never_block(&port)?;
        // A pseudo-terminal has no modem lines and refuses with ENOTTY; some printers want DTR.
        if let Err(error) = port.write_data_terminal_ready(true) {
            tracing::debug!(path, %error, "no DTR on this port");
        }
        // What an earlier conversation left behind is no answer to ours.
        if let Err(error) = port.clear(serialport::ClearBuffer::Input) {
            tracing::debug!(path, %error, "input not cleared");
        }
        Ok(Serial(port))
    }

    /// The device's side of a pseudo-terminal.
    #[cfg(unix)]
    pub(super) fn from_pty(port: serialport::TTYPort) -> Result<Serial, Error> {
        never_block(&port)?;
        Ok(Serial(port))
    }
}

impl Transport for Serial {
    fn write(&mut self, bytes: &[u8], timeout: Duration) -> Result<usize, Error> {
        self.0.set_timeout(timeout).map_err(|e| sort(e.into()))?;
        match self.0.write(bytes).map_err(sort)? {
            0 if !bytes.is_empty() => Err(closed()),
            n => Ok(n),
        }
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, Error> {
        self.0.set_timeout(timeout).map_err(|e| sort(e.into()))?;
        match self.0.read(buffer).map_err(sort)? {
            0 => Err(closed()),
            n => Ok(n),
        }
    }
}

#[cfg(unix)]
impl Drop for Serial {
    fn drop(&mut self) {
        // Exclusive use outlives our descriptor as long as anybody else holds the terminal open.
        if let Err(error) = self.0.set_exclusive(false) {
            tracing::debug!(%error, "port left exclusive");
        }
    }
}

/// `write` on a blocking terminal waits until every byte is taken, whatever `poll` said before.
#[cfg(unix)]
fn never_block(port: &serialport::TTYPort) -> Result<(), Error> {
    use nix::fcntl::{FcntlArg, OFlag, fcntl};
    use std::os::fd::AsRawFd;

    fcntl(port.as_raw_fd(), FcntlArg::F_SETFL(OFlag::O_NONBLOCK))
        .map(|_| ())
        .map_err(|errno| Error::Gone(io::Error::from(errno)))
}

#[cfg(windows)]
fn never_block(_port: &serialport::COMPort) -> Result<(), Error> {
    Ok(())
}

fn sort_open(error: serialport::Error) -> Error {
    use serialport::ErrorKind::{InvalidInput, Io};
    match error.kind() {
        InvalidInput | Io(io::ErrorKind::PermissionDenied) => Error::Unusable(error.into()),
        _ => Error::Gone(error.into()),
    }
}
