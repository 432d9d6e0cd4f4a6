//! Master data through time: what was said before and after, who said it and why, and changes that hold from a
//! date on.

use serde_json::{Value, json};
use stockbook_tests::as_base64;
use stockbook_tests::shop::Shop;

fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "storm"}));
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 72}));
    let place = json!({"lat": "39", "lon": "-119"});
    shop.ok("define_node", json!({"node": "A", "kind": "warehouse", "place": place}));
    shop.ok("define_sku", json!({"sku": "TEE", "price": "20", "weight_g": 180}));
    shop
}

fn history(shop: &mut Shop, about: Value) -> Vec<Value> {
    shop.ask("history", about)["entries"].as_array().expect("entries").clone()
}

/// The old and the new value of a field.
fn change(entry: &Value, event: &str, field: &str) -> (Value, Value) {
    (entry["before"][event][field].clone(), entry["after"][event][field].clone())
}

#[test]
fn a_history_tells_the_old_value_and_the_new_one() {
    let mut shop = shop();
    shop.say_as("ann", "define_sku", json!({"sku": "TEE", "price": "25", "weight_g": 180}));
    shop.say_as("ben", "describe_sku", json!({"sku": "TEE", "lifecycle": "blocked", "why": "recall"}));
    shop.say_as("cid", "define_skus", json!({"sku": ["CAP", "TEE"], "price": ["9", "15"]}));
    let told = history(&mut shop, json!({"of": "sku", "code": "TEE"}));
    let who: Vec<&str> = told.iter().filter_map(|entry| entry["actor"].as_str()).collect();
    assert_eq!(who, ["", "ann", "ben", "cid"]);
    assert_eq!(change(&told[0], "SkuDefined", "price"), (Value::Null, json!("20.00")));
    assert_eq!(change(&told[1], "SkuDefined", "price"), (json!("20.00"), json!("25.00")));
    assert_eq!((&told[2]["why"], &told[2]["before"]), (&json!("recall"), &Value::Null));
    // A row of many is what the SKU alone would have been defined as.
    assert_eq!(change(&told[3], "SkuDefined", "price"), (json!("25.00"), json!("15.00")));
    assert_eq!(change(&told[3], "SkuDefined", "weight_g"), (json!(180), json!(0)));
    // As of a time: the last entry of each kind is what held then.
    let until = told[2]["at"].clone();
    let then = history(&mut shop, json!({"of": "sku", "code": "TEE", "until": until}));
    assert_eq!(then.len(), 3);
    // The log that the host kept tells it after the window has let it go.
    let log = as_base64(&shop.book.log_since(1).expect("all of it"));
    shop.book.forget_events(shop.book.sequence());
    let gone = shop.ask("history", json!({"of": "sku", "code": "TEE"}));
    assert_eq!((gone["entries"].clone(), gone["first_event"].clone()), (json!([]), json!(8)));
    assert_eq!(history(&mut shop, json!({"of": "sku", "code": "TEE", "log": log})), told);
}

