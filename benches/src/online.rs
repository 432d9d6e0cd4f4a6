//! Online fulfilment: orders come one by one, each is decided at once, and stock is all there will be.
//!
//! Costs, order types and stock follow the generator of Jasin and Sinha (Oper. Res. 63, 2015) and Ma (2023)
//! in its small size: 5 nodes and 10 cities, drawn here from forty US metros; 20 SKUs, each at a node with a
//! chance of 0.75; five types of order for each of the sizes 1 to 5; 10,000 periods, some without an order.
//! Opening a node for an order costs 8.759, a unit 0.423 and 0.000541 a mile; what nobody gives costs twice
//! the worst.

use crate::oa1::METROS;
use stockbook::batch::{
    BatchLine, BatchOffer, BatchOpening, BatchOptions, BatchOrder, BatchProblem, BatchStock, OrderKernel,
    fluid_prices, solve_batch,
};

/// Nodes; one more stands for what nobody gives.
pub const NODES: usize = 5;
const CITIES: usize = 10;
const SKUS: usize = 20;
const ALL: usize = NODES + 1;
/// Periods.
pub const PERIODS: usize = 10_000;
/// Fluid weights in thousandths of an order.
const FINE: f64 = 1_000.0;

/// Draws that look like chance: splitmix64.
#[derive(Clone)]
pub struct Dice(pub u64);

impl Dice {
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn distinct(&mut self, of: usize, count: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..of).collect();
        for at in 0..count {
            let other = at + ((self.share() * (of - at) as f64) as usize).min(of - at - 1);
            all.swap(at, other);
        }
        all.truncate(count);
        all
    }

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

    fn exponential(&mut self) -> f64 {
        -(1.0 - self.share()).ln()
    }
}

fn miles(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (la, lb) = (a[0].to_radians(), b[0].to_radians());
    let (dl, dn) = (lb - la, (b[1] - a[1]).to_radians());
    let half = (dl / 2.0).sin().powi(2) + la.cos() * lb.cos() * (dn / 2.0).sin().powi(2);
    2.0 * 6_371.0 * half.sqrt().asin() / 1.61
}

/// Units by SKU and node; the last node has no end.
pub type Stock = [[i64; ALL]; SKUS];

/// A year to come, as far as it is known.
pub struct Instance {
    /// SKUs of each type of order.
    types: Vec<Vec<usize>>,
    /// Chance a period of each type (the last: no order), and of each city.
    chance: Vec<f64>,
    city: Vec<f64>,
    /// Micro-units a unit, by city and node, and to open each node.
    unit: [[i64; ALL]; CITIES],
    open: [i64; ALL],
    /// What there is at first.
    pub stock: Stock,
}

impl Instance {
    /// Draws an instance.
    #[must_use]
    pub fn draw(dice: &mut Dice) -> Instance {
        let nodes = dice.distinct(METROS.len(), NODES);
        let cities = dice.distinct(METROS.len(), CITIES);
        let micros = |amount: f64| (amount * 1e6).round() as i64;
        let mut unit = [[0; ALL]; CITIES];
        let mut far = 0.0f64;
        for (costs, city) in unit.iter_mut().zip(&cities) {
            for (cost, node) in costs.iter_mut().zip(&nodes) {
                let miles = miles(METROS[*city], METROS[*node]);
                far = far.max(miles);
                *cost = micros(0.423 + 0.000_541 * miles);
            }
        }
        unit.iter_mut().for_each(|costs| costs[NODES] = micros(2.0 * (0.423 + 0.000_541 * far)));
        let mut open = [micros(8.759); ALL];
        open[NODES] *= 2;
        let carried: Vec<Vec<bool>> = (0..SKUS)
            .map(|_| {
                let mut at: Vec<bool> = (0..NODES).map(|_| dice.share() < 0.75).collect();
                let sure = dice.distinct(NODES, 1)[0];
                at[sure] |= !at.contains(&true);
                at
            })
            .collect();
        let (mut types, mut chance) = (Vec::new(), Vec::new());
        let sizes: Vec<f64> = (0..=5).map(|_| dice.share()).collect();
        for (size, weight) in sizes.iter().enumerate().skip(1) {
            let within: Vec<f64> = (0..5).map(|_| dice.share()).collect();
            for share in &within {
                types.push(dice.distinct(SKUS, size));
                chance.push(weight * share / within.iter().sum::<f64>() / sizes.iter().sum::<f64>());
            }
        }
        chance.push(sizes[0] / sizes.iter().sum::<f64>());
        let people: Vec<f64> = cities.iter().map(|city| METROS[*city][2]).collect();
        let city = people.iter().map(|weight| weight / people.iter().sum::<f64>()).collect();
        let mut instance = Instance { types, chance, city, unit, open, stock: [[0; ALL]; SKUS] };
        instance.stock_up(&carried);
        instance
    }

