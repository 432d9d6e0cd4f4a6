//! What another policy would do otherwise, for a host's own build: it ends with 3 when a stated bound is passed.
//!
//! `cargo run --release --example policy_diff -- [--moved-max PER_MILLE] [--charges-max MONEY] [--late-max ORDERS]
//! [--margin-max MONEY] [--orders N] [--seed S] [--out FILE] BEFORE AFTER`
//!
//! BEFORE and AFTER are policies as files (TOML or JSON), or the names of bundled ones: `seed_story`, `nearest`,
//! `cheapest`. The orders are those of the bundled scenario.

use std::process::ExitCode;
use stockbook::Policy;
use stockbook::simulation::{ScenarioSize, generate};
use stockbook_examples::policies;
use stockbook_examples::policy_diff::{Bounds, diff};

#[derive(Default)]
struct Arguments {
    bounds: Bounds,
    orders: u32,
    seed: u64,
    out: Option<String>,
    policies: Vec<String>,
}

fn arguments() -> Result<Arguments, String> {
    fn number<T: std::str::FromStr>(word: &str, text: Option<String>) -> Result<T, String> {
        let text = text.ok_or(format!("{word} needs a value"))?;
        text.parse().map_err(|_| format!("{word}: `{text}` is not a number that it can take"))
    }
    let mut known = Arguments { orders: 20_000, seed: 1, ..Arguments::default() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--moved-max" => known.bounds.moved_per_mille = Some(number(&word, words.next())?),
            "--charges-max" => known.bounds.charges = Some(number(&word, words.next())?),
            "--late-max" => known.bounds.late = Some(number(&word, words.next())?),
            "--margin-max" => known.bounds.margin = Some(number(&word, words.next())?),
            "--orders" => known.orders = number(&word, words.next())?,
            "--seed" => known.seed = number(&word, words.next())?,
            "--out" => known.out = Some(words.next().ok_or("--out needs a file")?),
            option if option.starts_with("--") => return Err(format!("`{option}` is not an option")),
            _ => known.policies.push(word),
        }
    }
    Ok(known)
}

fn policy(name: &str) -> Result<Policy, String> {
    let bundled = policies::BUNDLED.iter().find(|(file, _)| file.strip_suffix(".toml") == Some(name));
    match bundled {
        Some((file, text)) => policies::parse(text, false).map_err(|fault| format!("{file}:{fault}")),
        None => policies::read(name.as_ref()),
    }
}

fn go() -> Result<ExitCode, String> {
    let known = arguments()?;
    let [before, after] = known.policies.as_slice() else {
        return Err("name two policies: the one before and the one after".to_owned());
    };
    let (before, after) = (policy(before)?, policy(after)?);
    let scenario = generate(ScenarioSize { orders: known.orders, ..ScenarioSize::default() }, known.seed);
    let found = diff(&scenario.network, &scenario.orders, [&before, &after], known.seed)?;
    println!(
        "{} of {} orders move from `{}` to `{}`",
        found.moved.len(),
        found.orders,
        before.name,
        after.name
    );
    for ((from, to), (orders, charges)) in found.by_rule() {
        println!("  {orders:>7} by {from} -> {to}: freight and handling {charges}");
    }
    println!("freight and handling {}, late orders {:+}, margin {}", found.charges, found.late, found.margin);
    if let Some(file) = known.out {
        let to = std::fs::File::create(&file).map_err(|error| format!("{file}: {error}"))?;
        found.write_csv(to).map_err(|error| format!("{file}: {error}"))?;
    }
    let passed = found.passes(&known.bounds);
    passed.iter().for_each(|what| println!("past its bound: {what}"));
    Ok(if passed.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

fn main() -> ExitCode {
    go().unwrap_or_else(|fault| {
        eprintln!("error: {fault}");
        ExitCode::from(2)
    })
}
