//! [`Desk`]: the open till, who stands at it, and the lamps of its devices.

use std::sync::Arc;

use comptoir_domain::cart::CartView;
use comptoir_domain::ids::{OperatorId, ShiftId};
use comptoir_domain::money::Money;
use comptoir_domain::payments::Refusal as PaymentsRefusal;
use comptoir_domain::store::Store;
use comptoir_till::devices::Class;
use comptoir_till::error::Result;
use comptoir_till::operators::{Operator, Refusal};
use comptoir_till::orders::refunds::{self, Unfinished};
use comptoir_till::outbox::{self, Jobs};
use comptoir_till::till::Till;
use comptoir_till::turns::{Turn, Turns};
use comptoir_till::{cart, devices, operators, payments};
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use crate::cards::{CardView, Cards};
use crate::catalog::Upload;
use crate::devices::{Device, Drivers, Push};
use crate::failure::Answer;
use crate::link::Links;
use crate::orders::{self, SaleDone};
use crate::simulators::Simulators;
use crate::training::Practice;

/// The till behind the window. Commands and drivers take turns.
pub(crate) struct Desk {
    pub(crate) inner: Turns<Inner>,
    pub(crate) drivers: Drivers,
    pub(crate) cards: Cards,
    pub(crate) upload: Upload,
    pub(crate) links: Links,
    pub(crate) practice: Practice,
}

pub(crate) struct Inner {
    /// The till that people stand at: the store's, or the copy that somebody trains in.
    pub(crate) till: Till,
    /// The store's, while somebody trains.
    aside: Option<Till>,
    operator: Option<Operator>,
    recovered: bool,
}

/// The shift as the strip shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ShiftSummary {
    id: ShiftId,
    number: u64,
    /// RFC 3339, UTC.
    opened_at: String,
    opened_by: String,
    /// Who has the drawer: it may have been handed over.
    held_by: String,
    float: Money,
}

/// All that the window shows at first.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct Opened {
    state: AppState,
    operators: Vec<Operator>,
}

/// What the window shows besides goods.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct AppState {
    store: Store,
    operator: Option<Operator>,
    shift: Option<ShiftSummary>,
    cart: CartView,
    /// True when this cart was open when the program stopped.
    recovered: bool,
    devices: Vec<Device>,
    jobs: Jobs,
    last_sale: Option<SaleDone>,
    /// A card payment that is at work, unknown, or ended and not yet put away.
    card: Option<CardView>,
    /// A return of which a card has its money, or may have, and whose goods are not taken back yet.
    unfinished_return: Option<Unfinished>,
    /// Whoever looks younger than this is asked for proof of age.
    ask_under: u8,
    /// Nothing of this is real: somebody trains.
    training: bool,
    demo: bool,
}

impl Inner {
    /// Whoever is signed in.
    pub(crate) fn cashier(&self) -> Result<OperatorId> {
        let signed_in = self.operator.as_ref().map(|operator| operator.id);
        signed_in.ok_or_else(|| Refusal::NotSignedIn.into())
    }

    /// The store's till, whether or not somebody trains: for all that is not the counter's.
    pub(crate) fn real(&mut self) -> &mut Till {
        self.aside.as_mut().unwrap_or(&mut self.till)
    }

    /// The till of a training, or the store's; none if that training is over.
    pub(crate) fn of(&mut self, training: Option<u32>) -> Option<&mut Till> {
        let both = [Some(&mut self.till), self.aside.as_mut()];
        both.into_iter().flatten().find(|till| till.training() == training)
    }

    /// People stand at this copy from now on.
    pub(crate) fn practise_in(&mut self, copy: Till) {
        self.aside = Some(std::mem::replace(&mut self.till, copy));
        self.recovered = false;
    }

    /// People stand at the store's till again, and nobody is signed in there: whoever signed in to the copy did so for
    /// practice. Answers the copy and who that was.
    pub(crate) fn back_to_the_store(&mut self) -> Option<(Till, Option<OperatorId>)> {
        let copy = std::mem::replace(&mut self.till, self.aside.take()?);
        self.recovered = false;
        Some((copy, self.operator.take().map(|operator| operator.id)))
    }
}

