//! The life of every document, walked: what its table allows is taken and leads where it says, and every arrow
//! of it is seen; what it does not allow is refused and changes nothing, or leaves the document where it is.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use stockbook::{Body, DocumentKind};
use stockbook_tests::shop::Shop;

/// Books kept of each state: they differ in what the document has behind it.
const BOOKS: usize = 60;

/// A command that may move the document. A `#` in it becomes a number that is new each time.
struct Move {
    /// As the table calls it.
    step: &'static str,
    /// Whether it is said of this document: then it is refused where the table does not have it.
    own: bool,
    actor: &'static str,
    /// Days that pass before.
    days: u32,
    word: &'static str,
    body: Value,
}

fn own(word: &'static str, body: Value) -> Move {
    Move { step: word, own: true, actor: "ann", days: 0, word, body }
}

/// Of another document, or of none.
fn other(word: &'static str, body: Value) -> Move {
    Move { own: false, ..own(word, body) }
}

fn time(days: u32) -> Move {
    Move { step: "time", own: false, days, ..own("advance_time", json!({})) }
}

impl Move {
    fn by(self, actor: &'static str) -> Move {
        Move { actor, ..self }
    }

    fn say(&self, shop: &mut Shop) -> Value {
        shop.wait(self.days);
        let number = shop.said().to_string();
        let body = self.body.to_string().replace('#', &number);
        shop.say_as(self.actor, self.word, serde_json::from_str(&body).expect("a body"))
    }
}

/// Where the document `D` stands after an answer; none = as before.
type Standing = fn(&mut Shop, &Value) -> Option<String>;

/// What is known of the document, without times: books that differ in it are walked apart.
type Sight = fn(&mut Shop) -> Value;

struct Walk {
    kind: DocumentKind,
    shops: Vec<Shop>,
    moves: Vec<Move>,
    standing: Standing,
    sight: Sight,
}

