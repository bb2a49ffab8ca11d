//! Importing any file a shop may have, and finding what is in it.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;

use std::collections::BTreeMap;

use comptoir_till::catalog::import::preview::preview;
use comptoir_till::catalog::import::read::{Plan, Rulebook, glance, plan};
use comptoir_till::catalog::import::{self, Encoding, Mapping, rejects_csv};
use comptoir_till::catalog::search::{refresh_popular, search};
use comptoir_till::catalog::{find_product, tiles};
use shop::{Shop, cad};

fn plan_of(shop: &Shop, file: &[u8]) -> Plan {
    plan(&Rulebook::of(&shop.till), file, &Mapping::default()).unwrap()
}

/// Each row is one thing wrong; what is told is line, column, value and the beginning of the reason.
#[test]
fn what_cannot_be_taken_is_told_and_never_swallowed() {
    let mut shop = Shop::new();
    let file = "\
sku,name,gtin,price,unit,tax_category,age_restricted,cannabis_class,net_weight,archived
A,Good,036000291452,1.00,each,standard,19,,,
B,Check digit,036000291453,1.00,each,standard,,,,
C,No gtin,ABC,1.00,each,standard,,,,
D,Taken,036000291452,1.00,each,standard,,,,
A,Twice,,1.00,each,standard,,,,
E,No price,,,each,standard,,,,
F,Free text price,,about 5,each,standard,,,,
G,Negative,,-1.00,each,standard,,,,
H,Fine price,,1.005,each,standard,,,,
I,Unit,,1.00,litre,standard,,,,
J,Tax,,1.00,each,luxury,,,,
K,Age,,1.00,each,standard,old,,,
L,Class,,1.00,each,standard,,smoke,,
M,Weight,,1.00,each,standard,,dried,heavy,
N,Flag,,1.00,each,standard,,,,perhaps
,No SKU,,1.00,each,standard,,,,
O,,,1.00,each,standard,,,,
P,Columns,,1.00
Q,Bad\u{fffd}name,,1.00,each,standard,,,,
R,Last,,1.00,each,standard,,,,
";
    let (outcome, rejects) = shop.import(file);
    let told: Vec<String> = rejects
        .iter()
        .map(|reject| {
            let reason: String = reject.reason.to_string().chars().take(16).collect();
            format!("{} {} {:?} {}", reject.line, reject.column, reject.value, reason.trim())
        })
        .collect();
    assert_eq!(
        told,
        [
            "3 gtin \"036000291453\" wrong check digi",
            "4 gtin \"ABC\" not a GTIN: it h",
            "5 gtin \"00036000291452\" this GTIN belong",
            "6 sku \"A\" this SKU stands",
            "7 price \"\" missing: fill it",
            "8 price \"about 5\" not a price: wri",
            "9 price \"-1.00\" not a price: wri",
            "10 price \"1.005\" not a price: wri",
            "11 unit \"litre\" not a unit: writ",
            "12 tax_category \"luxury\" not a tax catego",
            "13 age_restricted \"old\" not an age: writ",
            "14 cannabis_class \"smoke\" not a cannabis c",
            "15 net_weight \"heavy\" not a weight: wr",
            "16 archived \"perhaps\" neither yes nor",
            "17 sku \"\" missing: fill it",
            "18 name \"\" missing: fill it",
            "19  \"\" 4 columns where",
            "20 name \"Bad\u{fffd}name\" unreadable chara",
        ]
    );
    assert_eq!((outcome.read, outcome.added, outcome.rejected), (20, 2, 18));
    assert_eq!(
        outcome.read,
        outcome.added + outcome.updated + outcome.unchanged + outcome.rejected
    );
}

