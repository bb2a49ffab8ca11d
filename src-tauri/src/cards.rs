//! Card payments: the terminal, whoever asks it, and what the window is told meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use comptoir_domain::ids::{CartId, OperatorId};
use comptoir_domain::payments::Refusal;
use comptoir_hardware::lamp::{Cause, Lamp};
use comptoir_hardware::terminal::Progress;
use comptoir_hardware::terminal::attempt::{Attempt, Kind};
use comptoir_hardware::terminal::driver::{Stop, Terminal};
use comptoir_till::cart;
use comptoir_till::error::{Error, Refusal as Refused, Result};
use comptoir_till::orders::refunds;
use comptoir_till::orders::returns::ReturnRequest;
use comptoir_till::payments::card::{self, CardAttempt, CardState};
use comptoir_till::payments::terminal_check;
use comptoir_till::till::Till;
use serde::Serialize;
use serde_json::json;
use tauri::State;
use ts_rs::TS;

use crate::desk::{AppState, Desk, Inner, amount};
use crate::devices::Push;
use crate::failure::Answer;
use crate::pricing::{Approval, approved};
use crate::simulators::Simulators;

/// How often an idle terminal is asked how it is.
const LOOK: Duration = Duration::from_secs(3);

/// What a terminal did last, as the window says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CardProgress {
    Asked,
    InsertCard,
    WatchPinPad,
    WrongPin,
    Authorising,
    Wait,
    RemoveCard,
    Approving,
    Declining,
    Other,
}

/// One step of a card attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct CardStep {
    progress: CardProgress,
    /// RFC 3339, UTC.
    at: String,
}

/// A card attempt as the window shows it.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(rename = "CardAttempt")]
pub(crate) struct CardView {
    #[serde(flatten)]
    attempt: CardAttempt,
    steps: Vec<CardStep>,
    /// Whether the terminal is being spoken to.
    working: bool,
}

/// A terminal at its address.
struct Line {
    terminal: Mutex<Terminal>,
    stop: Stop,
}

/// The terminal of this register, and what it is at.
pub(crate) struct Cards {
    line: Mutex<Option<Arc<Line>>>,
    working: AtomicBool,
    steps: Mutex<Vec<CardStep>>,
    push: OnceLock<Push>,
}

/// Nobody asks the terminal anything.
pub(crate) struct Held<'cards>(&'cards Cards);

impl Held<'_> {
    /// The register has this terminal from now on, or none.
    pub(crate) fn put(&self, terminal: Option<Terminal>) {
        let line = terminal.map(Line::new);
        *self.0.line.lock().unwrap_or_else(PoisonError::into_inner) = line;
        self.0.steps().clear();
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.working.store(false, Ordering::SeqCst);
    }
}

impl Line {
    fn new(terminal: Terminal) -> Arc<Line> {
        Arc::new(Line { stop: terminal.stop(), terminal: Mutex::new(terminal) })
    }
}

impl Cards {
    pub(crate) fn new(terminal: Option<Terminal>) -> Cards {
        Cards {
            line: Mutex::new(terminal.map(Line::new)),
            working: AtomicBool::new(false),
            steps: Mutex::default(),
            push: OnceLock::new(),
        }
    }

    /// Keeps the terminal's lamp, and asks it by itself what became of a payment that is unknown.
    pub(crate) fn start(desk: &Arc<Desk>, push: &Push) -> std::io::Result<()> {
        let _ = desk.cards.push.set(Arc::clone(push));
        let at = Arc::downgrade(desk);
        std::thread::Builder::new().name("terminal lamp".into()).spawn(move || {
            while let Some(desk) = at.upgrade() {
                desk.cards.look(&desk);
                drop(desk);
                std::thread::sleep(LOOK);
            }
        })?;
        Ok(())
    }

