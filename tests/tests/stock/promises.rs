//! What may be promised: cases with numbers from peers' manuals and suites, and pains of their users that cannot
//! happen here. Each test names its case; what is promised over time stands in `peers_promises.rs`.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Barrier, Mutex};
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

/// Medusa 2.21, its inventory module called by 16 at once: 500 of 500 reservations are accepted on a stock of
/// 100. Here too 500 carts have seen the 100 before the first of them buys, half by a hold, half by an order.
#[test]
fn pain_01_the_last_unit_is_sold_once() {
    let mut shop = Shop::new(0);
    shop.receive("A", 100);
    let (shop, all_have_looked) = (Mutex::new(shop), Barrier::new(16));
    // Everybody holds and orders by turns, so that whoever is quickest has held something.
    let holds = |cart: usize| (cart / 16).is_multiple_of(2);
    let buy = |cart: usize| {
        let mut shop = shop.lock().expect("no thread fails");
        let name = cart.to_string();
        let answer = if holds(cart) {
            shop.hold(&name, "A", &[], 1)
        } else {
            let order = shop.order(&name, 1);
            shop.try_say("place_order", order)
        };
        answer["rejection"]["name"].as_str().map(str::to_owned)
    };
    let worker = |first: usize| {
        let seen = shop.lock().expect("no thread fails").available();
        all_have_looked.wait();
        (seen, (first..500).step_by(16).map(buy).collect::<Vec<_>>())
    };
    let told: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..16).map(|first| scope.spawn(move || worker(first))).collect();
        workers.into_iter().map(|worker| worker.join().expect("no thread fails")).collect()
    });
    assert!(told.iter().all(|(seen, _)| *seen == 100), "everybody saw the whole stock");
    let refusals: Vec<&str> = told.iter().flat_map(|(_, told)| told).flatten().map(String::as_str).collect();
    assert_eq!(refusals.len(), 400);
    assert!(refusals.iter().all(|name| ["StockShort", "NotOnHand"].contains(name)), "{refusals:?}");
    let mut shop = shop.into_inner().expect("no thread fails");
    assert_eq!((shop.available(), shop.cell("A")), (0, (100, 100)));
    // The last unit, given back, is sold once more and not twice.
    let held = (0..500)
        .filter(|cart| holds(*cart))
        .find(|cart| shop.ask("hold", json!({"document": cart.to_string()}))["phase"] == "pending");
    shop.say("release_hold", json!({"hold": held.expect("a hold").to_string()}));
    shop.say("place_order", shop.order("last", 1));
    assert_eq!(shop.refused("place_order", shop.order("one more", 1)), "StockShort");
    assert_eq!((shop.available(), shop.cell("A")), (0, (100, 100)));
}

