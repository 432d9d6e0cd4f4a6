//! The golden vectors: `tests/vectors/<topic>/<case>.in.jsonl` and the answers to it, byte for byte.
//!
//! A line of input is a command, a chain or a question; a line of output is its canonical answer. The last line
//! of output is the state hash.

use std::fs;
use std::path::PathBuf;
use stockbook::Book;

/// A case: its name, its input and its answers.
pub struct Case {
    /// Topic and name, as in `orders/split`.
    pub name: String,
    /// Where the input is.
    pub input: PathBuf,
    /// Where the answers are.
    pub output: PathBuf,
}

impl Case {
    /// The requests, a line each.
    ///
    /// # Panics
    /// When the file cannot be read.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        let text =
            fs::read_to_string(&self.input).unwrap_or_else(|e| panic!("{}: {e}", self.input.display()));
        text.lines().map(str::to_owned).collect()
    }
}

/// All cases, by name.
///
/// # Panics
/// When the folder cannot be read.
#[must_use]
pub fn cases() -> Vec<Case> {
    let root = crate::generated::root().join("tests/vectors");
    let mut cases = Vec::new();
    for topic in fs::read_dir(&root).expect("tests/vectors").flatten() {
        let Ok(files) = fs::read_dir(topic.path()) else { continue };
        for file in files.flatten() {
            let input = file.path();
            let Some(name) = input.file_name().and_then(|n| n.to_str()?.strip_suffix(".in.jsonl")) else {
                continue;
            };
            let topic = topic.file_name().to_string_lossy().into_owned();
            let output = input.with_file_name(format!("{name}.out.jsonl"));
            cases.push(Case { name: format!("{topic}/{name}"), input, output });
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

/// The answers of a book to a case, as the file has them.
#[must_use]
pub fn answers(requests: &[String]) -> String {
    let mut book = Book::new();
    let mut out = String::new();
    for request in requests {
        out.push_str(&book.execute_json(request.as_bytes()));
        out.push('\n');
    }
    out.push_str(&last_line(&book));
    out
}

/// The last line: the state hash.
#[must_use]
pub fn last_line(book: &Book) -> String {
    format!("{{\"state_hash\":\"{:016x}\"}}\n", book.state_hash())
}
