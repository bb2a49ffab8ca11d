//! Delivers what others are to be told. Each delivery is taken for a while by one process; if that is killed, another
//! takes it once the while is over, so something may be delivered twice, under the same id, and is never lost.

use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, Mac};
use reqwest::{Client, redirect};
use sha2::Sha256;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use tokio::task::JoinSet;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::ring;
use uuid::Uuid;

use super::address::{self, Reach, Resolver};
use crate::error::{Error, Result};
use crate::metrics::add;
use crate::office::{Office, wall};
use crate::rows::words;
use crate::vault::{Purpose, random};

/// Whoever is told has to answer within this time.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// A delivery is one process's own for so long, in milliseconds: longer than any answer takes.
const TAKEN_FOR: i64 = 15 * 1_000;
/// Deliveries that one process has under way for a company.
const AT_ONCE: i64 = 16;
/// What was not taken for so long is given up, in milliseconds.
const GIVE_UP_AFTER: i64 = 3 * 24 * 60 * 60 * 1_000;
/// The longest between two tries, in milliseconds.
const LONGEST: i64 = 6 * 60 * 60 * 1_000;

/// How it is done.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Where it may be told.
    pub reach: Reach,
    /// How long after the first try that failed comes the second, in milliseconds; twice as long each time.
    pub first: i64,
    /// How often it is looked whether something is due.
    pub look_every: Duration,
}

impl Manner {
    /// As it is done in earnest.
    pub const fn usual(reach: Reach) -> Manner {
        Manner { reach, first: 15 * 1_000, look_every: Duration::from_secs(1) }
    }
}

/// Something to be told.
#[derive(Debug, Clone)]
struct Parcel {
    tenant: String,
    id: Uuid,
    url: String,
    sealed: Vec<u8>,
    event: String,
    body: String,
    made_at: i64,
    attempts: i64,
}

/// What became of a try.
struct Outcome {
    status: Option<i32>,
    problem: Option<String>,
}

/// Delivers, until the program ends.
pub async fn run(office: Arc<Office>, manner: Manner) -> Result<()> {
    let client = client(manner.reach)?;
    while !office.stop.is_cancelled() {
        if let Err(why) = once(&office, &client, manner).await {
            tracing::warn!(%why, "nothing could be delivered");
        }
        tokio::select! {
            () = office.stop.cancelled() => {}
            () = tokio::time::sleep(manner.look_every) => {}
        }
    }
    Ok(())
}

