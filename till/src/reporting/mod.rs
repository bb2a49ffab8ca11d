//! What a shift or a day sold, folded out of the journal: nothing is kept for it, so selling costs nothing more.

pub mod csv;
pub mod paper;

use std::cell::RefCell;
use std::collections::HashMap;

use comptoir_domain::catalog::Department;
use comptoir_domain::ids::{OperatorId, ShiftId};
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::payments::{CashMove, Refusal};
use comptoir_domain::reporting::sales::{Act, Gathering, SalesReport};
use comptoir_domain::store::Store;
use comptoir_domain::text::{Language, Text};
use comptoir_hardware::printer::document::Document;
use comptoir_sync::entry::Entry;
use comptoir_sync::facts::{Fact, Id};
use jiff::civil::{Date, date};
use jiff::tz::{Offset, TimeZone};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::outbox::{self, Job};
use crate::till::{Till, local, local_minute};
use crate::{database, operators, payments, store};

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Period {
    /// From its opening to its Z, or until now.
    Shift {
        /// Its number on this register.
        shift: u64,
        /// Which one, where tills of the register that were apart may have given the number twice; otherwise the last.
        id: Option<ShiftId>,
    },
    /// A day of the counter's calendar.
    Day {
        /// Which.
        #[ts(type = "string")]
        day: Date,
    },
}

/// A shift that can be reported on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ShiftRow {
    /// Its number on this register.
    pub shift: u64,
    /// Which one, whatever its number.
    pub id: ShiftId,
    /// Number of its Z; none while it is open.
    pub z: Option<u64>,
    /// Local time, `2025-11-20 09:02`.
    pub opened_at: String,
    /// Local time; none while it is open.
    pub closed_at: Option<String>,
    /// Name of who opened it.
    pub opened_by: String,
    /// Counted minus expected; none while it is open.
    pub over_short: Option<Money>,
}

/// A store's books beside the till that writes them, so that a long report holds nobody up.
pub struct Books {
    db: Connection,
    store: Store,
    zone: TimeZone,
    register: u32,
}

impl Books {
    /// The books of an open till, for `reader`.
    pub fn open(till: &Till, reader: OperatorId) -> Result<Books> {
        operators::check(till.db(), reader, Permission::SeeReports)?;
        Books::of(till)
    }

    fn of(till: &Till) -> Result<Books> {
        Ok(Books {
            db: database::open_reader(&till.home().database())?,
            store: till.store().clone(),
            zone: till.zone(),
            register: till.identity().register,
        })
    }

