//! Orders that change while nodes work on them: more, less, struck, planned anew; what was picked goes back.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

/// A shop with two nodes, 20 tees in one and an order of five.
fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "customer"}));
    shop.ok("define_sku", json!({"sku": "TEE", "price": "20"}));
    shop.ok("define_sku", json!({"sku": "MUG", "price": "12"}));
    for (node, lat, lon) in [("RENO", "39.53", "-119.81"), ("ALLEN", "40.6", "-75.47")] {
        let place = json!({"lat": lat, "lon": lon});
        shop.ok("define_node", json!({"node": node, "kind": "warehouse", "place": place}));
    }
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 96}));
    shop.receive("A", "RENO", "TEE", 20);
    shop.receive("B", "RENO", "MUG", 20);
    let to = json!({"lat": "34.05", "lon": "-118.24"});
    let lines = json!([{"sku": "TEE", "qty": 5}, {"sku": "MUG", "qty": 2}]);
    shop.ok("place_order", json!({"order": "O", "channel": "web", "to": to, "lines": lines}));
    shop
}

fn lines(of: &[(u32, i64)]) -> Value {
    of.iter().map(|(line, qty)| json!({"line": line, "qty": qty})).collect()
}

fn amend(of: &[(u32, i64)]) -> Value {
    json!({"order": "O", "reason": "customer", "amend": lines(of)})
}

fn cancel(of: &[(u32, i64)]) -> Value {
    json!({"order": "O", "reason": "customer", "lines": lines(of)})
}

/// Released and picked, all of it; packed in two cartons.
fn worked(shop: &mut Shop) {
    let at = |rest: Value| {
        let mut body = json!({"order": "O", "node": "RENO"});
        let fields = rest.as_object().expect("fields").clone();
        body.as_object_mut().expect("a body").extend(fields);
        body
    };
    shop.ok("release_wave", json!({"wave": "W", "node": "RENO"}));
    shop.ok("record_pick", at(json!({"picked": lines(&[(1, 5), (2, 2)])})));
    let cartons = json!([{"carton": "C1", "lines": lines(&[(1, 3)])},
        {"carton": "C2", "lines": lines(&[(1, 2), (2, 2)])}]);
    shop.ok("pack_order", at(json!({ "cartons": cartons })));
}

/// Stage, picked, put back and the number of cartons of the node's work.
fn work(shop: &mut Shop) -> (String, Value, Value, usize) {
    let view = shop.ask("fulfilment", json!({"document": "O"}));
    let node = &view["nodes"][0];
    let cartons = node["cartons"].as_array().map_or(0, Vec::len);
    (
        node["stage"].as_str().unwrap_or("none").into(),
        node["picked"].clone(),
        node["put_back"].clone(),
        cartons,
    )
}

fn line(shop: &mut Shop, number: usize) -> Value {
    shop.ask("order", json!({"document": "O"}))["lines"][number - 1].clone()
}

#[test]
fn a_line_grows_and_shrinks() {
    let mut shop = shop();
    shop.ok("reallocate_order", amend(&[(1, 8), (2, 1)]));
    let tees = line(&mut shop, 1);
    assert_eq!((tees["qty"].as_i64(), tees["reserved"].as_i64()), (Some(8), Some(8)), "{tees}");
    let mugs = line(&mut shop, 2);
    assert_eq!((mugs["reserved"].as_i64(), mugs["cancelled"].as_i64()), (Some(1), Some(1)), "{mugs}");
    assert_eq!((shop.stock("TEE", "RENO"), shop.stock("MUG", "RENO")), ((20, 12), (20, 19)));
    shop.ok("reallocate_order", amend(&[(2, 2)]));
    assert_eq!(line(&mut shop, 2)["reserved"], 2, "back to two");
    shop.no("reallocate_order", amend(&[(1, 0)]), "InvalidQuantity");
    shop.no("reallocate_order", amend(&[(1, 1), (1, 2)]), "InvalidField");
    shop.no("reallocate_order", amend(&[(3, 1)]), "UnknownLine");
}

/// What of the order is reserved, by parcel: the node, whether it leaves from there, and its lines.
fn promised(shop: &mut Shop) -> Vec<Value> {
    let order = shop.ask("order", json!({"document": "O"}));
    let parcels = order["parcels"].as_array().expect("parcels").iter();
    parcels.map(|parcel| parcel["reserved"].clone()).filter(|lines| *lines != json!([])).collect()
}

