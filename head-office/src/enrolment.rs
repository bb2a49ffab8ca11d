//! How a device comes to take part: one-time codes, places in stores, certificates, and the facts
//! by which everybody learns of it.

use comptoir_sync::enrolment::{
    CODE_ALPHABET, Enrolled, Existing, OPENING_VERSION, Opening, Papers, Request, SignedOpening,
    canonical,
};
use comptoir_sync::entry::DeviceId;
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::trust::DeviceEnrolled;
use comptoir_sync::replication::vector::Site;
use ed25519_dalek::{SigningKey, VerifyingKey};
use serde_json::json;
use sqlx::{PgConnection, Row};

use crate::audit::{self, What, Who};
use crate::certificates::{self, Certificate};
use crate::devices::{self, number};
use crate::error::{Error, Result};
use crate::hub::News;
use crate::journal;
use crate::journal::record::record;
use crate::office::{Identity, Office};
use crate::vault::{Purpose, random};
use crate::{operators, tenants};

/// Letters and digits of a code: 50 bits, of which a thousand tries in ten minutes find none.
const CODE_LENGTH: usize = 10;
/// How long a code can be used, in milliseconds.
pub const CODE_LIVES: i64 = 60 * 60 * 1_000;

/// Why a device does not take part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// The request is not signed by the key that it names.
    #[error("the request is not signed by its key")]
    NotSigned,
    /// Nobody made such a code.
    #[error("there is no such code")]
    CodeUnknown,
    /// Its hour is over.
    #[error("the code has expired")]
    CodeExpired,
    /// Another device enrolled with it.
    #[error("the code was used already")]
    CodeUsed,
    /// Too many codes were tried.
    #[error("too many wrong codes; try again later")]
    TooManyTries,
    /// The register is of another company than the code.
    #[error("the code is for another company")]
    OtherTenant,
    /// The register is of another store than the code.
    #[error("the code is for the store {store}")]
    OtherStore {
        /// The store that it is for.
        store: String,
    },
    /// Somebody else is this register.
    #[error("register {register} is taken")]
    RegisterTaken {
        /// Which.
        register: u32,
    },
    /// A new register has nobody to join: the one that sells already has to come first.
    #[error("nobody of the store takes part yet: first enrol the register that sells already")]
    StoreEmpty,
    /// PINs at the other registers are keyed with another secret.
    #[error("the store has other PINs: this register was not made by joining it")]
    OtherSecret,
    /// The device was revoked.
    #[error("the device was revoked")]
    Revoked,
    /// The key is head office's own, or enrolled with another company.
    #[error("the key is in use elsewhere")]
    KeyInUse,
    /// The device is not enrolled.
    #[error("the device is not enrolled")]
    NotEnrolled,
}

/// What was asked for, or why not.
pub type Answer<T> = Result<std::result::Result<T, Refusal>>;

