//! Exceptions that the book raises by itself, and their resolutions, which can be said as they are offered.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "why"}));
    shop.ok("define_sku", json!({"sku": "TEE", "price": "20"}));
    shop.ok("define_sku", json!({"sku": "MUG", "price": "12"}));
    shop.ok("define_supplier", json!({"supplier": "ACME", "lead_time_days": 14, "expedite_days": 3}));
    for node in ["RENO", "ALLEN"] {
        let place = json!({"lat": "39.53", "lon": "-119.81"});
        shop.ok("define_node", json!({"node": node, "kind": "warehouse", "place": place}));
    }
    for channel in ["web", "market"] {
        shop.ok("define_channel", json!({"channel": channel, "promise_hours": 96}));
    }
    for code in ["wrong_goods", "supplier_late", "damaged_goods", "planned_at_closed_node"] {
        let rule = json!({"code": code, "queue": "desk", "owner": "lead", "due_hours": 24, "reason": "why"});
        shop.ok("set_exception_rule", rule);
    }
    let lines = json!([{"sku": "TEE", "qty": 10, "unit_cost": "8"}]);
    shop.ok(
        "place_purchase_order",
        json!({"purchase_order": "P", "supplier": "ACME", "node": "RENO", "lines": lines}),
    );
    shop
}

/// The command by which an exception may be resolved, as it is offered.
fn way(shop: &mut Shop, exception: u32, word: &str) -> Value {
    let case = shop.ask("exception", json!({"exception": exception}));
    let ways = case["resolutions"].as_array().expect("ways").clone();
    let way = ways.iter().find(|way| way["command"] == word).expect("it is allowed");
    let said: Value = serde_json::from_str(way["prefilled"].as_str().expect("text")).expect("JSON");
    said[word].clone()
}

fn take(shop: &mut Shop, exception: u32, word: &str) -> Value {
    let said = way(shop, exception, word);
    shop.ok(word, said)
}

fn wrong(number: &str) -> Value {
    let lines = json!([{"sku": "TEE", "qty": 2}, {"sku": "MUG", "qty": 3, "unit_cost": "5"}]);
    json!({"receipt": number, "node": "RENO", "purchase_order": "P", "lines": lines})
}

/// The two units of order 2 lie at the node for whoever picks them up, until nobody does.
fn is_not_picked_up(shop: &mut Shop) {
    shop.ok("release_wave", json!({"wave": "W", "node": "RENO"}));
    let lines = json!([{"line": 1, "qty": 2}]);
    shop.ok("record_pick", json!({"order": "2", "node": "RENO", "picked": lines}));
    let cartons = json!([{"carton": "C", "lines": lines}]);
    shop.ok("pack_order", json!({"order": "2", "node": "RENO", "cartons": cartons}));
    shop.wait(8);
    shop.ok("advance_time", json!({}));
    assert_eq!(shop.codes(), ["delivery_failed", "pickup_expired"]);
}

#[test]
fn what_was_not_ordered_waits_in_inspection_at_what_is_declared() {
    let mut shop = shop();
    let mut said = wrong("R-1");
    said["lines"][1] = json!({"sku": "MUG", "qty": 3});
    let need = shop.no("receive_goods", said.clone(), "InvalidField")["need"].clone();
    assert_eq!(need, "a cost for own goods that no purchase order has");
    let event = shop.ok("receive_goods", wrong("R-1"));
    let line = &event["GoodsReceived"]["lines"][1];
    assert_eq!(
        (&line["value"], &line["on_order"], &line["place"]["condition"]),
        (&json!("15.00"), &json!(0), &json!("inspection"))
    );
    assert_eq!((shop.stock("MUG", "RENO"), shop.stock("TEE", "RENO")), ((3, 0), (2, 2)));
    let on_order = shop.ask("stock", json!({"sku": "TEE", "node": "RENO"}))[0]["on_order"].clone();
    assert_eq!(on_order, 8, "the order has what it had open, less 2");
    said["lines"][1]["zero_cost_reason"] = json!("why");
    said["receipt"] = json!("R-2");
    let event = shop.ok("receive_goods", said);
    assert_eq!(event["GoodsReceived"]["lines"][1]["value"], "0.00");
    let rows = shop.ask("exceptions", json!({}));
    let told = |at: usize| (rows[at]["subject"].clone(), rows[at]["opened"]["qty"].clone());
    assert_eq!(shop.codes(), ["wrong_goods", "wrong_goods"]);
    assert_eq!((told(0), told(1)), ((json!("R-1"), json!(3)), (json!("R-2"), json!(3))));
}

#[test]
fn wrong_goods_go_back_or_into_stock_or_away_as_it_is_offered() {
    let mut shop = shop();
    shop.ok("receive_goods", wrong("R-1"));
    let event = take(&mut shop, 1, "return_to_vendor");
    assert_eq!(event["VendorReturnShipped"]["lines"][0]["credit"], "15.00", "what he asked for them");
    assert_eq!(shop.stock("MUG", "RENO"), (0, 0));
    shop.ok("receive_goods", wrong("R-2"));
    take(&mut shop, 2, "move_stock");
    assert_eq!(shop.stock("MUG", "RENO"), (3, 3), "they are accepted");
    shop.ok("receive_goods", wrong("R-3"));
    take(&mut shop, 3, "adjust_stock");
    assert_eq!(shop.stock("MUG", "RENO"), (3, 3), "they are scrapped");
}

