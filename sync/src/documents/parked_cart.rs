//! A cart that waits under a name, and who took it in hand again. It is written once, by the till that parked it;
//! after that it is only taken. Tills that do not see each other may take it both: then the document says so, and
//! says the same of who was first at each of them.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_domain::cart::Cart;
use comptoir_domain::compliance::AgeCheck;
use comptoir_domain::ids::{CartId, OperatorId};
use comptoir_domain::money::Currency;
use uuid::Uuid;

use super::{Fields, Value};
use crate::entry::{DeviceId, EntryError};
use crate::facts::orders::{SaleLine, age_proof, age_proof_number, currency, given, price_number};

/// `cart` by field · `line` `{number}.{field}` · `taken` device → when, and as which cart.
pub(super) const MAPS: [&str; 3] = ["cart", "line", "taken"];

/// A cart as it was parked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// What is in it. Its id means nothing beyond the till that parked it: who takes it gives it another.
    pub cart: Cart,
    /// What it was called.
    pub name: String,
    /// Milliseconds since 1970 UTC.
    pub at: i64,
    /// Who parked it.
    pub by: OperatorId,
    /// Where.
    pub register: u32,
}

/// Somebody took a parked cart in hand again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Taken {
    /// Milliseconds since 1970 UTC, by the clock of who took it.
    pub at: i64,
    /// Where.
    pub device: DeviceId,
    /// The cart that it became there.
    pub cart: Uuid,
}

/// The fields of a parked cart.
pub fn fields(parked: &Parked, currency: Currency) -> Fields {
    let Parked { cart, name, at, by, register } = parked;
    let mut fields = Fields::default();
    let int = |number| Some(Value::Int(number));
    let id = |operator: OperatorId| Some(Value::Text(operator.0.to_string()));
    fields.set_text("cart", "name", name);
    fields.set("cart", "parked_at", int(*at));
    fields.set("cart", "parked_by", id(*by));
    fields.set("cart", "register", int(i64::from(*register)));
    fields.set_text("cart", "currency", currency.code());
    fields.set("cart", "selected", cart.selected.map(|line| Value::Int(i64::from(line))));
    fields.set_text("cart", "note", cart.note.as_deref().unwrap_or_default());
    if let Some(given) = cart.discount {
        fields.set_text("cart", "discount", &given.discount.to_string());
        fields.set("cart", "discount_reason", int(i64::from(price_number(given.reason))));
    }
    fields.set("cart", "approved_by", cart.approved_by.and_then(id));
    if let Some(check) = cart.age_check {
        fields.set("cart", "age_checked", int(i64::from(check.age)));
        fields.set("cart", "age_proof", int(i64::from(age_proof_number(check.proof))));
        fields.set("cart", "age_checked_by", id(check.by));
    }
    for line in &cart.lines {
        set_line(&mut fields, &SaleLine::new(line));
    }
    fields
}

/// The cart of a document; none while it lacks what a cart must have, or holds what only a newer till understands.
pub fn read(fields: &Fields) -> Option<Parked> {
    let text = |key| fields.text("cart", key);
    let number = |key| u8::try_from(fields.int("cart", key)?).ok();
    let id = |key| operator(text(key));
    let currency = currency(text("currency")).ok()?;
    let mut cart = Cart::empty(CartId(Uuid::nil()));
    cart.selected = fields.int("cart", "selected").and_then(|line| u32::try_from(line).ok());
    cart.note = some(text("note"));
    cart.discount =
        given(some(text("discount")).as_deref(), number("discount_reason"), currency).ok()?;
    cart.approved_by = id("approved_by");
    if let (Some(age), Some(proof), Some(by)) =
        (number("age_checked"), number("age_proof"), id("age_checked_by"))
    {
        cart.age_check = Some(AgeCheck { age, proof: age_proof(proof), by });
    }
    cart.lines = read_lines(fields, currency).ok()??;
    cart.share_discount();
    Some(Parked {
        cart,
        name: some(text("name"))?,
        at: fields.int("cart", "parked_at")?,
        by: id("parked_by")?,
        register: u32::try_from(fields.int("cart", "register")?).ok()?,
    })
}