    /// Shifts of this register, the last one first.
    pub fn shifts(&self, most: u32) -> Result<Vec<ShiftRow>> {
        let mut select = self.db.prepare(
            "SELECT number, z_number, opened_at, closed_at, coalesce(name, ''), counted - expected, shift.id
             FROM shift LEFT JOIN operator ON operator.id = opened_by
             WHERE register = ?1 ORDER BY number DESC, opened_at DESC, shift.id LIMIT ?2",
        )?;
        let minute = |at: i64| {
            let offset = local(at, &self.zone).offset().seconds() / 60;
            local_minute(at, i16::try_from(offset).unwrap_or(0))
        };
        let row = |row: &Row<'_>| {
            Ok(ShiftRow {
                shift: row.get(0)?,
                id: ShiftId(Uuid::from_bytes(row.get(6)?)),
                z: row.get(1)?,
                opened_at: minute(row.get(2)?),
                closed_at: row.get::<_, Option<i64>>(3)?.map(minute),
                opened_by: row.get(4)?,
                over_short: row
                    .get::<_, Option<i64>>(5)?
                    .map(|minor| Money::new(minor, self.store.currency)),
            })
        };
        Ok(select.query_map(params![self.register, most], row)?.collect::<rusqlite::Result<_>>()?)
    }

    /// What was sold in a period. Refuses to answer when it does not add up.
    pub fn sales(&self, period: Period) -> Result<SalesReport> {
        let db = self.db.unchecked_transaction()?;
        let found = self.spans(period)?;
        let meant = match (period, &found[..]) {
            (Period::Shift { .. }, [only]) => Meant::Shift(Box::new(self.of_shift(only.shift)?)),
            (Period::Shift { shift, .. }, _) => return Err(Refusal::UnknownShift { shift }.into()),
            (Period::Day { day }, _) => Meant::Day(day),
        };
        let departments = Departments::load(&self.db)?;
        let mut gathering = Gathering::new(self.store.currency);
        let mut select = db.prepare(
                "SELECT id, entry FROM journal
                 WHERE id > ?1 AND id < ?2 AND NOT EXISTS (SELECT 1 FROM hidden WHERE hidden.entry = journal.id) ORDER BY id",
            )?;
        let mut read = 0;
        for Span { shift, before } in found {
            // Registers of one store sell at the same time: no entry is read twice.
            let mut rows = select.query([shift.max(read), before])?;
            while let Some(row) = rows.next()? {
                read = row.get(0)?;
                let entry = Entry::read(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)?;
                self.gather(&mut gathering, &meant, read, &entry, &departments)?;
            }
            self.gather_drawer(&mut gathering, &meant, shift)?;
        }
        self.gather_trainings(&mut gathering, period)?;
        let name = |operator| operators::find(&db, operator).map(|found| found.name);
        let report = gathering.report(
            |department| departments.name(department),
            |operator| name(operator).unwrap_or_default(),
        );
        if report.adds_up() {
            Ok(report)
        } else {
            Err(Error::Broken(format!("the sales of {period:?} do not add up")))
        }
    }

    /// Parts of the journal that hold what is asked for. A day is where shifts were open on it, and where it was sold
    /// on by a clock that may have been wrong.
    fn spans(&self, period: Period) -> Result<Vec<Span>> {
        let span = |row: &Row<'_>| Ok(Span { shift: row.get(0)?, before: row.get(1)? });
        match period {
            Period::Shift { shift, id } => {
                let entry = payments::report::entry_of(&self.db, self.register, shift, id)?;
                let select = format!("{SPANS} entry = ?1");
                Ok(vec![self.db.query_row(&select, [entry], span)?])
            }
            Period::Day { day } => {
                let select = format!(
                    "{SPANS} entry IN (
                         SELECT entry FROM shift WHERE opened_at < ?2 AND coalesce(closed_at, ?1) >= ?1
                         UNION SELECT shift FROM sale WHERE day = ?3
                         UNION SELECT shift FROM return_sale WHERE day = ?3)
                     ORDER BY entry"
                );
                let (from, to) = self.bounds(day);
                let mut select = self.db.prepare(&select)?;
                let found = select.query_map(params![from, to, since_1970(day)], span)?;
                Ok(found.collect::<rusqlite::Result<_>>()?)
            }
        }
    }

    /// The shift whose opening stands at `entry`.
    fn of_shift(&self, entry: i64) -> Result<OneShift> {
        let next = "SELECT min(later.entry) FROM shift AS later JOIN shift ON shift.register = later.register
            AND shift.entry < later.entry WHERE shift.entry = ?1";
        let next: Option<i64> = self.db.query_row(next, [entry], |row| row.get(0))?;
        let devices =
            "SELECT id FROM device WHERE register = (SELECT register FROM shift WHERE entry = ?1)";
        let mut devices = self.db.prepare(devices)?;
        let devices = devices.query_map([entry], |row| row.get(0))?;
        Ok(OneShift {
            id: Id(payments::find(&self.db, entry)?.id.0.into_bytes()),
            next: next.unwrap_or(i64::MAX),
            devices: devices.collect::<rusqlite::Result<_>>()?,
        })
    }

    fn gather(
        &self,
        gathering: &mut Gathering,
        meant: &Meant,
        id: i64,
        entry: &Entry,
        departments: &Departments<'_>,
    ) -> Result<()> {
        if !GATHERED.contains(&entry.kind.as_str()) {
            return Ok(());
        }
        let fact = Fact::read(entry)?;
        if let Fact::SaidAgain(said) = fact {
            let entry = Entry::read(&said.entry.bytes)?;
            return self.gather(gathering, meant, id, &entry, departments);
        }
        if let Meant::Shift(shift) = meant
            && !shift.has(id, entry, &fact)
        {
            return Ok(());
        }
        let operator = entry.operator.map(|id| OperatorId(Uuid::from_bytes(id)));
        let currency = self.store.currency;
        let acted = match fact {
            Fact::SaleCompleted(fact) => {
                let (day, hour) = local_hour(fact.completed_at, fact.utc_offset_minutes);
                if meant.has(day) {
                    gathering.sale(hour, &fact.to_sale()?, |sku| departments.of(sku));
                }
                return Ok(());
            }
            Fact::ReturnCompleted(fact) => {
                let (day, hour) = local_hour(fact.completed_at, fact.utc_offset_minutes);
                if meant.has(day) {
                    gathering.take_back(hour, &fact.to_return()?, |sku| departments.of(sku));
                }
                return Ok(());
            }
            Fact::CartVoided(fact) => Act::VoidedCart(Money::new(
                fact.lines.iter().map(|line| line.amount).sum(),
                currency,
            )),
            Fact::DrawerOpened(_) => Act::NoSale,
            Fact::CashMoved(fact) => {
                let kind = CashMove::ALL.into_iter().find(|kind| kind.as_str() == fact.kind);
                let Some(kind) = kind else { return Ok(()) };
                Act::MovedCash(kind, Money::new(fact.amount, currency))
            }
            Fact::ReceiptReprinted(_) => Act::Reprinted,
            Fact::AgeRefused(_) => Act::RefusedForAge,
            _ => return Ok(()),
        };
        let on = |at| meant.has(local(at, &self.zone).date());
        if let Some(operator) = operator.filter(|_| on(entry.wall)) {
            gathering.act(operator, acted);
        }
        Ok(())
    }

    /// Who began trainings, also while no shift was open, and who approved them.
    fn gather_trainings(&self, gathering: &mut Gathering, period: Period) -> Result<()> {
        const SELECT: &str = "SELECT operator, approved_by,
                (SELECT coalesce(max(sales), 0) FROM training_end WHERE training = training.id)
            FROM training WHERE";
        let read = |row: &Row<'_>| {
            let approved_by = row.get::<_, Option<[u8; 16]>>(1)?;
            Ok((row.get::<_, [u8; 16]>(0)?, approved_by, row.get::<_, u64>(2)?))
        };
        let found: Vec<_> = match period {
            Period::Shift { shift, id } => {
                let entry = payments::report::entry_of(&self.db, self.register, shift, id)?;
                let OneShift { next, .. } = self.of_shift(entry)?;
                let select = format!("{SELECT} register = ?1 AND entry > ?2 AND entry < ?3");
                let mut select = self.db.prepare(&select)?;
                let rows = select.query_map(params![self.register, entry, next], read)?;
                rows.collect::<rusqlite::Result<_>>()?
            }
            Period::Day { day } => {
                let mut select =
                    self.db.prepare(&format!("{SELECT} began_at >= ?1 AND began_at < ?2"))?;
                let (from, to) = self.bounds(day);
                let rows = select.query_map([from, to], read)?;
                rows.collect::<rusqlite::Result<_>>()?
            }
        };
        let who = |id| OperatorId(Uuid::from_bytes(id));
        for (operator, approved_by, sales) in found {
            gathering.act(who(operator), Act::Trained);
            gathering.act(who(operator), Act::Practised(sales));
            if let Some(approver) = approved_by {
                gathering.act(who(approver), Act::ApprovedTraining);
            }
        }
        Ok(())
    }

    /// When a day of the counter's calendar begins, and when the next one does.
    fn bounds(&self, day: Date) -> (i64, i64) {
        let start = |day: Date| {
            let start = day.to_zoned(self.zone.clone());
            start.map_or(i64::MAX, |start| start.timestamp().as_millisecond())
        };
        (start(day), start(day.tomorrow().unwrap_or(Date::MAX)))
    }

    /// What the drawer of a shift was found to be over or short by, each part at whoever had it.
    fn gather_drawer(&self, gathering: &mut Gathering, meant: &Meant, shift: i64) -> Result<()> {
        let shift = payments::find(&self.db, shift)?;
        for part in payments::hand_over::parts(&self.db, &shift, self.store.currency)? {
            let Some((at, over_short)) = part.counted else { continue };
            if !over_short.is_zero() && meant.has(local(at, &self.zone).date()) {
                gathering.act(part.operator, Act::KeptDrawer(over_short));
            }
        }
        Ok(())
    }
}