/// Tells no certificate of the system's authorities from another, follows nobody elsewhere, and keeps nothing.
fn client(reach: Reach) -> Result<Client> {
    let broken = |why: String| Error::Broken(format!("webhooks: {why}"));
    let provider = Arc::new(ring::default_provider());
    let verifier = rustls_platform_verifier::Verifier::new(provider.clone())
        .map_err(|why| broken(why.to_string()))?;
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|why| broken(why.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(Arc::new(Resolver(reach)))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(ANSWER_WITHIN / 2)
        .timeout(ANSWER_WITHIN)
        .pool_max_idle_per_host(0)
        .user_agent(concat!("comptoir-head-office/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|why| broken(why.to_string()))
}

/// Delivers what is due.
async fn once(office: &Arc<Office>, client: &Client, manner: Manner) -> Result<()> {
    for tenant in due(office).await? {
        let mut under_way = JoinSet::new();
        let mut tx = office.database.of_tenant(&tenant).await?;
        let parcels = take(&mut tx, &tenant, wall()).await?;
        tx.commit().await?;
        for parcel in parcels {
            let (office, client) = (office.clone(), client.clone());
            under_way.spawn(async move { deliver(&office, &client, manner, parcel).await });
        }
        while let Some(done) = under_way.join_next().await {
            if let Err(why) = done.map_err(Error::from).flatten() {
                tracing::warn!(tenant, %why, "a delivery could not be noted");
            }
        }
    }
    Ok(())
}

/// Companies that have something to be told.
async fn due(office: &Office) -> Result<Vec<String>> {
    let mut tx = office.database.of_courier().await?;
    let select = "SELECT DISTINCT tenant_id FROM delivery WHERE state = 'waiting' AND next_at <= $1 LIMIT 100";
    Ok(sqlx::query_scalar(select).bind(wall()).fetch_all(&mut *tx).await?)
}

/// Takes deliveries that nobody else has.
async fn take(db: &mut PgConnection, tenant: &str, now: i64) -> Result<Vec<Parcel>> {
    let rows = sqlx::query(
        "WITH taken AS (
             UPDATE delivery SET next_at = $2 + $3, attempts = attempts + 1
             WHERE tenant_id = $1 AND id IN (
                 SELECT id FROM delivery WHERE tenant_id = $1 AND state = 'waiting' AND next_at <= $2
                 ORDER BY next_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
             RETURNING id, webhook, event, body, made_at, attempts)
         SELECT taken.id, url, sealed, event, body, taken.made_at, attempts
         FROM taken JOIN webhook ON webhook.tenant_id = $1 AND webhook.id = taken.webhook ORDER BY taken.id",
    )
    .bind(tenant)
    .bind(now)
    .bind(TAKEN_FOR)
    .bind(AT_ONCE)
    .fetch_all(db)
    .await?;
    let parcel = |row: &PgRow| {
        Ok(Parcel {
            tenant: tenant.to_owned(),
            id: row.try_get(0)?,
            url: row.try_get(1)?,
            sealed: row.try_get(2)?,
            event: row.try_get(3)?,
            body: row.try_get(4)?,
            made_at: row.try_get(5)?,
            attempts: row.try_get(6)?,
        })
    };
    Ok(rows.iter().map(parcel).collect::<std::result::Result<_, sqlx::Error>>()?)
}

async fn deliver(office: &Office, client: &Client, manner: Manner, parcel: Parcel) -> Result<()> {
    let outcome = tell(office, client, manner.reach, &parcel).await?;
    let now = wall();
    let delivered = outcome.problem.is_none();
    let again = now + wait(manner.first, parcel.attempts)?;
    let given_up = !delivered && again >= parcel.made_at + GIVE_UP_AFTER;
    let state = match () {
        () if delivered => "delivered",
        () if given_up => "given_up",
        () => "waiting",
    };
    let metrics = &office.metrics;
    add(if delivered { &metrics.deliveries_total } else { &metrics.deliveries_failed_total }, 1);
    if given_up {
        tracing::warn!(tenant = parcel.tenant, id = %parcel.id, "a delivery is given up");
    }
    let mut tx = office.database.of_tenant(&parcel.tenant).await?;
    // Who took it over after this one was too late, or removed the webhook, has the last word.
    sqlx::query(
        "UPDATE delivery SET state = $4, next_at = $5, last_status = $6, last_problem = $7, delivered_at = $8
         WHERE tenant_id = $1 AND id = $2 AND attempts = $3 AND state = 'waiting'",
    )
    .bind(&parcel.tenant)
    .bind(parcel.id)
    .bind(parcel.attempts)
    .bind(state)
    .bind(again)
    .bind(outcome.status)
    .bind(outcome.problem.as_deref().map(words))
    .bind(delivered.then_some(now))
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Says it once.
async fn tell(office: &Office, client: &Client, reach: Reach, parcel: &Parcel) -> Result<Outcome> {
    let failed = |problem: String| Outcome { status: None, problem: Some(problem) };
    let url = match address::check(&parcel.url, reach) {
        Ok(url) => url,
        Err(why) => return Ok(failed(why.to_string())),
    };
    let secret = office.vault.open(Purpose::WebhookSecret, &parcel.tenant, &parcel.sealed)?;
    let request = client
        .post(url)
        .header("content-type", "application/json")
        .header("comptoir-event", &parcel.event)
        .header("comptoir-delivery", parcel.id.to_string())
        .header("comptoir-signature", signature(&secret, wall().div_euclid(1_000), &parcel.body))
        .body(parcel.body.clone());
    // Whatever else it answers is not read.
    Ok(match request.send().await {
        Ok(answer) => {
            let status = answer.status();
            let problem = match () {
                () if status.is_success() => None,
                () if status.is_redirection() => {
                    Some(format!("it answers {status}, and nobody is followed elsewhere"))
                }
                () => Some(format!("it answers {status}")),
            };
            Outcome { status: Some(i32::from(status.as_u16())), problem }
        }
        Err(why) => failed(in_full(&why)),
    })
}

/// `t=` seconds since 1970 UTC, `v1=` HMAC-SHA256 over those seconds, a dot and the body, in hexadecimal digits.
pub fn signature(secret: &[u8], seconds: i64, body: &str) -> String {
    let mut mac =
        <Hmac<Sha256> as Mac>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(format!("{seconds}.{body}").as_bytes());
    let mac = mac.finalize().into_bytes();
    let digits: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={seconds},v1={digits}")
}

/// How long to wait after so many tries: twice as long each time, and by chance up to a half more or less, so that
/// what failed together does not come again together.
fn wait(first: i64, attempts: i64) -> Result<i64> {
    let doublings = u32::try_from(attempts.clamp(1, 30) - 1).unwrap_or(0);
    let usual = first.saturating_mul(1_i64 << doublings).min(LONGEST);
    let mut chance = [0; 2];
    random(&mut chance)?;
    let chance = i64::from(u16::from_be_bytes(chance));
    Ok(usual / 2 + usual * chance / i64::from(u16::MAX))
}

/// An error with what caused it, without the address, which may have a secret in it.
fn in_full(error: &reqwest::Error) -> String {
    let mut text = match () {
        () if error.is_timeout() => "it does not answer in time".to_owned(),
        () if error.is_connect() => "it cannot be reached".to_owned(),
        () => "it cannot be told".to_owned(),
    };
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text.chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_signed_with_its_time() {
        // As `printf '1763650000.{}' | openssl dgst -sha256 -hmac key` says.
        let expected =
            "t=1763650000,v1=79d66dfca677f26089b4e12c150003f90d1e5cbf2376e52b6e7981c0f67117bc";
        assert_eq!(signature(b"key", 1_763_650_000, "{}"), expected);
    }

    #[test]
    fn tries_come_further_and_further_apart() {
        for (attempts, usual) in
            [(1, 1_000), (2, 2_000), (5, 16_000), (30, LONGEST), (10_000, LONGEST)]
        {
            for _ in 0..50 {
                let waits = wait(1_000, attempts).unwrap();
                assert!((usual / 2..=usual * 3 / 2).contains(&waits), "{attempts} {waits}");
            }
        }
    }
}