/// Makes head office of a new company: its key, its authority, its first store.
pub async fn found(office: &Office, tenant: &str, name: &str, wall: i64) -> Result<()> {
    let mut seed = [0; 32];
    random(&mut seed)?;
    let key = SigningKey::from_bytes(&seed);
    let mut tx = office.database.of_tenant(tenant).await?;
    tenants::add(&mut tx, tenant, name, wall).await?;
    sqlx::query(
        "INSERT INTO office (tenant_id, public_key, sealed_key, epoch, authority) VALUES ($1, $2, $3, 1, $4)",
    )
    .bind(tenant)
    .bind(key.verifying_key().to_bytes())
    .bind(office.vault.seal(Purpose::OfficeKey, tenant, &seed)?)
    .bind(certificates::authority(tenant, &key, wall)?)
    .execute(&mut *tx)
    .await?;
    let own =
        devices::Enrolled { key: key.verifying_key(), site: Site::HeadOffice, register: None };
    devices::enrol(&mut tx, tenant, &own, wall).await?;
    let details = json!({ "name": name });
    audit::note(&mut tx, tenant, &Who::CommandLine, What::TenantFounded, tenant, &details).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes a code with which one device may enrol in a store, within the hour. It is shown once.
pub async fn make_code(office: &Office, tenant: &str, store: &str, wall: i64) -> Result<String> {
    let mut tx = office.database.of_tenant(tenant).await?;
    let code = write_code(&mut tx, office, tenant, store, wall).await?;
    audit::note(&mut tx, tenant, &Who::CommandLine, What::CodeMade, store, &json!({})).await?;
    tx.commit().await?;
    Ok(code)
}

/// The same within a transaction of the company.
pub async fn write_code(
    db: &mut PgConnection,
    office: &Office,
    tenant: &str,
    store: &str,
    wall: i64,
) -> Result<String> {
    let code = letters(CODE_LENGTH)?;
    sqlx::query(
        "INSERT INTO enrolment_code (tenant_id, code, store, made_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(tenant)
    .bind(office.vault.keyed(&code))
    .bind(store)
    .bind(wall)
    .bind(wall + CODE_LIVES)
    .execute(db)
    .await?;
    Ok(format!("{}-{}", &code[..CODE_LENGTH / 2], &code[CODE_LENGTH / 2..]))
}

/// Letters and digits that nobody can foresee, five bits each.
pub(crate) fn letters(length: usize) -> Result<String> {
    let mut bytes = vec![0; length];
    random(&mut bytes)?;
    let letter = |byte: &u8| char::from(CODE_ALPHABET[usize::from(byte % 32)]);
    Ok(bytes.iter().map(letter).collect())
}

/// Lets a device take part. Asked again by the same device with the same code, as after an answer that was lost, it
/// answers the same.
pub async fn enrol(office: &Office, request: &Request, wall: i64) -> Answer<Enrolled> {
    let Some(key) = request.check() else { return Ok(Err(Refusal::NotSigned)) };
    let code = office.vault.keyed(&canonical(&request.code));
    let mut tx = office.database.of_code(&code).await?;
    let found: Option<String> =
        sqlx::query_scalar("SELECT tenant_id FROM enrolment_code WHERE code = $1")
            .bind(code)
            .fetch_optional(&mut *tx)
            .await?;
    drop(tx);
    let Some(tenant) = found else { return Ok(Err(Refusal::CodeUnknown)) };
    let elsewhere = devices::peer(&office.database, DeviceId::of(&key)).await?;
    if elsewhere.is_some_and(|(other, peer)| other != tenant || peer.site == Site::HeadOffice) {
        return Ok(Err(Refusal::KeyInUse));
    }
    let me = office.identity(&tenant).await?;
    let mut tx = office.database.of_tenant(&tenant).await?;
    let (enrolled, taken) = match place(&mut tx, office, &me, &key, request, &code, wall).await? {
        Ok(placed) => placed,
        Err(refusal) => return Ok(Err(refusal)),
    };
    tx.commit().await?;
    if let Some(taken) = taken {
        office.hub.tell(&tenant, News::Grew(std::sync::Arc::new(taken.grew)));
    }
    office.hub.tell(&tenant, News::Enrolled(DeviceId::of(&key)));
    Ok(Ok(enrolled))
}

type Placed = (Enrolled, Option<journal::ingest::Taken>);

async fn place(
    db: &mut PgConnection,
    office: &Office,
    me: &Identity,
    key: &VerifyingKey,
    request: &Request,
    code: &[u8; 32],
    wall: i64,
) -> Answer<Placed> {
    let tenant = me.node.tenant.as_str();
    let device = DeviceId::of(key);
    // Held until the end: two devices with one code, or two codes for one store, come one after the other.
    journal::ingest::hold(db, tenant).await?;
    let row = sqlx::query(
        "SELECT store, expires_at, used_by FROM enrolment_code WHERE tenant_id = $1 AND code = $2",
    )
    .bind(tenant)
    .bind(code)
    .fetch_one(&mut *db)
    .await?;
    let (store, expires_at): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
    let known = known(db, tenant, device).await?;
    match row.try_get::<Option<[u8; 16]>, _>(2)? {
        Some(by) if by != device.0 => return Ok(Err(Refusal::CodeUsed)),
        None if wall >= expires_at => return Ok(Err(Refusal::CodeExpired)),
        _ => {}
    }
    if let Some(refusal) = refusal(request.existing.as_ref(), tenant, &store, known.as_ref()) {
        return Ok(Err(refusal));
    }
    let secret = match secret(db, office, tenant, &store, request.existing.as_ref()).await? {
        Ok(secret) => secret,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let register = match (&known, &request.existing) {
        (Some(known), _) => known.register,
        (None, Some(existing)) => existing.register,
        (None, None) => next_register(db, tenant, &store).await?,
    };
    let mut facts = Vec::new();
    if known.is_none() {
        if is_taken(db, tenant, &store, register, request.existing.as_ref()).await? {
            return Ok(Err(Refusal::RegisterTaken { register }));
        }
        let former = request.existing.iter().flat_map(|existing| &existing.former);
        for former in former {
            if let Ok(former_key) = VerifyingKey::from_bytes(&former.key) {
                let one = (former_key, former.register, true);
                facts.extend(admit(db, tenant, &store, one, wall).await?);
            }
        }
        facts.extend(admit(db, tenant, &store, (*key, register, false), wall).await?);
        let (who, details) = (Who::Device(device), json!({ "store": store, "register": register }));
        audit::note(db, tenant, &who, What::DeviceEnrolled, &device.to_string(), &details).await?;
    }
    sqlx::query("UPDATE enrolment_code SET used_by = $3 WHERE tenant_id = $1 AND code = $2")
        .bind(tenant)
        .bind(code)
        .bind(device.0)
        .execute(&mut *db)
        .await?;
    let taken = match facts.is_empty() {
        true => None,
        false => Some(record(db, me, facts, wall, office.process).await?),
    };
    let opening = match request.existing {
        Some(_) => None,
        None => Some(opening(db, me, &store).await?),
    };
    let papers = papers(db, me, &store, key, wall).await?;
    let enrolled = Enrolled {
        tenant: tenant.to_owned(),
        store,
        opening,
        register,
        epoch: epoch(db, tenant, device).await?,
        secret,
        head_office: me.key.verifying_key().to_bytes(),
        papers,
    };
    Ok(Ok((enrolled, taken)))
}

/// What a new till of a store is told before its history.
async fn opening(db: &mut PgConnection, me: &Identity, store: &str) -> Result<SignedOpening> {
    let tenant = me.node.tenant.clone();
    let entries = operators::written_last(db, &tenant, store).await?;
    let opening = Opening { v: OPENING_VERSION, tenant, store: store.to_owned(), entries };
    Ok(opening.sign(&me.key))
}

/// A device that is enrolled already.
pub(crate) struct Known {
    pub(crate) store: Option<String>,
    register: u32,
    pub(crate) revoked: bool,
}

pub(crate) async fn known(
    db: &mut PgConnection,
    tenant: &str,
    device: DeviceId,
) -> Result<Option<Known>> {
    let row = sqlx::query(
        "SELECT store, coalesce(register, 0), revoked_at IS NOT NULL FROM device WHERE tenant_id = $1 AND device = $2",
    )
    .bind(tenant)
    .bind(device.0)
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        let (store, register) = (row.try_get(0)?, number(row.try_get(1)?)?);
        Ok(Known { store, register, revoked: row.try_get(2)? })
    })
    .transpose()
}

fn refusal(
    existing: Option<&Existing>,
    tenant: &str,
    store: &str,
    known: Option<&Known>,
) -> Option<Refusal> {
    let other_store = || Refusal::OtherStore { store: store.to_owned() };
    match (existing, known) {
        (_, Some(known)) if known.revoked => Some(Refusal::Revoked),
        (_, Some(known)) if known.store.as_deref() != Some(store) => Some(other_store()),
        (Some(existing), _) if existing.tenant != tenant => Some(Refusal::OtherTenant),
        (Some(existing), _) if existing.store != store => Some(other_store()),
        _ => None,
    }
}

/// The store's secret: what its first register brings.
async fn secret(
    db: &mut PgConnection,
    office: &Office,
    tenant: &str,
    store: &str,
    existing: Option<&Existing>,
) -> Answer<[u8; 32]> {
    let select = "SELECT sealed FROM store_secret WHERE tenant_id = $1 AND store = $2";
    let sealed: Option<Vec<u8>> =
        sqlx::query_scalar(select).bind(tenant).bind(store).fetch_optional(&mut *db).await?;
    if let Some(sealed) = sealed {
        let secret = office.vault.open(Purpose::StoreSecret, tenant, &sealed)?;
        let secret = <[u8; 32]>::try_from(secret)
            .map_err(|_| Error::Broken("the secret of a store is none".into()))?;
        let other = existing.is_some_and(|existing| existing.secret != secret);
        return Ok(if other { Err(Refusal::OtherSecret) } else { Ok(secret) });
    }
    let Some(Existing { secret, .. }) = existing else {
        return Ok(Err(Refusal::StoreEmpty));
    };
    sqlx::query("INSERT INTO store_secret (tenant_id, store, sealed) VALUES ($1, $2, $3)")
        .bind(tenant)
        .bind(store)
        .bind(office.vault.seal(Purpose::StoreSecret, tenant, secret)?)
        .execute(db)
        .await?;
    Ok(Ok(*secret))
}

/// A number that no register of the store ever had: receipts are numbered by it.
async fn next_register(db: &mut PgConnection, tenant: &str, store: &str) -> Result<u32> {
    let select =
        "SELECT coalesce(max(register), 0) + 1 FROM device WHERE tenant_id = $1 AND store = $2";
    number(sqlx::query_scalar(select).bind(tenant).bind(store).fetch_one(db).await?)
}

/// Whether somebody else is this register: not whoever it was itself before it was restored.
async fn is_taken(
    db: &mut PgConnection,
    tenant: &str,
    store: &str,
    register: u32,
    existing: Option<&Existing>,
) -> Result<bool> {
    let former = existing.iter().flat_map(|existing| &existing.former);
    let former: Vec<Vec<u8>> = former.map(|former| former.key.to_vec()).collect();
    let select =
        "SELECT EXISTS (SELECT 1 FROM device WHERE tenant_id = $1 AND store = $2 AND register = $3
                  AND revoked_at IS NULL AND NOT former AND public_key <> ALL($4))";
    let query = sqlx::query_scalar(select).bind(tenant).bind(store).bind(i64::from(register));
    Ok(query.bind(former).fetch_one(db).await?)
}

