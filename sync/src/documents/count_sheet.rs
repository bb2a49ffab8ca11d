//! A count sheet. What is counted is keyed by SKU, so that two people who count one SKU apart write the same field,
//! and somebody has to decide between them.

use comptoir_domain::ids::{CountSheetId, OperatorId};
use comptoir_domain::inventory::CountSheet;
use comptoir_domain::quantity::Quantity;
use uuid::Uuid;

use super::{Fields, Value};

/// `sheet` by field · `counted` SKU → thousandths.
pub(super) const MAPS: [&str; 2] = ["sheet", "counted"];

/// The sheet of a document; none while it lacks what a sheet must have.
pub fn read(id: Uuid, fields: &Fields) -> Option<CountSheet> {
    let name = fields.text("sheet", "name");
    let counted = |(sku, value): (&str, &Value)| match value {
        Value::Int(quantity) => Some((sku.to_owned(), Quantity::from_thousandths(*quantity))),
        _ => None,
    };
    Some(CountSheet {
        id: CountSheetId(id),
        name: (!name.is_empty()).then(|| name.to_owned())?,
        opened_at: fields.int("sheet", "opened_at")?,
        opened_by: fields.text("sheet", "opened_by").parse::<OperatorId>().ok()?,
        closed: fields.flag("sheet", "closed"),
        counted: fields.of("counted").filter_map(counted).collect(),
    })
}

/// The fields of a sheet.
pub fn fields(sheet: &CountSheet) -> Fields {
    let mut fields = Fields::default();
    fields.set_text("sheet", "name", &sheet.name);
    fields.set("sheet", "opened_at", Some(Value::Int(sheet.opened_at)));
    fields.set_text("sheet", "opened_by", &sheet.opened_by.to_string());
    fields.set("sheet", "closed", sheet.closed.then_some(Value::Flag(true)));
    for (sku, quantity) in &sheet.counted {
        fields.set("counted", sku, Some(Value::Int(quantity.thousandths())));
    }
    fields
}
