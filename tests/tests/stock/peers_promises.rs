//! What may be promised over time, as peers' manuals and suites have it: their published numbers, played
//! through a book by commands. Each test names its case.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

/// Nodes with these names, SKUs, two channels, and a policy whose orders wait for what is short. Orders of
/// channel `once` leave in one shipment or not at all.
fn shop(nodes: &[&str], skus: &[&str]) -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "why"}));
    for sku in skus {
        shop.ok("define_sku", json!({"sku": sku, "price": "10"}));
    }
    for (at, node) in nodes.iter().enumerate() {
        let place = json!({"lat": "40", "lon": format!("-{}", 75 + at)});
        shop.ok("define_node", json!({"node": node, "kind": "warehouse", "place": place}));
    }
    for channel in ["web", "once", "west"] {
        shop.ok("define_channel", json!({"channel": channel, "promise_hours": 96, "priority": 5}));
    }
    shop.ok("define_supplier", json!({"supplier": "S", "lead_time_days": 3, "expedite_days": 1}));
    let rule = json!({"lateness": "allowed", "shortage": "backorder", "line_split": "allowed",
        "tiers": ["1 unfilled_units", "1 distance_km"]});
    let (mut once, mut west) = (rule.clone(), rule.clone());
    once["completeness"] = json!("whole");
    west["nodes"] = json!([nodes.last()]);
    let rules = json!([{"name": "once", "when": {"channels": ["once"]}, "then": once},
        {"name": "west", "when": {"channels": ["west"]}, "then": west}]);
    shop.ok("set_policy", json!({"name": "p", "rules": rules, "otherwise": rule}));
    shop
}

fn order(number: &str, channel: &str, lines: &[(&str, i64)]) -> Value {
    let lines: Vec<Value> = lines.iter().map(|(sku, qty)| json!({"sku": sku, "qty": qty})).collect();
    json!({"order": number, "channel": channel, "to": {"lat": "40", "lon": "-75"}, "lines": lines})
}

fn buy(shop: &mut Shop, number: &str, node: &str, qty: i64, expected_at: &str) {
    let lines = json!([{"sku": "X", "qty": qty, "unit_cost": "5"}]);
    let purchase = json!({"purchase_order": number, "supplier": "S", "node": node,
        "expected_at": expected_at, "lines": lines});
    shop.ok("place_purchase_order", purchase);
}

/// A column of the days of an answer.
fn days(view: &Value, column: &str) -> Vec<i64> {
    view["days"].as_array().expect("days").iter().map(|day| day[column].as_i64().expect("units")).collect()
}

/// Units that the lines of an order have and wait for.
fn lines(shop: &mut Shop, order: &str) -> Vec<(i64, i64)> {
    let view = shop.ask("order", json!({"document": order}));
    let units = |line: &Value, field: &str| line[field].as_i64().expect("units");
    let rows = view["lines"].as_array().expect("lines").iter();
    rows.map(|line| (units(line, "reserved"), units(line, "backordered"))).collect()
}

/// What each of some orders of one line has.
fn reserved<const N: usize>(shop: &mut Shop, orders: [&str; N]) -> [i64; N] {
    orders.map(|order| lines(shop, order)[0].0)
}

/// An hour of a day; day 1 is the day on which the shop opens.
fn hour(day: u32, hour: u32) -> String {
    format!("2026-01-{:02}T{hour:02}:00:00Z", 4 + day)
}

