//! Devices talk to head office over a real WebSocket and a real PostgreSQL.

mod house;
mod wire;

use comptoir_head_office::enrolment;
use comptoir_sync::entry::{MOST_BYTES, Scope};
use comptoir_sync::facts::Fact;
use comptoir_sync::replication::lost::{Found, Seek};
use comptoir_sync::replication::message::{
    HeldReason, MOST_MESSAGE_BYTES, MOST_PAGE_ENTRIES, Message, Page, Refusal,
};
use comptoir_sync::replication::proof::{Use, prove};
use comptoir_sync::replication::vector::{ChainHead, Head};
use house::{Device, House, WALL, another, serve};
use sqlx::Row;
use wire::{Wire, hello};

#[tokio::test]
async fn what_one_register_brings_the_other_gets_at_once() {
    let house = House::new().await;
    let address = house.serve().await;
    let (mut one, two) = (house.till("YOW1", 1).await, house.till("YOW1", 2).await);
    let (mut first, said) = Wire::greet(address, &one, vec![], None).await;
    assert_eq!((said.tenant.as_str(), said.store), ("ACME", None));
    let (mut second, _) = Wire::greet(address, &two, vec![], None).await;
    one.sell();
    first.push(one.written.clone()).await;
    let ack = first.ack().await;
    assert_eq!((ack.have[0].head.seq, ack.held.len()), (2, 0), "it is on disk");
    let page = second.page().await;
    assert_eq!(page.entries, one.written, "the bytes that were signed");
    let cursor = page.cursor.unwrap();
    assert_eq!(cursor.position, 2);
    // Back with its cursor it gets what is behind that, and not what it brought itself.
    drop(second);
    one.sell();
    first.push(one.written[2..].to_vec()).await;
    first.ack().await;
    let head = Head { seq: 2, hash: one.written[1].hash() };
    let have = vec![ChainHead { chain: one.chain(Scope::Store), head }];
    let (mut second, _) = Wire::greet(address, &two, have, Some(cursor)).await;
    assert_eq!(second.page().await.entries, one.written[2..]);
    second.push(two.written.clone()).await;
    second.ack().await;
    assert_eq!(first.page().await.entries, two.written);
}

#[tokio::test]
async fn what_another_process_takes_in_is_handed_on_too() {
    let house = House::new().await;
    let (here, there) = (house.serve().await, serve(another(&house.owner).await).await);
    let (one, two) = (house.till("YOW1", 1).await, house.till("YOW1", 2).await);
    let (mut first, _) = Wire::greet(here, &one, vec![], None).await;
    let (mut second, _) = Wire::greet(there, &two, vec![], None).await;
    // Each process listens some time after it began; what is missed meanwhile comes with the next news.
    first.push(one.written.clone()).await;
    first.ack().await;
    let mut one = one;
    let mut came = Vec::new();
    while came.len() < 2 {
        one.sell();
        first.push(vec![one.written.last().unwrap().clone()]).await;
        first.ack().await;
        came.extend(second.page().await.entries);
    }
    assert_eq!(came[..2], one.written[..2]);
}

#[tokio::test]
async fn stores_hear_only_their_own() {
    let house = House::new().await;
    let address = house.serve().await;
    let mut ottawa = house.till("YOW1", 1).await;
    let calgary = house.till("YYC1", 1).await;
    let (mut first, _) = Wire::greet(address, &ottawa, vec![], None).await;
    ottawa.sell();
    ottawa.write(&Fact::DocumentsChanged(comptoir_sync::documents::DocumentsChanged {
        changes: vec![],
        role: None,
    }));
    first.push(ottawa.written.clone()).await;
    first.ack().await;
    let (mut other, said) = Wire::greet(address, &calgary, vec![], None).await;
    let tenant_chain = ottawa.chain(Scope::Tenant);
    assert!(said.have.iter().all(|at| at.chain.scope == Scope::Tenant), "{:?}", said.have);
    let page = other.page().await;
    assert_eq!(page.entries, ottawa.written[2..], "the products, and no sale");
    assert!(said.have.iter().any(|at| at.chain == tenant_chain));
}

