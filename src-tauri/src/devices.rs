//! The drivers in the background: one thread drains the outbox into the printer and keeps its lamp,
//! one listens to the scanner. Neither ever holds up the counter: the till is theirs only between
//! two jobs.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use comptoir_hardware::lamp::{Cause, Lamp};
use comptoir_hardware::printer::driver::{self, Outcome, Printer};
use comptoir_hardware::printer::layout::Profile;
use comptoir_hardware::scanner::driver::{Event, Options as ScannerOptions, Scanner};
use comptoir_hardware::transport::Address;
use comptoir_till::devices::Class;
use comptoir_till::error::Result;
use comptoir_till::outbox::{self, Work};
use comptoir_till::{operators, orders};
use serde::Serialize;
use serde_json::{Value, json};
use ts_rs::TS;

use crate::cards::Cards;
use crate::desk::Desk;

/// How often an idle printer is asked how it is.
const LOOK: Duration = Duration::from_secs(2);

/// A device and its lamp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct Device {
    kind: Class,
    #[ts(type = "Lamp")]
    lamp: Lamp,
    #[ts(type = "string | null")]
    cause: Option<Cause>,
}

pub(crate) type Push = Arc<dyn Fn(&str, Value) + Send + Sync>;

/// What the drivers share with the commands.
pub(crate) struct Drivers {
    lamps: Mutex<Vec<Device>>,
    work: Mutex<bool>,
    bell: Condvar,
    printer: Mutex<Option<Address>>,
    scanner: Mutex<Option<Address>>,
    terminal: Mutex<Option<Address>>,
    listening: Mutex<Option<Scanner>>,
    push: OnceLock<Push>,
}

impl Drivers {
    pub(crate) fn new(
        printer: Option<Address>,
        scanner: Option<Address>,
        terminal: Option<Address>,
    ) -> Drivers {
        let lamps = vec![
            Device::at_first(Class::Printer, printer.is_some()),
            Device::at_first(Class::Scanner, scanner.is_some()),
            Device::at_first(Class::Terminal, terminal.is_some()),
        ];
        Drivers {
            lamps: Mutex::new(lamps),
            work: Mutex::new(true),
            bell: Condvar::new(),
            printer: Mutex::new(printer),
            scanner: Mutex::new(scanner),
            terminal: Mutex::new(terminal),
            listening: Mutex::new(None),
            push: OnceLock::new(),
        }
    }

    /// Where a device is.
    pub(crate) fn at(&self, class: Class) -> Option<Address> {
        let address = match class {
            Class::Printer => &self.printer,
            Class::Scanner => &self.scanner,
            Class::Terminal => &self.terminal,
        };
        locked(address).clone()
    }

    /// The same, as it is written.
    pub(crate) fn address(&self, class: Class) -> Option<String> {
        self.at(class).as_ref().map(Address::to_string)
    }

    pub(crate) fn lamps(&self) -> Vec<Device> {
        self.lamps.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Something may be in the outbox.
    pub(crate) fn wake(&self) {
        *self.work.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.notify_one();
    }

    pub(crate) fn start(desk: &Arc<Desk>, push: Push) -> std::io::Result<()> {
        Cards::start(desk, &push)?;
        let _ = desk.drivers.push.set(Arc::clone(&push));
        std::thread::Builder::new().name("pin memory".into()).spawn(operators::get_ready)?;
        Drivers::listen(desk)?;
        let at = Arc::downgrade(desk);
        std::thread::Builder::new().name("printer".into()).spawn(move || {
            let mut used: Option<(Address, Printer)> = None;
            let mut in_question = None;
            while let Some(desk) = at.upgrade() {
                desk.drivers.rest();
                let wanted = locked(&desk.drivers.printer).clone();
                if used.as_ref().map(|(address, _)| address) != wanted.as_ref() {
                    in_question = None;
                    used = wanted.map(|address| {
                        (address.clone(), Printer::new(address, driver::Options::default()))
                    });
                }
                if let Some((_, printer)) = &mut used {
                    tend(&desk, printer, &mut in_question, &push);
                }
            }
        })?;
        Ok(())
    }

    /// Listens to the scanner that there is now.
    fn listen(desk: &Arc<Desk>) -> std::io::Result<()> {
        // What was listened to before lets go of its port first.
        drop(locked(&desk.drivers.listening).take());
        let (address, push) = (locked(&desk.drivers.scanner).clone(), desk.drivers.push.get());
        let (Some(address), Some(push)) = (address, push.cloned()) else { return Ok(()) };
        let at = Arc::downgrade(desk);
        let scanner =
            Scanner::listen(address, ScannerOptions::default(), move |event| match event {
                Event::Scan(scan) => {
                    let aim = scan.aim.map(|aim| aim.to_string()).unwrap_or_default();
                    push("scanned", json!({ "code": format!("{aim}{}", scan.data) }));
                }
                Event::Lamp(lamp, cause) => {
                    if let Some(desk) = at.upgrade() {
                        desk.drivers.show(&push, Class::Scanner, lamp, cause);
                    }
                }
            })?;
        *locked(&desk.drivers.listening) = Some(scanner);
        Ok(())
    }

    /// A device is elsewhere from now on, or there is none.
    pub(crate) fn set(
        desk: &Arc<Desk>,
        class: Class,
        address: Option<Address>,
    ) -> std::io::Result<()> {
        let drivers = &desk.drivers;
        if let Some(push) = drivers.push.get() {
            let Device { kind, lamp, cause } = Device::at_first(class, address.is_some());
            if drivers.show(push, kind, lamp, cause) && kind == Class::Printer {
                desk.links.speak_of_paper();
            }
        }
        match class {
            Class::Printer => {
                *locked(&drivers.printer) = address;
                drivers.wake();
            }
            Class::Scanner => {
                *locked(&drivers.scanner) = address;
                Drivers::listen(desk)?;
            }
            Class::Terminal => *locked(&drivers.terminal) = address,
        }
        Ok(())
    }

    fn rest(&self) {
        let work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.bell.wait_timeout_while(work, LOOK, |work| !*work);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }

    /// Answers whether it is not as it was.
    pub(crate) fn show(&self, push: &Push, kind: Class, lamp: Lamp, cause: Option<Cause>) -> bool {
        let shown = Device { kind, lamp, cause };
        let mut lamps = self.lamps.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = lamps.iter_mut().find(|device| device.kind == kind) else { return false };
        let changed = *known != shown;
        if changed {
            *known = shown;
            push("devices", json!(*lamps));
        }
        changed
    }
}

impl Device {
    pub(crate) const fn kind(&self) -> Class {
        self.kind
    }

