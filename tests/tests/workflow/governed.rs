//! What must wait for somebody, what two people count, what a feed tells out of its turn: nothing is lost,
//! doubled or let past a rule.

use serde_json::{Value, json};
use stockbook::Book;

struct Desk {
    book: Book,
    said: u32,
}

impl Desk {
    fn new() -> Desk {
        let mut desk = Desk { book: Book::new(), said: 0 };
        let place = json!({"lat": "39.53", "lon": "-119.81"});
        let tiers = json!([[{"measure": "unfilled_units", "weight": "1"}]]);
        for command in [
            json!({"define_reason": {"reason": "found"}}),
            json!({"define_sku": {"sku": "TEE", "price": "20"}}),
            json!({"define_sku": {"sku": "MUG", "price": "12"}}),
            json!({"define_node": {"node": "RENO", "kind": "warehouse", "place": place}}),
            json!({"define_channel": {"channel": "web", "promise_hours": 96}}),
            json!({"define_channel": {"channel": "market", "promise_hours": 96}}),
            json!({"set_policy": {"name": "wait", "otherwise": {"lateness": "allowed",
                "line_split": "allowed", "shortage": "backorder", "tiers": tiers}}}),
            json!({"define_role": {"role": "desk"}}),
            json!({"define_role": {"role": "boss"}}),
            json!({"grant_roles": {"actor": "mia", "roles": ["desk"]}}),
            json!({"grant_roles": {"actor": "eve", "roles": ["boss"]}}),
        ] {
            desk.ok("ann", command);
        }
        desk
    }

    /// Says a command of the shop's, a minute after the last one.
    fn say(&mut self, actor: &str, command: &Value) -> Value {
        self.tell("shop", actor, None, command)
    }

    fn tell(&mut self, source: &str, actor: &str, occurred_at: Option<&str>, command: &Value) -> Value {
        self.said += 1;
        let at = format!("2026-01-20T{:02}:{:02}:00Z", 9 + self.said / 60, self.said % 60);
        let (id, body) = (self.said.to_string(), command);
        let mut request = json!({"id": id, "source": source, "actor": actor, "at": at, "command": body});
        if let Some(occurred_at) = occurred_at {
            request["occurred_at"] = json!(occurred_at);
        }
        let answer = self.book.execute_json(request.to_string().as_bytes());
        self.book.verify().unwrap_or_else(|broken| panic!("{command}: {broken}"));
        serde_json::from_str(&answer).expect("an answer is JSON")
    }

    /// The events of what is accepted.
    fn ok(&mut self, actor: &str, command: Value) -> Value {
        let answer = self.say(actor, &command);
        assert!(answer["receipt"].is_object(), "{command}: {answer}");
        answer["receipt"]["events"].clone()
    }

    fn no(&mut self, actor: &str, command: Value, name: &str) -> Value {
        let before = self.book.state_hash();
        let answer = self.say(actor, &command);
        assert_eq!(answer["rejection"]["name"], name, "{command}: {answer}");
        assert_eq!(self.book.state_hash(), before, "a refusal changes nothing");
        answer["rejection"]["message"].clone()
    }

    fn ask(&self, question: &str, about: Value) -> Value {
        let answer = self.book.ask_json(json!({"ask": {question: about}}).to_string().as_bytes());
        let answer: Value = serde_json::from_str(&answer).expect("an answer is JSON");
        answer["answer"][question].clone()
    }

    fn on_hand(&self) -> i64 {
        self.ask("stock", json!({"sku": "TEE"}))[0]["on_hand"].as_i64().expect("a number")
    }

    fn open(&self) -> Vec<String> {
        let rows = self.ask("exceptions", json!({}));
        let rows = rows.as_array().expect("exceptions").iter();
        rows.map(|row| row["opened"]["code"].as_str().expect("a code").to_owned()).collect()
    }

    fn receive(&mut self, number: &str, qty: i64, place: Value) {
        let line = json!({"sku": "TEE", "qty": qty, "unit_cost": "4", "place": place});
        self.ok("ann", json!({"receive_goods": {"receipt": number, "node": "RENO", "lines": [line]}}));
    }

