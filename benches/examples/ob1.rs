//! Workload OB-1 beside its alternatives: a batch of orders that compete for stock and node capacity.
//!
//! `ob1 [--steps N] [--seed S] [--highs] [INSTANCE_FILE…]` plans each file (layout: `stockbook_benches::ob1`)
//! jointly and prints the cost beside that of the sequential greedy (each order by its exact cheapest set of
//! nodes, in order of arrival), the bound, the processor time, and the time after which the plan was
//! certified within 1 % (1.5 % for a file whose name says `scarce`); then the time of the one-order kernel.
//! `--highs` also asks `python3` (or what `PYTHON` names) with highspy to solve each file, for at most two
//! minutes, and prints its cost and time beside ours and greedy's; where it cannot, it says why.
//!
//! Without files it makes instances of its own, which HiGHS is not asked about. The last line tells the means over the files: the gap to the
//! optimum the file tells, else to the best that is known here; the gap to the bound; and seconds.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use stockbook::batch::{BatchOptions, BatchPlan, BatchProblem, Fairness, OrderKernel, solve_batch};
use stockbook_benches::oa1::{CpuClock, Parameters, Workload};
use stockbook_benches::ob1::{Instance, Regime, generate};
use stockbook_benches::yardstick;

struct Arguments {
    files: Vec<String>,
    steps: Option<u64>,
    seed: u64,
    highs: bool,
}

/// What is known of an instance.
struct Row {
    name: String,
    plan: BatchPlan,
    seconds: f64,
    certified: Option<f64>,
    greedy: i64,
    highs: Option<(f64, f64)>,
    optimum: Option<f64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments()?;
    let workload = Workload::generate(Parameters { orders: 200_000, ..Parameters::default() });
    let speed = (0..3).map(|_| workload.lines() as f64 / yardstick::run(&workload).1).fold(0.0, f64::max);
    println!("yardstick of OA-1 on this core: {:.1} M lines/s", speed / 1e6);
    println!(
        "{:26} {:>12} {:>12} {:>8} {:>8} {:>8} {:>8} {:>8} {:>9} {:>8}",
        "instance",
        "cost",
        "bound",
        "bound %",
        "best %",
        "greedy %",
        "highs %",
        "seconds",
        "certified",
        "highs s"
    );
    let mut rows = Vec::new();
    if arguments.files.is_empty() {
        for (orders, nodes) in [(1_000, 10), (1_000, 50)] {
            for regime in [Regime::Normal, Regime::Scarce] {
                let name = format!("{orders}x{nodes} {regime:?}").to_lowercase();
                rows.push(solve(&name, generate(orders, nodes, arguments.seed, regime), &arguments, None)?);
            }
        }
    }
    for file in &arguments.files {
        let name = Path::new(file).file_name().map(|name| name.to_string_lossy().into_owned());
        rows.push(solve(&name.unwrap_or_default(), Instance::read(file)?, &arguments, Some(file))?);
    }
    let mean = |value: &dyn Fn(&Row) -> f64| rows.iter().map(value).sum::<f64>() / rows.len().max(1) as f64;
    println!(
        "gap_pct={:.3} bound_gap_pct={:.3} seconds={:.3}",
        mean(&|row| row.gap(money(row.plan.cost))),
        mean(&|row| 100.0 * (row.plan.cost as f64 / row.plan.bound as f64 - 1.0)),
        mean(&|row| row.seconds)
    );
    Ok(())
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut known = Arguments { files: Vec::new(), steps: None, seed: 1, highs: false };
    let mut rest = std::env::args().skip(1);
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--steps" => known.steps = Some(rest.next().ok_or("--steps takes a number")?.parse()?),
            "--seed" => known.seed = rest.next().ok_or("--seed takes a number")?.parse()?,
            "--highs" => known.highs = true,
            _ => known.files.push(argument),
        }
    }
    Ok(known)
}

