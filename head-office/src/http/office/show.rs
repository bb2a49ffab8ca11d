//! What the pages show beside the API's own lists: the hours of today, sales with how they were paid, what products can
//! be given, stock by its names.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::error::Error;
use crate::http::State as House;
use crate::http::api::ask::{Asked, Page, cursor, limit, page};
use crate::http::api::keys::{Caller, Scope};
use crate::http::problem::Problem;
use crate::office::wall;
use crate::settings;

/// Zones differ by whole quarters of an hour, in milliseconds.
const QUARTER: i64 = 15 * 60 * 1_000;
/// What shops in Canada tax by; categories that products have already are known besides.
const TAX_CATEGORIES: [&str; 4] = ["standard", "zero_rated", "exempt", "gst_only"];

/// What the stores of one currency sold in an hour, less what came back.
#[derive(Debug, Serialize)]
pub(super) struct Hour {
    currency: String,
    /// By each store's own clock.
    hour: i8,
    total: i64,
}

/// Today by the hour, each store by its own clock and calendar.
pub(super) async fn hours(
    State(house): State<Arc<House>>,
    caller: Caller,
) -> Result<Json<Vec<Hour>>, Problem> {
    caller.may(Scope::ReadSales)?;
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let says = settings::of_stores(&mut tx, &caller.tenant, None).await?;
    let zone_of = |says: &settings::Says| {
        let named = says.store.as_ref().and_then(|store| TimeZone::get(&store.time_zone).ok());
        named.unwrap_or(TimeZone::UTC)
    };
    let zones: BTreeMap<String, TimeZone> =
        says.iter().map(|(store, says)| (store.clone(), zone_of(says))).collect();
    let now = moment(wall())?;
    let (stores, days): (Vec<String>, Vec<String>) = zones
        .iter()
        .map(|(store, zone)| (store.clone(), now.to_zoned(zone.clone()).date().to_string()))
        .unzip();
    let rows = sqlx::query(
        "WITH asked AS (SELECT store, day::date FROM unnest($2::text[], $3::text[]) AS asked (store, day))
         SELECT store, currency, completed_at / $4, sum(total)::bigint
         FROM (SELECT store, currency, completed_at, total FROM sale JOIN asked USING (store, day)
               WHERE tenant_id = $1 AND day = ANY ($3::text[]::date[])
               UNION ALL
               SELECT store, currency, completed_at, -total FROM return_sale JOIN asked USING (store, day)
               WHERE tenant_id = $1 AND day = ANY ($3::text[]::date[])) AS facts
         GROUP BY store, currency, completed_at / $4",
    )
    .bind(&caller.tenant)
    .bind(stores)
    .bind(days)
    .bind(QUARTER)
    .fetch_all(&mut *tx)
    .await?;
    let mut hours: BTreeMap<(String, i8), i64> = BTreeMap::new();
    for row in rows {
        let (store, currency, quarter): (String, String, i64) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let zone = zones.get(&store).cloned().unwrap_or(TimeZone::UTC);
        let hour = moment(quarter.saturating_mul(QUARTER))?.to_zoned(zone).hour();
        *hours.entry((currency, hour)).or_default() += row.try_get::<i64, _>(3)?;
    }
    let hour = |((currency, hour), total)| Hour { currency, hour, total };
    Ok(Json(hours.into_iter().map(hour).collect()))
}

fn moment(wall: i64) -> Result<Timestamp, Problem> {
    let broken = |why: jiff::Error| Error::Broken(format!("this clock: {why}"));
    Ok(Timestamp::from_millisecond(wall).map_err(broken)?)
}

/// Which sales.
#[derive(Debug, Deserialize)]
pub(super) struct Behind {
    /// Those that came behind this place in the log, in their order; without it, the latest.
    after: Option<i64>,
    /// At most so many.
    limit: Option<u32>,
}

/// A sale or a return.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    position: i64,
    id: Uuid,
    store: String,
    register: i64,
    receipt: String,
    completed_at: i64,
    currency: String,
    /// Below nothing for a return.
    total: i64,
    is_return: bool,
    /// Each means of payment once.
    tenders: Vec<String>,
}

