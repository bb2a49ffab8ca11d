//! Prices as head office sets them.

use comptoir_sync::documents::Kind;
use comptoir_sync::documents::prices::{self, Price};
use serde::Deserialize;
use sqlx::{PgConnection, Row};
use utoipa::ToSchema;

use super::edit::{self, Edits, PRICE_LIST};
use super::products::{Answer, Reason, Refusal, bad, check_price};

/// The price of one SKU from now on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Of one unit before tax, in minor units.
    #[schema(minimum = 0)]
    pub price: i64,
    /// What the stores pay for it; what is known of that stays if it is not said.
    #[schema(minimum = 0)]
    pub cost: Option<i64>,
    /// The price that was seen when this one was thought of: if it is another one by now, nothing is changed.
    pub replaces: Option<i64>,
}

/// Sets the price of a SKU; answers what it was.
pub async fn set(
    db: &mut PgConnection,
    edits: &mut Edits<'_>,
    sku: &str,
    wanted: &Wanted,
) -> Answer<Option<i64>> {
    let tenant = edits.tenant().to_owned();
    let checked = check_price("price", wanted.price)
        .and_then(|_| wanted.cost.map_or(Ok(0), |cost| check_price("cost", cost)));
    if let Err(refusal) = checked {
        return Ok(Err(refusal));
    }
    let found = sqlx::query(
        "SELECT bool_or(open_price) FROM sku JOIN product USING (tenant_id, product)
         WHERE tenant_id = $1 AND sku = $2",
    );
    match found.bind(&tenant).bind(sku).fetch_one(&mut *db).await?.try_get::<Option<bool>, _>(0)? {
        None => return Ok(Err(Refusal::UnknownSku)),
        Some(true) => return Ok(Err(bad("price", Reason::PriceOfOpenItem))),
        Some(false) => {}
    }
    let bucket = prices::id(&tenant, PRICE_LIST, prices::bucket(sku));
    let fields = edit::fields(db, &tenant, bucket, Kind::Prices).await?;
    let now = prices::read(&fields).get(sku).copied().unwrap_or_default();
    if wanted.replaces.is_some() && wanted.replaces != now.price {
        return Ok(Err(Refusal::PriceChanged { price: now.price }));
    }
    let price = Price { price: Some(wanted.price), cost: wanted.cost.or(now.cost) };
    edits.price(db, sku, price).await?;
    Ok(Ok(now.price))
}
