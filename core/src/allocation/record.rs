//! The decision record: all that a decision saw, and all that it came to.
//!
//! A record speaks in codes and carries its inputs, so that it can be checked anywhere: in another process,
//! on another machine, years later, without the book. The same inputs give the same outcome, bit for bit.

use super::build::{Allocator, Candidacy, Demand, Need, World, travel};
use super::capacity::{Day, asked, first_day};
use super::pair::{Pair, need_limits};
use super::problem::{Part, Solution};
use super::terms::{node_term, opening, pair_term, unit_weight};
use super::{FallOut, TermCost};
use crate::catalog::{Catalog, LaneRow, NodeKind, NodeRow, NodeStatus, TemperatureClass, Zone};
use crate::policy::{CompiledSourcing, LineSplit, Measure, Relaxed, Sourcing};
use crate::value::digest::Digest;
use crate::value::geo::Point;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::sort::PutInOrder;
use crate::value::table::Keys;
use crate::value::time::Instant;
use crate::value::wire::wire;
use std::hash::{Hash, Hasher};

/// The form of records that this release writes.
pub(super) const FORM: u16 = 1;
/// Cut-offs are kept from so many seconds before a parcel is ready until so many after: 4 and 16 days.
const CUT_OFFS_BEFORE: i64 = 345_600;
const CUT_OFFS_AFTER: i64 = 1_382_400;

wire! {
    /// A decision with its inputs: it can be checked without the book (see [`crate::recheck`]).
    pub struct DecisionRecord {
        /// Form of the record: 1.
        pub form: u16,
        /// Digest of the inputs: 16 hexadecimal digits.
        pub inputs_hash: String,
        /// All that the decision saw.
        pub inputs: DecisionInputs,
        /// All that it came to.
        pub outcome: DecisionOutcome,
    }

    /// All that a decision sees.
    pub struct DecisionInputs {
        /// Name of the policy.
        pub policy: String,
        /// Its number, counted from 1; 0 = the default policy.
        pub policy_number: u32,
        /// Name of the rule that decided, or `otherwise`.
        pub rule: String,
        /// The rule.
        pub sourcing: Sourcing,
        /// Number of the order.
        pub order: String,
        /// The channel.
        pub channel: String,
        /// Services that it may use; empty = all.
        pub channel_services: Vec<String>,
        /// Segment of the customer; empty = none.
        pub segment: String,
        /// Where the customer picks up, if so.
        pub pickup: Option<String>,
        /// Where it goes.
        pub to: Point,
        /// When it was decided.
        pub at: Instant,
        /// Promised delivery.
        pub deliver_by: Instant,
        /// What is needed: equal SKUs are one.
        pub needs: Vec<RecordedNeed>,
        /// All nodes.
        pub nodes: Vec<RecordedNode>,
        /// All carrier services.
        pub services: Vec<RecordedService>,
        /// Whether suppliers' own places serve orders although the rule does not name them.
        pub suppliers_serve: bool,
    }

    /// A lane as a decision sees it.
    pub struct RecordedLane {
        /// The node that brings the goods.
        pub from: String,
        /// As if it had been ordered then: when they are there, or later where days are full.
        pub there_at: Instant,
        /// Cost of a transfer.
        pub per_transfer: Money,
        /// Cost of a base unit in it.
        pub per_unit: Money,
    }

    /// Cut-offs of a carrier service at a node.
    pub struct RecordedCutOffs {
        /// The service.
        pub service: String,
        /// Its cut-offs around the time of the decision.
        pub cut_offs: Vec<Instant>,
    }

    /// A carrier service as a decision sees it.
    pub struct RecordedService {
        /// Its code.
        pub service: String,
        /// Its zones.
        pub zones: Vec<Zone>,
        /// Cubic millimetres that are charged as a gram; 0 = by weight alone.
        #[serde(default)]
        pub dim_divisor: i64,
    }

    /// All that a decision comes to.
    pub struct DecisionOutcome {
        /// Every node for every need, by node, then need.
        pub candidates: Vec<RecordedCandidate>,
        /// The chosen plan first; then the best without each of its nodes.
        pub plans: Vec<RecordedPlan>,
        /// No plan costs less, tier by tier, in micro-units.
        pub bound: Vec<i64>,
        /// How far the chosen plan may lie above the best, tier by tier.
        pub gap: Vec<i64>,
        /// Whether it is proved to be the best.
        pub proved: bool,
        /// What of the rule gave way.
        pub relaxed: Vec<Relaxed>,
    }

    /// A node for a need.
    pub struct RecordedCandidate {
        /// The node.
        pub node: String,
        /// The SKU.
        pub sku: String,
        /// Why it fell out, if it did.
        pub fell_out: Option<FallOut>,
        /// The limit that keeps the goods from it, if that is why.
        pub limit: Option<String>,
        /// The carrier service that it would use.
        pub service: Option<String>,
        /// When its parcel would leave.
        pub ship_at: Instant,
        /// When it would arrive.
        pub arrive_at: Instant,
        /// Distance in millimetres.
        pub distance_mm: i64,
        /// The node that would bring the goods first, if so.
        #[serde(default)]
        pub brought_from: Option<String>,
    }

    /// A plan and what it costs, term by term.
    pub struct RecordedPlan {
        /// The node that is left out, in an alternative.
        pub without: Option<String>,
        /// What comes from where.
        pub parts: Vec<RecordedPart>,
        /// What it costs, tier by tier, in micro-units.
        pub cost: Vec<i64>,
        /// The same, term by term, as the rule has them.
        pub terms: Vec<TermCost>,
    }

    /// Units of a SKU from a node.
    pub struct RecordedPart {
        /// The SKU.
        pub sku: String,
        /// The node.
        pub node: String,
        /// Units.
        pub qty: i64,
        /// The node that brings them there first, if so.
        #[serde(default)]
        pub brought_from: Option<String>,
    }
}

