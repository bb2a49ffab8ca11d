//! `cargo xtask simulate`: shops whose network does its worst, seed by seed.

use crate::command::Command;

const HELP: &str = "cargo xtask simulate --seeds N [--from S]\ncargo xtask simulate --seed S      one of them again, exactly as it ran";

/// Runs many seeds, or one again.
pub(crate) fn simulate(args: &[String]) -> Result<(), String> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let number =
        |text: &str| text.parse::<u64>().map_err(|_| format!("{text} is no number\n\n{HELP}"));
    let test =
        "cargo test --release --package comptoir-sync --test replication --quiet -- tills_of";
    let command = Command::new(test);
    match args.as_slice() {
        ["--seed", seed] => command.env("SEED", number(seed)?.to_string()).run(),
        ["--seeds", count] => command.env("SEEDS", number(count)?.to_string()).run(),
        ["--seeds", count, "--from", first] => command
            .env("SEEDS", number(count)?.to_string())
            .env("FROM", number(first)?.to_string())
            .run(),
        _ => Err(HELP.to_owned()),
    }
}
