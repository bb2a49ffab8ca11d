//! A till takes part: it shows head office a one-time code and is given its place.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use comptoir_sync::enrolment::{Enrolled, Existing, Request};
use comptoir_till::error::Error as TillError;
use comptoir_till::home::Home;
use comptoir_till::till::Till;
use comptoir_till::trust::joining::{Invitation, Joining};
use comptoir_till::trust::membership;
use ed25519_dalek::SigningKey;
use serde::Deserialize;

use crate::head_office::{BadUrl, Office};
use crate::keeper::Keeper;
use crate::mesh::{Mesh, Options};
use crate::tls::{self, Clock};

/// Why a till does not take part.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No address of a head office.
    #[error(transparent)]
    Url(#[from] BadUrl),
    /// No connection; `why` is what the network said.
    #[error("head office cannot be reached at {url}: {why}")]
    Unreachable {
        /// Where it was looked for.
        url: String,
        /// What the network said.
        why: String,
    },
    /// Head office does not want it.
    #[error("head office refuses: {title}")]
    Refused {
        /// `bad_code`, `used_code`, `other_tenant`, …
        kind: String,
        /// In words.
        title: String,
    },
    /// It is no head office that answers, or one that is much newer.
    #[error("what answers at {0} is no head office that this till understands")]
    NotUnderstood(String),
    /// The line broke before everything was there; trying again goes on from there.
    #[error("not everything of the store is here yet: {0}. Try again, what is here stays")]
    Unfinished(String),
    /// The till itself.
    #[error(transparent)]
    Till(#[from] TillError),
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    title: String,
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

/// A till that sells already takes part from now on.
pub fn enrol(till: &mut Till, ticket: &Ticket, clock: Clock) -> Result<Enrolled, Error> {
    let answer = ask(ticket, till.key(), Some(till.existing()?), clock)?;
    let tx = till.begin()?;
    membership::join(&tx, &ticket.url, ticket.authority.as_deref(), &answer)?;
    tx.commit()?;
    Ok(answer)
}

/// A new till of a store: takes in what head office holds, and is opened.
pub fn join(folder: &Path, ticket: &Ticket, clock: Clock) -> Result<Till, Error> {
    let home = Home::new(folder)?;
    let answer = ask(ticket, &home.signing_key()?, None, clock)?;
    let invitation = Invitation {
        tenant: answer.tenant.clone(),
        store: answer.store.clone(),
        register: answer.register,
        secret: answer.secret,
        others: Vec::new(),
    };
    let joining = Joining::begin(folder, &invitation)?;
    membership::join(joining.db(), &ticket.url, ticket.authority.as_deref(), &answer)?;
    let joining = Arc::new(Mutex::new(joining));
    let options = Options { database: home.unfinished(), listen: None, discover: false, clock };
    let keeper: Arc<dyn Keeper> = joining.clone();
    let mesh = Mesh::quiet(keeper, home.signing_key()?, &options)?;
    let failed = mesh.once();
    drop(mesh);
    if let Some((_, why)) = failed.into_iter().next() {
        return Err(Error::Unfinished(why));
    }
    let joining = Arc::into_inner(joining)
        .ok_or_else(|| TillError::Broken("somebody still writes".into()))?
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    Ok(joining.finish()?)
}

fn ask(
    ticket: &Ticket,
    key: &SigningKey,
    existing: Option<Existing>,
    clock: Clock,
) -> Result<Enrolled, Error> {
    let office = Office::parse(&ticket.url)?;
    let request = Request::new(&ticket.code, key, existing).encode();
    let unreachable = |why: String| Error::Unreachable { url: ticket.url.clone(), why };
    let tls = tls::towards_head_office(ticket.authority.as_deref(), None, clock)
        .map_err(|error| unreachable(error.to_string()))?;
    let post = async {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .timeout(std::time::Duration::from_secs(30))
            .build()?;
        let url = office.at("/enrol/v1");
        let post = client.post(url).header("content-type", "application/cbor").body(request);
        let answer = post.send().await?;
        let status = answer.status();
        Ok::<_, reqwest::Error>((status.is_success(), answer.bytes().await?))
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| unreachable(error.to_string()))?;
    let (good, body) = runtime.block_on(post).map_err(|error| unreachable(in_full(&error)))?;
    let not_understood = || Error::NotUnderstood(ticket.url.clone());
    if good {
        return Enrolled::read(&body).map_err(|_| not_understood());
    }
    let Problem { kind, title } = serde_json::from_slice(&body).map_err(|_| not_understood())?;
    if kind.is_empty() { Err(not_understood()) } else { Err(Error::Refused { kind, title }) }
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