/// Microsoft: on hand 20; day 1 demand 3; day 3 supply 10; day 4 demand 15; day 5 + 1; day 6 + 3.
#[test]
fn microsoft_atp_by_day_and_the_day_on_which_supply_has_not_come() {
    let mut shop = shop(&["A"], &["X"]);
    shop.receive("R", "A", "X", 20);
    for (day, qty) in [(3, 10), (5, 1), (6, 3)] {
        buy(&mut shop, &format!("P{day}"), "A", qty, &hour(day, 12));
    }
    let demands = json!([{"at": hour(1, 13), "qty": 3}, {"at": hour(4, 13), "qty": 15}]);
    let week = json!({"sku": "X", "from": hour(1, 1), "days": 7, "demands": demands});
    let view = shop.ask("atp", week);
    assert_eq!(days(&view, "projected"), [17, 17, 27, 12, 13, 16, 16]);
    assert_eq!(days(&view, "atp"), [12, 12, 12, 12, 13, 16, 16]);
    // The demands become orders: three leave on day 1, fifteen are asked for day 4. Of these, ten wait for
    // the supply of day 3 and five are kept of what is there: 20 - 3 - 5 = 12 are free.
    shop.ok("place_order", order("day 1", "web", &[("X", 3)]));
    shop.ok("ship_order", json!({"order": "day 1", "node": "A"}));
    let mut later = order("day 4", "web", &[("X", 15)]);
    later["terms"] = json!({"ship_from": hour(4, 13)});
    shop.ok("place_order", later);
    assert_eq!(lines(&mut shop, "day 4"), [(5, 10)]);
    let view = shop.ask("atp", json!({"sku": "X", "from": hour(1, 1), "days": 7}));
    assert_eq!((&view["free"], days(&view, "atp")), (&json!(12), vec![12, 12, 12, 12, 13, 16, 16]));
    // Asked on day 1 for day 4 on: what comes on day 3 is there by then, so the same from day 4 on.
    let view = shop.ask("atp", json!({"sku": "X", "from": hour(4, 1), "days": 4}));
    assert_eq!(days(&view, "atp"), [12, 13, 16, 16]);
    assert_eq!(view["supplies"][0]["at"], hour(4, 1), "counted from the first instant on");
    // Day 4 comes, and the ten have not.
    shop.advance(&hour(4, 1));
    let view = shop.ask("atp", json!({"sku": "X", "days": 7}));
    assert_eq!(days(&view, "atp"), [2, 3, 6, 6, 6, 6, 6]);
    // The order's time comes: it takes the ten of what is there, and that leaves the same.
    shop.advance(&hour(4, 14));
    assert_eq!(lines(&mut shop, "day 4"), [(15, 0)]);
    let view = shop.ask("atp", json!({"sku": "X", "from": hour(4, 1), "days": 7}));
    assert_eq!((&view["free"], days(&view, "atp")), (&json!(2), vec![2, 3, 6, 6, 6, 6, 6]));
    shop.wait(4);
    shop.ok(
        "receive_goods",
        json!({"receipt": "late", "node": "A", "purchase_order": "P3",
        "lines": [{"sku": "X", "qty": 10}]}),
    );
    let view = shop.ask("atp", json!({"sku": "X", "from": hour(4, 1), "days": 7}));
    assert_eq!(days(&view, "atp"), [12, 13, 16, 16, 16, 16, 16], "the ten are there at last");
}

/// What comes before an instant that is still to come is there by then, also for the promise of an order.
#[test]
fn what_comes_before_a_later_instant_is_there_by_then() {
    let mut shop = shop(&["A"], &["X"]);
    buy(&mut shop, "P", "A", 10, &hour(3, 12));
    let promise = |shop: &mut Shop, at: String| {
        let lines = json!([{"sku": "X", "qty": 4}]);
        let to = json!({"lat": "40", "lon": "-75"});
        shop.ask("promise", json!({"channel": "web", "to": to, "lines": lines, "at": at}))
    };
    let later = promise(&mut shop, hour(5, 9));
    assert_eq!((&later["complete"], &later["parts"][0]["available_at"]), (&json!(true), &json!(hour(5, 9))));
    assert_eq!(promise(&mut shop, hour(2, 9))["parts"][0]["available_at"], hour(3, 12));
    // Once it is overdue it is counted for neither, unless the question says when.
    shop.advance(&hour(4, 1));
    assert_eq!(promise(&mut shop, hour(5, 9))["complete"], false);
    let ask = |overdue: Value| json!({"sku": "X", "from": hour(5, 1), "days": 3, "overdue_days": overdue});
    assert_eq!(days(&shop.ask("atp", ask(Value::Null)), "atp"), [0, 0, 0]);
    assert_eq!(days(&shop.ask("atp", ask(json!(1))), "atp"), [0, 10, 10]);
}

