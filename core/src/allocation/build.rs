//! From a demand set to a problem, and from its solution back to a plan.

use super::capacity::asked;
use super::lane::{Bring, Has};
use super::pair::{Pair, is_by_free_units};
use super::plain::Always;
use super::problem::{Problem, Solution, SplitLines};
use super::solve::{Scratch, solve, solve_built};
use super::terms::charge;
pub(super) use super::terms::{node_term, unit_weight};
use super::tiers::Tiers;
pub(super) use super::travel::judge_node;
pub(crate) use super::travel::travel;
use super::{Decision, Facts, FallOut, Left, Outside, PlacedLine};
pub(crate) use crate::catalog::carriage;
use crate::catalog::{Catalog, Heft};
use crate::policy::{CompiledSourcing, Completeness, LineSplit, Measure};
use crate::stock::{Load, Lots, Stock};
use crate::value::geo::{Direction, Point};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;

/// What is asked for, by whom, to where, until when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demand<'a> {
    pub channel: ChannelId,
    pub to: Point,
    pub at: Instant,
    pub deliver_by: Instant,
    pub lines: &'a [PlacedLine],
    /// Reserved units that this decision replaces, and that it may give again; negative where others decided
    /// with it have taken some. Ascending by SKU.
    pub credit: &'a [(SkuId, NodeId, i64)],
    /// What of lots is no longer asked for, and how they will lie.
    pub lots: Lots<'a>,
    /// What the order itself holds, ascending by SKU: nodes do not keep that from it.
    pub own: &'a [(SkuId, NodeId, i64)],
    /// What this decision frees of nodes' days; negative where others decided with it have booked some.
    pub days: &'a [(NodeId, i64, Load)],
    /// The order's number; empty where nothing is said of it.
    pub order: &'a str,
    /// Segment of the customer; empty = none.
    pub segment: &'a str,
    /// Where the customer picks up, or none.
    pub pickup: NodeId,
    /// Nodes that have rejected the order, wholly (no SKU) or for a SKU.
    pub excluded: &'a [(NodeId, SkuId)],
    /// The most that nodes may give of a SKU, whatever else they have: what lies in the lots that are named.
    pub caps: &'a [(SkuId, NodeId, i64)],
    /// A carrier service that does not go, or none.
    pub without: ServiceId,
    /// Whether other nodes may bring goods to the one that ships, where the rule lets them.
    pub brings: Bring,
}

impl<'a> Demand<'a> {
    /// What is asked for without further terms.
    pub(crate) fn plain(
        channel: ChannelId,
        to: Point,
        at: Instant,
        deliver_by: Instant,
        lines: &'a [PlacedLine],
    ) -> Demand<'a> {
        let (order, segment, pickup) = ("", "", NodeId::NONE);
        let (credit, own, days, excluded, caps) = (&[], &[], &[], &[], &[]);
        let without = ServiceId::NONE;
        let brings = Bring::Never;
        Demand {
            channel,
            to,
            at,
            deliver_by,
            lines,
            credit,
            lots: Lots::default(),
            own,
            days,
            order,
            segment,
            pickup,
            excluded,
            caps,
            without,
            brings,
        }
    }

    /// The most that a node may give of a SKU.
    pub(super) fn cap(&self, sku: SkuId, node: NodeId) -> i64 {
        debug_assert!(self.caps.is_sorted());
        let from = self.caps.partition_point(|(of, at, _)| (*of, *at) < (sku, node));
        let here = self.caps.iter().skip(from).take_while(|(of, at, _)| (*of, *at) == (sku, node));
        here.map(|(.., most)| (*most).max(0)).min().unwrap_or(i64::MAX)
    }

    pub(super) fn excludes(&self, node: NodeId, sku: SkuId) -> bool {
        self.excluded.contains(&(node, sku))
    }
}

/// What a decision reads.
#[derive(Clone, Copy)]
pub(crate) struct World<'a> {
    pub catalog: &'a Catalog,
    pub stock: &'a Stock,
    pub directions: &'a [Direction],
    /// Outside knowledge.
    pub outside: &'a Outside,
    /// What nodes have, where that is known from a record and not from the stock.
    pub facts: Option<&'a Facts>,
}

