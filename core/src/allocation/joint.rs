//! From many demand sets to one batch problem, and each order's decision within what the batch left it.
//!
//! Policies weigh in tiers, the batch engine in one number: tiers are compiled into it so that a unit of a
//! higher tier outweighs all that the whole batch could save in those below it. Where that would not fit a
//! number, the lowest tiers are told more coarsely; each order's own last decision weighs all of them
//! exactly.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "sums over at most a hundred thousand lines of costs that fit an i64, in i128; counts fit a u32"
)]

use super::batch::{BatchLine, BatchOffer, BatchOpening, BatchOrder, BatchProblem, BatchStock};
use super::build::{Allocator, Candidacy, World};
use super::lane::Has;
use super::problem::{Problem, Solution, SplitLines};
use super::tiers::{TIERS_MAX, Tiers};
use crate::value::ids::{NodeId, SkuId};
use crate::value::num;
use crate::value::sort::PutInOrder;
use std::collections::BTreeMap;

/// Largest compiled cost of one thing, and of all together.
const COST_MAX: i128 = 1 << 52;
const TOTAL_MAX: i128 = 1 << 60;

/// Units left at SKU and node; at no node, what is left over all nodes where a protection plan caps that.
pub(crate) type Left = BTreeMap<(SkuId, NodeId), i64>;

/// The key for what is still good at a node when lanes have brought the rest.
pub(crate) fn later(node: NodeId) -> NodeId {
    NodeId(NodeId::NONE.0.saturating_sub(1).saturating_sub(node.0))
}

/// A line as gathered: SKU, units, cost of leaving it, margin.
struct Line {
    sku: SkuId,
    qty: i64,
    unfilled: Tiers,
    margin: i64,
}

/// Orders gathered one by one.
#[derive(Default)]
pub(crate) struct Joint {
    orders: Vec<(u32, u8, Tiers, bool)>,
    lines: Vec<(u32, Line)>,
    offers: Vec<(u32, NodeId, Tiers)>,
    openings: Vec<(u32, NodeId, Tiers)>,
    /// Units that the batch may take, by SKU and node.
    pub rows: Left,
    /// What of them is still good when lanes have brought the rest.
    later: Left,
    /// Whether what any order may take counts, not what all may: the batch may then take more than it can.
    pub widest: bool,
    /// What each order costs if it has everything to itself.
    pub alone: Vec<Tiers>,
    /// Lanes by which goods are brought: from where to where. Each is a node beside those that there are.
    lanes: BTreeMap<(NodeId, NodeId, Has), u32>,
    /// Where what such a node offers lies, by line and node.
    pub elsewhere: Vec<(u32, u32, u32)>,
    /// Whether any order may split a line, which the batch engine does not.
    pub splits: bool,
    /// What nodes could give to such a line that have less than all of it, as if it were all of it.
    parts: Vec<(u32, NodeId, Tiers)>,
    /// Whether a part of a line may gain anything by being one.
    gains: bool,
    /// Whether of any order it is not known what it costs alone at least.
    pub unproved: bool,
    /// By how many tiers costs are told further down: what falls out below is left out.
    pub lowered: usize,
    /// The weight of money in the lowest tier then, in millionths, if it is not 1.
    pub money: Option<i64>,
    /// The most that a plan of one order could save by another, and what its costs are whole numbers of.
    single: [(i128, i64); TIERS_MAX],
}

/// What stands above all tiers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Above {
    Nothing,
    /// Nothing; and a tier outweighs twice what one order, not all of them, could save in those below it.
    Order,
    /// Margin lost.
    Margin,
    /// Orders that are not whole; the batch engine adds what that costs, here is only the room for it.
    Completeness,
}

