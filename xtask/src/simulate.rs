//! `cargo xtask simulate`: shops whose network, disks and clocks do their worst, seed by seed. First the protocol alone,
//! between nodes in memory; then tills as they are, on files.

use crate::command::Command;

const HELP: &str = "cargo xtask simulate --seeds N [--from S]
cargo xtask simulate --seed S      one of them again, exactly as it ran, with what happens in it";

const SIMULATIONS: [&str; 2] = [
    "cargo test --release --package comptoir-sync --test replication --quiet -- --nocapture tills_of",
    "cargo test --release --package comptoir-till --test storm --quiet -- --nocapture shops_keep",
];

/// Runs many seeds, or one again.
pub(crate) fn simulate(args: &[String]) -> Result<(), String> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let number = |name: &'static str, text: &str| {
        text.parse::<u64>()
            .map(|number| (name, number.to_string()))
            .map_err(|_| format!("{text} is no number\n\n{HELP}"))
    };
    let asked = match args.as_slice() {
        ["--seed", seed] => vec![number("SEED", seed)?],
        ["--seeds", count] => vec![number("SEEDS", count)?],
        ["--seeds", count, "--from", first] => {
            vec![number("SEEDS", count)?, number("FROM", first)?]
        }
        _ => return Err(HELP.to_owned()),
    };
    for simulation in SIMULATIONS {
        let command = Command::new(simulation);
        asked
            .iter()
            .fold(command, |command, (name, value)| command.env(name, value.clone()))
            .run()?;
    }
    Ok(())
}
