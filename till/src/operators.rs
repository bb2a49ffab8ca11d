//! People: who they are, how they sign in, and what is refused to them.
//!
//! A PIN is short, so it is kept only as argon2id keyed with a secret that is not in the database:
//! a stolen database alone cannot be searched for PINs.

use std::sync::{Mutex, PoisonError};

use argon2::password_hash::{Output, PasswordHash, PasswordHasher, Salt, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use comptoir_domain::ids::OperatorId;
use comptoir_domain::operators::{
    LOCK_MILLIS, Permission, Role, WRONG_PINS_THAT_LOCK, initials, is_well_formed_pin,
};
use comptoir_domain::text::Language;
use comptoir_sync::entry::Entry;
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::operators::{
    ApprovalGiven, OperatorSaved, SignInFailed, SignedIn, SignedOut,
};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::journal;
use crate::till::{Till, Tx, utc};
use crate::training;

/// Characters of a name.
const MOST_NAME: usize = 40;

/// Why somebody may not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "OperatorsRefusal")]
pub enum Refusal {
    /// Nobody is signed in.
    #[error("sign in first")]
    NotSignedIn,
    /// There is no such operator, or they have left.
    #[error("there is no operator {operator}")]
    UnknownOperator {
        /// As asked for.
        operator: String,
    },
    /// The PIN is not theirs.
    #[error("wrong PIN: {tries_left} tries left")]
    WrongPin {
        /// Until the name is locked.
        tries_left: u32,
    },
    /// Too many wrong PINs.
    #[error("locked until {until}")]
    LockedOut {
        /// RFC 3339, UTC.
        until: String,
    },
    /// A PIN is four to eight digits.
    #[error("a PIN has four to eight digits")]
    BadPin,
    /// Somebody has to be able to run the store.
    #[error("a store keeps one manager who can sign in: make somebody else a manager first")]
    LastManager,
    /// Nobody can be told apart without one.
    #[error("an operator has a name of at most {most} characters")]
    BadName {
        /// Characters.
        most: usize,
    },
    /// Needs a higher role.
    #[error("this needs a {}", needs.as_str())]
    NotAllowed {
        /// The least role that may.
        needs: Role,
    },
}

/// A person who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Operator {
    /// Who.
    pub id: OperatorId,
    /// As shown on the tile and the receipt.
    pub name: String,
    /// For the disc on the tile.
    pub initials: String,
    /// What they are trusted with.
    pub role: Role,
    /// Preferred language.
    pub language: Language,
}

/// Everybody who can sign in at the counter, by name.
pub fn list(db: &Connection) -> Result<Vec<Operator>> {
    let mut select = db.prepare_cached(
        "SELECT id, name, role, language FROM operator WHERE active AND pin_hash IS NOT NULL ORDER BY role, name, id",
    )?;
    Ok(select.query_map([], read_operator)?.collect::<rusqlite::Result<_>>()?)
}

/// Somebody who signs in here or did, as whoever manages them sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Person {
    /// Who.
    #[serde(flatten)]
    #[ts(flatten)]
    pub operator: Operator,
    /// False once they have left.
    pub active: bool,
    /// RFC 3339, UTC: after too many wrong PINs.
    pub locked_until: Option<String>,
}

/// Everybody who ever could sign in, those who have left last.
pub fn people(till: &mut Till, by: OperatorId) -> Result<Vec<Person>> {
    let tx = till.begin()?;
    check(&tx, by, Permission::ManageOperators)?;
    let mut select = tx.prepare_cached(
        "SELECT id, name, role, language, active, locked_until FROM operator WHERE pin_hash IS NOT NULL
         ORDER BY active DESC, role, name, id",
    )?;
    let person = |row: &rusqlite::Row<'_>| {
        let until = row.get::<_, Option<i64>>(5)?.filter(|until| *until > tx.wall);
        let (operator, active) = (read_operator(row)?, row.get(4)?);
        Ok(Person { operator, active, locked_until: until.map(utc) })
    };
    Ok(select.query_map([], person)?.collect::<rusqlite::Result<_>>()?)
}

