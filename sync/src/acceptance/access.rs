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
];

/// Whether `writer` may write into `map` of a document of `kind`.
pub fn may_write(writer: Writer, kind: Kind, map: &str) -> bool {
    let needs = ACCESS.iter().find(|(of, name, _)| (*of, *name) == (kind, map));
    match (writer, needs) {
        (_, None) | (Writer::Nobody, _) => false,
        (Writer::HeadOffice, Some(_)) => true,
        (Writer::Operator(role), Some((_, _, permission))) => role.may(*permission),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_managers_and_head_office_write() {
        for kind in Kind::ALL {
            for map in kind.maps() {
                for (writer, may) in [
                    (Writer::Nobody, false),
                    (Writer::Operator(Role::Cashier), false),
                    (Writer::Operator(Role::Supervisor), false),
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
