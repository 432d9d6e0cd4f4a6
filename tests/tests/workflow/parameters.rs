//! Every parameter that is declared is read: with another value another outcome.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

/// A shop with a node, a supplier, a channel and 100 of a SKU at 4 each.
fn shop() -> Shop {
    let mut shop = Shop::new();
    let place = json!({"lat": "39.53", "lon": "-119.81"});
    shop.ok("define_reason", json!({"reason": "worn"}));
    shop.ok("define_sku", json!({"sku": "TEE", "group": "apparel", "price": "20", "weight_g": 200}));
    shop.ok("define_sku", json!({"sku": "MUG", "group": "home", "price": "12"}));
    shop.ok("define_node", json!({"node": "RENO", "kind": "warehouse", "place": place}));
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 96}));
    shop.ok("define_supplier", json!({"supplier": "ACME", "lead_time_days": 14, "expedite_days": 3}));
    shop.receive("OPEN", "RENO", "TEE", 100);
    shop
}

fn order(number: &str, sku: &str, qty: i64) -> Value {
    let to = json!({"lat": "34.05", "lon": "-118.24"});
    json!({"order": number, "channel": "web", "to": to, "lines": [{"sku": sku, "qty": qty}]})
}

fn set(shop: &mut Shop, parameter: &str, value: &str) {
    shop.ok("set_parameter", json!({"parameter": parameter, "value": value, "reason": "told"}));
}

/// The same somewhere.
fn set_at(shop: &mut Shop, parameter: &str, scope: &Value, value: &str) {
    let body = json!({"parameter": parameter, "scope": scope, "value": value, "reason": "told"});
    shop.ok("set_parameter", body);
}

/// Moves time by so many days.
fn wait(shop: &mut Shop, days: u32) {
    let at = format!("2026-{:02}-{:02}T00:00:00Z", 2 + days / 28, 1 + days % 28);
    let request = json!({"id": format!("wait-{days}"), "at": at, "command": {"advance_time": {}}});
    let answer = shop.book.execute_json(request.to_string().as_bytes());
    assert!(answer.contains("receipt"), "{answer}");
}

fn open(shop: &mut Shop) -> Vec<String> {
    let open = shop.ask("exceptions", json!({}));
    let code = |row: &Value| row["opened"]["code"].as_str().expect("a code").to_owned();
    open.as_array().expect("exceptions").iter().map(code).collect()
}

/// Receives `units` on an order of 100 at 10 each and has `billed` invoiced at `price`.
fn bought(shop: &mut Shop, units: i64, billed: i64, price: &str) {
    let line = |qty: i64, cost: &str| json!([{"sku": "TEE", "qty": qty, "unit_cost": cost}]);
    shop.ok(
        "place_purchase_order",
        json!({"purchase_order": "P", "supplier": "ACME", "node": "RENO", "lines": line(100, "10")}),
    );
    let lines = json!([{"sku": "TEE", "qty": units}]);
    let come = json!({"receipt": "R", "node": "RENO", "purchase_order": "P", "lines": lines});
    shop.ok("receive_goods", come);
    let bill =
        json!({"invoice": "I", "supplier": "ACME", "purchase_order": "P", "lines": line(billed, price)});
    shop.ok("receive_supplier_invoice", bill);
}

/// A parameter, another value of it, a story, and what is seen with the standard and with the other value.
type Case = (&'static str, &'static str, fn(&mut Shop) -> String, &'static str, &'static str);

const CASES: [Case; 18] = [
    ("return_window_days", "365", returned_late, "ReturnWindowClosed", "authorized"),
    ("count_tolerance_value", "1", counted, "approved", "review"),
    ("count_recount_units", "2", counted, "approved", "recount"),
    ("match_price_share", "0.1", |shop| seen(shop, 100, 100, "10.50"), "three_way_mismatch", ""),
    ("match_units_share", "0.1", |shop| seen(shop, 100, 105, "10"), "three_way_mismatch", ""),
    ("receipt_over_share", "0.1", |shop| seen(shop, 105, 105, "10"), "over_receipt", ""),
    ("receipt_refuse_share", "0.04", received_beyond, "received", "ReceiptAboveOrder"),
    ("weight_tolerance_share", "0.5", packed, "weight_mismatch", ""),
    ("backorder_days_max", "10", aged, "", "backorder_aged"),
    ("credit_limit", "30", on_credit, "", "credit_limit"),
    ("pickup_days_max", "0", uncollected, "pickup_expired", ""),
    ("order_value_min", "50", captured, "", "order_parked"),
    ("price_below_list_share", "0.1", captured, "", "order_parked price_mismatch"),
    ("price_tolerance_share", "0.1", captured, "", "order_parked price_mismatch"),
    ("repeat_days_max", "0", repeated, "order_parked", ""),
    ("purchase_late_days_max", "0", overdue, "supplier_late", ""),
    ("receipt_early_days_max", "2", early, "", "early_receipt"),
    ("transfer_days_max", "10", under_way, "", "transfer_late"),
];

