//! What the printer answers, from bytes. Source: Epson, DLE EOT, GS a and GS r.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::lamp::{Cause, Lamp};

/// The state of a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Prints.
    Ready,
    /// Prints, and the roll is nearly at its end.
    PaperLow,
    /// The roll is at its end.
    PaperOut,
    /// The cover is open.
    CoverOpen,
    /// The cutter is stuck; cleared by `10 05 02` once somebody has freed it.
    CutterError,
    /// It answers that it is offline, and nothing more.
    Offline,
    /// It answers an error that it may recover from by itself, such as a hot print head.
    RecoverableError,
    /// It answers an error that only switching it off can end.
    Error,
    /// The port or host cannot be reached.
    Disconnected,
    /// It is connected and answers nothing.
    Silent,
    /// It is connected and cannot be read back.
    Unknown,
}

impl Status {
    /// Whether a job may be sent.
    pub fn can_print(self) -> bool {
        matches!(self, Status::Ready | Status::PaperLow | Status::Unknown)
    }

    /// The lamp to show.
    pub fn lamp(self) -> Lamp {
        self.cause().map_or(Lamp::Ready, Cause::lamp)
    }

    /// Why the lamp is not ready.
    pub fn cause(self) -> Option<Cause> {
        Some(match self {
            Status::Ready => return None,
            Status::PaperLow => Cause::PaperLow,
            Status::PaperOut => Cause::PaperOut,
            Status::CoverOpen => Cause::CoverOpen,
            Status::CutterError => Cause::CutterJammed,
            Status::Offline => Cause::Offline,
            Status::RecoverableError | Status::Error => Cause::Failed,
            Status::Disconnected => Cause::Disconnected,
            Status::Silent => Cause::Silent,
            Status::Unknown => Cause::CannotBeRead,
        })
    }
}

/// Asks for one of four real-time statuses: `DLE EOT n`, three bytes, to be sent between commands
/// and never inside one.
pub fn ask(n: u8) -> [u8; 3] {
    [0x10, 0x04, n]
}

/// Recovers from an error and throws away what the printer still holds: `DLE ENQ 2`.
pub const CLEAR_ERROR: [u8; 3] = [0x10, 0x05, 0x02];
/// Asks for the paper sensor once everything before it is printed: `GS r 1`.
pub const CONFIRM: [u8; 3] = [0x1d, 0x72, 0x01];
/// Turns on automatic status for drawer, online, error and paper: `GS a 15`.
pub const AUTOMATIC: [u8; 3] = [0x1d, 0x61, 0x0f];

/// One answer of the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// To `DLE EOT n`; which `n` is known only to who asked.
    RealTime(u8),
    /// Four bytes sent by the printer itself.
    Automatic([u8; 4]),
    /// To `GS r 1`: what came before is on paper.
    Printed,
}

/// Tells the answers apart in a stream of bytes, split anywhere.
#[derive(Debug, Default)]
pub struct Replies {
    automatic: Vec<u8>,
    ready: VecDeque<Reply>,
}

impl Replies {
    /// Takes bytes as they come.
    pub fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if !self.automatic.is_empty() {
                // The three that follow have bits 4 and 7 clear. Anything else means that the
                // rest was lost, and stands for itself.
                if byte & 0x90 == 0 {
                    self.automatic.push(byte);
                    if let Ok(four) = <[u8; 4]>::try_from(self.automatic.as_slice()) {
                        self.ready.push_back(Reply::Automatic(four));
                        self.automatic.clear();
                    }
                    continue;
                }
                self.automatic.clear();
            }
            if byte & 0x93 == 0x12 {
                self.ready.push_back(Reply::RealTime(byte));
            } else if byte & 0x93 == 0x10 {
                self.automatic.push(byte);
            } else if byte & 0x90 == 0 {
                self.ready.push_back(Reply::Printed);
            }
            // The rest is XON, XOFF and noise.
        }
    }
}

impl Iterator for Replies {
    type Item = Reply;

    /// The next answer that is complete.
    fn next(&mut self) -> Option<Reply> {
        self.ready.pop_front()
    }
}

