//! Small batches against exact enumeration; bounds, certificates and fairness on larger ones.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::unwrap_used,
    reason = "a test may fail"
)]

use super::*;

/// Numbers that look like chance (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, count: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % count
    }

    fn range(&mut self, low: i64, high: i64) -> i64 {
        low + self.roll((high - low + 1) as u64) as i64
    }
}

/// The bound that the plan's own prices prove.
fn proved(problem: &BatchProblem, plan: &BatchPlan) -> Result<i64, BatchFault> {
    batch_bound(problem, &plan.stock_price, &plan.lot_price, &plan.capacity_price)
}

/// What a made-up batch is like.
#[derive(Clone, Copy)]
struct Shape {
    orders: u32,
    nodes: u32,
    skus: u32,
    lines_max: u64,
    qty_max: i64,
    stock_max: i64,
    capacity: (i64, i64),
    charged: bool,
    whole: bool,
}

fn made_up(dice: &mut Dice, shape: Shape) -> BatchProblem {
    let mut problem = BatchProblem::default();
    for node in 0..shape.nodes {
        problem.capacity.push(dice.range(shape.capacity.0, shape.capacity.1));
        for sku in 0..shape.skus {
            problem.stock.push(BatchStock { sku, node, qty: dice.range(0, shape.stock_max) });
        }
    }
    for order in 0..shape.orders {
        let count = 1 + dice.roll(shape.lines_max.min(u64::from(shape.skus)));
        let charge = |dice: &mut Dice| if shape.charged { dice.range(0, 40) } else { 0 };
        problem.orders.push(BatchOrder {
            nodes_max: if shape.charged { dice.roll(4) as u32 } else { 0 },
            incomplete: charge(dice),
            not_single: charge(dice),
            priority: dice.roll(3) as u8,
            whole: shape.whole && dice.roll(3) > 0,
        });
        for node in 0..shape.nodes {
            problem.openings.push(BatchOpening { order, node, cost: dice.range(0, 50) });
        }
        let first = dice.roll(u64::from(shape.skus)) as u32;
        for at in 0..count as u32 {
            let (sku, qty) = ((first + at) % shape.skus, dice.range(1, shape.qty_max));
            let unfilled = dice.range(20, 150);
            let line = problem.lines.len() as u32;
            problem.lines.push(BatchLine { order, sku, qty, unfilled, margin: dice.range(0, 90) });
            for node in 0..shape.nodes {
                if dice.roll(10) > 0 {
                    problem.offers.push(BatchOffer { line, node, cost: dice.range(-5, 60) });
                }
            }
        }
    }
    problem
}

/// What a plan costs by the definition; `None` if it breaks a limit.
fn judge(problem: &BatchProblem, nodes: &[Option<u32>]) -> Option<i64> {
    let mut capacity = problem.capacity.clone();
    let mut stock = problem.stock.clone();
    let mut cost = 0;
    for (at, order) in problem.orders.iter().enumerate() {
        let (mut used, mut count, mut filled) = (Vec::new(), 0, 0);
        for (line, asked) in problem.lines.iter().enumerate().filter(|(_, line)| line.order as usize == at) {
            count += 1;
            let Some(node) = nodes[line] else {
                cost += asked.unfilled;
                continue;
            };
            filled += 1;
            cost += problem.offers.iter().find(|o| (o.line, o.node) == (line as u32, node))?.cost;
            capacity[node as usize] -= asked.qty;
            stock.iter_mut().find(|row| (row.sku, row.node) == (asked.sku, node))?.qty -= asked.qty;
            used.push(node);
        }
        used.sort_unstable();
        used.dedup();
        if order.nodes_max > 0 && used.len() > order.nodes_max as usize {
            return None;
        }
        for node in &used {
            let opening = problem.openings.iter().find(|o| (o.order, o.node) == (at as u32, *node));
            cost += opening.map_or(0, |opening| opening.cost);
        }
        if order.whole && filled > 0 && filled < count {
            return None;
        }
        cost += if filled < count { order.incomplete } else { 0 };
        cost += if filled < count || used.len() > 1 { order.not_single } else { 0 };
    }
    let holds = capacity.iter().all(|left| *left >= 0) && stock.iter().all(|row| row.qty >= 0);
    holds.then_some(cost)
}

