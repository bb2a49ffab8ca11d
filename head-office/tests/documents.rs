//! What people edit at tills, of whatever kind, read at head office as its document says it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod ask;
mod house;
mod shop;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ask::Caller;
use comptoir_domain::customers::Customer;
use comptoir_domain::ids::{CustomerId, OperatorId, PromotionId};
use comptoir_domain::operators::Role;
use comptoir_domain::pricing::{Discount, Percent};
use comptoir_domain::promotions::{Offer, Promotion};
use comptoir_domain::quantity::Quantity;
use comptoir_domain::shelf::Place;
use comptoir_domain::text::{Language, Text};
use comptoir_head_office::catalog::earlier;
use comptoir_head_office::database::migrate;
use comptoir_head_office::http::api::keys::Scope;
use comptoir_sync::documents::{
    DocumentChange, DocumentsChanged, Fields, Kind, Value as Field, actor, first_change,
};
use comptoir_sync::facts::Fact;
use comptoir_till::cart::{self, park};
use comptoir_till::catalog::products;
use comptoir_till::documents::{all, fields};
use comptoir_till::inventory::count_sheets;
use comptoir_till::{customers, operators, promotions, shelf};
use house::{Device, House};
use serde_json::{Value, json};
use shop::{Register, Server, Shop, enrolled};
use uuid::Uuid;

/// A till of the demo that is enrolled, and somebody who asks about it.
struct Office {
    shop: Shop,
    server: Server,
    one: Register,
    tenant: String,
    store: String,
    caller: Caller,
}

impl Office {
    fn new() -> Office {
        let shop = Shop::new();
        let server = shop.serve("127.0.0.1:0");
        let (one, tenant, store) = enrolled(&shop, &server, &shop.folder.path().join("1"));
        let key = shop.run(&["key", "add", &tenant, "the test", "--per-minute", "100000"]).unwrap();
        let caller = Caller { address: server.address, key };
        Office { shop, server, one, tenant, store, caller }
    }

    fn list(&self, caller: &Caller, path: &str) -> Vec<Value> {
        self.shop.runtime.block_on(caller.pages(&format!("/api/v1/documents?{path}")))
    }

    /// A key of a company that may do no more than this.
    fn key(&self, tenant: &str, scope: Scope) -> Caller {
        let key = ["key", "add", tenant, "another", "--scope", scope.name()];
        Caller { address: self.server.address, key: self.shop.run(&key).unwrap() }
    }

    fn run_as_superuser(&self, statements: &'static str) {
        self.shop.runtime.block_on(async {
            let mut db = house::superuser(self.shop.options.get_database().unwrap()).await;
            sqlx::raw_sql(statements).execute(&mut db).await.unwrap();
        });
    }
}

/// Kinds that are asked for so.
fn kinds() -> impl Iterator<Item = Kind> {
    Kind::ALL.into_iter().filter(|kind| *kind != Kind::Prices)
}

/// Everything but prices that is at a till, by kind and document, as head office is to say it.
fn at_till(one: &Register) -> BTreeMap<(String, Uuid), Value> {
    let till = one.till();
    let says = |(document, kind): (Uuid, Kind)| {
        let mut says = json!({});
        for (map, key, value) in fields(till.db(), document, kind).unwrap().all() {
            says[map][key] = match value {
                Field::Text(text) => json!(text),
                Field::Int(number) => json!(number),
                Field::Flag(flag) => json!(flag),
            };
        }
        ((kind.name().to_owned(), document), says)
    };
    let all = all(till.db()).unwrap().into_iter();
    all.filter(|(_, kind)| *kind != Kind::Prices).map(says).collect()
}

/// The same at head office.
fn at_office(office: &Office) -> BTreeMap<(String, Uuid), Value> {
    let mut there = BTreeMap::new();
    for kind in kinds() {
        for mut one in office.list(&office.caller, &format!("limit=7&kind={}", kind.name())) {
            let name = (kind.name().to_owned(), one["document"].as_str().unwrap().parse().unwrap());
            assert!(there.insert(name, one["says"].take()).is_none(), "{one} comes twice");
        }
    }
    there
}

fn manager(one: &Register) -> OperatorId {
    let all = operators::list(one.till().db()).unwrap();
    all.iter().find(|one| one.role == Role::Manager).unwrap().id
}

fn promotion() -> Promotion {
    let percent = Percent::from_hundredths(2_000).unwrap();
    Promotion {
        id: PromotionId(Uuid::from_u128(1)),
        name: Text::new("Spring", "Printemps"),
        offer: Offer::Off { discount: Discount::Percent(percent) },
        from: "2025-11-21".parse().ok(),
        until: None,
        skus: ["COF".to_owned()].into(),
        departments: ["Bakery".to_owned()].into(),
        archived: false,
    }
}

