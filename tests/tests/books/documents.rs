//! Documents that came after the goods: sales in another currency, suppliers' credit notes, and the books of
//! each company. Every sum is by hand.

use std::collections::BTreeMap;
use stockbook::{
    Answer, Book, ConsolidationView, DocumentQuery, Event, Instant, Money, OrderInCurrency, PeriodQuery,
    Query, Rejection,
};
use stockbook_tests::tell::tell;

pub(super) struct Told {
    book: Book,
    said: u64,
    at: Instant,
}

impl Told {
    pub(super) fn new(setup: &[&str]) -> Told {
        let mut told = Told { book: Book::new(), said: 0, at: "2026-01-05T09:00:00Z".parse().unwrap() };
        let common = [
            r#"{"define_reason":{"reason":"why"}}"#,
            r#"{"define_sku":{"sku":"TEE","price":"22.00","costing":"moving_average"}}"#,
            r#"{"define_node":{"node":"DC","kind":"warehouse","place":{"lat":"40.7","lon":"-74.0"}}}"#,
            r#"{"define_node":{"node":"SHOP","kind":"store","place":{"lat":"40.8","lon":"-74.1"}}}"#,
            r#"{"define_channel":{"channel":"web","promise_hours":400}}"#,
            r#"{"define_supplier":{"supplier":"ACME","lead_time_days":7,"expedite_days":2}}"#,
        ];
        for command in common.iter().chain(setup) {
            told.say(command);
        }
        told
    }

    pub(super) fn try_say(&mut self, command: &str) -> Result<Event, Rejection> {
        self.said += 1;
        self.at = self.at.plus_seconds(60);
        tell(&mut self.book, (self.said, self.at), command, 0)
    }

    pub(super) fn say(&mut self, command: &str) -> Event {
        self.try_say(command).unwrap_or_else(|no| panic!("{no}: {command}"))
    }

    /// Says a command; what it posted, as `"1000 52.50, 1100 -55.20"`.
    pub(super) fn posts(&mut self, command: &str, expected: &str) {
        let mut sums: BTreeMap<String, i64> = BTreeMap::new();
        for leg in self.say(command).body.postings() {
            let code = self.book.account_code(leg.account).unwrap().to_owned();
            *sums.entry(code).or_default() += leg.amount.micros();
        }
        let said = sums.iter().filter(|(_, micros)| **micros != 0);
        let said: Vec<String> =
            said.map(|(code, micros)| format!("{code} {}", Money::from_micros(*micros))).collect();
        assert_eq!(said.join(", "), expected, "{command}");
    }

    pub(super) fn refuses(&mut self, command: &str, number: u16) {
        let before = self.book.state_hash();
        assert_eq!(self.try_say(command).unwrap_err().number(), number, "{command}");
        assert_eq!(self.book.state_hash(), before);
    }

    /// What an account comes to, in cents.
    pub(super) fn balance(&self, code: &str) -> i64 {
        let id = self.book.account_id(code).expect("in the chart");
        let row = self.book.trial_balance().into_iter().find(|row| row.account == id);
        row.map_or(0, |row| row.balance.micros() / 10_000)
    }

    fn sold(&self, order: &str) -> OrderInCurrency {
        let query = Query::Order(DocumentQuery { document: order.into() });
        let Ok(Answer::Order(view)) = self.book.ask(&query) else { panic!() };
        view.sold_in.expect("another currency")
    }

    /// What an order's customer owes, in the order's currency and as the book carries it.
    fn owed(&self, order: &str) -> (Money, Money) {
        let sold = self.sold(order);
        (sold.open, sold.carried)
    }

    /// What an order's customer owes for all his orders.
    fn customer_owes(&self, order: &str) -> Money {
        let query = Query::Fulfilment(DocumentQuery { document: order.into() });
        let Ok(Answer::Fulfilment(view)) = self.book.ask(&query) else { panic!() };
        view.owed
    }

