//! What people edit: Automerge documents with maps of plain values, two levels deep.
//!
//! Every document of a kind begins with the same genesis change, which makes its maps; after that
//! only plain values are put into them. So two tills that start the same document apart never make
//! two maps that hide one another, and each field merges by itself.

pub mod prices;
pub mod product;
pub mod settings;

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::sync::LazyLock;

use automerge::legacy::{Key, ObjectId, Op, OpId, OpType};
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{
    ActorId, AutoCommit, Change, ChangeHash, ExpandedChange, ObjId, ObjType, ROOT, ReadDoc,
    ScalarValue, ScalarValueRef, ValueRef,
};
use minicbor::{Decode, Encode};
use uuid::Uuid;

use crate::entry::DeviceId;
use crate::facts::Id;

/// Largest change that is taken in, in bytes as transmitted: a product or a bucket of prices stays
/// far below it.
pub const MOST_CHANGE_BYTES: usize = 256 * 1024;

/// Documents were edited: the changes in the order in which they were made.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct DocumentsChanged {
    /// Each of one document.
    #[n(0)]
    pub changes: Vec<DocumentChange>,
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
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 3] = [Kind::Product, Kind::Prices, Kind::Settings];

    /// As stored.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// From storage.
    pub fn from_number(number: u8) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.number() == number)
    }

    const fn name(self) -> &'static str {
        match self {
            Kind::Product => "product",
            Kind::Prices => "prices",
            Kind::Settings => "settings",
        }
    }

    /// The maps that the genesis makes, in this order for ever; new ones go to a new genesis.
    pub(crate) const fn maps(self) -> &'static [&'static str] {
        match self {
            Kind::Product => &product::MAPS,
            Kind::Prices => &prices::MAPS,
            Kind::Settings => &settings::MAPS,
        }
    }
}

/// The id of the document of `kind` that `key` names: the same on every device of the tenant.
pub fn document_id(tenant: &str, kind: Kind, key: &str) -> Uuid {
    const NAMESPACE: Uuid = Uuid::from_u128(0x5c0f_70a7_51de_4c3c_9d1b_2f1d_c0b5_7a11);
    Uuid::new_v5(&NAMESPACE, format!("{tenant}/{}/{key}", kind.name()).as_bytes())
}

/// The actor of a device in an epoch. Its sequence numbers in a document are never reused, for a
/// device that forgets what it wrote starts a new epoch.
pub fn actor(device: DeviceId, epoch: u32) -> ActorId {
    let mut bytes = device.0.to_vec();
    bytes.extend_from_slice(&epoch.to_be_bytes());
    ActorId::from(bytes)
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

/// Why a change is not taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// Automerge cannot read it.
    #[error("the change cannot be read: {0}")]
    Unreadable(String),
    /// Larger than [`MOST_CHANGE_BYTES`].
    #[error("the change is {0} bytes long")]
    TooLarge(usize),
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
        let change = parse(bytes)?;
        self.check(&change)?;
        self.doc.apply_changes([change]).map_err(|error| ChangeError::Unreadable(error.to_string()))
    }

    fn check(&mut self, change: &Change) -> Result<(), ChangeError> {
        let known = self.doc.get_changes_meta(&[]);
        let mut highest = 0;
        for dep in change.deps() {
            let before = known
                .iter()
                .find(|known| known.hash == *dep)
                .ok_or(ChangeError::MissingDependency)?;
            highest = highest.max(before.max_op);
        }
        let last = known
            .iter()
            .filter(|known| *known.actor == *change.actor_id())
            .map(|known| known.seq)
            .max();
        check_numbers(change, last.unwrap_or(0), highest)
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
        let value = match value {
            ScalarValue::Str(text) => Value::Text(text.to_string()),
            ScalarValue::Int(number) => Value::Int(number),
            ScalarValue::Boolean(flag) => Value::Flag(flag),
            _ => return Ok(None),
        };
        if fields.0.insert((*map, key.to_string()), value).is_some() {
            return Ok(None);
        }
    }
    Ok(Some(fields))
}

impl Value {
    fn to_scalar(&self) -> ScalarValue {
        match self {
            Value::Text(text) => ScalarValue::Str(text.as_str().into()),
            Value::Int(number) => ScalarValue::Int(*number),
            Value::Flag(flag) => ScalarValue::Boolean(*flag),
        }
    }
}

fn parse(bytes: &[u8]) -> Result<Change, ChangeError> {
    if bytes.len() > MOST_CHANGE_BYTES {
        return Err(ChangeError::TooLarge(bytes.len()));
    }
    let change = Change::from_bytes(bytes.to_vec())
        .map_err(|error| ChangeError::Unreadable(error.to_string()))?;
    // Four bytes of magic, then the first four of the hash, which Automerge does not compare.
    if bytes.get(4..8) != Some(&change.hash().0[..4]) {
        return Err(ChangeError::BadChecksum);
    }
    Ok(change)
}

