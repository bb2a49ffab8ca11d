//! [`Mesh`]: everything that goes on beside a till: dialling head office and neighbours again and
//! again, being dialled, being found. It has threads of its own and ends when it is dropped.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use comptoir_sync::entry::DeviceId;
use comptoir_sync::replication::dialer::Dialer;
use comptoir_sync::replication::event::CloseReason;
use comptoir_sync::replication::message::Refusal;
use comptoir_sync::replication::session::Peer;
use comptoir_sync::replication::vector::Site;
use comptoir_till::error::Result;
use comptoir_till::trust::membership::Membership;
use ed25519_dalek::SigningKey;
use tokio::runtime::Runtime;
use tokio::sync::{Notify, broadcast, watch};
use tokio::time::{Instant, sleep, timeout};
use tracing::Instrument;

use crate::discovery::Beacon;
use crate::driver::{Ended, Shared, Until, drive};
use crate::enrolment;
use crate::frames::Line;
use crate::head_office::Office;
use crate::keeper::Keeper;
use crate::lan::{self, Shown};
use crate::ledger::Ledger;
use crate::paper::{Neighbour, Neighbours};
use crate::status::{Board, State, Status};
use crate::tls::{self, Clock, Identity};

/// A line that is not there by then never will be.
const DIAL_WITHIN: Duration = Duration::from_secs(15);

/// A certificate that ends sooner than this is renewed, in milliseconds.
const RENEW_BEFORE: i64 = 30 * 24 * 60 * 60 * 1_000;
/// How often it is looked at.
const LOOK_AT_PAPERS: Duration = Duration::from_secs(6 * 60 * 60);
/// How soon it is tried again.
const TRY_PAPERS_AGAIN: Duration = Duration::from_secs(10 * 60);

/// How a till takes part.
#[derive(Debug, Clone)]
pub struct Options {
    /// The till's database.
    pub database: PathBuf,
    /// Where it lets itself be dialled; nowhere if none.
    pub listen: Option<SocketAddr>,
    /// Whether neighbours are found by themselves.
    pub discover: bool,
    /// The clock.
    pub clock: Clock,
}

/// A till among others, until it is dropped.
pub struct Mesh {
    office: Arc<MeshInner>,
    runtime: Option<Runtime>,
}

struct MeshInner {
    shared: Arc<Shared>,
    key: SigningKey,
    membership: Option<Membership>,
    /// Renewed while it runs.
    identity: Mutex<Option<Identity>>,
    /// Who is connected, by which side's call, and how to hang up.
    lines: Mutex<BTreeMap<DeviceId, Holder>>,
    listening: watch::Sender<Option<SocketAddr>>,
    dialled: Mutex<BTreeSet<String>>,
}

#[derive(Clone)]
struct Holder {
    caller: DeviceId,
    hang_up: Arc<Notify>,
}

impl Mesh {
    /// Begins: head office is dialled if the till has a place there, neighbours if it has a certificate.
    pub fn start(keeper: Arc<dyn Keeper>, key: SigningKey, options: &Options) -> Result<Mesh> {
        let mesh = Mesh::quiet(keeper, key, options)?;
        mesh.begin(options)?;
        Ok(mesh)
    }

