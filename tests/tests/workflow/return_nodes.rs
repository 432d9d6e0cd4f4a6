//! Where goods come back to: chosen as they are sourced, by the policy's weights.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

/// NEAR is a degree from the customer, FAR ten; parcels cost 5.00 up to 500 km and 9.00 beyond.
fn shop(rules: Value) -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "why"}));
    shop.ok("define_sku", json!({"sku": "TEE", "price": "20"}));
    shop.ok("define_supplier", json!({"supplier": "ACME", "lead_time_days": 14, "expedite_days": 3}));
    for (node, lat, order, unit) in [("NEAR", "1", "2", "1"), ("FAR", "10", "1", "0.50")] {
        let place = json!({"lat": lat, "lon": "0"});
        let node = json!({"node": node, "kind": "warehouse", "place": place,
            "handling_per_order": order, "handling_per_unit": unit});
        shop.ok("define_node", node);
    }
    let zone =
        |km: u32, base: &str| json!({"up_to_km": km, "base": base, "per_kg": "0", "transit_hours": 24});
    shop.ok("define_service", json!({"service": "G", "zones": [zone(500, "5"), zone(5000, "9")]}));
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 240}));
    shop.ok(
        "set_reorder_rule",
        json!({"sku": "TEE", "node": "FAR", "supplier": "ACME",
        "reorder_point": 5, "order_up_to": 9, "unit_cost": "4"}),
    );
    let tiers = json!(["100 unfilled_units + 0.01 distance_km"]);
    let otherwise = json!({"lateness": "allowed", "line_split": "allowed", "tiers": tiers});
    shop.ok("set_policy", json!({"name": "p", "rules": rules, "otherwise": otherwise}));
    shop.receive("OPEN", "NEAR", "TEE", 10);
    shop.receive("OPEN/2", "FAR", "TEE", 2);
    let lines = json!([{"sku": "TEE", "qty": 8}]);
    shop.ok(
        "place_order",
        json!({"order": "1", "channel": "web", "to": {"lat": "0", "lon": "0"},
        "lines": lines}),
    );
    shop.ok("ship_order", json!({"order": "1", "node": "NEAR"}));
    shop
}

fn back() -> Value {
    json!([{"name": "home", "when": {},
        "then": {"flow": "back", "tiers": ["1 freight + 1 handling + 3 stock_out_risk + 10 load"]}}])
}

fn authorize(rma: &str, qty: i64) -> Value {
    json!({"rma": rma, "order": "1", "reason": "why", "lines": [{"line": 1, "qty": qty}]})
}

fn node(shop: &mut Shop, said: Value) -> String {
    shop.ok("authorize_return", said)["ReturnAuthorized"]["node"].as_str().expect("a node").to_owned()
}

fn describe(shop: &mut Shop, node: &str, more: Value) {
    let mut said = json!({"node": node});
    said.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    shop.ok("describe_node", said);
}

const NEAR: &str = "NEAR";
const FAR: &str = "FAR";

#[test]
fn without_a_rule_the_nearest_that_takes_returns() {
    let mut shop = shop(json!([]));
    assert_eq!(node(&mut shop, authorize("A", 1)), NEAR);
    describe(&mut shop, "NEAR", json!({"returns": "forbidden"}));
    assert_eq!(node(&mut shop, authorize("B", 1)), FAR);
    shop.ok("set_node_status", json!({"node": "FAR", "status": "closed", "reason": "why"}));
    shop.no("authorize_return", authorize("C", 1), "ReturnsNotAccepted");
}

#[test]
fn the_weights_decide_and_a_record_of_it_holds() {
    let mut shop = shop(back());
    // NEAR: 5 freight + 2 + 2 x 1 handling = 9. FAR: 9 + 1 + 2 x 0.50, less 2 x 3, for it has 2 TEE where
    // it reorders at 5: 5.
    let full = |rma: &str| {
        let mut said = authorize(rma, 2);
        said["detail"] = json!("full");
        said
    };
    let answer = shop.say("authorize_return", full("A"));
    let receipt = &answer["receipt"];
    assert_eq!(receipt["events"][0]["body"]["ReturnAuthorized"]["node"], FAR, "{answer}");
    let why = &receipt["explanation"];
    assert_eq!((&why["rule"], &why["cost"]), (&json!("home"), &json!([5_000_000])));
    assert_eq!(why["without"], json!([{"node": FAR, "cost": [9_000_000]}]));
    assert_eq!(
        why["summary"],
        "2 of 2 units to FAR, proved best; without FAR the plan would cost 4.00 more \
        in tier 1"
    );
    let record = json!({"record": why["record"]});
    let check = shop.ask("recheck", record);
    assert_eq!(check["holds"], true, "{check}");
    // With 8 there nobody waits for them: 11 against 9.
    shop.receive("MORE", "FAR", "TEE", 6);
    assert_eq!(node(&mut shop, full("B")), NEAR);
    // 2 of the 4 units that NEAR takes a day are booked, half of its day: 9 + 5 = 14 against 11.
    describe(&mut shop, "NEAR", json!({"returns_capacity": {"units": 4}}));
    let answer = shop.say("authorize_return", full("C"));
    let why = &answer["receipt"]["explanation"];
    assert_eq!((&why["cost"], &why["without"][0]["cost"]), (&json!([11_000_000]), &json!([14_000_000])));
    let check = shop.ask("recheck", json!({"record": why["record"]}));
    assert_eq!(check["holds"], true, "{check}");
}

