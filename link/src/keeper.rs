//! [`Keeper`]: who takes in what comes, without keeping the counter waiting.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use comptoir_sync::acceptance::Received;
use comptoir_sync::entry::{Chain, DeviceId, Scope};
use comptoir_sync::replication::lost::Found;
use comptoir_sync::replication::paper::{Printer, Word};
use comptoir_sync::replication::vector::{ChainHead, Head, Node, Site};
use comptoir_till::error::Result;
use comptoir_till::journal::receive::Taken;
use comptoir_till::till::{Identity, Till};
use comptoir_till::trust::joining::Joining;
use comptoir_till::turns::Turns;

use crate::paper;

/// A till, whoever else is using it.
pub trait Keeper: Send + Sync + 'static {
    /// Who this is, as of now.
    fn node(&self) -> Node;
    /// Takes in entries that another device brought in one transaction, and ends it soon where somebody at the counter
    /// waits: what was taken in is on disk when it returns. Answers what is left, too.
    fn keep(&self, from: DeviceId, entries: Vec<Received>) -> Result<(Taken, Vec<Received>)>;
    /// Begins an epoch above `beyond`.
    fn renew_epoch(&self, beyond: u32) -> Result<()>;
    /// The same where others say that the epoch has two histories.
    fn leave_epoch(&self, beyond: u32) -> Result<()>;
    /// The only chains that it wants for now; all that it may hold if none.
    fn wants(&self) -> Option<Scope> {
        None
    }
    /// The other side has said what it has: so many entries of it are wanted and not here.
    fn awaits(&self, _entries: u64) {}
    /// Says again what this till once wrote and its disk lost. Answers what to ask for more with.
    fn regain(&self, _found: &Found) -> Result<Option<Vec<Head>>> {
        Ok(None)
    }
    /// Whether print jobs of neighbours are spoken of: there is a till, and it knows these words.
    fn speaks_of_paper(&self) -> bool {
        false
    }
    /// How the receipt printer is that is tended here.
    fn printer(&self) -> Printer {
        Printer::NONE
    }
    /// Does what a till of the store says about print jobs. What it answers is said once that is on disk.
    fn hear(&self, _from: DeviceId, _word: Word) -> Result<Option<Word>> {
        Ok(None)
    }
}

/// Takes in what was read of a page, in as many transactions as it needs.
pub(crate) fn keep(
    keeper: &dyn Keeper,
    from: DeviceId,
    mut entries: Vec<Received>,
) -> Result<Taken> {
    let mut all = Taken::default();
    let mut have: BTreeMap<Chain, ChainHead> = BTreeMap::new();
    while !entries.is_empty() {
        let (taken, left) = keeper.keep(from, entries)?;
        entries = left;
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

impl Keeper for Turns<Till> {
    fn node(&self) -> Node {
        node_of(self.lock_behind().identity())
    }

    fn keep(&self, from: DeviceId, entries: Vec<Received>) -> Result<(Taken, Vec<Received>)> {
        self.lock_behind().receive_until(entries, Some(from), &|| self.is_awaited())
    }

    fn renew_epoch(&self, beyond: u32) -> Result<()> {
        self.lock_behind().renew_epoch(beyond)
    }

    fn speaks_of_paper(&self) -> bool {
        true
    }

    fn hear(&self, from: DeviceId, word: Word) -> Result<Option<Word>> {
        let printer = self.printer();
        Ok(paper::hear(&mut self.lock_behind(), from, printer, word)?.answer)
    }

    fn leave_epoch(&self, beyond: u32) -> Result<()> {
        self.lock_behind().leave_epoch(beyond)
    }

    fn regain(&self, found: &Found) -> Result<Option<Vec<Head>>> {
        Ok(self.lock_behind().regain(found)?.known)
    }
}

/// A till that is about to join writes nothing, so nobody can know more of it than itself.
impl Keeper for Mutex<Joining> {
    fn node(&self) -> Node {
        node_of(self.lock().unwrap_or_else(PoisonError::into_inner).identity())
    }

    fn keep(&self, _: DeviceId, entries: Vec<Received>) -> Result<(Taken, Vec<Received>)> {
        let mut joining = self.lock().unwrap_or_else(PoisonError::into_inner);
        Ok((joining.take_in(entries)?, Vec::new()))
    }

    fn renew_epoch(&self, _: u32) -> Result<()> {
        Ok(())
    }

    fn leave_epoch(&self, _: u32) -> Result<()> {
        Ok(())
    }
}
