//! What must not be read by whoever reads the database: private keys and secrets are sealed with a master key, codes are
//! kept keyed with it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::error::{Error, Result};

const NONCE: usize = 24;

/// The master key, held in memory only.
#[derive(Clone)]
pub struct Vault {
    sealing: XChaCha20Poly1305,
    codes: [u8; 32],
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

/// What is sealed. What is opened as something else, or for another company, does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The private key of head office.
    OfficeKey,
    /// The secret of a store.
    StoreSecret,
    /// What was answered over the API.
    Answer,
    /// What a webhook's bodies are signed with.
    WebhookSecret,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Purpose::OfficeKey => "office key",
            Purpose::StoreSecret => "store secret",
            Purpose::Answer => "answer",
            Purpose::WebhookSecret => "webhook secret",
        }
    }
}

impl Vault {
    /// With a master key of 32 bytes.
    pub fn new(master: &[u8; 32]) -> Vault {
        let sealing = derived(master, b"comptoir sealing 1");
        let codes = derived(master, b"comptoir codes 1");
        Vault { sealing: XChaCha20Poly1305::new(&sealing.into()), codes }
    }

    /// With a master key in base64.
    pub fn from_base64(text: &str) -> Result<Vault> {
        let bytes = STANDARD.decode(text.trim()).ok();
        let master = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let none = || Error::SetUp("the master key is not 32 bytes in base64".into());
        master.map(|master| Vault::new(&master)).ok_or_else(none)
    }

    /// With the master key in a file that nobody else can read.
    pub fn from_file(path: &Path) -> Result<Vault> {
        let failed = |why: std::io::Error| Error::SetUp(format!("{}: {why}", path.display()));
        let mode = fs::metadata(path).map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            let name = path.display();
            return Err(Error::SetUp(format!("{name}: others can read the master key; chmod 600")));
        }
        Vault::from_base64(&fs::read_to_string(path).map_err(failed)?)
    }

    /// Seals something of a company.
    pub fn seal(&self, purpose: Purpose, tenant: &str, secret: &[u8]) -> Result<Vec<u8>> {
        let mut nonce = [0; NONCE];
        random(&mut nonce)?;
        let aad = aad(purpose, tenant);
        let sealed = self
            .sealing
            .encrypt(XNonce::from_slice(&nonce), Payload { msg: secret, aad: &aad })
            .map_err(|_| Error::Broken("sealing failed".into()))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens what was sealed.
    pub fn open(&self, purpose: Purpose, tenant: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let shut =
            || Error::Broken("the master key is another one than this was sealed with".into());
        let (nonce, sealed) = sealed.split_at_checked(NONCE).ok_or_else(shut)?;
        let aad = aad(purpose, tenant);
        let payload = Payload { msg: sealed, aad: &aad };
        self.sealing.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| shut())
    }

    /// A code or an API key as it is kept.
    pub fn keyed(&self, code: &str) -> [u8; 32] {
        derived(&self.codes, code.as_bytes())
    }
}

/// Bytes that nobody can foresee.
pub fn random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|why| Error::Broken(format!("no randomness: {why}")))
}

/// HMAC-SHA256.
pub fn derived(key: &[u8; 32], text: &[u8]) -> [u8; 32] {
    let mut mac =
        <Hmac<Sha256> as Mac>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

fn aad(purpose: Purpose, tenant: &str) -> Vec<u8> {
    [purpose.name().as_bytes(), b"\0", tenant.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_own_purpose_and_company_only() {
        let vault = Vault::new(&[1; 32]);
        let sealed = vault.seal(Purpose::StoreSecret, "ACME", b"secret").unwrap();
        assert_ne!(sealed, vault.seal(Purpose::StoreSecret, "ACME", b"secret").unwrap());
        assert_eq!(vault.open(Purpose::StoreSecret, "ACME", &sealed).unwrap(), b"secret");
        let mut altered = sealed.clone();
        altered[30] ^= 1;
        for (vault, purpose, tenant, sealed) in [
            (&vault, Purpose::OfficeKey, "ACME", &sealed),
            (&vault, Purpose::StoreSecret, "OTHER", &sealed),
            (&Vault::new(&[2; 32]), Purpose::StoreSecret, "ACME", &sealed),
            (&vault, Purpose::StoreSecret, "ACME", &altered),
            (&vault, Purpose::StoreSecret, "ACME", &vec![1; 5]),
        ] {
            vault.open(purpose, tenant, sealed).unwrap_err();
        }
        assert_ne!(vault.keyed("A"), vault.keyed("B"));
    }

    #[test]
    fn a_master_key_that_others_can_read_is_refused() {
        let folder = std::env::temp_dir().join(format!("comptoir-vault-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("master.key");
        fs::write(&file, STANDARD.encode([7; 32])).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(Vault::from_file(&file).unwrap_err().to_string().contains("chmod 600"));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        Vault::from_file(&file).unwrap();
        Vault::from_base64("AAAA").unwrap_err();
        fs::remove_dir_all(folder).unwrap();
    }
}
