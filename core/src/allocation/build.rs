//! From a demand set to a problem, and from its solution back to a plan.

use super::problem::{Problem, Solution, SplitLines};
use super::solve::{Scratch, solve, solve_built};
use super::tiers::Tiers;
use super::{Decision, FallOut, PlacedLine};
use crate::catalog::{Catalog, NodeRow, NodeStatus};
use crate::policy::{CompiledSourcing, Lateness, LineSplit, Measure};
use crate::stock::{Cell, Stock};
use crate::value::geo::{Direction, Point};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::time::Instant;

/// What is asked for, by whom, to where, until when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demand<'a> {
    pub channel: ChannelId,
    pub to: Point,
    pub at: Instant,
    pub deliver_by: Instant,
    pub lines: &'a [PlacedLine],
    /// Reserved units that this decision replaces, and that it may give again.
    pub credit: &'a [(SkuId, NodeId, i64)],
}

/// What a decision reads.
#[derive(Clone, Copy)]
pub(crate) struct World<'a> {
    pub catalog: &'a Catalog,
    pub stock: &'a Stock,
    pub directions: &'a [Direction],
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
    };

    /// Begins anew, in place: an option that is built and then moved waits for its own stores.
    #[inline]
    pub(super) fn clear(&mut self, node: u32, at: Instant) {
        *self = Candidacy { node: NodeId(node), ship_at: at, arrive_at: at, ..Candidacy::BLANK };
    }

    /// Measures the way, if that has not been done.
    #[inline]
    pub(super) fn measure(&mut self, from: Direction, to: Direction) {
        if self.distance_mm == UNMEASURED {
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
}

/// A pair of need and node that fell out, or what it has.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pair {
    pub free: i64,
    pub out: Option<FallOut>,
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
    costs: Vec<Tiers>,
    /// The rule's terms that are being worked out.
    terms: Vec<(usize, Measure, i64)>,
    pub(super) to: Point,
    pub problem: Problem,
    pub solution: Solution,
    /// Candidates that give anything, ascending.
    pub used: Vec<usize>,
    /// Units of each part not yet given to a line, and each need's next part.
    pub left: Vec<i64>,
    pub next: Vec<usize>,
    /// What no part gives: position of the line, and units.
    pub short: Vec<(usize, i64)>,
    /// Pairs of need and node that could give.
    pub(super) able: u32,
    /// Whether reasons were kept: `pairs`, and every node's option.
    pub reasoned: bool,
    scratch: Scratch,
}

/// How much of a decision is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// The plan alone.
    Plan,
    /// Also why others fell out.
    Reasons,
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

