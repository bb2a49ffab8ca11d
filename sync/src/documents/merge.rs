//! Documents as a receiver meets them: changes in any order, some of them bad, some of them apart.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use automerge::{Change, ObjId, ReadDoc};

use super::change::{ChangeMeta, check_place, guarded, missing, parse};
use super::{ChangeError, Document, Kind, Value, genesis};
use crate::entry::DeviceId;

/// What many changes make of a document.
#[derive(Debug)]
pub struct Merged {
    /// All changes in it that stand on each other.
    pub document: Document,
    /// The places of those that stand on changes that are not here.
    pub waiting: Vec<usize>,
    /// The places of those that are not taken in, and why.
    pub refused: Vec<(usize, ChangeError)>,
}

/// A field that devices wrote apart, with different values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The map.
    pub map: &'static str,
    /// The field.
    pub key: String,
    /// Every value and the device that wrote it, first the one that the document shows.
    pub values: Vec<(Value, DeviceId)>,
}

impl Document {
    /// A document as those of its changes make it that can be taken in, in whatever order they
    /// come. The same changes in another order make the same document.
    pub fn merge(kind: Kind, changes: &[&[u8]]) -> Merged {
        let at_once = guarded(|| Ok(merge(kind, changes, Document::apply_parsed)));
        // Whatever Automerge panics on is found by taking one after the other.
        at_once.unwrap_or_else(|_| merge(kind, changes, Document::take_parsed))
    }

    /// Takes in one change or stays as it is, even if Automerge panics on it.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), ChangeError> {
        self.take_parsed(parse(bytes)?)
    }

    fn take_parsed(&mut self, change: Change) -> Result<(), ChangeError> {
        let mut scratch = self.clone();
        guarded(|| {
            scratch.apply_parsed(change)?;
            scratch.fields();
            Ok(())
        })?;
        *self = scratch;
        Ok(())
    }

    fn apply_parsed(&mut self, change: Change) -> Result<(), ChangeError> {
        check_place(&self.meta(), &change)?;
        self.doc.apply_changes([change]).map_err(|error| ChangeError::Unreadable(error.to_string()))
    }

    pub(super) fn apply_bytes(&mut self, bytes: &[u8]) -> Result<(), ChangeError> {
        self.apply_parsed(parse(bytes)?)
    }

    /// What has to be known of its changes, the genesis among them, to judge the next one.
    pub fn meta(&mut self) -> Vec<ChangeMeta> {
        let known = self.doc.get_changes_meta(&[]);
        let meta = |change: automerge::ChangeMetadata<'_>| ChangeMeta {
            hash: change.hash.0,
            actor: change.actor.to_bytes().to_vec(),
            seq: change.seq,
            max_op: change.max_op,
        };
        known.into_iter().map(meta).collect()
    }

    /// The fields of which a person should decide what they say.
    pub fn conflicts(&self) -> Vec<Conflict> {
        let mut conflicts = Vec::new();
        for (map, object) in self.kind.maps().iter().zip(&genesis(self.kind).maps) {
            for key in self.doc.keys(object) {
                let values = self.values(object, &key);
                if values.iter().any(|(value, _)| *value != values[0].0) {
                    conflicts.push(Conflict { map, key, values });
                }
            }
        }
        conflicts
    }

    /// The plain values of a field, first the one that is shown.
    fn values(&self, object: &ObjId, key: &str) -> Vec<(Value, DeviceId)> {
        let all = self.doc.get_all(object, key).unwrap_or_default();
        let plain = |(value, id): (automerge::Value<'_>, ObjId)| {
            let device = match &id {
                ObjId::Id(_, actor, _) => actor.to_bytes().get(..16)?.try_into().ok()?,
                ObjId::Root => return None,
            };
            Some((Value::of_scalar(value.as_scalar()?)?, DeviceId(device)))
        };
        all.into_iter().rev().filter_map(plain).collect()
    }
}

fn merge(
    kind: Kind,
    changes: &[&[u8]],
    apply: impl Fn(&mut Document, Change) -> Result<(), ChangeError>,
) -> Merged {
    let mut document = Document::new(kind);
    let mut known = document.meta();
    let mut here: BTreeSet<[u8; 32]> = known.iter().map(|known| known.hash).collect();
    let mut waiting: BTreeMap<[u8; 32], Vec<(usize, Change)>> = BTreeMap::new();
    let mut refused = Vec::new();
    let mut ready = VecDeque::new();
    for (place, bytes) in changes.iter().enumerate() {
        match parse(bytes) {
            Ok(change) => ready.push_back((place, change)),
            Err(error) => refused.push((place, error)),
        }
    }
    while let Some((place, change)) = ready.pop_front() {
        if let Some(dep) = missing(&known, &change).first() {
            waiting.entry(*dep).or_default().push((place, change));
            continue;
        }
        let meta = ChangeMeta::of(&change);
        if !here.insert(meta.hash) {
            continue;
        }
        match apply(&mut document, change) {
            Ok(()) => {
                ready.extend(waiting.remove(&meta.hash).into_iter().flatten());
                known.push(meta);
            }
            Err(error) => refused.push((place, error)),
        }
    }
    refused.sort_by_key(|(place, _)| *place);
    let mut waiting: Vec<usize> = waiting.into_values().flatten().map(|(place, _)| place).collect();
    waiting.sort_unstable();
    Merged { document, waiting, refused }
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
