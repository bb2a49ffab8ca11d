//! What a shift or a day sold: by hour, department, means of payment, tax and operator, with the signs of theft.
//! Taken from the sales and returns themselves, so that it cannot say anything else than they do.

use std::collections::BTreeMap;

use serde::Serialize;
use ts_rs::TS;

use crate::cart::{Line, VoidReason};
use crate::ids::OperatorId;
use crate::money::{Currency, Money, divide_half_up};
use crate::orders::Sale;
use crate::orders::returns::{POST_VOID, Return};
use crate::payments::{CashMove, TenderType};
use crate::text::Text;

/// Sold, came back, and what is left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Traded {
    /// Sales, or their lines, or times offered.
    pub count: u64,
    /// What they come to.
    pub sold: Money,
    /// What came back.
    pub returned: Money,
    /// Sold minus returned.
    pub net: Money,
}

/// One hour of the counter's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct HourRow {
    /// From 0 to 23.
    pub hour: u8,
    /// Sales, with tax.
    #[serde(flatten)]
    pub traded: Traded,
}

/// One department at the top of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DepartmentRow {
    /// None for goods that are in no department any more.
    pub department: Option<String>,
    /// As the catalogue calls it today.
    pub name: Text,
    /// Lines, before tax.
    #[serde(flatten)]
    pub traded: Traded,
}

/// One means of payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TenderRow {
    /// Which.
    pub tender: TenderType,
    /// Kept: as given minus change; and given back.
    #[serde(flatten)]
    pub traded: Traded,
}

/// One tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TaxRow {
    /// `HST`.
    pub code: String,
    /// As printed.
    pub name: Text,
    /// Of sales that it fell on.
    #[serde(flatten)]
    pub traded: Traded,
}

/// What one operator did, and what of it somebody might want to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OperatorRow {
    /// Who.
    pub operator: OperatorId,
    /// As on the tile.
    pub name: String,
    /// Sales, with tax.
    #[serde(flatten)]
    pub traded: Traded,
    /// Completed returns, voided sales among them.
    pub returns: u64,
    /// Sales that were voided after completion.
    pub voided_sales: u64,
    /// Lines removed before completion.
    pub voided_lines: u64,
    /// Carts removed before completion.
    pub voided_carts: u64,
    /// What was in those lines and carts.
    pub voided: Money,
    /// Lines sold for less than the catalogue asks.
    pub reduced_lines: u64,
    /// What they were sold for less.
    pub reduced: Money,
    /// Times the drawer was opened without a sale.
    pub no_sales: u64,
    /// Paid out of the drawer.
    pub paid_out: Money,
    /// What was found too much in drawers that they had, or too little.
    pub over_short: Money,
    /// Receipts printed again.
    pub reprints: u64,
    /// Customers sent away for their age.
    pub age_refusals: u64,
    /// Trainings begun: sales of a training are nowhere in the books, and its cash could be.
    pub trainings: u64,
    /// Trainings that they approved for somebody else.
    pub trainings_approved: u64,
    /// Sales completed in the trainings that they began.
    pub practised: u64,
}

/// A shift or a day, from its facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SalesReport {
    /// Completed sales.
    pub sales: u64,
    /// Completed returns.
    pub returns: u64,
    /// Of the sales, before tax.
    pub subtotal: Money,
    /// Of the sales, with tax.
    pub total: Money,
    /// Of the returns, with tax.
    pub returned: Money,
    /// Total minus returned.
    pub net: Money,
    /// Cash rounding of the sales, minus that of the returns.
    pub rounding: Money,
    /// Total by the number of sales; nothing without any.
    pub average: Money,
    /// Hours in which something was sold or came back, in order.
    pub hours: Vec<HourRow>,
    /// By what was sold, most first.
    pub departments: Vec<DepartmentRow>,
    /// Cash first.
    pub tenders: Vec<TenderRow>,
    /// By code.
    pub taxes: Vec<TaxRow>,
    /// By what they sold, most first.
    pub operators: Vec<OperatorRow>,
}

/// Gathers facts into a [`SalesReport`].
#[derive(Debug)]
pub struct Gathering {
    currency: Currency,
    sales: u64,
    returns: u64,
    subtotal: Money,
    rounding: Money,
    hours: BTreeMap<u8, Traded>,
    departments: BTreeMap<Option<String>, Traded>,
    tenders: BTreeMap<TenderType, Traded>,
    taxes: BTreeMap<String, (Text, Traded)>,
    operators: BTreeMap<OperatorId, OperatorRow>,
}

