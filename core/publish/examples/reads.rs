//! Reads that never wait, from Rust: what one read costs alone, and while a writer moves units all the time.
//!
//! `cargo run --release -p stockbook-publish --example reads [-- moves]`
//!
//! Two readers ask what is available at two nodes while the writer moves units from one to the other, each
//! move a chain of two commands and so one commit. What they read together is of one commit, so that the sum
//! never changes. `examples/c/reads.c` does the same through the C ABI.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "a bench counts and divides"
)]

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use stockbook::*;
use stockbook_publish::{Publisher, Reader};

type Error = Box<dyn std::error::Error>;

/// Units that are moved to and fro.
const UNITS: i64 = 1_000;
/// Readers beside the writer.
const READERS: usize = 2;

fn say(book: &mut Book, id: &str, json: &str) -> Result<(), Error> {
    let at: Instant = "2026-01-05T09:00:00Z".parse()?;
    book.execute(&Envelope::new(id, at, serde_json::from_str(json)?))?;
    Ok(())
}

fn adjust(id: &str, node: &str, qty: i64) -> Result<Envelope, Error> {
    let at: Instant = "2026-01-05T09:00:00Z".parse()?;
    let json = serde_json::json!({"adjust_stock": {"adjustment": id, "node": node, "reason": "count",
        "lines": [{"sku": "TEE", "qty": qty, "unit_cost": if qty > 0 { Some("1.00") } else { None }}]}});
    Ok(Envelope::new(id, at, serde_json::from_value(json)?))
}

/// Nanoseconds a read of one cell, and of two together, with nobody writing.
fn alone(reader: &Reader, sku: SkuId, nodes: [NodeId; 2]) -> (f64, f64) {
    const READS: u32 = 20_000_000;
    let mut sum = 0i64;
    let started = std::time::Instant::now();
    for _ in 0..READS {
        sum = sum.wrapping_add(std::hint::black_box(reader).available(sku, nodes[0]));
    }
    let one = started.elapsed().as_secs_f64() / f64::from(READS) * 1e9;
    let mut units = [0; 2];
    let started = std::time::Instant::now();
    for _ in 0..READS {
        std::hint::black_box(reader).read(nodes.iter().map(|node| (sku, *node)), &mut units);
        sum = sum.wrapping_add(units[0]);
    }
    let both = started.elapsed().as_secs_f64() / f64::from(READS) * 1e9;
    std::hint::black_box(sum);
    (one, both)
}

fn main() -> Result<(), Error> {
    let moves: u32 = std::env::args().nth(1).map_or(Ok(100_000), |word| word.parse())?;
    let mut book = Book::new();
    let node = |node: &str| {
        let place = r#"{"lat":"39","lon":"-119"}"#;
        format!(r#"{{"define_node":{{"node":"{node}","kind":"warehouse","place":{place}}}}}"#)
    };
    say(&mut book, "1", r#"{"define_sku":{"sku":"TEE","price":"19.99"}}"#)?;
    say(&mut book, "2", &node("RENO"))?;
    say(&mut book, "3", &node("ALLEN"))?;
    say(&mut book, "4", r#"{"define_reason":{"reason":"count"}}"#)?;
    say(
        &mut book,
        "5",
        r#"{"receive_goods":{"receipt":"R","node":"RENO",
            "lines":[{"sku":"TEE","qty":1000,"unit_cost":"1.00"}]}}"#,
    )?;
    let sku = book.sku_id("TEE").ok_or("no SKU")?;
    let nodes = [book.node_id("RENO").ok_or("no node")?, book.node_id("ALLEN").ok_or("no node")?];
    let mut publisher = Publisher::new(&mut book);
    let (one, both) = alone(&publisher.reader(), sku, nodes);
    println!("alone: ns_a_read={one:.1} ns_two_cells={both:.1}");

    let (over, reads) = (AtomicBool::new(false), AtomicU64::new(0));
    let started = std::time::Instant::now();
    let writer_s = std::thread::scope(|scope| -> Result<f64, Error> {
        for _ in 0..READERS {
            let (reader, over, reads) = (publisher.reader(), &over, &reads);
            scope.spawn(move || {
                let (mut count, mut units) = (0u64, [0; 2]);
                while !over.load(Ordering::Relaxed) {
                    reader.read(nodes.iter().map(|node| (sku, *node)), &mut units);
                    assert_eq!(units[0] + units[1], UNITS, "what is read together is of one commit");
                    count += 1;
                }
                reads.fetch_add(count, Ordering::Relaxed);
            });
        }
        let mut write = || -> Result<f64, Error> {
            let started = std::time::Instant::now();
            for number in 0..moves {
                let (from, to) = if number % 1_600 < 800 { ("RENO", "ALLEN") } else { ("ALLEN", "RENO") };
                let out = adjust(&format!("out-{number}"), from, -1)?;
                let into = adjust(&format!("in-{number}"), to, 1)?;
                book.execute_chain(&[out, into])?;
                publisher.publish(&mut book);
            }
            Ok(started.elapsed().as_secs_f64())
        };
        let written = write();
        over.store(true, Ordering::Relaxed);
        written
    })?;
    let seconds = started.elapsed().as_secs_f64();
    let reads = reads.load(Ordering::Relaxed) as f64;
    println!(
        "beside a writer: moves={moves} moves_per_s={:.0} readers={READERS} reads_per_s={:.0}",
        f64::from(moves) / writer_s,
        reads / seconds
    );
    Ok(())
}
