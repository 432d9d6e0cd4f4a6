//! What customers owe, pick up, get again and exchange.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "customer"}));
    shop.ok("define_sku", json!({"sku": "TEE", "price": "20"}));
    shop.ok("define_sku", json!({"sku": "MUG", "price": "12"}));
    let place = json!({"lat": "39.53", "lon": "-119.81"});
    shop.ok("define_node", json!({"node": "RENO", "kind": "warehouse", "place": place}));
    shop.ok("define_channel", json!({"channel": "wholesale", "promise_hours": 96}));
    shop.receive("A", "RENO", "TEE", 100);
    shop.receive("B", "RENO", "MUG", 20);
    shop
}

fn order(number: &str, sku: &str, qty: i64, terms: Value) -> Value {
    let to = json!({"lat": "34.05", "lon": "-118.24"});
    let lines = json!([{"sku": sku, "qty": qty}]);
    json!({"order": number, "channel": "wholesale", "to": to, "lines": lines, "terms": terms})
}

fn open(shop: &mut Shop) -> Vec<String> {
    let open = shop.ask("exceptions", json!({}));
    let code = |row: &Value| row["opened"]["code"].as_str().expect("a code").to_owned();
    open.as_array().expect("exceptions").iter().map(code).collect()
}

fn limit(shop: &mut Shop, scope: Value, value: &str) {
    let body = json!({"parameter": "credit_limit", "scope": scope, "value": value, "reason": "told"});
    shop.ok("set_parameter", body);
}

/// What the customer of an order owes, and whether the order is held.
fn credit(shop: &mut Shop, order: &str) -> (String, bool) {
    let view = shop.ask("fulfilment", json!({"document": order}));
    (view["owed"].as_str().expect("money").to_owned(), view["holds"] == json!(["credit"]))
}

#[test]
fn an_order_above_the_credit_limit_waits_for_a_person() {
    let mut shop = shop();
    limit(&mut shop, json!({"channel": "wholesale"}), "100");
    limit(&mut shop, json!({"customer": "BigCo Ltd."}), "200");
    let bigco = json!({"customer": "BigCo Ltd."});
    shop.ok("place_order", order("1", "TEE", 6, bigco.clone()));
    assert_eq!(
        credit(&mut shop, "1"),
        ("120.00".into(), false),
        "his own limit says more than the channel's"
    );
    shop.ok("place_order", order("2", "TEE", 6, json!({"customer": "Small Inc."})));
    assert_eq!(credit(&mut shop, "2"), ("120.00".into(), true), "the channel's holds for others");
    shop.ok("place_order", order("3", "TEE", 5, bigco.clone()));
    assert_eq!(credit(&mut shop, "3"), ("220.00".into(), true));
    assert_eq!(open(&mut shop), ["credit_limit", "credit_limit"]);
    shop.no("ship_order", json!({"order": "3", "node": "RENO"}), "OrderOnHold");
    shop.ok("cancel_order", json!({"order": "1", "reason": "customer", "lines": [{"line": 1, "qty": 1}]}));
    shop.ok("record_payment", json!({"payment": "P", "order": "1", "amount": "60"}));
    assert_eq!(credit(&mut shop, "3").0, "140.00", "less what is struck and what is paid");
    shop.ok("release_order", json!({"order": "3", "hold": "credit"}));
    shop.ok("clear_exceptions", json!({}));
    assert_eq!(open(&mut shop), ["credit_limit"], "the other one is still held");
    shop.ok("ship_order", json!({"order": "3", "node": "RENO"}));
    shop.ok(
        "reallocate_order",
        json!({"order": "1", "reason": "customer", "amend": [{"line": 1, "qty": 9}]}),
    );
    assert_eq!(credit(&mut shop, "1"), ("220.00".into(), true), "more of an old order counts as well");
    let to = json!({"lat": "34.05", "lon": "-118.24"});
    let lines = json!([{"sku": "MUG", "qty": 1}]);
    let new = json!({"order": "4", "channel": "wholesale", "to": to, "lines": lines});
    shop.ok("capture_order", json!({"order": new, "customer": "BigCo Ltd."}));
    assert_eq!(credit(&mut shop, "4"), ("232.00".into(), true), "captured orders are the customer's, too");
}

