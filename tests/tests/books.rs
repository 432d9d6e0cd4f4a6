//! The books under random trade: every costing method, every late policy, facts that come late. After every event the
//! books balance and equal the goods; journals satisfy hledger, ledger and Beancount; policies agree as they must.

mod checkers;

use checkers::{Checker, folder, satisfied};
use std::collections::{BTreeMap, BTreeSet};
use stockbook::{
    Answer, Book, Command, Envelope, Event, Instant, Journal, JournalForm, Money, PeriodQuery, Query,
    SetValuation,
};

/// Accounts that may differ between late policies: stock, what became of it, and the variances.
const COST: [&str; 12] =
    ["1300", "1350", "1400", "5000", "5100", "5110", "5200", "1390", "5250", "1340", "1360", "1370"];
const VARIANCE: [&str; 4] = ["5020", "5040", "5050", "5210"];

/// Numbers that look random and are not.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// A book, and what was said to it.
struct Trade {
    book: Book,
    said: u64,
    at: Instant,
    receipts: Vec<String>,
    orders: Vec<String>,
    transfers: Vec<String>,
    taken: u64,
    late: u64,
    /// Names of the events that were recorded.
    names: BTreeSet<String>,
}

impl Trade {
    fn new(costing: &str, late: &str) -> Trade {
        let mut trade = Trade {
            book: Book::new(),
            said: 0,
            at: "2026-01-05T09:00:00Z".parse().unwrap(),
            receipts: Vec::new(),
            orders: Vec::new(),
            transfers: Vec::new(),
            taken: 0,
            late: 0,
            names: BTreeSet::new(),
        };
        let negative = r#""negative":"last_cost_then_catch_up""#;
        let (costing, scope) = match costing {
            "company_average" => ("moving_average", "company"),
            "company_fifo" => ("fifo", "company"),
            "company_lot" => ("lot", "company"),
            other => (other, "node"),
        };
        for command in [
            format!(r#"{{"set_valuation":{{"costing":"{costing}","late":"{late}","scope":"{scope}",{negative}}}}}"#),
            r#"{"define_reason":{"reason":"count"}}"#.into(),
            r#"{"set_period":{"period":"all","from":"2025-01-01T00:00:00Z","to":"2027-01-01T00:00:00Z"}}"#
                .into(),
            r#"{"define_sku":{"sku":"TEE","price":"21.90"}}"#.into(),
            r#"{"define_sku":{"sku":"ROPE","decimals":2,"price":"3.10"}}"#.into(),
            r#"{"define_sku":{"sku":"SET","price":"59.00"}}"#.into(),
            r#"{"define_kit":{"sku":"SET","kind":"assembled","components":[{"sku":"TEE","qty":2},{"sku":"ROPE","qty":150}]}}"#.into(),
            r#"{"define_node":{"node":"EAST","kind":"warehouse","place":{"lat":"40.7","lon":"-74.0"}}}"#
                .into(),
            r#"{"define_node":{"node":"WEST","kind":"warehouse","place":{"lat":"39.5","lon":"-119.8"}}}"#
                .into(),
            r#"{"define_channel":{"channel":"web","promise_hours":900}}"#.into(),
            r#"{"define_channel":{"channel":"shop","promise_hours":900}}"#.into(),
            r#"{"set_selling":{"channel":"web","return_rate":"0.1"}}"#.into(),
            r#"{"set_selling":{"channel":"shop","recognition":"at_invoice"}}"#.into(),
            r#"{"set_policy":{"name":"p","otherwise":{"tiers":[[{"measure":"distance_km","weight":"1"}]],"shortage":"backorder"},"rules":[]}}"#.into(),
            r#"{"define_supplier":{"supplier":"ACME","lead_time_days":7,"expedite_days":2}}"#.into(),
            r#"{"set_negative_stock":{"sku":"ROPE","policy":"allow"}}"#.into(),
        ] {
            trade.say(&command, 0).unwrap_or_else(|no| panic!("{no}: {command}"));
        }
        if costing == "standard" {
            for (sku, cost) in [("TEE", "9.37"), ("ROPE", "1.11"), ("SET", "20.03")] {
                let number = format!("std-{sku}");
                let set = format!(
                    r#"{{"revalue_stock":{{"revaluation":"{number}","sku":"{sku}","unit_cost":"{cost}","reason":"count"}}}}"#
                );
                trade.say(&set, 0).unwrap();
            }
        }
        trade
    }

    /// Says a command that happened some hours ago; the books must be sound after it, taken or not.
    fn say(&mut self, command: &str, hours_ago: i64) -> Result<Event, String> {
        self.said += 1;
        let command: Command = serde_json::from_str(command).unwrap_or_else(|e| panic!("{e}: {command}"));
        let mut envelope = Envelope::new(&self.said.to_string(), self.at, command);
        envelope.occurred_at = (hours_ago > 0).then(|| self.at.plus_seconds(-3600 * hours_ago));
        let receipt = self.book.execute(&envelope).map_err(|no| no.to_string())?;
        self.book.verify().unwrap_or_else(|broken| panic!("{broken} after {:?}", envelope.command));
        let event = self.book.event(receipt.sequence).expect("its event").clone();
        let sum: i64 = event.body.postings().iter().map(|posting| posting.amount.micros()).sum();
        assert_eq!(sum, 0, "{:?}", event.body);
        self.taken += 1;
        let name = format!("{:?}", event.body);
        self.names.insert(name.split('(').next().unwrap_or_default().to_owned());
        self.late += u64::from(event.corrections.is_some());
        Ok(event)
    }

    fn pick(list: &[String], dice: &mut Dice) -> String {
        let at = dice.roll(list.len().max(1) as u64) as usize;
        list.get(at).cloned().unwrap_or_else(|| "none".into())
    }

    fn step(&mut self, dice: &mut Dice, lots: bool) {
        self.at = self.at.plus_seconds(dice.roll(20_000) as i64);
        let (sku, scale) =
            [("TEE", 1), ("ROPE", 100), ("TEE", 1), ("ROPE", 100), ("SET", 1)][dice.roll(5) as usize];
        let (node, other) = [("EAST", "WEST"), ("WEST", "EAST")][dice.roll(2) as usize];
        let (qty, cents) = ((dice.roll(20) + 1) * scale, dice.roll(2_000) + 1);
        let cost = format!("{}.{:02}", cents / 100, cents % 100);
        let number = self.said;
        let lot = if lots { format!(r#","place":{{"lot":"L{}"}}"#, dice.roll(3)) } else { String::new() };
        let ago = if dice.roll(4) == 0 { dice.roll(200) as i64 } else { 0 };
        let channel = ["web", "shop"][dice.roll(2) as usize];
        let command = match dice.roll(32) {
            0..6 => {
                self.receipts.push(format!("R{number}"));
                format!(
                    r#"{{"receive_goods":{{"receipt":"R{number}","node":"{node}","supplier":"ACME","lines":[{{"sku":"{sku}","qty":{qty},"unit_cost":"{cost}"{lot}}}]}}}}"#
                )
            }
            6..10 => {
                self.orders.push(format!("O{number}"));
                format!(
                    r#"{{"place_order":{{"order":"O{number}","channel":"{channel}","to":{{"lat":"40.0","lon":"-90.0"}},"lines":[{{"sku":"{sku}","qty":{qty}}}]}}}}"#
                )
            }
            10..13 => {
                let order = Self::pick(&self.orders, dice);
                format!(r#"{{"ship_order":{{"order":"{order}","node":"{node}"}}}}"#)
            }
            13 => {
                let order = Self::pick(&self.orders, dice);
                let way = ["restock", "scrap", "return_to_vendor", "refurbish"][dice.roll(4) as usize];
                format!(
                    r#"{{"receive_return":{{"rma":"X{number}","order":"{order}","node":"{node}","lines":[{{"line":1,"qty":{},"disposition":"{way}"}}]}}}}"#,
                    qty / 2 + 1
                )
            }
            14 => {
                self.transfers.push(format!("T{number}"));
                format!(
                    r#"{{"ship_transfer":{{"transfer":"T{number}","from":"{node}","to":"{other}","lines":[{{"sku":"{sku}","qty":{qty}}}]}}}}"#
                )
            }
            15 => {
                let transfer = Self::pick(&self.transfers, dice);
                let closing = ["open", "short"][dice.roll(2) as usize];
                format!(
                    r#"{{"receive_transfer":{{"transfer":"{transfer}","lines":[{{"line":1,"qty":{qty}}}],"closing":"{closing}"}}}}"#
                )
            }
            16 => {
                let sign = if dice.roll(3) == 0 { "" } else { "-" };
                format!(
                    r#"{{"adjust_stock":{{"adjustment":"A{number}","node":"{node}","reason":"count","lines":[{{"sku":"{sku}","qty":{sign}{qty},"unit_cost":"{cost}"}}]}}}}"#
                )
            }
            17 => {
                let receipt = Self::pick(&self.receipts, dice);
                format!(
                    r#"{{"receive_supplier_invoice":{{"invoice":"I{number}","supplier":"ACME","lines":[{{"sku":"{sku}","qty":{qty},"unit_cost":"{cost}","receipt":"{receipt}"}}]}}}}"#
                )
            }
            18 => {
                let (first, second) = (Self::pick(&self.receipts, dice), Self::pick(&self.receipts, dice));
                let receipts = if first == second {
                    format!(r#"[{{"receipt":"{first}"}}]"#)
                } else {
                    format!(r#"[{{"receipt":"{first}"}},{{"receipt":"{second}"}}]"#)
                };
                format!(
                    r#"{{"allocate_landed_cost":{{"landed_cost":"C{number}","amount":"{cost}","basis":"qty","receipts":{receipts}}}}}"#
                )
            }
            19 | 20 => {
                let step = ["assemble", "assemble", "assemble", "disassemble"][dice.roll(4) as usize];
                format!(
                    r#"{{"assemble_kit":{{"assembly":"K{number}","node":"{node}","sku":"SET","qty":{},"step":"{step}"}}}}"#,
                    dice.roll(4) + 1
                )
            }
            21 => format!(
                r#"{{"refurbish_stock":{{"refurbishment":"W{number}","node":"{node}","sku":"{sku}","qty":{scale},"cost":"{cost}","reason":"count"}}}}"#
            ),
            22..27 => self.books_step(dice, (sku, node, qty, &cost), number, &lot),
            27..30 => self.sales_step(dice, qty, number, &cost),
            _ => {
                let receipt = Self::pick(&self.receipts, dice);
                format!(
                    r#"{{"return_to_vendor":{{"vendor_return":"V{number}","node":"{node}","supplier":"ACME","lines":[{{"sku":"{sku}","qty":{},"receipt":"{receipt}"}}]}}}}"#,
                    qty / 3 + 1
                )
            }
        };
        let _ = self.say(&command, ago);
    }

    /// Documents of the books: value that changes, goods of others.
    fn books_step(
        &mut self,
        dice: &mut Dice,
        (sku, node, qty, cost): (&str, &str, u64, &str),
        number: u64,
        lot: &str,
    ) -> String {
        let owned = if lot.is_empty() {
            r#","place":{"owner":"ACME"}"#.into()
        } else {
            lot.replace(r#"{"lot"#, r#"{"owner":"ACME","lot"#)
        };
        match dice.roll(5) {
            0 => format!(
                r#"{{"write_down_stock":{{"write_down":"D{number}","sku":"{sku}","unit_value":"{cost}","reason":"count"}}}}"#
            ),
            1 => format!(
                r#"{{"revalue_stock":{{"revaluation":"N{number}","sku":"{sku}","unit_cost":"{cost}","reason":"count"}}}}"#
            ),
            2 => format!(
                r#"{{"receive_goods":{{"receipt":"G{number}","node":"{node}","lines":[{{"sku":"{sku}","qty":{qty}{owned}}}]}}}}"#
            ),
            3 => format!(
                r#"{{"use_consigned_goods":{{"consignment_use":"U{number}","node":"{node}","sku":"{sku}","qty":{},"unit_cost":"{cost}"{owned}}}}}"#,
                qty / 2 + 1
            ),
            _ => {
                let order = Self::pick(&self.orders, dice);
                self.receipts.push(format!("P{number}"));
                format!(
                    r#"{{"drop_ship_order":{{"drop_shipment":"P{number}","order":"{order}","supplier":"ACME","lines":[{{"line":1,"qty":{},"unit_cost":"{cost}"}}]}}}}"#,
                    qty / 4 + 1
                )
            }
        }
    }

    /// Documents of the sales side.
    fn sales_step(&mut self, dice: &mut Dice, qty: u64, number: u64, cost: &str) -> String {
        let order = Self::pick(&self.orders, dice);
        match dice.roll(4) {
            0 | 1 => format!(
                r#"{{"invoice_order":{{"invoice":"B{number}","order":"{order}","tax":"{cost}","shipping":"4.90"}}}}"#
            ),
            2 => format!(
                r#"{{"credit_order":{{"credit_note":"E{number}","order":"{order}","lines":[{{"line":1,"qty":{},"amount":"0.50"}}]}}}}"#,
                qty / 6
            ),
            _ => format!(
                r#"{{"record_payment":{{"payment":"Y{number}","order":"{order}","amount":"{cost}"}}}}"#
            ),
        }
    }

    fn balances(&self) -> BTreeMap<String, i64> {
        let code = |id| self.book.account_code(id).expect("an account").to_owned();
        self.book.trial_balance().iter().map(|v| (code(v.account), v.balance.micros())).collect()
    }

    /// The roll-forward starts from nothing and ends at what is there: every unit and cent has its movement.
    fn explains_its_stock(&self) {
        let query = Query::RollForward(PeriodQuery { period: "all".into() });
        let Answer::RollForward(rolls) = self.book.ask(&query).unwrap() else { panic!("another answer") };
        assert!(!rolls.is_empty());
        for roll in rolls {
            assert_eq!((roll.opening.qty, roll.opening.value), (0, Money::ZERO), "{roll:?}");
        }
    }

    /// Writes the journals, each tied to the stock at its end.
    fn write(&self, name: &str) {
        for form in JournalForm::ALL {
            let (mut journal, mut text): (Journal, String) = (self.book.journal(form), String::new());
            journal.begin(&mut text).unwrap();
            for event in self.book.events_since(1).unwrap() {
                journal.event(&self.book, event, &mut text).unwrap();
            }
            journal.tie_to_stock(&self.book, &mut text).unwrap();
            journal.finish(&mut text).unwrap();
            std::fs::write(folder(name).join(format!("journal.{}", form.extension())), text).unwrap();
        }
    }
}

fn play(costing: &str, late: &str, seed: u64, steps: u64) -> Trade {
    let (mut trade, mut dice) = (Trade::new(costing, late), Dice(seed));
    for _ in 0..steps {
        trade.step(&mut dice, costing.ends_with("lot") || costing.ends_with("fifo"));
    }
    trade.explains_its_stock();
    let log = trade.book.log_since(1).unwrap();
    let replayed = Book::replay(&log).unwrap();
    assert_eq!(replayed.state_hash(), trade.book.state_hash(), "replay equals live");
    let restored = Book::restore(&trade.book.snapshot()).unwrap();
    assert_eq!(restored.state_hash(), trade.book.state_hash());
    trade
}

#[test]
fn every_method_balances_under_every_late_policy() {
    let mut names = BTreeSet::new();
    for costing in
        ["moving_average", "company_average", "fifo", "company_fifo", "standard", "lot", "company_lot"]
    {
        for late in ["replay", "prospective", "at_current_cost"] {
            let trade = play(costing, late, 11, 500);
            assert!(trade.taken > 200, "{costing} {late}: only {} were taken", trade.taken);
            println!("{costing} {late}: {} events, {} of them late", trade.taken, trade.late);
            assert!(trade.late > 0 || late == "at_current_cost" || costing == "standard");
            names.extend(trade.names.iter().cloned());
            let name = format!("books-{costing}-{late}");
            trade.write(&name);
            satisfied(&folder(&name));
        }
    }
    for name in [
        "ConsignedGoodsUsed",
        "KitAssembled",
        "LandedCostAllocated",
        "OrderCredited",
        "OrderDropShipped",
        "OrderInvoiced",
        "PaymentRecorded",
        "ReturnReceived",
        "StockRevalued",
        "StockWrittenDown",
        "SupplierInvoiceReceived",
        "TransferReceived",
        "VendorReturnShipped",
    ] {
        assert!(names.contains(name), "no {name} in {names:?}");
    }
}

/// Replay and prospective reach the same balances on every account; at current cost only what stock cost and the
/// variances differ, and both by the same amount.
#[test]
fn late_policies_agree_as_they_must() {
    for costing in ["moving_average", "company_average", "fifo", "company_fifo", "lot", "company_lot"] {
        for seed in 1..=6 {
            let [replay, prospective, current] = ["replay", "prospective", "at_current_cost"]
                .map(|late| play(costing, late, seed, 250).balances());
            assert_eq!(replay, prospective, "{costing} {seed}");
            let sum = |of: &BTreeMap<String, i64>, codes: &[&str]| codes.iter().map(|c| of[*c]).sum::<i64>();
            let stated = sum(&current, &VARIANCE) - sum(&replay, &VARIANCE);
            let cost = sum(&replay, &COST) - sum(&current, &COST);
            assert_eq!(cost, stated, "{costing} {seed}: what stock and cost lack is in the variances");
            for (account, balance) in &replay {
                let apart = COST.contains(&account.as_str()) || VARIANCE.contains(&account.as_str());
                assert!(apart || current[account] == *balance, "{costing} {seed}: account {account}");
            }
        }
    }
}

/// The layers of the book and Beancount's own FIFO booking are two opinions; they must agree to the cent.
#[test]
fn beancount_books_the_same_fifo_cost() {
    let mut trade = Trade::new("fifo", "at_current_cost");
    let mut dice = Dice(5);
    let mut text = String::from(
        "2026-01-01 commodity CENT\n2026-01-01 open Assets:Stock \"FIFO\"\n2026-01-01 open Liabilities:Owed\n\
         2026-01-01 open Expenses:Cost\n",
    );
    let (mut there, mut sold) = (0i64, 0i64);
    for number in 0..400 {
        let date = trade.at.to_string()[..10].to_owned();
        let qty = dice.roll(30) as i64 + 1;
        if there < qty || dice.roll(2) == 0 {
            let cents = dice.roll(3_000) + 1;
            let receive = format!(
                r#"{{"receive_goods":{{"receipt":"R{number}","node":"EAST","supplier":"ACME","lines":[{{"sku":"TEE","qty":{qty},"unit_cost":"{}.{:02}"}}]}}}}"#,
                cents / 100,
                cents % 100
            );
            trade.say(&receive, 0).unwrap();
            there += qty;
            text += &format!(
                "{date} * \"R{number}\"\n  Assets:Stock  {qty} TEE {{{cents} CENT}}\n  Liabilities:Owed\n"
            );
        } else {
            let adjust = format!(
                r#"{{"adjust_stock":{{"adjustment":"A{number}","node":"EAST","reason":"count","lines":[{{"sku":"TEE","qty":-{qty}}}]}}}}"#
            );
            let event = trade.say(&adjust, 0).unwrap();
            sold += event.body.postings().iter().map(|p| p.amount.micros().max(0)).sum::<i64>();
            there -= qty;
            text += &format!("{date} * \"A{number}\"\n  Assets:Stock  -{qty} TEE {{}}\n  Expenses:Cost\n");
        }
        trade.at = trade.at.plus_seconds(3_000);
    }
    let file = folder("books-beancount-fifo").join("journal.beancount");
    for (more, sound) in [(0, true), (1, false)] {
        let balance = format!("2027-01-01 balance Expenses:Cost  {} CENT\n", sold / 10_000 + more);
        std::fs::write(&file, text.clone() + &balance).unwrap();
        if let Some(output) = Checker::BeanCheck.judge(&file) {
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.success(), sound, "{sold}: {said}");
        }
    }
}

/// A valuation is data: what is left out is the default, and an amount is exact.
#[test]
fn a_valuation_reads_as_it_is_said() {
    let set: SetValuation = serde_json::from_str(r#"{"group":"apparel"}"#).unwrap();
    assert_eq!((set.costing, set.group.as_deref()), (None, Some("apparel")));
    assert!("0.0000001".parse::<Money>().is_err());
}
