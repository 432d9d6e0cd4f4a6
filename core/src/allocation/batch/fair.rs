//! Who is served first where there is not enough for all, and the run of the whole engine.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "indices come from the model; costs are bounded"
)]

use super::dual::{Prices, Search};
use super::flow;
use super::lots::Uneven;
use super::model::{Model, NOTHING};
use super::oracle::{Oracle, View};
use super::plan::Plan;
use super::search::{Improver, greedy, settle};
use super::{
    BatchFault, BatchLot, BatchOptions, BatchPlan, BatchPrices, BatchProblem, BatchStock, Elsewhere,
};
use crate::value::sort::PutInOrder;
use std::cmp::Reverse;

crate::value::wire::words! {
    /// Who is served first where a batch competes for what is short.
    #[derive(Default)]
    pub enum Fairness {
        /// Whoever makes the whole batch cheapest.
        #[default]
        LeastCost,
        /// Whoever came first: each order takes its best out of what those before it left.
        FirstCome,
        /// The more important priority, jointly; then the next out of what it left.
        Priority,
        /// As many whole orders as can be; the cost decides between equals.
        MostComplete,
        /// Whoever earns most: what a line left unfilled costs is its margin.
        MostMargin,
        /// The order that would lose most if others took its best goes first.
        LeastRegret,
    }
}

/// What an order lost to the others of its batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The order, a number from 0.
    pub order: u32,
    /// What it costs more than if it had everything to itself.
    pub cost: i64,
}

impl BatchPlan {
    /// Who lost what, the greatest loss first.
    ///
    /// ```
    /// use stockbook::batch::{BatchPlan, Loss};
    /// let (order_cost, order_alone) = (vec![3, 9, 4], vec![3, 5, 3]);
    /// let plan = BatchPlan { order_cost, order_alone, ..BatchPlan::default() };
    /// assert_eq!(plan.losses(), [Loss { order: 1, cost: 4 }, Loss { order: 2, cost: 1 }]);
    /// ```
    #[must_use]
    pub fn losses(&self) -> Vec<Loss> {
        let pairs = self.order_cost.iter().zip(&self.order_alone);
        let loss =
            |(order, (cost, alone)): (usize, (&i64, &i64))| Loss { order: order as u32, cost: cost - alone };
        let mut losses: Vec<Loss> = pairs.enumerate().map(loss).filter(|loss| loss.cost > 0).collect();
        losses.put_in_order_by_key(|loss| (std::cmp::Reverse(loss.cost), loss.order));
        losses
    }
}

/// Plans all orders.
pub(super) fn solve(
    problem: &BatchProblem,
    elsewhere: &Elsewhere,
    options: &BatchOptions,
) -> Result<BatchPlan, BatchFault> {
    let mut oracle = Oracle::new();
    if options.fairness == Fairness::MostMargin {
        let mut earned = problem.clone();
        for line in &mut earned.lines {
            line.unfilled = line.margin;
        }
        return Ok(least_cost(&Model::of(&earned, elsewhere)?, &mut oracle, options));
    }
    let model = Model::of(problem, elsewhere)?;
    let once = model.orders.len() as u64;
    let (nodes, steps) = match options.fairness {
        Fairness::LeastCost | Fairness::MostMargin => return Ok(least_cost(&model, &mut oracle, options)),
        Fairness::MostComplete => most_complete((problem, elsewhere), &mut oracle, options)?,
        Fairness::Priority => by_priority((problem, elsewhere), &mut oracle, options)?,
        Fairness::FirstCome => {
            let sequence: Vec<u32> = (0..model.orders.len() as u32).collect();
            (in_sequence(&model, &mut oracle, &sequence), once)
        }
        Fairness::LeastRegret => {
            let regrets = regrets(&model, &mut oracle);
            let mut sequence: Vec<u32> = (0..model.orders.len() as u32).collect();
            sequence.put_in_order_by_key(|order| (Reverse(regrets[*order as usize]), *order));
            (in_sequence(&model, &mut oracle, &sequence), once)
        }
    };
    let choice = items_of(&model, &nodes);
    let (prices, _) = priced(&model, &mut oracle, options);
    Ok(answer(&model, &mut oracle, &choice, &prices, steps))
}

