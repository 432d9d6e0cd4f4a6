//! Transfer, then ship: a node that lacks a line may give it all the same if another brings it there first.
//!
//! Each lane that can help is a candidate of its own beside the node: the same node, later, at the lane's
//! cost. So the solver weighs it as it weighs any other: what lies there and what is brought leave in one
//! parcel, once the transfer is in. Lines come whole, so that no unit is given twice.

use super::build::{Allocator, Candidacy, Demand, Need, World, travel};
use super::capacity::{Day, asked, first_day};
use super::pair::{Pair, judge_pair, most_kept};
use super::travel::judge_node;
use super::{FallOut, Goods};
use crate::catalog::{Catalog, Heft, LaneRow, NodeKind, NodeRow, NodeStatus};
use crate::policy::{CompiledLimit, CompiledSourcing};
use crate::value::ids::{NodeId, SkuId};
use crate::value::num;
use crate::value::time::Instant;

/// Whether other nodes may bring goods to the one that ships, where the rule lets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bring {
    Never,
    /// Where it lacks them.
    Lacking,
    /// Also where it has them, for others may want them too.
    Shared,
}

/// What of its goods a node counts as its own, so that a lane brings the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Has {
    All,
    /// Nothing that others give back.
    NotOthers,
    /// Only what the order itself holds.
    Own,
}

impl Has {
    const EACH: [Has; 3] = [Has::All, Has::NotOthers, Has::Own];

    fn of(self, demand: &Demand<'_>, (need, node): (&Need, NodeId), goods: &Goods) -> i64 {
        match self {
            Has::All => goods.free,
            Has::NotOthers => goods.free.saturating_sub(demand.of_others(need.sku, node)),
            Has::Own => goods.held,
        }
    }
}

impl<'a> World<'a> {
    /// How a node may be brought goods.
    pub(super) fn lanes(&self, node: NodeId) -> &'a [LaneRow] {
        self.catalog.site_of(node).map(|site| site.lanes.as_slice()).unwrap_or_default()
    }

    /// What a node has for a need of a demand, or the node that brings it.
    pub(super) fn goods_of(
        &self,
        demand: &Demand<'_>,
        need: (usize, &Need),
        option: &Candidacy,
        pair: Pair,
    ) -> Goods {
        if pair.brought {
            return Goods {
                carriage: option.bring_each,
                ..self.goods(demand, need, (option.from, option.ship_at))
            };
        }
        self.goods(demand, need, (option.node, option.ship_at))
    }

    /// As if the demand had come up then, a node has what a lane brings and a day to send it on; none if all
    /// its days are full. `at` is the lane's place among the node's.
    pub(super) fn brought_at(
        &self,
        demand: &Demand<'_>,
        (node, row): (NodeId, &NodeRow),
        (at, lane): (usize, &LaneRow),
        weight: Heft,
    ) -> Option<Instant> {
        if let Some(facts) = self.facts {
            return facts.lanes.get(num::index(node.0))?.get(at).copied();
        }
        let donor = self.catalog.node.get(lane.from.0)?;
        let way = i64::from(lane.hours).saturating_mul(3_600);
        let there = demand.at.plus_seconds(donor.processing_s.saturating_add(way));
        let later = Demand { at: there, ..*demand };
        if !self.catalog.is_limited {
            return Some(there);
        }
        let Ok(mut option) = travel(*self, &later, node, weight) else { return Some(there) };
        match first_day(*self, &later, row, weight, asked(self.catalog, demand.lines), &mut option) {
            Day::Asked => Some(there),
            Day::From(at) => Some(at),
            Day::Never => None,
        }
    }
}

impl Allocator {
    /// Adds a candidate for each lane that brings a node what it lacks.
    pub(super) fn judge_lanes(&mut self, world: World<'_>, demand: &Demand<'_>, rule: &CompiledSourcing) {
        let weight = self.weight(world.catalog);
        for (id, row) in world.catalog.node.iter() {
            let node = NodeId(id);
            for (at, lane) in world.lanes(node).iter().enumerate() {
                let ways = self.ways(world, demand, node, lane.from);
                if ways == [false; 3] {
                    continue;
                }
                let Some(there) = world.brought_at(demand, (node, row), (at, lane), weight) else { continue };
                let later = Demand { at: there, ..*demand };
                let mut option = Candidacy::BLANK;
                option.clear(id, there);
                option.distance_mm = row.place.distance_mm(demand.to);
                option.out = judge_node(world.catalog, &later, rule, row, weight, &mut option);
                (option.from, option.bring) = (lane.from, lane.per_transfer.micros());
                option.bring_each = lane.per_unit.micros();
                option.charge(world, demand, rule);
                for (has, _) in Has::EACH.into_iter().zip(ways).filter(|(_, offered)| *offered) {
                    if option.out.is_none() {
                        self.candidates.push(self.options.len());
                    }
                    self.options.push(Candidacy { has, ..option });
                }
            }
        }
    }

