//! The demo's devices: simulators that speak the real protocols over a real socket and a real
//! pseudo-terminal, so that the drivers have no idea.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use comptoir_domain::text::Text;
use comptoir_hardware::printer::simulator::{Faults, Simulator as Printer};
use comptoir_hardware::scanner::simulator::Simulator as Scanner;
use comptoir_hardware::transport::Address;
use comptoir_till::catalog::search::GoodsForScanning;
use comptoir_till::error::{Error, Result};
use comptoir_till::till::Till;
use serde::{Deserialize, Serialize};
use tauri::State;

use crate::failure::Answer;

/// Slips that are shown, the newest first.
const SHOWN: usize = 6;

/// A receipt printer with a drawer, and a scanner.
pub(crate) struct Simulators {
    printer: Arc<Printer>,
    scanner: Scanner,
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
    goods: Vec<Good>,
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
            goods: goods.collect(),
        })
    }

    pub(crate) fn printer(&self) -> Address {
        self.printer.address()
    }

    pub(crate) fn scanner(&self) -> Address {
        self.scanner.address()
    }

    /// Calls when paper or drawer moved.
    pub(crate) fn watch(&self, moved: impl Fn() + Send + 'static) {
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
            goods: self.goods.clone(),
        }
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

fn simulators<T>(sims: &Sims<'_>, ask: impl FnOnce(&Simulators) -> T) -> Answer<T> {
    let none = || Error::Broken("this store has real devices".into());
    Ok(ask(sims.inner().as_ref().ok_or_else(none)?))
}