fn seen(shop: &mut Shop, units: i64, billed: i64, price: &str) -> String {
    bought(shop, units, billed, price);
    open(shop).join(" ")
}

fn received_beyond(shop: &mut Shop) -> String {
    bought(shop, 100, 100, "10");
    let lines = json!([{"sku": "TEE", "qty": 5}]);
    let command =
        json!({"receive_goods": {"receipt": "R2", "node": "RENO", "purchase_order": "P", "lines": lines}});
    let request = json!({"id": "beyond", "at": "2026-01-05T09:00:00Z", "command": command});
    let answer: Value =
        serde_json::from_str(&shop.book.execute_json(request.to_string().as_bytes())).expect("JSON");
    answer["rejection"]["name"].as_str().unwrap_or("received").to_owned()
}

fn returned_late(shop: &mut Shop) -> String {
    shop.ok("place_order", order("O", "TEE", 1));
    shop.ok("ship_order", json!({"order": "O", "node": "RENO"}));
    wait(shop, 60);
    let lines = json!([{"line": 1, "qty": 1}]);
    let command = json!({"authorize_return": {"rma": "A", "order": "O", "reason": "worn", "lines": lines}});
    let request = json!({"id": "late", "at": "2026-06-01T00:00:00Z", "command": command});
    let answer = shop.book.execute_json(request.to_string().as_bytes());
    let answer: Value = serde_json::from_str(&answer).expect("an answer is JSON");
    answer["rejection"]["name"].as_str().unwrap_or("authorized").to_owned()
}

fn counted(shop: &mut Shop) -> String {
    shop.ok("plan_count", json!({"count": "C", "node": "RENO", "skus": ["TEE"]}));
    let found = json!([{"sku": "TEE", "qty": 97}]);
    let body = shop.ok("record_count", json!({"count": "C", "lines": found}));
    body["CountRecorded"]["stage"].as_str().expect("a stage").to_owned()
}

fn packed(shop: &mut Shop) -> String {
    shop.ok("place_order", order("O", "TEE", 1));
    shop.ok("release_wave", json!({"wave": "W", "node": "RENO"}));
    let lines = json!([{"line": 1, "qty": 1}]);
    shop.ok("record_pick", json!({"order": "O", "node": "RENO", "picked": lines}));
    let carton = json!({"carton": "B", "weight_g": 260, "lines": lines});
    shop.ok("pack_order", json!({"order": "O", "node": "RENO", "cartons": [carton]}));
    open(shop).join(" ")
}

fn aged(shop: &mut Shop) -> String {
    shop.ok("place_order", order("O", "MUG", 1));
    // 28 days after the first of February at the latest it is two weeks old.
    wait(shop, 0);
    open(shop).join(" ")
}

/// Of two purchase orders one comes before the first of February, and neither is told of twice.
fn overdue(shop: &mut Shop) -> String {
    for number in ["P-1", "P-2"] {
        let lines = json!([{"sku": "TEE", "qty": 10, "unit_cost": "10"}]);
        let due = "2026-01-15T00:00:00Z";
        shop.ok(
            "place_purchase_order",
            json!({"purchase_order": number, "supplier": "ACME", "node": "RENO", "lines": lines,
                "expected_at": due}),
        );
    }
    let lines = json!([{"sku": "TEE", "qty": 10}]);
    let come = json!({"receipt": "R", "node": "RENO", "purchase_order": "P-1", "lines": lines});
    shop.ok("receive_goods", come);
    wait(shop, 0);
    wait(shop, 20);
    open(shop).join(" ")
}