#[test]
fn release_above_a_value_needs_another_role() {
    let mut shop = shop();
    limit(&mut shop, json!({}), "100");
    shop.ok("define_role", json!({"role": "credit_manager"}));
    shop.ok("grant_roles", json!({"actor": "mia", "roles": ["credit_manager"]}));
    let rule = json!({"command": "release_order", "measure": "value", "above": "150", "role": "credit_manager",
        "expires_hours": 24});
    shop.ok("set_approval_rule", rule);
    shop.ok("place_order", order("1", "TEE", 7, json!({"customer": "eve"})));
    shop.ok("place_order", order("2", "TEE", 8, json!({"customer": "eve"})));
    let body = shop.ok("release_order", json!({"order": "1", "hold": "credit"}));
    assert!(body["OrderReleased"].is_object(), "140 is not above: {body}");
    let body = shop.ok("release_order", json!({"order": "2", "hold": "credit"}));
    assert_eq!(body["ApprovalRequested"]["measured"], "160.00", "{body}");
    assert!(credit(&mut shop, "2").1, "held until then");
    let approve = json!({"approve_command": {"approval": 1, "evidence": "a call"}});
    let request = json!({"id": "yes", "actor": "mia", "at": "2026-01-06T00:00:00Z", "command": approve});
    let answer = shop.book.execute_json(request.to_string().as_bytes());
    assert!(answer.contains("OrderReleased"), "{answer}");
    assert!(!credit(&mut shop, "2").1);
}

/// Packs all of an order that is picked up.
fn pack(shop: &mut Shop, number: &str, qty: i64) {
    shop.ok("release_wave", json!({"wave": format!("W{number}"), "node": "RENO"}));
    let lines = json!([{"line": 1, "qty": qty}]);
    shop.ok("record_pick", json!({"order": number, "node": "RENO", "picked": lines}));
    let carton = json!({"carton": format!("C{number}"), "lines": lines});
    shop.ok("pack_order", json!({"order": number, "node": "RENO", "cartons": [carton]}));
}

fn work(shop: &mut Shop, number: &str) -> Value {
    shop.ask("fulfilment", json!({"document": number}))["nodes"][0].clone()
}

#[test]
fn goods_are_picked_up_or_go_back_to_stock() {
    let mut shop = shop();
    let here = json!({"pickup": "RENO"});
    for (number, qty) in [("1", 2), ("2", 3), ("3", 4)] {
        shop.ok("place_order", order(number, "TEE", qty, here.clone()));
        pack(&mut shop, number, qty);
        assert!(work(&mut shop, number)["collect_by"].is_string(), "ready, and until when");
    }
    shop.ok("ship_order", json!({"order": "1", "node": "RENO"}));
    let one = work(&mut shop, "1");
    assert_eq!(
        (one["stage"].as_str(), one["collect_by"].is_null()),
        (Some("delivered"), true),
        "in his hands"
    );
    let part = json!([{"line": 1, "qty": 1}]);
    shop.ok("ship_order", json!({"order": "2", "node": "RENO", "lines": part}));
    assert_eq!(work(&mut shop, "2")["stage"], "packed", "the rest still waits");
    assert_eq!(shop.stock("TEE", "RENO"), (97, 91));
    let later = json!({"id": "later", "at": "2026-01-20T00:00:00Z", "command": {"advance_time": {}}});
    shop.book.execute_json(later.to_string().as_bytes());
    assert_eq!(open(&mut shop), ["pickup_expired", "pickup_expired"]);
    assert_eq!(shop.stock("TEE", "RENO"), (97, 97), "back in stock, once");
    let (two, three) = (work(&mut shop, "2"), work(&mut shop, "3"));
    assert_eq!((two["stage"].as_str(), three["stage"].as_str()), (Some("shipped"), Some("cancelled")));
    assert_eq!(three["put_back"], json!([{"line": 1, "qty": 4}]));
    let view = shop.ask("order", json!({"document": "2"}));
    assert_eq!(
        (view["lines"][0]["shipped"].as_i64(), view["lines"][0]["cancelled"].as_i64()),
        (Some(1), Some(2))
    );
    shop.book.verify().unwrap_or_else(|broken| panic!("{broken}"));
}

