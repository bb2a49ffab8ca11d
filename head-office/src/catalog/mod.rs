//! Products, prices and whatever else people edit: documents whose changes came in entries, merged as at every till and
//! shown as rows.

pub mod conflicts;
mod documents;
pub mod earlier;
pub mod edit;
pub mod prices;
pub mod products;

use std::collections::{BTreeMap, BTreeSet};

use comptoir_sync::acceptance::change::{Author, ChangeVerdict, check_change};
use comptoir_sync::documents::merge::{Conflict, Merged};
use comptoir_sync::documents::{
    ChangeError, Document, Fields, Kind, fields_after_first, prices as price_document, product,
};
use comptoir_sync::entry::{DeviceId, Scope, hash};
use sqlx::postgres::PgRow;
use sqlx::{Acquire, PgConnection, Row};
use uuid::Uuid;

use self::documents::Documents;
use crate::error::Result;
use crate::journal::Placed;
use crate::office::wall;
use crate::quarantine::Id;
use crate::rows::{rows, words};

/// A document: Automerge's genesis follows from its kind, so a change of another kind is of another one; and what one
/// store holds alone, another writes nothing into.
type Name = (Uuid, Kind, Option<String>);

/// A change that came in this page.
#[derive(Debug, Clone)]
struct New {
    position: i64,
    n: i64,
    device: DeviceId,
    change: Vec<u8>,
}

/// A change of earlier, and its place in the log.
type Earlier = (i64, Vec<u8>);

/// A document before and after a page.
#[derive(Debug, Default)]
struct Changed {
    earlier: Vec<Earlier>,
    new: Vec<New>,
}

/// What changes came to.
#[derive(Default)]
struct Outcome {
    taken: Vec<(Name, New)>,
    refused: Vec<(Name, New, ChangeError)>,
    says: Vec<(Name, Said)>,
}

/// What a document says.
#[derive(Default)]
struct Said {
    fields: Fields,
    /// The entry that last changed that.
    position: i64,
    /// What was written apart in it.
    conflicts: Vec<Conflict>,
}

/// Keeps the changes of a page, and shows what their documents say with them. One that stands on others that are not
/// here yet shows nothing until they come; one that cannot be taken in is put aside, and the rest goes on.
/// Those are answered, with the reason.
pub(crate) async fn project(
    db: &mut PgConnection,
    tenant: &str,
    placed: &[Placed],
) -> Result<Vec<(Id, String)>> {
    let (mut changed, mut refused) = (BTreeMap::<Name, Changed>::new(), Vec::new());
    for Placed { position, entry, fact, .. } in placed {
        let Some(fact) = fact.documents() else { continue };
        let (device, author) = (DeviceId(entry.device), Author::of(entry, fact));
        for (n, one) in (0..).zip(&fact.changes) {
            let (id, kind) = (Uuid::from(one.document), one.kind);
            let name = (id, kind, documents::holder(kind, &entry.store));
            let new = New { position: *position, n, device, change: one.change.clone() };
            match check_change((id, kind), &[], &one.change, author) {
                ChangeVerdict::Quarantine(problem) => {
                    refused.push((name, new, problem));
                }
                _ => changed.entry(name).or_default().new.push(new),
            }
        }
    }
    if changed.is_empty() && refused.is_empty() {
        return Ok(Vec::new());
    }
    let ids: BTreeSet<Uuid> = changed.keys().map(|(id, ..)| *id).collect();
    for row in load_earlier(db, tenant, ids.into_iter().collect()).await? {
        if let Some((name, change)) = name_of(&row)?
            && let Some(changed) = changed.get_mut(&name)
        {
            changed.earlier.push(change);
        }
    }
    let mut outcome = tokio::task::spawn_blocking(|| merge(changed)).await?;
    outcome.refused.extend(refused);
    write(db, tenant, outcome).await
}

/// The changes of documents that were taken in, in the order of the log; [`name_of`] reads them.
async fn load_earlier(
    db: &mut PgConnection,
    tenant: &str,
    documents: Vec<Uuid>,
) -> Result<Vec<PgRow>> {
    let kinds = Kind::ALL.into_iter().filter(|kind| kind.scope() == Scope::Store);
    let of_store: Vec<i16> = kinds.map(|kind| i16::from(kind.number())).collect();
    let select = "SELECT document, kind, position, change, CASE WHEN kind = ANY($3) THEN
             (SELECT store FROM entry WHERE tenant_id = $1 AND entry.position = document_change.position) END
         FROM document_change WHERE tenant_id = $1 AND document = ANY($2) ORDER BY document, position, n";
    let rows = sqlx::query(select).bind(tenant).bind(documents).bind(of_store);
    Ok(rows.fetch_all(db).await?)
}

