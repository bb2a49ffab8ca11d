//! Products with their prices: read, added, and made to say something else.

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
use super::once::{Written, once, write};
use crate::audit::What;
use crate::catalog::edit::Edits;
use crate::catalog::products::{self, Draft, Patch};
use crate::http::State as House;
use crate::http::problem::{Body, Problem};
use crate::office::wall;

/// What is sold, as its document says.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Product {
    product: Uuid,
    name_en: String,
    name_fr: String,
    department: String,
    tax_category: String,
    minimum_age: Option<i64>,
    archived: bool,
    /// Its price is keyed at the counter.
    open_price: bool,
    skus: Vec<Sku>,
}

/// What is scanned, stocked and priced.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct Sku {
    sku: String,
    /// `each` or `kg`.
    unit: String,
    /// With a space between.
    gtins: String,
    /// Of one unit before tax, in minor units.
    price: Option<i64>,
}

/// Which products.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Of which a name or SKU has this in it, or a GTIN begins with it.
    q: Option<String>,
    /// At most so many.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

const COLUMNS: &str = "SELECT product, name_en, name_fr, department, tax_category, minimum_age, archived, open_price,
    (SELECT coalesce(json_agg(json_build_object('sku', sku.sku, 'unit', unit, 'gtins', gtins, 'price',
         (SELECT price FROM price WHERE price.tenant_id = sku.tenant_id AND price.sku = sku.sku LIMIT 1)) ORDER BY sku.sku), '[]')::text
     FROM sku WHERE sku.tenant_id = product.tenant_id AND sku.product = product.product)
    FROM product WHERE tenant_id = $1";

/// Every product, archived ones too.
#[utoipa::path(get, path = "/api/v1/products", params(Which), responses((status = 200, body = Page<Product>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Page<Product>>, Problem> {
    caller.may(Scope::ReadCatalog)?;
    let (limit, after) = (limit(which.limit)?, cursor::<Uuid>(which.cursor.as_deref())?);
    // What `LIKE` reads otherwise than it is written.
    let plain = |q: &str| q.trim().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let q = which.q.as_deref().map(plain).filter(|q| !q.is_empty());
    let select = format!(
        "{COLUMNS} AND ($2::uuid IS NULL OR product > $2)
         AND ($3::text IS NULL OR name_en ILIKE '%' || $3 || '%' OR name_fr ILIKE '%' || $3 || '%'
              OR EXISTS (SELECT 1 FROM sku WHERE sku.tenant_id = product.tenant_id AND sku.product = product.product
                         AND (sku.sku ILIKE '%' || $3 || '%' OR ' ' || gtins LIKE '% ' || $3 || '%')))
         ORDER BY product LIMIT $4 + 1"
    );
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let rows = sqlx::query(sqlx::AssertSqlSafe(select)).bind(&caller.tenant).bind(after).bind(q);
    let rows = rows.bind(limit).fetch_all(&mut *tx).await?;
    let products = rows.iter().map(product).collect::<Result<Vec<_>, sqlx::Error>>()?;
    Ok(page(products, limit, |product| product.product))
}

/// One product.
#[utoipa::path(get, path = "/api/v1/products/{product}", params(("product" = Uuid, Path)), responses((status = 200, body = Product), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn one(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named(id): Named<Uuid>,
) -> Result<Json<Product>, Problem> {
    caller.may(Scope::ReadCatalog)?;
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    find(&mut tx, &caller.tenant, id).await.map(Json)
}

/// Adds a product with its first SKU. Tills that are connected sell it within moments.
#[utoipa::path(post, path = "/api/v1/products", request_body = Draft, params(("Idempotency-Key" = String, Header)), responses((status = 201, body = Product), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn add(
    State(house): State<Arc<House>>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.may(Scope::WriteCatalog)?;
    let (office, draft) = (&house.office, read::<Draft>(&body)?);
    let me = office.identity(&caller.tenant).await?;
    let asked = format!("product {}", String::from_utf8_lossy(&body));
    once(office, &caller, &headers, asked, async |db| {
        let mut edits = Edits::begin(db, &me, wall()).await?;
        let id = products::add(db, &mut edits, &draft).await??;
        let taken = edits.record(db, office.process).await?;
        let added = find(db, &caller.tenant, id).await?;
        let details = json!({ "sku": draft.sku, "name_en": added.name_en });
        caller.notes(db, What::ProductAdded, &id.to_string(), details).await?;
        Ok(Written::new(StatusCode::CREATED, added).grew(taken))
    })
    .await
}

/// Makes a product say something else; what is not named stays, also what a till changes meanwhile.
#[utoipa::path(patch, path = "/api/v1/products/{product}", request_body = Patch, params(("product" = Uuid, Path)), responses((status = 200, body = Product), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn change(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named(id): Named<Uuid>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.may(Scope::WriteCatalog)?;
    let (office, patch) = (&house.office, read::<Patch>(&body)?);
    let me = office.identity(&caller.tenant).await?;
    let asked = format!("product {id} {}", String::from_utf8_lossy(&body));
    write(office, &caller, &headers, asked, async |db| {
        let mut edits = Edits::begin(db, &me, wall()).await?;
        let changed = products::change(db, &mut edits, id, &patch).await??;
        let taken = edits.record(db, office.process).await?;
        if taken.is_some() {
            caller.notes(db, What::ProductChanged, &id.to_string(), changed).await?;
        }
        Ok(Written::new(StatusCode::OK, find(db, &caller.tenant, id).await?).grew(taken))
    })
    .await
}

async fn find(db: &mut PgConnection, tenant: &str, id: Uuid) -> Result<Product, Problem> {
    let select = format!("{COLUMNS} AND product = $2");
    let found = sqlx::query(sqlx::AssertSqlSafe(select)).bind(tenant).bind(id);
    let row = found.fetch_optional(db).await?;
    let row = row.ok_or(products::Refusal::UnknownProduct)?;
    Ok(product(&row)?)
}

fn product(row: &PgRow) -> Result<Product, sqlx::Error> {
    Ok(Product {
        product: row.try_get(0)?,
        name_en: row.try_get(1)?,
        name_fr: row.try_get(2)?,
        department: row.try_get(3)?,
        tax_category: row.try_get(4)?,
        minimum_age: row.try_get(5)?,
        archived: row.try_get(6)?,
        open_price: row.try_get(7)?,
        skus: serde_json::from_str(row.try_get(8)?).unwrap_or_default(),
    })
}
