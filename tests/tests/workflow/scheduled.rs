//! Orders for a later date: promised out of supply that is to come by then, called off a blanket in parts.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

/// A shop with 10 tees, 20 more to come on the 20th of January and 20 on the 10th of February.
fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "customer"}));
    shop.ok("define_sku", json!({"sku": "TEE", "price": "20"}));
    let place = json!({"lat": "39.53", "lon": "-119.81"});
    shop.ok("define_node", json!({"node": "RENO", "kind": "warehouse", "place": place}));
    shop.ok("define_supplier", json!({"supplier": "ACME", "lead_time_days": 9, "expedite_days": 3}));
    for channel in ["web", "trade"] {
        shop.ok("define_channel", json!({"channel": channel, "promise_hours": 96}));
    }
    rule(&mut shop, "backorder", "allowed");
    shop.receive("R", "RENO", "TEE", 10);
    for (number, at) in [("P1", "2026-01-20T00:00:00Z"), ("P2", "2026-02-10T00:00:00Z")] {
        let lines = json!([{"sku": "TEE", "qty": 20, "unit_cost": "4"}]);
        let buy = json!({"purchase_order": number, "supplier": "ACME", "node": "RENO", "lines": lines,
            "expected_at": at});
        shop.ok("place_purchase_order", buy);
    }
    shop
}

fn rule(shop: &mut Shop, shortage: &str, line_split: &str) {
    let tiers = json!([[{"measure": "unfilled_units", "weight": "1"}]]);
    let rule = json!({"tiers": tiers, "shortage": shortage, "line_split": line_split, "lateness": "allowed"});
    shop.ok("set_policy", json!({"name": "p", "otherwise": rule}));
}

fn order(number: &str, qty: i64, terms: Value) -> Value {
    let to = json!({"lat": "34.05", "lon": "-118.24"});
    let lines = json!([{"sku": "TEE", "qty": qty}]);
    json!({"order": number, "channel": "trade", "to": to, "lines": lines, "terms": terms})
}

fn on(date: &str) -> Value {
    json!({"customer": "acme", "ship_from": format!("{date}T00:00:00Z")})
}

/// What is reserved and waits of an order's first line.
fn line(shop: &mut Shop, number: &str) -> (i64, i64) {
    let view = shop.ask("order", json!({"document": number}));
    let qty = |field: &str| view["lines"][0][field].as_i64().expect("units");
    (qty("reserved"), qty("backordered"))
}

fn receive(shop: &mut Shop, number: &str, purchase: &str, qty: i64) {
    let lines = json!([{"sku": "TEE", "qty": qty, "unit_cost": "4"}]);
    let receipt = json!({"receipt": number, "node": "RENO", "purchase_order": purchase, "lines": lines});
    shop.ok("receive_goods", receipt);
}

#[test]
fn a_scheduled_order_keeps_only_what_no_supply_covers_by_its_date() {
    let mut shop = shop();
    shop.ok("place_order", order("A", 15, on("2026-01-25")));
    assert_eq!(line(&mut shop, "A"), (0, 15), "P1 brings 20 by then");
    assert_eq!(shop.stock("TEE", "RENO"), (10, 10), "what is there may go to others until then");
    shop.ok("place_order", order("B", 12, on("2026-01-28")));
    assert_eq!(line(&mut shop, "B"), (7, 5), "five are left of P1; seven are there");
    shop.ok("place_order", order("C", 10, on("2026-03-01")));
    assert_eq!(line(&mut shop, "C"), (0, 10), "P2 brings 20 by then");
    // Earlier than any supply there are three, and nothing that was promised is taken.
    rule(&mut shop, "refuse", "allowed");
    let facts = shop.no("place_order", order("D", 4, on("2026-01-08")), "StockShort");
    assert_eq!((&facts["asked"], &facts["available"]), (&json!(4), &json!(3)));
    shop.no("place_order", order("D", 14, on("2026-02-20")), "StockShort");
    shop.ok("place_order", order("D", 13, on("2026-02-20")));
    assert_eq!(line(&mut shop, "D"), (3, 10), "of P2 ten are promised to C, which comes later");
    let atp = shop.ask("atp", json!({"sku": "TEE", "days": 60}));
    let days = atp["days"].as_array().expect("days");
    assert!(days.iter().all(|day| day["projected"].as_i64() >= Some(0)), "every promise can be kept: {atp}");
    assert_eq!(days.last().expect("a day")["atp"], 0);
}

