//! Which entries a node holds: for every chain, its last one.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use crate::entry::{Chain, DeviceId, Hash, NO_HASH, Scope};

/// The last entry of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Head {
    /// Its place, from 1.
    #[n(0)]
    pub seq: u64,
    /// SHA-256 of its bytes.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub hash: Hash,
}

impl Head {
    /// Of a chain without entries.
    pub const NONE: Head = Head { seq: 0, hash: NO_HASH };
}

/// A chain and its last entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ChainHead {
    /// The chain.
    #[n(0)]
    pub chain: Chain,
    /// Its last entry.
    #[n(1)]
    pub head: Head,
}

/// The last entry of every chain that a node holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Vector(BTreeMap<Chain, Head>);

impl Vector {
    /// The last entry of a chain; [`Head::NONE`] of one that is not held.
    pub fn head(&self, chain: &Chain) -> Head {
        self.0.get(chain).copied().unwrap_or(Head::NONE)
    }

    /// Takes up a later entry of a chain; false if it knew as much.
    pub fn raise(&mut self, chain: Chain, head: Head) -> bool {
        let later = head.seq > self.head(&chain).seq;
        if later {
            self.0.insert(chain, head);
        }
        later
    }

    /// Every chain, in order.
    pub fn iter(&self) -> impl Iterator<Item = ChainHead> + '_ {
        self.0.iter().map(|(chain, head)| ChainHead { chain: *chain, head: *head })
    }
}

impl FromIterator<ChainHead> for Vector {
    fn from_iter<I: IntoIterator<Item = ChainHead>>(heads: I) -> Vector {
        let mut vector = Vector::default();
        for ChainHead { chain, head } in heads {
            vector.raise(chain, head);
        }
        vector
    }
}

/// Where a node stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Site {
    /// In a store.
    Store(String),
    /// At head office, which holds everything of its tenant.
    HeadOffice,
}

impl Site {
    /// The store, if it is one.
    pub fn store(&self) -> Option<&str> {
        match self {
            Site::Store(store) => Some(store),
            Site::HeadOffice => None,
        }
    }

    /// Whether a node here may hold the entries of a chain that `store` writes: those of the tenant
    /// everybody, those of a store its own nodes and head office.
    pub fn may_hold(&self, chain: &Chain, store: &str) -> bool {
        match (chain.scope, self) {
            (Scope::Tenant, _) | (_, Site::HeadOffice) => true,
            (Scope::Store, Site::Store(own)) => own == store,
        }
    }
}

/// One end of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The company.
    pub tenant: String,
    /// Where it stands.
    pub site: Site,
    /// Its key.
    pub device: DeviceId,
    /// The epoch that it writes.
    pub epoch: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_hold_what() {
        let (ottawa, calgary) = (Site::Store("YOW1".into()), Site::Store("YYC1".into()));
        for (site, scope, may) in [
            (&ottawa, Scope::Store, true),
            (&calgary, Scope::Store, false),
            (&Site::HeadOffice, Scope::Store, true),
            (&ottawa, Scope::Tenant, true),
            (&calgary, Scope::Tenant, true),
            (&Site::HeadOffice, Scope::Tenant, true),
        ] {
            let chain = Chain { device: DeviceId([1; 16]), epoch: 1, scope };
            assert_eq!(site.may_hold(&chain, "YOW1"), may, "{site:?} {scope:?}");
        }
    }

    #[test]
    fn a_vector_only_goes_up() {
        let chain = Chain { device: DeviceId([1; 16]), epoch: 1, scope: Scope::Store };
        let head = |seq| Head { seq, hash: [seq as u8; 32] };
        let mut vector = Vector::default();
        assert!(vector.raise(chain, head(2)));
        assert!(!vector.raise(chain, head(1)));
        assert!(!vector.raise(chain, Head { seq: 2, hash: [9; 32] }), "the first word stands");
        assert_eq!(vector.head(&chain), head(2));
        assert_eq!(vector.iter().count(), 1);
    }
}