impl Joint {
    /// Adds the order that the allocator has just decided on, alone; it stands for so many.
    pub(crate) fn add(&mut self, world: World<'_>, allocator: &Allocator, priority: u8, times: i64) {
        let problem = &allocator.problem;
        let most_of = &allocator.most;
        let (order, first) = (num::id(self.orders.len()), num::id(self.lines.len()));
        let (offers, openings) = (self.offers.len(), self.openings.len());
        let most = if problem.nodes_max < problem.nodes { num::id(problem.nodes_max) } else { 0 };
        self.orders.push((most, priority, self.told(problem.not_single, times), allocator.whole));
        self.splits |= problem.split_lines == SplitLines::Allowed;
        // Where nothing is proved, what was found is the best that is known.
        let Solution { cost, bound, .. } = &allocator.solution;
        let proved = *bound > Tiers([i64::MIN; TIERS_MAX]);
        self.unproved |= !proved;
        self.alone.push(if proved { (*cost).min(*bound) } else { *cost });
        let columns = self.columns(world, allocator);
        let node_of = |column: usize| columns.get(column).copied();
        for (at, need) in allocator.needs.iter().enumerate() {
            let cells = allocator.candidates.iter().filter_map(|at| allocator.options.get(*at));
            let cells = cells.map(|option| world.stock.cells.get(need.sku, option.node));
            let (mut value, mut units) = (0i64, 0i64);
            for cell in cells {
                value = value.saturating_add(cell.value.micros());
                units = units.saturating_add(cell.on_hand());
            }
            // At the mean cost of the units there are.
            let cost = num::mul_div(value, need.qty, units.max(1)).unwrap_or(0);
            let revenue = num::mul_div(need.price.micros(), need.qty, need.scale).unwrap_or(0);
            let unfilled = self.told(allocator.unfilled_cost(at), times);
            let qty = need.qty.saturating_mul(times);
            if let Some(most) = most_of.get(at).copied().flatten() {
                self.rows.insert((need.sku, NodeId::NONE), most);
            }
            self.lines
                .push((order, Line { sku: need.sku, qty, unfilled, margin: revenue.saturating_sub(cost) }));
            let line = first.saturating_add(num::id(at));
            for column in 0..problem.nodes {
                let pair = at.saturating_mul(problem.nodes).saturating_add(column);
                let (Some(node), Some(known)) = (node_of(column), allocator.pairs.get(pair)) else {
                    continue;
                };
                let lies_at = allocator.lies_at(at, column);
                let (here, later) = (problem.room.get(pair).copied(), allocator.leaves_later(at, column));
                if later && here.unwrap_or(0) <= 0 {
                    // A lane that is too slow for what lies there says nothing of faster ones.
                    continue;
                }
                // What the node keeps from this order it may give to another.
                let rows = if later { &mut self.later } else { &mut self.rows };
                let room = rows.entry((need.sku, lies_at)).or_insert(known.there);
                let widest = self.widest;
                *room = if widest { (*room).max(known.there) } else { (*room).min(known.there) };
                if problem.split_lines == SplitLines::Allowed {
                    self.add_part(problem, (line, at), (node, column), times);
                }
                if here.is_some_and(|room| room >= need.qty) {
                    let cost = self.told(problem.whole(pair, need.qty), times);
                    self.offers.push((line, node, cost));
                    if lies_at != node {
                        self.elsewhere.push((line, node.0, lies_at.0));
                    }
                }
            }
        }
        for (column, open) in problem.open.iter().enumerate() {
            if let Some(node) = node_of(column).filter(|_| *open != Tiers::ZERO) {
                self.openings.push((order, node, self.told(*open, times)));
            }
        }
        self.measure((first, offers, openings), times);
    }

    /// Adds what a node gives to a line in parts. It has to be taken from as often as its room goes into the
    /// line, and to be opened as often too, where nothing else opens it.
    fn add_part(
        &mut self,
        problem: &Problem,
        line: (u32, usize),
        (node, column): (NodeId, usize),
        times: i64,
    ) {
        let (line, at) = line;
        let pair = at.saturating_mul(problem.nodes).saturating_add(column);
        let need = problem.need.get(at).copied().unwrap_or(0);
        let room = problem.room.get(pair).copied().unwrap_or(0);
        let part = problem.part.get(pair).copied().unwrap_or(Tiers::ZERO);
        self.gains |= part < Tiers::ZERO;
        if !(1..need).contains(&room) {
            return;
        }
        let open = problem.open.get(column).copied().filter(|_| problem.lines == 1).unwrap_or(Tiers::ZERO);
        let mut cost = problem.whole(pair, need);
        for (sum, each) in cost.0.iter_mut().zip(part.plus(open).0) {
            let more = i128::from(each) * i128::from(need - room);
            *sum = sum.saturating_add(i64::try_from(more.div_euclid(i128::from(room))).unwrap_or(0));
        }
        self.parts.push((line, node, self.told(cost, times)));
    }

