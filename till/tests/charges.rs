//! Deposits and eco fees: lines of their own that go with their goods, at their own taxes.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;

use comptoir_domain::cart::{CartView, VoidReason};
use comptoir_domain::ids::ReturnId;
use comptoir_domain::orders::Sale;
use comptoir_domain::orders::returns::{Return, Wanted};
use comptoir_domain::pricing::{Discount, Given, Percent, PriceReason};
use comptoir_domain::text::Language;
use comptoir_hardware::printer::layout::{Profile, preview, to_text};
use comptoir_till::error::Result;
use comptoir_till::orders::blind::{self, BlindLine};
use comptoir_till::orders::quote;
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::{cart, inventory, orders, outbox, pricing};
use shop::{Shop, cad, refusal};
use uuid::Uuid;

/// Six cans with a deposit that is not taxed, and batteries with a fee that is.
const GOODS: &str = "\
sku,name,name_fr,price,tax_category,charges
COLA-6,Cola 6 × 355 mL,Cola 6 × 355 mL,6.00,standard,DEP*6
AAA-4,\"AAA batteries, 4\",\"Piles AAA, 4\",9.00,standard,DEP;EHF*4
DEP,Deposit,Consigne,0.10,exempt,
EHF,Environmental fee,Écofrais,0.05,standard,
";

fn shop() -> Shop {
    let mut shop = Shop::selling();
    let (outcome, rejects) = shop.import(GOODS);
    assert_eq!((outcome.added, rejects), (4, vec![]));
    shop
}

fn shown(cart: &CartView) -> String {
    let line = |line: &comptoir_domain::cart::LineView| {
        let (amount, line) = (line.amount, &line.line);
        let gone = if line.voided.is_some() { "-" } else { "" };
        format!("{gone}{} {} {amount}", line.quantity, line.sku)
    };
    let lines: Vec<String> = cart.lines.iter().map(line).collect();
    let taxes: Vec<String> = cart.taxes.iter().map(|tax| tax.amount.to_string()).collect();
    let (subtotal, charges, total) = (cart.subtotal, cart.charges, cart.total);
    format!("{}: {subtotal} + {charges} + {} = {total}", lines.join(", "), taxes.join(" "))
}

fn on_hand(shop: &Shop, sku: &str) -> Option<String> {
    let found = inventory::on_hand(shop.till.db(), Some(sku)).unwrap();
    found.first().map(|row| row.on_hand.to_string())
}

fn wanted(line: u32, quantity: &str) -> Vec<Wanted> {
    vec![Wanted { line, quantity: quantity.parse().unwrap(), wasted: false }]
}

fn bring_back(shop: &mut Shop, n: u128, sale: &Sale, lines: Vec<Wanted>) -> Result<Return> {
    let request = ReturnRequest {
        id: ReturnId(Uuid::from_u128(n)),
        sale: sale.id,
        lines,
        reason: Some("Wrong size".into()),
        approver: None,
        cash_instead: false,
    };
    returns::complete_return(&mut shop.till, shop.cashier, &request)
}

#[test]
fn a_deposit_follows_its_goods_through_the_cart() {
    let mut shop = shop();
    let cart = shop.scan("COLA-6").unwrap();
    assert_eq!(shown(&cart), "1 COLA-6 6.00, 6 DEP 0.60: 6.00 + 0.60 + 0.78 = 7.38");
    assert_eq!(cart.selected, Some(1), "the goods are what is changed next");
    // the next scan counts on the same line
    let cart = shop.scan("COLA-6").unwrap();
    assert_eq!(shown(&cart), "2 COLA-6 12.00, 12 DEP 1.20: 12.00 + 1.20 + 1.56 = 14.76");
    let (till, cashier) = (&mut shop.till, shop.cashier);
    let cart = cart::set_quantity(till, cashier, 1, "5".parse().unwrap()).unwrap();
    assert_eq!(shown(&cart), "5 COLA-6 30.00, 30 DEP 3.00: 30.00 + 3.00 + 3.90 = 36.90");
    let cart = cart::undo(till, cashier).unwrap();
    assert_eq!(shown(&cart), "2 COLA-6 12.00, 12 DEP 1.20: 12.00 + 1.20 + 1.56 = 14.76");

    // nothing is taken off it, and it cannot be changed by itself
    let ten = Discount::Percent(Percent::from_hundredths(1_000).unwrap());
    let ten = Given { discount: ten, reason: PriceReason::Other };
    let cart = pricing::set_discount(till, cashier, None, None, Some(ten)).unwrap();
    assert_eq!(shown(&cart), "2 COLA-6 12.00, 12 DEP 1.20: 10.80 + 1.20 + 1.40 = 13.40");
    let quantity = cart::set_quantity(till, cashier, 2, "1".parse().unwrap());
    assert_eq!(refusal(quantity), "paid_along");
    assert_eq!(refusal(cart::void_line(till, cashier, 2, VoidReason::Other)), "paid_along");

    // it survives a crash, and goes when its goods go
    let mut shop = shop.restart();
    let cart = cart::void_line(&mut shop.till, shop.cashier, 1, VoidReason::WrongItem).unwrap();
    assert_eq!(shown(&cart), "-2 COLA-6 12.00, -12 DEP 1.20: 0.00 + 0.00 +  = 0.00");
}

