//! Sales and returns as rows: head, lines, taxes, tenders, and the receipt numbers that are used once.

use std::collections::BTreeSet;

use comptoir_sync::entry::Entry;
use comptoir_sync::facts::orders::SaleCompleted;
use comptoir_sync::facts::returns::ReturnCompleted;
use jiff::{SignedDuration, Timestamp, tz::Offset};
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::journal::stored;
use crate::rows::{rows, words};

/// Rows of the sales and returns of a page.
#[derive(Default)]
pub(crate) struct Rows {
    sales: Sales,
    sale_lines: SaleLines,
    sale_taxes: SaleTaxes,
    sale_tenders: SaleTenders,
    returns: Returns,
    return_lines: ReturnLines,
    return_taxes: ReturnTaxes,
    return_tenders: ReturnTenders,
}

/// The day of a moment (milliseconds since 1970 UTC) at a counter so many minutes east of UTC.
pub(crate) fn day(millis: i64, offset_minutes: i16) -> Result<String> {
    let unshowable = |_| Error::Unshowable(format!("a sale at {millis} {offset_minutes:+} min"));
    let moment = Timestamp::from_millisecond(millis).map_err(unshowable)?;
    let offset = SignedDuration::from_mins(i64::from(offset_minutes));
    let offset = Offset::try_from(offset).map_err(unshowable)?;
    Ok(offset.to_datetime(moment).date().to_string())
}

/// The receipt of a sale.
pub(crate) fn receipt_of_sale(
    position: i64,
    entry: &Entry,
    fact: &SaleCompleted,
) -> Result<ReceiptRow> {
    Ok(ReceiptRow {
        store: entry.store.clone(),
        register: i64::from(fact.register),
        epoch: i64::from(entry.epoch),
        number: stored(fact.number),
        id: fact.id.into(),
        day: day(fact.completed_at, fact.utc_offset_minutes)?,
        is_return: false,
        position,
        branch: 0,
    })
}

/// The receipt of a return.
pub(crate) fn receipt_of_return(
    position: i64,
    entry: &Entry,
    fact: &ReturnCompleted,
) -> Result<ReceiptRow> {
    Ok(ReceiptRow {
        store: entry.store.clone(),
        register: i64::from(fact.register),
        epoch: i64::from(entry.epoch),
        number: stored(fact.number),
        id: fact.id.into(),
        day: day(fact.completed_at, fact.utc_offset_minutes)?,
        is_return: true,
        position,
        branch: 0,
    })
}

impl Receipts {
    /// Uses the numbers; answers the positions of those whose number, or id, nobody used before.
    pub(crate) async fn claim(self, db: &mut PgConnection, tenant: &str) -> Result<BTreeSet<i64>> {
        let new = self.insert(db, tenant).await?;
        new.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }
}

impl Rows {
    pub(crate) fn sale(
        &mut self,
        position: i64,
        entry: &Entry,
        fact: &SaleCompleted,
    ) -> Result<()> {
        let (id, day) = (Uuid::from(fact.id), day(fact.completed_at, fact.utc_offset_minutes)?);
        let tendered = sum(fact.tenders.iter().map(|tender| tender.amount))?;
        for line in &fact.lines {
            self.sale_lines.push(SaleLineRow {
                day: day.clone(),
                sale: id,
                line: i64::from(line.line),
                sku: words(&line.sku),
                name_en: words(&line.name_en),
                quantity: line.quantity,
                price: line.price,
                amount: line.amount,
                tax_category: words(line.tax_category.as_deref().unwrap_or("standard")),
                voided: line.voided.is_some(),
            });
        }
        for (n, tax) in (0..).zip(&fact.taxes) {
            self.sale_taxes.push(SaleTaxRow {
                day: day.clone(),
                sale: id,
                n,
                code: words(&tax.code),
                percent: words(&tax.percent),
                taxable: tax.taxable,
                amount: tax.amount,
            });
        }
        for (n, tender) in (0..).zip(&fact.tenders) {
            self.sale_tenders.push(SaleTenderRow {
                day: day.clone(),
                sale: id,
                n,
                kind: words(&tender.kind),
                amount: tender.amount,
                number: tender.card.as_ref().and_then(|card| card.number.as_deref()).map(words),
            });
        }
        self.sales.push(SaleRow {
            day,
            id,
            position,
            store: entry.store.clone(),
            register: i64::from(fact.register),
            epoch: i64::from(entry.epoch),
            number: stored(fact.number),
            receipt: words(&fact.receipt),
            shift: fact.shift.into(),
            operator: fact.operator.into(),
            completed_at: fact.completed_at,
            currency: words(&fact.currency),
            subtotal: fact.subtotal,
            total: fact.total,
            rounding: fact.rounding,
            tendered,
            change: fact.change,
        });
        Ok(())
    }

