//! Many orders at once, competing for the same stock and the same nodes' capacity.
//!
//! ```text
//! problem ──▶ model (sparse, checked) ──▶ dual: prices on stock and capacity ──▶ a proved bound
//!                                              │
//!                                              ▼
//!                         greedy under prices ──▶ ruin and recreate ──▶ the plan, and its gap
//! ```
//! Where lines of several units do not use up a few units evenly, each size of line has a price of its own.
//!
//! One exact oracle, the cheapest set of nodes for one order at given prices, serves every step. Prices are
//! Lagrangian multipliers, raised where demand exceeds what there is and lowered where it does not; whatever
//! they are, the sum of the orders' cheapest plans at these prices, less the worth of all stock and capacity
//! at them, is at most the cost of any plan, so that the bound needs no other solver to be believed.
//!
//! Costs, prices and the bound are integers; only the steps of the price search are floats, made of `+`, `-`,
//! `×`, `/` and square root in a fixed order, which every platform rounds alike. Work is bounded by steps,
//! never by a clock, and chance comes from a seed, so that the same problem gives the same plan everywhere.

mod dual;
mod fair;
mod flow;
mod lots;
mod model;
mod oracle;
mod plan;
mod search;
mod short;
#[cfg(test)]
mod tests;
mod wide;
mod wish;

pub use fair::{Fairness, Loss};

/// Many orders, what they ask for, and what each node could give them at which cost.
///
/// An order that is `whole` has all its lines filled or none. The cost of a plan is `cost` of each offer
/// taken, `cost` of each opening used (an order's first line from a node opens it), `unfilled` of each line
/// left, and an order's `incomplete` unless all its lines are filled and `not_single` unless all come from
/// one node. A line comes whole from one node, or not at all.
///
/// ```
/// use stockbook::batch::*;
/// // Two orders of one unit each want the one unit at node 0; node 1 has two, at a higher cost.
/// let line = |order, sku| BatchLine { order, sku, qty: 1, unfilled: 100, margin: 0 };
/// let offer = |line, node, cost| BatchOffer { line, node, cost };
/// let problem = BatchProblem {
///     capacity: vec![9, 9],
///     stock: vec![BatchStock { sku: 0, node: 0, qty: 1 }, BatchStock { sku: 0, node: 1, qty: 2 }],
///     orders: vec![BatchOrder::default(); 2],
///     lines: vec![line(0, 0), line(1, 0)],
///     offers: vec![offer(0, 0, 3), offer(0, 1, 4), offer(1, 0, 3), offer(1, 1, 9)],
///     openings: vec![],
/// };
/// let plan = solve_batch(&problem, &BatchOptions::default())?;
/// assert_eq!(plan.nodes, [Some(1), Some(0)]);
/// assert_eq!((plan.cost, plan.bound), (7, 7));
/// let prices = (&plan.stock_price, &plan.lot_price, &plan.capacity_price);
/// assert_eq!(batch_bound(&problem, prices.0, prices.1, prices.2)?, plan.bound);
/// # Ok::<(), BatchFault>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct BatchProblem {
    /// Units that each node can give in all; its length is the number of nodes.
    pub capacity: Vec<i64>,
    /// Units of a SKU at a node, each pair at most once; a pair that is absent has none.
    pub stock: Vec<BatchStock>,
    /// Orders, in the order of their arrival.
    pub orders: Vec<BatchOrder>,
    /// Lines, ascending by order; a SKU at most once an order.
    pub lines: Vec<BatchLine>,
    /// What a node could give, ascending by line, then node.
    pub offers: Vec<BatchOffer>,
    /// What it costs that a node gives anything to an order, ascending by order, then node; absent = 0.
    pub openings: Vec<BatchOpening>,
}

/// Units of a SKU at a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchStock {
    /// The SKU, a number from 0.
    pub sku: u32,
    /// The node, a number from 0.
    pub node: u32,
    /// Units, at least 0.
    pub qty: i64,
}