/// The cheapest plan, by trying all.
fn enumerate(problem: &BatchProblem) -> i64 {
    fn go(problem: &BatchProblem, nodes: &mut Vec<Option<u32>>, best: &mut i64) {
        if nodes.len() == problem.lines.len() {
            *best = judge(problem, nodes).map_or(*best, |cost| cost.min(*best));
            return;
        }
        for node in std::iter::once(None).chain((0..problem.capacity.len() as u32).map(Some)) {
            nodes.push(node);
            go(problem, nodes, best);
            nodes.pop();
        }
    }
    let mut best = i64::MAX;
    go(problem, &mut Vec::new(), &mut best);
    best
}

fn options() -> BatchOptions {
    BatchOptions { rounds: 60, steps_max: 3_000, ..BatchOptions::default() }
}

const SMALL: Shape = Shape {
    orders: 1,
    nodes: 3,
    skus: 6,
    lines_max: 5,
    qty_max: 3,
    stock_max: 4,
    capacity: (1, 9),
    charged: false,
    whole: false,
};

#[test]
fn one_order_is_planned_exactly() {
    let mut dice = Dice(1);
    for case in 0..400 {
        let shape = Shape { charged: case % 2 == 1, ..SMALL };
        let problem = made_up(&mut dice, shape);
        let plan = solve_in_sequence(&problem).unwrap();
        let best = enumerate(&problem);
        assert_eq!(judge(&problem, &plan.nodes), Some(plan.cost), "case {case}");
        assert_eq!(plan.cost, best, "case {case}: {problem:?}");
        assert!(plan.bound <= best);
    }
}

#[test]
fn small_batches_reach_the_optimum() {
    let mut dice = Dice(2);
    let mut missed = 0;
    for case in 0..60 {
        let shape = Shape { orders: 4, skus: 3, lines_max: 2, stock_max: 2, charged: case % 2 == 1, ..SMALL };
        let problem = made_up(&mut dice, shape);
        let best = enumerate(&problem);
        let plan = solve_batch(&problem, &options()).unwrap();
        assert_eq!(judge(&problem, &plan.nodes), Some(plan.cost));
        assert!(plan.bound <= best && best <= plan.cost, "case {case}");
        assert_eq!(proved(&problem, &plan), Ok(plan.bound));
        missed += i32::from(plan.cost > best);
    }
    assert!(missed == 0, "{missed} of 60 above the optimum");
}

/// Orders that come whole or not at all, alone and in competition; also those too large for the table.
#[test]
fn whole_orders_are_filled_or_left() {
    let mut dice = Dice(9);
    let (mut filled, mut left, mut missed) = (0, 0, 0);
    for case in 0..160 {
        let shape = match case % 3 {
            0 => Shape { orders: 4, skus: 3, lines_max: 2, stock_max: 2, whole: true, ..SMALL },
            1 => Shape { orders: 2, skus: 4, lines_max: 4, nodes: 2, whole: true, ..SMALL },
            _ => Shape {
                nodes: 2,
                skus: 8,
                lines_max: 8,
                stock_max: 6,
                capacity: (9, 20),
                whole: true,
                ..SMALL
            },
        };
        let problem = made_up(&mut dice, Shape { charged: case % 2 == 1, ..shape });
        let plan = solve_batch(&problem, &options()).unwrap();
        let best = enumerate(&problem);
        assert_eq!(judge(&problem, &plan.nodes), Some(plan.cost), "case {case}: {problem:?}");
        assert!(plan.bound <= best && best <= plan.cost, "case {case}: {problem:?}");
        let small = problem.lines.chunk_by(|a, b| a.order == b.order).all(|lines| lines.len() <= 6);
        missed += i32::from(small && plan.cost > best);
        for (at, order) in problem.orders.iter().enumerate().filter(|(_, order)| order.whole) {
            let lines = problem.lines.iter().zip(&plan.nodes).filter(|(line, _)| line.order as usize == at);
            let all: Vec<bool> = lines.map(|(_, node)| node.is_some()).collect();
            assert!(order.whole && (all.iter().all(|has| *has) || !all.contains(&true)));
            filled += u32::from(all[0] && all.len() > 1);
            left += u32::from(!all[0] && all.len() > 1);
        }
    }
    assert_eq!(missed, 0, "above the optimum");
    assert!(filled > 30 && left > 30, "{filled} filled, {left} left");
}

