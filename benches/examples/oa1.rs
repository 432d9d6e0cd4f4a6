//! Workload OA-1 in one go: the yardstick loop, the engine by columns, the engine by typed `execute`.
//!
//! `cargo run --release --example oa1 [-- DIR | --stocked] [--orders N] [--repeats N]`
//! reads the workload from DIR, or makes it. All three must give the same assignment. Figures are order lines
//! per second of processor time of one core; the last line is the engine beside the yardstick, medians.

use std::error::Error;
use stockbook_benches::engine;
use stockbook_benches::oa1::{Parameters, Workload, checksum};
use stockbook_benches::yardstick;

struct Arguments {
    directory: Option<String>,
    parameters: Parameters,
    repeats: usize,
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut read = Arguments { directory: None, parameters: Parameters::default(), repeats: 3 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || words.next().ok_or("a number is missing").map(|n| n.parse::<usize>());
        match word.as_str() {
            "--stocked" => read.parameters.stocked = true,
            "--orders" => read.parameters.orders = number()??,
            "--skus" => read.parameters.skus = number()??,
            "--repeats" => read.repeats = number()??.max(1),
            _ if word.starts_with('-') => return Err(format!("unknown option {word}").into()),
            _ => read.directory = Some(word),
        }
    }
    Ok(read)
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments()?;
    let mut workload = match &arguments.directory {
        Some(directory) => Workload::load(directory)?,
        None => Workload::generate(arguments.parameters),
    };
    workload.truncate(arguments.parameters.orders);
    let lines = workload.lines() as f64;
    println!("orders={} lines={} skus={}", workload.orders(), workload.lines(), workload.stock.len());
    let empty = engine::book(&workload, engine::POLICY)?;
    let columns = engine::Columns::new(&workload);
    let envelopes = engine::envelopes(&workload, workload.orders());
    let mut rates: [Vec<f64>; 3] = Default::default();
    let mut want = None;
    for _ in 0..arguments.repeats {
        let (assignment, seconds) = yardstick::run(&workload);
        report("yardstick", lines / seconds, &assignment, &mut want)?;
        rates[0].push(lines / seconds);
        let mut book = empty.clone();
        let (assignment, seconds) = engine::run_columns(&mut book, &columns)?;
        report("column", lines / seconds, &assignment, &mut want)?;
        rates[1].push(lines / seconds);
        let hash = book.state_hash();
        let mut book = empty.clone();
        let (assignment, seconds) = engine::run_execute(&mut book, &envelopes)?;
        report("execute", lines / seconds, &assignment, &mut want)?;
        rates[2].push(lines / seconds);
        if book.state_hash() != hash {
            return Err("columns and execute came to different states".into());
        }
    }
    let [yardstick, column, execute] = rates.map(median);
    println!("lines_per_cpu_s yardstick={yardstick:.0} column={column:.0} execute={execute:.0}");
    println!("ratio column={:.4} execute={:.4}", column / yardstick, execute / yardstick);
    Ok(())
}

fn report(name: &str, rate: f64, assignment: &[u8], want: &mut Option<u64>) -> Result<(), Box<dyn Error>> {
    let found = checksum(assignment);
    println!("{name} lines_per_cpu_s={rate:.0} checksum={found:016x}");
    match want.replace(found) {
        Some(known) if known != found => Err(format!("{name} gave another assignment").into()),
        _ => Ok(()),
    }
}
