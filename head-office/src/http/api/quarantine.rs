//! What came and was not believed: seen, tried again, rewritten, discarded.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use comptoir_sync::documents::{Kind, Value, says};
use comptoir_sync::facts::Fact;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::ask::{Asked, Named, Page, cursor, limit, page, read, to_hex};
use super::keys::{Caller, Scope};
use super::once::{Written, once};
use crate::audit::What;
use crate::http::State as House;
use crate::http::problem::{Body, Problem};
use crate::quarantine::rewrite::{Wanted, rewrite as write_instead};
use crate::quarantine::{self, Aside, Id, Refusal};

/// Which of it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// `open` (if not said), `taken`, `rewritten`, `discarded`, or `all`.
    #[param(pattern = "^(open|taken|rewritten|discarded|all)$")]
    state: Option<String>,
    /// At most so many.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// An entry, or a change of a document in an entry, that was put aside.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Item {
    /// Its name: `entry-…` or `change-…`.
    id: String,
    /// `entry` or `change`.
    kind: String,
    /// The device that it says wrote it; 32 hexadecimal digits.
    device: String,
    /// The store of that device; null if nobody enrolled it.
    store: Option<String>,
    /// The selling position of that device.
    register: Option<i64>,
    epoch: i64,
    /// Its place in its chain, or that of its entry, as it says.
    seq: String,
    /// SHA-256 of the entry or change; 64 hexadecimal digits.
    hash: String,
    /// What was wrong with it.
    reason: Reason,
    /// The device that brought it, which was proven.
    came_from: String,
    /// Null of what came before that was kept.
    came_at: Option<i64>,
    /// Its length in bytes.
    length: i32,
    /// The document that a change is of.
    document: Option<Uuid>,
    /// `product`, `prices` or `settings`.
    document_kind: Option<String>,
    /// `open`, `taken`, `rewritten` or `discarded`.
    state: String,
    /// When it was settled.
    settled_at: Option<i64>,
    /// By a `key`, a `person`, or the `device` whose entries it became one of.
    settled_by_kind: Option<String>,
    /// Their name.
    settled_by: Option<String>,
    /// Why, as they said.
    settled_why: Option<String>,
}

/// What was wrong.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Reason {
    /// Tells reasons apart.
    kind: String,
    /// In words.
    words: String,
}

/// The same with its bytes, and what can be read of them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Whole {
    #[serde(flatten)]
    item: Item,
    /// As it came, in base64.
    bytes: String,
    /// Of an entry, in base64.
    signature: Option<String>,
    /// What the entry says of itself; null of a change, and of what cannot be read.
    entry: Option<EntryView>,
    /// The fields that it would have set.
    sets: Vec<Field>,
}

/// What an entry says of itself.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EntryView {
    tenant: String,
    store: String,
    /// Its device's clock.
    wall: i64,
    /// `sale_completed`, `document_change`, …
    kind: String,
    /// The fact in it, for people; null if only a newer program can read it, or none.
    fact: Option<String>,
}

/// A field of a document.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Field {
    document: Uuid,
    /// The map: `name`, `product`, `price`, …
    map: String,
    /// The field: `en`, `minimum_age`, a SKU, …
    key: String,
    /// Words, a whole number, yes or no; null takes the field out.
    value: serde_json::Value,
}

/// What head office is to write instead.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rewrite {
    /// Nothing: what it would have set itself.
    #[serde(default)]
    fields: Vec<Field>,
}

/// Why nobody has to look at it again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Discard {
    #[schema(min_length = 1, max_length = 400)]
    reason: String,
}

const COLUMNS: &str = "SELECT kind, id, aside.device, device.store, device.register, aside.epoch, seq, hash, reason, problem, came_from, came_at,
        length, document, document_kind, state, settled_at, settled_by_kind, settled_by, settled_why, coalesce(came_at, 0)
    FROM (SELECT 'entry' AS kind, id, tenant_id, device, epoch, seq::text, hash, reason, NULL::text AS problem, came_from, came_at,
                 length(bytes), NULL::uuid AS document, NULL::smallint AS document_kind,
                 state, settled_at, settled_by_kind, settled_by, settled_why FROM quarantine WHERE tenant_id = $1
          UNION ALL
          SELECT 'change', refused_change.id, tenant_id, refused_change.device, chain.epoch, entry.seq::text, refused_change.hash, reason, problem,
                 refused_change.device, came_at, length(change), document, refused_change.kind,
                 state, settled_at, settled_by_kind, settled_by, settled_why
          FROM refused_change JOIN entry USING (tenant_id, position) JOIN chain USING (tenant_id, chain) WHERE tenant_id = $1) AS aside
    LEFT JOIN device ON device.tenant_id = aside.tenant_id AND device.device = aside.device";

