//! A shop for stories: a store in a temporary folder, a clock that only moves when told to, and a
//! cashier.
#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test file uses its part of it")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use comptoir_domain::cart::CartView;
use comptoir_domain::compliance::AgeProof;
use comptoir_domain::ids::OperatorId;
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::operators::Role;
use comptoir_domain::orders::Sale;
use comptoir_domain::reporting::{Report, XReport};
use comptoir_domain::store::{Region, Store};
use comptoir_domain::text::Language;
use comptoir_hardware::lamp::Cause;
use comptoir_hardware::terminal::attempt::{Attempt, Kind};
use comptoir_hardware::terminal::driver::{Options, Terminal};
use comptoir_hardware::terminal::link::Timing;
use comptoir_hardware::terminal::simulator::Simulator;
use comptoir_hardware::terminal::{Outcome, Password};
use comptoir_till::catalog::import::{self, Mapping, Outcome as Imported, Reject};
use comptoir_till::error::{Error, Result};
use comptoir_till::orders::refunds;
use comptoir_till::orders::returns::ReturnRequest;
use comptoir_till::payments::{card, report};
use comptoir_till::till::{NewStore, Till};
use comptoir_till::trust::verify::{self, Verdict};
use comptoir_till::{cart, compliance, devices, operators, orders, payments};

/// 2025-11-20 14:07 in Ottawa.
pub const AFTERNOON: i64 = 1_763_665_620_000;

pub struct Shop {
    pub till: Till,
    pub folder: tempfile::TempDir,
    pub cashier: OperatorId,
    pub supervisor: OperatorId,
    pub manager: OperatorId,
    clock: Arc<AtomicI64>,
}

/// Much longer than anything takes; only a failure waits so long.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// A terminal that is waited for as long as it takes.
pub fn patient(simulator: &Simulator) -> Terminal {
    let options = Options::new(Password::ZEROS, 124);
    let line = Timing { acknowledge: DEADLINE, write: DEADLINE, ..options.line };
    let options = Options { connect: DEADLINE, reply: DEADLINE, line, ..options };
    Terminal::new(simulator.address(), options)
}

/// A terminal that was just plugged in again is asked until it answers.
pub fn prepared(terminal: &mut Terminal, kind: Kind, minor: u64) -> Attempt {
    let deadline = Instant::now() + DEADLINE;
    loop {
        match terminal.prepare(kind, minor) {
            Ok(prepared) => return prepared,
            Err(refusal) => assert!(Instant::now() < deadline, "{refusal}"),
        }
    }
}

pub fn cad(text: &str) -> Money {
    Money::parse(text, Currency::CAD).unwrap()
}

impl Shop {
    /// A store in Ontario with a few products and nobody at the counter.
    pub fn new() -> Shop {
        Shop::in_region(Region::ON)
    }

    pub fn in_region(region: Region) -> Shop {
        let folder = tempfile::tempdir().unwrap();
        let store = Store {
            code: "RDC".into(),
            name: "Rideau Corner".into(),
            address: vec!["1 Canal Walk".into(), "Ottawa ON".into()],
            region,
            register: 1,
            currency: Currency::CAD,
            languages: vec![Language::En, Language::Fr],
            tax_numbers: vec!["HST 000000000 RT0001".into()],
            time_zone: region.time_zone().into(),
        };
        let home = folder.path().join("store");
        drop(
            Till::init(&home, &NewStore { tenant: "ACME".into(), store, departments: Vec::new() })
                .unwrap(),
        );
        let clock = Arc::new(AtomicI64::new(AFTERNOON));
        let till = open(&home, &clock);
        let mut shop = Shop {
            till,
            folder,
            cashier: OperatorId(Default::default()),
            supervisor: OperatorId(Default::default()),
            manager: OperatorId(Default::default()),
            clock,
        };
        let console = operators::console(shop.till.db()).unwrap();
        let mut add = |name, role, pin| {
            operators::add(&mut shop.till, console, name, role, Language::En, pin).unwrap().id
        };
        shop.cashier = add("Counter 1", Role::Cashier, "1111");
        shop.supervisor = add("Supervisor", Role::Supervisor, "3333");
        shop.manager = add("Manager", Role::Manager, "4444");
        shop
    }

