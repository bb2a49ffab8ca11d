//! Training: the copy of the store takes the till's place at the desk, and the till goes on behind it with whatever is
//! not the counter's: entries of others, its place at head office.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use comptoir_hardware::terminal::simulator::Simulator;
use comptoir_hardware::transport::Address;
use comptoir_till::devices::{self, Class};
use comptoir_till::error::{Error, Result};
use comptoir_till::training::{self, Practised, Refusal};
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use crate::desk::{Desk, Opened};
use crate::devices::Drivers;
use crate::failure::Answer;
use crate::pricing::{Approval, approved};
use crate::simulators::{self, Simulators};

/// What stands in for the real devices while somebody trains.
#[derive(Default)]
pub(crate) struct Practice(Mutex<Option<Standing>>);

struct Standing {
    /// Where cards are really charged.
    terminal: Option<Address>,
    /// Where they are charged for practice; nothing where the register has no terminal.
    _simulator: Option<Simulator>,
}

/// A training that is over, and the till as it was before.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct TrainingOver {
    practised: Practised,
    opened: Opened,
}

impl Practice {
    pub(crate) fn is_on(&self) -> bool {
        self.standing().is_some()
    }

    fn standing(&self) -> MutexGuard<'_, Option<Standing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    fn begin_training(self: &Arc<Self>, approval: Option<Approval>) -> Result<()> {
        // No card payment is at work, and none begins, until the terminal is another one.
        let held = self.cards.hold()?;
        let real = self.drivers.at(Class::Terminal);
        let simulator = real.as_ref().map(|_| simulators::approving()).transpose()?;
        let address = simulator.as_ref().map(Simulator::address);
        let mut inner = self.lock();
        let operator = inner.cashier()?;
        let approver = approved(&mut inner.till, approval)?;
        let terminal =
            address.clone().map(|address| devices::terminal(&inner.till, address)).transpose()?;
        let copy = training::begin(&mut inner.till, operator, approver)?;
        inner.practise_in(copy);
        held.put(terminal);
        *self.practice.standing() = Some(Standing { terminal: real, _simulator: simulator });
        drop((inner, held));
        self.changed(address)
    }

    fn end_training(self: &Arc<Self>) -> Result<Practised> {
        let held = self.cards.hold()?;
        let mut inner = self.lock();
        let (copy, operator) = inner.back_to_the_store().ok_or(Refusal::NoTraining)?;
        // From here on the till is the real one, whatever fails, and nothing is paid for practice.
        held.put(None);
        let standing = self.practice.standing().take();
        let real = standing.as_ref().and_then(|standing| standing.terminal.clone());
        let terminal = real.clone().map(|address| devices::terminal(&inner.till, address));
        let practised = training::end(&mut inner.till, copy, operator);
        held.put(terminal.transpose()?);
        drop((inner, held));
        drop(standing);
        self.changed(real)?;
        practised
    }

    /// The terminal and the outbox are others than before.
    fn changed(self: &Arc<Self>, terminal: Option<Address>) -> Result<()> {
        let path = Class::Terminal.as_str().to_owned();
        let moved = Drivers::set(self, Class::Terminal, terminal);
        moved.map_err(|source| Error::File { path, source })?;
        self.drivers.wake();
        self.links.speak_of_paper();
        Ok(())
    }
}

/// Begins a training of whoever is signed in; what the window shows is the copy's from then on.
#[tauri::command(async)]
pub(crate) fn begin_training(
    desk: State<'_, Arc<Desk>>,
    sims: State<'_, Option<Simulators>>,
    approval: Option<Approval>,
) -> Answer<Opened> {
    desk.begin_training(approval)?;
    desk.opened(sims.is_some())
}

/// Ends the training, whoever is signed in there or nobody; nobody is signed in then.
#[tauri::command(async)]
pub(crate) fn end_training(
    desk: State<'_, Arc<Desk>>,
    sims: State<'_, Option<Simulators>>,
) -> Answer<TrainingOver> {
    let practised = desk.end_training()?;
    Ok(TrainingOver { practised, opened: desk.opened(sims.is_some())? })
}