#[test]
fn each_charge_has_its_own_tax_and_comes_back_with_its_goods() {
    let mut shop = shop();
    for _ in 0..3 {
        shop.scan("AAA-4").unwrap();
    }
    let cart = shop.scan("DEP").unwrap();
    assert_eq!(
        shown(&cart),
        "3 AAA-4 27.00, 3 DEP 0.30, 12 EHF 0.60, 1 DEP 0.10: 27.10 + 0.90 + 3.59 = 31.59",
        "HST on batteries and fee, 27.60, and not on deposits"
    );
    let sale = shop.pay(None).unwrap();
    assert_eq!(on_hand(&shop, "AAA-4").as_deref(), Some("-3"));
    assert_eq!(on_hand(&shop, "DEP").as_deref(), Some("-1"), "only what was sold for itself");
    assert_eq!(on_hand(&shop, "EHF"), None);

    let entry = orders::entry_of(shop.till.db(), sale.id).unwrap();
    let paper = outbox::receipt(&shop.till, entry, false, Some(Language::En)).unwrap();
    let text = to_text(&preview(&paper, &Profile::default()));
    assert!(text.contains("Environmental fee  12 @ 0.05"), "{text}");

    let (till, cashier) = (&mut shop.till, shop.cashier);
    let quoted = quote::quote_return(till, cashier, sale.id, &wanted(1, "1")).unwrap();
    assert_eq!(
        (quoted.subtotal, quoted.charges, quoted.total),
        (cad("9.00"), cad("0.30"), cad("10.50"))
    );
    // whoever asks for the deposit by itself gets nothing for it
    assert_eq!(refusal(bring_back(&mut shop, 1, &sale, wanted(2, "1"))), "nothing_to_return");
    let first = bring_back(&mut shop, 2, &sale, wanted(1, "1")).unwrap();
    assert_eq!(first.total, cad("10.50"));
    let mut rest = wanted(1, "2");
    rest.extend(wanted(4, "1"));
    let second = bring_back(&mut shop, 3, &sale, rest).unwrap();
    assert_eq!(first.total + second.total, sale.total);
    assert_eq!(on_hand(&shop, "AAA-4").as_deref(), Some("0"));
    assert_eq!(refusal(bring_back(&mut shop, 4, &sale, wanted(1, "1"))), "more_than_sold");
    assert!(shop.verify().ok);
}

#[test]
fn what_comes_back_without_a_receipt_brings_todays_deposit() {
    let mut shop = shop();
    let line = BlindLine {
        sku: "COLA-6".into(),
        quantity: "2".parse().unwrap(),
        price: None,
        wasted: false,
    };
    let (till, cashier) = (&mut shop.till, shop.cashier);
    let quoted = blind::quote(till, cashier, &[line]).unwrap();
    assert_eq!(
        (quoted.subtotal, quoted.charges, quoted.total),
        (cad("12.00"), cad("1.20"), cad("14.76"))
    );
}

#[test]
fn a_charge_that_cannot_be_asked_is_told_before_it_is_sold() {
    let mut shop = shop();
    let (outcome, rejects) = shop.import(
        "sku,name,price,unit,charges\nX-1,One,1.00,each,NONE*2\nX-2,Two,1.00,kg,DEP\nX-3,Three,1.00,each,DEP*0\nX-4,Four,1.00,each,X-4\nX-5,Five,1.00,each,DEP*2\n",
    );
    let told: Vec<(u64, &str, String)> = rejects
        .iter()
        .map(|reject| (reject.line, reject.column.as_str(), reject.reason.to_string()))
        .collect();
    let bad =
        "not deposits or fees: write their SKUs and how many go with a piece, as DEPOSIT*6; ECO";
    let unknown = |sku: &str| {
        format!("there is no SKU {sku} with a price: add the deposit or fee to the catalogue first")
    };
    assert_eq!(
        told,
        [
            (2, "charges", unknown("NONE")),
            (3, "charges", bad.into()),
            (4, "charges", bad.into()),
            (5, "charges", unknown("X-4")),
        ]
    );
    assert_eq!((outcome.added, outcome.rejected), (1, 4));

    // a fee ends when it is archived
    shop.import("sku,name,price,archived\nDEP,Deposit,0.10,yes\n");
    let cart = shop.scan("COLA-6").unwrap();
    assert_eq!(shown(&cart), "1 COLA-6 6.00: 6.00 + 0.00 + 0.78 = 6.78");
    let mut shop = shop.restart();
    assert_eq!(cart::show(&mut shop.till).unwrap().lines.len(), 1);
}

#[test]
fn a_parked_cart_keeps_its_deposits_and_a_gift_receipt_has_none() {
    let mut shop = shop();
    shop.scan("COLA-6").unwrap();
    let (till, cashier) = (&mut shop.till, shop.cashier);
    let parked = cart::park::park(till, cashier, "Aisle 3").unwrap();
    assert_eq!(parked.lines.len(), 0);
    let list = cart::park::parked(till).unwrap();
    assert_eq!(list[0].lines, 1, "what is paid along is no line of the customer's");
    cart::park::resume(till, cashier, list[0].id).unwrap();
    let sale = shop.pay(None).unwrap();
    assert_eq!(sale.lines.len(), 2);
    orders::print_gift(&mut shop.till, shop.cashier, &sale.receipt, &[]).unwrap();
    let entry = "SELECT max(subject) FROM outbox";
    let entry = shop.till.db().query_row(entry, [], |row| row.get(0)).unwrap();
    let paper = outbox::receipt(&shop.till, entry, false, Some(Language::En)).unwrap();
    let text = to_text(&preview(&paper, &Profile::default()));
    assert!(text.contains("Cola") && !text.contains("Deposit"), "{text}");
    assert!(shop.verify().ok);
}
