//! The place that head office gave to this till: where it is, which certificates it signed, how far its log was read.

use comptoir_sync::enrolment::{Enrolled as Answer, Existing, Former, Papers};
use comptoir_sync::entry::DeviceId;
use comptoir_sync::replication::message::Cursor;
use comptoir_sync::replication::vector::Site;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use ts_rs::TS;

use crate::error::Result;
use crate::till::Till;
use crate::training;
use crate::trust::enrolment::{self, Enrolled};

/// Why a till does not take part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "MembershipRefusal")]
pub enum Refusal {
    /// No address of a head office.
    #[error("{url} is not a web address: https://office.example")]
    BadOfficeUrl {
        /// As it was typed.
        url: String,
    },
    /// Anybody on the way could read along.
    #[error("{url} would be readable by anybody on the way: use https")]
    PlainOfficeUrl {
        /// As it was typed.
        url: String,
    },
    /// No connection.
    #[error("head office cannot be reached at {url}: {why}")]
    OfficeUnreachable {
        /// Where it was looked for.
        url: String,
        /// What the network said.
        why: String,
    },
    /// Something else answers there, or something much newer.
    #[error("what answers at {url} is no head office that this till understands")]
    NoOffice {
        /// Where it was looked for.
        url: String,
    },
    /// Head office does not want it.
    #[error("head office refuses ({reason}): {said}")]
    OfficeRefuses {
        /// `bad_code`, `other_tenant`, …
        reason: String,
        /// What it said, in its words.
        said: String,
    },
    /// The line broke before everything was there.
    #[error("not everything of the store is here yet: {why}. Try again with the same code")]
    StoreUnfinished {
        /// What happened.
        why: String,
    },
    /// No address of a neighbour.
    #[error("{address} is no address: 192.168.1.21, or 192.168.1.21:7710")]
    BadNeighbour {
        /// As it was typed.
        address: String,
    },
}

/// What head office gave to this till.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// `https://office.example`: where head office is.
    pub url: String,
    /// Its device.
    pub head_office: DeviceId,
    /// The certificates of this till and of the company's authority.
    pub papers: Papers,
    /// PEM of an authority that signed the server's certificate, if the system does not know it.
    pub server_authority: Option<String>,
}

impl Till {
    /// What this till, which sells already, brings along to head office.
    pub fn existing(&self) -> Result<Existing> {
        training::check_none(self.db())?;
        let identity = self.identity();
        let mut select = self.db().prepare(
            "SELECT public_key, register FROM device WHERE id <> ?1 AND id NOT IN (SELECT device FROM enrolled) ORDER BY id",
        )?;
        let former = select.query_map([identity.device.0], |row| {
            Ok(Former { key: row.get(0)?, register: row.get(1)? })
        })?;
        Ok(Existing {
            tenant: identity.tenant.clone(),
            store: identity.store.clone(),
            register: identity.register,
            epoch: identity.epoch,
            secret: self.home().store_secret()?,
            former: former.collect::<rusqlite::Result<_>>()?,
        })
    }
}

/// Keeps what head office answered, and believes what it writes from now on. What was read of another log is
/// forgotten.
pub fn join(
    db: &Connection,
    url: &str,
    server_authority: Option<&str>,
    answer: &Answer,
) -> Result<()> {
    training::check_none(db)?;
    let head_office = enrolment::device_of(&answer.head_office)?;
    let key = enrolment::key(&answer.head_office)?;
    enrolment::enrol(db, &Enrolled { key, site: Site::HeadOffice })?;
    db.execute(
        "INSERT OR REPLACE INTO membership
            (one, url, head_office, certificate, authority, valid_from, valid_until, server_authority)
         VALUES (1, ?1, ?2, x'', x'', 0, 0, ?3)",
        params![url, head_office.0, server_authority],
    )?;
    renew(db, &answer.papers)
}

/// The till's place, if it has one.
pub fn load(db: &Connection) -> Result<Option<Membership>> {
    let select = "SELECT url, head_office, server_authority, certificate, authority, valid_from, valid_until FROM membership";
    let found = db.query_row(select, [], |row| {
        Ok(Membership {
            url: row.get(0)?,
            head_office: DeviceId(row.get(1)?),
            server_authority: row.get(2)?,
            papers: Papers {
                certificate: row.get(3)?,
                authority: row.get(4)?,
                from: row.get(5)?,
                until: row.get(6)?,
            },
        })
    });
    Ok(found.optional()?)
}

/// New certificates.
pub fn renew(db: &Connection, papers: &Papers) -> Result<()> {
    db.execute(
        "UPDATE membership SET certificate = ?1, authority = ?2, valid_from = ?3, valid_until = ?4",
        params![papers.certificate, papers.authority, papers.from, papers.until],
    )?;
    Ok(())
}

/// How far head office's log was read.
pub fn cursor(db: &Connection) -> Result<Option<Cursor>> {
    let found: Option<Option<([u8; 16], u64)>> = db
        .prepare_cached("SELECT log, position FROM membership")?
        .query_row([], |row| Ok(row.get::<_, Option<[u8; 16]>>(0)?.zip(row.get(1)?)))
        .optional()?;
    let cursor = found.flatten();
    Ok(cursor.map(|(log, position)| Cursor { log: u128::from_be_bytes(log), position }))
}

/// Head office's log was read so far, and all that was in it is on this disk.
pub fn read_to(db: &Connection, cursor: Cursor) -> Result<()> {
    db.prepare_cached("UPDATE membership SET log = ?1, position = ?2")?
        .execute(params![cursor.log.to_be_bytes(), cursor.position])?;
    Ok(())
}

/// Addresses of neighbours that are dialled.
pub fn neighbours(db: &Connection) -> Result<Vec<String>> {
    let mut select = db.prepare("SELECT address FROM neighbour_address ORDER BY address")?;
    let rows = select.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Dials these neighbours from now on: names or addresses, with a port or without.
pub fn set_neighbours(till: &mut Till, addresses: &[String]) -> Result<()> {
    training::check_none(till.db())?;
    for address in addresses {
        let (host, port) = address.rsplit_once(':').unwrap_or((address, "7710"));
        let plain = |letter: char| letter.is_ascii_alphanumeric() || ".-_[]:".contains(letter);
        if host.is_empty() || !host.chars().all(plain) || port.parse::<u16>().is_err() {
            return Err(Refusal::BadNeighbour { address: address.clone() }.into());
        }
    }
    let tx = till.begin()?;
    tx.execute("DELETE FROM neighbour_address", [])?;
    for address in addresses {
        tx.execute("INSERT OR IGNORE INTO neighbour_address (address) VALUES (?1)", [address])?;
    }
    tx.commit()
}