#[test]
fn one_line_orders_are_a_flow() {
    let mut dice = Dice(3);
    for _ in 0..80 {
        let shape =
            Shape { orders: 6, skus: 2, lines_max: 1, qty_max: 1, stock_max: 2, capacity: (0, 3), ..SMALL };
        let problem = made_up(&mut dice, shape);
        let plan = solve_batch(&problem, &options()).unwrap();
        assert_eq!(judge(&problem, &plan.nodes), Some(plan.cost));
        assert_eq!((plan.cost, plan.bound), (enumerate(&problem), plan.cost));
        assert_eq!(proved(&problem, &plan), Ok(plan.bound));
    }
}

#[test]
fn orders_of_many_lines_have_plans_and_bounds() {
    let mut dice = Dice(4);
    for case in 0..40 {
        let shape =
            Shape { nodes: 2, skus: 8, lines_max: 8, capacity: (4, 20), charged: case % 2 == 1, ..SMALL };
        let problem = made_up(&mut dice, shape);
        let plan = solve_batch(&problem, &options()).unwrap();
        let best = enumerate(&problem);
        assert_eq!(judge(&problem, &plan.nodes), Some(plan.cost));
        assert!(plan.bound <= best && best <= plan.cost, "case {case}");
    }
}

const LARGE: Shape = Shape {
    orders: 120,
    nodes: 6,
    skus: 20,
    lines_max: 4,
    qty_max: 3,
    stock_max: 12,
    capacity: (60, 90),
    charged: false,
    whole: false,
};

#[test]
fn the_same_problem_gives_the_same_plan_and_more_steps_no_worse() {
    let problem = made_up(&mut Dice(5), LARGE);
    let plan = solve_batch(&problem, &options()).unwrap();
    assert_eq!(solve_batch(&problem, &options()), Ok(plan.clone()));
    assert_eq!(judge(&problem, &plan.nodes), Some(plan.cost));
    let more = solve_batch(&problem, &BatchOptions { steps_max: 60_000, ..options() }).unwrap();
    assert!(more.cost <= plan.cost && more.bound == plan.bound);
    let greedy = solve_in_sequence(&problem).unwrap();
    assert!(more.cost < greedy.cost && more.bound <= more.cost);
    let stopped = BatchOptions { gap_stop_ppm: 900_000, steps_max: 60_000, ..options() };
    assert!(solve_batch(&problem, &stopped).unwrap().steps < 1_000);
}

