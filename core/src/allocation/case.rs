//! A record taken up again: its inputs as a small world, in which the same code decides.

use super::PlacedLine;
use super::build::{Allocator, Candidacy, Demand, Keep, World};
use super::capacity::Day;
use super::facts::{Facts, Goods};
use super::outside::Outside;
use super::record::{DecisionInputs, DecisionOutcome, DecisionRecord, FORM, RecordedNode, outcome};
use crate::catalog::*;
use crate::policy::{CompiledSourcing, Sourcing, compile_sourcing};
use crate::stock::Stock;
use crate::value::geo::Direction;
use crate::value::ids::*;
use crate::value::later::Later;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::table::put;
use crate::value::wire::wire;
use serde::Serialize;

wire! {
    /// A record to be checked.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let order = r#"{"place_order":{"order":"1","channel":"web","to":{"lat":"39","lon":"-119"},
    ///     "detail":"full","lines":[{"sku":"TEE","qty":3}]}}"#;
    /// let receipt = book.execute(&Envelope::new("order", at, serde_json::from_str(order)?))?;
    /// let mut record = receipt.explanation.ok_or("it was asked for")?.record;
    /// // Somebody writes another number of units into the record.
    /// record.inputs.needs[0].qty = 4;
    /// let Answer::Recheck(found) = book.ask(&Query::Recheck(RecheckQuery { record }))? else { panic!() };
    /// assert!(!found.holds);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct RecheckQuery {
        /// The record.
        pub record: Box<DecisionRecord>,
    }
}

/// What a check of a record found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recheck {
    /// Whether the inputs are those of the hash, and lead to the outcome bit for bit.
    pub holds: bool,
    /// Digest of the inputs as they are: 16 hexadecimal digits.
    pub inputs_hash: String,
    /// What differs, in words; empty if all holds.
    pub differs: Vec<String>,
    /// The outcome as it is derived here.
    pub outcome: DecisionOutcome,
}

/// Derives a decision anew from its record, without the book.
///
/// # Errors
/// If the record is of an unknown form, or its parts do not fit each other: then it is no record.
///
/// ```
/// use stockbook::*;
/// let mut book = Book::new();
/// for command in [
///     r#"{"define_sku":{"sku":"TEE","price":"19.99"}}"#,
///     r#"{"define_node":{"node":"RENO","kind":"warehouse","place":{"lat":"39.5","lon":"-119.8"}}}"#,
///     r#"{"define_channel":{"channel":"web","promise_hours":72}}"#,
///     r#"{"receive_goods":{"receipt":"R","node":"RENO","lines":[{"sku":"TEE","qty":5,"unit_cost":"8"}]}}"#,
/// ] {
///     let at = "2026-01-05T09:00:00Z".parse().unwrap();
///     book.execute(&Envelope::new(command.get(..40).unwrap(), at, serde_json::from_str(command).unwrap()))
///         .unwrap();
/// }
/// let order = r#"{"order":"1","channel":"web","to":{"lat":"40","lon":"-75"},
///     "lines":[{"sku":"TEE","qty":2}],"detail":"full"}"#;
/// let at = "2026-01-05T09:00:01Z".parse().unwrap();
/// let place = Command::PlaceOrder(serde_json::from_str(order).unwrap());
/// let receipt = book.execute(&Envelope::new("o", at, place)).unwrap();
/// let mut record = receipt.explanation.unwrap().record;
/// assert!(recheck(&record).unwrap().holds);
/// record.inputs.nodes[0].goods[0].free = 1;
/// assert!(!recheck(&record).unwrap().holds, "with one unit there it would have waited");
/// ```
pub fn recheck(record: &DecisionRecord) -> Result<Recheck, Rejection> {
    let mut case = Case::of(record)?;
    let outcome = case.outcome();
    let inputs_hash = record.inputs.hash();
    let mut differs = Vec::new();
    let mut note = |same: bool, what: &str| {
        if !same {
            differs.push(what.to_owned());
        }
    };
    let said = &record.outcome;
    note(inputs_hash == record.inputs_hash, "the inputs are not those of the hash");
    note(outcome.candidates == said.candidates, "candidates or their reasons");
    note(outcome.plans.first() == said.plans.first(), "the chosen plan or its cost");
    note(outcome.plans.get(1..) == said.plans.get(1..), "the plans without a node of the chosen one");
    let proof = |of: &DecisionOutcome| (of.bound.clone(), of.gap.clone(), of.proved);
    note(proof(&outcome) == proof(said), "bound or gap");
    note(outcome.relaxed == said.relaxed, "what gave way");
    Ok(Recheck { holds: differs.is_empty(), inputs_hash, differs, outcome })
}

