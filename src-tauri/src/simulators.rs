//! The demo's devices: simulators that speak the real protocols over a real socket and a real
//! pseudo-terminal, so that the drivers have no idea.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::text::Text;
use comptoir_hardware::printer::simulator::{Faults, Simulator as Printer};
use comptoir_hardware::scanner::simulator::Simulator as Scanner;
use comptoir_hardware::terminal::simulator::{
    self as terminal, Answer as CardAnswer, Asked, Booked, Break, Point, Simulator as Terminal,
};
use comptoir_hardware::transport::Address;
use comptoir_till::catalog::search::GoodsForScanning;
use comptoir_till::devices::Class;
use comptoir_till::error::{Error, Result};
use comptoir_till::till::Till;
use serde::{Deserialize, Serialize};
use tauri::State;

use crate::failure::Answer;

/// Slips that are shown, the newest first.
const SHOWN: usize = 6;

/// A receipt printer with a drawer, a scanner, and a card terminal.
pub(crate) struct Simulators {
    printer: Arc<Printer>,
    scanner: Scanner,
    terminal: Arc<Terminal>,
    currency: Currency,
    goods: Vec<Good>,
}

/// What can go wrong at the click of a chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    None,
    PaperOut,
    CoverOpen,
    Silent,
    Slow,
    CutOff,
}

/// What the devices' window shows.
#[derive(Debug, Serialize)]
pub(crate) struct Sim {
    slips: Vec<Slip>,
    drawer_kicks: u32,
    fault: Fault,
    terminal: SimTerminal,
    goods: Vec<Good>,
}

/// The terminal in the devices' window.
#[derive(Debug, Serialize)]
struct SimTerminal {
    fault: CardFault,
    booked: Vec<SimBooked>,
    /// For a card.
    waiting: bool,
}

/// A line of the terminal's own journal.
#[derive(Debug, Serialize)]
struct SimBooked {
    amount: Money,
    kind: &'static str,
    reversed: bool,
}

/// What the terminal does with the next card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CardFault {
    None,
    Declines,
    Stopped,
    Part,
    LineLost,
    Silent,
    Unplugged,
    Waits,
}

#[derive(Debug, Serialize)]
struct Slip {
    /// Data URL.
    png: String,
    /// What it says, for whoever cannot see it.
    text: String,
}

#[derive(Debug, Clone, Serialize)]
struct Good {
    gtin: String,
    name: Text,
    drawing: String,
    pigment: String,
}

impl Simulators {
    pub(crate) fn start(till: &Till) -> Result<Simulators> {
        let broken = |error: std::io::Error| Error::Broken(format!("simulated device: {error}"));
        #[cfg(unix)]
        let scanner = Scanner::on_pty().map_err(broken)?;
        #[cfg(not(unix))]
        let scanner = Scanner::on_tcp(0).map_err(broken)?;
        let terminal = Terminal::on_tcp(0).map_err(broken)?;
        terminal.set(|faults| *faults = CardFault::None.faults());
        let goods = GoodsForScanning::first(till.db(), till.store().currency, 24)?;
        let goods = goods.into_iter().map(|GoodsForScanning { tile, gtin }| Good {
            gtin,
            name: tile.name,
            drawing: tile.drawing,
            pigment: tile.pigment,
        });
        Ok(Simulators {
            printer: Arc::new(Printer::on_tcp(0).map_err(broken)?),
            scanner,
            terminal: Arc::new(terminal),
            currency: till.store().currency,
            goods: goods.collect(),
        })
    }

    pub(crate) fn address(&self, class: Class) -> Address {
        match class {
            Class::Printer => self.printer.address(),
            Class::Scanner => self.scanner.address(),
            Class::Terminal => self.terminal.address(),
        }
    }

    /// Calls when paper or drawer moved.
    pub(crate) fn watch(&self, moved: impl Fn() + Clone + Send + 'static) {
        let (terminal, card_moved) = (Arc::downgrade(&self.terminal), moved.clone());
        std::thread::spawn(move || {
            let mut seen = 0;
            while let Some(terminal) = terminal.upgrade() {
                if terminal.wait_for(Duration::from_secs(2), |asked| asked.len() != seen) {
                    seen = terminal.asked().len();
                    card_moved();
                }
            }
        });
        let printer = Arc::downgrade(&self.printer);
        std::thread::spawn(move || {
            let mut seen = (0, 0);
            while let Some(printer) = printer.upgrade() {
                let changed = printer
                    .wait_for(Duration::from_secs(2), |view| (view.slips(), view.kicks()) != seen);
                if changed {
                    seen = (printer.slips().len(), printer.kicks());
                    moved();
                }
            }
        });
    }

    fn show(&self) -> Sim {
        let slips = self.printer.slips();
        let png = |slip: &comptoir_hardware::printer::simulator::Slip| {
            let png = slip.to_png().unwrap_or_default();
            let png = format!("data:image/png;base64,{}", STANDARD.encode(png));
            Slip { png, text: slip.text().to_owned() }
        };
        Sim {
            slips: slips.iter().rev().take(SHOWN).map(png).collect(),
            drawer_kicks: self.printer.kicks(),
            fault: Fault::of(&self.printer.faults()),
            terminal: self.show_terminal(),
            goods: self.goods.clone(),
        }
    }
}

