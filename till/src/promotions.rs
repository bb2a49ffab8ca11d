//! Promotions as they are kept.

use std::collections::BTreeSet;

use comptoir_domain::ids::{OperatorId, PromotionId};
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::operators::Permission;
use comptoir_domain::pricing::Discount;
use comptoir_domain::promotions::{Offer, Promotion};
use comptoir_domain::text::Text;
use comptoir_sync::documents::promotion::{fields, read};
use comptoir_sync::documents::{Fields, Kind};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use crate::documents::Edits;
use crate::error::{Error, Result};
use crate::operators;
use crate::till::Till;

/// Keeps a promotion: a new one, or what an old one says from now on.
pub fn save(till: &mut Till, manager: OperatorId, promotion: &Promotion) -> Result<()> {
    let tx = till.begin()?;
    operators::check(&tx, manager, Permission::EditCatalog)?;
    promotion.check()?;
    let (id, currency) = (promotion.id.0, tx.store.currency);
    let known = |said: &Fields| {
        read(id, said).map(|promotion| fields(&promotion, currency)).unwrap_or_default()
    };
    let mut edits = Edits::new(&tx);
    edits.edit(id, Kind::Promotion, known, &fields(promotion, currency))?;
    edits.record(Some(manager))?;
    tx.commit()
}

/// All promotions, those that are offered first, by name.
pub fn list(db: &Connection, currency: Currency) -> Result<Vec<Promotion>> {
    let mut select = db.prepare_cached(
        "SELECT id, name_en, name_fr, discount, pieces, price, from_day, until_day, archived
         FROM promotion ORDER BY archived, name_en, id",
    )?;
    let mut rows = select.query([])?;
    let mut promotions = Vec::new();
    while let Some(row) = rows.next()? {
        promotions.push(read_row(db, row, currency)?);
    }
    Ok(promotions)
}

/// Writes the rows of a promotion; one that is not understood here has none.
pub(crate) fn project(db: &Connection, document: Uuid, said: &Fields) -> Result<()> {
    let id = document.into_bytes();
    db.prepare_cached("DELETE FROM promotion WHERE id = ?1")?.execute([id])?;
    db.prepare_cached("DELETE FROM promotion_goods WHERE promotion = ?1")?.execute([id])?;
    let Some(promotion) = read(document, said) else { return Ok(()) };
    let (offer, discount, pieces, price) = match promotion.offer {
        Offer::Off { discount } => ("off", Some(discount.to_string()), None, None),
        Offer::Bundle { pieces, price } => ("bundle", None, Some(pieces), Some(price.minor())),
    };
    db.prepare_cached(
        "INSERT INTO promotion (id, name_en, name_fr, offer, discount, pieces, price, from_day, until_day, archived)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        id,
        promotion.name.en,
        promotion.name.fr,
        offer,
        discount,
        pieces,
        price,
        promotion.from.map(|day| day.to_string()),
        promotion.until.map(|day| day.to_string()),
        promotion.archived,
    ])?;
    let mut goods = db
        .prepare_cached("INSERT INTO promotion_goods (promotion, kind, key) VALUES (?1, ?2, ?3)")?;
    for (kind, keys) in [("sku", &promotion.skus), ("department", &promotion.departments)] {
        for key in keys {
            goods.execute(params![id, kind, key])?;
        }
    }
    Ok(())
}

fn read_row(db: &Connection, row: &Row<'_>, currency: Currency) -> Result<Promotion> {
    let id: [u8; 16] = row.get(0)?;
    let offer = match row.get::<_, Option<String>>(3)? {
        Some(text) => Offer::Off {
            discount: Discount::parse(&text, currency)
                .map_err(|_| Error::Broken(format!("{text:?} is no discount")))?,
        },
        None => Offer::Bundle { pieces: row.get(4)?, price: Money::new(row.get(5)?, currency) },
    };
    let day = |column| -> Result<_> {
        let text: Option<String> = row.get(column)?;
        Ok(text.and_then(|text| text.parse().ok()))
    };
    let on = |kind: &str| -> Result<BTreeSet<String>> {
        let mut select = db
            .prepare_cached("SELECT key FROM promotion_goods WHERE promotion = ?1 AND kind = ?2")?;
        let keys = select.query_map(params![id, kind], |row| row.get(0))?;
        Ok(keys.collect::<rusqlite::Result<_>>()?)
    };
    Ok(Promotion {
        id: PromotionId(Uuid::from_bytes(id)),
        name: Text { en: row.get(1)?, fr: row.get(2)? },
        offer,
        from: day(6)?,
        until: day(7)?,
        skus: on("sku")?,
        departments: on("department")?,
        archived: row.get(8)?,
    })
}
