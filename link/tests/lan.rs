//! Tills that agree over real sockets, with certificates on both sides.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod company;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use company::{Company, NOW, Register, acquaint, until};
use comptoir_domain::cart;
use comptoir_domain::orders::Sale;
use comptoir_link::enrolment::{self, Ticket};
use comptoir_link::status::State;
use comptoir_link::tls::Clock;
use comptoir_till::cart::park;
use comptoir_till::error::{Error, Refusal};
use comptoir_till::journal::elsewhere;
use comptoir_till::orders::{self, view};
use comptoir_till::till::Till;
use comptoir_till::trust::enrolment::{revoke, standing};
use comptoir_till::trust::membership;
use comptoir_till::trust::verify::verify;
use comptoir_till::turns::Turns;

fn agree(registers: &[&Register]) {
    until("all hold the same", || {
        registers.windows(2).all(|two| two[0].vector() == two[1].vector())
    });
}

fn count(register: &Register, table: &str) -> u64 {
    let select = format!("SELECT count(*) FROM {table}");
    register.till().db().query_row(&select, [], |row| row.get(0)).unwrap()
}

#[test]
fn three_tills_in_a_row_hold_the_same_and_know_that_it_is_safe() {
    let company = Company::new();
    let mut one = company.first();
    let (mut two, mut three) = (company.another(&one, 2), company.another(&one, 3));
    acquaint(&[&one, &two, &three]);
    one.go_online(&[]);
    // Three hears of one by two alone.
    two.go_online(&[one.address()]);
    three.go_online(&[two.address()]);
    agree(&[&one, &two, &three]);
    let sale = one.sell("410017002070");
    let other = three.sell("410034002145");
    agree(&[&one, &two, &three]);
    for register in [&one, &two, &three] {
        assert_eq!(count(register, "sale"), 2);
    }
    let entry = |register: &Register, id: comptoir_domain::ids::SaleId| -> i64 {
        let select = "SELECT entry FROM sale WHERE id = ?1";
        register.till().db().query_row(select, [id.0.as_bytes()], |row| row.get(0)).unwrap()
    };
    // Who wrote it is told so; who was sent it knows where it came from.
    for (register, sale) in [(&one, &sale), (&three, &other), (&three, &sale), (&one, &other)] {
        let entry = entry(register, sale.id);
        until("another till says that it has it", || {
            let stored = elsewhere::of(register.till().db(), entry, sale.completed_at).unwrap();
            stored.disk.is_some() && stored.neighbour.is_some() && stored.head_office.is_none()
        });
    }
}

#[test]
fn who_watches_is_told_once_another_till_has_a_sale() {
    let company = Company::new();
    let mut one = company.first();
    let mut two = company.another(&one, 2);
    acquaint(&[&one, &two]);
    one.go_online(&[]);
    two.go_online(&[one.address()]);
    agree(&[&one, &two]);
    let (tell, told) = std::sync::mpsc::channel();
    let watcher = move || tell.send(()).unwrap_or_default();
    one.mesh.as_ref().unwrap().board().watch(Box::new(watcher));
    for _ in 0..30 {
        let sale = one.sell("410017002070").id.to_string();
        let is_there = || view::stored_at(one.till().db(), &sale).unwrap().neighbour.is_some();
        while !is_there() {
            told.recv_timeout(Duration::from_secs(20)).expect("nobody was told");
        }
    }
}

#[test]
fn tills_that_call_each_other_at_once_keep_one_line() {
    let company = Company::new();
    let mut one = company.first();
    let mut two = company.another(&one, 2);
    acquaint(&[&one, &two]);
    one.go_online(&[]);
    two.go_online(&[one.address()]);
    let address = two.address();
    one.mesh = None;
    one.go_online(&[address]);
    two.mesh = None;
    two.go_online(&[one.address()]);
    for _ in 0..5 {
        one.sell("410017002070");
        two.sell("410034002145");
    }
    agree(&[&one, &two]);
    assert_eq!((count(&one, "sale"), count(&two, "sale")), (10, 10));
}