/// A carrier's charge for a parcel, in whole micro-units.
pub(crate) fn carriage(base: Money, per_kg: Money, grams: i64) -> i64 {
    base.micros().saturating_add(num::mul_div(per_kg.micros(), grams, 1_000).unwrap_or(i64::MAX))
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
        self.reasoned = keep == Keep::Reasons || !self.decide_plainly(world, demand, rule);
        if self.reasoned {
            self.decide_fully(world, demand, rule);
        }
        self.mark_used();
    }

    /// Notes which candidates give anything.
    pub(super) fn mark_used(&mut self) {
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

    /// Builds the problem, with a reason for all that falls out, and solves it.
    fn decide_fully(&mut self, world: World<'_>, demand: &Demand<'_>, rule: &CompiledSourcing) {
        self.build(world, demand, rule);
        self.solve_built();
    }

    /// Solves the problem as it was built.
    pub(super) fn solve_built(&mut self) {
        solve_built(&self.problem, &mut self.scratch, &mut self.solution);
    }

    /// Builds the problem, with a reason for all that falls out.
    pub(super) fn build(&mut self, world: World<'_>, demand: &Demand<'_>, rule: &CompiledSourcing) {
        self.judge_nodes(world, demand, rule);
        self.size(rule);
        self.judge_pairs(world, demand, rule);
        self.price_pairs(world, rule);
        self.price_nodes(world.catalog, rule);
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

    /// Solves the same problem without one candidate: what it would cost.
    pub(crate) fn cost_without(&mut self, candidate: usize) -> Tiers {
        let mut without = self.problem.clone();
        let nodes = without.nodes;
        for room in without.room.iter_mut().skip(candidate).step_by(nodes.max(1)) {
            *room = 0;
        }
        let mut solution = Solution::default();
        solve(&without, &mut self.scratch, &mut solution);
        solution.cost
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
            });
        }
    }

    fn judge_nodes(&mut self, world: World<'_>, demand: &Demand<'_>, rule: &CompiledSourcing) {
        self.candidates.clear();
        // Where neither the rule nor a carrier asks how far it is, only nodes that can give are measured.
        let carried = world.catalog.service.len() > 0;
        let to = (carried || rule.distance_mm_max.is_some()).then(|| demand.to.direction());
        let weight = |sum: i64, need: &Need| sum.saturating_add(grams(need.weight_g, need.qty, need.scale));
        let weight = if carried { self.needs.iter().fold(0, weight) } else { 0 };
        // A day's capacity is asked for as if a node sent all of the order.
        let limited = world.catalog.is_limited;
        let units = |need: &Need| num::div_ceil(need.qty, need.scale.max(1)).unwrap_or(i64::MAX);
        let units = || self.needs.iter().map(units).fold(0, i64::saturating_add);
        let asked = if limited { (num::count(self.needs.len()), units()) } else { (0, 0) };
        self.options.resize(world.catalog.node.len().min(world.directions.len()), Candidacy::BLANK);
        let rows = world.catalog.node.iter().zip(world.directions);
        for (option, ((id, row), from)) in self.options.iter_mut().zip(rows) {
            option.clear(id, demand.at);
            if let Some(to) = to {
                option.distance_mm = from.distance_mm(to);
            }
            option.out = judge_node(world.catalog, demand, rule, row, weight, option);
            if limited && option.out.is_none() {
                option.out = super::capacity::fit_day(world, demand, rule, row, weight, asked, option);
            }
            if option.out.is_none() {
                self.candidates.push(num::index(id));
            }
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
        problem.open.clear();
        problem.open.resize(nodes, Tiers::ZERO);
        problem.need.clear();
        problem.need.extend(self.needs.iter().map(|need| need.qty));
        problem.room.clear();
        problem.not_single = Tiers::ZERO;
        self.pairs.clear();
    }

    fn judge_pairs(&mut self, world: World<'_>, demand: &Demand<'_>, rule: &CompiledSourcing) {
        let whole = rule.line_split == LineSplit::Never;
        let plain = demand.credit.is_empty() && !world.stock.is_guarded();
        for (line, need) in self.needs.iter().enumerate() {
            let least = if whole { need.qty } else { 1 };
            let from = self.pairs.len();
            let free_row = world.stock.cells.free_row(need.sku);
            if plain && rule.margin_min.is_none() {
                // Free units decide alone: the cells themselves are not read.
                self.pairs.extend(self.candidates.iter().map(|at| {
                    let free = free_row.get(*at).copied().unwrap_or(0);
                    let out = if free < least { Some(FallOut::NoStock) } else { None };
                    Pair { free: free.max(0), out }
                }));
            } else {
                for at in &self.candidates {
                    let Some(option) = self.options.get(*at) else { continue };
                    let free = free_row.get(*at).copied().unwrap_or(0);
                    let pair = if plain && free < least {
                        Pair { free: free.max(0), out: Some(FallOut::NoStock) }
                    } else {
                        let cell = world.stock.cells.get(need.sku, option.node);
                        judge_pair(world, demand, rule, need, option.node, cell)
                    };
                    self.pairs.push(pair);
                }
            }
            cap_need(world, demand, need, least, self.pairs.get_mut(from..).unwrap_or_default())
                .into_iter()
                .zip(self.problem.need.get_mut(line))
                .for_each(|(most, need)| *need = most);
            let judged = self.pairs.get(from..).unwrap_or_default();
            let room = |pair: &Pair| if pair.out.is_some() { 0 } else { pair.free.min(need.qty) };
            self.problem.room.extend(judged.iter().map(room));
        }
    }

    /// Enters what nodes cost for lines into the problem: once, and for each unit where lines may be split.
    fn price_pairs(&mut self, world: World<'_>, rule: &CompiledSourcing) {
        let whole = rule.line_split == LineSplit::Never;
        let (nodes, problem) = (self.candidates.len(), &mut self.problem);
        let mut to: Option<Direction> = None;
        // What depends on what a line asks for, and on the goods there.
        let of_pair =
            [Measure::Freight, Measure::Handling, Measure::Margin, Measure::Scarcity, Measure::BidPrice];
        let (bids, margin) = (rule.weighs(Measure::BidPrice), rule.weighs(Measure::Margin));
        self.terms.clear();
        let of_node = |measure: Measure| matches!(measure, Measure::DistanceKm | Measure::LatenessHours);
        self.terms.extend(rule.terms.iter().filter(|(_, measure, _)| of_node(*measure)));
        self.costs.clear();
        self.costs.resize(nodes, Tiers::ZERO);
        for ((column, at), cost) in self.candidates.iter().enumerate().zip(&mut self.costs) {
            let mut rooms = problem.room.chunks_exact(nodes.max(1));
            let gives = rooms.any(|row| row.get(column).is_some_and(|room| *room > 0));
            if let Some(option) = self.options.get_mut(*at).filter(|_| gives) {
                if option.distance_mm == UNMEASURED {
                    let from = world.directions.get(*at).copied().unwrap_or_default();
                    option.distance_mm = from.distance_mm(*to.get_or_insert_with(|| self.to.direction()));
                }
                for (tier, measure, weight) in self.terms.iter().copied() {
                    charge(cost, tier, node_term(measure, weight, option));
                }
            }
        }
        self.terms.clear();
        self.terms.extend(rule.terms.iter().filter(|(_, measure, _)| of_pair.contains(measure)));
        for need in &self.needs {
            let from = problem.part.len();
            problem.part.extend_from_slice(&self.costs);
            if !whole {
                problem.unit.resize(problem.part.len(), Tiers::ZERO);
            }
            if self.terms.is_empty() {
                continue;
            }
            for (column, at) in self.candidates.iter().enumerate() {
                let pair = from.saturating_add(column);
                let open = problem.room.get(pair).is_some_and(|room| *room > 0);
                let Some(option) = self.options.get(*at).filter(|_| open) else { continue };
                // Only a margin asks what the goods have cost.
                let cell =
                    if margin { world.stock.cells.get(need.sku, option.node) } else { Cell::default() };
                let free = self.pairs.get(pair).map_or(0, |pair| pair.free);
                let bid = if bids { world.stock.bid_price(need.sku, option.node) } else { 0 };
                let goods = Goods { value: cell.value, on_hand: cell.on_hand(), free, bid };
                let place = world.catalog.node.get(option.node.0);
                let mut each = Tiers::ZERO;
                for (tier, measure, weight) in self.terms.iter().copied() {
                    let qty = if whole { need.qty } else { 1 };
                    charge(&mut each, tier, pair_term(measure, weight, need, option, place, &goods, qty));
                }
                if let Some(unit) = problem.unit.get_mut(pair) {
                    *unit = each;
                } else if let Some(part) = problem.part.get_mut(pair) {
                    *part = part.plus(each);
                }
            }
        }
    }

    fn price_nodes(&mut self, catalog: &Catalog, rule: &CompiledSourcing) {
        let problem = &mut self.problem;
        for (tier, measure, weight) in rule.terms.iter().copied() {
            match measure {
                Measure::UnfilledLines => {
                    problem.short_line.iter_mut().for_each(|cost| charge(cost, tier, weight));
                }
                Measure::UnfilledUnits => {
                    for (cost, need) in problem.short_unit.iter_mut().zip(&self.needs) {
                        charge(cost, tier, unit_weight(weight, need));
                    }
                }
                Measure::NotSingle => charge(&mut problem.not_single, tier, weight),
                Measure::Shipments | Measure::Freight | Measure::Handling | Measure::NodePreference => {
                    for (cost, at) in problem.open.iter_mut().zip(&self.candidates) {
                        let Some(option) = self.options.get(*at) else { continue };
                        let row = catalog.node.get(option.node.0);
                        charge(cost, tier, opening(measure, weight, option, row));
                    }
                }
                Measure::DistanceKm
                | Measure::LatenessHours
                | Measure::Margin
                | Measure::Scarcity
                | Measure::BidPrice => {}
            }
        }
    }

    /// Why it is so, in brief.
    pub(crate) fn decision(&self, policy: u32, rule: u32, count: bool) -> Decision {
        let mut decision = Decision {
            policy,
            rule,
            cost: self.solution.cost.0,
            bound: self.solution.bound.0,
            proved: self.solution.cost == self.solution.bound,
            candidates: self.able,
            fell_out: Vec::new(),
        };
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
            decision.fell_out.sort_unstable();
        }
        decision
    }
}

