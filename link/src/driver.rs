//! Drives a session over a line: carries frames, reads and keeps what it asks for on threads that may
//! wait for a disk, keeps its time, and writes down what it learns.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use comptoir_sync::acceptance::{self, Received};
use comptoir_sync::entry::{Chain, DeviceId};
use comptoir_sync::replication::event::{CloseReason, Effect, Event, Notice};
use comptoir_sync::replication::frame;
use comptoir_sync::replication::message::{Cursor, HeldReason, Message, Page};
use comptoir_sync::replication::paper::{Printer, Word};
use comptoir_sync::replication::session::{Peer, Session};
use comptoir_sync::replication::vector::{ChainHead, Head, Site};
use comptoir_till::error::{Error, Result};
use comptoir_till::journal::receive::Taken;
use futures_util::{SinkExt, StreamExt};
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::frames::{Incoming, Line, Outgoing};
use crate::keeper::{self, Keeper};
use crate::ledger::Ledger;
use crate::paper::{Neighbours, Said};
use crate::status::{Board, State, Status};
use crate::tls::Clock;

/// What all lines of a till share.
pub struct Shared {
    /// Who takes in what comes.
    pub keeper: Arc<dyn Keeper>,
    /// Who reads what is sent.
    pub ledger: Ledger,
    /// What others may look at.
    pub board: Board,
    /// The till's clock.
    pub clock: Clock,
    /// When this began: sessions count from here, whatever the clock does.
    pub since: Instant,
    /// Raised whenever the journal has grown.
    pub grown: watch::Sender<u64>,
    /// Devices that take part from now on.
    pub enrolled: broadcast::Sender<DeviceId>,
    /// Chains of which two histories were found.
    pub frozen: broadcast::Sender<Chain>,
    /// Raised whenever print jobs or the printer may be other than they were.
    pub paper: watch::Sender<u64>,
    /// Tills of the store that are connected.
    pub(crate) neighbours: Neighbours,
}

/// How a line ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Whether anything was taken in or acknowledged.
    pub useful: bool,
    /// Whether both sides held the same at least once.
    pub settled: bool,
    /// Why, if it was a session that ended it.
    pub reason: Option<CloseReason>,
}

/// How many epochs a copied till may leave out, so that its copy leaves out as many with little luck.
const MOST_EPOCHS_LEFT_OUT: u16 = 1_000;

/// Pages that are read and checked while another is being kept.
const READ_AHEAD: usize = 1;

/// How long an answer about print jobs is waited for when there is nothing else to do; an older till never gives one.
const ANSWERS_WITHIN: std::time::Duration = std::time::Duration::from_secs(5);

/// When to hang up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// When the line breaks.
    TheEnd,
    /// When both sides hold the same, and what there is to say about print jobs is answered.
    Settled,
}

/// What another thread has done.
enum Done {
    Event(Event),
    Kept(Result<Taken>, Vec<(Chain, String, Head)>),
    Heard(Option<Word>),
    Failed(Error),
}

impl Shared {
    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn is_there(&self, device: DeviceId, printer: Option<Printer>) {
        if self.neighbours.set(device, printer) {
            self.board.changed();
        }
    }

    fn heads(&self) -> Result<Vec<(Chain, String, Head)>> {
        let chains = self.ledger.chains()?;
        Ok(chains.into_iter().map(|here| (here.at.chain, here.store, here.at.head)).collect())
    }
}

