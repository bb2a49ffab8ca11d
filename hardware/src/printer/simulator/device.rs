//! The simulated printer without its plug: bytes in, answers and paper out, faults at will.

use std::collections::VecDeque;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::command::{Command, Parser};
use super::head::Head;
use super::paper::Paper;

/// What is wrong with the simulated printer. All of it can be changed while it prints.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Faults {
    /// The roll is at its end: printing stops, and goes on when this is cleared.
    pub paper_out: bool,
    /// Sets `paper_out` once so many more lines have been fed.
    pub paper_out_after_lines: Option<u32>,
    /// The roll is nearly at its end.
    pub near_end: bool,
    /// The cover is open: printing stops, and goes on when this is cleared.
    pub cover_open: bool,
    /// The cutter is stuck: printing stops. After this is cleared the error stays until `10 05 01`
    /// (go on) or `10 05 02` (throw away what is left).
    pub cutter_jammed: bool,
    /// Takes everything, prints, and answers nothing.
    pub silent: bool,
    /// Prints no faster than this.
    pub bytes_per_second: Option<NonZeroU32>,
    /// Takes bytes and prints nothing of them, until this is cleared.
    pub held: bool,
    /// The connection breaks once so many more bytes have been received, then this is cleared.
    pub cut_off_after: Option<usize>,
    /// Switched off: connections are refused, a serial port is gone.
    pub power_off: bool,
}

pub(super) struct Device {
    parser: Parser,
    queue: VecDeque<(Command, usize)>,
    queued: usize,
    head: Head,
    faults: Faults,
    /// Stays after the jam itself is cleared.
    cutter_error: bool,
    automatic: bool,
    answers: Vec<u8>,
}

/// `GS a` bits that ask for anything at all.
const AUTOMATIC_BITS: u8 = 0x4f;

impl Device {
    pub(super) fn new(width: usize) -> Device {
        Device {
            parser: Parser::default(),
            queue: VecDeque::new(),
            queued: 0,
            head: Head::new(width),
            faults: Faults::default(),
            cutter_error: false,
            automatic: false,
            answers: Vec::new(),
        }
    }

    pub(super) fn faults(&self) -> &Faults {
        &self.faults
    }

    pub(super) fn change_faults(&mut self, change: impl FnOnce(&mut Faults)) {
        let before = self.automatic_status();
        change(&mut self.faults);
        self.cutter_error |= self.faults.cutter_jammed;
        self.tell_change(before);
    }

    /// Bytes received and not yet carried out.
    pub(super) fn queued(&self) -> usize {
        self.queued
    }

    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    /// Throws the paper away.
    pub(super) fn tear_off(&mut self) {
        self.head.forget();
    }

    pub(super) fn paper(&self) -> Paper {
        Paper {
            slips: self.head.finished().to_vec(),
            rest: self.head.rest().clone(),
            kicks: self.head.kicks(),
        }
    }

    pub(super) fn take_answers(&mut self) -> Vec<u8> {
        let answers = std::mem::take(&mut self.answers);
        if self.faults.silent { Vec::new() } else { answers }
    }

