//! Purchase orders that are agreed anew after they were sent.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

/// A shop without stock that has bought 20 tees at 8.00 and 10 mugs at 3.00.
fn shop() -> Shop {
    let mut shop = Shop::east_and_mid();
    shop.ok("define_sku", json!({"sku": "TEE", "price": "20"}));
    shop.ok("define_sku", json!({"sku": "MUG", "price": "12"}));
    shop.ok("define_supplier", json!({"supplier": "ACME", "lead_time_days": 14, "expedite_days": 3}));
    let lines = json!([{"sku": "TEE", "qty": 20, "unit_cost": "8"},
        {"sku": "MUG", "qty": 10, "unit_cost": "3"}]);
    let buy = json!({"purchase_order": "P", "supplier": "ACME", "node": "EAST", "lines": lines});
    shop.ok("place_purchase_order", buy);
    let confirm = json!({"purchase_order": "P", "expected_at": "2026-01-15T00:00:00Z"});
    shop.ok("confirm_purchase_order", confirm);
    shop
}

fn change(lines: Value) -> Value {
    json!({"purchase_order": "P", "reason": "why", "lines": lines})
}

fn on_order(shop: &mut Shop, sku: &str) -> i64 {
    let rows = shop.ask("stock", json!({"sku": sku, "node": "EAST"}));
    rows[0]["on_order"].as_i64().expect("a number")
}

fn lines(shop: &mut Shop) -> Vec<(i64, i64, String)> {
    let view = shop.ask("purchase_order", json!({"document": "P"}));
    let number = |line: &Value, field: &str| line[field].as_i64().expect("a number");
    let one = |line: &Value| {
        let cost = line["unit_cost"].as_str().expect("text").to_owned();
        (number(line, "qty"), number(line, "received"), cost)
    };
    view["lines"].as_array().expect("lines").iter().map(one).collect()
}

fn come(shop: &mut Shop, receipt: &str, sku: &str, qty: i64) -> Value {
    let lines = json!([{"sku": sku, "qty": qty}]);
    shop.ok(
        "receive_goods",
        json!({"receipt": receipt, "node": "EAST", "purchase_order": "P", "lines": lines}),
    )
}

fn order(shop: &mut Shop, number: &str, qty: i64) {
    let to = json!({"lat": "40", "lon": "-75"});
    let lines = json!([{"sku": "TEE", "qty": qty}]);
    shop.ok("place_order", json!({"order": number, "channel": "web", "to": to, "lines": lines}));
}

#[test]
fn quantities_prices_and_goods_of_a_sent_order_change_and_what_is_on_order_with_them() {
    let mut shop = shop();
    shop.ok("change_purchase_order", change(json!([{"line": 1, "qty": 26}, {"line": 2, "qty": 4}])));
    assert_eq!((on_order(&mut shop, "TEE"), on_order(&mut shop, "MUG")), (26, 4));
    shop.ok("define_sku", json!({"sku": "CAP", "price": "9"}));
    let add = json!([{"sku": "CAP", "qty": 7, "unit_cost": "2"}]);
    let more = json!({"purchase_order": "P", "reason": "why", "add": add,
        "expected_at": "2026-01-12T00:00:00Z"});
    shop.ok("change_purchase_order", more);
    assert_eq!(on_order(&mut shop, "CAP"), 7);
    assert_eq!(shop.ask("purchase_order", json!({"document": "P"}))["expected_at"], "2026-01-12T00:00:00Z");
    // Ten came at 8.00; the sixteen that are still to come cost 9.00.
    come(&mut shop, "R-1", "TEE", 10);
    shop.ok("change_purchase_order", change(json!([{"line": 1, "unit_cost": "9"}])));
    let want = [(10, 10, "8.00"), (4, 0, "3.00"), (7, 0, "2.00"), (16, 0, "9.00")];
    let want = want.map(|(qty, received, cost)| (qty, received, cost.to_owned()));
    assert_eq!(lines(&mut shop), want);
    assert_eq!(on_order(&mut shop, "TEE"), 16);
    let event = come(&mut shop, "R-2", "TEE", 16);
    assert_eq!(event["GoodsReceived"]["lines"][0]["value"], "144.00");
    assert_eq!(on_order(&mut shop, "TEE"), 0);
}