    /// The problem as one whose lines come in any parts, if that costs no more than the plans that there are.
    pub(crate) fn in_parts(&self, problem: &BatchProblem, scale: &Scale) -> Option<BatchProblem> {
        let mut parted = problem.clone();
        parted.offers.extend(self.parts.iter().map(|offer| scale.offer(offer)));
        parted.offers.put_in_order_by_key(|offer| (offer.line, offer.node));
        (!self.gains && self.elsewhere.is_empty()).then_some(parted)
    }

    /// The nodes of an order's candidates: a lane's is one of its own.
    fn columns(&mut self, world: World<'_>, allocator: &Allocator) -> Vec<NodeId> {
        let first = num::id(world.catalog.node.len());
        let options = allocator.candidates.iter().filter_map(|at| allocator.options.get(*at));
        let node = |option: &Candidacy| {
            if option.from == NodeId::NONE {
                return option.node;
            }
            let next = first.saturating_add(num::id(self.lanes.len()));
            NodeId(*self.lanes.entry((option.from, option.node, option.has)).or_insert(next))
        };
        options.map(node).collect()
    }

    /// Where what a node of the compiled problem gives to a line lies.
    pub(crate) fn lies_at(&self, line: u32, node: u32) -> NodeId {
        let known = self.elsewhere.binary_search_by_key(&(line, node), |(line, node, _)| (*line, *node));
        let known = known.ok().and_then(|at| self.elsewhere.get(at));
        NodeId(known.map_or(node, |(.., lies_at)| *lies_at))
    }

    /// A cost of so many orders, in the tiers where it counts.
    fn told(&self, cost: Tiers, times: i64) -> Tiers {
        let mut told = Tiers::ZERO;
        for (to, from) in told.0.iter_mut().skip(self.lowered).zip(cost.0) {
            *to = from.saturating_mul(times);
        }
        if let (Some(weight), Some(lowest)) = (self.money, told.0.last_mut()) {
            let money = (i128::from(*lowest) * 1_000_000).div_euclid(i128::from(weight.max(1)));
            *lowest = i64::try_from(money).unwrap_or(if money < 0 { i64::MIN } else { i64::MAX });
        }
        told
    }

    /// Notes what the last order, whose parts begin there, could save at most if it came but once.
    fn measure(&mut self, (line, offer, opening): (u32, usize, usize), times: i64) {
        let offers = self.offers.get(offer..).unwrap_or_default();
        let openings = self.openings.get(opening..).unwrap_or_default();
        let lines = self.lines.get(num::index(line)..).unwrap_or_default();
        let not_single = self.orders.last().map_or(Tiers::ZERO, |order| order.2);
        for (tier, (most, unit)) in self.single.iter_mut().enumerate() {
            let mut one = |cost: &Tiers| {
                let cost = cost.0.get(tier).map_or(0, |cost| cost / times.max(1));
                *unit = divisor(*unit, cost);
                i128::from(cost)
            };
            let open = openings.iter().map(|(_, _, cost)| one(cost)).fold(0, i128::max);
            let mut spread = one(&not_single);
            for (at, (_, asked)) in (line..).zip(lines) {
                let from = offers.partition_point(|(known, ..)| *known < at);
                let mine = offers.iter().skip(from).take_while(|(known, ..)| *known == at);
                let (low, high) = mine.map(|(_, _, cost)| one(cost)).chain([0]).fold((0, 0), low_high);
                let (low, high) = low_high((low, high), one(&asked.unfilled));
                spread += high - low + open;
            }
            *most = spread.max(*most);
        }
    }

