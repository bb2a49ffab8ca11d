//! What people at the counters were told, in plain lists: the books are held against it, and it knows nothing of how
//! they are kept.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use comptoir_domain::ids::{ReturnId, SaleId, ShiftId};
use comptoir_domain::money::Money;
use comptoir_domain::orders::Sale;
use comptoir_domain::orders::returns::Return;
use comptoir_domain::payments::TenderType;
use comptoir_domain::reporting::Report;
use comptoir_till::till::Till;
use uuid::Uuid;

/// What became of a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It was handed to the customer, and its disk is there.
    Sure,
    /// Its disk went back in time before anybody else had it.
    DiskGone,
}

/// Goods of one line: SKU, thousandths, cents.
pub(crate) type Goods = (String, i64, i64);

/// A receipt: of a sale, or of a return.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) id: Uuid,
    /// Which till, of those that ever ran.
    pub(crate) by: usize,
    /// Of which company and store: see [`shop`].
    pub(crate) shop: String,
    pub(crate) receipt: String,
    /// Which accountable period it counts in.
    pub(crate) shift: ShiftId,
    /// Of a return: the sale that its goods are of.
    pub(crate) of: Option<SaleId>,
    pub(crate) goods: Vec<Goods>,
    /// Goods that lie on no shelf again.
    pub(crate) wasted: bool,
    pub(crate) taxes: i64,
    pub(crate) total: i64,
    /// Money taken less change, or money given back.
    pub(crate) money: i64,
    /// What of the money a card terminal moved.
    pub(crate) by_card: i64,
    pub(crate) rounding: i64,
    pub(crate) fate: Fate,
}

/// A Z that somebody holds in hands.
#[derive(Debug, Clone)]
pub(crate) struct Closed {
    pub(crate) by: usize,
    pub(crate) shop: String,
    pub(crate) shift: ShiftId,
    pub(crate) z: u64,
    pub(crate) counted: i64,
    pub(crate) fate: Fate,
}

#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) closed: Vec<Closed>,
    pub(crate) sales: BTreeMap<SaleId, Told>,
    pub(crate) returns: BTreeMap<ReturnId, Told>,
}

/// Who told it.
pub(crate) struct Teller {
    pub(crate) by: usize,
    pub(crate) shop: String,
}

/// What tells a store from those of all companies: two may call a store the same.
pub(crate) fn shop(till: &Till) -> String {
    let identity = till.identity();
    format!("{}/{}", identity.tenant, identity.store)
}

fn cents(amount: Money) -> i64 {
    amount.minor()
}

fn of_cards(amounts: impl Iterator<Item = (TenderType, Money)>) -> i64 {
    amounts.filter(|(kind, _)| *kind == TenderType::Card).map(|(_, amount)| cents(amount)).sum()
}

impl Model {
    /// A receipt was handed over. It is the same one if it was asked for twice.
    pub(crate) fn sold(&mut self, teller: Teller, sale: &Sale) {
        let sold = sale.lines.iter().filter(|line| line.is_live());
        let goods: Vec<Goods> = sold
            .map(|line| (line.sku.clone(), line.quantity.thousandths(), cents(line.amount())))
            .collect();
        let taxes = sale.taxes.iter().map(|tax| cents(tax.amount)).sum::<i64>();
        let tendered: i64 = sale.tenders.iter().map(|tender| cents(tender.amount)).sum();
        let told = Told {
            id: sale.id.0,
            by: teller.by,
            shop: teller.shop,
            receipt: sale.receipt.clone(),
            shift: sale.shift,
            of: None,
            wasted: false,
            taxes,
            total: cents(sale.total),
            money: tendered - cents(sale.change),
            by_card: of_cards(sale.tenders.iter().map(|tender| (tender.kind, tender.amount))),
            rounding: cents(sale.rounding),
            fate: Fate::Sure,
            goods,
        };
        let amounts: i64 = told.goods.iter().map(|goods| goods.2).sum();
        assert_eq!(amounts + told.taxes, told.total, "{}: the lines and the total", told.receipt);
        assert_eq!(
            told.total + told.rounding,
            told.money,
            "{}: the total and the money",
            told.receipt
        );
        // A disk that went back in time may have the cart in hand again: completing it answers the same sale.
        match self.sales.entry(sale.id) {
            Entry::Vacant(slot) => {
                slot.insert(told);
            }
            Entry::Occupied(slot) => {
                let before = slot.get();
                assert_eq!((&before.receipt, before.total), (&told.receipt, told.total));
            }
        }
    }

    /// Goods came back, for money.
    pub(crate) fn returned(&mut self, teller: Teller, back: &Return) {
        let goods = back.lines.iter();
        let goods = goods
            .map(|line| (line.sku.clone(), line.quantity.thousandths(), cents(line.amount)))
            .collect();
        let told = Told {
            id: back.id.0,
            by: teller.by,
            shop: teller.shop,
            receipt: back.receipt.clone(),
            shift: back.shift,
            of: back.of.as_ref().map(|of| of.id),
            goods,
            wasted: back.lines.iter().any(|line| line.wasted),
            taxes: back.taxes.iter().map(|tax| cents(tax.amount)).sum(),
            total: cents(back.total),
            money: back.refunds.iter().map(|refund| cents(refund.amount)).sum(),
            by_card: of_cards(back.refunds.iter().map(|refund| (refund.kind, refund.amount))),
            rounding: cents(back.rounding),
            fate: Fate::Sure,
        };
        assert_eq!(
            told.total + told.rounding,
            told.money,
            "{}: the total and the money",
            told.receipt
        );
        // As with a sale.
        match self.returns.entry(back.id) {
            Entry::Vacant(slot) => {
                slot.insert(told);
            }
            Entry::Occupied(slot) => {
                let before = slot.get();
                assert_eq!((&before.receipt, before.total), (&told.receipt, told.total));
            }
        }
    }

    /// A drawer was counted, and its Z taken.
    pub(crate) fn closed(&mut self, teller: Teller, shift: ShiftId, z: &Report) {
        let counted = cents(z.counted.unwrap());
        let Teller { by, shop } = teller;
        let z = z.number.unwrap();
        let fate = Fate::Sure;
        self.closed.push(Closed { by, shop, shift, z, counted, fate });
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Told> {
        self.sales.values().chain(self.returns.values())
    }
}