    /// What the cities that are nearest to it ask of each node, and half a deviation.
    fn stock_up(&mut self, carried: &[Vec<bool>]) {
        for (sku, carried) in carried.iter().enumerate() {
            let asked = self.types.iter().zip(&self.chance).filter(|(skus, _)| skus.contains(&sku));
            let asked: f64 = asked.map(|(_, chance)| chance).sum();
            let mut rate = [0.0; NODES];
            for (costs, share) in self.unit.iter().zip(&self.city) {
                let near = (0..NODES).filter(|node| carried[*node]).min_by_key(|node| costs[*node]);
                rate[near.unwrap_or(0)] += asked * share;
            }
            for (units, rate) in self.stock[sku].iter_mut().zip(rate) {
                let mean = PERIODS as f64 * rate;
                *units = (mean + 0.5 * (mean * (1.0 - rate)).sqrt()).round() as i64;
            }
            self.stock[sku][NODES] = 1 << 30;
        }
    }

    /// Orders of a run, by type and city.
    pub fn orders(&self, dice: &mut Dice) -> Vec<Option<(usize, usize)>> {
        let order = |_| {
            let (kind, city) = (dice.pick(&self.chance), dice.pick(&self.city));
            (kind < self.types.len()).then_some((kind, city))
        };
        (0..PERIODS).map(order).collect()
    }

    /// Orders of each type and city as one problem, each `count` fold: quantities and costs times that.
    fn problem(&self, stock: &Stock, fine: i64, orders: &[(usize, usize, i64)]) -> BatchProblem {
        let mut problem = BatchProblem { capacity: vec![1 << 31; ALL], ..BatchProblem::default() };
        for (sku, row) in (0..).zip(stock) {
            for (node, units) in (0..).zip(row) {
                problem.stock.push(BatchStock { sku, node, qty: units * fine });
            }
        }
        for (order, (kind, city, count)) in (0..).zip(orders) {
            problem.orders.push(BatchOrder::default());
            for (node, open) in (0..).zip(&self.open) {
                problem.openings.push(BatchOpening { order, node, cost: open * count });
            }
            for sku in &self.types[*kind] {
                let line = problem.lines.len() as u32;
                let unfilled = 100_000_000 * count;
                problem.lines.push(BatchLine { order, sku: *sku as u32, qty: *count, unfilled, margin: 0 });
                for (node, unit) in (0..).zip(&self.unit[*city]) {
                    problem.offers.push(BatchOffer { line, node, cost: unit * count });
                }
            }
        }
        problem
    }

    /// Bid prices for so many periods to come, and the fluid bound on their cost in units of money.
    #[must_use]
    pub fn prices(&self, stock: &Stock, periods: usize, rounds: u32) -> (Stock, f64) {
        let mut orders = Vec::new();
        for (kind, chance) in self.chance.iter().take(self.types.len()).enumerate() {
            for (city, share) in self.city.iter().enumerate() {
                let count = (periods as f64 * chance * share * FINE).round() as i64;
                if count > 0 {
                    orders.push((kind, city, count));
                }
            }
        }
        let problem = self.problem(stock, FINE as i64, &orders);
        let found = fluid_prices(&problem, rounds).expect("the instance is sound");
        let mut prices = [[0; ALL]; SKUS];
        for row in found.stock {
            prices[row.sku as usize][row.node as usize] = row.qty;
        }
        (prices, found.bound as f64 / 1e6 / FINE)
    }

    /// The share of each type, city and SKU that each node gives in a plan of all expected orders.
    #[must_use]
    pub fn shares(&self) -> Vec<[f64; ALL]> {
        let mut orders = Vec::new();
        let mut carry = 0.0;
        for (kind, chance) in self.chance.iter().take(self.types.len()).enumerate() {
            for (city, share) in self.city.iter().enumerate() {
                carry += PERIODS as f64 * chance * share;
                orders.extend(std::iter::repeat_n((kind, city, 1), carry.floor() as usize));
                carry -= carry.floor();
            }
        }
        let problem = self.problem(&self.stock, 1, &orders);
        let options = BatchOptions { rounds: 100, steps_max: 400_000, ..BatchOptions::default() };
        let plan = solve_batch(&problem, &options).expect("the instance is sound");
        let mut shares = vec![[0.0; ALL]; self.types.len() * CITIES * SKUS];
        for (line, node) in problem.lines.iter().zip(plan.nodes) {
            let (kind, city, _) = orders[line.order as usize];
            shares[at(kind, city, line.sku as usize)][node.unwrap_or(NODES as u32) as usize] += 1.0;
        }
        for shares in &mut shares {
            let sum = shares.iter().sum::<f64>();
            shares.iter_mut().for_each(|share| *share = if sum > 0.0 { *share / sum } else { 0.0 });
        }
        shares
    }

