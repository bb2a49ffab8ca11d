//! A new register sells by what head office says of its store, before the store's history has come; what head office did
//! not sign is not believed, and the whole journal comes first.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod neighbours;
mod shop;

use comptoir_sync::enrolment::{BadOpening, OPENING_VERSION, Opening, SignedOpening};
use comptoir_sync::entry::{Entry, Scope, Sealed};
use comptoir_sync::replication::vector::Site;
use comptoir_till::operators::Change;
use comptoir_till::till::Till;
use comptoir_till::trust::enrolment::{self, Enrolled};
use comptoir_till::trust::joining::Joining;
use comptoir_till::trust::opening::{self, Unusable};
use comptoir_till::trust::verify::verify;
use comptoir_till::{cart, operators, orders, payments};
use ed25519_dalek::SigningKey;
use neighbours::{in_the_store, invitation, key, missing, proven, pull};
use shop::{Shop, cad, refusal};

fn office() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

/// The journal of a shop: what every store holds, and the operators of this one.
fn parts(shop: &Shop) -> (Vec<Sealed>, Vec<Sealed>) {
    let all = missing(&shop.till, &Default::default());
    let is =
        |sealed: &Sealed, what: &dyn Fn(&Entry) -> bool| what(&Entry::read(&sealed.bytes).unwrap());
    let documents = |sealed: &&Sealed| is(sealed, &|entry| entry.scope == Scope::Tenant);
    let people = |sealed: &&Sealed| is(sealed, &|entry| entry.kind == "operator_saved");
    (all.iter().filter(documents).cloned().collect(), all.iter().filter(people).cloned().collect())
}

fn opening(people: &[Sealed]) -> Opening {
    let (tenant, store) = ("ACME".to_owned(), "RDC".to_owned());
    Opening { v: OPENING_VERSION, tenant, store, entries: people.to_vec() }
}

/// A register that has the documents, and nothing that the store wrote itself.
fn joining(shop: &Shop, folder: &str, documents: Vec<Sealed>) -> Joining {
    let mut joining =
        Joining::begin(&shop.folder.path().join(folder), &invitation(shop, 2)).unwrap();
    let head_office = Enrolled { key: office().verifying_key(), site: Site::HeadOffice };
    enrolment::enrol(joining.db(), &head_office).unwrap();
    joining.take_documents_first(true);
    let entries = documents.len() as u64;
    let taken = joining.receive(documents).unwrap();
    assert_eq!((taken.new, taken.held.len()), (entries, 0));
    joining
}

fn open(shop: &mut Shop, joining: Joining) -> Till {
    enrolment::enrol(shop.till.db(), &in_the_store(joining.key())).unwrap();
    let folder = joining.finish().unwrap().home().folder().to_owned();
    let now = shop.till.now();
    Till::open_at(&folder, Box::new(move || now)).unwrap()
}

fn history_is_coming(till: &Till) -> bool {
    let verdict = verify(till.home().folder(), &mut |_, _| {}).unwrap();
    assert!(verdict.ok, "{:?}", verdict.findings);
    verdict.history_is_coming
}

#[test]
fn a_register_sells_before_the_history_of_its_store_has_come() {
    let mut shop = Shop::selling();
    let renamed = Change { name: Some("Zoé".into()), ..Change::default() };
    operators::change(&mut shop.till, shop.manager, shop.cashier, renamed).unwrap();
    shop.sell(&["COF"]);
    let (documents, people) = parts(&shop);
    let mut joining = joining(&shop, "second", documents);
    assert!(joining.knows_store());
    let signed = opening(&people).sign(&office());
    joining.open_by(&signed, &office().verifying_key()).unwrap().unwrap();
    let mut second = open(&mut shop, joining);
    assert_eq!(operators::list(second.db()).unwrap(), operators::list(shop.till.db()).unwrap());
    payments::open_shift(&mut second, shop.cashier, cad("100.00")).unwrap();
    cart::scan(&mut second, shop.cashier, "LOAF").unwrap();
    let total = cart::show(&mut second).unwrap();
    orders::complete_sale(&mut second, shop.cashier, total.id, Some(total.total), None).unwrap();
    assert!(history_is_coming(&second), "and it is proven as far as it is here");
    let look =
        |till: &Till, receipt| refusal(orders::find_by_receipt(till.db(), till.store(), receipt));
    assert_eq!(look(&second, "RDC1-1-1"), "sale_still_coming");
    assert_eq!(look(&second, "YUL1-1-1"), "unknown_sale", "of no history of this store");

    let taken = pull(&mut second, &shop.till);
    assert_eq!((taken.held.len(), taken.forks.len()), (0, 0));
    assert!(history_is_coming(&second), "nobody said that this was all");
    assert!(orders::find_by_receipt(second.db(), second.store(), "RDC1-1-1").is_ok());
    assert_eq!(look(&second, "RDC1-1-2"), "sale_still_coming");
    opening::history_is_here(second.db()).unwrap();
    assert!(!history_is_coming(&second));
    assert_eq!(look(&second, "RDC1-1-2"), "unknown_sale");
    pull(&mut shop.till, &second);
    let stock = |till: &Till| comptoir_till::inventory::on_hand(till.db(), None).unwrap();
    assert_eq!(stock(&shop.till), stock(&second));
    assert_eq!(operators::list(second.db()).unwrap(), operators::list(shop.till.db()).unwrap());
    proven(&shop.till);
}

