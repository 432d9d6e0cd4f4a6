//! Picks that find something else than was planned: another SKU in place of the one ordered, another lot.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

/// A shop whose tees may be given by three others, where the policy says so.
fn shop(substitution: &str) -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "customer"}));
    for (sku, price) in [("TEE", "20"), ("TEE-V2", "22"), ("TEE-LUX", "45"), ("MUG", "9")] {
        shop.ok("define_sku", json!({"sku": sku, "price": price}));
    }
    let substitutes = json!([{"sku": "TEE-V2", "rank": 1, "price": "lower"},
        {"sku": "TEE-LUX", "rank": 2, "price": "own"}]);
    shop.ok("describe_sku", json!({"sku": "TEE", "substitutes": substitutes, "why": "range"}));
    let place = json!({"lat": "39.53", "lon": "-119.81"});
    shop.ok("define_node", json!({"node": "RENO", "kind": "warehouse", "place": place}));
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 96}));
    shop.ok("define_channel", json!({"channel": "shop", "promise_hours": 96}));
    let tiers = json!([[{"measure": "unfilled_units", "weight": "1"}]]);
    let rule = json!({"tiers": tiers, "substitution": substitution});
    shop.ok("set_policy", json!({"name": "p", "otherwise": rule}));
    shop
}

fn order(shop: &mut Shop, number: &str, lines: &[(&str, i64)]) {
    let to = json!({"lat": "34.05", "lon": "-118.24"});
    let lines: Value = lines.iter().map(|(sku, qty)| json!({"sku": sku, "qty": qty})).collect();
    let terms = json!({"customer": "acme"});
    shop.ok(
        "place_order",
        json!({"order": number, "channel": "web", "to": to, "lines": lines, "terms": terms}),
    );
    shop.ok("release_wave", json!({"wave": number, "node": "RENO"}));
}

fn pick(number: &str, instead: Value) -> Value {
    json!({"order": number, "node": "RENO", "instead": instead})
}

fn lot(line: u32, qty: i64, lot: &str) -> Value {
    json!({"line": line, "qty": qty, "lot": lot})
}

fn other(line: u32, qty: i64, sku: &str) -> Value {
    json!({"line": line, "qty": qty, "sku": sku})
}

/// What an order ships from which lots.
fn ship(shop: &mut Shop, number: &str) -> Vec<(String, i64)> {
    let shipped = shop.ok("ship_order", json!({"order": number, "node": "RENO"}));
    let lines = shipped["OrderShipped"]["lines"].as_array().expect("lines");
    let taken = lines.iter().flat_map(|line| line["taken"].as_array().expect("places"));
    let one = |taken: &Value| {
        let lot = taken["place"]["lot"].as_str().unwrap_or("").to_owned();
        (lot, taken["qty"].as_i64().unwrap_or(0))
    };
    taken.map(one).collect()
}

#[test]
fn a_substitute_that_the_policy_allows_is_picked_for_the_line() {
    let mut shop = shop("allowed");
    shop.receive("1", "RENO", "TEE", 5);
    shop.receive("2", "RENO", "TEE-V2", 4);
    shop.receive("3", "RENO", "MUG", 9);
    order(&mut shop, "A", &[("TEE", 3), ("MUG", 2)]);
    let mugs = json!({"order": "A", "node": "RENO", "picked": [{"line": 2, "qty": 2}],
        "instead": [other(1, 3, "TEE-V2")]});
    shop.ok("record_pick", mugs);
    assert_eq!((shop.stock("TEE", "RENO"), shop.stock("TEE-V2", "RENO")), ((5, 5), (4, 1)));
    let view = shop.ask("order", json!({"document": "A"}));
    let line = &view["lines"][0];
    assert_eq!((&line["qty"], &line["reserved"]), (&json!(3), &json!(3)));
    assert_eq!(line["price"], "20.00", "the lower of the two prices");
    assert_eq!(view["substituted"], json!([{"line": 1, "sku": "TEE", "price": "20.00"}]));
    assert_eq!(shop.codes(), ["short_pick"], "somebody has to look where the tees are");
    let work = shop.ask("fulfilment", json!({"document": "A"}));
    assert_eq!(work["nodes"][0]["stage"], "picked");
    assert_eq!(work["nodes"][0]["picked"], json!([{"line": 2, "qty": 2}, {"line": 1, "qty": 3}]));
    let shipped = shop.ok("ship_order", json!({"order": "A", "node": "RENO"}));
    assert_eq!(shipped["OrderShipped"]["lines"][0]["revenue"], "60.00");
    assert_eq!((shop.stock("TEE", "RENO"), shop.stock("TEE-V2", "RENO")), ((5, 5), (1, 1)));
}