impl Simulators {
    fn show_terminal(&self) -> SimTerminal {
        let line = |line: Booked| {
            let minor = i64::try_from(line.transaction.amount.unwrap_or_default());
            line.transaction.is_approved().then(|| SimBooked {
                amount: Money::new(minor.unwrap_or_default(), self.currency),
                kind: match line.asked {
                    Asked::Refund { .. } => "refund",
                    Asked::Reversal { .. } => "reversal",
                    _ => "payment",
                },
                reversed: line.reversed,
            })
        };
        let faults = self.terminal.faults();
        SimTerminal {
            fault: CardFault::of(&faults),
            booked: self.terminal.booked().into_iter().filter_map(line).collect(),
            waiting: faults.held,
        }
    }
}

impl CardFault {
    /// Slow enough for a person to see what happens.
    const PACE: Duration = Duration::from_millis(350);

    fn of(faults: &terminal::Faults) -> CardFault {
        match faults {
            faults if faults.unplugged => CardFault::Unplugged,
            faults if faults.held => CardFault::Waits,
            faults if faults.silent || matches!(faults.breaks, Some((_, Break::Silence))) => {
                CardFault::Silent
            }
            faults if faults.breaks.is_some() => CardFault::LineLost,
            faults => match faults.answer {
                CardAnswer::Approve => CardFault::None,
                CardAnswer::ApproveAmount(_) => CardFault::Part,
                CardAnswer::Decline(_) => CardFault::Declines,
                CardAnswer::Abort(_) => CardFault::Stopped,
            },
        }
    }

    fn faults(self) -> terminal::Faults {
        let mut faults =
            terminal::Faults { slow: Some(Self::PACE), signs: Some(false), ..Default::default() };
        match self {
            CardFault::None => {}
            CardFault::Declines => faults.answer = CardAnswer::Decline(0x05),
            CardFault::Stopped => faults.answer = CardAnswer::Abort(0x6c),
            CardFault::Part => faults.answer = CardAnswer::ApproveAmount(5_00),
            CardFault::LineLost => faults.breaks = Some((Point::BeforeStatus, Break::Unplug)),
            CardFault::Silent => faults.breaks = Some((Point::BeforeReply, Break::Silence)),
            CardFault::Unplugged => faults.unplugged = true,
            CardFault::Waits => faults.held = true,
        }
        faults
    }
}

impl Fault {
    fn of(faults: &Faults) -> Fault {
        match faults {
            faults if faults.paper_out => Fault::PaperOut,
            faults if faults.cover_open => Fault::CoverOpen,
            faults if faults.silent => Fault::Silent,
            faults if faults.bytes_per_second.is_some() => Fault::Slow,
            faults if faults.cut_off_after.is_some() => Fault::CutOff,
            _ => Fault::None,
        }
    }

    fn faults(self) -> Faults {
        let mut faults = Faults::default();
        match self {
            Fault::None => {}
            Fault::PaperOut => faults.paper_out = true,
            Fault::CoverOpen => faults.cover_open = true,
            Fault::Silent => faults.silent = true,
            Fault::Slow => faults.bytes_per_second = NonZeroU32::new(200),
            Fault::CutOff => faults.cut_off_after = Some(300),
        }
        faults
    }
}

/// A card terminal for practice: it approves everything, at a pace that a person can follow.
pub(crate) fn approving() -> Result<Terminal> {
    let terminal = Terminal::on_tcp(0);
    let terminal =
        terminal.map_err(|error| Error::Broken(format!("terminal for practice: {error}")))?;
    terminal.set(|faults| *faults = CardFault::None.faults());
    Ok(terminal)
}

type Sims<'a> = State<'a, Option<Simulators>>;

#[tauri::command(async)]
pub(crate) fn sim_state(sims: Sims<'_>) -> Answer<Sim> {
    simulators(&sims, Simulators::show)
}

#[tauri::command(async)]
pub(crate) fn sim_scan(sims: Sims<'_>, code: String) -> Answer<Sim> {
    simulators(&sims, |sims| {
        sims.scanner.scan(&code);
        sims.show()
    })
}

#[tauri::command(async)]
pub(crate) fn sim_fault(sims: Sims<'_>, fault: Fault) -> Answer<Sim> {
    simulators(&sims, |sims| {
        sims.printer.set(|faults| *faults = fault.faults());
        sims.show()
    })
}

#[tauri::command(async)]
pub(crate) fn sim_card(sims: Sims<'_>, fault: CardFault) -> Answer<Sim> {
    simulators(&sims, |sims| {
        sims.terminal.set(|faults| *faults = fault.faults());
        sims.show()
    })
}

fn simulators<T>(sims: &Sims<'_>, ask: impl FnOnce(&Simulators) -> T) -> Answer<T> {
    let none = || Error::Broken("this store has real devices".into());
    Ok(ask(sims.inner().as_ref().ok_or_else(none)?))
}
