//! Two connected ends in memory, for tests and for a simulator inside the same process.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Error, Transport, closed};

/// One end. Dropping it closes both directions, as unplugging does.
pub struct End {
    incoming: Arc<Pipe>,
    outgoing: Arc<Pipe>,
}

/// Two ends: what is written to one is read from the other.
pub fn pair() -> (End, End) {
    let (a, b) = (Arc::new(Pipe::default()), Arc::new(Pipe::default()));
    (End { incoming: a.clone(), outgoing: b.clone() }, End { incoming: b, outgoing: a })
}

#[derive(Default)]
struct Pipe {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    bytes: VecDeque<u8>,
    closed: bool,
}

impl Pipe {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for End {
    fn write(&mut self, bytes: &[u8], _timeout: Duration) -> Result<usize, Error> {
        let mut state = self.outgoing.lock();
        if state.closed {
            return Err(closed());
        }
        state.bytes.extend(bytes);
        self.outgoing.changed.notify_all();
        Ok(bytes.len())
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, Error> {
        let (mut state, _) = self
            .incoming
            .changed
            .wait_timeout_while(self.incoming.lock(), timeout, |s| s.bytes.is_empty() && !s.closed)
            .unwrap_or_else(PoisonError::into_inner);
        if state.bytes.is_empty() {
            return Err(if state.closed { closed() } else { Error::TimedOut });
        }
        let n = buffer.len().min(state.bytes.len());
        for (slot, byte) in buffer.iter_mut().zip(state.bytes.drain(..n)) {
            *slot = byte;
        }
        Ok(n)
    }
}

impl Drop for End {
    fn drop(&mut self) {
        for pipe in [&self.incoming, &self.outgoing] {
            pipe.lock().closed = true;
            pipe.changed.notify_all();
        }
    }
}
