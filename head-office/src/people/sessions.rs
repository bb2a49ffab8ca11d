//! Sessions of people: begun by a password, known by a token of 256 bits of which only a keyed hash is kept, ended by
//! signing out, by time, or by somebody who may.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::guessing::{self, Strangers};
use super::{Answer, Person, Refusal, find, password, trouble};
use crate::error::Result;
use crate::office::Office;
use crate::vault::random;

/// Milliseconds without a request after which a session is over: an hour.
pub const IDLE: i64 = 60 * 60 * 1_000;
/// Milliseconds after which it is over whatever is done in it: a working day.
pub const LONGEST: i64 = 14 * 60 * 60 * 1_000;
/// Milliseconds within which a session that is used is not written again.
const SEEN_ANEW: i64 = 60 * 1_000;

/// A session as it stands.
#[derive(Debug, Clone)]
pub struct Session {
    /// The company.
    pub tenant: String,
    /// Whose it is.
    pub person: Person,
    /// Whether a password of their own is still to be chosen: nothing else can be done before.
    pub one_time: bool,
    /// The token, keyed.
    pub(crate) token: [u8; 32],
}

/// Begins a session for `name@COMPANY`; answers its token, which is shown to nobody else. Every try is counted before
/// the password is looked at, so that many at once are no way round the waiting.
pub async fn begin(
    office: &Office,
    strangers: &Strangers,
    (sign_in, shown): (&str, &str),
    now: i64,
) -> Answer<(String, Session)> {
    let (name, company) = sign_in.trim().rsplit_once('@').unwrap_or((sign_in.trim(), ""));
    let name = name.to_lowercase();
    let mut tried = None;
    // A company's code is usually capitals, which nobody likes to type.
    for tenant in [company.to_owned(), company.to_uppercase()] {
        tried = match tried {
            None => count(office, &tenant, &name, now).await?.map(|counted| (tenant, counted)),
            found => found,
        };
    }
    let Some((tenant, counted)) = tried else {
        let stranger = office.vault.keyed(&format!("stranger\0{name}\0{}", company.to_uppercase()));
        if let Some(until) = strangers.count(stranger, now) {
            return Ok(Err(too_many(until, now)));
        }
        password::is(&office.vault, company, shown, None).await?;
        return Ok(Err(Refusal::SignInWrong));
    };
    let Counted { person, kept, one_time_until } = match counted {
        Ok(counted) => counted,
        Err(until) => return Ok(Err(too_many(until, now))),
    };
    if !password::is(&office.vault, &tenant, shown, Some(kept)).await? {
        return Ok(Err(Refusal::SignInWrong));
    }
    if one_time_until.is_some_and(|until| until <= now) {
        return Ok(Err(Refusal::OneTimeOver));
    }
    let mut tx = office.database.of_tenant(&tenant).await?;
    sqlx::query("UPDATE person SET wrong = 0, wait_until = 0 WHERE tenant_id = $1 AND person = $2")
        .bind(&tenant)
        .bind(person)
        .execute(&mut *tx)
        .await?;
    let Some(person) = find(&mut tx, &tenant, person).await? else {
        return Ok(Err(Refusal::SignInWrong));
    };
    let (token, keyed) = write(&mut tx, office, &tenant, person.person, now).await?;
    tx.commit().await?;
    let one_time = one_time_until.is_some();
    Ok(Ok((token, Session { tenant, person, one_time, token: keyed })))
}

/// The session of a token, unless it is over.
pub async fn of_token(office: &Office, token: &str, now: i64) -> Result<Option<Session>> {
    let keyed = keyed(office, token);
    let mut tx = office.database.of_session(&keyed).await?;
    let select = "SELECT tenant_id, person, seen_at FROM person_session WHERE token = $1 AND ends_at > $2 AND seen_at > $3";
    let found = sqlx::query(select).bind(keyed).bind(now).bind(now - IDLE);
    let Some(row) = found.fetch_optional(&mut *tx).await? else { return Ok(None) };
    let (tenant, person, seen): (String, Uuid, i64) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    drop(tx);
    let mut tx = office.database.of_tenant(&tenant).await?;
    let Some(person) = find(&mut tx, &tenant, person).await? else { return Ok(None) };
    let select =
        "SELECT one_time_until IS NOT NULL FROM person WHERE tenant_id = $1 AND person = $2";
    let one_time =
        sqlx::query_scalar(select).bind(&tenant).bind(person.person).fetch_one(&mut *tx).await?;
    if seen + SEEN_ANEW <= now {
        sqlx::query("UPDATE person_session SET seen_at = $3 WHERE tenant_id = $1 AND token = $2")
            .bind(&tenant)
            .bind(keyed)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
    }
    Ok(Some(Session { tenant, person, one_time, token: keyed }))
}

