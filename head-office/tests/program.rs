//! The program as it is run, and real tills that enrol with it, join through it and sell: killed on the way, it loses
//! nothing and doubles nothing.

mod house;
mod shop;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use comptoir_link::enrolment::{Ticket, ask, join, take_up};
use comptoir_link::keeper::Keeper;
use comptoir_link::mesh::{Mesh, Options};
use comptoir_sync::enrolment::Papers;
use comptoir_sync::replication::message::MOST_PAGE_ENTRIES;
use comptoir_till::journal::elsewhere;
use comptoir_till::orders::view;
use comptoir_till::trust::{membership, opening};
use comptoir_till::{demo, orders};
use shop::{Register, Shop, clock, enrolled, place};

const TEN_YEARS: i64 = 10 * 365 * 24 * 60 * 60 * 1_000;

#[test]
fn two_tills_agree_through_the_program() {
    let shop = Shop::new();
    let server = shop.serve("127.0.0.1:0");
    let (one, tenant, store) = enrolled(&shop, &server, &shop.folder.path().join("1"));
    one.sell(3);
    one.sync();
    // A new till begins with nothing but a code, and sells by the store's products and operators before its sales come.
    let ticket = shop.ticket(&server, (&tenant, &store));
    let told = Arc::new(Mutex::new(Vec::new()));
    let progress = {
        let told = told.clone();
        Box::new(move |here, of| told.lock().unwrap().push((here, of)))
    };
    let two = Register::new(join(&shop.folder.path().join("2"), &ticket, clock, progress).unwrap());
    let told = told.lock().unwrap().clone();
    let documents: u64 = two
        .till()
        .db()
        .query_row("SELECT sum(seq) FROM chain WHERE scope = 1", [], |row| row.get(0))
        .unwrap();
    assert_eq!(told.first(), Some(&(0, documents)), "it is told how much there is to come");
    assert_eq!(told.last(), Some(&(documents, documents)));
    assert!(told.iter().all(|(here, of)| here <= of), "{told:?}");
    assert_eq!(two.sums(), (0, 0));
    assert_eq!(two.operators(), one.operators());
    two.sell(2);
    let stored = || {
        let till = two.till();
        let last = orders::last(till.db()).unwrap().unwrap();
        view::stored_at(till.db(), &last.id.to_string()).unwrap()
    };
    assert!(stored().disk.is_some() && stored().head_office.is_none());
    assert!(two.is_proven());
    assert!(opening::history_is_coming(two.till().db()).unwrap());
    two.sync();
    assert!(!opening::history_is_coming(two.till().db()).unwrap(), "all of it is here");
    assert!(stored().head_office.is_some() && stored().neighbour.is_none());
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
    // A sale is found in head office's log under the id that its till gave it.
    let sale: Vec<u8> =
        two.till().db().query_row("SELECT id FROM sale LIMIT 1", [], |row| row.get(0)).unwrap();
    let correlation = format!("\"correlation\":\"{}\"", uuid::Uuid::from_slice(&sale).unwrap());
    let taken_in = |line: &&String| line.contains("taken in") && line.contains(&correlation);
    assert_eq!(log.iter().filter(taken_in).count(), 1, "{correlation} in {log:?}");
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

/// Told to stop while a page is being written, it finishes that page; killed while it does, none of it is there. Either
/// way the till goes on where it was.
#[test]
fn of_a_page_that_is_being_written_when_it_is_told_to_stop_there_is_all_or_nothing() {
    let shop = Shop::new();
    let mut server = shop.serve("127.0.0.1:0");
    let (one, tenant, _) = enrolled(&shop, &server, &shop.folder.path().join("1"));
    one.sync();
    one.sell(1_200);
    let database = shop.options.get_database().unwrap();
    let sales = || shop.number(&tenant, "SELECT count(*) FROM sale");
    let entries =
        || shop.number(&tenant, "SELECT count(*) FROM entry WHERE kind = 'sale_completed'");
    for killed in [false, true] {
        // Whoever writes a page stops in the middle of it: its entries are written, its stock cannot be.
        let mut superuser = shop.runtime.block_on(house::superuser(database));
        let hold = "BEGIN; LOCK TABLE stock IN SHARE MODE";
        shop.runtime.block_on(sqlx::raw_sql(hold).execute(&mut superuser)).unwrap();
        let before = sales();
        let mesh = one.mesh();
        std::thread::scope(|scope| {
            let call = scope.spawn(|| mesh.once());
            let stands =
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'stock'::regclass";
            until(|| shop.number(&tenant, stands) > 0, "no page comes as far as the stock");
            assert_eq!((sales(), entries()), (before, before), "nobody sees half a page");
            server.ask_to_stop();
            let is_heard = || std::net::TcpStream::connect(server.address).is_err();
            until(is_heard, "it takes new connections");
            if killed {
                server.child.kill().unwrap();
            }
            shop.runtime.block_on(sqlx::raw_sql("ROLLBACK").execute(&mut superuser)).unwrap();
            assert_eq!(server.child.wait().unwrap().success(), !killed);
            call.join().unwrap();
        });
        // Pages that the till has sent already wait behind it: none of them is begun.
        let page = if killed { 0 } else { MOST_PAGE_ENTRIES as i64 };
        assert_eq!(sales() - before, page, "killed: {killed}");
        assert_eq!(entries(), sales());
        server = shop.serve(&server.address.to_string());
    }
    one.sync();
    assert_eq!((sales(), entries()), (1_200, 1_200));
    assert_eq!(shop.number(&tenant, "SELECT sum(total)::bigint FROM sale"), one.sums().1);
    assert_eq!(shop.number(&tenant, "SELECT max(position) - count(*) FROM entry"), 0);
    server.stop();
}

fn until(reached: impl Fn() -> bool, otherwise: &str) {
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{otherwise}");
        std::thread::sleep(Duration::from_millis(5));
    }
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
        assert!(told.head_office && told.ahead.abs() > TEN_YEARS - 60_000, "{told:?}");
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
    // Without its pages it says which folder it misses and what makes it, and blames no database.
    let pages = shop.folder.path().join("dist-office");
    let said = || {
        let mut serve = shop.program(&["serve"]);
        serve.env("COMPTOIR_PAGES", &pages).env("COMPTOIR_LISTEN", "127.0.0.1:0");
        let output = serve.output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    for missing in [pages.clone(), pages.join("office.html"), pages.join("assets")] {
        let told = said();
        for words in [missing.to_str().unwrap(), "npm run build:office", "office pages"] {
            assert!(told.contains(words), "{words}: {told}");
        }
        assert!(!told.contains("database") && !told.contains("listening"), "{told}");
        match missing.file_name().unwrap().to_str().unwrap() {
            "dist-office" => std::fs::create_dir(&missing).unwrap(),
            _ => std::fs::write(&missing, "a page").unwrap(),
        }
    }
    let mut short = shop.program(&["code", "ACME", "YOW1"]);
    let output = short.env("COMPTOIR_MASTER_KEY", "AAAA").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("32 bytes"));
    let revoke = ["revoke", "ACME", "00000000000000000000000000000000"];
    let mut wrong = shop.program(&revoke);
    let output = wrong.env("COMPTOIR_MASTER_KEY", other_key).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("master key is another one"));
    assert!(shop.run(&revoke).unwrap_err().contains("not enrolled"));
}

#[test]
fn keys_are_listed_and_revoked_on_the_command_line() {
    let shop = Shop::new();
    shop.run(&["tenant", "add", "ACME", "Acme"]).unwrap();
    let key = shop.run(&["key", "add", "ACME", "the books", "--scope", "sales:read"]).unwrap();
    let list = || shop.run(&["key", "list", "ACME"]).unwrap();
    let (id, rest) =
        list().split_once(' ').map(|(id, rest)| (id.to_owned(), rest.to_owned())).unwrap();
    assert!(rest.ends_with(" - sales:read the books") && !rest.contains(&key), "{rest}");
    shop.run(&["key", "revoke", "ACME", &id]).unwrap();
    assert!(list().ends_with("Z sales:read the books"), "{}", list());
    let nobody = "00000000-0000-0000-0000-000000000000";
    assert!(shop.run(&["key", "revoke", "ACME", nobody]).unwrap_err().contains("no such key"));
    assert!(
        shop.run(&["key", "add", "ACME", "x", "--scope", "all"]).unwrap_err().contains("no scope")
    );
    let told = "SELECT count(*) FROM audit WHERE who_kind = 'command' AND what LIKE 'key.%'";
    assert_eq!(shop.number("ACME", told), 2);
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