#[test]
fn every_kind_of_master_data_has_its_history() {
    let mut shop = shop();
    let policy = |name: &str| {
        let tiers = json!([[{"measure": "distance_km", "weight": "1"}]]);
        json!({"name": name, "otherwise": {"tiers": tiers, "shortage": "backorder"}})
    };
    let rule = |queue: &str| json!({"code": "short_pick", "queue": queue, "owner": "ann", "due_hours": 2});
    let timing =
        |most: u32| json!({"event": "GoodsReceived", "late_minutes_max": most, "otherwise": "accept"});
    let supplier = |days: u32| json!({"supplier": "ACME", "lead_time_days": days, "expedite_days": 1});
    let twice = [
        ("policy", "", "set_policy", policy("one"), policy("two")),
        (
            "authority",
            "adjust_stock",
            "set_authority",
            json!({"command": "adjust_stock", "actors": ["ann"]}),
            json!({"command": "adjust_stock"}),
        ),
        (
            "parameter",
            "days",
            "define_parameter",
            json!({"parameter": "days", "standard": "1", "min": "0",
            "max": "9"}),
            json!({"parameter": "days", "standard": "2", "min": "0", "max": "9"}),
        ),
        (
            "role",
            "buyer",
            "define_role",
            json!({"role": "buyer", "commands": []}),
            json!({"role": "buyer", "commands": ["adjust_stock"]}),
        ),
        (
            "actor",
            "ann",
            "grant_roles",
            json!({"actor": "ann", "roles": []}),
            json!({"actor": "ann", "roles": ["buyer"]}),
        ),
        ("exception_rule", "short_pick", "set_exception_rule", rule("q"), rule("r")),
        (
            "channel",
            "web",
            "set_selling",
            json!({"channel": "web"}),
            json!({"channel": "web", "recognition": "at_invoice"}),
        ),
        (
            "channel",
            "web",
            "set_workflow",
            json!({"channel": "web", "stages": []}),
            json!({"channel": "web", "stages": ["pick"]}),
        ),
        (
            "sku",
            "TEE",
            "set_preorder",
            json!({"sku": "TEE", "qty_max": 5}),
            json!({"sku": "TEE", "qty_max": 7}),
        ),
        (
            "node",
            "A",
            "set_publish_buffer",
            json!({"channel": "web", "node": "A", "qty": 1}),
            json!({"channel": "web", "node": "A", "qty": 2}),
        ),
        ("supplier", "ACME", "define_supplier", supplier(3), supplier(4)),
        (
            "book",
            "",
            "set_negative_stock",
            json!({"policy": "allow"}),
            json!({"policy": "floor", "floor": 5}),
        ),
        ("feed", "wms", "define_feed", json!({"feed": "wms"}), json!({"feed": "wms", "cadence_minutes": 5})),
        ("timing_rule", "GoodsReceived", "set_timing_rule", timing(5), timing(6)),
    ];
    for (of, code, word, one, two) in twice {
        let first = shop.ok(word, one);
        let second = shop.ok(word, two);
        let told = history(&mut shop, json!({"of": of, "code": code}));
        let last = told.last().expect("it is told");
        assert_eq!((&last["before"], &last["after"]), (&first, &second), "{word}");
    }
    // One scope of a parameter is not another's old value.
    let set = |channel: Value, value: &str| json!({"parameter": "days", "scope": {"channel": channel}, "value": value, "reason": "trial"});
    shop.ok("set_parameter", set(Value::Null, "3"));
    shop.ok("set_parameter", set(json!("web"), "4"));
    shop.ok("set_parameter", set(json!("web"), "5"));
    let told = history(&mut shop, json!({"of": "parameter", "code": "days"}));
    let [.., other, last] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((&other["before"], &last["why"]), (&Value::Null, &json!("trial")));
    assert_eq!(change(last, "ParameterSet", "value"), (json!("4.00"), json!("5.00")));
}

#[test]
fn who_scheduled_a_change_made_it() {
    let mut shop = shop();
    let price = json!({"define_sku": {"sku": "TEE", "price": "25", "weight_g": 180}});
    let change = json!({"change": "C", "effective_from": "2026-01-10T00:00:00Z", "definition": price,
        "why": "spring"});
    shop.say_as("ann", "change_definition", change);
    shop.say_at("2026-01-11T00:00:00Z", "advance_time", json!({}));
    let told = history(&mut shop, json!({"of": "sku", "code": "TEE"}));
    let last = &told[1];
    let by = (&last["actor"], &last["why"], &last["change"]);
    assert_eq!(by, (&json!("ann"), &json!("spring"), &json!("C")));
    assert_eq!(history(&mut shop, json!({"of": "change", "code": "C"})).len(), 2);
}