/// A change of earlier, and of which document it is; none of a kind that is not known here.
fn name_of(row: &PgRow) -> Result<Option<(Name, Earlier)>> {
    let kind = u8::try_from(row.try_get::<i16, _>(1)?).ok().and_then(Kind::from_number);
    let Some(kind) = kind else { return Ok(None) };
    let name = (row.try_get(0)?, kind, row.try_get(4)?);
    Ok(Some((name, (row.try_get(2)?, row.try_get(3)?))))
}

fn merge(documents: BTreeMap<Name, Changed>) -> Outcome {
    let mut outcome = Outcome::default();
    for (name, Changed { earlier, new }) in documents {
        let kind = name.1;
        let (mut positions, mut all) = (Vec::new(), Vec::new());
        let of_new = new.iter().map(|new| (new.position, &new.change));
        for (position, change) in earlier.iter().map(|(at, change)| (*at, change)).chain(of_new) {
            positions.push(position);
            all.push(change.as_slice());
        }
        if let ([position], [only]) = (&positions[..], &all[..])
            && let Ok(Some(fields)) = fields_after_first(kind, only)
        {
            let said = Said { fields, position: *position, conflicts: Vec::new() };
            outcome.says.push((name.clone(), said));
            outcome.taken.extend(new.into_iter().map(|new| (name.clone(), new)));
            continue;
        }
        let Merged { document, waiting, refused } = Document::merge(kind, &all);
        let refused: BTreeMap<usize, ChangeError> = refused.into_iter().collect();
        for (place, new) in new.into_iter().enumerate() {
            match refused.get(&(earlier.len() + place)) {
                Some(problem) => outcome.refused.push((name.clone(), new, problem.clone())),
                None => outcome.taken.push((name.clone(), new)),
            }
        }
        let waits: BTreeSet<usize> = waiting.into_iter().chain(refused.into_keys()).collect();
        let in_it = positions.iter().enumerate().filter(|(place, _)| !waits.contains(place));
        // Of a document of which all waits there is nothing to show yet.
        if let Some(position) = in_it.map(|(_, position)| *position).max() {
            let (fields, conflicts) = (document.fields(), document.conflicts());
            outcome.says.push((name, Said { fields, position, conflicts }));
        }
    }
    outcome
}

async fn write(db: &mut PgConnection, tenant: &str, outcome: Outcome) -> Result<Vec<(Id, String)>> {
    let Outcome { taken, refused, says } = outcome;
    let mut changes = Changes::default();
    for ((document, kind, _), New { position, n, change, .. }) in taken {
        changes.push(ChangeRow { document, position, n, kind: i16::from(kind.number()), change });
    }
    changes.insert(db, tenant).await?;
    let (mut aside, now) = (RefusedChanges::default(), wall());
    for ((document, kind, _), New { position, device, change, .. }, problem) in refused {
        aside.push(RefusedRow {
            position,
            document,
            kind: i16::from(kind.number()),
            hash: hash(&change),
            device: device.0,
            change,
            reason: problem.kind().to_owned(),
            problem: words(&problem.to_string()),
            came_at: now,
        });
    }
    let mut put_aside = Vec::new();
    for row in aside.insert(db, tenant).await? {
        put_aside.push((Id::Change(row.try_get(0)?), row.try_get(1)?));
    }
    show_all(db, tenant, says).await?;
    Ok(put_aside)
}

/// Shows every document at once; one by one if the tables do not take them so: one that they cannot show is passed
/// over, with a word in the log, and its changes stand all the same.
async fn show_all(db: &mut PgConnection, tenant: &str, says: Vec<(Name, Said)>) -> Result<()> {
    if try_to_show(db, tenant, &says).await?.is_none() {
        return Ok(());
    }
    for one in says.chunks(1) {
        if let Some(problem) = try_to_show(db, tenant, one).await? {
            let (document, kind, _) = &one[0].0;
            tracing::warn!(tenant, %document, ?kind, problem, "a document cannot be shown");
        }
    }
    Ok(())
}

