//! Products and prices: documents whose changes came in entries, merged as at every till and shown as rows.

pub mod conflicts;
pub mod edit;
pub mod prices;
pub mod products;

use std::collections::{BTreeMap, BTreeSet};

use comptoir_sync::acceptance::change::{Author, ChangeVerdict, check_change};
use comptoir_sync::documents::merge::{Conflict, Merged};
use comptoir_sync::documents::{
    ChangeError, Document, Fields, Kind, fields_after_first, prices as price_document, product,
};
use comptoir_sync::entry::{DeviceId, hash};
use sqlx::{Acquire, PgConnection, Row};
use uuid::Uuid;

use crate::error::Result;
use crate::journal::Placed;
use crate::office::wall;
use crate::quarantine::Id;
use crate::rows::{rows, words};

/// A document: Automerge's genesis follows from its kind, so a change of another kind is of another one.
type Name = (Uuid, Kind);

/// A change that came in this page.
#[derive(Debug, Clone)]
struct New {
    position: i64,
    n: i64,
    device: DeviceId,
    change: Vec<u8>,
}

/// A document before and after a page.
#[derive(Debug, Default)]
struct Changed {
    earlier: Vec<Vec<u8>>,
    new: Vec<New>,
}

/// What changes came to.
#[derive(Default)]
struct Outcome {
    taken: Vec<(Name, New)>,
    refused: Vec<(Name, New, ChangeError)>,
    says: Vec<(Name, Says)>,
}

/// What a document says.
#[derive(Default)]
struct Says {
    fields: Fields,
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
    let (mut documents, mut refused) = (BTreeMap::<Name, Changed>::new(), Vec::new());
    for Placed { position, entry, fact, .. } in placed {
        let Some(fact) = fact.documents() else { continue };
        let (device, author) = (DeviceId(entry.device), Author::of(entry, fact));
        for (n, one) in (0..).zip(&fact.changes) {
            let name = (Uuid::from(one.document), one.kind);
            let new = New { position: *position, n, device, change: one.change.clone() };
            match check_change(name, &[], &one.change, author) {
                ChangeVerdict::Quarantine(problem) => {
                    refused.push((name, new, problem));
                }
                _ => documents.entry(name).or_default().new.push(new),
            }
        }
    }
    if documents.is_empty() && refused.is_empty() {
        return Ok(Vec::new());
    }
    load_earlier(db, tenant, &mut documents).await?;
    let mut outcome = tokio::task::spawn_blocking(|| merge(documents)).await?;
    outcome.refused.extend(refused);
    write(db, tenant, outcome).await
}

async fn load_earlier(
    db: &mut PgConnection,
    tenant: &str,
    documents: &mut BTreeMap<Name, Changed>,
) -> Result<()> {
    let ids: BTreeSet<Uuid> = documents.keys().map(|(id, _)| *id).collect();
    let rows = sqlx::query(
        "SELECT document, kind, change FROM document_change WHERE tenant_id = $1 AND document = ANY($2)
         ORDER BY document, position, n",
    )
    .bind(tenant)
    .bind(ids.into_iter().collect::<Vec<Uuid>>())
    .fetch_all(db)
    .await?;
    for row in rows {
        let kind = u8::try_from(row.try_get::<i16, _>(1)?).ok().and_then(Kind::from_number);
        let name = kind.map(|kind| Ok::<Name, sqlx::Error>((row.try_get(0)?, kind))).transpose()?;
        if let Some(changed) = name.and_then(|name| documents.get_mut(&name)) {
            changed.earlier.push(row.try_get(2)?);
        }
    }
    Ok(())
}

fn merge(documents: BTreeMap<Name, Changed>) -> Outcome {
    let mut outcome = Outcome::default();
    for (name, Changed { earlier, new }) in documents {
        if let ([], [only]) = (&earlier[..], &new[..])
            && let Ok(Some(fields)) = fields_after_first(name.1, &only.change)
        {
            outcome.says.push((name, Says { fields, conflicts: Vec::new() }));
            outcome.taken.extend(new.into_iter().map(|new| (name, new)));
            continue;
        }
        let all = earlier.iter().chain(new.iter().map(|new| &new.change));
        let all: Vec<&[u8]> = all.map(Vec::as_slice).collect();
        let Merged { document, refused, .. } = Document::merge(name.1, &all);
        let refused: BTreeMap<usize, ChangeError> = refused.into_iter().collect();
        for (place, new) in new.into_iter().enumerate() {
            match refused.get(&(earlier.len() + place)) {
                Some(problem) => outcome.refused.push((name, new, problem.clone())),
                None => outcome.taken.push((name, new)),
            }
        }
        let (fields, conflicts) = (document.fields(), document.conflicts());
        outcome.says.push((name, Says { fields, conflicts }));
    }
    outcome
}

async fn write(db: &mut PgConnection, tenant: &str, outcome: Outcome) -> Result<Vec<(Id, String)>> {
    let Outcome { taken, refused, says } = outcome;
    let mut changes = Changes::default();
    for ((document, kind), New { position, n, change, .. }) in taken {
        changes.push(ChangeRow { document, position, n, kind: i16::from(kind.number()), change });
    }
    changes.insert(db, tenant).await?;
    let (mut aside, now) = (RefusedChanges::default(), wall());
    for ((document, kind), New { position, device, change, .. }, problem) in refused {
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
async fn show_all(db: &mut PgConnection, tenant: &str, says: Vec<(Name, Says)>) -> Result<()> {
    if try_to_show(db, tenant, &says).await?.is_none() {
        return Ok(());
    }
    for one in says.chunks(1) {
        if let Some(problem) = try_to_show(db, tenant, one).await? {
            let (document, kind) = one[0].0;
            tracing::warn!(tenant, %document, ?kind, problem, "a document cannot be shown");
        }
    }
    Ok(())
}

/// Writes the rows of documents, or leaves them as they were and answers why.
async fn try_to_show(
    db: &mut PgConnection,
    tenant: &str,
    says: &[(Name, Says)],
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
async fn show(db: &mut PgConnection, tenant: &str, says: &[(Name, Says)]) -> Result<()> {
    let (mut products, mut skus, mut shown) =
        (Products::default(), Skus::default(), Prices::default());
    let (mut product_ids, mut bucket_ids) = (Vec::new(), Vec::new());
    for ((document, kind), Says { fields, .. }) in says {
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
            // What their changes say is kept; nobody here asks for it in rows.
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
    let apart = says.iter().map(|((document, kind), says)| (*document, *kind, &says.conflicts[..]));
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
