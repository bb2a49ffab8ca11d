//! Paying: cash rounding, quick amounts, change, and the sum that must always hold.

pub mod hand_over;
pub mod limits;

use serde::Serialize;
use ts_rs::TS;

use crate::money::{Currency, Money};

/// A means of payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TenderType {
    /// Notes and coins.
    Cash,
    /// A card, at the terminal.
    Card,
    /// Goods that come back for others.
    Exchange,
}

impl TenderType {
    /// The name in files and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            TenderType::Cash => "cash",
            TenderType::Card => "card",
            TenderType::Exchange => "exchange",
        }
    }

    /// The means of payment of a name.
    pub fn parse(name: &str) -> Option<TenderType> {
        let all = [TenderType::Cash, TenderType::Card, TenderType::Exchange];
        all.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What may be kept of a card payment: enough to find it again at the bank, nothing to pay with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct CardProof {
    /// Of the card, as the terminal calls it: `VISA`.
    pub name: Option<String>,
    /// Its last four digits.
    pub number: Option<String>,
    /// Authorisation code of the bank.
    pub authorisation: Option<String>,
    /// Trace number of the terminal.
    pub trace: Option<u32>,
    /// Receipt number of the terminal, by which the payment can be taken back.
    pub receipt: Option<u16>,
    /// Terminal id.
    pub terminal: Option<u32>,
}

/// A card payment that was approved for a cart which is not sold yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CardTender {
    /// The attempt it was.
    #[ts(type = "number")]
    pub attempt: i64,
    /// Really moved.
    pub amount: Money,
    /// Of the card.
    pub card: CardProof,
    /// RFC 3339, UTC.
    pub approved_at: String,
}

/// What was offered in payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Tender {
    /// Means of payment.
    #[serde(rename = "type")]
    pub kind: TenderType,
    /// As given, before change.
    pub amount: Money,
    /// Of the card, when it was one.
    pub card: Option<CardProof>,
}

/// What is given against a total.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offered {
    /// What goods that come back pay of it.
    pub exchange: Option<Money>,
    /// As they were approved.
    pub cards: Vec<CardTender>,
    /// Handed over for what those leave; none is exactly what is due.
    pub cash: Option<Money>,
}

/// What was given against a total, and what goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    /// What came back for it, the cards as they were approved, then the cash.
    pub tenders: Vec<Tender>,
    /// Cash due minus what it rounds; nothing when cards paid it all.
    pub rounding: Money,
    /// Given back, in cash.
    pub change: Money,
}

/// Pays `total` with goods that come back, cards and cash. Rounding falls on what the others leave, and change
/// comes out of the drawer, so it is bounded by the cash that went in.
pub fn pay(total: Money, offered: Offered) -> Result<Paid, Refusal> {
    let Offered { exchange, cards, cash } = offered;
    let exchange = exchange.filter(|amount| !amount.is_zero());
    let rest = rest(total - exchange.unwrap_or(Money::zero(total.currency())), &cards)?;
    let due = cash_due(rest);
    let tendered = cash.unwrap_or(due);
    if tendered < due || tendered.is_negative() {
        return Err(Refusal::Underpaid { due, tendered });
    }
    let in_cash =
        (cards.is_empty() && exchange.is_none()) || !rest.is_zero() || !tendered.is_zero();
    let card = |CardTender { amount, card, .. }| Tender {
        kind: TenderType::Card,
        amount,
        card: Some(card),
    };
    let exchanged =
        exchange.map(|amount| Tender { kind: TenderType::Exchange, amount, card: None });
    let mut tenders: Vec<Tender> =
        exchanged.into_iter().chain(cards.into_iter().map(card)).collect();
    if in_cash {
        tenders.push(Tender { kind: TenderType::Cash, amount: tendered, card: None });
    }
    Ok(Paid { tenders, rounding: due - rest, change: tendered - due })
}

