//! Training: a copy of the store beside it, in which people practise and which is thrown away. The copy is a till of its
//! own, with a key that nobody knows and an epoch that says what it is; it has no place at a head office, no neighbours,
//! no card terminal, and never opens the drawer. The store itself only says that there was a training, and how much was
//! practised: whoever sells in one and keeps the cash is found by that.

use std::fs;
use std::path::{Path, PathBuf};

use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::operators::Permission;
use comptoir_domain::text::Language;
pub use comptoir_domain::training::{Practised, Refusal};
use comptoir_domain::training::{epoch_of, is_of_training, training_of};
use comptoir_hardware::printer::document::{Align, Document, Item, Style};
use comptoir_sync::entry::Entry;
use comptoir_sync::facts::operators::SignInFailed;
use comptoir_sync::facts::training::{TrainingBegan, TrainingEnded};
use comptoir_sync::facts::{Fact, Id};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::cart::permitted;
use crate::error::{Error, Result};
use crate::home::Home;
use crate::operators::Approver;
use crate::till::{Clock, Identity, Till, Tx, read_identity, system_clock};
use crate::trust::backup;
use crate::{database, outbox, payments};

/// Where the copy is, in the folder of its store.
const FOLDER: &str = "training";

/// What a copy does not take along: what waits for the real printer, whom the store speaks to, and where cards are
/// really charged.
const LEFT_BEHIND: &str = "
    DELETE FROM given_job;
    DELETE FROM taken_job;
    DELETE FROM outbox;
    DELETE FROM membership;
    DELETE FROM neighbour_address;
    DELETE FROM setting WHERE key = 'terminal' OR key = 'terminal_password';
    UPDATE card_attempt SET put_away = 1 WHERE put_away = 0;";

impl Identity {
    /// The number of the training that this is a till of; none of a real one.
    pub const fn training(&self) -> Option<u32> {
        training_of(self.epoch)
    }
}

impl Till {
    /// The number of the training that this is the copy for; none of a real store.
    pub const fn training(&self) -> Option<u32> {
        self.identity().training()
    }
}

/// Begins a training: notes it in the store, and answers a copy of the store to practise in. Somebody is at the till
/// for nothing else meanwhile, so nothing may be in hand.
pub fn begin(till: &mut Till, operator: OperatorId, approver: Option<Approver>) -> Result<Till> {
    begin_at(till, operator, approver, Box::new(system_clock))
}

/// [`begin`] with another clock for the copy.
pub fn begin_at(
    till: &mut Till,
    operator: OperatorId,
    approver: Option<Approver>,
    clock: Clock,
) -> Result<Till> {
    if till.training().is_some() {
        return Err(Refusal::TrainingAlready.into());
    }
    let approved_by = approver.map(Approver::id);
    let tx = till.begin()?;
    permitted(&tx, operator, approved_by, Permission::Train.needs())?;
    payments::check_nothing_in_hand(&tx)?;
    payments::terminal_check::check_idle(&tx)?;
    let number = next_number(&tx, tx.identity.register)?;
    drop(tx);

    let folder = folder_of(till.home());
    throw_away(&folder)?;
    let begun = copy(till, &folder, number, clock).and_then(|copy| {
        let tx = till.begin()?;
        let fact = TrainingBegan {
            id: tx.new_id().into(),
            register: tx.identity.register,
            number,
            approved_by: approved_by.map(|approver| approver.0.into()),
        };
        tx.record(&Fact::TrainingBegan(fact), Some(operator))?;
        outbox::give_up_drawer(&tx)?;
        tx.commit()?;
        Ok(copy)
    });
    if begun.is_err() {
        throw_away(&folder)?;
    }
    begun
}

