//! Taking part: enrolling at head office, agreeing with it and with neighbours, and how it stands.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

use clap::{Args, Subcommand};
use comptoir_link::enrolment::{self, Ticket};
use comptoir_link::keeper::Keeper;
use comptoir_link::lan;
use comptoir_link::mesh::{Mesh, Options};
use comptoir_till::database;
use comptoir_till::error::Error;
use comptoir_till::home::Home;
use comptoir_till::journal::{elsewhere, receive};
use comptoir_till::till::{Till, read_identity, utc};
use comptoir_till::trust::{self, membership};
use comptoir_till::turns::Turns;
use serde_json::json;

use crate::{Data, Done, Outcome, print};

#[derive(Args)]
pub(crate) struct Enrol {
    #[command(flatten)]
    store: Data,
    /// Where head office is: https://office.example
    #[arg(long, value_name = "URL")]
    head_office: String,
    /// The one-time code that head office gave out.
    #[arg(long)]
    code: String,
    /// PEM of an authority that signed head office's certificate, if this computer does not know it.
    #[arg(long, value_name = "FILE")]
    authority: Option<PathBuf>,
}

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Sync {
    #[command(subcommand)]
    what: Option<What>,
    /// The store's folder.
    #[arg(long, value_name = "DIR", required = true)]
    data: Option<PathBuf>,
    /// Head office and the neighbours that `sync neighbours` names: until both sides hold the same and print jobs are
    /// answered for, and no longer.
    #[arg(long)]
    once: bool,
    /// Where neighbours may call this till.
    #[arg(long, value_name = "ADDRESS", default_value_t = SocketAddr::from(([0, 0, 0, 0], lan::PORT)))]
    listen: SocketAddr,
    /// Does not look for neighbours by multicast DNS.
    #[arg(long)]
    no_discovery: bool,
}

#[derive(Subcommand)]
enum What {
    /// What waits, and who was met when.
    Status {
        #[command(flatten)]
        store: Data,
    },
    /// Dial these neighbours from now on, besides those that are found; without any, none.
    Neighbours {
        #[command(flatten)]
        store: Data,
        /// 192.168.1.21 or 192.168.1.21:7710
        address: Vec<String>,
    },
}

impl Enrol {
    /// A folder with a store takes part; an empty one becomes a new till of head office's store.
    pub(crate) fn run(self) -> Outcome {
        let unreadable = |path: &PathBuf| std::fs::read_to_string(path).map_err(Error::file(path));
        let authority = self.authority.as_ref().map(unreadable).transpose()?;
        let ticket = Ticket { url: self.head_office, code: self.code, authority };
        let folder = &self.store.data;
        let till = match Home::existing(folder) {
            Ok(_) => {
                let mut till = Till::open(folder)?;
                let answer = enrolment::ask(&ticket, till.key(), Some(till.existing()?), clock)?;
                enrolment::take_up(&mut till, &ticket, &answer)?;
                till
            }
            Err(_) => {
                let progress = |entries, of| eprint!("\r{entries} of {of} entries");
                let till = enrolment::join(folder, &ticket, clock, Box::new(progress));
                eprintln!();
                till?
            }
        };
        let identity = till.identity();
        print(&json!({
            "tenant": identity.tenant, "store": identity.store, "register": identity.register,
            "device": identity.device.to_string(), "head_office": ticket.url,
        }))?;
        Ok(Done::Wholly)
    }
}

impl Sync {
    pub(crate) fn run(mut self) -> Outcome {
        match (self.what.take(), self.data.take()) {
            (Some(What::Status { store }), _) => status(&store.data),
            (Some(What::Neighbours { store, address }), _) => {
                let mut till = Till::open(&store.data)?;
                membership::set_neighbours(&mut till, &address)?;
                print(&json!({ "neighbours": membership::neighbours(till.db())? }))?;
                Ok(Done::Wholly)
            }
            (None, Some(data)) => self.agree(&data),
            (None, None) => Ok(Done::Wholly),
        }
    }

    fn agree(self, data: &Path) -> Outcome {
        let till = Till::open(data)?;
        let (key, database) = (till.key().clone(), till.home().database());
        let listen = (!self.once).then_some(self.listen);
        let options = Options { database, listen, discover: !self.no_discovery, clock };
        let till = Arc::new(Turns::new(till));
        let keeper: Arc<dyn Keeper> = till;
        if self.once {
            let mesh = Mesh::quiet(keeper, key, &options)?;
            let failed = mesh.once();
            for (place, why) in &failed {
                print(&json!({ "place": place, "problem": why }))?;
            }
            drop(mesh);
            status(data)?;
            return Ok(if failed.is_empty() { Done::Wholly } else { Done::Partly });
        }
        let mesh = Mesh::start(keeper, key, &options)?;
        let (changed, changes) = mpsc::channel();
        mesh.board().watch(Box::new(move || {
            let _ = changed.send(());
        }));
        let mut told = Vec::new();
        loop {
            let all = mesh.board().all();
            for row in all.iter().filter(|row| !told.contains(*row)) {
                print(row)?;
            }
            told = all;
            if changes.recv().is_err() {
                return Ok(Done::Wholly);
            }
        }
    }
}

fn status(data: &Path) -> Outcome {
    let home = Home::existing(data)?;
    let db = database::open_reader(&home.database())?;
    let identity = read_identity(&db)?;
    let membership = membership::load(&db)?;
    let (waiting, oldest) = elsewhere::waiting(&db)?;
    let contacts = elsewhere::contacts(&db)?;
    let entries: u64 = receive::vector(&db)?.iter().map(|at| at.head.seq).sum();
    print(&json!({
        "tenant": identity.tenant, "store": identity.store, "register": identity.register, "epoch": identity.epoch,
        "device": identity.device.to_string(), "head_office": membership.map(|place| place.url),
        "waiting": waiting, "oldest_waiting": oldest.map(utc), "neighbours": membership::neighbours(&db)?,
        "contacts": contacts, "entries": entries, "began_again": trust::began_again(&db, &identity)?.map(utc),
    }))?;
    Ok(Done::Wholly)
}

fn clock() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
