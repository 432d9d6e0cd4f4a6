//! What desks do in parts, twice or out of turn: parcels that leave before the rest of their order, returns
//! that are graded bit by bit or come after their money, shelves that hold less than the book says,
//! suppliers who announce too much, orders that come again.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

/// Two warehouses, two SKUs, a channel whose goods are released, picked and packed.
fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "why"}));
    shop.ok("define_sku", json!({"sku": "TEE", "price": "20", "group": "apparel", "weight_g": 200}));
    shop.ok("define_sku", json!({"sku": "MUG", "price": "12.50", "group": "home", "weight_g": 350}));
    for (node, lat, lon) in [("RENO", "39.53", "-119.81"), ("ALLEN", "40.6", "-75.47")] {
        shop.ok("define_node", json!({"node": node, "kind": "warehouse", "place": {"lat": lat, "lon": lon}}));
    }
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 240}));
    let tiers = json!(["40 unfilled_units + 0.01 distance_km"]);
    let rule =
        json!({"lateness": "allowed", "shortage": "backorder", "line_split": "allowed", "tiers": tiers});
    shop.ok("set_policy", json!({"name": "p", "otherwise": rule}));
    shop.ok("define_supplier", json!({"supplier": "ACME", "lead_time_days": 14, "expedite_days": 3}));
    shop.ok("set_workflow", json!({"channel": "web", "stages": ["release", "pick", "pack"]}));
    shop.receive("OPEN", "RENO", "TEE", 10);
    shop.receive("OPEN/2", "RENO", "MUG", 10);
    shop
}

fn order(lines: &[(&str, i64)]) -> Value {
    let lines: Value = lines.iter().map(|(sku, qty)| json!({"sku": sku, "qty": qty})).collect();
    json!({"order": "1", "channel": "web", "to": {"lat": "34.05", "lon": "-118.24"}, "lines": lines})
}

fn placed(lines: &[(&str, i64)]) -> Shop {
    let mut shop = shop();
    shop.ok("place_order", order(lines));
    shop.ok("release_wave", json!({"wave": "W", "node": "RENO"}));
    shop
}

fn of(line: u32, qty: i64) -> Value {
    json!([{"line": line, "qty": qty}])
}

fn pick(line: u32, qty: i64) -> Value {
    json!({"order": "1", "node": "RENO", "picked": of(line, qty)})
}

fn pack(carton: &str, line: u32, qty: i64) -> Value {
    let carton = json!({"carton": carton, "lines": of(line, qty)});
    json!({"order": "1", "node": "RENO", "cartons": [carton]})
}

fn ship() -> Value {
    json!({"order": "1", "node": "RENO"})
}

fn track(tracking: &str) -> Value {
    json!({"order": "1", "node": "RENO", "tracking": tracking})
}

fn delivered() -> Value {
    json!({"order": "1", "node": "RENO", "delivered": true})
}

fn work(shop: &mut Shop) -> Value {
    shop.ask("fulfilment", json!({"document": "1"}))["nodes"][0].clone()
}

fn units(body: &Value) -> Vec<(u64, i64)> {
    let lines = body["OrderShipped"]["lines"].as_array().expect("lines").iter();
    lines.map(|line| (line["line"].as_u64().unwrap_or(0), line["qty"].as_i64().unwrap_or(0))).collect()
}

#[test]
fn a_line_leaves_and_the_other_goes_through_its_stages_after_it() {
    let mut shop = placed(&[("TEE", 3), ("MUG", 1)]);
    shop.no("track_shipment", track("T1"), "IllegalStep");
    shop.ok("record_pick", pick(1, 3));
    shop.ok("pack_order", pack("K1", 1, 3));
    assert_eq!(units(&shop.ok("ship_order", ship())), [(1, 3)], "the mug is not packed");
    assert_eq!(work(&mut shop)["stage"], "released", "so much of the rest is done");
    shop.ok("track_shipment", track("T1"));
    shop.ok("deliver_order", delivered());
    shop.no("ship_order", ship(), "IllegalStep");
    shop.ok("record_pick", pick(2, 1));
    shop.ok("pack_order", pack("K2", 2, 1));
    assert_eq!(units(&shop.ok("ship_order", ship())), [(2, 1)]);
    shop.ok("track_shipment", track("T2"));
    let work = work(&mut shop);
    assert_eq!((&work["stage"], &work["tracking"]), (&json!("shipped"), &json!("T2")));
    assert_eq!(work["trackings"], json!(["T1", "T2"]));
    shop.ok("deliver_order", delivered());
    assert_eq!(shop.ask("order", json!({"document": "1"}))["state"], "shipped");
}