/// What was put aside, the newest first.
#[utoipa::path(get, path = "/api/v1/quarantine", params(Which), responses((status = 200, body = Page<Item>), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(house): State<Arc<House>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Page<Item>>, Problem> {
    caller.may(Scope::ReadQuarantine)?;
    let limit = limit(which.limit)?;
    let state = match which.state.as_deref().unwrap_or("open") {
        "all" => None,
        state @ ("open" | "taken" | "rewritten" | "discarded") => Some(state.to_owned()),
        _ => return Err(Problem::invalid("there is no such state")),
    };
    let after = cursor::<(i64, String, i64)>(which.cursor.as_deref())?;
    let (at, kind, id) = match after {
        Some((at, kind, id)) => (Some(at), Some(kind), Some(id)),
        None => (None, None, None),
    };
    let select = format!(
        "{COLUMNS} WHERE ($2::text IS NULL OR state = $2)
         AND ($3::bigint IS NULL OR (coalesce(came_at, 0), kind, id) < ($3, $4, $5))
         ORDER BY coalesce(came_at, 0) DESC, kind DESC, id DESC LIMIT $6 + 1"
    );
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let rows = sqlx::query(sqlx::AssertSqlSafe(select)).bind(&caller.tenant).bind(state);
    let rows = rows.bind(at).bind(kind).bind(id).bind(limit).fetch_all(&mut *tx).await?;
    let items = rows.iter().map(|row| Ok((item(row)?, place(row)?)));
    let items = items.collect::<Result<Vec<_>, sqlx::Error>>()?;
    let Json(Page { items, next }) = page(items, limit, |(_, place)| place.clone());
    Ok(Json(Page { items: items.into_iter().map(|(item, _)| item).collect(), next }))
}

/// One of it, with its bytes and what can be read of them.
#[utoipa::path(get, path = "/api/v1/quarantine/{id}", params(("id" = String, Path)), responses((status = 200, body = Whole), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn one(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named(id): Named<String>,
) -> Result<Json<Whole>, Problem> {
    caller.may(Scope::ReadQuarantine)?;
    let mut tx = house.office.database.of_tenant(&caller.tenant).await?;
    let aside = find(&mut tx, &caller.tenant, &id).await?;
    whole(&mut tx, &caller.tenant, &aside).await.map(Json)
}

/// What came of trying again.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tried {
    /// Whether it is settled now.
    taken: bool,
    /// If not: why it still waits.
    reason: Option<String>,
}

/// Judges it again: an entry that can be believed by now is taken in; what a change says that can be taken in by now is
/// written by head office, for tills to say the same.
#[utoipa::path(post, path = "/api/v1/quarantine/{id}/retry", params(("id" = String, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = Tried), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn retry(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named(id): Named<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Scope::WriteQuarantine)?;
    let office = &house.office;
    let me = office.identity(&caller.tenant).await?;
    once(office, &caller, &headers, format!("retry {id}"), async |db| {
        let aside = find(db, &caller.tenant, &id).await?;
        aside.is_open()?;
        let tried = quarantine::retry(db, &me, &aside, &caller.who, office.process).await?;
        let quarantine::Tried { taken, reason, grew } = tried;
        if taken {
            caller.notes(db, What::QuarantineTaken, &id, json!({})).await?;
        }
        Ok(Written::new(StatusCode::OK, Tried { taken, reason }).grew(grew))
    })
    .await
}

/// Head office writes in its own name what a change would have set, or what is named instead.
#[utoipa::path(post, path = "/api/v1/quarantine/{id}/rewrite", request_body = Rewrite, params(("id" = String, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = Whole), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn rewrite(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named(id): Named<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.may(Scope::WriteQuarantine)?;
    let asked = if body.is_empty() { Rewrite::default() } else { read::<Rewrite>(&body)? };
    let wanted = asked.fields.iter().map(wanted).collect::<Result<Vec<Wanted>, Problem>>()?;
    let office = &house.office;
    let me = office.identity(&caller.tenant).await?;
    let request = format!("rewrite {id} {}", String::from_utf8_lossy(&body));
    once(office, &caller, &headers, request, async |db| {
        let tenant = caller.tenant.as_str();
        let aside = find(db, tenant, &id).await?;
        aside.is_open()?;
        let process = office.process;
        let grew = write_instead(db, &me, &aside, &wanted, &caller.who, process).await??;
        caller.notes(db, What::QuarantineRewritten, &id, json!({ "fields": asked.fields })).await?;
        let whole = whole(db, tenant, &aside).await?;
        Ok(Written::new(StatusCode::OK, whole).grew(grew))
    })
    .await
}

/// Nobody has to look at it again. It is kept all the same.
#[utoipa::path(post, path = "/api/v1/quarantine/{id}/discard", request_body = Discard, params(("id" = String, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = Whole), (status = "4XX", body = Body, content_type = "application/problem+json")))]
pub(super) async fn discard(
    State(house): State<Arc<House>>,
    caller: Caller,
    Named(id): Named<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.may(Scope::WriteQuarantine)?;
    let Discard { reason } = read(&body)?;
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 400 {
        return Err(Problem::invalid("a reason has from 1 to 400 characters"));
    }
    let request = format!("discard {id} {reason}");
    once(&house.office, &caller, &headers, request, async |db| {
        let tenant = caller.tenant.as_str();
        let aside = find(db, tenant, &id).await?;
        aside.is_open()?;
        let state = quarantine::State::Discarded;
        quarantine::settle(db, tenant, aside.id, state, &caller.who, Some(reason)).await?;
        caller.notes(db, What::QuarantineDiscarded, &id, json!({ "reason": reason })).await?;
        Ok(Written::new(StatusCode::OK, whole(db, tenant, &aside).await?))
    })
    .await
}

