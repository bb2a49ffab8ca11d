//! What the simulated network asks of whoever stands at one end of it: a node in memory, or a till on its disk.

use comptoir_sync::entry::{Chain, DeviceId, Sealed};
use comptoir_sync::replication::event::{Event, Logged, Notice};
use comptoir_sync::replication::lost::Found;
use comptoir_sync::replication::message::{Cursor, Message, Page, Waiting};
use comptoir_sync::replication::session::Peer;
use comptoir_sync::replication::vector::{ChainHead, Head, Node as Me, Site};

use crate::world::World;

/// What a page came to.
pub(crate) struct Stored {
    pub(crate) grew: Vec<Chain>,
    /// Chains that were held back and may be taken now.
    pub(crate) readied: Vec<Chain>,
    /// Chains of which two histories were found.
    pub(crate) frozen: Vec<Chain>,
    pub(crate) answer: Event,
}

/// One end of a line.
pub(crate) trait Host: Sized {
    fn me(&self) -> Me;
    /// Its clock, milliseconds since 1970 UTC.
    fn wall(&self, now: u64) -> i64;
    /// How it sees another device.
    fn peer(&self, device: DeviceId, site: &Site) -> Peer;
    /// Every chain on its disk, and the store that writes it.
    fn heads(&self) -> Vec<(Chain, String, Head)>;
    /// Head office: the end of its log. A till, towards head office: how far it read that.
    fn cursor(&self, peer: &Site) -> Option<Cursor>;
    fn load(&self, chain: &Chain, after: u64, most: usize, most_bytes: usize) -> Vec<Sealed>;
    /// The log behind a place, the last place looked at, and whether it ends there.
    fn load_log(&self, after: u64, most: usize) -> (Vec<Logged>, u64, bool);
    /// Checks and keeps a page; from here on it survives a crash. None if the disk does not take it.
    fn keep(&mut self, page: Page, from: DeviceId, now: u64) -> Option<Stored>;
    /// What it has of a chain of its own, if somebody who holds it up to there holds another history of a former epoch.
    fn lacking(&self, there: ChainHead) -> Option<Vec<Head>>;
    /// A chain behind the last of these entries that is in it.
    fn find(&self, chain: &Chain, known: &[Head], most: usize, most_bytes: usize) -> Vec<Sealed>;
    /// Keeps what its disk had lost of its own: the chains that grew, and what to ask for next. None if the disk does
    /// not take it.
    fn regain(&mut self, found: Found, now: u64) -> Option<(Vec<Chain>, Option<Vec<Head>>)>;
    /// Somebody wants to know.
    fn notice(world: &mut World<Self>, line: usize, side: usize, notice: Notice);

    /// What waits for head office, where that is counted.
    fn waiting(&self) -> Option<Waiting> {
        None
    }

    /// Chains of a device that have two histories, of which it is told when it says hello.
    fn frozen(&self, _: DeviceId) -> Vec<Chain> {
        Vec::new()
    }

    /// A message that was read, before the session hears it.
    fn hears(&mut self, _: DeviceId, _: &Message, _: u64) {}

    /// The power went: what was only in memory is gone.
    fn crash(&mut self) {}

    /// Milliseconds that its disk may take longer than others do.
    fn slowness(&self) -> u64 {
        0
    }
}
