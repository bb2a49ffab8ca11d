//! Card payments. An attempt is stored before the terminal is asked, settled whatever happened to the
//! line, the terminal or this program, and spent by the sale, or by the return when money goes back.
//!
//! The order is always: [`may_pay`] or [`may_take_back`], then the driver's `prepare`, then [`begin`],
//! then the driver's `carry_out`, then [`end::finish`]; a refund is begun by its return. What is left
//! `unknown` goes through the driver's `settle` and [`end::settle`]. Until it is settled nothing else is
//! asked of the terminal, the cart is neither sold nor put away, and the shift is not closed.

pub mod end;
pub mod spend;

use comptoir_domain::cart;
use comptoir_domain::ids::{CartId, OperatorId, ReturnId};
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::operators::Permission;
use comptoir_domain::orders::returns::CardDue;
use comptoir_domain::payments::{CardProof, Refusal, rest};
use comptoir_hardware::lamp::Cause;
use comptoir_hardware::terminal::PLEASE_WAIT;
use comptoir_hardware::terminal::attempt::{Attempt, Kind};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::operators;
use crate::orders::exchange;
use crate::till::{Till, Tx, utc};
use crate::{cart as carts, compliance, payments};

/// How far a card attempt has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CardState {
    /// The terminal is at work.
    Asking,
    /// Done.
    Approved,
    /// Not done: bank, card or terminal said no.
    Declined,
    /// Not done: somebody pressed stop, or no card came.
    Cancelled,
    /// Not done: the terminal could not be asked.
    NotSent,
    /// It may have been done: the terminal has to be asked.
    Unknown,
    /// The terminal cannot tell: a person has to look into its journal.
    Doubtful,
}

/// What a card attempt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CardKind {
    /// To be paid.
    Payment,
    /// To take back a payment before it is spent.
    Reversal,
    /// To give money back for goods that came back.
    Refund,
}

/// A card attempt as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CardAttempt {
    /// Which.
    #[ts(type = "number")]
    pub attempt: i64,
    /// What for.
    pub kind: CardKind,
    /// Asked for.
    pub amount: Money,
    /// Really moved; less than what was asked for when the card had no more. Of a doubtful one, what the
    /// terminal remembers of its last transaction.
    pub approved: Option<Money>,
    /// How far it has come.
    pub state: CardState,
    /// The terminal's, when it refused or declined: chapter 10 of the specification.
    pub code: Option<u8>,
    /// What was the matter with the terminal.
    #[ts(type = "string | null")]
    pub cause: Option<Cause>,
    /// Of the card, once it is approved.
    pub card: Option<CardProof>,
    /// RFC 3339, UTC.
    pub asked_at: String,
    /// For goods that come back, and not of a cart.
    pub of_return: bool,
    /// The terminal does not undo the payment of a sale that is voided: the card is refunded next.
    pub refund_next: bool,
}

/// A card attempt of which nobody knows yet what became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsettled {
    /// Which.
    pub id: i64,
    /// Of this cart; of a refund, the id of its return.
    pub cart: CartId,
    /// As the driver has it.
    pub attempt: Attempt,
    /// How far it has come.
    pub state: CardState,
}

impl CardState {
    const ALL: [CardState; 7] = [
        CardState::Asking,
        CardState::Approved,
        CardState::Declined,
        CardState::Cancelled,
        CardState::NotSent,
        CardState::Unknown,
        CardState::Doubtful,
    ];

    /// The name in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            CardState::Asking => "asking",
            CardState::Approved => "approved",
            CardState::Declined => "declined",
            CardState::Cancelled => "cancelled",
            CardState::NotSent => "not_sent",
            CardState::Unknown => "unknown",
            CardState::Doubtful => "doubtful",
        }
    }

    /// Whether it is known what became of the attempt.
    pub const fn is_settled(self) -> bool {
        !matches!(self, CardState::Asking | CardState::Unknown | CardState::Doubtful)
    }

    fn parse(name: &str) -> CardState {
        Self::ALL.into_iter().find(|state| state.as_str() == name).unwrap_or(CardState::Doubtful)
    }
}

impl CardKind {
    const fn of(kind: Kind) -> CardKind {
        match kind {
            Kind::Payment => CardKind::Payment,
            Kind::Reversal(_) => CardKind::Reversal,
            Kind::Refund => CardKind::Refund,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            CardKind::Payment => "payment",
            CardKind::Reversal => "reversal",
            CardKind::Refund => "refund",
        }
    }
}

