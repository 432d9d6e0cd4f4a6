//! Generated files are fresh, and the public vocabulary moves only on purpose.

use std::fs;
use stockbook::{Body, Command, Rejection};
use stockbook_tests::generated::{files, root};

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
    let mut text = String::new();
    for word in Command::words() {
        text.push_str(&format!("command {word}\n"));
    }
    for name in Body::names() {
        text.push_str(&format!("event {name}\n"));
    }
    for (number, name, class, retry, _) in Rejection::table() {
        text.push_str(&format!("rejection {number} {name} {class:?} {retry:?}\n"));
    }
    let path = root().join("tests/vocabulary.txt");
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(known, text, "if this is meant, write the new text to tests/vocabulary.txt");
}
