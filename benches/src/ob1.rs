//! Workload OB-1: a batch of orders that compete for stock and for the nodes' capacity.
//!
//! The text layout: a line `orders nodes lines skus stock_rows`; a line of fixed costs by node; a line of
//! capacities by node; `order sku quantity penalty_per_unit` for every line; the costs of a unit by node for
//! every order; `node sku units` for every stock row; and, where it is known, a last line `optimum COST`.

use std::error::Error;
use stockbook::batch::{BatchLine, BatchOffer, BatchOpening, BatchOrder, BatchProblem, BatchStock};

/// An instance as a problem in micro-units of money.
pub struct Instance {
    /// The problem.
    pub problem: BatchProblem,
    /// Cost of the cheapest plan, where the file knows it.
    pub optimum: Option<f64>,
}

/// Micro-units of an amount.
fn micros(amount: f64) -> i64 {
    (amount * 1e6).round() as i64
}

impl Instance {
    /// Reads an instance file.
    ///
    /// # Errors
    /// If the file cannot be read or is not of the layout.
    pub fn read(path: &str) -> Result<Instance, Box<dyn Error>> {
        Instance::parse(&std::fs::read_to_string(path)?).map_err(|why| format!("{path}: {why}").into())
    }

    /// Reads an instance from its text.
    ///
    /// # Errors
    /// If it is not of the layout.
    pub fn parse(text: &str) -> Result<Instance, Box<dyn Error>> {
        let mut words = text.split_ascii_whitespace();
        let mut word = || words.next().ok_or("the file ends too early");
        let mut head = [0usize; 5];
        for number in &mut head {
            *number = word()?.parse()?;
        }
        let [orders, nodes, lines, _, rows] = head;
        let mut raw = Raw::default();
        for _ in 0..nodes {
            raw.fixed.push(micros(word()?.parse()?));
        }
        for _ in 0..nodes {
            raw.capacity.push(word()?.parse()?);
        }
        for _ in 0..lines {
            let (order, sku, qty) = (word()?.parse()?, word()?.parse()?, word()?.parse()?);
            let penalty = micros(word()?.parse()?);
            raw.lines.push(BatchLine { order, sku, qty, unfilled: penalty * qty, margin: 0 });
        }
        for _ in 0..orders * nodes {
            raw.cost.push(micros(word()?.parse()?));
        }
        for _ in 0..rows {
            let (node, sku, qty) = (word()?.parse()?, word()?.parse()?, word()?.parse()?);
            raw.stock.push(BatchStock { sku, node, qty });
        }
        let optimum = match words.next() {
            Some("optimum") => Some(words.next().ok_or("no cost after `optimum`")?.parse()?),
            Some(other) => return Err(format!("`{other}` after the end").into()),
            None => None,
        };
        Ok(Instance { problem: raw.problem(orders), optimum })
    }
}

/// The tables of an instance.
#[derive(Default)]
pub struct Raw {
    /// Micro-units for each node that gives to an order.
    pub fixed: Vec<i64>,
    /// Units a node.
    pub capacity: Vec<i64>,
    /// Lines, `unfilled` for the whole line.
    pub lines: Vec<BatchLine>,
    /// Micro-units a unit, by order, then node.
    pub cost: Vec<i64>,
    /// Stock.
    pub stock: Vec<BatchStock>,
}

impl Raw {
    /// The problem: every node that stocks a SKU is an offer.
    #[must_use]
    pub fn problem(self, orders: usize) -> BatchProblem {
        let nodes = self.capacity.len();
        let skus = self.stock.iter().map(|row| row.sku as usize + 1).max().unwrap_or(0);
        let mut at: Vec<Vec<u32>> = vec![Vec::new(); skus];
        for row in &self.stock {
            at[row.sku as usize].push(row.node);
        }
        for nodes in &mut at {
            nodes.sort_unstable();
        }
        let mut offers = Vec::new();
        for (line, asked) in (0..).zip(&self.lines) {
            for node in at.get(asked.sku as usize).into_iter().flatten() {
                let unit = self.cost[asked.order as usize * nodes + *node as usize];
                offers.push(BatchOffer { line, node: *node, cost: unit * asked.qty });
            }
        }
        let pairs = (0..orders as u32).flat_map(|order| (0..nodes as u32).map(move |node| (order, node)));
        let opening = |(order, node)| BatchOpening { order, node, cost: self.fixed[node as usize] };
        BatchProblem {
            openings: pairs.map(opening).collect(),
            capacity: self.capacity,
            stock: self.stock,
            orders: vec![BatchOrder::default(); orders],
            lines: self.lines,
            offers,
        }
    }
}

