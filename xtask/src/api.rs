//! Head office's API against its own description: Schemathesis reads the OpenAPI document and asks whatever it allows, and
//! what it does not. Nothing may fail, and every answer has to be as described.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::process::{self, Child, Stdio};
use std::time::{Duration, Instant};

use crate::command::Command;
use crate::machine::{self, Need};
use crate::postgres::{Cluster, Then};
use crate::target;

/// 32 bytes in base64, for books that are thrown away.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const OWNER: &str = "comptoir_owner";
/// What is generated for each operation, at most: a minute in all.
const EXAMPLES: &str = "25";
/// What every answer is looked at for.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

/// `cargo xtask api [SEED]`: the programs have been built before.
pub(crate) fn api(args: &[String]) -> Result<(), String> {
    machine::prepare(&[Need::Database, Need::Schemathesis])?;
    let folder = target().join("api");
    let _ = fs::remove_dir_all(&folder);
    let failed = |why: std::io::Error| format!("{}: {why}", folder.display());
    fs::create_dir_all(&folder).map_err(failed)?;
    // A folder of its own: that of a run which has just ended may be on its way out.
    let postgres = folder.join(format!("postgres-{}", std::process::id()));
    let cluster = Cluster::start(&postgres, Then::Remove)?;
    cluster.database(OWNER, "api")?;
    let address = free_address().map_err(failed)?;
    let url = format!("http://{address}");
    let database = cluster.url_of(OWNER, "api");
    let office = target().join("debug/comptoir-head-office");
    let program = |line: &str| {
        Command::new("")
            .args([&office])
            .args(line.split_whitespace())
            .env("COMPTOIR_DATABASE", &database)
            .env("COMPTOIR_MASTER_KEY", KEY)
    };
    let said = |line: &str| program(line).output().ok_or(format!("head office failed: {line}"));
    said("tenant add DEMO Demo")?;
    said("store add DEMO RDC Demo")?;
    let key = said("key add DEMO api --per-minute 1000000")?;
    let log = File::create(folder.join("head-office.log")).map_err(failed)?;
    let serving = process::Command::new(&office)
        .arg("serve")
        .env("COMPTOIR_DATABASE", &database)
        .env("COMPTOIR_MASTER_KEY", KEY)
        .env("COMPTOIR_LISTEN", &address)
        .stdin(Stdio::null())
        .stderr(log)
        .spawn()
        .map_err(failed)?;
    let serving = Serving(serving);
    wait_for(&address)?;
    let code = said("code DEMO RDC")?;
    let till = folder.join("till");
    let tillctl = |line: &str| {
        let command = Command::new("").args([target().join("debug/tillctl")]);
        command.args(line.split_whitespace()).args(["--data".as_ref(), till.as_os_str()])
    };
    let filled = [
        "init --demo --tenant DEMO --store RDC --name Demo --region ON --register 1".to_owned(),
        format!("enrol --head-office {url} --code {code}"),
        "sync --once".to_owned(),
    ];
    for line in &filled {
        tillctl(line).output().ok_or(format!("tillctl {line} failed"))?;
    }
    // A feed that never ends is none to be asked so, and a key that revokes itself asks nothing more.
    let run = Command::new("schemathesis run")
        .args([format!("{url}/api/v1/openapi.json")])
        .args(["--header", &format!("Authorization: Bearer {key}")])
        .args(["--checks", CHECKS, "--max-examples", EXAMPLES, "--max-failures", "20"])
        .args(["--exclude-path", "/api/v1/live", "--exclude-path", "/api/v1/keys/{key}/revoke"])
        .args(args.iter().flat_map(|seed| ["--seed", seed.as_str()]));
    let done = run.run();
    drop(serving);
    done.map_err(|why| {
        format!("{why}\nHead office's log: {}", folder.join("head-office.log").display())
    })
}

/// Ends with what it serves.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An address that nobody has at the moment.
fn free_address() -> std::io::Result<String> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.to_string())
}

fn wait_for(address: &str) -> Result<(), String> {
    let begun = Instant::now();
    while TcpStream::connect(address).is_err() {
        if begun.elapsed() > Duration::from_secs(60) {
            return Err(format!("nobody answers at {address}"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