    /// [`Shop::new`] with goods on the shelf and a shift open.
    pub fn selling() -> Shop {
        let mut shop = Shop::new();
        shop.import(GOODS);
        payments::open_shift(&mut shop.till, shop.cashier, cad("200.00")).unwrap();
        shop
    }

    pub fn import(&mut self, csv: &str) -> (Imported, Vec<Reject>) {
        import::import_bytes(&mut self.till, self.manager, csv.as_bytes(), &Mapping::default())
            .unwrap()
    }

    pub fn home(&self) -> std::path::PathBuf {
        self.till.home().folder().to_owned()
    }

    pub fn scan(&mut self, code: &str) -> Result<CartView> {
        cart::scan(&mut self.till, self.cashier, code)
    }

    /// Scans each code, looks at the customer where that is asked for, and takes the exact cash.
    pub fn sell(&mut self, codes: &[&str]) -> Sale {
        for code in codes {
            self.scan(code).unwrap();
        }
        self.look_at_the_customer();
        self.pay(None).unwrap()
    }

    pub fn look_at_the_customer(&mut self) {
        if cart::show(&mut self.till).unwrap().age_to_check.is_some() {
            compliance::check_age(&mut self.till, self.cashier, AgeProof::LooksOlder).unwrap();
        }
    }

    pub fn pay(&mut self, cash: Option<&str>) -> Result<Sale> {
        let cart = cart::show(&mut self.till).unwrap();
        orders::complete_sale(
            &mut self.till,
            self.cashier,
            cart.id,
            Some(cart.total),
            cash.map(cad),
        )
    }

    /// The X of the open shift, as a supervisor has it.
    pub fn x(&mut self) -> Report {
        match report::x_report(&mut self.till, self.supervisor).unwrap() {
            XReport::Whole(x) => *x,
            XReport::Blind(x) => panic!("a supervisor sees all of it: {x:?}"),
        }
    }

    /// A card pays a part of the cart at a terminal that approves.
    pub fn charge(&mut self, amount: &str) {
        self.charge_at(&Simulator::on_tcp(0).unwrap(), amount);
    }

    pub fn charge_at(&mut self, simulator: &Simulator, amount: &str) {
        self.charge_by(patient(simulator), amount);
    }

    pub fn charge_by(&mut self, mut terminal: Terminal, amount: &str) {
        let cart = cart::show(&mut self.till).unwrap();
        let minor =
            card::may_pay(&mut self.till, self.cashier, cart.id, cart.total, cad(amount)).unwrap();
        let prepared = prepared(&mut terminal, Kind::Payment, minor);
        let id = card::begin(&mut self.till, self.cashier, cart.id, None, &prepared).unwrap();
        let outcome = terminal.carry_out(&prepared, &mut |_| {});
        assert!(matches!(outcome, Outcome::Approved(_)), "{outcome:?}");
        card::end::finish(&mut self.till, id, outcome).unwrap();
    }

    /// A card is asked for a part of the cart; nobody hears of it again, and the supervisor says what the terminal's
    /// own journal has of it.
    pub fn charge_settled_by_hand(&mut self, amount: &str, moved: Option<&str>) {
        let simulator = Simulator::on_tcp(0).unwrap();
        let mut terminal = devices::terminal(&self.till, simulator.address()).unwrap();
        let cart = cart::show(&mut self.till).unwrap();
        let minor =
            card::may_pay(&mut self.till, self.cashier, cart.id, cart.total, cad(amount)).unwrap();
        let prepared = prepared(&mut terminal, Kind::Payment, minor);
        let id = card::begin(&mut self.till, self.cashier, cart.id, None, &prepared).unwrap();
        self.settle_by_hand(id, moved.map(cad));
    }

