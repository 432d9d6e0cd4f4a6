//! Generates workload OA-1, or runs its yardstick.
//!
//! `generate DIR [ORDERS = 1000000] [SKUS = 100000] [stocked]` writes the files;
//! `run DIR [REPEATS = 5]` prints a line for every run: lines per second of processor time and
//! the checksum.

use std::error::Error;

use stockbook_benches::oa1::{Parameters, Workload, checksum};
use stockbook_benches::yardstick;

const USAGE: &str = "usage: oa1_yardstick generate DIR [ORDERS] [SKUS] [stocked] | run DIR [REPEATS]";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["generate", directory, ref rest @ ..] => generate(directory, rest),
        ["run", directory] => run(directory, 5),
        ["run", directory, repeats] => run(directory, repeats.parse()?),
        _ => Err(USAGE.into()),
    }
}

fn generate(directory: &str, rest: &[&str]) -> Result<(), Box<dyn Error>> {
    let mut parameters = Parameters::default();
    if let Some(orders) = rest.first() {
        parameters.orders = orders.parse()?;
    }
    if let Some(skus) = rest.get(1) {
        parameters.skus = skus.parse()?;
    }
    parameters.stocked = rest.get(2) == Some(&"stocked");
    let workload = Workload::generate(parameters);
    workload.save(directory)?;
    println!("{} orders, {} lines", workload.orders(), workload.lines());
    Ok(())
}

fn run(directory: &str, repeats: usize) -> Result<(), Box<dyn Error>> {
    let workload = Workload::load(directory)?;
    for _ in 0..repeats {
        let (assignment, seconds) = yardstick::run(&workload);
        if !workload.no_oversell(&assignment) {
            return Err("oversold".into());
        }
        println!("{:.0} {:016x}", workload.lines() as f64 / seconds, checksum(&assignment));
    }
    Ok(())
}