/// The balance of an account.
fn balance(shop: &mut Shop, account: &str) -> String {
    let rows = shop.ask("trial_balance", json!({}));
    let rows = rows["rows"].as_array().or(rows.as_array()).expect("rows").clone();
    let row = rows.iter().find(|row| row["account"] == account);
    row.map(|row| row["balance"].as_str().expect("money").to_owned()).unwrap_or_else(|| format!("{rows:?}"))
}

fn back(rma: &str, order: &str, qty: i64, refund: &str) -> Value {
    let line = json!({"line": 1, "qty": qty, "disposition": "restock", "refund": refund});
    json!({"rma": rma, "order": order, "node": "RENO", "lines": [line]})
}

#[test]
fn what_is_sent_again_is_paid_once_and_restocked_once() {
    let mut shop = shop();
    shop.ok("place_order", order("1", "TEE", 3, json!({})));
    let again = |number: &str, qty: i64| {
        let mut order = order(number, "TEE", qty, json!({"replaces": "1"}));
        order["lines"][0]["price"] = json!("0");
        order
    };
    shop.no("place_order", again("1A", 1), "MoreThanOpen");
    shop.ok("ship_order", json!({"order": "1", "node": "RENO"}));
    shop.ok("deliver_order", json!({"order": "1", "node": "RENO", "delivered": false, "note": "lost"}));
    shop.ok("place_order", again("1A", 2));
    let facts = shop.no("place_order", again("1B", 2), "MoreThanOpen");
    assert_eq!(facts["open"], 1, "two of three are on their way again");
    shop.ok("cancel_order", json!({"order": "1A", "reason": "customer"}));
    shop.ok("place_order", again("1B", 2));
    shop.ok("ship_order", json!({"order": "1B", "node": "RENO"}));
    let view = shop.ask("fulfilment", json!({"document": "1B"}));
    assert_eq!(view["replaces"], "1");
    shop.no("receive_return", back("R", "1", 3, "60"), "InvalidField");
    shop.ok("receive_return", back("R", "1", 3, "20"));
    assert_eq!(
        shop.stock("TEE", "RENO"),
        (98, 98),
        "the lost parcel came back after all: two are with the customer"
    );
    shop.no("receive_return", back("S", "1", 1, "0"), "MoreThanOpen");
    shop.book.verify().unwrap_or_else(|broken| panic!("{broken}"));
}

#[test]
fn a_return_is_exchanged_once_and_the_money_is_right() {
    let mut shop = shop();
    shop.ok("place_order", order("1", "TEE", 2, json!({})));
    shop.ok("ship_order", json!({"order": "1", "node": "RENO"}));
    let owed = balance(&mut shop, "1100");
    let may = |rma: &str, qty: i64| json!({"rma": rma, "order": "1", "reason": "customer", "lines": [{"line": 1, "qty": qty}], "node": "RENO"});
    let swap = |number: &str, rma: &str| order(number, "MUG", 1, json!({"replaces": "1", "rma": rma}));
    shop.no("place_order", swap("2", "A"), "UnknownDocument");
    shop.ok("authorize_return", may("A", 1));
    shop.no("place_order", order("2", "MUG", 1, json!({"rma": "A"})), "InvalidField");
    shop.ok("place_order", swap("2", "A"));
    shop.no("place_order", swap("3", "A"), "DocumentExists");
    shop.ok("ship_order", json!({"order": "2", "node": "RENO"}));
    let line = json!([{"line": 1, "qty": 1}]);
    shop.ok("check_in_return", json!({"rma": "A", "node": "RENO", "order": "1", "lines": line}));
    shop.ok("receive_return", back("A", "1", 1, "20"));
    shop.no("receive_return", back("A", "1", 1, "20"), "DocumentExists");
    assert_eq!((shop.stock("TEE", "RENO"), shop.stock("MUG", "RENO")), ((99, 99), (19, 19)));
    assert_eq!((owed.as_str(), balance(&mut shop, "1100").as_str()), ("40.00", "32.00"), "40 - 20 + 12");
    shop.ok("authorize_return", may("B", 1));
    shop.ok("place_order", swap("4", "B"));
    shop.ok("cancel_return", json!({"rma": "B", "reason": "customer"}));
    assert_eq!(
        open(&mut shop),
        ["refund_without_goods"],
        "the exchange is on its way and nothing comes back"
    );
    shop.no("place_order", swap("5", "B"), "IllegalStep");
}