/// OCA's demands by date.
const DEMANDS: [i64; 5] = [5, 3, 20, 20, 15];

/// OCA: 20 on hand; 5, 3, 12, 0, 0 may be released, and 0, 5, 8, 28, 48 were promised before each.
#[test]
fn oca_demands_are_promised_in_turn_and_one_that_is_raised_gets_all() {
    let names = ["1", "2", "3", "4", "5"];
    let mut shop = shop(&["A"], &["X"]);
    shop.receive("R", "A", "X", 20);
    for ((name, qty), before) in names.iter().zip(DEMANDS).zip([0, 5, 8, 28, 48]) {
        // What is on hand less what it is projected to come down to is what was promised.
        let view = shop.ask("atp", json!({"sku": "X", "days": 7}));
        assert_eq!(days(&view, "projected").last(), Some(&(20 - before)), "before demand {name}");
        let mut demand = order(name, "web", &[("X", qty)]);
        if *name == "4" {
            demand["priority"] = json!(1);
        }
        shop.ok("place_order", demand);
    }
    assert_eq!(reserved(&mut shop, names), [5, 3, 12, 0, 0]);
    // The fourth is raised before the others: it gets 20, they get 0, and whoever does that knows it.
    let mut redeal = json!({"redeal": "D", "skus": ["X"], "by": "priority", "reason": "why"});
    let dry = shop.ask("redeal", redeal.clone());
    assert_eq!((&dry["losers"], &dry["winners"], &dry["units"]), (&json!(3), &json!(1), &json!(20)));
    shop.no("redeal_stock", redeal.clone(), "RedealLosesMore");
    redeal["losers_max"] = json!(3);
    shop.ok("redeal_stock", redeal);
    assert_eq!(reserved(&mut shop, names), [0, 0, 0, 20, 0]);
    let view = shop.ask("atp", json!({"sku": "X", "days": 7}));
    assert_eq!(days(&view, "projected").last(), Some(&(20 - 63)), "all 63 are still asked for");
}

/// OCA: the same where the goods come after the demands.
#[test]
fn oca_what_comes_in_goes_to_demands_in_turn() {
    for (raised, gets) in [(None, [5, 3, 12, 0, 0]), (Some("4"), [0, 0, 0, 20, 0])] {
        let names = ["1", "2", "3", "4", "5"];
        let mut shop = shop(&["A"], &["X"]);
        for (name, qty) in names.iter().zip(DEMANDS) {
            let mut demand = order(name, "web", &[("X", qty)]);
            if raised == Some(*name) {
                demand["priority"] = json!(1);
            }
            shop.ok("place_order", demand);
        }
        assert_eq!(reserved(&mut shop, names), [0; 5]);
        shop.receive("R", "A", "X", 20);
        assert_eq!(reserved(&mut shop, names), gets);
    }
}

/// OCA: 5 and 10 on hand, and a first order took the 5. An order of 5 and 5 in one shipment gets nothing; one
/// that may leave in parts gets the line that is there.
#[test]
fn oca_one_shipment_gets_nothing_and_parts_get_the_line_that_is_there() {
    let mut shop = shop(&["A"], &["X", "Y"]);
    shop.receive("RX", "A", "X", 5);
    shop.receive("RY", "A", "Y", 10);
    shop.ok("place_order", order("first", "web", &[("X", 5)]));
    shop.ok("place_order", order("whole", "once", &[("X", 5), ("Y", 5)]));
    assert_eq!(lines(&mut shop, "whole"), [(0, 5), (0, 5)]);
    assert_eq!((shop.stock("X", "A"), shop.stock("Y", "A")), ((5, 0), (10, 10)));
    shop.ok("place_order", order("parts", "web", &[("X", 5), ("Y", 5)]));
    assert_eq!(lines(&mut shop, "parts"), [(0, 5), (5, 0)]);
    assert_eq!((shop.stock("X", "A"), shop.stock("Y", "A")), ((5, 0), (10, 5)));
}

