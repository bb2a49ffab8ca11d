//! How a device comes to take part: it makes its key itself and shows a one-time code; head office
//! gives it a place and signs its certificate. Both bodies are CBOR (`application/cbor`) of
//! `POST /enrol/v1`; what head office refuses it says as problem+json with a `kind`.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};

use crate::entry::{self, EntryError};

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
body!(Request, Enrolled, Papers);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_was_meant() {
        assert_eq!(canonical(" o1il-abcd 9z "), "0111ABCD9Z");
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
