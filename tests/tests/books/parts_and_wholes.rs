//! What comes in parts sums to the whole, and what goes along with goods goes with them: freight billed
//! twice, sales shipped bit by bit, periods defined late, allowances and mark-ups under way, lots in the
//! journal.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use stockbook::{Book, Event, Instant, LotId};
use stockbook_tests::tell::tell;

struct Told {
    book: Book,
    said: u64,
    at: Instant,
}

impl Told {
    fn new(costing: &str, valuation: Value) -> Told {
        let mut told = Told { book: Book::new(), said: 0, at: "2026-01-05T09:00:00Z".parse().unwrap() };
        told.say("set_valuation", valuation);
        told.say("define_reason", json!({"reason": "count"}));
        told.say("define_sku", json!({"sku": "TEE", "price": "20.00", "costing": costing}));
        for (node, lon) in [("DC", "-74.0"), ("SHOP", "-74.1")] {
            let place = json!({"lat": "40.7", "lon": lon});
            told.say("define_node", json!({"node": node, "kind": "warehouse", "place": place}));
        }
        told.say("define_channel", json!({"channel": "web", "promise_hours": 400}));
        told.say("define_supplier", json!({"supplier": "ACME", "lead_time_days": 7, "expedite_days": 2}));
        told
    }

    fn replay(costing: &str) -> Told {
        Told::new(costing, json!({"late": "replay"}))
    }

    fn try_say(&mut self, word: &str, body: Value, ago: i64) -> Result<Event, stockbook::Rejection> {
        self.said += 1;
        self.at = self.at.plus_seconds(60);
        tell(&mut self.book, (self.said, self.at), &json!({word: body}).to_string(), ago)
    }

    fn say(&mut self, word: &str, body: Value) -> Event {
        self.late(word, body, 0)
    }

    fn late(&mut self, word: &str, body: Value, ago: i64) -> Event {
        self.try_say(word, body, ago).unwrap_or_else(|no| panic!("{no}: {word}"))
    }

    fn until(&mut self, at: &str) {
        self.at = at.parse().unwrap();
    }

    fn receive(&mut self, number: &str, qty: i64, cost: &str, place: Value) -> Event {
        let lines = json!([{"sku": "TEE", "qty": qty, "unit_cost": cost, "place": place}]);
        self.say(
            "receive_goods",
            json!({"receipt": number, "node": "DC", "supplier": "ACME", "lines": lines}),
        )
    }

    fn order(&mut self, number: &str, qty: i64, line: Value) {
        let mut line = line;
        line["qty"] = qty.into();
        let to = json!({"lat": "40.7", "lon": "-74.0"});
        self.say("place_order", json!({"order": number, "channel": "web", "to": to, "lines": [line]}));
    }

    fn ship(&mut self, number: &str, node: &str, lines: Value) -> Event {
        self.say("ship_order", json!({"order": number, "node": node, "lines": lines}))
    }

    fn sell(&mut self, number: &str, qty: i64, node: &str) -> Event {
        self.order(number, qty, json!({"sku": "TEE"}));
        self.ship(number, node, json!([]))
    }

    fn back(&mut self, number: &str, order: &str, node: &str, qty: i64) -> Event {
        let lines = json!([{"line": 1, "qty": qty, "disposition": "restock"}]);
        self.say("receive_return", json!({"rma": number, "order": order, "node": node, "lines": lines}))
    }

    fn bill(&mut self, number: &str, line: Value) -> Event {
        let lines = json!([line]);
        self.say("receive_supplier_invoice", json!({"invoice": number, "supplier": "ACME", "lines": lines}))
    }

    fn carry(&mut self, qty: i64, price: Option<&str>) {
        let number = format!("T-{}", self.said);
        let line = json!({"sku": "TEE", "qty": qty, "unit_price": price});
        self.say("ship_transfer", json!({"transfer": number, "from": "DC", "to": "SHOP", "lines": [line]}));
        self.say("receive_transfer", json!({"transfer": number, "lines": [{"line": 1, "qty": qty}]}));
    }

