//! What the engine and its window cost, as ratios against a floor in the same run.

use crate::command::Command;
use crate::machine::{self, Need};

/// `cargo xtask bench [NAME…]`.
pub(crate) fn bench(args: &[String]) -> Result<(), String> {
    let is_window = |name: &String| name == "window";
    let of_engine: Vec<&String> = args.iter().filter(|name| !is_window(name)).collect();
    if args.is_empty() || !of_engine.is_empty() {
        Command::new("cargo run --release --package comptoir-bench --").args(&of_engine).run()?;
    }
    if args.is_empty() || args.iter().any(is_window) {
        window(of_engine.is_empty() && !args.is_empty())?;
    }
    Ok(())
}

/// The program against an empty window; its lines continue the engine's table unless they are all.
fn window(alone: bool) -> Result<(), String> {
    machine::prepare(&[Need::Build, Need::Node, Need::Screen])?;
    machine::ui_packages()?;
    Command::new("npm run --silent build -- --logLevel warn").within("ui").run()?;
    let programs =
        "cargo build --release --package comptoir --package tillctl --package empty-window";
    Command::new(programs).run()?;
    let head: &[&str] = if alone { &["--head"] } else { &[] };
    Command::new(
        "xvfb-run -a -s '-screen 0 1920x1080x24' dbus-run-session -- node benches/window.mjs",
    )
    .args(head)
    .run()
}