#[test]
fn a_change_that_is_effective_now_holds_at_once() {
    let mut shop = shop();
    let at = "2026-01-06T09:00:00Z";
    let change = |number: &str, definition: Value| json!({"change": number, "effective_from": at, "definition": definition});
    let told = shop.say_at(
        at,
        "change_definition",
        change(
            "C",
            json!({"define_sku": {"sku": "TEE",
        "price": "25"}}),
        ),
    );
    let events = told["receipt"]["events"].as_array().expect("events");
    let names: Vec<&String> =
        events.iter().filter_map(|event| event["body"].as_object()?.keys().next()).collect();
    assert_eq!(names, ["ChangeScheduled", "ChangeTookEffect", "SkuDefined"]);
    assert_eq!(shop.ask("sku", json!({"sku": "TEE"}))["price"], "25.00");
    assert_eq!(shop.ask("changes", json!({})), json!([]), "nothing waits");
    // A replica that has the log knows the same deliveries.
    let log = shop.book.log_since(1).expect("all of it");
    let again = stockbook::Book::replay(&log).expect("a log");
    assert_eq!(again.state_hash(), shop.book.state_hash());
    let no = shop.say_at(at, "change_definition", change("D", json!({"describe_sku": {"sku": "NONE"}})));
    assert_eq!(no["rejection"]["name"], "UnknownSku");
}

#[test]
fn a_change_may_speak_of_what_an_earlier_one_defines() {
    let mut shop = shop();
    let change = |number: &str, at: &str, definition: Value| json!({"change": number, "effective_from": at, "definition": definition});
    let trait_of = json!({"describe_sku": {"sku": "CAP", "lifecycle": "retired"}});
    shop.no("change_definition", change("C", "2026-01-11T00:00:00Z", trait_of.clone()), "UnknownSku");
    shop.ok(
        "change_definition",
        change(
            "A",
            "2026-01-10T00:00:00Z",
            json!({"define_sku": {"sku": "CAP",
        "price": "9"}}),
        ),
    );
    shop.no("change_definition", change("C", "2026-01-09T00:00:00Z", trait_of.clone()), "UnknownSku");
    shop.ok("change_definition", change("C", "2026-01-10T00:00:00Z", trait_of));
    shop.ok(
        "change_definition",
        change(
            "D",
            "2026-01-12T00:00:00Z",
            json!({"set_listing": {"channel": "web",
        "sku": "CAP", "listing": "B0"}}),
        ),
    );
    let names = shop.advance("2026-01-12T00:00:00Z");
    let told = [
        "ChangeTookEffect",
        "SkuDefined",
        "ChangeTookEffect",
        "SkuDescribed",
        "ChangeTookEffect",
        "ListingSet",
        "TimeAdvanced",
    ];
    assert_eq!(names, told);
}

#[test]
fn without_the_earlier_change_the_later_lapses() {
    let mut shop = shop();
    let change = |number: &str, definition: Value| json!({"change": number, "effective_from": "2026-01-10T00:00:00Z", "definition": definition});
    shop.ok("change_definition", change("A", json!({"define_sku": {"sku": "CAP", "price": "9"}})));
    shop.ok("change_definition", change("B", json!({"describe_sku": {"sku": "CAP"}})));
    shop.ok("withdraw_change", json!({"change": "A", "why": "not made"}));
    assert_eq!(shop.advance("2026-01-10T00:00:00Z"), ["ChangeLapsed", "TimeAdvanced"]);
    assert_eq!(shop.codes(), ["change_lapsed"]);
}

