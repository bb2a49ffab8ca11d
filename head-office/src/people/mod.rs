//! People of a company who work in the office pages: who they are, what they are trusted with, and how they come and go.
//! They are called `name@COMPANY` when they sign in.

pub mod guessing;
pub mod password;
pub mod sessions;

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::error::Result;
use crate::http::api::keys::Scope;
use crate::office::Office;
use crate::tenants;

/// A password that somebody else knows is good for this long, in milliseconds: a week.
pub const ONE_TIME_LIVES: i64 = 7 * 24 * 60 * 60 * 1_000;

/// What somebody is trusted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, people and keys of the API too.
    Owner,
    /// All that a shop needs from day to day.
    Manager,
    /// Looks and changes nothing.
    Clerk,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 3] = [Role::Owner, Role::Manager, Role::Clerk];

    /// As it is named.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Manager => "manager",
            Role::Clerk => "clerk",
        }
    }

    /// The role of a name.
    pub fn parse(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What the role may do over the API.
    pub fn scopes(self) -> Vec<Scope> {
        Scope::ALL.into_iter().filter(|scope| self.may(scope.name())).collect()
    }

    fn may(self, scope: &str) -> bool {
        match self {
            Role::Owner => true,
            Role::Manager => !["keys:", "webhooks:", "tenant:write"]
                .iter()
                .any(|owners| scope.starts_with(owners)),
            Role::Clerk => ["stores:read", "catalog:read", "sales:read"].contains(&scope),
        }
    }

    /// Whether the role decides who else is here.
    pub const fn keeps_people(self) -> bool {
        matches!(self, Role::Owner)
    }
}

/// Somebody.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Person {
    /// Stays when the name changes.
    pub person: Uuid,
    /// What stands before the @.
    pub sign_in: String,
    /// In words.
    pub name: String,
    /// What they are trusted with.
    pub role: Role,
}

/// Somebody as others see them in the list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Listed {
    /// Who.
    #[serde(flatten)]
    pub person: Person,
    /// Whether they still have to choose a password of their own.
    pub one_time: bool,
    /// Sessions that they have now.
    pub sessions: i64,
    /// When they were last heard of in one that still stands, milliseconds since 1970 UTC.
    pub seen_at: Option<i64>,
    /// Until when they have to wait after wrong passwords.
    pub wait_until: Option<i64>,
}

/// Why something about people was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// Name or password is wrong; which of them is not said.
    #[error("name or password is wrong")]
    SignInWrong,
    /// Too many wrong ones.
    #[error("too many wrong passwords; try again in {seconds} seconds")]
    TooManyTries {
        /// Until it can be tried again.
        seconds: i64,
    },
    /// The password that was given out is too old.
    #[error("this password was good for a week; ask for another one")]
    OneTimeOver,
    /// The password is one that somebody else chose: first choose your own.
    #[error("first choose a password of your own")]
    PasswordOneTime,
    /// Too short, too long, or the name itself.
    #[error("a password has from {least} to {most} characters and is not the name")]
    PasswordBad {
        /// Characters at least.
        least: usize,
        /// Characters at most.
        most: usize,
    },
    /// It is the one there is.
    #[error("this is the password there is")]
    PasswordSame,
    /// Small letters, digits, dots, dashes.
    #[error("a sign-in name has small letters, digits, dots and dashes")]
    SignInBad,
    /// Somebody has the name.
    #[error("somebody signs in as {sign_in} already")]
    SignInTaken {
        /// The name.
        sign_in: String,
    },
    /// A name in words is missing or too long.
    #[error("a person has a name of up to 200 letters")]
    NameBad,
    /// Nobody is left who could let others in.
    #[error("the last owner stays one")]
    LastOwner,
    /// There is no such company.
    #[error("there is no such company")]
    #[serde(rename = "not_found")]
    NoCompany,
    /// There is nobody like that.
    #[error("there is no such person")]
    #[serde(rename = "not_found")]
    Nobody,
}

/// What was asked for, or why not.
pub type Answer<T> = Result<std::result::Result<T, Refusal>>;

/// Somebody who is to be added.
#[derive(Debug)]
pub struct New<'a> {
    /// What stands before the @.
    pub sign_in: &'a str,
    /// In words.
    pub name: &'a str,
    /// What they are trusted with.
    pub role: Role,
    /// A password of their own; without one they are given one to begin with.
    pub password: Option<&'a str>,
}

