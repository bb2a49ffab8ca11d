//! Everything that must hold, one step after the other, stopping at the first that does not.

use std::time::Instant;

use crate::machine::{self, Need};
use crate::steps::{QUICK, STEPS, Step};

/// `cargo xtask test [NAME | quick | --list]`.
pub(crate) fn test(args: &[String]) -> Result<(), String> {
    let chosen = match args {
        [] => STEPS.iter().collect(),
        [list] if list == "--list" => return list_steps(),
        [quick] if quick == "quick" => named(QUICK)?,
        [name] => with_what_it_needs(name)?,
        _ => return Err("cargo xtask test [NAME | quick | --list]".into()),
    };
    let (chosen, waiting): (Vec<&Step>, Vec<&Step>) =
        chosen.into_iter().partition(|step| step.waits_for().is_none());
    let needs: Vec<Need> = chosen.iter().flat_map(|step| step.needs).copied().collect();
    machine::prepare(&needs)?;

    let began = Instant::now();
    let mut passed = 0;
    for step in &chosen {
        println!("\n== {}   {}", step.name, step.command());
        let since = Instant::now();
        if let Err(why) = step.command().run() {
            println!(
                "\n{} failed after {:.1?}: {why}\nAgain: cargo xtask test {}",
                step.name,
                since.elapsed(),
                step.name
            );
            println!("{passed} passed, 1 failed");
            return Err(String::new());
        }
        passed += 1;
        println!("== {} passed in {:.1?}", step.name, since.elapsed());
    }
    println!("\nAll done in {:.1?}.", began.elapsed());
    for step in waiting {
        println!(
            "Left out: {}, for there is no {}.",
            step.name,
            step.waits_for().unwrap_or_default()
        );
    }
    println!("{passed} passed, 0 failed");
    Ok(())
}

fn list_steps() -> Result<(), String> {
    for step in STEPS {
        let waits =
            step.waits_for().map(|file| format!("   (left out: no {file})")).unwrap_or_default();
        println!("{:<16}{}{waits}", step.name, step.command());
    }
    Ok(())
}

fn named(names: &[&str]) -> Result<Vec<&'static Step>, String> {
    let unknown =
        |name: &str| format!("there is no step {name}; `cargo xtask test --list` names them");
    names
        .iter()
        .map(|name| STEPS.iter().find(|step| step.name == *name).ok_or_else(|| unknown(name)))
        .collect()
}

fn with_what_it_needs(name: &str) -> Result<Vec<&'static Step>, String> {
    let [step] = named(&[name])?[..] else { return Err(String::new()) };
    if let Some(file) = step.waits_for() {
        return Err(format!("the step {name} cannot run: there is no {file}"));
    }
    let mut steps = named(step.after)?;
    steps.push(step);
    Ok(steps)
}
