//! What may be promised: cases with numbers from peers' manuals and suites, and pains of their users that cannot
//! happen here. Each test names its case.

use serde_json::{Value, json};
use stockbook::Book;

/// A book that is spoken to in JSON.
struct Shop {
    book: Book,
    said: u64,
    minute: i64,
}

const PLACE: [(&str, &str); 4] = [("40", "-75"), ("41", "-87"), ("39", "-119"), ("33", "-97")];

impl Shop {
    /// Nodes A to D, channels `web` and `market`, SKU `X` whose quantities have `decimals`.
    fn new(decimals: u8) -> Shop {
        let mut shop = Shop { book: Book::new(), said: 0, minute: 0 };
        shop.say("define_reason", json!({"reason": "r"}));
        shop.say("define_sku", json!({"sku": "X", "price": "10", "decimals": decimals}));
        for (node, (lat, lon)) in ["A", "B", "C", "D"].iter().zip(PLACE) {
            let place = json!({"lat": lat, "lon": lon});
            shop.say("define_node", json!({"node": node, "kind": "warehouse", "place": place}));
        }
        for channel in ["web", "market"] {
            shop.say("define_channel", json!({"channel": channel, "promise_hours": 96}));
        }
        shop.policy("refuse", "allowed");
        shop
    }

    fn policy(&mut self, shortage: &str, line_split: &str) {
        let tiers = json!([[{"measure": "unfilled_units", "weight": "1"}],
            [{"measure": "distance_km", "weight": "1"}]]);
        let otherwise = json!({"lateness": "allowed", "shortage": shortage, "line_split": line_split,
            "tiers": tiers});
        self.say("set_policy", json!({"name": "p", "otherwise": otherwise}));
    }

    /// Says a command; gives the answer.
    fn try_say(&mut self, word: &str, body: Value) -> Value {
        self.said += 1;
        self.minute += 1;
        let at = format!("2026-01-05T{:02}:{:02}:00Z", self.minute / 60, self.minute % 60);
        let command = json!({"id": format!("c{}", self.said), "at": at, "command": {word: body}});
        let answer = self.book.execute_json(command.to_string().as_bytes());
        self.book.verify().unwrap_or_else(|broken| panic!("after {command}: {broken}"));
        serde_json::from_str(&answer).unwrap_or_else(|e| panic!("{e}: {answer}"))
    }

    /// Says a command that must be accepted; gives its event.
    fn say(&mut self, word: &str, body: Value) -> Value {
        let answer = self.try_say(word, body.clone());
        let events =
            answer["receipt"]["events"].as_array().unwrap_or_else(|| panic!("{word} {body}: {answer}"));
        events.last().map(|event| event["body"].clone()).unwrap_or_default()
    }

    /// Says a command that must be refused; gives the refusal's name. Nothing changes.
    fn refused(&mut self, word: &str, body: Value) -> String {
        let before = self.book.state_hash();
        let answer = self.try_say(word, body);
        assert_eq!(self.book.state_hash(), before, "a refusal changes nothing");
        answer["rejection"]["name"].as_str().unwrap_or_else(|| panic!("accepted: {answer}")).to_owned()
    }

    fn ask(&self, word: &str, body: Value) -> Value {
        let answer = self.book.ask_json(json!({"ask": {word: body}}).to_string().as_bytes());
        let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|e| panic!("{e}: {answer}"));
        answer["answer"][word].clone()
    }

    fn receive(&mut self, node: &str, qty: i64) {
        let receipt = format!("R{}", self.said);
        let lines = json!([{"sku": "X", "qty": qty, "unit_cost": "5"}]);
        self.say("receive_goods", json!({"receipt": receipt, "node": node, "lines": lines}));
    }

    fn order(&self, order: &str, qty: i64) -> Value {
        json!({"order": order, "channel": "web", "to": {"lat": "40", "lon": "-75"},
            "lines": [{"sku": "X", "qty": qty}]})
    }

    /// Units that `web` may sell, over all nodes.
    fn available(&self) -> i64 {
        self.ask("available", json!({"sku": "X", "channel": "web"}))["available"].as_i64().expect("a number")
    }

    /// Sellable and reserved units at a node.
    fn cell(&self, node: &str) -> (i64, i64) {
        let stock = self.ask("stock", json!({"sku": "X", "node": node}));
        (stock[0]["sellable"].as_i64().expect("units"), stock[0]["reserved"].as_i64().expect("units"))
    }
}