/// Adds somebody. Answers who it is, and the password to begin with unless they have one of their own.
pub async fn add(
    db: &mut PgConnection,
    office: &Office,
    tenant: &str,
    new: New<'_>,
    now: i64,
) -> Answer<(Person, String)> {
    let (sign_in, name) = (new.sign_in.trim().to_lowercase(), new.name.trim().to_owned());
    if !is_sign_in(&sign_in) {
        return Ok(Err(Refusal::SignInBad));
    }
    if !is_name(&name) {
        return Ok(Err(Refusal::NameBad));
    }
    if let Some(refusal) = new.password.and_then(|password| trouble(password, &sign_in, tenant)) {
        return Ok(Err(refusal));
    }
    if !tenants::exists(db, tenant).await? {
        return Ok(Err(Refusal::NoCompany));
    }
    hold(db, tenant).await?;
    let taken = "SELECT EXISTS (SELECT 1 FROM person WHERE tenant_id = $1 AND sign_in = $2 AND removed_at IS NULL)";
    if sqlx::query_scalar(taken).bind(tenant).bind(&sign_in).fetch_one(&mut *db).await? {
        return Ok(Err(Refusal::SignInTaken { sign_in }));
    }
    let given = match new.password {
        Some(password) => password.to_owned(),
        None => password::one_time()?,
    };
    let person = Person { person: Uuid::now_v7(), sign_in, name, role: new.role };
    sqlx::query(
        "INSERT INTO person (tenant_id, person, sign_in, name, role, password, one_time_until, added_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(tenant)
    .bind(person.person)
    .bind(&person.sign_in)
    .bind(&person.name)
    .bind(person.role.name())
    .bind(password::hashed(&office.vault, tenant, &given).await?)
    .bind(new.password.is_none().then_some(now + ONE_TIME_LIVES))
    .bind(now)
    .execute(db)
    .await?;
    Ok(Ok((person, given)))
}

/// Everybody who can sign in, by name.
pub async fn list(db: &mut PgConnection, tenant: &str, now: i64) -> Result<Vec<Listed>> {
    let rows = sqlx::query(
        "SELECT person, sign_in, name, role, one_time_until IS NOT NULL, nullif(greatest(wait_until, $2), $2),
                (SELECT count(*) FROM person_session AS session
                 WHERE session.tenant_id = person.tenant_id AND session.person = person.person AND ends_at > $2 AND seen_at > $3),
                (SELECT max(seen_at) FROM person_session AS session
                 WHERE session.tenant_id = person.tenant_id AND session.person = person.person AND ends_at > $2 AND seen_at > $3)
         FROM person WHERE tenant_id = $1 AND removed_at IS NULL ORDER BY lower(name), sign_in",
    )
    .bind(tenant)
    .bind(now)
    .bind(now - sessions::IDLE)
    .fetch_all(db)
    .await?;
    let listed = |row: &PgRow| {
        Ok(Listed {
            person: person_of(row)?,
            one_time: row.try_get(4)?,
            wait_until: row.try_get(5)?,
            sessions: row.try_get(6)?,
            seen_at: row.try_get(7)?,
        })
    };
    rows.iter().map(listed).collect()
}

/// Names somebody anew, or trusts them with something else. Their sessions go on as what they are from now on.
pub async fn change(
    db: &mut PgConnection,
    tenant: &str,
    person: Uuid,
    name: Option<&str>,
    role: Option<Role>,
) -> Answer<Person> {
    hold(db, tenant).await?;
    let Some(mut known) = find(db, tenant, person).await? else {
        return Ok(Err(Refusal::Nobody));
    };
    if role.is_some_and(|role| role != Role::Owner) && is_last_owner(db, tenant, &known).await? {
        return Ok(Err(Refusal::LastOwner));
    }
    known.name = name.map_or(known.name, |name| name.trim().to_owned());
    known.role = role.unwrap_or(known.role);
    if !is_name(&known.name) {
        return Ok(Err(Refusal::NameBad));
    }
    sqlx::query("UPDATE person SET name = $3, role = $4 WHERE tenant_id = $1 AND person = $2")
        .bind(tenant)
        .bind(person)
        .bind(&known.name)
        .bind(known.role.name())
        .execute(db)
        .await?;
    Ok(Ok(known))
}

/// Gives somebody a password to begin with again, and ends their sessions and their waiting.
pub async fn reset(
    db: &mut PgConnection,
    office: &Office,
    tenant: &str,
    person: Uuid,
    now: i64,
) -> Answer<String> {
    if find(db, tenant, person).await?.is_none() {
        return Ok(Err(Refusal::Nobody));
    }
    let given = password::one_time()?;
    sqlx::query(
        "UPDATE person SET password = $3, one_time_until = $4, wrong = 0, wait_until = 0 WHERE tenant_id = $1 AND person = $2",
    )
    .bind(tenant)
    .bind(person)
    .bind(password::hashed(&office.vault, tenant, &given).await?)
    .bind(now + ONE_TIME_LIVES)
    .execute(&mut *db)
    .await?;
    sessions::end_all(db, tenant, person).await?;
    Ok(Ok(given))
}

/// Somebody works here no longer. What they did stays theirs.
pub async fn remove(db: &mut PgConnection, tenant: &str, person: Uuid, now: i64) -> Answer<()> {
    hold(db, tenant).await?;
    let Some(known) = find(db, tenant, person).await? else {
        return Ok(Err(Refusal::Nobody));
    };
    if is_last_owner(db, tenant, &known).await? {
        return Ok(Err(Refusal::LastOwner));
    }
    sqlx::query("UPDATE person SET removed_at = $3 WHERE tenant_id = $1 AND person = $2")
        .bind(tenant)
        .bind(person)
        .bind(now)
        .execute(&mut *db)
        .await?;
    sessions::end_all(db, tenant, person).await?;
    Ok(Ok(()))
}

/// Who signs in by a name, if anybody does.
pub async fn by_sign_in(
    db: &mut PgConnection,
    tenant: &str,
    sign_in: &str,
) -> Result<Option<Person>> {
    let select = "SELECT person, sign_in, name, role FROM person WHERE tenant_id = $1 AND sign_in = $2 AND removed_at IS NULL";
    let found = sqlx::query(select).bind(tenant).bind(sign_in.trim().to_lowercase());
    found.fetch_optional(db).await?.as_ref().map(person_of).transpose()
}

/// Who somebody is, unless they were removed.
pub(crate) async fn find(
    db: &mut PgConnection,
    tenant: &str,
    person: Uuid,
) -> Result<Option<Person>> {
    let select = "SELECT person, sign_in, name, role FROM person WHERE tenant_id = $1 AND person = $2 AND removed_at IS NULL";
    let found = sqlx::query(select).bind(tenant).bind(person);
    found.fetch_optional(db).await?.as_ref().map(person_of).transpose()
}

/// Why a password cannot be somebody's own.
fn trouble(password: &str, sign_in: &str, tenant: &str) -> Option<Refusal> {
    let whole = format!("{sign_in}@{tenant}").to_lowercase();
    let is_name = password.to_lowercase() == whole || password.to_lowercase() == sign_in;
    let fits = (password::LEAST..=password::MOST).contains(&password.chars().count());
    let (least, most) = (password::LEAST, password::MOST);
    (is_name || !fits).then_some(Refusal::PasswordBad { least, most })
}

fn is_sign_in(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=64).contains(&text.len())
        && text.as_bytes().first().is_some_and(|first| plain(*first))
        && text.bytes().all(|byte| plain(byte) || b"._-".contains(&byte))
}

