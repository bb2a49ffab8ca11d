//! Stores: how they stand, and the codes that devices enrol with.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use utoipa::{IntoParams, ToSchema};

use super::ask::{Asked, Named, Page, cursor, limit, page, read};
use super::devices::{self, Device};
use super::keys::{Caller, Scope};
use super::once::{Written, once};
use crate::audit::What;
use crate::enrolment::{self, CODE_LIVES};
use crate::error::Error;
use crate::http::State as House;
use crate::http::problem::{Body, Problem};
use crate::office::wall;
use crate::{settings, tenants};

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Part {
    /// At most so many.
    #[param(minimum = 1, maximum = 500)]
    pub(super) limit: Option<u32>,
    /// `next` of the page before.
    pub(super) cursor: Option<String>,
}

/// A site of the company.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Store {
    /// Its code, as receipts begin: capitals and digits, up to 12.
    #[schema(pattern = "^[A-Z0-9]{1,12}$")]
    store: String,
    /// In words.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
}

/// A store, and how it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Standing {
    /// Its code.
    store: String,
    /// In words.
    name: String,
    /// As in the IANA database, by its own word; null while it has said nothing.
    time_zone: Option<String>,
    /// ISO 4217, by its own word.
    currency: Option<String>,
    /// What is here of its day.
    today: Today,
    /// Those that take part or took part.
    devices: Vec<Device>,
}

/// What is here of a store's day: what its tills have not sent yet is not in it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Today {
    /// By the store's clock; by UTC while it has said nothing.
    day: String,
    sales: i64,
    /// With tax.
    total: i64,
    returns: i64,
    /// With tax.
    returned: i64,
}

/// Every store, by code.
#[utoipa::path(get, path = "/api/v1/stores", params(Part), responses((status = 200, body = Page<Standing>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(part): Asked<Part>,
) -> Result<Json<Page<Standing>>, Problem> {
    caller.may(Scope::ReadStores)?;
    let (limit, after) = (limit(part.limit)?, cursor::<String>(part.cursor.as_deref())?);
    let tenant = caller.tenant.as_str();
    let mut tx = house.office.database.of_tenant(tenant).await?;
    let select = "SELECT store, name FROM store WHERE tenant_id = $1 AND ($2::text IS NULL OR store > $2) ORDER BY store LIMIT $3 + 1";
    let rows = sqlx::query(select).bind(tenant).bind(after).bind(limit).fetch_all(&mut *tx).await?;
    let named = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    let named = named.collect::<Result<Vec<(String, String)>, sqlx::Error>>()?;
    let codes: Vec<String> = named.iter().map(|(code, _)| code.clone()).collect();
    let says = settings::of_stores(&mut tx, tenant, Some(&codes)).await?;
    let store_of = |code: &String| says.get(code).and_then(|says| says.store.as_ref());
    let days: Vec<String> =
        codes.iter().map(|code| day_of(store_of(code))).collect::<Result<_, Problem>>()?;
    let mut sold = sold(&mut tx, tenant, &codes, &days).await?;
    let mut devices = devices::of_stores(&mut tx, tenant, &codes).await?;
    let standing = |((code, name), day): ((String, String), String)| Standing {
        time_zone: store_of(&code).map(|store| store.time_zone.clone()),
        currency: store_of(&code).map(|store| store.currency.code().to_owned()),
        today: sold.remove(&code).unwrap_or(Today {
            day,
            sales: 0,
            total: 0,
            returns: 0,
            returned: 0,
        }),
        devices: devices.remove(&code).unwrap_or_default(),
        store: code,
        name,
    };
    let stores = named.into_iter().zip(days).map(standing).collect();
    Ok(page(stores, limit, |store: &Standing| store.store.clone()))
}

/// Which day it is in a store.
fn day_of(store: Option<&comptoir_domain::store::Store>) -> Result<String, Problem> {
    let now = Timestamp::from_millisecond(wall())
        .map_err(|why| Error::Broken(format!("this clock: {why}")))?;
    let zone = store.and_then(|store| now.in_tz(&store.time_zone).ok());
    let here = zone.unwrap_or_else(|| now.to_zoned(TimeZone::UTC));
    Ok(here.date().to_string())
}