fn code(keys: &Keys<Box<str>>, id: u32) -> String {
    keys.get(id).map(|code| code.to_string()).unwrap_or_default()
}

/// What a record is called by, besides what the world tells.
pub(crate) struct Title<'a> {
    pub policy: &'a str,
    pub policy_number: u32,
    pub sourcing: &'a Sourcing,
}

/// What is needed of a SKU.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordedNeed {
    /// The SKU.
    pub sku: String,
    /// Its group.
    pub group: String,
    /// Units, in its smallest unit.
    pub qty: i64,
    /// Price of a base unit.
    pub price: Money,
    /// Decimals of the base unit.
    pub decimals: u8,
    /// Grams of a base unit.
    pub weight_g: i64,
    /// What all nodes together may give, where a protection plan caps that.
    pub most: Option<i64>,
    /// Cubic millimetres of a base unit, where a service charges by volume.
    #[serde(default)]
    pub volume_mm3: i64,
    /// UN class or division, where a limit asks for hazard or cold chain.
    #[serde(default)]
    pub hazard: String,
    /// The cold chain, likewise.
    #[serde(default)]
    pub temperature: TemperatureClass,
}

/// Hazard and cold chain came later: where no limit asks for them, a record keeps its hash.
impl Hash for RecordedNeed {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.sku, &self.group, self.qty, self.price, self.decimals).hash(state);
        (self.weight_g, self.most, self.volume_mm3).hash(state);
        if (self.hazard.as_str(), self.temperature) != ("", TemperatureClass::default()) {
            (&self.hazard, self.temperature).hash(state);
        }
    }
}

/// A node as a decision sees it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordedNode {
    /// Its code.
    pub node: String,
    /// Its kind.
    pub kind: NodeKind,
    /// Where it is.
    pub place: Point,
    /// Whether it works.
    pub status: NodeStatus,
    /// Cost of handling one shipment.
    pub handling_per_order: Money,
    /// Cost of handling one base unit.
    pub handling_per_unit: Money,
    /// Its preference.
    pub preference: i64,
    /// Seconds from the order to its readiness.
    pub processing_s: i64,
    /// Whether parcels wait for cut-offs; else they leave when they are ready.
    pub has_calendar: bool,
    /// Cut-offs around that time.
    pub cut_offs: Vec<Instant>,
    /// Cut-offs of services that have their own there.
    pub service_cut_offs: Vec<RecordedCutOffs>,
    /// What a parcel costs more than its service says: zero in what was recorded.
    pub freight_change: Money,
    /// What outside knowledge charges for the shipment.
    pub extra: Money,
    /// Whether it has rejected the order.
    pub rejected: bool,
    /// What it has, by need.
    pub goods: Vec<RecordedGoods>,
    /// As if it had been ordered then: the first day with capacity left, where the day itself is full.
    pub capacity_from: Option<Instant>,
    /// Whether all its days are full as far as is looked ahead.
    pub at_capacity: bool,
    /// Percent of what is planned from it that it rejects.
    #[serde(default)]
    pub reject_percent: Money,
    /// Lanes that may bring it goods, where the rule lets them.
    #[serde(default)]
    pub lanes: Vec<RecordedLane>,
    /// Share of its day for returns that is taken.
    #[serde(default)]
    pub load: Money,
}