fn is_name(text: &str) -> bool {
    (1..=200).contains(&text.chars().count()) && !text.contains('\0')
}

/// Who changes people waits for whoever does already: an owner must be left when both are done.
async fn hold(db: &mut PgConnection, tenant: &str) -> Result<()> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('people ' || $1, 0))")
        .bind(tenant)
        .execute(db)
        .await?;
    Ok(())
}

async fn is_last_owner(db: &mut PgConnection, tenant: &str, person: &Person) -> Result<bool> {
    let select = "SELECT count(*) FROM person WHERE tenant_id = $1 AND role = 'owner' AND removed_at IS NULL AND person <> $2";
    let others: i64 =
        sqlx::query_scalar(select).bind(tenant).bind(person.person).fetch_one(db).await?;
    Ok(person.role == Role::Owner && others == 0)
}

fn person_of(row: &PgRow) -> Result<Person> {
    let role = Role::parse(row.try_get(3)?).unwrap_or(Role::Clerk);
    Ok(Person { person: row.try_get(0)?, sign_in: row.try_get(1)?, name: row.try_get(2)?, role })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_may_what_it_is_for() {
        let names = |role: Role| {
            role.scopes().into_iter().map(Scope::name).collect::<Vec<&str>>().join(" ")
        };
        assert_eq!(names(Role::Clerk), "stores:read catalog:read sales:read");
        assert_eq!(Role::Owner.scopes(), Scope::ALL);
        assert!(Role::Manager.scopes().contains(&Scope::WriteQuarantine));
        assert!(!Role::Manager.may("keys:write") && !Role::Manager.keeps_people());
    }

    #[test]
    fn names_and_passwords_are_looked_at() {
        for (name, good) in [
            ("amelie", true),
            ("a.tremblay-2", true),
            ("", false),
            (".a", false),
            ("Amélie", false),
            ("a b", false),
            ("a@b", false),
        ] {
            assert_eq!(is_sign_in(name), good, "{name}");
        }
        for (password, good) in [
            ("twelve chars", true),
            ("éééééééééééé", true),
            ("eleven char", false),
            ("amelie-tremblay", false),
            ("Amelie-Tremblay@ACME", false),
        ] {
            assert_eq!(trouble(password, "amelie-tremblay", "ACME").is_none(), good, "{password}");
        }
        assert!(trouble(&"x".repeat(201), "a", "ACME").is_some());
    }
}