    fn months(&mut self, months: &[&str]) {
        for month in months {
            let from: Instant = format!("{month}-01T00:00:00Z").parse().unwrap();
            let days = if month.ends_with("02") { 28 } else { 31 };
            let to = from.plus_seconds(days * 86_400);
            self.say("set_period", json!({"period": month, "from": from.to_string(), "to": to.to_string()}));
        }
    }

    fn ask(&mut self, question: &str, about: Value) -> Value {
        let answer = self.book.execute_json(json!({"ask": {question: about}}).to_string().as_bytes());
        let answer: Value = serde_json::from_str(&answer).expect("an answer is JSON");
        answer["answer"][question].clone()
    }

    /// Balances of accounts, in cents.
    fn cents<const N: usize>(&self, codes: [&str; N]) -> [i64; N] {
        let code = |id| self.book.account_code(id).expect("an account").to_owned();
        let rows = self.book.trial_balance();
        let all: BTreeMap<String, i64> =
            rows.iter().map(|row| (code(row.account), row.balance.micros() / 10_000)).collect();
        codes.map(|code| all.get(code).copied().unwrap_or(0))
    }
}

/// The carrier bills a freight of 10.00 in two parts; a third bill is cost beyond the plan.
#[test]
fn freight_that_is_billed_in_parts_clears_its_accrual() {
    for late in ["replay", "at_current_cost"] {
        let planned = || {
            let mut told = Told::new("fifo", json!({"late": late}));
            told.receive("R-1", 10, "10.00", json!({}));
            let receipts = json!([{"receipt": "R-1"}]);
            let plan = json!({"landed_cost": "L-1", "amount": "10.00", "receipts": receipts});
            told.say("allocate_landed_cost", plan);
            told
        };
        let mut told = planned();
        told.bill("F-1", json!({"landed_cost": "L-1", "amount": "6.00", "partial": true}));
        assert_eq!(told.cents(["1300", "2120"]), [11_000, -400], "the rest of the plan stays accrued");
        told.bill("F-2", json!({"landed_cost": "L-1", "amount": "4.00"}));
        assert_eq!(told.cents(["1300", "2120"]), [11_000, 0]);
        told.bill("F-3", json!({"landed_cost": "L-1", "amount": "1.00"}));
        assert_eq!(told.cents(["1300", "2120"]), [11_100, 0], "all of it beyond the plan");
        // A part that is more than what is left bears the rest; the last bill takes what is left off.
        let mut told = planned();
        told.bill("F-1", json!({"landed_cost": "L-1", "amount": "6.00", "partial": true}));
        told.bill("F-2", json!({"landed_cost": "L-1", "amount": "3.00"}));
        assert_eq!(told.cents(["1300", "2120"]), [10_900, 0], "nothing more will come");
        // A bill settles the plan unless it says that it is a part; what comes after it is further cost.
        let mut told = planned();
        told.bill("F-1", json!({"landed_cost": "L-1", "amount": "6.00"}));
        assert_eq!(told.cents(["1300", "2120"]), [10_600, 0]);
        told.bill("F-2", json!({"landed_cost": "L-1", "amount": "4.00"}));
        assert_eq!(told.cents(["1300", "2120"]), [11_000, 0]);
        // Two lines of one bill are two parts.
        let mut told = planned();
        let part = |amount: &str| json!({"landed_cost": "L-1", "amount": amount, "partial": true});
        let lines = json!([part("6.00"), part("7.00")]);
        told.say("receive_supplier_invoice", json!({"invoice": "F-1", "supplier": "ACME", "lines": lines}));
        assert_eq!(told.cents(["1300", "2120"]), [11_300, 0]);
    }
}