    fn plan(&mut self, count: &str) {
        self.ok("ann", json!({"plan_count": {"count": count, "node": "RENO", "skus": ["TEE"]}}));
    }

    /// The book as its log and its snapshot give it again.
    fn comes_again(&self) {
        let log = self.book.log_since(1).unwrap_or_else(|e| panic!("{e}"));
        let again = Book::replay(&log).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(again.state_hash(), self.book.state_hash());
        let again = Book::restore(&self.book.snapshot()).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(again.state_hash(), self.book.state_hash());
    }
}

fn counted(count: &str, lines: Value) -> Value {
    json!({"record_count": {"count": count, "lines": lines}})
}

fn post(count: &str) -> Value {
    json!({"post_count": {"count": count, "reason": "found"}})
}

fn captured(order: &str, channel: &str, qty: i64) -> Value {
    let to = json!({"lat": "34.05", "lon": "-118.24"});
    json!({"capture_order": {"order": {"order": order, "channel": channel, "to": to,
        "lines": [{"sku": "TEE", "qty": qty}]}, "customer": format!("c-{order}"), "address": ["1 Main St"]}})
}

fn granted(approval: u32) -> Value {
    json!({"approve_command": {"approval": approval, "evidence": "seen"}})
}

fn name(event: &Value) -> &str {
    event["body"].as_object().and_then(|body| body.keys().next()).expect("a name")
}

fn names(events: &Value) -> Vec<&str> {
    events.as_array().expect("events").iter().map(name).collect()
}

#[test]
fn goods_in_bins_are_counted_bin_by_bin_and_not_found_twice() {
    let mut desk = Desk::new();
    desk.receive("R-1", 10, json!({"bin": "A1"}));
    desk.receive("R-2", 4, json!({}));
    desk.plan("C-1");
    let said = desk.no("bob", counted("C-1", json!([{"sku": "TEE", "qty": 14}])), "InvalidField");
    assert!(said.as_str().expect("text").contains("bin A1"), "{said}");
    // Nine lie in A1, the tenth in B2, of which the book knows nothing; the floor is right.
    let lines = json!([{"sku": "TEE", "qty": 4}, {"sku": "TEE", "qty": 9, "place": {"bin": "A1"}},
        {"sku": "TEE", "qty": 1, "place": {"bin": "B2"}}]);
    desk.ok("bob", counted("C-1", lines));
    let view = desk.ask("count", json!({"document": "C-1"}));
    let stage = view["stage"].as_str().expect("a stage").to_owned();
    if stage == "review" {
        desk.ok("eve", json!({"approve_count": {"count": "C-1", "evidence": "seen"}}));
    }
    let once = desk.ok("ann", post("C-1"));
    assert_eq!((names(&once), desk.on_hand()), (vec!["CountPosted", "StockAdjusted"], 13), "{once}");
    assert_eq!(desk.ask("count", json!({"document": "C-1"}))["stage"], "approved", "one place at a time");
    desk.ok("ann", post("C-1"));
    assert_eq!(desk.on_hand(), 14);
    let view = desk.ask("count", json!({"document": "C-1"}));
    let posted = |bin: &str| {
        let lines = view["lines"].as_array().expect("lines").iter();
        let mut here = lines.filter(|line| line["place"]["bin"] == bin);
        here.next().expect("a line")["posted"].clone()
    };
    assert_eq!(
        (&view["stage"], posted("A1"), posted("B2"), posted("")),
        (&json!("posted"), (-1).into(), 1.into(), 0.into())
    );
    desk.comes_again();
}

