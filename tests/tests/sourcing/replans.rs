//! Disruptions: what the dry run says is what the command does, touched orders alone move, as few as can be,
//! and the promises that break are those that must.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

/// Three nodes on a line, one ground and one air service, and a channel that promises in five days.
fn shop(tiers: &[&str], more: Value) -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "storm"}));
    let zones = |hours: [u32; 2], base: &str| {
        json!([{"up_to_km": 1000, "transit_hours": hours[0], "base": base, "per_kg": "1"},
            {"up_to_km": 9000, "transit_hours": hours[1], "base": base, "per_kg": "2"}])
    };
    shop.ok("define_service", json!({"service": "ground", "zones": zones([24, 96], "5")}));
    shop.ok("define_service", json!({"service": "air", "zones": zones([24, 24], "15")}));
    for (node, lon) in [("EAST", "-75"), ("MID", "-90"), ("WEST", "-118")] {
        let place = json!({"lat": "40", "lon": lon});
        shop.ok(
            "define_node",
            json!({"node": node, "kind": "warehouse", "place": place,
            "handling_per_order": "1", "handling_per_unit": "0.25"}),
        );
    }
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 110}));
    for sku in ["TEE", "MUG"] {
        shop.ok("define_sku", json!({"sku": sku, "price": "20", "weight_g": 500}));
    }
    let mut rule = json!({"lateness": "allowed", "tiers": tiers});
    for (field, value) in more.as_object().expect("fields of a rule") {
        rule[field] = value.clone();
    }
    shop.ok("set_policy", json!({"name": "of the case", "otherwise": rule}));
    shop
}

const TIERS: [&str; 3] = ["1 unfilled_units", "1 lateness_hours", "1 freight + 1 handling"];

fn order(number: &str, lon: &str, lines: &[(&str, i64)]) -> Value {
    let lines: Vec<Value> = lines.iter().map(|(sku, qty)| json!({"sku": sku, "qty": qty})).collect();
    json!({"order": number, "channel": "web", "to": {"lat": "40", "lon": lon}, "lines": lines})
}

fn replan(disruption: &Value) -> Value {
    json!({"orders": [], "reason": "storm", "disruption": disruption})
}

/// Says a command at the book's own time, so that nothing but the command stands between question and answer.
fn say_now(shop: &mut Shop, id: &str, word: &str, body: &Value) -> Value {
    let at = shop.book.now().to_string();
    let request = json!({"id": id, "at": at, "command": {word: body}});
    let answer = shop.book.execute_json(request.to_string().as_bytes());
    shop.book.verify().unwrap_or_else(|broken| panic!("after {word}: {broken}"));
    serde_json::from_str(&answer).expect("an answer is JSON")
}

/// What carriage and handling of an order's open parcels cost, in cents.
fn charges(shop: &mut Shop, number: &str) -> i64 {
    let order = shop.ask("order", json!({"document": number}));
    let open = order["parcels"].as_array().expect("parcels").iter();
    let open = open.filter(|parcel| !parcel["reserved"].as_array().expect("lines").is_empty());
    open.map(|parcel| cents(&parcel["freight"]) + cents(&parcel["handling"])).sum()
}

fn cents(money: &Value) -> i64 {
    (money.as_str().expect("money").parse::<f64>().expect("a number") * 100.0).round() as i64
}

/// Asks, then says the same: the event is the one that was shown, the charges differ by what was said, orders
/// that are not named stay as they were. Gives the dry run.
fn carried_out(shop: &mut Shop, disruption: &Value, orders: &[String]) -> Value {
    let before = shop.book.state_hash();
    let shown = shop.ask("replan", replan(disruption));
    assert_eq!(shop.book.state_hash(), before, "a question changes nothing: {shown}");
    let whole = |shop: &mut Shop, number: &String| shop.ask("order", json!({"document": number}));
    let was: Vec<(Value, i64)> = orders.iter().map(|n| (whole(shop, n), charges(shop, n))).collect();
    let mut command = replan(disruption);
    command["accepts"] = json!("0123456789abcdef");
    let id = shown["digest"].as_str().expect("a digest").to_owned();
    let refused = say_now(shop, &format!("not {id}"), "allocate_batch", &command);
    assert_eq!(refused["rejection"]["name"], "ReplanDiffers", "{refused}");
    assert_eq!(refused["rejection"]["facts"]["digest"], shown["digest"]);
    command["accepts"] = shown["digest"].clone();
    let said = say_now(shop, &id, "allocate_batch", &command);
    assert_eq!(said["receipt"]["events"][0]["body"]["BatchAllocated"], shown["batch"], "{said}");
    let plans = shown["batch"]["plans"].as_array().expect("plans");
    let touched = |number: &String| plans.iter().any(|plan| plan["order"] == json!(number));
    let mut more = 0;
    for (number, (order, cost)) in orders.iter().zip(was) {
        more += charges(shop, number) - cost;
        if !touched(number) {
            assert_eq!(whole(shop, number), order, "order {number} is not touched");
        }
    }
    assert_eq!(cents(&shown["cost"]), more, "{shown}");
    shown
}