#[tokio::test]
async fn nobody_gets_a_session_without_being_known() {
    let house = House::new().await;
    let address = house.serve().await;
    let till = house.till("YOW1", 1).await;

    let stranger = Device::new("ACME", "YOW1", 9);
    let mut wire = Wire::prove(address, &stranger).await;
    assert_eq!(wire.receive().await, Some(Message::Refused(Refusal::NotEnrolled)));
    assert_eq!(wire.receive().await, None);

    // A proof of another connection, or for another use, is none here; a hello is no proof.
    let (_, other) = Wire::dial(address).await;
    for proof in [
        prove(&till.key, Use::Session, &other).encode(),
        comptoir_sync::replication::frame::pack(&hello(&till, vec![], None)),
        vec![0; 200_000],
    ] {
        let (mut wire, _) = Wire::dial(address).await;
        wire.send_raw(proof).await;
        assert_eq!(wire.receive().await, None);
    }
    let (mut wire, challenge) = Wire::dial(address).await;
    wire.send_raw(prove(&till.key, Use::Renewal, &challenge).encode()).await;
    assert_eq!(wire.receive().await, None);

    // A known device that says it is of somebody else's company, or another device.
    house.add_tenant("OTHER").await;
    let elsewhere = Device::with_key("OTHER", "YOW1", 1, till.key.clone());
    let mut wire = Wire::prove(address, &till).await;
    wire.send(hello(&elsewhere, vec![], None)).await;
    assert!(matches!(wire.receive().await, Some(Message::Hello(_))));
    assert_eq!(wire.receive().await, Some(Message::Refused(Refusal::OtherTenant)));
    let mut wire = Wire::prove(address, &till).await;
    wire.send(hello(&stranger, vec![], None)).await;
    assert!(matches!(wire.receive().await, Some(Message::Hello(_))));
    assert_eq!(wire.receive().await, Some(Message::Refused(Refusal::NotEnrolled)));
}

#[tokio::test]
async fn a_revoked_device_is_cut_off_at_once_and_stays_out() {
    let house = House::new().await;
    let address = house.serve().await;
    let (mut stolen, other) = (house.till("YOW1", 1).await, house.till("YOW1", 2).await);
    let (mut wire, _) = Wire::greet(address, &stolen, vec![], None).await;
    let (mut witness, _) = Wire::greet(address, &other, vec![], None).await;
    wire.push(stolen.written.clone()).await;
    wire.ack().await;
    witness.page().await;
    comptoir_head_office::revocation::revoke(&house.office, "ACME", stolen.id(), WALL)
        .await
        .unwrap()
        .unwrap();
    while wire.receive().await.is_some() {}
    let mut again = Wire::prove(address, &stolen).await;
    assert_eq!(again.receive().await, Some(Message::Refused(Refusal::Revoked)));
    // Everybody is told by a fact that head office signed.
    let page = witness.page().await;
    let entry = comptoir_sync::entry::Entry::read(&page.entries[0].bytes).unwrap();
    let Fact::DeviceRevoked(fact) = Fact::read(&entry).unwrap() else { panic!("{}", entry.kind) };
    assert_eq!((fact.device, fact.last_good[0].seq), (stolen.id().0, 1));
    let office = house.office.identity("ACME").await.unwrap();
    page.entries[0].verify(&entry, &office.key.verifying_key()).unwrap();
    // What a neighbour relays of it is believed up to there.
    stolen.sell();
    witness.push(stolen.written.clone()).await;
    let ack = witness.ack().await;
    assert_eq!((ack.have[0].head.seq, ack.held[0].reason), (1, HeldReason::Revoked));
}

#[tokio::test]
async fn a_tampered_entry_waits_and_everything_else_flows_on() {
    let house = House::new().await;
    let address = house.serve().await;
    let (mut one, mut two) = (house.till("YOW1", 1).await, house.till("YOW1", 2).await);
    one.sell();
    two.sell();
    let mut page = [one.written.clone(), two.written.clone()].concat();
    let end = page[1].bytes.len() - 1;
    page[1].bytes[end] ^= 1;
    let (mut wire, _) = Wire::greet(address, &one, vec![], None).await;
    wire.push(page).await;
    let ack = wire.ack().await;
    assert_eq!(
        ack.held.iter().map(|held| held.reason).collect::<Vec<_>>(),
        [HeldReason::BadSignature]
    );
    assert_eq!(house.number("SELECT count(*) FROM sale").await, 1);
    // The same page once more, as somebody who replays it would.
    wire.push([one.written.clone(), two.written.clone()].concat()).await;
    assert!(wire.ack().await.held.is_empty());
    wire.push([one.written.clone(), two.written.clone()].concat()).await;
    assert!(wire.ack().await.held.is_empty());
    assert_eq!(house.number("SELECT count(*) FROM sale").await, 2);
    assert_eq!(house.number("SELECT count(*) FROM entry").await, 4);
}

