//! What stands alone beside its cell is told as rows would tell it.
#![allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "dice, in a test")]

use super::*;
use crate::catalog::Costing;
use crate::value::sort::PutInOrder;
use serde_json::{Value, json};

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn command(dice: &mut Dice, number: usize) -> Value {
    let place = |dice: &mut Dice| {
        let lot = ["", "A", "B"][dice.roll(3) as usize];
        let condition = if dice.roll(6) == 0 { "damaged" } else { "sellable" };
        let owner = if dice.roll(12) == 0 { "them" } else { "" };
        json!({"lot": lot, "condition": condition, "owner": owner})
    };
    let (sku, node) = (format!("S{}", dice.roll(3)), format!("N{}", dice.roll(2)));
    let (qty, at) = (dice.roll(9) + 1, place(dice));
    match dice.roll(4) {
        0 => {
            let cost = if at["owner"] == "" { json!(format!("{}.37", dice.roll(9))) } else { json!(null) };
            let line = json!({"sku": sku, "qty": qty, "unit_cost": cost, "place": at});
            json!({"receive_goods": {"receipt": number.to_string(), "node": node, "lines": [line]}})
        }
        1 | 2 => {
            let line = json!({"sku": sku, "qty": -(qty as i64), "place": at});
            let lines = json!([line]);
            json!({"adjust_stock": {"adjustment": number.to_string(), "node": node, "reason": "r",
                "lines": lines}})
        }
        _ => json!({"move_stock": {"movement": number.to_string(), "node": node, "sku": sku, "qty": qty,
            "from": at, "to": place(dice)}}),
    }
}

fn told(book: &Book) -> Vec<String> {
    let mut all = Vec::new();
    for sku in (0..3).map(SkuId) {
        for node in (0..2).map(NodeId) {
            let cell = book.state.stock.cells.get(sku, node);
            let mut places = book.state.stock.places(sku, node);
            places.put_in_order_by_key(|(place, _)| format!("{place:?}"));
            let parts = book.state.layers.parts(&book.state.stock, sku, node);
            let total = book.state.layers.total(&book.state.stock, sku, node);
            all.push(format!("{cell:?} {places:?} {parts:?} {total:?}"));
        }
    }
    all
}

#[test]
fn what_is_alone_is_told_as_rows_would() {
    let (mut accepted, mut alone) = (0u32, 0u32);
    for seed in 0..8u64 {
        let mut dice = Dice(seed);
        let mut books = [2, 3].map(|origin| Book { state: State::genesis(origin), ..Book::new() });
        let at = Instant::from_micros(1_767_614_400_000_000);
        let mut setup = vec![json!({"define_reason": {"reason": "r"}})];
        let place = json!({"lat": "40.0", "lon": "-100.0"});
        setup.extend(
            ["N0", "N1"]
                .map(|node| json!({"define_node": {"node": node, "kind": "warehouse", "place": place}})),
        );
        setup.extend(["S0", "S1", "S2"].map(|sku| {
            let costing = if sku == "S2" { Costing::MovingAverage } else { Costing::Fifo };
            json!({"define_sku": {"sku": sku, "price": "10.00", "costing": costing}})
        }));
        for number in 0..160 {
            let said = setup.get(number).cloned().unwrap_or_else(|| command(&mut dice, number));
            let Ok(command) = serde_json::from_value::<Command>(said.clone()) else { panic!("{said}") };
            let envelope = Envelope::new(&number.to_string(), at, command);
            let [old, new] = &mut books;
            let (was, is) = (old.execute(&envelope), new.execute(&envelope));
            assert_eq!(was.is_ok(), is.is_ok(), "{said}: {was:?} {is:?}");
            assert_eq!(told(old), told(new), "after {said}");
            let proof = new.verify();
            assert!(proof.is_ok(), "{said}: {proof:?}");
            accepted += u32::from(is.is_ok());
            let one = new.state.stock.one(SkuId(0), NodeId(0));
            alone += u32::from(one.source().is_some() && one.spot().is_some());
            let again = Book::restore(&new.snapshot());
            assert!(again.is_ok_and(|again| again.state_hash() == new.state_hash()));
        }
    }
    assert!(accepted > 400 && alone > 20, "{accepted} {alone}");
}

/// One lot that arrives in an empty cell is alone there, and is told in the cell's own bytes.
#[test]
fn a_lot_that_arrives_is_alone() {
    let mut book = Book::new();
    let at = Instant::from_micros(1_767_614_400_000_000);
    let place = json!({"lat": "40.0", "lon": "-100.0"});
    let define = |node: &str| json!({"define_node": {"node": node, "kind": "warehouse", "place": place}});
    let line = json!({"sku": "S", "qty": 5, "unit_cost": "2.00", "place": {"lot": "A"}});
    let all = [
        define("N0"),
        define("N1"),
        json!({"define_sku": {"sku": "S", "price": "9.00", "costing": "fifo"}}),
        json!({"receive_goods": {"receipt": "R", "node": "N0", "lines": [line]}}),
        json!({"ship_transfer": {"transfer": "T", "from": "N0", "to": "N1",
            "lines": [{"sku": "S", "qty": 3}]}}),
        json!({"receive_transfer": {"transfer": "T", "lines": [{"line": 1, "qty": 3}]}}),
    ];
    for (number, said) in all.into_iter().enumerate() {
        let command = serde_json::from_value::<Command>(said.clone()).ok();
        let done = command.map(|command| book.execute(&Envelope::new(&number.to_string(), at, command)));
        assert!(done.is_some_and(|done| done.is_ok()), "{said}");
    }
    for (node, qty) in [(NodeId(0), 2), (NodeId(1), 3)] {
        let one = book.state.stock.one(SkuId(0), node);
        assert!(one.spot().is_some() && one.source().is_some(), "{one:?}");
        let places = book.state.stock.places(SkuId(0), node);
        assert!(
            matches!(places.as_slice(), [(place, units)] if place.lot == "A" && *units == qty),
            "{places:?}"
        );
    }
    assert!(book.verify().is_ok());
}
