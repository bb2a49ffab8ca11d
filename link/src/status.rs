//! What the other nodes are doing, for whoever looks: never more than that.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use comptoir_sync::entry::DeviceId;
use serde::Serialize;
use ts_rs::TS;

/// How it stands with an address or a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "LinkState")]
pub enum State {
    /// No answer, or no network.
    Offline,
    /// Entries are on their way.
    CatchingUp,
    /// Both hold the same.
    UpToDate,
    /// The other side wants no session: `problem` says why.
    Refused,
}

/// A node that is, or should be, connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "LinkStatus")]
pub struct Status {
    /// URL or address; of a caller its address too.
    pub place: String,
    /// The device, once it is known.
    pub device: Option<String>,
    /// Whether it is head office.
    pub head_office: bool,
    /// How it stands.
    pub state: State,
    /// Why, if it is offline or refused.
    pub problem: Option<String>,
}

/// All of them, by place.
#[derive(Default)]
pub struct Board {
    rows: Mutex<BTreeMap<String, Status>>,
    watchers: Mutex<Vec<Box<dyn Fn() + Send>>>,
}

impl Board {
    /// Writes a row.
    pub(crate) fn set(&self, status: Status) {
        let place = status.place.clone();
        let before = self.rows().insert(place, status.clone());
        if before.as_ref() != Some(&status) {
            self.changed();
        }
    }

    /// Forgets a row.
    pub(crate) fn clear(&self, place: &str) {
        if self.rows().remove(place).is_some() {
            self.changed();
        }
    }

    /// Every row.
    pub fn all(&self) -> Vec<Status> {
        self.rows().values().cloned().collect()
    }

    /// Tells `watcher` whenever a row changed, and when another device said what it has.
    pub fn watch(&self, watcher: Box<dyn Fn() + Send>) {
        self.watchers.lock().unwrap_or_else(PoisonError::into_inner).push(watcher);
    }

    pub(crate) fn changed(&self) {
        for watcher in self.watchers.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            watcher();
        }
    }

    fn rows(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Status>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Status {
    pub(crate) fn offline(place: &str, head_office: bool, problem: String) -> Status {
        let place = place.to_owned();
        Status { place, device: None, head_office, state: State::Offline, problem: Some(problem) }
    }

    pub(crate) fn of(place: &str, device: DeviceId, head_office: bool, state: State) -> Status {
        let (place, device) = (place.to_owned(), Some(device.to_string()));
        Status { place, device, head_office, state, problem: None }
    }
}
