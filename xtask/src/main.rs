//! `cargo xtask`: what a developer asks of this repository. Standard library only, so that it
//! builds in seconds on a machine that has nothing but Rust.

mod api;
mod bench;
mod command;
mod demo;
mod head_office;
mod machine;
mod office_pages;
mod package;
mod postgres;
mod run;
mod simulate;
mod steps;
mod test;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use command::Command;

const HELP: &str = "\
cargo xtask run [ARGS]                what is needed, the window, and a store to try it in
cargo xtask test                      everything, as CI runs it
cargo xtask test NAME | quick         one step (and what it needs), or fmt, clippy and the unit tests
cargo xtask test --list               the steps
cargo xtask codegen [--check]         ui/src/bindings.ts from the Rust types; --check only compares
cargo xtask api [SEED]                head office's API against its own description, by Schemathesis
cargo xtask bench [NAME]              the benchmarks, optimised; `window`, `counter` and `sales` are of the window,
                                      `agree` of tills among themselves, `push`, `tills`, `growth` and `join` of head office
cargo xtask simulate --seeds N [--from S] | --seed S
                                      tills and head office on a network that does its worst, from seeds; or one again
cargo xtask package                   a .deb in target/release/bundle/deb
cargo xtask demo [--headless] [--out DIR]
                                      a day in the real window, then two tills and head office, as numbered pictures
cargo xtask head-office [ADDRESS]     head office on a PostgreSQL of its own, with the demo's company, an owner to sign
                                      in as and a code to enrol with; on 127.0.0.1:8400 unless told otherwise
cargo xtask office-pages [ARGS]       head office's pages in Chromium; `cargo xtask test office-pages` builds them first
cargo xtask neighbours [ARGS]         two registers whose printers help each other, in Chromium
cargo xtask network                   three tills and head office on computers of their own, whose cables are pulled and
                                      whose programs are killed; `cargo xtask test network` builds them first. It takes root
cargo xtask versions COMMIT           tills of an older version beside one of now and head office, and then updated;
                                      `cargo xtask test neighbours` builds what is of now first
cargo xtask agree [OUT]               two tills' windows and the pages with the internet cut between them; `cargo xtask test
                                      agree` builds them first";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let rest = args.get(1..).unwrap_or_default();
    let done = match args.first().map(String::as_str) {
        Some("run") => run::run(rest),
        Some("test") => test::test(rest),
        Some("codegen") => codegen(rest),
        Some("api") => api::api(rest),
        Some("bench") => bench::bench(rest),
        Some("package") => package::package(),
        Some("demo") => demo::demo(rest),
        Some("simulate") => simulate::simulate(rest),
        Some("agree") => office_pages::agree(rest),
        Some("network") => office_pages::network(rest),
        Some("versions") => office_pages::versions(rest),
        Some("neighbours") => office_pages::neighbours(rest),
        Some("office-pages") => office_pages::office_pages(rest),
        Some("head-office") => head_office::head_office(rest),
        None | Some("help" | "--help" | "-h") => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => Err(format!("there is no `cargo xtask {other}`\n\n{HELP}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the window's types from the engine's, or says that they are out of date.
fn codegen(args: &[String]) -> Result<(), String> {
    let bindings = Command::new("cargo test --workspace --lib --locked bindings");
    match args {
        [] => bindings.env("UPDATE_BINDINGS", "1").run(),
        [check] if check == "--check" => bindings.run(),
        _ => Err("cargo xtask codegen [--check]".into()),
    }
}

/// The repository.
fn root() -> PathBuf {
    let here = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().map(PathBuf::from).unwrap_or(here)
}

/// Where cargo puts what it builds.
fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |set| root().join(set))
}