/// What is picked and packed stays in its parcel, what is more leaves in one of its own, and of what is less the
/// node puts back what it has taken: first that of which it has nothing yet.
#[test]
fn an_order_is_amended_while_its_node_works_on_it() {
    let mut shop = shop();
    worked(&mut shop);
    let before = shop.ask("order", json!({"document": "O"}))["parcels"][0].clone();
    shop.ok("reallocate_order", amend(&[(1, 8)]));
    assert_eq!(promised(&mut shop), [lines(&[(1, 5), (2, 2)]), lines(&[(1, 3)])]);
    let after = shop.ask("order", json!({"document": "O"}))["parcels"][1].clone();
    let same = ["node", "service", "ship_at", "arrive_at", "distance_mm", "freight", "handling"];
    assert!(same.iter().all(|field| before[field] == after[field]), "{before} {after}");
    let (stage, picked, back, cartons) = work(&mut shop);
    assert_eq!((stage.as_str(), cartons), ("packed", 2), "its cartons stay shut");
    assert_eq!((picked, back), (lines(&[(1, 5), (2, 2)]), json!([])));
    assert_eq!(shop.stock("TEE", "RENO"), (20, 12));
    // Of the three more one is picked; then the customer wants six: five and one.
    let pick = json!({"order": "O", "node": "RENO", "picked": lines(&[(1, 1)])});
    shop.ok("record_pick", pick);
    shop.ok("reallocate_order", amend(&[(1, 6)]));
    assert_eq!(promised(&mut shop), [lines(&[(1, 5), (2, 2)]), lines(&[(1, 1)])]);
    let (stage, picked, back, cartons) = work(&mut shop);
    assert_eq!((stage.as_str(), cartons), ("picked", 2), "the one is still to be packed");
    assert_eq!((picked, back), (lines(&[(1, 6), (2, 2)]), json!([])));
    // Four, and another mug besides; by a later date.
    let more = json!({"order": "O", "reason": "customer", "amend": lines(&[(1, 4)]),
        "add": [{"sku": "MUG", "qty": 1}]});
    shop.ok("reallocate_order", more);
    assert_eq!(promised(&mut shop), [lines(&[(1, 4), (2, 2)]), lines(&[(3, 1)])]);
    let (_, picked, back, cartons) = work(&mut shop);
    assert_eq!((picked, back), (lines(&[(1, 4), (2, 2)]), lines(&[(1, 2)])));
    assert_eq!(cartons, 1, "the carton with two of them is opened");
    // Where it goes is settled: cartons have labels.
    let away = json!({"order": "O", "reason": "customer", "to": {"lat": "40.7", "lon": "-74.0"}});
    let facts = shop.no("reallocate_order", away, "IllegalStep");
    assert_eq!(facts["kind"], "fulfilment");
    // All of it leaves in the end, once.
    shop.ok("ship_order", json!({"order": "O", "node": "RENO"}));
    assert_eq!((shop.stock("TEE", "RENO"), shop.stock("MUG", "RENO")), ((16, 16), (17, 17)));
    assert_eq!(shop.ask("order", json!({"document": "O"}))["state"], "shipped");
}

/// What a node works on keeps its place in the node's day; what is more looks for a day beside it.
#[test]
fn what_a_node_works_on_keeps_its_day() {
    let mut shop = shop();
    shop.ok("cancel_order", cancel(&[]));
    shop.ok("describe_node", json!({"node": "RENO", "capacity": {"units": 8}}));
    let to = json!({"lat": "34.05", "lon": "-118.24"});
    let seven = json!([{"sku": "TEE", "qty": 5}, {"sku": "MUG", "qty": 2}]);
    shop.ok("place_order", json!({"order": "P", "channel": "web", "to": to, "lines": seven}));
    shop.ok("release_wave", json!({"wave": "W", "node": "RENO"}));
    let days = |shop: &mut Shop| -> Vec<String> {
        let order = shop.ask("order", json!({"document": "P"}));
        let open = |parcel: &&Value| parcel["reserved"] != json!([]);
        let parcels = order["parcels"].as_array().expect("parcels").iter().filter(open);
        parcels.map(|parcel| parcel["ship_at"].as_str().expect("a date")[..10].to_owned()).collect()
    };
    let more = |qty: i64| json!({"order": "P", "reason": "customer", "amend": lines(&[(1, qty)])});
    let first = days(&mut shop).remove(0);
    shop.ok("reallocate_order", more(6));
    assert_eq!(days(&mut shop), [&*first, &*first], "an eighth unit has room on the day");
    shop.ok("reallocate_order", more(7));
    let now = days(&mut shop);
    assert_eq!(now[..2], [&*first, &*first]);
    assert!(now[2] > first, "a ninth has not: {now:?}");
}

