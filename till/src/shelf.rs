//! Where goods stand in this store.

use std::collections::BTreeMap;

use comptoir_domain::ids::OperatorId;
use comptoir_domain::operators::Permission;
use comptoir_domain::shelf::Place;
use comptoir_sync::documents::shelf::{fields, id, read};
use comptoir_sync::documents::{Fields, Kind, prices};
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::documents::Edits;
use crate::error::Result;
use crate::operators;
use crate::till::Till;

/// Says where SKUs stand; with no place, that one stands nowhere. All others stay where they are.
pub fn arrange(
    till: &mut Till,
    operator: OperatorId,
    places: &BTreeMap<String, Option<Place>>,
) -> Result<()> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::CountStock)?;
    let mut buckets: BTreeMap<u16, Vec<(&str, Option<&Place>)>> = BTreeMap::new();
    for (sku, place) in places {
        if let Some(place) = place {
            place.check()?;
        }
        buckets.entry(prices::bucket(sku)).or_default().push((sku, place.as_ref()));
    }
    let mut edits = Edits::new(&tx);
    for (bucket, wanted) in buckets {
        let document = id(&tx.identity.tenant, &tx.identity.store, bucket);
        let known = |said: &Fields| {
            let here = read(said);
            fields(wanted.iter().map(|(sku, _)| (*sku, here.get(*sku))))
        };
        edits.edit(document, Kind::Shelf, known, &fields(wanted.iter().copied()))?;
    }
    edits.record(Some(operator))?;
    tx.commit()
}

/// Every SKU that has a place, by place.
pub fn list(db: &Connection) -> Result<Vec<(String, Place)>> {
    let mut select =
        db.prepare_cached("SELECT sku, place, facings FROM shelf_place ORDER BY place, sku")?;
    let places = select
        .query_map([], |row| Ok((row.get(0)?, Place { at: row.get(1)?, facings: row.get(2)? })))?;
    Ok(places.collect::<rusqlite::Result<_>>()?)
}

/// Writes the rows of a bucket.
pub(crate) fn project(db: &Connection, document: Uuid, said: &Fields) -> Result<()> {
    let bucket = document.into_bytes();
    db.prepare_cached("DELETE FROM shelf_place WHERE bucket = ?1")?.execute([bucket])?;
    let mut insert = db.prepare_cached(
        "INSERT OR REPLACE INTO shelf_place (sku, bucket, place, facings) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (sku, place) in read(said) {
        insert.execute(params![sku, bucket, place.at, place.facings])?;
    }
    Ok(())
}
