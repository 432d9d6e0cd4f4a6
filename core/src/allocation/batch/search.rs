//! From prices to a plan: greedy under prices, then ruin and recreate.
//!
//! An order is taken out that pays much above what it would like at the prices, with some of those that take
//! what it would rather have (through shared rows of stock and full nodes) and would not mind much to give it
//! up; then all are planned anew one after the other by the oracle, at a share of the prices, so that they
//! leave to others what others need more. The outcome is kept if it is no dearer than an allowance that falls
//! to nothing (simulated annealing; ruin and recreate as of Schrimpf et al., J. Comput. Phys. 159, 2000).
//! What others need is weighed at a share of the prices that falls to nothing too.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    reason = "indices come from the model; costs are bounded; the allowance is a float of + - x / only and \
              is rounded to an integer before costs are compared with it"
)]

use super::dual::Prices;
use super::model::{Model, NOTHING, Order};
use super::oracle::{Oracle, View};
use super::plan::Plan;
use super::wish::Wishes;

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
    let known = &model.orders[order];
    let (priced, _) = oracle.plan(model, known, view);
    let cost = if known.plain {
        priced - worth(model, prices, &oracle.choice)
    } else {
        model.price(known, &oracle.choice)
    };
    plan.put(model, order, &oracle.choice, cost);
}

/// What the items are worth at the prices.
#[inline]
fn worth(model: &Model, prices: &[i64], items: &[u32]) -> i64 {
    let items = items.iter().filter_map(|item| model.items.get(*item as usize));
    items.map(|item| prices[item.lot as usize]).sum()
}

/// Plans each order anew at its own cost while that helps; returns the steps it took.
pub(super) fn settle(model: &Model, oracle: &mut Oracle, plan: &mut Plan, passes: u32) -> u64 {
    let free = vec![0; model.lots.all.len()];
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
        plan.put(model, order, old, before);
    }
}

/// Tenths of the prices at which a new plan is weighed at first.
const TENTHS: i64 = 6;
/// Among so many orders drawn, the one that pays most above what it would like is taken out first.
const DRAWN: usize = 20;

