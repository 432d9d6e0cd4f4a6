//! Prices on stock and capacity, and the bound that they prove.
//!
//! The step of each price is that of RMSprop (Tieleman and Hinton, lecture 6.5, 2012) on the supergradient
//! "units asked for less units there are", with momentum and a step that shrinks to nothing. Where a line
//! left unfilled costs far more than filling it, as in the upper tiers of a policy, prices may have to rise
//! as far: those of what is short begin there (`short`), and steps grow while a price goes one way (Rprop:
//! Riedmiller and Braun, ICNN 1993), from the best prices again where that went too far. Floats only steer:
//! each round's prices are rounded to integers first, and bound and plans use those.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    reason = "prices steer in floats made of + - x / and square root, are clamped to a range where they are \
              exact, and are rounded to integers before they meet a decision; indices come from the model"
)]

use super::lots::{Lot, Uneven};
use super::model::Model;
use super::oracle::{Oracle, View};

/// Largest price times quantity.
const WORTH_MAX: i64 = 1 << 50;

/// Integer prices and the bound that they prove.
#[derive(Clone, Debug, Default)]
pub(super) struct Prices {
    /// Price of a unit of each stock row.
    pub rows: Vec<i64>,
    /// Price of a line of each lot: its units' price, but where lines do not use up the row evenly.
    pub lots: Vec<i64>,
    /// Price of a unit of each node's capacity.
    pub nodes: Vec<i64>,
    /// No plan costs less than this.
    pub bound: i64,
}

impl Prices {
    /// Everything is free, and nothing proved.
    pub fn free(model: &Model) -> Prices {
        Prices {
            rows: vec![0; model.rows.len()],
            lots: vec![0; model.lots.all.len()],
            nodes: vec![0; model.capacity.len()],
            bound: i64::MIN,
        }
    }

    /// Every lot at its units' price.
    pub fn by_unit(&mut self, model: &Model) {
        for (price, lot) in self.lots.iter_mut().zip(&model.lots.all) {
            *price = i64::from(lot.qty) * self.rows[lot.row as usize];
        }
    }

    /// The bound at these prices.
    pub fn prove(&self, model: &Model, oracle: &mut Oracle) -> i64 {
        let joint = self.joint(model, 10);
        let view = View { prices: &joint, left: None };
        let sum = model.orders.iter().map(|order| i128::from(oracle.plan(model, order, view).1)).sum();
        self.less_worth(model, sum)
    }

    /// A sum of orders' costs at these prices, less the worth of all stock and capacity.
    fn less_worth(&self, model: &Model, sum: i128) -> i64 {
        let rows = model.rows.iter().map(|row| row.stock).zip(&self.rows);
        let nodes = model.capacity.iter().copied().zip(&self.nodes);
        let worth: i128 =
            rows.chain(nodes).map(|(units, price)| i128::from(units) * i128::from(*price)).sum();
        let uneven = model.lots.uneven.iter().map(|uneven| {
            let row = uneven.row as usize;
            i128::from(model.lots.worth(uneven, &self.lots).0)
                - i128::from(model.rows[row].stock) * i128::from(self.rows[row])
        });
        i64::try_from(sum - worth - uneven.sum::<i128>()).unwrap_or(i64::MIN)
    }

    /// The price of a line of each lot, capacity included, times `tenths` / 10.
    pub fn joint(&self, model: &Model, tenths: i64) -> Vec<i64> {
        let joint = |(lot, price): (&Lot, &i64)| {
            let node = model.rows[lot.row as usize].node as usize;
            (price + i64::from(lot.qty) * self.nodes[node]) * tenths / 10
        };
        model.lots.all.iter().zip(&self.lots).map(joint).collect()
    }
}

/// One multiplier on its way.
#[derive(Clone, Copy, Debug)]
struct Step {
    price: f64,
    mean: f64,
    square: f64,
    /// By how much its step has grown.
    times: f64,
    /// Whether it last rose.
    rose: bool,
}

