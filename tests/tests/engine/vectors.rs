//! The golden vectors in Rust: the same bytes as through C and Python, also across snapshots and replay.

use std::collections::BTreeSet;
use std::fs;
use stockbook::{Body, Book, Command, Rejection};
use stockbook_tests::vectors::{answers, cases, last_line};

#[test]
fn answers_are_the_same_bytes() {
    let cases = cases();
    assert!(cases.len() >= 10, "only {} cases", cases.len());
    for case in cases {
        let want = fs::read_to_string(&case.output).unwrap_or_default();
        let found = answers(&case.requests());
        for (line, (want, found)) in want.lines().zip(found.lines()).enumerate() {
            assert_eq!(found, want, "{} line {}", case.name, line + 1);
        }
        assert_eq!(found.lines().count(), want.lines().count(), "{}", case.name);
    }
}

#[test]
fn a_snapshot_after_every_line_changes_nothing() {
    for case in cases() {
        let want = fs::read_to_string(&case.output).unwrap_or_default();
        let mut book = Book::new();
        let mut found = String::new();
        for request in case.requests() {
            found.push_str(&book.execute_json(request.as_bytes()));
            found.push('\n');
            book = Book::restore(&book.snapshot()).unwrap_or_else(|e| panic!("{}: {e}", case.name));
            book.verify().unwrap_or_else(|broken| panic!("{}: {broken}", case.name));
        }
        found.push_str(&last_line(&book));
        assert!(found == want, "{}", case.name);
    }
}

#[test]
fn replay_comes_to_the_same_hash() {
    for case in cases() {
        let mut book = Book::new();
        for request in case.requests() {
            book.execute_json(request.as_bytes());
        }
        let log = book.log_since(1).unwrap_or_else(|e| panic!("{}: {e}", case.name));
        let replayed = Book::replay(&log).unwrap_or_else(|e| panic!("{}: {e}", case.name));
        assert_eq!(replayed.state_hash(), book.state_hash(), "{}", case.name);
    }
}

/// Every command, every event and every rejection that input can cause is shown by a vector.
#[test]
fn vectors_show_the_whole_vocabulary() {
    let (mut words, mut events, mut refusals) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for case in cases() {
        let requests = case.requests().join("\n");
        words.extend(Command::words().iter().filter(|word| requests.contains(&format!("\"{word}\":"))));
        let answers = fs::read_to_string(&case.output).unwrap_or_default();
        events.extend(Body::names().iter().filter(|name| answers.contains(&format!("{{\"{name}\":"))));
        let shown = |row: &&(u16, &'static str, _, _, _)| answers.contains(&format!("\"number\":{},", row.0));
        refusals.extend(Rejection::table().iter().filter(shown).map(|row| row.1));
    }
    let missing = |all: Vec<&'static str>, shown: &BTreeSet<&'static str>| -> Vec<&'static str> {
        all.into_iter().filter(|name| !shown.contains(name)).collect()
    };
    assert_eq!(missing(Command::words().to_vec(), &words), [""; 0], "commands without a vector");
    assert_eq!(missing(Body::names().to_vec(), &events), [""; 0], "events without a vector");
    let all = Rejection::table().iter().map(|row| row.1).collect();
    // A defect of the library, which no input causes.
    assert_eq!(missing(all, &refusals), ["BookFaulted"], "rejections without a vector");
}