/// Refuses a card payment that the terminal must not even be asked for; else says what the driver is to prepare.
pub fn may_pay(
    till: &mut Till,
    cashier: OperatorId,
    cart: CartId,
    shown: Money,
    amount: Money,
) -> Result<u64> {
    let tx = till.begin()?;
    let open = carts::find(&tx, tx.store.currency)?.filter(|open| open.id == cart);
    let open = open.filter(|open| !open.is_empty()).ok_or(cart::Refusal::CartChanged)?;
    let total = open.totals(&tx.rates, tx.store.currency).total;
    if shown != total {
        return Err(cart::Refusal::CartChanged.into());
    }
    if let Some(age) = open.age_to_check() {
        return Err(comptoir_domain::compliance::Refusal::AgeCheckRequired { age }.into());
    }
    compliance::within_limit(&tx, &open)?;
    let exchanged = exchange::view(&tx, &open)?;
    let due = exchanged.map_or(total, |exchanged| total - exchanged.used);
    may_pay_basket(&tx, cashier, cart, due, amount)
}

/// As [`may_pay`], for a basket that was put together elsewhere.
pub fn may_pay_basket(
    tx: &Tx<'_>,
    cashier: OperatorId,
    cart: CartId,
    total: Money,
    amount: Money,
) -> Result<u64> {
    operators::check(tx, cashier, Permission::Sell)?;
    payments::open_shift_of(tx, tx.identity.register)?.ok_or(Refusal::NoOpenShift)?;
    if unsettled(tx)?.is_some() {
        return Err(Refusal::CardUnsettled.into());
    }
    let rest = rest(total, &spend::tenders(tx, cart)?)?;
    if amount > rest {
        return Err(Refusal::CardExceedsDue { due: rest, amount }.into());
    }
    u64::try_from(amount.minor())
        .ok()
        .filter(|minor| *minor > 0)
        .ok_or_else(|| Refusal::BadAmount { text: amount.to_string() }.into())
}

/// Refuses to take back what is not an approved payment of the open cart; else says what the driver is to prepare.
pub fn may_take_back(till: &mut Till, cashier: OperatorId, payment: i64) -> Result<(Kind, u64)> {
    let tx = till.begin()?;
    operators::check(&tx, cashier, Permission::Sell)?;
    if unsettled(&tx)?.is_some() {
        return Err(Refusal::CardUnsettled.into());
    }
    let open = carts::find(&tx, tx.store.currency)?.ok_or(Refusal::UnknownCardPayment)?;
    take_back_of(&tx, open.id, payment)
}

/// As [`may_take_back`], for a payment of any cart that is not sold.
pub fn take_back_of(tx: &Tx<'_>, cart: CartId, payment: i64) -> Result<(Kind, u64)> {
    let paid = spend::tenders(tx, cart)?.into_iter().find(|tender| tender.attempt == payment);
    let paid = paid.ok_or(Refusal::UnknownCardPayment)?;
    let receipt = paid.card.receipt.ok_or(Refusal::UnknownCardPayment)?;
    Ok((Kind::Reversal(receipt), paid.amount.minor().unsigned_abs()))
}

/// Stores an attempt that was prepared. Only then may it be carried out, once.
pub fn begin(
    till: &mut Till,
    cashier: OperatorId,
    cart: CartId,
    of: Option<i64>,
    attempt: &Attempt,
) -> Result<i64> {
    let tx = till.begin()?;
    if unsettled(&tx)?.is_some() {
        return Err(Refusal::CardUnsettled.into());
    }
    let id = store(&tx, cashier, cart.0, of, None, attempt)?;
    tx.commit()?;
    Ok(id)
}

/// Stores an attempt of a cart, or of a return that gives back the sale's `tender`.
pub(crate) fn store(
    tx: &Tx<'_>,
    cashier: OperatorId,
    subject: Uuid,
    of: Option<i64>,
    tender: Option<u32>,
    attempt: &Attempt,
) -> Result<i64> {
    tx.prepare_cached("UPDATE card_attempt SET put_away = 1 WHERE put_away = 0")?.execute([])?;
    tx.prepare_cached(
        "INSERT INTO card_attempt (cart, kind, of, tender, amount, asked_at, asked_by, attempt, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'asking')",
    )?
    .execute(params![
        subject.into_bytes(),
        CardKind::of(attempt.kind).as_str(),
        of,
        tender,
        attempt.amount,
        tx.wall,
        cashier.0.into_bytes(),
        serde_json::to_string(attempt).map_err(unreadable)?,
    ])?;
    Ok(tx.last_insert_rowid())
}

