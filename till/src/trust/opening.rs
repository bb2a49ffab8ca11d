//! What a new register is told of its store before the store's history has come: who may sign in. Head office signed
//! it, and every entry in it is signed by its device; it is kept until the journal says the same, and proven with it.

use comptoir_sync::enrolment::{BadOpening, SignedOpening};
use comptoir_sync::entry::{DeviceId, Entry};
use comptoir_sync::facts::Fact;
use ed25519_dalek::VerifyingKey;
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::{Error, Result};
use crate::journal::receive;
use crate::operators;
use crate::till::Identity;
use crate::trust::enrolment;

/// Why a register cannot open by what it was told.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// Head office's words are not believed.
    #[error(transparent)]
    Bad(#[from] BadOpening),
    /// An entry in it is not an operator's, or is not signed by a device of the store.
    #[error("an entry in it is not to be believed")]
    BadEntry,
    /// Nobody could sign in.
    #[error("it names nobody who may sign in")]
    Nobody,
}

/// Keeps what head office signed, if it can be used: its operators can sign in from then on.
pub fn keep(
    db: &Connection,
    me: &Identity,
    signed: &SignedOpening,
    head_office: &VerifyingKey,
) -> Result<std::result::Result<(), Unusable>> {
    let read = match read(db, me, signed, head_office)? {
        Ok(read) => read,
        Err(unusable) => return Ok(Err(unusable)),
    };
    let may_sign_in =
        |(_, fact): &(Entry, Fact)| matches!(fact, Fact::OperatorSaved(fact) if fact.active);
    if !read.iter().any(may_sign_in) {
        return Ok(Err(Unusable::Nobody));
    }
    db.execute(
        "INSERT INTO opening (one, bytes, signature, signed_by) VALUES (1, ?1, ?2, ?3)",
        params![signed.bytes, signed.signature, head_office.as_bytes()],
    )?;
    show(db, &read)?;
    Ok(Ok(()))
}

/// Shows what is kept in the tables of `to`, before any entry of the journal is: what is written later stands.
pub(crate) fn show_again(db: &Connection, me: &Identity, to: &Connection) -> Result<()> {
    let select = "SELECT bytes, signature, signed_by FROM opening";
    let found = db
        .query_row(select, [], |row| {
            let signed = SignedOpening { bytes: row.get(0)?, signature: row.get(1)? };
            Ok((signed, row.get::<_, [u8; 32]>(2)?))
        })
        .optional()?;
    let Some((signed, head_office)) = found else { return Ok(()) };
    if !enrolment::is_head_office(db, enrolment::device_of(&head_office)?)? {
        return Err(Error::Broken("it is not signed by the company's head office".into()));
    }
    let read = read(db, me, &signed, &enrolment::key(&head_office)?)?;
    show(to, &read.map_err(|unusable| Error::Broken(unusable.to_string()))?)
}

/// Whether the store's history is still to come.
pub fn history_is_coming(db: &Connection) -> Result<bool> {
    let select = "SELECT EXISTS (SELECT 1 FROM opening WHERE history = 0)";
    Ok(db.prepare_cached(select)?.query_row([], |row| row.get(0))?)
}

/// The journal of the store is here as far as head office has it.
pub fn history_is_here(db: &Connection) -> Result<()> {
    if history_is_coming(db)? {
        db.execute("UPDATE opening SET history = 1", [])?;
    }
    Ok(())
}

fn read(
    db: &Connection,
    me: &Identity,
    signed: &SignedOpening,
    head_office: &VerifyingKey,
) -> Result<std::result::Result<Vec<(Entry, Fact)>, Unusable>> {
    let opening = match signed.check(head_office, &me.tenant, &me.store) {
        Ok(opening) => opening,
        Err(bad) => return Ok(Err(bad.into())),
    };
    let mut read = Vec::new();
    for sealed in opening.entries {
        let said = Entry::read(&sealed.bytes).and_then(|entry| {
            let fact = Fact::read(&entry)?;
            Ok((entry, fact))
        });
        let Ok((entry, fact)) = said else { return Ok(Err(Unusable::BadEntry)) };
        let key = receive::key_of(db, DeviceId(entry.device))?;
        let signed = key.is_some_and(|key| sealed.verify(&entry, &key).is_ok());
        let ours = entry.tenant == me.tenant && entry.store == me.store;
        if !signed || !ours || !matches!(fact, Fact::OperatorSaved(_)) {
            return Ok(Err(Unusable::BadEntry));
        }
        read.push((entry, fact));
    }
    Ok(Ok(read))
}

fn show(db: &Connection, read: &[(Entry, Fact)]) -> Result<()> {
    for (entry, fact) in read {
        if let Fact::OperatorSaved(fact) = fact {
            operators::project_saved(db, entry, fact)?;
        }
    }
    Ok(())
}