fn broken(shown: &Value) -> Vec<(String, i64, bool)> {
    let row = |row: &Value| {
        let order = row["order"].as_str().expect("an order").to_owned();
        (order, row["qty"].as_i64().expect("units"), row["arrive_at"].is_null())
    };
    shown["broken"].as_array().expect("promises").iter().map(row).collect()
}

/// A node is down: five orders, four units elsewhere. Four move, one promise breaks, the sixth order stays.
#[test]
fn node_down() {
    let mut shop = shop(&TIERS, json!({}));
    shop.receive("1", "EAST", "TEE", 5);
    let orders: Vec<String> = (1..=5).map(|n| format!("E{n}")).chain(["W1".into()]).collect();
    for number in &orders[..5] {
        shop.ok("place_order", order(number, "-74", &[("TEE", 1)]));
    }
    shop.receive("2", "WEST", "TEE", 3);
    shop.receive("3", "MID", "TEE", 2);
    shop.ok("place_order", order("W1", "-119", &[("TEE", 1)]));
    let shown = carried_out(&mut shop, &json!({"kind": "node_down", "node": "EAST"}), &orders);
    assert_eq!(shown["moved"], 4);
    let broken = broken(&shown);
    assert_eq!((broken.len(), broken[0].1, broken[0].2), (1, 1, true), "{shown}");
    assert_eq!(shop.stock("TEE", "EAST"), (5, 5), "nothing is promised from there any more");
    shop.ok("place_order", order("E6", "-74", &[("TEE", 1)]));
    let waits = shop.ask("order", json!({"document": "E6"}));
    assert_eq!(waits["state"], "backordered", "the node is closed");
    let exceptions = shop.ask("exceptions", json!({})).to_string();
    assert!(exceptions.contains("promise_at_risk"), "{exceptions}");
}

/// What a touched order gets from a node that is up stays, parcel and all.
#[test]
fn the_rest_of_an_order_stays() {
    let mut shop = shop(&TIERS, json!({}));
    shop.receive("1", "EAST", "TEE", 1);
    shop.receive("2", "MID", "MUG", 1);
    shop.ok("place_order", order("1", "-74", &[("TEE", 1), ("MUG", 1)]));
    shop.receive("3", "WEST", "TEE", 1);
    shop.receive("4", "EAST", "MUG", 9);
    shop.receive("5", "WEST", "MUG", 9);
    let mug = |shop: &mut Shop| shop.ask("order", json!({"document": "1"}))["parcels"][1].clone();
    let before = mug(&mut shop);
    assert_eq!(before["node"], "MID");
    let shown = carried_out(&mut shop, &json!({"kind": "node_down", "node": "EAST"}), &["1".into()]);
    assert_eq!((mug(&mut shop), shown["moved"].as_u64()), (before, Some(1)));
    assert_eq!((broken(&shown), shop.stock("MUG", "WEST")), (vec![], (9, 9)));
}

/// A carrier service is down: whoever another service carries in time from the same node stays there.
#[test]
fn service_down() {
    let mut shop = shop(&TIERS, json!({}));
    shop.receive("1", "EAST", "TEE", 2);
    shop.receive("2", "MID", "TEE", 9);
    let orders: Vec<String> = vec!["1".into(), "2".into()];
    for number in &orders {
        shop.ok("place_order", order(number, "-74", &[("TEE", 1)]));
    }
    let shown = carried_out(&mut shop, &json!({"kind": "service_down", "service": "ground"}), &orders);
    assert_eq!((shown["moved"].as_u64(), broken(&shown)), (Some(0), vec![]));
    assert_eq!(cents(&shown["cost"]), 2 * (1550 - 550), "by air for 15 and a half kilogram's 0.50, each");
    // Air is left alone: now it goes down too, and nothing goes anywhere.
    let shown = carried_out(&mut shop, &json!({"kind": "service_down", "service": "air"}), &orders);
    assert_eq!(broken(&shown), vec![("1".into(), 1, true), ("2".into(), 1, true)]);
    // Said again, the service goes again.
    let zones = json!([{"up_to_km": 9000, "transit_hours": 24, "base": "5", "per_kg": "1"}]);
    shop.ok("define_service", json!({"service": "ground", "zones": zones}));
    shop.ok("place_order", order("3", "-74", &[("TEE", 1)]));
    assert_eq!(shop.ask("order", json!({"document": "3"}))["state"], "planned");
}

