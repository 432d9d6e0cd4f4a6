//! The day of trade says the same in every language, and is the golden vector with headings.

use std::fs;
use std::path::Path;
use stockbook_examples::day;

#[test]
fn the_day_of_trade_is_told_as_its_c_twin_tells_it() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| fs::read_to_string(examples.join(path)).unwrap_or_default();
    let script = read("day_of_trade.jsonl");
    let told = day::tell(&script);
    let expected = "../tests/c/day_of_trade.expected";
    if std::env::var_os("STOCKBOOK_REFRESH").is_some() {
        fs::write(examples.join(expected), &told).expect("the golden file can be written");
    }
    assert!(told == read(expected), "the day is told otherwise: see it with STOCKBOOK_REFRESH=1");
    let plain: String =
        script.lines().filter(|line| !line.starts_with("# ")).map(|line| format!("{line}\n")).collect();
    assert_eq!(plain, read("../tests/vectors/workflow/day_of_trade.in.jsonl"));
    assert!(told.contains("\"all_tie\":true") && !told.contains("\"all_tie\":false"));
}
