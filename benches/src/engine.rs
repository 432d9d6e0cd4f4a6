//! The engine on workload OA-1: the same rule as the yardstick, written as ordinary policy data.
//!
//! What is on: policy scoring, reservations, idempotency, one event an order, state hash. Events stay in the
//! book's window, which holds those of one column call, as for a host that drains them after each; from there
//! they are dropped, no log is written.

use crate::oa1::{BACKORDERED, CpuClock, Workload};
use stockbook::*;

/// Orders a column call.
const CHUNK: usize = 1_024;

/// OA-1's rule as a policy: as many lines as possible, from one node if it can be, from near.
pub const POLICY: &str = r#"{
  "name": "oa-1",
  "otherwise": {
    "lateness": "allowed",
    "tiers": [
      [{"measure": "unfilled_lines", "weight": "1"}],
      [{"measure": "not_single", "weight": "1"}],
      [{"measure": "distance_km", "weight": "1"}]
    ]
  }
}"#;

/// What went wrong.
pub type Error = Box<dyn std::error::Error>;

/// When the workloads begin.
pub const NOON: i64 = 1_767_614_400_000_000;

fn degrees(value: f64) -> i64 {
    (value * 1e9).round() as i64
}

/// A book with the workload's nodes, SKUs and stock, under `policy`.
pub fn book(workload: &Workload, policy: &str) -> Result<Book, Error> {
    let mut book = Book::new();
    let at = Instant::from_micros(NOON);
    let mut number = 0u64;
    let mut say = |book: &mut Book, command| {
        number += 1;
        book.execute(&Envelope::new(&format!("setup-{number}"), at, command))
    };
    let windows = serde_json::json!({
        "currency": "USD", "currency_digits": 2, "idempotency_window": 1 << 18, "event_window": CHUNK,
    });
    say(&mut book, Command::ConfigureBook(serde_json::from_value(windows)?))?;
    for (index, [lat, lon]) in workload.nodes.iter().enumerate() {
        let node = serde_json::json!({
            "node": format!("N{index}"), "kind": "warehouse",
            "place": {"lat": format!("{lat:.4}"), "lon": format!("{lon:.4}")},
        });
        say(&mut book, Command::DefineNode(serde_json::from_value(node)?))?;
    }
    let channel = serde_json::json!({"channel": "web", "promise_hours": 120});
    say(&mut book, Command::DefineChannel(serde_json::from_value(channel)?))?;
    for sku in 0..workload.stock.len() {
        let define = serde_json::json!({"sku": format!("S{sku}"), "price": "10.00"});
        say(&mut book, Command::DefineSku(serde_json::from_value(define)?))?;
    }
    say(&mut book, Command::SetPolicy(serde_json::from_str(policy)?))?;
    let mut receipts: (Vec<u64>, Vec<u32>, Vec<u32>, Vec<i64>) = Default::default();
    for (sku, row) in workload.stock.iter().enumerate() {
        for (node, qty) in row.iter().enumerate().filter(|(_, qty)| **qty > 0) {
            receipts.0.push((sku * row.len() + node) as u64 + (1 << 40));
            receipts.1.push(node as u32);
            receipts.2.push(sku as u32);
            receipts.3.push(i64::from(*qty));
        }
    }
    let rows = receipts.0.len();
    let outcomes = book.receive_columns(&ReceiptColumns {
        command: &receipts.0,
        at: &vec![NOON; rows],
        node: &receipts.1,
        sku: &receipts.2,
        qty: &receipts.3,
        unit_cost: &vec![5_000_000; rows],
        ..ReceiptColumns::default()
    })?;
    if let Some(refused) = outcomes.rejection.iter().find(|number| **number != 0) {
        return Err(format!("a receipt was refused: {refused}").into());
    }
    Ok(book)
}

/// The workload's orders as columns.
pub struct Columns {
    numbers: Vec<u64>,
    at: Vec<i64>,
    channel: Vec<u32>,
    lat: Vec<i64>,
    lon: Vec<i64>,
    line_start: Vec<u32>,
    sku: Vec<u32>,
    qty: Vec<i64>,
}

