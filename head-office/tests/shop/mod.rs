//! The program as it is run, with a PostgreSQL and a folder of its own, and real tills that enrol with it.

#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test file uses its part of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use base64::Engine;
use comptoir_link::enrolment::{Ticket, ask, take_up};
use comptoir_link::keeper::Keeper;
use comptoir_link::mesh::{Mesh, Options};
use comptoir_till::operators::Operator;
use comptoir_till::till::Till;
use comptoir_till::trust::verify::verify;
use comptoir_till::turns::{Turn, Turns};
use comptoir_till::{cart, demo, operators, orders, payments};
use serde_json::Value;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

use crate::house::{self, empty};

const PROGRAM: &str = env!("CARGO_BIN_EXE_comptoir-head-office");

pub fn clock() -> i64 {
    comptoir_head_office::office::wall()
}

/// The program, its database, and a folder for its key and its tills.
pub struct Shop {
    pub folder: tempfile::TempDir,
    pub database: String,
    pub options: PgConnectOptions,
    pub runtime: tokio::runtime::Runtime,
}

impl Shop {
    pub fn new() -> Shop {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let options = runtime.block_on(empty());
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("master.key");
        std::fs::write(&key, base64::engine::general_purpose::STANDARD.encode([3; 32])).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&key, mode).unwrap();
        let database = house::url(&options);
        Shop { folder, database, options, runtime }
    }

    pub fn program(&self, arguments: &[&str]) -> Command {
        let config = self.folder.path().join("head-office.toml");
        let text = format!(
            "database = \"{}\"\nmaster_key_file = \"{}\"\n",
            self.database,
            self.folder.path().join("master.key").display()
        );
        std::fs::write(&config, text).unwrap();
        let mut command = Command::new(PROGRAM);
        command.arg("--config").arg(config).args(arguments).stdin(Stdio::null());
        command
    }

    /// What the program prints, if it succeeds.
    pub fn run(&self, arguments: &[&str]) -> Result<String, String> {
        let output = self.program(arguments).output().unwrap();
        match output.status.success() {
            true => Ok(String::from_utf8(output.stdout).unwrap().trim().to_owned()),
            false => Err(String::from_utf8(output.stderr).unwrap()),
        }
    }

    pub fn serve(&self, address: &str) -> Server {
        self.serve_with(address, |_| {})
    }

    pub fn serve_with(&self, address: &str, more: impl Fn(&mut Command)) -> Server {
        let mut command = self.program(&["serve"]);
        more(&mut command);
        command.env("COMPTOIR_LISTEN", address).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let address = loop {
            let mut line = String::new();
            assert!(log.read_line(&mut line).unwrap() > 0, "it ended");
            let said: Value = serde_json::from_str(&line).unwrap();
            if said["fields"]["message"] == "listening" {
                break said["fields"]["address"].as_str().unwrap().parse().unwrap();
            }
        };
        // Whatever it says further on is taken from it, so that it never waits for a reader.
        let rest = std::thread::spawn(move || log.lines().map_while(Result::ok).collect());
        Server { child, address, rest: Some(rest) }
    }

    pub fn ticket(&self, server: &Server, till: (&str, &str)) -> Ticket {
        let code = self.run(&["code", till.0, till.1]).unwrap();
        Ticket { url: format!("http://{}", server.address), code, authority: None }
    }

    pub fn number(&self, tenant: &str, select: &'static str) -> i64 {
        self.runtime.block_on(async {
            let mut db = PgConnection::connect_with(&self.options).await.unwrap();
            let mut tx = db.begin().await.unwrap();
            let set = "SELECT set_config('comptoir.tenant', $1, true)";
            sqlx::query(set).bind(tenant).execute(&mut *tx).await.unwrap();
            sqlx::query_scalar(select).fetch_one(&mut *tx).await.unwrap()
        })
    }
}

pub struct Server {
    pub child: Child,
    pub address: SocketAddr,
    rest: Option<std::thread::JoinHandle<Vec<String>>>,
}

impl Server {
    /// Told to stop, it does so in good order; answers what it logged.
    pub fn stop(mut self) -> Vec<String> {
        self.ask_to_stop();
        assert!(self.child.wait().unwrap().success());
        self.rest.take().unwrap().join().unwrap()
    }

    pub fn ask_to_stop(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    pub fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.address.to_string()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub struct Register {
    pub till: Arc<Turns<Till>>,
    pub folder: PathBuf,
}

impl Register {
    pub fn new(mut till: Till) -> Register {
        let cashier = operators::list(till.db()).unwrap()[0].id;
        let float = comptoir_domain::money::Money::zero(till.store().currency);
        payments::open_shift(&mut till, cashier, float).unwrap();
        let folder = till.home().folder().to_owned();
        Register { till: Arc::new(Turns::new(till)), folder }
    }

    pub fn till(&self) -> Turn<'_, Till> {
        self.till.lock()
    }

    pub fn sell(&self, sales: usize) {
        let mut till = self.till();
        let cashier = operators::list(till.db()).unwrap()[0].id;
        let sku: String = till
            .db()
            .query_row("SELECT sku FROM price WHERE price > 0 ORDER BY sku LIMIT 1", [], |row| {
                row.get(0)
            })
            .unwrap();
        for _ in 0..sales {
            cart::scan(&mut till, cashier, &sku).unwrap();
            let cart = cart::show(&mut till).unwrap();
            orders::complete_sale(&mut till, cashier, cart.id, Some(cart.total), None).unwrap();
        }
    }

    pub fn mesh(&self) -> Mesh {
        self.mesh_at(clock)
    }

    pub fn mesh_at(&self, clock: fn() -> i64) -> Mesh {
        let options =
            Options { database: self.folder.join("till.db"), listen: None, discover: false, clock };
        let key = self.till().key().clone();
        let keeper: Arc<dyn Keeper> = self.till.clone();
        Mesh::quiet(keeper, key, &options).unwrap()
    }

    pub fn sync(&self) {
        assert_eq!(self.mesh().once(), []);
    }

    pub fn operators(&self) -> Vec<Operator> {
        operators::list(self.till().db()).unwrap()
    }

    pub fn sums(&self) -> (i64, i64) {
        let select = "SELECT count(*), coalesce(sum(total), 0) FROM sale";
        self.till().db().query_row(select, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    }

    pub fn stock(&self) -> Vec<(String, i64)> {
        let till = self.till();
        let mut select = till.db().prepare("SELECT sku, on_hand FROM stock ORDER BY sku").unwrap();
        select
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    }

    pub fn is_proven(&self) -> bool {
        verify(&self.folder, &mut |_, _| {}).unwrap().ok
    }
}

pub fn place(till: &Till) -> (String, String) {
    (till.identity().tenant.clone(), till.identity().store.clone())
}

pub fn enrolled(shop: &Shop, server: &Server, folder: &Path) -> (Register, String, String) {
    let mut till = demo::init(folder).unwrap();
    let (tenant, store) = place(&till);
    shop.run(&["tenant", "add", &tenant, "The demo"]).unwrap();
    shop.run(&["store", "add", &tenant, &store, "Its store"]).unwrap();
    let ticket = shop.ticket(server, (&tenant, &store));
    let existing = till.existing().unwrap();
    let answer = ask(&ticket, till.key(), Some(existing), clock).unwrap();
    take_up(&mut till, &ticket, &answer).unwrap();
    (Register::new(till), tenant, store)
}