/// A small world that decides one demand.
pub(super) struct Case {
    pub catalog: Catalog,
    stock: Stock,
    outside: Outside,
    directions: Vec<Direction>,
    pub facts: Facts,
    pub rule: CompiledSourcing,
    lines: Vec<PlacedLine>,
    excluded: Vec<(NodeId, SkuId)>,
    channel: ChannelId,
    pickup: NodeId,
    pub inputs: DecisionInputs,
    allocator: Allocator,
}

/// What a decision gives: need, node and who brings it there first, units.
pub(super) type Parts = Vec<(usize, (usize, Option<usize>), i64)>;

fn no_record(need: &str) -> Rejection {
    Rejection::InvalidField { field: "record".into(), need: need.into() }
}

impl Case {
    pub(super) fn of(record: &DecisionRecord) -> Result<Case, Rejection> {
        let inputs = &record.inputs;
        if record.form != FORM {
            return Err(no_record("form 1"));
        }
        at_most("needs", inputs.needs.len(), LINES_MAX)?;
        at_most("nodes", inputs.nodes.len(), LINES_MAX)?;
        let mut catalog = Catalog { sells_suppliers: inputs.suppliers_serve, ..Catalog::default() };
        for recorded in &inputs.services {
            let (service, zones) = (recorded.service.clone(), recorded.zones.clone());
            let dim_divisor = recorded.dim_divisor;
            let define = DefineService { service, name: String::new(), zones, dim_divisor };
            // A service that is down goes nowhere.
            if !define.zones.is_empty() {
                Catalog::check_service(&define)?;
            }
            catalog.put_service(&define);
        }
        name_what_is_spoken_of(&mut catalog, inputs);
        let mut lines = Vec::with_capacity(inputs.needs.len());
        for need in &inputs.needs {
            let define = DefineSku {
                sku: need.sku.clone(),
                group: need.group.clone(),
                decimals: need.decimals,
                weight_g: need.weight_g,
                price: need.price,
                name: String::new(),
                units: Vec::new(),
                costing: Costing::default(),
            };
            catalog.check_sku(&define, |_| false)?;
            let sku = catalog.put_sku(&define);
            catalog.put_goods(sku, need.volume_mm3, &need.hazard, need.temperature);
            let (qty, price) = (crate::catalog::quantity(need.qty)?, need.price);
            lines.push(PlacedLine { sku, qty, price });
        }
        for node in &inputs.nodes {
            put_node(&mut catalog, node)?;
        }
        put_lanes(&mut catalog, &inputs.nodes)?;
        let distinct = catalog.skus.len() == inputs.needs.len() && catalog.nodes.len() == inputs.nodes.len();
        if !distinct || inputs.nodes.iter().any(|node| node.goods.len() != inputs.needs.len()) {
            return Err(no_record("each SKU and node once, and goods of every need at every node"));
        }
        let pickup = inputs.pickup.as_deref().map(|node| catalog.node_of(node).map(|(id, _)| id));
        let (channel, _) = catalog.channel_of(&inputs.channel)?;
        let sound = inputs.nodes.iter().all(|node| node.capacity_from.is_none_or(|at| at.is_valid()));
        if !inputs.to.is_valid() || !inputs.at.is_valid() || !inputs.deliver_by.is_valid() || !sound {
            return Err(no_record("a place on the globe, and instants that the book can place"));
        }
        let mut case = Case {
            rule: compile_sourcing(&inputs.rule, &inputs.sourcing, &catalog)?,
            directions: inputs.nodes.iter().map(|node| node.place.direction()).collect(),
            pickup: pickup.transpose()?.unwrap_or(NodeId::NONE),
            excluded: excluded(inputs),
            catalog,
            stock: Stock::default(),
            outside: Outside::default(),
            facts: Facts::default(),
            lines,
            channel,
            inputs: inputs.clone(),
            allocator: Allocator::default(),
        };
        case.refresh();
        Ok(case)
    }