/// A triple of the table.
type Seen = BTreeSet<(String, &'static str, String)>;

/// What walks have found.
#[derive(Default)]
struct Found {
    seen: Seen,
    odd: BTreeSet<String>,
    taken: BTreeSet<usize>,
    refused: usize,
}

impl Walk {
    /// Goes from where the document stands in each shop through every state that is reached, and tries every
    /// move in each.
    fn walk(&self) {
        let mut found = Found::default();
        for shop in &self.shops {
            let mut kept: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            let mut first = shop.clone();
            let start = (self.standing)(&mut first, &Value::Null).unwrap_or_else(|| "none".into());
            let mut open = VecDeque::from([(start, first)]);
            while let Some((state, shop)) = open.pop_front() {
                for at in 0..self.moves.len() {
                    let Some((now, mut shop)) = self.step(&state, &shop, at, &mut found) else { continue };
                    let known = kept.entry(now.clone()).or_default();
                    if known.len() < BOOKS && known.insert((self.sight)(&mut shop).to_string()) {
                        open.push_back((now, shop));
                    }
                }
            }
        }
        self.judge(&found);
    }

    /// Tries a move: the book after it and where the document stands then, if it was accepted.
    fn step(&self, state: &str, shop: &Shop, at: usize, found: &mut Found) -> Option<(String, Shop)> {
        let step = &self.moves[at];
        let mut shop = shop.clone();
        let before = shop.book.state_hash();
        let answer = step.say(&mut shop);
        let arrow = self.kind.arrow(state, step.step);
        if answer["receipt"].is_null() {
            assert_eq!(shop.book.state_hash(), before, "{state} {}: {answer}", step.word);
            assert_ne!(answer["rejection"]["name"], "MalformedRequest", "{} {answer}", step.body);
            found.refused += usize::from(arrow.is_none() && step.own);
            return None;
        }
        found.taken.insert(at);
        let now = (self.standing)(&mut shop, &answer).unwrap_or_else(|| state.to_owned());
        if arrow.is_some_and(|arrow| arrow.to.contains(&now.as_str())) {
            found.seen.insert((state.to_owned(), step.step, now.clone()));
        } else if now != state || step.own {
            found.odd.insert(format!("{state} {} => {now}", step.step));
        }
        Some((now, shop))
    }

    fn judge(&self, found: &Found) {
        let idle = self.moves.iter().enumerate().filter(|(at, _)| !found.taken.contains(at));
        let idle: Vec<_> = idle.map(|(_, step)| (step.word, &step.body)).collect();
        assert!(idle.is_empty(), "{:?}: never taken: {idle:#?}", self.kind);
        assert!(found.odd.is_empty(), "{:?} goes where its table does not say: {:#?}", self.kind, found.odd);
        let told = self.kind.arrows().iter();
        let told = told.flat_map(|arrow| arrow.to.iter().map(|to| (arrow.from, arrow.step, *to)));
        let seen = |(from, step, to): &(&str, &'static str, &str)| {
            found.seen.contains(&((*from).to_owned(), *step, (*to).to_owned()))
        };
        let unseen: Vec<_> = told.filter(|arrow| !seen(arrow)).collect();
        assert!(unseen.is_empty(), "{:?} never goes: {unseen:#?}", self.kind);
        assert!(found.refused > 0, "{:?}: nothing was refused", self.kind);
    }
}

const PLACE: [(&str, &str); 2] = [("39.53", "-119.81"), ("40.6", "-75.47")];

/// Two nodes, goods at one, a channel that waits and one that does not, and what else the walks speak of.
fn shop() -> Shop {
    shop_that("allowed")
}

/// The same; lines may come from two nodes or not.
fn shop_that(line_split: &str) -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "why"}));
    shop.ok("define_sku", json!({"sku": "TEE", "price": "19.99"}));
    for (node, (lat, lon)) in ["RENO", "ALLEN"].into_iter().zip(PLACE) {
        shop.ok("define_node", json!({"node": node, "kind": "warehouse", "place": {"lat": lat, "lon": lon}}));
    }
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 96}));
    shop.ok("define_channel", json!({"channel": "spot", "promise_hours": 96}));
    let tiers = json!(["40 unfilled_units + 0.01 distance_km"]);
    let spot = json!({"name": "spot", "when": {"channels": ["spot"]},
        "then": {"lateness": "allowed", "shortage": "cancel", "tiers": tiers}});
    let otherwise = json!({"lateness": "allowed", "tiers": tiers, "line_split": line_split});
    shop.ok("set_policy", json!({"name": "walks", "rules": [spot], "otherwise": otherwise}));
    shop.ok("define_supplier", json!({"supplier": "ACME", "lead_time_days": 14, "expedite_days": 3}));
    shop.receive("OPEN", "RENO", "TEE", 20);
    shop.receive("FAR", "ALLEN", "TEE", 300);
    let send = json!([{"sku": "TEE", "qty": 300}]);
    shop.ok("ship_transfer", json!({"transfer": "T", "from": "ALLEN", "to": "RENO", "lines": send}));
    for (parameter, value) in
        [("pickup_days_max", "7"), ("count_tolerance_value", "10"), ("count_recount_units", "3")]
    {
        shop.ok("set_parameter", json!({"parameter": parameter, "value": value, "reason": "strict"}));
    }
    shop
}

/// The same where a store hands over what the warehouse brings it first.
fn shop_that_brings() -> Shop {
    let mut shop = shop_that("never");
    let lanes = json!([{"from": "RENO", "hours": 24}]);
    shop.ok("describe_node", json!({"node": "ALLEN", "pickup": "allowed", "lanes": lanes}));
    let otherwise = json!({"lateness": "allowed", "transfers": "allowed",
        "tiers": ["40 unfilled_units + 0.01 distance_km"]});
    shop.ok("set_policy", json!({"name": "brings", "rules": [], "otherwise": otherwise}));
    shop
}

fn brought() -> Value {
    placed("web", "TEE", 4, &json!({"pickup": "ALLEN"}))
}

fn to_la() -> Value {
    json!({"lat": "34.05", "lon": "-118.24"})
}

