//! Head office's program in a process of its own, and what is pushed to it.
#![allow(dead_code, unreachable_pub, reason = "each bench uses its part of it")]

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use base64::Engine;
use comptoir_head_office::database::Database;
use comptoir_head_office::office::Office;
use comptoir_head_office::vault::Vault;
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::orders::SaleLine;

use crate::house::Device;

const MASTER: [u8; 32] = [7; 32];

/// The same head office in this process, to set things up with.
pub async fn office(url: &str) -> Office {
    let database = Database::open(url.parse().unwrap(), 4).await.unwrap();
    Office::new(database, Vault::new(&MASTER))
}

/// The program, until it is dropped.
pub struct Program {
    child: Child,
    pub address: SocketAddr,
}

impl Program {
    /// Begins to serve what is in a database.
    pub fn serve(url: &str) -> Program {
        Program::serve_with(url, |_| {})
    }

    /// The same, with more said to it.
    pub fn serve_with(url: &str, more: impl Fn(&mut Command)) -> Program {
        let master = base64::engine::general_purpose::STANDARD.encode(MASTER);
        let mut server = Command::new(env!("CARGO_BIN_EXE_comptoir-head-office"));
        server.arg("serve").env("COMPTOIR_DATABASE", url).env("COMPTOIR_MASTER_KEY", master);
        more(&mut server);
        let mut child =
            server.env("COMPTOIR_LISTEN", "127.0.0.1:0").stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let address = loop {
            let mut line = String::new();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "head office ended");
            let said: serde_json::Value = serde_json::from_str(&line).unwrap();
            if let Some(address) = said["fields"]["address"].as_str() {
                break address.parse().unwrap();
            }
        };
        std::thread::spawn(move || log.lines().map_while(Result::ok).for_each(drop));
        Program { child, address }
    }

    /// The most memory that it ever had, in megabytes.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmHWM"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
        kilobytes.and_then(|number| number.parse::<u64>().ok()).unwrap_or_default() / 1024
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program's certificate, signed by itself.
pub struct Tls {
    pub authority: String,
    files: [PathBuf; 2],
}

impl Tls {
    pub fn new(folder: &Path) -> Tls {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let (now, days) = (time::OffsetDateTime::now_utc(), time::Duration::days);
        (params.not_before, params.not_after) = (now - days(1), now + days(30));
        let certificate = params.self_signed(&key).unwrap();
        let files = [folder.join("tls.pem"), folder.join("tls.key")];
        std::fs::write(&files[0], certificate.pem()).unwrap();
        std::fs::write(&files[1], key.serialize_pem()).unwrap();
        Tls { authority: certificate.pem(), files }
    }

    /// Begins to serve what is in a database, behind TLS.
    pub fn serve(&self, url: &str) -> Program {
        Program::serve_with(url, |command| {
            command.env("COMPTOIR_TLS_CERTIFICATE", &self.files[0]);
            command.env("COMPTOIR_TLS_KEY", &self.files[1]);
        })
    }
}

/// The one in the middle; of as many on both sides, the upper one.
pub fn median<T: PartialOrd + Copy>(mut all: Vec<T>) -> T {
    all.sort_by(|one, other| one.partial_cmp(other).unwrap());
    all[all.len() / 2]
}

/// One more sale, of five lines.
pub fn five_lines(till: &mut Device) {
    let mut sale = till.sale();
    let line = sale.lines[1].clone();
    let named = |n| SaleLine { line: n, sku: format!("SKU{n}"), ..line.clone() };
    sale.lines = (1..=5).map(named).collect();
    till.write(&Fact::SaleCompleted(Box::new(sale)));
}