    pub(crate) fn back(
        &mut self,
        position: i64,
        entry: &Entry,
        fact: &ReturnCompleted,
    ) -> Result<()> {
        let (id, day) = (Uuid::from(fact.id), day(fact.completed_at, fact.utc_offset_minutes)?);
        let refunded = sum(fact.refunds.iter().map(|refund| refund.amount))?;
        for (n, line) in (0..).zip(&fact.lines) {
            self.return_lines.push(ReturnLineRow {
                day: day.clone(),
                return_sale: id,
                n,
                line: i64::from(line.line),
                sku: words(&line.sku),
                quantity: line.quantity,
                amount: line.amount,
                wasted: line.wasted,
            });
        }
        for (n, tax) in (0..).zip(&fact.taxes) {
            self.return_taxes.push(ReturnTaxRow {
                day: day.clone(),
                return_sale: id,
                n,
                code: words(&tax.code),
                percent: words(&tax.percent),
                taxable: tax.taxable,
                amount: tax.amount,
            });
        }
        for (n, refund) in (0..).zip(&fact.refunds) {
            self.return_tenders.push(ReturnTenderRow {
                day: day.clone(),
                return_sale: id,
                n,
                kind: words(&refund.kind),
                amount: refund.amount,
            });
        }
        self.returns.push(ReturnRow {
            day,
            id,
            position,
            store: entry.store.clone(),
            register: i64::from(fact.register),
            epoch: i64::from(entry.epoch),
            number: stored(fact.number),
            receipt: words(&fact.receipt),
            sale: fact.sale.map(Uuid::from),
            shift: fact.shift.into(),
            operator: fact.operator.into(),
            completed_at: fact.completed_at,
            currency: words(&fact.currency),
            subtotal: fact.subtotal,
            total: fact.total,
            rounding: fact.rounding,
            refunded,
        });
        Ok(())
    }

    /// Writes all but the receipts, which were claimed before.
    pub(crate) async fn insert(self, db: &mut PgConnection, tenant: &str) -> Result<()> {
        self.sales.insert(db, tenant).await?;
        self.sale_lines.insert(db, tenant).await?;
        self.sale_taxes.insert(db, tenant).await?;
        self.sale_tenders.insert(db, tenant).await?;
        self.returns.insert(db, tenant).await?;
        self.return_lines.insert(db, tenant).await?;
        self.return_taxes.insert(db, tenant).await?;
        self.return_tenders.insert(db, tenant).await?;
        Ok(())
    }
}

/// What amounts come to.
pub(crate) fn sum(amounts: impl IntoIterator<Item = i64>) -> Result<i64> {
    let add = |sum: i64, amount: i64| sum.checked_add(amount);
    amounts
        .into_iter()
        .try_fold(0, add)
        .ok_or_else(|| Error::Unshowable("amounts beyond all counting".into()))
}

rows!(ReceiptRow, Receipts, "receipt", "ORDER BY position ON CONFLICT DO NOTHING RETURNING position", {
    store: String = "text",
    register: i64 = "bigint",
    epoch: i64 = "bigint",
    number: i64 = "bigint",
    id: Uuid = "uuid",
    day: String = "date",
    is_return: bool = "boolean",
    position: i64 = "bigint",
    branch: i64 = "bigint",
});

