//! Head office says who takes part, in its own chain; nobody else does.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;

use comptoir_sync::entry::{Chain, DeviceId, Entry, NO_HASH, Scope, Sealed, VERSION};
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::trust::{DeviceEnrolled, DeviceRevoked, LastGood};
use comptoir_sync::replication::message::HeldReason;
use comptoir_sync::replication::vector::Site;
use comptoir_till::journal::receive;
use comptoir_till::till::Till;
use comptoir_till::trust::enrolment::{self, Enrolled};
use comptoir_till::trust::verify::verify;
use ed25519_dalek::SigningKey;
use shop::Shop;

/// Somebody of the tenant who writes a tenant's chain: head office, or who claims to be.
struct Writer {
    key: SigningKey,
    store: &'static str,
    last: (u64, [u8; 32]),
}

impl Writer {
    fn new(byte: u8, store: &'static str) -> Writer {
        Writer { key: SigningKey::from_bytes(&[byte; 32]), store, last: (0, NO_HASH) }
    }

    fn enrolled(&self) -> Enrolled {
        let site =
            if self.store.is_empty() { Site::HeadOffice } else { Site::Store(self.store.into()) };
        Enrolled { key: self.key.verifying_key(), site }
    }

    fn says(&mut self, fact: &Fact) -> Sealed {
        let entry = Entry {
            v: VERSION,
            tenant: "ACME".into(),
            store: self.store.into(),
            device: DeviceId::of(&self.key.verifying_key()).0,
            epoch: 1,
            scope: fact.scope(),
            seq: self.last.0 + 1,
            prev: self.last.1,
            hlc: 0,
            wall: 1_700_000_000_000,
            kind: fact.kind().to_owned(),
            kind_v: 1,
            operator: None,
            body: fact.encode(),
        };
        let sealed = entry.seal(&self.key);
        self.last = (entry.seq, sealed.hash());
        sealed
    }
}

fn welcome(key: &SigningKey) -> Fact {
    let public_key = key.verifying_key().to_bytes();
    Fact::DeviceEnrolled(DeviceEnrolled { public_key, store: "YOW2".into(), register: 1 })
}

/// A change of nothing, as some device of another store may write it.
fn noise(writer: &mut Writer) -> Sealed {
    writer.says(&Fact::DocumentsChanged(comptoir_sync::documents::DocumentsChanged {
        changes: Vec::new(),
        role: None,
    }))
}

fn proven(till: &Till) {
    let verdict = verify(till.home().folder(), &mut |_, _| {}).unwrap();
    assert!(verdict.ok, "{:?}", verdict.findings);
}

#[test]
fn who_takes_part_is_believed_from_the_same_page_on() {
    let mut shop = Shop::selling();
    let mut head_office = Writer::new(1, "");
    enrolment::enrol(shop.till.db(), &head_office.enrolled()).unwrap();
    // Devices whose ids sort before and behind head office's.
    for byte in 2..8 {
        let mut other = Writer::new(byte, "YOW2");
        let page =
            vec![noise(&mut other), head_office.says(&welcome(&other.key)), noise(&mut other)];
        let taken = shop.till.receive(page).unwrap();
        assert_eq!((taken.new, taken.held.len()), (3, 0));
        assert_eq!(taken.enrolled, [DeviceId::of(&other.key.verifying_key())]);
    }
    proven(&shop.till);
}

#[test]
fn who_is_revoked_is_believed_up_to_the_last_good_entry() {
    let mut shop = Shop::selling();
    let (mut head_office, mut other) = (Writer::new(1, ""), Writer::new(2, "YOW2"));
    enrolment::enrol(shop.till.db(), &head_office.enrolled()).unwrap();
    let device = DeviceId::of(&other.key.verifying_key());
    let chain = Chain { device, epoch: 1, scope: Scope::Tenant };
    let page = vec![head_office.says(&welcome(&other.key)), noise(&mut other)];
    shop.till.receive(page).unwrap();
    let last_good = vec![LastGood { chain, seq: 2 }];
    let revoked = Fact::DeviceRevoked(DeviceRevoked { device: device.0, last_good });
    let page = vec![head_office.says(&revoked), noise(&mut other), noise(&mut other)];
    let taken = shop.till.receive(page).unwrap();
    assert_eq!(taken.new, 2, "the revocation, and the last good entry");
    assert_eq!(taken.held.first().map(|held| held.reason), Some(HeldReason::Revoked));
    assert_eq!(receive::vector(shop.till.db()).unwrap().head(&chain).seq, 2);
    proven(&shop.till);
}

/// A till that was stolen, and found again, may hear of it before anybody hangs up.
#[test]
fn who_hears_that_it_is_revoked_itself_keeps_that_as_any_other_fact() {
    let mut shop = Shop::selling();
    let mut head_office = Writer::new(1, "");
    enrolment::enrol(shop.till.db(), &head_office.enrolled()).unwrap();
    let device = shop.till.identity().device;
    let epoch = shop.till.identity().epoch;
    let last_good = vec![LastGood { chain: Chain { device, epoch, scope: Scope::Store }, seq: 1 }];
    let revoked = Fact::DeviceRevoked(DeviceRevoked { device: device.0, last_good });
    let taken = shop.till.receive(vec![head_office.says(&revoked)]).unwrap();
    assert_eq!((taken.new, taken.held.len()), (1, 0));
    let unshown: i64 =
        shop.till.db().query_row("SELECT count(*) FROM unprojected", [], |row| row.get(0)).unwrap();
    assert_eq!(unshown, 0);
    proven(&shop.till);
}

#[test]
fn nobody_but_head_office_says_who_takes_part() {
    let mut shop = Shop::selling();
    let (mut liar, mut friend) = (Writer::new(2, "YOW2"), Writer::new(3, "YOW2"));
    enrolment::enrol(shop.till.db(), &liar.enrolled()).unwrap();
    let device = enrolment::device_of(&friend.key.verifying_key().to_bytes()).unwrap();
    let taken = shop.till.receive(vec![liar.says(&welcome(&friend.key)), noise(&mut friend)]);
    let taken = taken.unwrap();
    assert_eq!((taken.new, taken.enrolled.len()), (1, 0), "what was said is kept");
    assert_eq!(taken.held.first().map(|held| held.reason), Some(HeldReason::UnknownDevice));
    assert!(!enrolment::is_enrolled(shop.till.db(), device).unwrap());
    let problem: String =
        shop.till.db().query_row("SELECT problem FROM unprojected", [], |row| row.get(0)).unwrap();
    assert!(problem.contains("only head office"), "{problem}");
    proven(&shop.till);
}