    pub(crate) const fn lamp_and_cause(&self) -> (Lamp, Option<Cause>) {
        (self.lamp, self.cause)
    }

    /// Before anybody has asked it.
    const fn at_first(kind: Class, there: bool) -> Device {
        match there {
            true => Device { kind, lamp: Lamp::Unknown, cause: None },
            false => Device { kind, lamp: Lamp::Offline, cause: Some(Cause::NotConfigured) },
        }
    }
}

fn locked<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A job at the printer, and the training that it is of: somebody may begin or end one meanwhile.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) job: i64,
    pub(crate) training: Option<u32>,
}

/// Prints what is waiting for as long as the printer can, then keeps its lamp. `in_question` is the
/// job that it has not confirmed.
fn tend(desk: &Desk, printer: &mut Printer, in_question: &mut Option<Taken>, push: &Push) {
    loop {
        let (lamp, cause) = printer.lamp().unwrap_or_else(|error| {
            tracing::warn!(%error, "the printer cannot be used");
            (Lamp::Offline, Some(Cause::Disconnected))
        });
        if desk.drivers.show(push, Class::Printer, lamp, cause) {
            desk.links.speak_of_paper();
        }
        let more = match lamp {
            Lamp::Stopped | Lamp::Offline => give_up_drawer(desk, push).map(|()| false),
            _ => late_confirmation(desk, printer, in_question, push)
                .and_then(|()| one_job(desk, printer, in_question, push)),
        };
        match more {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be drained");
                return;
            }
        }
    }
}

/// The drawer stays shut while the printer cannot open it; the sale or return on the screen says so.
fn give_up_drawer(desk: &Desk, push: &Push) -> Result<()> {
    let inner = desk.lock();
    if !outbox::give_up_drawer(inner.till.db())? {
        return Ok(());
    }
    let jobs = outbox::jobs(&inner.till)?;
    drop(inner);
    push("jobs", json!(jobs));
    Ok(())
}

/// A printer that ran out of paper in the middle of a job finishes it by itself once it has some.
fn late_confirmation(
    desk: &Desk,
    printer: &mut Printer,
    in_question: &mut Option<Taken>,
    push: &Push,
) -> Result<()> {
    let Some(taken) = in_question.take() else { return Ok(()) };
    let outcome = printer.wait_for_rest(LOOK);
    if outcome.is_done() { settle(desk, taken, outcome, push) } else { Ok(()) }
}

/// Carries out one job; false when there is none, or when the printer does not take it.
fn one_job(
    desk: &Desk,
    printer: &mut Printer,
    in_question: &mut Option<Taken>,
    push: &Push,
) -> Result<bool> {
    let mut inner = desk.lock();
    let training = inner.till.training();
    let next = outbox::take(&mut inner.till, &Profile::default(), None)?;
    drop(inner);
    let Some((job, work)) = next else { return Ok(false) };
    let taken = Taken { job, training };
    desk.links.speak_of_paper();
    let outcome = match work {
        Work::Print(bytes) => printer.print(&bytes),
        Work::Kick(drawer) => printer.kick_drawer(drawer),
    };
    let outcome = outcome.unwrap_or_else(|error| {
        tracing::warn!(%error, "the printer cannot be used");
        Outcome::Refused(Cause::Disconnected)
    });
    if let Outcome::Unknown(_) = outcome {
        *in_question = Some(taken);
    }
    settle(desk, taken, outcome, push)?;
    Ok(!matches!(outcome, Outcome::Refused(_)))
}

/// Keeps what became of a job, and tells the window. Of a training that is over, nobody keeps it.
pub(crate) fn settle(desk: &Desk, taken: Taken, outcome: Outcome, push: &Push) -> Result<()> {
    let Taken { job, training } = taken;
    let mut inner = desk.lock();
    let shown = inner.till.training() == training;
    let Some(till) = inner.of(training) else { return Ok(()) };
    let state = outbox::finish(till, job, outcome)?;
    let receipt = match outbox::sale_of(till.db(), job)? {
        Some(entry) => Some(orders::receipt_of(till.db(), entry)?),
        None => None,
    };
    let jobs = outbox::jobs(till)?;
    drop(inner);
    desk.links.speak_of_paper();
    if !shown {
        return Ok(());
    }
    push("jobs", json!(jobs));
    tracing::info!(receipt, ?state, ?outcome, "print job");
    Ok(())
}