/// One operator, also one that cannot sign in.
pub fn find(db: &Connection, id: OperatorId) -> Result<Operator> {
    let select = "SELECT id, name, role, language FROM operator WHERE id = ?1 AND active";
    let found =
        db.prepare_cached(select)?.query_row([id.0.into_bytes()], read_operator).optional()?;
    found.ok_or_else(|| Refusal::UnknownOperator { operator: id.to_string() }.into())
}

/// The name of an operator, also of one who has left.
pub fn name_of(db: &Connection, id: OperatorId) -> Result<String> {
    let select = "SELECT name FROM operator WHERE id = ?1";
    let name = db.prepare_cached(select)?.query_row([id.0.into_bytes()], |row| row.get(0));
    Ok(name.optional()?.unwrap_or_default())
}

/// One operator by id or by name, as scripts name them.
pub fn find_named(db: &Connection, name: &str) -> Result<Operator> {
    if let Ok(id) = name.parse() {
        return find(db, id);
    }
    let select = "SELECT id, name, role, language FROM operator WHERE name = ?1 AND active";
    let found = db.prepare_cached(select)?.query_row([name], read_operator).optional()?;
    found.ok_or_else(|| Refusal::UnknownOperator { operator: name.to_owned() }.into())
}

/// The operator that commands without a window act as. It has no PIN: whoever may write the store's
/// files may do this.
pub fn console(db: &Connection) -> Result<OperatorId> {
    find(db, CONSOLE).map(|operator| operator.id)
}

const CONSOLE: OperatorId = OperatorId(Uuid::from_u128(0x0c05_501e_0000_7000_8000_0000_0000_0001));

pub(crate) fn add_console(tx: &Tx<'_>) -> Result<()> {
    let fact = OperatorSaved {
        id: CONSOLE.0.into(),
        name: "tillctl".into(),
        role: Role::Manager.as_str().into(),
        language: Language::En.code().into(),
        pin_hash: None,
        active: true,
    };
    tx.record(&Fact::OperatorSaved(fact), None)?;
    Ok(())
}

/// Whether `operator` may do `permission`; else why not. What is meant to stay is not done in a training.
pub fn check(db: &Connection, operator: OperatorId, permission: Permission) -> Result<()> {
    if !find(db, operator)?.role.may(permission) {
        return Err(Refusal::NotAllowed { needs: permission.needs() }.into());
    }
    match permission.is_practised() {
        true => Ok(()),
        false => training::check_none(db),
    }
}

/// Adds an operator with a PIN.
pub fn add(
    till: &mut Till,
    by: OperatorId,
    name: &str,
    role: Role,
    language: Language,
    pin: &str,
) -> Result<Operator> {
    if !is_well_formed_pin(pin) {
        return Err(Refusal::BadPin.into());
    }
    let pin_hash = hash_pin(&till.secret, pin)?;
    let tx = till.begin()?;
    check(&tx, by, Permission::ManageOperators)?;
    let id = OperatorId(tx.new_id());
    let fact = OperatorSaved {
        id: id.0.into(),
        name: named(name)?,
        role: role.as_str().to_owned(),
        language: language.code().to_owned(),
        pin_hash: Some(pin_hash),
        active: true,
    };
    tx.record(&Fact::OperatorSaved(fact), Some(by))?;
    let operator = find(&tx, id)?;
    tx.commit()?;
    Ok(operator)
}

/// Whether anybody can sign in. Nobody can in a store that was only just made.
pub fn anybody(db: &Connection) -> Result<bool> {
    let select = "SELECT 1 FROM operator WHERE active AND pin_hash IS NOT NULL";
    Ok(db.prepare_cached(select)?.exists([])?)
}

