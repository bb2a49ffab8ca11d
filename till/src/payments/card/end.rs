//! How an attempt ends: what the terminal did, what it remembers of one that was unknown, or what a person read in its
//! journal. What is known stays.

use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::Money;
use comptoir_domain::operators::{Permission, Role};
use comptoir_domain::payments::Refusal;
use comptoir_hardware::lamp::Cause;
use comptoir_hardware::terminal::attempt::Verdict;
use comptoir_hardware::terminal::{
    Approval, Outcome, Receipts, Refusal as TerminalRefusal, Transaction,
};
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::orders::CardSettled;
use rusqlite::{Connection, params};

use super::{CardKind, CardState, unreadable, unsettled};
use crate::cart as carts;
use crate::error::{Error, Result};
use crate::operators::{self, Approver};
use crate::till::{Till, Tx};

/// How an attempt has ended, or that it is not known.
#[derive(Default)]
struct Ended {
    approved: Option<u64>,
    transaction: Option<Transaction>,
    code: Option<u8>,
    cause: Option<Cause>,
    receipts: Receipts,
}

/// Keeps what the terminal did.
pub fn finish(till: &mut Till, id: i64, outcome: Outcome) -> Result<()> {
    let nothing = Ended::default();
    let (state, ended) = match outcome {
        Outcome::Approved(approval) => (CardState::Approved, Ended::approved(approval)),
        Outcome::Declined { code, receipts } => {
            (CardState::Declined, Ended { code: Some(code), receipts, ..nothing })
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
        Verdict::Approved(approval) => (CardState::Approved, Ended::approved(*approval)),
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
                 trace = ?8, receipt = ?9, terminal = ?10, code = ?11, cause = ?12, to_sign = ?13,
                 customer_slip = ?14, merchant_slip = ?15
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
            told.to_sign,
            lines([&ended.receipts.customer, &ended.receipts.other]),
            lines([&ended.receipts.merchant, &Vec::new()]),
        ])?;
    match written {
        1 => Ok(()),
        _ => Err(Error::Broken(format!("card attempt {id} was settled already"))),
    }
}

/// Lines of a receipt as they are kept: what is for nobody in particular is for the customer. None when nothing is said.
fn lines(parts: [&Vec<String>; 2]) -> Option<String> {
    let lines: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

impl Ended {
    fn approved(Approval { amount, transaction, receipts }: Approval) -> Ended {
        let (approved, transaction) = (Some(amount), Some(transaction));
        Ended { approved, transaction, receipts, ..Ended::default() }
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
