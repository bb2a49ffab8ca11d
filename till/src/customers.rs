//! Customers as they are kept.

use comptoir_domain::customers::Customer;
use comptoir_domain::ids::{CustomerId, OperatorId};
use comptoir_domain::operators::Permission;
use comptoir_domain::text::Language;
use comptoir_sync::documents::customer::{fields, read};
use comptoir_sync::documents::{Fields, Kind};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use crate::documents::Edits;
use crate::error::Result;
use crate::operators;
use crate::till::Till;

/// Keeps a customer: a new one, or what is known of an old one from now on.
pub fn save(till: &mut Till, cashier: OperatorId, customer: &Customer) -> Result<()> {
    let tx = till.begin()?;
    operators::check(&tx, cashier, Permission::Sell)?;
    customer.check()?;
    let id = customer.id.0;
    let mut edits = Edits::new(&tx);
    edits.edit(id, Kind::Customer, |said| fields(&read(id, said)), &fields(customer))?;
    edits.record(Some(cashier))?;
    tx.commit()
}

/// All customers by name, those that are archived last.
pub fn list(db: &Connection) -> Result<Vec<Customer>> {
    let mut select = db.prepare_cached(
        "SELECT id, name, phone, email, language, note, archived FROM customer ORDER BY archived, name, id",
    )?;
    let read = |row: &Row<'_>| {
        let language: Option<String> = row.get(4)?;
        Ok(Customer {
            id: CustomerId(Uuid::from_bytes(row.get(0)?)),
            name: row.get(1)?,
            phone: row.get(2)?,
            email: row.get(3)?,
            language: language.as_deref().and_then(Language::from_code),
            note: row.get(5)?,
            archived: row.get(6)?,
        })
    };
    Ok(select.query_map([], read)?.collect::<rusqlite::Result<_>>()?)
}

/// Writes the row of a customer.
pub(crate) fn project(db: &Connection, document: Uuid, said: &Fields) -> Result<()> {
    let customer = read(document, said);
    db.prepare_cached(
        "INSERT OR REPLACE INTO customer (id, name, phone, email, language, note, archived)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        document.into_bytes(),
        customer.name,
        customer.phone,
        customer.email,
        customer.language.map(Language::code),
        customer.note,
        customer.archived,
    ])?;
    Ok(())
}
