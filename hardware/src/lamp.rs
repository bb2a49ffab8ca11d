//! What a device shows about itself: one lamp, and the cause behind it.

use serde::{Deserialize, Serialize};

/// The state of one device, as a coloured lamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lamp {
    /// Works.
    Ready,
    /// Works, and will soon need somebody: paper is low.
    Attention,
    /// Answers, and cannot work until somebody acts: paper out, cover open.
    Stopped,
    /// Cannot be reached.
    Offline,
    /// At work on a job.
    Busy,
    /// Cannot be told. Legal: many printers cannot be read back.
    Unknown,
}

/// Why a lamp is not simply ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The roll is at its end.
    PaperOut,
    /// The roll is nearly at its end.
    PaperLow,
    /// The cover is open.
    CoverOpen,
    /// The cutter is stuck.
    CutterJammed,
    /// The device answers that it is offline and names no reason.
    Offline,
    /// The device answers that it has failed.
    Failed,
    /// The port or the host cannot be reached, or went away.
    Disconnected,
    /// It is connected and answers nothing.
    Silent,
    /// It stopped taking bytes in the middle of a job.
    Stalled,
    /// It is still working.
    Busy,
    /// It is not able to answer at all.
    CannotBeRead,
    /// No such device has been set up.
    NotConfigured,
}

impl Cause {
    /// The lamp that goes with this cause.
    pub fn lamp(self) -> Lamp {
        match self {
            Cause::PaperLow => Lamp::Attention,
            Cause::PaperOut | Cause::CoverOpen | Cause::CutterJammed | Cause::Failed => {
                Lamp::Stopped
            }
            Cause::Offline | Cause::Disconnected | Cause::Silent | Cause::Stalled => Lamp::Offline,
            Cause::Busy => Lamp::Busy,
            Cause::CannotBeRead | Cause::NotConfigured => Lamp::Unknown,
        }
    }
}
