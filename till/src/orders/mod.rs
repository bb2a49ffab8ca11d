//! Sales and returns: completing, finding, printing again, and their rows.

pub mod blind;
pub mod complete_sale;
pub mod exchange;
pub mod find;
pub mod gift_receipt;
mod numbered;
pub mod quote;
pub mod receipt;
pub mod refunds;
pub mod return_receipt;
pub mod returns;
mod slips;
pub mod twice;
pub mod view;

use comptoir_domain::ids::{CartId, OperatorId, SaleId};
use comptoir_domain::operators::Permission;
use comptoir_domain::orders::{Refusal, Sale};
use comptoir_domain::store::Store;
use comptoir_domain::training;
use comptoir_sync::entry::Entry;
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::orders::{CartVoided, ReceiptReprinted, SaleCompleted};
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::{Error, Result};
use crate::journal;
use crate::operators;
use crate::outbox::{self, Job};
use crate::till::Till;
use crate::trust::opening;

pub use complete_sale::complete_sale;
pub use numbered::Numbered;

/// The sale that a cart became, if it did.
pub fn find_by_cart(db: &Connection, cart: CartId) -> Result<Option<Sale>> {
    let select = "SELECT entry FROM sale WHERE cart = ?1";
    let entry =
        db.prepare_cached(select)?.query_row([cart.0.into_bytes()], |row| row.get(0)).optional()?;
    entry.map(|entry| load(db, entry)).transpose()
}

/// A sale by its id.
pub fn find(db: &Connection, id: SaleId) -> Result<Sale> {
    let select = "SELECT entry FROM sale WHERE id = ?1";
    let entry =
        db.prepare_cached(select)?.query_row([id.0.into_bytes()], |row| row.get(0)).optional()?;
    match entry {
        Some(entry) => load(db, entry),
        None => Err(not_here(db, id.to_string())),
    }
}

/// A sale by its receipt number, or by its id where two have that number.
pub fn find_by_receipt(db: &Connection, store: &Store, receipt: &str) -> Result<Sale> {
    let mut sales = numbered::all(db, store, receipt)?;
    sales.retain(|one| matches!(one, Numbered::Sale(_)));
    match numbered::only(sales, receipt)? {
        Some(Numbered::Sale(sale)) => Ok(*sale),
        _ => Err(unknown(db, store, receipt)),
    }
}

/// The sale or the return of a receipt number, or of an id where two have that number.
pub fn find_numbered(db: &Connection, store: &Store, receipt: &str) -> Result<Numbered> {
    let all = numbered::all(db, store, receipt)?;
    numbered::only(all, receipt)?.ok_or_else(|| unknown(db, store, receipt))
}

/// There is no such sale; what cannot be a receipt number of this store is not waited for. That of a training is told.
fn unknown(db: &Connection, store: &Store, receipt: &str) -> Error {
    let receipt = receipt.to_owned();
    match numbered::read(store, &receipt) {
        Some(_) => not_here(db, receipt),
        None => Refusal::UnknownSale { receipt }.into(),
    }
}

/// The sale completed last on this register.
pub fn last(db: &Connection) -> Result<Option<Sale>> {
    let entry = db
        .prepare_cached("SELECT max(entry) FROM sale")?
        .query_row([], |row| row.get::<_, Option<i64>>(0))?;
    entry.map(|entry| load(db, entry)).transpose()
}

/// The place of a sale in the journal.
pub fn entry_of(db: &Connection, id: SaleId) -> Result<i64> {
    let select = "SELECT entry FROM sale WHERE id = ?1";
    let entry =
        db.prepare_cached(select)?.query_row([id.0.into_bytes()], |row| row.get(0)).optional()?;
    entry.ok_or_else(|| not_here(db, id.to_string()))
}

