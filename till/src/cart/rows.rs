//! The tables of carts that are not sold yet.

use comptoir_domain::cart::{Cart, Line};
use comptoir_domain::compliance::AgeCheck;
use comptoir_domain::ids::{CartId, OperatorId};
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::quantity::{Quantity, Unit};
use comptoir_domain::tax::TaxCategory;
use comptoir_domain::text::Text;
use comptoir_sync::facts::orders::{
    age_proof, age_proof_number, cannabis, given, price_number, price_reason, void_number,
    void_reason,
};
use rusqlite::{Connection, OptionalExtension, Params, Row, params};
use uuid::Uuid;

use crate::error::Result;
use crate::orders::exchange;
use crate::payments::card;
use crate::till::Tx;

/// The open cart, made when there is none.
pub(crate) fn open(tx: &Tx<'_>) -> Result<Cart> {
    if let Some(cart) = find(tx, tx.store.currency)? {
        return Ok(cart);
    }
    let id = CartId(tx.new_id());
    tx.prepare_cached("INSERT INTO cart (id, opened_at) VALUES (?1, ?2)")?
        .execute(params![id.0.into_bytes(), tx.wall])?;
    Ok(Cart::empty(id))
}

/// The open cart, if there is one with an id.
pub(crate) fn find(db: &Connection, currency: Currency) -> Result<Option<Cart>> {
    load(db, "parked_as IS NULL", [], currency)
}

/// A parked cart.
pub(super) fn find_parked(db: &Connection, id: CartId, currency: Currency) -> Result<Option<Cart>> {
    load(db, "parked_as IS NOT NULL AND id = ?1", [id.0.into_bytes()], currency)
}

fn load(
    db: &Connection,
    which: &str,
    key: impl Params,
    currency: Currency,
) -> Result<Option<Cart>> {
    let select = format!(
        "SELECT id, selected, discount, discount_reason, approved_by, note, age_checked, age_proof, age_checked_by
         FROM cart WHERE {which}"
    );
    let head = |row: &Row<'_>| {
        let discount: Option<String> = row.get(2)?;
        let mut cart = Cart::empty(CartId(Uuid::from_bytes(row.get(0)?)));
        cart.selected = row.get(1)?;
        cart.approved_by = operator(row, 4)?;
        cart.note = row.get(5)?;
        if let (Some(age), Some(proof), Some(by)) = (row.get(6)?, row.get(7)?, operator(row, 8)?) {
            cart.age_check = Some(AgeCheck { age, proof: age_proof(proof), by });
        }
        Ok((cart, discount, row.get(3)?))
    };
    let head = db.prepare_cached(&select)?.query_row(key, head).optional()?;
    let Some((mut cart, discount, reason)) = head else { return Ok(None) };
    cart.discount = given(discount.as_deref(), reason, currency)?;
    let mut select = db.prepare_cached(
        "SELECT line, sku, name_en, name_fr, quantity, unit, price, tax_category, minimum_age, voided,
             list_price, price_reason, discount, discount_reason, approved_by, note, cannabis, net_milligrams, of_line
         FROM cart_line WHERE cart = ?1 ORDER BY line",
    )?;
    let mut rows = select.query([cart.id.0.into_bytes()])?;
    while let Some(row) = rows.next()? {
        let discount: Option<String> = row.get(12)?;
        let discount = given(discount.as_deref(), row.get(13)?, currency)?;
        cart.lines.push(Line { discount, ..read_line(row, currency)? });
    }
    cart.share_discount();
    Ok(Some(cart))
}

/// Forgets a cart that became a sale or was voided; not one that a card has paid for.
pub(crate) fn close(tx: &Tx<'_>, cart: CartId) -> Result<()> {
    card::spend::check_unpaid(tx, cart)?;
    exchange::check_free(tx, cart)?;
    tx.prepare_cached("DELETE FROM cart WHERE id = ?1")?.execute([cart.0.into_bytes()])?;
    Ok(())
}

