//! Identifiers. They are made by the till (UUIDv7, or derived from an outside id) and only carried here.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map($name)
            }
        }
    )*};
}

id! {
    /// An open basket; becomes the key that makes completing it safe to repeat.
    CartId
    /// A completed sale.
    SaleId
    /// Goods that came back of a sale; the key that makes returning them safe to repeat.
    ReturnId
    /// One accountable period of a drawer.
    ShiftId
    /// A person who signs in.
    OperatorId
    /// A product document.
    ProductId
    /// A promotion's document.
    PromotionId
    /// A customer's document.
    CustomerId
    /// A count sheet's document.
    CountSheetId
}