/// Ends a training, by whoever is signed in there: the store says how much was practised, and the copy is gone.
pub fn end(till: &mut Till, copy: Till, operator: Option<OperatorId>) -> Result<Practised> {
    let left = Left::of(copy.db(), copy.store().currency)?;
    let this = copy.training();
    let folder = copy.home().folder().to_owned();
    drop(copy);
    let tx = till.begin()?;
    for (id, number) in unended(&tx, tx.identity.register)? {
        // One before it may have been ended on a full disk, which had no room to say so.
        record_end(&tx, id, Some(&left).filter(|_| this == Some(number)), operator)?;
    }
    tx.commit()?;
    // What somebody still reads in it may hold it: it goes at the next start, or before the next training.
    if let Err(error) = throw_away(&folder) {
        tracing::warn!(%error, "the copy of a training is still there");
    }
    Ok(left.practised)
}

/// Nobody trains any more when the program starts: a training that was never ended is ended now, and what is left of
/// its copy is thrown away.
pub(crate) fn recover(till: &mut Till) -> Result<()> {
    let folder = folder_of(till.home());
    let tx = till.begin()?;
    for (id, number) in unended(&tx, tx.identity.register)? {
        // The copy of another training, half of one, or none at all: how much was practised is not known.
        let left = left_over(&folder, number, &tx).unwrap_or_else(|error| {
            tracing::warn!(%error, "what is left of a training cannot be read");
            None
        });
        record_end(&tx, id, left.as_ref(), None)?;
    }
    tx.commit()?;
    throw_away(&folder)
}

/// Whether a database is the copy of a training.
pub(crate) fn is_on(db: &Connection) -> Result<bool> {
    let select = "SELECT epoch FROM identity";
    let epoch: Option<u32> =
        db.prepare_cached(select)?.query_row([], |row| row.get(0)).optional()?;
    Ok(epoch.and_then(training_of).is_some())
}

/// Refuses in the copy of a training what would reach out of it.
pub fn check_none(db: &Connection) -> Result<()> {
    match is_on(db)? {
        true => Err(Refusal::NotInTraining.into()),
        false => Ok(()),
    }
}

/// A slip as a training prints it: every part of it that is cut off says at both ends that it is none, in both
/// languages, for whoever finds it. Bars that a scanner would take for something real are only read out.
pub(crate) fn mark(paper: Document, first: Language) -> Document {
    let (word, said) = match first {
        Language::En => {
            ("TRAINING · FORMATION", ["Nothing was really sold.", "Rien n’a vraiment été vendu."])
        }
        Language::Fr => {
            ("FORMATION · TRAINING", ["Rien n’a vraiment été vendu.", "Nothing was really sold."])
        }
    };
    let big = |marked: &mut Document| {
        marked.styled(word, Style::BOLD_DOUBLE, Align::Centre);
    };
    let mut marked = Document::new();
    let mut at_top = true;
    for item in paper.items {
        let cut = matches!(item, Item::PartialCut | Item::FullCut);
        if at_top && !cut {
            big(&mut marked);
            for line in said {
                marked.centred(line);
            }
            marked.blank();
        }
        if cut && !at_top {
            marked.blank();
            big(&mut marked);
        }
        at_top = cut;
        match item {
            Item::Barcode { data } if !is_of_training(&data) => marked.centred(data),
            item => marked.push(item),
        };
    }
    if !at_top {
        marked.blank();
        big(&mut marked);
    }
    marked
}

/// The row of a training.
pub(crate) fn project_began(
    db: &Connection,
    id: i64,
    entry: &Entry,
    fact: &TrainingBegan,
) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO training (entry, id, register, number, operator, approved_by, began_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        id,
        fact.id.0,
        fact.register,
        fact.number,
        entry.operator,
        fact.approved_by.map(|approver| approver.0),
        entry.wall
    ])?;
    Ok(())
}

/// The row of its end.
pub(crate) fn project_ended(db: &Connection, id: i64, fact: &TrainingEnded) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO training_end (entry, training, sales, returns, sold) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![id, fact.id.0, fact.sales, fact.returns, fact.sold])?;
    Ok(())
}

fn folder_of(home: &Home) -> PathBuf {
    home.folder().join(FOLDER)
}

fn throw_away(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::file(folder)(error))
        }
        _ => Ok(()),
    }
}