/// That a device takes the cart in hand.
pub fn take(taken: &Taken) -> Fields {
    let mut fields = Fields::default();
    fields.set_text("taken", &taken.device.to_string(), &format!("{} {}", taken.at, taken.cart));
    fields
}

/// Who took it, the one whose it is first: the earliest, and of two at the same time the one with the lesser id, so
/// that all who know of the same takers say the same.
pub fn takers(fields: &Fields) -> BTreeSet<Taken> {
    let taken = |(device, value): (&str, &Value)| {
        let Value::Text(text) = value else { return None };
        let (at, cart) = text.split_once(' ')?;
        let device = DeviceId::parse(device)?;
        Some(Taken { at: at.parse().ok()?, device, cart: cart.parse().ok()? })
    };
    fields.of("taken").filter_map(taken).collect()
}

fn set_line(fields: &mut Fields, line: &SaleLine) {
    let mut set = |name: &str, value: Option<Value>| {
        fields.set("line", &format!("{}.{name}", line.line), value);
    };
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let int = |number: i64| Some(Value::Int(number));
    set("sku", text(&line.sku));
    set("name_en", text(&line.name_en));
    set("name_fr", line.name_fr.as_deref().and_then(text));
    set("quantity", int(line.quantity));
    set("by_weight", line.by_weight.then_some(Value::Flag(true)));
    set("price", int(line.price));
    set("tax_category", line.tax_category.as_deref().and_then(text));
    set("minimum_age", line.minimum_age.map(i64::from).and_then(int));
    set("voided", line.voided.map(i64::from).and_then(int));
    set("list_price", line.list_price.and_then(int));
    set("price_reason", line.price_reason.map(i64::from).and_then(int));
    set("discount", line.discount.as_deref().and_then(text));
    set("discount_reason", line.discount_reason.map(i64::from).and_then(int));
    set("approved_by", line.approved_by.and_then(|id| text(&Uuid::from(id).to_string())));
    set("note", line.note.as_deref().and_then(text));
    set("cannabis", line.cannabis.as_deref().and_then(text));
    set("net_milligrams", line.net_milligrams.map(i64::from).and_then(int));
    set("of", line.of.map(i64::from).and_then(int));
}

/// None where a line lacks what it must have.
fn read_lines(
    fields: &Fields,
    currency: Currency,
) -> Result<Option<Vec<comptoir_domain::cart::Line>>, EntryError> {
    let mut found: BTreeMap<u32, BTreeMap<&str, &Value>> = BTreeMap::new();
    for (key, value) in fields.of("line") {
        if let Some((number, name)) = key.split_once('.')
            && let Ok(number) = number.parse()
        {
            found.entry(number).or_default().insert(name, value);
        }
    }
    let lines: Option<Vec<SaleLine>> =
        found.into_iter().map(|(number, said)| read_line(number, &said)).collect();
    let Some(lines) = lines else { return Ok(None) };
    lines.iter().map(|line| line.to_line(currency)).collect::<Result<_, _>>().map(Some)
}

fn read_line(line: u32, said: &BTreeMap<&str, &Value>) -> Option<SaleLine> {
    let text = |name: &str| match said.get(name) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let int = |name: &str| match said.get(name) {
        Some(Value::Int(number)) => Some(*number),
        _ => None,
    };
    let number = |name: &str| int(name).and_then(|number| u8::try_from(number).ok());
    let large = |name: &str| int(name).and_then(|number| u32::try_from(number).ok());
    Some(SaleLine {
        line,
        sku: text("sku")?,
        name_en: text("name_en")?,
        name_fr: text("name_fr"),
        quantity: int("quantity")?,
        by_weight: said.contains_key("by_weight"),
        price: int("price")?,
        amount: 0,
        tax_category: text("tax_category"),
        minimum_age: number("minimum_age"),
        voided: number("voided"),
        list_price: int("list_price"),
        price_reason: number("price_reason"),
        discount: text("discount"),
        discount_reason: number("discount_reason"),
        share: None,
        approved_by: text("approved_by").and_then(|id| operator(&id)).map(|id| id.0.into()),
        note: text("note"),
        cannabis: text("cannabis"),
        net_milligrams: large("net_milligrams"),
        of: large("of"),
    })
}

fn operator(text: &str) -> Option<OperatorId> {
    text.parse().ok()
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