/// Lanes and loads came later: where none is weighed, a record keeps its hash.
impl Hash for RecordedNode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.node, self.kind, self.place, self.status).hash(state);
        (self.handling_per_order, self.handling_per_unit, self.preference, self.processing_s).hash(state);
        (self.has_calendar, &self.cut_offs, &self.service_cut_offs, self.freight_change).hash(state);
        (self.extra, self.rejected, &self.goods, self.capacity_from, self.at_capacity).hash(state);
        self.reject_percent.hash(state);
        if !self.lanes.is_empty() {
            self.lanes.hash(state);
        }
        if self.load != Money::ZERO {
            ("load", self.load).hash(state);
        }
    }
}

/// What a node has of a need's SKU.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordedGoods {
    /// Units free for the order.
    pub free: i64,
    /// Units free but protected for other channels.
    pub protected: i64,
    /// Value of the pool.
    pub value: Money,
    /// Units in the pool.
    pub on_hand: i64,
    /// What outside knowledge charges for a base unit.
    pub extra: Money,
    /// What a base unit would be marked down by.
    pub markdown: Money,
    /// Its reorder point; 0 = none.
    pub reorder_point: i64,
    /// Whether it has rejected the order for this SKU.
    pub rejected: bool,
    /// Bid price of a base unit.
    pub bid: Money,
    /// Units of lots that last long enough for the channel, where any are kept from the order.
    pub dated: i64,
    /// Units that the order itself holds there.
    #[serde(default)]
    pub held: i64,
    /// Units free beyond those, of other lots than the order names or at a node where it may have no more.
    #[serde(default)]
    pub beyond: i64,
}

/// What an order holds, and what is there beyond, came after the first release: where there is nothing of
/// that, a record keeps its hash.
impl Hash for RecordedGoods {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.free, self.protected, self.value, self.on_hand, self.extra, self.markdown).hash(state);
        (self.reorder_point, self.rejected, self.bid, self.dated).hash(state);
        if self.held != 0 {
            self.held.hash(state);
        }
        if self.beyond != 0 {
            ("beyond", self.beyond).hash(state);
        }
    }
}

/// Records the decision that an allocator has just taken; `rule` is as it was before anything gave way.
pub(crate) fn record(
    world: World<'_>,
    demand: &Demand<'_>,
    allocator: &mut Allocator,
    rule: &CompiledSourcing,
    title: &Title<'_>,
) -> DecisionRecord {
    let inputs = inputs(world, demand, allocator, rule, title);
    let outcome = outcome(world, demand, allocator, rule);
    DecisionRecord { form: FORM, inputs_hash: inputs.hash(), inputs, outcome }
}

impl DecisionInputs {
    /// Digest of the inputs: 16 hexadecimal digits.
    pub(super) fn hash(&self) -> String {
        format!("{:016x}", Digest::of(self))
    }
}