impl Columns {
    /// The columns that a host would hold.
    #[must_use]
    pub fn new(workload: &Workload) -> Columns {
        let rows = workload.orders();
        Columns {
            numbers: (1..=rows as u64).collect(),
            at: (0..rows as i64).map(|row| NOON + row).collect(),
            channel: vec![0; rows],
            lat: workload.customers.iter().map(|place| degrees(f64::from(place[0]))).collect(),
            lon: workload.customers.iter().map(|place| degrees(f64::from(place[1]))).collect(),
            line_start: workload.offsets.clone(),
            sku: workload.skus.clone(),
            qty: workload.quantities.iter().map(|qty| i64::from(*qty)).collect(),
        }
    }
}

/// Places all orders through the column call: the assignment and the processor time.
pub fn run_columns(book: &mut Book, columns: &Columns) -> Result<(Vec<u8>, f64), Error> {
    let rows = columns.numbers.len();
    let mut assignment = Vec::with_capacity(columns.sku.len());
    let clock = CpuClock::start();
    for from in (0..rows).step_by(CHUNK) {
        let to = (from + CHUNK).min(rows);
        let first = columns.line_start[from];
        let lines = first as usize..columns.line_start[to] as usize;
        let line_start: Vec<u32> = columns.line_start[from..=to].iter().map(|at| at - first).collect();
        let outcomes = book.place_orders(&OrderColumns {
            source: "shop",
            command: &columns.numbers[from..to],
            order: &columns.numbers[from..to],
            at: &columns.at[from..to],
            channel: &columns.channel[from..to],
            lat: &columns.lat[from..to],
            lon: &columns.lon[from..to],
            line_start: &line_start,
            sku: &columns.sku[lines.clone()],
            qty: &columns.qty[lines],
            ..OrderColumns::default()
        })?;
        assignment.extend(outcomes.line_node.iter().map(|node| u8::try_from(*node).unwrap_or(BACKORDERED)));
    }
    Ok((assignment, clock.seconds()))
}

/// The workload's orders as typed commands.
#[must_use]
pub fn envelopes(workload: &Workload, orders: usize) -> Vec<Envelope> {
    let order = |row: usize| {
        let lines = workload.offsets[row] as usize..workload.offsets[row + 1] as usize;
        let line = |line: usize| OrderLine {
            sku: format!("S{}", workload.skus[line]),
            qty: i64::from(workload.quantities[line]),
            unit: None,
            price: None,
            lot: None,
        };
        let [lat, lon] = workload.customers[row];
        let place = PlaceOrder {
            order: (row + 1).to_string(),
            channel: "web".into(),
            to: Point { lat: Degrees(degrees(f64::from(lat))), lon: Degrees(degrees(f64::from(lon))) },
            lines: lines.map(line).collect(),
            deliver_by: None,
            priority: None,
            commitment: Commitment::Own,
            hold: None,
            detail: Detail::None,
            ..PlaceOrder::default()
        };
        let at = Instant::from_micros(NOON + row as i64);
        let mut envelope = Envelope::new(&(row + 1).to_string(), at, Command::PlaceOrder(place));
        envelope.source = "shop".into();
        envelope
    };
    (0..orders.min(workload.orders())).map(order).collect()
}

/// Places orders one by one through typed `execute`: the assignment and the processor time.
pub fn run_execute(book: &mut Book, envelopes: &[Envelope]) -> Result<(Vec<u8>, f64), Error> {
    let mut assignment = Vec::new();
    let clock = CpuClock::start();
    for envelope in envelopes {
        let receipt = book.execute(envelope)?;
        let Some(Body::OrderPlaced(placed)) = book.event(receipt.sequence).map(|event| &event.body) else {
            return Err("no order was placed".into());
        };
        let from = assignment.len();
        assignment.resize(from + placed.lines.len(), BACKORDERED);
        for part in &placed.plan.parts {
            let node = placed.plan.parcels[part.parcel as usize].node.0;
            assignment[from + part.line as usize - 1] = node as u8;
        }
    }
    Ok((assignment, clock.seconds()))
}
