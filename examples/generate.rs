//! Writes the generated files: the C header, the JSON schema, Python's classes; with `--vectors` also the answers
//! of the golden vectors, which are a promise: look at their difference before you commit it.
//!
//! `cargo run --example generate [-- --vectors]`

use std::fs;
use stockbook_tests::{generated, vectors};

fn main() -> std::io::Result<()> {
    for file in generated::files() {
        write(&file.path, &file.text)?;
    }
    if std::env::args().any(|word| word == "--vectors") {
        for case in vectors::cases() {
            write(&case.output, &vectors::answers(&case.requests()))?;
        }
    }
    Ok(())
}

/// Writes a file if it says something else.
fn write(path: &std::path::Path, text: &str) -> std::io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|known| known == text) {
        return Ok(());
    }
    println!("{}", path.display());
    fs::write(path, text)
}