#[test]
fn what_is_planned_while_a_parcel_is_packed_is_picked_into_it() {
    let mut shop = placed(&[("TEE", 12)]);
    shop.ok("record_pick", pick(1, 10));
    shop.ok("pack_order", pack("K1", 1, 10));
    shop.receive("MORE", "RENO", "TEE", 5);
    shop.ok("record_pick", pick(1, 2));
    assert_eq!(work(&mut shop)["stage"], "picked");
    assert_eq!(units(&shop.ok("ship_order", ship())), [(1, 10)], "the carton that is packed");
    assert_eq!((work(&mut shop)["stage"].clone(), shop.stock("TEE", "RENO")), (json!("picked"), (5, 3)));
    shop.ok("pack_order", pack("K2", 1, 2));
    assert_eq!(units(&shop.ok("ship_order", ship())), [(1, 2)]);
}

#[test]
fn only_what_is_packed_leaves_where_packing_is_a_stage() {
    let mut shop = placed(&[("TEE", 3)]);
    shop.ok("record_pick", pick(1, 3));
    shop.no("ship_order", ship(), "IllegalStep");
    shop.ok("pack_order", pack("K1", 1, 1));
    let two = json!({"order": "1", "node": "RENO", "lines": of(1, 2)});
    shop.no("ship_order", two, "IllegalStep");
    let twice =
        json!({"order": "1", "node": "RENO", "lines": [{"line": 1, "qty": 1}, {"line": 1, "qty": 1}]});
    shop.no("ship_order", twice, "IllegalStep");
    assert_eq!(units(&shop.ok("ship_order", ship())), [(1, 1)]);
    assert_eq!(work(&mut shop)["cartons"], json!([]), "it is not there any more");
    shop.no("ship_order", ship(), "IllegalStep");
    shop.ok("pack_order", pack("K2", 1, 2));
    assert_eq!(units(&shop.ok("ship_order", ship())), [(1, 2)]);
    assert_eq!(work(&mut shop)["stage"], "shipped");
}

#[test]
fn a_wave_is_needed_again_for_what_comes_after_everything_left() {
    let mut shop = shop();
    shop.ok("set_workflow", json!({"channel": "web", "stages": ["release"]}));
    shop.ok("place_order", order(&[("TEE", 12)]));
    shop.ok("release_wave", json!({"wave": "W", "node": "RENO"}));
    assert_eq!(units(&shop.ok("ship_order", ship())), [(1, 10)]);
    shop.receive("MORE", "RENO", "TEE", 5);
    shop.no("ship_order", ship(), "IllegalStep");
    shop.ok("release_wave", json!({"wave": "W2", "node": "RENO"}));
    assert_eq!(units(&shop.ok("ship_order", ship())), [(1, 2)]);
}

#[test]
fn what_a_picker_does_not_find_is_promised_to_nobody() {
    let mut shop = shop();
    shop.ok(
        "adjust_stock",
        json!({"adjustment": "A", "node": "RENO", "reason": "why",
        "lines": [{"sku": "TEE", "qty": -5}]}),
    );
    shop.ok("place_order", order(&[("TEE", 3)]));
    shop.ok("release_wave", json!({"wave": "W", "node": "RENO"}));
    let before = shop.ask("trial_balance", json!({}));
    shop.ok("record_pick", json!({"order": "1", "node": "RENO", "short": of(1, 3)}));
    assert_eq!(shop.stock("TEE", "RENO"), (5, 2), "three are there by the book alone");
    assert_eq!(shop.ask("trial_balance", json!({})), before, "nothing is booked before somebody looked");
    let places = shop.ask("stock", json!({"sku": "TEE", "node": "RENO"}))[0]["places"].clone();
    let aside = json!({"bin": "", "lot": "", "condition": "inspection", "owner": ""});
    assert_eq!((&places[0]["place"], &places[0]["qty"]), (&aside, &json!(3)));
    let mut next = order(&[("TEE", 5)]);
    next["order"] = json!("2");
    shop.ok("place_order", next);
    let line = shop.ask("order", json!({"document": "2"}))["lines"][0].clone();
    assert_eq!((&line["reserved"], &line["backordered"]), (&json!(2), &json!(3)));
    shop.ok("reallocate_order", json!({"order": "1", "reason": "why"}));
    let line = shop.ask("order", json!({"document": "1"}))["lines"][0].clone();
    assert_eq!(line["backordered"], 3, "the node is not planned from again");
    // Found behind the shelf.
    let (from, to) = (json!({"condition": "inspection"}), json!({}));
    shop.ok(
        "move_stock",
        json!({"movement": "M", "node": "RENO", "sku": "TEE", "qty": 3, "from": from, "to": to}),
    );
    assert_eq!(shop.stock("TEE", "RENO").0, 5);
}