#[test]
fn fairness_says_who_goes_first_and_who_lost() {
    let problem = made_up(&mut Dice(6), LARGE);
    let plan =
        |fairness| solve_batch(&problem, &BatchOptions { fairness, steps_max: 40_000, ..options() }).unwrap();
    let whole = |plan: &BatchPlan| {
        let lines = problem.lines.chunk_by(|a, b| a.order == b.order);
        let mut at = 0;
        let whole = lines.filter(|lines| {
            at += lines.len();
            plan.nodes[at - lines.len()..at].iter().all(Option::is_some)
        });
        whole.count()
    };
    let (least, complete) = (plan(Fairness::LeastCost), plan(Fairness::MostComplete));
    assert!(whole(&complete) > whole(&least) && complete.cost >= least.cost);
    let of = |plan: &BatchPlan, priority: u8| -> i64 {
        let costs = problem.orders.iter().zip(&plan.order_cost);
        costs.filter(|(order, _)| order.priority == priority).map(|(_, cost)| cost).sum()
    };
    let (first, rank) = (plan(Fairness::FirstCome), plan(Fairness::Priority));
    assert!(of(&rank, 0) < of(&least, 0) && of(&rank, 0) < of(&first, 0));
    assert_eq!(first.order_cost[0], first.order_alone[0], "who comes first loses nothing");
    for plan in [&least, &complete, &first, &rank, &plan(Fairness::LeastRegret)] {
        assert_eq!(judge(&problem, &plan.nodes), Some(plan.cost));
        assert!(least.bound <= plan.cost && plan.bound == least.bound);
        let lost: i64 = plan.losses().iter().map(|loss| loss.cost).sum();
        assert_eq!(lost, plan.cost - plan.order_alone.iter().sum::<i64>());
        assert!(plan.losses().is_sorted_by_key(|loss| std::cmp::Reverse(loss.cost)));
    }
    let mut earned = problem.clone();
    earned.lines.iter_mut().for_each(|line| line.unfilled = line.margin);
    assert_eq!(judge(&earned, &plan(Fairness::MostMargin).nodes), Some(plan(Fairness::MostMargin).cost));
}

#[test]
fn what_is_no_batch_is_refused() {
    let good = made_up(&mut Dice(7), SMALL);
    let spoil = |change: &dyn Fn(&mut BatchProblem)| {
        let mut bad = good.clone();
        change(&mut bad);
        solve_batch(&bad, &options()).err()
    };
    assert_eq!(spoil(&|_| ()), None);
    assert_eq!(spoil(&|bad| bad.lines[0].order = 9), Some(BatchFault::Order));
    assert_eq!(spoil(&|bad| bad.offers.reverse()), Some(BatchFault::Order));
    assert_eq!(spoil(&|bad| bad.lines[0].qty = 0), Some(BatchFault::Quantity));
    assert_eq!(spoil(&|bad| bad.stock[0].qty = -1), Some(BatchFault::Quantity));
    assert_eq!(spoil(&|bad| bad.stock[1] = bad.stock[0]), Some(BatchFault::Twice));
    assert_eq!(spoil(&|bad| bad.lines[0].unfilled = i64::MAX), Some(BatchFault::Cost));
    assert_eq!(spoil(&|bad| bad.openings[0].cost = -1), Some(BatchFault::Cost));
}

/// A line that costs more than an order's completeness used to: the order that can be whole is served.
#[test]
fn no_line_is_dearer_than_a_whole_order() {
    let line = |order, sku, unfilled| BatchLine { order, sku, qty: 1, unfilled, margin: 0 };
    let offer = |line| BatchOffer { line, node: 0, cost: 0 };
    // Nobody has SKU 1, which the first order asks for besides.
    let problem = BatchProblem {
        capacity: vec![9],
        stock: vec![BatchStock { sku: 0, node: 0, qty: 1 }],
        orders: vec![BatchOrder::default(); 2],
        lines: vec![line(0, 0, 1 << 50), line(0, 1, 1), line(1, 0, 1)],
        offers: vec![offer(0), offer(2)],
        openings: vec![],
    };
    let plan = |fairness| solve_batch(&problem, &BatchOptions { fairness, ..options() }).unwrap();
    assert_eq!(plan(Fairness::LeastCost).nodes, [Some(0), None, None]);
    assert_eq!(plan(Fairness::MostComplete).nodes, [None, None, Some(0)]);
}