/// Sales and returns as they came in.
pub(super) async fn sales(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(behind): Asked<Behind>,
) -> Result<Json<Page<Told>>, Problem> {
    caller.may(Scope::ReadSales)?;
    let (limit, order) =
        (limit(behind.limit)?, if behind.after.is_some() { "ASC" } else { "DESC" });
    let of = |table: &str, sign: &str, is_return: bool| {
        format!(
            "(SELECT position, id, day, store, register, receipt, completed_at, currency, {sign}total AS total, {is_return} AS is_return
              FROM {table} WHERE tenant_id = $1 AND position > $2 ORDER BY position {order} LIMIT $3)"
        )
    };
    let select = format!(
        "SELECT position, id, store, register, receipt, completed_at, currency, total, is_return,
                CASE WHEN is_return THEN '' ELSE (SELECT coalesce(string_agg(DISTINCT kind, ' '), '') FROM sale_tender
                    WHERE sale_tender.tenant_id = $1 AND sale_tender.day = told.day AND sale_tender.sale = told.id) END
         FROM ({} UNION ALL {}) AS told ORDER BY position {order} LIMIT $3",
        of("sale", "", false),
        of("return_sale", "-", true),
    );
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let rows = sqlx::query(sqlx::AssertSqlSafe(select)).bind(&caller.tenant);
    let rows = rows.bind(behind.after.unwrap_or(0)).bind(limit).fetch_all(&mut *tx).await?;
    let told = |row: &PgRow| {
        Ok(Told {
            position: row.try_get(0)?,
            id: row.try_get(1)?,
            store: row.try_get(2)?,
            register: row.try_get(3)?,
            receipt: row.try_get(4)?,
            completed_at: row.try_get(5)?,
            currency: row.try_get(6)?,
            total: row.try_get(7)?,
            is_return: row.try_get(8)?,
            tenders: row.try_get::<&str, _>(9)?.split_whitespace().map(str::to_owned).collect(),
        })
    };
    let items = rows.iter().map(told).collect::<Result<Vec<_>, sqlx::Error>>()?;
    // Whoever goes on does so behind the last place: there is no other cursor.
    Ok(Json(Page { items, next: None }))
}

/// What products can be given.
#[derive(Debug, Serialize)]
pub(super) struct Terms {
    departments: Vec<Department>,
    tax_categories: Vec<String>,
    /// What prices are in: what the first store counts in.
    currency: String,
}

#[derive(Debug, Serialize)]
struct Department {
    id: String,
    parent: Option<String>,
    name_en: String,
    name_fr: String,
}

/// The departments of all stores, each once, and the tax categories that are known.
pub(super) async fn terms(
    State(house): State<Arc<House>>,
    caller: Caller,
) -> Result<Json<Terms>, Problem> {
    caller.may(Scope::ReadCatalog)?;
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let says = settings::of_stores(&mut tx, &caller.tenant, None).await?;
    let mut departments: Vec<Department> = Vec::new();
    for department in says.values().flat_map(|says| &says.departments) {
        if departments.iter().all(|known| known.id != department.id) {
            let (id, parent, name) =
                (department.id.clone(), department.parent.clone(), &department.name);
            let (name_en, name_fr) = (name.en.clone(), name.fr.clone());
            departments.push(Department { id, parent, name_en, name_fr });
        }
    }
    let select = "SELECT DISTINCT tax_category FROM product WHERE tenant_id = $1 AND tax_category <> ALL ($2) ORDER BY tax_category";
    let others: Vec<String> = sqlx::query_scalar(select)
        .bind(&caller.tenant)
        .bind(TAX_CATEGORIES.map(str::to_owned).to_vec())
        .fetch_all(&mut *tx)
        .await?;
    let tax_categories = TAX_CATEGORIES.map(str::to_owned).into_iter().chain(others).collect();
    let currency = says.values().find_map(|says| Some(says.store.as_ref()?.currency.code()));
    let currency = currency.unwrap_or("CAD").to_owned();
    Ok(Json(Terms { departments, tax_categories, currency }))
}

/// Whose stock.
#[derive(Debug, Deserialize)]
pub(super) struct Of {
    store: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// What there is of one SKU in one store.
#[derive(Debug, Serialize)]
pub(super) struct OnHand {
    store: String,
    sku: String,
    /// Of a product that has the SKU; none if there is none any more.
    name_en: Option<String>,
    name_fr: Option<String>,
    /// Thousandths.
    on_hand: i64,
    /// Thousandths.
    sold: i64,
}

/// Stock of everything that ever moved, by its names.
pub(super) async fn stock(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(of): Asked<Of>,
) -> Result<Json<Page<OnHand>>, Problem> {
    caller.may(Scope::ReadCatalog)?;
    let limit = limit(of.limit)?;
    let (store, sku) = cursor::<(String, String)>(of.cursor.as_deref())?.unzip();
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let rows = sqlx::query(
        "SELECT store, stock.sku, name_en, name_fr, on_hand, sold FROM stock
         LEFT JOIN LATERAL (SELECT name_en, name_fr FROM sku JOIN product USING (tenant_id, product)
             WHERE sku.tenant_id = stock.tenant_id AND sku.sku = stock.sku ORDER BY archived, product LIMIT 1) AS named ON true
         WHERE stock.tenant_id = $1 AND ($2::text IS NULL OR store = $2)
           AND ($3::text IS NULL OR (store, stock.sku) > ($3, $4))
         ORDER BY store, stock.sku LIMIT $5 + 1",
    )
    .bind(&caller.tenant)
    .bind(of.store)
    .bind(store)
    .bind(sku)
    .bind(limit)
    .fetch_all(&mut *tx)
    .await?;
    let on_hand = |row: &PgRow| {
        Ok(OnHand {
            store: row.try_get(0)?,
            sku: row.try_get(1)?,
            name_en: row.try_get(2)?,
            name_fr: row.try_get(3)?,
            on_hand: row.try_get(4)?,
            sold: row.try_get(5)?,
        })
    };
    let stock = rows.iter().map(on_hand).collect::<Result<Vec<_>, sqlx::Error>>()?;
    Ok(page(stock, limit, |one| (one.store.clone(), one.sku.clone())))
}
