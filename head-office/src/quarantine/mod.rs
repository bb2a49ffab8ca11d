//! What came and was not believed: entries, and changes of documents inside of entries that were. Each is settled once,
//! by somebody, and kept.

pub mod rewrite;

use std::fmt;
use std::str::FromStr;

use comptoir_sync::acceptance::change::{Author, ChangeVerdict, check_change};
use comptoir_sync::documents::merge::Merged;
use comptoir_sync::documents::says::{Set, sets};
use comptoir_sync::documents::{Document, DocumentChange, Kind, Value};
use comptoir_sync::entry::{DeviceId, Entry, Scope, Sealed};
use comptoir_sync::facts::Fact;
use serde::Serialize;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::audit::Who;
use crate::catalog::edit::{Edits, changes};
use crate::devices::number;
use crate::error::{Error, Result};
use crate::journal::ingest::{Delivery, Taken, ingest_within};
use crate::office::{Identity, wall};

/// Names what was put aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Id {
    /// An entry.
    Entry(i64),
    /// A change of a document.
    Change(i64),
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Id::Entry(number) => write!(f, "entry-{number}"),
            Id::Change(number) => write!(f, "change-{number}"),
        }
    }
}

impl FromStr for Id {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Id, ()> {
        let (kind, number) = text.split_once('-').ok_or(())?;
        let number = number.parse().map_err(|_| ())?;
        match kind {
            "entry" => Ok(Id::Entry(number)),
            "change" => Ok(Id::Change(number)),
            _ => Err(()),
        }
    }
}

/// How it was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is in the log, or head office says the same.
    Taken,
    /// Head office wrote what it would have said, or something like it.
    Rewritten,
    /// Nobody will look at it again.
    Discarded,
}

impl State {
    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            State::Taken => "taken",
            State::Rewritten => "rewritten",
            State::Discarded => "discarded",
        }
    }
}

/// What was put aside, whole.
#[derive(Debug)]
pub struct Aside {
    /// Its name.
    pub id: Id,
    /// `open`, or how it was settled.
    pub state: String,
    /// Who wrote it, as it says.
    pub device: DeviceId,
    /// The epoch that it was written in.
    pub epoch: u32,
    /// As it came: an entry, or a change.
    pub bytes: Vec<u8>,
    /// Of an entry.
    pub signature: Option<[u8; 64]>,
    /// Who brought it, which was proven.
    pub came_from: DeviceId,
}

/// Why something that was put aside is not settled so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// There is no such entry or change.
    #[error("there is nothing of that name aside")]
    NothingAside,
    /// Somebody did before.
    #[error("it is settled already: {state}")]
    Settled {
        /// How.
        state: String,
    },
    /// It changes no document, so there is nothing to write in its place.
    #[error("it changes no document that head office could write into")]
    NothingToRewrite,
    /// Nothing is said instead.
    #[error("it cannot be read, so the fields to be set have to be named")]
    NoFields,
    /// A field that is to be set is none, or cannot say this.
    #[error("{map}.{key} cannot say this")]
    BadField {
        /// The document.
        document: Uuid,
        /// The map.
        map: String,
        /// The field.
        key: String,
    },
}

/// What was done, or why not.
pub type Answer<T> = Result<std::result::Result<T, Refusal>>;

impl Aside {
    /// Reads what was put aside.
    pub async fn find(db: &mut PgConnection, tenant: &str, id: Id) -> Answer<Aside> {
        let (select, number_of) = match id {
            Id::Entry(id) => (
                "SELECT state, device, epoch, bytes, signature, came_from FROM quarantine
                 WHERE tenant_id = $1 AND id = $2 FOR UPDATE",
                id,
            ),
            Id::Change(id) => (
                "SELECT state, refused_change.device, chain.epoch, change, NULL::bytea, refused_change.device
                 FROM refused_change JOIN entry USING (tenant_id, position) JOIN chain USING (tenant_id, chain)
                 WHERE tenant_id = $1 AND refused_change.id = $2 FOR UPDATE OF refused_change",
                id,
            ),
        };
        let found = sqlx::query(select).bind(tenant).bind(number_of).fetch_optional(db).await?;
        let Some(row) = found else { return Ok(Err(Refusal::NothingAside)) };
        Ok(Ok(Aside {
            id,
            state: row.try_get(0)?,
            device: DeviceId(row.try_get(1)?),
            epoch: number(row.try_get(2)?)?,
            bytes: row.try_get(3)?,
            signature: row.try_get(4)?,
            came_from: DeviceId(row.try_get(5)?),
        }))
    }

    /// Whether nobody has settled it.
    pub fn is_open(&self) -> std::result::Result<(), Refusal> {
        match self.state.as_str() {
            "open" => Ok(()),
            state => Err(Refusal::Settled { state: state.to_owned() }),
        }
    }

    /// The entry, if it is one and can be read.
    pub fn entry(&self) -> Option<Entry> {
        match self.id {
            Id::Entry(_) => Entry::read(&self.bytes).ok(),
            Id::Change(_) => None,
        }
    }

