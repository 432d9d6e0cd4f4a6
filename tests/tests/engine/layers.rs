//! The house's own rules: no room imports upward, and sources stay readable.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms of core, each with those it may look into: itself and all before it.
///
/// `allocation`, `replenishment` and `exception` stand side by side, as do `report` and `simulation`: of two
/// neighbours at most one may look into the other.
const STOREYS: [&[&str]; 13] = [
    &["value"],
    &["ledger"],
    &["catalog"],
    &["policy"],
    &["stock"],
    &["costing"],
    &["posting"],
    &["allocation", "replenishment", "exception"],
    &["record"],
    &["workflow"],
    &["metric"],
    &["book"],
    &["report", "simulation"],
];

fn storey(room: &str) -> Option<usize> {
    STOREYS.iter().position(|rooms| rooms.contains(&room))
}

fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the tests lie one level below the top").to_path_buf()
}

fn sources(under: &Path, ends: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(under) else { return found };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && name != "target" && name != "__pycache__" {
            found.extend(sources(&path, ends));
        } else if ends.iter().any(|end| name.ends_with(end)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A source without comments: what is only spoken of is not imported. Strings in core name no paths.
fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// Module path of a file in core: `allocation/search/fill.rs` is allocation, search, fill; `mod.rs` is its
/// folder.
fn module(path: &Path, src: &Path) -> Vec<String> {
    let inside = path.strip_prefix(src).unwrap_or(path).with_extension("");
    let mut parts: Vec<String> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
        parts.pop();
    }
    parts
}

/// Names right after `crate::`, one by one, also out of braces as in `crate::{value::ids, stock}`.
fn after_crate(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        if at > 0 && code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => names.push(name(rest)),
            Some(list) => {
                let (mut depth, mut fresh) = (1, true);
                for (at, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        ',' if depth == 1 => fresh = true,
                        c if fresh && depth == 1 && (c.is_alphabetic() || c == '_') => {
                            names.push(name(&list[at..]));
                            fresh = false;
                        }
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                }
            }
        }
    }
    names
}

fn name(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Rooms that `super::` paths climb to: as many `super` as the module is deep lead to the crate's own names.
fn after_super(code: &str, depth: usize) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find("super::") {
        let mut climbs = 0;
        let mut tail = &rest[at..];
        while let Some(next) = tail.strip_prefix("super::") {
            climbs += 1;
            tail = next;
        }
        // Inline modules (tests) are one deeper: their first step stays in the file, so one more is allowed
        // there.
        if climbs == depth {
            names.push(name(tail));
        }
        rest = tail;
    }
    names
}

#[test]
fn no_room_imports_upward() {
    let src = root().join("core/src");
    let mut wrong = Vec::new();
    let mut beside: Vec<(String, String)> = Vec::new();
    let mut looked_at = 0;
    for path in sources(&src, &[".rs"]) {
        let own = module(&path, &src);
        let Some(floor) = own.first().and_then(|room| storey(room)) else {
            assert!(own.is_empty(), "{}: a room that the list of storeys does not know", path.display());
            continue;
        };
        let code = code(&text(&path));
        let mut names = after_crate(&code);
        names.extend(after_super(&code, own.len()));
        for name in names {
            looked_at += 1;
            if storey(&name).is_some_and(|other| other > floor) {
                wrong.push(format!("{} looks into `{name}`", path.display()));
            }
            if own.first() != Some(&name) && storey(&name) == Some(floor) {
                beside.push((own[0].clone(), name));
            }
        }
    }
    for (from, to) in &beside {
        if beside.contains(&(to.clone(), from.clone())) {
            wrong.push(format!("`{from}` and `{to}` look into each other"));
        }
    }
    assert!(looked_at > 200, "only {looked_at} paths seen: does the scan still read the sources?");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_scan_sees_every_way_in() {
    assert_eq!(after_crate("use crate::value::ids::*; let x = crate::stock::END;"), ["value", "stock"]);
    assert_eq!(
        after_crate("use crate::{value::{a, b}, policy::Policy,\n    book};"),
        ["value", "policy", "book"]
    );
    assert!(after_crate("my_crate::book; $crate::book").is_empty());
    assert_eq!(after_super("use super::super::book::Book; use super::rows;", 2), ["book"]);
    assert_eq!(after_super("use super::book::Book;", 1), ["book"]);
    assert_eq!(code("a // crate::book\n/// crate::book"), "a \n");
}

/// Sources that are read by people: core, the C face, the Python module and its package.
fn read_by_people() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for room in ["core/src", "ffi/src", "python/src", "python/stockbook", "python/tests"] {
        found.extend(sources(&root().join(room), &[".rs", ".py", ".pyi"]));
    }
    assert!(found.len() > 50, "only {} sources", found.len());
    found
}

