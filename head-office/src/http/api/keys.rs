//! API keys: made once, shown once, of one company, for some purposes only.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use comptoir_sync::entry::hash;
use serde_json::json;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::audit::{self, What, Who};
use crate::enrolment::letters;
use crate::error::{Error, Result};
use crate::http::State as House;
use crate::http::office;
use crate::http::problem::Problem;
use crate::office::{Office, wall};
use crate::people::Person;

/// Begins every key, so that one that lies about is known for what it is.
const PREFIX: &str = "comptoir_";
/// 160 bits.
const LENGTH: usize = 32;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Stores, their settings and devices.
    ReadStores,
    /// Adding stores, making codes, revoking devices.
    WriteStores,
    /// Products, prices, promotions, shelves and stock.
    ReadCatalog,
    /// Changing products and prices.
    WriteCatalog,
    /// Customers: names, telephone numbers, addresses.
    ReadCustomers,
    /// Sales, parked carts and reports.
    ReadSales,
    /// The journal as it was signed.
    ReadJournal,
    /// What was put aside.
    ReadQuarantine,
    /// Trying it again, rewriting and discarding it.
    WriteQuarantine,
    /// Webhooks, and what became of their deliveries.
    ReadWebhooks,
    /// Adding and removing them.
    WriteWebhooks,
    /// Who did what.
    ReadAudit,
    /// Who has a key.
    ReadKeys,
    /// Making keys that may do no more, and revoking any.
    WriteKeys,
}

impl Scope {
    /// All of them.
    pub const ALL: [Scope; 14] = [
        Scope::ReadStores,
        Scope::WriteStores,
        Scope::ReadCatalog,
        Scope::WriteCatalog,
        Scope::ReadCustomers,
        Scope::ReadSales,
        Scope::ReadJournal,
        Scope::ReadQuarantine,
        Scope::WriteQuarantine,
        Scope::ReadWebhooks,
        Scope::WriteWebhooks,
        Scope::ReadAudit,
        Scope::ReadKeys,
        Scope::WriteKeys,
    ];

    /// As it is named.
    pub const fn name(self) -> &'static str {
        match self {
            Scope::ReadStores => "stores:read",
            Scope::WriteStores => "stores:write",
            Scope::ReadCatalog => "catalog:read",
            Scope::WriteCatalog => "catalog:write",
            Scope::ReadCustomers => "customers:read",
            Scope::ReadSales => "sales:read",
            Scope::ReadJournal => "journal:read",
            Scope::ReadQuarantine => "quarantine:read",
            Scope::WriteQuarantine => "quarantine:write",
            Scope::ReadWebhooks => "webhooks:read",
            Scope::WriteWebhooks => "webhooks:write",
            Scope::ReadAudit => "audit:read",
            Scope::ReadKeys => "keys:read",
            Scope::WriteKeys => "keys:write",
        }
    }

    /// The scope of a name.
    pub fn parse(name: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// A key as it is kept.
#[derive(Debug)]
pub struct Kept {
    /// Its name, which may be told.
    pub id: Uuid,
    /// What it is for, in words.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Requests a minute, at most.
    pub per_minute: i64,
    /// Milliseconds since 1970 UTC.
    pub made_at: i64,
    /// When it was revoked, if it was.
    pub revoked_at: Option<i64>,
}

/// Makes a key, as whoever can run the program. It is shown once.
pub async fn make(
    office: &Office,
    tenant: &str,
    name: &str,
    scopes: &[Scope],
    per_minute: u32,
) -> Result<String> {
    let mut tx = office.database.of_tenant(tenant).await?;
    let who = &Who::CommandLine;
    let (_, key) = write(&mut tx, office, tenant, name, scopes, per_minute, who).await?;
    tx.commit().await?;
    Ok(key)
}

/// The same for anybody, within a transaction of the company; answers the key's name too.
pub(crate) async fn write(
    db: &mut PgConnection,
    office: &Office,
    tenant: &str,
    name: &str,
    scopes: &[Scope],
    per_minute: u32,
    who: &Who,
) -> Result<(Uuid, String)> {
    let key = format!("{PREFIX}{}", letters(LENGTH)?);
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
    let id: Uuid = sqlx::query_scalar(
        "INSERT INTO api_key (tenant_id, key, name, scopes, per_minute, made_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
    )
    .bind(tenant)
    .bind(office.vault.keyed(&key))
    .bind(name)
    .bind(scopes.join(" "))
    .bind(i64::from(per_minute))
    .bind(wall())
    .fetch_one(&mut *db)
    .await?;
    let details = json!({ "name": name, "scopes": scopes, "per_minute": per_minute });
    audit::note(db, tenant, who, What::KeyMade, &id.to_string(), &details).await?;
    Ok((id, key))
}

/// Every key, the newest first; those that were revoked too.
pub async fn all(db: &mut PgConnection, tenant: &str) -> Result<Vec<Kept>> {
    let select = "SELECT id, name, scopes, per_minute, made_at, revoked_at FROM api_key
                  WHERE tenant_id = $1 ORDER BY made_at DESC, id";
    let rows = sqlx::query(select).bind(tenant).fetch_all(db).await?;
    let kept = |row: &PgRow| {
        let scopes: String = row.try_get(2)?;
        Ok(Kept {
            id: row.try_get(0)?,
            name: row.try_get(1)?,
            scopes: scopes.split(' ').filter_map(Scope::parse).collect(),
            per_minute: row.try_get(3)?,
            made_at: row.try_get(4)?,
            revoked_at: row.try_get(5)?,
        })
    };
    Ok(rows.iter().map(kept).collect::<std::result::Result<_, sqlx::Error>>()?)
}

/// A key is good for nothing any more; answers whether there is such a key.
pub async fn revoke(db: &mut PgConnection, tenant: &str, id: Uuid, who: &Who) -> Result<bool> {
    let select = "SELECT name, revoked_at FROM api_key WHERE tenant_id = $1 AND id = $2 FOR UPDATE";
    let found = sqlx::query(select).bind(tenant).bind(id).fetch_optional(&mut *db).await?;
    let Some(row) = found else { return Ok(false) };
    if row.try_get::<Option<i64>, _>(1)?.is_some() {
        return Ok(true);
    }
    let update = "UPDATE api_key SET revoked_at = $3 WHERE tenant_id = $1 AND id = $2";
    sqlx::query(update).bind(tenant).bind(id).bind(wall()).execute(&mut *db).await?;
    let details = json!({ "name": row.try_get::<String, _>(0)? });
    audit::note(db, tenant, who, What::KeyRevoked, &id.to_string(), &details).await?;
    Ok(true)
}

/// Who asks.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) tenant: String,
    pub(crate) key: [u8; 32],
    /// As what they do is written down.
    pub(crate) who: Who,
    scopes: Vec<Scope>,
}

