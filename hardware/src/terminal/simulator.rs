//! A card terminal made of software: it speaks ZVT as a terminal over TCP or a pseudo-terminal,
//! remembers its transactions, and can decline, fall silent, drop the line at the worst moment,
//! damage frames and be unplugged.

mod device;
mod dialog;
mod line;

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

pub use device::{Answer, Asked, Booked, Break, Faults, Point};

use super::link::{Framing, Link, Timing};
use crate::transport::socket::Socket;
use crate::transport::{self, Address, Transport};
use device::Device;
use line::Line;

/// A simulated card terminal in a thread of its own; dropping it unplugs it for good.
pub struct Simulator {
    shared: Arc<Shared>,
    address: Address,
    thread: Option<JoinHandle<()>>,
}

impl Simulator {
    /// Listens on a port of this computer; 0 takes any free one.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub fn on_tcp(port: u16) -> io::Result<Simulator> {
        let socket = Socket::open(port)?;
        Simulator::start(socket.address(), move |shared| serve_tcp(shared, socket))
    }

    /// Sits behind a pseudo-terminal, under a name that stays the same when it is plugged in again.
    ///
    /// # Errors
    /// When no pseudo-terminal can be had.
    #[cfg(unix)]
    pub fn on_pty() -> io::Result<Simulator> {
        let pty = transport::pty::Pty::open()?;
        Simulator::start(pty.address(), move |shared| serve_pty(shared, pty))
    }

    /// Where a driver finds it.
    pub fn address(&self) -> Address {
        self.address.clone()
    }

    /// Changes the faults: `simulator.set(|faults| faults.answer = Answer::Decline(0x05))`.
    pub fn set(&self, change: impl FnOnce(&mut Faults)) {
        change(&mut self.shared.lock().device.faults);
        self.shared.changed.notify_all();
    }

    /// The faults in force; those that happen once are gone when they have happened.
    pub fn faults(&self) -> Faults {
        self.shared.lock().device.faults.clone()
    }

    /// Everything that it understood that it was asked for, oldest first. A repetition on the
    /// line is not asked again.
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.lock().device.asked.clone()
    }

    /// Everything in its journal, oldest first.
    pub fn booked(&self) -> Vec<Booked> {
        self.shared.lock().device.booked.clone()
    }

    /// Waits until a condition on what was asked holds; false when it does not in time.
    pub fn wait_for(&self, timeout: Duration, mut holds: impl FnMut(&[Asked]) -> bool) -> bool {
        let state = self.shared.lock();
        let (_state, waited) = self
            .shared
            .changed
            .wait_timeout_while(state, timeout, |state| !holds(&state.device.asked))
            .unwrap_or_else(PoisonError::into_inner);
        !waited.timed_out()
    }

    /// Whether it is unplugged by now: a fault is in force a moment before it shows on the line.
    pub fn is_gone(&self) -> bool {
        self.shared.lock().gone
    }

    fn start(
        address: Address,
        serve: impl FnOnce(&Shared) + Send + 'static,
    ) -> io::Result<Simulator> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State { device: Device::default(), gone: false, stop: false }),
            changed: Condvar::new(),
        });
        let theirs = shared.clone();
        let thread = std::thread::Builder::new()
            .name("card terminal simulator".into())
            .spawn(move || serve(&theirs))?;
        Ok(Simulator { shared, address, thread: Some(thread) })
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the card terminal simulator panicked");
        }
    }
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    device: Device,
    gone: bool,
    stop: bool,
}

/// How long the simulator listens before it looks at its faults again.
const TICK: Duration = Duration::from_millis(5);

/// A terminal is patient with a slow register.
const TIMING: Timing =
    Timing { acknowledge: Duration::from_secs(2), tries: 3, write: Duration::from_secs(1) };

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Device) -> T) -> T {
        let result = change(&mut self.lock().device);
        self.changed.notify_all();
        result
    }

    /// Sleeps for a tick or until somebody changes something.
    fn rest(&self) {
        drop(self.changed.wait_timeout(self.lock(), TICK).unwrap_or_else(PoisonError::into_inner));
    }

    fn is_stopped(&self) -> bool {
        self.lock().stop
    }

    fn is_unplugged(&self) -> bool {
        let state = self.lock();
        state.stop || state.device.faults.unplugged
    }

    fn plug(&self, plugged: io::Result<()>) {
        self.lock().gone = plugged.is_err();
        if let Err(error) = plugged {
            tracing::warn!(%error, "the card terminal simulator cannot be plugged in");
        }
    }

    /// Talks until one side hangs up.
    fn talk(&self, wire: &mut dyn Transport, framing: Framing) {
        let line = Line { wire, shared: self };
        let mut link = Link::new(Box::new(line), framing, TIMING);
        while !self.is_unplugged() {
            if self.lock().device.faults.silent {
                match link.ignore(TICK) {
                    Ok(()) | Err(transport::Error::TimedOut) => continue,
                    Err(_) => return,
                }
            }
            match link.receive(TICK) {
                // It fell silent while it listened.
                Ok(_) if self.lock().device.faults.silent => {}
                Ok(apdu) => {
                    if dialog::serve(self, &mut link, apdu).is_err() {
                        return;
                    }
                }
                Err(transport::Error::TimedOut) => {}
                Err(_) => return,
            }
        }
    }
}

fn serve_tcp(shared: &Shared, mut socket: Socket) {
    while !shared.is_stopped() {
        if shared.is_unplugged() {
            socket.unplug();
            shared.lock().gone = true;
        } else {
            shared.plug(socket.plug_in());
        }
        match socket.accept() {
            Some(mut wire) => shared.talk(&mut wire, Framing::Stream),
            None => shared.rest(),
        }
    }
}

#[cfg(unix)]
fn serve_pty(shared: &Shared, mut pty: transport::pty::Pty) {
    while !shared.is_stopped() {
        if shared.is_unplugged() {
            pty.unplug();
            shared.lock().gone = true;
        } else if let Some(wire) = pty.wire() {
            shared.talk(wire, Framing::Serial);
            pty.unplug();
            continue;
        } else {
            shared.plug(pty.plug_in());
        }
        shared.rest();
    }
}