/// What a line of so many units of a SKU from a node is worth to others, where few are left: lines of several
/// units do not use up few units evenly, so that a line may be worth more or less than its units are.
///
/// ```
/// use stockbook::batch::*;
/// // Two orders want two units each for 10, or are left for 100; three units are there.
/// let problem = BatchProblem {
///     capacity: vec![9],
///     stock: vec![BatchStock { sku: 0, node: 0, qty: 3 }],
///     orders: vec![BatchOrder::default(); 2],
///     lines: (0..2).map(|order| BatchLine { order, sku: 0, qty: 2, unfilled: 100, margin: 0 }).collect(),
///     offers: (0..2).map(|line| BatchOffer { line, node: 0, cost: 10 }).collect(),
///     openings: vec![],
/// };
/// let by_unit = [BatchStock { sku: 0, node: 0, qty: 45 }];
/// assert_eq!(batch_bound(&problem, &by_unit, &[], &[0])?, 110, "three units serve one line, worth 90");
/// let lot = [BatchLot { sku: 0, node: 0, qty: 2, price: 90 }];
/// assert_eq!(batch_bound(&problem, &[], &lot, &[0])?, 110, "the same, said of the line");
/// # Ok::<(), BatchFault>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchLot {
    /// The SKU, a number from 0.
    pub sku: u32,
    /// The node, a number from 0.
    pub node: u32,
    /// Units of the line.
    pub qty: i64,
    /// What the line is worth.
    pub price: i64,
}

/// An order of the batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchOrder {
    /// At most this many nodes may give to it; 0 = as many as it has lines.
    pub nodes_max: u32,
    /// Cost of an order that is not filled whole.
    pub incomplete: i64,
    /// Cost of an order that is not filled whole from one node.
    pub not_single: i64,
    /// Who goes first where fairness is by priority: 0 is the most important.
    pub priority: u8,
    /// Whether all its lines are filled or none.
    pub whole: bool,
}

/// A line of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchLine {
    /// The order, a number from 0.
    pub order: u32,
    /// The SKU, a number from 0.
    pub sku: u32,
    /// Units, at least 1.
    pub qty: i64,
    /// Cost of leaving the line unfilled.
    pub unfilled: i64,
    /// Margin that is lost with the line, where fairness is by margin.
    pub margin: i64,
}

/// A node that could give a whole line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchOffer {
    /// The line, a number from 0.
    pub line: u32,
    /// The node, a number from 0.
    pub node: u32,
    /// Cost of giving the whole line.
    pub cost: i64,
}

/// What it costs that a node gives anything to an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchOpening {
    /// The order, a number from 0.
    pub order: u32,
    /// The node, a number from 0.
    pub node: u32,
    /// Cost, at least 0.
    pub cost: i64,
}

/// How hard to try, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct BatchOptions {
    /// Rounds of the price search, each of which looks at every order once.
    pub rounds: u32,
    /// Steps of improvement, each of which plans one order once; 0 = greedy under prices only.
    pub steps_max: u64,
    /// Stop as soon as the plan is certified within this many millionths of the bound; 0 = use all steps.
    pub gap_stop_ppm: u32,
    /// Of chance.
    pub seed: u64,
    /// Who is served first where there is not enough for all.
    pub fairness: Fairness,
}

impl Default for BatchOptions {
    fn default() -> BatchOptions {
        BatchOptions {
            rounds: 300,
            steps_max: 1_000_000,
            gap_stop_ppm: 0,
            seed: 1,
            fairness: Fairness::LeastCost,
        }
    }
}

/// A plan of the batch and the proof that goes with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchPlan {
    /// The node that gives each line.
    pub nodes: Vec<Option<u32>>,
    /// What the plan costs.
    pub cost: i64,
    /// No plan costs less than this.
    pub bound: i64,
    /// What each order costs in the plan.
    pub order_cost: Vec<i64>,
    /// What each order would cost if it had everything to itself.
    pub order_alone: Vec<i64>,
    /// What a further unit of a SKU at a node is worth, where that is anything, ascending by SKU, then node.
    pub stock_price: Vec<BatchStock>,
    /// What a line is worth to others, where that is not the price of its units.
    pub lot_price: Vec<BatchLot>,
    /// What a further unit of each node's capacity is worth.
    pub capacity_price: Vec<i64>,
    /// Steps of improvement used.
    pub steps: u64,
}