/// What cards leave of `total`. They cannot leave less than nothing: that would be paid out in cash.
pub fn rest(total: Money, cards: &[CardTender]) -> Result<Money, Refusal> {
    let amount = Money::sum(cards.iter().map(|card| card.amount), total.currency());
    let rest = total - amount;
    if rest.is_negative() {
        return Err(Refusal::CardExceedsDue { due: total, amount });
    }
    Ok(rest)
}

/// Cash that moves without a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CashMove {
    /// Change brought to the drawer.
    PaidIn,
    /// Something paid out of the drawer.
    PaidOut,
    /// Taken out of the drawer into the safe.
    SafeDrop,
}

impl CashMove {
    /// All of them.
    pub const ALL: [CashMove; 3] = [CashMove::PaidIn, CashMove::PaidOut, CashMove::SafeDrop];

    /// The name in files and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            CashMove::PaidIn => "paid_in",
            CashMove::PaidOut => "paid_out",
            CashMove::SafeDrop => "safe_drop",
        }
    }

    /// What the drawer has more, or less, of `amount` moved.
    pub fn in_drawer(self, amount: Money) -> Money {
        match self {
            CashMove::PaidIn => amount,
            CashMove::PaidOut | CashMove::SafeDrop => -amount,
        }
    }
}

/// Pieces of one value, as they are counted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, TS)]
pub struct CountedPieces {
    /// Face value in minor units.
    #[ts(type = "number")]
    pub value: i64,
    /// Single pieces.
    pub loose: u32,
    /// Full rolls.
    pub rolls: u32,
}

/// What counted pieces come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Tally {
    /// Of each value, in the order in which they were given.
    pub amounts: Vec<Money>,
    /// Of each value: how many pieces, those in rolls too.
    #[serde(skip)]
    pub pieces: Vec<(i64, u32)>,
    /// In notes.
    pub notes: Money,
    /// In single coins.
    pub coins: Money,
    /// In rolls.
    pub rolls: Money,
    /// In all.
    pub total: Money,
}

/// A note or coin that a drawer is counted by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Denomination {
    /// Face value.
    pub value: Money,
    /// The same in minor units.
    #[ts(type = "number")]
    pub minor: i64,
    /// Note or coin.
    pub kind: Piece,
    /// Pieces in a roll, as banks make them; none for notes.
    pub roll: Option<u32>,
    /// What a roll is worth.
    pub roll_worth: Option<Money>,
}

/// The notes and coins of a currency, the largest first.
pub fn denominations(currency: Currency) -> Vec<Denomination> {
    let of = |&(minor, kind): &(i64, Piece)| Denomination {
        value: Money::new(minor, currency),
        minor,
        kind,
        roll: roll(currency, minor),
        roll_worth: roll(currency, minor)
            .map(|pieces| Money::new(minor * i64::from(pieces), currency)),
    };
    pieces(currency).iter().map(of).collect()
}

/// Coins in a roll (Royal Canadian Mint: 5¢ and 25¢ by 40, 10¢ by 50, $1 and $2 by 25).
const fn roll(currency: Currency, minor: i64) -> Option<u32> {
    match (currency, minor) {
        (Currency::CAD, 5 | 25) => Some(40),
        (Currency::CAD, 10) => Some(50),
        (Currency::CAD, 100 | 200) => Some(25),
        _ => None,
    }
}

/// What goes to the safe, if a drawer with `counted` in it is to begin again with `float`.
pub fn safe_drop(counted: Money, float: Money) -> Money {
    if counted > float { counted - float } else { Money::zero(counted.currency()) }
}

