//! Stories with head office in them: the real program, on a PostgreSQL that ends with the story.

use crate::command::Command;
use crate::machine::{self, Need, XVFB};
use crate::postgres::{Cluster, Then};
use crate::target;

const OWNER: &str = "comptoir_owner";
const DATABASE: &str = "comptoir";

/// `cargo xtask office-pages [ARGS]`: the arguments go to the walk. Programs and pages have been built before.
pub(crate) fn office_pages(args: &[String]) -> Result<(), String> {
    beside_a_database(Command::new("node tests/e2e/office-pages.mjs").args(args))
}

/// `cargo xtask neighbours [ARGS]`: two tills whose printers help each other. Built before, as well.
pub(crate) fn neighbours(args: &[String]) -> Result<(), String> {
    beside_a_database(Command::new("node tests/e2e/neighbours.mjs").args(args))
}

/// `cargo xtask network`: three tills and head office on computers of their own. Built before, as well.
pub(crate) fn network(args: &[String]) -> Result<(), String> {
    machine::prepare(&[Need::Network])?;
    beside_a_database(Command::new("node tests/e2e/network.mjs").args(args))
}

/// `cargo xtask agree [OUT]`: two windows and the pages, with a cut between them. Built before, as well.
pub(crate) fn agree(args: &[String]) -> Result<(), String> {
    beside_a_database(Command::new(&format!("{XVFB}node tests/e2e/agree.mjs")).args(args))
}

/// `cargo xtask versions COMMIT`: tills as they were beside one of now, which was built before.
pub(crate) fn versions(args: &[String]) -> Result<(), String> {
    let [commit] = args else {
        return Err("cargo xtask versions COMMIT".into());
    };
    machine::prepare(&[Need::Build])?;
    let (source, built) = (target().join("older/source"), target().join("older/built"));
    if source.exists() {
        Command::new("git worktree remove --force").args([&source]).run()?;
    }
    Command::new("git worktree add --detach").args([&source]).args([commit]).run()?;
    Command::new("cargo build --locked --package tillctl --manifest-path")
        .args([source.join("Cargo.toml")])
        .env("CARGO_TARGET_DIR", &built)
        .run()?;
    let older = built.join("debug/tillctl");
    beside_a_database(Command::new("node tests/e2e/versions.mjs").env("OLDER", older))?;
    Command::new("git worktree remove --force").args([&source]).run()
}

/// Runs a story that finds an empty database where head office's program looks for it.
pub(crate) fn beside_a_database(story: Command) -> Result<(), String> {
    machine::prepare(&[Need::Database, Need::Node, Need::Screen])?;
    // A folder of its own: that of a story which was cut short may be on its way out.
    let folder = target().join(format!("e2e/office-postgres-{}", std::process::id()));
    let cluster = Cluster::start(&folder, Then::Remove)?;
    cluster.database(OWNER, DATABASE)?;
    story.env("COMPTOIR_DATABASE", cluster.url_of(OWNER, DATABASE)).run()
}