#[test]
fn the_same_file_again_changes_nothing_and_a_changed_one_only_what_changed() {
    let mut shop = Shop::new();
    assert_eq!(shop.import(shop::GOODS).0.added, 5);
    let entries = |shop: &Shop| {
        shop.till
            .db()
            .query_row("SELECT count(*) FROM journal", [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    let before = entries(&shop);
    let (again, _) = shop.import(shop::GOODS);
    assert_eq!((again.unchanged, again.updated), (5, 0));
    assert_eq!(entries(&shop), before, "no entry for no change");

    let (changed, _) =
        shop.import("sku,name,price\nLOAF,Sourdough loaf,6.99\nCAN,Beeswax candle,9.00\n");
    assert_eq!((changed.unchanged, changed.updated), (1, 1));
    let (loaf, price) = find_product(shop.till.db(), "LOAF").unwrap().unwrap();
    assert_eq!(price.price, Some(699));
    assert_eq!(
        (loaf.name.en.as_str(), loaf.name.fr.as_str()),
        ("Sourdough loaf", "Pain au levain 680 g"),
        "columns that are not there stay"
    );
    assert_eq!(loaf.skus["LOAF"].gtins.len(), 1);
    assert!(shop.verify().ok);
}

#[test]
fn any_columns_through_a_mapping() {
    let mut shop = Shop::new();
    let map = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<BTreeMap<_, _>>()
    };
    let mapping = Mapping {
        columns: map(&[
            ("sku", "No"),
            ("name", "Désignation"),
            ("price", "Prix"),
            ("gtin", "CUP"),
            ("department", "Rayon"),
        ]),
        defaults: map(&[("tax_category", "standard"), ("age_restricted", "yes")]),
    };
    let file = "No;Désignation;Prix;CUP;Rayon\n1001;Cidre sec;1 234,50 $;62345000015;Bières et cidres\n1002;Cidre doux;4,35;;bieres-et-cidres\n";
    let (outcome, rejects) =
        import::import_bytes(&mut shop.till, shop.manager, file.as_bytes(), &mapping).unwrap();
    assert_eq!((outcome.added, rejects.len()), (2, 0));
    let (cider, price) = find_product(shop.till.db(), "1001").unwrap().unwrap();
    assert_eq!((price.price, cider.minimum_age), (Some(123_450), Some(19)));
    assert_eq!(cider.department, "bières-et-cidres");
    assert_eq!(
        shop.scan("062345000015").unwrap().lines[0].line.sku,
        "1001",
        "leading zeros do not matter"
    );

    // a field that is said to have no column takes none, not even one of its own name
    let mapping = Mapping { columns: map(&[("cost", "")]), ..Mapping::default() };
    let costly = "sku,name,price,cost\n1003,Perry,5.00,2.00\n";
    import::import_bytes(&mut shop.till, shop.manager, costly.as_bytes(), &mapping).unwrap();
    assert_eq!(find_product(shop.till.db(), "1003").unwrap().unwrap().1.cost, None);

    for (mapping, problem) in [
        (
            Mapping { columns: map(&[("sku", "Nope")]), ..Mapping::default() },
            "there is no column \"Nope\"",
        ),
        (
            Mapping { columns: map(&[("colour", "No")]), ..Mapping::default() },
            "there is no field \"colour\"",
        ),
        (
            Mapping {
                columns: map(&[("sku", "No"), ("name", "Désignation")]),
                ..Mapping::default()
            },
            "the field price has no column",
        ),
    ] {
        let error = import::import_bytes(&mut shop.till, shop.manager, file.as_bytes(), &mapping)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with(problem), "{error}");
    }
}

#[test]
fn departments_are_a_tree() {
    let mut shop = Shop::new();
    shop.import(
        "sku,name,price,department\nA,Merlot,9.00,Liquor > Wine > Red\nB,Riesling,9.00,Liquor > Wine\nC,Lager,9.00,liquor>beer\nD,Candle,9.00,Home\n",
    );
    let departments = comptoir_till::store::departments(shop.till.db()).unwrap();
    let shown: Vec<String> = departments
        .iter()
        .map(|d| format!("{} < {}", d.id, d.parent.as_deref().unwrap_or("-")))
        .collect();
    assert_eq!(
        shown,
        [
            "liquor < -",
            "liquor-wine < liquor",
            "liquor-wine-red < liquor-wine",
            "liquor-beer < liquor",
            "home < -"
        ]
    );
    let skus = |id: &str| -> Vec<String> {
        tiles(shop.till.db(), Some(id), shop.till.store().currency)
            .unwrap()
            .into_iter()
            .map(|tile| tile.sku)
            .collect()
    };
    assert_eq!(
        (skus("liquor"), skus("liquor-wine")),
        (vec!["C".into(), "B".into(), "A".into()], vec!["B".into(), "A".into()])
    );
    assert!(shop.verify().ok);
}

#[test]
fn encodings_are_recognised_and_told() {
    let shop = Shop::new();
    let text = "sku,name,price\nA,Crème brûlée — 5 œufs,4.00\n";
    let utf16: Vec<u8> =
        [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let with_mark = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), Encoding::Utf8),
        (with_mark, Encoding::Utf8Bom),
        (utf16, Encoding::Utf16),
        (windows.into_owned(), Encoding::Windows1252),
    ] {
        let mut fresh = Shop::new();
        let plan = plan_of(&fresh, &bytes);
        assert_eq!(plan.encoding, encoding);
        import::import_bytes(&mut fresh.till, fresh.manager, &bytes, &Mapping::default()).unwrap();
        let (product, _) = find_product(fresh.till.db(), "A").unwrap().unwrap();
        assert_eq!(product.name.en, "Crème brûlée — 5 œufs", "{encoding:?}");
    }
    // Half UTF-8, half not: the rows that cannot be read are told, the others are taken.
    let mixed = [text.as_bytes(), b"B,Caf\xe9,3.00\n"].concat();
    let plan = plan_of(&shop, &mixed);
    assert_eq!(plan.rejects.iter().map(|reject| reject.line).collect::<Vec<_>>(), [3]);
    // Windows-1252 has holes; what falls into one is no letter.
    let plan = plan_of(&shop, b"sku,name,price\nA,Caf\xe9,1.00\nB,Caf\x81,1.00\n");
    assert_eq!(plan.rejects.iter().map(|reject| reject.line).collect::<Vec<_>>(), [3]);
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    let shop = Shop::new();
    for end in ["\n", "\r\n"] {
        let file = ["sku,name,price", "A,\"two", "lines\",1.00", "", "B,Bad,x"].join(end);
        let plan = plan_of(&shop, file.as_bytes());
        let bad = plan.rejects.iter().find(|reject| reject.column == "price").unwrap();
        assert_eq!(bad.line, 5, "{end:?}");
    }
}