#[test]
fn a_gain_of_goods_with_lots_names_its_lot() {
    let mut desk = Desk::new();
    desk.ok("ann", json!({"describe_sku": {"sku": "TEE", "tracking": "lot"}}));
    desk.receive("R-1", 10, json!({"lot": "L-1"}));
    let gain = |lot: &str| {
        let line = json!({"sku": "TEE", "qty": 2, "place": {"lot": lot}});
        json!({"adjust_stock": {"adjustment": "A-1", "node": "RENO", "reason": "found", "lines": [line]}})
    };
    desk.no("ann", gain(""), "LotNeeded");
    desk.ok("ann", gain("L-1"));
    desk.plan("C-1");
    let both = json!([{"sku": "TEE", "qty": 12, "place": {"lot": "L-1"}}, {"sku": "TEE", "qty": 1}]);
    desk.no("bob", counted("C-1", both), "LotNeeded");
    desk.ok("bob", counted("C-1", json!([{"sku": "TEE", "qty": 12, "place": {"lot": "L-1"}}])));
    desk.ok("ann", post("C-1"));
    assert_eq!(desk.on_hand(), 12);
}

#[test]
fn two_counts_of_one_shelf_correct_it_once() {
    let mut desk = Desk::new();
    desk.receive("R-1", 20, json!({}));
    for count in ["C-1", "C-2"] {
        desk.plan(count);
        desk.ok("bob", counted(count, json!([{"sku": "TEE", "qty": 18}])));
    }
    desk.ok("ann", post("C-1"));
    let again = desk.ok("ann", post("C-2"));
    assert_eq!((names(&again), desk.on_hand()), (vec!["CountPosted"], 18), "nothing is left to correct");
    // What is counted after the correction differs by itself.
    desk.plan("C-3");
    desk.ok("bob", counted("C-3", json!([{"sku": "TEE", "qty": 17}])));
    desk.ok("ann", post("C-3"));
    assert_eq!(desk.on_hand(), 17);
    desk.comes_again();
}

#[test]
fn neither_of_those_who_counted_agrees_to_the_count() {
    let mut desk = Desk::new();
    desk.receive("R-1", 100, json!({}));
    let set = |name: &str, value: &str| {
        let why = "strict";
        json!({"set_parameter": {"parameter": name, "value": value, "reason": why}})
    };
    desk.ok("ann", set("count_recount_units", "5"));
    desk.ok("ann", set("count_tolerance_value", "1"));
    desk.plan("C-1");
    let lines = json!([{"sku": "TEE", "qty": 80}]);
    desk.ok("bob", counted("C-1", lines.clone()));
    desk.ok("cat", counted("C-1", lines));
    let agree = json!({"approve_count": {"count": "C-1", "evidence": "seen"}});
    desk.no("bob", agree.clone(), "SameActor");
    desk.no("cat", agree.clone(), "SameActor");
    desk.ok("ann", agree);
}

#[test]
fn a_count_that_must_wait_is_posted_when_it_may() {
    let mut desk = Desk::new();
    desk.receive("R-1", 20, json!({}));
    desk.ok(
        "ann",
        json!({"set_source_of_record": {"event": "StockAdjusted", "sources": ["wms"], "otherwise": "park",
            "role": "desk"}}),
    );
    desk.plan("C-1");
    desk.ok("bob", counted("C-1", json!([{"sku": "TEE", "qty": 18}])));
    let waits = desk.ok("ann", post("C-1"));
    assert_eq!((names(&waits), desk.on_hand()), (vec!["ApprovalRequested"], 20));
    assert_eq!(desk.ask("count", json!({"document": "C-1"}))["stage"], "approved");
    let events = desk.ok("mia", granted(1));
    assert_eq!(names(&events), ["ApprovalGranted", "CountPosted", "StockAdjusted"]);
    assert_eq!(desk.on_hand(), 18);
    desk.comes_again();
}