#[test]
fn what_cannot_be_changed_is_refused() {
    let mut shop = shop();
    come(&mut shop, "R-1", "TEE", 8);
    let facts = shop.no("change_purchase_order", change(json!([{"line": 1, "qty": 7}])), "BelowReceived");
    assert_eq!((&facts["asked"], &facts["least"]), (&json!(7), &json!(8)));
    let twice = json!([{"line": 1, "qty": 9}, {"line": 1, "qty": 10}]);
    shop.no("change_purchase_order", change(twice), "InvalidField");
    shop.no("change_purchase_order", change(json!([{"line": 3, "qty": 9}])), "UnknownLine");
    shop.no("change_purchase_order", change(json!([])), "NoLines");
    let early = json!({"purchase_order": "P", "reason": "why", "expected_at": "2026-01-01T00:00:00Z"});
    shop.no("change_purchase_order", early, "InvalidInstant");
    let came = json!([{"line": 1, "qty": 8, "unit_cost": "9"}]);
    shop.no("change_purchase_order", change(came), "InvalidField");
    shop.ok("change_purchase_order", change(json!([{"line": 1, "qty": 8}, {"line": 2, "qty": 0}])));
    assert_eq!(shop.ask("purchase_order", json!({"document": "P"}))["state"], "received");
    shop.no("change_purchase_order", change(json!([{"line": 1, "qty": 9}])), "IllegalStep");
}

#[test]
fn an_order_that_waits_for_what_does_not_come_any_more_is_a_promise_at_risk() {
    let mut shop = shop();
    order(&mut shop, "A", 12);
    order(&mut shop, "B", 6);
    // Twenty less five: A and three of B's six are covered.
    shop.ok("change_purchase_order", change(json!([{"line": 1, "qty": 15}])));
    let rows = shop.ask("exceptions", json!({}));
    assert_eq!(shop.codes(), ["promise_at_risk"]);
    assert_eq!((&rows[0]["opened"]["order"], &rows[0]["opened"]["qty"]), (&json!("B"), &json!(3)));
    // More again is nobody's loss; a later day is the buyer's to look at.
    shop.ok("change_purchase_order", change(json!([{"line": 1, "qty": 18}])));
    let later = json!({"purchase_order": "P", "reason": "why", "expected_at": "2026-01-20T00:00:00Z"});
    shop.ok("change_purchase_order", later);
    assert_eq!(shop.codes(), ["promise_at_risk", "supplier_late"]);
}

/// Who needs agreement to buy above a limit needs it to buy more too: by what is added, not by what stands.
#[test]
fn what_is_added_above_a_limit_waits_for_agreement() {
    let mut shop = shop();
    shop.ok("define_role", json!({"role": "head"}));
    shop.ok("grant_roles", json!({"actor": "ann", "roles": ["head"]}));
    let rule = json!({"command": "place_purchase_order", "above": "40", "role": "head", "expires_hours": 24});
    shop.ok("set_approval_rule", rule);
    shop.ok("change_purchase_order", change(json!([{"line": 1, "qty": 25}])));
    // Ten less of one does not pay for five more of the other at 8.00 and a cent.
    let more = json!([{"line": 1, "qty": 30, "unit_cost": "8.01"}, {"line": 2, "qty": 1}]);
    let event = shop.say_as("bob", "change_purchase_order", change(more));
    let body = &event["receipt"]["events"][0]["body"];
    assert_eq!(body["ApprovalRequested"]["measured"], "40.30", "{event}");
    assert_eq!(on_order(&mut shop, "TEE"), 25);
    let answer = shop.say_as("ann", "approve_command", json!({"approval": 1, "evidence": "seen"}));
    assert!(answer["receipt"].is_object(), "{answer}");
    assert_eq!((on_order(&mut shop, "TEE"), on_order(&mut shop, "MUG")), (30, 1));
}

#[test]
fn no_more_than_was_asked_for_and_agreed_to() {
    let mut shop = shop();
    let lines = json!([{"sku": "TEE", "qty": 10}]);
    let ask = json!({"purchase_order": "Q", "supplier": "ACME", "node": "EAST", "lines": lines});
    shop.say_as("bob", "request_purchase", ask);
    shop.say_as("ann", "approve_request", json!({"kind": "purchase", "document": "Q"}));
    let lines = json!([{"sku": "TEE", "qty": 8, "unit_cost": "8"}]);
    let buy = json!({"purchase_order": "Q", "supplier": "ACME", "node": "EAST", "lines": lines});
    shop.ok("place_purchase_order", buy);
    let change =
        |qty: i64| json!({"purchase_order": "Q", "reason": "why", "lines": [{"line": 1, "qty": qty}]});
    shop.ok("change_purchase_order", change(10));
    shop.no("change_purchase_order", change(11), "MoreThanOpen");
}