#[test]
fn goods_that_come_in_go_to_who_needs_them_then() {
    let mut shop = shop();
    shop.ok("place_order", order("LATER", 20, on("2026-02-15")));
    shop.ok("place_order", order("SOON", 15, on("2026-01-22")));
    shop.ok("place_order", order("NOW", 14, json!({})));
    assert_eq!(line(&mut shop, "NOW"), (10, 4));
    receive(&mut shop, "R1", "P1", 20);
    assert_eq!(line(&mut shop, "NOW"), (14, 0), "it waited before the others");
    assert_eq!(line(&mut shop, "SOON"), (15, 0), "P2 is too late for it");
    assert_eq!(line(&mut shop, "LATER"), (0, 20), "P2 is in time for it");
    assert_eq!(shop.stock("TEE", "RENO"), (30, 1));
    receive(&mut shop, "R2", "P2", 20);
    assert_eq!(line(&mut shop, "LATER"), (20, 0));
}

#[test]
fn nothing_leaves_before_its_date_and_what_has_not_come_is_sourced_then() {
    let mut shop = shop();
    shop.ok("place_order", order("B", 25, on("2026-01-28")));
    assert_eq!(line(&mut shop, "B"), (5, 20));
    let view = shop.ask("order", json!({"document": "B"}));
    assert_eq!(view["deliver_by"], "2026-02-01T00:00:00Z", "the channel's promise from then on");
    assert_eq!(view["parcels"][0]["ship_at"], "2026-01-28T00:00:00Z");
    let facts = shop.no("ship_order", json!({"order": "B", "node": "RENO"}), "TooSoon");
    assert_eq!(facts["leaves_at"], "2026-01-28T00:00:00Z");
    // P1 does not come. On the day five more are taken from what is there, and somebody hears of the rest.
    assert_eq!(shop.advance("2026-01-27T00:00:00Z"), ["ExceptionsRaised", "TimeAdvanced"], "P1 is overdue");
    assert_eq!(shop.advance("2026-01-28T00:00:00Z"), ["OrderReallocated", "TimeAdvanced"]);
    assert_eq!((line(&mut shop, "B"), shop.stock("TEE", "RENO")), ((10, 15), (10, 0)));
    assert_eq!(shop.codes(), ["supplier_late", "promise_at_risk"]);
    let text = json!({"id": "s", "at": "2026-01-28T01:00:00Z", "command":
        {"ship_order": {"order": "B", "node": "RENO"}}});
    assert!(shop.book.execute_json(text.to_string().as_bytes()).contains("OrderShipped"));
    assert_eq!(shop.advance("2026-02-05T00:00:00Z"), ["TimeAdvanced"], "it falls due once");
}

#[test]
fn a_blanket_order_is_called_off_in_parts_at_its_price() {
    let mut shop = shop();
    let mut blanket = order("B", 40, on("2026-03-31"));
    blanket["lines"][0]["price"] = json!("15");
    shop.ok("place_order", blanket);
    assert_eq!((line(&mut shop, "B"), shop.stock("TEE", "RENO")), ((0, 40), (10, 10)));
    let call = |number: &str, qty: i64, from: Option<&str>| {
        let mut terms = json!({"customer": "acme", "calls_off": "B"});
        if let Some(from) = from {
            terms["ship_from"] = json!(format!("{from}T00:00:00Z"));
        }
        order(number, qty, terms)
    };
    shop.ok("place_order", call("C1", 8, None));
    assert_eq!(line(&mut shop, "C1"), (8, 0), "of what is there");
    assert_eq!(line(&mut shop, "B"), (0, 32));
    assert_eq!(shop.ask("order", json!({"document": "C1"}))["lines"][0]["price"], "15.00", "as agreed");
    // 18 of P1's 20: nothing of the blanket is in the way of its own call-off.
    shop.ok("place_order", call("C2", 18, Some("2026-01-25")));
    assert_eq!((line(&mut shop, "C2"), line(&mut shop, "B")), ((0, 18), (0, 14)));
    let facts = shop.no("place_order", call("C3", 15, None), "MoreThanOpen");
    assert_eq!((&facts["document"], &facts["open"]), (&json!("B"), &json!(14)));
    let mut other = call("C3", 1, None);
    other["channel"] = json!("web");
    shop.no("place_order", other, "InvalidField");
    let mut other = call("C3", 1, None);
    other["terms"]["customer"] = json!("else");
    shop.no("place_order", other, "InvalidField");
    let mut other = call("C3", 1, None);
    other["terms"]["calls_off"] = json!("C1");
    shop.no("place_order", other, "InvalidField");
    other = call("C3", 1, Some("2026-01-25"));
    other["deliver_by"] = json!("2026-01-24T00:00:00Z");
    shop.no("place_order", other, "InvalidField");
    shop.ok("cancel_order", json!({"order": "B", "reason": "customer"}));
    assert_eq!(shop.ask("order", json!({"document": "B"}))["state"], "cancelled");
    let due = shop.advance("2026-04-01T00:00:00Z");
    // C2 alone falls due; it waits as a backorder from its date on, and gets too old. What was bought is late.
    let raised = due.iter().filter(|name| *name == "ExceptionsRaised").count();
    assert_eq!((due[0].as_str(), raised, due.len()), ("OrderReallocated", 3, 5), "{due:?}");
    let late = |code: &String| code == "supplier_late";
    assert_eq!(shop.codes().iter().filter(|code| late(code)).count(), 2);
    let others: Vec<String> = shop.codes().into_iter().filter(|code| !late(code)).collect();
    assert_eq!(others, ["promise_at_risk", "backorder_aged"]);
}

