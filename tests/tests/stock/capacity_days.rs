//! A node's day is booked by what is planned to leave on it, whoever plans it: orders, backorders that are
//! filled, orders that are planned anew, batches.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

/// NEAR and FAR from the customer, who is at NEAR; NEAR ships so many parcels a day.
fn shop(orders: i64) -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "why"}));
    for (node, lon) in [("NEAR", "-75"), ("FAR", "-120")] {
        let place = json!({"lat": "40", "lon": lon});
        shop.ok("define_node", json!({"node": node, "kind": "warehouse", "place": place}));
    }
    shop.ok("describe_node", json!({"node": "NEAR", "capacity": {"orders": orders}}));
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 72}));
    shop.ok("define_sku", json!({"sku": "TEE", "price": "9"}));
    shop
}

fn order(number: &str, qty: i64) -> Value {
    json!({"order": number, "channel": "web", "to": {"lat": "40", "lon": "-75"},
        "lines": [{"sku": "TEE", "qty": qty}]})
}

/// Days (of January) on which an order's parcels with something reserved leave NEAR.
fn days(shop: &mut Shop, number: &str) -> Vec<String> {
    let view = shop.ask("order", json!({"document": number}));
    let parcels = view["parcels"].as_array().expect("parcels").clone();
    let near = parcels.iter().filter(|p| p["node"] == "NEAR" && p["reserved"] != json!([]));
    near.map(|p| p["ship_at"].as_str().expect("an instant")[8..10].to_owned()).collect()
}

/// Parcels booked at NEAR, day by day.
fn booked(shop: &mut Shop) -> Vec<i64> {
    let view = shop.ask("node", json!({"node": "NEAR"}));
    let rows = view["booked"].as_array().expect("days").clone();
    rows.iter().map(|row| row["orders"].as_i64().expect("a number")).filter(|n| *n != 0).collect()
}

#[test]
fn backorders_are_filled_day_by_day() {
    let mut shop = shop(1);
    for number in ["1", "2", "3"] {
        shop.ok("place_order", order(number, 2));
    }
    shop.receive("R", "NEAR", "TEE", 6);
    let all: Vec<_> = ["1", "2", "3"].iter().flat_map(|number| days(&mut shop, number)).collect();
    assert_eq!(all, ["05", "06", "07"]);
    assert_eq!(booked(&mut shop), [1, 1, 1]);
}

/// Where a node ships nothing, what waits goes on waiting, and the goods stay free.
#[test]
fn a_node_that_ships_nothing_fills_nothing() {
    let mut shop = shop(0);
    shop.ok("place_order", order("1", 2));
    shop.receive("R", "NEAR", "TEE", 6);
    assert_eq!(shop.stock("TEE", "NEAR"), (6, 6));
    shop.ok("describe_node", json!({"node": "NEAR", "capacity": {"orders": 3}}));
    shop.receive("S", "NEAR", "TEE", 1);
    assert_eq!(shop.stock("TEE", "NEAR"), (7, 5), "the next receipt fills it");
}

#[test]
fn a_batch_books_day_by_day() {
    let mut shop = shop(1);
    shop.receive("R", "FAR", "TEE", 6);
    for number in ["1", "2", "3"] {
        shop.ok("place_order", order(number, 2));
    }
    shop.receive("S", "NEAR", "TEE", 6);
    shop.ok("allocate_batch", json!({"orders": ["1", "2", "3"], "reason": "why"}));
    let mut all: Vec<_> = ["1", "2", "3"].iter().flat_map(|number| days(&mut shop, number)).collect();
    all.sort();
    assert_eq!(all, ["05", "06", "07"]);
    assert_eq!(booked(&mut shop), [1, 1, 1]);
}

/// An order that is planned anew is not in its own way.
#[test]
fn an_order_keeps_its_own_day() {
    let mut shop = shop(1);
    shop.receive("R", "NEAR", "TEE", 6);
    shop.ok("place_order", order("1", 2));
    shop.ok("place_order", order("2", 2));
    assert_eq!((days(&mut shop, "1"), days(&mut shop, "2")), (vec!["05".into()], vec!["06".into()]));
    shop.ok("reallocate_order", json!({"order": "1", "reason": "why"}));
    assert_eq!(days(&mut shop, "1"), ["05"]);
    shop.ok("allocate_batch", json!({"orders": ["1", "2"], "reason": "why"}));
    assert_eq!(booked(&mut shop), [1, 1]);
}

