//! What a register knows of its devices, as a file for whoever is asked for help.

use std::sync::Arc;

use comptoir_domain::store::Store;
use comptoir_till::error::Error;
use comptoir_till::outbox::{self, JobRow};
use comptoir_till::till::utc;
use serde::Serialize;
use tauri::{AppHandle, Runtime, State};

use crate::desk::Desk;
use crate::devices::Device;
use crate::failure::Answer;
use crate::link::clock;
use crate::reporting::{Written, exports};

/// The file. No password is in it, and nothing of sales but the numbers of receipts that wait.
#[derive(Serialize)]
struct DeviceReport {
    program: &'static str,
    system: &'static str,
    /// RFC 3339, UTC.
    written_at: String,
    store: Store,
    devices: Vec<Reported>,
    jobs: Vec<JobRow>,
}

#[derive(Serialize)]
struct Reported {
    #[serde(flatten)]
    device: Device,
    address: Option<String>,
}

/// Writes to the user's documents where each device is, how it is, and what waits for the printer.
#[tauri::command(async)]
pub(crate) fn save_device_report<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Arc<Desk>>,
) -> Answer<Written> {
    let (store, jobs) =
        desk.signed_in(|till, _| Ok((till.store().clone(), outbox::list(till)?)))?;
    let written_at = utc(clock());
    let with_address = |device: Device| {
        let address = desk.drivers.address(device.kind());
        Reported { device, address }
    };
    let devices = desk.drivers.lamps().into_iter().map(with_address).collect();
    let name = format!("devices-{}.json", written_at.replace([':', '.'], "-"));
    let report = DeviceReport {
        program: concat!("comptoir ", env!("CARGO_PKG_VERSION")),
        system: std::env::consts::OS,
        written_at,
        store,
        devices,
        jobs,
    };
    let text =
        serde_json::to_vec_pretty(&report).map_err(|error| Error::Broken(error.to_string()))?;
    let path = exports(&app, &desk)?.join(name);
    std::fs::write(&path, text).map_err(Error::file(&path))?;
    Ok(Written::at(&path))
}
