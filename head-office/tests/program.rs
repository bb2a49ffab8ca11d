//! The program as it is run, and real tills that enrol with it, join through it and sell: killed on the way, it loses
//! nothing and doubles nothing.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod house;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use base64::Engine;
use comptoir_link::enrolment::{Ticket, ask, join, take_up};
use comptoir_link::keeper::Keeper;
use comptoir_link::mesh::{Mesh, Options};
use comptoir_sync::enrolment::Papers;
use comptoir_till::journal::elsewhere;
use comptoir_till::till::Till;
use comptoir_till::trust::membership;
use comptoir_till::trust::verify::verify;
use comptoir_till::{cart, demo, operators, orders, payments};
use house::empty;
use serde_json::Value;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

const PROGRAM: &str = env!("CARGO_BIN_EXE_comptoir-head-office");

const TEN_YEARS: i64 = 10 * 365 * 24 * 60 * 60 * 1_000;

fn clock() -> i64 {
    comptoir_head_office::office::wall()
}

/// The program, its database, and a folder for its key and its tills.
struct Shop {
    folder: tempfile::TempDir,
    database: String,
    options: PgConnectOptions,
    runtime: tokio::runtime::Runtime,
}

impl Shop {
    fn new() -> Shop {
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

    fn program(&self, arguments: &[&str]) -> Command {
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
    fn run(&self, arguments: &[&str]) -> Result<String, String> {
        let output = self.program(arguments).output().unwrap();
        match output.status.success() {
            true => Ok(String::from_utf8(output.stdout).unwrap().trim().to_owned()),
            false => Err(String::from_utf8(output.stderr).unwrap()),
        }
    }

    fn serve(&self, address: &str) -> Server {
        self.serve_with(address, |_| {})
    }

    fn serve_with(&self, address: &str, more: impl Fn(&mut Command)) -> Server {
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

    fn ticket(&self, server: &Server, till: (&str, &str)) -> Ticket {
        let code = self.run(&["code", till.0, till.1]).unwrap();
        Ticket { url: format!("http://{}", server.address), code, authority: None }
    }

    fn number(&self, tenant: &str, select: &'static str) -> i64 {
        self.runtime.block_on(async {
            let mut db = PgConnection::connect_with(&self.options).await.unwrap();
            let mut tx = db.begin().await.unwrap();
            let set = "SELECT set_config('comptoir.tenant', $1, true)";
            sqlx::query(set).bind(tenant).execute(&mut *tx).await.unwrap();
            sqlx::query_scalar(select).fetch_one(&mut *tx).await.unwrap()
        })
    }
}

struct Server {
    child: Child,
    address: SocketAddr,
    rest: Option<std::thread::JoinHandle<Vec<String>>>,
}

impl Server {
    /// Told to stop, it does so in good order; answers what it logged.
    fn stop(mut self) -> Vec<String> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
        self.rest.take().unwrap().join().unwrap()
    }

    fn kill(mut self) -> String {
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

struct Register {
    till: Arc<Mutex<Till>>,
    folder: PathBuf,
}

impl Register {
    fn new(mut till: Till) -> Register {
        let cashier = operators::list(till.db()).unwrap()[0].id;
        let float = comptoir_domain::money::Money::zero(till.store().currency);
        payments::open_shift(&mut till, cashier, float).unwrap();
        let folder = till.home().folder().to_owned();
        Register { till: Arc::new(Mutex::new(till)), folder }
    }

    fn till(&self) -> MutexGuard<'_, Till> {
        self.till.lock().unwrap()
    }

    fn sell(&self, sales: usize) {
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

    fn mesh(&self) -> Mesh {
        self.mesh_at(clock)
    }

    fn mesh_at(&self, clock: fn() -> i64) -> Mesh {
        let options =
            Options { database: self.folder.join("till.db"), listen: None, discover: false, clock };
        let key = self.till().key().clone();
        let keeper: Arc<dyn Keeper> = self.till.clone();
        Mesh::quiet(keeper, key, &options).unwrap()
    }

    fn sync(&self) {
        assert_eq!(self.mesh().once(), []);
    }

    fn sums(&self) -> (i64, i64) {
        let select = "SELECT count(*), sum(total) FROM sale";
        self.till().db().query_row(select, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    }

    fn stock(&self) -> Vec<(String, i64)> {
        let till = self.till();
        let mut select = till.db().prepare("SELECT sku, on_hand FROM stock ORDER BY sku").unwrap();
        select
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    }

    fn is_proven(&self) -> bool {
        verify(&self.folder, &mut |_, _| {}).unwrap().ok
    }
}

fn place(till: &Till) -> (String, String) {
    (till.identity().tenant.clone(), till.identity().store.clone())
}

fn enrolled(shop: &Shop, server: &Server, folder: &Path) -> (Register, String, String) {
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

#[test]
fn two_tills_agree_through_the_program() {
    let shop = Shop::new();
    let server = shop.serve("127.0.0.1:0");
    let (one, tenant, store) = enrolled(&shop, &server, &shop.folder.path().join("1"));
    one.sell(3);
    one.sync();
    // A new till begins with nothing but a code, and knows the store's products and sales.
    let ticket = shop.ticket(&server, (&tenant, &store));
    let two = Register::new(join(&shop.folder.path().join("2"), &ticket, clock).unwrap());
    assert_eq!(two.sums(), one.sums());
    two.sell(2);
    two.sync();
    one.sync();
    assert_eq!((one.sums().0, one.sums(), one.stock()), (5, two.sums(), two.stock()));
    assert!(one.is_proven() && two.is_proven());
    assert_eq!(shop.number(&tenant, "SELECT count(*) FROM sale"), 5);
    assert_eq!(shop.number(&tenant, "SELECT sum(total)::bigint FROM sale"), one.sums().1);
    let products: i64 =
        one.till().db().query_row("SELECT count(*) FROM product", [], |row| row.get(0)).unwrap();
    assert_eq!(shop.number(&tenant, "SELECT count(*) FROM product"), products);
    let prices: i64 =
        one.till().db().query_row("SELECT sum(price) FROM price", [], |row| row.get(0)).unwrap();
    assert_eq!(shop.number(&tenant, "SELECT sum(price)::bigint FROM price"), prices);
    for empty in ["unprojected", "refused_change", "quarantine", "fork"] {
        let select: &'static str =
            Box::leak(format!("SELECT count(*) FROM {empty}").into_boxed_str());
        assert_eq!(shop.number(&tenant, select), 0, "{empty}");
    }
    let log = server.stop();
    assert!(log.iter().any(|line| line.contains("\"message\":\"stopped\"")), "{log:?}");
    let of_session = log.iter().find(|line| line.contains("a session ended")).unwrap();
    assert!(of_session.contains("\"correlation\":\""), "{of_session}");
}

#[test]
fn killed_while_it_takes_in_it_loses_nothing_and_doubles_nothing() {
    let shop = Shop::new();
    let mut server = shop.serve("127.0.0.1:0");
    let (one, tenant, _) = enrolled(&shop, &server, &shop.folder.path().join("1"));
    one.sync();
    one.sell(1_500);
    let sales = "SELECT count(*) FROM sale";
    for kill in 0..3 {
        let mesh = one.mesh();
        let address = std::thread::scope(|scope| {
            let call = scope.spawn(|| mesh.once());
            // As soon as some of it is on disk, and more is under way.
            let before = shop.number(&tenant, sales);
            let begun = Instant::now();
            while shop.number(&tenant, sales) == before && !call.is_finished() {
                assert!(begun.elapsed() < Duration::from_secs(60), "nothing comes");
                std::thread::sleep(Duration::from_millis(1));
            }
            server.kill()
        });
        server = shop.serve(&address);
        let there = shop.number(&tenant, sales);
        assert!(there > 0 && there <= 1_500, "{there} after kill {kill}");
    }
    one.sync();
    assert_eq!(shop.number(&tenant, sales), 1_500);
    assert_eq!(shop.number(&tenant, "SELECT sum(total)::bigint FROM sale"), one.sums().1);
    let gaps = "SELECT max(position) - count(*) FROM entry";
    assert_eq!(shop.number(&tenant, gaps), 0, "the log has no gap");
    server.stop();
}

#[test]
fn a_till_enrols_and_syncs_over_tls() {
    let shop = Shop::new();
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let now = time::OffsetDateTime::now_utc();
    let days = time::Duration::days;
    (params.not_before, params.not_after) = (now - days(1), now + days(30));
    let certificate = params.self_signed(&key).unwrap();
    let write = |name: &str, pem: String| {
        let path = shop.folder.path().join(name);
        std::fs::write(&path, pem).unwrap();
        path
    };
    let (certificate_file, key_file) =
        (write("tls.pem", certificate.pem()), write("tls.key", key.serialize_pem()));
    let server = shop.serve_with("127.0.0.1:0", |command| {
        command.env("COMPTOIR_TLS_CERTIFICATE", &certificate_file);
        command.env("COMPTOIR_TLS_KEY", &key_file);
    });
    let mut till = demo::init(&shop.folder.path().join("1")).unwrap();
    let (tenant, store) = place(&till);
    shop.run(&["tenant", "add", &tenant, "The demo"]).unwrap();
    shop.run(&["store", "add", &tenant, &store, "Its store"]).unwrap();
    let code = shop.run(&["code", &tenant, &store]).unwrap();
    let url = format!("https://localhost:{}", server.address.port());
    let stranger = rcgen::KeyPair::generate().unwrap();
    let stranger = rcgen::CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .self_signed(&stranger)
        .unwrap();
    let ticket = |authority: String| Ticket {
        url: url.clone(),
        code: code.clone(),
        authority: Some(authority),
    };
    // Somebody who speaks no TLS, or says nothing, holds up nobody.
    let silent = std::net::TcpStream::connect(server.address).unwrap();
    let mut rude = std::net::TcpStream::connect(server.address).unwrap();
    std::io::Write::write_all(&mut rude, b"GET /health HTTP/1.1\r\n\r\n").unwrap();
    let existing = till.existing().unwrap();
    ask(&ticket(stranger.pem()), till.key(), Some(existing.clone()), clock).unwrap_err();
    let ticket = ticket(certificate.pem());
    let answer = ask(&ticket, till.key(), Some(existing), clock).unwrap();
    take_up(&mut till, &ticket, &answer).unwrap();
    let one = Register::new(till);
    one.sell(2);
    one.sync();
    assert_eq!(shop.number(&tenant, "SELECT count(*) FROM sale"), 2);
    // With a clock that is ten years off it goes on, and is told.
    let ten_years_off: [fn() -> i64; 2] = [|| clock() - TEN_YEARS, || clock() + TEN_YEARS];
    for (off, sales) in ten_years_off.into_iter().zip([3, 4]) {
        one.sell(1);
        assert_eq!(one.mesh_at(off).once(), []);
        assert_eq!(shop.number(&tenant, "SELECT count(*) FROM sale"), sales);
        let told = elsewhere::clock_off(one.till().db()).unwrap().unwrap();
        assert!(told.abs() > TEN_YEARS - 60_000, "{told}");
    }
    drop(silent);
    server.stop();
}

#[test]
fn what_is_set_up_wrong_is_said_at_the_start() {
    let shop = Shop::new();
    shop.run(&["tenant", "add", "ACME", "Acme"]).unwrap();
    assert!(shop.run(&["code", "ACME", "NOWHERE"]).is_err());
    let other_key = base64::engine::general_purpose::STANDARD.encode([4; 32]);
    shop.run(&["store", "add", "ACME", "YOW1", "Ottawa"]).unwrap();
    let mut serve = shop.program(&["serve"]);
    serve.env("COMPTOIR_TLS_CERTIFICATE", "/nowhere.pem").env("COMPTOIR_LISTEN", "127.0.0.1:0");
    let output = serve.output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("tls_certificate and tls_key"));
    let mut short = shop.program(&["code", "ACME", "YOW1"]);
    let output = short.env("COMPTOIR_MASTER_KEY", "AAAA").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("32 bytes"));
    let revoke = ["revoke", "ACME", "00000000000000000000000000000000"];
    let mut wrong = shop.program(&revoke);
    let output = wrong.env("COMPTOIR_MASTER_KEY", other_key).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("master key is another one"));
    assert!(shop.run(&revoke).unwrap_err().contains("not enrolled"));
}

/// A certificate that is about to end is renewed beside the counter, and the new one is kept.
#[test]
fn a_till_renews_its_certificate_in_time() {
    let shop = Shop::new();
    let server = shop.serve("127.0.0.1:0");
    let (one, ..) = enrolled(&shop, &server, &shop.folder.path().join("1"));
    let papers = || membership::load(one.till().db()).unwrap().unwrap().papers;
    let almost_over = Papers { until: clock() + 24 * 60 * 60 * 1_000, ..papers() };
    membership::renew(one.till().db(), &almost_over).unwrap();
    let options =
        Options { database: one.folder.join("till.db"), listen: None, discover: false, clock };
    let keeper: Arc<dyn Keeper> = one.till.clone();
    let key = one.till().key().clone();
    let mesh = Mesh::start(keeper, key, &options).unwrap();
    let begun = Instant::now();
    while papers() == almost_over {
        assert!(begun.elapsed() < Duration::from_secs(60), "never renewed");
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(mesh);
    let renewed = papers();
    assert!(renewed.until > almost_over.until + 60 * 24 * 60 * 60 * 1_000);
    assert_ne!(renewed.certificate, almost_over.certificate);
    assert_eq!(renewed.authority, almost_over.authority);
    one.sync();
}
