//! Journal entries a second of one core: receipts and shipments through the public column calls.
//!
//! `cargo run --release --example posting_rate [-- --orders N] [--repeats N]`
//! prints a line for each costing and number of layers a pool, best of the repeats; the book proves its stock,
//! layers and books after each. The last line is moving average, and FIFO over a hundred layers a pool. A
//! shipment out of a thousand layers may cost no more than that out of ten, but for what memory is slower: at
//! more than three times it the run fails.

use stockbook_benches::posting::{Rates, run};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut orders, mut repeats) = (100_000, 3);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let number: usize = words.next().ok_or("a number is missing")?.parse()?;
        match word.as_str() {
            "--orders" => orders = number.max(1),
            "--repeats" => repeats = number.max(1),
            _ => return Err(format!("unknown option {word}").into()),
        }
    }
    let best = |costing: &str, lots: usize| -> Result<Rates, Box<dyn std::error::Error>> {
        let mut best = run(costing, lots, orders)?;
        for _ in 1..repeats {
            let rates = run(costing, lots, orders)?;
            if rates.entries_per_second() > best.entries_per_second() {
                best = rates;
            }
        }
        let each = |(count, seconds): (usize, f64)| seconds / count as f64 * 1e9;
        println!(
            "{costing} layers={lots} receipts={} ns_a_receipt={:.0} shipments={} ns_a_shipment={:.0} \
             entries_per_cpu_s={:.0}",
            best.receipts.0,
            each(best.receipts),
            best.shipments.0,
            each(best.shipments),
            best.entries_per_second(),
        );
        Ok(best)
    };
    let average = best("moving_average", 100)?;
    let (mut fifo, mut few) = (None, 0.0);
    for lots in [1, 10, 100, 1_000] {
        let rates = best("fifo", lots)?;
        let each = rates.shipments.1 / rates.shipments.0 as f64;
        if lots == 10 {
            few = each;
        } else if lots == 1_000 && each > 3.0 * few {
            return Err("the cost of a shipment grows with the number of layers".into());
        }
        if lots == 100 {
            fifo = Some(rates);
        }
    }
    let fifo = fifo.ok_or("no run")?;
    println!(
        "entries_per_cpu_s average={:.0} fifo={:.0}",
        average.entries_per_second(),
        fifo.entries_per_second()
    );
    Ok(())
}
