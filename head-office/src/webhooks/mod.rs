//! Addresses of others that are told what happens in a company. What they are to be told is written in the transaction
//! in which it happens; [`courier`] delivers it.

pub mod address;
pub mod courier;
pub mod events;

use serde_json::{Value, json};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::enrolment::letters;
use crate::error::Result;
use crate::office::{Office, wall};
use crate::vault::Purpose;

/// Begins every secret, so that one that lies about is known for what it is.
const PREFIX: &str = "comptoir_hook_";
/// 160 bits.
const LENGTH: usize = 32;

macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What can be told.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Event {
            $($(#[$doc])* $variant,)*
        }

        impl Event {
            /// All of it.
            pub const ALL: &[Event] = &[$(Event::$variant,)*];

            /// As it is named.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Event::$variant => $name,)*
                }
            }
        }
    };
}

events! {
    /// A sale came in.
    SaleCompleted = "sale.completed",
    /// Goods came back, and money went.
    RefundRecorded = "refund.recorded",
    /// A device takes part.
    DeviceEnrolled = "device.enrolled",
    /// A device takes part no longer.
    DeviceRevoked = "device.revoked",
    /// A device went back in time, or runs twice.
    DeviceForked = "device.forked",
    /// Something came that was not believed.
    QuarantineAdded = "quarantine.added",
    /// Products say something else.
    ProductChanged = "product.changed",
    /// Prices are others.
    PriceChanged = "price.changed",
}

impl Event {
    /// The event of a name.
    pub fn parse(name: &str) -> Option<Event> {
        Event::ALL.iter().copied().find(|event| event.name() == name)
    }
}

/// An address that is told.
#[derive(Debug)]
pub struct Webhook {
    /// Its name.
    pub id: Uuid,
    /// Where it is.
    pub url: String,
    /// What it is told.
    pub events: Vec<Event>,
    /// When it was added, milliseconds since 1970 UTC.
    pub made_at: i64,
}

/// Adds an address; answers its name, and the secret that bodies are signed with, which is shown once.
pub async fn add(
    db: &mut PgConnection,
    office: &Office,
    tenant: &str,
    url: &str,
    events: &[Event],
) -> Result<(Uuid, String)> {
    let (id, secret) = (Uuid::now_v7(), format!("{PREFIX}{}", letters(LENGTH)?));
    sqlx::query(
        "INSERT INTO webhook (tenant_id, id, url, events, sealed, made_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(tenant)
    .bind(id)
    .bind(url)
    .bind(events.iter().map(|event| event.name()).collect::<Vec<_>>().join(" "))
    .bind(office.vault.seal(Purpose::WebhookSecret, tenant, secret.as_bytes())?)
    .bind(wall())
    .execute(db)
    .await?;
    Ok((id, secret))
}

/// Takes an address out; what it was still to be told is given up. None if there is none.
pub async fn remove(db: &mut PgConnection, tenant: &str, id: Uuid) -> Result<Option<String>> {
    let update = "UPDATE webhook SET removed_at = $3 WHERE tenant_id = $1 AND id = $2 AND removed_at IS NULL RETURNING url";
    let removed = sqlx::query_scalar(update).bind(tenant).bind(id).bind(wall());
    let url = removed.fetch_optional(&mut *db).await?;
    sqlx::query(
        "UPDATE delivery SET state = 'given_up', last_problem = 'the webhook was removed'
         WHERE tenant_id = $1 AND webhook = $2 AND state = 'waiting'",
    )
    .bind(tenant)
    .bind(id)
    .execute(db)
    .await?;
    Ok(url)
}

/// Every address, in the order in which they were added.
pub async fn all(db: &mut PgConnection, tenant: &str) -> Result<Vec<Webhook>> {
    let select = "SELECT id, url, events, made_at FROM webhook WHERE tenant_id = $1 AND removed_at IS NULL ORDER BY id";
    let rows = sqlx::query(select).bind(tenant).fetch_all(db).await?;
    let webhook = |row: &PgRow| {
        let events: String = row.try_get(2)?;
        Ok(Webhook {
            id: row.try_get(0)?,
            url: row.try_get(1)?,
            events: events.split(' ').filter_map(Event::parse).collect(),
            made_at: row.try_get(3)?,
        })
    };
    Ok(rows.iter().map(webhook).collect::<std::result::Result<_, sqlx::Error>>()?)
}

/// Has `webhook` be told what happened, once this transaction is on disk.
pub(crate) async fn emit(
    db: &mut PgConnection,
    tenant: &str,
    webhook: &Webhook,
    happened: &[(Event, Value)],
) -> Result<()> {
    let now = wall();
    let (mut ids, mut events, mut bodies) = (Vec::new(), Vec::new(), Vec::new());
    for (event, data) in happened.iter().filter(|(event, _)| webhook.events.contains(event)) {
        let id = Uuid::now_v7();
        ids.push(id);
        events.push(event.name());
        let body =
            json!({ "id": id, "event": event.name(), "tenant": tenant, "at": now, "data": data });
        bodies.push(body.to_string());
    }
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO delivery (tenant_id, id, webhook, event, body, made_at, next_at)
         SELECT $1, id, $2, event, body, $3, $3 FROM unnest($4::uuid[], $5::text[], $6::text[]) AS new (id, event, body)",
    )
    .bind(tenant)
    .bind(webhook.id)
    .bind(now)
    .bind(ids)
    .bind(events)
    .bind(bodies)
    .execute(db)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_found_by_its_name() {
        for event in Event::ALL {
            assert_eq!(Event::parse(event.name()), Some(*event));
        }
        assert_eq!(Event::parse("sale"), None);
    }
}