    /// One that calls only when it is asked to ([`Mesh::once`]).
    pub fn quiet(keeper: Arc<dyn Keeper>, key: SigningKey, options: &Options) -> Result<Mesh> {
        let ledger = Ledger::open(&options.database)?;
        let membership = ledger.membership()?;
        let identity = membership.as_ref().and_then(|membership| {
            Identity::new(&key, &membership.papers, options.clock)
                .inspect_err(|error| tracing::error!(%error, "the certificate cannot be used"))
                .ok()
        });
        let shared = Arc::new(Shared {
            keeper,
            ledger,
            board: Board::default(),
            clock: options.clock,
            since: Instant::now(),
            grown: watch::Sender::new(0),
            enrolled: broadcast::Sender::new(1_024),
            frozen: broadcast::Sender::new(1_024),
            paper: watch::Sender::new(0),
            neighbours: Neighbours::default(),
        });
        let office = Arc::new(MeshInner {
            shared,
            key,
            membership,
            identity: Mutex::new(identity),
            lines: Mutex::default(),
            listening: watch::Sender::new(None),
            dialled: Mutex::default(),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .max_blocking_threads(8)
            .thread_name("link")
            .enable_all()
            .build()
            .map_err(comptoir_till::error::Error::file(Path::new("threads")))?;
        Ok(Mesh { office, runtime: Some(runtime) })
    }

    fn begin(&self, options: &Options) -> Result<()> {
        let (Some(runtime), office) = (&self.runtime, &self.office) else { return Ok(()) };
        if office.membership.is_some() {
            runtime.spawn(office.clone().keep_calling_office());
            runtime.spawn(office.clone().keep_papers_fresh());
        }
        if office.identity().is_some() {
            for address in office.shared.ledger.neighbours()? {
                runtime.spawn(office.clone().keep_calling(address));
            }
            if let Some(listen) = options.listen {
                runtime.spawn(office.clone().answer_calls(listen, options.discover));
            }
        }
        Ok(())
    }

    /// The journal has grown.
    pub fn grown(&self) -> impl Fn() + Send + Sync + use<> {
        // Nothing more than that: the till, which keeps this, would keep itself.
        let grown = self.office.shared.grown.clone();
        move || grown.send_modify(|count| *count += 1)
    }

    /// Print jobs, or the printer, may be other than they were: neighbours are told what concerns them.
    pub fn speak_of_paper(&self) {
        self.office.shared.paper.send_modify(|count| *count += 1);
    }

    /// The store's other tills that are connected now, and how their printers are.
    pub fn neighbours(&self) -> Vec<Neighbour> {
        self.office.shared.neighbours.all()
    }

    /// What the others are doing.
    pub fn board(&self) -> &Board {
        &self.office.shared.board
    }

    /// Where it lets itself be dialled, once it does.
    pub fn listening(&self) -> Option<SocketAddr> {
        *self.office.listening.borrow()
    }

    /// Reaches head office and every neighbour that answers, once, until both hold the same and what there is to say
    /// about print jobs is answered. Answers the places that could not be brought up to date, and why.
    pub fn once(&self) -> Vec<(String, String)> {
        let Some(runtime) = &self.runtime else { return Vec::new() };
        runtime.block_on(self.office.clone().call_everybody())
    }
}

impl Drop for Mesh {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // On a thread of its own: whoever ends it may be on one that must not wait.
            let end = move || runtime.shutdown_timeout(Duration::from_secs(5));
            let _ = std::thread::spawn(end).join();
        }
    }
}

