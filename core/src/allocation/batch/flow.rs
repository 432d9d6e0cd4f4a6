//! Orders of one line, all of one quantity: an exact minimum-cost flow.
//!
//! Each order sends one unit (of that quantity) to a stock row, the row to its node, the node to the sink, or
//! straight to the sink unfilled. Successive shortest paths with potentials (Edmonds and Karp, J. ACM 19,
//! 1972), stopped as soon as the sink is reached. The potentials are the prices, and the bound that they
//! prove equals the cost.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "indices come from the model; costs are bounded, so that path lengths stay within an i64"
)]

use super::dual::Prices;
use super::model::{Model, NOTHING};
use super::plan::Plan;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Whether the batch is a flow: one line an order, all of the same quantity.
pub(super) fn fits(model: &Model) -> bool {
    let one = model.orders.iter().all(|order| order.len() == 1);
    let mut quantities = model.items.iter().map(|item| item.qty);
    let first = quantities.next();
    one && quantities.all(|qty| Some(qty) == first)
}

/// A vertex: orders first, then rows, then nodes; the sink last.
type Vertex = u32;
/// Beyond every path.
const FAR: i64 = i64::MAX / 2;

struct Flow<'a> {
    model: &'a Model,
    plan: Plan,
    qty: i64,
    /// By vertex.
    potential: Vec<i64>,
    distance: Vec<i64>,
    /// The vertex before, and the item on the way for an order's step to a row.
    before: Vec<(Vertex, u32)>,
    done: Vec<bool>,
    touched: Vec<Vertex>,
    heap: BinaryHeap<Reverse<(i64, Vertex)>>,
    rows_of_node: Vec<Vec<u32>>,
    /// What makes an order's costs start at 0.
    base: Vec<i64>,
}

/// The cheapest plan, and prices that prove it.
pub(super) fn solve(model: &Model) -> (Plan, Prices) {
    let (orders, rows, nodes) = (model.orders.len(), model.rows.len(), model.capacity.len());
    let mut rows_of_node = vec![Vec::new(); nodes];
    for (row, known) in model.rows.iter().enumerate() {
        rows_of_node[known.node as usize].push(row as u32);
    }
    let base = model.orders.iter().map(|order| {
        let items = model.cands[order.cands()].iter().flat_map(|cand| &model.items[cand.items()]);
        items.map(|item| item.cost).fold(unfilled(model, order), i64::min)
    });
    let vertices = orders + rows + nodes + 1;
    let mut flow = Flow {
        model,
        plan: Plan::empty(model),
        qty: model.items.first().map_or(1, |item| i64::from(item.qty)),
        potential: vec![0; vertices],
        distance: vec![FAR; vertices],
        before: vec![(0, NOTHING); vertices],
        done: vec![false; vertices],
        touched: Vec::new(),
        heap: BinaryHeap::new(),
        base: base.collect(),
        rows_of_node,
    };
    for order in 0..orders {
        flow.send(order);
    }
    let mut prices = Prices::free(model);
    for (node, price) in prices.nodes.iter_mut().enumerate() {
        *price = (-flow.potential[orders + rows + node]).max(0) / flow.qty;
    }
    for (row, price) in prices.rows.iter_mut().enumerate() {
        let node = model.rows[row].node as usize;
        let worth = flow.potential[orders + rows + node] - flow.potential[orders + row];
        *price = worth.max(0) / flow.qty;
    }
    prices.bound = prices.prove(model, &mut super::oracle::Oracle::new());
    (flow.plan, prices)
}

/// What an order of one line costs unfilled.
fn unfilled(model: &Model, order: &super::model::Order) -> i64 {
    model.unfilled[order.lines.0 as usize] + order.incomplete + order.not_single
}

impl Flow<'_> {
    /// Sends an order on the cheapest way to the sink, moving others where that is cheaper.
    fn send(&mut self, order: usize) {
        let sink = (self.distance.len() - 1) as Vertex;
        self.reach(order as Vertex, 0, (sink, NOTHING));
        while let Some(Reverse((distance, vertex))) = self.heap.pop() {
            if std::mem::replace(&mut self.done[vertex as usize], true) {
                continue;
            }
            if vertex == sink {
                break;
            }
            self.expand(vertex, distance, sink);
        }
        let total = self.distance[sink as usize];
        for vertex in std::mem::take(&mut self.touched) {
            let at = vertex as usize;
            if self.distance[at] < total {
                self.potential[at] += self.distance[at] - total;
            }
            self.distance[at] = FAR;
            self.done[at] = false;
        }
        self.heap.clear();
        self.shift(order as Vertex, sink);
    }

    fn reach(&mut self, vertex: Vertex, distance: i64, before: (Vertex, u32)) {
        let at = vertex as usize;
        if distance < self.distance[at] {
            if self.distance[at] == FAR {
                self.touched.push(vertex);
            }
            self.distance[at] = distance;
            self.before[at] = before;
            self.heap.push(Reverse((distance, vertex)));
        }
    }

    fn go(&mut self, from: Vertex, distance: i64, cost: i64, to: Vertex, item: u32) {
        let reduced = cost + self.potential[from as usize] - self.potential[to as usize];
        self.reach(to, distance + reduced, (from, item));
    }

    fn expand(&mut self, vertex: Vertex, distance: i64, sink: Vertex) {
        let model = self.model;
        let (orders, rows) = (model.orders.len(), model.rows.len());
        let at = vertex as usize;
        if at < orders {
            let order = &model.orders[at];
            let base = self.base[at];
            let current = self.plan.choice[order.lines.0 as usize];
            self.go(vertex, distance, unfilled(model, order) - base, sink, NOTHING);
            for cand in &model.cands[order.cands()] {
                for index in cand.items() {
                    let item = &model.items[index];
                    if index as u32 != current {
                        let row = (orders + item.row as usize) as Vertex;
                        self.go(vertex, distance, item.cost - base, row, index as u32);
                    }
                }
            }
        } else if at < orders + rows {
            let row = at - orders;
            let node = (orders + rows + model.rows[row].node as usize) as Vertex;
            if self.plan.rows[row].left >= self.qty {
                self.go(vertex, distance, 0, node, NOTHING);
            }
            for taker in 0..self.plan.takers(row).len() {
                let line = self.plan.takers(row)[taker] as usize;
                let order = model.order_of[line] as usize;
                let cost = model.items[self.plan.choice[line] as usize].cost - self.base[order];
                self.go(vertex, distance, -cost, order as Vertex, NOTHING);
            }
        } else {
            let node = at - orders - rows;
            if self.plan.nodes[node].left >= self.qty {
                self.go(vertex, distance, 0, sink, NOTHING);
            }
            for known in 0..self.rows_of_node[node].len() {
                let row = self.rows_of_node[node][known] as usize;
                if !self.plan.takers(row).is_empty() {
                    self.go(vertex, distance, 0, (orders + row) as Vertex, NOTHING);
                }
            }
        }
    }

    /// Gives each order on the way to the sink the item by which the way left it.
    fn shift(&mut self, from: Vertex, sink: Vertex) {
        let mut moves: Vec<(usize, u32)> = Vec::new();
        let mut vertex = sink;
        while vertex != from {
            let (before, item) = self.before[vertex as usize];
            if (before as usize) < self.model.orders.len() {
                moves.push((before as usize, item));
            }
            vertex = before;
        }
        for (order, _) in &moves {
            self.plan.lift(self.model, *order);
        }
        for (order, item) in moves {
            self.plan.put(self.model, order, &[item]);
        }
    }
}
