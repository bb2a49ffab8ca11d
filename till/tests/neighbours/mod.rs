//! Registers of one store that take in what the others wrote.
#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test file uses its part of it")]

pub mod halves;

use comptoir_sync::entry::Sealed;
use comptoir_sync::replication::vector::{Site, Vector};
use comptoir_till::journal::receive::{self, Taken};
use comptoir_till::payments;
use comptoir_till::till::Till;
use comptoir_till::trust::enrolment::{self, Enrolled};
use comptoir_till::trust::joining::{Invitation, Joining};
use comptoir_till::trust::verify::verify;
use ed25519_dalek::{SigningKey, VerifyingKey};

use crate::shop::{Shop, cad};

pub fn key(till: &Till) -> SigningKey {
    till.home().signing_key().unwrap()
}

pub fn in_the_store(key: VerifyingKey) -> Enrolled {
    Enrolled { key, site: Site::Store("RDC".into()) }
}

pub fn invitation(shop: &Shop, register: u32) -> Invitation {
    Invitation {
        tenant: "ACME".into(),
        store: "RDC".into(),
        register,
        secret: shop.till.home().store_secret().unwrap(),
        others: vec![in_the_store(key(&shop.till).verifying_key())],
    }
}

/// All entries that one disk holds and another does not, chain by chain.
pub fn missing(from: &Till, vector: &Vector) -> Vec<Sealed> {
    let mut all = Vec::new();
    for held in receive::vector(from.db()).unwrap().iter() {
        let after = vector.head(&held.chain).seq;
        all.extend(receive::page(from.db(), &held.chain, after, usize::MAX, usize::MAX).unwrap());
    }
    all
}

pub fn pull(to: &mut Till, from: &Till) -> Taken {
    let page = missing(from, &receive::vector(to.db()).unwrap());
    to.receive(page).unwrap()
}

/// A second register of the shop, which knows all that the first one knows, with a shift open.
pub fn second(shop: &mut Shop) -> Till {
    let mut joining =
        Joining::begin(&shop.folder.path().join("second"), &invitation(shop, 2)).unwrap();
    let page = missing(&shop.till, &joining.vector().unwrap());
    let taken = joining.receive(page).unwrap();
    assert_eq!((taken.held.len(), taken.forks.len()), (0, 0));
    enrolment::enrol(shop.till.db(), &in_the_store(joining.key())).unwrap();
    let folder = joining.finish().unwrap().home().folder().to_owned();
    let now = shop.till.now();
    let mut till = Till::open_at(&folder, Box::new(move || now)).unwrap();
    payments::open_shift(&mut till, shop.cashier, cad("100.00")).unwrap();
    till
}

pub fn proven(till: &Till) {
    let verdict = verify(till.home().folder(), &mut |_, _| {}).unwrap();
    assert!(verdict.ok, "{:?}", verdict.findings);
}