fn placed(channel: &str, sku: &str, qty: i64, terms: &Value) -> Value {
    json!({"order": "D", "channel": channel, "to": to_la(), "lines": [{"sku": sku, "qty": qty}], "terms": terms})
}

fn parts(qty: i64) -> Value {
    json!([{"line": 1, "qty": qty}])
}

/// Without what changes with the clock alone.
fn timeless(mut value: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(of) => {
                of.retain(|key, _| {
                    !key.ends_with("_at") && !matches!(key.as_str(), "deliver_by" | "wave" | "carton")
                });
                of.values_mut().for_each(strip);
            }
            Value::Array(of) => of.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut value);
    value
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// What a node does for the order, with the numbers new each time.
fn desk() -> Vec<Move> {
    let node = |extra: Value| {
        let mut body = json!({"order": "D", "node": "RENO"});
        body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        body
    };
    let carton = |qty: i64| json!({"cartons": [{"carton": "C#", "lines": parts(qty)}]});
    vec![
        other("release_wave", json!({"wave": "W#", "node": "RENO"})),
        own("record_pick", node(json!({"picked": parts(4)}))),
        own("record_pick", node(json!({"picked": parts(1)}))),
        own("record_pick", node(json!({"short": parts(1)}))),
        own("record_pick", node(json!({"picked": parts(3), "short": parts(1)}))),
        own("pack_order", node(carton(4))),
        own("pack_order", node(carton(1))),
        own("ship_order", node(json!({}))),
        own("ship_order", node(json!({"lines": parts(1)}))),
        own("deliver_order", node(json!({"delivered": true}))),
        own("deliver_order", node(json!({"delivered": false, "note": "lost"}))),
        own("cancel_order", json!({"order": "D", "reason": "why"})),
        own("cancel_order", json!({"order": "D", "reason": "why", "lines": parts(1)})),
        own("reallocate_order", json!({"order": "D", "reason": "why"})),
        own("reallocate_order", json!({"order": "D", "reason": "why", "amend": parts(1)})),
        own("reallocate_order", json!({"order": "D", "reason": "why", "amend": parts(2)})),
        own("reallocate_order", json!({"order": "D", "reason": "why", "amend": parts(30)})),
        time(1),
        time(20),
    ]
}

fn order_stands(shop: &mut Shop, _: &Value) -> Option<String> {
    text(&shop.ask("order", json!({"document": "D"}))["state"]).or_else(|| {
        let parked = shop.codes().iter().any(|code| code == "order_parked");
        Some(if parked { "parked" } else { "none" }.into())
    })
}

/// Which amounts there are, not how many: that is what decides on the next step.
fn order_seen(shop: &mut Shop) -> Value {
    fn coarse(value: &mut Value) {
        match value {
            Value::Number(number) => *value = json!(number.as_i64().map(i64::signum)),
            Value::Object(of) => of.iter_mut().filter(|(key, _)| *key != "line").for_each(|of| coarse(of.1)),
            Value::Array(of) => {
                of.iter_mut().for_each(coarse);
                of.dedup();
            }
            _ => {}
        }
    }
    let order = shop.ask("order", json!({"document": "D"}));
    let work = shop.ask("fulfilment", json!({"document": "D"}));
    let from = |parcel: &Value| json!([parcel["node"], parcel["reserved"]]);
    let from: Option<Vec<Value>> = order["parcels"].as_array().map(|all| all.iter().map(from).collect());
    let mut seen = timeless(json!([order["lines"], from, work["nodes"], work["holds"]]));
    coarse(&mut seen);
    seen
}

/// Of a few units that a customer picks up, of more than there are, of what nobody knows, for later.
fn orders() -> Vec<Value> {
    let none = Value::Null;
    let later = json!({"ship_from": "2026-01-12T00:00:00Z"});
    let fetched = json!({"pickup": "RENO"});
    vec![
        placed("web", "TEE", 4, &none),
        placed("web", "TEE", 4, &fetched),
        placed("web", "TEE", 30, &none),
        placed("web", "TEE", 30, &fetched),
        placed("spot", "TEE", 30, &none),
        placed("web", "TEE", 4, &later),
        placed("spot", "TEE", 30, &later),
    ]
}