/// Something that an operator did besides selling and taking back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Removed a cart that came to this.
    VoidedCart(Money),
    /// Opened the drawer without a sale.
    NoSale,
    /// Moved cash without a sale.
    MovedCash(CashMove, Money),
    /// Had a drawer that was then found to be over or short by this.
    KeptDrawer(Money),
    /// Printed a receipt again.
    Reprinted,
    /// Sent a customer away.
    RefusedForAge,
    /// Began a training.
    Trained,
    /// Approved somebody else's training.
    ApprovedTraining,
    /// Completed as many sales in a training.
    Practised(u64),
}

impl Traded {
    const fn nothing(currency: Currency) -> Traded {
        let zero = Money::zero(currency);
        Traded { count: 0, sold: zero, returned: zero, net: zero }
    }

    fn sell(&mut self, amount: Money) {
        self.count += 1;
        self.sold += amount;
        self.net += amount;
    }

    fn take_back(&mut self, amount: Money) {
        self.returned += amount;
        self.net -= amount;
    }
}

impl Gathering {
    /// Nothing yet.
    pub const fn new(currency: Currency) -> Gathering {
        let zero = Money::zero(currency);
        Gathering {
            currency,
            sales: 0,
            returns: 0,
            subtotal: zero,
            rounding: zero,
            hours: BTreeMap::new(),
            departments: BTreeMap::new(),
            tenders: BTreeMap::new(),
            taxes: BTreeMap::new(),
            operators: BTreeMap::new(),
        }
    }

    /// A sale completed in `hour`. `department` answers the one at the top for a SKU.
    pub fn sale(&mut self, hour: u8, sale: &Sale, department: impl Fn(&str) -> Option<String>) {
        let nothing = Traded::nothing(self.currency);
        self.sales += 1;
        self.subtotal += sale.subtotal;
        self.rounding += sale.rounding;
        self.hours.entry(hour).or_insert(nothing).sell(sale.total);
        for line in sale.lines.iter().filter(|line| line.voided.is_none()) {
            self.departments.entry(department(&line.sku)).or_insert(nothing).sell(line.amount());
        }
        for tender in &sale.tenders {
            self.tender(tender.kind).sell(tender.amount);
        }
        if !sale.change.is_zero() {
            let cash = self.tender(TenderType::Cash);
            cash.sold -= sale.change;
            cash.net -= sale.change;
        }
        for tax in &sale.taxes {
            self.tax(&tax.code, &tax.name).sell(tax.amount);
        }
        let operator = self.operator(sale.operator);
        operator.traded.sell(sale.total);
        for line in &sale.lines {
            operator.line(line);
        }
    }

    /// A return completed in `hour`.
    pub fn take_back(
        &mut self,
        hour: u8,
        back: &Return,
        department: impl Fn(&str) -> Option<String>,
    ) {
        let nothing = Traded::nothing(self.currency);
        self.returns += 1;
        self.rounding -= back.rounding;
        self.hours.entry(hour).or_insert(nothing).take_back(back.total);
        for line in &back.lines {
            self.departments.entry(department(&line.sku)).or_insert(nothing).take_back(line.amount);
        }
        for refund in &back.refunds {
            self.tender(refund.kind).take_back(refund.amount);
        }
        for tax in &back.taxes {
            self.tax(&tax.code, &tax.name).take_back(tax.amount);
        }
        let operator = self.operator(back.operator);
        operator.traded.take_back(back.total);
        operator.returns += 1;
        operator.voided_sales += u64::from(back.reason.as_deref() == Some(POST_VOID));
    }

    /// Something else that `operator` did.
    pub fn act(&mut self, operator: OperatorId, act: Act) {
        let row = self.operator(operator);
        match act {
            Act::VoidedCart(amount) => {
                row.voided_carts += 1;
                row.voided += amount;
            }
            Act::NoSale => row.no_sales += 1,
            Act::MovedCash(CashMove::PaidOut, amount) => row.paid_out += amount,
            Act::MovedCash(CashMove::PaidIn | CashMove::SafeDrop, _) => {}
            Act::KeptDrawer(over_short) => row.over_short += over_short,
            Act::Reprinted => row.reprints += 1,
            Act::RefusedForAge => row.age_refusals += 1,
            Act::Trained => row.trainings += 1,
            Act::ApprovedTraining => row.trainings_approved += 1,
            Act::Practised(sales) => row.practised += sales,
        }
    }

