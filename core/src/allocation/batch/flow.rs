//! Orders of one line, all of one quantity: an exact minimum-cost flow.
//!
//! Each order sends one unit (of that quantity) to a stock row, the row to its node, the node to the sink, or
//! straight to the sink unfilled. Successive shortest paths with potentials (Edmonds and Karp, J. ACM 19,
//! 1972), stopped as soon as the sink is reached. The potentials are the prices, and the bound that they
//! prove equals the cost.
//!
//! Orders that take from a row are no vertices of the search: of all who could make way there, only the one
//! who does so at the least cost matters for each row that he could turn to. Rows that have run out keep
//! these in heaps, so that an order costs what the rows at hand cost, however many have taken from them. Of
//! equals the last makes way.

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
use std::collections::{BTreeMap, BinaryHeap};

/// Whether the batch is a flow: one line an order, all of the same quantity.
pub(super) fn fits(model: &Model) -> bool {
    let one = model.orders.iter().all(|order| order.len() == 1);
    let mut quantities = model.items.iter().map(|item| item.qty);
    let first = quantities.next();
    one && quantities.all(|qty| Some(qty) == first)
}

/// A vertex: rows first, then nodes; the sink last.
type Vertex = u32;
/// Beyond every path.
const FAR: i64 = i64::MAX / 2;

/// What it would cost more that an order makes way, the order, the item that it would take, and how often it
/// had been moved when this was noted.
type Way = (i64, Reverse<u32>, u32, u32);

/// Who could make way in a row that has run out: by the row to which it would turn, [`NOTHING`] = unfilled.
type Ways = BTreeMap<u32, BinaryHeap<Reverse<Way>>>;

struct Flow<'a> {
    model: &'a Model,
    plan: Plan,
    qty: i64,
    /// By vertex.
    potential: Vec<i64>,
    distance: Vec<i64>,
    /// The vertex before; and the order that goes this way with its item, none between row and node.
    before: Vec<(Vertex, u32, u32)>,
    done: Vec<bool>,
    touched: Vec<Vertex>,
    heap: BinaryHeap<Reverse<(i64, Vertex)>>,
    rows_of_node: Vec<Vec<u32>>,
    /// By row, where it has run out.
    ways: Vec<Option<Ways>>,
    /// How often each order has been moved.
    moved: Vec<u32>,
}

/// The cheapest plan, and prices that prove it.
pub(super) fn solve(model: &Model) -> (Plan, Prices) {
    let (orders, rows, nodes) = (model.orders.len(), model.rows.len(), model.capacity.len());
    let mut rows_of_node = vec![Vec::new(); nodes];
    for (row, known) in model.rows.iter().enumerate() {
        rows_of_node[known.node as usize].push(row as u32);
    }
    let vertices = rows + nodes + 1;
    let mut flow = Flow {
        model,
        plan: Plan::empty(model),
        qty: model.items.first().map_or(1, |item| i64::from(item.qty)),
        potential: vec![0; vertices],
        distance: vec![FAR; vertices],
        before: vec![(NOTHING, NOTHING, NOTHING); vertices],
        done: vec![false; vertices],
        touched: Vec::new(),
        heap: BinaryHeap::new(),
        rows_of_node,
        ways: vec![None; rows],
        moved: vec![0; orders],
    };
    for order in 0..orders {
        flow.send(order as u32);
    }
    let mut prices = Prices::free(model);
    for (node, price) in prices.nodes.iter_mut().enumerate() {
        *price = (-flow.potential[rows + node]).max(0) / flow.qty;
    }
    for (row, price) in prices.rows.iter_mut().enumerate() {
        let node = model.rows[row].node as usize;
        let worth = flow.potential[rows + node] - flow.potential[row];
        *price = worth.max(0) / flow.qty;
    }
    prices.by_unit(model);
    prices.bound = prices.prove(model, &mut super::oracle::Oracle::new());
    (flow.plan, prices)
}

