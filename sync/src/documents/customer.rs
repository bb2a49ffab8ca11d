//! A customer's document.

use comptoir_domain::customers::Customer;
use comptoir_domain::ids::CustomerId;
use comptoir_domain::text::Language;
use uuid::Uuid;

use super::{Fields, Value};

/// `customer` by field.
pub(super) const MAPS: [&str; 1] = ["customer"];

/// The customer of a document.
pub fn read(id: Uuid, fields: &Fields) -> Customer {
    let text = |key| fields.text("customer", key).to_owned();
    Customer {
        id: CustomerId(id),
        name: text("name"),
        phone: text("phone"),
        email: text("email"),
        language: Language::from_code(fields.text("customer", "language")),
        note: text("note"),
        archived: fields.flag("customer", "archived"),
    }
}

/// The fields of a customer.
pub fn fields(customer: &Customer) -> Fields {
    let mut fields = Fields::default();
    fields.set_text("customer", "name", &customer.name);
    fields.set_text("customer", "phone", &customer.phone);
    fields.set_text("customer", "email", &customer.email);
    fields.set_text("customer", "language", customer.language.map_or("", Language::code));
    fields.set_text("customer", "note", &customer.note);
    fields.set("customer", "archived", customer.archived.then_some(Value::Flag(true)));
    fields
}
