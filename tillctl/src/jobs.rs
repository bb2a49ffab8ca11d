//! What waits for the printer, and giving it to a neighbour's.

use clap::{Args, Subcommand};
use comptoir_till::outbox::{self, Refusal, given};
use comptoir_till::till::Till;
use comptoir_till::trust::enrolment;
use comptoir_till::{error, operators};

use crate::{Data, Done, Outcome, print};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Jobs {
    #[command(subcommand)]
    what: Option<What>,
    /// The store's folder.
    #[arg(long, value_name = "DIR", required = true)]
    data: Option<std::path::PathBuf>,
}

#[derive(Subcommand)]
enum What {
    /// Give all that would print by itself to another register's printer; `sync` carries it there.
    Give {
        /// The register's number.
        #[arg(long, value_name = "REGISTER")]
        to: u32,
        #[command(flatten)]
        store: Data,
    },
    /// Ask for one back that was given; `sync` carries the question.
    TakeBack {
        /// Its number.
        job: i64,
        #[command(flatten)]
        store: Data,
    },
    /// Say of one in question, or of one whose neighbour is gone, that it came out, or have it printed again, marked.
    Settle {
        /// Its number.
        job: i64,
        /// It is on paper.
        #[arg(long, conflicts_with = "again", required_unless_present = "again")]
        came_out: bool,
        /// It is printed again, here.
        #[arg(long)]
        again: bool,
        #[command(flatten)]
        store: Data,
    },
}

impl Jobs {
    pub(crate) fn run(self) -> Outcome {
        let till = match (self.what, self.data) {
            (Some(What::Give { to, store }), _) => give(&store, to)?,
            (Some(What::TakeBack { job, store }), _) => {
                let till = Till::open(&store.data)?;
                given::take_back(&till, operators::console(till.db())?, job)?;
                till
            }
            (Some(What::Settle { job, came_out, store, .. }), _) => {
                let till = Till::open(&store.data)?;
                outbox::settle(&till, operators::console(till.db())?, job, came_out)?;
                till
            }
            (None, Some(data)) => Till::open(&data)?,
            (None, None) => return Ok(Done::Wholly),
        };
        for row in outbox::list(&till)? {
            print(&row)?;
        }
        Ok(Done::Wholly)
    }
}

fn give(store: &Data, register: u32) -> error::Result<Till> {
    let mut till = Till::open(&store.data)?;
    let by = operators::console(till.db())?;
    let neighbour = enrolment::neighbour_at(till.db(), register)?;
    let to = neighbour.ok_or(Refusal::NeighbourCannotPrint)?;
    given::give(&mut till, by, to, register)?;
    Ok(till)
}