/// How much stock there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// 1.4 units a unit asked for, in the mean.
    Normal,
    /// 1.05 units a unit asked for, in the mean.
    Scarce,
}

/// Draws that look like chance: splitmix64.
struct Dice(u64);

impl Dice {
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, count: usize) -> usize {
        ((self.share() * count as f64) as usize).min(count - 1)
    }

    /// An index by weights.
    fn pick(&mut self, weights: &[f64]) -> usize {
        let mut left = self.share() * weights.iter().sum::<f64>();
        for (at, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return at;
            }
        }
        weights.len() - 1
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.share()).cos()
    }
}

/// An instance of our own with the workload's distributions: 100 regions of Zipf(0.8) weight and the nodes in
/// a box of 2,800 by 1,600 miles; a SKU for every five orders, Zipf(0.7); 1 to 5 lines of 1 to 3 units; a
/// fixed cost of 4 to 6, 0.50 + 0.0025 a mile for a unit, a penalty of 15 to 40 a unit; capacity 1.15 times
/// demand.
#[must_use]
pub fn generate(orders: usize, nodes: usize, seed: u64, regime: Regime) -> Instance {
    let mut dice = Dice(seed);
    let spots = |dice: &mut Dice, count: usize| -> Vec<(f64, f64)> {
        (0..count).map(|_| (2_800.0 * dice.share(), 1_600.0 * dice.share())).collect()
    };
    let zipf = |count: usize, power: f64| -> Vec<f64> {
        (1..=count).map(|rank| (rank as f64).powf(-power)).collect()
    };
    let (places, regions) = (spots(&mut dice, nodes), spots(&mut dice, 100));
    let (region_weight, skus) = (zipf(100, 0.8), 50.max(orders / 5));
    let sku_weight = zipf(skus, 0.7);
    let mut raw = Raw::default();
    let mut demand = vec![0i64; skus];
    for order in 0..orders as u32 {
        let (x, y) = regions[dice.pick(&region_weight)];
        for place in &places {
            raw.cost.push(micros(0.5 + 0.0025 * (place.0 - x).hypot(place.1 - y)));
        }
        let mut chosen: Vec<usize> = Vec::new();
        let count = 1 + dice.pick(&[0.45, 0.25, 0.15, 0.10, 0.05]);
        while chosen.len() < count {
            let sku = dice.pick(&sku_weight);
            if !chosen.contains(&sku) {
                chosen.push(sku);
            }
        }
        for sku in chosen {
            let qty = 1 + dice.pick(&[0.80, 0.15, 0.05]) as i64;
            demand[sku] += qty;
            let unfilled = micros(15.0 + 25.0 * dice.share()) * qty;
            raw.lines.push(BatchLine { order, sku: sku as u32, qty, unfilled, margin: 0 });
        }
    }
    stock_up(&mut dice, &mut raw, &demand, nodes, regime);
    Instance { problem: raw.problem(orders), optimum: None }
}

