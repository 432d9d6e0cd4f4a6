//! Subscriptions: orders that the book places when they are due.

use serde_json::{Value, json};
use stockbook::{Book, DocumentKind};
use stockbook_tests::shop::Shop;

/// A shop with 100 tees, which are backordered beyond that.
fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.ok("define_reason", json!({"reason": "customer"}));
    shop.ok("define_sku", json!({"sku": "TEE", "price": "20"}));
    let place = json!({"lat": "39.53", "lon": "-119.81"});
    shop.ok("define_node", json!({"node": "RENO", "kind": "warehouse", "place": place}));
    shop.ok("define_channel", json!({"channel": "web", "promise_hours": 96}));
    rule(&mut shop, "backorder");
    shop.receive("R", "RENO", "TEE", 100);
    shop
}

fn rule(shop: &mut Shop, shortage: &str) {
    let tiers = json!([[{"measure": "unfilled_units", "weight": "1"}]]);
    let rule = json!({"tiers": tiers, "shortage": shortage, "line_split": "allowed", "lateness": "allowed"});
    shop.ok("set_policy", json!({"name": "p", "otherwise": rule}));
}

/// `qty` tees for 18 each, for customer c-7.
fn capture(number: &str, qty: i64) -> Value {
    let to = json!({"lat": "34.05", "lon": "-118.24"});
    let lines = json!([{"sku": "TEE", "qty": qty, "price": "18"}]);
    let order = json!({"order": number, "channel": "web", "to": to, "lines": lines});
    json!({"order": order, "customer": "c-7"})
}

/// Every so many units from a date, at nine.
fn every(count: u32, unit: &str, first: &str) -> Value {
    json!({"every": count, "unit": unit, "first_at": format!("{first}T09:00:00Z")})
}

fn subscribe(shop: &mut Shop, number: &str, qty: i64, rhythm: Value) {
    let set = json!({"subscription": number, "capture": capture(number, qty), "rhythm": rhythm});
    shop.ok("set_subscription", set);
}

fn set_at(shop: &mut Shop, at: &str, body: Value) {
    let answer = shop.say_at(at, "set_subscription", body);
    assert!(answer["receipt"].is_object(), "{answer}");
}

/// When an order was placed and of how many units at which price; `None` if there is none.
fn placed(shop: &mut Shop, number: &str) -> Option<(String, i64, String)> {
    let view = shop.ask("order", json!({"document": number}));
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    let line = &view["lines"][0];
    Some((text(&view["placed_at"])?, line["qty"].as_i64()?, text(&line["price"])?))
}

/// The dates of a subscription's orders, as days and hours.
fn dates(shop: &mut Shop, number: &str) -> Vec<String> {
    let order = |n: u32| placed(shop, &format!("{number}/{n}"));
    (1..).map_while(order).map(|(at, ..)| at[..16].to_owned()).collect()
}

/// Where a subscription stands, when it is due next, and how often it was.
fn standing(shop: &mut Shop, number: &str) -> (String, Option<String>, u64) {
    let all = shop.ask("subscriptions", json!({}));
    let all = all.as_array().expect("subscriptions");
    let row = all.iter().find(|row| row["subscription"] == number).expect("it is there");
    let next = row["next_at"].as_str().map(|at| at[..16].to_owned());
    (row["status"].as_str().expect("a status").into(), next, row["ordered"].as_u64().expect("a number"))
}

