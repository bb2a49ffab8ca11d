//! Card payments without a window: of baskets, and settling what a crash left unknown.

use std::io::Read;
use std::time::Duration;

use clap::{Args, ValueEnum};
use comptoir_domain::ids::{CartId, OperatorId};
use comptoir_domain::money::Money;
use comptoir_domain::payments::Refusal;
use comptoir_hardware::terminal::attempt::Kind;
use comptoir_hardware::terminal::driver::Terminal;
use comptoir_hardware::terminal::simulator::{Answer, Simulator};
use comptoir_hardware::terminal::totals::DayEnd;
use comptoir_till::devices::{self, Class};
use comptoir_till::error::{Error, Result};
use comptoir_till::operators;
use comptoir_till::orders::refunds;
use comptoir_till::orders::returns::ReturnRequest;
use comptoir_till::payments::card::{self, CardAttempt, CardState};
use comptoir_till::payments::terminal_check;
use comptoir_till::till::Till;
use serde_json::json;

use crate::{Data, Done, Outcome, print};

/// Times that a terminal is asked what became of a payment, and the pause between.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);

/// The terminal of this register.
pub(crate) fn terminal(till: &Till) -> Result<Terminal> {
    let address = devices::address(till, Class::Terminal)?.ok_or(Refusal::TerminalMissing)?;
    devices::terminal(till, address)
}

/// Asks the terminal to take `amount` for a cart of which `total` is due, and answers what became of it.
pub(crate) fn pay(
    till: &mut Till,
    terminal: &mut Terminal,
    cashier: OperatorId,
    cart: CartId,
    total: Money,
    amount: Money,
) -> Result<CardAttempt> {
    let minor = card::may_pay_basket(&till.begin()?, cashier, cart, total, amount)?;
    ask(till, terminal, cashier, cart, None, Kind::Payment, minor)
}

/// Has the terminal take back a payment of a cart that was not sold.
pub(crate) fn take_back(
    till: &mut Till,
    terminal: &mut Terminal,
    cashier: OperatorId,
    cart: CartId,
    payment: i64,
) -> Result<CardAttempt> {
    let (kind, minor) = card::take_back_of(&till.begin()?, cart, payment)?;
    ask(till, terminal, cashier, cart, Some(payment), kind, minor)
}

/// Has the terminal give back what a return owes to cards, one after the other. Answers the one that it did not
/// give back.
pub(crate) fn refund(
    till: &mut Till,
    operator: OperatorId,
    request: &ReturnRequest,
) -> Result<Option<CardAttempt>> {
    if card::unsettled(till.db())?.is_some() {
        let mut terminal = terminal(till)?;
        let attempt = settle(till, &mut terminal)?;
        if !attempt.state.is_settled() {
            return Ok(Some(attempt));
        }
    }
    while let Some(due) = refunds::may_refund(till, operator, request)? {
        let mut terminal = terminal(till)?;
        let minor = due.amount.minor().unsigned_abs();
        let mut prepared = match terminal.prepare(refunds::what(&due), minor) {
            Ok(prepared) => prepared,
            Err(refusal) => {
                eprintln!("tillctl: {refusal}");
                refunds::not_asked(till, operator, request)?;
                return card::shown(till.db(), till.store().currency);
            }
        };
        let id = refunds::begin(till, operator, request, &mut prepared)?;
        let outcome = terminal.carry_out(&prepared, &mut |_| {});
        card::end::finish(till, id, outcome)?;
        let attempt = settle(till, &mut terminal)?;
        if attempt.state != CardState::Approved {
            return Ok(Some(attempt));
        }
    }
    Ok(None)
}

fn ask(
    till: &mut Till,
    terminal: &mut Terminal,
    cashier: OperatorId,
    cart: CartId,
    of: Option<i64>,
    kind: Kind,
    minor: u64,
) -> Result<CardAttempt> {
    let prepared = terminal.prepare(kind, minor).map_err(unasked)?;
    let id = card::begin(till, cashier, cart, of, &prepared)?;
    let outcome = terminal.carry_out(&prepared, &mut |_| {});
    card::end::finish(till, id, outcome)?;
    settle(till, terminal)
}

/// Asks the terminal, a few times if need be, what became of the payment that is unknown.
pub(crate) fn settle(till: &mut Till, terminal: &mut Terminal) -> Result<CardAttempt> {
    for _ in 0..TRIES {
        let Some(open) = card::unsettled(till.db())? else { break };
        if open.state == CardState::Doubtful {
            break;
        }
        match terminal.settle(&open.attempt) {
            Ok(verdict) => card::end::settle(till, open.id, verdict)?,
            Err(refusal) => {
                eprintln!("tillctl: {refusal}; asking again");
                card::end::still_unknown(till, open.id, &refusal)?;
                std::thread::sleep(PAUSE);
            }
        }
    }
    let shown = card::shown(till.db(), till.store().currency)?;
    shown.ok_or_else(|| Refusal::UnknownCardPayment.into())
}

fn unasked(refusal: comptoir_hardware::terminal::Refusal) -> Error {
    eprintln!("tillctl: {refusal}");
    Refusal::TerminalSilent.into()
}

/// `tillctl card settle`: what became of the payment that a crash or a broken line left unknown?
pub(crate) fn settle_now(store: &Data) -> Outcome {
    let mut till = Till::open(&store.data)?;
    let Some(attempt) = (match card::unsettled(till.db())? {
        Some(_) => {
            let mut terminal = terminal(&till)?;
            Some(settle(&mut till, &mut terminal)?)
        }
        None => card::shown(till.db(), till.store().currency)?,
    }) else {
        print(&json!({ "card": null }))?;
        return Ok(Done::Wholly);
    };
    print(&json!({ "card": attempt }))?;
    Ok(if attempt.state.is_settled() { Done::Wholly } else { Done::Partly })
}

/// `tillctl card end-of-day`: what does the terminal say that it took?
pub(crate) fn end_of_day(store: &Data) -> Outcome {
    let mut till = Till::open(&store.data)?;
    let by = operators::console(till.db())?;
    let mut terminal = terminal(&till)?;
    let id = terminal_check::begin(&mut till, by)?;
    let end = terminal.end_of_day();
    terminal_check::finish(&mut till, id, &end)?;
    let check = terminal_check::shown(&mut till, by)?;
    print(&json!({ "terminal": check }))?;
    Ok(if matches!(end, DayEnd::Done(_)) { Done::Wholly } else { Done::Partly })
}

/// `tillctl simulate terminal`: one that is none, to try things out with.
#[derive(Args)]
pub(crate) struct Simulate {
    /// Port on this computer; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// How payments end.
    #[arg(long, value_enum, default_value_t = Ends::Approve)]
    answer: Ends,
}

#[derive(Clone, Copy, ValueEnum)]
enum Ends {
    Approve,
    Decline,
    Stop,
}

impl Simulate {
    /// Says where it is, and is there until stdin ends.
    pub(crate) fn run(&self) -> Outcome {
        let simulator = Simulator::on_tcp(self.port)
            .map_err(|source| Error::File { path: format!("port {}", self.port), source })?;
        simulator.set(|faults| {
            faults.answer = match self.answer {
                Ends::Approve => Answer::Approve,
                Ends::Decline => Answer::Decline(0x05),
                Ends::Stop => Answer::Abort(0x6c),
            };
        });
        print(&json!({ "device": "terminal", "address": simulator.address().to_string() }))?;
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        Ok(Done::Wholly)
    }
}
