//! A book of ten million (SKU, node) cells: bytes a cell, bytes a hold, and what a reservation costs as the
//! book and the holds on a SKU grow.
//!
//! `cargo run --release --example scale [-- --cells 10000000] [--holds 1000000]`
//!
//! Every cell has stock in one lot and one FIFO cost layer; events and idempotency windows are drained to
//! their last few. Lots are named as goods came in, so that cells of one receipt share a lot's name. Bytes
//! are those that the book has asked of the allocator and not given back, lists' spare room included.
#![allow(unsafe_code, reason = "a counting allocator is one")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use stockbook::*;
use stockbook_benches::engine::{Error, NOON};
use stockbook_benches::oa1::CpuClock;

/// Counts the bytes that are asked for and not given back.
struct Counting;

static BYTES: AtomicUsize = AtomicUsize::new(0);

// SAFETY: all work is the system allocator's.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        BYTES.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        BYTES.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        BYTES.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(at, layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        BYTES.fetch_add(size, Ordering::Relaxed);
        BYTES.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Nodes of every book; SKUs follow from the cells.
const NODES: usize = 100;
/// Lines of a receipt.
const LINES: usize = 200;
/// Events and command ids that stay in the book.
const WINDOW: u32 = 16;

struct Scale {
    book: Book,
    skus: usize,
    said: u64,
}

impl Scale {
    fn say(&mut self, command: Command) -> Result<(), Error> {
        self.said += 1;
        let at = Instant::from_micros(NOON);
        self.book.execute(&Envelope::new(&self.said.to_string(), at, command))?;
        Ok(())
    }

    fn new(cells: usize) -> Result<Scale, Error> {
        let skus = cells.div_ceil(NODES);
        let mut scale = Scale { book: Book::new(), skus, said: 0 };
        let windows = serde_json::json!({
            "currency": "USD", "currency_digits": 2, "idempotency_window": WINDOW, "event_window": WINDOW,
        });
        scale.say(Command::ConfigureBook(serde_json::from_value(windows)?))?;
        for node in 0..NODES {
            let place = serde_json::json!({"lat": "40.0", "lon": "-100.0"});
            let node = serde_json::json!({"node": format!("N{node}"), "kind": "warehouse", "place": place});
            scale.say(Command::DefineNode(serde_json::from_value(node)?))?;
        }
        let channel = serde_json::json!({"channel": "web", "promise_hours": 120});
        scale.say(Command::DefineChannel(serde_json::from_value(channel)?))?;
        scale.say(Command::DefineSkus(DefineSkus {
            sku: (0..skus).map(|n| format!("S{n}")).collect(),
            costing: vec![Costing::Fifo; skus],
            ..DefineSkus::default()
        }))?;
        let mut receipt = 0u64;
        for from in (0..skus).step_by(LINES) {
            for node in 0..NODES {
                receipt += 1;
                let place = Place { lot: format!("L{}", receipt % 4_096), ..Place::default() };
                let line = |sku: usize| ReceiptLine {
                    sku: format!("S{sku}"),
                    qty: 200_000,
                    unit: None,
                    unit_cost: Some(Money::from_micros(10_000)),
                    place: place.clone(),
                    zero_cost_reason: None,
                    expires_at: None,
                };
                scale.say(Command::ReceiveGoods(ReceiveGoods {
                    receipt: receipt.to_string(),
                    node: format!("N{node}"),
                    supplier: None,
                    purchase_order: None,
                    lines: (from..skus.min(from + LINES)).map(line).collect(),
                    rate: None,
                }))?;
            }
        }
        Ok(scale)
    }

    fn hold(&mut self, number: usize, sku: usize, node: usize) -> Result<(), Error> {
        let line = HoldLine {
            sku: format!("S{sku}"),
            node: format!("N{node}"),
            qty: 1,
            nodes: Vec::new(),
            lot: String::new(),
        };
        self.say(Command::HoldStock(HoldStock {
            hold: number.to_string(),
            channel: "web".into(),
            lines: vec![line],
            expires_at: Instant::from_micros(NOON + 900_000_000 + number as i64),
            fill: HoldFill::AllOrNothing,
        }))
    }

    /// Nanoseconds of a hold, each cell drawn by Zipf's law (exponent 1) over all cells.
    fn zipf_ns(&mut self, first: usize, count: usize) -> Result<f64, Error> {
        let cells = (self.skus * NODES) as f64;
        let mut state = 7u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // The inverse of ln(x) / ln(n): a rank, spread over the cells.
            let rank = cells.powf((state >> 11) as f64 / (1u64 << 53) as f64) as u64;
            (rank.wrapping_mul(0x9E37_79B9_7F4A_7C15) % cells as u64) as usize
        };
        let drawn: Vec<usize> = (0..count).map(|_| draw()).collect();
        let clock = CpuClock::start();
        for (at, cell) in drawn.iter().enumerate() {
            self.hold(first + at, cell / NODES, cell % NODES)?;
        }
        Ok(clock.seconds() / count as f64 * 1e9)
    }
}

fn main() -> Result<(), Error> {
    let (mut cells, mut holds) = (10_000_000usize, 1_000_000usize);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let number: usize = words.next().ok_or("a number is missing")?.parse()?;
        match word.as_str() {
            "--cells" => cells = number.max(NODES),
            "--holds" => holds = number.max(2_000),
            _ => return Err(format!("unknown option {word}").into()),
        }
    }
    let mut costs = Vec::new();
    for size in [10_000, cells] {
        let before = BYTES.load(Ordering::Relaxed);
        let clock = CpuClock::start();
        let mut scale = Scale::new(size)?;
        let used = BYTES.load(Ordering::Relaxed) - before;
        let filled = (scale.skus * NODES) as f64;
        println!("cells={filled} bytes_a_cell={:.1} load_cpu_s={:.1}", used as f64 / filled, clock.seconds());
        let before = BYTES.load(Ordering::Relaxed);
        let ns = scale.zipf_ns(1, holds)?;
        let used = BYTES.load(Ordering::Relaxed) - before;
        println!(
            "cells={filled} holds={holds} bytes_a_hold={:.1} ns_a_hold={ns:.0}",
            used as f64 / holds as f64
        );
        costs.push(ns);
        if size == cells {
            let verified = scale.book.verify()?;
            println!("verified: {verified:?}");
        }
    }
    println!("growth={:.2}", costs[1] / costs[0]);
    let mut scale = Scale::new(10_000)?;
    let (few, many) = (1_000, 100_000);
    let mut at = 0;
    let mut batch = |scale: &mut Scale, count: usize| -> Result<f64, Error> {
        let clock = CpuClock::start();
        for _ in 0..count {
            at += 1;
            scale.hold(at, 0, 0)?;
        }
        Ok(clock.seconds() / count as f64 * 1e9)
    };
    batch(&mut scale, few)?;
    let early = batch(&mut scale, few)?;
    batch(&mut scale, many - 2 * few)?;
    let late = batch(&mut scale, few)?;
    println!("open_holds_on_a_sku={many} ns_early={early:.0} ns_late={late:.0} growth={:.2}", late / early);
    Ok(())
}
