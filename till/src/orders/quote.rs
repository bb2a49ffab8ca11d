//! What goods that come back would come to, where the money would go, and who would have to approve it.

use comptoir_domain::ids::{OperatorId, SaleId};
use comptoir_domain::money::Money;
use comptoir_domain::operators::{Permission, Role};
use comptoir_domain::orders::Sale;
use comptoir_domain::orders::approval::{self, ApprovalReason};
use comptoir_domain::orders::returns::{self as rule, CardDue, Goods, Refund, Return, Wanted};
use comptoir_domain::payments::{CardProof, TenderType};
use comptoir_domain::tax::TaxLine;
use rusqlite::Connection;
use serde::Serialize;
use ts_rs::TS;

use super::{refunds, returns};
use crate::error::Result;
use crate::operators;
use crate::till::{Till, Tx};

/// A part of the money that goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RefundPart {
    /// Out of the drawer, to a card, or for other goods.
    #[serde(rename = "type")]
    pub kind: TenderType,
    /// How much.
    pub amount: Money,
    /// Of the card that it goes to.
    pub card: Option<CardProof>,
    /// What can still go back to this card after it.
    pub still: Option<Money>,
}

/// What a line that comes back comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct QuotedLine {
    /// Its number in the sale.
    pub line: u32,
    /// Before tax.
    pub amount: Money,
}

/// What goods that come back come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ReturnQuote {
    /// Each of them.
    pub lines: Vec<QuotedLine>,
    /// The goods before tax.
    pub subtotal: Money,
    /// What was paid along with them before tax: deposits and fees.
    pub charges: Money,
    /// One per tax.
    pub taxes: Vec<TaxLine>,
    /// With tax.
    pub total: Money,
    /// Of the cash.
    pub rounding: Money,
    /// Where the money goes.
    pub refunds: Vec<RefundPart>,
    /// The least role that must approve it, when the one who asks may not do it alone.
    pub needs: Option<Role>,
    /// Why.
    pub why: Vec<ApprovalReason>,
}

/// What these lines of a sale come to. Changes nothing.
pub fn quote_return(
    till: &mut Till,
    operator: OperatorId,
    sale: SaleId,
    wanted: &[Wanted],
) -> Result<ReturnQuote> {
    let tx = till.begin_reading()?;
    operators::check(&tx, operator, Permission::Return)?;
    let begun = refunds::unfinished(&tx)?.filter(|begun| begun.sale == sale);
    let day = begun.as_ref().map_or(tx.today, |begun| begun.day(&tx));
    let known = begun.map(|begun| refunds::known(&tx, begun.id)).transpose()?.flatten();
    let (sale, earlier, goods) = returns::look_up(&tx, sale, wanted, known)?;
    let lines: Vec<u32> = wanted.iter().map(|one| one.line).collect();
    let dues = rule::card_dues(&sale, &earlier, goods.total);
    let cards = dues.into_iter().map(|due| {
        let CardDue { tender, amount, card, .. } = due;
        let refund = Refund { kind: TenderType::Card, amount, tender: Some(tender), card };
        (still(&sale, &earlier, &refund).map(|left| left - amount), refund)
    });
    of(&tx, operator, goods, cards.collect(), returns::reasons(&tx, &sale, &lines, day))
}

/// A quote of `goods`, of which `cards` are given their part and may still be given so much more.
pub(super) fn of(
    tx: &Tx<'_>,
    operator: OperatorId,
    goods: Goods,
    cards: Vec<(Option<Money>, Refund)>,
    mut why: Vec<ApprovalReason>,
) -> Result<ReturnQuote> {
    let Goods { lines, subtotal, taxes, total } = goods;
    let nothing = Money::zero(total.currency());
    let along = lines.iter().filter(|line| line.of.is_some()).map(|line| line.amount);
    let charges = Money::sum(along, total.currency());
    let (stills, cards): (Vec<_>, Vec<_>) = cards.into_iter().unzip();
    let (refunds, rounding) = rule::give_back(total, nothing, cards);
    let cash = refunds.iter().filter(|refund| refund.kind == TenderType::Cash);
    let cash = Money::sum(cash.map(|refund| refund.amount), total.currency());
    if !tx.settings.cash.may_give_back(cash) {
        why.push(ApprovalReason::MuchCash);
    }
    let stills = stills.into_iter().chain(std::iter::repeat(None));
    Ok(ReturnQuote {
        lines: lines
            .into_iter()
            .map(|line| QuotedLine { line: line.line, amount: line.amount })
            .collect(),
        subtotal: subtotal - charges,
        charges,
        taxes,
        total,
        rounding,
        refunds: refunds
            .into_iter()
            .zip(stills)
            .map(|(refund, still)| part(refund, still))
            .collect(),
        needs: more_than(tx, operator, &why)?,
        why,
    })
}

/// The least role that must approve, when `operator` may not do it alone.
pub(super) fn more_than(
    db: &Connection,
    operator: OperatorId,
    why: &[ApprovalReason],
) -> Result<Option<Role>> {
    let needs = approval::needs(why);
    Ok((operators::find(db, operator)?.role < needs).then_some(needs))
}

/// The money that went back with a return, and what can go back to each card after it.
pub fn parts(db: &Connection, back: &Return) -> Result<Vec<RefundPart>> {
    let of = match &back.of {
        Some(of) => Some((super::find(db, of.id)?, returns::earlier(db, of.id)?)),
        None => None,
    };
    let part = |refund: &Refund| {
        let left = of.as_ref().and_then(|(sale, given)| still(sale, given, refund));
        part(refund.clone(), left)
    };
    Ok(back.refunds.iter().map(part).collect())
}

/// What the card of a refund paid and was not given back in `given`.
fn still(sale: &Sale, given: &[Return], refund: &Refund) -> Option<Money> {
    let tender = refund.tender?;
    let paid = sale.tenders.get(usize::try_from(tender).ok()?)?.amount;
    let to_it = given.iter().flat_map(|back| &back.refunds);
    let to_it = to_it.filter(|other| other.tender == Some(tender)).map(|other| other.amount);
    Some(paid - Money::sum(to_it, paid.currency()))
}

fn part(refund: Refund, still: Option<Money>) -> RefundPart {
    let Refund { kind, amount, card, .. } = refund;
    RefundPart { kind, amount, card, still }
}