/// There is no such sale, or not yet: a register that sells before the store's history has come cannot say.
fn not_here(db: &Connection, receipt: String) -> Error {
    if training::is_of_training(&receipt) {
        return training::Refusal::TrainingReceipt { receipt }.into();
    }
    match opening::history_is_coming(db) {
        Ok(true) => Refusal::SaleStillComing { receipt }.into(),
        Ok(false) => Refusal::UnknownSale { receipt }.into(),
        Err(error) => error,
    }
}

/// The sale of an entry, as its fact says.
pub fn load(db: &Connection, entry: i64) -> Result<Sale> {
    match journal::read_fact(db, entry)?.1 {
        Fact::SaleCompleted(fact) => Ok(fact.to_sale()?),
        other => Err(Error::Broken(format!("entry {entry} is a {} and not a sale", other.kind()))),
    }
}

/// The receipt number of a sale, of a return, or of what a gift receipt was printed for.
pub fn receipt_of(db: &Connection, entry: i64) -> Result<String> {
    match journal::read_fact(db, entry)?.1 {
        Fact::SaleCompleted(fact) => Ok(fact.receipt),
        Fact::ReturnCompleted(fact) => Ok(fact.receipt),
        Fact::ReceiptReprinted(ReceiptReprinted { sale: Some(sale), .. }) => {
            Ok(find(db, SaleId(sale.into()))?.receipt)
        }
        other => {
            Err(Error::Broken(format!("entry {entry} is a {}: it has no receipt", other.kind())))
        }
    }
}

/// Says that a sale or a return is on disk, under the id by which head office's log speaks of it, too.
fn log_completed(id: impl std::fmt::Display, receipt: &str) {
    tracing::info!(correlation = %id, receipt, "completed");
}

/// Queues a receipt to be printed again, marked as a duplicate; that it was is a fact.
pub fn print_again(till: &mut Till, operator: OperatorId, sale: SaleId) -> Result<i64> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::Reprint)?;
    let entry = entry_of(&tx, sale)?;
    let fact = ReceiptReprinted { sale: Some(sale.0.into()), returned: None, gift: None };
    tx.record(&Fact::ReceiptReprinted(fact), Some(operator))?;
    let job = outbox::push(&tx, &Job::PrintDuplicate { of: entry })?;
    tx.commit()?;
    Ok(job)
}

/// Queues the receipt of a sale or a return to be printed again, by its number.
pub fn reprint(till: &mut Till, operator: OperatorId, receipt: &str) -> Result<i64> {
    match find_numbered(till.db(), till.store(), receipt)? {
        Numbered::Return(back) => returns::print_again(till, operator, back.id),
        Numbered::Sale(sale) => print_again(till, operator, sale.id),
    }
}

/// Queues a receipt for whoever gets the goods as a gift: some lines of a sale, or all of it, without prices.
pub fn print_gift(
    till: &mut Till,
    operator: OperatorId,
    receipt: &str,
    lines: &[u32],
) -> Result<i64> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::Reprint)?;
    let sale = find_by_receipt(&tx, tx.store, receipt)?;
    for &line in lines {
        match sale.lines.iter().find(|sold| sold.line == line) {
            None => return Err(Refusal::UnknownLine { line }.into()),
            Some(sold) if sold.voided.is_some() => return Err(Refusal::LineVoided { line }.into()),
            Some(_) => {}
        }
    }
    let sold = sale.lines.iter().filter(|sold| sold.is_goods()).map(|sold| sold.line);
    let lines = sold.filter(|line| lines.is_empty() || lines.contains(line)).collect();
    let sale = Some(sale.id.0.into());
    let fact = ReceiptReprinted { sale, returned: None, gift: Some(lines) };
    let entry = tx.record(&Fact::ReceiptReprinted(fact), Some(operator))?;
    let job = outbox::push(&tx, &Job::PrintReceipt { sale: entry })?;
    tx.commit()?;
    Ok(job)
}

