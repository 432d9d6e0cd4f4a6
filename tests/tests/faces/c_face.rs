//! The C face as others meet it: header, symbols, both libraries, examples and misuse, compiled by
//! the system's compilers with warnings as errors, run plain, under valgrind and under sanitizers.
//!
//! What a test needs and the machine lacks is `NOT RUN`, and a failure where `CI` is set.
//! `STOCKBOOK_REFRESH=1` writes the expected texts anew; read the difference before you commit it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, OnceLock, PoisonError};
use stockbook_tests::header;
use stockbook_tests::kills::outlives_kills;

/// The top of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie one level below the top")
}

/// Where compiled programs go.
fn workshop() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// Runs a program and gives what it wrote; what it wrote is the message if it fails.
fn run(command: &mut Command) -> String {
    // Cargo points it at the libraries of its own profile, before those that a program was linked with.
    command.env_remove("LD_LIBRARY_PATH");
    let Output { status, stdout, stderr } =
        command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (stdout, stderr) = (text(&stdout), text(&stderr));
    assert!(status.success(), "{command:?}: {status}\n{stdout}\n{stderr}");
    stdout
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The two libraries as cargo built them.
struct Libraries {
    shared: PathBuf,
    archive: PathBuf,
}

/// Builds the C face and reads from cargo where the libraries are.
fn build(profile: &[&str]) -> Libraries {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "-p", "stockbook-ffi", "--message-format=json"]).args(profile);
    let messages = run(command.current_dir(root()));
    let files: Vec<PathBuf> = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact")
        .filter(|message| {
            message["manifest_path"].as_str().is_some_and(|path| path.ends_with("ffi/Cargo.toml"))
        })
        .flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default())
        .filter_map(|file| file.as_str().map(PathBuf::from))
        .collect();
    let one = |extension: &str| {
        let found = files.iter().find(|file| file.extension() == Some(OsStr::new(extension)));
        found.unwrap_or_else(|| panic!("no .{extension} among {files:?}")).clone()
    };
    Libraries { shared: one("so"), archive: one("a") }
}

/// The libraries in the profile of the tests, built once.
fn libraries() -> &'static Libraries {
    static BUILT: OnceLock<Libraries> = OnceLock::new();
    BUILT.get_or_init(|| build(&[]))
}

/// Whether a tool is there. If not, the test says so, and fails under CI.
fn has(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").output().is_ok();
    if !found {
        // Past the test runner, which would swallow what `println!` says.
        writeln!(std::io::stderr(), "NOT RUN: {tool}").expect("stderr");
        assert!(std::env::var_os("CI").is_none(), "{tool} is not installed");
    }
    found
}

/// How a program is compiled and linked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Link {
    Shared,
    Static,
    /// The static library, with gcc's address and undefined-behaviour sanitizers.
    Sanitized,
}

/// The program of a source, compiled once whatever the number of tests that want it.
fn compile(source: &'static str, link: Link) -> PathBuf {
    static COMPILED: Mutex<BTreeMap<(&str, Link), PathBuf>> = Mutex::new(BTreeMap::new());
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    compiled.entry((source, link)).or_insert_with(|| compile_anew(source, link)).clone()
}

