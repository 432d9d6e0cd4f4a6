//! Receipts and shipments with their books, through the column calls.
//!
//! An entry is the journal of one event: it balances, has two legs (a receipt) or four (a shipment: cost and
//! revenue), and each leg names account, SKU, node and units; the event also keeps stock, layers, document,
//! command id and hash. Every pool (SKU at a node) is received in `lots` layers, then sold off three units an
//! order. Orders are placed in between, off the clock.

use crate::engine::{Error, NOON, POLICY};
use crate::oa1::CpuClock;
use stockbook::*;

/// Nodes, and SKUs at each.
const NODES: usize = 10;
const SKUS: usize = 100;
/// Units of an order.
const UNITS: i64 = 3;
/// Rows a column call; the event window holds as many.
const CHUNK: usize = 8_192;

/// What a run came to.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Receipts posted, and seconds of processor time for them.
    pub receipts: (usize, f64),
    /// Shipments posted, and seconds of processor time for them.
    pub shipments: (usize, f64),
}

impl Rates {
    /// Entries a second, receipts and shipments together.
    #[must_use]
    pub fn entries_per_second(&self) -> f64 {
        (self.receipts.0 + self.shipments.0) as f64 / (self.receipts.1 + self.shipments.1)
    }
}

fn say(book: &mut Book, id: String, command: serde_json::Value) -> Result<(), Error> {
    let command: Command = serde_json::from_value(command)?;
    book.execute(&Envelope::new(&id, Instant::from_micros(NOON), command))?;
    Ok(())
}

fn book(costing: &str, valuation: Option<&str>) -> Result<Book, Error> {
    let mut book = Book::new();
    let windows = serde_json::json!({"configure_book": {
        "currency": "USD", "currency_digits": 2, "idempotency_window": 1 << 18, "event_window": CHUNK,
    }});
    say(&mut book, "windows".into(), windows)?;
    if let Some(valuation) = valuation {
        say(&mut book, "valuation".into(), serde_json::from_str(valuation)?)?;
    }
    for node in 0..NODES {
        let place = serde_json::json!({"lat": format!("{}", 30 + node), "lon": "-90"});
        let define = serde_json::json!({"define_node":
            {"node": format!("N{node}"), "kind": "warehouse", "place": place}});
        say(&mut book, format!("N{node}"), define)?;
    }
    for sku in 0..SKUS {
        let define = serde_json::json!({"define_sku":
            {"sku": format!("S{sku}"), "price": "19.99", "costing": costing}});
        say(&mut book, format!("S{sku}"), define)?;
    }
    say(
        &mut book,
        "V".into(),
        serde_json::json!({"define_supplier": {"supplier": "V", "lead_time_days": 7, "expedite_days": 3}}),
    )?;
    let channel = serde_json::json!({"define_channel": {"channel": "web", "promise_hours": 120}});
    say(&mut book, "web".into(), channel)?;
    let policy: Policy = serde_json::from_str(POLICY)?;
    say(&mut book, "policy".into(), serde_json::json!({"set_policy": policy}))?;
    Ok(book)
}

fn accepted(outcomes: &Outcomes) -> Result<usize, Error> {
    match outcomes.rejection.iter().find(|number| **number != 0) {
        Some(refused) => Err(format!("a row was refused: {refused}").into()),
        None => Ok(outcomes.sequence.len()),
    }
}

/// Receives `lots` layers of every pool.
fn receive(book: &mut Book, lots: usize, units: i64) -> Result<(usize, f64), Error> {
    let rows = NODES * SKUS * lots;
    let command: Vec<u64> = (0..rows as u64).map(|row| row + (1 << 40)).collect();
    let node: Vec<u32> = (0..rows).map(|row| (row % NODES) as u32).collect();
    let sku: Vec<u32> = (0..rows).map(|row| (row / NODES % SKUS) as u32).collect();
    // No two layers of a pool cost the same.
    let unit_cost: Vec<i64> =
        (0..rows).map(|row| 5_000_000 + (row / (NODES * SKUS)) as i64 * 10_000).collect();
    let (at, supplier, qty) = (vec![NOON; rows], vec![0; rows], vec![units; rows]);
    let clock = CpuClock::start();
    let mut done = 0;
    for from in (0..rows).step_by(CHUNK) {
        let part = from..(from + CHUNK).min(rows);
        done += accepted(&book.receive_columns(&ReceiptColumns {
            source: "wms",
            command: &command[part.clone()],
            at: &at[part.clone()],
            node: &node[part.clone()],
            supplier: &supplier[part.clone()],
            sku: &sku[part.clone()],
            qty: &qty[part.clone()],
            unit_cost: &unit_cost[part],
            ..ReceiptColumns::default()
        })?)?;
    }
    Ok((done, clock.seconds()))
}

/// Places so many orders of one line each, at the node beside the customer, and says where they leave from.
fn place(book: &mut Book, orders: usize) -> Result<Vec<u32>, Error> {
    let number: Vec<u64> = (1..=orders as u64).collect();
    let lat: Vec<i64> = (0..orders).map(|row| (30 + row % NODES) as i64 * 1_000_000_000).collect();
    let sku: Vec<u32> = (0..orders).map(|row| (row / NODES % SKUS) as u32).collect();
    let line_start: Vec<u32> = (0..=orders as u32).collect();
    let placed = book.place_orders(&OrderColumns {
        source: "shop",
        command: &number,
        order: &number,
        at: &vec![NOON; orders],
        channel: &vec![0; orders],
        lat: &lat,
        lon: &vec![-90_000_000_000; orders],
        line_start: &line_start,
        sku: &sku,
        qty: &vec![UNITS; orders],
        ..OrderColumns::default()
    })?;
    if placed.line_reserved.iter().any(|units| *units != UNITS) {
        return Err("an order is short".into());
    }
    Ok(placed.line_node)
}

