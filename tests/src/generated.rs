//! The generated files of the project: made from the one definition, committed, and checked to be fresh.

use crate::{header, python_types, schema, vectors};
use std::path::{Path, PathBuf};
use stockbook::{Body, Book, Command, Rejection};

/// A generated file: where it is committed and what it should say.
pub struct Generated {
    /// Its path.
    pub path: PathBuf,
    /// Its text as the sources have it now.
    pub text: String,
}

/// The root of the project.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every generated file, made afresh.
///
/// # Panics
/// When a source cannot be read.
#[must_use]
pub fn files() -> Vec<Generated> {
    let schema = schema::schema();
    let mut document = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    document.push('\n');
    let (types, errors) = python_types::python_types(&schema);
    let file = |path: &str, text| Generated { path: root().join(path), text };
    vec![
        file("include/stockbook.h", header::header()),
        file("include/stockbook.schema.json", document),
        file("python/stockbook/types.py", types),
        file("python/stockbook/errors.py", errors),
    ]
}

/// Words and numbers that others build on: they may be added to, never changed or reused.
#[must_use]
pub fn vocabulary() -> Generated {
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
    Generated { path: root().join("tests/vocabulary.txt"), text }
}

/// What a release leaves for every later one to load: the log, the snapshot and the hash of each golden case.
///
/// # Panics
/// When the vectors cannot be read, or their books have let go of events.
#[must_use]
pub fn fixtures() -> Vec<(PathBuf, Vec<u8>)> {
    let release = env!("CARGO_PKG_VERSION");
    let mut files = Vec::new();
    for case in vectors::cases() {
        let mut book = Book::new();
        for request in case.requests() {
            book.execute_json(request.as_bytes());
        }
        let log = book.log_since(1).expect("a short case keeps its events");
        let hash = format!("{:016x}\n", book.state_hash());
        let stem = format!("tests/fixtures/{release}-{}", case.name.replace('/', "-"));
        for (ending, bytes) in [("log", log), ("snapshot", book.snapshot()), ("hash", hash.into_bytes())] {
            files.push((root().join(format!("{stem}.{ending}")), bytes));
        }
    }
    files
}