#[test]
fn every_step_of_an_order() {
    let capture = |order: Value| json!({"order": order, "customer": "kim", "address": ["1 Main St"]});
    let mut moves = desk();
    moves.iter_mut().for_each(|step| step.own &= !matches!(step.word, "pack_order" | "release_wave"));
    for order in [0, 2, 4].map(|at| orders().swap_remove(at)) {
        moves.push(other("capture_order", capture(order.clone())));
        moves.push(own("place_order", order));
    }
    moves.push(other("capture_order", capture(placed("web", "HAT", 4, &Value::Null))));
    let come = |qty: i64| json!([{"sku": "TEE", "qty": qty, "unit_cost": "4"}]);
    for qty in [1, 300] {
        moves.push(other("receive_goods", json!({"receipt": "R#", "node": "RENO", "lines": come(qty)})));
        moves.push(other("receive_transfer", json!({"transfer": "T", "lines": parts(qty)})));
    }
    moves.push(own("hold_order", json!({"order": "D", "hold": "payment"})));
    moves.push(own("release_order", json!({"order": "D", "hold": "payment"})));
    let back = json!([{"line": 1, "qty": 1, "disposition": "restock", "refund": "0"}]);
    moves.push(own("receive_return", json!({"rma": "R#", "order": "D", "node": "RENO", "lines": back})));
    let lines = json!([{"sku": "TEE", "qty": 4}]);
    let send = json!({"transfer": "D/1", "from": "RENO", "to": "ALLEN", "lines": lines});
    moves.push(other("ship_transfer", send));
    moves.push(other("cancel_request", json!({"kind": "transfer", "document": "D/1"})));
    let (standing, sight) = (order_stands, order_seen);
    let before = [1, 3, 5].map(|at| (shop(), orders().swap_remove(at)));
    let before = before.into_iter().chain([(shop_that_brings(), brought())]).map(|(mut shop, order)| {
        shop.ok("place_order", order);
        shop
    });
    let shops = std::iter::once(shop()).chain(before).collect();
    Walk { kind: DocumentKind::Order, shops, moves, standing, sight }.walk();
}