impl BatchPlan {
    /// How far the plan may lie above the cheapest, in millionths of the bound; `None` where the bound is not
    /// positive and the plan not proved optimal.
    ///
    /// ```
    /// use stockbook::batch::BatchPlan;
    /// let plan = BatchPlan { cost: 1_010, bound: 1_000, ..BatchPlan::default() };
    /// assert_eq!(plan.gap_ppm(), Some(10_000), "at most 1 % above the cheapest");
    /// ```
    #[must_use]
    pub fn gap_ppm(&self) -> Option<i64> {
        let over = i128::from(self.cost).saturating_sub(i128::from(self.bound));
        if over <= 0 {
            return Some(0);
        }
        let scaled = over.saturating_mul(1_000_000);
        let ceil = scaled.checked_add(i128::from(self.bound).checked_sub(1)?)?;
        ceil.checked_div(i128::from(self.bound))
            .filter(|_| self.bound > 0)
            .map(|ppm| i64::try_from(ppm).unwrap_or(i64::MAX))
    }
}

/// What makes a batch no batch at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchFault {
    /// An order, line, SKU or node number is out of range, or a list is not in its order.
    Order,
    /// A SKU stands twice in one order, or twice at one node.
    Twice,
    /// A quantity is below its least, or above 2^31.
    Quantity,
    /// A cost is above 2^52 in magnitude, or all of them together above 2^61; or an opening or a penalty is
    /// negative.
    Cost,
}

/// Plans all orders jointly.
///
/// # Errors
/// The first promise of [`BatchProblem`] that is broken.
///
/// ```
/// use stockbook::batch::*;
/// // One order, one line of 2 units; both nodes have them, the second gives them for 4.
/// let problem = BatchProblem {
///     capacity: vec![9, 9],
///     stock: vec![BatchStock { sku: 0, node: 0, qty: 2 }, BatchStock { sku: 0, node: 1, qty: 2 }],
///     orders: vec![BatchOrder::default()],
///     lines: vec![BatchLine { order: 0, sku: 0, qty: 2, unfilled: 100, margin: 0 }],
///     offers: vec![BatchOffer { line: 0, node: 0, cost: 6 }, BatchOffer { line: 0, node: 1, cost: 4 }],
///     openings: vec![],
/// };
/// let plan = solve_batch(&problem, &BatchOptions::default())?;
/// assert_eq!((plan.nodes, plan.cost, plan.bound), (vec![Some(1)], 4, 4));
/// # Ok::<(), BatchFault>(())
/// ```
pub fn solve_batch(problem: &BatchProblem, options: &BatchOptions) -> Result<BatchPlan, BatchFault> {
    fair::solve(problem, &[], options)
}

/// Offers whose units lie elsewhere, ascending: line, node, and the node where they lie. The capacities of
/// both must be such as never bind.
pub(crate) type Elsewhere = [(u32, u32, u32)];

/// The same, where some of what a node offers is brought to it by others first.
pub(crate) fn solve_brought(
    problem: &BatchProblem,
    elsewhere: &Elsewhere,
    options: &BatchOptions,
) -> Result<BatchPlan, BatchFault> {
    fair::solve(problem, elsewhere, options)
}

