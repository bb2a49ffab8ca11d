//! Taking part: what goes on beside the window between this till, its neighbours and head office.

use std::sync::{Arc, Mutex, PoisonError};

use comptoir_domain::operators::Permission;
use comptoir_link::enrolment::{self, Ticket};
use comptoir_link::keeper::{Keeper, node_of};
use comptoir_link::lan;
use comptoir_link::mesh::{Mesh, Options};
use comptoir_link::paper::Neighbour;
use comptoir_link::status::Status;
use comptoir_sync::acceptance::Received;
use comptoir_sync::entry::DeviceId;
use comptoir_sync::replication::lost::Found;
use comptoir_sync::replication::paper::{Printer, Word};
use comptoir_sync::replication::vector::{Head, Node};
use comptoir_till::error::Result;
use comptoir_till::journal::elsewhere::{self, ClockOff, Contact};
use comptoir_till::journal::receive::Taken;
use comptoir_till::orders::twice;
use comptoir_till::till::utc;
use comptoir_till::trust::{self, membership, opening};
use comptoir_till::{conflicts, operators};
use serde::Serialize;
use serde_json::Value;
use tauri::State;
use ts_rs::TS;

use crate::desk::Desk;
use crate::devices::Push;
use crate::failure::Answer;

/// The lines of this till; none while it takes part nowhere.
#[derive(Default)]
pub(crate) struct Links {
    mesh: Mutex<Option<Mesh>>,
    push: Mutex<Option<Push>>,
}

/// How this till takes part, as its settings show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct LinkView {
    /// Code of the company.
    tenant: String,
    /// Where head office is; none before it is enrolled.
    head_office: Option<String>,
    /// This device.
    device: String,
    /// Entries that head office does not have yet.
    waiting: u64,
    /// When the oldest of them was written: RFC 3339, UTC.
    oldest: Option<String>,
    /// When this till began anew, because it was restored, its disk went back in time, or a copy of it runs: RFC 3339, UTC.
    began_again: Option<String>,
    /// The store's sales from before this till was there are still to come.
    history_is_coming: bool,
    /// Head office and neighbours that are connected, or should be.
    lines: Vec<Status>,
    /// Everybody who was met.
    contacts: Vec<Contact>,
    /// Addresses that are dialled.
    neighbours: Vec<String>,
    /// The port at which neighbours reach this till; none while they cannot.
    port: Option<u16>,
}

/// What the strip shows of it; nothing while this till takes part nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub(crate) struct LinkLamp {
    /// Head office is connected.
    online: bool,
    /// Another till of the store is connected.
    neighbours: bool,
    /// Everything is elsewhere, too.
    up_to_date: bool,
    /// Entries that head office does not have yet.
    waiting: u64,
    /// A clock that is minutes apart from this one.
    clock_off: Option<ClockOff>,
    /// Fields of documents that were written apart, and that somebody has to decide.
    undecided: u32,
    /// Sales of which more came back than was sold, at registers apart from each other.
    taken_back_twice: u32,
}

impl Keeper for Desk {
    fn node(&self) -> Node {
        node_of(self.inner.lock_behind().real().identity())
    }

    fn keep(&self, from: DeviceId, entries: Vec<Received>) -> Result<(Taken, Vec<Received>)> {
        let stop = || self.inner.is_awaited();
        let (taken, left) =
            self.inner.lock_behind().real().receive_until(entries, Some(from), &stop)?;
        if taken.documents {
            self.links.push("goods", Value::Null);
        }
        if taken.carts {
            self.links.push("carts", Value::Null);
        }
        Ok((taken, left))
    }

    fn regain(&self, found: &Found) -> Result<Option<Vec<Head>>> {
        let regained = self.inner.lock_behind().real().regain(found)?;
        if regained.documents {
            self.links.push("goods", Value::Null);
        }
        if regained.carts {
            self.links.push("carts", Value::Null);
        }
        Ok(regained.known)
    }

    fn renew_epoch(&self, beyond: u32) -> Result<()> {
        self.inner.lock_behind().real().renew_epoch(beyond)
    }

    fn speaks_of_paper(&self) -> bool {
        true
    }

    fn printer(&self) -> Printer {
        Desk::printer(self)
    }

    fn hear(&self, from: DeviceId, word: Word) -> Result<Option<Word>> {
        self.hear_of_paper(from, word)
    }

    fn leave_epoch(&self, beyond: u32) -> Result<()> {
        self.inner.lock_behind().real().leave_epoch(beyond)
    }
}