/// Stores what is due to a card that the terminal could not even be prepared for.
pub(crate) fn store_not_asked(
    tx: &Tx<'_>,
    cashier: OperatorId,
    of: ReturnId,
    due: &CardDue,
    kind: Kind,
) -> Result<()> {
    tx.prepare_cached("UPDATE card_attempt SET put_away = 1 WHERE put_away = 0")?.execute([])?;
    tx.prepare_cached(
        "INSERT INTO card_attempt (cart, kind, tender, amount, asked_at, asked_by, attempt, state, ended_at)
         VALUES (?1, ?6, ?2, ?3, ?4, ?5, 'null', 'not_sent', ?4)",
    )?
    .execute(params![
        of.0.into_bytes(),
        due.tender,
        due.amount.minor(),
        tx.wall,
        cashier.0.into_bytes(),
        CardKind::of(kind).as_str(),
    ])?;
    Ok(())
}

/// Puts a settled attempt away, so that it is no longer shown.
pub fn put_away(till: &mut Till) -> Result<()> {
    let tx = till.begin()?;
    if unsettled(&tx)?.is_some() {
        return Err(Refusal::CardUnsettled.into());
    }
    tx.prepare_cached("UPDATE card_attempt SET put_away = 1 WHERE put_away = 0")?.execute([])?;
    tx.commit()
}

/// The attempt to be shown: at work, unsettled, or ended and not yet put away.
pub fn shown(db: &Connection, currency: Currency) -> Result<Option<CardAttempt>> {
    let select = "SELECT id, kind, amount, approved, state, code, cause, asked_at, card, number, authorisation, trace, receipt, terminal,
             tender IS NOT NULL
         FROM card_attempt WHERE put_away = 0 ORDER BY id DESC LIMIT 1";
    let read = |row: &Row<'_>| {
        let money = |minor| Money::new(minor, currency);
        let state = CardState::parse(&row.get::<_, String>(4)?);
        let kind = match row.get::<_, String>(1)?.as_str() {
            "reversal" => CardKind::Reversal,
            "refund" => CardKind::Refund,
            _ => CardKind::Payment,
        };
        let (code, cause): (_, Option<String>) = (row.get(5)?, row.get(6)?);
        let of_return = row.get(14)?;
        Ok(CardAttempt {
            attempt: row.get(0)?,
            kind,
            amount: money(row.get(2)?),
            approved: row.get::<_, Option<i64>>(3)?.map(money),
            state,
            code,
            cause: cause.and_then(|cause| serde_json::from_value(cause.into()).ok()),
            card: match state {
                CardState::Approved => Some(read_card(row, 8)?),
                _ => None,
            },
            asked_at: utc(row.get(7)?),
            of_return,
            refund_next: of_return && kind == CardKind::Reversal && is_refused(state, code),
        })
    };
    Ok(db.prepare_cached(select)?.query_row([], read).optional()?)
}

/// The attempt of which nobody knows yet what became.
pub fn unsettled(db: &Connection) -> Result<Option<Unsettled>> {
    let select = "SELECT id, cart, attempt, state FROM card_attempt WHERE state IN ('asking', 'unknown', 'doubtful')";
    let read = |row: &Row<'_>| {
        let (id, cart) = (row.get(0)?, CartId(Uuid::from_bytes(row.get(1)?)));
        Ok((id, cart, row.get::<_, String>(2)?, CardState::parse(&row.get::<_, String>(3)?)))
    };
    let found = db.prepare_cached(select)?.query_row([], read).optional()?;
    let Some((id, cart, attempt, state)) = found else { return Ok(None) };
    let attempt = serde_json::from_str(&attempt).map_err(unreadable)?;
    Ok(Some(Unsettled { id, cart, attempt, state }))
}

/// Whether the terminal or its bank will not do it: asked again they would say the same. One that is at work, or was
/// stopped, may.
fn is_refused(state: CardState, code: Option<u8>) -> bool {
    match state {
        CardState::Declined => true,
        CardState::NotSent => code.is_some_and(|code| code != PLEASE_WAIT),
        _ => false,
    }
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::Broken(format!("a card attempt cannot be written or read: {error}"))
}

fn read_card(row: &Row<'_>, from: usize) -> rusqlite::Result<CardProof> {
    Ok(CardProof {
        name: row.get(from)?,
        number: row.get(from + 1)?,
        authorisation: row.get(from + 2)?,
        trace: row.get(from + 3)?,
        receipt: row.get(from + 4)?,
        terminal: row.get(from + 5)?,
    })
}
