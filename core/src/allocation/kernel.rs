//! The kernel: up to six lines, each whole from one node or not at all, exactly and in well under a
//! microsecond.
//!
//! Most orders end in a minimum: with one line, or where opening a node costs nothing, each line takes its
//! cheapest node, and the only rival is one node that completes everything. Where opening costs, one node
//! is set against the least that two could cost. Only what is left goes through the table over sets of
//! lines: `group[mask]` is the best single node for the lines of `mask`, and `best[mask]` the best way to
//! part `mask` into such groups and lines left unfilled. A node that appears in two groups is charged twice
//! there, which the group of both undercuts, so the minimum is right.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "the caller checks the problem first, so line * nodes + node addresses each table; masks stay \
              below 64 = 2 to the power LINES_MAX; costs use saturating sums only"
)]

use super::problem::{Part, Problem, Solution};
use super::tiers::Tiers;

/// The most lines that the kernel takes.
pub(super) const LINES_MAX: usize = 6;
const MASKS: usize = 1 << LINES_MAX;
/// A line that no node gives.
const NOBODY: usize = usize::MAX;

/// Tables kept from call to call.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffers {
    raw: Raw,
    packed: Table<i128>,
    tiers: Table<Tiers>,
}

/// Who gives each line, and what that costs.
#[derive(Clone, Copy)]
struct Plan {
    cost: Tiers,
    by: [usize; LINES_MAX],
}

/// Solves a checked problem of at most [`LINES_MAX`] lines that come whole.
pub(super) fn solve(problem: &Problem, buffers: &mut Buffers, out: &mut Solution) {
    let plan = if problem.lines.min(problem.nodes).min(problem.nodes_max) == 0 {
        nothing(problem)
    } else if problem.lines == 1 {
        one_line(problem)
    } else if let Some(plan) = line_by_line(problem) {
        plan
    } else {
        jointly(problem, buffers)
    };
    out.cost = plan.cost;
    out.bound = plan.cost;
    for (line, &node) in plan.by.iter().enumerate().take(problem.lines) {
        if node != NOBODY {
            out.parts.push(Part { line, node, qty: problem.need[line] });
        }
    }
}

/// The plan that gives nothing.
fn nothing(problem: &Problem) -> Plan {
    let shorts = (0..problem.lines).map(|line| problem.unfilled(line));
    Plan { cost: shorts.fold(problem.not_single, Tiers::plus), by: [NOBODY; LINES_MAX] }
}

/// One tier of the cost of a whole line.
#[inline]
fn tier(problem: &Problem, pair: usize, need: i64, at: usize) -> i64 {
    let part = problem.part[pair].0[at];
    problem.unit.get(pair).map_or(part, |unit| part.saturating_add(unit.0[at].saturating_mul(need)))
}

/// The cheapest node for the whole line against `none`, the cost of leaving it; the lowest of equals.
#[inline]
fn cheapest(problem: &Problem, line: usize, none: Tiers) -> (usize, Tiers) {
    let (need, from) = (problem.need[line], line * problem.nodes);
    let to = from + problem.nodes;
    let rooms = problem.room[from..to].iter().enumerate();
    let (mut by, mut best) = (NOBODY, none);
    if problem.unit.is_empty() {
        for ((node, &room), part) in rooms.zip(&problem.part[from..to]) {
            if room >= need && (*part < best || (by == NOBODY && *part == best)) {
                (by, best) = (node, *part);
            }
        }
        return (by, best);
    }
    for (node, &room) in rooms {
        if room < need {
            continue;
        }
        // Most comparisons end in the first tier that is used, so tiers are worked out as they are needed.
        let mut at = 0;
        let mut cost = tier(problem, from + node, need, at);
        while cost == best.0[at] && at < 3 {
            at += 1;
            cost = tier(problem, from + node, need, at);
        }
        if cost < best.0[at] || (cost == best.0[at] && by == NOBODY) {
            (by, best) = (node, problem.whole(from + node, need));
        }
    }
    (by, best)
}

