//! Runs the random driver: `cargo run --release --example driver -- --commands 2000000 --seed 1`.
//!
//! The last line is `commands=… differences=…`. With `--canary NAME` (or `all`) a bug is planted at the seam
//! between driver and book, and the run fails unless it is caught within 100,000 commands; `--canary list`
//! names them.

use std::process::ExitCode;
use std::time::Instant;
use stockbook_tests::driver::seam::Canary;
use stockbook_tests::driver::{Found, Options, Summary, run, shrink};

/// Commands within which a canary must be caught.
const CANARY_COMMANDS: u64 = 100_000;

struct Arguments {
    options: Options,
    canary: Option<String>,
}

fn arguments() -> Result<Arguments, String> {
    let mut parsed = Arguments { options: Options::new(2_000_000, 1), canary: None };
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        let value = given.next().ok_or_else(|| format!("`{name}` needs a value"))?;
        let number = || value.parse().map_err(|_| format!("`{value}` is not a number"));
        match name.as_str() {
            "--commands" => parsed.options.commands = number()?,
            "--seed" => parsed.options.seed = number()?,
            "--world" => parsed.options.world = number()?,
            "--canary" => parsed.canary = Some(value),
            _ => return Err(format!("`{name}` is not known: --commands, --seed, --world, --canary")),
        }
    }
    Ok(parsed)
}

fn report(found: &Found, seed: u64) {
    println!("difference in seed {seed}, world {}, after {} commands:", found.world, found.after);
    println!("  {}", found.what);
    let (steps, what) = shrink::shrink(&found.steps, &found.what, 400);
    let path = std::env::temp_dir().join(format!("stockbook-driver-{}.in.jsonl", found.world));
    match std::fs::write(&path, shrink::vector(&steps)) {
        Ok(()) => println!("  {} of {} steps in {}: {what}", steps.len(), found.steps.len(), path.display()),
        Err(error) => println!("  {error}; {} steps:\n{}", steps.len(), shrink::vector(&steps)),
    }
}

fn figures(summary: &Summary, seconds: f64) {
    println!(
        "accepted={} repeated={} refused={} seconds={seconds:.1}",
        summary.accepted,
        summary.repeated,
        summary.refused.values().sum::<u64>()
    );
    let refused: Vec<String> =
        summary.refused.iter().map(|(number, count)| format!("{number}:{count}")).collect();
    println!("refusals {}", refused.join(" "));
    let events: Vec<String> = summary.events.iter().map(|(name, count)| format!("{name}:{count}")).collect();
    println!("events {}", events.join(" "));
}

fn canaries(wanted: &str, seed: u64) -> ExitCode {
    let mut missed = 0;
    let mut known = false;
    for (canary, name, what) in
        Canary::ALL.iter().filter(|c| wanted == "all" || wanted == "list" || wanted == c.1)
    {
        known = true;
        if wanted == "list" {
            println!("{name}: {what}");
            continue;
        }
        let options = Options { canary: Some(*canary), ..Options::new(CANARY_COMMANDS, seed) };
        let summary = run(&options, &mut |_| ());
        match summary.found {
            Some(found) if summary.fired > 0 => println!("canary {name} caught_after={}", found.after),
            Some(found) => {
                missed += 1;
                println!("canary {name} NOT PLANTED, but: {}", found.what);
            }
            None => {
                missed += 1;
                println!("canary {name} MISSED fired={}", summary.fired);
            }
        }
    }
    match (known, missed) {
        (true, 0) => ExitCode::SUCCESS,
        (true, missed) => {
            println!("{missed} canaries were not caught");
            ExitCode::FAILURE
        }
        (false, _) => {
            println!("no canary `{wanted}`: see --canary list");
            ExitCode::FAILURE
        }
    }
}

fn main() -> ExitCode {
    let Arguments { options, canary } = match arguments() {
        Ok(arguments) => arguments,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    if let Some(wanted) = canary {
        return canaries(&wanted, options.seed);
    }
    let start = Instant::now();
    let mut told = 0;
    let summary = run(&options, &mut |so_far| {
        if so_far.commands / 100_000 > told {
            told = so_far.commands / 100_000;
            eprintln!("{} commands, {:.1} s", so_far.commands, start.elapsed().as_secs_f64());
        }
    });
    figures(&summary, start.elapsed().as_secs_f64());
    if let Some(found) = &summary.found {
        report(found, options.seed);
    }
    println!("commands={} differences={}", summary.commands, u64::from(summary.found.is_some()));
    if summary.found.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
