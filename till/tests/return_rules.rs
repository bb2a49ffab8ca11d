//! What does not come back on a cashier's word alone, what a return would come to before it is one, and goods
//! without their receipt.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;

use comptoir_domain::ids::{OperatorId, ReturnId};
use comptoir_domain::operators::Role;
use comptoir_domain::orders::Sale;
use comptoir_domain::orders::approval::ApprovalReason;
use comptoir_domain::orders::returns::{Return, Wanted};
use comptoir_domain::payments::limits::CashLimits;
use comptoir_domain::quantity::Quantity;
use comptoir_domain::store::Settings;
use comptoir_domain::text::Language;
use comptoir_hardware::printer::layout::{Profile, preview, to_text};
use comptoir_hardware::terminal::attempt::Kind;
use comptoir_hardware::terminal::simulator::Simulator;
use comptoir_till::cart::{self, park};
use comptoir_till::error::Result;
use comptoir_till::operators::{Approver, approve};
use comptoir_till::orders::blind::{self, BlindLine, BlindRequest};
use comptoir_till::orders::quote::{self, ReturnQuote};
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::orders::view::sale_view;
use comptoir_till::orders::{exchange, refunds};
use comptoir_till::payments::{self, card};
use comptoir_till::{devices, inventory, outbox, store};
use shop::{Shop, cad, refusal};
use uuid::Uuid;

fn wanted(line: u32) -> Wanted {
    Wanted { line, quantity: Quantity::ONE, wasted: false }
}

fn request(n: u128, sale: &Sale, line: u32, approver: Option<Approver>) -> ReturnRequest {
    ReturnRequest {
        id: ReturnId(Uuid::from_u128(n)),
        sale: sale.id,
        lines: vec![wanted(line)],
        reason: Some("changed_mind".into()),
        approver,
        cash_instead: false,
    }
}

fn supervisor(shop: &mut Shop) -> Option<Approver> {
    Some(approve(&mut shop.till, shop.supervisor, "3333").unwrap())
}

fn bring_back(shop: &mut Shop, by: OperatorId, request: &ReturnRequest) -> Result<Return> {
    returns::complete_return(&mut shop.till, by, request)
}

fn shown(quote: &ReturnQuote) -> String {
    let refund = |part: &quote::RefundPart| {
        let still = part.still.map(|still| format!(" ({still})")).unwrap_or_default();
        format!("{} {}{still}", part.kind.as_str(), part.amount)
    };
    let refunds: Vec<String> = quote.refunds.iter().map(refund).collect();
    format!("{} {} -> {}", quote.total, quote.rounding, refunds.join(" "))
}

#[test]
fn goods_with_an_age_come_back_on_a_supervisors_word() {
    let mut shop = Shop::selling();
    let sale = shop.sell(&["LAGER", "CAN", "LAGER"]);
    let (cashier, boss) = (shop.cashier, shop.supervisor);
    let alone = bring_back(&mut shop, cashier, &request(1, &sale, 1, None));
    assert_eq!(refusal(alone), "approval_required");
    bring_back(&mut shop, cashier, &request(2, &sale, 2, None)).unwrap();
    let quote = quote::quote_return(&mut shop.till, cashier, sale.id, &[wanted(1)]).unwrap();
    assert_eq!(
        (quote.needs, quote.why),
        (Some(Role::Supervisor), vec![ApprovalReason::AgeRestricted])
    );
    let of = |shop: &mut Shop, by| {
        let lines = sale_view(&mut shop.till, by, &sale.receipt).unwrap().lines;
        lines.iter().map(|line| line.needs).collect::<Vec<_>>()
    };
    assert_eq!(of(&mut shop, cashier), [Some(Role::Supervisor), None, Some(Role::Supervisor)]);
    assert_eq!(of(&mut shop, boss), [None, None, None]);
    let approver = supervisor(&mut shop);
    let back = bring_back(&mut shop, cashier, &request(1, &sale, 1, approver)).unwrap();
    assert_eq!(back.approved_by, Some(boss));
    let back = bring_back(&mut shop, boss, &request(3, &sale, 3, None)).unwrap();
    assert_eq!(back.approved_by, None, "nobody else's word was needed");
    let facts = sale_view(&mut shop.till, cashier, &sale.receipt).unwrap().facts;
    let approved: Vec<_> = facts.iter().map(|fact| fact.approved_by.as_deref()).collect();
    assert_eq!(approved, [None, None, Some("Supervisor"), None]);
    assert!(shop.verify().ok);
}