/// Each order its best out of what those before it left.
fn in_sequence(model: &Model, oracle: &mut Oracle, sequence: &[u32]) -> Vec<Option<u32>> {
    let plan = greedy(model, oracle, &vec![0; model.lots.all.len()], sequence);
    nodes_of(model, &plan.choice)
}

/// A whole order is worth more than all that the batch may cost, as far as costs leave room for that.
fn most_complete(
    (problem, elsewhere): (&BatchProblem, &Elsewhere),
    oracle: &mut Oracle,
    options: &BatchOptions,
) -> Result<(Vec<Option<u32>>, u64), BatchFault> {
    let lines = problem.lines.iter().map(|line| line.unfilled);
    let costs = lines.chain(problem.offers.iter().map(|offer| offer.cost));
    let costs = costs.chain(problem.openings.iter().map(|opening| opening.cost));
    let costs = costs.chain(problem.orders.iter().map(|order| order.not_single));
    let all: i128 = costs.map(|cost| i128::from(cost.unsigned_abs())).sum();
    let most = (1i128 << 60) / (problem.orders.len().max(1) as i128);
    let each = i64::try_from((all + 1).min(most).min(1 << 52)).unwrap_or(0);
    let mut charged = problem.clone();
    for order in &mut charged.orders {
        order.incomplete = order.incomplete.max(each);
    }
    let plan = least_cost(&Model::of(&charged, elsewhere)?, oracle, options);
    Ok((plan.nodes, plan.steps))
}

/// One priority after the other, each jointly, out of what the more important left. All together take no more
/// than the steps there are, each by the number of its orders and with what those before it left.
fn by_priority(
    (problem, elsewhere): (&BatchProblem, &Elsewhere),
    oracle: &mut Oracle,
    options: &BatchOptions,
) -> Result<(Vec<Option<u32>>, u64), BatchFault> {
    let mut nodes = vec![None; problem.lines.len()];
    let mut left = problem.clone();
    let rows: Vec<(u32, u32)> = left.stock.iter().map(|row| (row.sku, row.node)).collect();
    let sorted = rows.is_sorted();
    let mut priorities: Vec<u8> = problem.orders.iter().map(|order| order.priority).collect();
    priorities.put_in_order();
    let (mut steps, mut waiting) = (0, priorities.len() as u64);
    for orders in priorities.chunk_by(|a, b| a == b) {
        let among = |line: u32| {
            let order = problem.lines[line as usize].order;
            problem.orders[order as usize].priority == orders[0]
        };
        // Without offers the others ask for nothing.
        left.offers.clear();
        left.offers.extend(problem.offers.iter().filter(|offer| among(offer.line)));
        let rest = options.steps_max.saturating_sub(steps);
        let share = u128::from(rest) * orders.len() as u128 / u128::from(waiting.max(1));
        waiting -= orders.len() as u64;
        let options = BatchOptions { steps_max: u64::try_from(share).unwrap_or(rest), ..*options };
        let plan = least_cost(&Model::of(&left, elsewhere)?, oracle, &options);
        // An exact plan counts all orders, also those that ask for nothing here.
        steps += plan.steps.min(options.steps_max);
        for (line, node) in plan.nodes.iter().enumerate() {
            let Some(node) = node else { continue };
            let asked = problem.lines[line];
            nodes[line] = Some(*node);
            left.capacity[*node as usize] -= asked.qty;
            let at = (line as u32, *node);
            let known = elsewhere.binary_search_by_key(&at, |(line, node, _)| (*line, *node));
            let key = (asked.sku, known.map_or(*node, |at| elsewhere[at].2));
            let row =
                if sorted { rows.binary_search(&key).ok() } else { rows.iter().position(|row| *row == key) };
            if let Some(row) = row {
                left.stock[row].qty -= asked.qty;
            }
        }
    }
    Ok((nodes, steps))
}

