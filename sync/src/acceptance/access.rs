//! Who may write what into a document: a table, the same at every till and at head office.

use comptoir_domain::operators::{Permission, Role};

use crate::documents::Kind;

/// Who stands behind a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// Nobody was signed in.
    Nobody,
    /// An operator of this role.
    Operator(Role),
    /// Head office.
    HeadOffice,
}

/// What writing into one map of a kind of document needs. A map that is not listed is written by
/// nobody.
const ACCESS: &[(Kind, &str, Permission)] = &[
    (Kind::Product, "name", Permission::EditCatalog),
    (Kind::Product, "product", Permission::EditCatalog),
    (Kind::Product, "sku", Permission::EditCatalog),
    (Kind::Product, "gtin", Permission::EditCatalog),
    (Kind::Product, "plu", Permission::EditCatalog),
    (Kind::Product, "net", Permission::EditCatalog),
    (Kind::Prices, "price", Permission::EditCatalog),
    (Kind::Prices, "cost", Permission::EditCatalog),
    (Kind::Settings, "store", Permission::ChangeSettings),
    (Kind::Settings, "department", Permission::ChangeSettings),
    (Kind::Settings, "department_parent", Permission::ChangeSettings),
    (Kind::Settings, "department_en", Permission::ChangeSettings),
    (Kind::Settings, "department_fr", Permission::ChangeSettings),
    (Kind::Settings, "department_short_en", Permission::ChangeSettings),
    (Kind::Settings, "department_short_fr", Permission::ChangeSettings),
    (Kind::Settings, "department_pigment", Permission::ChangeSettings),
    (Kind::ParkedCart, "cart", Permission::Sell),
    (Kind::ParkedCart, "line", Permission::Sell),
    (Kind::ParkedCart, "taken", Permission::Sell),
    (Kind::CountSheet, "sheet", Permission::CountStock),
    (Kind::CountSheet, "counted", Permission::CountStock),
    (Kind::Promotion, "name", Permission::EditCatalog),
    (Kind::Promotion, "promotion", Permission::EditCatalog),
    (Kind::Promotion, "sku", Permission::EditCatalog),
    (Kind::Promotion, "department", Permission::EditCatalog),
    (Kind::Customer, "customer", Permission::Sell),
    (Kind::Shelf, "place", Permission::CountStock),
    (Kind::Shelf, "facings", Permission::CountStock),
];

/// Whether `writer` may write into `map` of a document of `kind`.
pub fn may_write(writer: Writer, kind: Kind, map: &str) -> bool {
    match (writer, needs(kind, map)) {
        (_, None) | (Writer::Nobody, _) => false,
        (Writer::HeadOffice, Some(_)) => true,
        (Writer::Operator(role), Some(permission)) => role.may(permission),
    }
}

/// What an operator needs to write into `map` of a document of `kind`; none of a map that nobody writes into.
pub fn needs(kind: Kind, map: &str) -> Option<Permission> {
    let listed = ACCESS.iter().find(|(of, name, _)| (*of, *name) == (kind, map));
    listed.map(|(_, _, permission)| *permission)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counter_is_everybodys_the_shelves_a_supervisors_and_the_rest_a_managers() {
        for kind in Kind::ALL {
            let sells = matches!(kind, Kind::ParkedCart | Kind::Customer);
            let counts = sells || matches!(kind, Kind::CountSheet | Kind::Shelf);
            for map in kind.maps() {
                for (writer, may) in [
                    (Writer::Nobody, false),
                    (Writer::Operator(Role::Cashier), sells),
                    (Writer::Operator(Role::Supervisor), counts),
                    (Writer::Operator(Role::Manager), true),
                    (Writer::HeadOffice, true),
                ] {
                    assert_eq!(may_write(writer, kind, map), may, "{writer:?} {kind:?} {map}");
                }
            }
            assert!(!may_write(Writer::HeadOffice, kind, "unheard_of"));
        }
    }
}
