//! Standard costs of a node, of a company and of all: the nearest holds, for what comes, leaves, is counted and
//! changes company, and a change of it values only the stock that it holds for.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

const MINOR: i64 = 10_000;

/// TEE under standard cost: 5.00 for all, 5.50 in company ONE, 5.20 at its node B. ONE has A and B, TWO has C,
/// and D belongs to nobody.
fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "costs"}));
    shop.ok("define_sku", json!({"sku": "TEE", "price": "21.90", "costing": "standard"}));
    for company in ["ONE", "TWO"] {
        shop.ok("define_company", json!({"company": company}));
    }
    for (at, (node, company)) in [("A", "ONE"), ("B", "ONE"), ("C", "TWO"), ("D", "")].into_iter().enumerate()
    {
        let place = json!({"lat": format!("4{at}.0"), "lon": "-90.0"});
        shop.ok("define_node", json!({"node": node, "kind": "warehouse", "place": place}));
        if !company.is_empty() {
            shop.ok("describe_node", json!({"node": node, "company": company}));
        }
    }
    shop.ok("define_supplier", json!({"supplier": "ACME", "lead_time_days": 7, "expedite_days": 2}));
    standard(&mut shop, "5.00", json!({}));
    standard(&mut shop, "5.50", json!({"company": "ONE"}));
    standard(&mut shop, "5.20", json!({"node": "B"}));
    shop
}

/// Sets a standard; gives the nodes whose stock is valued anew, and by how many cents.
fn standard(shop: &mut Shop, cost: &str, of: Value) -> Vec<(String, i64)> {
    let mut body =
        json!({"revaluation": format!("S-{cost}-{of}"), "sku": "TEE", "unit_cost": cost, "reason": "costs"});
    for (field, value) in of.as_object().expect("fields") {
        body[field] = value.clone();
    }
    let event = shop.ok("revalue_stock", body);
    let pools = event["StockRevalued"]["pools"].as_array().expect("pools").clone();
    pools
        .iter()
        .map(|pool| (pool["node"].as_str().expect("a node").to_owned(), cents(&pool["value"])))
        .collect()
}

fn cents(amount: &Value) -> i64 {
    let amount: stockbook::Money = amount.as_str().expect("an amount").parse().expect("money");
    assert_eq!(amount.micros() % MINOR, 0);
    amount.micros() / MINOR
}

/// What an event debits an account.
fn debit(event: &Value, account: &str) -> i64 {
    let body = event.as_object().and_then(|body| body.values().next()).expect("a body");
    let legs = body["postings"].as_array().expect("postings").iter();
    legs.filter(|leg| leg["account"] == account).map(|leg| cents(&leg["amount"])).sum()
}

fn receive(shop: &mut Shop, node: &str, qty: i64, cost: &str) -> Value {
    let lines = json!([{"sku": "TEE", "qty": qty, "unit_cost": cost}]);
    let number = format!("R-{node}-{qty}-{cost}");
    shop.ok("receive_goods", json!({"receipt": number, "node": node, "supplier": "ACME", "lines": lines}))
}

/// Units, cents and standard in cents by node, in their order.
fn pools(shop: &mut Shop) -> Vec<(i64, i64, i64)> {
    let view = shop.ask("costs", json!({"sku": "TEE"}));
    let rows = view["pools"].as_array().expect("pools").iter();
    rows.map(|row| (row["qty"].as_i64().expect("units"), cents(&row["value"]), cents(&row["standard"])))
        .collect()
}

#[test]
fn what_comes_is_worth_the_nearest_standard() {
    let mut shop = shop();
    for (node, price_variance) in [("A", 5_00), ("B", 8_00), ("C", 10_00), ("D", 10_00)] {
        let event = receive(&mut shop, node, 10, "6.00");
        assert_eq!(debit(&event, "5020"), price_variance, "{node}");
    }
    let there = [(10, 55_00, 5_50), (10, 52_00, 5_20), (10, 50_00, 5_00), (10, 50_00, 5_00)];
    assert_eq!(pools(&mut shop), there);
    // A count takes from each at its own standard, and gives at it.
    for (node, lost) in [("A", 5_50), ("B", 5_20), ("C", 5_00)] {
        for (qty, cost) in [(-1, lost), (1, -lost)] {
            let lines = json!([{"sku": "TEE", "qty": qty}]);
            let number = format!("N-{node}-{qty}");
            let event = shop.ok(
                "adjust_stock",
                json!({"adjustment": number, "node": node, "reason": "costs", "lines": lines}),
            );
            assert_eq!(debit(&event, "5100"), cost, "{node} {qty}");
            assert_eq!(debit(&event, "5030"), 0);
        }
    }
    assert_eq!(pools(&mut shop), there);
}

