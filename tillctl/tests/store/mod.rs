//! A store in a temporary folder, and `tillctl` run on it.
#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test file uses its part of it")]

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};

use serde_json::Value;

pub const GOODS: &str = "\
sku,name,name_fr,gtin,plu,department,price,unit,tax_category
LOAF,Sourdough loaf,Pain au levain,062345000015,,Bakery,6.49,each,zero_rated
BAN,Bananas,Bananes,,4011,Produce,1.74,kg,zero_rated
CAN,Beeswax candle,Bougie en cire d'abeille,062345000053,,Home,9.00,each,standard
";

pub struct Store {
    pub folder: tempfile::TempDir,
}

pub struct Ran {
    pub code: i32,
    pub out: Vec<u8>,
    pub err: String,
}

impl Ran {
    pub fn lines(&self) -> Vec<Value> {
        let text = String::from_utf8(self.out.clone()).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")))
            .collect()
    }

    pub fn line(&self) -> Value {
        self.lines()
            .first()
            .cloned()
            .unwrap_or_else(|| panic!("nothing on stdout; stderr: {}", self.err))
    }
}

pub struct Running {
    child: Child,
    input: Option<ChildStdin>,
}

impl Running {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn send(&mut self, text: &str) -> bool {
        let input = self.input.as_mut().unwrap();
        input.write_all(text.as_bytes()).and_then(|()| input.flush()).is_ok()
    }

    /// No more input; waits for the end.
    pub fn finish(mut self) -> i32 {
        drop(self.input.take());
        self.child.wait().unwrap().code().unwrap_or(-1)
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// What a running program says, line by line.
pub fn lines(running: &mut Running) -> impl Iterator<Item = String> + Send + use<> {
    BufReader::new(running.child.stdout.take().unwrap()).lines().map_while(Result::ok)
}

impl Store {
    pub fn new() -> Store {
        let store = Store { folder: tempfile::tempdir().unwrap() };
        let data = store.data();
        let made = store.raw(&[
            "init",
            "--data",
            data.to_str().unwrap(),
            "--tenant",
            "ACME",
            "--store",
            "RDC",
            "--name",
            "Rideau Corner",
            "--region",
            "ON",
            "--register",
            "1",
        ]);
        assert_eq!(made.code, 0, "{}", made.err);
        store
    }

    pub fn with_goods() -> Store {
        let store = Store::new();
        let file = store.folder.path().join("goods.csv");
        std::fs::write(&file, GOODS).unwrap();
        let imported = store.run(&["import", "products", file.to_str().unwrap()]);
        assert_eq!(imported.code, 0, "{}", imported.err);
        store
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, "")
    }

    pub fn run_with(&self, args: &[&str], input: &str) -> Ran {
        let mut running = self.spawn(args);
        // Fed from the side: the program answers before it has read everything.
        let (mut stdin, input) = (running.input.take().unwrap(), input.to_owned());
        let feeder = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
        let output = running.child.wait_with_output().unwrap();
        feeder.join().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: output.stdout,
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Without `--data`.
    pub fn raw(&self, args: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_tillctl")).args(args).output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: output.stdout,
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn spawn(&self, args: &[&str]) -> Running {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tillctl"));
        command.args(args).arg("--data").arg(self.data());
        start(command)
    }
}

pub fn start(mut command: Command) -> Running {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let input = child.stdin.take();
    Running { child, input }
}
