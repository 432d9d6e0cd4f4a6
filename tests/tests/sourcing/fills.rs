//! What waits is filled as its order's rule allows, and not otherwise.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

fn shop(more: &Value) -> Shop {
    let mut shop = Shop::east_and_mid();
    for sku in ["TEE", "MUG"] {
        shop.ok("define_sku", json!({"sku": sku, "price": "20"}));
    }
    let mut rule = json!({"lateness": "allowed", "tiers": ["1 unfilled_units", "1 distance_km"]});
    for (field, value) in more.as_object().expect("fields of a rule") {
        rule[field] = value.clone();
    }
    shop.ok("set_policy", json!({"name": "of the case", "otherwise": rule}));
    shop
}

fn place(shop: &mut Shop, number: &str, lines: &[(&str, i64)]) {
    let lines: Vec<Value> = lines.iter().map(|(sku, qty)| json!({"sku": sku, "qty": qty})).collect();
    let to = json!({"lat": "40", "lon": "-74"});
    shop.ok("place_order", json!({"order": number, "channel": "web", "to": to, "lines": lines}));
}

/// Units of all lines that are reserved, and those that wait.
fn has(shop: &mut Shop, number: &str) -> (i64, i64) {
    let order = shop.ask("order", json!({"document": number}));
    let lines = order["lines"].as_array().unwrap_or_else(|| panic!("{order}"));
    let sum = |field: &str| lines.iter().map(|line| line[field].as_i64().expect("units")).sum();
    (sum("reserved"), sum("backordered"))
}

fn receive(shop: &mut Shop, number: &str, (node, sku, qty): (&str, &str, i64), unit_cost: &str) {
    let lines = json!([{"sku": sku, "qty": qty, "unit_cost": unit_cost}]);
    shop.ok("receive_goods", json!({"receipt": number, "node": node, "lines": lines}));
}

/// One node at most: the mug waits for the node that has the tee, also when that has shipped.
#[test]
fn no_more_nodes_fill_than_the_rule_allows() {
    for ships in [false, true] {
        let mut shop = shop(&json!({"nodes_max": 1}));
        receive(&mut shop, "1", ("EAST", "TEE", 1), "4");
        place(&mut shop, "1", &[("TEE", 1), ("MUG", 1)]);
        assert_eq!(has(&mut shop, "1"), (1, 1));
        if ships {
            let lines = json!([{"line": 1, "qty": 1}]);
            shop.ok("ship_order", json!({"order": "1", "node": "EAST", "lines": lines}));
        }
        receive(&mut shop, "2", ("MID", "MUG", 1), "4");
        assert_eq!(has(&mut shop, "1").1, 1, "MID would be the second");
        assert_eq!(shop.stock("MUG", "MID"), (1, 1));
        receive(&mut shop, "3", ("EAST", "MUG", 1), "4");
        assert_eq!(has(&mut shop, "1").1, 0);
    }
}

/// Where the rule gives way in this point, it does so when what waits is filled as well.
#[test]
fn a_rule_gives_way_to_a_fill_as_declared() {
    let mut shop = shop(&json!({"nodes_max": 1, "relax": ["nodes_max"]}));
    receive(&mut shop, "1", ("EAST", "TEE", 1), "4");
    place(&mut shop, "1", &[("TEE", 1), ("MUG", 1)]);
    receive(&mut shop, "2", ("MID", "MUG", 1), "4");
    assert_eq!(has(&mut shop, "1"), (2, 0));
}

/// A unit is sold for 20 and shall earn 6. What comes in for 15 leaves 5 and is kept; two more for 11 make
/// that (15 + 22) / 3 = 12.33, which leaves 7.67.
#[test]
fn a_fill_earns_what_the_rule_asks_for() {
    let mut shop = shop(&json!({"margin_min": "6"}));
    place(&mut shop, "1", &[("TEE", 1)]);
    receive(&mut shop, "1", ("EAST", "TEE", 1), "15");
    assert_eq!(has(&mut shop, "1"), (0, 1));
    assert_eq!(shop.stock("TEE", "EAST"), (1, 1));
    receive(&mut shop, "2", ("EAST", "TEE", 2), "11");
    assert_eq!(has(&mut shop, "1"), (1, 0));
    assert_eq!(shop.stock("TEE", "EAST"), (3, 2));
}

/// A mug is made of a tee that somebody waits for until it earns 6 (it cost 15 of 20): who waits for the mug
/// has it.
#[test]
fn what_an_assembly_uses_up_keeps_nobody_from_what_it_makes() {
    let mut shop = shop(&json!({}));
    shop.ok("define_channel", json!({"channel": "picky", "promise_hours": 72}));
    shop.ok(
        "define_kit",
        json!({"sku": "MUG", "kind": "assembled", "components": [{"sku": "TEE", "qty": 1}]}),
    );
    let rule = json!({"lateness": "allowed", "tiers": ["1 unfilled_units", "1 distance_km"]});
    let mut earns = rule.clone();
    earns["margin_min"] = json!("6");
    let picky = json!({"name": "picky", "when": {"channels": ["picky"]}, "then": earns});
    shop.ok("set_policy", json!({"name": "both", "rules": [picky], "otherwise": rule}));
    let to = json!({"lat": "40", "lon": "-74"});
    let waits = json!({"order": "P", "channel": "picky", "to": to, "lines": [{"sku": "TEE", "qty": 1}]});
    shop.ok("place_order", waits);
    receive(&mut shop, "1", ("EAST", "TEE", 2), "15");
    place(&mut shop, "K", &[("MUG", 1)]);
    assert_eq!((has(&mut shop, "P"), has(&mut shop, "K")), ((0, 1), (0, 1)));
    let make = json!({"assembly": "1", "node": "EAST", "sku": "MUG", "qty": 1, "step": "assemble"});
    shop.ok("assemble_kit", make);
    assert_eq!((has(&mut shop, "P"), has(&mut shop, "K")), ((0, 1), (1, 0)));
}

/// Two lines of an order in one re-deal, each at another node: it may have one node, and gets one of them.
#[test]
fn a_redeal_counts_the_nodes_of_all_lines_of_an_order() {
    let mut shop = shop(&json!({"nodes_max": 1}));
    receive(&mut shop, "1", ("EAST", "TEE", 1), "4");
    receive(&mut shop, "2", ("MID", "MUG", 1), "4");
    let mut ranked = |number: &str, skus: &[&str], priority: u8| {
        let lines: Vec<Value> = skus.iter().map(|sku| json!({"sku": sku, "qty": 1})).collect();
        let to = json!({"lat": "40", "lon": "-74"});
        shop.ok(
            "place_order",
            json!({"order": number, "channel": "web", "to": to, "lines": lines, "priority": priority}),
        );
    };
    ranked("T", &["TEE"], 9);
    ranked("M", &["MUG"], 9);
    ranked("V", &["TEE", "MUG"], 1);
    assert_eq!(has(&mut shop, "V"), (0, 2));
    let deal = json!({"redeal": "D", "skus": ["TEE", "MUG"], "by": "priority", "reason": "why",
        "losers_max": 9});
    shop.ok("redeal_stock", deal);
    assert_eq!(has(&mut shop, "V"), (1, 1));
    assert_eq!((has(&mut shop, "T"), has(&mut shop, "M")), ((0, 1), (1, 0)));
}