#[test]
fn what_a_picker_does_not_find_of_lots_and_bins_is_set_aside_where_it_was() {
    let mut shop = shop();
    for (number, sku, place) in [
        ("B", "MUG", json!({"bin": "B-1"})),
        ("L", "TEE", json!({"lot": "L-1"})),
        ("L2", "TEE", json!({"lot": "L-2"})),
    ] {
        let lines = json!([{"sku": sku, "qty": 4, "unit_cost": "4", "place": place}]);
        shop.ok("receive_goods", json!({"receipt": number, "node": "RENO", "lines": lines}));
    }
    shop.ok("set_lot_expiry", json!({"sku": "TEE", "lot": "L-1", "expires_at": "2026-02-01T00:00:00Z"}));
    shop.ok("set_lot_expiry", json!({"sku": "TEE", "lot": "L-2", "expires_at": "2026-03-01T00:00:00Z"}));
    shop.ok("place_order", order(&[("TEE", 18), ("MUG", 14)]));
    shop.ok("release_wave", json!({"wave": "W", "node": "RENO"}));
    let short = json!([{"line": 1, "qty": 15}, {"line": 2, "qty": 12}]);
    shop.ok("record_pick", json!({"order": "1", "node": "RENO", "short": short}));
    assert_eq!((shop.stock("TEE", "RENO"), shop.stock("MUG", "RENO")), ((18, 0), (14, 0)));
    shop.ok(
        "record_pick",
        json!({"order": "1", "node": "RENO", "picked":
        [{"line": 1, "qty": 3}, {"line": 2, "qty": 2}]}),
    );
    let cartons = json!([{"carton": "K", "lines": [{"line": 1, "qty": 3}, {"line": 2, "qty": 2}]}]);
    shop.ok("pack_order", json!({"order": "1", "node": "RENO", "cartons": cartons}));
    assert_eq!(units(&shop.ok("ship_order", ship())), [(1, 3), (2, 2)]);
}

/// An order of two tees and a mug that left.
fn sold() -> Shop {
    let mut shop = shop();
    shop.ok("set_workflow", json!({"channel": "web", "stages": []}));
    shop.ok("place_order", order(&[("TEE", 2), ("MUG", 1)]));
    shop.ok("ship_order", ship());
    shop
}

fn authorize(rma: &str, qty: i64) -> Value {
    json!({"rma": rma, "order": "1", "reason": "why", "lines": of(1, qty), "node": "RENO"})
}

fn came(rma: &str, qty: i64) -> Value {
    json!({"rma": rma, "order": "1", "node": "RENO", "lines": of(1, qty)})
}

fn graded(rma: &str, qty: i64, disposition: &str, refund: &str) -> Value {
    let line = json!({"line": 1, "qty": qty, "disposition": disposition, "refund": refund});
    json!({"rma": rma, "order": "1", "node": "RENO", "lines": [line]})
}

#[test]
fn a_return_stays_open_until_all_that_came_is_graded() {
    let mut shop = sold();
    shop.ok("authorize_return", authorize("R", 2));
    shop.ok("check_in_return", came("R", 2));
    shop.ok("receive_return", graded("R", 1, "restock", "20"));
    shop.no("receive_return", graded("R", 2, "scrap", "0"), "MoreThanOpen");
    shop.ok("receive_return", graded("R", 1, "scrap", "20"));
    shop.no("receive_return", graded("R", 1, "scrap", "0"), "DocumentExists");
    let line = shop.ask("order", json!({"document": "1"}))["lines"][0].clone();
    assert_eq!((&line["returned"], shop.stock("TEE", "RENO")), (&json!(2), (9, 9)));
    assert!(shop.codes().is_empty());
}

#[test]
fn of_two_that_may_come_the_second_comes_later() {
    let mut shop = sold();
    shop.ok("authorize_return", authorize("R", 2));
    for _ in 0..2 {
        shop.ok("check_in_return", came("R", 1));
        shop.ok("receive_return", graded("R", 1, "restock", "20"));
    }
    assert!(shop.codes().is_empty(), "both were to come");
}

