//! The checked problem, sparse and dense-numbered: what the inner loops read.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "numbers are checked against their tables before they are used; counts stay below 2^32, and the \
              bounds on quantities and costs keep every sum within an i64"
)]

use super::lots::Lots;
use super::short;
use super::{BatchFault, BatchLine, BatchOrder, BatchProblem, Elsewhere};
use crate::value::sort::PutInOrder;

/// Most units of a line, a stock row or a node's capacity that counts.
const QTY_MAX: i64 = 1 << 31;
/// Largest magnitude of a cost.
const COST_MAX: i64 = 1 << 52;
/// Largest sum of all magnitudes.
const TOTAL_MAX: i128 = 1 << 61;
/// No item: the line is left unfilled.
pub(super) const NOTHING: u32 = u32::MAX;

/// An order: its lines, and the nodes that could give to it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Order {
    pub lines: (u32, u32),
    pub cands: (u32, u32),
    pub nodes_max: u32,
    pub incomplete: i64,
    pub not_single: i64,
    /// All or nothing.
    pub whole: bool,
    /// What filling a line may save besides its own `unfilled`.
    pub spared: i64,
    /// No more than a sum over sets of lines: neither limit nor charge of the whole.
    pub plain: bool,
}

impl Order {
    pub fn lines(&self) -> std::ops::Range<usize> {
        self.lines.0 as usize..self.lines.1 as usize
    }

    pub fn cands(&self) -> std::ops::Range<usize> {
        self.cands.0 as usize..self.cands.1 as usize
    }

    pub fn len(&self) -> usize {
        (self.lines.1 - self.lines.0) as usize
    }

    /// The layer of the table over sets of lines that holds the answer: the number of nodes where that is
    /// limited, else 0.
    #[inline]
    pub fn layer(&self) -> usize {
        if (self.nodes_max as usize) < self.len() { self.nodes_max as usize } else { 0 }
    }
}

/// A node that could give to an order.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cand {
    pub open: i64,
    pub items: (u32, u32),
    pub node: u32,
}

impl Cand {
    pub fn items(&self) -> std::ops::Range<usize> {
        self.items.0 as usize..self.items.1 as usize
    }
}

/// A line that a candidate could give.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Item {
    pub cost: i64,
    pub row: u32,
    pub qty: u32,
    pub cand: u32,
    /// The line's position in its order.
    pub line: u32,
    /// What is priced: lines of this size from this row.
    pub lot: u32,
}

/// Stock of a SKU at a node that some order could use.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Row {
    pub stock: i64,
    pub sku: u32,
    pub node: u32,
    /// Whether all who could use it may together ask for more than there is.
    pub binds: bool,
    /// The price at which the search begins.
    pub first: i64,
}

/// The problem as the loops see it.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub orders: Vec<Order>,
    pub cands: Vec<Cand>,
    pub items: Vec<Item>,
    pub rows: Vec<Row>,
    pub lots: Lots,
    /// Cost of leaving each line unfilled.
    pub unfilled: Vec<i64>,
    /// Each line's order.
    pub order_of: Vec<u32>,
    pub capacity: Vec<i64>,
    /// Whether a node's capacity may bind.
    pub node_binds: Vec<bool>,
    /// The price at which the search begins for each node's capacity; empty = for nothing.
    pub node_first: Vec<i64>,
    pub qty_max: i64,
    /// The mean over lines of the least cost of a unit, by which prices move.
    pub scale: i64,
    /// The mean over lines of what a unit left unfilled costs: about as high as a price may have to rise.
    pub dear: i64,
    /// Whether that is far above the scale.
    pub far: bool,
    /// What an order costs at the scale.
    pub usual: i64,
}

impl Model {
    /// # Errors
    /// The first promise that the problem breaks.
    pub fn of(problem: &BatchProblem, elsewhere: &Elsewhere) -> Result<Model, BatchFault> {
        Model::build(problem, elsewhere, true)
    }

    /// As a fluid: an order stands for many, whose parts need not come from one node.
    pub fn fluid(problem: &BatchProblem) -> Result<Model, BatchFault> {
        Model::build(problem, &[], false)
    }

