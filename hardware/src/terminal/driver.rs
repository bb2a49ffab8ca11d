//! Has a card terminal take, give back and take back money, and finds out whether it did.
//!
//! Once the first byte of a request has left, only a clear answer ends the doubt: the terminal
//! must say how the transaction ended (BMP 27) and end the conversation, and both must agree.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::attempt::{Attempt, Kind, Last, Mark, Verdict, conclude};
use super::command::{Command, REGISTER_PRINTS};
use super::conversation::{Broken, Conversation, End, Told};
use super::link::{Framing, Link, Timing};
use super::message::Completion;
use super::totals::{Day, DayEnd};
use super::{Outcome, PLEASE_WAIT, Password, Progress, Refusal};
use crate::lamp::{Cause, Lamp};
use crate::transport::{self, Address, Transport};

/// How a terminal is set up and how long it is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Of the terminal, for registering, refunds, reversals and the end of day.
    pub password: Password,
    /// Of every amount: number of ISO 4217.
    pub currency: u16,
    /// To connect.
    pub connect: Duration,
    /// For the terminal to say that it has understood a command.
    pub reply: Duration,
    /// Between two things that the terminal says while it works. Covers the customer's hands and
    /// the bank; after it the terminal is told to stop.
    pub silence: Duration,
    /// For one command altogether; after it the terminal is told to stop.
    pub whole: Duration,
    /// For frames on a serial line.
    pub line: Timing,
}

impl Options {
    /// As patient as customers and banks need it.
    pub fn new(password: Password, currency: u16) -> Options {
        Options {
            password,
            currency,
            connect: Duration::from_secs(3),
            reply: Duration::from_secs(5),
            silence: Duration::from_secs(180),
            whole: Duration::from_secs(600),
            line: Timing {
                acknowledge: Duration::from_secs(3),
                tries: 3,
                write: Duration::from_secs(3),
            },
        }
    }
}

/// A card terminal. Connects and registers when it is needed, and again after it went away.
pub struct Terminal {
    address: Option<Address>,
    framing: Framing,
    options: Options,
    link: Option<Link<'static>>,
    /// A connection that is open already and not yet used.
    wire: Option<Box<dyn Transport>>,
    stop: Stop,
    /// The terminal's last transaction, as long as nothing was sent since it said so.
    mark: Option<Option<Mark>>,
}