/// Bought for the fifteenth of January, come on the fifth.
fn early(shop: &mut Shop) -> String {
    let lines = json!([{"sku": "TEE", "qty": 10, "unit_cost": "10"}]);
    shop.ok(
        "place_purchase_order",
        json!({"purchase_order": "P", "supplier": "ACME", "node": "RENO", "lines": lines,
            "expected_at": "2026-01-15T00:00:00Z"}),
    );
    let lines = json!([{"sku": "TEE", "qty": 10}]);
    shop.ok("receive_goods", json!({"receipt": "R", "node": "RENO", "purchase_order": "P", "lines": lines}));
    open(shop).join(" ")
}

fn under_way(shop: &mut Shop) -> String {
    let place = json!({"lat": "32.8", "lon": "-96.8"});
    shop.ok("define_node", json!({"node": "DALLAS", "kind": "warehouse", "place": place}));
    let lines = json!([{"sku": "TEE", "qty": 2}]);
    for number in ["T-1", "T-2"] {
        let ship = json!({"transfer": number, "from": "RENO", "to": "DALLAS", "lines": lines});
        shop.ok("ship_transfer", ship);
    }
    let some = json!([{"line": 1, "qty": 2}]);
    shop.ok("receive_transfer", json!({"transfer": "T-2", "lines": some}));
    wait(shop, 0);
    open(shop).join(" ")
}

fn on_credit(shop: &mut Shop) -> String {
    let mut order = order("O", "TEE", 2);
    order["terms"] = json!({"customer": "eve"});
    shop.ok("place_order", order);
    open(shop).join(" ")
}

fn uncollected(shop: &mut Shop) -> String {
    let mut order = order("O", "TEE", 1);
    order["terms"] = json!({"pickup": "RENO"});
    shop.ok("place_order", order);
    shop.ok("release_wave", json!({"wave": "W", "node": "RENO"}));
    let lines = json!([{"line": 1, "qty": 1}]);
    shop.ok("record_pick", json!({"order": "O", "node": "RENO", "picked": lines}));
    let carton = json!({"carton": "B", "lines": lines});
    shop.ok("pack_order", json!({"order": "O", "node": "RENO", "cartons": [carton]}));
    wait(shop, 0);
    open(shop).join(" ")
}

fn captured(shop: &mut Shop) -> String {
    let mut order = order("O", "TEE", 2);
    order["lines"][0]["price"] = json!("15");
    shop.ok("capture_order", json!({"order": order, "customer": "eve", "address": ["1 Elm Street"]}));
    open(shop).join(" ")
}

fn repeated(shop: &mut Shop) -> String {
    captured(shop);
    let mut order = order("P", "TEE", 2);
    order["lines"][0]["price"] = json!("15");
    shop.ok("capture_order", json!({"order": order, "customer": "eve", "address": ["1 Elm Street"]}));
    open(shop).join(" ")
}

#[test]
fn every_declared_parameter_changes_an_outcome() {
    for (parameter, value, story, standard, other) in CASES {
        let mut plain = shop();
        assert_eq!(story(&mut plain), standard, "{parameter} at its standard");
        let mut told = shop();
        set(&mut told, parameter, value);
        assert_eq!(story(&mut told), other, "{parameter} at {value}");
    }
    let declared = shop().ask("parameters", json!({}));
    let declared: Vec<&str> =
        declared.as_array().expect("parameters").iter().filter_map(|row| row["parameter"].as_str()).collect();
    let mut shown: Vec<&str> = CASES.iter().map(|case| case.0).collect();
    shown.sort_unstable();
    assert_eq!(declared, shown, "a parameter that no story reads");
}