/// The bound that prices prove, on their own: what a certificate is checked with. Prices are as in a plan.
///
/// # Errors
/// The first promise of [`BatchProblem`] that is broken; a price that is negative, too large, or for stock
/// that no line asks for; a price of a line for other than the few units that lines do not use up evenly.
///
/// ```
/// use stockbook::batch::*;
/// // Two orders want the one unit there is; the other is left for 100. The best plan costs 3 + 100.
/// let problem = BatchProblem {
///     capacity: vec![9],
///     stock: vec![BatchStock { sku: 0, node: 0, qty: 1 }],
///     orders: vec![BatchOrder::default(); 2],
///     lines: (0..2).map(|order| BatchLine { order, sku: 0, qty: 1, unfilled: 100, margin: 0 }).collect(),
///     offers: (0..2).map(|line| BatchOffer { line, node: 0, cost: 3 }).collect(),
///     openings: vec![],
/// };
/// assert_eq!(batch_bound(&problem, &[], &[], &[0])?, 6, "without a price both could have it");
/// let price = [BatchStock { sku: 0, node: 0, qty: 97 }];
/// assert_eq!(batch_bound(&problem, &price, &[], &[0])?, 103, "at 97 a unit the bound is tight");
/// # Ok::<(), BatchFault>(())
/// ```
pub fn batch_bound(
    problem: &BatchProblem,
    stock_price: &[BatchStock],
    lot_price: &[BatchLot],
    capacity_price: &[i64],
) -> Result<i64, BatchFault> {
    fair::bound_at(problem, stock_price, lot_price, capacity_price)
}

/// The exact cheapest set of nodes for one order of up to six lines: the engine's oracle on plain tables. It
/// allocates nothing after it is made.
///
/// ```
/// use stockbook::batch::OrderKernel;
/// let mut kernel = OrderKernel::default();
/// let mut by = [None; 2];
/// // Node 1 opens for 5 and gives both lines; node 0 opens for 2 and has only the first.
/// let (open, cost) = ([2, 5], [1, 3, i64::MAX, 3]);
/// assert_eq!(kernel.cheapest(&open, &cost, &[20, 20], 0, &mut by), Some(11));
/// assert_eq!(by, [Some(1), Some(1)]);
/// // Where the second line may be left for 4, that is cheaper.
/// assert_eq!(kernel.cheapest(&open, &cost, &[20, 4], 0, &mut by), Some(7));
/// assert_eq!(by, [Some(0), None]);
/// ```
#[derive(Clone, Debug)]
pub struct OrderKernel(oracle::Oracle);

impl Default for OrderKernel {
    fn default() -> OrderKernel {
        OrderKernel(oracle::Oracle::new())
    }
}

impl OrderKernel {
    /// The least cost, and in `by` the node of each line. `open` by node, at least 0; `cost` by line, then
    /// node, prices included, [`i64::MAX`] where the node may not; `unfilled` by line; at most `nodes_max`
    /// nodes, 0 = any number. `None` if the tables do not fit each other, there are no lines or more than
    /// six, or a cost is above 2^52 in magnitude.
    ///
    /// ```
    /// use stockbook::batch::OrderKernel;
    /// let mut by = [None];
    /// // Node 0 opens for 2 and gives the line for 7; node 1 opens for 5 and gives it for 3.
    /// let least = OrderKernel::default().cheapest(&[2, 5], &[7, 3], &[100], 0, &mut by);
    /// assert_eq!((least, by), (Some(8), [Some(1)]));
    /// ```
    pub fn cheapest(
        &mut self,
        open: &[i64],
        cost: &[i64],
        unfilled: &[i64],
        nodes_max: u32,
        by: &mut [Option<u32>],
    ) -> Option<i64> {
        let lines = unfilled.len();
        let fits = |cost: &i64| cost.unsigned_abs() <= 1 << 52;
        let sized = (1..=oracle::LINES_MAX).contains(&lines)
            && by.len() == lines
            && lines.checked_mul(open.len()) == Some(cost.len());
        let known = open.iter().all(|cost| fits(cost) && *cost >= 0)
            && unfilled.iter().all(fits)
            && cost.iter().all(|cost| fits(cost) || *cost == i64::MAX);
        let most = if nodes_max == 0 { u32::MAX } else { nodes_max };
        (sized && known).then(|| self.0.dense(open, cost, unfilled, most, by))
    }
}

