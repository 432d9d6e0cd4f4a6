//! What may be promised: cases with numbers from peers' manuals and suites, and pains of their users that cannot
//! happen here. Each test names its case; what is promised over time stands in `peers_promises.rs`.

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

impl Shop {
    fn hold(&mut self, hold: &str, node: &str, nodes: &[&str], qty: i64) -> Value {
        let lines = json!([{"sku": "X", "node": node, "nodes": nodes, "qty": qty}]);
        let hold =
            json!({"hold": hold, "channel": "web", "lines": lines, "expires_at": "2026-01-06T00:00:00Z"});
        self.try_say("hold_stock", hold)
    }
}

#[test]
fn pain_08_a_moved_hold_is_checked_again() {
    // A hold of 2 to a node with 1 is refused, and nothing changes.
    let mut shop = Shop::new(0);
    shop.receive("A", 2);
    shop.receive("B", 1);
    shop.hold("H", "A", &[], 2);
    let to = json!({"hold": "H", "sku": "X", "to": "B"});
    assert_eq!(shop.refused("move_hold", to.clone()), "NotOnHand");
    assert_eq!((shop.cell("A"), shop.cell("B")), ((2, 2), (1, 0)));
    shop.receive("B", 1);
    shop.say("move_hold", to);
    assert_eq!((shop.cell("A"), shop.cell("B")), ((2, 0), (2, 2)));
}

#[test]
fn a_loose_hold_makes_room_for_a_pinned_one() {
    let mut shop = Shop::new(0);
    for node in ["A", "B", "C"] {
        shop.receive(node, 2);
    }
    // Loose in A or B, and in B or C: a chain of moves frees A for a hold that is pinned there.
    shop.hold("ab", "", &["A", "B"], 2);
    shop.hold("bc", "", &["B", "C"], 2);
    shop.hold("a", "A", &[], 2);
    assert_eq!([shop.cell("A"), shop.cell("B"), shop.cell("C")], [(2, 2); 3]);
    let no = shop.hold("one more", "", &[], 1);
    assert_eq!(no["rejection"]["name"], "NoBinding");
    // The order that replaces a hold gets what it held, wherever it stands.
    let mut order = shop.order("1", 2);
    order["hold"] = json!("bc");
    shop.say("place_order", order);
}

#[test]
fn holds_span_books_in_two_phases() {
    // Two books that share no SKU: pending in both, then confirmed in both, or voided where it still can be.
    let (mut left, mut right) = (Shop::new(0), Shop::new(0));
    for shop in [&mut left, &mut right] {
        shop.receive("A", 1);
        shop.hold("H", "A", &[], 1);
    }
    left.say("confirm_hold", json!({"hold": "H"}));
    right.say("release_hold", json!({"hold": "H"}));
    left.minute = 22 * 60;
    left.say("advance_time", json!({}));
    assert_eq!((left.cell("A"), right.cell("A")), ((1, 1), (1, 0)));
    assert_eq!(left.ask("hold", json!({"document": "H"}))["phase"], "confirmed");
    assert_eq!(
        left.refused("extend_hold", json!({"hold": "H", "expires_at": "2026-02-01T00:00:00Z"})),
        "IllegalStep"
    );
}