#[test]
fn a_stranger_and_a_revoked_till_are_not_spoken_to() {
    let company = Company::new();
    let mut one = company.first();
    let (mut two, mut three) = (company.another(&one, 2), company.another(&one, 3));
    acquaint(&[&one, &two, &three]);
    let revoked = two.till().identity().device;
    revoke(one.till().db(), revoked, &BTreeMap::new()).unwrap();
    one.go_online(&[]);
    // A till of another company: its authority signed another certificate.
    let elsewhere = Company::new();
    let mut stranger = elsewhere.first();
    acquaint(&[&one, &stranger]);
    stranger.go_online(&[one.address()]);
    two.go_online(&[one.address()]);
    three.go_online(&[one.address()]);
    for register in [&two, &stranger] {
        register.sell("410017002070");
    }
    agree(&[&one, &three]);
    let state = |register: &Register, state| {
        let board = register.mesh.as_ref().unwrap().board().all();
        board.iter().any(|row| !row.head_office && row.state == state)
    };
    until("the revoked till is told so", || state(&two, State::Refused));
    until("the stranger does not get through", || state(&stranger, State::Offline));
    assert_eq!(count(&one, "sale"), 0);
    assert_eq!(count(&stranger, "sale"), 1);
}

/// The internet is away since before it joined.
#[test]
fn a_register_that_joined_meanwhile_brings_head_offices_word_along() {
    let company = Company::new();
    let mut one = company.first();
    let (mut two, mut three) = (company.another(&one, 2), company.another(&one, 3));
    // The other one's certificate is of another store of the company.
    let papers = company.papers(three.till().key().verifying_key(), 3, "YYC1");
    membership::renew(three.till().db(), &papers).unwrap();
    for register in [&two, &three] {
        let word = company.welcome(&register.till());
        assert_eq!(register.till().receive(vec![word]).unwrap().new, 1);
        register.sell("410017002070");
    }
    one.sell("410034002145");
    one.go_online(&[]);
    three.go_online(&[one.address()]);
    let refused = || {
        let board = three.mesh.as_ref().unwrap().board().all();
        board.iter().any(|row| !row.head_office && row.state == State::Refused)
    };
    until("another store's is told that nobody knows it", refused);
    two.go_online(&[one.address()]);
    agree(&[&one, &two]);
    assert_eq!((count(&one, "sale"), count(&two, "sale"), count(&three, "sale")), (2, 2, 1));
    let device = two.till().identity().device;
    assert_eq!(
        standing(one.till().db(), device).unwrap(),
        (company::in_store(&two.till()).site, None)
    );
    // From now on it is a register like any other.
    two.sell("410017002070");
    agree(&[&one, &two]);
    assert_eq!(count(&one, "sale"), 3);
    for register in [&one, &two] {
        let till = register.till();
        assert!(verify(till.home().folder(), &mut |_, _| {}).unwrap().ok);
    }
}

/// A wire that can be cut, also in the middle of what it carries.
struct Wire {
    address: SocketAddr,
    cuts: Arc<AtomicUsize>,
    whole: Arc<AtomicBool>,
}

impl Wire {
    /// Leads to `to`; as long as it is not whole every connection is cut after `most` bytes.
    fn to(to: SocketAddr, most: usize) -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (cuts, whole) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (cut, is_whole) = (cuts.clone(), whole.clone());
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = TcpStream::connect(to) else { continue };
                for (mut from, mut to) in [
                    (near.try_clone().unwrap(), far.try_clone().unwrap()),
                    (far.try_clone().unwrap(), near.try_clone().unwrap()),
                ] {
                    let (cut, is_whole) = (cut.clone(), is_whole.clone());
                    std::thread::spawn(move || {
                        let (mut carried, mut bytes) = (0, [0; 1_000]);
                        while let Ok(read @ 1..) = from.read(&mut bytes) {
                            carried += read;
                            if carried > most && !is_whole.load(Ordering::SeqCst) {
                                cut.fetch_add(1, Ordering::SeqCst);
                                break;
                            }
                            if to.write_all(&bytes[..read]).is_err() {
                                break;
                            }
                        }
                        let _ = from.shutdown(std::net::Shutdown::Both);
                        let _ = to.shutdown(std::net::Shutdown::Both);
                    });
                }
            }
        });
        Wire { address, cuts, whole }
    }
}

