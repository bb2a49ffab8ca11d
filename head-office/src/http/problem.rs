//! What was not done, as RFC 9457 says it: `application/problem+json` with a `kind` to tell problems apart by.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::catalog::{conflicts, products};
use crate::enrolment::Refusal;
use crate::error::Error;
use crate::quarantine;

/// A problem as it is written.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct Body {
    /// `urn:comptoir:problem:` and the kind.
    r#type: String,
    /// In words.
    title: String,
    /// As in the answer's head.
    status: u16,
    /// Tells problems apart.
    kind: String,
}

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

    /// The same, with more about it beside its title.
    pub(super) fn with(mut self, more: Value) -> Problem {
        self.more = more;
        self
    }

    /// What was asked is none that is understood here.
    pub fn invalid(title: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, "invalid", title)
    }
}

/// There is nothing at this address.
pub(super) async fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this address")
}

/// This address takes another method.
pub(super) async fn not_allowed() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "not_allowed", "this address takes another method")
}

/// What failed here is for the log, not for whoever asked; what no database holds is theirs.
impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        if error.is_about_data() {
            return Problem::invalid("there is something in it that cannot be kept or looked for");
        }
        tracing::error!(%error, "a request failed");
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "fault",
            "head office failed; its log says why",
        )
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Problem {
        Error::from(error).into()
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
            Refusal::StoreEmpty => (StatusCode::CONFLICT, "store_empty"),
            Refusal::OtherSecret => (StatusCode::CONFLICT, "other_secret"),
            Refusal::Revoked => (StatusCode::FORBIDDEN, "revoked"),
            Refusal::KeyInUse => (StatusCode::CONFLICT, "key_in_use"),
            Refusal::NotEnrolled => (StatusCode::FORBIDDEN, "not_enrolled"),
        };
        let more = serde_json::to_value(&refusal).unwrap_or_default();
        Problem { status, kind, title: refusal.to_string(), more }
    }
}

impl From<products::Refusal> for Problem {
    fn from(refusal: products::Refusal) -> Problem {
        use products::Refusal;
        let (status, kind) = match &refusal {
            Refusal::BadField { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "bad_field"),
            Refusal::SkuExists { .. } => (StatusCode::CONFLICT, "sku_exists"),
            Refusal::UnknownProduct => (StatusCode::NOT_FOUND, "unknown_product"),
            Refusal::UnknownSku => (StatusCode::NOT_FOUND, "unknown_sku"),
            Refusal::UnknownPriceList => (StatusCode::NOT_FOUND, "unknown_price_list"),
            Refusal::PriceChanged { .. } => (StatusCode::CONFLICT, "price_changed"),
        };
        let more = serde_json::to_value(&refusal).unwrap_or_default();
        Problem { status, kind, title: refusal.to_string(), more }
    }
}

impl From<conflicts::Refusal> for Problem {
    fn from(refusal: conflicts::Refusal) -> Problem {
        let (status, kind) = match &refusal {
            conflicts::Refusal::AlreadyDecided => (StatusCode::CONFLICT, "already_decided"),
        };
        let more = serde_json::to_value(&refusal).unwrap_or_default();
        Problem { status, kind, title: refusal.to_string(), more }
    }
}

impl From<quarantine::Refusal> for Problem {
    fn from(refusal: quarantine::Refusal) -> Problem {
        use quarantine::Refusal;
        let (status, kind) = match &refusal {
            Refusal::NothingAside => (StatusCode::NOT_FOUND, "nothing_aside"),
            Refusal::Settled { .. } => (StatusCode::CONFLICT, "settled"),
            Refusal::NothingToRewrite => (StatusCode::CONFLICT, "nothing_to_rewrite"),
            Refusal::NoFields => (StatusCode::UNPROCESSABLE_ENTITY, "no_fields"),
            Refusal::BadField { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "bad_field"),
        };
        let more = serde_json::to_value(&refusal).unwrap_or_default();
        Problem { status, kind, title: refusal.to_string(), more }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Problem { status, kind, title, more } = self;
        let r#type = format!("urn:comptoir:problem:{kind}");
        let mut body =
            json!(Body { r#type, title, status: status.as_u16(), kind: kind.to_owned() });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        let json = [(header::CONTENT_TYPE, "application/problem+json")];
        (status, json, body.to_string()).into_response()
    }
}
