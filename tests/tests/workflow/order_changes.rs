//! Orders to which customers add goods, and that they want elsewhere or by another date.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

const WEST: (&str, &str) = ("34.05", "-118.24");

/// Two nodes, 20 tees and mugs in the west and 20 in the east; an order of five tees for the west.
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
    for (at, node) in [(1, "RENO"), (2, "ALLEN")] {
        shop.receive(&format!("T-{at}"), node, "TEE", 20);
        shop.receive(&format!("M-{at}"), node, "MUG", 20);
    }
    place(&mut shop, "O", json!([{"sku": "TEE", "qty": 5}]));
    place(&mut shop, "N", json!([{"sku": "TEE", "qty": 1}]));
    shop
}

fn to((lat, lon): (&str, &str)) -> Value {
    json!({"lat": lat, "lon": lon})
}

fn place(shop: &mut Shop, number: &str, lines: Value) {
    shop.ok("place_order", json!({"order": number, "channel": "web", "to": to(WEST), "lines": lines}));
}

fn add(lines: Value) -> Value {
    json!({"order": "O", "reason": "customer", "add": lines})
}

/// SKU, wanted, reserved, waiting and shipped of each line.
fn lines(shop: &mut Shop, number: &str) -> Vec<(String, [i64; 4])> {
    let view = shop.ask("order", json!({"document": number}));
    let count = |line: &Value, field: &str| line[field].as_i64().expect("a number");
    let one = |line: &Value| {
        let wanted = count(line, "qty") - count(line, "cancelled");
        let sku = line["sku"].as_str().expect("text").to_owned();
        (sku, [wanted, count(line, "reserved"), count(line, "backordered"), count(line, "shipped")])
    };
    view["lines"].as_array().expect("lines").iter().map(one).collect()
}

fn line(sku: &str, numbers: [i64; 4]) -> (String, [i64; 4]) {
    (sku.to_owned(), numbers)
}

#[test]
fn a_line_is_added_and_lives_as_any_other() {
    let mut shop = shop();
    shop.ok("reallocate_order", add(json!([{"sku": "MUG", "qty": 3}])));
    assert_eq!(lines(&mut shop, "O"), [line("TEE", [5, 5, 0, 0]), line("MUG", [3, 3, 0, 0])]);
    assert_eq!(shop.stock("MUG", "RENO"), (20, 17));
    // Another order comes between; then a third line of a SKU that is there already.
    place(&mut shop, "P", json!([{"sku": "MUG", "qty": 1}]));
    shop.ok("reallocate_order", add(json!([{"sku": "TEE", "qty": 2, "price": "18"}])));
    let amend = json!([{"line": 2, "qty": 4}, {"line": 3, "qty": 1}]);
    shop.ok("reallocate_order", json!({"order": "O", "reason": "customer", "amend": amend}));
    let want = [line("TEE", [5, 5, 0, 0]), line("MUG", [4, 4, 0, 0]), line("TEE", [1, 1, 0, 0])];
    assert_eq!(lines(&mut shop, "O"), want);
    assert_eq!(lines(&mut shop, "P"), [line("MUG", [1, 1, 0, 0])]);
    assert_eq!(lines(&mut shop, "N"), [line("TEE", [1, 1, 0, 0])]);
    // Picked, packed, shipped in part, struck, sent back.
    let some = |of: &[(u32, i64)]| -> Value {
        of.iter().map(|(line, qty)| json!({"line": line, "qty": qty})).collect()
    };
    shop.ok("release_wave", json!({"wave": "W", "node": "RENO"}));
    let picked = some(&[(1, 5), (2, 4), (3, 1)]);
    shop.ok("record_pick", json!({"order": "O", "node": "RENO", "picked": picked}));
    shop.ok("cancel_order", json!({"order": "O", "reason": "customer", "lines": some(&[(2, 1)])}));
    let shipped = shop.ok("ship_order", json!({"order": "O", "node": "RENO"}));
    let revenue = |at: usize| shipped["OrderShipped"]["lines"][at]["revenue"].clone();
    assert_eq!((revenue(0), revenue(1), revenue(2)), (json!("100.00"), json!("36.00"), json!("18.00")));
    let want = [line("TEE", [5, 0, 0, 5]), line("MUG", [3, 0, 0, 3]), line("TEE", [1, 0, 0, 1])];
    assert_eq!(lines(&mut shop, "O"), want);
    let back = json!([{"line": 3, "qty": 1, "disposition": "restock", "refund": "18"}]);
    shop.ok("receive_return", json!({"rma": "R", "order": "O", "node": "RENO", "lines": back}));
    assert_eq!((shop.stock("TEE", "RENO"), shop.stock("MUG", "RENO")), ((15, 14), (17, 16)));
    shop.no("reallocate_order", add(json!([{"sku": "MUG", "qty": 1}])), "IllegalStep");
}

