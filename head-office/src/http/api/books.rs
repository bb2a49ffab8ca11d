//! Sales, what they come to, and the journal as it was signed.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::ask::{Asked, Named, Page, cursor, day, limit, page, to_hex};
use super::keys::{Caller, Scope};
use super::stores::Part;
use super::taken_back::{self, Back};
use crate::http::State as House;
use crate::http::problem::{Body, Problem};

/// Which sales, or days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Of this store only.
    pub(super) store: Option<String>,
    /// From this day on, `YYYY-MM-DD` by the counter's own clock.
    #[param(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    from: Option<String>,
    /// Up to this day.
    #[param(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    to: Option<String>,
    /// At most so many.
    #[param(minimum = 1, maximum = 500)]
    pub(super) limit: Option<u32>,
    /// `next` of the page before.
    pub(super) cursor: Option<String>,
}

impl Which {
    /// From when to when.
    pub(super) fn days(&self) -> Result<(String, String), Problem> {
        Ok((day(self.from.as_deref(), "1900-01-01")?, day(self.to.as_deref(), "9999-12-31")?))
    }
}

/// A sale.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Sale {
    id: Uuid,
    /// Its place in the company's log, by which sales are listed.
    pub(super) position: i64,
    store: String,
    register: i64,
    /// `{store}{register}-{epoch}-{n}`.
    receipt: String,
    day: String,
    completed_at: i64,
    currency: String,
    /// Before tax.
    subtotal: i64,
    total: i64,
    /// Cash due minus what it rounds.
    rounding: i64,
    change: i64,
}

/// A sale with all that is on its receipt.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WholeSale {
    #[serde(flatten)]
    sale: Sale,
    lines: Vec<Line>,
    taxes: Vec<Tax>,
    tenders: Vec<Tender>,
    /// What came back of it.
    returns: Vec<Back>,
    /// How much more than was sold, before tax: above zero where registers that did not see each other took the same
    /// goods back.
    too_much: i64,
}

/// One row.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Line {
    line: i64,
    sku: String,
    name_en: String,
    /// Thousandths.
    quantity: i64,
    /// Of one unit.
    price: i64,
    amount: i64,
    voided: bool,
}

/// One tax.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tax {
    code: String,
    /// Decimal.
    percent: String,
    taxable: i64,
    amount: i64,
}

/// One means of payment.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tender {
    /// `cash`, `card`, `exchange`.
    kind: String,
    /// As given.
    amount: i64,
    /// Last four digits of a card.
    number: Option<String>,
}

fn sale_of(row: &PgRow) -> Result<Sale, sqlx::Error> {
    Ok(Sale {
        id: row.try_get(0)?,
        position: row.try_get(1)?,
        store: row.try_get(2)?,
        register: row.try_get(3)?,
        receipt: row.try_get(4)?,
        day: row.try_get(5)?,
        completed_at: row.try_get(6)?,
        currency: row.try_get(7)?,
        subtotal: row.try_get(8)?,
        total: row.try_get(9)?,
        rounding: row.try_get(10)?,
        change: row.try_get(11)?,
    })
}

/// Sales in the order in which they came here: the last cursor goes on where new ones will come.
#[utoipa::path(get, path = "/api/v1/sales", params(Which), responses((status = 200, body = Page<Sale>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn sales(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Page<Sale>>, Problem> {
    caller.may(Scope::ReadSales)?;
    let (limit, after) = (limit(which.limit)?, cursor::<i64>(which.cursor.as_deref())?);
    let (from, to) = which.days()?;
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let rows = sqlx::query(
        "SELECT id, position, store, register, receipt, day::text, completed_at, currency, subtotal, total, rounding, change
         FROM sale WHERE tenant_id = $1 AND day BETWEEN $2::text::date AND $3::text::date
           AND ($4::text IS NULL OR store = $4) AND position > $5 ORDER BY position LIMIT $6 + 1",
    )
    .bind(&caller.tenant)
    .bind(from)
    .bind(to)
    .bind(which.store)
    .bind(after.unwrap_or(0))
    .bind(limit)
    .fetch_all(&mut *tx)
    .await?;
    let sales = rows.iter().map(sale_of).collect::<Result<Vec<_>, sqlx::Error>>()?;
    Ok(page(sales, limit, |sale| sale.position))
}