/// Writes what is different from `before`; everything, when that is not known.
pub(super) fn save(tx: &Tx<'_>, cart: &Cart, before: Option<&Cart>) -> Result<()> {
    for line in &cart.lines {
        let same = |known: &Line| Line { share: line.share, ..known.clone() } == *line;
        let known = before.and_then(|cart| cart.lines.iter().find(|known| known.line == line.line));
        if !known.is_some_and(same) {
            save_line(tx, cart.id, line)?;
        }
    }
    let head = |cart: &Cart| {
        let Cart { selected, discount, approved_by, note, age_check, .. } = cart;
        (*selected, *discount, *approved_by, note.clone(), *age_check)
    };
    if before.is_none_or(|before| head(before) != head(cart)) {
        tx.prepare_cached(
            "UPDATE cart SET selected = ?2, discount = ?3, discount_reason = ?4, approved_by = ?5, note = ?6,
                 age_checked = ?7, age_proof = ?8, age_checked_by = ?9 WHERE id = ?1",
        )?
        .execute(params![
            cart.id.0.into_bytes(),
            cart.selected,
            cart.discount.map(|given| given.discount.to_string()),
            cart.discount.map(|given| price_number(given.reason)),
            cart.approved_by.map(|approver| approver.0.into_bytes()),
            cart.note,
            cart.age_check.map(|check| check.age),
            cart.age_check.map(|check| age_proof_number(check.proof)),
            cart.age_check.map(|check| check.by.0.into_bytes()),
        ])?;
    }
    Ok(())
}

fn save_line(tx: &Tx<'_>, cart: CartId, line: &Line) -> Result<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO cart_line
             (cart, line, sku, name_en, name_fr, quantity, unit, price, tax_category, minimum_age, voided,
              list_price, price_reason, discount, discount_reason, approved_by, note, cannabis, net_milligrams, of_line)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
    )?
    .execute(params![
        cart.0.into_bytes(),
        line.line,
        line.sku,
        line.name.en,
        line.name.fr,
        line.quantity.thousandths(),
        line.unit.as_str(),
        line.price.minor(),
        line.tax_category.0,
        line.minimum_age,
        line.voided.map(void_number),
        line.list_price.minor(),
        line.price_reason.map(price_number),
        line.discount.map(|given| given.discount.to_string()),
        line.discount.map(|given| price_number(given.reason)),
        line.approved_by.map(|approver| approver.0.into_bytes()),
        line.note,
        line.cannabis.map(|goods| goods.class.as_str()),
        line.cannabis.map(|goods| goods.net_milligrams),
        line.of,
    ])?;
    Ok(())
}

fn read_line(row: &Row<'_>, currency: Currency) -> rusqlite::Result<Line> {
    let unit: String = row.get(5)?;
    let price: i64 = row.get(6)?;
    Ok(Line {
        line: row.get(0)?,
        sku: row.get(1)?,
        name: Text { en: row.get(2)?, fr: row.get(3)? },
        quantity: Quantity::from_thousandths(row.get(4)?),
        unit: Unit::parse(&unit).unwrap_or(Unit::Each),
        price: Money::new(price, currency),
        list_price: Money::new(row.get::<_, Option<i64>>(10)?.unwrap_or(price), currency),
        price_reason: row.get::<_, Option<u8>>(11)?.map(price_reason),
        discount: None,
        share: Money::zero(currency),
        approved_by: operator(row, 14)?,
        note: row.get(15)?,
        tax_category: TaxCategory(row.get(7)?),
        minimum_age: row.get(8)?,
        cannabis: cannabis(row.get::<_, Option<String>>(16)?.as_deref(), row.get(17)?),
        voided: row.get::<_, Option<u8>>(9)?.map(void_reason),
        of: row.get(18)?,
    })
}

fn operator(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<OperatorId>> {
    let id: Option<[u8; 16]> = row.get(column)?;
    Ok(id.map(|id| OperatorId(Uuid::from_bytes(id))))
}