#[test]
fn a_blanket_counts_once_against_the_credit_limit_and_its_stock_goes_along() {
    let mut shop = shop();
    shop.ok("set_parameter", json!({"parameter": "credit_limit", "value": "1000", "reason": "terms"}));
    for purchase in ["P1", "P2"] {
        shop.ok("cancel_purchase_order", json!({"purchase_order": purchase, "reason": "customer"}));
    }
    shop.ok("place_order", order("B", 45, on("2026-03-31")));
    assert_eq!(line(&mut shop, "B"), (10, 35), "nothing is to come: it keeps what is there");
    let terms = json!({"customer": "acme", "calls_off": "B"});
    shop.ok("place_order", order("C", 40, terms));
    assert_eq!((line(&mut shop, "B"), line(&mut shop, "C")), ((5, 0), (5, 35)), "what waits goes first");
    assert_eq!(shop.codes(), [""; 0], "900 are owed for both, 1,000 may be");
    shop.ok("place_order", order("E", 6, json!({"customer": "acme"})));
    assert_eq!(shop.codes(), ["credit_limit"], "1,020 are too much");
}

/// What waits of an order for its date still waits for supply when a node gives back what was reserved.
#[test]
fn supply_is_not_promised_twice_when_a_node_rejects_a_scheduled_order() {
    let mut shop = shop();
    let place = json!({"lat": "40.6", "lon": "-75.47"});
    shop.ok("define_node", json!({"node": "ALLEN", "kind": "warehouse", "place": place}));
    shop.ok("place_order", order("B", 25, on("2026-01-28")));
    assert_eq!(line(&mut shop, "B"), (5, 20), "P1 brings 20 by then");
    shop.receive("R2", "ALLEN", "TEE", 6);
    shop.ok("reject_allocation", json!({"order": "B", "node": "RENO", "reason": "customer"}));
    assert_eq!(line(&mut shop, "B"), (5, 20), "the five come from elsewhere: P1's 20 are taken");
    assert_eq!(shop.stock("TEE", "ALLEN"), (6, 1));
    shop.no("ship_order", json!({"order": "B", "node": "ALLEN"}), "TooSoon");
    // Planned anew whole, it may have them again, and nothing more.
    shop.ok("reallocate_order", json!({"order": "B", "reason": "customer"}));
    assert_eq!(line(&mut shop, "B"), (5, 20));
    let days = &shop.ask("atp", json!({"sku": "TEE", "days": 60}))["days"];
    assert!(days.as_array().expect("days").iter().all(|day| day["projected"].as_i64() >= Some(0)), "{days}");
}

/// A lot that does on an order's date is planned for it, however far time jumps past that date.
#[test]
fn lots_are_judged_as_of_the_date_that_has_come() {
    let reserved = |steps: &[&str]| {
        let mut shop = shop();
        shop.ok("define_sku", json!({"sku": "MILK", "price": "2"}));
        shop.ok("describe_sku", json!({"sku": "MILK", "tracking": "lot", "pick_order": "fefo"}));
        shop.ok("describe_channel", json!({"channel": "trade", "remaining_life_days": 5, "why": "shops"}));
        let lines = json!([{"sku": "MILK", "qty": 4, "unit_cost": "1", "place": {"lot": "A"},
            "expires_at": "2026-01-26T00:00:00Z"}]);
        shop.ok("receive_goods", json!({"receipt": "M", "node": "RENO", "lines": lines}));
        let mut milk = order("M", 5, on("2026-01-20"));
        milk["lines"][0]["sku"] = json!("MILK");
        shop.ok("place_order", milk);
        assert_eq!(line(&mut shop, "M"), (4, 1), "one waits, so that its date comes");
        let told: Vec<String> = steps.iter().flat_map(|at| shop.advance(at)).collect();
        assert_eq!(told.iter().filter(|name| *name == "OrderReallocated").count(), 1, "{told:?}");
        line(&mut shop, "M")
    };
    assert_eq!(reserved(&["2026-01-20T00:00:00Z", "2026-01-23T00:00:00Z"]), (4, 1));
    assert_eq!(reserved(&["2026-01-23T00:00:00Z"]), (4, 1), "as if time had gone there day by day");
}
