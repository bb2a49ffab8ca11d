//! A till takes part: it shows head office a one-time code and is given its place.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use comptoir_sync::acceptance::Received;
use comptoir_sync::enrolment::{Enrolled, Existing, Papers, Request};
use comptoir_sync::entry::{DeviceId, Scope};
use comptoir_sync::replication::proof::{self, Challenge, Use};
use comptoir_sync::replication::vector::Node;
use comptoir_till::error::{Error, Result};
use comptoir_till::home::Home;
use comptoir_till::journal::receive::Taken;
use comptoir_till::till::Till;
use comptoir_till::trust::joining::{Invitation, Joining};
use comptoir_till::trust::membership::{self, Membership, Refusal};
use ed25519_dalek::{SigningKey, VerifyingKey};
use serde::Deserialize;
use tokio_rustls::rustls::ClientConfig;

use crate::head_office::Office;
use crate::keeper::Keeper;
use crate::mesh::{Mesh, Options};
use crate::tls::{self, Clock};

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    title: String,
}

/// Told how many entries were taken in, and of how many.
pub type Progress = Box<dyn Fn(u64, u64) + Send + Sync>;

/// A till that is about to join, what it wants, and how far it is.
struct Counting {
    joining: Mutex<Joining>,
    counter: Arc<Counter>,
    wants: Option<Scope>,
}

struct Counter {
    taken: AtomicU64,
    all: AtomicU64,
    progress: Progress,
}

impl Counter {
    fn tell(&self) {
        let taken = self.taken.load(Ordering::Relaxed);
        // What is written meanwhile comes as well.
        (self.progress)(taken, self.all.load(Ordering::Relaxed).max(taken));
    }
}

/// Where head office is, and what it gave out.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// `https://office.example`.
    pub url: String,
    /// The one-time code.
    pub code: String,
    /// PEM of an authority for the server's certificate, if the system does not know it.
    pub authority: Option<String>,
}

/// A till that sells already takes part from now on. Nobody at its counter waits for the network: first
/// [`ask`], then this.
pub fn take_up(till: &mut Till, ticket: &Ticket, answer: &Enrolled) -> Result<()> {
    let tx = till.begin()?;
    membership::join(&tx, &ticket.url, ticket.authority.as_deref(), answer)?;
    tx.commit()
}

/// A new till of a store: takes in what it needs to sell of what head office holds, and is opened. What else the store
/// wrote comes beside its selling, or before it if head office does not say who may sign in. `progress` is told how
/// many entries there are so far, and of how many.
pub fn join(folder: &Path, ticket: &Ticket, clock: Clock, progress: Progress) -> Result<Till> {
    let home = Home::new(folder)?;
    let progress = Arc::new(Counter { taken: 0.into(), all: 0.into(), progress });
    let answer = ask(ticket, &home.signing_key()?, None, clock)?;
    let invitation = Invitation {
        tenant: answer.tenant.clone(),
        store: answer.store.clone(),
        register: answer.register,
        secret: answer.secret,
        others: Vec::new(),
    };
    let mut joining = Joining::begin(folder, &invitation)?;
    membership::join(joining.db(), &ticket.url, ticket.authority.as_deref(), &answer)?;
    let head_office = VerifyingKey::from_bytes(&answer.head_office)
        .map_err(|_| Refusal::NoOffice { url: ticket.url.clone() })?;
    // What the store wrote itself may come once the register sells, where its operators are known without it.
    if let Some(signed) = &answer.opening {
        joining.take_documents_first(true);
        joining = take_in(joining, ticket, clock, &home, &progress, Some(Scope::Tenant))?;
        let opened = match joining.knows_store() {
            true => joining.open_by(signed, &head_office)?.map_err(|unusable| unusable.to_string()),
            false => Err("the store's settings are not among the documents".to_owned()),
        };
        match opened {
            Ok(()) => return joining.finish(),
            Err(why) => tracing::warn!(why, "the whole journal has to come first"),
        }
        joining.take_documents_first(false);
    }
    take_in(joining, ticket, clock, &home, &progress, None)?.finish()
}

/// Takes in all that is wanted of what head office holds.
fn take_in(
    joining: Joining,
    ticket: &Ticket,
    clock: Clock,
    home: &Home,
    progress: &Arc<Counter>,
    wants: Option<Scope>,
) -> Result<Joining> {
    let joining =
        Arc::new(Counting { joining: Mutex::new(joining), counter: progress.clone(), wants });
    let options = Options { database: home.unfinished(), listen: None, discover: false, clock };
    let keeper: Arc<dyn Keeper> = joining.clone();
    let mesh = Mesh::quiet(keeper, home.signing_key()?, &options)?;
    let failed = mesh.once();
    drop(mesh);
    if let Some((_, why)) = failed.into_iter().find(|(place, _)| *place == ticket.url) {
        return Err(Refusal::StoreUnfinished { why }.into());
    }
    let joining = Arc::into_inner(joining)
        .ok_or_else(|| Error::Broken("somebody still writes".into()))?
        .joining
        .into_inner();
    Ok(joining.unwrap_or_else(PoisonError::into_inner))
}

