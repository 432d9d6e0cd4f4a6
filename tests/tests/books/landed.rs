//! Landed cost by value, quantity, weight and volume: each line's part by hand, in exact cents, the cents that are left
//! to the largest remainders and of equal ones to the first line.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

/// Seven TEE of 200 g for 35.00, three MUG of 350 g for 12.30, 2.50 m of ROPE of 75 g a metre for 5.00.
fn shop(costing: &str) -> Shop {
    let mut shop = Shop::new();
    for (sku, decimals, weight, size) in
        [("TEE", 0, 200, [300, 200, 20]), ("MUG", 0, 350, [100, 100, 110]), ("ROPE", 2, 75, [1_000, 10, 10])]
    {
        let [length, width, height] = size;
        let define =
            json!({"sku": sku, "decimals": decimals, "weight_g": weight, "price": "9", "costing": costing});
        shop.ok("define_sku", define);
        let size = json!({"sku": sku, "length_mm": length, "width_mm": width, "height_mm": height});
        shop.ok("describe_sku", size);
    }
    shop.ok(
        "define_node",
        json!({"node": "DC", "kind": "warehouse", "place": {"lat": "40.7", "lon": "-74.0"}}),
    );
    shop.ok("define_supplier", json!({"supplier": "ACME", "lead_time_days": 7, "expedite_days": 2}));
    shop.ok("define_reason", json!({"reason": "count"}));
    let lines = json!([
        {"sku": "TEE", "qty": 7, "unit_cost": "5.00"},
        {"sku": "MUG", "qty": 3, "unit_cost": "4.10"},
        {"sku": "ROPE", "qty": 250, "unit_cost": "2.00"},
    ]);
    shop.ok("receive_goods", json!({"receipt": "R-1", "node": "DC", "supplier": "ACME", "lines": lines}));
    shop
}

fn cents(amount: &Value) -> i64 {
    let amount: stockbook::Money = amount.as_str().expect("an amount").parse().expect("money");
    assert_eq!(amount.micros() % 10_000, 0, "whole cents");
    amount.micros() / 10_000
}

/// Shares freight out over receipts; gives each line's part, and what of it stock bears.
fn land(shop: &mut Shop, basis: &str, amount: &str, receipts: Value) -> Vec<(i64, i64)> {
    let number = format!("L-{basis}-{amount}");
    let event = shop.ok(
        "allocate_landed_cost",
        json!({"landed_cost": number, "amount": amount, "basis": basis, "receipts": receipts}),
    );
    let shares = event["LandedCostAllocated"]["shares"].as_array().expect("shares").iter();
    shares.map(|share| (cents(&share["amount"]), cents(&share["to_stock"]))).collect()
}

fn worth(shop: &mut Shop) -> [i64; 3] {
    ["TEE", "MUG", "ROPE"].map(|sku| cents(&shop.ask("stock", json!({"sku": sku}))[0]["value"]))
}

#[test]
fn every_basis_parts_freight_to_the_cent() {
    for costing in ["moving_average", "fifo", "lot"] {
        for (basis, amount, parts) in [
            // 35.00 + 12.30 + 5.00 = 52.30: 66.9216, 23.5182, 9.5602.
            ("value", "100.00", [66_92, 23_52, 9_56]),
            // 7 + 3 + 2.5 = 12.5 base units: 56.0056, 24.0024, 20.0020.
            ("qty", "100.01", [56_01, 24_00, 20_00]),
            // 1,400 + 1,050 + 187.5 = 2,637.5 g: 53.0806, 39.8104, 7.1090.
            ("weight", "100.00", [53_08, 39_81, 7_11]),
            // 2,637.5 g again: 0.0106, 0.0080, 0.0014; the cent that is left goes to the second.
            ("weight", "0.02", [1, 1, 0]),
            // A credit: -53.0806, -39.8104, -7.1090.
            ("weight", "-1.00", [-53, -40, -7]),
            // 8.4 + 3.3 + 0.25 = 11.95 l: 70.2929, 27.6151, 2.0921.
            ("volume", "100.00", [70_29, 27_62, 2_09]),
        ] {
            let mut shop = shop(costing);
            let before = worth(&mut shop);
            let shares = land(&mut shop, basis, amount, json!([{"receipt": "R-1"}]));
            assert_eq!(shares, parts.map(|part| (part, part)), "{costing}, by {basis}: {amount}");
            let bears: Vec<i64> = worth(&mut shop).iter().zip(before).map(|(now, was)| now - was).collect();
            assert_eq!(bears, parts, "{costing}, by {basis}: all of it is on hand");
        }
    }
}

