//! Count sheets: lists on which several people write what they count, each at a till of their own. Nothing of it moves
//! stock.

use comptoir_domain::ids::{CountSheetId, OperatorId};
use comptoir_domain::inventory::{CountSheet, MOST_NAME, Refusal};
use comptoir_domain::operators::Permission;
use comptoir_domain::quantity::Quantity;
use comptoir_sync::documents::count_sheet::{fields, read};
use comptoir_sync::documents::{Fields, Kind};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::documents::Edits;
use crate::error::Result;
use crate::operators;
use crate::till::{Till, Tx};

/// Begins a sheet.
pub fn begin(till: &mut Till, operator: OperatorId, name: &str) -> Result<CountSheet> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::CountStock)?;
    let name = name.trim();
    let bad =
        name.is_empty() || name.chars().count() > MOST_NAME || name.chars().any(char::is_control);
    if bad {
        return Err(Refusal::BadSheetName { most: MOST_NAME }.into());
    }
    let sheet = CountSheet {
        id: CountSheetId(tx.new_id()),
        name: name.to_owned(),
        opened_at: tx.wall,
        opened_by: operator,
        closed: false,
        counted: [].into(),
    };
    write(&tx, operator, &sheet)?;
    tx.commit()?;
    Ok(sheet)
}

/// Writes what was counted of a SKU, in the place of what was counted before; nothing takes it off the sheet.
pub fn count(
    till: &mut Till,
    operator: OperatorId,
    sheet: CountSheetId,
    sku: &str,
    quantity: Option<Quantity>,
) -> Result<CountSheet> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::CountStock)?;
    let mut sheet = open(&tx, sheet)?;
    if let Some(quantity) = quantity.filter(|quantity| quantity.thousandths() < 0) {
        return Err(Refusal::BadCount { quantity }.into());
    }
    let code = crate::catalog::item(&tx, sku)?.sku;
    match quantity {
        Some(quantity) => sheet.counted.insert(code, quantity),
        None => sheet.counted.remove(&code),
    };
    write(&tx, operator, &sheet)?;
    tx.commit()?;
    Ok(sheet)
}

/// Nobody writes on the sheet any more; what somebody writes meanwhile without knowing it stands on it all the same.
pub fn close(till: &mut Till, operator: OperatorId, sheet: CountSheetId) -> Result<CountSheet> {
    let tx = till.begin()?;
    operators::check(&tx, operator, Permission::CountStock)?;
    let sheet = CountSheet { closed: true, ..open(&tx, sheet)? };
    write(&tx, operator, &sheet)?;
    tx.commit()?;
    Ok(sheet)
}

/// A sheet.
pub fn find(db: &Connection, id: CountSheetId) -> Result<Option<CountSheet>> {
    let mut select = db.prepare_cached(
        "SELECT id, name, opened_at, opened_by, closed FROM count_sheet WHERE id = ?1",
    )?;
    let sheet = select.query_row([id.0.into_bytes()], read_row).optional()?;
    sheet.map(|sheet| counted(db, sheet)).transpose()
}

/// All sheets, those that are written on first, the newest first.
pub fn list(db: &Connection) -> Result<Vec<CountSheet>> {
    let mut select = db.prepare_cached(
        "SELECT id, name, opened_at, opened_by, closed FROM count_sheet ORDER BY closed, opened_at DESC, id",
    )?;
    let sheets: Vec<CountSheet> =
        select.query_map([], read_row)?.collect::<rusqlite::Result<_>>()?;
    sheets.into_iter().map(|sheet| counted(db, sheet)).collect()
}

/// Writes the rows of a sheet.
pub(crate) fn project(db: &Connection, document: Uuid, said: &Fields) -> Result<()> {
    let Some(sheet) = read(document, said) else { return Ok(()) };
    let id = document.into_bytes();
    db.prepare_cached(
        "INSERT OR REPLACE INTO count_sheet (id, name, opened_at, opened_by, closed) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        id,
        sheet.name,
        sheet.opened_at,
        sheet.opened_by.0.into_bytes(),
        sheet.closed
    ])?;
    db.prepare_cached("DELETE FROM count_line WHERE count_sheet = ?1")?.execute([id])?;
    let mut insert = db.prepare_cached(
        "INSERT INTO count_line (count_sheet, sku, quantity) VALUES (?1, ?2, ?3)",
    )?;
    for (sku, quantity) in &sheet.counted {
        insert.execute(params![id, sku, quantity.thousandths()])?;
    }
    Ok(())
}

fn open(tx: &Tx<'_>, id: CountSheetId) -> Result<CountSheet> {
    match find(tx, id)? {
        None => Err(Refusal::UnknownSheet.into()),
        Some(sheet) if sheet.closed => Err(Refusal::SheetClosed.into()),
        Some(sheet) => Ok(sheet),
    }
}

fn write(tx: &Tx<'_>, operator: OperatorId, sheet: &CountSheet) -> Result<()> {
    let id = sheet.id.0;
    let known = |said: &Fields| read(id, said).map(|sheet| fields(&sheet)).unwrap_or_default();
    let mut edits = Edits::new(tx);
    edits.edit(id, Kind::CountSheet, known, &fields(sheet))?;
    edits.record(Some(operator))
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<CountSheet> {
    Ok(CountSheet {
        id: CountSheetId(Uuid::from_bytes(row.get(0)?)),
        name: row.get(1)?,
        opened_at: row.get(2)?,
        opened_by: OperatorId(Uuid::from_bytes(row.get(3)?)),
        closed: row.get(4)?,
        counted: [].into(),
    })
}

fn counted(db: &Connection, sheet: CountSheet) -> Result<CountSheet> {
    let mut select =
        db.prepare_cached("SELECT sku, quantity FROM count_line WHERE count_sheet = ?1")?;
    let counted = select.query_map([sheet.id.0.into_bytes()], |row| {
        Ok((row.get(0)?, Quantity::from_thousandths(row.get(1)?)))
    })?;
    Ok(CountSheet { counted: counted.collect::<rusqlite::Result<_>>()?, ..sheet })
}
