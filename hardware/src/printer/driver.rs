//! Sends a job to a printer and finds out whether it was printed.
//!
//! A finished write proves nothing: the bytes may lie in a buffer of a printer without paper. A
//! job therefore ends with `GS r 1`, which a printer answers when it gets there, and silence is
//! followed by `DLE EOT`, which it answers at once, to find the cause.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::lamp::{Cause, Lamp};
use crate::transport::{self, Address, Transport};

use super::document::Drawer;
use super::encode::drawer_kick;
use super::status::{
    AUTOMATIC, CLEAR_ERROR, CONFIRM, Replies, Reply, Status, ask, from_automatic, from_real_time,
};

/// Silence after which the printer is asked why it does not confirm.
const ASK_AFTER: Duration = Duration::from_millis(300);

/// What became of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "cause", rename_all = "snake_case")]
pub enum Outcome {
    /// The printer confirmed that it got to the end of the job.
    Printed,
    /// Everything was written to a printer that cannot confirm. Not proven.
    Sent,
    /// Nothing was sent. Safe to send again without asking anybody.
    Refused(Cause),
    /// Some or all of it was sent and nothing confirms it. Print again only when a person says
    /// so, and mark it as a duplicate.
    Unknown(Cause),
}

impl Outcome {
    /// Nobody needs to look at this job again.
    pub fn is_done(self) -> bool {
        matches!(self, Outcome::Printed | Outcome::Sent)
    }

    /// Why it is not done.
    pub fn cause(self) -> Option<Cause> {
        match self {
            Outcome::Printed | Outcome::Sent => None,
            Outcome::Refused(cause) | Outcome::Unknown(cause) => Some(cause),
        }
    }
}

/// How a printer behaves and how long it is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The printer answers `DLE EOT` and `GS r`. When false, a finished write is
    /// [`Outcome::Sent`] and the status is [`Status::Unknown`].
    pub reads_back: bool,
    /// Turn on automatic status (`GS a`), so that a cause is known even when the printer stops
    /// taking bytes in the middle of a job.
    pub automatic_status: bool,
    /// To connect.
    pub connect: Duration,
    /// For the answer to a real-time status.
    pub reply: Duration,
    /// For each chunk of a job to be taken.
    pub write: Duration,
    /// For the confirmation, from the last byte written.
    pub confirm: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            reads_back: true,
            automatic_status: false,
            connect: Duration::from_secs(2),
            reply: Duration::from_millis(800),
            write: Duration::from_secs(5),
            confirm: Duration::from_secs(15),
        }
    }
}

/// The printer cannot be used and trying again will not help: no permission for the port, an
/// address that is none.
#[derive(Debug, thiserror::Error)]
#[error("{address}: {source}")]
pub struct Error {
    /// The printer.
    pub address: String,
    /// What is wrong with it.
    pub source: transport::Error,
}

/// A receipt printer. Connects when it is needed, and again after it went away.
pub struct Printer {
    address: Option<Address>,
    options: Options,
    wire: Option<Box<dyn Transport>>,
    replies: Replies,
    /// Confirmations asked for on this connection and not seen. A printer that gets paper again
    /// finishes the old job first, and its answer must not be taken for that of the new one.
    owed: usize,
    automatic: Option<Status>,
}

impl Printer {
    /// A printer at an address; nothing is opened yet.
    pub fn new(address: Address, options: Options) -> Printer {
        Printer {
            address: Some(address),
            options,
            wire: None,
            replies: Replies::default(),
            owed: 0,
            automatic: None,
        }
    }

    /// A printer over a connection that is open already; it is not opened again when it breaks.
    pub fn over(wire: Box<dyn Transport>, options: Options) -> Printer {
        Printer {
            address: None,
            options,
            wire: Some(wire),
            replies: Replies::default(),
            owed: 0,
            automatic: None,
        }
    }

    /// Asks the printer how it is. Takes at most the reply timeout four times.
    ///
    /// # Errors
    /// [`Error`] when the port may not be opened; a printer that is not there is
    /// [`Status::Disconnected`].
    pub fn status(&mut self) -> Result<Status, Error> {
        if self.wire.is_some() {
            match self.ask_status() {
                // It may have been switched off and on since it was last used.
                Status::Disconnected if self.address.is_some() => self.close(),
                status => return Ok(status),
            }
        }
        match self.connect()? {
            true => Ok(self.ask_status()),
            false => Ok(Status::Disconnected),
        }
    }