/// Accepts exactly what can be bound: by Hall's condition over all sets of nodes.
#[test]
fn holds_are_refused_only_where_no_binding_exists() {
    const NODES: [&str; 4] = ["A", "B", "C", "D"];
    let mut dice = 5u64;
    let mut roll = move |sides: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..60 {
        let mut shop = Shop::new(0);
        let room: Vec<i64> = NODES.iter().map(|_| roll(6) as i64).collect();
        for (node, qty) in NODES.iter().zip(&room).filter(|(_, qty)| **qty > 0) {
            shop.receive(node, *qty);
        }
        // Each hold as a set of nodes (bits) and its units.
        let mut holds: Vec<Option<(usize, i64)>> = Vec::new();
        for _ in 0..14 {
            let name = holds.len().to_string();
            if roll(5) == 0 && !holds.is_empty() {
                let at = roll(holds.len() as u64) as usize;
                if holds[at].take().is_some() {
                    shop.say("release_hold", json!({"hold": at.to_string()}));
                }
                continue;
            }
            let (set, qty) = (1 + roll(15) as usize, 1 + roll(4) as i64);
            let group: Vec<&str> = (0..4).filter(|bit| set >> bit & 1 == 1).map(|bit| NODES[bit]).collect();
            let fits = |holds: &[Option<(usize, i64)>], more: (usize, i64)| {
                (1..16usize).all(|cut| {
                    let within = holds.iter().flatten().chain([&more]).filter(|(set, _)| set & !cut == 0);
                    let asked: i64 = within.map(|(_, qty)| qty).sum();
                    asked <= (0..4).filter(|bit| cut >> bit & 1 == 1).map(|bit| room[bit]).sum()
                })
            };
            let answer = if group.len() == 1 {
                shop.hold(&name, group[0], &[], qty)
            } else {
                shop.hold(&name, "", &group, qty)
            };
            let bound = answer["rejection"].is_null();
            assert_eq!(bound, fits(&holds, (set, qty)), "{room:?} {holds:?} and {set:b} {qty}: {answer}");
            holds.push(bound.then_some((set, qty)));
            if bound { accepted += 1 } else { refused += 1 }
        }
    }
    assert!(accepted > 150 && refused > 150, "{accepted} accepted, {refused} refused");
}

#[test]
fn a_channel_lists_what_it_may_sell_less_its_buffer() {
    let mut shop = Shop::new(0);
    shop.receive("A", 10);
    shop.receive("B", 4);
    // Safety stock of 3 at A; a buffer for a quarter of an hour at 288 a day and 1 % risk: 8 units.
    shop.say("set_publish_buffer", json!({"channel": "market", "node": "A", "qty": 3}));
    let sized = json!({"latency_s": 900, "units_per_day": "288", "risk_percent": "1"});
    let set = shop.say("set_publish_buffer", json!({"channel": "market", "sku": "X", "sized": sized}));
    assert_eq!(set["PublishBufferSet"]["qty"], 8);
    let list = |shop: &Shop, channel: &str, since: Value| {
        shop.ask("publish", json!({"channel": channel, "since": since}))
    };
    let whole = list(&shop, "market", Value::Null);
    assert_eq!((&whole["rows"][0]["qty"], &whole["complete"]), (&json!(10 - 3 + 4 - 8), &json!(true)));
    assert_eq!(list(&shop, "web", Value::Null)["rows"][0]["qty"], 14);
    // Since then: nothing, then what an order and its cancellation touch.
    let since = whole["sequence"].clone();
    shop.say("advance_time", json!({}));
    assert_eq!(list(&shop, "market", since.clone())["rows"], json!([]));
    shop.say("place_order", shop.order("1", 2));
    let changed = list(&shop, "market", since.clone());
    assert_eq!((&changed["rows"][0]["qty"], &changed["complete"]), (&json!(1), &json!(false)));
    shop.say("cancel_order", json!({"order": "1", "reason": "r"}));
    assert_eq!(list(&shop, "market", changed["sequence"].clone())["rows"][0]["qty"], 3);
}

