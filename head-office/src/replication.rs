//! A session with a device: carries out what the state machine asks for, one thing after the other. While a page is
//! being written nothing is read from the line, so a connection holds one page in memory and the other side waits.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use comptoir_sync::entry::{Chain, DeviceId, Entry, Scope};
use comptoir_sync::replication::event::{CloseReason, Effect, Event, Notice};
use comptoir_sync::replication::message::{
    Ack, Cursor, HeldReason, MOST_CHAINS, Message, Page, Refusal,
};
use comptoir_sync::replication::session::{Peer, Session};
use comptoir_sync::replication::vector::Site;
use tokio::sync::broadcast::Receiver as NewsReceiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::error::Result;
use crate::hub::News;
use crate::journal::ingest::{Delivery, Taken, ingest};
use crate::journal::{self, Called, Growth, Most};
use crate::metrics::add;
use crate::office::{Identity, Office, wall};
use crate::presence::{Caller, FRESHEN_EVERY, NOTE_AFTER, Told};

/// Messages that may wait to be sent: a line that takes none of them is closed.
pub const MOST_WAITING: usize = 64;

/// One connection.
struct Line {
    office: Arc<Office>,
    me: Arc<Identity>,
    device: DeviceId,
    site: Site,
    session: Session,
    outgoing: Sender<Message>,
    wake: Option<u64>,
    /// Up to which position of the log the session knows which chains there are.
    position: u64,
    /// Of each chain the last entry that this connection brought.
    brought: BTreeMap<Chain, u64>,
    /// Chains that wait until their device, or its epoch, is known.
    waiting: BTreeSet<Chain>,
    ended: Option<CloseReason>,
    /// Names the connection.
    id: Uuid,
    /// Names the log.
    log: u128,
    /// Whether the device has said hello.
    greeted: bool,
    /// Whether it wants only what every store holds, for now.
    documents_only: bool,
    /// How far the device has read the log.
    read_to: Option<u64>,
    /// What it said of itself, until that is noted.
    told: Option<Told>,
    /// Its chains of which two histories were found, until it has said hello.
    frozen: Vec<Chain>,
    /// When its presence is noted next.
    note_at: Instant,
}

/// A device calls that has proven itself and gets a session.
pub struct Call {
    office: Arc<Office>,
    me: Arc<Identity>,
    peer: Peer,
    grown: Vec<Growth>,
    end: Cursor,
    frozen: Vec<Chain>,
    news: NewsReceiver<News>,
}

impl Call {
    /// Looks up who calls, and all that its session begins with; or answers why it gets none.
    pub async fn answer(
        office: &Arc<Office>,
        device: DeviceId,
    ) -> Result<std::result::Result<Call, Refusal>> {
        let pool = office.database.pool();
        let told = office.hub.told();
        let Some(mut called) = journal::called(pool, device).await? else {
            return Ok(Err(Refusal::NotEnrolled));
        };
        let news = office.hub.listen(&called.tenant);
        // Whose company it is has to be known before one can listen: what happened between is read again.
        if office.hub.told() != told {
            match journal::called(pool, device).await? {
                Some(again) if again.tenant == called.tenant => called = again,
                _ => return Ok(Err(Refusal::NotEnrolled)),
            }
        }
        let Called { tenant, peer, known, frozen } = called;
        let Some((grown, end)) = known else {
            return Ok(Err(peer.refused.unwrap_or(Refusal::Revoked)));
        };
        let me = office.identity(&tenant).await?;
        Ok(Ok(Call { office: office.clone(), me, peer, grown, end, frozen, news }))
    }

    /// The company.
    pub fn tenant(&self) -> &str {
        &self.me.node.tenant
    }

    /// Where the device stands.
    pub const fn site(&self) -> &Site {
        &self.peer.site
    }