#[test]
fn every_step_of_a_node_for_an_order() {
    let mut two = placed("web", "TEE", 4, &Value::Null);
    two["lines"] = json!([{"sku": "TEE", "qty": 4}, {"sku": "MUG", "qty": 4}]);
    // Of two the walk finds in time only what begins with their mugs picked, or packed.
    let all = orders().into_iter().take(4).chain([two.clone(), two.clone(), two]);
    let shops = all.enumerate().map(|(at, order)| {
        let mut shop = shop_that("never");
        shop.receive("MORE", "ALLEN", "TEE", 300);
        shop.ok("define_sku", json!({"sku": "MUG", "price": "12.50", "group": "mugs"}));
        shop.receive("MUGS", "RENO", "MUG", 20);
        shop.receive("MUGS/2", "ALLEN", "MUG", 20);
        shop.ok("place_order", order);
        let mugs = json!([{"line": 2, "qty": 4}]);
        if at > 4 {
            shop.ok("release_wave", json!({"wave": "W", "node": "RENO"}));
            shop.ok("record_pick", json!({"order": "D", "node": "RENO", "picked": mugs}));
        }
        if at > 5 {
            let cartons = json!([{"carton": "C", "lines": mugs}]);
            shop.ok("pack_order", json!({"order": "D", "node": "RENO", "cartons": cartons}));
        }
        shop
    });
    let mut moves = desk();
    // The node closes and opens, or gives no mugs any more: what is planned anew goes elsewhere.
    let tiers = json!(["40 unfilled_units + 0.01 distance_km"]);
    let mugs = json!([{"name": "no mugs", "when": {"groups": ["mugs"]}, "not_nodes": ["RENO"]}]);
    let otherwise = json!({"lateness": "allowed", "tiers": tiers, "line_split": "never", "limits": mugs});
    moves.push(other("set_policy", json!({"name": "no mugs", "otherwise": otherwise})));
    for status in ["closed", "open"] {
        moves.push(other("set_node_status", json!({"node": "RENO", "status": status, "reason": "why"})));
    }
    let both = json!([{"line": 1, "qty": 4}, {"line": 2, "qty": 4}]);
    moves.push(own("record_pick", json!({"order": "D", "node": "RENO", "picked": both})));
    let cartons =
        [1, 2].map(|line| json!({"carton": format!("C#/{line}"), "lines": [{"line": line, "qty": 4}]}));
    moves.push(own("pack_order", json!({"order": "D", "node": "RENO", "cartons": cartons})));
    let orders_own = ["release_wave", "cancel_order", "reallocate_order"];
    moves.iter_mut().for_each(|step| step.own &= !orders_own.contains(&step.word));
    moves.push(own("track_shipment", json!({"order": "D", "node": "RENO", "tracking": "1Z#"})));
    let standing: Standing = |shop, _| {
        let work = shop.ask("fulfilment", json!({"document": "D"}));
        let of = |node: &&Value| node["node"] == "RENO";
        let there = work["nodes"].as_array().and_then(|nodes| nodes.iter().find(of));
        let order = shop.ask("order", json!({"document": "D"}));
        let sent = |line: &Value| line["shipped"].as_i64() > Some(0);
        let left = order["lines"].as_array().is_some_and(|lines| lines.iter().any(sent));
        let without = if left { "shipped" } else { "none" };
        Some(there.and_then(|node| text(&node["stage"])).unwrap_or_else(|| without.into()))
    };
    let kind = DocumentKind::Fulfilment;
    let sight: Sight = |shop| {
        let node = shop.ask("node", json!({"node": "RENO"}));
        json!([order_seen(shop), timeless(node), shop.ask("policy", json!({}))["name"]])
    };
    Walk { kind, shops: shops.collect(), moves, standing, sight }.walk();
}

/// Events of requests: what they lead to.
const REQUESTS: [(&str, &str); 3] =
    [("GoodsRequested", "requested"), ("RequestApproved", "approved"), ("RequestCancelled", "cancelled")];

#[test]
fn every_step_of_a_purchase() {
    let lines = json!([{"sku": "TEE", "qty": 5, "unit_cost": "4"}]);
    let order = json!({"purchase_order": "D", "supplier": "ACME", "node": "RENO", "lines": lines});
    let mut request = order.clone();
    request["lines"] = json!([{"sku": "TEE", "qty": 5}]);
    let this = json!({"kind": "purchase", "document": "D"});
    let come = |qty: i64| {
        let lines = json!([{"sku": "TEE", "qty": qty, "unit_cost": "4"}]);
        json!({"receipt": "R#", "node": "RENO", "purchase_order": "D", "lines": lines})
    };
    let change =
        |qty: i64| json!({"purchase_order": "D", "reason": "why", "lines": [{"line": 1, "qty": qty}]});
    let moves = vec![
        own("request_purchase", request),
        own("place_purchase_order", order),
        own("approve_request", this.clone()).by("mia"),
        own("cancel_request", this),
        own("confirm_purchase_order", json!({"purchase_order": "D", "expected_at": "2026-02-20T09:00:00Z"})),
        own(
            "announce_shipment",
            json!({"asn": "A#", "purchase_order": "D",
            "arrives_at": "2026-02-18T09:00:00Z", "lines": parts(2)}),
        ),
        own("receive_goods", come(2)),
        own("receive_goods", come(5)),
        own("change_purchase_order", change(9)),
        own("change_purchase_order", change(2)),
        own("cancel_purchase_order", json!({"purchase_order": "D", "reason": "why"})),
        time(20),
    ];
    let standing: Standing = |shop, answer| {
        let placed = shop.ask("purchase_order", json!({"document": "D"}));
        text(&placed["state"]).or_else(|| by_event(answer, &REQUESTS))
    };
    let sight: Sight = |shop| timeless(shop.ask("purchase_order", json!({"document": "D"})));
    Walk { kind: DocumentKind::Purchase, shops: vec![shop()], moves, standing, sight }.walk();
}

