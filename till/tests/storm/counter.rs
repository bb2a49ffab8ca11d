//! What people do at the counters, and what they are told.

use comptoir_domain::cart::{CartView, VoidReason};
use comptoir_domain::compliance::AgeProof;
use comptoir_domain::ids::{CartId, ReturnId, SaleId};
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::orders::Sale;
use comptoir_domain::orders::returns::Wanted;
use comptoir_domain::payments::CashMove;
use comptoir_domain::quantity::Quantity;
use comptoir_till::cart::park;
use comptoir_till::catalog::products;
use comptoir_till::error::{Error, Result};
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::payments::drawer;
use comptoir_till::till::Till;
use comptoir_till::{cart, compliance, orders, payments, training};
use uuid::Uuid;

use crate::model::{Teller, shop};
use crate::place::is_full;
use crate::storm::Storm;

const CODES: [&str; 5] = ["LOAF", "BAN", "COF", "LAGER", "CAN"];

impl Storm {
    /// Somebody does something at a till; what they get to see goes into the trace.
    pub(crate) fn somebody_works(&mut self, node: usize) {
        let what = self.world.random.below(24);
        self.do_this(node, what);
    }

    pub(crate) fn sell_at_once(&mut self, node: usize) {
        self.do_this(node, 0);
    }

    pub(crate) fn change_shifts_at_once(&mut self, node: usize) {
        self.do_this(node, 19);
    }

    fn do_this(&mut self, node: usize, what: u64) {
        let done = self.settle(node).and_then(|()| match what {
            0..9 => self.sell(node),
            9..11 => self.bring_back(node),
            11..13 => self.park(node),
            13..15 => self.resume(node),
            15 => self.change_a_price(node),
            16 => self.rename(node),
            17 => self.void(node),
            18 => self.scan(node),
            19 => self.change_shifts(node),
            20 => self.pay_out(node),
            21 => self.practise(node),
            _ => self.exchange(node),
        });
        let machine = self.world.nodes[node].machine();
        let said = match done {
            Ok(said) => said,
            Err(Error::Refused(refusal)) => format!("refused: {refusal}"),
            // Nothing is half done on a full disk; the check of the books finds it otherwise.
            Err(error) if machine.full && is_full(&error) => {
                "refused: no room on the disk".to_owned()
            }
            Err(error) => panic!("seed {}: till {node}: {error}", self.world.seed),
        };
        self.trace(format_args!("till {node} {said}"));
        self.tell_of(node);
    }

    /// The journal may have grown: the lines hear of it.
    pub(crate) fn tell_of(&mut self, node: usize) {
        use crate::host::Host;
        let heads = self.world.nodes[node].heads();
        let chains: Vec<_> = heads.into_iter().map(|(chain, ..)| chain).collect();
        self.world.grew(node, &chains);
    }

    pub(crate) fn at<T>(
        &mut self,
        node: usize,
        work: impl FnOnce(&mut Till) -> Result<T>,
    ) -> Result<T> {
        let now = self.world.now;
        self.world.nodes[node].machine().work(now, work)
    }

    pub(crate) fn teller(&mut self, node: usize) -> Teller {
        let shop = shop(self.world.nodes[node].machine().till());
        Teller { by: node, shop }
    }

    pub(crate) fn fill_cart(&mut self, node: usize) -> Result<()> {
        let cashier = self.world.nodes[node].machine().cashier();
        for _ in 0..1 + self.world.random.below(4) {
            let code = CODES[self.world.random.below(5) as usize];
            let weight =
                Quantity::from_thousandths(100 + self.world.random.below(3_000).cast_signed());
            let weight = (code == "BAN").then_some(weight);
            let view = self.at(node, |till| cart::add(till, cashier, code, weight))?;
            if view.age_to_check.is_some() {
                self.at(node, |till| compliance::check_age(till, cashier, AgeProof::LooksOlder))?;
            }
        }
        Ok(())
    }

    fn sell(&mut self, node: usize) -> Result<String> {
        self.fill_cart(node)?;
        self.sell_what_is_there(node)
    }