/// A backorder's age: it runs through re-planning, ends when goods come, follows the parameter as it changes.
#[test]
fn a_backorder_is_told_once_when_it_is_too_old() {
    let mut shop = shop();
    shop.ok("place_order", order("O", "MUG", 3));
    wait(&mut shop, 0);
    assert!(open(&mut shop).is_empty(), "27 days");
    let again = json!({"order": "O", "reason": "worn"});
    let request =
        json!({"id": "again", "at": "2026-02-01T00:00:00Z", "command": {"reallocate_order": again}});
    shop.book.execute_json(request.to_string().as_bytes());
    wait(&mut shop, 5);
    assert_eq!(open(&mut shop), ["backorder_aged"], "it waits since it was placed, not since it was planned");
    wait(&mut shop, 56);
    assert_eq!(open(&mut shop), ["backorder_aged"], "once");
    let rows = shop.ask("exceptions", json!({}));
    assert_eq!((rows[0]["opened"]["qty"].as_i64(), rows[0]["again"].as_i64()), (Some(3), Some(0)));
    let at = "2026-04-02T00:00:00Z";
    let lines = json!([{"sku": "MUG", "qty": 3, "unit_cost": "4"}]);
    let come = json!({"receive_goods": {"receipt": "R", "node": "RENO", "lines": lines}});
    for (id, command) in [("come", come), ("clear", json!({"clear_exceptions": {}}))] {
        let request = json!({"id": id, "at": at, "command": command});
        let answer = shop.book.execute_json(request.to_string().as_bytes());
        assert!(answer.contains("receipt"), "{answer}");
    }
    let order = shop.ask("order", json!({"document": "O"}));
    assert_eq!(order["state"], "planned", "{order}");
    assert_eq!(open(&mut shop), ["promise_at_risk"], "filled, if late");
    shop.book.verify().unwrap_or_else(|broken| panic!("{broken}"));
}

/// Beyond a share of its purchase order a receipt is refused whole: by SKU, whatever lines order it.
#[test]
fn more_than_may_be_received_is_refused_and_told_how_many_may() {
    let mut shop = shop();
    let line = |qty: i64| json!({"sku": "TEE", "qty": qty, "unit_cost": "4"});
    let lines = json!([line(10), line(10), {"sku": "MUG", "qty": 5, "unit_cost": "3"}]);
    shop.ok(
        "place_purchase_order",
        json!({"purchase_order": "P", "supplier": "ACME", "node": "RENO", "lines": lines}),
    );
    let scope = json!({"node": "RENO", "category": "apparel"});
    let told =
        json!({"parameter": "receipt_refuse_share", "scope": scope, "value": "0.1", "reason": "docks"});
    shop.ok("set_parameter", told);
    let come = |receipt: &str, lines: &[(&str, i64)]| {
        let lines: Vec<Value> = lines.iter().map(|(sku, qty)| json!({"sku": sku, "qty": qty})).collect();
        json!({"receipt": receipt, "node": "RENO", "purchase_order": "P", "lines": lines})
    };
    // 15 of the first line's 10: the second still awaits ten.
    shop.ok("receive_goods", come("R1", &[("TEE", 15)]));
    let hash = shop.book.state_hash();
    let facts = shop.no("receive_goods", come("R2", &[("MUG", 2), ("TEE", 10)]), "ReceiptAboveOrder");
    assert_eq!(
        facts,
        json!({"purchase_order": "P", "sku": "TEE", "asked": 10, "open": 7}),
        "22 are 20 and a tenth"
    );
    let twice = come("R2", &[("TEE", 4), ("TEE", 4)]);
    assert_eq!(shop.no("receive_goods", twice, "ReceiptAboveOrder")["open"], 7);
    assert_eq!(shop.book.state_hash(), hash, "a refused receipt changes nothing");
    shop.ok("receive_goods", come("R2", &[("MUG", 2), ("TEE", 7)]));
    assert_eq!(shop.no("receive_goods", come("R3", &[("TEE", 1)]), "ReceiptAboveOrder")["open"], 0);
    // Mugs are of another group: its standard refuses none.
    shop.ok("receive_goods", come("R3", &[("MUG", 40)]));
    // The rest comes without the order, or with a higher share.
    let blind = json!({"receipt": "R4", "node": "RENO", "supplier": "ACME", "lines": [line(1)]});
    shop.ok("receive_goods", blind);
    set(&mut shop, "receipt_refuse_share", "0");
    shop.no("receive_goods", come("R5", &[("MUG", 1)]), "ReceiptAboveOrder");
    let told =
        json!({"parameter": "receipt_refuse_share", "scope": scope, "value": "0.15", "reason": "once"});
    shop.ok("set_parameter", told);
    shop.ok("receive_goods", come("R5", &[("TEE", 1)]));
    // A tenth of five mugs is none.
    set(&mut shop, "receipt_refuse_share", "0.1");
    let lines = json!([{"sku": "MUG", "qty": 5, "unit_cost": "3"}]);
    shop.ok(
        "place_purchase_order",
        json!({"purchase_order": "P2", "supplier": "ACME", "node": "RENO", "lines": lines}),
    );
    let mugs = |qty: i64| json!({"receipt": "R6", "node": "RENO", "purchase_order": "P2", "lines": [{"sku": "MUG", "qty": qty}]});
    assert_eq!(shop.no("receive_goods", mugs(6), "ReceiptAboveOrder")["open"], 5);
    shop.ok("receive_goods", mugs(5));
    let row = &shop.ask("purchase_order", json!({"document": "P"}))["lines"];
    let received: Vec<i64> =
        row.as_array().expect("lines").iter().filter_map(|line| line["received"].as_i64()).collect();
    assert_eq!(received.iter().sum::<i64>(), 23 + 42, "{row}");
    shop.book.verify().unwrap_or_else(|broken| panic!("{broken}"));
}