/// Sales that came behind a position, in their order.
pub(super) async fn sales_behind(
    db: &mut PgConnection,
    tenant: &str,
    position: i64,
    limit: i64,
) -> crate::error::Result<Vec<Sale>> {
    let rows = sqlx::query(
        "SELECT id, position, store, register, receipt, day::text, completed_at, currency, subtotal, total, rounding, change
         FROM sale WHERE tenant_id = $1 AND position > $2 ORDER BY position LIMIT $3",
    )
    .bind(tenant)
    .bind(position)
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(rows.iter().map(sale_of).collect::<Result<_, sqlx::Error>>()?)
}

/// One sale, whole.
#[utoipa::path(get, path = "/api/v1/sales/{id}", params(("id" = Uuid, Path)), responses((status = 200, body = WholeSale), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn sale(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named(id): Named<Uuid>,
) -> Result<Json<WholeSale>, Problem> {
    caller.may(Scope::ReadSales)?;
    let tenant = &caller.tenant;
    let mut tx = house.office.database.of_tenant(tenant).await?;
    let found = sqlx::query(
        "SELECT sale.id, sale.position, sale.store, sale.register, sale.receipt, sale.day::text, completed_at, currency,
                subtotal, total, rounding, change
         FROM receipt JOIN sale USING (tenant_id, id, day) WHERE tenant_id = $1 AND id = $2",
    )
    .bind(tenant)
    .bind(id)
    .fetch_optional(&mut *tx)
    .await?;
    let none = || Problem::new(StatusCode::NOT_FOUND, "not_found", "there is no such sale");
    let sale = sale_of(&found.ok_or_else(none)?)?;
    // Each by the day of the sale, for its month's partition is the only one that is asked then.
    let of = "WHERE tenant_id = $1 AND day = $2::text::date AND sale = $3";
    let select = |columns: &str, order: &str| format!("SELECT {columns} {of} ORDER BY {order}");
    let lines =
        select("line, sku, name_en, quantity, price, amount, voided FROM sale_line", "line");
    let lines = sqlx::query(sqlx::AssertSqlSafe(lines)).bind(tenant).bind(&sale.day).bind(id);
    let line = |row: &PgRow| {
        Ok(Line {
            line: row.try_get(0)?,
            sku: row.try_get(1)?,
            name_en: row.try_get(2)?,
            quantity: row.try_get(3)?,
            price: row.try_get(4)?,
            amount: row.try_get(5)?,
            voided: row.try_get(6)?,
        })
    };
    let lines =
        lines.fetch_all(&mut *tx).await?.iter().map(line).collect::<Result<_, sqlx::Error>>()?;
    let taxes = select("code, percent::text, taxable, amount FROM sale_tax", "n");
    let taxes = sqlx::query(sqlx::AssertSqlSafe(taxes)).bind(tenant).bind(&sale.day).bind(id);
    let tax = |row: &PgRow| {
        let (code, percent) = (row.try_get(0)?, row.try_get(1)?);
        Ok(Tax { code, percent, taxable: row.try_get(2)?, amount: row.try_get(3)? })
    };
    let taxes =
        taxes.fetch_all(&mut *tx).await?.iter().map(tax).collect::<Result<_, sqlx::Error>>()?;
    let tenders = select("kind, amount, number FROM sale_tender", "n");
    let tenders = sqlx::query(sqlx::AssertSqlSafe(tenders)).bind(tenant).bind(&sale.day).bind(id);
    let tender = |row: &PgRow| {
        Ok(Tender { kind: row.try_get(0)?, amount: row.try_get(1)?, number: row.try_get(2)? })
    };
    let tenders = tenders
        .fetch_all(&mut *tx)
        .await?
        .iter()
        .map(tender)
        .collect::<Result<_, sqlx::Error>>()?;
    let (returns, too_much) = taken_back::of_sale(&mut tx, tenant, id).await?;
    Ok(Json(WholeSale { sale, lines, taxes, tenders, returns, too_much }))
}

/// What a store did on one day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Day {
    day: String,
    store: String,
    currency: String,
    sales: i64,
    /// With tax.
    total: i64,
    returns: i64,
    /// With tax.
    returned: i64,
}