#[test]
fn rules_and_roles_may_wait_for_their_date_too() {
    let mut shop = shop();
    let definitions = [
        json!({"define_reason": {"reason": "fire"}}),
        json!({"define_skus": {"sku": ["CAP"], "price": ["9"]}}),
        json!({"define_role": {"role": "buyer", "commands": []}}),
        json!({"grant_roles": {"actor": "ann", "roles": ["buyer"]}}),
        json!({"define_parameter": {"parameter": "days", "standard": "1", "min": "0", "max": "9"}}),
        json!({"set_approval_rule": {"command": "adjust_stock", "above": "5", "role": "buyer",
            "expires_hours": 4}}),
        json!({"set_source_of_record": {"event": "GoodsReceived", "sources": ["wms"],
            "otherwise": "accept"}}),
        json!({"set_timing_rule": {"event": "GoodsReceived", "late_minutes_max": 5,
            "otherwise": "accept"}}),
        json!({"set_exception_rule": {"code": "short_pick", "queue": "q", "owner": "ann",
            "due_hours": 2}}),
        json!({"set_protection_plan": {"sku": "CAP", "pools": [{"pool": "web", "channels": ["web"],
            "min": {"qty": 1}}]}}),
        json!({"set_preorder": {"sku": "CAP", "qty_max": 5}}),
        json!({"set_publish_buffer": {"channel": "web", "qty": 1}}),
        json!({"set_workflow": {"channel": "web", "stages": ["pick"]}}),
        json!({"set_selling": {"channel": "web"}}),
        json!({"set_rollout": {"family": "returns", "mode": "live", "reason": "go"}}),
        json!({"define_feed": {"feed": "wms"}}),
        json!({"define_ledger": {"ledger": "tax", "costing": "fifo"}}),
        json!({"set_valuation": {"group": "caps"}}),
    ];
    let count = definitions.len();
    for (number, definition) in definitions.into_iter().enumerate() {
        let change = json!({"change": format!("C-{number:02}"), "effective_from": "2026-01-10T00:00:00Z",
            "definition": definition});
        let answer = shop.say("change_definition", change);
        assert!(answer["receipt"].is_object(), "{answer}");
    }
    let names = shop.advance("2026-01-10T00:00:00Z");
    let held = names.iter().filter(|name| *name == "ChangeTookEffect").count();
    assert_eq!((held, shop.codes()), (count, Vec::new()), "{names:?}");
    assert_eq!(shop.ask("sku", json!({"sku": "CAP"}))["price"], "9.00");
}

#[test]
fn who_may_not_say_it_may_not_schedule_it() {
    let mut shop = shop();
    shop.ok("set_authority", json!({"command": "set_node_status", "actors": ["ann"]}));
    let close = json!({"change": "C", "effective_from": "2026-01-10T00:00:00Z",
        "definition": {"set_node_status": {"node": "A", "status": "closed", "reason": "storm"}}});
    shop.no("change_definition", close.clone(), "ActorNotAuthorized");
    let said = shop.say_as("ann", "change_definition", close);
    assert!(said["receipt"].is_object(), "{said}");
}

#[test]
fn a_change_may_speak_of_two_things_that_earlier_ones_define() {
    let mut shop = shop();
    let at = "2026-01-10T00:00:00Z";
    let change = |number: &str, definition: Value| json!({"change": number, "effective_from": at, "definition": definition});
    let set =
        json!({"define_kit": {"sku": "SET", "kind": "virtual", "components": [{"sku": "CAP", "qty": 2}]}});
    shop.ok("change_definition", change("A", json!({"define_sku": {"sku": "CAP", "price": "9"}})));
    let faults = shop.no("change_definition", change("C", set.clone()), "ManyFaults");
    assert_eq!(faults["faults"], json!(["unknown SKU `SET`", "unknown SKU `CAP`"]));
    shop.ok("change_definition", change("B", json!({"define_sku": {"sku": "SET", "price": "9"}})));
    shop.ok("change_definition", change("C", set));
    let told = [
        "ChangeTookEffect",
        "SkuDefined",
        "ChangeTookEffect",
        "SkuDefined",
        "ChangeTookEffect",
        "KitDefined",
        "TimeAdvanced",
    ];
    assert_eq!(shop.advance(at), told);
}