#[test]
fn an_age_set_for_later_holds_from_then_on() {
    let mut shop = shop();
    let scope = json!({"channel": "web"});
    shop.ok("place_order", order("O", "MUG", 1));
    let soon = json!({"parameter": "backorder_days_max", "scope": scope, "value": "2", "reason": "told",
        "effective_from": "2026-01-20T00:00:00Z"});
    shop.ok("set_parameter", soon);
    let day = |day: u32| json!({"id": format!("d{day}"), "at": format!("2026-01-{day}T00:00:00Z"), "command": {"advance_time": {}}});
    shop.book.execute_json(day(19).to_string().as_bytes());
    assert!(open(&mut shop).is_empty(), "the standard still holds");
    shop.book.execute_json(day(20).to_string().as_bytes());
    assert_eq!(open(&mut shop), ["backorder_aged"]);
}

/// How long an order may wait is its customer's and its service level's before it is the standard.
#[test]
fn a_service_level_and_a_customer_wait_as_long_as_is_said_for_them() {
    let mut shop = shop();
    let mut set = |scope: Value, value: &str| set_at(&mut shop, "backorder_days_max", &scope, value);
    set(json!({}), "9");
    set(json!({"service_level": "gold"}), "3");
    set(json!({"customer": "ANN"}), "5");
    for (number, terms) in
        [("O", json!({})), ("G", json!({"segment": "gold"})), ("C", json!({"customer": "ANN"}))]
    {
        let mut said = order(number, "MUG", 1);
        said["terms"] = terms;
        shop.ok("place_order", said);
    }
    let mut aged = |day: u32| {
        let at = format!("2026-01-{day:02}T12:00:00Z");
        let request = json!({"id": format!("d{day}"), "at": at, "command": {"advance_time": {}}});
        shop.book.execute_json(request.to_string().as_bytes());
        let open = shop.ask("exceptions", json!({}));
        let order = |row: &Value| row["opened"]["order"].as_str().expect("an order").to_owned();
        open.as_array().expect("exceptions").iter().map(order).collect::<Vec<_>>()
    };
    // All three wait since the fifth.
    assert_eq!(aged(7), [""; 0]);
    assert_eq!(aged(8), ["G"]);
    assert_eq!(aged(10), ["G", "C"]);
    assert_eq!(aged(14), ["G", "C", "O"]);
}

#[test]
fn a_region_and_a_service_level_have_values_of_their_own() {
    let mut shop = shop();
    let mut set = |scope: Value, value: &str| set_at(&mut shop, "return_window_days", &scope, value);
    set(json!({}), "1");
    set(json!({"region": "west"}), "3");
    set(json!({"service_level": "premium"}), "5");
    for (number, segment) in [("S", "standard"), ("P", "premium")] {
        let mut order = order(number, "TEE", 2);
        order["terms"] = json!({"segment": segment});
        shop.ok("place_order", order);
        shop.ok("ship_order", json!({"order": number, "node": "RENO"}));
    }
    let back = |rma: &str, order: &str| json!({"rma": rma, "order": order, "node": "RENO", "reason": "worn", "lines": [{"line": 1, "qty": 1}]});
    shop.wait(2);
    shop.no("authorize_return", back("A", "S"), "ReturnWindowClosed");
    shop.ok("authorize_return", back("A", "P"));
    shop.ok("describe_node", json!({"node": "RENO", "groups": ["west", "large"]}));
    shop.ok("authorize_return", back("B", "S"));
    shop.wait(2);
    shop.no("authorize_return", back("C", "S"), "ReturnWindowClosed");
    shop.ok("authorize_return", back("C", "P"));
}
