//! Where many want the same: plans over all nodes, moves between nodes, who goes first, days that are full.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

/// Nodes from near to far, SKUs, two channels, and a policy that fills and then goes to the nearest.
fn shop(nodes: &[&str], skus: &[&str], policy: Value) -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "why"}));
    for (at, node) in nodes.iter().enumerate() {
        let place = json!({"lat": "40", "lon": format!("-{}", 80 + at)});
        shop.ok("define_node", json!({"node": node, "kind": "warehouse", "place": place}));
    }
    for channel in ["own", "market"] {
        shop.ok("define_channel", json!({"channel": channel, "promise_hours": 72}));
    }
    for sku in skus {
        shop.ok("define_sku", json!({"sku": sku, "price": "20"}));
    }
    shop.ok("set_policy", json!({"name": "of the case", "otherwise": policy}));
    shop
}

fn rule(shortage: &str, line_split: &str) -> Value {
    json!({"shortage": shortage, "line_split": line_split, "lateness": "allowed",
        "tiers": ["1 unfilled_units", "1 distance_km"]})
}

fn order(number: &str, lines: &[(&str, i64)]) -> Value {
    let lines: Vec<Value> = lines.iter().map(|(sku, qty)| json!({"sku": sku, "qty": qty})).collect();
    json!({"order": number, "channel": "market", "to": {"lat": "40", "lon": "-79"}, "lines": lines})
}

/// Units reserved of each line.
fn reserved(shop: &mut Shop, order: &str) -> Vec<i64> {
    let order = shop.ask("order", json!({"document": order}));
    let lines = order["lines"].as_array().expect("lines").iter();
    lines.map(|line| line["reserved"].as_i64().expect("units")).collect()
}

/// Keeps so many of X for the own shop, whichever nodes they lie at.
fn keep(shop: &mut Shop, qty: i64) {
    let pools = json!([{"pool": "own", "channels": ["own"], "min": {"qty": qty}},
        {"pool": "market", "channels": ["market"]}]);
    shop.ok("set_protection_plan", json!({"sku": "X", "pools": pools}));
}

/// Five lie at each of two nodes, two orders of the marketplace wait for four each, and six are kept.
fn two_that_want_what_one_may_have(line_split: &str) -> Shop {
    let mut shop = shop(&["A", "B"], &["X"], rule("backorder", line_split));
    shop.receive("RA", "A", "X", 5);
    shop.receive("RB", "B", "X", 5);
    keep(&mut shop, 10);
    for number in ["1", "2"] {
        shop.ok("place_order", order(number, &[("X", 4)]));
    }
    keep(&mut shop, 6);
    shop
}

#[test]
fn a_batch_takes_no_more_than_a_plan_over_all_nodes_allows() {
    for line_split in ["never", "allowed"] {
        let mut shop = two_that_want_what_one_may_have(line_split);
        shop.ok("allocate_batch", json!({"orders": ["2", "1"], "reason": "why"}));
        assert_eq!((reserved(&mut shop, "1"), reserved(&mut shop, "2")), (vec![4], vec![0]), "{line_split}");
        shop.ok("allocate_batch", json!({"orders": ["2", "1"], "reason": "why"}));
        assert_eq!((reserved(&mut shop, "1"), reserved(&mut shop, "2")), (vec![4], vec![0]), "again");
    }
}

#[test]
fn a_redeal_takes_no_more_than_a_plan_over_all_nodes_allows() {
    let mut shop = two_that_want_what_one_may_have("allowed");
    shop.ok("redeal_stock", json!({"redeal": "D", "skus": ["X"], "by": "age", "reason": "why"}));
    assert_eq!((reserved(&mut shop, "1"), reserved(&mut shop, "2")), (vec![4], vec![0]));
}

#[test]
fn what_is_short_is_told_by_what_the_plan_over_all_nodes_allows() {
    let mut shop = shop(&["A", "B"], &["X"], rule("refuse", "allowed"));
    shop.receive("RA", "A", "X", 5);
    shop.receive("RB", "B", "X", 5);
    keep(&mut shop, 6);
    let facts = shop.no("place_order", order("1", &[("X", 8)]), "StockShort");
    assert_eq!(facts["available"], 4);
}