fn inputs(
    world: World<'_>,
    demand: &Demand<'_>,
    allocator: &Allocator,
    rule: &CompiledSourcing,
    title: &Title<'_>,
) -> DecisionInputs {
    let catalog = world.catalog;
    let channel = catalog.channel.get(demand.channel.0);
    let services = channel.map(|row| row.services.as_slice()).unwrap_or_default();
    let asks = rule.limits.iter().any(crate::policy::CompiledLimit::asks_goods);
    let need = |(line, need): (usize, &Need)| RecordedNeed {
        hazard: if asks { catalog.nature(need.sku).0.to_owned() } else { String::new() },
        temperature: if asks { catalog.nature(need.sku).1 } else { TemperatureClass::default() },
        sku: code(&catalog.skus, need.sku.0),
        group: code(&catalog.groups, need.group),
        qty: need.qty,
        price: need.price,
        decimals: catalog.sku.get(need.sku.0).map_or(0, |row| row.decimals),
        weight_g: need.weight_g,
        volume_mm3: need.volume_mm3,
        most: world.most(demand, (line, need)),
    };
    let service = |(id, row): (u32, &crate::catalog::ServiceRow)| RecordedService {
        service: code(&catalog.services, id),
        zones: row.zones.clone(),
        dim_divisor: *row.dim_divisor,
    };
    let brings = rule.brings && demand.brings != super::Bring::Never;
    let node = |(id, _): (u32, _)| node(world, demand, allocator, (NodeId(id), brings));
    DecisionInputs {
        policy: title.policy.into(),
        policy_number: title.policy_number,
        rule: rule.name.clone(),
        sourcing: title.sourcing.clone(),
        order: demand.order.into(),
        channel: code(&catalog.channels, demand.channel.0),
        channel_services: services.iter().map(|id| code(&catalog.services, id.0)).collect(),
        segment: demand.segment.into(),
        pickup: catalog.nodes.get(demand.pickup.0).map(|code| code.to_string()),
        to: demand.to,
        at: demand.at,
        deliver_by: demand.deliver_by,
        needs: allocator.needs.iter().enumerate().map(need).collect(),
        nodes: catalog.node.iter().filter_map(node).collect(),
        services: catalog.service.iter().map(service).collect(),
        suppliers_serve: catalog.sells_suppliers,
    }
}

fn node(
    world: World<'_>,
    demand: &Demand<'_>,
    allocator: &Allocator,
    (node, brings): (NodeId, bool),
) -> Option<RecordedNode> {
    let row = world.catalog.node.get(node.0)?;
    let leaves = allocator.options.get(num::index(node.0)).map_or(demand.at, |option| option.ship_at);
    let goods = |(line, need): (usize, &Need)| {
        let goods = world.goods(demand, (line, need), (node, leaves));
        RecordedGoods {
            free: goods.free,
            protected: goods.protected,
            value: goods.value,
            on_hand: goods.on_hand,
            extra: Money::from_micros(goods.extra),
            markdown: Money::from_micros(goods.markdown),
            reorder_point: goods.reorder_point,
            rejected: demand.excluded.contains(&(node, need.sku)),
            bid: Money::from_micros(goods.bid),
            dated: goods.dated,
            held: goods.held,
            beyond: goods.beyond,
        }
    };
    let ready = demand.at.plus_seconds(row.processing_s);
    let (first, last) =
        (ready.plus_seconds(CUT_OFFS_BEFORE.saturating_neg()), ready.plus_seconds(CUT_OFFS_AFTER));
    let cut_offs = world.catalog.cut_offs.get(node.0).map(Vec::as_slice).unwrap_or_default();
    let day = day(world, demand, allocator, node, row);
    // However far off: the next after it is ready, and the next after it is where there is capacity.
    let booked = if let Day::From(at) = day { at.plus_seconds(row.processing_s) } else { ready };
    let lanes = if brings { lanes(world, demand, allocator, (node, row)) } else { Vec::new() };
    let around = |cut_offs: &[Instant]| -> Vec<Instant> {
        let next = |at: Instant| cut_offs.get(cut_offs.partition_point(|cut_off| *cut_off < at)).copied();
        let brought = lanes.iter().map(|lane| lane.there_at.plus_seconds(row.processing_s));
        let next: Vec<_> = brought.chain([ready, booked]).map(next).collect();
        let kept = |cut_off: &Instant| (first..=last).contains(cut_off) || next.contains(&Some(*cut_off));
        cut_offs.iter().copied().filter(kept).collect()
    };
    let own = world.catalog.site_of(node).map(|site| site.cut_offs.as_slice()).unwrap_or_default();
    let own = own.iter().map(|(service, cut_offs)| RecordedCutOffs {
        service: code(&world.catalog.services, service.0),
        cut_offs: around(cut_offs),
    });
    Some(RecordedNode {
        node: code(&world.catalog.nodes, node.0),
        kind: row.kind,
        place: row.place,
        status: row.status,
        handling_per_order: row.handling_per_order,
        handling_per_unit: row.handling_per_unit,
        preference: row.preference,
        processing_s: row.processing_s,
        has_calendar: row.has_calendar,
        cut_offs: around(cut_offs),
        service_cut_offs: own.collect(),
        freight_change: Money::ZERO,
        extra: Money::from_micros(world.shipment_extra(demand, node)),
        rejected: demand.excluded.contains(&(node, SkuId::NONE)),
        goods: allocator.needs.iter().enumerate().map(goods).collect(),
        capacity_from: if let Day::From(at) = day { Some(at) } else { None },
        at_capacity: day == Day::Never,
        reject_percent: world.catalog.site_of(node).map_or(Money::ZERO, |site| *site.reject_percent),
        lanes,
        load: Money::from_micros(world.load_of_returns(node)),
    })
}

