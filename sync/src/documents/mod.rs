//! What people edit: Automerge documents with maps of plain values, two levels deep.
//!
//! Every document of a kind begins with the same genesis change, which makes its maps; after that
//! only plain values are put into them. So two tills that start the same document apart never make
//! two maps that hide one another, and each field merges by itself.

pub mod change;
pub mod count_sheet;
pub mod customer;
pub mod merge;
pub mod parked_cart;
pub mod prices;
pub mod product;
pub mod promotion;
pub mod says;
pub mod settings;
pub mod shelf;
pub mod weigh;

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::sync::LazyLock;

pub use automerge::ActorId;
use automerge::legacy::{Key, ObjectId, Op, OpId, OpType};
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{
    AutoCommit, Change, ChangeHash, ExpandedChange, ObjId, ObjType, ROOT, ReadDoc, ScalarValue,
    ScalarValueRef, ValueRef,
};
use minicbor::{Decode, Encode};
use uuid::Uuid;

use change::{check_numbers, parse};

use crate::entry::{DeviceId, Scope};
use crate::facts::Id;

/// Documents were edited: the changes in the order in which they were made.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct DocumentsChanged {
    /// Each of one document.
    #[n(0)]
    pub changes: Vec<DocumentChange>,
    /// What the operator of the entry was then: 0 cashier, 1 supervisor, 2 manager. None where a till was set up, of
    /// head office, and of tills that did not say it yet.
    #[n(1)]
    pub role: Option<u8>,
}

/// One Automerge change of one document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct DocumentChange {
    /// The document.
    #[n(0)]
    pub document: Id,
    /// What it is; decides its genesis.
    #[n(1)]
    pub kind: Kind,
    /// The change as Automerge writes it.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub change: Vec<u8>,
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Kind {
    /// One product.
    #[n(0)]
    Product,
    /// A bucket of prices of one price list.
    #[n(1)]
    Prices,
    /// Settings of one store.
    #[n(2)]
    Settings,
    /// A cart that waits for somebody of its store to take it in hand.
    #[n(3)]
    ParkedCart,
    /// A list of what several people count.
    #[n(4)]
    CountSheet,
    /// One promotion.
    #[n(5)]
    Promotion,
    /// One customer.
    #[n(6)]
    Customer,
    /// A bucket of places on the shelves of one store.
    #[n(7)]
    Shelf,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 8] = [
        Kind::Product,
        Kind::Prices,
        Kind::Settings,
        Kind::ParkedCart,
        Kind::CountSheet,
        Kind::Promotion,
        Kind::Customer,
        Kind::Shelf,
    ];

    /// As stored.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// From storage.
    pub fn from_number(number: u8) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// Who has to hold documents of this kind.
    pub const fn scope(self) -> Scope {
        match self {
            Kind::Product | Kind::Prices | Kind::Settings | Kind::Promotion | Kind::Customer => {
                Scope::Tenant
            }
            Kind::ParkedCart | Kind::CountSheet | Kind::Shelf => Scope::Store,
        }
    }

    /// The map of a name, if documents of this kind have it.
    pub fn map(self, name: &str) -> Option<&'static str> {
        self.maps().iter().find(|map| **map == name).copied()
    }

    /// The name in ids and to the outside.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Product => "product",
            Kind::Prices => "prices",
            Kind::Settings => "settings",
            Kind::ParkedCart => "parked_cart",
            Kind::CountSheet => "count_sheet",
            Kind::Promotion => "promotion",
            Kind::Customer => "customer",
            Kind::Shelf => "shelf",
        }
    }

    /// The maps that the genesis makes, in this order for ever; new ones go to a new genesis.
    pub(crate) const fn maps(self) -> &'static [&'static str] {
        match self {
            Kind::Product => &product::MAPS,
            Kind::Prices => &prices::MAPS,
            Kind::Settings => &settings::MAPS,
            Kind::ParkedCart => &parked_cart::MAPS,
            Kind::CountSheet => &count_sheet::MAPS,
            Kind::Promotion => &promotion::MAPS,
            Kind::Customer => &customer::MAPS,
            Kind::Shelf => &shelf::MAPS,
        }
    }
}

/// The id of the document of `kind` that `key` names: the same on every device of the tenant.
pub fn document_id(tenant: &str, kind: Kind, key: &str) -> Uuid {
    const NAMESPACE: Uuid = Uuid::from_u128(0x5c0f_70a7_51de_4c3c_9d1b_2f1d_c0b5_7a11);
    Uuid::new_v5(&NAMESPACE, format!("{tenant}/{}/{key}", kind.name()).as_bytes())
}

/// What tells one run of a program from every other, by chance.
pub type Run = [u8; 8];

