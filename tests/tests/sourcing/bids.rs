//! Bid prices from a forecast: in the tier of money, and solved again and again as time passes.

use serde_json::{Value, json};
use stockbook::Book;
use stockbook_tests::shop::Shop;

/// WEST has one unit and EAST one. Who lives by WEST is served from there for 5, from EAST for 9.
fn shop(tiers: Value) -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_sku", json!({"sku": "TEE", "price": "20"}));
    for (node, lon) in [("WEST", "-120"), ("EAST", "-75")] {
        let place = json!({"lat": "40", "lon": lon});
        shop.ok("define_node", json!({"node": node, "kind": "warehouse", "place": place}));
    }
    let zones = json!([{"up_to_km": 500, "transit_hours": 24, "base": "5", "per_kg": "0"},
        {"up_to_km": 5000, "transit_hours": 48, "base": "9", "per_kg": "0"}]);
    shop.ok("define_service", json!({"service": "ground", "zones": zones}));
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 96}));
    let otherwise = json!({"lateness": "allowed", "tiers": tiers});
    shop.ok("set_policy", json!({"name": "p", "rules": [], "otherwise": otherwise}));
    shop.receive("R-1", "WEST", "TEE", 1);
    shop.receive("R-2", "EAST", "TEE", 1);
    shop
}

fn orders(times: i64) -> Value {
    let line = json!([{"sku": "TEE", "qty": 1}]);
    json!([{"times": times, "channel": "web", "to": {"lat": "40", "lon": "-119"}, "lines": line}])
}

fn money(text: &Value) -> f64 {
    text.as_str().expect("money").parse().expect("a number")
}

/// Prices by node, in the order in which nodes were defined.
fn priced(rows: &Value) -> Vec<f64> {
    rows.as_array().expect("prices").iter().map(|row| money(&row["price"])).collect()
}

/// The prices in force: those of the last event that set any.
fn in_force(shop: &Shop) -> Value {
    let events = shop.book.events_since(1).expect("all of them");
    let said = events.map(|event| serde_json::to_value(&event.body).expect("a body"));
    let last = said.filter(|body| body.get("BidPricesSet").is_some()).last().expect("prices");
    last["BidPricesSet"]["prices"].clone()
}

fn near(found: &[f64], want: &[f64]) {
    let close = |(a, b): (&f64, &f64)| (a - b).abs() < 0.02;
    assert!(found.len() == want.len() && found.iter().zip(want).all(close), "{found:?}, not {want:?}");
}

/// One tier, in which a unit that is not filled costs 30: a further unit at WEST saves that less 5, one at
/// EAST that less 9. Two are served for 14, one is left for 30.
#[test]
fn in_one_tier_prices_are_what_a_further_unit_saves() {
    let mut shop = shop(json!(["30 unfilled_units + 1 freight + 1 bid_price"]));
    let found = shop.ask("bid_prices", json!({"forecast": orders(3)}));
    near(&priced(&found["prices"]), &[25.0, 21.0]);
    near(&[money(&found["bound"])], &[44.0]);
    // With prices in force they come out as before: they are not what they are solved from.
    shop.ok(
        "set_bid_prices",
        json!({"prices": found["prices"].as_array().expect("prices").iter().zip(
        ["WEST", "EAST"]).map(|(row, node)| json!({"sku": "TEE", "node": node, "price": row["price"]})
    ).collect::<Vec<_>>()}),
    );
    assert_eq!(shop.ask("bid_prices", json!({"forecast": orders(3)})), found);
}

/// A tier above that of money counts twice what one order could save there, which is 9, less nothing: a line
/// not filled weighs 18. So what is short is worth more than any detour, and nodes differ by their freight.
#[test]
fn tiers_above_that_of_money_outweigh_what_an_order_could_save() {
    let tiers = json!(["1 unfilled_lines", "1 freight + 1 bid_price", "1 distance_km"]);
    let found = shop(tiers).ask("bid_prices", json!({"forecast": orders(3)}));
    near(&priced(&found["prices"]), &[13.0, 9.0]);
    near(&[money(&found["bound"])], &[32.0]);
    // With two orders nothing is short; whoever takes the unit of WEST sends the other to EAST, for 4 more.
    let tiers = json!(["1 unfilled_lines", "1 freight + 1 bid_price", "1 distance_km"]);
    let mut enough = shop(tiers);
    enough.receive("R-3", "EAST", "TEE", 5);
    near(&priced(&enough.ask("bid_prices", json!({"forecast": orders(2)}))["prices"]), &[4.0]);
    // Three orders of four unfilled units are weighed by unit.
    let tiers = json!(["1 unfilled_units", "1 freight"]);
    let said =
        shop(tiers).say("set_bid_prices", json!({"forecast": {"orders": orders(3), "every_minutes": 60}}));
    assert_eq!(said["rejection"]["name"], "PolicyOfManyTiers", "which tier is money is not said");
}

