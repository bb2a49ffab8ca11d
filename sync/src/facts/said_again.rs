//! An entry of an epoch that has two histories, said again in a later epoch of the same device. Nobody who holds the
//! one history takes in the other, so what a till wrote where it ran twice travels in an epoch of its own, as the
//! bytes that were signed: whoever holds it already knows it again.

use ed25519_dalek::VerifyingKey;
use minicbor::{Decode, Encode};

use super::Fact;
use crate::entry::{Entry, EntryError, Sealed};

/// Carries one entry of its own device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SaidAgain {
    /// The entry as it was signed.
    #[n(0)]
    pub entry: Sealed,
}

/// Why an entry is not believed to have been said again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSaidAgain {
    /// It is no entry, or its device did not sign it.
    #[error("what it says again cannot be believed: {0}")]
    Entry(#[from] EntryError),
    /// A device says again only what it wrote itself.
    #[error("it says again what another device wrote")]
    OtherDevice,
    /// It is of another company, of another store, or for others to hold.
    #[error("it says again what belongs elsewhere")]
    OtherPlace,
    /// What is said again is older than the epoch that says it.
    #[error("it says again what is not of an earlier epoch")]
    NotEarlier,
    /// What is said again is never said again itself: the entry inside is.
    #[error("it says again what was said again")]
    Nested,
}

/// Bytes that stand behind the carried entry: the head of its signature, and that.
const BEHIND: usize = 2 + 64;

impl SaidAgain {
    /// The entry that `carrier` says again, and its fact, if the device with this key wrote both and may do so.
    pub fn open(&self, carrier: &Entry, key: &VerifyingKey) -> Result<(Entry, Fact), NotSaidAgain> {
        let entry = Entry::read(&self.entry.bytes)?;
        if entry.device != carrier.device {
            return Err(NotSaidAgain::OtherDevice);
        }
        if (&entry.tenant, &entry.store, entry.scope)
            != (&carrier.tenant, &carrier.store, carrier.scope)
        {
            return Err(NotSaidAgain::OtherPlace);
        }
        if entry.epoch >= carrier.epoch {
            return Err(NotSaidAgain::NotEarlier);
        }
        self.entry.verify(&entry, key)?;
        let fact = Fact::read(&entry)?;
        match fact.said_again() {
            Some(_) => Err(NotSaidAgain::Nested),
            None => Ok((entry, fact)),
        }
    }

    /// Where the carried entry begins in the bytes of its carrier.
    pub fn place_in(&self, carrier: &[u8]) -> Option<usize> {
        let place = carrier.len().checked_sub(BEHIND + self.entry.bytes.len())?;
        carrier[place..].starts_with(&self.entry.bytes).then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::entry::{DeviceId, NO_HASH, Scope, VERSION};
    use crate::facts::Id;
    use crate::facts::operators::SignedIn;

    fn key(n: u8) -> SigningKey {
        SigningKey::from_bytes(&[n; 32])
    }

    fn entry(key: &SigningKey, epoch: u32, fact: &Fact) -> Entry {
        Entry {
            v: VERSION,
            tenant: "ACME".into(),
            store: "YOW1".into(),
            device: DeviceId::of(&key.verifying_key()).0,
            epoch,
            scope: Scope::Store,
            seq: 7,
            prev: NO_HASH,
            hlc: 1,
            wall: 1,
            kind: fact.kind().to_owned(),
            kind_v: 1,
            operator: None,
            body: fact.encode(),
        }
    }

    fn fact() -> Fact {
        Fact::SignedIn(SignedIn { operator: Id([3; 16]) })
    }

    /// What a carrier of epoch 2 answers for an entry of epoch 1, changed and signed by `signer`.
    fn opened(signer: &SigningKey, change: impl Fn(&mut Entry)) -> Result<Fact, NotSaidAgain> {
        let mut inner = entry(&key(1), 1, &fact());
        change(&mut inner);
        let carried = Fact::again(inner.scope, inner.seal(signer));
        let carrier = entry(&key(1), 2, &carried);
        let sealed = carrier.seal(&key(1));
        let read = Entry::read(&sealed.bytes).unwrap();
        let Ok(Fact::SaidAgain(said)) = Fact::read(&Entry { scope: Scope::Store, ..read.clone() })
        else {
            return Err(NotSaidAgain::OtherPlace);
        };
        let place = said.place_in(&sealed.bytes).unwrap();
        assert!(sealed.bytes[place..].starts_with(&said.entry.bytes));
        said.open(&read, &key(1).verifying_key()).map(|(_, fact)| fact)
    }

    #[test]
    fn a_device_says_again_only_what_it_signed_itself_in_an_earlier_epoch() {
        let refused = |change: &dyn Fn(&mut Entry)| opened(&key(1), change).unwrap_err();
        assert_eq!(opened(&key(1), |_| {}), Ok(fact()));
        assert_eq!(opened(&key(2), |_| {}), Err(EntryError::BadSignature.into()));
        assert_eq!(refused(&|e| e.device = [9; 16]), NotSaidAgain::OtherDevice);
        assert_eq!(refused(&|e| e.tenant = "EVIL".into()), NotSaidAgain::OtherPlace);
        assert_eq!(refused(&|e| e.store = "YYC1".into()), NotSaidAgain::OtherPlace);
        assert_eq!(refused(&|e| e.scope = Scope::Tenant), NotSaidAgain::OtherPlace);
        assert_eq!(refused(&|e| e.epoch = 2), NotSaidAgain::NotEarlier);
        assert_eq!(refused(&|e| e.epoch = 3), NotSaidAgain::NotEarlier);
        let nested = Fact::again(Scope::Store, entry(&key(1), 1, &fact()).seal(&key(1)));
        let nest = |e: &mut Entry| (e.kind, e.body) = (nested.kind().into(), nested.encode());
        assert_eq!(refused(&nest), NotSaidAgain::Nested);
        assert!(matches!(refused(&|e| e.body = vec![0xff]), NotSaidAgain::Entry(_)));
    }

    #[test]
    fn what_a_newer_version_wrote_is_said_again_unread() {
        let newer = opened(&key(1), |e| e.kind = "drone_landed".into());
        assert_eq!(newer, Ok(Fact::Opaque { kind: "drone_landed".into() }));
    }
}
