//! Holds in their whole life: moved as far as any binding allows, made orders of as they were promised.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

/// Two nodes, one carrier, tees and jars.
fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "why"}));
    for (node, lat) in [("A", "39"), ("B", "40")] {
        let place = json!({"lat": lat, "lon": "-119"});
        shop.ok("define_node", json!({"node": node, "kind": "warehouse", "place": place}));
    }
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 72}));
    let zones = json!([{"up_to_km": 9000, "transit_hours": 48, "base": "5", "per_kg": "1"}]);
    shop.ok("define_service", json!({"service": "ground", "zones": zones}));
    for sku in ["TEE", "JAR"] {
        shop.ok("define_sku", json!({"sku": sku, "price": "9"}));
    }
    shop
}

fn hold(number: &str, qty: i64, node: &str) -> Value {
    let line = if node.is_empty() {
        json!({"sku": "TEE", "qty": qty})
    } else {
        json!({"sku": "TEE", "qty": qty, "node": node})
    };
    json!({"hold": number, "channel": "web", "lines": [line], "expires_at": "2026-01-25T00:00:00Z"})
}

/// An order next to node A.
fn order(number: &str, sku: &str, qty: i64, hold: Option<&str>) -> Value {
    json!({"order": number, "channel": "web", "to": {"lat": "39", "lon": "-119"}, "hold": hold,
        "lines": [{"sku": sku, "qty": qty}]})
}

/// Node and units of what a hold has.
fn stands(shop: &mut Shop, hold: &str) -> Vec<(String, i64)> {
    let lines = shop.ask("hold", json!({"document": hold}))["lines"].clone();
    let line =
        |line: &Value| (line["node"].as_str().unwrap_or("").to_owned(), line["qty"].as_i64().unwrap_or(0));
    lines.as_array().expect("lines").iter().map(line).collect()
}

/// Node and units of what an order has planned.
fn planned(shop: &mut Shop, order: &str) -> Vec<(String, i64)> {
    let parcels = shop.ask("order", json!({"document": order}))["parcels"].clone();
    let parcel = |parcel: &Value| {
        let units =
            parcel["reserved"].as_array().expect("lines").iter().filter_map(|line| line["qty"].as_i64());
        (parcel["node"].as_str().unwrap_or("").to_owned(), units.sum())
    };
    let mut planned: Vec<(String, i64)> = parcels.as_array().expect("parcels").iter().map(parcel).collect();
    planned.sort();
    planned
}

#[test]
fn an_order_comes_from_where_its_hold_was_pinned() {
    let mut shop = shop();
    shop.receive("R1", "A", "TEE", 5);
    shop.receive("R2", "B", "TEE", 5);
    shop.ok("hold_stock", hold("H", 3, "B"));
    shop.ok("place_order", order("1", "TEE", 3, Some("H")));
    assert_eq!(planned(&mut shop, "1"), [("B".to_owned(), 3)], "A is nearer");
    // What is more than was held comes from wherever it is best.
    shop.ok("hold_stock", hold("I", 1, "B"));
    shop.ok("place_order", order("2", "TEE", 2, Some("I")));
    assert_eq!(planned(&mut shop, "2"), [("A".to_owned(), 2)]);
    // A pin never makes an order wait for what others could give.
    shop.ok("hold_stock", hold("J", 2, "B"));
    shop.ok("set_node_status", json!({"node": "B", "status": "closed", "reason": "why"}));
    shop.ok("place_order", order("3", "TEE", 2, Some("J")));
    assert_eq!(planned(&mut shop, "3"), [("A".to_owned(), 2)]);
}

