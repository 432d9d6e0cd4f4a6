//! Generated files are fresh, and the public vocabulary moves only on purpose.

use std::fs;
use stockbook_tests::generated::{files, vocabulary};

#[test]
fn generated_files_are_fresh() {
    for file in files() {
        let known = fs::read_to_string(&file.path).unwrap_or_default();
        let path = file.path.display();
        assert!(known == file.text, "{path} is stale: run `cargo run --example generate`");
    }
}

/// Words and numbers that others build on: they may be added to, never changed or reused.
#[test]
fn the_vocabulary_moves_only_on_purpose() {
    let now = vocabulary();
    let known = fs::read_to_string(&now.path).unwrap_or_default();
    assert_eq!(known, now.text, "if this is meant, run `cargo run --example generate -- --vocabulary`");
}
