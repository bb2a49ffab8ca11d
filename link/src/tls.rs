//! Who is at the other end. Between tills both sides show a certificate that their company's authority
//! signed; of head office's server the system's authorities answer for its name, or one that was given
//! at enrolment. A certificate's key is the device's own, so it says which device it is.
//!
//! A till whose clock is years off has to reach the others all the same. Its clock is believed as long
//! as it is within the time for which head office, by its own clock, gave it a certificate. Outside of
//! it the time is not known, but that it is somewhere in there: a certificate is good that is good then.

use std::sync::Arc;
use std::time::Duration;

use comptoir_sync::enrolment::{Papers, store_name};
use comptoir_sync::entry::DeviceId;
use ed25519_dalek::{SigningKey, VerifyingKey};
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use tokio_rustls::rustls::crypto::{
    WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime,
};
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use tokio_rustls::rustls::time_provider::TimeProvider;
use tokio_rustls::rustls::{
    ClientConfig, DigitallySignedStruct, DistinguishedName, Error, RootCertStore, ServerConfig,
    SignatureScheme,
};

/// PKCS #8 of an Ed25519 key is this and its 32 bytes (RFC 8410).
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
/// The public half in a certificate is this and its 32 bytes (RFC 8410).
const PUBLIC_PREFIX: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A clock of milliseconds since 1970 UTC.
pub type Clock = fn() -> i64;

/// How finely a time that is not known is looked for, in milliseconds: no certificate is as short.
const STEP: i64 = 5 * 24 * 60 * 60 * 1_000;

/// The time as far as it is known.
#[derive(Debug, Clone, Copy)]
struct Known {
    clock: Clock,
    /// In which the clock is believed; always if there is none.
    validity: Option<(i64, i64)>,
}

impl Known {
    /// The clock's, or every time that it may be.
    fn times(&self) -> Vec<UnixTime> {
        let now = (self.clock)();
        let times = match self.validity {
            Some((from, until)) if !(from..until).contains(&now) => {
                let steps = (until.saturating_sub(from) / STEP).clamp(0, 1_000);
                (0..=steps).map(|step| from + step * STEP).chain([until]).collect()
            }
            _ => vec![now],
        };
        let unix = |time: i64| Duration::from_millis(u64::try_from(time).unwrap_or(0));
        times.into_iter().map(|time| UnixTime::since_unix_epoch(unix(time))).collect()
    }

    /// What holds at one of the times; why not at the last of them, if at none.
    fn at_some_time<T>(&self, check: impl Fn(UnixTime) -> Result<T, Error>) -> Result<T, Error> {
        let mut outcome = Err(Error::FailedToGetCurrentTime);
        for time in self.times() {
            outcome = check(time);
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }
}

impl TimeProvider for Known {
    fn current_time(&self) -> Option<UnixTime> {
        self.times().first().copied()
    }
}

/// Asks another verifier about every time that it may be.
#[derive(Debug)]
struct AtSomeTime<V: ?Sized> {
    known: Known,
    inner: Arc<V>,
}

/// How a till shows itself to the others, and whom it believes.
#[derive(Clone)]
pub struct Identity {
    /// To dial a neighbour.
    pub dial: Arc<ClientConfig>,
    /// To be dialled.
    pub listen: Arc<ServerConfig>,
}

impl Identity {
    /// Of the device that owns `key`, with the papers that head office gave it.
    pub fn new(key: &SigningKey, papers: &Papers, clock: Clock) -> Result<Identity, Error> {
        let provider = Arc::new(ring::default_provider());
        let known = Known { clock, validity: Some((papers.from, papers.until)) };
        let time = Arc::new(known);
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(papers.authority.clone()))?;
        let roots = Arc::new(roots);
        let chain = || vec![CertificateDer::from(papers.certificate.clone())];
        let callers = WebPkiClientVerifier::builder_with_provider(roots.clone(), provider.clone())
            .build()
            .map_err(|error| Error::General(error.to_string()))?;
        let callers = Arc::new(AtSomeTime { known, inner: callers });
        let listen = ServerConfig::builder_with_details(provider.clone(), time.clone())
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(callers)
            .with_single_cert(chain(), private(key))?;
        let company = Company { roots, algorithms: provider.signature_verification_algorithms };
        let dial = ClientConfig::builder_with_details(provider, time)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AtSomeTime {
                known,
                inner: Arc::new(company),
            }))
            .with_client_auth_cert(chain(), private(key))?;
        Ok(Identity { dial: Arc::new(dial), listen: Arc::new(listen) })
    }
}

/// How head office's server is known: by the system's authorities, or one more.
pub fn towards_head_office(
    authority: Option<&str>,
    papers: Option<&Papers>,
    clock: Clock,
) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let validity = papers.map(|papers| (papers.from, papers.until));
    let extra: Vec<CertificateDer<'static>> = match authority {
        Some(pem) => CertificateDer::pem_slice_iter(pem.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|error| Error::General(error.to_string()))?,
        None => Vec::new(),
    };
    let inner = Arc::new(rustls_platform_verifier::Verifier::new_with_extra_roots(
        extra,
        provider.clone(),
    )?);
    let known = Known { clock, validity };
    let verifier = Arc::new(AtSomeTime { known, inner });
    let config = ClientConfig::builder_with_details(provider, Arc::new(known))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(config)
}

/// Whether a certificate, which is believed, says that its device stands in a store. Those that were signed before
/// certificates said so say it of none.
pub fn stands_in(certificate: &CertificateDer<'_>, store: &str) -> bool {
    let name = ServerName::try_from(store_name(store));
    let parsed = ParsedCertificate::try_from(certificate);
    name.is_ok_and(|name| parsed.is_ok_and(|parsed| verify_server_name(&parsed, &name).is_ok()))
}

/// The device of a certificate, and its key.
pub fn device_of(certificate: &CertificateDer<'_>) -> Option<(DeviceId, VerifyingKey)> {
    let parsed = ParsedCertificate::try_from(certificate).ok()?;
    let info = parsed.subject_public_key_info();
    let bytes = info.as_ref().strip_prefix(PUBLIC_PREFIX.as_slice())?;
    let key = VerifyingKey::from_bytes(bytes.try_into().ok()?).ok()?;
    Some((DeviceId::of(&key), key))
}

fn private(key: &SigningKey) -> PrivateKeyDer<'static> {
    let der = [PKCS8_PREFIX.as_slice(), key.as_bytes()].concat();
    PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(der))
}

impl<V: ServerCertVerifier> ServerCertVerifier for AtSomeTime<V> {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.known.at_some_time(|time| {
            self.inner.verify_server_cert(end_entity, intermediates, name, ocsp, time)
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

impl ClientCertVerifier for AtSomeTime<dyn ClientCertVerifier> {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.inner.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.known
            .at_some_time(|time| self.inner.verify_client_cert(end_entity, intermediates, time))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// A neighbour is believed whatever its address: its company's authority has to have signed its key.
#[derive(Debug)]
struct Company {
    roots: Arc<RootCertStore>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Company {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let algorithms = self.algorithms.all;
        verify_server_cert_signed_by_trust_anchor(
            &certificate,
            &self.roots,
            intermediates,
            now,
            algorithms,
        )?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
