//! How peers decide where an order comes from: their cases with numbers, and the pains of their users that a
//! policy of one's own ends. Each test names its case.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

/// Nodes at these places, SKUs with so many decimals, and a policy.
fn shop(nodes: &[(&str, i64)], skus: &[&str], decimals: u8, policy: Value) -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "why"}));
    for (at, (node, preference)) in nodes.iter().enumerate() {
        let place = json!({"lat": "40", "lon": format!("-{}", 80 + at)});
        let node = json!({"node": node, "kind": "warehouse", "place": place, "preference": preference,
            "handling_per_order": format!("{}", preference)});
        shop.ok("define_node", node);
    }
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 72}));
    for sku in skus {
        shop.ok("define_sku", json!({"sku": sku, "price": "20", "decimals": decimals}));
    }
    shop.ok("set_policy", json!({"name": "of the case", "otherwise": policy}));
    shop
}

/// What a rule lets happen, and its tiers.
fn rule(shortage: &str, tiers: &[&str]) -> Value {
    json!({"shortage": shortage, "line_split": "allowed", "lateness": "allowed", "tiers": tiers})
}

fn order(number: &str, lines: &[(&str, i64)]) -> Value {
    let lines: Vec<Value> = lines.iter().map(|(sku, qty)| json!({"sku": sku, "qty": qty})).collect();
    json!({"order": number, "channel": "web", "to": {"lat": "40", "lon": "-79"}, "lines": lines})
}

/// Units by node, as a plan gives them; and units that wait.
fn plan(placed: &Value) -> (Vec<(String, i64)>, i64) {
    let plan = &placed["OrderPlaced"]["plan"];
    let node = |part: &Value| {
        let parcel = part["parcel"].as_u64().expect("a parcel's number") as usize;
        plan["parcels"][parcel]["node"].as_str().expect("a node").to_owned()
    };
    let parts = plan["parts"].as_array().expect("parts");
    let mut given: Vec<(String, i64)> = Vec::new();
    for part in parts {
        let (node, qty) = (node(part), part["qty"].as_i64().expect("units"));
        match given.iter_mut().find(|known| known.0 == node) {
            Some(known) => known.1 += qty,
            None => given.push((node, qty)),
        }
    }
    let waits = plan["backordered"].as_array().expect("what waits").iter();
    let waits = waits.map(|wait| wait["qty"].as_i64().expect("units")).sum();
    (given, waits)
}

fn units(of: &[(&str, i64)]) -> Vec<(String, i64)> {
    of.iter().map(|(node, qty)| ((*node).to_owned(), *qty)).collect()
}

/// Greedy by coverage ships three parcels; two are enough.
#[test]
fn set_cover() {
    let items = ["1", "2", "3", "4", "5", "6"];
    let policy = rule("backorder", &["1 unfilled_lines", "1 shipments", "1 distance_km"]);
    let mut shop = shop(&[("A", 0), ("B", 0), ("C", 0)], &items, 0, policy);
    for (node, has) in [("A", "1234"), ("B", "135"), ("C", "246")] {
        for sku in items.iter().filter(|sku| has.contains(**sku)) {
            shop.receive(&format!("{node}{sku}"), node, sku, 1);
        }
    }
    let placed = shop.ok("place_order", order("1", &items.map(|sku| (sku, 1))));
    assert_eq!(plan(&placed), (units(&[("B", 3), ("C", 3)]), 0));
}

/// Magento MSI: A 5.5, B 3, C 10 but out of stock; 7 come from A and B, of 15 there are 6.5 short.
#[test]
fn priority_split() {
    let policy = rule("backorder", &["1 unfilled_units", "1 node_preference"]);
    let mut shop = shop(&[("A", 1), ("B", 2), ("C", 3)], &["X"], 1, policy);
    for (node, tenths) in [("A", 55), ("B", 30), ("C", 100)] {
        shop.receive(node, node, "X", tenths);
    }
    shop.ok("set_node_status", json!({"node": "C", "status": "closed", "reason": "why"}));
    let placed = shop.ok("place_order", order("7", &[("X", 70)]));
    assert_eq!(plan(&placed), (units(&[("A", 55), ("B", 15)]), 0));
    shop.ok("cancel_order", json!({"order": "7", "lines": [], "reason": "why"}));
    let placed = shop.ok("place_order", order("15", &[("X", 150)]));
    assert_eq!(plan(&placed), (units(&[("A", 55), ("B", 30)]), 65));
}

/// Saleor: sites in the order that the merchant sorts them into, 3 and 4; 5 come as 3 and 2.
#[test]
fn sort_order() {
    let policy = rule("refuse", &["1 unfilled_units", "1 node_preference"]);
    let mut shop = shop(&[("FIRST", 1), ("SECOND", 2)], &["X"], 0, policy);
    shop.receive("R1", "FIRST", "X", 3);
    shop.receive("R2", "SECOND", "X", 4);
    let placed = shop.ok("place_order", order("1", &[("X", 5)]));
    assert_eq!(plan(&placed), (units(&[("FIRST", 3), ("SECOND", 2)]), 0));
}

/// Solidus: the default site's 10 of each, the supplier's 2 of one; of 15 and 5, three wait and nothing is left.
#[test]
fn on_hand_then_backorder() {
    let policy = rule("backorder", &["1 unfilled_units", "1 node_preference"]);
    let mut shop = shop(&[("DEFAULT", 1), ("DROP", 2)], &["X", "Y"], 0, policy);
    for (number, node, sku, qty) in
        [("1", "DEFAULT", "X", 10), ("2", "DEFAULT", "Y", 10), ("3", "DROP", "X", 2)]
    {
        shop.receive(number, node, sku, qty);
    }
    let placed = shop.ok("place_order", order("1", &[("X", 15), ("Y", 5)]));
    assert_eq!(plan(&placed), (units(&[("DEFAULT", 15), ("DROP", 2)]), 3));
    assert_eq!((shop.stock("X", "DEFAULT"), shop.stock("Y", "DEFAULT")), ((10, 0), (10, 5)));
}