impl Flow<'_> {
    /// What the order costs by an item, or unfilled.
    fn cost(&self, order: u32, item: u32) -> i64 {
        let order = &self.model.orders[order as usize];
        match self.model.items.get(item as usize) {
            Some(item) => item.cost,
            None => self.model.unfilled[order.lines.0 as usize] + order.incomplete + order.not_single,
        }
    }

    /// The items that the order could take.
    fn items(&self, order: u32) -> std::ops::Range<usize> {
        self.model.items_of(&self.model.orders[order as usize])
    }

    /// Sends an order on the cheapest way to the sink, moving others where that is cheaper.
    fn send(&mut self, order: u32) {
        let sink = (self.distance.len() - 1) as Vertex;
        self.reach(sink, self.cost(order, NOTHING), (NOTHING, order, NOTHING));
        for item in self.items(order) {
            let known = &self.model.items[item];
            let distance = known.cost - self.potential[known.row as usize];
            self.reach(known.row, distance, (NOTHING, order, item as u32));
        }
        while let Some(Reverse((distance, vertex))) = self.heap.pop() {
            // Of equals the sink comes first: what lies as far need not be searched.
            if self.distance[sink as usize] <= distance {
                break;
            }
            if !std::mem::replace(&mut self.done[vertex as usize], true) {
                self.expand(vertex, distance, sink);
            }
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
        self.shift(sink);
    }

    fn reach(&mut self, vertex: Vertex, distance: i64, before: (Vertex, u32, u32)) {
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

    fn go(&mut self, from: Vertex, distance: i64, cost: i64, to: Vertex, by: (u32, u32)) {
        let reduced = cost + self.potential[from as usize] - self.potential[to as usize];
        self.reach(to, distance + reduced, (from, by.0, by.1));
    }

    fn expand(&mut self, vertex: Vertex, distance: i64, sink: Vertex) {
        let rows = self.model.rows.len();
        let at = vertex as usize;
        if at < rows {
            let node = self.model.rows[at].node as usize;
            let has = self.plan.rows[at].left >= self.qty;
            if has {
                self.go(vertex, distance, 0, (rows + node) as Vertex, (NOTHING, NOTHING));
            }
            // Where units are left, nobody who makes way makes it cheaper: he would have gone already.
            if !has || self.plan.nodes[node].left < self.qty {
                self.make_way(vertex, distance, sink);
            }
        } else {
            let node = at - rows;
            if self.plan.nodes[node].left >= self.qty {
                self.go(vertex, distance, 0, sink, (NOTHING, NOTHING));
                return;
            }
            for known in 0..self.rows_of_node[node].len() {
                let row = self.rows_of_node[node][known];
                if !self.plan.takers(row as usize).is_empty() {
                    self.go(vertex, distance, 0, row, (NOTHING, NOTHING));
                }
            }
        }
    }

    /// Goes on from a row by those who take from it.
    fn make_way(&mut self, row: Vertex, distance: i64, sink: Vertex) {
        let mut ways = self.ways[row as usize].take().unwrap_or_else(|| {
            let mut ways = Ways::new();
            for line in self.plan.takers(row as usize) {
                self.note(&mut ways, row, self.model.order_of[*line as usize]);
            }
            ways
        });
        for (to, heap) in &mut ways {
            // What has moved since is no more there.
            while let Some(Reverse((cost, Reverse(order), item, moved))) = heap.peek().copied() {
                if moved == self.moved[order as usize] {
                    let to = if *to == NOTHING { sink } else { *to };
                    self.go(row, distance, cost, to, (order, item));
                    break;
                }
                heap.pop();
            }
        }
        self.ways[row as usize] = Some(ways);
    }

    /// Notes where an order that takes from a row could turn.
    fn note(&self, ways: &mut Ways, row: Vertex, order: u32) {
        let (now, moved) = (self.plan.choice[self.line(order)], self.moved[order as usize]);
        let less = self.cost(order, now);
        let mut way = |to: u32, item: u32| {
            let cost = self.cost(order, item) - less;
            ways.entry(to).or_default().push(Reverse((cost, Reverse(order), item, moved)));
        };
        way(NOTHING, NOTHING);
        for item in self.items(order) {
            let to = self.model.items[item].row;
            if to != row {
                way(to, item as u32);
            }
        }
    }

    fn line(&self, order: u32) -> usize {
        self.model.orders[order as usize].lines.0 as usize
    }

    /// Gives each order on the way to the sink the item by which the way goes on.
    fn shift(&mut self, sink: Vertex) {
        let mut moves: Vec<(u32, u32)> = Vec::new();
        let mut vertex = sink;
        while vertex != NOTHING {
            let (before, order, item) = self.before[vertex as usize];
            if order != NOTHING {
                moves.push((order, item));
            }
            vertex = before;
        }
        for (order, _) in &moves {
            self.plan.lift(self.model, *order as usize);
            self.moved[*order as usize] += 1;
        }
        for (order, item) in moves {
            let cost = self.cost(order, item);
            self.plan.put(self.model, order as usize, &[item], cost);
            let Some(row) = self.model.items.get(item as usize).map(|item| item.row) else { continue };
            if let Some(mut ways) = self.ways[row as usize].take() {
                self.note(&mut ways, row, order);
                self.ways[row as usize] = Some(ways);
            }
        }
    }
}