#[test]
fn an_order_keeps_the_named_lots_of_its_hold_at_every_node() {
    let mut shop = shop();
    shop.ok("describe_sku", json!({"sku": "JAR", "tracking": "lot"}));
    let tiers =
        json!([[{"measure": "unfilled_units", "weight": "1"}], [{"measure": "freight", "weight": "1"}]]);
    shop.ok("set_policy", json!({"name": "p", "otherwise": {"tiers": tiers, "line_split": "allowed"}}));
    for (node, lot) in [("A", "LA"), ("B", "LB")] {
        let line = json!({"sku": "JAR", "qty": 5, "unit_cost": "1", "place": {"lot": lot}});
        shop.ok("receive_goods", json!({"receipt": lot, "node": node, "lines": [line]}));
    }
    let line = |node: &str, lot: &str| json!({"sku": "JAR", "qty": 2, "node": node, "lot": lot});
    let lines = json!([line("A", "LA"), line("B", "LB")]);
    let expires_at = "2026-01-25T00:00:00Z";
    shop.ok("hold_stock", json!({"hold": "H", "channel": "web", "lines": lines, "expires_at": expires_at}));
    let held = shop.ask("hold", json!({"document": "H"}))["lines"].clone();
    assert_eq!((&held[0]["lot"], &held[1]["lot"]), (&json!("LA"), &json!("LB")));
    shop.ok("place_order", order("1", "JAR", 4, Some("H")));
    assert_eq!(planned(&mut shop, "1"), [("A".to_owned(), 2), ("B".to_owned(), 2)]);
    for (node, lot) in [("A", "LA"), ("B", "LB")] {
        let event = shop.ok("ship_order", json!({"order": "1", "node": node}));
        let taken = &event["OrderShipped"]["lines"][0]["taken"][0];
        assert_eq!((&taken["place"]["lot"], &taken["qty"]), (&json!(lot), &json!(2)), "{event}");
    }
}

/// Protection of one SKU is no reason to leave holds of another where they stand.
#[test]
fn only_a_protected_sku_keeps_its_loose_holds_in_place() {
    let mut shop = shop();
    shop.ok("define_channel", json!({"channel": "shop", "promise_hours": 72}));
    shop.ok("set_protection", json!({"sku": "JAR", "node": "A", "channel": "shop", "qty": 1}));
    shop.receive("R1", "A", "TEE", 1);
    shop.receive("R2", "B", "TEE", 1);
    shop.ok("hold_stock", hold("H", 1, ""));
    shop.ok("hold_stock", hold("I", 1, "A"));
    assert_eq!(stands(&mut shop, "H"), [("B".to_owned(), 1)]);
    shop.ok("release_hold", json!({"hold": "I"}));
    shop.ok("set_protection", json!({"sku": "TEE", "node": "A", "channel": "shop", "qty": 1}));
    shop.no("hold_stock", hold("J", 1, "B"), "NotOnHand");
}

/// A hold that moves makes room for those that must go where it was.
#[test]
fn a_hold_changes_places_with_a_loose_one() {
    let mut shop = shop();
    shop.receive("R1", "A", "TEE", 1);
    shop.receive("R2", "B", "TEE", 1);
    shop.ok("hold_stock", hold("H", 1, "A"));
    shop.ok("hold_stock", hold("I", 1, ""));
    shop.ok("move_hold", json!({"hold": "H", "sku": "TEE", "to": "B"}));
    assert_eq!(stands(&mut shop, "H"), [("B".to_owned(), 1)]);
    assert_eq!(stands(&mut shop, "I"), [("A".to_owned(), 1)]);
    // Not where nothing may leave any more.
    shop.ok("set_node_status", json!({"node": "B", "status": "closed", "reason": "why"}));
    shop.no("move_hold", json!({"hold": "H", "sku": "TEE", "to": "A"}), "NotOnHand");
}

/// What was promised by a hold is still sold, whole, whatever its SKU has become since.
#[test]
fn a_hold_becomes_an_order_after_its_sku_is_blocked() {
    let mut shop = shop();
    shop.receive("R1", "A", "TEE", 9);
    shop.ok("hold_stock", hold("H", 3, "A"));
    shop.ok("describe_sku", json!({"sku": "TEE", "lifecycle": "blocked", "order_increment": 2}));
    shop.no("place_order", order("1", "TEE", 3, None), "SkuNotActive");
    shop.no("place_order", order("1", "TEE", 4, Some("H")), "SkuNotActive");
    shop.no("place_order", order("1", "TEE", 2, Some("H")), "SkuNotActive");
    shop.ok("place_order", order("1", "TEE", 3, Some("H")));
}