async fn find(db: &mut PgConnection, tenant: &str, id: &str) -> Result<Aside, Problem> {
    let id: Id = id.parse().map_err(|()| Refusal::NothingAside)?;
    Ok(Aside::find(db, tenant, id).await??)
}

async fn whole(db: &mut PgConnection, tenant: &str, aside: &Aside) -> Result<Whole, Problem> {
    let (kind, id) = match aside.id {
        Id::Entry(id) => ("entry", id),
        Id::Change(id) => ("change", id),
    };
    let select = format!("{COLUMNS} WHERE kind = $2 AND id = $3");
    let row = sqlx::query(sqlx::AssertSqlSafe(select)).bind(tenant).bind(kind).bind(id);
    let item = item(&row.fetch_one(&mut *db).await?)?;
    let entry = aside.entry();
    let fact = entry.as_ref().and_then(|entry| Fact::read(entry).ok());
    let is_told = |fact: &Fact| fact.documents().is_none() && !matches!(fact, Fact::Opaque { .. });
    let fact = fact.filter(is_told);
    let entry = entry.map(|entry| EntryView {
        tenant: entry.tenant,
        store: entry.store,
        wall: entry.wall,
        kind: entry.kind,
        fact: fact.map(|fact| format!("{fact:#?}")),
    });
    let mut sets = Vec::new();
    for change in aside.changes(db, tenant).await? {
        let document = Uuid::from(change.document);
        for set in says::sets(change.kind, &change.change).unwrap_or_default() {
            let (map, value) = (set.map.to_owned(), json_of(set.value));
            sets.push(Field { document, map, key: set.key, value });
        }
    }
    let signature = aside.signature.map(|signature| STANDARD.encode(signature));
    Ok(Whole { item, bytes: STANDARD.encode(&aside.bytes), signature, entry, sets })
}

fn item(row: &PgRow) -> Result<Item, sqlx::Error> {
    let (kind, id): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
    let document_kind: Option<i16> = row.try_get(14)?;
    let document_kind = document_kind
        .and_then(|kind| Kind::from_number(u8::try_from(kind).ok()?))
        .map(|kind| kind.name().to_owned());
    let (reason, problem): (String, Option<String>) = (row.try_get(8)?, row.try_get(9)?);
    let reason = match problem {
        Some(words) => Reason { kind: reason, words },
        None => {
            let (kind, words) = quarantine::held(&reason);
            Reason { kind: kind.to_owned(), words: words.to_owned() }
        }
    };
    Ok(Item {
        id: format!("{kind}-{id}"),
        kind,
        device: to_hex(row.try_get(2)?),
        store: row.try_get(3)?,
        register: row.try_get(4)?,
        epoch: row.try_get(5)?,
        seq: row.try_get(6)?,
        hash: to_hex(row.try_get(7)?),
        reason,
        came_from: to_hex(row.try_get(10)?),
        came_at: row.try_get(11)?,
        length: row.try_get(12)?,
        document: row.try_get(13)?,
        document_kind,
        state: row.try_get(15)?,
        settled_at: row.try_get(16)?,
        settled_by_kind: row.try_get(17)?,
        settled_by: row.try_get(18)?,
        settled_why: row.try_get(19)?,
    })
}

/// By what the list goes on behind an item.
fn place(row: &PgRow) -> Result<(i64, String, i64), sqlx::Error> {
    Ok((row.try_get(20)?, row.try_get(0)?, row.try_get(1)?))
}

fn json_of(value: Option<Value>) -> serde_json::Value {
    match value {
        None => serde_json::Value::Null,
        Some(Value::Text(text)) => text.into(),
        Some(Value::Int(number)) => number.into(),
        Some(Value::Flag(flag)) => flag.into(),
    }
}

fn wanted(field: &Field) -> Result<Wanted, Problem> {
    use serde_json::Value as Json;
    let value = match &field.value {
        Json::Null => None,
        Json::String(text) => Some(Value::Text(text.clone())),
        Json::Bool(flag) => Some(Value::Flag(*flag)),
        Json::Number(number) => {
            let number =
                number.as_i64().ok_or_else(|| Problem::invalid("a whole number is wanted"))?;
            Some(Value::Int(number))
        }
        Json::Array(_) | Json::Object(_) => {
            return Err(Problem::invalid(
                "a field says words, a whole number, yes or no, or nothing",
            ));
        }
    };
    let (map, key) = (field.map.clone(), field.key.clone());
    Ok(Wanted { document: field.document, map, key, value })
}
