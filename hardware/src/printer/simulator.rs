//! A receipt printer made of software: it speaks ESC/POS byte by byte over TCP or a
//! pseudo-terminal, draws what it prints, and can be put out of paper, jammed, silenced, slowed
//! down and unplugged.

mod barcode;
mod command;
mod device;
mod font;
mod head;
mod paper;

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub use device::Faults;
pub use paper::{Paper, Slip};

use crate::transport::{self, Address, Transport};
use device::Device;

/// Printable width of 80 mm paper in dots.
pub const WIDTH: usize = 576;

/// Draws what a printer would print for these bytes.
pub fn render(bytes: &[u8]) -> Paper {
    let mut renderer = Renderer::default();
    renderer.push(bytes);
    renderer.paper()
}

/// Draws bytes that come in pieces, without a thread and without faults.
pub struct Renderer(Device);

impl Default for Renderer {
    fn default() -> Self {
        Renderer(Device::new(WIDTH))
    }
}

impl Renderer {
    /// Takes bytes and prints what they complete.
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.receive(bytes);
        self.0.work(usize::MAX);
    }

    /// The paper so far.
    pub fn paper(&self) -> Paper {
        self.0.paper()
    }
}

/// A simulated printer in a thread of its own; dropping it unplugs it for good.
pub struct Simulator {
    shared: Arc<Shared>,
    address: Address,
    thread: Option<JoinHandle<()>>,
}

/// What a condition of [`Simulator::wait_for`] may look at.
pub struct View<'a> {
    device: &'a Device,
}

impl Simulator {
    /// Listens on a port of this computer; 0 takes any free one.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub fn on_tcp(port: u16) -> io::Result<Simulator> {
        let socket = transport::socket::Socket::open(port)?;
        Simulator::start(socket.address(), move |shared| serve_tcp(shared, socket))
    }

    /// Sits behind a pseudo-terminal. The address is a link that stays the same when the printer
    /// is switched off and on, as `/dev/serial/by-id` does.
    ///
    /// # Errors
    /// When no pseudo-terminal can be had.
    #[cfg(unix)]
    pub fn on_pty() -> io::Result<Simulator> {
        let port = crate::transport::pty::Pty::open()?;
        let address = port.address();
        Simulator::start(address, move |shared| serve_pty(shared, port))
    }

    /// Where a driver finds it.
    pub fn address(&self) -> Address {
        self.address.clone()
    }

    /// The faults in force.
    pub fn faults(&self) -> Faults {
        self.shared.lock().device.faults().clone()
    }

    /// Changes the faults: `simulator.set(|faults| faults.paper_out = true)`.
    pub fn set(&self, change: impl FnOnce(&mut Faults)) {
        let mut state = self.shared.lock();
        state.device.change_faults(change);
        if state.device.faults().power_off {
            state.device.switch_off();
        }
        drop(state);
        self.shared.changed.notify_all();
    }

    /// The slips that were cut off, oldest first.
    pub fn slips(&self) -> Vec<Slip> {
        self.paper().slips
    }

    /// Everything printed, with what still hangs in the printer.
    pub fn paper(&self) -> Paper {
        self.shared.lock().device.paper()
    }

    /// Times that a drawer was kicked.
    pub fn kicks(&self) -> u32 {
        self.shared.lock().device.head().kicks()
    }

    /// Throws away the paper printed so far.
    pub fn tear_off(&self) {
        self.shared.lock().device.tear_off();
    }

    /// Waits until a condition holds; false when it does not in time.
    pub fn wait_for(&self, timeout: Duration, mut holds: impl FnMut(View<'_>) -> bool) -> bool {
        let state = self.shared.lock();
        let (_state, waited) = self
            .shared
            .changed
            .wait_timeout_while(state, timeout, |state| !holds(View { device: &state.device }))
            .unwrap_or_else(PoisonError::into_inner);
        !waited.timed_out()
    }

    fn start(
        address: Address,
        serve: impl FnOnce(&Shared) + Send + 'static,
    ) -> io::Result<Simulator> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                device: Device::new(WIDTH),
                stop: false,
                credit: 0,
                worked: Instant::now(),
            }),
            changed: Condvar::new(),
        });
        let theirs = shared.clone();
        let thread = std::thread::Builder::new()
            .name("printer simulator".into())
            .spawn(move || serve(&theirs))?;
        Ok(Simulator { shared, address, thread: Some(thread) })
    }
}

