//! Who did what to a company from outside of its journal: over the API, in the office pages, on the command line.
//! Written in the transaction that does it, and final.

use comptoir_sync::entry::DeviceId;
use serde_json::Value;
use sqlx::PgConnection;

use crate::error::Result;
use crate::office::wall;

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Whoever can run the program.
    CommandLine,
    /// An API key, by its name.
    Key(String),
    /// Somebody who signed in, by name.
    Person(String),
    /// A device, by a code that it was given.
    Device(DeviceId),
}

impl Who {
    /// What they are, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Who::CommandLine => "command",
            Who::Key(_) => "key",
            Who::Person(_) => "person",
            Who::Device(_) => "device",
        }
    }

    /// Their name.
    pub fn name(&self) -> String {
        match self {
            Who::CommandLine => String::new(),
            Who::Key(name) | Who::Person(name) => name.clone(),
            Who::Device(device) => device.to_string(),
        }
    }
}

macro_rules! deeds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum What {
            $($(#[$doc])* $variant,)*
        }

        impl What {
            /// All of it.
            pub const ALL: &[What] = &[$(What::$variant,)*];

            /// As stored.
            pub const fn name(self) -> &'static str {
                match self {
                    $(What::$variant => $name,)*
                }
            }
        }
    };
}

deeds! {
    /// A company was added.
    TenantFounded = "tenant.founded",
    /// A store was added, or named anew.
    StoreSaved = "store.saved",
    /// A code to enrol with was made.
    CodeMade = "code.made",
    /// A device enrolled with a code.
    DeviceEnrolled = "device.enrolled",
    /// A device takes part no longer.
    DeviceRevoked = "device.revoked",
    /// An API key was made.
    KeyMade = "key.made",
    /// An API key is good for nothing any more.
    KeyRevoked = "key.revoked",
    /// Somebody can sign in to the office pages.
    PersonAdded = "person.added",
    /// Somebody is called otherwise, or trusted with something else.
    PersonChanged = "person.changed",
    /// Somebody was given a password to begin with again.
    PersonReset = "person.reset",
    /// Somebody works here no longer.
    PersonRemoved = "person.removed",
    /// Somebody was signed out everywhere by another.
    SessionsEnded = "person.sessions_ended",
    /// A product was added.
    ProductAdded = "product.added",
    /// A product says something else.
    ProductChanged = "product.changed",
    /// A price is another one.
    PriceSet = "price.set",
    /// A field that was written apart says what was chosen.
    ConflictSettled = "conflict.settled",
    /// What was put aside was taken in after all.
    QuarantineTaken = "quarantine.taken",
    /// Head office wrote in its own name what it would have said.
    QuarantineRewritten = "quarantine.rewritten",
    /// Nobody will look at it again.
    QuarantineDiscarded = "quarantine.discarded",
    /// Others are told what happens.
    WebhookAdded = "webhook.added",
    /// They are told no longer.
    WebhookRemoved = "webhook.removed",
}

/// Writes down that `who` did `what` to `subject`.
pub async fn note(
    db: &mut PgConnection,
    tenant: &str,
    who: &Who,
    what: What,
    subject: &str,
    details: &Value,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO audit (tenant_id, at, who_kind, who, what, subject, details)
         VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb)",
    )
    .bind(tenant)
    .bind(wall())
    .bind(who.kind())
    .bind(who.name())
    .bind(what.name())
    .bind(subject)
    .bind(details.to_string())
    .execute(db)
    .await?;
    Ok(())
}