#[test]
fn a_line_that_is_cut_in_the_middle_of_a_page_loses_and_doubles_nothing() {
    let company = Company::new();
    let mut one = company.first();
    let mut two = company.another(&one, 2);
    acquaint(&[&one, &two]);
    for _ in 0..40 {
        one.sell("410017002070");
        two.sell("410034002145");
    }
    one.go_online(&[]);
    let wire = Wire::to(one.address(), 6_000);
    two.go_online(&[wire.address]);
    until("the line was cut twice", || wire.cuts.load(Ordering::SeqCst) >= 2);
    wire.whole.store(true, Ordering::SeqCst);
    agree(&[&one, &two]);
    for register in [&one, &two] {
        assert_eq!(count(register, "sale"), 80);
        assert_eq!(count(register, "unprojected"), 0);
        let verdict = comptoir_till::trust::verify::verify(&register.folder, &mut |_, _| {});
        assert!(verdict.unwrap().ok);
    }
}

#[test]
fn a_till_that_went_back_in_time_begins_an_epoch_and_gets_its_sales_back() {
    let company = Company::new();
    let mut one = company.first();
    let mut two = company.another(&one, 2);
    acquaint(&[&one, &two]);
    one.sell("410017002070");
    // Yesterday's disk, taken as it stands.
    one.till().db().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let yesterday = std::fs::read(one.folder.join("till.db")).unwrap();
    let lost = one.sell("410034002145");
    one.go_online(&[]);
    two.go_online(&[one.address()]);
    agree(&[&one, &two]);
    let folder = one.folder.clone();
    drop(one);
    for ending in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("till.db{ending}")));
    }
    std::fs::write(folder.join("till.db"), yesterday).unwrap();
    let till = comptoir_till::till::Till::open(&folder).unwrap();
    assert_eq!(till.identity().epoch, 1);
    let cashier = two.cashier;
    let mut one = Register { till: Arc::new(Turns::new(till)), mesh: None, cashier, folder };
    one.go_online(&[]);
    two.mesh = None;
    two.go_online(&[one.address()]);
    until("it has begun a new epoch", || one.till().identity().epoch == 2);
    agree(&[&one, &two]);
    let sale = one.sell("410017002070");
    assert_eq!(sale.receipt.split('-').nth(1), Some("2"), "{}", sale.receipt);
    agree(&[&one, &two]);
    for register in [&one, &two] {
        assert_eq!(count(register, "sale"), 3);
        assert_eq!(count(register, "fork"), 0);
        let back: bool = register
            .till()
            .db()
            .query_row(
                "SELECT EXISTS (SELECT 1 FROM sale WHERE id = ?1)",
                [lost.id.0.as_bytes()],
                |row| row.get(0),
            )
            .unwrap();
        assert!(back, "the sale that the disk had forgotten is back");
    }
}