#[test]
fn more_than_there_is_waits_or_is_refused_as_for_a_new_order() {
    let mut shop = shop();
    shop.ok("reallocate_order", amend(&[(1, 25)]));
    let tees = line(&mut shop, 1);
    assert_eq!(
        (tees["reserved"].as_i64(), tees["backordered"].as_i64()),
        (Some(0), Some(25)),
        "a line comes whole by this policy: {tees}"
    );
    let tiers = json!([[{"measure": "distance_km", "weight": "1"}]]);
    shop.ok("set_policy", json!({"name": "strict", "otherwise": {"shortage": "refuse", "tiers": tiers}}));
    shop.no("reallocate_order", amend(&[(1, 26)]), "StockShort");
    assert_eq!(line(&mut shop, 1)["qty"], 25, "and nothing has changed");
}

/// A hold has the fifteen that are left. What a node works on is no reason to let three more wait where a new
/// order would be refused.
#[test]
fn more_of_what_a_node_works_on_is_refused_as_for_a_new_order() {
    let mut shop = shop();
    let tiers = json!([[{"measure": "unfilled_units", "weight": "1"}]]);
    shop.ok("set_policy", json!({"name": "strict", "otherwise": {"shortage": "refuse", "tiers": tiers}}));
    let rest = json!([{"sku": "TEE", "qty": 15, "node": "RENO"}]);
    let hold = json!({"hold": "H", "channel": "web", "lines": rest, "expires_at": "2026-01-25T00:00:00Z"});
    shop.ok("hold_stock", hold);
    worked(&mut shop);
    shop.no("reallocate_order", amend(&[(1, 8)]), "StockShort");
    shop.ok("release_hold", json!({"hold": "H"}));
    shop.ok("reallocate_order", amend(&[(1, 8)]));
    assert_eq!(promised(&mut shop), [lines(&[(1, 5), (2, 2)]), lines(&[(1, 3)])]);
}

#[test]
fn what_has_left_stays_and_the_rest_is_struck() {
    let mut shop = shop();
    shop.ok("ship_order", json!({"order": "O", "node": "RENO", "lines": lines(&[(1, 3), (2, 2)])}));
    shop.no("reallocate_order", amend(&[(1, 2)]), "InvalidField");
    shop.ok("reallocate_order", amend(&[(1, 3)]));
    assert_eq!(shop.ask("order", json!({"document": "O"}))["state"], "shipped");
    assert_eq!(shop.stock("TEE", "RENO"), (17, 17));
}

#[test]
fn struck_units_that_were_picked_go_back() {
    let mut shop = shop();
    worked(&mut shop);
    shop.ok("cancel_order", cancel(&[(1, 1)]));
    let (stage, picked, back, cartons) = work(&mut shop);
    assert_eq!((stage.as_str(), cartons), ("picked", 1), "the carton that held one of them is opened");
    assert_eq!((picked, back), (lines(&[(1, 4), (2, 2)]), lines(&[(1, 1)])));
    assert_eq!(shop.stock("TEE", "RENO"), (20, 16), "it can be sold again");
    let again =
        json!({"order": "O", "node": "RENO", "cartons": [{"carton": "C3", "lines": lines(&[(1, 2)])}]});
    shop.no("pack_order", again, "MoreThanOpen");
    let again = json!([{"carton": "C3", "lines": lines(&[(1, 1), (2, 2)])}]);
    shop.ok("pack_order", json!({"order": "O", "node": "RENO", "cartons": again}));
    shop.ok("cancel_order", cancel(&[]));
    let (stage, picked, back, cartons) = work(&mut shop);
    assert_eq!((stage.as_str(), picked, cartons), ("cancelled", json!([]), 0));
    assert_eq!(back, lines(&[(1, 5), (2, 2)]), "each unit once");
    assert_eq!((shop.stock("TEE", "RENO"), shop.stock("MUG", "RENO")), ((20, 20), (20, 20)));
}

#[test]
fn work_on_what_is_planned_elsewhere_ends() {
    let mut shop = shop();
    worked(&mut shop);
    shop.receive("C", "ALLEN", "TEE", 20);
    shop.receive("D", "ALLEN", "MUG", 20);
    shop.ok("set_node_status", json!({"node": "RENO", "status": "closed", "reason": "customer"}));
    shop.ok("reallocate_order", json!({"order": "O", "reason": "customer"}));
    let (stage, _, back, _) = work(&mut shop);
    assert_eq!((stage.as_str(), back), ("cancelled", lines(&[(1, 5), (2, 2)])));
    shop.ok("release_wave", json!({"wave": "W2", "node": "ALLEN"}));
    shop.ok("set_node_status", json!({"node": "RENO", "status": "open", "reason": "customer"}));
    shop.ok("set_node_status", json!({"node": "ALLEN", "status": "closed", "reason": "customer"}));
    shop.ok("reallocate_order", json!({"order": "O", "reason": "customer"}));
    shop.ok("release_wave", json!({"wave": "W3", "node": "RENO"}));
    assert_eq!(work(&mut shop).0, "released", "planned here again, released again");
}

