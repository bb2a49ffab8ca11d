//! What a driver tells a session, and what a session asks of its driver.

use super::lost::Found;
use super::message::{Cursor, Fork, Held, Message, Page, Refusal, Waiting};
use super::paper::Word;
use super::vector::{ChainHead, Head};
use crate::entry::{Chain, DeviceId, Sealed};

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A chain on this disk is so long now, by whatever way. Every chain is told before
    /// `Connected`, every growth to all sessions, and before the `Stored` that it came with.
    Grew {
        /// The chain.
        chain: Chain,
        /// The store that writes it.
        store: String,
        /// Its last entry.
        head: Head,
    },
    /// What waits to be sent to the other side, as far as that is known. Told before `Connected`, if at all.
    Waits(Waiting),
    /// The connection stands.
    Connected {
        /// This device's clock, milliseconds since 1970 UTC.
        wall: i64,
        /// A till: how far it has read head office's log. Head office: the end of its log.
        cursor: Option<Cursor>,
    },
    /// A frame came and could be read.
    Received(Message),
    /// The answer to [`Effect::Load`].
    Loaded {
        /// The chain.
        chain: Chain,
        /// As asked.
        after: u64,
        /// From `after + 1` on, without gap.
        entries: Vec<Sealed>,
    },
    /// The answer to [`Effect::LoadLog`].
    LoadedLog {
        /// As asked.
        after: u64,
        /// In the order of their positions.
        entries: Vec<Logged>,
        /// The last position looked at.
        to: u64,
        /// Whether the log ends there.
        end: bool,
    },
    /// The answer to [`Effect::Store`], in its order, once everything is on disk.
    Stored {
        /// The last entry on disk of every chain of the page.
        have: Vec<ChainHead>,
        /// The chains that wait, each at its first entry that was not taken.
        held: Vec<Held>,
        /// The forks found, proven by signed entries; their chains wait too.
        forks: Vec<Fork>,
    },
    /// A chain that was held back may be taken now: its device became known.
    Readied(Chain),
    /// A chain has two histories: whoever writes it is told, once the session is open, before it writes more that
    /// nobody takes in. If that is this device, the other side may have what its disk lost.
    Frozen(Chain),
    /// There is something to say about paper. Said to an open session with a till of the same store, else forgotten.
    Say(Word),
    /// The answer to [`Effect::Hear`], in its order, once it is on disk.
    Heard(Option<Word>),
    /// The answer to [`Effect::Compare`], and to [`Effect::Regain`] once that is on disk.
    Lacks {
        /// The chain.
        chain: Chain,
        /// Entries of it that are here, of whichever history, if the other side holds one that is not whole here.
        known: Option<Vec<Head>>,
    },
    /// The answer to [`Effect::Find`].
    Found {
        /// The chain.
        chain: Chain,
        /// Its entries behind the last known one, without gap.
        entries: Vec<Sealed>,
    },
    /// It is time; asked for by [`Effect::Wake`].
    Tick,
    /// The connection is gone.
    Closed,
}

/// An entry of head office's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Its place in the log.
    pub position: u64,
    /// Its chain.
    pub chain: Chain,
    /// Its place in the chain.
    pub seq: u64,
    /// The store that wrote it.
    pub store: String,
    /// The entry.
    pub sealed: Sealed,
}

/// What the driver has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send a message.
    Send(Message),
    /// Read a chain.
    Load {
        /// The chain.
        chain: Chain,
        /// The entries behind this one.
        after: u64,
        /// At most so many, at least one.
        most_entries: usize,
        /// Of at most so many bytes, but for the first.
        most_bytes: usize,
    },
    /// Read head office's log.
    LoadLog {
        /// The entries behind this place.
        cursor: Cursor,
        /// At most so many, at least one.
        most_entries: usize,
        /// Of at most so many bytes, but for the first.
        most_bytes: usize,
    },
    /// Check and keep the entries and the cursor of a page, in one transaction.
    Store(Page),
    /// Look at what a till of the same store says about paper, and answer.
    Hear(Word),
    /// The other side holds this chain of this device up to this entry: see whether it is another history of a former
    /// epoch, and not all of it here.
    Compare(ChainHead),
    /// Read a chain behind the last of these entries that is in it, and from its beginning if none is.
    Find {
        /// The chain.
        chain: Chain,
        /// Entries that may be in it.
        known: Vec<Head>,
        /// At most so many, at least one.
        most_entries: usize,
        /// Of at most so many bytes, but for the first.
        most_bytes: usize,
    },
    /// Check what this device once wrote and its disk lost, and say it again, in one transaction.
    Regain(Found),
    /// Send [`Event::Tick`] at this time, and at no earlier one asked for before.
    Wake(u64),
    /// Close the connection.
    Close(CloseReason),
    /// Tell somebody.
    Report(Notice),
}

/// Why a session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseReason {
    /// This side does not want it.
    Refusing(Refusal),
    /// The other side does not want it.
    Refused(Refusal),
    /// The other side says nothing.
    Silent,
    /// A page is not acknowledged, or one before it did not arrive.
    Lost,
    /// The other side sends more than was agreed.
    Flooded,
}

/// What somebody may want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The other side has a chain on disk up to here. `head` is its word: an entry is durable there
    /// when its own hash is that one, or it stands before the one that has it.
    Durable {
        /// The other side.
        peer: DeviceId,
        /// The chain.
        chain: Chain,
        /// Its last entry there.
        head: Head,
    },
    /// A chain waits, here or at the other side.
    HeldBack {
        /// The other side.
        peer: DeviceId,
        /// Where and why.
        held: Held,
    },
    /// A chain has two histories. Its epoch is frozen: nothing more of it is taken in.
    Fork(Fork),
    /// The other side knows more of what this device writes than this device does: it was restored
    /// or copied, and has to begin a newer epoch before it writes again.
    Behind {
        /// The chain of this device's epoch.
        chain: Chain,
        /// The last entry here.
        mine: u64,
        /// The last entry there.
        theirs: u64,
    },
    /// The clocks are more than two minutes apart.
    ClockSkew {
        /// The other side.
        peer: DeviceId,
        /// Its clock minus this one's, in milliseconds.
        millis: i64,
    },
}
