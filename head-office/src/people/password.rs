//! Passwords: argon2id over what the vault keys, so that a copy of the database alone is nothing to guess with.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, Salt, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::enrolment::letters;
use crate::error::{Error, Result};
use crate::vault::{Vault, random};

/// A password of one's own has at least so many characters: NIST SP 800-63B asks for eight, and for fifteen where it is
/// the only proof; guesses are slowed down here.
pub const LEAST: usize = 12;
/// More than anybody types; what is longer only costs time.
pub const MOST: usize = 200;
/// Passwords proven at once: each takes 19 MiB and a processor.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// What nobody knows yet: 80 bits in groups of four.
pub(super) fn one_time() -> Result<String> {
    let letters = letters(16)?;
    let groups: Vec<&str> = (0..4).map(|group| &letters[4 * group..4 * group + 4]).collect();
    Ok(groups.join("-"))
}

/// As it is kept.
pub(super) async fn hashed(vault: &Vault, tenant: &str, password: &str) -> Result<String> {
    let keyed = keyed(vault, tenant, password);
    let mut salt = [0; Salt::RECOMMENDED_LENGTH];
    random(&mut salt)?;
    let _permit = AT_ONCE.acquire().await.map_err(|why| Error::Broken(why.to_string()))?;
    tokio::task::spawn_blocking(move || {
        let salt = SaltString::encode_b64(&salt).map_err(broken)?;
        Ok(argon()?.hash_password(&keyed, &salt).map_err(broken)?.to_string())
    })
    .await?
}

/// Whether this is the password that was kept. With none it takes as long, so that nobody learns from the time that
/// there is nobody of that name.
pub(super) async fn is(
    vault: &Vault,
    tenant: &str,
    password: &str,
    kept: Option<String>,
) -> Result<bool> {
    let keyed = keyed(vault, tenant, password);
    let _permit = AT_ONCE.acquire().await.map_err(|why| Error::Broken(why.to_string()))?;
    tokio::task::spawn_blocking(move || {
        let Some(kept) = kept else {
            let nobody = SaltString::encode_b64(&[0; Salt::RECOMMENDED_LENGTH]).map_err(broken)?;
            argon()?.hash_password(&keyed, &nobody).map_err(broken)?;
            return Ok(false);
        };
        let kept = PasswordHash::new(&kept).map_err(broken)?;
        Ok(argon()?.verify_password(&keyed, &kept).is_ok())
    })
    .await?
}

fn keyed(vault: &Vault, tenant: &str, password: &str) -> [u8; 32] {
    vault.keyed(&format!("password\0{tenant}\0{password}"))
}

/// OWASP's second recommendation for argon2id: 19 MiB, two passes, one lane.
fn argon() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None)
        .map_err(|why| Error::Broken(format!("argon2: {why}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn broken(why: argon2::password_hash::Error) -> Error {
    Error::Broken(format!("argon2: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_proven_in_its_own_house_only() {
        let (vault, other) = (Vault::new(&[1; 32]), Vault::new(&[2; 32]));
        let kept = hashed(&vault, "ACME", "correct horse").await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_ne!(kept, hashed(&vault, "ACME", "correct horse").await.unwrap());
        let is = async |vault, tenant, password| {
            is(vault, tenant, password, Some(kept.clone())).await.unwrap()
        };
        assert!(is(&vault, "ACME", "correct horse").await);
        assert!(!is(&vault, "ACME", "correct horse ").await);
        assert!(!is(&vault, "OTHER", "correct horse").await);
        assert!(!is(&other, "ACME", "correct horse").await, "without the master key it is nothing");
        let given = one_time().unwrap();
        assert_eq!((given.len(), given.matches('-').count()), (19, 3));
    }
}