#[test]
fn a_month_that_is_short_orders_on_its_last_day() {
    let mut shop = shop();
    subscribe(&mut shop, "S", 2, every(1, "month", "2026-01-31"));
    assert_eq!(standing(&mut shop, "S"), ("active".into(), Some("2026-01-31T09:00".into()), 0));
    assert_eq!(shop.advance("2026-01-31T08:59:59Z"), ["TimeAdvanced"]);
    assert_eq!(
        shop.advance("2026-01-31T09:00:00Z"),
        ["SubscriptionOrdered", "OrderPlaced", "TimeAdvanced"],
        "what is due at a time is placed before what is said then"
    );
    shop.advance("2026-05-30T00:00:00Z");
    let months = ["2026-01-31T09:00", "2026-02-28T09:00", "2026-03-31T09:00", "2026-04-30T09:00"];
    assert_eq!(dates(&mut shop, "S"), months);
    assert_eq!(standing(&mut shop, "S"), ("active".into(), Some("2026-05-31T09:00".into()), 4));
    // The subscription's price, not the list's; its customer; its goods reserved as any order's.
    assert_eq!(placed(&mut shop, "S/3"), Some(("2026-03-31T09:00:00Z".into(), 2, "18.00".into())));
    assert_eq!(shop.ask("fulfilment", json!({"document": "S/3"}))["customer"], "c-7");
    assert_eq!(shop.stock("TEE", "RENO"), (100, 92));
    assert!(shop.codes().is_empty(), "the same goods to the same customer are no fault");
    shop.is_replayed();
}

#[test]
fn a_leap_day_and_weeks_and_days_count_from_the_first_date() {
    let mut shop = shop();
    subscribe(&mut shop, "Y", 1, every(12, "month", "2024-02-29"));
    subscribe(&mut shop, "W", 1, every(2, "week", "2026-01-06"));
    subscribe(&mut shop, "D", 1, every(10, "day", "2026-01-06"));
    // What began in the past is due at the first date from now on, and counts its dates from the first.
    assert_eq!(standing(&mut shop, "Y"), ("active".into(), Some("2026-02-28T09:00".into()), 0));
    shop.advance("2028-03-01T00:00:00Z");
    assert_eq!(dates(&mut shop, "Y"), ["2026-02-28T09:00", "2027-02-28T09:00", "2028-02-29T09:00"]);
    let weeks = dates(&mut shop, "W");
    assert_eq!(weeks[..3], ["2026-01-06T09:00", "2026-01-20T09:00", "2026-02-03T09:00"]);
    let days = dates(&mut shop, "D");
    assert_eq!(days[..4], ["2026-01-06T09:00", "2026-01-16T09:00", "2026-01-26T09:00", "2026-02-05T09:00"]);
    // 784 days and 15 hours lie between: 56 dates of weeks more, 78 of days more.
    assert_eq!((weeks.len(), days.len()), (57, 79));
}

#[test]
fn it_recurs_at_the_same_time_of_day_where_its_customer_lives() {
    let mut shop = shop();
    let mut rhythm = every(1, "month", "2026-01-15");
    rhythm["first_at"] = json!("2026-01-15T14:00:00Z");
    rhythm["time_zone"] = json!("America/Chicago");
    subscribe(&mut shop, "S", 1, rhythm);
    shop.advance("2026-04-01T00:00:00Z");
    // Eight in the morning in Chicago, in winter and in summer time.
    assert_eq!(dates(&mut shop, "S"), ["2026-01-15T14:00", "2026-02-15T14:00", "2026-03-15T13:00"]);
}

#[test]
fn time_that_jumps_places_what_days_would_have() {
    let (mut jumps, mut walks) = (shop(), shop());
    for shop in [&mut jumps, &mut walks] {
        subscribe(shop, "S", 7, every(9, "day", "2026-01-10"));
        subscribe(shop, "T", 5, every(1, "week", "2026-01-10"));
    }
    jumps.advance("2026-03-20T00:00:00Z");
    for month in 1..=3 {
        for day in 1..=28 {
            let at = format!("2026-{month:02}-{day:02}T23:00:00Z");
            if ("2026-01-06T00:00:00Z".."2026-03-20T00:00:00Z").contains(&at.as_str()) {
                walks.advance(&at);
            }
        }
    }
    walks.advance("2026-03-20T00:00:00Z");
    // Eight of seven and ten of five are more than there are: the last ones wait, in the order of dates.
    for (number, times) in [("S", 8), ("T", 10)] {
        assert_eq!(dates(&mut jumps, number).len(), times);
        for n in 1..=times {
            let about = json!({"document": format!("{number}/{n}")});
            assert_eq!(jumps.ask("order", about.clone()), walks.ask("order", about), "{number}/{n}");
        }
    }
    assert_eq!(jumps.ask("subscriptions", json!({})), walks.ask("subscriptions", json!({})));
    assert_eq!(jumps.stock("TEE", "RENO"), (100, 0));
    assert_eq!(jumps.ask("exceptions", json!({})), walks.ask("exceptions", json!({})));
}

