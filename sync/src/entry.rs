//! A journal entry: canonical CBOR, chained by SHA-256, signed with Ed25519.
//!
//! Fields are numbered; new ones get new numbers, and a reader skips those it does not know. An
//! entry is kept and relayed as the bytes that were signed, so nothing is lost by an older reader.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The version of the entry itself.
pub const VERSION: u8 = 1;

/// Largest entry that another node takes in, in bytes: a batch of an import stays below it.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;

/// SHA-256 of an entry's bytes.
pub type Hash = [u8; 32];

/// The `prev` of the first entry of a chain.
pub const NO_HASH: Hash = [0; 32];

/// A device: the first half of the SHA-256 of its public key, so that it cannot be claimed without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct DeviceId(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 16]);

impl DeviceId {
    /// The device that owns `key`.
    pub fn of(key: &VerifyingKey) -> DeviceId {
        let digest = Sha256::digest(key.as_bytes());
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        DeviceId(id)
    }

    /// Reads what [`std::fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<DeviceId> {
        Uuid::try_parse(text).ok().map(|id| DeviceId(id.into_bytes()))
    }
}

impl std::fmt::Display for DeviceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Uuid::from_bytes(self.0).simple().fmt(f)
    }
}

/// Who has to hold an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Scope {
    /// The tills of one store, and head office.
    #[n(0)]
    Store,
    /// Every store of the tenant.
    #[n(1)]
    Tenant,
}

impl Scope {
    /// As stored.
    pub const fn number(self) -> u8 {
        match self {
            Scope::Store => 0,
            Scope::Tenant => 1,
        }
    }

    /// From storage.
    pub const fn from_number(number: u8) -> Scope {
        match number {
            0 => Scope::Store,
            _ => Scope::Tenant,
        }
    }
}

/// One fact with everything that places it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Entry {
    /// [`VERSION`] of the writer.
    #[n(0)]
    pub v: u8,
    /// One company.
    #[n(1)]
    pub tenant: String,
    /// One site.
    #[n(2)]
    pub store: String,
    /// The device that wrote it.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub device: [u8; 16],
    /// Raised when a device starts anew, as after a restore.
    #[n(4)]
    pub epoch: u32,
    /// Who has to hold it.
    #[n(5)]
    pub scope: Scope,
    /// Gapless from 1 in its chain (device, epoch, scope).
    #[n(6)]
    pub seq: u64,
    /// Hash of the entry before it in the chain, or [`NO_HASH`].
    #[cbor(n(7), with = "minicbor::bytes")]
    pub prev: Hash,
    /// Hybrid logical clock: 48 bits of milliseconds, 16 bits of counter.
    #[n(8)]
    pub hlc: u64,
    /// The device's clock, milliseconds since 1970 UTC, right or wrong.
    #[n(9)]
    pub wall: i64,
    /// What kind of fact the body is.
    #[n(10)]
    pub kind: String,
    /// Version of the body.
    #[n(11)]
    pub kind_v: u8,
    /// Who was signed in.
    #[cbor(n(12), with = "minicbor::bytes")]
    pub operator: Option<[u8; 16]>,
    /// The fact, CBOR of its own.
    #[cbor(n(13), with = "minicbor::bytes")]
    pub body: Vec<u8>,
}

/// The chain that an entry belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct Chain {
    /// The device that writes it.
    #[n(0)]
    pub device: DeviceId,
    /// Its epoch.
    #[n(1)]
    pub epoch: u32,
    /// Who has to hold it.
    #[n(2)]
    pub scope: Scope,
}

impl std::fmt::Display for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scope = match self.scope {
            Scope::Store => "store",
            Scope::Tenant => "tenant",
        };
        write!(f, "{}/{}/{scope}", self.device, self.epoch)
    }
}

/// An entry as it is kept: the bytes that were signed, and the signature.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Sealed {
    /// Canonical CBOR of an [`Entry`].
    #[cbor(n(0), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
    /// Ed25519 over the SHA-256 of the bytes.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// Why an entry cannot be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// The bytes are not an entry.
    #[error("the entry cannot be read: {0}")]
    Unreadable(String),
    /// The entry was changed after it was signed, or signed by somebody else.
    #[error("the signature does not fit the entry")]
    BadSignature,
    /// The key is not the device's.
    #[error("the key does not belong to the device of the entry")]
    WrongDevice,
    /// The entry does not follow the one before it.
    #[error("the entry does not continue its chain: {0}")]
    BrokenChain(String),
}

impl Entry {
    /// The chain it belongs to.
    pub const fn chain(&self) -> Chain {
        Chain { device: DeviceId(self.device), epoch: self.epoch, scope: self.scope }
    }

    /// Encodes and signs.
    pub fn seal(&self, key: &SigningKey) -> Sealed {
        let bytes = encode(self);
        let signature = key.sign(&hash(&bytes)).to_bytes();
        Sealed { bytes, signature }
    }