/// Rows of a sale: head, lines, taxes, tenders, words of its note.
pub fn project_completed(
    db: &Connection,
    id: i64,
    entry: &Entry,
    branch: u32,
    fact: &SaleCompleted,
) -> Result<()> {
    let tendered: i64 = fact.tenders.iter().map(|tender| tender.amount).sum();
    let day = day(fact.completed_at, fact.utc_offset_minutes);
    // A till that was copied or restored may have sold one cart twice, apart: both sales stand, the second one to come
    // under its own id instead of the cart's.
    db.prepare_cached(
        "INSERT INTO sale (entry, id, cart, register, epoch, number, shift, completed_at, day, subtotal, total, rounding, tendered, change, branch)
         VALUES (?1, ?2, CASE WHEN EXISTS (SELECT 1 FROM sale WHERE cart = ?3) THEN ?2 ELSE ?3 END, ?4, ?5, ?6, (SELECT entry FROM shift WHERE id = ?7), ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?
    .execute(params![
        id,
        fact.id.0,
        fact.cart.0,
        fact.register,
        entry.epoch,
        fact.number,
        fact.shift.0,
        fact.completed_at,
        day,
        fact.subtotal,
        fact.total,
        fact.rounding,
        tendered,
        fact.change,
        branch,
    ])?;
    let mut insert = db.prepare_cached(
        "INSERT INTO sale_line (sale, line, sku, quantity, price, amount, voided, reduction, approved_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for line in &fact.lines {
        insert.execute(params![
            id,
            line.line,
            line.sku,
            line.quantity,
            line.price,
            line.amount,
            line.voided,
            line.reduction(),
            line.approved_by.map(|approver| approver.0),
        ])?;
    }
    let mut insert = db.prepare_cached(
        "INSERT INTO sale_tax (sale, code, taxable, amount) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for tax in &fact.taxes {
        insert.execute(params![id, tax.code, tax.taxable, tax.amount])?;
    }
    let mut insert = db.prepare_cached(
        "INSERT INTO sale_tender (sale, n, type, amount, card, number, authorisation)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for (n, tender) in fact.tenders.iter().enumerate() {
        let card = tender.card.as_ref();
        insert.execute(params![
            id,
            n,
            tender.kind,
            tender.amount,
            card.and_then(|card| card.name.as_ref()),
            card.and_then(|card| card.number.as_ref()),
            card.and_then(|card| card.authorisation.as_ref()),
        ])?;
    }
    find::notes::index_note(db, id, fact)
}

/// The counter's calendar day of a moment, counted from 1970-01-01.
fn day(at: i64, utc_offset_minutes: i16) -> i64 {
    (at + i64::from(utc_offset_minutes) * 60_000).div_euclid(24 * 60 * 60 * 1_000)
}

/// As [`day`], of a date.
fn day_number(date: Date) -> i64 {
    date.duration_since(jiff::civil::date(1970, 1, 1)).as_hours() / 24
}

/// The row of a voided cart.
pub fn project_cart_voided(db: &Connection, id: i64, fact: &CartVoided) -> Result<()> {
    let amount: i64 = fact.lines.iter().map(|line| line.amount).sum();
    db.prepare_cached(
        "INSERT INTO cart_void (entry, shift, reason, lines, amount)
         VALUES (?1, (SELECT entry FROM shift WHERE id = ?2), ?3, ?4, ?5)",
    )?
    .execute(params![
        id,
        fact.shift.map(|shift| shift.0),
        fact.reason,
        fact.lines.len(),
        amount
    ])?;
    Ok(())
}

/// The row of a duplicate.
pub fn project_reprinted(db: &Connection, id: i64, fact: &ReceiptReprinted) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO reprint (entry, sale, returned, gift)
         VALUES (?1, (SELECT entry FROM sale WHERE id = ?2), (SELECT entry FROM return_sale WHERE id = ?3), ?4)",
    )?
    .execute(params![
        id,
        fact.sale.map(|sale| sale.0),
        fact.returned.map(|returned| returned.0),
        fact.gift.as_ref().map(|lines| words_of(lines)),
    ])?;
    Ok(())
}

fn words_of(lines: &[u32]) -> String {
    lines.iter().map(u32::to_string).collect::<Vec<_>>().join(" ")
}
