//! Selling below what is there, up to a threshold: the cases that Vendure's documentation tells, in this
//! book's words. A threshold above zero is stock kept back; one below zero is a cap on what may wait for
//! supply. No cell goes below what is reserved of it: what is sold beyond the stock waits, in its order.

use serde_json::{Value, json};
use stockbook::*;

type Error = Box<dyn std::error::Error>;

struct Shop {
    book: Book,
    said: u32,
}

impl Shop {
    fn new(on_hand: i64) -> Result<Shop, Error> {
        let mut shop = Shop { book: Book::new(), said: 0 };
        let place = json!({"lat": "40.0", "lon": "-100.0"});
        shop.say(json!({"define_node": {"node": "N", "kind": "warehouse", "place": place}}))?;
        shop.say(json!({"define_sku": {"sku": "TEE", "price": "19.99"}}))?;
        shop.say(json!({"define_channel": {"channel": "web", "promise_hours": 72}}))?;
        shop.say(json!({"define_channel": {"channel": "kept", "promise_hours": 72}}))?;
        let tiers = json!([[{"measure": "unfilled_units", "weight": "1"}]]);
        shop.say(json!({"set_policy": {"name": "wait", "otherwise": {"lateness": "allowed",
            "line_split": "allowed", "shortage": "backorder", "tiers": tiers}}}))?;
        let line = json!({"sku": "TEE", "qty": on_hand, "unit_cost": "8.00"});
        shop.say(json!({"receive_goods": {"receipt": "R", "node": "N", "lines": [line]}}))?;
        Ok(shop)
    }

    fn say(&mut self, command: Value) -> Result<(), Error> {
        self.said += 1;
        let command: Command = serde_json::from_value(command)?;
        let at: Instant = "2026-01-05T09:00:00Z".parse()?;
        self.book.execute(&Envelope::new(&self.said.to_string(), at, command)).map_err(|no| no.name())?;
        self.book.verify()?;
        Ok(())
    }

    fn order(&mut self, qty: i64) -> Result<(i64, i64), Error> {
        let order = format!("O-{}", self.said);
        let line = json!({"sku": "TEE", "qty": qty});
        self.say(json!({"place_order": {"order": order, "channel": "web", "lines": [line],
            "to": {"lat": "41.0", "lon": "-100.0"}}}))?;
        let query: Query = serde_json::from_value(json!({"order": {"document": order}}))?;
        let view = serde_json::to_value(self.book.ask(&query)?)?;
        let line = &view["order"]["lines"][0];
        Ok((line["reserved"].as_i64().ok_or("none")?, line["backordered"].as_i64().ok_or("none")?))
    }

    fn hold(&mut self, qty: i64) -> Result<i64, Error> {
        let hold = format!("H-{}", self.said);
        let line = json!({"sku": "TEE", "qty": qty, "node": "N"});
        self.say(json!({"hold_stock": {"hold": hold, "channel": "web", "lines": [line],
            "fill": "best_effort", "expires_at": "2026-01-06T09:00:00Z"}}))?;
        let stock: Query = serde_json::from_value(json!({"stock": {"sku": "TEE"}}))?;
        let view = serde_json::to_value(self.book.ask(&stock)?)?;
        view["stock"][0]["reserved"].as_i64().ok_or_else(|| "none".into())
    }
}

/// 3 on hand, threshold 0, 5 asked: 3.
#[test]
fn at_zero_what_is_there_is_given() -> Result<(), Error> {
    assert_eq!(Shop::new(3)?.hold(5)?, 3);
    Ok(())
}

/// 3 on hand, threshold 2, 2 asked: 1.
#[test]
fn above_zero_some_is_kept() -> Result<(), Error> {
    let mut shop = Shop::new(3)?;
    shop.say(json!({"set_protection": {"sku": "TEE", "node": "N", "channel": "kept", "qty": 2}}))?;
    assert_eq!(shop.hold(2)?, 1);
    Ok(())
}

/// 3 on hand, threshold -5, 8 asked: accepted, all 8 are promised; not one more.
#[test]
fn below_zero_so_many_may_wait() -> Result<(), Error> {
    let mut shop = Shop::new(3)?;
    shop.say(json!({"set_preorder": {"sku": "TEE", "qty_max": 5}}))?;
    assert_eq!(shop.order(8)?, (3, 5));
    let no = shop.order(1).err().map(|no| no.to_string());
    assert_eq!(no.as_deref(), Some("PreorderFull"));
    Ok(())
}

/// 5 on hand, threshold -20, 25 allocated: 0 left.
#[test]
fn at_the_threshold_nothing_is_left() -> Result<(), Error> {
    let mut shop = Shop::new(5)?;
    shop.say(json!({"set_preorder": {"sku": "TEE", "qty_max": 20}}))?;
    assert_eq!(shop.order(9)?, (5, 4));
    assert_eq!(shop.order(16)?, (0, 16));
    assert!(shop.order(1).is_err());
    Ok(())
}