/// A node as it could serve the order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidacy {
    pub node: NodeId,
    pub out: Option<FallOut>,
    pub service: ServiceId,
    pub ship_at: Instant,
    pub arrive_at: Instant,
    pub distance_mm: i64,
    pub late_hours: i64,
    pub base: Money,
    pub per_kg: Money,
    /// What outside knowledge charges for the shipment, in micro-units.
    pub extra: i64,
    /// Whether its freight goes by a rate card: `base` and `per_kg` are then what adds up of it.
    pub carded: bool,
    /// Cubic millimetres by which what adds up counts a gram; 0 = by weight.
    pub by_volume: i64,
    /// What the parcel costs more than its service says, in micro-units.
    pub change: i64,
    /// How likely the node rejects what is planned, in millionths; where the rule weighs that.
    pub risk: i64,
    /// Share of its day for returns that is taken, in millionths.
    pub load: i64,
    /// The node that brings it what it lacks, or none; the cost of the transfer and of a base unit in it, in
    /// micro-units.
    pub from: NodeId,
    pub bring: i64,
    pub bring_each: i64,
    /// What the node itself counts as having, where another brings the rest.
    pub has: Has,
}

impl Candidacy {
    pub(super) const BLANK: Candidacy = Candidacy {
        node: NodeId::NONE,
        out: None,
        service: ServiceId::NONE,
        ship_at: Instant::START,
        arrive_at: Instant::START,
        distance_mm: UNMEASURED,
        late_hours: 0,
        base: Money::ZERO,
        per_kg: Money::ZERO,
        extra: 0,
        carded: false,
        by_volume: 0,
        change: 0,
        risk: 0,
        load: 0,
        from: NodeId::NONE,
        bring: 0,
        bring_each: 0,
        has: Has::All,
    };

    /// Begins anew, in place: an option that is built and then moved waits for its own stores.
    #[inline]
    pub(super) fn clear(&mut self, node: u32, at: Instant) {
        *self = Candidacy { node: NodeId(node), ship_at: at, arrive_at: at, ..Candidacy::BLANK };
    }

    /// Adds what a record and outside knowledge say of the shipment.
    pub(super) fn charge(&mut self, world: World<'_>, demand: &Demand<'_>, rule: &CompiledSourcing) {
        if world.facts.is_some() {
            self.change = world.freight_change(self.node);
            let base = self.base.micros().saturating_add(self.change);
            // However much less it costs, a parcel never earns.
            self.base = Money::from_micros(base.max(0));
            self.load = world.load_of_returns(self.node);
        }
        if rule.weighs(Measure::ExtraCost) {
            self.extra = world.shipment_extra(demand, self.node);
        }
        if rule.weighs(Measure::RejectionRisk) {
            self.risk = world.catalog.reject_ppm(self.node);
        }
    }

    #[inline]
    pub(super) fn is_unmeasured(&self) -> bool {
        self.distance_mm == UNMEASURED
    }

    /// Measures the way, if that has not been done.
    #[inline]
    pub(super) fn measure(&mut self, from: Direction, to: Direction) {
        if self.is_unmeasured() {
            self.distance_mm = from.distance_mm(to);
        }
    }
}

/// A SKU of the demand set: equal SKUs are one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Need {
    pub sku: SkuId,
    pub qty: i64,
    /// Price of a base unit, averaged over the lines of this SKU.
    pub price: Money,
    pub scale: i64,
    pub weight_g: i64,
    /// Cubic millimetres of a base unit, where a service asks for that.
    pub volume_mm3: i64,
    pub group: u32,
}