/// Four orders over four days: each day one fewer is to come, and what they compete for is worth less.
#[test]
fn prices_are_solved_on_their_dates() {
    let mut shop = shop(json!(["30 unfilled_units + 1 freight + 1 bid_price"]));
    let forecast = json!({"orders": orders(4), "every_minutes": 1440, "until": "2026-01-09T10:00:00Z"});
    let set = |shop: &mut Shop| {
        let said = shop.say_at("2026-01-05T10:00:00Z", "set_bid_prices", json!({"forecast": forecast}));
        said["receipt"]["events"][0]["body"]["BidPricesSet"].clone()
    };
    let first = set(&mut shop);
    near(&priced(&first["prices"]), &[25.0, 21.0]);
    assert_eq!(first["solved"]["next_at"], "2026-01-06T10:00:00Z");
    let asked = shop.ask("bid_prices", json!({}));
    assert_eq!((&asked["prices"], &asked["next_at"]), (&first["prices"], &first["solved"]["next_at"]));
    // Nothing happens before the date; then three are to come, then two, and the second is served by EAST.
    assert_eq!(shop.advance("2026-01-06T09:59:00Z"), ["TimeAdvanced"]);
    assert_eq!(shop.advance("2026-01-06T10:00:00Z"), ["BidPricesSet", "TimeAdvanced"]);
    assert_eq!(shop.advance("2026-01-07T10:00:00Z"), ["BidPricesSet", "TimeAdvanced"]);
    let two_to_come = priced(&in_force(&shop));
    near(&[two_to_come[0] - two_to_come[1]], &[4.0]);
    // All have come at the end, and nothing is due any more.
    let last = shop.say_at("2026-02-01T10:00:00Z", "advance_time", json!({}));
    let events = last["receipt"]["events"].as_array().expect("events");
    let (body, at) = (&events[0]["body"]["BidPricesSet"], &events[0]["at"]);
    assert_eq!((events.len(), &body["prices"], at), (2, &json!([]), &json!("2026-01-09T10:00:00Z")));
    assert_eq!(shop.ask("bid_prices", json!({"forecast": orders(1)}))["next_at"], Value::Null);
    // The log solves nothing, and says the same.
    let again = Book::replay(&shop.book.log_since(1).expect("all of it")).expect("it replays");
    assert_eq!(again.state_hash(), shop.book.state_hash());
}

/// Time that jumps leaves the book as time that goes from day to day does, but for the prices in between.
#[test]
fn time_that_jumps_solves_the_last_date() {
    let run = |days: &[u32]| {
        let mut shop = shop(json!(["30 unfilled_units + 1 freight + 1 bid_price"]));
        // A lot goes off that is promised.
        let milk = json!([{"sku": "MILK", "qty": 5, "unit_cost": "1", "place": {"lot": "A"},
            "expires_at": "2026-01-08T09:00:00Z"}]);
        shop.ok("define_sku", json!({"sku": "MILK", "price": "2"}));
        shop.ok("describe_sku", json!({"sku": "MILK", "tracking": "lot", "pick_order": "fefo"}));
        shop.ok("receive_goods", json!({"receipt": "L", "node": "WEST", "lines": milk}));
        let line = json!([{"sku": "MILK", "qty": 5}]);
        let to = json!({"lat": "40", "lon": "-119"});
        shop.ok("place_order", json!({"order": "1", "channel": "web", "to": to, "lines": line}));
        let said = json!({"forecast": {"orders": orders(9), "every_minutes": 1440,
            "until": "2026-01-15T10:00:00Z"}});
        shop.say_at("2026-01-05T10:00:00Z", "set_bid_prices", said);
        // In between goods come in by a hold that runs out.
        let hold = json!({"hold": "H", "channel": "web", "lines": [{"sku": "TEE", "qty": 1, "node": "EAST"}],
            "expires_at": "2026-01-08T11:00:00Z"});
        let held = shop.say_at("2026-01-05T11:00:00Z", "hold_stock", hold);
        assert!(held["receipt"].is_object(), "{held}");
        let told: Vec<_> =
            days.iter().map(|day| shop.advance(&format!("2026-01-{day:02}T12:00:00Z"))).collect();
        let kept = Book::restore(&shop.book.snapshot()).expect("it restores");
        assert_eq!(kept.state_hash(), shop.book.state_hash());
        (in_force(&shop), shop.codes(), told.concat())
    };
    let (step, open, told) = run(&[6, 7, 8, 9, 10, 11, 12]);
    let (jump, open_at_once, at_once) = run(&[12]);
    assert_eq!((step, &open), (jump, &open_at_once));
    assert_eq!(open, ["promise_at_risk"]);
    let solved = |told: &[String]| told.iter().filter(|name| *name == "BidPricesSet").count();
    assert_eq!(
        (solved(&told), solved(&at_once)),
        (7, 3),
        "before the lot went off, the hold ran out, and now"
    );
}