/// The marketplace may have three in all, and an order has them: it may have them elsewhere instead.
#[test]
fn an_order_takes_its_room_in_a_plan_along() {
    let place = |shop: &mut Shop| {
        let pools = json!([{"pool": "market", "channels": ["market"], "max": {"qty": 3}}]);
        shop.ok("set_protection_plan", json!({"sku": "X", "pools": pools}));
        shop.receive("RA", "A", "X", 3);
        shop.ok("place_order", order("1", &[("X", 3)]));
        shop.receive("RB", "B", "X", 5);
    };
    let mut closes = shop(&["A", "B"], &["X"], rule("backorder", "never"));
    place(&mut closes);
    closes.ok("set_node_status", json!({"node": "A", "status": "closed", "reason": "why"}));
    closes.ok("reallocate_order", json!({"order": "1", "reason": "why"}));
    assert_eq!((reserved(&mut closes, "1"), closes.stock("X", "B")), (vec![3], (5, 2)));
    let mut rejects = shop(&["A", "B"], &["X"], rule("backorder", "never"));
    place(&mut rejects);
    rejects.ok("reject_allocation", json!({"order": "1", "node": "A", "reason": "why"}));
    assert_eq!((reserved(&mut rejects, "1"), rejects.stock("X", "B")), (vec![3], (5, 2)));
}

#[test]
fn no_node_is_preferred_below_nothing() {
    let mut shop = shop(&["A"], &["X"], rule("refuse", "never"));
    let node = json!({"node": "B", "kind": "store", "place": {"lat": "0", "lon": "0"}, "preference": -1});
    let facts = shop.no("define_node", node, "InvalidField");
    assert_eq!(facts["field"], "preference");
}

/// A asks for X and Y whole and is served first; nobody has Y, so that X goes to B.
#[test]
fn what_cannot_be_whole_takes_nothing_from_others() {
    let mut policy = rule("backorder", "never");
    policy["completeness"] = json!("whole");
    let mut shop = shop(&["N"], &["X", "Y"], policy);
    shop.ok("place_order", order("A", &[("X", 1), ("Y", 1)]));
    let mut far = order("B", &[("X", 1)]);
    far["to"] = json!({"lat": "40", "lon": "-60"});
    shop.ok("place_order", far);
    keep(&mut shop, 1);
    shop.receive("R", "N", "X", 1);
    keep(&mut shop, 0);
    for fairness in ["least_cost", "first_come", "priority", "most_complete", "most_margin", "least_regret"] {
        shop.ok("allocate_batch", json!({"orders": ["A", "B"], "reason": "why", "fairness": fairness}));
        assert_eq!((reserved(&mut shop, "A"), reserved(&mut shop, "B")), (vec![0, 0], vec![1]), "{fairness}");
    }
}

/// What a node works on already is not moved.
#[test]
fn a_batch_moves_nothing_that_a_node_works_on() {
    let mut shop = shop(&["A", "B"], &["X"], rule("backorder", "never"));
    shop.receive("RB", "B", "X", 3);
    shop.ok("place_order", order("1", &[("X", 1)]));
    shop.ok("place_order", order("2", &[("X", 1)]));
    shop.receive("RA", "A", "X", 3);
    shop.ok("release_wave", json!({"wave": "W", "node": "B", "orders_max": 1}));
    let batch = |orders: &[&str]| json!({"orders": orders, "reason": "why"});
    let facts = shop.no("allocate_batch", batch(&["1", "2"]), "IllegalStep");
    assert_eq!((&facts["document"], &facts["state"]), (&json!("1"), &json!("released")));
    shop.ok("allocate_batch", batch(&["2"]));
    assert_eq!((shop.stock("X", "A"), shop.stock("X", "B")), ((3, 2), (3, 2)), "the other one moves");
}

/// Two want the last three and may split: whoever came first, however the command lists them.
#[test]
fn who_came_first_is_not_who_is_listed_first() {
    let mut shop = shop(&["A"], &["X"], rule("backorder", "allowed"));
    shop.receive("R", "A", "X", 3);
    keep(&mut shop, 3);
    for number in ["1", "2"] {
        shop.ok("place_order", order(number, &[("X", 2)]));
    }
    keep(&mut shop, 0);
    let batch = json!({"orders": ["2", "1"], "reason": "why", "fairness": "first_come"});
    shop.ok("allocate_batch", batch);
    assert_eq!((reserved(&mut shop, "1"), reserved(&mut shop, "2")), (vec![2], vec![1]));
}

