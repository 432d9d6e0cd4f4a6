//! What another policy would do otherwise, for a host's own build: it ends with 3 when a stated bound is passed.
//!
//! `cargo run --release --example policy_diff -- [--moved-max PER_MILLE] [--charges-max MONEY] [--late-max ORDERS]
//! [--margin-max MONEY] [--order-margin-max MONEY] [--revenue-max MONEY] [--cost-max MONEY] [--freight-max MONEY]
//! [--handling-max MONEY] [--refunds-max MONEY] [--orders N] [--seed S] [--out FILE] [--costs FILE] BEFORE AFTER`
//!
//! Bounds are of what may get worse: costs by growing, revenue and margins by falling, `--order-margin-max` of any one
//! order. `--out` writes the orders that move, `--costs` what each order brings and costs before and after, with a
//! total.
//!
//! BEFORE and AFTER are policies as files (TOML or JSON), or the names of bundled ones: `seed_story`, `nearest`,
//! `cheapest`. The orders are those of the bundled scenario.

use std::process::ExitCode;
use stockbook::simulation::{ScenarioSize, generate};
use stockbook::{Money, Policy};
use stockbook_examples::policies;
use stockbook_examples::policy_diff::{Bounds, TERMS, diff};

#[derive(Default)]
struct Arguments {
    bounds: Bounds,
    orders: u32,
    seed: u64,
    out: Option<String>,
    costs: Option<String>,
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
            "--order-margin-max" => known.bounds.order_margin = Some(number(&word, words.next())?),
            "--costs" => known.costs = Some(words.next().ok_or("--costs needs a file")?),
            "--orders" => known.orders = number(&word, words.next())?,
            "--seed" => known.seed = number(&word, words.next())?,
            "--out" => known.out = Some(words.next().ok_or("--out needs a file")?),
            option if option.starts_with("--") => {
                let term = option.strip_prefix("--").and_then(|rest| rest.strip_suffix("-max"));
                let at = term.and_then(|term| TERMS.iter().position(|known| *known == term));
                let at = at.ok_or(format!("`{option}` is not an option"))?;
                known.bounds.terms[at] = Some(number(&word, words.next())?);
            }
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
    println!("{:>10} {:>18} {:>18} {:>18}", "in total", "before", "after", "difference");
    let money = |micros: i64| Money::from_micros(micros).to_string();
    for (at, term) in TERMS.iter().enumerate() {
        let [before, after] = found.total.map(|terms| terms[at]);
        println!("{term:>10} {:>18} {:>18} {:>18}", money(before), money(after), money(after - before));
    }
    if let Some((order, fall)) = found.worst_order() {
        println!("the margin of order {order} falls most, by {fall}");
    }
    if let Some(file) = known.costs {
        let to = std::fs::File::create(&file).map_err(|error| format!("{file}: {error}"))?;
        found.write_costs_csv(to).map_err(|error| format!("{file}: {error}"))?;
    }
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
