//! From prices to a plan: greedy under prices, then ruin and recreate.
//!
//! An order is taken out, with some of those that take what it would rather have (through shared rows of
//! stock and full nodes); then all are planned anew one after the other by the oracle, at a share of the
//! prices, so that they leave to others what others need more. The outcome is kept if it is no dearer than an
//! allowance that falls to nothing (simulated annealing; ruin and recreate as of Schrimpf et al., J. Comput.
//! Phys. 159, 2000). What others need is weighed at a share of the prices that falls to nothing too.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    reason = "indices come from the model; costs are bounded; the allowance is a float of + - x / only and \
              is rounded to an integer before costs are compared with it"
)]

use super::dual::Prices;
use super::model::{Model, NOTHING};
use super::oracle::{Oracle, View};
use super::plan::Plan;

/// Chance: xorshift64* (Vigna, 2016).
pub(super) struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    #[inline]
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) as u32
    }

    /// Below `count`, which is not 0.
    #[inline]
    fn below(&mut self, count: usize) -> usize {
        ((u64::from(self.next()) * count as u64) >> 32) as usize
    }

    /// From 0 to 1.
    #[inline]
    fn share(&mut self) -> f64 {
        f64::from(self.next()) / 4_294_967_296.0
    }
}

/// Plans the orders one after the other at the prices, out of what is left.
pub(super) fn greedy(model: &Model, oracle: &mut Oracle, prices: &[i64], sequence: &[u32]) -> Plan {
    let mut plan = Plan::empty(model);
    for order in sequence {
        insert(model, oracle, &mut plan, *order as usize, prices);
    }
    plan
}

/// Plans one order, which has nothing, out of what is left.
#[inline]
pub(super) fn insert(model: &Model, oracle: &mut Oracle, plan: &mut Plan, order: usize, prices: &[i64]) {
    let view = View { prices, left: Some((&plan.rows, &plan.nodes)) };
    oracle.plan(model, &model.orders[order], view);
    plan.put(model, order, &oracle.choice);
}

/// Plans each order anew at its own cost while that helps; returns the steps it took.
pub(super) fn settle(model: &Model, oracle: &mut Oracle, plan: &mut Plan, passes: u32) -> u64 {
    let free = vec![0; model.rows.len()];
    let mut old = Vec::new();
    let mut steps = 0;
    for _ in 0..passes {
        let before = plan.cost;
        for order in 0..model.orders.len() {
            steps += 1;
            replan(model, oracle, plan, order, &free, &mut old);
        }
        if plan.cost == before {
            break;
        }
    }
    steps
}

/// Plans an order anew, keeping the old way if that was no dearer.
fn replan(
    model: &Model,
    oracle: &mut Oracle,
    plan: &mut Plan,
    order: usize,
    free: &[i64],
    old: &mut Vec<u32>,
) {
    let before = plan.cost_of[order];
    old.clear();
    old.extend_from_slice(&plan.choice[model.orders[order].lines()]);
    plan.lift(model, order);
    insert(model, oracle, plan, order, free);
    if plan.cost_of[order] >= before {
        plan.lift(model, order);
        plan.put(model, order, old);
    }
}

/// Tenths of the prices at which a new plan is weighed at first.
const TENTHS: usize = 6;

/// What ruin and recreate works with.
pub(super) struct Improver<'a> {
    model: &'a Model,
    /// Prices at 0 to 10 tenths.
    tenths: Vec<Vec<i64>>,
    /// The items that each order takes at the prices, were there enough.
    wished: Vec<u32>,
    chance: Chance,
    /// How many tenths of the prices plans are weighed at now.
    level: usize,
    /// What each order costs so.
    weighed: Vec<i64>,
    /// Orders taken out, and whether each order is.
    out: Vec<u32>,
    is_out: Vec<bool>,
    old: Vec<(u32, u32)>,
    pub plan: Plan,
    pub best: Vec<u32>,
    pub best_cost: i64,
    pub steps: u64,
}

