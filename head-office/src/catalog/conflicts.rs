//! Fields that were written apart, with different values: kept as rows for people to see, and settled by a change of
//! head office's own.

use comptoir_sync::documents::merge::Conflict;
use comptoir_sync::documents::{Kind, Value};
use comptoir_sync::entry::Scope;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use super::edit::Edits;
use crate::error::Result;
use crate::rows::{rows, words};

/// A field that was written apart, and what it is to say.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The document.
    pub document: Uuid,
    /// The map in it: `name`, `price`, …
    pub map: String,
    /// The key in that: `en`, a SKU, …
    pub key: String,
    /// One of the values that were written: words, a whole number, yes or no.
    pub value: Json,
}

/// Between what was chosen.
#[derive(Debug, Clone)]
pub struct Settled {
    /// What the document is.
    pub kind: Kind,
    /// Every value that was written, the one that was shown first.
    pub values: Vec<Json>,
}

/// Why nothing was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// Somebody decided it meanwhile, or there are other values by now.
    #[error("this was decided meanwhile: look at it again")]
    AlreadyDecided,
}

/// Decides what a field says that was written apart.
pub async fn settle(
    db: &mut PgConnection,
    edits: &mut Edits<'_>,
    choice: &Choice,
) -> Result<std::result::Result<Settled, Refusal>> {
    let kinds: Vec<i16> = sqlx::query_scalar(
        "SELECT kind FROM conflict WHERE tenant_id = $1 AND document = $2 AND map = $3 AND key = $4 AND n = 0",
    )
    .bind(edits.tenant())
    .bind(choice.document)
    .bind(&choice.map)
    .bind(&choice.key)
    .fetch_all(&mut *db)
    .await?;
    let known = |kind: i16| Kind::from_number(u8::try_from(kind).ok()?);
    for kind in kinds.into_iter().filter_map(known) {
        if let Some(conflict) = edits.settle(db, kind, choice).await? {
            let values = conflict.values.iter().map(|(value, _)| json(value)).collect();
            return Ok(Ok(Settled { kind, values }));
        }
    }
    Ok(Err(Refusal::AlreadyDecided))
}

/// Replaces what has to be decided of documents. What stores write for themselves they decide themselves.
pub(super) async fn show<'a>(
    db: &mut PgConnection,
    tenant: &str,
    says: impl Iterator<Item = (Uuid, Kind, &'a [Conflict])> + Send,
) -> Result<()> {
    let (mut documents, mut kinds, mut rows) = (Vec::new(), Vec::new(), Conflicts::default());
    for (document, kind, conflicts) in says.filter(|(_, kind, _)| kind.scope() == Scope::Tenant) {
        let number = i16::from(kind.number());
        documents.push(document);
        kinds.push(number);
        for Conflict { map, key, values } in conflicts {
            for (n, (value, device)) in (0..).zip(values) {
                rows.push(ConflictRow {
                    document,
                    kind: number,
                    map: (*map).to_owned(),
                    key: words(key),
                    n,
                    words: if let Value::Text(text) = value { Some(words(text)) } else { None },
                    number: if let Value::Int(number) = value { Some(*number) } else { None },
                    flag: if let Value::Flag(flag) = value { Some(*flag) } else { None },
                    device: device.0,
                });
            }
        }
    }
    if documents.is_empty() {
        return Ok(());
    }
    let delete = "DELETE FROM conflict WHERE tenant_id = $1
                  AND (document, kind) IN (SELECT * FROM unnest($2::uuid[], $3::smallint[]))";
    sqlx::query(delete).bind(tenant).bind(documents).bind(kinds).execute(&mut *db).await?;
    rows.insert(db, tenant).await?;
    Ok(())
}

/// The value of `conflict` that `choice` names, if it is about that field.
pub(super) fn chosen(conflict: &Conflict, choice: &Choice) -> Option<Value> {
    let is_it = conflict.map == choice.map && words(&conflict.key) == choice.key;
    let mut values = conflict.values.iter().filter(|_| is_it);
    values.find(|(value, _)| json(value) == choice.value).map(|(value, _)| value.clone())
}

/// A value as it is kept and shown.
pub(super) fn json(value: &Value) -> Json {
    match value {
        Value::Text(text) => words(text).into(),
        Value::Int(number) => (*number).into(),
        Value::Flag(flag) => (*flag).into(),
    }
}

rows!(ConflictRow, Conflicts, "conflict", "", {
    document: Uuid = "uuid",
    kind: i16 = "smallint",
    map: String = "text",
    key: String = "text",
    n: i64 = "bigint",
    words: Option<String> = "text",
    number: Option<i64> = "bigint",
    flag: Option<bool> = "boolean",
    device: [u8; 16] = "bytea",
});
