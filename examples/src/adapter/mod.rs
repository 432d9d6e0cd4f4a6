//! Real data through the same book: what two public data sets say, told as commands in the order of time.
//!
//! `adventureworks` and `online_retail` read files and state what they assume; `trade` is what they hand over;
//! `replay` tells it to a book, ships what falls due and buys what runs out; `files` writes what came of it.

pub mod adventureworks;
pub mod data;
mod files;
pub mod online_retail;
mod replay;
pub mod report;
mod supply;
mod trade;

pub use files::{Files, Told};
pub use replay::{Counts, Notes, replay};
pub use supply::{Demand, Supply, SupplyItem};
pub use trade::{Credit, Fact, Loss, Trade, What};

use data::Outcome;
use std::path::PathBuf;

/// The program behind both examples: `[--out FOLDER]`, then tell, write and print.
pub fn main(
    name: &str,
    run: fn(&std::path::Path, &std::path::Path) -> Outcome<String>,
) -> std::process::ExitCode {
    let mut out = PathBuf::from("out").join(name);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match (word.as_str(), words.next()) {
            ("--out", Some(folder)) => out = folder.into(),
            _ => {
                eprintln!(
                    "usage: {name} [--out FOLDER]   (data: STOCKBOOK_DATA, now {})",
                    data::folder().display()
                );
                return std::process::ExitCode::from(2);
            }
        }
    }
    match run(&data::folder(), &out) {
        Ok(text) => {
            print!("{text}");
            std::process::ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{name}: {problem}");
            std::process::ExitCode::FAILURE
        }
    }
}
