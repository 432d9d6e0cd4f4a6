//! What was reserved before stock was protected has taken nothing of what is protected, and gives nothing
//! back to it.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

/// Ten tees at A and ten at B, two channels.
fn shop() -> Shop {
    let mut shop = Shop::new();
    for node in ["A", "B"] {
        let place = json!({"lat": "39", "lon": "-119"});
        shop.ok("define_node", json!({"node": node, "kind": "warehouse", "place": place}));
    }
    for channel in ["web", "market"] {
        shop.ok("define_channel", json!({"channel": channel, "promise_hours": 72}));
    }
    shop.ok("define_sku", json!({"sku": "TEE", "price": "9"}));
    shop.receive("1", "A", "TEE", 10);
    shop.receive("2", "B", "TEE", 10);
    shop
}

fn hold(number: &str, channel: &str, node: &str, qty: i64) -> Value {
    json!({"hold": number, "channel": channel, "lines": [{"sku": "TEE", "qty": qty, "node": node}],
        "expires_at": "2026-01-25T00:00:00Z"})
}

fn available(shop: &mut Shop, channel: &str) -> i64 {
    let asked = json!({"sku": "TEE", "channel": channel});
    shop.ask("available", asked)["available"].as_i64().expect("units")
}

/// The market may take six. It held five before that was said, and holds four of the six: that the five are
/// given back leaves two, not six.
#[test]
fn a_plan_counts_what_was_taken_under_it() {
    for node in [None, Some("A")] {
        let mut shop = shop();
        shop.ok("hold_stock", hold("old", "market", "A", 5));
        let pools = json!([{"pool": "market", "channels": ["market"], "max": {"qty": 6}}]);
        let mut plan = json!({"sku": "TEE", "pools": pools});
        if let Some(node) = node {
            plan["node"] = json!(node);
        }
        shop.ok("set_protection_plan", plan.clone());
        shop.ok("hold_stock", hold("new", "market", "A", 4));
        let rest = if node.is_none() { 2 } else { 11 };
        let there = available(&mut shop, "market");
        assert_eq!(there, if node.is_none() { 2 } else { 1 + 10 });
        shop.ok("release_hold", json!({"hold": "old", "lines": [{"sku": "TEE", "qty": 2}]}));
        // A part that is split off is as old as the whole.
        let lines = json!([{"sku": "TEE", "qty": 1}]);
        shop.ok("split_hold", json!({"hold": "old", "into": "part", "lines": lines}));
        shop.ok("release_hold", json!({"hold": "part"}));
        shop.ok("release_hold", json!({"hold": "old"}));
        assert_eq!(available(&mut shop, "market"), rest + if node.is_none() { 0 } else { 1 });
        shop.ok("release_hold", json!({"hold": "new"}));
        assert_eq!(available(&mut shop, "market"), if node.is_none() { 6 } else { 16 });
        // Set anew, what goes on counting has counted it, and what begins anew has not.
        shop.ok("hold_stock", hold("third", "market", "A", 3));
        plan["counting"] = json!("continue");
        shop.ok("set_protection_plan", plan.clone());
        shop.ok("release_hold", json!({"hold": "third"}));
        assert_eq!(available(&mut shop, "market"), if node.is_none() { 6 } else { 16 });
        shop.is_replayed();
    }
}

/// Four are kept for the market, which held three before: what it gives back of them does not make its four
/// more, nor less what it has used of them.
#[test]
fn what_is_kept_for_a_channel_is_used_up_by_what_it_takes_since() {
    let mut shop = shop();
    shop.ok("hold_stock", hold("old", "market", "A", 3));
    shop.ok("set_protection", json!({"sku": "TEE", "node": "A", "channel": "market", "qty": 4}));
    shop.ok("hold_stock", hold("new", "market", "A", 2));
    // Of five that are free at A two are kept.
    assert_eq!(available(&mut shop, "web"), 3 + 10);
    shop.ok("release_hold", json!({"hold": "old"}));
    assert_eq!(available(&mut shop, "web"), 6 + 10, "eight are free, and two of them kept as before");
    shop.ok("release_hold", json!({"hold": "new"}));
    assert_eq!(available(&mut shop, "web"), 6 + 10, "ten are free, and four kept");
    shop.is_replayed();
}

