//! Documents in the journal: edits are authored here, and every change, ours or another's, is
//! projected to rows by the same code.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_domain::catalog::{Department, Product};
use comptoir_domain::ids::OperatorId;
use comptoir_domain::store::{Settings, Store};
use comptoir_sync::acceptance::access;
use comptoir_sync::acceptance::change::{Author, ChangeVerdict, check_change};
use comptoir_sync::documents::merge::{Conflict, Merged};
use comptoir_sync::documents::parked_cart::{Parked, Taken};
use comptoir_sync::documents::prices::{self, Price};
use comptoir_sync::documents::{
    self as format, ChangeError, Document, DocumentChange, DocumentsChanged, Fields, Kind, Value,
    parked_cart, product, settings,
};
use comptoir_sync::entry::{self, DeviceId, Entry, Hash, Scope};
use comptoir_sync::facts::Fact;
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::cart::park;
use crate::error::{Error, Result};
use crate::journal::{self, Shown};
use crate::till::Tx;
use crate::trust::enrolment;
use crate::{catalog, conflicts, customers, inventory, operators, promotions, shelf, store};

/// The name of the store's price list.
pub const PRICE_LIST: &str = "base";

/// Edits of one entry: each makes its document say something, all are recorded together.
pub struct Edits<'tx, 'till> {
    tx: &'tx Tx<'till>,
    changes: Vec<DocumentChange>,
}

impl<'tx, 'till> Edits<'tx, 'till> {
    /// No edits yet.
    pub fn new(tx: &'tx Tx<'till>) -> Edits<'tx, 'till> {
        Edits { tx, changes: Vec::new() }
    }

    /// Makes a product's document say `product`.
    pub fn product(&mut self, wanted: &Product) -> Result<()> {
        let id = wanted.id.0;
        let known = |fields: &Fields| product::fields(&product::read(id, fields));
        self.edit(id, Kind::Product, known, &product::fields(wanted))
    }

    /// Makes the buckets of the price list say `wanted`; the prices of other SKUs stay.
    pub fn prices(&mut self, wanted: &BTreeMap<String, Price>) -> Result<()> {
        let mut buckets: BTreeMap<u16, Vec<(&str, Price)>> = BTreeMap::new();
        for (sku, price) in wanted {
            buckets.entry(prices::bucket(sku)).or_default().push((sku, *price));
        }
        for (bucket, wanted) in buckets {
            let id = prices::id(&self.tx.identity.tenant, PRICE_LIST, bucket);
            let known = |fields: &Fields| {
                let here = prices::read(fields);
                prices::fields(
                    wanted.iter().filter_map(|(sku, _)| here.get(*sku).map(|price| (*sku, *price))),
                )
            };
            let fields = prices::fields(wanted.iter().copied());
            self.edit(id, Kind::Prices, known, &fields)?;
        }
        Ok(())
    }

    /// Parks a cart as a document of its own.
    pub fn parked_cart(&mut self, id: Uuid, parked: &Parked) -> Result<()> {
        let fields = parked_cart::fields(parked, self.tx.store.currency);
        self.edit(id, Kind::ParkedCart, |_| Fields::default(), &fields)
    }

    /// Takes a parked cart in hand.
    pub fn take(&mut self, document: Uuid, taken: &Taken) -> Result<()> {
        self.edit(document, Kind::ParkedCart, |_| Fields::default(), &parked_cart::take(taken))
    }

    /// Makes a document say `wanted` where it said what `known` reads of it.
    pub(crate) fn edit(
        &mut self,
        id: Uuid,
        kind: Kind,
        known: impl Fn(&Fields) -> Fields,
        wanted: &Fields,
    ) -> Result<()> {
        let actor = self.tx.author();
        let earlier = changes(self.tx, id)?;
        let change = if earlier.is_empty() {
            Some(format::first_change(kind, wanted, actor, self.tx.wall))
        } else {
            let mut document = merged(kind, &earlier).document;
            let known = known(&document.fields());
            document.edit(&known, wanted, actor, self.tx.wall)
        };
        self.changes.extend(change.map(|change| DocumentChange {
            document: id.into(),
            kind,
            change,
        }));
        Ok(())
    }

    /// Makes a field that was written apart say `value`.
    pub(crate) fn settle(
        &mut self,
        id: Uuid,
        kind: Kind,
        map: &'static str,
        key: &str,
        value: &Value,
    ) -> Result<()> {
        let actor = self.tx.author();
        let mut document = merged(kind, &changes(self.tx, id)?).document;
        let change = document.settle(map, key, value, actor, self.tx.wall);
        self.changes.extend(change.map(|change| DocumentChange {
            document: id.into(),
            kind,
            change,
        }));
        Ok(())
    }

