//! Who else is here: only who may decide it sees it.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Signed;
use crate::audit::{self, What, Who};
use crate::http::State as House;
use crate::http::api::ask::{Named, read};
use crate::http::problem::Problem;
use crate::office::wall;
use crate::people::sessions::{self, Session};
use crate::people::{self, Listed, Person, Role};

/// A password to begin with: shown once.
#[derive(Debug, Serialize)]
struct Given {
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    person: Option<Person>,
    password: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Added {
    sign_in: String,
    name: String,
    role: Role,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Changed {
    name: Option<String>,
    role: Option<Role>,
}

/// Everybody, by name.
pub(super) async fn list(
    State(house): State<Arc<House>>,
    Signed(session): Signed,
) -> Result<Json<Vec<Listed>>, Problem> {
    may(&session)?;
    let mut tx = house.office.database.of_tenant(&session.tenant).await?;
    Ok(Json(people::list(&mut tx, &session.tenant, wall()).await?))
}

/// Adds somebody.
pub(super) async fn add(
    State(house): State<Arc<House>>,
    Signed(session): Signed,
    body: Bytes,
) -> Result<Response, Problem> {
    may(&session)?;
    let Added { sign_in, name, role } = read(&body)?;
    let mut tx = house.office.database.of_tenant(&session.tenant).await?;
    let new = people::New { sign_in: &sign_in, name: &name, role, password: None };
    let (person, password) =
        people::add(&mut tx, &house.office, &session.tenant, new, wall()).await??;
    let details = json!({ "name": person.name, "role": person.role });
    notes(&mut tx, &session, What::PersonAdded, &person.sign_in, &details).await?;
    tx.commit().await?;
    let given = Given { person: Some(person), password };
    Ok((StatusCode::CREATED, Json(given)).into_response())
}

/// Names somebody anew, or trusts them with something else.
pub(super) async fn change(
    State(house): State<Arc<House>>,
    Signed(session): Signed,
    Named(person): Named<Uuid>,
    body: Bytes,
) -> Result<Json<Person>, Problem> {
    may(&session)?;
    let Changed { name, role } = read(&body)?;
    let mut tx = house.office.database.of_tenant(&session.tenant).await?;
    let changed = people::change(&mut tx, &session.tenant, person, name.as_deref(), role).await??;
    let details = json!({ "name": changed.name, "role": changed.role });
    notes(&mut tx, &session, What::PersonChanged, &changed.sign_in, &details).await?;
    tx.commit().await?;
    Ok(Json(changed))
}

/// Gives somebody a password to begin with again.
pub(super) async fn reset(
    State(house): State<Arc<House>>,
    Signed(session): Signed,
    Named(person): Named<Uuid>,
) -> Result<Response, Problem> {
    may(&session)?;
    let mut tx = house.office.database.of_tenant(&session.tenant).await?;
    let named = named(&mut tx, &session, person).await?;
    let password = people::reset(&mut tx, &house.office, &session.tenant, person, wall()).await??;
    notes(&mut tx, &session, What::PersonReset, &named.sign_in, &json!({})).await?;
    tx.commit().await?;
    Ok(Json(Given { person: None, password }).into_response())
}

/// Ends every session of somebody.
pub(super) async fn end_sessions(
    State(house): State<Arc<House>>,
    Signed(session): Signed,
    Named(person): Named<Uuid>,
) -> Result<StatusCode, Problem> {
    may(&session)?;
    let mut tx = house.office.database.of_tenant(&session.tenant).await?;
    let named = named(&mut tx, &session, person).await?;
    let ended = sessions::end_all(&mut tx, &session.tenant, person).await?;
    notes(&mut tx, &session, What::SessionsEnded, &named.sign_in, &json!({ "sessions": ended }))
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody works here no longer.
pub(super) async fn remove(
    State(house): State<Arc<House>>,
    Signed(session): Signed,
    Named(person): Named<Uuid>,
) -> Result<StatusCode, Problem> {
    may(&session)?;
    let mut tx = house.office.database.of_tenant(&session.tenant).await?;
    let named = named(&mut tx, &session, person).await?;
    people::remove(&mut tx, &session.tenant, person, wall()).await??;
    notes(&mut tx, &session, What::PersonRemoved, &named.sign_in, &json!({})).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn named(db: &mut PgConnection, session: &Session, person: Uuid) -> Result<Person, Problem> {
    let found = people::find(db, &session.tenant, person).await?;
    Ok(found.ok_or(people::Refusal::Nobody)?)
}

async fn notes(
    db: &mut PgConnection,
    session: &Session,
    what: What,
    sign_in: &str,
    details: &Value,
) -> Result<(), Problem> {
    let who = Who::Person(session.person.name.clone());
    Ok(audit::note(db, &session.tenant, &who, what, sign_in, details).await?)
}

fn may(session: &Session) -> Result<(), Problem> {
    if session.person.role.keeps_people() {
        return Ok(());
    }
    let title = "only an owner decides who is here";
    Err(Problem::new(StatusCode::FORBIDDEN, "scope_missing", title))
}