/// A line is sold for as much in parts as at once: by shipment, by invoice, as a kit.
#[test]
fn parts_of_a_sale_earn_what_the_whole_does() {
    let one = |line: u32| json!([{"line": line, "qty": 1}]);
    let kits = || {
        let mut told = Told::replay("fifo");
        told.say("define_sku", json!({"sku": "KIT", "price": "10.00"}));
        let three = json!([{"sku": "TEE", "qty": 3}]);
        told.say("define_kit", json!({"sku": "KIT", "kind": "virtual", "components": three}));
        told.receive("R-1", 100, "1.00", json!({}));
        told
    };
    let mut told = kits();
    told.order("O-1", 3, json!({"sku": "TEE", "price": "3.3333"}));
    let earned = |event: &Event| {
        let legs = event.body.postings().iter();
        let mine = legs.filter(|leg| leg.movement == stockbook::Movement::Revenue && leg.amount.micros() > 0);
        mine.map(|leg| leg.amount.micros() / 10_000).sum::<i64>()
    };
    let parts: Vec<i64> = (0..3).map(|_| earned(&told.ship("O-1", "DC", one(1)))).collect();
    assert_eq!(parts, [333, 334, 333], "3.3333, 6.6666 and 9.9999 in all");
    told.order("O-2", 1, json!({"sku": "KIT"}));
    let parts: i64 = (0..3).map(|_| earned(&told.ship("O-2", "DC", one(2)))).sum();
    assert_eq!(parts, 1_000);
    // The same line twice in one shipment.
    told.order("O-3", 3, json!({"sku": "TEE", "price": "3.3333"}));
    let twice = json!([{"line": 1, "qty": 1}, {"line": 1, "qty": 2}]);
    assert_eq!(earned(&told.ship("O-3", "DC", twice)), 1_000);
    let mut told = kits();
    told.say("set_selling", json!({"channel": "web", "recognition": "at_invoice"}));
    told.order("O-4", 1, json!({"sku": "KIT"}));
    told.ship("O-4", "DC", json!([]));
    let bill = |n: i32| json!({"invoice": format!("B-{n}"), "order": "O-4", "lines": one(2)});
    let parts: i64 = (0..3).map(|n| earned(&told.say("invoice_order", bill(n)))).sum();
    assert_eq!(parts, 1_000);
}

fn worth(view: &Value, part: &str) -> (i64, String) {
    (view[part]["qty"].as_i64().unwrap(), view[part]["value"].as_str().unwrap().to_owned())
}