#[test]
fn a_substitute_is_refused_where_it_may_not_be_given() {
    let mut shop = shop("never");
    for (number, sku) in [("1", "TEE"), ("2", "TEE-V2"), ("3", "MUG")] {
        shop.receive(number, "RENO", sku, 6);
    }
    order(&mut shop, "A", &[("TEE", 3)]);
    let need = |shop: &mut Shop, instead: Value, name: &str| {
        shop.no("record_pick", pick("A", json!([instead])), name)["need"].as_str().unwrap_or("").to_owned()
    };
    let v2 = || other(1, 3, "TEE-V2");
    assert!(need(&mut shop, v2(), "SubstituteNotAllowed").contains("policy"));
    let tiers = json!([[{"measure": "unfilled_units", "weight": "1"}]]);
    let rule = json!({"tiers": tiers, "substitution": "allowed"});
    shop.ok("set_policy", json!({"name": "p", "otherwise": rule}));
    assert!(need(&mut shop, other(1, 3, "MUG"), "SubstituteNotAllowed").contains("describe_sku"));
    assert!(need(&mut shop, other(1, 2, "TEE-V2"), "SubstituteNotAllowed").contains("whole"));
    need(&mut shop, other(1, 4, "TEE-V2"), "MoreThanOpen");
    need(&mut shop, other(1, 3, "TEE"), "InvalidField");
    need(&mut shop, other(1, 3, "CAP"), "UnknownSku");
    // What is kept for others may not be taken for this one.
    shop.ok("set_protection", json!({"sku": "TEE-V2", "node": "RENO", "channel": "shop", "qty": 4}));
    let facts = shop.no("record_pick", pick("A", json!([v2()])), "NotOnHand");
    assert_eq!((&facts["asked"], &facts["free"]), (&json!(3), &json!(2)));
    shop.ok("set_protection", json!({"sku": "TEE-V2", "node": "RENO", "channel": "shop", "qty": 0}));
    shop.ok("record_pick", json!({"order": "A", "node": "RENO", "picked": [{"line": 1, "qty": 1}]}));
    assert!(need(&mut shop, other(1, 2, "TEE-V2"), "SubstituteNotAllowed").contains("none is picked"));
}

/// Where the policy says so, some units of a line are given by another SKU and the rest as ordered.
#[test]
fn a_substitute_is_picked_for_a_part_of_a_line() {
    let mut shop = shop("in_part");
    shop.receive("1", "RENO", "TEE", 5);
    shop.receive("2", "RENO", "TEE-V2", 4);
    order(&mut shop, "A", &[("TEE", 5)]);
    let picked = json!([{"line": 1, "qty": 3}]);
    let both = |qty: i64| {
        json!({"order": "A", "node": "RENO", "picked": picked,
        "instead": [other(1, qty, "TEE-V2")]})
    };
    shop.no("record_pick", both(3), "MoreThanOpen");
    let event = shop.ok("record_pick", both(2));
    assert_eq!(event["PickRecorded"]["instead"][0]["as_line"], 2);
    let view = shop.ask("order", json!({"document": "A"}));
    let line = |at: usize| {
        let line = &view["lines"][at];
        (line["sku"].clone(), line["qty"].clone(), line["reserved"].clone(), line["price"].clone())
    };
    assert_eq!(line(0), (json!("TEE"), json!(3), json!(3), json!("20.00")));
    assert_eq!(line(1), (json!("TEE-V2"), json!(2), json!(2), json!("20.00")), "the lower price");
    assert_eq!(view["substituted"], json!([{"line": 2, "sku": "TEE", "price": "20.00"}]));
    assert_eq!((shop.stock("TEE", "RENO"), shop.stock("TEE-V2", "RENO")), ((5, 2), (4, 2)));
    let work = shop.ask("fulfilment", json!({"document": "A"}));
    assert_eq!(work["nodes"][0]["picked"], json!([{"line": 1, "qty": 3}, {"line": 2, "qty": 2}]));
    let shipped = shop.ok("ship_order", json!({"order": "A", "node": "RENO"}));
    let lines = shipped["OrderShipped"]["lines"].as_array().expect("lines");
    let revenue: Vec<&Value> = lines.iter().map(|line| &line["revenue"]).collect();
    assert_eq!(revenue, ["60.00", "40.00"]);
    assert_eq!(shop.ask("order", json!({"document": "A"}))["state"], "shipped");
}