/// The decision's working memory, kept from order to order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Allocator {
    pub options: Vec<Candidacy>,
    pub needs: Vec<Need>,
    /// The need of each line.
    pub need_of: Vec<usize>,
    /// Candidates: index into `options`.
    pub candidates: Vec<usize>,
    /// By need and candidate.
    pub pairs: Vec<Pair>,
    /// What each candidate costs once for a line that it gives to, whatever the line.
    pub(super) costs: Vec<Tiers>,
    pub(super) to: Point,
    pub problem: Problem,
    pub solution: Solution,
    /// Candidates that give anything, ascending.
    pub used: Vec<usize>,
    /// What all nodes together may give, by need, where a protection plan over all nodes caps that.
    pub most: Vec<Option<i64>>,
    /// Units of each part not yet given to a line, and each need's next part.
    pub left: Vec<i64>,
    pub next: Vec<usize>,
    /// What no part gives: position of the line, and units.
    pub short: Vec<(usize, i64)>,
    /// Pairs of need and node that could give.
    pub(super) able: u32,
    /// Whether reasons were kept: `pairs`, and every node's option.
    pub reasoned: bool,
    /// How many of the rule's relaxations the plan needs.
    pub relaxed: usize,
    /// Whether the order comes whole or not at all.
    pub(super) whole: bool,
    /// Whether freight does not add up over lines.
    pub(super) carded: bool,
    scratch: Scratch,
    /// For plain cases: nodes that always serve, and how far each is.
    pub(super) always: Always,
    pub(super) gaps: Vec<u64>,
}

/// How much of a decision is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// The plan alone.
    Plan,
    /// Also why others fell out.
    Reasons,
}

/// Which nodes and pairs a problem begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judged {
    /// All, each with the reason why it falls out.
    All,
    /// Only those that can give some whole line, where free units decide that alone.
    Able,
}

/// What a line left unfilled costs besides, where an order of so many comes whole or not at all: more than
/// all else, and all of them together stay within the range.
pub(super) fn incomplete(lines: usize) -> i64 {
    (1i64 << 62).checked_div(num::count(lines).max(512)).unwrap_or(0)
}

/// The distance of a node that nothing has asked for yet.
const UNMEASURED: i64 = -1;

/// Grams of `qty` smallest units, rounded up.
pub(crate) fn grams(weight_g: i64, qty: i64, scale: i64) -> i64 {
    if scale == 1 {
        return weight_g.saturating_mul(qty);
    }
    num::div_ceil(weight_g.saturating_mul(qty), scale).unwrap_or(i64::MAX)
}

impl Allocator {
    /// Decides: afterwards `solution` holds the plan over `needs` and `candidates`.
    pub(crate) fn decide(
        &mut self,
        world: World<'_>,
        demand: &Demand<'_>,
        rule: &CompiledSourcing,
        keep: Keep,
    ) {
        self.to = demand.to;
        self.join(world.catalog, demand);
        self.relaxed = 0;
        let plainly = keep == Keep::Plan && demand.excluded.is_empty() && demand.pickup == NodeId::NONE;
        let plainly = plainly && !(rule.brings && demand.brings != Bring::Never);
        self.reasoned = !plainly || !self.decide_plainly(world, demand, rule);
        if self.reasoned {
            self.decide_fully(world, demand, rule, None, keep);
        }
        if !rule.relaxed.is_empty() && self.unfilled() > 0 {
            self.give_way(world, demand, rule, None);
        }
        self.mark_used();
    }

    /// Notes which candidates give anything.
    fn mark_used(&mut self) {
        self.used.clear();
        for part in &self.solution.parts {
            // Parts come by line, and most plans use one node.
            if self.used.last() != Some(&part.node) {
                self.used.push(part.node);
            }
        }
        if self.used.len() > 1 {
            self.used.sort_unstable();
            self.used.dedup();
        }
    }

    /// Units that the solution leaves unfilled.
    fn unfilled(&self) -> i64 {
        self.short_of(&self.solution)
    }

    fn short_of(&self, solution: &Solution) -> i64 {
        let asked = self.needs.iter().map(|need| need.qty).fold(0, i64::saturating_add);
        solution.parts.iter().map(|part| part.qty).fold(asked, i64::saturating_sub)
    }