    fn build(problem: &BatchProblem, elsewhere: &Elsewhere, whole: bool) -> Result<Model, BatchFault> {
        check(problem)?;
        let mut model = Model {
            capacity: problem.capacity.iter().map(|units| (*units).min(QTY_MAX)).collect(),
            unfilled: problem.lines.iter().map(|line| line.unfilled).collect(),
            order_of: problem.lines.iter().map(|line| line.order).collect(),
            qty_max: problem.lines.iter().map(|line| line.qty).max().unwrap_or(1),
            ..Model::default()
        };
        let mut stock = Stock::of(problem)?;
        let (mut line, mut offer, mut opening) = (0, 0, 0);
        for (at, order) in problem.orders.iter().enumerate() {
            let first = line;
            while line < problem.lines.len() && problem.lines[line].order as usize == at {
                line += 1;
            }
            let from = offer;
            while offer < problem.offers.len() && (problem.offers[offer].line as usize) < line {
                offer += 1;
            }
            let start = opening;
            while opening < problem.openings.len() && problem.openings[opening].order as usize == at {
                opening += 1;
            }
            let (lines, openings) = (first..line, start..opening);
            let cands = model.cands.len() as u32;
            model.add_cands(problem, lines, (from..offer, elsewhere), openings, (&mut stock, whole));
            let count = (line - first) as u32;
            let nodes_max = if order.nodes_max == 0 { count } else { order.nodes_max.min(count) };
            model.orders.push(Order {
                lines: (first as u32, line as u32),
                cands: (cands, model.cands.len() as u32),
                nodes_max,
                incomplete: order.incomplete,
                not_single: order.not_single,
                whole: order.whole,
                spared: spared(problem, first..line, order),
                plain: nodes_max == count && order.incomplete == 0 && order.not_single == 0,
            });
        }
        model.rows = stock.rows;
        model.measure(&problem.lines, whole);
        model.lots = Lots::of(&mut model.items, &model.rows, whole);
        Ok(model)
    }

    /// Groups an order's offers by node, leaving out what could never pay.
    fn add_cands(
        &mut self,
        problem: &BatchProblem,
        lines: std::ops::Range<usize>,
        (offers, elsewhere): (std::ops::Range<usize>, &Elsewhere),
        openings: std::ops::Range<usize>,
        (stock, whole): (&mut Stock, bool),
    ) {
        let least = |qty: i64| if whole { qty } else { 1 };
        let mut sorted: Vec<(u32, u32, i64)> =
            problem.offers[offers].iter().map(|offer| (offer.node, offer.line, offer.cost)).collect();
        sorted.put_in_order();
        let charges = problem.orders[problem.lines.get(lines.start).map_or(0, |line| line.order as usize)];
        let spared = spared(problem, lines.clone(), &charges);
        let openings = &problem.openings[openings];
        let single = lines.len() == 1;
        let first_cand = self.cands.len();
        for (node, line, cost) in sorted {
            let asked = problem.lines[line as usize];
            let open = openings.binary_search_by_key(&node, |opening| opening.node);
            let open = open.map_or(0, |at| openings[at].cost);
            let folded = if single { cost + open } else { cost };
            if folded > asked.unfilled + spared || self.capacity[node as usize] < least(asked.qty) {
                continue;
            }
            let has = |at: &usize| stock.rows[*at].stock >= least(asked.qty);
            let known = elsewhere.binary_search_by_key(&(line, node), |(line, node, _)| (*line, *node));
            let lies_at = known.map_or(node, |at| elsewhere[at].2);
            let Some(row) = stock.row(asked.sku, lies_at).filter(has) else {
                continue;
            };
            let begin = self.items.len() as u32;
            let known = self.cands.len() > first_cand && self.cands[self.cands.len() - 1].node == node;
            if !known {
                let open = if single { 0 } else { open };
                self.cands.push(Cand { open, items: (begin, begin), node });
            }
            let cand = self.cands.len() - 1;
            self.cands[cand].items.1 += 1;
            let position = (line as usize - lines.start) as u32;
            let (row, cand, qty) = (row as u32, cand as u32, asked.qty as u32);
            self.items.push(Item { cost: folded, row, qty, cand, line: position, lot: 0 });
        }
    }

