//! What the program is started with.

use std::path::PathBuf;

/// Options of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Options {
    /// The store's folder.
    pub(crate) data: PathBuf,
    /// The demo store with simulated devices.
    pub(crate) demo: bool,
    /// Port of the bridge; 0 is any.
    pub(crate) port: u16,
}

const USAGE: &str = "usage: comptoir [--data DIR] [--demo]
  --data DIR  the store's folder; without a store in it, the window makes one
  --demo      the demo store, with simulated devices beside the window";

impl Options {
    /// Reads the command line; the error is what to tell the person who typed it.
    pub(crate) fn from_args(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
        let (mut data, mut demo, mut port) = (None, false, 0);
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--demo" => demo = true,
                "--data" => data = Some(PathBuf::from(args.next().ok_or(USAGE)?)),
                "--port" => port = args.next().and_then(|port| port.parse().ok()).ok_or(USAGE)?,
                _ => return Err(USAGE.to_owned()),
            }
        }
        let folder = if demo { "comptoir-demo" } else { "comptoir" };
        let data = match data {
            Some(data) => data,
            None => dirs::data_dir()
                .ok_or("comptoir: say where the store is with --data DIR")?
                .join(folder),
        };
        Ok(Options { data, demo, port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_read_or_explained() {
        let read = |args: &[&str]| Options::from_args(args.iter().map(|arg| (*arg).to_owned()));
        assert_eq!(
            read(&["--data", "x", "--demo"]),
            Ok(Options { data: "x".into(), demo: true, port: 0 })
        );
        for wrong in [&["--data"][..], &["--what"], &["--port", "x"]] {
            assert_eq!(read(wrong), Err(USAGE.to_owned()), "{wrong:?}");
        }
    }
}