/// Compiles a C or C++ source against a library, warnings as errors.
fn compile_anew(source: &str, link: Link) -> PathBuf {
    let source = root().join(source);
    let stem = source.file_stem().and_then(OsStr::to_str).expect("a file");
    let cpp = source.extension() == Some(OsStr::new("cpp"));
    let suffix = match link {
        Link::Shared => "shared",
        Link::Static => "static",
        Link::Sanitized => "sanitized",
    };
    let program = workshop().join(format!("{stem}-{}-{suffix}", if cpp { "cpp" } else { "c" }));
    let (compiler, standard) = if cpp { ("g++", "c++17") } else { ("gcc", "c99") };
    let mut command = Command::new(compiler);
    command.arg(format!("-std={standard}"));
    command.args(["-pedantic", "-Wall", "-Wextra", "-Werror", "-g", "-O1", "-pthread", "-I"]);
    command.arg(root().join("include")).arg(&source);
    if link == Link::Sanitized {
        command.args(["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]);
    }
    if link == Link::Shared {
        let folder = libraries().shared.parent().expect("a library lies in a folder");
        command.arg("-L").arg(folder).arg("-l:libstockbook.so");
        command.arg(format!("-Wl,-rpath,{}", folder.display()));
    } else {
        command.arg(&libraries().archive).args(["-lm", "-ldl"]);
    }
    run(command.arg("-o").arg(&program));
    program
}

/// Runs a program under a tool of valgrind.
fn valgrind(tool: &[&str], program: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("valgrind");
    command.args(["-q", "--error-exitcode=9"]).args(tool).arg(program).args(arguments);
    run(&mut command)
}

const MEMCHECK: &[&str] = &["--leak-check=full"];

/// Compares with a golden file, or writes it when it shall be refreshed.
fn expect_golden(file: &str, actual: &str) {
    let path = root().join("tests/c").join(file);
    if std::env::var_os("STOCKBOOK_REFRESH").is_some() {
        std::fs::write(&path, actual).expect("the golden file can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    if expected != actual {
        let line = expected.lines().zip(actual.lines()).position(|(e, a)| e != a);
        let line = line.unwrap_or_else(|| expected.lines().count().min(actual.lines().count()));
        let show = |text: &str| text.lines().nth(line).unwrap_or("(the end)").to_owned();
        panic!("{file}, line {}:\n- {}\n+ {}", line + 1, show(&expected), show(actual));
    }
}

#[test]
fn the_header_is_fresh() {
    let generated = header::header();
    if std::env::var_os("STOCKBOOK_REFRESH").is_some() {
        std::fs::write(header::path(), &generated).expect("the header can be written");
    }
    let committed = std::fs::read_to_string(header::path()).unwrap_or_default();
    assert!(generated == committed, "include/stockbook.h is not what ffi/src says: generate it");
}

#[test]
fn exported_symbols_are_the_golden_list() {
    let symbols = run(Command::new("nm").args(["-D", "--defined-only"]).arg(&libraries().shared));
    let names = symbols.lines().filter_map(|line| line.split_whitespace().last());
    let names: BTreeSet<&str> = names.collect();
    let list: String = names.iter().map(|name| format!("{name}\n")).collect();
    expect_golden("symbols.txt", &list);
    let committed = std::fs::read_to_string(header::path()).expect("the header");
    for name in names {
        assert!(committed.contains(&format!("{name}(")), "`{name}` is not in the header");
    }
}

#[test]
fn the_stripped_library_is_small() {
    let dist = build(&["--profile", "dist"]);
    let stripped = workshop().join("libstockbook-stripped.so");
    run(Command::new("strip").arg("-o").arg(&stripped).arg(&dist.shared));
    let bytes = std::fs::metadata(&stripped).expect("strip wrote it").len();
    println!("stripped shared library: {bytes} bytes");
    assert!(bytes < 5_000_000, "{bytes} bytes");
}

/// Each example, and the text that it prints.
const EXAMPLES: [(&str, &str); 3] = [
    ("examples/c/seed_story.c", "seed_story.expected"),
    ("examples/cpp/seed_story.cpp", "seed_story.expected"),
    ("examples/c/columns.c", "columns.expected"),
];

#[test]
fn examples_print_what_they_should_with_both_libraries() {
    for (source, expected) in EXAMPLES {
        for link in [Link::Shared, Link::Static] {
            expect_golden(expected, &run(&mut Command::new(compile(source, link))));
        }
    }
}

#[test]
fn the_day_of_trade_is_told_in_c_as_in_rust() {
    let script = root().join("examples/day_of_trade.jsonl");
    for link in [Link::Shared, Link::Sanitized] {
        let told = run(Command::new(compile("examples/c/day_of_trade.c", link)).arg(&script));
        expect_golden("day_of_trade.expected", &told);
    }
}

#[test]
fn examples_are_clean_under_valgrind() {
    if has("valgrind") {
        for (source, _) in EXAMPLES {
            valgrind(MEMCHECK, &compile(source, Link::Shared), &[]);
        }
    }
}

#[test]
fn examples_are_clean_under_sanitizers() {
    for (source, _) in EXAMPLES {
        run(&mut Command::new(compile(source, Link::Sanitized)));
    }
}

#[test]
fn misuse_gives_a_status() {
    for link in [Link::Shared, Link::Static, Link::Sanitized] {
        println!("{}", run(&mut Command::new(compile("tests/c/misuse.c", link))));
    }
    if has("valgrind") {
        valgrind(MEMCHECK, &compile("tests/c/misuse.c", Link::Static), &[]);
    }
}

#[test]
fn threads_on_one_handle_get_ok_or_busy() {
    let plain = compile("tests/c/threads.c", Link::Shared);
    println!("{}", run(Command::new(&plain).arg("20000")));
    run(Command::new(compile("tests/c/threads.c", Link::Sanitized)).arg("2000"));
    if has("valgrind") {
        println!("{}", valgrind(&["--tool=helgrind"], &plain, &["300"]));
    }
}

#[test]
fn readers_see_whole_commits() {
    // Readers use the processor's atomics, which helgrind does not know: not run under it.
    println!("{}", run(Command::new(compile("examples/c/reads.c", Link::Shared)).arg("400")));
    run(Command::new(compile("examples/c/reads.c", Link::Sanitized)).arg("100"));
    if has("valgrind") {
        valgrind(MEMCHECK, &compile("examples/c/reads.c", Link::Static), &["20"]);
    }
}

#[test]
fn a_reader_in_cpp_closes_itself() {
    run(&mut Command::new(compile("tests/c/reader.cpp", Link::Sanitized)));
    if has("valgrind") {
        valgrind(MEMCHECK, &compile("tests/c/reader.cpp", Link::Static), &[]);
    }
}

#[test]
fn the_header_is_for_old_compilers_too() {
    for (compiler, language, standard) in [("gcc", "c", "c89"), ("g++", "c++", "c++98")] {
        let mut command = Command::new(compiler);
        command.arg(format!("-std={standard}")).args(["-pedantic-errors", "-Wall", "-Wextra", "-Werror"]);
        command.args(["-fsyntax-only", "-x", language]).arg(header::path());
        run(&mut command);
    }
}

/// Compiles the host that keeps its book in SQLite; none where SQLite's header is not installed.
fn durable_host() -> Option<PathBuf> {
    let header = Path::new("/usr/include/sqlite3.h");
    if !header.exists() {
        writeln!(std::io::stderr(), "NOT RUN: {}", header.display()).expect("stderr");
        assert!(std::env::var_os("CI").is_none(), "{} is not installed", header.display());
        return None;
    }
    let program = workshop().join("durable_host-c");
    let mut command = Command::new("gcc");
    command.args(["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-g", "-O1", "-I"]);
    command.arg(root().join("include")).arg(root().join("examples/c/durable_host.c"));
    command.arg(&libraries().archive).args(["-lsqlite3", "-lm", "-ldl", "-pthread", "-o"]).arg(&program);
    run(&mut command);
    Some(program)
}

#[test]
fn a_host_in_c_outlives_a_hundred_kills() {
    let Some(program) = durable_host() else { return };
    outlives_kills(&workshop().join("durable-c"), 100, |file, orders| {
        let mut command = Command::new(&program);
        command.arg(file).arg(orders);
        command
    });
}

#[test]
fn open_use_close_leaks_nothing() {
    let plain = compile("tests/c/soak.c", Link::Shared);
    println!("{}", run(Command::new(&plain).arg("20000")));
    if has("valgrind") {
        valgrind(MEMCHECK, &plain, &["100"]);
    }
}

/// The golden vectors, as `(input, output)`.
fn vectors() -> Vec<(PathBuf, PathBuf)> {
    let folder = root().join("tests/vectors");
    let files = |folder: &Path| -> Vec<PathBuf> {
        let entries =
            std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        entries.map(|entry| entry.expect("a readable folder").path()).collect()
    };
    let topics = files(&folder).into_iter().filter(|path| path.is_dir());
    let mut cases: Vec<(PathBuf, PathBuf)> = topics
        .flat_map(|topic| files(&topic))
        .filter_map(|input| {
            let stem = input.to_str()?.strip_suffix(".in.jsonl")?.to_owned();
            Some((input, PathBuf::from(format!("{stem}.out.jsonl"))))
        })
        .collect();
    cases.sort();
    assert!(!cases.is_empty(), "no <topic>/<case>.in.jsonl under {}", folder.display());
    cases
}

#[test]
fn vectors_give_the_same_bytes() {
    let runner = compile("tests/c/vectors.c", Link::Shared);
    let cases = vectors();
    for (input, output) in &cases {
        let actual = run(Command::new(&runner).arg(input));
        let expected = std::fs::read_to_string(output);
        let expected = expected.unwrap_or_else(|error| panic!("{}: {error}", output.display()));
        assert!(actual == expected, "{}: other bytes than in Rust", input.display());
    }
    println!("{} vectors", cases.len());
}

#[test]
fn the_cmake_files_name_the_version() {
    let file = root().join("ffi/cmake/stockbookConfigVersion.cmake");
    let text = std::fs::read_to_string(file).expect("the file");
    let version = env!("CARGO_PKG_VERSION");
    let (minor, _) = version.rsplit_once('.').expect("a version has three parts");
    assert!(text.contains(&format!("set(PACKAGE_VERSION \"{version}\")")), "{text}");
    assert!(text.contains(&format!("VERSION_LESS \"{minor}\"")), "{text}");
}