/// A till and its copy on another machine write on from the same place.
#[test]
fn a_copied_till_is_noticed_and_both_go_on_in_epochs_of_their_own() {
    let company = Company::new();
    let one = company.first();
    let mut two = company.another(&one, 2);
    acquaint(&[&one, &two]);
    one.sell("410017002070");
    one.till().db().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let copied = company.folder.path().join("copy");
    std::fs::create_dir(&copied).unwrap();
    for file in ["till.db", "device.key", "store.secret", "epoch"] {
        std::fs::copy(one.folder.join(file), copied.join(file)).unwrap();
    }
    let mut one = one;
    let cashier = one.cashier;
    let till = Arc::new(Turns::new(Till::open(&copied).unwrap()));
    let mut copy = Register { till, mesh: None, cashier, folder: copied };
    one.sell("410017002070");
    copy.sell("410034002145");
    two.go_online(&[]);
    one.go_online(&[two.address()]);
    agree(&[&one, &two]);
    copy.go_online(&[two.address()]);
    let epoch = |register: &Register| register.till().identity().epoch;
    until("both have begun another epoch", || epoch(&one) > 1 && epoch(&copy) > 1);
    assert_ne!(epoch(&one), epoch(&copy));
    let sales = [one.sell("410017002070"), copy.sell("410017002070"), two.sell("410017002070")];
    let is_there = |register: &Register, sale: &Sale| -> bool {
        let select = "SELECT EXISTS (SELECT 1 FROM sale WHERE id = ?1)";
        let till = register.till();
        till.db().query_row(select, [sale.id.0.as_bytes()], |row| row.get(0)).unwrap()
    };
    for register in [&one, &copy, &two] {
        for sale in &sales {
            until("everybody has what was sold since", || is_there(register, sale));
        }
    }
    let receipts: BTreeSet<&str> = sales.iter().map(|sale| sale.receipt.as_str()).collect();
    assert_eq!(receipts.len(), 3, "{receipts:?}");
    assert_eq!(count(&two, "fork"), 1);
    // What both had sold before it was noticed, under one receipt number, is said again to everybody.
    for register in [&one, &copy, &two] {
        until("everybody has what was sold before", || count(register, "sale") == 6);
    }
}

const TEN_YEARS: i64 = 10 * 365 * 24 * 60 * 60 * 1_000;

/// Their certificates have ended long ago, or do not begin for years, by such a clock; some began after its own.
#[test]
fn clocks_that_are_ten_years_off_sell_and_agree_and_are_told() {
    let company = Company::new();
    let one = company.first();
    let (two, three) = (company.another(&one, 2), company.another(&one, 3));
    acquaint(&[&one, &two, &three]);
    let (past, future): (Clock, Clock) = (|| NOW - TEN_YEARS, || NOW + TEN_YEARS);
    let mut one = one.with_clock(past);
    let mut two = two.with_clock(|| NOW);
    let mut three = three.with_clock(future);
    one.go_online_at(&[], past);
    two.go_online_at(&[one.address()], || NOW);
    three.go_online_at(&[one.address(), two.address()], future);
    for register in [&one, &two, &three] {
        register.sell("410017002070");
    }
    agree(&[&one, &two, &three]);
    for register in [&one, &two, &three] {
        assert_eq!(count(register, "sale"), 3);
        until("the others' clocks are noted", || {
            elsewhere::contacts(register.till().db()).unwrap().len() == 2
        });
        let contacts = elsewhere::contacts(register.till().db()).unwrap();
        let off = |contact: &elsewhere::Contact| contact.ahead.abs() > TEN_YEARS - 60_000;
        assert!(contacts.iter().all(off), "{contacts:?}");
        // Without head office the one in the middle is right.
        let told = elsewhere::clock_off(register.till().db()).unwrap();
        assert_eq!(told.is_some(), register.folder != two.folder, "{told:?}");
        assert!(
            told.is_none_or(
                |clock| !clock.head_office && clock.ahead.abs() < 2 * TEN_YEARS - 60_000
            )
        );
        let verdict = comptoir_till::trust::verify::verify(&register.folder, &mut |_, _| {});
        assert!(verdict.unwrap().ok);
    }
}

/// The window's commands run on threads of another runtime, which may not start one themselves.
#[test]
fn enrolment_and_the_end_of_a_mesh_do_not_mind_where_they_are_called() {
    let company = Company::new();
    let mut one = company.first();
    one.go_online(&[]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        one.mesh = None;
        let ticket = Ticket { url: "http://127.0.0.1:1".into(), code: "X".into(), authority: None };
        let key = one.till().key().clone();
        let error = enrolment::ask(&ticket, &key, None, || 0).unwrap_err();
        assert!(error.to_string().contains("cannot be reached"), "{error}");
    });
}