impl Step {
    /// Begins at a price.
    fn at(price: f64) -> Step {
        Step { price, mean: 0.0, square: 0.0, times: 1.0, rose: false }
    }

    /// Moves against the excess of supply or demand; `far` if prices may rise far.
    #[inline]
    fn go(&mut self, over: i64, mut rate: f64, most: f64, far: bool) {
        if self.price <= 0.0 && over < 0 {
            return;
        }
        if far && over != 0 {
            let times = if (over > 0) == self.rose { 1.2 } else { 0.7 };
            self.times = (self.times * times).max(1.0).min(most);
            self.rose = over > 0;
        }
        rate *= self.times;
        let over = over as f64;
        self.square = 0.98 * self.square + 0.02 * over * over;
        self.mean = 0.5 * self.mean + 0.5 * over;
        let moved = self.price + rate * self.mean / (self.square.sqrt() + 0.05);
        self.price = moved.max(0.0).min(most);
    }
}

/// The price search, which can be resumed.
pub(super) struct Search {
    steps: Vec<Step>,
    /// By lot; empty while all is priced by the unit.
    lots: Vec<Step>,
    nodes: Vec<Step>,
    /// Rows whose price may differ from 0.
    binding: Vec<u32>,
    most: f64,
    joint: Vec<i64>,
    /// Lines that each lot is asked for.
    asked: Vec<i64>,
    used: Vec<i64>,
    used_nodes: Vec<i64>,
    now: Prices,
    /// The prices with the best bound yet.
    pub best: Prices,
}

impl Search {
    pub fn new(model: &Model) -> Search {
        let most = (WORTH_MAX / model.qty_max.max(1) / 2) as f64;
        let binding = (0..model.rows.len() as u32).filter(|row| model.rows[*row as usize].binds).collect();
        let first = |node: usize| model.node_first.get(node).map_or(0.0, |first| most.min(*first as f64));
        let node = |(node, binds): (usize, &bool)| Step::at(if *binds { first(node) } else { 0.0 });
        Search {
            steps: model.rows.iter().map(|row| Step::at(most.min(row.first as f64))).collect(),
            lots: Vec::new(),
            nodes: model.node_binds.iter().enumerate().map(node).collect(),
            binding,
            most,
            joint: vec![0; model.lots.all.len()],
            asked: vec![0; model.lots.all.len()],
            used: vec![0; model.rows.len()],
            used_nodes: vec![0; model.capacity.len()],
            now: Prices::free(model),
            best: Prices::free(model),
        }
    }

    /// Seeks prices for so many rounds, and longer where they may rise far.
    pub fn run(&mut self, model: &Model, oracle: &mut Oracle, rounds: u32) {
        let mut reach = if model.far { model.scale as f64 } else { f64::MAX };
        while reach < self.most.min(model.dear as f64) {
            for _ in 0..5 {
                self.round(model, oracle, 0.3);
            }
            reach *= 2.0;
        }
        let parted = if model.lots.uneven.is_empty() { 0 } else { rounds / 2 };
        let first = (rounds - parted).max(1);
        for round in 0..first {
            self.round(model, oracle, rate(round, first));
        }
        if parted > 0 {
            self.part();
        }
        for round in 0..parted {
            // Begun near the best: a fifth of the steps will do.
            self.round(model, oracle, rate(round, parted) / 5.0);
        }
    }

    /// Goes on from the best prices by the unit, with one for each size of line where that tells more.
    fn part(&mut self) {
        self.lots = self.best.lots.iter().map(|price| Step::at(*price as f64)).collect();
        self.go_back();
    }

    /// Begins again at the best prices.
    fn go_back(&mut self) {
        let prices = self.best.rows.iter().chain(&self.best.nodes);
        for (step, price) in self.steps.iter_mut().chain(&mut self.nodes).zip(prices) {
            *step = Step { price: *price as f64, mean: 0.0, times: 1.0, ..*step };
        }
        for (step, price) in self.lots.iter_mut().zip(&self.best.lots) {
            *step = Step { price: *price as f64, mean: 0.0, times: 1.0, ..*step };
        }
    }

