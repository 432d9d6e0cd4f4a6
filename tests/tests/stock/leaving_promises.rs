//! Lots are judged by the instant at which they leave, whoever asks: orders that have some already, orders
//! that come whole, what is filled day by day, holds of a channel with services of its own.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

/// One node, one carrier, jars by lot; parts of a line may come and go.
fn shop(node: &Value, rule: &Value) -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "why"}));
    let mut said = json!({"node": "A", "kind": "warehouse", "place": {"lat": "39", "lon": "-119"}});
    let mut otherwise = json!({"tiers": [[{"measure": "unfilled_units", "weight": "1"}]],
        "shortage": "backorder", "line_split": "allowed"});
    for (into, more) in [(&mut said, node), (&mut otherwise, rule)] {
        for (field, value) in more.as_object().expect("fields") {
            into[field] = value.clone();
        }
    }
    shop.ok("define_node", said);
    shop.ok("set_policy", json!({"name": "parts", "otherwise": otherwise}));
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 240}));
    let zones = json!([{"up_to_km": 9000, "transit_hours": 24, "base": "5", "per_kg": "1"}]);
    shop.ok("define_service", json!({"service": "ground", "zones": zones}));
    for sku in ["JAR", "POT"] {
        shop.ok("define_sku", json!({"sku": sku, "price": "9"}));
        shop.ok("describe_sku", json!({"sku": sku, "tracking": "lot"}));
    }
    shop
}

/// What is asked for on the 5th of January leaves on the 9th. Lot X dies on the 8th, lot Y on the 20th.
fn slow() -> Shop {
    let mut shop = shop(&json!({"processing_minutes": 5760}), &json!({}));
    receive(&mut shop, "X", 1, "2026-01-08T00:00:00Z");
    receive(&mut shop, "Y", 1, "2026-01-20T00:00:00Z");
    shop
}

fn daily(cut_off: &str) -> Value {
    json!({"time_zone": "UTC", "workdays": [1, 2, 3, 4, 5, 6, 7], "cut_off": cut_off, "from": "2026-01-05",
        "days": 20})
}

fn receive(shop: &mut Shop, lot: &str, qty: i64, date: &str) {
    let line = json!({"sku": "JAR", "qty": qty, "unit_cost": "1", "expires_at": date, "place": {"lot": lot}});
    shop.ok("receive_goods", json!({"receipt": lot, "node": "A", "lines": [line]}));
}

fn order(number: &str, lines: Value, more: Value) -> Value {
    let mut order = json!({"order": number, "channel": "web", "to": {"lat": "39", "lon": "-119"}});
    for (field, value) in more.as_object().expect("fields") {
        order[field] = value.clone();
    }
    order["lines"] = lines;
    order
}

fn jars(qty: i64) -> Value {
    json!([{"sku": "JAR", "qty": qty}])
}

fn hold(number: &str, channel: &str) -> Value {
    json!({"hold": number, "channel": channel, "lines": [{"sku": "JAR", "qty": 1, "node": "A"}],
        "expires_at": "2026-01-25T00:00:00Z"})
}

fn stands(shop: &mut Shop, order: &str) -> Vec<(i64, i64)> {
    let lines = shop.ask("order", json!({"document": order}))["lines"].clone();
    let units = |line: &Value, of: &str| line[of].as_i64().expect("units");
    let lines = lines.as_array().expect("lines").iter();
    lines.map(|line| (units(line, "reserved"), units(line, "backordered"))).collect()
}

fn available(shop: &mut Shop, channel: &str) -> i64 {
    shop.ask("available", json!({"sku": "JAR", "channel": channel}))["available"].as_i64().expect("units")
}

/// The first order has Y, which lives until it leaves. X does not: one more waits, whoever has one already.
#[test]
fn what_is_asked_beyond_what_one_has_lives_until_it_leaves() {
    let mut shop = slow();
    shop.ok("place_order", order("1", jars(1), json!({})));
    let amend = json!({"order": "1", "reason": "why", "amend": [{"line": 1, "qty": 2}]});
    shop.ok("reallocate_order", amend);
    assert_eq!(stands(&mut shop, "1"), [(1, 1)]);
    shop.ok("cancel_order", json!({"order": "1", "reason": "why"}));
    shop.ok("hold_stock", hold("H", "web"));
    shop.ok("place_order", order("2", jars(2), json!({"hold": "H"})));
    assert_eq!(stands(&mut shop, "2"), [(1, 1)]);
    // What it has is its own as long as it lives.
    let date = "2026-01-07T00:00:00Z";
    shop.ok("set_lot_expiry", json!({"sku": "JAR", "lot": "Y", "expires_at": date}));
    shop.ok("reallocate_order", json!({"order": "2", "reason": "why"}));
    assert_eq!(stands(&mut shop, "2"), [(1, 1)]);
    shop.is_replayed();
}