#[test]
fn a_cart_parked_at_one_till_goes_on_at_one_other_without_head_office() {
    let company = Company::new();
    let mut one = company.first();
    let (mut two, mut three) = (company.another(&one, 2), company.another(&one, 3));
    acquaint(&[&one, &two, &three]);
    one.go_online(&[]);
    two.go_online(&[one.address()]);
    three.go_online(&[two.address()]);
    let (cashier, parked) = {
        let mut till = one.till();
        comptoir_till::cart::scan(&mut till, one.cashier, "410017002070").unwrap();
        let before = comptoir_till::cart::show(&mut till).unwrap();
        park::park(&mut till, one.cashier, "Red scarf").unwrap();
        (one.cashier, before)
    };
    agree(&[&one, &two, &three]);
    let waits = park::parked(&mut two.till()).unwrap();
    assert_eq!((waits.len(), waits[0].name.as_str()), (1, "Red scarf"));
    let resumed = park::resume(&mut two.till(), cashier, waits[0].id).unwrap();
    assert_eq!((resumed.lines.len(), resumed.total), (1, parked.total));
    agree(&[&one, &two, &three]);
    for register in [&one, &two, &three] {
        assert_eq!(park::parked(&mut register.till()).unwrap(), []);
    }
    let gone = park::resume(&mut three.till(), cashier, waits[0].id);
    assert!(
        matches!(
            gone,
            Err(Error::Refused(Refusal::Cart(cart::Refusal::TakenElsewhere { register: 2 })))
        ),
        "{gone:?}"
    );
    let sale =
        orders::complete_sale(&mut two.till(), cashier, resumed.id, Some(resumed.total), None)
            .unwrap();
    agree(&[&one, &two, &three]);
    let third = three.till();
    let found = orders::find_by_receipt(third.db(), third.store(), &sale.receipt);
    assert_eq!(found.unwrap().total, sale.total);
}

/// An image of its disk was put back, and the shop sold on from there; its neighbour has what was sold before.
#[test]
fn a_disk_that_went_back_and_sold_on_gets_from_its_neighbour_what_it_lost() {
    let company = Company::new();
    let mut one = company.first();
    let mut two = company.another(&one, 2);
    acquaint(&[&one, &two]);
    one.sell("410017002070");
    one.till().db().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let image = std::fs::read(one.folder.join("till.db")).unwrap();
    let lost = [one.sell("410034002145"), one.sell("410017002070")];
    one.go_online(&[]);
    two.go_online(&[one.address()]);
    agree(&[&one, &two]);
    two.mesh = None;
    let (folder, cashier) = (one.folder.clone(), one.cashier);
    drop(one);
    for ending in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("till.db{ending}")));
    }
    std::fs::write(folder.join("till.db"), image).unwrap();
    let till = Arc::new(Turns::new(Till::open(&folder).unwrap()));
    let mut one = Register { till, mesh: None, cashier, folder };
    let kept = one.sell("410034002145");
    assert_eq!(kept.receipt, lost[0].receipt, "a number is given twice");
    one.go_online(&[]);
    two.go_online(&[one.address()]);
    for register in [&one, &two] {
        until("both have all that was sold", || count(register, "sale") == 4);
    }
    let epoch = one.till().identity().epoch;
    assert!(epoch > 1);
    // It is whole, and says nothing more.
    until("both hold the same of the new epoch", || {
        let chain = |register: &Register| {
            let vector = register.vector();
            let of = |at: &comptoir_sync::replication::vector::ChainHead| at.chain.epoch == epoch;
            vector.iter().filter(of).collect::<Vec<_>>()
        };
        chain(&one) == chain(&two)
    });
    for register in [&one, &two] {
        assert_eq!((count(register, "sale"), count(register, "unprojected")), (4, 0));
        let verdict = comptoir_till::trust::verify::verify(&register.folder, &mut |_, _| {});
        assert!(verdict.unwrap().ok);
    }
    for sale in lost.iter().chain([&kept]) {
        let till = one.till();
        let found = orders::find_by_receipt(till.db(), till.store(), &sale.id.to_string());
        assert_eq!(found.unwrap().total, sale.total);
    }
}