fn numbers(list: &Value, field: &str) -> Vec<i64> {
    list.as_array().into_iter().flatten().filter_map(|row| row[field].as_i64()).collect()
}

#[test]
fn peers_msi_group_availability() {
    // A 5.5, B 3, C 10 out of stock, D disabled 10: the group has 8.5.
    let mut shop = Shop::new(1);
    for (node, qty) in [("A", 55), ("B", 30), ("D", 100)] {
        shop.receive(node, qty);
    }
    let quarantined =
        json!([{"sku": "X", "qty": 100, "unit_cost": "5", "place": {"condition": "quarantined"}}]);
    shop.say("receive_goods", json!({"receipt": "C", "node": "C", "lines": quarantined}));
    shop.say("set_node_status", json!({"node": "D", "status": "closed", "reason": "r"}));
    let group = json!({"sku": "X", "days": 1, "nodes": ["A", "B", "C", "D"]});
    assert_eq!(shop.ask("atp", group.clone())["free"], 85);
    // Reserve 5, release 1.5.
    shop.say("place_order", shop.order("1", 50));
    shop.say("cancel_order", json!({"order": "1", "reason": "r", "lines": [{"line": 1, "qty": 15}]}));
    assert_eq!(shop.ask("atp", group.clone())["free"], 50);
    shop.say("cancel_order", json!({"order": "1", "reason": "r"}));
    // A floor of 5: 3 sells, 4 does not.
    let floor = json!([{"pool": "floor", "min": {"qty": 50}}]);
    shop.say("set_protection_plan", json!({"sku": "X", "pools": floor}));
    assert_eq!(shop.refused("place_order", shop.order("4", 40)), "StockShort");
    shop.say("place_order", shop.order("3", 30));
}

#[test]
fn peers_microsoft_atp_by_day() {
    let mut shop = Shop::new(0);
    shop.receive("A", 20);
    shop.say("define_supplier", json!({"supplier": "S", "lead_time_days": 3, "expedite_days": 1}));
    for (day, qty) in [(3, 10), (5, 1), (6, 3)] {
        let lines = json!([{"sku": "X", "qty": qty, "unit_cost": "5"}]);
        let at = format!("2026-01-{:02}T12:00:00Z", 4 + day);
        shop.say(
            "place_purchase_order",
            json!({"purchase_order": format!("P{day}"), "supplier": "S",
            "node": "A", "expected_at": at, "lines": lines}),
        );
    }
    let at = |day: i64| format!("2026-01-{:02}T13:00:00Z", 4 + day);
    let demands = json!([{"at": at(1), "qty": 3}, {"at": at(4), "qty": 15}]);
    let query = json!({"sku": "X", "from": "2026-01-05T01:00:00Z", "days": 7, "demands": demands});
    let view = shop.ask("atp", query);
    assert_eq!(numbers(&view["days"], "projected"), [17, 17, 27, 12, 13, 16, 16]);
    assert_eq!(numbers(&view["days"], "atp"), [12, 12, 12, 12, 13, 16, 16]);
    // Three have been sold; day 4 comes and the ten have not arrived.
    shop.say("place_order", shop.order("1", 3));
    let demands = json!([{"at": at(4), "qty": 15}]);
    let query = json!({"sku": "X", "from": "2026-01-08T01:00:00Z", "days": 7, "demands": demands});
    assert_eq!(numbers(&shop.ask("atp", query)["days"], "atp"), [2, 3, 6, 6, 6, 6, 6]);
}