#[test]
fn what_would_be_due_while_it_pauses_is_let_go() {
    let mut shop = shop();
    subscribe(&mut shop, "S", 1, every(1, "month", "2026-01-31"));
    set_at(&mut shop, "2026-02-01T00:00:00Z", json!({"subscription": "S", "status": "paused"}));
    assert_eq!(standing(&mut shop, "S"), ("paused".into(), None, 1));
    assert_eq!(shop.advance("2026-04-29T00:00:00Z"), ["TimeAdvanced"]);
    // A change while it pauses does not wake it.
    set_at(&mut shop, "2026-04-29T00:00:00Z", json!({"subscription": "S", "capture": capture("S", 3)}));
    assert_eq!(standing(&mut shop, "S"), ("paused".into(), None, 1));
    set_at(&mut shop, "2026-04-29T00:00:00Z", json!({"subscription": "S", "status": "active"}));
    shop.advance("2026-06-15T00:00:00Z");
    let months = ["2026-01-31T09:00", "2026-04-30T09:00", "2026-05-31T09:00"];
    assert_eq!(dates(&mut shop, "S"), months);
    assert_eq!(placed(&mut shop, "S/2").map(|(_, qty, _)| qty), Some(3));
    shop.is_replayed();
}

#[test]
fn a_change_holds_from_the_next_order_on() {
    let mut shop = shop();
    subscribe(&mut shop, "S", 1, every(1, "month", "2026-01-31"));
    shop.advance("2026-01-31T09:00:00Z");
    // At the very date that was ordered for, a rhythm that has it too does not order for it again.
    let mut change = json!({"subscription": "S", "capture": capture("S", 4)});
    change["capture"]["order"]["lines"][0]["price"] = json!("17.50");
    change["rhythm"] = every(2, "week", "2026-01-31");
    set_at(&mut shop, "2026-01-31T09:00:00Z", change);
    assert_eq!(standing(&mut shop, "S"), ("active".into(), Some("2026-02-14T09:00".into()), 1));
    shop.advance("2026-03-01T00:00:00Z");
    assert_eq!(dates(&mut shop, "S"), ["2026-01-31T09:00", "2026-02-14T09:00", "2026-02-28T09:00"]);
    assert_eq!(placed(&mut shop, "S/1").map(|(_, qty, price)| (qty, price)), Some((1, "18.00".into())));
    assert_eq!(placed(&mut shop, "S/2").map(|(_, qty, price)| (qty, price)), Some((4, "17.50".into())));
    // Without a price, the list's of the day.
    let mut change = json!({"subscription": "S", "capture": capture("S", 4)});
    change["capture"]["order"]["lines"] = json!([{"sku": "TEE", "qty": 1}]);
    set_at(&mut shop, "2026-03-01T00:00:00Z", change);
    let price = json!({"sku": "TEE", "price": "25"});
    assert!(shop.say_at("2026-03-02T00:00:00Z", "define_sku", price)["receipt"].is_object());
    shop.advance("2026-03-15T00:00:00Z");
    assert_eq!(placed(&mut shop, "S/4").map(|(_, _, price)| price), Some("25.00".into()));
}