    /// The cart in hand becomes a sale.
    pub(crate) fn complete(&mut self, node: usize, view: &CartView) -> Result<String> {
        let by_cash = !view.rest.is_zero() && self.world.random.one_in(3);
        let cash = by_cash.then(|| Money::new(50_000, Currency::CAD));
        let cashier = self.world.nodes[node].machine().cashier();
        // The power may go while the sale is written: then nobody was told, and it is there or it is not.
        if self.world.storm && self.world.random.one_in(25) {
            let now = self.world.now;
            let machine = self.world.nodes[node].machine();
            let _ = machine
                .work_unsynced(now, |till| complete(till, cashier, view.id, view.total, cash));
            return Ok(self.lose_power_in_a_sale(node, view.id));
        }
        let sale = self.at(node, |till| complete(till, cashier, view.id, view.total, cash))?;
        if self.world.random.one_in(5) {
            let again = self.at(node, |till| complete(till, cashier, view.id, view.total, cash))?;
            assert_eq!(again, sale, "a cart becomes one sale");
        }
        Ok(self.sold(node, &sale))
    }

    pub(crate) fn sold(&mut self, node: usize, sale: &Sale) -> String {
        let teller = self.teller(node);
        self.model.sold(teller, sale);
        format!("sells {} for {}", sale.receipt, sale.total)
    }

    /// After the restart the cashier looks whether the cart is still there.
    fn lose_power_in_a_sale(&mut self, node: usize, cart: CartId) -> String {
        self.lose_power(node);
        let till = self.world.nodes[node].machine().till();
        match orders::find_by_cart(till.db(), cart).unwrap() {
            Some(sale) => {
                format!("loses its power in a sale, which is there: {}", self.sold(node, &sale))
            }
            None => "loses its power in a sale, which is not there".to_owned(),
        }
    }

    fn bring_back(&mut self, node: usize) -> Result<String> {
        let Some(request) = self.bring(node) else {
            return Ok("has nothing to take back".to_owned());
        };
        let back = self.complete_return(node, request.clone())?;
        let cashier = self.world.nodes[node].machine().cashier();
        let again = self.at(node, |till| returns::complete_return(till, cashier, &request))?;
        assert_eq!(again.receipt, back.receipt, "a return is completed once");
        Ok(format!("takes back {} for {}", back.receipt, back.total))
    }

    /// What somebody brings to the counter: goods of a sale of the store, if the till knows it.
    pub(crate) fn bring(&mut self, node: usize) -> Option<ReturnRequest> {
        let shop = shop(self.world.nodes[node].machine().till());
        let of_store = self.model.sales.iter().filter(|(_, told)| told.shop == shop);
        let of_store: Vec<SaleId> = of_store.map(|(id, _)| *id).collect();
        if of_store.is_empty() {
            return None;
        }
        let sale = of_store[self.world.random.below(of_store.len() as u64) as usize];
        let wasted = self.world.random.one_in(4);
        let id = ReturnId(Uuid::from_u64_pair(self.world.random.next(), self.world.random.next()));
        let known = orders::find(self.world.nodes[node].machine().till().db(), sale).ok()?;
        let line = known.lines.iter().find(|line| line.is_goods())?;
        Some(ReturnRequest {
            id,
            sale,
            lines: vec![Wanted { line: line.line, quantity: line.quantity, wasted }],
            reason: Some("changed_mind".into()),
            approver: None,
            cash_instead: false,
        })
    }

    fn park(&mut self, node: usize) -> Result<String> {
        self.fill_cart(node)?;
        let cashier = self.world.nodes[node].machine().cashier();
        let name = format!("Cart {}", self.world.random.below(1_000));
        self.at(node, |till| park::park(till, cashier, &name))?;
        Ok(format!("parks {name}"))
    }

    /// The longest waiting cart is taken in hand and sold.
    fn resume(&mut self, node: usize) -> Result<String> {
        let Some(waits) = self.at(node, park::parked)?.into_iter().next() else {
            return Ok("has nothing parked".to_owned());
        };
        let cashier = self.world.nodes[node].machine().cashier();
        self.at(node, |till| park::resume(till, cashier, waits.id))?;
        Ok(format!("takes {} and {}", waits.name, self.sell_what_is_there(node)?))
    }

    fn change_a_price(&mut self, node: usize) -> Result<String> {
        let code = CODES[self.world.random.below(5) as usize];
        let price =
            format!("{}.{:02}", 1 + self.world.random.below(20), self.world.random.below(100));
        let manager = self.world.nodes[node].machine().manager();
        self.at(node, |till| {
            let mut draft = products::view(till, code)?.draft;
            draft.skus[0].price = price.clone();
            products::save(till, manager, Some(code), &draft)
        })?;
        Ok(format!("asks {price} for {code}"))
    }