#[test]
fn peers_oca_one_shipment_releases_nothing_direct_releases_the_line() {
    // Two lines of 5 with 5 and 10 there; the first order took the 5.
    let mut shop = Shop::new(0);
    shop.say("define_sku", json!({"sku": "Y", "price": "1"}));
    shop.receive("A", 5);
    let lines = json!([{"sku": "Y", "qty": 10, "unit_cost": "5"}]);
    shop.say("receive_goods", json!({"receipt": "RY", "node": "A", "lines": lines}));
    shop.say("place_order", shop.order("first", 5));
    let mut both = shop.order("both", 5);
    both["lines"] = json!([{"sku": "X", "qty": 5}, {"sku": "Y", "qty": 5}]);
    assert_eq!(shop.refused("place_order", both.clone()), "StockShort");
    shop.policy("backorder", "allowed");
    shop.say("place_order", both);
    let order = shop.ask("order", json!({"document": "both"}));
    assert_eq!(numbers(&order["lines"], "reserved"), [0, 5]);
    assert_eq!(numbers(&order["lines"], "backordered"), [5, 0]);
}

#[test]
fn pain_01_the_last_unit_is_sold_once() {
    let mut shop = Shop::new(0);
    shop.receive("A", 1);
    shop.say("place_order", shop.order("1", 1));
    assert_eq!(shop.refused("place_order", shop.order("2", 1)), "StockShort");
    assert_eq!((shop.available(), shop.cell("A")), (0, (1, 1)));
}

#[test]
fn pain_02_paid_orders_have_stock_or_somebody_is_told() {
    let mut shop = Shop::new(0);
    shop.receive("A", 1);
    // The checkout holds the unit while the payment is under way, so that nobody else gets it.
    let lines = json!([{"sku": "X", "node": "A", "qty": 1}]);
    shop.say(
        "hold_stock",
        json!({"hold": "H", "channel": "web", "lines": lines,
        "expires_at": "2026-01-05T12:00:00Z"}),
    );
    assert_eq!(shop.refused("place_order", shop.order("other", 1)), "StockShort");
    let mut paid = shop.order("paid", 1);
    paid["hold"] = json!("H");
    shop.say("place_order", paid);
    // A sale that a marketplace has accepted is taken over and a person is told.
    let mut accepted = shop.order("accepted", 1);
    accepted["commitment"] = json!("external");
    let placed = shop.say("place_order", accepted);
    assert_eq!(placed["OrderPlaced"]["exceptions"][0]["code"], "short_allocation");
    assert_eq!(placed["OrderPlaced"]["plan"]["backordered"][0]["qty"], 1);
}

#[test]
fn pain_05_what_is_shown_over_all_sites_can_be_bought() {
    let mut shop = Shop::new(0);
    shop.receive("A", 3);
    shop.receive("B", 4);
    assert_eq!(shop.available(), 7);
    shop.say("place_order", shop.order("1", 7));
    assert_eq!((shop.cell("A"), shop.cell("B"), shop.available()), ((3, 3), (4, 4), 0));
}

#[test]
fn pain_06_one_sku_ships_from_two_sites() {
    let mut shop = Shop::new(0);
    shop.receive("A", 3);
    shop.receive("B", 4);
    shop.say("place_order", shop.order("1", 7));
    for (node, qty) in [("A", 3), ("B", 4)] {
        let shipped = shop.say("ship_order", json!({"order": "1", "node": node}));
        assert_eq!(shipped["OrderShipped"]["lines"][0]["qty"], qty);
        assert_eq!(shop.cell(node), (0, 0));
    }
    assert_eq!(shop.ask("order", json!({"document": "1"}))["state"], "shipped");
}