/// A hold that may stand anywhere is in the way of nothing that is bound to one node.
#[test]
fn a_loose_hold_makes_room_for_what_is_bound_to_its_node() {
    let begin = || {
        let mut shop = shop();
        shop.receive("R1", "A", "TEE", 5);
        shop.receive("R2", "B", "TEE", 5);
        shop.ok("hold_stock", hold("H", 5, ""));
        assert_eq!(stands(&mut shop, "H"), [("A".to_owned(), 5)]);
        shop
    };
    let moves_to_b = |mut shop: Shop| assert_eq!(stands(&mut shop, "H"), [("B".to_owned(), 5)]);
    let mut shop = begin();
    let mut pickup = order("1", "TEE", 5, None);
    pickup["terms"] = json!({"pickup": "A"});
    shop.ok("place_order", pickup);
    assert_eq!(planned(&mut shop, "1"), [("A".to_owned(), 5)]);
    moves_to_b(shop);
    let mut shop = begin();
    let lines = json!([{"sku": "TEE", "qty": 5}]);
    shop.ok("ship_transfer", json!({"transfer": "T", "from": "A", "to": "B", "lines": lines}));
    moves_to_b(shop);
    let mut shop = begin();
    shop.ok(
        "move_stock",
        json!({"movement": "M", "node": "A", "sku": "TEE", "qty": 5, "from": {},
        "to": {"condition": "damaged"}}),
    );
    moves_to_b(shop);
    let mut shop = begin();
    let lost = |number: &str, qty: i64| {
        let lines = json!([{"sku": "TEE", "qty": qty}]);
        json!({"adjustment": number, "node": "A", "reason": "why", "lines": lines})
    };
    shop.ok("adjust_stock", lost("1", -5));
    // What no binding leaves room for is refused, and the hold stays where it is.
    shop.receive("R3", "A", "TEE", 1);
    shop.ok("hold_stock", hold("I", 1, ""));
    shop.no("adjust_stock", lost("2", -1), "NotOnHand");
    moves_to_b(shop);
}

/// A node that closes keeps of the loose holds only what no other has room for, and tells of it.
#[test]
fn loose_holds_leave_a_node_that_closes() {
    let mut shop = shop();
    shop.receive("R1", "A", "TEE", 5);
    shop.receive("R2", "B", "TEE", 3);
    shop.ok("hold_stock", hold("H", 5, ""));
    shop.ok("set_node_status", json!({"node": "A", "status": "closed", "reason": "why"}));
    let mut stands = stands(&mut shop, "H");
    stands.sort();
    assert_eq!(stands, [("A".to_owned(), 2), ("B".to_owned(), 3)]);
    let open = shop.ask("exceptions", json!({}));
    assert_eq!(
        (&open[0]["opened"]["code"], &open[0]["opened"]["qty"]),
        (&json!("planned_at_closed_node"), &json!(2))
    );
    shop.no("hold_stock", hold("I", 1, ""), "NoBinding");
}

