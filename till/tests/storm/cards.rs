//! Money that a card terminal moves for a sale or a return, and finding out what it did.

use comptoir_domain::cart::CartView;
use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::operators::Role;
use comptoir_domain::orders::Refusal as OfOrders;
use comptoir_domain::orders::returns::Return;
use comptoir_domain::pricing::Refusal as OfPrices;
use comptoir_hardware::lamp::Cause;
use comptoir_hardware::terminal::Refusal as OfTerminal;
use comptoir_hardware::terminal::attempt::{Attempt, Kind, Verdict};
use comptoir_till::cart;
use comptoir_till::error::{Error, Refusal, Result};
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::orders::{exchange, refunds};
use comptoir_till::payments::card;
use comptoir_till::till::Till;

use crate::storm::Storm;

fn money(cents: u64) -> Money {
    Money::new(i64::try_from(cents).unwrap(), Currency::CAD)
}

impl Storm {
    /// A card pays for the cart in hand, or for a part of it; whether it did is another matter.
    pub(crate) fn pay_by_card(&mut self, node: usize, shown: &CartView) -> Result<()> {
        let rest = shown.rest.minor().unsigned_abs();
        if rest == 0 {
            return Ok(());
        }
        let amount =
            if self.world.random.one_in(3) { 1 + self.world.random.below(rest) } else { rest };
        let cashier = self.world.nodes[node].machine().cashier();
        let (cart, total) = (shown.id, shown.total);
        let minor =
            self.at(node, |till| card::may_pay(till, cashier, cart, total, money(amount)))?;
        let attempt = self.terminals[node].prepare(Kind::Payment, minor);
        self.ask(node, attempt, |till, attempt| card::begin(till, cashier, cart, None, attempt))
    }

    /// An attempt is stored, then carried out, then what became of it is kept; the power may go before that.
    fn ask(
        &mut self,
        node: usize,
        mut attempt: Attempt,
        store: impl FnOnce(&mut Till, &mut Attempt) -> Result<i64>,
    ) -> Result<()> {
        let id = self.at(node, |till| store(till, &mut attempt))?;
        let outcome = self.terminals[node].carry_out(&attempt, &mut self.world.random);
        if self.world.storm && self.world.random.one_in(12) {
            self.lose_power(node);
            return Ok(());
        }
        self.at(node, |till| card::end::finish(till, id, outcome))
    }

    /// The terminal is asked what became of the attempt that nobody heard the end of, and where it cannot tell, somebody
    /// looks. A return of which a card has the money is completed.
    pub(crate) fn settle(&mut self, node: usize) -> Result<()> {
        self.settle_attempt(node)?;
        let db = self.world.nodes[node].machine().till().db();
        let Some(begun) = refunds::unfinished_alone(db)? else { return Ok(()) };
        let request = ReturnRequest {
            id: begun.id,
            sale: begun.sale,
            lines: begun.lines,
            reason: begun.reason,
            approver: None,
            cash_instead: false,
        };
        self.complete_return(node, request).map(|_| ())
    }

    fn settle_attempt(&mut self, node: usize) -> Result<()> {
        let db = self.world.nodes[node].machine().till().db();
        let Some(open) = card::unsettled(db)? else { return Ok(()) };
        if self.world.storm && self.world.random.one_in(4) {
            let cause = Cause::Offline;
            let refusal = OfTerminal::NoAnswer { cause };
            return self.at(node, |till| card::end::still_unknown(till, open.id, &refusal));
        }
        let verdict = self.terminals[node].judge(&open.attempt);
        let doubtful = matches!(verdict, Verdict::Doubtful { .. });
        self.at(node, |till| card::end::settle(till, open.id, verdict))?;
        if doubtful {
            let moved = self.terminals[node].in_its_journal(&open.attempt).map(money);
            let manager = self.world.nodes[node].machine().manager();
            self.at(node, |till| card::end::settle_by_hand(till, manager, None, moved))?;
        }
        Ok(())
    }

