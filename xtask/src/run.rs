//! From a machine with nothing but Rust to the window with a shop in it.

use crate::command::Command;
use crate::machine::{self, Need};
use crate::target;

/// `cargo xtask run [ARGS]`: the arguments go to the program, after `--demo`.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    machine::display()?;
    build()?;
    Command::new("").args([target().join("debug/comptoir")]).args(["--demo"]).args(args).run()
}

/// Everything that the window is made of, as fast as it can be had.
pub(crate) fn build() -> Result<(), String> {
    machine::prepare(&[Need::Build, Need::Node])?;
    machine::ui_packages()?;
    for step in
        [Command::new("npm run build").within("ui"), Command::new("cargo build --package comptoir")]
    {
        println!("{step}");
        step.run()?;
    }
    Ok(())
}
