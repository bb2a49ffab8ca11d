//! What a shift or a day sold, and who sold it: every break-down comes to the same sums.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod shop;

use comptoir_domain::cart::VoidReason;
use comptoir_domain::ids::{OperatorId, ReturnId};
use comptoir_domain::orders::returns::Wanted;
use comptoir_domain::payments::CashMove;
use comptoir_domain::pricing::PriceReason;
use comptoir_domain::quantity::Quantity;
use comptoir_domain::reporting::sales::{SalesReport, Traded};
use comptoir_domain::text::Language;
use comptoir_hardware::printer::layout::{Profile, preview, to_text};
use comptoir_till::error::Result;
use comptoir_till::orders::returns::{self, ReturnRequest};
use comptoir_till::payments::{self, drawer};
use comptoir_till::reporting::csv::csv;
use comptoir_till::reporting::{Books, Period, paper};
use comptoir_till::{cart, compliance, orders, pricing};
use jiff::civil::date;
use shop::{Shop, cad, refusal};
use uuid::Uuid;

fn report_for(shop: &Shop, reader: OperatorId, period: Period) -> Result<SalesReport> {
    Books::open(&shop.till, reader)?.sales(period)
}

fn report(shop: &Shop, period: Period) -> SalesReport {
    report_for(shop, shop.supervisor, period).unwrap()
}

fn today() -> Period {
    Period::Day { day: date(2025, 11, 20) }
}

/// `count × sold − returned`.
fn shown(traded: Traded) -> String {
    let Traded { count, sold, returned, net } = traded;
    assert_eq!(net, sold - returned);
    format!("{count} × {sold} − {returned}")
}

/// A morning with one of everything: at 14:07 two sales and a return, at 15:07 one more by somebody else.
fn a_morning() -> Shop {
    let mut shop = Shop::selling();
    let sale = shop.sell(&["CAN", "LOAF"]);
    let request = ReturnRequest {
        id: ReturnId(Uuid::from_u128(1)),
        sale: sale.id,
        lines: vec![Wanted { line: 1, quantity: Quantity::ONE, wasted: true }],
        reason: None,
        approver: None,
        cash_instead: false,
    };
    returns::complete_return(&mut shop.till, shop.cashier, &request).unwrap();
    shop.scan("LAGER").unwrap();
    shop.look_at_the_customer();
    shop.charge("10.00");
    shop.pay(Some("20.00")).unwrap();
    shop.wait_minutes(60);
    let manager = shop.manager;
    cart::scan(&mut shop.till, manager, "COF").unwrap();
    let price = cad("10.00");
    pricing::set_price(&mut shop.till, manager, None, 1, price, PriceReason::Damaged).unwrap();
    cart::scan(&mut shop.till, manager, "CAN").unwrap();
    cart::void_line(&mut shop.till, manager, 2, VoidReason::WrongItem).unwrap();
    let cart = cart::show(&mut shop.till).unwrap();
    orders::complete_sale(&mut shop.till, manager, cart.id, Some(cart.total), None).unwrap();
    shop
}

/// [`a_morning`], with what else a report says of an operator.
fn a_morning_with_signs() -> Shop {
    let mut shop = a_morning();
    drawer::no_sale(&mut shop.till, shop.cashier, None, "Change").unwrap();
    let (out, amount) = (CashMove::PaidOut, cad("12.50"));
    drawer::move_cash(&mut shop.till, shop.cashier, None, out, amount, "Courier").unwrap();
    shop.scan("CAN").unwrap();
    cart::void_cart(&mut shop.till, shop.cashier, VoidReason::CustomerChangedMind).unwrap();
    shop.scan("LAGER").unwrap();
    compliance::refuse_age(&mut shop.till, shop.cashier).unwrap();
    shop
}

#[test]
fn a_report_on_paper() {
    let shop = a_morning_with_signs();
    let report = report(&shop, today());
    for (language, expected) in
        [(Language::En, include_str!("sales-en.txt")), (Language::Fr, include_str!("sales-fr.txt"))]
    {
        let paper = paper::document(shop.till.store(), "2025-11-20", &report, language);
        let text = to_text(&preview(&paper, &Profile::default()));
        assert_eq!(text, expected, "\n{text}");
    }
}

