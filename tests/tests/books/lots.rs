//! Lots by name: what is promised of a lot stays promised of it.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

/// One node with lots A and B of tea, five each.
fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "why"}));
    let place = json!({"lat": "40", "lon": "-75"});
    shop.ok("define_node", json!({"node": "DC", "kind": "warehouse", "place": place}));
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 72}));
    shop.ok("define_sku", json!({"sku": "TEA", "price": "9"}));
    shop.ok("describe_sku", json!({"sku": "TEA", "tracking": "lot", "pick_order": "fefo"}));
    for (lot, day) in [("A", "2026-03-01"), ("B", "2026-04-01")] {
        let line = json!({"sku": "TEA", "qty": 5, "unit_cost": "1", "place": {"lot": lot},
            "expires_at": format!("{day}T00:00:00Z")});
        shop.ok("receive_goods", json!({"receipt": lot, "node": "DC", "lines": [line]}));
    }
    shop
}

fn hold(number: &str, lots: &[(&str, i64)]) -> Value {
    let line = |(lot, qty): &(&str, i64)| json!({"sku": "TEA", "node": "DC", "qty": qty, "lot": lot});
    let lines: Vec<Value> = lots.iter().map(line).collect();
    json!({"hold": number, "channel": "web", "lines": lines, "expires_at": "2026-02-01T00:00:00Z"})
}

fn order(number: &str, qty: i64, hold: &str) -> Value {
    json!({"order": number, "channel": "web", "to": {"lat": "40", "lon": "-75"}, "hold": hold,
        "lines": [{"sku": "TEA", "qty": qty}]})
}

/// Lots held in two parts, or for less than is ordered, are named in the order too.
#[test]
fn an_order_keeps_the_lots_of_its_hold() {
    let mut shop = shop();
    shop.ok("hold_stock", hold("H", &[("A", 3), ("B", 2)]));
    shop.ok("place_order", order("1", 5, "H"));
    shop.no("hold_stock", hold("I", &[("A", 3)]), "LotsShort");
    shop.ok("hold_stock", hold("I", &[("A", 2)]));
    shop.no("hold_stock", hold("J", &[("B", 4)]), "LotsShort");
    shop.ok("ship_order", json!({"order": "1", "node": "DC"}));
    shop.ok("hold_stock", hold("J", &[("B", 3)]));
}

#[test]
fn an_order_for_more_than_its_hold_keeps_what_was_held() {
    let mut shop = shop();
    shop.ok("hold_stock", hold("H", &[("A", 5)]));
    shop.ok("place_order", order("1", 7, "H"));
    shop.no("hold_stock", hold("I", &[("A", 1)]), "LotsShort");
    shop.no("hold_stock", hold("I", &[("B", 4)]), "LotsShort");
    shop.ok("hold_stock", hold("I", &[("B", 3)]));
    shop.ok("ship_order", json!({"order": "1", "node": "DC"}));
    assert_eq!(shop.stock("TEA", "DC"), (3, 0));
}

/// What is counted away never eats a promise: the expired lot does not serve for it.
#[test]
fn a_count_posts_what_no_promise_needs() {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "why"}));
    let place = json!({"lat": "40", "lon": "-75"});
    shop.ok("define_node", json!({"node": "DC", "kind": "warehouse", "place": place}));
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 72}));
    shop.ok("define_sku", json!({"sku": "TEA", "price": "9"}));
    for (number, lot, expires) in [("1", "", Value::Null), ("2", "L", json!("2026-01-04T00:00:00Z"))] {
        let line =
            json!({"sku": "TEA", "qty": 5, "unit_cost": "1", "place": {"lot": lot}, "expires_at": expires});
        shop.ok("receive_goods", json!({"receipt": number, "node": "DC", "lines": [line]}));
    }
    let mut unheld = order("1", 4, "");
    unheld["hold"] = Value::Null;
    shop.ok("place_order", unheld);
    shop.ok("plan_count", json!({"count": "C", "node": "DC", "skus": ["TEA"]}));
    let said = json!({"count": "C", "lines": [{"sku": "TEA", "qty": 2},
        {"sku": "TEA", "qty": 5, "place": {"lot": "L"}}]});
    let mut stage = Value::Null;
    for _ in 0..3 {
        stage = shop.ok("record_count", said.clone())["CountRecorded"]["stage"].clone();
        if stage != "recount" {
            break;
        }
    }
    if stage == "review" {
        shop.ok("approve_count", json!({"count": "C"}));
    }
    let posted = shop.ok("post_count", json!({"count": "C", "reason": "why"}));
    assert_eq!(shop.stock("TEA", "DC").0, 9, "of three missing, one was free: {posted}");
}

