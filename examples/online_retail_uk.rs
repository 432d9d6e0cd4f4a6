//! A year of a British gift wholesaler through the book: `cargo run --release --example online_retail_uk`.

use stockbook_examples::adapter::{self, online_retail};

fn main() -> std::process::ExitCode {
    adapter::main("online_retail_uk", online_retail::run)
}