    /// Reads numbers of goods and nodes again from the inputs.
    pub(super) fn refresh(&mut self) {
        let (nodes, needs) = (self.inputs.nodes.len(), self.inputs.needs.len());
        let facts = &mut self.facts;
        facts.goods.clear();
        for need in 0..needs {
            for node in &self.inputs.nodes {
                let goods = node.goods.get(need).map(|goods| Goods {
                    free: goods.free,
                    protected: goods.protected,
                    value: goods.value,
                    on_hand: goods.on_hand,
                    extra: goods.extra.micros(),
                    markdown: goods.markdown.micros(),
                    reorder_point: goods.reorder_point,
                    bid: goods.bid.micros(),
                    dated: goods.dated,
                    held: goods.held,
                    carriage: 0,
                });
                facts.goods.push(goods.unwrap_or_default());
            }
        }
        facts.most = self.inputs.needs.iter().map(|need| need.most).collect();
        facts.extra = self.inputs.nodes.iter().map(|node| node.extra.micros()).collect();
        let day = |node: &RecordedNode| match (node.at_capacity, node.capacity_from) {
            (true, _) => Day::Never,
            (false, Some(at)) => Day::From(at),
            (false, None) => Day::Asked,
        };
        facts.days = self.inputs.nodes.iter().map(day).collect();
        let there = |node: &RecordedNode| node.lanes.iter().map(|lane| lane.there_at).collect();
        facts.lanes = self.inputs.nodes.iter().map(there).collect();
        facts.load = self.inputs.nodes.iter().map(|node| node.load.micros()).collect();
        facts.freight = self.inputs.nodes.iter().map(|node| node.freight_change.micros()).collect();
        for (line, need) in self.lines.iter_mut().zip(&self.inputs.needs) {
            line.price = need.price;
        }
        for at in 0..num::id(nodes) {
            let processing_s = self.inputs.nodes.get(num::index(at)).map_or(0, |node| node.processing_s);
            self.catalog.node.edit(at, |row| row.processing_s = processing_s);
        }
    }

    /// Puts another rule in force.
    pub(super) fn rule(&mut self, sourcing: &Sourcing) -> Result<(), Rejection> {
        self.rule = compile_sourcing(&self.inputs.rule, sourcing, &self.catalog)?;
        Ok(())
    }

    /// Decides, and gives what comes from where.
    pub(super) fn decide(&mut self) -> Parts {
        self.with(|world, demand, rule, allocator| {
            allocator.decide(world, demand, rule, Keep::Reasons);
            let node = |part: &super::problem::Part| {
                let option = allocator.option(part.node).copied().unwrap_or(Candidacy::BLANK);
                let brought = allocator.pair(part.line, part.node).brought;
                (num::index(option.node.0), brought.then_some(num::index(option.from.0)))
            };
            allocator.solution.parts.iter().map(|part| (part.line, node(part), part.qty)).collect()
        })
    }

    /// Decides, and gives all that it came to.
    pub(super) fn outcome(&mut self) -> DecisionOutcome {
        self.with(|world, demand, rule, allocator| {
            allocator.decide(world, demand, rule, Keep::Reasons);
            outcome(world, demand, allocator, rule)
        })
    }