    /// The batch problem over so many nodes and the lanes between them, and the weight of each tier.
    pub(crate) fn compile(&mut self, nodes: usize, above: Above) -> (BatchProblem, Scale) {
        if !self.lanes.is_empty() {
            // Orders meet lanes in another sequence than these were numbered in.
            self.offers.put_in_order_by_key(|(line, node, _)| (*line, *node));
            self.openings.put_in_order_by_key(|(order, node, _)| (*order, *node));
            self.elsewhere.put_in_order();
        }
        for ((sku, node), qty) in &self.later {
            self.rows.entry((*sku, *node)).or_insert(*qty);
            self.rows.insert((*sku, later(*node)), *qty);
        }
        let scale = self.scale(above);
        let mut problem = BatchProblem {
            // What a node can give in all is not limited here: stock is.
            capacity: vec![1 << 31; nodes.saturating_add(self.lanes.len())],
            ..BatchProblem::default()
        };
        for ((sku, node), qty) in self.rows.iter().filter(|((_, node), _)| num::index(node.0) < nodes) {
            problem.stock.push(BatchStock { sku: sku.0, node: node.0, qty: (*qty).max(0) });
        }
        for (most, priority, not_single, whole) in &self.orders {
            problem.orders.push(BatchOrder {
                nodes_max: *most,
                incomplete: 0,
                not_single: scale.pack(*not_single).max(0),
                priority: *priority,
                whole: *whole,
            });
        }
        for (order, line) in &self.lines {
            let margin = if above == Above::Margin { line.margin / scale.margin_unit.max(1) } else { 0 };
            let lost = scale.margin.saturating_mul(margin);
            let unfilled = scale.pack(line.unfilled).saturating_add(lost);
            problem.lines.push(BatchLine {
                order: *order,
                sku: line.sku.0,
                qty: line.qty,
                unfilled,
                margin: 0,
            });
        }
        problem.offers.extend(self.offers.iter().map(|offer| scale.offer(offer)));
        let opening = |(order, node, cost): &(u32, NodeId, Tiers)| BatchOpening {
            order: *order,
            node: node.0,
            cost: scale.pack(*cost).max(0),
        };
        problem.openings.extend(self.openings.iter().map(opening));
        (problem, scale)
    }

    /// Weights by which a tier outweighs twice what one order could save below it.
    fn scale_by_order(&self) -> Scale {
        let mut scale = Scale { margin_unit: 1, ..Scale::default() };
        let costs = self.orders.iter().map(|(_, _, cost, _)| cost);
        let costs = costs.chain(self.lines.iter().map(|(_, line)| &line.unfilled));
        let costs = costs.chain(self.offers.iter().chain(&self.openings).map(|(_, _, cost)| cost));
        let costs: Vec<&Tiers> = costs.collect();
        // Coarser, ten times at a time, until all fits.
        for coarse in (0..7u32).map(|zeros| 10i64.pow(zeros)) {
            let mut below = 0i128;
            for tier in (0..TIERS_MAX).rev() {
                let Some((most, unit)) = self.single.get(tier) else { continue };
                let lowest = tier + 1 == TIERS_MAX;
                let unit = if lowest { coarse } else { *unit };
                // Twice: once for what is saved now, once for what filling an order later costs.
                let weight = if lowest { 1 } else { 2 * below + 1 };
                let mine = weight.saturating_mul(*most / i128::from(unit.max(1)) + 1);
                below = below.saturating_add(mine).min(TOTAL_MAX * 4);
                let weight = i64::try_from(weight).unwrap_or(i64::MAX);
                scale.unit.iter_mut().skip(tier).take(1).for_each(|it| *it = unit);
                scale.weight.iter_mut().skip(tier).take(1).for_each(|it| *it = weight);
            }
            let packed = || costs.iter().map(|cost| i128::from(scale.pack(**cost)).abs());
            if packed().all(|cost| cost <= COST_MAX) && packed().sum::<i128>() <= TOTAL_MAX {
                break;
            }
        }
        scale
    }