    /// Records all edits as one fact for each who has to hold them; nothing when nothing changed.
    pub fn record(self, operator: Option<OperatorId>) -> Result<()> {
        let role = operator.map(|id| operators::find(self.tx, id)).transpose()?;
        let role = role.map(|operator| access::number(operator.role));
        let (of_store, of_tenant): (Vec<_>, Vec<_>) =
            self.changes.into_iter().partition(|change| change.kind.scope() == Scope::Store);
        for (changes, fact) in [
            (of_tenant, Fact::DocumentsChanged as fn(_) -> _),
            (of_store, Fact::StoreDocumentsChanged),
        ] {
            if !changes.is_empty() {
                self.tx.record(&fact(DocumentsChanged { changes, role }), operator)?;
            }
        }
        Ok(())
    }
}

/// Makes the settings document say what the store and its departments are.
pub fn change_settings(
    tx: &Tx<'_>,
    store: &Store,
    departments: &[Department],
    operator: Option<OperatorId>,
) -> Result<()> {
    let id = settings::id(&tx.identity.tenant, &tx.identity.store);
    let known = |fields: &Fields| match settings::read_store(fields, &store.code, store.register) {
        Some(store) => settings::fields(&store, &settings::read_departments(fields)),
        None => Fields::default(),
    };
    let mut edits = Edits::new(tx);
    edits.edit(id, Kind::Settings, known, &settings::fields(store, departments))?;
    edits.record(operator)
}

/// Makes the settings document say how the store sells; what the store is stays as it is.
pub fn change_how_it_sells(tx: &Tx<'_>, settings: &Settings, operator: OperatorId) -> Result<()> {
    let id = settings::id(&tx.identity.tenant, &tx.identity.store);
    let known = |fields: &Fields| settings::settings_fields(&settings::read_settings(fields));
    let mut edits = Edits::new(tx);
    edits.edit(id, Kind::Settings, known, &settings::settings_fields(settings))?;
    edits.record(Some(operator))
}