/// vendure PR #4930: a payment is captured after the stock went. Two units, and three who pay.
#[test]
fn pain_02_paid_orders_have_stock_or_somebody_is_told() {
    let mut shop = Shop::new(0);
    shop.receive("A", 2);
    // The checkout holds a unit each while payments are under way, so that nobody else gets it.
    for cart in ["prompt", "slow"] {
        let lines = json!([{"sku": "X", "node": "A", "qty": 1}]);
        shop.say(
            "hold_stock",
            json!({"hold": cart, "channel": "web", "lines": lines, "expires_at": "2026-01-05T01:00:00Z"}),
        );
    }
    assert_eq!(shop.refused("place_order", shop.order("other", 1)), "StockShort");
    let paid = |shop: &Shop, cart: &str| {
        let mut order = shop.order(cart, 1);
        order["hold"] = json!(cart);
        order
    };
    shop.say("place_order", paid(&shop, "prompt"));
    // The slow payment is still under way when its hold ends, and the unit goes to another.
    shop.minute = 61;
    shop.say("place_order", shop.order("other", 1));
    // An order that asks is refused as a whole, so that the host can pay back: nothing is half done.
    let told = shop.try_say("place_order", paid(&shop, "slow"));
    assert!(told["rejection"].is_object(), "{told}");
    assert_eq!(shop.refused("place_order", shop.order("slow", 1)), "StockShort");
    assert_eq!(shop.ask("exceptions", json!({})), json!([]), "all that was taken has stock");
    // A sale that stands, because the money is taken, is taken over short, and a person is told of it.
    let mut captured = shop.order("slow", 1);
    captured["commitment"] = json!("external");
    let placed = shop.say("place_order", captured);
    assert_eq!(placed["OrderPlaced"]["plan"]["backordered"], json!([{"line": 1, "qty": 1}]));
    let queue = shop.ask("exceptions", json!({}));
    let (only, opened) = (queue.as_array().map(Vec::len), &queue[0]["opened"]);
    assert_eq!((only, &opened["code"]), (Some(1), &json!("short_allocation")));
    assert_eq!((&opened["order"], &opened["qty"]), (&json!("slow"), &json!(1)));
    // Three have paid for two units: two are reserved, one waits, and the next unit is its.
    assert_eq!((shop.cell("A"), shop.available()), ((2, 2), 0));
    shop.receive("A", 1);
    assert_eq!((shop.cell("A"), shop.available()), ((3, 3), 0));
    for order in ["prompt", "other", "slow"] {
        let order = shop.ask("order", json!({"document": order}));
        assert_eq!(
            (&order["lines"][0]["reserved"], &order["lines"][0]["backordered"]),
            (&json!(1), &json!(0))
        );
    }
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

/// What documents have, by what was said: kept apart from the book.
#[derive(Default)]
struct Tally {
    /// Units by document, and the minute in which they are given back.
    has: BTreeMap<String, (i64, i64)>,
    on_hand: i64,
    /// How often each thing was done.
    done: BTreeMap<&'static str, u32>,
}

impl Tally {
    /// A document of a kind that has something for two more minutes, by the dice.
    fn one(&self, kind: char, minute: i64, dice: u64) -> Option<(String, i64)> {
        let live =
            |(name, (_, until)): &(&String, &(i64, i64))| name.starts_with(kind) && *until > minute + 2;
        let live: Vec<_> = self.has.iter().filter(live).collect();
        let at = dice as usize % live.len().max(1);
        live.get(at).map(|(name, (qty, _))| ((*name).clone(), *qty))
    }

    /// Plays something by the dice; gives what it was, if it was accepted.
    fn play(&mut self, shop: &mut Shop, number: u64, dice: u64) -> Option<&'static str> {
        let (qty, (o, h)) = (1 + (dice >> 40) as i64 % 4, (format!("o{number}"), format!("h{number}")));
        let (order, hold) = (self.one('o', shop.minute, dice >> 44), self.one('h', shop.minute, dice >> 44));
        let accepted = |answer: Value| answer["rejection"].is_null();
        let (done, undone, said) = match ((dice >> 33) % 6, order, hold) {
            (0, ..) if accepted(shop.try_say("place_order", shop.order(&o, qty))) => {
                ("order", None, Some((o, (qty, i64::MAX))))
            }
            (1, ..) => {
                let until = shop.minute + 15;
                let lines = json!([{"sku": "X", "node": "A", "qty": qty}]);
                let expires_at = format!("2026-01-05T{:02}:{:02}:00Z", until / 60, until % 60);
                let hold = json!({"hold": h, "channel": "web", "lines": lines, "expires_at": expires_at});
                accepted(shop.try_say("hold_stock", hold)).then_some(())?;
                ("hold", None, Some((h, (qty, until))))
            }
            (2, Some((order, has)), _) => {
                let lines = json!([{"line": 1, "qty": 1}]);
                shop.say("cancel_order", json!({"order": order, "reason": "r", "lines": lines}));
                ("cancel", Some(order.clone()), (has > 1).then_some((order, (has - 1, i64::MAX))))
            }
            (3, _, Some((hold, _))) => {
                shop.say("release_hold", json!({"hold": hold}));
                assert_eq!(shop.refused("release_hold", json!({"hold": hold})), "IllegalStep");
                ("release", Some(hold), None)
            }
            (4, Some((order, has)), _) => {
                shop.say("ship_order", json!({"order": order, "node": "A"}));
                assert_eq!(
                    shop.refused("cancel_order", json!({"order": order, "reason": "r"})),
                    "IllegalStep"
                );
                self.on_hand -= has;
                ("ship", Some(order), None)
            }
            (5, _, Some((hold, has))) => {
                let mut order = shop.order(&o, has);
                order["hold"] = json!(hold);
                shop.say("place_order", order);
                ("buy what is held", Some(hold), Some((o, (has, i64::MAX))))
            }
            _ => return None,
        };
        undone.map(|name| self.has.remove(&name));
        self.has.extend(said);
        Some(done)
    }
}

/// odoo #62139 and others: reservations that no document owns any more, and a tool that repairs them. Here
/// what is reserved is after every step what the documents have by what was said of them.
#[test]
fn pain_07_nothing_stays_reserved_for_nobody() {
    let (mut shop, mut tally) = (Shop::new(0), Tally::default());
    let mut dice = 11u64;
    for number in 0..500 {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if tally.on_hand < 20 {
            shop.receive("A", 40);
            tally.on_hand += 40;
        }
        let done = tally.play(&mut shop, number, dice).unwrap_or("nothing");
        *tally.done.entry(done).or_default() += 1;
        shop.say("advance_time", json!({}));
        let before = tally.has.len();
        tally.has.retain(|_, (_, until)| *until > shop.minute);
        *tally.done.entry("expiry").or_default() += (before - tally.has.len()) as u32;
        let reserved: i64 = tally.has.values().map(|(qty, _)| qty).sum();
        assert_eq!(shop.cell("A"), (tally.on_hand, reserved), "after {done} {number}");
        // Who holds it, by document.
        let holders = numbers(&shop.ask("holders", json!({"sku": "X", "node": "A"})), "qty");
        assert_eq!((holders.len(), holders.iter().sum()), (tally.has.len(), reserved));
    }
    for done in ["order", "hold", "cancel", "release", "ship", "buy what is held", "expiry"] {
        assert!(tally.done.get(done).is_some_and(|times| *times >= 15), "{done}: {:?}", tally.done);
    }
    for name in tally.has.into_keys().filter(|name| name.starts_with('o')) {
        shop.say("cancel_order", json!({"order": name, "reason": "r"}));
    }
    // Nobody sees to the holds that are left: their time sees to them.
    shop.minute += 20;
    shop.say("advance_time", json!({}));
    assert_eq!((shop.cell("A"), shop.available()), ((tally.on_hand, 0), tally.on_hand));
    assert_eq!(shop.ask("holders", json!({"sku": "X"})), json!([]));
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
