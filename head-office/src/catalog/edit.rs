//! Head office as a writer of documents: like a till it makes changes that say only what is new, so that what others
//! change apart stands beside it.

use comptoir_domain::catalog::Product;
use comptoir_sync::documents::merge::{Conflict, Merged};
use comptoir_sync::documents::prices::{self, Price};
use comptoir_sync::documents::{
    Document, DocumentChange, DocumentsChanged, Fields, Kind, actor, first_change, product,
};
use comptoir_sync::facts::Fact;
use sqlx::PgConnection;
use uuid::Uuid;

use super::conflicts::{self, Choice};
use crate::error::Result;
use crate::journal::ingest::{Taken, hold};
use crate::journal::record::record;
use crate::office::Identity;

/// The name of the price list that every till sells by.
pub const PRICE_LIST: &str = "base";

/// Edits of one entry: each makes its document say something, all are recorded together.
pub struct Edits<'a> {
    me: &'a Identity,
    wall: i64,
    changes: Vec<DocumentChange>,
}

impl<'a> Edits<'a> {
    /// No edits yet. Whoever else writes into the company's log waits until the transaction ends, so that two edits
    /// at once stand on each other.
    pub async fn begin(db: &mut PgConnection, me: &'a Identity, wall: i64) -> Result<Edits<'a>> {
        hold(db, &me.node.tenant).await?;
        Ok(Edits { me, wall, changes: Vec::new() })
    }

    /// The company.
    pub fn tenant(&self) -> &str {
        &self.me.node.tenant
    }

    /// Makes a product's document say `wanted`.
    pub async fn product(&mut self, db: &mut PgConnection, wanted: &Product) -> Result<()> {
        let id = wanted.id.0;
        let known = move |fields: &Fields| product::fields(&product::read(id, fields));
        self.edit(db, id, Kind::Product, known, product::fields(wanted)).await
    }

    /// Makes the price list say the price of one SKU.
    pub async fn price(&mut self, db: &mut PgConnection, sku: &str, wanted: Price) -> Result<()> {
        let id = prices::id(&self.me.node.tenant, PRICE_LIST, prices::bucket(sku));
        let code = sku.to_owned();
        let known = move |fields: &Fields| {
            let here = prices::read(fields).get(&code).copied();
            prices::fields(here.map(|price| (code.as_str(), price)))
        };
        let wanted = prices::fields([(sku, wanted)]);
        self.edit(db, id, Kind::Prices, known, wanted).await
    }

    /// Makes a document say `wanted` where it said what `known` makes of its fields; whatever else it says stays.
    pub async fn edit(
        &mut self,
        db: &mut PgConnection,
        id: Uuid,
        kind: Kind,
        known: impl FnOnce(&Fields) -> Fields + Send + 'static,
        wanted: Fields,
    ) -> Result<()> {
        let actor = actor(self.me.node.device, self.me.node.epoch, None);
        let (earlier, wall) = (changes(db, &self.me.node.tenant, id, kind).await?, self.wall);
        let change = tokio::task::spawn_blocking(move || {
            if earlier.is_empty() {
                return Some(first_change(kind, &wanted, actor, wall));
            }
            let mut document = merged(kind, &earlier);
            let known = known(&document.fields());
            document.edit(&known, &wanted, actor, wall)
        })
        .await?;
        self.changes.extend(change.map(|change| DocumentChange {
            document: id.into(),
            kind,
            change,
        }));
        Ok(())
    }

    /// Makes a field that was written apart say what was chosen; answers between what, and nothing if there is no such
    /// choice.
    pub async fn settle(
        &mut self,
        db: &mut PgConnection,
        kind: Kind,
        choice: &Choice,
    ) -> Result<Option<Conflict>> {
        let actor = actor(self.me.node.device, self.me.node.epoch, None);
        let earlier = changes(db, &self.me.node.tenant, choice.document, kind).await?;
        let (wall, wanted) = (self.wall, choice.clone());
        let settled = tokio::task::spawn_blocking(move || {
            let mut document = merged(kind, &earlier);
            let mut conflicts = document.conflicts().into_iter();
            let (conflict, value) = conflicts
                .find_map(|one| conflicts::chosen(&one, &wanted).map(|value| (one, value)))?;
            let change = document.settle(conflict.map, &conflict.key, &value, actor, wall)?;
            Some((conflict, change))
        })
        .await?;
        let Some((conflict, change)) = settled else { return Ok(None) };
        self.changes.push(DocumentChange { document: choice.document.into(), kind, change });
        Ok(Some(conflict))
    }

    /// Records all edits as one fact of head office; nothing when nothing changed.
    pub async fn record(self, db: &mut PgConnection, process: Uuid) -> Result<Option<Taken>> {
        if self.changes.is_empty() {
            return Ok(None);
        }
        let fact = Fact::DocumentsChanged(DocumentsChanged { changes: self.changes, role: None });
        record(db, self.me, vec![fact], self.wall, process).await.map(Some)
    }
}

/// All that a document says; nothing of one that nobody began.
pub async fn fields(db: &mut PgConnection, tenant: &str, id: Uuid, kind: Kind) -> Result<Fields> {
    let changes = changes(db, tenant, id, kind).await?;
    Ok(tokio::task::spawn_blocking(move || merged(kind, &changes).fields()).await?)
}

/// The changes of a document that were taken in, in the order of the log.
pub(crate) async fn changes(
    db: &mut PgConnection,
    tenant: &str,
    id: Uuid,
    kind: Kind,
) -> Result<Vec<Vec<u8>>> {
    let select =
        "SELECT change FROM document_change WHERE tenant_id = $1 AND document = $2 AND kind = $3
                  ORDER BY position, n";
    let kind = i16::from(kind.number());
    Ok(sqlx::query_scalar(select).bind(tenant).bind(id).bind(kind).fetch_all(db).await?)
}

fn merged(kind: Kind, changes: &[Vec<u8>]) -> Document {
    let all: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
    let Merged { document, .. } = Document::merge(kind, &all);
    document
}
