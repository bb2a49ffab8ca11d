//! Goods that came back more than once: registers that do not see each other may each take the same ones back, and
//! once both returns are here, a person has to be told.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use utoipa::ToSchema;
use uuid::Uuid;

use super::ask::{Asked, Page, cursor, limit, page};
use super::books::Which;
use super::keys::{Caller, Scope};
use crate::http::State as House;
use crate::http::problem::{Body, Problem};

/// A return of goods of a sale.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Back {
    id: Uuid,
    /// The store that took it back.
    store: String,
    /// Of the return.
    receipt: String,
    completed_at: i64,
    /// With tax.
    total: i64,
}

/// A sale of which more came back than was sold.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TakenBackTwice {
    /// The sale.
    id: Uuid,
    /// Its place in the company's log.
    position: i64,
    store: String,
    /// Of the sale.
    receipt: String,
    completed_at: i64,
    currency: String,
    /// What came back too much, before tax.
    too_much: i64,
    /// All that came back of it.
    returns: Vec<Back>,
}

/// Sales of which more came back than was sold, with a return on the days that are asked for.
#[utoipa::path(get, path = "/api/v1/reports/taken-back-twice", params(Which), responses((status = 200, body = Page<TakenBackTwice>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn taken_back_twice(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Page<TakenBackTwice>>, Problem> {
    caller.may(Scope::ReadSales)?;
    let (limit, after) = (limit(which.limit)?, cursor::<i64>(which.cursor.as_deref())?);
    let (from, to) = which.days()?;
    let tenant = &caller.tenant;
    let mut tx = house.office.database.of_tenant(tenant).await?;
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "WITH asked AS (
             SELECT DISTINCT sale FROM return_sale AS one
             WHERE tenant_id = $1 AND day BETWEEN $2::text::date AND $3::text::date AND EXISTS (
                 SELECT FROM return_sale AS other
                 WHERE other.tenant_id = $1 AND other.sale = one.sale AND other.id <> one.id))
         SELECT sale.id, sale.position, sale.store, sale.receipt, sale.completed_at, sale.currency, too_much.amount
         FROM ({TOO_MUCH}) AS too_much JOIN receipt ON receipt.tenant_id = $1 AND receipt.id = too_much.sale
         JOIN sale ON sale.tenant_id = $1 AND sale.day = receipt.day AND sale.id = receipt.id
         WHERE ($4::text IS NULL OR sale.store = $4) AND sale.position > $5 ORDER BY sale.position LIMIT $6 + 1"
    )));
    let rows = rows.bind(tenant).bind(from).bind(to).bind(which.store);
    let rows = rows.bind(after.unwrap_or(0)).bind(limit).fetch_all(&mut *tx).await?;
    let ids = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<Uuid>, sqlx::Error>>()?;
    let mut returns = backs(&mut tx, tenant, &ids).await?;
    let twice = |row: &PgRow| {
        let id = row.try_get(0)?;
        Ok(TakenBackTwice {
            id,
            position: row.try_get(1)?,
            store: row.try_get(2)?,
            receipt: row.try_get(3)?,
            completed_at: row.try_get(4)?,
            currency: row.try_get(5)?,
            too_much: row.try_get(6)?,
            returns: returns.remove(&id).unwrap_or_default(),
        })
    };
    let twice = rows.iter().map(twice).collect::<Result<Vec<_>, sqlx::Error>>()?;
    Ok(page(twice, limit, |one| one.position))
}

/// What came back of a sale, and how much of it too much, before tax: zero as a rule.
pub(super) async fn of_sale(
    db: &mut PgConnection,
    tenant: &str,
    sale: Uuid,
) -> Result<(Vec<Back>, i64), sqlx::Error> {
    let returns = backs(db, tenant, &[sale]).await?.remove(&sale).unwrap_or_default();
    if returns.len() < 2 {
        return Ok((returns, 0));
    }
    let select = format!("WITH asked AS (SELECT $2::uuid AS sale) {TOO_MUCH}");
    let row = sqlx::query(sqlx::AssertSqlSafe(select)).bind(tenant).bind(sale);
    let too_much = row.fetch_optional(db).await?.map(|row| row.try_get(1)).transpose()?;
    Ok((returns, too_much.unwrap_or(0)))
}

/// The returns of some sales, by sale, the earliest first.
async fn backs(
    db: &mut PgConnection,
    tenant: &str,
    sales: &[Uuid],
) -> Result<BTreeMap<Uuid, Vec<Back>>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT sale, id, store, receipt, completed_at, total FROM return_sale
         WHERE tenant_id = $1 AND sale = ANY ($2) ORDER BY completed_at, id",
    );
    let mut backs: BTreeMap<Uuid, Vec<Back>> = BTreeMap::new();
    for row in rows.bind(tenant).bind(sales).fetch_all(db).await? {
        backs.entry(row.try_get(0)?).or_default().push(Back {
            id: row.try_get(1)?,
            store: row.try_get(2)?,
            receipt: row.try_get(3)?,
            completed_at: row.try_get(4)?,
            total: row.try_get(5)?,
        });
    }
    Ok(backs)
}

/// What came back too much of the sales that are `asked` for; `$1` is the company.
const TOO_MUCH: &str = "
    SELECT came.sale, sum(greatest(came.amount - sale_line.amount, 0))::bigint AS amount
    FROM (SELECT return_sale.sale, return_line.line, sum(return_line.quantity) AS quantity, sum(return_line.amount) AS amount
          FROM asked JOIN return_sale ON return_sale.tenant_id = $1 AND return_sale.sale = asked.sale
          JOIN return_line ON return_line.tenant_id = $1 AND return_line.day = return_sale.day
               AND return_line.return_sale = return_sale.id
          GROUP BY return_sale.sale, return_line.line) AS came
    JOIN receipt AS sold ON sold.tenant_id = $1 AND sold.id = came.sale
    JOIN sale_line ON sale_line.tenant_id = $1 AND sale_line.day = sold.day
         AND sale_line.sale = came.sale AND sale_line.line = came.line
    WHERE came.quantity > sale_line.quantity OR came.amount > sale_line.amount
    GROUP BY came.sale";
