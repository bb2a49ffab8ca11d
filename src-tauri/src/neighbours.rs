//! The printers of the store's other tills: whose can print now, giving it the jobs that wait here, and taking theirs.

use std::sync::Arc;

use comptoir_hardware::lamp::{Cause, Lamp};
use comptoir_link::paper::{self, Heard, Neighbour};
use comptoir_sync::entry::DeviceId;
use comptoir_sync::replication::paper::{Printer, PrinterState, Word};
use comptoir_till::devices::Class;
use comptoir_till::error::Result;
use comptoir_till::outbox::given::{self, Giving};
use comptoir_till::outbox::{self, JobRow, Refusal};
use comptoir_till::trust::enrolment;
use serde::Serialize;
use serde_json::json;
use tauri::State;
use ts_rs::TS;

use crate::desk::Desk;
use crate::failure::Answer;

/// How a neighbour's printer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PrinterThere {
    /// It prints.
    Ready,
    /// There is none.
    None,
    /// It cannot print until somebody acts.
    Stopped,
    /// The roll is at its end.
    PaperOut,
    /// The cover is open.
    CoverOpen,
    /// The cutter is stuck.
    CutterJammed,
    /// It cannot be reached.
    Disconnected,
    /// The neighbour's program is older, and says nothing of printers.
    Older,
}

/// Another till of the store that is connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct NeighbourPrinter {
    /// Its device.
    device: String,
    register: u32,
    printer: PrinterThere,
}

/// Who could print what waits here, and what became of what was given last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct NeighbourPrinters {
    /// By register.
    neighbours: Vec<NeighbourPrinter>,
    giving: Option<Giving>,
}

impl Desk {
    /// This till's printer, as its neighbours are told.
    pub(crate) fn printer(&self) -> Printer {
        // What is practised comes out of it, and a neighbour's receipt among that would wait for the end.
        if self.practice.is_on() {
            return Printer { state: PrinterState::Stopped };
        }
        let lamps = self.drivers.lamps();
        let printer = lamps.iter().find(|device| device.kind() == Class::Printer);
        let state = printer.map_or(PrinterState::None, |device| match device.lamp_and_cause() {
            (_, Some(Cause::NotConfigured)) => PrinterState::None,
            (Lamp::Ready | Lamp::Attention | Lamp::Busy | Lamp::Unknown, _) => PrinterState::Ready,
            (_, Some(Cause::PaperOut)) => PrinterState::PaperOut,
            (_, Some(Cause::CoverOpen)) => PrinterState::CoverOpen,
            (_, Some(Cause::CutterJammed)) => PrinterState::CutterJammed,
            (Lamp::Offline, _) => PrinterState::Disconnected,
            (Lamp::Stopped, _) => PrinterState::Stopped,
        });
        Printer { state }
    }

    /// Does what a neighbour says about print jobs.
    pub(crate) fn hear_of_paper(&self, from: DeviceId, word: Word) -> Result<Option<Word>> {
        let printer = self.printer();
        let mut inner = self.inner.lock_behind();
        let shown = inner.till.training().is_none();
        let till = inner.real();
        let Heard { answer, news } = paper::hear(till, from, printer, word)?;
        let told = if news && shown { Some(outbox::jobs(till)?) } else { None };
        drop(inner);
        if let Some(jobs) = told {
            self.links.push("jobs", json!(jobs));
            self.drivers.wake();
        }
        Ok(answer)
    }

    fn printers(&self) -> Answer<NeighbourPrinters> {
        // They are neighbours of the store, and not of the copy that somebody trains in.
        let connected = if self.practice.is_on() { Vec::new() } else { self.links.neighbours() };
        self.till(|till| {
            let mut neighbours = Vec::new();
            for Neighbour { device, printer } in connected {
                if let Some(register) = enrolment::register_of(till.db(), device)? {
                    let device = device.to_string();
                    neighbours.push(NeighbourPrinter { device, register, printer: there(printer) });
                }
            }
            neighbours.sort_by_key(|neighbour| neighbour.register);
            Ok(NeighbourPrinters { neighbours, giving: given::last(till.db())? })
        })
    }
}

fn there(printer: Option<Printer>) -> PrinterThere {
    match printer.map(|printer| printer.state) {
        Option::None => PrinterThere::Older,
        Some(PrinterState::Ready) => PrinterThere::Ready,
        Some(PrinterState::None) => PrinterThere::None,
        Some(PrinterState::PaperOut) => PrinterThere::PaperOut,
        Some(PrinterState::CoverOpen) => PrinterThere::CoverOpen,
        Some(PrinterState::CutterJammed) => PrinterThere::CutterJammed,
        Some(PrinterState::Disconnected) => PrinterThere::Disconnected,
        Some(PrinterState::Stopped | PrinterState::Other(_)) => PrinterThere::Stopped,
    }
}

/// Whose printer could help.
#[tauri::command(async)]
pub(crate) fn neighbour_printers(desk: State<'_, Arc<Desk>>) -> Answer<NeighbourPrinters> {
    desk.printers()
}

/// Gives what waits for this till's printer to a neighbour whose printer can print.
#[tauri::command(async)]
pub(crate) fn give_jobs(desk: State<'_, Arc<Desk>>, to: String) -> Answer<Vec<JobRow>> {
    let ready = |neighbour: &Neighbour| {
        neighbour.device.to_string() == to && there(neighbour.printer) == PrinterThere::Ready
    };
    let neighbour = desk.links.neighbours().into_iter().find(ready);
    let jobs = desk.signed_in(|till, operator| {
        let register = match &neighbour {
            Some(neighbour) => enrolment::register_of(till.db(), neighbour.device)?,
            None => None,
        };
        let (Some(Neighbour { device, .. }), Some(register)) = (neighbour, register) else {
            return Err(Refusal::NeighbourCannotPrint.into());
        };
        given::give(till, operator.id, device, register)?;
        outbox::list(till)
    });
    desk.links.speak_of_paper();
    jobs
}

/// Asks a neighbour to give a job back.
#[tauri::command(async)]
pub(crate) fn take_back_job(desk: State<'_, Arc<Desk>>, job: i64) -> Answer<Vec<JobRow>> {
    let jobs = desk.signed_in(|till, operator| {
        given::take_back(till, operator.id, job)?;
        outbox::list(till)
    });
    desk.links.speak_of_paper();
    jobs
}