#[test]
fn pain_07_nothing_stays_reserved_for_nobody() {
    let mut shop = Shop::new(0);
    shop.receive("A", 50);
    let mut dice = 11u64;
    for number in 0..200 {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (name, qty) = (number.to_string(), 1 + (dice >> 40) as i64 % 4);
        match (dice >> 33) % 4 {
            0 => drop(shop.try_say("place_order", shop.order(&name, qty))),
            1 => {
                let lines = json!([{"sku": "X", "node": "A", "qty": qty}]);
                shop.try_say(
                    "hold_stock",
                    json!({"hold": name, "channel": "web", "lines": lines,
                    "expires_at": format!("2026-01-05T{:02}:59:00Z", 1 + shop.minute / 60)}),
                );
            }
            2 => {
                drop(shop.try_say("cancel_order", json!({"order": (dice >> 50).to_string(), "reason": "r"})))
            }
            _ => drop(shop.try_say("release_hold", json!({"hold": ((dice >> 50) % 200).to_string()}))),
        }
    }
    for number in 0..200 {
        shop.try_say("cancel_order", json!({"order": number.to_string(), "reason": "r"}));
        shop.try_say("release_hold", json!({"hold": number.to_string()}));
    }
    assert_eq!((shop.cell("A"), shop.available()), ((50, 0), 50), "every document gave back what it had");
}

#[test]
fn pain_09_a_cancellation_gives_back_once() {
    let mut shop = Shop::new(0);
    shop.receive("A", 10);
    shop.say("place_order", shop.order("1", 4));
    shop.say("cancel_order", json!({"order": "1", "reason": "r", "lines": [{"line": 1, "qty": 1}]}));
    assert_eq!(shop.cell("A"), (10, 3));
    shop.say("cancel_order", json!({"order": "1", "reason": "r"}));
    assert_eq!(shop.cell("A"), (10, 0));
    assert_eq!(shop.refused("cancel_order", json!({"order": "1", "reason": "r"})), "IllegalStep");
    assert_eq!(shop.refused("reallocate_order", json!({"order": "1", "reason": "r"})), "IllegalStep");
    assert_eq!((shop.cell("A"), shop.available()), ((10, 0), 10));
}

#[test]
fn pain_14_an_abandoned_cart_gives_its_stock_back() {
    // A flash sale: 40 of 100 units lie in carts that nobody pays for.
    let mut shop = Shop::new(0);
    shop.receive("A", 100);
    for cart in 0..40 {
        let lines = json!([{"sku": "X", "node": "A", "qty": 1}]);
        shop.say(
            "hold_stock",
            json!({"hold": format!("cart {cart}"), "channel": "web", "lines": lines,
            "expires_at": "2026-01-05T02:00:00Z"}),
        );
    }
    assert_eq!(shop.available(), 60);
    shop.minute = 120;
    shop.say("place_order", shop.order("all", 100));
    assert_eq!(shop.cell("A"), (100, 100));
}

#[test]
fn pain_21_backorders_live_on_and_fill_first_come_first_served() {
    let mut shop = Shop::new(0);
    shop.policy("backorder", "allowed");
    shop.receive("A", 3);
    shop.say("place_order", shop.order("first", 5));
    shop.say("place_order", shop.order("second", 2));
    let waits = |shop: &Shop, order: &str| {
        numbers(&shop.ask("order", json!({"document": order}))["lines"], "backordered")
    };
    // The first ships what it has and goes on waiting for the rest.
    shop.say("ship_order", json!({"order": "first", "node": "A"}));
    assert_eq!((waits(&shop, "first"), waits(&shop, "second")), (vec![2], vec![2]));
    shop.receive("B", 3);
    assert_eq!((waits(&shop, "first"), waits(&shop, "second")), (vec![0], vec![1]));
    shop.receive("A", 3);
    assert_eq!((waits(&shop, "second"), shop.available()), (vec![0], 2));
}