#[test]
fn steps_are_those_taken_and_no_more_than_there_are() {
    let problem = made_up(&mut Dice(8), LARGE);
    let steps = |fairness| {
        let options = BatchOptions { fairness, steps_max: 5_000, ..options() };
        solve_batch(&problem, &options).unwrap().steps
    };
    for fairness in [Fairness::MostComplete, Fairness::Priority] {
        let taken = steps(fairness);
        // The last improvement, of some orders at once, is carried through.
        assert!((121..=5_000 + 32).contains(&taken), "{fairness:?}: {taken}");
    }
    assert_eq!(steps(Fairness::FirstCome), 120);
}

/// One SKU at ten nodes, and twice as many orders as there are units, each from elsewhere.
#[test]
fn a_hot_sku_costs_what_its_rows_cost_not_its_takers() {
    let mut dice = Dice(10);
    let (orders, nodes) = (50_000u32, 10u32);
    let mut problem = BatchProblem { capacity: vec![1 << 31; nodes as usize], ..BatchProblem::default() };
    problem.stock.extend((0..nodes).map(|node| BatchStock { sku: 0, node, qty: 2_500 }));
    for order in 0..orders {
        problem.orders.push(BatchOrder::default());
        let unfilled = dice.range(5_000, 9_000);
        problem.lines.push(BatchLine { order, sku: 0, qty: 1, unfilled, margin: 0 });
        let offer = |node| BatchOffer { line: order, node, cost: dice.range(0, 4_000) };
        problem.offers.extend((0..nodes).map(offer));
    }
    let start = std::time::Instant::now();
    let plan = solve_batch(&problem, &options()).unwrap();
    let took = start.elapsed();
    eprintln!("50,000 orders of one SKU: {took:?}");
    assert_eq!((plan.cost, plan.nodes.iter().flatten().count()), (plan.bound, 25_000));
    // Searched through all who take from a row it takes many minutes.
    assert!(took.as_secs() < 60, "{took:?}");
}

/// Upper tiers of a policy: what is left unfilled costs a hundred thousand times what filling it does.
#[test]
fn prices_rise_as_far_as_what_is_short_costs() {
    let line = |order, qty| BatchLine { order, sku: 0, qty, unfilled: 10_000_000 * qty, margin: 0 };
    let few = BatchProblem {
        capacity: vec![1 << 31],
        stock: vec![BatchStock { sku: 0, node: 0, qty: 3 }],
        orders: vec![BatchOrder::default(); 4],
        lines: vec![line(0, 3), line(1, 2), line(2, 1), line(3, 1)],
        offers: (0..4).map(|line| BatchOffer { line, node: 0, cost: 0 }).collect(),
        openings: vec![],
    };
    let plan = solve_batch(&few, &BatchOptions::default()).unwrap();
    assert_eq!((plan.cost, plan.bound), (40_000_000, 40_000_000), "four of seven units are left");
    let mut dice = Dice(11);
    let shape = Shape {
        orders: 200,
        nodes: 5,
        skus: 30,
        lines_max: 3,
        qty_max: 3,
        stock_max: 3,
        capacity: (1 << 31, 1 << 31),
        charged: false,
        whole: false,
    };
    for seed in 1..4 {
        let mut problem = made_up(&mut dice, shape);
        problem.lines.iter_mut().for_each(|line| line.unfilled *= 100_000);
        let options = BatchOptions { steps_max: 20_000, seed, ..BatchOptions::default() };
        let plan = solve_batch(&problem, &options).unwrap();
        let gap = plan.gap_ppm().unwrap();
        assert!(gap < 60_000, "{gap} millionths");
        assert_eq!(proved(&problem, &plan), Ok(plan.bound));
    }
}