#[test]
fn a_skipped_date_counts_for_no_order() {
    let mut shop = shop();
    let mut rhythm = every(1, "month", "2026-01-31");
    rhythm["orders_max"] = json!(3);
    subscribe(&mut shop, "S", 1, rhythm);
    set_at(&mut shop, "2026-02-01T00:00:00Z", json!({"subscription": "S", "skip": 1}));
    assert_eq!(standing(&mut shop, "S").1.as_deref(), Some("2026-03-31T09:00"));
    // A change of goods does not undo it; a pause does not either.
    set_at(&mut shop, "2026-02-02T00:00:00Z", json!({"subscription": "S", "capture": capture("S", 2)}));
    set_at(&mut shop, "2026-02-02T00:00:00Z", json!({"subscription": "S", "status": "paused"}));
    set_at(&mut shop, "2026-02-02T00:00:00Z", json!({"subscription": "S", "status": "active"}));
    shop.advance("2026-12-31T00:00:00Z");
    assert_eq!(dates(&mut shop, "S"), ["2026-01-31T09:00", "2026-03-31T09:00", "2026-04-30T09:00"]);
    assert_eq!(standing(&mut shop, "S"), ("ended".into(), None, 3));
    shop.is_replayed();
}

#[test]
fn it_ends_by_date_by_number_or_by_word() {
    let mut shop = shop();
    let mut by_date = every(1, "week", "2026-01-06");
    by_date["last_at"] = json!("2026-01-20T09:00:00Z");
    subscribe(&mut shop, "A", 1, by_date);
    let mut by_number = every(1, "week", "2026-01-06");
    by_number["orders_max"] = json!(2);
    subscribe(&mut shop, "B", 1, by_number);
    subscribe(&mut shop, "C", 1, every(1, "week", "2026-01-06"));
    let end = json!({"subscription": "C", "status": "ended"});
    set_at(&mut shop, "2026-01-14T00:00:00Z", end);
    shop.advance("2026-03-01T00:00:00Z");
    for (number, orders) in [("A", 3), ("B", 2), ("C", 2)] {
        assert_eq!(standing(&mut shop, number), ("ended".into(), None, orders), "{number}");
        assert_eq!(dates(&mut shop, number).len() as u64, orders, "{number}");
    }
    shop.is_replayed();
}

#[test]
fn its_orders_are_orders_of_their_channel() {
    let mut shop = shop();
    let scope = json!({"channel": "web"});
    let limit = json!({"parameter": "credit_limit", "scope": &scope, "value": "500", "reason": "told"});
    shop.ok("set_parameter", limit);
    rule(&mut shop, "refuse");
    subscribe(&mut shop, "S", 30, every(1, "month", "2026-01-10"));
    let other = json!({"order": "S/3", "channel": "web", "to": {"lat": "34.05", "lon": "-118.24"},
        "lines": [{"sku": "TEE", "qty": 1}]});
    shop.ok("place_order", other);
    // 30 for 18 each are above what the customer may owe: held like any order of his.
    assert_eq!(shop.advance("2026-01-11T00:00:00Z"), ["SubscriptionOrdered", "OrderPlaced", "TimeAdvanced"]);
    assert_eq!(shop.ask("fulfilment", json!({"document": "S/1"}))["holds"], json!(["credit"]));
    assert_eq!(shop.codes(), ["credit_limit"]);
    let up = json!({"parameter": "credit_limit", "scope": scope, "value": "100000", "reason": "told"});
    shop.say_at("2026-01-12T00:00:00Z", "set_parameter", up);
    // More than is there, under a policy that refuses that: parked, and the next one is due all the same.
    set_at(&mut shop, "2026-01-12T00:00:00Z", json!({"subscription": "S", "capture": capture("S", 90)}));
    assert_eq!(shop.advance("2026-02-11T00:00:00Z"), ["SubscriptionOrdered", "OrderParked", "TimeAdvanced"]);
    let open = shop.ask("exceptions", json!({}));
    let parked: Vec<&Value> = open.as_array().expect("exceptions").iter().collect();
    let subjects: Vec<&Value> = parked.iter().map(|row| &row["subject"]).collect();
    assert_eq!(
        (shop.codes(), subjects[1]),
        (vec!["credit_limit".into(), "order_parked".into(), "oversell_averted".into()], &json!("S/2"))
    );
    assert_eq!(standing(&mut shop, "S"), ("active".into(), Some("2026-03-10T09:00".into()), 2));
    // A person places it as it can be; that closes the exception.
    let mut order = capture("S/2", 10)["order"].clone();
    order["terms"] = json!({"customer": "c-7"});
    assert!(shop.say_at("2026-02-12T00:00:00Z", "place_order", order)["receipt"].is_object());
    assert_eq!(shop.codes(), ["credit_limit"]);
    // A number that somebody took is a fault of the order, not of time.
    set_at(&mut shop, "2026-02-12T00:00:00Z", json!({"subscription": "S", "capture": capture("S", 1)}));
    assert_eq!(shop.advance("2026-03-11T00:00:00Z"), ["SubscriptionOrdered", "OrderParked", "TimeAdvanced"]);
    let events = shop.ask("events", json!({"from": shop.book.sequence() - 1, "most": 1}));
    let faults = &events[0]["body"]["OrderParked"]["faults"];
    assert!(faults[0].as_str().is_some_and(|fault| fault.contains("S/3")), "{events}");
    shop.is_replayed();
}

