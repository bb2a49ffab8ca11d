//! A connection that damages what goes over it, when it is told to.

use std::time::Duration;

use super::Shared;
use crate::terminal::frame::ACK;
use crate::transport::{Error, Transport};

pub(super) struct Line<'a> {
    pub(super) wire: &'a mut dyn Transport,
    pub(super) shared: &'a Shared,
}

impl Transport for Line<'_> {
    fn write(&mut self, bytes: &[u8], timeout: Duration) -> Result<usize, Error> {
        let (damage, lose) = self.shared.change(|device| {
            let faults = &mut device.faults;
            let damage = bytes.len() > 1 && std::mem::take(&mut faults.damage_sent);
            let lose = bytes == [ACK] && std::mem::take(&mut faults.lose_acknowledgement);
            (damage, lose)
        });
        if lose {
            return Ok(bytes.len());
        }
        match bytes.split_last() {
            Some((last, rest)) if damage => self.wire.write(&[rest, &[!last]].concat(), timeout),
            _ => self.wire.write(bytes, timeout),
        }
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, Error> {
        let n = self.wire.read(buffer, timeout)?;
        let damage = n > 1
            && self.shared.change(|device| std::mem::take(&mut device.faults.damage_received));
        if damage {
            buffer[n - 1] = !buffer[n - 1];
        }
        Ok(n)
    }
}