    /// Reads an entry without believing it.
    pub fn read(bytes: &[u8]) -> Result<Entry, EntryError> {
        let mut decoder = minicbor::Decoder::new(bytes);
        let entry: Entry =
            decoder.decode().map_err(|error| EntryError::Unreadable(error.to_string()))?;
        if decoder.position() != bytes.len() {
            return Err(EntryError::Unreadable("there are bytes behind it".to_owned()));
        }
        Ok(entry)
    }

    /// Whether it follows the entry of `seq` and `head` in its chain.
    pub fn follows(&self, seq: u64, head: &Hash) -> Result<(), EntryError> {
        if self.seq != seq + 1 {
            return Err(EntryError::BrokenChain(format!(
                "entry {} stands after entry {seq}",
                self.seq
            )));
        }
        if self.prev != *head {
            return Err(EntryError::BrokenChain(format!(
                "entry {} names another entry before it",
                self.seq
            )));
        }
        Ok(())
    }
}

impl Sealed {
    /// SHA-256 of the bytes; the `prev` of the next entry.
    pub fn hash(&self) -> Hash {
        hash(&self.bytes)
    }

    /// Checks that `key` belongs to the entry's device and signed exactly these bytes.
    pub fn verify(&self, entry: &Entry, key: &VerifyingKey) -> Result<(), EntryError> {
        if DeviceId::of(key) != DeviceId(entry.device) {
            return Err(EntryError::WrongDevice);
        }
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(&self.hash(), &signature).map_err(|_| EntryError::BadSignature)
    }
}

/// Checks many signatures of one key at once, about twice as fast as one by one. On failure the
/// caller asks one by one which it was.
pub fn verify_batch(hashes: &[Hash], signatures: &[[u8; 64]], key: &VerifyingKey) -> bool {
    let messages: Vec<&[u8]> = hashes.iter().map(<[u8; 32]>::as_slice).collect();
    let signatures: Vec<Signature> = signatures.iter().map(Signature::from_bytes).collect();
    ed25519_dalek::verify_batch(&messages, &signatures, &vec![*key; messages.len()]).is_ok()
}

/// SHA-256.
pub fn hash(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// CBOR of a value whose encoding cannot fail: it goes to memory.
pub(crate) fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    match minicbor::encode(value, &mut bytes) {
        Ok(()) => bytes,
        Err(never) => panic!("writing to memory failed: {never}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(seq: u64, prev: Hash) -> (Entry, SigningKey) {
        let key = SigningKey::from_bytes(&[7; 32]);
        let entry = Entry {
            v: VERSION,
            tenant: "ACME".into(),
            store: "YOW1".into(),
            device: DeviceId::of(&key.verifying_key()).0,
            epoch: 1,
            scope: Scope::Store,
            seq,
            prev,
            hlc: 1 << 16,
            wall: 1_763_650_000_000,
            kind: "sale_completed".into(),
            kind_v: 1,
            operator: None,
            body: vec![0x80],
        };
        (entry, key)
    }

    #[test]
    fn an_entry_reads_back_and_verifies() {
        let (entry, key) = entry(1, NO_HASH);
        let sealed = entry.seal(&key);
        assert_eq!(Entry::read(&sealed.bytes), Ok(entry.clone()));
        assert_eq!(sealed.verify(&entry, &key.verifying_key()), Ok(()));
        assert!(verify_batch(&[sealed.hash()], &[sealed.signature], &key.verifying_key()));
    }

    #[test]
    fn an_entry_encodes_to_the_same_bytes_for_ever() {
        let (entry, key) = entry(1, NO_HASH);
        let hex: String =
            hash(&entry.seal(&key).bytes).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(
            hex, "abeccca82fbad1c5abfd6e321bcf2fc54fccd9b1c616149a4ce75122251aa581",
            "other tills and head office have signed these bytes"
        );
    }

    #[test]
    fn any_flipped_bit_is_found() {
        let (entry, key) = entry(1, NO_HASH);
        let sealed = entry.seal(&key);
        for place in 0..sealed.bytes.len() * 8 {
            let mut forged = sealed.clone();
            forged.bytes[place / 8] ^= 1 << (place % 8);
            assert!(
                Entry::read(&forged.bytes)
                    .and_then(|read| forged.verify(&read, &key.verifying_key()))
                    .is_err(),
                "bit {place}"
            );
            assert!(!verify_batch(&[forged.hash()], &[forged.signature], &key.verifying_key()));
        }
    }

    #[test]
    fn a_chain_has_no_gap_and_no_fork() {
        let (first, key) = entry(1, NO_HASH);
        let head = first.seal(&key).hash();
        let (second, _) = entry(2, head);
        assert_eq!(first.follows(0, &NO_HASH), Ok(()));
        assert_eq!(second.follows(1, &head), Ok(()));
        assert!(second.follows(2, &head).is_err());
        assert!(second.follows(1, &NO_HASH).is_err());
    }

    #[test]
    fn another_device_cannot_sign() {
        let (entry, _) = entry(1, NO_HASH);
        let other = SigningKey::from_bytes(&[8; 32]);
        assert_eq!(
            entry.seal(&other).verify(&entry, &other.verifying_key()),
            Err(EntryError::WrongDevice)
        );
    }

    proptest! {
        #[test]
        fn garbage_is_refused_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Entry::read(&bytes);
        }
    }
}