fn check_numbers(change: &Change, last_seq: u64, highest_op: u64) -> Result<(), ChangeError> {
    let (expected, found) = (last_seq + 1, change.seq());
    if expected != found {
        return Err(ChangeError::WrongSeq { expected, found });
    }
    let (expected, found) = (highest_op + 1, change.start_op().get());
    if expected != found {
        return Err(ChangeError::WrongStartOp { expected, found });
    }
    Ok(())
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
mod tests {
    use super::*;

    fn device(n: u8) -> ActorId {
        actor(DeviceId([n; 16]), 1)
    }

    fn fields(puts: &[(&'static str, &str, &str)]) -> Fields {
        let mut fields = Fields::default();
        for (map, key, text) in puts {
            fields.set_text(map, key, text);
        }
        fields
    }

    fn edit(document: &mut Document, n: u8, wanted: &Fields) -> Option<Vec<u8>> {
        document.edit(&Fields::default(), wanted, device(n), 1_763_650_000_000)
    }

    /// The genesis is part of the format: documents written elsewhere stand on exactly these changes.
    #[test]
    fn every_kind_has_one_genesis_for_ever() {
        let heads = Kind::ALL.map(|kind| genesis(kind).hash.to_string());
        assert_eq!(
            heads,
            [
                "979cba55c70a1f81839e455a2cf149146e12b845887bd33f936ad7663ca983e0",
                "2746e7fa7988825a98ed74b3938d8504f1bac307aef5fb5921c93eb701b4f577",
                "c666797c94468f4a73c9f4a5e11bf20c2c71de8b302f689cf627a16ccadd10ca",
            ]
        );
    }

    #[test]
    fn fields_that_two_managers_edit_apart_are_both_kept() {
        let first =
            edit(&mut Document::new(Kind::Product), 1, &fields(&[("name", "en", "Tea")])).unwrap();
        let wanted = fields(&[("name", "fr", "Thé"), ("sku", "TEA", "each")]);
        let second = edit(&mut Document::new(Kind::Product), 2, &wanted).unwrap();
        for order in [[&first, &second], [&second, &first]] {
            let merged = Document::load(Kind::Product, order.map(Vec::as_slice)).unwrap().fields();
            assert_eq!(
                (merged.text("name", "en"), merged.text("name", "fr"), merged.text("sku", "TEA")),
                ("Tea", "Thé", "each")
            );
        }
    }

    #[test]
    fn an_edit_leaves_alone_what_it_does_not_know() {
        let mut document = Document::new(Kind::Product);
        edit(
            &mut document,
            1,
            &fields(&[
                ("name", "en", "Tea"),
                ("product", "from_the_future", "x"),
                ("gtin", "1", "TEA"),
            ]),
        );
        let known = fields(&[("name", "en", "Tea"), ("gtin", "1", "TEA")]);
        document.edit(&known, &fields(&[("name", "en", "Green tea")]), device(1), 0).unwrap();
        assert_eq!(
            document.fields(),
            fields(&[("name", "en", "Green tea"), ("product", "from_the_future", "x")])
        );
        assert_eq!(
            edit(&mut document, 1, &fields(&[("name", "en", "Green tea")])),
            None,
            "nothing to change, no change"
        );
    }

    #[test]
    fn the_short_way_and_automerge_agree() {
        let mut wanted = fields(&[
            ("name", "en", "Tea"),
            ("name", "fr", "Thé"),
            ("gtin", "00036000291452", "TEA"),
        ]);
        wanted.set("product", "minimum_age", Some(Value::Int(19)));
        wanted.set("product", "archived", Some(Value::Flag(true)));
        let change = first_change(Kind::Product, &wanted, device(1), 1_763_650_000_000);
        let mut document = Document::load(Kind::Product, [change.as_slice()]).unwrap();
        assert_eq!(document.fields(), wanted);
        assert_eq!(fields_after_first(Kind::Product, &change), Ok(Some(wanted.clone())));

        let renamed = fields(&[("name", "en", "Green tea")]);
        let second = edit(&mut document, 1, &renamed).unwrap();
        assert_eq!(fields_after_first(Kind::Product, &second), Err(ChangeError::MissingDependency));

        let by_automerge = edit(&mut Document::new(Kind::Product), 1, &wanted).unwrap();
        assert_eq!(by_automerge, change, "the same bytes");
    }

    #[test]
    fn changes_that_do_not_fit_are_refused_before_automerge_sees_them() {
        let mut document = Document::new(Kind::Product);
        let first = edit(&mut document, 1, &fields(&[("name", "en", "Tea")])).unwrap();
        let second = edit(&mut document, 1, &fields(&[("name", "en", "Green tea")])).unwrap();
        let load =
            |changes: &[&[u8]]| Document::load(Kind::Product, changes.iter().copied()).map(|_| ());

        assert_eq!(load(&[&first, &second]), Ok(()));
        assert_eq!(load(&[&second]), Err(ChangeError::MissingDependency));
        assert_eq!(load(&[&first, &first]), Err(ChangeError::WrongSeq { expected: 2, found: 1 }));
        assert!(matches!(load(&[b"garbage"]), Err(ChangeError::Unreadable(_))));
        assert!(matches!(load(&[&vec![0; MOST_CHANGE_BYTES + 1]]), Err(ChangeError::TooLarge(_))));
        for place in 0..first.len() {
            let mut forged = first.clone();
            forged[place] ^= 0x40;
            assert!(load(&[&forged]).is_err(), "byte {place}");
            assert!(fields_after_first(Kind::Product, &forged).is_err(), "byte {place}");
        }
    }
}