/// What closes a node, or takes goods out of it, moves loose holds away however it is said.
#[test]
fn loose_holds_make_room_for_changes_counts_messages_outages_and_subscriptions() {
    let close = || json!({"set_node_status": {"node": "A", "status": "closed", "reason": "why"}});
    let begin = |a: i64| {
        let mut shop = shop();
        shop.receive("R1", "A", "TEE", a);
        shop.receive("R2", "B", "TEE", 5);
        shop.ok("hold_stock", hold("H", 5, ""));
        assert_eq!(stands(&mut shop, "H"), [("A".to_owned(), 5)]);
        shop
    };
    let moved = |mut shop: Shop, open: &[&str]| {
        assert_eq!(stands(&mut shop, "H"), [("B".to_owned(), 5)]);
        assert_eq!(shop.codes(), open);
    };
    let mut shop = begin(5);
    let at = "2026-01-10T00:00:00Z";
    shop.ok("change_definition", json!({"change": "C", "effective_from": at, "definition": close()}));
    assert_eq!(shop.advance(at), ["HoldMoved", "ChangeTookEffect", "NodeStatusSet", "TimeAdvanced"]);
    moved(shop, &[]);
    let mut shop = begin(5);
    shop.say_at(at, "change_definition", json!({"change": "C", "effective_from": at, "definition": close()}));
    moved(shop, &[]);
    let mut shop = begin(5);
    shop.ok("define_feed", json!({"feed": "wms"}));
    shop.ok("take_message", json!({"feed": "wms", "number": 1, "message": close().to_string()}));
    moved(shop, &[]);
    let mut shop = begin(5);
    shop.ok("plan_count", json!({"count": "N", "node": "A", "skus": ["TEE"]}));
    shop.ok("record_count", json!({"count": "N", "lines": [{"sku": "TEE", "qty": 0}]}));
    shop.ok("post_count", json!({"count": "N", "reason": "why"}));
    assert_eq!(shop.stock("TEE", "A"), (0, 0), "all that is missing is in the books");
    moved(shop, &[]);
    let mut shop = begin(5);
    let down = json!({"kind": "node_down", "node": "A"});
    shop.ok("allocate_batch", json!({"orders": [], "reason": "why", "disruption": down}));
    moved(shop, &[]);
    let mut shop = begin(5);
    let mut weekly = order("S", "TEE", 5, None);
    weekly["terms"] = json!({"pickup": "A"});
    shop.ok(
        "set_subscription",
        json!({"subscription": "S", "capture": {"order": weekly},
            "rhythm": {"every": 1, "unit": "week", "first_at": at}}),
    );
    shop.advance(at);
    moved(shop, &[]);
}

/// Who waits is offered at once what a longer day, or a later date, lets go.
#[test]
fn who_waits_has_what_a_node_or_a_lot_allows_now() {
    let mut shop = shop();
    shop.ok("describe_sku", json!({"sku": "JAR", "tracking": "lot"}));
    let lot = |at: &str| {
        json!([{"sku": "JAR", "qty": 4, "unit_cost": "1", "expires_at": at,
        "place": {"lot": "L"}}])
    };
    shop.ok("receive_goods", json!({"receipt": "R", "node": "A", "lines": lot("2026-01-02T00:00:00Z")}));
    shop.ok("place_order", order("1", "JAR", 3, None));
    assert_eq!(planned(&mut shop, "1"), []);
    let date = json!({"sku": "JAR", "lot": "L", "expires_at": "2026-03-01T00:00:00Z"});
    assert!(shop.ok("set_lot_expiry", date)["BackordersFilled"].is_object());
    assert_eq!(planned(&mut shop, "1"), [("A".to_owned(), 3)]);
    // A channel that wants a longer life waits, until it wants less.
    shop.ok("describe_channel", json!({"channel": "web", "remaining_life_days": 90}));
    shop.ok("place_order", order("2", "JAR", 1, None));
    assert_eq!(planned(&mut shop, "2"), []);
    shop.ok("describe_channel", json!({"channel": "web", "remaining_life_days": 1}));
    assert_eq!(planned(&mut shop, "2"), [("A".to_owned(), 1)]);
    // A node that ships nothing lets who waits for it have what it has when it does again.
    let capacity = |orders: i64| json!({"node": "A", "capacity": {"orders": orders}});
    shop.ok("describe_node", capacity(0));
    shop.receive("R3", "A", "TEE", 2);
    shop.ok("place_order", order("3", "TEE", 2, None));
    assert_eq!(planned(&mut shop, "3"), []);
    shop.ok("describe_node", capacity(5));
    assert_eq!(planned(&mut shop, "3"), [("A".to_owned(), 2)]);
}

