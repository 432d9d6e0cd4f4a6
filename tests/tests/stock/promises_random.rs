//! Random traffic of everything that bears on promises: plans, holds of every kind, orders, re-deals, receipts.
//!
//! After every command the book proves itself sound; a naive count of what each hold has must agree with it; at
//! the end the log replays to the same hash and a snapshot goes on as the book does.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use stockbook::Book;

const NODES: [&str; 4] = ["A", "B", "C", "D"];
const CHANNELS: [&str; 3] = ["web", "market", "shop"];
const SKUS: [&str; 3] = ["X", "Y", "Z"];

struct Traffic {
    dice: u64,
    book: Book,
    said: usize,
    seconds: i64,
    /// Units of every living hold by SKU.
    holds: BTreeMap<String, BTreeMap<String, i64>>,
    orders: Vec<String>,
    accepted: BTreeMap<String, usize>,
}

impl Traffic {
    fn roll(&mut self, sides: usize) -> usize {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) as usize % sides
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.roll(list.len())]
    }

    fn now(&self) -> String {
        stockbook::Instant::from_micros(1_767_571_200_000_000).plus_seconds(self.seconds).to_string()
    }

    fn later(&self, seconds: i64) -> String {
        stockbook::Instant::from_micros(1_767_571_200_000_000)
            .plus_seconds(self.seconds + seconds)
            .to_string()
    }

    /// Says a command; gives the events it recorded, none if it was refused.
    fn say(&mut self, word: &str, body: Value) -> Vec<Value> {
        self.said += 1;
        self.seconds += 60;
        let command = json!({"id": format!("c{}", self.said), "at": self.now(), "command": {word: body}});
        let answer = self.book.execute_json(command.to_string().as_bytes());
        let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|e| panic!("{e}: {answer}"));
        let refusal = answer["rejection"]["name"].as_str().unwrap_or_default();
        assert!(!["BookFaulted", "MalformedRequest"].contains(&refusal), "{command}: {answer}");
        self.book.verify().unwrap_or_else(|broken| panic!("after {command}: {broken}"));
        let events = answer["receipt"]["events"].as_array().cloned().unwrap_or_default();
        if !events.is_empty() {
            *self.accepted.entry(word.to_owned()).or_default() += 1;
        }
        for event in &events {
            self.count(&event["body"]);
        }
        events
    }

    /// Counts what holds have, from what was recorded.
    fn count(&mut self, body: &Value) {
        let Some((name, event)) = body.as_object().and_then(|body| body.iter().next()) else { return };
        let text = |field: &str| event[field].as_str().unwrap_or_default().to_owned();
        let units = |list: &Value| -> Vec<(String, i64)> {
            let one = |row: &Value| {
                (row["sku"].as_str().unwrap_or_default().to_owned(), row["qty"].as_i64().unwrap_or(0))
            };
            list.as_array().into_iter().flatten().map(one).collect()
        };
        let mut change = |hold: String, parts: Vec<(String, i64)>, sign: i64| {
            let held = self.holds.entry(hold).or_default();
            for (sku, qty) in parts {
                *held.entry(sku).or_default() += sign * qty;
            }
        };
        match name.as_str() {
            "StockHeld" => change(text("hold"), units(&event["lines"]), 1),
            "HoldReduced" => change(text("hold"), units(&event["parts"]), -1),
            "HoldSplit" => {
                change(text("hold"), units(&event["parts"]), -1);
                change(text("into"), units(&event["parts"]), 1);
            }
            "HoldsMerged" => {
                for from in event["from"].as_array().into_iter().flatten() {
                    let gone = self.holds.remove(from.as_str().unwrap_or_default()).unwrap_or_default();
                    for (sku, qty) in gone {
                        *self.holds.entry(text("into")).or_default().entry(sku).or_default() += qty;
                    }
                }
            }
            "HoldReleased" | "HoldExpired" => drop(self.holds.remove(&text("hold"))),
            "OrderPlaced" => drop(self.holds.remove(&text("hold"))),
            _ => {}
        }
    }

    fn check_holds(&self) {
        for (hold, held) in &self.holds {
            let ask = json!({"ask": {"hold": {"document": hold}}}).to_string();
            let answer: Value = serde_json::from_str(&self.book.ask_json(ask.as_bytes())).expect("JSON");
            let mut found: BTreeMap<String, i64> = BTreeMap::new();
            for line in
                answer["answer"]["hold"]["lines"].as_array().unwrap_or_else(|| panic!("{hold}: {answer}"))
            {
                *found.entry(line["sku"].as_str().unwrap_or_default().to_owned()).or_default() +=
                    line["qty"].as_i64().unwrap_or(0);
            }
            let want: BTreeMap<String, i64> =
                held.iter().filter(|(_, qty)| **qty != 0).map(|(sku, qty)| (sku.clone(), *qty)).collect();
            assert_eq!(found, want, "{hold}");
        }
    }

    fn furnish(seed: u64) -> Traffic {
        let (holds, accepted) = (BTreeMap::new(), BTreeMap::new());
        let book = Book::new();
        let mut traffic =
            Traffic { dice: seed, book, said: 0, seconds: 0, holds, orders: Vec::new(), accepted };
        traffic.say("define_reason", json!({"reason": "r"}));
        for sku in SKUS {
            traffic.say("define_sku", json!({"sku": sku, "price": "10"}));
        }
        for (node, lon) in NODES.iter().zip(["-75", "-90", "-105", "-120"]) {
            let place = json!({"lat": "40", "lon": lon});
            traffic.say("define_node", json!({"node": node, "kind": "warehouse", "place": place}));
            traffic.say("describe_node", json!({"node": node, "groups": ["all"]}));
        }
        for (priority, channel) in CHANNELS.iter().enumerate() {
            traffic.say(
                "define_channel",
                json!({"channel": channel, "promise_hours": 96, "priority": priority}),
            );
        }
        let tiers = json!([[{"measure": "unfilled_units", "weight": "1"}]]);
        let otherwise =
            json!({"lateness": "allowed", "shortage": "backorder", "line_split": "allowed", "tiers": tiers});
        traffic.say("set_policy", json!({"name": "p", "otherwise": otherwise}));
        traffic
    }

    fn plan(&mut self) {
        let mut pools = Vec::new();
        for (at, channel) in CHANNELS.iter().enumerate().take(1 + self.roll(3)) {
            let max =
                if self.roll(2) == 0 { json!({"qty": self.roll(30), "percent": "10"}) } else { Value::Null };
            let fence = self.pick(&["open", "open", "ringed"]);
            let borrows: Vec<String> =
                (0..at).filter(|_| fence == "open").map(|at| format!("p{at}")).collect();
            let release = if self.roll(3) == 0 { json!(self.later(3_600)) } else { Value::Null };
            pools.push(json!({"pool": format!("p{at}"), "channels": [channel], "fence": fence, "max": max,
                "min": {"qty": self.roll(6)}, "release_at": release, "borrows_from": borrows,
                "nesting": self.pick(&["uses_up", "stays"])}));
        }
        let node = if self.roll(2) == 0 { json!(self.pick(&NODES)) } else { Value::Null };
        let sku = self.pick(&SKUS);
        let pools = if self.roll(3) == 0 { Vec::new() } else { pools };
        let counting = self.pick(&["restart", "continue"]);
        let plan = json!({"sku": sku, "node": node, "pools": pools, "counting": counting});
        self.say("set_protection_plan", plan);
    }

    fn step(&mut self, plans: bool) {
        let names: Vec<String> = self.holds.keys().cloned().collect();
        let known = |traffic: &mut Traffic| match names.len() {
            0 => "none".to_owned(),
            count => names[traffic.roll(count)].clone(),
        };
        let (sku, node, channel) = (self.pick(&SKUS), self.pick(&NODES), self.pick(&CHANNELS));
        let qty = 1 + self.roll(5);
        let number = self.said;
        match self.roll(20) {
            0..=2 => {
                let lines = json!([{"sku": sku, "qty": qty * 2, "unit_cost": "5"}]);
                self.say(
                    "receive_goods",
                    json!({"receipt": format!("R{number}"), "node": node, "lines": lines}),
                );
            }
            3..=6 => {
                let other = self.pick(&NODES);
                let second = match self.roll(3) {
                    0 => json!({"sku": sku, "node": other, "qty": 1}),
                    1 => json!({"sku": self.pick(&SKUS), "nodes": [node, other], "qty": qty}),
                    _ => json!({"sku": sku, "nodes": ["all"], "qty": qty}),
                };
                let first =
                    json!({"sku": sku, "node": if self.roll(2) == 0 { node } else { "" }, "qty": qty});
                let fill = self.pick(&["all_or_nothing", "best_effort"]);
                let expires = self.later(60 * (5 + number as i64 % 90));
                self.say(
                    "hold_stock",
                    json!({"hold": format!("H{number}"), "channel": channel, "fill": fill,
                    "lines": [first, second], "expires_at": expires}),
                );
            }
            7 => {
                let (hold, expires_at) = (known(self), self.later(7_200));
                self.say("extend_hold", json!({"hold": hold, "expires_at": expires_at}));
            }
            8 | 9 => {
                let hold = known(self);
                self.say("move_hold", json!({"hold": hold, "sku": sku, "to": node}));
            }
            10 => {
                let hold = known(self);
                let lines = json!([{"sku": sku, "qty": 1}]);
                self.say("split_hold", json!({"hold": hold, "into": format!("H{number}"), "lines": lines}));
            }
            11 => {
                let (into, from) = (known(self), known(self));
                self.say("merge_holds", json!({"into": into, "from": [from]}));
            }
            12 => {
                let hold = known(self);
                let lines = if self.roll(2) == 0 { json!([{"sku": sku, "qty": 1}]) } else { json!([]) };
                self.say("release_hold", json!({"hold": hold, "lines": lines}));
            }
            13 => {
                let hold = known(self);
                if self.roll(3) == 0 {
                    self.say("confirm_hold", json!({"hold": hold}));
                }
            }
            14 | 15 => {
                let hold = if self.roll(2) == 0 { json!(known(self)) } else { Value::Null };
                let order = format!("O{number}");
                let to = json!({"lat": "40", "lon": "-80"});
                let lines = json!([{"sku": sku, "qty": qty}, {"sku": self.pick(&SKUS), "qty": 1}]);
                self.say(
                    "place_order",
                    json!({"order": order, "channel": channel, "to": to, "lines": lines,
                    "hold": hold}),
                );
                self.orders.push(order);
            }
            16 => {
                let Some(at) = self.orders.len().checked_sub(1) else { return };
                let at = self.roll(at + 1);
                let order = self.orders[at].clone();
                let node = self.pick(&NODES);
                match self.roll(3) {
                    0 => self.say("cancel_order", json!({"order": order, "reason": "r"})),
                    1 => self.say("reallocate_order", json!({"order": order, "reason": "r"})),
                    _ => self.say("ship_order", json!({"order": order, "node": node})),
                };
            }
            17 => {
                let by = self.pick(&["priority", "age", "margin", "fairness"]);
                let strategies = ["win", "gain", "redistribute", "fill", "lose"];
                let segments = json!([{"strategy": self.pick(&strategies), "channels": [channel]}]);
                let redeal = json!({"redeal": format!("D{number}"), "skus": [sku], "by": by, "segments": segments,
                    "otherwise": self.pick(&strategies), "losers_max": 1_000, "reason": "r"});
                let ask = json!({"ask": {"redeal": redeal}}).to_string();
                let dry: Value = serde_json::from_str(&self.book.ask_json(ask.as_bytes())).expect("JSON");
                let events = self.say("redeal_stock", redeal);
                // What fell due in between may have freed more.
                if let [event] = events.as_slice() {
                    let done = &event["body"]["StockRedealt"]["lines"];
                    assert_eq!(done, &dry["answer"]["redeal"]["lines"], "the dry run told the truth");
                }
            }
            18 if plans => self.plan(),
            _ => {
                let (status, node) = (self.pick(&["open", "open", "closed"]), self.pick(&NODES));
                self.say("set_node_status", json!({"node": node, "status": status, "reason": "r"}));
            }
        }
    }
}

#[test]
fn promises_hold_under_random_traffic() {
    let mut accepted: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 1..=6 {
        let mut traffic = Traffic::furnish(seed);
        for step in 0..300 {
            traffic.step(seed % 2 == 0);
            if step % 10 == 0 {
                traffic.check_holds();
            }
            if step == 150 {
                let hash = traffic.book.state_hash();
                traffic.book = Book::restore(&traffic.book.snapshot()).expect("a snapshot");
                assert_eq!(traffic.book.state_hash(), hash);
            }
        }
        let log = traffic.book.log_since(1).expect("the window has all");
        let replayed = Book::replay(&log).expect("a whole log");
        assert_eq!(replayed.state_hash(), traffic.book.state_hash(), "seed {seed}");
        for (word, count) in traffic.accepted {
            *accepted.entry(word).or_default() += count;
        }
    }
    println!("{accepted:?}");
    for word in [
        "hold_stock",
        "move_hold",
        "split_hold",
        "merge_holds",
        "release_hold",
        "confirm_hold",
        "extend_hold",
        "place_order",
        "redeal_stock",
        "set_protection_plan",
    ] {
        assert!(accepted.get(word).is_some_and(|count| *count >= 10), "{word}: {accepted:?}");
    }
}