/// All changes of a document in the order of the journal.
pub fn changes(db: &Connection, document: Uuid) -> Result<Vec<Vec<u8>>> {
    let mut select = db.prepare_cached(
        "SELECT substr(journal.entry, place + 1, length)
         FROM document_change JOIN journal ON journal.id = document_change.entry
         WHERE document = ?1 ORDER BY document_change.entry, place",
    )?;
    let rows = select.query_map([document.into_bytes()], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Every document that is here, and what it is.
pub fn all(db: &Connection) -> Result<Vec<(Uuid, Kind)>> {
    let mut select =
        db.prepare("SELECT document, min(entry) FROM document_change GROUP BY document")?;
    let rows = select.query_map([], |row| Ok((Uuid::from_bytes(row.get(0)?), row.get(1)?)))?;
    let mut all = Vec::new();
    for row in rows {
        let (document, entry): (Uuid, i64) = row?;
        let (_, fact) = journal::read_fact(db, entry)?;
        let changes = fact.documents().map(|fact| fact.changes.as_slice()).unwrap_or_default();
        let change = changes.iter().find(|change| Uuid::from(change.document) == document);
        all.extend(change.map(|change| (document, change.kind)));
    }
    Ok(all)
}

/// A document as an Automerge file.
pub fn automerge_file(db: &Connection, document: Uuid, kind: Kind) -> Result<Vec<u8>> {
    Ok(merged(kind, &changes(db, document)?).document.save())
}

/// All that a document says; nothing of one that is not here.
pub fn fields(db: &Connection, document: Uuid, kind: Kind) -> Result<Fields> {
    let changes = changes(db, document)?;
    if let [only] = changes.as_slice()
        && let Ok(Some(fields)) = format::fields_after_first(kind, only)
    {
        return Ok(fields);
    }
    Ok(merged(kind, &changes).document.fields())
}

fn merged(kind: Kind, changes: &[Vec<u8>]) -> Merged {
    Document::merge(kind, &changes.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// Rows of every document that an entry changes, and where each change lies. A change that stands on others that are
/// not here yet shows nothing until they come; one that cannot be taken in is noted, and the rest goes on.
pub(crate) fn project(db: &Connection, shown: &Shown<'_>, fact: &DocumentsChanged) -> Result<()> {
    project_some(db, shown, fact, |_| true)
}

/// Shows what an older version could not take in: to it, a change was by another author than its entry if that named
/// its run.
pub(crate) fn judge_again(db: &Connection) -> Result<()> {
    let mut select =
        db.prepare("SELECT entry, hash FROM refused_change WHERE problem = ?1 ORDER BY entry")?;
    let refused = select.query_map([ChangeError::ForeignActor.to_string()], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, Hash>(1)?))
    })?;
    let refused: BTreeSet<(i64, Hash)> = refused.collect::<rusqlite::Result<_>>()?;
    let mut entries: Vec<i64> = refused.iter().map(|(id, _)| *id).collect();
    entries.dedup();
    let tx = db.unchecked_transaction()?;
    for id in entries {
        let bytes = journal::read_sealed(&tx, id)?.bytes;
        let (entry, fact) = journal::read_fact(&tx, id)?;
        let (Fact::DocumentsChanged(changed) | Fact::StoreDocumentsChanged(changed)) = &fact else {
            continue;
        };
        let body = bytes.windows(entry.body.len()).position(|part| part == entry.body);
        let body = body.ok_or_else(|| Error::Broken("an entry is not where it is kept".into()))?;
        let shown = Shown { id, branch: 0, entry: &entry, fact: &fact, bytes: &bytes, body };
        tx.prepare_cached("DELETE FROM refused_change WHERE entry = ?1 AND problem = ?2")?
            .execute(params![id, ChangeError::ForeignActor.to_string()])?;
        project_some(&tx, &shown, changed, |change| refused.contains(&(id, entry::hash(change))))?;
    }
    Ok(tx.commit()?)
}

fn project_some(
    db: &Connection,
    shown: &Shown<'_>,
    fact: &DocumentsChanged,
    wanted: impl Fn(&[u8]) -> bool,
) -> Result<()> {
    let Shown { id, entry, bytes, body: mut from, .. } = *shown;
    let author = Author::of(entry, fact);
    let mut found = catalog::search::Updates::default();
    for DocumentChange { document, kind, change } in &fact.changes {
        let document = Uuid::from(*document);
        let place = find(bytes, change, from)?;
        from = place + change.len();
        if !wanted(change) {
            continue;
        }
        let fields = match taken_in(db, (document, *kind), change, entry, author)? {
            Ok(fields) => fields,
            Err(problem) => {
                note_refused(db, id, document, change, &problem)?;
                continue;
            }
        };
        db.prepare_cached(
            "INSERT INTO document_change (document, entry, place, length) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![document.into_bytes(), id, place, change.len()])?;
        let Some((fields, conflicts)) = fields else { continue };
        conflicts::project(db, document, *kind, &conflicts)?;
        match kind {
            Kind::Product => {
                catalog::project_product(db, &product::read(document, &fields), &mut found)?
            }
            Kind::Prices => catalog::project_prices(db, &prices::read(&fields))?,
            Kind::Settings => store::project(db, document, &fields)?,
            Kind::ParkedCart => park::project(db, document, &fields)?,
            Kind::CountSheet => inventory::count_sheets::project(db, document, &fields)?,
            Kind::Promotion => promotions::project(db, document, &fields)?,
            Kind::Customer => customers::project(db, document, &fields)?,
            Kind::Shelf => shelf::project(db, document, &fields)?,
        }
    }
    found.apply(db)
}

/// What a document says, and what of it was written apart.
type Said = (Fields, Vec<Conflict>);

/// What a document says with one more change; nothing new while that change waits
/// for others, or why it cannot be part of it. Of other devices it is also
/// asked whether the change is their own, has the form of ours, and is one that they may make.
fn taken_in(
    db: &Connection,
    (document, kind): (Uuid, Kind),
    change: &[u8],
    entry: &Entry,
    author: Author<'_>,
) -> Result<std::result::Result<Option<Said>, ChangeError>> {
    let mut all = changes(db, document)?;
    if enrolment::is_enrolled(db, DeviceId(entry.device))?
        && let ChangeVerdict::Quarantine(problem) =
            check_change((document, kind), &[], change, author)
    {
        return Ok(Err(problem));
    }
    if all.is_empty()
        && let Ok(Some(fields)) = format::fields_after_first(kind, change)
    {
        return Ok(Ok(Some((fields, Vec::new()))));
    }
    let last = all.len();
    all.push(change.to_vec());
    let Merged { document, waiting, refused } = merged(kind, &all);
    match refused.into_iter().find(|(place, _)| *place == last) {
        Some((_, problem)) => Ok(Err(problem)),
        None => {
            let taken_in = !waiting.contains(&last);
            Ok(Ok(taken_in.then(|| (document.fields(), document.conflicts()))))
        }
    }
}

fn note_refused(
    db: &Connection,
    id: i64,
    document: Uuid,
    change: &[u8],
    problem: &ChangeError,
) -> Result<()> {
    // Who repeats it in one entry says no more by that.
    db.prepare_cached(
        "INSERT OR IGNORE INTO refused_change (entry, document, hash, problem) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![id, document.into_bytes(), entry::hash(change), problem.to_string()])?;
    Ok(())
}

/// Where `change` lies in the entry: a few bytes of CBOR head behind the one before it.
fn find(bytes: &[u8], change: &[u8], from: usize) -> Result<usize> {
    let most_head = 64;
    let behind = bytes.get(from..).unwrap_or_default();
    let places = 0..=behind.len().saturating_sub(change.len()).min(most_head);
    let place = places.into_iter().find(|place| behind[*place..].starts_with(change));
    place
        .map(|place| from + place)
        .ok_or_else(|| Error::Broken("a change is not where its entry says".into()))
}
