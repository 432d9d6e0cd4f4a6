//! Orders of many lines: a good plan and a bound, where the table over sets of lines would be too large.
//!
//! The bound is dual ascent for facility location (Erlenkotter, Oper. Res. 26, 1978): each line offers to pay
//! towards opening the nodes that would be cheaper for it, all lines together no more for a node than its
//! opening costs. The plan opens nodes one by one while that pays.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "indices come from the model; costs, quantities and prices are bounded"
)]

use super::model::{Model, NOTHING, Order};
use super::oracle::{Oracle, View};

/// Tables kept from call to call.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffers {
    /// Cost, line, candidate and item of all that may be taken, by line, then cost.
    ways: Vec<(u32, i64, u32, u32)>,
    starts: Vec<usize>,
    slack: Vec<i64>,
    opened: Vec<bool>,
    current: Vec<i64>,
    left: Vec<i64>,
    trial: Vec<u32>,
}

/// Plans the order into the oracle's choice; returns its priced cost, and the least that any plan costs.
pub(super) fn plan(oracle: &mut Oracle, model: &Model, order: &Order, view: View<'_>) -> (i64, i64) {
    let mut tables = std::mem::take(&mut oracle.wide);
    tables.gather(model, order, view);
    let bound = tables.ascend(model, order);
    tables.open(model, order, view);
    let mut best = tables.assign(model, order, view);
    oracle.choice.clone_from(&tables.trial);
    // Close what does not earn its opening, or is over the limit; the dearest first.
    let first = order.cands.0 as usize;
    for cand in 0..tables.opened.len() {
        if std::mem::replace(&mut tables.opened[cand], false) {
            let cost = tables.assign(model, order, view);
            if cost <= best {
                best = cost;
                oracle.choice.clone_from(&tables.trial);
            } else {
                tables.opened[cand] = true;
            }
        }
    }
    if order.not_single > 0 {
        for cand in order.cands() {
            if model.cands[cand].items().len() == order.len() {
                tables.opened.fill(false);
                tables.opened[cand - first] = true;
                let cost = tables.assign(model, order, view);
                if cost < best {
                    best = cost;
                    oracle.choice.clone_from(&tables.trial);
                }
            }
        }
    }
    oracle.wide = tables;
    (best, bound.min(best))
}

impl Buffers {
    fn gather(&mut self, model: &Model, order: &Order, view: View<'_>) {
        self.ways.clear();
        for at in order.cands() {
            let cand = &model.cands[at];
            for index in cand.items() {
                let item = &model.items[index];
                let qty = i64::from(item.qty);
                let fits = view.left.is_none_or(|(rows, nodes)| {
                    rows[item.row as usize].left >= qty && nodes[cand.node as usize].left >= qty
                });
                if fits {
                    let cost = item.cost + view.prices[item.lot as usize];
                    self.ways.push((item.line, cost, at as u32 - order.cands.0, index as u32));
                }
            }
        }
        self.ways.sort_unstable();
        self.starts.clear();
        for line in 0..=order.len() as u32 {
            self.starts.push(self.ways.partition_point(|way| way.0 < line));
        }
        self.slack.clear();
        self.slack.extend(model.cands[order.cands()].iter().map(|cand| cand.open));
        self.opened.clear();
        self.opened.resize(self.slack.len(), false);
    }

    /// What lines pay: no plan costs less.
    fn ascend(&mut self, model: &Model, order: &Order) -> i64 {
        let mut bound = 0;
        for line in 0..order.len() {
            let ways = &self.ways[self.starts[line]..self.starts[line + 1]];
            let none = model.unfilled[order.lines.0 as usize + line];
            let mut paid = ways.first().map_or(none, |way| way.1.min(none));
            let mut passed = 0;
            while paid < none {
                while passed < ways.len() && ways[passed].1 <= paid {
                    passed += 1;
                }
                let next = ways.get(passed).map_or(none, |way| way.1.min(none));
                let slack = ways[..passed].iter().map(|way| self.slack[way.2 as usize]).min();
                let gain = slack.unwrap_or(i64::MAX).min(next - paid);
                for way in &ways[..passed] {
                    self.slack[way.2 as usize] -= gain;
                }
                paid += gain;
                if paid < next {
                    break;
                }
            }
            bound += paid;
        }
        bound
    }

    /// Opens candidates one by one, the one that saves most first.
    fn open(&mut self, model: &Model, order: &Order, view: View<'_>) {
        self.current.clear();
        self.current.extend_from_slice(&model.unfilled[order.lines()]);
        for _ in 0..order.nodes_max {
            let mut gains: Vec<i64> = model.cands[order.cands()].iter().map(|cand| -cand.open).collect();
            for (line, cost, cand, _) in &self.ways {
                gains[*cand as usize] += (self.current[*line as usize] - cost).max(0);
            }
            let best = (0..gains.len())
                .filter(|at| !self.opened[*at])
                .max_by_key(|at| (gains[*at], usize::MAX - at));
            let Some(best) = best.filter(|at| gains[*at] + order.spared > 0) else { break };
            self.opened[best] = true;
            for (line, cost, cand, _) in &self.ways {
                if *cand as usize == best {
                    let current = &mut self.current[*line as usize];
                    *current = (*current).min(*cost);
                }
            }
        }
        let _ = view;
    }

    /// Each line from its cheapest open candidate that still has capacity; returns the priced cost.
    fn assign(&mut self, model: &Model, order: &Order, view: View<'_>) -> i64 {
        let first = order.cands.0 as usize;
        self.trial.clear();
        self.trial.resize(order.len(), NOTHING);
        self.left.clear();
        let cands = &model.cands[order.cands()];
        let left = |cand: &super::model::Cand| {
            view.left.map_or(i64::MAX, |(_, nodes)| nodes[cand.node as usize].left)
        };
        self.left.extend(cands.iter().map(left));
        let (mut cost, mut used, mut filled) = (0, 0u32, 0);
        let mut seen = vec![false; cands.len()];
        for line in 0..order.len() {
            let none = model.unfilled[order.lines.0 as usize + line];
            cost += none;
            for (_, priced, cand, item) in &self.ways[self.starts[line]..self.starts[line + 1]] {
                let at = *cand as usize;
                let qty = i64::from(model.items[*item as usize].qty);
                let saves = *priced <= none + order.spared;
                if saves && self.opened[at] && self.left[at] >= qty && (seen[at] || used < order.nodes_max) {
                    self.left[at] -= qty;
                    cost += priced - none;
                    if !std::mem::replace(&mut seen[at], true) {
                        cost += model.cands[first + at].open;
                        used += 1;
                    }
                    self.trial[line] = *item;
                    filled += 1;
                    break;
                }
            }
        }
        let nothing = model.unfilled[order.lines()].iter().sum::<i64>() + order.incomplete + order.not_single;
        if order.whole && (filled < order.len() || cost > nothing) {
            self.trial.fill(NOTHING);
            return nothing;
        }
        cost += if filled < order.len() { order.incomplete } else { 0 };
        cost + if filled < order.len() || used > 1 { order.not_single } else { 0 }
    }
}