    /// What may bind, and the scale of prices.
    fn measure(&mut self, lines: &[BatchLine], whole: bool) {
        let mut asked = vec![0i64; self.rows.len()];
        let mut by_node = vec![0i64; self.capacity.len()];
        let mut least = vec![i64::MAX; self.unfilled.len()];
        for order in &self.orders {
            for cand in &self.cands[order.cands()] {
                for item in &self.items[cand.items()] {
                    asked[item.row as usize] += i64::from(item.qty);
                    by_node[cand.node as usize] += i64::from(item.qty);
                    let line = order.lines.0 as usize + item.line as usize;
                    least[line] = least[line].min((item.cost + cand.open) / i64::from(item.qty).max(1));
                }
            }
        }
        for (row, asked) in self.rows.iter_mut().zip(asked) {
            row.binds = asked > row.stock;
        }
        self.node_binds = self.capacity.iter().zip(by_node).map(|(most, asked)| asked > *most).collect();
        let known = least.into_iter().filter(|cost| *cost != i64::MAX);
        self.scale = mean(known.map(i64::unsigned_abs));
        let unit = |line: &BatchLine| {
            let order = &self.orders[line.order as usize];
            (line.unfilled.max(0) + order.incomplete + order.not_single) / line.qty.max(1)
        };
        self.dear = mean(lines.iter().map(|line| unit(line).unsigned_abs()));
        self.far = self.dear > self.scale.saturating_mul(8);
        if self.far {
            let units: i64 = lines.iter().map(|line| line.qty).sum();
            self.usual = self.scale.saturating_mul(units) / self.orders.len().max(1) as i64;
            let mut by_sku: Vec<short::Asked> = lines.iter().map(|l| (l.sku, l.qty, unit(l))).collect();
            by_sku.put_in_order();
            self.begin(&by_sku, whole);
        }
    }

    /// Prices begin where what is short would be dearest, less what filling a unit costs.
    fn begin(&mut self, lines: &[short::Asked], whole: bool) {
        let (rows, nodes) = short::worth(lines, &self.rows, &self.capacity, whole);
        let scale = self.scale;
        for (row, worth) in self.rows.iter_mut().zip(rows).filter(|(row, _)| row.binds) {
            // It is taken off once.
            let filling = if nodes[row.node as usize] > 0 { 0 } else { scale };
            row.first = (worth - filling).max(0);
        }
        self.node_first = nodes.into_iter().map(|worth| (worth - scale).max(0)).collect();
    }

    /// The items of an order, which stand side by side.
    #[inline]
    pub fn items_of(&self, order: &Order) -> std::ops::Range<usize> {
        let cands = &self.cands[order.cands()];
        match (cands.first(), cands.last()) {
            (Some(first), Some(last)) => first.items.0 as usize..last.items.1 as usize,
            _ => 0..0,
        }
    }

    /// What a choice of items costs.
    pub fn price(&self, order: &Order, choice: &[u32]) -> i64 {
        let mut cost = 0;
        let mut last = [NOTHING; 8];
        let mut more: Vec<u32> = Vec::new();
        let (mut nodes, mut filled) = (0usize, 0usize);
        for (line, item) in choice.iter().enumerate() {
            if *item == NOTHING {
                cost += self.unfilled[order.lines.0 as usize + line];
                continue;
            }
            let item = &self.items[*item as usize];
            cost += item.cost;
            filled += 1;
            let known = last.iter().take(nodes).any(|cand| *cand == item.cand) || more.contains(&item.cand);
            if !known {
                cost += self.cands[item.cand as usize].open;
                if nodes < last.len() {
                    last[nodes] = item.cand;
                } else {
                    more.push(item.cand);
                }
                nodes += 1;
            }
        }
        cost += if filled < order.len() { order.incomplete } else { 0 };
        cost + if filled < order.len() || nodes > 1 { order.not_single } else { 0 }
    }
}

/// The mean of costs, at least 1.
fn mean(costs: impl Iterator<Item = u64>) -> i64 {
    let (sum, count) = costs.fold((0u128, 0u128), |(sum, count), cost| (sum + u128::from(cost), count + 1));
    i64::try_from(sum / count.max(1)).unwrap_or(COST_MAX).max(1)
}

/// Filling a line may also save what an incomplete order is charged, and where all or none are filled, what
/// the other lines cost unfilled.
fn spared(problem: &BatchProblem, lines: std::ops::Range<usize>, order: &BatchOrder) -> i64 {
    let others = problem.lines[lines].iter().map(|line| line.unfilled.max(0));
    order.incomplete + order.not_single + if order.whole { others.sum() } else { 0 }
}

