//! How a device comes to take part: it makes its key itself and shows a one-time code; head office
//! gives it a place and signs its certificate. Both bodies are CBOR (`application/cbor`) of
//! `POST /enrol/v1`; what head office refuses it says as problem+json with a `kind`.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};

use crate::entry::{self, EntryError, Sealed};

/// What a device asks with.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Request {
    /// The code, as somebody typed it: see [`canonical`].
    #[n(0)]
    pub code: String,
    /// The device's Ed25519 public key.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// The code, signed with that key: nobody enrols another's key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub signature: [u8; 64],
    /// A register that sells already; none of a new one, which is given its place.
    #[n(3)]
    pub existing: Option<Existing>,
}

/// What a register that sells already brings along.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Existing {
    /// The company that its entries name.
    #[n(0)]
    pub tenant: String,
    /// The store that its entries name.
    #[n(1)]
    pub store: String,
    /// The register that it is.
    #[n(2)]
    pub register: u32,
    /// The epoch that it writes.
    #[n(3)]
    pub epoch: u32,
    /// The secret that the PINs of its operators are keyed with.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub secret: [u8; 32],
    /// Keys that earlier epochs of its journal are signed with, as after a restore.
    #[n(5)]
    pub former: Vec<Former>,
}

/// A key that signed earlier epochs of a register.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Former {
    /// The Ed25519 public key.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// The register that it was.
    #[n(1)]
    pub register: u32,
}

/// A device takes part.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Enrolled {
    /// Its company.
    #[n(0)]
    pub tenant: String,
    /// Code of its store.
    #[n(1)]
    pub store: String,
    /// The register that it is.
    #[n(2)]
    pub register: u32,
    /// The highest epoch that head office knows of this device; 0 if none.
    #[n(3)]
    pub epoch: u32,
    /// The secret that the PINs of the store's operators are keyed with.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub secret: [u8; 32],
    /// Head office's own Ed25519 public key: it writes who else takes part.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub head_office: [u8; 32],
    /// The certificate of the device and that of the company's authority which signed it.
    #[n(6)]
    pub papers: Papers,
    /// What a new till needs of its store besides documents; none from an older head office.
    #[n(7)]
    pub opening: Option<SignedOpening>,
}

/// What a new till has to know of its store before the store's history has come: the entries by which people sign in.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Opening {
    /// [`OPENING_VERSION`] of who made it.
    #[n(0)]
    pub v: u8,
    /// The company.
    #[n(1)]
    pub tenant: String,
    /// The store.
    #[n(2)]
    pub store: String,
    /// Of each operator the entry that was written last, as its device signed it.
    #[n(3)]
    pub entries: Vec<Sealed>,
}

/// The only version of an [`Opening`] that there is.
pub const OPENING_VERSION: u8 = 1;

/// An [`Opening`], signed by head office.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedOpening {
    /// Of the opening.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
    /// By head office's Ed25519 key.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// Why an opening is of no use: the till takes in the whole journal instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadOpening {
    /// Head office did not sign it, or it was changed since.
    #[error("head office did not sign it")]
    NotSigned,
    /// It cannot be read.
    #[error("it cannot be read")]
    Unreadable,
    /// A newer head office made it.
    #[error("it is of version {0}, which is not known here")]
    UnknownVersion(u8),
    /// It is another's.
    #[error("it is of another store")]
    OtherStore,
}

/// Certificates, X.509 in DER.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Papers {
    /// Of the device.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub certificate: Vec<u8>,
    /// Of the company's authority.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub authority: Vec<u8>,
    /// From when on the device's is valid, by head office's clock: milliseconds since 1970 UTC.
    #[n(2)]
    pub from: i64,
    /// Until when.
    #[n(3)]
    pub until: i64,
}

/// The name (RFC 5280, `dNSName`) in the certificate of every device of a store, by which the store's others know it
/// before they have heard of it. It is no address: `internal` is nobody's in the world's directory of names.
pub fn store_name(store: &str) -> String {
    format!("{}.comptoir.internal", store.to_ascii_lowercase())
}

/// Letters and digits of a code, none of which looks like another: Crockford's base 32.
pub const CODE_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code as it was meant: without spaces and hyphens, in capitals, `O` for 0 and `I`, `L` for 1.
pub fn canonical(code: &str) -> String {
    code.chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            letter => letter,
        })
        .collect()
}

impl Request {
    /// A request of the device that owns `key`.
    pub fn new(code: &str, key: &SigningKey, existing: Option<Existing>) -> Request {
        let code = canonical(code);
        let signature = key.sign(&signed(&code)).to_bytes();
        Request { code, key: key.verifying_key().to_bytes(), signature, existing }
    }