#[test]
fn every_step_of_a_hold() {
    let lines = json!([{"sku": "TEE", "node": "RENO", "qty": 4}]);
    let until = "2026-01-20T00:00:00Z";
    let mut shop = shop();
    shop.ok("hold_stock", json!({"hold": "E", "channel": "web", "lines": lines, "expires_at": until}));
    let mut order = placed("web", "TEE", 4, &Value::Null);
    (order["order"], order["hold"]) = (json!("O#"), json!("D"));
    let one = json!([{"sku": "TEE", "node": "RENO", "qty": 1}]);
    let moves = vec![
        own("hold_stock", json!({"hold": "D", "channel": "web", "lines": lines, "expires_at": until})),
        own("release_hold", json!({"hold": "D"})),
        own("release_hold", json!({"hold": "D", "lines": one})),
        own("place_order", order),
        own("extend_hold", json!({"hold": "D", "expires_at": "2026-01-25T00:00:00Z"})),
        own("confirm_hold", json!({"hold": "D"})),
        own("move_hold", json!({"hold": "D", "sku": "TEE", "to": "RENO", "qty": 1})),
        own("split_hold", json!({"hold": "D", "into": "S#", "lines": one})),
        own("merge_holds", json!({"into": "E", "from": ["D"]})),
        time(1),
        time(20),
    ];
    let standing: Standing =
        |shop, _| Some(text(&shop.ask("hold", json!({"document": "D"}))["state"]).unwrap_or("none".into()));
    let sight: Sight = |shop| timeless(shop.ask("hold", json!({"document": "D"})));
    Walk { kind: DocumentKind::Hold, shops: vec![shop], moves, standing, sight }.walk();
}

#[test]
fn every_step_of_an_approval() {
    let mut shop = shop();
    shop.ok("define_role", json!({"role": "lead", "commands": []}));
    shop.ok("grant_roles", json!({"actor": "mia", "roles": ["lead"]}));
    shop.ok(
        "set_approval_rule",
        json!({"command": "adjust_stock", "above": "10", "role": "lead", "expires_hours": 8}),
    );
    let lines = json!([{"sku": "TEE", "qty": -5}]);
    let adjust = json!({"adjustment": "A#", "node": "RENO", "reason": "why", "lines": lines});
    let moves = vec![
        Move { step: "command", ..other("adjust_stock", adjust) }.by("bob"),
        own("approve_command", json!({"approval": 1, "evidence": "seen"})).by("mia"),
        own("reject_command", json!({"approval": 1, "reason": "count again"})).by("mia"),
        time(1),
    ];
    let standing: Standing =
        |shop, _| Some(text(&shop.ask("approvals", json!({}))[0]["status"]).unwrap_or("none".into()));
    let sight: Sight = |shop| timeless(shop.ask("approvals", json!({}))[0].clone());
    Walk { kind: DocumentKind::Approval, shops: vec![shop], moves, standing, sight }.walk();
}

