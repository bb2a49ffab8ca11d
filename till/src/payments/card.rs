//! Card payments. An attempt is stored before the terminal is asked, settled whatever happened to the
//! line, the terminal or this program, and spent by the sale, or by the return when money goes back.
//!
//! The order is always: [`may_pay`] or [`may_take_back`], then the driver's `prepare`, then [`begin`],
//! then the driver's `carry_out`, then [`finish`]; a refund is begun by its return. What is left `unknown` goes through the driver's
//! `settle` and [`settle`]. Until it is settled nothing else is asked of the terminal, the cart is
//! neither sold nor put away, and the shift is not closed.

use comptoir_domain::cart;
use comptoir_domain::ids::{CartId, OperatorId, ReturnId};
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::operators::{Permission, Role};
use comptoir_domain::orders::returns::{CardDue, Refund};
use comptoir_domain::payments::{CardProof, CardTender, Refusal, TenderType, rest};
use comptoir_hardware::lamp::Cause;
use comptoir_hardware::terminal::attempt::{Attempt, Kind, Verdict};
use comptoir_hardware::terminal::{
    Approval, Outcome, PLEASE_WAIT, Refusal as TerminalRefusal, Transaction,
};
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::orders::CardSettled;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::operators::{self, Approver};
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
    let rest = rest(total, &tenders(tx, cart)?)?;
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
    let paid = tenders(tx, cart)?.into_iter().find(|tender| tender.attempt == payment);
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

/// How an attempt has ended, or that it is not known.
#[derive(Default)]
struct Ended {
    approved: Option<u64>,
    transaction: Option<Transaction>,
    code: Option<u8>,
    cause: Option<Cause>,
}

/// Keeps what the terminal did.
pub fn finish(till: &mut Till, id: i64, outcome: Outcome) -> Result<()> {
    let nothing = Ended::default();
    let (state, ended) = match outcome {
        Outcome::Approved(approval) => (CardState::Approved, Ended::approved(approval)),
        Outcome::Declined { code, .. } => {
            (CardState::Declined, Ended { code: Some(code), ..nothing })
        }
        Outcome::Cancelled => (CardState::Cancelled, nothing),
        // What it did since may have been this attempt, sent before a crash.
        Outcome::NotSent(TerminalRefusal::Changed) => (CardState::Unknown, nothing),
        Outcome::NotSent(refusal) => (CardState::NotSent, Ended::not_sent(&refusal)),
        Outcome::Unknown(cause) => (CardState::Unknown, Ended { cause: Some(cause), ..nothing }),
    };
    end(till, id, state, &ended)
}

/// Keeps what the terminal remembers of an attempt that was unknown.
pub fn settle(till: &mut Till, id: i64, verdict: Verdict) -> Result<()> {
    let nothing = Ended::default();
    let (state, ended) = match verdict {
        Verdict::Approved(approval) => (CardState::Approved, Ended::approved(approval)),
        Verdict::Declined { code } => (CardState::Declined, Ended { code: Some(code), ..nothing }),
        Verdict::NothingDone => (CardState::Cancelled, nothing),
        // What it remembers may be of the attempt, for a part of its amount, or of somebody else's.
        Verdict::Doubtful { transaction } => {
            let told = transaction.filter(|told| told.is_approved());
            (CardState::Doubtful, Ended { approved: told.and_then(|told| told.amount), ..nothing })
        }
    };
    end(till, id, state, &ended)
}

/// The terminal could not even be asked what became of an attempt.
pub fn still_unknown(till: &mut Till, id: i64, refusal: &TerminalRefusal) -> Result<()> {
    end(till, id, CardState::Unknown, &Ended::not_sent(refusal))
}