fn customer() -> Customer {
    Customer {
        id: CustomerId(Uuid::from_u128(2)),
        name: "Amélie Tremblay".into(),
        phone: "613 555 0100".into(),
        email: String::new(),
        language: Some(Language::Fr),
        note: String::new(),
        archived: false,
    }
}

/// One of each kind that has no page of its own, by the manager of the till.
fn write_all_kinds(one: &Register) {
    let manager = manager(one);
    let sku = sku(one);
    let mut till = one.till();
    promotions::save(&mut till, manager, &promotion()).unwrap();
    customers::save(&mut till, manager, &customer()).unwrap();
    let place = Place { at: "Aisle 3, left".into(), facings: Some(4) };
    shelf::arrange(&mut till, manager, &[(sku.clone(), Some(place))].into()).unwrap();
    let sheet = count_sheets::begin(&mut till, manager, "Monday").unwrap();
    let seven = Some(Quantity::from_thousandths(7_000));
    count_sheets::count(&mut till, manager, sheet.id, &sku, seven).unwrap();
    cart::scan(&mut till, manager, &sku).unwrap();
    park::park(&mut till, manager, "The blue coat").unwrap();
}

fn sku(one: &Register) -> String {
    let select = "SELECT code FROM sku JOIN price ON price.sku = sku.code
                  WHERE unit = 'each' AND price > 0 ORDER BY code LIMIT 1";
    one.till().db().query_row(select, [], |row| row.get(0)).unwrap()
}

