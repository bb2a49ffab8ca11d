//! What was not done, as RFC 9457 says it: `application/problem+json` with a `kind` to tell problems apart by.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::enrolment::Refusal;
use crate::error::Error;

/// One problem.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    kind: &'static str,
    title: String,
    more: Value,
}

impl Problem {
    /// A problem that `kind` tells apart from others.
    pub fn new(status: StatusCode, kind: &'static str, title: impl Into<String>) -> Problem {
        Problem { status, kind, title: title.into(), more: Value::Null }
    }
}

/// There is nothing at this address.
pub(super) async fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this address")
}

/// What failed here is for the log, not for whoever asked.
impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        tracing::error!(%error, "a request failed");
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "fault",
            "head office failed; its log says why",
        )
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let (status, kind) = match &refusal {
            Refusal::NotSigned => (StatusCode::BAD_REQUEST, "not_signed"),
            Refusal::CodeUnknown => (StatusCode::FORBIDDEN, "code_unknown"),
            Refusal::CodeExpired => (StatusCode::FORBIDDEN, "code_expired"),
            Refusal::CodeUsed => (StatusCode::FORBIDDEN, "code_used"),
            Refusal::TooManyTries => (StatusCode::TOO_MANY_REQUESTS, "too_many_tries"),
            Refusal::OtherTenant => (StatusCode::CONFLICT, "other_tenant"),
            Refusal::OtherStore { .. } => (StatusCode::CONFLICT, "other_store"),
            Refusal::RegisterTaken { .. } => (StatusCode::CONFLICT, "register_taken"),
            Refusal::OtherSecret => (StatusCode::CONFLICT, "other_secret"),
            Refusal::Revoked => (StatusCode::FORBIDDEN, "revoked"),
            Refusal::KeyInUse => (StatusCode::CONFLICT, "key_in_use"),
            Refusal::NotEnrolled => (StatusCode::FORBIDDEN, "not_enrolled"),
        };
        let more = serde_json::to_value(&refusal).unwrap_or_default();
        Problem { status, kind, title: refusal.to_string(), more }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Problem { status, kind, title, more } = self;
        let mut body = json!({
            "type": format!("urn:comptoir:problem:{kind}"),
            "title": title,
            "status": status.as_u16(),
            "kind": kind,
        });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        let json = [(header::CONTENT_TYPE, "application/problem+json")];
        (status, json, body.to_string()).into_response()
    }
}