#[test]
fn a_captured_order_is_bound_by_what_binds_placing_one() {
    let mut desk = Desk::new();
    desk.receive("R-1", 5, json!({}));
    desk.ok(
        "ann",
        json!({"set_approval_rule": {"command": "place_order", "measure": "backorder_units", "above": "2",
            "role": "desk", "expires_hours": 8}}),
    );
    let events = desk.ok("ann", captured("1", "web", 6));
    assert_eq!(names(&events), ["OrderCaptured", "OrderPlaced"], "one waits for supply: within the limit");
    let events = desk.ok("ann", captured("2", "web", 20));
    assert_eq!(names(&events), ["ApprovalRequested"], "twenty do: not");
    let events = desk.ok("mia", granted(1));
    assert_eq!(names(&events), ["ApprovalGranted", "OrderCaptured", "OrderPlaced"]);
    let by = |at: usize| (events[at]["source"].clone(), events[at]["actor"].clone());
    assert_eq!(by(0), ("shop".into(), "mia".into()), "who approved");
    assert_eq!(by(2), ("shop".into(), "ann".into()), "who asked");
    desk.ok("ann", json!({"define_role": {"role": "channels", "commands": ["place_order"]}}));
    desk.no("ann", captured("3", "web", 1), "RoleRequired");
    desk.comes_again();
}

#[test]
fn each_limit_asks_its_own_role() {
    let mut desk = Desk::new();
    desk.receive("R-1", 400, json!({}));
    for (measure, above, role) in [("value", "100", "desk"), ("units", "50", "boss")] {
        desk.ok(
            "ann",
            json!({"set_approval_rule": {"command": "adjust_stock", "measure": measure, "above": above,
                "role": role, "expires_hours": 8}}),
        );
    }
    let lose = |number: &str, qty: i64| {
        json!({"adjust_stock": {"adjustment": number, "node": "RENO", "reason": "found",
            "lines": [{"sku": "TEE", "qty": -qty}]}})
    };
    desk.ok("ann", lose("A-1", 100));
    let events = desk.ok("mia", granted(1));
    assert_eq!(
        names(&events),
        ["ApprovalGranted", "ApprovalRequested"],
        "the desk may not grant so many units"
    );
    assert_eq!((&events[1]["actor"], desk.on_hand()), (&json!("ann"), 400));
    desk.no("mia", granted(2), "RoleRequired");
    let events = desk.ok("eve", granted(2));
    assert_eq!((names(&events), desk.on_hand()), (vec!["ApprovalGranted", "StockAdjusted"], 300));
    // Value above its limit, units not: one word is enough.
    desk.ok("ann", lose("A-2", 40));
    desk.ok("mia", granted(3));
    assert_eq!(desk.on_hand(), 260);
    // Units above the same number under the same role: what was granted is told by what it measured.
    desk.ok(
        "ann",
        json!({"set_approval_rule": {"command": "adjust_stock", "measure": "value", "above": "50",
            "role": "boss", "expires_hours": 8}}),
    );
    let line = json!({"sku": "TEE", "qty": 60, "unit_cost": "0.10"});
    desk.ok(
        "ann",
        json!({"adjust_stock": {"adjustment": "A-3", "node": "RENO", "reason": "found", "lines": [line]}}),
    );
    assert_eq!(names(&desk.ok("eve", granted(4))), ["ApprovalGranted", "StockAdjusted"]);
}

#[test]
fn time_that_a_command_waits_is_not_its_lateness() {
    let mut desk = Desk::new();
    desk.receive("R-1", 400, json!({}));
    desk.ok(
        "ann",
        json!({"set_timing_rule": {"event": "StockAdjusted", "late_minutes_max": 60, "otherwise": "reject"}}),
    );
    for (measure, role) in [("value", "desk"), ("units", "boss")] {
        desk.ok(
            "ann",
            json!({"set_approval_rule": {"command": "adjust_stock", "measure": measure, "above": "50",
                "role": role, "expires_hours": 8}}),
        );
    }
    let line = json!({"sku": "TEE", "qty": -100});
    let lose =
        json!({"adjust_stock": {"adjustment": "A-1", "node": "RENO", "reason": "found", "lines": [line]}});
    desk.ok("ann", lose.clone());
    desk.said += 120;
    desk.ok("mia", granted(1));
    desk.said += 120;
    assert_eq!(names(&desk.ok("eve", granted(2))), ["ApprovalGranted", "StockAdjusted"]);
    // Nor is the time that a message waits for its forerunner.
    desk.ok("ann", json!({"define_feed": {"feed": "wms"}}));
    let take = |number: u32| {
        let line = json!({"sku": "TEE", "qty": -1});
        let lose = json!({"adjust_stock": {"adjustment": format!("F-{number}"), "node": "RENO",
            "reason": "found", "lines": [line]}});
        json!({"take_message": {"feed": "wms", "number": number, "message": lose.to_string()}})
    };
    desk.ok("ann", take(2));
    desk.said += 120;
    desk.ok("ann", take(1));
    assert_eq!((desk.on_hand(), desk.open().len()), (298, 0), "both are taken");
}