/// What of the entries that are read is meant.
enum Meant {
    Day(Date),
    Shift(Box<OneShift>),
}

impl Meant {
    /// Whether what was done on `day` is meant, if its shift is.
    fn has(&self, day: Date) -> bool {
        match self {
            Meant::Shift(_) => true,
            Meant::Day(meant) => *meant == day,
        }
    }
}

/// One shift, among all that the registers of the store do at the same time.
struct OneShift {
    id: Id,
    /// The next opening on its register.
    next: i64,
    /// Those of its register.
    devices: Vec<[u8; 16]>,
}

impl OneShift {
    /// What names no shift is of the one that its register opened last.
    fn has(&self, id: i64, entry: &Entry, fact: &Fact) -> bool {
        match fact.shift() {
            Some(shift) => shift == self.id,
            None => id < self.next && self.devices.contains(&entry.device),
        }
    }
}

/// A part of the journal: what lies behind the opening of a shift, and before `before`.
struct Span {
    shift: i64,
    before: i64,
}

/// From the opening of a shift to that of the next one on its register; and to what another till of the register still
/// did in it, without knowing of the next one.
const SPANS: &str = "SELECT entry, max(
         coalesce((SELECT min(entry) FROM shift AS later
             WHERE later.register = shift.register AND later.entry > shift.entry), 9223372036854775807),
         1 + coalesce((SELECT max(entry) FROM sale WHERE entry > shift.entry AND sale.shift = shift.entry), 0),
         1 + coalesce((SELECT max(entry) FROM return_sale WHERE entry > shift.entry AND return_sale.shift = shift.entry), 0),
         1 + coalesce((SELECT max(entry) FROM cart_void WHERE entry > shift.entry AND cart_void.shift = shift.entry), 0),
         1 + coalesce((SELECT max(entry) FROM cash_movement WHERE entry > shift.entry AND cash_movement.shift = shift.entry), 0),
         1 + coalesce((SELECT max(entry) FROM no_sale WHERE entry > shift.entry AND no_sale.shift = shift.entry), 0))
     FROM shift WHERE";

