//! Webhooks: who is told what, and what became of it.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::Row;
use sqlx::postgres::PgRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ask::{Asked, Named, Page, cursor, limit, page, read};
use super::keys::{Caller, Scope};
use super::once::{Written, once, write};
use super::stores::Part;
use crate::audit::What;
use crate::http::State as House;
use crate::http::problem::{Body, Problem};
use crate::webhooks::{self, Event, address};

/// Webhooks of one company.
const MOST: usize = 20;

/// An address that is told what happens.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Webhook {
    id: Uuid,
    url: String,
    events: Vec<String>,
    made_at: i64,
}

/// One to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    /// `https://…`; where it was set up so, also `http://` to the same machine.
    #[schema(max_length = 2000)]
    url: String,
    /// `sale.completed`, `refund.recorded`, `device.enrolled`, `device.revoked`, `quarantine.added`, `product.changed`,
    /// `price.changed`; every one if none is named.
    #[serde(default)]
    events: Vec<String>,
}

/// One that was added.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Added {
    #[serde(flatten)]
    webhook: Webhook,
    /// What bodies are signed with, shown once. `Comptoir-Signature` is `t=` seconds since 1970 UTC, `v1=` HMAC-SHA256
    /// with it over those seconds, a dot and the body, in hexadecimal digits.
    secret: String,
}

impl From<webhooks::Webhook> for Webhook {
    fn from(webhook: webhooks::Webhook) -> Webhook {
        let webhooks::Webhook { id, url, events, made_at } = webhook;
        let events = events.into_iter().map(|event| event.name().to_owned()).collect();
        Webhook { id, url, events, made_at }
    }
}

/// Every webhook.
#[utoipa::path(get, path = "/api/v1/webhooks", responses((status = 200, body = Page<Webhook>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(house): State<Arc<House>>,
    caller: Caller,
) -> Result<Json<Page<Webhook>>, Problem> {
    caller.may(Scope::ReadWebhooks)?;
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let all = webhooks::all(&mut tx, &caller.tenant).await?;
    Ok(Json(Page { items: all.into_iter().map(Webhook::from).collect(), next: None }))
}

/// Adds a webhook; shows its secret once.
#[utoipa::path(post, path = "/api/v1/webhooks", request_body = Draft, params(("Idempotency-Key" = String, Header)), responses((status = 201, body = Added), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn add(
    State(house): State<Arc<House>>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.may(Scope::WriteWebhooks)?;
    let (office, draft) = (&house.office, read::<Draft>(&body)?);
    let of_field = |field: &'static str, title: String| {
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_field", title);
        problem.with(json!({ "field": field }))
    };
    let events = match &draft.events[..] {
        [] => Event::ALL.to_vec(),
        named => {
            let parse = |name: &String| {
                Event::parse(name)
                    .ok_or_else(|| of_field("events", format!("there is no event {name}")))
            };
            named.iter().map(parse).collect::<Result<Vec<Event>, Problem>>()?
        }
    };
    if draft.url.len() > 2_000 {
        return Err(of_field("url", "it is too long".into()));
    }
    address::check(&draft.url, office.reach).map_err(|why| of_field("url", why.to_string()))?;
    let asked = format!("webhook {}", String::from_utf8_lossy(&body));
    once(office, &caller, &headers, asked, async |db| {
        let tenant = caller.tenant.as_str();
        if webhooks::all(db, tenant).await?.len() >= MOST {
            let title = format!("there are {MOST} webhooks already");
            return Err(Problem::new(StatusCode::CONFLICT, "too_many_webhooks", title));
        }
        let (id, secret) = webhooks::add(db, office, tenant, &draft.url, &events).await?;
        let added = webhooks::all(db, tenant).await?.into_iter().find(|one| one.id == id);
        let webhook: Webhook = added.ok_or_else(gone)?.into();
        let details = json!({ "url": webhook.url, "events": webhook.events });
        caller.notes(db, What::WebhookAdded, &id.to_string(), details).await?;
        Ok(Written::new(StatusCode::CREATED, Added { webhook, secret }))
    })
    .await
}

/// Takes a webhook out. What it was still to be told is given up.
#[utoipa::path(delete, path = "/api/v1/webhooks/{webhook}", params(("webhook" = Uuid, Path)), responses((status = 200), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn remove(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named(id): Named<Uuid>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Scope::WriteWebhooks)?;
    write(&house.office, &caller, &headers, format!("remove {id}"), async |db| {
        let url = webhooks::remove(db, &caller.tenant, id).await?.ok_or_else(gone)?;
        caller.notes(db, What::WebhookRemoved, &id.to_string(), json!({ "url": url })).await?;
        Ok(Written::new(StatusCode::OK, json!({ "removed": true })))
    })
    .await
}

/// Something that a webhook is told.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Delivery {
    /// The same in every try, as `Comptoir-Delivery` and in the body: what comes twice is known by it.
    id: Uuid,
    event: String,
    made_at: i64,
    /// `waiting`, `delivered`, or `given_up` after three days.
    state: String,
    attempts: i64,
    /// When it is tried again, while it waits.
    next_at: Option<i64>,
    /// What was answered last.
    last_status: Option<i32>,
    /// Why it is not delivered, in words.
    last_problem: Option<String>,
    delivered_at: Option<i64>,
}

/// What a webhook is told, the newest first; of one that was removed as well.
#[utoipa::path(get, path = "/api/v1/webhooks/{webhook}/deliveries", params(("webhook" = Uuid, Path), Part), responses((status = 200, body = Page<Delivery>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn deliveries(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named(id): Named<Uuid>,
    Asked(part): Asked<Part>,
) -> Result<Json<Page<Delivery>>, Problem> {
    caller.may(Scope::ReadWebhooks)?;
    let (limit, after) = (limit(part.limit)?, cursor::<Uuid>(part.cursor.as_deref())?);
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let there = "SELECT EXISTS (SELECT 1 FROM webhook WHERE tenant_id = $1 AND id = $2)";
    if !sqlx::query_scalar(there).bind(&caller.tenant).bind(id).fetch_one(&mut *tx).await? {
        return Err(gone());
    }
    let select = "SELECT id, event, made_at, state, attempts, CASE WHEN state = 'waiting' THEN next_at END, last_status, last_problem, delivered_at
                  FROM delivery WHERE tenant_id = $1 AND webhook = $2 AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4 + 1";
    let rows = sqlx::query(select).bind(&caller.tenant).bind(id).bind(after).bind(limit);
    let rows = rows.fetch_all(&mut *tx).await?;
    let delivery = |row: &PgRow| {
        Ok(Delivery {
            id: row.try_get(0)?,
            event: row.try_get(1)?,
            made_at: row.try_get(2)?,
            state: row.try_get(3)?,
            attempts: row.try_get(4)?,
            next_at: row.try_get(5)?,
            last_status: row.try_get(6)?,
            last_problem: row.try_get(7)?,
            delivered_at: row.try_get(8)?,
        })
    };
    let deliveries = rows.iter().map(delivery).collect::<Result<Vec<_>, sqlx::Error>>()?;
    Ok(page(deliveries, limit, |delivery| delivery.id))
}

fn gone() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "there is no such webhook")
}