#[test]
fn rules_judge_its_orders_as_those_of_who_set_it() {
    let mut shop = shop();
    shop.ok("define_role", json!({"role": "desk", "commands": []}));
    shop.ok("grant_roles", json!({"actor": "mia", "roles": ["desk"]}));
    let limit = json!({"command": "place_order", "measure": "backorder_units", "above": "20", "role": "desk",
        "expires_hours": 80});
    shop.ok("set_approval_rule", limit);
    subscribe(&mut shop, "S", 130, every(1, "month", "2026-01-10"));
    assert_eq!(
        shop.advance("2026-01-11T00:00:00Z"),
        ["SubscriptionOrdered", "ApprovalRequested", "TimeAdvanced"]
    );
    assert_eq!(placed(&mut shop, "S/1"), None);
    let approve = json!({"id": "yes", "actor": "mia", "at": "2026-01-11T01:00:00Z",
        "command": {"approve_command": {"approval": 1, "evidence": "he always buys that much"}}});
    let answer = shop.book.execute_json(approve.to_string().as_bytes());
    assert!(answer.contains("\"receipt\""), "{answer}");
    assert_eq!(placed(&mut shop, "S/1").map(|(_, qty, _)| qty), Some(130));
    // Another system places orders here from now on: the book's own are parked, and time goes on.
    let source = json!({"event": "OrderPlaced", "sources": ["storefront"], "otherwise": "reject"});
    assert!(shop.say_at("2026-01-12T00:00:00Z", "set_source_of_record", source)["receipt"].is_object());
    let due = shop.advance("2026-02-11T00:00:00Z");
    assert_eq!(due[1..], ["SubscriptionOrdered", "OrderParked", "TimeAdvanced"], "a backorder aged first");
    // Where that system sets the subscription, its orders are its own, whoever moves time.
    let set = json!({"id": "front", "source": "storefront", "at": "2026-02-12T00:00:00Z",
        "command": {"set_subscription": {"subscription": "S", "capture": capture("S", 1)}}});
    let answer = shop.book.execute_json(set.to_string().as_bytes());
    assert!(answer.contains("\"receipt\""), "{answer}");
    assert_eq!(shop.advance("2026-03-11T00:00:00Z"), ["SubscriptionOrdered", "OrderPlaced", "TimeAdvanced"]);
    shop.is_replayed();
}