#[test]
fn what_is_added_waits_and_is_served_and_goes_elsewhere_when_its_node_is_down() {
    let mut shop = shop();
    shop.ok("define_sku", json!({"sku": "CAP", "price": "9"}));
    shop.ok("reallocate_order", add(json!([{"sku": "CAP", "qty": 2}])));
    assert_eq!(lines(&mut shop, "O")[1], line("CAP", [2, 0, 2, 0]));
    shop.receive("C", "RENO", "CAP", 5);
    assert_eq!(lines(&mut shop, "O")[1], line("CAP", [2, 2, 0, 0]));
    shop.receive("C-2", "ALLEN", "CAP", 5);
    let down =
        json!({"orders": [], "reason": "customer", "disruption": {"kind": "node_down", "node": "RENO"}});
    shop.ok("allocate_batch", down);
    assert_eq!(lines(&mut shop, "O"), [line("TEE", [5, 5, 0, 0]), line("CAP", [2, 2, 0, 0])]);
    assert_eq!((shop.stock("CAP", "RENO"), shop.stock("CAP", "ALLEN")), ((5, 5), (5, 3)));
}

/// A kit comes with its components behind it.
#[test]
fn a_kit_is_added() {
    let mut shop = shop();
    shop.ok("define_sku", json!({"sku": "SET", "price": "40"}));
    let components = json!([{"sku": "TEE", "qty": 1}, {"sku": "MUG", "qty": 2}]);
    shop.ok("define_kit", json!({"sku": "SET", "kind": "virtual", "components": components}));
    shop.ok("reallocate_order", add(json!([{"sku": "SET", "qty": 2}])));
    let want = [
        line("TEE", [5, 5, 0, 0]),
        line("SET", [0, 0, 0, 0]),
        line("TEE", [2, 2, 0, 0]),
        line("MUG", [4, 4, 0, 0]),
    ];
    assert_eq!(lines(&mut shop, "O"), want);
    let kits = shop.ask("order", json!({"document": "O"}))["kits"].clone();
    assert_eq!((&kits[0]["line"], &kits[0]["qty"]), (&json!(2), &json!(2)));
    let amend = json!([{"line": 2, "qty": 3}]);
    shop.ok("reallocate_order", json!({"order": "O", "reason": "customer", "amend": amend}));
    assert_eq!(lines(&mut shop, "O")[3], line("MUG", [6, 6, 0, 0]));
}

#[test]
fn what_is_added_is_judged_as_a_new_order() {
    let mut shop = shop();
    shop.no("reallocate_order", add(json!([{"sku": "CAP", "qty": 1}])), "UnknownSku");
    shop.no("reallocate_order", add(json!([{"sku": "MUG", "qty": 0}])), "InvalidQuantity");
    shop.no("reallocate_order", add(json!([{"sku": "MUG", "qty": 1, "lot": "L"}])), "InvalidField");
    let value = |name: &str, value: &str| json!({"parameter": name, "value": value, "reason": "terms"});
    shop.ok("set_parameter", value("price_tolerance_share", "0.1"));
    shop.no("reallocate_order", add(json!([{"sku": "MUG", "qty": 1, "price": "10"}])), "PriceOffList");
    shop.ok("reallocate_order", add(json!([{"sku": "MUG", "qty": 1, "price": "11"}])));
    let tiers = json!([[{"measure": "unfilled_lines", "weight": "1"}]]);
    shop.ok("set_policy", json!({"name": "strict", "otherwise": {"shortage": "refuse", "tiers": tiers}}));
    shop.no("reallocate_order", add(json!([{"sku": "MUG", "qty": 100}])), "StockShort");
    assert_eq!(lines(&mut shop, "O").len(), 2, "and nothing has changed");
    // Who may owe 150.00 and owes 100.00 waits with 60.00 more; and who needs agreement asks for it.
    shop.ok("set_parameter", value("credit_limit", "150"));
    let terms = json!({"customer": "acme"});
    let order = json!({"order": "Q", "channel": "web", "to": to(WEST), "terms": terms,
        "lines": [{"sku": "TEE", "qty": 5}]});
    shop.ok("place_order", order);
    shop.ok("define_role", json!({"role": "head"}));
    let rule = json!({"command": "reallocate_order", "above": "100", "role": "head", "expires_hours": 9});
    shop.ok("set_approval_rule", rule);
    let more = |qty: i64| json!({"order": "Q", "reason": "customer", "add": [{"sku": "MUG", "qty": qty}]});
    let event = shop.ok("reallocate_order", more(9));
    assert_eq!(event["ApprovalRequested"]["measured"], "108.00", "{event}");
    let event = shop.ok("reallocate_order", more(5));
    assert_eq!(event["OrderReallocated"]["held"], "credit");
}