/// One line: one node gives everything or nobody does.
fn one_line(problem: &Problem) -> Plan {
    let none = problem.unfilled(0).plus(problem.not_single);
    let (mut by, mut cost) = ([NOBODY; LINES_MAX], none);
    if !problem.opening_costs() {
        (by[0], cost) = cheapest(problem, 0, none);
        return Plan { cost, by };
    }
    let need = problem.need[0];
    for (node, open) in problem.open.iter().enumerate() {
        let first = open.0[0].saturating_add(tier(problem, node, need, 0));
        if problem.room[node] >= need && first <= cost.0[0] {
            let whole = open.plus(problem.whole(node, need));
            if whole < cost || (by[0] == NOBODY && whole == cost) {
                (by[0], cost) = (node, whole);
            }
        }
    }
    Plan { cost, by }
}

/// Each line from its cheapest node, or all from one: the answer where opening is free and the limit of
/// nodes does not bind.
fn line_by_line(problem: &Problem) -> Option<Plan> {
    if problem.opening_costs() {
        return None;
    }
    let mut plan = Plan { cost: Tiers::ZERO, by: [NOBODY; LINES_MAX] };
    let mut nodes = 0;
    for line in 0..problem.lines {
        let (node, cost) = cheapest(problem, line, problem.unfilled(line));
        nodes += usize::from(node != NOBODY && !plan.by[..line].contains(&node));
        plan.by[line] = node;
        plan.cost = plan.cost.plus(cost);
    }
    if nodes > problem.nodes_max {
        return None;
    }
    let together = nodes == 1 && !plan.by[..problem.lines].contains(&NOBODY);
    if together || problem.not_single == Tiers::ZERO {
        return Some(plan);
    }
    plan.cost = plan.cost.plus(problem.not_single);
    if let Some((node, cost)) = all_from_one(problem, plan.cost) {
        plan = Plan { cost, by: [node; LINES_MAX] };
    }
    Some(plan)
}

/// The cheapest node that completes everything for less than `limit`, opening being free.
fn all_from_one(problem: &Problem, limit: Tiers) -> Option<(usize, Tiers)> {
    let (mut by, mut best) = (NOBODY, limit);
    let sum = |node: usize, at: usize| {
        problem.need.iter().enumerate().fold(0_i64, |sum, (line, &need)| {
            let pair = line * problem.nodes + node;
            sum.saturating_add(tier(problem, pair, need, at))
        })
    };
    for node in 0..problem.nodes {
        let mut lines = problem.need.iter().enumerate();
        if lines.all(|(line, &need)| problem.room[line * problem.nodes + node] >= need) {
            let mut at = 0;
            let mut cost = sum(node, at);
            while cost == best.0[at] && at < 3 {
                at += 1;
                cost = sum(node, at);
            }
            if cost < best.0[at] {
                (by, best) = (node, Tiers([0, 1, 2, 3].map(|at| sum(node, at))));
            }
        }
    }
    (by != NOBODY).then_some((by, best))
}

/// Opening costs, or the limit of nodes binds: one node or none against the table over sets of lines.
fn jointly(problem: &Problem, buffers: &mut Buffers) -> Plan {
    let Buffers { raw, packed, tiers } = buffers;
    raw.gather(problem);
    let by = if let Some(scale) = raw.scale() {
        packed.solve(problem, raw, |cost| scale.pack(cost))
    } else {
        tiers.solve(problem, raw, |cost| *cost)
    };
    Plan { cost: price(problem, &by), by }
}

/// What the plan costs.
fn price(problem: &Problem, by: &[usize; LINES_MAX]) -> Tiers {
    let mut cost = Tiers::ZERO;
    for (line, &node) in by.iter().enumerate().take(problem.lines) {
        if node == NOBODY {
            cost = cost.plus(problem.unfilled(line));
        } else {
            cost = cost.plus(problem.whole(line * problem.nodes + node, problem.need[line]));
            if !by[..line].contains(&node) {
                cost = cost.plus(problem.open[node]);
            }
        }
    }
    let single = by[0] != NOBODY && by[..problem.lines].iter().all(|&node| node == by[0]);
    if single { cost } else { cost.plus(problem.not_single) }
}

/// The costs of a problem, in tiers.
#[derive(Clone, Debug, Default)]
struct Raw {
    /// `[node * lines + line]`, cost of the whole line there; any value where the node has no room for it.
    cost: Vec<Tiers>,
    /// Lines that a node can give, as a mask.
    can: Vec<usize>,
    none: [Tiers; LINES_MAX],
    /// By tier: the bits of every cost's magnitude.
    bits: [i64; 4],
    overflow: bool,
}

