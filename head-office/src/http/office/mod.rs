//! The office pages: the files a browser loads, signing in, and what the pages ask beside the API. A session's cookie
//! stands where a key of the API stands, and may what its person's role may.

mod origin;
pub mod pages;
mod people;
mod show;
mod signing;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::{get, patch, post};

use self::pages::Pages;
use super::State as House;
use super::api::keys::{Caller, Stopped};
use super::problem::Problem;
use super::tries::Tries;
use crate::office::wall;
use crate::people::Refusal;
use crate::people::guessing::Strangers;
use crate::people::sessions::{self, Session};

/// Requests a minute in one session: some pages ask every few seconds, and somebody may have many open.
const PER_MINUTE: u64 = 1_200;

/// Wrong passwords so far.
#[derive(Debug, Default)]
pub struct SignIns {
    addresses: Tries,
    strangers: Strangers,
}

/// All addresses; without pages, programs alone are served.
pub(super) fn router(pages: Option<Pages>) -> Router<Arc<House>> {
    pages
        .map(pages::router)
        .unwrap_or_default()
        .route("/office/v1/sign-in", post(signing::sign_in))
        .route("/office/v1/sign-out", post(signing::sign_out))
        .route("/office/v1/me", get(signing::me))
        .route("/office/v1/password", post(signing::choose_password))
        .route("/office/v1/hours", get(show::hours))
        .route("/office/v1/sales", get(show::sales))
        .route("/office/v1/terms", get(show::terms))
        .route("/office/v1/stock", get(show::stock))
        .route("/office/v1/people", get(people::list).post(people::add))
        .route("/office/v1/people/{person}", patch(people::change).delete(people::remove))
        .route("/office/v1/people/{person}/reset", post(people::reset))
        .route("/office/v1/people/{person}/end-sessions", post(people::end_sessions))
}

/// Whether a browser shows a session, good or not.
pub(super) fn shows_session(parts: &Parts, house: &Arc<House>) -> bool {
    origin::token(&parts.headers, house.behind_proxy).is_some()
}

/// Who asks by a session; one whose password somebody else chose gets nowhere but to choose another.
pub(super) async fn caller(parts: &Parts, house: &Arc<House>) -> Result<Caller, Stopped> {
    let session = session(parts, house).await.map_err(Stopped::Problem)?;
    if session.one_time {
        return Err(Stopped::Problem(Refusal::PasswordOneTime.into()));
    }
    house.rates.ask(session.token, PER_MINUTE, house.office.now()).map_err(Stopped::TooOften)?;
    Ok(Caller::of_person(session.tenant, &session.person))
}

/// A session, of whoever still has to choose a password too.
pub(super) struct Beginner(pub(super) Session);

impl FromRequestParts<Arc<House>> for Beginner {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        house: &Arc<House>,
    ) -> Result<Beginner, Problem> {
        session(parts, house).await.map(Beginner)
    }
}

/// A session in which everything of its role can be done.
pub(super) struct Signed(pub(super) Session);

impl FromRequestParts<Arc<House>> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, house: &Arc<House>) -> Result<Signed, Problem> {
        let session = session(parts, house).await?;
        if session.one_time {
            return Err(Refusal::PasswordOneTime.into());
        }
        Ok(Signed(session))
    }
}

async fn session(parts: &Parts, house: &Arc<House>) -> Result<Session, Problem> {
    let title = "nobody is signed in here";
    let none = || Problem::new(StatusCode::UNAUTHORIZED, "session_missing", title);
    of_request(parts, house).await?.ok_or_else(none)
}

/// The session that a browser shows, if it shows one that stands.
async fn of_request(parts: &Parts, house: &Arc<House>) -> Result<Option<Session>, Problem> {
    let Some(token) = origin::token(&parts.headers, house.behind_proxy) else { return Ok(None) };
    origin::check(&parts.method, &parts.headers, house.behind_proxy)?;
    Ok(sessions::of_token(&house.office, token, wall()).await?)
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let (status, kind) = match &refusal {
            Refusal::SignInWrong => (StatusCode::UNPROCESSABLE_ENTITY, "sign_in_wrong"),
            Refusal::TooManyTries { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many_tries"),
            Refusal::OneTimeOver => (StatusCode::UNPROCESSABLE_ENTITY, "one_time_over"),
            Refusal::PasswordOneTime => (StatusCode::FORBIDDEN, "password_one_time"),
            Refusal::PasswordBad { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "password_bad"),
            Refusal::PasswordSame => (StatusCode::UNPROCESSABLE_ENTITY, "password_same"),
            Refusal::SignInBad => (StatusCode::UNPROCESSABLE_ENTITY, "sign_in_bad"),
            Refusal::SignInTaken { .. } => (StatusCode::CONFLICT, "sign_in_taken"),
            Refusal::NameBad => (StatusCode::UNPROCESSABLE_ENTITY, "name_bad"),
            Refusal::LastOwner => (StatusCode::CONFLICT, "last_owner"),
            Refusal::Nobody | Refusal::NoCompany => (StatusCode::NOT_FOUND, "not_found"),
        };
        let more = serde_json::to_value(&refusal).unwrap_or_default();
        Problem::new(status, kind, refusal.to_string()).with(more)
    }
}