/// Adds the manager of a store in which nobody can sign in yet.
pub fn add_first_manager(
    till: &mut Till,
    name: &str,
    language: Language,
    pin: &str,
) -> Result<Operator> {
    if anybody(till.db())? {
        return Err(Refusal::NotAllowed { needs: Permission::ManageOperators.needs() }.into());
    }
    let console = console(till.db())?;
    add(till, console, name, Role::Manager, language, pin)
}

/// Refuses a name or a PIN that no operator can have.
pub fn check_new(name: &str, pin: &str) -> Result<()> {
    named(name)?;
    if is_well_formed_pin(pin) { Ok(()) } else { Err(Refusal::BadPin.into()) }
}

/// What is to be different about an operator; none leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// As shown on the tile and the receipt.
    pub name: Option<String>,
    /// What they are trusted with.
    pub role: Option<Role>,
    /// Preferred language.
    pub language: Option<Language>,
    /// A new PIN.
    pub pin: Option<String>,
    /// Whether they may sign in; who has left stays in the journal.
    pub active: Option<bool>,
}

/// Changes an operator. What they did before stays theirs.
pub fn change(till: &mut Till, by: OperatorId, id: OperatorId, change: Change) -> Result<()> {
    let Change { name, role, language, pin, active } = change;
    if pin.as_deref().is_some_and(|pin| !is_well_formed_pin(pin)) {
        return Err(Refusal::BadPin.into());
    }
    let new_hash = pin.map(|pin| hash_pin(&till.secret, &pin)).transpose()?;
    let tx = till.begin()?;
    check(&tx, by, Permission::ManageOperators)?;
    let known = tx
        .prepare_cached("SELECT id, name, role, language, pin_hash, active FROM operator WHERE id = ?1 AND pin_hash IS NOT NULL")?
        .query_row([id.0.into_bytes()], |row| {
            Ok((read_operator(row)?, row.get::<_, Option<String>>(4)?, row.get::<_, bool>(5)?))
        })
        .optional()?;
    let (operator, pin_hash, was_active) =
        known.ok_or_else(|| Refusal::UnknownOperator { operator: id.to_string() })?;
    let role = role.unwrap_or(operator.role);
    let fact = OperatorSaved {
        id: id.0.into(),
        name: named(&name.unwrap_or(operator.name))?,
        role: role.as_str().to_owned(),
        language: language.unwrap_or(operator.language).code().to_owned(),
        pin_hash: new_hash.or(pin_hash),
        active: active.unwrap_or(was_active),
    };
    let still_manages = fact.active && role == Role::Manager;
    let others = "SELECT 1 FROM operator WHERE id <> ?1 AND active AND pin_hash IS NOT NULL AND role = 'manager'";
    let was_manager = was_active && operator.role == Role::Manager;
    if was_manager && !still_manages && !tx.prepare_cached(others)?.exists([id.0.into_bytes()])? {
        return Err(Refusal::LastManager.into());
    }
    tx.record(&Fact::OperatorSaved(fact), Some(by))?;
    tx.commit()
}

fn named(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MOST_NAME || name.chars().any(char::is_control) {
        return Err(Refusal::BadName { most: MOST_NAME }.into());
    }
    Ok(name.to_owned())
}

/// Signs in with a PIN. Five wrong ones in a row lock the name for five minutes; right and wrong
/// ones are facts.
pub fn sign_in(till: &mut Till, id: OperatorId, pin: &str) -> Result<Operator> {
    let right = Fact::SignedIn(SignedIn { operator: id.0.into() });
    prove(till, id, pin, &right)
}

/// Somebody who proved by PIN that they approve what another may not do alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approver(OperatorId);

impl Approver {
    /// Who.
    pub const fn id(self) -> OperatorId {
        self.0
    }
}