/// What each order would lose if all that its best plan takes were taken.
fn regrets(model: &Model, oracle: &mut Oracle) -> Vec<i64> {
    let free = vec![0; model.lots.all.len()];
    let mut plan = Plan::empty(model);
    let mut regrets = Vec::with_capacity(model.orders.len());
    for order in &model.orders {
        let (alone, _) = oracle.plan(model, order, View { prices: &free, left: None });
        let taken: Vec<u32> = oracle.choice.iter().filter(|item| **item != NOTHING).copied().collect();
        let rows: Vec<usize> = taken.iter().map(|item| model.items[*item as usize].row as usize).collect();
        for row in &rows {
            plan.rows[*row].left = 0;
        }
        let view = View { prices: &free, left: Some((&plan.rows, &plan.nodes)) };
        let (without, _) = oracle.plan(model, order, view);
        for row in rows {
            plan.rows[row].left = model.rows[row].stock;
        }
        regrets.push(without - alone);
    }
    regrets
}

fn nodes_of(model: &Model, choice: &[u32]) -> Vec<Option<u32>> {
    let node = |item: &u32| model.items.get(*item as usize).map(|item| model.cands[item.cand as usize].node);
    choice.iter().map(node).collect()
}

/// The items by which the nodes give the lines.
fn items_of(model: &Model, nodes: &[Option<u32>]) -> Vec<u32> {
    let mut choice = vec![NOTHING; nodes.len()];
    for order in &model.orders {
        for cand in &model.cands[order.cands()] {
            for at in cand.items() {
                let line = order.lines.0 as usize + model.items[at].line as usize;
                if nodes[line] == Some(cand.node) {
                    choice[line] = at as u32;
                }
            }
        }
    }
    choice
}

/// The best prices that the rounds find, or those of the flow with its plan.
fn priced(model: &Model, oracle: &mut Oracle, options: &BatchOptions) -> (Prices, Option<Plan>) {
    if flow::fits(model) {
        let (plan, prices) = flow::solve(model);
        return (prices, Some(plan));
    }
    let mut search = Search::new(model);
    search.run(model, oracle, options.rounds);
    (search.best, None)
}

/// Prices of a fluid.
pub(super) fn fluid(problem: &BatchProblem, rounds: u32) -> Result<BatchPrices, BatchFault> {
    let model = Model::fluid(problem)?;
    let mut oracle = Oracle::new();
    let mut search = Search::new(&model);
    search.run(&model, &mut oracle, rounds);
    let Prices { nodes, bound, .. } = &search.best;
    Ok(BatchPrices { stock: stock_prices(&model, &search.best), capacity: nodes.clone(), bound: *bound })
}

fn stock_prices(model: &Model, prices: &Prices) -> Vec<BatchStock> {
    let worth = model.rows.iter().zip(&prices.rows).filter(|(_, price)| **price > 0);
    worth.map(|(row, price)| BatchStock { sku: row.sku, node: row.node, qty: *price }).collect()
}

fn lot_prices(model: &Model, prices: &Prices) -> Vec<BatchLot> {
    let mut known = Vec::new();
    for at in model.lots.uneven.iter().flat_map(Uneven::lots) {
        let (lot, price) = (&model.lots.all[at], prices.lots[at]);
        let row = &model.rows[lot.row as usize];
        let qty = i64::from(lot.qty);
        if price != qty * prices.rows[lot.row as usize] {
            known.push(BatchLot { sku: row.sku, node: row.node, qty, price });
        }
    }
    known
}