fn found(shop: &Shop, text: &str) -> Vec<String> {
    search(shop.till.db(), text, 20, shop.till.store().currency)
        .unwrap()
        .into_iter()
        .map(|hit| hit.tile.sku)
        .collect()
}

#[test]
fn search_as_you_type() {
    let mut shop = Shop::selling();
    for (text, expected) in [
        ("sour", &["LOAF"][..]),
        ("loaf sour", &["LOAF"]),
        ("cafe", &["COF"]),
        ("CAFÉ can", &["COF"]),
        ("levain", &["LOAF"]),
        ("cof", &["COF"]),
        ("4011", &["BAN"]),
        ("062345000046", &["LAGER"]),
        ("62345000046", &["LAGER"]),
        ("0623450000", &["LOAF", "COF", "LAGER", "CAN"]),
        ("0623", &["LOAF", "COF", "LAGER", "CAN"]),
        ("0623 candle", &["CAN"]),
        ("canal", &["COF"]),
        ("ca", &["COF", "CAN"]),
        ("zzz", &[]),
        ("\"*:", &[]),
        ("", &[]),
    ] {
        assert_eq!(found(&shop, text), expected, "{text}");
    }
    // The most sold first, at once and after the index of what sells was made anew.
    shop.sell(&["CAN"]);
    assert_eq!(found(&shop, "ca"), ["CAN", "COF"]);
    refresh_popular(&mut shop.till).unwrap();
    shop.sell(&["COF", "COF"]);
    assert_eq!(found(&shop, "ca"), ["COF", "CAN"]);
    assert_eq!(
        tiles(shop.till.db(), None, shop.till.store().currency).unwrap()[0].sku,
        "CAN",
        "favourites are as of the last shift"
    );
}

#[test]
fn a_row_without_a_price_says_that_it_is_open() {
    let mut shop = Shop::new();
    let (outcome, rejects) = shop.import(
        "\
sku,name,price,open_price,cost
MISC,Miscellaneous,,yes,
TEA,Tea,4.00,no,
JAM,Jam,,no,
PIE,Pie,4.00,yes,
BUN,Bun,,perhaps,
HAM,Ham,,oui,2.00
",
    );
    let told: Vec<String> =
        rejects.iter().map(|reject| format!("{} {}", reject.line, reject.column)).collect();
    assert_eq!(
        (outcome.added, told),
        (3, vec!["4 price".into(), "5 price".into(), "6 open_price".into(), "6 price".into()])
    );
    let open = |shop: &Shop, sku: &str| {
        let (product, price) = find_product(shop.till.db(), sku).unwrap().unwrap();
        (product.open_price, price.price)
    };
    assert_eq!(open(&shop, "MISC"), (true, None));
    assert_eq!(open(&shop, "HAM"), (true, None));
    assert_eq!(open(&shop, "TEA"), (false, Some(400)));

    let again = shop.import("sku,name,open_price\nMISC,Miscellaneous,yes\nTEA,Tea,yes\n").0;
    assert_eq!(
        (again.unchanged, again.updated),
        (1, 1),
        "the price column is not needed for these"
    );
    let hits = search(shop.till.db(), "tea", 10, shop.till.store().currency).unwrap();
    let seen: Vec<_> = hits.iter().map(|hit| (hit.tile.sku.as_str(), hit.tile.price)).collect();
    assert_eq!(seen, [("TEA", None)], "what it cost before is not its price");
    shop.import("sku,name,price\nTEA,Tea,4.50\n");
    assert_eq!(open(&shop, "TEA"), (false, Some(450)));
    assert_eq!(found(&shop, "tea"), ["TEA"]);
    assert!(shop.verify().ok);
}