    /// Relaxes the rule, in its declared order and no further than is of use: of what fills most units, the
    /// least relaxed (D365 drops all soft rules at once for what is left over; here they go one by one).
    fn give_way(
        &mut self,
        world: World<'_>,
        demand: &Demand<'_>,
        rule: &CompiledSourcing,
        left: Option<&Left>,
    ) {
        self.reasoned = true;
        let (mut best, mut least) = (0usize, self.unfilled());
        for (count, relaxed) in (1usize..).zip(&rule.relaxed) {
            self.decide_fully(world, demand, relaxed, left, Keep::Reasons);
            let unfilled = self.unfilled();
            if unfilled < least {
                (best, least) = (count, unfilled);
            }
            if least == 0 {
                break;
            }
        }
        self.relaxed = best;
        self.decide_fully(world, demand, rule.with_relaxed(best), left, Keep::Reasons);
    }

    /// Decides one order of a batch within what is left for it.
    pub(crate) fn decide_within(
        &mut self,
        world: World<'_>,
        demand: &Demand<'_>,
        rule: &CompiledSourcing,
        left: &Left,
    ) {
        self.to = demand.to;
        self.join(world.catalog, demand);
        self.relaxed = 0;
        self.reasoned = true;
        self.decide_fully(world, demand, rule, Some(left), Keep::Reasons);
        if !rule.relaxed.is_empty() && self.unfilled() > 0 {
            self.give_way(world, demand, rule, Some(left));
        }
        self.mark_used();
    }

    /// Builds the problem, with a reason for all that falls out, and solves it, within what is left if others
    /// take part. Where only the plan is kept, no more of the problem is built than decides it.
    fn decide_fully(
        &mut self,
        world: World<'_>,
        demand: &Demand<'_>,
        rule: &CompiledSourcing,
        left: Option<&Left>,
        keep: Keep,
    ) {
        let single = keep == Keep::Plan && self.may_be_single(world.catalog, rule);
        let lanes = rule.brings && demand.brings != Bring::Never;
        let free =
            single && !lanes && is_by_free_units(world, demand, rule) && self.is_somewhere_whole(world);
        self.judge(world, demand, rule, if free { Judged::Able } else { Judged::All });
        if single && self.decide_singly(world, demand, rule) {
            (self.reasoned, self.carded) = (false, false);
            return;
        }
        if free {
            self.judge(world, demand, rule, Judged::All);
        }
        self.price_pairs(world, demand, rule);
        self.lay_cards(world.catalog, rule);
        if let Some(left) = left {
            self.narrow(left);
        }
        solve_built(&self.problem, &mut self.scratch, &mut self.solution);
        if self.carded {
            let mut solution = std::mem::take(&mut self.solution);
            self.recharge(&self.problem, world.catalog, rule, &mut solution);
            self.solution = solution;
        }
        if self.whole && self.unfilled() > 0 {
            give_nothing(&mut self.problem, &mut self.solution);
        }
    }

    /// Begins the problem: all but what lines cost at nodes.
    fn judge(&mut self, world: World<'_>, demand: &Demand<'_>, rule: &CompiledSourcing, judged: Judged) {
        self.judge_nodes(world, demand, rule, judged);
        self.size(rule);
        self.price_nodes(world.catalog, rule);
        self.whole = rule.completeness == Completeness::Whole;
        match judged {
            Judged::All => self.judge_pairs(world, demand, rule),
            Judged::Able => self.find_rooms(world),
        }
        // A pair that did not fall out has room.
        self.able = self.problem.room.iter().fold(0u32, |n, room| n.wrapping_add(u32::from(*room > 0)));
    }

    /// Measures the way from every node that has not been measured yet.
    pub(crate) fn measure(&mut self, world: World<'_>) {
        let to = self.to.direction();
        for (option, from) in self.options.iter_mut().zip(world.directions) {
            option.measure(*from, to);
        }
    }

    /// What a line left unfilled costs, whether or not the order must come whole.
    pub(super) fn unfilled_cost(&self, line: usize) -> Tiers {
        let mut cost = self.problem.unfilled(line);
        let each = incomplete(self.problem.lines);
        if self.whole && cost.0.first() >= Some(&each) {
            charge(&mut cost, 0, each.saturating_neg());
        }
        cost
    }