/// Stock by SKU and node.
struct Stock {
    rows: Vec<Row>,
    starts: Vec<usize>,
}

impl Stock {
    fn of(problem: &BatchProblem) -> Result<Stock, BatchFault> {
        let mut rows: Vec<Row> = Vec::with_capacity(problem.stock.len());
        for stock in &problem.stock {
            if stock.node as usize >= problem.capacity.len() {
                return Err(BatchFault::Order);
            }
            if stock.qty < 0 {
                return Err(BatchFault::Quantity);
            }
            let (sku, node) = (stock.sku, stock.node);
            rows.push(Row { stock: stock.qty.min(QTY_MAX), sku, node, binds: false, first: 0 });
        }
        rows.put_in_order_by_key(|row| (row.sku, row.node));
        if rows.windows(2).any(|pair| (pair[0].sku, pair[0].node) == (pair[1].sku, pair[1].node)) {
            return Err(BatchFault::Twice);
        }
        let mut skus: Vec<u32> = problem.lines.iter().map(|line| line.sku).collect();
        skus.put_in_order();
        skus.dedup();
        rows.retain(|row| skus.binary_search(&row.sku).is_ok());
        let mut starts = Vec::new();
        let mut last = None;
        for (at, row) in rows.iter().enumerate() {
            if last != Some(row.sku) {
                starts.push(at);
                last = Some(row.sku);
            }
        }
        starts.push(rows.len());
        Ok(Stock { rows, starts })
    }

    fn row(&self, sku: u32, node: u32) -> Option<usize> {
        let count = self.starts.len() - 1;
        let at = self.starts[..count].binary_search_by_key(&sku, |start| self.rows[*start].sku).ok()?;
        let (from, to) = (self.starts[at], self.starts[at + 1]);
        let found = self.rows[from..to].binary_search_by_key(&node, |row| row.node).ok()?;
        Some(from + found)
    }
}

/// Whether lists are in order and numbers in range.
fn check(problem: &BatchProblem) -> Result<(), BatchFault> {
    let (orders, lines, nodes) = (problem.orders.len(), problem.lines.len(), problem.capacity.len());
    let most = u32::MAX as usize / 2;
    if orders > most || lines > most || problem.offers.len() > most || nodes > most {
        return Err(BatchFault::Order);
    }
    let in_range = problem.lines.iter().all(|line| (line.order as usize) < orders)
        && problem.offers.iter().all(|o| (o.line as usize) < lines && (o.node as usize) < nodes)
        && problem.openings.iter().all(|o| (o.order as usize) < orders && (o.node as usize) < nodes);
    let ascending = problem.lines.is_sorted_by_key(|line| line.order)
        && problem.offers.is_sorted_by(|a, b| (a.line, a.node) < (b.line, b.node))
        && problem.openings.is_sorted_by(|a, b| (a.order, a.node) < (b.order, b.node));
    if !in_range || !ascending {
        return Err(BatchFault::Order);
    }
    let qty = problem.lines.iter().all(|line| (1..=QTY_MAX).contains(&line.qty));
    if !qty || problem.capacity.iter().any(|units| *units < 0) {
        return Err(BatchFault::Quantity);
    }
    for lines in problem.lines.chunk_by(|a, b| a.order == b.order) {
        let mut skus: Vec<u32> = lines.iter().map(|line| line.sku).collect();
        skus.put_in_order();
        if skus.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(BatchFault::Twice);
        }
    }
    check_costs(problem)
}

fn check_costs(problem: &BatchProblem) -> Result<(), BatchFault> {
    let mut total = 0i128;
    let mut fits = |cost: i64| {
        total += i128::from(cost.unsigned_abs());
        (-COST_MAX..=COST_MAX).contains(&cost)
    };
    let lines = problem.lines.iter().all(|line| fits(line.unfilled));
    let offers = problem.offers.iter().all(|offer| fits(offer.cost));
    let openings = problem.openings.iter().all(|opening| opening.cost >= 0 && fits(opening.cost));
    let orders = problem.orders.iter().all(|order| {
        order.incomplete >= 0 && order.not_single >= 0 && fits(order.incomplete) && fits(order.not_single)
    });
    if lines && offers && openings && orders && total <= TOTAL_MAX { Ok(()) } else { Err(BatchFault::Cost) }
}