/// A best-effort hold has whole kits, in quantities in which they are sold.
#[test]
fn a_best_effort_hold_of_a_kit_has_whole_kits_in_its_own_increment() {
    let mut shop = shop();
    shop.ok("define_sku", json!({"sku": "SET", "price": "20"}));
    let parts = json!([{"sku": "TEE", "qty": 2}, {"sku": "JAR", "qty": 1}]);
    shop.ok("define_kit", json!({"sku": "SET", "kind": "virtual", "components": parts}));
    shop.receive("R1", "A", "TEE", 11);
    shop.receive("R2", "A", "JAR", 9);
    let best = |number: &str, qty: i64| {
        json!({"hold": number, "channel": "web", "lines": [{"sku": "SET", "qty": qty, "node": "A"}],
            "fill": "best_effort", "expires_at": "2026-01-25T00:00:00Z"})
    };
    // Eleven tees are five sets, and a tee that nobody needs.
    shop.ok("hold_stock", best("H", 7));
    assert_eq!((shop.stock("TEE", "A"), shop.stock("JAR", "A")), ((11, 1), (9, 4)));
    shop.ok("release_hold", json!({"hold": "H"}));
    // They are sold in threes: three sets.
    shop.ok("describe_sku", json!({"sku": "SET", "order_increment": 3}));
    shop.ok("hold_stock", best("I", 9));
    assert_eq!((shop.stock("TEE", "A"), shop.stock("JAR", "A")), ((11, 5), (9, 6)));
    shop.no("hold_stock", best("J", 3), "NotOnHand");
    assert_eq!(shop.stock("TEE", "A"), (11, 5));
}

/// What a kit that lost a component gives back besides is offered at once, but not to who lost by it.
#[test]
fn components_that_a_re_deal_sets_free_go_to_who_waits() {
    let mut shop = shop();
    shop.ok("define_sku", json!({"sku": "SET", "price": "20"}));
    let parts = json!([{"sku": "TEE", "qty": 1}, {"sku": "JAR", "qty": 1}]);
    shop.ok("define_kit", json!({"sku": "SET", "kind": "virtual", "components": parts}));
    shop.receive("R1", "A", "TEE", 2);
    shop.receive("R2", "A", "JAR", 2);
    let place = |number: &str, sku: &str, priority: u8| {
        let mut order = order(number, sku, 2, None);
        order["priority"] = json!(priority);
        order
    };
    shop.ok("place_order", place("set", "SET", 5));
    shop.ok("place_order", place("jar", "JAR", 7));
    shop.ok("place_order", place("tee", "TEE", 1));
    assert_eq!(planned(&mut shop, "jar"), []);
    let deal = json!({"redeal": "D", "skus": ["TEE"], "reason": "why", "losers_max": 1});
    let told = shop.ok("redeal_stock", deal);
    assert!(told["BackordersFilled"].is_object(), "{told}");
    assert_eq!(planned(&mut shop, "tee"), [("A".to_owned(), 2)]);
    assert_eq!(planned(&mut shop, "jar"), [("A".to_owned(), 2)], "the set has no use for them");
    assert!(planned(&mut shop, "set").iter().all(|(_, qty)| *qty == 0));
}

