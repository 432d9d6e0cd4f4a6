//! A million SKUs from columns: how long the load takes, typed and as JSON.
//!
//! `cargo run --release --example catalog_load -- --skus 1000000`

use serde_json::json;
use std::time::Instant;
use stockbook::{Book, Command, DefineSkus, Envelope, Money};

/// Rows of one JSON request.
const CHUNK: usize = 100_000;

fn columns(from: usize, count: usize) -> DefineSkus {
    let rows = from..from + count;
    DefineSkus {
        sku: rows.clone().map(|n| format!("SKU-{n:07}")).collect(),
        group: rows.clone().map(|n| format!("group-{}", n % 200)).collect(),
        weight_g: rows.clone().map(|n| (n % 5_000) as i64).collect(),
        price: rows.map(|n| Money::from_micros((n % 9_999 + 1) as i64 * 10_000)).collect(),
        ..DefineSkus::default()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip_while(|word| word != "--skus").skip(1);
    let skus: usize = words.next().map_or(Ok(1_000_000), |count| count.parse())?;
    let at: stockbook::Instant = "2026-01-05T09:00:00Z".parse()?;

    let mut typed = Book::new();
    let envelope = Envelope::new("load", at, Command::DefineSkus(columns(0, skus)));
    let started = Instant::now();
    typed.execute(&envelope)?;
    let typed_s = started.elapsed().as_secs_f64();

    let mut spoken = Book::new();
    let mut requests = Vec::new();
    for (number, from) in (0..skus).step_by(CHUNK).enumerate() {
        let chunk = columns(from, CHUNK.min(skus - from));
        let command = json!({"define_skus": serde_json::to_value(&chunk)?});
        let at = "2026-01-05T09:00:00Z";
        requests.push(json!({"id": format!("load-{number}"), "at": at, "command": command}).to_string());
    }
    let started = Instant::now();
    for request in &requests {
        let answer = spoken.execute_json(request.as_bytes());
        assert!(answer.starts_with("{\"receipt\""), "{}", answer.chars().take(300).collect::<String>());
    }
    let json_s = started.elapsed().as_secs_f64();

    assert_eq!((typed.sku_count(), spoken.sku_count()), (skus, skus));
    println!("skus={skus} typed_s={typed_s:.2} json_s={json_s:.2}");
    Ok(())
}
