//! What the engine and its window cost, as ratios against a floor in the same run.

use crate::command::Command;
use crate::machine::{self, Need, XVFB};

/// What is measured in the real window, each by `benches/NAME.mjs`.
const OF_WINDOW: [&str; 3] = ["window", "counter", "sales"];
/// What is measured of head office, each by `head-office/benches/NAME.rs`.
const OF_OFFICE: [&str; 4] = ["push", "tills", "growth", "join"];
/// What is measured of tills among themselves, each by `link/benches/NAME.rs`.
const OF_LINK: [&str; 1] = ["agree"];

/// `cargo xtask bench [NAME…]`.
pub(crate) fn bench(args: &[String]) -> Result<(), String> {
    let is_of_window = |name: &&String| OF_WINDOW.contains(&name.as_str());
    let is_of_office = |name: &&String| OF_OFFICE.contains(&name.as_str());
    let is_of_link = |name: &&String| OF_LINK.contains(&name.as_str());
    let is_of_engine =
        |name: &&String| !is_of_window(name) && !is_of_office(name) && !is_of_link(name);
    let of_engine: Vec<&String> = args.iter().filter(is_of_engine).collect();
    let chosen = |name: &str| args.is_empty() || args.iter().any(|one| one == name);
    if args.is_empty() || !of_engine.is_empty() {
        Command::new("cargo run --release --package comptoir-bench --").args(&of_engine).run()?;
    }
    let of_window: Vec<&str> = OF_WINDOW.into_iter().filter(|name| chosen(name)).collect();
    if !of_window.is_empty() {
        window(&of_window, of_engine.is_empty() && !args.is_empty())?;
    }
    for name in OF_LINK.into_iter().filter(|name| chosen(name)) {
        machine::prepare(&[Need::Build])?;
        Command::new(&format!("cargo bench --package comptoir-link --bench {name}")).run()?;
    }
    for name in OF_OFFICE.into_iter().filter(|name| chosen(name)) {
        machine::prepare(&[Need::Build, Need::Database])?;
        Command::new(&format!("cargo bench --package comptoir-head-office --bench {name}"))
            .run()?;
    }
    Ok(())
}

/// The program against an empty window; its lines continue the engine's table unless they are all.
fn window(names: &[&str], alone: bool) -> Result<(), String> {
    machine::prepare(&[Need::Build, Need::Node, Need::Screen])?;
    machine::ui_packages()?;
    Command::new("npm run --silent build -- --logLevel warn").within("ui").run()?;
    let programs = "cargo build --release --package comptoir --package tillctl --package empty-window --package comptoir-bench";
    Command::new(programs).run()?;
    for (place, name) in names.iter().enumerate() {
        let head: &[&str] = if alone && place == 0 { &["--head"] } else { &[] };
        Command::new(&format!("{XVFB}node benches/{name}.mjs")).args(head).run()?;
    }
    Ok(())
}