    fn look(&self, desk: &Arc<Desk>) {
        // Whoever is at work with it keeps it, and knows better how it is.
        let Some(line) = self.line() else { return };
        let Ok(mut terminal) = line.terminal.try_lock() else { return };
        let (lamp, cause) = terminal.lamp();
        drop(terminal);
        self.show(desk, lamp, cause);
        let open = card::unsettled(desk.lock().till.db());
        let unknown = open.is_ok_and(|open| open.is_some_and(|it| it.state == CardState::Unknown));
        if unknown && lamp == Lamp::Ready && self.take_up() {
            self.settle(desk);
        }
    }

    fn show(&self, desk: &Desk, lamp: Lamp, cause: Option<Cause>) {
        if let Some(push) = self.push.get() {
            desk.drivers.show(push, comptoir_till::devices::Class::Terminal, lamp, cause);
        }
    }

    fn line(&self) -> Option<Arc<Line>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The register has another terminal from now on, or none. Not while one is at work.
    pub(crate) fn set(&self, terminal: Option<Terminal>) -> Result<()> {
        self.hold()?.put(terminal);
        Ok(())
    }

    /// Keeps everybody from the terminal for as long as what it answers is there. Not while one is at work.
    pub(crate) fn hold(&self) -> Result<Held<'_>> {
        if !self.take_up() {
            return Err(Refusal::TerminalBusy.into());
        }
        Ok(Held(self))
    }

    pub(crate) fn ask<T>(&self, what: impl FnOnce(&mut Terminal) -> T) -> Result<T> {
        let line = self.line().ok_or(Refusal::TerminalMissing)?;
        Ok(what(&mut line.terminal.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// False when somebody is at work with it already.
    fn take_up(&self) -> bool {
        !self.working.swap(true, Ordering::SeqCst)
    }

    fn steps(&self) -> MutexGuard<'_, Vec<CardStep>> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn step(&self, progress: CardProgress) {
        let step = CardStep { progress, at: jiff::Timestamp::now().to_string() };
        let mut steps = self.steps();
        if steps.last().is_none_or(|last| last.progress != progress) {
            steps.push(step);
        }
    }

    /// The attempt to be shown.
    pub(crate) fn view(&self, till: &Till) -> Result<Option<CardView>> {
        let shown = card::shown(till.db(), till.store().currency)?;
        let working = self.working.load(Ordering::SeqCst);
        Ok(shown.map(|attempt| CardView { attempt, steps: self.steps().clone(), working }))
    }

    fn tell(&self, desk: &Desk) {
        let mut inner = desk.lock();
        let told = self.view(&inner.till).and_then(|card| Ok((card, cart::show(&mut inner.till)?)));
        drop(inner);
        match (told, self.push.get()) {
            (Ok((card, cart)), Some(push)) => push("card", json!({ "card": card, "cart": cart })),
            (Err(error), _) => tracing::error!(%error, "a card payment cannot be shown"),
            (Ok(_), None) => {}
        }
    }

    /// Has the terminal give the next card its money for what comes back. Answers how it begins; none when no card
    /// is due any, or cash is given instead.
    pub(crate) fn refund(desk: &Arc<Desk>, request: &ReturnRequest) -> Result<Option<CardView>> {
        if request.cash_instead {
            return Ok(None);
        }
        let mut inner = desk.lock();
        let operator = inner.cashier()?;
        let due = refunds::may_refund(&mut inner.till, operator, request)?;
        drop(inner);
        let Some(due) = due else { return Ok(None) };
        let (kind, minor) = (refunds::what(&due), due.amount.minor().unsigned_abs());
        let keep = |till: &mut Till, operator, prepared: &mut Attempt| {
            refunds::begin(till, operator, request, prepared)
        };
        let begun = Cards::begin(desk, |_| Ok((kind, minor)), keep);
        match begun {
            // That it was tried is kept: only then may cash be given instead.
            Err(Error::Refused(Refused::Payments(Refusal::TerminalSilent))) => {
                let mut inner = desk.lock();
                refunds::not_asked(&mut inner.till, operator, request)?;
                desk.cards.view(&inner.till)
            }
            begun => begun.map(Some),
        }
    }

    /// Asks whether an attempt may be made, and for how much; prepares and keeps it as it is to be, and has another
    /// thread carry it out. Answers how it begins.
    fn begin(
        desk: &Arc<Desk>,
        may: impl FnOnce(&mut Inner) -> Result<(Kind, u64)>,
        keep: impl FnOnce(&mut Till, OperatorId, &mut Attempt) -> Result<i64>,
    ) -> Result<CardView> {
        let cards = &desk.cards;
        let (kind, minor) = may(&mut desk.lock())?;
        if cards.line().is_none() {
            return Err(Refusal::TerminalMissing.into());
        }
        if !cards.take_up() {
            return Err(Refusal::TerminalBusy.into());
        }
        let begun = (|| {
            let prepared = cards.ask(|terminal| terminal.prepare(kind, minor))?;
            let mut prepared = prepared.map_err(|refusal| {
                tracing::warn!(%refusal, "the card terminal cannot be asked");
                Error::from(Refusal::TerminalSilent)
            })?;
            let mut inner = desk.lock();
            let cashier = inner.cashier()?;
            let id = keep(&mut inner.till, cashier, &mut prepared)?;
            drop(inner);
            Ok::<_, Error>((id, prepared))
        })();
        let (id, prepared) = begun.inspect_err(|_| cards.working.store(false, Ordering::SeqCst))?;
        cards.steps().clear();
        cards.step(CardProgress::Asked);
        let at = Arc::clone(desk);
        std::thread::spawn(move || {
            let cards = &at.cards;
            let kind = prepared.kind;
            let outcome = cards.ask(|terminal| {
                terminal.carry_out(&prepared, &mut |progress| {
                    cards.step(progress.into());
                    cards.tell(&at);
                })
            });
            let kept = outcome.and_then(|outcome| {
                tracing::info!(id, ?kind, outcome = outcome_name(&outcome), "card attempt");
                card::end::finish(&mut at.lock().till, id, outcome)
            });
            cards.end(&at, kept);
        });
        cards.view(&desk.lock().till)?.ok_or_else(|| Refusal::UnknownCardPayment.into())
    }

    /// Asks what became of the attempt that is unknown. Somebody has taken the terminal up for it.
    fn settle(&self, desk: &Arc<Desk>) {
        let kept = (|| {
            let Some(open) = card::unsettled(desk.lock().till.db())? else { return Ok(()) };
            let verdict = self.ask(|terminal| terminal.settle(&open.attempt))?;
            let till = &mut desk.lock().till;
            match verdict {
                Ok(verdict) => card::end::settle(till, open.id, verdict),
                Err(refusal) => card::end::still_unknown(till, open.id, &refusal),
            }
        })();
        self.end(desk, kept);
    }

    /// Has the terminal hand its day in, and keeps what became of it. The till is free while the terminal works.
    pub(crate) fn end_of_day(&self, desk: &Desk, operator: OperatorId) -> Result<()> {
        if self.line().is_none() {
            return Err(Refusal::TerminalMissing.into());
        }
        if !self.take_up() {
            return Err(Refusal::TerminalBusy.into());
        }
        let kept = (|| {
            let id = terminal_check::begin(&mut desk.lock().till, operator)?;
            let end = self.ask(Terminal::end_of_day)?;
            tracing::info!(id, end = end.name(), "end of the terminal's day");
            terminal_check::finish(&mut desk.lock().till, id, &end)
        })();
        self.working.store(false, Ordering::SeqCst);
        kept
    }

    fn end(&self, desk: &Desk, kept: Result<()>) {
        if let Err(error) = kept {
            tracing::error!(%error, "a card attempt could not be kept");
        }
        self.working.store(false, Ordering::SeqCst);
        self.tell(desk);
    }
}

const fn outcome_name(outcome: &comptoir_hardware::terminal::Outcome) -> &'static str {
    use comptoir_hardware::terminal::Outcome;
    match outcome {
        Outcome::Approved(_) => "approved",
        Outcome::Declined { .. } => "declined",
        Outcome::Cancelled => "cancelled",
        Outcome::NotSent(_) => "not sent",
        Outcome::Unknown(_) => "unknown",
    }
}