impl Links {
    /// Begins, if this till has a place at a head office; what was going on before ends.
    pub(crate) fn start(desk: &Arc<Desk>, push: Option<Push>) -> Result<()> {
        if let Some(push) = push {
            *desk.links.push.lock().unwrap_or_else(PoisonError::into_inner) = Some(push);
        }
        let (key, database, member) = {
            let mut inner = desk.lock();
            let till = inner.real();
            let member = membership::load(till.db())?.is_some();
            (till.key().clone(), till.home().database(), member)
        };
        let before = desk.links.mesh().take();
        drop(before);
        if !member {
            return Ok(());
        }
        let listen = Some(([0, 0, 0, 0], lan::PORT).into());
        let options = Options { database, listen, discover: true, clock };
        let mesh = Mesh::start(Arc::<Desk>::clone(desk), key, &options)?;
        let watching = Arc::downgrade(desk);
        mesh.board().watch(Box::new(move || {
            if let Some(desk) = watching.upgrade() {
                desk.links.push("link", Value::Null);
            }
        }));
        desk.lock().real().tell(Box::new(mesh.grown()));
        *desk.links.mesh() = Some(mesh);
        Ok(())
    }

    fn mesh(&self) -> std::sync::MutexGuard<'_, Option<Mesh>> {
        self.mesh.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lines(&self) -> Vec<Status> {
        self.mesh().as_ref().map(|mesh| mesh.board().all()).unwrap_or_default()
    }

    fn port(&self) -> Option<u16> {
        self.mesh().as_ref().and_then(Mesh::listening).map(|address| address.port())
    }

    /// Tills of the store that are connected.
    pub(crate) fn neighbours(&self) -> Vec<Neighbour> {
        self.mesh().as_ref().map(Mesh::neighbours).unwrap_or_default()
    }

    /// Print jobs, or the printer, may be other than they were.
    pub(crate) fn speak_of_paper(&self) {
        if let Some(mesh) = &*self.mesh() {
            mesh.speak_of_paper();
        }
    }

    pub(crate) fn push(&self, name: &str, payload: Value) {
        let push = self.push.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(push) = push {
            push(name, payload);
        }
    }
}

/// What the strip shows.
#[tauri::command(async)]
pub(crate) fn link_lamp(desk: State<'_, Arc<Desk>>) -> Answer<Option<LinkLamp>> {
    use comptoir_link::status::State::{CatchingUp, UpToDate};
    let lines = desk.links.lines();
    desk.real(|till| {
        if membership::load(till.db())?.is_none() {
            return Ok(None);
        }
        let (waiting, _) = elsewhere::waiting(till.db())?;
        let connected = |line: &&Status| matches!(line.state, CatchingUp | UpToDate);
        let online = lines.iter().filter(connected).any(|line| line.head_office);
        let neighbours = lines.iter().filter(connected).any(|line| !line.head_office);
        let up_to_date = waiting == 0 && lines.iter().all(|line| line.state != CatchingUp);
        let clock_off = elsewhere::clock_off(till.db())?;
        let undecided = conflicts::count(till.db())?;
        let taken_back_twice = twice::count(till.db(), till.now())?;
        Ok(Some(LinkLamp {
            online,
            neighbours,
            up_to_date,
            waiting,
            clock_off,
            undecided,
            taken_back_twice,
        }))
    })
}

/// What its settings show.
#[tauri::command(async)]
pub(crate) fn link_view(desk: State<'_, Arc<Desk>>) -> Answer<LinkView> {
    view(&desk)
}

/// Takes part at a head office, by a one-time code.
#[tauri::command(async)]
pub(crate) fn enrol(desk: State<'_, Arc<Desk>>, url: String, code: String) -> Answer<LinkView> {
    let ticket = Ticket { url: url.trim().to_owned(), code, authority: None };
    let (key, existing) = desk.signed_in(|till, manager| {
        operators::check(till.db(), manager.id, Permission::ChangeSettings)?;
        Ok((till.key().clone(), till.existing()?))
    })?;
    let answer = enrolment::ask(&ticket, &key, Some(existing), clock)?;
    desk.real(|till| enrolment::take_up(till, &ticket, &answer))?;
    Links::start(&desk, None)?;
    view(&desk)
}

/// Dials these neighbours from now on, besides those that are found.
#[tauri::command(async)]
pub(crate) fn set_neighbours(
    desk: State<'_, Arc<Desk>>,
    addresses: Vec<String>,
) -> Answer<LinkView> {
    desk.signed_in(|till, manager| {
        operators::check(till.db(), manager.id, Permission::ChangeSettings)?;
        let addresses: Vec<String> = addresses.iter().map(|one| one.trim().to_owned()).collect();
        membership::set_neighbours(till, &addresses)
    })?;
    Links::start(&desk, None)?;
    view(&desk)
}

fn view(desk: &Desk) -> Answer<LinkView> {
    let (lines, port) = (desk.links.lines(), desk.links.port());
    desk.real(|till| {
        let (waiting, oldest) = elsewhere::waiting(till.db())?;
        Ok(LinkView {
            tenant: till.identity().tenant.clone(),
            head_office: membership::load(till.db())?.map(|place| place.url),
            device: till.identity().device.to_string(),
            waiting,
            oldest: oldest.map(utc),
            began_again: trust::began_again(till.db(), till.identity())?.map(utc),
            history_is_coming: opening::history_is_coming(till.db())?,
            lines,
            contacts: elsewhere::contacts(till.db())?,
            neighbours: membership::neighbours(till.db())?,
            port,
        })
    })
}

pub(crate) fn clock() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
