//! Signing in and out, who one is, and choosing a password.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::{Beginner, of_request, origin};
use crate::http::api::keys::Scope;
use crate::http::problem::Problem;
use crate::http::{Client, State as House};
use crate::office::wall;
use crate::people::sessions::{self, Session};
use crate::people::{Person, Refusal};
use crate::tenants;

/// Who is signed in, and what they may.
#[derive(Debug, Serialize)]
pub(super) struct Me {
    tenant: String,
    /// The company in words.
    company: String,
    #[serde(flatten)]
    person: Person,
    /// What the role may over the API.
    scopes: Vec<&'static str>,
    /// Whether the role decides who else is here.
    keeps_people: bool,
    /// A password of one's own comes before all else.
    one_time: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    sign_in: String,
    password: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    old: String,
    new: String,
}

/// Begins a session.
pub(super) async fn sign_in(
    State(house): State<Arc<House>>,
    ConnectInfo(client): ConnectInfo<Client>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    origin::check(&Method::POST, &headers, house.behind_proxy)?;
    let SignIn { sign_in, password } = read(&body)?;
    let (address, now) = (house.address(client, &headers), house.office.now());
    if !house.sign_ins.addresses.may(address, now) {
        return Err(Refusal::TooManyTries { seconds: 600 }.into());
    }
    let strangers = &house.sign_ins.strangers;
    let begun = sessions::begin(&house.office, strangers, (&sign_in, &password), wall()).await?;
    let (token, session) = match begun {
        Ok(begun) => begun,
        Err(refusal) => {
            house.sign_ins.addresses.wrong(address);
            tracing::warn!(sign_in, %address, %refusal, "somebody did not sign in");
            return Err(refusal.into());
        }
    };
    let (tenant, person) = (&session.tenant, session.person.person);
    tracing::info!(tenant, %person, %address, "somebody signed in");
    let cookie = origin::keep(&token, &headers, house.behind_proxy);
    let me = describe(&house, session).await?;
    Ok(([(header::SET_COOKIE, cookie)], Json(me)).into_response())
}

/// Ends this session.
pub(super) async fn sign_out(
    State(house): State<Arc<House>>,
    headers: HeaderMap,
    Beginner(session): Beginner,
) -> Result<Response, Problem> {
    sessions::end(&house.office, &session).await?;
    let cookie = origin::forget(&headers, house.behind_proxy);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// Who is signed in; null if nobody is, which is nothing wrong to ask.
pub(super) async fn me(
    State(house): State<Arc<House>>,
    parts: Parts,
) -> Result<Json<Option<Me>>, Problem> {
    match of_request(&parts, &house).await? {
        Some(session) => describe(&house, session).await.map(|me| Json(Some(me))),
        None => Ok(Json(None)),
    }
}

/// Chooses another password; all other sessions of the person end.
pub(super) async fn choose_password(
    State(house): State<Arc<House>>,
    headers: HeaderMap,
    Beginner(mut session): Beginner,
    body: Bytes,
) -> Result<Response, Problem> {
    let Choice { old, new } = read(&body)?;
    let token = sessions::choose_password(&house.office, &session, (&old, &new), wall()).await??;
    session.one_time = false;
    let cookie = origin::keep(&token, &headers, house.behind_proxy);
    let me = describe(&house, session).await?;
    Ok(([(header::SET_COOKIE, cookie)], Json(me)).into_response())
}

/// A body in JSON. What was wrong with it is not repeated: there may be a password in it.
fn read<T: serde::de::DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|_| Problem::invalid("this is not what is asked for"))
}

async fn describe(house: &House, session: Session) -> Result<Me, Problem> {
    let Session { tenant, person, one_time, .. } = session;
    let mut tx = house.office.database.of_tenant(&tenant).await?;
    let company = tenants::name(&mut tx, &tenant).await?;
    let scopes = person.role.scopes().into_iter().map(Scope::name).collect();
    let keeps_people = person.role.keeps_people();
    Ok(Me { tenant, company, person, scopes, keeps_people, one_time })
}