/// Runs a session with `peer` until the line breaks.
pub async fn drive(
    shared: &Arc<Shared>,
    line: Line,
    peer: Peer,
    place: &str,
    until: Until,
) -> Result<Ended> {
    let (outbox, to_send) = mpsc::unbounded_channel();
    let Line { incoming, outgoing } = line;
    let writer = tokio::spawn(write(outgoing, to_send));
    let (done, doing) = mpsc::unbounded_channel();
    let (pages, to_keep) = mpsc::unbounded_channel();
    let (read_pages, to_store) = mpsc::channel(READ_AHEAD);
    let reader = tokio::spawn(read(shared.clone(), to_keep, read_pages));
    let storer = tokio::spawn(store(shared.clone(), peer.device, to_store, done.clone()));
    let (words, to_hear) = mpsc::unbounded_channel();
    let hearer = tokio::spawn(hear(shared.clone(), peer.device, to_hear, done.clone()));
    let mut running = Running {
        session: Session::new(shared.keeper.node(), peer.clone()).wanting(shared.keeper.wants()),
        shared,
        peer,
        place,
        outbox,
        pages,
        words,
        done,
        said: Said::default(),
        hearing: 0,
        told: BTreeMap::new(),
        strangers: BTreeSet::new(),
        wake: None,
        ended: Ended { useful: false, settled: false, reason: None },
        open: true,
    };
    let result = running.run(incoming, doing, until).await;
    running.session.handle(Event::Closed, shared.now());
    running.ended.useful = running.session.was_useful();
    let ended = running.ended.clone();
    drop(running);
    // What was to be sent goes out before the line is closed.
    let _ = tokio::time::timeout(std::time::Duration::from_secs(2), writer).await;
    reader.abort();
    storer.abort();
    hearer.abort();
    result.map(|()| ended)
}

struct Running<'line> {
    session: Session,
    shared: &'line Arc<Shared>,
    peer: Peer,
    place: &'line str,
    outbox: mpsc::UnboundedSender<Vec<u8>>,
    pages: mpsc::UnboundedSender<Page>,
    words: mpsc::UnboundedSender<Word>,
    done: mpsc::UnboundedSender<Done>,
    /// What was said about print jobs.
    said: Said,
    /// What the other side said about them and is not done yet.
    hearing: usize,
    /// The chains as the session knows them.
    told: BTreeMap<Chain, Head>,
    /// Chains that wait because nobody here knows their device.
    strangers: BTreeSet<Chain>,
    wake: Option<u64>,
    ended: Ended,
    open: bool,
}