    /// Goods are taken back: cards first, each by the terminal; what a terminal will not give is paid out in cash.
    pub(crate) fn complete_return(
        &mut self,
        node: usize,
        mut request: ReturnRequest,
    ) -> Result<Return> {
        let machine = self.world.nodes[node].machine();
        let (cashier, manager) = (machine.cashier(), machine.manager());
        for _ in 0..3 {
            let done = self.at(node, |till| returns::complete_return(till, cashier, &request));
            let Err(Error::Refused(Refusal::Orders(OfOrders::CardRefundFirst { .. }))) = done
            else {
                return self.returned(node, done?);
            };
            self.refund(node, cashier, &request)?;
            self.settle_attempt(node)?;
        }
        request.cash_instead = true;
        let done = self.at(node, |till| returns::complete_return(till, manager, &request))?;
        self.returned(node, done)
    }

    fn refund(&mut self, node: usize, by: OperatorId, request: &ReturnRequest) -> Result<()> {
        let due = self.at(node, |till| refunds::may_refund(till, by, request))?;
        let Some(due) = due else { return Ok(()) };
        let amount = due.amount.minor().unsigned_abs();
        let attempt = self.terminals[node].prepare(refunds::what(&due), amount);
        self.ask(node, attempt, |till, attempt| refunds::begin(till, by, request, attempt))
    }

    fn returned(&mut self, node: usize, back: Return) -> Result<Return> {
        let teller = self.teller(node);
        self.model.returned(teller, &back);
        Ok(back)
    }

    /// Before the shop closes nobody leaves a card in the air: what was charged is sold, what was refunded is taken
    /// back.
    pub(crate) fn close_up(&mut self) {
        for node in self.tills.clone() {
            let done = self.settle(node).and_then(|()| {
                let view = self.at(node, cart::show)?;
                let in_the_air = view.exchange.is_some() || !view.tenders.is_empty();
                if in_the_air { self.sell_what_is_there(node) } else { Ok(String::new()) }
            });
            match done {
                Ok(said) if said.is_empty() => {}
                Ok(said) => self.trace(format_args!("till {node} {said}")),
                Err(Error::Refused(refusal)) => {
                    self.trace(format_args!("till {node} refused: {refusal}"));
                }
                Err(error) => panic!("seed {}: till {node}: {error}", self.world.seed),
            }
            self.tell_of(node);
        }
    }

    /// What a customer brings back pays for what they take.
    pub(crate) fn exchange(&mut self, node: usize) -> Result<String> {
        let Some(request) = self.bring(node) else {
            return Ok("has nothing to exchange".to_owned());
        };
        let cashier = self.world.nodes[node].machine().cashier();
        self.at(node, |till| exchange::begin_exchange(till, cashier, &request))?;
        self.fill_cart(node)?;
        self.sell_what_is_there(node)
    }

    /// The cart in hand is paid and sold, together with what comes back for it.
    pub(crate) fn sell_what_is_there(&mut self, node: usize) -> Result<String> {
        let view = self.at(node, cart::show)?;
        if self.world.random.one_in(3) {
            self.pay_by_card(node, &view)?;
            self.settle_attempt(node)?;
        }
        let view = self.at(node, cart::show)?;
        if view.exchange.is_none() {
            self.complete(node, &view)
        } else {
            self.complete_exchange(node)
        }
    }

    fn complete_exchange(&mut self, node: usize) -> Result<String> {
        let machine = self.world.nodes[node].machine();
        let (cashier, manager) = (machine.cashier(), machine.manager());
        let mut by = cashier;
        for tried in 0..5 {
            let view = self.at(node, cart::show)?;
            let cash = if view.rest.is_zero() { view.rest } else { money(50_000) };
            let cash_instead = tried >= 3;
            if cash_instead {
                by = manager;
            }
            let done = self.at(node, |till| {
                exchange::complete_exchange(till, by, view.id, view.total, cash, None, cash_instead)
            });
            // A clock that was put right may have made it late since it was begun.
            let late = OfPrices::ApprovalRequired { needs: Role::Supervisor };
            if matches!(&done, Err(Error::Refused(Refusal::Pricing(why))) if *why == late) {
                by = manager;
                continue;
            }
            let Err(Error::Refused(Refusal::Orders(OfOrders::CardRefundFirst { .. }))) = done
            else {
                let (sale, back) = done?;
                let back = self.returned(node, back)?;
                return Ok(format!("exchanges {} and {}", back.receipt, self.sold(node, &sale)));
            };
            let due =
                self.at(node, |till| exchange::refund_due(till, by, view.id, view.total, None))?;
            if let Some(request) = due {
                self.refund(node, by, &request)?;
                self.settle_attempt(node)?;
            }
        }
        Ok("finds no end to an exchange".to_owned())
    }
}