#[test]
fn a_morning_by_hour_department_tender_tax_and_operator() {
    let shop = a_morning_with_signs();
    for period in [today(), Period::Shift { shift: 1, id: None }] {
        let report = report(&shop, period);
        assert!(report.adds_up());
        // 16.66 + 17.52 (15.50 + 13%) + 10.00; back 10.17
        assert_eq!((report.sales, report.total, report.returned), (3, cad("44.18"), cad("10.17")));
        assert_eq!((report.average, report.net), (cad("14.73"), cad("34.01")));
        let hours: Vec<String> =
            report.hours.iter().map(|row| format!("{}h {}", row.hour, shown(row.traded))).collect();
        assert_eq!(hours, ["14h 2 × 34.18 − 10.17", "15h 1 × 10.00 − 0.00"]);
        let departments: Vec<String> = report
            .departments
            .iter()
            .map(|row| format!("{} {}", row.name.en, shown(row.traded)))
            .collect();
        assert_eq!(
            departments,
            [
                "Drinks 1 × 15.50 − 0.00",
                "Grocery 1 × 10.00 − 0.00",
                "Home 1 × 9.00 − 9.00",
                "Bakery 1 × 6.49 − 0.00",
            ]
        );
        let tenders: Vec<String> = report
            .tenders
            .iter()
            .map(|row| format!("{} {}", row.tender.as_str(), shown(row.traded)))
            .collect();
        assert_eq!(tenders, ["cash 3 × 34.15 − 10.15", "card 1 × 10.00 − 0.00"]);
        let taxes: Vec<String> =
            report.taxes.iter().map(|row| format!("{} {}", row.code, shown(row.traded))).collect();
        assert_eq!(taxes, ["HST 2 × 3.19 − 1.17"]);
        let [counter, manager] = &report.operators[..] else { panic!("two operators sold") };
        assert_eq!(
            (counter.name.as_str(), shown(counter.traded)),
            ("Counter 1", "2 × 34.18 − 10.17".into())
        );
        assert_eq!((counter.no_sales, counter.paid_out), (1, cad("12.50")));
        assert_eq!(
            (counter.voided_carts, counter.voided, counter.age_refusals),
            (1, cad("9.00"), 1)
        );
        assert_eq!((counter.returns, counter.voided_sales), (1, 0));
        assert_eq!(
            (manager.name.as_str(), shown(manager.traded)),
            ("Manager", "1 × 10.00 − 0.00".into())
        );
        assert_eq!((manager.voided_lines, manager.voided), (1, cad("9.00")));
        assert_eq!((manager.reduced_lines, manager.reduced), (1, cad("3.99")));
    }
}

#[test]
fn a_shift_over_midnight_is_two_days_and_a_day_of_two_shifts_is_one() {
    let mut shop = Shop::selling();
    shop.sell(&["COF"]);
    shop.wait_minutes(10 * 60);
    shop.sell(&["LOAF"]);
    payments::close_shift(&mut shop.till, shop.cashier, cad("220.50")).unwrap();
    payments::open_shift(&mut shop.till, shop.cashier, cad("100.00")).unwrap();
    shop.sell(&["COF", "COF"]);
    let tomorrow = Period::Day { day: date(2025, 11, 21) };
    for (period, sales, total) in [
        (Period::Shift { shift: 1, id: None }, 2, "20.48"),
        (Period::Shift { shift: 2, id: None }, 1, "27.98"),
        (today(), 1, "13.99"),
        (tomorrow, 2, "34.47"),
        (Period::Day { day: date(2025, 11, 22) }, 0, "0.00"),
    ] {
        let report = report(&shop, period);
        assert_eq!((report.sales, report.total), (sales, cad(total)), "{period:?}");
    }
    let shifts = Books::open(&shop.till, shop.manager).unwrap().shifts(10).unwrap();
    let shifts: Vec<_> = shifts
        .iter()
        .map(|row| (row.shift, row.z, row.opened_at.as_str(), row.closed_at.as_deref()))
        .collect();
    let closed = Some("2025-11-21 00:07");
    assert_eq!(
        shifts,
        [(2, None, "2025-11-21 00:07", None), (1, Some(1), "2025-11-20 14:07", closed)]
    );
}

/// The clock went ten years back for a while: the sale is in the day that it says it is of.
#[test]
fn a_sale_by_a_wrong_clock_is_found_in_its_own_day() {
    let mut shop = Shop::selling();
    shop.wait_minutes(-10 * 365 * 24 * 60);
    shop.sell(&["COF"]);
    shop.wait_minutes(10 * 365 * 24 * 60);
    assert_eq!(report(&shop, Period::Day { day: date(2015, 11, 23) }).sales, 1);
    assert_eq!(report(&shop, today()).sales, 0);
}

#[test]
fn reports_are_for_supervisors_and_of_shifts_that_were() {
    let shop = Shop::selling();
    assert_eq!(refusal(report_for(&shop, shop.cashier, today())), "not_allowed");
    let never = Period::Shift { shift: 2, id: None };
    assert_eq!(refusal(report_for(&shop, shop.supervisor, never)), "unknown_shift");
}

#[test]
fn a_report_is_a_file_for_spreadsheets() {
    let shop = a_morning();
    let file = csv(&report(&shop, today()), Language::Fr).unwrap();
    let rows: Vec<&str> = file.lines().collect();
    assert!(rows[0].starts_with("section,key,name,count,sold,returned,net,returns,"));
    assert!(rows.iter().all(|row| row.matches(',').count() == 21), "{file}");
    for row in [
        "total,,,3,44.18,10.17,34.01,1,,,,,,,,,,,,,,",
        "hour,14,,2,34.18,10.17,24.01,,,,,,,,,,,,,,,",
        "tender,card,,1,10.00,0.00,10.00,,,,,,,,,,,,,,,",
        "tax,HST,TVH,2,3.19,1.17,2.02,,,,,,,,,,,,,,,",
    ] {
        assert!(rows.contains(&row), "{row} is not in\n{file}");
    }
    let manager = rows.iter().find(|row| row.contains(",Manager,")).unwrap();
    assert!(
        manager.ends_with(",Manager,1,10.00,0.00,10.00,0,0,1,0,9.00,1,3.99,0,0.00,0,0,0.00,0,0,0"),
        "{manager}"
    );
}
