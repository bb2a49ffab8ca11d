//! The desktop shell: windows, permissions, background drivers. A command's body is one call of the
//! engine; whatever decides something is in `comptoir_till` or below it.

#[cfg(test)]
mod bindings;
#[cfg(feature = "bridge")]
pub mod bridge;
mod cards;
mod cart;
mod catalog;
mod closing;
mod compliance;
mod desk;
mod device_report;
mod devices;
mod exchange;
mod failure;
mod journal;
mod link;
mod neighbours;
mod operators;
mod options;
mod orders;
mod payments;
mod pricing;
mod reporting;
mod returns;
mod screen;
mod setting_up;
mod setup;
mod simulators;
mod training;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use comptoir_till::demo;
use comptoir_till::error::Result;
use comptoir_till::home::Home;
use comptoir_till::till::Till;
use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, Builder, Emitter, Manager, Runtime, WebviewUrl, WebviewWindowBuilder};

use crate::desk::Desk;
use crate::options::Options;
use crate::setup::Setup;
use crate::simulators::Simulators;

/// Opens the store and its windows, and stays until they are closed.
pub fn run() -> ExitCode {
    screen::paint_plainly();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()),
        )
        .init();
    let options = match Options::from_args(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    if !screen::is_there() {
        eprintln!(
            "comptoir: there is no screen here. Use `tillctl`, or `cargo xtask demo --headless --out DIR`."
        );
        return ExitCode::from(2);
    }
    let started = find(&options).map_err(|error| error.to_string()).and_then(|found| {
        let app = prepare(Builder::default(), found, options.data.clone())
            .build(tauri::generate_context!());
        app.map_err(|error| error.to_string())
    });
    match started {
        Ok(app) => {
            app.run(|_, _| {});
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("comptoir: {error}");
            ExitCode::FAILURE
        }
    }
}

/// An open store, with the devices of the demo.
pub(crate) struct Found {
    desk: Arc<Desk>,
    simulators: Option<Simulators>,
}

/// Opens the store that the options name; none when it has to be made first.
fn find(options: &Options) -> Result<Option<Found>> {
    if options.demo {
        return open_demo_in(&options.data).map(Some);
    }
    match Home::existing(&options.data) {
        Ok(_) => Found::new(Till::open(&options.data)?, None).map(Some),
        Err(_) => Ok(None),
    }
}

/// Opens the demo store in a folder, made first when it is not there, and puts its devices up.
pub(crate) fn open_demo_in(folder: &Path) -> Result<Found> {
    let till = match Home::existing(folder) {
        Ok(_) => Till::open(folder)?,
        Err(_) => demo::init(folder)?,
    };
    let simulators = Simulators::start(&till)?;
    Found::new(till, Some(simulators))
}