/// A lot that comes back is the lot that left: it expires when it would have.
#[test]
fn a_lot_keeps_its_date_through_a_return() {
    let mut shop = shop();
    let mut unheld = order("1", 5, "");
    unheld["hold"] = Value::Null;
    shop.ok("place_order", unheld);
    shop.ok("ship_order", json!({"order": "1", "node": "DC"}));
    let lines = json!([{"line": 1, "qty": 2, "disposition": "restock", "refund": "0"}]);
    shop.ok("receive_return", json!({"rma": "M", "order": "1", "node": "DC", "lines": lines}));
    let rows = shop.ask("stock", json!({"sku": "TEA", "node": "DC"}));
    let places = rows[0]["places"].as_array().expect("places").clone();
    let of = |lot: &str| places.iter().find(|row| row["place"]["lot"] == lot).expect("a lot").clone();
    assert_eq!((&of("A")["qty"], &of("A")["expires_at"]), (&json!(2), &json!("2026-03-01T00:00:00Z")));
    assert_eq!((&of("B")["qty"], &of("B")["expires_at"]), (&json!(5), &json!("2026-04-01T00:00:00Z")));
    shop.ok("hold_stock", hold("H", &[("A", 2)]));
    shop.no("hold_stock", hold("I", &[("A", 1)]), "LotsShort");
}

/// What a hold had of a lot that expires meanwhile is not promised again when the order is planned anew.
#[test]
fn a_lot_that_expired_is_not_promised_again() {
    let mut shop = shop();
    shop.ok("hold_stock", hold("H", &[("A", 3)]));
    shop.ok("place_order", order("1", 3, "H"));
    let mut other = order("2", 5, "");
    other["hold"] = Value::Null;
    shop.ok("place_order", other);
    shop.ok("set_lot_expiry", json!({"sku": "TEA", "lot": "A", "expires_at": "2026-01-02T00:00:00Z"}));
    let planned = shop.ok("reallocate_order", json!({"order": "1", "reason": "why"}));
    assert_eq!(planned["OrderReallocated"]["plan"]["parts"], json!([]), "B is the other's: {planned}");
    shop.ok("ship_order", json!({"order": "2", "node": "DC"}));
}

/// What falls due before a command is recorded as of its own time; the command's lots are judged as of the
/// command's.
#[test]
fn what_fell_due_before_does_not_keep_a_lot_alive() {
    let mut shop = shop();
    shop.ok("hold_stock", hold("H", &[("B", 1)]));
    let mut late = order("1", 6, "");
    late["hold"] = Value::Null;
    let request = json!({"id": "late", "at": "2026-03-15T00:00:00Z", "command": {"place_order": late}});
    let answer = shop.book.execute_json(request.to_string().as_bytes());
    let answer: Value = serde_json::from_str(&answer).expect("an answer is JSON");
    let events = answer["receipt"]["events"].as_array().expect("events").clone();
    assert!(events[0]["body"]["HoldExpired"].is_object(), "{answer}");
    let placed = &events[events.len() - 1]["body"]["OrderPlaced"];
    assert_eq!(placed["plan"]["parts"], json!([]), "A has expired, and B has five: {placed}");
}

/// A serial number names one unit: neither two lines of a receipt nor goods under way make it two.
#[test]
fn a_serial_number_is_there_once() {
    let mut shop = shop();
    let place = json!({"lat": "41", "lon": "-75"});
    shop.ok("define_node", json!({"node": "SHOP", "kind": "store", "place": place}));
    shop.ok("define_sku", json!({"sku": "PHONE", "price": "90"}));
    shop.ok("describe_sku", json!({"sku": "PHONE", "tracking": "serial"}));
    let unit = |bin: &str, lot: &str| {
        json!({"sku": "PHONE", "qty": 1, "unit_cost": "50",
        "place": {"bin": bin, "lot": lot}})
    };
    let came = |number: &str, lines: Value| json!({"receipt": number, "node": "DC", "lines": lines});
    let twice = json!([unit("1", "S1"), unit("2", "S1")]);
    shop.no("receive_goods", came("R1", twice), "LotNeeded");
    shop.ok("receive_goods", came("R1", json!([unit("1", "S1"), unit("2", "S2")])));
    shop.ok("plan_count", json!({"count": "C", "node": "DC", "skus": ["PHONE"]}));
    let found = |bin: &str, lot: &str| json!({"sku": "PHONE", "qty": 1, "place": {"bin": bin, "lot": lot}});
    let counted = [found("1", "S1"), found("2", "S2"), found("1", "S3"), found("2", "S3")];
    shop.no("record_count", json!({"count": "C", "lines": counted}), "LotNeeded");
    let lines = json!([{"sku": "PHONE", "qty": 2}]);
    shop.ok("ship_transfer", json!({"transfer": "T", "from": "DC", "to": "SHOP", "lines": lines}));
    shop.no("receive_goods", came("R2", json!([unit("", "S2")])), "LotNeeded");
    shop.ok(
        "receive_transfer",
        json!({"transfer": "T", "lines": [{"line": 1, "qty": 1}], "closing": "short"}),
    );
    // S1 arrived, S2 is lost: it may be found.
    shop.no("receive_goods", came("R2", json!([unit("", "S1")])), "LotNeeded");
    shop.ok("receive_goods", came("R2", json!([unit("", "S2")])));
}

