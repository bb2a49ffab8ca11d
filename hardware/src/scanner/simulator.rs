//! A scanner made of software, behind a pseudo-terminal or TCP.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::transport::socket::Socket;
use crate::transport::tcp::Tcp;
use crate::transport::{self, Address, Transport};

/// How the simulated scanner is set up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Setup {
    /// Sent before each code: `]E0`, STX, or nothing.
    pub prefix: String,
    /// Sent after each code.
    pub terminator: Terminator,
    /// Bytes written at once; none for all at once. Small pieces arrive split.
    pub piece: Option<usize>,
}

/// The end of a code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Terminator {
    /// 0D.
    #[default]
    Cr,
    /// 0A.
    Lf,
    /// 0D 0A.
    CrLf,
    /// Nothing: the code ends with a silence.
    None,
}

impl Terminator {
    fn bytes(self) -> &'static [u8] {
        match self {
            Terminator::Cr => b"\r",
            Terminator::Lf => b"\n",
            Terminator::CrLf => b"\r\n",
            Terminator::None => b"",
        }
    }
}

/// A simulated scanner in a thread of its own; dropping it unplugs it for good.
pub struct Simulator {
    address: Address,
    setup: Mutex<Setup>,
    orders: mpsc::Sender<Order>,
    thread: Option<JoinHandle<()>>,
}

enum Order {
    Send { bytes: Vec<u8>, piece: usize },
    Unplug,
    PlugIn,
    Stop,
}

impl Simulator {
    /// Listens on a port of this computer; 0 takes any free one.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub fn on_tcp(port: u16) -> io::Result<Simulator> {
        let socket = Socket::open(port)?;
        Simulator::start(socket.address(), Line { socket, wire: None })
    }

    /// Sits behind a pseudo-terminal, under a name that stays the same when it is plugged in again.
    ///
    /// # Errors
    /// When no pseudo-terminal can be had.
    #[cfg(unix)]
    pub fn on_pty() -> io::Result<Simulator> {
        let pty = transport::pty::Pty::open()?;
        Simulator::start(pty.address(), pty)
    }

    /// Where a driver finds it.
    pub fn address(&self) -> Address {
        self.address.clone()
    }

    /// Changes how codes are sent from now on.
    pub fn set(&self, change: impl FnOnce(&mut Setup)) {
        change(&mut self.setup.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Reads a code: sends it with prefix and terminator. Over TCP it waits for a driver; on a
    /// pseudo-terminal a driver that opens the port later does not see it.
    pub fn scan(&self, data: &str) {
        let setup = self.setup.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let bytes = [setup.prefix.as_bytes(), data.as_bytes(), setup.terminator.bytes()].concat();
        self.order(Order::Send { bytes, piece: setup.piece.unwrap_or(usize::MAX) });
    }

    /// Sends bytes as they are: noise, half a code.
    pub fn send(&self, bytes: &[u8]) {
        self.order(Order::Send { bytes: bytes.to_vec(), piece: usize::MAX });
    }

    /// Pulls the plug.
    pub fn unplug(&self) {
        self.order(Order::Unplug);
    }

    /// Puts it back.
    pub fn plug_in(&self) {
        self.order(Order::PlugIn);
    }

    fn order(&self, order: Order) {
        if self.orders.send(order).is_err() {
            tracing::error!("the scanner simulator has stopped");
        }
    }

    fn start(address: Address, plug: impl Plug + 'static) -> io::Result<Simulator> {
        let (orders, theirs) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("scanner simulator".into())
            .spawn(move || serve(plug, &theirs))?;
        Ok(Simulator { address, setup: Mutex::default(), orders, thread: Some(thread) })
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.order(Order::Stop);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the scanner simulator panicked");
        }
    }
}

/// What a scanner hangs on.
trait Plug: Send {
    fn wire(&mut self) -> Option<&mut dyn Transport>;
    fn plug_in(&mut self) -> io::Result<()>;
    fn unplug(&mut self);
    /// Takes a connection that waits, gives up one that ended.
    fn look_after(&mut self) {}
}

struct Line {
    socket: Socket,
    wire: Option<Tcp>,
}

impl Plug for Line {
    fn wire(&mut self) -> Option<&mut dyn Transport> {
        self.wire.as_mut().map(|wire| wire as &mut dyn Transport)
    }

    fn plug_in(&mut self) -> io::Result<()> {
        self.socket.plug_in()
    }

    fn unplug(&mut self) {
        self.socket.unplug();
        self.wire = None;
    }

    fn look_after(&mut self) {
        if let Some(wire) = &mut self.wire
            && matches!(wire.read(&mut [0; 16], Duration::ZERO), Err(transport::Error::Gone(_)))
        {
            self.wire = None;
        }
        if self.wire.is_none() {
            self.wire = self.socket.accept();
        }
    }
}

#[cfg(unix)]
impl Plug for transport::pty::Pty {
    fn wire(&mut self) -> Option<&mut dyn Transport> {
        self.wire()
    }

    fn plug_in(&mut self) -> io::Result<()> {
        self.plug_in()
    }

    fn unplug(&mut self) {
        self.unplug();
    }
}

fn serve(mut plug: impl Plug, orders: &mpsc::Receiver<Order>) {
    let mut waiting: Vec<(Vec<u8>, usize)> = Vec::new();
    loop {
        match orders.recv_timeout(Duration::from_millis(5)) {
            Ok(Order::Send { bytes, piece }) => waiting.push((bytes, piece)),
            Ok(Order::Unplug) => plug.unplug(),
            Ok(Order::PlugIn) => {
                if let Err(error) = plug.plug_in() {
                    tracing::error!(%error, "the scanner simulator cannot be plugged in");
                }
            }
            Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {}
        }
        plug.look_after();
        if let Some(wire) = plug.wire() {
            for (bytes, piece) in waiting.drain(..) {
                for piece in bytes.chunks(piece.max(1)) {
                    if let Err(error) = wire.write_all(piece, Duration::from_secs(1)) {
                        tracing::debug!(%error, "scan not delivered");
                    }
                }
            }
        }
    }
}