/// The actor of a device in an epoch. Its sequence numbers in a document are never reused: a
/// device that knows that it forgot what it wrote starts a new epoch, and of one that does not, or
/// that runs twice, each `run` is an actor of its own. None where nothing ever runs twice.
pub fn actor(device: DeviceId, epoch: u32, run: Option<Run>) -> ActorId {
    let mut bytes = device.0.to_vec();
    bytes.extend_from_slice(&epoch.to_be_bytes());
    bytes.extend_from_slice(run.as_ref().map_or(&[], Run::as_slice));
    ActorId::from(bytes)
}

/// Whether `actor` is one of a device in an epoch, in whichever run.
pub fn is_actor(actor_id: &ActorId, device: DeviceId, epoch: u32) -> bool {
    let (of, run) = actor_id.to_bytes().split_at_checked(20).unwrap_or_default();
    of == actor(device, epoch, None).to_bytes() && matches!(run.len(), 0 | 8)
}

/// A plain value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Words or a code.
    Text(String),
    /// A whole number; amounts are in minor units.
    Int(i64),
    /// Yes or no.
    Flag(bool),
}

/// Largest change that is taken in, in bytes as transmitted: a product or a bucket of prices stays
/// far below it.
pub const MOST_CHANGE_BYTES: usize = 256 * 1024;

/// Why a change is not taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// Automerge cannot read it.
    #[error("the change cannot be read: {0}")]
    Unreadable(String),
    /// Larger than [`MOST_CHANGE_BYTES`].
    #[error("the change is {0} bytes long")]
    TooLarge(usize),
    /// It unpacks to more than [`weigh::MOST_INFLATED`] bytes or
    /// [`weigh::MOST_OPERATIONS`] operations.
    #[error("the change unpacks to too much")]
    Inflated,
    /// Its checksum is not that of its content.
    #[error("the change was altered on its way")]
    BadChecksum,
    /// It stands on changes that are not here.
    #[error("the change stands on others that are not here")]
    MissingDependency,
    /// Its actor's changes have a gap or a repeat.
    #[error("change {found} of its actor stands where {expected} belongs")]
    WrongSeq {
        /// One more than the last.
        expected: u64,
        /// As written.
        found: u64,
    },
    /// Its operations are not numbered on from those before it.
    #[error("its operations begin at {found} and not at {expected}")]
    WrongStartOp {
        /// One more than the highest before it.
        expected: u64,
        /// As written.
        found: u64,
    },
    /// Its actor is not that of the device and epoch whose entry it came in.
    #[error("the change is by another actor than its entry")]
    ForeignActor,
    /// It does something else than putting plain values into the document's maps: a counter, a map
    /// of its own, a place in a list.
    #[error("the change does not put plain values into the maps of its document")]
    WrongShape,
    /// Who is behind it may not write there.
    #[error("the change writes into {map}, which its writer may not")]
    NotAllowed {
        /// The map.
        map: String,
    },
    /// Documents of its kind are held by others than the chain that it came in.
    #[error("documents of this kind do not belong into the chain that the change came in")]
    WrongScope,
    /// It changes the settings of another store.
    #[error("the settings that it changes are not those of its store")]
    OtherStore,
    /// Automerge panicked on it.
    #[error("Automerge panics on the change")]
    Panicked,
}

impl ChangeError {
    /// Tells it apart, in one word.
    pub const fn kind(&self) -> &'static str {
        match self {
            ChangeError::Unreadable(_) => "unreadable",
            ChangeError::TooLarge(_) => "too_large",
            ChangeError::Inflated => "inflated",
            ChangeError::BadChecksum => "bad_checksum",
            ChangeError::MissingDependency => "missing_dependency",
            ChangeError::WrongSeq { .. } => "wrong_seq",
            ChangeError::WrongStartOp { .. } => "wrong_start_op",
            ChangeError::ForeignActor => "foreign_actor",
            ChangeError::WrongShape => "wrong_shape",
            ChangeError::NotAllowed { .. } => "not_allowed",
            ChangeError::WrongScope => "wrong_scope",
            ChangeError::OtherStore => "other_store",
            ChangeError::Panicked => "panicked",
        }
    }
}

/// All fields of a document, by map and key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields(BTreeMap<(&'static str, String), Value>);

impl Fields {
    /// Sets a field; with no value there is none.
    pub fn set(&mut self, map: &'static str, key: &str, value: Option<Value>) {
        match value {
            Some(value) => self.0.insert((map, key.to_owned()), value),
            None => self.0.remove(&(map, key.to_owned())),
        };
    }