    /// Solves the same problem without one candidate.
    pub(crate) fn without(
        &mut self,
        catalog: &Catalog,
        rule: &CompiledSourcing,
        candidate: usize,
    ) -> Solution {
        let mut without = self.problem.clone();
        let nodes = without.nodes;
        for room in without.room.iter_mut().skip(candidate).step_by(nodes.max(1)) {
            *room = 0;
        }
        let mut solution = Solution::default();
        solve(&without, &mut self.scratch, &mut solution);
        self.recharge(&without, catalog, rule, &mut solution);
        if self.whole && self.short_of(&solution) > 0 {
            give_nothing(&mut without, &mut solution);
        }
        solution
    }

    /// A candidate's option.
    pub(super) fn option(&self, candidate: usize) -> Option<&Candidacy> {
        self.candidates.get(candidate).and_then(|at| self.options.get(*at))
    }

    /// Sums equal SKUs: the demand set is judged jointly.
    pub(super) fn join(&mut self, catalog: &Catalog, demand: &Demand<'_>) {
        self.needs.clear();
        self.need_of.clear();
        let mut sorted: Vec<u32> = Vec::new();
        let many = demand.lines.len() > 16;
        if many {
            sorted = demand.lines.iter().map(|line| line.sku.0).collect();
            sorted.sort_unstable();
            sorted.dedup();
        }
        let distinct = many && sorted.len() == demand.lines.len();
        for line in demand.lines {
            let known = if distinct { None } else { self.needs.iter().position(|need| need.sku == line.sku) };
            if let Some(at) = known {
                if let Some(need) = self.needs.get_mut(at) {
                    let worth =
                        |price: Money, qty| i128::from(price.micros()).saturating_mul(i128::from(qty));
                    let total = worth(need.price, need.qty).saturating_add(worth(line.price, line.qty));
                    need.qty = need.qty.saturating_add(line.qty);
                    let average = num::div_half_up(total, i128::from(need.qty.max(1)));
                    need.price = average.map(Money::from_micros).unwrap_or(need.price);
                }
                self.need_of.push(at);
                continue;
            }
            let row = catalog.sku.get(line.sku.0);
            self.need_of.push(self.needs.len());
            self.needs.push(Need {
                sku: line.sku,
                qty: line.qty,
                price: line.price,
                scale: row.map_or(1, |row| row.scale),
                weight_g: row.map_or(0, |row| row.weight_g),
                volume_mm3: catalog.volume_mm3(line.sku),
                group: row.map_or(0, |row| row.group),
            });
        }
    }

    fn judge_nodes(
        &mut self,
        world: World<'_>,
        demand: &Demand<'_>,
        rule: &CompiledSourcing,
        judged: Judged,
    ) {
        self.candidates.clear();
        // Where neither the rule nor a carrier asks how far it is, only nodes that can give are measured.
        let carried = world.catalog.service.len() > 0;
        let to = (carried || rule.spills || rule.distance_mm_max.is_some()).then(|| demand.to.direction());
        let weight = if carried { self.heft() } else { Heft::default() };
        let charged = rule.weighs(Measure::ExtraCost) || rule.weighs(Measure::RejectionRisk);
        // A day's capacity is asked for as if a node sent all of the order.
        let limited = world.facts.is_some() || world.catalog.is_limited;
        let asked = if limited { asked(world.catalog, demand.lines) } else { (0, 0) };
        self.options.resize(world.catalog.node.len().min(world.directions.len()), Candidacy::BLANK);
        let rows = world.catalog.node.iter().zip(world.directions);
        for (option, ((id, row), from)) in self.options.iter_mut().zip(rows) {
            if judged == Judged::Able && !has_any(&self.needs, world, num::index(id)) {
                continue;
            }
            option.clear(id, demand.at);
            if let Some(to) = to {
                option.distance_mm = from.distance_mm(to);
            }
            option.out = judge_node(world.catalog, demand, rule, row, weight, option);
            if limited && option.out.is_none() {
                option.out = super::capacity::fit_day(world, demand, rule, row, weight, asked, option);
            }
            if charged || world.facts.is_some() {
                option.charge(world, demand, rule);
            }
            if option.out.is_none() {
                self.candidates.push(num::index(id));
            }
        }
        if rule.brings && demand.brings != Bring::Never {
            self.judge_lanes(world, demand, rule);
        }
    }

