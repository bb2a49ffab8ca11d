//! The tenant's other devices: whose entries are believed, and until where.

use std::collections::BTreeMap;

use comptoir_sync::acceptance::Device;
use comptoir_sync::entry::{Chain, DeviceId, Entry, Scope};
use comptoir_sync::facts::trust::{DeviceEnrolled, DeviceRevoked};
use comptoir_sync::replication::message::Refusal;
use comptoir_sync::replication::vector::Site;
use ed25519_dalek::VerifyingKey;
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::{Error, Result};
use crate::till::Identity;

/// Another device of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// Its public key; its id follows from it.
    pub key: VerifyingKey,
    /// Where it stands.
    pub site: Site,
}

/// From now on a device's entries are believed.
pub fn enrol(db: &Connection, enrolled: &Enrolled) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO enrolled (device, public_key, store) VALUES (?1, ?2, ?3) ON CONFLICT (device) DO NOTHING",
    )?
    .execute(params![
        DeviceId::of(&enrolled.key).0,
        enrolled.key.as_bytes(),
        enrolled.site.store()
    ])?;
    Ok(())
}

/// A device is no longer trusted: of each chain only what stands up to its last good entry is believed, of all others
/// nothing.
pub fn revoke(db: &Connection, device: DeviceId, last_good: &BTreeMap<Chain, u64>) -> Result<()> {
    db.execute("UPDATE enrolled SET revoked = 1 WHERE device = ?1", [device.0])?;
    let mut insert = db.prepare_cached(
        "INSERT OR REPLACE INTO last_good (device, epoch, scope, seq) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (chain, seq) in last_good.iter().filter(|(chain, _)| chain.device == device) {
        insert.execute(params![device.0, chain.epoch, chain.scope.number(), seq])?;
    }
    Ok(())
}

/// Head office lets a device take part.
pub fn project_enrolled(db: &Connection, entry: &Entry, fact: &DeviceEnrolled) -> Result<()> {
    only_head_office(db, entry)?;
    let enrolled = Enrolled { key: key(&fact.public_key)?, site: Site::Store(fact.store.clone()) };
    if is_this(db, DeviceId::of(&enrolled.key))? { Ok(()) } else { enrol(db, &enrolled) }
}

/// Head office no longer trusts a device. Of itself a till keeps no list: what it writes is for others to judge.
pub fn project_revoked(db: &Connection, entry: &Entry, fact: &DeviceRevoked) -> Result<()> {
    only_head_office(db, entry)?;
    let device = DeviceId(fact.device);
    let last_good = fact.last_good.iter().map(|last| (last.chain, last.seq)).collect();
    if is_this(db, device)? { Ok(()) } else { revoke(db, device, &last_good) }
}

fn is_this(db: &Connection, device: DeviceId) -> Result<bool> {
    let select = "SELECT EXISTS (SELECT 1 FROM identity WHERE device = ?1)";
    Ok(db.prepare_cached(select)?.query_row([device.0], |row| row.get(0))?)
}

fn only_head_office(db: &Connection, entry: &Entry) -> Result<()> {
    if is_head_office(db, DeviceId(entry.device))? {
        return Ok(());
    }
    Err(Error::Broken("only head office says who takes part".into()))
}

/// Whether a device is head office of the tenant.
pub fn is_head_office(db: &Connection, device: DeviceId) -> Result<bool> {
    let select = "SELECT EXISTS (SELECT 1 FROM enrolled WHERE device = ?1 AND store IS NULL)";
    Ok(db.prepare_cached(select)?.query_row([device.0], |row| row.get(0))?)
}

