//! Enrolling and renewing. Bodies are CBOR, as in `comptoir_sync::enrolment`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use comptoir_sync::enrolment::Request;
use comptoir_sync::replication::proof::{Challenge, Proof, Use};

use super::problem::Problem;
use super::{Client, State as House};
use crate::enrolment::{self, Refusal};
use crate::error::Result;
use crate::metrics::add;
use crate::office::{Office, wall};
use crate::vault::random;

/// A challenge is answered within so many milliseconds.
const CHALLENGE_LIVES: i64 = 2 * 60 * 1_000;

/// `POST /enrol/v1`: a [`Request`], answered by an `Enrolled`.
pub(super) async fn enrol(
    State(house): State<Arc<House>>,
    ConnectInfo(client): ConnectInfo<Client>,
    headers: HeaderMap,
    body: Bytes,
) -> std::result::Result<Response, Problem> {
    let House { office, tries, .. } = &*house;
    let address = house.address(client, &headers);
    if !tries.may(address, office.now()) {
        add(&office.metrics.enrolments_refused_total, 1);
        return Err(Refusal::TooManyTries.into());
    }
    let request = Request::read(&body).map_err(|_| unreadable())?;
    match enrolment::enrol(office, &request, wall()).await? {
        Ok(enrolled) => {
            add(&office.metrics.enrolments_total, 1);
            tracing::info!(
                tenant = enrolled.tenant,
                store = enrolled.store,
                register = enrolled.register,
                "enrolled"
            );
            Ok(cbor(enrolled.encode()))
        }
        Err(refusal) => {
            if refusal == Refusal::CodeUnknown {
                tries.wrong(address);
            }
            add(&office.metrics.enrolments_refused_total, 1);
            tracing::warn!(%address, %refusal, "a device is not enrolled");
            Err(refusal.into())
        }
    }
}

/// `POST /enrol/v1/challenge`: 32 bytes, to be answered with a proof soon.
pub(super) async fn challenge(
    State(house): State<Arc<House>>,
) -> std::result::Result<Response, Problem> {
    Ok(cbor(make_challenge(&house.office, wall())?.to_vec()))
}

/// `POST /enrol/v1/renew`: the challenge and, behind it, the proof; answered by `Papers`.
pub(super) async fn renew(
    State(house): State<Arc<House>>,
    body: Bytes,
) -> std::result::Result<Response, Problem> {
    let (challenge, proof) = body.split_first_chunk::<32>().ok_or_else(unreadable)?;
    let proof = Proof::read(proof).map_err(|_| unreadable())?;
    let now = wall();
    let key = match is_ours(&house.office, challenge, now) {
        true => proof.check(Use::Renewal, challenge),
        false => None,
    };
    let key = key.ok_or(Refusal::NotSigned)?;
    let papers = enrolment::renew(&house.office, &key, now).await??;
    Ok(cbor(papers.encode()))
}

/// When it was made, something random, and what only this head office can make of both: so nothing has to be kept, and
/// any process can read what another gave out.
fn make_challenge(office: &Office, wall: i64) -> Result<Challenge> {
    let mut challenge = [0; 32];
    challenge[..8].copy_from_slice(&wall.to_be_bytes());
    random(&mut challenge[8..16])?;
    let mac = mac(office, &challenge);
    challenge[16..].copy_from_slice(&mac);
    Ok(challenge)
}

fn is_ours(office: &Office, challenge: &Challenge, wall: i64) -> bool {
    let made = challenge.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes));
    let age = wall.saturating_sub(made);
    mac(office, challenge) == challenge[16..] && (0..CHALLENGE_LIVES).contains(&age)
}

fn mac(office: &Office, challenge: &Challenge) -> [u8; 16] {
    let made: String = challenge[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let keyed = office.vault.keyed(&format!("challenge {made}"));
    let mut mac = [0; 16];
    mac.copy_from_slice(&keyed[..16]);
    mac
}

fn unreadable() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "unreadable", "the body is none that is understood here")
}

fn cbor(body: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/cbor")], body).into_response()
}