    fn rename(&mut self, node: usize) -> Result<String> {
        let code = CODES[self.world.random.below(5) as usize];
        let name = format!("{code} of {}", self.world.random.below(100));
        let manager = self.world.nodes[node].machine().manager();
        let french = self.world.random.one_in(2);
        self.at(node, |till| {
            let mut draft = products::view(till, code)?.draft;
            let field = if french { &mut draft.name.fr } else { &mut draft.name.en };
            *field = name.clone();
            products::save(till, manager, Some(code), &draft)
        })?;
        Ok(format!("calls {code} {name}"))
    }

    /// A cart is in hand, whatever happens next.
    pub(crate) fn wait_with_a_cart(&mut self, node: usize) {
        self.do_this(node, 18);
    }

    /// The customer goes to look for something else: the cart stays in hand.
    fn scan(&mut self, node: usize) -> Result<String> {
        self.fill_cart(node)?;
        Ok("scans, and waits".to_owned())
    }

    fn void(&mut self, node: usize) -> Result<String> {
        self.fill_cart(node)?;
        let cashier = self.world.nodes[node].machine().cashier();
        self.at(node, |till| cart::void_cart(till, cashier, VoidReason::CustomerChangedMind))?;
        Ok("voids a cart".to_owned())
    }

    fn pay_out(&mut self, node: usize) -> Result<String> {
        let manager = self.world.nodes[node].machine().manager();
        let amount = Money::new(100 + self.world.random.below(400).cast_signed(), Currency::CAD);
        self.at(node, |till| {
            drawer::move_cash(till, manager, None, CashMove::PaidOut, amount, "Stamps")
        })?;
        Ok(format!("pays out {amount}"))
    }

    /// Somebody trains at the till, until it is ended, or the program is. Nobody is told of a sale, so there is none.
    fn practise(&mut self, node: usize) -> Result<String> {
        let now = self.world.now;
        let machine = self.world.nodes[node].machine();
        let (manager, wall) = (machine.manager(), machine.wall(now));
        let begin =
            |till: &mut Till| training::begin_at(till, manager, None, Box::new(move || wall));
        let mut copy = self.at(node, begin)?;
        for _ in 0..self.world.random.below(3) {
            let cart = cart::add(&mut copy, manager, "LOAF", None)?;
            // Without a shift nothing is sold in a training either.
            match complete(&mut copy, manager, cart.id, cart.total, None) {
                Ok(_) | Err(Error::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        match self.world.random.below(4) {
            0 => {
                drop(copy);
                self.lose_power(node);
                Ok("loses its power in a training".to_owned())
            }
            1 => {
                drop(copy);
                self.world.crash(node);
                self.world.nodes[node].machine().restart();
                Ok("ends in a training, and starts again".to_owned())
            }
            _ => {
                let done = self.at(node, |till| training::end(till, copy, Some(manager)))?;
                Ok(format!("practises {} sales, which are thrown away", done.sales))
            }
        }
    }

    fn change_shifts(&mut self, node: usize) -> Result<String> {
        let manager = self.world.nodes[node].machine().manager();
        let counted =
            Money::new(10_000 + self.world.random.below(5_000).cast_signed(), Currency::CAD);
        let till = self.world.nodes[node].machine().till();
        let open = payments::open_shift_of(till.db(), till.identity().register)?;
        let miscounted = self.world.random.below(2) == 0;
        let z = self.at(node, |till| {
            if miscounted {
                payments::hand_in::hand_in(till, manager, Money::new(5, Currency::CAD))?;
            }
            payments::hand_in::hand_in(till, manager, counted)?;
            payments::close_shift(till, manager, counted)
        });
        if let (Ok(z), Some(shift)) = (&z, &open) {
            let teller = self.teller(node);
            self.model.closed(teller, shift.id, z);
        }
        // A shift that could not be opened on a full disk is opened with the next try.
        let opened = self.at(node, |till| payments::open_shift(till, manager, counted));
        match (z, opened) {
            (Ok(z), Ok(shift)) => {
                let z = z.number.unwrap_or(0);
                Ok(format!(
                    "closes shift {} with Z {z} and opens {}",
                    open.map_or(0, |open| open.number),
                    shift.number
                ))
            }
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }
}

fn complete(
    till: &mut Till,
    cashier: comptoir_domain::ids::OperatorId,
    cart: CartId,
    total: Money,
    cash: Option<Money>,
) -> Result<Sale> {
    orders::complete_sale(till, cashier, cart, Some(total), cash)
}
