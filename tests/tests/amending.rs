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
fn a_line_grows_and_shrinks_until_a_node_works_on_it() {
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
    shop.ok("release_wave", json!({"wave": "W", "node": "RENO"}));
    let facts = shop.no("reallocate_order", amend(&[(1, 9)]), "IllegalStep");
    assert_eq!((&facts["kind"], &facts["state"]), (&json!("fulfilment"), &json!("released")));
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