#[test]
fn a_day_that_is_full_and_what_a_node_cannot_do_fall_out() {
    let mut shop = shop(json!([]));
    describe(&mut shop, "NEAR", json!({"returns_capacity": {"units": 3}, "dispositions": ["restock"]}));
    assert_eq!(node(&mut shop, authorize("A", 2)), NEAR);
    let event = shop.ok("authorize_return", authorize("B", 2));
    let said = &event["ReturnAuthorized"];
    assert_eq!(said["node"], FAR, "2 and 2 are more than 3 a day");
    assert_eq!(said["decision"]["fell_out"], json!([["at_capacity", 1]]));
    shop.wait(1);
    let mut scrap = authorize("C", 1);
    scrap["expects"] = json!("scrap");
    let event = shop.ok("authorize_return", scrap.clone());
    assert_eq!(event["ReturnAuthorized"]["node"], FAR);
    assert_eq!(event["ReturnAuthorized"]["decision"]["fell_out"], json!([["rejected", 1]]));
    (scrap["rma"], scrap["node"]) = (json!("D"), json!("NEAR"));
    shop.no("authorize_return", scrap, "ReturnsNotAccepted");
    assert_eq!(node(&mut shop, authorize("E", 2)), NEAR, "another day");
}

#[test]
fn nobody_waits_for_what_comes_back_so_it_comes_by_the_cheapest_service() {
    let mut shop =
        shop(json!([{"name": "home", "when": {}, "then": {"flow": "back", "tiers": ["1 freight"]}}]));
    let zones = json!([{"up_to_km": 500, "base": "30", "per_kg": "0", "transit_hours": 6}]);
    shop.ok("define_service", json!({"service": "AIR", "zones": zones}));
    // NEAR for 5.00 by ground or 30.00 by air, FAR for 9.00 by ground.
    let mut said = authorize("A", 1);
    said["detail"] = json!("full");
    let answer = shop.say("authorize_return", said);
    assert_eq!(answer["receipt"]["events"][0]["body"]["ReturnAuthorized"]["node"], NEAR, "{answer}");
    assert_eq!(answer["receipt"]["explanation"]["cost"], json!([5_000_000]));
    let check = shop.ask("recheck", json!({"record": answer["receipt"]["explanation"]["record"]}));
    assert_eq!(check["holds"], true, "{check}");
}

#[test]
fn where_each_node_is_full_another_day_is_asked_for() {
    let mut shop = shop(json!([]));
    for node in [NEAR, FAR] {
        describe(&mut shop, node, json!({"returns_capacity": {"units": 2}}));
    }
    assert_eq!(node(&mut shop, authorize("A", 2)), NEAR);
    assert_eq!(node(&mut shop, authorize("B", 1)), FAR);
    let facts = shop.no("authorize_return", authorize("C", 2), "ReturnDaysFull");
    assert_eq!(facts["order"], "1");
    let mut there = authorize("C", 2);
    there["node"] = json!(FAR);
    assert_eq!(node(&mut shop, there), FAR, "one that is named is not asked for its day");
    // What has been graded had its place that day.
    shop.ok(
        "check_in_return",
        json!({"rma": "A", "order": "1", "node": NEAR, "lines": [{"line": 1, "qty": 2}]}),
    );
    let graded = json!([{"line": 1, "qty": 2, "disposition": "restock"}]);
    shop.ok("receive_return", json!({"rma": "A", "order": "1", "node": NEAR, "lines": graded}));
    shop.no("authorize_return", authorize("E", 1), "ReturnDaysFull");
    shop.wait(1);
    assert_eq!(node(&mut shop, authorize("D", 2)), NEAR);
}

#[test]
fn another_companys_node_takes_nothing_back() {
    let mut shop = shop(json!([]));
    for company in ["US", "EU"] {
        shop.ok("define_company", json!({"company": company}));
    }
    shop.ok("describe_channel", json!({"channel": "web", "company": "US"}));
    describe(&mut shop, "NEAR", json!({"company": "EU"}));
    assert_eq!(node(&mut shop, authorize("A", 1)), FAR);
}

#[test]
fn a_rule_of_returns_is_checked_when_it_is_set() {
    let mut shop = shop(json!([]));
    let tiers = |tier: &str, flow: &str| json!({"flow": flow, "tiers": [tier]});
    let otherwise = tiers("1 distance_km", "out");
    let mut no = |rule: Value, otherwise: &Value| {
        let rules = json!([{"name": "r", "when": {}, "then": rule}]);
        let policy = json!({"name": "q", "rules": rules, "otherwise": otherwise});
        shop.no("set_policy", policy, "InvalidField")["field"].clone()
    };
    assert_eq!(no(tiers("1 margin", "back"), &otherwise), "margin");
    assert_eq!(no(tiers("1 load", "out"), &otherwise), "load");
    assert_eq!(no(tiers("1 freight", "back"), &tiers("1 freight", "back")), "otherwise.flow");
}