/// IBM, ideas INVENTORY-I-33: backorders distort ATP both ways. Of a group of nodes those count that one of
/// them could serve, once.
#[test]
fn a_group_of_nodes_counts_the_backorders_that_it_could_serve() {
    let mut shop = shop(&["A", "B", "C"], &["X"]);
    for (node, groups) in [("A", json!(["east"])), ("B", json!(["east"])), ("C", json!([]))] {
        let said = json!({"node": node, "groups": groups, "pickup": "allowed"});
        shop.ok("describe_node", said);
    }
    shop.ok("place_order", order("free", "web", &[("X", 2)]));
    for (name, node, qty) in [("at A", "A", 3), ("at C", "C", 5)] {
        let mut picked_up = order(name, "web", &[("X", qty)]);
        picked_up["terms"] = json!({"pickup": node});
        shop.ok("place_order", picked_up);
    }
    // The rule of `west` allows C alone.
    shop.ok("place_order", order("west", "west", &[("X", 7)]));
    buy(&mut shop, "PA", "A", 30, &hour(3, 9));
    buy(&mut shop, "PC", "C", 40, &hour(3, 9));
    let atp = |shop: &mut Shop, nodes: Value| {
        let view = shop.ask("atp", json!({"sku": "X", "days": 7, "nodes": nodes}));
        let demand: i64 = days(&view, "demand").iter().sum();
        (demand, *days(&view, "projected").last().expect("days"))
    };
    assert_eq!(atp(&mut shop, json!(["east"])), (5, 25), "free and at A, though B could serve free too");
    assert_eq!(atp(&mut shop, json!(["A"])), (5, 25));
    assert_eq!(atp(&mut shop, json!(["B"])), (2, -2), "free alone");
    assert_eq!(atp(&mut shop, json!(["C"])), (14, 26), "free, at C and west");
    assert_eq!(atp(&mut shop, json!(["A", "C"])), (17, 53), "each once");
    assert_eq!(atp(&mut shop, json!([])), (17, 53));
    // A promise out of the group leaves to those that wait what is theirs: 25 of 30.
    let promise = |shop: &mut Shop, qty: i64| {
        let lines = json!([{"sku": "X", "qty": qty}]);
        let to = json!({"lat": "40", "lon": "-75"});
        let ask = json!({"channel": "web", "to": to, "lines": lines, "nodes": ["east"]});
        shop.ask("promise", ask)["complete"].clone()
    };
    assert_eq!((promise(&mut shop, 25), promise(&mut shop, 26)), (json!(true), json!(false)));
    // The sums come true: what arrives at A fills free and at A, and leaves 25.
    shop.ok(
        "receive_goods",
        json!({"receipt": "R", "node": "A", "purchase_order": "PA",
        "lines": [{"sku": "X", "qty": 30}]}),
    );
    assert_eq!(atp(&mut shop, json!(["east"])), (0, 25));
    assert_eq!(atp(&mut shop, json!(["C"])), (12, 28));
}