impl From<Progress> for CardProgress {
    fn from(progress: Progress) -> CardProgress {
        match progress {
            Progress::InsertCard => CardProgress::InsertCard,
            Progress::WatchPinPad => CardProgress::WatchPinPad,
            Progress::WrongPin => CardProgress::WrongPin,
            Progress::Authorising => CardProgress::Authorising,
            Progress::Wait => CardProgress::Wait,
            Progress::RemoveCard => CardProgress::RemoveCard,
            Progress::Approving => CardProgress::Approving,
            Progress::Declining => CardProgress::Declining,
            Progress::Other { .. } => CardProgress::Other,
        }
    }
}

/// Has the terminal ask for `amount`; what becomes of it is pushed.
#[tauri::command(async)]
pub(crate) fn pay_card(
    desk: State<'_, Arc<Desk>>,
    cart: CartId,
    total: String,
    amount: String,
) -> Answer<CardView> {
    let may = |inner: &mut Inner| {
        let cashier = inner.cashier()?;
        let till = &mut inner.till;
        let (shown, amount) = (self::amount(till, &total)?, self::amount(till, &amount)?);
        let minor = card::may_pay(till, cashier, cart, shown, amount)?;
        Ok((Kind::Payment, minor))
    };
    let keep = |till: &mut Till, cashier, prepared: &mut Attempt| {
        card::begin(till, cashier, cart, None, prepared)
    };
    Ok(Cards::begin(&desk, may, keep)?)
}