impl Caller {
    /// Somebody who is signed in. What they asked once is theirs, whichever session they ask in.
    pub(crate) fn of_person(tenant: String, person: &Person) -> Caller {
        let key = hash(format!("person {}", person.person).as_bytes());
        let who = Who::Person(person.name.clone());
        Caller { tenant, key, who, scopes: person.role.scopes() }
    }

    /// Whether the key is for this.
    pub(crate) fn may(&self, scope: Scope) -> std::result::Result<(), Problem> {
        if self.scopes.contains(&scope) {
            return Ok(());
        }
        let title = format!("the key is not for {}", scope.name());
        Err(Problem::new(StatusCode::FORBIDDEN, "scope_missing", title))
    }
}

/// Why somebody is not let in.
pub(crate) enum Stopped {
    Problem(Problem),
    TooOften(u64),
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Stopped {
        Stopped::Problem(error.into())
    }
}

impl IntoResponse for Stopped {
    fn into_response(self) -> Response {
        match self {
            Stopped::Problem(problem) => problem.into_response(),
            Stopped::TooOften(seconds) => {
                let title = "the key asks too often";
                let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_often", title);
                ([(header::RETRY_AFTER, seconds.to_string())], problem).into_response()
            }
        }
    }
}

impl FromRequestParts<Arc<House>> for Caller {
    type Rejection = Stopped;

    async fn from_request_parts(
        parts: &mut Parts,
        house: &Arc<House>,
    ) -> std::result::Result<Caller, Stopped> {
        let shown = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        if shown.is_none() && office::shows_session(parts, house) {
            return office::caller(parts, house).await;
        }
        let key = shown.and_then(|shown| shown.strip_prefix("Bearer "));
        let none = || {
            let title = "no key that is good here: Authorization: Bearer comptoir_…";
            Stopped::Problem(Problem::new(StatusCode::UNAUTHORIZED, "key_missing", title))
        };
        let office = &house.office;
        let key = office.vault.keyed(key.ok_or_else(none)?);
        let mut tx = office.database.of_api_key(&key).await?;
        let found = sqlx::query(
            "SELECT tenant_id, scopes, per_minute, name FROM api_key WHERE key = $1 AND revoked_at IS NULL",
        )
        .bind(key)
        .fetch_optional(&mut *tx)
        .await
        .map_err(Error::from)?;
        let row = found.ok_or_else(none)?;
        let per_minute = row.try_get::<i64, _>(2).map_err(Error::from)?.unsigned_abs();
        house.rates.ask(key, per_minute, office.now()).map_err(Stopped::TooOften)?;
        let scopes: String = row.try_get(1).map_err(Error::from)?;
        let scopes = scopes.split(' ').filter_map(Scope::parse).collect();
        let who = Who::Key(row.try_get(3).map_err(Error::from)?);
        let tenant = row.try_get(0).map_err(Error::from)?;
        Ok(Caller { tenant, key, who, scopes })
    }
}