/// Everything but the context: shared by the real windows and by the bridge.
fn prepare<R: Runtime>(builder: Builder<R>, found: Option<Found>, folder: PathBuf) -> Builder<R> {
    let desk = found.as_ref().map(|found| Arc::clone(&found.desk));
    let builder = match found {
        Some(Found { desk, simulators }) => builder.manage(desk).manage(simulators),
        None => builder,
    };
    builder
        .manage(Setup { folder })
        .invoke_handler(tauri::generate_handler![
            setup::setup,
            setup::region_rules,
            setup::open_store,
            setup::add_first_manager,
            setup::open_demo,
            setup::join_store,
            desk::state,
            operators::operators,
            operators::sign_in,
            operators::sign_out,
            operators::set_language,
            operators::people,
            operators::save_person,
            payments::open_shift,
            payments::x_report,
            closing::terminal_check,
            closing::check_terminal,
            payments::hand_over,
            payments::hand_in,
            payments::close_shift,
            payments::count,
            payments::denominations,
            payments::move_cash,
            payments::no_sale,
            payments::print_hand_over,
            payments::print_report,
            payments::cash_quote,
            setting_up::settings,
            setting_up::save_settings,
            setting_up::rules_on,
            setting_up::receipt_preview,
            setting_up::device_addresses,
            setting_up::find_devices,
            setting_up::set_device,
            setting_up::test_device,
            setting_up::job_list,
            neighbours::neighbour_printers,
            neighbours::give_jobs,
            neighbours::take_back_job,
            device_report::save_device_report,
            link::link_lamp,
            link::link_view,
            link::enrol,
            link::set_neighbours,
            reporting::print_sales,
            reporting::report_periods,
            reporting::sales_report,
            reporting::export_report,
            reporting::shift_report,
            reporting::print_shift,
            catalog::departments,
            catalog::tiles,
            catalog::search,
            catalog::miscellaneous,
            catalog::product_terms,
            catalog::products,
            catalog::product,
            catalog::save_product,
            catalog::conflicts,
            catalog::settle_conflict,
            catalog::import_file,
            catalog::import_preview,
            catalog::import_run,
            catalog::save_rejects,
            cart::scan,
            cart::add,
            cart::add_open,
            cart::set_quantity,
            cart::void_line,
            cart::void_cart,
            pricing::set_price,
            pricing::set_discount,
            pricing::quote_price,
            pricing::quote_discount,
            cart::set_note,
            cart::undo,
            cart::park,
            cart::parked,
            cart::resume,
            compliance::check_age,
            compliance::refuse_age,
            cards::pay_card,
            cards::take_back_card,
            cards::stop_card,
            cards::ask_terminal,
            cards::leave_card,
            cards::settle_card,
            orders::complete_sale,
            orders::print_again,
            orders::settle_job,
            journal::find_sales,
            journal::sale_view,
            journal::stored_at,
            journal::receipt_jobs,
            journal::taken_back_twice,
            journal::reprint,
            journal::gift_receipt,
            returns::quote_return,
            returns::refund,
            returns::void_sale,
            returns::quote_blind,
            returns::refund_blind,
            exchange::begin_exchange,
            exchange::leave_exchange,
            exchange::complete_exchange,
            training::begin_training,
            training::end_training,
            simulators::sim_state,
            simulators::sim_scan,
            simulators::sim_fault,
            simulators::sim_card,
        ])
        .on_page_load(|webview, page| {
            if page.event() == PageLoadEvent::Finished {
                tracing::info!(window = webview.label(), "page loaded");
            }
        })
        .setup(move |app| {
            let app = app.handle();
            let first = first_script(app, desk.as_deref());
            for window in &app.config().app.windows {
                WebviewWindowBuilder::from_config(app, window)?
                    .initialization_script(&first)
                    .build()?;
            }
            desk.map_or(Ok(()), |desk| start(app, &desk))
        })
}

/// A script that gives a window what it shows at first, so that it need not ask for it. Without it the page asks,
/// and says what is wrong.
fn first_script<R: Runtime>(app: &AppHandle<R>, desk: Option<&Desk>) -> String {
    let opened = desk.and_then(|desk| desk.opened(simulators(app).is_some()).ok());
    let opened = serde_json::to_string(&opened).unwrap_or_else(|_| "null".into());
    format!("globalThis.opened = {opened}; globalThis.still = {};", screen::is_plain())
}

fn simulators<R: Runtime>(app: &AppHandle<R>) -> Option<&Simulators> {
    app.try_state::<Option<Simulators>>().and_then(|simulators| simulators.inner().as_ref())
}

/// Begins what goes on beside the window: the drivers, and the window of the demo's devices.
pub(crate) fn start<R: Runtime>(
    app: &AppHandle<R>,
    desk: &Arc<Desk>,
) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let simulators = simulators(app);
    if simulators.is_some() {
        WebviewWindowBuilder::new(app, "devices", WebviewUrl::App("devices.html".into()))
            .title("Comptoir: devices")
            .inner_size(460.0, 760.0)
            .build()?;
    }
    let handle = app.clone();
    let push: devices::Push = Arc::new(move |name, payload| {
        if let Err(error) = handle.emit(name, payload) {
            tracing::warn!(%error, name, "an event did not reach the window");
        }
    });
    desk.start_drivers(Arc::clone(&push))?;
    link::Links::start(desk, Some(push))?;
    if let Some(simulators) = simulators {
        let handle = app.clone();
        simulators.watch(move || {
            let _ = handle.emit("sim", ());
        });
    }
    Ok(())
}