/// What stores did, each on its day.
async fn sold(
    db: &mut PgConnection,
    tenant: &str,
    stores: &[String],
    days: &[String],
) -> Result<BTreeMap<String, Today>, sqlx::Error> {
    let rows = sqlx::query(
        "WITH asked AS (SELECT store, day::date FROM unnest($2::text[], $3::text[]) AS asked (store, day))
         SELECT store, day::text, sum(sales)::bigint, sum(total)::bigint, sum(returns)::bigint, sum(returned)::bigint
         FROM (SELECT store, day, 1 AS sales, total, 0 AS returns, 0 AS returned FROM sale JOIN asked USING (store, day)
               WHERE tenant_id = $1 AND day = ANY ($3::text[]::date[])
               UNION ALL
               SELECT store, day, 0, 0, 1, total FROM return_sale JOIN asked USING (store, day)
               WHERE tenant_id = $1 AND day = ANY ($3::text[]::date[])) AS facts
         GROUP BY store, day",
    )
    .bind(tenant)
    .bind(stores)
    .bind(days)
    .fetch_all(db)
    .await?;
    let today = |row: &PgRow| {
        let today = Today {
            day: row.try_get(1)?,
            sales: row.try_get(2)?,
            total: row.try_get(3)?,
            returns: row.try_get(4)?,
            returned: row.try_get(5)?,
        };
        Ok((row.try_get(0)?, today))
    };
    rows.iter().map(today).collect()
}

/// Adds a store, or names it anew.
#[utoipa::path(post, path = "/api/v1/stores", request_body = Store, params(("Idempotency-Key" = String, Header)), responses((status = 201, body = Store), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn add(
    State(house): State<Arc<House>>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.may(Scope::WriteStores)?;
    let store: Store = read(&body)?;
    let is_plain = |code: &str| {
        (1..=12).contains(&code.len())
            && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    let is_readable = !store.name.trim().is_empty() && !store.name.chars().any(char::is_control);
    if !is_plain(&store.store) || !is_readable || store.name.len() > 200 {
        return Err(Problem::invalid("a store has a code of capitals and digits, and a name"));
    }
    let asked = format!("add {} {}", store.store, store.name);
    once(&house.office, &caller, &headers, asked, async |db| {
        tenants::add_store(db, &caller.tenant, &store.store, &store.name, wall()).await?;
        caller.notes(db, What::StoreSaved, &store.store, json!({ "name": store.name })).await?;
        Ok(Written::new(StatusCode::CREATED, &store))
    })
    .await
}

/// A code with which one device may enrol.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Code {
    /// Shown once.
    code: String,
    /// Milliseconds since 1970 UTC.
    expires_at: i64,
}

/// Makes a code with which one device may enrol in a store, within the hour.
#[utoipa::path(post, path = "/api/v1/stores/{store}/codes", params(("store" = String, Path), ("Idempotency-Key" = String, Header)), responses((status = 201, body = Code), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn make_code(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named(store): Named<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Scope::WriteStores)?;
    let office = &house.office;
    once(office, &caller, &headers, format!("code {store}"), async |db: &mut PgConnection| {
        let select = "SELECT EXISTS (SELECT 1 FROM store WHERE tenant_id = $1 AND store = $2)";
        let there = sqlx::query_scalar(select).bind(&caller.tenant).bind(&store);
        if !there.fetch_one(&mut *db).await? {
            return Err(Problem::new(StatusCode::NOT_FOUND, "not_found", "there is no such store"));
        }
        let now = wall();
        let code = enrolment::write_code(db, office, &caller.tenant, &store, now).await?;
        caller.notes(db, What::CodeMade, &store, json!({})).await?;
        Ok(Written::new(StatusCode::CREATED, Code { code, expires_at: now + CODE_LIVES }))
    })
    .await
}
