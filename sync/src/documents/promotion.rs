//! A promotion's document.

use comptoir_domain::ids::PromotionId;
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::pricing::Discount;
use comptoir_domain::promotions::{Offer, Promotion};
use comptoir_domain::text::Text;
use uuid::Uuid;

use super::{Fields, Value};

/// `name` by language · `promotion` by field · `sku` and `department`: what it is on.
pub(super) const MAPS: [&str; 4] = ["name", "promotion", "sku", "department"];

/// The promotion of a document; none while it gives nothing that is understood here.
pub fn read(id: Uuid, fields: &Fields) -> Option<Promotion> {
    let text = |key| fields.text("promotion", key);
    let currency = Currency::from_code(text("currency"))?;
    let offer = match text("offer") {
        "off" => Offer::Off { discount: Discount::parse(text("discount"), currency).ok()? },
        "bundle" => Offer::Bundle {
            pieces: u32::try_from(fields.int("promotion", "pieces")?).ok()?,
            price: Money::new(fields.int("promotion", "price")?, currency),
        },
        _ => return None,
    };
    let on = |map| fields.of(map).map(|(key, _)| key.to_owned()).collect();
    Some(Promotion {
        id: PromotionId(id),
        name: Text::new(fields.text("name", "en"), fields.text("name", "fr")),
        offer,
        from: text("from").parse().ok(),
        until: text("until").parse().ok(),
        skus: on("sku"),
        departments: on("department"),
        archived: fields.flag("promotion", "archived"),
    })
}

/// The fields of a promotion whose amounts are in `currency`.
pub fn fields(promotion: &Promotion, currency: Currency) -> Fields {
    let mut fields = Fields::default();
    fields.set_text("name", "en", &promotion.name.en);
    fields.set_text("name", "fr", &promotion.name.fr);
    fields.set_text("promotion", "currency", currency.code());
    match promotion.offer {
        Offer::Off { discount } => {
            fields.set_text("promotion", "offer", "off");
            fields.set_text("promotion", "discount", &discount.to_string());
        }
        Offer::Bundle { pieces, price } => {
            fields.set_text("promotion", "offer", "bundle");
            fields.set("promotion", "pieces", Some(Value::Int(i64::from(pieces))));
            fields.set("promotion", "price", Some(Value::Int(price.minor())));
        }
    }
    for (key, day) in [("from", promotion.from), ("until", promotion.until)] {
        fields.set("promotion", key, day.map(|day| Value::Text(day.to_string())));
    }
    fields.set("promotion", "archived", promotion.archived.then_some(Value::Flag(true)));
    for sku in &promotion.skus {
        fields.set("sku", sku, Some(Value::Flag(true)));
    }
    for department in &promotion.departments {
        fields.set("department", department, Some(Value::Flag(true)));
    }
    fields
}