#[test]
fn what_the_state_knows_is_filled_in() {
    let mut shop = shop();
    let late = json!({"purchase_order": "P", "expected_at": "2026-03-01T00:00:00Z"});
    shop.ok("confirm_purchase_order", late);
    let event = take(&mut shop, 1, "place_purchase_order");
    let bought = &event["PurchaseOrderPlaced"];
    assert_eq!(
        (&bought["speed"], &bought["lines"][0]["qty"], &bought["lines"][0]["unit_cost"]),
        (&json!("expedited"), &json!(10), &json!("8.00")),
        "what is open, at what it cost"
    );
    take(&mut shop, 1, "cancel_purchase_order");
    shop.receive("OPEN", "RENO", "TEE", 10);
    let line = |qty: i64| json!([{"sku": "TEE", "qty": qty}]);
    shop.ok("ship_transfer", json!({"transfer": "T", "from": "RENO", "to": "ALLEN", "lines": line(4)}));
    shop.ok("raise_exception", json!({"code": "transfer_late", "subject": "T", "node": "ALLEN"}));
    take(&mut shop, 2, "receive_transfer");
    assert_eq!(shop.stock("TEE", "ALLEN"), (4, 4));
    let damaged = json!({"code": "damaged_goods", "sku": "TEE", "node": "ALLEN", "qty": 2});
    let (from, to) = (json!({}), json!({"condition": "damaged"}));
    shop.ok(
        "move_stock",
        json!({"movement": "M", "node": "ALLEN", "sku": "TEE", "qty": 2, "from": from,
        "to": to}),
    );
    shop.ok("raise_exception", damaged);
    take(&mut shop, 3, "adjust_stock");
    assert_eq!(shop.stock("TEE", "ALLEN"), (2, 2));
    shop.ok("place_order", order("1", "web", 1, None));
    shop.ok("set_node_status", json!({"node": "RENO", "status": "closed", "reason": "why"}));
    shop.ok("raise_exception", json!({"code": "planned_at_closed_node", "node": "RENO"}));
    assert_eq!(shop.codes().last().map(String::as_str), Some("planned_at_closed_node"));
    let last = u32::try_from(shop.ask("exceptions", json!({})).as_array().map_or(0, Vec::len)).expect("few");
    take(&mut shop, last, "set_node_status");
    let mut unknown = json!({"code": "wrong_goods", "queue": "q", "owner": "o", "due_hours": 1});
    unknown["reason"] = json!("nobody's");
    shop.no("set_exception_rule", unknown, "UnknownReason");
}

fn order(number: &str, channel: &str, qty: i64, price: Option<&str>) -> Value {
    let mut line = json!({"sku": "TEE", "qty": qty});
    if let Some(price) = price {
        line["price"] = json!(price);
    }
    json!({"order": number, "channel": channel, "to": {"lat": "34", "lon": "-118"}, "lines": [line]})
}

#[test]
fn a_price_beyond_its_tolerance_is_parked_and_told_to_pricing() {
    let mut shop = shop();
    shop.receive("OPEN", "RENO", "TEE", 10);
    shop.ok(
        "set_parameter",
        json!({"parameter": "price_tolerance_share", "scope": {"channel": "market"},
        "value": "0.1", "reason": "told"}),
    );
    let capture = |order: Value| json!({"order": order});
    let event = shop.ok("capture_order", capture(order("1", "market", 1, Some("22.01"))));
    let why = &event["OrderParked"]["faults"][0];
    assert_eq!(why, "`TEE` at 22.01 differs too much from its list price of 20.00");
    assert_eq!(shop.codes(), ["order_parked", "price_mismatch"]);
    shop.ok("capture_order", capture(order("2", "market", 1, Some("22"))));
    shop.ok("capture_order", capture(order("3", "web", 1, Some("30"))));
    assert_eq!(shop.codes(), ["order_parked", "price_mismatch"], "10 percent, and only there");
    shop.ok("capture_order", capture(order("4", "market", 1, Some("17.99"))));
    assert_eq!(shop.codes().len(), 4);
    shop.ok("place_order", order("1", "market", 1, Some("22.01")));
    shop.ok("place_order", order("4", "market", 1, Some("20")));
    assert!(shop.codes().is_empty(), "somebody took them all the same");
}