/// What moves is taken anew where it goes, and gives back there.
#[test]
fn what_moves_counts_where_it_comes_to() {
    let mut shop = shop();
    shop.ok("hold_stock", hold("old", "market", "A", 3));
    shop.ok("set_protection", json!({"sku": "TEE", "node": "B", "channel": "market", "qty": 4}));
    assert_eq!(available(&mut shop, "web"), 7 + 6);
    shop.ok("move_hold", json!({"hold": "old", "sku": "TEE", "to": "B"}));
    // It stands in what is kept for it: one more is.
    assert_eq!(available(&mut shop, "web"), 10 + 6);
    shop.ok("release_hold", json!({"hold": "old"}));
    assert_eq!(available(&mut shop, "web"), 10 + 6);
    shop.is_replayed();
}

fn order(number: &str, hold: &str, qty: i64) -> Value {
    json!({"order": number, "channel": "market", "to": {"lat": "39", "lon": "-119"}, "hold": hold,
        "lines": [{"sku": "TEE", "qty": qty}]})
}

/// The market held five before it was said that it may take six of all nodes: wherever the five are moved,
/// six it may take.
#[test]
fn what_moves_was_not_taken_anew_of_all_nodes() {
    let mut shop = shop();
    shop.ok("hold_stock", hold("old", "market", "A", 5));
    let pools = json!([{"pool": "market", "channels": ["market"], "max": {"qty": 6}}]);
    shop.ok("set_protection_plan", json!({"sku": "TEE", "pools": pools}));
    // What B has for the market is counted by the node: four, of which two move there, and then all five.
    shop.ok("set_protection", json!({"sku": "TEE", "node": "B", "channel": "market", "qty": 4}));
    assert_eq!((available(&mut shop, "market"), available(&mut shop, "web")), (6, 5 + 6));
    shop.ok("move_hold", json!({"hold": "old", "sku": "TEE", "to": "B", "qty": 2}));
    assert_eq!((available(&mut shop, "market"), available(&mut shop, "web")), (6, 7 + 6));
    shop.ok("move_hold", json!({"hold": "old", "sku": "TEE", "from": "A", "to": "B", "qty": 3}));
    assert_eq!((available(&mut shop, "market"), available(&mut shop, "web")), (6, 10 + 5));
    // Back at A, B keeps four again.
    shop.ok("move_hold", json!({"hold": "old", "sku": "TEE", "to": "A", "qty": 5}));
    assert_eq!((available(&mut shop, "market"), available(&mut shop, "web")), (6, 5 + 6));
    shop.ok("release_hold", json!({"hold": "old"}));
    assert_eq!((available(&mut shop, "market"), available(&mut shop, "web")), (6, 10 + 6));
    shop.is_replayed();
}

/// Five are held before a plan, four since: two of the six are left, also when the five are ordered, planned
/// anew, and struck.
#[test]
fn what_was_held_before_is_ordered_beside_what_is_protected() {
    let mut shop = shop();
    shop.ok("define_reason", json!({"reason": "why"}));
    shop.ok("hold_stock", hold("old", "market", "A", 5));
    let pools = json!([{"pool": "market", "channels": ["market"], "max": {"qty": 6}}]);
    shop.ok("set_protection_plan", json!({"sku": "TEE", "pools": pools}));
    shop.ok("hold_stock", hold("new", "market", "A", 4));
    assert_eq!(available(&mut shop, "market"), 2);
    // Six of which one is new.
    shop.ok("place_order", order("1", "old", 6));
    assert_eq!(available(&mut shop, "market"), 1);
    shop.ok("reallocate_order", json!({"order": "1", "reason": "why"}));
    assert_eq!(available(&mut shop, "market"), 1);
    shop.no("hold_stock", hold("more", "market", "B", 2), "NotOnHand");
    shop.ok("hold_stock", hold("more", "market", "B", 1));
    shop.ok("cancel_order", json!({"order": "1", "reason": "why"}));
    assert_eq!(available(&mut shop, "market"), 1, "one of the six is given back");
    shop.ok("release_hold", json!({"hold": "new"}));
    assert_eq!(available(&mut shop, "market"), 5);
    shop.is_replayed();
}