    fn with<T>(
        &mut self,
        act: impl FnOnce(World<'_>, &Demand<'_>, &CompiledSourcing, &mut Allocator) -> T,
    ) -> T {
        let world = World {
            catalog: &self.catalog,
            stock: &self.stock,
            directions: &self.directions,
            outside: &self.outside,
            facts: Some(&self.facts),
        };
        let inputs = &self.inputs;
        let demand = Demand {
            order: &inputs.order,
            segment: &inputs.segment,
            pickup: self.pickup,
            excluded: &self.excluded,
            brings: super::Bring::Lacking,
            ..Demand::plain(self.channel, inputs.to, inputs.at, inputs.deliver_by, &self.lines)
        };
        act(world, &demand, &self.rule, &mut self.allocator)
    }
}

/// Channels and groups that the rule names must be known to be compiled, also where the demand has none.
fn name_what_is_spoken_of(catalog: &mut Catalog, inputs: &DecisionInputs) {
    let channel = |channel: &str, services: &[String]| DefineChannel {
        channel: channel.into(),
        name: String::new(),
        promise_hours: 0,
        priority: 0,
        services: services.to_vec(),
    };
    catalog.put_channel(&channel(&inputs.channel, &inputs.channel_services));
    for limit in &inputs.sourcing.limits {
        for group in &limit.when.groups {
            catalog.groups.intern(group.as_str().into());
        }
        for name in limit.when.channels.iter().filter(|name| **name != inputs.channel) {
            catalog.put_channel(&channel(name, &[]));
        }
    }
}

fn put_node(catalog: &mut Catalog, node: &RecordedNode) -> Result<(), Rejection> {
    let define = DefineNode {
        node: node.node.clone(),
        name: String::new(),
        kind: node.kind,
        place: node.place,
        handling_per_order: node.handling_per_order,
        handling_per_unit: node.handling_per_unit,
        preference: node.preference,
        processing_minutes: 0,
        calendar: None,
    };
    Catalog::check_node(&define)?;
    let id = catalog.put_node(&define, &node.cut_offs);
    catalog.node.edit(id.0, |row| {
        row.status = node.status;
        row.processing_s = node.processing_s;
        row.has_calendar = node.has_calendar;
    });
    if !node.service_cut_offs.is_empty() || node.reject_percent != Money::ZERO {
        let mut cut_offs = Vec::new();
        for own in &node.service_cut_offs {
            cut_offs.push((catalog.service_of(&own.service)?, own.cut_offs.clone()));
        }
        let reject_percent = Later(node.reject_percent);
        let row = SiteRow { cut_offs, reject_percent, ..SiteRow::plain() };
        put(&mut catalog.described_nodes, &mut catalog.site, id.0, row);
    }
    Ok(())
}

/// Lanes, once all nodes are known.
fn put_lanes(catalog: &mut Catalog, nodes: &[RecordedNode]) -> Result<(), Rejection> {
    for (at, node) in (0u32..).zip(nodes).filter(|(_, node)| !node.lanes.is_empty()) {
        let mut lanes = Vec::with_capacity(node.lanes.len());
        for lane in &node.lanes {
            let (from, _) = catalog.node_of(&lane.from)?;
            if !lane.there_at.is_valid() || from.0 == at {
                return Err(no_record("lanes from other nodes, and instants that the book can place"));
            }
            let (per_transfer, per_unit) = (lane.per_transfer, lane.per_unit);
            lanes.push(LaneRow { from, hours: 0, per_transfer, per_unit });
        }
        let known = catalog.site_of(NodeId(at)).cloned();
        let row = SiteRow { lanes: Later(lanes), ..known.unwrap_or_else(SiteRow::plain) };
        put(&mut catalog.described_nodes, &mut catalog.site, at, row);
    }
    Ok(())
}

fn excluded(inputs: &DecisionInputs) -> Vec<(NodeId, SkuId)> {
    let mut excluded = Vec::new();
    for (at, node) in (0u32..).zip(&inputs.nodes) {
        if node.rejected {
            excluded.push((NodeId(at), SkuId::NONE));
        }
        let skus = (0u32..).zip(&node.goods).filter(|(_, goods)| goods.rejected);
        excluded.extend(skus.map(|(sku, _)| (NodeId(at), SkuId(sku))));
    }
    excluded
}