#[test]
fn what_a_channel_would_have_oversold_is_told_to_its_manager() {
    let mut shop = shop();
    let tiers = json!(["100 unfilled_units + 0.01 distance_km"]);
    let refuse =
        json!({"lateness": "allowed", "shortage": "refuse", "line_split": "allowed", "tiers": tiers});
    shop.ok("set_policy", json!({"name": "p", "otherwise": refuse}));
    shop.receive("OPEN", "RENO", "TEE", 10);
    shop.ok("capture_order", json!({"order": order("1", "market", 14, None)}));
    let rows = shop.ask("exceptions", json!({}));
    assert_eq!(shop.codes(), ["order_parked", "oversell_averted"]);
    assert_eq!(
        (&rows[1]["opened"]["sku"], &rows[1]["opened"]["qty"], &rows[1]["subject"]),
        (&json!("TEE"), &json!(4), &json!("1")),
        "14 were asked for, 10 are there"
    );
    assert_eq!(shop.stock("TEE", "RENO"), (10, 10));
}

/// What was lost is sent again without charge, what nobody picked up is paid back or ordered once more, as it
/// is offered; a feed is defined as it is, a day as it came.
#[test]
fn more_of_what_the_state_knows_is_filled_in() {
    let mut shop = shop();
    shop.receive("OPEN", "RENO", "TEE", 10);
    shop.ok("place_order", order("1", "web", 3, None));
    shop.ok("ship_order", json!({"order": "1", "node": "RENO"}));
    let failed = json!({"order": "1", "node": "RENO", "delivered": false, "note": "lost"});
    shop.ok("deliver_order", failed);
    assert_eq!(shop.codes(), ["delivery_failed"]);
    let event = take(&mut shop, 1, "place_order");
    let placed = &event["OrderPlaced"];
    assert_eq!(
        (&placed["order"], &placed["terms"]["replaces"], &placed["lines"][0]["qty"]),
        (&json!("exception-1"), &json!("1"), &json!(3))
    );
    assert_eq!(placed["lines"][0]["price"], "0.00", "he paid once");
    let mut pickup = order("2", "web", 2, None);
    pickup["terms"] = json!({"pickup": "RENO", "customer": "acme"});
    shop.ok("place_order", pickup);
    let paid = json!({"payment": "P-1", "order": "2", "amount": "40"});
    shop.ok("record_payment", paid);
    is_not_picked_up(&mut shop);
    let event = take(&mut shop, 2, "record_payment");
    assert_eq!(event["PaymentRecorded"]["amount"], "-40.00");
    let event = take(&mut shop, 2, "place_order");
    let placed = &event["OrderPlaced"];
    assert_eq!((&placed["lines"][0]["qty"], &placed["lines"][0]["price"]), (&json!(2), &json!("20.00")));
}

/// Which goods were lost, or not picked up, is said only where the book knows it.
#[test]
fn what_the_state_does_not_know_is_left_open() {
    let mut shop = shop();
    shop.receive("T", "RENO", "TEE", 10);
    shop.receive("M", "ALLEN", "MUG", 10);
    shop.receive("M-2", "RENO", "MUG", 1);
    let both = |number: &str, mugs: i64| {
        json!({"order": number, "channel": "web", "to": {"lat": "34", "lon": "-118"},
        "lines": [{"sku": "TEE", "qty": 2}, {"sku": "MUG", "qty": mugs}]})
    };
    shop.ok("place_order", both("1", 5));
    for node in ["RENO", "ALLEN"] {
        shop.ok("ship_order", json!({"order": "1", "node": node}));
    }
    shop.ok("deliver_order", json!({"order": "1", "node": "RENO", "delivered": false, "note": "lost"}));
    let offered = way(&mut shop, 1, "place_order");
    assert_eq!((&offered["terms"]["replaces"], &offered["lines"]), (&json!("1"), &Value::Null));
    let mut pickup = both("2", 1);
    pickup["terms"] = json!({"pickup": "RENO", "customer": "acme"});
    shop.ok("place_order", pickup);
    let mugs = json!([{"line": 2, "qty": 1}]);
    shop.ok("cancel_order", json!({"order": "2", "reason": "why", "lines": mugs}));
    is_not_picked_up(&mut shop);
    let offered = way(&mut shop, 2, "place_order");
    assert_eq!((&offered["order"], &offered["lines"]), (&json!("exception-2"), &Value::Null));
}

/// What came too early is confirmed for the day that the rest is expected.
#[test]
fn an_early_receipt_leaves_the_day_of_the_rest() {
    let mut shop = shop();
    shop.ok("set_parameter", json!({"parameter": "receipt_early_days_max", "value": "2", "reason": "room"}));
    let come = |number: &str, qty: i64| json!({"receipt": number, "node": "RENO", "purchase_order": "P", "lines": [{"sku": "TEE", "qty": qty}]});
    let expected =
        |shop: &mut Shop| shop.ask("purchase_order", json!({"document": "P"}))["expected_at"].clone();
    let before = expected(&mut shop);
    shop.ok("receive_goods", come("R-1", 4));
    assert_eq!(shop.codes(), ["early_receipt"]);
    take(&mut shop, 1, "confirm_purchase_order");
    assert_eq!(expected(&mut shop), before);
    shop.ok("receive_goods", come("R-2", 6));
    let offered = way(&mut shop, 1, "confirm_purchase_order");
    assert_eq!(offered, json!({"purchase_order": "P"}), "all of it came");
}
