//! What goods cost, worked out a second time after every event: the book costs as it goes and corrects what comes
//! late; `stockbook_model::costs` knows only what happened, and walks through all of it again. Random trade with
//! backdating, every costing method, every late policy: stock by node, goods in transit, cost of goods sold,
//! shrinkage, scrap and variances agree to the cent.

use std::collections::BTreeMap;
use stockbook::{Answer, Body, Book, Disposition, Event, Instant, LotCost, Query, Rejection, StockQuery};
use stockbook_model::costs::{Back, Come, Fact, Late, Lots, Method, What, parted, ratio, work_out};
use stockbook_tests::tell::tell;

const CENT: i64 = 10_000;
const NODES: [&str; 3] = ["EAST", "WEST", "NORTH"];
/// The company of each.
const COMPANIES: [u32; 3] = [0, 0, 1];
/// Code and smallest units in a base unit.
const SKUS: [(&str, i64); 2] = [("TEE", 1), ("ROPE", 100)];
/// Standard cost of a base unit, in cents, by node: that of all, WEST's own, and that of NORTH's company.
const STANDARDS: [[i64; 3]; 2] = [[937, 911, 1_204], [111, 98, 143]];

/// Numbers that look random and are not.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % below as u64).unwrap()
    }

    fn one(&mut self, below: usize) -> i64 {
        i64::try_from(self.roll(below)).unwrap() + 1
    }
}

/// How a run is costed.
#[derive(Clone, Copy, Debug)]
struct How {
    costing: &'static str,
    scope: &'static str,
    late: &'static str,
}

impl How {
    fn method(self, sku: usize) -> Method {
        match self.costing {
            "fifo" => Method::Fifo,
            "lot" => Method::Lot,
            "standard" => Method::Standard(&STANDARDS[sku], SKUS[sku].1),
            _ => Method::Average,
        }
    }

    /// The method of a second ledger, where movements are remembered and goods are not told apart.
    fn other(self) -> Option<(&'static str, Method)> {
        match self.costing {
            _ if self.late() == Late::AtCurrent => None,
            "fifo" => Some(("moving_average", Method::Average)),
            "moving_average" => Some(("fifo", Method::Fifo)),
            _ => None,
        }
    }

    fn companies(self) -> Option<&'static [u32]> {
        (self.scope == "company").then_some(&COMPANIES)
    }

    fn late(self) -> Late {
        if self.late == "at_current_cost" { Late::AtCurrent } else { Late::AsIfKnown }
    }
}

/// A receipt line as its supplier sees it.
struct Bought {
    number: String,
    sku: usize,
    qty: i64,
    /// Units and cents that he has not invoiced.
    open: (i64, i64),
}

struct Again {
    how: How,
    book: Book,
    at: Instant,
    said: usize,
    facts: [Vec<Fact>; 2],
    bought: Vec<Bought>,
    orders: Vec<usize>,
    /// Numbers of transfers, and between companies units and price of what is under way.
    transfers: Vec<(usize, Option<(i64, i64)>)>,
    lots: Vec<String>,
    /// Cents by SKU and account, of the variances only those of costs.
    books: BTreeMap<(u32, String), i64>,
    /// Events taken, those that came late, and movements that they corrected.
    seen: (usize, usize, usize),
}

fn money(cents: i64) -> String {
    format!("{}{}.{:02}", if cents < 0 { "-" } else { "" }, cents.abs() / 100, cents.abs() % 100)
}