/// Prices of stock and capacity, and the bound that they prove.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchPrices {
    /// What a further unit of a SKU at a node is worth, where that is anything, ascending by SKU, then node.
    pub stock: Vec<BatchStock>,
    /// What a further unit of each node's capacity is worth.
    pub capacity: Vec<i64>,
    /// No plan costs less than this.
    pub bound: i64,
}

/// Bid prices from a forecast: each order of the problem stands for an expected number of orders, its
/// quantities and costs times that number, and its parts may come from several nodes. The bound then holds
/// for the expected cost of any policy that learns of orders as they come (the fluid bound).
///
/// # Errors
/// The first promise of [`BatchProblem`] that is broken.
///
/// ```
/// use stockbook::batch::*;
/// // Expected: two orders of one unit, and one unit is there. A further one saves 100 - 3.
/// let problem = BatchProblem {
///     capacity: vec![9],
///     stock: vec![BatchStock { sku: 0, node: 0, qty: 1 }],
///     orders: vec![BatchOrder::default()],
///     lines: vec![BatchLine { order: 0, sku: 0, qty: 2, unfilled: 200, margin: 0 }],
///     offers: vec![BatchOffer { line: 0, node: 0, cost: 6 }],
///     openings: vec![],
/// };
/// let prices = fluid_prices(&problem, 300)?;
/// assert_eq!((prices.stock, prices.bound), (vec![BatchStock { sku: 0, node: 0, qty: 97 }], 103));
/// # Ok::<(), BatchFault>(())
/// ```
pub fn fluid_prices(problem: &BatchProblem, rounds: u32) -> Result<BatchPrices, BatchFault> {
    fair::fluid(problem, rounds)
}

/// The price of a unit without a forecast: it rises with the share `used` of what there was, `stock`, from
/// nothing to the largest saving that a unit could make, `worth × (e^u − 1) / (e − 1)`: the penalty function
/// by which an online policy keeps `1 − 1/e` of the optimum (Mehta et al., J. ACM 54, 2007). Micro-units.
///
/// ```
/// use stockbook::batch::cold_start_price;
/// assert_eq!(cold_start_price(1_000_000, 0, 10), 0);
/// assert_eq!(cold_start_price(1_000_000, 5, 10), 377_541);
/// assert_eq!(cold_start_price(1_000_000, 10, 10), 1_000_000);
/// ```
#[must_use]
pub fn cold_start_price(worth: i64, used: i64, stock: i64) -> i64 {
    dual::cold_start(worth, used, stock)
}

/// Plans one order after the other, each by the exact cheapest set of nodes out of what is left: what most
/// systems do, and what a joint plan is measured against.
///
/// # Errors
/// The first promise of [`BatchProblem`] that is broken.
///
/// ```
/// use stockbook::batch::*;
/// // The first order takes the cheap unit that the second needs more: 3 + 9 instead of 4 + 3.
/// let offer = |line, node, cost| BatchOffer { line, node, cost };
/// let problem = BatchProblem {
///     capacity: vec![9, 9],
///     stock: vec![BatchStock { sku: 0, node: 0, qty: 1 }, BatchStock { sku: 0, node: 1, qty: 2 }],
///     orders: vec![BatchOrder::default(); 2],
///     lines: (0..2).map(|order| BatchLine { order, sku: 0, qty: 1, unfilled: 100, margin: 0 }).collect(),
///     offers: vec![offer(0, 0, 3), offer(0, 1, 4), offer(1, 0, 3), offer(1, 1, 9)],
///     openings: vec![],
/// };
/// assert_eq!(solve_in_sequence(&problem)?.cost, 12);
/// assert_eq!(solve_batch(&problem, &BatchOptions::default())?.cost, 7);
/// # Ok::<(), BatchFault>(())
/// ```
pub fn solve_in_sequence(problem: &BatchProblem) -> Result<BatchPlan, BatchFault> {
    let options = BatchOptions { fairness: Fairness::FirstCome, ..BatchOptions::default() };
    solve_batch(problem, &options)
}