/// Queues a report to be printed.
pub fn print(till: &mut Till, reader: OperatorId, period: Period) -> Result<i64> {
    let tx = till.begin()?;
    operators::check(&tx, reader, Permission::SeeReports)?;
    let job = match period {
        Period::Shift { shift, id } => Job::PrintShiftSales {
            shift: payments::report::entry_of(&tx, tx.identity.register, shift, id)?,
        },
        Period::Day { day } => Job::PrintDaySales { day },
    };
    let job = outbox::push(&tx, &job)?;
    tx.commit()?;
    Ok(job)
}

/// The number by which a job names a day: below nothing, for entries of the journal are above.
pub(crate) fn number_of(day: Date) -> i64 {
    -since_1970(day)
}

/// The day of such a number.
pub(crate) fn day_of(number: i64) -> Result<Date> {
    let day = date(1970, 1, 1).checked_sub(jiff::Span::new().days(number));
    day.map_err(|error| Error::Broken(error.to_string()))
}

/// The paper of a day or of a shift.
pub(crate) fn sheet(till: &Till, subject: Subject, language: Language) -> Result<Document> {
    let books = Books::of(till)?;
    let (period, of) = match subject {
        Subject::Day(day) => {
            let day = day_of(day)?;
            (Period::Day { day }, day.to_string())
        }
        Subject::Shift(entry) => {
            let shift = payments::find(till.db(), entry)?;
            let word = match language {
                Language::En => "Shift",
                Language::Fr => "Quart",
            };
            let (id, shift) = (Some(shift.id), shift.number);
            (Period::Shift { shift, id }, format!("{word} {shift}"))
        }
    };
    Ok(paper::document(till.store(), &of, &books.sales(period)?, language))
}

/// What is printed, as the outbox has it.
pub(crate) enum Subject {
    /// By the number that its job has.
    Day(i64),
    /// Place of its opening in the journal.
    Shift(i64),
}

/// Kinds of facts that a report is made of; the others are not even decoded.
const GATHERED: [&str; 8] = [
    "sale_completed",
    "return_completed",
    "cart_voided",
    "drawer_opened",
    "cash_moved",
    "receipt_reprinted",
    "age_refused",
    "said_again",
];

/// The counter's day and hour when a fact was made.
fn local_hour(at: i64, utc_offset_minutes: i16) -> (Date, u8) {
    let local = at + i64::from(utc_offset_minutes) * 60_000;
    let local = jiff::Timestamp::from_millisecond(local).unwrap_or_default();
    let local = Offset::UTC.to_datetime(local);
    (local.date(), u8::try_from(local.hour()).unwrap_or(0))
}

fn since_1970(day: Date) -> i64 {
    let days = day.since(date(1970, 1, 1)).map(|span| span.get_days());
    i64::from(days.unwrap_or(0))
}

/// Which department a SKU is in, and the one above all of it.
struct Departments<'db> {
    db: &'db Connection,
    rows: HashMap<String, Department>,
    tops: RefCell<HashMap<String, Option<String>>>,
}

impl<'db> Departments<'db> {
    fn load(db: &'db Connection) -> Result<Departments<'db>> {
        let rows = store::departments(db)?;
        let rows = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
        Ok(Departments { db, rows, tops: RefCell::default() })
    }

    fn of(&self, sku: &str) -> Option<String> {
        if let Some(found) = self.tops.borrow().get(sku) {
            return found.clone();
        }
        let select =
            "SELECT department FROM sku JOIN product ON product.id = product WHERE code = ?1";
        let found = self.db.prepare_cached(select).and_then(|mut select| {
            select.query_row([sku], |row| row.get::<_, String>(0)).optional()
        });
        let top = found.ok().flatten().and_then(|found| self.top(found));
        self.tops.borrow_mut().insert(sku.to_owned(), top.clone());
        top
    }

    fn top(&self, mut id: String) -> Option<String> {
        // a tree has no more levels than departments
        for _ in 0..self.rows.len() {
            match self.rows.get(&id)?.parent.clone() {
                Some(parent) => id = parent,
                None => return Some(id),
            }
        }
        None
    }

    fn name(&self, id: Option<&str>) -> Text {
        match id.and_then(|id| self.rows.get(id)) {
            Some(department) => department.name.clone(),
            None => Text::new("No department", "Sans rayon"),
        }
    }
}
