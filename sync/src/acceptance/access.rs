//! Who may write what into a document: a table, the same at every till and at head office.

use comptoir_domain::operators::{Permission, Role};

use crate::documents::Kind;

/// Who stands behind a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// Somebody of a role that is not known here.
    Nobody,
    /// An operator of this role.
    Operator(Role),
    /// Head office, or a till that asked by itself who may and does not say.
    Anybody,
}

/// The number of a role in entries.
pub const fn number(role: Role) -> u8 {
    match role {
        Role::Cashier => 0,
        Role::Supervisor => 1,
        Role::Manager => 2,
    }
}

/// Who stands behind an entry that says `role`.
pub fn writer(role: Option<u8>) -> Writer {
    let known = |role| {
        [Role::Cashier, Role::Supervisor, Role::Manager]
            .into_iter()
            .find(|one| number(*one) == role)
    };
    match role {
        None => Writer::Anybody,
        Some(role) => known(role).map_or(Writer::Nobody, Writer::Operator),
    }
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
        (Writer::Anybody, Some(_)) => true,
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
    fn an_entry_says_who_is_behind_it() {
        for role in [Role::Cashier, Role::Supervisor, Role::Manager] {
            assert_eq!(writer(Some(number(role))), Writer::Operator(role));
        }
        assert_eq!((writer(None), writer(Some(3))), (Writer::Anybody, Writer::Nobody));
    }

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
                    (Writer::Anybody, true),
                ] {
                    assert_eq!(may_write(writer, kind, map), may, "{writer:?} {kind:?} {map}");
                }
            }
            assert!(!may_write(Writer::Anybody, kind, "unheard_of"));
        }
    }
}