    /// Weights by which no tier below can outweigh one above.
    fn scale(&self, above: Above) -> Scale {
        if above == Above::Order {
            return self.scale_by_order();
        }
        let mut unit = [0i64; TIERS_MAX];
        let mut range = [0i128; TIERS_MAX];
        let mut most = [0i128; TIERS_MAX];
        let costs = self.orders.iter().map(|(_, _, cost, _)| cost);
        let costs = costs.chain(self.lines.iter().map(|(_, line)| &line.unfilled));
        let costs = costs.chain(self.offers.iter().chain(&self.openings).map(|(_, _, cost)| cost));
        let costs = costs.chain(self.parts.iter().map(|(_, _, cost)| cost));
        for cost in costs {
            let tiers = unit.iter_mut().zip(&mut range).zip(&mut most).zip(&cost.0);
            for (((unit, range), most), amount) in tiers {
                *unit = divisor(*unit, *amount);
                *range += i128::from(amount.unsigned_abs());
                *most = (*most).max(i128::from(amount.unsigned_abs()));
            }
        }
        let margins = self.lines.iter().map(|(_, line)| i128::from(line.margin.unsigned_abs()));
        let (mut margin_sum, mut margin_most) = (0, 0);
        if above == Above::Completeness {
            (margin_sum, margin_most) = (self.orders.len() as i128, 1);
        }
        for amount in margins.filter(|_| above == Above::Margin) {
            margin_sum += amount;
            margin_most = amount.max(margin_most);
        }
        // The lowest tier keeps its own unit, in which prices are fine enough.
        let used = range.iter().rposition(|range| *range > 0);
        if let Some(unit) = used.and_then(|tier| unit.get_mut(tier)) {
            *unit = 1;
        }
        let margin_unit = if above == Above::Margin { 10_000 } else { 1 };
        let mut scale = Scale { unit, margin_unit, ..Scale::default() };
        // Coarser from the lowest tier up, ten times at a time, until all fits.
        for coarse in 0..64u32 {
            if scale.weigh(&range, &most, (margin_sum, margin_most)) {
                break;
            }
            let used = (0..TIERS_MAX).rev().filter(|tier| range.get(*tier).is_some_and(|range| *range > 0));
            let used: Vec<usize> = used.collect();
            let turn = used.get(num::index(coarse / 6)).or_else(|| used.last());
            if let Some(unit) = turn.and_then(|tier| scale.unit.get_mut(*tier)) {
                *unit = unit.saturating_mul(10);
            }
        }
        scale
    }
}

/// The least and the most so far.
fn low_high((low, high): (i128, i128), cost: i128) -> (i128, i128) {
    (low.min(cost), high.max(cost))
}

/// The greatest common divisor.
fn divisor(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a.saturating_abs(), b.saturating_abs());
    while b != 0 {
        (a, b) = (b, a.checked_rem(b).unwrap_or(0));
    }
    a
}

/// How tiers become one number: each in its unit, times its weight.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scale {
    unit: [i64; TIERS_MAX],
    weight: [i64; TIERS_MAX],
    margin: i64,
    margin_unit: i64,
}

impl Scale {
    fn offer(&self, (line, node, cost): &(u32, NodeId, Tiers)) -> BatchOffer {
        BatchOffer { line: *line, node: node.0, cost: self.pack(*cost) }
    }

    /// One number.
    pub(crate) fn pack(&self, cost: Tiers) -> i64 {
        let tiers = cost.0.iter().zip(&self.unit).zip(&self.weight);
        let part = |((amount, unit), weight): ((&i64, &i64), &i64)| {
            num::div_half_up(i128::from(*amount), i128::from((*unit).max(1)))
                .unwrap_or(0)
                .saturating_mul(*weight)
        };
        tiers.map(part).fold(0, i64::saturating_add)
    }

    /// The tiers of one number. All that lies below a tier counts less than half of its weight.
    pub(crate) fn unpack(&self, cost: i64) -> Tiers {
        let (mut rest, mut tiers) = (i128::from(cost), Tiers::ZERO);
        for ((tier, unit), weight) in tiers.0.iter_mut().zip(&self.unit).zip(&self.weight) {
            let weight = i128::from(*weight);
            if weight > 0 {
                let units = (2 * rest + weight).div_euclid(2 * weight);
                rest -= units * weight;
                *tier = i64::try_from(units * i128::from(*unit)).unwrap_or(i64::MAX);
            }
        }
        tiers
    }

    /// What the lowest tier was told in.
    pub(crate) fn lowest(&self) -> i64 {
        self.unit.last().copied().unwrap_or(1).max(1)
    }

