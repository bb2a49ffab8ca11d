//! [`Keeper`]: who takes in what comes, one short transaction at a time.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use comptoir_sync::entry::{Chain, Sealed};
use comptoir_sync::replication::message::Page;
use comptoir_sync::replication::vector::{ChainHead, Node, Site};
use comptoir_till::error::Result;
use comptoir_till::journal::receive::Taken;
use comptoir_till::till::{Identity, Till};
use comptoir_till::trust::joining::Joining;

/// Entries that are taken in by one transaction: somebody at the counter waits for no more than that.
const AT_ONCE: usize = 40;

/// A till, whoever else is using it.
pub trait Keeper: Send + Sync + 'static {
    /// Who this is, as of now.
    fn node(&self) -> Node;
    /// Takes in a few entries: what can be is on disk when it returns.
    fn keep(&self, entries: Vec<Sealed>) -> Result<Taken>;
    /// Begins an epoch above `beyond`.
    fn renew_epoch(&self, beyond: u32) -> Result<()>;
}

/// Takes in a page, in as many transactions as it needs.
pub(crate) fn keep(keeper: &dyn Keeper, page: Page) -> Result<Taken> {
    let mut all = Taken::default();
    let mut have: BTreeMap<Chain, ChainHead> = BTreeMap::new();
    let mut entries = page.entries.into_iter();
    loop {
        let few: Vec<Sealed> = entries.by_ref().take(AT_ONCE).collect();
        if few.is_empty() {
            break;
        }
        let taken = keeper.keep(few)?;
        have.extend(taken.have.into_iter().map(|at| (at.chain, at)));
        let known = |held: &Chain| all.held.iter().any(|other| other.chain == *held);
        let new: Vec<_> = taken.held.into_iter().filter(|held| !known(&held.chain)).collect();
        all.held.extend(new);
        all.forks.extend(taken.forks);
        all.new += taken.new;
        all.documents |= taken.documents;
        all.carts |= taken.carts;
        all.enrolled.extend(taken.enrolled);
    }
    all.have = have.into_values().collect();
    Ok(all)
}

/// The place of a till among the others.
pub fn node_of(identity: &Identity) -> Node {
    Node {
        tenant: identity.tenant.clone(),
        site: Site::Store(identity.store.clone()),
        device: identity.device,
        epoch: identity.epoch,
    }
}

impl Keeper for Mutex<Till> {
    fn node(&self) -> Node {
        node_of(self.lock().unwrap_or_else(PoisonError::into_inner).identity())
    }

    fn keep(&self, entries: Vec<Sealed>) -> Result<Taken> {
        self.lock().unwrap_or_else(PoisonError::into_inner).receive(entries)
    }

    fn renew_epoch(&self, beyond: u32) -> Result<()> {
        self.lock().unwrap_or_else(PoisonError::into_inner).renew_epoch(beyond)
    }
}

/// A till that is about to join writes nothing, so nobody can know more of it than itself.
impl Keeper for Mutex<Joining> {
    fn node(&self) -> Node {
        node_of(self.lock().unwrap_or_else(PoisonError::into_inner).identity())
    }

    fn keep(&self, entries: Vec<Sealed>) -> Result<Taken> {
        self.lock().unwrap_or_else(PoisonError::into_inner).receive(entries)
    }

    fn renew_epoch(&self, _: u32) -> Result<()> {
        Ok(())
    }
}