/// The most that a cashier gives back in cash, how much of the candle's 10.17 a card paid, and whether they may alone.
#[test]
fn much_cash_goes_back_on_a_supervisors_word() {
    for (cash_back, by_card, alone) in [
        (None, None, true),
        (Some(1_015), None, true),
        (Some(1_010), None, false),
        (Some(0), Some("10.17"), true),
        (Some(517), Some("5.00"), true),
        (Some(500), Some("5.00"), false),
    ] {
        let mut shop = Shop::selling();
        let cash = CashLimits { cash_back, ..CashLimits::default() };
        let settings = Settings { cash, ..Settings::default() };
        store::change(&mut shop.till, shop.manager, None, Some(settings)).unwrap();
        shop.scan("CAN").unwrap();
        if let Some(amount) = by_card {
            shop.charge(amount);
        }
        let sale = shop.pay(None).unwrap();
        let said = format!("{cash_back:?} {by_card:?}");
        let cashier = shop.cashier;
        let quote = quote::quote_return(&mut shop.till, cashier, sale.id, &[wanted(1)]).unwrap();
        assert_eq!(quote.why.contains(&ApprovalReason::MuchCash), !alone, "{said}");
        assert_eq!(quote.needs.is_none(), alone, "{said}");
        let mut request = request(1, &sale, 1, None);
        if !alone {
            let till = &mut shop.till;
            // before a card has its part
            assert_eq!(refusal(refunds::may_refund(till, cashier, &request)), "approval_required");
            assert_eq!(refusal(bring_back(&mut shop, cashier, &request)), "approval_required");
            request.approver = supervisor(&mut shop);
        }
        shop.refund(&Simulator::on_tcp(0).unwrap(), &request);
        let back = bring_back(&mut shop, cashier, &request).unwrap();
        assert_eq!(back.approved_by.is_none(), alone, "{said}");
        assert!(shop.verify().ok);
    }
}

/// The days a store gives, the days since the sale, and whether a cashier may take the goods back alone.
#[test]
fn late_goods_come_back_on_a_supervisors_word() {
    for (return_days, days, alone, return_by) in [
        (Some(30), 30, true, Some("2025-12-20")),
        (Some(30), 31, false, Some("2025-12-20")),
        (Some(0), 0, true, Some("2025-11-20")),
        (Some(0), 1, false, Some("2025-11-20")),
        (None, 400, true, None),
    ] {
        let mut shop = Shop::selling();
        let settings = Settings { return_days, ..Settings::default() };
        store::change(&mut shop.till, shop.manager, None, Some(settings.clone())).unwrap();
        let sale = shop.sell(&["CAN"]);
        let mut shop = shop.restart();
        let cashier = shop.cashier;
        assert_eq!(shop.till.settings(), &settings);
        shop.wait_minutes(days * 24 * 60);
        let view = sale_view(&mut shop.till, cashier, &sale.receipt).unwrap();
        assert_eq!(
            (view.return_by.as_deref(), view.late),
            (return_by, !alone),
            "{return_days:?} {days}"
        );
        let quote = quote::quote_return(&mut shop.till, cashier, sale.id, &[wanted(1)]).unwrap();
        assert_eq!(quote.why.contains(&ApprovalReason::Late), !alone);
        let back = bring_back(&mut shop, cashier, &request(1, &sale, 1, None));
        if alone {
            back.unwrap();
        } else {
            assert_eq!(refusal(back), "approval_required", "{return_days:?} {days}");
            let approver = supervisor(&mut shop);
            bring_back(&mut shop, cashier, &request(1, &sale, 1, approver)).unwrap();
        }
        assert!(shop.verify().ok);
    }
}