fn money(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// Steps that take about 0.9 seconds for 1,000 orders, less an order for more.
fn steps(orders: u64) -> u64 {
    (1_800 * orders).min(2_500_000 + 100 * orders)
}

fn timed(problem: &BatchProblem, options: &BatchOptions) -> Result<(BatchPlan, f64), Box<dyn Error>> {
    let clock = CpuClock::start();
    let plan = solve_batch(problem, options).map_err(|fault| format!("{fault:?}"))?;
    Ok((plan, clock.seconds()))
}

fn solve(
    name: &str,
    instance: Instance,
    arguments: &Arguments,
    file: Option<&str>,
) -> Result<Row, Box<dyn Error>> {
    let problem = &instance.problem;
    let steps_max = arguments.steps.unwrap_or(steps(problem.orders.len() as u64));
    let options = BatchOptions { steps_max, seed: arguments.seed, ..BatchOptions::default() };
    let (plan, seconds) = timed(problem, &options)?;
    let percent = if name.contains("scarce") { 15_000 } else { 10_000 };
    let (stopped, early) =
        timed(problem, &BatchOptions { gap_stop_ppm: percent, steps_max: 20 * steps_max, ..options })?;
    let certified = stopped.gap_ppm().is_some_and(|gap| gap <= i64::from(percent)).then_some(early);
    let greedy = BatchOptions { fairness: Fairness::FirstCome, rounds: 1, ..options };
    let greedy = timed(problem, &greedy)?.0.cost;
    let highs = if arguments.highs { Some(highs(file)) } else { None };
    let highs = highs.and_then(|said| said.map_err(|why| eprintln!("HiGHS on {name}: {why}")).ok());
    let row = Row { name: name.into(), plan, seconds, certified, greedy, highs, optimum: instance.optimum };
    row.print();
    time_kernel(problem, &row.plan);
    Ok(row)
}

/// Times the one-order kernel on every order of the instance, over all nodes and with the plan's prices on.
fn time_kernel(problem: &BatchProblem, plan: &BatchPlan) {
    let nodes = problem.capacity.len();
    let prices: HashMap<(u32, u32), i64> =
        plan.stock_price.iter().map(|row| ((row.sku, row.node), row.qty)).collect();
    let mut offers = problem.offers.iter().peekable();
    let mut openings = problem.openings.iter().peekable();
    let (mut kernel, mut nanos) = (OrderKernel::default(), Vec::new());
    let mut first = 0;
    for lines in problem.lines.chunk_by(|a, b| a.order == b.order) {
        let mut cost = vec![i64::MAX; lines.len() * nodes];
        let mut open = vec![0; nodes];
        while let Some(offer) = offers.next_if(|offer| (offer.line as usize) < first + lines.len()) {
            let line = &lines[offer.line as usize - first];
            let price = prices.get(&(line.sku, offer.node)).unwrap_or(&0);
            let price = price + plan.capacity_price[offer.node as usize];
            cost[(offer.line as usize - first) * nodes + offer.node as usize] = offer.cost + price * line.qty;
        }
        while let Some(opening) = openings.next_if(|opening| opening.order <= lines[0].order) {
            open[opening.node as usize] = opening.cost;
        }
        let unfilled: Vec<i64> = lines.iter().map(|line| line.unfilled).collect();
        let mut by = vec![None; lines.len()];
        let start = Instant::now();
        let least = kernel.cheapest(&open, &cost, &unfilled, 0, &mut by);
        nanos.push(start.elapsed().as_nanos());
        std::hint::black_box((least, &by));
        first += lines.len();
    }
    nanos.sort_unstable();
    let at = |share: usize| nanos.get(nanos.len() * share / 100).copied().unwrap_or(0) as f64 / 1_000.0;
    println!("  one order, prices on: median {:.2} us, 99th percentile {:.2} us", at(50), at(99));
}

impl Row {
    /// Per cent above the optimum, or above the best known.
    fn gap(&self, cost: f64) -> f64 {
        let known = self.highs.map_or(f64::MAX, |(cost, _)| cost).min(money(self.plan.cost));
        100.0 * (cost / self.optimum.unwrap_or(known) - 1.0)
    }

    fn print(&self) {
        let shown = |value: Option<f64>| value.map_or("-".into(), |value| format!("{value:.3}"));
        println!(
            "{:26} {:12.2} {:12.2} {:8.3} {:8.3} {:8.2} {:>8} {:8.3} {:>9} {:>8}",
            self.name,
            money(self.plan.cost),
            money(self.plan.bound),
            100.0 * (self.plan.cost as f64 / self.plan.bound as f64 - 1.0),
            self.gap(money(self.plan.cost)),
            self.gap(money(self.greedy)),
            shown(self.highs.map(|(cost, _)| self.gap(cost))),
            self.seconds,
            shown(self.certified),
            shown(self.highs.map(|(_, seconds)| seconds)),
        );
    }
}

/// Cost and processor seconds of HiGHS on the file.
fn highs(file: Option<&str>) -> Result<(f64, f64), String> {
    let file = file.ok_or("only files are solved")?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/highs_ob1.py");
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    let output = Command::new(&python).args([script, file, "120"]).output();
    let output = output.map_err(|error| format!("{python}: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut numbers = text.lines().last().unwrap_or_default().split(' ').map(str::parse::<f64>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(cost)), Some(Ok(seconds))) => Ok((cost, seconds)),
        _ => {
            let faults = String::from_utf8_lossy(&output.stderr);
            Err(faults.lines().last().unwrap_or("it found no plan").to_owned())
        }
    }
}