/// Who comes first cannot be served where he must be: what was meant for him is not left lying.
#[test]
fn a_redeal_leaves_nothing_idle() {
    let mut policy = rule("backorder", "never");
    policy["distance_km_max"] = json!(50);
    let mut shop = shop(&["A", "B"], &["X"], policy);
    let at = |number: &str, qty: i64, lon: &str, priority: i64| {
        let mut order = order(number, &[("X", qty)]);
        order["to"] = json!({"lat": "40", "lon": lon});
        order["priority"] = json!(priority);
        order
    };
    shop.receive("RA", "A", "X", 4);
    keep(&mut shop, 9);
    // The first is near B, where nothing is; the second asks for more than half a line could give.
    shop.ok("place_order", at("first", 4, "-81", 1));
    shop.ok("place_order", at("second", 3, "-80", 2));
    shop.ok("place_order", at("third", 2, "-80", 3));
    keep(&mut shop, 0);
    shop.ok("redeal_stock", json!({"redeal": "D", "skus": ["X"], "reason": "why"}));
    let has = ["first", "second", "third"].map(|order| reserved(&mut shop, order)[0]);
    assert_eq!(has, [0, 3, 0], "a line that comes whole gets no part of what is left");
}

/// An order that comes whole gains nothing of one SKU while it waits for another.
#[test]
fn a_redeal_gives_nothing_that_could_not_leave() {
    let mut policy = rule("backorder", "allowed");
    policy["completeness"] = json!("whole");
    let mut shop = shop(&["A"], &["X", "Y"], policy);
    shop.receive("R", "A", "X", 1);
    keep(&mut shop, 1);
    shop.ok("place_order", order("both", &[("X", 1), ("Y", 1)]));
    shop.ok("place_order", order("one", &[("X", 1)]));
    keep(&mut shop, 0);
    shop.ok("redeal_stock", json!({"redeal": "D", "skus": ["X"], "by": "age", "reason": "why"}));
    assert_eq!((reserved(&mut shop, "both"), reserved(&mut shop, "one")), (vec![0, 0], vec![1]));
}

/// A rule for one of forty groups holds for an order of all forty.
#[test]
fn a_rule_sees_every_group_of_an_order() {
    let skus: Vec<String> = (0..40).map(|at| format!("S{at}")).collect();
    let mut shop = shop(&["A"], &[], rule("backorder", "never"));
    for (at, sku) in skus.iter().enumerate() {
        shop.ok("define_sku", json!({"sku": sku, "price": "20", "group": format!("g{at}")}));
    }
    let special = json!({"name": "last", "when": {"groups": ["g39"]}, "then": rule("backorder", "allowed")});
    let otherwise = rule("backorder", "never");
    shop.ok("set_policy", json!({"name": "p", "rules": [special], "otherwise": otherwise}));
    let lines: Vec<(&str, i64)> = skus.iter().map(|sku| (sku.as_str(), 1)).collect();
    let placed = shop.ok("place_order", order("1", &lines));
    assert_eq!(placed["OrderPlaced"]["plan"]["decision"]["rule"], 1);
}

/// One parcel a day, each a day in the making: the next is ready when the next day begins, not a day later.
#[test]
fn work_before_midnight_counts_for_the_day_after() {
    let mut shop = shop(&[], &["X"], rule("backorder", "never"));
    let place = json!({"lat": "40", "lon": "-80"});
    shop.ok("define_node", json!({"node": "A", "kind": "store", "place": place, "processing_minutes": 1440}));
    shop.ok("describe_node", json!({"node": "A", "capacity": {"orders": 1}}));
    shop.receive("R", "A", "X", 5);
    let mut leaves = |number: &str| {
        let placed = shop.ok("place_order", order(number, &[("X", 1)]));
        placed["OrderPlaced"]["plan"]["parcels"][0]["ship_at"].as_str().expect("an instant").to_owned()
    };
    assert!(leaves("1").starts_with("2026-01-06T"));
    assert_eq!(leaves("2"), "2026-01-07T00:00:00Z");
}