/// Milk: five of a lot that dies on the 8th.
fn milk() -> Shop {
    let mut shop = shop();
    shop.ok("define_sku", json!({"sku": "MILK", "price": "9"}));
    shop.ok("describe_sku", json!({"sku": "MILK", "tracking": "lot", "pick_order": "fefo"}));
    receive(&mut shop, ("S", 5, "2026-01-08"));
    shop
}

fn receive(shop: &mut Shop, (lot, qty, day): (&str, i64, &str)) {
    let line = json!({"sku": "MILK", "qty": qty, "unit_cost": "1", "place": {"lot": lot},
        "expires_at": format!("{day}T00:00:00Z")});
    shop.ok("receive_goods", json!({"receipt": lot, "node": "DC", "lines": [line]}));
}

fn atp(shop: &mut Shop, from: &str, channel: Option<&str>) -> Vec<i64> {
    let view = shop.ask("atp", json!({"sku": "MILK", "days": 5, "from": from, "channel": channel}));
    view["days"].as_array().expect("days").iter().map(|day| day["atp"].as_i64().expect("units")).collect()
}

#[test]
fn what_is_promised_for_a_day_lives_until_then() {
    let mut shop = milk();
    receive(&mut shop, ("G", 2, "2026-06-25"));
    for channel in [None, Some("web")] {
        assert_eq!(atp(&mut shop, "2026-01-05T12:00:00Z", channel), [7, 7, 7, 2, 2], "{channel:?}");
        assert_eq!(atp(&mut shop, "2026-01-20T00:00:00Z", channel), [2, 2, 2, 2, 2], "{channel:?}");
    }
    let blocked = json!({"sku": "MILK", "tracking": "lot", "lifecycle": "blocked"});
    shop.ok("describe_sku", blocked);
    assert_eq!(atp(&mut shop, "2026-01-05T12:00:00Z", Some("web")), [0; 5]);
}

/// A node whose days are full sends milk only when one lot of it is dead: that one is not promised, neither
/// to a new order nor to one that waits.
#[test]
fn an_order_is_promised_what_lives_until_it_leaves() {
    let mut shop = milk();
    shop.ok("describe_node", json!({"node": "DC", "capacity": {"orders": 1}}));
    for number in 1..=4 {
        let tea = json!({"order": format!("tea-{number}"), "channel": "web",
            "to": {"lat": "40", "lon": "-75"}, "deliver_by": "2026-02-01T00:00:00Z", "lines": [{"sku": "TEA", "qty": 1}]});
        shop.ok("place_order", tea);
    }
    let milk = json!({"order": "milk", "channel": "web", "to": {"lat": "40", "lon": "-75"},
        "deliver_by": "2026-02-01T00:00:00Z", "lines": [{"sku": "MILK", "qty": 5}]});
    let tiers = json!([[{"measure": "unfilled_units", "weight": "1"}]]);
    let rule = json!({"shortage": "backorder", "line_split": "allowed", "tiers": tiers});
    shop.ok("set_policy", json!({"name": "p", "otherwise": rule}));
    shop.ok("place_order", milk);
    let has = |shop: &mut Shop| {
        let view = shop.ask("order", json!({"document": "milk"}));
        (view["lines"][0]["reserved"].clone(), view["lines"][0]["backordered"].clone())
    };
    assert_eq!(has(&mut shop), (json!(0), json!(5)), "the lot dies on the 8th, the parcel leaves on the 9th");
    // More of the lot fills nothing either; of one that lives it does.
    let line = json!({"sku": "MILK", "qty": 1, "unit_cost": "1", "place": {"lot": "S"}});
    shop.ok("adjust_stock", json!({"adjustment": "S", "node": "DC", "reason": "why", "lines": [line]}));
    assert_eq!(has(&mut shop), (json!(0), json!(5)));
    receive(&mut shop, ("G", 2, "2026-06-25"));
    assert_eq!(has(&mut shop), (json!(2), json!(3)));
}

#[test]
fn a_date_is_said_of_a_lot_that_there_is() {
    let mut shop = shop();
    shop.ok("define_sku", json!({"sku": "CUP", "price": "9"}));
    let date = |sku: &str| json!({"sku": sku, "lot": "NEW", "expires_at": "2026-09-01T00:00:00Z"});
    shop.no("set_lot_expiry", date("CUP"), "LotNeeded");
    shop.ok("set_lot_expiry", date("TEA"));
}
