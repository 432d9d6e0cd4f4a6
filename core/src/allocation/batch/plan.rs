//! A plan at work: what each line takes, what is left, and who takes what.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "indices come from the model; units taken never exceed units there; costs are bounded"
)]

use super::model::{Model, NOTHING};

/// What is left of a row or a node, and which lines take from it: `count` entries of a list from `start`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pool {
    /// Units left.
    pub left: i64,
    start: u32,
    count: u32,
}

impl Pool {
    fn lines(&self) -> std::ops::Range<usize> {
        self.start as usize..(self.start + self.count) as usize
    }

    /// Pools with room for all lines that could take from them.
    fn all(units: impl Iterator<Item = i64>, users: &[u32]) -> (Vec<Pool>, Vec<u32>) {
        let mut start = 0;
        let pool = |(left, users): (i64, &u32)| {
            let pool = Pool { left, start, count: 0 };
            start += users;
            pool
        };
        let pools = units.zip(users).map(pool).collect();
        (pools, vec![0; start as usize])
    }
}

/// What each line takes.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    /// The item of each line.
    pub choice: Vec<u32>,
    /// What is left of each row, and its takers.
    pub rows: Vec<Pool>,
    /// What is left of each node's capacity, and its takers.
    pub nodes: Vec<Pool>,
    /// What each order costs.
    pub cost_of: Vec<i64>,
    /// What all cost.
    pub cost: i64,
    takers: Vec<u32>,
    at_node: Vec<u32>,
    /// Where each line stands in its row's list, and in its node's.
    place: Vec<(u32, u32)>,
}

impl Plan {
    /// Everything unfilled.
    pub fn empty(model: &Model) -> Plan {
        let (mut by_row, mut by_node) = (vec![0; model.rows.len()], vec![0; model.capacity.len()]);
        for item in &model.items {
            by_row[item.row as usize] += 1;
            by_node[model.cands[item.cand as usize].node as usize] += 1;
        }
        let (rows, takers) = Pool::all(model.rows.iter().map(|row| row.stock), &by_row);
        let (nodes, at_node) = Pool::all(model.capacity.iter().copied(), &by_node);
        let mut plan = Plan {
            choice: vec![NOTHING; model.unfilled.len()],
            rows,
            nodes,
            cost_of: Vec::new(),
            cost: 0,
            takers,
            at_node,
            place: vec![(0, 0); model.unfilled.len()],
        };
        for order in &model.orders {
            let cost = model.price(order, &plan.choice[order.lines()]);
            plan.cost_of.push(cost);
            plan.cost += cost;
        }
        plan
    }

    /// The lines that take from a row, in no order.
    #[inline]
    pub fn takers(&self, row: usize) -> &[u32] {
        &self.takers[self.rows[row].lines()]
    }

    /// The lines that take from a node, in no order.
    #[inline]
    pub fn at_node(&self, node: usize) -> &[u32] {
        &self.at_node[self.nodes[node].lines()]
    }

    /// Gives an order, which has none, the items, at what that costs.
    #[inline]
    pub fn put(&mut self, model: &Model, order: usize, choice: &[u32], cost: i64) {
        debug_assert_eq!(cost, model.price(&model.orders[order], choice));
        let range = model.orders[order].lines();
        for (line, item) in range.zip(choice) {
            if *item == NOTHING {
                continue;
            }
            let taken = &model.items[*item as usize];
            let (row, node) = (taken.row as usize, model.cands[taken.cand as usize].node as usize);
            self.choice[line] = *item;
            let at_row = enter(&mut self.rows[row], &mut self.takers, line, taken.qty);
            let at_node = enter(&mut self.nodes[node], &mut self.at_node, line, taken.qty);
            self.place[line] = (at_row, at_node);
        }
        self.cost += cost - self.cost_of[order];
        self.cost_of[order] = cost;
    }

    /// Takes all from an order; its cost stays until it is given something.
    #[inline]
    pub fn lift(&mut self, model: &Model, order: usize) {
        for line in model.orders[order].lines() {
            let item = std::mem::replace(&mut self.choice[line], NOTHING);
            if item == NOTHING {
                continue;
            }
            let taken = &model.items[item as usize];
            let (row, node) = (taken.row as usize, model.cands[taken.cand as usize].node as usize);
            let (at_row, at_node) = self.place[line];
            if let Some(moved) = leave(&mut self.rows[row], &mut self.takers, at_row, taken.qty) {
                self.place[moved as usize].0 = at_row;
            }
            if let Some(moved) = leave(&mut self.nodes[node], &mut self.at_node, at_node, taken.qty) {
                self.place[moved as usize].1 = at_node;
            }
        }
    }
}

/// Adds a line to the takers; returns its place.
#[inline]
fn enter(pool: &mut Pool, lines: &mut [u32], line: usize, qty: u32) -> u32 {
    let place = pool.start + pool.count;
    lines[place as usize] = line as u32;
    pool.count += 1;
    pool.left -= i64::from(qty);
    place
}

/// Takes the line at a place out of the takers; returns the line that is there now, if that is another.
#[inline]
fn leave(pool: &mut Pool, lines: &mut [u32], place: u32, qty: u32) -> Option<u32> {
    pool.count -= 1;
    pool.left += i64::from(qty);
    let last = pool.start + pool.count;
    if place == last {
        return None;
    }
    let moved = lines[last as usize];
    lines[place as usize] = moved;
    Some(moved)
}