#[tokio::test]
async fn a_register_that_ran_twice_is_told_when_it_calls_and_nobody_else_is() {
    let house = House::new().await;
    let address = house.serve().await;
    let (mut one, mut two) = (house.till("YOW1", 1).await, house.till("YOW1", 2).await);
    let mut copy = Device::new("ACME", "YOW1", 1);
    one.sell();
    copy.sale();
    copy.sell();
    house.take(&one, one.written.clone()).await;
    house.take(&copy, copy.written.clone()).await;
    for half in [&one, &copy] {
        let (mut wire, _) = Wire::greet(address, half, vec![], None).await;
        let ack = wire.ack().await;
        let held: Vec<_> = ack.held.iter().map(|held| (held.chain, held.reason)).collect();
        assert_eq!(held, [(one.chain(Scope::Store), HeldReason::Fork)]);
    }
    two.sell();
    let (mut wire, _) = Wire::greet(address, &two, vec![], None).await;
    wire.push(two.written.clone()).await;
    let ack = wire.ack().await;
    assert_eq!((ack.have[0].chain, ack.held.len()), (two.chain(Scope::Store), 0));
}

#[tokio::test]
async fn what_is_too_large_or_not_readable_ends_the_line_and_nothing_else() {
    let house = House::new().await;
    let address = house.serve().await;
    let mut till = house.till("YOW1", 1).await;
    let mut bomb = vec![1];
    let zeros = vec![0; MOST_MESSAGE_BYTES + 1];
    let level = flate2::Compression::best();
    let mut encoder = flate2::bufread::DeflateEncoder::new(zeros.as_slice(), level);
    std::io::Read::read_to_end(&mut encoder, &mut bomb).unwrap();
    for bytes in [vec![0; MOST_MESSAGE_BYTES + 100], vec![9, 9, 9], bomb] {
        let (mut wire, _) = Wire::greet(address, &till, vec![], None).await;
        wire.send_raw(bytes).await;
        while wire.receive().await.is_some() {}
    }
    // An entry that is longer than any may be waits alone.
    till.write_as("hoax", Scope::Store, vec![7; MOST_BYTES]);
    let (mut wire, _) = Wire::greet(address, &till, vec![], None).await;
    wire.push(till.written.clone()).await;
    let ack = wire.ack().await;
    assert_eq!((ack.have[0].head.seq, ack.held[0].reason), (1, HeldReason::Oversized));
}

#[tokio::test]
async fn a_line_that_is_cut_mid_page_loses_nothing_and_doubles_nothing() {
    let house = House::new().await;
    let address = house.serve().await;
    let mut till = house.till("YOW1", 1).await;
    for _ in 0..300 {
        till.sell();
    }
    let (pages, mut at) = (till.written.chunks(50), 0);
    for (n, page) in pages.enumerate() {
        let (mut wire, said) = Wire::greet(address, &till, vec![], None).await;
        // What it says it has is what it acknowledged, or more: never less.
        let there = said.have.iter().find(|head| head.chain == till.chain(Scope::Store));
        let there = usize::try_from(there.map_or(0, |head| head.head.seq)).unwrap();
        assert!(there >= at, "{there} < {at}");
        wire.push(till.written[there..n * 50 + page.len()].to_vec()).await;
        if n % 2 == 0 {
            at = usize::try_from(wire.ack().await.have[0].head.seq).unwrap();
        }
        // Dropped without a word, with the page under way.
    }
    let (mut wire, said) = Wire::greet(address, &till, vec![], None).await;
    let there = said.have.iter().find(|head| head.chain == till.chain(Scope::Store)).unwrap();
    let rest = till.written[usize::try_from(there.head.seq).unwrap()..].to_vec();
    if !rest.is_empty() {
        wire.send(Message::Page(Page { entries: rest, cursor: None, more: false })).await;
        wire.ack().await;
    }
    assert_eq!(house.number("SELECT count(*) FROM sale").await, 300);
    assert_eq!(house.number("SELECT max(position) FROM entry").await, 301);
    assert_eq!(house.number("SELECT sum(sold)::bigint FROM stock").await, 300 * 6_000);
}