/// What counted pieces come to; a value that the currency does not have is refused.
pub fn tally(counted: &[CountedPieces], currency: Currency) -> Result<Tally, Refusal> {
    let nothing = Money::zero(currency);
    let mut tally = Tally {
        amounts: Vec::new(),
        pieces: Vec::new(),
        notes: nothing,
        coins: nothing,
        rolls: nothing,
        total: nothing,
    };
    let known = denominations(currency);
    for &CountedPieces { value, loose, rolls } in counted {
        let bad = || Refusal::BadAmount { text: value.to_string() };
        let piece = known.iter().find(|piece| piece.minor == value).ok_or_else(bad)?;
        let rolled = rolls.checked_mul(piece.roll.unwrap_or_default()).ok_or_else(bad)?;
        let pieces = loose.checked_add(rolled).filter(|pieces| *pieces <= MOST_PIECES);
        let pieces = pieces.ok_or_else(bad)?;
        let worth = |pieces: u32| Money::new(value * i64::from(pieces), currency);
        match piece.kind {
            Piece::Note => tally.notes += worth(loose),
            Piece::Coin => tally.coins += worth(loose),
        }
        tally.rolls += worth(rolled);
        tally.total += worth(pieces);
        tally.amounts.push(worth(pieces));
        tally.pieces.push((value, pieces));
    }
    Ok(tally)
}

/// Pieces of one value that a drawer can hold.
const MOST_PIECES: u32 = 1_000_000;

/// What the engine says instead of taking the money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "PaymentsRefusal")]
pub enum Refusal {
    /// Not enough was given.
    #[error("{due} is due, {tendered} is tendered")]
    Underpaid {
        /// Cash due, rounded.
        due: Money,
        /// Given so far.
        tendered: Money,
    },
    /// Money cannot be given in negative amounts.
    #[error("{text:?} is not an amount")]
    BadAmount {
        /// As typed.
        text: String,
    },
    /// Nothing can be sold or counted before a shift is open.
    #[error("no shift is open on this register")]
    NoOpenShift,
    /// One drawer has one shift at a time.
    #[error("a shift is open already on this register")]
    ShiftAlreadyOpen,
    /// A drawer is handed over to somebody else.
    #[error("a drawer is handed over to another operator")]
    SameOperator,
    /// Money that moves without a sale, and a drawer that opens without one, say why.
    #[error("say why")]
    ReasonRequired,
    /// The drawer is not counted over an open cart: neither to close the shift nor to hand it over.
    #[error("the cart still has lines: complete or void it first")]
    CartNotEmpty,
    /// A card is not asked for more than is due, and no cash goes back for it.
    #[error("{due} is due, {amount} by card")]
    CardExceedsDue {
        /// Without tenders.
        due: Money,
        /// By cards in all.
        amount: Money,
    },
    /// What became of a card payment is not known yet; until it is, the terminal is asked nothing else.
    #[error("a card payment is not settled: ask the terminal what became of it")]
    CardUnsettled,
    /// A card has paid for this cart: complete the sale, or take the payment back first.
    #[error("a card has paid for this cart: complete the sale or take the payment back first")]
    CardTendered,
    /// There is no such card payment on this cart.
    #[error("there is no such card payment on this cart")]
    UnknownCardPayment,
    /// The register has no card terminal.
    #[error("this register has no card terminal")]
    TerminalMissing,
    /// The terminal cannot be asked; nothing was.
    #[error("the card terminal cannot be asked: look at its lamp")]
    TerminalSilent,
    /// This register had no such shift.
    #[error("this register had no shift {shift}")]
    UnknownShift {
        /// As asked for.
        shift: u64,
    },
    /// There is no such hand-over here.
    #[error("there is no such hand-over")]
    UnknownHandOver,
    /// The terminal is at work for this register already.
    #[error("the card terminal is at work")]
    TerminalBusy,
}

/// What is due in cash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CashDue {
    /// Rounded to the smallest coin.
    pub due: Money,
    /// Due minus total: a line of its own.
    pub rounding: Money,
    /// Amounts that a customer is likely to hand over, the exact one first.
    pub quick: Vec<Money>,
}

