//! How a simulated terminal carries a command out.

use std::time::{Duration, Instant};

use super::device::{Answer, Asked, Break, Device, ID, Point};
use super::{Shared, TICK};
use crate::terminal::apdu::Apdu;
use crate::terminal::command::Command;
use crate::terminal::field::with_digits;
use crate::terminal::link::Link;
use crate::terminal::message::{Completion, Message};
use crate::terminal::{Audience, PLEASE_WAIT, Progress, STOPPED, Transaction, totals};
use crate::transport;

/// The connection is of no more use.
pub(super) struct HangUp;

/// Why a command is not carried out to its end.
enum Broken {
    /// The connection is of no more use.
    HangUp,
    /// Nothing more is said, and the connection stays.
    Silent,
    /// The register began something else: it was restarted.
    Instead(Apdu),
}

impl From<transport::Error> for Broken {
    fn from(error: transport::Error) -> Broken {
        match error {
            transport::Error::TimedOut => Broken::Silent,
            _ => Broken::HangUp,
        }
    }
}

/// For how long the register may think about an answer.
const REPLY: Duration = Duration::from_secs(5);
const NOT_POSSIBLE: u8 = 0x83;

pub(super) fn serve(shared: &Shared, link: &mut Link<'_>, apdu: Apdu) -> Result<(), HangUp> {
    let mut next = Some(apdu);
    while let Some(apdu) = next.take() {
        let mut dialog = Dialog { shared, link, stopped: false };
        match dialog.carry_out(&apdu) {
            Ok(()) | Err(Broken::Silent) => {}
            Err(Broken::Instead(apdu)) => next = Some(apdu),
            Err(Broken::HangUp) => return Err(HangUp),
        }
    }
    Ok(())
}

struct Dialog<'a, 'b> {
    shared: &'a Shared,
    link: &'a mut Link<'b>,
    /// The register wants it to stop.
    stopped: bool,
}

impl Dialog<'_, '_> {
    fn carry_out(&mut self, apdu: &Apdu) -> Result<(), Broken> {
        let Some(command) = Command::parse(apdu) else {
            return match Message::parse(apdu) {
                // An answer to something that was broken off.
                Message::Acknowledged | Message::Refused { .. } => Ok(()),
                _ => self.say(&Message::Refused { code: NOT_POSSIBLE }),
            };
        };
        let asked = Asked::from(&command);
        let busy = self.shared.change(|device| {
            device.asked.push(asked);
            device.faults.busy
        });
        if busy {
            return self.say(&Message::Refused { code: PLEASE_WAIT });
        }
        let wanted = self.shared.lock().device.faults.password.clone();
        if let (Some(wanted), Some(given)) = (wanted, command.password())
            && wanted != *given
        {
            self.say(&Message::Acknowledged)?;
            return self.exchange(&Message::Aborted { code: NOT_POSSIBLE });
        }
        match command {
            Command::Pay { amount, currency } | Command::Refund { amount, currency, .. } => {
                self.transaction(asked, amount, currency)
            }
            Command::Reverse { receipt, .. } => {
                match self
                    .shared
                    .change(|device| device.payment(receipt).map(|line| line.transaction.clone()))
                {
                    Ok(Transaction { amount, currency, .. }) => self.transaction(
                        asked,
                        amount.unwrap_or_default(),
                        currency.unwrap_or_default(),
                    ),
                    Err(code) => {
                        self.say(&Message::Acknowledged)?;
                        self.exchange(&Message::Aborted { code })
                    }
                }
            }
            Command::Repeat => self.repeat(),
            Command::EndOfDay { .. } => self.end_of_day(),
            Command::Status => {
                let state = Some(self.shared.lock().device.faults.state);
                self.say(&Message::Acknowledged)?;
                self.exchange(&Message::Completed(Completion { result: None, state }))
            }
            Command::Register { .. } => {
                self.say(&Message::Acknowledged)?;
                self.exchange(&Message::Completed(Completion::default()))
            }
            // There is nothing to stop.
            Command::Abort => self.say(&Message::Acknowledged),
        }
    }

