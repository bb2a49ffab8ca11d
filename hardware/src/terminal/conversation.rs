//! One command to a card terminal and all that it says until it ends it.

use std::time::{Duration, Instant};

use super::apdu::Apdu;
use super::command::Command;
use super::driver::{Options, Stop};
use super::link::{Link, Unsent};
use super::message::{Completion, Message};
use super::{Progress, Receipts, Transaction};
use crate::lamp::Cause;
use crate::transport;

/// A command that the terminal did not end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Broken {
    /// The terminal may have received it.
    pub(super) begun: bool,
    pub(super) cause: Cause,
}

/// All that the terminal said about a command.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) end: End,
    pub(super) transactions: Vec<Transaction>,
    pub(super) receipts: Receipts,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    Completed(Completion),
    Aborted(u8),
    /// It did not begin.
    Refused(u8),
}

pub(super) struct Conversation<'a> {
    pub(super) link: &'a mut Link<'static>,
    pub(super) options: &'a Options,
    pub(super) stop: &'a Stop,
}

/// How soon a wish to stop is seen.
const TICK: Duration = Duration::from_millis(25);
/// This register does not do what the terminal asks of it.
const NOT_POSSIBLE: u8 = 0x83;
/// What is left over from earlier, at most.
const LEFT_OVER: usize = 64;