/// Equal SKUs on two lines are two lines of a day.
#[test]
fn lines_are_counted_as_they_are_booked() {
    let mut shop = shop(9);
    shop.ok("describe_node", json!({"node": "NEAR", "capacity": {"lines": 3}}));
    shop.receive("R", "NEAR", "TEE", 20);
    let twice = |number: &str| {
        let mut order = order(number, 1);
        order["lines"] = json!([{"sku": "TEE", "qty": 1}, {"sku": "TEE", "qty": 1}]);
        order
    };
    shop.ok("place_order", twice("1"));
    shop.ok("place_order", twice("2"));
    assert_eq!((days(&mut shop, "1"), days(&mut shop, "2")), (vec!["05".into()], vec!["06".into()]));
}

/// Shipping gives nothing back of the day.
#[test]
fn what_has_left_keeps_its_day() {
    let mut shop = shop(1);
    shop.receive("R", "NEAR", "TEE", 6);
    shop.ok("place_order", order("1", 2));
    shop.ok("ship_order", json!({"order": "1", "node": "NEAR"}));
    shop.ok("place_order", order("2", 2));
    assert_eq!(days(&mut shop, "2"), ["06"]);
}

/// Parcels that were planned before a node's days were limited take their place on them.
#[test]
fn what_was_planned_before_the_limit_counts() {
    let mut shop = shop(1);
    shop.ok("describe_node", json!({"node": "NEAR"}));
    shop.receive("R", "NEAR", "TEE", 9);
    shop.ok("place_order", order("1", 2));
    shop.ok("describe_node", json!({"node": "NEAR", "capacity": {"orders": 1}}));
    assert_eq!(booked(&mut shop), [1]);
    shop.ok("place_order", order("2", 2));
    assert_eq!((days(&mut shop, "1"), days(&mut shop, "2")), (vec!["05".into()], vec!["06".into()]));
    // Said again, nothing is booked twice.
    shop.ok("describe_node", json!({"node": "NEAR"}));
    shop.ok("describe_node", json!({"node": "NEAR", "capacity": {"orders": 1}}));
    assert_eq!(booked(&mut shop), [1, 1]);
}

/// A promise is what an order would come to: only what is asked for takes room, what leaves together is one
/// parcel, and what is larger than a day may have one to itself.
#[test]
fn a_promise_takes_the_day_that_an_order_would() {
    let promise = |shop: &mut Shop, lines: &[(&str, i64)]| {
        let lines: Vec<Value> = lines.iter().map(|(sku, qty)| json!({"sku": sku, "qty": qty})).collect();
        shop.ask("promise", json!({"channel": "web", "to": {"lat": "40", "lon": "-75"}, "lines": lines}))
    };
    let mut shop = shop(9);
    shop.ok("describe_node", json!({"node": "NEAR", "capacity": {"units": 5}}));
    shop.ok("define_sku", json!({"sku": "CAP", "price": "9"}));
    shop.receive("R", "NEAR", "TEE", 100);
    shop.receive("S", "NEAR", "CAP", 100);
    let day = |view: &Value| view["ship_at"].as_str().map_or("none", |at| &at[8..10]).to_owned();
    assert_eq!(day(&promise(&mut shop, &[("TEE", 4)])), "05", "4 of 100");
    assert_eq!(day(&promise(&mut shop, &[("TEE", 8)])), "05", "a day to itself");
    shop.ok("place_order", order("1", 1));
    assert_eq!(day(&promise(&mut shop, &[("TEE", 4)])), "05");
    for lines in [vec![("TEE", 3), ("CAP", 3)], vec![("TEE", 8)]] {
        let found = promise(&mut shop, &lines);
        assert_eq!((day(&found), &found["complete"]), ("06".into(), &json!(true)), "{lines:?}");
    }
    let both = json!({"order": "2", "channel": "web", "to": {"lat": "40", "lon": "-75"},
        "lines": [{"sku": "TEE", "qty": 3}, {"sku": "CAP", "qty": 3}]});
    shop.ok("place_order", both);
    assert_eq!(days(&mut shop, "2"), ["06"]);
}