/// Writes the rows of documents, or leaves them as they were and answers why.
async fn try_to_show(
    db: &mut PgConnection,
    tenant: &str,
    says: &[(Name, Said)],
) -> Result<Option<String>> {
    let mut savepoint = db.begin().await?;
    match show(&mut savepoint, tenant, says).await {
        Ok(()) => {
            savepoint.commit().await?;
            Ok(None)
        }
        Err(problem) if problem.is_about_data() => {
            savepoint.rollback().await?;
            Ok(Some(problem.to_string()))
        }
        Err(fault) => Err(fault),
    }
}

/// Replaces the rows of each document by what it says now.
async fn show(db: &mut PgConnection, tenant: &str, says: &[(Name, Said)]) -> Result<()> {
    let (mut products, mut skus, mut shown, mut all) =
        (Products::default(), Skus::default(), Prices::default(), Documents::default());
    let (mut product_ids, mut bucket_ids) = (Vec::new(), Vec::new());
    for (name, said) in says {
        if let Some(row) = documents::row(name, said) {
            all.push(row);
        }
        let ((document, kind, _), fields) = (name, &said.fields);
        let document = *document;
        match kind {
            Kind::Product => {
                product_ids.push(document);
                push_product(&mut products, &mut skus, document, fields);
            }
            Kind::Prices => {
                bucket_ids.push(document);
                for (sku, price) in price_document::read(fields) {
                    let (price, cost) = (price.price, price.cost);
                    shown.push(PriceRow { document, sku: words(&sku), price, cost });
                }
            }
            // Asked for as they are.
            Kind::Settings
            | Kind::ParkedCart
            | Kind::CountSheet
            | Kind::Promotion
            | Kind::Customer
            | Kind::Shelf => {}
        }
    }
    for (delete, ids) in [
        ("DELETE FROM product WHERE tenant_id = $1 AND product = ANY($2)", &product_ids),
        ("DELETE FROM sku WHERE tenant_id = $1 AND product = ANY($2)", &product_ids),
        ("DELETE FROM price WHERE tenant_id = $1 AND document = ANY($2)", &bucket_ids),
    ] {
        if !ids.is_empty() {
            sqlx::query(delete).bind(tenant).bind(ids).execute(&mut *db).await?;
        }
    }
    products.insert(db, tenant).await?;
    skus.insert(db, tenant).await?;
    shown.insert(db, tenant).await?;
    all.insert(db, tenant).await?;
    let apart = says.iter().map(|((id, kind, _), said)| (*id, *kind, &said.conflicts[..]));
    conflicts::show(db, tenant, apart).await
}

fn push_product(products: &mut Products, skus: &mut Skus, document: Uuid, fields: &Fields) {
    let product = product::read(document, fields);
    for (code, sku) in &product.skus {
        let gtins: Vec<String> = sku.gtins.iter().map(ToString::to_string).collect();
        skus.push(SkuRow {
            product: document,
            sku: words(code),
            unit: sku.unit.as_str().to_owned(),
            gtins: gtins.join(" "),
        });
    }
    products.push(ProductRow {
        product: document,
        name_en: words(&product.name.en),
        name_fr: words(&product.name.fr),
        department: words(&product.department),
        tax_category: words(&product.tax_category.0),
        minimum_age: product.minimum_age.map(i64::from),
        archived: product.archived,
        open_price: product.open_price,
    });
}

rows!(ChangeRow, Changes, "document_change", "", {
    document: Uuid = "uuid",
    position: i64 = "bigint",
    n: i64 = "bigint",
    kind: i16 = "smallint",
    change: Vec<u8> = "bytea",
});

rows!(RefusedRow, RefusedChanges, "refused_change", "ON CONFLICT DO NOTHING RETURNING id, reason", {
    position: i64 = "bigint",
    document: Uuid = "uuid",
    kind: i16 = "smallint",
    hash: [u8; 32] = "bytea",
    device: [u8; 16] = "bytea",
    change: Vec<u8> = "bytea",
    reason: String = "text",
    problem: String = "text",
    came_at: i64 = "bigint",
});

rows!(ProductRow, Products, "product", "", {
    product: Uuid = "uuid",
    name_en: String = "text",
    name_fr: String = "text",
    department: String = "text",
    tax_category: String = "text",
    minimum_age: Option<i64> = "bigint",
    archived: bool = "boolean",
    open_price: bool = "boolean",
});

rows!(SkuRow, Skus, "sku", "", {
    product: Uuid = "uuid",
    sku: String = "text",
    unit: String = "text",
    gtins: String = "text",
});

rows!(PriceRow, Prices, "price", "", {
    document: Uuid = "uuid",
    sku: String = "text",
    price: Option<i64> = "bigint",
    cost: Option<i64> = "bigint",
});
