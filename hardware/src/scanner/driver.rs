//! Listens to a scanner in a thread of its own.

use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::frame::{Framer, SILENCE};
use super::{DUPLICATE_WINDOW, Duplicates, Scan};
use crate::lamp::{Cause, Lamp};
use crate::transport::{self, Address, Transport};

/// What a scanner reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A code was read.
    Scan(Scan),
    /// The state changed. The first one comes before anything else.
    Lamp(Lamp, Option<Cause>),
}

/// How a scanner is listened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Reads of the same code closer together than this are one. Zero: every read counts.
    pub duplicate_window: Duration,
    /// Ends a code that has no line end.
    pub silence: Duration,
    /// Between two attempts to open a port that is not there.
    pub reopen: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            duplicate_window: DUPLICATE_WINDOW,
            silence: SILENCE,
            reopen: Duration::from_millis(500),
        }
    }
}

/// A scanner that is being listened to, until this is dropped.
pub struct Scanner {
    stop: Arc<Stop>,
    thread: Option<JoinHandle<()>>,
}

impl Scanner {
    /// Opens the port, keeps opening it when it goes away, and reports. `report` is called from
    /// the scanner's thread and must not drop the `Scanner`.
    ///
    /// # Errors
    /// When no thread can be started. A port that is not there is reported, not an error.
    pub fn listen(
        address: Address,
        options: Options,
        report: impl FnMut(Event) + Send + 'static,
    ) -> io::Result<Scanner> {
        let stop = Arc::new(Stop::default());
        let listener = Listener {
            address,
            framer: Framer::new(options.silence),
            duplicates: Duplicates::new(options.duplicate_window),
            options,
            report,
            lamp: None,
            started: Instant::now(),
            stop: stop.clone(),
        };
        let thread =
            std::thread::Builder::new().name("scanner".into()).spawn(move || listener.run())?;
        Ok(Scanner { stop, thread: Some(thread) })
    }
}

impl Drop for Scanner {
    fn drop(&mut self) {
        *self.stop.asked.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.changed.notify_all();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the scanner thread panicked");
        }
    }
}

#[derive(Default)]
struct Stop {
    asked: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    fn is_asked(&self) -> bool {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, timeout: Duration) {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.changed.wait_timeout_while(asked, timeout, |asked| !*asked));
    }
}

struct Listener<F> {
    address: Address,
    options: Options,
    framer: Framer,
    duplicates: Duplicates,
    report: F,
    lamp: Option<(Lamp, Option<Cause>)>,
    started: Instant,
    stop: Arc<Stop>,
}

/// How soon a stop is noticed and a silence is seen.
const TICK: Duration = Duration::from_millis(25);

impl<F: FnMut(Event)> Listener<F> {
    fn run(mut self) {
        while !self.stop.is_asked() {
            match transport::open(&self.address, Duration::from_secs(2)) {
                Ok(mut wire) => {
                    self.show(Lamp::Ready, None);
                    self.read(wire.as_mut());
                    self.framer.reset();
                }
                Err(error) => {
                    tracing::debug!(address = %self.address, %error, "scanner not reached");
                    self.show(Lamp::Offline, Some(Cause::Disconnected));
                    self.stop.wait(self.options.reopen);
                }
            }
        }
    }

    /// Reads until the port is lost.
    fn read(&mut self, wire: &mut dyn Transport) {
        let mut buffer = [0; 256];
        while !self.stop.is_asked() {
            match wire.read(&mut buffer, TICK) {
                Ok(n) => {
                    let scans = self.framer.push(&buffer[..n], self.started.elapsed());
                    scans.into_iter().for_each(|scan| self.pass_on(scan));
                }
                Err(transport::Error::TimedOut) => {
                    if let Some(scan) = self.framer.flush(self.started.elapsed()) {
                        self.pass_on(scan);
                    }
                }
                Err(error) => {
                    tracing::debug!(address = %self.address, %error, "scanner lost");
                    self.show(Lamp::Offline, Some(Cause::Disconnected));
                    return;
                }
            }
        }
    }

    fn pass_on(&mut self, scan: Scan) {
        if self.duplicates.admit(&scan, self.started.elapsed()) {
            (self.report)(Event::Scan(scan));
        }
    }

    fn show(&mut self, lamp: Lamp, cause: Option<Cause>) {
        if self.lamp != Some((lamp, cause)) {
            self.lamp = Some((lamp, cause));
            (self.report)(Event::Lamp(lamp, cause));
        }
    }
}
