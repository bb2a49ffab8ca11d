//! Selling baskets: one JSON object a line in, one a line out, each flushed once its sale is on disk.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use clap::Args;
use comptoir_domain::cart::{self, Cart};
use comptoir_domain::ids::{CartId, OperatorId};
use comptoir_domain::money::Money;
use comptoir_domain::orders::Sale;
use comptoir_domain::payments::{self, CardProof, CardTender, Offered};
use comptoir_domain::pricing::{self, Discount, Given, PriceReason};
use comptoir_domain::quantity::Quantity;
use comptoir_hardware::terminal::driver::Terminal;
use comptoir_till::cart::{Keyed, put};
use comptoir_till::catalog::{self, Named};
use comptoir_till::error::Error;
use comptoir_till::operators;
use comptoir_till::orders::complete_sale::complete_basket;
use comptoir_till::orders::find_by_cart;
use comptoir_till::payments::card::{self as payments_card, CardState};
use comptoir_till::till::{Till, Tx};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Data, Done, Outcome, card, print};

#[derive(Args)]
pub(crate) struct Sell {
    #[command(flatten)]
    store: Data,
    /// One basket a line, or - for stdin.
    #[arg(long, value_name = "FILE")]
    baskets: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Basket {
    basket: String,
    operator: Option<String>,
    lines: Vec<BasketLine>,
    discount: Option<String>,
    tenders: Option<Vec<BasketTender>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BasketLine {
    sku: Option<String>,
    gtin: Option<String>,
    quantity: Option<String>,
    price: Option<String>,
    name: Option<String>,
    discount: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BasketTender {
    #[serde(rename = "type")]
    kind: String,
    amount: Option<String>,
}

/// Why a basket was not sold: a refusal of the engine, or of what the line says.
enum NotSold {
    Refused(Value),
    Fault(Error),
}

impl From<Error> for NotSold {
    fn from(error: Error) -> NotSold {
        match error {
            Error::Refused(refusal) => {
                NotSold::Refused(serde_json::to_value(refusal).unwrap_or_default())
            }
            fault => NotSold::Fault(fault),
        }
    }
}

macro_rules! refusals {
    ($($refusal:ty)*) => {$(
        impl From<$refusal> for NotSold {
            fn from(refusal: $refusal) -> NotSold {
                Error::from(refusal).into()
            }
        }
    )*};
}

refusals! { cart::Refusal payments::Refusal pricing::Refusal }

impl Sell {
    pub(crate) fn run(self) -> Outcome {
        let mut till = Till::open(&self.store.data)?;
        let console = operators::console(till.db())?;
        let input: Box<dyn BufRead> = if self.baskets.as_os_str() == "-" {
            Box::new(BufReader::new(std::io::stdin()))
        } else {
            Box::new(BufReader::new(
                std::fs::File::open(&self.baskets).map_err(Error::file(&self.baskets))?,
            ))
        };
        let mut done = Done::Wholly;
        for (line, number) in input.split(b'\n').zip(1_u64..) {
            let line = line.map_err(Error::file(&self.baskets))?;
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let basket = match serde_json::from_slice::<Basket>(&line) {
                Ok(basket) => basket,
                Err(error) => {
                    done = Done::Partly;
                    let refused = json!({ "kind": "bad_basket", "message": error.to_string() });
                    print(
                        &json!({ "basket": name_in(&line), "refused": refused, "line": number }),
                    )?;
                    continue;
                }
            };
            match sell(&mut till, console, &basket) {
                Ok(sale) => print(&sold(&basket.basket, &sale))?,
                Err(NotSold::Refused(refused)) => {
                    done = Done::Partly;
                    print(&json!({ "basket": basket.basket, "refused": refused, "line": number }))?;
                }
                Err(NotSold::Fault(error)) => return Err(error),
            }
        }
        Ok(done)
    }
}

fn sell(till: &mut Till, console: OperatorId, basket: &Basket) -> Result<Sale, NotSold> {
    let tx = till.begin()?;
    let id = cart_id(&tx, &basket.basket);
    if let Some(sale) = find_by_cart(&tx, id)? {
        return Ok(sale);
    }
    let operator = match &basket.operator {
        Some(name) => operators::find_named(&tx, name)?.id,
        None => console,
    };
    let mut cart = Cart::empty(id);
    for line in &basket.lines {
        add(&tx, &mut cart, line, console)?;
    }
    cart.discount(discount(&tx, basket.discount.as_deref())?, Some(console));
    let tenders = Tenders::of(&tx, basket.tenders.as_deref())?;
    let total = cart.totals(&tx.rates, tx.store.currency).total;
    if tenders.cards.is_empty() {
        let sale = complete_basket(&tx, operator, cart, tenders.cash)?;
        tx.commit()?;
        return Ok(sale);
    }
    let cards = tenders.covering(total)?;
    drop(tx);
    charge(till, operator, id, total, &cards)?;
    let tx = till.begin()?;
    let sold = complete_basket(&tx, operator, cart, tenders.cash);
    match sold {
        Ok(sale) => {
            tx.commit()?;
            Ok(sale)
        }
        Err(error) => {
            drop(tx);
            give_back(till, &mut card::terminal(till)?, operator, id)?;
            Err(error.into())
        }
    }
}

/// Has each card charged that is not charged yet, as after a crash some may be; when one is not, those before it
/// are taken back.
fn charge(
    till: &mut Till,
    operator: OperatorId,
    cart: CartId,
    total: Money,
    cards: &[Money],
) -> Result<(), NotSold> {
    let mut terminal = card::terminal(till)?;
    if payments_card::unsettled(till.db())?.is_some() {
        card::settle(till, &mut terminal)?;
    }
    let charged = payments_card::spend::tenders(&till.begin()?, cart)?.len();
    for amount in cards.iter().skip(charged) {
        let asked = card::pay(till, &mut terminal, operator, cart, total, *amount);
        let attempt = match asked {
            Ok(attempt) => attempt,
            Err(error) => {
                give_back(till, &mut terminal, operator, cart)?;
                return Err(error.into());
            }
        };
        if attempt.approved == Some(*amount) {
            continue;
        }
        if attempt.state.is_settled() {
            give_back(till, &mut terminal, operator, cart)?;
        }
        return Err(NotSold::Refused(json!({ "kind": "card_not_charged", "card": attempt })));
    }
    Ok(())
}

/// Takes back every card payment of a basket that is not sold.
fn give_back(
    till: &mut Till,
    terminal: &mut Terminal,
    operator: OperatorId,
    cart: CartId,
) -> Result<(), NotSold> {
    let paid = payments_card::spend::tenders(&till.begin()?, cart)?;
    for payment in paid {
        let back = card::take_back(till, terminal, operator, cart, payment.attempt)?;
        if back.state != CardState::Approved {
            return Err(NotSold::Refused(json!({ "kind": "card_not_taken_back", "card": back })));
        }
    }
    Ok(())
}

/// Prices and discounts of a script are approved by whoever may run one.
fn add(
    tx: &Tx<'_>,
    cart: &mut Cart,
    line: &BasketLine,
    approver: OperatorId,
) -> Result<(), NotSold> {
    let named = match (&line.sku, &line.gtin) {
        (Some(sku), None) => Named::bare(sku),
        (None, Some(gtin)) => catalog::named(tx, gtin)?,
        _ => return Err(bad("a line names either a sku or a gtin")),
    };
    let quantity: Option<Quantity> = match &line.quantity {
        Some(text) => {
            Some(text.parse().map_err(|_| cart::Refusal::BadQuantity { text: text.clone() })?)
        }
        None => None,
    };
    let price = match &line.price {
        Some(text) => {
            let bad = |_| pricing::Refusal::BadPrice { text: text.clone() };
            Some(Money::parse_price(text, tx.store.currency).map_err(bad)?)
        }
        None => None,
    };
    if line.name.is_some() && price.is_none() {
        return Err(bad("a name goes with a price"));
    }
    let open = line.name.is_some() || catalog::has_open_price(tx, &named.sku)?;
    let name = line.name.clone().unwrap_or_default();
    let keyed = price.filter(|_| open).map(|price| Keyed { price, name });
    // Each line of the basket is a line of the sale.
    cart.selected = None;
    let number = put(tx, cart, &named, quantity, keyed.as_ref())?;
    if let Some(price) = price.filter(|_| !open) {
        cart.set_price(number, price, PriceReason::Other, Some(approver))?;
    }
    if line.discount.is_some() {
        let given = discount(tx, line.discount.as_deref())?;
        cart.discount_line(number, given, Some(approver))?;
    }
    Ok(())
}

fn discount(tx: &Tx<'_>, text: Option<&str>) -> Result<Option<Given>, NotSold> {
    let Some(text) = text else { return Ok(None) };
    let discount = Discount::parse(text, tx.store.currency)?;
    Ok(Some(Given { discount, reason: PriceReason::Other }))
}

/// What a basket is paid with.
#[derive(Default)]
struct Tenders {
    /// In their order; none for all that the others leave.
    cards: Vec<Option<Money>>,
    /// None for exactly what is due.
    cash: Option<Money>,
    in_cash: bool,
}

impl Tenders {
    fn of(tx: &Tx<'_>, tenders: Option<&[BasketTender]>) -> Result<Tenders, NotSold> {
        let Some(tenders) = tenders else { return Ok(Tenders::default()) };
        let mut read = Tenders { cash: Some(Money::zero(tx.store.currency)), ..Tenders::default() };
        for tender in tenders {
            let amount = tender.amount.as_deref().map(|text| amount(tx, text)).transpose()?;
            match tender.kind.as_str() {
                "cash" => {
                    read.in_cash = true;
                    read.cash = read.cash.zip(amount).map(|(sum, amount)| sum + amount);
                }
                "card" => read.cards.push(amount),
                other => {
                    let unknown = json!({ "kind": "unknown_tender", "type": other });
                    return Err(NotSold::Refused(unknown));
                }
            }
        }
        Ok(read)
    }

    /// What each card is to be charged; refused before any is when it would not do.
    fn covering(&self, total: Money) -> Result<Vec<Money>, NotSold> {
        let open = self.cards.iter().filter(|amount| amount.is_none()).count();
        if open > 1 || (open == 1 && self.in_cash && self.cash.is_none()) {
            return Err(bad("only one tender may go without its amount"));
        }
        let stated = self.cards.iter().flatten().copied();
        let stated = Money::sum(stated, total.currency());
        let cash = self.cash.unwrap_or_else(|| Money::zero(total.currency()));
        let left = total - stated - if open == 1 { cash } else { Money::zero(total.currency()) };
        let cards: Vec<Money> = self.cards.iter().map(|amount| amount.unwrap_or(left)).collect();
        if let Some(amount) = cards.iter().find(|amount| amount.minor() <= 0) {
            return Err(payments::Refusal::BadAmount { text: amount.to_string() }.into());
        }
        let charged = |amount: &Money| CardTender {
            attempt: 0,
            amount: *amount,
            card: CardProof::default(),
            approved_at: String::new(),
        };
        let charged = cards.iter().map(charged).collect();
        payments::pay(total, Offered { cards: charged, cash: self.cash, exchange: None })?;
        Ok(cards)
    }
}

fn amount(tx: &Tx<'_>, text: &str) -> Result<Money, NotSold> {
    let bad = || payments::Refusal::BadAmount { text: text.to_owned() };
    let amount = Money::parse(text, tx.store.currency).map_err(|_| bad())?;
    if amount.is_negative() { Err(bad().into()) } else { Ok(amount) }
}

fn bad(message: &str) -> NotSold {
    NotSold::Refused(json!({ "kind": "bad_basket", "message": message }))
}

/// The cart of a basket id: the same for the same id in the same store, so that it is sold once.
fn cart_id(tx: &Tx<'_>, basket: &str) -> CartId {
    const NAMESPACE: Uuid = Uuid::from_u128(0x8d0c_55e0_41f6_4b5e_8a0b_19a4_2a7e_6f30);
    let name =
        format!("{}/{}/{}/{basket}", tx.identity.tenant, tx.identity.store, tx.identity.register);
    CartId(Uuid::new_v5(&NAMESPACE, name.as_bytes()))
}

fn sold(basket: &str, sale: &Sale) -> Value {
    let taxes: Vec<Value> =
        sale.taxes.iter().map(|tax| json!({ "code": tax.code, "amount": tax.amount })).collect();
    json!({
        "basket": basket, "sale": sale.id, "receipt": sale.receipt, "subtotal": sale.subtotal, "taxes": taxes,
        "total": sale.total, "rounding": sale.rounding, "change": sale.change,
    })
}

fn name_in(line: &[u8]) -> Value {
    serde_json::from_slice::<Value>(line)
        .ok()
        .and_then(|value| value.get("basket").cloned())
        .unwrap_or(Value::Null)
}