/// Node rejections: only the orders named; beyond the policy's limit they wait and somebody has to see to it.
#[test]
fn node_rejects() {
    let mut shop = shop(&TIERS, json!({"rejections_max": 1}));
    shop.receive("1", "EAST", "TEE", 3);
    let orders: Vec<String> = (1..=3).map(|n| n.to_string()).collect();
    for number in &orders {
        shop.ok("place_order", order(number, "-74", &[("TEE", 1)]));
    }
    shop.receive("2", "MID", "TEE", 5);
    let by = |node: &str| json!({"kind": "node_rejected", "node": node});
    let mut command = replan(&by("EAST"));
    command["orders"] = json!(["1", "3"]);
    let shown = shop.ask("replan", command.clone());
    assert_eq!(shown["moved"], 2);
    let said = say_now(&mut shop, "r1", "allocate_batch", &command);
    assert_eq!(said["receipt"]["events"][0]["body"]["BatchAllocated"], shown["batch"]);
    assert_eq!((shop.stock("TEE", "EAST"), shop.stock("TEE", "MID")), ((3, 2), (5, 3)));
    let shown = carried_out(&mut shop, &by("MID"), &orders);
    assert_eq!(broken(&shown), vec![("1".into(), 1, true), ("3".into(), 1, true)]);
    let exceptions = shop.ask("exceptions", json!({})).to_string();
    assert!(exceptions.contains("allocation_failed"), "{exceptions}");
}

/// A question that is none is refused by the field that is wrong.
#[test]
fn faults() {
    let mut shop = shop(&TIERS, json!({}));
    for (disruption, field) in [
        (json!({"kind": "node_down"}), "disruption.node"),
        (json!({"kind": "node_down", "node": "EAST", "missing": 2}), "disruption.missing"),
        (json!({"kind": "service_down", "node": "EAST"}), "disruption.node"),
        (json!({"kind": "short_pick", "node": "EAST", "missing": 1}), "disruption.sku"),
    ] {
        let facts = shop.no("allocate_batch", replan(&disruption), "InvalidField");
        assert_eq!(facts["field"], field, "{disruption}");
    }
    let short = json!({"kind": "short_pick", "node": "EAST", "sku": "TEE", "missing": -1});
    shop.no("allocate_batch", replan(&short), "InvalidQuantity");
    let mut named = replan(&json!({"kind": "node_down", "node": "EAST"}));
    named["orders"] = json!(["1"]);
    assert_eq!(shop.no("allocate_batch", named, "InvalidField")["field"], "orders");
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        ((self.0 >> 33) % sides) as i64
    }
}

/// Short picks, against every set of orders: no set of fewer orders makes up for what is missing, and where
/// all could move in time none breaks.
#[test]
fn short_pick_moves_the_fewest() {
    let mut split = 0;
    for seed in 1..=40 {
        let mut dice = Dice(seed);
        let mut shop = shop(&TIERS, json!({"line_split": "allowed"}));
        let wants: Vec<i64> = (0..6).map(|_| 1 + dice.roll(5)).collect();
        let spare = dice.roll(3);
        shop.receive("1", "EAST", "TEE", wants.iter().sum::<i64>() + spare);
        let orders: Vec<String> = (1..=6).map(|n| n.to_string()).collect();
        for (number, want) in orders.iter().zip(&wants) {
            shop.ok("place_order", order(number, "-74", &[("TEE", *want)]));
        }
        let elsewhere = dice.roll(12);
        if elsewhere > 0 {
            shop.receive("2", "MID", "TEE", elsewhere);
        }
        let missing = 1 + dice.roll(10);
        let lost = (missing - spare).max(0).min(wants.iter().sum());
        let short = json!({"kind": "short_pick", "node": "EAST", "sku": "TEE", "missing": missing});
        let shown = carried_out(&mut shop, &short, &orders);
        let waits: i64 = broken(&shown).iter().map(|row| row.1).sum();
        assert_eq!(waits, (lost - elsewhere).max(0), "seed {seed}: {shown}");
        let plans = shown["batch"]["plans"].as_array().expect("plans").len() as u32;
        let enough = |set: &u32| {
            let mine = wants.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1);
            mine.map(|(_, want)| want).sum::<i64>() >= lost
        };
        let fewest = (0u32..64).filter(enough).map(u32::count_ones).min().expect("all of them are enough");
        if elsewhere >= lost && wants.iter().all(|want| *want <= elsewhere) {
            assert_eq!(plans, fewest, "seed {seed}: {wants:?} lose {lost}: {shown}");
            split += u32::from(fewest > 1);
        }
        let (on_hand, free) = shop.stock("TEE", "EAST");
        assert_eq!(free, spare + lost, "what went is free until the stock is corrected");
        let lines = json!([{"sku": "TEE", "qty": -missing.min(on_hand)}]);
        let adjust = json!({"adjustment": "A", "node": "EAST", "reason": "storm", "lines": lines});
        shop.ok("adjust_stock", adjust);
        assert_eq!(shop.stock("TEE", "EAST").1, (spare - missing).max(0), "and then nothing is phantom");
    }
    assert!(split > 3, "only {split} cases needed several orders");
}

