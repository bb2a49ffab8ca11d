//! Keys for the API: who has one, who gets one, and who had one.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ask::{Named, Page, read};
use super::keys::{self, Caller, Scope};
use super::once::{Written, once};
use crate::http::State as House;
use crate::http::problem::{Body, Problem};

/// A key, without what it is shown by.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Key {
    id: Uuid,
    /// What it is for, in words.
    name: String,
    scopes: Vec<String>,
    /// Requests a minute, at most.
    per_minute: i64,
    made_at: i64,
    revoked_at: Option<i64>,
}

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    /// What it is for, in words.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// `stores:read`, `catalog:write`, …; at least one, and none that the caller does not have.
    #[schema(min_items = 1)]
    scopes: Vec<String>,
    /// Requests a minute, at most; 600 if not said.
    #[schema(minimum = 1, maximum = 100_000)]
    per_minute: Option<u32>,
}

/// A key that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Made {
    id: Uuid,
    /// Shown once.
    key: String,
}

/// Every key, the newest first; those that were revoked too.
#[utoipa::path(get, path = "/api/v1/keys", responses((status = 200, body = Page<Key>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(house): State<Arc<House>>,
    caller: Caller,
) -> Result<Json<Page<Key>>, Problem> {
    caller.may(Scope::ReadKeys)?;
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let all = keys::all(&mut tx, &caller.tenant).await?;
    let key = |kept: keys::Kept| {
        let keys::Kept { id, name, scopes, per_minute, made_at, revoked_at } = kept;
        let scopes = scopes.into_iter().map(|scope| scope.name().to_owned()).collect();
        Key { id, name, scopes, per_minute, made_at, revoked_at }
    };
    Ok(Json(Page { items: all.into_iter().map(key).collect(), next: None }))
}

/// Makes a key that may do no more than the caller. It is shown once.
#[utoipa::path(post, path = "/api/v1/keys", request_body = Draft, params(("Idempotency-Key" = String, Header)), responses((status = 201, body = Made), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn make(
    State(house): State<Arc<House>>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.may(Scope::WriteKeys)?;
    let (office, draft) = (&house.office, read::<Draft>(&body)?);
    let wrong = |field: &'static str, title: String| {
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_field", title);
        problem.with(json!({ "field": field }))
    };
    let name = draft.name.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(wrong("name", "a name has from 1 to 200 characters".into()));
    }
    let parse = |name: &String| {
        Scope::parse(name).ok_or_else(|| wrong("scopes", format!("there is no scope {name}")))
    };
    let scopes = draft.scopes.iter().map(parse).collect::<Result<Vec<Scope>, Problem>>()?;
    if scopes.is_empty() {
        return Err(wrong("scopes", "a key is for something".into()));
    }
    for scope in &scopes {
        caller.may(*scope)?;
    }
    let per_minute = draft.per_minute.unwrap_or(600);
    if !(1..=100_000).contains(&per_minute) {
        return Err(wrong("per_minute", "from 1 to 100000".into()));
    }
    let asked = format!("key {}", String::from_utf8_lossy(&body));
    once(office, &caller, &headers, asked, async |db| {
        let (tenant, who) = (caller.tenant.as_str(), &caller.who);
        let (id, key) = keys::write(db, office, tenant, name, &scopes, per_minute, who).await?;
        Ok(Written::new(StatusCode::CREATED, Made { id, key }))
    })
    .await
}

/// A key is good for nothing any more. Doing so again changes nothing.
#[utoipa::path(post, path = "/api/v1/keys/{key}/revoke", params(("key" = Uuid, Path), ("Idempotency-Key" = String, Header)), responses((status = 200), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn revoke(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named(id): Named<Uuid>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Scope::WriteKeys)?;
    once(&house.office, &caller, &headers, format!("revoke key {id}"), async |db| {
        if !keys::revoke(db, &caller.tenant, id, &caller.who).await? {
            return Err(Problem::new(StatusCode::NOT_FOUND, "not_found", "there is no such key"));
        }
        Ok(Written::new(StatusCode::OK, json!({ "revoked": true })))
    })
    .await
}