/// What may be brought to a node, by the lanes that have a day for it.
fn lanes(
    world: World<'_>,
    demand: &Demand<'_>,
    allocator: &Allocator,
    (node, row): (NodeId, &NodeRow),
) -> Vec<RecordedLane> {
    let lane = |lane: (usize, &LaneRow)| {
        Some(RecordedLane {
            from: code(&world.catalog.nodes, lane.1.from.0),
            there_at: world.brought_at(demand, (node, row), lane, allocator.weight(world.catalog))?,
            per_transfer: lane.1.per_transfer,
            per_unit: lane.1.per_unit,
        })
    };
    world.lanes(node).iter().enumerate().filter_map(lane).collect()
}

/// On which day a node has capacity, whether or not the rule lets it give.
fn day(world: World<'_>, demand: &Demand<'_>, allocator: &Allocator, node: NodeId, row: &NodeRow) -> Day {
    if let Some(facts) = world.facts {
        return facts.day(node);
    }
    let weight = allocator.heft();
    let Ok(mut option) = travel(world, demand, node, weight) else { return Day::Asked };
    first_day(world, demand, row, weight, asked(world.catalog, demand.lines), &mut option)
}

/// What the decision that an allocator has just taken came to.
pub(super) fn outcome(
    world: World<'_>,
    demand: &Demand<'_>,
    allocator: &mut Allocator,
    rule: &CompiledSourcing,
) -> DecisionOutcome {
    allocator.measure(world);
    let given = rule.with_relaxed(allocator.relaxed);
    let mut candidates = Vec::new();
    for (at, option) in allocator.options.iter().enumerate() {
        let column = allocator.candidates.iter().position(|candidate| *candidate == at);
        for (line, need) in allocator.needs.iter().enumerate() {
            candidates.push(candidate(world, demand, allocator, given, (option, column), (line, need)));
        }
    }
    let chosen = allocator.solution.clone();
    let mut plans = vec![plan(world, demand, allocator, given, (None, &chosen))];
    for column in allocator.used.clone() {
        let option = allocator.candidates.get(column).and_then(|at| allocator.options.get(*at));
        let node = option.map(|option| code(&world.catalog.nodes, option.node.0));
        let without = allocator.without(world.catalog, given, column);
        plans.push(plan(world, demand, allocator, given, (node, &without)));
    }
    let tiers = |cost: [i64; 4]| cost.iter().take(rule.tiers).copied().collect::<Vec<i64>>();
    DecisionOutcome {
        candidates,
        plans,
        bound: tiers(chosen.bound.0),
        gap: tiers(chosen.cost.minus(chosen.bound).0),
        proved: chosen.cost == chosen.bound,
        relaxed: rule.relax.iter().take(allocator.relaxed).copied().collect(),
    }
}

fn candidate(
    world: World<'_>,
    demand: &Demand<'_>,
    allocator: &Allocator,
    rule: &CompiledSourcing,
    (option, column): (&Candidacy, Option<usize>),
    (line, need): (usize, &Need),
) -> RecordedCandidate {
    let width = allocator.candidates.len();
    let pair = |column: usize| allocator.pairs.get(line.saturating_mul(width).saturating_add(column));
    let fell_out = option.out.or(column.and_then(pair).and_then(|pair| pair.out));
    let kind = world.catalog.node.get(option.node.0).map(|row| row.kind);
    let mut limits = need_limits(world.catalog, demand, rule, need).into_iter();
    let limit = limits.find(|limit| kind.is_some_and(|kind| limit.bars(option, kind)));
    let service = world.catalog.services.get(option.service.0).map(|code| code.to_string());
    RecordedCandidate {
        node: code(&world.catalog.nodes, option.node.0),
        sku: code(&world.catalog.skus, need.sku.0),
        fell_out,
        limit: limit.filter(|_| fell_out == Some(FallOut::Restricted)).map(|limit| limit.name.clone()),
        service,
        ship_at: option.ship_at,
        arrive_at: option.arrive_at,
        distance_mm: option.distance_mm,
        brought_from: brought_from(world.catalog, option, column.and_then(pair)),
    }
}