    fn transaction(&mut self, asked: Asked, amount: u64, currency: u16) -> Result<(), Broken> {
        let book = |device: &mut Device| device.book(asked, amount, currency);
        self.may_break(Point::BeforeReply, |device| drop(book(device)))?;
        self.say(&Message::Acknowledged)?;
        self.may_break(Point::AfterReply, |device| drop(book(device)))?;

        self.exchange(&Message::Progress(Progress::InsertCard))?;
        self.wait_for_card()?;
        if self.stopped {
            return self.exchange(&Message::Aborted { code: STOPPED });
        }
        self.exchange(&Message::Progress(Progress::Authorising))?;
        let told = match self.shared.change(book) {
            Ok(told) => told,
            Err(code) => return self.exchange(&Message::Aborted { code }),
        };
        self.may_break(Point::BeforeStatus, |_| {})?;
        self.exchange(&Message::Transaction(Box::new(told.clone())))?;
        self.may_break(Point::AfterStatus, |_| {})?;
        self.print(&told)?;

        let faults = self.shared.lock().device.faults.clone();
        let code = told.result.unwrap_or_default();
        let completes = match told.is_approved() {
            true => !faults.aborts_when_approved,
            false => faults.completes_when_declined,
        };
        self.exchange(&match completes {
            true => Message::Completed(Completion::default()),
            false => Message::Aborted { code },
        })
    }

    fn repeat(&mut self) -> Result<(), Broken> {
        self.say(&Message::Acknowledged)?;
        let last = self
            .shared
            .change(|device| device.booked.iter().skip(device.closed).next_back().cloned());
        let Some(last) = last else {
            return self.exchange(&Message::Aborted { code: NOT_POSSIBLE });
        };
        self.exchange(&Message::Transaction(Box::new(last.transaction.clone())))?;
        self.print(&last.transaction)?;
        self.exchange(&Message::Completed(Completion::default()))
    }

    fn end_of_day(&mut self) -> Result<(), Broken> {
        self.may_break(Point::BeforeReply, |device| drop(device.close()))?;
        self.say(&Message::Acknowledged)?;
        self.may_break(Point::AfterReply, |device| drop(device.close()))?;
        self.exchange(&Message::Progress(Progress::Wait))?;
        let faults = self.shared.lock().device.faults.clone();
        if let Answer::Decline(code) | Answer::Abort(code) = faults.answer {
            return self.exchange(&Message::Aborted { code });
        }
        let sums = self.shared.change(Device::close);
        self.may_break(Point::BeforeStatus, |_| {})?;
        let total = u64::try_from(sums.net).ok().filter(|_| !faults.no_totals);
        if !faults.no_totals {
            let amount = |(kind, count, sum)| (kind, count, u64::try_from(sum).unwrap_or_default());
            let cards: Vec<_> = sums.cards.iter().copied().map(amount).collect();
            let told = Transaction {
                result: Some(0),
                amount: total,
                terminal: Some(ID),
                ..Transaction::default()
            };
            let mut told = Message::Transaction(Box::new(told)).encode();
            told.data.extend(with_digits(0x60, 3, &totals::write(sums.first, sums.last, &cards)));
            self.exchange_apdu(&told)?;
        }
        self.may_break(Point::AfterStatus, |_| {})?;
        let total = total.map(|total| format!("TOTAL {}.{:02}", total / 100, total % 100));
        let lines = ["END OF DAY".into(), format!("TRANSACTIONS {}", sums.lines)];
        for line in lines.into_iter().chain(total) {
            self.exchange(&Message::Print(Audience::Unsaid, vec![line]))?;
        }
        self.exchange(&Message::Completed(Completion::default()))
    }