#[test]
fn an_order_goes_elsewhere_while_it_can() {
    let mut shop = shop();
    assert_eq!((shop.stock("TEE", "RENO"), shop.stock("TEE", "ALLEN")), ((20, 14), (20, 20)));
    let east = |number: &str| {
        json!({"order": number, "reason": "customer", "to": to(("40.7", "-74.0")),
        "deliver_by": "2026-01-12T00:00:00Z"})
    };
    shop.ok("reallocate_order", east("O"));
    assert_eq!((shop.stock("TEE", "RENO"), shop.stock("TEE", "ALLEN")), ((20, 19), (20, 15)));
    let view = shop.ask("order", json!({"document": "O"}));
    assert_eq!(view["deliver_by"], "2026-01-12T00:00:00Z", "{view}");
    let nowhere = json!({"order": "O", "reason": "customer", "to": to(("95", "0"))});
    assert!(shop.say("reallocate_order", nowhere)["rejection"].is_object());
    let past = json!({"order": "O", "reason": "customer", "deliver_by": "2026-01-01T00:00:00Z"});
    shop.no("reallocate_order", past, "InvalidInstant");
    shop.ok("release_wave", json!({"wave": "W", "node": "RENO"}));
    shop.no("reallocate_order", east("N"), "IllegalStep");
    let some = json!([{"line": 1, "qty": 2}]);
    shop.ok("ship_order", json!({"order": "O", "node": "ALLEN", "lines": some}));
    let facts = shop.no("reallocate_order", east("O"), "DestinationFixed");
    assert_eq!(facts["order"], "O");
}

/// The rule is that of the order as it will be: of its new place, and of its new value.
#[test]
fn a_changed_order_is_sourced_by_the_rule_that_it_comes_under() {
    let mut shop = shop();
    let tiers =
        json!([[{"measure": "unfilled_units", "weight": "1"}], [{"measure": "distance_km", "weight": "1"}]]);
    let area = json!({"south": "24", "north": "50", "west": "-85", "east": "-66"});
    let allen = json!({"nodes": ["ALLEN"], "line_split": "allowed", "tiers": tiers});
    let rules = json!([{"name": "east", "when": {"areas": [area]}, "then": allen},
        {"name": "dear", "when": {"value_min": "150"}, "then": allen}]);
    let otherwise = json!({"line_split": "allowed", "tiers": tiers});
    shop.ok("set_policy", json!({"name": "two", "rules": rules, "otherwise": otherwise}));
    let east = to(("40.7", "-74.0"));
    let more = json!([{"sku": "TEE", "qty": 18}]);
    shop.ok("place_order", json!({"order": "E", "channel": "web", "to": east, "lines": more}));
    assert_eq!(shop.stock("TEE", "ALLEN"), (20, 2));
    shop.ok("reallocate_order", json!({"order": "O", "reason": "customer", "to": east}));
    assert_eq!(lines(&mut shop, "O"), [line("TEE", [5, 2, 3, 0])], "RENO may not give to the east");
    assert_eq!(shop.stock("TEE", "RENO"), (20, 19));
    // 20.00 and 12 times 12.00 are 164.00.
    let twelve = json!([{"sku": "MUG", "qty": 12}]);
    shop.ok("reallocate_order", json!({"order": "N", "reason": "customer", "add": twelve}));
    assert_eq!((shop.stock("MUG", "RENO"), shop.stock("MUG", "ALLEN")), ((20, 20), (20, 8)));
    assert_eq!(shop.stock("TEE", "RENO"), (20, 20));
}

