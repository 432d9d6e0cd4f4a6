//! What the books cost as movements grow: entries under a company's pools, a second ledger, a late cost, and the
//! sharing of variances.
//!
//! `cargo run --release --example books_scale [-- --orders N]`

use stockbook_benches::posting::scale;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut most = 100_000;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let number: usize = words.next().ok_or("a number is missing")?.parse()?;
        match word.as_str() {
            "--orders" => most = number.max(10),
            _ => return Err(format!("unknown option {word}").into()),
        }
    }
    for (costing, scope) in [
        ("moving_average", "node"),
        ("moving_average", "company"),
        ("fifo", "node"),
        ("fifo", "company"),
        ("standard", "node"),
    ] {
        for orders in [most / 10, most] {
            let found = scale(costing, scope, (orders / 1_000).max(1), orders)?;
            println!(
                "{costing} {scope} movements={} ns_an_entry={:.0} second_ledger_s={:.4} late_cost_s={:.4} \
                 sharing_s={:.4}",
                found.movements, found.entry_ns, found.ledger, found.late, found.sharing
            );
        }
    }
    Ok(())
}
