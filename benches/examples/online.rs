//! Online fulfilment beside its alternatives: `online [RUNS = 100] [SVG_FILE]`.
//!
//! Every run has an instance and a sequence of orders of its own, and every policy decides the same sequence.
//! Printed: the mean of cost over the fluid bound, its upper 95 % limit, and the paired difference to bid
//! prices that are found anew nine times. The fluid bound is the Lagrangian dual of the fluid problem, found
//! by the library's own price search; it is valid wherever that search ends.

use std::error::Error;
use std::fmt::Write as _;

use stockbook_benches::online::{Dice, Instance, PERIODS, Policy};

const NAMES: [&str; 5] = [
    "greedy set of nodes",
    "correlated rounding (after Jasin-Sinha)",
    "dilate (Ma)",
    "bid price, static",
    "bid price, 9 re-solves",
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let runs: usize = arguments.next().map_or(Ok(100), |runs| runs.parse())?;
    let file = arguments.next();
    let mut ratios: [Vec<f64>; 5] = Default::default();
    for run in 0..runs as u64 {
        let mut dice = Dice(1_000 + run);
        let instance = Instance::draw(&mut dice);
        let orders = instance.orders(&mut dice);
        let (prices, bound) = instance.prices(&instance.stock, PERIODS, 400);
        let shares = instance.shares();
        let policies = [
            Policy::Greedy,
            Policy::Correlated(&shares),
            Policy::Dilate(&shares),
            Policy::BidPrice { prices: Box::new(prices), solves: 0 },
            Policy::BidPrice { prices: Box::new(prices), solves: 9 },
        ];
        for (policy, ratios) in policies.into_iter().zip(&mut ratios) {
            ratios.push(instance.run(&orders, &policy, &mut Dice(7_000 + run)) / bound);
        }
    }
    println!("{runs} paired runs of {PERIODS} periods; cost over the fluid bound");
    println!("{:40} {:>7} {:>7} {:>22}", "policy", "mean", "95 % up", "above 9 re-solves");
    for (name, values) in NAMES.iter().zip(&ratios) {
        let (mean, margin) = interval(values);
        let pairs: Vec<f64> = values.iter().zip(&ratios[4]).map(|(value, best)| value - best).collect();
        let (above, wide) = interval(&pairs);
        println!("{name:40} {mean:7.4} {:7.4} {above:10.4} +- {wide:.4}", mean + margin);
    }
    if let Some(file) = file {
        std::fs::write(file, plot(&ratios))?;
    }
    Ok(())
}

/// Mean and half the width of its 95 % interval.
fn interval(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let spread = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    // Student's t for a hundred runs; for fewer it is a little larger.
    (mean, 1.984 * (spread / count).sqrt())
}

/// Mean and interval of each policy as a bar.
fn plot(ratios: &[Vec<f64>; 5]) -> String {
    let mut svg = String::from(
        "<svg xmlns='http://www.w3.org/2000/svg' width='760' height='230' font-family='sans-serif' \
         font-size='13'><rect width='760' height='230' fill='white'/><text x='10' y='20'>Cost over the fluid \
         bound: mean and 95 % interval</text>",
    );
    let scale = |value: f64| 290.0 + (value - 1.0) * 4_000.0;
    for (row, (name, values)) in NAMES.iter().zip(ratios).enumerate() {
        let (mean, margin) = interval(values);
        let y = 45.0 + 36.0 * row as f64;
        let _ = write!(
            svg,
            "<text x='10' y='{:.0}'>{name}</text><rect x='290' y='{y:.0}' width='{:.1}' height='20' \
             fill='#4a7ab5'/><line x1='{:.1}' x2='{:.1}' y1='{:.0}' y2='{:.0}' stroke='black' \
             stroke-width='2'/><text x='{:.0}' y='{:.0}'>{mean:.3}</text>",
            y + 15.0,
            (scale(mean) - 290.0).clamp(0.0, 400.0),
            scale(mean - margin),
            scale(mean + margin),
            y + 10.0,
            y + 10.0,
            scale(mean + margin).min(690.0) + 8.0,
            y + 15.0,
        );
    }
    svg + "</svg>\n"
}