/// A period that is defined at its end counts what was posted in it, and nothing of what came after.
#[test]
fn a_period_defined_late_counts_what_lies_in_it() {
    let mut told = Told::replay("fifo");
    told.receive("R-1", 10, "6.00", json!({}));
    told.sell("O-1", 4, "DC");
    let margin = told.ask("margin", json!({}));
    assert_eq!((&margin[0]["revenue"], &margin[0]["cost"]), (&json!("80.00"), &json!("24.00")));
    told.until("2026-02-01T08:00:00Z");
    told.receive("R-2", 1, "6.00", json!({}));
    told.months(&["2026-01"]);
    for later in [false, true] {
        if later {
            // January's figures stand, whether February is a period or not.
            told.receive("R-3", 5, "7.00", json!({}));
        }
        let roll = told.ask("roll_forward", json!({"period": "2026-01"}))[0].clone();
        assert_eq!(worth(&roll, "opening"), (0, "0.00".into()));
        assert_eq!(worth(&roll, "receipts"), (10, "60.00".into()));
        assert_eq!(worth(&roll, "issues"), (-4, "-24.00".into()));
        assert_eq!(worth(&roll, "closing"), (6, "36.00".into()));
        let rows = told.ask("period_balances", json!({"period": "2026-01"}));
        let stock = rows.as_array().unwrap().iter().find(|row| row["account"] == "1300").unwrap().clone();
        assert_eq!([&stock["opening"], &stock["movement"], &stock["closing"]], ["0.00", "36.00", "36.00"]);
        let margin = told.ask("margin", json!({"period": "2026-01"}));
        assert_eq!((&margin[0]["revenue"], &margin[0]["cost"]), (&json!("80.00"), &json!("24.00")));
    }
    told.months(&["2026-02"]);
    let roll = told.ask("roll_forward", json!({"period": "2026-02"}))[0].clone();
    assert_eq!(
        (worth(&roll, "opening"), worth(&roll, "closing")),
        ((6, "36.00".into()), (12, "77.00".into()))
    );
    // What stock was opened with before there was any period is what the first one opens with.
    let mut other = Told::replay("fifo");
    let line = json!([{"sku": "TEE", "qty": 3, "unit_cost": "5.00"}]);
    other.say("receive_goods", json!({"receipt": "OPEN", "node": "DC", "lines": line}));
    other.receive("R-1", 1, "6.00", json!({}));
    other.months(&["2026-01"]);
    let roll = other.ask("roll_forward", json!({"period": "2026-01"}))[0].clone();
    assert_eq!((worth(&roll, "opening").0, worth(&roll, "receipts").0, worth(&roll, "closing").0), (3, 1, 4));
    // A month with entries is not cut in two.
    told.until("2026-03-10T08:00:00Z");
    told.receive("R-4", 1, "7.00", json!({}));
    let cut = |from: &str, to: &str| json!({"period": "x", "from": from, "to": to});
    let no = told.try_say("set_period", cut("2026-03-05T00:00:00Z", "2026-04-01T00:00:00Z"), 0).unwrap_err();
    assert_eq!(no.name(), "CannotChange");
    told.say("set_period", cut("2026-03-01T00:00:00Z", "2026-04-01T08:00:00Z"));
    told.until("2026-04-01T09:00:00Z");
    told.receive("R-5", 1, "7.00", json!({}));
    let roll = told.ask("roll_forward", json!({"period": "x"}))[0].clone();
    assert_eq!(
        worth(&roll, "closing").0,
        13,
        "what comes after its end is not of it, in the same month as well"
    );
    let april = json!({"period": "y", "from": "2026-04-01T08:00:00Z", "to": "2026-05-01T08:00:00Z"});
    told.say("set_period", april);
    let roll = told.ask("roll_forward", json!({"period": "y"}))[0].clone();
    assert_eq!((worth(&roll, "opening").0, worth(&roll, "closing").0), (13, 14));
}

/// Variances of standard cost wait for the period that they are shared in, defined before or after.
#[test]
fn variances_wait_for_a_period_that_is_defined_late() {
    let mut told = Told::replay("standard");
    told.say(
        "revalue_stock",
        json!({"revaluation": "S", "sku": "TEE", "unit_cost": "10.00", "reason": "count"}),
    );
    told.receive("R-1", 10, "12.00", json!({}));
    told.sell("O-1", 4, "DC");
    // Two months without a period, which then are one.
    told.until("2026-02-03T00:00:00Z");
    told.receive("R-2", 10, "11.00", json!({}));
    told.sell("O-2", 8, "DC");
    let whole = json!({"period": "2026", "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"});
    told.say("set_period", whole);
    assert_eq!(told.cents(["1380", "5020"]), [0, 3_000]);
    told.say("set_period", json!({"period": "2026", "status": "open"}));
    told.say("share_variance", json!({"sharing": "V-1", "period": "2026"}));
    assert_eq!(told.cents(["1380", "5020"]), [1_200, 0], "of 20 units 8 are there");
    let again = told.try_say("share_variance", json!({"sharing": "V-2", "period": "2026"}), 0);
    assert_eq!(again.unwrap_err().name(), "NothingToShare");
}