#[test]
fn what_is_archived_is_neither_found_nor_shown() {
    let mut shop = Shop::selling();
    shop.sell(&["CAN"]);
    shop.import("sku,name,price,archived\nCAN,Beeswax candle,9.00,yes\n");
    assert_eq!(found(&shop, "candle"), Vec::<String>::new());
    assert!(
        tiles(shop.till.db(), None, shop.till.store().currency)
            .unwrap()
            .iter()
            .all(|tile| tile.sku != "CAN")
    );
    shop.import("sku,name,price,archived\nCAN,Beeswax candle,9.50,no\n");
    assert_eq!(found(&shop, "candle"), ["CAN"]);
    assert_eq!(shop.scan("062345000053").unwrap().total, cad("10.74"));
    assert!(shop.verify().ok);
}

/// A preview counts as the import does and changes nothing; a file is glanced at before it is mapped.
#[test]
fn a_file_is_looked_at_before_it_is_taken() {
    let mut shop = Shop::selling();
    let file = "\
SKU;Name;Nom;GTIN;Price;Department
LOAF;Sourdough loaf 680 g;Pain au levain 680 g;062345000015;6,79;Bakery
COF;Canal Roast coffee 340 g;Café Canal 340 g;062345000022;13,99;Grocery
NEW;Rye loaf;Pain de seigle;062345000060;5,99;Bakery > Rye
TWO;Taken code;;062345000015;1,00;Bakery
BAD;No price;;;;Bakery
";
    let glance = glance(file.as_bytes()).unwrap();
    let proposed: Vec<(&str, &str)> =
        glance.proposed.iter().map(|(field, column)| (field.as_str(), column.as_str())).collect();
    assert_eq!(
        proposed,
        [
            ("department", "Department"),
            ("gtin", "GTIN"),
            ("name", "Name"),
            ("name_fr", "Nom"),
            ("price", "Price"),
            ("sku", "SKU"),
        ]
    );
    assert_eq!((glance.separator, glance.rows, glance.encoding), (';', 5, Encoding::Utf8));
    let names: Vec<&str> = glance.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["SKU", "Name", "Nom", "GTIN", "Price", "Department"]);
    assert_eq!(glance.columns[0].samples, ["LOAF", "COF", "NEW"]);

    let mapping = Mapping {
        columns: BTreeMap::from([("name_fr".into(), "Nom".into())]),
        ..Mapping::default()
    };
    let plan = || plan(&Rulebook::of(&shop.till), file.as_bytes(), &mapping).unwrap();
    let (tenant, currency) = (&shop.till.identity().tenant, shop.till.store().currency);
    let before = preview(shop.till.db(), tenant, currency, plan()).unwrap();
    let told: Vec<_> = before
        .updates
        .iter()
        .map(|row| (row.line, row.sku.as_str(), row.price_before, row.price, row.fields.join(" ")))
        .collect();
    assert_eq!(told[0], (2, "LOAF", Some(cad("6.49")), Some(cad("6.79")), "price".into()));
    // the coffee's second code is not in the file
    assert_eq!(told[1].4, "gtin");
    assert_eq!(before.additions.len(), 1);
    let again = preview(shop.till.db(), tenant, currency, plan()).unwrap();
    assert_eq!(again, before, "looking changes nothing");
    let (outcome, rejects) =
        import::import_bytes(&mut shop.till, shop.manager, file.as_bytes(), &mapping).unwrap();
    assert_eq!((outcome, &rejects), (before.outcome, &before.rejects));
    let csv = rejects_csv(&rejects).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "line,sku,column,value,reason");
    assert!(lines[1].starts_with("5,TWO,GTIN,00062345000015,"), "{csv}");
    assert!(lines[2].starts_with("6,BAD,Price,,\"missing"), "{csv}");
}