    /// Asks for the lamp and the cause behind it.
    ///
    /// # Errors
    /// As [`Printer::status`].
    pub fn lamp(&mut self) -> Result<(Lamp, Option<Cause>), Error> {
        let status = self.status()?;
        Ok((status.lamp(), status.cause()))
    }

    /// Prints a job made by [`encode`](super::encode::encode) and waits until it is on paper.
    ///
    /// # Errors
    /// [`Error`] when the port may not be opened. Everything that can be ended by paper, a hand or
    /// a cable is an [`Outcome`].
    pub fn print(&mut self, job: &[u8]) -> Result<Outcome, Error> {
        let mut status = self.status()?;
        if matches!(status, Status::CutterError | Status::RecoverableError) {
            // Harmless before a job: what it throws away belongs to one that is unknown already.
            status = self.recover()?;
        }
        if !status.can_print() {
            return Ok(Outcome::Refused(status.cause().unwrap_or(Cause::Offline)));
        }
        if self.options.reads_back { Ok(self.send_and_confirm(job)) } else { Ok(self.send(job)) }
    }

    /// Opens the drawer, by itself.
    ///
    /// # Errors
    /// As [`Printer::print`].
    pub fn kick_drawer(&mut self, drawer: Drawer) -> Result<Outcome, Error> {
        self.print(&drawer_kick(drawer))
    }

    /// Goes on waiting for the confirmation of an [`Outcome::Unknown`] job, for example after
    /// paper was put in: a printer that ran out in the middle of a job goes on by itself.
    /// Nothing is sent but questions.
    pub fn wait_for_rest(&mut self, timeout: Duration) -> Outcome {
        if self.owed == 0 { Outcome::Unknown(Cause::Silent) } else { self.confirm(timeout) }
    }

    /// Clears an error after somebody has freed the cutter, and throws away what the printer
    /// still holds. Returns the state after it.
    ///
    /// # Errors
    /// As [`Printer::status`].
    pub fn recover(&mut self) -> Result<Status, Error> {
        if self.connect()? {
            self.write(&CLEAR_ERROR).ok();
            self.owed = 0;
        }
        self.status()
    }

    /// Closes the connection; the next use opens it again.
    pub fn close(&mut self) {
        self.wire = None;
        self.replies = Replies::default();
        self.automatic = None;
        self.owed = 0;
    }

    fn connect(&mut self) -> Result<bool, Error> {
        if self.wire.is_some() {
            return Ok(true);
        }
        let Some(address) = &self.address else { return Ok(false) };
        match transport::open(address, self.options.connect) {
            Ok(wire) => self.wire = Some(wire),
            Err(source @ transport::Error::Unusable(_)) => {
                return Err(Error { address: address.to_string(), source });
            }
            Err(error) => {
                tracing::debug!(%address, %error, "printer not reached");
                return Ok(false);
            }
        }
        if self.options.reads_back
            && self.options.automatic_status
            && self.write(&AUTOMATIC).is_err()
        {
            self.close();
            return Ok(false);
        }
        Ok(true)
    }

    fn send(&mut self, job: &[u8]) -> Outcome {
        match self.write(job) {
            Ok(()) => Outcome::Sent,
            Err(cut) => self.broken_off(&cut),
        }
    }

    fn send_and_confirm(&mut self, job: &[u8]) -> Outcome {
        // What was asked for earlier and arrived in between is settled now.
        self.take_replies();
        let job = [job, &CONFIRM].concat();
        if let Err(cut) = self.write(&job) {
            return self.broken_off(&cut);
        }
        self.owed += 1;
        self.confirm(self.options.confirm)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), transport::Cut> {
        match &mut self.wire {
            Some(wire) => wire.write_all(bytes, self.options.write),
            None => Err(transport::Cut { written: 0, error: transport::Error::TimedOut }),
        }
    }