    /// The changes of documents in it.
    pub async fn changes(
        &self,
        db: &mut PgConnection,
        tenant: &str,
    ) -> Result<Vec<DocumentChange>> {
        let Id::Change(id) = self.id else {
            let fact = self.entry().and_then(|entry| Fact::read(&entry).ok());
            let changed = fact.as_ref().and_then(Fact::documents);
            return Ok(changed.map(|changed| changed.changes.clone()).unwrap_or_default());
        };
        let select = "SELECT document, kind FROM refused_change WHERE tenant_id = $1 AND id = $2";
        let row = sqlx::query(select).bind(tenant).bind(id).fetch_one(db).await?;
        let kind = u8::try_from(row.try_get::<i16, _>(1)?).ok().and_then(Kind::from_number);
        let kind = kind.ok_or_else(|| Error::Broken("a change of no kind".into()))?;
        let document = row.try_get::<Uuid, _>(0)?.into();
        Ok(vec![DocumentChange { document, kind, change: self.bytes.clone() }])
    }
}

/// What became of another try.
#[derive(Debug)]
pub struct Tried {
    /// Whether it is settled by it.
    pub taken: bool,
    /// If not: why it still waits.
    pub reason: Option<String>,
    /// What the log grew by.
    pub grew: Option<Taken>,
}

/// Judges an entry again, or a change. A change that can be taken in by now is written by head office in its own name:
/// others judged it when it came to them, and do not look at it again.
pub async fn retry(
    db: &mut PgConnection,
    me: &Identity,
    aside: &Aside,
    who: &Who,
    process: Uuid,
) -> Result<Tried> {
    let tenant = me.node.tenant.as_str();
    if let Some(signature) = aside.signature {
        let page = vec![Sealed { bytes: aside.bytes.clone(), signature }];
        let delivery =
            Delivery { me: &me.node, from: aside.came_from, page, wall: wall(), process };
        let taken = ingest_within(db, delivery, who).await?;
        let reason = taken.held.first().map(|held| format!("{:?}", held.reason));
        return Ok(Tried { taken: reason.is_none(), reason, grew: Some(taken) });
    }
    let mut edits = Edits::begin(db, me, wall()).await?;
    for DocumentChange { document, kind, change } in aside.changes(db, tenant).await? {
        if kind.scope() != Scope::Tenant {
            let reason = Some("only its store can write it again".to_owned());
            return Ok(Tried { taken: false, reason, grew: None });
        }
        let id = Uuid::from(document);
        let earlier = changes(db, tenant, id, kind).await?;
        let author = Author::vouched_for(aside.device, aside.epoch);
        let judged = change.clone();
        let problem = tokio::task::spawn_blocking(move || {
            match check_change((id, kind), &[], &judged, author) {
                ChangeVerdict::Quarantine(problem) => return Some(problem.to_string()),
                ChangeVerdict::Apply(_) | ChangeVerdict::Known | ChangeVerdict::Wait(_) => {}
            }
            let last = earlier.len();
            let mut all: Vec<&[u8]> = earlier.iter().map(Vec::as_slice).collect();
            all.push(&judged);
            let Merged { waiting, refused, .. } = Document::merge(kind, &all);
            let refused = refused.into_iter().find(|(place, _)| *place == last);
            let waits = || "it stands on changes that are not here".to_owned();
            refused.map(|(_, why)| why.to_string()).or_else(|| waiting.contains(&last).then(waits))
        })
        .await?;
        if problem.is_some() {
            return Ok(Tried { taken: false, reason: problem, grew: None });
        }
        let said = sets(kind, &change)?;
        let said: Vec<(&'static str, String, Option<Value>)> =
            said.into_iter().map(|Set { map, key, value }| (map, key, value)).collect();
        rewrite::set(db, &mut edits, id, kind, said).await?;
    }
    let grew = edits.record(db, process).await?;
    settle(db, tenant, aside.id, State::Taken, who, None).await?;
    Ok(Tried { taken: true, reason: None, grew })
}

/// Why an entry was not believed, of what is kept of it: by name, and in words.
pub fn held(reason: &str) -> (&'static str, &'static str) {
    match reason {
        "Oversized" => ("oversized", "it is larger than any entry may be"),
        "Unreadable" => ("unreadable", "it, or what it says, cannot be read"),
        "BadSignature" => ("bad_signature", "its device did not sign it so"),
        "UnknownDevice" => {
            ("unknown_device", "its device, or the device's epoch, is not known here")
        }
        "Revoked" => ("revoked", "it was written after its device's last good entry"),
        "WrongPlace" => ("wrong_place", "it is of another company or store than its device"),
        "WrongScope" => ("wrong_scope", "what it says belongs into the device's other chain"),
        "Fork" => ("fork", "its chain has two histories"),
        "Behind" => ("behind", "it is by head office itself, which does not know it"),
        _ => ("other", "it was not believed"),
    }
}

/// Settles it; what is settled stays so.
pub async fn settle(
    db: &mut PgConnection,
    tenant: &str,
    id: Id,
    state: State,
    who: &Who,
    why: Option<&str>,
) -> Result<()> {
    let (update, id) = match id {
        Id::Entry(id) => (
            "UPDATE quarantine SET state = $3, settled_at = $4, settled_by_kind = $5, settled_by = $6, settled_why = $7
             WHERE tenant_id = $1 AND id = $2",
            id,
        ),
        Id::Change(id) => (
            "UPDATE refused_change SET state = $3, settled_at = $4, settled_by_kind = $5, settled_by = $6, settled_why = $7
             WHERE tenant_id = $1 AND id = $2",
            id,
        ),
    };
    sqlx::query(update)
        .bind(tenant)
        .bind(id)
        .bind(state.name())
        .bind(wall())
        .bind(who.kind())
        .bind(who.name())
        .bind(why)
        .execute(db)
        .await?;
    Ok(())
}
