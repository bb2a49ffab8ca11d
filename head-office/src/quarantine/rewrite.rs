//! Head office writes in its own name what a change that was put aside would have said, or what is named instead.

use comptoir_domain::money::Money;
use comptoir_sync::documents::says::{Set, sets};
use comptoir_sync::documents::{Fields, Kind, Value};
use comptoir_sync::entry::Scope;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Answer, Aside, Refusal, State, settle};
use crate::audit::Who;
use crate::catalog::edit::Edits;
use crate::error::Result;
use crate::journal::ingest::Taken;
use crate::office::{Identity, wall};

/// Characters of what a field says, at most.
const MOST_TEXT: usize = 4_000;

/// A field of a document that is to say something.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The document.
    pub document: Uuid,
    /// The map of the field.
    pub map: String,
    /// The field.
    pub key: String,
    /// What it says from then on; nothing if it is taken out.
    pub value: Option<Value>,
}

/// Writes in head office's own name what is wanted instead of it; what it would have set itself, if nothing is named.
pub async fn rewrite(
    db: &mut PgConnection,
    me: &Identity,
    aside: &Aside,
    wanted: &[Wanted],
    who: &Who,
    process: Uuid,
) -> Answer<Option<Taken>> {
    let tenant = me.node.tenant.as_str();
    let mut there = aside.changes(db, tenant).await?;
    // What concerns one store is written there.
    there.retain(|one| one.kind.scope() == Scope::Tenant);
    if there.is_empty() {
        return Ok(Err(Refusal::NothingToRewrite));
    }
    let mut edits = Edits::begin(db, me, wall()).await?;
    let named: Vec<(Uuid, Kind)> = {
        let mut named: Vec<(Uuid, Kind)> =
            there.iter().map(|one| (Uuid::from(one.document), one.kind)).collect();
        named.sort();
        named.dedup();
        named
    };
    if let Some(stray) = wanted.iter().find(|one| named.iter().all(|(id, _)| *id != one.document)) {
        return Ok(Err(bad(stray)));
    }
    let mut any = false;
    for (id, kind) in named {
        let own: Vec<Wanted> = if wanted.is_empty() {
            let of_this =
                there.iter().filter(|one| (Uuid::from(one.document), one.kind) == (id, kind));
            let said = of_this.filter_map(|one| sets(kind, &one.change).ok()).flatten();
            said.map(|Set { map, key, value }| Wanted {
                document: id,
                map: map.to_owned(),
                key,
                value,
            })
            .collect()
        } else {
            wanted.iter().filter(|one| one.document == id).cloned().collect()
        };
        let mut said = Vec::new();
        for one in own {
            match kind.map(&one.map).filter(|map| can_say(kind, map, &one.key, one.value.as_ref()))
            {
                Some(map) => said.push((map, one.key, one.value)),
                None => return Ok(Err(bad(&one))),
            }
        }
        any |= !said.is_empty();
        set(db, &mut edits, id, kind, said).await?;
    }
    if !any {
        return Ok(Err(Refusal::NoFields));
    }
    let grew = edits.record(db, process).await?;
    settle(db, tenant, aside.id, State::Rewritten, who, None).await?;
    Ok(Ok(grew))
}

/// Makes a document say some fields, the last word of each.
pub(super) async fn set(
    db: &mut PgConnection,
    edits: &mut Edits<'_>,
    id: Uuid,
    kind: Kind,
    said: Vec<(&'static str, String, Option<Value>)>,
) -> Result<()> {
    if said.is_empty() {
        return Ok(());
    }
    let (mut wanted, mut gone) = (Fields::default(), Fields::default());
    for (map, key, value) in said {
        // Whatever it said, it is to say it no more.
        gone.set(map, &key, value.is_none().then_some(Value::Flag(true)));
        wanted.set(map, &key, value);
    }
    edits.edit(db, id, kind, move |_| gone, wanted).await
}

/// Whether a till could make something of a field that says this.
fn can_say(kind: Kind, map: &str, key: &str, value: Option<&Value>) -> bool {
    let Some(value) = value else { return true };
    let fits = match (kind, map, key) {
        (Kind::Prices, ..) => {
            matches!(value, Value::Int(minor) if (0..=Money::MOST_PRICE_MINOR).contains(minor))
        }
        (Kind::Product, "product", "minimum_age") => {
            matches!(value, Value::Int(age) if (1..=99).contains(age))
        }
        (Kind::Product, "product", "archived" | "open_price") => matches!(value, Value::Flag(_)),
        (Kind::Product, "net", _) => {
            matches!(value, Value::Int(net) if u32::try_from(*net).is_ok())
        }
        (Kind::Product, ..) => matches!(value, Value::Text(_)),
        _ => true,
    };
    let is_short = !matches!(value, Value::Text(text) if text.chars().count() > MOST_TEXT);
    fits && is_short && !key.is_empty() && key.len() <= 200
}

fn bad(one: &Wanted) -> Refusal {
    Refusal::BadField { document: one.document, map: one.map.clone(), key: one.key.clone() }
}
