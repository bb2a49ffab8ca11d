//! What a receipt number stands for. One as a rule; a register that ran twice gave some of its numbers twice, and an id
//! tells those apart.

use comptoir_domain::orders::returns::Return;
use comptoir_domain::orders::{Alike, Refusal, Sale};
use comptoir_domain::store::Store;
use comptoir_domain::training;
use rusqlite::{Connection, Row};
use uuid::Uuid;

use super::returns;
use crate::error::Result;
use crate::till::utc;

/// A sale or a return, which draw their receipt numbers from one sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Numbered {
    /// Goods that were sold.
    Sale(Box<Sale>),
    /// Goods that came back.
    Return(Box<Return>),
}

/// All that has this receipt number, this id, or that of the request that it carried out, in the order of the journal.
pub(super) fn all(db: &Connection, store: &Store, receipt: &str) -> Result<Vec<Numbered>> {
    let place = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let places: Vec<(i64, bool)> = match (Uuid::parse_str(receipt.trim()), read(store, receipt)) {
        (Ok(id), _) => db
            .prepare_cached(
                "SELECT entry, 0 FROM sale WHERE id = ?1 UNION ALL SELECT entry, 1 FROM return_sale WHERE id = ?1
                 UNION ALL SELECT entry, 1 FROM return_request WHERE request = ?1 ORDER BY entry",
            )?
            .query_map([id.into_bytes()], place)?
            .collect::<rusqlite::Result<_>>()?,
        (_, Some(number)) => db
            .prepare_cached(
                "SELECT entry, 0 FROM sale WHERE register = ?1 AND epoch = ?2 AND number = ?3
                 UNION ALL SELECT entry, 1 FROM return_sale WHERE register = ?1 AND epoch = ?2 AND number = ?3
                 ORDER BY entry",
            )?
            .query_map(number, place)?
            .collect::<rusqlite::Result<_>>()?,
        _ => Vec::new(),
    };
    let load = |(entry, is_return)| {
        Ok(match is_return {
            true => Numbered::Return(Box::new(returns::load(db, entry)?)),
            false => Numbered::Sale(Box::new(super::load(db, entry)?)),
        })
    };
    places.into_iter().map(load).collect()
}

/// The one that is meant, if there is one.
///
/// # Errors
/// [`Refusal::TwoOfOneNumber`] if there are several.
pub(super) fn only(all: Vec<Numbered>, receipt: &str) -> Result<Option<Numbered>> {
    if all.len() > 1 {
        let either = all.iter().map(alike).collect();
        return Err(Refusal::TwoOfOneNumber { receipt: receipt.to_owned(), either }.into());
    }
    Ok(all.into_iter().next())
}

fn alike(one: &Numbered) -> Alike {
    let (id, at, total) = match one {
        Numbered::Sale(sale) => (sale.id.to_string(), sale.completed_at, sale.total),
        Numbered::Return(back) => (back.id.to_string(), back.completed_at, back.total),
    };
    Alike { id, at: utc(at), total }
}

/// Register, epoch and number of `{store}{register}-{epoch}-{n}`, also of a training.
pub(super) fn read(store: &Store, receipt: &str) -> Option<(i64, i64, i64)> {
    let receipt = receipt.trim().to_uppercase();
    let rest = receipt.strip_prefix(store.code.as_str())?;
    let mut parts = rest.split('-');
    let register = parts.next()?.parse().ok()?;
    let epoch = training::read(parts.next()?)?;
    let number = (register, i64::from(epoch), parts.next()?.parse().ok()?);
    parts.next().is_none().then_some(number)
}