impl Keeper for Counting {
    fn node(&self) -> Node {
        self.joining.node()
    }

    fn keep(&self, from: DeviceId, entries: Vec<Received>) -> Result<(Taken, Vec<Received>)> {
        let (taken, left) = self.joining.keep(from, entries)?;
        self.counter.taken.fetch_add(taken.new, Ordering::Relaxed);
        self.counter.tell();
        Ok((taken, left))
    }

    fn wants(&self) -> Option<Scope> {
        self.wants
    }

    fn awaits(&self, entries: u64) {
        let all = self.counter.taken.load(Ordering::Relaxed).saturating_add(entries);
        self.counter.all.store(all, Ordering::Relaxed);
        self.counter.tell();
    }

    fn renew_epoch(&self, beyond: u32) -> Result<()> {
        self.joining.renew_epoch(beyond)
    }

    fn leave_epoch(&self, beyond: u32) -> Result<()> {
        self.joining.leave_epoch(beyond)
    }
}

/// Shows head office the code; answers the place that it gives. `existing` is what a till brings along that sells
/// already.
pub fn ask(
    ticket: &Ticket,
    key: &SigningKey,
    existing: Option<Existing>,
    clock: Clock,
) -> Result<Enrolled> {
    let office = Office::parse(&ticket.url)?;
    let request = Request::new(&ticket.code, key, existing).encode();
    let url = || ticket.url.clone();
    let unreachable = |why: String| Refusal::OfficeUnreachable { url: url(), why };
    let tls = tls::towards_head_office(ticket.authority.as_deref(), None, clock)
        .map_err(|error| unreachable(error.to_string()))?;
    let post = post(&office, tls, "/enrol/v1", request);
    // On a thread of its own: whoever asks may be on one that must not wait.
    let asked = std::thread::scope(|scope| {
        let asking = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|error| error.to_string())?;
            runtime.block_on(post).map_err(|error| in_full(&error))
        };
        scope.spawn(asking).join().unwrap_or_else(|_| Err("it was given up".to_owned()))
    });
    let (good, body) = asked.map_err(unreachable)?;
    let no_office = || Refusal::NoOffice { url: url() };
    if good {
        return Ok(Enrolled::read(&body).map_err(|_| no_office())?);
    }
    let Problem { kind, title } = serde_json::from_slice(&body).map_err(|_| no_office())?;
    if kind.is_empty() {
        return Err(no_office().into());
    }
    Err(Refusal::OfficeRefuses { reason: kind, said: title }.into())
}

/// New certificates for a till that has some.
pub(crate) async fn renew(
    membership: &Membership,
    key: &SigningKey,
    clock: Clock,
) -> std::result::Result<Papers, String> {
    let office = Office::parse(&membership.url).map_err(|error| error.to_string())?;
    let tls = || {
        let authority = membership.server_authority.as_deref();
        tls::towards_head_office(authority, Some(&membership.papers), clock)
            .map_err(|error| error.to_string())
    };
    let asked = post(&office, tls()?, "/enrol/v1/challenge", Vec::new()).await;
    let (good, challenge) = asked.map_err(|error| in_full(&error))?;
    let challenge: Challenge = match <[u8; 32]>::try_from(challenge.as_slice()) {
        Ok(challenge) if good => challenge,
        _ => return Err("this is not head office".to_owned()),
    };
    let proof = proof::prove(key, Use::Renewal, &challenge).encode();
    let asked = post(&office, tls()?, "/enrol/v1/renew", [&challenge[..], &proof].concat()).await;
    let (good, papers) = asked.map_err(|error| in_full(&error))?;
    if !good {
        return Err(String::from_utf8_lossy(&papers).into_owned());
    }
    Papers::read(&papers).map_err(|error| error.to_string())
}

/// Asks head office; answers whether it did it, and what it said.
async fn post(
    office: &Office,
    tls: ClientConfig,
    path: &str,
    body: Vec<u8>,
) -> reqwest::Result<(bool, Vec<u8>)> {
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .timeout(std::time::Duration::from_secs(30))
        .build()?;
    let post = client.post(office.at(path)).header("content-type", "application/cbor").body(body);
    let answer = post.send().await?;
    let good = answer.status().is_success();
    Ok((good, answer.bytes().await?.to_vec()))
}

/// An error with what caused it: the last one says most.
fn in_full(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