impl Running<'_> {
    async fn run(
        &mut self,
        mut incoming: Incoming,
        mut doing: mpsc::UnboundedReceiver<Done>,
        until: Until,
    ) -> Result<()> {
        let mut grown = self.shared.grown.subscribe();
        let mut enrolled = self.shared.enrolled.subscribe();
        let mut frozen = self.shared.frozen.subscribe();
        let mut paper = self.shared.paper.subscribe();
        grown.mark_unchanged();
        let heads = self.blocking(Shared::heads).await?;
        self.grew(heads);
        let cursor = match self.peer.site {
            Site::HeadOffice => {
                let waiting = self.blocking(|shared| shared.ledger.waiting()).await?;
                self.tell(Event::Waits(waiting));
                self.blocking(|shared| shared.ledger.cursor()).await?
            }
            Site::Store(_) => None,
        };
        self.tell(Event::Connected { wall: (self.shared.clock)(), cursor });
        let mut patience = None;
        while self.open {
            let wake =
                self.wake.map_or(Instant::now() + std::time::Duration::from_secs(3_600), |at| {
                    self.shared.since + std::time::Duration::from_millis(at)
                });
            tokio::select! {
                biased;
                Some(done) = doing.recv() => match done {
                    Done::Event(event) => self.tell(event),
                    Done::Kept(taken, heads) => self.kept(taken?, heads),
                    Done::Heard(answer) => {
                        self.hearing = self.hearing.saturating_sub(1);
                        self.tell(Event::Heard(answer));
                        self.speak().await?;
                    }
                    Done::Failed(error) => return Err(error),
                },
                Ok(()) = grown.changed() => {
                    let heads = self.blocking(Shared::heads).await?;
                    self.grew(heads);
                }
                Ok(device) = enrolled.recv() => self.readied(device),
                Ok(chain) = frozen.recv() => self.frozen(chain),
                Ok(()) = paper.changed() => self.speak().await?,
                frame = incoming.next() => match frame {
                    Some(Ok(frame)) => match frame::unpack(&frame) {
                        Ok(message) => {
                            let hello = matches!(message, Message::Hello(_));
                            self.hear(message);
                            if hello {
                                self.shared.keeper.awaits(self.session.to_come());
                                let device = self.peer.device;
                                let frozen = self.blocking(move |shared| shared.ledger.frozen(device));
                                frozen.await?.into_iter().for_each(|chain| self.frozen(chain));
                                if self.speaks_of_paper() {
                                    self.shared.is_there(device, None);
                                }
                                self.speak().await?;
                            }
                        }
                        Err(error) => {
                            tracing::warn!(place = self.place, %error, "a frame that cannot be read");
                            return Ok(());
                        }
                    },
                    Some(Err(error)) => {
                        tracing::debug!(place = self.place, %error, "the line broke");
                        return Ok(());
                    }
                    None => return Ok(()),
                },
                () = sleep_until(wake) => {
                    self.wake = None;
                    self.tell(Event::Tick);
                }
                () = sleep_until(patience.unwrap_or(wake)), if patience.is_some() => return Ok(()),
            }
            let settled = self.session.is_settled();
            if settled && !self.ended.settled && self.peer.site == Site::HeadOffice {
                self.has_all();
            }
            self.ended.settled |= settled;
            if self.open {
                let state = if settled { State::UpToDate } else { State::CatchingUp };
                let head_office = self.peer.site == Site::HeadOffice;
                self.shared.board.set(Status::of(self.place, self.peer.device, head_office, state));
            }
            if settled && until == Until::Settled {
                if self.hearing == 0 && self.said.is_answered() {
                    return Ok(());
                }
                patience.get_or_insert_with(|| Instant::now() + ANSWERS_WITHIN);
            }
        }
        Ok(())
    }

    fn hear(&mut self, message: Message) {
        let wall = match &message {
            Message::Hello(hello) => Some(hello.wall),
            _ => None,
        };
        self.tell(Event::Received(message));
        if let (Some(wall), true) = (wall, self.open) {
            let (shared, peer) = (self.shared.clone(), self.peer.device);
            self.in_time(move || {
                let now = (shared.clock)();
                shared.ledger.met(peer, now, wall.saturating_sub(now))
            });
        }
    }

    fn tell(&mut self, event: Event) {
        for effect in self.session.handle(event, self.shared.now()) {
            self.carry_out(effect);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Send(message) => {
                let _ = self.outbox.send(frame::pack(&message));
            }
            Effect::Load { chain, after, most_entries, most_bytes } => self.beside(move |shared| {
                let entries = shared.ledger.load(&chain, after, most_entries, most_bytes)?;
                Ok(Event::Loaded { chain, after, entries })
            }),
            Effect::Compare(at) => self.beside(move |shared| {
                let known = shared.ledger.lacking(&at)?;
                Ok(Event::Lacks { chain: at.chain, known })
            }),
            Effect::Find { chain, known, most_entries, most_bytes } => self.beside(move |shared| {
                let entries = shared.ledger.find(&chain, &known, most_entries, most_bytes)?;
                Ok(Event::Found { chain, entries })
            }),
            Effect::Regain(found) => self.beside(move |shared| {
                let known = shared.keeper.regain(&found)?;
                Ok(Event::Lacks { chain: found.chain, known })
            }),
            // Only head office keeps a log.
            Effect::LoadLog { .. } => {}
            Effect::Store(page) => {
                let _ = self.pages.send(page);
            }
            Effect::Hear(_) if !self.speaks_of_paper() => self.tell(Event::Heard(None)),
            Effect::Hear(word) => {
                self.said.heard(&word);
                if let Word::Printer(printer) = &word {
                    self.shared.is_there(self.peer.device, Some(*printer));
                }
                self.hearing += 1;
                let _ = self.words.send(word);
            }
            Effect::Wake(at) => self.wake = Some(at),
            Effect::Close(reason) => {
                self.ended.reason = Some(reason);
                self.open = false;
            }
            Effect::Report(notice) => self.note(notice),
        }
    }

    /// Has the disk do something; what comes of it is told to the session.
    fn beside(&self, work: impl FnOnce(&Shared) -> Result<Event> + Send + 'static) {
        let (shared, done) = (self.shared.clone(), self.done.clone());
        tokio::task::spawn_blocking(move || {
            let _ = done.send(work(&shared).map_or_else(Done::Failed, Done::Event));
        });
    }

    fn speaks_of_paper(&self) -> bool {
        self.session.speaks_of_paper() && self.shared.keeper.speaks_of_paper()
    }

    /// Says what there is to say about print jobs, to a till of the store.
    async fn speak(&mut self) -> Result<()> {
        if !self.speaks_of_paper() {
            return Ok(());
        }
        let peer = self.peer.device;
        let now = self.blocking(move |shared| {
            let (say, taken) = (shared.ledger.given(peer)?, shared.ledger.taken(peer)?);
            Ok((shared.keeper.printer(), say, taken))
        });
        let (printer, say, taken) = now.await?;
        for word in self.said.words(printer, say, &taken) {
            self.tell(Event::Say(word));
        }
        Ok(())
    }

    fn note(&mut self, notice: Notice) {
        let (shared, place) = (self.shared.clone(), self.place);
        match notice {
            Notice::Durable { peer, chain, head } => self.in_time(move || {
                shared.ledger.note(peer, &chain, head, (shared.clock)())?;
                shared.board.changed();
                Ok(())
            }),
            Notice::ClockSkew { millis, .. } => {
                tracing::warn!(place, millis, "the clocks are apart");
            }
            Notice::HeldBack { held, .. } => {
                tracing::warn!(place, chain = %held.chain, seq = held.seq, reason = ?held.reason, "a chain waits");
                if held.reason == HeldReason::Fork {
                    self.forked(held.chain);
                }
            }
            Notice::Fork(fork) => {
                tracing::error!(place, chain = %fork.chain, seq = fork.seq, "a chain has two histories");
                self.forked(fork.chain);
            }
            Notice::Behind { chain, mine, theirs } => {
                tracing::error!(place, %chain, mine, theirs, "this till went back in time: it begins a new epoch");
                let beyond = self.session.own_epoch_there();
                self.in_time(move || shared.keeper.renew_epoch(beyond));
                // What this session knows of the till is over.
                self.open = false;
            }
        }
    }

    /// Two machines write as this device: one is a copy of the other. Nobody takes in more of that epoch, so
    /// this one begins another; by chance it is not the one that the other begins.
    fn forked(&mut self, chain: Chain) {
        let me = self.shared.keeper.node();
        if (chain.device, chain.epoch) != (me.device, me.epoch) || !self.open {
            return;
        }
        let mut chance = [0; 2];
        let beyond = match getrandom::fill(&mut chance) {
            Ok(()) => u32::from(u16::from_be_bytes(chance) % MOST_EPOCHS_LEFT_OUT),
            Err(_) => 0,
        };
        let beyond = self.session.own_epoch_there().max(me.epoch) + beyond;
        let shared = self.shared.clone();
        self.in_time(move || shared.keeper.leave_epoch(beyond));
        self.open = false;
    }

    /// All that head office has of the store is here.
    fn has_all(&self) {
        let shared = self.shared.clone();
        if shared.keeper.wants().is_none() {
            self.in_time(move || shared.ledger.history_is_here());
        }
    }

    /// Does what nobody has to wait for.
    fn in_time(&self, work: impl FnOnce() -> Result<()> + Send + 'static) {
        tokio::task::spawn_blocking(move || {
            if let Err(error) = work() {
                tracing::warn!(%error, "could not be written down");
            }
        });
    }

    fn kept(&mut self, taken: Taken, heads: Vec<(Chain, String, Head)>) {
        self.grew(heads);
        let strange = |reason| reason == HeldReason::UnknownDevice;
        self.strangers
            .extend(taken.held.iter().filter(|held| strange(held.reason)).map(|held| held.chain));
        let Taken { have, held, forks, enrolled, .. } = taken;
        let frozen: Vec<Chain> = forks.iter().map(|fork| fork.chain).collect();
        self.tell(Event::Stored { have, held, forks });
        for chain in frozen {
            let _ = self.shared.frozen.send(chain);
        }
        for device in enrolled {
            let _ = self.shared.enrolled.send(device);
        }
    }

    /// Whoever writes a chain hears that it has two histories; if that is this till, it asks whoever it is connected to
    /// for the other one.
    fn frozen(&mut self, chain: Chain) {
        let own = chain.device == self.shared.keeper.node().device;
        if own || chain.device == self.peer.device {
            self.tell(Event::Frozen(chain));
        }
    }

    fn readied(&mut self, device: DeviceId) {
        let of = |chain: &&Chain| chain.device == device;
        for chain in self.strangers.iter().filter(of).copied().collect::<Vec<_>>() {
            self.strangers.remove(&chain);
            self.tell(Event::Readied(chain));
        }
    }

    fn grew(&mut self, heads: Vec<(Chain, String, Head)>) {
        for (chain, store, head) in heads {
            if self.told.insert(chain, head) != Some(head) {
                self.tell(Event::Grew { chain, store, head });
            }
        }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Shared) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let shared = self.shared.clone();
        let asked = tokio::task::spawn_blocking(move || ask(&shared)).await;
        asked.map_err(|error| Error::Broken(error.to_string()))?
    }
}

