//! Sales of which more came back than was sold. One till refuses that; registers that do not see each other may each
//! take the same goods back, and once they do, a person has to be told.

use comptoir_domain::ids::{OperatorId, SaleId};
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::operators::Permission;
use rusqlite::{Connection, params};
use serde::Serialize;
use ts_rs::TS;

use super::returns;
use super::view::ReturnNote;
use crate::error::Result;
use crate::operators;
use crate::till::Till;

/// For how long it is told, in milliseconds, since the last of it came back: thirty days. The sale itself says it
/// for ever.
const TOLD: i64 = 30 * 24 * 60 * 60 * 1_000;

/// A sale of which more came back than was sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TakenBackTwice {
    /// Of the sale.
    pub sale: String,
    /// Receipt number of the sale.
    pub receipt: String,
    /// What came back too much, before tax.
    pub too_much: Money,
    /// All that came back of it.
    pub returns: Vec<ReturnNote>,
}

/// All of which somebody has to be told, the newest first.
pub fn list(till: &mut Till, operator: OperatorId) -> Result<Vec<TakenBackTwice>> {
    let tx = till.begin_reading()?;
    operators::check(&tx, operator, Permission::ReadJournal)?;
    let mut select = tx.prepare_cached(&format!(
        "SELECT sale.entry, sum(amount) FROM ({TOO_MUCH}) AS too_much JOIN sale ON sale.id = too_much.sale
         GROUP BY sale.entry ORDER BY sale.entry DESC"
    ))?;
    let found: Vec<(i64, i64)> = select
        .query_map(params![tx.wall - TOLD], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    drop(select);
    let view = |(entry, minor)| {
        let sale = super::load(&tx, entry)?;
        Ok(TakenBackTwice {
            returns: returns::earlier(&tx, sale.id)?.iter().map(ReturnNote::of).collect(),
            too_much: Money::new(minor, tx.store.currency),
            sale: sale.id.to_string(),
            receipt: sale.receipt,
        })
    };
    found.into_iter().map(view).collect()
}

/// Of how many sales somebody has to be told at `wall`.
pub fn count(db: &Connection, wall: i64) -> Result<u32> {
    let select = format!("SELECT count(DISTINCT sale) FROM ({TOO_MUCH})");
    Ok(db.prepare_cached(&select)?.query_row([wall - TOLD], |row| row.get(0))?)
}

/// What came back too much of a sale, before tax; none as a rule.
pub(super) fn too_much(db: &Connection, currency: Currency, sale: SaleId) -> Result<Option<Money>> {
    let select = format!("SELECT sum(amount) FROM ({TOO_MUCH}) WHERE sale = ?2");
    let minor: Option<i64> = db
        .prepare_cached(&select)?
        .query_row(params![i64::MIN, sale.0.into_bytes()], |row| row.get(0))?;
    Ok(minor.map(|minor| Money::new(minor, currency)))
}

/// Lines of which more came back than was sold, and by how much. More than one return is needed for that, and an
/// index tells of which sales there are several.
const TOO_MUCH: &str = "
    SELECT return_sale.sale AS sale, max(sum(return_line.amount) - sale_line.amount, 0) AS amount
    FROM (SELECT sale FROM return_sale GROUP BY sale HAVING count(*) > 1 AND max(completed_at) >= ?1) AS many
    JOIN return_sale ON return_sale.sale = many.sale
    JOIN return_line ON return_line.return_sale = return_sale.entry
    JOIN sale ON sale.id = return_sale.sale
    JOIN sale_line ON sale_line.sale = sale.entry AND sale_line.line = return_line.line
    GROUP BY return_sale.sale, return_line.line
    HAVING sum(return_line.quantity) > sale_line.quantity OR sum(return_line.amount) > sale_line.amount";