impl Conversation<'_> {
    pub(super) fn run(
        mut self,
        command: &Command,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Told, Broken> {
        let broken = |begun, error| Broken { begun, cause: cause(&error) };
        self.forget_the_past().map_err(|error| broken(false, error))?;
        let times = self
            .link
            .send(&command.encode())
            .map_err(|Unsent { begun, error }| broken(begun, error))?;

        let mut ends = Instant::now() + self.options.whole;
        let mut deadline = Instant::now() + self.options.reply;
        let (mut begun, mut told_to_stop) = (false, false);
        let (mut transactions, mut receipts) = (Vec::new(), Receipts::default());
        let end = loop {
            let late = Instant::now() >= deadline.min(ends);
            if late && (!begun || told_to_stop) {
                return Err(broken(true, transport::Error::TimedOut));
            }
            if late || (begun && !told_to_stop && self.stop.is_asked() && moves_money(command)) {
                told_to_stop = true;
                // Whether it arrived is seen by what the terminal says next.
                if let Err(error) = self.link.send(&Command::Abort.encode()) {
                    tracing::debug!(%error, "wish to stop not sent");
                }
                if late {
                    ends = Instant::now() + self.options.reply;
                    deadline = ends;
                }
            }
            let apdu = match self.link.receive(TICK) {
                Ok(apdu) => apdu,
                Err(transport::Error::TimedOut) => continue,
                Err(error) => return Err(broken(true, error)),
            };
            match (begun, Message::parse(&apdu)) {
                (false, Message::Acknowledged) => begun = true,
                // Of several copies that were sent, it may be doing another.
                (false, Message::Refused { .. }) if times > 1 => {
                    return Err(Broken { begun: true, cause: Cause::Busy });
                }
                (false, Message::Refused { code }) => break End::Refused(code),
                // Said before it has heard us: about something earlier.
                (false, _) => {
                    tracing::debug!(?apdu, "not about this");
                    self.reply(&apdu);
                    continue;
                }
                // An answer to the wish to stop.
                (true, Message::Acknowledged | Message::Refused { .. }) => {}
                (true, message) => {
                    self.reply(&apdu);
                    match message {
                        Message::Progress(what) => progress(what),
                        Message::Transaction(transaction) => transactions.push(*transaction),
                        Message::Print(audience, lines) => receipts.add(audience, lines),
                        Message::Completed(completion) => break End::Completed(completion),
                        Message::Aborted { code } => break End::Aborted(code),
                        _ => tracing::debug!(?apdu, "card terminal says something else"),
                    }
                }
            }
            deadline = Instant::now() + self.options.silence;
        };
        Ok(Told { end, transactions, receipts })
    }

    /// Everything that the terminal says wants an answer. One that does not get across is said
    /// again by the terminal, or ends the conversation.
    fn reply(&mut self, apdu: &Apdu) {
        let answer = match Message::parse(apdu) {
            Message::Acknowledged | Message::Refused { .. } => return,
            Message::Other(_) => Message::Refused { code: NOT_POSSIBLE },
            _ => Message::Acknowledged,
        };
        if let Err(error) = self.link.send(&answer.encode()) {
            tracing::debug!(%error, "answer not sent");
        }
    }

    /// What lies ready is about something earlier. Fails when the connection is gone.
    fn forget_the_past(&mut self) -> Result<(), transport::Error> {
        for _ in 0..LEFT_OVER {
            match self.link.receive(Duration::ZERO) {
                Ok(apdu) => self.reply(&apdu),
                Err(transport::Error::TimedOut) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn moves_money(command: &Command) -> bool {
    matches!(command, Command::Pay { .. } | Command::Refund { .. } | Command::Reverse { .. })
}

fn cause(error: &transport::Error) -> Cause {
    match error {
        transport::Error::TimedOut => Cause::Silent,
        transport::Error::Gone(_) | transport::Error::Unusable(_) => Cause::Disconnected,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;
    use crate::terminal::Password;
    use crate::terminal::frame::{self, ACK, NAK};
    use crate::terminal::link::{Framing, Timing};
    use crate::transport::{Error, Transport};

    /// A terminal that says the next of its lines each time that it is sent a message.
    struct Script {
        lines: VecDeque<Vec<u8>>,
        said: VecDeque<u8>,
    }

    impl Transport for Script {
        fn write(&mut self, bytes: &[u8], _timeout: Duration) -> Result<usize, Error> {
            if bytes.len() > 1 {
                self.said.extend(self.lines.pop_front().unwrap_or_default());
            }
            Ok(bytes.len())
        }

        fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, Error> {
            let n = buffer.len().min(self.said.len());
            for (slot, byte) in buffer.iter_mut().zip(self.said.drain(..n)) {
                *slot = byte;
            }
            if n == 0 {
                std::thread::sleep(timeout);
                return Err(Error::TimedOut);
            }
            Ok(n)
        }
    }

    fn pay(framing: Framing, lines: &[&[u8]]) -> String {
        let second = Duration::from_secs(1);
        let lines = lines.iter().map(|line| line.to_vec()).collect();
        let wire = Script { lines, said: VecDeque::new() };
        let timing = Timing { acknowledge: second, tries: 3, write: second };
        let mut options = Options::new(Password::new(0).unwrap(), 124);
        (options.reply, options.silence) = (second, second);
        let mut link = Link::new(Box::new(wire), framing, timing);
        let conversation =
            Conversation { link: &mut link, options: &options, stop: &Stop::default() };
        match conversation.run(&Command::Pay { amount: 1, currency: 124 }, &mut |_| {}) {
            Ok(told) => format!("{:?}", told.end),
            Err(broken) => format!("{broken:?}"),
        }
    }

    #[test]
    fn a_refusal_counts_when_one_copy_was_sent() {
        let refused = frame::encode(&Message::Refused { code: 0x9c }.encode());
        let refused = [&[ACK][..], &refused].concat();
        assert_eq!(pay(Framing::Serial, &[&refused]), "Refused(156)");
        let unknown = "Broken { begun: true, cause: Busy }";
        assert_eq!(pay(Framing::Serial, &[&[NAK], &refused]), unknown);
    }

    #[test]
    fn what_is_said_before_the_reply_is_about_something_else() {
        let before = b"\x04\x0f\x02\x27\x00\x06\x0f\x00";
        let (reply, end) = (b"\x80\x00\x00", b"\x06\x1e\x01\x6c");
        let all = [&before[..], reply, end].concat();
        assert_eq!(pay(Framing::Stream, &[&all]), "Aborted(108)");
        let silent = "Broken { begun: true, cause: Silent }";
        assert_eq!(pay(Framing::Stream, &[before]), silent);
        assert_eq!(pay(Framing::Stream, &[reply]), silent);
    }
}