async fn write(mut outgoing: Outgoing, mut frames: mpsc::UnboundedReceiver<Vec<u8>>) {
    while let Some(frame) = frames.recv().await {
        if outgoing.send(frame).await.is_err() {
            return;
        }
    }
    let _ = outgoing.close().await;
}

/// A page that was read, and of which was asked who signed it.
struct ReadPage {
    entries: Vec<Received>,
    cursor: Option<Cursor>,
    /// The last entry of each of its chains.
    sent: Vec<ChainHead>,
}

/// Reads pages and checks what is signed in them, while those before them are kept: nobody at the counter waits
/// for that.
async fn read(
    shared: Arc<Shared>,
    mut pages: mpsc::UnboundedReceiver<Page>,
    to_store: mpsc::Sender<Result<ReadPage>>,
) {
    while let Some(page) = pages.recv().await {
        let shared = shared.clone();
        let read = tokio::task::spawn_blocking(move || read_page(&shared, page)).await;
        let read = read.unwrap_or_else(|error| Err(Error::Broken(error.to_string())));
        if to_store.send(read).await.is_err() {
            return;
        }
    }
}

fn read_page(shared: &Shared, page: Page) -> Result<ReadPage> {
    let mut runs = acceptance::runs(page.entries);
    let mut sent = Vec::new();
    for (chain, run) in &mut runs {
        // Whose device is made known by what is kept meanwhile is asked for later.
        if let Some(key) = shared.ledger.key_of(chain.device)? {
            acceptance::check_signatures(run, &key);
        }
        let last = run.last().map(|last| Head { seq: last.entry.seq, hash: last.hash });
        sent.extend(last.map(|head| ChainHead { chain: *chain, head }));
    }
    Ok(ReadPage { entries: runs.into_values().flatten().collect(), cursor: page.cursor, sent })
}