/// Why a node cannot serve the demand at all; else when and how it would.
#[inline(always)]
pub(super) fn judge_node(
    catalog: &Catalog,
    demand: &Demand<'_>,
    rule: &CompiledSourcing,
    row: &NodeRow,
    weight: i64,
    option: &mut Candidacy,
) -> Option<FallOut> {
    if row.status == NodeStatus::Closed {
        Some(FallOut::Closed)
    } else if !rule.allows(option.node, row.kind) {
        Some(FallOut::NotEligible)
    } else if rule.distance_mm_max.is_some_and(|max| option.distance_mm > max) {
        Some(FallOut::TooFar)
    } else {
        dispatch(catalog, demand, rule.lateness, row, weight, option).err()
    }
}

/// How one node would serve a demand, late or not: for what is planned outside the solver.
pub(crate) fn travel(
    world: World<'_>,
    demand: &Demand<'_>,
    node: NodeId,
    weight: i64,
) -> Result<Candidacy, FallOut> {
    let row = world.catalog.node.get(node.0).ok_or(FallOut::NotEligible)?;
    let mut option = Candidacy {
        node,
        out: None,
        service: ServiceId::NONE,
        ship_at: demand.at,
        arrive_at: demand.at,
        distance_mm: row.place.distance_mm(demand.to),
        late_hours: 0,
        base: Money::ZERO,
        per_kg: Money::ZERO,
    };
    dispatch(world.catalog, demand, Lateness::Allowed, row, weight, &mut option)?;
    Ok(option)
}

