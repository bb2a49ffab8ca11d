//! Fields that devices wrote apart, with different values. The documents show one of them, the same at every till; a
//! person decides which it ought to be, and the choice is a change like any other.

use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::Money;
use comptoir_domain::operators::Permission;
use comptoir_domain::text::Text;
use comptoir_sync::acceptance::access;
use comptoir_sync::documents::merge::Conflict;
use comptoir_sync::documents::{Kind, Value};
use comptoir_sync::entry::DeviceId;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::documents::Edits;
use crate::error::Result;
use crate::operators;
use crate::till::{Till, Tx};
use crate::trust::enrolment;

/// Which field of which document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "DocumentField")]
pub struct Field {
    /// The document.
    pub document: String,
    /// The map in it.
    pub map: String,
    /// The key in that.
    pub key: String,
}

/// A field that somebody has to decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Undecided {
    /// Which.
    pub field: Field,
    /// Of what kind its document is: `product`, `prices`, `settings`, `count_sheet` and so on.
    pub kind: String,
    /// The SKU that it is about, if it is about one.
    pub sku: Option<String>,
    /// What the document is about, as people call it.
    pub name: Option<Text>,
    /// Each value, the one that is shown first.
    pub values: Vec<Written>,
}

/// One of the values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "WrittenApart")]
pub struct Written {
    /// As it stands in the document; a flag is `true` or `false`.
    pub value: String,
    /// If it is an amount.
    pub money: Option<Money>,
    /// Where it was written; none at head office, or where nobody knows the register.
    pub register: Option<u32>,
    /// It was written at head office.
    pub head_office: bool,
}

/// Why nothing was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "ConflictRefusal")]
pub enum Refusal {
    /// Somebody decided it meanwhile, or there are other values by now.
    #[error("this was decided meanwhile: look at it again")]
    AlreadyDecided,
}

/// All that has to be decided, in the order of documents.
pub fn list(till: &mut Till) -> Result<Vec<Undecided>> {
    let tx = till.begin_reading()?;
    let mut select = tx.prepare_cached(
        "SELECT document, map, key, kind, value, flag, device FROM conflict ORDER BY document, map, key, n",
    )?;
    let mut rows = select.query([])?;
    let mut found: Vec<Undecided> = Vec::new();
    while let Some(row) = rows.next()? {
        let document = Uuid::from_bytes(row.get(0)?);
        let field = Field { document: document.to_string(), map: row.get(1)?, key: row.get(2)? };
        let Some(kind) = Kind::from_number(row.get(3)?) else { continue };
        let written = written(&tx, kind, &field.map, &read_value(row, 4)?, DeviceId(row.get(6)?))?;
        match found.last_mut() {
            Some(last) if last.field == field => last.values.push(written),
            _ => {
                let (sku, name) = about(&tx, document, kind, &field)?;
                let kind = kind.name().to_owned();
                found.push(Undecided { field, kind, sku, name, values: vec![written] });
            }
        }
    }
    Ok(found)
}

/// How many fields have to be decided.
pub fn count(db: &Connection) -> Result<u32> {
    let select = "SELECT count(*) FROM conflict WHERE n = 0";
    Ok(db.prepare_cached(select)?.query_row([], |row| row.get(0))?)
}

/// Decides that a field says `value`, one of those that were written. Needs what writing it needs.
pub fn settle(till: &mut Till, operator: OperatorId, field: &Field, value: &str) -> Result<()> {
    let tx = till.begin()?;
    let document = Uuid::parse_str(&field.document).map_err(|_| Refusal::AlreadyDecided)?;
    let mut select = tx.prepare_cached(
        "SELECT kind, value, flag FROM conflict WHERE document = ?1 AND map = ?2 AND key = ?3 ORDER BY n",
    )?;
    let mut rows = select.query(params![document.into_bytes(), field.map, field.key])?;
    let mut chosen = None;
    while let Some(row) = rows.next()? {
        let one = read_value(row, 1)?;
        if chosen.is_none() && say(&one) == value {
            chosen = Kind::from_number(row.get(0)?).map(|kind| (kind, one));
        }
    }
    let (kind, value) = chosen.ok_or(Refusal::AlreadyDecided)?;
    let map = kind.map(&field.map).ok_or(Refusal::AlreadyDecided)?;
    let needs = access::needs(kind, map).unwrap_or(Permission::ChangeSettings);
    operators::check(&tx, operator, needs)?;
    drop(rows);
    drop(select);
    let mut edits = Edits::new(&tx);
    edits.settle(document, kind, map, &field.key, &value)?;
    edits.record(Some(operator))?;
    tx.commit()?;
    till.look_at_settings()
}

