//! The program at work: its database, its vault, and who it is in each company.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use comptoir_sync::entry::DeviceId;
use comptoir_sync::replication::vector::{Node, Site};
use ed25519_dalek::SigningKey;
use sqlx::postgres::PgListener;
use sqlx::{PgConnection, Row};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::database::Database;
use crate::devices::number;
use crate::error::{Error, Result};
use crate::hub::{Hub, News};
use crate::journal::ingest::CHANNEL;
use crate::metrics::Metrics;
use crate::vault::{Purpose, Vault};
use crate::webhooks::address::Reach;

/// One running head office.
#[derive(Debug)]
pub struct Office {
    /// Where everything is kept.
    pub database: Database,
    /// What is sealed.
    pub vault: Vault,
    /// Who is told what happens.
    pub hub: Hub,
    /// What has been done.
    pub metrics: Metrics,
    /// Set when the program ends: sessions close.
    pub stop: CancellationToken,
    /// Sessions that have to end before the program does.
    pub sessions: TaskTracker,
    /// Names this process to the others.
    pub process: Uuid,
    /// Where webhooks may lead.
    pub reach: Reach,
    began: Instant,
    identities: Mutex<HashMap<String, Arc<Identity>>>,
}

/// Head office in one company.
pub struct Identity {
    /// As it stands in sessions.
    pub node: Node,
    /// Its key, which is the company's authority's too.
    pub key: SigningKey,
    /// The certificate of the company's authority, DER.
    pub authority: Vec<u8>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("node", &self.node).finish_non_exhaustive()
    }
}

impl Office {
    /// With a database whose schema is up to date.
    pub fn new(database: Database, vault: Vault) -> Office {
        Office {
            database,
            vault,
            hub: Hub::default(),
            metrics: Metrics::default(),
            stop: CancellationToken::new(),
            sessions: TaskTracker::new(),
            process: Uuid::new_v4(),
            reach: Reach::Public,
            began: Instant::now(),
            identities: Mutex::default(),
        }
    }

    /// The same with webhooks that may lead there.
    pub fn reaching(self, reach: Reach) -> Office {
        Office { reach, ..self }
    }

    /// Milliseconds of a clock that only goes forward.
    pub fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The moment of [`Office::now`] as a timer takes it.
    pub fn at(&self, now: u64) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.began + Duration::from_millis(now))
    }

    /// Who head office is in a company.
    pub async fn identity(&self, tenant: &str) -> Result<Arc<Identity>> {
        let known = |identities: &HashMap<String, Arc<Identity>>| identities.get(tenant).cloned();
        if let Some(identity) =
            known(&self.identities.lock().unwrap_or_else(PoisonError::into_inner))
        {
            return Ok(identity);
        }
        let mut tx = self.database.of_tenant(tenant).await?;
        let identity = Arc::new(self.load(&mut tx, tenant).await?);
        let mut identities = self.identities.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(identities.entry(tenant.to_owned()).or_insert(identity).clone())
    }

    async fn load(&self, db: &mut PgConnection, tenant: &str) -> Result<Identity> {
        let select = "SELECT sealed_key, epoch, authority FROM office WHERE tenant_id = $1";
        let row = sqlx::query(select).bind(tenant).fetch_one(db).await?;
        let key = self.vault.open(Purpose::OfficeKey, tenant, row.try_get(0)?)?;
        let key = <[u8; 32]>::try_from(key).map_err(|_| Error::Broken("no key".into()))?;
        let key = SigningKey::from_bytes(&key);
        let node = Node {
            tenant: tenant.to_owned(),
            site: Site::HeadOffice,
            device: DeviceId::of(&key.verifying_key()),
            epoch: number(row.try_get(1)?)?,
        };
        Ok(Identity { node, key, authority: row.try_get(2)? })
    }

    /// Listens to what other processes append, until the program ends.
    pub async fn listen(self: Arc<Office>) {
        while !self.stop.is_cancelled() {
            if let Err(why) = self.listen_once().await {
                tracing::warn!(%why, "not told what other processes append");
            }
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
            }
        }
    }

    async fn listen_once(&self) -> Result<()> {
        let mut listener = PgListener::connect_with(self.database.pool()).await?;
        listener.listen(CHANNEL).await?;
        // What was said before anybody listened, or while the line was down, has to be looked up.
        self.hub.tell_all(&News::Appended(u64::MAX));
        loop {
            let told = tokio::select! {
                () = self.stop.cancelled() => return Ok(()),
                told = listener.try_recv() => told?,
            };
            let Some(told) = told else {
                self.hub.tell_all(&News::Appended(u64::MAX));
                continue;
            };
            let mut words = told.payload().splitn(3, ' ');
            let (process, position, tenant) = (words.next(), words.next(), words.next());
            if process.is_some_and(|process| process == self.process.to_string()) {
                continue;
            }
            if let (Some(position), Some(tenant)) =
                (position.and_then(|one| one.parse().ok()), tenant)
            {
                self.hub.tell(tenant, News::Appended(position));
            }
        }
    }

    /// Keeps partitions ready for the months to come, until the program ends.
    pub async fn make_months(self: Arc<Office>) {
        while !self.stop.is_cancelled() {
            if let Err(why) = self.make_months_once().await {
                tracing::warn!(%why, "the partitions of the next months were not made");
            }
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = tokio::time::sleep(Duration::from_secs(12 * 60 * 60)) => {}
            }
        }
    }

    async fn make_months_once(&self) -> Result<()> {
        let today =
            jiff::Timestamp::now().in_tz("UTC").map_err(|why| Error::Broken(why.to_string()))?;
        for ahead in -1..=2 {
            let month =
                today.date().first_of_month().saturating_add(jiff::Span::new().months(ahead));
            self.database.make_month(&month.to_string()).await?;
        }
        Ok(())
    }
}

/// This machine's clock, milliseconds since 1970 UTC.
pub fn wall() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