/// Midnight passes between the first word and the last, and a card has paid or has its money back.
#[test]
fn what_was_begun_in_time_is_not_late_when_it_is_completed() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut shop = Shop::selling();
    let settings = Settings { return_days: Some(0), ..Settings::default() };
    store::change(&mut shop.till, shop.manager, None, Some(settings)).unwrap();
    let cashier = shop.cashier;
    shop.scan("CAN").unwrap();
    shop.charge_at(&simulator, "4.00");
    shop.charge_at(&simulator, "2.00");
    let by_cards = shop.pay(Some("20.00")).unwrap();
    let to_exchange = shop.sell(&["CAN"]);
    let forgotten = shop.sell(&["CAN"]);

    let alone = request(1, &by_cards, 1, None);
    let due = refunds::may_refund(&mut shop.till, cashier, &alone).unwrap().unwrap();
    assert_eq!(due.amount, cad("4.00"));
    let mut terminal = devices::terminal(&shop.till, simulator.address()).unwrap();
    let mut attempt = terminal.prepare(refunds::what(&due), 4_00).unwrap();
    let id = refunds::begin(&mut shop.till, cashier, &alone, &mut attempt).unwrap();
    let outcome = terminal.carry_out(&attempt, &mut |_| {});
    card::end::finish(&mut shop.till, id, outcome).unwrap();
    drop(terminal);
    shop.wait_minutes(24 * 60);
    let quote = quote::quote_return(&mut shop.till, cashier, by_cards.id, &[wanted(1)]).unwrap();
    assert_eq!(quote.needs, None);
    shop.refund(&simulator, &alone); // the other card, on the next day
    let mut shop = shop.restart();
    bring_back(&mut shop, cashier, &alone).unwrap();

    let too_late = request(2, &forgotten, 1, None);
    let late = exchange::begin_exchange(&mut shop.till, cashier, &too_late);
    assert_eq!(refusal(late), "approval_required");
    shop.wait_minutes(-24 * 60);
    exchange::begin_exchange(&mut shop.till, cashier, &request(3, &to_exchange, 1, None)).unwrap();
    shop.scan("COF").unwrap();
    shop.charge_at(&simulator, "1.00");
    shop.wait_minutes(24 * 60);
    let cart = cart::show(&mut shop.till).unwrap();
    let (id, total, cash) = (cart.id, cart.total, cad("20.00"));
    exchange::complete_exchange(&mut shop.till, cashier, id, total, cash, None, false).unwrap();
    assert!(shop.verify().ok);
}

/// Else whoever parks it in time could complete it next year.
#[test]
fn an_exchange_that_was_parked_is_late_when_its_cart_is_resumed_too_late() {
    let mut shop = Shop::selling();
    let settings = Settings { return_days: Some(0), ..Settings::default() };
    store::change(&mut shop.till, shop.manager, None, Some(settings)).unwrap();
    let (cashier, sale) = (shop.cashier, shop.sell(&["CAN"]));
    exchange::begin_exchange(&mut shop.till, cashier, &request(1, &sale, 1, None)).unwrap();
    shop.scan("COF").unwrap();
    park::park(&mut shop.till, cashier, "Blue coat").unwrap();
    shop.wait_minutes(24 * 60);
    let parked = park::parked(&mut shop.till).unwrap().remove(0).id;
    let cart = park::resume(&mut shop.till, cashier, parked).unwrap();
    let (id, total, cash) = (cart.id, cart.total, cad("20.00"));
    let complete = |shop: &mut Shop, approver| {
        exchange::complete_exchange(&mut shop.till, cashier, id, total, cash, approver, false)
    };
    assert_eq!(refusal(complete(&mut shop, None)), "approval_required");
    let approver = supervisor(&mut shop);
    let (_, back) = complete(&mut shop, approver).unwrap();
    assert_eq!(back.approved_by, Some(shop.supervisor));
    assert!(shop.verify().ok);
}