#[test]
fn every_step_of_an_exception() {
    let raise =
        |order: &str| json!({"code": "short_pick", "node": "RENO", "sku": "TEE", "qty": 2, "order": order});
    let mut shop = shop();
    let mut order = placed("web", "TEE", 4, &Value::Null);
    order["order"] = json!("O");
    shop.ok("place_order", order);
    let hat = json!({"order": placed("web", "HAT", 4, &Value::Null), "customer": "kim"});
    let first = shop.ask("exceptions", json!({})).as_array().map_or(0, Vec::len) as u64;
    assert_eq!(first, 0, "the walk's own is the first");
    let moves = vec![
        Move { step: "event", ..other("raise_exception", raise("O")) },
        Move { step: "event", ..other("capture_order", hat) },
        other("cancel_order", json!({"order": "O", "reason": "why"})),
        Move { step: "event", ..other("place_order", placed("web", "TEE", 1, &Value::Null)) },
        own("assign_exception", json!({"exception": 1, "assignee": "bob"})),
        own("resolve_exception", json!({"exception": 1, "resolution": "found"})),
        other("clear_exceptions", json!({})),
        own("reopen_exception", json!({"exception": 1, "reason": "again"})),
        time(1),
        time(20),
    ];
    let standing: Standing = |shop, _| {
        Some(text(&shop.ask("exception", json!({"exception": 1}))["view"]["status"]).unwrap_or("none".into()))
    };
    let sight: Sight = |shop| {
        let order = shop.ask("order", json!({"document": "O"}));
        timeless(json!([shop.ask("exception", json!({"exception": 1})), order["state"]]))
    };
    Walk { kind: DocumentKind::Exception, shops: vec![shop], moves, standing, sight }.walk();
}

/// The stage that the answer's last event led to; a document that never came has none.
fn by_event(answer: &Value, stages: &[(&str, &str)]) -> Option<String> {
    let body = &answer["receipt"]["events"].as_array()?.last()?["body"];
    stages.iter().find(|(event, _)| body.get(event).is_some()).map(|(_, stage)| (*stage).to_owned())
}

#[test]
fn every_step_of_a_count() {
    let counted = |qty: i64| json!({"count": "D", "lines": [{"sku": "TEE", "qty": qty}]});
    let mut shop = shop();
    let mut order = placed("web", "TEE", 18, &Value::Null);
    order["order"] = json!("O");
    shop.ok("place_order", order);
    let moves = vec![
        own("plan_count", json!({"count": "D", "node": "RENO", "skus": ["TEE"]})),
        own("record_count", counted(20)).by("bob"),
        own("record_count", counted(15)).by("bob"),
        own("record_count", counted(17)).by("bob"),
        own("record_count", counted(15)).by("joe"),
        own("approve_count", json!({"count": "D"})).by("mia"),
        own("post_count", json!({"count": "D", "reason": "why"})),
        own("cancel_count", json!({"count": "D"})),
        time(1),
    ];
    let standing: Standing = |shop, _| text(&shop.ask("count", json!({"document": "D"}))["stage"]);
    let sight: Sight = |shop| timeless(shop.ask("count", json!({"document": "D"})));
    Walk { kind: DocumentKind::Count, shops: vec![shop], moves, standing, sight }.walk();
}

/// Units that came back and are not graded.
fn ungraded(shop: &Shop) -> i64 {
    let units = |event: &stockbook::Event| match &event.body {
        Body::ReturnCheckedIn(came) => came.lines.iter().map(|line| line.qty).sum::<i64>(),
        Body::ReturnReceived(graded) => -graded.lines.iter().map(|line| line.qty).sum::<i64>(),
        _ => 0,
    };
    shop.book.events_since(1).expect("all events").map(units).sum()
}

#[test]
fn every_step_of_a_return() {
    let mut shop = shop();
    let mut order = placed("web", "TEE", 5, &Value::Null);
    order["order"] = json!("O");
    shop.ok("place_order", order);
    shop.ok("ship_order", json!({"order": "O", "node": "RENO"}));
    let graded = json!([{"line": 1, "qty": 1, "disposition": "restock", "refund": "0"}]);
    let kept = json!([{"line": 1, "qty": 0, "disposition": "keep", "refund": "1"}]);
    let moves = vec![
        own(
            "authorize_return",
            json!({"rma": "D", "order": "O", "reason": "why", "lines": parts(2), "node": "RENO"}),
        ),
        own("check_in_return", json!({"rma": "D", "node": "RENO", "order": "O", "lines": parts(1)})),
        own("receive_return", json!({"rma": "D", "order": "O", "node": "RENO", "lines": graded})),
        own("receive_return", json!({"rma": "D", "order": "O", "node": "RENO", "lines": kept})),
        own("cancel_return", json!({"rma": "D", "reason": "why"})),
        time(1),
    ];
    let standing: Standing = |shop, answer| {
        let stage = by_event(
            answer,
            &[
                ("ReturnAuthorized", "authorized"),
                ("ReturnCheckedIn", "checked_in"),
                ("ReturnReceived", "closed"),
                ("ReturnCancelled", "cancelled"),
            ],
        )?;
        let waits = stage == "closed" && ungraded(shop) > 0;
        Some(if waits { "checked_in".into() } else { stage })
    };
    let sight: Sight = |shop| {
        let order = shop.ask("order", json!({"document": "O"}));
        json!([order["lines"], ungraded(shop), shop.codes()])
    };
    Walk { kind: DocumentKind::Return, shops: vec![shop], moves, standing, sight }.walk();
}