/// The node that brings goods first, if so.
fn brought_from(catalog: &Catalog, option: &Candidacy, pair: Option<&Pair>) -> Option<String> {
    pair.filter(|pair| pair.brought).map(|_| code(&catalog.nodes, option.from.0))
}

/// A plan in codes, with its cost taken apart.
fn plan(
    world: World<'_>,
    demand: &Demand<'_>,
    allocator: &Allocator,
    rule: &CompiledSourcing,
    (without, solution): (Option<String>, &Solution),
) -> RecordedPlan {
    let part = |part: &Part| RecordedPart {
        sku: allocator.needs.get(part.line).map(|n| code(&world.catalog.skus, n.sku.0)).unwrap_or_default(),
        node: allocator.option(part.node).map(|o| code(&world.catalog.nodes, o.node.0)).unwrap_or_default(),
        qty: part.qty,
        brought_from: allocator.option(part.node).and_then(|option| {
            brought_from(world.catalog, option, Some(&allocator.pair(part.line, part.node)))
        }),
    };
    let term = |(tier, measure, weight): &(usize, Measure, i64)| TermCost {
        tier: num::id(*tier).saturating_add(1),
        measure: *measure,
        cost: term_cost(world, demand, allocator, rule, (*measure, *weight), solution),
    };
    RecordedPlan {
        without,
        parts: solution.parts.iter().map(part).collect(),
        cost: solution.cost.0.iter().take(rule.tiers).copied().collect(),
        terms: rule.terms.iter().map(term).collect(),
    }
}

/// What one term of the objective costs a plan.
fn term_cost(
    world: World<'_>,
    demand: &Demand<'_>,
    allocator: &Allocator,
    rule: &CompiledSourcing,
    (measure, weight): (Measure, i64),
    solution: &Solution,
) -> i64 {
    let catalog: &Catalog = world.catalog;
    let given = |line: usize| {
        let mine = solution.parts.iter().filter(|part| part.line == line);
        mine.map(|part| part.qty).fold(0, i64::saturating_add)
    };
    // Where a protection plan caps what may be given, the rest is beyond the decision.
    let asked = |line: usize| allocator.problem.need.get(line).copied().unwrap_or(0);
    let left = |(line, _): (usize, &Need)| asked(line).saturating_sub(given(line));
    let lines = || allocator.needs.iter().enumerate();
    let mut nodes: Vec<usize> = solution.parts.iter().map(|part| part.node).collect();
    nodes.put_in_order();
    nodes.dedup();
    match measure {
        Measure::UnfilledLines => weight.saturating_mul(num::count(lines().filter(|l| left(*l) > 0).count())),
        Measure::UnfilledUnits => {
            let cost = |line: (usize, &Need)| unit_weight(weight, line.1).saturating_mul(left(line));
            lines().map(cost).fold(0, i64::saturating_add)
        }
        Measure::NotSingle => {
            let single = nodes.len() == 1 && lines().all(|line| left(line) == 0);
            if single { 0 } else { weight }
        }
        _ => {
            let open = |column: &usize| {
                let option = allocator.option(*column)?;
                Some(opening(measure, weight, option, catalog.node.get(option.node.0)))
            };
            let mut opened = nodes.iter().filter_map(open).fold(0, i64::saturating_add);
            if measure == Measure::Freight {
                for node in &nodes {
                    let mine = solution.parts.iter().filter(|part| part.node == *node);
                    let parts = mine.map(|part| (part.line, part.qty));
                    opened = opened.saturating_add(allocator.beyond(catalog, *node, parts, weight));
                }
            }
            let part = |part: &Part| {
                let (option, need) = (allocator.option(part.node)?, allocator.needs.get(part.line)?);
                let way = node_term(measure, weight, option);
                if !measure.is_of_goods() {
                    return Some(way);
                }
                let pair = allocator.pair(part.line, part.node);
                let goods = world.goods_of(demand, (part.line, need), option, pair);
                let row = catalog.node.get(option.node.0);
                let (units, times) =
                    if rule.line_split == LineSplit::Never { (part.qty, 1) } else { (1, part.qty) };
                let each = pair_term(measure, weight, need, option, row, &goods, units);
                Some(way.saturating_add(each.saturating_mul(times)))
            };
            solution.parts.iter().filter_map(part).fold(opened, i64::saturating_add)
        }
    }
}
