//! A sale in the real window, kept as pictures: for a machine without a screen, and for the docs.

use std::path::PathBuf;

use crate::command::Command;
use crate::machine::{self, Need};
use crate::{root, run};

/// `cargo xtask demo [--headless] [--out DIR]`.
pub(crate) fn demo(args: &[String]) -> Result<(), String> {
    let mut headless = false;
    let mut out = root().join("demo-out");
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match (arg.as_str(), arg.strip_prefix("--out=")) {
            ("--headless", _) => headless = true,
            ("--out", _) => out = args.next().map(PathBuf::from).ok_or("--out needs a folder")?,
            (_, Some(folder)) => out = folder.into(),
            _ => return Err("cargo xtask demo [--headless] [--out DIR]".into()),
        }
    }
    let out = std::path::absolute(&out).map_err(|why| format!("{}: {why}", out.display()))?;
    if !headless {
        machine::display()?;
    }
    machine::prepare(&[Need::Screen])?;
    run::build()?;
    let screen =
        if headless { "xvfb-run -a -s '-screen 0 1920x1080x24' dbus-run-session -- " } else { "" };
    Command::new(&format!("{screen}node tests/e2e/demo.mjs")).args([&out]).run()?;
    println!("The pictures are in {}", out.display());
    Ok(())
}