/// Y goes from the order that matters less to the one that matters more; X to neither, though others in the
/// batch have jars there, and one of them names a lot of pots.
#[test]
fn in_a_batch_each_has_what_lives_until_it_leaves() {
    for pots in [false, true] {
        let mut shop = slow();
        shop.ok("place_order", order("less", jars(1), json!({"priority": 5})));
        let mut lines = jars(1);
        if pots {
            lines.as_array_mut().expect("lines").push(json!({"sku": "POT", "qty": 1, "lot": "P"}));
        }
        let more = json!({"priority": 1, "commitment": "external"});
        shop.ok("place_order", order("more", lines, more));
        assert_eq!((stands(&mut shop, "less")[0], stands(&mut shop, "more")[0]), ((1, 0), (0, 1)));
        let batch = json!({"orders": ["less", "more"], "reason": "why", "fairness": "priority"});
        shop.ok("allocate_batch", batch);
        assert_eq!((stands(&mut shop, "less")[0], stands(&mut shop, "more")[0]), ((0, 1), (1, 0)));
        shop.is_replayed();
    }
}

/// It sends at six in the evening. What comes at ten and dies at three is no order's, come it whole or not;
/// what dies tomorrow is.
#[test]
fn who_comes_whole_is_given_what_lives_until_it_leaves() {
    for whole in ["whole", "as_can"] {
        for lot in [json!("L"), json!(null)] {
            for (dies, given) in [("2026-01-05T15:00:00Z", 0), ("2026-01-06T15:00:00Z", 1)] {
                let rule = json!({"completeness": whole});
                let mut shop = shop(&json!({"calendar": daily("18:00")}), &rule);
                receive(&mut shop, "W", 1, "2026-01-30T00:00:00Z");
                shop.ok("hold_stock", hold("H", "web"));
                let lines = json!([{"sku": "JAR", "qty": 1, "lot": lot}]);
                shop.ok("place_order", order("1", lines, json!({"commitment": "external"})));
                assert_eq!(stands(&mut shop, "1"), [(0, 1)]);
                receive(&mut shop, "L", 1, dies);
                assert_eq!(stands(&mut shop, "1"), [(given, 1 - given)], "{whole} {lot} {dies}");
                shop.is_replayed();
            }
        }
    }
}

/// M dies early on the 6th. A hold and an order could both have left on the evening of the 5th. The order is
/// late: it takes L, and the hold goes without.
#[test]
fn a_hold_makes_way_for_what_leaves_now() {
    for instead in [false, true] {
        let mut shop = shop(&json!({"calendar": daily("18:00")}), &json!({}));
        receive(&mut shop, "M", 1, "2026-01-06T06:00:00Z");
        receive(&mut shop, "L", 1, "2026-01-30T00:00:00Z");
        shop.say_at("2026-01-05T10:00:00Z", "hold_stock", hold("H", "web"));
        shop.say_at("2026-01-05T11:00:00Z", "place_order", order("1", jars(1), json!({})));
        assert_eq!(stands(&mut shop, "1"), [(1, 0)]);
        let now = "2026-01-06T09:00:00Z";
        if instead {
            shop.say_at(now, "release_wave", json!({"wave": "W", "node": "A"}));
            let picked = json!([{"line": 1, "qty": 1, "lot": "L"}]);
            let pick = json!({"order": "1", "node": "A", "picked": [], "instead": picked});
            let said = shop.say_at(now, "record_pick", pick);
            assert!(said["receipt"].is_object(), "{said}");
        }
        let said = shop.say_at(now, "ship_order", json!({"order": "1", "node": "A"}));
        assert!(said["receipt"].is_object(), "{said}");
        let left = shop.ask("order", json!({"document": "1"}))["lines"][0]["shipped"].clone();
        assert_eq!((left, available(&mut shop, "web")), (json!(1), 0));
        shop.is_replayed();
    }
}

/// Where goods are in nobody's way, a hold keeps those that it needs: first in is first out, but M is the
/// order's and L, which came first, the hold's.
#[test]
fn a_hold_keeps_what_it_needs_where_others_do_without() {
    let mut shop = shop(&json!({"calendar": daily("18:00")}), &json!({}));
    receive(&mut shop, "L", 1, "2026-01-30T00:00:00Z");
    receive(&mut shop, "M", 1, "2026-01-06T06:00:00Z");
    shop.ok("describe_sku", json!({"sku": "JAR", "tracking": "lot", "pick_order": "fifo"}));
    shop.say_at("2026-01-05T10:00:00Z", "place_order", order("1", jars(1), json!({})));
    shop.say_at("2026-01-05T19:00:00Z", "hold_stock", hold("H", "web"));
    shop.say_at("2026-01-05T20:00:00Z", "ship_order", json!({"order": "1", "node": "A"}));
    shop.say_at("2026-01-05T21:00:00Z", "release_hold", json!({"hold": "H"}));
    assert_eq!(available(&mut shop, "web"), 1);
    shop.is_replayed();
}