#[test]
fn a_snapshot_in_between_gives_the_same_rest_and_a_refusal_takes_what_was_due_back() {
    let mut shop = shop();
    subscribe(&mut shop, "S", 2, every(1, "month", "2026-01-31"));
    shop.advance("2026-03-01T00:00:00Z");
    let (cut, early) = (shop.book.sequence(), shop.book.snapshot());
    let mut other = Shop::new();
    other.book = Book::restore(&early).expect("a snapshot");
    // A command that is refused brings nothing about, not even what fell due before it.
    let before = shop.book.state_hash();
    let no = shop.say_at("2026-07-01T00:00:00Z", "release_hold", json!({"hold": "none"}));
    assert_eq!(no["rejection"]["name"], "UnknownDocument");
    assert_eq!((shop.book.state_hash(), placed(&mut shop, "S/3")), (before, None));
    let chain = json!({"chain": [
        {"id": "x", "at": "2026-07-01T00:00:00Z", "command": {"advance_time": {}}},
        {"id": "y", "at": "2026-07-01T00:00:00Z", "command": {"release_hold": {"hold": "none"}}}]});
    shop.book.execute_json(chain.to_string().as_bytes());
    assert_eq!((shop.book.state_hash(), placed(&mut shop, "S/3")), (before, None));
    // The rest is the same in the book that was restored, command by command and by its log.
    let tick = json!({"id": "t", "at": "2026-07-01T00:00:00Z", "command": {"advance_time": {}}});
    for book in [&mut shop.book, &mut other.book] {
        book.execute_json(tick.to_string().as_bytes());
    }
    assert_eq!(shop.book.snapshot(), other.book.snapshot());
    let mut restored = Book::restore(&early).expect("a snapshot");
    restored.apply_log(&shop.book.log_since(cut + 1).expect("the rest")).expect("it fits");
    assert_eq!(restored.state_hash(), shop.book.state_hash());
    assert_eq!(dates(&mut shop, "S").len(), 6);
    shop.is_replayed();
}

#[test]
fn a_slip_in_a_commands_time_does_not_fill_the_book_with_orders() {
    let mut shop = shop();
    subscribe(&mut shop, "S", 1, every(1, "day", "2026-02-01"));
    let before = shop.book.state_hash();
    for (at, word, body) in [
        ("2199-01-05T09:00:00Z", "advance_time", json!({})),
        ("2027-03-08T09:00:00Z", "define_reason", json!({"reason": "late"})),
    ] {
        let no = shop.say_at(at, word, body)["rejection"].clone();
        assert_eq!((&no["name"], &no["facts"]["most"]), (&json!("TimeTooFar"), &json!(400)), "{at}");
        assert_eq!(shop.book.state_hash(), before, "what was due is taken back");
    }
    // The four hundredth is due on the seventh of March; then come the next.
    shop.advance("2027-03-07T09:00:00Z");
    assert_eq!(standing(&mut shop, "S").2, 400);
    shop.advance("2027-03-08T09:00:00Z");
    assert_eq!(standing(&mut shop, "S").2, 401);
    shop.is_replayed();
}

#[test]
fn the_same_command_again_changes_nothing() {
    let mut shop = shop();
    let set = json!({"id": "s", "at": "2026-01-06T00:00:00Z", "command": {"set_subscription":
        {"subscription": "S", "capture": capture("S", 1), "rhythm": every(1, "week", "2026-01-07")}}});
    let say = |shop: &mut Shop| -> Value {
        serde_json::from_str(&shop.book.execute_json(set.to_string().as_bytes())).expect("JSON")
    };
    let first = say(&mut shop);
    assert!(first["receipt"].is_object(), "{first}");
    shop.advance("2026-01-08T00:00:00Z");
    let before = shop.book.state_hash();
    let again = say(&mut shop);
    assert_eq!((&again["receipt"]["repeated"], shop.book.state_hash()), (&json!(true), before), "{again}");
}