/// A shop that sells a set of a tee and two mugs for 40; an order of three sets and a mug. The sets' tees are
/// line 3, their mugs line 4.
fn sets() -> Shop {
    let mut shop = shop();
    shop.ok("cancel_order", cancel(&[]));
    shop.ok("define_sku", json!({"sku": "SET", "price": "40"}));
    let components = json!([{"sku": "TEE", "qty": 1}, {"sku": "MUG", "qty": 2}]);
    shop.ok("define_kit", json!({"sku": "SET", "kind": "virtual", "components": components}));
    let to = json!({"lat": "34.05", "lon": "-118.24"});
    let lines = json!([{"sku": "SET", "qty": 3}, {"sku": "MUG", "qty": 1}]);
    shop.ok("place_order", json!({"order": "K", "channel": "web", "to": to, "lines": lines}));
    assert_eq!(parts(&mut shop), [[0, 0, 0], [1, 1, 0], [3, 3, 0], [6, 6, 0]]);
    shop
}

fn of_sets(of: &[(u32, i64)]) -> Value {
    json!({"order": "K", "reason": "customer", "amend": lines(of)})
}

/// Wanted, reserved and waiting of each line of the order of sets.
fn parts(shop: &mut Shop) -> Vec<[i64; 3]> {
    let view = shop.ask("order", json!({"document": "K"}));
    let number = |line: &Value, field: &str| line[field].as_i64().expect("a number");
    let one = |line: &Value| {
        let wanted = number(line, "qty") - number(line, "cancelled");
        [wanted, number(line, "reserved"), number(line, "backordered")]
    };
    view["lines"].as_array().expect("lines").iter().map(one).collect()
}

fn money(value: &Value) -> f64 {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{value} is no amount"))
}

/// Revenue and cost of what was shipped.
fn worth(shipped: &Value) -> (f64, f64) {
    let lines = shipped["OrderShipped"]["lines"].as_array().expect("lines").iter();
    lines.fold((0.0, 0.0), |sum, line| (sum.0 + money(&line["revenue"]), sum.1 + money(&line["cost"])))
}

#[test]
fn the_components_of_a_kit_follow_its_quantity() {
    let mut shop = sets();
    shop.ok("reallocate_order", of_sets(&[(1, 5)]));
    assert_eq!(parts(&mut shop), [[0, 0, 0], [1, 1, 0], [5, 5, 0], [10, 10, 0]]);
    let kits = |shop: &mut Shop| shop.ask("order", json!({"document": "K"}))["kits"][0]["qty"].clone();
    assert_eq!(kits(&mut shop), 5);
    assert_eq!((shop.stock("TEE", "RENO"), shop.stock("MUG", "RENO")), ((20, 15), (20, 9)));
    shop.ok("reallocate_order", of_sets(&[(1, 2)]));
    assert_eq!(parts(&mut shop), [[0, 0, 0], [1, 1, 0], [2, 2, 0], [4, 4, 0]]);
    assert_eq!((shop.stock("TEE", "RENO"), shop.stock("MUG", "RENO")), ((20, 18), (20, 15)));
    // A component alone, a kit twice, and none at all.
    shop.no("reallocate_order", of_sets(&[(3, 4)]), "InvalidField");
    shop.no("reallocate_order", of_sets(&[(1, 4), (1, 5)]), "InvalidField");
    shop.no("reallocate_order", of_sets(&[(1, 0)]), "InvalidQuantity");
    // Sets and mugs are judged together: 20 mugs are there for 10 sets and 3 mugs, and none goes without all.
    shop.ok("reallocate_order", of_sets(&[(1, 10), (2, 3)]));
    let (mugs, waits) = (parts(&mut shop)[1], parts(&mut shop)[3]);
    assert_eq!((mugs[1] + waits[1], mugs[2] + waits[2]), (0, 23), "{mugs:?} {waits:?}");
    shop.receive("C", "RENO", "MUG", 3);
    assert_eq!(parts(&mut shop), [[0, 0, 0], [3, 3, 0], [10, 10, 0], [20, 20, 0]]);
    let tiers = json!([[{"measure": "unfilled_lines", "weight": "1"}]]);
    shop.ok("set_policy", json!({"name": "p", "otherwise": {"shortage": "refuse", "tiers": tiers}}));
    shop.no("reallocate_order", of_sets(&[(1, 11)]), "StockShort");
    let shipped = shop.ok("ship_order", json!({"order": "K", "node": "RENO"}));
    let (revenue, cost) = worth(&shipped);
    assert!((revenue - (10.0 * 40.0 + 3.0 * 12.0)).abs() < 1e-6, "{revenue}");
    assert!((cost - 4.0 * 33.0).abs() < 1e-6, "{cost}: ten tees and 23 mugs at 4");
    assert_eq!(shop.ask("order", json!({"document": "K"}))["state"], "shipped");
}

