//! Documents whose changes came before there were rows of what is asked for now: shown beside everything else, in
//! pieces, so that a till waits for one of them at most.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::{Changed, load_earlier, merge, name_of, show_all};
use crate::database::Database;
use crate::error::Result;
use crate::journal::ingest::hold;
use crate::office::Office;

/// Documents of one transaction.
const PIECE: i64 = 200;

/// Shows what is not shown yet of every company, until all is or the program ends. Whoever is interrupted goes on with
/// the piece that was not finished.
pub async fn run(office: Arc<Office>) {
    while let Err(why) = of_all(&office).await {
        tracing::warn!(%why, "documents of earlier are not shown yet");
        tokio::select! {
            () = office.stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
    }
}

async fn of_all(office: &Office) -> Result<()> {
    let mut tx = office.database.of_unshown().await?;
    let select = "SELECT tenant_id FROM document_unshown ORDER BY tenant_id";
    let tenants: Vec<String> = sqlx::query_scalar(select).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    for tenant in tenants {
        while !office.stop.is_cancelled() && piece(&office.database, &tenant, PIECE).await? {}
    }
    Ok(())
}

/// Shows at most so many documents of a company; answers whether there may be more.
pub async fn piece(database: &Database, tenant: &str, most: i64) -> Result<bool> {
    let mut tx = database.of_tenant(tenant).await?;
    let more = show_piece(&mut tx, tenant, most).await?;
    tx.commit().await?;
    Ok(more)
}

async fn show_piece(db: &mut PgConnection, tenant: &str, most: i64) -> Result<bool> {
    // What a till changes meanwhile would be hidden by what was read before.
    hold(db, tenant).await?;
    let select = "SELECT after FROM document_unshown WHERE tenant_id = $1";
    let unshown = sqlx::query(select).bind(tenant).fetch_optional(&mut *db).await?;
    // Another process may have come to the end.
    let Some(unshown) = unshown else { return Ok(false) };
    let rows = sqlx::query(
        "SELECT DISTINCT document FROM document_change
         WHERE tenant_id = $1 AND ($2::uuid IS NULL OR document > $2) ORDER BY document LIMIT $3",
    )
    .bind(tenant)
    .bind(unshown.try_get::<Option<Uuid>, _>(0)?)
    .bind(most)
    .fetch_all(&mut *db)
    .await?;
    let documents = rows.iter().map(|row| row.try_get(0));
    let documents = documents.collect::<std::result::Result<Vec<Uuid>, sqlx::Error>>()?;
    let Some(last) = documents.last().copied() else {
        let delete = "DELETE FROM document_unshown WHERE tenant_id = $1";
        sqlx::query(delete).bind(tenant).execute(db).await?;
        tracing::info!(tenant, "all documents are shown");
        return Ok(false);
    };
    let mut there = BTreeMap::<_, Changed>::new();
    for row in load_earlier(db, tenant, documents).await? {
        if let Some((name, change)) = name_of(&row)? {
            there.entry(name).or_default().earlier.push(change);
        }
    }
    let outcome = tokio::task::spawn_blocking(|| merge(there)).await?;
    show_all(db, tenant, outcome.says).await?;
    let update = "UPDATE document_unshown SET after = $2 WHERE tenant_id = $1";
    sqlx::query(update).bind(tenant).bind(last).execute(db).await?;
    Ok(true)
}