/// Approves by PIN, without signing anybody in or out. Wrong PINs count as at signing in. Whether the
/// approver's role is enough is decided where it is known what was approved.
pub fn approve(till: &mut Till, approver: OperatorId, pin: &str) -> Result<Approver> {
    let right = Fact::ApprovalGiven(ApprovalGiven { approver: approver.0.into() });
    Ok(Approver(prove(till, approver, pin, &right)?.id))
}

/// Records `right` when the PIN is; else that it was wrong, and refuses.
fn prove(till: &mut Till, id: OperatorId, pin: &str, right: &Fact) -> Result<Operator> {
    let secret = till.secret;
    let tx = till.begin()?;
    let operator = find(&tx, id)?;
    let select = "SELECT pin_hash, wrong_pins, locked_until FROM operator WHERE id = ?1";
    let (pin_hash, wrong, locked_until): (Option<String>, u32, Option<i64>) = tx
        .prepare_cached(select)?
        .query_row([id.0.into_bytes()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    if let Some(until) = locked_until.filter(|until| *until > tx.wall) {
        return Err(Refusal::LockedOut { until: utc(until) }.into());
    }
    if pin_hash.is_some_and(|hash| pin_fits(&secret, pin, &hash)) {
        tx.record(right, Some(id))?;
        tx.commit()?;
        return Ok(operator);
    }
    // A lock that has run out begins a new count.
    let wrong = if locked_until.is_some() { 1 } else { wrong + 1 };
    let locked_until = (wrong >= WRONG_PINS_THAT_LOCK).then_some(tx.wall + LOCK_MILLIS);
    tx.record(
        &Fact::SignInFailed(SignInFailed { operator: id.0.into(), wrong, locked_until }),
        None,
    )?;
    tx.commit()?;
    match locked_until {
        Some(until) => Err(Refusal::LockedOut { until: utc(until) }.into()),
        None => Err(Refusal::WrongPin { tries_left: WRONG_PINS_THAT_LOCK - wrong }.into()),
    }
}

/// Signs out.
pub fn sign_out(till: &mut Till, operator: OperatorId) -> Result<()> {
    let tx = till.begin()?;
    tx.record(&Fact::SignedOut(SignedOut { operator: operator.0.into() }), Some(operator))?;
    tx.commit()
}

/// Rows of an operator as of now.
pub fn project_saved(db: &Connection, entry: &Entry, fact: &OperatorSaved) -> Result<()> {
    // What was written last stands, in whatever order it comes.
    db.prepare_cached(
        "INSERT INTO operator (id, name, role, language, pin_hash, active, written, written_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role, language = excluded.language,
             pin_hash = excluded.pin_hash, active = excluded.active, written = excluded.written,
             written_by = excluded.written_by
         WHERE (excluded.written, excluded.written_by) >= (written, written_by)",
    )?
    .execute(params![
        fact.id.0,
        fact.name,
        fact.role,
        fact.language,
        fact.pin_hash,
        fact.active,
        entry.hlc.cast_signed(),
        entry.device
    ])?;
    Ok(())
}

/// Says of operators from before it was kept when they were written, once.
pub(crate) fn read_older(db: &Connection) -> Result<()> {
    if !db.prepare("SELECT 1 FROM setting WHERE key = 'read_operators'")?.exists([])? {
        return Ok(());
    }
    let tx = db.unchecked_transaction()?;
    let mut select = tx.prepare(
        "SELECT id FROM journal WHERE instr(entry, CAST('operator_saved' AS BLOB)) > 0 ORDER BY id",
    )?;
    for entry in select.query_map([], |row| row.get(0))? {
        if let (entry, Fact::OperatorSaved(fact)) = journal::read_fact(&tx, entry?)? {
            project_saved(&tx, &entry, &fact)?;
        }
    }
    drop(select);
    tx.execute("DELETE FROM setting WHERE key = 'read_operators'", [])?;
    Ok(tx.commit()?)
}

/// A right PIN forgives the wrong ones.
pub fn project_signed_in(db: &Connection, fact: &SignedIn) -> Result<()> {
    forgive(db, fact.operator.0)
}

/// Also when it was given to approve.
pub fn project_approval(db: &Connection, fact: &ApprovalGiven) -> Result<()> {
    forgive(db, fact.approver.0)
}

fn forgive(db: &Connection, operator: [u8; 16]) -> Result<()> {
    db.prepare_cached("UPDATE operator SET wrong_pins = 0, locked_until = NULL WHERE id = ?1")?
        .execute([operator])?;
    Ok(())
}

/// A wrong PIN counts.
pub fn project_failed(db: &Connection, fact: &SignInFailed) -> Result<()> {
    db.prepare_cached("UPDATE operator SET wrong_pins = ?2, locked_until = ?3 WHERE id = ?1")?
        .execute(params![fact.operator.0, fact.wrong, fact.locked_until])?;
    Ok(())
}

/// OWASP's second recommendation for argon2id: 19 MiB, two passes, one lane.
fn argon(secret: &[u8]) -> Result<Argon2<'_>> {
    let broken = |error: argon2::Error| Error::Broken(format!("argon2: {error}"));
    Argon2::new_with_secret(secret, Algorithm::Argon2id, Version::V0x13, params().map_err(broken)?)
        .map_err(broken)
}

fn params() -> argon2::Result<Params> {
    Params::new(19 * 1024, 2, 1, None)
}

fn hash_pin(secret: &[u8], pin: &str) -> Result<String> {
    let broken = |error: argon2::password_hash::Error| Error::Broken(format!("argon2: {error}"));
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|error| Error::Broken(format!("no randomness: {error}")))?;
    let salt = SaltString::encode_b64(&salt).map_err(broken)?;
    Ok(argon(secret)?.hash_password(pin.as_bytes(), &salt).map_err(broken)?.to_string())
}