    /// Sets the problem's dimensions.
    fn size(&mut self, rule: &CompiledSourcing) {
        let (lines, nodes) = (self.needs.len(), self.candidates.len());
        let problem = &mut self.problem;
        (problem.lines, problem.nodes) = (lines, nodes);
        problem.nodes_max = rule.nodes_max.min(nodes);
        problem.steps_max = rule.steps_max;
        problem.split_lines = match rule.line_split {
            LineSplit::Never => SplitLines::Never,
            LineSplit::Allowed => SplitLines::Allowed,
        };
        for table in [&mut problem.short_line, &mut problem.short_unit] {
            table.clear();
            table.resize(lines, Tiers::ZERO);
        }
        problem.part.clear();
        problem.unit.clear();
        problem.need.clear();
        problem.need.extend(self.needs.iter().map(|need| need.qty));
        problem.not_single = Tiers::ZERO;
    }

    /// Why it is so, in brief.
    pub(crate) fn tell(
        &self,
        policy: u32,
        number: u32,
        rule: &CompiledSourcing,
        count: bool,
        decision: &mut Decision,
    ) {
        (decision.policy, decision.rule) = (policy, number);
        (decision.cost, decision.bound) = (self.solution.cost.0, self.solution.bound.0);
        decision.proved = self.solution.cost == self.solution.bound;
        decision.candidates = self.able;
        decision.fell_out.clear();
        decision.relaxed.clear();
        decision.relaxed.extend(rule.relax.iter().take(self.relaxed));
        if count {
            let needs = num::id(self.needs.len());
            let mut add = |reason: FallOut, by: u32| match decision
                .fell_out
                .iter_mut()
                .find(|(known, _)| *known == reason)
            {
                Some((_, n)) => *n = n.saturating_add(by),
                None => decision.fell_out.push((reason, by)),
            };
            self.options.iter().filter_map(|option| option.out).for_each(|reason| add(reason, needs));
            self.pairs.iter().filter_map(|pair| pair.out).for_each(|reason| add(reason, 1));
            if !self.short.is_empty() {
                let pairs = (0..self.needs.len())
                    .flat_map(|need| (0..self.candidates.len()).map(move |at| (need, at)));
                pairs.filter_map(|(need, at)| self.withheld(need, at)).for_each(|reason| add(reason, 1));
            }
            decision.fell_out.put_in_order();
        }
    }
}

/// Whether a node has enough free units for any need.
#[inline]
fn has_any(needs: &[Need], world: World<'_>, at: usize) -> bool {
    needs.iter().any(|need| free_units(world, need, at) >= need.qty)
}

/// The free units that a node has of a need.
#[inline]
pub(super) fn free_units(world: World<'_>, need: &Need, at: usize) -> i64 {
    world.stock.cells.free_row(need.sku).get(at).copied().unwrap_or(0)
}

/// Whether what a node has for a demand is its free units, and nothing else is to be asked.
pub(super) fn is_plain(world: World<'_>, demand: &Demand<'_>) -> bool {
    let bare = demand.credit.is_empty() && demand.caps.is_empty();
    bare && !world.stock.is_guarded() && world.facts.is_none()
}

/// Whole or nothing, and whole cannot be: `price_nodes` made every shortage cost more than all else, so that
/// a solution which is short proves that none is complete (if the solver proved it).
fn give_nothing(problem: &mut Problem, solution: &mut Solution) {
    let each = incomplete(problem.lines);
    if problem.short_line.first().is_some_and(|cost| cost.0.first() >= Some(&each)) {
        problem.short_line.iter_mut().for_each(|cost| charge(cost, 0, each.saturating_neg()));
    }
    let proved = solution.cost == solution.bound;
    solution.parts.clear();
    let nothing = (0..problem.lines).fold(problem.not_single, |sum, line| sum.plus(problem.unfilled(line)));
    solution.cost = nothing;
    solution.bound = if proved { nothing } else { Tiers([i64::MIN; 4]) };
}