/// When and how a node's parcel would travel.
#[inline(always)]
pub(super) fn dispatch(
    catalog: &Catalog,
    demand: &Demand<'_>,
    lateness: Lateness,
    row: &NodeRow,
    weight: i64,
    option: &mut Candidacy,
) -> Result<(), FallOut> {
    let ready = demand.at.plus_seconds(row.processing_s);
    option.ship_at = ready;
    if row.has_calendar {
        let cut_offs = catalog.cut_offs.get(option.node.0).map(Vec::as_slice).unwrap_or_default();
        let next = cut_offs.get(cut_offs.partition_point(|cut_off| *cut_off < ready));
        option.ship_at = *next.ok_or(FallOut::NoService)?;
    }
    option.arrive_at = option.ship_at;
    if catalog.service.len() > 0 {
        choose_service(catalog, demand, weight, ready, option)?;
    }
    if option.arrive_at > demand.deliver_by {
        if lateness == Lateness::Forbidden {
            return Err(FallOut::Late);
        }
        let late_s = option.arrive_at.seconds_since(demand.deliver_by);
        option.late_hours = num::div_ceil(late_s.max(1), 3_600).unwrap_or(i64::MAX);
    }
    Ok(())
}

/// The cheapest service that keeps the promise, else the fastest; priced for the whole order.
fn choose_service(
    catalog: &Catalog,
    demand: &Demand<'_>,
    weight: i64,
    ready: Instant,
    option: &mut Candidacy,
) -> Result<(), FallOut> {
    let leaves = option.ship_at;
    let own_cut_offs = catalog.has_service_cut_offs(option.node);
    let channel = catalog.channel.get(demand.channel.0);
    let allowed = channel.map(|row| row.services.as_slice()).unwrap_or_default();
    let mut best: Option<(bool, i64, i64, u32)> = None;
    for (id, service) in catalog.service.iter() {
        if !allowed.is_empty() && !allowed.contains(&ServiceId(id)) {
            continue;
        }
        let reach = |up_to_km: u32| i64::from(up_to_km).saturating_mul(1_000_000);
        let Some(zone) = service.zones.iter().find(|zone| reach(zone.up_to_km) >= option.distance_mm) else {
            continue;
        };
        let mut ship_at = leaves;
        if own_cut_offs {
            let cut_offs = catalog.cut_offs_of(option.node, ServiceId(id)).unwrap_or_default();
            let next = cut_offs.get(cut_offs.partition_point(|cut_off| *cut_off < ready));
            match next {
                Some(next) => ship_at = *next,
                None if catalog.cut_offs_of(option.node, ServiceId(id)).is_some() => continue,
                None => {}
            }
        }
        let arrive = ship_at.plus_seconds(i64::from(zone.transit_hours).saturating_mul(3_600));
        let price = carriage(zone.base, zone.per_kg, weight);
        let late = arrive > demand.deliver_by;
        let key = if late { (late, arrive.micros(), price, id) } else { (late, price, arrive.micros(), id) };
        if best.is_none_or(|known| key < known) {
            best = Some(key);
            option.service = ServiceId(id);
            option.arrive_at = arrive;
            option.ship_at = ship_at;
            (option.base, option.per_kg) = (zone.base, zone.per_kg);
        }
    }
    best.map(|_| ()).ok_or(FallOut::NoService)
}