#[test]
fn every_step_of_a_transfer() {
    let lines = json!([{"sku": "TEE", "qty": 4}]);
    let send = json!({"transfer": "D/1", "from": "RENO", "to": "ALLEN", "lines": lines});
    let this = json!({"kind": "transfer", "document": "D/1"});
    let come = |qty: i64, broken: &Value, surplus: &str| json!({"transfer": "D/1", "lines": parts(qty), "damaged": broken, "surplus": surplus});
    let none = json!([]);
    let moves = vec![
        own("request_transfer", send.clone()),
        own("ship_transfer", send),
        own("approve_request", this.clone()).by("mia"),
        own("cancel_request", this),
        own("receive_transfer", come(2, &none, "refuse")),
        own("receive_transfer", come(4, &none, "refuse")),
        own("receive_transfer", come(2, &parts(3), "take")),
        // It is for an order: one that is new, or one that waited.
        other("place_order", brought()),
        other("cancel_order", json!({"order": "D", "reason": "why"})),
        other("cancel_order", json!({"order": "D", "reason": "why", "lines": parts(1)})),
        other("reallocate_order", json!({"order": "D", "reason": "why"})),
        other("set_node_status", json!({"node": "RENO", "status": "open", "reason": "why"})),
        time(1),
    ];
    let standing: Standing = |shop, answer| {
        let sent = text(&shop.ask("transfer", json!({"document": "D/1"}))["state"]);
        let events = answer["receipt"]["events"].as_array().map(Vec::as_slice).unwrap_or_default();
        let plans = events
            .iter()
            .flat_map(|event| [&event["body"]["OrderPlaced"], &event["body"]["OrderReallocated"]]);
        let asks = |plan: &Value| plan["plan"]["brought"][0]["transfer"] == "D/1";
        let asked = plans.into_iter().any(asks).then(|| "approved".to_owned());
        let order = shop.ask("order", json!({"document": "D"}));
        let parcels = order["parcels"].as_array().map(Vec::as_slice).unwrap_or_default();
        let parcel = parcels.iter().find(|parcel| parcel["transfer"] == "D/1");
        let gone = parcel.is_some_and(|parcel| parcel["reserved"] == json!([]));
        let off = gone
            .then(|| by_event(answer, &[("OrderCancelled", "cancelled"), ("OrderReallocated", "cancelled")]));
        sent.or(asked).or(off.flatten()).or_else(|| by_event(answer, &REQUESTS))
    };
    let sight: Sight = |shop| {
        let order = shop.ask("order", json!({"document": "D"}));
        let works = shop.ask("node", json!({"node": "RENO"}))["status"].clone();
        let transfer = shop.ask("transfer", json!({"document": "D/1"}));
        timeless(json!([transfer, order["parcels"], order["lines"], works]))
    };
    let mut waits = shop_that_brings();
    waits.ok("set_node_status", json!({"node": "RENO", "status": "closed", "reason": "why"}));
    waits.ok("place_order", brought());
    let shops = vec![shop(), shop_that_brings(), waits];
    Walk { kind: DocumentKind::Transfer, shops, moves, standing, sight }.walk();
}
