//! How long lots still live counts on the day on which they leave: in holds, in what others are promised, in
//! re-deals.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

/// A node that takes four days to process: what is asked for on the 5th of January leaves on the 9th. Lot X
/// dies on the 8th, lot Y on the 20th; there is one of each.
fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "why"}));
    let place = json!({"lat": "39", "lon": "-119"});
    let node = json!({"node": "A", "kind": "warehouse", "place": place, "processing_minutes": 5760});
    shop.ok("define_node", node);
    for channel in ["web", "picky"] {
        shop.ok("define_channel", json!({"channel": channel, "promise_hours": 240}));
    }
    shop.ok("describe_channel", json!({"channel": "picky", "remaining_life_days": 3}));
    let zones = json!([{"up_to_km": 9000, "transit_hours": 24, "base": "5", "per_kg": "1"}]);
    shop.ok("define_service", json!({"service": "ground", "zones": zones}));
    shop.ok("define_sku", json!({"sku": "JAR", "price": "9"}));
    shop.ok("describe_sku", json!({"sku": "JAR", "tracking": "lot"}));
    for (lot, date) in [("X", "2026-01-08T00:00:00Z"), ("Y", "2026-01-20T00:00:00Z")] {
        let line =
            json!({"sku": "JAR", "qty": 1, "unit_cost": "1", "expires_at": date, "place": {"lot": lot}});
        shop.ok("receive_goods", json!({"receipt": lot, "node": "A", "lines": [line]}));
    }
    shop
}

fn order(number: &str, channel: &str, priority: u8) -> Value {
    json!({"order": number, "channel": channel, "to": {"lat": "39", "lon": "-119"}, "priority": priority,
        "lines": [{"sku": "JAR", "qty": 1}]})
}

fn hold(number: &str, channel: &str, more: &Value) -> Value {
    let mut line = json!({"sku": "JAR", "qty": 1, "node": "A"});
    for (field, value) in more.as_object().expect("fields") {
        line[field] = value.clone();
    }
    json!({"hold": number, "channel": channel, "lines": [line], "expires_at": "2026-01-25T00:00:00Z"})
}

fn available(shop: &mut Shop, channel: &str) -> i64 {
    let asked = json!({"sku": "JAR", "channel": channel});
    shop.ask("available", asked)["available"].as_i64().expect("units")
}

fn stands(shop: &mut Shop, order: &str) -> (i64, i64) {
    let line = shop.ask("order", json!({"document": order}))["lines"][0].clone();
    (line["reserved"].as_i64().expect("units"), line["backordered"].as_i64().expect("units"))
}

#[test]
fn a_hold_is_given_what_lives_until_it_can_leave() {
    let mut shop = shop();
    assert_eq!((available(&mut shop, "web"), available(&mut shop, "picky")), (1, 1));
    shop.no("hold_stock", hold("H", "web", &json!({"lot": "X"})), "LotsShort");
    shop.ok("hold_stock", hold("H", "picky", &json!({"lot": "Y"})));
    assert_eq!(available(&mut shop, "web"), 0);
    shop.no("hold_stock", hold("I", "web", &json!({})), "NotOnHand");
    shop.ok("release_hold", json!({"hold": "H"}));
    shop.ok("hold_stock", hold("I", "web", &json!({})));
    shop.no("hold_stock", hold("J", "web", &json!({"lot": "Y"})), "LotsShort");
    shop.is_replayed();
}

/// An order that leaves on the 9th needs Y. As of now X would do for it: who asks for Y must not be told so.
#[test]
fn what_leaves_later_keeps_the_lot_that_lives_until_then() {
    let mut shop = shop();
    shop.ok("place_order", order("1", "web", 5));
    assert_eq!(stands(&mut shop, "1"), (1, 0));
    assert_eq!((available(&mut shop, "web"), available(&mut shop, "picky")), (0, 0));
    shop.no("hold_stock", hold("H", "picky", &json!({})), "NotOnHand");
    shop.no("hold_stock", hold("H", "picky", &json!({"lot": "Y"})), "LotsShort");
    let moved = json!({"movement": "M", "node": "A", "sku": "JAR", "qty": 1, "from": {"lot": "Y"},
        "to": {"lot": "Y", "condition": "damaged"}});
    shop.no("move_stock", moved, "NotOnHand");
    // X is in nobody's way.
    let moved = json!({"movement": "M", "node": "A", "sku": "JAR", "qty": 1, "from": {"lot": "X"},
        "to": {"lot": "X", "condition": "damaged"}});
    shop.ok("move_stock", moved);
    // The day has come: Y leaves.
    shop.wait(5);
    let event = shop.ok("ship_order", json!({"order": "1", "node": "A"}));
    assert_eq!(event["OrderShipped"]["lines"][0]["taken"][0]["place"]["lot"], "Y");
    shop.is_replayed();
}