/// An order's line that names a lot, or a serial number, is reserved from that alone, or refused.
#[test]
fn an_order_line_that_names_a_lot_has_it_or_is_refused() {
    let mut shop = shop();
    shop.ok("describe_sku", json!({"sku": "JAR", "tracking": "lot"}));
    let lot = |lot: &str, qty: i64, at: &str| json!([{"sku": "JAR", "qty": qty, "unit_cost": "1", "expires_at": at, "place": {"lot": lot}}]);
    let (soon, later) = ("2026-02-01T00:00:00Z", "2026-06-01T00:00:00Z");
    shop.ok("receive_goods", json!({"receipt": "1", "node": "A", "lines": lot("SOON", 5, soon)}));
    shop.ok("receive_goods", json!({"receipt": "2", "node": "B", "lines": lot("LATE", 4, later)}));
    let named = |number: &str, lines: Value| {
        let mut order = order(number, "JAR", 1, None);
        order["lines"] = lines;
        order
    };
    let line = |lot: &str, qty: i64| json!({"sku": "JAR", "qty": qty, "lot": lot});
    // A is nearer, and its lot goes first: the line wants the other.
    shop.ok("place_order", named("1", json!([line("LATE", 3)])));
    assert_eq!(planned(&mut shop, "1"), [("B".to_owned(), 3)]);
    // One of the lot is left: what is short is told, and nothing is taken from another.
    let facts = shop.no("place_order", named("2", json!([line("LATE", 2)])), "NamedLotShort");
    assert_eq!(facts, json!({"sku": "JAR", "lot": "LATE", "asked": 2, "free": 1}));
    shop.no("place_order", named("2", json!([line("NONE", 1)])), "NamedLotShort");
    // All lines are judged together, and each comes from its own lot.
    shop.no("place_order", named("2", json!([line("LATE", 1), line("LATE", 1)])), "NamedLotShort");
    // Of two nodes they come where the policy lets a SKU come from two.
    let both = json!([line("LATE", 1), line("SOON", 2)]);
    let tiers = json!([[{"measure": "unfilled_units", "weight": "1"}]]);
    let policy = |split: &str| json!({"name": split, "otherwise": {"tiers": tiers, "shortage": "backorder", "line_split": split}});
    shop.ok("set_policy", policy("never"));
    shop.no("place_order", named("2", both.clone()), "NamedLotShort");
    shop.ok("set_policy", policy("allowed"));
    shop.ok("place_order", named("2", both));
    assert_eq!(planned(&mut shop, "2"), [("A".to_owned(), 2), ("B".to_owned(), 1)]);
    // Nobody else can have them, and they are what leaves.
    shop.no(
        "hold_stock",
        json!({"hold": "H", "channel": "web", "expires_at": "2026-01-25T00:00:00Z",
        "lines": [{"sku": "JAR", "qty": 1, "node": "B"}]}),
        "NotOnHand",
    );
    let ship = shop.ok("ship_order", json!({"order": "2", "node": "B"}));
    assert_eq!(ship["OrderShipped"]["lines"][0]["taken"][0]["place"]["lot"], "LATE");
    let ship = shop.ok("ship_order", json!({"order": "2", "node": "A"}));
    assert_eq!(ship["OrderShipped"]["lines"][0]["taken"][0]["place"]["lot"], "SOON");
    // A channel that wants a longer life is not given what does not have it.
    shop.ok("describe_channel", json!({"channel": "web", "remaining_life_days": 60}));
    shop.no("place_order", named("3", json!([line("SOON", 1)])), "NamedLotShort");
    let log = shop.book.log_since(1).expect("all of it");
    let again = stockbook::Book::replay(&log).expect("a log");
    assert_eq!(again.state_hash(), shop.book.state_hash());
}

/// Serial numbers are lots of one: two lines of a SKU name two of them.
#[test]
fn two_lines_name_two_serial_numbers() {
    let mut shop = shop();
    shop.ok("describe_sku", json!({"sku": "JAR", "tracking": "serial"}));
    for (number, node, serial) in [("1", "A", "S1"), ("2", "A", "S2"), ("3", "A", "S3"), ("4", "B", "S4")] {
        let lines = json!([{"sku": "JAR", "qty": 1, "unit_cost": "1", "place": {"lot": serial}}]);
        shop.ok("receive_goods", json!({"receipt": number, "node": node, "lines": lines}));
    }
    let mut two = order("1", "JAR", 1, None);
    let line = |serial: &str| json!({"sku": "JAR", "qty": 1, "lot": serial});
    two["lines"] = json!([line("S3"), line("S1"), {"sku": "TEE", "qty": 1}]);
    shop.receive("5", "A", "TEE", 1);
    shop.ok("place_order", two.clone());
    (two["order"], two["lines"]) = (json!("2"), json!([line("S3")]));
    shop.no("place_order", two, "NamedLotShort");
    let ship = shop.ok("ship_order", json!({"order": "1", "node": "A"}));
    let taken = |line: usize| ship["OrderShipped"]["lines"][line]["taken"][0]["place"]["lot"].clone();
    assert_eq!((taken(0), taken(1)), (json!("S3"), json!("S1")));
}