    /// Drives the session until it ends; answers why, if it was not just cut off. Dropping `outgoing` tells the line to
    /// close.
    pub async fn drive(
        self,
        mut incoming: Receiver<Message>,
        outgoing: Sender<Message>,
    ) -> Result<Option<CloseReason>> {
        let Call { office, me, peer, grown, end, frozen, mut news } = self;
        let (device, site) = (peer.device, peer.site.clone());
        let session = Session::new(me.node.clone(), peer);
        let stop = office.stop.clone();
        let mut line = Line {
            office,
            me,
            device,
            site,
            session,
            outgoing,
            wake: None,
            position: end.position,
            brought: BTreeMap::new(),
            waiting: BTreeSet::new(),
            ended: None,
            id: Uuid::new_v4(),
            log: end.log,
            greeted: false,
            documents_only: false,
            read_to: None,
            told: None,
            frozen,
            note_at: Instant::now() + FRESHEN_EVERY,
        };
        let mut events = line.grown(&grown);
        events.push(Event::Connected { wall: wall(), cursor: Some(end) });
        let driven = line.run(events, &mut incoming, &mut news, &stop).await;
        line.leave().await?;
        driven.map(|()| line.ended)
    }
}

/// What happened in the company; none when too much did to be told one by one.
async fn hear(news: &mut NewsReceiver<News>) -> Option<News> {
    match news.recv().await {
        Ok(news) => Some(news),
        Err(RecvError::Lagged(_)) => None,
        // The hub keeps the sender as long as anybody listens.
        Err(RecvError::Closed) => std::future::pending().await,
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

impl Line {
    fn tenant(&self) -> &str {
        &self.me.node.tenant
    }

    async fn run(
        &mut self,
        begin: Vec<Event>,
        incoming: &mut Receiver<Message>,
        news: &mut NewsReceiver<News>,
        stop: &CancellationToken,
    ) -> Result<()> {
        self.tell(begin).await?;
        // Asked before each turn: of several things that are ready, the one taken is left to chance.
        while self.ended.is_none() && !stop.is_cancelled() {
            let wake = self.wake.map(|wake| self.office.at(wake));
            tokio::select! {
                () = stop.cancelled() => break,
                message = incoming.recv() => match message {
                    Some(message) => self.receive(message).await?,
                    None => break,
                },
                heard = hear(news) => self.hear(heard).await?,
                () = sleep_until(wake) => {
                    self.wake = None;
                    self.tell([Event::Tick]).await?;
                }
                () = tokio::time::sleep_until(self.note_at) => self.note_presence().await?,
            }
        }
        self.tell([Event::Closed]).await
    }

    /// Tells the session what the device says, and keeps what others may want to know of it.
    async fn receive(&mut self, message: Message) -> Result<()> {
        let hello = match &message {
            Message::Hello(hello) if hello.device == self.device.0 => {
                self.documents_only = hello.wants == Some(Scope::Tenant);
                Some(hello.clone())
            }
            Message::Ack(Ack { cursor: Some(cursor), .. }) => {
                self.has_read(*cursor);
                None
            }
            _ => None,
        };
        self.tell([Event::Received(message)]).await?;
        let Some(hello) = hello.filter(|_| self.ended.is_none() && !self.greeted) else {
            return Ok(());
        };
        self.greeted = true;
        hello.cursor.into_iter().for_each(|cursor| self.has_read(cursor));
        self.told = Some(Told::of(&hello, wall()));
        self.note_soon();
        let frozen = std::mem::take(&mut self.frozen);
        self.tell(frozen.into_iter().map(Event::Frozen)).await
    }

    /// The device has read the log up to here.
    fn has_read(&mut self, cursor: Cursor) {
        if cursor.log == self.log && self.read_to.is_none_or(|read_to| read_to < cursor.position) {
            self.read_to = Some(cursor.position);
            self.note_soon();
        }
    }

    fn note_soon(&mut self) {
        self.note_at = self.note_at.min(Instant::now() + NOTE_AFTER);
    }

    async fn note_presence(&mut self) -> Result<()> {
        self.note_at = Instant::now() + FRESHEN_EVERY;
        let told = self.told.take();
        self.caller().is_here(self.office.database.pool(), told.as_ref(), wall()).await
    }

    /// The connection is over.
    async fn leave(&mut self) -> Result<()> {
        let told = self.told.take();
        self.caller().is_gone(self.office.database.pool(), told.as_ref(), wall()).await
    }

    fn caller(&self) -> Caller<'_> {
        let (device, session, read_to) = (self.device, self.id, self.read_to);
        Caller { tenant: self.tenant(), device, session, read_to }
    }

    /// Tells the session what happened, and does what it asks for, and so on.
    async fn tell(&mut self, events: impl IntoIterator<Item = Event>) -> Result<()> {
        let mut events: VecDeque<Event> = events.into_iter().collect();
        while let Some(event) = events.pop_front() {
            let now = self.office.now();
            for effect in self.session.handle(event, now) {
                events.extend(self.carry_out(effect).await?);
            }
        }
        Ok(())
    }

    async fn carry_out(&mut self, effect: Effect) -> Result<Vec<Event>> {
        match effect {
            Effect::Send(message) => {
                if self.outgoing.try_send(message).is_err() {
                    self.ended = Some(CloseReason::Flooded);
                }
            }
            Effect::Load { chain, after, most_entries, most_bytes } => {
                let most = Most { entries: most_entries, bytes: most_bytes };
                let mut tx = self.office.database.of_tenant(self.tenant()).await?;
                let entries =
                    journal::of_chain(&mut tx, self.tenant(), &chain, after, most).await?;
                return Ok(vec![Event::Loaded { chain, after, entries }]);
            }
            Effect::LoadLog { cursor, most_entries, most_bytes } => {
                let most = Most { entries: most_entries, bytes: most_bytes };
                let (tenant, after) = (self.tenant(), cursor.position);
                let mut tx = self.office.database.of_tenant(tenant).await?;
                // No store has an empty name: what comes is of all stores.
                let nowhere = Site::Store(String::new());
                let site = if self.documents_only { &nowhere } else { &self.site };
                let read =
                    journal::behind(&mut tx, tenant, site, &self.brought, after, most).await?;
                let (entries, to, end) = (read.entries, read.to, read.end);
                return Ok(vec![Event::LoadedLog { after, entries, to, end }]);
            }
            Effect::Store(page) => return self.store(page).await,
            Effect::Find { chain, known, most_entries, most_bytes } => {
                let most = Most { entries: most_entries, bytes: most_bytes };
                let mut tx = self.office.database.of_tenant(self.tenant()).await?;
                let last = journal::last_of(&mut tx, self.tenant(), &chain, &known).await?;
                let entries = journal::of_chain(&mut tx, self.tenant(), &chain, last, most).await?;
                return Ok(vec![Event::Found { chain, entries }]);
            }
            // Only a till asks for what its disk lost.
            Effect::Compare(_) | Effect::Regain(_) => {}
            // Only between the tills of a store.
            Effect::Hear(_) => {}
            Effect::Wake(at) => self.wake = Some(at),
            Effect::Close(reason) => self.ended = Some(reason),
            Effect::Report(notice) => self.report(&notice),
        }
        Ok(Vec::new())
    }

    async fn store(&mut self, page: Page) -> Result<Vec<Event>> {
        let entries = page.entries.iter().filter_map(|sealed| Entry::read(&sealed.bytes).ok());
        let brought: Vec<(Chain, u64)> = entries.map(|entry| (entry.chain(), entry.seq)).collect();
        let delivery = Delivery {
            me: &self.me.node,
            from: self.device,
            page: page.entries,
            wall: wall(),
            process: self.office.process,
        };
        let taken = ingest(&self.office.database, delivery).await?;
        self.count(&taken);
        for (chain, seq) in brought {
            self.brought(chain, seq);
        }
        let Taken { have, held, forks, grew, .. } = taken;
        for held in &held {
            // What was not taken in may come back from elsewhere, and has to be sent then.
            self.brought.remove(&held.chain);
            if held.reason == HeldReason::UnknownDevice {
                self.waiting.insert(held.chain);
            }
        }
        let frozen: Vec<Chain> = forks.iter().map(|fork| fork.chain).collect();
        let mut events = self.grown(&grew);
        events.push(Event::Stored { have, held, forks });
        events.extend(self.readied_by(&grew));
        if !grew.is_empty() {
            self.office.hub.tell(self.tenant(), News::Grew(Arc::new(grew)));
        }
        for chain in frozen {
            self.office.hub.tell(self.tenant(), News::Frozen(chain));
        }
        Ok(events)
    }

    fn count(&self, taken: &Taken) {
        let metrics = &self.office.metrics;
        add(&metrics.pages_total, 1);
        add(&metrics.entries_total, taken.new);
        add(&metrics.held_total, taken.held.len() as u64);
        add(&metrics.forks_total, taken.forks.len() as u64);
    }

    fn brought(&mut self, chain: Chain, seq: u64) {
        if self.brought.len() < MOST_CHAINS || self.brought.contains_key(&chain) {
            let brought = self.brought.entry(chain).or_default();
            *brought = seq.max(*brought);
        }
    }

    async fn hear(&mut self, heard: Option<News>) -> Result<()> {
        let events = match heard {
            Some(News::Grew(grew)) => self.told(&grew),
            Some(News::Appended(position)) if position <= self.position => Vec::new(),
            Some(News::Appended(_)) | None => self.catch_up().await?,
            Some(News::Enrolled(device)) => self.readied(|chain| chain.device == device),
            Some(News::Frozen(chain)) if chain.device == self.device => {
                if self.greeted {
                    vec![Event::Frozen(chain)]
                } else {
                    self.frozen.push(chain);
                    Vec::new()
                }
            }
            Some(News::Frozen(_)) => Vec::new(),
            Some(News::Revoked(device)) => {
                if device == self.device {
                    self.ended = Some(CloseReason::Refusing(Refusal::Revoked));
                }
                Vec::new()
            }
        };
        self.tell(events).await
    }

    /// Reads which chains grew since the session was last told.
    async fn catch_up(&mut self) -> Result<Vec<Event>> {
        let database = self.office.database.pool();
        let (grown, end) = journal::grown(database, self.tenant(), self.position).await?;
        self.position = end.position;
        Ok(self.told(&grown))
    }

    fn told(&mut self, grown: &[Growth]) -> Vec<Event> {
        let mut events = self.grown(grown);
        events.extend(self.readied_by(grown));
        events
    }

    /// What the session is told of chains that grew.
    fn grown(&self, grown: &[Growth]) -> Vec<Event> {
        let may_hold = |growth: &&Growth| self.site.may_hold(&growth.chain, &growth.store);
        let grew = |growth: &Growth| {
            let Growth { chain, store, head } = growth.clone();
            Event::Grew { chain, store, head }
        };
        grown.iter().filter(may_hold).map(grew).collect()
    }

    /// A device begins an epoch in its store's chain: what waited for that may be sent again.
    fn readied_by(&mut self, grown: &[Growth]) -> Vec<Event> {
        let begun: Vec<Chain> = grown.iter().map(|growth| growth.chain).collect();
        self.readied(|waiting| {
            let begins = |chain: &Chain| {
                let same = (chain.device, chain.epoch) == (waiting.device, waiting.epoch);
                same && chain.scope == Scope::Store
            };
            begun.iter().any(begins)
        })
    }

    /// Chains that waited for this may be sent again.
    fn readied(&mut self, is_ready: impl Fn(&Chain) -> bool) -> Vec<Event> {
        let ready: Vec<Chain> =
            self.waiting.iter().filter(|chain| is_ready(chain)).copied().collect();
        self.waiting.retain(|chain| !ready.contains(chain));
        ready.into_iter().map(Event::Readied).collect()
    }

    fn report(&self, notice: &Notice) {
        match notice {
            Notice::Durable { .. } => {}
            Notice::HeldBack { held, .. } => {
                tracing::warn!(chain = %held.chain, seq = held.seq, reason = ?held.reason, "a chain waits");
            }
            Notice::Fork(fork) => {
                tracing::error!(chain = %fork.chain, seq = fork.seq, "a chain has two histories");
            }
            Notice::Behind { chain, mine, theirs } => {
                tracing::error!(%chain, mine, theirs, "somebody knows more of what head office wrote");
            }
            Notice::ClockSkew { millis, .. } => tracing::warn!(millis, "a clock is wrong"),
        }
    }
}