/// What the prices prove: no plan of the problem costs less.
pub(super) fn bound_at(
    problem: &BatchProblem,
    stock: &[BatchStock],
    lots: &[BatchLot],
    capacity: &[i64],
) -> Result<i64, BatchFault> {
    let model = Model::of(problem, &[])?;
    let mut prices = Prices::free(&model);
    if capacity.len() != prices.nodes.len() || capacity.iter().any(|price| *price < 0) {
        return Err(BatchFault::Order);
    }
    prices.nodes.copy_from_slice(capacity);
    for known in stock {
        let key = (known.sku, known.node);
        let row = model.rows.binary_search_by_key(&key, |row| (row.sku, row.node));
        match row {
            Ok(row) if known.qty >= 0 => prices.rows[row] = known.qty,
            _ => return Err(BatchFault::Order),
        }
    }
    let most = prices.rows.iter().chain(&prices.nodes).copied().max().unwrap_or(0);
    if most > (1 << 50) / model.qty_max.max(1) || lots.iter().any(|lot| lot.price > 1 << 50) {
        return Err(BatchFault::Cost);
    }
    prices.by_unit(&model);
    for known in lots {
        let lot = model.lots.find(&model.rows, known).filter(|_| known.price >= 0);
        prices.lots[lot.ok_or(BatchFault::Order)?] = known.price;
    }
    Ok(prices.prove(&model, &mut Oracle::new()))
}

/// The cheapest plan of the whole batch that the steps can find.
fn least_cost(model: &Model, oracle: &mut Oracle, options: &BatchOptions) -> BatchPlan {
    let (prices, exact) = priced(model, oracle, options);
    if let Some(plan) = exact {
        return answer(model, oracle, &plan.choice, &prices, model.orders.len() as u64);
    }
    let sequence: Vec<u32> = (0..model.orders.len() as u32).collect();
    let mut best: Option<Plan> = None;
    for tenths in [10, 8, 0] {
        let mut plan = greedy(model, oracle, &prices.joint(model, tenths), &sequence);
        settle(model, oracle, &mut plan, 3);
        if best.as_ref().is_none_or(|best| plan.cost < best.cost) {
            best = Some(plan);
        }
    }
    let plan = best.unwrap_or_else(|| Plan::empty(model));
    let mut improver = Improver::new(model, oracle, &prices, plan, options.seed);
    if options.gap_stop_ppm > 0 {
        // Short runs first, each twice as long as the last: the first that is good enough ends it.
        let enough = enough(prices.bound, options.gap_stop_ppm);
        let mut steps = (model.orders.len() as u64).saturating_mul(80);
        while improver.steps < options.steps_max && improver.best_cost > enough {
            improver.run(oracle, steps.min(options.steps_max - improver.steps), enough);
            steps = steps.saturating_mul(2).max(1);
            if model.orders.len() < 2 {
                break;
            }
        }
    } else {
        improver.run(oracle, options.steps_max, prices.bound);
    }
    answer(model, oracle, &improver.best, &prices, improver.steps)
}

/// The cost at which a plan is certified within so many millionths; nothing costs less than the bound.
fn enough(bound: i64, ppm: u32) -> i64 {
    let slack = i128::from(bound.max(0)) * i128::from(ppm) / 1_000_000;
    bound.saturating_add(i64::try_from(slack).unwrap_or(i64::MAX))
}

fn answer(model: &Model, oracle: &mut Oracle, choice: &[u32], prices: &Prices, steps: u64) -> BatchPlan {
    let free = vec![0; model.lots.all.len()];
    let mut plan = BatchPlan {
        nodes: nodes_of(model, choice),
        bound: prices.bound,
        capacity_price: prices.nodes.clone(),
        steps,
        ..BatchPlan::default()
    };
    for order in &model.orders {
        let cost = model.price(order, &choice[order.lines()]);
        plan.cost += cost;
        plan.order_cost.push(cost);
        let view = View { prices: &free, left: None };
        let (_, alone) = oracle.plan(model, order, view);
        plan.order_alone.push(alone);
    }
    plan.stock_price = stock_prices(model, prices);
    plan.lot_price = lot_prices(model, prices);
    plan
}