/// Has the terminal take back a payment of the open cart.
#[tauri::command(async)]
pub(crate) fn take_back_card(desk: State<'_, Arc<Desk>>, attempt: i64) -> Answer<CardView> {
    let may = |inner: &mut Inner| {
        let cashier = inner.cashier()?;
        card::may_take_back(&mut inner.till, cashier, attempt)
    };
    let keep = |till: &mut Till, cashier, prepared: &mut Attempt| {
        let cart = cart::show(till)?.id;
        card::begin(till, cashier, cart, Some(attempt), prepared)
    };
    Ok(Cards::begin(&desk, may, keep)?)
}

/// Asks the terminal to stop. It may be too late.
#[tauri::command(async)]
pub(crate) fn stop_card(desk: State<'_, Arc<Desk>>) -> Answer<()> {
    if let Some(line) = desk.cards.line() {
        line.stop.ask();
    }
    Ok(())
}

/// Asks the terminal what became of the payment that is unknown; the answer is pushed.
#[tauri::command(async)]
pub(crate) fn ask_terminal(desk: State<'_, Arc<Desk>>) -> Answer<CardView> {
    let cards = &desk.cards;
    if cards.line().is_none() {
        return Err(Error::from(Refusal::TerminalMissing).into());
    }
    if cards.take_up() {
        let at = Arc::clone(&desk);
        std::thread::spawn(move || at.cards.settle(&at));
    }
    let view = cards.view(&desk.lock().till)?;
    Ok(view.ok_or_else(|| Error::from(Refusal::UnknownCardPayment))?)
}

/// Puts an attempt that has ended away.
#[tauri::command(async)]
pub(crate) fn leave_card(
    desk: State<'_, Arc<Desk>>,
    sims: State<'_, Option<Simulators>>,
) -> Answer<AppState> {
    desk.signed_in(|till, _| card::put_away(till))?;
    desk.app_state(sims.is_some())
}

/// Somebody looked into the terminal's journal and says what was `moved`; nothing, when nothing was.
#[tauri::command(async)]
pub(crate) fn settle_card(
    desk: State<'_, Arc<Desk>>,
    sims: State<'_, Option<Simulators>>,
    moved: Option<String>,
    approval: Option<Approval>,
) -> Answer<AppState> {
    desk.signed_in(|till, operator| {
        let moved = moved.map(|moved| amount(till, &moved)).transpose()?;
        let approver = approved(till, approval)?;
        card::end::settle_by_hand(till, operator.id, approver, moved)
    })?;
    desk.app_state(sims.is_some())
}