/// The copy goes on from the store as one does that was restored on another machine, in the epoch of its training.
fn copy(till: &Till, folder: &Path, number: u32, clock: Clock) -> Result<Till> {
    let home = Home::new(folder)?;
    home.take_store_secret(&till.secret)?;
    home.remember_epoch(epoch_of(number) - 1)?;
    backup::backup(till.home().folder(), &home.database(), &mut |_, _| {})?;
    let db = Connection::open(home.database())?;
    db.execute_batch(LEFT_BEHIND)?;
    db.close().map_err(|(_, error)| error)?;
    Till::begin_epoch(folder, till.identity())?;
    Till::open_copy(folder, clock)
}

fn next_number(db: &Connection, register: u32) -> Result<u32> {
    let select = "SELECT coalesce(max(number), 0) + 1 FROM training WHERE register = ?1";
    Ok(db.prepare_cached(select)?.query_row([register], |row| row.get(0))?)
}

/// Trainings of a register that nothing says the end of, with their numbers.
fn unended(db: &Connection, register: u32) -> Result<Vec<(Id, u32)>> {
    let mut select = db.prepare_cached(
        "SELECT id, number FROM training WHERE register = ?1
             AND NOT EXISTS (SELECT 1 FROM training_end WHERE training = training.id) ORDER BY entry",
    )?;
    let found = select.query_map([register], |row| Ok((Id(row.get(0)?), row.get(1)?)))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Says that a training is over. Who has tried PINs in it has tried them.
fn record_end(
    tx: &Tx<'_>,
    id: Id,
    left: Option<&Left>,
    operator: Option<OperatorId>,
) -> Result<()> {
    for failed in left.iter().flat_map(|left| &left.wrong_pins) {
        let same =
            "SELECT 1 FROM operator WHERE id = ?1 AND wrong_pins = ?2 AND locked_until IS ?3";
        let known = params![failed.operator.0, failed.wrong, failed.locked_until];
        if !tx.prepare_cached(same)?.exists(known)? {
            tx.record(&Fact::SignInFailed(failed.clone()), None)?;
        }
    }
    let practised = left.map(|left| left.practised);
    let fact = TrainingEnded {
        id,
        sales: practised.map(|practised| practised.sales),
        returns: practised.map(|practised| practised.returns),
        sold: practised.map(|practised| practised.sold.minor()),
        currency: tx.store.currency.code().to_owned(),
    };
    tx.record(&Fact::TrainingEnded(fact), operator)?;
    Ok(())
}

/// What is taken from a copy before it is thrown away.
struct Left {
    practised: Practised,
    /// Names whose PIN was wrong last: ending a training forgives nobody.
    wrong_pins: Vec<SignInFailed>,
}

impl Left {
    fn of(db: &Connection, currency: Currency) -> Result<Left> {
        let Identity { register, epoch, .. } = read_identity(db)?;
        let sales =
            "SELECT count(*), coalesce(sum(total), 0) FROM sale WHERE register = ?1 AND epoch = ?2";
        let (sales, sold) =
            db.query_row(sales, [register, epoch], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let returns = "SELECT count(*) FROM return_sale WHERE register = ?1 AND epoch = ?2";
        let returns = db.query_row(returns, [register, epoch], |row| row.get(0))?;
        let practised = Practised { sales, returns, sold: Money::new(sold, currency) };
        let wrong = "SELECT id, wrong_pins, locked_until FROM operator WHERE wrong_pins > 0";
        let mut wrong = db.prepare(wrong)?;
        let failed = |row: &Row<'_>| {
            let (operator, wrong, locked_until) = (Id(row.get(0)?), row.get(1)?, row.get(2)?);
            Ok(SignInFailed { operator, wrong, locked_until })
        };
        let wrong_pins = wrong.query_map([], failed)?.collect::<rusqlite::Result<_>>()?;
        Ok(Left { practised, wrong_pins })
    }
}

/// What a copy that was never ended holds, if it is that of this training.
fn left_over(folder: &Path, number: u32, tx: &Tx<'_>) -> Result<Option<Left>> {
    let Ok(home) = Home::existing(folder) else { return Ok(None) };
    let db = database::open_beside(&home.database())?;
    match read_identity(&db)?.training() == Some(number) {
        true => Left::of(&db, tx.store.currency).map(Some),
        false => Ok(None),
    }
}
