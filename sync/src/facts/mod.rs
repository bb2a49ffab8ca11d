//! The kinds of facts. A body is a CBOR array (or map) of numbered fields: fields are only added,
//! at the end, and optional. A kind that a reader does not know stays opaque.

pub mod operators;
pub mod orders;
pub mod returns;
pub mod said_again;
pub mod shifts;
pub mod training;
pub mod trust;

use minicbor::{Decode, Encode};

use crate::documents;
use crate::entry::{self, Entry, EntryError, Scope, Sealed};

/// All that can happen.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// A device began to write a new epoch.
    EpochStarted(trust::EpochStarted),
    /// An operator was added or changed.
    OperatorSaved(operators::OperatorSaved),
    /// Somebody signed in.
    SignedIn(operators::SignedIn),
    /// A PIN was wrong.
    SignInFailed(operators::SignInFailed),
    /// Somebody signed out.
    SignedOut(operators::SignedOut),
    /// Somebody approved what another may not do alone.
    ApprovalGiven(operators::ApprovalGiven),
    /// Documents were edited.
    DocumentsChanged(documents::DocumentsChanged),
    /// Documents that concern one store were edited.
    StoreDocumentsChanged(documents::DocumentsChanged),
    /// A drawer was opened for business.
    ShiftOpened(shifts::ShiftOpened),
    /// A drawer was counted and closed: the Z.
    ShiftClosed(shifts::ShiftClosed),
    /// Cash moved without a sale.
    CashMoved(shifts::CashMoved),
    /// The drawer was opened without a sale.
    DrawerOpened(shifts::DrawerOpened),
    /// A cart became a sale.
    SaleCompleted(Box<orders::SaleCompleted>),
    /// Somebody said what became of a card payment.
    CardSettled(orders::CardSettled),
    /// A cart was removed before completion.
    CartVoided(orders::CartVoided),
    /// Goods were refused to somebody too young.
    AgeRefused(orders::AgeRefused),
    /// Goods of a sale came back.
    ReturnCompleted(Box<returns::ReturnCompleted>),
    /// A receipt was printed again.
    ReceiptReprinted(orders::ReceiptReprinted),
    /// A drawer was counted and passed on inside an open shift.
    ShiftHandedOver(shifts::ShiftHandedOver),
    /// Head office lets a device take part.
    DeviceEnrolled(trust::DeviceEnrolled),
    /// Head office no longer trusts a device.
    DeviceRevoked(trust::DeviceRevoked),
    /// The card terminal was asked for its totals of a shift.
    TerminalChecked(shifts::TerminalChecked),
    /// A count of the drawer was handed in.
    DrawerCounted(shifts::DrawerCounted),
    /// A register began to be practised at, in a copy of its store.
    TrainingBegan(training::TrainingBegan),
    /// That copy was thrown away.
    TrainingEnded(training::TrainingEnded),
    /// An entry of an epoch that has two histories is said again in a later one.
    SaidAgain(Box<said_again::SaidAgain>),
    /// The same of an entry that every store holds.
    SaidAgainToAll(Box<said_again::SaidAgain>),
    /// A kind, or a version of one, that a newer device writes.
    Opaque {
        /// Its name.
        kind: String,
    },
}

macro_rules! kinds {
    ($($variant:ident = $name:literal, $scope:ident;)*) => {
        impl Fact {
            /// The name of the kind in entries.
            pub fn kind(&self) -> &str {
                match self {
                    $(Fact::$variant(_) => $name,)*
                    Fact::Opaque { kind } => kind,
                }
            }

            /// Who has to hold it.
            pub fn scope(&self) -> Scope {
                match self {
                    $(Fact::$variant(_) => Scope::$scope,)*
                    Fact::Opaque { .. } => Scope::Store,
                }
            }

            /// Who has to hold facts of a kind, in any of its versions; none of a kind that only a
            /// newer device writes.
            pub fn scope_of(kind: &str) -> Option<Scope> {
                match kind {
                    $($name => Some(Scope::$scope),)*
                    _ => None,
                }
            }

            /// The body of an entry.
            pub fn encode(&self) -> Vec<u8> {
                match self {
                    $(Fact::$variant(body) => entry::encode(body),)*
                    Fact::Opaque { .. } => Vec::new(),
                }
            }

            /// Reads the fact of an entry: opaque if it, or a variant in it such as a kind of document, is one that
            /// only a newer device writes.
            pub fn read(entry: &Entry) -> Result<Fact, EntryError> {
                let fact = match (entry.kind.as_str(), entry.kind_v) {
                    $(($name, 1) => decode(&entry.body)?.map(Fact::$variant),)*
                    _ => None,
                };
                Ok(fact.unwrap_or_else(|| Fact::Opaque { kind: entry.kind.clone() }))
            }
        }
    };
}