#[test]
fn money_that_is_credited_is_measured() {
    let mut desk = Desk::new();
    desk.receive("R-1", 20, json!({}));
    desk.ok(
        "ann",
        json!({"set_approval_rule": {"command": "credit_order", "measure": "refund", "above": "30",
            "role": "desk", "expires_hours": 8}}),
    );
    desk.ok("ann", captured("1", "web", 4));
    desk.ok("ann", json!({"ship_order": {"order": "1", "node": "RENO"}}));
    desk.ok("ann", json!({"invoice_order": {"invoice": "I-1", "order": "1"}}));
    let credit = |number: &str, qty: i64, amount: &str| {
        json!({"credit_order": {"credit_note": number, "order": "1",
            "lines": [{"line": 1, "qty": qty, "amount": amount}]}})
    };
    assert_eq!(names(&desk.ok("ann", credit("CN-1", 1, "20"))), ["OrderCredited"]);
    assert_eq!(names(&desk.ok("ann", credit("CN-2", 2, "40"))), ["ApprovalRequested"]);
}

#[test]
fn who_may_say_it_is_asked_of_every_step_where_it_happens() {
    let mut desk = Desk::new();
    desk.receive("R-1", 20, json!({}));
    for event in ["OrderHeld", "WaveReleased", "ShipmentTracked", "CountPlanned"] {
        let scope =
            if event == "CountPlanned" { json!({"node": "RENO"}) } else { json!({"channel": "market"}) };
        desk.ok(
            "ann",
            json!({"set_source_of_record": {"event": event, "scope": scope, "sources": ["wms"],
                "otherwise": "reject"}}),
        );
    }
    desk.ok("ann", captured("1", "web", 1));
    desk.ok("ann", captured("2", "market", 1));
    let hold = |order: &str| json!({"hold_order": {"order": order, "hold": "fraud"}});
    let wave = |wave: &str| json!({"release_wave": {"wave": wave, "node": "RENO"}});
    desk.no("ann", hold("2"), "NotSourceOfRecord");
    desk.no("ann", wave("W-1"), "NotSourceOfRecord");
    desk.ok("ann", json!({"cancel_order": {"order": "2", "reason": "found"}}));
    desk.ok("ann", wave("W-1"));
    desk.no(
        "ann",
        json!({"plan_count": {"count": "C-1", "node": "RENO", "skus": ["TEE"]}}),
        "NotSourceOfRecord",
    );
    let off = json!({"set_rollout": {"family": "fulfilment", "channel": "web", "mode": "off",
        "reason": "not yet"}});
    desk.ok("ann", off);
    desk.ok("ann", captured("3", "web", 1));
    desk.no("ann", wave("W-3"), "ProcessOff");
    desk.ok(
        "ann",
        json!({"define_supplier": {"supplier": "ACME", "lead_time_days": 7, "expedite_days": 2,
        "expedite_premium": "0"}}),
    );
    let lines = json!([{"sku": "TEE", "qty": 1, "unit_cost": "5"}]);
    let bought = json!({"purchase_order": "P", "supplier": "ACME", "node": "RENO", "lines": lines});
    desk.ok("ann", json!({ "place_purchase_order": bought }));
    let off = json!({"set_rollout": {"family": "purchasing", "mode": "off", "reason": "not yet"}});
    desk.ok("ann", off);
    for (word, body) in [
        ("cancel_purchase_order", json!({"purchase_order": "P", "reason": "found"})),
        (
            "change_purchase_order",
            json!({"purchase_order": "P", "reason": "found", "expected_at": "2026-03-01T00:00:00Z"}),
        ),
    ] {
        desk.no("ann", json!({ word: body }), "ProcessOff");
    }
}