/// A close is judged as of its period's end; what is received and not invoiced, and agrees, is fine.
#[test]
fn a_close_is_judged_at_the_end_of_its_period() {
    let mut told = Told::replay("fifo");
    told.months(&["2026-01", "2026-02"]);
    told.receive("R-1", 10, "6.00", json!({}));
    told.sell("O-1", 4, "DC");
    let rows = told.ask("period_balances", json!({"period": "2026-01"}));
    let host: Vec<Value> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!({"account": row["account"], "balance": row["closing"]}))
        .collect();
    let ask = json!({"period": "2026-01", "balances": host});
    let close = told.ask("close_checklist", ask.clone());
    assert_eq!(close["ready"], true, "{close}");
    told.until("2026-02-03T00:00:00Z");
    told.receive("R-2", 5, "7.00", json!({}));
    told.sell("O-2", 1, "DC");
    told.say("define_channel", json!({"channel": "bills", "promise_hours": 400}));
    told.say("set_selling", json!({"channel": "bills", "recognition": "at_invoice"}));
    let to = json!({"lat": "40.7", "lon": "-74.0"});
    let lines = json!([{"sku": "TEE", "qty": 1}]);
    told.say("place_order", json!({"order": "O-3", "channel": "bills", "to": to, "lines": lines}));
    told.ship("O-3", "DC", json!([]));
    let lines = json!([{"sku": "TEE", "qty": 2}]);
    told.say("ship_transfer", json!({"transfer": "T-1", "from": "DC", "to": "SHOP", "lines": lines}));
    let close = told.ask("close_checklist", ask);
    assert_eq!(close["ready"], true, "{close}");
    let close = told.ask("close_checklist", json!({"period": "2026-02"}));
    let checks = close["checks"].as_array().unwrap().iter().filter(|check| check["passes"] == false);
    let open: Vec<&str> = checks.map(|check| check["check"].as_str().unwrap()).collect();
    assert_eq!(open, ["in_transit", "shipped_not_invoiced", "general_ledger", "period_before"]);
}

/// An event of an open period stays in it, unless it changes what was booked.
#[test]
fn a_late_event_that_corrects_nothing_stays_in_its_open_period() {
    for late in ["replay", "prospective", "at_current_cost"] {
        let mut told = Told::new("fifo", json!({"late": late}));
        told.months(&["2026-01", "2026-02"]);
        told.receive("R-1", 10, "6.00", json!({}));
        told.until("2026-02-03T00:00:00Z");
        told.receive("R-2", 5, "7.00", json!({}));
        let lines = json!([{"sku": "TEE", "qty": -1}]);
        let lose = json!({"adjustment": "A", "node": "DC", "reason": "count", "lines": lines});
        let event = told.late("adjust_stock", lose, 13 * 24);
        assert_eq!(event.posted_at, event.occurred_at, "{late}: {:?}", event.corrections);
    }
}

