//! Changes of definitions: judged when they are said as what they carry would be, and agreed to later.

use serde_json::{Value, json};
use stockbook_tests::shop::Shop;

const DATED: &str = "2026-01-20T09:00:00Z";

fn shop() -> Shop {
    let mut shop = Shop::east_and_mid();
    shop.ok("define_sku", json!({"sku": "TEE", "price": "20"}));
    shop.ok("define_role", json!({"role": "head"}));
    shop.ok("grant_roles", json!({"actor": "ann", "roles": ["head"]}));
    shop
}

fn rule(command: &str, above: &str) -> Value {
    json!({"command": command, "measure": "units", "above": above, "role": "head", "expires_hours": 48})
}

fn change(number: &str, at: &str, definition: Value) -> Value {
    json!({"change": number, "effective_from": at, "definition": definition})
}

fn price(sku: &str, price: &str) -> Value {
    json!({"define_sku": {"sku": sku, "price": price}})
}

fn costs(shop: &mut Shop) -> Value {
    shop.ask("sku", json!({"sku": "TEE"}))["price"].clone()
}

fn names(answer: &Value) -> Vec<String> {
    let events = answer["receipt"]["events"].as_array().unwrap_or_else(|| panic!("{answer}")).iter();
    let name = |event: &Value| event["body"].as_object().and_then(|body| body.keys().next().cloned());
    events.filter_map(name).collect()
}

/// The time of the next command.
fn now(shop: &Shop) -> String {
    format!("2026-01-05T00:{:02}:00Z", shop.said() + 1)
}

#[test]
fn a_rule_on_what_a_change_carries_holds_for_the_change_and_for_what_is_said_by_itself() {
    let mut shop = shop();
    shop.ok("set_approval_rule", rule("define_sku", "0"));
    let by_itself = shop.say_as("bob", "define_sku", json!({"sku": "TEE", "price": "15"}));
    assert_eq!(names(&by_itself), ["ApprovalRequested"]);
    let dated = shop.say_as("bob", "change_definition", change("C-1", DATED, price("TEE", "15")));
    assert_eq!(names(&dated), ["ApprovalRequested"]);
    let requested = &dated["receipt"]["events"][0]["body"]["ApprovalRequested"];
    assert_eq!((&requested["word"], &requested["measured"]), (&json!("define_sku"), &json!("1.00")));
    // Of what is not there yet, too.
    let kit = json!({"set_preorder": {"sku": "CAP", "qty_max": 5}});
    shop.ok("set_approval_rule", rule("set_preorder", "0"));
    shop.no("change_definition", change("C-2", DATED, kit), "UnknownSku");
    // Another definition goes.
    let reason = json!({"define_reason": {"reason": "late"}});
    shop.ok("change_definition", change("C-3", DATED, reason));
    shop.say_as("ann", "approve_command", json!({"approval": 2, "evidence": "season"}));
    assert_eq!(costs(&mut shop), "20.00");
    shop.advance(DATED);
    assert_eq!(costs(&mut shop), "15.00");
}

/// A change that was to hold at once and waited holds from when it is agreed to; one whose date has passed
/// by then as well.
#[test]
fn what_is_agreed_to_late_holds_from_then_on() {
    let mut shop = shop();
    shop.ok("set_approval_rule", rule("change_definition", "0"));
    let at = now(&shop);
    shop.say_as("bob", "change_definition", change("C-1", &at, price("TEE", "15")));
    shop.wait(1);
    let said = shop.say_as("ann", "approve_command", json!({"approval": 1, "evidence": "yes"}));
    assert_eq!(names(&said), ["ApprovalGranted", "ChangeScheduled", "ChangeTookEffect", "SkuDefined"]);
    assert_eq!(costs(&mut shop), "15.00");
    let soon = "2026-01-06T12:00:00Z";
    shop.say_as("bob", "change_definition", change("C-2", soon, price("TEE", "14")));
    shop.wait(1);
    shop.say_as("ann", "approve_command", json!({"approval": 2, "evidence": "yes"}));
    assert_eq!(costs(&mut shop), "14.00");
    // A parameter's value likewise.
    shop.ok("set_approval_rule", rule("set_parameter", "0"));
    let value = json!({"parameter": "order_value_min", "value": "30", "effective_from": "2026-01-07T06:00:00Z",
        "reason": "small"});
    shop.say_as("bob", "set_parameter", value);
    shop.wait(1);
    let said = shop.say_as("ann", "approve_command", json!({"approval": 3, "evidence": "yes"}));
    assert_eq!(names(&said), ["ApprovalGranted", "ParameterSet"]);
    let why = shop.ask("explain_parameter", json!({"parameter": "order_value_min"}));
    assert_eq!(why["value"], "30.00", "{why}");
}