kinds! {
    EpochStarted = "epoch_started", Store;
    OperatorSaved = "operator_saved", Store;
    SignedIn = "signed_in", Store;
    SignInFailed = "sign_in_failed", Store;
    SignedOut = "signed_out", Store;
    ApprovalGiven = "approval_given", Store;
    DocumentsChanged = "document_change", Tenant;
    StoreDocumentsChanged = "store_document_change", Store;
    ShiftOpened = "shift_opened", Store;
    ShiftClosed = "shift_closed", Store;
    CashMoved = "cash_moved", Store;
    DrawerOpened = "drawer_opened", Store;
    SaleCompleted = "sale_completed", Store;
    CardSettled = "card_settled", Store;
    CartVoided = "cart_voided", Store;
    AgeRefused = "age_refused", Store;
    ReturnCompleted = "return_completed", Store;
    ReceiptReprinted = "receipt_reprinted", Store;
    ShiftHandedOver = "shift_handed_over", Store;
    DeviceEnrolled = "device_enrolled", Tenant;
    DeviceRevoked = "device_revoked", Tenant;
    TerminalChecked = "terminal_checked", Store;
    DrawerCounted = "drawer_counted", Store;
    TrainingBegan = "training_began", Store;
    TrainingEnded = "training_ended", Store;
    SaidAgain = "said_again", Store;
    SaidAgainToAll = "said_again_to_all", Tenant;
}

impl Fact {
    /// Says an entry again that those of `scope` have to hold.
    pub fn again(scope: Scope, entry: Sealed) -> Fact {
        let said = Box::new(said_again::SaidAgain { entry });
        match scope {
            Scope::Store => Fact::SaidAgain(said),
            Scope::Tenant => Fact::SaidAgainToAll(said),
        }
    }

    /// The entry that it says again, if that is what it does.
    pub fn said_again(&self) -> Option<&said_again::SaidAgain> {
        match self {
            Fact::SaidAgain(said) | Fact::SaidAgainToAll(said) => Some(said),
            _ => None,
        }
    }

    /// The changes of documents that it brings, whoever has to hold them.
    pub const fn documents(&self) -> Option<&documents::DocumentsChanged> {
        match self {
            Fact::DocumentsChanged(fact) | Fact::StoreDocumentsChanged(fact) => Some(fact),
            _ => None,
        }
    }

    /// The shift that it counts in, which others have to know to show it.
    pub fn shift(&self) -> Option<Id> {
        match self {
            Fact::ShiftClosed(fact) => Some(fact.id),
            Fact::CashMoved(fact) => Some(fact.shift),
            Fact::DrawerOpened(fact) => Some(fact.shift),
            Fact::ShiftHandedOver(fact) => Some(fact.shift),
            Fact::TerminalChecked(fact) => Some(fact.shift),
            Fact::DrawerCounted(fact) => Some(fact.shift),
            Fact::SaleCompleted(fact) => Some(fact.shift),
            Fact::ReturnCompleted(fact) => Some(fact.shift),
            Fact::CartVoided(fact) => fact.shift,
            _ => None,
        }
    }
}

/// None of a body with a variant that is not known here.
fn decode<'b, T: Decode<'b, ()>>(body: &'b [u8]) -> Result<Option<T>, EntryError> {
    match minicbor::decode(body) {
        Ok(fact) => Ok(Some(fact)),
        Err(error) if error.is_unknown_variant() => Ok(None),
        Err(error) => Err(EntryError::Unreadable(error.to_string())),
    }
}

/// A 16-byte identifier as a CBOR byte string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct Id(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 16]);

impl From<uuid::Uuid> for Id {
    fn from(id: uuid::Uuid) -> Id {
        Id(id.into_bytes())
    }
}

impl From<Id> for uuid::Uuid {
    fn from(id: Id) -> uuid::Uuid {
        uuid::Uuid::from_bytes(id.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::{DocumentChange, DocumentsChanged, Kind};
    use crate::entry::{NO_HASH, VERSION};

    fn entry(body: Vec<u8>) -> Entry {
        Entry {
            v: VERSION,
            tenant: "ACME".into(),
            store: "YOW1".into(),
            device: [1; 16],
            epoch: 1,
            scope: Scope::Tenant,
            seq: 1,
            prev: NO_HASH,
            hlc: 1,
            wall: 1,
            kind: "document_change".into(),
            kind_v: 1,
            operator: None,
            body,
        }
    }

    #[test]
    fn a_kind_of_document_that_is_not_known_makes_a_fact_opaque_and_rubbish_makes_none() {
        let change = DocumentChange { document: Id([9; 16]), kind: Kind::Shelf, change: vec![1] };
        let fact = Fact::DocumentsChanged(DocumentsChanged { changes: vec![change], role: None });
        let known = fact.encode();
        assert!(matches!(Fact::read(&entry(known.clone())), Ok(Fact::DocumentsChanged(_))));
        // The kind stands behind the id.
        let place = known.iter().rposition(|byte| *byte == 9).unwrap() + 1;
        let newer = [&known[..place], &[0x18, 0x63], &known[place + 1..]].concat();
        let opaque = Fact::Opaque { kind: "document_change".into() };
        assert_eq!(Fact::read(&entry(newer)), Ok(opaque));
        assert!(Fact::read(&entry(known[..place].to_vec())).is_err());
    }
}
