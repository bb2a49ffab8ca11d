//! The desktop shell: windows, permissions, background drivers. A command's body is one call of the
//! engine; whatever decides something is in `comptoir_till` or below it.

#[cfg(test)]
mod bindings;
#[cfg(feature = "bridge")]
pub mod bridge;
mod cards;
mod cart;
mod catalog;
mod compliance;
mod desk;
mod devices;
mod exchange;
mod failure;
mod journal;
mod operators;
mod options;
mod orders;
mod payments;
mod pricing;
mod returns;
mod screen;
mod simulators;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use comptoir_till::demo;
use comptoir_till::devices::{Class, address};
use comptoir_till::error::Result;
use comptoir_till::home::Home;
use comptoir_till::till::Till;
use tauri::{Builder, Emitter, Manager, Runtime, WebviewUrl, WebviewWindowBuilder};

use crate::desk::Desk;
use crate::options::Options;
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
    let started =
        open(&options).map_err(|error| error.to_string()).and_then(|(desk, simulators)| {
            let app =
                prepare(Builder::default(), desk, simulators).build(tauri::generate_context!());
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

/// Opens the store that the options name; for the demo, makes it first and puts its devices up.
fn open(options: &Options) -> Result<(Arc<Desk>, Option<Simulators>)> {
    let till = match (options.demo, Home::existing(&options.data)) {
        (true, Err(_)) => demo::init(&options.data)?,
        _ => Till::open(&options.data)?,
    };
    let simulators = if options.demo { Some(Simulators::start(&till)?) } else { None };
    let at = |class| match &simulators {
        Some(simulators) => Ok(Some(simulators.address(class))),
        None => address(&till, class),
    };
    let (printer, scanner, terminal) =
        (at(Class::Printer)?, at(Class::Scanner)?, at(Class::Terminal)?);
    let desk = Desk::new(till, printer, scanner, terminal)?;
    Ok((Arc::new(desk), simulators))
}

/// Everything but the context: shared by the real windows and by the bridge.
fn prepare<R: Runtime>(
    builder: Builder<R>,
    desk: Arc<Desk>,
    simulators: Option<Simulators>,
) -> Builder<R> {
    let with_devices = simulators.is_some();
    builder
        .manage(Arc::clone(&desk))
        .manage(simulators)
        .invoke_handler(tauri::generate_handler![
            desk::state,
            operators::operators,
            operators::sign_in,
            operators::sign_out,
            operators::set_language,
            operators::people,
            operators::save_person,
            payments::open_shift,
            payments::x_report,
            payments::close_shift,
            payments::count,
            payments::denominations,
            payments::move_cash,
            payments::no_sale,
            payments::print_report,
            payments::cash_quote,
            catalog::departments,
            catalog::tiles,
            catalog::search,
            cart::scan,
            cart::add,
            cart::add_open,
            cart::set_quantity,
            cart::void_line,
            cart::void_cart,
            pricing::set_price,
            pricing::set_discount,
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
            simulators::sim_state,
            simulators::sim_scan,
            simulators::sim_fault,
            simulators::sim_card,
        ])
        .setup(move |app| {
            for window in &app.config().app.windows {
                WebviewWindowBuilder::from_config(app, window)?
                    // without it the page asks, and says what is wrong
                    .initialization_script(desk.opened(with_devices).unwrap_or_default())
                    .build()?;
            }
            if with_devices {
                WebviewWindowBuilder::new(app, "devices", WebviewUrl::App("devices.html".into()))
                    .title("Comptoir: devices")
                    .inner_size(460.0, 760.0)
                    .build()?;
            }
            let handle = app.handle().clone();
            desk.start_drivers(move |name, payload| {
                if let Err(error) = handle.emit(name, payload) {
                    tracing::warn!(%error, name, "an event did not reach the window");
                }
            })?;
            if let Some(simulators) = app.state::<Option<Simulators>>().inner() {
                let handle = app.handle().clone();
                simulators.watch(move || {
                    let _ = handle.emit("sim", ());
                });
            }
            Ok(())
        })
}