#[test]
fn a_redeal_shows_who_loses_before_it_takes() {
    let mut shop = Shop::new(0);
    shop.policy("backorder", "allowed");
    shop.receive("A", 6);
    let mut order = |name: &str, qty: i64, priority: u8| {
        let mut order = shop.order(name, qty);
        order["priority"] = json!(priority);
        shop.say("place_order", order);
    };
    order("early", 5, 9);
    order("vip", 4, 1);
    let reserved = |shop: &Shop, order: &str| {
        numbers(&shop.ask("order", json!({"document": order}))["lines"], "reserved")[0]
    };
    assert_eq!((reserved(&shop, "early"), reserved(&shop, "vip")), (5, 1));
    let mut redeal = json!({"redeal": "D1", "skus": ["X"], "by": "priority", "reason": "r"});
    let dry = shop.ask("redeal", redeal.clone());
    assert_eq!((&dry["losers"], &dry["winners"], &dry["units"]), (&json!(1), &json!(1), &json!(3)));
    assert_eq!(dry["exceptions"][0]["code"], "promise_at_risk");
    // Nothing is broken in silence: the loss has to be accepted.
    assert_eq!(shop.refused("redeal_stock", redeal.clone()), "RedealLosesMore");
    redeal["losers_max"] = json!(1);
    let done = shop.say("redeal_stock", redeal.clone());
    assert_eq!(done["StockRedealt"]["lines"], dry["lines"]);
    assert_eq!((reserved(&shop, "early"), reserved(&shop, "vip")), (2, 4));
    assert_eq!(shop.cell("A"), (6, 6));
    // Strategies: who may only gain keeps what it has; who loses gives all it has to those that wait.
    let again = json!({"redeal": "D2", "skus": ["X"], "by": "age", "reason": "r", "losers_max": 9,
        "otherwise": "gain"});
    shop.say("redeal_stock", again);
    assert_eq!((reserved(&shop, "early"), reserved(&shop, "vip")), (2, 4));
    let lose = json!({"redeal": "D3", "skus": ["X"], "by": "age", "reason": "r", "losers_max": 9,
        "otherwise": "win", "segments": [{"strategy": "lose", "priority_max": 1}]});
    shop.say("redeal_stock", lose);
    assert_eq!((reserved(&shop, "early"), reserved(&shop, "vip")), (5, 0));
    let fair = json!({"redeal": "D4", "skus": ["X"], "by": "fairness", "reason": "r", "losers_max": 9});
    shop.say("redeal_stock", fair);
    assert_eq!((reserved(&shop, "early"), reserved(&shop, "vip")), (4, 2), "six shared as 5 to 4");
    let fill = json!({"redeal": "D5", "skus": ["X"], "by": "margin", "reason": "r", "otherwise": "fill"});
    shop.say("redeal_stock", fill);
    assert_eq!(
        (reserved(&shop, "early"), reserved(&shop, "vip")),
        (4, 2),
        "nothing is taken that nobody gets"
    );
}

#[test]
fn pain_25_a_days_capacity_stays_taken_and_backorders_count_once() {
    let mut shop = Shop::new(0);
    shop.say("describe_node", json!({"node": "A", "groups": ["east"], "capacity": {"orders": 1}}));
    shop.receive("A", 5);
    shop.say("place_order", shop.order("1", 1));
    shop.say("ship_order", json!({"order": "1", "node": "A"}));
    let booked = |shop: &Shop| shop.ask("node", json!({"node": "A"}))["booked"][0]["orders"].clone();
    assert_eq!(booked(&shop), 1, "the day's work was done: shipping gives nothing back");
    // The promise for the next order is the next day.
    let ask = json!({"channel": "web", "to": {"lat": "40", "lon": "-75"}, "nodes": ["east"],
        "lines": [{"sku": "X", "qty": 1}]});
    let promise = shop.ask("promise", ask);
    assert_eq!(promise["ship_at"], "2026-01-06T00:00:00Z");
    // A backorder is demand once: of a supply of 8 it leaves 3, before and after the supply has come.
    let mut shop = Shop::new(0);
    shop.policy("backorder", "allowed");
    shop.say("define_supplier", json!({"supplier": "S", "lead_time_days": 3, "expedite_days": 1}));
    shop.say("place_order", shop.order("1", 5));
    let lines = json!([{"sku": "X", "qty": 8, "unit_cost": "5"}]);
    shop.say(
        "place_purchase_order",
        json!({"purchase_order": "P", "supplier": "S", "node": "A",
        "expected_at": "2026-01-06T12:00:00Z", "lines": lines}),
    );
    let atp = |shop: &Shop| {
        let view = shop.ask("atp", json!({"sku": "X", "from": "2026-01-05T01:00:00Z", "days": 7}));
        numbers(&view["days"], "atp").last().copied()
    };
    assert_eq!(atp(&shop), Some(3));
    shop.say(
        "receive_goods",
        json!({"receipt": "R", "node": "A", "purchase_order": "P",
        "lines": [{"sku": "X", "qty": 8}]}),
    );
    assert_eq!(atp(&shop), Some(3));
}