#[test]
fn what_is_wrong_with_it_is_refused_and_nothing_changes() {
    let mut shop = shop();
    let good =
        json!({"subscription": "S", "capture": capture("S", 1), "rhythm": every(1, "month", "2026-02-01")});
    let with = |path: &str, value: Value| {
        let mut body = good.clone();
        *body.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
        body
    };
    let adding = |path: &str, field: &str, value: Value| {
        let mut body = good.clone();
        body.pointer_mut(path).unwrap_or_else(|| panic!("{path}"))[field] = value;
        body
    };
    let order = "/capture/order";
    let mut long = good.clone();
    let number = "x".repeat(54);
    (long["subscription"], long["capture"]["order"]["order"]) = (json!(number), json!(number));
    for (body, name) in [
        (json!({"subscription": "S", "status": "paused"}), "InvalidField"),
        (json!({"subscription": "S", "rhythm": every(1, "day", "2026-02-01")}), "InvalidField"),
        (json!({"subscription": "S", "capture": capture("S", 1)}), "InvalidField"),
        (with("/subscription", json!("")), "InvalidCode"),
        (long, "TooMany"),
        (with("/capture/order/order", json!("T")), "InvalidField"),
        (with("/capture/order/channel", json!("moon")), "UnknownChannel"),
        (with("/capture/order/lines/0/sku", json!("CAP")), "UnknownSku"),
        (with("/capture/order/lines/0/qty", json!(0)), "InvalidQuantity"),
        (with("/capture/order/lines/0/price", json!("-1")), "PriceBelowZero"),
        (with("/capture/order/lines", json!([])), "NoLines"),
        (with("/capture/order/to/lat", json!("95")), "InvalidField"),
        (adding(order, "hold", json!("H")), "InvalidField"),
        (adding(order, "deliver_by", json!("2026-03-01T00:00:00Z")), "InvalidField"),
        (adding(order, "terms", json!({"ship_from": "2026-03-01T00:00:00Z"})), "InvalidField"),
        (adding(order, "terms", json!({"pickup": "MARS"})), "UnknownNode"),
        (adding("/capture", "address", json!(["Main St", " "])), "InvalidField"),
        (with("/rhythm/every", json!(0)), "InvalidField"),
        (with("/rhythm/every", json!(367)), "InvalidField"),
        (with("/rhythm/first_at", json!("1800-01-01T00:00:00Z")), "InvalidInstant"),
        (adding("/rhythm", "time_zone", json!("Moon/Base")), "InvalidField"),
        (adding("/rhythm", "last_at", json!("2026-01-31T00:00:00Z")), "InvalidField"),
        (adding("", "skip", json!(1_001)), "TooMany"),
        (adding("", "status", json!("ended")), "IllegalStep"),
    ] {
        let refused = shop.say("set_subscription", body.clone());
        assert_eq!(refused["rejection"]["name"], name, "{body}: {refused}");
        assert_eq!(shop.ask("subscriptions", json!({})), json!([]), "{body}");
    }
    shop.no("set_subscription", adding("", "skip", json!(1_001)), "TooMany");
    shop.ok("set_subscription", good.clone());
    shop.no("set_subscription", with("/capture/order/lines/0/sku", json!("CAP")), "UnknownSku");
    let skip = json!({"subscription": "S", "status": "paused", "skip": 1});
    shop.no("set_subscription", skip, "InvalidField");
    assert_eq!(standing(&mut shop, "S"), ("active".into(), Some("2026-02-01T09:00".into()), 0));
}

#[test]
fn every_step_of_its_life_is_in_the_table_and_no_other_is_taken() {
    let kind = DocumentKind::Subscription;
    let printed = Book::new().workflow(kind);
    assert!(printed.mermaid.contains("active --> ended : time"), "{}", printed.mermaid);
    for from in ["none", "active", "paused", "ended"] {
        for to in ["active", "paused", "ended"] {
            let mut shop = shop();
            if from != "none" {
                subscribe(&mut shop, "S", 1, every(1, "week", "2026-02-01"));
                shop.ok("set_subscription", json!({"subscription": "S", "status": from}));
            }
            let set = json!({"subscription": "S", "status": to, "capture": capture("S", 1),
                "rhythm": every(1, "week", "2026-02-01")});
            let legal = kind.arrow(from, "set_subscription").is_some_and(|arrow| arrow.to.contains(&to));
            if legal {
                shop.ok("set_subscription", set);
                assert_eq!(standing(&mut shop, "S").0, to);
            } else {
                let facts = shop.no("set_subscription", set, "IllegalStep");
                assert_eq!((&facts["kind"], &facts["state"]), (&json!("subscription"), &json!(from)));
            }
        }
    }
}
