//! What a shift or a day sold, folded out of the journal: nothing is kept for it, so selling costs nothing more.

pub mod csv;
pub mod paper;

use std::cell::RefCell;
use std::collections::HashMap;

use comptoir_domain::catalog::Department;
use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::payments::{CashMove, Refusal};
use comptoir_domain::reporting::sales::{Act, Gathering, SalesReport};
use comptoir_domain::store::Store;
use comptoir_domain::text::{Language, Text};
use comptoir_hardware::printer::document::Document;
use comptoir_sync::entry::Entry;
use comptoir_sync::facts::Fact;
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
            "SELECT number, z_number, opened_at, closed_at, coalesce(name, ''), counted - expected
             FROM shift LEFT JOIN operator ON operator.id = opened_by
             WHERE register = ?1 ORDER BY number DESC LIMIT ?2",
        )?;
        let minute = |at: i64| {
            let offset = local(at, &self.zone).offset().seconds() / 60;
            local_minute(at, i16::try_from(offset).unwrap_or(0))
        };
        let row = |row: &Row<'_>| {
            Ok(ShiftRow {
                shift: row.get(0)?,
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
        let spans = self.spans(period)?;
        let departments = Departments::load(&self.db)?;
        let mut gathering = Gathering::new(self.store.currency);
        let mut select =
            db.prepare("SELECT entry FROM journal WHERE id > ?1 AND id < ?2 ORDER BY id")?;
        for (after, before) in spans {
            let mut rows = select.query([after, before])?;
            while let Some(row) = rows.next()? {
                let entry = Entry::read(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?;
                self.gather(&mut gathering, period, &entry, &departments)?;
            }
            self.gather_drawer(&mut gathering, period, after)?;
        }
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

    /// Parts of the journal, without their ends, that hold what is asked for. A day is where shifts were open on it,
    /// and where it was sold on by a clock that may have been wrong.
    fn spans(&self, period: Period) -> Result<Vec<(i64, i64)>> {
        let span = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        match period {
            Period::Shift { shift } => {
                let select = format!("{SPANS} register = ?1 AND number = ?2");
                let found =
                    self.db.query_row(&select, params![self.register, shift], span).optional()?;
                Ok(vec![found.ok_or(Refusal::UnknownShift { shift })?])
            }
            Period::Day { day } => {
                let select = format!(
                    "{SPANS} entry IN (
                         SELECT entry FROM shift WHERE opened_at < ?2 AND coalesce(closed_at, ?1) >= ?1
                         UNION SELECT shift FROM sale WHERE day = ?3
                         UNION SELECT shift FROM return_sale WHERE day = ?3)
                     ORDER BY entry"
                );
                let start = |day: Date| {
                    let start = day.to_zoned(self.zone.clone());
                    start.map_or(i64::MAX, |start| start.timestamp().as_millisecond())
                };
                let (from, to) = (start(day), start(day.tomorrow().unwrap_or(Date::MAX)));
                let mut select = self.db.prepare(&select)?;
                let found = select.query_map(params![from, to, since_1970(day)], span)?;
                Ok(found.collect::<rusqlite::Result<_>>()?)
            }
        }
    }

    fn gather(
        &self,
        gathering: &mut Gathering,
        period: Period,
        entry: &Entry,
        departments: &Departments<'_>,
    ) -> Result<()> {
        if !GATHERED.contains(&entry.kind.as_str()) {
            return Ok(());
        }
        let meant = |day: Date| period.has(day);
        let operator = entry.operator.map(|id| OperatorId(Uuid::from_bytes(id)));
        let currency = self.store.currency;
        let acted = match Fact::read(entry)? {
            Fact::SaleCompleted(fact) => {
                let (day, hour) = local_hour(fact.completed_at, fact.utc_offset_minutes);
                if meant(day) {
                    gathering.sale(hour, &fact.to_sale()?, |sku| departments.of(sku));
                }
                return Ok(());
            }
            Fact::ReturnCompleted(fact) => {
                let (day, hour) = local_hour(fact.completed_at, fact.utc_offset_minutes);
                if meant(day) {
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
        if let Some(operator) = operator.filter(|_| meant(local(entry.wall, &self.zone).date())) {
            gathering.act(operator, acted);
        }
        Ok(())
    }

    /// What the drawer of a shift was found to be over or short by, each part at whoever had it.
    fn gather_drawer(&self, gathering: &mut Gathering, period: Period, shift: i64) -> Result<()> {
        let shift = payments::find(&self.db, shift)?;
        for part in payments::hand_over::parts(&self.db, &shift, self.store.currency)? {
            let Some((at, over_short)) = part.counted else { continue };
            if !over_short.is_zero() && period.has(local(at, &self.zone).date()) {
                gathering.act(part.operator, Act::KeptDrawer(over_short));
            }
        }
        Ok(())
    }
}

impl Period {
    /// Whether what was done on `day`, in a shift that is looked at, is meant.
    fn has(self, day: Date) -> bool {
        match self {
            Period::Shift { .. } => true,
            Period::Day { day: meant } => meant == day,
        }
    }
}

/// From the opening of a shift to that of the next one on its register.
const SPANS: &str = "SELECT entry, coalesce((SELECT min(entry) FROM shift AS later
         WHERE later.register = shift.register AND later.entry > shift.entry), 9223372036854775807)
     FROM shift WHERE";

/// Queues a report to be printed.
pub fn print(till: &mut Till, reader: OperatorId, period: Period) -> Result<i64> {
    let tx = till.begin()?;
    operators::check(&tx, reader, Permission::SeeReports)?;
    let job = match period {
        Period::Shift { shift } => Job::PrintShiftSales {
            shift: payments::report::entry_of(&tx, tx.identity.register, shift)?,
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
            let shift = payments::find(till.db(), entry)?.number;
            let word = match language {
                Language::En => "Shift",
                Language::Fr => "Quart",
            };
            (Period::Shift { shift }, format!("{word} {shift}"))
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
const GATHERED: [&str; 7] = [
    "sale_completed",
    "return_completed",
    "cart_voided",
    "drawer_opened",
    "cash_moved",
    "receipt_reprinted",
    "age_refused",
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
