//! A company's authority and the certificates that it signs: X.509 over the Ed25519 keys that devices have anyway, so
//! that tills of a store can talk to each other over TLS. Nobody sends a private key.

use comptoir_sync::enrolment::store_name;
use comptoir_sync::entry::DeviceId;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use ed25519_dalek::{SigningKey, VerifyingKey};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ED25519, PublicKeyData, SerialNumber, SignatureAlgorithm,
};
use time::{Duration, OffsetDateTime};

use crate::error::{Error, Result};
use crate::vault::random;

/// How long a device's certificate is good for.
const DEVICE_DAYS: i64 = 90;
/// How long a company's authority is.
const AUTHORITY_DAYS: i64 = 20 * 365;
/// A device whose clock is behind ours still finds its certificate valid.
const BEHIND_DAYS: i64 = 1;

/// A certificate as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// X.509, DER.
    pub der: Vec<u8>,
    /// Its number.
    pub serial: Vec<u8>,
    /// Milliseconds since 1970 UTC.
    pub from: i64,
    /// Milliseconds since 1970 UTC.
    pub until: i64,
}

/// The authority of a company, signed by itself. `wall` is milliseconds since 1970 UTC.
pub fn authority(tenant: &str, key: &SigningKey, wall: i64) -> Result<Vec<u8>> {
    let mut params = authority_params(tenant)?;
    (params.not_before, params.not_after) = validity(wall, AUTHORITY_DAYS)?;
    params.serial_number = Some(serial()?);
    Ok(params.self_signed(&pair(key)?).map_err(failed)?.der().to_vec())
}

/// The certificate of a device: it may be either side of a connection. Its names are the device and its store.
pub fn of_device(
    tenant: &str,
    store: &str,
    authority: &SigningKey,
    device: &VerifyingKey,
    wall: i64,
) -> Result<Certificate> {
    let name = DeviceId::of(device).to_string();
    let mut params =
        CertificateParams::new(vec![name.clone(), store_name(store)]).map_err(failed)?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.distinguished_name.push(DnType::OrganizationName, tenant);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    (params.not_before, params.not_after) = validity(wall, DEVICE_DAYS)?;
    let serial = serial()?;
    params.serial_number = Some(serial.clone());
    let (from, until) = (millis(params.not_before)?, millis(params.not_after)?);
    let issuer = Issuer::new(authority_params(tenant)?, pair(authority)?);
    let signed = params.signed_by(&PublicKey(device.to_bytes()), &issuer).map_err(failed)?;
    Ok(Certificate { der: signed.der().to_vec(), serial: serial.to_bytes(), from, until })
}

fn authority_params(tenant: &str) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(Vec::new()).map_err(failed)?;
    params.distinguished_name.push(DnType::CommonName, format!("Comptoir {tenant}"));
    params.distinguished_name.push(DnType::OrganizationName, tenant);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

/// A public key without its private half.
struct PublicKey([u8; 32]);

impl PublicKeyData for PublicKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ED25519
    }
}

fn pair(key: &SigningKey) -> Result<KeyPair> {
    let der = key.to_pkcs8_der().map_err(|why| Error::Broken(format!("a key: {why}")))?;
    KeyPair::from_pkcs8_der_and_sign_algo(&der.as_bytes().into(), &PKCS_ED25519).map_err(failed)
}

fn validity(wall: i64, days: i64) -> Result<(OffsetDateTime, OffsetDateTime)> {
    let now = OffsetDateTime::from_unix_timestamp(wall.div_euclid(1_000))
        .map_err(|why| Error::Broken(format!("the clock: {why}")))?;
    Ok((now - Duration::days(BEHIND_DAYS), now + Duration::days(days)))
}

fn millis(moment: OffsetDateTime) -> Result<i64> {
    moment
        .unix_timestamp()
        .checked_mul(1_000)
        .ok_or_else(|| Error::Broken("a certificate beyond all time".into()))
}

/// 16 random bytes of a positive number (RFC 5280, 4.1.2.2).
fn serial() -> Result<SerialNumber> {
    let mut bytes = [0; 16];
    random(&mut bytes)?;
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}

fn failed(why: rcgen::Error) -> Error {
    Error::Broken(format!("a certificate: {why}"))
}