/// Stops an attempt that is being carried out by another thread.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks the terminal to stop. It may be too late: the outcome says what became of it.
    /// Forgotten when the next attempt is prepared.
    pub fn ask(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    fn forget(&self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl Terminal {
    /// A terminal at an address; nothing is opened yet.
    pub fn new(address: Address, options: Options) -> Terminal {
        let framing = match address {
            Address::Serial { .. } => Framing::Serial,
            Address::Tcp { .. } => Framing::Stream,
        };
        let stop = Stop::default();
        let address = Some(address);
        Terminal { address, framing, options, link: None, wire: None, stop, mark: None }
    }

    /// A terminal over a connection that is open already; it is not opened again when it breaks.
    pub fn over(wire: Box<dyn Transport>, framing: Framing, options: Options) -> Terminal {
        let (wire, stop) = (Some(wire), Stop::default());
        Terminal { address: None, framing, options, link: None, wire, stop, mark: None }
    }

    /// A handle by which another thread can stop what this one does.
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Makes an attempt to be stored: asks the terminal for its last transaction, so that later
    /// it can be told whether there was another.
    ///
    /// # Errors
    /// [`Refusal`] when the terminal cannot be asked, or not for such an amount.
    pub fn prepare(&mut self, kind: Kind, amount: u64) -> Result<Attempt, Refusal> {
        self.stop.forget();
        let mut attempt = Attempt { kind, amount, currency: self.options.currency, before: None };
        attempt.check_amount()?;
        self.last()?;
        attempt.before = self.mark.flatten();
        Ok(attempt)
    }

    /// Carries an attempt out, once: it is not sent when the terminal's last transaction is no
    /// longer the one before the attempt. `progress` is told what the terminal does meanwhile.
    pub fn carry_out(&mut self, attempt: &Attempt, progress: &mut dyn FnMut(Progress)) -> Outcome {
        if let Err(refusal) = attempt.check_amount().and_then(|()| self.check_before(attempt)) {
            return Outcome::NotSent(refusal);
        }
        if self.stop.is_asked() {
            return Outcome::Cancelled;
        }
        let (password, amount, currency) =
            (self.options.password.clone(), attempt.amount, attempt.currency);
        let command = match attempt.kind {
            Kind::Payment => Command::Pay { amount, currency },
            Kind::Refund => Command::Refund { password, amount, currency },
            Kind::Reversal(receipt) => Command::Reverse { password, receipt },
        };
        match self.ask(&command, progress) {
            Ok(told) => conclude(attempt, told),
            Err(Broken { begun: false, cause }) => Outcome::NotSent(Refusal::NoAnswer { cause }),
            Err(Broken { begun: true, cause }) => Outcome::Unknown(cause),
        }
    }

    /// Asks the terminal what became of an attempt that is unknown, or of which nothing is known
    /// since a crash. Sends questions only; can be asked again and again.
    ///
    /// # Errors
    /// [`Refusal`] when the terminal cannot be asked, or is still at work.
    pub fn settle(&mut self, attempt: &Attempt) -> Result<Verdict, Refusal> {
        Ok(attempt.judge(self.last()?))
    }

    /// Asks the terminal for its last transaction, after making sure that it is idle.
    ///
    /// # Errors
    /// [`Refusal`] when it cannot be asked, or is at work.
    pub fn last(&mut self) -> Result<Last, Refusal> {
        self.idle()?;
        let told = self.ask(&Command::Repeat, &mut |_| {}).map_err(Refusal::from)?;
        let last = match (told.end, told.transactions.into_iter().next_back()) {
            (End::Completed(_), Some(transaction)) => {
                Last::Told(Box::new(transaction), told.receipts)
            }
            (End::Completed(Completion { result, .. }), None) => {
                Last::Untold { code: result.unwrap_or(0) }
            }
            (End::Aborted(code) | End::Refused(code), _) => Last::Untold { code },
        };
        self.mark = Some(match &last {
            Last::Told(transaction, _) => Some(transaction.mark()),
            Last::Untold { .. } => None,
        });
        Ok(last)
    }

    /// Has the terminal hand in its transactions and say what they come to. Not while an attempt
    /// is unsettled: its trace would be lost.
    pub fn end_of_day(&mut self) -> DayEnd {
        // It may have been switched off and on since it was last used: a question finds out.
        match self.idle() {
            Ok(_) => {}
            Err(Refusal::Refused { code }) => return DayEnd::Refused { code },
            Err(Refusal::NoAnswer { cause }) => return DayEnd::NotSent(cause),
            Err(_) => return DayEnd::NotSent(Cause::Failed),
        }
        let command = Command::EndOfDay { password: self.options.password.clone() };
        let told = match self.ask(&command, &mut |_| {}) {
            Ok(told) => told,
            Err(Broken { begun: false, cause }) => return DayEnd::NotSent(cause),
            Err(Broken { begun: true, cause }) => return DayEnd::Unknown(cause),
        };
        let failed = told.transactions.iter().filter_map(|told| told.result).find(|code| *code > 0);
        match (told.end, failed) {
            (End::Refused(code) | End::Aborted(code), _) => DayEnd::Refused { code },
            (End::Completed(Completion { result: Some(code @ 1..), .. }), _) => {
                DayEnd::Refused { code }
            }
            (End::Completed(_), Some(code)) => DayEnd::Refused { code },
            (End::Completed(_), None) => DayEnd::Done(Day::of(told.transactions, told.receipts)),
        }
    }

    /// Asks for the lamp and the cause behind it.
    pub fn lamp(&mut self) -> (Lamp, Option<Cause>) {
        let cause = match self.idle() {
            Ok(0) => return (Lamp::Ready, None),
            Ok(_) => Cause::Failed,
            Err(Refusal::NoAnswer { cause }) => cause,
            Err(Refusal::Refused { code: PLEASE_WAIT }) => Cause::Busy,
            Err(_) => Cause::Failed,
        };
        (cause.lamp(), Some(cause))
    }

    /// Closes the connection; the next use opens it again.
    pub fn close(&mut self) {
        self.link = None;
        self.mark = None;
    }

    /// The terminal's state, when it is not at work: 00 is ready.
    fn idle(&mut self) -> Result<u8, Refusal> {
        let used = self.link.is_some();
        let told = match self.ask(&Command::Status, &mut |_| {}) {
            // It may have been switched off and on since it was last used.
            Err(Broken { cause: Cause::Disconnected, .. }) if used => {
                self.ask(&Command::Status, &mut |_| {})?
            }
            told => told?,
        };
        match told.end {
            End::Completed(Completion { state: Some(PLEASE_WAIT), .. }) => {
                Err(Refusal::Refused { code: PLEASE_WAIT })
            }
            End::Completed(completion) => Ok(completion.state.unwrap_or(0)),
            End::Aborted(code) | End::Refused(code) => Err(Refusal::Refused { code }),
        }
    }

    /// An attempt that was stored and is sent again by mistake would be paid twice.
    fn check_before(&mut self, attempt: &Attempt) -> Result<(), Refusal> {
        if self.mark.is_none() {
            self.last()?;
        }
        if self.mark == Some(attempt.before) { Ok(()) } else { Err(Refusal::Changed) }
    }

    /// Connects, registers, and has one command carried out.
    fn ask(
        &mut self,
        command: &Command,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Told, Broken> {
        self.connect()?;
        // A question changes nothing.
        if !matches!(command, Command::Status | Command::Repeat) {
            self.mark = None;
        }
        self.converse(command, progress)
    }

    fn connect(&mut self) -> Result<(), Broken> {
        if self.link.is_some() {
            return Ok(());
        }
        let gone = Broken { begun: false, cause: Cause::Disconnected };
        if let Some(wire) = self.wire.take() {
            return self.register(wire);
        }
        let Some(address) = &self.address else { return Err(gone) };
        let wire = transport::open(address, self.options.connect).map_err(|error| {
            tracing::debug!(%address, %error, "card terminal not reached");
            gone
        })?;
        self.register(wire)
    }

    fn register(&mut self, wire: Box<dyn Transport>) -> Result<(), Broken> {
        self.mark = None;
        self.link = Some(Link::new(wire, self.framing, self.options.line));
        let register = Command::Register {
            password: self.options.password.clone(),
            config: REGISTER_PRINTS,
            currency: self.options.currency,
        };
        let told = self.converse(&register, &mut |_| {});
        // Whatever happened, nothing that moves money was sent.
        let told = told.map_err(|broken| Broken { begun: false, ..broken })?;
        match told.end {
            End::Completed(_) => Ok(()),
            End::Aborted(code) | End::Refused(code) => {
                tracing::warn!(code, "card terminal refuses to be registered with");
                self.close();
                Err(Broken { begun: false, cause: Cause::Failed })
            }
        }
    }

    /// Sends a command and listens until the terminal ends it. What breaks off is closed: what
    /// the terminal still has to say about it must not be taken for an answer to the next.
    fn converse(
        &mut self,
        command: &Command,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Told, Broken> {
        let Some(link) = &mut self.link else {
            return Err(Broken { begun: false, cause: Cause::Disconnected });
        };
        let conversation = Conversation { link, options: &self.options, stop: &self.stop };
        let told = conversation.run(command, progress);
        if let Err(broken) = &told {
            tracing::warn!(?command, ?broken, "conversation with the card terminal broken off");
            self.close();
        }
        told
    }
}

impl From<Broken> for Refusal {
    fn from(broken: Broken) -> Refusal {
        Refusal::NoAnswer { cause: broken.cause }
    }
}
