//! The three programs that judge our journals: hledger, ledger and Beancount.
//!
//! Where one is absent the test says `NOT RUN`; under CI that is a failure.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The version that Beancount's journals are checked with.
const BEANCOUNT: &str = "beancount==3.2.3";

/// Who judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checker {
    Hledger,
    Ledger,
    BeanCheck,
}

pub const ALL: [Checker; 3] = [Checker::Hledger, Checker::Ledger, Checker::BeanCheck];

/// Says that something is absent; under CI it must not be.
pub fn not_run(what: &str, why: &str) {
    println!("NOT RUN: {what}: {why}");
    assert!(std::env::var_os("CI").is_none(), "under CI {what} must run: {why}");
}

/// A folder for files of a test, under target/.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn runs(program: &Path) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|out| out.status.success())
}

/// Where `bean-check` is: in a virtual environment under target/, made when it is first needed.
fn bean_check() -> Option<PathBuf> {
    static PLACE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let make = || {
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("beancount");
        let program = home.join("bin/bean-check");
        if program.exists() && runs(&home.join("bin/python")) {
            return Some(program);
        }
        let run = |command: &mut Command| command.output().is_ok_and(|out| out.status.success());
        let made = run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))
            && run(Command::new(home.join("bin/pip")).args(["install", "--quiet", BEANCOUNT]));
        made.then_some(program)
    };
    PLACE.get_or_init(make).clone()
}

impl Checker {
    /// The end of the name of the journal that it reads.
    pub fn extension(self) -> &'static str {
        if self == Checker::BeanCheck { "beancount" } else { "hledger" }
    }

    fn command(self, journal: &Path) -> Option<Command> {
        let program = match self {
            Checker::Hledger => PathBuf::from("hledger"),
            Checker::Ledger => PathBuf::from("ledger"),
            Checker::BeanCheck => bean_check()?,
        };
        if self != Checker::BeanCheck && !runs(&program) {
            return None;
        }
        let mut command = Command::new(program);
        match self {
            Checker::Hledger => command.arg("-f").arg(journal).args([
                "-s",
                "check",
                "accounts",
                "commodities",
                "ordereddates",
            ]),
            Checker::Ledger => command.arg("--pedantic").arg("-f").arg(journal).arg("bal"),
            Checker::BeanCheck => command.arg("--no-cache").arg(journal),
        };
        Some(command)
    }

    /// Judges a journal; none if the program is absent.
    pub fn judge(self, journal: &Path) -> Option<Output> {
        let output = self.command(journal).and_then(|mut command| command.output().ok());
        if output.is_none() {
            not_run(
                &format!("{self:?}"),
                "the program is not here (apt-get install hledger ledger; PyPI beancount)",
            );
        }
        output
    }
}

/// All three must be satisfied with the journals `journal.*` of a folder. Says how long each took.
pub fn satisfied(folder: &Path) {
    for checker in ALL {
        let journal = folder.join(format!("journal.{}", checker.extension()));
        let started = std::time::Instant::now();
        if let Some(output) = checker.judge(&journal) {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{checker:?} on {}: {said}", journal.display());
            println!("{checker:?}: {} in {:.1} s", journal.display(), started.elapsed().as_secs_f64());
        }
    }
}