/// Every fault of a protection plan is said at once, with those of its names.
#[test]
fn all_faults_of_a_protection_plan_are_said_at_once() {
    let mut shop = shop(&["A"], &["X"]);
    let pools = json!([
        {"pool": "no\ncode", "channels": ["nobody", "web"]},
        {"pool": "two", "channels": ["web", "no one"], "within": "not there", "min": {"qty": -1}},
        {"pool": "two", "borrows_from": ["two"]},
    ]);
    let facts =
        shop.no("set_protection_plan", json!({"sku": "NOT", "node": "NOR", "pools": pools}), "ManyFaults");
    let faults: Vec<&str> =
        facts["faults"].as_array().expect("faults").iter().filter_map(Value::as_str).collect();
    let said = faults.join("\n");
    for part in [
        "`NOT`",
        "`NOR`",
        "`pool`",
        "`nobody`",
        "`no one`",
        "names a channel that draws from another",
        "lies within a group that is not named before it",
        "needs units from 0",
        "is named twice",
        "borrows from a pool that is not beside it",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // One fault alone is said as itself.
    shop.no("set_protection_plan", json!({"sku": "NOT", "pools": []}), "UnknownSku");
    let twice = json!([{"pool": "a"}, {"pool": "a"}]);
    shop.no("set_protection_plan", json!({"sku": "X", "pools": twice}), "PlanUnsound");
}

/// A gift of two X and one Y, over time: whole ones at each node, out of what lies there and comes there.
#[test]
fn a_virtual_kit_is_promised_as_far_as_its_components_come_together() {
    let mut shop = shop(&["A", "B"], &["X", "Y", "GIFT"]);
    let parts = json!([{"sku": "X", "qty": 2}, {"sku": "Y", "qty": 1}]);
    shop.ok("define_kit", json!({"sku": "GIFT", "kind": "virtual", "components": parts}));
    for (number, node, sku, qty) in
        [("1", "A", "X", 7), ("2", "A", "Y", 9), ("3", "B", "X", 4), ("4", "B", "Y", 1)]
    {
        shop.receive(number, node, sku, qty);
    }
    let atp = |shop: &mut Shop, about: Value| {
        let mut ask = json!({"sku": "GIFT", "channel": "web", "from": hour(1, 1), "days": 5});
        ask.as_object_mut().expect("a question").extend(about.as_object().expect("more of it").clone());
        shop.ask("atp", ask)
    };
    // Three at A, one at B, though 11 X and 10 Y would be five: as for what is there now.
    let view = atp(&mut shop, json!({}));
    assert_eq!(shop.ask("available", json!({"sku": "GIFT", "channel": "web"}))["available"], 4);
    assert_eq!((&view["free"], days(&view, "atp")), (&json!(4), vec![4; 5]));
    // Day 2: one X at A makes a fourth there. Day 3: six X at B make none, they lack Y until day 4: two come.
    buy(&mut shop, "P2", "A", 1, &hour(2, 12));
    buy(&mut shop, "P3", "B", 6, &hour(3, 12));
    let expected = json!({"supply": "Y4", "sku": "Y", "node": "B", "qty": 2, "at": hour(4, 12)});
    shop.ok("expect_supply", expected);
    let view = atp(&mut shop, json!({}));
    assert_eq!(days(&view, "projected"), [4, 5, 5, 7, 7]);
    assert_eq!(days(&view, "supply"), [0, 1, 0, 2, 0]);
    let supplies: Vec<_> =
        view["supplies"].as_array().expect("supplies").iter().map(|of| of["sku"].clone()).collect();
    assert_eq!(supplies, ["X", "X", "Y"]);
    assert_eq!(days(&atp(&mut shop, json!({"nodes": ["B"]})), "atp"), [1, 1, 1, 3, 3]);
    // Demand and supply that the question names are in kits.
    let demands = json!([{"at": hour(3, 13), "qty": 2}]);
    assert_eq!(days(&atp(&mut shop, json!({"demands": demands})), "atp"), [3, 3, 3, 5, 5]);
    // An order of 20 X takes the 11 there and waits for 9 on day 4: of 7 that come by then it leaves none,
    // and two lacking are one kit. On day 3 one could be put together at B, where there is one Y.
    shop.ok("place_order", order("X alone", "web", &[("X", 20)]));
    let view = atp(&mut shop, json!({}));
    assert_eq!((&view["free"], days(&view, "projected")), (&json!(0), vec![0, 0, 1, -1, -1]));
    assert_eq!(days(&view, "atp"), [-1; 5]);
}

/// Whatever sets stock free: who waited longest has it before anybody else may ask.
#[test]
fn what_becomes_free_goes_to_who_waits_for_it() {
    let ways: [(&str, &[Value]); 5] = [
        ("cancelled", &[json!({"cancel_order": {"order": "first", "reason": "why"}})]),
        (
            "found",
            &[json!({"adjust_stock": {"adjustment": "F", "node": "A", "reason": "why",
                "lines": [{"sku": "X", "qty": 2, "unit_cost": "1"}]}})],
        ),
        (
            "passed",
            &[
                json!({"receive_goods": {"receipt": "I", "node": "A", "lines": [{"sku": "X", "qty": 2,
                    "unit_cost": "1", "place": {"condition": "inspection"}}]}}),
                json!({"move_stock": {"movement": "M", "node": "A", "sku": "X", "qty": 2,
                    "from": {"condition": "inspection"}, "to": {}}}),
            ],
        ),
        (
            "returned",
            &[
                json!({"ship_order": {"order": "first", "node": "A"}}),
                json!({"receive_return": {"rma": "B", "order": "first", "node": "A", "lines": [
                    {"line": 1, "qty": 2, "disposition": "restock", "refund": "0"}]}}),
            ],
        ),
        (
            "less kept",
            &[
                json!({"set_protection": {"sku": "X", "node": "A", "channel": "west", "qty": 2}}),
                json!({"adjust_stock": {"adjustment": "F", "node": "A", "reason": "why",
                    "lines": [{"sku": "X", "qty": 2, "unit_cost": "1"}]}}),
                json!({"set_protection": {"sku": "X", "node": "A", "channel": "west", "qty": 0}}),
            ],
        ),
    ];
    for (name, said) in ways {
        let mut shop = shop(&["A"], &["X"]);
        shop.receive("R", "A", "X", 2);
        shop.ok("place_order", order("first", "web", &[("X", 2)]));
        shop.ok("place_order", order("waits", "web", &[("X", 2)]));
        for command in said {
            let (word, body) = command.as_object().and_then(|map| map.iter().next()).expect("a command");
            assert_eq!(lines(&mut shop, "waits"), [(0, 2)], "{name}");
            shop.ok(word, body.clone());
        }
        assert_eq!(lines(&mut shop, "waits"), [(2, 0)], "{name}");
        // A standby that is told of the event and of what it set free apart knows the same commands.
        let last = shop.book.sequence();
        let logs = [shop.book.log_since(1), shop.book.log_since(last)].map(|log| log.expect("in the window"));
        let cut = logs[0].len() - (logs[1].len() - shop.book.log_since(last + 1).expect("none").len());
        let mut standby = stockbook::Book::replay(&logs[0][..cut]).expect("a log");
        standby.apply_log(&logs[1]).expect("the rest");
        assert_eq!(standby.snapshot(), shop.book.snapshot(), "{name}");
    }
}

#[test]
fn a_hold_that_runs_out_serves_who_waits_and_not_who_comes_then() {
    let mut shop = shop(&["A"], &["X"]);
    shop.receive("R", "A", "X", 5);
    let hold = json!({"hold": "H", "channel": "web", "expires_at": hour(1, 6),
        "lines": [{"sku": "X", "qty": 5, "node": "A"}]});
    shop.ok("hold_stock", hold);
    shop.ok("place_order", order("old", "web", &[("X", 5)]));
    let answer = shop.say_at(&hour(1, 7), "place_order", order("new", "web", &[("X", 5)]));
    let events = answer["receipt"]["events"].as_array().expect("events").iter();
    let names: Vec<&str> = events
        .map(|event| event["body"].as_object().map_or("", |body| body.keys().next().expect("one")))
        .collect();
    assert_eq!(names, ["HoldExpired", "BackordersFilled", "OrderPlaced"]);
    assert_eq!(reserved(&mut shop, ["old", "new"]), [5, 0]);
    let replayed = stockbook::Book::replay(&shop.book.log_since(1).expect("all")).expect("a log");
    assert_eq!(replayed.snapshot(), shop.book.snapshot());
}

/// Sold in threes, nine at most.
#[test]
fn holds_and_promises_come_in_quantities_that_are_sold() {
    let mut shop = shop(&["A"], &["X"]);
    shop.ok("describe_sku", json!({"sku": "X", "order_increment": 3, "order_max": 9}));
    shop.receive("R", "A", "X", 8);
    let hold = |qty: i64, fill: &str| {
        json!({"hold": format!("H{qty}"), "channel": "web", "expires_at": hour(2, 0), "fill": fill,
            "lines": [{"sku": "X", "qty": qty, "node": "A"}]})
    };
    shop.ok("hold_stock", hold(9, "best_effort"));
    let held = shop.ask("hold", json!({"document": "H9"}));
    assert_eq!(held["lines"][0]["qty"], 6, "of eight");
    // Which rule is broken does not hang on what lies there.
    shop.no("hold_stock", hold(12, "all_or_nothing"), "QtyNotOrderable");
    shop.no("hold_stock", hold(3, "best_effort"), "NotOnHand");
    let promise = |qty: i64| {
        json!({"ask": {"promise": {"channel": "web", "to": {"lat": "40", "lon": "-75"},
            "lines": [{"sku": "X", "qty": qty}]}}})
    };
    let answer = shop.book.execute_json(promise(2).to_string().as_bytes());
    assert!(answer.contains("QtyNotOrderable"), "{answer}");
    let answer = shop.book.execute_json(promise(3).to_string().as_bytes());
    assert!(answer.contains("\"complete\":false"), "{answer}");
}

#[test]
fn a_kit_that_loses_a_component_keeps_no_other() {
    let mut shop = shop(&["A"], &["X", "Y", "KIT"]);
    let parts = json!([{"sku": "X", "qty": 2}, {"sku": "Y", "qty": 1}]);
    shop.ok("define_kit", json!({"sku": "KIT", "kind": "virtual", "components": parts}));
    for (sku, qty) in [("X", 2), ("Y", 1)] {
        shop.receive(sku, "A", sku, qty);
    }
    let with = |mut order: Value, priority: u8| {
        order["priority"] = json!(priority);
        order
    };
    shop.ok("place_order", with(order("kit", "web", &[("KIT", 1)]), 9));
    shop.ok("place_order", with(order("x", "web", &[("X", 2)]), 0));
    let redeal = json!({"redeal": "D", "skus": ["X"], "reason": "why", "losers_max": 1});
    let mut unknown = redeal.clone();
    unknown["reason"] = json!("whim");
    let asked = json!({"ask": {"redeal": unknown}}).to_string();
    assert!(shop.book.execute_json(asked.as_bytes()).contains("UnknownReason"), "as the command would be");
    shop.ok("redeal_stock", redeal);
    assert_eq!(lines(&mut shop, "kit"), [(0, 0), (0, 2), (0, 1)]);
    assert_eq!((lines(&mut shop, "x"), shop.stock("Y", "A")), (vec![(2, 0)], (1, 1)));
}

/// One parcel a day: who wins the goods wins the day on which they were to leave.
#[test]
fn who_wins_goods_wins_their_day() {
    let mut shop = shop(&["A"], &["X", "Z"]);
    shop.ok("describe_node", json!({"node": "A", "capacity": {"orders": 1}}));
    shop.receive("R", "A", "X", 5);
    shop.receive("Z", "A", "Z", 100);
    let with = |mut order: Value, priority: u8| {
        order["priority"] = json!(priority);
        order["deliver_by"] = json!("2026-06-01T00:00:00Z");
        order
    };
    shop.ok("place_order", with(order("first", "web", &[("X", 5)]), 5));
    for number in 0..31 {
        shop.ok("place_order", with(order(&format!("z{number}"), "web", &[("Z", 1)]), 5));
    }
    shop.ok("place_order", with(order("wins", "web", &[("X", 5)]), 1));
    shop.ok("redeal_stock", json!({"redeal": "D", "skus": ["X"], "reason": "why", "losers_max": 1}));
    assert_eq!(reserved(&mut shop, ["first", "wins"]), [0, 5]);
    let view = shop.ask("order", json!({"document": "wins"}));
    assert_eq!(&view["parcels"][0]["ship_at"].as_str().expect("a time")[..10], "2026-01-05");
}

/// An id of a channel's own means one SKU, whoever comes later.
#[test]
fn a_channels_id_means_one_sku() {
    let mut shop = shop(&["A"], &["X", "U"]);
    shop.receive("R", "A", "X", 5);
    let listing = |id: &str| json!({"channel": "web", "sku": "X", "listing": id});
    shop.no("set_listing", listing("U"), "InvalidField");
    shop.ok("set_listing", listing("L"));
    shop.no("define_sku", json!({"sku": "L"}), "InvalidField");
    shop.no("define_skus", json!({"sku": ["M", "L"]}), "InvalidField");
    shop.ok("define_sku", json!({"sku": "X", "price": "11"}));
    let hold = json!({"hold": "H", "channel": "web", "expires_at": hour(2, 0),
        "lines": [{"sku": "L", "qty": 2, "node": "A"}]});
    shop.ok("hold_stock", hold);
    shop.ok("release_hold", json!({"hold": "H", "lines": [{"sku": "L", "qty": 1}]}));
}

#[test]
fn what_contradicts_itself_is_refused_in_clear_words() {
    let mut shop = shop(&["A"], &["X"]);
    let case = |base: i64| json!({"unit": "case", "base": base, "count": 1});
    shop.no("define_sku", json!({"sku": "X", "units": [case(10), case(12)]}), "InvalidField");
    let pool = json!({"pool": "c", "channels": ["web"], "min": {"qty": 5}, "max": {"qty": 3}});
    shop.no("set_protection_plan", json!({"sku": "X", "pools": [pool]}), "PlanUnsound");
    shop.no("describe_node", json!({"node": "A", "groups": ["A"]}), "InvalidField");
    shop.ok("describe_node", json!({"node": "A", "groups": ["EAST"], "bins": ["b1", "b2"]}));
    let place = json!({"lat": "40", "lon": "-75"});
    shop.no("define_node", json!({"node": "EAST", "kind": "store", "place": place}), "InvalidField");
    let late = json!({"ask": {"reconcile": {"statement": "S", "as_of": hour(1, 1), "lines": [],
        "flight_s": 10, "late_s": 5}}});
    assert!(shop.book.execute_json(late.to_string().as_bytes()).contains("flight_s"));
    let since = json!({"channel": "web", "since": 1_000_000});
    assert_eq!(shop.ask("publish", since)["complete"], true, "it speaks of another book");
    let answer = shop.say("define_skus", json!({"sku": ["a", "b"], "decimals": [9, 0]}));
    assert_eq!(answer["rejection"]["message"], "`decimals of row 0` needs 0 to 6");
    // Goods leave a bin that was struck, and none come into it.
    let line = json!({"sku": "X", "qty": 4, "unit_cost": "1", "place": {"bin": "b1"}});
    shop.ok("receive_goods", json!({"receipt": "R", "node": "A", "lines": [line]}));
    shop.ok("describe_node", json!({"node": "A", "bins": ["b2"]}));
    let moved = |number: &str, from: &str, to: &str| {
        let (from, to) = (json!({"bin": from}), json!({"bin": to}));
        json!({"movement": number, "node": "A", "sku": "X", "qty": 2, "from": from, "to": to})
    };
    shop.ok("move_stock", moved("M", "b1", "b2"));
    shop.no("move_stock", moved("N", "b2", "b1"), "UnknownBin");
    // As far as a floor lets stock go below nothing.
    shop.ok("define_sku", json!({"sku": "W", "price": "1"}));
    shop.receive("W", "A", "W", 4);
    shop.ok("set_negative_stock", json!({"sku": "W", "policy": "floor", "floor": 3}));
    let less = |qty: i64| {
        let lines = json!([{"sku": "W", "qty": qty}]);
        json!({"adjustment": "a", "node": "A", "reason": "why", "lines": lines})
    };
    assert_eq!(shop.no("adjust_stock", less(-9), "NotOnHand")["free"], 7);
    shop.ok("adjust_stock", less(-7));
}