#[test]
fn what_leaves_costs_the_standard_of_its_company() {
    let mut shop = shop();
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 900}));
    let tiers = json!([[{"measure": "distance_km", "weight": "1"}]]);
    shop.ok(
        "set_policy",
        json!({"name": "p", "otherwise": {"tiers": tiers, "shortage": "backorder"}, "rules": []}),
    );
    for (at, (node, cost)) in [("A", 11_00), ("B", 10_40), ("C", 10_00)].into_iter().enumerate() {
        receive(&mut shop, node, 2, "6.00");
        let to = json!({"lat": format!("4{at}.0"), "lon": "-90.0"});
        let lines = json!([{"sku": "TEE", "qty": 2}]);
        shop.ok("place_order", json!({"order": node, "channel": "web", "to": to, "lines": lines}));
        let event = shop.ok("ship_order", json!({"order": node, "node": node}));
        assert_eq!(debit(&event, "5000"), cost, "{node}");
        // It comes back in the other company: at what it cost, less what differs from the standard there.
        let back = if node == "C" { "A" } else { "C" };
        let lines = json!([{"line": 1, "qty": 1, "disposition": "restock"}]);
        let event = shop.ok(
            "receive_return",
            json!({"rma": format!("X-{node}"), "order": node, "node": back, "lines": lines}),
        );
        let there = if node == "C" { 5_50 } else { 5_00 };
        assert_eq!((debit(&event, "5000"), debit(&event, "5030")), (-cost / 2, cost / 2 - there), "{node}");
    }
}

#[test]
fn a_transfer_bears_what_the_standards_differ_by() {
    let mut shop = shop();
    receive(&mut shop, "A", 10, "5.50");
    // Within a company, and where a node has none, only the standards differ; between two, what the other pays
    // for them differs from its standard.
    for (to, price, variance) in [("B", None, 30), ("C", Some("6.25"), 1_25), ("D", None, 50)] {
        let mut line = json!({"sku": "TEE", "qty": 2});
        if let Some(price) = price {
            line["unit_price"] = price.into();
        }
        shop.ok("ship_transfer", json!({"transfer": to, "from": "A", "to": to, "lines": [line]}));
        let lines = json!([{"line": 1, "qty": 2}]);
        let event = shop.ok("receive_transfer", json!({"transfer": to, "lines": lines}));
        assert_eq!(debit(&event, "5030"), 2 * variance, "{to}");
    }
    assert_eq!(pools(&mut shop), [(4, 22_00, 5_50), (2, 10_40, 5_20), (2, 10_00, 5_00), (2, 10_00, 5_00)]);
}

/// The group keeps no profit, and no loss, of goods that it sold to itself: it comes off stock as far as the standard
/// there lies between the old cost and the price, off the transfer variance for the rest.
#[test]
fn the_group_keeps_no_profit_in_its_standards() {
    // A's standard is 5.50. C's, the price, and what is then left for the group in stock and in variance, a unit.
    for (standard_there, price, stock, variance) in [
        ("5.00", "6.25", 5_00, 50),
        ("5.00", "5.20", 5_30, 20),
        ("5.80", "6.25", 5_50, 0),
        ("6.25", "6.25", 5_50, 0),
        ("6.50", "6.25", 5_75, -25),
        ("5.30", "5.20", 5_50, 0),
        ("5.10", "5.20", 5_40, 10),
    ] {
        let mut shop = shop();
        standard(&mut shop, standard_there, json!({"company": "TWO"}));
        receive(&mut shop, "A", 4, "5.50");
        let line = json!({"sku": "TEE", "qty": 4, "unit_price": price});
        shop.ok("ship_transfer", json!({"transfer": "T", "from": "A", "to": "C", "lines": [line]}));
        shop.ok("receive_transfer", json!({"transfer": "T", "lines": [{"line": 1, "qty": 4}]}));
        let view = shop.ask("consolidation", json!({}));
        let rows = |field: &str| view[field].as_array().expect("rows").clone();
        let balance = |code: &str| {
            let all = rows("balances");
            cents(&all.iter().find(|row| row["account"] == code).expect("an account")["balance"])
        };
        assert_eq!(
            [balance("1300"), balance("5030")],
            [4 * stock, 4 * variance],
            "{standard_there} for {price}"
        );
        assert_eq!(balance("5000"), 0, "nothing was sold");
        assert_eq!(rows("eliminations").iter().map(|row| cents(&row["balance"])).sum::<i64>(), 0);
    }
}

