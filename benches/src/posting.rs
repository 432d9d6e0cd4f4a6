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

fn book(costing: &str) -> Result<Book, Error> {
    let mut book = Book::new();
    let windows = serde_json::json!({"configure_book": {
        "currency": "USD", "currency_digits": 2, "idempotency_window": 1 << 18, "event_window": CHUNK,
    }});
    say(&mut book, "windows".into(), windows)?;
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
    let mut book = book(costing)?;
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