/// Days with their sums, by store.
#[utoipa::path(get, path = "/api/v1/reports/days", params(Which), responses((status = 200, body = Page<Day>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn days(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Page<Day>>, Problem> {
    caller.may(Scope::ReadSales)?;
    let limit = limit(which.limit)?;
    let after = cursor::<(String, String, String)>(which.cursor.as_deref())?;
    let (from, to) = which.days()?;
    let (last_day, last_store, last_currency) = match after {
        Some((last, store, currency)) => (Some(day(Some(&last), "")?), Some(store), Some(currency)),
        None => (None, None, None),
    };
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let rows = sqlx::query(
        "SELECT day::text, store, currency, sum(sales)::bigint, sum(total)::bigint, sum(returns)::bigint, sum(returned)::bigint
         FROM (SELECT day, store, currency, 1 AS sales, total, 0 AS returns, 0 AS returned FROM sale
               WHERE tenant_id = $1 AND day BETWEEN $2::text::date AND $3::text::date
               UNION ALL
               SELECT day, store, currency, 0, 0, 1, total FROM return_sale
               WHERE tenant_id = $1 AND day BETWEEN $2::text::date AND $3::text::date) AS facts
         WHERE ($4::text IS NULL OR store = $4)
           AND ($5::text IS NULL OR (day, store, currency) > ($5::text::date, $6, $7))
         GROUP BY day, store, currency ORDER BY day, store, currency LIMIT $8 + 1",
    )
    .bind(&caller.tenant)
    .bind(from)
    .bind(to)
    .bind(which.store)
    .bind(last_day)
    .bind(last_store)
    .bind(last_currency)
    .bind(limit)
    .fetch_all(&mut *tx)
    .await?;
    let of_day = |row: &PgRow| {
        Ok(Day {
            day: row.try_get(0)?,
            store: row.try_get(1)?,
            currency: row.try_get(2)?,
            sales: row.try_get(3)?,
            total: row.try_get(4)?,
            returns: row.try_get(5)?,
            returned: row.try_get(6)?,
        })
    };
    let days = rows.iter().map(of_day).collect::<Result<Vec<_>, sqlx::Error>>()?;
    Ok(page(days, limit, |day| (day.day.clone(), day.store.clone(), day.currency.clone())))
}

/// An entry of the journal: all else follows from these.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Entry {
    /// Its place in the company's log.
    position: i64,
    /// 32 hexadecimal digits.
    device: String,
    epoch: i64,
    seq: i64,
    kind: String,
    /// Canonical CBOR as it was signed, in base64.
    bytes: String,
    /// Ed25519 over the SHA-256 of the bytes, in base64.
    signature: String,
}

/// The journal in the order in which it came here.
#[utoipa::path(get, path = "/api/v1/journal", params(Part), responses((status = 200, body = Page<Entry>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn journal(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(part): Asked<Part>,
) -> Result<Json<Page<Entry>>, Problem> {
    caller.may(Scope::ReadJournal)?;
    let (limit, after) = (limit(part.limit)?, cursor::<i64>(part.cursor.as_deref())?);
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let select = "SELECT entry.position, device, epoch, entry.seq, kind, bytes, signature FROM entry JOIN chain USING (tenant_id, chain)
                  WHERE tenant_id = $1 AND entry.position > $2 ORDER BY entry.position LIMIT $3 + 1";
    let rows = sqlx::query(select).bind(&caller.tenant).bind(after.unwrap_or(0)).bind(limit);
    let rows = rows.fetch_all(&mut *tx).await?;
    let entry = |row: &PgRow| {
        Ok(Entry {
            position: row.try_get(0)?,
            device: to_hex(row.try_get(1)?),
            epoch: row.try_get(2)?,
            seq: row.try_get(3)?,
            kind: row.try_get(4)?,
            bytes: STANDARD.encode(row.try_get::<&[u8], _>(5)?),
            signature: STANDARD.encode(row.try_get::<&[u8], _>(6)?),
        })
    };
    let entries = rows.iter().map(entry).collect::<Result<Vec<_>, sqlx::Error>>()?;
    Ok(page(entries, limit, |entry| entry.position))
}