/// What ruin and recreate works with.
pub(super) struct Improver<'a> {
    model: &'a Model,
    /// The prices; half of them; none.
    full: Vec<i64>,
    half: Vec<i64>,
    free: Vec<i64>,
    wishes: Wishes,
    chance: Chance,
    /// How many tenths of the prices plans are weighed at now.
    level: i64,
    /// What each order pays above what it would like.
    pays: Vec<i64>,
    /// Orders taken out, and whether each order is.
    out: Vec<u32>,
    is_out: Vec<bool>,
    /// As they were: order, cost and what it pays; and the item of each line.
    old: Vec<(u32, i64, i64)>,
    old_items: Vec<u32>,
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
        let [full, half, free] = [10, 5, 0].map(|tenths| prices.joint(model, tenths));
        let wishes = Wishes::of(model, oracle, &full);
        let paid = |(at, order): (usize, &Order)| {
            plan.cost_of[at] + worth(model, &full, &plan.choice[order.lines()]) - wishes.least[at]
        };
        Improver {
            model,
            pays: model.orders.iter().enumerate().map(paid).collect(),
            wishes,
            chance: Chance::new(seed),
            level: 0,
            out: Vec::new(),
            is_out: vec![false; model.orders.len()],
            old: Vec::new(),
            old_items: Vec::new(),
            best: plan.choice.clone(),
            best_cost: plan.cost,
            plan,
            full,
            half,
            free,
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
        while self.steps - begin < steps_max {
            let left = 1.0 - (self.steps - begin) as f64 / steps_max as f64;
            self.level = (TENTHS as f64 * left + 0.5) as i64;
            // Where lines are left unfilled at far more than the rest costs, who is, is sought first; then
            // what the rest costs.
            let mean = if self.model.far && left < 0.66 { self.model.usual as f64 } else { mean };
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

    /// What an order costs, and so many tenths of the worth of what it takes from others.
    #[inline]
    fn weighed(&self, order: usize) -> i64 {
        let cost = self.plan.cost_of[order];
        let worth = self.pays[order] + self.wishes.least[order] - cost;
        cost + worth * self.level / 10
    }

    /// Takes a few orders out, plans them anew, and keeps that or not.
    fn step(&mut self, oracle: &mut Oracle, heat: f64) {
        let most = 2 + self.chance.below(8);
        self.ruin(most);
        let share = self.chance.share();
        let allowance = (heat * share * share * 2.0) as i64;
        let before: i64 = self.out.iter().map(|order| self.weighed(*order as usize)).sum();
        self.recreate(oracle);
        let after: i64 = self.out.iter().map(|order| self.weighed(*order as usize)).sum();
        if after > before + allowance {
            self.undo();
        }
        for order in &self.out {
            self.is_out[*order as usize] = false;
        }
    }

    fn ruin(&mut self, most: usize) {
        self.out.clear();
        self.old.clear();
        self.old_items.clear();
        let mut first = self.chance.below(self.model.orders.len());
        for _ in 1..DRAWN {
            let other = self.chance.below(self.model.orders.len());
            if self.pays[other] > self.pays[first] {
                first = other;
            }
        }
        self.remove(first);
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
        self.old.push((order as u32, self.plan.cost_of[order], self.pays[order]));
        self.old_items.extend_from_slice(&self.plan.choice[self.model.orders[order].lines()]);
        self.plan.lift(self.model, order);
    }

    /// An order that takes what one of those taken out could use, and would not mind much to give it up.
    fn rival(&mut self) -> Option<usize> {
        let order = self.out[self.chance.below(self.out.len())] as usize;
        let known = &self.model.orders[order];
        let items = self.model.items_of(known);
        if items.is_empty() {
            return None;
        }
        let line = known.lines.0 as usize + self.chance.below(known.len());
        let wished = self.wishes.items[line];
        let at =
            if wished != NOTHING && self.chance.below(2) == 0 { wished as usize } else { self.likely(items) };
        let item = &self.model.items[at];
        let node = self.model.cands[item.cand as usize].node as usize;
        let qty = i64::from(item.qty);
        let short = self.plan.rows[item.row as usize].left < qty;
        let full = self.plan.nodes[node].left < qty + 2;
        let list = match (short, full) {
            (false, false) => return None,
            (false, true) => self.plan.at_node(node),
            (true, _) => self.plan.takers(item.row as usize),
        };
        if list.is_empty() {
            return None;
        }
        let (first, second) = (self.chance.below(list.len()), self.chance.below(list.len()));
        let minds = |at: usize| self.wishes.minds(list[at], self.plan.choice[list[at] as usize]);
        let line = list[if minds(second) < minds(first) { second } else { first }];
        Some(self.model.order_of[line as usize] as usize)
    }

    /// Of three items the one by which the order pays least.
    fn likely(&mut self, items: std::ops::Range<usize>) -> usize {
        let [first, second, third] = [(); 3].map(|()| items.start + self.chance.below(items.len()));
        let detour = &self.wishes.detour;
        let better = if detour[second] < detour[first] { second } else { first };
        if detour[third] < detour[better] { third } else { better }
    }

    /// Plans those taken out anew.
    fn recreate(&mut self, oracle: &mut Oracle) {
        let count = self.out.len();
        // A new sequence: the first taken out stays first every other time.
        let from = self.chance.below(2);
        for at in from..count {
            let other = at + self.chance.below(count - at);
            self.out.swap(at, other);
        }
        let share = self.chance.below(4);
        for at in 0..count {
            let order = self.out[at] as usize;
            let prices = match share {
                _ if at + 1 == count => &self.free,
                0 => &self.free,
                1 => &self.half,
                _ => &self.full,
            };
            insert(self.model, oracle, &mut self.plan, order, prices);
            let worth = worth(self.model, &self.full, &oracle.choice);
            self.pays[order] = self.plan.cost_of[order] + worth - self.wishes.least[order];
        }
        self.steps += count as u64;
    }

    fn undo(&mut self) {
        for order in &self.out {
            self.plan.lift(self.model, *order as usize);
        }
        let mut at = 0;
        for (order, cost, pays) in &self.old {
            let order = *order as usize;
            let len = self.model.orders[order].len();
            self.plan.put(self.model, order, &self.old_items[at..at + len], *cost);
            self.pays[order] = *pays;
            at += len;
        }
    }
}