#[test]
fn goods_that_come_after_their_money_are_taken_in_and_not_paid_twice() {
    let mut shop = sold();
    shop.ok("authorize_return", authorize("R", 2));
    shop.no("receive_return", graded("R", 2, "restock", "40"), "IllegalStep");
    shop.ok("receive_return", graded("R", 0, "keep", "40"));
    assert_eq!(shop.codes(), ["refund_without_goods"]);
    shop.ok("check_in_return", came("R", 2));
    assert_eq!(shop.codes(), ["refund_without_goods", "return_mismatch"], "nobody waits for them");
    shop.no("receive_return", graded("R", 2, "restock", "1"), "InvalidField");
    shop.ok("receive_return", graded("R", 2, "restock", "0"));
    assert_eq!(shop.stock("TEE", "RENO"), (10, 10));
}

#[test]
fn goods_that_are_told_twice_are_struck_once() {
    let mut shop = sold();
    shop.ok("authorize_return", authorize("R", 2));
    shop.ok("check_in_return", came("R", 2));
    shop.ok("check_in_return", came("B", 2));
    shop.ok("receive_return", graded("R", 2, "restock", "40"));
    shop.no("receive_return", graded("B", 2, "restock", "40"), "MoreThanOpen");
    shop.ok("cancel_return", json!({"rma": "B", "reason": "why"}));
    shop.no("receive_return", graded("B", 0, "keep", "1"), "IllegalStep");
}

#[test]
fn a_return_window_of_a_category_holds_for_its_goods() {
    let mut shop = sold();
    let scope = json!({"category": "apparel"});
    let five = json!({"parameter": "return_window_days", "scope": scope, "value": "5", "reason": "worn"});
    shop.ok("set_parameter", five);
    shop.wait(10);
    shop.no("authorize_return", authorize("R", 2), "ReturnWindowClosed");
    let mug = json!({"rma": "R", "order": "1", "reason": "why", "lines": of(2, 1)});
    shop.ok("authorize_return", mug);
}

#[test]
fn tolerances_hold_where_they_are_set() {
    let mut shop = placed(&[("TEE", 3), ("MUG", 1)]);
    let set = |shop: &mut Shop, parameter: &str, scope: Value, value: &str| {
        shop.ok(
            "set_parameter",
            json!({"parameter": parameter, "scope": scope, "value": value, "reason": "r"}),
        );
    };
    set(&mut shop, "weight_tolerance_share", json!({"category": "apparel"}), "0.5");
    set(&mut shop, "order_value_min", json!({"category": "home"}), "50");
    set(&mut shop, "price_below_list_share", json!({"customer": "kim"}), "0.1");
    set(&mut shop, "count_recount_units", json!({"category": "home"}), "1");
    shop.ok("record_pick", pick(1, 3));
    let heavy = json!({"carton": "K", "weight_g": 890, "lines": of(1, 3)});
    shop.ok("pack_order", json!({"order": "1", "node": "RENO", "cartons": [heavy]}));
    assert!(shop.codes().is_empty(), "600 g and a half of it");
    let mut faults = |number: &str, sku: &str, price: &str, customer: &str| {
        let mut order = order(&[(sku, 1)]);
        (order["order"], order["lines"][0]["price"]) = (json!(number), json!(price));
        shop.ok("capture_order", json!({"order": order, "customer": customer}))["OrderParked"]["faults"]
            .clone()
    };
    assert_eq!(faults("2", "TEE", "15", "bob"), Value::Null);
    assert!(faults("3", "MUG", "12.50", "bob")[0].as_str().is_some_and(|fault| fault.contains("50.00")));
    assert!(faults("4", "TEE", "15", "kim")[0].as_str().is_some_and(|fault| fault.contains("list price")));
    shop.ok("plan_count", json!({"count": "C", "node": "RENO", "skus": ["MUG"]}));
    let counted = json!({"count": "C", "lines": [{"sku": "MUG", "qty": 8}]});
    assert_eq!(shop.ok("record_count", counted)["CountRecorded"]["stage"], "recount");
}