/// A lot that is called back is short for an order although it lives until now.
#[test]
fn a_lot_that_will_not_live_until_the_day_is_no_promise() {
    let mut shop = shop();
    shop.ok("place_order", order("1", "web", 5));
    let date = "2026-01-07T00:00:00Z";
    shop.ok("set_lot_expiry", json!({"sku": "JAR", "lot": "Y", "expires_at": date}));
    assert_eq!(available(&mut shop, "web"), 0);
    shop.no("hold_stock", hold("H", "web", &json!({})), "NotOnHand");
    shop.is_replayed();
}

/// Y is an order's that matters less, and the one that matters more waits. X dies before either could leave:
/// a re-deal gives Y to the one that matters more, and X to nobody.
#[test]
fn a_re_deal_gives_what_lives_until_it_leaves() {
    let mut shop = shop();
    shop.ok("place_order", order("less", "web", 5));
    shop.ok("place_order", order("more", "web", 1));
    assert_eq!((stands(&mut shop, "less"), stands(&mut shop, "more")), ((1, 0), (0, 1)));
    let deal = |number: &str, losers: u32| json!({"redeal": number, "skus": ["JAR"], "reason": "why", "losers_max": losers});
    shop.no("redeal_stock", deal("D", 0), "RedealLosesMore");
    shop.ok("redeal_stock", deal("D", 1));
    assert_eq!((stands(&mut shop, "less"), stands(&mut shop, "more")), ((0, 1), (1, 0)));
    shop.is_replayed();
}

/// Goods without a date do for who asks for no remaining life, whenever they leave; and for nobody else.
#[test]
fn goods_without_a_date_do_for_no_remaining_life() {
    let mut shop = shop();
    let line = json!({"sku": "JAR", "qty": 1, "unit_cost": "1", "place": {"lot": "Z"}});
    shop.ok("receive_goods", json!({"receipt": "3", "node": "A", "lines": [line]}));
    assert_eq!((available(&mut shop, "web"), available(&mut shop, "picky")), (2, 1));
    shop.ok("place_order", order("1", "web", 5));
    // The goods without a date are the first order's, so that Y stays for who needs it.
    assert_eq!((available(&mut shop, "web"), available(&mut shop, "picky")), (1, 1));
    shop.ok("place_order", order("2", "picky", 5));
    assert_eq!((stands(&mut shop, "1"), stands(&mut shop, "2")), ((1, 0), (1, 0)));
    assert_eq!((available(&mut shop, "web"), available(&mut shop, "picky")), (0, 0));
    shop.is_replayed();
}

/// X dies on the day on which the order leaves, hours before it leaves: it is nobody's but who takes it
/// today.
#[test]
fn a_lot_that_dies_on_the_day_before_it_leaves_is_no_promise() {
    let mut shop = shop();
    let date = "2026-01-09T00:00:00Z";
    shop.ok("set_lot_expiry", json!({"sku": "JAR", "lot": "X", "expires_at": date}));
    shop.ok("place_order", order("1", "web", 5));
    shop.ok("place_order", order("2", "web", 5));
    assert_eq!((stands(&mut shop, "1"), stands(&mut shop, "2")), ((1, 0), (0, 1)));
    assert_eq!(available(&mut shop, "web"), 0);
    shop.is_replayed();
}

/// What a promise is asked for leaves on the 9th too: X will not do, and Y is the first order's.
#[test]
fn a_promise_is_of_lots_that_live_until_it_leaves() {
    let mut shop = shop();
    let ask =
        json!({"channel": "web", "to": {"lat": "39", "lon": "-119"}, "lines": [{"sku": "JAR", "qty": 1}]});
    assert_eq!(shop.ask("promise", ask.clone())["complete"], true);
    let two =
        json!({"channel": "web", "to": {"lat": "39", "lon": "-119"}, "lines": [{"sku": "JAR", "qty": 2}]});
    assert_eq!(shop.ask("promise", two)["complete"], false);
    shop.ok("place_order", order("1", "web", 5));
    assert_eq!(shop.ask("promise", ask)["complete"], false);
}