/// What is generated says so in its first lines, and is checked for freshness instead.
fn is_generated(text: &str) -> bool {
    text.lines().take(6).any(|line| line.to_lowercase().contains("generated"))
}

#[test]
fn lines_files_and_functions_stay_short() {
    let mut wrong = Vec::new();
    for path in read_by_people() {
        let text = text(&path);
        if is_generated(&text) {
            continue;
        }
        let shown = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
        let lines: Vec<&str> = text.lines().collect();
        if lines.len() > 800 {
            wrong.push(format!("{shown}: {} lines, at most 800", lines.len()));
        }
        for (number, line) in lines.iter().enumerate() {
            let columns = line.chars().count();
            if columns > 110 {
                wrong.push(format!("{shown}:{}: {columns} columns, at most 110", number + 1));
            }
        }
        if shown.ends_with(".rs") {
            for (number, length) in functions(&lines).into_iter().filter(|(_, length)| *length > 70) {
                wrong.push(format!("{shown}:{}: a function of {length} lines, at most 70", number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Functions by their first line, and their length. Formatted code closes a body at the indentation of its
/// head.
fn functions(lines: &[&str]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let head = line.trim_start();
        let words = ["pub", "pub(crate)", "const", "unsafe", "async", "extern", "\"C\""];
        let mut rest = head.split_whitespace().skip_while(|word| words.contains(word));
        if rest.next() != Some("fn") {
            continue;
        }
        let indent = &line[..line.len() - head.len()];
        let end = lines[number..].iter().position(|line| {
            *line == format!("{indent}}}")
                || (line.starts_with(indent) && line.ends_with(';') && **line == *lines[number])
        });
        if !line.ends_with('}') && !line.ends_with(';') {
            found.push((number, end.map_or(1, |end| end + 1)));
        }
    }
    found
}

#[test]
fn functions_are_measured() {
    let lines = [
        "fn a() {",
        "    b();",
        "}",
        "pub(crate) fn c(x: u8) -> u8 { x }",
        "    pub fn d(",
        "    ) {",
        "    }",
    ];
    assert_eq!(functions(&lines), [(0, 3), (4, 3)]);
}

#[test]
fn every_source_opens_with_what_it_is() {
    let mut wrong = Vec::new();
    for path in sources(&root().join("core/src"), &[".rs"]) {
        let text = text(&path);
        if !text.trim().is_empty() && !text.starts_with("//!") {
            wrong.push(path.display().to_string());
        }
    }
    assert!(wrong.is_empty(), "no opening words in:\n{}", wrong.join("\n"));
}

#[test]
fn the_core_is_light_to_carry() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = std::process::Command::new(cargo);
    command.args(["tree", "-p", "stockbook", "-e", "normal", "--prefix", "none"]).current_dir(root());
    let output = command.output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8_lossy(&output.stdout);
    let crates: BTreeSet<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(crates.contains("stockbook") && crates.contains("serde"), "{tree}");
    assert!(crates.len() < 30, "{} crates:\n{tree}", crates.len());
}