#[test]
fn a_kit_shrinks_to_what_has_left_and_its_struck_component_comes_back_with_it() {
    let mut shop = sets();
    shop.ok("ship_order", json!({"order": "K", "node": "RENO", "lines": lines(&[(1, 1), (3, 1)])}));
    assert_eq!(parts(&mut shop)[2..], [[3, 1, 0], [6, 4, 0]], "a set and another one's tee have left");
    shop.no("reallocate_order", of_sets(&[(1, 1)]), "InvalidField");
    shop.ok("reallocate_order", of_sets(&[(1, 2)]));
    assert_eq!(parts(&mut shop)[2..], [[2, 0, 0], [4, 2, 0]]);
    // One mug of the two is struck by itself; that the customer wants three sets after all brings it back.
    shop.ok("cancel_order", json!({"order": "K", "reason": "customer", "lines": lines(&[(4, 1)])}));
    shop.ok("reallocate_order", of_sets(&[(1, 3)]));
    assert_eq!(parts(&mut shop)[2..], [[3, 1, 0], [6, 4, 0]]);
    let (revenue, _) = worth(&shop.ok("ship_order", json!({"order": "K", "node": "RENO"})));
    let left = 40.0 + 21.82 + 12.0;
    assert!((revenue - left).abs() < 1e-6, "{revenue}: a set, two mugs of another at 10.91, a mug alone");
    let refund = json!([{"line": 1, "qty": 1, "disposition": "restock", "refund": "40"}]);
    shop.ok("receive_return", json!({"rma": "A", "order": "K", "node": "RENO", "lines": refund}));
    assert_eq!((shop.stock("TEE", "RENO"), shop.stock("MUG", "RENO")), ((18, 18), (15, 15)));
}

/// While a node works on it a kit grows and shrinks, and striking it puts back what was picked of its
/// components, at each stage.
#[test]
fn a_kit_that_a_node_works_on_is_struck_and_goes_back() {
    for stages in 0..4 {
        let mut shop = sets();
        let at = |word: &str, rest: Value| json!({"order": "K", "node": "RENO", word: rest});
        let all = lines(&[(2, 1), (3, 3), (4, 6)]);
        if stages > 0 {
            shop.ok("release_wave", json!({"wave": "W", "node": "RENO"}));
        }
        if stages > 1 {
            shop.ok("record_pick", at("picked", all.clone()));
        }
        if stages > 2 {
            shop.ok("pack_order", at("cartons", json!([{"carton": "C", "lines": all}])));
        }
        let up = of_sets(&[(1, 4)]);
        shop.ok("reallocate_order", up);
        assert_eq!(parts(&mut shop)[2..], [[4, 4, 0], [8, 8, 0]], "stage {stages}");
        shop.ok("reallocate_order", of_sets(&[(1, 3)]));
        shop.ok("cancel_order", json!({"order": "K", "reason": "customer", "lines": lines(&[(1, 1)])}));
        assert_eq!(parts(&mut shop)[1..], [[1, 1, 0], [2, 2, 0], [4, 4, 0]], "stage {stages}");
        shop.ok("cancel_order", json!({"order": "K", "reason": "customer", "lines": lines(&[(1, 2)])}));
        assert_eq!(parts(&mut shop)[1..], [[1, 1, 0], [0, 0, 0], [0, 0, 0]], "stage {stages}");
        assert_eq!((shop.stock("TEE", "RENO"), shop.stock("MUG", "RENO")), ((20, 20), (20, 19)));
        let work = shop.ask("fulfilment", json!({"document": "K"}));
        let back = &work["nodes"][0]["put_back"];
        let want = if stages > 1 { lines(&[(3, 3), (4, 6)]) } else { json!([]) };
        assert!(stages == 0 || *back == want, "stage {stages}: {back}");
    }
}