/// What a cash amount would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CashQuote {
    /// As given.
    pub tendered: Money,
    /// Rounded due.
    pub due: Money,
    /// Due minus total.
    pub rounding: Money,
    /// What is missing; nothing when there is enough.
    pub still_due: Money,
    /// What goes back; nothing when there is not enough.
    pub change: Money,
    /// What a card is asked for besides, so that this is enough for what it leaves; nothing when it is enough.
    pub by_card: Money,
    /// Whether the sale can be completed.
    pub enough: bool,
}

/// Notes or coins of one value to hand back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ChangePart {
    /// Face value.
    pub value: Money,
    /// Note or coin.
    pub kind: Piece,
    /// How many.
    pub count: u32,
}

/// A piece of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// Paper or polymer.
    Note,
    /// Metal.
    Coin,
}

/// The cash due for `total`: to the nearest 5 cents in Canada, where the penny left circulation in
/// 2013 (Department of Finance, "Eliminating the penny"): 1, 2 → 0; 3, 4 → 5; 6, 7 → 5; 8, 9 → 10.
pub fn cash_due(total: Money) -> Money {
    let step = smallest_coin(total.currency());
    let (sign, minor) = (total.minor().signum(), total.minor().abs());
    Money::new(sign * ((minor + step / 2) / step * step), total.currency())
}

/// Due, rounding and quick amounts for paying `total` in cash.
pub fn cash(total: Money) -> CashDue {
    let due = cash_due(total);
    CashDue { due, rounding: due - total, quick: quick_amounts(due) }
}

/// What giving `tendered` for `total` would do.
pub fn quote(total: Money, tendered: Money) -> CashQuote {
    let due = cash_due(total);
    let nothing = Money::zero(total.currency());
    let enough = tendered >= due && !tendered.is_negative();
    CashQuote {
        tendered,
        due,
        rounding: due - total,
        still_due: if enough { nothing } else { due - tendered },
        change: if enough { tendered - due } else { nothing },
        by_card: if enough { nothing } else { total - in_coins(tendered) },
        enough,
    }
}

/// As much of `amount` as there are coins for.
fn in_coins(amount: Money) -> Money {
    let step = smallest_coin(amount.currency());
    Money::new(amount.minor().max(0) / step * step, amount.currency())
}

/// The exact amount, then what it makes in ever larger notes.
pub fn quick_amounts(due: Money) -> Vec<Money> {
    let mut amounts = vec![due];
    for step in [500, 1_000, 2_000, 5_000, 10_000] {
        let rounded_up = Money::new((due.minor() + step - 1) / step * step, due.currency());
        if due.minor() > 0 && !amounts.contains(&rounded_up) {
            amounts.push(rounded_up);
        }
    }
    amounts
}

/// The fewest notes and coins that make `change`, the largest first.
pub fn change_parts(change: Money) -> Vec<ChangePart> {
    let mut left = change.minor();
    let mut parts = Vec::new();
    for &(value, kind) in pieces(change.currency()) {
        let count = u32::try_from(left / value).unwrap_or(0);
        left %= value;
        if count > 0 {
            parts.push(ChangePart { value: Money::new(value, change.currency()), kind, count });
        }
    }
    parts
}

pub(crate) const fn smallest_coin(currency: Currency) -> i64 {
    match currency {
        Currency::CAD => 5,
        Currency::USD | Currency::EUR => 1,
    }
}