#[test]
fn a_message_that_waited_is_its_senders_and_of_its_time() {
    let order = |number: u32| captured(&number.to_string(), "web", 1).to_string();
    let take =
        |number: u32| json!({"take_message": {"feed": "shop", "number": number, "message": order(number)}});
    let mut hashes = Vec::new();
    for turn in [[1, 2], [2, 1]] {
        let mut desk = Desk::new();
        desk.receive("R-1", 20, json!({}));
        desk.ok("ann", json!({"define_feed": {"feed": "shop", "order": "resequence"}}));
        for number in turn {
            let (source, at) =
                [("pos", "2026-01-06T09:00:00Z"), ("till", "2026-01-19T09:00:00Z")][number as usize - 1];
            let answer = desk.tell(source, "bob", Some(at), &take(number));
            assert!(answer["receipt"].is_object(), "{answer}");
        }
        let log = desk.book.log_since(1).unwrap_or_else(|e| panic!("{e}"));
        let text = Book::replay(&log).map(|_| ()).map_err(|e| e.to_string());
        assert_eq!(text, Ok(()));
        let chain = desk.book.audit_chain(1, [0; 32], 100).expect("no event was drained");
        let placed = chain.iter().filter(|link| link.event == "OrderPlaced");
        hashes.push(placed.map(|link| (link.source.clone(), link.occurred_at)).collect::<Vec<_>>());
        desk.comes_again();
    }
    assert_eq!(hashes[0], hashes[1], "in turn or out of it");
    assert_eq!((hashes[0][0].0.as_str(), hashes[0][1].0.as_str()), ("pos", "till"));
}

#[test]
fn a_message_that_was_refused_may_be_said_again() {
    let mut desk = Desk::new();
    desk.ok("ann", json!({"define_feed": {"feed": "wms", "order": "as_it_comes"}}));
    let take = |number: u32, qty: i64| {
        let line =
            json!({"sku": "TEE", "qty": qty, "unit_cost": if qty > 0 { json!("4") } else { json!(null) }});
        let adjust = json!({"adjust_stock": {"adjustment": format!("A-{number}"), "node": "RENO",
            "reason": "found", "lines": [line]}});
        json!({"take_message": {"feed": "wms", "number": number, "message": adjust.to_string()}})
    };
    // The second comes before the first: there is nothing yet to take away.
    desk.ok("ann", take(2, -2));
    assert_eq!(desk.open(), ["feed_gap", "message_refused"]);
    let ways = desk.ask("exception", json!({"exception": 2}));
    assert_eq!(
        ways["resolutions"][0]["prefilled"], r#"{"take_message":{"feed":"wms","number":2}}"#,
        "{ways}"
    );
    desk.ok("ann", take(1, 10));
    desk.ok("ann", take(2, -2));
    assert_eq!(desk.on_hand(), 8, "as in their order");
    assert!(!desk.open().contains(&"message_refused".into()) && !desk.open().contains(&"feed_gap".into()));
    desk.ok("ann", take(2, -2));
    assert_eq!(desk.on_hand(), 8, "taken once");
    // What somebody has settled otherwise is not wanted any more.
    desk.ok("ann", take(3, -90));
    let rows = desk.ask("exceptions", json!({}));
    let mut rows = rows.as_array().expect("exceptions").iter();
    let refused = rows.find(|row| row["opened"]["code"] == "message_refused").expect("it is open");
    let settle = json!({"exception": refused["exception"], "resolution": "counted"});
    desk.ok("ann", json!({"resolve_exception": settle}));
    let feed = desk.ask("feeds", json!({}))[0].clone();
    assert_eq!((&feed["missing"], &feed["refused"]), (&json!(0), &json!(2)), "{feed}");
    desk.comes_again();
}