/// Who may not place an order, or not above a limit, does not do so by adding to one.
#[test]
fn what_is_added_is_bound_as_what_is_placed() {
    let mut shop = shop();
    shop.ok("define_role", json!({"role": "head"}));
    shop.ok("grant_roles", json!({"actor": "ann", "roles": ["head"]}));
    let rule = json!({"command": "place_order", "above": "1000", "role": "head", "expires_hours": 9});
    shop.ok("set_approval_rule", rule);
    let event = shop.ok("reallocate_order", add(json!([{"sku": "TEE", "qty": 60}])));
    let asked = &event["ApprovalRequested"];
    assert_eq!((&asked["word"], &asked["measured"]), (&json!("place_order"), &json!("1200.00")), "{event}");
    let amend = json!({"order": "O", "reason": "customer", "amend": [{"line": 1, "qty": 60}]});
    let event = shop.ok("reallocate_order", amend.clone());
    assert_eq!(event["ApprovalRequested"]["measured"], "1100.00", "55 more");
    assert_eq!(lines(&mut shop, "O")[0].1[0], 5);
    let said = shop.say_as("ann", "approve_command", json!({"approval": 2, "evidence": "asked"}));
    assert!(said["receipt"].is_object(), "{said}");
    assert_eq!(lines(&mut shop, "O")[0].1[0], 60);
    shop.ok("define_role", json!({"role": "seller", "commands": ["place_order"]}));
    shop.no("reallocate_order", add(json!([{"sku": "MUG", "qty": 1}])), "RoleRequired");
    shop.ok("reallocate_order", json!({"order": "O", "reason": "customer"}));
    shop.ok("grant_roles", json!({"actor": "ann", "roles": ["head", "seller"]}));
    let said = shop.say_as("ann", "reallocate_order", add(json!([{"sku": "MUG", "qty": 1}])));
    assert!(said["receipt"].is_object(), "{said}");
}

/// What is sent again for nothing is no more than what was sent, however the order for it grows.
#[test]
fn a_replacement_grows_no_further_than_what_it_replaces() {
    let mut shop = shop();
    shop.ok("ship_order", json!({"order": "O", "node": "RENO"}));
    let free = json!([{"sku": "TEE", "qty": 1, "price": "0"}]);
    let again = json!({"order": "S", "channel": "web", "to": to(WEST), "lines": free,
        "terms": {"replaces": "O"}});
    shop.ok("place_order", again);
    let more = |sku: &str, qty: i64| json!({"order": "S", "reason": "customer", "add": [{"sku": sku, "qty": qty, "price": "0"}]});
    let facts = shop.no("reallocate_order", more("TEE", 5), "MoreThanOpen");
    assert_eq!((&facts["asked"], &facts["open"]), (&json!(6), &json!(5)));
    shop.no("reallocate_order", more("MUG", 1), "MoreThanOpen");
    shop.ok("reallocate_order", more("TEE", 4));
    let amend = |qty: i64| json!({"order": "S", "reason": "customer", "amend": [{"line": 2, "qty": qty}]});
    shop.no("reallocate_order", amend(5), "MoreThanOpen");
    shop.ok("reallocate_order", amend(3));
    shop.ok("reallocate_order", more("TEE", 1));
}

#[test]
fn the_quantities_that_are_sold_hold_for_all_lines_together() {
    let mut shop = shop();
    shop.ok("describe_sku", json!({"sku": "TEE", "order_max": 8, "why": "range"}));
    shop.ok("describe_sku", json!({"sku": "MUG", "order_min": 6, "why": "range"}));
    let facts = shop.no("reallocate_order", add(json!([{"sku": "TEE", "qty": 4}])), "QtyNotOrderable");
    assert_eq!(facts["qty"], 9);
    shop.ok("reallocate_order", add(json!([{"sku": "TEE", "qty": 3}])));
    shop.no("reallocate_order", add(json!([{"sku": "MUG", "qty": 5}])), "QtyNotOrderable");
    shop.ok("reallocate_order", add(json!([{"sku": "MUG", "qty": 6}])));
    shop.ok("reallocate_order", add(json!([{"sku": "MUG", "qty": 1}])));
    let amend = |line: u32, qty: i64| json!({"order": "O", "reason": "customer", "amend": [{"line": line, "qty": qty}]});
    shop.no("reallocate_order", amend(1, 6), "QtyNotOrderable");
    let facts = shop.no("reallocate_order", amend(3, 4), "QtyNotOrderable");
    assert_eq!(facts["qty"], 5, "4 and 1");
    shop.ok("reallocate_order", amend(3, 5));
}