impl Again {
    fn new(how: How) -> Again {
        let mut again = Again {
            how,
            book: Book::new(),
            at: "2026-01-05T09:00:00Z".parse().unwrap(),
            said: 0,
            facts: [Vec::new(), Vec::new()],
            bought: Vec::new(),
            orders: Vec::new(),
            transfers: Vec::new(),
            lots: vec![String::new()],
            books: BTreeMap::new(),
            seen: (0, 0, 0),
        };
        let How { costing, scope, late } = how;
        again.must(&format!(
            r#"{{"set_valuation":{{"costing":"{costing}","late":"{late}","scope":"{scope}","negative":"last_cost_then_catch_up"}}}}"#
        ));
        again.must(r#"{"define_reason":{"reason":"count"}}"#);
        again.must(r#"{"define_sku":{"sku":"TEE","price":"21.90"}}"#);
        again.must(r#"{"define_sku":{"sku":"ROPE","decimals":2,"price":"3.10"}}"#);
        for (at, node) in NODES.iter().enumerate() {
            again.must(&format!(
                r#"{{"define_node":{{"node":"{node}","kind":"warehouse","place":{{"lat":"4{at}.0","lon":"-90.0"}}}}}}"#
            ));
        }
        again.must(r#"{"define_company":{"company":"SELLER"}}"#);
        again.must(r#"{"describe_node":{"node":"NORTH","company":"SELLER"}}"#);
        if let Some(other) = how.other() {
            again.must(&format!(r#"{{"define_ledger":{{"ledger":"other","costing":"{}"}}}}"#, other.0));
        }
        again.must(r#"{"define_channel":{"channel":"web","promise_hours":900}}"#);
        again.must(r#"{"set_policy":{"name":"p","otherwise":{"tiers":[[{"measure":"distance_km","weight":"1"}]],"shortage":"backorder"},"rules":[]}}"#);
        again.must(r#"{"define_supplier":{"supplier":"ACME","lead_time_days":7,"expedite_days":2}}"#);
        if costing != "lot" {
            again.must(r#"{"set_negative_stock":{"sku":"ROPE","policy":"allow"}}"#);
        }
        for (at, (sku, _)) in SKUS.iter().enumerate().filter(|_| costing == "standard") {
            let [all, node, company] = STANDARDS[at].map(money);
            for (of, cents) in [("", all), (r#","node":"WEST""#, node), (r#","company":"SELLER""#, company)] {
                let number = again.said;
                again.must(&format!(
                    r#"{{"revalue_stock":{{"revaluation":"std-{number}","sku":"{sku}","unit_cost":"{cents}","reason":"count"{of}}}}}"#
                ));
            }
        }
        again
    }

    fn must(&mut self, command: &str) {
        self.say(command, 0).unwrap_or_else(|no| panic!("{no}: {command}"));
    }

    fn say(&mut self, command: &str, hours_ago: i64) -> Result<Event, Rejection> {
        self.said += 1;
        let number = u64::try_from(self.said).unwrap();
        let event = tell(&mut self.book, (number, self.at), command, hours_ago)?;
        for leg in event.body.postings() {
            assert_eq!(leg.amount.micros() % CENT, 0, "whole cents: {leg:?}");
            let of_vendor = leg.movement.word().starts_with("vendor_");
            let code = self.book.account_code(leg.account).expect("an account");
            if !of_vendor || code.starts_with("1300") {
                *self.books.entry((leg.sku.0, code.to_owned())).or_default() += leg.amount.micros() / CENT;
            }
        }
        self.seen.0 += 1;
        self.seen.1 += usize::from(event.corrections.is_some());
        self.seen.2 += event.corrections.as_ref().map_or(0, |corrections| corrections.moves.len());
        Ok(event)
    }

    fn lot(&mut self, name: &str) -> u32 {
        let at = self.lots.iter().position(|known| known == name).unwrap_or_else(|| {
            self.lots.push(name.to_owned());
            self.lots.len() - 1
        });
        u32::try_from(at).unwrap()
    }

    /// Units by lot as the event says, or all of them in none.
    fn by_lot(&self, lots: &[LotCost], qty: i64) -> Lots {
        if self.how.costing == "lot" {
            let lots: Lots = lots.iter().map(|lot| (lot.lot.0, lot.qty)).collect();
            assert_eq!(lots.iter().map(|lot| lot.1).sum::<i64>(), qty, "lots are told apart");
            return lots;
        }
        vec![(0, qty)]
    }

    fn note(&mut self, sku: usize, hours_ago: i64, what: What) {
        let told = self.at.micros() / 1_000_000;
        self.facts[sku].push(Fact { when: told - 3600 * hours_ago, told, what });
    }

    fn step(&mut self, dice: &mut Dice) {
        self.at = self.at.plus_seconds(dice.one(20_000));
        let hours_ago = if dice.roll(4) == 0 { dice.one(200) } else { 0 };
        let (sku, node) = (dice.roll(SKUS.len()), dice.roll(NODES.len()));
        let qty = dice.one(20) * if sku == 0 { 1 } else { dice.one(100) };
        match dice.roll(22) {
            0..6 => self.receive(dice, (sku, node, qty), hours_ago),
            6..9 => self.order(dice, sku, qty),
            9..12 => self.ship(dice, node, hours_ago),
            12 => self.returned(dice, node, qty, hours_ago),
            13 => self.send(dice, (sku, node, qty), hours_ago),
            14 => self.arrive(dice, qty, hours_ago),
            15 | 16 => self.count(dice, (sku, node, qty), hours_ago),
            17 => self.invoice(dice, qty, hours_ago),
            18 | 19 => self.freight(dice, hours_ago),
            20 => self.sent_on(dice, qty, hours_ago),
            _ => self.reject(dice, node, qty, hours_ago),
        }
        self.agrees();
    }

    fn place(&self, dice: &mut Dice) -> String {
        if self.how.costing == "lot" { format!("L{}", dice.roll(3)) } else { String::new() }
    }

    fn receive(&mut self, dice: &mut Dice, (sku, node, qty): (usize, usize, i64), hours_ago: i64) {
        let (number, cents, lot) = (format!("R{}", self.said), dice.one(2_000), self.place(dice));
        let said = self.say(
            &format!(
                r#"{{"receive_goods":{{"receipt":"{number}","node":"{}","supplier":"ACME","lines":[{{"sku":"{}","qty":{qty},"unit_cost":"{}","place":{{"lot":"{lot}"}}}}]}}}}"#,
                NODES[node], SKUS[sku].0, money(cents)
            ),
            hours_ago,
        );
        if said.is_ok() {
            let (worth, lot) = (ratio(cents, qty, SKUS[sku].1), self.lot(&lot));
            let (node, receipt) = (u32::try_from(node).unwrap(), Some(self.bought.len()));
            self.note(sku, hours_ago, What::Came { node, lot, qty, cents: worth, receipt });
            self.bought.push(Bought { number, sku, qty, open: (qty, worth) });
        }
    }

    fn order(&mut self, dice: &mut Dice, sku: usize, qty: i64) {
        let lat = dice.roll(NODES.len());
        let number = self.said;
        let said = self.say(
            &format!(
                r#"{{"place_order":{{"order":"O{number}","channel":"web","to":{{"lat":"4{lat}.0","lon":"-90.0"}},"lines":[{{"sku":"{}","qty":{qty}}}]}}}}"#,
                SKUS[sku].0
            ),
            0,
        );
        self.orders.extend(said.is_ok().then_some(number));
    }

    fn ship(&mut self, dice: &mut Dice, node: usize, hours_ago: i64) {
        let Some(order) = self.orders.get(dice.roll(self.orders.len().max(1))).copied() else { return };
        let command = format!(r#"{{"ship_order":{{"order":"O{order}","node":"{}"}}}}"#, NODES[node]);
        let Ok(event) = self.say(&command, hours_ago) else { return };
        let Body::OrderShipped(shipped) = event.body else { panic!("a shipment") };
        for line in shipped.lines {
            let lots = self.by_lot(&line.lots, line.qty);
            let (sku, line) = (line.sku.0 as usize, u32::try_from(order).unwrap());
            self.note(sku, hours_ago, What::Sold { node: u32::try_from(node).unwrap(), line, lots });
        }
    }

    fn returned(&mut self, dice: &mut Dice, node: usize, qty: i64, hours_ago: i64) {
        let Some(order) = self.orders.get(dice.roll(self.orders.len().max(1))).copied() else { return };
        let (way, back) = [
            ("restock", Back::Stock),
            ("refurbish", Back::Stock),
            ("scrap", Back::Scrap),
            ("return_to_vendor", Back::Vendor),
        ][dice.roll(4)];
        let command = format!(
            r#"{{"receive_return":{{"rma":"X{}","order":"O{order}","node":"{}","lines":[{{"line":1,"qty":{},"disposition":"{way}"}}]}}}}"#,
            self.said,
            NODES[node],
            qty / 3 + 1
        );
        let Ok(event) = self.say(&command, hours_ago) else { return };
        let Body::ReturnReceived(returned) = event.body else { panic!("a return") };
        for line in returned.lines {
            assert_eq!(line.disposition == Disposition::Scrap, back == Back::Scrap);
            let lots = self.by_lot(&line.lots, line.qty);
            let (sku, node) = (line.sku.0 as usize, u32::try_from(node).unwrap());
            let line = u32::try_from(order).unwrap();
            self.note(sku, hours_ago, What::Returned { node, line, lots, back });
        }
    }

    fn send(&mut self, dice: &mut Dice, (sku, node, qty): (usize, usize, i64), hours_ago: i64) {
        let (number, to) = (self.said, (node + dice.roll(NODES.len() - 1) + 1) % NODES.len());
        let between = COMPANIES[node] != COMPANIES[to];
        let cents = dice.one(2_500);
        let price = if between { format!(r#","unit_price":"{}""#, money(cents)) } else { String::new() };
        let command = format!(
            r#"{{"ship_transfer":{{"transfer":"T{number}","from":"{}","to":"{}","lines":[{{"sku":"{}","qty":{qty}{price}}}]}}}}"#,
            NODES[node], NODES[to], SKUS[sku].0
        );
        let Ok(event) = self.say(&command, hours_ago) else { return };
        let Body::TransferShipped(shipped) = event.body else { panic!("a transfer") };
        let lots = self.by_lot(&shipped.lines[0].lots, qty);
        let (node, transfer) = (u32::try_from(node).unwrap(), u32::try_from(number).unwrap());
        self.note(sku, hours_ago, What::Sent { node, transfer, lots });
        self.transfers.push((number, between.then(|| (qty, ratio(cents, qty, SKUS[sku].1)))));
    }

    fn arrive(&mut self, dice: &mut Dice, qty: i64, hours_ago: i64) {
        let at = dice.roll(self.transfers.len().max(1));
        let Some((number, price)) = self.transfers.get(at).copied() else { return };
        let closing = ["open", "short"][dice.roll(2)];
        let command = format!(
            r#"{{"receive_transfer":{{"transfer":"T{number}","lines":[{{"line":1,"qty":{qty}}}],"closing":"{closing}"}}}}"#
        );
        let Ok(event) = self.say(&command, hours_ago) else { return };
        let Body::TransferReceived(received) = event.body else { panic!("an arrival") };
        let transfer = u32::try_from(number).unwrap();
        let to =
            self.book.event(event.sequence).map(|event| event.body.postings()[0].node.0).expect("a node");
        for line in received.lines {
            let lots = self.by_lot(&line.lots, line.qty);
            let mut what = What::Arrived { node: to, transfer, lots: lots.clone() };
            if let Some((units, open)) = price {
                let cents = ratio(open, line.qty, units);
                self.transfers[at].1 = Some((units - line.qty, open - cents));
                what = What::Bought { node: to, transfer, lots, cents };
            }
            self.note(line.sku.0 as usize, hours_ago, what);
        }
        for line in received.lost {
            let lots = self.by_lot(&line.lots, line.qty);
            self.note(line.sku.0 as usize, hours_ago, What::Lost { transfer, lots });
        }
    }

    fn sent_on(&mut self, dice: &mut Dice, qty: i64, hours_ago: i64) {
        let Some(order) = self.orders.get(dice.roll(self.orders.len().max(1))).copied() else { return };
        // Of what comes back by lot, goods that never were in one are none.
        if self.how.costing == "lot" {
            return;
        }
        let (qty, cents) = (qty / 4 + 1, dice.one(2_000));
        let command = format!(
            r#"{{"drop_ship_order":{{"drop_shipment":"P{}","order":"O{order}","supplier":"ACME","lines":[{{"line":1,"qty":{qty},"unit_cost":"{}"}}]}}}}"#,
            self.said,
            money(cents)
        );
        let Ok(event) = self.say(&command, hours_ago) else { return };
        let Body::OrderDropShipped(dropped) = event.body else { panic!("a drop shipment") };
        let sku = dropped.lines[0].sku.0 as usize;
        let cents = ratio(cents, qty, SKUS[sku].1);
        self.note(sku, hours_ago, What::SentOn { line: u32::try_from(order).unwrap(), qty, cents });
    }

    fn count(&mut self, dice: &mut Dice, (sku, node, qty): (usize, usize, i64), hours_ago: i64) {
        let (gain, cents, lot) = (dice.roll(3) == 0, dice.one(2_000), self.place(dice));
        let command = format!(
            r#"{{"adjust_stock":{{"adjustment":"A{}","node":"{}","reason":"count","lines":[{{"sku":"{}","qty":{}{qty},"unit_cost":"{}","place":{{"lot":"{lot}"}}}}]}}}}"#,
            self.said,
            NODES[node],
            SKUS[sku].0,
            if gain { "" } else { "-" },
            money(cents)
        );
        if self.say(&command, hours_ago).is_err() {
            return;
        }
        let (node, lot) = (u32::try_from(node).unwrap(), self.lot(&lot));
        let worth = ratio(cents, qty, SKUS[sku].1);
        let what = if gain {
            What::Came { node, lot, qty, cents: worth, receipt: None }
        } else {
            What::Missed { node, lot, qty }
        };
        self.note(sku, hours_ago, what);
    }

    fn invoice(&mut self, dice: &mut Dice, qty: i64, hours_ago: i64) {
        let at = dice.roll(self.bought.len().max(1));
        let Some(bought) = self.bought.get(at) else { return };
        let (sku, open) = (bought.sku, bought.open);
        let cents = if open.0 > 0 { ratio(open.1, qty, open.0) } else { 0 };
        let cents = (cents + i64::try_from(dice.roll(1_000)).unwrap() - 400).max(1);
        let command = format!(
            r#"{{"receive_supplier_invoice":{{"invoice":"I{}","supplier":"ACME","lines":[{{"sku":"{}","qty":{qty},"amount":"{}","receipt":"{}"}}]}}}}"#,
            self.said,
            SKUS[sku].0,
            money(cents),
            bought.number
        );
        if self.say(&command, hours_ago).is_err() {
            return;
        }
        let cleared = ratio(open.1, qty, open.0);
        self.bought[at].open = (open.0 - qty, open.1 - cleared);
        if cents != cleared {
            self.note(sku, hours_ago, What::Cost { receipt: at, of: qty, cents: cents - cleared });
        }
    }

    fn freight(&mut self, dice: &mut Dice, hours_ago: i64) {
        if self.bought.len() < 2 {
            return;
        }
        let first = dice.roll(self.bought.len() - 1);
        let (second, cents) = (first + 1 + dice.roll(self.bought.len() - first - 1), dice.one(3_000));
        // A credit for freight overpaid, now and then: no more than the goods cost.
        let cents = if dice.roll(6) == 0 { -(cents / 100) - 1 } else { cents };
        let two = [first, second];
        let command = format!(
            r#"{{"allocate_landed_cost":{{"landed_cost":"C{}","amount":"{}","basis":"qty","receipts":[{{"receipt":"{}"}},{{"receipt":"{}"}}]}}}}"#,
            self.said,
            money(cents),
            self.bought[first].number,
            self.bought[second].number
        );
        if self.say(&command, hours_ago).is_err() {
            return;
        }
        let by = two.map(|at| self.bought[at].qty * (1_000_000 / SKUS[self.bought[at].sku].1));
        for (at, cents) in two.into_iter().zip(parted(cents, &by)) {
            let (sku, of) = (self.bought[at].sku, self.bought[at].qty);
            self.note(sku, hours_ago, What::Cost { receipt: at, of, cents });
        }
    }

    fn reject(&mut self, dice: &mut Dice, node: usize, qty: i64, hours_ago: i64) {
        let at = dice.roll(self.bought.len().max(1));
        let Some(bought) = self.bought.get(at) else { return };
        let (sku, open, qty, lot) = (bought.sku, bought.open, qty / 4 + 1, self.place(dice));
        let command = format!(
            r#"{{"return_to_vendor":{{"vendor_return":"V{}","node":"{}","supplier":"ACME","lines":[{{"sku":"{}","qty":{qty},"receipt":"{}","place":{{"lot":"{lot}"}}}}]}}}}"#,
            self.said, NODES[node], SKUS[sku].0, bought.number
        );
        if self.say(&command, hours_ago).is_err() {
            return;
        }
        if open.0 >= qty {
            self.bought[at].open = (open.0 - qty, open.1 - ratio(open.1, qty, open.0));
        }
        let lots = vec![(self.lot(&lot), qty)];
        self.note(sku, hours_ago, What::Rejected { node: u32::try_from(node).unwrap(), receipt: at, lots });
    }

    /// The book and the second opinion, SKU by SKU.
    fn agrees(&self) {
        for (sku, facts) in self.facts.iter().enumerate() {
            let want = work_out(self.how.method(sku), self.how.late(), self.how.companies(), facts);
            let query = StockQuery { sku: SKUS[sku].0.into(), node: None, states: false };
            let Ok(Answer::Stock(views)) = self.book.ask(&Query::Stock(query)) else { panic!("stock") };
            let there = |view: &stockbook::StockView| (view.on_hand, view.value.micros() / CENT);
            let stock = views.iter().map(|view| (view.node.0, there(view))).filter(|(_, is)| *is != (0, 0));
            let cents = |codes: &[&str]| -> i64 {
                let of = |code: &&str| self.books.get(&(u32::try_from(sku).unwrap(), (**code).to_owned()));
                codes.iter().filter_map(of).sum()
            };
            let found = Come {
                stock: stock.collect(),
                transit: cents(&["1350"]),
                sold: cents(&["5000"]),
                missed: cents(&["5100"]),
                lost: cents(&["5110"]),
                passed_on: cents(&["5300"]),
                scrapped: cents(&["5200"]),
                variance: cents(&["5020", "5030", "5050"]),
            };
            let last = facts.iter().rev().take(6).collect::<Vec<_>>();
            assert_eq!(found, want, "{:?} {} after {last:#?}", self.how, SKUS[sku].0);
            let worth: i64 = found.stock.values().map(|there| there.1).sum();
            assert_eq!(worth, cents(&["1300"]), "the inventory account of {}", SKUS[sku].0);
        }
    }
}

impl Again {
    /// A second ledger, against the facts walked through by its own method.
    fn ledgers_agree(&self) {
        let Some((name, method)) = self.how.other() else { return };
        let query = Query::Ledger(stockbook::LedgerQuery { ledger: "other".into() });
        let Ok(Answer::Ledger(view)) = self.book.ask(&query) else { panic!("the ledger") };
        let balance = |code: &str| -> i64 {
            let of = |row: &&stockbook::BalanceView| self.book.account_code(row.account) == Some(code);
            view.balances.iter().filter(of).map(|row| row.balance.micros() / CENT).sum()
        };
        let walked =
            self.facts.iter().map(|facts| work_out(method, Late::AsIfKnown, self.how.companies(), facts));
        let all: Vec<Come> = walked.collect();
        let sum = |of: fn(&Come) -> i64| all.iter().map(of).sum::<i64>();
        for (code, want) in [
            ("1300", sum(|come| come.stock.values().map(|there| there.1).sum())),
            ("1350", sum(|come| come.transit)),
            ("5000", sum(|come| come.sold)),
            ("5100", sum(|come| come.missed)),
            ("5110", sum(|come| come.lost)),
            ("5200", sum(|come| come.scrapped)),
            ("5300", sum(|come| come.passed_on)),
        ] {
            assert_eq!(balance(code), want, "{:?}: account {code} of the ledger by {name}", self.how);
        }
        assert_eq!(view.inventory_value.micros() / CENT, balance("1300"));
    }
}

fn steps() -> usize {
    std::env::var("STOCKBOOK_COST_STEPS").ok().and_then(|steps| steps.parse().ok()).unwrap_or(150)
}

#[test]
fn the_book_and_a_second_opinion_agree_after_every_event() {
    let methods = [
        ("moving_average", "node"),
        ("moving_average", "company"),
        ("fifo", "node"),
        ("fifo", "company"),
        ("lot", "node"),
        ("lot", "company"),
        ("standard", "node"),
    ];
    for (costing, scope) in methods {
        for late in ["replay", "prospective", "at_current_cost"] {
            let mut seen = (0, 0, 0);
            for seed in 1..=4 {
                let (mut again, mut dice) = (Again::new(How { costing, scope, late }), Dice(seed));
                (0..steps()).for_each(|_| again.step(&mut dice));
                again.ledgers_agree();
                seen = (seen.0 + again.seen.0, seen.1 + again.seen.1, seen.2 + again.seen.2);
            }
            println!("{costing} {scope} {late}: {} events, {} late, {} corrected", seen.0, seen.1, seen.2);
            assert!(seen.0 > 200, "{costing} {scope} {late}: {} taken", seen.0);
            let traced = late != "at_current_cost" && costing != "standard";
            assert!(!traced || seen.2 > 50, "{costing} {scope} {late}: {} corrected", seen.2);
        }
    }
}
