//! Companies and their stores.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// Adds a company. Its log begins.
pub async fn add(db: &mut PgConnection, tenant: &str, name: &str, now: i64) -> Result<()> {
    sqlx::query("INSERT INTO tenant (tenant_id, name, created_at) VALUES ($1, $2, $3)")
        .bind(tenant)
        .bind(name)
        .bind(now)
        .execute(&mut *db)
        .await?;
    sqlx::query("INSERT INTO log_head (tenant_id, log) VALUES ($1, $2)")
        .bind(tenant)
        .bind(Uuid::new_v4())
        .execute(db)
        .await?;
    Ok(())
}

/// Whether there is such a company.
pub async fn exists(db: &mut PgConnection, tenant: &str) -> Result<bool> {
    let select = "SELECT EXISTS (SELECT 1 FROM tenant WHERE tenant_id = $1)";
    Ok(sqlx::query_scalar(select).bind(tenant).fetch_one(db).await?)
}

/// A company in words.
pub async fn name(db: &mut PgConnection, tenant: &str) -> Result<String> {
    let select = "SELECT name FROM tenant WHERE tenant_id = $1";
    Ok(sqlx::query_scalar(select).bind(tenant).fetch_one(db).await?)
}

/// Adds a store, or names it anew.
pub async fn add_store(
    db: &mut PgConnection,
    tenant: &str,
    store: &str,
    name: &str,
    now: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO store (tenant_id, store, name, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, store) DO UPDATE SET name = excluded.name",
    )
    .bind(tenant)
    .bind(store)
    .bind(name)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}