    /// A block for each of the two, and one line by itself.
    fn print(&mut self, told: &Transaction) -> Result<(), Broken> {
        let amount = told.amount.unwrap_or_default();
        let result = if told.is_approved() { "APPROVED" } else { "DECLINED" };
        for (audience, copy) in
            [(Audience::Merchant, "MERCHANT COPY"), (Audience::Customer, "CUSTOMER COPY")]
        {
            let amount = format!("{}.{:02}", amount / 100, amount % 100);
            let mut lines = vec![format!("  {copy}"), format!("TOTAL {amount}"), result.into()];
            if told.to_sign == Some(true) && audience == Audience::Merchant {
                lines.push("SIGNATURE ______________".into());
            }
            self.exchange(&Message::Print(audience, lines))?;
        }
        self.exchange(&Message::Print(Audience::Unsaid, vec!["PLEASE RETAIN".into()]))
    }

    fn wait_for_card(&mut self) -> Result<(), Broken> {
        while !self.stopped && self.shared.lock().device.faults.held {
            self.check_plug()?;
            match self.link.receive(TICK) {
                Ok(apdu) => self.interrupted_by(apdu)?,
                Err(transport::Error::TimedOut) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Says something that wants no answer.
    fn say(&mut self, message: &Message) -> Result<(), Broken> {
        self.say_apdu(&message.encode())
    }

    fn say_apdu(&mut self, apdu: &Apdu) -> Result<(), Broken> {
        let slow = self.shared.lock().device.faults.slow.unwrap_or_default();
        let until = Instant::now() + slow;
        while Instant::now() < until {
            self.check_plug()?;
            self.shared.rest();
        }
        self.link.send(apdu).map(drop).map_err(|unsent| unsent.error.into())
    }

    /// Says something and waits for the register's answer.
    fn exchange(&mut self, message: &Message) -> Result<(), Broken> {
        self.exchange_apdu(&message.encode())
    }

    fn exchange_apdu(&mut self, apdu: &Apdu) -> Result<(), Broken> {
        self.say_apdu(apdu)?;
        let deadline = Instant::now() + REPLY;
        while Instant::now() < deadline {
            self.check_plug()?;
            match self.link.receive(TICK) {
                Ok(apdu) => match Message::parse(&apdu) {
                    Message::Acknowledged | Message::Refused { .. } => return Ok(()),
                    _ => self.interrupted_by(apdu)?,
                },
                Err(transport::Error::TimedOut) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Broken::Silent)
    }

    /// The register speaks out of turn.
    fn interrupted_by(&mut self, apdu: Apdu) -> Result<(), Broken> {
        match Command::parse(&apdu) {
            Some(Command::Abort) => {
                self.shared.change(|device| device.asked.push(Asked::Abort));
                self.stopped = true;
                self.say(&Message::Acknowledged)
            }
            // Registering is what a register begins with.
            Some(Command::Register { .. }) => Err(Broken::Instead(apdu)),
            Some(_) => self.say(&Message::Refused { code: PLEASE_WAIT }),
            None => Ok(()),
        }
    }

    fn may_break(&mut self, point: Point, alone: impl FnOnce(&mut Device)) -> Result<(), Broken> {
        let broken = self.shared.change(|device| {
            let (_, how) = device.faults.breaks.take_if(|(at, _)| *at == point)?;
            if device.faults.goes_on_alone {
                alone(device);
            }
            device.faults.silent = matches!(how, Break::Silence | Break::Garbage);
            device.faults.unplugged |= how == Break::Unplug;
            Some(how)
        });
        match broken {
            None => Ok(()),
            Some(Break::Drop | Break::Unplug) => Err(Broken::HangUp),
            Some(Break::Silence) => Err(Broken::Silent),
            Some(Break::Garbage) => {
                let noise: Vec<u8> =
                    (0..1_000_u32).map(|n| (n * n * 7 + n / 3).to_le_bytes()[0]).collect();
                self.link.send_raw(&noise).map_err(|unsent| Broken::from(unsent.error))?;
                Err(Broken::Silent)
            }
        }
    }

    fn check_plug(&self) -> Result<(), Broken> {
        if self.shared.is_unplugged() { Err(Broken::HangUp) } else { Ok(()) }
    }
}