/// What is picked for a part is sold in such quantities, however many the line is of; parts that are all of a
/// line stand for it.
#[test]
fn a_part_is_judged_by_itself() {
    let mut shop = shop("in_part");
    for (number, sku) in [("1", "TEE"), ("2", "TEE-V2"), ("3", "TEE-LUX")] {
        shop.receive(number, "RENO", sku, 12);
    }
    shop.ok("describe_sku", json!({"sku": "TEE-V2", "order_max": 4, "why": "range"}));
    shop.ok("describe_sku", json!({"sku": "TEE-LUX", "order_increment": 6, "why": "range"}));
    order(&mut shop, "A", &[("TEE", 10)]);
    shop.no("record_pick", pick("A", json!([other(1, 5, "TEE-V2")])), "SubstituteNotAllowed");
    shop.no("record_pick", pick("A", json!([other(1, 5, "TEE-LUX")])), "SubstituteNotAllowed");
    let parts = json!([other(1, 4, "TEE-V2"), other(1, 6, "TEE-LUX")]);
    shop.ok("record_pick", pick("A", parts));
    let view = shop.ask("measure", json!({"metrics": ["fill_rate_lines"]}));
    let of = |column: &str| view[column][0].clone();
    assert_eq!((of("part"), of("whole")), (json!(2), json!(2)), "{view}");
}

/// The same where an order is placed: three tees are there for five.
#[test]
fn a_substitute_is_planned_for_what_a_line_is_short_of() {
    let mut shop = shop("in_part");
    let tiers = json!([[{"measure": "unfilled_units", "weight": "1"}]]);
    let rule = json!({"tiers": tiers, "substitution": "in_part", "line_split": "allowed"});
    let answer = shop.say("set_policy", json!({"name": "p", "otherwise": rule}));
    assert!(answer["receipt"].is_object(), "{answer}");
    shop.receive("1", "RENO", "TEE", 3);
    shop.receive("2", "RENO", "TEE-V2", 4);
    order(&mut shop, "A", &[("TEE", 5)]);
    let view = shop.ask("order", json!({"document": "A"}));
    let line = |at: usize| {
        let line = &view["lines"][at];
        (line["sku"].clone(), line["qty"].clone(), line["reserved"].clone())
    };
    assert_eq!(line(0), (json!("TEE"), json!(3), json!(3)));
    assert_eq!(line(1), (json!("TEE-V2"), json!(2), json!(2)));
    assert_eq!(view["substituted"], json!([{"line": 2, "sku": "TEE", "price": "20.00"}]));
    // Where the substitute has enough for the line whole, it stands for it whole.
    shop.receive("3", "RENO", "TEE", 1);
    shop.receive("4", "RENO", "TEE-V2", 9);
    order(&mut shop, "B", &[("TEE", 4)]);
    let view = shop.ask("order", json!({"document": "B"}));
    assert_eq!(view["substituted"], json!([{"line": 1, "sku": "TEE", "price": "20.00"}]));
}

#[test]
fn what_was_ordered_may_be_picked_after_all() {
    let mut shop = shop("allowed");
    shop.receive("2", "RENO", "TEE-V2", 4);
    order(&mut shop, "A", &[("TEE", 2)]);
    let view = shop.ask("order", json!({"document": "A"}));
    assert_eq!(view["substituted"][0]["line"], 1, "planned as a substitute: {view}");
    shop.receive("1", "RENO", "TEE", 5);
    shop.ok("record_pick", pick("A", json!([other(1, 2, "TEE")])));
    assert_eq!(shop.ask("order", json!({"document": "A"}))["substituted"], json!([]));
    assert_eq!((shop.stock("TEE", "RENO"), shop.stock("TEE-V2", "RENO")), ((5, 3), (4, 4)));
    assert_eq!(shop.codes(), [""; 0], "nothing is missing");
}