/// Ships the orders.
fn ship(book: &mut Book, node: &[u32]) -> Result<(usize, f64), Error> {
    let rows = node.len();
    let order: Vec<u64> = (1..=rows as u64).collect();
    let command: Vec<u64> = (0..rows as u64).map(|row| row + (1 << 41)).collect();
    let at = vec![NOON; rows];
    let clock = CpuClock::start();
    let mut done = 0;
    for from in (0..rows).step_by(CHUNK) {
        let part = from..(from + CHUNK).min(rows);
        done += accepted(&book.ship_columns(&ShipmentColumns {
            source: "wms",
            command: &command[part.clone()],
            at: &at[part.clone()],
            order: &order[part.clone()],
            node: &node[part],
            ..ShipmentColumns::default()
        })?)?;
    }
    Ok((done, clock.seconds()))
}

/// Receives every pool in so many lots and ships `orders` orders out of them.
///
/// # Errors
/// If a row is refused, an entry is not as it is described above, or the book does not prove itself.
pub fn run(costing: &str, lots: usize, orders: usize) -> Result<Rates, Error> {
    let mut book = book(costing, None)?;
    let sold = (orders.div_ceil(NODES * SKUS) as i64 + 1) * UNITS;
    let receipts = receive(&mut book, lots, (sold / lots as i64 + 1).max(10))?;
    let legs = |book: &Book| -> usize {
        book.event(book.sequence()).map(|event| event.body.postings().len()).unwrap_or_default()
    };
    if legs(&book) != 2 {
        return Err("a receipt does not have two legs".into());
    }
    let nodes = place(&mut book, orders)?;
    let shipments = ship(&mut book, &nodes)?;
    if legs(&book) != 4 {
        return Err("a shipment does not have four legs".into());
    }
    book.verify().map_err(|broken| format!("{broken:?}"))?;
    Ok(Rates { receipts, shipments })
}

/// Seconds of processor time of what the books are asked for after so many movements.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Movements of stock: receipts and shipments.
    pub movements: usize,
    /// Nanoseconds an entry, receipts and shipments together.
    pub entry_ns: f64,
    /// All balances of a second ledger, which values stock by another method.
    pub ledger: f64,
    /// Freight on the first receipt: every later movement of its SKU is costed anew.
    pub late: f64,
    /// Standard cost: a period's variances are shared.
    pub sharing: f64,
}

fn timed(book: &mut Book, id: &str, command: serde_json::Value) -> Result<f64, Error> {
    let clock = CpuClock::start();
    say(book, id.into(), command)?;
    Ok(clock.seconds())
}

/// Receives and ships under a valuation whose movements are remembered, then asks for what reads many of them.
///
/// # Errors
/// If a row is refused.
pub fn scale(costing: &str, scope: &str, lots: usize, orders: usize) -> Result<Scale, Error> {
    let standard = costing == "standard";
    let late = if standard { "at_current_cost" } else { "prospective" };
    let valuation =
        format!(r#"{{"set_valuation":{{"costing":"{costing}","scope":"{scope}","late":"{late}"}}}}"#);
    let mut book = book(costing, Some(&valuation))?;
    let period = serde_json::json!({"set_period":
        {"period": "all", "from": "2020-01-01T00:00:00Z", "to": "2040-01-01T00:00:00Z"}});
    say(&mut book, "reason".into(), serde_json::json!({"define_reason": {"reason": "r"}}))?;
    say(
        &mut book,
        "ledger".into(),
        serde_json::json!({"define_ledger":
        {"ledger": "other", "costing": if costing == "fifo" { "moving_average" } else { "fifo" }}}),
    )?;
    if standard {
        say(&mut book, "period".into(), period)?;
        for sku in 0..SKUS {
            say(
                &mut book,
                format!("std{sku}"),
                serde_json::json!({"revalue_stock":
                {"revaluation": format!("std{sku}"), "sku": format!("S{sku}"), "unit_cost": "4.00", "reason": "r"}}),
            )?;
        }
    }
    let sold = (orders.div_ceil(NODES * SKUS) as i64 + 1) * UNITS;
    let receipts = receive(&mut book, lots, (sold / lots as i64 + 1).max(10))?;
    let nodes = place(&mut book, orders)?;
    let shipments = ship(&mut book, &nodes)?;
    let movements = receipts.0 + shipments.0;
    let entry_ns = (receipts.1 + shipments.1) / movements as f64 * 1e9;
    let clock = CpuClock::start();
    if !standard {
        book.ask(&Query::Ledger(serde_json::from_str(r#"{"ledger":"other"}"#)?))?;
    }
    let ledger = clock.seconds();
    let first = (1u64 << 40).to_string();
    let freight = serde_json::json!({"allocate_landed_cost":
        {"landed_cost": "L", "amount": "1.00", "receipts": [{"receipt": first}]}});
    let late = timed(&mut book, "freight", freight)?;
    let share = serde_json::json!({"share_variance": {"sharing": "V", "period": "all"}});
    let sharing = if standard { timed(&mut book, "share", share)? } else { 0.0 };
    book.verify().map_err(|broken| format!("{broken:?}"))?;
    Ok(Scale { movements, entry_ns, ledger, late, sharing })
}