/// EAST is down, which had E's unit; within 1,600 km of E there is MID, whose units M, which has no other
/// node so near, and W have. W could have a unit from WEST: it makes way, and all promises are kept.
#[test]
fn an_order_makes_way_for_a_promise() {
    let down = json!({"kind": "node_down", "node": "EAST"});
    let prepared = |west: i64| {
        let mut shop = shop(&TIERS, json!({"distance_km_max": 1600}));
        for (number, node, qty) in [("1", "EAST", 1), ("2", "MID", 2)] {
            shop.receive(number, node, "TEE", qty);
        }
        for (number, lon) in [("E", "-74"), ("M", "-89"), ("W", "-100")] {
            shop.ok("place_order", order(number, lon, &[("TEE", 1)]));
        }
        if west > 0 {
            shop.receive("3", "WEST", "TEE", west);
        }
        shop
    };
    let orders: Vec<String> = ["E", "M", "W"].map(String::from).to_vec();
    let mut shop = prepared(1);
    let shown = carried_out(&mut shop, &down, &orders);
    assert_eq!((&shown["moved"], broken(&shown).len()), (&json!(2), 0), "{shown}");
    let aside = shown["batch"]["aside"].as_array().expect("who makes way");
    assert_eq!(aside.len(), 1, "{shown}");
    assert_eq!([shop.stock("TEE", "MID"), shop.stock("TEE", "WEST")], [(2, 0), (1, 0)]);
    // Nobody makes way where nothing is won by it.
    let mut shop = prepared(0);
    let shown = carried_out(&mut shop, &down, &orders);
    assert_eq!((&shown["moved"], broken(&shown).len()), (&json!(0), 1), "{shown}");
    assert_eq!(shown["batch"]["aside"], json!([]));
}

/// The same where the unit at WEST is taken too, by P, which could have one from PACIFIC: two make way. The
/// orders that came first are those that stay.
#[test]
fn two_orders_make_way_for_a_promise() {
    let mut shop = shop(&TIERS, json!({"distance_km_max": 1600}));
    let place = json!({"lat": "40", "lon": "-124"});
    shop.ok("define_node", json!({"node": "PACIFIC", "kind": "warehouse", "place": place}));
    for (number, node) in [("1", "EAST"), ("2", "MID"), ("3", "WEST")] {
        shop.receive(number, node, "TEE", 1);
    }
    for (number, lon) in [("E", "-74"), ("W", "-100"), ("P", "-119")] {
        shop.ok("place_order", order(number, lon, &[("TEE", 1)]));
    }
    shop.receive("4", "PACIFIC", "TEE", 1);
    let orders: Vec<String> = ["E", "W", "P"].map(String::from).to_vec();
    let shown = carried_out(&mut shop, &json!({"kind": "node_down", "node": "EAST"}), &orders);
    assert_eq!((&shown["moved"], broken(&shown).len()), (&json!(3), 0), "{shown}");
    assert_eq!(shown["batch"]["aside"].as_array().expect("who makes way").len(), 2);
}

/// EAST is down, which had all five of A, the least important; MID has three of B, the most important, and two
/// free. That A is whole if B waits is no reason: whom the storm does not touch keeps what it was promised.
#[test]
fn who_makes_way_keeps_its_promise() {
    let mut shop = shop(&TIERS, json!({"distance_km_max": 1600}));
    let ranked = |number: &str, lon: &str, qty: i64, priority: u8| {
        let mut order = order(number, lon, &[("TEE", qty)]);
        order["priority"] = json!(priority);
        order
    };
    shop.receive("1", "EAST", "TEE", 5);
    shop.ok("place_order", ranked("A", "-74", 5, 9));
    shop.receive("2", "MID", "TEE", 5);
    shop.ok("place_order", ranked("B", "-89", 3, 1));
    let orders: Vec<String> = ["A", "B"].map(String::from).to_vec();
    let shown = carried_out(&mut shop, &json!({"kind": "node_down", "node": "EAST"}), &orders);
    assert_eq!(shown["batch"]["aside"], json!([]));
    assert_eq!(broken(&shown), [("A".to_owned(), 5, true)], "{shown}");
}