#[test]
fn an_order_in_another_currency_is_judged_by_list_prices_in_it() {
    let mut shop = shop();
    for (parameter, value) in [("order_value_min", "20"), ("price_tolerance_share", "0")] {
        let said = json!({"parameter": parameter, "scope": {}, "value": value, "reason": "r"});
        shop.ok("set_parameter", said);
    }
    let mut faults = |number: &str, price: &str, currency: Value| {
        let mut order = order(&[("TEE", 1)]);
        (order["order"], order["terms"]) = (json!(number), json!({"sold_in": currency}));
        order["lines"][0]["price"] = json!(price);
        shop.ok("capture_order", json!({"order": order, "customer": number}))["OrderParked"]["faults"].clone()
    };
    // 20.00 dollars are 2985.07 yen, and 2985 of those 19.9995 dollars.
    let yen = json!({"currency": "JPY", "digits": 0, "rate": "0.0067"});
    let pounds = json!({"currency": "GBP", "rate": "1.25"});
    assert_eq!(faults("A", "2985", yen.clone()), Value::Null);
    assert_eq!(faults("B", "16", pounds.clone()), Value::Null);
    let less = "`TEE` at 2983.00 differs too much from its list price of 2985.00";
    let worth = "worth 19.99, at least 20.00 is needed";
    assert_eq!(faults("C", "2983", yen), json!([less, worth]), "2983 yen are 19.9861");
    let more = "`TEE` at 20.00 differs too much from its list price of 16.00";
    assert_eq!(faults("D", "20", pounds), json!([more]));
}

#[test]
fn an_order_that_comes_again_is_parked_while_the_first_is_fresh_and_lives() {
    let mut shop = shop();
    let mut capture = |number: &str, days: u32| {
        shop.wait(days);
        let mut order = order(&[("TEE", 1)]);
        order["order"] = json!(number);
        let said = json!({"order": order, "customer": "kim", "address": ["1 Main St"]});
        let body = shop.ok("capture_order", said);
        if number == "4" {
            shop.ok("cancel_order", json!({"order": number, "reason": "why"}));
        }
        body["OrderParked"].is_object()
    };
    assert!(!capture("1", 0), "the first");
    assert!(capture("2", 1), "the same again");
    assert!(!capture("3", 10), "another, by now");
    assert!(!capture("4", 10), "and struck");
    assert!(!capture("5", 1), "what was struck is wanted after all");
}

fn announce(asn: &str, qty: i64, at: &str) -> Value {
    json!({"asn": asn, "purchase_order": "P", "arrives_at": at, "lines": of(1, qty)})
}

#[test]
fn a_supplier_announces_no_more_than_is_open() {
    let mut shop = shop();
    let lines = json!([{"sku": "TEE", "qty": 20, "unit_cost": "4"}]);
    shop.ok(
        "place_purchase_order",
        json!({"purchase_order": "P", "supplier": "ACME", "node": "RENO", "lines": lines}),
    );
    let (soon, later) = ("2026-01-06T00:00:00Z", "2026-01-20T00:00:00Z");
    let mut twice = announce("A", 15, soon);
    twice["lines"] = json!([{"line": 1, "qty": 15}, {"line": 1, "qty": 15}]);
    shop.no("announce_shipment", twice, "MoreThanOpen");
    shop.ok("announce_shipment", announce("A", 15, soon));
    let facts = shop.no("announce_shipment", announce("B", 15, later), "MoreThanOpen");
    assert_eq!((&facts["asked"], &facts["open"]), (&json!(15), &json!(5)));
    let some = json!({"receipt": "R", "node": "RENO", "purchase_order": "P", "lines":
        [{"sku": "TEE", "qty": 10, "unit_cost": "4"}]});
    shop.ok("receive_goods", some);
    shop.no("announce_shipment", announce("B", 6, later), "MoreThanOpen");
    // What did not come in time is announced anew.
    shop.wait(2);
    shop.ok("announce_shipment", announce("B", 10, later));
    shop.no("announce_shipment", announce("C", 1, later), "MoreThanOpen");
    let over = json!({"parameter": "receipt_over_share", "value": "0.1", "reason": "bulk"});
    shop.ok("set_parameter", over);
    shop.ok("announce_shipment", announce("C", 2, later));
}

#[test]
fn what_came_beyond_one_order_fills_no_other() {
    let mut shop = shop();
    for number in ["P", "Q"] {
        let lines = json!([{"sku": "TEE", "qty": 20, "unit_cost": "4"}]);
        let order = json!({"purchase_order": number, "supplier": "ACME", "node": "RENO", "lines": lines});
        shop.ok("place_purchase_order", order);
    }
    let lines = json!([{"sku": "TEE", "qty": 25, "unit_cost": "4"}]);
    shop.ok("receive_goods", json!({"receipt": "R", "node": "RENO", "purchase_order": "P", "lines": lines}));
    for metric in ["supplier_fill", "supplier_score"] {
        let found = shop.ask("measure", json!({"metrics": [metric]}));
        assert_eq!((&found["part"], &found["whole"]), (&json!([20]), &json!([40])), "{metric}: {found}");
    }
}