/// Where a device stands, and why it gets no session, if it gets none.
pub fn standing(db: &Connection, device: DeviceId) -> Result<(Site, Option<Refusal>)> {
    let found: Option<(Option<String>, bool)> = db
        .prepare_cached("SELECT store, revoked FROM enrolled WHERE device = ?1")?
        .query_row([device.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((store, revoked)) = found else {
        return Ok((Site::HeadOffice, Some(Refusal::NotEnrolled)));
    };
    let site = store.map_or(Site::HeadOffice, Site::Store);
    Ok((site, revoked.then_some(Refusal::Revoked)))
}

/// The register that a device writes as, once its first word was taken in.
pub fn register_of(db: &Connection, device: DeviceId) -> Result<Option<u32>> {
    let select = "SELECT register FROM device WHERE id = ?1";
    Ok(db.prepare_cached(select)?.query_row([device.0], |row| row.get(0)).optional()?)
}

/// The device that stands at another register of this store; the one met last, where the register had several.
pub fn neighbour_at(db: &Connection, register: u32) -> Result<Option<DeviceId>> {
    let select = "SELECT device.id FROM device JOIN enrolled ON enrolled.device = device.id
            LEFT JOIN contact ON contact.peer = device.id
        WHERE device.register = ?1 AND enrolled.store = (SELECT store FROM identity) AND revoked = 0
        ORDER BY contact.at DESC LIMIT 1";
    let found = db.prepare_cached(select)?.query_row([register], |row| row.get(0)).optional()?;
    Ok(found.map(DeviceId))
}

/// The device that owns a public key.
pub fn device_of(public_key: &[u8; 32]) -> Result<DeviceId> {
    Ok(DeviceId::of(&key(public_key)?))
}

/// What is known of the device that writes an entry; nothing of one that nobody enrolled.
pub fn device(db: &Connection, me: &Identity, id: DeviceId) -> Result<Option<Device>> {
    let found = db
        .prepare_cached(
            "SELECT public_key, store, revoked FROM enrolled WHERE device = ?1
             UNION ALL SELECT public_key, ?2, 0 FROM device WHERE id = ?1 AND id = ?3 LIMIT 1",
        )?
        .query_row(params![id.0, me.store, me.device.0], |row| {
            Ok((
                row.get::<_, [u8; 32]>(0)?,
                row.get::<_, Option<String>>(1)?,
                row.get::<_, bool>(2)?,
            ))
        })
        .optional()?;
    let Some((bytes, store, revoked)) = found else { return Ok(None) };
    let key = key(&bytes)?;
    let epoch = db
        .prepare_cached("SELECT coalesce(max(epoch), 0) FROM chain WHERE device = ?1 AND seq > 0")?
        .query_row([id.0], |row| row.get(0))?;
    let last_good = if revoked { Some(last_good(db, id)?) } else { None };
    Ok(Some(Device { key, site: store.map_or(Site::HeadOffice, Site::Store), epoch, last_good }))
}

/// The key of a device, this till's own too, if anybody here has heard of it.
pub(crate) fn key_of(db: &Connection, device: DeviceId) -> Result<Option<VerifyingKey>> {
    let select = "SELECT public_key FROM enrolled WHERE device = ?1
        UNION ALL SELECT public_key FROM device WHERE id = ?1 LIMIT 1";
    let found: Option<[u8; 32]> =
        db.prepare_cached(select)?.query_row([device.0], |row| row.get(0)).optional()?;
    found.as_ref().map(key).transpose()
}

/// Whether a device is, or was, another one of the tenant.
pub fn is_enrolled(db: &Connection, device: DeviceId) -> Result<bool> {
    let select = "SELECT EXISTS (SELECT 1 FROM enrolled WHERE device = ?1)";
    Ok(db.prepare_cached(select)?.query_row([device.0], |row| row.get(0))?)
}

/// Every device that is or was enrolled.
pub fn all(db: &Connection) -> Result<Vec<Enrolled>> {
    let mut select = db.prepare("SELECT public_key, store FROM enrolled")?;
    let mut rows = select.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let store: Option<String> = row.get(1)?;
        let site = store.map_or(Site::HeadOffice, Site::Store);
        all.push(Enrolled { key: key(&row.get(0)?)?, site });
    }
    Ok(all)
}

/// A public key as it is kept.
pub(crate) fn key(bytes: &[u8; 32]) -> Result<VerifyingKey> {
    VerifyingKey::from_bytes(bytes)
        .map_err(|_| Error::Broken("the key of an enrolled device is none".into()))
}

fn last_good(db: &Connection, device: DeviceId) -> Result<BTreeMap<Chain, u64>> {
    let mut select =
        db.prepare_cached("SELECT epoch, scope, seq FROM last_good WHERE device = ?1")?;
    let rows = select.query_map([device.0], |row| {
        let scope = Scope::from_number(row.get(1)?);
        Ok((Chain { device, epoch: row.get(0)?, scope }, row.get(2)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