/// Reads the answers to `DLE EOT 1` to `4`; an answer that did not come is `None`.
pub fn from_real_time(answers: [Option<u8>; 4]) -> Status {
    let [printer, offline, error, paper] = answers;
    let bit = |answer: Option<u8>, mask: u8| answer.is_some_and(|byte| byte & mask != 0);
    if answers.iter().all(Option::is_none) {
        Status::Silent
    } else if bit(offline, 0x04) {
        Status::CoverOpen
    } else if bit(paper, 0x60) || bit(offline, 0x20) {
        Status::PaperOut
    } else if bit(error, 0x08) {
        Status::CutterError
    } else if bit(error, 0x20) {
        Status::Error
    } else if bit(error, 0x40) || bit(offline, 0x40) {
        Status::RecoverableError
    } else if bit(printer, 0x08) {
        Status::Offline
    } else if bit(paper, 0x0c) {
        Status::PaperLow
    } else {
        Status::Ready
    }
}

/// Reads an automatic status.
pub fn from_automatic([first, second, third, _]: [u8; 4]) -> Status {
    if first & 0x20 != 0 {
        Status::CoverOpen
    } else if third & 0x0c != 0 {
        Status::PaperOut
    } else if second & 0x08 != 0 {
        Status::CutterError
    } else if second & 0x20 != 0 {
        Status::Error
    } else if second & 0x40 != 0 {
        Status::RecoverableError
    } else if first & 0x08 != 0 {
        Status::Offline
    } else if third & 0x03 != 0 {
        Status::PaperLow
    } else {
        Status::Ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands() {
        assert_eq!(ask(1), [0x10, 0x04, 0x01]);
        assert_eq!(CLEAR_ERROR, [0x10, 0x05, 0x02]);
        assert_eq!(CONFIRM, [0x1d, 0x72, 0x01]);
    }

    #[test]
    fn real_time_answers() {
        let ok = 0x12;
        for (answers, status) in [
            ([ok, ok, ok, ok], Status::Ready),
            ([0x16, ok, ok, ok], Status::Ready),
            ([0x1a, 0x32, ok, 0x72], Status::PaperOut),
            ([0x1a, 0x32, ok, 0x7e], Status::PaperOut),
            ([ok, ok, ok, 0x1e], Status::PaperLow),
            ([0x1a, 0x16, ok, ok], Status::CoverOpen),
            ([0x1a, 0x52, 0x1a, ok], Status::CutterError),
            ([0x1a, 0x52, 0x32, ok], Status::Error),
            ([0x1a, 0x52, 0x52, ok], Status::RecoverableError),
            ([0x1a, ok, ok, ok], Status::Offline),
        ] {
            assert_eq!(from_real_time(answers.map(Some)), status, "{answers:02x?}");
        }
        assert_eq!(from_real_time([None; 4]), Status::Silent);
    }

    #[test]
    fn automatic_status() {
        for (bytes, status) in [
            ([0x14, 0x00, 0x00, 0x00], Status::Ready),
            ([0x1c, 0x00, 0x0c, 0x00], Status::PaperOut),
            ([0x3c, 0x00, 0x00, 0x00], Status::CoverOpen),
            ([0x1c, 0x08, 0x00, 0x00], Status::CutterError),
            ([0x14, 0x00, 0x03, 0x00], Status::PaperLow),
        ] {
            assert_eq!(from_automatic(bytes), status);
        }
    }

    #[test]
    fn answers_are_told_apart_however_they_are_split() {
        let stream = [0x11, 0x12, 0x14, 0x00, 0x0c, 0x00, 0x00, 0x13, 0x72, 0x1c, 0x12, 0x03];
        let want = [
            Reply::RealTime(0x12),
            Reply::Automatic([0x14, 0x00, 0x0c, 0x00]),
            Reply::Printed,
            Reply::RealTime(0x72),
            Reply::RealTime(0x12),
            Reply::Printed,
        ];
        for split in 0..=stream.len() {
            let mut replies = Replies::default();
            replies.push(&stream[..split]);
            replies.push(&stream[split..]);
            assert_eq!(replies.collect::<Vec<_>>(), want, "split at {split}");
        }
    }
}