    /// The key that asks, if it signed the request.
    pub fn check(&self) -> Option<VerifyingKey> {
        let key = VerifyingKey::from_bytes(&self.key).ok()?;
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(&signed(&self.code), &signature).ok()?;
        Some(key)
    }
}

fn signed(code: &str) -> Vec<u8> {
    [b"comptoir enrolment 1\0", code.as_bytes()].concat()
}

impl Opening {
    /// Signs it as head office.
    pub fn sign(&self, key: &SigningKey) -> SignedOpening {
        let bytes = self.encode();
        let signature = key.sign(&signed_opening(&bytes)).to_bytes();
        SignedOpening { bytes, signature }
    }
}

impl SignedOpening {
    /// What head office, whose key this is, says of a store.
    pub fn check(
        &self,
        head_office: &VerifyingKey,
        tenant: &str,
        store: &str,
    ) -> Result<Opening, BadOpening> {
        let signature = Signature::from_bytes(&self.signature);
        let signed = head_office.verify_strict(&signed_opening(&self.bytes), &signature);
        signed.map_err(|_| BadOpening::NotSigned)?;
        let opening = Opening::read(&self.bytes).map_err(|_| BadOpening::Unreadable)?;
        match opening.v {
            OPENING_VERSION => {}
            other => return Err(BadOpening::UnknownVersion(other)),
        }
        let ours = opening.tenant == tenant && opening.store == store;
        if ours { Ok(opening) } else { Err(BadOpening::OtherStore) }
    }
}

fn signed_opening(bytes: &[u8]) -> Vec<u8> {
    [b"comptoir opening\0", bytes].concat()
}

macro_rules! body {
    ($($name:ident),*) => {
        $(impl $name {
            /// As it travels.
            pub fn encode(&self) -> Vec<u8> {
                entry::encode(self)
            }

            /// Reads one.
            pub fn read(bytes: &[u8]) -> Result<$name, EntryError> {
                minicbor::decode(bytes).map_err(|error| EntryError::Unreadable(error.to_string()))
            }
        })*
    };
}
body!(Request, Enrolled, Papers, Opening);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_was_meant() {
        assert_eq!(canonical(" o1il-abcd 9z "), "0111ABCD9Z");
    }

    #[test]
    fn an_opening_is_of_one_store_and_of_head_office() {
        let (office, other) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
        let key = office.verifying_key();
        let entries = vec![Sealed { bytes: vec![1, 2, 3], signature: [7; 64] }];
        let (tenant, store) = ("ACME".to_owned(), "YOW1".to_owned());
        let opening = Opening { v: OPENING_VERSION, tenant, store, entries };
        let signed = opening.sign(&office);
        assert_eq!(signed.check(&key, "ACME", "YOW1"), Ok(opening.clone()));
        assert_eq!(signed.check(&key, "ACME", "YYC1"), Err(BadOpening::OtherStore));
        assert_eq!(signed.check(&key, "EVIL", "YOW1"), Err(BadOpening::OtherStore));
        let theirs = opening.sign(&other);
        assert_eq!(theirs.check(&key, "ACME", "YOW1"), Err(BadOpening::NotSigned));
        for place in 0..signed.bytes.len() {
            let mut damaged = signed.clone();
            damaged.bytes[place] ^= 1;
            assert_eq!(damaged.check(&key, "ACME", "YOW1"), Err(BadOpening::NotSigned));
        }
        let newer = Opening { v: 2, ..opening }.sign(&office);
        assert_eq!(newer.check(&key, "ACME", "YOW1"), Err(BadOpening::UnknownVersion(2)));
        let bytes = b"no CBOR".to_vec();
        let signature = office.sign(&signed_opening(&bytes)).to_bytes();
        let garbage = SignedOpening { bytes, signature };
        assert_eq!(garbage.check(&key, "ACME", "YOW1"), Err(BadOpening::Unreadable));
    }

    #[test]
    fn nobody_asks_for_anothers_key() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let request = Request::new("7f3k-9qxz", &key, None);
        let read = Request::read(&request.encode()).unwrap();
        assert_eq!(read, request);
        assert_eq!(read.check(), Some(key.verifying_key()));
        let other = SigningKey::from_bytes(&[4; 32]).verifying_key().to_bytes();
        assert_eq!(Request { key: other, ..request.clone() }.check(), None);
        assert_eq!(Request { code: "7F3K9QXY".into(), ..request }.check(), None);
    }
}