/// What is said by hand holds: a forecast ends. What is wrong with a forecast is refused whole.
#[test]
fn prices_said_by_hand_end_a_forecast() {
    let mut shop = shop(json!(["30 unfilled_units + 1 freight + 1 bid_price"]));
    let good = json!({"orders": orders(4), "every_minutes": 60});
    let with = |field: &str, value: Value| {
        let mut forecast = good.clone();
        forecast[field] = value;
        json!({"forecast": forecast})
    };
    for (field, value, name) in [
        ("every_minutes", json!(14), "InvalidField"),
        ("orders", json!([]), "InvalidField"),
        ("orders", orders(0), "InvalidField"),
        ("until", json!("2026-01-01T00:00:00Z"), "InvalidField"),
        ("steps_max", json!(50_000_001), "InvalidField"),
    ] {
        shop.no("set_bid_prices", with(field, value), name);
    }
    let mut unknown = good.clone();
    unknown["orders"][0]["lines"][0]["sku"] = json!("CAP");
    shop.no("set_bid_prices", json!({"forecast": unknown}), "UnknownSku");
    let both = json!({"forecast": good, "prices": [{"sku": "TEE", "node": "EAST", "price": "1"}]});
    shop.no("set_bid_prices", both, "InvalidField");
    shop.ok("set_bid_prices", json!({"forecast": good}));
    assert!(shop.ask("bid_prices", json!({}))["next_at"].is_string());
    shop.ok("set_bid_prices", json!({"prices": []}));
    shop.wait(60);
    let quiet = shop.say("advance_time", json!({}));
    assert_eq!(quiet["receipt"]["events"].as_array().map(Vec::len), Some(1));
    // A policy that does not say where money is leaves the last prices as they are.
    shop.ok("set_bid_prices", json!({"forecast": good}));
    let otherwise = json!({"lateness": "allowed", "tiers": ["1 unfilled_lines", "1 freight"]});
    let policy = json!({"name": "two", "rules": [], "otherwise": otherwise});
    shop.ok("set_policy", policy);
    let due = shop.say_at("2026-04-25T00:00:00Z", "advance_time", json!({}));
    let solved = &due["receipt"]["events"][0]["body"]["BidPricesSet"];
    near(&priced(&solved["prices"]), &[25.0, 21.0]);
    assert_eq!(solved["solved"]["bound"], Value::Null);
}

/// Without a forecast a unit is worth more the more of them are used: half of ten at 377,541 millionths of
/// what it could save. A node whose stock came later is not known yet.
#[test]
fn without_a_forecast_prices_rise_with_use() {
    let mut shop = shop(json!(["30 unfilled_units + 1 freight + 1 bid_price"]));
    shop.receive("R-3", "WEST", "TEE", 9);
    let cold = json!({"worth": "12", "every_minutes": 60});
    let first = shop.ok("set_bid_prices", json!({"forecast": cold}))["BidPricesSet"].clone();
    assert_eq!((&first["prices"], &first["solved"]["bound"]), (&json!([]), &Value::Null));
    let line = json!([{"sku": "TEE", "qty": 5}]);
    shop.ok(
        "place_order",
        json!({"order": "1", "channel": "web", "to": {"lat": "40", "lon": "-119"},
        "lines": line}),
    );
    shop.wait(1);
    let quiet = shop.say("advance_time", json!({}));
    let solved = &quiet["receipt"]["events"][0]["body"]["BidPricesSet"];
    assert_eq!(solved["prices"], json!([{"sku": "TEE", "node": "WEST", "price": "4.530488"}]));
    assert_eq!(shop.ask("bid_prices", json!({}))["prices"], solved["prices"]);
    for (forecast, name) in [
        (json!({"worth": "0", "every_minutes": 60}), "InvalidField"),
        (json!({"worth": "1000000.01", "every_minutes": 60}), "InvalidField"),
        (json!({"worth": "1", "orders": orders(1), "every_minutes": 60}), "InvalidField"),
    ] {
        shop.no("set_bid_prices", json!({"forecast": forecast}), name);
    }
    let again = Book::replay(&shop.book.log_since(1).expect("all of it")).expect("it replays");
    assert_eq!(again.state_hash(), shop.book.state_hash());
}