    /// Sets a field to words; with no words there is none.
    pub fn set_text(&mut self, map: &'static str, key: &str, text: &str) {
        self.set(map, key, (!text.is_empty()).then(|| Value::Text(text.to_owned())));
    }

    /// The fields of one map in the order of their keys.
    pub fn of(&self, map: &'static str) -> impl Iterator<Item = (&str, &Value)> {
        let from_map = self.0.range((map, String::new())..);
        from_map
            .take_while(move |((of, _), _)| *of == map)
            .map(|((_, key), value)| (key.as_str(), value))
    }

    /// All of them, by map and key.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &str, &Value)> {
        self.0.iter().map(|((map, key), value)| (*map, key.as_str(), value))
    }

    /// The words of a field; none are empty.
    pub fn text(&self, map: &'static str, key: &str) -> &str {
        match self.get(map, key) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// The number of a field.
    pub fn int(&self, map: &'static str, key: &str) -> Option<i64> {
        match self.get(map, key) {
            Some(Value::Int(number)) => Some(*number),
            _ => None,
        }
    }

    /// Whether a flag is set.
    pub fn flag(&self, map: &'static str, key: &str) -> bool {
        self.get(map, key) == Some(&Value::Flag(true))
    }

    fn get(&self, map: &'static str, key: &str) -> Option<&Value> {
        self.0.get(&(map, key.to_owned()))
    }
}

/// A document, opened to be read or written.
#[derive(Debug, Clone)]
pub struct Document {
    kind: Kind,
    doc: AutoCommit,
}

impl Document {
    /// A document with nothing in it but its maps.
    pub fn new(kind: Kind) -> Document {
        Document { kind, doc: genesis(kind).doc.clone() }
    }

    /// A document as its changes make it.
    pub fn load<'a>(
        kind: Kind,
        changes: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Document, ChangeError> {
        let mut document = Document::new(kind);
        for change in changes {
            document.apply(change)?;
        }
        Ok(document)
    }

    /// Takes in one change, after checking all that Automerge takes on trust.
    pub fn apply(&mut self, bytes: &[u8]) -> Result<(), ChangeError> {
        self.apply_bytes(bytes)
    }

    /// All that the document says.
    pub fn fields(&self) -> Fields {
        let mut fields = Fields::default();
        for (map, object) in self.kind.maps().iter().zip(&genesis(self.kind).maps) {
            for item in self.doc.map_range(object, ..) {
                let value = match item.value {
                    ValueRef::Scalar(ScalarValueRef::Str(text)) => Value::Text(text.into_owned()),
                    ValueRef::Scalar(ScalarValueRef::Int(number)) => Value::Int(number),
                    ValueRef::Scalar(ScalarValueRef::Boolean(flag)) => Value::Flag(flag),
                    _ => continue,
                };
                fields.0.insert((*map, item.key.into_owned()), value);
            }
        }
        fields
    }

    /// One change, as `actor` at `wall` (milliseconds since 1970 UTC), that makes the document say
    /// `wanted` where it said `known`; none when it does so already. Fields that are neither wanted
    /// nor known belong to somebody newer and stay.
    pub fn edit(
        &mut self,
        known: &Fields,
        wanted: &Fields,
        actor: ActorId,
        wall: i64,
    ) -> Option<Vec<u8>> {
        let now = self.fields();
        self.doc.set_actor(actor);
        for ((map, key), value) in
            wanted.0.iter().filter(|(field, value)| now.0.get(*field) != Some(*value))
        {
            let object = self.map(map);
            self.doc
                .put(object, key.as_str(), value.to_scalar())
                .expect("the maps of the genesis take any key");
        }
        let gone = |field: &&(&'static str, String)| {
            !wanted.0.contains_key(*field) && now.0.contains_key(*field)
        };
        for (map, key) in known.0.keys().filter(gone) {
            let object = self.map(map);
            self.doc.delete(object, key.as_str()).expect("the maps of the genesis let any key go");
        }
        self.commit(wall)
    }

    /// One change, as `actor` at `wall`, by which a field that was written apart says `value` and nothing else, even if
    /// that is what it shows already.
    pub fn settle(
        &mut self,
        map: &'static str,
        key: &str,
        value: &Value,
        actor: ActorId,
        wall: i64,
    ) -> Option<Vec<u8>> {
        self.doc.set_actor(actor);
        let object = self.map(map);
        // Of a value that is there already Automerge would only drop the others, and a choice that somebody else makes
        // apart would win over this one unseen.
        self.doc.delete(object, key).expect("the maps of the genesis let any key go");
        self.doc.put(object, key, value.to_scalar()).expect("the maps of the genesis take any key");
        self.commit(wall)
    }

