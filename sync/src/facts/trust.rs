//! Facts about the device itself.

use minicbor::{Decode, Encode};

use crate::entry::Chain;

/// The first fact of a chain's epoch: which key signs, and where it goes on from.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct EpochStarted {
    /// Ed25519 public key of the device.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub public_key: [u8; 32],
    /// The register that the device is.
    #[n(1)]
    pub register: u32,
    /// Why there is a new epoch.
    #[n(2)]
    pub reason: EpochReason,
    /// The last entry of the epoch before, as far as this device knows it.
    #[n(3)]
    pub previous: Option<PreviousEpoch>,
}

/// Why an epoch started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum EpochReason {
    /// The device is new.
    #[n(0)]
    Initialised,
    /// The database was restored from a backup.
    #[n(1)]
    Restored,
}

/// The end of an epoch as its successor saw it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct PreviousEpoch {
    /// Its device.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub device: [u8; 16],
    /// Its number.
    #[n(1)]
    pub epoch: u32,
    /// Last entry of its store chain in the backup.
    #[n(2)]
    pub seq: u64,
}

/// Head office lets a device take part: its entries are believed from now on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct DeviceEnrolled {
    /// Ed25519 public key of the device.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub public_key: [u8; 32],
    /// Code of its store.
    #[n(1)]
    pub store: String,
    /// The register that it is.
    #[n(2)]
    pub register: u32,
}

/// Head office no longer trusts a device: of each chain only what stands up to its last good entry
/// is believed, of all others nothing.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct DeviceRevoked {
    /// The device.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub device: [u8; 16],
    /// The last good entry of its chains.
    #[n(1)]
    pub last_good: Vec<LastGood>,
}

/// Until where a chain of a revoked device is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct LastGood {
    /// The chain.
    #[n(0)]
    pub chain: Chain,
    /// Its last good entry.
    #[n(1)]
    pub seq: u64,
}
