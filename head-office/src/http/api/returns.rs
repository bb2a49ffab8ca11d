//! Goods that came back, with their receipt or without.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use sqlx::Row;
use sqlx::postgres::PgRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ask::{Asked, Named, Page, cursor, limit, page};
use super::books::Which;
use super::keys::{Caller, Scope};
use crate::http::State as House;
use crate::http::problem::{Body, Problem};

/// A return. Amounts are in minor units.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Return {
    id: Uuid,
    /// Its place in the company's log.
    position: i64,
    /// The store that took the goods back.
    store: String,
    register: i64,
    receipt: String,
    /// By the counter's own clock.
    day: String,
    completed_at: i64,
    currency: String,
    /// The sale that the goods are of; null where they came back without their receipt.
    sale: Option<Uuid>,
    /// Before tax.
    subtotal: i64,
    /// With tax.
    total: i64,
    /// Given back minus total.
    rounding: i64,
}

/// A return, and what it is made of.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WholeReturn {
    #[serde(flatten)]
    back: Return,
    lines: Vec<ReturnedLine>,
    taxes: Vec<ReturnedTax>,
    /// How the money went back: `cash`, `card`, `exchange`.
    refunds: Vec<Refund>,
}

/// One row.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReturnedLine {
    /// Its number in the sale; without one, in the return.
    line: i64,
    sku: String,
    /// Thousandths.
    quantity: i64,
    /// Before tax.
    amount: i64,
    /// It lies on no shelf again.
    wasted: bool,
}

/// One tax.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReturnedTax {
    code: String,
    /// Decimal.
    percent: String,
    taxable: i64,
    amount: i64,
}

/// One way the money went.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Refund {
    kind: String,
    amount: i64,
}

const COLUMNS: &str = "id, position, store, register, receipt, day::text, completed_at, currency, sale, subtotal, total, rounding";

fn return_of(row: &PgRow) -> Result<Return, sqlx::Error> {
    Ok(Return {
        id: row.try_get(0)?,
        position: row.try_get(1)?,
        store: row.try_get(2)?,
        register: row.try_get(3)?,
        receipt: row.try_get(4)?,
        day: row.try_get(5)?,
        completed_at: row.try_get(6)?,
        currency: row.try_get(7)?,
        sale: row.try_get(8)?,
        subtotal: row.try_get(9)?,
        total: row.try_get(10)?,
        rounding: row.try_get(11)?,
    })
}

/// Returns in the order in which they came here: the last cursor goes on where new ones will come.
#[utoipa::path(get, path = "/api/v1/returns", params(Which), responses((status = 200, body = Page<Return>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn returns(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Page<Return>>, Problem> {
    caller.may(Scope::ReadSales)?;
    let (limit, after) = (limit(which.limit)?, cursor::<i64>(which.cursor.as_deref())?);
    let (from, to) = which.days()?;
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let select = format!(
        "SELECT {COLUMNS} FROM return_sale WHERE tenant_id = $1 AND day BETWEEN $2::text::date AND $3::text::date
           AND ($4::text IS NULL OR store = $4) AND position > $5 ORDER BY position LIMIT $6 + 1"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(select))
        .bind(&caller.tenant)
        .bind(from)
        .bind(to)
        .bind(which.store)
        .bind(after.unwrap_or(0))
        .bind(limit)
        .fetch_all(&mut *tx)
        .await?;
    let returns = rows.iter().map(return_of).collect::<Result<Vec<_>, sqlx::Error>>()?;
    Ok(page(returns, limit, |back| back.position))
}

/// One return, whole.
#[utoipa::path(get, path = "/api/v1/returns/{id}", operation_id = "return", params(("id" = Uuid, Path)), responses((status = 200, body = WholeReturn), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn one(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named(id): Named<Uuid>,
) -> Result<Json<WholeReturn>, Problem> {
    caller.may(Scope::ReadSales)?;
    let tenant = &caller.tenant;
    let mut tx = house.office.database.of_tenant(tenant).await?;
    let select = format!("SELECT {COLUMNS} FROM return_sale WHERE tenant_id = $1 AND id = $2");
    let found = sqlx::query(sqlx::AssertSqlSafe(select)).bind(tenant).bind(id);
    let none = || Problem::new(StatusCode::NOT_FOUND, "not_found", "there is no such return");
    let back = return_of(&found.fetch_optional(&mut *tx).await?.ok_or_else(none)?)?;
    let parts = |columns: &str| {
        let of = "WHERE tenant_id = $1 AND day = $2::text::date AND return_sale = $3 ORDER BY n";
        sqlx::AssertSqlSafe(format!("SELECT {columns} {of}"))
    };
    let lines = sqlx::query(parts("line, sku, quantity, amount, wasted FROM return_line"));
    let lines = lines.bind(tenant).bind(&back.day).bind(id).fetch_all(&mut *tx).await?;
    let line = |row: &PgRow| {
        Ok(ReturnedLine {
            line: row.try_get(0)?,
            sku: row.try_get(1)?,
            quantity: row.try_get(2)?,
            amount: row.try_get(3)?,
            wasted: row.try_get(4)?,
        })
    };
    let taxes = sqlx::query(parts("code, percent::text, taxable, amount FROM return_tax"));
    let taxes = taxes.bind(tenant).bind(&back.day).bind(id).fetch_all(&mut *tx).await?;
    let tax = |row: &PgRow| {
        let (code, percent) = (row.try_get(0)?, row.try_get(1)?);
        Ok(ReturnedTax { code, percent, taxable: row.try_get(2)?, amount: row.try_get(3)? })
    };
    let refunds = sqlx::query(parts("kind, amount FROM return_tender"));
    let refunds = refunds.bind(tenant).bind(&back.day).bind(id).fetch_all(&mut *tx).await?;
    let refund = |row: &PgRow| Ok(Refund { kind: row.try_get(0)?, amount: row.try_get(1)? });
    Ok(Json(WholeReturn {
        back,
        lines: lines.iter().map(line).collect::<Result<_, sqlx::Error>>()?,
        taxes: taxes.iter().map(tax).collect::<Result<_, sqlx::Error>>()?,
        refunds: refunds.iter().map(refund).collect::<Result<_, sqlx::Error>>()?,
    }))
}