/// Three orders want two units each for 10, or are left for 100; at each of two nodes three units are there.
/// Each node serves one: 10 + 10 + 100. By the unit, six units would serve all three for 30.
#[test]
fn few_units_are_priced_by_the_line() {
    let line = |order| BatchLine { order, sku: 0, qty: 2, unfilled: 100_000, margin: 0 };
    let problem = BatchProblem {
        capacity: vec![9, 9],
        stock: (0..2).map(|node| BatchStock { sku: 0, node, qty: 3 }).collect(),
        orders: vec![BatchOrder { not_single: 1, ..BatchOrder::default() }; 3],
        lines: (0..3).map(line).collect(),
        offers: (0..6).map(|at| BatchOffer { line: at / 2, node: at % 2, cost: 10_000 }).collect(),
        openings: vec![],
    };
    // One line more of one unit, so that it is no flow.
    let mut mixed = problem;
    mixed.orders.push(BatchOrder::default());
    mixed.lines.push(BatchLine { order: 3, sku: 1, qty: 1, unfilled: 5_000, margin: 0 });
    let plan = solve_batch(&mixed, &BatchOptions::default()).unwrap();
    assert_eq!(plan.cost, 10_000 + 10_000 + 100_001 + 5_000);
    assert!(plan.gap_ppm() <= Some(1_000), "{}", plan.bound);
    assert_eq!(proved(&mixed, &plan), Ok(plan.bound));
    let wrong = [BatchLot { sku: 0, node: 0, qty: 3, price: 1 }];
    assert_eq!(batch_bound(&mixed, &[], &wrong, &[0, 0]), Err(BatchFault::Order), "no line of three");
    let wrong = [BatchLot { sku: 0, node: 0, qty: 2, price: -1 }];
    assert_eq!(batch_bound(&mixed, &[], &wrong, &[0, 0]), Err(BatchFault::Order), "below nothing");
}

/// Ten orders of two units, and room for 18 at two nodes together: the two lines that are left are those that
/// cost least unfilled, 1,000,000 and 1,001,000 beside 10 for each that is filled.
#[test]
fn prices_of_room_rise_as_far_as_what_is_left_costs() {
    let line = |at: u32| {
        let unfilled = 1_000_000 + 1_000 * i64::from(at);
        BatchLine { order: at / 2, sku: at % 2, qty: 1, unfilled, margin: 0 }
    };
    let problem = BatchProblem {
        capacity: vec![9, 9],
        stock: (0..4).map(|at| BatchStock { sku: at / 2, node: at % 2, qty: 20 }).collect(),
        orders: vec![BatchOrder::default(); 10],
        lines: (0..20).map(line).collect(),
        offers: (0..40).map(|at| BatchOffer { line: at / 2, node: at % 2, cost: 10 }).collect(),
        openings: vec![],
    };
    let plan = solve_batch(&problem, &options()).unwrap();
    assert_eq!(plan.cost, 1_000_000 + 1_001_000 + 18 * 10);
    assert!(plan.gap_ppm() <= Some(100), "{}", plan.bound);
    assert_eq!(proved(&problem, &plan), Ok(plan.bound));
}

/// Stock and room are short at once, and what is left is very dear: some nodes have more stock than room, and
/// others more room than stock.
#[test]
fn prices_of_stock_and_room_rise_together() {
    let mut dice = Dice(12);
    let shape = Shape {
        orders: 200,
        nodes: 5,
        skus: 30,
        lines_max: 3,
        qty_max: 3,
        stock_max: 6,
        capacity: (20, 90),
        charged: false,
        whole: false,
    };
    for seed in 1..4 {
        let mut problem = made_up(&mut dice, shape);
        problem.lines.iter_mut().for_each(|line| line.unfilled *= 1_000);
        let options = BatchOptions { steps_max: 20_000, seed, ..BatchOptions::default() };
        let plan = solve_batch(&problem, &options).unwrap();
        let gap = plan.gap_ppm().unwrap();
        assert!(gap < 15_000, "{gap} millionths");
        assert_eq!(proved(&problem, &plan), Ok(plan.bound));
    }
}
