//! Logs and snapshots of past releases load and replay to the hash they were recorded with, for ever.

use std::fs;
use stockbook::Book;
use stockbook_tests::generated::root;

#[test]
fn logs_and_snapshots_of_every_release_still_load() {
    let folder = root().join("tests/fixtures");
    let mut seen = 0;
    for file in fs::read_dir(&folder).expect("tests/fixtures").flatten() {
        let path = file.path();
        let Some(name) = path.to_str().and_then(|name| name.strip_suffix(".hash")) else { continue };
        let want = fs::read_to_string(&path).expect("a hash").trim().to_owned();
        let log = fs::read(format!("{name}.log")).expect("a log");
        let snapshot = fs::read(format!("{name}.snapshot")).expect("a snapshot");
        for book in [Book::replay(&log), Book::restore(&snapshot)] {
            let book = book.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(format!("{:016x}", book.state_hash()), want, "{name}");
            book.verify().unwrap_or_else(|broken| panic!("{name}: {broken}"));
        }
        seen += 1;
    }
    assert!(seen > 0, "no fixtures in {}", folder.display());
}