/// A person has compared with the terminal's own journal and says what was `moved`, if anything was.
pub fn settle_by_hand(
    till: &mut Till,
    cashier: OperatorId,
    approver: Option<Approver>,
    moved: Option<Money>,
) -> Result<()> {
    let tx = till.begin()?;
    operators::check(&tx, cashier, Permission::Sell)?;
    let approver = approver.map(Approver::id);
    carts::permitted(&tx, cashier, approver, Role::Supervisor)?;
    let open = unsettled(&tx)?.filter(|open| open.state != CardState::Asking);
    let open = open.ok_or(Refusal::UnknownCardPayment)?;
    let approved = moved.map(|moved| u64::try_from(moved.minor()).ok().filter(|minor| *minor > 0));
    let bad =
        || Refusal::BadAmount { text: moved.map(|moved| moved.to_string()).unwrap_or_default() };
    let approved = approved.map(|minor| minor.ok_or_else(bad)).transpose()?;
    let state = if approved.is_some() { CardState::Approved } else { CardState::Cancelled };
    let kind = CardKind::of(open.attempt.kind);
    let fact = CardSettled {
        cart: open.cart.0.into(),
        kind: kind.as_str().to_owned(),
        amount: i64::try_from(open.attempt.amount).unwrap_or(i64::MAX),
        currency: tx.store.currency.code().to_owned(),
        moved: moved.map(Money::minor),
        approved_by: approver.map(|approver| approver.0.into()),
    };
    tx.record(&Fact::CardSettled(fact), Some(cashier))?;
    write(&tx, open.id, state, &Ended { approved, ..Ended::default() })?;
    tx.commit()
}

/// Nobody is asking the terminal any more when the program starts: what was being asked is unknown.
pub(crate) fn recover(db: &Connection) -> Result<()> {
    db.execute("UPDATE card_attempt SET state = 'unknown' WHERE state = 'asking'", [])?;
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

/// The card payments of a cart that is not sold: approved, and not taken back.
pub fn tenders(tx: &Tx<'_>, cart: CartId) -> Result<Vec<CardTender>> {
    let mut select = tx.prepare_cached(
        "SELECT id, approved, ended_at, card, number, authorisation, trace, receipt, terminal FROM card_attempt AS paid
         WHERE cart = ?1 AND sale IS NULL AND kind = 'payment' AND state = 'approved'
             AND NOT EXISTS (SELECT 1 FROM card_attempt AS back WHERE back.of = paid.id AND back.state = 'approved')
         ORDER BY id",
    )?;
    let read = |row: &Row<'_>| {
        Ok(CardTender {
            attempt: row.get(0)?,
            amount: Money::new(row.get(1)?, tx.store.currency),
            approved_at: utc(row.get(2)?),
            card: read_card(row, 3)?,
        })
    };
    Ok(select.query_map([cart.0.into_bytes()], read)?.collect::<rusqlite::Result<_>>()?)
}

/// What the terminal gave back for a return that is not completed.
pub(crate) fn refunds(tx: &Tx<'_>, id: ReturnId) -> Result<Vec<Refund>> {
    let mut select = tx.prepare_cached(
        "SELECT approved, tender, card, number, authorisation, trace, receipt, terminal FROM card_attempt
         WHERE cart = ?1 AND sale IS NULL AND kind <> 'payment' AND state = 'approved' ORDER BY id",
    )?;
    let read = |row: &Row<'_>| {
        Ok(Refund {
            kind: TenderType::Card,
            amount: Money::new(row.get(0)?, tx.store.currency),
            tender: row.get(1)?,
            card: Some(read_card(row, 2)?),
        })
    };
    Ok(select.query_map([id.0.into_bytes()], read)?.collect::<rusqlite::Result<_>>()?)
}

/// Whether the terminal was asked to give money back for a return and did not.
pub(crate) fn refund_failed(tx: &Tx<'_>, id: ReturnId) -> Result<bool> {
    let select = "SELECT 1 FROM card_attempt WHERE cart = ?1 AND sale IS NULL AND kind <> 'payment'
        AND state IN ('declined', 'cancelled', 'not_sent')";
    Ok(tx.prepare_cached(select)?.exists([id.0.into_bytes()])?)
}

