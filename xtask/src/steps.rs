//! The steps of `cargo xtask test`, in order. To add one is to add a line.

use crate::command::Command;
use crate::machine::Need::{self, Build, Database, Network, Node, Schemathesis, Screen};

/// One thing that must hold.
pub(crate) struct Step {
    /// As it is asked for.
    pub(crate) name: &'static str,
    /// What this machine must have.
    pub(crate) needs: &'static [Need],
    /// Steps that must have been done before.
    pub(crate) after: &'static [&'static str],
    /// A file without which there is nothing to do yet.
    file: &'static str,
    /// A folder of the repository; empty for its root.
    folder: &'static str,
    line: &'static str,
}

/// The steps that need neither a browser nor a screen, for between two edits.
pub(crate) const QUICK: &[&str] = &["fmt", "clippy", "test"];

const WINDOW: &[&str] = &["ui-install", "ui-build", "build"];
const BRIDGE: &[&str] = &["ui-install", "ui-build", "bridge"];
const TOOLS: &[&str] = &["ui-install", "build"];
const PAGES: &[&str] = &["ui-install"];
const PROGRAMS: &[&str] = &["build"];
const OFFICE: &[&str] = &["ui-install", "office-build", "build"];
const AGREE: &[&str] = &["ui-install", "ui-build", "office-build", "build"];
const NEIGHBOURS: &[&str] = &["ui-install", "ui-build", "office-build", "build", "bridge"];
const NONE: &[&str] = &[];

/// Whatever is built is built of the whole workspace: a step that chose packages would choose other features of the same
/// libraries, and build most of them once more. Tests wait more than they work, for devices that are in trouble: there are
/// more at a time than cores.
#[rustfmt::skip]
pub(crate) const STEPS: &[Step] = &[
    step("fmt",          &[],                    NONE,   "Cargo.toml",                 "",   "cargo fmt --all --check"),
    step("clippy",       &[Build],               NONE,   "Cargo.toml",                 "",   "cargo clippy --workspace --all-targets --locked -- -D warnings"),
    step("ui-install",   &[Node],                NONE,   "ui/package-lock.json",       "ui", "npm ci"),
    step("ui-lint",      &[Node],                PAGES,  "ui/package.json",            "ui", "npm run lint"),
    step("ui-check",     &[Node],                PAGES,  "ui/package.json",            "ui", "npm run check"),
    step("ui-test",      &[Node],                PAGES,  "ui/package.json",            "ui", "npm test"),
    step("ui-build",     &[Node],                PAGES,  "ui/package.json",            "ui", "npm run build"),
    step("office-build", &[Node],                PAGES,  "ui/office.html",             "ui", "npm run build:office"),
    step("test",         &[Build, Database],     NONE,   "Cargo.toml",                 "",   "cargo test --workspace --locked -- --test-threads 4"),
    step("build",        &[Build],               NONE,   "src-tauri/src/lib.rs",       "",   "cargo build --workspace --bin comptoir --bin tillctl --bin comptoir-head-office --locked"),
    step("api",          &[Build, Database, Schemathesis], PROGRAMS, "head-office/Cargo.toml", "", "cargo xtask api"),
    step("bindings",     &[Build],               NONE,   "src-tauri/src/bindings.rs",  "",   "cargo xtask codegen --check"),
    step("window",       &[Build, Node, Screen], WINDOW, "tests/e2e/window.mjs",       "",   "xvfb-run -a -s '-screen 0 1920x1080x24' dbus-run-session -- node tests/e2e/window.mjs"),
    step("day",          &[Build, Node, Screen], WINDOW, "tests/e2e/demo.mjs",         "",   "xvfb-run -a -s '-screen 0 1920x1080x24' dbus-run-session -- node tests/e2e/demo.mjs target/demo"),
    step("automerge",    &[Build, Node],         TOOLS,  "tests/e2e/automerge.mjs",    "",   "node tests/e2e/automerge.mjs"),
    step("clippy-bridge",&[Build],               NONE,   "src-tauri/src/bin/bridge.rs","",   "cargo clippy --workspace --all-targets --features comptoir/bridge --locked -- -D warnings"),
    step("bridge",       &[Build],               NONE,   "src-tauri/src/bin/bridge.rs","",   "cargo build --workspace --bin comptoir-bridge --features comptoir/bridge --locked"),
    step("chromium",     &[Build, Node, Screen], BRIDGE, "tests/e2e/chromium.mjs",     "",   "node tests/e2e/chromium.mjs"),
    step("office-pages", &[Build, Node, Screen, Database], OFFICE, "tests/e2e/office-pages.mjs", "", "cargo xtask office-pages"),
    step("neighbours",   &[Build, Node, Screen, Database], NEIGHBOURS, "tests/e2e/neighbours.mjs", "", "cargo xtask neighbours"),
    step("network",      &[Build, Node, Screen, Database, Network], OFFICE, "tests/e2e/network.mjs", "", "cargo xtask network"),
    step("agree",        &[Build, Node, Screen, Database], AGREE, "tests/e2e/agree.mjs", "",   "cargo xtask agree"),
];

const fn step(
    name: &'static str,
    needs: &'static [Need],
    after: &'static [&'static str],
    file: &'static str,
    folder: &'static str,
    line: &'static str,
) -> Step {
    Step { name, needs, after, file, folder, line }
}

impl Step {
    pub(crate) fn command(&self) -> Command {
        Command::new(self.line).within(self.folder)
    }

    /// The file that this step is waiting for, or that one which must come before it waits for.
    pub(crate) fn waits_for(&self) -> Option<&'static str> {
        if !crate::root().join(self.file).exists() {
            return Some(self.file);
        }
        STEPS.iter().filter(|step| self.after.contains(&step.name)).find_map(Step::waits_for)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_come_after_what_they_need() {
        for (place, step) in STEPS.iter().enumerate() {
            for before in step.after {
                assert!(
                    STEPS[..place].iter().any(|one| one.name == *before),
                    "{} before {before}",
                    step.name
                );
            }
            assert!(STEPS[..place].iter().all(|one| one.name != step.name), "{} twice", step.name);
        }
        assert!(QUICK.iter().all(|name| STEPS.iter().any(|step| step.name == *name)));
    }
}
