//! Writes the generated files: the C header, the JSON schema, Python's classes. What is a promise is written only
//! when it is asked for; look at its difference before you commit it:
//!
//! - `--vectors`: the answers of the golden vectors, and the day of trade as it is told,
//! - `--vocabulary`: the words and numbers of commands, events and rejections,
//! - `--fixtures`: the logs and snapshots that this version leaves for later ones; once released, they stay.
//!
//! `cargo run --release --example generate [-- --vectors]`

use std::fs;
use stockbook_tests::{generated, vectors};

fn main() -> std::io::Result<()> {
    let asked = |word: &str| std::env::args().any(|argument| argument == word);
    for file in generated::files() {
        write(&file.path, file.text.as_bytes())?;
    }
    if asked("--vectors") {
        for case in vectors::cases() {
            write(&case.output, vectors::answers(&case.requests()).as_bytes())?;
        }
        let told = stockbook_examples::day::tell(include_str!("day_of_trade.jsonl"));
        write(&generated::root().join("tests/c/day_of_trade.expected"), told.as_bytes())?;
    }
    if asked("--vocabulary") {
        let file = generated::vocabulary();
        write(&file.path, file.text.as_bytes())?;
    }
    if asked("--fixtures") {
        for (path, bytes) in generated::fixtures() {
            write(&path, &bytes)?;
        }
    }
    Ok(())
}

/// Writes a file if it says something else.
fn write(path: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    if fs::read(path).is_ok_and(|known| known == bytes) {
        return Ok(());
    }
    println!("{}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes)
}
