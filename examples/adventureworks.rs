//! Three years of AdventureWorks through the book: `cargo run --release --example adventureworks`.

use stockbook_examples::adapter::{self, adventureworks};

fn main() -> std::process::ExitCode {
    adapter::main("adventureworks", adventureworks::run)
}