/// The pool that a line would be taken from.
pub(crate) struct Goods {
    pub value: Money,
    pub on_hand: i64,
    pub free: i64,
    /// Bid price of a base unit, micro-units.
    pub bid: i64,
}

#[inline]
fn charge(cost: &mut Tiers, tier: usize, amount: i64) {
    if let Some(to) = cost.0.get_mut(tier) {
        *to = to.saturating_add(amount);
    }
}

/// The weight of a base unit, for a smallest one.
pub(super) fn unit_weight(weight: i64, need: &Need) -> i64 {
    if need.scale == 1 { weight } else { num::mul_div(weight, 1, need.scale).unwrap_or(0) }
}

#[inline]
fn weigh(weight: i64, amount: i64, per: i64) -> i64 {
    // Money is mostly weighed as it is.
    if weight == per {
        return amount;
    }
    num::mul_div(weight, amount, per).unwrap_or(if amount < 0 { i64::MIN } else { i64::MAX })
}

/// What it costs that a node ships at all.
pub(crate) fn opening(measure: Measure, weight: i64, option: &Candidacy, row: Option<&NodeRow>) -> i64 {
    match measure {
        Measure::Shipments => weight,
        Measure::Freight => weigh(weight, option.base.micros(), 1_000_000),
        Measure::Handling => weigh(weight, row.map_or(0, |r| r.handling_per_order.micros()), 1_000_000),
        Measure::NodePreference => weight.saturating_mul(row.map_or(0, |r| r.preference)),
        _ => 0,
    }
}

/// What it costs that a node gives to a line at all.
pub(crate) fn node_term(measure: Measure, weight: i64, option: &Candidacy) -> i64 {
    match measure {
        // Micro-units a kilometre times millimetres, by a million millimetres a kilometre.
        Measure::DistanceKm if weight == 1_000_000 => option.distance_mm,
        Measure::DistanceKm => weigh(weight, option.distance_mm, 1_000_000),
        Measure::LatenessHours => weight.saturating_mul(option.late_hours),
        _ => 0,
    }
}