/// What waits already stands in nobody's way.
#[test]
fn what_waits_goes_on_waiting_when_goods_are_added() {
    let mut shop = shop();
    shop.ok("define_sku", json!({"sku": "CAP", "price": "9"}));
    place(&mut shop, "W", json!([{"sku": "CAP", "qty": 5}]));
    let more = |sku: &str| json!({"order": "W", "reason": "customer", "add": [{"sku": sku, "qty": 1}]});
    let tiers = json!([[{"measure": "unfilled_lines", "weight": "1"}]]);
    let policy = |otherwise: Value| json!({"name": "p", "otherwise": otherwise});
    shop.ok("set_policy", policy(json!({"shortage": "refuse", "tiers": tiers})));
    shop.ok("reallocate_order", more("MUG"));
    let facts = shop.no("reallocate_order", more("CAP"), "StockShort");
    assert_eq!(facts["sku"], "CAP");
    shop.ok("set_policy", policy(json!({"backorder_units_max": 3, "tiers": tiers})));
    shop.ok("reallocate_order", more("MUG"));
    let facts = shop.no("reallocate_order", more("CAP"), "BackorderAboveLimit");
    assert_eq!((&facts["qty"], &facts["limit"]), (&json!(6), &json!(3)));
    shop.ok("set_policy", policy(json!({"tiers": tiers})));
    shop.ok("set_preorder", json!({"sku": "CAP", "qty_max": 5}));
    shop.ok("reallocate_order", more("MUG"));
    let facts = shop.no("reallocate_order", more("CAP"), "PreorderFull");
    assert_eq!((&facts["asked"], &facts["left"]), (&json!(1), &json!(0)));
    let mug = || line("MUG", [1, 1, 0, 0]);
    assert_eq!(lines(&mut shop, "W"), [line("CAP", [5, 0, 5, 0]), mug(), mug(), mug()]);
}

/// What was reserved and cannot be given any more was promised: it waits, and stands in nobody's way either.
#[test]
fn what_was_reserved_and_is_lost_waits_when_goods_are_added() {
    let mut shop = shop();
    shop.ok("define_sku", json!({"sku": "CAP", "price": "9"}));
    shop.receive("C", "RENO", "CAP", 5);
    place(&mut shop, "W", json!([{"sku": "CAP", "qty": 5}]));
    let tiers = json!([[{"measure": "unfilled_lines", "weight": "1"}]]);
    let rule = json!({"shortage": "refuse", "tiers": tiers});
    shop.ok("set_policy", json!({"name": "p", "otherwise": rule}));
    shop.ok("set_node_status", json!({"node": "RENO", "status": "closed", "reason": "customer"}));
    let more = |sku: &str| json!({"order": "W", "reason": "customer", "add": [{"sku": sku, "qty": 1}]});
    let facts = shop.no("reallocate_order", more("CAP"), "StockShort");
    assert_eq!(facts["sku"], "CAP");
    shop.ok("reallocate_order", more("MUG"));
    assert_eq!(lines(&mut shop, "W"), [line("CAP", [5, 0, 5, 0]), line("MUG", [1, 1, 0, 0])]);
}

/// Reports know the lines that an order gets later.
#[test]
fn what_is_added_and_waits_is_reported() {
    let mut shop = shop();
    shop.ok("define_sku", json!({"sku": "CAP", "price": "9"}));
    shop.ok("reallocate_order", add(json!([{"sku": "CAP", "qty": 5}, {"sku": "MUG", "qty": 2}])));
    let mut tally = stockbook::report::Tally::default();
    for event in shop.book.events_since(1).expect("all events") {
        tally.record(event);
    }
    assert_eq!(tally.kpis().backorder_units_open, 5);
    shop.receive("C", "RENO", "CAP", 6);
    let mut tally = stockbook::report::Tally::default();
    for event in shop.book.events_since(1).expect("all events") {
        tally.record(event);
    }
    assert_eq!(tally.kpis().backorder_units_open, 0);
}