    pub(super) fn consolidation(&self) -> ConsolidationView {
        let Ok(Answer::Consolidation(view)) =
            self.book.ask(&serde_json::from_str(r#"{"consolidation":{}}"#).unwrap())
        else {
            panic!()
        };
        view
    }

    /// What a company's accounts come to, in cents.
    pub(super) fn company(&self, company: &str) -> BTreeMap<String, i64> {
        let view = self.consolidation();
        let known = view.companies.iter().find(|known| known.company == company).expect("a company");
        let code = |id| self.book.account_code(id).unwrap().to_owned();
        let rows = known.balances.iter().filter(|row| row.balance != Money::ZERO);
        rows.map(|row| (code(row.account), row.balance.micros() / 10_000)).collect()
    }
}

fn named<const N: usize>(sums: [(&str, i64); N]) -> BTreeMap<String, i64> {
    sums.map(|(code, sum)| (code.to_owned(), sum)).into()
}

fn cents(a: i64, b: i64) -> (Money, Money) {
    (Money::from_cents(a), Money::from_cents(b))
}

pub(super) fn receive(number: &str, qty: i64, cost: &str) -> String {
    format!(
        r#"{{"receive_goods":{{"receipt":"{number}","node":"DC","supplier":"ACME","lines":[{{"sku":"TEE","qty":{qty},"unit_cost":"{cost}"}}]}}}}"#
    )
}

pub(super) fn order(number: &str, line: &str, terms: &str) -> String {
    format!(
        r#"{{"place_order":{{"order":"{number}","channel":"web","to":{{"lat":"40.7","lon":"-74.0"}},"lines":[{line}],"terms":{terms}}}}}"#
    )
}

pub(super) fn ship(number: &str) -> String {
    format!(r#"{{"ship_order":{{"order":"{number}","node":"DC"}}}}"#)
}

const EUR: &str = r#"{"sold_in":{"currency":"EUR","rate":"1.10"}}"#;

/// The warehouse is one company's, the shop another's.
pub(super) const TWO_COMPANIES: [&str; 4] = [
    r#"{"define_company":{"company":"MAKER"}}"#,
    r#"{"define_company":{"company":"SELLER"}}"#,
    r#"{"describe_node":{"node":"DC","company":"MAKER"}}"#,
    r#"{"describe_node":{"node":"SHOP","company":"SELLER"}}"#,
];

#[test]
fn a_sale_in_euros_is_booked_in_dollars_and_its_settlement_differs() {
    let mut told = Told::new(&[]);
    told.say(&receive("R", 10, "5.00"));
    told.say(&order("O", r#"{"sku":"TEE","qty":3,"price":"19.99"}"#, EUR));
    // 3 x 19.99 = 59.97 EUR at 1.10 = 65.967.
    told.posts(&ship("O"), "1100 65.97, 1300 -15.00, 4000 -65.97, 5000 15.00");
    assert_eq!(told.owed("O"), cents(59_97, 65_97));
    // At 1.12: tax 11.39 = 12.76, shipping 5.00 = 5.60, discount 2.00 = 2.24.
    told.posts(
        r#"{"invoice_order":{"invoice":"B","order":"O","lines":[{"line":1,"qty":3,"discount":"2.00"}],"tax":"11.39","shipping":"5.00","rate":"1.12"}}"#,
        "1100 16.12, 2320 -12.76, 4050 2.24, 4060 -5.60",
    );
    assert_eq!(told.owed("O"), cents(74_36, 82_09));
    // 50 of 74.36 are carried at 55.20 and bring 52.50.
    told.posts(
        r#"{"record_payment":{"payment":"P","order":"O","amount":"50.00","rate":"1.05"}}"#,
        "1000 52.50, 1100 -55.20, 5900 2.70",
    );
    // 4.00 at the order's rate, carried at 4.42.
    told.posts(
        r#"{"credit_order":{"credit_note":"C","order":"O","lines":[{"line":1,"amount":"4.00"}]}}"#,
        "1100 -4.42, 4000 4.40, 5900 0.02",
    );
    // Sold for 59.97 and 4.00 given back: 56 more is too much, in euros.
    let back = |rma: &str, refund: &str| {
        format!(
            r#"{{"receive_return":{{"rma":"{rma}","order":"O","node":"DC","lines":[{{"line":1,"qty":1,"disposition":"restock","refund":"{refund}"}}]}}}}"#
        )
    };
    told.refuses(&back("X", "55.98"), 103);
    told.posts(&back("X", "19.99"), "1100 -22.06, 1300 5.00, 4100 21.99, 5000 -5.00, 5900 0.07");
    assert_eq!(told.owed("O"), cents(37, 41));
    told.say(r#"{"record_payment":{"payment":"G","tender":"gift_sale","amount":"5.00"}}"#);
    told.posts(
        r#"{"record_payment":{"payment":"H","order":"O","tender":"gift","amount":"0.37","rate":"1.20"}}"#,
        "1100 -0.41, 2350 0.44, 4900 -0.03",
    );
    assert_eq!(told.owed("O"), cents(0, 0));
}

#[test]
fn an_invoice_recognises_at_its_own_rate_and_currencies_have_their_own_cents() {
    let mut told = Told::new(&[r#"{"set_selling":{"channel":"web","recognition":"at_invoice"}}"#]);
    told.say(&receive("R", 20, "5.00"));
    told.say(&order("O", r#"{"sku":"TEE","qty":2,"price":"10.00"}"#, EUR));
    told.posts(&ship("O"), "1300 -10.00, 1360 10.00");
    assert_eq!(told.owed("O"), cents(0, 0));
    told.posts(
        r#"{"invoice_order":{"invoice":"B","order":"O","rate":"1.20"}}"#,
        "1100 24.00, 1360 -10.00, 4000 -24.00, 5000 10.00",
    );
    // A list price of 22.00 dollars is 20.00 euros; paid ahead, it meets the invoice at another rate.
    told.say(&order("A", r#"{"sku":"TEE","qty":1}"#, EUR));
    told.posts(
        r#"{"record_payment":{"payment":"P","order":"A","amount":"20.00","rate":"1.15"}}"#,
        "1000 23.00, 1100 -23.00",
    );
    told.say(&ship("A"));
    told.posts(
        r#"{"invoice_order":{"invoice":"B-2","order":"A"}}"#,
        "1100 23.00, 1360 -5.00, 4000 -22.00, 4900 -1.00, 5000 5.00",
    );
    assert_eq!(told.owed("A"), cents(0, 0));
    // Yen have no cents: 3 x 1980 = 5940 at 0.0067 = 39.798.
    let yen = r#"{"sold_in":{"currency":"JPY","digits":0,"rate":"0.0067"}}"#;
    told.say(&order("Y", r#"{"sku":"TEE","qty":3,"price":"1980"}"#, yen));
    told.say(&ship("Y"));
    told.refuses(r#"{"invoice_order":{"invoice":"B-3","order":"Y","tax":"0.50"}}"#, 103);
    told.posts(
        r#"{"invoice_order":{"invoice":"B-3","order":"Y"}}"#,
        "1100 39.80, 1360 -15.00, 4000 -39.80, 5000 15.00",
    );
}

#[test]
fn a_currency_is_another_one_and_a_rate_needs_it() {
    let mut told = Told::new(&[]);
    told.say(&receive("R", 10, "5.00"));
    let line = r#"{"sku":"TEE","qty":1}"#;
    told.refuses(&order("O", line, r#"{"sold_in":{"currency":"USD","rate":"1"}}"#), 103);
    told.refuses(&order("O", line, r#"{"sold_in":{"currency":"EUR","rate":"0"}}"#), 103);
    told.refuses(&order("O", line, r#"{"sold_in":{"currency":"EUR","digits":5,"rate":"1"}}"#), 103);
    told.say(&order("O", line, "null"));
    told.say(&ship("O"));
    told.refuses(r#"{"invoice_order":{"invoice":"B","order":"O","rate":"1.10"}}"#, 103);
    // Gift balance bought in euros: 10.00 at 1.10.
    told.posts(
        r#"{"record_payment":{"payment":"G","tender":"gift_sale","amount":"10.00","rate":"1.10"}}"#,
        "1000 11.00, 2350 -11.00",
    );
}

#[test]
fn a_substitute_that_is_picked_is_billed_at_its_own_price() {
    let mut told = Told::new(&[
        r#"{"define_sku":{"sku":"CAP","price":"10.00","costing":"moving_average"}}"#,
        r#"{"describe_sku":{"sku":"TEE","substitutes":[{"sku":"CAP","rank":1,"price":"own"}],"why":"w"}}"#,
        r#"{"set_policy":{"name":"p","otherwise":{"tiers":["1 unfilled_units"],"substitution":"allowed"}}}"#,
        r#"{"receive_goods":{"receipt":"C","node":"DC","lines":[{"sku":"CAP","qty":9,"unit_cost":"3.00"}]}}"#,
    ]);
    let pick = |order: &str, qty: i64, sku: &str| {
        let instead = format!(r#"[{{"line":1,"qty":{qty},"sku":"{sku}"}}]"#);
        format!(r#"{{"record_pick":{{"order":"{order}","node":"DC","instead":{instead}}}}}"#)
    };
    let release = |wave: &str| format!(r#"{{"release_wave":{{"wave":"{wave}","node":"DC"}}}}"#);
    told.say(&receive("R", 1, "5.00"));
    told.say(&order("O", r#"{"sku":"TEE","qty":1,"price":"20.00"}"#, EUR));
    told.say(&release("W"));
    assert_eq!(told.sold("O").sold.prices, [Money::from_cents(20_00)]);
    told.say(&pick("O", 1, "CAP"));
    // 10.00 dollars are 9.09 euros, and those 9.999 dollars.
    assert_eq!(told.sold("O").sold.prices, [Money::from_cents(9_09)]);
    told.posts(&ship("O"), "1100 10.00, 1300 -3.00, 4000 -10.00, 5000 3.00");
    assert_eq!(told.owed("O"), cents(9_09, 10_00));
    // Two of which one is there are planned as caps, and picked as ordered after all: 2 x 20.00 at 1.10.
    told.say(&order("P", r#"{"sku":"TEE","qty":2,"price":"20.00"}"#, EUR));
    assert_eq!(told.sold("P").sold.prices, [Money::from_cents(9_09)]);
    told.say(&release("X"));
    told.say(&receive("S", 4, "5.00"));
    told.say(&pick("P", 2, "TEE"));
    told.posts(&ship("P"), "1100 44.00, 1300 -10.00, 4000 -44.00, 5000 10.00");
    assert_eq!(told.owed("P"), cents(40_00, 44_00));
}

#[test]
fn a_kit_is_split_in_the_minor_units_of_its_currency() {
    let mut told = Told::new(&[]);
    let parts = ["A", "B", "C"].map(|sku| format!(r#"{{"sku":"{sku}","qty":1}}"#)).join(",");
    for sku in ["A", "B", "C"] {
        told.say(&format!(r#"{{"define_sku":{{"sku":"{sku}","price":"5.00"}}}}"#));
        let line = format!(r#"{{"sku":"{sku}","qty":5,"unit_cost":"1.00"}}"#);
        told.say(&format!(r#"{{"receive_goods":{{"receipt":"R-{sku}","node":"DC","lines":[{line}]}}}}"#));
    }
    told.say(r#"{"define_sku":{"sku":"SET","price":"10.00"}}"#);
    told.say(&format!(r#"{{"define_kit":{{"sku":"SET","kind":"virtual","components":[{parts}]}}}}"#));
    let mut owed = |number: &str, price: &str, currency: &str| {
        let line = format!(r#"{{"sku":"SET","qty":1,"price":"{price}"}}"#);
        told.say(&order(number, &line, &format!(r#"{{"sold_in":{currency}}}"#)));
        told.say(&ship(number));
        told.owed(number)
    };
    // 334 + 333 + 333 yen are 3.34 + 3.33 + 3.33.
    let yen = owed("Y", "1000", r#"{"currency":"JPY","digits":0,"rate":"0.01"}"#);
    assert_eq!(yen, (Money::from_cents(100_000), Money::from_cents(10_00)));
    // 3.334 + 3.334 + 3.333 dinars at 3: 10.002 + 10.002 + 9.999.
    let dinars = owed("K", "10.001", r#"{"currency":"KWD","digits":3,"rate":"3"}"#);
    assert_eq!(dinars, (Money::from_micros(10_001_000), Money::from_cents(30_00)));
}

#[test]
fn who_paid_what_he_was_billed_owes_nothing_at_any_rate() {
    let mut told = Told::new(&[]);
    told.say(&receive("R", 9, "5.00"));
    let terms = |who: &str| format!(r#"{{"customer":"{who}",{}"#, &EUR[1..]);
    let pay = |number: &str, order: &str, amount: &str, rate: &str| {
        let said = format!(r#""payment":"{number}","order":"{order}","amount":"{amount}","rate":"{rate}""#);
        format!(r#"{{"record_payment":{{{said}}}}}"#)
    };
    told.say(&order("O", r#"{"sku":"TEE","qty":1,"price":"100.00"}"#, &terms("kim")));
    assert_eq!(told.customer_owes("O"), Money::from_cents(11_000), "at 1.10");
    told.say(&ship("O"));
    told.posts(&pay("P", "O", "40.00", "1.00"), "1000 40.00, 1100 -44.00, 5900 4.00");
    assert_eq!(told.customer_owes("O"), Money::from_cents(66_00));
    // 10.00 are given back: 12.00 at 1.20, but 11.00 of what was owed.
    told.say(
        r#"{"credit_order":{"credit_note":"C","order":"O","lines":[{"line":1,"amount":"10.00"}],"rate":"1.20"}}"#,
    );
    assert_eq!(told.customer_owes("O"), Money::from_cents(55_00));
    told.say(&pay("Q", "O", "50.00", "1.30"));
    assert_eq!((told.owed("O"), told.customer_owes("O")), (cents(0, 0), Money::ZERO));
    // The same where he pays ahead.
    told.say(&order("A", r#"{"sku":"TEE","qty":1,"price":"100.00"}"#, &terms("bob")));
    told.say(&pay("V", "A", "100.00", "1.00"));
    assert_eq!(told.customer_owes("A"), Money::ZERO);
    told.posts(&ship("A"), "1100 100.00, 1300 -5.00, 4000 -110.00, 5000 5.00, 5900 10.00");
    assert_eq!((told.owed("A"), told.customer_owes("A")), (cents(0, 0), Money::ZERO));
}

pub(super) fn bill(number: &str, kind: &str, line: &str) -> String {
    format!(
        r#"{{"receive_supplier_invoice":{{"invoice":"{number}","supplier":"ACME","kind":"{kind}","lines":[{line}]}}}}"#
    )
}

#[test]
fn a_credit_note_corrects_a_price_and_settles_what_went_back() {
    for (base, back, credit) in [
        ("perpetual", "1300 -10.00, 1400 10.00", "1400 -10.00, 2000 9.50, 5020 0.50"),
        ("continental", "1300 -10.00, 5410 10.00", "2000 9.50, 5020 0.50, 5400 -9.50, 5410 -0.50"),
    ] {
        let rules = format!(r#"{{"set_posting_rules":{{"base":"{base}","rules":[]}}}}"#);
        let mut told = Told::new(&[rules.as_str()]);
        told.say(&receive("R", 10, "5.00"));
        told.say(&bill("V", "invoice", r#"{"sku":"TEE","qty":10,"unit_cost":"6.00"}"#));
        told.say(&order("O", r#"{"sku":"TEE","qty":4}"#, "null"));
        told.say(&ship("O"));
        // 60.00 was billed for ten: 10.00 off, of which the six that are there bear 6.00.
        let off = |amount: &str| {
            bill("C", "credit_note", &format!(r#"{{"sku":"TEE","receipt":"R","amount":"{amount}"}}"#))
        };
        told.refuses(&off("60.01"), 870);
        let expected = if base == "perpetual" {
            "1300 -6.00, 2000 10.00, 5020 -4.00"
        } else {
            "1300 -6.00, 2000 10.00, 5020 -4.00, 5400 -6.00, 5410 6.00"
        };
        told.posts(&off("10.00"), expected);
        told.refuses(&off("10.00"), 403);
        // They cost 5.00 each by now, and so the vendor owes for two of them.
        told.posts(
            r#"{"return_to_vendor":{"vendor_return":"W","node":"DC","supplier":"ACME","lines":[{"sku":"TEE","qty":2,"receipt":"R"}]}}"#,
            back,
        );
        let settles = |number: &str, qty: i64| {
            let line = format!(r#"{{"sku":"TEE","qty":{qty},"vendor_return":"W","amount":"9.50"}}"#);
            bill(number, "credit_note", &line)
        };
        told.refuses(&settles("D", 3), 503);
        told.posts(&settles("D", 2), credit);
        assert_eq!(told.book.open_exceptions().len(), 2, "the dearer invoice, and what this lacks");
        told.refuses(&settles("E", 1), 503);
        let Ok(Answer::GrniAgeing(grni)) =
            told.book.ask(&serde_json::from_str(r#"{"grni_ageing":{}}"#).unwrap())
        else {
            panic!()
        };
        assert_eq!((grni.owed, grni.lines.len()), (Money::ZERO, 0));
    }
}

#[test]
fn each_company_has_books_of_its_own_and_the_group_eliminates_what_is_between_them() {
    let mut told = Told::new(&[
        r#"{"define_company":{"company":"MAKER"}}"#,
        r#"{"define_company":{"company":"SELLER"}}"#,
        r#"{"describe_node":{"node":"DC","company":"MAKER"}}"#,
        r#"{"describe_node":{"node":"SHOP","company":"SELLER","pickup":"allowed"}}"#,
        r#"{"set_period":{"period":"jan","from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}}"#,
    ]);
    told.say(&receive("R", 10, "5.00"));
    told.say(&bill("V", "invoice", r#"{"sku":"TEE","qty":10,"unit_cost":"5.00"}"#));
    told.say(
        r#"{"ship_transfer":{"transfer":"T","from":"DC","to":"SHOP","lines":[{"sku":"TEE","qty":4,"unit_price":"7.00"}]}}"#,
    );
    told.say(r#"{"receive_transfer":{"transfer":"T","lines":[{"line":1,"qty":4}]}}"#);
    told.say(
        r#"{"place_order":{"order":"O","channel":"web","to":{"lat":"40.8","lon":"-74.1"},"lines":[{"sku":"TEE","qty":1}],"terms":{"pickup":"SHOP"}}}"#,
    );
    told.say(r#"{"ship_order":{"order":"O","node":"SHOP"}}"#);
    told.say(r#"{"invoice_order":{"invoice":"B","order":"O","tax":"2.00"}}"#);
    told.say(r#"{"record_payment":{"payment":"P","order":"O","amount":"24.00"}}"#);
    let view = told.consolidation();
    // Ten at 5.00, four of them sold on at 7.00.
    let maker = [("1300", 30_00), ("1500", 28_00), ("2000", -50_00), ("4300", -28_00), ("5300", 20_00)];
    assert_eq!(told.company("MAKER"), named(maker));
    // Four at 7.00, one of them sold for 22.00.
    let seller = [
        ("1000", 24_00),
        ("1300", 21_00),
        ("2320", -2_00),
        ("2500", -28_00),
        ("4000", -22_00),
        ("5000", 7_00),
    ];
    assert_eq!(told.company("SELLER"), named(seller));
    assert_eq!(view.companies.len(), 2, "nothing belongs to no company");
    assert_eq!(view.mark_up_in_stock, Money::from_cents(6_00));
    for known in &view.companies {
        assert_eq!(known.balances.iter().map(|row| row.balance.micros()).sum::<i64>(), 0);
        let query =
            PeriodQuery { period: "jan".into(), company: Some(known.company.clone()), ledger: String::new() };
        let Ok(Answer::PeriodBalances(rows)) = told.book.ask(&Query::PeriodBalances(query.clone())) else {
            panic!()
        };
        let closing: Vec<i64> = rows.iter().map(|row| row.closing.micros()).collect();
        assert_eq!(closing, known.balances.iter().map(|row| row.balance.micros()).collect::<Vec<_>>());
        let Ok(Answer::RollForward(rolls)) = told.book.ask(&Query::RollForward(query)) else { panic!() };
        let worth: i64 = rolls.iter().map(|roll| roll.closing.value.micros()).sum();
        assert_eq!(worth / 10_000, if known.company == "MAKER" { 30_00 } else { 21_00 });
    }
}

fn send_back(number: &str, receipt: &str, qty: i64) -> String {
    format!(
        r#"{{"return_to_vendor":{{"vendor_return":"{number}","node":"DC","supplier":"ACME","lines":[{{"sku":"TEE","qty":{qty},"receipt":"{receipt}"}}]}}}}"#
    )
}

fn off(number: &str, amount: &str) -> String {
    bill(number, "credit_note", &format!(r#"{{"sku":"TEE","receipt":"R","amount":"{amount}"}}"#))
}

pub(super) fn settle(number: &str, back: &str, amount: &str) -> String {
    bill(number, "credit_note", &format!(r#"{{"sku":"TEE","vendor_return":"{back}","amount":"{amount}"}}"#))
}

#[test]
fn what_went_back_is_not_billed_any_more() {
    let mut told = Told::new(&[]);
    told.say(&receive("R", 10, "5.00"));
    told.posts(&send_back("B", "R", 4), "1300 -20.00, 2100 20.00");
    told.refuses(&off("C", "20.00"), 870);
    // Six are left and billed at 36.00, of which two go back.
    told.say(&bill("V", "invoice", r#"{"sku":"TEE","qty":6,"unit_cost":"6.00","receipt":"R"}"#));
    told.refuses(&off("C", "36.01"), 870);
    told.posts(&send_back("W", "R", 2), "1300 -12.00, 1400 12.00");
    told.posts(&settle("D", "W", "12.00"), "1400 -12.00, 2000 12.00");
    told.refuses(&off("C", "24.01"), 870);
    told.posts(&off("C", "24.00"), "1300 -24.00, 2000 24.00");
    told.refuses(&off("E", "0.01"), 870);

    let mut told = Told::new(&[]);
    told.say(&receive("R", 10, "5.00"));
    told.say(&bill("V", "invoice", r#"{"sku":"TEE","qty":10,"unit_cost":"6.00"}"#));
    told.posts(&send_back("W", "R", 10), "1300 -60.00, 1400 60.00");
    told.posts(&settle("C", "W", "60.00"), "1400 -60.00, 2000 60.00");
    told.refuses(&off("D", "50.00"), 870);
}

#[test]
fn a_credit_note_in_euros_is_of_the_receipts_rate_and_exchange_bears_the_rest() {
    let in_euros =
        |command: String| command.replace(r#""supplier":"ACME""#, r#""supplier":"ACME","rate":"1.20""#);
    let billed = || {
        let mut told = Told::new(&[]);
        told.say(&receive("R", 10, "10.00").replace(r#""node":"DC""#, r#""node":"DC","rate":"1.10""#));
        let invoice = bill("V", "invoice", r#"{"sku":"TEE","qty":10,"unit_cost":"10.00"}"#);
        told.posts(&in_euros(invoice), "2000 -120.00, 2100 110.00, 5900 10.00");
        told
    };
    let mut all = billed();
    all.refuses(&in_euros(off("C", "100.01")), 870);
    all.posts(&in_euros(off("C", "100.00")), "1300 -110.00, 2000 120.00, 4900 -10.00");

    let mut told = billed();
    let opened = told.book.open_exceptions().len();
    told.posts(&in_euros(off("C", "20.00")), "1300 -22.00, 2000 24.00, 4900 -2.00");
    // What goes back is owed for at 80 euros of 1.10, and credited at 1.20.
    told.posts(&send_back("W", "R", 10), "1300 -88.00, 1400 88.00");
    told.posts(&in_euros(settle("D", "W", "80.00")), "1400 -88.00, 2000 96.00, 4900 -8.00");
    assert_eq!(told.book.open_exceptions().len(), opened, "the price is the one that was asked");
}

#[test]
fn goods_that_a_customer_brought_back_are_credited_by_their_vendor() {
    for (base, back, credit) in [
        ("perpetual", "1400 8.00, 5000 -10.00, 5020 2.00", "1400 -8.00, 2000 7.50, 5020 0.50"),
        ("continental", "5020 2.00, 5410 -2.00", "2000 7.50, 5020 0.50, 5400 -7.50, 5410 -0.50"),
    ] {
        let rules = format!(r#"{{"set_posting_rules":{{"base":"{base}","rules":[]}}}}"#);
        let mut told = Told::new(&[rules.as_str()]);
        told.say(&receive("R", 10, "5.00"));
        told.say(&order("O", r#"{"sku":"TEE","qty":4}"#, "null"));
        told.say(&ship("O"));
        told.refuses(&settle("C", "X", "7.50"), 209);
        told.posts(
            r#"{"receive_return":{"rma":"X","order":"O","node":"DC","lines":[{"line":1,"qty":2,"disposition":"return_to_vendor","credit":"8.00"}]}}"#,
            back,
        );
        told.posts(&settle("C", "X", "7.50"), credit);
        told.refuses(&settle("D", "X", "1.00"), 503);
    }
}

/// Three came back of one return, two graded at first: what their vendor has credited he does not owe again, and
/// nobody else credits the rest.
#[test]
fn what_comes_back_in_parts_is_credited_once() {
    let mut told =
        Told::new(&[r#"{"define_supplier":{"supplier":"BETA","lead_time_days":7,"expedite_days":2}}"#]);
    told.say(&receive("R", 10, "5.00"));
    told.say(&order("O", r#"{"sku":"TEE","qty":4}"#, "null"));
    told.say(&ship("O"));
    told.say(r#"{"check_in_return":{"rma":"X","order":"O","node":"DC","lines":[{"line":1,"qty":3}]}}"#);
    let on = |qty: i64| {
        format!(
            r#"{{"receive_return":{{"rma":"X","order":"O","node":"DC","lines":[{{"line":1,"qty":{qty},"disposition":"return_to_vendor","credit":"{qty}.00"}}]}}}}"#
        )
    };
    told.say(&on(2));
    told.posts(&settle("C-1", "X", "2.00"), "1400 -2.00, 2000 2.00");
    told.say(&on(1));
    told.refuses(&settle("C-2", "X", "1.00").replace("ACME", "BETA"), 209);
    told.posts(&settle("C-3", "X", "1.00"), "1400 -1.00, 2000 1.00");
    told.refuses(&settle("C-4", "X", "1.00"), 503);
}

#[test]
fn what_is_lost_moved_or_billed_ahead_is_in_the_books_of_the_company_whose_it_is() {
    let mut told = Told::new(&TWO_COMPANIES);
    told.say(&receive("R", 10, "5.00"));
    told.say(&bill("V", "invoice", r#"{"sku":"TEE","qty":10,"unit_cost":"5.00"}"#));
    told.say(
        r#"{"ship_transfer":{"transfer":"T","from":"DC","to":"SHOP","lines":[{"sku":"TEE","qty":4,"unit_price":"7.00"}]}}"#,
    );
    told.say(r#"{"receive_transfer":{"transfer":"T","lines":[{"line":1,"qty":3}],"closing":"short"}}"#);
    // An order is planned at one company's node, and leaves from the other's.
    told.say(&order("O", r#"{"sku":"TEE","qty":1}"#, "null"));
    told.say(r#"{"set_node_status":{"node":"DC","status":"closed","reason":"why"}}"#);
    told.say(r#"{"reallocate_order":{"order":"O","reason":"why"}}"#);
    told.say(r#"{"record_payment":{"payment":"P","order":"O","amount":"4.00"}}"#);
    told.say(r#"{"ship_order":{"order":"O","node":"SHOP"}}"#);
    told.say(r#"{"invoice_order":{"invoice":"B","order":"O","tax":"2.00"}}"#);
    told.say(r#"{"record_payment":{"payment":"Q","order":"O","amount":"20.00"}}"#);
    // An invoice of what has not come.
    told.say(
        r#"{"place_purchase_order":{"purchase_order":"PO","supplier":"ACME","node":"DC","lines":[{"sku":"TEE","qty":2,"unit_cost":"5.00"}]}}"#,
    );
    let ahead = bill("V-2", "invoice", r#"{"sku":"TEE","qty":2,"unit_cost":"5.00"}"#);
    told.say(&ahead.replace(r#""supplier":"ACME""#, r#""supplier":"ACME","purchase_order":"PO""#));
    let maker = [
        ("1300", 30_00),
        ("1500", 21_00),
        ("2000", -60_00),
        ("2100", 10_00),
        ("4300", -21_00),
        ("5110", 5_00),
        ("5300", 15_00),
    ];
    assert_eq!(told.company("MAKER"), named(maker));
    let seller = [
        ("1000", 24_00),
        ("1300", 14_00),
        ("2320", -2_00),
        ("2500", -21_00),
        ("4000", -22_00),
        ("5000", 7_00),
    ];
    assert_eq!(told.company("SELLER"), named(seller));
    assert_eq!(told.consolidation().companies.len(), 2, "nothing belongs to no company");
}

/// One order leaves from two companies' nodes, the second parcel first; its invoice and its payment meet.
#[test]
fn an_invoice_and_its_payment_are_of_one_company() {
    let mut told = Told::new(&[
        r#"{"define_company":{"company":"MAKER"}}"#,
        r#"{"define_company":{"company":"SELLER"}}"#,
        r#"{"describe_node":{"node":"DC","company":"MAKER"}}"#,
        r#"{"describe_node":{"node":"SHOP","company":"SELLER"}}"#,
        r#"{"set_policy":{"name":"p","otherwise":{"line_split":"allowed","lateness":"allowed","tiers":[[{"measure":"unfilled_units","weight":"1"}]]},"rules":[]}}"#,
    ]);
    told.say(&receive("R", 2, "5.00"));
    told.say(&receive("S", 2, "5.00").replace(r#""DC""#, r#""SHOP""#));
    told.say(&order("O", r#"{"sku":"TEE","qty":4}"#, "null"));
    told.say(r#"{"ship_order":{"order":"O","node":"SHOP"}}"#);
    told.say(r#"{"invoice_order":{"invoice":"B","order":"O","tax":"10.00"}}"#);
    told.say(r#"{"ship_order":{"order":"O","node":"DC"}}"#);
    told.say(r#"{"record_payment":{"payment":"P","order":"O","amount":"10.00"}}"#);
    let cash = |company: &str| told.company(company).into_iter().find(|(account, _)| account == "1000");
    assert_eq!((cash("SELLER"), cash("MAKER")), (Some(("1000".into(), 10_00)), None));
}

/// What came to two companies is billed to each: a bill for both is refused by name.
#[test]
fn a_bill_is_one_companys_debt() {
    let mut told = Told::new(&TWO_COMPANIES);
    told.say(&receive("R", 2, "5.00"));
    told.say(&receive("S", 3, "5.00").replace(r#""DC""#, r#""SHOP""#));
    let bill = |number: &str, lines: &str| {
        format!(
            r#"{{"receive_supplier_invoice":{{"invoice":"{number}","supplier":"ACME","lines":[{lines}]}}}}"#
        )
    };
    let line = |qty: i64, receipt: &str| {
        format!(r#"{{"sku":"TEE","qty":{qty},"unit_cost":"5.00","receipt":{receipt}}}"#)
    };
    // Whichever receipt is open: the first two came to MAKER, the others to SELLER.
    told.refuses(&bill("V", &line(5, "null")), 901);
    told.refuses(&bill("V", &format!("{},{}", line(2, r#""R""#), line(3, r#""S""#))), 901);
    told.posts(&bill("V", &line(2, r#""R""#)), "2000 -10.00, 2100 10.00");
    told.posts(&bill("W", &line(3, r#""S""#)), "2000 -15.00, 2100 15.00");
    let owed = |company: &str| told.company(company).get("2000").copied();
    assert_eq!((owed("MAKER"), owed("SELLER")), (Some(-10_00), Some(-15_00)));
    // So is one for the freight of both.
    told.say(r#"{"allocate_landed_cost":{"landed_cost":"L","amount":"5.00","receipts":[{"receipt":"R"},{"receipt":"S"}]}}"#);
    told.refuses(&bill("F", r#"{"landed_cost":"L","amount":"5.00"}"#), 901);
    told.say(r#"{"allocate_landed_cost":{"landed_cost":"M","amount":"5.00","receipts":[{"receipt":"S"}]}}"#);
    told.posts(&bill("F", r#"{"landed_cost":"M","amount":"5.00"}"#), "2000 -5.00, 2120 5.00");
}

#[test]
fn nothing_is_sold_for_less_than_nothing() {
    let mut told = Told::new(&[]);
    told.refuses(&order("O", r#"{"sku":"TEE","qty":1},{"sku":"TEE","qty":1,"price":"-30.00"}"#, "null"), 900);
}

/// Of ten that came, six went back; four may follow them, whether they were billed or not.
#[test]
fn no_more_goes_back_than_came() {
    let mut told = Told::new(&[]);
    told.say(&receive("Q", 10, "5.00"));
    told.say(&receive("R", 10, "5.00"));
    let back = |number: &str, qty: i64| {
        format!(
            r#"{{"return_to_vendor":{{"vendor_return":"{number}","node":"DC","supplier":"ACME","lines":[{{"sku":"TEE","qty":{qty},"receipt":"R"}}]}}}}"#
        )
    };
    told.refuses(&back("B", 11), 503);
    told.say(&back("B", 6));
    let bill = r#"{"receive_supplier_invoice":{"invoice":"V","supplier":"ACME","lines":[{"sku":"TEE","qty":4,"unit_cost":"5.00","receipt":"R"}]}}"#;
    told.say(bill);
    let no = told.try_say(&back("C", 5)).unwrap_err();
    assert_eq!(no, Rejection::MoreThanOpen { document: "R".into(), line: 1, asked: 5, open: 4 });
    told.posts(&back("C", 4), "1300 -20.00, 1400 20.00");
    told.refuses(&back("D", 1), 503);
}

/// Two HAT at 8.00 lie there, one that came back at 8.00, and three at 10.00. The work of 3.00 on the one is borne by
/// it up to 10.00, and by no other.
#[test]
fn work_is_borne_by_the_goods_worked_on() {
    for late in ["at_current_cost", "replay"] {
        let valuation = format!(r#"{{"set_valuation":{{"costing":"fifo","late":"{late}"}}}}"#);
        let hat = r#"{"define_sku":{"sku":"HAT","price":"20.00"}}"#;
        let mut told = Told::new(&[&valuation, hat]);
        let tell = |said: String| said.replace("TEE", "HAT");
        let cost = |event: Event| match event.body {
            stockbook::Body::OrderShipped(shipped) => shipped.lines.iter().map(|line| line.cost).collect(),
            _ => Vec::new(),
        };
        told.say(&tell(receive("R", 4, "8.00")));
        told.say(&order("O", r#"{"sku":"HAT","qty":2}"#, "null"));
        told.say(&ship("O"));
        told.say(r#"{"receive_return":{"rma":"X","order":"O","node":"DC","lines":[{"line":1,"qty":1,"disposition":"refurbish"}]}}"#);
        told.say(&tell(receive("S", 3, "10.00")));
        let work = r#"{"refurbish_stock":{"refurbishment":"F","sku":"HAT","node":"DC","qty":1,"cost":"3.00","unit_value":"10.00","reason":"why"}}"#;
        told.posts(work, "1300 2.00, 5250 -2.00");
        if late == "replay" {
            // A landed cost has all movements costed anew, and the work falls where it fell.
            let landed = r#"{"allocate_landed_cost":{"landed_cost":"L","amount":"3.00","receipts":[{"receipt":"S"}]}}"#;
            told.posts(landed, "1300 3.00, 2120 -3.00");
        }
        let mut sold = Vec::new();
        for (number, qty) in [("P", 2), ("Q", 1), ("U", 1)] {
            told.say(&order(number, &format!(r#"{{"sku":"HAT","qty":{qty}}}"#), "null"));
            sold.extend(cost(told.say(&ship(number))));
        }
        let last = if late == "replay" { 11_00 } else { 10_00 };
        assert_eq!(sold, [16_00, 10_00, last].map(Money::from_cents), "{late}");
    }
}