    /// What a carrier would ask of all goods, if there is one.
    pub(super) fn weight(&self, catalog: &Catalog) -> Heft {
        if catalog.service.len() > 0 { self.heft() } else { Heft::default() }
    }

    /// Whether a node has something whole that another lacks; where goods are shared, also what it lacks only
    /// if less of what is there counts.
    fn ways(&self, world: World<'_>, demand: &Demand<'_>, to: NodeId, from: NodeId) -> [bool; 3] {
        let mut ways = [false; 3];
        let works = |row: &NodeRow| row.status == NodeStatus::Open && row.kind != NodeKind::Supplier;
        let gives = world.catalog.node.get(from.0).is_some_and(works) && !demand.excludes(from, SkuId::NONE);
        let goods = |need: (usize, &Need), node: NodeId| world.goods(demand, need, (node, demand.at));
        let most = if demand.brings == Bring::Shared { ways.len() } else { 1 };
        for (line, need) in self.needs.iter().enumerate().filter(|_| gives) {
            if goods((line, need), from).free < need.qty {
                continue;
            }
            let (there, mut lacked) = (goods((line, need), to), false);
            for (way, has) in ways.iter_mut().zip(Has::EACH).take(most) {
                let lacks = has.of(demand, (need, to), &there) < need.qty;
                *way |= lacks && !lacked;
                lacked |= lacks;
            }
        }
        ways
    }

    /// Where what a candidate gives for a need lies.
    pub(super) fn lies_at(&self, need: usize, column: usize) -> NodeId {
        let Some(option) = self.option(column) else { return NodeId::NONE };
        if self.pair(need, column).brought { option.from } else { option.node }
    }

    /// Whether a candidate gives what it is brought for a need.
    pub(crate) fn brings(&self, need: usize, column: usize) -> bool {
        self.pair(need, column).brought
    }

    /// Whether what a candidate gives for a need lies there already, and leaves when a lane has brought the
    /// rest.
    pub(super) fn leaves_later(&self, need: usize, column: usize) -> bool {
        self.option(column).is_some_and(|option| option.from != NodeId::NONE) && !self.brings(need, column)
    }

    /// A candidate's pair with a need.
    pub(super) fn pair(&self, need: usize, column: usize) -> Pair {
        let at = need.saturating_mul(self.candidates.len()).saturating_add(column);
        self.pairs.get(at).copied().unwrap_or_default()
    }
}

/// A pair that falls out for want of stock, or whose stock is left to others, as it is if a lane brings the
/// goods.
pub(super) fn bring(
    world: World<'_>,
    demand: &Demand<'_>,
    (rule, limits): (&CompiledSourcing, &[&CompiledLimit]),
    (line, need): (usize, &Need),
    (option, donor): (&Candidacy, Option<&Candidacy>),
    (pair, goods): (Pair, &Goods),
) -> Pair {
    let left = || option.has.of(demand, (need, option.node), goods) < need.qty;
    let lacks = match pair.out {
        None => option.has != Has::All && left(),
        Some(out) => matches!(out, FallOut::NoStock | FallOut::Protected | FallOut::LotsShort),
    };
    let Some(donor) = donor.filter(|_| lacks && option.from != NodeId::NONE) else { return pair };
    let kind = world.catalog.node.get(donor.node.0).map(|row| row.kind);
    let kept = kind.map_or(0, |kind| most_kept(limits, donor, kind));
    let goods = world.goods(demand, (line, need), (donor.node, donor.ship_at));
    let there = judge_pair(demand, rule, need, (donor.node, false, kept), &goods);
    if there.out.is_some() { pair } else { Pair { brought: true, ..there } }
}