/// Replaces what has to be decided of a document.
pub(crate) fn project(
    db: &Connection,
    document: Uuid,
    kind: Kind,
    conflicts: &[Conflict],
) -> Result<()> {
    db.prepare_cached("DELETE FROM conflict WHERE document = ?1")?
        .execute([document.into_bytes()])?;
    // What takers of a parked cart wrote apart stands side by side in it.
    for conflict in conflicts {
        for (n, (value, device)) in conflict.values.iter().enumerate() {
            let (value, flag): (rusqlite::types::Value, bool) = match value {
                Value::Text(text) => (text.clone().into(), false),
                Value::Int(number) => ((*number).into(), false),
                Value::Flag(flag) => (i64::from(*flag).into(), true),
            };
            db.prepare_cached(
                "INSERT INTO conflict (document, map, key, n, kind, value, flag, device)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                document.into_bytes(),
                conflict.map,
                conflict.key,
                n,
                kind.number(),
                value,
                flag,
                device.0
            ])?;
        }
    }
    Ok(())
}

fn written(tx: &Tx<'_>, kind: Kind, map: &str, value: &Value, device: DeviceId) -> Result<Written> {
    let money = match value {
        Value::Int(minor) if kind == Kind::Prices && matches!(map, "price" | "cost") => {
            Some(Money::new(*minor, tx.store.currency))
        }
        _ => None,
    };
    let head_office = enrolment::is_head_office(tx, device)?;
    let register = tx
        .prepare_cached("SELECT register FROM device WHERE id = ?1")?
        .query_row([device.0], |row| row.get(0))
        .optional()?;
    let register = if head_office { None } else { register };
    Ok(Written { value: say(value), money, register, head_office })
}

/// The SKU that a field is about, and what its document is called.
fn about(
    tx: &Tx<'_>,
    document: Uuid,
    kind: Kind,
    field: &Field,
) -> Result<(Option<String>, Option<Text>)> {
    let text = |row: &Row<'_>| Ok(Text { en: row.get(0)?, fr: row.get(1)? });
    let of_sku = |sku: &str| {
        tx.prepare_cached(
            "SELECT name_en, name_fr FROM product JOIN sku ON sku.product = product.id WHERE code = ?1",
        )?
        .query_row([sku], text)
        .optional()
    };
    Ok(match (kind, field.map.as_str()) {
        (Kind::Prices | Kind::Shelf, _) | (Kind::CountSheet, "counted") => {
            (Some(field.key.clone()), of_sku(&field.key)?)
        }
        (Kind::Product, _) => {
            let name = tx
                .prepare_cached("SELECT name_en, name_fr FROM product WHERE document = ?1")?
                .query_row([document.into_bytes()], text)
                .optional()?;
            let sku = tx
                .prepare_cached(
                    "SELECT code FROM sku JOIN product ON product.id = sku.product WHERE product.document = ?1 ORDER BY code LIMIT 1",
                )?
                .query_row([document.into_bytes()], |row| row.get(0))
                .optional()?;
            (sku, name)
        }
        _ => (None, None),
    })
}

fn read_value(row: &Row<'_>, column: usize) -> rusqlite::Result<Value> {
    let flag: bool = row.get(column + 1)?;
    Ok(match row.get::<_, rusqlite::types::Value>(column)? {
        rusqlite::types::Value::Integer(number) if flag => Value::Flag(number != 0),
        rusqlite::types::Value::Integer(number) => Value::Int(number),
        rusqlite::types::Value::Text(text) => Value::Text(text),
        other => Value::Text(format!("{other:?}")),
    })
}

/// A value as it is compared and shown.
fn say(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
    }
}