/// Solidus #2122: three sites of 3 and 5 wanted ship two packages; three of 2 ship three; 1 and 1 are refused by
/// the SKU's name.
#[test]
fn no_more_packages_than_needed() {
    let sites = [("A", 0), ("B", 0), ("C", 0)];
    for (each, packages) in [(3, 2), (2, 3)] {
        let policy = rule("refuse", &["1 unfilled_units", "1 shipments", "1 distance_km"]);
        let mut shop = shop(&sites, &["X"], 0, policy);
        for (node, _) in sites {
            shop.receive(node, node, "X", each);
        }
        let placed = shop.ok("place_order", order("1", &[("X", 5)]));
        let (given, waits) = plan(&placed);
        assert_eq!((given.len(), waits), (packages, 0));
        assert_eq!(given.iter().map(|part| part.1).sum::<i64>(), 5);
    }
    let mut shop = shop(&sites, &["X"], 0, rule("refuse", &["1 unfilled_units", "1 shipments"]));
    shop.receive("A", "A", "X", 1);
    shop.receive("B", "B", "X", 1);
    let facts = shop.no("place_order", order("1", &[("X", 5)]), "StockShort");
    assert_eq!(
        (facts["sku"].as_str(), facts["asked"].as_i64(), facts["available"].as_i64()),
        (Some("X"), Some(5), Some(2))
    );
}

/// Spree: a rule that ties hands on to the next one; when all tie, the node defined first gives. The same SKU twice
/// counts together.
#[test]
fn rule_chain() {
    let chain = rule("refuse", &["1 unfilled_units", "1 handling", "1 node_preference"]);
    let mut shop = shop(&[("A", 0), ("B", 0), ("C", 9)], &["X"], 0, chain);
    for node in ["A", "B", "C"] {
        shop.receive(node, node, "X", 5);
    }
    let placed = shop.ok("place_order", order("1", &[("X", 1)]));
    assert_eq!(plan(&placed).0, units(&[("A", 1)]), "all tie: the first");
    // Handling ties A and B over C; preference, lower first, ranks B before A.
    let at = json!({"lat": "40", "lon": "-80"});
    shop.ok("define_node", json!({"node": "A", "kind": "warehouse", "place": at, "preference": 1}));
    let placed = shop.ok("place_order", order("2", &[("X", 1)]));
    assert_eq!(plan(&placed).0, units(&[("B", 1)]), "the second rule ranks");
    let facts = shop.no("place_order", order("3", &[("X", 7), ("X", 7)]), "StockShort");
    assert_eq!((facts["asked"].as_i64(), facts["available"].as_i64()), (Some(14), Some(13)));
}

/// Saleor PR #9970, #12888: no way to choose or influence the warehouse, and a random store's stock is locked.
#[test]
fn pain_16_the_seller_says_which_node_gives() {
    let first = |preference: [i64; 2]| {
        let policy = rule("refuse", &["1 unfilled_units", "1 node_preference"]);
        let mut shop = shop(&[("A", preference[0]), ("B", preference[1])], &["X"], 0, policy);
        shop.receive("A", "A", "X", 5);
        shop.receive("B", "B", "X", 5);
        let placed = shop.ok("place_order", order("1", &[("X", 2)]));
        let locked = ["A", "B"].map(|node| shop.stock("X", node));
        (plan(&placed).0, locked)
    };
    assert_eq!(first([0, 1]), (units(&[("A", 2)]), [(5, 3), (5, 5)]));
    assert_eq!(first([1, 0]), (units(&[("B", 2)]), [(5, 5), (5, 3)]));
    // For one order: only where the rule of its channel says.
    let only_b = json!({"name": "web", "when": {"channels": ["web"]}, "then": {"nodes": ["B"],
        "lateness": "allowed", "shortage": "refuse", "tiers": ["1 unfilled_units"]}});
    let anywhere = rule("refuse", &["1 unfilled_units"]);
    let mut shop = shop(&[("A", 0), ("B", 9)], &["X"], 0, anywhere.clone());
    shop.receive("A", "A", "X", 5);
    shop.receive("B", "B", "X", 5);
    shop.ok("set_policy", json!({"name": "by channel", "rules": [only_b], "otherwise": anywhere}));
    let placed = shop.ok("place_order", order("1", &[("X", 2)]));
    assert_eq!(plan(&placed).0, units(&[("B", 2)]));
}

/// Magento #12: the cheapest source was asked for, never shipped: the nearest node may cost more.
#[test]
fn pain_17_the_cheapest_source_is_chosen() {
    // A is nearer, but handling a shipment costs 9 there and 1 at B.
    let by = |tiers: &[&str]| {
        let mut shop = shop(&[("A", 9), ("B", 1)], &["X"], 0, rule("refuse", tiers));
        shop.receive("A", "A", "X", 5);
        shop.receive("B", "B", "X", 5);
        let detailed = |mut order: Value| {
            order["detail"] = json!("full");
            order
        };
        let placed = shop.ok("place_order", detailed(order("1", &[("X", 2)])));
        plan(&placed).0
    };
    assert_eq!(by(&["1 unfilled_units", "1 distance_km"]), units(&[("A", 2)]));
    assert_eq!(by(&["1 unfilled_units", "1 freight + 1 handling"]), units(&[("B", 2)]));
}