#[test]
fn a_change_values_only_the_stock_that_it_holds_for() {
    let mut shop = shop();
    for node in ["A", "B", "C", "D"] {
        receive(&mut shop, node, 10, "6.00");
    }
    let named = |rows: &[(&str, i64)]| -> Vec<(String, i64)> {
        rows.iter().map(|(node, by)| ((*node).to_owned(), *by)).collect()
    };
    assert_eq!(standard(&mut shop, "5.80", json!({"company": "ONE"})), named(&[("A", 3_00)]));
    assert_eq!(standard(&mut shop, "4.90", json!({})), named(&[("C", -1_00), ("D", -1_00)]));
    assert_eq!(standard(&mut shop, "4.95", json!({"company": "TWO"})), named(&[("C", 50)]));
    assert_eq!(standard(&mut shop, "4.80", json!({})), named(&[("D", -1_00)]));
    assert_eq!(standard(&mut shop, "5.10", json!({"node": "B"})), named(&[("B", -1_00)]));
    assert_eq!(
        pools(&mut shop),
        [(10, 58_00, 5_80), (10, 51_00, 5_10), (10, 49_50, 4_95), (10, 48_00, 4_80)]
    );
    let log = shop.book.log_since(1).expect("the log");
    let replayed = stockbook::Book::replay(&log).expect("it replays");
    assert_eq!(replayed.state_hash(), shop.book.state_hash());
    let restored = stockbook::Book::restore(&shop.book.snapshot()).expect("it restores");
    assert_eq!(restored.state_hash(), shop.book.state_hash());
}

/// Where a SKU is not under standard cost, a company's pools are valued anew and no other's.
#[test]
fn an_average_is_valued_anew_by_company() {
    let mut shop = shop();
    shop.ok("define_sku", json!({"sku": "CAP", "price": "9.00"}));
    for node in ["A", "B", "C"] {
        shop.receive(&format!("R-{node}"), node, "CAP", 10);
    }
    let body =
        json!({"revaluation": "V", "sku": "CAP", "company": "ONE", "unit_cost": "4.50", "reason": "costs"});
    let event = shop.ok("revalue_stock", body);
    let pools = event["StockRevalued"]["pools"].as_array().expect("pools");
    let changed: Vec<_> = pools.iter().map(|pool| (pool["node"].as_str(), cents(&pool["value"]))).collect();
    assert_eq!(changed, [(Some("A"), 5_00), (Some("B"), 5_00)]);
}

#[test]
fn what_cannot_be_is_refused() {
    let mut shop = shop();
    let set = |of: Value| {
        let mut body = json!({"revaluation": "V", "sku": "TEE", "unit_cost": "5.00", "reason": "costs"});
        for (field, value) in of.as_object().expect("fields") {
            body[field] = value.clone();
        }
        body
    };
    shop.no("revalue_stock", set(json!({"company": "SIX"})), "UnknownCompany");
    let facts = shop.no("revalue_stock", set(json!({"company": "ONE", "node": "A"})), "InvalidField");
    assert_eq!(facts["field"], "company");
    // Goods may not come under another standard unseen: their node changes company when it has its own, or none
    // of them.
    receive(&mut shop, "A", 10, "6.00");
    shop.no("describe_node", json!({"node": "A", "company": "TWO"}), "CannotChange");
    shop.ok("describe_node", json!({"node": "D", "company": "ONE"}));
    receive(&mut shop, "B", 10, "6.00");
    shop.ok("describe_node", json!({"node": "B", "company": "TWO"}));
    assert_eq!(pools(&mut shop), [(10, 55_00, 5_50), (10, 52_00, 5_20)]);
}