/// What it costs that a node gives `qty` units to a line.
pub(crate) fn pair_term(
    measure: Measure,
    weight: i64,
    need: &Need,
    option: &Candidacy,
    row: Option<&NodeRow>,
    goods: &Goods,
    qty: i64,
) -> i64 {
    match measure {
        Measure::Freight => {
            let charge = carriage(Money::ZERO, option.per_kg, grams(need.weight_g, qty, need.scale));
            weigh(weight, charge, 1_000_000)
        }
        Measure::Handling => {
            let each = row.map_or(0, |r| r.handling_per_unit.micros());
            weigh(weight, num::mul_div(each, qty, need.scale).unwrap_or(i64::MAX), 1_000_000)
        }
        Measure::Margin => {
            let cost = num::mul_div(goods.value.micros(), qty, goods.on_hand.max(1)).unwrap_or(i64::MAX);
            let revenue = num::mul_div(need.price.micros(), qty, need.scale).unwrap_or(i64::MAX);
            weigh(weight, cost.saturating_sub(revenue), 1_000_000)
        }
        Measure::Scarcity => weigh(weight, qty, goods.free.max(1)),
        Measure::BidPrice => {
            weigh(weight, num::mul_div(goods.bid, qty, need.scale).unwrap_or(i64::MAX), 1_000_000)
        }
        _ => 0,
    }
}

/// What all nodes together may give, where a protection plan caps that below the need. Nodes fall out where
/// it does not suffice.
fn cap_need(
    world: World<'_>,
    demand: &Demand<'_>,
    need: &Need,
    least: i64,
    pairs: &mut [Pair],
) -> Option<i64> {
    if !world.stock.is_guarded() {
        return None;
    }
    let back = demand.credit.iter().filter(|(sku, ..)| *sku == need.sku).map(|(.., qty)| *qty);
    let most = world.stock.room_of(need.sku, demand.channel, back.fold(0, i64::saturating_add));
    for pair in pairs.iter_mut() {
        if most < least && pair.out.is_none() {
            pair.out = Some(FallOut::Protected);
        }
        pair.free = pair.free.min(most);
    }
    (most >= least && most < need.qty).then_some(most)
}

/// What a node has for a need, by its cell, and whether it may give.
fn judge_pair(
    world: World<'_>,
    demand: &Demand<'_>,
    rule: &CompiledSourcing,
    need: &Need,
    node: NodeId,
    mut cell: Cell,
) -> Pair {
    let back = demand.credit.iter().filter(|(s, n, _)| (*s, *n) == (need.sku, node));
    let back = back.map(|(.., qty)| *qty).fold(0, i64::saturating_add);
    cell.reserved = cell.reserved.saturating_sub(back);
    let (free, protected) = world.stock.room_for(need.sku, node, &cell, demand.channel, back);
    let enough = |qty: i64| if rule.line_split == LineSplit::Never { qty >= need.qty } else { qty > 0 };
    let mut pair = Pair { free, out: None };
    if !enough(free) {
        let kept = enough(free.saturating_add(protected));
        let used = [(demand.channel, back.saturating_neg())];
        let by_lot = kept && !enough(world.stock.dated_room(need.sku, node, demand.channel, &used));
        pair.out = Some(match (kept, by_lot) {
            (true, true) => FallOut::LotsShort,
            (true, false) => FallOut::Protected,
            (false, _) => FallOut::NoStock,
        });
    } else if let Some(least) = rule.margin_min {
        let cost = num::mul_div(cell.value.micros(), need.scale, cell.on_hand().max(1)).unwrap_or(0);
        if need.price.micros().saturating_sub(cost) < least.micros() {
            pair.out = Some(FallOut::MarginTooLow);
        }
    }
    pair
}
