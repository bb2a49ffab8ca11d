//! How a device proves who it is where the transport does not: head office sends bytes that nobody
//! could foresee, the device signs them. A signature given for this is of no use for anything else,
//! for what is signed begins with words that stand before nothing else.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};

use crate::entry::{self, EntryError};

/// Bytes that head office made up for one connection.
pub type Challenge = [u8; 32];

/// A device's answer to a challenge.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Proof {
    /// Its public key.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// The challenge, signed for one use.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// What a proof is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// To begin a session.
    Session,
    /// To get a new certificate.
    Renewal,
}

/// The device's answer.
pub fn prove(key: &SigningKey, purpose: Use, challenge: &Challenge) -> Proof {
    let signature = key.sign(&signed(purpose, challenge)).to_bytes();
    Proof { key: key.verifying_key().to_bytes(), signature }
}

impl Proof {
    /// As it travels.
    pub fn encode(&self) -> Vec<u8> {
        entry::encode(self)
    }

    /// Reads one.
    pub fn read(bytes: &[u8]) -> Result<Proof, EntryError> {
        minicbor::decode(bytes).map_err(|error| EntryError::Unreadable(error.to_string()))
    }

    /// The key of the device that answered this challenge; none if it did not.
    pub fn check(&self, purpose: Use, challenge: &Challenge) -> Option<VerifyingKey> {
        let key = VerifyingKey::from_bytes(&self.key).ok()?;
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(&signed(purpose, challenge), &signature).ok()?;
        Some(key)
    }
}

fn signed(purpose: Use, challenge: &Challenge) -> Vec<u8> {
    let words: &[u8] = match purpose {
        Use::Session => b"comptoir session 1\0",
        Use::Renewal => b"comptoir renewal 1\0",
    };
    [words, challenge].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_of_one_key_for_one_use_and_one_challenge() {
        let key = SigningKey::from_bytes(&[5; 32]);
        let proof = Proof::read(&prove(&key, Use::Session, &[1; 32]).encode()).unwrap();
        assert_eq!(proof.check(Use::Session, &[1; 32]), Some(key.verifying_key()));
        assert_eq!(proof.check(Use::Session, &[2; 32]), None);
        assert_eq!(proof.check(Use::Renewal, &[1; 32]), None);
        let other = SigningKey::from_bytes(&[6; 32]).verifying_key().to_bytes();
        assert_eq!(Proof { key: other, ..proof }.check(Use::Session, &[1; 32]), None);
    }
}
