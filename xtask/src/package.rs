//! The package that a shop installs.

use crate::command::Command;
use crate::machine::{self, Need};
use crate::{root, target};

const CLI: &str = "@tauri-apps/cli@2.12.3";

/// `cargo xtask package`: a release build and its .deb.
pub(crate) fn package() -> Result<(), String> {
    machine::prepare(&[Need::Build, Need::Node])?;
    machine::ui_packages()?;
    // The package brings tillctl too, from wherever it is built.
    Command::new("cargo build --release --package tillctl --locked").run()?;
    let tillctl = target().join("release/tillctl");
    let with_tillctl = format!(
        r#"{{"bundle":{{"linux":{{"deb":{{"files":{{"/usr/bin/tillctl":{:?}}}}}}}}}}}"#,
        tillctl.display().to_string()
    );
    let own = root().join("ui/node_modules/.bin/tauri");
    let tauri = if own.exists() {
        Command::new("").args([own])
    } else {
        Command::new(&format!("npx --yes --package {CLI} -- tauri"))
    };
    // The CLI looks for the front end beside Cargo.toml; ours is one folder down.
    // The workspace builds the engine by default; the package is of the window.
    let build = tauri
        .args(["build", "--bundles", "deb", "--config", &with_tillctl])
        .args(["--", "--package", "comptoir", "--locked"])
        .env("TAURI_FRONTEND_PATH", root().join("ui"));
    println!("{build}");
    build.run()?;
    println!("The package is in {}", target().join("release/bundle/deb").display());
    Ok(())
}
