//! The table of events and entries, row by row: what each event of the house posts, in the perpetual and in the
//! continental set, as one sum an account (debit positive). A case names its row.

use std::collections::BTreeMap;
use stockbook::{Answer, Book, Command, Envelope, Event, Instant, Query, Rejection, RuleSet, StockQuery};
use stockbook_tests::tell::tell;

struct Told {
    book: Book,
    said: u64,
    at: Instant,
}

impl Told {
    fn new(set: RuleSet, costing: &str) -> Told {
        let mut told = Told { book: Book::new(), said: 0, at: "2026-01-05T09:00:00Z".parse().unwrap() };
        let base = if set == RuleSet::Continental { "continental" } else { "perpetual" };
        for command in [
            format!(r#"{{"set_posting_rules":{{"base":"{base}","rules":[]}}}}"#),
            r#"{"define_reason":{"reason":"why"}}"#.into(),
            r#"{"define_reason":{"reason":"sample"}}"#.into(),
            r#"{"define_company":{"company":"SELLER"}}"#.into(),
            format!(r#"{{"define_sku":{{"sku":"TEE","price":"20.00","costing":"{costing}"}}}}"#),
            format!(r#"{{"define_sku":{{"sku":"MUG","price":"10.00","costing":"{costing}"}}}}"#),
            r#"{"define_sku":{"sku":"SET","price":"45.00"}}"#.into(),
            r#"{"define_sku":{"sku":"PAIR","price":"24.00"}}"#.into(),
            r#"{"define_kit":{"sku":"SET","kind":"assembled","components":[{"sku":"TEE","qty":2}]}}"#.into(),
            r#"{"define_kit":{"sku":"PAIR","kind":"virtual","components":[{"sku":"TEE","qty":1},{"sku":"MUG","qty":1}]}}"#.into(),
            node("DC", "warehouse"),
            node("SHOP", "store"),
            node("PARTNER", "third_party"),
            r#"{"define_channel":{"channel":"web","promise_hours":400}}"#.into(),
            r#"{"define_supplier":{"supplier":"ACME","lead_time_days":7,"expedite_days":2}}"#.into(),
            r#"{"set_policy":{"name":"p","otherwise":{"tiers":[[{"measure":"distance_km","weight":"1"}]],"shortage":"backorder"},"rules":[]}}"#.into(),
        ] {
            told.say(&command);
        }
        if costing == "standard" {
            told.say(&revalue("S-T", "TEE", "5.00"));
            told.say(&revalue("S-M", "MUG", "2.00"));
        }
        told
    }

    fn try_say(&mut self, command: &str) -> Result<Event, Rejection> {
        self.said += 1;
        self.at = self.at.plus_seconds(60);
        tell(&mut self.book, (self.said, self.at), command, 0)
    }

    fn say(&mut self, command: &str) -> Event {
        self.try_say(command).unwrap_or_else(|no| panic!("{no}: {command}"))
    }

    /// Says commands; gives what they posted, by account in cents.
    fn posts(&mut self, commands: &[String]) -> BTreeMap<String, i64> {
        let mut sums = BTreeMap::new();
        for command in commands {
            for leg in self.say(command).body.postings() {
                let code = self.book.account_code(leg.account).expect("an account").to_owned();
                *sums.entry(code).or_insert(0) += leg.amount.micros() / 10_000;
            }
        }
        sums.retain(|_, cents| *cents != 0);
        sums
    }
}

fn node(code: &str, kind: &str) -> String {
    format!(r#"{{"define_node":{{"node":"{code}","kind":"{kind}","place":{{"lat":"40.7","lon":"-74.0"}}}}}}"#)
}

fn valued(more: &str) -> String {
    format!(r#"{{"set_valuation":{{{more}}}}}"#)
}

fn revalue(number: &str, sku: &str, cost: &str) -> String {
    format!(
        r#"{{"revalue_stock":{{"revaluation":"{number}","sku":"{sku}","unit_cost":"{cost}","reason":"why"}}}}"#
    )
}

fn receive(number: &str, sku: &str, qty: i64, cost: &str) -> String {
    format!(
        r#"{{"receive_goods":{{"receipt":"{number}","node":"DC","supplier":"ACME","lines":[{{"sku":"{sku}","qty":{qty},"unit_cost":"{cost}"}}]}}}}"#
    )
}

fn sell(number: &str, sku: &str, qty: i64) -> [String; 2] {
    [
        format!(
            r#"{{"place_order":{{"order":"{number}","channel":"web","to":{{"lat":"40.7","lon":"-74.0"}},"lines":[{{"sku":"{sku}","qty":{qty}}}]}}}}"#
        ),
        format!(r#"{{"ship_order":{{"order":"{number}","node":"DC"}}}}"#),
    ]
}

fn invoice(number: &str, qty: i64, cost: &str) -> String {
    format!(
        r#"{{"receive_supplier_invoice":{{"invoice":"{number}","supplier":"ACME","lines":[{{"sku":"TEE","qty":{qty},"unit_cost":"{cost}"}}]}}}}"#
    )
}

fn back(number: &str, disposition: &str, more: &str) -> String {
    format!(
        r#"{{"receive_return":{{"rma":"{number}","order":"O","node":"DC","lines":[{{"line":1,"qty":1,"disposition":"{disposition}"{more}}}]}}}}"#
    )
}

fn adjust(reason: &str, qty: i64) -> String {
    format!(
        r#"{{"adjust_stock":{{"adjustment":"A","node":"DC","reason":"{reason}","lines":[{{"sku":"TEE","qty":{qty}}}]}}}}"#
    )
}

fn write_down(number: &str, to: &str) -> String {
    format!(
        r#"{{"write_down_stock":{{"write_down":"{number}","sku":"TEE","unit_value":"{to}","reason":"why"}}}}"#
    )
}

fn transfer(to: &str, qty: i64) -> String {
    format!(
        r#"{{"ship_transfer":{{"transfer":"T","from":"DC","to":"{to}","lines":[{{"sku":"TEE","qty":{qty}}}]}}}}"#
    )
}

fn arrive(qty: i64, closing: &str) -> String {
    format!(
        r#"{{"receive_transfer":{{"transfer":"T","lines":[{{"line":1,"qty":{qty}}}],"closing":"{closing}"}}}}"#
    )
}

fn said(text: &str) -> String {
    text.to_owned()
}

/// A row: its name, the costing, what was before, what is posted, and the sums in both sets.
type Row = (&'static str, &'static str, Vec<String>, Vec<String>, &'static str, &'static str);

/// `"1300 50.00, 2100 -50.00"` by account, in cents.
fn sums(text: &str) -> BTreeMap<String, i64> {
    let leg = |leg: &str| {
        let (account, amount) = leg.trim().split_once(' ').expect("an account and an amount");
        let amount: stockbook::Money = amount.parse().expect("an amount");
        (account.to_owned(), amount.micros() / 10_000)
    };
    text.split(',').filter(|leg| !leg.trim().is_empty()).map(leg).collect()
}

fn check(rows: Vec<Row>) {
    for (name, costing, before, commands, perpetual, continental) in rows {
        for (set, want) in [(RuleSet::Perpetual, perpetual), (RuleSet::Continental, continental)] {
            let mut told = Told::new(set, costing);
            before.iter().for_each(|command| drop(told.say(command)));
            assert_eq!(told.posts(&commands), sums(want), "row {name}, {set:?}");
        }
    }
}

#[test]
fn rows_1_to_3_purchases() {
    let stock = || vec![receive("R", "TEE", 10, "5.00")];
    let sold = |late: &str| {
        let mut before = vec![valued(&format!(r#""late":"{late}""#))];
        before.extend(stock());
        before.extend(sell("O", "TEE", 4));
        before
    };
    let landed = |amount: &str| {
        format!(
            r#"{{"allocate_landed_cost":{{"landed_cost":"L","amount":"{amount}","receipts":[{{"receipt":"R"}}]}}}}"#
        )
    };
    let freight = |amount: &str| {
        format!(
            r#"{{"receive_supplier_invoice":{{"invoice":"F","supplier":"ACME","lines":[{{"landed_cost":"L","amount":"{amount}"}}]}}}}"#
        )
    };
    let planned = || [sold("replay"), vec![landed("10.00")]].concat();
    let foreign = said(
        r#"{"receive_goods":{"receipt":"R","node":"DC","supplier":"ACME","rate":"1.10","lines":[{"sku":"TEE","qty":10,"unit_cost":"10.00"}]}}"#,
    );
    let at_rate = |rate: &str| {
        format!(
            r#"{{"receive_supplier_invoice":{{"invoice":"I","supplier":"ACME","rate":"{rate}","lines":[{{"sku":"TEE","qty":10,"unit_cost":"10.00"}}]}}}}"#
        )
    };
    let taxed = said(
        r#"{"receive_supplier_invoice":{"invoice":"I","supplier":"ACME","tax":"4.00","lines":[{"sku":"TEE","qty":10,"unit_cost":"5.00"}]}}"#,
    );
    check(vec![
        (
            "1 goods receipt at actual cost",
            "moving_average",
            vec![],
            stock(),
            "1300 50.00, 2100 -50.00",
            "1300 50.00, 5410 -50.00",
        ),
        (
            "1s goods receipt at standard",
            "standard",
            vec![],
            vec![receive("R", "TEE", 10, "6.00")],
            "1300 50.00, 5020 10.00, 2100 -60.00",
            "1300 50.00, 5410 -50.00",
        ),
        (
            "2 supplier invoice as received",
            "fifo",
            stock(),
            vec![taxed],
            "2100 50.00, 1200 4.00, 2000 -54.00",
            "5400 50.00, 1200 4.00, 2000 -54.00",
        ),
        (
            "2v invoice at another price",
            "fifo",
            sold("at_current_cost"),
            vec![invoice("I", 10, "6.00")],
            "2100 50.00, 1300 6.00, 5020 4.00, 2000 -60.00",
            "5400 56.00, 1300 6.00, 5410 -6.00, 5020 4.00, 2000 -60.00",
        ),
        (
            "2v invoice at another price, the sold share to cost of goods",
            "fifo",
            sold("replay"),
            vec![invoice("I", 10, "6.00")],
            "2100 50.00, 1300 6.00, 5000 4.00, 2000 -60.00",
            "5400 60.00, 1300 6.00, 5410 -6.00, 2000 -60.00",
        ),
        (
            "2s invoice at another price, standard",
            "standard",
            stock(),
            vec![invoice("I", 10, "6.00")],
            "2100 50.00, 5020 10.00, 2000 -60.00",
            "5400 50.00, 5020 10.00, 2000 -60.00",
        ),
        (
            "2q invoice before receipt",
            "fifo",
            vec![],
            vec![invoice("I", 10, "6.00")],
            "2100 60.00, 2000 -60.00",
            "5400 60.00, 2000 -60.00",
        ),
        (
            "2q its receipt is worth what was invoiced",
            "fifo",
            vec![invoice("I", 6, "6.00")],
            stock(),
            "1300 56.00, 2100 -56.00",
            "1300 56.00, 5410 -56.00",
        ),
        (
            "2f invoice at a worse rate",
            "fifo",
            vec![foreign.clone()],
            vec![at_rate("1.20")],
            "2100 110.00, 5900 10.00, 2000 -120.00",
            "5400 110.00, 5900 10.00, 2000 -120.00",
        ),
        (
            "2f invoice at a better rate",
            "fifo",
            vec![foreign],
            vec![at_rate("1.00")],
            "2100 110.00, 4900 -10.00, 2000 -100.00",
            "5400 110.00, 4900 -10.00, 2000 -100.00",
        ),
        (
            "3 landed cost",
            "fifo",
            sold("prospective"),
            vec![landed("10.00")],
            "1300 6.00, 5000 4.00, 2120 -10.00",
            "1300 6.00, 5410 -6.00",
        ),
        (
            "3 landed cost, the past stays",
            "fifo",
            sold("at_current_cost"),
            vec![landed("10.00")],
            "1300 6.00, 5050 4.00, 2120 -10.00",
            "1300 6.00, 5050 4.00, 5410 -10.00",
        ),
        (
            "3i freight invoice as planned",
            "fifo",
            planned(),
            vec![freight("10.00")],
            "2120 10.00, 2000 -10.00",
            "5400 10.00, 2000 -10.00",
        ),
        (
            "3i freight invoice beyond the plan",
            "fifo",
            planned(),
            vec![freight("12.00")],
            "2120 10.00, 1300 1.20, 5000 0.80, 2000 -12.00",
            "5400 12.00, 1300 1.20, 5410 -1.20, 2000 -12.00",
        ),
    ]);
}

#[test]
fn rows_4_to_6_transfers_and_sales() {
    let stock = || vec![receive("R", "TEE", 10, "5.00")];
    let sent = || [stock(), vec![transfer("SHOP", 4)]].concat();
    let selling = |more: &str| format!(r#"{{"set_selling":{{"channel":"web",{more}}}}}"#);
    let later = || [stock(), vec![selling(r#""recognition":"at_invoice""#)]].concat();
    let billed = said(r#"{"invoice_order":{"invoice":"B","order":"O","tax":"6.00","shipping":"3.00"}}"#);
    let other = said(
        r#"{"revalue_stock":{"revaluation":"S-2","sku":"TEE","node":"SHOP","unit_cost":"6.00","reason":"why"}}"#,
    );
    check(vec![
        (
            "4 transfer leaves",
            "fifo",
            stock(),
            vec![transfer("SHOP", 4)],
            "1350 20.00, 1300 -20.00",
            "1350 20.00, 1300 -20.00",
        ),
        (
            "4r transfer arrives short",
            "fifo",
            sent(),
            vec![arrive(3, "short")],
            "1300 15.00, 5110 5.00, 1350 -20.00",
            "1300 15.00, 5410 5.00, 1350 -20.00",
        ),
        (
            "4o transfer between standards",
            "standard",
            [vec![other], sent()].concat(),
            vec![arrive(4, "open")],
            "1300 24.00, 5030 -4.00, 1350 -20.00",
            "1300 24.00, 5030 -4.00, 1350 -20.00",
        ),
        (
            "5 shipment",
            "moving_average",
            stock(),
            sell("O", "TEE", 4).to_vec(),
            "5000 20.00, 1300 -20.00, 1100 80.00, 4000 -80.00",
            "5410 20.00, 1300 -20.00, 1100 80.00, 4000 -80.00",
        ),
        (
            "5 shipment, not invoiced yet",
            "moving_average",
            later(),
            sell("O", "TEE", 4).to_vec(),
            "1360 20.00, 1300 -20.00",
            "5410 20.00, 1300 -20.00",
        ),
        (
            "6 customer invoice",
            "moving_average",
            [later(), sell("O", "TEE", 4).to_vec()].concat(),
            vec![billed],
            "1100 89.00, 4000 -80.00, 2320 -6.00, 4060 -3.00, 5000 20.00, 1360 -20.00",
            "1100 89.00, 4000 -80.00, 2320 -6.00, 4060 -3.00",
        ),
        (
            "6r sale with a right of return",
            "moving_average",
            [stock(), vec![selling(r#""return_rate":"0.1""#)]].concat(),
            sell("O", "TEE", 10).to_vec(),
            "1100 200.00, 4000 -180.00, 2300 -20.00, 5000 45.00, 1340 5.00, 1300 -50.00",
            "1100 200.00, 4000 -180.00, 2300 -20.00, 5410 45.00, 1340 5.00, 1300 -50.00",
        ),
    ]);
}

#[test]
fn rows_7_to_9_returns() {
    let sold = || [vec![receive("R", "TEE", 10, "5.00")], sell("O", "TEE", 4).to_vec()].concat();
    let expected = || {
        let rate = said(r#"{"set_selling":{"channel":"web","return_rate":"0.5"}}"#);
        [vec![rate], sold()].concat()
    };
    let work = |value: &str| {
        format!(
            r#"{{"refurbish_stock":{{"refurbishment":"F","node":"DC","sku":"TEE","qty":1,"cost":"2.00","unit_value":"{value}","reason":"why"}}}}"#
        )
    };
    let kept = said(
        r#"{"receive_return":{"rma":"X","order":"O","node":"DC","lines":[{"line":1,"qty":0,"disposition":"keep","refund":"8.00"}]}}"#,
    );
    let note = said(
        r#"{"credit_order":{"credit_note":"N","order":"O","tax":"0.60","lines":[{"line":1,"amount":"8.00"}]}}"#,
    );
    let billed = said(r#"{"invoice_order":{"invoice":"B","order":"O"}}"#);
    let layers = || vec![receive("R", "TEE", 10, "5.00"), receive("R-2", "TEE", 10, "7.00")];
    let vendor = said(
        r#"{"return_to_vendor":{"vendor_return":"V","node":"DC","supplier":"ACME","lines":[{"sku":"TEE","qty":2,"receipt":"R-2"}]}}"#,
    );
    check(vec![
        (
            "7 return, restocked at its issue cost",
            "moving_average",
            [sold(), vec![receive("R-2", "TEE", 10, "9.00")]].concat(),
            vec![back("X", "restock", "")],
            "1300 5.00, 5000 -5.00",
            "1300 5.00, 5410 -5.00",
        ),
        (
            "7 return that was expected",
            "moving_average",
            expected(),
            vec![back("X", "restock", r#","refund":"20.00""#)],
            "1300 5.00, 1340 -5.00, 2300 20.00, 1100 -20.00",
            "1300 5.00, 1340 -5.00, 2300 20.00, 1100 -20.00",
        ),
        (
            "7f return, made fit for sale up to its value",
            "moving_average",
            sold(),
            vec![back("X", "refurbish", ""), work("6.50")],
            "1300 6.50, 5000 -5.00, 5250 -1.50",
            "1300 6.50, 5410 -5.00, 5250 -1.50",
        ),
        (
            "7x return, scrapped",
            "moving_average",
            sold(),
            vec![back("X", "scrap", "")],
            "5200 5.00, 5000 -5.00",
            "5200 5.00, 5410 -5.00",
        ),
        (
            "7v return, on to its vendor, who credits less",
            "moving_average",
            sold(),
            vec![back("X", "return_to_vendor", r#","credit":"4.20""#)],
            "1400 4.20, 5020 0.80, 5000 -5.00",
            "5020 0.80, 5410 -0.80",
        ),
        (
            "8 refund without goods",
            "moving_average",
            sold(),
            vec![kept],
            "4100 8.00, 1100 -8.00",
            "4100 8.00, 1100 -8.00",
        ),
        (
            "8 credit note",
            "moving_average",
            [sold(), vec![billed]].concat(),
            vec![note],
            "4000 8.00, 2320 0.60, 1100 -8.60",
            "4000 8.00, 2320 0.60, 1100 -8.60",
        ),
        (
            "9 vendor return, FIFO: its own layer",
            "fifo",
            layers(),
            vec![vendor.clone()],
            "2100 14.00, 1300 -14.00",
            "5410 14.00, 1300 -14.00",
        ),
        (
            "9 vendor return, average: what it carries",
            "moving_average",
            layers(),
            vec![vendor.clone()],
            "2100 14.00, 5020 -2.00, 1300 -12.00",
            "5410 14.00, 5020 -2.00, 1300 -12.00",
        ),
        (
            "9 vendor return after the invoice",
            "moving_average",
            [layers(), vec![invoice("I", 20, "6.00")]].concat(),
            vec![vendor],
            "1400 12.00, 1300 -12.00",
            "5410 12.00, 1300 -12.00",
        ),
    ]);
}

#[test]
fn rows_10_to_13_counts_and_write_downs() {
    let stock = || vec![receive("R", "TEE", 10, "5.00")];
    let gone = |more: &[String]| [stock(), more.to_vec()].concat();
    let us = valued(r#""write_down":"new_cost_basis""#);
    check(vec![
        (
            "11 count loss",
            "fifo",
            stock(),
            vec![adjust("why", -1)],
            "5100 5.00, 1300 -5.00",
            "5410 5.00, 1300 -5.00",
        ),
        (
            "11 count gain at current cost",
            "fifo",
            stock(),
            vec![adjust("why", 2)],
            "1300 10.00, 5100 -10.00",
            "1300 10.00, 5410 -10.00",
        ),
        (
            "13 write-down by an allowance",
            "fifo",
            stock(),
            vec![write_down("W", "4.00")],
            "5210 10.00, 1390 -10.00",
            "5210 10.00, 1390 -10.00",
        ),
        (
            "13 write-down to a new cost basis",
            "fifo",
            [vec![us], stock()].concat(),
            vec![write_down("W", "4.00")],
            "5210 10.00, 1300 -10.00",
            "5210 10.00, 1300 -10.00",
        ),
        (
            "13r reversal, up to the old write-down",
            "fifo",
            gone(&[write_down("W", "4.00")]),
            vec![write_down("W-2", "9.00")],
            "1390 10.00, 5210 -10.00",
            "1390 10.00, 5210 -10.00",
        ),
        (
            "13r units sell and take their allowance along",
            "fifo",
            gone(&[write_down("W", "4.00")]),
            sell("O", "TEE", 4).to_vec(),
            "5000 16.00, 1390 4.00, 1300 -20.00, 1100 80.00, 4000 -80.00",
            "5410 16.00, 1390 4.00, 1300 -20.00, 1100 80.00, 4000 -80.00",
        ),
        (
            "17 revaluation",
            "moving_average",
            stock(),
            vec![revalue("V", "TEE", "6.00")],
            "1300 10.00, 5040 -10.00",
            "1300 10.00, 5410 -10.00",
        ),
        (
            "17 another standard",
            "standard",
            stock(),
            vec![revalue("V", "TEE", "4.50")],
            "5040 5.00, 1300 -5.00",
            "5410 5.00, 1300 -5.00",
        ),
    ]);
}

#[test]
fn rows_14_to_16_kits_and_goods_elsewhere() {
    let stock = || vec![receive("R", "TEE", 10, "5.00"), receive("R-2", "MUG", 10, "2.00")];
    let assemble = said(
        r#"{"assemble_kit":{"assembly":"K","node":"DC","sku":"SET","qty":2,"step":"assemble","cost":"3.00"}}"#,
    );
    let theirs = || {
        vec![said(
            r#"{"receive_goods":{"receipt":"R-C","node":"DC","supplier":"ACME","lines":[{"sku":"TEE","qty":5,"place":{"owner":"ACME"}}]}}"#,
        )]
    };
    let used = said(
        r#"{"use_consigned_goods":{"consignment_use":"U","node":"DC","sku":"TEE","qty":2,"place":{"owner":"ACME"},"unit_cost":"3.00"}}"#,
    );
    let order = sell("O", "TEE", 3)[0].clone();
    let dropped = said(
        r#"{"drop_ship_order":{"drop_shipment":"D","order":"O","supplier":"ACME","lines":[{"line":1,"qty":3,"unit_cost":"7.00"}]}}"#,
    );
    check(vec![
        (
            "14 kits are put together, and bear the work",
            "fifo",
            stock(),
            vec![assemble],
            "1300 3.00, 5250 -3.00",
            "1300 3.00, 5250 -3.00",
        ),
        (
            "14b a virtual kit ships: cost by component",
            "fifo",
            stock(),
            sell("O", "PAIR", 2).to_vec(),
            "5000 14.00, 1300 -14.00, 1100 48.00, 4000 -48.00",
            "5410 14.00, 1300 -14.00, 1100 48.00, 4000 -48.00",
        ),
        (
            "15 our goods at a partner: no profit, no loss",
            "fifo",
            stock(),
            vec![transfer("PARTNER", 4), arrive(4, "open")],
            "",
            "",
        ),
        ("15c a vendor's goods are counted, not valued", "fifo", vec![], theirs(), "", ""),
        ("15c they are used", "fifo", theirs(), vec![used], "1300 6.00, 2130 -6.00", "1300 6.00, 5410 -6.00"),
        (
            "16 drop shipment",
            "standard",
            vec![order],
            vec![dropped],
            "5000 21.00, 2100 -21.00, 1100 60.00, 4000 -60.00",
            "1100 60.00, 4000 -60.00",
        ),
    ]);
}

/// Revenue of a virtual kit is split by what its components are sold for, to the cent; each kit as assembled is worth
/// its components and the work.
#[test]
fn rows_14_and_14b_by_component() {
    let mut told = Told::new(RuleSet::Perpetual, "fifo");
    for command in [receive("R", "TEE", 10, "5.00"), receive("R-2", "MUG", 10, "2.00")] {
        told.say(&command);
    }
    let [place, ship] = sell("O", "PAIR", 1);
    told.say(&place);
    let shipped = told.say(&ship);
    let revenue = told.book.account_id("4000").expect("an account");
    let by_sku: Vec<(u32, i64)> = shipped
        .body
        .postings()
        .iter()
        .filter(|leg| leg.account == revenue)
        .map(|leg| (leg.sku.0, -leg.amount.micros() / 10_000))
        .collect();
    assert_eq!(by_sku, [(0, 1_600), (1, 800)], "24.00 by 20.00 and 10.00");
    told.say(r#"{"assemble_kit":{"assembly":"K","node":"DC","sku":"SET","qty":2,"step":"assemble","cost":"3.00"}}"#);
    let query = StockQuery { sku: "SET".into(), node: None, states: false };
    let Ok(Answer::Stock(stock)) = told.book.ask(&Query::Stock(query)) else { panic!("stock") };
    assert_eq!((stock[0].on_hand, stock[0].value.to_string()), (2, "23.00".into()));
    let no = told.try_say(
        r#"{"assemble_kit":{"assembly":"K-2","node":"DC","sku":"SET","qty":1,"step":"disassemble","cost":"3.00"}}"#,
    );
    assert_eq!(no.unwrap_err().name(), "InvalidField");
}

/// Rows 10, 12 and 15d: accounts by reason, by node, by group and by channel, on top of either set. A correction goes
/// where what it corrects went.
#[test]
fn rows_10_12_and_15d_accounts_are_determined() {
    for (base, cost) in [("perpetual", "5000"), ("continental", "5410")] {
        for late in ["replay", "prospective"] {
            let mut told = Told::new(RuleSet::Perpetual, "fifo");
            for (account, name, kind, control) in [
                ("1310", "At retailers", "asset", "inventory"),
                ("6300", "Samples", "expense", "none"),
                ("6310", "Own use", "expense", "none"),
                ("4010", "Web revenue", "income", "none"),
            ] {
                told.say(&format!(
                    r#"{{"define_account":{{"account":"{account}","name":"{name}","kind":"{kind}","control":"{control}"}}}}"#
                ));
            }
            told.say(r#"{"define_reason":{"reason":"own"}}"#);
            told.say(&valued(&format!(r#""late":"{late}""#)));
            told.say(r#"{"define_sku":{"sku":"TEE","group":"apparel","price":"20.00","costing":"fifo"}}"#);
            told.say(&format!(
                r#"{{"set_posting_rules":{{"base":"{base}","rules":[
                    {{"movement":"loss","when":{{"reasons":["sample"]}},"debit":"6300","credit":"1300"}},
                    {{"movement":"loss","when":{{"reasons":["own"]}},"debit":"6310","credit":"1300"}},
                    {{"movement":"transfer_in","when":{{"nodes":["PARTNER"]}},"debit":"1310","credit":"1350"}},
                    {{"movement":"issue","when":{{"nodes":["PARTNER"]}},"debit":"{cost}","credit":"1310"}},
                    {{"movement":"revenue","when":{{"channels":["web"],"groups":["apparel"]}},"debit":"1100","credit":"4010"}}
                ]}}}}"#
            ));
            told.say(&receive("R", "TEE", 10, "5.00"));
            assert_eq!(told.posts(&[adjust("sample", -2)]), sums("6300 10.00, 1300 -10.00"), "row 10");
            let own = adjust("own", -1).replace(r#""A""#, r#""A-2""#);
            assert_eq!(told.posts(&[own]), sums("6310 5.00, 1300 -5.00"), "row 12");
            let moved = [transfer("PARTNER", 4), arrive(4, "open")];
            assert_eq!(told.posts(&moved), sums("1310 20.00, 1300 -20.00"), "row 15d");
            let shipped = told.posts(&sell("O", "TEE", 3));
            assert_eq!((shipped["4010"], shipped[cost]), (-6_000, 1_500), "by channel and group");
            told.say(&sell("O-2", "TEE", 2)[0]);
            let shipped = told.posts(&[said(r#"{"ship_order":{"order":"O-2","node":"PARTNER"}}"#)]);
            assert_eq!(shipped["1310"], -1_000, "what a retailer sells leaves his account");
            // One more cent a unit: each loss bears its own, where it was booked.
            let freight = said(
                r#"{"allocate_landed_cost":{"landed_cost":"L","amount":"1.00","receipts":[{"receipt":"R"}]}}"#,
            );
            let found = told.posts(&[freight]);
            assert_eq!((found["6300"], found["6310"]), (20, 10), "{base} {late}: {found:?}");
            assert_eq!(found.get("5100"), None);
        }
    }
}

/// Row 18: a closed period takes nothing; what happened in it is posted in the open one and keeps its date.
#[test]
fn row_18_a_late_event_lands_in_the_open_period() {
    for set in [RuleSet::Perpetual, RuleSet::Continental] {
        let mut told = Told::new(set, "fifo");
        told.say(r#"{"set_period":{"period":"2026-01","from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}}"#);
        told.say(r#"{"set_period":{"period":"2026-02","from":"2026-02-01T00:00:00Z","to":"2026-03-01T00:00:00Z"}}"#);
        told.say(&receive("R", "TEE", 10, "5.00"));
        told.at = "2026-02-03T09:00:00Z".parse().unwrap();
        told.say(
            r#"{"set_period":{"period":"2026-01","from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z","status":"closed"}}"#,
        );
        let command: Command = serde_json::from_str(&receive("R-2", "TEE", 1, "5.00")).expect("a command");
        let mut envelope = Envelope::new("late", told.at, command);
        let happened: Instant = "2026-01-20T09:00:00Z".parse().unwrap();
        envelope.occurred_at = Some(happened);
        let receipt = told.book.execute(&envelope).expect("it is taken");
        let event = told.book.event(receipt.sequence).expect("its event");
        assert_eq!((event.occurred_at, event.posted_at), (happened, told.at), "its date is kept");
        assert!(event.posted_at >= "2026-02-01T00:00:00Z".parse().unwrap(), "it lands in the open period");
    }
}