    /// Sets weights for sums and single amounts of each tier; false if they do not fit.
    fn weigh(&mut self, range: &[i128; TIERS_MAX], most: &[i128; TIERS_MAX], margin: (i128, i128)) -> bool {
        let (mut weight, mut total, mut single) = (1i128, 0i128, 0i128);
        let mut step = |unit: i64, sum: i128, most: i128| {
            let unit = i128::from(unit.max(1));
            let mine = weight;
            // Rounding may add a half to each of the sum's parts, which counts as much again at most.
            let sum = sum / unit + 1;
            total = mine.saturating_mul(sum).saturating_add(total);
            single = mine.saturating_mul(most / unit + 1).saturating_add(single);
            weight = mine.saturating_mul(2 * sum + 1).min(TOTAL_MAX * 4);
            i64::try_from(mine).unwrap_or(i64::MAX)
        };
        for tier in (0..TIERS_MAX).rev() {
            let (Some(unit), Some(sum), Some(most)) = (self.unit.get(tier), range.get(tier), most.get(tier))
            else {
                continue;
            };
            if *sum > 0 {
                let mine = step(*unit, *sum, *most);
                if let Some(weight) = self.weight.get_mut(tier) {
                    *weight = mine;
                }
            }
        }
        self.margin = if margin.0 > 0 { step(self.margin_unit, margin.0, margin.1) } else { 0 };
        total <= TOTAL_MAX && single <= COST_MAX
    }
}

impl Joint {
    /// What each order would lose in margin if it got nothing.
    pub(crate) fn margin_of(&self, order: u32) -> i64 {
        let from = self.lines.partition_point(|(of, _)| *of < order);
        let lines = self.lines.iter().skip(from).take_while(|(of, _)| *of == order);
        lines.map(|(_, line)| line.margin).fold(0, i64::saturating_add)
    }
}

impl Allocator {
    /// Lowers the room of every pair to what is left, and what is needed to what is left over all nodes.
    pub(super) fn narrow(&mut self, left: &Left) {
        let (nodes, whole) = (self.problem.nodes, self.problem.split_lines == SplitLines::Never);
        for (at, need) in self.needs.iter().enumerate() {
            let asked = self.problem.need.get(at).copied().unwrap_or(0);
            let wide = left.get(&(need.sku, NodeId::NONE)).copied().unwrap_or(i64::MAX).max(0);
            // Less than a whole line is nothing to it.
            let wide = if whole && wide < asked { 0 } else { wide };
            for column in 0..nodes {
                let pair = at.saturating_mul(nodes).saturating_add(column);
                let lies_at = self.lies_at(at, column);
                let mut most = left.get(&(need.sku, lies_at)).copied().unwrap_or(0);
                if self.leaves_later(at, column) {
                    most = left.get(&(need.sku, later(lies_at))).map_or(most, |later| most.min(*later));
                }
                let known = self.pairs.get(pair).copied().unwrap_or_default();
                if let Some(room) = self.problem.room.get_mut(pair) {
                    *room = (*room).min(known.room_of(most).max(0)).min(wide);
                }
            }
            if let Some(asked) = self.problem.need.get_mut(at).filter(|_| wide > 0) {
                *asked = (*asked).min(wide);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Orders of two lines whose tiers fill the range of costs, so that there is no room above them.
    #[test]
    fn completeness_has_room_above_all_tiers() {
        let mut joint = Joint::default();
        for order in 0..40 {
            joint.orders.push((0, 0, Tiers::ZERO, false));
            for sku in 0..2 {
                let n = i64::from(2 * order + sku);
                let unfilled = Tiers([3_000_001 + n, 7_000_003 + n, 1_000_007 + n, 5 + n]);
                joint.lines.push((order, Line { sku: SkuId(sku), qty: 1, unfilled, margin: 0 }));
            }
        }
        let mut of = |above: Above| {
            let (problem, scale) = joint.compile(1, above);
            let all: i128 = problem.lines.iter().map(|line| i128::from(line.unfilled)).sum();
            (all, scale)
        };
        let (all, _) = of(Above::Nothing);
        assert!(all > 1 << 52, "else the case shows nothing: {all}");
        let (all, scale) = of(Above::Completeness);
        assert!(i128::from(scale.margin) > all && scale.margin <= 1 << 52, "{all}");
    }
}