#[tokio::test]
async fn a_device_that_is_enrolled_later_gets_what_waited_for_it_taken_in() {
    let house = House::new().await;
    let address = house.serve().await;
    let carrier = house.till("YOW1", 1).await;
    let mut late = Device::new("ACME", "YOW1", 2);
    late.sell();
    let (mut wire, _) = Wire::greet(address, &carrier, vec![], None).await;
    wire.push(late.written.clone()).await;
    assert_eq!(wire.ack().await.held[0].reason, HeldReason::UnknownDevice);
    let code =
        enrolment::make_code(&house.office, "ACME", "YOW1", comptoir_head_office::office::wall());
    let code = code.await.unwrap();
    let existing = comptoir_sync::enrolment::Existing {
        tenant: "ACME".into(),
        store: "YOW1".into(),
        register: 2,
        epoch: 1,
        secret: [5; 32],
        former: vec![],
    };
    let request = comptoir_sync::enrolment::Request::new(&code, &late.key, Some(existing));
    let now = comptoir_head_office::office::wall();
    enrolment::enrol(&house.office, &request, now).await.unwrap().unwrap();
    // It is told that the chain may be sent again: an acknowledgement of what is there.
    let mut told = wire.ack().await;
    while told.have.iter().all(|at| at.chain != late.chain(Scope::Store)) {
        told = wire.ack().await;
    }
    wire.push(late.written.clone()).await;
    let mut ack = wire.ack().await;
    while ack.have[0].head.seq == 0 {
        ack = wire.ack().await;
    }
    assert!(ack.held.is_empty());
    assert_eq!(house.number("SELECT count(*) FROM sale").await, 1);
}

/// A transaction is of the company that was named, whatever its name looks like, and its bounds end with it.
#[tokio::test]
async fn a_name_is_never_read_as_a_statement() {
    let house = House::new().await;
    let one = house.till("YOW1", 1).await;
    assert_eq!(house.take(&one, one.written.clone()).await.new, 1);
    let select = "SELECT current_setting('comptoir.tenant', true), count(*) FROM entry";
    for tenant in ["ACME", "A', true); SET ROLE none; --", "Épicerie \\ 'été'", ""] {
        let mut tx = house.office.database.of_tenant(tenant).await.unwrap();
        let row = sqlx::query(select).fetch_one(&mut *tx).await.unwrap();
        assert_eq!(row.get::<String, _>(0), tenant);
        let here = row.get::<i64, _>(1) > 0;
        assert_eq!(here, tenant == "ACME", "{tenant}");
    }
}

/// A register whose disk went back in time asks for what it wrote before that. Nobody else gets it.
#[tokio::test]
async fn what_a_register_lost_it_gets_behind_the_last_entry_that_it_knows() {
    let house = House::new().await;
    let address = house.serve().await;
    let (mut till, other) = (house.till("YOW1", 1).await, house.till("YOW1", 2).await);
    // More than one answer holds.
    for _ in 0..MOST_PAGE_ENTRIES + 20 {
        till.sell();
    }
    let history = std::mem::take(&mut till.written);
    for page in history.chunks(MOST_PAGE_ENTRIES) {
        house.take(&till, page.to_vec()).await;
    }
    let chain = till.chain(Scope::Store);
    let (mut wire, hello) = Wire::greet(address, &till, vec![], None).await;
    let held = hello.have.iter().find(|at| at.chain == chain).unwrap().head;
    assert_eq!(held.seq, history.len() as u64);
    let at = |seq: usize| Head { seq: seq as u64, hash: history[seq - 1].hash() };
    // Its own history went on otherwise behind the third entry; it knows another one further back.
    let other_hash = |seq| Head { seq, hash: [9; 32] };
    let mut known = vec![other_hash(9), other_hash(4), at(3), at(1)];
    let mut regained = history[..3].to_vec();
    loop {
        wire.send(Message::Seek(Seek { chain, known: known.clone() })).await;
        let found = found(&mut wire).await;
        assert_eq!(found.chain, chain);
        assert!(found.entries.len() <= MOST_PAGE_ENTRIES);
        regained.extend(found.entries);
        known.push(at(regained.len()));
        if !found.more {
            break;
        }
    }
    assert_eq!(regained, history);
    wire.send(Message::Seek(Seek { chain, known })).await;
    assert_eq!(found(&mut wire).await.entries, [], "it is whole");
    // Of which nothing is known, it comes from the beginning.
    wire.send(Message::Seek(Seek { chain, known: vec![] })).await;
    assert_eq!(found(&mut wire).await.entries, history[..MOST_PAGE_ENTRIES]);
    // Another register gets no answer: what it is told next is that head office is there.
    let (mut stranger, _) = Wire::greet(address, &other, vec![], None).await;
    stranger.send(Message::Seek(Seek { chain, known: vec![] })).await;
    stranger.send(Message::Ping).await;
    loop {
        match stranger.receive().await {
            Some(Message::Page(_) | Message::Ack(_)) => {}
            said => break assert_eq!(said, Some(Message::Pong)),
        }
    }
}

/// The next answer to a question; pages come beside it.
async fn found(wire: &mut Wire) -> Found {
    loop {
        match wire.receive().await {
            Some(Message::Found(found)) => return found,
            Some(Message::Page(_) | Message::Ack(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}
