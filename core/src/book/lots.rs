//! What is promised by lot can be shipped: a random trade in goods that expire.
#![allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "dice, in a test")]

use super::*;
use serde_json::{Value, json};

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

const CHANNELS: [(&str, u32); 3] = [("web", 0), ("shop", 10), ("chain", 30)];

fn setup() -> Vec<Value> {
    let mut all = vec![json!({"define_reason": {"reason": "r"}})];
    let zones = json!([{"up_to_km": 6000, "transit_hours": 24, "base": "5.00", "per_kg": "1.00"}]);
    all.push(json!({"define_service": {"service": "ground", "zones": zones}}));
    for node in ["N0", "N1"] {
        let place = json!({"lat": "40.0", "lon": "-100.0"});
        all.push(json!({"define_node": {"node": node, "kind": "warehouse", "place": place}}));
    }
    for (channel, days) in CHANNELS {
        all.push(json!({"define_channel": {"channel": channel, "promise_hours": 240}}));
        all.push(json!({"describe_channel": {"channel": channel, "remaining_life_days": days}}));
    }
    for (sku, order) in [("S0", "fefo"), ("S1", "fifo"), ("S2", "lifo")] {
        all.push(json!({"define_sku": {"sku": sku, "price": "10.00", "costing": "fifo"}}));
        all.push(json!({"describe_sku": {"sku": sku, "tracking": "lot", "pick_order": order}}));
    }
    all
}

fn command(dice: &mut Dice, number: u64) -> Value {
    let (sku, node) = (format!("S{}", dice.roll(3)), format!("N{}", dice.roll(2)));
    let (qty, name) = (dice.roll(6) + 1, number.to_string());
    let day = dice.roll(5);
    let lot = format!("L{day}");
    let channel = CHANNELS[dice.roll(3) as usize].0;
    let some = (dice.roll(number) + 1).to_string();
    match dice.roll(11) {
        0 | 1 => {
            let expires = ["2026-01-08", "2026-01-20", "2026-02-01", "2026-02-20", "2026-03-01"];
            let expires = format!("{}T00:00:00Z", expires[day as usize]);
            let line = json!({"sku": sku, "qty": qty * 2, "unit_cost": "1.00", "place": {"lot": lot},
                "expires_at": expires});
            json!({"receive_goods": {"receipt": name, "node": node, "lines": [line]}})
        }
        2 | 3 => {
            let group = json!({"sku": sku, "qty": qty, "nodes": ["N0", "N1"]});
            let line = if dice.roll(2) == 0 { group } else { json!({"sku": sku, "qty": qty, "node": node}) };
            json!({"hold_stock": {"hold": name, "channel": channel, "lines": [line],
                "expires_at": "2026-01-06T00:00:00Z"}})
        }
        4 => {
            let line = json!({"sku": sku, "qty": qty, "node": node, "lot": lot});
            let other = json!({"sku": sku, "qty": 1, "node": node});
            let fill = if dice.roll(2) == 0 { "best_effort" } else { "all_or_nothing" };
            json!({"hold_stock": {"hold": name, "channel": channel, "lines": [line, other],
                "fill": fill, "expires_at": "2026-01-06T00:00:00Z"}})
        }
        5 => json!({"release_hold": {"hold": some}}),
        6 | 7 => {
            let lines = json!([{"sku": sku, "qty": qty}, {"sku": sku, "qty": 1}]);
            let hold = if dice.roll(2) == 0 { json!(some) } else { json!(null) };
            json!({"place_order": {"order": name, "channel": channel, "lines": lines, "hold": hold,
                "to": {"lat": "41.0", "lon": "-100.0"}}})
        }
        8 => {
            let to = if dice.roll(2) == 0 {
                json!({"lot": lot, "condition": "damaged"})
            } else {
                json!({"lot": format!("L{}", dice.roll(5))})
            };
            json!({"move_stock": {"movement": name, "node": node, "sku": sku, "qty": qty,
                "from": {"lot": lot}, "to": to}})
        }
        9 => {
            let to = if node == "N0" { "N1" } else { "N0" };
            json!({"ship_transfer": {"transfer": name, "from": node, "to": to,
                "lines": [{"sku": sku, "qty": qty}, {"sku": sku, "qty": 1}]}})
        }
        _ => json!({"receive_transfer": {"transfer": some, "lines": [{"line": 1, "qty": 1}]}}),
    }
}