/// Keeps pages, one behind the other.
async fn store(
    shared: Arc<Shared>,
    peer: DeviceId,
    mut pages: mpsc::Receiver<Result<ReadPage>>,
    done: mpsc::UnboundedSender<Done>,
) {
    while let Some(page) = pages.recv().await {
        let sharing = shared.clone();
        let kept = tokio::task::spawn_blocking(move || {
            let shared = sharing;
            let ReadPage { entries, cursor, sent } = page?;
            let taken = keeper::keep(&*shared.keeper, peer, entries);
            // Whoever sends something has it.
            for ChainHead { chain, head } in sent {
                shared.ledger.note(peer, &chain, head, (shared.clock)())?;
            }
            // Who wants only some of the log has not read it.
            let whole = shared.keeper.wants().is_none();
            if let (Ok(_), Some(cursor), true) = (&taken, cursor, whole) {
                shared.ledger.read_to(cursor)?;
            }
            Ok((taken, shared.heads()?))
        })
        .await
        .unwrap_or_else(|error| Err(Error::Broken(error.to_string())));
        let done = done.send(match kept {
            Ok((taken, heads)) => Done::Kept(taken, heads),
            Err(error) => Done::Failed(error),
        });
        if done.is_err() {
            return;
        }
    }
}

/// Does what the other side says about print jobs, one word behind the other.
async fn hear(
    shared: Arc<Shared>,
    peer: DeviceId,
    mut words: mpsc::UnboundedReceiver<Word>,
    done: mpsc::UnboundedSender<Done>,
) {
    while let Some(word) = words.recv().await {
        let shared = shared.clone();
        let heard = tokio::task::spawn_blocking(move || shared.keeper.hear(peer, word)).await;
        let heard = heard.unwrap_or_else(|error| Err(Error::Broken(error.to_string())));
        let done = done.send(match heard {
            Ok(answer) => Done::Heard(answer),
            Err(error) => Done::Failed(error),
        });
        if done.is_err() {
            return;
        }
    }
}