    fn commit(&mut self, wall: i64) -> Option<Vec<u8>> {
        self.doc.commit_with(CommitOptions::default().with_time(wall.div_euclid(1_000)))?;
        self.doc.get_last_local_change().map(|change| change.raw_bytes().to_vec())
    }

    /// Genesis and changes as one Automerge file, for other programs to open.
    pub fn save(&mut self) -> Vec<u8> {
        self.doc.save()
    }

    fn map(&self, name: &str) -> &'static ObjId {
        &genesis(self.kind).maps[place(self.kind, name)]
    }
}

/// The change that starts a document which says `wanted`: what [`Document::edit`] of a new document
/// answers, without building the document.
pub fn first_change(kind: Kind, wanted: &Fields, actor: ActorId, wall: i64) -> Vec<u8> {
    let genesis = genesis(kind);
    let operation = |((map, key), value): (&(&str, String), &Value)| Op {
        action: OpType::Put(value.to_scalar()),
        obj: ObjectId::Id(OpId(place(kind, map) as u64 + 1, genesis_actor())),
        key: Key::Map(key.as_str().into()),
        pred: Vec::new().into(),
        insert: false,
    };
    let change = Change::from(ExpandedChange {
        operations: wanted.0.iter().map(operation).collect(),
        actor_id: actor,
        hash: None,
        seq: 1,
        start_op: NonZeroU64::MIN.saturating_add(genesis.max_op),
        time: wall.div_euclid(1_000),
        message: None,
        deps: vec![genesis.hash],
        extra_bytes: Vec::new(),
        author: None,
    });
    change.raw_bytes().to_vec()
}

/// What a document says whose only change is this one: what loading it would answer, without
/// building the document. None when only Automerge can say.
pub fn fields_after_first(kind: Kind, bytes: &[u8]) -> Result<Option<Fields>, ChangeError> {
    let (change, genesis) = (parse(bytes)?, genesis(kind));
    if change.deps() != [genesis.hash] {
        return Err(ChangeError::MissingDependency);
    }
    check_numbers(&change, 0, genesis.max_op)?;
    let mut fields = Fields::default();
    for operation in change.decode().operations {
        let (OpType::Put(value), ObjectId::Id(object), Key::Map(key)) =
            (operation.action, operation.obj, operation.key)
        else {
            return Ok(None);
        };
        let map = usize::try_from(object.0).ok().and_then(|n| kind.maps().get(n.checked_sub(1)?));
        let (Some(map), true, true) = (map, object.1 == genesis_actor(), operation.pred.is_empty())
        else {
            return Ok(None);
        };
        let Some(value) = Value::of_scalar(&value) else {
            return Ok(None);
        };
        if fields.0.insert((*map, key.to_string()), value).is_some() {
            return Ok(None);
        }
    }
    Ok(Some(fields))
}

impl Value {
    fn of_scalar(value: &ScalarValue) -> Option<Value> {
        match value {
            ScalarValue::Str(text) => Some(Value::Text(text.to_string())),
            ScalarValue::Int(number) => Some(Value::Int(*number)),
            ScalarValue::Boolean(flag) => Some(Value::Flag(*flag)),
            _ => None,
        }
    }

    fn to_scalar(&self) -> ScalarValue {
        match self {
            Value::Text(text) => ScalarValue::Str(text.as_str().into()),
            Value::Int(number) => ScalarValue::Int(*number),
            Value::Flag(flag) => ScalarValue::Boolean(*flag),
        }
    }
}

struct Genesis {
    doc: AutoCommit,
    maps: Vec<ObjId>,
    hash: ChangeHash,
    max_op: u64,
}

fn genesis(kind: Kind) -> &'static Genesis {
    static GENESIS: LazyLock<Vec<Genesis>> =
        LazyLock::new(|| Kind::ALL.into_iter().map(make_genesis).collect());
    &GENESIS[kind.number() as usize]
}

/// The change that every document of a kind begins with: written by nobody at no time, so that its
/// bytes are the same everywhere.
fn make_genesis(kind: Kind) -> Genesis {
    let mut doc = AutoCommit::new().with_actor(genesis_actor());
    let mut make =
        |name: &&str| doc.put_object(ROOT, *name, ObjType::Map).expect("a new document takes maps");
    let maps = kind.maps().iter().map(&mut make).collect();
    doc.commit_with(CommitOptions::default().with_time(0).with_message(kind.name()));
    let hash = doc.get_heads()[0];
    Genesis { doc, maps, hash, max_op: kind.maps().len() as u64 }
}

fn genesis_actor() -> ActorId {
    ActorId::from([0; 20])
}

fn place(kind: Kind, map: &str) -> usize {
    kind.maps().iter().position(|known| *known == map).expect("only maps of the genesis are named")
}

#[cfg(test)]
mod tests;