impl<'a> Improver<'a> {
    pub fn new(
        model: &'a Model,
        oracle: &mut Oracle,
        prices: &Prices,
        plan: Plan,
        seed: u64,
    ) -> Improver<'a> {
        let tenths: Vec<Vec<i64>> = (0..=10).map(|tenths| prices.joint(model, tenths)).collect();
        let mut wished = vec![NOTHING; model.unfilled.len()];
        for order in &model.orders {
            oracle.plan(model, order, View { prices: &tenths[10], left: None });
            wished[order.lines()].copy_from_slice(&oracle.choice);
        }
        let best = plan.choice.clone();
        let best_cost = plan.cost;
        Improver {
            model,
            tenths,
            wished,
            chance: Chance::new(seed),
            level: 0,
            weighed: vec![0; model.orders.len()],
            out: Vec::new(),
            is_out: vec![false; model.orders.len()],
            old: Vec::new(),
            plan,
            best,
            best_cost,
            steps: 0,
        }
    }

    /// Improves until `steps_max` orders were planned, or until the best plan costs at most `enough`.
    pub fn run(&mut self, oracle: &mut Oracle, steps_max: u64, enough: i64) {
        let count = self.model.orders.len();
        if count < 2 || self.best_cost <= enough {
            return;
        }
        let mean = self.plan.cost as f64 / count as f64;
        let begin = self.steps;
        self.weigh_at(TENTHS);
        while self.steps - begin < steps_max {
            let left = 1.0 - (self.steps - begin) as f64 / steps_max as f64;
            let level = (TENTHS as f64 * left + 0.5) as usize;
            if level != self.level {
                self.weigh_at(level);
            }
            self.step(oracle, 0.3 * mean * left * left);
            if self.plan.cost < self.best_cost {
                self.best_cost = self.plan.cost;
                self.best.copy_from_slice(&self.plan.choice);
                if self.best_cost <= enough {
                    break;
                }
            }
        }
    }

    /// Weighs all orders at so many tenths of the prices.
    fn weigh_at(&mut self, level: usize) {
        self.level = level;
        for order in 0..self.weighed.len() {
            self.weighed[order] = self.weigh(order);
        }
    }

    /// What an order costs, and so many tenths of the worth of what it takes from others.
    fn weigh(&self, order: usize) -> i64 {
        let items = self.plan.choice[self.model.orders[order].lines()].iter();
        let worth = |item: &u32| {
            let item = self.model.items.get(*item as usize);
            item.map_or(0, |item| i64::from(item.qty) * self.tenths[self.level][item.row as usize])
        };
        self.plan.cost_of[order] + items.map(worth).sum::<i64>()
    }

    /// Takes a few orders out, plans them anew, and keeps that or not.
    fn step(&mut self, oracle: &mut Oracle, heat: f64) {
        let most = 2 + self.chance.below(9);
        self.ruin(most);
        let share = self.chance.share();
        let allowance = (heat * share * share * 2.0) as i64;
        let before: i64 = self.out.iter().map(|order| self.weighed[*order as usize]).sum();
        self.recreate(oracle);
        let after: i64 = self.out.iter().map(|order| self.weigh(*order as usize)).sum();
        if after > before + allowance {
            self.undo();
        } else {
            for at in 0..self.out.len() {
                let order = self.out[at] as usize;
                self.weighed[order] = self.weigh(order);
            }
        }
        for order in &self.out {
            self.is_out[*order as usize] = false;
        }
    }

    fn ruin(&mut self, most: usize) {
        self.out.clear();
        self.old.clear();
        let seed = self.chance.below(self.model.orders.len());
        self.remove(seed);
        let mut tries = 3 * most;
        while self.out.len() < most && tries > 0 {
            tries -= 1;
            if let Some(order) = self.rival().filter(|order| !self.is_out[*order]) {
                self.remove(order);
            }
        }
    }

    fn remove(&mut self, order: usize) {
        self.out.push(order as u32);
        self.is_out[order] = true;
        let lines = self.model.orders[order].lines();
        self.old.extend(lines.map(|line| (line as u32, self.plan.choice[line])));
        self.plan.lift(self.model, order);
    }

    /// An order that takes what one of those taken out could use.
    fn rival(&mut self) -> Option<usize> {
        let order = self.out[self.chance.below(self.out.len())] as usize;
        let known = &self.model.orders[order];
        let cands = known.cands();
        if cands.is_empty() {
            return None;
        }
        let line = known.lines.0 as usize + self.chance.below(known.len());
        let wished = self.wished[line];
        let item = if wished != NOTHING && self.chance.below(2) == 0 {
            wished
        } else {
            let from = self.model.cands[cands.start].items.0;
            let to = self.model.cands[cands.end - 1].items.1;
            from + self.chance.below((to - from) as usize) as u32
        };
        let item = &self.model.items[item as usize];
        let node = self.model.cands[item.cand as usize].node as usize;
        let qty = i64::from(item.qty);
        let takers = self.plan.takers(item.row as usize);
        let full = self.plan.nodes[node].left < qty + 2;
        let list = if full && (takers.is_empty() || self.plan.rows[item.row as usize].left >= qty) {
            self.plan.at_node(node)
        } else {
            takers
        };
        if list.is_empty() {
            return None;
        }
        let line = list[self.chance.below(list.len())];
        Some(self.model.order_of[line as usize] as usize)
    }

    fn recreate(&mut self, oracle: &mut Oracle) {
        let count = self.out.len();
        // A new sequence: the first taken out stays first every other time.
        let from = self.chance.below(2);
        for at in from..count {
            let other = at + self.chance.below(count - at);
            self.out.swap(at, other);
        }
        let tenths = [10, 7, 3, 0][self.chance.below(4)];
        for at in 0..count {
            let tenths = if at + 1 == count { 0 } else { tenths };
            let order = self.out[at] as usize;
            insert(self.model, oracle, &mut self.plan, order, &self.tenths[tenths]);
        }
        self.steps += count as u64;
    }

    fn undo(&mut self) {
        for order in &self.out {
            self.plan.lift(self.model, *order as usize);
        }
        let mut choice = Vec::new();
        let mut at = 0;
        while let Some((line, _)) = self.old.get(at) {
            let order = self.model.order_of[*line as usize] as usize;
            let len = self.model.orders[order].len();
            choice.clear();
            choice.extend(self.old[at..at + len].iter().map(|(_, item)| *item));
            self.plan.put(self.model, order, &choice);
            at += len;
        }
    }
}