/// Signs out.
pub async fn end(office: &Office, session: &Session) -> Result<()> {
    let mut tx = office.database.of_tenant(&session.tenant).await?;
    sqlx::query("DELETE FROM person_session WHERE tenant_id = $1 AND token = $2")
        .bind(&session.tenant)
        .bind(session.token)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Ends every session of somebody; answers how many there were.
pub async fn end_all(db: &mut PgConnection, tenant: &str, person: Uuid) -> Result<u64> {
    let delete = "DELETE FROM person_session WHERE tenant_id = $1 AND person = $2";
    Ok(sqlx::query(delete).bind(tenant).bind(person).execute(db).await?.rows_affected())
}

/// Chooses another password: the old one is asked for, and every session ends but a new one, whose token is answered.
pub async fn choose_password(
    office: &Office,
    session: &Session,
    (old, new): (&str, &str),
    now: i64,
) -> Answer<String> {
    let Session { tenant, person, .. } = session;
    let kept = match count(office, tenant, &person.sign_in, now).await? {
        None => return Ok(Err(Refusal::Nobody)),
        Some(Err(until)) => return Ok(Err(too_many(until, now))),
        Some(Ok(counted)) => counted.kept,
    };
    if !password::is(&office.vault, tenant, old, Some(kept)).await? {
        return Ok(Err(Refusal::SignInWrong));
    }
    if old == new {
        return Ok(Err(Refusal::PasswordSame));
    }
    if let Some(refusal) = trouble(new, &person.sign_in, tenant) {
        return Ok(Err(refusal));
    }
    let hashed = password::hashed(&office.vault, tenant, new).await?;
    let mut tx = office.database.of_tenant(tenant).await?;
    sqlx::query(
        "UPDATE person SET password = $3, one_time_until = NULL, wrong = 0, wait_until = 0 WHERE tenant_id = $1 AND person = $2",
    )
    .bind(tenant)
    .bind(person.person)
    .bind(hashed)
    .execute(&mut *tx)
    .await?;
    end_all(&mut tx, tenant, person.person).await?;
    let (token, _) = write(&mut tx, office, tenant, person.person, now).await?;
    tx.commit().await?;
    Ok(Ok(token))
}

/// What a password is compared with.
struct Counted {
    person: Uuid,
    kept: String,
    one_time_until: Option<i64>,
}

/// Counts a try at somebody; until when they wait, if they do already. None if nobody has the name.
async fn count(
    office: &Office,
    tenant: &str,
    sign_in: &str,
    now: i64,
) -> Result<Option<std::result::Result<Counted, i64>>> {
    if tenant.is_empty() || tenant.contains('\0') || sign_in.contains('\0') {
        return Ok(None);
    }
    let mut tx = office.database.of_tenant(tenant).await?;
    let select = "SELECT person, password, one_time_until, wrong, wait_until FROM person
                  WHERE tenant_id = $1 AND sign_in = $2 AND removed_at IS NULL FOR UPDATE";
    let found = sqlx::query(select).bind(tenant).bind(sign_in).fetch_optional(&mut *tx).await?;
    let Some(row) = found else { return Ok(None) };
    let until: i64 = row.try_get(4)?;
    if until > now {
        return Ok(Some(Err(until)));
    }
    let person = row.try_get(0)?;
    let wrong = row.try_get::<i32, _>(3)?.saturating_add(1);
    sqlx::query(
        "UPDATE person SET wrong = $3, wait_until = $4 WHERE tenant_id = $1 AND person = $2",
    )
    .bind(tenant)
    .bind(person)
    .bind(wrong)
    .bind(now + guessing::wait(wrong.unsigned_abs()))
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Some(Ok(Counted { person, kept: row.try_get(1)?, one_time_until: row.try_get(2)? })))
}

async fn write(
    db: &mut PgConnection,
    office: &Office,
    tenant: &str,
    person: Uuid,
    now: i64,
) -> Result<(String, [u8; 32])> {
    let mut bytes = [0; 32];
    random(&mut bytes)?;
    let token = URL_SAFE_NO_PAD.encode(bytes);
    let keyed = keyed(office, &token);
    // What is over goes with whatever comes.
    sqlx::query(
        "DELETE FROM person_session WHERE tenant_id = $1 AND (ends_at <= $2 OR seen_at <= $3)",
    )
    .bind(tenant)
    .bind(now)
    .bind(now - IDLE)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "INSERT INTO person_session (tenant_id, token, person, begun_at, seen_at, ends_at) VALUES ($1, $2, $3, $4, $4, $5)",
    )
    .bind(tenant)
    .bind(keyed)
    .bind(person)
    .bind(now)
    .bind(now + LONGEST)
    .execute(db)
    .await?;
    Ok((token, keyed))
}

fn keyed(office: &Office, token: &str) -> [u8; 32] {
    office.vault.keyed(&format!("session\0{token}"))
}

fn too_many(until: i64, now: i64) -> Refusal {
    Refusal::TooManyTries { seconds: (until - now).max(0) / 1_000 + 1 }
}