#[test]
fn a_dear_substitute_waits_for_approval_and_one_beyond_credit_holds_the_order() {
    let mut shop = shop("allowed");
    shop.receive("1", "RENO", "TEE", 5);
    shop.receive("2", "RENO", "TEE-LUX", 9);
    shop.ok("define_role", json!({"role": "lead"}));
    shop.ok("grant_roles", json!({"actor": "mia", "roles": ["lead"]}));
    let limit = json!({"command": "record_pick", "measure": "substitution", "above": "40",
        "role": "lead", "expires_hours": 8});
    shop.ok("set_approval_rule", limit);
    order(&mut shop, "A", &[("TEE", 2)]);
    let parked = shop.ok("record_pick", pick("A", json!([other(1, 2, "TEE-LUX")])));
    assert_eq!(parked["ApprovalRequested"]["measured"], "50.00", "2 at 45 for 2 at 20: {parked}");
    assert_eq!(shop.stock("TEE-LUX", "RENO"), (9, 9), "nothing has changed");
    let text = json!({"id": "ok", "actor": "mia", "at": "2026-01-05T01:00:00Z",
        "command": {"approve_command": {"approval": 1, "evidence": "asked"}}});
    let answer = shop.book.execute_json(text.to_string().as_bytes());
    assert!(answer.contains("PickRecorded"), "{answer}");
    assert_eq!(shop.stock("TEE-LUX", "RENO"), (9, 7));

    let mut shop = self::shop("allowed");
    shop.receive("1", "RENO", "TEE", 5);
    shop.receive("2", "RENO", "TEE-LUX", 9);
    shop.ok("set_parameter", json!({"parameter": "credit_limit", "value": "80", "reason": "terms"}));
    order(&mut shop, "A", &[("TEE", 2)]);
    shop.ok("record_pick", pick("A", json!([other(1, 2, "TEE-LUX")])));
    assert_eq!(shop.codes(), ["short_pick", "credit_limit"], "90 are owed, 80 may be");
    shop.no("ship_order", json!({"order": "A", "node": "RENO"}), "OrderOnHold");
}

/// Milk of three lots, the first of which expires first.
fn dairy() -> Shop {
    let mut shop = shop("never");
    shop.ok("define_sku", json!({"sku": "MILK", "price": "2"}));
    shop.ok("describe_sku", json!({"sku": "MILK", "tracking": "lot", "pick_order": "fefo"}));
    shop.ok("describe_channel", json!({"channel": "web", "remaining_life_days": 5, "why": "shops"}));
    for (lot, day, qty) in [("A", "20", 4), ("B", "25", 4), ("OLD", "08", 4)] {
        let lines = json!([{"sku": "MILK", "qty": qty, "unit_cost": "1", "place": {"lot": lot},
            "expires_at": format!("2026-01-{day}T00:00:00Z")}]);
        shop.ok("receive_goods", json!({"receipt": lot, "node": "RENO", "lines": lines}));
    }
    shop
}

#[test]
fn the_lot_that_was_picked_is_the_one_that_leaves() {
    let mut shop = dairy();
    order(&mut shop, "1", &[("MILK", 3)]);
    order(&mut shop, "2", &[("MILK", 3)]);
    // The plan would take A first. One of order 1 was taken from B, and then one as planned.
    shop.ok("record_pick", pick("1", json!([lot(1, 1, "B")])));
    shop.ok("record_pick", json!({"order": "1", "node": "RENO", "picked": [{"line": 1, "qty": 1}]}));
    // What is short is not what was picked.
    shop.ok("record_pick", json!({"order": "1", "node": "RENO", "short": [{"line": 1, "qty": 1}]}));
    assert_eq!(shop.codes(), ["short_pick"]);
    assert_eq!(ship(&mut shop, "1"), [("B".to_owned(), 1), ("A".to_owned(), 1)]);
    // Of B three are left, of A three: order 2 has them picked three ways.
    shop.ok("record_pick", pick("2", json!([lot(1, 2, "B"), lot(1, 1, "A")])));
    shop.no("record_pick", pick("2", json!([lot(1, 1, "B")])), "MoreThanOpen");
    assert_eq!(ship(&mut shop, "2"), [("B".to_owned(), 2), ("A".to_owned(), 1)]);
}