/// A has two of lot L and eight of M, B three of L, and some are protected: what a line asks of L is found
/// where L is, whatever else is nearer.
#[test]
fn a_lot_is_found_beside_others_where_stock_is_protected() {
    for by_plan in [false, true] {
        let mut shop = shop();
        shop.ok("describe_sku", json!({"sku": "JAR", "tracking": "lot"}));
        shop.ok("define_channel", json!({"channel": "market", "promise_hours": 72}));
        let tiers = json!([[{"measure": "unfilled_units", "weight": "1"}]]);
        let rule = json!({"tiers": tiers, "shortage": "backorder", "line_split": "allowed"});
        shop.ok("set_policy", json!({"name": "parts", "otherwise": rule}));
        for (number, node, lot, qty) in [("1", "A", "L", 2), ("2", "A", "M", 8), ("3", "B", "L", 3)] {
            let lines = json!([{"sku": "JAR", "qty": qty, "unit_cost": "1", "place": {"lot": lot}}]);
            shop.ok("receive_goods", json!({"receipt": number, "node": node, "lines": lines}));
        }
        if by_plan {
            let pools = json!([{"pool": "market", "channels": ["market"], "min": {"qty": 1}}]);
            shop.ok("set_protection_plan", json!({"sku": "JAR", "node": "A", "pools": pools}));
        } else {
            let kept = json!({"sku": "JAR", "node": "A", "channel": "market", "qty": 1});
            shop.ok("set_protection", kept);
        }
        let mut named = |number: &str, qty: i64| {
            let mut order = order(number, "JAR", 1, None);
            order["lines"] = json!([{"sku": "JAR", "qty": qty, "lot": "L"}]);
            shop.say("place_order", order)
        };
        let facts = named("0", 6)["rejection"]["facts"].clone();
        assert_eq!((&facts["asked"], &facts["free"]), (&json!(6), &json!(5)));
        assert!(named("1", 4)["receipt"].is_object());
        let units: i64 = planned(&mut shop, "1").iter().map(|(_, qty)| *qty).sum();
        assert_eq!(units, 4);
        let asked = json!({"ask": {"promise": {"channel": "web", "to": {"lat": "39", "lon": "-119"},
            "lines": [{"sku": "JAR", "qty": 1, "lot": "L"}]}}});
        let answer = shop.book.ask_json(asked.to_string().as_bytes());
        assert!(answer.contains("InvalidField"), "{answer}");
    }
}

/// What is refused, waits or lapses moves no hold.
#[test]
fn loose_holds_stay_where_nothing_comes_of_a_command() {
    let begin = || {
        let mut shop = shop();
        shop.receive("R1", "A", "TEE", 5);
        shop.receive("R2", "B", "TEE", 5);
        shop.ok("hold_stock", hold("H", 5, ""));
        shop
    };
    let close =
        |reason: &str| json!({"set_node_status": {"node": "A", "status": "closed", "reason": reason}});
    let stays = |mut shop: Shop, open: &[&str]| {
        assert_eq!(stands(&mut shop, "H"), [("A".to_owned(), 5)]);
        assert_eq!(shop.codes(), open);
        let log = shop.book.log_since(1).expect("all of it");
        let again = stockbook::Book::replay(&log).expect("a log");
        assert_eq!(again.state_hash(), shop.book.state_hash());
    };
    let mut shop = begin();
    shop.ok("define_feed", json!({"feed": "wms"}));
    let message = json!({"feed": "wms", "number": 1, "message": close("none").to_string()});
    let told = shop.say("take_message", message);
    let events = told["receipt"]["events"].as_array().expect("events");
    assert_eq!(events.len(), 1, "that it was refused: {told}");
    stays(shop, &["message_refused"]);
    let mut shop = begin();
    let at = "2026-01-10T00:00:00Z";
    let change = |number: &str, definition: Value| json!({"change": number, "effective_from": at, "definition": definition});
    shop.ok("change_definition", change("R", json!({"define_reason": {"reason": "later"}})));
    shop.ok("change_definition", change("C", close("later")));
    shop.ok("withdraw_change", json!({"change": "R"}));
    assert_eq!(shop.advance(at), ["ChangeLapsed", "TimeAdvanced"]);
    stays(shop, &["change_lapsed"]);
    let mut shop = begin();
    shop.ok("define_role", json!({"role": "desk"}));
    let rule = json!({"command": "adjust_stock", "measure": "units", "above": "1", "role": "desk",
        "expires_hours": 8});
    shop.ok("set_approval_rule", rule);
    let lines = json!([{"sku": "TEE", "qty": -5}]);
    let lose = json!({"adjustment": "L", "node": "A", "reason": "why", "lines": lines});
    assert!(shop.ok("adjust_stock", lose)["ApprovalRequested"].is_object());
    stays(shop, &["approval_needed"]);
}