#[test]
fn every_document_of_a_till_is_said_at_head_office_as_the_till_says_it() {
    let office = Office::new();
    let one = &office.one;
    write_all_kinds(one);
    assert_eq!(at_office(&office), BTreeMap::new(), "nobody told head office yet");
    one.sync();

    let (here, there) = (at_till(one), at_office(&office));
    assert_eq!(here, there);
    for kind in kinds() {
        assert!(there.keys().any(|(name, _)| name == kind.name()), "{kind:?}");
    }
    let only = |kind: &str| {
        let all = office.list(&office.caller, &format!("kind={kind}"));
        assert_eq!(all.len(), 1, "{all:?}");
        all[0].clone()
    };
    let said = only("promotion");
    assert_eq!(
        said["says"],
        json!({
            "name": { "en": "Spring", "fr": "Printemps" },
            "promotion": { "currency": "CAD", "offer": "off", "discount": "20%", "from": "2025-11-21" },
            "sku": { "COF": true },
            "department": { "Bakery": true },
        })
    );
    assert_eq!(
        (&said["document"], &said["store"]),
        (&json!("00000000-0000-0000-0000-000000000001"), &Value::Null)
    );
    let of_customer =
        json!({ "name": "Amélie Tremblay", "phone": "613 555 0100", "language": "fr" });
    assert_eq!(only("customer")["says"]["customer"], of_customer);
    let sku = sku(one);
    let (shelf, sheet, parked) = (only("shelf"), only("count_sheet"), only("parked_cart"));
    assert_eq!(shelf["says"]["place"], json!({ sku.clone(): "Aisle 3, left" }));
    assert_eq!(shelf["says"]["facings"], json!({ sku.clone(): 4 }));
    assert_eq!(sheet["says"]["counted"], json!({ sku.clone(): 7_000 }));
    assert_eq!(parked["says"]["cart"]["name"], "The blue coat");
    assert_eq!(parked["says"]["line"]["1.sku"], json!(sku), "{parked}");
    for one in [&shelf, &sheet, &parked] {
        assert_eq!(one["store"], json!(office.store));
    }
    // What a store holds is its own and what every store holds; settings are its own.
    for (kind, here, elsewhere) in [
        ("promotion", 1, 1),
        ("customer", 1, 1),
        ("shelf", 1, 0),
        ("count_sheet", 1, 0),
        ("parked_cart", 1, 0),
        ("settings", 1, 0),
    ] {
        let of =
            |store: &str| office.list(&office.caller, &format!("kind={kind}&store={store}")).len();
        assert_eq!((of(&office.store), of("ELSEWHERE")), (here, elsewhere), "{kind}");
    }

    // What is changed is said anew, once, behind what was changed before.
    let mut second = promotion();
    (second.id, second.name.en) = (PromotionId(Uuid::from_u128(9)), "Autumn".into());
    let manager = manager(one);
    promotions::save(&mut one.till(), manager, &second).unwrap();
    one.sync();
    let ids = || -> Vec<String> {
        let all = office.list(&office.caller, "kind=promotion&limit=1");
        all.iter().map(|one| one["says"]["name"]["en"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(), ["Spring", "Autumn"]);
    let again = Promotion { name: Text::new("Late spring", "Printemps"), ..promotion() };
    promotions::save(&mut one.till(), manager, &again).unwrap();
    one.sync();
    assert_eq!(ids(), ["Autumn", "Late spring"]);
    assert_eq!(at_till(one), at_office(&office));
    for empty in ["SELECT count(*) FROM refused_change", "SELECT count(*) FROM unprojected"] {
        assert_eq!(office.shop.number(&office.tenant, empty), 0, "{empty}");
    }
}

#[test]
fn documents_are_for_their_company_and_for_who_may_read_their_kind() {
    let office = Office::new();
    write_all_kinds(&office.one);
    office.one.sync();
    office.shop.run(&["tenant", "add", "OTHER", "Another company"]).unwrap();
    for (kind, scope) in [
        (Kind::Product, Scope::ReadCatalog),
        (Kind::Promotion, Scope::ReadCatalog),
        (Kind::Shelf, Scope::ReadCatalog),
        (Kind::CountSheet, Scope::ReadCatalog),
        (Kind::Settings, Scope::ReadStores),
        (Kind::ParkedCart, Scope::ReadSales),
        (Kind::Customer, Scope::ReadCustomers),
    ] {
        let list = format!("limit=500&kind={}", kind.name());
        assert_eq!(office.list(&office.key("OTHER", scope), &list), [] as [Value; 0], "{kind:?}");
        assert!(!office.list(&office.key(&office.tenant, scope), &list).is_empty(), "{kind:?}");
        let get = format!("GET /api/v1/documents?{list}");
        for other in Scope::ALL.into_iter().filter(|other| *other != scope) {
            let caller = office.key(&office.tenant, other);
            let (status, said) = office.shop.runtime.block_on(caller.kind(&get));
            assert_eq!((status, said.as_str()), (403, "scope_missing"), "{kind:?} by {other:?}");
        }
    }
    let ask = |path: &str| office.shop.runtime.block_on(office.caller.kind(path));
    for wrong in
        ["", "?kind=sale", "?kind=prices", "?kind=product&limit=0", "?kind=product&cursor=x"]
    {
        assert_eq!(ask(&format!("GET /api/v1/documents{wrong}")).0, 400, "{wrong}");
    }
}

/// The name of a customer that two wrote apart is personal data too.
#[test]
fn what_was_written_apart_of_a_customer_is_for_who_may_read_customers() {
    let office = Office::new();
    let one = &office.one;
    office.one.sync();
    let ticket = office.shop.ticket(&office.server, (&office.tenant, &office.store));
    let two = office.shop.folder.path().join("2");
    let two = comptoir_link::enrolment::join(&two, &ticket, shop::clock, Box::new(|_, _| {}));
    let two = Register::new(two.unwrap());
    let by = manager(one);
    for (register, name) in [(one, "Amélie Tremblay"), (&two, "Amélie Roy")] {
        let named = Customer { name: name.into(), ..customer() };
        customers::save(&mut register.till(), by, &named).unwrap();
    }
    one.sync();
    two.sync();
    let list = |caller: &Caller| office.shop.runtime.block_on(caller.get("/api/v1/conflicts"));
    let all = list(&office.caller);
    assert_eq!(all["items"].as_array().unwrap().len(), 1, "{all}");
    let clerk = office.key(&office.tenant, Scope::ReadCatalog);
    assert_eq!(list(&clerk)["items"], json!([]));

    let field = &all["items"][0];
    let choice = json!({ "document": field["document"], "map": field["map"], "key": field["key"],
                         "value": "Amélie Roy" });
    let choice = choice.to_string();
    let settle = |caller: &Caller| {
        let post = caller.post("/api/v1/conflicts/settle", "once", &choice);
        office.shop.runtime.block_on(async { post.await.0 })
    };
    assert_eq!(settle(&office.key(&office.tenant, Scope::WriteCatalog)), 403);
    assert_eq!(list(&office.caller), all, "nothing was decided");
    assert_eq!(settle(&office.caller), 200);
    assert_eq!(list(&office.caller)["items"], json!([]));
    let shown = &office.list(&office.caller, "kind=customer")[0]["says"]["customer"]["name"];
    assert_eq!(shown, "Amélie Roy");
}

/// What lies in the log of a head office of before there were these rows is shown after its update, in pieces of which
/// each is done once, and with what was written apart by then.
#[test]
fn an_updated_head_office_shows_what_came_earlier() {
    let mut office = Office::new();
    let one = &office.one;
    one.sync();
    let (sku, by) = (sku(one), manager(one));
    let price = format!("PUT /api/v1/price-lists/base/prices/{sku}");
    let put = office.caller.ask(&price, "", "{\"price\": 4242}");
    assert_eq!(office.shop.runtime.block_on(put).0, 200);
    let mut draft = products::view(&one.till(), &sku).unwrap().draft;
    draft.skus.iter_mut().find(|one| one.code == sku).unwrap().price = "47.11".into();
    products::save(&mut one.till(), by, Some(&sku), &draft).unwrap();
    write_all_kinds(one);
    one.sync();
    let conflicts = |office: &Office| {
        office.shop.runtime.block_on(office.caller.get("/api/v1/conflicts"))["items"].clone()
    };
    let (before, apart) = (at_office(&office), conflicts(&office));
    assert_eq!((before.len() > 20, apart.as_array().unwrap().len()), (true, 1), "{apart}");

    // As it was before the update.
    office.run_as_superuser(
        "DROP TABLE document, document_unshown; DELETE FROM conflict;
         DELETE FROM migration WHERE name = '0015_documents'",
    );
    let shop = &office.shop;
    shop.runtime.block_on(migrate(&shop.options)).unwrap();
    let shown = "SELECT count(*) FROM document";
    assert_eq!(shop.number(&office.tenant, shown), 0);
    let again = shop.runtime.block_on(house::another(&shop.options));
    let piece = || shop.runtime.block_on(earlier::piece(&again.database, &office.tenant, 40));
    // Of those up to the last that is done all that have a row have it, and nobody else.
    let done = "SELECT count(DISTINCT document) FROM document_change
        WHERE kind <> 1 AND document <= (SELECT after FROM document_unshown)";
    let check = |most: i64| {
        let (rows, done) = (shop.number(&office.tenant, shown), shop.number(&office.tenant, done));
        assert!(rows == done && rows > most && rows < before.len() as i64, "{rows} of {done}");
        rows
    };
    assert!(piece().unwrap());
    let first = check(0);
    // A piece that cannot be finished is as if it had not been begun.
    office.run_as_superuser("ALTER TABLE document_unshown RENAME COLUMN after TO other");
    piece().unwrap_err();
    office.run_as_superuser("ALTER TABLE document_unshown RENAME COLUMN other TO after");
    assert!(piece().unwrap());
    check(first);

    // Another process goes on from there, as it starts.
    let server = shop.serve("127.0.0.1:0");
    let left = "SELECT count(*) FROM document_unshown";
    let begun = Instant::now();
    while shop.number(&office.tenant, left) > 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never comes to the end");
        std::thread::sleep(Duration::from_millis(5));
    }
    office.caller.address = server.address;
    assert_eq!(at_office(&office), before);
    assert_eq!(conflicts(&office), apart);
    assert!(!piece().unwrap());
    office.one.sync();
    assert_eq!(at_till(&office.one), before);
    server.stop();
}

/// Two stores whose tills write under one id: neither says what the other does.
#[tokio::test]
async fn what_stores_hold_alone_stays_apart_under_one_id() {
    let house = House::new().await;
    let id = Uuid::from_u128(7);
    let write = |till: &mut Device, at: &str| {
        let mut says = Fields::default();
        says.set_text("place", "LOAF", at);
        let by = actor(till.id(), till.epoch, None);
        let change = first_change(Kind::Shelf, &says, by, house::WALL);
        let change = DocumentChange { document: id.into(), kind: Kind::Shelf, change };
        let changed = DocumentsChanged { changes: vec![change], role: Some(2) };
        till.write(&Fact::StoreDocumentsChanged(changed));
    };
    let (mut one, mut other) = (house.till("YOW1", 1).await, house.till("YYC1", 1).await);
    write(&mut one, "Aisle 1");
    write(&mut other, "Aisle 2");
    house.take(&one, one.written.clone()).await;
    house.take(&other, other.written.clone()).await;
    let caller = Caller::all(&house).await;
    for (store, at) in [("YOW1", "Aisle 1"), ("YYC1", "Aisle 2")] {
        let list = caller.pages(&format!("/api/v1/documents?kind=shelf&store={store}")).await;
        assert_eq!(list.len(), 1, "{list:?}");
        assert_eq!(list[0]["says"], json!({ "place": { "LOAF": at } }));
    }
    assert_eq!(caller.pages("/api/v1/documents?kind=shelf").await.len(), 2);
}