impl Desk {
    /// The desk of a store, with its devices or with simulated ones.
    pub(crate) fn of(mut till: Till, simulators: Option<&Simulators>) -> Result<Desk> {
        let at = |class| match simulators {
            Some(simulators) => Ok(Some(simulators.address(class))),
            None => devices::address(&till, class),
        };
        let (printer, scanner, terminal) =
            (at(Class::Printer)?, at(Class::Scanner)?, at(Class::Terminal)?);
        outbox::recover(&till)?;
        outbox::sweep(&till)?;
        let cart = cart::show(&mut till)?;
        let recovered = !cart.lines.is_empty() || cart.exchange.is_some();
        let drivers = Drivers::new(printer, scanner, terminal.clone());
        let terminal = terminal.map(|address| devices::terminal(&till, address)).transpose()?;
        let cards = Cards::new(terminal);
        let inner = Turns::new(Inner { till, aside: None, operator: None, recovered });
        let (upload, links, practice) = Default::default();
        Ok(Desk { inner, drivers, cards, upload, links, practice })
    }

    pub(crate) fn start_drivers(self: &Arc<Self>, push: Push) -> std::io::Result<()> {
        Drivers::start(self, push)
    }

    /// The till, whoever is at it.
    pub(crate) fn till<T>(&self, ask: impl FnOnce(&mut Till) -> Result<T>) -> Answer<T> {
        Ok(ask(&mut self.lock().till)?)
    }

    /// The store's till, whether or not somebody trains.
    pub(crate) fn real<T>(&self, ask: impl FnOnce(&mut Till) -> Result<T>) -> Answer<T> {
        Ok(ask(self.lock().real())?)
    }

    /// The till, for whoever is signed in.
    pub(crate) fn signed_in<T>(
        &self,
        ask: impl FnOnce(&mut Till, &Operator) -> Result<T>,
    ) -> Answer<T> {
        let mut inner = self.lock();
        let Inner { till, operator, .. } = &mut *inner;
        let operator = operator
            .as_ref()
            .ok_or_else(|| comptoir_till::error::Error::from(Refusal::NotSignedIn))?;
        Ok(ask(till, operator)?)
    }

    /// A cart command; from then on the cart is no longer one that came back.
    pub(crate) fn sell(
        &self,
        ask: impl FnOnce(&mut Till, &Operator) -> Result<CartView>,
    ) -> Answer<CartView> {
        let cart = self.signed_in(ask)?;
        self.lock().recovered = false;
        Ok(cart)
    }

    pub(crate) fn arrive(&self, operator: Option<Operator>) {
        self.lock().operator = operator;
    }

    /// The till's next turn: before all that goes on in the background.
    pub(crate) fn lock(&self) -> Turn<'_, Inner> {
        self.inner.lock()
    }

    /// What a window shows at first.
    pub(crate) fn opened(&self, demo: bool) -> Answer<Opened> {
        let operators = self.till(|till| operators::list(till.db()))?;
        Ok(Opened { state: self.app_state(demo)?, operators })
    }

    pub(crate) fn app_state(&self, demo: bool) -> Answer<AppState> {
        let mut inner = self.lock();
        let Inner { till, operator, recovered, .. } = &mut *inner;
        let last_sale = match comptoir_till::orders::last(till.db())? {
            Some(sale) => Some(orders::done(till, &sale)?),
            None => None,
        };
        Ok(AppState {
            store: till.store().clone(),
            operator: operator.clone(),
            shift: shift(till)?,
            cart: cart::show(till)?,
            recovered: *recovered,
            devices: self.drivers.lamps(),
            jobs: outbox::jobs(till)?,
            last_sale,
            card: self.cards.view(till)?,
            unfinished_return: refunds::unfinished_alone(till.db())?,
            ask_under: till.rules().ask_under,
            training: till.training().is_some(),
            demo,
        })
    }
}

fn shift(till: &Till) -> Result<Option<ShiftSummary>> {
    let Some(shift) = payments::open_shift_of(till.db(), till.identity().register)? else {
        return Ok(None);
    };
    let opened_by = operators::name_of(till.db(), shift.opened_by)?;
    let held_by = operators::name_of(till.db(), payments::hand_over::holder(till.db(), &shift)?)?;
    let opened_at =
        jiff::Timestamp::from_millisecond(shift.opened_at).unwrap_or_default().to_string();
    let float = Money::new(shift.float, till.store().currency);
    let (id, number) = (shift.id, shift.number);
    Ok(Some(ShiftSummary { id, number, opened_at, opened_by, held_by, float }))
}

/// An amount as the window sends it.
pub(crate) fn amount(till: &Till, text: &str) -> Result<Money> {
    let bad = |_| PaymentsRefusal::BadAmount { text: text.to_owned() }.into();
    Money::parse(text, till.store().currency).map_err(bad)
}

#[tauri::command(async)]
pub(crate) fn state(
    desk: State<'_, Arc<Desk>>,
    simulators: State<'_, Option<Simulators>>,
) -> Answer<AppState> {
    desk.app_state(simulators.is_some())
}
