//! What tills of one store say to each other about paper: how their receipt printers are, and print
//! jobs that one gives to another because its own printer cannot print.
//!
//! A job has an id of its own, which its first till draws and keeps on disk before it says it. Whoever
//! is given it answers once that is on disk, answers the same however often it is asked, and gives it
//! back only as long as nothing of it was sent to the printer. So a lost word is asked again, and no
//! job is printed twice by two tills that each do not know of the other.

use minicbor::decode::{self, Decode, Decoder};
use minicbor::encode::{self, Encode, Encoder, Write};

use super::message::numbered;

/// Jobs of one word.
pub const MOST_JOBS: usize = 20;
/// Bytes of one job's document: many times what the longest receipt takes.
pub const MOST_DOCUMENT_BYTES: usize = 48 * 1024;

/// The id of a job that was given away.
pub type JobId = [u8; 16];

/// One word about paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// How this side's receipt printer is. Said at the beginning and whenever it changes.
    Printer(Printer),
    /// Print these, in this order, after what waits already.
    Print(Vec<PrintJob>),
    /// How far jobs are that were given.
    Jobs(Vec<JobAt>),
    /// How far are they, or stop them.
    Ask(Vec<Asked>),
}

/// A receipt printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Printer {
    /// How it is.
    #[n(0)]
    pub state: PrinterState,
}

/// A job to be printed.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct PrintJob {
    /// Its id.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub id: JobId,
    /// What it is.
    #[n(1)]
    pub what: Paper,
    /// A receipt number, `Z 12`, a day, or who handed over to whom.
    #[n(2)]
    pub name: String,
    /// The document in JSON, without columns or code pages: its printer has its own.
    #[n(3)]
    pub document: String,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct JobAt {
    /// Its id.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub id: JobId,
    /// How far.
    #[n(1)]
    pub how: How,
    /// Why it is not printed there, if it is not.
    #[n(2)]
    pub why: Option<Why>,
}

/// What is wanted to be known of a job, or done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Asked {
    /// Its id.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub id: JobId,
    /// What.
    #[n(1)]
    pub wish: Wish,
}

numbered! {
    /// How a receipt printer is.
    PrinterState {
        /// It prints, or nothing is known against it.
        Ready = 0,
        /// There is none, or nobody tends it.
        None = 1,
        /// It cannot print until somebody acts, or cannot be reached.
        Stopped = 2,
        /// The roll is at its end.
        PaperOut = 3,
        /// The cover is open.
        CoverOpen = 4,
        /// The cutter is stuck.
        CutterJammed = 5,
        /// It cannot be reached.
        Disconnected = 6,
    }
}

numbered! {
    /// What a job is.
    Paper {
        /// A receipt.
        Receipt = 0,
        /// A receipt, a Z or a slip again, marked.
        Duplicate = 1,
        /// An X, a Z, or the slip of a hand-over.
        Report = 2,
        /// What a day or a shift sold.
        Sales = 3,
    }
}

numbered! {
    /// How far a job is.
    How {
        /// It waits, nothing of it was sent.
        Waiting = 0,
        /// It is being printed.
        Printing = 1,
        /// The printer confirmed it.
        Printed = 2,
        /// Sent to a printer that confirms nothing.
        Sent = 3,
        /// Perhaps on paper: a person has to look.
        Unknown = 4,
        /// It was not printed here, and never will be.
        NotHere = 5,
        /// Nobody here has heard of it.
        Unheard = 6,
    }
}

numbered! {
    /// Why a job is not printed.
    Why {
        /// It was asked back.
        GivenBack = 0,
        /// The printer cannot print.
        PrinterStopped = 1,
        /// There is no printer.
        NoPrinter = 2,
        /// Too many wait already.
        Full = 3,
        /// Its document is too large.
        TooLarge = 4,
        /// Its document cannot be read, or asks for more than paper.
        Unreadable = 5,
        /// It comes from a till that is not believed.
        NotBelieved = 6,
    }
}

numbered! {
    /// What is to be done with a job.
    Wish {
        /// Say how far it is.
        Tell = 0,
        /// Give it back if nothing of it was sent to the printer.
        GiveBack = 1,
        /// A person has settled it at its own till: it is not printed any more, nor asked about.
        Forget = 2,
    }
}

impl Printer {
    /// No printer.
    pub const NONE: Printer = Printer { state: PrinterState::None };

    /// Why it would take no job, if it would take none.
    pub const fn refuses(self) -> Option<Why> {
        match self.state {
            PrinterState::Ready => Option::None,
            PrinterState::None => Some(Why::NoPrinter),
            _ => Some(Why::PrinterStopped),
        }
    }
}