#[test]
fn an_exception_is_open_once_for_its_cause() {
    let mut desk = Desk::new();
    let raise = json!({"raise_exception": {"code": "price_mismatch", "sku": "TEE"}});
    desk.ok("ann", raise.clone());
    desk.ok("ann", json!({"resolve_exception": {"exception": 1, "resolution": "mended"}}));
    desk.ok("ann", raise);
    let again = |id: u32| json!({"reopen_exception": {"exception": id, "reason": "not mended"}});
    desk.no("ann", again(1), "IllegalStep");
    desk.ok("ann", json!({"resolve_exception": {"exception": 2, "resolution": "mended"}}));
    desk.ok("ann", again(1));
    assert_eq!(desk.open(), ["price_mismatch"]);
}

#[test]
fn what_an_exception_fills_in_can_be_said() {
    let mut desk = Desk::new();
    desk.ok("ann", json!({"define_reason": {"reason": "negative_stock"}}));
    desk.receive("R-1", 20, json!({}));
    let raise = json!({"raise_exception": {"code": "negative_stock", "sku": "TEE", "node": "RENO", "qty": 3,
        "subject": "A-7"}});
    desk.ok("ann", raise);
    let ways = desk.ask("exception", json!({"exception": 1}));
    let way = ways["resolutions"][0]["prefilled"].as_str().expect("a command").to_owned();
    desk.ok("ann", serde_json::from_str(&way).expect("a command"));
    assert_eq!(desk.on_hand(), 17, "{way}");
}

#[test]
fn a_parameter_that_a_role_guards_is_defined_anew_by_that_role() {
    let mut desk = Desk::new();
    let define = |max: &str| {
        json!({"define_parameter": {"parameter": "discount", "standard": "0.1", "min": "0", "max": max,
            "role": "boss"}})
    };
    desk.ok("ann", define("0.2"));
    desk.no("ann", define("0.9"), "RoleRequired");
    desk.ok("eve", define("0.3"));
}

#[test]
fn other_units_from_the_same_nodes_are_another_plan() {
    let mut desk = Desk::new();
    let place = json!({"lat": "32.78", "lon": "-96.80"});
    desk.ok("ann", json!({"define_node": {"node": "DALLAS", "kind": "warehouse", "place": place}}));
    desk.receive("R-1", 3, json!({}));
    let line = json!({"sku": "TEE", "qty": 3, "unit_cost": "4"});
    desk.ok("ann", json!({"receive_goods": {"receipt": "R-2", "node": "DALLAS", "lines": [line]}}));
    desk.ok("ann", captured("1", "web", 5));
    let mut told = |reno: i64, dallas: i64| {
        let parts = json!([{"node": "RENO", "line": 1, "qty": reno},
            {"node": "DALLAS", "line": 1, "qty": dallas}]);
        let events = desk.ok("ann", json!({"report_legacy_plan": {"order": "1", "parts": parts}}));
        events[0]["body"]["LegacyPlanReported"]["disagreement"].clone()
    };
    let mut both = [told(3, 2), told(2, 3)].map(|class| class.as_str().expect("a class").to_owned());
    both.sort();
    assert_eq!(both, ["agreed", "other_split"], "the book's own, and the other");
}

#[test]
fn facts_of_a_document_are_told_in_its_order_where_a_rule_says_so() {
    let mut desk = Desk::new();
    desk.receive("R-1", 10, json!({}));
    let rule = |event: &str, otherwise: &str| {
        json!({"set_timing_rule": {"event": event, "late_minutes_max": 100_000, "in_order": true,
            "otherwise": otherwise, "role": "desk"}})
    };
    desk.ok("ann", rule("OrderShipped", "reject"));
    desk.ok("ann", rule("OrderDelivered", "accept"));
    let tell = |desk: &mut Desk, at: &str, command: Value| desk.tell("shop", "ann", Some(at), &command);
    tell(&mut desk, "2026-01-19T12:00:00Z", captured("1", "web", 1));
    let ship = json!({"ship_order": {"order": "1", "node": "RENO"}});
    let no = tell(&mut desk, "2026-01-19T11:30:00Z", ship.clone());
    assert_eq!(no["rejection"]["name"], "TooLate", "{no}");
    assert_eq!(
        (&no["rejection"]["facts"]["minutes"], &no["rejection"]["facts"]["max"]),
        (&json!(30), &json!(0))
    );
    let yes = tell(&mut desk, "2026-01-19T12:30:00Z", ship);
    assert!(yes["receipt"].is_object(), "{yes}");
    let deliver = json!({"deliver_order": {"order": "1", "node": "RENO", "delivered": true}});
    let yes = tell(&mut desk, "2026-01-19T12:29:00Z", deliver);
    assert!(yes["receipt"].is_object(), "{yes}");
    assert_eq!(desk.open(), ["late_event"], "taken, and told of");
    desk.comes_again();
}