fn stock_up(dice: &mut Dice, raw: &mut Raw, demand: &[i64], nodes: usize, regime: Regime) {
    let (tight, spread) = if regime == Regime::Normal { (1.4, 0.20) } else { (1.05, 0.25) };
    let carried = if nodes <= 10 { 0.5 } else { 0.4 } * nodes as f64;
    for (sku, asked) in demand.iter().enumerate() {
        let units = (*asked as f64 * tight * (spread * dice.normal()).exp()).round() as i64;
        let count = ((units as f64 / 3.0).round() as usize).clamp(2, (carried.ceil() as usize).max(2));
        let mut at: Vec<usize> = (0..nodes).collect();
        for first in 0..count.min(nodes) {
            let other = first + dice.below(nodes - first);
            at.swap(first, other);
        }
        at.truncate(count);
        let weights: Vec<f64> = at.iter().map(|_| 0.2 + dice.share()).collect();
        let mut given = vec![0i64; at.len()];
        for _ in 0..units {
            given[dice.pick(&weights)] += 1;
        }
        let rows = at.iter().zip(given).filter(|(_, qty)| *qty > 0);
        raw.stock.extend(rows.map(|(node, qty)| BatchStock { sku: sku as u32, node: *node as u32, qty }));
    }
    let weights: Vec<f64> = (0..nodes).map(|_| 0.5 + dice.share()).collect();
    let share = 1.15 * demand.iter().sum::<i64>() as f64 / weights.iter().sum::<f64>();
    raw.capacity = weights.iter().map(|weight| (weight * share).ceil() as i64).collect();
    raw.fixed = (0..nodes).map(|_| micros(4.0 + 2.0 * dice.share())).collect();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_is_read() {
        let text = "2 2 3 2 3\n5.5 4.0\n3 2\n0 0 1 20.0\n0 1 2 15.5\n1 0 1 30.0\n1.0 2.0\n3.0 4.0\n\
                    0 0 1\n1 0 2\n1 1 2\noptimum 39.5\n";
        let instance = Instance::parse(text).expect("it is of the layout");
        let problem = &instance.problem;
        assert_eq!(instance.optimum, Some(39.5));
        assert_eq!((problem.orders.len(), problem.lines.len(), problem.offers.len()), (2, 3, 5));
        assert_eq!(problem.lines[1].unfilled, 31_000_000);
        assert_eq!(problem.offers[2], BatchOffer { line: 1, node: 1, cost: 4_000_000 });
        assert!(Instance::parse("1 1").is_err());
    }

    #[test]
    fn the_generator_makes_sound_instances() {
        for regime in [Regime::Normal, Regime::Scarce] {
            let problem = generate(200, 10, 3, regime).problem;
            let stocked: i64 = problem.stock.iter().map(|row| row.qty).sum();
            let asked: i64 = problem.lines.iter().map(|line| line.qty).sum();
            let times = stocked as f64 / asked as f64;
            assert!(
                (if regime == Regime::Normal { 1.2..1.6 } else { 0.9..1.25 }).contains(&times),
                "{times}"
            );
            let greedy = stockbook::batch::solve_in_sequence(&problem).expect("it is sound");
            let options = stockbook::batch::BatchOptions { steps_max: 20_000, ..Default::default() };
            let plan = stockbook::batch::solve_batch(&problem, &options).expect("it is sound");
            assert!(plan.cost < greedy.cost && plan.bound <= plan.cost);
        }
    }

    /// Steps, not seconds, so that it says the same everywhere: a search that draws its orders evenly takes
    /// three times as many and more.
    #[test]
    fn plans_are_certified_within_the_steps() {
        let cases = [(10, 3, Regime::Scarce, 15_000), (50, 2, Regime::Normal, 10_000)];
        for (nodes, seed, regime, ppm) in cases {
            let problem = generate(1_000, nodes, seed, regime).problem;
            let options = stockbook::batch::BatchOptions {
                gap_stop_ppm: ppm,
                steps_max: 120_000,
                ..Default::default()
            };
            let plan = stockbook::batch::solve_batch(&problem, &options).expect("it is sound");
            let gap = plan.gap_ppm().expect("the bound is positive");
            assert!(gap <= i64::from(ppm), "{nodes} nodes: {gap} after {} steps", plan.steps);
            let (stock, lots, capacity) = (&plan.stock_price, &plan.lot_price, &plan.capacity_price);
            assert_eq!(stockbook::batch::batch_bound(&problem, stock, lots, capacity), Ok(plan.bound));
        }
    }
}