    /// Takes bytes: real-time commands are acted on now, even while the printer is stopped, the
    /// others wait for their turn.
    pub(super) fn receive(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let Some((command, length)) = self.parser.push(byte) else { continue };
            if command.is_real_time() {
                self.real_time(&command);
            } else {
                self.queued += length;
                self.queue.push_back((command, length));
            }
        }
    }

    /// The other side hung up in the middle of a command.
    pub(super) fn hang_up(&mut self) {
        self.parser.reset();
        self.answers.clear();
        self.automatic = false;
    }

    /// Loses everything but the paper.
    pub(super) fn switch_off(&mut self) {
        self.hang_up();
        self.clear_queue();
        self.head.power_off();
        self.cutter_error = self.faults.cutter_jammed;
    }

    /// Carries out commands of at most `budget` bytes; returns how many were spent.
    pub(super) fn work(&mut self, budget: usize) -> usize {
        let mut spent = 0;
        while self.is_online() && !self.faults.held {
            let Some((_, length)) = self.queue.front() else { break };
            if spent + length > budget {
                break;
            }
            let Some((command, length)) = self.queue.pop_front() else { break };
            spent += length;
            self.queued -= length;
            self.carry_out(command);
        }
        spent
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Confirm(1 | 49) => {
                self.answers.push(if self.faults.near_end { 0x03 } else { 0x00 })
            }
            Command::Confirm(2 | 50) => self.answers.push(0x00),
            Command::Identify(_) => self.answers.push(0x02),
            Command::AutomaticStatus(n) => {
                self.automatic = n & AUTOMATIC_BITS != 0;
                if self.automatic {
                    self.answers.extend(self.automatic_status());
                }
            }
            command => {
                let lines = self.head.lines();
                self.head.carry_out(command);
                self.use_paper(self.head.lines() - lines);
            }
        }
    }

    fn use_paper(&mut self, lines: usize) {
        let Some(left) = self.faults.paper_out_after_lines else { return };
        let left = left.saturating_sub(u32::try_from(lines).unwrap_or(u32::MAX));
        self.faults.paper_out_after_lines = Some(left);
        if left == 0 {
            self.change_faults(|faults| {
                faults.paper_out_after_lines = None;
                faults.paper_out = true;
            });
        }
    }

    fn real_time(&mut self, command: &Command) {
        match command {
            Command::RealTimeStatus(n @ 1..=4) => {
                let answer = self.real_time_status(*n);
                self.answers.push(answer);
            }
            Command::RealTimeRecover(how @ (1 | 2)) => {
                let before = self.automatic_status();
                self.cutter_error = self.faults.cutter_jammed;
                if *how == 2 {
                    self.clear_queue();
                    self.head.power_off();
                }
                self.tell_change(before);
            }
            Command::RealTimeKick => self.head.kick(),
            _ => {}
        }
    }

    fn clear_queue(&mut self) {
        self.queue.clear();
        self.queued = 0;
    }

    fn is_online(&self) -> bool {
        !(self.faults.paper_out
            || self.faults.cover_open
            || self.cutter_error
            || self.faults.power_off)
    }

    /// The answer to `DLE EOT n`.
    fn real_time_status(&self, n: u8) -> u8 {
        let bit = |on: bool, mask: u8| if on { mask } else { 0 };
        let Faults { paper_out, near_end, cover_open, .. } = self.faults;
        0x12 | match n {
            1 => 0x04 | bit(!self.is_online(), 0x08),
            2 => bit(cover_open, 0x04) | bit(paper_out, 0x20) | bit(self.cutter_error, 0x40),
            3 => bit(self.cutter_error, 0x08),
            _ => bit(near_end, 0x0c) | bit(paper_out, 0x60),
        }
    }

    /// The four bytes of automatic status.
    fn automatic_status(&self) -> [u8; 4] {
        let bit = |on: bool, mask: u8| if on { mask } else { 0 };
        let Faults { paper_out, near_end, cover_open, .. } = self.faults;
        [
            0x14 | bit(!self.is_online(), 0x08) | bit(cover_open, 0x20),
            bit(self.cutter_error, 0x08),
            bit(near_end, 0x03) | bit(paper_out, 0x0c),
            0x00,
        ]
    }

    fn tell_change(&mut self, before: [u8; 4]) {
        let now = self.automatic_status();
        if self.automatic && now != before {
            self.answers.extend(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(device: &mut Device, bytes: &[u8]) -> Vec<u8> {
        device.receive(bytes);
        device.work(usize::MAX);
        device.take_answers()
    }

    #[test]
    fn real_time_answers_of_the_reference() {
        let mut device = Device::new(576);
        let all = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04";
        assert_eq!(ask(&mut device, all), [0x16, 0x12, 0x12, 0x12]);
        device.change_faults(|f| f.near_end = true);
        assert_eq!(ask(&mut device, b"\x10\x04\x04"), [0x1e]);
        device.change_faults(|f| *f = Faults { paper_out: true, ..Faults::default() });
        assert_eq!(ask(&mut device, all), [0x1e, 0x32, 0x12, 0x72]);
        device.change_faults(|f| *f = Faults { cover_open: true, ..Faults::default() });
        assert_eq!(ask(&mut device, all), [0x1e, 0x16, 0x12, 0x12]);
        device.change_faults(|f| *f = Faults { cutter_jammed: true, ..Faults::default() });
        assert_eq!(ask(&mut device, all), [0x1e, 0x52, 0x1a, 0x12]);
    }

    #[test]
    fn automatic_status_of_the_reference() {
        let mut device = Device::new(576);
        assert_eq!(ask(&mut device, b"\x1d\x61\xff"), [0x14, 0x00, 0x00, 0x00]);
        for (faults, want) in [
            (Faults { paper_out: true, ..Faults::default() }, [0x1c, 0x00, 0x0c, 0x00]),
            (Faults { cover_open: true, ..Faults::default() }, [0x3c, 0x00, 0x00, 0x00]),
            (Faults { cutter_jammed: true, ..Faults::default() }, [0x1c, 0x08, 0x00, 0x00]),
        ] {
            device.change_faults(|f| *f = faults);
            assert_eq!(device.take_answers(), want);
        }
        device.change_faults(|f| *f = Faults::default());
        assert_eq!(
            ask(&mut device, b"\x10\x05\x02"),
            [0x14, 0x00, 0x00, 0x00],
            "cleared by hand and by command"
        );
    }

    #[test]
    fn the_confirmation_waits_for_paper_and_status_does_not() {
        let mut device = Device::new(576);
        device.change_faults(|f| f.paper_out_after_lines = Some(1));
        assert_eq!(ask(&mut device, b"one\ntwo\n\x1d\x72\x01"), [0u8; 0]);
        assert_eq!(device.paper().rest.text(), "one\n");
        assert_eq!(ask(&mut device, b"\x10\x04\x04"), [0x72]);
        device.change_faults(|f| f.paper_out = false);
        device.work(usize::MAX);
        assert_eq!(device.take_answers(), [0x00]);
        assert_eq!(device.paper().rest.text(), "one\ntwo\n");
    }
}