impl View<'_> {
    /// Slips cut off so far.
    pub fn slips(&self) -> usize {
        self.device.head().finished().len()
    }

    /// All text on paper.
    pub fn text(&self) -> String {
        self.device.paper().text()
    }

    /// Times that a drawer was kicked.
    pub fn kicks(&self) -> u32 {
        self.device.head().kicks()
    }

    /// Bytes received that wait to be printed.
    pub fn waiting(&self) -> usize {
        self.device.queued()
    }

    /// The faults in force.
    pub fn faults(&self) -> &Faults {
        self.device.faults()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the printer simulator panicked");
        }
    }
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    device: Device,
    stop: bool,
    /// Thousandths of a byte that may be printed when it is slow.
    credit: u64,
    worked: Instant,
}

/// How long the simulator listens before it looks at its faults again.
const TICK: Duration = Duration::from_millis(5);
/// Bytes that it takes before it makes the driver wait, as the 4 KiB of a real printer.
const RECEIVE_BUFFER: usize = 4_096;

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prints what may be printed now.
    fn work(&self) {
        let mut state = self.lock();
        let elapsed = u64::try_from(state.worked.elapsed().as_millis()).unwrap_or(0);
        match state.device.faults().bytes_per_second {
            None => {
                state.device.work(usize::MAX);
                state.worked = Instant::now();
                state.credit = 0;
            }
            Some(speed) if elapsed > 0 => {
                state.credit += elapsed * u64::from(speed.get());
                state.worked = Instant::now();
                let budget = usize::try_from(state.credit / 1_000).unwrap_or(usize::MAX);
                let spent = u64::try_from(state.device.work(budget)).unwrap_or(0);
                state.credit -= spent * 1_000;
                if state.device.queued() == 0 {
                    state.credit = 0;
                }
            }
            Some(_) => {}
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Sleeps for a tick or until somebody changes something.
    fn rest(&self) {
        drop(self.changed.wait_timeout(self.lock(), TICK).unwrap_or_else(PoisonError::into_inner));
    }

    fn is_stopped(&self) -> bool {
        self.lock().stop
    }

    fn is_off(&self) -> bool {
        self.lock().device.faults().power_off
    }

    /// Talks until one side hangs up.
    fn talk(&self, wire: &mut dyn Transport) {
        loop {
            let room = {
                let mut state = self.lock();
                if state.stop || state.device.faults().power_off {
                    return;
                }
                if state.device.faults().cut_off_after == Some(0) {
                    state.device.change_faults(|faults| faults.cut_off_after = None);
                    return;
                }
                let room = RECEIVE_BUFFER.saturating_sub(state.device.queued());
                room.min(state.device.faults().cut_off_after.unwrap_or(room))
            };
            let mut buffer = [0; 512];
            let room = room.min(buffer.len());
            if room == 0 {
                self.rest();
            } else {
                match wire.read(&mut buffer[..room], TICK) {
                    Ok(n) => self.receive(&buffer[..n]),
                    Err(transport::Error::TimedOut) => {}
                    Err(_) => return,
                }
            }
            self.work();
            let answers = self.lock().device.take_answers();
            match wire.write_all(&answers, Duration::from_millis(200)) {
                Ok(()) | Err(transport::Cut { error: transport::Error::TimedOut, .. }) => {}
                Err(_) => return,
            }
        }
    }

    fn receive(&self, bytes: &[u8]) {
        let mut state = self.lock();
        state.device.receive(bytes);
        if let Some(left) = state.device.faults().cut_off_after {
            let left = left.saturating_sub(bytes.len());
            state.device.change_faults(|faults| faults.cut_off_after = Some(left));
        }
    }
}

fn serve_tcp(shared: &Shared, mut socket: transport::socket::Socket) {
    while !shared.is_stopped() {
        if shared.is_off() {
            socket.unplug();
        } else if let Err(error) = socket.plug_in() {
            tracing::warn!(%error, "no port for the printer simulator");
        }
        match socket.accept() {
            Some(mut wire) => {
                shared.talk(&mut wire);
                shared.lock().device.hang_up();
            }
            None => {
                shared.work();
                shared.rest();
            }
        }
    }
}

#[cfg(unix)]
fn serve_pty(shared: &Shared, port: crate::transport::pty::Pty) {
    let mut port = port;
    while !shared.is_stopped() {
        if shared.is_off() {
            port.unplug();
        } else if let Some(wire) = port.wire() {
            shared.talk(wire);
            shared.lock().device.hang_up();
            port.unplug();
            continue;
        } else if let Err(error) = port.plug_in() {
            tracing::warn!(%error, "no pseudo-terminal for the printer simulator");
        }
        shared.work();
        shared.rest();
    }
}