impl MeshInner {
    fn now(&self) -> u64 {
        u64::try_from(self.shared.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn identity(&self) -> Option<Identity> {
        self.identity.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Head office signs a new certificate before the old one ends.
    async fn keep_papers_fresh(self: Arc<Self>) {
        loop {
            let wait = match self.refresh_papers().await {
                Ok(()) => LOOK_AT_PAPERS,
                Err(why) => {
                    tracing::warn!(why, "the certificate is not renewed yet");
                    TRY_PAPERS_AGAIN
                }
            };
            sleep(wait).await;
        }
    }

    async fn refresh_papers(&self) -> std::result::Result<(), String> {
        let said = |error: comptoir_till::error::Error| error.to_string();
        let Some(membership) = self.shared.ledger.membership().map_err(said)? else {
            return Ok(());
        };
        let papers = &membership.papers;
        // A clock that is wrong renews more often than it has to, which does no harm.
        let fresh = papers.from..papers.until.saturating_sub(RENEW_BEFORE);
        if fresh.contains(&(self.shared.clock)()) {
            return Ok(());
        }
        let papers = enrolment::renew(&membership, &self.key, self.shared.clock).await?;
        let identity = Identity::new(&self.key, &papers, self.shared.clock);
        let identity = identity.map_err(|error| error.to_string())?;
        self.shared.ledger.renew(&papers).map_err(said)?;
        *self.identity.lock().unwrap_or_else(PoisonError::into_inner) = Some(identity);
        Ok(())
    }

    async fn keep_calling_office(self: Arc<Self>) {
        let Some(membership) = &self.membership else { return };
        let place = membership.url.clone();
        let me = self.clone();
        self.again_and_again(&place, true, move || me.clone().call_office(Until::TheEnd)).await;
    }

    async fn keep_calling(self: Arc<Self>, address: String) {
        if !self.dialled.lock().unwrap_or_else(PoisonError::into_inner).insert(address.clone()) {
            return;
        }
        let (me, to) = (self.clone(), address.clone());
        let call = move || me.clone().call(to.clone(), Until::TheEnd);
        self.again_and_again(&address, false, call).await;
    }

    async fn again_and_again<Called>(
        &self,
        place: &str,
        head_office: bool,
        call: impl Fn() -> Called,
    ) where
        Called: Future<Output = io::Result<Ended>>,
    {
        let mut dialer = Dialer::new(self.shared.keeper.node().device, place, self.now());
        loop {
            sleep(Duration::from_millis(dialer.at().saturating_sub(self.now()))).await;
            let called = call().await;
            let now = self.now();
            match called {
                Ok(ended) => {
                    self.say(place, head_office, &ended);
                    if ended.useful { dialer.ended(now) } else { dialer.failed(now) }
                }
                Err(error) => {
                    self.shared.board.set(Status::offline(place, head_office, error.to_string()));
                    dialer.failed(now);
                }
            }
        }
    }

    fn say(&self, place: &str, head_office: bool, ended: &Ended) {
        let mut status = Status::offline(place, head_office, "the line broke".to_owned());
        if let Some(CloseReason::Refused(reason) | CloseReason::Refusing(reason)) = ended.reason {
            (status.state, status.problem) = (State::Refused, Some(format!("{reason:?}")));
        }
        self.shared.board.set(status);
    }

    async fn call_office(self: Arc<Self>, until: Until) -> io::Result<Ended> {
        let membership =
            self.membership.as_ref().ok_or_else(|| io::Error::other("no head office"))?;
        let office = Office::parse(&membership.url).map_err(io::Error::other)?;
        let config = tls::towards_head_office(
            membership.server_authority.as_deref(),
            Some(&membership.papers),
            self.shared.clock,
        )
        .map_err(io::Error::other)?;
        let mut correlation = [0; 16];
        getrandom::fill(&mut correlation).map_err(io::Error::other)?;
        let correlation = format!("{:032x}", u128::from_be_bytes(correlation));
        let span = tracing::info_span!("session", correlation, place = membership.url);
        let call = async {
            let line = in_time(office.dial(Arc::new(config), &self.key, &correlation)).await?;
            tracing::info!("head office answers");
            let device = membership.head_office;
            let peer = Peer { device, site: Site::HeadOffice, refused: None };
            drive(&self.shared, line, peer, &membership.url, until).await.map_err(io::Error::other)
        };
        call.instrument(span).await
    }

    async fn call(self: Arc<Self>, address: String, until: Until) -> io::Result<Ended> {
        let identity = self.identity().ok_or_else(|| io::Error::other("no certificate"))?;
        let me = self.shared.keeper.node();
        let store = me.site.store().unwrap_or_default();
        let (shown, line) = in_time(lan::dial(&identity, &address, store)).await?;
        self.talk(shown, me.device, line, &address, until).await
    }

    /// A session with a neighbour, unless there is one already.
    async fn talk(
        &self,
        shown: Shown,
        caller: DeviceId,
        line: Line,
        place: &str,
        until: Until,
    ) -> io::Result<Ended> {
        let Shown { device, of_store } = shown;
        let (site, refused) = match self.shared.ledger.standing(device).map_err(io::Error::other)? {
            // One that joined since this till heard of head office brings head office's word along.
            (_, Some(Refusal::NotEnrolled)) if of_store => (self.shared.keeper.node().site, None),
            standing => standing,
        };
        let peer = Peer { device, site, refused };
        let Some(holder) = self.take_line(device, caller) else {
            return Err(io::Error::other("this till is connected already"));
        };
        let ended = tokio::select! {
            ended = drive(&self.shared, line, peer, place, until) => ended.map_err(io::Error::other),
            () = holder.hang_up.notified() => Err(io::Error::other("another line took over")),
        };
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.get(&device).is_some_and(|kept| Arc::ptr_eq(&kept.hang_up, &holder.hang_up)) {
            lines.remove(&device);
            drop(lines);
            if self.shared.neighbours.gone(device) {
                self.shared.board.changed();
            }
        }
        ended
    }

    /// Two tills that dial each other at the same time keep the line that the smaller one called on; a
    /// caller who calls again has lost its line.
    fn take_line(&self, device: DeviceId, caller: DeviceId) -> Option<Holder> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let holder = Holder { caller, hang_up: Arc::new(Notify::new()) };
        if let Some(kept) = lines.get(&device) {
            if kept.caller < caller {
                return None;
            }
            kept.hang_up.notify_one();
        }
        lines.insert(device, holder.clone());
        Some(holder)
    }

    async fn answer_calls(self: Arc<Self>, listen: SocketAddr, discover: bool) {
        let listener = match lan::bind(listen).await {
            Ok(listener) => listener,
            Err(error) => {
                tracing::error!(%error, %listen, "neighbours cannot call this till");
                return;
            }
        };
        let Ok(address) = listener.local_addr() else { return };
        self.listening.send_replace(Some(address));
        let node = self.shared.keeper.node();
        let me = self.clone();
        let runtime = tokio::runtime::Handle::current();
        let found = move |address: String| {
            runtime.spawn(me.clone().keep_calling(address));
        };
        let _beacon = discover.then(|| Beacon::light(&node, address.port(), found));
        loop {
            match listener.accept().await {
                Ok((stream, from)) => {
                    tokio::spawn(self.clone().take_call(stream, from));
                }
                Err(error) => {
                    tracing::warn!(%error, "a call was lost");
                    sleep(Duration::from_millis(200)).await;
                }
            }
        }
    }

    async fn take_call(self: Arc<Self>, stream: tokio::net::TcpStream, from: SocketAddr) {
        let Some(identity) = self.identity() else { return };
        let store = self.shared.keeper.node().site;
        let store = store.store().unwrap_or_default();
        match in_time(lan::answer(&identity, stream, store)).await {
            Ok((shown, line)) => {
                let place = from.to_string();
                let caller = shown.device;
                let ended = self.talk(shown, caller, line, &place, Until::TheEnd).await;
                tracing::debug!(%from, ?ended, "a call ended");
                self.shared.board.clear(&place);
            }
            Err(error) => tracing::warn!(%from, %error, "a caller that is no till of the company"),
        }
    }

    async fn call_everybody(self: Arc<Self>) -> Vec<(String, String)> {
        let mut failed = Vec::new();
        let mut note = |place: String, ended: io::Result<Ended>| match ended {
            Ok(Ended { settled: true, .. }) => {}
            Ok(ended) => failed.push((
                place,
                match ended.reason {
                    Some(CloseReason::Refused(reason) | CloseReason::Refusing(reason)) => {
                        refused(reason)
                    }
                    _ => "the line broke".to_owned(),
                },
            )),
            Err(error) => failed.push((place, error.to_string())),
        };
        if let Some(membership) = &self.membership {
            let ended = self.clone().call_office(Until::Settled).await;
            note(membership.url.clone(), ended);
        }
        for address in self.shared.ledger.neighbours().unwrap_or_default() {
            let ended = self.clone().call(address.clone(), Until::Settled).await;
            note(address, ended);
        }
        failed
    }
}

fn refused(reason: Refusal) -> String {
    match reason {
        Refusal::OtherTenant => "it belongs to another company".into(),
        Refusal::NotEnrolled => "this till is not enrolled there".into(),
        Refusal::Revoked => "this till was revoked".into(),
        Refusal::TooOld | Refusal::TooNew => "one of the two has to be updated".into(),
        Refusal::Clone => "it has this till's own key: one is a copy of the other".into(),
        Refusal::Other(number) => format!("refused for reason {number}"),
    }
}

async fn in_time<T>(dialling: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let late = |_| io::Error::new(io::ErrorKind::TimedOut, "nobody answers");
    timeout(DIAL_WITHIN, dialling).await.map_err(late)?
}