#[test]
fn what_head_office_did_not_say_opens_no_register() {
    let mut shop = Shop::selling();
    let (documents, people) = parts(&shop);
    let mut joining = joining(&shop, "second", documents);
    let key_of_office = office().verifying_key();
    let mut why =
        |signed: &SignedOpening| joining.open_by(signed, &key_of_office).unwrap().unwrap_err();
    let good = opening(&people);
    let stranger = SigningKey::from_bytes(&[8; 32]);
    assert!(matches!(why(&good.sign(&stranger)), Unusable::Bad(BadOpening::NotSigned)));
    let mut damaged = good.sign(&office());
    damaged.bytes[40] ^= 1;
    assert!(matches!(why(&damaged), Unusable::Bad(BadOpening::NotSigned)));
    let elsewhere = Opening { store: "YUL".into(), ..good.clone() };
    assert!(matches!(why(&elsewhere.sign(&office())), Unusable::Bad(BadOpening::OtherStore)));
    let newer = Opening { v: 2, ..good.clone() };
    assert!(matches!(why(&newer.sign(&office())), Unusable::Bad(BadOpening::UnknownVersion(2))));
    let mut forged = good.clone();
    forged.entries[0].signature[3] ^= 1;
    assert!(matches!(why(&forged.sign(&office())), Unusable::BadEntry));
    let mut liar = Entry::read(&people[0].bytes).unwrap();
    liar.device = comptoir_sync::entry::DeviceId::of(&stranger.verifying_key()).0;
    let lie = Opening { entries: vec![liar.seal(&stranger)], ..good.clone() };
    assert!(matches!(why(&lie.sign(&office())), Unusable::BadEntry), "nobody enrolled its device");
    let other_fact = missing(&shop.till, &Default::default()).remove(0);
    let other = Opening { entries: vec![other_fact], ..good.clone() };
    assert!(matches!(why(&other.sign(&office())), Unusable::BadEntry));
    let nobody = Opening { entries: Vec::new(), ..good };
    assert!(matches!(why(&nobody.sign(&office())), Unusable::Nobody));

    assert!(operators::list(joining.db()).unwrap().is_empty(), "none of it is kept");
    joining.take_documents_first(false);
    let rest = missing(&shop.till, &joining.vector().unwrap());
    assert_eq!(joining.receive(rest).unwrap().held, []);
    let second = open(&mut shop, joining);
    assert_eq!(operators::list(second.db()).unwrap(), operators::list(shop.till.db()).unwrap());
    assert!(!history_is_coming(&second), "all of it came before it was opened");
    assert_ne!(key(&second), key(&shop.till));
}

/// Who changes what was signed, or the rows that follow from it, is found.
#[test]
fn a_changed_opening_is_found() {
    let mut shop = Shop::selling();
    let (documents, people) = parts(&shop);
    let mut joining = joining(&shop, "second", documents);
    let signed = opening(&people).sign(&office());
    joining.open_by(&signed, &office().verifying_key()).unwrap().unwrap();
    let second = open(&mut shop, joining);
    for (tampering, undone, where_found) in [
        (
            "UPDATE operator SET role = 'manager' WHERE role = 'cashier'",
            "UPDATE operator SET role = 'cashier' WHERE id = ?1",
            "operator",
        ),
        ("UPDATE opening SET signature = zeroblob(64)", "", "opening"),
    ] {
        second.db().execute_batch(tampering).unwrap();
        let verdict = verify(second.home().folder(), &mut |_, _| {}).unwrap();
        assert!(
            verdict.findings.iter().any(|finding| finding.place == where_found),
            "{tampering}: {:?}",
            verdict.findings
        );
        if !undone.is_empty() {
            second.db().execute(undone, [shop.cashier.0.as_bytes()]).unwrap();
        }
    }
}