/// A parcel a day, at six in the evening; what comes dies tomorrow at noon. Of two that wait the first is
/// given one for today; the second could leave tomorrow evening only.
#[test]
fn what_is_filled_for_tomorrow_lives_until_then() {
    let mut shop = shop(&json!({"calendar": daily("18:00")}), &json!({}));
    shop.ok("describe_node", json!({"node": "A", "capacity": {"orders": 1}}));
    for number in ["1", "2"] {
        shop.ok("place_order", order(number, jars(1), json!({})));
    }
    receive(&mut shop, "X", 2, "2026-01-06T12:00:00Z");
    assert_eq!((stands(&mut shop, "1"), stands(&mut shop, "2")), (vec![(1, 0)], vec![(0, 1)]));
    // One that lives as long is the second's.
    receive(&mut shop, "Y", 1, "2026-01-06T19:00:00Z");
    assert_eq!(stands(&mut shop, "2"), [(1, 0)]);
    shop.is_replayed();
}

/// The same in a re-deal: a line of two, which comes whole, makes way for the first of two that matter more;
/// the second could leave tomorrow evening only.
#[test]
fn what_is_dealt_for_tomorrow_lives_until_then() {
    let mut shop = shop(&json!({"calendar": daily("18:00")}), &json!({"line_split": "never"}));
    shop.ok("describe_node", json!({"node": "A", "capacity": {"orders": 1}}));
    receive(&mut shop, "X", 2, "2026-01-06T12:00:00Z");
    shop.ok("place_order", order("0", jars(2), json!({"priority": 9})));
    for number in ["1", "2"] {
        shop.ok("place_order", order(number, jars(1), json!({"priority": 1})));
    }
    let deal = json!({"redeal": "D", "skus": ["JAR"], "reason": "why", "losers_max": 1});
    shop.ok("redeal_stock", deal);
    let all: Vec<_> = ["0", "1", "2"].iter().flat_map(|number| stands(&mut shop, number)).collect();
    assert_eq!(all, [(0, 2), (1, 0), (0, 1)]);
    shop.is_replayed();
}

/// What leaves at five past midnight is counted as what leaves at one: a lot that dies in between is nobody's.
#[test]
fn the_hour_counts_whole() {
    for (dies, there) in [("2026-01-05T00:59:59Z", 0), ("2026-01-05T01:00:00Z", 1)] {
        let mut shop = shop(&json!({}), &json!({}));
        receive(&mut shop, "X", 1, dies);
        assert_eq!(available(&mut shop, "web"), there);
        shop.ok("place_order", order("1", jars(1), json!({})));
        assert_eq!(stands(&mut shop, "1"), [(there, 1 - there)]);
        shop.is_replayed();
    }
}

/// The one service of channel web leaves on Mondays, another every evening: on a Friday what dies on Sunday
/// is for those who may use that.
#[test]
fn the_soonest_of_a_channels_own_services_counts() {
    let mut shop = shop(&json!({}), &json!({}));
    let zones = json!([{"up_to_km": 9000, "transit_hours": 24, "base": "5", "per_kg": "1"}]);
    shop.ok("define_service", json!({"service": "express", "zones": zones}));
    let mondays =
        json!({"time_zone": "UTC", "workdays": [1], "cut_off": "12:00", "from": "2026-01-05", "days": 30});
    let cut_offs = json!([{"service": "ground", "calendar": mondays},
        {"service": "express", "calendar": daily("20:00")}]);
    shop.ok("describe_node", json!({"node": "A", "cut_offs": cut_offs}));
    for (channel, services) in [("web", json!(["ground"])), ("quick", json!(["express"])), ("any", json!([]))]
    {
        let said = json!({"channel": channel, "promise_hours": 240, "services": services});
        shop.ok("define_channel", said);
    }
    shop.wait(4);
    receive(&mut shop, "X", 1, "2026-01-11T00:00:00Z");
    shop.no("hold_stock", hold("H", "web"), "NotOnHand");
    let all = ["web", "quick", "any"].map(|channel| available(&mut shop, channel));
    assert_eq!(all, [0, 1, 1]);
    shop.ok("hold_stock", hold("H", "quick"));
    shop.is_replayed();
}

/// A lot whose date is the instant at which it comes has that date, and is not goods without one: it dies before
/// what waits could leave.
#[test]
fn what_dies_as_it_comes_has_a_date() {
    let mut shop = shop(&json!({"processing_minutes": 60}), &json!({}));
    let line = |lot: &str, date: &str, condition: &str| {
        json!([{"sku": "JAR", "qty": 2, "unit_cost": "1", "expires_at": date,
            "place": {"lot": lot, "condition": condition}}])
    };
    let lines = line("X", "2026-02-01T00:00:00Z", "inspection");
    shop.ok("receive_goods", json!({"receipt": "1", "node": "A", "lines": lines}));
    shop.ok("place_order", order("1", jars(1), json!({})));
    let now = "2026-01-06T00:00:00Z";
    for (lot, date, stand) in [("L", now, (0, 1)), ("M", "2026-01-07T00:00:00Z", (1, 0))] {
        let receipt = json!({"receipt": lot, "node": "A", "lines": line(lot, date, "sellable")});
        let said = shop.say_at(now, "receive_goods", receipt);
        assert!(said["receipt"].is_object(), "{said}");
        assert_eq!(stands(&mut shop, "1"), [stand], "{lot}");
    }
    shop.is_replayed();
}