/// What argon2 works in. It is kept: to get and clear so much memory takes as long as the work itself, and somebody
/// stands at the counter.
static MEMORY: Mutex<Vec<Block>> = Mutex::new(Vec::new());

/// Gets the memory in which PINs are proven, so that nobody waits for it.
pub fn get_ready() {
    with_memory(params().map_or(0, |params| params.block_count()), |_| ());
}

fn with_memory<T>(blocks: usize, work: impl FnOnce(&mut [Block]) -> T) -> T {
    let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    if memory.len() < blocks {
        memory.resize(blocks, Block::new());
    }
    work(&mut memory[..blocks])
}

fn pin_fits(secret: &[u8], pin: &str, hash: &str) -> bool {
    let proven = || {
        let hash = PasswordHash::new(hash).ok()?;
        let (salt, expected) = (hash.salt?, hash.hash?);
        let params = Params::try_from(&hash).ok()?;
        let blocks = params.block_count();
        let argon =
            Argon2::new_with_secret(secret, Algorithm::Argon2id, Version::V0x13, params).ok()?;
        let mut bytes = [0; Salt::MAX_LENGTH];
        let salt = salt.decode_b64(&mut bytes).ok()?;
        let output = Output::init_with(expected.len(), |output| {
            with_memory(blocks, |memory| {
                argon.hash_password_into_with_memory(pin.as_bytes(), salt, output, memory)
            })
            .map_err(|_| argon2::password_hash::Error::Crypto)
        });
        // in the same time wherever they differ
        Some(output.ok()? == expected)
    };
    proven().unwrap_or(false)
}

fn read_operator(row: &rusqlite::Row<'_>) -> rusqlite::Result<Operator> {
    let (name, role, language): (String, String, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
    Ok(Operator {
        id: OperatorId(Uuid::from_bytes(row.get(0)?)),
        initials: initials(&name),
        // A role that a newer till knows is trusted with the least.
        role: Role::parse(&role).unwrap_or(Role::Cashier),
        language: Language::from_code(&language).unwrap_or(Language::En),
        name,
    })
}