#[test]
fn a_lot_that_is_too_old_unknown_or_promised_to_another_is_refused() {
    let mut shop = dairy();
    order(&mut shop, "1", &[("MILK", 3)]);
    shop.no("record_pick", pick("1", json!([lot(1, 1, "NONE")])), "LotsShort");
    let facts = shop.no("record_pick", pick("1", json!([lot(1, 1, "OLD")])), "LotsShort");
    assert_eq!(facts["free"], 0, "it lives three days more, the channel wants five");
    shop.no("record_pick", pick("1", json!([lot(1, 1, " ")])), "InvalidCode");
    let hold = json!([{"sku": "MILK", "qty": 3, "node": "RENO", "lot": "B"}]);
    let until = "2026-01-07T00:00:00Z";
    shop.ok("hold_stock", json!({"hold": "H", "channel": "web", "lines": hold, "expires_at": until}));
    let facts = shop.no("record_pick", pick("1", json!([lot(1, 2, "B")])), "LotsShort");
    assert_eq!((&facts["asked"], &facts["free"]), (&json!(2), &json!(1)));
    shop.ok("record_pick", pick("1", json!([lot(1, 1, "B")])));
    // Two of one lot in one pick count together.
    shop.no("record_pick", pick("1", json!([lot(1, 1, "B"), lot(1, 1, "B")])), "LotsShort");
}

#[test]
fn a_lot_that_was_promised_by_name_and_not_picked_is_told() {
    let mut shop = dairy();
    let hold = json!([{"sku": "MILK", "qty": 3, "node": "RENO", "lot": "A"}]);
    let until = "2026-01-07T00:00:00Z";
    shop.ok("hold_stock", json!({"hold": "H", "channel": "web", "lines": hold, "expires_at": until}));
    let to = json!({"lat": "34.05", "lon": "-118.24"});
    let lines = json!([{"sku": "MILK", "qty": 3}]);
    shop.ok("place_order", json!({"order": "1", "channel": "web", "to": to, "lines": lines, "hold": "H"}));
    shop.ok("release_wave", json!({"wave": "W", "node": "RENO"}));
    shop.ok("record_pick", pick("1", json!([lot(1, 2, "B")])));
    let rows = shop.ask("exceptions", json!({}));
    assert_eq!(shop.codes(), ["wrong_lot"]);
    assert_eq!((&rows[0]["opened"]["qty"], &rows[0]["subject"]), (&json!(2), &json!("B")), "{rows}");
    assert_eq!(ship(&mut shop, "1"), [("B".to_owned(), 2), ("A".to_owned(), 1)], "the third as agreed");
}

#[test]
fn serial_numbers_are_picked_by_name_and_goods_without_dates_too() {
    let mut shop = shop("never");
    shop.ok("define_sku", json!({"sku": "DRILL", "price": "99"}));
    shop.ok("describe_sku", json!({"sku": "DRILL", "tracking": "serial"}));
    let one = |lot: &str| json!({"sku": "DRILL", "qty": 1, "unit_cost": "50", "place": {"lot": lot}});
    let lines = json!([one("S1"), one("S2"), one("S3")]);
    shop.ok("receive_goods", json!({"receipt": "R", "node": "RENO", "lines": lines}));
    order(&mut shop, "1", &[("DRILL", 2)]);
    order(&mut shop, "2", &[("DRILL", 1)]);
    shop.ok("record_pick", pick("1", json!([lot(1, 1, "S3"), lot(1, 1, "S2")])));
    shop.no("record_pick", pick("2", json!([lot(1, 1, "S3")])), "LotsShort");
    assert_eq!(ship(&mut shop, "2"), [("S1".to_owned(), 1)], "what nobody has in hand");
    assert_eq!(ship(&mut shop, "1"), [("S3".to_owned(), 1), ("S2".to_owned(), 1)]);
}