impl Raw {
    fn gather(&mut self, problem: &Problem) {
        let (lines, nodes) = (problem.lines, problem.nodes);
        self.cost.resize(lines * nodes, Tiers::ZERO);
        self.can.clear();
        self.can.resize(nodes, 0);
        (self.bits, self.overflow) = ([0; 4], false);
        for line in 0..lines {
            let (need, from) = (problem.need[line], line * nodes);
            self.none[line] = problem.unfilled(line);
            let rooms = &problem.room[from..from + nodes];
            for (node, _) in rooms.iter().enumerate().filter(|(_, room)| **room >= need) {
                let part = &problem.part[from + node].0;
                let unit = problem.unit.get(from + node).map_or([0; 4], |unit| unit.0);
                let mut cost = [0; 4];
                for at in 0..4 {
                    let (units, over) = unit[at].overflowing_mul(need);
                    let (sum, above) = units.overflowing_add(part[at]);
                    cost[at] = sum;
                    self.overflow |= over | above;
                    self.bits[at] |= sum ^ (sum >> 63);
                }
                self.cost[node * lines + line] = Tiers(cost);
                self.can[node] |= 1 << line;
            }
        }
        let others = self.none[..lines].iter().chain(&problem.open).chain([&problem.not_single]);
        for cost in others {
            for at in 0..4 {
                self.bits[at] |= cost.0[at] ^ (cost.0[at] >> 63);
            }
        }
        if self.overflow {
            // Rare: again, with sums that saturate.
            for (at, cost) in self.cost.iter_mut().enumerate() {
                let (node, line) = (at / lines, at % lines);
                *cost = problem.whole(line * nodes + node, problem.need[line]);
            }
        }
    }

    /// How to write four tiers as one number, if they fit.
    fn scale(&self) -> Option<Scale> {
        // A sum has fewer than 32 terms, and a sign.
        let width = |bits: i64| if bits == 0 { 0 } else { 64 - bits.leading_zeros() + 6 };
        let [a, b, c, d] = self.bits.map(width);
        let fits = !self.overflow && a + b <= 60 && c + d <= 60;
        fits.then(|| Scale { upper: 1 << b, lower: 1 << d })
    }
}

/// Two tiers a half: `first * upper + second`, then `third * lower + fourth`.
struct Scale {
    upper: i64,
    lower: i64,
}

impl Scale {
    #[inline]
    fn pack(&self, cost: &Tiers) -> i128 {
        let [a, b, c, d] = cost.0;
        let upper = a.wrapping_mul(self.upper).wrapping_add(b);
        let lower = c.wrapping_mul(self.lower).wrapping_add(d);
        (i128::from(upper) << 64).wrapping_add(i128::from(lower))
    }
}

/// A cost that the joint decision can work with.
trait Cost: Copy + Ord {
    const ZERO: Self;
    /// More than any plan costs, even with a few costs added.
    const HIGH: Self;
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
}

impl Cost for i128 {
    const ZERO: i128 = 0;
    const HIGH: i128 = i128::MAX >> 2;
    #[inline]
    fn plus(self, other: i128) -> i128 {
        self.wrapping_add(other)
    }
    #[inline]
    fn minus(self, other: i128) -> i128 {
        self.wrapping_sub(other)
    }
}

impl Cost for Tiers {
    const ZERO: Tiers = Tiers::ZERO;
    const HIGH: Tiers = Tiers::MAX;
    #[inline]
    fn plus(self, other: Tiers) -> Tiers {
        Tiers::plus(self, other)
    }
    #[inline]
    fn minus(self, other: Tiers) -> Tiers {
        Tiers::minus(self, other)
    }
}

/// The joint decision over costs of one kind.
#[derive(Clone, Debug)]
struct Table<C> {
    lines: usize,
    /// `[node * lines + line]`, `HIGH` where the node has no room.
    cost: Vec<C>,
    open: Vec<C>,
    /// Lines that a node may usefully give, as a mask.
    can: Vec<usize>,
    none: [C; LINES_MAX],
    /// Least cost of each line, opening aside.
    least: [C; LINES_MAX],
    not_single: C,
    group: [C; MASKS],
    sum: [C; MASKS],
    /// `[layer * MASKS + mask]`: one layer, or one for each number of nodes where that is limited.
    best: Vec<C>,
}

