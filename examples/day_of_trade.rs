//! A complete day of trade, from capture to close: an outage, a lost parcel, a late supplier, a rush, a recount,
//! returns; every queue, approval and report shown. The script is `examples/day_of_trade.jsonl`.
//!
//! `cargo run --release --example day_of_trade`

use stockbook_examples::day;

fn main() {
    print!("{}", day::tell(include_str!("day_of_trade.jsonl")));
}