async fn admit(
    db: &mut PgConnection,
    tenant: &str,
    store: &str,
    (key, register, former): (VerifyingKey, u32, bool),
    wall: i64,
) -> Result<Option<Fact>> {
    let new: u64 = sqlx::query(
        "INSERT INTO device (tenant_id, device, public_key, store, register, former, enrolled_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tenant_id, device) DO UPDATE SET former = excluded.former WHERE NOT device.former",
    )
    .bind(tenant)
    .bind(DeviceId::of(&key).0)
    .bind(key.to_bytes())
    .bind(store)
    .bind(i64::from(register))
    .bind(former)
    .bind(wall)
    .execute(db)
    .await?
    .rows_affected();
    let public_key = key.to_bytes();
    let fact = DeviceEnrolled { public_key, store: store.to_owned(), register };
    Ok((new > 0).then_some(Fact::DeviceEnrolled(fact)))
}

/// The newest epoch of a device that anything was heard of.
async fn epoch(db: &mut PgConnection, tenant: &str, device: DeviceId) -> Result<u32> {
    let select = "SELECT coalesce(max(epoch), 0) FROM chain WHERE tenant_id = $1 AND device = $2";
    number(sqlx::query_scalar(select).bind(tenant).bind(device.0).fetch_one(db).await?)
}

