//! A day of trade as a script: a heading, a command or a question a line.

use stockbook::Book;

/// Says a script to a book, and tells what a person would want to see: headings, what was refused, and the
/// answer to every question.
///
/// ```
/// let told = stockbook_examples::day::tell("# Morning.\n{\"ask\":{\"approvals\":{}}}\n");
/// assert_eq!(told, "Morning.\n  {\"answer\":{\"approvals\":[]}}\n");
/// ```
#[must_use]
pub fn tell(script: &str) -> String {
    let mut book = Book::new();
    let mut out = String::new();
    for line in script.lines() {
        if let Some(heading) = line.strip_prefix("# ") {
            out.push_str(heading);
            out.push('\n');
            continue;
        }
        let answer = book.execute_json(line.as_bytes());
        if !answer.starts_with("{\"receipt") {
            out.push_str("  ");
            out.push_str(&answer);
            out.push('\n');
        }
    }
    out
}
