//! The host in Rust, killed a hundred times.

use std::path::Path;
use std::process::Command;

#[test]
fn a_host_in_rust_outlives_a_hundred_kills() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("durable-rust");
    stockbook_tests::kills::outlives_kills(&folder, 100, |file, orders| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stockbook-durable"));
        command.arg(file).arg(orders);
        command
    });
}