async fn papers(
    db: &mut PgConnection,
    me: &Identity,
    store: &str,
    key: &VerifyingKey,
    wall: i64,
) -> Result<Papers> {
    let tenant = me.node.tenant.as_str();
    let Certificate { der, serial, from, until } =
        certificates::of_device(tenant, store, &me.key, key, wall)?;
    sqlx::query(
        "INSERT INTO certificate (tenant_id, device, serial, valid_from, valid_until, der) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(tenant)
    .bind(DeviceId::of(key).0)
    .bind(serial)
    .bind(from)
    .bind(until)
    .bind(&der)
    .execute(db)
    .await?;
    Ok(Papers { certificate: der, authority: me.authority.clone(), from, until })
}

/// New papers for a device that has proven itself.
pub async fn renew(office: &Office, key: &VerifyingKey, wall: i64) -> Answer<Papers> {
    let Some((tenant, peer)) = devices::peer(&office.database, DeviceId::of(key)).await? else {
        return Ok(Err(Refusal::NotEnrolled));
    };
    if peer.refused.is_some() {
        return Ok(Err(Refusal::Revoked));
    }
    let me = office.identity(&tenant).await?;
    let mut tx = office.database.of_tenant(&tenant).await?;
    let Some(store) = peer.site.store() else { return Ok(Err(Refusal::NotEnrolled)) };
    let papers = papers(&mut tx, &me, store, key, wall).await?;
    tx.commit().await?;
    Ok(Ok(papers))
}
