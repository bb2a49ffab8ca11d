//! The product document. Its SKUs are keyed by code in several flat maps, so that two people who
//! add the same SKU apart add the same keys.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_domain::catalog::{CannabisClass, Product, Sku, read_charges, write_charges};
use comptoir_domain::gs1::Gtin;
use comptoir_domain::ids::ProductId;
use comptoir_domain::quantity::Unit;
use comptoir_domain::tax::TaxCategory;
use comptoir_domain::text::Text;
use uuid::Uuid;

use super::{Fields, Kind, Value, document_id};

/// `name` by language · `product` by field, and `charge:` SKU → what is paid along with it · `sku` code → unit · `gtin` digits → SKU ·
/// `plu` code → SKU · `net` SKU → milligrams.
pub(super) const MAPS: [&str; 6] = ["name", "product", "sku", "gtin", "plu", "net"];

/// The product that the SKU `code` was first imported as.
pub fn id(tenant: &str, code: &str) -> ProductId {
    ProductId(document_id(tenant, Kind::Product, code))
}

/// The product that a document says.
pub fn read(id: Uuid, fields: &Fields) -> Product {
    let mut skus = BTreeMap::new();
    for (code, unit) in fields.of("sku") {
        let unit =
            if *unit == Value::Text(Unit::Kg.as_str().to_owned()) { Unit::Kg } else { Unit::Each };
        let net_milligrams =
            fields.int("net", code).and_then(|milligrams| u32::try_from(milligrams).ok());
        let charges = fields.text("product", &charge_key(code));
        let sku = Sku {
            unit,
            gtins: BTreeSet::new(),
            plus: BTreeSet::new(),
            net_milligrams,
            charges: read_charges(charges).unwrap_or_default(),
        };
        skus.insert(code.to_owned(), sku);
    }
    for (digits, code) in fields.of("gtin") {
        if let (Ok(gtin), Some(sku)) = (Gtin::parse(digits), sku_of(&mut skus, code)) {
            sku.gtins.insert(gtin);
        }
    }
    for (plu, code) in fields.of("plu") {
        if let Some(sku) = sku_of(&mut skus, code) {
            sku.plus.insert(plu.to_owned());
        }
    }
    Product {
        id: ProductId(id),
        name: Text::new(fields.text("name", "en"), fields.text("name", "fr")),
        department: fields.text("product", "department").to_owned(),
        tax_category: TaxCategory(fields.text("product", "tax_category").to_owned()),
        minimum_age: fields.int("product", "minimum_age").and_then(|age| u8::try_from(age).ok()),
        archived: fields.flag("product", "archived"),
        open_price: fields.flag("product", "open_price"),
        drawing: fields.text("product", "drawing").to_owned(),
        cannabis: CannabisClass::parse(fields.text("product", "cannabis")),
        skus,
    }
}

/// The fields of a product.
pub fn fields(product: &Product) -> Fields {
    let mut fields = Fields::default();
    fields.set_text("name", "en", &product.name.en);
    fields.set_text("name", "fr", &product.name.fr);
    fields.set_text("product", "department", &product.department);
    fields.set_text("product", "tax_category", &product.tax_category.0);
    fields.set("product", "minimum_age", product.minimum_age.map(|age| Value::Int(i64::from(age))));
    fields.set("product", "archived", product.archived.then_some(Value::Flag(true)));
    fields.set("product", "open_price", product.open_price.then_some(Value::Flag(true)));
    fields.set_text("product", "drawing", &product.drawing);
    fields.set_text("product", "cannabis", product.cannabis.map_or("", CannabisClass::as_str));
    for (code, sku) in &product.skus {
        fields.set_text("sku", code, sku.unit.as_str());
        fields.set("net", code, sku.net_milligrams.map(|net| Value::Int(i64::from(net))));
        fields.set_text("product", &charge_key(code), &write_charges(&sku.charges));
        for gtin in &sku.gtins {
            fields.set_text("gtin", &gtin.to_string(), code);
        }
        for plu in &sku.plus {
            fields.set_text("plu", plu, code);
        }
    }
    fields
}

/// A document has the maps it was born with: what came later is a field of the product.
fn charge_key(sku: &str) -> String {
    format!("charge:{sku}")
}

fn sku_of<'a>(skus: &'a mut BTreeMap<String, Sku>, code: &Value) -> Option<&'a mut Sku> {
    match code {
        Value::Text(code) => skus.get_mut(code),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_reads_back() {
        let sku = Sku {
            unit: Unit::Kg,
            gtins: BTreeSet::from([Gtin::parse("036000291452").unwrap()]),
            plus: BTreeSet::from(["4011".to_owned()]),
            net_milligrams: Some(3_500),
            charges: BTreeMap::from([("DEPOSIT".to_owned(), 6), ("ECO".to_owned(), 1)]),
        };
        let product = Product {
            id: id("ACME", "BAN"),
            name: Text::new("Bananas", "Bananes"),
            department: "produce".into(),
            tax_category: TaxCategory("zero_rated".into()),
            minimum_age: Some(19),
            archived: true,
            open_price: true,
            drawing: "banana".into(),
            cannabis: Some(CannabisClass::Dried),
            skus: BTreeMap::from([("BAN".to_owned(), sku)]),
        };
        assert_eq!(read(product.id.0, &fields(&product)), product);
    }
}