/// Lines of several receipts, named one by one: those that are not named bear nothing, equal remainders go by the order
/// in which the lines are named.
#[test]
fn only_named_lines_bear_freight() {
    let mut shop = shop("moving_average");
    let lines =
        json!([{"sku": "MUG", "qty": 4, "unit_cost": "4.40"}, {"sku": "TEE", "qty": 7, "unit_cost": "5.20"}]);
    shop.ok("receive_goods", json!({"receipt": "R-2", "node": "DC", "supplier": "ACME", "lines": lines}));
    // TEE of both receipts: 1,400 g each.
    let named = [json!({"receipt": "R-2", "line": 2}), json!({"receipt": "R-1", "line": 1})];
    assert_eq!(land(&mut shop, "weight", "0.03", json!(named)), [(2, 2), (1, 1)]);
    // MUG of R-2, 1,400 g, beside the ROPE, 187.5 g: 8.8189, 1.1811.
    let named = [json!({"receipt": "R-2", "line": 1}), json!({"receipt": "R-1", "line": 3})];
    assert_eq!(land(&mut shop, "weight", "10.00", json!(named)), [(8_82, 8_82), (1_18, 1_18)]);
    // By volume the same MUG, 4.4 l, beside 0.25 l: 9.4624, 0.5376.
    assert_eq!(land(&mut shop, "volume", "10.00", json!(named)), [(9_46, 9_46), (54, 54)]);
    assert_eq!(worth(&mut shop), [35_00 + 36_40 + 3, 12_30 + 17_60 + 8_82 + 9_46, 5_00 + 1_18 + 54]);
}

/// Of a line that has been sold in part, stock bears its part and a variance the rest, both in exact cents.
#[test]
fn what_is_gone_bears_no_freight() {
    for costing in ["moving_average", "fifo"] {
        let mut shop = shop(costing);
        let lines = json!([{"sku": "TEE", "qty": -3}]);
        shop.ok("adjust_stock", json!({"adjustment": "N", "node": "DC", "reason": "count", "lines": lines}));
        // Four sevenths of 53.08 are 30.3314.
        let shares = land(&mut shop, "weight", "100.00", json!([{"receipt": "R-1"}]));
        assert_eq!(shares, [(53_08, 30_33), (39_81, 39_81), (7_11, 7_11)]);
        let variance = shop.book.account_id("5050").expect("in the chart");
        let rows = shop.book.trial_balance();
        let row = rows.iter().find(|row| row.account == variance).expect("posted to");
        assert_eq!(row.balance, stockbook::Money::from_cents(53_08 - 30_33));
    }
}

#[test]
fn what_is_not_measured_is_refused_by_name() {
    let mut shop = shop("moving_average");
    shop.ok("define_sku", json!({"sku": "CAP", "price": "9"}));
    let lines = json!([{"sku": "CAP", "qty": 4, "unit_cost": "4.40"}]);
    shop.ok("receive_goods", json!({"receipt": "R-2", "node": "DC", "supplier": "ACME", "lines": lines}));
    for (basis, what) in [("weight", "weight"), ("volume", "dimensions")] {
        let receipts = json!([{"receipt": "R-1"}, {"receipt": "R-2"}]);
        let body = json!({"landed_cost": "L", "amount": "9.00", "basis": basis, "receipts": receipts});
        assert_eq!(
            shop.no("allocate_landed_cost", body, "SkuUnmeasured"),
            json!({"sku": "CAP", "what": what})
        );
    }
}