impl<C: Cost> Default for Table<C> {
    fn default() -> Self {
        let (each, masks) = ([C::ZERO; LINES_MAX], [C::ZERO; MASKS]);
        Table {
            lines: 0,
            cost: Vec::new(),
            open: Vec::new(),
            can: Vec::new(),
            none: each,
            least: each,
            not_single: C::ZERO,
            group: masks,
            sum: masks,
            best: Vec::new(),
        }
    }
}

impl<C: Cost> Table<C> {
    fn solve(&mut self, problem: &Problem, raw: &Raw, cost: impl Fn(&Tiers) -> C) -> [usize; LINES_MAX] {
        self.prepare(problem, raw, cost);
        let (limit, by) = self.at_most_one();
        let mut opens = [C::HIGH; 2];
        for (&open, _) in self.open.iter().zip(&self.can).filter(|(_, can)| **can != 0) {
            if open < opens[0] {
                opens = [open, opens[0]];
            } else if open < opens[1] {
                opens[1] = open;
            }
        }
        // What each line costs at least, and two nodes to open.
        let least = self.least[..self.lines].iter().fold(self.not_single, |sum, &one| sum.plus(one));
        let most = problem.nodes_max.min(problem.nodes);
        if most == 1 || least.plus(opens[0]).plus(opens[1]) >= limit {
            return by;
        }
        self.trim(least, limit);
        self.groups();
        let layers = if most < self.lines { most } else { 0 };
        self.partition(layers);
        let top = layers * MASKS;
        let all = (1 << self.lines) - 1;
        if self.best[top + all].plus(self.not_single) >= limit { by } else { self.trace(top) }
    }

    fn prepare(&mut self, problem: &Problem, raw: &Raw, cost: impl Fn(&Tiers) -> C) {
        let lines = problem.lines;
        self.lines = lines;
        self.not_single = cost(&problem.not_single);
        for line in 0..lines {
            self.none[line] = cost(&raw.none[line]);
            self.least[line] = self.none[line];
        }
        self.can.clone_from(&raw.can);
        self.open.clear();
        self.open.extend(problem.open.iter().map(&cost));
        self.cost.clear();
        for (costs, &can) in raw.cost.chunks_exact(lines).zip(&raw.can) {
            for (line, one) in costs.iter().enumerate() {
                let mut packed = C::HIGH;
                if can >> line & 1 == 1 {
                    packed = cost(one);
                    if packed < self.least[line] {
                        self.least[line] = packed;
                    }
                }
                self.cost.push(packed);
            }
        }
    }

    /// The best plan of no node or one.
    fn at_most_one(&self) -> (C, [usize; LINES_MAX]) {
        let all = (1 << self.lines) - 1;
        let none = &self.none[..self.lines];
        let mut best = none.iter().fold(self.not_single, |sum, &none| sum.plus(none));
        let (mut by, mut given) = (NOBODY, 0);
        let nodes = self.cost.chunks_exact(self.lines).zip(&self.open).zip(&self.can);
        for (node, ((costs, &open), &can)) in nodes.enumerate().filter(|(_, (_, can))| **can != 0) {
            let (mut gives, mut some, mut whole) = (0, open, open);
            for (line, (&cost, &none)) in costs.iter().zip(none).enumerate() {
                // No room costs more than to leave the line.
                let pays = cost <= none;
                gives |= usize::from(pays) << line;
                some = some.plus(if pays { cost } else { none });
                whole = whole.plus(cost);
            }
            if gives != all {
                some = some.plus(self.not_single);
            }
            if can == all && whole <= some {
                (gives, some) = (all, whole);
            }
            if some < best || (by == NOBODY && gives != 0 && some == best) {
                (best, by, given) = (some, node, gives);
            }
        }
        let mut plan = [NOBODY; LINES_MAX];
        for (line, giver) in plan.iter_mut().enumerate() {
            if given >> line & 1 == 1 {
                *giver = by;
            }
        }
        (best, plan)
    }