    /// A job of which only a part was taken. The printer may stand in the middle of a command, so
    /// it is not asked anything; what it said by itself is used.
    fn broken_off(&mut self, cut: &transport::Cut) -> Outcome {
        tracing::warn!(%cut, "print job broken off");
        let cause = match cut.error {
            transport::Error::TimedOut => {
                self.take_replies();
                self.automatic
                    .filter(|s| !s.can_print())
                    .and_then(Status::cause)
                    .unwrap_or(Cause::Stalled)
            }
            _ => Cause::Disconnected,
        };
        self.close();
        if cut.written == 0 { Outcome::Refused(cause) } else { Outcome::Unknown(cause) }
    }

    fn confirm(&mut self, timeout: Duration) -> Outcome {
        let deadline = Instant::now() + timeout;
        let owed = self.owed;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.next_reply(left.min(ASK_AFTER)) {
                Ok(_) if self.owed == 0 => return Outcome::Printed,
                Ok(Reply::Automatic(four)) if !from_automatic(four).can_print() => {
                    return Outcome::Unknown(
                        from_automatic(four).cause().unwrap_or(Cause::Offline),
                    );
                }
                Ok(_) => continue,
                Err(transport::Error::TimedOut) => {}
                Err(_) => {
                    self.close();
                    return Outcome::Unknown(Cause::Disconnected);
                }
            }
            let status = self.ask_status();
            if self.owed == 0 && self.wire.is_some() && status != Status::Disconnected {
                return Outcome::Printed; // The answer came among those to the questions.
            }
            match status {
                Status::Disconnected => {
                    self.close();
                    return Outcome::Unknown(Cause::Disconnected);
                }
                Status::Ready | Status::PaperLow | Status::Silent | Status::Unknown => {
                    if Instant::now() < deadline {
                        continue;
                    }
                    if status == Status::Silent {
                        return Outcome::Unknown(Cause::Silent);
                    }
                    if self.owed < owed {
                        // An older answer came and ours did not, in all this time: one of them
                        // was lost, perhaps because the printer was switched off. Do not let
                        // that make every later job unknown.
                        self.owed = 0;
                    }
                    return Outcome::Unknown(Cause::Busy);
                }
                stopped => return Outcome::Unknown(stopped.cause().unwrap_or(Cause::Offline)),
            }
        }
    }

    fn ask_status(&mut self) -> Status {
        if !self.options.reads_back {
            // Nothing is asked, but a connection that broke is noticed.
            return match self.take_replies() {
                true => Status::Unknown,
                false => Status::Disconnected,
            };
        }
        if !self.take_replies() {
            return Status::Disconnected;
        }
        let mut answers = [None; 4];
        for (n, answer) in (1..).zip(&mut answers) {
            match self.ask(n) {
                Ok(byte) => *answer = Some(byte),
                // A printer that is silent to the first question is silent.
                Err(transport::Error::TimedOut) if n == 1 => break,
                Err(transport::Error::TimedOut) => {}
                Err(_) => return Status::Disconnected,
            }
        }
        from_real_time(answers)
    }

    fn ask(&mut self, n: u8) -> Result<u8, transport::Error> {
        let deadline = Instant::now() + self.options.reply;
        self.write(&ask(n)).map_err(|cut| cut.error)?;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if let Reply::RealTime(byte) = self.next_reply(left)? {
                return Ok(byte);
            }
        }
    }

    /// Takes what lies ready, without waiting. False when the connection is gone.
    fn take_replies(&mut self) -> bool {
        loop {
            match self.next_reply(Duration::ZERO) {
                Ok(_) => {}
                Err(transport::Error::TimedOut) => return self.wire.is_some(),
                Err(_) => return false,
            }
        }
    }

    fn next_reply(&mut self, timeout: Duration) -> Result<Reply, transport::Error> {
        let deadline = Instant::now() + timeout;
        loop {
            if let Some(reply) = self.replies.next() {
                match reply {
                    Reply::Printed => self.owed = self.owed.saturating_sub(1),
                    Reply::Automatic(four) => self.automatic = Some(from_automatic(four)),
                    Reply::RealTime(_) => {}
                }
                return Ok(reply);
            }
            let Some(wire) = &mut self.wire else { return Err(transport::Error::TimedOut) };
            let mut buffer = [0; 64];
            let left = deadline.saturating_duration_since(Instant::now());
            let n = wire.read(&mut buffer, left)?;
            self.replies.push(&buffer[..n]);
        }
    }
}