/// A limit on the change and one on what it carries are each agreed to, once.
#[test]
fn each_limit_is_asked_for_once() {
    let mut shop = shop();
    shop.ok("set_approval_rule", rule("change_definition", "0"));
    shop.ok("set_approval_rule", rule("define_sku", "0"));
    shop.say_as("bob", "change_definition", change("C", DATED, price("TEE", "15")));
    let said = shop.say_as("ann", "approve_command", json!({"approval": 1, "evidence": "yes"}));
    assert_eq!(names(&said), ["ApprovalGranted", "ApprovalRequested"]);
    let said = shop.say_as("ann", "approve_command", json!({"approval": 2, "evidence": "yes"}));
    assert_eq!(names(&said), ["ApprovalGranted", "ChangeScheduled"]);
}

/// The system of record of a definition is asked for when its change is said, whatever is there by then.
#[test]
fn another_system_may_not_date_what_it_may_not_say() {
    let mut shop = shop();
    let owner = |event: &str| json!({"event": event, "sources": ["erp"], "otherwise": "reject"});
    shop.ok("set_source_of_record", owner("PreorderSet"));
    shop.ok("set_source_of_record", owner("SkuDefined"));
    let new = price("CAP", "9");
    let facts = shop.no("change_definition", change("C-1", DATED, new.clone()), "NotSourceOfRecord");
    assert_eq!(facts["event"], "SkuDefined");
    // Its SKU will be there by then, and is not yet.
    let request = json!({"id": "e", "source": "erp", "at": now(&shop), "command":
        {"change_definition": change("C-2", DATED, new)}});
    let answer = shop.book.execute_json(request.to_string().as_bytes());
    assert!(answer.contains("receipt"), "{answer}");
    let cap = json!({"set_preorder": {"sku": "CAP", "qty_max": 5}});
    let facts = shop.no("change_definition", change("C-3", DATED, cap), "NotSourceOfRecord");
    assert_eq!(facts["event"], "PreorderSet");
}

/// Where a change does not fit yet nobody knows which node it is for: a rule for one node holds.
#[test]
fn a_rule_for_one_node_holds_for_what_does_not_fit_yet() {
    let mut shop = shop();
    let rule = json!({"event": "NodeStatusSet", "scope": {"node": "EAST"}, "sources": ["wms"],
        "otherwise": "reject"});
    shop.ok("set_source_of_record", rule);
    shop.ok("change_definition", change("C-1", DATED, json!({"define_reason": {"reason": "fire"}})));
    let closed =
        |reason: &str| json!({"set_node_status": {"node": "EAST", "status": "closed", "reason": reason}});
    let facts = shop.no("change_definition", change("C-2", DATED, closed("fire")), "NotSourceOfRecord");
    assert_eq!(facts["event"], "NodeStatusSet");
    shop.ok("define_reason", json!({"reason": "flood"}));
    shop.no("change_definition", change("C-3", DATED, closed("flood")), "NotSourceOfRecord");
    let mut elsewhere = closed("flood");
    elsewhere["set_node_status"]["node"] = json!("MID");
    shop.ok("change_definition", change("C-4", DATED, elsewhere));
}

/// Where a customer's orders are of several service levels, each has its limit.
#[test]
fn what_a_customer_may_owe_and_repeat_depends_on_the_service_level() {
    let mut shop = shop();
    shop.receive("R", "EAST", "TEE", 50);
    let set = |name: &str, value: &str, level: Option<&str>| {
        let scope = level.map_or(json!({}), |level| json!({"service_level": level}));
        json!({"parameter": name, "value": value, "scope": scope, "reason": "terms"})
    };
    shop.ok("set_parameter", set("credit_limit", "50", None));
    shop.ok("set_parameter", set("credit_limit", "500", Some("gold")));
    shop.ok("set_parameter", set("repeat_days_max", "0", Some("gold")));
    let order = |number: &str, level: &str| {
        let terms = json!({"segment": level, "customer": "acme"});
        let to = json!({"lat": "40", "lon": "-75"});
        let lines = json!([{"sku": "TEE", "qty": 4}]);
        json!({"customer": "acme", "address": ["1 Main St"], "order": {"order": number, "channel": "web", "to": to,
            "lines": lines, "terms": terms}})
    };
    let held =
        |shop: &mut Shop, number: &str| shop.ask("fulfilment", json!({"document": number}))["holds"].clone();
    shop.ok("capture_order", order("A", "gold"));
    assert_eq!(held(&mut shop, "A"), json!([]), "80.00 of 500.00");
    shop.ok("capture_order", order("B", "gold"));
    assert_eq!(held(&mut shop, "B"), json!([]), "and it is no repetition");
    let parked = shop.ok("capture_order", order("C", "silver"));
    assert!(parked["OrderParked"].is_object(), "{parked}");
    let mut other = order("D", "silver");
    other["order"]["lines"][0]["qty"] = json!(3);
    shop.ok("capture_order", other);
    assert_eq!(held(&mut shop, "D"), json!(["credit"]));
}
