//! One change before Automerge sees it. Automerge takes on trust what a hostile or broken device
//! may get wrong, and panics or is of no use afterwards; so all of that is checked here.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::legacy::{Key, ObjectId, OpType};
use automerge::{Change, ChangeHash, ScalarValue};

use super::weigh::weigh;
use super::{ChangeError, Kind, MOST_CHANGE_BYTES, genesis_actor};

/// What has to be known of a change of a document to judge the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeMeta {
    /// Its hash.
    pub hash: [u8; 32],
    /// Its actor, as [`super::actor`] makes it.
    pub actor: Vec<u8>,
    /// Its place among its actor's changes of the document, from 1.
    pub seq: u64,
    /// The number of its last operation.
    pub max_op: u64,
}

impl ChangeMeta {
    pub(crate) fn of(change: &Change) -> ChangeMeta {
        ChangeMeta {
            hash: change.hash().0,
            actor: change.actor_id().to_bytes().to_vec(),
            seq: change.seq(),
            max_op: change.max_op(),
        }
    }
}

/// Reads a change that is no larger than it may be, and is what its checksum says.
pub(crate) fn parse(bytes: &[u8]) -> Result<Change, ChangeError> {
    if bytes.len() > MOST_CHANGE_BYTES {
        return Err(ChangeError::TooLarge(bytes.len()));
    }
    weigh(bytes)?;
    let change = guarded(|| {
        Change::from_bytes(bytes.to_vec())
            .map_err(|error| ChangeError::Unreadable(error.to_string()))
    })?;
    // Four bytes of magic, then the first four of the hash, which Automerge does not compare.
    if bytes.get(4..8) != Some(&change.hash().0[..4]) {
        return Err(ChangeError::BadChecksum);
    }
    Ok(change)
}

/// Does something with Automerge, whose panics become [`ChangeError::Panicked`]; so nothing that
/// merges may be built with `panic = "abort"`.
pub(super) fn guarded<T>(act: impl FnOnce() -> Result<T, ChangeError>) -> Result<T, ChangeError> {
    catch_unwind(AssertUnwindSafe(act)).unwrap_or(Err(ChangeError::Panicked))
}

/// The changes that this one stands on and `known` lacks.
pub(crate) fn missing(known: &[ChangeMeta], change: &Change) -> Vec<[u8; 32]> {
    let lacks = |dep: &&ChangeHash| !known.iter().any(|known| known.hash == dep.0);
    change.deps().iter().filter(lacks).map(|dep| dep.0).collect()
}

/// Checks the numbers of a change whose dependencies are all among `known`.
pub(crate) fn check_place(known: &[ChangeMeta], change: &Change) -> Result<(), ChangeError> {
    if change.deps().is_empty() || !missing(known, change).is_empty() {
        return Err(ChangeError::MissingDependency);
    }
    let stands_on = known.iter().filter(|known| change.deps().contains(&ChangeHash(known.hash)));
    let highest = stands_on.map(|known| known.max_op).max().unwrap_or(0);
    let own = known.iter().filter(|known| known.actor == change.actor_id().to_bytes());
    check_numbers(change, own.map(|known| known.seq).max().unwrap_or(0), highest)
}

pub(super) fn check_numbers(
    change: &Change,
    last_seq: u64,
    highest_op: u64,
) -> Result<(), ChangeError> {
    let (expected, found) = (last_seq + 1, change.seq());
    if expected != found {
        return Err(ChangeError::WrongSeq { expected, found });
    }
    let (expected, found) = (highest_op + 1, change.start_op().get());
    // Automerge counts operations in 32 bits.
    if expected != found || change.max_op() >= u64::from(u32::MAX) {
        return Err(ChangeError::WrongStartOp { expected, found });
    }
    Ok(())
}

/// The maps that a change writes into, if it does nothing but put plain values into maps of the
/// genesis and take them out.
pub(crate) fn written_maps(kind: Kind, change: &Change) -> Result<Vec<&'static str>, ChangeError> {
    let operations = guarded(|| Ok(change.decode().operations))?;
    let map = |operation: &automerge::legacy::Op| {
        let plain = match &operation.action {
            OpType::Delete => true,
            OpType::Put(value) => !matches!(value, ScalarValue::Counter(_)),
            _ => false,
        };
        let (ObjectId::Id(object), Key::Map(_), true, false) =
            (&operation.obj, &operation.key, plain, operation.insert)
        else {
            return None;
        };
        let place = usize::try_from(object.0).ok()?.checked_sub(1)?;
        kind.maps().get(place).filter(|_| object.1 == genesis_actor()).copied()
    };
    operations.iter().map(|operation| map(operation).ok_or(ChangeError::WrongShape)).collect()
}
