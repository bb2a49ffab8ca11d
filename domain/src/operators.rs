//! Who may do what. The window hides what is not allowed; the engine refuses it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a person is trusted with; each role may all that the one before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sells, and keeps a drawer.
    Cashier,
    /// Approves what a cashier may not do alone.
    Supervisor,
    /// Runs the store: catalogue, operators, settings.
    Manager,
}

/// Something that needs a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Fill carts, void lines and carts, complete sales.
    Sell,
    /// Open, hand over and close a shift, read its totals.
    KeepDrawer,
    /// Print a receipt again, marked as a duplicate.
    Reprint,
    /// Look for sales and returns, and into them.
    ReadJournal,
    /// Take back goods of a sale whose receipt is there, and give the money back.
    Return,
    /// Take back the whole sale that was made last.
    VoidSale,
    /// Begin a training, in which nothing is really sold.
    Train,
    /// Read what shifts and days sold, and who sold it.
    SeeReports,
    /// Change products and prices, one by one or by import.
    EditCatalog,
    /// Add operators and change their roles and PINs.
    ManageOperators,
    /// Change how the store sells.
    ChangeSettings,
    /// Say where printer, scanner and terminal are, and try them.
    SetUpDevices,
    /// Count what is on the shelves, and say where it stands.
    CountStock,
}

impl Role {
    /// Whether this role may do `permission` without approval.
    pub fn may(self, permission: Permission) -> bool {
        self >= permission.needs()
    }

    /// The name in files and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Cashier => "cashier",
            Role::Supervisor => "supervisor",
            Role::Manager => "manager",
        }
    }

    /// The role of a name.
    pub fn parse(name: &str) -> Option<Role> {
        [Role::Cashier, Role::Supervisor, Role::Manager]
            .into_iter()
            .find(|role| role.as_str() == name)
    }
}

impl Permission {
    /// The least role that may do this.
    pub const fn needs(self) -> Role {
        match self {
            Permission::Sell
            | Permission::KeepDrawer
            | Permission::Reprint
            | Permission::ReadJournal
            | Permission::Return => Role::Cashier,
            Permission::VoidSale
            | Permission::Train
            | Permission::SeeReports
            | Permission::SetUpDevices
            | Permission::CountStock => Role::Supervisor,
            Permission::EditCatalog | Permission::ManageOperators | Permission::ChangeSettings => {
                Role::Manager
            }
        }
    }

    /// Whether it is done in a training, too. What is meant to stay is not: it would be thrown away, and whoever did it
    /// would think that it stands.
    pub const fn is_practised(self) -> bool {
        !matches!(
            self,
            Permission::EditCatalog
                | Permission::ManageOperators
                | Permission::ChangeSettings
                | Permission::SetUpDevices
        )
    }
}

/// Wrong PINs in a row that lock a name.
pub const WRONG_PINS_THAT_LOCK: u32 = 5;
/// How long a locked name stays locked, in milliseconds.
pub const LOCK_MILLIS: i64 = 5 * 60 * 1_000;

/// Whether `pin` is four to eight digits.
pub fn is_well_formed_pin(pin: &str) -> bool {
    (4..=8).contains(&pin.len()) && pin.bytes().all(|b| b.is_ascii_digit())
}

/// One or two capitals that stand for a name: `Counter 2` is `C2`.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let (first, last) = (words.next(), words.next_back());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_one_before_it_may() {
        for (role, sell, void_sale, catalog) in [
            (Role::Cashier, true, false, false),
            (Role::Supervisor, true, true, false),
            (Role::Manager, true, true, true),
        ] {
            assert_eq!(role.may(Permission::Sell), sell, "{role:?}");
            assert_eq!(role.may(Permission::KeepDrawer), sell, "{role:?}");
            assert_eq!(role.may(Permission::ReadJournal), sell, "{role:?}");
            assert_eq!(role.may(Permission::Return), sell, "{role:?}");
            assert_eq!(role.may(Permission::VoidSale), void_sale, "{role:?}");
            assert_eq!(role.may(Permission::Train), void_sale, "{role:?}");
            assert_eq!(role.may(Permission::EditCatalog), catalog, "{role:?}");
        }
    }

    #[test]
    fn pins_are_four_to_eight_digits() {
        for (pin, fine) in [
            ("1234", true),
            ("12345678", true),
            ("123", false),
            ("123456789", false),
            ("12a4", false),
            ("", false),
        ] {
            assert_eq!(is_well_formed_pin(pin), fine, "{pin}");
        }
    }

    #[test]
    fn initials_are_one_or_two_capitals() {
        for (name, expected) in [("Counter 2", "C2"), ("étienne", "É"), ("a b c", "AC"), ("", "")]
        {
            assert_eq!(initials(name), expected);
        }
    }
}