/// A lot that dies tomorrow at six. The node sends at noon, one service by its own cut-off at eight in the
/// evening: at one it still leaves today, until eight.
#[test]
fn the_soonest_service_counts() {
    for own in [false, true] {
        let mut shop = Shop::new();
        let place = json!({"lat": "39", "lon": "-119"});
        let node = json!({"node": "A", "kind": "warehouse", "place": place, "calendar": daily("12:00")});
        shop.ok("define_node", node);
        shop.ok("define_channel", json!({"channel": "web", "promise_hours": 240}));
        let zones = json!([{"up_to_km": 9000, "transit_hours": 24, "base": "5", "per_kg": "1"}]);
        for service in ["ground", "express"] {
            shop.ok("define_service", json!({"service": service, "zones": zones}));
        }
        if own {
            let cut_offs = json!([{"service": "express", "calendar": daily("20:00")}]);
            shop.ok("describe_node", json!({"node": "A", "cut_offs": cut_offs}));
        }
        shop.ok("define_sku", json!({"sku": "JAR", "price": "9"}));
        shop.ok("describe_sku", json!({"sku": "JAR", "tracking": "lot"}));
        let line = json!({"sku": "JAR", "qty": 1, "unit_cost": "1", "expires_at": "2026-01-06T06:00:00Z",
            "place": {"lot": "X"}});
        shop.ok("receive_goods", json!({"receipt": "1", "node": "A", "lines": [line]}));
        shop.advance("2026-01-05T13:00:00Z");
        assert_eq!(available(&mut shop, "web"), i64::from(own));
        let held = shop.say_at("2026-01-05T13:00:00Z", "hold_stock", hold("H", "web", &json!({})));
        assert_eq!(held["receipt"].is_object(), own, "{held}");
        if own {
            shop.say_at("2026-01-05T20:00:01Z", "release_hold", json!({"hold": "H"}));
        }
        assert_eq!(available(&mut shop, "web"), 0);
        let held = shop.say_at("2026-01-05T20:00:02Z", "hold_stock", hold("I", "web", &json!({})));
        assert_eq!(held["rejection"]["name"], "NotOnHand", "{held}");
        shop.is_replayed();
    }
}

/// No calendar of the node's, but its one service leaves on Mondays: what is asked for on the 5th is ready on
/// Friday the 9th, and nothing that dies on Sunday is held.
#[test]
fn where_the_only_service_leaves_on_monday_nothing_leaves_before() {
    let mut shop = shop();
    let mondays =
        json!({"time_zone": "UTC", "workdays": [1], "cut_off": "12:00", "from": "2026-01-05", "days": 30});
    let cut_offs = json!([{"service": "ground", "calendar": mondays}]);
    shop.ok("describe_node", json!({"node": "A", "cut_offs": cut_offs}));
    assert_eq!(available(&mut shop, "web"), 1);
    let date = "2026-01-11T00:00:00Z";
    shop.ok("set_lot_expiry", json!({"sku": "JAR", "lot": "Y", "expires_at": date}));
    assert_eq!(available(&mut shop, "web"), 0);
    shop.no("hold_stock", hold("H", "web", &json!({})), "NotOnHand");
    // A second service leaves whenever goods are ready.
    let zones = json!([{"up_to_km": 9000, "transit_hours": 24, "base": "5", "per_kg": "1"}]);
    shop.ok("define_service", json!({"service": "courier", "zones": zones}));
    assert_eq!(available(&mut shop, "web"), 1);
    shop.is_replayed();
}

/// Y was agreed to for the 9th and dies that noon; asked for on the 6th it would leave on the 10th. What the
/// order has of it, it keeps, though it asks for more of another lot; more of Y is refused.
#[test]
fn a_lot_that_was_agreed_to_is_not_judged_again() {
    let mut shop = shop();
    let date = "2026-01-09T12:00:00Z";
    shop.ok("set_lot_expiry", json!({"sku": "JAR", "lot": "Y", "expires_at": date}));
    for (lot, date) in [("Y", "2026-01-09T12:00:00Z"), ("Z", "2026-02-20T00:00:00Z")] {
        let line =
            json!({"sku": "JAR", "qty": 2, "unit_cost": "1", "expires_at": date, "place": {"lot": lot}});
        let receipt = format!("{lot}-2");
        shop.ok("receive_goods", json!({"receipt": receipt, "node": "A", "lines": [line]}));
    }
    let lines = json!([{"sku": "JAR", "qty": 1, "lot": "Y"}, {"sku": "JAR", "qty": 1, "lot": "Z"}]);
    let mut placed = order("1", "web", 5);
    placed["lines"] = lines;
    shop.ok("place_order", placed);
    shop.wait(1);
    let amend = |line: u32| json!({"order": "1", "reason": "why", "amend": [{"line": line, "qty": 2}]});
    shop.ok("reallocate_order", amend(2));
    let lines = shop.ask("order", json!({"document": "1"}))["lines"].clone();
    assert_eq!((&lines[0]["reserved"], &lines[1]["reserved"]), (&json!(1), &json!(2)));
    shop.no("reallocate_order", amend(1), "NamedLotShort");
    // Nor while the node works on it: what stays with the node says nothing of the unit more.
    shop.ok("release_wave", json!({"wave": "W", "node": "A"}));
    shop.no("reallocate_order", amend(1), "NamedLotShort");
    shop.is_replayed();
}

fn daily(cut_off: &str) -> Value {
    json!({"time_zone": "UTC", "workdays": [1, 2, 3, 4, 5, 6, 7], "cut_off": cut_off, "from": "2026-01-05",
        "days": 10})
}