/// The bill is matched against what was agreed to last.
#[test]
fn the_match_three_ways_follows() {
    for (price, codes) in [("9", 0), ("8", 1)] {
        let mut shop = shop();
        shop.ok("change_purchase_order", change(json!([{"line": 1, "unit_cost": price}])));
        come(&mut shop, "R-1", "TEE", 20);
        let lines = json!([{"sku": "TEE", "qty": 20, "amount": "180"}]);
        let bill = json!({"invoice": "I", "supplier": "ACME", "purchase_order": "P", "lines": lines});
        shop.ok("receive_supplier_invoice", bill);
        assert_eq!(shop.codes().len(), codes, "{price}: {:?}", shop.codes());
    }
}

/// Each unit is billed once at what it was ordered for: ten tees at 8.00 and ten at 9.00, not at 9.00 twice.
#[test]
fn what_came_at_one_price_is_not_matched_at_another() {
    for (first, codes) in [("90", vec!["three_way_mismatch"]), ("80", vec![])] {
        let mut shop = shop();
        come(&mut shop, "R-1", "TEE", 10);
        shop.ok("change_purchase_order", change(json!([{"line": 1, "unit_cost": "9"}])));
        come(&mut shop, "R-2", "TEE", 10);
        for (number, amount) in [("I-1", first), ("I-2", "90")] {
            let lines = json!([{"sku": "TEE", "qty": 10, "amount": amount}]);
            let bill = json!({"invoice": number, "supplier": "ACME", "purchase_order": "P", "lines": lines});
            shop.ok("receive_supplier_invoice", bill);
        }
        assert_eq!(shop.codes(), codes, "{first}");
    }
}

/// Ten came at 8.00, five at 9.00, and of the first line, which was raised, five more at 8.00: each receipt is
/// matched at the line that it came on.
#[test]
fn what_came_is_matched_at_the_line_that_it_came_on() {
    for (last, codes) in [("40", vec![]), ("45", vec!["three_way_mismatch"])] {
        let mut shop = shop();
        come(&mut shop, "R-1", "TEE", 10);
        shop.ok("change_purchase_order", change(json!([{"line": 1, "unit_cost": "9"}])));
        come(&mut shop, "R-2", "TEE", 5);
        shop.ok("change_purchase_order", change(json!([{"line": 1, "qty": 15}])));
        come(&mut shop, "R-3", "TEE", 5);
        for (number, qty, amount) in [("I-1", 10, "80"), ("I-2", 5, "45"), ("I-3", 5, last)] {
            let lines = json!([{"sku": "TEE", "qty": qty, "amount": amount}]);
            let bill = json!({"invoice": number, "supplier": "ACME", "purchase_order": "P", "lines": lines});
            shop.ok("receive_supplier_invoice", bill);
        }
        assert_eq!(shop.codes(), codes, "{last}");
    }
}

/// What is announced is on its way, on whichever line it stands by now.
#[test]
fn what_is_announced_is_not_announced_again_nor_struck() {
    let mut shop = shop();
    come(&mut shop, "R-1", "TEE", 5);
    let announce = |asn: &str, line: u32, qty: i64| {
        json!({"asn": asn, "purchase_order": "P", "arrives_at": "2026-01-10T00:00:00Z",
            "lines": [{"line": line, "qty": qty}]})
    };
    shop.ok("announce_shipment", announce("A", 1, 15));
    let facts = shop.no("change_purchase_order", change(json!([{"line": 1, "qty": 19}])), "BelowReceived");
    assert_eq!((&facts["asked"], &facts["least"]), (&json!(19), &json!(20)));
    shop.ok("change_purchase_order", change(json!([{"line": 1, "unit_cost": "9"}])));
    let facts = shop.no("announce_shipment", announce("B", 3, 15), "MoreThanOpen");
    assert_eq!((&facts["asked"], &facts["open"]), (&json!(15), &json!(0)));
    let facts = shop.no("change_purchase_order", change(json!([{"line": 3, "qty": 10}])), "BelowReceived");
    assert_eq!((&facts["asked"], &facts["least"]), (&json!(10), &json!(15)));
    shop.ok("change_purchase_order", change(json!([{"line": 3, "qty": 18}])));
    shop.no("announce_shipment", announce("B", 3, 4), "MoreThanOpen");
    shop.ok("announce_shipment", announce("B", 3, 3));
}