    /// As [`Shop::charge_settled_by_hand`], of the next refund of a return, which the card did get.
    pub fn refund_settled_by_hand(&mut self, request: &ReturnRequest) {
        let simulator = Simulator::on_tcp(0).unwrap();
        let mut terminal = devices::terminal(&self.till, simulator.address()).unwrap();
        let due = refunds::may_refund(&mut self.till, self.cashier, request).unwrap().unwrap();
        let minor = due.amount.minor().unsigned_abs();
        let mut prepared = prepared(&mut terminal, Kind::Refund, minor);
        let id = refunds::begin(&mut self.till, self.cashier, request, &mut prepared).unwrap();
        self.settle_by_hand(id, Some(due.amount));
    }

    fn settle_by_hand(&mut self, attempt: i64, moved: Option<Money>) {
        card::end::finish(&mut self.till, attempt, Outcome::Unknown(Cause::Disconnected)).unwrap();
        let approver = operators::approve(&mut self.till, self.supervisor, "3333").unwrap();
        card::end::settle_by_hand(&mut self.till, self.cashier, Some(approver), moved).unwrap();
    }

    /// The terminal is asked to give back what a return owes to one card after the other.
    pub fn refund(&mut self, simulator: &Simulator, request: &ReturnRequest) {
        let mut terminal = devices::terminal(&self.till, simulator.address()).unwrap();
        while let Some(due) = refunds::may_refund(&mut self.till, self.cashier, request).unwrap() {
            let minor = due.amount.minor().unsigned_abs();
            let mut prepared = prepared(&mut terminal, refunds::what(&due), minor);
            let id = refunds::begin(&mut self.till, self.cashier, request, &mut prepared).unwrap();
            let outcome = terminal.carry_out(&prepared, &mut |_| {});
            let done = matches!(outcome, Outcome::Approved(_));
            card::end::finish(&mut self.till, id, outcome).unwrap();
            if !done {
                return;
            }
        }
    }

    pub fn wait_minutes(&self, minutes: i64) {
        self.clock.fetch_add(minutes * 60_000, Ordering::Relaxed);
    }

    /// The program ends and is started again.
    pub fn restart(self) -> Shop {
        let Shop { till, folder, cashier, supervisor, manager, clock } = self;
        let home = till.home().folder().to_owned();
        drop(till);
        Shop { till: open(&home, &clock), folder, cashier, supervisor, manager, clock }
    }

    pub fn verify(&self) -> Verdict {
        verify::verify(&self.home(), &mut |_, _| {}).unwrap()
    }
}

fn open(home: &std::path::Path, clock: &Arc<AtomicI64>) -> Till {
    let clock = Arc::clone(clock);
    Till::open_at(home, Box::new(move || clock.load(Ordering::Relaxed))).unwrap()
}

/// The kind of a refusal, as the window gets it.
pub fn refusal<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(Error::Refused(refusal)) => {
            serde_json::to_value(refusal).unwrap().get("kind").unwrap().as_str().unwrap().to_owned()
        }
        other => panic!("not refused: {other:?}"),
    }
}

pub const GOODS: &str = "\
sku,name,name_fr,gtin,plu,department,price,cost,unit,tax_category,age_restricted
LOAF,Sourdough loaf 680 g,Pain au levain 680 g,062345000015,,Bakery,6.49,3.10,each,zero_rated,
BAN,Bananas,Bananes,,4011,Produce,1.74,0.90,kg,zero_rated,
COF,Canal Roast coffee 340 g,Café Canal 340 g,062345000022;0062345000039,,Grocery,13.99,8.00,each,zero_rated,
LAGER,Bytown Lager 6 × 355 mL,Blonde Bytown 6 × 355 mL,062345000046,,Drinks > Beer,15.50,9.20,each,standard,19
CAN,Beeswax candle,Bougie en cire d'abeille,062345000053,,Home,9.00,4.00,each,standard,
";