#[test]
fn a_terminal_is_not_asked_before_somebody_approves_and_then_once_is_enough() {
    let simulator = Simulator::on_tcp(0).unwrap();
    let mut shop = Shop::selling();
    shop.scan("LAGER").unwrap();
    shop.look_at_the_customer();
    shop.charge("10.00");
    let sale = shop.pay(None).unwrap();
    let cashier = shop.cashier;
    let alone = refunds::may_refund(&mut shop.till, cashier, &request(1, &sale, 1, None));
    assert_eq!(refusal(alone), "approval_required");
    let approver = supervisor(&mut shop);
    let approved = request(1, &sale, 1, approver);
    let due = refunds::may_refund(&mut shop.till, cashier, &approved).unwrap().unwrap();
    let mut terminal = devices::terminal(&shop.till, simulator.address()).unwrap();
    let mut prepared = terminal.prepare(Kind::Refund, due.amount.minor().unsigned_abs()).unwrap();
    let id = refunds::begin(&mut shop.till, cashier, &approved, &mut prepared).unwrap();
    let outcome = terminal.carry_out(&prepared, &mut |_| {});
    card::end::finish(&mut shop.till, id, outcome).unwrap();
    let mut shop = shop.restart();
    let back = bring_back(&mut shop, cashier, &request(1, &sale, 1, None)).unwrap();
    assert_eq!(
        back.approved_by,
        Some(shop.supervisor),
        "who approved before the card had its money"
    );
    assert!(shop.verify().ok);
}

#[test]
fn a_quote_says_where_the_money_goes_and_changes_nothing() {
    let mut shop = Shop::selling();
    shop.scan("CAN").unwrap();
    shop.scan("CAN").unwrap();
    shop.charge("12.00");
    let sale = shop.pay(None).unwrap();
    let before = shop.verify().entries;
    let quote = |shop: &mut Shop, quantity: &str| {
        let wanted = Wanted { line: 1, quantity: quantity.parse().unwrap(), wasted: false };
        quote::quote_return(&mut shop.till, shop.cashier, sale.id, &[wanted])
    };
    let one = quote(&mut shop, "1").unwrap();
    assert_eq!(shown(&one), "10.17 0.00 -> card 10.17 (1.83)");
    assert_eq!((one.lines[0].amount, one.subtotal, one.needs), (cad("9.00"), cad("9.00"), None));
    assert_eq!(shown(&quote(&mut shop, "2").unwrap()), "20.34 0.01 -> card 12.00 (0.00) cash 8.35");
    assert_eq!(refusal(quote(&mut shop, "3")), "more_than_sold");
    assert_eq!(refusal(quote(&mut shop, "0.5")), "whole_quantity_only");
    assert_eq!(shop.verify().entries, before);

    let simulator = Simulator::on_tcp(0).unwrap();
    let request = request(1, &sale, 1, None);
    shop.refund(&simulator, &request);
    let cashier = shop.cashier;
    let back = bring_back(&mut shop, cashier, &request).unwrap();
    let parts = quote::parts(shop.till.db(), &back).unwrap();
    assert_eq!((parts[0].amount, parts[0].still), (cad("10.17"), Some(cad("1.83"))));
    assert_eq!(parts.len(), 1, "the card has it all");
    assert_eq!(shown(&quote(&mut shop, "1").unwrap()), "10.17 0.01 -> card 1.83 (0.00) cash 8.35");
}

fn line(sku: &str, quantity: &str, price: Option<&str>) -> BlindLine {
    BlindLine {
        sku: sku.into(),
        quantity: quantity.parse().unwrap(),
        price: price.map(cad),
        wasted: false,
    }
}

fn blind(n: u128, lines: Vec<BlindLine>, approver: Option<Approver>) -> BlindRequest {
    let id = ReturnId(Uuid::from_u128(n));
    BlindRequest { id, lines, reason: "recall".into(), approver }
}

