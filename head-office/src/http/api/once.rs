//! A POST is carried out once, however often it is sent: what was answered is kept in the transaction that did it.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use comptoir_sync::entry::hash;
use serde_json::Value;
use sqlx::{PgConnection, Row};

use super::keys::Caller;
use crate::error::Error;
use crate::http::problem::Problem;
use crate::office::{Office, wall};
use crate::vault::Purpose;

/// Does `work`, or answers what it answered to the same request before.
pub(super) async fn once(
    office: &Office,
    caller: &Caller,
    headers: &HeaderMap,
    request: String,
    work: impl AsyncFnOnce(&mut PgConnection) -> Result<(StatusCode, Value), Problem>,
) -> Result<Response, Problem> {
    let name = headers.get("idempotency-key").and_then(|name| name.to_str().ok());
    let is_good = |name: &&str| !name.is_empty() && name.len() <= 128;
    let name = name.filter(is_good).ok_or_else(|| {
        let title = "a POST needs an Idempotency-Key of up to 128 letters";
        Problem::new(StatusCode::BAD_REQUEST, "idempotency_key_missing", title)
    })?;
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
    let (status, answer) = work(&mut tx).await?;
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
    Ok(json(status, answer))
}

fn json(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