fn say(book: &mut Book, id: &str, said: &Value) -> Result<Receipt, crate::value::rejection::Rejection> {
    let Ok(command) = serde_json::from_value::<Command>(said.clone()) else { panic!("{said}") };
    book.execute(&Envelope::new(id, Instant::from_micros(1_767_614_400_000_000), command))
}

fn check(book: &Book, said: &Value) {
    for sku in (0..3).map(SkuId) {
        for node in (0..2).map(NodeId) {
            let bench = book.state.stock.bench(sku, node);
            assert!(bench.is_sound(), "{said}: {sku:?} {node:?} {bench:?}");
        }
    }
    let proof = book.verify();
    assert!(proof.is_ok(), "{said}: {proof:?}");
    let again = Book::restore(&book.snapshot());
    assert!(again.is_ok_and(|again| again.state_hash() == book.state_hash()));
}

#[test]
fn what_is_promised_by_lot_ships() {
    let (mut accepted, mut shipped, mut short) = ([0u32; 11], 0, 0);
    for seed in 0..6u64 {
        let mut dice = Dice(seed);
        let mut book = Book::new();
        for (number, said) in setup().iter().enumerate() {
            assert!(say(&mut book, &format!("setup-{number}"), said).is_ok(), "{said}");
        }
        let kinds = [
            "receive_goods",
            "hold_stock",
            "release_hold",
            "place_order",
            "move_stock",
            "ship_transfer",
            "receive_transfer",
        ];
        let mut orders = Vec::new();
        for number in 1..250 {
            let said = command(&mut dice, number);
            let done = say(&mut book, &number.to_string(), &said);
            short += u32::from(done.as_ref().is_err_and(|no| no.name() == "LotsShort"));
            if done.is_ok() {
                let kind = kinds.iter().position(|kind| said.get(kind).is_some());
                accepted[kind.unwrap_or(10)] += 1;
                check(&book, &said);
                if said.get("place_order").is_some() {
                    orders.push(number.to_string());
                }
            }
        }
        // What is reserved for orders ships, whatever the order in which they are asked.
        for order in orders.iter().rev() {
            for node in ["N0", "N1"] {
                let ship = json!({"ship_order": {"order": order, "node": node}});
                match say(&mut book, &format!("{order}-{node}"), &ship) {
                    Ok(_) => shipped += 1,
                    Err(no) => assert_eq!(no.name(), "IllegalStep", "{order} {no:?}"),
                }
                check(&book, &ship);
            }
        }
    }
    assert!(
        accepted[..7].iter().all(|count| *count > 4) && shipped > 60 && short > 10,
        "{accepted:?} {shipped} {short}"
    );
}

/// Sixty orders that leave within an hour are one want; the next hour's is another.
#[test]
fn what_leaves_within_an_hour_is_wanted_as_one() {
    let mut book = Book::new();
    for (number, said) in setup().iter().enumerate() {
        assert!(say(&mut book, &format!("setup-{number}"), said).is_ok(), "{said}");
    }
    let line = json!({"sku": "S0", "qty": 100, "unit_cost": "1.00", "place": {"lot": "L"},
        "expires_at": "2026-03-01T00:00:00Z"});
    let receipt = json!({"receive_goods": {"receipt": "R", "node": "N0", "lines": [line]}});
    assert!(say(&mut book, "R", &receipt).is_ok());
    let wants = |book: &Book| -> Vec<i64> {
        let id = book.state.stock.wanted.find(&(SkuId(0), NodeId(0)));
        let row = id.and_then(|id| book.state.stock.want.get(id));
        row.map(|row| row.iter().map(|want| want.qty).collect()).unwrap_or_default()
    };
    for minute in 1..=61i64 {
        let order = json!({"place_order": {"order": minute.to_string(), "channel": "web",
            "lines": [{"sku": "S0", "qty": 1}], "to": {"lat": "41.0", "lon": "-100.0"}}});
        let Ok(command) = serde_json::from_value::<Command>(order) else { panic!("an order") };
        let at = Instant::from_micros(1_767_614_400_000_000 + minute * 60_000_000);
        assert!(book.execute(&Envelope::new(&format!("O-{minute}"), at, command)).is_ok());
        let sums = if minute <= 60 { vec![minute] } else { vec![60, 1] };
        assert_eq!(wants(&book), sums);
    }
    check(&book, &json!(null));
}