#[test]
fn what_no_other_node_gives_after_a_rejection_is_somebodys_work() {
    let mut desk = Desk::new();
    desk.receive("R-1", 10, json!({}));
    desk.ok("ann", captured("1", "web", 2));
    desk.ok("ann", json!({"reject_allocation": {"order": "1", "node": "RENO", "reason": "found"}}));
    assert_eq!(desk.open(), ["node_rejected"]);
}

/// What a rule says of a command holds for a change that carries it, at once and dated.
#[test]
fn a_change_is_judged_as_what_it_carries() {
    let mut desk = Desk::new();
    let commands = ["set_policy", "set_preorder"];
    desk.ok("ann", json!({"define_role": {"role": "governor", "commands": commands}}));
    desk.ok("ann", json!({"grant_roles": {"actor": "ann", "roles": ["governor"]}}));
    let tiers = json!([[{"measure": "distance_km", "weight": "1"}]]);
    let policy = json!({"set_policy": {"name": "near", "otherwise": {"tiers": tiers}}});
    let later = "2026-02-01T00:00:00Z";
    let change = |desk: &Desk, at: Option<&str>, definition: &Value| {
        let next = desk.said + 1;
        let now = format!("2026-01-20T{:02}:{:02}:00Z", 9 + next / 60, next % 60);
        json!({"change_definition": {"change": format!("C-{next}"),
            "effective_from": at.unwrap_or(&now), "definition": definition}})
    };
    let of_erp = |more: &str| {
        json!({"set_source_of_record": {"event": "PolicySet", "sources": ["erp"], "otherwise": more,
            "role": "desk"}})
    };
    desk.no("bob", policy.clone(), "RoleRequired");
    for at in [None, Some(later)] {
        let said = change(&desk, at, &policy);
        desk.no("bob", said, "RoleRequired");
    }
    for (at, told) in [
        (None, vec!["ChangeScheduled", "ChangeTookEffect", "PolicySet"]),
        (Some(later), vec!["ChangeScheduled"]),
    ] {
        let said = change(&desk, at, &policy);
        assert_eq!(names(&desk.ok("ann", said)), told);
    }
    // Nor of what is not there yet.
    let said = change(&desk, Some(later), &json!({"define_sku": {"sku": "CAP", "price": "9"}}));
    desk.ok("bob", said);
    let said = change(&desk, Some(later), &json!({"set_preorder": {"sku": "CAP", "qty_max": 5}}));
    desk.no("bob", said, "RoleRequired");
    // The system of record is asked too.
    desk.ok("ann", of_erp("reject"));
    desk.no("ann", policy.clone(), "NotSourceOfRecord");
    for at in [None, Some(later)] {
        let said = change(&desk, at, &policy);
        desk.no("ann", said, "NotSourceOfRecord");
        let said = change(&desk, at, &policy);
        assert!(desk.tell("erp", "ann", None, &said)["receipt"].is_object(), "its own system says it");
    }
    // What waits for another system's change is taken when it is granted.
    desk.ok("ann", of_erp("park"));
    let said = change(&desk, Some(later), &policy);
    assert_eq!(names(&desk.ok("ann", said)), ["ApprovalRequested"]);
    assert_eq!(names(&desk.ok("mia", granted(1))), ["ApprovalGranted", "ChangeScheduled"]);
    desk.comes_again();
}
