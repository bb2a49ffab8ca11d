//! Stock.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::postgres::PgRow;
use utoipa::{IntoParams, ToSchema};

use super::ask::{Asked, Page, cursor, limit, page};
use super::keys::{Caller, Scope};
use crate::http::State as House;
use crate::http::problem::{Body, Problem};

/// Whose stock.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Of {
    /// Of this store only.
    store: Option<String>,
    /// At most so many.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What there is of one SKU in one store.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OnHand {
    store: String,
    sku: String,
    /// Thousandths; below nothing when more was sold than was ever received.
    on_hand: i64,
    /// Ever sold, in thousandths.
    sold: i64,
}

/// Stock of everything that ever moved.
#[utoipa::path(get, path = "/api/v1/inventory", params(Of), responses((status = 200, body = Page<OnHand>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn inventory(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(of): Asked<Of>,
) -> Result<Json<Page<OnHand>>, Problem> {
    caller.may(Scope::ReadCatalog)?;
    let limit = limit(of.limit)?;
    let (store, sku) = cursor::<(String, String)>(of.cursor.as_deref())?.unzip();
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let select = "SELECT store, sku, on_hand, sold FROM stock
                  WHERE tenant_id = $1 AND ($2::text IS NULL OR store = $2) AND ($3::text IS NULL OR (store, sku) > ($3, $4))
                  ORDER BY store, sku LIMIT $5 + 1";
    let rows =
        sqlx::query(select).bind(&caller.tenant).bind(of.store).bind(store).bind(sku).bind(limit);
    let rows = rows.fetch_all(&mut *tx).await?;
    let on_hand = |row: &PgRow| {
        let (store, sku) = (row.try_get(0)?, row.try_get(1)?);
        Ok(OnHand { store, sku, on_hand: row.try_get(2)?, sold: row.try_get(3)? })
    };
    let stock = rows.iter().map(on_hand).collect::<Result<Vec<_>, sqlx::Error>>()?;
    Ok(page(stock, limit, |one| (one.store.clone(), one.sku.clone())))
}
