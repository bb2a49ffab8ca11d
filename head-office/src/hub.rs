//! Who is connected to this process is told what happens in the log, whoever wrote it: sessions of this process at
//! once, those of others through PostgreSQL.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use comptoir_sync::entry::{Chain, DeviceId};
use tokio::sync::broadcast::{Receiver, Sender, channel};

use crate::journal::Growth;

/// News that a session may miss before it has to read anew what it missed.
const BACKLOG: usize = 256;

/// What happened in a company.
#[derive(Debug, Clone)]
pub enum News {
    /// Chains are longer.
    Grew(Arc<Vec<Growth>>),
    /// Another process appended up to here.
    Appended(u64),
    /// A device takes part from now on.
    Enrolled(DeviceId),
    /// A device takes part no longer.
    Revoked(DeviceId),
    /// A chain has two histories.
    Frozen(Chain),
}

/// The companies that somebody here listens for.
#[derive(Debug, Default)]
pub struct Hub {
    tenants: Mutex<HashMap<String, Sender<News>>>,
    told: AtomicU64,
}

impl Hub {
    /// Listens to what happens in a company from now on.
    pub fn listen(&self, tenant: &str) -> Receiver<News> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        // A company that nobody listens for any more need not be kept.
        tenants.retain(|_, sender| sender.receiver_count() > 0);
        tenants.entry(tenant.to_owned()).or_insert_with(|| channel(BACKLOG).0).subscribe()
    }

    /// How often anybody was told anything: what was read before it changed may be news to who listens since.
    pub fn told(&self) -> u64 {
        self.told.load(Ordering::SeqCst)
    }

    /// Tells everybody who listens.
    pub fn tell(&self, tenant: &str, news: News) {
        self.told.fetch_add(1, Ordering::SeqCst);
        let tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = tenants.get(tenant) {
            // Nobody listens: nobody has to be told.
            let _ = sender.send(news);
        }
    }

    /// Tells everybody who listens for any company.
    pub fn tell_all(&self, news: &News) {
        self.told.fetch_add(1, Ordering::SeqCst);
        let tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in tenants.values() {
            let _ = sender.send(news.clone());
        }
    }
}
