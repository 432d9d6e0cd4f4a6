//! Demand counts where and for what it was asked, whoever gave it in the end.

use serde_json::json;
use stockbook::report::DemandHistory;
use stockbook_tests::shop::Shop;

/// RENO and DALLAS, the nearest serves; customers live at RENO's door.
fn shop() -> Shop {
    let mut shop = Shop::new();
    for sku in ["TEE", "MUG"] {
        shop.ok("define_sku", json!({"sku": sku, "price": "20"}));
    }
    for (node, lon) in [("RENO", "-119.81"), ("DALLAS", "-96.8"), ("TAMPA", "-82.5")] {
        let place = json!({"lat": "35", "lon": lon});
        shop.ok("define_node", json!({"node": node, "kind": "warehouse", "place": place}));
    }
    let zones = json!([{"up_to_km": 9000, "transit_hours": 48, "base": "5", "per_kg": "1"}]);
    shop.ok("define_service", json!({"service": "ground", "zones": zones}));
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 96}));
    let tiers =
        json!([[{"measure": "unfilled_units", "weight": "1"}], [{"measure": "distance_km", "weight": "1"}]]);
    let otherwise = json!({"tiers": tiers, "lateness": "allowed", "shortage": "backorder",
        "backorder_units_max": 1000, "line_split": "allowed"});
    shop.ok("set_policy", json!({"name": "nearest", "otherwise": otherwise}));
    shop
}

fn order(shop: &mut Shop, number: &str, sku: &str, qty: i64) {
    let to = json!({"lat": "35", "lon": "-119"});
    let lines = json!([{"sku": sku, "qty": qty}]);
    shop.ok("place_order", json!({"order": number, "channel": "web", "to": to, "lines": lines}));
}

/// Reads the book's events as they come: SKU, node, and units asked for, that waited, that came from elsewhere.
fn rows(shop: &Shop, history: &mut DemandHistory, seen: &mut u64) -> Vec<String> {
    for event in shop.book.events_since(*seen + 1).expect("the window holds") {
        history.record(&shop.book, event);
    }
    *seen = shop.book.sequence();
    let (sku, node) = (|id| shop.book.sku_code(id), |id| shop.book.node_code(id));
    let text = |code: Option<&str>| code.unwrap_or("-").to_owned();
    let table = history.table(shop.book.now().micros() + 1, |id| text(sku(id)), |id| text(node(id)));
    let row = |at| ["sku", "node", "units", "waited", "elsewhere"].map(|name| table.text(name, at)).join(" ");
    (0..table.rows()).map(row).collect()
}

#[test]
fn an_empty_shelf_keeps_the_demand_that_others_served() {
    let mut shop = shop();
    shop.receive("R-1", "RENO", "TEE", 2);
    shop.receive("R-2", "DALLAS", "TEE", 5);
    let (mut history, mut seen) = (DemandHistory::new(30), 0);
    rows(&shop, &mut history, &mut seen);
    // Three are asked of RENO, which has two: all come from DALLAS, as one way is shorter than two.
    order(&mut shop, "1", "TEE", 3);
    assert_eq!(rows(&shop, &mut history, &mut seen), ["TEE RENO 3 0 3"]);
    // Six more are asked of RENO: two are there, two are left at DALLAS, two wait.
    order(&mut shop, "2", "TEE", 6);
    assert_eq!(rows(&shop, &mut history, &mut seen), ["TEE RENO 9 2 5"]);
    // What waited is served by DALLAS: that makes it no demand of DALLAS.
    shop.receive("R-3", "DALLAS", "TEE", 2);
    assert_eq!(rows(&shop, &mut history, &mut seen), ["TEE RENO 9 2 5"]);
}

#[test]
fn what_no_shelf_is_kept_of_counts_nowhere_until_it_is_served() {
    let mut shop = shop();
    let (mut history, mut seen) = (DemandHistory::new(30), 0);
    order(&mut shop, "1", "MUG", 4);
    assert_eq!(rows(&shop, &mut history, &mut seen), ["MUG - 4 4 0"]);
    shop.receive("R-1", "DALLAS", "MUG", 3);
    assert_eq!(rows(&shop, &mut history, &mut seen), ["MUG DALLAS 3 3 0", "MUG - 1 1 0"]);
    // DALLAS keeps mugs from here on, RENO does not: what is asked for next is asked of DALLAS, though one of
    // the four goes first.
    shop.receive("R-2", "DALLAS", "MUG", 1);
    order(&mut shop, "2", "MUG", 2);
    assert_eq!(rows(&shop, &mut history, &mut seen), ["MUG DALLAS 6 6 0", "MUG - 0 0 0"]);
}
