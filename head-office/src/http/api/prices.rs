//! Price lists: read, and set one price after the other.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::ask::{Asked, Named, Page, cursor, limit, page, read};
use super::keys::{Caller, Scope};
use super::once::{Written, write};
use crate::audit::What;
use crate::catalog::edit::{Edits, PRICE_LIST};
use crate::catalog::prices::{self, Wanted};
use crate::catalog::products::Refusal;
use crate::http::State as House;
use crate::http::problem::{Body, Problem};
use crate::office::wall;
use crate::settings;

/// What stores sell by.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PriceList {
    /// Its name: `base` is what every till sells by.
    list: String,
    /// SKUs that have a price in it.
    prices: i64,
    /// What all stores count in; null while they say nothing of it, or not the same.
    currency: Option<String>,
}

/// Every price list.
#[utoipa::path(get, path = "/api/v1/price-lists", responses((status = 200, body = Page<PriceList>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn lists(
    State(house): State<Arc<House>>,
    caller: Caller,
) -> Result<Json<Page<PriceList>>, Problem> {
    caller.may(Scope::ReadCatalog)?;
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let count = "SELECT count(DISTINCT sku) FROM price WHERE tenant_id = $1 AND price IS NOT NULL";
    let prices = sqlx::query_scalar(count).bind(&caller.tenant).fetch_one(&mut *tx).await?;
    let stores = settings::of_stores(&mut tx, &caller.tenant, None).await?;
    let mut currencies: Vec<&str> =
        stores.values().filter_map(|says| Some(says.store.as_ref()?.currency.code())).collect();
    currencies.dedup();
    let currency = match currencies[..] {
        [only] => Some(only.to_owned()),
        _ => None,
    };
    let items = vec![PriceList { list: PRICE_LIST.to_owned(), prices, currency }];
    Ok(Json(Page { items, next: None }))
}

/// One price.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Price {
    sku: String,
    product: Uuid,
    name_en: String,
    name_fr: String,
    /// Of one unit before tax, in minor units; null of what is keyed at the counter.
    price: Option<i64>,
    /// What the stores pay.
    cost: Option<i64>,
}

/// Which prices.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Of this SKU only.
    sku: Option<String>,
    /// At most so many.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

const COLUMNS: &str = "SELECT DISTINCT ON (sku.sku) sku.sku, sku.product, name_en, name_fr, price, cost
    FROM sku JOIN product USING (tenant_id, product) LEFT JOIN price ON price.tenant_id = sku.tenant_id AND price.sku = sku.sku
    WHERE sku.tenant_id = $1";

/// Every SKU with its price, by SKU.
#[utoipa::path(get, path = "/api/v1/price-lists/{list}/prices", params(("list" = String, Path), Which), responses((status = 200, body = Page<Price>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named(list): Named<String>,
    Asked(which): Asked<Which>,
) -> Result<Json<Page<Price>>, Problem> {
    caller.may(Scope::ReadCatalog)?;
    check(&list)?;
    let (limit, after) = (limit(which.limit)?, cursor::<String>(which.cursor.as_deref())?);
    let select = format!(
        "{COLUMNS} AND ($2::text IS NULL OR sku.sku > $2) AND ($3::text IS NULL OR sku.sku = $3)
         ORDER BY sku.sku, sku.product LIMIT $4 + 1"
    );
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let rows = sqlx::query(sqlx::AssertSqlSafe(select)).bind(&caller.tenant).bind(after);
    let rows = rows.bind(which.sku).bind(limit).fetch_all(&mut *tx).await?;
    let prices = rows.iter().map(price).collect::<Result<Vec<_>, sqlx::Error>>()?;
    Ok(page(prices, limit, |price| price.sku.clone()))
}

/// Sets the price of a SKU. Tills that are connected sell at it within moments.
#[utoipa::path(put, path = "/api/v1/price-lists/{list}/prices/{sku}", request_body = Wanted, params(("list" = String, Path), ("sku" = String, Path)), responses((status = 200, body = Price), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn set(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named((list, sku)): Named<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.may(Scope::WriteCatalog)?;
    check(&list)?;
    let (office, wanted) = (&house.office, read::<Wanted>(&body)?);
    let me = office.identity(&caller.tenant).await?;
    let asked = format!("price {sku} {}", String::from_utf8_lossy(&body));
    write(office, &caller, &headers, asked, async |db| {
        let mut edits = Edits::begin(db, &me, wall()).await?;
        let was = prices::set(db, &mut edits, &sku, &wanted).await??;
        let taken = edits.record(db, office.process).await?;
        if taken.is_some() {
            let details = json!({ "was": was, "is": wanted.price, "cost": wanted.cost });
            caller.notes(db, What::PriceSet, &sku, details).await?;
        }
        Ok(Written::new(StatusCode::OK, find(db, &caller.tenant, &sku).await?).grew(taken))
    })
    .await
}

async fn find(db: &mut PgConnection, tenant: &str, sku: &str) -> Result<Price, Problem> {
    let select = format!("{COLUMNS} AND sku.sku = $2 ORDER BY sku.sku, sku.product");
    let found = sqlx::query(sqlx::AssertSqlSafe(select)).bind(tenant).bind(sku);
    let row = found.fetch_optional(db).await?.ok_or(Refusal::UnknownSku)?;
    Ok(price(&row)?)
}

fn price(row: &PgRow) -> Result<Price, sqlx::Error> {
    Ok(Price {
        sku: row.try_get(0)?,
        product: row.try_get(1)?,
        name_en: row.try_get(2)?,
        name_fr: row.try_get(3)?,
        price: row.try_get(4)?,
        cost: row.try_get(5)?,
    })
}

fn check(list: &str) -> Result<(), Problem> {
    if list == PRICE_LIST { Ok(()) } else { Err(Refusal::UnknownPriceList.into()) }
}