/// A node that sends once a week and is booked up for weeks: its record holds when it is checked.
#[test]
fn a_record_knows_cut_offs_however_far_off() {
    let mut shop = shop(&[], &["X"], rule("backorder", "never"));
    let place = json!({"lat": "40", "lon": "-80"});
    let calendar = json!({"time_zone": "UTC", "workdays": [3], "cut_off": "12:00", "from": "2026-01-01",
        "days": 90});
    let node = json!({"node": "A", "kind": "store", "place": place, "calendar": calendar});
    shop.ok("define_node", node);
    shop.ok("describe_node", json!({"node": "A", "capacity": {"orders": 1}}));
    shop.receive("R", "A", "X", 9);
    for number in ["1", "2", "3", "4"] {
        let mut placed = order(number, &[("X", 1)]);
        placed["detail"] = json!("full");
        let answer = shop.say("place_order", placed);
        let record = answer["receipt"]["explanation"]["record"].clone();
        let record: stockbook::DecisionRecord = serde_json::from_value(record).expect("a record");
        let again = stockbook::recheck(&record).expect("a check");
        assert!(again.holds, "{number}: {:?}", again.differs);
    }
}

/// Two nodes at most: B keeps giving Y, so that what A rejects comes from one more, or from B itself.
#[test]
fn a_rejection_opens_no_more_nodes_than_the_rule_allows() {
    let policy = rule("backorder", "allowed");
    let placed = |has: &[(&str, &str, i64)], nodes_max: i64| {
        let mut policy = policy.clone();
        policy["nodes_max"] = json!(nodes_max);
        let mut shop = shop(&["A", "B", "C", "D"], &["X", "Y"], policy);
        for (node, sku, qty) in has {
            shop.receive(&format!("{node}{sku}"), node, sku, *qty);
        }
        shop.ok("place_order", order("1", &[("X", 2), ("Y", 1)]));
        shop
    };
    let of =
        |shop: &mut Shop| ["B", "C", "D"].map(|node| shop.stock("X", node)).map(|(all, free)| all - free);
    // C and D have one each: of both only one may come on top of B.
    let mut shop = placed(&[("A", "X", 2), ("B", "Y", 1)], 2);
    shop.receive("C", "C", "X", 1);
    shop.receive("D", "D", "X", 1);
    let reject = json!({"order": "1", "node": "A", "reason": "why", "detail": "full"});
    let answer = shop.say("reject_allocation", reject);
    assert_eq!((of(&mut shop), reserved(&mut shop, "1")), ([0, 1, 0], vec![1, 1]));
    let record = answer["receipt"]["explanation"]["record"].clone();
    let record: stockbook::DecisionRecord = serde_json::from_value(record).expect("a record");
    assert!(stockbook::recheck(&record).expect("a check").holds);
    // All comes from A, which will not give X any more but still gives Y: with one node at most X waits.
    let mut shop = placed(&[("A", "X", 2), ("A", "Y", 1)], 1);
    shop.receive("C", "C", "X", 2);
    shop.ok("reject_allocation", json!({"order": "1", "node": "A", "lines": [1], "reason": "why"}));
    assert_eq!((of(&mut shop), reserved(&mut shop, "1")), ([0, 0, 0], vec![0, 1]));
}

/// A thousandth of a unit weighs half a gram: a unit in parts weighs 500 of them, not a thousand grams.
#[test]
fn what_weighs_less_than_a_gram_is_charged_by_its_weight() {
    let mut shop = shop(&["A"], &[], rule("backorder", "allowed"));
    shop.ok("define_sku", json!({"sku": "X", "price": "20", "decimals": 3, "weight_g": 500}));
    let zones = json!([{"up_to_km": 20000, "transit_hours": 24, "base": "0", "per_kg": "1"}]);
    shop.ok("define_service", json!({"service": "ground", "zones": zones}));
    let mut policy = rule("backorder", "allowed");
    policy["tiers"] = json!(["1 unfilled_units", "1 freight"]);
    shop.ok("set_policy", json!({"name": "freight", "otherwise": policy}));
    shop.receive("R", "A", "X", 2_000);
    let placed = shop.ok("place_order", order("1", &[("X", 1_000)]));
    let plan = &placed["OrderPlaced"]["plan"];
    assert_eq!(plan["decision"]["cost"][1], 500_000);
    assert_eq!(plan["parcels"][0]["freight"], "0.50");
}