/// An allowance goes with its goods from node to node, and comes back with what a customer returns.
#[test]
fn an_allowance_follows_its_goods() {
    for scope in ["node", "company"] {
        let mut told = Told::new("fifo", json!({"late": "replay", "scope": scope, "costing": "fifo"}));
        told.say("define_ledger", json!({"ledger": "us", "costing": "fifo", "write_down": "new_cost_basis"}));
        told.receive("R-1", 10, "10.00", json!({}));
        let down = json!({"write_down": "W", "sku": "TEE", "unit_value": "7.00", "reason": "count"});
        told.say("write_down_stock", down);
        told.carry(6, None);
        assert_eq!(told.cents(["1390", "5000"]), [-3_000, 0], "{scope}: no profit, no loss");
        let us = told.ask("ledger", json!({"ledger": "us"}));
        let cost = |view: &Value| {
            let rows = view["balances"].as_array().unwrap();
            rows.iter().find(|row| row["account"] == "5000").unwrap()["balance"].clone()
        };
        assert_eq!(cost(&us), "0.00", "nor in a ledger whose write-downs stand");
        told.sell("O-1", 4, "DC");
        assert_eq!(told.cents(["1390", "5000"]), [-1_800, 2_800], "{scope}");
        told.back("X-1", "O-1", "SHOP", 4);
        assert_eq!(told.cents(["1390", "5000"]), [-3_000, 0], "{scope}: they come back as they left");
        // What is lost on the way has no allowance any more.
        let lines = json!([{"sku": "TEE", "qty": 5}]);
        told.say("ship_transfer", json!({"transfer": "T", "from": "SHOP", "to": "DC", "lines": lines}));
        let some = json!([{"line": 1, "qty": 3}]);
        told.say("receive_transfer", json!({"transfer": "T", "lines": some, "closing": "short"}));
        assert_eq!(told.cents(["1390", "5110", "5210", "5000"]), [-2_400, 2_000, 2_400, 0], "{scope}");
        // Nor has what a count misses: its write-down is taken back.
        let lines = json!([{"sku": "TEE", "qty": -1}]);
        told.say("adjust_stock", json!({"adjustment": "A", "node": "DC", "reason": "count", "lines": lines}));
        assert_eq!(told.cents(["1390", "5100", "5210", "5000"]), [-2_100, 1_000, 2_100, 0], "{scope}");
        // Nor what its vendor takes back.
        let lines = json!([{"sku": "TEE", "qty": 2, "receipt": "R-1"}]);
        let back = json!({"vendor_return": "V", "node": "DC", "supplier": "ACME", "lines": lines});
        told.say("return_to_vendor", back);
        assert_eq!(told.cents(["1390", "5210"]), [-1_500, 1_500], "{scope}");
    }
}

/// A group's profit stays out of its stock: in a customer's return, between the buyer's nodes, and on the way
/// back to the seller.
#[test]
fn a_mark_up_follows_its_goods() {
    for costing in ["fifo", "moving_average"] {
        let mut told = Told::replay(costing);
        for company in ["A", "B"] {
            told.say("define_company", json!({"company": company}));
        }
        told.say("describe_node", json!({"node": "DC", "company": "A"}));
        told.say("describe_node", json!({"node": "SHOP", "company": "B"}));
        told.receive("R-1", 10, "10.00", json!({}));
        told.carry(10, Some("13.00"));
        let group = |told: &mut Told| {
            let view = told.ask("consolidation", json!({}));
            let rows = view["balances"].as_array().unwrap().clone();
            ["1300", "1350", "5000"].map(|code| {
                let row = rows.iter().find(|row| row["account"] == code);
                row.map_or(String::new(), |row| row["balance"].as_str().unwrap().to_owned())
            })
        };
        told.sell("O-1", 4, "SHOP");
        assert_eq!(group(&mut told), ["60.00", "0.00", "40.00"], "{costing}");
        told.back("X-1", "O-1", "SHOP", 4);
        assert_eq!(group(&mut told), ["100.00", "0.00", "0.00"], "{costing}");
        let lines = json!([{"sku": "TEE", "qty": 5, "unit_price": "13.00"}]);
        told.say("ship_transfer", json!({"transfer": "T", "from": "SHOP", "to": "DC", "lines": lines}));
        assert_eq!(group(&mut told), ["50.00", "50.00", "0.00"], "{costing}");
        told.say("receive_transfer", json!({"transfer": "T", "lines": [{"line": 1, "qty": 5}]}));
        assert_eq!(group(&mut told), ["100.00", "0.00", "0.00"], "{costing}");
    }
}