    /// All of it. `department` and `operator` answer names.
    pub fn report(
        self,
        department: impl Fn(Option<&str>) -> Text,
        operator: impl Fn(OperatorId) -> String,
    ) -> SalesReport {
        let sum = |of: fn(&Traded) -> Money| Money::sum(self.hours.values().map(of), self.currency);
        let (total, returned) = (sum(|hour| hour.sold), sum(|hour| hour.returned));
        let mut departments: Vec<DepartmentRow> = self
            .departments
            .into_iter()
            .map(|(id, traded)| DepartmentRow {
                name: department(id.as_deref()),
                department: id,
                traded,
            })
            .collect();
        departments.sort_by_key(|row| std::cmp::Reverse(row.traded.sold));
        let mut operators: Vec<OperatorRow> = self.operators.into_values().collect();
        for row in &mut operators {
            row.name = operator(row.operator);
        }
        operators.sort_by_key(|row| std::cmp::Reverse(row.traded.sold));
        SalesReport {
            sales: self.sales,
            returns: self.returns,
            subtotal: self.subtotal,
            total,
            returned,
            net: total - returned,
            rounding: self.rounding,
            average: average(total, self.sales),
            hours: self.hours.into_iter().map(|(hour, traded)| HourRow { hour, traded }).collect(),
            departments,
            tenders: self
                .tenders
                .into_iter()
                .map(|(tender, traded)| TenderRow { tender, traded })
                .collect(),
            taxes: self
                .taxes
                .into_iter()
                .map(|(code, (name, traded))| TaxRow { code, name, traded })
                .collect(),
            operators,
        }
    }

    fn tender(&mut self, kind: TenderType) -> &mut Traded {
        let nothing = Traded::nothing(self.currency);
        self.tenders.entry(kind).or_insert(nothing)
    }

    fn tax(&mut self, code: &str, name: &Text) -> &mut Traded {
        let nothing = || (name.clone(), Traded::nothing(self.currency));
        &mut self.taxes.entry(code.to_owned()).or_insert_with(nothing).1
    }

    fn operator(&mut self, operator: OperatorId) -> &mut OperatorRow {
        let currency = self.currency;
        self.operators.entry(operator).or_insert_with(|| OperatorRow::new(operator, currency))
    }
}

fn average(total: Money, sales: u64) -> Money {
    let sales = i128::from(sales.max(1));
    Money::new(divide_half_up(i128::from(total.minor()), sales), total.currency())
}

impl OperatorRow {
    fn new(operator: OperatorId, currency: Currency) -> OperatorRow {
        let zero = Money::zero(currency);
        OperatorRow {
            operator,
            name: String::new(),
            traded: Traded::nothing(currency),
            returns: 0,
            voided_sales: 0,
            voided_lines: 0,
            voided_carts: 0,
            voided: zero,
            reduced_lines: 0,
            reduced: zero,
            no_sales: 0,
            paid_out: zero,
            over_short: zero,
            reprints: 0,
            age_refusals: 0,
            trainings: 0,
            trainings_approved: 0,
            practised: 0,
        }
    }

    /// A line of a sale: voided, or sold for less. What was undone a moment later is neither.
    fn line(&mut self, line: &Line) {
        match line.voided {
            Some(VoidReason::Undone) => {}
            Some(_) => {
                self.voided_lines += 1;
                self.voided += line.reduced();
            }
            None => {
                let reduction = line.list_amount() - line.amount();
                if reduction.minor() > 0 {
                    self.reduced_lines += 1;
                    self.reduced += reduction;
                }
            }
        }
    }
}

impl SalesReport {
    /// Every break-down comes to the same sums.
    pub fn adds_up(&self) -> bool {
        let currency = self.total.currency();
        let sum = |amounts: &mut dyn Iterator<Item = Money>| Money::sum(amounts, currency);
        let hours =
            |of: fn(&Traded) -> Money| sum(&mut self.hours.iter().map(|row| of(&row.traded)));
        let departments = sum(&mut self.departments.iter().map(|row| row.traded.sold));
        let taxes = sum(&mut self.taxes.iter().map(|row| row.traded.sold));
        let tenders = sum(&mut self.tenders.iter().map(|row| row.traded.net));
        let operators =
            |of: fn(&Traded) -> Money| sum(&mut self.operators.iter().map(|row| of(&row.traded)));
        hours(|hour| hour.sold) == self.total
            && hours(|hour| hour.net) == self.net
            && operators(|row| row.sold) == self.total
            && operators(|row| row.net) == self.net
            && departments == self.subtotal
            && departments + taxes == self.total
            && tenders == self.net + self.rounding
    }
}