    /// What a run costs under a policy, in units of money.
    pub fn run(&self, orders: &[Option<(usize, usize)>], policy: &Policy<'_>, dice: &mut Dice) -> f64 {
        let mut stock = self.stock;
        let mut kernel = OrderKernel::default();
        let mut prices = policy.prices();
        let (mut cost, mut by) = (0i64, [None; 5]);
        for (period, order) in orders.iter().enumerate() {
            if let Policy::BidPrice { solves, .. } = policy {
                let each = PERIODS / (*solves + 1);
                if *solves > 0 && period > 0 && period % each == 0 && period / each <= *solves {
                    prices = self.prices(&stock, PERIODS - period, 150).0;
                }
            }
            let Some((kind, city)) = *order else { continue };
            let skus = &self.types[kind];
            let by = &mut by[..skus.len()];
            let drawn = policy.draw(kind, city, skus, by, dice);
            let given = |by: &[Option<u32>]| {
                skus.iter().zip(by).all(|(sku, node)| node.is_some_and(|node| stock[*sku][node as usize] > 0))
            };
            if !drawn || !given(by) {
                self.cheapest(&mut kernel, &stock, &prices, (skus, city), by);
            }
            let mut opened = [false; ALL];
            for (sku, node) in skus.iter().zip(by.iter()) {
                let node = node.map_or(NODES, |node| node as usize);
                stock[*sku][node] -= 1;
                cost += self.unit[city][node];
                if !std::mem::replace(&mut opened[node], true) {
                    cost += self.open[node];
                }
            }
        }
        cost as f64 / 1e6
    }

    /// The cheapest set of nodes out of what is there, at the prices.
    fn cheapest(
        &self,
        kernel: &mut OrderKernel,
        stock: &Stock,
        prices: &Stock,
        (skus, city): (&[usize], usize),
        by: &mut [Option<u32>],
    ) {
        let mut cost = [i64::MAX; 5 * ALL];
        for (line, sku) in skus.iter().enumerate() {
            for node in (0..ALL).filter(|node| stock[*sku][*node] > 0) {
                cost[line * ALL + node] = self.unit[city][node] + prices[*sku][node];
            }
        }
        let (costs, unfilled) = (&cost[..skus.len() * ALL], [1 << 50; 5]);
        let least = kernel.cheapest(&self.open, costs, &unfilled[..skus.len()], 0, by);
        debug_assert!(least.is_some());
    }
}

fn at(kind: usize, city: usize, sku: usize) -> usize {
    (kind * CITIES + city) * SKUS + sku
}

/// How each order is decided. Whatever a rounding draws, an order for which something drawn is not there is
/// decided by the cheapest set of nodes instead.
pub enum Policy<'a> {
    /// The cheapest set of nodes out of what is there.
    Greedy,
    /// The same at bid prices, found anew so many times in equal intervals.
    BidPrice {
        /// Prices at first.
        prices: Box<Stock>,
        /// How many times they are found anew.
        solves: usize,
    },
    /// One draw for the order: every SKU goes where its shares, laid end to end in one order of nodes, have
    /// the drawn point, so that SKUs of like shares go together (correlated rounding, after Jasin and Sinha).
    Correlated(&'a [[f64; ALL]]),
    /// Each node draws an exponential time for the order; a SKU goes to the node with the least time by its
    /// share (dilate, Ma).
    Dilate(&'a [[f64; ALL]]),
}

impl Policy<'_> {
    fn prices(&self) -> Stock {
        match self {
            Policy::BidPrice { prices, .. } => **prices,
            _ => [[0; ALL]; SKUS],
        }
    }

    /// Draws a node for each SKU; false if nothing is drawn.
    fn draw(
        &self,
        kind: usize,
        city: usize,
        skus: &[usize],
        by: &mut [Option<u32>],
        dice: &mut Dice,
    ) -> bool {
        match self {
            Policy::Greedy | Policy::BidPrice { .. } => return false,
            Policy::Correlated(shares) => {
                let point = dice.share();
                for (sku, by) in skus.iter().zip(by) {
                    let mut sum = 0.0;
                    let node = shares[at(kind, city, *sku)].iter().position(|share| {
                        sum += share;
                        point < sum
                    });
                    *by = node.map(|node| node as u32);
                }
            }
            Policy::Dilate(shares) => {
                let times: [f64; ALL] = std::array::from_fn(|_| dice.exponential());
                for (sku, by) in skus.iter().zip(by) {
                    let shares = &shares[at(kind, city, *sku)];
                    let able = (0..ALL).filter(|node| shares[*node] > 0.0);
                    let least =
                        able.min_by(|a, b| (times[*a] / shares[*a]).total_cmp(&(times[*b] / shares[*b])));
                    *by = least.map(|node| node as u32);
                }
            }
        }
        true
    }
}
