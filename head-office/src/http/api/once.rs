//! A POST is carried out once, however often it is sent: what was answered is kept in the transaction that did it.
//! What is written is written down there too, and told to whoever is connected once it is on disk.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use comptoir_sync::entry::hash;
use serde::Serialize;
use serde_json::Value;
use sqlx::{PgConnection, Row};

use super::keys::Caller;
use crate::audit::{self, What};
use crate::error::{Error, Result as Done};
use crate::http::problem::Problem;
use crate::hub::News;
use crate::journal::ingest::Taken;
use crate::office::{Office, wall};
use crate::vault::Purpose;

/// What was done.
pub(super) struct Written {
    status: StatusCode,
    answer: Value,
    news: Vec<News>,
}

impl Written {
    /// What is answered.
    pub(super) fn new(status: StatusCode, answer: impl Serialize) -> Written {
        let answer = serde_json::to_value(answer).unwrap_or_default();
        Written { status, answer, news: Vec::new() }
    }

    /// What the log grew by.
    pub(super) fn grew(mut self, taken: Option<Taken>) -> Written {
        let grew = taken.map(|taken| taken.grew).unwrap_or_default();
        if !grew.is_empty() {
            self.news.push(News::Grew(Arc::new(grew)));
        }
        self
    }

    /// What else connected devices have to hear.
    pub(super) fn tells(mut self, news: News) -> Written {
        self.news.push(news);
        self
    }
}

impl Caller {
    /// Writes down what the caller does.
    pub(super) async fn notes(
        &self,
        db: &mut PgConnection,
        what: What,
        subject: &str,
        details: Value,
    ) -> Done<()> {
        audit::note(db, &self.tenant, &self.who, what, subject, &details).await
    }
}

/// Does `work` under the name that its Idempotency-Key gives it, or answers what it answered to the same request before.
pub(super) async fn once(
    office: &Office,
    caller: &Caller,
    headers: &HeaderMap,
    request: String,
    work: impl AsyncFnOnce(&mut PgConnection) -> Result<Written, Problem>,
) -> Result<Response, Problem> {
    let Some(name) = headers.get("idempotency-key") else {
        return Err(nameless());
    };
    let is_good = |name: &&str| !name.is_empty() && name.len() <= 128;
    let name = name.to_str().ok().filter(is_good).ok_or_else(nameless)?;
    let tenant = caller.tenant.as_str();
    let request = hash(request.as_bytes());
    let mut tx = office.database.of_tenant(tenant).await?;
    // Whoever sends the same at the same time waits for the first.
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1 || encode($2, 'hex') || $3, 0))")
        .bind(tenant)
        .bind(caller.key)
        .bind(name)
        .execute(&mut *tx)
        .await?;
    let before = sqlx::query(
        "SELECT request, status, answer FROM answered WHERE tenant_id = $1 AND key = $2 AND name = $3",
    )
    .bind(tenant)
    .bind(caller.key)
    .bind(name)
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(before) = before {
        if before.try_get::<[u8; 32], _>(0)? != request {
            let title = "the Idempotency-Key was used for another request";
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                title,
            ));
        }
        let status = StatusCode::from_u16(before.try_get::<i16, _>(1)?.unsigned_abs());
        let status = status.map_err(|_| Error::Broken("no status".into()))?;
        let answer = office.vault.open(Purpose::Answer, tenant, before.try_get(2)?)?;
        return Ok(json(status, answer));
    }
    let Written { status, answer, news } = work(&mut tx).await?;
    let answer = answer.to_string().into_bytes();
    sqlx::query(
        "INSERT INTO answered (tenant_id, key, name, request, status, answer, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(tenant)
    .bind(caller.key)
    .bind(name)
    .bind(request)
    .bind(status.as_u16().cast_signed())
    .bind(office.vault.seal(Purpose::Answer, tenant, &answer)?)
    .bind(wall())
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    tell(office, tenant, news);
    Ok(json(status, answer))
}

/// Does `work` that comes to the same however often it is done: PATCH, PUT and DELETE. It may have an Idempotency-Key
/// all the same.
pub(super) async fn write(
    office: &Office,
    caller: &Caller,
    headers: &HeaderMap,
    request: String,
    work: impl AsyncFnOnce(&mut PgConnection) -> Result<Written, Problem>,
) -> Result<Response, Problem> {
    if headers.contains_key("idempotency-key") {
        return once(office, caller, headers, request, work).await;
    }
    let mut tx = office.database.of_tenant(&caller.tenant).await?;
    let Written { status, answer, news } = work(&mut tx).await?;
    tx.commit().await?;
    tell(office, &caller.tenant, news);
    Ok(json(status, answer.to_string().into_bytes()))
}

fn tell(office: &Office, tenant: &str, news: Vec<News>) {
    for news in news {
        office.hub.tell(tenant, news);
    }
}

fn nameless() -> Problem {
    let title = "a POST needs an Idempotency-Key of up to 128 letters";
    Problem::new(StatusCode::BAD_REQUEST, "idempotency_key_missing", title)
}

fn json(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