    /// Takes out of `can` the lines that a plan below `limit` cannot take from the node.
    fn trim(&mut self, least: C, limit: C) {
        let nodes = self.cost.chunks_exact(self.lines).zip(&self.open).zip(&mut self.can);
        for ((costs, &open), can) in nodes {
            let left = limit.minus(least).minus(open);
            for (line, &cost) in costs.iter().enumerate() {
                let hopeless = cost > self.none[line] || cost.minus(self.least[line]) >= left;
                *can &= !(usize::from(hopeless) << line);
            }
        }
    }

    /// Fills `group`: the cheapest single node for each set of lines.
    fn groups(&mut self) {
        self.group[..1 << self.lines].fill(C::HIGH);
        let nodes = self.cost.chunks_exact(self.lines).zip(&self.open).zip(&self.can);
        for ((costs, &open), &can) in nodes {
            let mut mask = 0;
            self.sum[0] = open;
            loop {
                // The next subset of `can`, upwards, so that its own subsets are summed already.
                mask = (mask | !can).wrapping_add(1) & can;
                if mask == 0 {
                    break;
                }
                let cost = self.sum[mask & (mask - 1)].plus(costs[low(mask)]);
                self.sum[mask] = cost;
                if cost < self.group[mask] {
                    self.group[mask] = cost;
                }
            }
        }
    }

    /// Fills `best`: unlimited in one layer, or by number of nodes in layers 0 to `layers`.
    fn partition(&mut self, layers: usize) {
        self.best.clear();
        self.best.resize((layers + 1) * MASKS, C::ZERO);
        for layer in 0..=layers {
            let (at, below) = (layer * MASKS, layer.saturating_sub(1) * MASKS);
            for mask in 1..1_usize << self.lines {
                let rest = mask & (mask - 1);
                let mut best = self.none[low(mask)].plus(self.best[at + rest]);
                let mut sub = rest;
                // Layer 0 of a limited table opens nothing.
                let opens = layer > 0 || layers == 0;
                loop {
                    let group = self.group[mask & !sub];
                    if opens && group < C::HIGH {
                        best = best.min(group.plus(self.best[below + sub]));
                    }
                    if sub == 0 {
                        break;
                    }
                    sub = (sub - 1) & rest;
                }
                self.best[at + mask] = best;
            }
        }
    }

    /// Who gives each line in the plan that `best` holds in the layer at `top`: a node rather than nobody,
    /// the largest group first, of each the lowest node.
    fn trace(&self, top: usize) -> [usize; LINES_MAX] {
        let mut by = [NOBODY; LINES_MAX];
        let (mut mask, mut at) = ((1_usize << self.lines) - 1, top);
        while mask != 0 {
            let rest = mask & (mask - 1);
            let below = at.saturating_sub(MASKS);
            let spent = top > 0 && at == 0;
            if let Some((node, after)) = self.group_of(mask, at, below).filter(|_| !spent) {
                for (line, giver) in by.iter_mut().enumerate() {
                    if (mask & !after) >> line & 1 == 1 {
                        *giver = node;
                    }
                }
                (mask, at) = (after, below);
            } else {
                mask = rest;
            }
        }
        by
    }

    /// The group of the lowest line of `mask` in the best parting of it, and the lines it leaves.
    fn group_of(&self, mask: usize, at: usize, below: usize) -> Option<(usize, usize)> {
        let rest = mask & (mask - 1);
        let mut after = 0;
        loop {
            let group = self.group[mask & !after];
            if group < C::HIGH && group.plus(self.best[below + after]) == self.best[at + mask] {
                return self.giver(mask & !after).map(|node| (node, after));
            }
            after = after.wrapping_sub(rest) & rest;
            if after == 0 {
                return None;
            }
        }
    }

    /// The lowest node that gives the set of lines at the cost of its group.
    fn giver(&self, mask: usize) -> Option<usize> {
        let mut nodes = self.cost.chunks_exact(self.lines).zip(&self.open).zip(&self.can);
        nodes.position(|((costs, &open), &can)| {
            let lines = costs.iter().enumerate().filter(|(line, _)| mask >> line & 1 == 1);
            let sum = || lines.fold(open, |sum, (_, &cost)| sum.plus(cost));
            can & mask == mask && sum() == self.group[mask]
        })
    }
}

/// The lowest line of a set.
#[inline]
fn low(mask: usize) -> usize {
    usize::try_from(mask.trailing_zeros()).unwrap_or(0)
}