/// Money that a tier weighs a hundredfold is told as money all the same: 3,000 less 500 for a unit at WEST
/// are 25.
#[test]
fn prices_are_money_whatever_it_weighs() {
    let mut one = shop(json!(["3000 unfilled_units + 100 freight + 100 bid_price"]));
    let found = one.ask("bid_prices", json!({"forecast": orders(3)}));
    near(&priced(&found["prices"]), &[25.0, 21.0]);
    near(&[money(&found["bound"])], &[44.0]);
    let two = json!(["1 unfilled_lines", "100 freight + 100 bid_price"]);
    near(&priced(&shop(two).ask("bid_prices", json!({"forecast": orders(3)}))["prices"]), &[13.0, 9.0]);
    let halves = json!(["15 unfilled_units + 0.5 freight + 0.5 bid_price"]);
    near(&priced(&shop(halves).ask("bid_prices", json!({"forecast": orders(3)}))["prices"]), &[25.0, 21.0]);
}

/// Of ten units six are kept for the web, which expects eight orders; the market, which may not have those,
/// expects one. All nine are served, for 5 each, and nothing is short.
#[test]
fn what_is_kept_from_one_channel_is_there_for_another() {
    let tiers = json!(["30 unfilled_units + 1 freight + 1 bid_price"]);
    let mut shop = shop(tiers.clone());
    shop.ok("define_channel", json!({"channel": "market", "promise_hours": 96}));
    shop.receive("R-3", "WEST", "TEE", 9);
    shop.ok("set_protection", json!({"sku": "TEE", "node": "WEST", "channel": "web", "qty": 6}));
    let mut forecast = orders(8);
    let mut other = orders(1)[0].clone();
    other["channel"] = json!("market");
    forecast.as_array_mut().expect("orders").push(other);
    let found = shop.ask("bid_prices", json!({"forecast": forecast}));
    near(&priced(&found["prices"]), &[]);
    near(&[money(&found["bound"])], &[45.0]);
    // What may be brought from elsewhere is not looked at: nothing is known of what it costs at least.
    let otherwise = json!({"lateness": "allowed", "tiers": tiers, "transfers": "allowed"});
    shop.ok("set_policy", json!({"name": "brings", "rules": [], "otherwise": otherwise}));
    assert_eq!(shop.ask("bid_prices", json!({"forecast": forecast}))["bound"], Value::Null);
}

/// An order of fifty lines of two thousand units each: what it could save in three tiers below does not fit
/// a number. Asked, that is refused; on a date the last prices stay.
#[test]
fn tiers_that_do_not_fit_a_number_are_refused() {
    let mut shop = shop(json!(["30 unfilled_units + 1 freight + 1 bid_price"]));
    shop.ok("set_bid_prices", json!({"forecast": {"orders": orders(3), "every_minutes": 60}}));
    let mut lines = Vec::new();
    for at in 0..50 {
        shop.ok("define_sku", json!({"sku": format!("S{at}"), "price": "20", "weight_g": 700}));
        lines.push(json!({"sku": format!("S{at}"), "qty": 2_000}));
    }
    let goods = |line: &Value| {
        let mut line = line.clone();
        line["unit_cost"] = json!("7");
        line
    };
    for node in ["WEST", "EAST"] {
        let lines: Vec<Value> = lines.iter().map(goods).collect();
        shop.ok("receive_goods", json!({"receipt": node, "node": node, "lines": lines}));
    }
    let mut large = orders(1);
    large[0]["lines"] = json!(lines);
    shop.ok("set_bid_prices", json!({"forecast": {"orders": large, "every_minutes": 60}}));
    let before = in_force(&shop);
    let tiers = json!(["1 unfilled_units", "1 distance_km", "1 freight", "1 margin + 1 bid_price"]);
    let otherwise = json!({"lateness": "allowed", "tiers": tiers});
    shop.ok("set_policy", json!({"name": "p", "rules": [], "otherwise": otherwise}));
    shop.no("set_bid_prices", json!({"forecast": {"orders": large, "every_minutes": 60}}), "BatchTooLarge");
    shop.wait(1);
    shop.ok("advance_time", json!({}));
    assert_eq!(in_force(&shop), before);
}
