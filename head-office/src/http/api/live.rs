//! Sales as they come in, over a WebSocket: one message of JSON for each, as in the list.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use tokio::sync::broadcast::error::RecvError;

use super::ask::{Asked, cursor, limit};
use super::books::sales_behind;
use super::keys::{Caller, Scope};
use super::stores::Part;
use crate::error::Result;
use crate::http::State as House;
use crate::http::problem::{Body, Problem};
use crate::journal;
use crate::office::Office;

/// Sales from `cursor` on, or from now on: a WebSocket. `limit` is how many are read from the database at once.
#[utoipa::path(get, path = "/api/v1/live", params(Part), responses((status = 101), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn live(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(part): Asked<Part>,
    upgrade: std::result::Result<
        WebSocketUpgrade,
        axum::extract::ws::rejection::WebSocketUpgradeRejection,
    >,
) -> std::result::Result<Response, Problem> {
    caller.may(Scope::ReadSales)?;
    let (limit, from) = (limit(part.limit)?, cursor::<i64>(part.cursor.as_deref())?);
    let upgrade = upgrade.map_err(|why| Problem::invalid(why.body_text()))?;
    let office = house.office.clone();
    // Now is when it was asked for, however long it takes until the line stands.
    let position = match from {
        Some(position) => position,
        None => {
            let mut tx = office.database.of_tenant(&caller.tenant).await?;
            journal::stored(journal::end(&mut tx, &caller.tenant).await?.position)
        }
    };
    Ok(upgrade.on_upgrade(move |socket| {
        let sessions = office.sessions.clone();
        sessions.track_future(async move {
            if let Err(error) = tell(&office, &caller.tenant, position, limit, socket).await {
                tracing::error!(%error, "a live feed failed");
            }
        })
    }))
}

async fn tell(
    office: &Office,
    tenant: &str,
    mut position: i64,
    limit: i64,
    mut socket: WebSocket,
) -> Result<()> {
    // Before the first look, so that nothing falls between.
    let mut news = office.hub.listen(tenant);
    loop {
        let mut tx = office.database.of_tenant(tenant).await?;
        let sales = sales_behind(&mut tx, tenant, position, limit).await?;
        tx.commit().await?;
        for sale in &sales {
            position = sale.position;
            let text = serde_json::to_string(sale).unwrap_or_default();
            if socket.send(Message::Text(text.into())).await.is_err() {
                return Ok(());
            }
        }
        if !sales.is_empty() {
            continue;
        }
        tokio::select! {
            () = office.stop.cancelled() => {
                let _ = socket.send(Message::Close(None)).await;
                return Ok(());
            }
            said = socket.recv() => match said {
                // Nothing that is said here matters, but that somebody still listens.
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(()),
                Some(Ok(_)) => {}
            },
            heard = news.recv() => if matches!(heard, Err(RecvError::Closed)) {
                return Ok(());
            },
        }
    }
}
