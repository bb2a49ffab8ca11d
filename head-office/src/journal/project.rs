//! From entries of the log to rows: all of a page at once; one by one if the tables do not take them so, that what
//! cannot be shown is noted and the rest stands.

use std::collections::BTreeSet;

use comptoir_sync::facts::{Fact, Id as FactId};
use comptoir_sync::replication::vector::Node;
use sqlx::{Acquire, PgConnection};
use uuid::Uuid;

use super::Placed;
use crate::error::Result;
use crate::orders::{ReceiptRow, receipt_of_return, receipt_of_sale};
use crate::quarantine::Id;
use crate::{catalog, inventory, operators, orders, payments};

/// Brings every table that follows from the log up to date.
/// Answers the changes of documents that were put aside, and why.
pub(super) async fn project(
    db: &mut PgConnection,
    me: &Node,
    placed: Vec<Placed>,
) -> Result<Vec<(Id, String)>> {
    if placed.is_empty() {
        return Ok(Vec::new());
    }
    let aside = catalog::project(db, &me.tenant, &placed).await?;
    let tenant = me.tenant.as_str();
    if attempt(db, tenant, &placed).await?.is_none() {
        return Ok(aside);
    }
    for one in placed.chunks(1) {
        if let Some(problem) = attempt(db, tenant, one).await? {
            note(db, tenant, one[0].position, &problem).await?;
        }
    }
    Ok(aside)
}

/// Writes rows, or leaves none and answers why not.
async fn attempt(db: &mut PgConnection, tenant: &str, placed: &[Placed]) -> Result<Option<String>> {
    let mut savepoint = db.begin().await?;
    match write(&mut savepoint, tenant, placed).await {
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

async fn write(db: &mut PgConnection, tenant: &str, placed: &[Placed]) -> Result<()> {
    let taken = receipts_taken(db, tenant, placed).await?;
    let mut orders = orders::Rows::default();
    let mut inventory = inventory::Rows::default();
    let mut payments = payments::Rows::default();
    let mut operators = operators::Rows::default();
    for Placed { position, entry, fact, .. } in placed {
        match &**fact {
            Fact::SaleCompleted(_) | Fact::ReturnCompleted(_) if taken.contains(position) => {
                note(db, tenant, *position, "its receipt number, or its id, was used before")
                    .await?;
            }
            Fact::SaleCompleted(fact) => {
                taken_in(tenant, *position, fact.id, &fact.receipt);
                orders.sale(*position, entry, fact)?;
                inventory.sold(*position, entry, fact)?;
            }
            Fact::ReturnCompleted(fact) => {
                taken_in(tenant, *position, fact.id, &fact.receipt);
                orders.back(*position, entry, fact)?;
                inventory.returned(*position, entry, fact)?;
            }
            Fact::ShiftOpened(fact) => payments.opened(entry, fact),
            Fact::ShiftClosed(fact) => payments.closed(entry, fact),
            Fact::CashMoved(fact) => payments.moved(entry, fact),
            Fact::OperatorSaved(fact) => operators.saved(entry, fact),
            _ => {}
        }
    }
    orders.insert(db, tenant).await?;
    inventory.insert(db, tenant).await?;
    payments.insert(db, tenant).await?;
    operators.insert(db, tenant).await
}

/// What the till that sold it logged under the same id.
fn taken_in(tenant: &str, position: i64, id: FactId, receipt: &str) {
    tracing::info!(correlation = %Uuid::from(id), tenant, position, receipt, "taken in");
}

/// Uses the receipt numbers; answers the positions of those that were used before.
async fn receipts_taken(
    db: &mut PgConnection,
    tenant: &str,
    placed: &[Placed],
) -> Result<BTreeSet<i64>> {
    let wanted: BTreeSet<i64> = placed.iter().filter(is_receipt).map(|one| one.position).collect();
    let mut new = claim(db, tenant, placed.iter().filter(is_receipt), Placed::branch).await?;
    // An epoch that says two other histories again uses some numbers twice.
    let second = |one: &&Placed| is_receipt(one) && one.branch > 0 && !new.contains(&one.position);
    let second: Vec<&Placed> = placed.iter().filter(second).collect();
    new.extend(claim(db, tenant, second, Placed::branch_of_its_own).await?);
    Ok(wanted.difference(&new).copied().collect())
}

fn is_receipt(one: &&Placed) -> bool {
    matches!(&*one.fact, Fact::SaleCompleted(_) | Fact::ReturnCompleted(_))
}

/// Uses the receipt numbers in a branch; answers the positions of those that nobody used before.
async fn claim(
    db: &mut PgConnection,
    tenant: &str,
    placed: impl IntoIterator<Item = &Placed>,
    branch: fn(&Placed) -> u32,
) -> Result<BTreeSet<i64>> {
    let mut receipts = orders::Receipts::default();
    for one in placed {
        let receipt = match &*one.fact {
            Fact::SaleCompleted(fact) => receipt_of_sale(one.position, &one.entry, fact)?,
            Fact::ReturnCompleted(fact) => receipt_of_return(one.position, &one.entry, fact)?,
            _ => continue,
        };
        receipts.push(ReceiptRow { branch: i64::from(branch(one)), ..receipt });
    }
    receipts.claim(db, tenant).await
}

/// An entry of the log stands, and the tables cannot show it.
pub(super) async fn note(
    db: &mut PgConnection,
    tenant: &str,
    position: i64,
    problem: &str,
) -> Result<()> {
    tracing::warn!(tenant, position, problem, "an entry cannot be shown");
    sqlx::query(
        "INSERT INTO unprojected (tenant_id, position, problem) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(tenant)
    .bind(position)
    .bind(problem.replace('\0', " "))
    .execute(db)
    .await?;
    Ok(())
}