/// What was held before a plan may be ordered whole, and planned anew, though it is more than the plan allows by
/// now; with it goes what the plan still leaves, and no more.
#[test]
fn what_was_held_before_is_ordered_whole() {
    for node in [Value::Null, json!("A")] {
        let mut shop = shop();
        shop.ok("define_reason", json!({"reason": "why"}));
        shop.ok("hold_stock", hold("old", "market", "A", 5));
        shop.ok("hold_stock", hold("much", "market", "B", 8));
        let pools = json!([{"pool": "market", "channels": ["market"], "max": {"qty": 6}}]);
        shop.ok("set_protection_plan", json!({"sku": "TEE", "node": node, "pools": pools}));
        shop.ok("hold_stock", hold("new", "market", "A", 4));
        let reserved = |shop: &mut Shop, number: &str| {
            shop.ask("order", json!({"document": number}))["lines"][0]["reserved"].clone()
        };
        shop.ok("place_order", order("8", "much", 8));
        assert_eq!(reserved(&mut shop, "8"), 8);
        shop.ok("reallocate_order", json!({"order": "8", "reason": "why"}));
        assert_eq!(reserved(&mut shop, "8"), 8);
        shop.ok("allocate_batch", json!({"orders": ["8"], "reason": "why"}));
        assert_eq!(reserved(&mut shop, "8"), 8);
        // A has one left, and B two; the plan over all nodes leaves two.
        let left = available(&mut shop, "market");
        assert_eq!(left, if node.is_null() { 2 } else { 1 + 2 });
        shop.ok("place_order", order("7", "old", 5 + 1));
        assert_eq!(reserved(&mut shop, "7"), 6);
        assert_eq!(available(&mut shop, "market"), left - 1);
        shop.is_replayed();
    }
}

/// Half of what is free, and was taken since, is kept for the web: of fifteen seven, whether the five that
/// were held before are held or ordered.
#[test]
fn what_was_held_before_is_no_part_of_the_base() {
    let mut shop = shop();
    shop.ok("hold_stock", hold("old", "market", "A", 5));
    let pools = json!([{"pool": "own", "channels": ["web"], "min": {"percent": "50"}}]);
    shop.ok("set_protection_plan", json!({"sku": "TEE", "pools": pools}));
    assert_eq!(available(&mut shop, "market"), 8);
    shop.ok("place_order", order("1", "old", 5));
    assert_eq!(available(&mut shop, "market"), 8);
    shop.is_replayed();
}

/// A and B are of the east, C is not: what the market may take of the east is what lies there, as long as all
/// that it may take is more.
#[test]
fn a_group_has_what_its_nodes_have_within_what_all_may_give() {
    let mut shop = shop();
    let place = json!({"lat": "39", "lon": "-119"});
    shop.ok("define_node", json!({"node": "C", "kind": "store", "place": place}));
    shop.receive("3", "C", "TEE", 7);
    for node in ["A", "B"] {
        shop.ok("describe_node", json!({"node": node, "groups": ["east"]}));
    }
    let available = |shop: &mut Shop, nodes: Value| {
        shop.ask("available", json!({"sku": "TEE", "channel": "market", "nodes": nodes}))
    };
    assert_eq!(available(&mut shop, json!(["east"]))["available"], 20);
    assert_eq!(available(&mut shop, json!(["east", "C"]))["available"], 27);
    let pools = json!([{"pool": "market", "channels": ["market"], "max": {"qty": 9}}]);
    shop.ok("set_protection_plan", json!({"sku": "TEE", "pools": pools}));
    assert_eq!(available(&mut shop, json!(["east"]))["available"], 9);
    let at_c = available(&mut shop, json!(["C"]));
    assert_eq!((&at_c["available"], &at_c["nodes"][0]["node"]), (&json!(7), &json!("C")));
    // Held by another, it is free no more, and only what is of the group is told.
    shop.ok("hold_stock", hold("H", "web", "C", 7));
    let none = available(&mut shop, json!(["C"]));
    assert_eq!(none["available"], 0);
    assert!(none["why"].as_array().expect("causes").iter().all(|why| why["node"] != "A"), "{none}");
    assert!(none["why"].as_array().expect("causes").iter().any(|why| why["cause"] == "reserved"), "{none}");
    // Nothing ever lay at D, though much is free elsewhere.
    shop.ok("define_node", json!({"node": "D", "kind": "store", "place": place}));
    let none = available(&mut shop, json!(["D"]));
    let causes: Vec<&Value> =
        none["why"].as_array().expect("causes").iter().map(|why| &why["cause"]).collect();
    assert_eq!((&none["available"], causes.contains(&&json!("no_stock"))), (&json!(0), true), "{none}");
    let unknown = json!({"ask": {"available": {"sku": "TEE", "channel": "market", "nodes": ["WEST"]}}});
    assert!(shop.book.ask_json(unknown.to_string().as_bytes()).contains("UnknownNode"));
}
