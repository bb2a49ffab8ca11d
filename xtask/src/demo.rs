//! A day in the real window, and two tills that agree with head office after a cut, kept as pictures: for a machine
//! without a screen, and for the docs.

use std::path::PathBuf;

use crate::command::Command;
use crate::machine::{self, Need, XVFB};
use crate::office_pages::beside_a_database;
use crate::{head_office, root, run};

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
    head_office::build()?;
    let screen = if headless { XVFB } else { "" };
    Command::new(&format!("{screen}node tests/e2e/demo.mjs")).args([&out]).run()?;
    beside_a_database(Command::new(&format!("{screen}node tests/e2e/agree.mjs")).args([&out]))?;
    println!("The pictures are in {}", out.display());
    Ok(())
}
