//! Which column is what, by the names that files of other systems have for it.

use std::collections::BTreeMap;

/// Names of columns in the order in which they are preferred: lower case, without accents and signs.
const NAMES: [(&str, &[&str]); 17] = [
    (
        "sku",
        &[
            "sku",
            "skucode",
            "itemnumber",
            "itemcode",
            "productcode",
            "articleno",
            "code",
            "codearticle",
            "numero",
            "item",
        ],
    ),
    (
        "name",
        &[
            "name",
            "nameen",
            "productname",
            "itemname",
            "title",
            "description",
            "product",
            "item",
            "nom",
            "libelle",
        ],
    ),
    (
        "name_fr",
        &["namefr", "nomfr", "nomfrancais", "frenchname", "descriptionfr", "nom", "libelle"],
    ),
    ("gtin", &["gtin", "upc", "ean", "barcode", "codebarres", "cup", "gtineach"]),
    ("plu", &["plu", "plucode"]),
    ("department", &["department", "category", "rayon", "categorie", "group", "type"]),
    (
        "price",
        &["price", "retailprice", "sellingprice", "unitprice", "msrp", "prix", "prixdevente"],
    ),
    ("open_price", &["openprice", "prixlibre"]),
    ("cost", &["cost", "unitcost", "wholesaleprice", "cout", "coutant"]),
    ("unit", &["unit", "uom", "unitofmeasure", "unite"]),
    ("tax_category", &["taxcategory", "tax", "taxcode", "taxe", "taxes"]),
    ("age_restricted", &["agerestricted", "minimumage", "age"]),
    ("archived", &["archived", "inactive", "discontinued", "archive"]),
    ("drawing", &["drawing", "icon", "dessin"]),
    ("cannabis_class", &["cannabisclass", "cannabistype"]),
    ("net_weight", &["netweight", "weight", "netweightg", "poidsnet", "poids"]),
    ("charges", &["charges", "deposit", "deposits", "consigne", "ecofee", "ecofrais"]),
];

/// Field → column, each column once. A file in French alone has its names in `name`.
pub(super) fn columns<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<String, String> {
    let mut names: Vec<(&str, String)> = names.map(|name| (name, plain(name))).collect();
    let mut found = BTreeMap::new();
    for (field, known) in NAMES {
        let place = known.iter().find_map(|known| names.iter().position(|(_, name)| name == known));
        if let Some(place) = place {
            found.insert(field.to_owned(), names.remove(place).0.to_owned());
        }
    }
    found
}

fn plain(name: &str) -> String {
    let lower = name.to_lowercase();
    let folded = lower.chars().filter_map(|c| match c {
        'à' | 'â' => Some('a'),
        'é' | 'è' | 'ê' | 'ë' => Some('e'),
        'î' | 'ï' => Some('i'),
        'ô' => Some('o'),
        'ù' | 'û' => Some('u'),
        'ç' => Some('c'),
        c => c.is_ascii_alphanumeric().then_some(c),
    });
    folded.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_by_their_names() {
        for (head, expected) in [
            ("sku,name,price", "name=name price=price sku=sku"),
            (
                "Code,Description,Nom,CUP,Prix,Taxe",
                "gtin=CUP name=Description name_fr=Nom price=Prix sku=Code tax_category=Taxe",
            ),
            ("Code,Nom,Prix", "name=Nom price=Prix sku=Code"),
            (
                "Item Number,Item,UPC,Retail Price,Unit Cost",
                "cost=Unit Cost gtin=UPC name=Item price=Retail Price sku=Item Number",
            ),
            ("colour,size", ""),
        ] {
            let found = columns(head.split(','));
            let found: Vec<String> =
                found.iter().map(|(field, column)| format!("{field}={column}")).collect();
            assert_eq!(found.join(" "), expected, "{head}");
        }
    }
}