/// Whether the terminal was asked to undo what the sale's `tender` paid and will not.
pub(crate) fn reversal_refused(tx: &Tx<'_>, id: ReturnId, tender: u32) -> Result<bool> {
    let mut select = tx.prepare_cached(
        "SELECT state, code FROM card_attempt WHERE cart = ?1 AND tender = ?2 AND kind = 'reversal' AND sale IS NULL",
    )?;
    let read =
        |row: &Row<'_>| Ok(is_refused(CardState::parse(&row.get::<_, String>(0)?), row.get(1)?));
    let tried = select.query_map(params![id.0.into_bytes(), tender], read)?;
    Ok(tried.collect::<rusqlite::Result<Vec<bool>>>()?.contains(&true))
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

/// Refuses while nobody knows whether this cart is paid.
pub(crate) fn check_settled(tx: &Tx<'_>, cart: CartId) -> Result<()> {
    match unsettled(tx)? {
        Some(open) if open.cart == cart => Err(Refusal::CardUnsettled.into()),
        _ => Ok(()),
    }
}

/// Refuses to forget a cart that a card has paid for, or may have.
pub(crate) fn check_unpaid(tx: &Tx<'_>, cart: CartId) -> Result<()> {
    check_settled(tx, cart)?;
    if tenders(tx, cart)?.is_empty() { Ok(()) } else { Err(Refusal::CardTendered.into()) }
}

/// The card payments of a cart are those of its sale from now on, the refunds of a return those of its fact.
pub(crate) fn spend(tx: &Tx<'_>, cart: CartId, sale: i64) -> Result<()> {
    tx.prepare_cached(
        "UPDATE card_attempt SET sale = ?2, put_away = 1 WHERE cart = ?1 AND sale IS NULL",
    )?
    .execute(params![cart.0.into_bytes(), sale])?;
    Ok(())
}

fn end(till: &mut Till, id: i64, state: CardState, ended: &Ended) -> Result<()> {
    let tx = till.begin()?;
    write(&tx, id, state, ended)?;
    tx.commit()
}

/// Only what is not settled can become something else: what is known stays.
fn write(tx: &Tx<'_>, id: i64, state: CardState, ended: &Ended) -> Result<()> {
    let told = ended.transaction.clone().unwrap_or_default();
    let last_four = |number: String| {
        let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
        digits[digits.len().saturating_sub(4)..].iter().collect::<String>()
    };
    let cause = ended.cause.map(serde_json::to_value).transpose().map_err(unreadable)?;
    let written = tx
        .prepare_cached(
            "UPDATE card_attempt SET state = ?2, ended_at = ?3, approved = ?4, card = ?5, number = ?6, authorisation = ?7,
                 trace = ?8, receipt = ?9, terminal = ?10, code = ?11, cause = ?12
             WHERE id = ?1 AND state IN ('asking', 'unknown', 'doubtful')",
        )?
        .execute(params![
            id,
            state.as_str(),
            tx.wall,
            ended.approved,
            told.card.name.map(|name| name.trim().to_owned()),
            told.card.number.map(last_four),
            told.authorisation.map(|code| code.trim().to_owned()),
            told.trace,
            told.receipt,
            told.terminal,
            ended.code,
            cause.as_ref().and_then(serde_json::Value::as_str),
        ])?;
    match written {
        1 => Ok(()),
        _ => Err(Error::Broken(format!("card attempt {id} was settled already"))),
    }
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::Broken(format!("a card attempt cannot be written or read: {error}"))
}

impl Ended {
    fn approved(Approval { amount, transaction, .. }: Approval) -> Ended {
        Ended { approved: Some(amount), transaction: Some(transaction), ..Ended::default() }
    }

    fn not_sent(refusal: &TerminalRefusal) -> Ended {
        match refusal {
            TerminalRefusal::NoAnswer { cause } => {
                Ended { cause: Some(*cause), ..Ended::default() }
            }
            TerminalRefusal::Refused { code } => Ended { code: Some(*code), ..Ended::default() },
            TerminalRefusal::Changed | TerminalRefusal::Amount { .. } => Ended::default(),
        }
    }
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