/// Each leg that moves goods of a lot says which; goods of two lots are two movements.
#[test]
fn the_journal_names_lots() {
    let mut told = Told::replay("lot");
    let lots = |event: &Event, movement: &str| {
        let legs = event.body.postings().iter().filter(|leg| leg.movement.word() == movement);
        legs.filter(|leg| leg.amount.micros() > 0)
            .map(|leg| (leg.lot, leg.qty, leg.amount.micros() / 10_000))
            .collect::<Vec<_>>()
    };
    let event = told.receive("R-1", 10, "10.00", json!({"lot": "A", "bin": "B-1"}));
    let a = event.body.postings()[0].lot;
    assert_eq!(lots(&event, "receipt"), [(a, 10, 10_000)]);
    let event = told.receive("R-2", 10, "20.00", json!({"lot": "B"}));
    let b = event.body.postings()[0].lot;
    assert_eq!(lots(&event, "receipt"), [(b, 10, 20_000)]);
    assert!(a != b && a != LotId::NONE && b != LotId::NONE);
    told.order("O-1", 12, json!({"sku": "TEE"}));
    let event = told.ship("O-1", "DC", json!([]));
    assert_eq!(lots(&event, "issue"), [(a, 10, 10_000), (b, 2, 4_000)]);
    assert_eq!(lots(&event, "revenue"), [(LotId::NONE, 0, 24_000)]);
    let back = json!([{"line": 1, "qty": 1, "disposition": "restock", "lot": "B"}]);
    let event =
        told.say("receive_return", json!({"rma": "X-1", "order": "O-1", "node": "DC", "lines": back}));
    assert_eq!(lots(&event, "return_restock"), [(b, 1, 2_000)]);
    let lines = json!([{"sku": "TEE", "qty": -1, "place": {"lot": "B"}}]);
    let event =
        told.say("adjust_stock", json!({"adjustment": "A", "node": "DC", "reason": "count", "lines": lines}));
    assert_eq!(lots(&event, "loss"), [(b, -1, 2_000)]);
    let receipts = json!([{"receipt": "R-2"}]);
    let plan = json!({"landed_cost": "L-1", "amount": "10.00", "receipts": receipts});
    let event = told.say("allocate_landed_cost", plan);
    assert_eq!(lots(&event, "landed_cost"), [(b, 0, 1_000)]);
}

/// After his invoice a vendor owes what he asked for in it.
#[test]
fn a_vendor_owes_what_he_was_paid() {
    for costing in ["fifo", "moving_average"] {
        let mut told = Told::replay(costing);
        told.receive("R-1", 10, "10.00", json!({}));
        told.bill("I-1", json!({"sku": "TEE", "qty": 10, "unit_cost": "11.00", "receipt": "R-1"}));
        for (number, qty) in [("V-1", 4), ("V-2", 6)] {
            let lines = json!([{"sku": "TEE", "qty": qty, "receipt": "R-1"}]);
            let back = json!({"vendor_return": number, "node": "DC", "supplier": "ACME", "lines": lines});
            told.say("return_to_vendor", back);
        }
        assert_eq!(told.cents(["1400", "5020", "1300"]), [11_000, 0, 0], "{costing}");
    }
}

/// Ten are shipped, four of them invoiced: a late cost is cost of goods sold for four, and waits for six.
#[test]
fn a_late_cost_of_a_part_invoiced_sale_waits_for_the_rest() {
    for late in ["replay", "prospective"] {
        let mut told = Told::new("fifo", json!({"late": late}));
        told.say("set_selling", json!({"channel": "web", "recognition": "at_invoice"}));
        told.receive("R-1", 10, "6.00", json!({}));
        told.sell("O-1", 10, "DC");
        let part = json!([{"line": 1, "qty": 4}]);
        told.say("invoice_order", json!({"invoice": "B-1", "order": "O-1", "lines": part}));
        told.bill("I-1", json!({"sku": "TEE", "qty": 10, "unit_cost": "7.00", "receipt": "R-1"}));
        assert_eq!(told.cents(["5000", "1360"]), [2_800, 4_200], "{late}");
        told.say("invoice_order", json!({"invoice": "B-2", "order": "O-1"}));
        assert_eq!(told.cents(["5000", "1360"]), [7_000, 0], "{late}");
    }
}
