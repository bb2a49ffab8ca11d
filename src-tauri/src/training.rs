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
    pub(crate) fn begin_training(self: &Arc<Self>, approval: Option<Approval>) -> Result<()> {
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

    pub(crate) fn end_training(self: &Arc<Self>) -> Result<Practised> {
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

#[cfg(test)]
mod tests {
    use comptoir_hardware::printer::driver::Outcome;
    use comptoir_hardware::printer::layout::Profile;
    use comptoir_hardware::terminal::Outcome as CardOutcome;
    use comptoir_hardware::terminal::attempt::Kind;
    use comptoir_till::outbox::{self, Job, JobRow};
    use comptoir_till::till::Till;
    use comptoir_till::{demo, operators};

    use super::*;
    use crate::devices::{Push, Taken, settle};

    /// The demo's store with a terminal, and a supervisor at it.
    fn desk(folder: &tempfile::TempDir, terminal: &Simulator) -> Arc<Desk> {
        let till = demo::init(&folder.path().join("store")).unwrap();
        let named = |name| operators::find_named(till.db(), name).unwrap();
        let (manager, supervisor) = (named("Manager"), named("Supervisor"));
        let address = terminal.address();
        devices::set_address(&till, manager.id, Class::Terminal, Some(&address)).unwrap();
        let desk = Arc::new(Desk::of(till, None).unwrap());
        desk.arrive(Some(supervisor));
        desk
    }

    /// A test page goes to the printer of the till that people stand at.
    fn take_a_page(desk: &Desk) -> Taken {
        let mut inner = desk.lock();
        let tx = inner.till.begin().unwrap();
        outbox::push(&tx, &Job::PrintTest).unwrap();
        tx.commit().unwrap();
        let training = inner.till.training();
        let (job, _) = outbox::take(&mut inner.till, &Profile::default(), None).unwrap().unwrap();
        Taken { job, training }
    }

    fn not_done(till: &Till) -> Vec<i64> {
        outbox::list(till).unwrap().iter().map(|JobRow { job, .. }| *job).collect()
    }

    #[test]
    fn a_page_at_the_printer_is_finished_in_the_till_that_it_came_from() {
        let folder = tempfile::tempdir().unwrap();
        let desk = desk(&folder, &Simulator::on_tcp(0).unwrap());
        let push: Push = Arc::new(|_, _| {});
        let real = take_a_page(&desk);
        desk.begin_training(None).unwrap();
        let practised = take_a_page(&desk);
        assert_eq!(real.job, practised.job, "told apart by their training alone");
        settle(&desk, real, Outcome::Printed, &push).unwrap();
        assert_eq!(not_done(desk.lock().real()), Vec::<i64>::new());
        assert_eq!(not_done(&desk.lock().till), [practised.job]);

        // One that comes out when its training is over is nobody's, and not the next training's either.
        desk.end_training().unwrap();
        let next = take_a_page(&desk);
        settle(&desk, practised, Outcome::Printed, &push).unwrap();
        assert_eq!(not_done(&desk.lock().till), [next.job]);
        desk.arrive(Some(supervisor(&desk)));
        desk.begin_training(None).unwrap();
        let again = take_a_page(&desk);
        settle(&desk, practised, Outcome::Printed, &push).unwrap();
        assert_eq!(not_done(&desk.lock().till), [again.job]);
    }

    fn supervisor(desk: &Desk) -> operators::Operator {
        operators::find_named(desk.lock().till.db(), "Supervisor").unwrap()
    }

    #[test]
    fn cards_are_charged_for_practice_until_the_training_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let shops = Simulator::on_tcp(0).unwrap();
        let desk = desk(&folder, &shops);
        let charge = || {
            let outcome = desk.cards.ask(|terminal| {
                let asked = terminal.prepare(Kind::Payment, 5_00).unwrap();
                terminal.carry_out(&asked, &mut |_| {})
            });
            assert!(matches!(outcome.unwrap(), CardOutcome::Approved(_)));
            shops.booked().len()
        };
        desk.begin_training(None).unwrap();
        assert_eq!(charge(), 0);
        assert!(desk.begin_training(None).is_err(), "one at a time");
        assert_eq!(charge(), 0);
        desk.end_training().unwrap();
        assert_eq!(charge(), 1);
        assert!(desk.lock().cashier().is_err(), "nobody is signed in");
        assert!(desk.end_training().is_err(), "once");
    }

    /// Whatever the terminal is at belongs to the till that asked it.
    #[test]
    fn nothing_changes_while_the_terminal_is_at_work() {
        let folder = tempfile::tempdir().unwrap();
        let desk = desk(&folder, &Simulator::on_tcp(0).unwrap());
        let held = desk.cards.hold().unwrap();
        assert!(desk.begin_training(None).is_err());
        drop(held);
        desk.begin_training(None).unwrap();
        let held = desk.cards.hold().unwrap();
        assert!(desk.end_training().is_err());
        assert!(desk.lock().till.training().is_some());
        drop(held);
        desk.end_training().unwrap();
        assert!(desk.lock().till.training().is_none());
    }
}