    /// One round at a step of `rate` of the scale: every order is planned at the prices, which then move.
    fn round(&mut self, model: &Model, oracle: &mut Oracle, rate: f64) {
        self.set_prices(model);
        let sum = self.plan_all(model, oracle);
        let bound = self.now.less_worth(model, sum);
        self.now.bound = bound;
        if bound > self.best.bound {
            self.best.clone_from(&self.now);
        } else if model.far && bound < self.best.bound - self.best.bound.abs() / 50 {
            // Steps that have grown went too far.
            self.go_back();
            return;
        }
        let rate = rate * model.scale as f64;
        for row in &self.binding {
            let row = *row as usize;
            self.steps[row].go(self.used[row] - model.rows[row].stock, rate, self.most, model.far);
        }
        self.move_lots(model, rate);
        for (node, step) in self.nodes.iter_mut().enumerate() {
            if model.node_binds[node] {
                // A node's excess is the sum of many; it moves no faster than a row for that.
                step.go(self.used_nodes[node] - model.capacity[node], rate, self.most, model.far);
            }
        }
    }

    /// Moves the prices of lots: lines asked for less those of the mix that is worth most.
    fn move_lots(&mut self, model: &Model, rate: f64) {
        if self.lots.is_empty() {
            return;
        }
        for uneven in &model.lots.uneven {
            let (_, mix) = model.lots.worth(uneven, &self.now.lots);
            for (lot, fit) in uneven.lots().zip(mix) {
                self.lots[lot].go(self.asked[lot] - i64::from(*fit), rate, self.most, model.far);
            }
        }
    }

    /// Rounds this round's prices to integers.
    fn set_prices(&mut self, model: &Model) {
        for (price, step) in self.now.nodes.iter_mut().zip(&self.nodes) {
            *price = (step.price + 0.5) as i64;
        }
        for row in &self.binding {
            let row = *row as usize;
            self.now.rows[row] = (self.steps[row].price + 0.5) as i64;
        }
        self.now.by_unit(model);
        if !self.lots.is_empty() {
            for lot in model.lots.uneven.iter().flat_map(Uneven::lots) {
                self.now.lots[lot] = (self.lots[lot].price + 0.5) as i64;
            }
        }
        for ((joint, lot), price) in self.joint.iter_mut().zip(&model.lots.all).zip(&self.now.lots) {
            *joint = price + i64::from(lot.qty) * self.now.nodes[model.rows[lot.row as usize].node as usize];
        }
    }

    /// Plans every order at the prices, and counts what they use.
    fn plan_all(&mut self, model: &Model, oracle: &mut Oracle) -> i128 {
        self.asked.fill(0);
        let view = View { prices: &self.joint, left: None };
        let mut sum = 0i128;
        for order in &model.orders {
            let (_, least) = oracle.plan(model, order, view);
            sum += i128::from(least);
            for item in &oracle.choice {
                if let Some(item) = model.items.get(*item as usize) {
                    self.asked[item.lot as usize] += 1;
                }
            }
        }
        self.used.fill(0);
        self.used_nodes.fill(0);
        for (lot, lines) in model.lots.all.iter().zip(&self.asked) {
            let units = i64::from(lot.qty) * lines;
            self.used[lot.row as usize] += units;
            self.used_nodes[model.rows[lot.row as usize].node as usize] += units;
        }
        sum
    }
}

/// See [`super::cold_start_price`].
pub(super) fn cold_start(worth: i64, used: i64, stock: i64) -> i64 {
    let share = (used.max(0) as f64 / stock.max(1) as f64).min(1.0);
    let rise = (libm::exp(share) - 1.0) / (libm::exp(1.0) - 1.0);
    // Rounded to whole micro-units here.
    libm::round(worth.clamp(0, WORTH_MAX) as f64 * rise) as i64
}

/// The share of the scale by which prices move in a round, out of `rounds`.
fn rate(round: u32, rounds: u32) -> f64 {
    let left = 1.0 - f64::from(round) / f64::from(rounds.max(1));
    0.3 * left * left.sqrt()
}