const fn pieces(currency: Currency) -> &'static [(i64, Piece)] {
    use Piece::{Coin, Note};
    match currency {
        Currency::CAD => &[
            (10_000, Note),
            (5_000, Note),
            (2_000, Note),
            (1_000, Note),
            (500, Note),
            (200, Coin),
            (100, Coin),
            (25, Coin),
            (10, Coin),
            (5, Coin),
        ],
        Currency::USD => &[
            (10_000, Note),
            (5_000, Note),
            (2_000, Note),
            (1_000, Note),
            (500, Note),
            (100, Note),
            (25, Coin),
            (10, Coin),
            (5, Coin),
            (1, Coin),
        ],
        Currency::EUR => &[
            (10_000, Note),
            (5_000, Note),
            (2_000, Note),
            (1_000, Note),
            (500, Note),
            (200, Coin),
            (100, Coin),
            (50, Coin),
            (20, Coin),
            (10, Coin),
            (5, Coin),
            (2, Coin),
            (1, Coin),
        ],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cad(text: &str) -> Money {
        Money::parse(text, Currency::CAD).unwrap()
    }

    /// Department of Finance Canada, "Eliminating the penny", rounding guidelines.
    #[test]
    fn what_is_above_the_float_goes_to_the_safe() {
        let cad = |text| Money::parse(text, Currency::CAD).unwrap();
        for (counted, float, drop) in [
            ("704.05", "200.00", "504.05"),
            ("200.00", "200.00", "0.00"),
            ("12.35", "200.00", "0.00"),
        ] {
            assert_eq!(safe_drop(cad(counted), cad(float)), cad(drop), "{counted} {float}");
        }
        let worth = |minor| {
            let all = denominations(Currency::CAD);
            all.iter().find(|piece| piece.minor == minor).unwrap().roll_worth
        };
        assert_eq!(
            [200, 100, 25, 10, 5, 2_000].map(worth),
            ["50.00", "25.00", "10.00", "5.00", "2.00"]
                .map(|text| Some(cad(text)))
                .into_iter()
                .chain([None])
                .collect::<Vec<_>>()[..],
        );
    }

    #[test]
    fn cash_is_rounded_to_five_cents() {
        for (total, due) in [
            ("4.92", "4.90"),
            ("772.72", "772.70"),
            ("5.98", "6.00"),
            ("5.97", "5.95"),
            ("0.02", "0.00"),
            ("1.01", "1.00"),
            ("1.03", "1.05"),
            ("1.04", "1.05"),
            ("1.06", "1.05"),
            ("1.09", "1.10"),
            ("2.92", "2.90"),
            ("-4.92", "-4.90"),
        ] {
            assert_eq!(cash_due(cad(total)), cad(due), "{total}");
        }
    }

    #[test]
    fn quick_amounts_start_exact_and_grow() {
        for (due, expected) in [
            ("104.35", "104.35 105.00 110.00 120.00 150.00 200.00"),
            ("4.90", "4.90 5.00 10.00 20.00 50.00 100.00"),
            ("20.00", "20.00 50.00 100.00"),
            ("0.00", "0.00"),
        ] {
            let shown: Vec<String> = quick_amounts(cad(due)).iter().map(Money::to_string).collect();
            assert_eq!(shown.join(" "), expected, "{due}");
        }
    }

    #[test]
    fn change_is_handed_back_in_the_fewest_pieces() {
        let shown: Vec<String> = change_parts(cad("15.65"))
            .iter()
            .map(|part| format!("{}×{}", part.count, part.value))
            .collect();
        assert_eq!(shown.join(" "), "1×10.00 1×5.00 2×0.25 1×0.10 1×0.05");
    }

    fn card(amount: &str) -> CardTender {
        let (amount, approved_at) = (cad(amount), String::new());
        CardTender { attempt: 1, amount, card: CardProof::default(), approved_at }
    }

    #[test]
    fn cards_and_cash_pay_together() {
        // Only what the cards leave is rounded.
        for (total, cards, cash, tenders, rounding, change) in [
            ("4.92", &[][..], Some("5.00"), 1, "-0.02", "0.10"),
            ("4.92", &["4.92"], None, 1, "0.00", "0.00"),
            ("4.92", &["4.92"], Some("0.00"), 1, "0.00", "0.00"),
            ("4.92", &["2.00"], None, 2, "-0.02", "0.00"),
            ("4.92", &["2.00", "2.92"], None, 2, "0.00", "0.00"),
            ("4.92", &["4.90"], Some("0.00"), 2, "-0.02", "0.00"),
            ("4.92", &["4.92"], Some("5.00"), 2, "0.00", "5.00"),
            ("124.33", &["20.00"], Some("120.00"), 2, "0.02", "15.65"),
            ("9.00", &["5.00"], Some("5.00"), 2, "0.00", "1.00"),
        ] {
            let given = cards.iter().map(|amount| card(amount)).collect();
            let offered = Offered { cards: given, cash: cash.map(cad), exchange: None };
            let paid = pay(cad(total), offered).unwrap();
            assert_eq!(
                (paid.tenders.len(), paid.rounding, paid.change),
                (tenders, cad(rounding), cad(change)),
                "{total} by {cards:?} and {cash:?}"
            );
        }
        for (total, cards, cash, refusal) in [
            (
                "9.00",
                "10.00",
                None,
                Refusal::CardExceedsDue { due: cad("9.00"), amount: cad("10.00") },
            ),
            (
                "9.00",
                "5.00",
                Some("3.00"),
                Refusal::Underpaid { due: cad("4.00"), tendered: cad("3.00") },
            ),
            (
                "9.00",
                "5.00",
                Some("-1.00"),
                Refusal::Underpaid { due: cad("4.00"), tendered: cad("-1.00") },
            ),
        ] {
            let offered = Offered { cards: vec![card(cards)], cash: cash.map(cad), exchange: None };
            assert_eq!(pay(cad(total), offered), Err(refusal));
        }
    }

    #[test]
    fn a_quote_says_what_is_missing_or_goes_back() {
        for (total, tendered, still_due, change) in [
            ("104.33", "120.00", "0.00", "15.65"),
            ("4.92", "4.90", "0.00", "0.00"),
            ("4.93", "4.90", "0.05", "0.00"),
            ("0.02", "0.00", "0.00", "0.00"),
        ] {
            let quote = quote(cad(total), cad(tendered));
            assert_eq!((quote.still_due, quote.change), (cad(still_due), cad(change)), "{total}");
        }
    }

    #[test]
    fn a_card_is_asked_for_what_cash_leaves() {
        for (total, tendered, by_card) in [
            ("47.71", "20.00", "27.71"),
            ("47.71", "47.65", "0.06"),
            ("47.71", "47.70", "0.00"),
            ("47.71", "50.00", "0.00"),
            ("6.49", "5.03", "1.49"), // of a coin that there is not nothing is counted
            ("6.49", "0.00", "6.49"),
            ("6.49", "-1.00", "6.49"),
            ("0.02", "0.00", "0.00"),
        ] {
            assert_eq!(
                quote(cad(total), cad(tendered)).by_card,
                cad(by_card),
                "{total} {tendered}"
            );
        }
    }

    proptest! {
        #[test]
        fn cash_is_enough_once_the_card_has_paid_the_rest(total in 1i64..100_000, tendered in 0i64..100_000) {
            let cad = |minor| Money::new(minor, Currency::CAD);
            let by_card = quote(cad(total), cad(tendered)).by_card;
            let left = quote(cad(total) - by_card, cad(tendered));
            prop_assert!(left.enough);
            prop_assert!(by_card.is_zero() || (left.rounding.is_zero() && left.change < cad(5)));
        }

        #[test]
        fn rounding_is_never_more_than_two_cents(minor in -Money::MOST_MINOR..=Money::MOST_MINOR) {
            let total = Money::new(minor, Currency::CAD);
            prop_assert!((cash_due(total) - total).minor().abs() <= 2);
            prop_assert_eq!(cash_due(total).minor() % 5, 0);
        }

        #[test]
        fn the_pieces_make_the_change(steps in 0i64..100_000) {
            let change = Money::new(steps * 5, Currency::CAD);
            let made = Money::sum(change_parts(change).iter().map(|p| Money::new(p.value.minor() * i64::from(p.count), Currency::CAD)), Currency::CAD);
            prop_assert_eq!(made, change);
        }
    }
}
