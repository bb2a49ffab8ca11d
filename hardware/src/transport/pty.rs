//! The device's side of a pseudo-terminal that can be unplugged and plugged in again under the
//! same name. For simulators.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use serialport::{SerialPort, TTYPort};

use super::serial::Serial;
use super::{Address, Transport};

pub(crate) struct Pty {
    link: PathBuf,
    plugged: Option<Plugged>,
}

struct Plugged {
    wire: Serial,
    /// Kept open, so that the terminal does not end each time that a driver closes it.
    _other_side: TTYPort,
}

impl Pty {
    pub(crate) fn open() -> io::Result<Pty> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name =
            format!("comptoir-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut pty = Pty { link: std::env::temp_dir().join(name), plugged: None };
        pty.plug_in()?;
        Ok(pty)
    }

    pub(crate) fn address(&self) -> Address {
        Address::Serial { path: self.link.to_string_lossy().into_owned(), baud: 38_400 }
    }

    /// The connection; none while it is unplugged.
    pub(crate) fn wire(&mut self) -> Option<&mut dyn Transport> {
        self.plugged.as_mut().map(|plugged| &mut plugged.wire as &mut dyn Transport)
    }

    pub(crate) fn plug_in(&mut self) -> io::Result<()> {
        if self.plugged.is_some() {
            return Ok(());
        }
        let (ours, theirs) = TTYPort::pair()?;
        let path = theirs.name().ok_or(io::ErrorKind::NotFound)?;
        remove(&self.link);
        std::os::unix::fs::symlink(path, &self.link)?;
        let wire = Serial::from_pty(ours).map_err(io::Error::other)?;
        self.plugged = Some(Plugged { wire, _other_side: theirs });
        Ok(())
    }

    pub(crate) fn unplug(&mut self) {
        if self.plugged.is_some() {
            // First the name: its terminal may be another's as soon as it is given back.
            remove(&self.link);
            self.plugged = None;
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        self.unplug();
    }
}

fn remove(link: &Path) {
    if let Err(error) = std::fs::remove_file(link)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::debug!(%error, "link not removed");
    }
}