#[test]
fn goods_without_a_receipt_come_back_in_cash_on_a_supervisors_word() {
    let mut shop = Shop::selling();
    let cashier = shop.cashier;
    let lines = || {
        vec![
            line("CAN", "2", None),
            BlindLine { wasted: true, ..line("BAN", "1.245", Some("1.00")) },
        ]
    };
    let quote = blind::quote(&mut shop.till, cashier, &lines()).unwrap();
    assert_eq!(shown(&quote), "21.59 0.01 -> cash 21.60");
    assert_eq!((quote.needs, quote.why), (Some(Role::Supervisor), vec![ApprovalReason::NoReceipt]));
    let alone = blind::complete(&mut shop.till, cashier, &blind(1, lines(), None));
    assert_eq!(refusal(alone), "approval_required");
    let approver = supervisor(&mut shop);
    let back = blind::complete(&mut shop.till, cashier, &blind(1, lines(), approver)).unwrap();
    assert_eq!((back.of.clone(), back.receipt.as_str()), (None, "RDC1-1-1"));
    assert_eq!(back.approved_by, Some(shop.supervisor));
    let again = blind::complete(&mut shop.till, cashier, &blind(1, Vec::new(), None)).unwrap();
    assert_eq!(again, back, "asking twice is one return");
    let on_hand =
        |sku| inventory::on_hand(shop.till.db(), Some(sku)).unwrap()[0].on_hand.to_string();
    let moved: i64 = shop
        .till
        .db()
        .query_row("SELECT sum(quantity) FROM stock_movement WHERE sku = 'BAN'", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!((on_hand("CAN"), moved), ("2".into(), 0), "one is on the shelf, the other wasted");

    let entry = returns::entry_of(shop.till.db(), back.id).unwrap().unwrap();
    let paper = |language| {
        let paper = outbox::receipt(&shop.till, entry, false, Some(language)).unwrap();
        to_text(&preview(&paper, &Profile::default()))
    };
    let text = paper(Language::En);
    assert_eq!(text, include_str!("blind-en.txt"), "\n{text}");
    let text = paper(Language::Fr);
    assert!(text.contains("Sans reçu") && text.contains("Raison Rappel"), "{text}");
    returns::print_again(&mut shop.till, cashier, back.id).unwrap();
    let view = sale_view(&mut shop.till, cashier, "RDC1-1-1").unwrap();
    assert_eq!(
        (view.of, view.lines[1].price, view.lines[1].amount),
        (None, cad("1.00"), cad("1.25"))
    );
    assert_eq!(view.facts.len(), 2, "the return and the duplicate");
    let x = shop.x();
    assert_eq!((x.returns, x.returned, x.expected), (1, cad("21.59"), cad("178.40")));
    assert!(x.adds_up());
    let z = payments::close_shift(&mut shop.till, cashier, cad("178.40")).unwrap();
    assert_eq!(z.over_short, Some(cad("0.00")));
    let verdict = shop.verify();
    assert!(verdict.ok, "{verdict:?}");
}

#[test]
fn what_does_not_come_back_without_a_receipt() {
    let mut shop = Shop::selling();
    shop.import("sku,name,price,open_price,tax_category\nMISC,Miscellaneous,,yes,standard\n");
    let (cashier, approver) = (shop.cashier, supervisor(&mut shop));
    let before = shop.verify().entries;
    let ask = |shop: &mut Shop, lines| {
        blind::complete(&mut shop.till, cashier, &blind(1, lines, approver))
    };
    for (lines, kind) in [
        (vec![], "nothing_to_return"),
        (vec![line("GONE", "1", None)], "unknown_sku"),
        (vec![line("CAN", "1", Some("9.01"))], "price_above_list"),
        (vec![line("CAN", "0.5", None)], "whole_quantity_only"),
        (vec![line("CAN", "0", None)], "bad_quantity"),
        (vec![line("MISC", "1", None)], "price_required"),
    ] {
        assert_eq!(refusal(ask(&mut shop, lines)), kind);
    }
    let silent =
        BlindRequest { reason: "  ".into(), ..blind(1, vec![line("CAN", "1", None)], approver) };
    let silent = blind::complete(&mut shop.till, cashier, &silent);
    assert_eq!(refusal(silent), "reason_required");
    assert_eq!(shop.verify().entries, before);
    let open = ask(&mut shop, vec![line("MISC", "1", Some("40.00"))]).unwrap();
    assert_eq!(open.total, cad("45.20"), "an open price is what somebody says");
    let aged = blind::quote(&mut shop.till, cashier, &[line("LAGER", "1", None)]).unwrap();
    assert_eq!(aged.why, [ApprovalReason::NoReceipt, ApprovalReason::AgeRestricted]);
    let manager = shop.manager;
    let alone =
        blind::complete(&mut shop.till, manager, &blind(2, vec![line("CAN", "1", None)], None));
    assert_eq!(alone.unwrap().approved_by, None);
    assert!(shop.verify().ok);
}