rows!(SaleRow, Sales, "sale", "", {
    day: String = "date",
    id: Uuid = "uuid",
    position: i64 = "bigint",
    store: String = "text",
    register: i64 = "bigint",
    epoch: i64 = "bigint",
    number: i64 = "bigint",
    receipt: String = "text",
    shift: Uuid = "uuid",
    operator: Uuid = "uuid",
    completed_at: i64 = "bigint",
    currency: String = "text",
    subtotal: i64 = "bigint",
    total: i64 = "bigint",
    rounding: i64 = "bigint",
    tendered: i64 = "bigint",
    change: i64 = "bigint",
});

rows!(SaleLineRow, SaleLines, "sale_line", "", {
    day: String = "date",
    sale: Uuid = "uuid",
    line: i64 = "bigint",
    sku: String = "text",
    name_en: String = "text",
    quantity: i64 = "bigint",
    price: i64 = "bigint",
    amount: i64 = "bigint",
    tax_category: String = "text",
    voided: bool = "boolean",
});

rows!(SaleTaxRow, SaleTaxes, "sale_tax", "", {
    day: String = "date",
    sale: Uuid = "uuid",
    n: i64 = "bigint",
    code: String = "text",
    percent: String = "numeric",
    taxable: i64 = "bigint",
    amount: i64 = "bigint",
});

rows!(SaleTenderRow, SaleTenders, "sale_tender", "", {
    day: String = "date",
    sale: Uuid = "uuid",
    n: i64 = "bigint",
    kind: String = "text",
    amount: i64 = "bigint",
    number: Option<String> = "text",
});

rows!(ReturnRow, Returns, "return_sale", "", {
    day: String = "date",
    id: Uuid = "uuid",
    position: i64 = "bigint",
    store: String = "text",
    register: i64 = "bigint",
    epoch: i64 = "bigint",
    number: i64 = "bigint",
    receipt: String = "text",
    sale: Option<Uuid> = "uuid",
    shift: Uuid = "uuid",
    operator: Uuid = "uuid",
    completed_at: i64 = "bigint",
    currency: String = "text",
    subtotal: i64 = "bigint",
    total: i64 = "bigint",
    rounding: i64 = "bigint",
    refunded: i64 = "bigint",
});

rows!(ReturnLineRow, ReturnLines, "return_line", "", {
    day: String = "date",
    return_sale: Uuid = "uuid",
    n: i64 = "bigint",
    line: i64 = "bigint",
    sku: String = "text",
    quantity: i64 = "bigint",
    amount: i64 = "bigint",
    wasted: bool = "boolean",
});

rows!(ReturnTaxRow, ReturnTaxes, "return_tax", "", {
    day: String = "date",
    return_sale: Uuid = "uuid",
    n: i64 = "bigint",
    code: String = "text",
    percent: String = "numeric",
    taxable: i64 = "bigint",
    amount: i64 = "bigint",
});

rows!(ReturnTenderRow, ReturnTenders, "return_tender", "", {
    day: String = "date",
    return_sale: Uuid = "uuid",
    n: i64 = "bigint",
    kind: String = "text",
    amount: i64 = "bigint",
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_counters_own() {
        let midnight_utc = 1_763_683_200_000;
        for (offset, expected) in [(0, "2025-11-21"), (-300, "2025-11-20"), (840, "2025-11-21")] {
            assert_eq!(day(midnight_utc, offset).unwrap(), expected, "{offset}");
        }
        for (millis, offset) in [(i64::MAX, 0), (0, i16::MAX)] {
            assert!(matches!(day(millis, offset), Err(Error::Unshowable(_))), "{millis} {offset}");
        }
        assert!(matches!(sum([i64::MAX, 1]), Err(Error::Unshowable(_))));
    }
}
